//! The cells of several margins taken together.

use std::collections::HashMap;

use crate::stats::CompensatedSum;

/// Rows that share their category in every margin move together.
#[derive(Debug, Clone)]
pub(super) struct JointCells {
    /// Joint cell of each row.
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

    /// Σ of the values by joint cell.
    pub(super) fn sums(&self, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![CompensatedSum::default(); self.categories.len()];
        for (cell, w) in self.of_row.iter().zip(weights) {
            sums[*cell as usize].add(*w);
        }
        sums.iter().map(CompensatedSum::value).collect()
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
