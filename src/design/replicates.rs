//! Replicate weights, and what their number of degrees of freedom is.

use std::sync::{Arc, OnceLock};

use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;

use super::factors::ReplicateFactors;
use super::replicate_scales::{ReplicateCentre, ReplicateKind, ReplicateScales};
use super::variance::{Covariance, NoVariance};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::stats::rank::{rank, rank_of_products};

/// Replicate weights (full analysis weights, not factors) and how to scale their spread.
///
/// ```
/// use shihyo::design::{ReplicateCentre, ReplicateKind, Replicates};
///
/// let weights = vec![vec![2.0, 0.0], vec![1.0, 1.0], vec![0.0, 2.0]];
/// let replicates = Replicates::new(ReplicateKind::Bootstrap, weights)?
///     .scale(0.25)?
///     .rscales(vec![1.0, 0.0, 1.0])?
///     .centre(ReplicateCentre::FullSample);
/// assert_eq!(
///     (replicates.kind(), replicates.len(), replicates.rows()),
///     (ReplicateKind::Bootstrap, 3, 2)
/// );
/// assert_eq!(
///     (replicates.overall_scale(), replicates.replicate_scales()),
///     (0.25, &[1.0, 0.0, 1.0][..])
/// );
/// assert_eq!(replicates.weights().next(), Some(&[2.0, 0.0][..]));
/// assert!(!replicates.is_empty());
/// let v = replicates.covariance(&[4.0], &[vec![5.0], vec![9.0], vec![2.0]]).unwrap();
/// assert_eq!(v.get(0, 0), 1.25); // ¼ ((5 − 4)² + (2 − 4)²)
/// assert_eq!(replicates.degrees_of_freedom(0..2), 1);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    scales: ReplicateScales,
    weights: Vec<Arc<[f64]>>,
    /// The PSU of each row and the factors, where the weights were made of them.
    factors: Option<(Arc<[u32]>, ReplicateFactors)>,
    whole_rank: WholeRank,
}

impl Replicates {
    /// Replicates with the usual scale of their kind. For JKn give [`Replicates::rscales`] too.
    ///
    /// # Errors
    /// Fewer than two replicates, columns of different lengths, a weight that is not finite, ρ outside [0,
    /// 1).
    pub fn new(kind: ReplicateKind, weights: Vec<Vec<f64>>) -> Result<Self> {
        Self::made(ReplicateScales::new(kind, weights.len())?, weights)
    }

    pub(super) fn made(scales: ReplicateScales, weights: Vec<Vec<f64>>) -> Result<Self> {
        let rows = weights.first().map_or(0, Vec::len);
        if let Some(at) = weights.iter().position(|w| w.len() != rows || w.iter().any(|x| !x.is_finite())) {
            return Err(Error::msg(
                Code::DesignReplicates,
                format!("反復ウェイトの{}列目の長さが違うか、数値でない値があります", at + 1),
                format!("replicate {} has another length, or a value that is no number", at + 1),
            ));
        }
        Ok(Self {
            scales,
            weights: weights.into_iter().map(Arc::from).collect(),
            factors: None,
            whole_rank: WholeRank::default(),
        })
    }

    pub(super) fn of_factors(mut self, psu_of_row: Arc<[u32]>, factors: ReplicateFactors) -> Self {
        self.factors = Some((psu_of_row, factors));
        self
    }

    /// Another overall scale.
    ///
    /// # Errors
    /// A scale that is negative or not finite.
    pub fn scale(mut self, scale: f64) -> Result<Self> {
        self.scales = self.scales.scale(scale)?;
        Ok(self)
    }

    /// One scale a replicate.
    ///
    /// # Errors
    /// Not one value a replicate, a negative one, or all 0.
    pub fn rscales(mut self, rscales: Vec<f64>) -> Result<Self> {
        self.scales = self.scales.rscales(rscales)?;
        Ok(self)
    }

    /// What replicate estimates are compared with.
    #[must_use]
    pub fn centre(mut self, centre: ReplicateCentre) -> Self {
        self.scales = self.scales.centre(centre);
        self
    }

    /// How the replicates were made.
    pub fn kind(&self) -> ReplicateKind {
        self.scales.kind()
    }

    /// Number of replicates.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Always false: there are at least two.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// Respondents.
    pub fn rows(&self) -> usize {
        self.weights.first().map_or(0, |w| w.len())
    }

    /// The weights, one slice a replicate.
    pub fn weights(&self) -> impl Iterator<Item = &[f64]> {
        self.weights.iter().map(|w| &**w)
    }

    /// The overall scale.
    pub fn overall_scale(&self) -> f64 {
        self.scales.overall()
    }

    /// The scales by replicate.
    pub fn replicate_scales(&self) -> &[f64] {
        self.scales.by_replicate()
    }

    pub(super) fn map(&self, each: impl Fn(&[f64]) -> Result<Vec<f64>>) -> Result<Self> {
        let weights = self.weights.iter().map(|w| each(w).map(Arc::from)).collect::<Result<Vec<_>>>()?;
        Ok(Self { weights, scales: self.scales.clone(), factors: None, whole_rank: WholeRank::default() })
    }

    /// As [`ReplicateScales::covariance`].
    ///
    /// # Errors
    /// [`NoVariance::NoReplicates`] when no replicate is left.
    pub fn covariance(&self, full: &[f64], thetas: &[Vec<f64>]) -> Result<Covariance, NoVariance> {
        self.scales.covariance(full, thetas)
    }

    /// Rank of the replicate weights over `rows`, less one: the degrees of freedom (R `degf`, tolerance
    /// 1e-5).
    pub fn degrees_of_freedom(&self, rows: impl Iterator<Item = usize>) -> u64 {
        if let Some((psu_of_row, factors)) = &self.factors {
            let mut present = vec![false; factors.psu_count()];
            rows.for_each(|row| present[psu_of_row[row] as usize] = true);
            return factors.degrees_of_freedom(&present);
        }
        let rows: Vec<usize> = rows.collect();
        // Some of the rows, from first to last, mostly have the rank of all rows of the sample already: more
        // is not possible.
        let mut some = FEW_ROWS * self.len();
        while some < rows.len() {
            let sample: Vec<usize> = (0..some).map(|at| rows[at * rows.len() / some]).collect();
            let rank = self.rank_over(&sample);
            if rank == self.len()
                || rank
                    == self.whole_rank.get_or_init(|| self.rank_over(&(0..self.rows()).collect::<Vec<_>>()))
            {
                return (rank as u64).saturating_sub(1);
            }
            some *= 8;
        }
        (self.rank_over(&rows) as u64).saturating_sub(1)
    }

    /// Rank over some rows: of the vectors themselves where there are few rows, of their inner products where
    /// there are many.
    fn rank_over(&self, rows: &[usize]) -> usize {
        if rows.len() <= MANY_ROWS {
            return rank(
                self.weights.iter().map(|weights| rows.iter().map(|row| weights[*row]).collect()),
                rows.len(),
            );
        }
        rank_of_products(&self.products(rows), self.len())
    }

    /// The inner products of all replicates over some rows.
    fn products(&self, rows: &[usize]) -> Vec<f64> {
        let count = self.len();
        let part = |rows: &[usize]| {
            let (mut sums, mut of_row) = (vec![0.0; count * count], vec![0.0; count]);
            for row in rows {
                of_row.iter_mut().zip(&self.weights).for_each(|(w, weights)| *w = weights[*row]);
                for (sums, a) in sums.chunks_exact_mut(count).zip(&of_row) {
                    sums.iter_mut().zip(&of_row).for_each(|(sum, b)| *sum += a * b);
                }
            }
            sums
        };
        // Parts of one size, added in their order: the same for any number of threads.
        let parts: Vec<Vec<f64>> = rows.par_chunks(rows.len().div_ceil(PARTS).max(1)).map(part).collect();
        let mut all = vec![0.0; count * count];
        parts.iter().for_each(|part| all.iter_mut().zip(part).for_each(|(all, x)| *all += x));
        all
    }
}

/// Rows a replicate that are tried before all are.
const FEW_ROWS: usize = 4;

/// With more rows than these the rank is found from inner products.
const MANY_ROWS: usize = 1 << 13;

/// Parts in which inner products are added up.
const PARTS: usize = 16;

/// The rank over all rows, once it is asked for. It follows from the weights, so that it makes no two
/// replicates different.
#[derive(Debug, Clone, Default)]
struct WholeRank(OnceLock<usize>);

impl WholeRank {
    fn get_or_init(&self, rank: impl FnOnce() -> usize) -> usize {
        *self.0.get_or_init(rank)
    }
}

impl PartialEq for WholeRank {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{ReplicateKind, Replicates};
    use crate::stats::rank::{rank, rank_of_products};

    /// 20 PSUs in 10 strata, half samples of them: many columns, of which some follow from others; weights
    /// with the digits of a file.
    fn half_samples(rows: usize) -> Replicates {
        let weight = |row: usize| 1.0 + (row * 7919 % 101) as f64 / 7.0;
        let taken = |row: usize, replicate: usize| {
            let (stratum, unit) = (row % 10, row / 10 % 2);
            let first = ((replicate * 2_654_435_761) >> stratum) % 2;
            if first == unit { 2.0 } else { 0.0 }
        };
        let column = |replicate: usize| {
            (0..rows).map(|row| (weight(row) * taken(row, replicate) * 1e6).round() / 1e6).collect()
        };
        Replicates::new(ReplicateKind::Brr, (0..32).map(column).collect()).unwrap()
    }

    #[test]
    fn products_and_parts_of_the_rows_give_the_rank_of_all_rows() {
        let replicates = half_samples(20_000);
        let by_vectors = |rows: &[usize]| {
            rank(replicates.weights().map(|w| rows.iter().map(|row| w[*row]).collect()), rows.len())
        };
        let domains: [Vec<usize>; 4] = [
            (0..20_000).collect(),
            (0..20_000).filter(|row| row % 3 == 0).collect(),
            // Three strata of the ten.
            (0..20_000).filter(|row| row % 10 < 3).collect(),
            // All but a few rows are of one PSU.
            (0..20_000).filter(|row| row % 20 == 4 || *row > 19_950).collect(),
        ];
        let mut ranks = Vec::new();
        for rows in domains {
            let expected = by_vectors(&rows);
            assert_eq!(replicates.degrees_of_freedom(rows.iter().copied()), expected as u64 - 1);
            assert_eq!(rank_of_products(&replicates.products(&rows), replicates.len()), expected);
            ranks.push(expected);
        }
        assert!(ranks[0] < 32 && ranks[2] < ranks[0], "{ranks:?}");
    }
}
