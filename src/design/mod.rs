//! Who was sampled, and what that means for the uncertainty: strata, stages, finite population corrections,
//! weights, calibration, replicates, and the one variance path.
//!
//! A [`Design`] is declared from plain columns ([`declare`]), then calibrated step by step
//! ([`Design::post_stratify`], [`Design::rake`], [`Design::calibrate`], [`Design::trim`]). Every estimator
//! hands its influence values to [`Design::covariance`]; nothing else in the crate computes a design-based
//! variance.

mod balanced;
mod bootstrap;
mod calibrate;
mod check;
mod declaration;
mod declare;
mod diagnostics;
mod factors;
mod jackknife;
mod joint;
mod margin;
mod projection;
mod rake;
mod replicate_scales;
mod replicated;
mod replicates;
mod roster;
mod strata;
mod trim;
mod variance;
mod weighed;

use std::sync::{Arc, OnceLock};

pub use bootstrap::Bootstrap;
pub use calibrate::{Calibration, CalibrationFunction, CalibrationTerm};
pub use declaration::{Declaration, Fpc, Nesting};
pub use declare::declare;
pub use diagnostics::WeightDiagnostics;
pub use factors::ReplicateFactors;
pub use margin::Margin;
pub(crate) use projection::FittedCells;
pub use rake::{Rake, RakeStop, RakeVariance};
pub use replicate_scales::{ReplicateCentre, ReplicateKind, ReplicateScales};
pub use replicates::Replicates;
pub use roster::{DomainLonely, LonelyPsu, PsuRoster};
pub(crate) use strata::StratumSize;
pub use trim::{Trim, TrimRule};
pub use variance::{Covariance, Influences, NoVariance, Scatters};
pub(crate) use weighed::Weighed;

use projection::Projection;
use roster::Roster;

use crate::error::Result;
use crate::stats::exact_sum;

/// A sample design with its weights: everything that an estimate needs to know beside the answers.
///
/// Cloning is cheap; a calibration gives a new design and leaves the old one as it was.
///
/// ```
/// use shihyo::design::{Declaration, Design, Fpc, declare};
///
/// let design = Design::simple(5)?;
/// // n − 1, of a domain of three too.
/// assert_eq!((design.rows(), design.df(), design.df_of(0..3)), (5, 4.0, 2.0));
/// assert_eq!((design.weights(), design.base_weights()), (&[1.0; 5][..], &[1.0; 5][..]));
/// assert!(!design.is_calibrated() && !design.is_census() && design.replicates().is_none());
/// // Three drawn out of three.
/// assert!(declare(Declaration::new(3).fpc(Fpc::PopulationSize(vec![vec![3.0; 3]])))?.is_census());
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Design {
    base_weights: Arc<[f64]>,
    weights: Arc<[f64]>,
    uncertainty: Uncertainty,
    projections: Vec<Arc<Projection>>,
    /// Degrees of freedom of the whole design, once asked for.
    df: OnceLock<f64>,
    /// Respondents, also where none is held.
    row_count: u64,
}

/// Where the sampling variance comes from.
#[derive(Debug, Clone)]
enum Uncertainty {
    /// Taylor linearisation over the sampled units.
    Linearised { roster: Arc<Roster>, lonely: LonelyPsu, domain_lonely: DomainLonely },
    /// Replicate weights.
    Replicated(Replicates),
}

impl Design {
    /// Number of respondents.
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// Respondents, also those of a design that holds none of them.
    pub(crate) fn row_count(&self) -> u64 {
        self.row_count
    }

    /// The weights, after every calibration step.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The weights that the design was declared with.
    pub fn base_weights(&self) -> &[f64] {
        &self.base_weights
    }

    /// Whether everyone was asked: every stratum of every stage was drawn whole, so that nothing varies.
    pub fn is_census(&self) -> bool {
        match &self.uncertainty {
            Uncertainty::Linearised { roster, .. } => {
                roster.stages.iter().all(|s| s.strata.iter().all(|h| h.is_complete()))
            }
            Uncertainty::Replicated(_) => false,
        }
    }

    /// Whether a step changed the weights in a way that the variance must follow.
    pub fn is_calibrated(&self) -> bool {
        !self.projections.is_empty()
    }

    /// Σ w, rounded once. Of weights that were fitted in one step it is Σ f w over the joint cells, f being
    /// the factor and w the sum before, so that it does not take the respondents.
    pub(crate) fn weight_sum(&self) -> f64 {
        match self.fitted_cells() {
            Some(fit) => exact_sum(fit.weights().flatten().map(|part| (part, 1))),
            None => exact_sum(self.weights.iter().map(|w| (*w, 1))),
        }
    }

    /// The joint cells that the weights were fitted by, where that was the only step and the last one.
    pub(crate) fn fitted_cells(&self) -> Option<FittedCells<'_>> {
        match &self.projections[..] {
            [only] if Arc::ptr_eq(&only.after, &self.weights) => only.fitted_cells(),
            _ => None,
        }
    }

    /// The replicates of a replicate design.
    pub fn replicates(&self) -> Option<&Replicates> {
        match &self.uncertainty {
            Uncertainty::Replicated(r) => Some(r),
            Uncertainty::Linearised { .. } => None,
        }
    }

    /// The sampled units of a linearised design.
    pub fn roster(&self) -> Option<PsuRoster<'_>> {
        match &self.uncertainty {
            Uncertainty::Linearised { roster, .. } => Some(roster.first_stage()),
            Uncertainty::Replicated(_) => None,
        }
    }

    /// Degrees of freedom of the whole design: PSUs − strata, over those that hold a row with a weight other
    /// than 0; for replicates the rank of their weights less one (R `degf`).
    pub fn df(&self) -> f64 {
        *self.df.get_or_init(|| self.df_of(0..self.rows()))
    }

    /// Degrees of freedom of a domain: as [`Design::df`], over `rows` only.
    pub fn df_of(&self, rows: impl Iterator<Item = usize>) -> f64 {
        let rows = rows.filter(|row| self.weights[*row] != 0.0);
        match &self.uncertainty {
            Uncertainty::Linearised { roster, .. } => {
                let (psus, strata) = roster.first_stage().count_present(rows);
                psus as f64 - strata as f64
            }
            Uncertainty::Replicated(replicates) => replicates.degrees_of_freedom(rows) as f64,
        }
    }

    /// The same design with new weights and, for replicates, each replicate changed by the same function.
    fn reweighted(&self, weights: Vec<f64>, each: impl Fn(&[f64]) -> Result<Vec<f64>>) -> Result<Self> {
        let mut next = self.clone();
        if let Uncertainty::Replicated(replicates) = &self.uncertainty {
            next.uncertainty = Uncertainty::Replicated(replicates.map(each)?);
        }
        next.weights = weights.into();
        // Without rows it is known by the strata.
        if next.row_count == next.weights.len() as u64 {
            next.df = OnceLock::new();
        }
        Ok(next)
    }

    /// Remembers what a calibration step projects out of the influence values. Replicates need no such
    /// memory: they went through the step themselves.
    fn with_projection(mut self, projection: impl FnOnce() -> Projection) -> Self {
        if matches!(self.uncertainty, Uncertainty::Linearised { .. }) {
            self.projections.push(Arc::new(projection()));
        }
        self
    }
}
