//! Tables for the terminal and for pipes.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// A table for people: `header` and `rows` of the same width; columns from `first_number` on are aligned to the right.
pub(crate) fn table(header: &[String], rows: &[Vec<String>], first_number: usize) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        if i >= first_number {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n")
}
