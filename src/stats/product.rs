//! Products of tall matrices, in a fixed order of adding.

/// Σ_p f_p B_p over the rows p of a table of `width` columns: one sum a column. Rows are added in their
/// order, so that the result is the same on every machine; those with the factor 0 cost nothing.
///
/// ```
/// let table = [1.0, 10.0, 2.0, 20.0, 3.0, 30.0];
/// assert_eq!(shihyo::stats::product::weighted_rows(&[2.0, 0.0, 1.0], &table, 2), [5.0, 50.0]);
/// ```
pub fn weighted_rows(factors: &[f64], table: &[f64], width: usize) -> Vec<f64> {
    let mut sums = vec![0.0; width];
    // Four rows at a time: the sums are read and written once for them.
    let mut held: [(f64, &[f64]); 4] = [(0.0, &[]); 4];
    let mut count = 0;
    for (factor, row) in factors.iter().zip(table.chunks_exact(width.max(1))) {
        if *factor == 0.0 {
            continue;
        }
        held[count] = (*factor, row);
        count += 1;
        if count == 4 {
            let [(a, p), (b, q), (c, r), (d, s)] = held;
            for ((((sum, p), q), r), s) in sums.iter_mut().zip(p).zip(q).zip(r).zip(s) {
                *sum = *sum + a * p + b * q + c * r + d * s;
            }
            count = 0;
        }
    }
    for (factor, row) in &held[..count] {
        sums.iter_mut().zip(*row).for_each(|(sum, x)| *sum += factor * x);
    }
    sums
}
