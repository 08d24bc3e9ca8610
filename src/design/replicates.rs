//! Replicate weights: V = scale Σ_r rscales_r (θ_r − c)(θ_r − c)'.

use std::sync::{Arc, OnceLock};

use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;

use super::factors::ReplicateFactors;
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
        self.scales.kind
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
        self.scales.scale
    }

    /// The scales by replicate.
    pub fn replicate_scales(&self) -> &[f64] {
        &self.scales.rscales
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

/// Rank of `count` vectors with these inner products: as [`rank`], the part of each that the ones before it
/// leave, by Cholesky's decomposition. That part is 1e-10 of a square against rounding of some 1e-13.
fn rank_of_products(products: &[f64], count: usize) -> usize {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for j in 0..count {
        let product = |i: usize| products[j * count + i];
        let row: Vec<f64> = basis.iter().map(|column| column[j]).collect();
        let left = product(j) - row.iter().map(|x| x * x).sum::<f64>();
        if left > 1e-10 * product(j) {
            let along = |i: usize| {
                (product(i) - basis.iter().zip(&row).map(|(column, x)| column[i] * x).sum::<f64>())
                    / left.sqrt()
            };
            let column = (0..count).map(along).collect();
            basis.push(column);
        }
    }
    basis.len()
}

/// Rank of vectors of this length (tolerance 1e-5).
pub(super) fn rank(vectors: impl Iterator<Item = Vec<f64>>, length: usize) -> usize {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for mut v in vectors {
        if basis.len() == length {
            break;
        }
        let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let before = norm(&v);
        for _ in 0..2 {
            for q in &basis {
                let along: f64 = v.iter().zip(q).map(|(a, b)| a * b).sum();
                v.iter_mut().zip(q).for_each(|(a, b)| *a -= along * b);
            }
        }
        let left = norm(&v);
        if left > 1e-5 * before {
            v.iter_mut().for_each(|x| *x /= left);
            basis.push(v);
        }
    }
    basis.len()
}

#[cfg(test)]
mod tests {
    use super::{ReplicateKind, Replicates, rank};

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
            assert_eq!(super::rank_of_products(&replicates.products(&rows), replicates.len()), expected);
            ranks.push(expected);
        }
        assert!(ranks[0] < 32 && ranks[2] < ranks[0], "{ranks:?}");
    }
}
