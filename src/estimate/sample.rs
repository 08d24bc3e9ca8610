//! The rows that an estimate rests on, its value and its influence values.

use crate::design::{Design, Influences, NoVariance};
use crate::estimate::estimand::Estimand;
use crate::estimate::value::NotEstimable;

/// The base of one estimand in one domain.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) shape: Shape,
    pub(crate) rows: Vec<u32>,
    y: Vec<f64>,
    x: Option<Vec<f64>>,
    pub(crate) weight: f64,
    pub(crate) value: Result<f64, NotEstimable>,
    denominator: f64,
}

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Share,
    Mean,
    Total,
    Ratio,
}

impl Sample {
    pub(crate) fn new(design: &Design, estimand: &Estimand<'_>, rows: &[u32]) -> Self {
        let shape = match estimand {
            Estimand::Share(_) => Shape::Share,
            Estimand::Mean(_) => Shape::Mean,
            Estimand::Total(_) | Estimand::Count(_) => Shape::Total,
            Estimand::Ratio { .. } => Shape::Ratio,
        };
        let (mut kept, mut y, mut x) = (Vec::new(), Vec::new(), Vec::new());
        // Nobody speaks through a row without weight. (Under replicates it may have one in some of them.)
        let speaks = |row: u32| design.replicates().is_some() || design.weights()[row as usize] != 0.0;
        for row in rows.iter().filter(|row| speaks(**row)) {
            if let Some((yi, xi)) = estimand.at(*row as usize) {
                kept.push(*row);
                y.push(yi);
                if shape == Shape::Ratio {
                    x.push(xi);
                }
            }
        }
        let mut sample = Self {
            shape,
            rows: kept,
            y,
            x: (shape == Shape::Ratio).then_some(x),
            weight: 0.0,
            value: Err(NotEstimable::EmptyBase),
            denominator: 1.0,
        };
        sample.weight = sample.sum(design.weights(), |_, _| 1.0);
        let (value, denominator) = sample.point(design.weights());
        sample.denominator = denominator;
        // Those who answered without any weight are no nobody.
        let weightless = rows.iter().any(|row| !speaks(*row) && estimand.at(*row as usize).is_some());
        if !sample.rows.is_empty() || weightless {
            sample.value = if value.is_finite() { Ok(value) } else { Err(NotEstimable::ZeroDenominator) };
        }
        sample
    }

    fn sum(&self, weights: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
        let mut sum = 0.0;
        for (at, row) in self.rows.iter().enumerate() {
            sum += weights[*row as usize] * term(self.y[at], self.x.as_ref().map_or(1.0, |x| x[at]));
        }
        sum
    }

    /// The estimate under other weights, and its denominator. Not finite when the denominator is 0.
    pub(crate) fn point(&self, weights: &[f64]) -> (f64, f64) {
        let numerator = self.sum(weights, |y, _| y);
        let denominator = match self.shape {
            Shape::Total => 1.0,
            Shape::Share | Shape::Mean | Shape::Ratio => self.sum(weights, |_, x| x),
        };
        (if denominator == 0.0 { f64::NAN } else { numerator / denominator }, denominator)
    }

    /// Rows in the base.
    pub(crate) fn n(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Rows whose answer counts.
    pub(crate) fn n_yes(&self) -> Option<u64> {
        (self.shape == Shape::Share).then(|| self.y.iter().filter(|y| **y == 1.0).count() as u64)
    }

    /// z of each row: share, mean (y − θ)/Σw; ratio (y − θ x)/Σw x; total y.
    pub(crate) fn influence(&self) -> Result<Vec<f64>, NotEstimable> {
        let theta = self.value.clone()?;
        Ok(match self.shape {
            Shape::Total => self.y.clone(),
            Shape::Share | Shape::Mean => self.y.iter().map(|y| (y - theta) / self.denominator).collect(),
            Shape::Ratio => self
                .y
                .iter()
                .zip(self.x.iter().flatten())
                .map(|(y, x)| (y - theta * x) / self.denominator)
                .collect(),
        })
    }

    /// s² = n/(n − 1) Σ w (y − ȳ)²/Σ w, the variance of one answer.
    pub(crate) fn unit_variance(&self, weights: &[f64]) -> Option<f64> {
        let n = self.n() as f64;
        if n < 2.0 || self.weight == 0.0 {
            return None;
        }
        let mean = self.sum(weights, |y, _| y) / self.weight;
        Some(n / (n - 1.0) * self.sum(weights, |y, _| (y - mean) * (y - mean)) / self.weight)
    }
}

impl From<NoVariance> for NotEstimable {
    fn from(reason: NoVariance) -> Self {
        match reason {
            NoVariance::LonelyPsu => Self::LonelyPsu,
            NoVariance::NoReplicates => Self::NotDefined,
        }
    }
}

/// The influence values of several samples side by side, over the rows of any of them.
pub(crate) fn side_by_side(samples: &[&Sample], rows: usize) -> Result<Influences, NotEstimable> {
    let together = within_union(samples, rows)?;
    // Several shares of one base (the cells of a table) are one domain; different bases meet in the whole
    // design.
    let one_base = samples.windows(2).all(|pair| pair[0].rows == pair[1].rows);
    Ok(if one_base { together } else { together.over_whole_design() })
}

/// As [`side_by_side`], with the rows of any of the samples as the one domain, in which lonely units are
/// judged.
pub(crate) fn within_union(samples: &[&Sample], rows: usize) -> Result<Influences, NotEstimable> {
    let k = samples.len();
    if let [sample] = samples {
        return Ok(Influences::new(1, sample.rows.clone(), sample.influence()?));
    }
    let mut held = vec![false; rows];
    for sample in samples {
        sample.rows.iter().for_each(|row| held[*row as usize] = true);
    }
    let union: Vec<u32> = (0..rows as u32).filter(|row| held[*row as usize]).collect();
    let mut values = vec![0.0; union.len() * k];
    for (j, sample) in samples.iter().enumerate() {
        let mut at = 0;
        for (row, z) in sample.rows.iter().zip(sample.influence()?) {
            while union[at] < *row {
                at += 1;
            }
            values[at * k + j] = z;
        }
    }
    Ok(Influences::new(k, union, values))
}
