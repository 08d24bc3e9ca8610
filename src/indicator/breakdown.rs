//! A breakdown: one number in each part of the respondents, held against the rest.

use serde::Serialize;

use super::fiscal_year::FiscalYear;
use super::statistic::ValueFormat;
use super::table::{DataKind, Group};
use super::trend::TrendNote;
use crate::estimate::{Estimate, NotEstimable};
use crate::text::Text;

/// One indicator of one wave by one or more variables.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Breakdown {
    /// The indicator's id.
    pub indicator: String,
    /// Its title.
    pub title: String,
    /// Key of the survey.
    pub survey: String,
    /// The wave.
    pub wave: FiscalYear,
    /// The question, such as `問12`; both of a ratio, `問8/問9`.
    pub question: String,
    /// What is taken of its answers, as in [`EstimateRecord`](super::EstimateRecord).
    pub options: Vec<String>,
    /// The base rule's name.
    pub base_rule: String,
    /// Of whom it is, in words, where the plan takes part of the respondents only.
    pub universe: Option<Text>,
    /// What it is, and how it is printed.
    pub format: ValueFormat,
    /// Confidence level of intervals and verdicts, such as 0.95.
    pub level: f64,
    /// 全体 first, then the parts in the order of their categories.
    pub rows: Vec<BreakdownRow>,
    /// Whether the responses are real.
    pub data: DataKind,
    /// What must be said before the wave is compared with the first one.
    pub trend: Option<TrendNote>,
}

/// One part of a breakdown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BreakdownRow {
    /// The part; empty for 全体.
    pub groups: Vec<Group>,
    /// The number in it.
    pub estimate: Estimate,
    /// Part minus rest; `None` for 全体.
    pub difference: Option<Difference>,
    /// Reliability flags, in alphabetical order.
    pub flags: Vec<String>,
}

/// The number in a part minus that in the rest of the respondents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Part − rest; of shares in [−1, 1].
    pub value: Result<f64, NotEstimable>,
    /// Its test, with the covariance of part and rest in it.
    pub test: Result<DifferenceTest, NotEstimable>,
    /// What may be said.
    pub verdict: Verdict,
}

/// A t test of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DifferenceTest {
    /// Standard error of the difference.
    pub se: f64,
    /// Lower confidence limit of the difference.
    pub low: f64,
    /// Upper confidence limit of the difference.
    pub high: f64,
    /// difference / se.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided p-value.
    pub p: f64,
}

/// Whether a part differs from the rest beyond sampling error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Higher than the rest.
    Higher,
    /// Lower than the rest.
    Lower,
    /// No difference beyond sampling error.
    NoDifference,
    /// There is no test, as its reason says.
    NotTested,
}
