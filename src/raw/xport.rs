//! SAS transport files (`.xpt`), versions 5 and 8: what statistical offices hand out for any program to read.
//!
//! The format is published (SAS Technical Support, TS-140): records of 80 bytes, one description of 140 bytes
//! a variable, then the rows in their widths with nothing between them. Numbers are those of IBM mainframes.
//! Value labels do not exist in it; the variables' labels are read.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::Encoding;

use super::bytes::Bytes;
use super::cell::Cell;
use super::damaged::damaged;
use super::decoder::{Decoder, trimmed};
use super::dictionary::{Dictionary, Variable};
use super::encoding;
use super::grid::Grid;
use super::moments::{Kind, kind, moment, tagged};
use super::spreadsheet::no_such_sheet;
use super::table::{ReadOptions, Table};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::text::Text;

/// Bytes of a record.
const RECORD: usize = 80;

/// The least number above 0 of these machines: 16⁻⁶⁵. Programs write it where a 0 is meant, as the files of
/// NHANES have it in many columns; as a measurement nobody ever wrote it.
const LEAST: [u8; 8] = [0, 0x10, 0, 0, 0, 0, 0, 0];

/// One variable.
#[derive(Debug)]
struct Column<'a> {
    name: &'a [u8],
    label: &'a [u8],
    format: &'a [u8],
    is_text: bool,
    /// Where it begins in a row, and how many bytes it has.
    at: usize,
    width: usize,
}

/// One data set of the file.
#[derive(Debug)]
struct Member<'a> {
    name: &'a [u8],
    columns: Vec<Column<'a>>,
    rows: Vec<&'a [u8]>,
}

/// Reads a data set: the first, or the one that `sheet` names. Its columns' names are the header; its first
/// row is row 1.
///
/// `.` is an empty cell; `._` and `.A` to `.Z` stay apart as such, and are the dictionary's missing values.
pub(super) fn read(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Table> {
    let members = members(bytes)?;
    let names: Vec<String> =
        members.iter().map(|m| String::from_utf8_lossy(trimmed(m.name)).into_owned()).collect();
    let at = match &options.sheet {
        Some(wanted) => {
            let found = names.iter().position(|known| known.eq_ignore_ascii_case(wanted));
            found.ok_or_else(|| no_such_sheet(wanted, &names))?
        }
        None => 0,
    };
    let member = members.get(at).ok_or_else(cut_off)?;
    let (encoding, guessed) = encoding_of(member, options)?;
    let mut table = table(member, (bytes, name), (encoding, guessed))?;
    if members.len() > 1 {
        table.digest.sheet = names.get(at).cloned();
    }
    if members.len() > 1 && options.sheet.is_none() {
        let (first, rest) = (names.first().cloned().unwrap_or_default(), names[1..].join(", "));
        let text = Text::new(
            format!(
                "データセットの指定（sheet）がないので「{first}」を読みました(ほかのデータセット: {rest})"
            ),
            format!("no data set was named (sheet); \"{first}\" was read (others: {rest})"),
        );
        table.findings.push(Finding::note(Code::RawOtherSheets, text, Place::file(name)));
    }
    Ok(table)
}

fn table(
    member: &Member<'_>,
    (bytes, name): (&[u8], &str),
    (encoding, guessed): (&'static Encoding, Option<Finding>),
) -> Result<Table> {
    let mut decoder = Decoder::new(encoding);
    let mut grid = Grid::default();
    grid.at_least(member.rows.len() + 1)?;
    let mut variables = BTreeMap::new();
    let mut least = 0;
    for (at, column) in member.columns.iter().enumerate() {
        let head = decoder.label(column.name);
        grid.set_text(0, at, if head.is_empty() { " " } else { &head })?;
        let kind = kind(column.format);
        // What stands in a column repeats; each is read once.
        let mut known: BTreeMap<&[u8], Cell> = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for (row, raw) in member.rows.iter().enumerate() {
            let raw = raw.get(column.at..column.at + column.width).unwrap_or_default();
            least += u64::from(!column.is_text && padded(raw) == LEAST);
            let cell = match known.get(raw) {
                Some(cell) => cell.clone(),
                None => {
                    let cell = match column.is_text {
                        true => decoder.cell(raw),
                        false => number_cell(raw, kind, &mut missing),
                    };
                    known.insert(raw, cell.clone());
                    cell
                }
            };
            grid.set(row + 1, at, cell)?;
        }
        let label = Some(decoder.label(column.label)).filter(|label| !label.is_empty());
        let missing_values = missing.into_iter().map(tagged).collect();
        variables.insert(head, Variable { label, missing_values, ..Variable::default() });
    }
    let dictionary = Dictionary { variables, weight: None, multiple_response: Vec::new() };
    let rows = member.rows.len() as u64;
    let mut table = decoder.table(grid, dictionary, (bytes, name), rows, guessed)?;
    if least > 0 {
        let text = Text::new(
            "SASの移送ファイルで0の代わりに書かれる最小の数（5.4×10⁻⁷⁹）を、0と読みました",
            "the least number above 0 (5.4e-79), which programs write for 0 in such files, was read as 0",
        );
        table.findings.push(Finding::note(Code::RawLeastNumber, text, Place::file(name)).count(least));
    }
    Ok(table)
}

fn number_cell(raw: &[u8], kind: Kind, missing: &mut BTreeSet<u8>) -> Cell {
    match number(raw) {
        Ok(x) => moment(x, kind),
        Err(tag) => {
            if tag != b'.' {
                missing.insert(tag);
            }
            tagged(tag)
        }
    }
}

/// The eight bytes of a number, of which the file may have left out the last.
fn padded(raw: &[u8]) -> [u8; 8] {
    let mut eight = [0; 8];
    let length = raw.len().min(8);
    eight[..length].copy_from_slice(&raw[..length]);
    eight
}

/// A number of two to eight bytes: a sign, an exponent of 16 and a fraction. `Err` with its mark where it is
/// missing: a mark without a fraction behind it.
fn number(raw: &[u8]) -> std::result::Result<f64, u8> {
    let eight = padded(raw);
    let [first, fraction @ ..] = eight;
    if matches!(first, b'.' | b'_' | b'A'..=b'Z') && fraction == [0; 7] {
        return Err(first);
    }
    if eight == LEAST {
        return Ok(0.0);
    }
    let fraction = u64::from_be_bytes(eight) & 0x00FF_FFFF_FFFF_FFFF;
    let exponent = 4 * (i32::from(first & 0x7F) - 64) - 56;
    // A power of two: the one rounding is that of 56 bits to 53.
    let x = fraction as f64 * 2f64.powi(exponent);
    Ok(if first & 0x80 == 0 { x } else { -x })
}

fn cut_off() -> Error {
    damaged("途中で切れています", "it is cut off")
}

/// A record of the file.
fn record(bytes: &[u8], at: usize) -> Result<&[u8]> {
    bytes.get(at..at + RECORD).ok_or_else(cut_off)
}

/// What a header record announces, such as `NAMESTR`; `None` for any other record.
fn announces(record: &[u8]) -> Option<&[u8]> {
    let rest = record.strip_prefix(b"HEADER RECORD*******")?;
    rest.get(8..).is_some_and(|rest| rest.starts_with(b"HEADER RECORD!!!!!!!")).then(|| trimmed(&rest[..8]))
}

/// The number that a header record gives in these bytes.
fn given(record: &[u8], digits: std::ops::Range<usize>) -> Result<usize> {
    let text = std::str::from_utf8(record.get(digits).unwrap_or_default()).unwrap_or_default();
    text.trim().parse().map_err(|_| damaged("見出しの数が読めません", "a count of its header is no number"))
}

/// The data sets of the file.
fn members(bytes: &[u8]) -> Result<Vec<Member<'_>>> {
    let mut out = Vec::new();
    let mut at = 3 * RECORD;
    while out.is_empty() || at + RECORD <= bytes.len() {
        let (member, next) = member(bytes, at)?;
        out.push(member);
        at = next;
    }
    Ok(out)
}

/// The data set whose header record stands at `at`, and where the next one begins.
fn member(bytes: &[u8], at: usize) -> Result<(Member<'_>, usize)> {
    let head = record(bytes, at)?;
    if !matches!(announces(head), Some(b"MEMBER" | b"MEMBV8")) {
        return Err(damaged("データセットの見出しがありません", "the header of its data set is missing"));
    }
    // 140, on VAX 136.
    let each = given(head, 74..78)?;
    let name = record(bytes, at + 2 * RECORD)?.get(8..16).unwrap_or_default();
    let long = announces(head) == Some(b"MEMBV8");
    let name = if long { record(bytes, at + 2 * RECORD)?.get(8..40).unwrap_or_default() } else { name };
    let names = record(bytes, at + 4 * RECORD)?;
    if !matches!(announces(names), Some(b"NAMESTR" | b"NAMSTV8")) || !(88..=1000).contains(&each) {
        return Err(damaged("列の説明がありません", "the descriptions of its columns are missing"));
    }
    let count = given(names, 53..58)?;
    let body = bytes.get(at + 5 * RECORD..).unwrap_or_default();
    let descriptions = body.get(..count * each).ok_or_else(cut_off)?;
    let mut columns: Vec<Column<'_>> =
        descriptions.chunks_exact(each).map(|raw| described(raw, long)).collect::<Result<_>>()?;
    let mut at = at + 5 * RECORD + (count * each).div_ceil(RECORD) * RECORD;
    if let Some(kind @ (b"LABELV8" | b"LABELV9")) = announces(record(bytes, at)?) {
        let labels = given(record(bytes, at)?, 48..RECORD)?;
        let body = bytes.get(at + RECORD..).unwrap_or_default();
        let used = long_labels(body, (labels, if kind == b"LABELV9" { 2 } else { 0 }), &mut columns)?;
        at += RECORD + used.div_ceil(RECORD) * RECORD;
    }
    if !matches!(announces(record(bytes, at)?), Some(b"OBS" | b"OBSV8")) {
        return Err(damaged("データの始まりがありません", "the beginning of its rows is missing"));
    }
    let data = bytes.get(at + RECORD..).unwrap_or_default();
    let is_next = |record: &[u8]| matches!(announces(record), Some(b"MEMBER" | b"MEMBV8"));
    let end = data.chunks_exact(RECORD).position(is_next).map_or(data.len(), |record| record * RECORD);
    let row_length = columns.iter().map(|c| c.at + c.width).max().unwrap_or(0);
    // Version 8 tells how many rows there are, where its writer knew.
    let told = given(record(bytes, at)?, 48..63).ok().filter(|count| *count > 0 && long);
    let rows = rows(&data[..end], row_length, told)?;
    Ok((Member { name, columns, rows }, at + RECORD + end))
}

/// A variable's description.
fn described(raw: &[u8], long: bool) -> Result<Column<'_>> {
    let mut bytes = Bytes::new(raw, false);
    let kind = bytes.u16()?;
    bytes.u16()?;
    let width = usize::from(bytes.u16()?);
    bytes.u16()?;
    let (short, label, format) = (bytes.take(8)?, bytes.take(40)?, bytes.take(8)?);
    bytes.take(20)?;
    let at = bytes.u32()? as usize;
    // The long name of version 8 stands where version 5 has nothing.
    let full = if long { bytes.take(32)? } else { &[] };
    let name = if trimmed(full).is_empty() { short } else { full };
    if !matches!(kind, 1 | 2) || width == 0 || (kind == 1 && width > 8) {
        return Err(damaged("列の説明が読めません", "the description of a column cannot be read"));
    }
    Ok(Column { name, label, format, is_text: kind == 2, at, width })
}

/// Reads so many labels of more than 40 bytes, each with `more` lengths of formats; how many bytes they take.
fn long_labels<'a>(
    body: &'a [u8],
    (count, more): (usize, usize),
    columns: &mut [Column<'a>],
) -> Result<usize> {
    let mut bytes = Bytes::new(body, false);
    for _ in 0..count {
        let (number, name, label) = (bytes.u16()?, bytes.u16()?, bytes.u16()?);
        let mut behind = 0;
        for _ in 0..more {
            behind += usize::from(bytes.u16()?);
        }
        bytes.take(usize::from(name))?;
        let label = bytes.take(usize::from(label))?;
        bytes.take(behind)?;
        if let Some(column) = usize::from(number).checked_sub(1).and_then(|at| columns.get_mut(at)) {
            column.label = label;
        }
    }
    Ok(body.len() - bytes.rest().len())
}

/// The rows, as many as the file tells; else all, without the blanks that fill up the last record.
fn rows(data: &[u8], row_length: usize, told: Option<usize>) -> Result<Vec<&[u8]>> {
    if row_length == 0 {
        return Ok(Vec::new());
    }
    let mut rows: Vec<&[u8]> = data.chunks_exact(row_length).collect();
    if let Some(count) = told {
        rows.truncate(count);
        return if rows.len() == count { Ok(rows) } else { Err(cut_off()) };
    }
    let left = &data[rows.len() * row_length..];
    if left.iter().any(|b| *b != b' ') {
        return Err(cut_off());
    }
    // Rows shorter than a record may be blanks of the last record, and a blank row may be none.
    let mut fill = left.len();
    while rows.last().is_some_and(|row| row.iter().all(|b| *b == b' ')) && fill + row_length < RECORD {
        fill += row_length;
        rows.pop();
    }
    Ok(rows)
}

/// The encoding of all texts, which the file does not tell: the one asked for, else the one that its bytes
/// look like, with a finding.
fn encoding_of(member: &Member<'_>, options: &ReadOptions) -> Result<(&'static Encoding, Option<Finding>)> {
    if let Some(wanted) = &options.encoding {
        return Ok((encoding::by_name(wanted)?, None));
    }
    let mut sample: Vec<u8> = Vec::new();
    for column in &member.columns {
        sample.extend_from_slice(trimmed(column.label));
        sample.push(b'\n');
    }
    for raw in member.rows.iter().take(10_000) {
        for column in member.columns.iter().filter(|c| c.is_text) {
            sample
                .extend_from_slice(trimmed(raw.get(column.at..column.at + column.width).unwrap_or_default()));
            sample.push(b'\n');
        }
    }
    if sample.is_ascii() {
        return Ok((encoding_rs::UTF_8, None));
    }
    let (encoding, uncertain) = encoding::detect(&sample);
    Ok((encoding, Some(encoding::told(encoding, uncertain))))
}

#[cfg(test)]
mod tests {
    use super::number;

    /// Numbers of IBM mainframes, after the worked examples of their manual: 1 is 1/16 of 16¹; −118.625 is
    /// 0x76A of 16².
    #[test]
    fn numbers_of_mainframes() {
        assert_eq!(number(&[0x41, 0x10, 0, 0, 0, 0, 0, 0]), Ok(1.0));
        assert_eq!(number(&[0xC2, 0x76, 0xA0, 0, 0, 0, 0, 0]), Ok(-118.625));
        assert_eq!(number(&[0x41, 0x10]), Ok(1.0));
        assert_eq!(number(&[0; 8]), Ok(0.0));
        assert_eq!(number(&[0, 0x10, 0, 0, 0, 0, 0, 0]), Ok(0.0));
        assert_eq!(number(&[0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), Ok(2f64.powi(252)));
    }

    #[test]
    fn a_mark_alone_is_a_missing_number() {
        assert_eq!(number(b".\0\0\0\0\0\0\0"), Err(b'.'));
        assert_eq!(number(b"_\0\0"), Err(b'_'));
        assert_eq!(number(b"A\0\0\0\0\0\0\0"), Err(b'A'));
        assert_eq!(number(&[b'A', 0x10, 0, 0, 0, 0, 0, 0]), Ok(1.0));
    }
}
