//! Figures that follow from an estimate alone.

use crate::estimate::value::{Estimate, NotEstimable};
use crate::stats::dist::t_quantile;

impl Estimate {
    /// Coefficient of variation: se/|value|.
    ///
    /// # Errors
    /// The reason of either, or [`NotEstimable::ZeroDenominator`] when the value is 0.
    pub fn cv(&self) -> Result<f64, NotEstimable> {
        let (value, se) = (self.value.clone()?, self.se.clone()?);
        if value == 0.0 { Err(NotEstimable::ZeroDenominator) } else { Ok(se / value.abs()) }
    }

    /// Korn and Graubard's effective sample size, n_eff (t(n − 1)/t(df))² with t the quantiles at (1 +
    /// `level`)/2: what their interval puts in the place of n. Not capped at n.
    ///
    /// # Errors
    /// The reason why there is no effective sample size; one respondent; no degrees of freedom.
    pub fn korn_graubard_n(&self, level: f64, df: f64) -> Result<f64, NotEstimable> {
        let n_eff = self.n_eff.clone()?;
        if self.n < 2 {
            return Err(NotEstimable::SingleObservation);
        }
        if df.is_nan() || df <= 0.0 {
            return Err(NotEstimable::NoDegreesOfFreedom);
        }
        let t = |df: f64| t_quantile(0.5 + 0.5 * level, df);
        Ok(n_eff * (t(self.n as f64 - 1.0) / t(df)).powi(2))
    }
}
