//! Shares from one pass over the rows: sums in the crossing of all breakdowns, each breakdown a roll-up of them.

use std::collections::HashMap;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::measures::{Values, Wanted};
use crate::design::Design;
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
pub(super) fn in_memory(wanted: &Wanted, design: &Design, options: &Options) -> Result<Option<Estimates>> {
    let shares: Vec<&Vec<u8>> = wanted.measures.iter().filter_map(|m| if let Values::Share(y) = &m.values { Some(y) } else { None }).collect();
    let Ok((keys, key_count)) = ShareTable::keys(design) else { return Ok(None) };
    if shares.is_empty() {
        return Ok(None);
    }
    let rows = design.rows();
    let (cell_of_row, banners) = crossed(wanted, rows);
    let codes: Vec<Vec<u8>> = shares.iter().map(|y| y.iter().map(|y| if *y == OUTSIDE { OUTCOME_OUTSIDE } else { *y }).collect()).collect();
    let measures = codes.iter().map(|codes| Measure { codes, code_count: OUTCOMES.len() }).collect();
    let cells = Cells::Large { of_row: &cell_of_row, count: banners.first().map_or(1, |b| b.group_of_cell.len()) };
    let reduction = Reduction::new(rows, Some((&keys, key_count)), cells, Some(design.weights()), measures)?;
    of_cube(&Cube::of(&reduction), &banners, design, options).map(Some)
}

/// The shares of a cube whose measures are coded as [`OUTCOMES`].
///
/// # Errors
/// A design that the cube was not made with.
pub(super) fn of_cube(cube: &Cube, banners: &[Banner], design: &Design, options: &Options) -> Result<Estimates> {
    let mut out: Estimates = Vec::new();
    for banner in banners {
        let totals = cube.roll_up(&banner.group_of_cell, banner.groups);
        let table = ShareTable::new(design, &totals)?;
        out.resize_with(totals.measure_count(), Vec::new);
        out.par_iter_mut().enumerate().for_each(|(measure, out)| {
            let of_group = |group: usize| {
                let inside: Vec<bool> = (0..banner.groups).map(|g| g == group).collect();
                let (yes, base) = (OUTCOMES.map(|y| y == YES), OUTCOMES.map(|y| y != OUTCOME_OUTSIDE));
                table.share(&ShareOf { measure, yes: &yes, base: &base, cells: Some(&inside) }, options)
            };
            out.push((0..banner.groups).map(of_group).collect());
        });
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
