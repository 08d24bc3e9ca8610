//! Designs whose sampling variance comes from replicate weights: those of a file, and those made of factors.

use std::sync::{Arc, OnceLock};

use super::check::check_weights;
use super::factors::ReplicateFactors;
use super::replicates::Replicates;
use super::{Design, Uncertainty};
use crate::code::Code;
use crate::error::{Error, Result};

/// Replicate weights of more values than this are not made: 2 GiB.
const MOST_WEIGHTS: usize = 1 << 28;

impl Design {
    /// A design known by its full-sample weights and its replicate weights (R `svrepdesign`, combined
    /// weights).
    ///
    /// ```
    /// use shihyo::design::{Design, ReplicateKind, Replicates};
    /// use shihyo::estimate::{Domain, Estimand, Options, estimate};
    ///
    /// // The jackknife of a mean of three is its s²/n = 7/3.
    /// let each = vec![vec![0.0, 1.5, 1.5], vec![1.5, 0.0, 1.5], vec![1.5, 1.5, 0.0]];
    /// let design = Design::replicated(vec![1.0; 3], Replicates::new(ReplicateKind::Jk1, each)?)?;
    /// let mean = estimate(&design, &Estimand::Mean(&[1.0, 2.0, 6.0]), Domain::All, &Options::default())?;
    /// assert!((mean.se.unwrap().powi(2) - 7.0 / 3.0).abs() < 1e-12);
    /// assert_eq!(design.df(), 2.0); // rank 3, less one
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// A weight that is negative or not finite, no positive weight, or columns of another length.
    pub fn replicated(weights: Vec<f64>, replicates: Replicates) -> Result<Self> {
        check_weights(&weights)?;
        if replicates.rows() != weights.len() {
            return Err(Error::msg(
                Code::DesignLength,
                format!("反復ウェイトは{}行、ウェイトは{}行です", replicates.rows(), weights.len()),
                format!(
                    "the replicate weights have {} rows, the weights {}",
                    replicates.rows(),
                    weights.len()
                ),
            ));
        }
        let weights: Arc<[f64]> = weights.into();
        Ok(Self {
            row_count: weights.len() as u64,
            base_weights: weights.clone(),
            weights,
            uncertainty: Uncertainty::Replicated(replicates),
            projections: Vec::new(),
            df: OnceLock::new(),
        })
    }

    /// The same weights with replicates, made of one factor a PSU, instead of the sampled units.
    ///
    /// # Errors
    /// Factors of another design; so many rows and replicates that their weights would not fit in memory.
    pub fn with_factors(&self, factors: &ReplicateFactors) -> Result<Self> {
        let stage = self.sampled_units()?;
        if stage.unit_count != factors.psu_count() || self.row_count() != self.rows() as u64 {
            return Err(Error::msg(
                Code::DesignLength,
                "反復の因子がこの標本設計のものではありません",
                "the replicate factors are of another design",
            ));
        }
        let (rows, count) = (self.rows(), factors.len());
        if rows.saturating_mul(count) > MOST_WEIGHTS {
            return Err(Error::msg(
                Code::DesignReplicatesSize,
                format!(
                    "{rows}人×{count}個の反復ウェイトは大きすぎて作れません（集落の割合だけなら作らずに求め\
                     られます）"
                ),
                format!(
                    "{count} replicate weights for {rows} respondents are too many (shares of a clustered \
                     sample alone do without)"
                ),
            ));
        }
        let weights = (0..count).map(|r| {
            let factor = factors.replicate(r);
            self.weights.iter().enumerate().map(|(row, w)| w * factor[stage.unit(row)]).collect()
        });
        let units: Arc<[u32]> = (0..rows).map(|row| stage.unit(row) as u32).collect();
        let made =
            Replicates::made(factors.scales().clone(), weights.collect())?.of_factors(units, factors.clone());
        Ok(Self { uncertainty: Uncertainty::Replicated(made), df: OnceLock::new(), ..self.clone() })
    }
}
