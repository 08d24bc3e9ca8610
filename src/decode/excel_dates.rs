//! Codes that a spreadsheet program turned into dates: `1-2` typed into a cell becomes the second of January.
//!
//! Japanese programs take `1-2` and `1/2` for month and day, others for day and month; `1-2-3` for 2001-02-03
//! (or 1 February 2003), `1-45` for January 1945, `1:2` for a time. A cell with the number 1 that is merely
//! shown as a date is 1900-01-01.

use crate::raw::Cell;
use crate::text::spelling;

/// A cell that is a date where a code should stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dated {
    /// What may have been typed: each a row of numbers. Empty where nothing but a date makes such a cell.
    pub(crate) typed: Vec<Vec<u32>>,
}

/// What stands in a date, as far as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Date {
    Whole {
        year: u32,
        month: u32,
        day: u32,
    },
    MonthDay {
        month: u32,
        day: u32,
    },
    /// `2-Jan-03`: the year in two digits.
    ShortYear {
        year: u32,
        month: u32,
        day: u32,
    },
    Time {
        hour: u32,
        minute: u32,
    },
}

/// Whether a cell is a date or a time, and what may have been typed.
pub(crate) fn dated(cell: &Cell) -> Option<Dated> {
    let date = match cell {
        Cell::Date(iso) => return Some(Dated { typed: iso_date(iso).map(typed).unwrap_or_default() }),
        Cell::Text(text) => written(&spelling::label(text))?,
        _ => return None,
    };
    Some(Dated { typed: typed(date) })
}

/// How the numbers are shown: `1-2`.
pub(crate) fn shown(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join("-")
}

fn typed(date: Date) -> Vec<Vec<u32>> {
    let mut out = Vec::new();
    match date {
        // Day 1 of a spreadsheet is 1900-01-01 in Excel, 1899-12-31 in others.
        Date::Whole { year: 1899, month: 12, day: 31 } => out.push(vec![1]),
        Date::Whole { year: 1900, month, day } if month <= 3 => {
            let days = day + [0, 31, 59].get(month as usize - 1).copied().unwrap_or(0);
            out.extend([vec![days], vec![days + 1]]);
        }
        Date::Whole { year, month, day } => {
            out.push(vec![month, day]);
            if (2001..=2031).contains(&year) {
                out.extend([vec![year - 2000, month, day], vec![day, month, year - 2000]]);
            }
            if day == 1 && (1932..2000).contains(&year) {
                out.push(vec![month, year - 1900]);
            }
        }
        Date::MonthDay { month, day } => out.push(vec![month, day]),
        Date::ShortYear { year, month, day } => {
            out.extend([vec![month, day], vec![year, month, day], vec![day, month, year]])
        }
        Date::Time { hour, minute } => out.push(vec![hour, minute]),
    }
    out
}

/// `2024-01-02`, `2024-01-02T00:00:00`, `01:02:00`; a moment of a day is no code.
fn iso_date(iso: &str) -> Option<Date> {
    let (day, time) = match iso.split_once('T') {
        Some((day, time)) => (day, time),
        None if iso.contains(':') => ("", iso),
        None => (iso, ""),
    };
    if day.is_empty() {
        let numbers = numbers(time, ':')?;
        return match numbers.as_slice() {
            [hour, minute] | [hour, minute, 0] if *hour < 24 => {
                Some(Date::Time { hour: *hour, minute: *minute })
            }
            _ => None,
        };
    }
    if !time.chars().all(|c| matches!(c, '0' | ':' | '.')) {
        return None;
    }
    match numbers(day, '-')?.as_slice() {
        [year, month, day] => whole(*year, *month, *day),
        _ => None,
    }
}

fn whole(year: u32, month: u32, day: u32) -> Option<Date> {
    is_day(month, day).then_some(Date::Whole { year, month, day }).filter(|_| (1800..=2200).contains(&year))
}

fn is_day(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn numbers(text: &str, between: char) -> Option<Vec<u32>> {
    text.split(between).map(number).collect()
}

fn number(text: &str) -> Option<u32> {
    if text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// A date as a CSV holds it that was saved by a spreadsheet program: `2024/1/2`, `1月2日`, `2-Jan`, `Jan-02`,
/// `2-Jan-24`, `R6.1.2`, `1/2/2024`. `1-2` itself is none.
fn written(folded: &str) -> Option<Date> {
    let text = folded.split_once('(').map_or(folded, |(before, _)| before).trim();
    let (text, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    if !time.chars().all(|c| matches!(c, '0' | ':')) {
        return None;
    }
    kanji(text).or_else(|| with_month_name(text)).or_else(|| separated(text))
}

/// `1月2日`, `2024年1月2日`, `令和6年1月2日`.
fn kanji(text: &str) -> Option<Date> {
    let (year, rest) = match text.split_once('年') {
        Some((year, rest)) => (Some(era(year).or_else(|| number(year))?), rest),
        None => (None, text),
    };
    let (month, day) = rest.strip_suffix('日')?.split_once('月')?;
    let (month, day) = (number(month)?, number(day)?);
    match year {
        Some(year) => whole(year, month, day),
        None => is_day(month, day).then_some(Date::MonthDay { month, day }),
    }
}

/// `R6` or `令和6` as a Western year.
fn era(text: &str) -> Option<u32> {
    let eras = [
        ("令和", 2018),
        ("平成", 1988),
        ("昭和", 1925),
        ("大正", 1911),
        ("明治", 1867),
        ("R", 2018),
        ("H", 1988),
        ("S", 1925),
        ("T", 1911),
        ("M", 1867),
    ];
    let (rest, base) =
        eras.iter().find_map(|(name, base)| text.strip_prefix(name).map(|rest| (rest, base)))?;
    if rest == "元" { Some(base + 1) } else { number(rest).map(|n| base + n) }
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// `2-Jan`, `2-Jan-24`, `Jan-02`.
fn with_month_name(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split('-').collect();
    let month = |word: &str| {
        let word = word.to_ascii_lowercase();
        (1u32..)
            .zip(MONTHS)
            .find(|(_, name)| *name == word || (word.len() > 3 && word.starts_with(name) && word.len() <= 9))
            .map(|(n, _)| n)
    };
    match parts.as_slice() {
        [one, two] => {
            let (month, day) = month(two).zip(number(one)).or_else(|| month(one).zip(number(two)))?;
            // `Jan-24` is the day 24 or the year.
            Some(Date::MonthDay { month, day }).filter(|_| day <= 99)
        }
        [day, name, year] => {
            let (day, month, year) = (number(day)?, month(name)?, number(year)?);
            if year < 100 {
                is_day(month, day).then_some(Date::ShortYear { year, month, day })
            } else {
                whole(year, month, day)
            }
        }
        _ => None,
    }
}

/// `2024/1/2`, `2024-01-02`, `2024.1.2`, `R6.1.2`, `1/2/2024`.
fn separated(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let [one, two, three] = parts.as_slice() else { return None };
    if let Some(year) = era(one).or_else(|| number(one).filter(|_| one.len() == 4)) {
        return whole(year, number(two)?, number(three)?);
    }
    let (month, day, year) = (number(one)?, number(two)?, number(three).filter(|_| three.len() == 4)?);
    whole(year, month, day)
}

#[cfg(test)]
mod tests {
    use crate::decode::excel_dates::*;

    fn of(cell: Cell) -> Option<Vec<String>> {
        dated(&cell).map(|d| d.typed.iter().map(|t| shown(t)).collect())
    }

    #[test]
    fn what_was_typed_is_told_from_the_date() {
        for (iso, expected) in [
            ("2026-01-02", vec!["1-2", "26-1-2", "2-1-26"]),
            ("2026-01-02T00:00:00", vec!["1-2", "26-1-2", "2-1-26"]),
            ("1945-03-01", vec!["3-1", "3-45"]),
            ("1900-01-03", vec!["3", "4"]),
            ("1899-12-31", vec!["1"]),
            ("01:02:00", vec!["1-2"]),
            ("2026-01-02T10:30:00", vec![]),
            ("PT36H0M0S", vec![]),
        ] {
            assert_eq!(
                of(Cell::Date(iso.into())),
                Some(expected.into_iter().map(str::to_owned).collect()),
                "{iso}"
            );
        }
    }

    #[test]
    fn dates_in_text_are_known_and_other_words_are_not() {
        let first = |text: &str| of(Cell::Text(text.into())).and_then(|t| t.first().cloned());
        for text in [
            "1月2日",
            "１月２日",
            "2026年1月2日",
            "令和8年1月2日",
            "2-Jan",
            "02-Jan",
            "Jan-02",
            "2-Jan-26",
            "2026/1/2",
            "2026/01/02 0:00",
            "2026-01-02",
            "1/2/2026",
            "R8.1.2",
            "1月2日(金)",
        ] {
            assert_eq!(first(text).as_deref(), Some("1-2"), "{text}");
        }
        for text in [
            "",
            "1-2",
            "1/2",
            "1.2",
            "1月",
            "13月2日",
            "2026/13/2",
            "特になし",
            "1月2日から",
            "2-Jam",
            "A-2-3",
            "1-2-3",
            "10年",
            "月日",
            "年月日",
            "1,2",
            "99/1/2",
            "-",
            "--",
            "R-1-2",
            "99999/1/1",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
        assert_eq!(of(Cell::Number(1.0)), None);
        assert_eq!(of(Cell::Text("Mar-45".into())), Some(vec!["3-45".into()]));
    }
}
