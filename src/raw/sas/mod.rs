//! SAS data sets (`.sas7bdat`), packed or not, of 32-bit and 64-bit SAS in both byte orders.
//!
//! Value labels stand in a file of their own (a catalogue) and are not read; the variables' labels are.

mod pages;
mod unpack;

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::Encoding;

use crate::error::Result;
use crate::finding::Finding;

use super::cell::Cell;
use super::decoder::{Decoder, trimmed};
use super::dictionary::{Dictionary, Variable};
use super::encoding;
use super::grid::Grid;
use super::moments::{Kind, kind, moment, tagged};
use super::table::{ReadOptions, Table};
use pages::Pages;

/// The mark that every file begins with.
pub(super) const MAGIC: [u8; 32] = *b"\0\0\0\0\0\0\0\0\0\0\0\0\
    \xC2\xEA\x81\x60\xB3\x14\x11\xCF\xBD\x92\x08\0\x09\xC7\x31\x8C\x18\x1F\x10\x11";

/// Reads a data set. Its columns' names are the header; its first row is row 1.
///
/// `.` is an empty cell; `._` and `.A` to `.Z` stay apart as such, and are the dictionary's missing values.
pub(super) fn read(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Table> {
    let pages = Pages::read(bytes)?;
    let (encoding, guessed) = encoding_of(&pages, options)?;
    let mut decoder = Decoder::new(encoding);
    let mut grid = Grid::default();
    grid.at_least(pages.rows + 1)?;
    let mut heads = Vec::new();
    for (at, column) in pages.columns.iter().enumerate() {
        let head = decoder.label(column.name);
        grid.set_text(0, at, if head.is_empty() { " " } else { &head })?;
        heads.push(head);
    }
    // Texts of a survey repeat; each is decoded once.
    let mut known = vec![BTreeMap::<Vec<u8>, Cell>::new(); pages.columns.len()];
    let mut missing = vec![BTreeSet::<u8>::new(); pages.columns.len()];
    let kinds: Vec<Kind> = pages.columns.iter().map(|column| kind(column.format)).collect();
    pages.each(|row, raw| {
        for (at, column) in pages.columns.iter().enumerate() {
            let raw = raw.get(column.at..column.at + column.width).unwrap_or_default();
            let cell = if column.is_text {
                match known.get(at).and_then(|k| k.get(raw)) {
                    Some(cell) => cell.clone(),
                    None => {
                        let cell = decoder.cell(raw);
                        if let Some(known) = known.get_mut(at) {
                            known.insert(raw.to_vec(), cell.clone());
                        }
                        cell
                    }
                }
            } else {
                match number(raw, pages.little) {
                    Ok(x) => moment(x, kinds.get(at).copied().unwrap_or(Kind::Number)),
                    Err(tag) => {
                        if let Some(met) = missing.get_mut(at).filter(|_| tag != b'.') {
                            met.insert(tag);
                        }
                        tagged(tag)
                    }
                }
            };
            grid.set(row + 1, at, cell)?;
        }
        Ok(true)
    })?;
    let variables = heads.into_iter().zip(&pages.columns).zip(missing).map(|((head, column), met)| {
        let label = decoder.label(column.label);
        let missing_values = met.into_iter().map(tagged).collect();
        (
            head,
            Variable { label: Some(label).filter(|l| !l.is_empty()), missing_values, ..Variable::default() },
        )
    });
    let dictionary =
        Dictionary { variables: variables.collect(), weight: None, multiple_response: Vec::new() };
    decoder.table(grid, dictionary, (bytes, name), pages.rows as u64, guessed)
}

/// A number of three to eight bytes (the less significant ones are left out); `Err` with its mark where it is
/// missing.
fn number(raw: &[u8], little: bool) -> Result<f64, u8> {
    let mut eight = [0; 8];
    let length = raw.len().min(8);
    let slot = if little { eight.get_mut(8 - length..) } else { eight.get_mut(..length) };
    if let (Some(slot), Some(raw)) = (slot, raw.get(..length)) {
        slot.copy_from_slice(raw);
    }
    let bits = if little { u64::from_le_bytes(eight) } else { u64::from_be_bytes(eight) };
    let x = f64::from_bits(bits);
    if !x.is_nan() {
        return Ok(x);
    }
    // The mark is a letter, or its number: 0 is _, 1 is ., 2 is A …; both inverted.
    Err(match !((bits >> 40) as u8) {
        0 => b'_',
        n @ 2..=27 => b'A' + n - 2,
        letter @ (b'A'..=b'Z' | b'_') => letter,
        _ => b'.',
    })
}

/// The encoding of all texts: the one asked for, the one that the file names; where it does not say, the one
/// that its bytes look like, with a finding.
fn encoding_of(pages: &Pages<'_>, options: &ReadOptions) -> Result<(&'static Encoding, Option<Finding>)> {
    if let Some(wanted) = &options.encoding {
        return Ok((encoding::by_name(wanted)?, None));
    }
    let named = match pages.encoding {
        20 | 28 => "utf-8",
        29 => "iso-8859-1",
        30 => "iso-8859-2",
        33 => "iso-8859-5",
        40 => "iso-8859-15",
        60 => "windows-1250",
        61 => "windows-1251",
        62 => "windows-1252",
        63 => "windows-1253",
        64 => "windows-1254",
        123 => "big5",
        125 | 205 => "gb18030",
        134 => "euc-jp",
        138 => "shift_jis",
        140 => "euc-kr",
        167 => "iso-2022-jp",
        _ => "",
    };
    if let Ok(known) = encoding::by_name(named) {
        return Ok((known, None));
    }
    let mut sample = pages.texts.concat();
    pages.each(|row, raw| {
        for column in pages.columns.iter().filter(|c| c.is_text) {
            sample
                .extend_from_slice(trimmed(raw.get(column.at..column.at + column.width).unwrap_or_default()));
            sample.push(b'\n');
        }
        Ok(row < 10_000)
    })?;
    sample.retain(|b| *b != 0);
    if sample.is_ascii() {
        return Ok((encoding_rs::UTF_8, None));
    }
    let (encoding, uncertain) = encoding::detect(&sample);
    Ok((encoding, Some(encoding::told(encoding, uncertain))))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_may_be_cut_short_and_missing_ones_bear_a_mark() {
        let whole = 2.5f64.to_be_bytes();
        assert_eq!(number(&whole[..3], false), Ok(2.5));
        let turned: Vec<u8> = whole.iter().rev().copied().collect();
        assert_eq!(number(&turned[5..], true), Ok(2.5));
        let missing = |third: u8| number(&[0xFF, 0xFF, third, 0, 0, 0, 0, 0], false);
        assert_eq!(
            [missing(0xFE), missing(0xFD), missing(0xFF), missing(!b'Z'), missing(!b'.')],
            [Err(b'.'), Err(b'A'), Err(b'_'), Err(b'Z'), Err(b'.')]
        );
    }
}
