//! Calibration to totals of any auxiliaries: w F(x'λ) with F linear, exponential or logit (Deville and
//! Särndal 1992).

use super::Design;
use super::projection::{Basis, ColumnBasis, DEPENDENT, Projection};
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::stats::CompensatedSum;
use crate::stats::linalg::NormalEquations;
use crate::text::Text;

/// How far a weight may move: the function F with F(0) = 1 and F'(0) = 1.
///
/// ```
/// use shihyo::design::{Calibration, CalibrationFunction, CalibrationTerm, Design};
///
/// // Two men and two women, of whom there are 3 and 2: with indicators every F gives the
/// // post-stratified weights.
/// let sex = |name: &str, values: [f64; 4], total| CalibrationTerm {
///     name: name.to_owned(),
///     values: values.to_vec(),
///     total,
/// };
/// let terms = vec![sex("男", [1.0, 1.0, 0.0, 0.0], 3.0), sex("女", [0.0, 0.0, 1.0, 1.0], 2.0)];
/// for function in [CalibrationFunction::Raking, CalibrationFunction::Logit { bounds: (0.5, 2.0) }] {
///     let design = Design::simple(4)?.calibrate(&Calibration { terms: terms.clone(), function })?;
///     assert!(design.weights().iter().zip([1.5, 1.5, 1.0, 1.0]).all(|(w, e)| (w - e).abs() < 1e-10));
/// }
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CalibrationFunction {
    /// F(u) = 1 + u (GREG); within `bounds` on new/old weight when given.
    Linear {
        /// Least and greatest ratio of new to old weight.
        bounds: Option<(f64, f64)>,
    },
    /// F(u) = exp u: weights stay positive.
    Raking,
    /// Logit: the ratio stays strictly within the bounds (low < 1 < high).
    Logit {
        /// Least and greatest ratio of new to old weight.
        bounds: (f64, f64),
    },
}

impl CalibrationFunction {
    /// Its name, as R `calibrate(calfun = …)` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear { .. } => "linear",
            Self::Raking => "raking",
            Self::Logit { .. } => "logit",
        }
    }

    /// F and its derivative at `u`.
    fn at(self, u: f64) -> (f64, f64) {
        match self {
            Self::Linear { bounds: None } => (1.0 + u, 1.0),
            Self::Linear { bounds: Some((low, high)) } => {
                let g = 1.0 + u;
                if g < low {
                    (low, 0.0)
                } else if g > high {
                    (high, 0.0)
                } else {
                    (g, 1.0)
                }
            }
            Self::Raking => (u.exp(), u.exp()),
            Self::Logit { bounds: (low, high) } => {
                let a = (high - low) / ((1.0 - low) * (high - 1.0));
                // Written with exp of a negative number, so that it cannot overflow.
                let g = if u > 0.0 {
                    let e = (-a * u).exp();
                    (low * (high - 1.0) * e + high * (1.0 - low)) / ((high - 1.0) * e + 1.0 - low)
                } else {
                    let e = (a * u).exp();
                    (low * (high - 1.0) + high * (1.0 - low) * e) / (high - 1.0 + (1.0 - low) * e)
                };
                (g, a * (g - low) * (high - g) / (high - low))
            }
        }
    }

    /// How far u may move in one step: beyond, a logit is flat, and what is flat tells no way back.
    fn reach(self) -> f64 {
        match self {
            Self::Linear { .. } | Self::Raking => f64::INFINITY,
            Self::Logit { bounds: (low, high) } => 4.0 * (1.0 - low) * (high - 1.0) / (high - low),
        }
    }

    fn check(self) -> Result<()> {
        let bounds = match self {
            Self::Linear { bounds: Some(b) } | Self::Logit { bounds: b } => b,
            Self::Linear { bounds: None } | Self::Raking => return Ok(()),
        };
        if bounds.0 < 1.0 && bounds.1 > 1.0 && bounds.0.is_finite() && bounds.1.is_finite() {
            return Ok(());
        }
        let (low, high) = bounds;
        Err(Error::msg(
            Code::DesignCalibrateBounds,
            format!("較正の上下限は 下限 < 1 < 上限 でなければなりません（{low}、{high}）"),
            format!("calibration bounds must be low < 1 < high, not {low} and {high}"),
        ))
    }
}

/// One auxiliary and its population total.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationTerm {
    /// Its name, for messages.
    pub name: String,
    /// x of every respondent; 1 for an intercept, 0/1 for an indicator.
    pub values: Vec<f64>,
    /// Σ x over the population.
    pub total: f64,
}

/// A calibration: Σ w_new x = total for every term.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The auxiliaries.
    pub terms: Vec<CalibrationTerm>,
    /// How far weights may move.
    pub function: CalibrationFunction,
}

const MAX_STEPS: u32 = 200;

impl Calibration {
    fn check(&self, rows: usize) -> Result<()> {
        self.function.check()?;
        for term in &self.terms {
            let name = &term.name;
            if term.values.len() != rows {
                let length = term.values.len();
                return Err(Error::msg(
                    Code::DesignLength,
                    format!("補助変数「{name}」は{length}人分ですが、回答者は{rows}人です"),
                    format!("auxiliary \"{name}\" has {length} values for {rows} respondents"),
                ));
            }
            if let Some(row) = term.values.iter().position(|x| !x.is_finite()) {
                return Err(Error::msg(
                    Code::DesignCalibrateMissing,
                    format!("補助変数「{name}」が{}人目の回答者でわかりません", row + 1),
                    format!("auxiliary \"{name}\" is missing for respondent {}", row + 1),
                ));
            }
        }
        Ok(())
    }

    /// Σ w F(x'λ) x − total by term, and the largest of them relative to the size of the sum.
    fn misfit(&self, weights: &[f64], ratios: &[f64]) -> (Vec<f64>, (f64, usize)) {
        let mut worst = (0.0, 0);
        let off = self.terms.iter().enumerate().map(|(j, term)| {
            let (mut sum, mut size) = (CompensatedSum::default(), 0.0);
            for ((w, g), x) in weights.iter().zip(ratios).zip(&term.values) {
                sum.add(w * g * x);
                size += (w * g * x).abs();
            }
            sum.add(-term.total);
            let error = sum.value().abs() / size.max(term.total.abs()).max(f64::MIN_POSITIVE);
            if error > worst.0 || error.is_nan() {
                worst = (error, j);
            }
            sum.value()
        });
        let off: Vec<f64> = off.collect();
        (off, worst)
    }

    fn ratios(&self, lambda: &[f64], rows: usize) -> (Vec<f64>, Vec<f64>) {
        let mut u = vec![0.0; rows];
        for (l, term) in lambda.iter().zip(&self.terms) {
            for (u, x) in u.iter_mut().zip(&term.values) {
                *u += l * x;
            }
        }
        u.into_iter().map(|u| self.function.at(u)).unzip()
    }

    /// The largest change of u = x'λ over the respondents that `step` makes.
    fn change(&self, step: &[f64], rows: usize) -> f64 {
        let of_row =
            |row: usize| -> f64 { step.iter().zip(&self.terms).map(|(s, t)| s * t.values[row]).sum() };
        (0..rows).map(|row| of_row(row).abs()).fold(0.0, f64::max)
    }

    /// New weights, by Newton's method on λ with halved steps where a full one leads away or too far.
    fn solve(&self, weights: &[f64]) -> Result<Vec<f64>> {
        let (p, rows) = (self.terms.len(), weights.len());
        let mut lambda = vec![0.0; p];
        let (mut ratios, mut slopes) = self.ratios(&lambda, rows);
        let (mut off, mut worst) = self.misfit(weights, &ratios);
        for _ in 0..MAX_STEPS {
            let mut jacobian = vec![0.0; p * p];
            for row in 0..rows {
                let w = weights[row] * slopes[row];
                for i in 0..p {
                    let wx = w * self.terms[i].values[row];
                    for j in 0..=i {
                        jacobian[i * p + j] += wx * self.terms[j].values[row];
                    }
                }
            }
            for i in 0..p {
                for j in 0..i {
                    jacobian[j * p + i] = jacobian[i * p + j];
                }
            }
            let Some(step) = NormalEquations::new(&jacobian, p, DEPENDENT).and_then(|n| n.solve(&off)) else {
                break;
            };
            let mut share = (self.function.reach() / self.change(&step, rows)).min(1.0);
            let next = loop {
                let candidate: Vec<f64> = lambda.iter().zip(&step).map(|(l, s)| l - share * s).collect();
                let (g, d) = self.ratios(&candidate, rows);
                let (o, e) = self.misfit(weights, &g);
                if e.0 < worst.0 {
                    break Some((candidate, g, d, o, e));
                }
                share /= 2.0;
                if share < 1e-9 {
                    break None;
                }
            };
            // No step leads nearer: at the solution, up to rounding, or at a dead end.
            let Some((l, g, d, o, e)) = next else { break };
            (lambda, ratios, slopes, off, worst) = (l, g, d, o, e);
        }
        if worst.0.is_nan() || worst.0 > 1e-11 {
            let (error, j) = worst;
            let name = self.terms.get(j).map_or("", |t| t.name.as_str());
            return Err(Diagnostic::new(
                Code::DesignCalibrateConverge,
                Text::new(
                    format!(
                        "較正ウェイトが求まりません。補助変数「{name}」が目標から相対{error:.1e}ずれています"
                    ),
                    format!(
                        "calibration found no weights: auxiliary \"{name}\" is off by {error:.1e} (relative)"
                    ),
                ),
            )
            .help(Text::new(
                "上下限をゆるめるか、補助変数を減らします",
                "widen the bounds, or use fewer auxiliaries",
            ))
            .into());
        }
        Ok(weights.iter().zip(&ratios).map(|(w, g)| w * g).collect())
    }
}

impl Design {
    /// Calibrates the weights (R `calibrate` with `calfun` linear, raking or logit). Replicates are
    /// calibrated one by one.
    ///
    /// w_new = w F(x'λ) with λ such that Σ w_new x is the total of every term; the variance takes what a
    /// regression on x leaves of the influence values. For a logit with the bounds L and U and A = (U −
    /// L)/((1 − L)(U − 1)), F(u) = (L (U − 1) + U (1 − L) e^(A u))/(U − 1 + (1 − L) e^(A u)). Source: Deville
    /// and Särndal 1992, JASA 87, 376–382.
    ///
    /// ```
    /// use shihyo::design::{Calibration, CalibrationFunction, CalibrationTerm, Design};
    ///
    /// // w = 1 + λ x with Σ w x = 10 + 30 λ = 20: λ = 1/3.
    /// let income =
    ///     CalibrationTerm { name: "所得".to_owned(), values: vec![1.0, 2.0, 3.0, 4.0], total: 20.0 };
    /// let linear = CalibrationFunction::Linear { bounds: None };
    /// let design =
    ///     Design::simple(4)?.calibrate(&Calibration { terms: vec![income], function: linear })?;
    /// let expected = [4.0 / 3.0, 5.0 / 3.0, 2.0, 7.0 / 3.0];
    /// assert!(design.weights().iter().zip(expected).all(|(w, e)| (w - e).abs() < 1e-12));
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// An auxiliary that is missing for a respondent, bounds that do not hold 1, or totals that no weights
    /// within the bounds can reach: the message names the auxiliary.
    pub fn calibrate(&self, calibration: &Calibration) -> Result<Self> {
        calibration.check(self.rows())?;
        let before = self.weights.clone();
        let next = self.reweighted(calibration.solve(&before)?, |weights| calibration.solve(weights))?;
        let after = next.weights.clone();
        Ok(next.with_projection(|| {
            let columns: Vec<Vec<f64>> = calibration.terms.iter().map(|t| t.values.clone()).collect();
            Projection { after, basis: Basis::Columns(ColumnBasis::new(&before, &columns)) }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Calibration, CalibrationFunction, CalibrationTerm, Design};

    fn term(name: &str, values: Vec<f64>, total: f64) -> CalibrationTerm {
        CalibrationTerm { name: name.to_owned(), values, total }
    }

    #[test]
    fn a_logit_finds_weights_far_from_the_first_ones() {
        // With indicators of groups every function gives the post-stratified weights.
        let groups = [(0.0, 13, 450.0), (1.0, 14, 500.0), (2.0, 15, 9.0)];
        let of_row: Vec<f64> = groups.iter().flat_map(|(g, n, _)| std::iter::repeat_n(*g, *n)).collect();
        let is = |g: f64| of_row.iter().map(|h| f64::from(u8::from(*h == g))).collect();
        let terms = groups.iter().map(|(g, _, total)| term("区分", is(*g), *total)).collect();
        let function = CalibrationFunction::Logit { bounds: (0.5, 40.0) };
        let design = Design::simple(42).unwrap().calibrate(&Calibration { terms, function }).unwrap();
        for (weight, group) in design.weights().iter().zip(&of_row) {
            let (_, n, total) = groups[*group as usize];
            assert!((weight / (total / n as f64) - 1.0).abs() < 1e-10, "{group} {weight}");
        }
    }

    #[test]
    fn a_logit_finds_the_weights_that_its_totals_were_made_of() {
        // Totals of the weights F(λ₁ + λ₂ x), so that these are the solution.
        let x: Vec<f64> = (1..=40).map(f64::from).collect();
        for (bounds, lambda) in
            [((0.5, 40.0), (-1.0, 0.09)), ((0.05, 100.0), (2.5, -0.08)), ((0.9, 3.0), (1.0, 0.02))]
        {
            let function = CalibrationFunction::Logit { bounds };
            let expected: Vec<f64> = x.iter().map(|x| function.at(lambda.0 + lambda.1 * x).0).collect();
            let total = |x: &[f64]| x.iter().zip(&expected).map(|(x, w)| x * w).sum();
            let one = vec![1.0; 40];
            let terms = vec![term("1", one.clone(), total(&one)), term("x", x.clone(), total(&x))];
            let design = Design::simple(40).unwrap().calibrate(&Calibration { terms, function }).unwrap();
            for (weight, expected) in design.weights().iter().zip(&expected) {
                assert!((weight / expected - 1.0).abs() < 1e-8, "{bounds:?} {weight} {expected}");
            }
        }
    }
}
