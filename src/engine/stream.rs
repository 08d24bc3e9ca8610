//! A cube straight from a file: scanned chunks → counts, without holding the rows.

use std::collections::BTreeMap;

use super::cube::Cube;
use super::tally::Tally;
use crate::raw::scan::{BLANK, Chunk, Consumer, HandOver, Kind, Plain};

/// More crossings than this are no summary: the rows are few beside them.
const MOST_SLOTS: usize = 1 << 17;

/// The columns of a stratified sample, by their position in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamColumns {
    /// Stratum; one for all without.
    pub key: Option<usize>,
    /// Weight, one for all rows of a stratum.
    pub weight: Option<usize>,
    /// Population size or sampling fraction, one for all rows of a stratum.
    pub size: Option<usize>,
    /// Classifications.
    pub cells: Vec<usize>,
    /// Answers.
    pub measures: Vec<usize>,
}

/// What the rows of a key have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StreamedKey {
    /// The code of the file.
    pub code: Option<u32>,
    /// Rows.
    pub rows: u64,
    /// Their weight.
    pub weight: Option<f64>,
    /// Their population size or sampling fraction.
    pub size: Option<f64>,
}

/// What a file adds up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Streamed {
    /// Rows of the file.
    pub rows: u64,
    /// The keys, in the order in which they first occur.
    pub keys: Vec<StreamedKey>,
    /// The cells that occur: the code of each classification, none where it is blank.
    pub cells: Vec<Vec<Option<u8>>>,
    /// Crossings that occur: key, cell, rows.
    slots: Vec<(u32, u32, u64)>,
    /// Of each measure, codes a slot and counts; code 0 is the blank cell, 1 + c the code c.
    measures: Vec<(usize, Vec<u64>)>,
}

impl Streamed {
    /// The sums, once it is known what each key's weight is.
    pub fn cube(&self, weight_of_key: Vec<f64>) -> Option<Cube> {
        Cube::from_counts(weight_of_key, self.cells.len(), self.slots.clone(), self.measures.clone())
    }

    /// Rows of each code of a measure, the blank cell first.
    pub fn rows_by_code(&self, measure: usize) -> Vec<u64> {
        let Some((codes, counts)) = self.measures.get(measure) else { return Vec::new() };
        (0..*codes).map(|code| counts.iter().skip(code).step_by(*codes).sum()).collect()
    }

    /// Rows of each cell.
    pub fn rows_by_cell(&self) -> Vec<u64> {
        let mut rows = vec![0; self.cells.len()];
        self.slots.iter().for_each(|(_, cell, n)| rows[*cell as usize] += n);
        rows
    }
}

/// Adds up a file.
///
/// ```
/// use shihyo::engine::{StreamColumns, stream};
/// use shihyo::raw::{ReadOptions, scan::Plain};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("survey.csv");
/// std::fs::write(&path, "district,weight,age,q1\n1,2.5,0,1\n1,2.5,1,0\n2,4,1,1\n")?;
/// let file = Plain::look(&path, "survey.csv", &ReadOptions::default()).unwrap();
/// let columns = StreamColumns { key: Some(0), weight: Some(1), size: None, cells: vec![2], measures: vec![3] };
/// let streamed = stream(&file, &columns).unwrap();
/// assert_eq!((streamed.rows, streamed.keys[0].rows, streamed.keys[1].weight), (3, 2, Some(4.0)));
/// assert_eq!(streamed.rows_by_cell(), [1, 2]);
/// assert_eq!(streamed.rows_by_code(0)[..3], [0, 1, 2]); // blank, 0, 1
/// // District 2, age 1, answer 1: one row of the weight 4.
/// let totals = streamed.cube(vec![2.5, 4.0]).unwrap().totals();
/// assert_eq!(totals.w(0, 1, 1)[..3], [0.0, 0.0, 4.0]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Anything that this quick way does not do: weights or sizes that differ within a stratum, a weight that is not above 0,
/// too many crossings, a column in two parts, a file that is not plain.
pub fn stream(file: &Plain, columns: &StreamColumns) -> Result<Streamed, HandOver> {
    let mut wanted: Vec<(usize, Kind)> = columns.cells.iter().chain(&columns.measures).map(|at| (*at, Kind::Code)).collect();
    wanted.extend(columns.key.map(|at| (at, Kind::Key)));
    wanted.extend(columns.weight.iter().chain(&columns.size).map(|at| (*at, Kind::Number)));
    // A key has 32 bits of the crossing's number, a classification eight.
    if columns.cells.len() > 12 {
        return Err(HandOver("classifications"));
    }
    let parts = file.scan(&wanted, || Stream::new(columns))?;
    merged(parts, columns)
}

/// Weight, size, and where they first occur.
#[derive(Debug, Clone, Copy)]
struct Facts {
    first: (u64, usize),
    weight: f64,
    size: f64,
}

impl Facts {
    fn agrees(&self, other: &Self) -> bool {
        self.weight == other.weight && self.size == other.size
    }
}

/// The sums of one thread.
struct Stream<'a> {
    columns: &'a StreamColumns,
    facts: BTreeMap<u32, Facts>,
    crossings: Crossings,
    /// Weight and size of each slot.
    of_slot: Vec<(f64, f64)>,
    tally: Tally,
    slots: Vec<u32>,
}

impl<'a> Stream<'a> {
    fn new(columns: &'a StreamColumns) -> Self {
        Self {
            columns,
            facts: BTreeMap::new(),
            crossings: Crossings::new(),
            of_slot: Vec::new(),
            tally: Tally::new(columns.measures.iter().map(|_| 4)),
            slots: Vec::new(),
        }
    }
}

impl Consumer for Stream<'_> {
    fn take(&mut self, chunk: &Chunk) -> Result<(), HandOver> {
        let rows = chunk.rows();
        let ones = vec![1.0; if self.columns.weight.is_some() && self.columns.size.is_some() { 0 } else { rows }];
        let weights = if self.columns.weight.is_some() { chunk.numbers(0) } else { &ones };
        let sizes = if self.columns.size.is_some() { chunk.numbers(usize::from(self.columns.weight.is_some())) } else { &ones };
        let none = vec![0; if self.columns.key.is_some() { 0 } else { rows }];
        let keys = if self.columns.key.is_some() { chunk.keys(0) } else { &none };
        let cells: Vec<&[u8]> = (0..self.columns.cells.len()).map(|at| chunk.codes(at)).collect();
        self.slots.clear();
        for (row, ((key, weight), size)) in keys.iter().zip(weights).zip(sizes).enumerate() {
            let crossing = cells.iter().fold(u128::from(*key), |crossing, codes| crossing << 8 | u128::from(codes[row]));
            let (slot, new) = self.crossings.number(crossing);
            if new {
                let facts = Facts { first: (chunk.position(), row), weight: *weight, size: *size };
                let known = self.facts.entry(*key).or_insert(facts);
                if !known.agrees(&facts) || self.of_slot.len() >= MOST_SLOTS {
                    return Err(HandOver("crossings"));
                }
                self.of_slot.push((*weight, *size));
            }
            // NaN, a blank cell, is like nothing.
            if self.of_slot[slot as usize] != (*weight, *size) {
                return Err(HandOver("weights"));
            }
            self.slots.push(slot);
        }
        self.tally.grow(self.of_slot.len());
        let measures = (0..self.columns.measures.len()).map(|at| chunk.codes(cells.len() + at));
        if self.tally.add(&self.slots, measures) { Ok(()) } else { Err(HandOver("rows")) }
    }
}

/// Numbers the crossings as they come: open addressing, as this is asked for every row.
struct Crossings {
    /// Slot + 1 of each place, 0 where none is.
    places: Vec<u32>,
    known: Vec<u128>,
}

impl Crossings {
    fn new() -> Self {
        Self { places: vec![0; 1 << 12], known: Vec::new() }
    }

    fn home(&self, crossing: u128) -> usize {
        let folded = (crossing as u64) ^ ((crossing >> 64) as u64).rotate_left(32);
        // As many places as there are, the highest bits of the product choose one.
        (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - self.places.len().trailing_zeros())) as usize
    }

    /// The number of a crossing, and whether it is new.
    #[inline]
    fn number(&mut self, crossing: u128) -> (u32, bool) {
        let mut at = self.home(crossing);
        loop {
            match self.places[at] {
                0 => break,
                slot if self.known[slot as usize - 1] == crossing => return (slot - 1, false),
                _ => at = (at + 1) & (self.places.len() - 1),
            }
        }
        self.known.push(crossing);
        self.places[at] = self.known.len() as u32;
        if self.known.len() * 2 > self.places.len() {
            self.double();
        }
        (self.known.len() as u32 - 1, true)
    }

    fn double(&mut self) {
        self.places = vec![0; self.places.len() * 2];
        for (slot, crossing) in (1_u32..).zip(&self.known) {
            let mut at = self.home(*crossing);
            while self.places[at] != 0 {
                at = (at + 1) & (self.places.len() - 1);
            }
            self.places[at] = slot;
        }
    }
}

/// The sums of all threads as one: counts add up, and all orders come from the file.
fn merged(parts: Vec<Stream<'_>>, columns: &StreamColumns) -> Result<Streamed, HandOver> {
    let mut facts: BTreeMap<u32, Facts> = BTreeMap::new();
    for (key, found) in parts.iter().flat_map(|p| &p.facts) {
        let known = facts.entry(*key).or_insert(*found);
        if !known.agrees(found) {
            return Err(HandOver("weights"));
        }
        known.first = known.first.min(found.first);
    }
    if facts.values().any(|f| !(f.weight > 0.0 && f.weight.is_finite() && f.size.is_finite())) {
        return Err(HandOver("weights"));
    }
    let mut order: Vec<(u32, Facts)> = facts.into_iter().collect();
    order.sort_by_key(|(_, f)| f.first);
    let key_number: BTreeMap<u32, u32> = order.iter().zip(0..).map(|((key, _), at)| (*key, at)).collect();
    let shift = 8 * columns.cells.len();
    let cell_part = |crossing: u128| crossing & !(u128::MAX << shift);
    let mut cells: Vec<u128> = parts.iter().flat_map(|p| &p.crossings.known).map(|c| cell_part(*c)).collect();
    cells.sort_unstable();
    cells.dedup();
    let mut slots: BTreeMap<(u32, u32), Vec<(usize, usize)>> = BTreeMap::new();
    for (part, stream) in parts.iter().enumerate() {
        for (slot, crossing) in stream.crossings.known.iter().enumerate() {
            let key = key_number.get(&((crossing >> shift) as u32)).copied().unwrap_or(0);
            let cell = cells.binary_search(&cell_part(*crossing)).unwrap_or(0) as u32;
            slots.entry((key, cell)).or_default().push((part, slot));
        }
    }
    let rows_of = |places: &Vec<(usize, usize)>| places.iter().map(|(part, slot)| parts[*part].tally.rows_of_slot(*slot)).sum();
    let measures = (0..columns.measures.len()).map(|measure| {
        let codes = parts.iter().map(|p| p.tally.counts(measure, 0).len()).max().unwrap_or(0);
        let mut counts = vec![0; slots.len() * codes];
        for (at, places) in slots.values().enumerate() {
            for (part, slot) in places {
                let found = parts[*part].tally.counts(measure, *slot);
                counts[at * codes..].iter_mut().zip(found).for_each(|(sum, n)| *sum += u64::from(*n));
            }
        }
        (codes, counts)
    });
    let measures = measures.collect();
    let slots: Vec<(u32, u32, u64)> = slots.iter().map(|((key, cell), places)| (*key, *cell, rows_of(places))).collect();
    let mut keys: Vec<StreamedKey> = order
        .iter()
        .map(|(code, f)| StreamedKey {
            code: columns.key.map(|_| *code),
            rows: 0,
            weight: columns.weight.map(|_| f.weight),
            size: columns.size.map(|_| f.size),
        })
        .collect();
    slots.iter().for_each(|(key, _, n)| keys[*key as usize].rows += n);
    let code = |cell: &u128, at: usize| (cell >> (8 * (columns.cells.len() - 1 - at))) as u8;
    let codes = |cell: &u128| (0..columns.cells.len()).map(|at| Some(code(cell, at)).filter(|c| *c != BLANK).map(|c| c - 1)).collect();
    Ok(Streamed { rows: parts.iter().map(|p| p.tally.rows()).sum(), keys, cells: cells.iter().map(codes).collect(), slots, measures })
}
