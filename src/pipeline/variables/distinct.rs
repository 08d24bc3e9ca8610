//! Tables of distinct texts, for files whose rows are not held.

use crate::raw::{Cell, Column, Table};

/// A table with the columns of this one, each of which holds its texts once, in order, as `texts` has them by
/// position; shorter ones are filled up with their first, and those without any with blanks.
pub(in crate::pipeline) fn table_of_distinct(
    table: &Table,
    mut texts: impl FnMut(usize) -> Vec<String>,
) -> Table {
    let cell = |text: String| match text.is_empty() {
        true => Cell::Empty,
        false => Cell::Text(text.as_str().into()),
    };
    let mut cells = |column: &Column| -> Vec<Cell> {
        let cells: Vec<Cell> = texts(column.position).into_iter().map(cell).collect();
        if cells.is_empty() { vec![Cell::Empty] } else { cells }
    };
    let of_column: Vec<Vec<Cell>> = table.columns.iter().map(&mut cells).collect();
    let rows = of_column.iter().map(Vec::len).max().unwrap_or(0);
    let column = |(column, values): (&Column, Vec<Cell>)| Column {
        header: column.header.clone(),
        position: column.position,
        rows: (0..rows).map(|row| if row < values.len() { row as u32 } else { 0 }).collect(),
        values,
    };
    Table {
        digest: table.digest.clone(),
        columns: table.columns.iter().zip(of_column).map(column).collect(),
        row_numbers: (2..).take(rows).collect(),
        findings: Vec::new(),
        heading: table.heading,
        dictionary: None,
        joined: Vec::new(),
    }
}
