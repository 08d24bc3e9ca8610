//! The long table: one row a number, whoever asked for it (`run`, `compare`, `estimate`), as CSV, JSON and
//! Parquet.
//!
//! Every form is made of the same cells (`columns::cells`), so that a column has one name and a value one
//! spelling everywhere. Shares in [0, 1], nothing rounded; what cannot be estimated is empty, and `reason`
//! says why. CSV and Parquet join lists by ` | `; JSON keeps them.

mod columns;
mod parquet;

use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;
use serde_json::{Map, Value, json};

use self::columns::{COLUMNS, Cell, MORE, cells};
use super::indicators::data_label;
use super::text_cell::{self, guarded, number};
use super::words;
use crate::error::Error;
use crate::indicator::{DataKind, EstimateRecord};
use crate::provenance::SCHEMA_VERSION;

/// The numbers as a file that Excel opens right: CSV with a byte order mark.
///
/// # Errors
/// The writer's own; no value can reach one.
pub fn csv_file(rows: &[EstimateRecord]) -> Result<Vec<u8>, Error> {
    csv_after(text_cell::BYTE_ORDER_MARK, rows)
}

/// The numbers for a pipe: CSV without a byte order mark, which other programs would take for a part of the
/// first column's name.
///
/// # Errors
/// The writer's own; no value can reach one.
pub fn csv(rows: &[EstimateRecord]) -> Result<Vec<u8>, Error> {
    csv_after(&[], rows)
}

/// Rows that are written at a time.
const PIECE: usize = 64;

fn csv_after(begin: &[u8], rows: &[EstimateRecord]) -> Result<Vec<u8>, Error> {
    let header = header(rows);
    let mut writer = text_cell::writer(begin.to_vec());
    writer.write_record(header.iter().map(|(name, _)| name)).map_err(text_cell::failed)?;
    let mut bytes = writer.into_inner().map_err(text_cell::failed)?;
    // Pieces of the table side by side.
    let piece = |rows: &[EstimateRecord]| -> Result<Vec<u8>, Error> {
        let mut writer = text_cell::writer(Vec::new());
        for row in rows {
            let mut cells = cells(row).into_iter().peekable();
            for (name, _) in &header {
                let cell = cells.next_if(|(of, _)| of == name).map_or(Cell::Empty, |(_, cell)| cell);
                writer.write_field(csv_cell(cell)).map_err(text_cell::failed)?;
            }
            writer.write_record(None::<&[u8]>).map_err(text_cell::failed)?;
        }
        writer.into_inner().map_err(text_cell::failed)
    };
    for piece in rows.par_chunks(PIECE).map(piece).collect::<Vec<_>>() {
        bytes.extend(piece?);
    }
    Ok(bytes)
}

fn csv_cell(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Count(n) => n.to_string(),
        Cell::Real(x) => number(Some(x)),
        Cell::Text(_) | Cell::List(_) | Cell::Reasons(_) => guarded(&cell.joined()),
    }
}

/// The columns of a table of these rows: those that every table has, then those that some row has.
fn header(rows: &[EstimateRecord]) -> Vec<(&'static str, columns::Kind)> {
    let more: Vec<&str> = rows.iter().flat_map(columns::more_names).collect();
    COLUMNS.into_iter().chain(MORE.into_iter().filter(|(name, _)| more.contains(name))).collect()
}

/// The numbers as JSON: `{"schema_version", "data", "data_label", "rows": […]}`, each row with the keys of
/// the CSV's columns. `data` says what the whole is made from; `None` where nobody says so.
///
/// # Errors
/// The serialiser's own; no value can reach one.
pub fn json(rows: &[EstimateRecord], data: Option<DataKind>) -> Result<Vec<u8>, Error> {
    let row = |row: &EstimateRecord| -> Value {
        cells(row)
            .into_iter()
            .map(|(name, cell)| (name.to_owned(), json_cell(cell)))
            .collect::<Map<_, _>>()
            .into()
    };
    text_cell::json(&json!({
        "schema_version": SCHEMA_VERSION,
        "data": data.map(words::data_key),
        "data_label": data.and_then(data_label),
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
    }))
}

fn json_cell(cell: Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => text.into(),
        Cell::Count(n) => n.into(),
        Cell::Real(x) => x.into(),
        Cell::List(list) => list.into(),
        Cell::Reasons(reasons) => reasons
            .into_iter()
            .map(|(column, why)| (column.to_owned(), why.into()))
            .collect::<Map<_, _>>()
            .into(),
    }
}

/// The numbers as Parquet, with the cells of the CSV.
///
/// # Errors
/// The writer's own; no value can reach one.
pub fn parquet(rows: &[EstimateRecord]) -> Result<Vec<u8>, Error> {
    parquet::bytes(&header(rows), rows)
}
