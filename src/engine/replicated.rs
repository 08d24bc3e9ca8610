//! Sums of many columns of weights at once: replicate weights by row.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use super::reduction::{Cells, Measure};

/// Replicates that are added up together: their weights of a row, and their sums of a slot, lie in one line
/// of the cache.
const TOGETHER: usize = 8;

/// Rows that are added up together: their weights stay in the cache while one measure after the other is
/// added.
const BLOCK: usize = 1 << 12;

/// Σw by replicate × measure × cell × code. Rows are added in their order, by one thread for each replicate,
/// so that the sums do not depend on the number of threads.
///
/// ```
/// use shihyo::engine::{Cells, Measure, ReplicateTotals};
///
/// let weights = [&[1.0, 2.0, 3.0][..], &[0.0, 4.0, 6.0][..]];
/// let cells = Cells::Small { of_row: &[0, 1, 1], count: 2 };
/// let totals = ReplicateTotals::of(&weights, &cells, &[Measure { codes: &[1, 0, 1], code_count: 2 }]);
/// assert_eq!((totals.w(0, 0, 1), totals.w(1, 0, 1)), (&[2.0, 3.0][..], &[4.0, 6.0][..]));
/// assert_eq!(totals.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicateTotals {
    /// Where the slots of each measure begin, and its number of codes.
    measures: Vec<(usize, usize)>,
    by_replicate: Vec<Vec<f64>>,
}

impl ReplicateTotals {
    /// Adds up all rows of columns of one length; cells and codes are below their counts.
    pub fn of(weights: &[&[f64]], cells: &Cells<'_>, measures: &[Measure<'_>]) -> Self {
        let (begins, size) = places(measures.iter().map(|m| m.code_count), cells.count());
        let by_replicate = weights
            .par_chunks(TOGETHER)
            .flat_map_iter(|weights| added(weights, cells, measures, &begins, size))
            .collect();
        Self { measures: begins, by_replicate }
    }

    /// Numbers that such totals hold.
    pub fn size(replicates: usize, cells: usize, measures: &[Measure<'_>]) -> usize {
        let codes: usize = measures.iter().map(|m| m.code_count).sum();
        replicates.saturating_mul(cells).saturating_mul(codes)
    }

    /// Number of replicates.
    pub fn len(&self) -> usize {
        self.by_replicate.len()
    }

    /// Whether there are no replicates.
    pub fn is_empty(&self) -> bool {
        self.by_replicate.is_empty()
    }

    /// Σw by code, of one replicate, measure and cell.
    pub fn w(&self, replicate: usize, measure: usize, cell: usize) -> &[f64] {
        let (begins, codes) = self.measures[measure];
        &self.by_replicate[replicate][begins + cell * codes..begins + (cell + 1) * codes]
    }

    /// Each cell added to its group, or to none.
    #[must_use]
    pub fn roll_up(&self, group_of_cell: &[Option<u32>], group_count: usize) -> Self {
        let (measures, size) = places(self.measures.iter().map(|(_, codes)| *codes), group_count);
        let roll_up = |sums: &Vec<f64>| {
            let mut out = vec![0.0; size];
            for ((from, codes), (to, _)) in self.measures.iter().zip(&measures) {
                for (cell, group) in group_of_cell.iter().enumerate() {
                    let Some(group) = group else { continue };
                    let (from, to) = (from + cell * codes, to + *group as usize * codes);
                    out[to..to + codes].iter_mut().zip(&sums[from..from + codes]).for_each(|(a, b)| *a += b);
                }
            }
            out
        };
        Self { by_replicate: self.by_replicate.par_iter().map(roll_up).collect(), measures }
    }
}

/// Where the slots of each measure begin, with its number of codes; and how many slots there are.
fn places(code_counts: impl Iterator<Item = usize>, cells: usize) -> (Vec<(usize, usize)>, usize) {
    let mut size = 0;
    let mut places = Vec::new();
    for codes in code_counts {
        places.push((size, codes));
        size += cells * codes;
    }
    (places, size)
}

/// The sums of up to [`TOGETHER`] replicates.
fn added(
    weights: &[&[f64]],
    cells: &Cells<'_>,
    measures: &[Measure<'_>],
    begins: &[(usize, usize)],
    size: usize,
) -> Vec<Vec<f64>> {
    let rows = weights.first().map_or(0, |w| w.len());
    let mut sums = vec![[0.0; TOGETHER]; size];
    let mut of_row = vec![[0.0; TOGETHER]; BLOCK.min(rows)];
    for first in (0..rows).step_by(BLOCK) {
        let block = first..rows.min(first + BLOCK);
        for (k, weights) in weights.iter().enumerate() {
            of_row.iter_mut().zip(&weights[block.clone()]).for_each(|(w, x)| w[k] = *x);
        }
        for (measure, (begins, codes)) in measures.iter().zip(begins) {
            for ((row, w), code) in block.clone().zip(&of_row).zip(&measure.codes[block.clone()]) {
                let sums = &mut sums[begins + cells.of(row) * codes + usize::from(*code)];
                sums.iter_mut().zip(w).for_each(|(sum, w)| *sum += w);
            }
        }
    }
    (0..weights.len()).map(|k| sums.iter().map(|s| s[k]).collect()).collect()
}
