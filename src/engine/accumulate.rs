//! All sums of a reduction.

use super::cube::Cube;
use super::reduction::Reduction;
use super::totals::Totals;

/// Adds up all rows. The result is the same, bit for bit, for any number of threads.
pub fn reduce(reduction: &Reduction<'_>) -> Totals {
    Cube::of(reduction).totals()
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::engine::{Cells, Measure};

    #[test]
    fn parts_merge_to_the_whole_and_threads_do_not_matter() {
        let rows = 300_000;
        let keys: Vec<u32> = (0..rows as u32).map(|i| i * 7 % 13).collect();
        let cells: Vec<u16> = (0..rows).map(|i| (i * 5 % 11) as u16).collect();
        let weights: Vec<f64> = (0..rows).map(|i| 1.0 + (i % 97) as f64 / 7.0).collect();
        let codes: Vec<u8> = (0..rows).map(|i| (i * 3 % 4) as u8).collect();
        let part = |range: Range<usize>| {
            let r = Reduction::new(
                range.len(),
                Some((&keys[range.clone()], 13)),
                Cells::Small { of_row: &cells[range.clone()], count: 11 },
                Some(&weights[range.clone()]),
                vec![Measure { codes: &codes[range], code_count: 4 }],
            );
            reduce(&r.expect("fits"))
        };
        let whole = part(0..rows);
        let mut merged = part(0..100_000);
        assert!(merged.merge(&part(100_000..rows)));
        assert_eq!(whole.rows(), merged.rows());
        for key in 0..13 {
            for cell in 0..11 {
                assert_eq!(whole.n(0, key, cell), merged.n(0, key, cell));
                for (a, b) in whole.w(0, key, cell).iter().zip(merged.w(0, key, cell)) {
                    assert!((a - b).abs() <= 1e-12 * a.abs());
                }
            }
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        let alone = pool.install(|| part(0..rows));
        assert_eq!(alone, whole);
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        let codes = [0_u8, 1, 5];
        let measure = Measure { codes: &codes, code_count: 2 };
        assert!(Reduction::new(3, None, Cells::One, None, vec![measure]).is_err());
        assert!(Reduction::new(2, None, Cells::One, None, vec![]).is_ok());
        assert!(Reduction::new(2, None, Cells::One, Some(&[1.0]), vec![]).is_err());
    }
}
