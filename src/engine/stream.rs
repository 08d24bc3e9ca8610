//! Cubes straight from a file: scanned chunks → counts and sums, without holding the rows.
//!
//! All breakdowns roll up from one crossing of them as long as its tables stay below [`MOST_BYTES`] a thread; beyond, rows
//! are few beside the crossings, and each breakdown has a crossing of its own, made in the same pass. Sums are exact
//! (see [`Cube`]), so that it makes no difference to the results.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::crossings::Crossings;
use super::cube::{Counted, Cube};
use super::exact::{Scale, Weighed, Wide};
use super::tally::{Entry, Tally};
use crate::raw::scan::{BLANK, Chunk, Consumer, HandOver, Kind, Plain, Scanned, TEXT_KEY, Value};

/// Bytes that the tables of a crossing may take in a thread: beyond, they leave the caches that are near.
const MOST_BYTES: usize = 1 << 26;

/// Classifications of one crossing: key and cluster have 64 bits of its number, a classification eight.
const MOST_CLASSIFICATIONS: usize = 8;

/// The weights of a stratum or cluster are not one.
const DIFFER: HandOver = HandOver("weights differ");

/// The tables are too large.
const CROSSINGS: HandOver = HandOver("crossings");

/// The columns of a stratified or clustered sample, by their position in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamColumns {
    /// Stratum; one for all without. It may be a classification too.
    pub key: Option<usize>,
    /// Cluster; without, every row is a unit of its own. It may be a classification too.
    pub cluster: Option<usize>,
    /// Weight.
    pub weight: Option<usize>,
    /// Population size or sampling fraction, one for all rows of a stratum and cluster.
    pub size: Option<usize>,
    /// Classifications.
    pub cells: Vec<usize>,
    /// Of each breakdown the classifications that it needs, by their place among [`StreamColumns::cells`].
    pub breakdowns: Vec<Vec<usize>>,
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

/// A key: a stratum, or with clusters a cluster of a stratum; and what its rows have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamedKey {
    /// The text of the stratum's cell.
    pub text: Option<String>,
    /// The text of the cluster's.
    pub cluster: Option<String>,
    /// Rows.
    pub rows: u64,
    /// Their weight, where it is one in every key.
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

/// One crossing of classifications.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossed {
    /// Which classifications, in the order of [`StreamColumns::cells`].
    pub classifications: Vec<usize>,
    /// The cells that occur: of each of these classifications the index of its value.
    pub cells: Vec<Vec<u32>>,
    /// Crossings that occur: key, cell, rows.
    slots: Vec<(u32, u32, u64)>,
    /// A code is the index of a value.
    measures: Vec<Counted>,
}

impl Crossed {
    /// Rows of each cell.
    pub fn rows_by_cell(&self) -> Vec<u64> {
        let mut rows = vec![0; self.cells.len()];
        self.slots.iter().for_each(|(_, cell, n)| rows[*cell as usize] += n);
        rows
    }
}

/// What a file adds up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Streamed {
    /// Rows of the file.
    pub rows: u64,
    /// The keys, in the order in which they first occur.
    pub keys: Vec<StreamedKey>,
    /// The values of each classification, in the order in which they first occur.
    pub cell_values: Vec<Vec<StreamedValue>>,
    /// As for the classifications.
    pub measure_values: Vec<Vec<StreamedValue>>,
    /// The crossings: one of all classifications, or one a breakdown.
    pub crossed: Vec<Crossed>,
    /// The units of the sums, where weights differ within keys.
    scale: Option<Scale>,
}

impl Streamed {
    /// The sums of a crossing. `weight_of_key` counts where the file's weights do not differ within keys.
    pub fn cube(&self, crossed: &Crossed, weight_of_key: &[f64]) -> Option<Cube> {
        let (slots, cells) = (crossed.slots.clone(), crossed.cells.len());
        match self.scale {
            Some(scale) => Some(Cube::from_sums(self.keys.len(), cells, slots, scale, crossed.measures.clone())),
            None => Cube::from_counts(weight_of_key.to_vec(), cells, slots, crossed.measures.iter().map(|(codes, n, _)| (*codes, n.clone())).collect()),
        }
    }

    /// Sum of the weights of all rows, where they differ within keys.
    pub fn weight(&self) -> Option<f64> {
        let (_, _, sums) = self.crossed.first()?.measures.first()?;
        self.scale.map(|scale| scale.w(sums.iter().map(|(w, _)| w).sum()))
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
/// let columns = StreamColumns { key: Some(0), weight: Some(1), cells: vec![2], measures: vec![3], ..StreamColumns::default() };
/// let streamed = stream(&file, &columns).unwrap();
/// assert_eq!((streamed.rows, streamed.keys[0].rows, streamed.keys[1].weight), (3, 2, Some(4.0)));
/// let ages = &streamed.crossed[0];
/// assert_eq!((ages.classifications.as_slice(), ages.rows_by_cell().as_slice()), (&[0][..], &[1, 2][..]));
/// let [one, zero] = &streamed.measure_values[0][..] else { panic!() };
/// assert_eq!((one.text.as_str(), one.first, one.rows, zero.rows), ("1", 0, 2, 1));
/// // District 2, age 1, answer 1: one row of the weight 4.
/// let totals = streamed.cube(ages, &[2.5, 4.0]).unwrap().totals();
/// assert_eq!(totals.w(0, 1, 1), [4.0, 0.0]);
///
/// // Weights that differ within a district are summed.
/// std::fs::write(&path, "district,weight,age,q1\n1,2.5,0,1\n1,3,1,0\n2,4,1,1\n")?;
/// let file = Plain::look(&path, "survey.csv", &ReadOptions::default()).unwrap();
/// let streamed = stream(&file, &columns).unwrap();
/// assert_eq!((streamed.keys[0].weight, streamed.weight()), (None, Some(9.5)));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Anything that this quick way does not do: a weight that is not above 0 or far from the others, sizes that differ within
/// a key, too many crossings, a column in two parts, a file that is not plain.
pub fn stream(file: &Plain, columns: &StreamColumns) -> Result<Streamed, HandOver> {
    if columns.cells.len() > MOST_CLASSIFICATIONS {
        return Err(HandOver("classifications"));
    }
    let (mut crossings, mut scale) = (vec![(0..columns.cells.len()).collect()], None);
    loop {
        let found = match scale {
            None => pass::<u32>(file, columns, &crossings, None),
            Some(scale) => pass::<Weighed>(file, columns, &crossings, Some(scale)),
        };
        match found {
            Err(DIFFER) if scale.is_none() => scale = Some(first_weight(file, columns).and_then(Scale::around).ok_or(DIFFER)?),
            Err(CROSSINGS) if crossings.len() < columns.breakdowns.len() => crossings.clone_from(&columns.breakdowns),
            found => return found,
        }
    }
}

/// The weight of the file's first row.
fn first_weight(file: &Plain, columns: &StreamColumns) -> Option<f64> {
    let column = file.beginning().columns.iter().find(|c| Some(c.position) == columns.weight)?;
    column.values.first()?.text().trim().parse().ok()
}

fn pass<E: Weighing>(file: &Plain, columns: &StreamColumns, crossings: &[Vec<usize>], scale: Option<Scale>) -> Result<Streamed, HandOver> {
    let codes = columns.codes();
    let mut wanted: Vec<(usize, Kind)> = codes.iter().map(|at| (*at, Kind::Code)).collect();
    let mut keys = 0;
    let mut place_of_key = |at: usize| match codes.iter().position(|c| *c == at) {
        Some(place) => KeyPlace::Codes(place),
        None => {
            wanted.push((at, Kind::Key));
            keys += 1;
            KeyPlace::Keys(keys - 1)
        }
    };
    let places = Places {
        key: columns.key.map(&mut place_of_key),
        cluster: columns.cluster.map(&mut place_of_key),
        measures: columns.measures.iter().map(|at| codes.iter().position(|c| c == at).unwrap_or(0)).collect(),
    };
    wanted.extend(columns.weight.iter().chain(&columns.size).map(|at| (*at, Kind::Number)));
    let scanned = file.scan(&wanted, || Stream::<E>::new(columns, &places, crossings, scale))?;
    merged(scanned, columns, &places, crossings, scale)
}

/// Where the scanned columns are.
struct Places {
    key: Option<KeyPlace>,
    cluster: Option<KeyPlace>,
    /// Which column of codes each measure is.
    measures: Vec<usize>,
}

/// A stratum or cluster is a key, or a code where it is a classification too.
#[derive(Clone, Copy)]
enum KeyPlace {
    Keys(usize),
    Codes(usize),
}

impl KeyPlace {
    /// The keys of a chunk.
    ///
    /// # Errors
    /// A blank one.
    fn of(place: Option<Self>, chunk: &Chunk) -> Result<Cow<'_, [u32]>, HandOver> {
        match place {
            None => Ok(vec![0; chunk.rows()].into()),
            Some(Self::Keys(at)) => Ok(chunk.keys(at).into()),
            Some(Self::Codes(at)) if chunk.codes(at).contains(&BLANK) => Err(HandOver("key")),
            Some(Self::Codes(at)) => Ok(chunk.codes(at).iter().copied().map(u32::from).collect()),
        }
    }

    /// The text of a key.
    fn text(self, key: u32, values: &[Vec<Value>], keys: &[Vec<String>]) -> Option<String> {
        match (self, key.checked_sub(TEXT_KEY)) {
            (Self::Codes(column), _) => values.get(column)?.iter().find(|v| u32::from(v.code) == key).map(|v| v.text.clone()),
            (Self::Keys(column), Some(at)) => keys.get(column)?.get(at as usize).cloned(),
            (Self::Keys(_), None) => Some(key.to_string()),
        }
    }
}

/// What a row's weight adds to the tables.
trait Weighing: Entry<Addend: Send> + Send + Sync {
    fn addend(scale: Option<Scale>, weight: f64) -> Option<Self::Addend>;
}

impl Weighing for u32 {
    fn addend(_: Option<Scale>, _: f64) -> Option<()> {
        Some(())
    }
}

impl Weighing for Weighed {
    fn addend(scale: Option<Scale>, weight: f64) -> Option<(Wide, Wide)> {
        scale?.addend(weight)
    }
}

/// Weight, size, and where they first occur.
#[derive(Debug, Clone, Copy)]
struct Facts {
    first: (u64, usize),
    weight: f64,
    size: f64,
}

impl Facts {
    fn agrees(&self, other: &Self) -> Result<(), HandOver> {
        match (self.weight == other.weight, self.size == other.size) {
            (true, true) => Ok(()),
            (false, _) => Err(DIFFER),
            (true, false) => Err(HandOver("sizes")),
        }
    }
}

/// The sums of one crossing.
struct Crossing<E> {
    classifications: Vec<usize>,
    crossings: Crossings,
    /// Weight and size of each slot.
    of_slot: Vec<(f64, f64)>,
    tally: Tally<E>,
}

/// The sums of one thread.
struct Stream<'a, E> {
    columns: &'a StreamColumns,
    places: &'a Places,
    scale: Option<Scale>,
    /// By stratum and cluster.
    facts: BTreeMap<(u32, u32), Facts>,
    crossed: Vec<Crossing<E>>,
    slots: Vec<u32>,
}

impl<'a, E: Weighing> Stream<'a, E> {
    fn new(columns: &'a StreamColumns, places: &'a Places, crossings: &[Vec<usize>], scale: Option<Scale>) -> Self {
        let crossing = |classifications: &Vec<usize>| Crossing {
            classifications: classifications.clone(),
            crossings: Crossings::new(),
            of_slot: Vec::new(),
            tally: Tally::new(columns.measures.iter().map(|_| 4)),
        };
        Self { columns, places, scale, facts: BTreeMap::new(), crossed: crossings.iter().map(crossing).collect(), slots: Vec::new() }
    }
}

impl<E: Weighing> Consumer for Stream<'_, E> {
    fn take(&mut self, chunk: &Chunk) -> Result<(), HandOver> {
        let (rows, columns) = (chunk.rows(), self.columns);
        let ones = vec![1.0; rows];
        let weights = if columns.weight.is_some() { chunk.numbers(0) } else { &ones };
        let sizes = if columns.size.is_some() { chunk.numbers(usize::from(columns.weight.is_some())) } else { &ones };
        let (keys, clusters) = (KeyPlace::of(self.places.key, chunk)?, KeyPlace::of(self.places.cluster, chunk)?);
        // NaN, a blank cell, is like nothing and no addend.
        let above = |numbers: &[f64]| numbers.iter().fold(true, |good, x| good & (*x > 0.0));
        let good = above(weights) && above(sizes);
        let addends: Vec<E::Addend> = weights.iter().filter_map(|w| E::addend(self.scale, *w)).collect();
        if !good || addends.len() < rows {
            return Err(HandOver("weights"));
        }
        // Weights that are summed may differ.
        let alike = if self.scale.is_some() { &ones } else { weights };
        for (crossed, is_first) in self.crossed.iter_mut().zip(std::iter::once(true).chain(std::iter::repeat(false))) {
            let cells: Vec<&[u8]> = crossed.classifications.iter().map(|at| chunk.codes(*at)).collect();
            self.slots.clear();
            for (row, (((key, cluster), weight), size)) in keys.iter().zip(clusters.iter()).zip(alike).zip(sizes).enumerate() {
                let unit = u128::from(*key) << 32 | u128::from(*cluster);
                let crossing = cells.iter().fold(unit, |crossing, codes| crossing << 8 | u128::from(codes[row]));
                let (slot, new) = crossed.crossings.number(crossing);
                if new {
                    crossed.of_slot.push((*weight, *size));
                    if is_first {
                        let facts = Facts { first: (chunk.position(), row), weight: *weight, size: *size };
                        self.facts.entry((*key, *cluster)).or_insert(facts).agrees(&facts)?;
                    }
                }
                let (known_weight, known_size) = crossed.of_slot[slot as usize];
                if known_weight != *weight {
                    return Err(DIFFER);
                }
                if known_size != *size {
                    return Err(HandOver("sizes"));
                }
                self.slots.push(slot);
            }
            let bytes = crossed.of_slot.len() * columns.measures.len() * 4 * size_of::<E>();
            if bytes.max(crossed.tally.bytes()) > MOST_BYTES {
                return Err(CROSSINGS);
            }
            crossed.tally.grow(crossed.of_slot.len());
            let measures = self.places.measures.iter().map(|at| chunk.codes(*at));
            if !crossed.tally.add(&self.slots, &addends, measures) {
                return Err(HandOver("rows"));
            }
        }
        Ok(())
    }
}

/// The sums of all threads as one: they add up, and all orders come from the file.
fn merged<E: Weighing>(
    scanned: Scanned<Stream<'_, E>>,
    columns: &StreamColumns,
    places: &Places,
    crossings: &[Vec<usize>],
    scale: Option<Scale>,
) -> Result<Streamed, HandOver> {
    let measures = &places.measures;
    let Scanned { consumers: parts, values, keys: key_texts } = scanned;
    let mut facts: BTreeMap<(u32, u32), Facts> = BTreeMap::new();
    for (key, found) in parts.iter().flat_map(|p| &p.facts) {
        let known = facts.entry(*key).or_insert(*found);
        known.agrees(found)?;
        known.first = known.first.min(found.first);
    }
    if facts.values().any(|f| !(f.weight.is_finite() && f.size.is_finite())) {
        return Err(HandOver("weights"));
    }
    let mut order: Vec<((u32, u32), Facts)> = facts.into_iter().collect();
    order.sort_by_key(|(_, f)| f.first);
    let number_of: BTreeMap<(u32, u32), u32> = order.iter().zip(0..).map(|((key, _), at)| (*key, at)).collect();
    let merging = Merging { of_code: values.iter().map(|values| index_of_code(values)).collect(), values: &values, measures, number_of, scale };
    let crossed: Vec<Crossed> = (0..crossings.len()).map(|at| merging.crossing(&parts, at)).collect();
    let text = |place: Option<KeyPlace>, code: u32| place.and_then(|place| place.text(code, &values, &key_texts));
    let key = |((code, cluster), f): &((u32, u32), Facts)| StreamedKey {
        text: text(places.key, *code),
        cluster: text(places.cluster, *cluster),
        rows: 0,
        weight: columns.weight.filter(|_| scale.is_none()).map(|_| f.weight),
        size: columns.size.map(|_| f.size),
    };
    let mut keys: Vec<StreamedKey> = order.iter().map(key).collect();
    let streamed = |column: usize| -> Vec<StreamedValue> {
        let values = values.get(column).map_or(&[][..], Vec::as_slice);
        values.iter().map(|v| StreamedValue { text: v.text.clone(), first: v.row, rows: 0 }).collect()
    };
    let mut cell_values: Vec<Vec<StreamedValue>> = (0..columns.cells.len()).map(streamed).collect();
    let mut measure_values: Vec<Vec<StreamedValue>> = measures.iter().map(|column| streamed(*column)).collect();
    for (at, values) in cell_values.iter_mut().enumerate() {
        let holds = |c: &&Crossed| c.classifications.contains(&at);
        let Some(crossed) = crossed.iter().find(holds) else { continue };
        let place = crossed.classifications.iter().position(|c| *c == at).unwrap_or(0);
        crossed.slots.iter().for_each(|(_, cell, n)| values[crossed.cells[*cell as usize][place] as usize].rows += n);
    }
    if let Some(crossed) = crossed.first() {
        crossed.slots.iter().for_each(|(key, _, n)| keys[*key as usize].rows += n);
        for (values, (codes, counts, _)) in measure_values.iter_mut().zip(&crossed.measures) {
            counts.iter().enumerate().for_each(|(at, n)| values[at % codes].rows += n);
        }
    }
    Ok(Streamed { rows: keys.iter().map(|k| k.rows).sum(), keys, cell_values, measure_values, crossed, scale })
}

/// What the crossings of several threads need to become one.
struct Merging<'a> {
    /// Codes as threads happened to number them → values in the order of the file.
    of_code: Vec<[u8; 256]>,
    values: &'a [Vec<Value>],
    measures: &'a [usize],
    number_of: BTreeMap<(u32, u32), u32>,
    scale: Option<Scale>,
}

/// Key, cell, and where the sums are: thread and slot.
type Place = (u32, u32, usize, usize);

impl Merging<'_> {
    /// One crossing of all threads.
    fn crossing<E: Weighing>(&self, parts: &[Stream<'_, E>], at: usize) -> Crossed {
        let parts: Vec<&Crossing<E>> = parts.iter().filter_map(|p| p.crossed.get(at)).collect();
        let classifications = parts.first().map(|p| p.classifications.clone()).unwrap_or_default();
        let depth = classifications.len();
        let code = |crossing: u128, at: usize| (crossing >> (8 * (depth - 1 - at))) as u8;
        let renumbered = |cell: u128, crossing: u128, at: usize| cell << 8 | u128::from(self.of_code[classifications[at]][code(crossing, at) as usize]);
        let cell_part = |crossing: u128| (0..depth).fold(0, |cell, at| renumbered(cell, crossing, at));
        let mut cells: Vec<u128> = parts.iter().flat_map(|p| &p.crossings.known).map(|c| cell_part(*c)).collect();
        cells.sort_unstable();
        cells.dedup();
        let mut places: Vec<Place> = Vec::new();
        for (part, stream) in parts.iter().enumerate() {
            for (slot, crossing) in stream.crossings.known.iter().enumerate() {
                let unit = crossing >> (8 * depth);
                let key = self.number_of.get(&((unit >> 32) as u32, unit as u32)).copied().unwrap_or(0);
                places.push((key, cells.binary_search(&cell_part(*crossing)).unwrap_or(0) as u32, part, slot));
            }
        }
        places.sort_unstable();
        let slots: Vec<&[Place]> = places.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).collect();
        let measures = (0..self.measures.len()).into_par_iter().map(|measure| self.counted(&parts, &slots, measure)).collect();
        let rows_of = |places: &[Place]| places.iter().map(|(_, _, part, slot)| parts[*part].tally.rows_of_slot(*slot)).sum();
        let slots = slots.iter().filter_map(|places| places.first().map(|(key, cell, _, _)| (*key, *cell, rows_of(places)))).collect();
        let cells = cells.iter().map(|cell| (0..depth).map(|at| u32::from(code(*cell, at))).collect()).collect();
        Crossed { classifications, cells, slots, measures }
    }

    fn counted<E: Weighing>(&self, parts: &[&Crossing<E>], slots: &[&[Place]], measure: usize) -> Counted {
        let column = self.measures[measure];
        let codes = self.values[column].len();
        let mut counts = vec![0; slots.len() * codes];
        let mut sums = vec![(0, 0); if self.scale.is_some() { slots.len() * codes } else { 0 }];
        for (at, (_, _, part, slot)) in slots.iter().enumerate().flat_map(|(at, places)| places.iter().map(move |p| (at, p))) {
            let found = parts[*part].tally.counts(measure, *slot).iter().enumerate().filter(|(_, entry)| entry.n() > 0);
            for (code, entry) in found {
                let to = at * codes + self.of_code[column][code] as usize;
                counts[to] += u64::from(entry.n());
                if let Some((w, w2)) = sums.get_mut(to) {
                    let more = entry.sums();
                    (*w, *w2) = (*w + more.0, *w2 + more.1);
                }
            }
        }
        (codes, counts, sums)
    }
}

/// The place of each code among the values of its column.
fn index_of_code(values: &[Value]) -> [u8; 256] {
    let mut out = [0; 256];
    values.iter().zip(0..).for_each(|(value, at)| out[value.code as usize] = at);
    out
}
