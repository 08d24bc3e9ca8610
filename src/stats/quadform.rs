//! Tail of a linear combination of independent chi-squares, Σ λᵢ χ²(νᵢ), with coefficients of either sign.
//!
//! This is the null distribution of a Rao–Scott Pearson statistic (the λ are the generalised design effects) and, with
//! a negative term for the estimated variance, of its ratio to a chi-square denominator.

use super::dist::{normal_sf};

/// One term λ χ²(ν) of the combination.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// Coefficient, any finite number.
    pub lambda: f64,
    /// Degrees of freedom, > 0, not necessarily whole.
    pub df: f64,
}

/// P(Σ λᵢ χ²(1) > q), exactly (numerical inversion): what R's `pchisqsum(method="integration")` approximates by Davies'
/// algorithm to 1e-7 or so. Relative error about 1e-12 also far out in the tail.
pub fn upper_tail(q: f64, lambda: &[f64]) -> f64 {
    tail(q, &terms(lambda))
}

/// P(Σ λᵢ χ²(1) > q) by the saddlepoint approximation (Kuonen 1999), as R's `pchisqsum(method="saddlepoint")`.
pub fn upper_tail_saddlepoint(q: f64, lambda: &[f64]) -> f64 {
    tail_saddlepoint(q, &terms(lambda))
}

/// P(Σ λᵢ χ²(1) > x χ²(ddf)/ddf), exactly: the p-value of `svychisq(statistic="lincom")` with its denominator degrees of
/// freedom (R `pFsum(method="integration")`). `ddf` = ∞ is [`upper_tail`].
///
/// It is the probability that Σ λᵢ χ²(1) − (x/ddf) χ²(ddf) is positive.
pub fn f_upper_tail(x: f64, lambda: &[f64], ddf: f64) -> f64 {
    match f_terms(x, lambda, ddf) {
        Some(terms) => tail(0.0, &terms),
        None => upper_tail(x, lambda),
    }
}

/// As [`f_upper_tail`] by the saddlepoint approximation: `svychisq(statistic="saddlepoint")`, R `pFsum(method="saddlepoint")`.
pub fn f_upper_tail_saddlepoint(x: f64, lambda: &[f64], ddf: f64) -> f64 {
    match f_terms(x, lambda, ddf) {
        Some(terms) => tail_saddlepoint(0.0, &terms),
        None => upper_tail_saddlepoint(x, lambda),
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
    fn new(q: f64, terms: &[Term]) -> Scaled {
        if q.is_nan() || terms.iter().any(|t| !t.lambda.is_finite() || !(t.df > 0.0) || !t.df.is_finite()) {
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
        let terms =
            terms.iter().filter(|t| t.lambda != 0.0).map(|t| Term { lambda: t.lambda / scale, df: t.df }).collect();
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
            if f(inside) < 0.0 { a = inside } else { b = inside }
            let next = match (a.is_finite(), b.is_finite()) {
                (true, true) => 0.5 * (a + b),
                (true, false) => low + 2.0 * (inside - low),
                (false, true) => high - 2.0 * (high - inside),
                (false, false) => 2.0 * inside + 1.0,
            };
            if next == inside || (b - a) <= 1e-15 * (a.abs() + b.abs()) {
                return next;
            }
            inside = next;
        }
        inside
    }
}

/// P(Σ λᵢ χ²(νᵢ) > q), exactly.
///
/// The inversion integral (1/2πi) ∫ e^(K(s) − qs) ds/s runs through the saddle point s₀ of the integrand, along
/// s = s₀ + σ (i sinh v + β (cosh v − 1)), β of the sign of q: it never meets the cuts on the real axis, the integrand
/// dies away doubly exponentially (exponentially for q = 0), and the trapezoidal rule in v converges geometrically.
/// Since the integrand at s₀ is of the size of the answer, the error is relative. The smaller tail is integrated
/// (s₀ > 0 above the mean, < 0 below). Same integral as Imhof 1961 and Davies 1980, on a better path.
///
/// NaN when a coefficient is not finite or a df not positive and finite.
pub fn tail(q: f64, terms: &[Term]) -> f64 {
    let form = match Form::new(q, terms) {
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
    let bend = if form.q == 0.0 { 0.0 } else { 0.5f64.copysign(form.q) };
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
/// Source: Kuonen 1999, "Saddlepoint approximations for distributions of quadratic forms in normal variables",
/// Biometrika 86, 929–935 (R survey 4.5 `pchisqsum`, which near the mean falls back to Satterthwaite instead).
pub fn tail_saddlepoint(q: f64, terms: &[Term]) -> f64 {
    let form = match Form::new(q, terms) {
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
