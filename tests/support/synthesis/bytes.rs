//! Rows → bytes of a CSV or a workbook, the same bytes every time.

use std::error::Error;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

/// How a CSV is encoded.
#[derive(Clone, Copy)]
pub(super) enum Encoding {
    Cp932,
    Utf8WithBom,
}

/// A cell of a workbook.
#[derive(Clone)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Number(f64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
    }
}

/// A heading that spans the columns `first..=last` of the first row.
pub(super) struct Heading {
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) text: &'static str,
}

/// Lines end with CR LF, as Excel for Japan writes them.
pub(super) fn csv(rows: &[Vec<String>], encoding: Encoding) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row)?;
    }
    let utf8 = String::from_utf8(writer.into_inner().map_err(|e| e.into_error())?)?;
    match encoding {
        Encoding::Utf8WithBom => Ok([b"\xef\xbb\xbf", utf8.as_bytes()].concat()),
        Encoding::Cp932 => {
            let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(&utf8);
            if lossy { Err("a character is not in CP932".into()) } else { Ok(bytes.into_owned()) }
        }
    }
}

/// A workbook of one sheet. `headings`, where there are any, stand in a row of their own above `rows`,
/// merged.
pub(super) fn workbook(
    sheet: &str,
    headings: &[Heading],
    rows: &[Vec<Cell>],
) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut workbook = Workbook::new();
    let written = ExcelDateTime::from_ymd(2026, 4, 1)?;
    workbook.set_properties(&DocProperties::new().set_comment("合成データ").set_creation_datetime(&written));
    let page = workbook.add_worksheet();
    page.set_name(sheet)?;
    for heading in headings {
        if heading.first == heading.last {
            page.write_string(0, heading.first, heading.text)?;
        } else {
            page.merge_range(0, heading.first, 0, heading.last, heading.text, &Format::new())?;
        }
    }
    for (at, row) in (u32::from(!headings.is_empty())..).zip(rows) {
        for (column, cell) in (0u16..).zip(row) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    page.write_string(at, column, text)?;
                }
                Cell::Number(number) => {
                    page.write_number(at, column, *number)?;
                }
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}
