//! Numbers of a system file that its print format calls dates.

use super::super::table::Cell;

/// Days from the beginning of the Gregorian calendar (1582-10-14, day 0 of SPSS) to 1970-01-01.
const TO_1970: i64 = 141_428;

/// The cell of a number under a print format. No number (the system-missing value) is empty.
pub(super) fn cell(x: f64, format: u8) -> Cell {
    if x == -f64::MAX || x.is_nan() {
        return Cell::Empty;
    }
    match format {
        // DATE, ADATE, JDATE, MOYR, QYR, WKYR, EDATE, SDATE
        20 | 23 | 24 | 28 | 29 | 30 | 38 | 39 => date(x).map_or(Cell::Number(x), Cell::Date),
        // DATETIME, YMDHMS
        22 | 41 => date(x).map_or(Cell::Number(x), |day| Cell::Date(format!("{day}T{}", clock(x.rem_euclid(86_400.0))))),
        // TIME, a time of day or a duration in hours
        21 if x >= 0.0 => Cell::Date(clock(x)),
        _ => Cell::Number(x),
    }
}

fn date(seconds: f64) -> Option<String> {
    let days = (seconds / 86_400.0).floor();
    // SPSS itself ends with the year 19999.
    if !(-1e6..7e6).contains(&days) {
        return None;
    }
    let (year, month, day) = civil(days as i64 - TO_1970);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

fn clock(seconds: f64) -> String {
    let milli = (seconds * 1000.0).round() as u64;
    let (whole, milli) = (milli / 1000, milli % 1000);
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    format!("{:02}:{:02}:{:02}{fraction}", whole / 3600, whole / 60 % 60, whole % 60)
}

/// Year, month and day of a day number from 1970-01-01, in the Gregorian calendar. The year is counted from March, so
/// that the leap day is its last.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{Cell, cell, civil};

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_814), (2024, 4, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(-141_428), (1582, 10, 14));
    }

    #[test]
    fn the_print_format_decides() {
        let seconds = (19_814.0 + 141_428.0) * 86_400.0 + 34_200.5;
        let date = |t: &str| Cell::Date(t.to_owned());
        assert_eq!(cell(seconds, 20), date("2024-04-01"));
        assert_eq!(cell(seconds, 22), date("2024-04-01T09:30:00.500"));
        assert_eq!(cell(90_000.0, 21), date("25:00:00"));
        assert_eq!(cell(seconds, 5), Cell::Number(seconds));
        assert_eq!(cell(-f64::MAX, 20), Cell::Empty);
    }
}
