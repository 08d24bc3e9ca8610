//! CSV and TSV.

use std::ops::Range;

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::code::Code;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::provenance::{FileDigest, Place};
use crate::text::Text;

use super::cell::Cell;
use super::encoding::{self, Decoded, MARK};
use super::grid::Grid;
use super::header::{self, SheetFacts};
use super::heading::{self, Heading};
use super::records::Records;
use super::table::{ReadOptions, Table, letters};

/// Records looked at to tell the delimiter.
pub(super) const SAMPLE: usize = 200;

/// The least and the most bytes of text that one thread takes at once.
const STRETCH: Range<usize> = 1 << 20..1 << 22;

/// What happened to some rows: how many, and where first.
#[derive(Debug, Default, Clone, Copy)]
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

    /// Adds what happened below row `before`.
    fn append(&mut self, before: u64, other: Self) {
        if self.count == 0 && other.count > 0 {
            (self.row, self.column) = (before + other.row, other.column);
        }
        self.count += other.count;
    }
}

/// The rows of a stretch of text; numbers of rows count from its beginning.
#[derive(Debug, Default)]
struct Rows {
    grid: Grid,
    /// The number of each record in the file.
    numbers: Vec<u64>,
    last: u64,
    short: Tally,
    nul: Tally,
    replaced: Tally,
    blank_lines: Tally,
    /// Where the last record begins, and where the next one would.
    begins: usize,
    ends: usize,
}

/// What the whole text says of its cells.
#[derive(Debug, Clone, Copy)]
struct About {
    delimiter: u8,
    /// Places that could not be decoded.
    broken: u64,
    /// Whether U+FFFD, or NUL, stands anywhere.
    replaced: bool,
    nul: bool,
    /// Columns that the header names.
    width: usize,
    /// Bytes of a row, about.
    row: usize,
}

impl About {
    /// Whether any cell may need more than to be kept.
    fn odd(&self) -> bool {
        self.broken > 0 || self.replaced || self.nul
    }
}

/// Sets a cell of a text that has something odd somewhere; notes the columns with U+FFFD, and with NUL.
fn set_odd(
    grid: &mut Grid,
    (row, column): (usize, usize),
    field: &str,
    about: About,
    (replaced, nul): (&mut Vec<usize>, &mut Vec<usize>),
) -> Result<()> {
    if about.replaced && field.contains(char::REPLACEMENT_CHARACTER) {
        replaced.push(column);
    }
    if about.nul && field.contains('\0') {
        nul.push(column);
        return grid.set(row, column, cell(&field.replace('\0', ""), about.broken));
    }
    grid.set(row, column, cell(field, about.broken))
}

impl Rows {
    /// Reads the records that begin in `range`, at most `most` of them; a record begins at its start.
    fn read(text: &str, range: Range<usize>, most: usize, about: About) -> Result<Self> {
        let mut out = Self { ends: range.start, begins: range.start, ..Self::default() };
        if most == usize::MAX {
            out.grid.expect(range.len() / about.row.max(1), about.width);
        }
        let mut records = Records::new(text, about.delimiter, range.start);
        while records.at() < range.end && out.numbers.len() < most {
            let row = out.numbers.len();
            let record = if about.odd() {
                // Columns with something odd; the record's number in the file is known at its end.
                let (mut replaced, mut nul) = (Vec::new(), Vec::new());
                let grid = &mut out.grid;
                let record = records.next(|column, field| {
                    set_odd(grid, (row, column), field.text, about, (&mut replaced, &mut nul))
                })?;
                let number = out.last + record.map_or(0, |r| r.blank) + 1;
                replaced.into_iter().for_each(|column| out.replaced.add(number, Some(column)));
                nul.into_iter().for_each(|column| out.nul.add(number, Some(column)));
                record
            } else {
                records.next(|column, field| {
                    if field.text.is_empty() { Ok(()) } else { out.grid.set_tagged(row, column, field) }
                })?
            };
            let Some(record) = record else { break };
            (0..record.blank).for_each(|i| out.blank_lines.add(out.last + 1 + i, None));
            out.last += record.blank + 1;
            out.numbers.push(out.last);
            if record.fields < about.width {
                out.short.add(out.last, None);
            }
            (out.begins, out.ends) = (record.begins, records.at());
        }
        Ok(out)
    }

    /// Counts a line that stood before the first record.
    fn below_one_line(&mut self) {
        self.last += 1;
        self.numbers.iter_mut().for_each(|number| *number += 1);
        for tally in [&mut self.short, &mut self.nul, &mut self.replaced, &mut self.blank_lines] {
            tally.row += 1;
        }
    }

    /// Reads the records that follow, on all threads: so many stretches at once as there are threads, so that
    /// the memory of the first serves for the later ones.
    fn read_on(&mut self, text: &str, about: About) -> Result<()> {
        let ranges = stretches(text, self.ends);
        for ranges in ranges.chunks(2 * rayon::current_num_threads()) {
            let parts: Vec<Result<Self>> =
                ranges.par_iter().map(|range| Self::read(text, range.clone(), usize::MAX, about)).collect();
            let mut good = Vec::new();
            for (range, part) in ranges.iter().zip(parts) {
                // Each stretch was read as if a record began at its start: so it is where the one before ends
                // there.
                let ends = good.last().map_or(self.ends, |part: &Self| part.ends);
                match part {
                    Ok(part) if range.start == ends => good.push(part),
                    _ => {
                        self.append(good)?;
                        let rest = Self::read(text, self.ends..text.len(), usize::MAX, about)?;
                        return self.append(vec![rest]);
                    }
                }
            }
            self.append(good)?;
        }
        Ok(())
    }

    /// Adds the rows of the stretches that follow.
    fn append(&mut self, parts: Vec<Self>) -> Result<()> {
        let mut grids = Vec::with_capacity(parts.len());
        for part in parts {
            let (first, before) = (self.numbers.len(), self.last);
            self.numbers.extend(part.numbers.iter().map(|n| before + n));
            self.last += part.last;
            self.short.append(before, part.short);
            self.nul.append(before, part.nul);
            self.replaced.append(before, part.replaced);
            self.blank_lines.append(before, part.blank_lines);
            if !part.numbers.is_empty() {
                self.begins = part.begins;
            }
            self.ends = part.ends;
            grids.push((first, part.grid));
        }
        self.grid.append(grids)
    }
}

/// About how many records of so many cells stand in a text, by its beginning, middle and end.
fn rows_in(text: &str, width: usize) -> usize {
    let parts: Vec<&[u8]> =
        [0, 1, 2].map(|at| part(text.as_bytes(), (text.len() - text.len().min(SEEN)) / 2 * at)).to_vec();
    let (lines, seen) =
        parts.iter().fold((0, 0), |(lines, seen), part| (lines + count(part, b'\n'), seen + part.len()));
    // A little more than it looks, as room that lacks costs more than room that is not used.
    let lines = (lines as f64 * 1.02 / seen.max(1) as f64 * text.len() as f64) as usize;
    lines.min(text.len() / width.max(1)) + 1
}

/// Bytes that are looked at to tell how long lines are.
const SEEN: usize = 1 << 17;

fn part(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..bytes.len().min(at + SEEN)).unwrap_or_default()
}

/// How often a byte stands in a text; sums of a block fit into a byte, so that many are counted at once.
fn count(bytes: &[u8], wanted: u8) -> usize {
    bytes.chunks(255).map(|block| usize::from(block.iter().map(|b| u8::from(*b == wanted)).sum::<u8>())).sum()
}

fn anywhere(text: &str, wanted: char) -> bool {
    let edge = |at: usize| text.floor_char_boundary(at * STRETCH.start);
    (0..text.len().div_ceil(STRETCH.start))
        .into_par_iter()
        .any(|at| text.get(edge(at)..edge(at + 1)).is_some_and(|part| part.contains(wanted)))
}

/// Cuts the text from `start` on into stretches that begin after a line feed outside of quotes, as far as the
/// number of quotes before it tells.
fn stretches(text: &str, start: usize) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let size = ((bytes.len() - start) / 16).clamp(STRETCH.start, STRETCH.end);
    let pieces = (bytes.len() - start).div_ceil(size).max(1);
    let edge = |at: usize| (start + at * size).min(bytes.len());
    let slice = |at: usize| bytes.get(edge(at)..edge(at + 1)).unwrap_or_default();
    let quotes: Vec<usize> = (0..pieces).into_par_iter().map(|at| count(slice(at), b'"')).collect();
    let mut cuts = vec![start];
    let mut before = 0;
    for (at, here) in quotes.iter().enumerate() {
        // A cut behind this edge is the first after it too; where there was none, there is none later.
        if at > 0 && cuts.last().is_some_and(|last| *last < edge(at)) {
            let mut inside = before % 2 == 1;
            let after = bytes.get(edge(at)..).unwrap_or_default().iter().position(|b| {
                inside ^= *b == b'"';
                *b == b'\n' && !inside
            });
            let Some(cut) = after.map(|n| edge(at) + n + 1) else { break };
            if cut < bytes.len() {
                cuts.push(cut);
            }
        }
        before += here;
    }
    cuts.push(bytes.len());
    cuts.windows(2).map(|w| w[0]..w[1]).collect()
}

/// Reads delimited text. A blank line is no record but counts as a row of the file, as a spreadsheet shows
/// it.
pub(super) fn read(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Table> {
    if let Some(sheet) = &options.sheet {
        return Err(Error::msg(
            Code::RawSheet,
            format!("シート「{sheet}」が指定されましたが、文字のファイルにシートはありません"),
            format!("sheet \"{sheet}\" was asked for, but a text file has no sheets"),
        ));
    }
    let (digest, read) = rayon::join(|| FileDigest::of(name, bytes), || decode(bytes, options));
    let (decoded, heading, rows, open) = read?;
    let Rows { grid, numbers, short, nul, replaced, blank_lines, .. } = rows;
    let open_quote = numbers.last().copied().filter(|_| open);

    let empty_rows = numbers.len().saturating_sub(grid.height().max(1));
    let digest = FileDigest { encoding: Some(decoded.encoding.clone()), ..digest };
    let source = SheetFacts {
        digest,
        heading,
        responses: options.responses,
        merged: None,
        row_numbers: Some(numbers),
    };
    let mut table = header::table(grid, source)?;

    let column_name =
        |at: usize| table.columns.iter().find(|c| c.position == at).map_or_else(|| letters(at), |c| c.name());
    let place = |t: &Tally| {
        let place = Place::file(name).row(t.row);
        t.column.map_or_else(|| place.clone(), |at| place.clone().column(column_name(at)))
    };
    let mut more = Vec::new();
    more.extend(uncertain(&decoded, name));
    if let Some(row) = open_quote {
        let text = Text::new(
            "引用符(\")が閉じられないままファイルが終わります。この行から後ろが一つのセルになっているおそれ\
             があります",
            "the file ends inside a quoted cell; all from this row on may have become one cell",
        );
        more.push(Finding::warning(Code::RawOpenQuote, text, Place::file(name).row(row)));
    }
    for (tally, code, ja, en) in [
        (
            &short,
            Code::RawShortRow,
            "見出しより短い行があります。足りないセルは空としました",
            "rows are shorter than the header; the cells that lack are empty",
        ),
        (
            &nul,
            Code::RawNul,
            "NUL文字を含むセルがあります。NULを除きました",
            "cells hold NUL characters; they were taken out",
        ),
        (
            &replaced,
            Code::RawReplacementCharacter,
            "文字化けの跡(U+FFFD)がファイルにあります。以前の変換で失われた文字です",
            "U+FFFD stands in the file itself: an earlier conversion lost characters",
        ),
    ] {
        if tally.count > 0 {
            more.push(Finding::warning(code, Text::new(ja, en), place(tally)).count(tally.count));
        }
    }
    if blank_lines.count > 0 {
        let text = Text::new("空行を読み飛ばしました", "blank lines were skipped");
        more.push(
            Finding::note(Code::RawBlankLines, text, Place::file(name).row(blank_lines.row))
                .count(blank_lines.count),
        );
    }
    if empty_rows > 0 {
        let text = Text::new("末尾の空の行を読み飛ばしました", "empty rows at the end were skipped");
        more.push(Finding::note(Code::RawEmptyRows, text, Place::file(name)).count(empty_rows as u64));
    }
    table.findings.extend(more);
    Ok(table)
}

/// What the text of a file holds: where its headings stand if that is said, its rows, and whether it ends
/// inside a quoted cell.
type Read<'b> = (Decoded<'b>, Option<Heading>, Rows, bool);

/// The text of a file, and what it holds.
fn decode<'b>(bytes: &'b [u8], options: &ReadOptions) -> Result<Read<'b>> {
    let decoded = encoding::decode(bytes, options.encoding.as_deref())?;
    let text: &str = &decoded.text;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let (begins, said) = said_delimiter(text);
    let asked = header::asked_for(options);
    let about = About {
        delimiter: said.unwrap_or_else(|| delimiter(text)),
        broken: decoded.broken,
        replaced: anywhere(text, char::REPLACEMENT_CHARACTER),
        nul: decoded.controls && anywhere(text, '\0'),
        width: 0,
        row: 0,
    };
    let beginning = asked.map_or(heading::LOOKED_AT, |h| h.skip_rows + h.header_rows);
    let mut rows = Rows::read(text, begins..text.len(), beginning, about)?;
    if said.is_some() {
        rows.below_one_line();
    }
    let width = rows.grid.named_width();
    let rest = text.get(rows.ends..).unwrap_or_default();
    let expected = rows_in(rest, width);
    let about = About { width, row: rest.len() / expected.max(1), ..about };
    rows.grid.expect(expected, width);
    rows.read_on(text, about)?;
    let open = rows.ends >= text.len() && left_open(text.get(rows.begins..).unwrap_or(""));
    Ok((decoded, asked, rows, open))
}

/// A first line `sep=;`, which tells Excel the delimiter: where the rows begin, and the delimiter.
pub(super) fn said_delimiter(text: &str) -> (usize, Option<u8>) {
    let line = text.split_inclusive('\n').next().unwrap_or("");
    let bare = line.trim_end_matches(['\r', '\n']).trim_matches('"');
    let sign = bare.get(..4).filter(|key| key.eq_ignore_ascii_case("sep=")).and_then(|_| bare.get(4..));
    match sign.map(str::as_bytes) {
        Some(&[sign @ (b',' | b';' | b'\t' | b'|')]) => (line.len(), Some(sign)),
        _ => (0, None),
    }
}

fn cell(field: &str, broken: u64) -> Cell {
    if field.is_empty() {
        Cell::Empty
    } else if broken > 0 && field.contains(MARK) {
        Cell::Broken(field.replace(MARK, "").into())
    } else {
        Cell::Text(field.into())
    }
}

fn uncertain(decoded: &Decoded<'_>, name: &str) -> Option<Finding> {
    decoded.uncertain.then(|| {
        let text = Text::new(
            format!(
                "文字コードを決められませんでした。{}として読みました。違うときは encoding で指定してくださ\
                 い",
                decoded.encoding
            ),
            format!(
                "the encoding could not be told; read as {}. If that is wrong, say it with `encoding`",
                decoded.encoding
            ),
        );
        Finding::warning(Code::RawEncoding, text, Place::file(name))
    })
}

/// Whether the headings of a text that a comma delimits are its first row and no other.
pub(super) fn one_heading(text: &str) -> bool {
    let mut records = Records::new(text, b',', 0);
    let mut rows = Vec::new();
    while rows.len() < heading::LOOKED_AT {
        let mut row = Vec::new();
        let each = |_: usize, field: super::hash::Tagged<'_>| {
            row.push(field.text.to_owned());
            Ok(())
        };
        match records.next(each) {
            Ok(Some(_)) => rows.push(row),
            _ => break,
        }
    }
    heading::find(&rows) == Heading::FIRST
}

/// The delimiter that cuts the first records into equally many fields, and into most.
pub(super) fn delimiter(text: &str) -> u8 {
    let mut best = (b',', 0.0);
    for candidate in [b',', b'\t', b';'] {
        let mut records = Records::new(text, candidate, 0);
        let mut widths: Vec<usize> = (0..SAMPLE)
            .map_while(|_| records.next(|_, _| Ok(())).ok()?.map(|record| record.fields))
            .collect();
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

/// Whether a record that reaches to the file's end has a quote without its fellow, and more than one line.
fn left_open(record: &str) -> bool {
    let body = record.trim_matches(['\r', '\n']);
    body.contains('\n') && body.matches('"').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

    use super::{About, ReadOptions, Rows, delimiter, left_open, read};

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
            for (bytes, encoding) in
                [(text.clone().into_bytes(), "UTF-8"), (cp932, "CP932"), (wide, "UTF-16LE")]
            {
                let options = ReadOptions { encoding: Some(encoding.to_owned()), ..ReadOptions::default() };
                let table = read(&bytes, "a.csv", &options).unwrap();
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
    fn stretches_make_no_difference() {
        // Remarks with line breaks, some rows short, some lines blank; a record of several stretches; a quote
        // that is a letter.
        let mut text = "id,remark,a,b\n".to_owned();
        for id in 0..150_000 {
            text += &match id % 7 {
                0 => format!("{id},\"line one\nline, two of {id}\",{},\r\n", id % 5),
                1 => format!("{id},はい\r\n"),
                2 => format!("\n{id},\"a \"\"b\"\"\",{},x\n", id % 3),
                _ => format!("{id},,{},y\n", id % 11),
            };
        }
        for middle in ["", "1,\"LONG\",2,3\n", "1,5\" pipe,2,3\n"] {
            let middle = middle.replace("LONG", &"long, long\n".repeat(300_000));
            let text = format!("{text}{middle}{}", &text[14..]);
            assert!(super::stretches(&text, 14).len() > 3);
            let about = About { delimiter: b',', broken: 0, replaced: false, nul: false, width: 4, row: 20 };
            let serial = Rows::read(&text, 14..text.len(), usize::MAX, about).unwrap();
            let mut parallel = Rows { ends: 14, ..Rows::default() };
            parallel.read_on(&text, about).unwrap();
            let facts = |r: &Rows| {
                (r.last, r.begins, r.ends, [r.short, r.blank_lines].map(|t| (t.count, t.row, t.column)))
            };
            assert_eq!(facts(&serial), facts(&parallel));
            assert_eq!(serial.numbers, parallel.numbers);
            let height = serial.grid.height();
            assert_eq!(height, parallel.grid.height());
            for ((a, x), (b, y)) in serial.grid.into_columns().zip(parallel.grid.into_columns()) {
                assert!(a == b && x.finish(0, height) == y.finish(0, height));
            }
        }
    }

    #[test]
    fn a_quote_without_its_fellow_is_seen() {
        assert!(left_open("1,\"open\n2,x\n"));
        assert!(!left_open("1,\"a\nb\"\n"));
        assert!(!left_open("1,5\" pipe\n"));
    }
}
