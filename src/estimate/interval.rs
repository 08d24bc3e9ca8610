//! Confidence intervals of a share, mean, total … under a design: from estimate, variance, n and degrees of
//! freedom.

use crate::estimate::binomial::{self, Limits};
use crate::estimate::value::{ConfidenceInterval, IntervalMethod, NotEstimable};
use crate::stats::dist::t_upper_quantile;

/// What an interval of a share needs to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareInputs {
    /// The share p, in [0, 1].
    pub p: f64,
    /// V, its estimated variance under the design, ≥ 0.
    pub variance: f64,
    /// Rows of the domain (not of the file).
    pub n: u64,
    /// Degrees of freedom of the domain; ∞ takes the normal distribution.
    pub df: f64,
}

impl ShareInputs {
    /// Whether the share is known without sampling error: its variance is 0, or the rounding of 0, inside (0,
    /// 1).
    pub fn is_known(&self) -> bool {
        self.n > 1 && Size::new(self.p, self.variance, self.n).is_none()
    }
}

/// Wilson limits with `tail` on either side, in (0, ½]: the formula on n_eff and t, also where a simple
/// sample would take its counts; p itself where it is known.
///
/// # Errors
/// As [`share_interval`].
pub(crate) fn wilson_limits(inputs: &ShareInputs, tail: f64) -> Result<Limits, NotEstimable> {
    let ShareInputs { p, variance, n, df } = checked(inputs)?;
    let Some(size) = Size::new(p, variance, n) else { return Ok(Limits { low: p, high: p }) };
    let t = t_upper_quantile(tail, df);
    // Beyond that the square is infinite, and the limits are 0 and 1 long before.
    Ok(if t < 1e100 {
        binomial::wilson(p, size.plain(), t).clipped()
    } else {
        Limits { low: 0.0, high: 1.0 }
    })
}

/// The inputs, where an interval can be made of them.
fn checked(inputs: &ShareInputs) -> Result<ShareInputs, NotEstimable> {
    let ShareInputs { p, variance, n, df } = *inputs;
    if n == 0 {
        return Err(NotEstimable::EmptyBase);
    }
    if df.is_nan() || df <= 0.0 {
        return Err(NotEstimable::NoDegreesOfFreedom);
    }
    if n == 1 {
        return Err(NotEstimable::SingleObservation);
    }
    if !(0.0..=1.0).contains(&p) || !(0.0..f64::INFINITY).contains(&variance) {
        return Err(NotEstimable::NotDefined);
    }
    Ok(*inputs)
}

/// Interval for a share under a design.
///
/// With se = √V, n_eff = p(1 − p)/V, t the t quantile at (1 + level)/2 with df:
///
/// | method | limits |
/// |---|---|
/// | `wald` | p ± t se, not clipped |
/// | `logit`, `xlogit` | logit p ± t se/(p(1 − p)), back-transformed |
/// | `asin` | sin²(arcsin √p ± t se/(2√(p(1 − p)))), the angle held in [0, π/2] |
/// | `wilson`, `wilson-cc`, `agresti-coull`, `likelihood` | the binomial formula, n_eff for n and t for z |
/// | `korn-graubard`, `clopper-pearson` | Clopper–Pearson, n* = n_eff (t(n − 1)/t(df))², not capped at n |
/// | `jeffreys` | equal-tailed Beta(n* p + ½, n*(1 − p) + ½), the same n* |
///
/// All but `wald` stay inside [0, 1]. Ends and other special cases:
///
/// - p = 0 or 1 (V is then 0 and n_eff is 0/0): the last two rows of the table and wilson, wilson-cc,
///   agresti-coull and likelihood are given with n in the place of n_eff (as NCHS does, Parker et al. 2017);
///   wald, logit, xlogit and asin have no limits there.
/// - V = 0 with 0 < p < 1 (the domain was known from the design, or sampled whole): both limits are p.
///
/// For replicate designs the logit interval uses the variance of logit θ_r: [`share_interval_replicate`].
///
/// ```
/// use shihyo::estimate::{IntervalMethod, interval::{ShareInputs, share_interval}};
/// let inputs = ShareInputs { p: 0.306, variance: 0.021 * 0.021, n: 812, df: 38.0 };
/// let i = share_interval(IntervalMethod::Logit, 0.95, &inputs)?;
/// assert_eq!(format!("{:.3} {:.3}", i.low, i.high), "0.265 0.350");
/// # Ok::<(), shihyo::estimate::NotEstimable>(())
/// ```
///
/// Source: R survey 4.5 `svyciprop` (wald = "mean", korn-graubard = "beta", wilson; likelihood is the exact
/// root, R's profile differs in the fourth decimal); Korn and Graubard 1998; Franco et al. 2019 for the
/// others on an effective n.
///
/// # Errors
/// [`NotEstimable::EmptyBase`] n = 0; [`NotEstimable::SingleObservation`] n = 1;
/// [`NotEstimable::NoDegreesOfFreedom`] df ≤ 0 or not a number; [`NotEstimable::AtBoundary`] as said above;
/// [`NotEstimable::NotDefined`] a level outside (0, 1), a share outside [0, 1] or a variance that is negative
/// or not finite.
pub fn share_interval(
    method: IntervalMethod,
    level: f64,
    inputs: &ShareInputs,
) -> Result<ConfidenceInterval, NotEstimable> {
    let limits = share_limits(method, level, inputs, None)?;
    Ok(ConfidenceInterval { low: limits.low, high: limits.high, method, level })
}

/// As [`share_interval`] for a replicate design: `logit` uses `logit_variance`, the replicate variance of
/// logit θ_r = ln(θ_r/(1 − θ_r)), so that its limits are logit p ± t √`logit_variance`, back-transformed. All
/// other methods (`xlogit` too) are as there.
///
/// Source: R survey 4.5 `svyciprop(method="logit")` on a `svyrep.design`.
///
/// ```
/// use shihyo::estimate::{IntervalMethod, interval::{ShareInputs, share_interval_replicate}};
/// // logit ½ = 0, and 1/(1 + exp(±1.96 · .2)).
/// let inputs = ShareInputs { p: 0.5, variance: 0.0025, n: 100, df: f64::INFINITY };
/// let i = share_interval_replicate(IntervalMethod::Logit, 0.95, &inputs, 0.04)?;
/// assert_eq!(format!("{:.6} {:.6}", i.low, i.high), "0.403238 0.596762");
/// # Ok::<(), shihyo::estimate::NotEstimable>(())
/// ```
///
/// # Errors
/// As [`share_interval`]; [`NotEstimable::NotDefined`] too when `logit_variance` is needed and negative or
/// not finite (a replicate share of 0 or 1 has no logit).
pub fn share_interval_replicate(
    method: IntervalMethod,
    level: f64,
    inputs: &ShareInputs,
    logit_variance: f64,
) -> Result<ConfidenceInterval, NotEstimable> {
    let limits = share_limits(method, level, inputs, Some(logit_variance))?;
    Ok(ConfidenceInterval { low: limits.low, high: limits.high, method, level })
}

fn share_limits(
    method: IntervalMethod,
    level: f64,
    inputs: &ShareInputs,
    logit_variance: Option<f64>,
) -> Result<Limits, NotEstimable> {
    let ShareInputs { p, variance, n, df } = checked(inputs)?;
    let t = t_of(level, df)?;
    let alpha = 1.0 - level;
    let spread = p * (1.0 - p);
    let Some(size) = Size::new(p, variance, n) else {
        return Ok(Limits { low: p, high: p });
    };
    let limits = match method {
        IntervalMethod::Wald => {
            size.inside()?;
            let half = t * variance.sqrt();
            return Ok(Limits { low: p - half, high: p + half });
        }
        IntervalMethod::Logit => {
            size.inside()?;
            let se = match logit_variance {
                Some(v) if (0.0..f64::INFINITY).contains(&v) => v.sqrt(),
                Some(_) => return Err(NotEstimable::NotDefined),
                None => variance.sqrt() / spread,
            };
            binomial::logit(p, t * se)
        }
        IntervalMethod::Xlogit => {
            size.inside()?;
            binomial::logit(p, t * variance.sqrt() / spread)
        }
        IntervalMethod::Asin => {
            size.inside()?;
            binomial::asin(p, 0.5 * t * (variance / spread).sqrt())
        }
        IntervalMethod::Wilson => binomial::wilson(p, size.plain(), t),
        IntervalMethod::WilsonCc => binomial::wilson_cc(p, size.plain(), t),
        IntervalMethod::AgrestiCoull => binomial::agresti_coull(p, size.plain(), t),
        IntervalMethod::Likelihood => binomial::likelihood(p, size.plain(), t),
        IntervalMethod::KornGraubard | IntervalMethod::ClopperPearson => {
            binomial::clopper_pearson(p, size.adjusted(n, t, alpha), alpha)
        }
        IntervalMethod::Jeffreys => binomial::jeffreys(p, size.adjusted(n, t, alpha), alpha),
        IntervalMethod::Mover => return Err(NotEstimable::NotDefined),
    };
    Ok(limits.clipped())
}

/// What stands in the place of n.
enum Size {
    /// n_eff = p(1 − p)/V.
    Effective(f64),
    /// p is 0 or 1: the rows themselves.
    Rows(f64),
}

impl Size {
    /// None when V = 0 inside (0, 1), or so small that the limits are p to all digits: an n_eff of 1e24 means
    /// a half width of 1e-12; rounding of the sums makes such variances, no sample does.
    fn new(p: f64, variance: f64, n: u64) -> Option<Self> {
        if p == 0.0 || p == 1.0 {
            return Some(Self::Rows(n as f64));
        }
        let size = p * (1.0 - p) / variance;
        (size <= 1e24).then_some(Self::Effective(size))
    }

    /// For the methods that have no limits at 0 and 1.
    fn inside(&self) -> Result<(), NotEstimable> {
        match self {
            Self::Rows(_) => Err(NotEstimable::AtBoundary),
            _ => Ok(()),
        }
    }

    fn plain(&self) -> f64 {
        match *self {
            Self::Effective(size) | Self::Rows(size) => size,
        }
    }

    /// Korn and Graubard's n* = n_eff (t(n − 1)/t(df))²; at 0 and 1 the rows, unadjusted.
    fn adjusted(&self, n: u64, t: f64, alpha: f64) -> f64 {
        match *self {
            Self::Effective(size) => size * (t_upper_quantile(0.5 * alpha, n as f64 - 1.0) / t).powi(2),
            Self::Rows(size) => size,
        }
    }
}

/// Interval of a mean, total, ratio or difference: value ± t se, t the t quantile at (1 + level)/2 with df
/// (∞: normal). Not clipped; se = 0 gives a single point. The method is named `wald`.
///
/// Source: R survey `confint(svymean(…), df = …)` (whose own default is df = ∞).
///
/// ```
/// let i = shihyo::estimate::interval::mean_interval(20.0, 1.5, 16.0, 0.95)?;
/// assert_eq!(format!("{:.3} {:.3}", i.low, i.high), "16.820 23.180");
/// # Ok::<(), shihyo::estimate::NotEstimable>(())
/// ```
///
/// # Errors
/// [`NotEstimable::NoDegreesOfFreedom`] df ≤ 0 or not a number; [`NotEstimable::NotDefined`] a level outside
/// (0, 1), a value that is not finite or a standard error that is negative or not finite.
pub fn mean_interval(value: f64, se: f64, df: f64, level: f64) -> Result<ConfidenceInterval, NotEstimable> {
    let t = t_of(level, df)?;
    if !value.is_finite() || !(0.0..f64::INFINITY).contains(&se) {
        return Err(NotEstimable::NotDefined);
    }
    Ok(ConfidenceInterval { low: value - t * se, high: value + t * se, method: IntervalMethod::Wald, level })
}

/// The t quantile at (1 + level)/2.
fn t_of(level: f64, df: f64) -> Result<f64, NotEstimable> {
    if !(level > 0.0 && level < 1.0) {
        return Err(NotEstimable::NotDefined);
    }
    if df.is_nan() || df <= 0.0 {
        return Err(NotEstimable::NoDegreesOfFreedom);
    }
    Ok(t_upper_quantile(0.5 * (1.0 - level), df))
}

#[cfg(test)]
mod tests {
    use super::{ShareInputs, mean_interval, share_interval, share_interval_replicate};
    use crate::estimate::binomial::binomial_interval;
    use crate::estimate::value::{IntervalMethod, NotEstimable};

    const INPUTS: ShareInputs = ShareInputs { p: 0.37, variance: 0.0009, n: 400, df: 23.0 };

    #[track_caller]
    fn near(got: f64, want: f64) {
        assert!((got - want).abs() <= 1e-12, "got {got:e}, want {want:e}");
    }

    /// With V = p(1 − p)/n and infinite df a design is a simple sample, and every interval but those whose n*
    /// uses t(n − 1) is the classical one.
    #[test]
    fn a_simple_sample_gives_the_classical_intervals() {
        let (x, n) = (37u64, 100u64);
        let p = 0.37;
        let inputs = ShareInputs { p, variance: p * (1.0 - p) / 100.0, n, df: f64::INFINITY };
        for method in IntervalMethod::ALL {
            let design = share_interval(method, 0.9, &inputs).unwrap();
            let simple = binomial_interval(method, x, n, 0.9).unwrap();
            let adjusted =
                [IntervalMethod::KornGraubard, IntervalMethod::ClopperPearson, IntervalMethod::Jeffreys]
                    .contains(&method);
            if !adjusted {
                near(design.low, simple.low);
                near(design.high, simple.high);
            }
            assert_eq!((design.method, design.level), (method, 0.9));
        }
        // With df = n − 1 the two t quantiles cancel and n* = n.
        let inputs = ShareInputs { df: 99.0, ..inputs };
        for method in [IntervalMethod::KornGraubard, IntervalMethod::ClopperPearson, IntervalMethod::Jeffreys]
        {
            let design = share_interval(method, 0.9, &inputs).unwrap();
            let simple = binomial_interval(method, x, n, 0.9).unwrap();
            near(design.low, simple.low);
            near(design.high, simple.high);
        }
    }

    #[test]
    fn limits_mirror_contain_the_share_and_shrink_with_df() {
        for method in IntervalMethod::ALL {
            let i = share_interval(method, 0.95, &INPUTS).unwrap();
            let mirror = share_interval(method, 0.95, &ShareInputs { p: 1.0 - INPUTS.p, ..INPUTS }).unwrap();
            near(i.low + mirror.high, 1.0);
            near(i.high + mirror.low, 1.0);
            assert!(i.low < INPUTS.p && INPUTS.p < i.high, "{method}");
            let more = share_interval(method, 0.95, &ShareInputs { df: 500.0, ..INPUTS }).unwrap();
            assert!(i.low < more.low && more.high < i.high, "{method}");
        }
    }

    #[test]
    fn the_ends_of_the_scale() {
        for p in [0.0, 1.0] {
            let inputs = ShareInputs { p, variance: 0.0, ..INPUTS };
            for method in IntervalMethod::ALL {
                let given = share_interval(method, 0.95, &inputs);
                match method {
                    IntervalMethod::Wald
                    | IntervalMethod::Logit
                    | IntervalMethod::Xlogit
                    | IntervalMethod::Asin => {
                        assert_eq!(given, Err(NotEstimable::AtBoundary), "{method}");
                    }
                    _ => {
                        let i = given.unwrap();
                        assert!(0.0 <= i.low && i.low < i.high && i.high <= 1.0, "{method} {i:?}");
                        // Jeffreys' limits are inside, by its nature; the others reach the end.
                        if method != IntervalMethod::Jeffreys {
                            assert_eq!(if p == 0.0 { i.low } else { i.high }, p, "{method}");
                        }
                    }
                }
            }
        }
        let kg = share_interval(
            IntervalMethod::KornGraubard,
            0.95,
            &ShareInputs { p: 0.0, variance: 0.0, ..INPUTS },
        );
        let cp = binomial_interval(IntervalMethod::ClopperPearson, 0, INPUTS.n, 0.95).unwrap();
        near(kg.unwrap().high, cp.high);
    }

    #[test]
    fn a_share_known_from_the_design_is_a_point() {
        for variance in [0.0, 1e-34] {
            for method in IntervalMethod::ALL {
                let i = share_interval(method, 0.95, &ShareInputs { variance, ..INPUTS }).unwrap();
                assert_eq!((i.low, i.high), (INPUTS.p, INPUTS.p), "{method}");
            }
        }
        // A very small variance is still an interval, of the normal width.
        for method in IntervalMethod::ALL {
            let inputs = ShareInputs { variance: 1e-16, df: f64::INFINITY, n: 1_000_000_000, ..INPUTS };
            let i = share_interval(method, 0.95, &inputs).unwrap();
            assert!(
                ((i.high - i.low) / (2.0 * 1.959_963_984_540_054e-8) - 1.0).abs() < 1e-6,
                "{method} {i:?}"
            );
        }
    }

    #[test]
    fn what_has_no_interval_says_why() {
        for method in IntervalMethod::ALL {
            let of = |inputs: ShareInputs| share_interval(method, 0.95, &inputs);
            assert_eq!(of(ShareInputs { n: 0, ..INPUTS }), Err(NotEstimable::EmptyBase));
            assert_eq!(of(ShareInputs { n: 1, ..INPUTS }), Err(NotEstimable::SingleObservation));
            for df in [0.0, -1.0, f64::NAN] {
                assert_eq!(of(ShareInputs { df, ..INPUTS }), Err(NotEstimable::NoDegreesOfFreedom));
            }
            for bad in [
                ShareInputs { p: 1.2, ..INPUTS },
                ShareInputs { p: f64::NAN, ..INPUTS },
                ShareInputs { variance: -1e-9, ..INPUTS },
                ShareInputs { variance: f64::NAN, ..INPUTS },
                ShareInputs { variance: f64::INFINITY, ..INPUTS },
            ] {
                assert_eq!(of(bad), Err(NotEstimable::NotDefined));
            }
            for level in [0.0, 1.0, 95.0, f64::NAN] {
                assert_eq!(share_interval(method, level, &INPUTS), Err(NotEstimable::NotDefined));
            }
        }
    }

    /// Variances far larger than any sample's, and tiny df: still limits in order, never NaN.
    #[test]
    fn extremes_stay_in_order() {
        for p in [1e-12, 1e-4, 0.5, 1.0 - 1e-9] {
            for variance in [1e-20, 1e-6, 0.3, 50.0] {
                for df in [0.5, 1.0, 3.7, 1e7] {
                    for level in [0.05, 0.95, 0.9999] {
                        for method in IntervalMethod::ALL {
                            let inputs = ShareInputs { p, variance, n: 2, df };
                            let i = share_interval(method, level, &inputs).unwrap();
                            assert!(i.low <= i.high, "{method} {inputs:?} {level}: {i:?}");
                            if method != IntervalMethod::Wald {
                                assert!(0.0 <= i.low && i.high <= 1.0, "{method} {inputs:?} {level}: {i:?}");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn replicates_change_the_logit_interval_alone() {
        let delta = INPUTS.variance / (INPUTS.p * (1.0 - INPUTS.p)).powi(2);
        for method in IntervalMethod::ALL {
            let plain = share_interval(method, 0.95, &INPUTS).unwrap();
            let same = share_interval_replicate(method, 0.95, &INPUTS, delta).unwrap();
            near(plain.low, same.low);
            near(plain.high, same.high);
            let wider = share_interval_replicate(method, 0.95, &INPUTS, 2.0 * delta).unwrap();
            assert_eq!(wider != same, method == IntervalMethod::Logit, "{method}");
        }
        let none = share_interval_replicate(IntervalMethod::Logit, 0.95, &INPUTS, f64::NAN);
        assert_eq!(none, Err(NotEstimable::NotDefined));
    }

    #[test]
    fn a_mean_is_not_clipped() {
        let i = mean_interval(-3.0, 2.0, f64::INFINITY, 0.95).unwrap();
        near(i.low, -3.0 - 2.0 * 1.959_963_984_540_054_2);
        near(i.high, -3.0 + 2.0 * 1.959_963_984_540_054_2);
        assert_eq!(i.method, IntervalMethod::Wald);
        let point = mean_interval(4.0, 0.0, 3.0, 0.9).unwrap();
        assert_eq!((point.low, point.high), (4.0, 4.0));
        assert_eq!(mean_interval(4.0, 1.0, 0.0, 0.9), Err(NotEstimable::NoDegreesOfFreedom));
        assert_eq!(mean_interval(f64::NAN, 1.0, 5.0, 0.9), Err(NotEstimable::NotDefined));
        assert_eq!(mean_interval(4.0, -1.0, 5.0, 0.9), Err(NotEstimable::NotDefined));
        assert_eq!(mean_interval(4.0, 1.0, 5.0, 1.0), Err(NotEstimable::NotDefined));
    }
}
