//! What a calibration step takes out of the influence values: their regression on the step's auxiliaries.
//!
//! With w the weights before the step and v those after it, u = v z becomes v (z − x'β), β from the
//! regression of z on x with weights w (Deville and Särndal 1992). A post-stratum and a raked margin are
//! indicator auxiliaries, so β is then a function of sums over cells.

use std::sync::Arc;

use super::joint::JointCells;
use crate::stats::linalg::NormalEquations;

/// Below this a column counts as a combination of the others (relative, on the scale of the columns).
pub(super) const DEPENDENT: f64 = 1e-6;

/// What a step remembers.
#[derive(Debug, Clone)]
pub(super) struct Projection {
    /// Weights after the step.
    pub(super) after: Arc<[f64]>,
    /// What to take out.
    pub(super) basis: Basis,
}

#[derive(Debug, Clone)]
pub(super) enum Basis {
    /// Indicators of the cells of one margin (post-strata) or several (raking).
    Cells(CellBasis),
    /// Columns, orthonormal after multiplying by √w.
    Columns(ColumnBasis),
    /// R's `rake()`: ten cycles over the margins, each taking out the unweighted mean of u/w^(m), w^(m) being
    /// the weights right after margin m in the last cycle.
    Alternating(Vec<AlternatingMargin>),
}

#[derive(Debug, Clone)]
pub(super) struct AlternatingMargin {
    pub(super) cells: Arc<[u32]>,
    pub(super) cell_count: usize,
    pub(super) weights: Vec<f64>,
}

/// Everything is a function of sums over the joint cells of the margins.
#[derive(Debug, Clone)]
pub(super) struct CellBasis {
    /// The weights before the step; empty where no rows are held.
    before: Arc<[f64]>,
    joint: JointCells,
    /// Σ w by joint cell.
    weights: Vec<f64>,
    /// What the step multiplied the weights of each joint cell by.
    factors: Vec<f64>,
    /// Of each joint cell the column of its category in each margin. The columns of a margin are numbered as
    /// rows meet the categories, not as the margin does: sums and solutions are then the same to the last bit
    /// for the same sample, however its population was written down.
    columns: Vec<Vec<usize>>,
    /// X'WX; none when it could not be factored, which sums of weights of at least 0 always can.
    gram: Option<NormalEquations>,
    size: usize,
}

impl CellBasis {
    /// The basis of margins of so many categories, under the weights before the step: their sums by joint
    /// cell, and the step's factors.
    pub(super) fn new(
        before: Arc<[f64]>,
        joint: JointCells,
        (weights, factors): (Vec<f64>, Vec<f64>),
        margins: &[usize],
    ) -> Self {
        let mut columns = vec![Vec::with_capacity(margins.len()); joint.categories.len()];
        let mut size = 0;
        for (m, cell_count) in margins.iter().enumerate() {
            let mut column_of = vec![None; *cell_count];
            for (columns, categories) in columns.iter_mut().zip(&joint.categories) {
                let column = *column_of[categories[m] as usize].get_or_insert_with(|| {
                    size += 1;
                    size - 1
                });
                columns.push(column);
            }
        }
        let mut sums = vec![0.0; size * size];
        for (w, columns) in weights.iter().zip(&columns) {
            for a in columns {
                for b in columns {
                    sums[a * size + b] += w;
                }
            }
        }
        let gram = NormalEquations::new(&sums, size, DEPENDENT);
        Self { before, joint, weights, factors, columns, gram, size }
    }

    fn residual(&self, z: &mut [f64]) {
        let mut sums = vec![0.0; self.weights.len()];
        for ((w, z), cell) in self.before.iter().zip(z.iter()).zip(&self.joint.of_row) {
            if *z != 0.0 {
                sums[*cell as usize] += w * z;
            }
        }
        let fitted = self.fitted(&sums);
        for (z, cell) in z.iter_mut().zip(&self.joint.of_row) {
            *z -= fitted[*cell as usize];
        }
    }

    /// What the regression says of each joint cell, from Σ w z by joint cell.
    fn fitted(&self, sums: &[f64]) -> Vec<f64> {
        let mut fitted = vec![0.0; self.weights.len()];
        // The second round takes out what the first solution's rounding left.
        let rounds = if self.columns.first().is_some_and(|columns| columns.len() > 1) { 2 } else { 1 };
        for _ in 0..rounds {
            let mut b = vec![0.0; self.size];
            for cell in 0..sums.len() {
                let left = sums[cell] - self.weights[cell] * fitted[cell];
                self.columns[cell].iter().for_each(|column| b[*column] += left);
            }
            let Some(beta) = self.gram.as_ref().and_then(|g| g.solve(&b)) else { break };
            for (fit, columns) in fitted.iter_mut().zip(&self.columns) {
                *fit += columns.iter().map(|column| beta[*column]).sum::<f64>();
            }
        }
        fitted
    }
}

/// A step that fitted weights to margins, by the joint cells of these: all rows of one were changed by one
/// factor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FittedCells<'a>(&'a CellBasis);

impl<'a> FittedCells<'a> {
    /// The joint cell of each row, or of each unit that weights were fitted by.
    pub(crate) fn of_row(self) -> &'a [u32] {
        &self.0.joint.of_row
    }

    /// The weights before the step; empty where no rows are held.
    pub(crate) fn before(self) -> &'a [f64] {
        &self.0.before
    }

    /// What the step multiplied the weights of each joint cell by.
    pub(crate) fn factors(self) -> &'a [f64] {
        &self.0.factors
    }

    /// Σ v of each joint cell, v being the weights after the step: the product of factor and sum, and what
    /// rounding takes from it.
    pub(crate) fn weights(self) -> impl Iterator<Item = [f64; 2]> + 'a {
        let product = |(w, factor): (&f64, &f64)| [w * factor, w.mul_add(*factor, -(w * factor))];
        self.0.weights.iter().zip(&self.0.factors).map(product)
    }

    /// Number of joint cells.
    pub(crate) fn count(self) -> usize {
        self.0.weights.len()
    }

    /// What is taken out of the influence values z of each joint cell: from Σ v z and Σ v by joint cell, v
    /// being the weights after the step.
    pub(crate) fn fitted(self, sums: &[f64], after: &[f64]) -> Vec<f64> {
        let before = sums.iter().zip(&self.0.weights).zip(after).map(|((sum, w), v)| sum * (w / v));
        self.0.fitted(&before.collect::<Vec<f64>>())
    }
}

#[derive(Debug, Clone)]
pub(super) struct ColumnBasis {
    root: Vec<f64>,
    /// Orthonormal columns of √w X.
    q: Vec<Vec<f64>>,
}

impl ColumnBasis {
    /// Gram–Schmidt, each column twice; a column that is a combination of the earlier ones is left out.
    pub(super) fn new(before: &[f64], columns: &[Vec<f64>]) -> Self {
        let root: Vec<f64> = before.iter().map(|w| w.max(0.0).sqrt()).collect();
        let mut q: Vec<Vec<f64>> = Vec::new();
        for column in columns {
            let mut v: Vec<f64> = column.iter().zip(&root).map(|(x, r)| x * r).collect();
            let length = norm(&v);
            for _ in 0..2 {
                for basis in &q {
                    take_out(&mut v, basis);
                }
            }
            let left = norm(&v);
            if left > 1e-9 * length {
                v.iter_mut().for_each(|x| *x /= left);
                q.push(v);
            }
        }
        Self { root, q }
    }

    fn residual(&self, z: &mut [f64]) {
        let mut v: Vec<f64> = z.iter().zip(&self.root).map(|(z, r)| z * r).collect();
        for basis in &self.q {
            take_out(&mut v, basis);
        }
        for ((z, v), r) in z.iter_mut().zip(&v).zip(&self.root) {
            *z = if *r > 0.0 { v / r } else { 0.0 };
        }
    }
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn take_out(v: &mut [f64], basis: &[f64]) {
    let along: f64 = v.iter().zip(basis).map(|(a, b)| a * b).sum();
    for (a, b) in v.iter_mut().zip(basis) {
        *a -= along * b;
    }
}

impl Projection {
    /// The joint cells, where the step is one of margins.
    pub(super) fn fitted_cells(&self) -> Option<FittedCells<'_>> {
        match &self.basis {
            Basis::Cells(basis) => Some(FittedCells(basis)),
            Basis::Columns(_) | Basis::Alternating(_) => None,
        }
    }

    /// Replaces the weighted influence values `u` (`size` a row) by their residuals.
    pub(super) fn residual(&self, u: &mut [f64], size: usize) {
        let rows = self.after.len();
        let mut z = vec![0.0; rows];
        for j in 0..size {
            if let Basis::Alternating(margins) = &self.basis {
                for (row, z) in z.iter_mut().enumerate() {
                    *z = u[row * size + j];
                }
                alternate(&mut z, margins);
            } else {
                for (row, z) in z.iter_mut().enumerate() {
                    let v = self.after[row];
                    *z = if v == 0.0 { 0.0 } else { u[row * size + j] / v };
                }
                match &self.basis {
                    Basis::Cells(basis) => basis.residual(&mut z),
                    Basis::Columns(basis) => basis.residual(&mut z),
                    Basis::Alternating(_) => {}
                }
                for (z, v) in z.iter_mut().zip(self.after.iter()) {
                    *z *= v;
                }
            }
            for (row, z) in z.iter().enumerate() {
                u[row * size + j] = *z;
            }
        }
    }
}

fn alternate(u: &mut [f64], margins: &[AlternatingMargin]) {
    for _ in 0..10 {
        for margin in margins {
            let mut sums = vec![(0.0, 0_u64); margin.cell_count];
            for ((u, w), cell) in u.iter().zip(&margin.weights).zip(margin.cells.iter()) {
                let at = &mut sums[*cell as usize];
                at.0 += if *w == 0.0 { 0.0 } else { u / w };
                at.1 += 1;
            }
            for ((u, w), cell) in u.iter_mut().zip(&margin.weights).zip(margin.cells.iter()) {
                let (sum, n) = sums[*cell as usize];
                *u -= w * sum / n as f64;
            }
        }
    }
}
