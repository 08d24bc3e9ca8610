//! Intervals for a share, of x successes in n draws: the classical binomial intervals, and the same formulas with an
//! effective sample size in the place of n.

use crate::estimate::value::{ConfidenceInterval, IntervalMethod, NotEstimable};
use crate::stats::dist::{beta_quantile, beta_upper_quantile, normal_upper_quantile};
use crate::stats::special::deviance;

/// Lower and upper limit of a share as the formula gives them; they may leave [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

impl Limits {
    /// Both limits held inside [0, 1].
    pub fn clipped(self) -> Self {
        Self { low: self.low.clamp(0.0, 1.0), high: self.high.clamp(0.0, 1.0) }
    }
}

/// The classical intervals: those of [`IntervalMethod`] and two variants that exist for simple samples only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinomialMethod {
    /// An interval that exists under a design too.
    Plain(IntervalMethod),
    /// Wald with continuity correction: p ± (z √(p(1 − p)/n) + 1/(2n)).
    WaldCc,
    /// Jeffreys as Brown, Cai and DasGupta 2001 (§3.1.2) modify it: the lower limit is 0 at x = 0, the upper 1 at x = n.
    JeffreysBcd,
}

/// Interval for a share, x of n, of a simple random sample; limits inside [0, 1].
///
/// x is an integer, 0 ≤ x ≤ n, and `level` is in (0, 1). The formulas are those of [`binomial_limits`]; `wald` too is
/// clipped here.
///
/// # Errors
/// As [`binomial_limits`].
pub fn binomial_interval(
    method: IntervalMethod,
    x: u64,
    n: u64,
    level: f64,
) -> Result<ConfidenceInterval, NotEstimable> {
    let Limits { low, high } = binomial_limits(BinomialMethod::Plain(method), x, n, level)?.clipped();
    Ok(ConfidenceInterval { low, high, method, level })
}

/// Limits of a share, x of n, of a simple random sample, as the formula gives them (wald and agresti-coull may leave
/// [0, 1]). With p = x/n, z the normal quantile at (1 + level)/2 and α = 1 − level:
///
/// - `wald` p ± z √(p(1 − p)/n); one point at x = 0 and x = n.
/// - `logit`, `xlogit` logit p ± z/√(n p(1 − p)), back-transformed; not defined at x = 0 and x = n.
/// - `asin` sin²(arcsin √p ± z/(2√n)), the angle held in [0, π/2].
/// - `wilson`, `wilson-cc`, `agresti-coull`, `likelihood`: [`wilson`], [`wilson_cc`], [`agresti_coull`], [`likelihood`].
/// - `jeffreys` [`jeffreys`], `clopper-pearson` and `korn-graubard` [`clopper_pearson`] (the second is the first when
///   there is no design).
///
/// # Errors
/// [`NotEstimable::EmptyBase`] when n = 0; [`NotEstimable::AtBoundary`] for logit at x = 0 or n;
/// [`NotEstimable::NotDefined`] when x > n or the level is outside (0, 1).
pub fn binomial_limits(method: BinomialMethod, x: u64, n: u64, level: f64) -> Result<Limits, NotEstimable> {
    if n == 0 {
        return Err(NotEstimable::EmptyBase);
    }
    if x > n || !(level > 0.0 && level < 1.0) {
        return Err(NotEstimable::NotDefined);
    }
    let size = n as f64;
    let p = x as f64 / size;
    let alpha = 1.0 - level;
    let z = normal_upper_quantile(0.5 * alpha);
    let se = (p * (1.0 - p) / size).sqrt();
    let limits = match method {
        BinomialMethod::WaldCc => {
            let half = z * se + 0.5 / size;
            Limits { low: p - half, high: p + half }
        }
        BinomialMethod::JeffreysBcd => {
            let plain = jeffreys(p, size, alpha);
            Limits {
                low: if x == 0 { 0.0 } else { plain.low },
                high: if x == n { 1.0 } else { plain.high },
            }
        }
        BinomialMethod::Plain(method) => match method {
            IntervalMethod::Wald => Limits { low: p - z * se, high: p + z * se },
            IntervalMethod::Logit | IntervalMethod::Xlogit => {
                if x == 0 || x == n {
                    return Err(NotEstimable::AtBoundary);
                }
                logit(p, z / (size * p * (1.0 - p)).sqrt())
            }
            IntervalMethod::Asin => asin(p, 0.5 * z / size.sqrt()),
            IntervalMethod::Wilson => wilson(p, size, z),
            IntervalMethod::WilsonCc => wilson_cc(p, size, z),
            IntervalMethod::AgrestiCoull => agresti_coull(p, size, z),
            IntervalMethod::Likelihood => likelihood(p, size, z),
            IntervalMethod::Jeffreys => jeffreys(p, size, alpha),
            IntervalMethod::ClopperPearson | IntervalMethod::KornGraubard => clopper_pearson(p, size, alpha),
        },
    };
    Ok(limits)
}

/// 1/(1 + e^(−(logit p ± half))), 0 < p < 1, `half` the half width on the log odds.
pub fn logit(p: f64, half: f64) -> Limits {
    let odds = p / (1.0 - p);
    let back = |odds: f64| if odds.is_infinite() { 1.0 } else { odds / (1.0 + odds) };
    Limits { low: back(odds * (-half).exp()), high: back(odds * half.exp()) }
}

/// sin²(arcsin √p ± half), the angles held in [0, π/2], so that a limit past an end is that end.
pub fn asin(p: f64, half: f64) -> Limits {
    let angle = p.sqrt().asin();
    let back = |a: f64| a.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2);
    Limits { low: back(angle - half), high: back(angle + half) }
}

/// Wilson score interval (1927): the shares θ with |p − θ| ≤ z √(θ(1 − θ)/n).
///
/// (p + z²/2n ± z √(p(1 − p)/n + z²/4n²))/(1 + z²/n); each limit from the product of the roots, p²/(1 + z²/n), where
/// the difference would cancel. n > 0 need not be whole. 0 and 1 are limits exactly at p = 0 and p = 1.
pub fn wilson(p: f64, n: f64, z: f64) -> Limits {
    let z2n = z * z / n;
    let spread = z * (p * (1.0 - p) / n + 0.25 * z * z / (n * n)).sqrt();
    let upper = |p: f64| (p + 0.5 * z2n + spread) / (1.0 + z2n);
    let lower = |p: f64| p * p / ((1.0 + z2n) * upper(p));
    if p < 0.5 {
        Limits { low: lower(p), high: upper(p) }
    } else {
        Limits { low: 1.0 - upper(1.0 - p), high: 1.0 - lower(1.0 - p) }
    }
}

/// Wilson score interval with continuity correction (Newcombe 1998, Statistics in Medicine 17, 857–872, method 4).
///
/// L = (2np + z² − 1 − z √(z² − 2 − 1/n + 4p(n(1 − p) + 1)))/(2(n + z²)), 0 at p = 0;
/// U = (2np + z² + 1 + z √(z² + 2 − 1/n + 4p(n(1 − p) − 1)))/(2(n + z²)), 1 at p = 1. Where p is so near an end that a
/// root does not exist (np < 1, not a count), the limit is that end.
pub fn wilson_cc(p: f64, n: f64, z: f64) -> Limits {
    let lower = |p: f64| {
        let inside = z * z - 2.0 - 1.0 / n + 4.0 * p * (n * (1.0 - p) + 1.0);
        if p == 0.0 || inside < 0.0 {
            return 0.0;
        }
        ((2.0 * n * p + z * z - 1.0 - z * inside.sqrt()) / (2.0 * (n + z * z))).max(0.0)
    };
    // U(p) = 1 − L(1 − p).
    Limits { low: lower(p), high: 1.0 - lower(1.0 - p) }
}

/// Agresti and Coull 1998: p̃ ± z √(p̃(1 − p̃)/ñ), ñ = n + z², p̃ = (np + z²/2)/ñ. May leave [0, 1].
pub fn agresti_coull(p: f64, n: f64, z: f64) -> Limits {
    let size = n + z * z;
    let centre = (n * p + 0.5 * z * z) / size;
    let half = z * (centre * (1.0 - centre) / size).sqrt();
    Limits { low: centre - half, high: centre + half }
}

/// Equal-tailed interval of Beta(np + ½, n(1 − p) + ½), the posterior under Jeffreys' prior (Brown, Cai and DasGupta
/// 2001); α/2 in each tail.
pub fn jeffreys(p: f64, n: f64, alpha: f64) -> Limits {
    let (a, b) = (n * p + 0.5, n * (1.0 - p) + 0.5);
    Limits { low: beta_quantile(0.5 * alpha, a, b), high: beta_upper_quantile(0.5 * alpha, a, b) }
}

/// Clopper and Pearson 1934: low = Beta⁻¹(α/2; x, n − x + 1), high = Beta⁻¹(1 − α/2; x + 1, n − x), x = np, which need
/// not be whole; 0 at p = 0, 1 at p = 1.
pub fn clopper_pearson(p: f64, n: f64, alpha: f64) -> Limits {
    let (x, rest) = (n * p, n * (1.0 - p));
    Limits {
        low: if x > 0.0 { beta_quantile(0.5 * alpha, x, rest + 1.0) } else { 0.0 },
        high: if rest > 0.0 { beta_upper_quantile(0.5 * alpha, x + 1.0, rest) } else { 1.0 },
    }
}

/// Likelihood ratio interval: the roots θ of 2n [p ln(p/θ) + (1 − p) ln((1 − p)/(1 − θ))] = z².
///
/// Newton steps on the log odds, from outside, where the deviance is convex and the steps cannot overshoot. At p = 0
/// the lower limit is 0 and the upper 1 − exp(−z²/2n); likewise at p = 1.
pub fn likelihood(p: f64, n: f64, z: f64) -> Limits {
    let target = 0.5 * z * z / n;
    // The root below p.
    let lower = |p: f64| {
        let q = 1.0 - p;
        if p <= 0.0 {
            return 0.0;
        }
        if q <= 0.0 {
            return (-target).exp();
        }
        // D(η) ≥ −h − pη with h the entropy, so D is at least the target here.
        let entropy = -(p * p.ln() + q * q.ln());
        let mut odds = -(target + entropy) / p;
        for _ in 0..200 {
            let (theta, rest) = (1.0 / (1.0 + (-odds).exp()), 1.0 / (1.0 + odds.exp()));
            let excess = deviance(p, theta) + deviance(q, rest) - target;
            let step = excess / (p - theta);
            if !(step > 0.0) {
                break;
            }
            let next = odds + step;
            if next == odds {
                break;
            }
            odds = next;
        }
        1.0 / (1.0 + (-odds).exp())
    };
    Limits { low: lower(p), high: 1.0 - lower(1.0 - p) }
}
