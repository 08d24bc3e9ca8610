//! Small dense linear algebra on row-major slices.
//!
//! A matrix with r rows and c columns is a slice of length r·c, row after row. What cannot be solved is
//! `None`.
//!
//! ```
//! use shihyo::stats::linalg::{inverse, multiply, ratio_eigenvalues, solve, spd_solve};
//! let close =
//!     |a: Option<Vec<f64>>, b: &[f64]| a.unwrap().iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-14);
//! let (a, b) = ([2.0, 1.0, 1.0, 3.0], [3.0, 5.0]); // det A = 5
//! assert!(close(inverse(&a, 2), &[0.6, -0.2, -0.2, 0.4]));
//! assert!(close(solve(&a, 2, &b, 1), &[0.8, 1.4]) && close(spd_solve(&a, 2, &b, 1), &[0.8, 1.4]));
//! assert!(close(multiply(&a, &[0.8, 1.4], 2, 2, 1), &b));
//! assert!(close(ratio_eigenvalues(&[2.0, 0.0, 0.0, 1.0], &[6.0, 0.0, 0.0, 1.0], 2), &[3.0, 1.0]));
//! assert_eq!(inverse(&[1.0, 2.0, 2.0, 4.0], 2), None); // singular
//! ```

use nalgebra::{Cholesky, DMatrix, Dyn};

pub use super::least_squares::{COLLINEAR, LeastSquares, NormalEquations};

/// A pivot this small beside its row and column (or its diagonal element) is rounding: the matrix is
/// singular.
const SINGULAR: f64 = 1e-14;

fn matrix(values: &[f64], rows: usize, cols: usize) -> Option<DMatrix<f64>> {
    (values.len() == rows * cols && values.iter().all(|v| v.is_finite()))
        .then(|| DMatrix::from_row_slice(rows, cols, values))
}

fn row_major(m: &DMatrix<f64>) -> Vec<f64> {
    m.transpose().as_slice().to_vec()
}

/// Cholesky factor; `None` when A is not positive definite, or so only by rounding.
fn cholesky(a: &DMatrix<f64>) -> Option<Cholesky<f64, Dyn>> {
    let factor = Cholesky::new(a.clone())?;
    let l = factor.l_dirty();
    (0..a.nrows()).all(|j| l[(j, j)].powi(2) > SINGULAR * a[(j, j)]).then_some(factor)
}

/// X with A X = B by LU with partial pivoting, rows and columns scaled to a largest element of 1; `None` when
/// A is singular to rounding.
fn lu_solve(a: &DMatrix<f64>, b: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let n = a.nrows();
    let rows: Vec<f64> = a.row_iter().map(|r| 1.0 / r.amax()).collect();
    let mut scaled = DMatrix::from_fn(n, n, |i, j| a[(i, j)] * rows[i]);
    let cols: Vec<f64> = scaled.column_iter().map(|c| 1.0 / c.amax()).collect();
    if rows.iter().chain(&cols).any(|v| !v.is_finite()) {
        return None;
    }
    scaled.column_iter_mut().zip(&cols).for_each(|(mut c, v)| c *= *v);
    let lu = scaled.lu();
    let u = lu.u();
    if (0..n).any(|j| u[(j, j)].abs() <= SINGULAR) {
        return None;
    }
    let mut x = lu.solve(&DMatrix::from_fn(n, b.ncols(), |i, j| b[(i, j)] * rows[i]))?;
    x.row_iter_mut().zip(&cols).for_each(|(mut r, v)| r *= *v);
    x.iter().all(|v| v.is_finite()).then_some(x)
}

/// X with A X = B; A symmetric positive definite n × n, B n × m. `None` when A is not positive definite or a
/// length or number is wrong.
pub fn spd_solve(a: &[f64], n: usize, b: &[f64], m: usize) -> Option<Vec<f64>> {
    let x = cholesky(&matrix(a, n, n)?)?.solve(&matrix(b, n, m)?);
    Some(row_major(&x))
}

/// A⁻¹ for a square A (LU with partial pivoting). `None` when A is singular.
pub fn inverse(a: &[f64], n: usize) -> Option<Vec<f64>> {
    Some(row_major(&lu_solve(&matrix(a, n, n)?, &DMatrix::identity(n, n))?))
}

/// X with A X = B for a square A (LU with partial pivoting), B n × m. `None` when A is singular.
pub fn solve(a: &[f64], n: usize, b: &[f64], m: usize) -> Option<Vec<f64>> {
    Some(row_major(&lu_solve(&matrix(a, n, n)?, &matrix(b, n, m)?)?))
}

/// A B, A r × k, B k × c.
pub fn multiply(a: &[f64], b: &[f64], r: usize, k: usize, c: usize) -> Option<Vec<f64>> {
    Some(row_major(&(matrix(a, r, k)? * matrix(b, k, c)?)))
}

/// Eigenvalues of A⁻¹B, largest first (real parts, should any be complex).
///
/// With A and B symmetric and A positive definite, the case of the Rao–Scott deltas, through the Cholesky
/// factor of A, so that they come out real; otherwise through LU and the real Schur form. `None` when A is
/// singular.
pub fn ratio_eigenvalues(a: &[f64], b: &[f64], n: usize) -> Option<Vec<f64>> {
    let (am, bm) = (matrix(a, n, n)?, matrix(b, n, n)?);
    let mut values: Vec<f64> = match (symmetric(&am) && symmetric(&bm)).then(|| cholesky(&am)).flatten() {
        Some(factor) => {
            let l = factor.l();
            let half = l.solve_lower_triangular(&bm)?;
            let whole = l.solve_lower_triangular(&half.transpose())?;
            let even = (&whole + whole.transpose()) * 0.5;
            even.symmetric_eigenvalues().iter().copied().collect()
        }
        None => lu_solve(&am, &bm)?.complex_eigenvalues().iter().map(|v| v.re).collect(),
    };
    if values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    values.sort_by(|x, y| y.total_cmp(x));
    Some(values)
}

fn symmetric(m: &DMatrix<f64>) -> bool {
    let scale = m.amax();
    (0..m.nrows()).all(|i| (0..i).all(|j| (m[(i, j)] - m[(j, i)]).abs() <= 1e-9 * scale))
}

#[cfg(test)]
mod tests {
    use super::{inverse, multiply, ratio_eigenvalues, solve, spd_solve};

    #[track_caller]
    fn near(got: &[f64], want: &[f64], tolerance: f64) {
        assert_eq!(got.len(), want.len());
        for (g, w) in got.iter().zip(want) {
            assert!((g - w).abs() <= tolerance, "got {got:?}, want {want:?}");
        }
    }

    #[test]
    fn spd_solve_solves() {
        let a = [4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let x = [1.0, -2.0, 0.5, 3.0, 7.0, -1.0];
        let b = multiply(&a, &x, 3, 3, 2).unwrap();
        near(&spd_solve(&a, 3, &b, 2).unwrap(), &x, 1e-13);
        near(&solve(&a, 3, &b, 2).unwrap(), &x, 1e-13);
    }

    #[test]
    fn what_cannot_be_solved_is_none() {
        assert_eq!(spd_solve(&[1.0, 2.0, 2.0, 1.0], 2, &[1.0, 1.0], 1), None);
        assert_eq!(inverse(&[1.0, 2.0, 2.0, 4.0], 2), None);
        assert_eq!(solve(&[0.0], 1, &[1.0], 1), None);
        assert_eq!(inverse(&[1.0, 2.0, 3.0], 2), None);
        assert_eq!(inverse(&[f64::NAN], 1), None);
        assert_eq!(ratio_eigenvalues(&[0.0, 0.0, 0.0, 0.0], &[1.0, 0.0, 0.0, 1.0], 2), None);
        // Singular, though rounding leaves a pivot of 1e-17 or so.
        let third = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
        let identity = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        assert_eq!(inverse(&third, 3), None);
        assert_eq!(ratio_eigenvalues(&third, &identity, 3), None);
        let (u, v) = ([0.1, 0.7, 0.3], [1.0, 1.0, 0.0]);
        let rank_two: Vec<f64> = (0..9).map(|i| u[i / 3] * u[i % 3] + v[i / 3] * v[i % 3]).collect();
        assert_eq!(spd_solve(&rank_two, 3, &[1.0, 2.0, 3.0], 1), None);
        assert_eq!(ratio_eigenvalues(&rank_two, &identity, 3), None);
        assert_eq!(multiply(&[1.0], &[1.0, 2.0], 1, 1, 1), None);
    }

    #[test]
    fn small_numbers_are_not_singular() {
        // Population totals beside shares: scales 1e12 apart, well conditioned once scaled.
        let a = [1e12, 1e2, 1e2, 3.0];
        let x = spd_solve(&a, 2, &[1e12 + 1e2, 1e2 + 3.0], 1).unwrap();
        near(&x, &[1.0, 1.0], 1e-12);
        let x = solve(&[1e12, 0.0, 0.0, 1e-12], 2, &[2e12, 3e-12], 1).unwrap();
        near(&x, &[2.0, 3.0], 1e-15);
    }

    #[test]
    fn inverse_is_row_major() {
        let a = [2.0, 1.0, 0.0, 4.0];
        near(&inverse(&a, 2).unwrap(), &[0.5, -0.125, 0.0, 0.25], 1e-15);
    }

    #[test]
    fn eigenvalues_of_a_ratio() {
        // B = A C diag(3, 1, 0.2) C⁻¹ would be general; with A = LLᵀ, B = L Q diag Qᵀ Lᵀ it is symmetric.
        let l = [2.0, 0.0, 0.0, 0.5, 1.5, 0.0, -1.0, 0.3, 0.8];
        let (c, s) = (0.6, 0.8);
        let q = [c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0];
        let transpose = |m: &[f64]| -> Vec<f64> { (0..9).map(|i| m[(i % 3) * 3 + i / 3]).collect() };
        let product = |a: &[f64], b: &[f64]| multiply(a, b, 3, 3, 3).unwrap();
        let diagonal = [3.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.2];
        let a = product(&l, &transpose(&l));
        let half = product(&l, &q);
        let b = product(&product(&half, &diagonal), &transpose(&half));
        near(&ratio_eigenvalues(&a, &b, 3).unwrap(), &[3.0, 1.0, 0.2], 1e-12);
        // The general path: A not symmetric, same eigenvalues of A⁻¹B when both are multiplied by G from the
        // left.
        let g = [1.0, 2.0, 0.0, 0.0, 1.0, -1.0, 0.5, 0.0, 2.0];
        let (ga, gb) = (product(&g, &a), product(&g, &b));
        near(&ratio_eigenvalues(&ga, &gb, 3).unwrap(), &[3.0, 1.0, 0.2], 1e-11);
    }
}
