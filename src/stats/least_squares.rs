//! Least squares that drop redundant columns in their order, as R's `lm` does.

/// Relative size under which a column counts as a combination of those before it (R's `lm` and `qr` use
/// 1e-7).
pub const COLLINEAR: f64 = 1e-7;

fn shaped(values: &[f64], rows: usize, cols: usize) -> bool {
    values.len() == rows * cols && values.iter().all(|v| v.is_finite())
}

/// Least squares by Householder reflections, columns taken in their order: a column that is a combination of
/// those before it (up to a tolerance) is dropped, as R's `lm` does, so that a margin's redundant dummy goes
/// and the fit stays.
///
/// ```
/// use shihyo::stats::linalg::{COLLINEAR, LeastSquares};
/// // Intercept and both dummies of a variable with two categories.
/// let x = [1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0];
/// let fit = LeastSquares::new(&x, 3, 3, COLLINEAR).unwrap();
/// assert_eq!(fit.kept(), [0, 1]);
/// let residuals = fit.residuals(&[4.0, 6.0, 9.0]).unwrap();
/// assert!((residuals[0] + 1.0).abs() < 1e-12 && residuals[2].abs() < 1e-12);
/// ```
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
    /// Factor X, rows × cols. A column whose part orthogonal to the kept ones is shorter than `tolerance`
    /// times the column (see [`COLLINEAR`]) is dropped. `None` when a length or number is wrong.
    pub fn new(x: &[f64], rows: usize, cols: usize, tolerance: f64) -> Option<Self> {
        if !shaped(x, rows, cols) {
            return None;
        }
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
        fit.r =
            (0..rank).map(|i| columns.iter().map(|c| c.get(i).copied().unwrap_or(0.0)).collect()).collect();
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
    ///
    /// ```
    /// use shihyo::stats::linalg::{COLLINEAR, LeastSquares};
    /// // Means 5 and 9 of two categories: the intercept is the second's, the dummy the difference, the
    /// // redundant dummy 0.
    /// let x = [1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0];
    /// let fit = LeastSquares::new(&x, 3, 3, COLLINEAR).unwrap();
    /// assert_eq!(fit.rank(), 2);
    /// let beta = fit.coefficients(&[4.0, 6.0, 9.0]).unwrap();
    /// assert!(beta.iter().zip([9.0, -4.0, 0.0]).all(|(a, b)| (a - b).abs() < 1e-12));
    /// ```
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
/// Columns are taken in order; one whose pivot is below `tolerance`² of its diagonal is a combination of
/// those before it and is dropped (coefficient 0). The dropping is that of [`LeastSquares`] with the same
/// tolerance, as far as the squared condition allows: use 1e-7 at the smallest.
///
/// ```
/// use shihyo::stats::linalg::{COLLINEAR, NormalEquations};
/// // The sums of the example of `LeastSquares::coefficients`: XᵀX and Xᵀy.
/// let equations =
///     NormalEquations::new(&[3.0, 2.0, 1.0, 2.0, 2.0, 0.0, 1.0, 0.0, 1.0], 3, COLLINEAR).unwrap();
/// assert_eq!(equations.kept(), [0, 1]);
/// let beta = equations.solve(&[19.0, 10.0, 9.0]).unwrap();
/// assert!(beta.iter().zip([9.0, -4.0, 0.0]).all(|(a, b)| (a - b).abs() < 1e-12));
/// ```
#[derive(Debug, Clone)]
pub struct NormalEquations {
    n: usize,
    kept: Vec<usize>,
    factor: Vec<Vec<f64>>,
}

impl NormalEquations {
    /// Factor A, n × n. `None` when a length or number is wrong, or a diagonal element is negative.
    pub fn new(a: &[f64], n: usize, tolerance: f64) -> Option<Self> {
        if !shaped(a, n, n) || (0..n).any(|j| a[j * n + j] < 0.0) {
            return None;
        }
        let m = |i: usize, j: usize| a[i * n + j];
        let mut kept: Vec<usize> = Vec::new();
        // Row i of the factor: L[i][k], k ≤ i, over the kept columns.
        let mut factor: Vec<Vec<f64>> = Vec::new();
        for j in 0..n {
            let mut row: Vec<f64> = Vec::with_capacity(kept.len() + 1);
            for (k, &other) in kept.iter().enumerate() {
                let dot: f64 = row.iter().zip(&factor[k]).map(|(x, y)| x * y).sum();
                row.push((m(j, other) - dot) / factor[k][k]);
            }
            let pivot = m(j, j) - row.iter().map(|x| x * x).sum::<f64>();
            let floor = m(j, j) * (tolerance * tolerance).max(1e-13);
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

#[cfg(test)]
mod tests {
    use super::{COLLINEAR, LeastSquares, NormalEquations};

    /// Intercept, sex (2 dummies), district (3 dummies): two columns too many.
    fn margins() -> (Vec<f64>, usize, usize) {
        let mut x = Vec::new();
        let mut rows = 0;
        for sex in 0..2 {
            for district in 0..3 {
                for _ in 0..=(sex + district) {
                    x.push(1.0);
                    x.extend((0..2).map(|k| f64::from(u8::from(k == sex))));
                    x.extend((0..3).map(|k| f64::from(u8::from(k == district))));
                    rows += 1;
                }
            }
        }
        (x, rows, 6)
    }

    fn response(rows: usize) -> Vec<f64> {
        (0..rows).map(|i| (1.7 * i as f64).sin() + 0.1 * i as f64).collect()
    }

    fn cross(x: &[f64], y: &[f64], rows: usize, cols: usize) -> Vec<f64> {
        (0..cols).map(|j| (0..rows).map(|i| x[i * cols + j] * y[i]).sum()).collect()
    }

    #[test]
    fn redundant_dummies_are_dropped_in_order() {
        let (x, rows, cols) = margins();
        let fit = LeastSquares::new(&x, rows, cols, COLLINEAR).unwrap();
        assert_eq!(fit.kept(), [0, 1, 3, 4]);
        assert_eq!(fit.rank(), 4);
        let y = response(rows);
        let beta = fit.coefficients(&y).unwrap();
        assert_eq!((beta[2], beta[5]), (0.0, 0.0));
        let residuals = fit.residuals(&y).unwrap();
        for i in 0..rows {
            let fitted: f64 = (0..cols).map(|j| x[i * cols + j] * beta[j]).sum();
            assert!((y[i] - fitted - residuals[i]).abs() < 1e-12);
        }
        // Orthogonal to every column, the dropped ones too.
        assert!(cross(&x, &residuals, rows, cols).iter().all(|v| v.abs() < 1e-12));
    }

    #[test]
    fn normal_equations_agree_with_reflections() {
        let (x, rows, cols) = margins();
        let y = response(rows);
        let mut a = vec![0.0; cols * cols];
        for i in 0..cols {
            for j in 0..cols {
                a[i * cols + j] = (0..rows).map(|r| x[r * cols + i] * x[r * cols + j]).sum();
            }
        }
        let normal = NormalEquations::new(&a, cols, COLLINEAR).unwrap();
        let fit = LeastSquares::new(&x, rows, cols, COLLINEAR).unwrap();
        assert_eq!(normal.kept(), fit.kept());
        let beta = normal.solve(&cross(&x, &y, rows, cols)).unwrap();
        for (b, f) in beta.iter().zip(fit.coefficients(&y).unwrap()) {
            assert!((b - f).abs() < 1e-11);
        }
    }

    #[test]
    fn exact_fit_scale_and_zero_columns() {
        // y = 2 + 3 t, beside a zero column and a column of large numbers.
        let x: Vec<f64> = (0..5).flat_map(|t| [1.0, 0.0, f64::from(t), 1e9 * f64::from(t * t)]).collect();
        let y: Vec<f64> = (0..5).map(|t| 2.0 + 3.0 * f64::from(t)).collect();
        let fit = LeastSquares::new(&x, 5, 4, COLLINEAR).unwrap();
        assert_eq!(fit.kept(), [0, 2, 3]);
        let beta = fit.coefficients(&y).unwrap();
        assert!((beta[0] - 2.0).abs() < 1e-13 && (beta[2] - 3.0).abs() < 1e-13 && beta[3].abs() < 1e-20);
        assert!(fit.residuals(&y).unwrap().iter().all(|r| r.abs() < 1e-13));
    }

    #[test]
    fn more_columns_than_rows_and_wrong_lengths() {
        let fit = LeastSquares::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 7.0], 2, 3, COLLINEAR).unwrap();
        assert_eq!(fit.kept(), [0, 1]);
        assert_eq!(fit.coefficients(&[1.0]), None);
        assert_eq!(fit.residuals(&[1.0, 2.0, 3.0]), None);
        assert!(LeastSquares::new(&[1.0], 2, 1, COLLINEAR).is_none());
        assert!(LeastSquares::new(&[f64::NAN], 1, 1, COLLINEAR).is_none());
        assert!(NormalEquations::new(&[-1.0], 1, COLLINEAR).is_none());
        let none = LeastSquares::new(&[], 3, 0, COLLINEAR).unwrap();
        assert_eq!(none.residuals(&[1.0, 2.0, 3.0]), Some(vec![1.0, 2.0, 3.0]));
    }
}
