//! Making jackknife replicates from a design.

use super::factors::ReplicateFactors;
use super::replicate_scales::ReplicateKind;
use super::roster::Stage;
use super::{Design, Uncertainty};
use crate::code::Code;
use crate::error::{Error, Result};

impl Design {
    /// The first stage of a linearised design.
    pub(super) fn sampled_units(&self) -> Result<&Stage> {
        match &self.uncertainty {
            Uncertainty::Linearised { roster, .. } if self.projections.is_empty() => Ok(&roster.stages[0]),
            Uncertainty::Linearised { .. } => Err(Error::msg(
                Code::DesignReplicatesCalibrated,
                "反復ウェイトは較正の前に作ります（較正は反復ごとにやり直されます）",
                "make the replicates before calibrating: every replicate is calibrated again",
            )),
            Uncertainty::Replicated(_) => Err(Error::msg(
                Code::DesignReplicatesAlready,
                "この標本設計はすでに反復ウェイトを持っています",
                "this design has replicates already",
            )),
        }
    }

    /// Delete-one-PSU jackknife: JK1 for an unstratified design, JKn for a stratified one (R
    /// `as.svrepdesign`). Leaving out PSU i of stratum h multiplies the others of h by n_h/(n_h − 1); its
    /// rscale is (n_h − 1)/n_h (1 − f_h). Only the first stage is replicated. A complete stratum (n = N)
    /// gives no replicates.
    ///
    /// ```
    /// use shihyo::design::Design;
    /// use shihyo::estimate::{Domain, Estimand, Options, estimate};
    ///
    /// let (design, y) = (Design::simple(4)?, [1.0, 2.0, 4.0, 9.0]);
    /// let of = |d: &Design| estimate(d, &Estimand::Mean(&y), Domain::All, &Options::default());
    /// // The jackknife of a mean is its s/√n.
    /// let (a, b) = (of(&design)?.se.unwrap(), of(&design.jackknife()?)?.se.unwrap());
    /// assert!((a - b).abs() < 1e-12);
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// A calibrated or replicated design, a stratum with a single PSU, or no replicate at all.
    pub fn jackknife(&self) -> Result<Self> {
        self.with_factors(&self.jackknife_factors()?)
    }

    /// The factors of [`Design::jackknife`].
    ///
    /// # Errors
    /// As there.
    pub fn jackknife_factors(&self) -> Result<ReplicateFactors> {
        let stage = self.sampled_units()?;
        let stratified = stage.strata.len() > 1;
        let (mut factors, mut rscales): (Vec<Vec<f64>>, Vec<f64>) = (Vec::new(), Vec::new());
        check_size(stage.unit_count, stage.unit_count)?;
        for deleted in 0..stage.unit_count {
            let h = stage.stratum(deleted);
            let stratum = &stage.strata[h];
            if stratum.is_complete() {
                continue;
            }
            if stratum.units < 2 {
                return Err(Error::msg(
                    Code::DesignLonelyPsu,
                    "PSUが1つしかない層があるため、ジャックナイフ反復を作れません",
                    "a stratum has a single PSU: no jackknife replicates can be made",
                ));
            }
            let n = stratum.units as f64;
            let factor = |unit: usize| match (unit == deleted, stage.stratum(unit) == h) {
                (true, _) => 0.0,
                (false, true) => n / (n - 1.0),
                (false, false) => 1.0,
            };
            factors.push((0..stage.unit_count).map(factor).collect());
            rscales.push((n - 1.0) / n * (1.0 - stratum.fraction()));
        }
        if stratified {
            ReplicateFactors::new(ReplicateKind::Jkn, stage, factors)?
                .rescaled(|scales| scales.rscales(rscales))
        } else {
            let scale = rscales.first().copied().unwrap_or(0.0);
            ReplicateFactors::new(ReplicateKind::Jk1, stage, factors)?.rescaled(|scales| scales.scale(scale))
        }
    }
}

/// # Errors
/// More factors than memory should hold.
pub(super) fn check_size(replicates: usize, units: usize) -> Result<()> {
    if replicates.saturating_mul(units) <= MOST_FACTORS {
        return Ok(());
    }
    Err(Error::msg(
        Code::DesignReplicatesSize,
        format!("PSU {units}個×{replicates}個の反復は大きすぎて作れません"),
        format!("{replicates} replicates of {units} PSUs are too many"),
    ))
}

/// 2 GiB.
const MOST_FACTORS: usize = 1 << 28;
