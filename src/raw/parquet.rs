//! Parquet.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use polars::datatypes::{ArrowDataType, DataType};
use polars::io::mmap::MmapBytesReader;
use polars::prelude::{Column as Series, DataFrame, ParquetReader, PolarsError, PolarsResult, SerReader};

use crate::code::Code;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::provenance::{FileDigest, Place};
use crate::text::Text;

use super::cell::Cell;
use super::damaged::damaged;
use super::grid::Grid;
use super::header::{self, SheetFacts};
use super::heading::Heading;
use super::table::Table;

/// Whole numbers beyond this cannot be told apart as 64-bit floating point numbers; ids of that size stay
/// text.
const EXACT: u64 = 1 << 53;

/// Rows that are looked at first.
const LOOK: usize = 50;

/// Reads a Parquet file. Its columns' names are the header; its first row is row 1.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<Table> {
    // The reader asserts things of the file that a damaged one breaks.
    let (frame, skipped) = catch_unwind(AssertUnwindSafe(|| frame(Cursor::new(bytes), None)))
        .unwrap_or_else(|_| {
            Err(damaged("Parquetとして解釈できません", "it cannot be understood as Parquet"))
        })?;
    table(&frame.frame, skipped, FileDigest::of(name, bytes))
}

/// The header and first rows of a Parquet file, and for each column of the table its number in the file's
/// schema.
pub(super) fn beginning(reader: impl MmapBytesReader, name: &str) -> Result<(Table, Vec<usize>)> {
    let (Frame { frame, positions }, skipped) = frame(reader, Some((0, LOOK)))?;
    Ok((table(&frame, skipped, FileDigest::of(name, &[]))?, positions))
}

fn table(frame: &DataFrame, skipped: Vec<(String, String)>, digest: FileDigest) -> Result<Table> {
    let name = digest.file.clone();
    let mut grid = Grid::default();
    grid.at_least(frame.height() + 1)?;
    let mut not_a_number = Vec::new();
    for (at, series) in frame.columns().iter().enumerate() {
        // A column without a name still is a column; the blank is cut from the header.
        let column = series.name().as_str();
        grid.set_text(0, at, if column.is_empty() { " " } else { column })?;
        let nans = fill(&mut grid, at, series)?;
        if nans > 0 {
            not_a_number.push((column.to_owned(), nans));
        }
    }
    let row_numbers = (0..=frame.height() as u64).collect();
    let source = SheetFacts {
        digest,
        heading: Some(Heading::FIRST),
        responses: false,
        merged: None,
        row_numbers: Some(row_numbers),
    };
    let mut table = header::table(grid, source)?;
    for (column, kind) in skipped {
        let text = Text::new(
            format!("型{kind}の列は読めません。読み飛ばしました"),
            format!("columns of type {kind} cannot be read; it was skipped"),
        );
        table.findings.push(Finding::warning(Code::RawColumnType, text, Place::file(&name).column(column)));
    }
    for (column, count) in not_a_number {
        let text = Text::new("数でない値(NaN)を空としました", "NaN was taken as empty");
        table
            .findings
            .push(Finding::note(Code::RawNan, text, Place::file(&name).column(column)).count(count));
    }
    Ok(table)
}

/// The columns that can be read, and their numbers in the file's schema.
struct Frame {
    frame: DataFrame,
    positions: Vec<usize>,
}

/// The columns that can be read, and the names and types of those that cannot; of all rows, or those of a
/// slice.
fn frame(
    reader: impl MmapBytesReader,
    slice: Option<(usize, usize)>,
) -> Result<(Frame, Vec<(String, String)>)> {
    let error = |e: PolarsError| damaged(&e, &e);
    let mut reader = ParquetReader::new(reader);
    let schema = reader.schema().map_err(error)?;
    let (mut wanted, mut skipped) = (Vec::new(), Vec::new());
    for (at, (name, field)) in schema.iter().enumerate() {
        if readable(&field.dtype) {
            wanted.push(at);
        } else {
            skipped.push((name.to_string(), format!("{:?}", field.dtype)));
        }
    }
    if wanted.is_empty() {
        return Err(Error::msg(
            Code::RawEmpty,
            "読める列がありません",
            "there is no column that can be read",
        ));
    }
    let frame = reader.with_projection(Some(wanted.clone())).with_slice(slice).finish().map_err(error)?;
    Ok((Frame { frame, positions: wanted }, skipped))
}

fn readable(kind: &ArrowDataType) -> bool {
    use ArrowDataType as A;
    match kind {
        A::Null | A::Boolean | A::Float32 | A::Float64 | A::Utf8 | A::LargeUtf8 | A::Utf8View => true,
        A::Int8 | A::Int16 | A::Int32 | A::Int64 | A::UInt8 | A::UInt16 | A::UInt32 | A::UInt64 => true,
        A::Dictionary(_, values, _) => matches!(**values, A::Utf8 | A::LargeUtf8 | A::Utf8View),
        _ => false,
    }
}

/// Puts a column below its name; returns how many cells are NaN.
fn fill(grid: &mut Grid, at: usize, series: &Series) -> Result<u64> {
    let error = |e: PolarsError| damaged(&e, &e);
    let mut nans = 0;
    match series.dtype() {
        DataType::Null => {}
        DataType::Boolean => each(grid, at, series.bool().map_err(error)?.iter(), Cell::Bool)?,
        DataType::Float32 | DataType::Float64 => {
            let cast = series.cast(&DataType::Float64).map_err(error)?;
            each(grid, at, cast.f64().map_err(error)?.iter(), |x| {
                nans += u64::from(x.is_nan());
                if x.is_nan() { Cell::Empty } else { Cell::Number(x) }
            })?;
        }
        DataType::UInt64 => each(grid, at, series.u64().map_err(error)?.iter(), |n| whole(n, n as f64, n))?,
        kind if kind.is_integer() => {
            let cast = series.cast(&DataType::Int64).map_err(error)?;
            each(grid, at, cast.i64().map_err(error)?.iter(), |n| whole(n.unsigned_abs(), n as f64, n))?;
        }
        _ => {
            let cast: PolarsResult<Series> = series.cast(&DataType::String);
            let cast = cast.map_err(error)?;
            for (row, text) in cast.str().map_err(error)?.iter().enumerate() {
                grid.set_text(row + 1, at, text.unwrap_or(""))?;
            }
        }
    }
    Ok(nans)
}

fn each<T>(
    grid: &mut Grid,
    at: usize,
    values: impl Iterator<Item = Option<T>>,
    mut cell: impl FnMut(T) -> Cell,
) -> Result<()> {
    for (row, value) in values.enumerate() {
        grid.set(row + 1, at, value.map_or(Cell::Empty, &mut cell))?;
    }
    Ok(())
}

fn whole(size: u64, number: f64, exact: impl std::fmt::Display) -> Cell {
    if size <= EXACT { Cell::Number(number) } else { Cell::Text(exact.to_string().into()) }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Categories, Column, DataFrame, DataType, NamedFrom, ParquetWriter, Series};

    use super::{Cell, read};
    use crate::code::Code;

    fn parquet(columns: Vec<Column>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let height = columns.first().map_or(0, Column::len);
        let mut frame = DataFrame::new(height, columns).unwrap();
        ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
        bytes
    }

    #[test]
    fn types_become_cells_and_the_last_row_stays_though_empty() {
        let text = Column::new("地区".into(), [Some("東"), Some(""), Some("西"), None]);
        let category = DataType::from_categories(Categories::global());
        let bytes = parquet(vec![
            Column::new("id".into(), [Some(9_007_199_254_740_993_i64), Some(2), Some(-3), None]),
            Column::new("w".into(), [Some(0.5), Some(f64::NAN), Some(1.0), None]),
            Column::new("yes".into(), [Some(true), Some(false), None, None]),
            text.cast(&category).unwrap().with_name("分類".into()),
            text,
            Column::new("small".into(), [Some(200_u8), Some(1), None, None]),
            Column::new("none".into(), [None::<f32>, None, None, None]),
        ]);
        let table = read(&bytes, "a.parquet").unwrap();
        let cells = |name: &str| -> Vec<Cell> {
            let column = table.column(name).unwrap();
            (0..table.row_count()).map(|r| column.cell(r).clone()).collect()
        };
        let (n, t, e) = (Cell::Number, |t: &str| Cell::Text(t.into()), || Cell::Empty);
        assert_eq!(table.row_numbers, [1, 2, 3, 4]);
        assert_eq!(cells("id"), [t("9007199254740993"), n(2.0), n(-3.0), e()]);
        assert_eq!(cells("w"), [n(0.5), e(), n(1.0), e()]);
        assert_eq!(cells("yes"), [Cell::Bool(true), Cell::Bool(false), e(), e()]);
        assert_eq!(cells("地区"), [t("東"), e(), t("西"), e()]);
        assert_eq!(cells("分類"), cells("地区"));
        assert_eq!(cells("small"), [n(200.0), n(1.0), e(), e()]);
        assert_eq!(cells("none"), [e(), e(), e(), e()]);
        assert_eq!(table.findings.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::RawNan]);
    }

    #[test]
    fn columns_of_other_types_are_skipped_and_said() {
        let list = Column::new("list".into(), [Series::new("".into(), [1, 2])]);
        let bytes = parquet(vec![Column::new("id".into(), [1]), list]);
        let table = read(&bytes, "a.parquet").unwrap();
        assert_eq!((table.columns.len(), table.findings[0].code), (1, Code::RawColumnType));
    }

    #[test]
    fn a_cut_file_is_damaged() {
        let bytes = parquet(vec![Column::new("id".into(), (0..1000).collect::<Vec<i32>>())]);
        for cut in [4, 40, bytes.len() / 2, bytes.len() - 1] {
            let error = read(&bytes[..cut], "a.parquet").map_err(|e| e.diagnostics()[0].code);
            assert_eq!(error.err(), Some(Code::RawDamaged), "cut at {cut}");
        }
    }
}
