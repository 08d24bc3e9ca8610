//! Workbooks: XLSX, XLSB, XLS and ODS.

use crate::text::fold::fold;
use std::borrow::Cow;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    CellErrorType, Data, DataRef, Dimensions, ExcelDateTime, Ods, OdsError, Range, Reader, Sheet, SheetType,
    SheetVisible, Xls, XlsError, Xlsb, Xlsx, XlsxError,
};

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::{FileDigest, Place};
use crate::text::Text;

use super::cell::Cell;
use super::damaged::damaged;
use super::format::{self, Kind};
use super::grid::Grid;
use super::header::{self, Merged, SheetFacts};
use super::table::{ReadOptions, Table, letters};
use super::{compound, open_document};

/// A sheet's cells, its merged blocks, and what was found while reading them.
struct Content {
    grid: Grid,
    merged: Option<Vec<Merged>>,
    findings: Vec<Finding>,
}

/// The merged cells of an XLSX stand behind all cells, so that looking for them takes as long as reading the
/// sheet. In files of more bytes than this another thread does so meanwhile, which has to open the workbook
/// once more.
const SMALL: usize = 1 << 18;

/// A workbook of any kind.
enum Book<'a> {
    Xlsx(Box<Xlsx<Cursor<&'a [u8]>>>),
    Xlsb(Box<Xlsb<Cursor<&'a [u8]>>>),
    Xls(Box<Xls<Cursor<&'a [u8]>>>),
    Ods(Box<Ods<Cursor<&'a [u8]>>>),
}

/// Reads one sheet: the one asked for, else the first visible one with data.
pub(super) fn read(bytes: &[u8], name: &str, kind: Kind, options: &ReadOptions) -> Result<Table> {
    // Some damaged files of the old formats make the reader's own slices panic; to the user they are just
    // damaged.
    let (sheet, content) = catch_unwind(AssertUnwindSafe(|| {
        let clear = unlocked(bytes, kind)?;
        let bytes = &*clear;
        if kind == Kind::Xls {
            compound::check(bytes)?;
        }
        if kind == Kind::Ods {
            // A part that is not there, or cannot be unpacked, is told by the reader.
            open_document::check(&format::part(bytes, b"content.xml").unwrap_or_default())?;
        }
        let mut book = Book::open(bytes, kind)?;
        book.choose(options.sheet.as_deref(), bytes)
    }))
    .unwrap_or_else(|_| Err(damaged("中身を解釈できません", "its content cannot be understood")))?;
    let digest = FileDigest { sheet: Some(sheet.clone()), ..FileDigest::of(name, bytes) };
    let source = SheetFacts {
        digest,
        heading: header::asked_for(options),
        responses: options.responses,
        merged: content.merged.as_deref(),
        row_numbers: None,
    };
    let mut table =
        header::table(content.grid, source).map_err(|e| e.at(&Place::file(name).sheet(Some(&sheet))))?;
    table.findings.extend(content.findings.into_iter().map(|mut f| {
        f.place.file = Some(name.to_owned());
        f.place.sheet = Some(sheet.clone());
        f
    }));
    Ok(table)
}

/// The workbook in clear, where the key is the one that Excel takes by itself.
fn unlocked(bytes: &[u8], kind: Kind) -> Result<Cow<'_, [u8]>> {
    if kind == Kind::Xls { compound::unlocked(bytes) } else { Ok(Cow::Borrowed(bytes)) }
}

/// The names of a workbook's sheets, in their order.
pub(super) fn sheet_names(bytes: &[u8], kind: Kind) -> Result<Vec<String>> {
    let names = || {
        let clear = unlocked(bytes, kind)?;
        let bytes = &*clear;
        if kind == Kind::Xls {
            compound::check(bytes)?;
        }
        if kind == Kind::Ods {
            open_document::check(&format::part(bytes, b"content.xml").unwrap_or_default())?;
        }
        let book = Book::open(bytes, kind)?;
        let sheets = book.sheets().iter().filter(|s| s.typ == SheetType::WorkSheet);
        Ok(sheets.map(|s| s.name.clone()).collect())
    };
    catch_unwind(AssertUnwindSafe(names))
        .unwrap_or_else(|_| Err(damaged("中身を解釈できません", "its content cannot be understood")))
}

impl<'a> Book<'a> {
    fn open(bytes: &'a [u8], kind: Kind) -> Result<Self> {
        let cursor = Cursor::new(bytes);
        match kind {
            Kind::Xlsx => Xlsx::new(cursor).map(|b| Book::Xlsx(Box::new(b))).map_err(xlsx_error),
            Kind::Xlsb => Xlsb::new(cursor).map(|b| Book::Xlsb(Box::new(b))).map_err(|e| damaged(&e, &e)),
            Kind::Ods => Ods::new(cursor).map(|b| Book::Ods(Box::new(b))).map_err(ods_error),
            Kind::Xls => open_xls(bytes).map(|b| Book::Xls(Box::new(b))),
        }
    }

    fn sheets(&self) -> &[Sheet] {
        match self {
            Book::Xlsx(b) => b.sheets_metadata(),
            Book::Xlsb(b) => b.sheets_metadata(),
            Book::Xls(b) => b.sheets_metadata(),
            Book::Ods(b) => b.sheets_metadata(),
        }
    }

    fn choose(&mut self, wanted: Option<&str>, bytes: &[u8]) -> Result<(String, Content)> {
        let sheets: Vec<&Sheet> = self.sheets().iter().filter(|s| s.typ == SheetType::WorkSheet).collect();
        let names: Vec<String> = sheets.iter().map(|s| s.name.clone()).collect();
        if let Some(wanted) = wanted {
            let found = names
                .iter()
                .find(|n| *n == wanted)
                .or_else(|| names.iter().find(|n| fold(n) == fold(wanted)));
            return match found {
                Some(name) => Ok((name.clone(), self.content(name, bytes)?)),
                None => Err(no_such_sheet(wanted, &names)),
            };
        }
        let (visible, hidden): (Vec<&Sheet>, Vec<&Sheet>) =
            sheets.into_iter().partition(|s| s.visible == SheetVisible::Visible);
        let order: Vec<String> = visible.into_iter().chain(hidden).map(|s| s.name.clone()).collect();
        let with_data = order.len();
        for (at, name) in order.iter().enumerate() {
            let mut content = self.content(name, bytes)?;
            if content.grid.height() > 0 {
                if at + 1 < with_data {
                    let rest = order.get(at + 1..).unwrap_or_default().join(", ");
                    let text = Text::new(
                        format!("シートの指定がないので「{name}」を読みました(ほかのシート: {rest})"),
                        format!("no sheet was named; \"{name}\" was read (other sheets: {rest})"),
                    );
                    content.findings.push(Finding::note(Code::RawOtherSheets, text, Place::default()));
                }
                return Ok((name.clone(), content));
            }
        }
        Err(Error::msg(Code::RawEmpty, "データのあるシートがありません", "no sheet has data"))
    }

    fn content(&mut self, sheet: &str, bytes: &[u8]) -> Result<Content> {
        match self {
            Book::Xlsx(book) => {
                let (merged, cells) = if bytes.len() > SMALL {
                    let merged = || Xlsx::new(Cursor::new(bytes))?.merge_cells_by_sheet_name(sheet);
                    rayon::join(merged, || xlsx_cells(book, sheet))
                } else {
                    (book.merge_cells_by_sheet_name(sheet), xlsx_cells(book, sheet))
                };
                let (grid, findings) = cells?;
                Ok(Content { grid, merged: Some(blocks(&merged.map_err(xlsx_error)?)), findings })
            }
            Book::Xls(book) => {
                let merged = book.merge_cells_by_sheet_name(sheet).unwrap_or_default();
                let range = book.worksheet_range(sheet).map_err(|e| damaged(&e, &e))?;
                Ok(Content {
                    grid: range_cells(&range)?,
                    merged: Some(blocks(&merged)),
                    findings: Vec::new(),
                })
            }
            Book::Xlsb(book) => {
                Ok(Content { grid: xlsb_cells(book, sheet)?, merged: None, findings: Vec::new() })
            }
            Book::Ods(book) => {
                let range = book.worksheet_range(sheet).map_err(ods_error)?;
                Ok(Content { grid: range_cells(&told_as_errors(range))?, merged: None, findings: Vec::new() })
            }
        }
    }
}

/// An old workbook. An XLSX with a password is wrapped into the same container; the XLSX reader tells them
/// apart.
pub(super) fn open_xls(bytes: &[u8]) -> Result<Xls<Cursor<&[u8]>>> {
    match Xls::new(Cursor::new(bytes)) {
        Ok(book) => Ok(book),
        Err(XlsError::Password) => Err(compound::password()),
        Err(error) => match Xlsx::new(Cursor::new(bytes)) {
            Err(XlsxError::Password) => Err(compound::password()),
            _ => Err(damaged(&error, &error)),
        },
    }
}

/// Formulas whose result was never computed: how many, and where the first is.
#[derive(Default)]
struct Unvalued {
    count: u64,
    first: (u32, u32),
}

impl Unvalued {
    fn finding(self) -> Option<Finding> {
        let text = Text::new(
            "計算結果が保存されていない式があります。空としました。表計算ソフトで開いて保存し直すと値が入り\
             ます",
            "formulas without a stored result were taken as empty; open the file in a spreadsheet program \
             and save it again",
        );
        let place = Place::default().row(u64::from(self.first.0) + 1).column(letters(self.first.1 as usize));
        (self.count > 0)
            .then(|| Finding::warning(Code::RawFormulaWithoutValue, text, place).count(self.count))
    }
}

/// Cells are taken one by one, so that a sheet with one stray cell far away costs no memory.
fn xlsb_cells(book: &mut Xlsb<Cursor<&[u8]>>, sheet: &str) -> Result<Grid> {
    let mut grid = Grid::default();
    let mut reader = book.worksheet_cells_reader(sheet).map_err(|e| damaged(&e, &e))?;
    while let Some(found) = reader.next_cell().map_err(|e| damaged(&e, &e))? {
        let (row, column) = found.get_position();
        grid.set(row as usize, column as usize, cell(&Data::from(found.get_value().clone())))?;
    }
    Ok(grid)
}

/// Cells are taken one by one, as in [`xlsb_cells`]. A formula is its stored result.
fn xlsx_cells(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<(Grid, Vec<Finding>)> {
    let mut unvalued = Unvalued::default();
    let mut grid = Grid::default();
    let mut findings = Vec::new();
    let mut reader = match book.worksheet_cells_reader(sheet) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(_)) => return Ok((grid, findings)),
        Err(e) => return Err(xlsx_error(e)),
    };
    let (mut last, mut height) = ((0, 0), 0);
    loop {
        match reader.next_cell_with_formula_metadata() {
            Ok(None) => {
                findings.extend(unvalued.finding());
                let blank = height - grid.height().min(height);
                if blank > 0 && grid.height() > 0 {
                    let text = Text::new(
                        "末尾の空の行(書式だけの行)を読み飛ばしました",
                        "empty rows at the end (format only) were skipped",
                    );
                    let place = Place::default().row(grid.height() as u64 + 1);
                    findings.push(Finding::note(Code::RawEmptyRows, text, place).count(blank as u64));
                }
                return Ok((grid, findings));
            }
            Ok(Some(found)) => {
                last = found.pos;
                if found.formula.is_some() && matches!(found.value, DataRef::Empty) {
                    unvalued.first = if unvalued.count == 0 { last } else { unvalued.first };
                    unvalued.count += 1;
                }
                height = height.max(last.0 as usize + 1);
                let cell = match found.value {
                    DataRef::SharedString(text) => {
                        grid.set_text(last.0 as usize, last.1 as usize, text)?;
                        continue;
                    }
                    DataRef::Float(x) => Cell::Number(x),
                    other => cell(&Data::from(other)),
                };
                grid.set(last.0 as usize, last.1 as usize, cell)?;
            }
            // Newer Excel has error values that the reader does not know (#SPILL!, #CALC!); its place is
            // lost, the cell before it is known.
            Err(XlsxError::CellError(what)) => findings.push(Finding::warning(
                Code::RawCellError,
                Text::new(
                    format!(
                        "{}{}の次のセルは表計算のエラー値 {what} です。空としました",
                        letters(last.1 as usize),
                        last.0 + 1
                    ),
                    format!(
                        "the cell after {}{} is the spreadsheet error {what}; it was taken as empty",
                        letters(last.1 as usize),
                        last.0 + 1
                    ),
                ),
                Place::default().row(u64::from(last.0) + 1),
            )),
            Err(e) => return Err(xlsx_error(e)),
        }
    }
}

/// The ODS reader gives an error cell's text; as text it would pass for an answer.
fn told_as_errors(mut range: Range<Data>) -> Range<Data> {
    let Some((top, left)) = range.start() else { return range };
    let found: Vec<(u32, u32, CellErrorType)> = range
        .used_cells()
        .filter_map(|(row, column, data)| match data {
            Data::String(text) => Some((top + row as u32, left + column as u32, text.parse().ok()?)),
            _ => None,
        })
        .collect();
    for (row, column, error) in found {
        range.set_value((row, column), Data::Error(error));
    }
    range
}

fn range_cells(range: &Range<Data>) -> Result<Grid> {
    let mut grid = Grid::default();
    let (top, left) = range.start().unwrap_or((0, 0));
    for (row, column, data) in range.used_cells() {
        grid.set(top as usize + row, left as usize + column, cell(data))?;
    }
    Ok(grid)
}

pub(super) fn blocks(merged: &[Dimensions]) -> Vec<Merged> {
    merged
        .iter()
        .map(|d| Merged {
            rows: (d.start.0 as usize, d.end.0 as usize),
            columns: (d.start.1 as usize, d.end.1 as usize),
        })
        .collect()
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) if text.is_empty() => Cell::Empty,
        Data::String(text) => Cell::Text(text.as_str().into()),
        Data::Int(n) => Cell::Number(*n as f64),
        Data::Float(x) => Cell::Number(*x),
        Data::Bool(b) => Cell::Bool(*b),
        Data::DateTime(when) => date(when),
        Data::DateTimeIso(iso) | Data::DurationIso(iso) => Cell::Date(iso.as_str().into()),
        Data::Error(e) => Cell::Broken(e.to_string().into()),
    }
}

/// A serial day number as ISO 8601: a date, a date and time, a time of day (serial below 1), or a duration.
/// Seconds keep three decimals where they have any.
fn date(when: &ExcelDateTime) -> Cell {
    let (year, month, day, hour, minute, second, milli) = when.to_ymd_hms_milli();
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    if when.is_duration() {
        let all = (when.as_f64() * 86_400_000.0).round();
        let (sign, all) = if all < 0.0 { ("-", -all) } else { ("", all) };
        let (seconds, milli) = ((all / 1000.0).floor(), all % 1000.0);
        let fraction = if milli == 0.0 { String::new() } else { format!(".{milli:03}") };
        let (hours, minutes, seconds) =
            ((seconds / 3600.0).floor(), (seconds / 60.0).floor() % 60.0, seconds % 60.0);
        return Cell::Date(format!("{sign}PT{hours}H{minutes}M{seconds}{fraction}S").into());
    }
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    let text = if (0.0..1.0).contains(&when.as_f64()) && when.as_f64() > 0.0 {
        time
    } else if (hour, minute, second, milli) == (0, 0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{time}")
    };
    Cell::Date(text.into())
}

pub(super) fn no_such_sheet(wanted: &str, names: &[String]) -> Error {
    let near = names
        .iter()
        .map(|n| (strsim::jaro_winkler(wanted, n), n))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, n)| n);
    let (list, english) = (names.join("、"), names.join(", "));
    let help = match near {
        Some(near) => Text::new(
            format!("もしかして: {near}(シートの一覧: {list})"),
            format!("did you mean {near}? (sheets: {english})"),
        ),
        None => Text::new(format!("シートの一覧: {list}"), format!("sheets: {english}")),
    };
    Error::new(
        Diagnostic::new(
            Code::RawSheet,
            Text::new(format!("シート「{wanted}」がありません"), format!("there is no sheet \"{wanted}\"")),
        )
        .help(help),
    )
}

fn xlsx_error(error: XlsxError) -> Error {
    match error {
        XlsxError::Password => compound::password(),
        other => damaged(&other, &other),
    }
}

fn ods_error(error: OdsError) -> Error {
    match error {
        OdsError::Password => compound::password(),
        OdsError::CellLimitExceeded { max, .. } => Error::msg(
            Code::RawTooLarge,
            format!("セルが多すぎます(上限{max})"),
            format!("the sheet has too many cells (the limit is {max})"),
        ),
        other => damaged(&other, &other),
    }
}

#[cfg(test)]
mod tests {
    use calamine::{Data, ExcelDateTime, ExcelDateTimeType};

    use super::{Cell, cell};

    fn iso(serial: f64, kind: ExcelDateTimeType) -> Cell {
        cell(&Data::DateTime(ExcelDateTime::new(serial, kind, false)))
    }

    #[test]
    fn serial_numbers_become_iso_dates() {
        let date = |text: &str| Cell::Date(text.into());
        assert_eq!(iso(45383.0, ExcelDateTimeType::DateTime), date("2024-04-01"));
        assert_eq!(iso(45383.5, ExcelDateTimeType::DateTime), date("2024-04-01T12:00:00"));
        assert_eq!(iso(0.75, ExcelDateTimeType::DateTime), date("18:00:00"));
        assert_eq!(iso(1.5, ExcelDateTimeType::TimeDelta), date("PT36H0M0S"));
    }

    #[test]
    fn whole_numbers_print_without_a_decimal_point() {
        assert_eq!(cell(&Data::Float(3.0)).text(), "3");
        assert_eq!(cell(&Data::Int(-2)).text(), "-2");
        assert_eq!(cell(&Data::Float(0.1)).text(), "0.1");
    }
}
