//! How many of some vectors do not follow from the others.

/// Rank of `count` vectors with these inner products: as [`rank`], the part of each that the ones before it
/// leave, by Cholesky's decomposition. That part is 1e-10 of a square against rounding of some 1e-13.
pub(crate) fn rank_of_products(products: &[f64], count: usize) -> usize {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for j in 0..count {
        let product = |i: usize| products[j * count + i];
        let row: Vec<f64> = basis.iter().map(|column| column[j]).collect();
        let left = product(j) - row.iter().map(|x| x * x).sum::<f64>();
        if left > 1e-10 * product(j) {
            let along = |i: usize| {
                (product(i) - basis.iter().zip(&row).map(|(column, x)| column[i] * x).sum::<f64>())
                    / left.sqrt()
            };
            let column = (0..count).map(along).collect();
            basis.push(column);
        }
    }
    basis.len()
}

/// Rank of vectors of this length (tolerance 1e-5).
pub(crate) fn rank(vectors: impl Iterator<Item = Vec<f64>>, length: usize) -> usize {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for mut v in vectors {
        if basis.len() == length {
            break;
        }
        let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let before = norm(&v);
        for _ in 0..2 {
            for q in &basis {
                let along: f64 = v.iter().zip(q).map(|(a, b)| a * b).sum();
                v.iter_mut().zip(q).for_each(|(a, b)| *a -= along * b);
            }
        }
        let left = norm(&v);
        if left > 1e-5 * before {
            v.iter_mut().for_each(|x| *x /= left);
            basis.push(v);
        }
    }
    basis.len()
}
