//! The long table: one row a number, whoever asked for it (`run`, `compare`, `estimate`), as CSV, JSON and
//! Parquet.
//!
//! Every form is made of the same cells (`columns::cells`), so that a column has one name and a value one
//! spelling everywhere. Shares in [0, 1], nothing rounded; what cannot be estimated is empty, and `reason`
//! says why. CSV and Parquet join lists by ` | `; JSON keeps them.

mod columns;
mod parquet;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;
use serde::{Serialize, Serializer};

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
    text_cell::json(&Table {
        schema_version: SCHEMA_VERSION,
        data: data.map(words::data_key),
        data_label: data.and_then(data_label),
        rows: rows.par_iter().map(|row| Row(cells(row))).collect(),
    })
}

/// A long table as JSON has it.
#[derive(Serialize)]
struct Table {
    schema_version: &'static str,
    data: Option<&'static str>,
    data_label: Option<&'static str>,
    rows: Vec<Row>,
}

/// A row: the names of its columns with what stands in them.
struct Row(Vec<(&'static str, Cell)>);

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, cell)| (name, cell)))
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Empty => serializer.serialize_none(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Count(n) => serializer.serialize_u64(*n),
            Cell::Real(x) => serializer.serialize_f64(*x),
            Cell::List(list) => list.serialize(serializer),
            Cell::Reasons(reasons) => {
                serializer.collect_map(reasons.iter().map(|(column, why)| (column, why)))
            }
        }
    }
}

/// The numbers as Parquet, with the cells of the CSV.
///
/// # Errors
/// The writer's own; no value can reach one.
pub fn parquet(rows: &[EstimateRecord]) -> Result<Vec<u8>, Error> {
    parquet::bytes(&header(rows), rows)
}
