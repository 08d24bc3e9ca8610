//! One cell: where it ends, and what it holds.

use std::ops::Range;

use super::lexicon::{Local, Shared, TAKEN};
use super::number::Numbers;
use super::{BLANK, HandOver, TEXT_KEY};

/// What lines are made of.
pub(super) enum Looks {
    /// Printable ASCII and line ends, no quotes.
    Plain,
    /// Quotes, or letters beyond ASCII.
    Quoted,
}

/// # Errors
/// Control characters, bytes that are no UTF-8, and the mark of a failed conversion.
pub(super) fn looks(bytes: &[u8]) -> Result<Looks, HandOver> {
    // All of a byte's bits where it is so.
    let all_bits = |so: bool| u8::from(so).wrapping_neg();
    let (mut quotes, mut all) = (false, 0);
    for block in bytes.chunks(4096) {
        // The least byte that ends no line, and what is 0 where a delete or a quote stands: quick, of all bytes at once.
        let (mut least, mut delete, mut quote) = (u8::MAX, u8::MAX, u8::MAX);
        for byte in block {
            least = least.min(byte | all_bits(*byte == b'\n') | all_bits(*byte == b'\r'));
            (delete, quote) = (delete.min(byte ^ 0x7F), quote.min(byte ^ b'"'));
            all |= byte;
        }
        if least < 0x20 || delete == 0 {
            return Err(HandOver("control character"));
        }
        quotes |= quote == 0;
    }
    if all & 0x80 != 0 {
        let text = std::str::from_utf8(bytes).map_err(|_| HandOver("encoding"))?;
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(HandOver("replacement character"));
        }
    }
    Ok(if quotes || all & 0x80 != 0 { Looks::Quoted } else { Looks::Plain })
}

/// Past the end of a cell at `at`: a comma, or after the last cell the line's end.
#[inline]
pub(super) fn ends(buffer: &[u8], at: usize, last: bool) -> Result<usize, HandOver> {
    match (buffer.get(at), last) {
        (Some(b','), false) | (Some(b'\n'), true) => Ok(at + 1),
        (Some(b'\r'), true) if buffer.get(at + 1) == Some(&b'\n') => Ok(at + 2),
        _ => Err(HandOver("row")),
    }
}

#[inline]
fn eight(buffer: &[u8], at: usize) -> Option<u64> {
    buffer.get(at..at + 8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The first byte at or after `at` that is `mark` or below 0x20: a line end, as other controls do not come here.
#[inline]
fn find(buffer: &[u8], mut at: usize, mark: u8) -> usize {
    while let Some(word) = eight(buffer, at) {
        let same = word ^ (u64::from(mark) * ONES);
        // A byte below 0x20 loses its high bit, one of 0x20 or above keeps it; those beyond ASCII do not count.
        let found = (same.wrapping_sub(ONES) & !same | !((word | HIGH) - 0x20 * ONES) & !word) & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at
}

/// The first byte at or after `at` that is below `-`: what ends a number, or spoils it.
#[inline]
fn end_of_number(buffer: &[u8], mut at: usize) -> usize {
    while let Some(word) = eight(buffer, at) {
        let found = !((word | HIGH) - 0x2D * ONES) & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at
}

/// A cell in quotes that begins at `at`.
struct Quoted {
    inside: Range<usize>,
    /// Whether it holds doubled quotes.
    doubled: bool,
    end: usize,
}

/// # Errors
/// A line break in the cell: where a line begins is not known then.
#[inline]
fn quoted(buffer: &[u8], at: usize) -> Result<Quoted, HandOver> {
    let (mut next, mut doubled) = (at + 1, false);
    loop {
        next = find(buffer, next, b'"');
        match (buffer.get(next), buffer.get(next + 1)) {
            (Some(b'"'), Some(b'"')) => {
                doubled = true;
                next += 2;
            }
            (Some(b'"'), _) => return Ok(Quoted { inside: at + 1..next, doubled, end: next + 1 }),
            _ => return Err(HandOver("line break in a cell")),
        }
    }
}

/// The end of a cell that nobody wants.
#[inline]
pub(super) fn skip<const QUOTED: bool>(buffer: &[u8], at: usize) -> Result<usize, HandOver> {
    if QUOTED && buffer.get(at) == Some(&b'"') {
        return quoted(buffer, at).map(|q| q.end);
    }
    Ok(find(buffer, at, b','))
}

/// The text of any cell, and where it ends; doubled quotes are made single ones in `scratch`.
#[inline]
fn text<'t, const QUOTED: bool>(buffer: &'t [u8], at: usize, scratch: &'t mut Vec<u8>) -> Result<(usize, &'t [u8]), HandOver> {
    if QUOTED && buffer.get(at) == Some(&b'"') {
        let Quoted { inside, doubled, end } = quoted(buffer, at)?;
        let inside = buffer.get(inside).unwrap_or_default();
        if !doubled {
            return Ok((end, inside));
        }
        scratch.clear();
        let mut bytes = inside.iter();
        while let Some(byte) = bytes.next() {
            scratch.push(*byte);
            if *byte == b'"' {
                bytes.next();
            }
        }
        return Ok((end, scratch));
    }
    let end = find(buffer, at, b',');
    Ok((end, buffer.get(at..end).unwrap_or_default()))
}

/// Digits from `at` on: a whole number below 10⁹ in its one spelling, and where it ends.
#[inline]
fn whole(buffer: &[u8], at: usize) -> Option<(usize, u32)> {
    // Up to seven digits at once: all but the digits is shifted out, and neighbours are joined to numbers of two, four, eight.
    let word = eight(buffer, at)?;
    let digits = word ^ (0x30 * ONES);
    // The lowest byte above 9 gets its high bit; those behind it may get any.
    let length = ((digits.wrapping_add(0x76 * ONES) | digits) & HIGH).trailing_zeros() as usize / 8;
    if (1..8).contains(&length) {
        let mut value = digits << (64 - 8 * length);
        value = (value.wrapping_mul(10) + (value >> 8)) & 0x00FF_00FF_00FF_00FF;
        value = (value.wrapping_mul(100) + (value >> 16)) & 0x0000_FFFF_0000_FFFF;
        value = (value.wrapping_mul(10_000) + (value >> 32)) & 0xFFFF_FFFF;
        let zeros = length > 1 && word as u8 == b'0';
        return (!zeros).then_some((at + length, value as u32));
    }
    let (mut value, mut end) = (0_u32, at);
    while let Some(digit) = buffer.get(end).map(|b| b.wrapping_sub(b'0')).filter(|d| *d < 10) {
        if end - at == 9 {
            return None;
        }
        value = value * 10 + u32::from(digit);
        end += 1;
    }
    let zeros = end - at > 1 && buffer.get(at) == Some(&b'0');
    (end > at && !zeros).then_some((end, value))
}

/// A key: a whole number in its one spelling, or [`TEXT_KEY`] and the number of its text.
#[inline]
pub(super) fn key<const QUOTED: bool>(
    buffer: &[u8],
    at: usize,
    local: &mut Local,
    shared: &Shared,
    scratch: &mut Vec<u8>,
) -> Result<(usize, u32), HandOver> {
    let open = usize::from(QUOTED && buffer.get(at) == Some(&b'"'));
    if let Some((end, value)) = whole(buffer, at + open) {
        match buffer.get(end) {
            Some(b',' | b'\n' | b'\r') if open == 0 => return Ok((end, value)),
            Some(b'"') if open == 1 => return Ok((end + 1, value)),
            _ => {}
        }
    }
    let (end, text) = text::<QUOTED>(buffer, at, scratch)?;
    if text.is_empty() {
        return Err(HandOver("key"));
    }
    Ok((end, TEXT_KEY + local.number(text, shared)? - TAKEN))
}

/// A number, NaN where the cell is blank; `place` says beside which key of which column.
#[inline]
pub(super) fn number<const QUOTED: bool>(buffer: &[u8], at: usize, cache: &mut Numbers, place: usize) -> Result<(usize, f64), HandOver> {
    if let Some(known) = cache.again(buffer, at, place) {
        return Ok(known);
    }
    let open = usize::from(QUOTED && buffer.get(at) == Some(&b'"'));
    let end = end_of_number(buffer, at + open);
    let value = match (open, end - at - open) {
        (_, 0) => f64::NAN,
        (0, length) => cache.first(buffer, at, length, place)?,
        (_, length) => cache.read(buffer, at + open, length)?,
    };
    match (open, buffer.get(end)) {
        (0, _) => Ok((end, value)),
        (_, Some(b'"')) => Ok((end + 1, value)),
        _ => Err(HandOver("number")),
    }
}

/// What neighbouring columns of codes know of their values.
pub(super) struct Cells<'a> {
    pub(super) locals: &'a mut [Local],
    pub(super) shared: &'a [Shared],
    pub(super) text: &'a mut Vec<u8>,
}

/// One code, and where it ends.
#[inline]
fn code<const QUOTED: bool>(buffer: &[u8], at: usize, column: usize, cells: &mut Cells<'_>) -> Result<(usize, u8), HandOver> {
    let Some([a, b, c]) = buffer.get(at..at + 3).and_then(|b| <[u8; 3]>::try_from(b).ok()) else { return Err(HandOver("row")) };
    let ends_cell = |byte: u8| matches!(byte, b',' | b'\n' | b'\r');
    if ends_cell(a) {
        return Ok((at, BLANK));
    }
    if a.is_ascii_digit() && ends_cell(b) {
        return Ok((at + 1, a - b'0' + 1));
    }
    let (Some(local), Some(shared)) = (cells.locals.get_mut(column), cells.shared.get(column)) else { return Err(HandOver("columns")) };
    if a.is_ascii_digit() && b.is_ascii_digit() && ends_cell(c) {
        return Ok((at + 2, local.pair([a, b], shared)? as u8));
    }
    let (end, text) = text::<QUOTED>(buffer, at, cells.text)?;
    match text {
        [] => Ok((end, BLANK)),
        [digit] if digit.is_ascii_digit() => Ok((end, digit - b'0' + 1)),
        _ => Ok((end, local.number(text, shared)? as u8)),
    }
}

/// Four cells of one digit each are eight bytes: `1,2,1,2,`. Most are.
#[inline]
fn four(buffer: &[u8], at: usize, line_end: bool) -> Option<[u8; 4]> {
    const COMMAS: u64 = 0x2C00_2C00_2C00_2C00;
    const LINE: u64 = 0x0A00_2C00_2C00_2C00;
    const DIGITS: u64 = 0x0030_0030_0030_0030;
    let word = eight(buffer, at)?;
    let marks = word & 0xFF00_FF00_FF00_FF00;
    let digits = (word & 0x00FF_00FF_00FF_00FF) ^ DIGITS;
    // A digit is 0 to 9 now; adding 6 carries none of them into the high half.
    let good = (digits | (digits + 0x0006_0006_0006_0006)) & 0x00F0_00F0_00F0_00F0 == 0;
    if !good || marks != if line_end { LINE } else { COMMAS } {
        return None;
    }
    let [a, _, b, _, c, _, d, _] = (digits + 0x0001_0001_0001_0001).to_le_bytes();
    Some([a, b, c, d])
}

/// Four cells of a digit or nothing, none of them the last of its line, and where they end: no branch tells what is blank.
#[inline]
fn four_with_gaps(buffer: &[u8], at: usize) -> Option<([u8; 4], usize)> {
    let word = eight(buffer, at)?;
    let (mut shift, mut good, mut codes) = (0_u32, true, [BLANK; 4]);
    for code in &mut codes {
        let (first, second) = ((word >> shift) as u8, (word >> (shift + 8)) as u8);
        let (blank, digit) = (first == b',', first.wrapping_sub(b'0'));
        good &= blank | (digit < 10) & (second == b',');
        *code = if blank { BLANK } else { digit.wrapping_add(1) };
        shift += if blank { 8 } else { 16 };
    }
    good.then_some((codes, at + shift as usize / 8))
}

/// Neighbouring codes, each into its column.
#[inline]
pub(super) fn read_codes<const QUOTED: bool>(
    buffer: &[u8],
    mut at: usize,
    line_end: bool,
    columns: &[usize],
    row: usize,
    out: &mut [u8],
    cells: &mut Cells<'_>,
) -> Result<usize, HandOver> {
    let mut done = 0;
    while done < columns.len() {
        let left = columns.len() - done;
        if left >= 4
            && let Some(values) = four(buffer, at, line_end && left == 4)
        {
            columns[done..done + 4].iter().zip(values).for_each(|(column, value)| out[column + row] = value);
            at += 8;
            done += 4;
            continue;
        }
        if left > 4
            && let Some((values, end)) = four_with_gaps(buffer, at)
        {
            columns[done..done + 4].iter().zip(values).for_each(|(column, value)| out[column + row] = value);
            at = end;
            done += 4;
            continue;
        }
        for column in columns.iter().skip(done).take(4) {
            let (end, value) = code::<QUOTED>(buffer, at, done, cells)?;
            out[column + row] = value;
            done += 1;
            at = ends(buffer, end, line_end && done == columns.len())?;
        }
    }
    Ok(at)
}
