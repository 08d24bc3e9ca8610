//! Stored numbers as cells: missing values, dates.

use super::super::bytes::Bytes;
use super::super::calendar::{self, clock};
use super::super::cell::Cell;
use super::records::Kind;

/// Days from 1960-01-01, day 0 of Stata, to 1970-01-01.
const TO_1970: f64 = 3653.0;

/// How a number is shown, told by the variable's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Number,
    /// Days from 1960.
    Day,
    /// Thousandths of a second from 1960.
    Moment,
    /// So many months from 1960 are one.
    Months(u8),
    /// Weeks from 1960; a year has 52, the last one of eight or nine days.
    Week,
}

/// What a format says: `%td`, `%tc`, `%tm` …, also with a way of writing behind (`%tdCCYY-NN-DD`) or a width
/// (`%-9.0g`). `%tb` (business days) needs a calendar and stays a number.
pub(super) fn shown(format: &[u8]) -> Shown {
    let rest = format.strip_prefix(b"%").unwrap_or(format);
    let rest = rest.strip_prefix(b"-").unwrap_or(rest);
    match rest {
        [b't', b'd', ..] | [b'd', ..] => Shown::Day,
        [b't', b'c' | b'C', ..] => Shown::Moment,
        [b't', b'w', ..] => Shown::Week,
        [b't', b'm', ..] => Shown::Months(1),
        [b't', b'q', ..] => Shown::Months(3),
        [b't', b'h', ..] => Shown::Months(6),
        _ => Shown::Number,
    }
}

/// The number of a stored value; `Err` where it is missing, with its place in `.`, `.a` to `.z` (0 to 26).
pub(super) fn number(kind: Kind, raw: &[u8], little: bool) -> Option<Result<f64, u8>> {
    let mut bytes = Bytes::new(raw, little);
    let whole = |n: i64, first: i64| if n >= first { Err(((n - first).min(26)) as u8) } else { Ok(n as f64) };
    Some(match kind {
        Kind::Byte => whole(i64::from(bytes.u8().ok()? as i8), 101),
        Kind::Int => whole(i64::from(bytes.u16().ok()? as i16), 32_741),
        Kind::Long => missing_code(bytes.i32().ok()?).map_or_else(|n| Ok(f64::from(n)), Err),
        Kind::Float => {
            let bits = bytes.u32().ok()?;
            // Numbers beyond 2^127, each step 2^11 apart.
            if (0x7F00_0000..0x8000_0000).contains(&bits) {
                Err((((bits - 0x7F00_0000) >> 11).min(26)) as u8)
            } else {
                Ok(f64::from(f32::from_bits(bits)))
            }
        }
        Kind::Double => {
            let bits = bytes.u64().ok()?;
            let first = 0x7FE0_0000_0000_0000_u64;
            if (first..1 << 63).contains(&bits) {
                Err((((bits - first) >> 40).min(26)) as u8)
            } else {
                Ok(f64::from_bits(bits))
            }
        }
        Kind::Text(_) | Kind::LongText => return None,
    })
}

/// The missing value that a whole number of four bytes stands for (value labels are kept in such), or the
/// number itself.
pub(super) fn missing_code(n: i32) -> Result<u8, i32> {
    if n >= 2_147_483_621 { Ok((n - 2_147_483_621) as u8) } else { Err(n) }
}

/// The cell of a missing value: `.` is nothing; `.a` to `.z` are kept apart.
pub(super) fn missing(which: u8) -> Cell {
    match which {
        0 => Cell::Empty,
        n => Cell::Text(format!(".{}", (b'a' + (n - 1).min(25)) as char).into()),
    }
}

/// The cell of a number.
pub(super) fn cell(x: f64, shown: Shown) -> Cell {
    let date = match shown {
        _ if !x.is_finite() => return Cell::Empty,
        Shown::Number => None,
        Shown::Day => calendar::date(x.floor() - TO_1970),
        Shown::Moment => {
            let seconds = x / 1000.0;
            calendar::date((seconds / 86_400.0).floor() - TO_1970)
                .map(|day| format!("{day}T{}", clock(seconds.rem_euclid(86_400.0))))
        }
        Shown::Week => {
            let (year, week) = (1960.0 + (x / 52.0).floor(), x.rem_euclid(52.0).floor());
            let first = calendar::first_of(year, 1.0);
            first.and_then(|first| calendar::date(first + 7.0 * week))
        }
        Shown::Months(each) => {
            let months = x.floor() * f64::from(each);
            let first = calendar::first_of(1960.0 + (months / 12.0).floor(), 1.0 + months.rem_euclid(12.0));
            first.and_then(calendar::date)
        }
    };
    date.map_or(Cell::Number(x), |date| Cell::Date(date.into()))
}

#[cfg(test)]
mod tests {
    use super::{Cell, Kind, Shown, cell, missing, number, shown};

    #[test]
    fn every_type_has_its_missing_values() {
        let read = |kind, raw: &[u8]| number(kind, raw, true);
        assert_eq!(
            (read(Kind::Byte, &[100]), read(Kind::Byte, &[0x81])),
            (Some(Ok(100.0)), Some(Ok(-127.0)))
        );
        assert_eq!((read(Kind::Byte, &[101]), read(Kind::Byte, &[127])), (Some(Err(0)), Some(Err(26))));
        assert_eq!(
            (read(Kind::Int, &32_740i16.to_le_bytes()), read(Kind::Int, &32_742i16.to_le_bytes())),
            (Some(Ok(32_740.0)), Some(Err(1)))
        );
        assert_eq!(read(Kind::Long, &2_147_483_623i32.to_le_bytes()), Some(Err(2)));
        assert_eq!(read(Kind::Float, &0x7F00_0800u32.to_le_bytes()), Some(Err(1)));
        assert_eq!(read(Kind::Float, &1.5f32.to_le_bytes()), Some(Ok(1.5)));
        assert_eq!(read(Kind::Double, &0x7FE0_0000_0000_0000u64.to_le_bytes()), Some(Err(0)));
        assert_eq!(read(Kind::Double, &(0x7FE0_0000_0000_0000u64 + (26 << 40)).to_le_bytes()), Some(Err(26)));
        assert_eq!(read(Kind::Double, &(-0.25f64).to_le_bytes()), Some(Ok(-0.25)));
        assert_eq!(read(Kind::Double, &[0; 7]), None);
        assert_eq!(
            (missing(0), missing(1), missing(26)),
            (Cell::Empty, Cell::Text(".a".into()), Cell::Text(".z".into()))
        );
    }

    #[test]
    fn the_format_makes_the_date() {
        let date = |t: &str| Cell::Date(t.into());
        assert_eq!(cell(23_467.0, shown(b"%td")), date("2024-04-01"));
        assert_eq!(cell(23_467.0, shown(b"%tdCCYY-NN-DD")), date("2024-04-01"));
        assert_eq!(
            cell(23_467.0 * 86_400_000.0 + 34_200_500.0, shown(b"%tc")),
            date("2024-04-01T09:30:00.500")
        );
        assert_eq!(cell(771.0, shown(b"%tm")), date("2024-04-01"));
        assert_eq!(cell(257.0, shown(b"%tq")), date("2024-04-01"));
        assert_eq!(cell(-1.0, shown(b"%th")), date("1959-07-01"));
        assert_eq!(cell(64.0 * 52.0 + 1.0, shown(b"%tw")), date("2024-01-08"));
        assert_eq!(cell(3.0, shown(b"%8.0g")), Cell::Number(3.0));
        assert_eq!(cell(3.0, shown(b"%-9s")), Cell::Number(3.0));
        assert_eq!(cell(1e300, Shown::Months(1)), Cell::Number(1e300));
    }
}
