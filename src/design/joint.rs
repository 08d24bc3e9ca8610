//! The cells of several margins taken together.

use std::collections::HashMap;

use super::weighed::Weighed;
use crate::stats::CompensatedSum;

/// Rows that share their category in every margin move together.
#[derive(Debug, Clone)]
pub(super) struct JointCells {
    /// Joint cell of each row, or of each unit that stands for several.
    pub(super) of_row: Vec<u32>,
    /// For each joint cell its category in each margin.
    pub(super) categories: Vec<Vec<u32>>,
}

impl JointCells {
    /// Numbers the combinations in the order in which they first occur. Margins have one category a row each.
    pub(super) fn new(margins: &[&[u32]]) -> Self {
        let rows = margins.first().map_or(0, |m| m.len());
        let mut known: HashMap<Vec<u32>, u32> = HashMap::new();
        let (mut of_row, mut categories) = (Vec::with_capacity(rows), Vec::new());
        let mut key = vec![0; margins.len()];
        for row in 0..rows {
            for (k, margin) in key.iter_mut().zip(margins) {
                *k = margin[row];
            }
            let cell = match known.get(&key) {
                Some(cell) => *cell,
                None => {
                    let cell = categories.len() as u32;
                    known.insert(key.clone(), cell);
                    categories.push(key.clone());
                    cell
                }
            };
            of_row.push(cell);
        }
        Self { of_row, categories }
    }

    /// Σ w by joint cell.
    pub(super) fn sums(&self, weights: &Weighed<'_>) -> Vec<f64> {
        weights.sums(&self.of_row, self.categories.len())
    }

    /// The weights of rows, each times its joint cell's factor.
    pub(super) fn scaled(&self, weights: &[f64], factors: &[f64]) -> Vec<f64> {
        weights.iter().zip(&self.of_row).map(|(w, cell)| w * factors[*cell as usize]).collect()
    }

    /// A margin of a table over the joint cells.
    pub(super) fn margin_sums(&self, table: &[f64], m: usize, size: usize) -> Vec<f64> {
        let mut sums = vec![CompensatedSum::default(); size];
        for (t, categories) in table.iter().zip(&self.categories) {
            sums[categories[m] as usize].add(*t);
        }
        sums.iter().map(CompensatedSum::value).collect()
    }
}
