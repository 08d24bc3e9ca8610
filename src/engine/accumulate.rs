//! All sums of a reduction.

use super::cube::Cube;
use super::reduction::Reduction;
use super::totals::Totals;

/// Adds up all rows. The result is the same, bit for bit, for any number of threads.
///
/// ```
/// use shihyo::engine::{Cells, Measure, Reduction, reduce};
///
/// let answers = Measure { codes: &[0, 2, 2, 1, 2], code_count: 3 };
/// let totals = reduce(&Reduction::new(5, None, Cells::One, None, vec![answers])?);
/// assert_eq!(totals.n(0, 0, 0), [1, 1, 3]);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
pub fn reduce(reduction: &Reduction<'_>) -> Totals {
    Cube::of(reduction).totals()
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::code::Code;
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

    /// The sums by the plainest loop, the rounding of each addition kept beside (Neumaier).
    fn naive(
        keys: &[u32],
        cells: &[u16],
        weights: &[f64],
        codes: &[u8],
        shape: (usize, usize, usize),
    ) -> Vec<(u64, f64, f64)> {
        let add = |(sum, lost): &mut (f64, f64), x: f64| {
            let next = *sum + x;
            *lost += if sum.abs() >= x.abs() { (*sum - next) + x } else { (x - next) + *sum };
            *sum = next;
        };
        let mut out = vec![(0_u64, (0.0, 0.0), (0.0, 0.0)); shape.0 * shape.1 * shape.2];
        for (row, code) in codes.iter().enumerate() {
            let (key, cell, w) = (keys[row] as usize, cells[row] as usize, weights[row]);
            let (n, sum, squares) = &mut out[(key * shape.1 + cell) * shape.2 + *code as usize];
            *n += 1;
            add(sum, w);
            add(squares, w * w);
        }
        out.into_iter().map(|(n, w, w2)| (n, w.0 + w.1, w2.0 + w2.1)).collect()
    }

    #[test]
    fn sums_are_those_of_the_plain_loop_for_any_number_of_threads() {
        let rows = 400_000_u32;
        let mixed = |i: u32, n: u32| (i ^ 0x5bd1).wrapping_mul(2_654_435_761).rotate_left(7) % n;
        for (key_count, cell_count) in [(1, 1), (56, 70), (3_001, 97)] {
            let keys: Vec<u32> = (0..rows).map(|i| mixed(i, key_count)).collect();
            let cells: Vec<u16> = (0..rows).map(|i| mixed(i + 7, cell_count) as u16).collect();
            let codes: Vec<Vec<u8>> =
                [3, 11].map(|n| (0..rows).map(|i| mixed(3 * i + n, n) as u8).collect()).to_vec();
            let constant: Vec<f64> = keys.iter().map(|k| 1.0 + f64::from(*k) / 7.0).collect();
            let varying: Vec<f64> = (0..rows).map(|i| 0.5 + f64::from(mixed(i, 1_000)) / 3.0).collect();
            for weights in [&constant, &varying] {
                let totals = || {
                    let measures = codes
                        .iter()
                        .zip([3, 11])
                        .map(|(codes, code_count)| Measure { codes, code_count })
                        .collect();
                    let cells = Cells::Small { of_row: &cells, count: cell_count as usize };
                    reduce(
                        &Reduction::new(
                            rows as usize,
                            Some((&keys, key_count as usize)),
                            cells,
                            Some(weights),
                            measures,
                        )
                        .expect("fits"),
                    )
                };
                let pools = [1, 2, 3, 8]
                    .map(|n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("a pool"));
                let [first, rest @ ..] = pools.map(|pool| pool.install(totals));
                assert!(rest.iter().all(|t| *t == first));
                for (measure, code_count) in [3, 11].into_iter().enumerate() {
                    let shape = (key_count as usize, cell_count as usize, code_count);
                    let expected = naive(&keys, &cells, weights, &codes[measure], shape);
                    for (at, (n, w, w2)) in expected.into_iter().enumerate() {
                        let (slot, code) = (at / code_count, at % code_count);
                        let (key, cell) = (slot / shape.1, slot % shape.1);
                        assert_eq!(first.n(measure, key, cell)[code], n);
                        assert!((first.w(measure, key, cell)[code] - w).abs() <= 1e-13 * w);
                        assert!((first.w2(measure, key, cell)[code] - w2).abs() <= 1e-13 * w2);
                    }
                }
            }
        }
    }

    #[test]
    fn a_roll_up_is_the_reduction_of_the_coarser_cells() {
        let rows = 50_000_u32;
        let keys: Vec<u32> = (0..rows).map(|i| i * 7 % 13).collect();
        let fine: Vec<u16> = (0..rows).map(|i| (i * 5 % 12) as u16).collect();
        let codes: Vec<u8> = (0..rows).map(|i| (i * 3 % 5) as u8).collect();
        let weights: Vec<f64> = keys.iter().map(|k| 1.0 + f64::from(*k) / 3.0).collect();
        let net: Vec<u8> = codes.iter().map(|c| [0, 1, 1, 2, 2][*c as usize]).collect();
        let coarse: Vec<u16> = fine.iter().map(|c| c / 4).collect();
        let of = |cells, count, codes, code_count| {
            let cells = Cells::Small { of_row: cells, count };
            Reduction::new(
                rows as usize,
                Some((&keys, 13)),
                cells,
                Some(&weights),
                vec![Measure { codes, code_count }],
            )
            .expect("fits")
        };
        let groups: Vec<Option<u32>> = (0..12).map(|cell| Some(cell / 4)).collect();
        let rolled =
            Cube::of(&of(&fine, 12, &codes, 5)).recoded(3, &[(0, vec![0, 1, 1])]).roll_up(&groups, 3);
        assert_eq!(rolled, reduce(&of(&coarse, 3, &net, 3)));
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        let codes = [0_u8, 1, 5];
        let measure = Measure { codes: &codes, code_count: 2 };
        let refused =
            |error: Result<Reduction<'_>, crate::error::Error>| error.unwrap_err().diagnostics()[0].code;
        assert_eq!(refused(Reduction::new(3, None, Cells::One, None, vec![measure])), Code::EngineReduction);
        assert!(Reduction::new(2, None, Cells::One, None, vec![]).is_ok());
        assert_eq!(refused(Reduction::new(2, None, Cells::One, Some(&[1.0]), vec![])), Code::EngineReduction);
    }
}
