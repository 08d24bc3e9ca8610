//! A cube straight from a file: scanned chunks → counts, without holding the rows.

use std::collections::BTreeMap;

use super::cube::Cube;
use super::tally::Tally;
use crate::raw::scan::{BLANK, Chunk, Consumer, HandOver, Kind, Plain, Scanned, TEXT_KEY, Value};

/// More crossings than this are no summary: the rows are few beside them.
const MOST_SLOTS: usize = 1 << 17;

/// The columns of a stratified sample, by their position in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamColumns {
    /// Stratum; one for all without. It may be a classification too.
    pub key: Option<usize>,
    /// Weight, one for all rows of a stratum.
    pub weight: Option<usize>,
    /// Population size or sampling fraction, one for all rows of a stratum.
    pub size: Option<usize>,
    /// Classifications.
    pub cells: Vec<usize>,
    /// Answers; a column may be a classification too.
    pub measures: Vec<usize>,
}

impl StreamColumns {
    /// Positions of the columns that are read as codes: the classifications, then what else is measured.
    fn codes(&self) -> Vec<usize> {
        let mut out: Vec<usize> = Vec::new();
        for at in self.cells.iter().chain(&self.measures) {
            if !out.contains(at) {
                out.push(*at);
            }
        }
        out
    }
}

/// What the rows of a key have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamedKey {
    /// The cell's text.
    pub text: Option<String>,
    /// Rows.
    pub rows: u64,
    /// Their weight.
    pub weight: Option<f64>,
    /// Their population size or sampling fraction.
    pub size: Option<f64>,
}

/// A value of a classification or measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamedValue {
    /// The cell's text; blank for the blank cell.
    pub text: String,
    /// The first row that holds it, from 0.
    pub first: u64,
    /// Rows that hold it.
    pub rows: u64,
}

/// What a file adds up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Streamed {
    /// Rows of the file.
    pub rows: u64,
    /// The keys, in the order in which they first occur.
    pub keys: Vec<StreamedKey>,
    /// The values of each classification and of each measure, in the order in which they first occur.
    pub cell_values: Vec<Vec<StreamedValue>>,
    /// As for the classifications.
    pub measure_values: Vec<Vec<StreamedValue>>,
    /// The cells that occur: of each classification the index of its value.
    pub cells: Vec<Vec<u32>>,
    /// Crossings that occur: key, cell, rows.
    slots: Vec<(u32, u32, u64)>,
    /// Of each measure, codes a slot and counts; a code is the index of a value.
    measures: Vec<(usize, Vec<u64>)>,
}

impl Streamed {
    /// The sums, once it is known what each key's weight is.
    pub fn cube(&self, weight_of_key: Vec<f64>) -> Option<Cube> {
        Cube::from_counts(weight_of_key, self.cells.len(), self.slots.clone(), self.measures.clone())
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
/// let [one, zero] = &streamed.measure_values[0][..] else { panic!() };
/// assert_eq!((one.text.as_str(), one.first, one.rows, zero.rows), ("1", 0, 2, 1));
/// // District 2, age 1, answer 1: one row of the weight 4.
/// let totals = streamed.cube(vec![2.5, 4.0]).unwrap().totals();
/// assert_eq!(totals.w(0, 1, 1), [4.0, 0.0]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Anything that this quick way does not do: weights or sizes that differ within a stratum, a weight that is not above 0,
/// too many crossings, a column in two parts, a file that is not plain.
pub fn stream(file: &Plain, columns: &StreamColumns) -> Result<Streamed, HandOver> {
    let codes = columns.codes();
    let mut wanted: Vec<(usize, Kind)> = codes.iter().map(|at| (*at, Kind::Code)).collect();
    wanted.extend(columns.key.filter(|at| !codes.contains(at)).map(|at| (at, Kind::Key)));
    wanted.extend(columns.weight.iter().chain(&columns.size).map(|at| (*at, Kind::Number)));
    // A key has 32 bits of the crossing's number, a classification eight.
    if columns.cells.len() > 12 {
        return Err(HandOver("classifications"));
    }
    let place = |at: &usize| codes.iter().position(|c| c == at).unwrap_or(0);
    let places = Places {
        key: columns.key.map(|at| codes.iter().position(|c| *c == at).map_or(KeyPlace::Keys, KeyPlace::Codes)),
        measures: columns.measures.iter().map(place).collect(),
    };
    let scanned = file.scan(&wanted, || Stream::new(columns, &places))?;
    merged(scanned, columns, &places)
}

/// Where the scanned columns are.
struct Places {
    key: Option<KeyPlace>,
    /// Which column of codes each measure is.
    measures: Vec<usize>,
}

/// A stratum is a key, or a code where it is a classification too.
#[derive(Clone, Copy)]
enum KeyPlace {
    Keys,
    Codes(usize),
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
    places: &'a Places,
    facts: BTreeMap<u32, Facts>,
    crossings: Crossings,
    /// Weight and size of each slot.
    of_slot: Vec<(f64, f64)>,
    tally: Tally,
    slots: Vec<u32>,
}

impl<'a> Stream<'a> {
    fn new(columns: &'a StreamColumns, places: &'a Places) -> Self {
        Self {
            columns,
            places,
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
        let made: Vec<u32> = match self.places.key {
            Some(KeyPlace::Keys) => Vec::new(),
            Some(KeyPlace::Codes(at)) => chunk.codes(at).iter().copied().map(u32::from).collect(),
            None => vec![0; rows],
        };
        if matches!(self.places.key, Some(KeyPlace::Codes(_))) && made.contains(&u32::from(BLANK)) {
            return Err(HandOver("key"));
        }
        let keys = if matches!(self.places.key, Some(KeyPlace::Keys)) { chunk.keys(0) } else { &made };
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
        let measures = self.places.measures.iter().map(|at| chunk.codes(*at));
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
fn merged(scanned: Scanned<Stream<'_>>, columns: &StreamColumns, Places { key: key_place, measures }: &Places) -> Result<Streamed, HandOver> {
    let Scanned { consumers: parts, values, keys: key_texts } = scanned;
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
    // Codes as threads happened to number them → values in the order of the file.
    let of_code: Vec<[u8; 256]> = values.iter().map(|values| index_of_code(values)).collect();
    let depth = columns.cells.len();
    let shift = 8 * depth;
    let code = |crossing: u128, at: usize| (crossing >> (8 * (depth - 1 - at))) as u8;
    let cell_part = |crossing: u128| (0..depth).fold(0, |cell, at| cell << 8 | u128::from(of_code[at][code(crossing, at) as usize]));
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
    let counted = measures.iter().enumerate().map(|(measure, column)| {
        let codes = values[*column].len();
        let mut counts = vec![0; slots.len() * codes];
        for (at, places) in slots.values().enumerate() {
            for (part, slot) in places {
                for (code, n) in parts[*part].tally.counts(measure, *slot).iter().enumerate().filter(|(_, n)| **n > 0) {
                    counts[at * codes + of_code[*column][code] as usize] += u64::from(*n);
                }
            }
        }
        (codes, counts)
    });
    let counted: Vec<(usize, Vec<u64>)> = counted.collect();
    let slots: Vec<(u32, u32, u64)> = slots.iter().map(|((key, cell), places)| (*key, *cell, rows_of(places))).collect();
    let text = |code: u32| match (key_place, code.checked_sub(TEXT_KEY)) {
        (Some(KeyPlace::Codes(column)), _) => values[*column].iter().find(|v| u32::from(v.code) == code).map(|v| v.text.clone()).unwrap_or_default(),
        (_, Some(at)) => key_texts.first().and_then(|texts| texts.get(at as usize)).cloned().unwrap_or_default(),
        (_, None) => code.to_string(),
    };
    let key = |(code, f): &(u32, Facts)| StreamedKey {
        text: columns.key.map(|_| text(*code)),
        rows: 0,
        weight: columns.weight.map(|_| f.weight),
        size: columns.size.map(|_| f.size),
    };
    let mut keys: Vec<StreamedKey> = order.iter().map(key).collect();
    slots.iter().for_each(|(key, _, n)| keys[*key as usize].rows += n);
    let cells: Vec<Vec<u32>> = cells.iter().map(|cell| (0..depth).map(|at| u32::from(code(*cell, at))).collect()).collect();
    let streamed = |column: usize| -> Vec<StreamedValue> {
        values[column].iter().map(|v| StreamedValue { text: v.text.clone(), first: v.row, rows: 0 }).collect()
    };
    let mut cell_values: Vec<Vec<StreamedValue>> = (0..depth).map(streamed).collect();
    for (_, cell, n) in &slots {
        cell_values.iter_mut().zip(&cells[*cell as usize]).for_each(|(values, at)| values[*at as usize].rows += n);
    }
    let mut measure_values: Vec<Vec<StreamedValue>> = measures.iter().map(|column| streamed(*column)).collect();
    for (values, (codes, counts)) in measure_values.iter_mut().zip(&counted) {
        counts.iter().enumerate().for_each(|(at, n)| values[at % codes].rows += n);
    }
    Ok(Streamed { rows: parts.iter().map(|p| p.tally.rows()).sum(), keys, cell_values, measure_values, cells, slots, measures: counted })
}

/// The place of each code among the values of its column.
fn index_of_code(values: &[Value]) -> [u8; 256] {
    let mut out = [0; 256];
    values.iter().zip(0..).for_each(|(value, at)| out[value.code as usize] = at);
    out
}
