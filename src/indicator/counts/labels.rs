//! Years as headings of tables write them: with and without the era, with 速報 or 実績 behind them.

use super::words::is_year;
use crate::indicator::FiscalYear;
use crate::text::fold::fold;

/// A month in a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month {
    /// The calendar year, where the heading says it.
    pub(super) year: Option<i32>,
    /// 1 to 12.
    pub(super) month: u32,
}

/// A year in a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) year: FiscalYear,
    /// 年, where 年度 would be the fiscal year.
    pub(super) calendar: bool,
    /// What else the heading says: `速報値`, `実績`, `現状値`.
    pub(super) rest: String,
    /// Whether it is a year by itself, whatever stands around it.
    pub(super) sure: bool,
    /// The month, of a line of months.
    pub(super) month: Option<Month>,
}

impl Label {
    /// A month, whose year is to be found.
    pub(super) fn of_month(month: Month) -> Self {
        let year = FiscalYear::from_western(0);
        Self { year, calendar: false, rest: String::new(), sure: true, month: Some(month) }
    }
}

/// The western year that a folded text names: `令和6`, `R6`, `2024`.
pub(super) fn era_year(text: &str) -> Option<i32> {
    let western = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let era = text.starts_with(|c: char| c.is_alphabetic());
    let year = text.parse::<FiscalYear>().ok().filter(|_| western || era)?;
    Some(year.western())
}

/// Words behind a year that leave it one. The longer ones first.
const BEHIND: [&str; 18] = [
    "実績値",
    "目標値",
    "計画値",
    "現状値",
    "見込値",
    "決算額",
    "予算額",
    "実績",
    "目標",
    "計画",
    "現状",
    "見込み",
    "見込",
    "決算",
    "予算",
    "末現在",
    "末",
    "値",
];

/// A text without blanks and the marks of notes at its end: `平成23年 a)b)`.
fn squeezed(text: &str) -> String {
    let mut out: String = fold(text).chars().filter(|c| !c.is_whitespace()).collect();
    while let Some(before) = out.strip_suffix(')').filter(|t| !t.contains('(')) {
        let Some(kept) = before.strip_suffix(|c: char| c.is_ascii_alphanumeric()) else { break };
        // 10) would leave a digit of its own.
        if kept.is_empty() || kept.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            break;
        }
        out.truncate(kept.len());
    }
    out
}

/// The first year of `2010-11` or `2010/2011`, which is how a fiscal year is written in English.
fn two_years(text: &str) -> Option<FiscalYear> {
    let (first, second) = text.split_once(['-', '/', '–'])?;
    let of = |t: &str| t.parse::<i32>().ok().filter(|_| t.bytes().all(|b| b.is_ascii_digit()));
    let (year, next) = (of(first)?, of(second)?);
    let follows = match second.len() {
        2 => next == (year + 1) % 100,
        4 => next == year + 1,
        _ => false,
    };
    (first.len() == 4 && follows && (1912..=2200).contains(&year)).then(|| FiscalYear::from_western(year))
}

/// Brackets and their content, taken out: `令和4(2022)年度`, `R4(現状値)`.
fn without_brackets(text: &str) -> (String, Vec<String>) {
    let (mut out, mut inside, mut depth) = (String::new(), Vec::<String>::new(), 0);
    for c in text.chars() {
        match c {
            '(' | '[' | '【' | '〔' | '「' | '<' => {
                depth += 1;
                inside.push(String::new());
            }
            ')' | ']' | '】' | '〕' | '」' | '>' => depth -= 1,
            c if depth > 0 => inside.last_mut().into_iter().for_each(|t| t.push(c)),
            c => out.push(c),
        }
    }
    (out, inside)
}

/// A year that needs nothing around it: an era with its year, or a western year with 年度 or 年.
pub(super) fn sure(text: &str) -> Option<Label> {
    let whole = squeezed(text);
    if whole.chars().count() > 40 {
        return None;
    }
    if let Some(year) = two_years(&whole) {
        return Some(Label { year, calendar: false, rest: String::new(), sure: false, month: None });
    }
    let (mut body, inside) = without_brackets(&whole);
    let mut rest: Vec<String> = Vec::new();
    if let Some(at) = body.find('※') {
        rest.push(body[at..].to_owned());
        body.truncate(at);
    }
    for _ in 0..2 {
        if let Some(end) = BEHIND.iter().find(|end| body.ends_with(**end)) {
            body.truncate(body.len() - end.len());
            rest.insert(0, (*end).to_owned());
        }
    }
    let bare_western = body.len() == 4 && body.bytes().all(|b| b.is_ascii_digit());
    let year: FiscalYear = body.parse().ok()?;
    let twice = inside.iter().filter_map(|t| t.parse::<FiscalYear>().ok()).collect::<Vec<_>>();
    if twice.iter().any(|other| *other != year) {
        return None;
    }
    rest.extend(inside.into_iter().filter(|t| t.parse::<FiscalYear>().is_err()));
    let sure = !bare_western || !rest.is_empty() || !twice.is_empty();
    Some(Label { year, calendar: body.ends_with('年'), rest: rest.join(" "), sure, month: None })
}

/// A year without its era after `before`: `5年度`, `元年`, `28`; the nearest year that it can be. A bare
/// number must be the next one, the one before, or the same.
pub(super) fn after(before: FiscalYear, text: &str) -> Option<Label> {
    let whole = squeezed(text);
    let (body, inside) = without_brackets(&whole);
    let (body, end) = match BEHIND.iter().find_map(|end| Some((body.strip_suffix(end)?, *end))) {
        Some((body, end)) => (body.to_owned(), Some(end)),
        None => (body, None),
    };
    let number = body.strip_suffix("年度").or_else(|| body.strip_suffix('年')).unwrap_or(&body);
    let n = match number {
        "元" => 1,
        number if number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok()?,
        _ => return None,
    };
    let year = FiscalYear::in_eras(n)
        .min_by_key(|y| (y.western() - before.western()).unsigned_abs())
        .filter(|y| (y.western() - before.western()).abs() <= if number == body { 1 } else { 10 })?;
    let rest: Vec<String> = end.map(str::to_owned).into_iter().chain(inside).collect();
    let sure = number != body;
    Some(Label { year, calendar: body.ends_with('年'), rest: rest.join(" "), sure, month: None })
}

/// The years in a line of cells, with the index of each. A line that heads itself 年度 may have bare numbers
/// throughout.
pub(super) fn along(texts: &[&str]) -> Vec<(usize, Label)> {
    let mut out: Vec<(usize, Label)> = Vec::new();
    let mut beside = false;
    for (at, text) in texts.iter().enumerate() {
        if text.is_empty() {
            continue;
        }
        let known = sure(text).filter(|l| l.sure || out.last().is_some_and(|(_, b)| near(b.year, l.year)));
        let label = known.or_else(|| after(out.last()?.1.year, text));
        // A bare number behind anything but a year is a figure.
        let label = label.filter(|l| l.sure || beside);
        beside = label.is_some();
        out.extend(label.map(|label| (at, label)));
    }
    // Years before the one that names the era: 元, 2, 令和3 is not how tables are written, so that only bare
    // western years are taken up here.
    if out.is_empty() {
        out = bare(texts);
    }
    out
}

fn near(a: FiscalYear, b: FiscalYear) -> bool {
    (a.western() - b.western()).abs() <= 10
}

/// Bare western years, all of a line: `2020, 2021, 2022`; of two-digit ones a turn of the era (`30, 元, 2`)
/// says which they are.
fn bare(texts: &[&str]) -> Vec<(usize, Label)> {
    let headed = texts.iter().any(|t| is_year(&super::words::heading(t)));
    let cells: Vec<(usize, String)> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| (at, squeezed(text)))
        .filter(|(_, text)| !text.is_empty() && !is_year(text))
        .collect();
    let label = |year| Label { year, calendar: false, rest: String::new(), sure: false, month: None };
    let western: Vec<(usize, Label)> = cells
        .iter()
        .filter_map(|(at, text)| sure(text).filter(|l| !l.sure).map(|l| (*at, label(l.year))))
        .collect();
    let steps = western.windows(2).all(|w| {
        let step = w[1].1.year.western() - w[0].1.year.western();
        (-5..=5).contains(&step)
    });
    let others = cells.len() - western.len();
    if !western.is_empty() && (headed || (steps && western.len() > 1 && others <= 1)) {
        return western;
    }
    let turn = cells.windows(2).find_map(|pair| match (pair[0].1.as_str(), pair[1].1.as_str()) {
        ("30" | "31", "元") => Some((pair[1].0, 2019)),
        ("63" | "64", "元") => Some((pair[1].0, 1989)),
        _ => None,
    });
    let Some((at, first)) = turn.filter(|_| headed) else { return Vec::new() };
    let mut out = vec![(at, label(FiscalYear::from_western(first)))];
    let walk = |order: Vec<&(usize, String)>, out: &mut Vec<(usize, Label)>, front: bool| {
        let mut before = FiscalYear::from_western(first);
        for (at, text) in order {
            let Some(found) = after(before, text) else { break };
            before = found.year;
            if front { out.insert(0, (*at, found)) } else { out.push((*at, found)) }
        }
    };
    walk(cells.iter().filter(|(i, _)| *i > at).collect(), &mut out, false);
    walk(cells.iter().rev().filter(|(i, _)| *i < at).collect(), &mut out, true);
    out
}

/// The years that a sentence speaks of: `令和6年度は速報値`, `R5・R6`.
pub(super) fn spoken_of(text: &str) -> Vec<FiscalYear> {
    let whole = squeezed(text);
    let chars: Vec<char> = whole.chars().collect();
    let mut out: Vec<FiscalYear> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest: String = chars[at..].iter().take(10).collect();
        let ahead = at.checked_sub(1).and_then(|b| chars.get(b));
        let begins = !ahead.is_some_and(|c| c.is_ascii_alphanumeric());
        let found = (2..=rest.chars().count()).rev().find_map(|length| {
            let piece: String = rest.chars().take(length).collect();
            let next = chars.get(at + length);
            let ends = !next.is_some_and(|c| c.is_ascii_alphanumeric() || (*c == '年'));
            let year = piece.parse::<FiscalYear>().ok().or_else(|| {
                let omitted = piece.ends_with("年度").then(|| out.last().copied()).flatten()?;
                Some(after(omitted, &piece)?.year)
            });
            year.filter(|_| ends && begins).map(|year| (year, length))
        });
        match found {
            Some((year, length)) => {
                if !out.contains(&year) {
                    out.push(year);
                }
                at += length;
            }
            None => at += 1,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{along, spoken_of, sure};
    use crate::indicator::FiscalYear;

    fn years(texts: &[&str]) -> Vec<(usize, i32)> {
        along(texts).into_iter().map(|(at, l)| (at, l.year.western())).collect()
    }

    #[test]
    fn headings_with_more_than_the_year_are_years() {
        for (text, rest) in [
            ("令和6年度", ""),
            ("令和６年度（速報）", "速報"),
            ("R6\n(現状値)", "現状値"),
            ("令和6(2024)年度", ""),
            ("2024年度（令和6年度）", ""),
            ("令和6年度実績値", "実績値"),
            ("令和 6 年度末", "末"),
            ("2024年度※速報値", "※速報値"),
            ("令和 6 年度 a)b)", ""),
        ] {
            let label = sure(text).unwrap();
            assert_eq!((label.year.western(), label.rest.as_str(), label.sure), (2024, rest, true), "{text}");
        }
        for text in ["2024年度（令和5年度）", "令和6年4月1日", "計", "令和", "60"] {
            assert_eq!(sure(text), None, "{text}");
        }
        assert!(sure("令和6年").unwrap().calendar && !sure("R6").unwrap().calendar);
        assert!(!sure("2024").unwrap().sure);
    }

    #[test]
    fn the_era_goes_on_where_it_is_left_out() {
        assert_eq!(years(&["項目", "令和4年度", "5年度", "6年度"]), [(1, 2022), (2, 2023), (3, 2024)]);
        assert_eq!(years(&["平成13年度", "14年度", "15"]), [(0, 2001), (1, 2002), (2, 2003)]);
        assert_eq!(
            years(&["平成29年", "30年", "令和元年", "2年"]),
            [(0, 2017), (1, 2018), (2, 2019), (3, 2020)]
        );
        assert_eq!(years(&["平成30", "元", "2"]), [(0, 2018), (1, 2019), (2, 2020)]);
        assert_eq!(years(&["令和3年度", "2", "元", "30"]), [(0, 2021), (1, 2020), (2, 2019), (3, 2018)]);
        assert_eq!(years(&["年度", "29", "30", "元", "2"]), [(1, 2017), (2, 2018), (3, 2019), (4, 2020)]);
        assert_eq!(years(&["項目", "2020", "2021", "2022"]), [(1, 2020), (2, 2021), (3, 2022)]);
        assert_eq!(years(&["Year", "2010-11", "2011-12", "2012/2013"]), [(1, 2010), (2, 2011), (3, 2012)]);
        assert_eq!(years(&["年月", "2010-10", "2010-11", "2010-12"]), []);
        // Values beside a year are none.
        assert_eq!(years(&["A", "令和4年度", "100", "35"]), [(1, 2022)]);
        assert_eq!(years(&["A", "B", "2022", "12"]), []);
    }

    #[test]
    fn a_sentence_speaks_of_years() {
        let of = |text: &str| spoken_of(text).iter().map(|y| y.western()).collect::<Vec<_>>();
        assert_eq!(of("（注）令和6年度は速報値。"), [2024]);
        assert_eq!(of("R5・R6は速報値"), [2023, 2024]);
        assert_eq!(of("令和4年度及び5年度は修正"), [2022, 2023]);
        assert_eq!(of("速報値"), Vec::<i32>::new());
        let _: Vec<FiscalYear> = spoken_of("2023年度から数え方を変更");
    }
}
