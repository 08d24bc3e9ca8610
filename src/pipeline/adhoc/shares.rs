//! Shares from few passes over the rows: sums in crossings of breakdowns, each breakdown a roll-up of them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::breakdowns::By;
use super::levels::{Codes, Levels};
use super::measures::{Values, Wanted};
use crate::design::{Design, ReplicateFactors};
use crate::engine::{Cells, CrossingPlan, Cube, Measure, Reduction, ReplicateTotals};
use crate::error::Result;
use crate::estimate::{
    CodedValues, Estimate, FittedKeys, FittedTable, NO_GROUP, Options, Outcome, Outcomes, ReplicateTable,
    Shape, ShareOf, ShareTable, ValuesOf,
};

/// Estimates of measures: `[measure][banner][group]`, the first banner being everyone.
pub(in crate::pipeline) type Estimates = Vec<Vec<Vec<Estimate>>>;

/// What the codes of a cube's measure are, and what is to be made of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum What<'a> {
    /// [Outcomes](Outcome), of which the share is wanted.
    Share,
    /// Levels, of which a mean, total or ratio is wanted.
    Number(Shape, &'a Levels),
    /// Levels, of which a quantile is wanted.
    Quantile(f64, &'a Levels),
}

impl What<'_> {
    /// Of a measure, where it has few values.
    pub(super) fn of(values: &Values) -> Option<What<'_>> {
        match values {
            Values::Share(_) | Values::CountedShare(..) => Some(What::Share),
            Values::Mean(y) => Some(What::Number(Shape::Mean, y.levels.as_ref()?)),
            Values::Total(y) => Some(What::Number(Shape::Total, y.levels.as_ref()?)),
            Values::Ratio(_, _, levels) => Some(What::Number(Shape::Ratio, levels.as_ref()?)),
            Values::Quantile(y, p) => Some(What::Quantile(*p, y.levels.as_ref()?)),
        }
    }

    /// Number of codes.
    pub(super) fn code_count(&self) -> usize {
        match self {
            Self::Share => Outcome::ALL.len(),
            Self::Number(_, levels) | Self::Quantile(_, levels) => levels.values.len() + 1,
        }
    }
}

/// One way to divide the respondents: the group of each cell, and the number of groups.
pub(in crate::pipeline) struct Banner {
    pub(in crate::pipeline) group_of_cell: Vec<Option<u32>>,
    pub(in crate::pipeline) groups: usize,
}

/// Codes of the measures that are added up at once: sums by code take memory.
const MOST_CODES: usize = 1 << 9;

/// The estimates of each measure, when it has few values and the design's variance is a function of sums by
/// them; else `None`.
///
/// # Errors
/// None that columns of the design's length can reach.
pub(in crate::pipeline) fn in_memory(
    wanted: &Wanted,
    design: &Design,
    replicates: Option<&ReplicateFactors>,
    options: &Options,
) -> Result<Vec<Option<Vec<Vec<Estimate>>>>> {
    let mut out: Vec<Option<Vec<Vec<Estimate>>>> = wanted.measures.iter().map(|_| None).collect();
    if let Some(keys) = FittedKeys::of(design).filter(|_| replicates.is_none()) {
        let codes = (wanted.measures.iter().map(|m| codes(&m.values)))
            .map(|codes| codes.filter(|(what, _)| !matches!(what, What::Quantile(..))));
        let of_cube = |cube: &Cube, what: &[What<'_>], banners: &[Banner]| {
            Ok(of_fitted_cube(cube, what, banners, (design, &keys), options))
        };
        return by_crossing(
            wanted,
            keys.base_weights(),
            (&keys.of_row, keys.pairs.len()),
            &codes.collect::<Vec<_>>(),
            of_cube,
        );
    }
    let Ok((keys, key_count)) = ShareTable::keys(design) else {
        let shares: Vec<usize> = (0..out.len()).filter(|at| wanted.measures[*at].values.is_share()).collect();
        let answers = shares.iter().filter_map(|at| match &wanted.measures[*at].values {
            Values::Share(y) => Some(y),
            _ => None,
        });
        let found = by_replicate_weights(wanted, &answers.collect::<Vec<_>>(), design, options)?;
        shares.into_iter().zip(found.into_iter().flatten()).for_each(|(at, found)| out[at] = Some(found));
        return Ok(out);
    };
    // Factors are of PSUs; rows that are PSUs themselves have no totals.
    let by_psu = design.roster().is_some_and(|r| !r.is_element());
    if replicates.is_some() && !by_psu {
        return Ok(out);
    }
    let codes: Vec<Option<(What<'_>, Cow<'_, [u8]>)>> = wanted
        .measures
        .iter()
        .map(|m| codes(&m.values).filter(|(what, _)| replicates.is_none() || matches!(what, What::Share)))
        .collect();
    let of_cube = |cube: &Cube, what: &[What<'_>], banners: &[Banner]| {
        of_cube(cube, what, banners, design, replicates, options)
    };
    by_crossing(wanted, design.weights(), (&keys, key_count), &codes, of_cube)
}

/// What a measure of rows is, and its code of each.
type Coded<'a> = (What<'a>, Cow<'a, [u8]>);

/// The estimates of those measures whose codes are known, crossing by crossing: what `of_cube` makes of sums
/// of these weights by these keys.
fn by_crossing(
    wanted: &Wanted,
    weights: &[f64],
    (keys, key_count): (&[u32], usize),
    codes: &[Option<Coded<'_>>],
    of_cube: impl Fn(&Cube, &[What<'_>], &[Banner]) -> Result<Estimates>,
) -> Result<Vec<Option<Vec<Vec<Estimate>>>>> {
    let mut out: Vec<Option<Vec<Vec<Estimate>>>> = wanted.measures.iter().map(|_| None).collect();
    let known: Vec<usize> = (0..codes.len()).filter(|at| codes[*at].is_some()).collect();
    if known.is_empty() {
        return Ok(out);
    }
    let rows = weights.len();
    for (at, together) in crossings(wanted, keys).into_iter().enumerate() {
        let (cell_of_row, banners) = crossed(wanted, together, rows);
        let cells = banners.first().map_or(1, |b| b.group_of_cell.len());
        let cells = Cells::Large { of_row: &cell_of_row, count: cells };
        // Everyone comes from the first crossing.
        let banners = banners.get(usize::from(at > 0)..).unwrap_or_default();
        for batch in batches(&known, |at| codes[at].as_ref().map_or(0, |(what, _)| what.code_count())) {
            let of_batch = || batch.iter().filter_map(|at| codes[*at].as_ref());
            let measures =
                of_batch().map(|(what, codes)| Measure { codes, code_count: what.code_count() }).collect();
            let what: Vec<What<'_>> = of_batch().map(|(what, _)| *what).collect();
            let keys = Some((keys, key_count));
            let cube = Cube::of(&Reduction::new(rows, keys, cells, Some(weights), measures)?);
            let found = of_cube(&cube, &what, banners)?;
            batch.iter().zip(found).for_each(|(at, found)| out[*at].get_or_insert_default().extend(found));
        }
    }
    Ok(out)
}

/// Neighbours whose sizes sum to no more than [`MOST_CODES`], or one that is larger.
fn batches(all: &[usize], size: impl Fn(usize) -> usize) -> Vec<Vec<usize>> {
    let (mut out, mut sum): (Vec<Vec<usize>>, usize) = (Vec::new(), 0);
    for at in all {
        sum += size(*at);
        match out.last_mut() {
            Some(last) if sum <= MOST_CODES => last.push(*at),
            _ => {
                sum = size(*at);
                out.push(vec![*at]);
            }
        }
    }
    out
}

/// What a measure of rows in memory is, and its codes.
fn codes(values: &Values) -> Option<(What<'_>, Cow<'_, [u8]>)> {
    let what = What::of(values)?;
    match (values, what) {
        (Values::Share(y), _) => Some((what, Cow::Borrowed(y.codes()))),
        (_, What::Number(_, levels) | What::Quantile(_, levels)) => match &levels.codes {
            Codes::OfRow(codes) => Some((what, Cow::Borrowed(codes))),
            Codes::Counted(..) => None,
        },
        _ => None,
    }
}

/// The breakdowns that have a crossing in common.
fn crossings(wanted: &Wanted, keys: &[u32]) -> Vec<Range<usize>> {
    let sample: Vec<u32> =
        (0..keys.len() as u32).filter(|row| CrossingPlan::samples(*row, keys.len())).collect();
    let of_sample = |by: &By| {
        let mut group_of_row = HashMap::new();
        for (group, members) in (0..).zip(by.groups.rows()) {
            let members = members.iter().filter(|row| CrossingPlan::samples(**row, keys.len()));
            group_of_row.extend(members.map(|row| (*row, group)));
        }
        sample.iter().map(|row| group_of_row.get(row).copied().unwrap_or(NO_GROUP)).collect()
    };
    let of_keys: Vec<u32> = sample.iter().map(|row| keys[*row as usize]).collect();
    let plan = CrossingPlan::new(keys.len() as u64, &of_keys, wanted.by.iter().map(of_sample));
    let each: Vec<Vec<usize>> = (0..wanted.by.len()).map(|by| vec![by]).collect();
    let found = plan.crossings(&each);
    if found.is_empty() { std::iter::once(0..0).collect() } else { found }
}

/// Sums under replicate weights take at most so many numbers (512 MiB) at once.
const MOST_SUMS: usize = 1 << 26;

/// A division of the rows that is added up at once: the cell of each row, how many there are, and the banners
/// made of them.
type Crossing = (Vec<u32>, usize, Vec<Banner>);

/// The shares of a design with replicate weights by row, when there are some.
///
/// All replicates are added up in one pass over the rows: in the crossing of all breakdowns, or, where that
/// has too many cells, once for each breakdown.
fn by_replicate_weights(
    wanted: &Wanted,
    shares: &[&Outcomes],
    design: &Design,
    options: &Options,
) -> Result<Option<Estimates>> {
    let Some(replicates) = design.replicates().filter(|_| !shares.is_empty()) else { return Ok(None) };
    let weights: Vec<&[f64]> = replicates.weights().collect();
    let measures: Vec<Measure<'_>> =
        shares.iter().map(|y| Measure { codes: y.codes(), code_count: Outcome::ALL.len() }).collect();
    let (cell_of_row, banners) = crossed(wanted, 0..wanted.by.len(), design.rows());
    let cells = banners.first().map_or(1, |b| b.group_of_cell.len());
    let crossings: Vec<Crossing> = if ReplicateTotals::size(weights.len(), cells, &measures) <= MOST_SUMS {
        vec![(cell_of_row, cells, banners)]
    } else {
        banners.into_iter().map(|banner| apart(&cell_of_row, banner)).collect()
    };
    let mut out: Estimates = vec![Vec::new(); shares.len()];
    for (cell_of_row, cells, banners) in crossings {
        if ReplicateTotals::size(weights.len(), cells, &measures) > MOST_SUMS {
            return Ok(None);
        }
        let cells = Cells::Large { of_row: &cell_of_row, count: cells };
        let cube =
            Cube::of(&Reduction::new(design.rows(), None, cells, Some(design.weights()), measures.clone())?);
        let replicated = ReplicateTotals::of(&weights, &cells, &measures);
        for Banner { group_of_cell, groups } in banners {
            let totals = cube.roll_up(&group_of_cell, groups);
            let replicated = replicated.roll_up(&group_of_cell, groups);
            let table = ReplicateTable::new(design, &totals, &replicated)?;
            let (yes, base) = (Outcome::ALL.map(|y| y == Outcome::Yes), Outcome::ALL.map(Outcome::in_base));
            let of_measure = |measure: usize| -> Vec<Estimate> {
                let mut rows = vec![Vec::new(); groups];
                for ((row, cell), outcome) in (0..).zip(&cell_of_row).zip(shares[measure].iter()) {
                    if let (Some(group), true) = (group_of_cell[*cell as usize], outcome.in_base()) {
                        rows[group as usize].push(row);
                    }
                }
                let share = |(group, rows): (usize, &Vec<u32>)| {
                    let inside: Vec<bool> = (0..groups).map(|g| g == group).collect();
                    table.share(
                        &ShareOf { measure, yes: &yes, base: &base, cells: Some(&inside) },
                        rows,
                        options,
                    )
                };
                rows.iter().enumerate().map(share).collect()
            };
            let found: Vec<Vec<Estimate>> = (0..shares.len()).into_par_iter().map(of_measure).collect();
            out.iter_mut().zip(found).for_each(|(out, estimates)| out.push(estimates));
        }
    }
    Ok(Some(out))
}

/// One banner by itself: its groups, and a cell for the rows that are in none.
fn apart(cell_of_row: &[u32], Banner { group_of_cell, groups }: Banner) -> Crossing {
    let of_row =
        cell_of_row.iter().map(|cell| group_of_cell[*cell as usize].unwrap_or(groups as u32)).collect();
    let group_of_cell = (0..groups as u32).map(Some).chain([None]).collect();
    (of_row, groups + 1, vec![Banner { group_of_cell, groups }])
}

/// The estimates of a cube whose measures are coded as `what` says, with the variance of the design; or of
/// its replicates, where all of them are shares.
///
/// # Errors
/// A design that the cube was not made with.
pub(in crate::pipeline) fn of_cube(
    cube: &Cube,
    what: &[What<'_>],
    banners: &[Banner],
    design: &Design,
    replicates: Option<&ReplicateFactors>,
    options: &Options,
) -> Result<Estimates> {
    let (yes, base) = (Outcome::ALL.map(|y| y == Outcome::Yes), Outcome::ALL.map(Outcome::in_base));
    let of_banner = |banner: &Banner| -> Result<Vec<Vec<Estimate>>> {
        let totals = cube.roll_up(&banner.group_of_cell, banner.groups);
        let table = ShareTable::new(design, &totals)?;
        let insides: Vec<Vec<bool>> =
            (0..banner.groups).map(|group| (0..banner.groups).map(|g| g == group).collect()).collect();
        let share = |measure: usize, inside| ShareOf { measure, yes: &yes, base: &base, cells: Some(inside) };
        let Some(factors) = replicates else {
            let of_cell = |(measure, what): (usize, &What<'_>), cell: usize| match what {
                What::Share => Ok(table.share(&share(measure, &insides[cell]), options)),
                What::Number(shape, Levels { values, .. }) => {
                    Ok(table.number(*shape, &ValuesOf { measure, values, cell }, options))
                }
                What::Quantile(p, Levels { values, .. }) => {
                    table.quantile(*p, &ValuesOf { measure, values, cell }, options)
                }
            };
            let of_measure =
                |what| (0..banner.groups).map(|cell| of_cell(what, cell)).collect::<Result<Vec<_>>>();
            return what.par_iter().enumerate().map(of_measure).collect();
        };
        let of_group = |group: usize| {
            let shares: Vec<ShareOf<'_>> =
                (0..totals.measure_count()).map(|measure| share(measure, &insides[group])).collect();
            table.replicated(&shares, factors, options)
        };
        Ok(turned(totals.measure_count(), (0..banner.groups).into_par_iter().map(of_group).collect()))
    };
    // Banners side by side too: with few rows none of them keeps all threads busy.
    let found: Vec<Result<Vec<Vec<Estimate>>>> = banners.par_iter().map(of_banner).collect();
    let found = found.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(turned(found.first().map_or(0, Vec::len), found))
}

/// What a code stands for: numerator and denominator; `None` outside the base.
type ValueOfCode = Option<(f64, f64)>;

/// As [`of_cube`], of a design whose weights were fitted to margins: the cube is one of the base weights, by
/// these keys. Quantiles have another way.
pub(in crate::pipeline) fn of_fitted_cube(
    cube: &Cube,
    what: &[What<'_>],
    banners: &[Banner],
    (design, keys): (&Design, &FittedKeys<'_>),
    options: &Options,
) -> Estimates {
    let coded = |what: &What<'_>| match what {
        What::Share => (Shape::Share, vec![Some((0.0, 1.0)), Some((1.0, 1.0)), None]),
        What::Number(shape, levels) => (*shape, levels.values.iter().map(|value| Some(*value)).collect()),
        What::Quantile(_, levels) => (Shape::Mean, vec![None; levels.values.len()]),
    };
    let coded: Vec<(Shape, Vec<ValueOfCode>)> = what.iter().map(coded).collect();
    let of_banner = |banner: &Banner| -> Vec<Vec<Estimate>> {
        let totals = cube.roll_up(&banner.group_of_cell, banner.groups);
        let table = FittedTable::new(design, keys, &totals);
        let of_measure = |(measure, (shape, values)): (usize, &(Shape, Vec<ValueOfCode>))| {
            let number = |cell| table.number(*shape, &CodedValues { measure, values, cell }, options);
            (0..banner.groups).map(number).collect()
        };
        coded.par_iter().enumerate().map(of_measure).collect()
    };
    let found: Vec<Vec<Vec<Estimate>>> = banners.par_iter().map(of_banner).collect();
    turned(found.first().map_or(0, Vec::len), found)
}

/// Rows as columns: of each of `count` places what every list has there.
fn turned<T>(count: usize, lists: Vec<Vec<T>>) -> Vec<Vec<T>> {
    let mut out: Vec<Vec<T>> = (0..count).map(|_| Vec::with_capacity(lists.len())).collect();
    lists.into_iter().for_each(|list| out.iter_mut().zip(list).for_each(|(out, item)| out.push(item)));
    out
}

/// The number of each pair of a cell and a group, where it has one; else `u32::MAX`.
enum KnownCells {
    /// So many groups a cell.
    Table(usize, Vec<u32>),
    /// Of those that were met, where there could be too many.
    Met(HashMap<(u32, u32), u32>),
}

impl KnownCells {
    /// Places that a table may have.
    const MOST: usize = 1 << 22;

    fn new(cells: usize, groups: usize) -> Self {
        match cells.saturating_mul(groups) {
            places if places <= Self::MOST => Self::Table(groups, vec![u32::MAX; places]),
            _ => Self::Met(HashMap::new()),
        }
    }

    fn cell(&mut self, cell: u32, group: u32) -> &mut u32 {
        match self {
            Self::Table(groups, known) => &mut known[cell as usize * *groups + group as usize],
            Self::Met(known) => known.entry((cell, group)).or_insert(u32::MAX),
        }
    }
}

/// The cell of each respondent in the crossing of the domain and these breakdowns, and what the cells mean
/// for each banner.
fn crossed(wanted: &Wanted, together: Range<usize>, rows: usize) -> (Vec<u32>, Vec<Banner>) {
    let mut classifications: Vec<(Vec<Option<u32>>, usize)> =
        vec![(wanted.domain.iter().map(|inside| inside.then_some(0)).collect(), 1)];
    for by in wanted.by.get(together).unwrap_or_default() {
        let mut of_row = vec![None; rows];
        for (group, members) in (0..).zip(by.groups.rows()) {
            members.iter().for_each(|row| of_row[*row as usize] = Some(group));
        }
        classifications.push((of_row, by.groups.count()));
    }
    let mut cell_of_row = vec![0_u32; rows];
    let mut first = vec![0_usize];
    for (of_row, groups) in &classifications {
        let mut known = KnownCells::new(first.len(), groups + 1);
        first.clear();
        for (row, (cell, group)) in cell_of_row.iter_mut().zip(of_row).enumerate() {
            let known = known.cell(*cell, group.map_or(0, |group| group + 1));
            if *known == u32::MAX {
                *known = first.len() as u32;
                first.push(row);
            }
            *cell = *known;
        }
    }
    let banner = |(of_row, groups): (Vec<Option<u32>>, usize)| Banner {
        group_of_cell: first.iter().map(|row| of_row[*row]).collect(),
        groups,
    };
    (cell_of_row, classifications.into_iter().map(banner).collect())
}
