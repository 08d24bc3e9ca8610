//! Shares from one pass over the rows: sums in the crossing of all breakdowns, each breakdown a roll-up of
//! them.

use std::collections::HashMap;

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::measures::{Values, Wanted};
use crate::design::{Design, ReplicateFactors};
use crate::engine::{Cells, Cube, Measure, Reduction, ReplicateTotals};
use crate::error::Result;
use crate::estimate::{Estimate, NO, OUTSIDE, Options, ReplicateTable, ShareOf, ShareTable, YES};

/// Estimates of the shares: `[share][banner][group]`, the first banner being everyone.
pub(in crate::pipeline) type Estimates = Vec<Vec<Vec<Estimate>>>;

/// What an answer is in the cube's measures of shares.
pub(in crate::pipeline) const OUTCOMES: [u8; 3] = [NO, YES, OUTCOME_OUTSIDE];
const OUTCOME_OUTSIDE: u8 = 2;

/// One way to divide the respondents: the group of each cell, and the number of groups.
pub(in crate::pipeline) struct Banner {
    pub(in crate::pipeline) group_of_cell: Vec<Option<u32>>,
    pub(in crate::pipeline) groups: usize,
}

/// The shares of everything wanted, when the design's variance is a function of the sums; else `None`.
///
/// # Errors
/// None that columns of the design's length can reach.
pub(in crate::pipeline) fn in_memory(
    wanted: &Wanted,
    design: &Design,
    replicates: Option<&ReplicateFactors>,
    options: &Options,
) -> Result<Option<Estimates>> {
    let shares: Vec<&Vec<u8>> = wanted
        .measures
        .iter()
        .filter_map(|m| if let Values::Share(y) = &m.values { Some(y) } else { None })
        .collect();
    let Ok((keys, key_count)) = ShareTable::keys(design) else {
        return by_replicate_weights(wanted, &shares, design, options);
    };
    // Factors are of PSUs; rows that are PSUs themselves have no totals.
    let by_psu = design.roster().is_some_and(|r| !r.is_element());
    if shares.is_empty() || replicates.is_some() && !by_psu {
        return Ok(None);
    }
    let rows = design.rows();
    let (cell_of_row, banners) = crossed(wanted, rows);
    let codes = outcomes(&shares);
    let measures = codes.iter().map(|codes| Measure { codes, code_count: OUTCOMES.len() }).collect();
    let cells =
        Cells::Large { of_row: &cell_of_row, count: banners.first().map_or(1, |b| b.group_of_cell.len()) };
    let reduction = Reduction::new(rows, Some((&keys, key_count)), cells, Some(design.weights()), measures)?;
    of_cube(&Cube::of(&reduction), &banners, design, replicates, options).map(Some)
}

fn outcomes(shares: &[&Vec<u8>]) -> Vec<Vec<u8>> {
    shares
        .iter()
        .map(|y| y.iter().map(|y| if *y == OUTSIDE { OUTCOME_OUTSIDE } else { *y }).collect())
        .collect()
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
    shares: &[&Vec<u8>],
    design: &Design,
    options: &Options,
) -> Result<Option<Estimates>> {
    let Some(replicates) = design.replicates().filter(|_| !shares.is_empty()) else { return Ok(None) };
    let weights: Vec<&[f64]> = replicates.weights().collect();
    let codes = outcomes(shares);
    let measures: Vec<Measure<'_>> =
        codes.iter().map(|codes| Measure { codes, code_count: OUTCOMES.len() }).collect();
    let (cell_of_row, banners) = crossed(wanted, design.rows());
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
            let (yes, base) = (OUTCOMES.map(|y| y == YES), OUTCOMES.map(|y| y != OUTCOME_OUTSIDE));
            let of_measure = |measure: usize| -> Vec<Estimate> {
                let mut rows = vec![Vec::new(); groups];
                for ((row, cell), code) in (0..).zip(&cell_of_row).zip(&codes[measure]) {
                    if let (Some(group), true) = (group_of_cell[*cell as usize], *code != OUTCOME_OUTSIDE) {
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

/// The shares of a cube whose measures are coded as [`OUTCOMES`], with the variance of the design or of its
/// replicates.
///
/// # Errors
/// A design that the cube was not made with.
pub(in crate::pipeline) fn of_cube(
    cube: &Cube,
    banners: &[Banner],
    design: &Design,
    replicates: Option<&ReplicateFactors>,
    options: &Options,
) -> Result<Estimates> {
    let (yes, base) = (OUTCOMES.map(|y| y == YES), OUTCOMES.map(|y| y != OUTCOME_OUTSIDE));
    let of_banner = |banner: &Banner| -> Result<Vec<Vec<Estimate>>> {
        let totals = cube.roll_up(&banner.group_of_cell, banner.groups);
        let table = ShareTable::new(design, &totals)?;
        let insides: Vec<Vec<bool>> =
            (0..banner.groups).map(|group| (0..banner.groups).map(|g| g == group).collect()).collect();
        let share = |measure: usize, inside| ShareOf { measure, yes: &yes, base: &base, cells: Some(inside) };
        let Some(factors) = replicates else {
            let of_measure = |measure: usize| {
                insides.iter().map(|inside| table.share(&share(measure, inside), options)).collect()
            };
            return Ok((0..totals.measure_count()).into_par_iter().map(of_measure).collect());
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

/// Rows as columns: of each of `count` places what every list has there.
fn turned<T>(count: usize, lists: Vec<Vec<T>>) -> Vec<Vec<T>> {
    let mut out: Vec<Vec<T>> = (0..count).map(|_| Vec::with_capacity(lists.len())).collect();
    lists.into_iter().for_each(|list| out.iter_mut().zip(list).for_each(|(out, item)| out.push(item)));
    out
}

/// The cell of each respondent in the crossing of domain and breakdowns, and what the cells mean for each
/// banner.
fn crossed(wanted: &Wanted, rows: usize) -> (Vec<u32>, Vec<Banner>) {
    let mut classifications: Vec<(Vec<Option<u32>>, usize)> =
        vec![(wanted.domain.iter().map(|inside| inside.then_some(0)).collect(), 1)];
    for by in &wanted.by {
        let mut of_row = vec![None; rows];
        for (group, members) in (0..).zip(by.groups.rows()) {
            members.iter().for_each(|row| of_row[*row as usize] = Some(group));
        }
        classifications.push((of_row, by.groups.count()));
    }
    let mut cell_of_row = vec![0_u32; rows];
    let mut first = vec![0_usize];
    for (of_row, _) in &classifications {
        let mut known: HashMap<(u32, Option<u32>), u32> = HashMap::new();
        first.clear();
        for (row, (cell, group)) in cell_of_row.iter_mut().zip(of_row).enumerate() {
            *cell = *known.entry((*cell, *group)).or_insert_with(|| {
                first.push(row);
                first.len() as u32 - 1
            });
        }
    }
    let banner = |(of_row, groups): (Vec<Option<u32>>, usize)| Banner {
        group_of_cell: first.iter().map(|row| of_row[*row]).collect(),
        groups,
    };
    (cell_of_row, classifications.into_iter().map(banner).collect())
}
