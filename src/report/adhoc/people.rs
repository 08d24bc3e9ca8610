//! The rows for people: shares in percent with one decimal, other numbers with as many as their standard
//! error bears.

use super::{Flag, More, Row, Sheet, Statistic};
use crate::report::round;
use crate::report::share::Share;
use crate::text::{Lang, Text};

/// A table for the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleTable {
    /// Header words.
    pub header: Vec<String>,
    /// Rows as wide as the header.
    pub rows: Vec<Vec<String>>,
    /// The first column that holds numbers.
    pub first_number: usize,
}

/// Up to four tables: estimates, differences, tests, changes from an earlier wave.
pub fn tables(sheet: &Sheet, lang: Lang) -> Vec<PeopleTable> {
    let level = round::percent(sheet.level, decimals_of_level(sheet.level));
    let interval = Text::new(format!("{level}%信頼区間"), format!("{level} % interval"));
    let kind = |s: Statistic| match s {
        Statistic::Difference => 1,
        Statistic::RaoScott => 2,
        Statistic::Change => 3,
        _ => 0,
    };
    let word = |ja: &str, en: &str| Text::new(ja, en);
    let headers: [(Vec<Text>, usize); 4] = [
        (
            vec![
                word("統計量", "statistic"),
                word("列", "column"),
                word("区分", "group"),
                word("n", "n"),
                word("推定値", "estimate"),
                interval.clone(),
                word("標準誤差", "SE"),
                word("deff", "deff"),
                word("n_eff", "n_eff"),
            ],
            3,
        ),
        (
            vec![
                word("列", "column"),
                word("A − B", "A − B"),
                word("n", "n"),
                word("A", "A"),
                word("B", "B"),
                word("差", "difference"),
                interval.clone(),
                word("標準誤差", "SE"),
                word("p", "p"),
            ],
            2,
        ),
        (
            vec![
                word("検定", "test"),
                word("列", "columns"),
                word("n", "n"),
                word("F", "F"),
                word("自由度", "df"),
                word("p", "p"),
            ],
            2,
        ),
        (
            vec![
                word("列", "column"),
                word("区分", "group"),
                word("n", "n"),
                word("今回", "later"),
                word("前回", "earlier"),
                word("変化", "change"),
                interval,
                word("標準誤差", "SE"),
                word("自由度", "df"),
                word("p", "p"),
            ],
            2,
        ),
    ];
    headers
        .into_iter()
        .enumerate()
        .filter_map(|(at, (header, first_number))| {
            let rows: Vec<Vec<String>> = sheet
                .rows
                .iter()
                .filter(|row| kind(row.statistic) == at)
                .map(|row| match at {
                    0 => single(row, lang),
                    1 => difference(row, lang),
                    2 => test(row, lang),
                    _ => change(row, lang),
                })
                .collect();
            let header = header.iter().map(|h| h.get(lang).to_owned()).collect();
            (!rows.is_empty()).then_some(PeopleTable { header, rows, first_number })
        })
        .collect()
}

/// 0.95 is 95, 0.999 is 99.9.
fn decimals_of_level(level: f64) -> usize {
    (0..4)
        .find(|d| (100.0 * level * 10_f64.powi(*d) - (100.0 * level * 10_f64.powi(*d)).round()).abs() < 1e-9)
        .unwrap_or(4) as usize
}

/// `列=A|B`, or what else was asked for.
fn subject(row: &Row) -> String {
    match more_number(row, "prob") {
        Some(p) => format!("{}@{p}", row.variable),
        None if row.codes.is_empty() => row.variable.clone(),
        // A condition on numbers brings its own operator.
        None if row.codes.iter().all(|c| [">=", "<=", "!="].iter().any(|o| c.starts_with(o))) => {
            format!("{}{}", row.variable, row.codes.join("|"))
        }
        None => format!("{}={}", row.variable, row.codes.join("|")),
    }
}

fn group(row: &Row, lang: Lang) -> String {
    if row.by.is_empty() {
        return Text::new("全体", "all").get(lang).to_owned();
    }
    row.by.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" × ")
}

/// How the numbers of a row are written.
#[derive(Clone, Copy)]
enum Written {
    /// In percent; differences of shares are in points.
    Percent,
    /// With this many decimals.
    Decimals(usize),
}

impl Written {
    /// Two significant digits of the standard error decide.
    fn by_error(se: Option<f64>) -> Self {
        let decimals = match se {
            Some(se) if se > 0.0 && se.is_finite() => 1 - (se.log10().floor() as i32),
            _ => 2,
        };
        Self::Decimals(decimals.clamp(0, 8) as usize)
    }

    fn number(self, value: f64) -> String {
        match self {
            Self::Percent => round::percent(value, 1),
            Self::Decimals(d) => round::fixed(value, d),
        }
    }

    fn error(self, se: f64) -> String {
        match self {
            Self::Percent => round::percent(se, 2),
            Self::Decimals(d) => round::fixed(se, d),
        }
    }
}

fn written(row: &Row) -> Written {
    let of_share = row.statistic == Statistic::Share || more_text(row, "of") == Some("share");
    if of_share { Written::Percent } else { Written::by_error(row.estimate.se.as_ref().ok().copied()) }
}

fn single(row: &Row, lang: Lang) -> Vec<String> {
    let (e, how) = (&row.estimate, written(row));
    let mark = if row.flags.contains(&Flag::Small) { "*" } else { "" };
    let value = match (&e.value, how) {
        (Err(reason), _) => reason.text().get(lang).to_owned(),
        (Ok(_), Written::Percent) => {
            Share::of(e).map(|s| format!("{}%{mark}", s.printed(1))).unwrap_or_default()
        }
        (Ok(v), _) => format!("{}{mark}", how.number(*v)),
    };
    vec![
        row.statistic.text().get(lang).to_owned(),
        subject(row),
        group(row, lang),
        round::count(e.n),
        value,
        limits(row, how, lang),
        e.se.as_ref().map(|s| how.error(*s)).unwrap_or_default(),
        e.deff.as_ref().map(|d| round::fixed(d.value, 2)).unwrap_or_default(),
        e.n_eff.as_ref().map(|n| round::fixed(*n, 0)).unwrap_or_default(),
    ]
}

/// Both limits, or why there are none. An estimate that does not exist has said so already.
fn limits(row: &Row, how: Written, lang: Lang) -> String {
    match (&row.estimate.interval, &row.estimate.value) {
        (Ok(i), _) => format!("{}～{}", how.number(i.low), how.number(i.high)),
        (Err(_), Err(_)) => String::new(),
        (Err(reason), Ok(_)) => reason.text().get(lang).to_owned(),
    }
}

fn difference(row: &Row, lang: Lang) -> Vec<String> {
    let side = |name: &str| more_text(row, name).unwrap_or_default();
    let [value, limits, se, p] = compared(row, lang);
    vec![
        subject_of(row, lang),
        format!("{} − {}", side("a"), side("b")),
        round::count(row.estimate.n),
        part(row, "estimate_a"),
        part(row, "estimate_b"),
        value,
        limits,
        se,
        p,
    ]
}

fn change(row: &Row, lang: Lang) -> Vec<String> {
    let n = |name: &str| more_count(row, name).map(round::count).unwrap_or_default();
    let [value, limits, se, p] = compared(row, lang);
    vec![
        subject_of(row, lang),
        group(row, lang),
        format!("{}, {}", n("n_a"), n("n_b")),
        part(row, "estimate_a"),
        part(row, "estimate_b"),
        value,
        limits,
        se,
        row.estimate.se.as_ref().map(|_| round::fixed(row.estimate.df.domain, 1)).unwrap_or_default(),
        p,
    ]
}

/// What is compared; what it is, unless it is a share.
fn subject_of(row: &Row, lang: Lang) -> String {
    let of = match more_text(row, "of") {
        Some("mean") => Some(Statistic::Mean),
        Some("total") => Some(Statistic::Total),
        Some("ratio") => Some(Statistic::Ratio),
        Some("quantile") => Some(Statistic::Quantile),
        _ => None,
    };
    match of {
        Some(statistic) => format!("{} {}", statistic.text().get(lang), subject(row)),
        None => subject(row),
    }
}

/// One side of a comparison.
fn part(row: &Row, name: &str) -> String {
    more_number(row, name).map(|v| written(row).number(v)).unwrap_or_default()
}

/// The difference, its limits, its standard error and its p-value.
fn compared(row: &Row, lang: Lang) -> [String; 4] {
    let (e, how) = (&row.estimate, written(row));
    [
        e.value.as_ref().map_or_else(|r| r.text().get(lang).to_owned(), |v| signed(*v, how)),
        limits(row, how, lang),
        e.se.as_ref().map(|s| how.error(*s)).unwrap_or_default(),
        more_number(row, "p_value").map(p_value).unwrap_or_default(),
    ]
}

/// With its sign; what rounds to zero has none.
fn signed(value: f64, how: Written) -> String {
    let text = how.number(value);
    if value > 0.0 && text.chars().any(|c| c.is_ascii_digit() && c != '0') {
        format!("+{text}")
    } else {
        text
    }
}

fn test(row: &Row, lang: Lang) -> Vec<String> {
    let df = |name: &str| more_number(row, name).map(degrees);
    let both = df("ndf").zip(df("ddf")).map(|(a, b)| format!("{a}, {b}")).unwrap_or_default();
    vec![
        row.statistic.text().get(lang).to_owned(),
        row.variable.clone(),
        round::count(row.estimate.n),
        row.estimate.value.as_ref().map_or_else(|r| r.text().get(lang).to_owned(), |f| round::fixed(*f, 3)),
        both,
        more_number(row, "p_value").map(p_value).unwrap_or_default(),
    ]
}

fn degrees(df: f64) -> String {
    if df.fract() == 0.0 { round::fixed(df, 0) } else { round::fixed(df, 2) }
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { round::fixed(p, 3) }
}

fn more_number(row: &Row, name: &str) -> Option<f64> {
    row.more.iter().find_map(|(n, more)| match more {
        More::Number(Ok(value)) if *n == name => Some(*value),
        _ => None,
    })
}

fn more_count(row: &Row, name: &str) -> Option<u64> {
    row.more.iter().find_map(|(n, more)| match more {
        More::Count(count) if *n == name => Some(*count),
        _ => None,
    })
}

fn more_text<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    row.more.iter().find_map(|(n, more)| match more {
        More::Text(text) if *n == name => Some(text.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Written, decimals_of_level, signed};

    #[test]
    fn a_level_is_written_with_the_decimals_that_it_has() {
        assert_eq!([0.95, 0.9, 0.999, 0.975, 0.5].map(decimals_of_level), [0, 0, 1, 1, 0]);
    }

    #[test]
    fn two_digits_of_the_standard_error_decide_the_decimals() {
        assert_eq!(Written::by_error(Some(9.2)).number(644.17), "644.2");
        assert_eq!(Written::by_error(Some(0.0132)).number(0.9), "0.900");
        assert_eq!(Written::by_error(Some(114_641.0)).number(3_676_389.4), "3,676,389");
        assert_eq!(Written::by_error(None).number(1.5), "1.50");
    }

    #[test]
    fn what_rounds_to_zero_has_no_sign() {
        assert_eq!(signed(0.0004, Written::Percent), "0.0");
        assert_eq!(
            (signed(0.034, Written::Percent).as_str(), signed(-0.034, Written::Percent).as_str()),
            ("+3.4", "-3.4")
        );
    }
}
