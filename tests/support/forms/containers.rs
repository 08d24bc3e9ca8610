//! The containers: a sheet of texts as the bytes of a file.

use std::io::Cursor;

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, ParquetWriter, Series};
use rust_xlsxwriter::{Format, Workbook};

use super::dta::dta;
use super::ods::ods;
use super::sas::sas7bdat;
use super::sav::{Packing, sav};
use super::sheet::{Sheet, Value};
use super::xls::xls;

/// Writes a sheet; `None` where the kind of file cannot hold it.
type Writer = fn(&Sheet) -> Option<Vec<u8>>;

/// A kind of file.
pub struct Container {
    pub name: &'static str,
    pub ending: &'static str,
    pub write: Writer,
}

pub fn containers() -> Vec<Container> {
    let make = |name, ending, write| Container { name, ending, write };
    vec![
        make("UTF-8", "csv", |sheet| Some(csv(sheet).into_bytes())),
        make("UTF-8 with BOM", "csv", |sheet| Some(format!("\u{feff}{}", csv(sheet)).into_bytes())),
        make("UTF-16LE", "csv", |sheet| {
            Some(format!("\u{feff}{}", csv(sheet)).encode_utf16().flat_map(u16::to_le_bytes).collect())
        }),
        make("CP932", "csv", |sheet| Some(encoded(&csv(sheet), encoding_rs::SHIFT_JIS))),
        make("EUC-JP", "csv", |sheet| Some(encoded(&csv(sheet), encoding_rs::EUC_JP))),
        make("XLSX", "xlsx", |sheet| Some(xlsx(sheet))),
        make("XLS", "xls", |sheet| Some(xls(sheet))),
        make("ODS", "ods", |sheet| Some(ods(sheet))),
        make("Parquet", "parquet", parquet),
        make("SAV", "sav", |sheet| sav(sheet, Packing::Plain)),
        make("SAV, packed", "sav", |sheet| sav(sheet, Packing::Codes)),
        make("ZSAV", "zsav", |sheet| sav(sheet, Packing::Zlib)),
        make("DTA", "dta", dta),
        make("SAS7BDAT", "sas7bdat", |sheet| sas7bdat(sheet, false)),
        make("SAS7BDAT, packed", "sas7bdat", |sheet| sas7bdat(sheet, true)),
    ]
}

fn csv(sheet: &Sheet) -> String {
    let quoted = |c: &String| {
        if c.contains([',', '"', '\n']) { format!("\"{}\"", c.replace('"', "\"\"")) } else { c.clone() }
    };
    sheet.rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

fn encoded(text: &str, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
    let (bytes, _, lost) = encoding.encode(text);
    assert!(!lost, "{} cannot write the survey", encoding.name());
    bytes.into_owned()
}

/// Numbers and logical values as such, as a spreadsheet program keeps them; merged cells as such.
fn xlsx(sheet: &Sheet) -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for merge in &sheet.merged {
        let text = &sheet.rows[merge.rows.0][merge.columns.0];
        let (rows, columns) =
            ([merge.rows.0 as u32, merge.rows.1 as u32], [merge.columns.0 as u16, merge.columns.1 as u16]);
        page.merge_range(rows[0], columns[0], rows[1], columns[1], text, &Format::new()).unwrap();
    }
    for (r, row) in (0u32..).zip(&sheet.rows) {
        for (c, cell) in (0u16..).zip(row) {
            let written = match Sheet::value(cell) {
                Value::Blank => continue,
                Value::Logical(b) => page.write_boolean(r, c, b),
                Value::Number(number) => page.write_number(r, c, number),
                Value::Text(text) => page.write_string(r, c, text),
            };
            written.unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// Text columns, a blank as null. A Parquet file has one header row.
fn parquet(sheet: &Sheet) -> Option<Vec<u8>> {
    if sheet.depth != 1 {
        return None;
    }
    let columns: Vec<Column> = (0..sheet.rows[0].len())
        .map(|c| {
            let cells: Vec<Option<&str>> =
                sheet.column(c).map(|cell| Some(cell).filter(|t| !t.is_empty())).collect();
            Series::new(sheet.rows[0][c].as_str().into(), cells).into_column()
        })
        .collect();
    let mut frame = DataFrame::new_infer_height(columns).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    Some(bytes.into_inner())
}
