//! Quantiles of the normal, t and beta distributions: Newton steps on the logarithm of the smaller tail.

use super::dist::{normal_pdf, normal_sf, normal_upper_start, t_folded, t_power};
use super::special::{beta_power, beta_tails};

/// Beyond this a + b, with a and b themselves large, the beta quantile is its Cornish–Fisher expansion: the fraction
/// would need √a terms a step, and the remainder is of the order σ/a, below 1e-13.
const BETA_EXPANSION: f64 = 1e10;

/// The least a and b for the expansion.
const BETA_EXPANSION_LEAST: f64 = 1e8;

/// z with Φ(z) = p, p in [0, 1] (0 and 1 give ∓∞).
///
/// statrs' erfc⁻¹ and one Halley step on Φ.
pub fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 { normal_upper_quantile(1.0 - p) } else { -normal_upper_quantile(p) }
}

/// z with 1 − Φ(z) = q, q in [0, 1].
pub fn normal_upper_quantile(q: f64) -> f64 {
    if !(0.0..=1.0).contains(&q) {
        return f64::NAN;
    }
    if q > 0.5 {
        return -normal_upper_quantile(1.0 - q);
    }
    if q == 0.0 {
        return f64::INFINITY;
    }
    if q == 0.5 {
        return 0.0;
    }
    let z = normal_upper_start(q);
    let step = (normal_sf(z) - q) / normal_pdf(z);
    if step.is_finite() { z + step / (1.0 + 0.5 * z * step) } else { z }
}

/// t with P(T ≤ t) = p, p in [0, 1], df > 0 (∞: normal).
///
/// ```
/// use shihyo::stats::dist::t_quantile;
/// assert_eq!(format!("{:.4}", t_quantile(0.975, 16.0)), "2.1199");
/// assert_eq!(format!("{:.4}", t_quantile(0.975, f64::INFINITY)), "1.9600");
/// ```
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if p > 0.5 { t_upper_quantile(1.0 - p, df) } else { -t_upper_quantile(p, df) }
}

/// t with P(T > t) = q, q in [0, 1], df > 0 (∞: normal).
///
/// Newton on ln P(|T| > t) against ln t, which is linear for large t; for q > ¼ on ln P(|T| ≤ t), linear for small t.
pub fn t_upper_quantile(q: f64, df: f64) -> f64 {
    if df == f64::INFINITY {
        return normal_upper_quantile(q);
    }
    if !(0.0..=1.0).contains(&q) || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if q > 0.5 {
        return -t_upper_quantile(1.0 - q, df);
    }
    if q == 0.0 {
        return f64::INFINITY;
    }
    if q == 0.5 {
        return 0.0;
    }
    let z = normal_upper_quantile(q);
    let start = (z * (1.0 + (z * z + 1.0) / (4.0 * df))).ln();
    let solution = if q > 0.25 {
        let target = 1.0 - 2.0 * q;
        solve(start, |u| {
            let t = u.exp();
            let p = t_folded(t, df).lower;
            ((p / target).ln(), 2.0 * t_power(t, df) / p)
        })
    } else {
        let target = 2.0 * q;
        solve(start, |u| {
            let t = u.exp();
            let p = t_folded(t, df).upper;
            (-(p / target).ln(), 2.0 * t_power(t, df) / p)
        })
    };
    solution.exp()
}

/// x with I_x(a, b) = p, p in [0, 1], a, b > 0.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p > 0.5 { beta_upper_quantile(1.0 - p, a, b) } else { beta_logit(p, b, a).1 }
}

/// x with 1 − I_x(a, b) = q, q in [0, 1], a, b > 0.
pub fn beta_upper_quantile(q: f64, a: f64, b: f64) -> f64 {
    if q > 0.5 { beta_logit(1.0 - q, b, a).1 } else { beta_logit(q, a, b).0 }
}

/// (x, 1 − x) with P(B > x) = q, B ~ Beta(a, b), q ≤ ½: Newton on ln P(B > x) against logit x, where it is concave.
fn beta_logit(q: f64, a: f64, b: f64) -> (f64, f64) {
    if !(0.0..=1.0).contains(&q) || [a, b].iter().any(|v| !v.is_finite() || *v <= 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if q == 0.0 {
        return (1.0, 0.0);
    }
    let z = normal_upper_quantile(q);
    let n = a + b;
    if n > BETA_EXPANSION && a.min(b) > BETA_EXPANSION_LEAST {
        // Mean, variance and skewness of the beta: x = μ + σ (z + γ (z² − 1)/6).
        let sd = (a / n * (b / n) / (n + 1.0)).sqrt();
        let skew = 2.0 * (b - a) * (n + 1.0).sqrt() / ((n + 2.0) * a.sqrt() * b.sqrt());
        let shift = sd * (z + skew * (z * z - 1.0) / 6.0);
        return (a / n + shift, b / n - shift);
    }
    let pair = |u: f64| (1.0 / (1.0 + (-u).exp()), 1.0 / (1.0 + u.exp()));
    let start = (a / b).ln() + z * (1.0 / a + 1.0 / b).sqrt().min(4.0);
    let u = solve(start, |u| {
        let (x, y) = pair(u);
        let upper = beta_tails(a, b, x, y).upper;
        (-(upper / q).ln(), beta_power(a, b, x, y) / upper)
    });
    pair(u)
}

/// Root of an increasing function; `f` gives its value and slope. Newton steps, held inside the bracket that the signs
/// seen so far make; stops when a step no longer moves the argument.
fn solve(start: f64, f: impl Fn(f64) -> (f64, f64)) -> f64 {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut u = start;
    let mut last = f64::INFINITY;
    for _ in 0..200 {
        let (value, slope) = f(u);
        if value == 0.0 {
            return u;
        }
        if value < 0.0 {
            low = u
        } else {
            high = u
        }
        let newton = -value / slope;
        let limit = 2.0 + u.abs();
        let step = if newton.is_finite() { newton.clamp(-limit, limit) } else { -limit.copysign(value) };
        let size = step.abs();
        // At the end the steps are rounding noise: stop when they no longer move u, or no longer shrink.
        if u + step == u || (size < 1e-13 * u.abs().max(1.0) && size >= last) {
            return u + step;
        }
        last = size;
        let inside = u + step > low && u + step < high;
        u = if inside || !(low.is_finite() && high.is_finite()) { u + step } else { 0.5 * (low + high) };
    }
    u
}

#[cfg(test)]
mod tests {
    use super::{beta_quantile, beta_upper_quantile, solve, t_upper_quantile};
    use crate::stats::dist::{beta_cdf, beta_sf, t_sf};

    #[test]
    fn the_expansion_meets_the_fraction() {
        for (a, b) in [(3e9, 7.1e9), (1.1e8, 2e10)] {
            for p in [0.0005, 0.025, 0.3] {
                assert!((beta_cdf(beta_quantile(p, a, b), a, b) / p - 1.0).abs() < 1e-6);
                assert!((beta_sf(beta_upper_quantile(p, a, b), a, b) / p - 1.0).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn shapes_far_below_one_stay_finite() {
        for (a, b) in [(1e-8, 100.0), (0.003, 0.002), (1e-3, 1e7), (40.0, 1e-6)] {
            for p in [0.005, 0.5, 0.975] {
                let x = beta_quantile(p, a, b);
                assert!((0.0..=1.0).contains(&x), "{a} {b} {p}: {x}");
            }
        }
        // I_x(a, b) ~ x^a for small a.
        let x = beta_quantile(0.3, 0.02, 1.0);
        assert!((x / 0.3f64.powf(50.0) - 1.0).abs() < 1e-11);
    }

    #[test]
    fn t_far_out_with_tiny_and_with_huge_df() {
        for df in [0.05, 0.5, 1.0, 3.0, 1e3, 1e12] {
            for q in [1e-14, 1e-5, 0.1, 0.26, 0.499_999] {
                let t = t_upper_quantile(q, df);
                if t < 1e150 {
                    assert!((t_sf(t, df) / q - 1.0).abs() < 1e-11, "df {df} q {q} t {t}");
                }
            }
        }
    }

    /// A root that Newton reaches exactly at an end of the bracket is kept, not bisected away.
    #[test]
    fn the_last_step_is_newtons() {
        let (a, b, q) = (2_395_488.381_684_971_5, 314_348.008_344_909_6, 4.638_325_194_847_334e-14);
        assert!((beta_cdf(beta_quantile(q, a, b), a, b) / q - 1.0).abs() < 5e-12);
    }

    #[test]
    fn solve_leaves_a_flat_start() {
        // Newton from the flat part would fly off; the bracket brings it back.
        let root = solve(-30.0, |u| (u.exp() - 2.0, u.exp()));
        assert!((root - 2f64.ln()).abs() < 1e-15);
    }
}
