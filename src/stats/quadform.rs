//! Tail of a linear combination of independent chi-squares, Σ λᵢ χ²(νᵢ), with coefficients of either sign.
//!
//! This is the null distribution of a Rao–Scott Pearson statistic (the λ are the generalised design effects)
//! and, with a negative term for the estimated variance, of its ratio to a chi-square denominator.
//!
//! ```
//! use shihyo::stats::quadform::{
//!     Term, f_upper_tail, f_upper_tail_saddlepoint, tail, tail_saddlepoint, upper_tail,
//!     upper_tail_saddlepoint,
//! };
//! let close = |a: f64, b: f64| (a - b).abs() < 1e-13;
//! // Two equal terms are chi-square with two degrees of freedom: exp(−q/2); over a denominator
//! // F(2, 2): 1/(1 + x/2).
//! assert!(close(upper_tail(4.0, &[1.0, 1.0]), (-2.0_f64).exp()));
//! assert!(close(f_upper_tail(6.0, &[1.0, 1.0], 2.0), 0.25));
//! // χ²(2) − χ²(2) is positive as often as not.
//! let plus_minus = [Term { lambda: 1.0, df: 2.0 }, Term { lambda: -1.0, df: 2.0 }];
//! assert!(close(tail(0.0, &plus_minus), 0.5) && close(tail_saddlepoint(0.0, &plus_minus), 0.5));
//! // The saddlepoint gives .1368 for .1353 and .2527 for .25.
//! assert_eq!(format!("{:.4}", upper_tail_saddlepoint(4.0, &[1.0, 1.0])), "0.1368");
//! assert_eq!(format!("{:.4}", f_upper_tail_saddlepoint(6.0, &[1.0, 1.0], 2.0)), "0.2527");
//! ```

use super::dist::normal_sf;

/// One term λ χ²(ν) of the combination.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// Coefficient, any finite number.
    pub lambda: f64,
    /// Degrees of freedom, > 0, not necessarily whole.
    pub df: f64,
}

/// P(Σ λᵢ χ²(1) > q), exactly (numerical inversion): what R's `pchisqsum(method="integration")` approximates
/// by Davies' algorithm to 1e-7 or so. Relative error about 1e-12 also far out in the tail.
pub fn upper_tail(q: f64, lambda: &[f64]) -> f64 {
    tail(q, &terms(lambda))
}

/// P(Σ λᵢ χ²(1) > q) by the saddlepoint approximation (Kuonen 1999), as R's
/// `pchisqsum(method="saddlepoint")`.
pub fn upper_tail_saddlepoint(q: f64, lambda: &[f64]) -> f64 {
    tail_saddlepoint(q, &terms(lambda))
}

/// P(Σ λᵢ χ²(1) > x χ²(ddf)/ddf), exactly, as the probability that Σ λᵢ χ²(1) − (x/ddf) χ²(ddf) is positive;
/// ddf > 0, not necessarily whole, ∞ is [`upper_tail`].
pub fn f_upper_tail(x: f64, lambda: &[f64], ddf: f64) -> f64 {
    match f_terms(x, lambda, ddf) {
        Some(terms) => tail(0.0, &terms),
        None => upper_tail(x, lambda),
    }
}

/// As [`f_upper_tail`] by the saddlepoint approximation.
pub fn f_upper_tail_saddlepoint(x: f64, lambda: &[f64], ddf: f64) -> f64 {
    match f_terms(x, lambda, ddf) {
        Some(terms) => tail_saddlepoint(0.0, &terms),
        None => upper_tail_saddlepoint(x, lambda),
    }
}

/// How the tail of a Rao–Scott statistic is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TailMethod {
    /// By numerical integration: `svychisq(statistic="lincom")`. (R needs its package CompQuadForm for it,
    /// and gives the saddlepoint p-value in its place, with a warning, when that is not installed.)
    Exact,
    /// By Kuonen's saddlepoint approximation: `svychisq(statistic="saddlepoint")`.
    Saddlepoint,
}

/// How a fractional number of denominator degrees of freedom is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenominatorDf {
    /// As it is.
    Fractional,
    /// As R survey 4.5 `pFsum` does: the term −x/ddf stands ⌊ddf⌋ times, so that the denominator's mean is
    /// ⌊ddf⌋/ddf. The p-value differs from the other by some per cent when ddf is small (nhanes, ddf 30.8:
    /// .0610 against .0573).
    WholeAsR,
}

/// p-value of a Rao–Scott Pearson statistic x2 whose generalised design effects are λ (the eigenvalues of
/// Delta), with ν degrees of freedom of the design: P(Σ λᵢ χ²(1) > x2 χ²(ddf)/ddf), ddf = ν (Σλ)²/Σλ², as for
/// the F statistic.
///
/// ```
/// use shihyo::stats::quadform::{DenominatorDf, TailMethod, rao_scott_p};
/// // Equal effects: X²/λ is chi-square, and F with ν·k degrees of freedom below.
/// let p = rao_scott_p(9.0, &[1.5, 1.5], 20.0, TailMethod::Exact, DenominatorDf::Fractional);
/// assert!((p - shihyo::stats::dist::f_sf(3.0, 2.0, 40.0)).abs() < 1e-13);
/// ```
///
/// ν > 0, ∞ for no denominator. Source: Rao and Scott 1981, 1984; R survey 4.5 `svychisq` and `pFsum`.
pub fn rao_scott_p(x2: f64, lambda: &[f64], nu: f64, method: TailMethod, denominator: DenominatorDf) -> f64 {
    let (sum, squares) = lambda.iter().fold((0.0, 0.0), |(s, q), l| (s + l, q + l * l));
    let ddf = nu * sum * sum / squares;
    let positive = match (f_terms(x2, lambda, ddf), denominator) {
        (None, _) => {
            return match method {
                TailMethod::Exact => upper_tail(x2, lambda),
                TailMethod::Saddlepoint => upper_tail_saddlepoint(x2, lambda),
            };
        }
        (Some(terms), DenominatorDf::Fractional) => terms,
        (Some(mut terms), DenominatorDf::WholeAsR) => {
            if let Some(last) = terms.last_mut() {
                last.df = last.df.floor().max(1.0);
            }
            terms
        }
    };
    match method {
        TailMethod::Exact => tail(0.0, &positive),
        TailMethod::Saddlepoint => tail_saddlepoint(0.0, &positive),
    }
}

fn terms(lambda: &[f64]) -> Vec<Term> {
    lambda.iter().map(|&lambda| Term { lambda, df: 1.0 }).collect()
}

fn f_terms(x: f64, lambda: &[f64], ddf: f64) -> Option<Vec<Term>> {
    if ddf == f64::INFINITY {
        return None;
    }
    let mut all = terms(lambda);
    all.push(Term { lambda: -x / ddf, df: ddf });
    Some(all)
}

/// The combination, scaled so that the largest |λ| is 1, without its zero terms.
struct Form {
    q: f64,
    terms: Vec<Term>,
}

/// A tail that needs no integral.
enum Scaled {
    Known(f64),
    Form(Form),
}

impl Form {
    fn scaled(q: f64, terms: &[Term]) -> Scaled {
        if q.is_nan() || terms.iter().any(|t| !t.lambda.is_finite() || !t.df.is_finite() || t.df <= 0.0) {
            return Scaled::Known(f64::NAN);
        }
        let scale = terms.iter().map(|t| t.lambda.abs()).fold(0.0, f64::max);
        let positive = terms.iter().any(|t| t.lambda > 0.0);
        let negative = terms.iter().any(|t| t.lambda < 0.0);
        if (!positive && q >= 0.0) || q == f64::INFINITY {
            return Scaled::Known(0.0);
        }
        if (!negative && q <= 0.0) || q == f64::NEG_INFINITY {
            return Scaled::Known(1.0);
        }
        let terms = terms
            .iter()
            .filter(|t| t.lambda != 0.0)
            .map(|t| Term { lambda: t.lambda / scale, df: t.df })
            .collect();
        Scaled::Form(Self { q: q / scale, terms })
    }

    /// K(s) = −½ Σ ν ln(1 − 2 λ s).
    fn cumulant(&self, s: f64) -> f64 {
        self.terms.iter().map(|t| -0.5 * t.df * (-2.0 * t.lambda * s).ln_1p()).sum()
    }

    /// K'(s), K''(s), K'''(s).
    fn derivatives(&self, s: f64) -> (f64, f64, f64) {
        self.terms.iter().fold((0.0, 0.0, 0.0), |(k1, k2, k3), t| {
            let r = t.lambda / (1.0 - 2.0 * t.lambda * s);
            (k1 + t.df * r, k2 + 2.0 * t.df * r * r, k3 + 8.0 * t.df * r * r * r)
        })
    }

    /// β of the path, the cotangent of its angle with the real axis far out, held within ±0.7. A linear term
    /// pulls it to its side. Without one the angle π ν₊/(ν₊ + ν₋) makes the phases of the terms with λ > 0
    /// and λ < 0 cancel, so that the integrand does not oscillate however many degrees of freedom one side
    /// has.
    fn bend(&self) -> f64 {
        if self.q != 0.0 {
            return 0.7f64.copysign(self.q);
        }
        let all: f64 = self.terms.iter().map(|t| t.df).sum();
        let positive: f64 = self.terms.iter().filter(|t| t.lambda > 0.0).map(|t| t.df).sum();
        (std::f64::consts::FRAC_PI_2 - std::f64::consts::PI * positive / all).tan().clamp(-0.7, 0.7)
    }

    fn mean(&self) -> f64 {
        self.terms.iter().map(|t| t.df * t.lambda).sum()
    }

    /// The open interval around 0 on which K exists.
    fn domain(&self) -> (f64, f64) {
        self.terms.iter().fold((f64::NEG_INFINITY, f64::INFINITY), |(low, high), t| {
            let pole = 0.5 / t.lambda;
            if pole > 0.0 { (low, high.min(pole)) } else { (low.max(pole), high) }
        })
    }

    /// Zero of an increasing function on the open interval (low, high), either of which may be infinite.
    fn root(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
        let (mut a, mut b) = (low, high);
        let mut inside = match (low.is_finite(), high.is_finite()) {
            (true, true) => 0.5 * (low + high),
            (true, false) => low + 1.0,
            (false, true) => high - 1.0,
            (false, false) => 0.0,
        };
        for _ in 0..2000 {
            if f(inside) < 0.0 {
                a = inside
            } else {
                b = inside
            }
            let next = match (a.is_finite(), b.is_finite()) {
                (true, true) => 0.5 * (a + b),
                (true, false) => low + 2.0 * (inside - low),
                (false, true) => high - 2.0 * (high - inside),
                (false, false) => 2.0 * inside + 1.0,
            };
            let closed = a.is_finite() && b.is_finite() && b - a <= 1e-15 * (a.abs() + b.abs());
            if closed || next == inside {
                return next;
            }
            inside = next;
        }
        inside
    }
}

/// P(Σ λᵢ χ²(νᵢ) > q), exactly.
///
/// The inversion integral (1/2πi) ∫ e^(K(s) − qs) ds/s runs through the saddle point s₀ of the integrand,
/// along s = s₀ + σ (i sinh v + β (cosh v − 1)), β of the sign of q: it never meets the cuts on the real
/// axis, the integrand dies away doubly exponentially (exponentially for q = 0, where β balances the terms'
/// phases), and the trapezoidal rule in v converges geometrically. Since the integrand at s₀ is of the size
/// of the answer, the error is relative. The smaller tail is integrated (s₀ > 0 above the mean, < 0 below).
/// Same integral as Imhof 1961 and Davies 1980, on a better path.
///
/// NaN when a coefficient is not finite or a df not positive and finite.
pub fn tail(q: f64, terms: &[Term]) -> f64 {
    let form = match Form::scaled(q, terms) {
        Scaled::Known(p) => return p,
        Scaled::Form(form) => form,
    };
    let (low, high) = form.domain();
    let slope = |s: f64| form.derivatives(s).0 - form.q - 1.0 / s;
    if form.q >= form.mean() {
        let s0 = Form::root(0.0, high, slope);
        invert(&form, s0)
    } else {
        let s0 = Form::root(low, 0.0, slope);
        1.0 + invert(&form, s0)
    }
}

/// (1/2πi) ∫ e^(K(s) − qs) ds/s on the path through s₀; minus the lower tail when s₀ < 0.
fn invert(form: &Form, s0: f64) -> f64 {
    let sigma = 1.0 / (form.derivatives(s0).1 + 1.0 / (s0 * s0)).sqrt();
    let bend = form.bend();
    let height = (form.cumulant(s0) - form.q * s0).exp() / s0;
    // Real part of e^(K(s) − qs − K(s₀) + q s₀) · s₀/s · (ds/dv)/(i σ) at v.
    let integrand = |v: f64| {
        let (sinh, cosh) = (v.sinh(), v.cosh());
        let half = (0.5 * v).sinh();
        let (dx, dy) = (sigma * bend * 2.0 * half * half, sigma * sinh);
        let (mut re, mut im) = (-form.q * dx, -form.q * dy);
        for t in &form.terms {
            // ln of (1 − 2λs)/(1 − 2λs₀) = ln(1 + w)
            let factor = -2.0 * t.lambda / (1.0 - 2.0 * t.lambda * s0);
            let (wx, wy) = (factor * dx, factor * dy);
            re -= 0.25 * t.df * (2.0 * wx + wx * wx + wy * wy).ln_1p();
            im -= 0.5 * t.df * wy.atan2(1.0 + wx);
        }
        let (sx, sy) = (1.0 + dx / s0, dy / s0);
        re -= 0.5 * (2.0 * dx / s0 + (dx / s0).powi(2) + sy * sy).ln_1p();
        im -= sy.atan2(sx);
        // (ds/dv)/(i σ) = cosh v − i β sinh v
        re.exp() * (im.cos() * cosh + im.sin() * bend * sinh)
    };
    let sum = |h: f64, offset: f64| {
        let mut total = 0.0;
        let mut quiet = 0;
        let mut k = 0.0;
        while quiet < 4 && k < 1e6 {
            let value = integrand(offset + k * h);
            total += value;
            quiet = if value.abs() <= 1e-18 * total.abs() { quiet + 1 } else { 0 };
            k += 1.0;
        }
        total
    };
    let mut h = 0.25;
    let mut total = sum(h, 0.0) - 0.5 * integrand(0.0);
    for _ in 0..8 {
        let refined = total + sum(h, 0.5 * h);
        let change = (0.5 * refined - total).abs();
        total = refined;
        h *= 0.5;
        if change <= 1e-14 * (0.5 * total).abs() {
            break;
        }
    }
    height * sigma * h * total / std::f64::consts::PI
}

/// P(Σ λᵢ χ²(νᵢ) > q) by the saddlepoint approximation: 1 − Φ(w + ln(v/w)/w), w = sign(ŝ) √(2(ŝ q − K(ŝ))),
/// v = ŝ √K''(ŝ), K'(ŝ) = q. At the mean (ŝ = 0) its limit 1 − Φ(K'''(0)/(6 K''(0)^{3/2})).
///
/// Source: Kuonen 1999, "Saddlepoint approximations for distributions of quadratic forms in normal
/// variables", Biometrika 86, 929–935 (R survey 4.5 `pchisqsum`, which near the mean falls back to
/// Satterthwaite instead).
pub fn tail_saddlepoint(q: f64, terms: &[Term]) -> f64 {
    let form = match Form::scaled(q, terms) {
        Scaled::Known(p) => return p,
        Scaled::Form(form) => form,
    };
    let (low, high) = form.domain();
    let s = Form::root(low, high, |s| form.derivatives(s).0 - form.q);
    let (_, k2, _) = form.derivatives(s);
    let v = s * k2.sqrt();
    if v.abs() < 1e-5 {
        let (_, k2, k3) = form.derivatives(0.0);
        return normal_sf(v + k3 / (6.0 * k2.powf(1.5)));
    }
    let w = (2.0 * (s * form.q - form.cumulant(s))).max(0.0).sqrt().copysign(s);
    normal_sf(w + (v / w).ln() / w)
}

#[cfg(test)]
mod tests {
    use super::{
        Term, f_upper_tail, f_upper_tail_saddlepoint, tail, tail_saddlepoint, upper_tail,
        upper_tail_saddlepoint,
    };
    use crate::stats::dist::{chi2_sf, f_sf};

    #[track_caller]
    fn near(got: f64, want: f64, tolerance: f64) {
        let off = ((got - want) / want).abs();
        assert!(off <= tolerance, "got {got:e}, want {want:e}, relative difference {off:e}");
    }

    /// Ruben's series in mpmath 1.4.1 at 30 digits: q, λ, P(Σ λ χ²(1) > q).
    #[test]
    fn agrees_with_rubens_series() {
        let table: [(f64, &[f64], f64); 7] = [
            (5.0, &[1.0, 0.5, 0.25], 0.047_916_490_436_457_34),
            (1.0, &[1.0, 0.5, 0.25], 0.597_944_514_547_964_5),
            (60.0, &[1.0, 0.5, 0.25], 1.566_345_988_841_87e-14),
            (12.0, &[3.0, 1.0, 0.8, 0.7, 0.5], 0.098_003_039_029_416_6),
            (0.05, &[3.0, 1.0, 0.8, 0.7, 0.5], 0.999_968_244_080_614_6),
            (20.0, &[5.0, 0.5], 0.048_485_876_112_808_24),
            (300.0, &[5.0, 1.0, 1.0, 1.0], 1.333_826_624_491_191_5e-14),
        ];
        for (q, lambda, want) in table {
            near(upper_tail(q, lambda), want, 1e-12);
        }
    }

    #[test]
    fn equal_coefficients_are_a_chi_square() {
        for k in [1, 2, 3, 10, 200] {
            let lambda = vec![0.7; k];
            for q in [1e-3, 0.3, 1.0, 5.0, 40.0, 400.0, 1300.0] {
                let want = chi2_sf(q / 0.7, k as f64);
                if want > 1e-290 {
                    near(upper_tail(q, &lambda), want, 1e-11);
                }
            }
        }
    }

    #[test]
    fn equal_coefficients_over_a_chi_square_are_f() {
        for (k, ddf) in
            [(1, 1.0), (2, 16.0), (3, 16.0), (4, 0.5), (6, 197.5), (2, 1e6), (20, 7.0), (2, 1e9), (150, 3.0)]
        {
            let lambda = vec![1.3; k];
            for x in [0.01, 0.9, 3.0, 17.0, 60.0, 500.0] {
                let want = f_sf(x / (1.3 * k as f64), k as f64, ddf);
                if want > 1e-290 {
                    near(f_upper_tail(x, &lambda, ddf), want, 2e-11);
                }
            }
        }
    }

    /// With pairs of equal λ the terms are exponential and the tail is Σ wᵢ e^(−q/2λᵢ), wᵢ = Π λᵢ/(λᵢ − λⱼ).
    #[test]
    fn pairs_of_coefficients_have_a_closed_form() {
        let lambda = [2.0, 1.1, 0.3];
        let terms: Vec<Term> = lambda.iter().map(|&lambda| Term { lambda, df: 2.0 }).collect();
        for q in [0.2, 2.0, 9.0, 50.0, 200.0] {
            let want: f64 = (0..3)
                .map(|i| {
                    let weight: f64 =
                        (0..3).filter(|&j| j != i).map(|j| lambda[i] / (lambda[i] - lambda[j])).product();
                    weight * (-q / (2.0 * lambda[i])).exp()
                })
                .sum();
            near(tail(q, &terms), want, 1e-11);
        }
    }

    #[test]
    fn signs_and_scale() {
        let form = [Term { lambda: 1.5, df: 3.0 }, Term { lambda: -0.4, df: 7.0 }];
        let mirrored = form.map(|t| Term { lambda: -t.lambda, ..t });
        let scaled = form.map(|t| Term { lambda: 1e6 * t.lambda, ..t });
        for q in [-20.0, -1.0, 0.0, 0.5, 3.0, 30.0] {
            let p = tail(q, &form);
            assert!((p + tail(-q, &mirrored) - 1.0).abs() < 1e-12);
            near(tail(1e6 * q, &scaled), p, 1e-11);
            assert!((tail_saddlepoint(q, &form) + tail_saddlepoint(-q, &mirrored) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_denominator_of_many_degrees_of_freedom_is_none() {
        let lambda = [1.2, 0.8, 0.1];
        for x in [0.4, 3.0, 25.0] {
            let limit = upper_tail(x, &lambda);
            assert_eq!(f_upper_tail(x, &lambda, f64::INFINITY), limit);
            // The next term is of the order x²/ddf.
            near(f_upper_tail(x, &lambda, 1e10), limit, 1.3e-8);
            near(f_upper_tail_saddlepoint(x, &lambda, 1e10), upper_tail_saddlepoint(x, &lambda), 1.3e-8);
        }
    }

    #[test]
    fn saddlepoint_is_near_and_smooth_at_the_mean() {
        let lambda = [1.4, 1.0, 0.7, 0.3];
        let mean = 3.4;
        for q in [1.0, mean - 1e-3, mean, mean + 1e-3, 8.0, 20.0, 60.0] {
            near(upper_tail_saddlepoint(q, &lambda), upper_tail(q, &lambda), 0.12);
        }
        let at = |q: f64| upper_tail_saddlepoint(q, &lambda);
        assert!((at(mean - 1e-6) + at(mean + 1e-6) - 2.0 * at(mean)).abs() < 1e-9);
        assert!(at(mean - 1e-6) > at(mean) && at(mean) > at(mean + 1e-6));
    }

    #[test]
    fn ends_need_no_integral() {
        assert_eq!(upper_tail(0.0, &[1.0, 0.5]), 1.0);
        assert_eq!(upper_tail(-3.0, &[1.0, 0.5]), 1.0);
        assert_eq!(upper_tail(2.0, &[]), 0.0);
        assert_eq!(upper_tail(2.0, &[0.0, -1.0]), 0.0);
        assert_eq!(upper_tail(f64::INFINITY, &[1.0]), 0.0);
        assert!(upper_tail(f64::NAN, &[1.0]).is_nan());
        assert!(upper_tail(1.0, &[f64::NAN]).is_nan());
        assert_eq!(f_upper_tail(0.0, &[1.0], 5.0), 1.0);
    }
}
