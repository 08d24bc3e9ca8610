//! From lines to typed columns.

use std::ops::Range;

use super::cell::{Cells, Looks, ends, key, looks, number, read_codes, skip};
use super::lexicon::{Local, Shared};
use super::number::{KEYS, Numbers};
use super::seen::Seen;
use super::{BLANK, HandOver, Kind};

/// Zero bytes after the last line, so that eight bytes can be looked at anywhere.
pub(super) const PADDING: usize = 32;

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
    of_codes: Vec<Local>,
    of_keys: Vec<Local>,
    pub(super) seen: Vec<Seen>,
    text: Vec<u8>,
}

impl Chunk {
    /// An empty chunk of this many columns of codes, keys and numbers.
    pub(super) fn new(codes: usize, keys: usize, numbers: usize) -> Self {
        Self {
            first_byte: 0,
            rows: 0,
            stride: 0,
            codes: Vec::new(),
            keys: vec![Vec::new(); keys],
            numbers: vec![Vec::new(); numbers],
            cache: Numbers::new(numbers),
            of_codes: (0..codes).map(|_| Local::new()).collect(),
            of_keys: (0..keys).map(|_| Local::new()).collect(),
            seen: (0..codes).map(|_| Seen::new()).collect(),
            text: Vec::new(),
        }
    }

    /// Holds these rows of columns instead, which stand at `position` in the file.
    pub(super) fn hold(&mut self, position: u64, rows: Range<usize>, codes: &[Vec<u8>], keys: &[Vec<u32>], numbers: &[Vec<f64>]) {
        (self.first_byte, self.rows, self.stride) = (position, rows.len(), stride(rows.len()));
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

    /// Notes which values the chunk brings.
    pub(super) fn note(&mut self) {
        for (column, seen) in self.seen.iter_mut().enumerate() {
            let range = column * self.stride..column * self.stride + self.rows;
            seen.look(self.first_byte, self.codes.get(range).unwrap_or_default());
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

    /// The `column`th column of codes: 0 for a blank cell, 1 + d for the digit d, and a number for every other text. What
    /// they mean [`super::Scanned::values`] says at the end.
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
    /// The texts of the columns of codes, as the file has them, and of the keys, as they were asked for.
    pub(super) of_codes: Vec<Shared>,
    pub(super) of_keys: Vec<Shared>,
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
        let [_, keys, numbers] = counts;
        let of_codes = codes.iter().map(|_| Shared::new(super::MOST_VALUES)).collect();
        let of_keys = (0..keys).map(|_| Shared::new(super::TEXT_KEY)).collect();
        Ok(Self { steps, width, codes, keys, numbers, of_codes, of_keys })
    }

    /// The columns of codes as the file has them → as they were asked for.
    pub(super) fn order(&self) -> &[usize] {
        &self.codes
    }

    /// An empty chunk.
    pub(super) fn chunk(&self) -> Chunk {
        Chunk::new(self.codes.len(), self.keys, self.numbers)
    }

    /// Reads the lines of `buffer[lines]`, each ended by a line feed.
    pub(super) fn read(&self, buffer: &[u8], lines: Range<usize>, out: &mut Chunk) -> Result<(), HandOver> {
        match looks(buffer.get(lines.clone()).unwrap_or_default())? {
            Looks::Plain => self.rows::<false>(buffer, lines, out),
            Looks::Quoted => self.rows::<true>(buffer, lines, out),
        }
    }

    fn rows<const QUOTED: bool>(&self, buffer: &[u8], lines: Range<usize>, out: &mut Chunk) -> Result<(), HandOver> {
        // A row has at least its commas and its line feed.
        out.stride = stride(lines.len() / self.width + 1);
        out.codes.resize(out.stride * self.codes.len(), 0);
        out.keys.iter_mut().for_each(Vec::clear);
        out.numbers.iter_mut().for_each(Vec::clear);
        let columns: Vec<usize> = self.codes.iter().map(|at| at * out.stride).collect();
        let (mut at, mut row, mut beside) = (lines.start, 0, 0);
        let last = self.steps.len() - 1;
        while at < lines.end {
            let begin = at;
            for (step_at, step) in self.steps.iter().enumerate() {
                let last = step_at == last;
                at = match *step {
                    Step::Skip(cells) => {
                        for _ in 1..cells {
                            at = ends(buffer, skip::<QUOTED>(buffer, at)?, false)?;
                        }
                        ends(buffer, skip::<QUOTED>(buffer, at)?, last)?
                    }
                    Step::Codes(first, cells) => {
                        let columns = columns.get(first..first + cells).unwrap_or_default();
                        let mut cells = Cells {
                            locals: out.of_codes.get_mut(first..first + cells).unwrap_or_default(),
                            shared: self.of_codes.get(first..first + cells).unwrap_or_default(),
                            text: &mut out.text,
                        };
                        read_codes::<QUOTED>(buffer, at, last, columns, row, &mut out.codes, &mut cells)?
                    }
                    Step::Key(column) => {
                        let (local, shared) = (&mut out.of_keys[column], &self.of_keys[column]);
                        let (end, key) = key::<QUOTED>(buffer, at, local, shared, &mut out.text)?;
                        out.keys[column].push(key);
                        beside = key as usize % KEYS;
                        ends(buffer, end, last)?
                    }
                    Step::Number(column) => {
                        let (end, value) = number::<QUOTED>(buffer, at, &mut out.cache, column * KEYS + beside)?;
                        out.numbers[column].push(value);
                        ends(buffer, end, last)?
                    }
                };
            }
            // A line of commas only may be one of the empty rows at the end, which are no rows.
            let line = buffer.get(begin..at).unwrap_or_default();
            if matches!(line.first(), Some(b',' | b'"')) && line.iter().all(|b| matches!(b, b',' | b'"' | b'\r' | b'\n')) {
                return Err(HandOver("empty row"));
            }
            row += 1;
        }
        out.rows = row;
        Ok(())
    }
}
