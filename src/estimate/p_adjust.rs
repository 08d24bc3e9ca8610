//! Adjustment of p-values for the number of comparisons, as R's `p.adjust`.
//!
//! Each function takes p-values in [0, 1] in any order and gives the adjusted ones in the same order, each at
//! most 1. A caller with a test that was not possible leaves its p-value out, as R leaves out NA.
//!
//! ```
//! use shihyo::estimate::p_adjust::{benjamini_hochberg, bonferroni, hochberg, holm};
//!
//! let close = |a: Vec<f64>, b: [f64; 3]| a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-15);
//! let p = [0.04, 0.01, 0.03];
//! assert!(close(bonferroni(&p), [0.12, 0.03, 0.09])); // 3 p
//! assert!(close(holm(&p), [0.06, 0.03, 0.06])); // 3 · .01, 2 · .03, 1 · .04, none below the one before
//! assert!(close(hochberg(&p), [0.04, 0.03, 0.04])); // the same, none above the one after
//! assert!(close(benjamini_hochberg(&p), [0.04, 0.03, 0.04])); // 3/1 · .01, 3/2 · .03, 3/3 · .04
//! ```

/// How the p-values of a family of tests are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Adjustment {
    /// [`holm`]: the chance of any false verdict in the family is at most 1 − level.
    #[default]
    Holm,
    /// [`benjamini_hochberg`]: of the verdicts in the family, at most that part is false on average.
    BenjaminiHochberg,
    /// Each test by itself.
    None,
}

impl Adjustment {
    /// Its name for people, and in flags.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holm => "holm",
            Self::BenjaminiHochberg => "bh",
            Self::None => "none",
        }
    }

    /// The adjusted p-values of a family, in the order of `p`.
    ///
    /// ```
    /// use shihyo::estimate::p_adjust::Adjustment;
    /// assert_eq!(Adjustment::Holm.of(&[0.04, 0.01, 0.03]), [0.06, 0.03, 0.06]);
    /// assert_eq!(Adjustment::None.of(&[0.04]), [0.04]);
    /// ```
    pub fn of(self, p: &[f64]) -> Vec<f64> {
        match self {
            Self::Holm => holm(p),
            Self::BenjaminiHochberg => benjamini_hochberg(p),
            Self::None => p.to_vec(),
        }
    }
}

/// Ranks from the smallest p-value: positions of the values in ascending order, ties in their order.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    order
}

/// Holm 1979: with p₍₁₎ ≤ … ≤ p₍ₘ₎, the running maximum of (m − i + 1) p₍ᵢ₎, at most 1
/// (`p.adjust(method="holm")`).
///
/// ```
/// assert_eq!(shihyo::estimate::p_adjust::holm(&[0.04, 0.01, 0.03]), [0.06, 0.03, 0.06]);
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p.len()];
    let mut highest = 0.0f64;
    for (i, &at) in ascending(p).iter().enumerate() {
        highest = highest.max((p.len() - i) as f64 * p[at]).min(1.0);
        adjusted[at] = highest;
    }
    adjusted
}

/// Running minimum from the largest p-value down of factor(rank) · p, at most 1.
fn step_up(p: &[f64], factor: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut adjusted = vec![0.0; p.len()];
    let mut lowest = 1.0f64;
    for (i, &at) in ascending(p).iter().enumerate().rev() {
        lowest = lowest.min(factor((i + 1) as f64) * p[at]);
        adjusted[at] = lowest;
    }
    adjusted
}

/// Benjamini and Hochberg 1995 (false discovery rate): the running minimum from above of m p₍ᵢ₎/i, at most 1
/// (`p.adjust(method="BH")`).
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let m = p.len() as f64;
    step_up(p, |rank| m / rank)
}

/// Hochberg 1988: the running minimum from above of (m − i + 1) p₍ᵢ₎, at most 1
/// (`p.adjust(method="hochberg")`).
pub fn hochberg(p: &[f64]) -> Vec<f64> {
    let m = p.len() as f64;
    step_up(p, |rank| m - rank + 1.0)
}

/// Bonferroni: m pᵢ, at most 1 (`p.adjust(method="bonferroni")`).
pub fn bonferroni(p: &[f64]) -> Vec<f64> {
    let m = p.len() as f64;
    p.iter().map(|v| (m * v).min(1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::{benjamini_hochberg, bonferroni, hochberg, holm};

    type Adjust = fn(&[f64]) -> Vec<f64>;

    const ALL: [Adjust; 4] = [holm, benjamini_hochberg, hochberg, bonferroni];

    #[test]
    fn worked_by_hand() {
        let p = [0.04, 0.01, 0.03];
        assert_eq!(holm(&p), [0.06, 0.03, 0.06]);
        assert_eq!(bonferroni(&p), [0.12, 0.03, 0.09]);
        assert_eq!(hochberg(&p), [0.04, 0.03, 0.04]);
        assert_eq!(benjamini_hochberg(&p), [0.04, 0.03, 0.04]);
    }

    #[test]
    fn order_is_kept_and_nothing_leaves_the_unit_interval() {
        let p = [0.3, 0.001, 0.9, 0.02, 0.02, 1.0, 0.0];
        let reversed: Vec<f64> = p.iter().rev().copied().collect();
        for adjust in ALL {
            let (got, mut back) = (adjust(&p), adjust(&reversed));
            back.reverse();
            assert_eq!(got, back);
            for ((before, after), other) in p.iter().zip(&got).zip(bonferroni(&p)) {
                assert!(before <= after && *after <= 1.0 && *after <= other);
            }
            assert_eq!(got[3], got[4]);
        }
    }

    #[test]
    fn one_or_none() {
        for adjust in ALL {
            assert_eq!(adjust(&[0.2]), [0.2]);
            assert!(adjust(&[]).is_empty());
        }
    }
}
