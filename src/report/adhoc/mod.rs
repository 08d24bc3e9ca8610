//! The rows of `shihyo estimate`: as a table for people, as CSV and as JSON.
//!
//! The fields of a row are a promise to scripts: the first nineteen are on every row of JSON and CSV, in this
//! order, and what a statistic has besides them follows.

mod data;
mod people;
mod weights;

pub use data::{csv, json};
pub use people::{PeopleTable, tables};
pub use weights::{WeightRow, csv as weights_csv};

pub use crate::decode::Base;
use crate::estimate::{Estimate, NotEstimable};
use crate::text::Text;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// A share, in [0, 1].
    Share,
    /// A mean.
    Mean,
    /// A total.
    Total,
    /// A ratio of two totals.
    Ratio,
    /// A quantile.
    Quantile,
    /// The difference of two domains.
    Difference,
    /// Rao and Scott's test of independence.
    RaoScott,
    /// The change from an earlier wave.
    Change,
}

impl Statistic {
    /// Its name in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Mean => "mean",
            Self::Total => "total",
            Self::Ratio => "ratio",
            Self::Quantile => "quantile",
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
            Self::Difference => Text::new("差", "difference"),
            Self::RaoScott => Text::new("Rao-Scott検定", "Rao-Scott test"),
            Self::Change => Text::new("変化", "change"),
        }
    }
}

/// What is to be known about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// The interval of the share is the classical binomial one: z and n.
    Binomial,
    /// The interval rests on the design: t with its degrees of freedom, and n_eff.
    Design,
    /// Fewer than 30 respondents: 参考値.
    Small,
    /// NCHS: not to be shown (Parker et al. 2017).
    NchsSuppress,
    /// NCHS: to be looked at by a statistician first.
    NchsReview,
}

impl Flag {
    /// Its name in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Self::Binomial => "binomial",
            Self::Design => "design",
            Self::Small => "n<30",
            Self::NchsSuppress => "nchs-suppress",
            Self::NchsReview => "nchs-review",
        }
    }
}

/// A value of a field that only some statistics have.
#[derive(Debug, Clone, PartialEq)]
pub enum More {
    /// A number, which may not exist.
    Number(Result<f64, NotEstimable>),
    /// A count.
    Count(u64),
    /// A text.
    Text(String),
}

/// One number with everything that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it is.
    pub statistic: Statistic,
    /// The column, as it was asked for.
    pub variable: String,
    /// The codes that count, as they were asked for; shares and their differences only.
    pub codes: Vec<String>,
    /// Variable and value of the breakdown; empty for everyone.
    pub by: Vec<(String, String)>,
    /// Who is in the base.
    pub base: Base,
    /// The number with its uncertainty. Of a test: its statistic.
    pub estimate: Estimate,
    /// The interval's method; `None` where there is no interval.
    pub method: Option<&'static str>,
    /// The level of the interval.
    pub level: f64,
    /// What is to be known.
    pub flags: Vec<Flag>,
    /// Fields that only this statistic has, by name.
    pub more: Vec<(&'static str, More)>,
}

impl Row {
    /// What of this row cannot be estimated, and why: in the order of the fields. A field that the statistic
    /// does not have (the n_eff of a mean) is not among them.
    pub fn reasons(&self) -> Vec<(&'static str, &NotEstimable)> {
        let e = &self.estimate;
        let spread = self.statistic != Statistic::RaoScott;
        let share = self.statistic == Statistic::Share;
        let deff = share || matches!(self.statistic, Statistic::Mean | Statistic::Total);
        let fields = [
            ("estimate", e.value.as_ref().err()),
            ("se", e.se.as_ref().err().filter(|_| spread)),
            ("ci", e.interval.as_ref().err().filter(|_| spread)),
            ("deff", e.deff.as_ref().err().filter(|_| deff)),
            ("n_eff", e.n_eff.as_ref().err().filter(|_| share)),
        ];
        let more = self.more.iter().map(|(name, more)| match more {
            More::Number(Err(reason)) => (*name, Some(reason)),
            _ => (*name, None),
        });
        fields.into_iter().chain(more).filter_map(|(field, reason)| reason.map(|r| (field, r))).collect()
    }
}

/// Everything that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The numbers, in the order asked for.
    pub rows: Vec<Row>,
    /// Base, design and methods, in words.
    pub notes: Vec<Text>,
    /// The level of all intervals.
    pub level: f64,
}
