//! Shares of a design with replicate weights by row, straight from totals: one pass over the rows for all of
//! them.

use crate::code::Code;
use crate::design::{Design, Replicates};
use crate::engine::{ReplicateTotals, Totals};
use crate::error::{Error, Result};
use crate::estimate::estimand::Options;
use crate::estimate::sample::Shape;
use crate::estimate::share_table::ShareOf;
use crate::estimate::single::{Summary, degrees_of_freedom};
use crate::estimate::value::{DegreesOfFreedom, Estimate, IntervalMethod, NotEstimable};

/// Totals of a design with replicate weights, under its weights and under those of each replicate.
///
/// ```
/// use shihyo::design::{Design, ReplicateKind, Replicates};
/// use shihyo::engine::{Cells, Measure, Reduction, ReplicateTotals, reduce};
/// use shihyo::estimate::Outcome::{No, Yes};
/// use shihyo::estimate::{Domain, Estimand, Options, Outcomes, ReplicateTable, ShareOf, estimate};
///
/// let each = vec![vec![0.0, 1.5, 1.5], vec![1.5, 0.0, 1.5], vec![1.5, 1.5, 0.0]];
/// let design = Design::replicated(vec![1.0; 3], Replicates::new(ReplicateKind::Jk1, each.clone())?)?;
/// let answers = Outcomes::from([Yes, No, No]);
/// let measure = Measure { codes: answers.codes(), code_count: 2 };
/// let totals = reduce(&Reduction::new(3, None, Cells::One, Some(design.weights()), vec![measure])?);
/// let columns: Vec<&[f64]> = each.iter().map(Vec::as_slice).collect();
/// let replicated = ReplicateTotals::of(&columns, &Cells::One, &[measure]);
/// let yes = ShareOf { measure: 0, yes: &[false, true], base: &[true, true], cells: None };
/// let share = ReplicateTable::new(&design, &totals, &replicated)?.share(
///     &yes,
///     &[0, 1, 2],
///     &Options::default(),
/// );
/// assert_eq!(share, estimate(&design, &Estimand::Share(&answers), Domain::All, &Options::default())?);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReplicateTable<'a> {
    design: &'a Design,
    replicates: &'a Replicates,
    totals: &'a Totals,
    replicated: &'a ReplicateTotals,
}

impl<'a> ReplicateTable<'a> {
    /// Totals (of one key) with the design that they were made with.
    ///
    /// # Errors
    /// A design without replicate weights, or totals of other rows or replicates.
    pub fn new(design: &'a Design, totals: &'a Totals, replicated: &'a ReplicateTotals) -> Result<Self> {
        let replicates = design.replicates().filter(|r| r.len() == replicated.len());
        let replicates =
            replicates.filter(|_| totals.key_count() == 1 && totals.rows() == design.rows() as u64);
        let Some(replicates) = replicates else {
            return Err(Error::msg(
                Code::EstimateReplicateTable,
                "合計が反復ウエイトの標本設計と合いません",
                "the totals were not made with this design and its replicates",
            ));
        };
        Ok(Self { design, replicates, totals, replicated })
    }

    /// One share; `rows` are those of its base. V = scale Σ_r rscales_r (θ_r − c)² (R `svyciprop` on
    /// `svrepdesign`).
    pub fn share(&self, what: &ShareOf<'_>, rows: &[u32], options: &Options) -> Estimate {
        let (mut n, mut n_yes) = (0, 0);
        let mut sums = [0.0; 2];
        self.each(what, |cell, code, y| {
            let count = self.totals.n(what.measure, 0, cell)[code];
            n += count;
            n_yes += if y == 1.0 { count } else { 0 };
            add(&mut sums, self.totals.w(what.measure, 0, cell)[code], y);
        });
        let [weight_yes, weight] = sums;
        let value = match (n, weight_yes / weight) {
            (0, _) => Err(NotEstimable::EmptyBase),
            (_, share) if share.is_finite() => Ok(share),
            _ => Err(NotEstimable::ZeroDenominator),
        };
        let thetas: Vec<f64> =
            (0..self.replicated.len()).map(|replicate| self.theta(what, replicate)).collect();
        let variance = |of: &dyn Fn(f64) -> f64| {
            let full = [of(value.clone()?)];
            let thetas: Vec<Vec<f64>> = thetas.iter().map(|theta| vec![of(*theta)]).collect();
            Ok::<f64, NotEstimable>(self.replicates.covariance(&full, &thetas)?.get(0, 0))
        };
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let logit_variance =
            if options.method == IntervalMethod::Logit { variance(&logit).ok() } else { None };
        let spread = n as f64 / (n as f64 - 1.0);
        let df: DegreesOfFreedom = degrees_of_freedom(self.design, rows);
        let summary = Summary {
            shape: Shape::Share,
            n,
            n_yes: Some(n_yes),
            weight,
            unit_variance: value.as_ref().ok().filter(|_| n > 1).map(|p| spread * p * (1.0 - p)),
            value: value.clone(),
            df,
            logit_variance,
            census: self.design.is_census(),
        };
        summary.report(variance(&|theta| theta), options)
    }

    fn theta(&self, what: &ShareOf<'_>, replicate: usize) -> f64 {
        let mut sums = [0.0; 2];
        self.each(what, |cell, code, y| {
            add(&mut sums, self.replicated.w(replicate, what.measure, cell)[code], y)
        });
        if sums[1] == 0.0 { f64::NAN } else { sums[0] / sums[1] }
    }

    fn each(&self, what: &ShareOf<'_>, mut with: impl FnMut(usize, usize, f64)) {
        for cell in 0..self.totals.cell_count() {
            for code in 0..self.totals.code_count(what.measure) {
                if let Some(y) = what.at(cell, code) {
                    with(cell, code, y);
                }
            }
        }
    }
}

fn add([yes, base]: &mut [f64; 2], weight: f64, y: f64) {
    *base += weight;
    *yes += weight * y;
}
