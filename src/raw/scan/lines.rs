//! From lines to typed columns.

use std::ops::Range;

use super::super::sample::Sample;
use super::cell::{Cells, Looks, id, key, looks, number, other, read_codes, skip};
use super::charset::Charset;
use super::kinds::{BLANK, HandOver, Kind};
use super::lexicon::{Local, Shared};
use super::number::{KEYS, Numbers};
use super::pairs::{KnownPairs, Pairs};
use super::seen::{self, Seen};
use super::short::ends;

/// Zero bytes after the last line, so that 33 bytes can be looked at from any cell on.
pub(super) const PADDING: usize = 32;

/// Codes of a row that are looked at together: a row has a multiple of them, the last ones blank.
pub const LANES: usize = 16;

/// Rows of the wanted columns, by kind, in the order in which they were asked for.
///
/// Codes lie row by row, as a line has them and as they are counted: a row of many codes is written, and
/// added to what its slot holds, sixteen codes at a time.
#[derive(Debug)]
pub struct Chunk {
    /// Where the chunk begins in the file: chunks of one thread come in ascending order.
    pub(super) first_byte: u64,
    rows: usize,
    /// Of each column of codes its lane, and how many there are.
    lanes: Vec<usize>,
    stride: usize,
    codes: Vec<u8>,
    keys: Vec<Vec<u32>>,
    numbers: Vec<Vec<f64>>,
    ids: Vec<Vec<u64>>,
    pub(super) samples: Vec<Sample>,
    cache: Numbers,
    of_codes: Vec<Local>,
    of_keys: Vec<Local>,
    of_pairs: Vec<KnownPairs>,
    pub(super) seen: Vec<Seen>,
    text: Vec<u8>,
}

impl Chunk {
    /// An empty chunk of this many columns of keys and numbers, columns of codes that lie in these lanes, and
    /// pairs of them.
    pub(super) fn new(mut lanes: Vec<usize>, keys: usize, numbers: usize, pairs: &[Pairs]) -> Self {
        let lane = |column: usize| lanes.get(column).copied().unwrap_or(0);
        let columns = lanes.len();
        let of_pairs = (columns..).zip(pairs).map(|(out, pairs)| (lane(pairs.of.0), lane(pairs.of.1), out));
        let of_pairs: Vec<KnownPairs> = of_pairs.map(KnownPairs::new).collect();
        lanes.extend(columns..columns + pairs.len());
        Self {
            first_byte: 0,
            rows: 0,
            stride: lanes.len().max(1).next_multiple_of(LANES),
            codes: Vec::new(),
            keys: vec![Vec::new(); keys],
            numbers: vec![Vec::new(); numbers],
            ids: Vec::new(),
            samples: Vec::new(),
            cache: Numbers::new(numbers),
            of_codes: lanes.iter().map(|_| Local::new()).collect(),
            of_keys: (0..keys).map(|_| Local::new()).collect(),
            of_pairs,
            seen: lanes.iter().map(|_| Seen::new()).collect(),
            text: Vec::new(),
            lanes,
        }
    }

    /// Holds these rows of columns instead, which stand at `position` in the file.
    pub(super) fn hold(
        &mut self,
        position: u64,
        rows: Range<usize>,
        codes: &[Vec<u8>],
        keys: &[Vec<u32>],
        numbers: &[Vec<f64>],
    ) {
        (self.first_byte, self.rows) = (position, rows.len());
        self.codes.resize(self.stride * rows.len(), BLANK);
        for (lane, column) in self.lanes.iter().zip(codes) {
            let held = self.codes.iter_mut().skip(*lane).step_by(self.stride);
            held.zip(&column[rows.clone()]).for_each(|(held, code)| *held = *code);
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

    /// Sets the codes of the pairs.
    ///
    /// # Errors
    /// Too many of them.
    pub(super) fn set_pairs(&mut self, pairs: &[Pairs]) -> Result<(), HandOver> {
        let codes = self.codes.get_mut(..self.rows * self.stride).unwrap_or_default();
        self.of_pairs
            .iter_mut()
            .zip(pairs)
            .try_for_each(|(known, pairs)| known.set(pairs, codes, self.stride))
    }

    /// Notes which values the chunk brings.
    pub(super) fn note(&mut self) {
        let ranges = self.ranges();
        for (lane, seen) in self.lanes.iter().zip(&mut self.seen) {
            let codes = self.codes.iter().skip(*lane).step_by(self.stride).copied().take(self.rows);
            seen.look(self.first_byte, ranges[*lane], codes);
        }
    }

    /// The codes of each lane, from the least to the greatest.
    fn ranges(&self) -> Vec<seen::Range> {
        let mut ranges = Vec::with_capacity(self.stride);
        for group in 0..self.stride / LANES {
            let (mut least, mut least_above, mut most) = ([u8::MAX; LANES], [u8::MAX; LANES], [0; LANES]);
            for row in self.rows_of_codes() {
                let codes = &row.as_chunks::<LANES>().0[group];
                for (lane, code) in codes.iter().enumerate() {
                    least[lane] = least[lane].min(*code);
                    // A blank is the greatest here, so that it hides no code.
                    least_above[lane] = least_above[lane].min(code.wrapping_sub(1));
                    most[lane] = most[lane].max(*code);
                }
            }
            ranges.extend((0..LANES).map(|lane| seen::Range {
                blank: least[lane] == BLANK,
                least: least_above[lane].saturating_add(1),
                most: most[lane],
            }));
        }
        ranges
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Where in the file the chunk lies: ascending, and the same on every run.
    pub fn position(&self) -> u64 {
        self.first_byte
    }

    /// The `column`th column of codes: 0 for a blank cell, 1 + d for the digit d, and a number for every
    /// other text. What they mean [`super::Scanned::values`] says at the end.
    pub fn codes(&self, column: usize) -> impl Iterator<Item = u8> {
        let lane = self.lane(column);
        self.rows_of_codes().filter_map(move |row| row.get(lane).copied())
    }

    /// The codes of each row, in lanes.
    pub fn rows_of_codes(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.codes.chunks_exact(self.stride).take(self.rows)
    }

    /// Codes of a row, the last ones of which may be blank: a multiple of [`LANES`].
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Where in a row the `column`th column of codes lies.
    pub fn lane(&self, column: usize) -> usize {
        self.lanes.get(column).copied().unwrap_or(0)
    }

    /// The codes that this thread has met so far in the `column`th column of codes.
    pub fn met(&self, column: usize) -> impl Iterator<Item = u8> {
        self.seen.get(column).map_or(&[][..], Seen::firsts).iter().map(|(code, _)| *code)
    }

    /// The `column`th column of keys.
    pub fn keys(&self, column: usize) -> &[u32] {
        self.keys.get(column).and_then(|keys| keys.get(..self.rows)).unwrap_or_default()
    }

    /// The `column`th column of ids: a whole number below 10¹⁸ is itself, any other text a number from 2⁶³
    /// on.
    pub fn ids(&self, column: usize) -> &[u64] {
        self.ids.get(column).and_then(|ids| ids.get(..self.rows)).unwrap_or_default()
    }

    /// The texts of the `column`th column of codes that this thread has met, in the bytes of the file, with
    /// their codes: all but the blank cell and those of one digit.
    pub fn texts(&self, column: usize) -> impl Iterator<Item = (u8, &[u8])> {
        let local = self.of_codes.get(self.lane(column));
        local.into_iter().flat_map(Local::texts).map(|(number, text)| (number as u8, text))
    }

    /// How many texts [`Chunk::texts`] gives.
    pub fn text_count(&self, column: usize) -> usize {
        self.of_codes.get(self.lane(column)).map_or(0, Local::count)
    }

    /// The `column`th column of numbers, NaN where blank.
    pub fn numbers(&self, column: usize) -> &[f64] {
        self.numbers.get(column).and_then(|numbers| numbers.get(..self.rows)).unwrap_or_default()
    }
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
    Id(usize),
    Other(usize),
}

/// How to read a line.
#[derive(Debug)]
pub(super) struct Program {
    steps: Vec<Step>,
    width: usize,
    /// Lanes of the columns of codes: in the order of the file, whatever they were asked in.
    lanes: Vec<usize>,
    keys: usize,
    numbers: usize,
    ids: usize,
    samples: usize,
    /// The texts of the columns of codes, as the file has them, and of the keys, as they were asked for.
    pub(super) of_codes: Vec<Shared>,
    pub(super) of_keys: Vec<Shared>,
}

impl Program {
    /// # Errors
    /// Columns that are asked for twice, or lie beyond the last.
    pub(super) fn new(wanted: &[(usize, Kind)], width: usize) -> Result<Self, HandOver> {
        let mut kinds: Vec<Option<(Kind, usize)>> = vec![None; width];
        let mut counts = [0_usize; 5];
        for (position, kind) in wanted {
            let count = &mut counts[*kind as usize];
            let slot = kinds.get_mut(*position).filter(|k| k.is_none()).ok_or(HandOver::Columns)?;
            *slot = Some((*kind, *count));
            *count += 1;
        }
        let (mut steps, mut lanes): (Vec<Step>, Vec<usize>) =
            (Vec::new(), vec![0; counts[Kind::Code as usize]]);
        let mut next = 0;
        for kind in kinds {
            match (kind, steps.last_mut()) {
                (None, Some(Step::Skip(n))) => *n += 1,
                (None, _) => steps.push(Step::Skip(1)),
                (Some((Kind::Code, at)), last) => {
                    match last {
                        Some(Step::Codes(_, n)) => *n += 1,
                        _ => steps.push(Step::Codes(next, 1)),
                    }
                    lanes[at] = next;
                    next += 1;
                }
                (Some((Kind::Key, at)), _) => steps.push(Step::Key(at)),
                (Some((Kind::Number, at)), _) => steps.push(Step::Number(at)),
                (Some((Kind::Id, at)), _) => steps.push(Step::Id(at)),
                (Some((Kind::Other, at)), _) => steps.push(Step::Other(at)),
            }
        }
        let [_, keys, numbers, ids, samples] = counts;
        let of_codes = lanes.iter().map(|_| Shared::new(super::MOST_VALUES)).collect();
        let of_keys = (0..keys).map(|_| Shared::new(super::TEXT_KEY)).collect();
        Ok(Self { steps, width, lanes, keys, numbers, ids, samples, of_codes, of_keys })
    }

    /// The columns of codes as the file has them → as they were asked for.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order = vec![0; self.lanes.len()];
        self.lanes.iter().enumerate().for_each(|(asked, lane)| order[*lane] = asked);
        order
    }

    /// An empty chunk.
    pub(super) fn chunk(&self, pairs: &[Pairs]) -> Chunk {
        let chunk = Chunk::new(self.lanes.clone(), self.keys, self.numbers, pairs);
        let samples = vec![Sample::default(); self.samples];
        Chunk { ids: vec![Vec::new(); self.ids], samples, ..chunk }
    }

    /// Reads the lines of `buffer[lines]`, each ended by a line feed.
    pub(super) fn read(
        &self,
        buffer: &[u8],
        lines: Range<usize>,
        charset: &Charset,
        out: &mut Chunk,
    ) -> Result<(), HandOver> {
        match looks(buffer.get(lines.clone()).unwrap_or_default(), charset)? {
            Looks::Plain => self.rows::<false>(buffer, lines, charset, out),
            Looks::Quoted => self.rows::<true>(buffer, lines, charset, out),
        }
    }

    fn rows<const QUOTED: bool>(
        &self,
        buffer: &[u8],
        lines: Range<usize>,
        charset: &Charset,
        out: &mut Chunk,
    ) -> Result<(), HandOver> {
        // A row has at least its commas and its line feed.
        let most = lines.len() / self.width + 1;
        if out.codes.len() < most * out.stride {
            out.codes.resize(most * out.stride, BLANK);
        }
        out.keys.iter_mut().for_each(|keys| keys.resize(keys.len().max(most), 0));
        out.numbers.iter_mut().for_each(|numbers| numbers.resize(numbers.len().max(most), f64::NAN));
        out.ids.iter_mut().for_each(|ids| ids.resize(ids.len().max(most), 0));
        let Some((last, steps)) = self.steps.split_last() else { return Err(HandOver::Columns) };
        let after = buffer.len() - lines.end;
        let mut reading = Reading { program: self, charset, row: 0, beside: 0, out };
        let mut rest = buffer.get(lines.start..).unwrap_or_default();
        while rest.len() > after {
            let begin = rest;
            for step in steps {
                rest = reading.step::<QUOTED, false>(*step, rest)?;
            }
            rest = reading.step::<QUOTED, true>(*last, rest)?;
            // A line of commas only may be one of the empty rows at the end, which are no rows.
            let empty = |b: &u8| matches!(b, b',' | b'"' | b'\r' | b'\n');
            if matches!(begin.first(), Some(b',' | b'"'))
                && begin.iter().take(begin.len() - rest.len()).all(empty)
            {
                return Err(HandOver::EmptyRow);
            }
            reading.row += 1;
        }
        out.rows = reading.row;
        Ok(())
    }
}

/// Where the reader is.
struct Reading<'a> {
    program: &'a Program,
    charset: &'a Charset,
    row: usize,
    /// What tells the row's key, if it has come.
    beside: usize,
    out: &'a mut Chunk,
}

impl Reading<'_> {
    /// Reads the cells of a step; gives what comes after them.
    #[inline(always)]
    fn step<'t, const QUOTED: bool, const LAST: bool>(
        &mut self,
        step: Step,
        mut rest: &'t [u8],
    ) -> Result<&'t [u8], HandOver> {
        let out = &mut *self.out;
        match step {
            Step::Skip(cells) => {
                for _ in 1..cells {
                    rest = ends::<false>(rest, skip::<QUOTED>(rest)?)?;
                }
                ends::<LAST>(rest, skip::<QUOTED>(rest)?)
            }
            Step::Codes(first, cells) => {
                let codes = out
                    .codes
                    .get_mut(self.row * out.stride + first..)
                    .and_then(|codes| codes.get_mut(..cells));
                let cells =
                    Cells { locals: &mut out.of_codes, shared: &self.program.of_codes, text: &mut out.text };
                read_codes::<QUOTED, LAST>(rest, first, codes.unwrap_or_default(), cells)
            }
            Step::Key(column) => {
                let (local, shared) = (&mut out.of_keys[column], &self.program.of_keys[column]);
                let (after, key) = key::<QUOTED, LAST>(rest, local, shared, &mut out.text)?;
                out.keys[column][self.row] = key;
                self.beside = key as usize % KEYS;
                Ok(after)
            }
            Step::Id(column) => {
                let (after, id) = id::<QUOTED, LAST>(rest, &mut out.text)?;
                out.ids[column][self.row] = id;
                Ok(after)
            }
            Step::Other(column) => {
                other::<QUOTED, LAST>(rest, &mut out.samples[column], self.charset, &mut out.text)
            }
            Step::Number(column) => {
                let (after, value) =
                    number::<QUOTED, LAST>(rest, &mut out.cache, column * KEYS + self.beside)?;
                out.numbers[column][self.row] = value;
                Ok(after)
            }
        }
    }
}
