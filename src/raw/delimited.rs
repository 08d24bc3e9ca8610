//! CSV and TSV.

use csv::{ReaderBuilder, StringRecord};

use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::provenance::{FileDigest, Place};
use crate::text::Text;

use super::encoding::{self, Decoded, MARK};
use super::grid::Grid;
use super::header::{self, Source};
use super::table::{Cell, ReadOptions, Table, letters};

/// Records looked at to tell the delimiter.
pub(super) const SAMPLE: usize = 200;

/// What happened to some rows: how many, and where first.
#[derive(Default)]
struct Tally {
    count: u64,
    row: u64,
    column: Option<usize>,
}

impl Tally {
    fn add(&mut self, row: u64, column: Option<usize>) {
        if self.count == 0 {
            (self.row, self.column) = (row, column);
        }
        self.count += 1;
    }
}

/// Reads delimited text. A blank line is no record but counts as a row of the file, as a spreadsheet shows it.
pub(super) fn read(bytes: &[u8], name: &str, options: &ReadOptions, header_rows: usize) -> Result<Table> {
    if let Some(sheet) = &options.sheet {
        return Err(Error::msg(
            "raw::sheet",
            format!("シート「{sheet}」が指定されましたが、文字のファイルにシートはありません"),
            format!("sheet \"{sheet}\" was asked for, but a text file has no sheets"),
        ));
    }
    let decoded = encoding::decode(bytes, options.encoding.as_deref())?;
    let text: &str = &decoded.text;
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());

    let mut grid = Grid::default();
    let mut numbers: Vec<u64> = Vec::new();
    let (mut short, mut nul, mut replaced) = (Tally::default(), Tally::default(), Tally::default());
    let (mut number, mut blank_lines, mut width) = (0_u64, Tally::default(), 0_usize);
    let mut open_quote = None;
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|e| unreadable(&e))? {
        let begins = record.position().map_or(0, csv::Position::byte) as usize;
        let blank = blank_lines_before(text.as_bytes(), begins);
        (0..blank).for_each(|i| blank_lines.add(number + 1 + i, None));
        number += blank + 1;
        let row = numbers.len();
        numbers.push(number);
        if row < header_rows {
            let named = record.iter().enumerate().filter(|(_, f)| !f.trim().is_empty()).last().map_or(0, |(at, _)| at + 1);
            width = width.max(named);
        } else if record.len() < width {
            short.add(number, None);
        }
        for (column, field) in record.iter().enumerate() {
            if field.is_empty() {
                continue;
            }
            if field.contains('\u{FFFD}') {
                replaced.add(number, Some(column));
            }
            let set = if field.contains('\0') {
                nul.add(number, Some(column));
                let cell = cell(&field.replace('\0', ""), decoded.broken);
                grid.set(row, column, cell)
            } else if decoded.broken > 0 && field.contains(MARK) {
                grid.set(row, column, cell(field, decoded.broken))
            } else {
                grid.set_text(row, column, field)
            };
            set.map_err(|e| e.at(&Place::file(name).row(number)))?;
        }
        let ends = reader.position().byte() as usize;
        if ends >= text.len() && left_open(text.get(begins..).unwrap_or("")) {
            open_quote = Some(number);
        }
    }

    let empty_rows = numbers.len().saturating_sub(grid.height().max(header_rows));
    let digest = FileDigest { encoding: Some(decoded.encoding.clone()), ..FileDigest::of(name, bytes) };
    let source = Source { digest, header_rows, merged: None, row_numbers: Some(numbers) };
    let mut table = header::table(grid, source)?;

    let column_name = |at: usize| table.columns.iter().find(|c| c.position == at).map_or_else(|| letters(at), |c| c.name());
    let place = |t: &Tally| {
        let place = Place::file(name).row(t.row);
        t.column.map_or_else(|| place.clone(), |at| place.clone().column(column_name(at)))
    };
    let mut more = Vec::new();
    more.extend(uncertain(&decoded, name));
    if let Some(row) = open_quote {
        let text = Text::new(
            "引用符(\")が閉じられないままファイルが終わります。この行から後ろが一つのセルになっているおそれがあります",
            "the file ends inside a quoted cell; all from this row on may have become one cell",
        );
        more.push(Finding::warning("raw::open-quote", text, Place::file(name).row(row)));
    }
    for (tally, code, ja, en) in [
        (&short, "raw::short-row", "見出しより短い行があります。足りないセルは空としました", "rows are shorter than the header; the cells that lack are empty"),
        (&nul, "raw::nul", "NUL文字を含むセルがあります。NULを除きました", "cells hold NUL characters; they were taken out"),
        (&replaced, "raw::replacement-character", "文字化けの跡(U+FFFD)がファイルにあります。以前の変換で失われた文字です", "U+FFFD stands in the file itself: an earlier conversion lost characters"),
    ] {
        if tally.count > 0 {
            more.push(Finding::warning(code, Text::new(ja, en), place(tally)).count(tally.count));
        }
    }
    if blank_lines.count > 0 {
        let text = Text::new("空行を読み飛ばしました", "blank lines were skipped");
        more.push(Finding::note("raw::blank-lines", text, Place::file(name).row(blank_lines.row)).count(blank_lines.count));
    }
    if empty_rows > 0 {
        let text = Text::new("末尾の空の行を読み飛ばしました", "empty rows at the end were skipped");
        more.push(Finding::note("raw::empty-rows", text, Place::file(name)).count(empty_rows as u64));
    }
    table.findings.extend(more);
    Ok(table)
}

fn cell(field: &str, broken: u64) -> Cell {
    if field.is_empty() {
        Cell::Empty
    } else if broken > 0 && field.contains(MARK) {
        Cell::Broken(field.replace(MARK, ""))
    } else {
        Cell::Text(field.to_owned())
    }
}

fn uncertain(decoded: &Decoded<'_>, name: &str) -> Option<Finding> {
    decoded.uncertain.then(|| {
        let text = Text::new(
            format!("文字コードを決められませんでした。{}として読みました。違うときは encoding で指定してください", decoded.encoding),
            format!("the encoding could not be told; read as {}. If that is wrong, say it with `encoding`", decoded.encoding),
        );
        Finding::warning("raw::encoding", text, Place::file(name))
    })
}

fn unreadable(error: &csv::Error) -> Error {
    Error::msg("raw::damaged", format!("CSVとして読めません({error})"), format!("not readable as CSV ({error})"))
}

/// The delimiter that cuts the first records into equally many fields, and into most.
pub(super) fn delimiter(text: &str) -> u8 {
    let mut best = (b',', 0.0);
    for candidate in [b',', b'\t', b';'] {
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(candidate).from_reader(text.as_bytes());
        let mut widths: Vec<usize> = reader.into_records().take(SAMPLE).map_while(Result::ok).map(|r| r.len()).collect();
        widths.sort_unstable();
        let runs = widths.chunk_by(|a, b| a == b).filter(|run| run.first().is_some_and(|w| *w > 1));
        let Some(run) = runs.max_by_key(|run| run.len()) else { continue };
        let width = run.first().copied().unwrap_or(1) as f64;
        let score = run.len() as f64 / widths.len() as f64 * width.ln();
        if score > best.1 {
            best = (candidate, score);
        }
    }
    best.0
}

/// Blank lines at `at`, where a record is said to begin. The end of a CR LF may still stand there.
fn blank_lines_before(bytes: &[u8], at: usize) -> u64 {
    let ends = |b: &u8| matches!(b, b'\r' | b'\n');
    let run = bytes.get(at..).unwrap_or_default().iter().take_while(|b| ends(b)).count();
    if run == 0 {
        return 0;
    }
    let breaks = bytes.get(at..at + run).unwrap_or_default();
    let half = at > 0 && bytes.get(at - 1) == Some(&b'\r') && breaks.first() == Some(&b'\n');
    let lines = breaks.iter().enumerate().filter(|(i, b)| **b == b'\n' || breaks.get(i + 1) != Some(&b'\n')).count();
    lines as u64 - u64::from(half)
}

/// Whether a record that reaches to the file's end has a quote without its fellow, and more than one line.
fn left_open(record: &str) -> bool {
    let body = record.trim_matches(['\r', '\n']);
    body.contains('\n') && body.matches('"').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

    use super::{ReadOptions, blank_lines_before, delimiter, left_open, read};

    /// Letters that every encoding below has, and all that has a meaning in CSV.
    const CELL: &str = "[a-c0-2 ,\"\r\n'あ髙㈱ー]{0,6}";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn what_a_writer_wrote_is_read_in_every_encoding(rows in vec(vec(CELL, 4), 1..12)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["id", "a", "b", "c", "d"]).unwrap();
            for (id, row) in rows.iter().enumerate() {
                writer.write_record([id.to_string()].iter().chain(row)).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
            let cp932 = encoding_rs::SHIFT_JIS.encode(&text).0.into_owned();
            for (bytes, encoding) in [(text.clone().into_bytes(), "UTF-8"), (cp932, "CP932"), (wide, "UTF-16LE")] {
                let options = ReadOptions { encoding: Some(encoding.to_owned()), ..ReadOptions::default() };
                let table = read(&bytes, "a.csv", &options, 1).unwrap();
                prop_assert_eq!(table.row_count(), rows.len());
                prop_assert_eq!(&table.findings, &[]);
                for (at, row) in rows.iter().enumerate() {
                    prop_assert_eq!(table.row_numbers[at], at as u64 + 2);
                    for (column, text) in row.iter().enumerate() {
                        prop_assert_eq!(&table.columns[column + 1].cell(at).text(), text);
                    }
                }
            }
        }
    }

    #[test]
    fn the_delimiter_is_the_one_that_cuts_evenly() {
        assert_eq!(delimiter("a,b;c,d\n1,x;y;z,2\n3,,4\n"), b',');
        assert_eq!(delimiter("a\tb\n1,5\tx,y,z\n2,0\tx\n"), b'\t');
        assert_eq!(delimiter("a;b;c\n1,5;2;3\n1;2;3\n"), b';');
        assert_eq!(delimiter("only one column\n1\n"), b',');
        assert_eq!(delimiter("\"x;y;z\",b\n"), b',');
    }

    #[test]
    fn blank_lines_are_counted_with_any_line_end() {
        assert_eq!(blank_lines_before(b"a\r\n\r\n\r\nb", 3), 2);
        assert_eq!(blank_lines_before(b"a\r\n\r\n\r\nb", 2), 2);
        assert_eq!(blank_lines_before(b"a\n\nb", 2), 1);
        assert_eq!(blank_lines_before(b"a\r\rb", 2), 1);
        assert_eq!(blank_lines_before(b"a\nb", 2), 0);
    }

    #[test]
    fn a_quote_without_its_fellow_is_seen() {
        assert!(left_open("1,\"open\n2,x\n"));
        assert!(!left_open("1,\"a\nb\"\n"));
        assert!(!left_open("1,5\" pipe\n"));
    }
}
