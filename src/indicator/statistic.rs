//! What kind of number a number from answers is, and how it is printed.

use serde::{Serialize, Serializer};

use super::unit::Unit;
use crate::estimate::{Estimate, IntervalMethod};
use crate::text::Text;

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// The difference of two domains.
    Difference,
    /// Rao and Scott's test of independence.
    RaoScott,
    /// The change from an earlier wave.
    Change,
}

impl Statistic {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Mean => "mean",
            Self::Total => "total",
            Self::Ratio => "ratio",
            Self::Quantile => "quantile",
            Self::Score => "score",
            Self::Difference => "difference",
            Self::RaoScott => "rao-scott",
            Self::Change => "change",
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
            Self::Difference => Text::new("差", "difference"),
            Self::RaoScott => Text::new("Rao-Scott検定", "Rao-Scott test"),
            Self::Change => Text::new("変化", "change"),
        }
    }

    /// Digits after the decimal point where the plan does not say: none for a total, one for all others.
    pub fn decimals(self) -> u8 {
        u8::from(self != Self::Total)
    }

    /// The name of the method of its interval, where shares have theirs by `shares`. That of a quantile is
    /// Woodruff's, whatever its step on the distribution function is called; that of a difference is Wald's
    /// unless two shares are compared ([`DifferenceMethod`](crate::estimate::DifferenceMethod)).
    pub fn interval_method(self, shares: IntervalMethod) -> &'static str {
        match self {
            Self::Share => shares.name(),
            Self::Quantile => "woodruff",
            Self::Mean
            | Self::Total
            | Self::Ratio
            | Self::Score
            | Self::Difference
            | Self::RaoScott
            | Self::Change => IntervalMethod::Wald.name(),
        }
    }
}

impl Serialize for Statistic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
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
    /// As a number is printed where nobody says otherwise: a share in percent, all else without a unit.
    pub fn of(statistic: Statistic) -> Self {
        let unit = match statistic {
            Statistic::Share => Unit::Percent,
            _ => Unit::Named(String::new()),
        };
        Self { statistic, unit, decimals: statistic.decimals() }
    }

    /// A share in percent, with one decimal.
    pub fn share() -> Self {
        Self::of(Statistic::Share)
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
