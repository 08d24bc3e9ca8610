//! Solves X'WX β = b when columns of X may depend on each other: dependent columns get β = 0.

/// A pivoted Cholesky factor of a positive semi-definite matrix, over its independent columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gram {
    size: usize,
    /// Independent columns, in the order chosen.
    kept: Vec<usize>,
    /// Lower triangle over `kept`, row by row with stride `kept.len()`.
    lower: Vec<f64>,
    /// Each column's scale: 1/√diagonal.
    scale: Vec<f64>,
}

/// Relative size of a pivot below which a column counts as a combination of the others.
const DEPENDENT: f64 = 1e-11;

impl Gram {
    /// Factors the symmetric matrix `values` (row by row).
    pub(super) fn new(size: usize, values: &[f64]) -> Self {
        let scale: Vec<f64> = (0..size).map(|i| values[i * size + i]).map(|d| if d > 0.0 { 1.0 / d.sqrt() } else { 0.0 }).collect();
        let mut rest: Vec<f64> = (0..size * size).map(|at| values[at] * scale[at / size] * scale[at % size]).collect();
        let (mut kept, mut columns): (Vec<usize>, Vec<Vec<f64>>) = (Vec::new(), Vec::new());
        while let Some(pivot) = (0..size).filter(|i| !kept.contains(i)).max_by(|a, b| {
            // The first of equals, so that the choice does not depend on rounding more than it must.
            rest[a * size + a].total_cmp(&rest[b * size + b]).then(b.cmp(a))
        }) {
            let d = rest[pivot * size + pivot];
            if d <= DEPENDENT {
                break;
            }
            let column: Vec<f64> = (0..size).map(|i| rest[i * size + pivot] / d.sqrt()).collect();
            for i in 0..size {
                for j in 0..size {
                    rest[i * size + j] -= column[i] * column[j];
                }
            }
            kept.push(pivot);
            columns.push(column);
        }
        let r = kept.len();
        let mut lower = vec![0.0; r * r];
        for (a, i) in kept.iter().enumerate() {
            for (b, column) in columns.iter().enumerate().take(a + 1) {
                lower[a * r + b] = column[*i];
            }
        }
        Self { size, kept, lower, scale }
    }

    /// Number of columns.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// β with X'WX β = b, zero for dependent columns.
    pub(super) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let r = self.kept.len();
        let mut y: Vec<f64> = self.kept.iter().map(|i| b[*i] * self.scale[*i]).collect();
        for a in 0..r {
            for c in 0..a {
                y[a] -= self.lower[a * r + c] * y[c];
            }
            y[a] /= self.lower[a * r + a];
        }
        for a in (0..r).rev() {
            for c in a + 1..r {
                y[a] -= self.lower[c * r + a] * y[c];
            }
            y[a] /= self.lower[a * r + a];
        }
        let mut beta = vec![0.0; self.size];
        for (v, i) in y.iter().zip(&self.kept) {
            beta[*i] = v * self.scale[*i];
        }
        beta
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependent_column_gets_zero_and_the_rest_still_solves() {
        // Columns 1, x, 1 + x.
        let gram = [3.0, 6.0, 9.0, 6.0, 14.0, 20.0, 9.0, 20.0, 29.0];
        let g = Gram::new(3, &gram);
        assert_eq!(g.kept.len(), 2);
        let b = [3.0 + 6.0, 6.0 + 14.0, 9.0 + 20.0];
        let beta = g.solve(&b);
        for i in 0..3 {
            let fitted: f64 = (0..3).map(|j| gram[i * 3 + j] * beta[j]).sum();
            assert!((fitted - b[i]).abs() < 1e-12, "{fitted} {}", b[i]);
        }
    }
}
