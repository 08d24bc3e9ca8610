//! The fiscal year that the names of files tell.

use crate::indicator::FiscalYear;
use crate::text::spelling;

/// The fiscal year that a file's name tells: `citizen-r7.csv`, `令和7年度`, `survey2025.csv`, `20260115.csv`.
pub(super) fn year(names: &[String]) -> Option<FiscalYear> {
    names.iter().find_map(|name| {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        year_of(file).or_else(|| year_of(name))
    })
}

fn year_of(name: &str) -> Option<FiscalYear> {
    let text: Vec<char> = spelling::label(name).chars().collect();
    let digits = |at: usize| text.iter().skip(at).take_while(|c| c.is_ascii_digit()).collect::<String>();
    let good = |year: FiscalYear| (2000..=2100).contains(&year.western()).then_some(year);
    (0..text.len()).find_map(|at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at)).copied().unwrap_or(' ');
        let rest: String = text.iter().skip(at).collect();
        for era in ["令和", "平成", "R", "r", "H", "h"] {
            let Some(behind) = rest.strip_prefix(era) else { continue };
            let number: String = behind.chars().take_while(|c| c.is_ascii_digit()).collect();
            let number = if behind.starts_with('元') { "元".to_owned() } else { number };
            let part_of_word = era.is_ascii() && before.is_ascii_alphanumeric();
            if number.is_empty() || number.len() > 3 || part_of_word {
                return None;
            }
            return format!("{era}{number}").parse().ok().and_then(good);
        }
        if before.is_ascii_digit() {
            return None;
        }
        let number = digits(at);
        let year: i32 = number.get(..4)?.parse().ok()?;
        let month = number.get(4..6).and_then(|m| m.parse::<i32>().ok());
        match (number.len(), month) {
            (4, _) => good(FiscalYear::from_western(year)),
            // The fiscal year of a day in January is the one before.
            (6 | 8, Some(month @ 1..=12)) => good(FiscalYear::from_western(year - i32::from(month < 4))),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::pipeline::init::year::year_of;

    #[test]
    fn a_file_name_tells_its_fiscal_year() {
        for (name, year) in [
            ("citizen-r7.csv", 2025),
            ("R6市民意識調査.xlsx", 2024),
            ("市民意識調査（令和6年度）.csv", 2024),
            ("令和元年度.csv", 2019),
            ("survey2022.csv", 2022),
            ("2022_answers.csv", 2022),
            ("answers_20260115.csv", 2025),
            ("monthly_202506.csv", 2025),
            ("H30.csv", 2018),
        ] {
            assert_eq!(year_of(name).map(|y| y.western()), Some(year), "{name}");
        }
        for name in ["answers.csv", "chart12.csv", "12345.csv", "q1_r.csv", "1999.csv"] {
            assert_eq!(year_of(name), None, "{name}");
        }
    }
}
