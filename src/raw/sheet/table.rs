//! Files that are read as tables (delimited text, statistics programs) as a sheet.

use std::collections::BTreeMap;

use super::super::cell::Cell;
use super::super::table::Table;
use super::decimal::general;
use super::parts::Parts;
use super::shown::{Shown, ShownKind};
use super::view::Sheet;

use crate::code::Code;

/// Findings about a header that need not be one.
const ABOUT_HEADERS: [Code; 4] =
    [Code::RawNoHeader, Code::RawDuplicateHeader, Code::RawShortRow, Code::RawMergedCells];

/// The table as a sheet; its header is the first row.
pub(crate) fn sheet(table: Table) -> Sheet {
    let mut cells = BTreeMap::new();
    for column in &table.columns {
        for (row, header) in column.header.iter().enumerate() {
            cells.insert((row, column.position), Shown::plain(header.as_str(), ShownKind::Text));
        }
        for row in 0..table.row_count() {
            let shown = match column.cell(row) {
                Cell::Empty => continue,
                Cell::Number(x) => Shown::plain(general(*x), ShownKind::Number),
                Cell::Date(text) => Shown::plain(text.as_str(), ShownKind::Date),
                Cell::Bool(_) => Shown::plain(column.cell(row).text(), ShownKind::Logical),
                Cell::Broken(text) => Shown::plain(text.as_str(), ShownKind::Error),
                Cell::Text(text) => Shown::plain(text.as_str(), ShownKind::Text),
            };
            cells.insert((row + 1, column.position), shown);
        }
    }
    cells.retain(|_, shown| !shown.is_blank());
    let first = table.row_numbers.first().copied().unwrap_or(2);
    let mut numbers = vec![first.saturating_sub(1).max(1)];
    numbers.extend(&table.row_numbers);
    let findings = table.findings.into_iter().filter(|f| !ABOUT_HEADERS.contains(&f.code)).collect();
    let parts = Parts { cells, ..Parts::default() };
    let mut sheet = Sheet::of(parts, table.digest.clone());
    sheet.numbers = numbers;
    sheet.findings = findings;
    sheet.digest.rows = table.digest.rows;
    sheet
}
