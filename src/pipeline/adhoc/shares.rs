//! Shares from one pass over the rows: sums in the crossing of all breakdowns, each breakdown a roll-up of them.

use std::collections::HashMap;

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::measures::{Values, Wanted};
use crate::design::{Design, ReplicateFactors};
use crate::engine::{Cells, Cube, Measure, Reduction};
use crate::error::Result;
use crate::estimate::{Estimate, NO, OUTSIDE, Options, ShareOf, ShareTable, YES};

/// Estimates of the shares: `[share][banner][group]`, the first banner being everyone.
pub(super) type Estimates = Vec<Vec<Vec<Estimate>>>;

/// What an answer is in the cube's measures of shares.
pub(super) const OUTCOMES: [u8; 3] = [NO, YES, OUTCOME_OUTSIDE];
const OUTCOME_OUTSIDE: u8 = 2;

/// One way to divide the respondents: the group of each cell, and the number of groups.
pub(super) struct Banner {
    pub(super) group_of_cell: Vec<Option<u32>>,
    pub(super) groups: usize,
}

/// The shares of everything wanted, when the design's variance is a function of the sums; else `None`.
///
/// # Errors
/// None that columns of the design's length can reach.
pub(super) fn in_memory(wanted: &Wanted, design: &Design, replicates: Option<&ReplicateFactors>, options: &Options) -> Result<Option<Estimates>> {
    let shares: Vec<&Vec<u8>> = wanted.measures.iter().filter_map(|m| if let Values::Share(y) = &m.values { Some(y) } else { None }).collect();
    let Ok((keys, key_count)) = ShareTable::keys(design) else { return Ok(None) };
    // Factors are of PSUs; rows that are PSUs themselves have no totals.
    let by_psu = design.roster().is_some_and(|r| !r.is_element());
    if shares.is_empty() || replicates.is_some() && !by_psu {
        return Ok(None);
    }
    let rows = design.rows();
    let (cell_of_row, banners) = crossed(wanted, rows);
    let codes: Vec<Vec<u8>> = shares.iter().map(|y| y.iter().map(|y| if *y == OUTSIDE { OUTCOME_OUTSIDE } else { *y }).collect()).collect();
    let measures = codes.iter().map(|codes| Measure { codes, code_count: OUTCOMES.len() }).collect();
    let cells = Cells::Large { of_row: &cell_of_row, count: banners.first().map_or(1, |b| b.group_of_cell.len()) };
    let reduction = Reduction::new(rows, Some((&keys, key_count)), cells, Some(design.weights()), measures)?;
    of_cube(&Cube::of(&reduction), &banners, design, replicates, options).map(Some)
}

/// The shares of a cube whose measures are coded as [`OUTCOMES`], with the variance of the design or of its replicates.
///
/// # Errors
/// A design that the cube was not made with.
pub(super) fn of_cube(
    cube: &Cube,
    banners: &[Banner],
    design: &Design,
    replicates: Option<&ReplicateFactors>,
    options: &Options,
) -> Result<Estimates> {
    let mut out: Estimates = Vec::new();
    for banner in banners {
        let totals = cube.roll_up(&banner.group_of_cell, banner.groups);
        let table = ShareTable::new(design, &totals)?;
        out.resize_with(totals.measure_count(), Vec::new);
        let (yes, base) = (OUTCOMES.map(|y| y == YES), OUTCOMES.map(|y| y != OUTCOME_OUTSIDE));
        let inside = |group: usize| -> Vec<bool> { (0..banner.groups).map(|g| g == group).collect() };
        let Some(factors) = replicates else {
            out.par_iter_mut().enumerate().for_each(|(measure, out)| {
                let of_group = |group: usize| {
                    let inside = inside(group);
                    table.share(&ShareOf { measure, yes: &yes, base: &base, cells: Some(&inside) }, options)
                };
                out.push((0..banner.groups).map(of_group).collect());
            });
            continue;
        };
        out.iter_mut().for_each(|banners| banners.push(Vec::new()));
        let of_group = |group: usize| {
            let inside = inside(group);
            let shares: Vec<ShareOf<'_>> = (0..totals.measure_count()).map(|measure| ShareOf { measure, yes: &yes, base: &base, cells: Some(&inside) }).collect();
            table.replicated(&shares, factors, options)
        };
        let found: Vec<Vec<Estimate>> = (0..banner.groups).into_par_iter().map(of_group).collect();
        for estimates in found {
            out.iter_mut().zip(estimates).for_each(|(banners, e)| banners.last_mut().into_iter().for_each(|b| b.push(e.clone())));
        }
    }
    Ok(out)
}

/// The cell of each respondent in the crossing of domain and breakdowns, and what the cells mean for each banner.
fn crossed(wanted: &Wanted, rows: usize) -> (Vec<u32>, Vec<Banner>) {
    let mut classifications: Vec<(Vec<Option<u32>>, usize)> = vec![(wanted.domain.iter().map(|inside| inside.then_some(0)).collect(), 1)];
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
    let banner = |(of_row, groups): (Vec<Option<u32>>, usize)| Banner { group_of_cell: first.iter().map(|row| of_row[*row]).collect(), groups };
    (cell_of_row, classifications.into_iter().map(banner).collect())
}
