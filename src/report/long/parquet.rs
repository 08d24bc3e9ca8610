//! The long table as Parquet: one row group, written by one thread, so that the same rows give the same
//! bytes.

use polars::prelude::{Column, DataFrame, ParquetCompression, ParquetWriter};

use super::columns::{Cell, Kind, cells};
use crate::code::Code;
use crate::error::Error;
use crate::indicator::EstimateRecord;

/// The cells of one column.
enum Cells {
    Text(Vec<Option<String>>),
    Count(Vec<Option<u64>>),
    Real(Vec<Option<f64>>),
}

impl Cells {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(Vec::new()),
            Kind::Count => Self::Count(Vec::new()),
            Kind::Real => Self::Real(Vec::new()),
        }
    }

    /// Adds a cell. An empty list is nothing, as its cell in a CSV is.
    fn push(&mut self, cell: Cell) {
        match self {
            Self::Text(cells) => cells.push(Some(cell.joined()).filter(|text| !text.is_empty())),
            Self::Count(cells) => cells.push(if let Cell::Count(n) = cell { Some(n) } else { None }),
            Self::Real(cells) => cells.push(if let Cell::Real(x) = cell { Some(x) } else { None }),
        }
    }

    fn named(self, name: &str) -> Column {
        match self {
            Self::Text(cells) => Column::new(name.into(), cells),
            Self::Count(cells) => Column::new(name.into(), cells),
            Self::Real(cells) => Column::new(name.into(), cells),
        }
    }
}

/// The rows under these columns.
///
/// # Errors
/// The writer's own.
pub(super) fn bytes(header: &[(&'static str, Kind)], rows: &[EstimateRecord]) -> Result<Vec<u8>, Error> {
    let mut columns: Vec<Cells> = header.iter().map(|(_, kind)| Cells::new(*kind)).collect();
    for row in rows {
        let mut cells = cells(row).into_iter().peekable();
        for ((name, _), column) in header.iter().zip(&mut columns) {
            column.push(cells.next_if(|(of, _)| of == name).map_or(Cell::Empty, |(_, cell)| cell));
        }
    }
    let columns = header.iter().zip(columns).map(|((name, _), cells)| cells.named(name)).collect();
    let mut bytes = Vec::new();
    let mut frame = DataFrame::new(rows.len(), columns).map_err(failed)?;
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Uncompressed)
        .with_row_group_size(Some(rows.len().max(1)))
        .set_parallel(false)
        .finish(&mut frame)
        .map_err(failed)?;
    Ok(bytes)
}

fn failed(e: impl std::fmt::Display) -> Error {
    Error::msg(
        Code::ReportParquet,
        format!("Parquetを作れません: {e}"),
        format!("cannot make the Parquet file: {e}"),
    )
}
