//! Cubes straight from a file: scanned chunks → counts and sums, without holding the rows.
//!
//! Breakdowns roll up from few crossings, all made in one pass: which of them have one in common,
//! [`CrossingPlan`] says by the first rows. Where the tables of one grow beyond `MOST_BYTES` a thread after
//! all, each breakdown has a crossing of its own. Where rows are only counted, and answers have few codes and
//! slots fit near caches, all answers of a row are counted at once; else answer by answer. Sums are exact
//! (see [`super::Cube`]), so that none of it makes a difference to the results.

use std::ops::Range;

use super::crossing_plan::MOST_CLASSIFICATIONS;
use super::exact::Scale;
use super::stream_merge::merged;
use super::stream_part::{KeyPlace, Part, Places};
use super::stream_split::Split;
use super::stream_tables::{Counts, Table, Weights};
use super::streamed::{Planned, StreamColumns, Streamed};
use crate::raw::scan::{HandOver, Kind, Plain};

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
        return Err(HandOver::Classifications);
    }
    let (mut plan, mut scale) = (Planned::new(), None);
    loop {
        let found = match scale {
            None => pass::<Split<Counts>>(file, columns, &plan, None),
            Some(scale) => pass::<Split<Weights>>(file, columns, &plan, Some(scale)),
        };
        match found {
            Err(HandOver::WeightsDiffer) if scale.is_none() => {
                // Whichever rows a thread meets first, a weight that is none is the reason.
                let first = first_weight(file, columns).and_then(Scale::around);
                scale = Some(first.ok_or(HandOver::Weights)?)
            }
            Err(HandOver::Crossings)
                if plan.get().is_some_and(|known| known.len() < columns.breakdowns.len()) =>
            {
                plan = Planned::from(columns.crossings(apart(columns)));
            }
            found => return found,
        }
    }
}

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
    let column = |measure: usize| measures.get(measure).copied().ok_or(HandOver::Columns);
    let pairs: Vec<(usize, usize)> =
        columns.pairs.iter().map(|(a, b)| Ok((column(*a)?, column(*b)?))).collect::<Result<_, _>>()?;
    measures.extend(codes.len()..codes.len() + pairs.len());
    let places = Places {
        key: columns.key.map(&mut place_of_key),
        cluster: columns.cluster.map(&mut place_of_key),
        measures,
    };
    wanted.extend(columns.weight.iter().chain(&columns.size).map(|at| (*at, Kind::Number)));
    wanted.extend(columns.ids.map(|at| (at, Kind::Id)));
    wanted.extend(columns.others.iter().map(|at| (*at, Kind::Other)));
    let scanned = file.scan(&wanted, &pairs, || Part::<T>::new(file, columns, &places, plan, scale))?;
    let crossings = plan.get().map_or(&[][..], Vec::as_slice);
    merged(scanned, columns, &places, crossings, scale)
}
