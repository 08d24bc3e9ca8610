//! What the numbers of SAS mean: dates and times by their format, missing ones by their mark. Data sets and
//! transport files have the same.

use super::calendar::{self, clock};
use super::cell::Cell;

/// Days from 1960-01-01, day 0 of SAS, to 1970-01-01.
const TO_1970: f64 = 3653.0;

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Day,
    Moment,
    Time,
}

/// What a column's format says of its numbers.
pub(super) fn kind(format: &[u8]) -> Kind {
    let format: String = format.iter().map(|b| b.to_ascii_uppercase() as char).collect();
    let name = format.trim_matches([' ', '\0']).trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    const DAYS: [&str; 23] = [
        "DATE", "DDMMYY", "DDMMYYB", "DDMMYYC", "DDMMYYD", "DDMMYYN", "DDMMYYP", "DDMMYYS", "MMDDYY",
        "YYMMDD", "YYMMDDB", "YYMMDDC", "YYMMDDD", "YYMMDDN", "YYMMDDP", "YYMMDDS", "NENGO", "WEEKDATE",
        "WORDDATE", "MONYY", "YYMM", "NLDATE", "JULIAN",
    ];
    const MOMENTS: [&str; 5] = ["DATETIME", "DATEAMPM", "NLDATM", "MDYAMPM", "DTDATE"];
    match name {
        _ if DAYS.contains(&name) || ["E8601DA", "B8601DA", "IS8601DA"].contains(&name) => Kind::Day,
        _ if MOMENTS.contains(&name) || ["E8601DT", "B8601DT", "IS8601DT"].contains(&name) => Kind::Moment,
        "TIME" | "HHMM" | "TIMEAMPM" | "E8601TM" | "B8601TM" => Kind::Time,
        _ => Kind::Number,
    }
}

/// What a missing number with this mark is.
pub(super) fn tagged(tag: u8) -> Cell {
    if tag == b'.' { Cell::Empty } else { Cell::Text(format!(".{}", tag as char).into()) }
}

/// A number as it is shown: a date or a time where its kind is one.
pub(super) fn moment(x: f64, kind: Kind) -> Cell {
    let date = match kind {
        Kind::Number => None,
        Kind::Day => calendar::date(x.floor() - TO_1970),
        Kind::Moment => calendar::date((x / 86_400.0).floor() - TO_1970)
            .map(|day| format!("{day}T{}", clock(x.rem_euclid(86_400.0)))),
        Kind::Time => (0.0..1e9).contains(&x).then(|| clock(x)),
    };
    date.map_or(Cell::Number(x), |date| Cell::Date(date.into()))
}

#[cfg(test)]
mod tests {
    use super::{Cell, Kind, moment};

    #[test]
    fn the_format_makes_the_date() {
        assert_eq!(moment(23_467.0, Kind::Day), Cell::Date("2024-04-01".into()));
        assert_eq!(
            moment(23_467.0 * 86_400.0 + 34_200.0, Kind::Moment),
            Cell::Date("2024-04-01T09:30:00".into())
        );
        assert_eq!(moment(34_200.0, Kind::Time), Cell::Date("09:30:00".into()));
    }
}
