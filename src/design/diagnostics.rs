//! What the weights are like.

use super::Design;

/// Summary of the weights after calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightDiagnostics {
    /// Respondents.
    pub n: u64,
    /// Σ w.
    pub sum: f64,
    /// Σ w².
    pub sum_of_squares: f64,
    /// Least weight.
    pub min: f64,
    /// Greatest weight.
    pub max: f64,
    /// Least ratio of the weight after calibration to the one before.
    pub g_min: f64,
    /// Greatest such ratio.
    pub g_max: f64,
    /// Kish's design effect of weighting: n Σw²/(Σw)² (Kish 1965, §11.7).
    pub kish_deff: f64,
    /// n / `kish_deff`.
    pub effective_n: f64,
}

impl Design {
    /// Range, sums and Kish's design effect of the weights.
    ///
    /// ```
    /// use shihyo::design::{Declaration, declare};
    ///
    /// let d = declare(Declaration::new(3).weights(vec![1.0, 1.0, 2.0]))?.weight_diagnostics();
    /// assert_eq!((d.n, d.sum, d.sum_of_squares, d.min, d.max), (3, 4.0, 6.0, 1.0, 2.0));
    /// assert_eq!(d.kish_deff, 1.125); // 3 · 6/4²
    /// assert!((d.effective_n - 8.0 / 3.0).abs() < 1e-15);
    /// assert_eq!((d.g_min, d.g_max), (1.0, 1.0));
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    pub fn weight_diagnostics(&self) -> WeightDiagnostics {
        let sum: f64 = self.weights.iter().sum();
        let sum_of_squares: f64 = self.weights.iter().map(|w| w * w).sum();
        let range = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
        };
        let (min, max) = range(&mut self.weights.iter().copied());
        let ratios =
            self.weights.iter().zip(self.base_weights.iter()).filter(|(_, b)| **b > 0.0).map(|(w, b)| w / b);
        let (g_min, g_max) = range(&mut { ratios });
        let n = self.rows() as f64;
        let kish_deff = n * sum_of_squares / (sum * sum);
        WeightDiagnostics {
            n: self.rows() as u64,
            sum,
            sum_of_squares,
            min,
            max,
            g_min,
            g_max,
            kish_deff,
            effective_n: n / kish_deff,
        }
    }
}
