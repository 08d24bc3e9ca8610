//! Cubes straight from a file: scanned chunks → counts and sums, without holding the rows.
//!
//! Breakdowns roll up from few crossings, all made in one pass: which of them have one in common,
//! [`CrossingPlan`] says by the first rows. Where the tables of one grow beyond `MOST_BYTES` a thread after
//! all, each breakdown has a crossing of its own. Where rows are only counted, and answers have few codes and
//! slots fit near caches, all answers of a row are counted at once; else answer by answer. Sums are exact
//! (see [`Cube`]), so that none of it makes a difference to the results.

use std::ops::Range;
use std::sync::OnceLock;

use super::crossing_plan::{MOST_CLASSIFICATIONS, union};
use super::cube::{Counted, Cube};
use super::exact::Scale;
use super::stream_merge::merged;
use super::stream_part::{DIFFER, KeyPlace, Part, Places};
use super::stream_split::Split;
use super::stream_tables::{CROSSINGS, Counts, Table, Weights};
use crate::raw::scan::{HandOver, Kind, Plain};

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
    /// Two answers as one, by the places of both among [`StreamColumns::measures`]: measures behind those.
    pub pairs: Vec<(usize, usize)>,
}

impl StreamColumns {
    /// Crossings of these breakdowns each: with their classifications. Without breakdowns one of all.
    pub(super) fn crossings(&self, together: Vec<Range<usize>>) -> Vec<(Range<usize>, Vec<usize>)> {
        if self.breakdowns.is_empty() {
            return vec![(0..0, (0..self.cells.len()).collect())];
        }
        let classifications = |range: &Range<usize>| {
            let breakdowns = self.breakdowns.get(range.clone()).unwrap_or_default();
            breakdowns.iter().fold(Vec::new(), |all, breakdown| union(&all, breakdown))
        };
        together.into_iter().map(|range| (range.clone(), classifications(&range))).collect()
    }

    /// The place of a pair of columns, given by their positions.
    pub fn pair(&self, first: usize, second: usize) -> Option<usize> {
        let of = |(a, b): &(usize, usize)| Some((*self.measures.get(*a)?, *self.measures.get(*b)?));
        self.pairs.iter().position(|pair| of(pair) == Some((first, second)))
    }

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
    /// Which breakdowns it is for, by their place among [`StreamColumns::breakdowns`].
    pub breakdowns: Range<usize>,
    /// Which classifications, in the order of [`StreamColumns::cells`].
    pub classifications: Vec<usize>,
    /// The cells that occur: of each of these classifications the index of its value.
    pub cells: Vec<Vec<u32>>,
    /// Crossings that occur: key, cell, rows.
    pub(super) slots: Vec<(u32, u32, u64)>,
    /// A code is the index of a value.
    pub(super) measures: Vec<Counted>,
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
    /// Of each pair of measures those of their values that occur together, in the same order.
    pub pair_values: Vec<Vec<(u32, u32)>>,
    /// The crossings, in the order of the breakdowns: one or more.
    pub crossed: Vec<Crossed>,
    /// The units of the sums, where weights differ within keys.
    pub(super) scale: Option<Scale>,
}

impl Streamed {
    /// The sums of a crossing. `weight_of_key` counts where the file's weights do not differ within keys.
    pub fn cube(&self, crossed: &Crossed, weight_of_key: &[f64]) -> Option<Cube> {
        let (slots, cells) = (crossed.slots.clone(), crossed.cells.len());
        match self.scale {
            Some(scale) => {
                Some(Cube::from_sums(self.keys.len(), cells, slots, scale, crossed.measures.clone()))
            }
            None => Cube::from_counts(
                weight_of_key.to_vec(),
                cells,
                slots,
                crossed.measures.iter().map(|(codes, n, _)| (*codes, n.clone())).collect(),
            ),
        }
    }

    /// Rows of each of the values that a pair of measures has together.
    pub fn rows_of_pair(&self, columns: &StreamColumns, pair: usize) -> Option<Vec<u64>> {
        let (codes, counts, _) = self.crossed.first()?.measures.get(columns.measures.len() + pair)?;
        let mut rows = vec![0; *codes];
        for of_slot in counts.chunks_exact((*codes).max(1)) {
            rows.iter_mut().zip(of_slot).for_each(|(sum, n)| *sum += n);
        }
        Some(rows)
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
/// let columns = StreamColumns {
///     key: Some(0),
///     weight: Some(1),
///     cells: vec![2],
///     measures: vec![3],
///     ..StreamColumns::default()
/// };
/// let streamed = stream(&file, &columns).unwrap();
/// assert_eq!((streamed.rows, streamed.keys[0].rows, streamed.keys[1].weight), (3, 2, Some(4.0)));
/// let ages = &streamed.crossed[0];
/// assert_eq!(
///     (ages.classifications.as_slice(), ages.rows_by_cell().as_slice()),
///     (&[0][..], &[1, 2][..])
/// );
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
/// Anything that this quick way does not do: a weight that is not above 0 or far from the others, sizes that
/// differ within a key, too many crossings, a column in two parts, a file that is not plain.
pub fn stream(file: &Plain, columns: &StreamColumns) -> Result<Streamed, HandOver> {
    if columns.crossings(apart(columns)).iter().any(|(_, of)| of.len() > MOST_CLASSIFICATIONS) {
        return Err(HandOver("classifications"));
    }
    let (mut plan, mut scale) = (Planned::new(), None);
    loop {
        let found = match scale {
            None => pass::<Split<Counts>>(file, columns, &plan, None),
            Some(scale) => pass::<Split<Weights>>(file, columns, &plan, Some(scale)),
        };
        match found {
            Err(DIFFER) if scale.is_none() => {
                scale = Some(first_weight(file, columns).and_then(Scale::around).ok_or(DIFFER)?)
            }
            Err(CROSSINGS) if plan.get().is_some_and(|known| known.len() < columns.breakdowns.len()) => {
                plan = Planned::from(columns.crossings(apart(columns)));
            }
            found => return found,
        }
    }
}

/// Crossings with their breakdowns: planned by the first thread that has rows, the same for all.
pub(super) type Planned = OnceLock<Vec<(Range<usize>, Vec<usize>)>>;

/// Each breakdown by itself.
fn apart(columns: &StreamColumns) -> Vec<Range<usize>> {
    (0..columns.breakdowns.len()).map(|at| at..at + 1).collect()
}

/// The weight of the file's first row.
fn first_weight(file: &Plain, columns: &StreamColumns) -> Option<f64> {
    let column = file.beginning().columns.iter().find(|c| Some(c.position) == columns.weight)?;
    column.values.first()?.text().trim().parse().ok()
}

fn pass<T: Table>(
    file: &Plain,
    columns: &StreamColumns,
    plan: &Planned,
    scale: Option<Scale>,
) -> Result<Streamed, HandOver> {
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
    let mut measures: Vec<usize> =
        columns.measures.iter().map(|at| codes.iter().position(|c| c == at).unwrap_or(0)).collect();
    let column = |measure: usize| measures.get(measure).copied().ok_or(HandOver("columns"));
    let pairs: Vec<(usize, usize)> =
        columns.pairs.iter().map(|(a, b)| Ok((column(*a)?, column(*b)?))).collect::<Result<_, _>>()?;
    measures.extend(codes.len()..codes.len() + pairs.len());
    let places = Places {
        key: columns.key.map(&mut place_of_key),
        cluster: columns.cluster.map(&mut place_of_key),
        measures,
    };
    wanted.extend(columns.weight.iter().chain(&columns.size).map(|at| (*at, Kind::Number)));
    let scanned = file.scan(&wanted, &pairs, || Part::<T>::new(file, columns, &places, plan, scale))?;
    let crossings = plan.get().map_or(&[][..], Vec::as_slice);
    merged(scanned, columns, &places, crossings, scale)
}
