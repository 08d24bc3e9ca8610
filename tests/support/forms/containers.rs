//! The containers: a grid of texts as the bytes of a file.

use std::io::Cursor;

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, ParquetWriter, Series};
use rust_xlsxwriter::Workbook;

/// Writes a grid with so many header rows; `None` where the kind of file cannot hold them.
type Writer = fn(&[Vec<String>], usize) -> Option<Vec<u8>>;

/// A kind of file.
pub struct Container {
    pub name: &'static str,
    pub ending: &'static str,
    pub write: Writer,
}

pub fn containers() -> Vec<Container> {
    let make = |name, ending, write| Container { name, ending, write };
    vec![
        make("UTF-8", "csv", |grid, _| Some(csv(grid).into_bytes())),
        make("UTF-8 with BOM", "csv", |grid, _| Some(format!("\u{feff}{}", csv(grid)).into_bytes())),
        make("UTF-16LE", "csv", |grid, _| Some(format!("\u{feff}{}", csv(grid)).encode_utf16().flat_map(u16::to_le_bytes).collect())),
        make("CP932", "csv", |grid, _| Some(encoded(&csv(grid), encoding_rs::SHIFT_JIS))),
        make("EUC-JP", "csv", |grid, _| Some(encoded(&csv(grid), encoding_rs::EUC_JP))),
        make("XLSX", "xlsx", |grid, _| Some(xlsx(grid))),
        make("Parquet", "parquet", parquet),
    ]
}

fn csv(grid: &[Vec<String>]) -> String {
    let quoted = |c: &String| if c.contains([',', '"', '\n']) { format!("\"{}\"", c.replace('"', "\"\"")) } else { c.clone() };
    grid.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

fn encoded(text: &str, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
    let (bytes, _, lost) = encoding.encode(text);
    assert!(!lost, "{} cannot write the survey", encoding.name());
    bytes.into_owned()
}

/// Numbers and logical values as such, as a spreadsheet program keeps them.
fn xlsx(grid: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (r, row) in (0u32..).zip(grid) {
        for (c, cell) in (0u16..).zip(row) {
            let written = match (cell.as_str(), cell.parse::<f64>()) {
                ("", _) => continue,
                ("TRUE" | "FALSE", _) => sheet.write_boolean(r, c, cell == "TRUE"),
                (_, Ok(number)) => sheet.write_number(r, c, number),
                (text, Err(_)) => sheet.write_string(r, c, text),
            };
            written.unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// Text columns, a blank as null. A Parquet file has one header row.
fn parquet(grid: &[Vec<String>], depth: usize) -> Option<Vec<u8>> {
    if depth != 1 {
        return None;
    }
    let columns: Vec<Column> = (0..grid[0].len())
        .map(|c| {
            let cells: Vec<Option<&str>> = grid[1..].iter().map(|row| Some(row[c].as_str()).filter(|t| !t.is_empty())).collect();
            Series::new(grid[0][c].as_str().into(), cells).into_column()
        })
        .collect();
    let mut frame = DataFrame::new_infer_height(columns).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    Some(bytes.into_inner())
}
