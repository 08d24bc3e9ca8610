//! What a number from answers is, and how it is printed.

use serde::Serialize;

use super::quantity::Unit;
use crate::estimate::{ConfidenceInterval, Estimate};
use crate::text::Text;

/// What is estimated from answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// The share of those who chose an option, in [0, 1].
    Share,
    /// The mean of numbers.
    Mean,
    /// The total of numbers.
    Total,
    /// A ratio of two totals.
    Ratio,
    /// A quantile of numbers.
    Quantile,
    /// The mean of the points that options have.
    Score,
}

impl Statistic {
    /// Its name in machine-readable files; the same as its serde name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Mean => "mean",
            Self::Total => "total",
            Self::Ratio => "ratio",
            Self::Quantile => "quantile",
            Self::Score => "score",
        }
    }

    /// Its name for people.
    pub fn text(self) -> Text {
        match self {
            Self::Share => Text::new("割合", "share"),
            Self::Mean => Text::new("平均", "mean"),
            Self::Total => Text::new("総計", "total"),
            Self::Ratio => Text::new("比", "ratio"),
            Self::Quantile => Text::new("分位点", "quantile"),
            Self::Score => Text::new("得点", "score"),
        }
    }

    /// Digits after the decimal point where the plan does not say: none for a total, one for all others.
    pub fn decimals(self) -> u8 {
        u8::from(self != Self::Total)
    }

    /// The name of the method of an interval; that of a quantile is Woodruff's whatever its step on the
    /// distribution function is called.
    pub fn interval_method(self, interval: &ConfidenceInterval) -> &'static str {
        match self {
            Self::Quantile => "woodruff",
            _ => interval.method.name(),
        }
    }
}

/// How a number from answers is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueFormat {
    /// What it is.
    pub statistic: Statistic,
    /// Its unit: `%` for a share and nothing else, so that nothing else is ever multiplied by 100.
    pub unit: Unit,
    /// Digits after the decimal point.
    pub decimals: u8,
}

impl ValueFormat {
    /// A share in percent, with one decimal.
    pub fn share() -> Self {
        Self { statistic: Statistic::Share, unit: Unit::Percent, decimals: Statistic::Share.decimals() }
    }
}

/// A number from answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimated {
    /// What it is, and how it is printed.
    pub format: ValueFormat,
    /// The number: a share in [0, 1], anything else in its unit.
    pub estimate: Estimate,
}

#[cfg(test)]
mod tests {
    use super::Statistic;

    #[test]
    fn the_name_of_a_statistic_is_its_serialised_name() {
        use Statistic::{Mean, Quantile, Ratio, Score, Share, Total};
        for statistic in [Share, Mean, Total, Ratio, Quantile, Score] {
            assert_eq!(serde_json::to_value(statistic).unwrap(), statistic.name());
        }
    }
}
