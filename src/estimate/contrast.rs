//! Differences, ratios and contrasts of estimates, with the covariance that comes from sharing a sample; and
//! of waves, which share none.

use crate::design::{Covariance, Design};
use crate::error::Result;
use crate::estimate::estimand::{DfChoice, DifferenceMethod, Domain, Estimand, Groups, Options};
use crate::estimate::interval::{ShareInputs, mean_interval};
use crate::estimate::mover::SharePair;
use crate::estimate::p_adjust;
use crate::estimate::sample::{Sample, within_union};
use crate::estimate::single::{check, check_length, covariance, degrees_of_freedom, report};
use crate::estimate::value::{ConfidenceInterval, DegreesOfFreedom, Estimate, NotEstimable};
use crate::stats::dist::t_two_sided_p;

/// A number made of estimates, compared with 0 (a ratio: with 1).
///
/// ```
/// use shihyo::estimate::Comparison;
///
/// // 1 with the standard error ½, against 0 and the normal distribution.
/// let c = Comparison::new(Ok(1.0), Ok(0.25), 0.0, f64::INFINITY, 0.95);
/// assert_eq!((c.se, c.t), (Ok(0.5), Ok(2.0)));
/// assert_eq!(format!("{:.4} {:.3}", c.p_value.unwrap(), c.interval.unwrap().high), "0.0455 1.980");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The number.
    pub value: Result<f64, NotEstimable>,
    /// Its standard error.
    pub se: Result<f64, NotEstimable>,
    /// value ± t se; of two shares as [`DifferenceMethod`] has it.
    pub interval: Result<ConfidenceInterval, NotEstimable>,
    /// Degrees of freedom of interval and test; infinite for the normal distribution.
    pub df: f64,
    /// (value − null)/se; none for two shares whose p-value is found by inversion.
    pub t: Result<f64, NotEstimable>,
    /// Two-sided p-value.
    pub p_value: Result<f64, NotEstimable>,
}

impl Comparison {
    /// From a value and its variance; `null` is what the test takes for true.
    pub fn new(
        value: Result<f64, NotEstimable>,
        variance: Result<f64, NotEstimable>,
        null: f64,
        df: f64,
        level: f64,
    ) -> Self {
        // Rounding of a variance that is 0 may come out below 0.
        let se = value.clone().and(variance).map(|v| v.max(0.0).sqrt());
        let both = value.clone().and_then(|v| se.clone().map(|s| (v, s)));
        let t = both
            .clone()
            .and_then(|(v, s)| if s > 0.0 { Ok((v - null) / s) } else { Err(NotEstimable::ZeroDenominator) });
        let p_value = t.clone().and_then(|t| {
            if df > 0.0 { Ok(t_two_sided_p(t, df)) } else { Err(NotEstimable::NoDegreesOfFreedom) }
        });
        let interval = both.and_then(|(v, s)| mean_interval(v, s, df, level));
        Self { value, se, interval, df, t, p_value }
    }

    /// The same of two numbers that have no sampling error: nothing is tested.
    fn known(self) -> Self {
        let reason = NotEstimable::Known;
        Self { interval: Err(reason.clone()), t: Err(reason.clone()), p_value: Err(reason), ..self }
    }

    /// The same with the limits and the p-value of two shares by their Wilson limits.
    fn of_shares(self, pair: &Result<SharePair, NotEstimable>, level: f64) -> Self {
        // What has no standard error has no limits by another method.
        let pair = self.se.clone().and(pair.clone());
        Self {
            interval: pair.clone().and_then(|pair| pair.interval(level)),
            p_value: pair.and_then(|pair| pair.p_value()),
            t: Err(NotEstimable::NotDefined),
            ..self
        }
    }
}

/// A design effect under this comes of rounding alone.
const ROUNDING: f64 = 1e-20;

/// Whether an estimate has no sampling error: the weights are fitted to it.
fn is_known(e: &Estimate) -> bool {
    e.n_eff == Err(NotEstimable::Known) || e.deff.as_ref().is_ok_and(|deff| deff.value < ROUNDING)
}

/// A share as one side of a comparison.
fn side(e: &Estimate, df: DfChoice) -> Result<ShareInputs, NotEstimable> {
    let (p, se) = (e.value.clone()?, e.se.clone()?);
    Ok(ShareInputs { p, variance: se * se, n: e.n, df: df.of(e.df) })
}

/// Two shares of one sample, whose estimates have this covariance.
fn pair(
    a: &Estimate,
    b: &Estimate,
    covariance: Result<f64, NotEstimable>,
    df: DfChoice,
) -> Result<SharePair, NotEstimable> {
    let (first, second) = (side(a, df)?, side(b, df)?);
    let spread = (first.variance * second.variance).sqrt();
    let correlation = if spread > 0.0 { covariance? / spread } else { 0.0 };
    Ok(SharePair { first, second, correlation })
}

/// Several estimates from one sample, with their covariances.
#[derive(Debug, Clone, PartialEq)]
pub struct Joint {
    /// Each by itself.
    pub estimates: Vec<Estimate>,
    /// Their covariance matrix.
    pub covariance: Result<Covariance, NotEstimable>,
    /// Degrees of freedom of the rows of any of them, and of the design.
    pub df: DegreesOfFreedom,
}

impl Joint {
    /// Σ cᵢ θᵢ (R `svycontrast`).
    pub fn contrast(&self, coefficients: &[f64], options: &Options) -> Comparison {
        // A coefficient of 0 asks nothing of its estimate.
        let used = self.estimates.iter().zip(coefficients).filter(|(_, c)| **c != 0.0);
        let value = used.map(|(e, c)| e.value.clone().map(|v| v * c)).sum::<Result<f64, NotEstimable>>();
        let known = self
            .estimates
            .iter()
            .zip(coefficients)
            .filter(|(_, c)| **c != 0.0)
            .try_for_each(|(e, _)| e.se.clone().map(|_| ()));
        let variance = known
            .and_then(|()| self.covariance.as_ref().map(|v| v.quadratic(coefficients)).map_err(Clone::clone));
        Comparison::new(value, variance, 0.0, options.df.of(self.df), options.level)
    }

    /// θᵢ/θⱼ by the delta method: V = (Vᵢ − 2 r Cᵢⱼ + r² Vⱼ)/θⱼ². The test compares with 1.
    pub fn ratio(&self, i: usize, j: usize, options: &Options) -> Comparison {
        let (top, below) = (self.estimates[i].value.clone(), self.estimates[j].value.clone());
        let ratio = top.and_then(|a| {
            below.clone().and_then(|b| if b == 0.0 { Err(NotEstimable::ZeroDenominator) } else { Ok(a / b) })
        });
        let variance = ratio.clone().and_then(|r| {
            // A part without a standard error gives the ratio none.
            self.estimates[i].se.clone().and(self.estimates[j].se.clone())?;
            let (v, b) = (self.covariance.as_ref().map_err(Clone::clone)?, below?);
            Ok((v.get(i, i) - 2.0 * r * v.get(i, j) + r * r * v.get(j, j)) / (b * b))
        });
        Comparison::new(ratio, variance, 1.0, options.df.of(self.df), options.level)
    }
}

/// Estimates several numbers of one sample together.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, Estimand, Options, jointly};
///
/// // Means 2 and 6 with V = 6/5 Σ u²: 4/15 and 16/15, and no covariance.
/// let (a, b) = ([true, true, true, false, false, false], [false, false, false, true, true, true]);
/// let y = Estimand::Mean(&[1.0, 2.0, 3.0, 4.0, 6.0, 8.0]);
/// let both = jointly(
///     &Design::simple(6)?,
///     &[(y, Domain::Rows(&a)), (y, Domain::Rows(&b))],
///     &Options::default(),
/// )?;
/// let difference = both.contrast(&[1.0, -1.0], &Options::default());
/// assert_eq!(difference.value, Ok(-4.0));
/// assert!((difference.se.unwrap().powi(2) - 4.0 / 3.0).abs() < 1e-12);
/// // (V₁ + r² V₂)/6², r = 1/3.
/// let ratio = both.ratio(0, 1, &Options::default());
/// assert!((ratio.se.unwrap().powi(2) - (4.0 / 15.0 + 16.0 / 135.0) / 36.0).abs() < 1e-12);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// Columns of another length than the design.
pub fn jointly(design: &Design, parts: &[(Estimand<'_>, Domain<'_>)], options: &Options) -> Result<Joint> {
    let mut samples = Vec::with_capacity(parts.len());
    for (estimand, domain) in parts {
        check(design, estimand, *domain)?;
        samples.push(Sample::new(design, estimand, &Groups::one(design.rows(), *domain).rows()[0]));
    }
    Ok(join(design, &samples, options))
}

fn join(design: &Design, samples: &[Sample], options: &Options) -> Joint {
    let references: Vec<&Sample> = samples.iter().collect();
    let estimates = samples
        .iter()
        .map(|s| report(design, s, covariance(design, &[s]).map(|v| v.get(0, 0)), options))
        .collect();
    Joint { estimates, covariance: covariance(design, &references), df: df_of_any(design, &references) }
}

/// The difference of two domains of one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The first domain.
    pub a: Estimate,
    /// The second.
    pub b: Estimate,
    /// Covariance of the two.
    pub covariance: Result<f64, NotEstimable>,
    /// a − b.
    pub comparison: Comparison,
}

/// a − b of one estimand in two domains of one sample; they may overlap, and one may be part of the other.
/// V(a − b) = V(a) + V(b) − 2 C(a, b), from the influence values of both (R `svycontrast(svyby(…, covmat =
/// TRUE))`). Limits and p-value of two shares are those of `options.difference`.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, Estimand, Options, difference};
///
/// let (a, b) = ([true, true, false, false], [false, false, true, true]);
/// let y = Estimand::Mean(&[1.0, 3.0, 5.0, 9.0]);
/// let d =
///     difference(&Design::simple(4)?, &y, Domain::Rows(&a), Domain::Rows(&b), &Options::default())?;
/// assert_eq!(d.comparison.value, Ok(-5.0));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// Columns of another length than the design.
pub fn difference(
    design: &Design,
    estimand: &Estimand<'_>,
    a: Domain<'_>,
    b: Domain<'_>,
    options: &Options,
) -> Result<Difference> {
    check(design, estimand, a)?;
    check(design, estimand, b)?;
    let sample =
        |domain: Domain<'_>| Sample::new(design, estimand, &Groups::one(design.rows(), domain).rows()[0]);
    let (first, second) = (sample(a), sample(b));
    let single = |s: &Sample| report(design, s, covariance(design, &[s]).map(|v| v.get(0, 0)), options);
    let value = first.value.clone().and_then(|a| second.value.clone().map(|b| a - b));
    let (estimate_a, estimate_b) = (single(&first), single(&second));
    let both = covariance(design, &[&first, &second]);
    // A part without a standard error gives the difference none.
    let known = estimate_a.se.clone().and(estimate_b.se.clone());
    let variance = known.and_then(|_| both.as_ref().map(|v| v.quadratic(&[1.0, -1.0])).map_err(Clone::clone));
    let df = options.df.of(df_of_any(design, &[&first, &second]));
    let covariance = both.map(|v| v.get(0, 1));
    let both_known = [&estimate_a, &estimate_b].into_iter().all(is_known);
    let mut comparison = Comparison::new(value, variance, 0.0, df, options.level);
    if both_known {
        comparison = comparison.known();
    } else if matches!(estimand, Estimand::Share(_)) && options.difference == DifferenceMethod::Mover {
        let shares = pair(&estimate_a, &estimate_b, covariance.clone(), options.df);
        comparison = comparison.of_shares(&shares, options.level);
    }
    Ok(Difference { a: estimate_a, b: estimate_b, covariance, comparison })
}

/// Degrees of freedom of the rows that are in any of the samples.
fn df_of_any(design: &Design, samples: &[&Sample]) -> DegreesOfFreedom {
    let mut held = vec![false; design.rows()];
    samples.iter().flat_map(|s| &s.rows).for_each(|row| held[*row as usize] = true);
    let union: Vec<u32> = (0..design.rows() as u32).filter(|row| held[*row as usize]).collect();
    degrees_of_freedom(design, &union)
}

/// One pair of groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Index of the first group.
    pub a: usize,
    /// Index of the second.
    pub b: usize,
    /// a − b, with its own p-value.
    pub comparison: Comparison,
    /// Holm's p-value over all pairs.
    pub p_holm: Result<f64, NotEstimable>,
    /// Benjamini and Hochberg's.
    pub p_bh: Result<f64, NotEstimable>,
    /// Bonferroni's.
    pub p_bonferroni: Result<f64, NotEstimable>,
}

/// All pairs of groups, a before b, with adjusted p-values. Pairs that cannot be tested are left out of the
/// adjustment.
///
/// The adjustments are those of [`p_adjust::holm`], [`p_adjust::benjamini_hochberg`] and
/// [`p_adjust::bonferroni`] (R `p.adjust`).
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Estimand, Groups, Options, pairwise};
///
/// let groups = Groups::new(&[0, 0, 1, 1, 2, 2], 3);
/// let y = Estimand::Mean(&[1.0, 3.0, 5.0, 9.0, 2.0, 4.0]);
/// let pairs = pairwise(&Design::simple(6)?, &y, &groups, &Options::default())?;
/// assert_eq!(pairs.iter().map(|p| (p.a, p.b)).collect::<Vec<_>>(), [(0, 1), (0, 2), (1, 2)]);
/// assert_eq!(pairs[0].comparison.value, Ok(-5.0)); // 2 − 7
/// let p = pairs[0].comparison.p_value.clone().unwrap();
/// assert!((pairs[0].p_bonferroni.clone().unwrap() - (3.0 * p).min(1.0)).abs() < 1e-15);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// Columns of another length than the design.
pub fn pairwise(
    design: &Design,
    estimand: &Estimand<'_>,
    groups: &Groups,
    options: &Options,
) -> Result<Vec<Pair>> {
    let joint = by_groups(design, estimand, groups, options)?;
    let count = groups.count();
    let mut pairs = Vec::new();
    for a in 0..count {
        for b in a + 1..count {
            let mut coefficients = vec![0.0; count];
            (coefficients[a], coefficients[b]) = (1.0, -1.0);
            let mut comparison = joint.contrast(&coefficients, options);
            if matches!(estimand, Estimand::Share(_)) && options.difference == DifferenceMethod::Mover {
                let covariance = joint.covariance.as_ref().map(|v| v.get(a, b)).map_err(Clone::clone);
                let shares = pair(&joint.estimates[a], &joint.estimates[b], covariance, options.df);
                comparison = comparison.of_shares(&shares, options.level);
            }
            let unknown = comparison.p_value.clone();
            pairs.push(Pair {
                a,
                b,
                comparison,
                p_holm: unknown.clone(),
                p_bh: unknown.clone(),
                p_bonferroni: unknown,
            });
        }
    }
    let known: Vec<usize> = (0..pairs.len()).filter(|at| pairs[*at].comparison.p_value.is_ok()).collect();
    let p: Vec<f64> = known.iter().filter_map(|at| pairs[*at].comparison.p_value.clone().ok()).collect();
    let adjusted =
        p_adjust::holm(&p).into_iter().zip(p_adjust::benjamini_hochberg(&p)).zip(p_adjust::bonferroni(&p));
    for (at, ((holm, bh), bonferroni)) in known.into_iter().zip(adjusted) {
        (pairs[at].p_holm, pairs[at].p_bh, pairs[at].p_bonferroni) = (Ok(holm), Ok(bh), Ok(bonferroni));
    }
    Ok(pairs)
}

/// One estimand in every group, with covariances. Groups that nobody is in have no estimate, and no
/// covariance with others.
///
/// C(a, b) = the design's covariance of the influence values of both (R `svyby(…, covmat = TRUE)`, survey
/// 4.5).
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Estimand, Groups, Options, by_groups};
///
/// let groups = Groups::new(&[0, 0, 1, 1], 2);
/// let joint = by_groups(
///     &Design::simple(4)?,
///     &Estimand::Mean(&[1.0, 3.0, 5.0, 9.0]),
///     &groups,
///     &Options::default(),
/// )?;
/// assert_eq!(joint.estimates[1].value, Ok(7.0));
/// // Nobody is in both groups of a simple sample: the means do not covary.
/// assert!(joint.covariance.unwrap().get(0, 1).abs() < 1e-15);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// Columns of another length than the design.
pub fn by_groups(
    design: &Design,
    estimand: &Estimand<'_>,
    groups: &Groups,
    options: &Options,
) -> Result<Joint> {
    check(design, estimand, Domain::All)?;
    check_length(design, groups.length())?;
    let samples: Vec<Sample> = groups.rows().iter().map(|rows| Sample::new(design, estimand, rows)).collect();
    let (present, absent): (Vec<usize>, Vec<usize>) =
        (0..samples.len()).partition(|at| samples[*at].value.is_ok());
    if absent.is_empty() {
        return Ok(join(design, &samples, options));
    }
    let kept: Vec<Sample> = present.iter().map(|at| samples[*at].clone()).collect();
    let inner = join(design, &kept, options);
    let k = samples.len();
    let covariance = inner.covariance.and_then(|v| {
        let mut values = vec![0.0; k * k];
        for (i, at) in present.iter().enumerate() {
            for (j, other) in present.iter().enumerate() {
                values[at * k + other] = v.get(i, j);
            }
        }
        Covariance::from_values(k, values).ok_or(NotEstimable::NotDefined)
    });
    let mut known = inner.estimates.into_iter();
    let estimates = samples
        .iter()
        .map(|s| match &s.value {
            Ok(_) => {
                known.next().unwrap_or_else(|| report(design, s, Err(NotEstimable::NotDefined), options))
            }
            Err(reason) => report(design, s, Err(reason.clone()), options),
        })
        .collect();
    Ok(Joint { estimates, covariance, df: inner.df })
}

/// Degrees of freedom of the difference of two independent samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WaveDf {
    /// The sum of both samples' degrees of freedom.
    Sum,
    /// (V₁ + V₂)²/(V₁²/df₁ + V₂²/df₂) (Satterthwaite 1946).
    Satterthwaite,
    /// The normal distribution.
    Infinite,
}

/// The change between two independent samples, as a difference or a ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveDifference {
    /// Sum of the domains' degrees of freedom.
    pub df_sum: f64,
    /// Satterthwaite's.
    pub df_satterthwaite: Result<f64, NotEstimable>,
    /// Second minus first (or over first).
    pub comparison: Comparison,
}

/// Second minus first, of two independent samples: the variances add, V = V₁ + V₂ (Satterthwaite 1946 for the
/// degrees of freedom, see [`WaveDf`]).
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::Outcome::{No, Yes};
/// use shihyo::estimate::{Domain, Estimand, Options, Outcomes, WaveDf, estimate, wave_difference};
///
/// let wave = |said: Outcomes| {
///     estimate(
///         &Design::simple(said.len())?,
///         &Estimand::Share(&said),
///         Domain::All,
///         &Options::default(),
///     )
/// };
/// let (first, second) = ([Yes, No, No, No, Yes], [Yes, Yes, Yes, No]);
/// let change = wave_difference(&wave(first.into())?, &wave(second.into())?, WaveDf::Sum, 0.95);
/// assert!((change.comparison.value.unwrap() - 0.35).abs() < 1e-15);
/// assert_eq!(change.df_sum, 7.0);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
pub fn wave_difference(first: &Estimate, second: &Estimate, df: WaveDf, level: f64) -> WaveDifference {
    let variance = |e: &Estimate| e.se.clone().map(|s| s * s);
    let both = variance(first).and_then(|a| variance(second).map(|b| (a, b)));
    let value = second.value.clone().and_then(|b| first.value.clone().map(|a| b - a));
    compare_waves(value, both, 0.0, (first.df.domain, second.df.domain), df, level)
}

/// As [`wave_difference`] for two shares, with the limits and the p-value of
/// [`SharePair`] (no correlation, each share with its own degrees of freedom); the standard error is the
/// same.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, Estimand, Options, Outcome, Outcomes, WaveDf, estimate};
/// use shihyo::estimate::wave_share_difference;
///
/// // Nobody of 64, then 15 of 736: no evidence of a change.
/// let wave = |yes: usize, n: usize| {
///     let said: Outcomes = (0..n).map(|i| Outcome::from(i < yes)).collect();
///     estimate(&Design::simple(n)?, &Estimand::Share(&said), Domain::All, &Options::default())
/// };
/// let change = wave_share_difference(&wave(0, 64)?, &wave(15, 736)?, WaveDf::Satterthwaite, 0.95);
/// let limits = change.comparison.interval.unwrap();
/// assert!(limits.low < 0.0 && change.comparison.p_value.unwrap() > 0.2);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
pub fn wave_share_difference(first: &Estimate, second: &Estimate, df: WaveDf, level: f64) -> WaveDifference {
    let found = wave_difference(first, second, df, level);
    let choice = if df == WaveDf::Infinite { DfChoice::Infinite } else { DfChoice::Domain };
    let shares = pair(second, first, Ok(0.0), choice);
    WaveDifference { comparison: found.comparison.of_shares(&shares, level), ..found }
}

/// A number whose variance is the sum of two independent ones.
fn compare_waves(
    value: Result<f64, NotEstimable>,
    variances: Result<(f64, f64), NotEstimable>,
    null: f64,
    (df_1, df_2): (f64, f64),
    df: WaveDf,
    level: f64,
) -> WaveDifference {
    let df_sum = df_1 + df_2;
    let df_satterthwaite = variances.clone().and_then(|(a, b)| {
        let below = a * a / df_1 + b * b / df_2;
        if below > 0.0 && df_1 > 0.0 && df_2 > 0.0 {
            Ok((a + b) * (a + b) / below)
        } else {
            Err(NotEstimable::NoDegreesOfFreedom)
        }
    });
    let used = match df {
        WaveDf::Sum => df_sum,
        // Without an answer no interval is given: 0 degrees of freedom say so.
        WaveDf::Satterthwaite => df_satterthwaite.clone().unwrap_or(0.0),
        WaveDf::Infinite => f64::INFINITY,
    };
    let comparison = Comparison::new(value, variances.map(|(a, b)| a + b), null, used, level);
    WaveDifference { df_sum, df_satterthwaite, comparison }
}

/// Second over first, of two independent samples, by the delta method: V = r² (V₁/θ₁² + V₂/θ₂²). The test
/// compares with 1.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::Outcome::{No, Yes};
/// use shihyo::estimate::{Domain, Estimand, Options, Outcomes, WaveDf, estimate, wave_ratio};
///
/// // Shares .4 and .75 with V = p(1 − p)/(n − 1) = .06 and .0625.
/// let wave = |said: Outcomes| {
///     estimate(
///         &Design::simple(said.len())?,
///         &Estimand::Share(&said),
///         Domain::All,
///         &Options::default(),
///     )
/// };
/// let (first, second) = ([Yes, No, No, No, Yes], [Yes, Yes, Yes, No]);
/// let change = wave_ratio(&wave(first.into())?, &wave(second.into())?, WaveDf::Infinite, 0.95);
/// assert!((change.comparison.value.unwrap() - 1.875).abs() < 1e-12);
/// let variance = 1.875 * 1.875 * (0.06 / 0.16 + 0.0625 / 0.5625);
/// assert!((change.comparison.se.unwrap().powi(2) - variance).abs() < 1e-12);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
pub fn wave_ratio(first: &Estimate, second: &Estimate, df: WaveDf, level: f64) -> WaveDifference {
    let part =
        |e: &Estimate| -> Result<(f64, f64), NotEstimable> { Ok((e.value.clone()?, e.se.clone()?.powi(2))) };
    let both = part(first).and_then(|a| part(second).map(|b| (a, b)));
    let both =
        both.and_then(|(a, b)| if a.0 == 0.0 { Err(NotEstimable::ZeroDenominator) } else { Ok((a, b)) });
    let value = both.clone().map(|(a, b)| b.0 / a.0);
    let terms = both.map(|((x, v), (y, w))| (v * y * y / x.powi(4), w / (x * x)));
    compare_waves(value, terms, 1.0, (first.df.domain, second.df.domain), df, level)
}

/// t test of the difference of two groups' means or shares (R `svyttest`): `in_group` minus the rest of the
/// domain, with one degree of freedom less than the domain has, as R's two-parameter model takes it.
///
/// t = (ȳ₁ − ȳ₀)/√V(ȳ₁ − ȳ₀), V as in [`difference()`]. Source: R `svyttest(y ~ group, design)`, survey 4.5.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, Estimand, t_test};
///
/// // Means 2 and 6, V = 6/5 (2/9 + 8/9) = 4/3: t² = 16/(4/3) = 12.
/// let y = Estimand::Mean(&[1.0, 2.0, 3.0, 4.0, 6.0, 8.0]);
/// let test =
///     t_test(&Design::simple(6)?, &y, Domain::All, &[true, true, true, false, false, false], 0.95)?;
/// assert!((test.comparison.t.unwrap().powi(2) - 12.0).abs() < 1e-10);
/// assert_eq!(test.comparison.df, 4.0); // 5 − 1
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// Columns of another length than the design.
pub fn t_test(
    design: &Design,
    estimand: &Estimand<'_>,
    domain: Domain<'_>,
    in_group: &[bool],
    level: f64,
) -> Result<Difference> {
    check_length(design, in_group.len())?;
    let part = |inside: bool| -> Vec<bool> {
        (0..design.rows()).map(|row| domain.contains(row) && in_group[row] == inside).collect()
    };
    let (a, b) = (part(true), part(false));
    let options = Options { level, difference: DifferenceMethod::Wald, ..Options::default() };
    let mut result = difference(design, estimand, Domain::Rows(&a), Domain::Rows(&b), &options)?;
    let mut variance = result.comparison.se.clone().map(|s| s * s);
    if variance.is_ok() && design.replicates().is_none() {
        // Both groups are one domain: a lonely PSU is judged there, as R's regression on the subset does.
        let sample = |rows: &[bool]| {
            Sample::new(design, estimand, &Groups::one(design.rows(), Domain::Rows(rows)).rows()[0])
        };
        let (first, second) = (sample(&a), sample(&b));
        variance = within_union(&[&first, &second], design.rows())
            .and_then(|influences| Ok(design.covariance(&influences)?.quadratic(&[1.0, -1.0])));
    }
    let df = result.comparison.df - 1.0;
    result.comparison = Comparison::new(result.comparison.value.clone(), variance, 0.0, df, level);
    Ok(result)
}
