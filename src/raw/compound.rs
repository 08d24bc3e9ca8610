//! A look at an old Excel workbook before its reader gets it: the reader believes what the file claims, so
//! that a few bytes may make it take all memory (a table of sectors that runs in a circle, a sheet of four
//! billion rows, two cells in opposite corners of a sheet that no Excel ever had).
//!
//! The container is that of [MS-CFB], the stream of records that of [MS-XLS].

use std::borrow::Cow;

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::text::Text;

use super::bytes::Bytes;
use super::damaged::damaged;
use super::old_key::{self, Key};

/// Rows and columns of a sheet of Excel 97 to 2003.
const MOST_ROWS: u64 = 65_536;
const MOST_COLUMNS: u64 = 256;

/// So many cells may the sheets of a workbook span together: four full ones.
const MOST_CELLS: u64 = 4 * MOST_ROWS * MOST_COLUMNS;

/// Sector numbers from here on are marks.
const MARKS: u32 = 0xFFFF_FFFA;

struct Container<'a> {
    file: &'a [u8],
    sector: usize,
    table: Vec<u32>,
}

/// The stream of records of the workbook; `None` where the container holds another one, as with a password.
///
/// # Errors
/// `raw::damaged` for a container that does not hold together, `raw::too-large` for sheets that claim or span
/// too much.
pub(super) fn check(file: &[u8]) -> Result<Option<Vec<u8>>> {
    let Some((stream, _)) = workbook(file)? else { return Ok(None) };
    records(&stream)?;
    Ok(Some(stream))
}

/// The file in clear where it was encrypted with Excel's own default key; as it is where it was not.
///
/// # Errors
/// `raw::password` for any other key, and those of [`check`].
pub(super) fn unlocked(file: &[u8]) -> Result<Cow<'_, [u8]>> {
    let Some((stream, places)) = workbook(file)? else { return Ok(Cow::Borrowed(file)) };
    let clear = match old_key::opened(&stream, &walk_at(&stream).collect::<Vec<_>>()) {
        Key::None => return Ok(Cow::Borrowed(file)),
        Key::Other => return Err(password()),
        Key::Default(clear) => clear,
    };
    let mut out = file.to_vec();
    let mut rest = clear.as_slice();
    for (from, length) in places {
        let (piece, after) = rest.split_at(length.min(rest.len()));
        out.get_mut(from..from + piece.len()).into_iter().for_each(|place| place.copy_from_slice(piece));
        rest = after;
    }
    Ok(Cow::Owned(out))
}

/// That a workbook needs a password.
pub(super) fn password() -> Error {
    Error::new(
        Diagnostic::new(
            Code::RawPassword,
            Text::new("パスワードで保護されています", "the workbook is protected by a password"),
        )
        .help(Text::new(
            "Excelで開き、「ファイル」→「情報」→「ブックの保護」→「パスワードを使用して暗号化」を空にして、保\
             存し直してください",
            "open it in Excel, empty File > Info > Protect Workbook > Encrypt with Password, and \
             save it again",
        )),
    )
}

/// The stream of records and the places of its pieces in the file.
type Pieces = (Vec<u8>, Vec<(usize, usize)>);

fn workbook(file: &[u8]) -> Result<Option<Pieces>> {
    let mut header = Bytes::new(file, true);
    header.take(30)?;
    let sector = match header.u16()? {
        9 => 512,
        12 => 4096,
        n => return Err(damaged(format!("セクターの大きさ(2の{n}乗)"), format!("sectors of 2^{n} bytes"))),
    };
    header.take(12)?;
    let _tables = header.u32()?;
    let directory = header.u32()?;
    header.take(8)?;
    let (small_table, small_sectors) = (header.u32()?, header.u32()?);
    let (mut more, _) = (header.u32()?, header.u32()?);
    let mut container = Container { file, sector, table: Vec::new() };
    let mut places = Vec::new();
    for _ in 0..109 {
        places.push(header.u32()?);
    }
    // A table of more than 109 sectors is listed in sectors of their own, each naming the next.
    for _ in 0..=container.sectors() {
        if more >= MARKS {
            break;
        }
        let mut listed = numbers(container.at(more)?);
        more = listed.pop().unwrap_or(MARKS);
        places.extend(listed);
    }
    if more < MARKS {
        return Err(circle());
    }
    let places: Vec<u32> = places.into_iter().filter(|&n| n < MARKS).collect();
    if places.len() > container.sectors() {
        return Err(circle());
    }
    for place in places {
        let numbers = numbers(container.at(place)?);
        container.table.extend(numbers);
    }
    let directory = container.chain(directory)?;
    let entries: Vec<(String, u32, u64)> =
        directory.chunks_exact(128).filter_map(|raw| entry(raw, sector)).collect();
    let found = ["workbook", "book"].iter().find_map(|name| entries.iter().find(|(n, _, _)| n == name));
    let root = entries.first().map_or(MARKS, |(_, start, _)| *start);
    let small = if small_sectors > 0 {
        (container.chain(root)?, numbers(&container.chain(small_table)?))
    } else {
        (Vec::new(), Vec::new())
    };
    // A workbook with a password has another stream; its reader says so.
    let Some((_, start, length)) = found else { return Ok(None) };
    let whole = usize::try_from(*length).unwrap_or(usize::MAX);
    if *length < 4096 {
        let pieces = Container { file: &small.0, sector: 64, table: small.1 };
        let mut stream = pieces.small_chain(*start)?;
        stream.truncate(whole);
        // The small sectors stand one after the other in the sectors of the root.
        let roots = container.places(root)?;
        let in_file = |(from, length): (usize, usize)| {
            let place = roots.get((from - 64) / sector)?;
            Some((place.0 + (from - 64) % sector, length))
        };
        let places = pieces.places(*start)?.into_iter().filter_map(in_file).collect();
        return Ok(Some((stream, places)));
    }
    let mut stream = container.chain(*start)?;
    stream.truncate(whole);
    let places = container.places(*start)?;
    Ok(Some((stream, places)))
}

fn circle() -> Error {
    damaged("セクターの表が輪になっています", "its table of sectors runs in a circle")
}

fn numbers(raw: &[u8]) -> Vec<u32> {
    raw.chunks_exact(4).map(|four| four.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b))).collect()
}

/// Name (in lower case), first sector and length of a directory entry.
fn entry(raw: &[u8], sector: usize) -> Option<(String, u32, u64)> {
    let name: Vec<u16> = raw
        .get(..64)?
        .chunks_exact(2)
        .map(|two| u16::from(two[0]) | u16::from(two[1]) << 8)
        .take_while(|u| *u != 0)
        .collect();
    let start = numbers(raw.get(116..120)?).first().copied()?;
    let halves = numbers(raw.get(120..128)?);
    let (low, high) = (u64::from(*halves.first()?), u64::from(*halves.get(1)?));
    Some((
        String::from_utf16_lossy(&name).to_lowercase(),
        start,
        if sector == 512 { low } else { low | high << 32 },
    ))
}

impl Container<'_> {
    fn sectors(&self) -> usize {
        self.file.len() / self.sector + 1
    }

    /// A sector; the last one of the file may be short.
    fn at(&self, n: u32) -> Result<&[u8]> {
        self.piece((n as usize + 1).saturating_mul(self.sector))
    }

    fn piece(&self, from: usize) -> Result<&[u8]> {
        let rest = self.file.get(from..).ok_or_else(|| damaged("途中で切れています", "it is cut off"))?;
        Ok(rest.get(..self.sector).unwrap_or(rest))
    }

    fn chain(&self, start: u32) -> Result<Vec<u8>> {
        self.walk(start, |n| self.at(n))
    }

    /// Where the sectors of a chain stand in the file, and their lengths.
    fn places(&self, start: u32) -> Result<Vec<(usize, usize)>> {
        let (mut out, mut n) = (Vec::new(), start);
        for _ in 0..=self.sectors() {
            if n >= MARKS {
                return Ok(out);
            }
            out.push(((n as usize + 1).saturating_mul(self.sector), self.at(n)?.len()));
            n = self.table.get(n as usize).copied().unwrap_or(MARKS);
        }
        Err(circle())
    }

    /// The small sectors begin at once, without a header before them.
    fn small_chain(&self, start: u32) -> Result<Vec<u8>> {
        self.walk(start, |n| self.piece((n as usize).saturating_mul(self.sector)))
    }

    fn walk<'a>(&self, mut n: u32, sector: impl Fn(u32) -> Result<&'a [u8]>) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        for _ in 0..=self.sectors() {
            if n >= MARKS {
                return Ok(out);
            }
            out.extend_from_slice(sector(n)?);
            n = self
                .table
                .get(n as usize)
                .copied()
                .ok_or_else(|| damaged("セクターの番号が合いません", "a sector's number does not fit"))?;
        }
        Err(circle())
    }
}

/// The sheets of a stream: what they claim to span, and what their cells span.
fn records(stream: &[u8]) -> Result<()> {
    let mut begins = Vec::new();
    for (kind, body) in walk(stream) {
        match kind {
            0x0085 => begins.extend(numbers(body.get(..4).unwrap_or_default())),
            0x000A => break,
            _ => {}
        }
    }
    let mut all = 0;
    for begin in begins {
        let sheet = stream
            .get(begin as usize..)
            .ok_or_else(|| damaged("シートの位置が合いません", "the place of a sheet does not fit"))?;
        let (mut rows, mut columns) = ((u64::MAX, 0), (u64::MAX, 0));
        let mut depth = 0;
        for (kind, body) in walk(sheet) {
            let u16_at =
                |at: usize| body.get(at..at + 2).map_or(0, |two| u64::from(two[0]) | u64::from(two[1]) << 8);
            match kind {
                0x0809 => depth += 1,
                // The sheet's end, unless a chart inside it ends.
                0x000A if depth <= 1 => break,
                0x000A => depth -= 1,
                0x0200 => {
                    let (first, last, column) =
                        match numbers(body.get(..8).filter(|_| body.len() > 10).unwrap_or_default())
                            .as_slice()
                        {
                            [first, last] => (u64::from(*first), u64::from(*last), u16_at(10)),
                            _ => (u16_at(0), u16_at(2), u16_at(6)),
                        };
                    if last > MOST_ROWS || first > last.max(1) || column > MOST_COLUMNS {
                        return Err(too_large());
                    }
                }
                0x0006 | 0x0203..=0x0205 | 0x00BD | 0x00D6 | 0x00FD | 0x027E => {
                    let last = if kind == 0x00BD { u16_at(body.len().saturating_sub(2)) } else { u16_at(2) };
                    rows = (rows.0.min(u16_at(0)), rows.1.max(u16_at(0)));
                    columns = (columns.0.min(u16_at(2)), columns.1.max(last));
                }
                _ => {}
            }
        }
        let span = |ends: (u64, u64)| (ends.1 + 1).saturating_sub(ends.0);
        all += span(rows).saturating_mul(span(columns));
        if all > MOST_CELLS {
            return Err(too_large());
        }
    }
    Ok(())
}

/// The records of a stream, to its end or the first that is cut off.
pub(super) fn walk(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    walk_at(stream).map(|(_, kind, body)| (kind, body))
}

/// As [`walk`], with the place of each record's body.
fn walk_at(stream: &[u8]) -> impl Iterator<Item = (usize, u16, &[u8])> {
    let mut rest = Bytes::new(stream, true);
    let mut at = 0;
    std::iter::from_fn(move || {
        let (kind, length) = (rest.u16().ok()?, rest.u16().ok()?);
        let body = rest.take(usize::from(length)).ok()?;
        at += 4 + body.len();
        Some((at - body.len(), kind, body))
    })
}

fn too_large() -> Error {
    Error::msg(
        Code::RawTooLarge,
        format!(
            "シートの広さが旧形式のExcelの限度（{MOST_ROWS}行×{MOST_COLUMNS}列）を超えています。安全のため\
             読みません"
        ),
        format!(
            "a sheet spans more than an old Excel workbook can ({MOST_ROWS} rows × {MOST_COLUMNS} \
             columns); not read, for safety"
        ),
    )
}
