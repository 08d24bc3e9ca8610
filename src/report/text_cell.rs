//! CSV for Excel in Japan: UTF-8 with a byte order mark, lines ended by LF, RFC 4180 quoting.
//!
//! LF, not CRLF: Excel, R and Python read both, and with LF the last column stays clean in line-based tools.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, tab or carriage return as a formula, also
//! when it is quoted. Text that comes from a user's file gets an apostrophe in front then ([`guarded`]), the
//! full-width forms of the signs included, since Japanese Excel takes them too. Numbers never, and neither
//! the lone `-` that means "not surveyed".

use serde::Serialize;

use crate::code::Code;
use crate::error::Error;

/// What Excel knows UTF-8 by.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// `text` such that no spreadsheet takes it for a formula.
pub(super) fn guarded(text: &str) -> String {
    let dangerous = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if dangerous && !matches!(text, "-" | "－") && !is_number(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Whether a spreadsheet takes a text for a negative number: `-5`, `-1,234.5`, `-3%`.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').map(|t| t.strip_suffix('%').unwrap_or(t)).unwrap_or_default();
    let of_number = |b: u8| b.is_ascii_digit() || matches!(b, b',' | b'.');
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.bytes().all(of_number)
}

/// The shortest decimal that reads back as the same double; empty for nothing.
pub(super) fn number(value: Option<f64>) -> String {
    value.filter(|v| v.is_finite()).map(|v| v.to_string()).unwrap_or_default()
}

/// A table as CSV bytes.
///
/// # Errors
/// None that a table of equally long rows can reach; the writer's own errors are passed on.
pub(super) fn csv(header: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
    let mut writer = writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(header).map_err(failed)?;
    for row in rows {
        writer.write_record(row).map_err(failed)?;
    }
    writer.into_inner().map_err(failed)
}

/// What writes such a table behind some bytes, for tables that are written piece by piece.
pub(super) fn writer(begin: Vec<u8>) -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(begin)
}

/// The writer's error.
pub(super) fn failed(e: impl std::fmt::Display) -> Error {
    Error::msg(Code::ReportCsv, format!("CSVを作れません: {e}"), format!("cannot make the CSV: {e}"))
}

/// A JSON document, indented, ended by a newline.
///
/// # Errors
/// The serialiser's own; a [`serde_json::Value`] has none.
pub(super) fn json(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|e| {
        Error::msg(Code::ReportJson, format!("JSONを作れません: {e}"), format!("cannot make the JSON: {e}"))
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{csv, guarded, number};

    #[test]
    fn formulas_are_disarmed_and_nothing_else_is_touched() {
        for text in ["=1+1", "+81", "-2+3", "-5人", "-3.A", "@SUM(A1)", "\t=1", "＝1", "－３人"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["-", "-5", "-1,234.5", "-3.2%", "－", "", "問12", "20,292世帯", "a=b", "'=1"] {
            assert_eq!(guarded(text), text);
        }
    }

    #[test]
    fn numbers_read_back_as_the_same_double() {
        for v in [30.6, 1.0 / 3.0, 1e-12, -0.5, 100.0 * 0.306] {
            assert_eq!(number(Some(v)).parse::<f64>().unwrap(), v);
        }
        assert_eq!(
            (number(Some(30.0)).as_str(), number(None).as_str(), number(Some(f64::NAN)).as_str()),
            ("30", "", "")
        );
    }

    #[test]
    fn the_file_opens_right_in_excel_and_quotes_what_needs_it() {
        let bytes = csv(&["項目", "値"], &[vec!["改行\nと,と\"".into(), "1".into()]]).unwrap();
        assert_eq!(bytes, "\u{feff}項目,値\n\"改行\nと,と\"\"\",1\n".as_bytes());
    }
}
