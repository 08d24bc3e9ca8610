//! The progress table as values: what the exporters turn into CSV, JSON, XLSX and HTML.

use serde::Serialize;

use super::admin_cell::Mark;
use super::fiscal_year::FiscalYear;
use super::number_key::NumberKey;
use super::quantity::Quantity;
use super::statistic::{Estimated, ValueFormat};
use super::status::StatusReport;
use super::target::{Direction, Target};
use super::trend::TrendNote;
use super::unit::Unit;
use crate::decode::BaseLedger;
use crate::estimate::Estimate;
use crate::finding::Finding;
use crate::provenance::Place;
use crate::text::Text;

/// Whether the data behind an output are real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DataKind {
    /// Real answers and counts.
    Real,
    /// 合成データ: made by a program; every output says so.
    Synthetic,
}

/// The whole progress table of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorTable {
    /// Title, such as `西東京市 地域福祉計画 進捗管理表`.
    pub title: String,
    /// The year columns, in order: the first is the 現状値, the last the 目標値.
    pub years: Vec<FiscalYear>,
    /// The year of the 現状値.
    pub baseline_year: FiscalYear,
    /// The year of the 目標値.
    pub target_year: FiscalYear,
    /// The year whose 取組状況 is told; the next one is that of the 今後の展開.
    pub report_year: FiscalYear,
    /// The goals, in order.
    pub goals: Vec<Goal>,
    /// The items, in order; those of one goal stand together.
    pub rows: Vec<IndicatorRow>,
    /// Notes under the table: the plan's own, and those that follow from how the surveys were made.
    pub notes: Vec<Text>,
    /// Whether the data are real.
    pub data: DataKind,
}

/// A goal (基本目標) with its directions (施策の方向).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Goal {
    /// Its number.
    pub number: u32,
    /// Its title, such as `基本目標1 一人一人が活躍する地域づくり`.
    pub title: String,
    /// The directions, one a line.
    pub directions: Vec<String>,
    /// Page numbers in the plan, such as `45-48`.
    pub page: Option<String>,
}

/// One item (項目) of the table: one or more measures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorRow {
    /// Stable id, such as `volunteer-intent`.
    pub id: String,
    /// Number of its goal.
    pub goal: u32,
    /// 担当部署.
    pub department: String,
    /// 項目, as printed.
    pub title: String,
    /// 目標設定の考え方; `None` prints blank.
    pub rationale: Option<String>,
    /// 令和n年度の取組状況; `None` prints blank.
    pub actions: Option<String>,
    /// 令和n+1年度に向けた今後の展開; `None` prints blank.
    pub next_steps: Option<String>,
    /// The measures: one, or several such as 拠点数 / 延べ利用者数 / 延べ利用回数.
    pub measures: Vec<Measure>,
}

/// One measured line of an item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// Name of the sub-measure; `None` for an item of one measure.
    pub sub_item: Option<String>,
    /// Unit, such as `人` or `%`.
    pub unit: Unit,
    /// Which way is good.
    pub direction: Direction,
    /// One cell a year column before the target's, in the order of [`IndicatorTable::years`].
    pub cells: Vec<YearCell>,
    /// The target; `None` when the plan has none (or it is not legible, as a note says).
    pub target: Option<Target>,
    /// How far it is.
    pub status: StatusReport,
}

/// What the year column is to the indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 現状値.
    Baseline,
    /// 実績値.
    Actual,
    /// 目標値.
    Target,
}

/// One year of a measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearCell {
    /// The year.
    pub year: FiscalYear,
    /// Baseline or actual.
    pub role: Role,
    /// What stands there.
    pub content: CellContent,
}

/// What a year's cell holds. The blanks stay apart: each means something else.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CellContent {
    /// A value.
    Value(Box<Observation>),
    /// `-`: no survey that year.
    NotSurveyed,
    /// The unit alone: to be filled in when the year is over.
    Pending,
    /// `…`: there is a value, but it is not available (illegible, lost).
    NotAvailable,
    /// `x`: suppressed to protect persons.
    Suppressed,
}

/// A value with its source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Observation {
    /// The value.
    pub value: ObservedValue,
    /// 速報値, 訂正.
    pub mark: Option<Mark>,
    /// A note printed with the value, such as `※速報値`, as the source has it.
    pub note: Option<String>,
    /// Where it comes from.
    pub source: ValueSource,
    /// What must be said before it is compared with the first value, where something differs between the
    /// surveys.
    pub trend: Option<TrendNote>,
}

/// The value of an observation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ObservedValue {
    /// A number estimated from answers.
    Estimated(Box<Estimated>),
    /// A count or percentage as an office reported it, exact as written.
    Reported(Quantity),
}

/// Where an observation comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ValueSource {
    /// Computed from response files.
    Survey {
        /// Key of the survey in the plan.
        survey: String,
        /// The wave.
        wave: FiscalYear,
        /// Whether the responses are real.
        data: DataKind,
    },
    /// An administrative count.
    Admin {
        /// The cell that it was read from.
        place: Place,
        /// Its address, such as `C12`, and the headings that it was found by.
        #[serde(skip)]
        found: (String, Vec<String>),
        /// Whether the count is real.
        data: DataKind,
    },
    /// A figure carried over from a publication, whose raw files are gone or not at hand.
    Published,
}

/// The base ledger of one question of one wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerRecord {
    /// Key of the survey.
    pub survey: String,
    /// The wave.
    pub wave: FiscalYear,
    /// The question.
    pub question: String,
    /// Its ledger.
    pub ledger: BaseLedger,
}

/// What the quality report holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// One ledger a question and wave.
    pub ledgers: Vec<LedgerRecord>,
    /// All findings, in the order in which the rooms met them.
    pub findings: Vec<Finding>,
    /// What each decision about answers that break the rules does to each estimate, in the order of the
    /// estimates.
    pub effects: Vec<PolicyEffect>,
}

/// What a decision about answers that break the rules does to one estimate of one wave (全体).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyEffect {
    /// Key of the estimate.
    pub analysis_key: NumberKey,
    /// The indicator's id.
    pub indicator: String,
    /// Key of the survey.
    pub survey: String,
    /// The wave.
    pub wave: FiscalYear,
    /// What is estimated, and how it is printed.
    pub format: ValueFormat,
    /// The decision's key, as the questionnaire and the plan have it: `two_marks`, `dont_know`, `duplicates`
    /// …
    pub policy: &'static str,
    /// The decision in words.
    pub policy_words: Text,
    /// The question that it is about: the estimate's own, one that its skip rule or its condition depends
    /// on, or one that weights are made from; `None` for duplicates.
    pub question: Option<String>,
    /// Respondents whose answers called for the decision, at least 1.
    pub affected: u64,
    /// What was decided, and the estimate under it.
    pub in_force: PolicySetting,
    /// What else could have been decided, and the estimate had it been.
    pub alternatives: Vec<PolicySetting>,
}

/// An estimate under one setting of a decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicySetting {
    /// The setting's key: `invalid`, `first` …
    pub setting: &'static str,
    /// The setting in words.
    pub words: Text,
    /// The estimate; in words why there is none.
    pub estimate: Result<Estimate, Text>,
}

impl PolicySetting {
    /// The value (a share in [0, 1]), unrounded; in words why there is none.
    pub fn value(&self) -> Result<f64, Text> {
        let estimate = self.estimate.as_ref().map_err(Clone::clone)?;
        estimate.value.as_ref().copied().map_err(|reason| reason.text())
    }
}

impl PolicyEffect {
    /// The value under `other` minus that under what was decided, unrounded; `None` where one of them
    /// does not exist.
    pub fn difference(&self, other: &PolicySetting) -> Option<f64> {
        Some(other.value().ok()? - self.in_force.value().ok()?)
    }
}
