//! Replicates as one factor a PSU: what a replicate design is before it meets the rows.
//!
//! A replicate weight is the row's weight times the factor of its PSU, so that a replicate's total is Σ_i
//! f_ri W_i over the PSU totals W_i: of many replicates a matrix product, and no pass over rows.

use std::sync::Arc;

use super::replicate_scales::{ReplicateCentre, ReplicateKind, ReplicateScales};
use super::roster::Stage;
use crate::error::Result;
use crate::stats::rank::rank;

/// Up to this many values the rank of drawn factors is computed, as few draws may happen to be alike.
const SMALL: usize = 1 << 14;

/// The factors of the PSUs of a linearised design, replicate by replicate, and how to scale the spread.
///
/// ```
/// use shihyo::design::{Declaration, declare};
///
/// // Two strata of two clusters each; the second cluster has two rows.
/// let declaration =
///     Declaration::new(5).strata(vec![vec![0, 0, 0, 1, 1]]).clusters(vec![vec![1, 2, 2, 3, 4]]);
/// let design = declare(declaration.weights(vec![3.0; 5]))?;
/// let factors = design.jackknife_factors()?;
/// assert_eq!((factors.len(), factors.psu_count()), (4, 4));
/// // Without the first: the second one of its stratum counts twice.
/// assert_eq!(factors.replicate(0), [0.0, 2.0, 1.0, 1.0]);
/// assert_eq!(factors.degrees_of_freedom(&[true; 4]), 2); // PSUs − strata
/// let replicated = design.with_factors(&factors)?;
/// assert_eq!(replicated.replicates().unwrap().weights().next(), Some(&[0.0, 6.0, 6.0, 3.0, 3.0][..]));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicateFactors {
    scales: ReplicateScales,
    psu_count: usize,
    /// Replicate by replicate.
    factors: Arc<[f64]>,
    /// Stratum of each PSU; `None` where its stratum was drawn whole and does not vary.
    strata: Arc<[Option<u32>]>,
}

impl ReplicateFactors {
    /// # Errors
    /// Fewer than two replicates, or far too many.
    pub(super) fn new(kind: ReplicateKind, stage: &Stage, replicates: Vec<Vec<f64>>) -> Result<Self> {
        let scales = ReplicateScales::new(kind, replicates.len())?;
        let strata = (0..stage.unit_count).map(|unit| stage.stratum(unit));
        let strata = strata.map(|h| (!stage.strata[h].is_complete()).then_some(h as u32)).collect();
        Ok(Self {
            scales,
            psu_count: stage.unit_count,
            factors: replicates.into_iter().flatten().collect(),
            strata,
        })
    }

    pub(super) fn rescaled(
        mut self,
        scales: impl FnOnce(ReplicateScales) -> Result<ReplicateScales>,
    ) -> Result<Self> {
        self.scales = scales(self.scales)?;
        Ok(self)
    }

    /// How their spread is scaled.
    pub fn scales(&self) -> &ReplicateScales {
        &self.scales
    }

    /// What replicate estimates are compared with.
    #[must_use]
    pub fn centre(mut self, centre: ReplicateCentre) -> Self {
        self.scales = self.scales.centre(centre);
        self
    }

    /// Number of replicates.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Always false: there are at least two.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of PSUs.
    pub fn psu_count(&self) -> usize {
        self.psu_count
    }

    /// The factors of one replicate, by PSU.
    pub fn replicate(&self, replicate: usize) -> &[f64] {
        self.factors.get(replicate * self.psu_count..(replicate + 1) * self.psu_count).unwrap_or_default()
    }

    /// Degrees of freedom of a domain with rows in these PSUs: the rank of the replicate weights over them,
    /// less one (R `degf`).
    ///
    /// In every replicate the factors of a stratum sum to the same, so that the columns of the strata that
    /// are present whole depend on each other once each: the rank is PSUs − whole strata + 1, or the number
    /// of replicates where they are fewer. Of a few drawn replicates, which may happen to be alike, the rank
    /// is computed.
    pub fn degrees_of_freedom(&self, present: &[bool]) -> u64 {
        let psus: Vec<usize> =
            (0..self.psu_count).filter(|psu| present.get(*psu).copied().unwrap_or(false)).collect();
        if self.scales.kind() == ReplicateKind::Bootstrap && psus.len() * self.len() <= SMALL {
            let rows = (0..self.len()).map(|r| psus.iter().map(|psu| self.replicate(r)[*psu]).collect());
            return (rank(rows, psus.len()) as u64).saturating_sub(1);
        }
        let stratum_count = self.strata.iter().flatten().max().map_or(0, |h| *h as usize + 1);
        let (mut sampled, mut held) = (vec![0_u64; stratum_count], vec![0_u64; stratum_count]);
        self.strata.iter().flatten().for_each(|h| sampled[*h as usize] += 1);
        psus.iter().filter_map(|psu| self.strata[*psu]).for_each(|h| held[h as usize] += 1);
        let whole = sampled.iter().zip(&held).filter(|(n, held)| **n > 0 && n == held).count() as u64;
        let fixed = psus.iter().any(|psu| self.strata[*psu].is_none());
        let rank = held.iter().sum::<u64>() - whole + u64::from(whole > 0 || fixed);
        rank.min(self.len() as u64).saturating_sub(1)
    }
}
