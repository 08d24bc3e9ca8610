//! Small dense linear algebra on row-major slices.
//!
//! A matrix with r rows and c columns is a slice of length r·c, row after row. What cannot be solved is `None`.

use nalgebra::{Cholesky, DMatrix, Dyn};

/// Relative size under which a column counts as a combination of those before it (R's `lm` and `qr` use 1e-7).
pub const COLLINEAR: f64 = 1e-7;

fn matrix(values: &[f64], rows: usize, cols: usize) -> Option<DMatrix<f64>> {
    (values.len() == rows * cols && values.iter().all(|v| v.is_finite()))
        .then(|| DMatrix::from_row_slice(rows, cols, values))
}

fn row_major(m: &DMatrix<f64>) -> Vec<f64> {
    m.transpose().as_slice().to_vec()
}

fn cholesky(a: &[f64], n: usize) -> Option<Cholesky<f64, Dyn>> {
    Cholesky::new(matrix(a, n, n)?)
}

/// X with A X = B; A symmetric positive definite n × n, B n × m. `None` when A is not positive definite or a length or
/// number is wrong.
pub fn spd_solve(a: &[f64], n: usize, b: &[f64], m: usize) -> Option<Vec<f64>> {
    let x = cholesky(a, n)?.solve(&matrix(b, n, m)?);
    Some(row_major(&x))
}

/// A⁻¹ for a square A (LU with partial pivoting). `None` when A is singular.
pub fn inverse(a: &[f64], n: usize) -> Option<Vec<f64>> {
    matrix(a, n, n)?.try_inverse().filter(|m| m.iter().all(|v| v.is_finite())).map(|m| row_major(&m))
}

/// X with A X = B for a square A (LU with partial pivoting), B n × m. `None` when A is singular.
pub fn solve(a: &[f64], n: usize, b: &[f64], m: usize) -> Option<Vec<f64>> {
    let x = matrix(a, n, n)?.lu().solve(&matrix(b, n, m)?)?;
    x.iter().all(|v| v.is_finite()).then(|| row_major(&x))
}

/// A B, A r × k, B k × c.
pub fn multiply(a: &[f64], b: &[f64], r: usize, k: usize, c: usize) -> Option<Vec<f64>> {
    Some(row_major(&(matrix(a, r, k)? * matrix(b, k, c)?)))
}

/// Eigenvalues of A⁻¹B, largest first (real parts, should any be complex).
///
/// With A and B symmetric and A positive definite, the case of the Rao–Scott deltas, through the Cholesky factor of A,
/// so that they come out real; otherwise through LU and the real Schur form. `None` when A is singular.
pub fn ratio_eigenvalues(a: &[f64], b: &[f64], n: usize) -> Option<Vec<f64>> {
    let (am, bm) = (matrix(a, n, n)?, matrix(b, n, n)?);
    let mut values: Vec<f64> = match (symmetric(&am) && symmetric(&bm)).then(|| Cholesky::new(am.clone())).flatten() {
        Some(factor) => {
            let l = factor.l();
            let half = l.solve_lower_triangular(&bm)?;
            let whole = l.solve_lower_triangular(&half.transpose())?;
            let even = (&whole + whole.transpose()) * 0.5;
            even.symmetric_eigenvalues().iter().copied().collect()
        }
        None => am.lu().solve(&bm)?.complex_eigenvalues().iter().map(|v| v.re).collect(),
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

/// Least squares by Householder reflections, columns taken in their order: a column that is a combination of those
/// before it (up to a tolerance) is dropped, as R's `lm` does, so that a margin's redundant dummy goes and the fit stays.
#[derive(Debug, Clone)]
pub struct LeastSquares {
    rows: usize,
    cols: usize,
    kept: Vec<usize>,
    /// Unit reflection vectors, one a kept column; vector k acts on rows k….
    reflections: Vec<Vec<f64>>,
    /// Upper triangle, one row a kept column: entries of the kept columns.
    r: Vec<Vec<f64>>,
}

impl LeastSquares {
    /// Factor X, rows × cols. A column whose part orthogonal to the kept ones is shorter than `tolerance` times the
    /// column (see [`COLLINEAR`]) is dropped. `None` when a length or number is wrong.
    pub fn new(x: &[f64], rows: usize, cols: usize, tolerance: f64) -> Option<Self> {
        matrix(x, rows, cols)?;
        let mut fit = Self { rows, cols, kept: Vec::new(), reflections: Vec::new(), r: Vec::new() };
        let mut columns: Vec<Vec<f64>> = Vec::new();
        for j in 0..cols {
            let mut column: Vec<f64> = x.iter().skip(j).step_by(cols).copied().collect();
            let length = norm(&column);
            fit.rotate(&mut column);
            let k = fit.kept.len();
            let rest = column.get(k..).unwrap_or_default();
            let remaining = norm(rest);
            if k == rows || length == 0.0 || remaining <= tolerance * length {
                continue;
            }
            // v = rest + sign(rest₀) ‖rest‖ e₀, made a unit vector.
            let mut v = rest.to_vec();
            let pivot = -remaining.copysign(v[0]);
            v[0] -= pivot;
            let size = norm(&v);
            v.iter_mut().for_each(|e| *e /= size);
            column[k] = pivot;
            column.truncate(k + 1);
            columns.push(column);
            fit.kept.push(j);
            fit.reflections.push(v);
        }
        let rank = fit.kept.len();
        fit.r = (0..rank).map(|i| columns.iter().map(|c| c.get(i).copied().unwrap_or(0.0)).collect()).collect();
        Some(fit)
    }

    /// Columns that the fit uses, in order.
    pub fn kept(&self) -> &[usize] {
        &self.kept
    }

    /// Number of columns that the fit uses.
    pub fn rank(&self) -> usize {
        self.kept.len()
    }

    /// Coefficients of y on the columns, 0 for a dropped one. `None` when y has not one number a row.
    pub fn coefficients(&self, y: &[f64]) -> Option<Vec<f64>> {
        if y.len() != self.rows {
            return None;
        }
        let mut rotated = y.to_vec();
        self.rotate(&mut rotated);
        let rank = self.rank();
        let mut solution = vec![0.0; rank];
        for i in (0..rank).rev() {
            let known: f64 = (i + 1..rank).map(|j| self.r[i][j] * solution[j]).sum();
            solution[i] = (rotated[i] - known) / self.r[i][i];
        }
        let mut all = vec![0.0; self.cols];
        for (&j, &value) in self.kept.iter().zip(&solution) {
            all[j] = value;
        }
        Some(all)
    }

    /// y minus its projection on the columns. `None` when y has not one number a row.
    pub fn residuals(&self, y: &[f64]) -> Option<Vec<f64>> {
        if y.len() != self.rows {
            return None;
        }
        let mut z = y.to_vec();
        self.rotate(&mut z);
        z.iter_mut().take(self.rank()).for_each(|e| *e = 0.0);
        for (k, v) in self.reflections.iter().enumerate().rev() {
            reflect(&mut z[k..], v);
        }
        Some(z)
    }

    fn rotate(&self, y: &mut [f64]) {
        for (k, v) in self.reflections.iter().enumerate() {
            reflect(&mut y[k..], v);
        }
    }
}

fn norm(v: &[f64]) -> f64 {
    let scale = v.iter().fold(0.0f64, |m, e| m.max(e.abs()));
    if scale == 0.0 { 0.0 } else { scale * v.iter().map(|e| (e / scale).powi(2)).sum::<f64>().sqrt() }
}

fn reflect(y: &mut [f64], v: &[f64]) {
    let twice = 2.0 * v.iter().zip(y.iter()).map(|(a, b)| a * b).sum::<f64>();
    y.iter_mut().zip(v).for_each(|(e, a)| *e -= twice * a);
}

/// Normal equations A β = c, A = XᵀWX symmetric and positive semidefinite, when only the sums are at hand.
///
/// Columns are taken in order; one whose pivot is below `tolerance`² of its diagonal is a combination of those before
/// it and is dropped (coefficient 0). The dropping is that of [`LeastSquares`] with the same tolerance, as far as the
/// squared condition allows: use 1e-7 at the smallest.
#[derive(Debug, Clone)]
pub struct NormalEquations {
    n: usize,
    kept: Vec<usize>,
    factor: Vec<Vec<f64>>,
}

impl NormalEquations {
    /// Factor A, n × n. `None` when a length or number is wrong, or a diagonal element is negative.
    pub fn new(a: &[f64], n: usize, tolerance: f64) -> Option<Self> {
        let m = matrix(a, n, n)?;
        if (0..n).any(|j| m[(j, j)] < 0.0) {
            return None;
        }
        let mut kept: Vec<usize> = Vec::new();
        // Row i of the factor: L[i][k], k ≤ i, over the kept columns.
        let mut factor: Vec<Vec<f64>> = Vec::new();
        for j in 0..n {
            let mut row: Vec<f64> = Vec::with_capacity(kept.len() + 1);
            for (k, &other) in kept.iter().enumerate() {
                let dot: f64 = row.iter().zip(&factor[k]).map(|(x, y)| x * y).sum();
                row.push((m[(j, other)] - dot) / factor[k][k]);
            }
            let pivot = m[(j, j)] - row.iter().map(|x| x * x).sum::<f64>();
            let floor = m[(j, j)] * (tolerance * tolerance).max(1e-13);
            if pivot > floor {
                row.push(pivot.sqrt());
                factor.push(row);
                kept.push(j);
            }
        }
        Some(Self { n, kept, factor })
    }

    /// Columns that the solution uses, in order.
    pub fn kept(&self) -> &[usize] {
        &self.kept
    }

    /// β with A β = c on the kept columns, 0 on the others. `None` when c has not one number a column.
    pub fn solve(&self, c: &[f64]) -> Option<Vec<f64>> {
        if c.len() != self.n {
            return None;
        }
        let rank = self.kept.len();
        let mut z = vec![0.0; rank];
        for i in 0..rank {
            let dot: f64 = (0..i).map(|k| self.factor[i][k] * z[k]).sum();
            z[i] = (c[self.kept[i]] - dot) / self.factor[i][i];
        }
        for i in (0..rank).rev() {
            let dot: f64 = (i + 1..rank).map(|k| self.factor[k][i] * z[k]).sum();
            z[i] = (z[i] - dot) / self.factor[i][i];
        }
        let mut all = vec![0.0; self.n];
        for (&j, &value) in self.kept.iter().zip(&z) {
            all[j] = value;
        }
        Some(all)
    }
}
