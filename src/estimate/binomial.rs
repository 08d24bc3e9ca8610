//! Intervals for a share, of x successes in n draws: the classical binomial intervals, and the same formulas
//! with an effective sample size in the place of n.
//!
//! ```
//! use shihyo::estimate::IntervalMethod::{ClopperPearson, Likelihood, Wald, WilsonCc};
//! use shihyo::estimate::binomial::{
//!     BinomialMethod, Limits, agresti_coull, asin, binomial_limits, jeffreys, logit,
//! };
//! use shihyo::estimate::binomial::{clopper_pearson, likelihood, wilson, wilson_cc};
//!
//! // Newcombe 1998, table I: 81 of 263.
//! let limits =
//!     |method| binomial_limits(method, 81, 263, 0.95).map(|i| format!("{:.4} {:.4}", i.low, i.high));
//! assert_eq!(limits(BinomialMethod::Plain(Wald))?, "0.2522 0.3638");
//! assert_eq!(limits(BinomialMethod::WaldCc)?, "0.2503 0.3657");
//! assert_eq!(limits(BinomialMethod::Plain(WilsonCc))?, "0.2535 0.3682");
//! assert_eq!(limits(BinomialMethod::Plain(ClopperPearson))?, "0.2527 0.3676");
//! assert_eq!(limits(BinomialMethod::Plain(Likelihood))?, "0.2542 0.3655");
//! // By hand.
//! let close =
//!     |i: Limits, low: f64, high: f64| (i.low - low).abs() < 1e-12 && (i.high - high).abs() < 1e-12;
//! assert!(close(logit(0.5, 3.0_f64.ln()), 0.25, 0.75)); // odds 1/3 and 3
//! assert!(close(asin(0.5, std::f64::consts::PI / 12.0), 0.25, 0.75)); // sin² of 30° and 60°
//! assert!(close(agresti_coull(0.5, 96.0, 2.0), 0.4, 0.6)); // ñ = 100, ½ ± 2 · .05
//! assert!(close(jeffreys(0.5, 1.0, 0.05), 0.025, 0.975)); // Beta(1, 1)
//! assert!(close(wilson(0.0, 12.0, 2.0), 0.0, 0.25)); // z²/(n + z²)
//! assert!(close(wilson_cc(0.0, 12.0, 0.0), 0.0, 1.0 / 24.0)); // the correction alone, 1/2n
//! assert!(close(clopper_pearson(0.0, 1.0, 0.05), 0.0, 0.975)); // 1 − (α/2)^(1/n)
//! assert!(close(likelihood(0.0, 2.0, 2.0), 0.0, 1.0 - (-1.0_f64).exp())); // 1 − exp(−z²/2n)
//! assert_eq!(Limits { low: -0.1, high: 0.5 }.clipped().low, 0.0);
//! # Ok::<(), shihyo::estimate::NotEstimable>(())
//! ```

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
    /// Jeffreys as Brown, Cai and DasGupta 2001 (§3.1.2) modify it: the lower limit is 0 at x = 0, the upper
    /// 1 at x = n.
    JeffreysBcd,
}

/// Interval for a share, x of n, of a simple random sample; limits inside [0, 1].
///
/// x is an integer, 0 ≤ x ≤ n, and `level` is in (0, 1). The formulas are those of [`binomial_limits`];
/// `wald` too is clipped here.
///
/// ```
/// use shihyo::estimate::{IntervalMethod, binomial::binomial_interval};
/// // Newcombe 1998, table I: 81 of 263.
/// let i = binomial_interval(IntervalMethod::Wilson, 81, 263, 0.95)?;
/// assert_eq!(format!("{:.4} {:.4}", i.low, i.high), "0.2553 0.3662");
/// # Ok::<(), shihyo::estimate::NotEstimable>(())
/// ```
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

/// Limits of a share, x of n, of a simple random sample, as the formula gives them (wald and agresti-coull
/// may leave [0, 1]). With p = x/n, z the normal quantile at (1 + level)/2 and α = 1 − level:
///
/// - `wald` p ± z √(p(1 − p)/n); one point at x = 0 and x = n.
/// - `logit`, `xlogit` logit p ± z/√(n p(1 − p)), back-transformed; not defined at x = 0 and x = n.
/// - `asin` sin²(arcsin √p ± z/(2√n)), the angle held in [0, π/2].
/// - `wilson`, `wilson-cc`, `agresti-coull`, `likelihood`: [`wilson`], [`wilson_cc`], [`agresti_coull`],
///   [`likelihood`].
/// - `jeffreys` [`jeffreys`], `clopper-pearson` and `korn-graubard` [`clopper_pearson`] (the second is the
///   first when there is no design).
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
            Limits { low: if x == 0 { 0.0 } else { plain.low }, high: if x == n { 1.0 } else { plain.high } }
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
            IntervalMethod::Mover => return Err(NotEstimable::NotDefined),
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
/// (p + z²/2n ± z √(p(1 − p)/n + z²/4n²))/(1 + z²/n); each limit from the product of the roots, p²/(1 +
/// z²/n), where the difference would cancel. n > 0 need not be whole. 0 and 1 are limits exactly at p = 0 and
/// p = 1.
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

/// Wilson score interval with continuity correction (Newcombe 1998, Statistics in Medicine 17, 857–872,
/// method 4).
///
/// L = (2np + z² − 1 − z √(z² − 2 − 1/n + 4p(n(1 − p) + 1)))/(2(n + z²)), 0 at p = 0;
/// U = (2np + z² + 1 + z √(z² + 2 − 1/n + 4p(n(1 − p) − 1)))/(2(n + z²)), 1 at p = 1. Where p is so near an
/// end that a root does not exist (np < 1, not a count), the limit is that end.
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

/// Equal-tailed interval of Beta(np + ½, n(1 − p) + ½), the posterior under Jeffreys' prior (Brown, Cai and
/// DasGupta 2001); α/2 in each tail.
pub fn jeffreys(p: f64, n: f64, alpha: f64) -> Limits {
    let (a, b) = (n * p + 0.5, n * (1.0 - p) + 0.5);
    Limits { low: beta_quantile(0.5 * alpha, a, b), high: beta_upper_quantile(0.5 * alpha, a, b) }
}

/// Clopper and Pearson 1934: low = Beta⁻¹(α/2; x, n − x + 1), high = Beta⁻¹(1 − α/2; x + 1, n − x), x = np,
/// which need not be whole; 0 at p = 0, 1 at p = 1.
pub fn clopper_pearson(p: f64, n: f64, alpha: f64) -> Limits {
    let (x, rest) = (n * p, n * (1.0 - p));
    Limits {
        low: if x > 0.0 { beta_quantile(0.5 * alpha, x, rest + 1.0) } else { 0.0 },
        high: if rest > 0.0 { beta_upper_quantile(0.5 * alpha, x + 1.0, rest) } else { 1.0 },
    }
}

/// Likelihood ratio interval: the roots θ of 2n [p ln(p/θ) + (1 − p) ln((1 − p)/(1 − θ))] = z².
///
/// Newton steps on the log odds, from outside, where the deviance is convex and the steps cannot overshoot.
/// At p = 0 the lower limit is 0 and the upper 1 − exp(−z²/2n); likewise at p = 1.
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
        if odds < -700.0 {
            // There D is −h − pη to all digits: this is the root, and its share is below 1e-304.
            return 0.0;
        }
        for _ in 0..200 {
            let (theta, rest) = (1.0 / (1.0 + (-odds).exp()), 1.0 / (1.0 + odds.exp()));
            let excess = deviance(p, theta) + deviance(q, rest) - target;
            let step = excess / (p - theta);
            if step.is_nan() || step <= 0.0 {
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

#[cfg(test)]
mod tests {
    use super::{
        BinomialMethod, Limits, agresti_coull, binomial_interval, binomial_limits, clopper_pearson, jeffreys,
        likelihood, wilson, wilson_cc,
    };
    use crate::estimate::value::{IntervalMethod, NotEstimable};

    const METHODS: [BinomialMethod; 13] = [
        BinomialMethod::Plain(IntervalMethod::Wald),
        BinomialMethod::Plain(IntervalMethod::Logit),
        BinomialMethod::Plain(IntervalMethod::Xlogit),
        BinomialMethod::Plain(IntervalMethod::Wilson),
        BinomialMethod::Plain(IntervalMethod::WilsonCc),
        BinomialMethod::Plain(IntervalMethod::KornGraubard),
        BinomialMethod::Plain(IntervalMethod::Likelihood),
        BinomialMethod::Plain(IntervalMethod::Asin),
        BinomialMethod::Plain(IntervalMethod::AgrestiCoull),
        BinomialMethod::Plain(IntervalMethod::Jeffreys),
        BinomialMethod::Plain(IntervalMethod::ClopperPearson),
        BinomialMethod::WaldCc,
        BinomialMethod::JeffreysBcd,
    ];

    /// P(X ≥ x) of a binomial, by summing.
    fn at_least(x: u64, n: u64, p: f64) -> f64 {
        let mut term = (1.0 - p).powi(n as i32);
        let mut below = 0.0;
        for k in 0..x {
            below += term;
            term *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        }
        1.0 - below
    }

    #[track_caller]
    fn near(got: f64, want: f64, tolerance: f64) {
        assert!((got - want).abs() <= tolerance, "got {got:e}, want {want:e}");
    }

    /// Newcombe 1998, table I: 95 % intervals for 81/263, 15/148, 0/20 and 1/29, as printed (four decimals).
    #[test]
    fn newcombes_examples_print_as_published() {
        let printed = |method: IntervalMethod| {
            [(81, 263), (15, 148), (0, 20), (1, 29)].map(|(x, n)| {
                let i = binomial_interval(method, x, n, 0.95).unwrap();
                format!("{:.4} {:.4}", i.low, i.high)
            })
        };
        assert_eq!(
            printed(IntervalMethod::Wilson),
            ["0.2553 0.3662", "0.0624 0.1605", "0.0000 0.1611", "0.0061 0.1718"]
        );
        assert_eq!(
            printed(IntervalMethod::WilsonCc),
            ["0.2535 0.3682", "0.0598 0.1644", "0.0000 0.2005", "0.0018 0.1963"]
        );
        assert_eq!(
            printed(IntervalMethod::ClopperPearson),
            ["0.2527 0.3676", "0.0578 0.1617", "0.0000 0.1684", "0.0009 0.1776"]
        );
        assert_eq!(
            printed(IntervalMethod::Likelihood),
            ["0.2542 0.3655", "0.0596 0.1567", "0.0000 0.0916", "0.0020 0.1432"]
        );
    }

    #[test]
    fn limits_mirror_contain_the_share_and_widen_with_the_level() {
        for n in [1, 2, 7, 30, 1000, 1_000_000] {
            for x in [0, 1, n / 3, n / 2, n - 1, n] {
                for method in METHODS {
                    let Ok(narrow) = binomial_limits(method, x, n, 0.8) else { continue };
                    let wide = binomial_limits(method, x, n, 0.99).unwrap();
                    let mirror = binomial_limits(method, n - x, n, 0.8).unwrap();
                    let what = format!("{method:?} {x}/{n}: {narrow:?} {wide:?} {mirror:?}");
                    assert!((narrow.low + mirror.high - 1.0).abs() < 1e-13, "{what}");
                    assert!((narrow.high + mirror.low - 1.0).abs() < 1e-13, "{what}");
                    // Agresti–Coull's unclipped limits are not nested: the centre moves with the level.
                    let (inner, outer) = (narrow.clipped(), wide.clipped());
                    assert!(outer.low <= inner.low && inner.high <= outer.high, "{what}");
                    // An equal-tailed posterior interval may leave out a share at the end; no other does.
                    let p = x as f64 / n as f64;
                    if method != BinomialMethod::Plain(IntervalMethod::Jeffreys) {
                        assert!(wide.low <= p + 1e-15 && p <= wide.high + 1e-15, "{what}");
                    }
                }
            }
        }
    }

    #[test]
    fn wilson_limits_solve_the_score_equation() {
        let (p, n, z) = (0.13, 61.5, 2.1);
        for theta in [wilson(p, n, z).low, wilson(p, n, z).high] {
            near((p - theta).abs(), z * (theta * (1.0 - theta) / n).sqrt(), 1e-15);
        }
    }

    #[test]
    fn continuity_corrected_limits_solve_theirs() {
        let (p, n, z) = (0.2, 40.0, 1.7);
        let cc = wilson_cc(p, n, z);
        for theta in [cc.low, cc.high] {
            near((p - theta).abs() - 0.5 / n, z * (theta * (1.0 - theta) / n).sqrt(), 1e-14);
        }
    }

    #[test]
    fn likelihood_limits_solve_theirs_also_at_the_ends() {
        for (p, n, z) in
            [(0.3, 25.0, 1.96), (0.002, 900.5, 1.2), (0.999, 77.0, 3.3), (0.5, 1e8, 2.0), (0.4, 3.0, 60.0)]
        {
            let l = likelihood(p, n, z);
            for theta in [l.low, l.high].into_iter().filter(|t| *t > 0.0 && *t < 1.0) {
                let q: f64 = 1.0 - p;
                let deviance = 2.0 * n * (p * (p / theta).ln() + q * (q / (1.0 - theta)).ln());
                near(deviance / (z * z), 1.0, 1e-7);
            }
        }
        let zero = likelihood(0.0, 20.0, 1.5);
        assert_eq!(zero.low, 0.0);
        near(zero.high, 1.0 - (-1.5f64 * 1.5 / 40.0).exp(), 1e-15);
        assert_eq!(likelihood(0.3, 2.0, 1e6), Limits { low: 0.0, high: 1.0 });
    }

    #[test]
    fn clopper_pearson_limits_solve_theirs() {
        for (x, n) in [(1u64, 10u64), (5, 10), (9, 10), (3, 200)] {
            let l = clopper_pearson(x as f64 / n as f64, n as f64, 0.1);
            near(at_least(x, n, l.low), 0.05, 1e-12);
            near(at_least(x + 1, n, l.high), 0.95, 1e-12);
        }
    }

    /// Clopper–Pearson covers every share with at least its level; Wilson does not (that is its bargain).
    #[test]
    fn clopper_pearson_never_covers_too_little() {
        let n = 20;
        let intervals: Vec<_> =
            (0..=n).map(|x| binomial_interval(IntervalMethod::ClopperPearson, x, n, 0.9).unwrap()).collect();
        for i in 1..200 {
            let p = f64::from(i) / 200.0;
            let covered: f64 = (0..=n)
                .filter(|&x| intervals[x as usize].low <= p && p <= intervals[x as usize].high)
                .map(|x| at_least(x, n, p) - at_least(x + 1, n, p))
                .sum();
            assert!(covered >= 0.9 - 1e-9, "p {p}: {covered}");
        }
    }

    #[test]
    fn jeffreys_lies_inside_clopper_pearson() {
        for (p, n) in [(0.0, 10.0), (0.07, 14.0), (0.5, 3.0), (0.93, 400.0), (1.0, 6.0)] {
            let (inner, outer) = (jeffreys(p, n, 0.05), clopper_pearson(p, n, 0.05));
            assert!(outer.low <= inner.low && inner.high <= outer.high, "{p} {n}: {inner:?} {outer:?}");
        }
    }

    #[test]
    fn agresti_coull_has_wilsons_centre_and_is_no_narrower() {
        for (p, n, z) in [(0.0, 10.0, 1.96), (0.3, 44.4, 2.5), (0.99, 500.0, 1.0)] {
            let (ac, w) = (agresti_coull(p, n, z), wilson(p, n, z));
            near(ac.low + ac.high, w.low + w.high, 1e-14);
            assert!(ac.high - ac.low >= w.high - w.low - 1e-15);
        }
    }

    #[test]
    fn without_a_design_korn_graubard_is_clopper_pearson() {
        let at = |m| binomial_limits(BinomialMethod::Plain(m), 7, 33, 0.95).unwrap();
        assert_eq!(at(IntervalMethod::KornGraubard), at(IntervalMethod::ClopperPearson));
    }

    #[test]
    fn what_has_no_interval_says_why() {
        let wilson = BinomialMethod::Plain(IntervalMethod::Wilson);
        assert_eq!(binomial_limits(wilson, 0, 0, 0.95), Err(NotEstimable::EmptyBase));
        for level in [0.0, 1.0, -0.5, 95.0, f64::NAN] {
            assert_eq!(binomial_limits(wilson, 1, 2, level), Err(NotEstimable::NotDefined));
        }
        assert_eq!(binomial_limits(wilson, 3, 2, 0.95), Err(NotEstimable::NotDefined));
        for x in [0, 9] {
            assert_eq!(binomial_interval(IntervalMethod::Logit, x, 9, 0.95), Err(NotEstimable::AtBoundary));
            for method in METHODS {
                if let Ok(l) = binomial_limits(method, x, 9, 0.95) {
                    assert!(l.low.is_finite() && l.high.is_finite());
                }
            }
        }
    }
}
