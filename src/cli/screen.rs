//! Tables for the terminal and for pipes.

use std::ops::Range;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};

/// A table for people: `header` and `rows` of the same width; the columns of `numbers` are aligned to the
/// right.
pub(crate) fn table(header: &[String], rows: &[Vec<String>], numbers: Range<usize>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    // The same on every machine and in every pipe: no wider than a page, cells broken inside where they must
    // be.
    table.set_width(120);
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        if numbers.contains(&i) {
            column.set_cell_alignment(CellAlignment::Right);
            column.set_constraint(ColumnConstraint::ContentWidth); // a number is never broken
        }
    }
    format!("{table}\n")
}
