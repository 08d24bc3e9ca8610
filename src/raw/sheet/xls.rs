//! XLS: the values are those of the general reader; what they look like stands in the records of the stream
//! ([MS-XLS] 2.4: Format, XF, Font, Row, ColInfo and the cells' own).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{Data, Reader, Sheet as Listed, SheetType, SheetVisible, Xls};

use super::number_format::built_in;
use super::parts::{Named, Parts, choose, other_sheets};
use super::shown::{Shown, ShownKind};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::raw::compound;
use crate::raw::spreadsheet::{blocks, open_xls};

/// What the stream says of the looks of one sheet's cells.
#[derive(Default)]
struct Looks {
    /// Index of the style of each cell that holds a number.
    styles: BTreeMap<(usize, usize), usize>,
    hidden_rows: BTreeSet<usize>,
    hidden_columns: BTreeSet<usize>,
}

pub(super) fn read(bytes: &[u8], wanted: Option<&str>) -> Result<Parts> {
    let clear = compound::unlocked(bytes)?;
    let stream = compound::check(&clear)?.unwrap_or_default();
    let mut book = open_xls(&clear)?;
    let sheets: Vec<Listed> =
        book.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet).cloned().collect();
    let names: Vec<String> = sheets.iter().map(|s| s.name.clone()).collect();
    let looks = Stream::of(&stream);
    if let Some(at) = choose(wanted, &names)? {
        return looks.sheet(&mut book, &names[at]);
    }
    let (visible, hidden): (Vec<&Listed>, Vec<&Listed>) =
        sheets.iter().partition(|s| s.visible == SheetVisible::Visible);
    let order: Vec<&String> = visible.into_iter().chain(hidden).map(|s| &s.name).collect();
    for (at, name) in order.iter().enumerate() {
        let mut parts = looks.sheet(&mut book, name)?;
        if !parts.cells.is_empty() {
            parts.findings.extend(other_sheets(name, order.iter().skip(at + 1).copied()));
            return Ok(parts);
        }
    }
    Err(Error::msg(Code::RawEmpty, "データのあるシートがありません", "no sheet has data"))
}

/// The parts of a stream that belong to all sheets.
struct Stream<'a> {
    bytes: &'a [u8],
    /// Place and name of each sheet.
    sheets: Vec<(usize, String)>,
    late: bool,
    /// Format and whether struck out, by index of the style.
    styles: Vec<(String, bool)>,
}

fn number16(body: &[u8], at: usize) -> usize {
    body.get(at..at + 2).map_or(0, |two| usize::from(two[0]) | usize::from(two[1]) << 8)
}

/// A text with its length before it: two bytes long, or one; a byte of flags; one or two bytes a character.
fn text(body: &[u8], wide_length: bool) -> String {
    let (length, rest) = if wide_length {
        (number16(body, 0), body.get(2..).unwrap_or_default())
    } else {
        (usize::from(body.first().copied().unwrap_or(0)), body.get(1..).unwrap_or_default())
    };
    let Some((flags, rest)) = rest.split_first() else { return String::new() };
    if flags & 1 == 1 {
        let units: Vec<u16> =
            rest.chunks_exact(2).take(length).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
        String::from_utf16_lossy(&units)
    } else {
        rest.iter().take(length).map(|b| char::from(*b)).collect()
    }
}

impl<'a> Stream<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let mut out = Self { bytes, sheets: Vec::new(), late: false, styles: Vec::new() };
        let (mut codes, mut fonts, mut cells) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (kind, body) in compound::walk(bytes) {
            match kind {
                0x000A => break,
                0x0022 => out.late = number16(body, 0) == 1,
                0x0031 => fonts.push(number16(body, 2) & 8 != 0),
                0x0085 => {
                    let place = number16(body, 0) | number16(body, 2) << 16;
                    out.sheets.push((place, text(body.get(6..).unwrap_or_default(), false)));
                }
                0x00E0 => cells.push((number16(body, 0), number16(body, 2))),
                0x041E => {
                    codes.insert(number16(body, 0), text(body.get(2..).unwrap_or_default(), true));
                }
                _ => {}
            }
        }
        // The fifth font has no record: index 4 is never used.
        let struck =
            |font: usize| fonts.get(if font > 4 { font - 1 } else { font }).copied().unwrap_or(false);
        let style = |(font, id): (usize, usize)| {
            let own: Option<&String> = codes.get(&id);
            let known = u32::try_from(id).ok().and_then(built_in);
            let code = own.map(String::as_str).or(known).unwrap_or("General").to_owned();
            (code, struck(font))
        };
        out.styles = cells.into_iter().map(style).collect();
        out
    }

    fn looks(&self, name: &str) -> Looks {
        let mut out = Looks::default();
        let Some((place, _)) = self.sheets.iter().find(|(_, known)| known == name) else { return out };
        let mut depth = 0;
        for (kind, body) in compound::walk(self.bytes.get(*place..).unwrap_or_default()) {
            let (row, column) = (number16(body, 0), number16(body, 2));
            match kind {
                0x0809 => depth += 1,
                0x000A if depth <= 1 => break,
                0x000A => depth -= 1,
                0x0208 if body.get(12).is_some_and(|flags| flags & 0x20 != 0) => {
                    out.hidden_rows.insert(row);
                }
                0x007D if number16(body, 8) & 1 == 1 => {
                    out.hidden_columns.extend(row..=column.min(row + 256));
                }
                // Formula, number, text, logical value or error, shared text, number in short.
                0x0006 | 0x0203 | 0x0204 | 0x0205 | 0x00FD | 0x027E => {
                    out.styles.insert((row, column), number16(body, 4));
                }
                // Several numbers in short: a style before each.
                0x00BD => {
                    let pairs = body.get(4..body.len().saturating_sub(2)).unwrap_or_default();
                    for (at, pair) in pairs.chunks_exact(6).enumerate() {
                        out.styles.insert((row, column + at), number16(pair, 0));
                    }
                }
                _ => {}
            }
        }
        out
    }

    fn sheet(&self, book: &mut Xls<Cursor<&[u8]>>, name: &str) -> Result<Parts> {
        let looks = self.looks(name);
        let range = book.worksheet_range(name).map_err(|e| crate::raw::damaged::damaged(&e, &e))?;
        let merged = blocks(&book.merge_cells_by_sheet_name(name).unwrap_or_default());
        let named = book.defined_names().iter();
        let names =
            named.map(|(name, refers)| Named { name: name.clone(), refers: refers.clone() }).collect();
        let mut parts = Parts {
            name: Some(name.to_owned()),
            names,
            merged,
            hidden_rows: looks.hidden_rows,
            hidden_columns: looks.hidden_columns,
            ..Parts::default()
        };
        let (top, left) = range.start().unwrap_or((0, 0));
        for (row, column, data) in range.used_cells() {
            let at = (top as usize + row, left as usize + column);
            let style = looks.styles.get(&at).and_then(|s| self.styles.get(*s));
            let (code, struck) = style.map_or(("General", false), |(code, struck)| (code.as_str(), *struck));
            let number = |x: f64| Shown::number(x, code, self.late);
            let shown = match data {
                Data::Empty => continue,
                Data::Float(x) => number(*x),
                Data::Int(n) => number(*n as f64),
                Data::DateTime(when) => number(when.as_f64()),
                Data::String(text) => {
                    Shown::plain(super::number_format::text_look(text, code), ShownKind::Text)
                }
                Data::Bool(true) => Shown::plain("TRUE", ShownKind::Logical),
                Data::Bool(false) => Shown::plain("FALSE", ShownKind::Logical),
                Data::DateTimeIso(text) | Data::DurationIso(text) => {
                    Shown::plain(text.as_str(), ShownKind::Date)
                }
                Data::Error(e) => Shown::plain(e.to_string(), ShownKind::Error),
            };
            parts.set(at.0, at.1, shown.struck(struck))?;
        }
        Ok(parts)
    }
}
