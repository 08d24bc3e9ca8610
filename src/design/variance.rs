//! The one variance path: unit totals → scatter within strata → (1 − f) n/(n − 1) → lonely-unit policy →
//! later stages.
//!
//! V = Σ_h (1 − f_h) n_h/(n_h − 1) Σ_i (u_hi − ū_h)(u_hi − ū_h)' with u_hi the total of w z over the rows of
//! unit i, n_h counting all sampled units, also those without a row of the domain (u = 0). A later stage adds
//! the same sum within each unit of the stage above, times the sampling fractions on the way down (Särndal,
//! Swensson and Wretman 1992, §4.3; R `survey::svyrecvar`).

use std::fmt;

use super::roster::{DomainLonely, LonelyPsu, Stage};
use super::{Design, Uncertainty};

/// Why a design gives no variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVariance {
    /// Every stratum that counts has a single unit, so that there is nothing to take an average of.
    LonelyPsu,
    /// No replicate gave an estimate.
    NoReplicates,
}

impl fmt::Display for NoVariance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LonelyPsu => "every stratum has a single unit",
            Self::NoReplicates => "no replicate gave an estimate",
        })
    }
}

/// A symmetric matrix of variances and covariances.
///
/// ```
/// use shihyo::design::Covariance;
///
/// let v = Covariance::from_values(2, vec![4.0, 1.0, 1.0, 9.0]).unwrap();
/// assert_eq!((v.size(), v.get(0, 1), v.values().len()), (2, 1.0, 4));
/// assert_eq!(v.quadratic(&[1.0, -1.0]), 11.0); // 4 + 9 − 2 · 1
/// assert_eq!(v.bilinear(&[1.0, 0.0], &[1.0, 1.0]), 5.0);
/// assert_eq!(
///     (Covariance::zeros(2).quadratic(&[1.0, 1.0]), Covariance::from_values(2, vec![1.0])),
///     (0.0, None)
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    size: usize,
    values: Vec<f64>,
}

impl Covariance {
    /// A matrix of zeros.
    pub fn zeros(size: usize) -> Self {
        Self { size, values: vec![0.0; size * size] }
    }

    /// A matrix from its values, row by row. `None` when their number is not `size`².
    pub fn from_values(size: usize, values: Vec<f64>) -> Option<Self> {
        (values.len() == size * size).then_some(Self { size, values })
    }

    /// Number of estimates.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Covariance of estimates `i` and `j`.
    pub fn get(&self, i: usize, j: usize) -> f64 {
        self.values[i * self.size + j]
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// c' V c: the variance of the linear combination with the coefficients `c`.
    pub fn quadratic(&self, c: &[f64]) -> f64 {
        self.bilinear(c, c)
    }

    /// a' V b: the covariance of two linear combinations.
    pub fn bilinear(&self, a: &[f64], b: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                sum += x * y * self.get(i, j);
            }
        }
        sum
    }

    fn add_scaled(&mut self, other: &[f64], scale: f64) {
        for (v, o) in self.values.iter_mut().zip(other) {
            *v += scale * o;
        }
    }
}

/// Influence values z of one or several estimators, unweighted, for the rows of the domain; elsewhere they
/// are 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Influences {
    size: usize,
    rows: Vec<u32>,
    values: Vec<f64>,
    whole_design: bool,
}

impl Influences {
    /// The values of `size` estimators: for each of `rows` (ascending) one value an estimator, side by side.
    pub fn new(size: usize, rows: Vec<u32>, values: Vec<f64>) -> Self {
        debug_assert_eq!(values.len(), size * rows.len());
        Self { size, rows, values, whole_design: false }
    }

    /// Lonely units are judged over the whole design, not over these rows only (as R does where estimates of
    /// several domains meet).
    #[must_use]
    pub fn over_whole_design(mut self) -> Self {
        self.whole_design = true;
        self
    }
}

/// What the strata of a stage say about their units' totals: their number, sum and centred cross products.
///
/// It may be added up from rows, from unit totals, or in closed form from (n, Σw, Σw²): the variance cannot
/// tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatters {
    size: usize,
    present: Vec<u64>,
    sums: Vec<f64>,
    centred: Vec<f64>,
}

impl Scatters {
    /// Empty scatters of `strata` strata for `size` estimators.
    pub fn new(size: usize, strata: usize) -> Self {
        Self {
            size,
            present: vec![0; strata],
            sums: vec![0.0; strata * size],
            centred: vec![0.0; strata * size * size],
        }
    }

    /// Sets a stratum from raw sums over its units: `present` units hold rows of the domain, `sum` = Σ u and
    /// `cross` = Σ u u' over them, `sampled` were drawn in all.
    #[inline]
    pub fn set_from_sums(&mut self, stratum: usize, present: u64, sampled: u64, sum: &[f64], cross: &[f64]) {
        let k = self.size;
        self.present[stratum] = present;
        if let (1, [sum], [cross]) = (k, sum, cross) {
            self.sums[stratum] = *sum;
            self.centred[stratum] = (cross - sum * sum / sampled as f64).max(0.0);
            return;
        }
        self.sums[stratum * k..(stratum + 1) * k].copy_from_slice(sum);
        let out = &mut self.centred[stratum * k * k..(stratum + 1) * k * k];
        let n = sampled as f64;
        for i in 0..k {
            for j in 0..k {
                let centred = cross[i * k + j] - sum[i] * sum[j] / n;
                out[i * k + j] = if i == j { centred.max(0.0) } else { centred };
            }
        }
    }

    /// Sets a stratum of one estimator from centred sums: Σ u, and Σ (u − ū)² over all units drawn.
    pub(crate) fn set_centred(&mut self, stratum: usize, present: u64, sum: f64, centred: f64) {
        self.present[stratum] = present;
        self.sums[stratum] = sum;
        self.centred[stratum] = centred;
    }

    /// The scatters of a stage from weighted influence values `u` of `rows`.
    pub(crate) fn from_rows(stage: &Stage, rows: &[u32], u: &[f64], size: usize) -> Self {
        let mut scatters = Self::new(size, stage.strata.len());
        match &stage.unit_of_row {
            None => scatters.add_units(stage, rows.iter().map(|r| *r as usize), u),
            Some(unit_of_row) => {
                let mut totals = vec![0.0; stage.unit_count * size];
                let mut held = vec![false; stage.unit_count];
                for (row, values) in rows.iter().zip(u.chunks_exact(size)) {
                    let unit = unit_of_row[*row as usize] as usize;
                    held[unit] = true;
                    for (t, v) in totals[unit * size..(unit + 1) * size].iter_mut().zip(values) {
                        *t += v;
                    }
                }
                let units: Vec<usize> = (0..stage.unit_count).filter(|unit| held[*unit]).collect();
                let kept: Vec<f64> = units
                    .iter()
                    .flat_map(|unit| totals[unit * size..(unit + 1) * size].iter().copied())
                    .collect();
                scatters.add_units(stage, units.iter().copied(), &kept);
            }
        }
        scatters
    }

    /// Two passes: sums first, then deviations from the mean of all sampled units; absent ones deviate by −ū.
    fn add_units(&mut self, stage: &Stage, units: impl Iterator<Item = usize> + Clone, totals: &[f64]) {
        let k = self.size;
        for (unit, u) in units.clone().zip(totals.chunks_exact(k)) {
            let h = stage.stratum(unit);
            self.present[h] += 1;
            for (s, v) in self.sums[h * k..(h + 1) * k].iter_mut().zip(u) {
                *s += v;
            }
        }
        let mut deviation = vec![0.0; k];
        for (unit, u) in units.zip(totals.chunks_exact(k)) {
            let h = stage.stratum(unit);
            let n = stage.strata[h].units as f64;
            for ((d, v), s) in deviation.iter_mut().zip(u).zip(&self.sums[h * k..(h + 1) * k]) {
                *d = v - s / n;
            }
            add_outer(&mut self.centred[h * k * k..(h + 1) * k * k], &deviation, 1.0);
        }
        for (h, stratum) in stage.strata.iter().enumerate() {
            let n = stratum.units as f64;
            let absent = n - self.present[h] as f64;
            for (d, s) in deviation.iter_mut().zip(&self.sums[h * k..(h + 1) * k]) {
                *d = s / n;
            }
            add_outer(&mut self.centred[h * k * k..(h + 1) * k * k], &deviation, absent);
        }
    }
}

fn add_outer(matrix: &mut [f64], v: &[f64], scale: f64) {
    let k = v.len();
    for i in 0..k {
        for j in 0..k {
            matrix[i * k + j] += scale * v[i] * v[j];
        }
    }
}

/// How strata with a single unit are treated in one computation.
#[derive(Debug, Clone, Copy)]
struct Policy {
    lonely: LonelyPsu,
    domain_lonely: DomainLonely,
    whole_design: bool,
}

/// The variance of the strata `group` of a stage: the sum over strata, after the lonely-unit policy.
fn stage_variance(
    stage: &Stage,
    group: &[u32],
    scatters: &Scatters,
    policy: Policy,
) -> Result<Vec<f64>, NoVariance> {
    let k = scatters.size;
    let mut variance = vec![0.0; k * k];
    // A stratum without a row of the domain says nothing, also not about the grand mean.
    let group: Vec<u32> =
        group.iter().copied().filter(|h| policy.whole_design || scatters.present[*h as usize] > 0).collect();
    let mut grand_mean = vec![0.0; k];
    if policy.lonely == LonelyPsu::Adjust {
        let units: u64 = group.iter().map(|h| stage.strata[*h as usize].units).sum();
        for h in &group {
            for (g, s) in grand_mean.iter_mut().zip(&scatters.sums[*h as usize * k..]) {
                *g += s / units as f64;
            }
        }
    }
    let (mut counted, mut known) = (0_u64, 0_u64);
    for h in &group {
        let h = *h as usize;
        let (stratum, present) = (&stage.strata[h], scatters.present[h]);
        counted += 1;
        known += 1;
        if stratum.is_complete() {
            continue;
        }
        let n = stratum.units as f64;
        let lonely = stratum.units == 1;
        let lonely_in_domain =
            !lonely && present == 1 && !policy.whole_design && policy.domain_lonely == DomainLonely::AsLonely;
        let scale = (1.0 - stratum.fraction()) * if lonely { 1.0 } else { n / (n - 1.0) };
        match policy.lonely {
            LonelyPsu::Average if lonely || lonely_in_domain => known -= 1,
            LonelyPsu::Fail if lonely => return Err(NoVariance::LonelyPsu),
            LonelyPsu::Adjust if lonely || lonely_in_domain => {
                add_scaled(&mut variance, &scatters.centred[h * k * k..(h + 1) * k * k], scale);
                let off: Vec<f64> = scatters.sums[h * k..(h + 1) * k]
                    .iter()
                    .zip(&grand_mean)
                    .map(|(s, g)| s / n - g)
                    .collect();
                add_outer(&mut variance, &off, scale * n);
            }
            _ => add_scaled(&mut variance, &scatters.centred[h * k * k..(h + 1) * k * k], scale),
        }
    }
    if known < counted {
        if known == 0 {
            return Err(NoVariance::LonelyPsu);
        }
        let factor = counted as f64 / known as f64;
        variance.iter_mut().for_each(|v| *v *= factor);
    }
    Ok(variance)
}

fn add_scaled(matrix: &mut [f64], other: &[f64], scale: f64) {
    for (m, o) in matrix.iter_mut().zip(other) {
        *m += scale * o;
    }
}

impl Design {
    /// Variances and covariances of the estimators with these influence values.
    ///
    /// ```
    /// use shihyo::design::{Design, Influences, NoVariance};
    ///
    /// // The mean of 1, 2, 4, 9: z = (y − 4)/4, and V = s²/n = 38/12.
    /// let z = Influences::new(1, vec![0, 1, 2, 3], vec![-0.75, -0.5, 0.0, 1.25]);
    /// let design = Design::simple(4)?;
    /// assert!((design.covariance(&z).unwrap().get(0, 0) - 38.0 / 12.0).abs() < 1e-12);
    /// // No lonely unit, so that it does not matter where one would be judged.
    /// assert_eq!(design.covariance(&z), design.covariance(&z.clone().over_whole_design()));
    /// // Replicates have their own.
    /// assert_eq!(design.jackknife()?.covariance(&z), Err(NoVariance::NoReplicates));
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`NoVariance::LonelyPsu`] when the policy leaves no stratum to learn from;
    /// [`NoVariance::NoReplicates`] for a replicate design, whose variance comes from
    /// [`super::Replicates::covariance`].
    pub fn covariance(&self, influences: &Influences) -> Result<Covariance, NoVariance> {
        let Uncertainty::Linearised { roster, lonely, domain_lonely } = &self.uncertainty else {
            return Err(NoVariance::NoReplicates);
        };
        let k = influences.size;
        if k == 0 {
            return Ok(Covariance::zeros(0));
        }
        let mut policy =
            Policy { lonely: *lonely, domain_lonely: *domain_lonely, whole_design: influences.whole_design };
        let pairs = influences.rows.iter().zip(influences.values.chunks_exact(k));
        let all: Vec<u32>;
        let (rows, u): (&[u32], Vec<f64>) = if self.projections.is_empty() {
            let mut u = Vec::with_capacity(influences.values.len());
            for (row, values) in pairs {
                let w = self.weights[*row as usize];
                u.extend(values.iter().map(|z| w * z));
            }
            (&influences.rows, u)
        } else {
            let mut u = vec![0.0; self.rows() * k];
            for (row, values) in pairs {
                let (w, at) = (self.weights[*row as usize], *row as usize * k);
                for (out, z) in u[at..at + k].iter_mut().zip(values) {
                    *out = w * z;
                }
            }
            for projection in &self.projections {
                projection.residual(&mut u, k);
            }
            all = (0..self.rows() as u32).collect();
            policy.whole_design = true;
            (&all, u)
        };
        let mut variance = Covariance::zeros(k);
        for stage in &roster.stages {
            let scatters = Scatters::from_rows(stage, rows, &u, k);
            for group in &stage.groups {
                let carry = group.first().map_or(0.0, |h| stage.strata[*h as usize].carry);
                if carry > 0.0 {
                    variance.add_scaled(&stage_variance(stage, group, &scatters, policy)?, carry);
                }
            }
        }
        Ok(variance)
    }

    /// As [`Design::covariance`], from scatters of the first stage that were added up elsewhere; for designs
    /// of one stage.
    ///
    /// ```
    /// use shihyo::design::{Design, Scatters};
    ///
    /// // The example of `covariance` from its sums: Σ u = 0, Σ u² = 38/16.
    /// let mut scatters = Scatters::new(1, 1);
    /// scatters.set_from_sums(0, 4, 4, &[0.0], &[38.0 / 16.0]);
    /// let v = Design::simple(4)?.covariance_from_scatters(&scatters).unwrap();
    /// assert!((v.get(0, 0) - 38.0 / 12.0).abs() < 1e-12);
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Design::covariance`].
    pub fn covariance_from_scatters(&self, scatters: &Scatters) -> Result<Covariance, NoVariance> {
        let Uncertainty::Linearised { roster, lonely, domain_lonely } = &self.uncertainty else {
            return Err(NoVariance::NoReplicates);
        };
        // What a fit takes out, it takes out of all rows.
        let whole_design = self.is_calibrated();
        let policy = Policy { lonely: *lonely, domain_lonely: *domain_lonely, whole_design };
        let mut variance = Covariance::zeros(scatters.size);
        if let Some(stage) = roster.stages.first() {
            for group in &stage.groups {
                variance.add_scaled(&stage_variance(stage, group, scatters, policy)?, 1.0);
            }
        }
        Ok(variance)
    }
}
