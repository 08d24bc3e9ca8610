//! Stata files (`.dta`): versions 113 to 115 and 117 to 119, which is Stata 8 and later.
//!
//! Read by own code: the format is documented and small; the crate that reads it turns on parts of polars
//! that double a cold build, and takes every text of Stata 13 and before for Western European.

mod records;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::{Encoding, UTF_8};

use crate::error::Result;
use crate::finding::Finding;

use super::bytes::Bytes;
use super::cell::Cell;
use super::damaged::damaged;
use super::decoder::Decoder;
use super::dictionary::{Dictionary, Variable as Description};
use super::encoding;
use super::grid::Grid;
use super::table::{ReadOptions, Table};
use records::{Kind, Records, Variable, until_zero};

/// Reads a Stata file. Its variables' names are the header; its first row is row 1.
///
/// `.` is an empty cell; `.a` to `.z` stay apart as such, and are the dictionary's missing values.
pub(super) fn read(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Table> {
    let records = records::read(bytes)?;
    let (encoding, guessed) = encoding_of(&records, options)?;
    let mut decoder = Decoder::new(encoding);
    let mut grid = Grid::default();
    grid.at_least(records.rows + 1)?;
    let mut variables = BTreeMap::new();
    let size: usize = records.variables.iter().map(|v| v.kind.width()).sum();
    let mut begins = 0;
    for (at, variable) in records.variables.iter().enumerate() {
        let head = decoder.label(variable.name);
        grid.set_text(0, at, if head.is_empty() { " " } else { &head })?;
        let range = begins..begins + variable.kind.width();
        begins = range.end;
        let rows = records.data.chunks_exact(size).map(|row| row.get(range.clone()).unwrap_or_default());
        let met = fill(&mut grid, at, variable, rows, &records, &mut decoder)?;
        variables.insert(head, description(variable, &met, &records, &mut decoder));
    }
    decoder.table(
        grid,
        Dictionary { variables, weight: None, multiple_response: Vec::new() },
        (bytes, name),
        records.rows as u64,
        guessed,
    )
}

/// Puts a variable's values below its name; returns which of `.a` to `.z` (1 to 26) are among them.
fn fill<'a>(
    grid: &mut Grid,
    at: usize,
    variable: &Variable<'_>,
    rows: impl Iterator<Item = &'a [u8]>,
    records: &Records<'_>,
    decoder: &mut Decoder,
) -> Result<BTreeSet<u8>> {
    let shown = value::shown(variable.format);
    let mut met = BTreeSet::new();
    // Texts of a survey repeat; each is decoded once.
    let mut known = BTreeMap::<&[u8], Cell>::new();
    for (row, raw) in rows.enumerate() {
        let text = match variable.kind {
            Kind::Text(_) => until_zero(raw),
            Kind::LongText => long_text(raw, records)?,
            kind => {
                let cell = match value::number(kind, raw, records.little) {
                    Some(Ok(x)) => value::cell(x, shown),
                    Some(Err(which)) => {
                        met.extend((which > 0).then_some(which));
                        value::missing(which)
                    }
                    None => Cell::Empty,
                };
                grid.set(row + 1, at, cell)?;
                continue;
            }
        };
        let cell = match known.get(text) {
            Some(cell) => cell.clone(),
            None => {
                let cell = decoder.cell(text);
                known.insert(text, cell.clone());
                cell
            }
        };
        grid.set(row + 1, at, cell)?;
    }
    Ok(met)
}

/// A long text of the part behind the data, named by a variable and a row; (0, 0) is the empty text.
fn long_text<'a>(raw: &[u8], records: &Records<'a>) -> Result<&'a [u8]> {
    let mut bytes = Bytes::new(raw, records.little);
    let key = if records.release == 117 {
        (u64::from(bytes.u32()?), u64::from(bytes.u32()?))
    } else {
        // The eight bytes are shared: two or three of them for the variable, the others for the row.
        let (whole, bits) = (bytes.u64()?, if records.release == 118 { 16 } else { 24 });
        if records.little {
            (whole & ((1 << bits) - 1), whole >> bits)
        } else {
            (whole >> (64 - bits), whole & ((1 << (64 - bits)) - 1))
        }
    };
    match records.long.get(&key) {
        Some(text) => Ok(text),
        None if key == (0, 0) => Ok(b""),
        None => Err(damaged("長い文字列がありません", "a long text is not there")),
    }
}

fn description(
    variable: &Variable<'_>,
    met: &BTreeSet<u8>,
    records: &Records<'_>,
    decoder: &mut Decoder,
) -> Description {
    let label = decoder.label(variable.label);
    let mut out = Description { label: Some(label).filter(|l| !l.is_empty()), ..Description::default() };
    let mut apart = met.clone();
    for (code, text) in records.labels.get(variable.labels).into_iter().flatten() {
        let value = match value::missing_code(*code) {
            Ok(which) => {
                apart.extend((which > 0).then_some(which));
                value::missing(which)
            }
            Err(number) => Cell::Number(f64::from(number)),
        };
        // The label of `.` says nothing: `.` is nothing.
        if value != Cell::Empty {
            out.value_labels.push((value, decoder.label(text)));
        }
    }
    out.missing_values = apart.into_iter().map(value::missing).collect();
    out
}

/// The encoding of all texts: the one asked for; UTF-8 from Stata 14 on; before that the one that its bytes
/// look like, with a finding.
fn encoding_of(records: &Records<'_>, options: &ReadOptions) -> Result<(&'static Encoding, Option<Finding>)> {
    if let Some(wanted) = &options.encoding {
        return Ok((encoding::by_name(wanted)?, None));
    }
    if records.release >= 118 {
        return Ok((UTF_8, None));
    }
    let sample = all_texts(records);
    if sample.is_ascii() {
        return Ok((UTF_8, None));
    }
    let (encoding, uncertain) = encoding::detect(&sample);
    Ok((encoding, Some(encoding::told(encoding, uncertain))))
}

/// Every text of the file once, a line each.
fn all_texts(records: &Records<'_>) -> Vec<u8> {
    let mut texts: BTreeSet<&[u8]> = BTreeSet::new();
    let size: usize = records.variables.iter().map(|v| v.kind.width()).sum();
    let mut begins = 0;
    for variable in &records.variables {
        let range = begins..begins + variable.kind.width();
        begins = range.end;
        texts.extend([variable.name, variable.label]);
        if matches!(variable.kind, Kind::Text(_)) {
            texts.extend(
                records
                    .data
                    .chunks_exact(size)
                    .take(10_000)
                    .filter_map(|row| row.get(range.clone()))
                    .map(until_zero),
            );
        }
    }
    texts.extend(records.labels.values().flatten().map(|(_, text)| *text));
    texts.extend(records.long.values().take(10_000));
    texts.into_iter().collect::<Vec<_>>().join(&b'\n')
}
