//! Days and seconds as ISO 8601 text, for the formats that count them.

/// The date of a day number from 1970-01-01; `None` before the year 1 and beyond those that the programs know
/// (19999).
pub(super) fn date(days: f64) -> Option<String> {
    if !(-719_162.0..7e6).contains(&days) {
        return None;
    }
    let (year, month, day) = civil(days as i64);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// A time of day, or a duration in hours, of seconds from 0; thousandths where there are any.
pub(super) fn clock(seconds: f64) -> String {
    let milli = (seconds * 1000.0).round() as u64;
    let (whole, milli) = (milli / 1000, milli % 1000);
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    format!("{:02}:{:02}:{:02}{fraction}", whole / 3600, whole / 60 % 60, whole % 60)
}

/// The day number from 1970-01-01 of the first of a month; `None` beyond the same years.
pub(super) fn first_of(year: f64, month: f64) -> Option<f64> {
    if !(1.0..20_000.0).contains(&year) || !(1.0..13.0).contains(&month) {
        return None;
    }
    // Days of the years before, counted from March, then those of the months.
    let (year, month) = (year as i64 - i64::from(month < 3.0), month as i64);
    let of_year = (153 * if month > 2 { month - 3 } else { month + 9 } + 2) / 5;
    Some(
        (365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468)
            as f64,
    )
}

/// Year, month and day of a day number from 1970-01-01, in the Gregorian calendar. The year is counted from
/// March, so that the leap day is its last.
pub(super) fn civil(days: i64) -> (i64, i64, i64) {
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
    use super::{civil, first_of};

    #[test]
    fn months_begin_on_a_day() {
        for (year, month, day) in
            [(1970.0, 1.0, 0.0), (2024.0, 4.0, 19_814.0), (2000.0, 3.0, 11_017.0), (1.0, 1.0, -719_162.0)]
        {
            assert_eq!(first_of(year, month), Some(day));
            assert_eq!(civil(day as i64), (year as i64, month as i64, 1));
        }
        assert_eq!(first_of(f64::NAN, 1.0), None);
    }

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_814), (2024, 4, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(-141_428), (1582, 10, 14));
    }
}
