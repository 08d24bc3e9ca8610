//! From lines to typed columns.

use std::ops::Range;

use super::number::Numbers;
use super::{HandOver, Kind};

/// Zero bytes after the last line, so that eight bytes can be looked at anywhere.
pub(super) const PADDING: usize = 32;

/// The code of a blank cell; the code c of the file is c + 1.
pub const BLANK: u8 = 0;

/// The largest code of the file.
pub(super) const LARGEST_CODE: u8 = 253;

/// Rows of the wanted columns, by kind, in the order in which they were asked for.
#[derive(Debug)]
pub struct Chunk {
    /// Where the chunk begins in the file: chunks of one thread come in ascending order.
    pub(super) first_byte: u64,
    rows: usize,
    stride: usize,
    codes: Vec<u8>,
    keys: Vec<Vec<u32>>,
    numbers: Vec<Vec<f64>>,
    cache: Numbers,
}

impl Chunk {
    /// An empty chunk of this many columns of numbers and keys.
    pub(super) fn of(keys: usize, numbers: usize) -> Self {
        Self {
            first_byte: 0,
            rows: 0,
            stride: 0,
            codes: Vec::new(),
            keys: vec![Vec::new(); keys],
            numbers: vec![Vec::new(); numbers],
            cache: Numbers::new(),
        }
    }

    pub(super) fn new(program: &Program) -> Self {
        Self::of(program.keys, program.numbers)
    }

    /// Holds these rows of columns instead, which stand at `position` in the file.
    pub(super) fn hold(&mut self, position: u64, rows: Range<usize>, codes: &[Vec<u8>], keys: &[Vec<u32>], numbers: &[Vec<f64>]) {
        (self.first_byte, self.rows) = (position, rows.len());
        self.stride = stride(self.rows);
        self.codes.resize(self.stride * codes.len(), BLANK);
        for (held, column) in self.codes.chunks_exact_mut(self.stride).zip(codes) {
            held[..rows.len()].copy_from_slice(&column[rows.clone()]);
        }
        for (held, column) in self.keys.iter_mut().zip(keys) {
            held.clear();
            held.extend_from_slice(&column[rows.clone()]);
        }
        for (held, column) in self.numbers.iter_mut().zip(numbers) {
            held.clear();
            held.extend_from_slice(&column[rows.clone()]);
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Where in the file the chunk lies: ascending, and the same on every run.
    pub fn position(&self) -> u64 {
        self.first_byte
    }

    /// The `column`th column of codes: [`BLANK`], or 1 + the code.
    pub fn codes(&self, column: usize) -> &[u8] {
        self.codes.get(column * self.stride..column * self.stride + self.rows).unwrap_or_default()
    }

    /// The `column`th column of keys.
    pub fn keys(&self, column: usize) -> &[u32] {
        self.keys.get(column).map_or(&[], Vec::as_slice)
    }

    /// The `column`th column of numbers, NaN where blank.
    pub fn numbers(&self, column: usize) -> &[f64] {
        self.numbers.get(column).map_or(&[], Vec::as_slice)
    }
}

/// Columns lie apart by an odd number of cache lines.
fn stride(rows: usize) -> usize {
    ((rows / 64 + 1) | 1) * 64
}

/// What to do with the cells of a line, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Cells that nobody wants.
    Skip(usize),
    /// Neighbouring columns of codes: the first one's number, and how many.
    Codes(usize, usize),
    Key(usize),
    Number(usize),
}

/// How to read a line.
#[derive(Debug)]
pub(super) struct Program {
    steps: Vec<Step>,
    width: usize,
    /// Place of each column of codes as the file has them → as they were asked for.
    codes: Vec<usize>,
    keys: usize,
    numbers: usize,
}

impl Program {
    /// # Errors
    /// Columns that are asked for twice, or lie beyond the last.
    pub(super) fn new(wanted: &[(usize, Kind)], width: usize) -> Result<Self, HandOver> {
        let mut kinds: Vec<Option<(Kind, usize)>> = vec![None; width];
        let mut counts = [0_usize; 3];
        for (position, kind) in wanted {
            let count = &mut counts[*kind as usize];
            let slot = kinds.get_mut(*position).filter(|k| k.is_none()).ok_or(HandOver("columns"))?;
            *slot = Some((*kind, *count));
            *count += 1;
        }
        let (mut steps, mut codes): (Vec<Step>, Vec<usize>) = (Vec::new(), Vec::new());
        for kind in kinds {
            match (kind, steps.last_mut()) {
                (None, Some(Step::Skip(n))) => *n += 1,
                (None, _) => steps.push(Step::Skip(1)),
                (Some((Kind::Code, at)), last) => {
                    match last {
                        Some(Step::Codes(_, n)) => *n += 1,
                        _ => steps.push(Step::Codes(codes.len(), 1)),
                    }
                    codes.push(at);
                }
                (Some((Kind::Key, at)), _) => steps.push(Step::Key(at)),
                (Some((Kind::Number, at)), _) => steps.push(Step::Number(at)),
            }
        }
        Ok(Self { steps, width, codes, keys: counts[Kind::Key as usize], numbers: counts[Kind::Number as usize] })
    }

    /// Reads the lines of `buffer[lines]`, each ended by a line feed.
    pub(super) fn read(&self, buffer: &[u8], lines: Range<usize>, out: &mut Chunk) -> Result<(), HandOver> {
        let body = buffer.get(lines.clone()).unwrap_or_default();
        plain(body)?;
        // A row has at least its commas and its line feed.
        out.stride = stride(body.len() / self.width + 1);
        out.codes.resize(out.stride * self.codes.len(), 0);
        out.keys.iter_mut().for_each(Vec::clear);
        out.numbers.iter_mut().for_each(Vec::clear);
        let columns: Vec<usize> = self.codes.iter().map(|at| at * out.stride).collect();
        let (mut at, mut row) = (lines.start, 0);
        let last = self.steps.len() - 1;
        while at < lines.end {
            let begin = at;
            for (step_at, step) in self.steps.iter().enumerate() {
                let last = step_at == last;
                at = match *step {
                    Step::Skip(cells) => {
                        for _ in 1..cells {
                            at = ends(buffer, skip(buffer, at), false)?;
                        }
                        ends(buffer, skip(buffer, at), last)?
                    }
                    Step::Codes(first, cells) => {
                        let columns = columns.get(first..first + cells).unwrap_or_default();
                        read_codes(buffer, at, last, columns, row, &mut out.codes)?
                    }
                    Step::Key(column) => {
                        let (end, key) = key(buffer, at)?;
                        out.keys[column].push(key);
                        ends(buffer, end, last)?
                    }
                    Step::Number(column) => {
                        let end = end_of_number(buffer, at);
                        let value = if end == at { f64::NAN } else { out.cache.read(buffer, at, end - at)? };
                        out.numbers[column].push(value);
                        ends(buffer, end, last)?
                    }
                };
            }
            // A line of commas only may be one of the empty rows at the end, which are no rows.
            if at - begin <= self.width + 1 && buffer.get(begin..begin + self.width - 1).is_some_and(|l| l.iter().all(|b| *b == b',')) {
                return Err(HandOver("empty row"));
            }
            row += 1;
        }
        out.rows = row;
        Ok(())
    }
}

/// Printable ASCII and line ends only, and no quotes.
fn plain(bytes: &[u8]) -> Result<(), HandOver> {
    let strange = |b: u8| (b.wrapping_sub(0x20) > 0x5E) & (b != b'\n') & (b != b'\r') | (b == b'"');
    let clean = bytes.chunks(4096).all(|chunk| !chunk.iter().fold(false, |any, b| any | strange(*b)));
    if clean { Ok(()) } else { Err(HandOver("text")) }
}

/// Past the end of a cell at `at`: a comma, or after the last cell the line's end.
#[inline]
fn ends(buffer: &[u8], at: usize, last: bool) -> Result<usize, HandOver> {
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

/// The first byte at or after `at` that is a comma or a line end.
#[inline]
fn skip(buffer: &[u8], mut at: usize) -> usize {
    while let Some(word) = eight(buffer, at) {
        let comma = word ^ (u64::from(b',') * ONES);
        // ASCII only: a byte below 0x20 loses its high bit, one of 0x20 or above keeps it.
        let found = (comma.wrapping_sub(ONES) & !comma | !((word | HIGH) - 0x20 * ONES)) & HIGH;
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

/// A whole number in its one spelling, and where it ends.
#[inline]
fn key(buffer: &[u8], at: usize) -> Result<(usize, u32), HandOver> {
    let (mut value, mut end) = (0_u32, at);
    while let Some(digit) = buffer.get(end).map(|b| b.wrapping_sub(b'0')).filter(|d| *d < 10) {
        if end - at == 9 {
            return Err(HandOver("key"));
        }
        value = value * 10 + u32::from(digit);
        end += 1;
    }
    let zeros = end - at > 1 && buffer.get(at) == Some(&b'0');
    if end == at || zeros { Err(HandOver("key")) } else { Ok((end, value)) }
}

/// One code of any length, and where it ends.
#[inline]
fn code(buffer: &[u8], at: usize) -> Result<(usize, u8), HandOver> {
    match buffer.get(at) {
        Some(b',' | b'\n' | b'\r') => Ok((at, BLANK)),
        _ => {
            let (end, code) = key(buffer, at)?;
            if code <= u32::from(LARGEST_CODE) { Ok((end, code as u8 + 1)) } else { Err(HandOver("code")) }
        }
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

/// Neighbouring codes, each into its column.
#[inline]
fn read_codes(buffer: &[u8], mut at: usize, line_end: bool, columns: &[usize], row: usize, out: &mut [u8]) -> Result<usize, HandOver> {
    let mut fours = columns.chunks_exact(4);
    let mut left = columns.len();
    for columns in &mut fours {
        left -= 4;
        if let Some(values) = four(buffer, at, line_end && left == 0) {
            columns.iter().zip(values).for_each(|(column, value)| out[column + row] = value);
            at += 8;
        } else {
            for (i, column) in columns.iter().enumerate() {
                let (end, value) = code(buffer, at)?;
                out[column + row] = value;
                at = ends(buffer, end, line_end && left == 0 && i == 3)?;
            }
        }
    }
    for (i, column) in fours.remainder().iter().enumerate() {
        let (end, value) = code(buffer, at)?;
        out[column + row] = value;
        at = ends(buffer, end, line_end && i + 1 == left)?;
    }
    Ok(at)
}
