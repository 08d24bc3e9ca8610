//! Quantiles of the normal, t and beta distributions: expansions, and Halley steps on the logarithm of the
//! smaller tail.

use std::cell::Cell;
use std::f64::consts::SQRT_2;

use statrs::function::erf::erfc_inv;

use super::dist::{normal_pdf, normal_sf, t_folded, t_power};
use super::special::{beta_power, beta_shift, beta_tails};

/// Beyond this a + b, with a and b themselves large, the beta quantile is its Cornish–Fisher expansion: the
/// fraction would need √a terms a step, and the remainder is of the order σ/a, below 1e-13.
const BETA_EXPANSION: f64 = 1e10;

/// The least a and b for the expansion.
const BETA_EXPANSION_LEAST: f64 = 1e8;

/// z with Φ(z) = p, p in [0, 1] (0 and 1 give ∓∞).
pub fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 { normal_upper_quantile(1.0 - p) } else { -normal_upper_quantile(p) }
}

/// z with 1 − Φ(z) = q, q in [0, 1]: statrs' erfc⁻¹, and one Halley step on Φ for the digits that it lacks.
pub fn normal_upper_quantile(q: f64) -> f64 {
    // All intervals of a table are of one level.
    thread_local! { static LAST: Cell<(f64, f64)> = const { Cell::new((f64::NAN, f64::NAN)) } }
    let (known, z) = LAST.get();
    if known == q {
        return z;
    }
    let z = computed_upper_quantile(q);
    LAST.set((q, z));
    z
}

fn computed_upper_quantile(q: f64) -> f64 {
    if !(0.0..=1.0).contains(&q) {
        return f64::NAN;
    }
    if q > 0.5 {
        return -computed_upper_quantile(1.0 - q);
    }
    if q == 0.0 {
        return f64::INFINITY;
    }
    if q == 0.5 {
        return 0.0;
    }
    let z = SQRT_2 * erfc_inv(2.0 * q);
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
/// The expansion of t in 1/df where its last term says that it is exact; from it, else, Halley steps on ln
/// P(|T| > t) against ln t, which is linear for large t; for q > ¼ on ln P(|T| ≤ t), linear for small t.
///
/// Source of the expansion: Fisher and Cornish 1960 (Abramowitz and Stegun 26.7.5, one term more).
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
    let (expanded, left) = t_expansion(z, df);
    if left < 1e-17 {
        return expanded;
    }
    let start = if left < 0.01 { expanded.ln() } else { (z * (1.0 + (z * z + 1.0) / (4.0 * df))).ln() };
    // t f(t) as a function of ln t.
    let bend = |t: f64| {
        let t2 = t * t;
        if t2.is_infinite() { -df } else { 1.0 - (df + 1.0) * (t2 / (df + t2)) }
    };
    let solution = if q > 0.25 {
        let target = 1.0 - 2.0 * q;
        solve(start, 1.0, |u| {
            let t = u.exp();
            let p = t_folded(t, df).lower;
            let slope = 2.0 * t_power(t, df) / p;
            At { value: (p / target).ln(), slope, bend: bend(t) - slope }
        })
    } else {
        let target = 2.0 * q;
        solve(start, 1.0, |u| {
            let t = u.exp();
            let p = t_folded(t, df).upper;
            let slope = 2.0 * t_power(t, df) / p;
            At { value: -(p / target).ln(), slope, bend: bend(t) + slope }
        })
    };
    solution.exp()
}

/// [`t_upper_quantile`] to about six digits: its expansion where that is near enough.
pub(crate) fn t_upper_quantile_near(q: f64, df: f64) -> f64 {
    if df > 0.0 && df.is_finite() && q > 0.0 && q < 0.5 {
        let (near, left) = t_expansion(normal_upper_quantile(q), df);
        if left < 1e-6 {
            return near;
        }
    }
    t_upper_quantile(q, df)
}

/// Five terms of t's expansion in 1/df, and about what the next one would add, as a part of z; z > 0.
fn t_expansion(z: f64, df: f64) -> (f64, f64) {
    let (z2, r) = (z * z, 1.0 / df);
    let terms = [
        (z2 + 1.0) / 4.0,
        ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
        (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
        ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92_160.0,
        (((((27.0 * z2 + 339.0) * z2 + 930.0) * z2 - 1782.0) * z2 - 765.0) * z2 + 17_955.0) / 368_640.0,
    ];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * r);
    let next = (terms[4].abs() + 1.0) * (z2 + 5.0) * r.powi(6);
    (z + z * sum, next)
}

/// x with I_x(a, b) = p, p in [0, 1], a, b > 0.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p > 0.5 { beta_upper_quantile(1.0 - p, a, b) } else { beta_logit(p, b, a).1 }
}

/// x with 1 − I_x(a, b) = q, q in [0, 1], a, b > 0.
pub fn beta_upper_quantile(q: f64, a: f64, b: f64) -> f64 {
    if q > 0.5 { beta_logit(1.0 - q, b, a).1 } else { beta_logit(q, a, b).0 }
}

/// About ln(x/(1 − x)) where P(B > x) = q, B ~ Beta(a, b) with a, b ≥ 1, at the normal's z of q: off by a few
/// hundredths of √(1/a + 1/b) where a and b are at least 3, by far less where they are large.
///
/// Source: Carter 1947, as in Abramowitz and Stegun 26.5.22.
pub(crate) fn beta_logit_near(z: f64, a: f64, b: f64) -> f64 {
    let (r, s) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
    let (h, lambda) = (2.0 / (r + s), (z * z - 3.0) / 6.0);
    let w = z * (h + lambda).max(0.0).sqrt() / h + (s - r) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
    (a / b).ln() + 2.0 * w
}

/// (x, 1 − x) with P(B > x) = q, B ~ Beta(a, b), q ≤ ½: Halley on ln P(B > x) against logit x, where it is
/// concave.
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
    let spread = (1.0 / a + 1.0 / b).sqrt();
    let start = if a.min(b) >= 1.5 { beta_logit_near(z, a, b) } else { (a / b).ln() + z * spread.min(4.0) };
    let u = solve(start, spread.min(1.0), |u| {
        let (x, y) = pair(u);
        let upper = beta_tails(a, b, x, y).upper;
        let slope = beta_power(a, b, x, y) / upper;
        // x y times the density has the slope a − (a + b) x against logit x.
        At { value: -(upper / q).ln(), slope, bend: beta_shift(a, b, x, y) + slope }
    });
    pair(u)
}

/// A function at a point: its value, its slope, and its second derivative as a part of the slope.
struct At {
    value: f64,
    slope: f64,
    bend: f64,
}

/// A step this small, in units of the scale on which the function bends, leaves an error of its third power.
const LAST: f64 = 1e-6;

/// Root of an increasing function that bends on the given scale. Halley steps, held inside the bracket that
/// the signs seen so far make; stops after a step whose error does not show.
fn solve(start: f64, scale: f64, f: impl Fn(f64) -> At) -> f64 {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut u = start;
    let mut last = f64::INFINITY;
    for _ in 0..200 {
        let At { value, slope, bend } = f(u);
        if value == 0.0 {
            return u;
        }
        if value < 0.0 {
            low = u
        } else {
            high = u
        }
        let newton = -value / slope;
        let curved = newton / (1.0 + 0.5 * newton * bend).max(0.5);
        let halley = if curved.is_finite() { curved } else { newton };
        let limit = 2.0 + u.abs();
        let step = if halley.is_finite() { halley.clamp(-limit, limit) } else { -limit.copysign(value) };
        let size = step.abs();
        // At the end the steps are rounding noise: stop when they no longer move u, or no longer shrink.
        if u + step == u || size < LAST * scale || (size < 1e-13 * u.abs().max(1.0) && size >= last) {
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
    use super::t_upper_quantile_near;
    use super::{
        At, beta_logit_near, beta_quantile, beta_upper_quantile, normal_upper_quantile, solve, t_expansion,
        t_upper_quantile,
    };
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

    /// What is given without a look at the tail is what the tail asks for.
    #[test]
    fn the_expansion_of_t_is_exact_where_it_is_used() {
        for q in [0.4, 0.25, 0.1, 0.025, 1e-3, 1e-6] {
            let z = normal_upper_quantile(q);
            let df = (1..).map(|k| 1.1_f64.powi(k)).find(|df| t_expansion(z, *df).1 < 1e-17).unwrap();
            for df in [df, 2.0 * df, 30.0 * df] {
                let t = t_upper_quantile(q, df);
                assert!((t_sf(t, df) / q - 1.0).abs() < 2e-14, "q {q} df {df}: {:e}", t_sf(t, df) / q - 1.0);
            }
            for df in [0.7, 3.0, 9.0, 12.0, 40.0, 300.0, f64::INFINITY] {
                assert!(
                    (t_upper_quantile_near(q, df) / t_upper_quantile(q, df) - 1.0).abs() < 1e-5,
                    "q {q} df {df}"
                );
            }
        }
    }

    #[test]
    fn carters_logit_is_near() {
        for (a, b) in [(3.0, 3.0), (3.0, 1e6), (5.0, 40.0), (1e5, 3.5), (700.0, 1e4)] {
            for q in [0.4, 0.1, 0.025] {
                let x = beta_upper_quantile(q, a, b);
                let off = beta_logit_near(normal_upper_quantile(q), a, b) - (x / (1.0 - x)).ln();
                assert!(off.abs() < 0.05 * (1.0 / a + 1.0 / b).sqrt(), "{a} {b} {q}: {off:e}");
            }
        }
    }

    #[test]
    fn solve_leaves_a_flat_start() {
        // Newton from the flat part would fly off; the bracket brings it back.
        let root = solve(-30.0, 1.0, |u| At { value: u.exp() - 2.0, slope: u.exp(), bend: 1.0 });
        assert!((root - 2f64.ln()).abs() < 1e-15);
    }
}
