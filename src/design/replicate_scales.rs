//! How the spread of replicate estimates is scaled: V = scale Σ_r rscales_r (θ_r − c)(θ_r − c)'.

use super::variance::{Covariance, NoVariance};
use crate::code::Code;
use crate::error::{Error, Result};

/// How the replicates were made, which decides the usual scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ReplicateKind {
    /// Delete one PSU, unstratified: scale (R − 1)/R.
    Jk1,
    /// Delete one PSU within strata: scale 1, rscales (n_h − 1)/n_h (1 − f_h).
    Jkn,
    /// Balanced half samples: scale 1/R.
    Brr,
    /// BRR with weights 2 − ρ and ρ: scale 1/(R (1 − ρ)²).
    Fay {
        /// 0 ≤ ρ < 1.
        rho: f64,
    },
    /// Bootstrap: scale 1/(R − 1).
    Bootstrap,
    /// Successive differences: scale 4/R.
    Sdr,
}

/// What replicate estimates are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReplicateCentre {
    /// Their own mean, over replicates with a positive rscale (R `mse = FALSE`).
    #[default]
    ReplicateMean,
    /// The full-sample estimate (R `mse = TRUE`).
    FullSample,
}

/// How the spread of replicate estimates is scaled, and from where it is taken.
///
/// ```
/// use shihyo::design::{ReplicateCentre, ReplicateKind, ReplicateScales};
///
/// let scales = ReplicateScales::new(ReplicateKind::Bootstrap, 3)?
///     .scale(0.25)?
///     .centre(ReplicateCentre::FullSample);
/// assert_eq!((scales.kind(), scales.len(), scales.overall()), (ReplicateKind::Bootstrap, 3, 0.25));
/// assert_eq!(scales.variance(4.0, &[5.0, 4.0, 2.0]), Ok(1.25)); // ¼ ((5 − 4)² + (2 − 4)²)
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicateScales {
    kind: ReplicateKind,
    scale: f64,
    rscales: Vec<f64>,
    centre: ReplicateCentre,
}

impl ReplicateScales {
    /// The usual scale of a kind of replicates. For JKn give [`ReplicateScales::rscales`] too.
    ///
    /// # Errors
    /// Fewer than two replicates, ρ outside [0, 1).
    pub fn new(kind: ReplicateKind, count: usize) -> Result<Self> {
        if count < 2 {
            return Err(Error::msg(
                Code::DesignReplicates,
                "反復ウェイトは2列以上必要です",
                "at least two replicates are needed",
            ));
        }
        let replicates = count as f64;
        let scale = match kind {
            ReplicateKind::Jk1 => (replicates - 1.0) / replicates,
            ReplicateKind::Jkn => 1.0,
            ReplicateKind::Brr => 1.0 / replicates,
            ReplicateKind::Fay { rho } if (0.0..1.0).contains(&rho) => {
                1.0 / (replicates * (1.0 - rho) * (1.0 - rho))
            }
            ReplicateKind::Fay { rho } => {
                return Err(Error::msg(
                    Code::DesignReplicates,
                    format!("Fay法の ρ は0以上1未満です（{rho}）"),
                    format!("Fay's rho must be at least 0 and below 1, not {rho}"),
                ));
            }
            ReplicateKind::Bootstrap => 1.0 / (replicates - 1.0),
            ReplicateKind::Sdr => 4.0 / replicates,
        };
        Ok(Self { kind, scale, rscales: vec![1.0; count], centre: ReplicateCentre::ReplicateMean })
    }

    /// Another overall scale.
    ///
    /// # Errors
    /// A scale that is negative or not finite.
    pub fn scale(mut self, scale: f64) -> Result<Self> {
        if !(scale.is_finite() && scale >= 0.0) {
            return Err(Error::msg(
                Code::DesignReplicates,
                format!("scale が不正です（{scale}）"),
                format!("{scale} is no scale"),
            ));
        }
        self.scale = scale;
        Ok(self)
    }

    /// One scale a replicate.
    ///
    /// # Errors
    /// Not one value a replicate, a negative one, or all 0.
    pub fn rscales(mut self, rscales: Vec<f64>) -> Result<Self> {
        let good = rscales.iter().all(|s| s.is_finite() && *s >= 0.0) && rscales.iter().any(|s| *s > 0.0);
        if rscales.len() != self.rscales.len() || !good {
            let (given, needed) = (rscales.len(), self.rscales.len());
            return Err(Error::msg(
                Code::DesignReplicates,
                format!("rscales は0以上の値が{needed}個必要です（{given}個）"),
                format!("rscales needs {needed} values of at least 0, not {given}"),
            ));
        }
        self.rscales = rscales;
        Ok(self)
    }

    /// What replicate estimates are compared with.
    #[must_use]
    pub fn centre(mut self, centre: ReplicateCentre) -> Self {
        self.centre = centre;
        self
    }

    /// How the replicates were made.
    pub fn kind(&self) -> ReplicateKind {
        self.kind
    }

    /// Number of replicates.
    pub fn len(&self) -> usize {
        self.rscales.len()
    }

    /// Always false: there are at least two.
    pub fn is_empty(&self) -> bool {
        self.rscales.is_empty()
    }

    /// The overall scale.
    pub fn overall(&self) -> f64 {
        self.scale
    }

    /// The scales by replicate.
    pub(super) fn by_replicate(&self) -> &[f64] {
        &self.rscales
    }

    /// The variance from the estimate of the whole sample and those of each replicate. A replicate in which
    /// it does not exist (NaN) is left out, as in R.
    ///
    /// # Errors
    /// [`NoVariance::NoReplicates`] when none is left.
    pub fn variance(&self, full: f64, thetas: &[f64]) -> Result<f64, NoVariance> {
        let kept = || thetas.iter().zip(&self.rscales).filter(|(theta, _)| theta.is_finite());
        let positive = kept().filter(|(_, rscale)| **rscale > 0.0);
        let (sum, count) = positive.fold((0.0, 0_u64), |(sum, count), (theta, _)| (sum + theta, count + 1));
        if count == 0 {
            return Err(NoVariance::NoReplicates);
        }
        let centre = match self.centre {
            ReplicateCentre::FullSample => full,
            ReplicateCentre::ReplicateMean => sum / count as f64,
        };
        Ok(kept().map(|(theta, rscale)| self.scale * rscale * (theta - centre) * (theta - centre)).sum())
    }

    /// Variances and covariances from the estimates `full` of the whole sample and `thetas` of each
    /// replicate. A replicate in which an estimate does not exist (NaN) is left out, as in R.
    ///
    /// # Errors
    /// [`NoVariance::NoReplicates`] when none is left.
    pub fn covariance(&self, full: &[f64], thetas: &[Vec<f64>]) -> Result<Covariance, NoVariance> {
        let k = full.len();
        let kept: Vec<(&Vec<f64>, f64)> = thetas
            .iter()
            .zip(&self.rscales)
            .filter(|(theta, _)| theta.iter().all(|t| t.is_finite()))
            .map(|(theta, rscale)| (theta, *rscale))
            .collect();
        let positive = kept.iter().filter(|(_, rscale)| *rscale > 0.0).count();
        if positive == 0 {
            return Err(NoVariance::NoReplicates);
        }
        let centre: Vec<f64> = match self.centre {
            ReplicateCentre::FullSample => full.to_vec(),
            ReplicateCentre::ReplicateMean => (0..k)
                .map(|j| {
                    kept.iter().filter(|(_, s)| *s > 0.0).map(|(theta, _)| theta[j]).sum::<f64>()
                        / positive as f64
                })
                .collect(),
        };
        let mut values = vec![0.0; k * k];
        for (theta, rscale) in kept {
            for i in 0..k {
                for j in 0..k {
                    values[i * k + j] +=
                        self.scale * rscale * (theta[i] - centre[i]) * (theta[j] - centre[j]);
                }
            }
        }
        Covariance::from_values(k, values).ok_or(NoVariance::NoReplicates)
    }
}
