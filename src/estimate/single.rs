//! Estimates from samples: one variance for linearised designs and for replicates, and everything that
//! follows from it.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::code::Code;
use crate::design::{Covariance, Design};
use crate::error::{Error, Result};
use crate::estimate::binomial::binomial_interval;
use crate::estimate::estimand::{DfChoice, Domain, Estimand, Groups, IntervalBasis, Options};
use crate::estimate::interval::{ShareInputs, mean_interval, share_interval, share_interval_replicate};
use crate::estimate::sample::{Sample, Shape, side_by_side};
use crate::estimate::value::{
    ConfidenceInterval, Deff, DeffReference, DegreesOfFreedom, Estimate, IntervalMethod, NotEstimable,
};

/// Variances and covariances of the samples' estimates.
pub(crate) fn covariance(design: &Design, samples: &[&Sample]) -> Result<Covariance, NotEstimable> {
    if samples.is_empty() {
        return Ok(Covariance::zeros(0));
    }
    let Some(replicates) = design.replicates() else {
        return Ok(design.covariance(&side_by_side(samples, design.rows())?)?);
    };
    let full = samples.iter().map(|s| s.value.clone()).collect::<Result<Vec<f64>, _>>()?;
    let thetas: Vec<Vec<f64>> =
        replicates.weights().map(|weights| samples.iter().map(|s| s.point(weights).0).collect()).collect();
    Ok(replicates.covariance(&full, &thetas)?)
}

impl DfChoice {
    pub(crate) fn of(self, df: DegreesOfFreedom) -> f64 {
        match self {
            Self::Domain => df.domain,
            Self::Design => df.design,
            Self::Infinite => f64::INFINITY,
            Self::Given(df) => df,
        }
    }
}

/// Degrees of freedom of the rows of a sample, and of the design.
pub(crate) fn degrees_of_freedom(design: &Design, rows: &[u32]) -> DegreesOfFreedom {
    let domain = if rows.len() == design.rows() {
        design.df()
    } else {
        design.df_of(rows.iter().map(|r| *r as usize))
    };
    DegreesOfFreedom { domain, design: design.df() }
}

/// Replicate variance of logit θ_r.
fn logit_variance(design: &Design, sample: &Sample) -> Option<f64> {
    let replicates = design.replicates()?;
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let full = [logit(*sample.value.as_ref().ok()?)];
    let thetas: Vec<Vec<f64>> =
        replicates.weights().map(|weights| vec![logit(sample.point(weights).0)]).collect();
    replicates.covariance(&full, &thetas).ok().map(|v| v.get(0, 0))
}

/// A variance under this part of that of one answer comes of rounding alone.
const ROUNDING: f64 = 1e-24;

/// What a report needs to know beside the variance, however it was added up.
#[derive(Debug, Clone)]
pub(crate) struct Summary {
    pub(crate) shape: Shape,
    pub(crate) n: u64,
    pub(crate) n_yes: Option<u64>,
    pub(crate) weight: f64,
    pub(crate) value: Result<f64, NotEstimable>,
    /// s², the variance of one answer.
    pub(crate) unit_variance: Option<f64>,
    pub(crate) df: DegreesOfFreedom,
    /// Replicate variance of logit θ_r, where the interval takes it.
    pub(crate) logit_variance: Option<f64>,
    /// Everyone was asked.
    pub(crate) census: bool,
}

/// Everything that is reported about a sample's estimate, given its variance.
pub(crate) fn report(
    design: &Design,
    sample: &Sample,
    variance: Result<f64, NotEstimable>,
    options: &Options,
) -> Estimate {
    let takes_logit = sample.shape == Shape::Share && options.method == IntervalMethod::Logit;
    let summary = Summary {
        shape: sample.shape,
        n: sample.n(),
        n_yes: sample.n_yes(),
        weight: sample.weight,
        value: sample.value.clone(),
        unit_variance: sample.unit_variance(design.weights()),
        df: degrees_of_freedom(design, &sample.rows),
        logit_variance: if takes_logit { logit_variance(design, sample) } else { None },
        census: design.is_census(),
    };
    summary.report(variance, options)
}

impl Summary {
    /// The estimate, given its variance.
    pub(crate) fn report(&self, variance: Result<f64, NotEstimable>, options: &Options) -> Estimate {
        let variance = variance.and_then(|v| self.spread(v));
        let deff = match (&variance, self.reference_variance(options.deff)) {
            (Ok(v), Ok(srs)) => Ok(Deff { value: v / srs, reference: options.deff }),
            (Err(reason), _) => Err(reason.clone()),
            (_, Err(reason)) => Err(reason),
        };
        Estimate {
            n: self.n,
            n_yes: self.n_yes,
            n_weighted: self.weight,
            value: self.value.clone(),
            interval: self.interval(&variance, options),
            deff,
            n_eff: self.effective_size(&variance),
            se: variance.map(f64::sqrt),
            df: self.df,
        }
    }

    /// The variance, where respondents tell one. The influence values of a share, a mean and a ratio sum to 0
    /// over the domain: one respondent, or one sampling unit, has none by construction, whatever it would be.
    fn spread(&self, variance: f64) -> Result<f64, NotEstimable> {
        if self.shape == Shape::Total {
            return Ok(variance);
        }
        if self.n == 1 {
            return Err(NotEstimable::SingleObservation);
        }
        // Where each stratum has one unit of the domain, the others of the stratum give it a variance.
        let rounding = ROUNDING * self.unit_variance.unwrap_or(0.0);
        if self.df.domain <= 0.0 && variance <= rounding && !self.census {
            return Err(NotEstimable::NoDegreesOfFreedom);
        }
        Ok(variance)
    }

    fn interval(
        &self,
        variance: &Result<f64, NotEstimable>,
        options: &Options,
    ) -> Result<ConfidenceInterval, NotEstimable> {
        let (value, df) = (self.value.clone()?, options.df.of(self.df));
        if self.census {
            return Err(NotEstimable::Census);
        }
        if self.shape != Shape::Share {
            return mean_interval(value, variance.clone()?.sqrt(), df, options.level);
        }
        if options.basis == IntervalBasis::Binomial {
            return binomial_interval(options.method, self.n_yes.unwrap_or(0), self.n, options.level);
        }
        let inputs = ShareInputs { p: value, variance: variance.clone()?, n: self.n, df };
        match self.logit_variance {
            Some(logit) => share_interval_replicate(options.method, options.level, &inputs, logit),
            None => share_interval(options.method, options.level, &inputs),
        }
    }

    /// p(1 − p)/V.
    fn effective_size(&self, variance: &Result<f64, NotEstimable>) -> Result<f64, NotEstimable> {
        let (p, v) = (self.value.clone()?, variance.clone()?);
        if self.shape != Shape::Share {
            return Err(NotEstimable::NotDefined);
        }
        if p == 0.0 || p == 1.0 {
            return Err(NotEstimable::AtBoundary);
        }
        let size = p * (1.0 - p) / v;
        // A variance that is 0 up to rounding.
        if size < 1e24 { Ok(size) } else { Err(NotEstimable::Known) }
    }

    /// Variance of a simple random sample of the same size: s²/n (1 − n/N) for a mean, N² times that for a
    /// total.
    fn reference_variance(&self, reference: DeffReference) -> Result<f64, NotEstimable> {
        if self.shape == Shape::Ratio {
            return Err(NotEstimable::NotDefined);
        }
        let unit = self.unit_variance.ok_or(NotEstimable::SingleObservation)?;
        let (n, population) = (self.n as f64, self.weight);
        let mean = match reference {
            DeffReference::WithReplacement => unit / n,
            DeffReference::WithoutReplacement if n < population => unit / n * (1.0 - n / population),
            // The weights sum to the respondents: there is no population that they were drawn from.
            DeffReference::WithoutReplacement => return Err(NotEstimable::NotDefined),
        };
        let variance = if self.shape == Shape::Total { mean * population * population } else { mean };
        if variance > 0.0 { Ok(variance) } else { Err(NotEstimable::NotDefined) }
    }
}

pub(crate) fn check_length(design: &Design, length: usize) -> Result<()> {
    if length == design.rows() {
        return Ok(());
    }
    let rows = design.rows();
    Err(Error::msg(
        Code::EstimateLength,
        format!("集計する列は{length}人分ですが、標本設計は{rows}人分です"),
        format!("the column has {length} values, the design {rows} respondents"),
    ))
}

pub(crate) fn check(design: &Design, estimand: &Estimand<'_>, domain: Domain<'_>) -> Result<()> {
    check_length(design, estimand.rows())?;
    if let Estimand::Ratio { denominator, .. } = estimand {
        check_length(design, denominator.len())?;
    }
    match domain {
        Domain::All => Ok(()),
        Domain::Rows(mask) => check_length(design, mask.len()),
    }
}

/// Estimates one number in one domain.
///
/// V = Σ_h (1 − f_h) n_h/(n_h − 1) Σ_i (u_hi − ū_h)² with u the unit totals of w z and z the influence of the
/// estimand (R `svymean`, `svytotal`, `svyratio`, `svyciprop` on `subset(design, …)`; survey 4.5).
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::Outcome::{No, Outside, Yes};
/// use shihyo::estimate::{Domain, Estimand, IntervalMethod, Options, estimate};
///
/// // Three of four said yes; the fifth did not answer.
/// let options = Options { method: IntervalMethod::Wilson, ..Options::default() };
/// let said = [Yes, Yes, No, Yes, Outside].into();
/// let e = estimate(&Design::simple(5)?, &Estimand::Share(&said), Domain::All, &options)?;
/// assert_eq!((e.n, e.n_yes, e.value), (4, Some(3), Ok(0.75)));
/// // Five were sampled: V = 5/4 · (3 · .25² + .75²)/4².
/// assert!((e.se.unwrap().powi(2) - 5.0 / 4.0 * 0.75 / 16.0).abs() < 1e-15);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// Columns of another length than the design. What cannot be estimated is no error but a reason in the
/// [`Estimate`].
pub fn estimate(
    design: &Design,
    estimand: &Estimand<'_>,
    domain: Domain<'_>,
    options: &Options,
) -> Result<Estimate> {
    check(design, estimand, domain)?;
    let groups = Groups::one(design.rows(), domain);
    Ok(one(design, estimand, &groups.rows()[0], options))
}

/// Estimates one number in every group (R `svyby`).
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Estimand, Groups, NO_GROUP, Options, estimate_by};
///
/// let groups = Groups::new(&[0, 0, 1, 1, NO_GROUP], 2);
/// let by = estimate_by(
///     &Design::simple(5)?,
///     &Estimand::Mean(&[1.0, 3.0, 5.0, 9.0, 100.0]),
///     &groups,
///     &Options::default(),
/// )?;
/// assert_eq!((by[0].value.clone(), by[1].value.clone()), (Ok(2.0), Ok(7.0)));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// As [`estimate`].
pub fn estimate_by(
    design: &Design,
    estimand: &Estimand<'_>,
    groups: &Groups,
    options: &Options,
) -> Result<Vec<Estimate>> {
    check(design, estimand, Domain::All)?;
    check_length(design, groups.length())?;
    Ok(groups.rows().iter().map(|rows| one(design, estimand, rows, options)).collect())
}

/// Estimates many numbers in every group: a list of estimands, each with one estimate a group.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::Outcome::{No, Yes};
/// use shihyo::estimate::{Estimand, Groups, Options, estimate_all};
///
/// let groups = Groups::new(&[0, 0, 1, 1], 2);
/// let said = [Yes, No, Yes, Yes].into();
/// let both = [Estimand::Mean(&[1.0, 3.0, 5.0, 9.0]), Estimand::Share(&said)];
/// let all = estimate_all(&Design::simple(4)?, &both, &groups, &Options::default())?;
/// assert_eq!((all[0][1].value.clone(), all[1][0].value.clone()), (Ok(7.0), Ok(0.5)));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// As [`estimate`].
pub fn estimate_all(
    design: &Design,
    estimands: &[Estimand<'_>],
    groups: &Groups,
    options: &Options,
) -> Result<Vec<Vec<Estimate>>> {
    estimands.par_iter().map(|estimand| estimate_by(design, estimand, groups, options)).collect()
}

fn one(design: &Design, estimand: &Estimand<'_>, rows: &[u32], options: &Options) -> Estimate {
    let sample = Sample::new(design, estimand, rows);
    let variance = covariance(design, &[&sample]).map(|v| v.get(0, 0));
    report(design, &sample, variance, options)
}
