//! Numbers of a system file that its print format calls dates.

use super::super::calendar::{self, clock};
use super::super::cell::Cell;

/// Days from the beginning of the Gregorian calendar (1582-10-14, day 0 of SPSS) to 1970-01-01.
const TO_1970: f64 = 141_428.0;

/// The cell of a number under a print format. No number (the system-missing value) is empty.
pub(super) fn cell(x: f64, format: u8) -> Cell {
    if x == -f64::MAX || x.is_nan() {
        return Cell::Empty;
    }
    match format {
        // DATE, ADATE, JDATE, MOYR, QYR, WKYR, EDATE, SDATE
        20 | 23 | 24 | 28 | 29 | 30 | 38 | 39 => {
            date(x).map_or(Cell::Number(x), |day| Cell::Date(day.into()))
        }
        // DATETIME, YMDHMS
        22 | 41 => date(x).map_or(Cell::Number(x), |day| {
            Cell::Date(format!("{day}T{}", clock(x.rem_euclid(86_400.0))).into())
        }),
        // TIME, a time of day or a duration in hours
        21 if x >= 0.0 => Cell::Date(clock(x).into()),
        _ => Cell::Number(x),
    }
}

fn date(seconds: f64) -> Option<String> {
    calendar::date((seconds / 86_400.0).floor() - TO_1970)
}

#[cfg(test)]
mod tests {
    use super::{Cell, cell};

    #[test]
    fn the_print_format_decides() {
        let seconds = (19_814.0 + 141_428.0) * 86_400.0 + 34_200.5;
        let date = |t: &str| Cell::Date(t.into());
        assert_eq!(cell(seconds, 20), date("2024-04-01"));
        assert_eq!(cell(seconds, 22), date("2024-04-01T09:30:00.500"));
        assert_eq!(cell(90_000.0, 21), date("25:00:00"));
        assert_eq!(cell(seconds, 5), Cell::Number(seconds));
        assert_eq!(cell(-f64::MAX, 20), Cell::Empty);
    }
}
