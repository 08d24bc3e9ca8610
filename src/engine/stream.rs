//! Cubes straight from a file: scanned chunks → counts and sums, without holding the rows.
//!
//! All breakdowns roll up from one crossing of them as long as its tables stay below [`MOST_BYTES`] a thread; beyond, rows
//! are few beside the crossings, and each breakdown has a crossing of its own, made in the same pass. Sums are exact
//! (see [`Cube`]), so that it makes no difference to the results.

use std::collections::BTreeMap;

use super::crossings::Crossings;
use super::cube::Cube;
use super::exact::{Scale, Weighed, Wide};
use super::tally::{Entry, Tally};
use crate::raw::scan::{BLANK, Chunk, Consumer, HandOver, Kind, Plain};

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
    /// Stratum; one for all without.
    pub key: Option<usize>,
    /// Cluster; without, every row is a unit of its own.
    pub cluster: Option<usize>,
    /// Weight.
    pub weight: Option<usize>,
    /// Population size or sampling fraction, one for all rows of a stratum and cluster.
    pub size: Option<usize>,
    /// Classifications.
    pub cells: Vec<usize>,
    /// Answers.
    pub measures: Vec<usize>,
}

/// A key: a stratum, or with clusters a cluster of a stratum; and what its rows have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StreamedKey {
    /// The stratum's code in the file.
    pub code: Option<u32>,
    /// The cluster's.
    pub cluster: Option<u32>,
    /// Rows.
    pub rows: u64,
    /// Their weight, where it is one in every key.
    pub weight: Option<f64>,
    /// Their population size or sampling fraction.
    pub size: Option<f64>,
}

/// Counts of a measure by slot × code, and its sums where weights differ.
type Counted = (usize, Vec<u64>, Vec<(u128, u128)>);

/// One crossing of classifications.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossed {
    /// Which classifications, in the order of [`StreamColumns::cells`].
    pub classifications: Vec<usize>,
    /// The cells that occur: the code of each of these classifications, none where it is blank.
    pub cells: Vec<Vec<Option<u8>>>,
    /// Crossings that occur: key, cell, rows.
    slots: Vec<(u32, u32, u64)>,
    /// Code 0 is the blank cell, 1 + c the code c.
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
    /// The crossings: one, or one a classification.
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

    /// Rows of each code of a measure, the blank cell first.
    pub fn rows_by_code(&self, measure: usize) -> Vec<u64> {
        let Some((codes, counts, _)) = self.crossed.first().and_then(|c| c.measures.get(measure)) else { return Vec::new() };
        (0..*codes).map(|code| counts.iter().skip(code).step_by(*codes).sum()).collect()
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
/// assert_eq!(streamed.rows_by_code(0)[..3], [0, 1, 2]); // blank, 0, 1
/// // District 2, age 1, answer 1: one row of the weight 4.
/// let totals = streamed.cube(ages, &[2.5, 4.0]).unwrap().totals();
/// assert_eq!(totals.w(0, 1, 1)[..3], [0.0, 0.0, 4.0]);
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
    let apart: Vec<Vec<usize>> = (0..columns.cells.len()).map(|at| vec![at]).collect();
    let (mut crossings, mut scale) = (vec![(0..columns.cells.len()).collect()], None);
    loop {
        let found = match scale {
            None => pass::<u32>(file, columns, &crossings, None),
            Some(scale) => pass::<Weighed>(file, columns, &crossings, Some(scale)),
        };
        match found {
            Err(DIFFER) if scale.is_none() => scale = Some(first_weight(file, columns).and_then(Scale::around).ok_or(DIFFER)?),
            Err(CROSSINGS) if crossings.len() < apart.len() => crossings.clone_from(&apart),
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
    let mut wanted: Vec<(usize, Kind)> = columns.cells.iter().chain(&columns.measures).map(|at| (*at, Kind::Code)).collect();
    wanted.extend(columns.key.iter().chain(&columns.cluster).map(|at| (*at, Kind::Key)));
    wanted.extend(columns.weight.iter().chain(&columns.size).map(|at| (*at, Kind::Number)));
    let parts = file.scan(&wanted, || Stream::<E>::new(columns, crossings, scale))?;
    merged(parts, columns, crossings, scale)
}

/// What a row's weight adds to the tables.
trait Weighing: Entry + Send + Sync {
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
    scale: Option<Scale>,
    /// By stratum and cluster.
    facts: BTreeMap<(u32, u32), Facts>,
    crossed: Vec<Crossing<E>>,
    slots: Vec<u32>,
}

impl<'a, E: Weighing> Stream<'a, E> {
    fn new(columns: &'a StreamColumns, crossings: &[Vec<usize>], scale: Option<Scale>) -> Self {
        let crossing = |classifications: &Vec<usize>| Crossing {
            classifications: classifications.clone(),
            crossings: Crossings::new(),
            of_slot: Vec::new(),
            tally: Tally::new(columns.measures.iter().map(|_| 4)),
        };
        Self { columns, scale, facts: BTreeMap::new(), crossed: crossings.iter().map(crossing).collect(), slots: Vec::new() }
    }
}

impl<E: Weighing> Consumer for Stream<'_, E>
where
    E::Addend: Send,
{
    fn take(&mut self, chunk: &Chunk) -> Result<(), HandOver> {
        let (rows, columns) = (chunk.rows(), self.columns);
        let (ones, none) = (vec![1.0; rows], vec![0; rows]);
        let weights = if columns.weight.is_some() { chunk.numbers(0) } else { &ones };
        let sizes = if columns.size.is_some() { chunk.numbers(usize::from(columns.weight.is_some())) } else { &ones };
        let keys = if columns.key.is_some() { chunk.keys(0) } else { &none };
        let clusters = if columns.cluster.is_some() { chunk.keys(usize::from(columns.key.is_some())) } else { &none };
        // NaN, a blank cell, is like nothing and no addend.
        let good = weights.iter().chain(sizes).all(|x| *x > 0.0);
        let addends: Vec<E::Addend> = weights.iter().filter_map(|w| E::addend(self.scale, *w)).collect();
        if !good || addends.len() < rows {
            return Err(HandOver("weights"));
        }
        // Weights that are summed may differ.
        let alike = if self.scale.is_some() { &ones } else { weights };
        for (crossed, is_first) in self.crossed.iter_mut().zip(std::iter::once(true).chain(std::iter::repeat(false))) {
            let cells: Vec<&[u8]> = crossed.classifications.iter().map(|at| chunk.codes(*at)).collect();
            self.slots.clear();
            for (row, (((key, cluster), weight), size)) in keys.iter().zip(clusters).zip(alike).zip(sizes).enumerate() {
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
            let measures = (0..columns.measures.len()).map(|at| chunk.codes(columns.cells.len() + at));
            if !crossed.tally.add(&self.slots, &addends, measures) {
                return Err(HandOver("rows"));
            }
        }
        Ok(())
    }
}

/// The sums of all threads as one: they add up, and all orders come from the file.
fn merged<E: Weighing>(
    parts: Vec<Stream<'_, E>>,
    columns: &StreamColumns,
    crossings: &[Vec<usize>],
    scale: Option<Scale>,
) -> Result<Streamed, HandOver> {
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
    let crossed: Vec<Crossed> = (0..crossings.len()).map(|at| crossed(&parts, at, columns, &number_of, scale)).collect();
    let mut keys: Vec<StreamedKey> = order
        .iter()
        .map(|((code, cluster), f)| StreamedKey {
            code: columns.key.map(|_| *code),
            cluster: columns.cluster.map(|_| *cluster),
            rows: 0,
            weight: columns.weight.filter(|_| scale.is_none()).map(|_| f.weight),
            size: columns.size.map(|_| f.size),
        })
        .collect();
    crossed.iter().take(1).flat_map(|c| &c.slots).for_each(|(key, _, n)| keys[*key as usize].rows += n);
    Ok(Streamed { rows: keys.iter().map(|k| k.rows).sum(), keys, crossed, scale })
}

/// One crossing of all threads.
fn crossed<E: Weighing>(
    parts: &[Stream<'_, E>],
    at: usize,
    columns: &StreamColumns,
    number_of: &BTreeMap<(u32, u32), u32>,
    scale: Option<Scale>,
) -> Crossed {
    let parts: Vec<&Crossing<E>> = parts.iter().filter_map(|p| p.crossed.get(at)).collect();
    let classifications = parts.first().map(|p| p.classifications.clone()).unwrap_or_default();
    let shift = 8 * classifications.len();
    let cell_part = |crossing: u128| crossing & !(u128::MAX << shift);
    let mut cells: Vec<u128> = parts.iter().flat_map(|p| &p.crossings.known).map(|c| cell_part(*c)).collect();
    cells.sort_unstable();
    cells.dedup();
    // Key, cell, and where the sums are: thread and slot.
    let mut places: Vec<(u32, u32, usize, usize)> = Vec::new();
    for (part, stream) in parts.iter().enumerate() {
        for (slot, crossing) in stream.crossings.known.iter().enumerate() {
            let unit = crossing >> shift;
            let key = number_of.get(&((unit >> 32) as u32, unit as u32)).copied().unwrap_or(0);
            places.push((key, cells.binary_search(&cell_part(*crossing)).unwrap_or(0) as u32, part, slot));
        }
    }
    places.sort_unstable();
    let slots: Vec<&[(u32, u32, usize, usize)]> = places.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).collect();
    let measures = (0..columns.measures.len()).map(|measure| {
        let codes = parts.iter().map(|p| p.tally.counts(measure, 0).len()).max().unwrap_or(0);
        let mut counts = vec![0; slots.len() * codes];
        let mut sums = vec![(0, 0); if scale.is_some() { slots.len() * codes } else { 0 }];
        for (at, (_, _, part, slot)) in slots.iter().enumerate().flat_map(|(at, places)| places.iter().map(move |p| (at, p))) {
            for (code, entry) in parts[*part].tally.counts(measure, *slot).iter().enumerate() {
                counts[at * codes + code] += u64::from(entry.n());
                if let Some((w, w2)) = sums.get_mut(at * codes + code) {
                    let more = entry.sums();
                    (*w, *w2) = (*w + more.0, *w2 + more.1);
                }
            }
        }
        (codes, counts, sums)
    });
    let measures = measures.collect();
    let rows_of = |places: &[(u32, u32, usize, usize)]| places.iter().map(|(_, _, part, slot)| parts[*part].tally.rows_of_slot(*slot)).sum();
    let slots = slots.iter().filter_map(|places| places.first().map(|(key, cell, _, _)| (*key, *cell, rows_of(places)))).collect();
    let code = |cell: &u128, at: usize| (cell >> (8 * (classifications.len() - 1 - at))) as u8;
    let codes = |cell: &u128| (0..classifications.len()).map(|at| Some(code(cell, at)).filter(|c| *c != BLANK).map(|c| c - 1)).collect();
    Crossed { cells: cells.iter().map(codes).collect(), classifications, slots, measures }
}
