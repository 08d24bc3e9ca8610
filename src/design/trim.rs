//! Trimming: weights outside limits are clipped, and what was cut is spread over the others.

use super::Design;
use crate::code::Code;
use crate::error::{Error, Result};

/// How often to trim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TrimRule {
    /// Once; spreading may push a weight over a limit again.
    #[default]
    Once,
    /// Until nothing is outside.
    Strict,
}

/// Limits for weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trim {
    /// Least weight.
    pub lower: f64,
    /// Greatest weight.
    pub upper: f64,
    /// How often.
    pub rule: TrimRule,
}

impl Trim {
    fn apply(&self, weights: &[f64]) -> Result<Vec<f64>> {
        let mut current = weights.to_vec();
        // Each round fixes at least one more weight at a limit, or ends.
        for _ in 0..=weights.len() {
            let outside: Vec<bool> = current.iter().map(|w| *w < self.lower || *w > self.upper).collect();
            let inside = outside.iter().filter(|o| !**o).count();
            if inside == current.len() {
                return Ok(current);
            }
            if inside == 0 {
                break;
            }
            let cut: f64 = current.iter().map(|w| w - w.clamp(self.lower, self.upper)).sum();
            let share = cut / inside as f64;
            for (w, outside) in current.iter_mut().zip(&outside) {
                *w = if *outside { w.clamp(self.lower, self.upper) } else { *w + share };
            }
            if self.rule == TrimRule::Once {
                return Ok(current);
            }
        }
        let (lower, upper) = (self.lower, self.upper);
        Err(Error::msg(
            Code::DesignTrim,
            format!("すべてのウェイトを{lower}から{upper}の間に収めることはできません"),
            format!("the weights cannot all be brought between {lower} and {upper}"),
        ))
    }
}

impl Design {
    /// Trims the weights (R `trimWeights`): clips them to the limits and spreads the sum of what was cut
    /// equally, additively, over the respondents that were not clipped. The variance keeps what earlier steps
    /// remembered.
    ///
    /// ```
    /// use shihyo::design::{Declaration, Trim, TrimRule, declare};
    ///
    /// // 3 of the weight 6 are cut, and ¾ go to each of the four others.
    /// let design = declare(Declaration::new(5).weights(vec![1.0, 1.0, 1.0, 1.0, 6.0]))?;
    /// let trimmed = design.trim(&Trim { lower: 0.0, upper: 3.0, rule: TrimRule::Once })?;
    /// assert_eq!(trimmed.weights(), [1.75, 1.75, 1.75, 1.75, 3.0]);
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// Limits that do not leave any weight, or that the sum of the weights cannot satisfy.
    pub fn trim(&self, trim: &Trim) -> Result<Self> {
        let (lower, upper) = (trim.lower, trim.upper);
        if lower.is_nan() || upper.is_nan() || lower > upper {
            return Err(Error::msg(
                Code::DesignTrim,
                format!("ウェイトの下限{lower}が上限{upper}を超えています"),
                format!("the lower limit {lower} is not below the upper limit {upper}"),
            ));
        }
        self.reweighted(trim.apply(&self.weights)?, |weights| trim.apply(weights))
    }
}
