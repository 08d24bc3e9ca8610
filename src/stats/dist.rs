//! Distribution functions, both tails, and quantiles: normal, t, chi-square, F, beta.
//!
//! Upper tails (`*_sf`) are computed, never 1 − cdf, so that a p-value of 1e-30 has all its digits. Degrees
//! of freedom may be any positive number, `f64::INFINITY` included (then the normal or chi-square limit). A
//! parameter outside its range, or NaN, gives NaN: callers check first.
//!
//! statrs starts the normal quantile. Its erfc is good to 1e-10 only, its incomplete beta function stops
//! after 141 terms, forms one tail as 1 minus the other and cancels log-gammas of size 1e8 at a = 1e7:
//! `tests/it/distributions.rs` shows what is lost, and why [`super::special`] stands in their place.
//!
//! ```
//! use shihyo::stats::dist::{
//!     beta_cdf, beta_quantile, beta_sf, beta_upper_quantile, chi2_cdf, chi2_sf, f_cdf, f_sf,
//! };
//! use shihyo::stats::dist::{
//!     normal_cdf, normal_pdf, normal_quantile, normal_sf, normal_upper_quantile,
//! };
//! use shihyo::stats::dist::{t_cdf, t_quantile, t_sf, t_two_sided_p, t_upper_quantile};
//!
//! let close = |a: f64, b: f64| (a - b).abs() < 1e-13;
//! // Normal: published to seven digits.
//! assert_eq!(format!("{:.7} {:.6}", normal_cdf(1.96), normal_pdf(0.0)), "0.9750021 0.398942");
//! assert_eq!(
//!     format!("{:.6} {:.6}", normal_quantile(0.975), normal_upper_quantile(0.05)),
//!     "1.959964 1.644854"
//! );
//! assert!(close(normal_sf(normal_upper_quantile(0.05)), 0.05));
//! // t with one degree of freedom is Cauchy: ½ + arctan(t)/π.
//! assert!(
//!     close(t_cdf(1.0, 1.0), 0.75)
//!         && close(t_sf(1.0, 1.0), 0.25)
//!         && close(t_two_sided_p(-1.0, 1.0), 0.5)
//! );
//! assert!(close(t_quantile(0.75, 1.0), 1.0) && close(t_upper_quantile(0.25, 1.0), 1.0));
//! // Chi-square with two is exponential: exp(−x/2). F(2, 2): 1/(1 + x).
//! assert!(
//!     close(chi2_sf(4.0, 2.0), (-2.0_f64).exp()) && close(chi2_cdf(4.0, 2.0), 1.0 - (-2.0_f64).exp())
//! );
//! assert!(close(f_sf(3.0, 2.0, 2.0), 0.25) && close(f_cdf(3.0, 2.0, 2.0), 0.75));
//! // Beta(1, 2): 1 − (1 − x)².
//! assert!(close(beta_cdf(0.5, 1.0, 2.0), 0.75) && close(beta_sf(0.5, 1.0, 2.0), 0.25));
//! assert!(
//!     close(beta_quantile(0.75, 1.0, 2.0), 0.5) && close(beta_upper_quantile(0.25, 1.0, 2.0), 0.5)
//! );
//! ```

use std::f64::consts::PI;

use super::special::{Tails, beta_power, beta_tails, gamma_tails};

pub(crate) use super::quantile::{beta_logit_near, t_upper_quantile_near};
pub use super::quantile::{
    beta_quantile, beta_upper_quantile, normal_quantile, normal_upper_quantile, t_quantile, t_upper_quantile,
};

/// Φ(z) = P(Z ≤ z), Z standard normal.
pub fn normal_cdf(z: f64) -> f64 {
    normal_sf(-z)
}

/// 1 − Φ(z) = ½ Q(½, z²/2) for z ≥ 0, 1 minus that of −z below; relative error about 1e-16 (1 + z²).
pub fn normal_sf(z: f64) -> f64 {
    let tail = 0.5 * gamma_tails(0.5, 0.5 * z * z).upper;
    if z < 0.0 { 1.0 - tail } else { tail }
}

/// Density of the standard normal, exp(−z²/2)/√(2π).
pub fn normal_pdf(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// (x, 1 − x) of the beta variable behind t: x = df/(df + t²).
fn t_as_beta(t: f64, df: f64) -> (f64, f64) {
    let t2 = t * t;
    if t2.is_infinite() {
        return (0.0, 1.0);
    }
    let sum = df + t2;
    (df / sum, t2 / sum)
}

/// Both tails of |T|: lower P(|T| ≤ |t|), upper P(|T| > |t|) = I_x(df/2, ½), x = df/(df + t²).
pub(super) fn t_folded(t: f64, df: f64) -> Tails {
    let (x, y) = t_as_beta(t, df);
    let tails = beta_tails(0.5 * df, 0.5, x, y);
    Tails { lower: tails.upper, upper: tails.lower }
}

/// |t| times the density of Student's t.
pub(super) fn t_power(t: f64, df: f64) -> f64 {
    let (x, y) = t_as_beta(t, df);
    beta_power(0.5 * df, 0.5, x, y)
}

/// P(T ≤ t) for Student's t with df > 0 (∞: normal).
pub fn t_cdf(t: f64, df: f64) -> f64 {
    t_sf(-t, df)
}

/// P(T > t) for Student's t with df > 0 (∞: normal): ½ I_x(df/2, ½), x = df/(df + t²), for t ≥ 0, and 1 minus
/// that of −t below. |t| up to 1e150; beyond it the tail is given as 0.
pub fn t_sf(t: f64, df: f64) -> f64 {
    if df == f64::INFINITY {
        return normal_sf(t);
    }
    let tail = 0.5 * t_folded(t, df).upper;
    if t < 0.0 { 1.0 - tail } else { tail }
}

/// P(|T| > |t|), the two-sided p-value of a t statistic; df > 0 (∞: normal).
pub fn t_two_sided_p(t: f64, df: f64) -> f64 {
    if df == f64::INFINITY {
        return gamma_tails(0.5, 0.5 * t * t).upper;
    }
    t_folded(t, df).upper
}

/// P(X ≤ x), X chi-square with k > 0 degrees of freedom: P(k/2, x/2).
pub fn chi2_cdf(x: f64, k: f64) -> f64 {
    gamma_tails(0.5 * k, 0.5 * x).lower
}

/// P(X > x), X chi-square with k > 0 degrees of freedom: Q(k/2, x/2).
pub fn chi2_sf(x: f64, k: f64) -> f64 {
    gamma_tails(0.5 * k, 0.5 * x).upper
}

/// Both tails of F(d1, d2) at x. An infinite d2 is chi-square(d1)/d1; an infinite d1 is d2/chi-square(d2).
fn f_tails(x: f64, d1: f64, d2: f64) -> Tails {
    match (d1 == f64::INFINITY, d2 == f64::INFINITY) {
        (true, true) => {
            if x.is_nan() {
                Tails { lower: x, upper: x }
            } else if x < 1.0 {
                Tails { lower: 0.0, upper: 1.0 }
            } else {
                Tails { lower: 1.0, upper: 0.0 }
            }
        }
        (false, true) => gamma_tails(0.5 * d1, 0.5 * d1 * x),
        (true, false) => {
            if x <= 0.0 {
                return Tails { lower: 0.0, upper: 1.0 };
            }
            let t = gamma_tails(0.5 * d2, 0.5 * d2 / x);
            Tails { lower: t.upper, upper: t.lower }
        }
        (false, false) => {
            if x == f64::INFINITY {
                return Tails { lower: 1.0, upper: 0.0 };
            }
            let sum = d1 * x + d2;
            beta_tails(0.5 * d1, 0.5 * d2, d1 * x / sum, d2 / sum)
        }
    }
}

/// P(F ≤ x), F with d1, d2 > 0 degrees of freedom, either may be ∞: I_v(d1/2, d2/2), v = d1 x/(d1 x + d2).
pub fn f_cdf(x: f64, d1: f64, d2: f64) -> f64 {
    f_tails(x, d1, d2).lower
}

/// P(F > x), F with d1, d2 > 0 degrees of freedom, either may be ∞.
pub fn f_sf(x: f64, d1: f64, d2: f64) -> f64 {
    f_tails(x, d1, d2).upper
}

/// P(B ≤ x), B ~ Beta(a, b), a, b > 0: I_x(a, b).
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    beta_tails(a, b, x, 1.0 - x).lower
}

/// P(B > x), B ~ Beta(a, b), a, b > 0: I_(1−x)(b, a).
pub fn beta_sf(x: f64, a: f64, b: f64) -> f64 {
    beta_tails(a, b, x, 1.0 - x).upper
}
