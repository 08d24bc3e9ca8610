//! The rows of a CSV that the program wrote, by the names of their columns.

use std::collections::BTreeMap;

pub type Row = BTreeMap<String, String>;

/// The header in order, and the rows; a byte order mark may stand before them.
pub fn with_header(bytes: &[u8]) -> (Vec<String>, Vec<Row>) {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::Reader::from_reader(text);
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let named = |record: csv::StringRecord| -> Row {
        header.iter().cloned().zip(record.iter().map(str::to_owned)).collect()
    };
    let rows = reader.records().map(|record| named(record.unwrap())).collect();
    (header, rows)
}

/// The rows.
pub fn rows(bytes: &[u8]) -> Vec<Row> {
    with_header(bytes).1
}
