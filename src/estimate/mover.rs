//! The difference of two shares by their Wilson limits (MOVER: the method of variance estimates recovery).
//!
//! Wald's interval takes the variance at the estimates themselves: a share of 0 % has none, so that 0 of 64
//! against 15 of 736 came out significant. Newcombe (1998) takes for each limit of the difference the
//! distances to the limits that the two shares have themselves, which never vanish; Zou and Donner (2008) add
//! the correlation of the two.

use crate::estimate::interval::{ShareInputs, wilson_limits};
use crate::estimate::value::{ConfidenceInterval, IntervalMethod, NotEstimable};
use crate::stats::dist::normal_sf;

/// Two shares that are compared.
///
/// With l and u the Wilson limits of each (n_eff and t, each with its own degrees of freedom; n in the place
/// of n_eff at 0 and 1) and r the correlation of the two estimates, the limits of p₁ − p₂ are
///
/// - low: d − √((p₁ − l₁)² + (u₂ − p₂)² − 2 r (p₁ − l₁)(u₂ − p₂)),
/// - high: d + √((u₁ − p₁)² + (p₂ − l₂)² − 2 r (u₁ − p₁)(p₂ − l₂)).
///
/// Source: Newcombe 1998, Statistics in Medicine 17:873 (method 10); Zou and Donner 2008, Statistics in
/// Medicine 27:1693, for the correlation; Franco et al. 2019 for Wilson limits on an effective n.
///
/// ```
/// use shihyo::estimate::interval::ShareInputs;
/// use shihyo::estimate::mover::SharePair;
///
/// // Newcombe 1998, table II: 56 of 70 and 48 of 80.
/// let simple = |x: f64, n: u64| {
///     let p = x / n as f64;
///     ShareInputs { p, variance: p * (1.0 - p) / n as f64, n, df: f64::INFINITY }
/// };
/// let pair = SharePair { first: simple(56.0, 70), second: simple(48.0, 80), correlation: 0.0 };
/// let limits = pair.interval(0.95)?;
/// assert_eq!(format!("{:.4} {:.4}", limits.low, limits.high), "0.0524 0.3339");
/// // 0 of 20 and 0 of 10: no difference, and no certainty either.
/// let none = SharePair { first: simple(0.0, 20), second: simple(0.0, 10), correlation: 0.0 };
/// let limits = none.interval(0.95)?;
/// assert_eq!(format!("{:.4} {:.4}", limits.low, limits.high), "-0.2775 0.1611");
/// assert_eq!(none.p_value()?, 1.0);
/// # Ok::<(), shihyo::estimate::NotEstimable>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SharePair {
    /// The share p₁, with what its interval needs.
    pub first: ShareInputs,
    /// The share p₂.
    pub second: ShareInputs,
    /// The correlation of the two estimates, in [−1, 1]; 0 for independent samples.
    pub correlation: f64,
}

/// A p-value is looked for down to the normal tail beyond so many standard deviations, about 1e-300.
const FARTHEST: f64 = 37.0;

impl SharePair {
    /// p₁ − p₂.
    pub fn difference(&self) -> f64 {
        self.first.p - self.second.p
    }

    /// The limits of the difference at `level`; they never leave [−1, 1].
    ///
    /// # Errors
    /// As [`share_interval`](crate::estimate::interval::share_interval) of either share;
    /// [`NotEstimable::Known`] where both are known without sampling error.
    pub fn interval(&self, level: f64) -> Result<ConfidenceInterval, NotEstimable> {
        if !(level > 0.0 && level < 1.0) {
            return Err(NotEstimable::NotDefined);
        }
        let (low, high) = self.limits(0.5 * (1.0 - level))?;
        Ok(ConfidenceInterval { low, high, method: IntervalMethod::Mover, level })
    }

    /// The two-sided p-value by inversion: 1 − the level of the interval that just touches 0.
    ///
    /// # Errors
    /// As [`SharePair::interval`].
    pub fn p_value(&self) -> Result<f64, NotEstimable> {
        let d = self.difference();
        // The limit on the side of 0, as a distance from it: positive while 0 is outside.
        let outside = |z: f64| self.limits(normal_sf(z)).map(|(low, high)| if d > 0.0 { low } else { -high });
        if outside(0.0)? <= 0.0 {
            return Ok(1.0);
        }
        let (mut out, mut inside) = (0.0, FARTHEST);
        if outside(inside)? > 0.0 {
            return Ok(2.0 * normal_sf(inside));
        }
        while inside - out > 1e-13 * inside {
            let middle = 0.5 * (out + inside);
            if outside(middle)? > 0.0 { out = middle } else { inside = middle }
        }
        Ok((2.0 * normal_sf(0.5 * (out + inside))).min(1.0))
    }

    /// The limits with `tail` on either side.
    fn limits(&self, tail: f64) -> Result<(f64, f64), NotEstimable> {
        let (a, b) = (wilson_limits(&self.first, tail)?, wilson_limits(&self.second, tail)?);
        if self.first.is_known() && self.second.is_known() {
            return Err(NotEstimable::Known);
        }
        let (p, q, r) = (self.first.p, self.second.p, self.correlation.clamp(-1.0, 1.0));
        let apart = |x: f64, y: f64| (x * x + y * y - 2.0 * r * x * y).max(0.0).sqrt();
        let d = self.difference();
        Ok((d - apart(p - a.low, b.high - q), d + apart(a.high - p, q - b.low)))
    }
}
