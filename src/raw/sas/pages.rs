//! A SAS data set taken apart: pages, their subheaders, and the rows, texts not yet decoded.
//!
//! The format was never published; this follows M. Shotwell's “SAS7BDAT Database Binary Format” (2013), the
//! description on which other readers rest too.

use crate::code::Code;
use crate::error::Result;

use super::super::bytes::Bytes;
use super::super::damaged::{MAX_PART, damaged};
use super::unpack::{self, Packing};

/// One column.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Column<'a> {
    pub(super) name: &'a [u8],
    pub(super) label: &'a [u8],
    pub(super) format: &'a [u8],
    pub(super) is_text: bool,
    /// Where it begins in a row, and how many bytes it has.
    pub(super) at: usize,
    pub(super) width: usize,
}

/// A data set.
pub(super) struct Pages<'a> {
    /// The header's number of the encoding.
    pub(super) encoding: u8,
    pub(super) little: bool,
    pub(super) columns: Vec<Column<'a>>,
    /// The blocks of text that hold names, labels and formats.
    pub(super) texts: Vec<&'a [u8]>,
    /// How many rows there are.
    pub(super) rows: usize,
    row_length: usize,
    /// How many rows may follow the subheaders of a page that has both.
    mixed_rows: usize,
    packing: Packing,
    long: bool,
    pages: Vec<&'a [u8]>,
}

/// Where a subheader is, and how it is packed.
#[derive(Clone, Copy)]
struct Pointer {
    at: usize,
    length: usize,
    packing: u8,
    kind: u8,
}

/// What a page holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Subheaders,
    Rows,
    Both,
    Other,
}

fn cut_off<T>(found: Option<T>) -> Result<T> {
    found.ok_or_else(|| damaged("途中で切れています", "it is cut off"))
}

/// A number of four or eight bytes, by the file's kind.
fn size(raw: &[u8], at: usize, long: bool, little: bool) -> Result<usize> {
    let mut bytes = Bytes::new(cut_off(raw.get(at..))?, little);
    let n = if long { bytes.u64()? } else { u64::from(bytes.u32()?) };
    usize::try_from(n).map_err(|_| damaged("大きさの値が合いません", "a size does not fit"))
}

fn u16_at(raw: &[u8], at: usize, little: bool) -> Result<usize> {
    Bytes::new(cut_off(raw.get(at..))?, little).u16().map(usize::from)
}

impl<'a> Pages<'a> {
    pub(super) fn read(file: &'a [u8]) -> Result<Self> {
        let flag = |at: usize, mark: u8| file.get(at) == Some(&mark);
        let (long, shifted, little) = (flag(32, b'3'), if flag(35, b'3') { 4 } else { 0 }, flag(37, 1));
        let header = size(file, 196 + shifted, false, little)?;
        let page = size(file, 200 + shifted, false, little)?;
        let count = size(file, 204 + shifted, long, little)?;
        if page < 64 || header < 204 {
            return Err(damaged(
                format!("ページの大きさが{page}です"),
                format!("its pages are {page} bytes long"),
            ));
        }
        let body = cut_off(file.get(header..))?;
        let pages: Vec<&[u8]> = body.chunks_exact(page).take(count).collect();
        if pages.len() < count {
            return Err(damaged(
                format!("{count}ページのはずが{}ページしかありません", pages.len()),
                format!("it promises {count} pages and has {}", pages.len()),
            ));
        }
        let encoding = file.get(70).copied().unwrap_or(0);
        let mut read = Self {
            encoding,
            little,
            columns: Vec::new(),
            texts: Vec::new(),
            rows: 0,
            row_length: 0,
            mixed_rows: 0,
            packing: Packing::Plain,
            long,
            pages,
        };
        read.columns()?;
        Ok(read)
    }

    fn int(&self) -> usize {
        if self.long { 8 } else { 4 }
    }

    /// Where a page's own header begins: behind marks of four or eight bytes each.
    fn begin(&self) -> usize {
        if self.long { 32 } else { 16 }
    }

    fn holds(&self, page: &[u8]) -> Result<Holds> {
        Ok(match u16_at(page, self.begin(), self.little)? & 0x4F00 {
            0x0000 | 0x4000 | 0x0400 => Holds::Subheaders,
            0x0100 => Holds::Rows,
            0x0200 => Holds::Both,
            _ => Holds::Other,
        })
    }

    fn pointers(&self, page: &[u8]) -> Result<Vec<Pointer>> {
        let count = u16_at(page, self.begin() + 4, self.little)?;
        let each = 3 * self.int();
        let mut out = Vec::new();
        for k in 0..count {
            let raw = cut_off(page.get(self.begin() + 8 + k * each..))?;
            let at = size(raw, 0, self.long, self.little)?;
            let length = size(raw, self.int(), self.long, self.little)?;
            let (packing, kind) = (
                raw.get(2 * self.int()).copied().unwrap_or(0),
                raw.get(2 * self.int() + 1).copied().unwrap_or(0),
            );
            // 1: cut short, its content is elsewhere.
            if length > 0 && packing != 1 {
                out.push(Pointer { at, length, packing, kind });
            }
        }
        Ok(out)
    }

    fn subheader(&self, page: &'a [u8], pointer: Pointer) -> Result<&'a [u8]> {
        cut_off(page.get(pointer.at..).and_then(|rest| rest.get(..pointer.length)))
    }

    /// Reads all subheaders that describe the columns.
    fn columns(&mut self) -> Result<()> {
        let (mut names, mut places, mut descriptions) = (Vec::new(), Vec::new(), Vec::new());
        let mut promised = 0;
        for at in 0..self.pages.len() {
            let page = self.pages.get(at).copied().unwrap_or_default();
            if !matches!(self.holds(page)?, Holds::Subheaders | Holds::Both) {
                continue;
            }
            for pointer in self.pointers(page)? {
                let body = self.subheader(page, pointer)?;
                let (int, little, long) = (self.int(), self.little, self.long);
                match signature(body, little, long) {
                    Some(0xF7F7_F7F7) => {
                        self.row_length = size(body, 5 * int, long, little)?;
                        self.rows = size(body, 6 * int, long, little)?;
                        self.mixed_rows = size(body, 15 * int, long, little)?;
                    }
                    Some(0xF6F6_F6F6) => promised = size(body, int, long, little)?,
                    Some(0xFFFF_FFFD) => {
                        let text = cut_off(body.get(int..))?;
                        if self.texts.is_empty() {
                            let holds = |mark: &[u8]| text.windows(8).take(64).any(|w| w == mark);
                            self.packing = if holds(b"SASYZCRL") {
                                Packing::RunLengths
                            } else if holds(b"SASYZCR2") {
                                Packing::Ross
                            } else {
                                Packing::Plain
                            };
                        }
                        self.texts.push(text);
                    }
                    Some(0xFFFF_FFFF) => {
                        for k in 0..body.len().saturating_sub(2 * int + 12) / 8 {
                            names.push(reference(body, int + 8 * (k + 1), little)?);
                        }
                    }
                    Some(0xFFFF_FFFC) => {
                        let each = int + 8;
                        for k in 0..body.len().saturating_sub(2 * int + 12) / each {
                            let begins = size(body, int + 8 + k * each, long, little)?;
                            let width = size(body, 2 * int + 8 + k * each, false, little)?;
                            let kind = body.get(2 * int + 14 + k * each).copied().unwrap_or(0);
                            places.push((begins, width, kind == 2));
                        }
                    }
                    Some(0xFFFF_FBFE) => descriptions.push((
                        reference(body, 22 + 3 * int, little)?,
                        reference(body, 28 + 3 * int, little)?,
                    )),
                    _ => {}
                }
            }
        }
        let total = (self.row_length as u64).saturating_mul(self.rows as u64);
        if self.row_length == 0 || names.is_empty() || names.len() != promised || places.len() != promised {
            return Err(damaged("列の説明が合いません", "the descriptions of its columns do not fit"));
        }
        if self.row_length as u64 > MAX_PART || total > MAX_PART * 4 {
            return Err(crate::error::Error::msg(
                Code::RawTooLarge,
                "展開すると大きすぎます。安全のため読みません",
                "it unpacks to too much; not read, for safety",
            ));
        }
        for (k, (name, (at, width, is_text))) in names.into_iter().zip(places).enumerate() {
            if at.saturating_add(width) > self.row_length || (!is_text && !(3..=8).contains(&width)) {
                return Err(damaged("列の位置が合いません", "the place of a column does not fit"));
            }
            let (format, label) = descriptions
                .get(k)
                .map_or((&b""[..], &b""[..]), |(format, label)| (self.text(*format), self.text(*label)));
            self.columns.push(Column { name: self.text(name), label, format, is_text, at, width });
        }
        Ok(())
    }

    /// A piece of a block of text; nothing where it does not fit.
    fn text(&self, (block, at, length): (usize, usize, usize)) -> &'a [u8] {
        let block =
            self.texts.get(block.min(self.texts.len().saturating_sub(1))).copied().unwrap_or_default();
        block.get(at..).and_then(|rest| rest.get(..length)).unwrap_or_default()
    }

    /// Hands every row on, in file order; stops when `row` says `false`.
    ///
    /// # Errors
    /// `raw::damaged` when there are fewer rows than the file promises, and what `row` says.
    pub(super) fn each(&self, mut row: impl FnMut(usize, &[u8]) -> Result<bool>) -> Result<()> {
        let mut done = 0;
        for page in &self.pages {
            let holds = self.holds(page)?;
            if holds == Holds::Subheaders && self.packing != Packing::Plain {
                for pointer in self.pointers(page)? {
                    let body = self.subheader(page, pointer)?;
                    let is_row = pointer.kind == 1
                        && matches!(pointer.packing, 0 | 4)
                        && signature(body, self.little, self.long).is_none_or(|s| !KNOWN.contains(&s));
                    if !is_row || done == self.rows {
                        continue;
                    }
                    let packing =
                        if pointer.length < self.row_length { self.packing } else { Packing::Plain };
                    let more = row(done, &unpack::row(body, packing, self.row_length)?)?;
                    done += 1;
                    if !more {
                        return Ok(());
                    }
                }
            }
            let (from, most) = match holds {
                Holds::Rows => (self.begin() + 8, u16_at(page, self.begin() + 2, self.little)?),
                Holds::Both => {
                    let behind =
                        self.begin() + 8 + u16_at(page, self.begin() + 4, self.little)? * 3 * self.int();
                    (behind.next_multiple_of(8), self.mixed_rows.min(self.rows))
                }
                Holds::Subheaders | Holds::Other => continue,
            };
            for raw in page.get(from..).unwrap_or_default().chunks_exact(self.row_length).take(most) {
                if done == self.rows {
                    break;
                }
                let more = row(done, raw)?;
                done += 1;
                if !more {
                    return Ok(());
                }
            }
        }
        if done < self.rows {
            return Err(damaged(
                format!("{}行のはずが{done}行しかありません", self.rows),
                format!("it promises {} rows and has {done}", self.rows),
            ));
        }
        Ok(())
    }
}

/// The signatures of subheaders that hold no row.
const KNOWN: [u32; 8] =
    [0xF7F7_F7F7, 0xF6F6_F6F6, 0xFFFF_FC00, 0xFFFF_FFFD, 0xFFFF_FFFF, 0xFFFF_FFFC, 0xFFFF_FFFE, 0xFFFF_FBFE];

/// What a subheader is. In files of eight-byte numbers the signature stands in the lower half, and the upper
/// half is all zeros or all ones.
fn signature(body: &[u8], little: bool, long: bool) -> Option<u32> {
    let mut bytes = Bytes::new(body, little);
    if !long {
        return bytes.u32().ok();
    }
    let whole = bytes.u64().ok()?;
    matches!(whole >> 32, 0 | 0xFFFF_FFFF).then_some(whole as u32)
}

/// The block of a text, its place there (behind the signature, which the block was cut from) and its length.
fn reference(body: &[u8], at: usize, little: bool) -> Result<(usize, usize, usize)> {
    Ok((u16_at(body, at, little)?, u16_at(body, at + 2, little)?, u16_at(body, at + 4, little)?))
}
