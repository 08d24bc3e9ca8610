//! Progress status: what a person may say about baseline, latest value and target.

use serde::Serialize;

use super::fiscal_year::FiscalYear;

/// The rule that turns baseline, latest value and target into a status; the plan chooses one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum ProgressRule {
    /// Healthy People 2020/2030 (NCHS): a change counts when it is larger than sampling error at `level`, or,
    /// where no standard errors exist, when it is at least 10 % of the targeted change (worse: of the
    /// baseline).
    NoiseAware {
        /// Confidence level of the test of change, such as 0.95 (two-sided).
        level: f64,
    },
    /// Pace (StatCan, Open SDG, Eurostat): observed over required change up to the latest year;
    /// at least 0.95 on track, at least 0.60 progress, at least 0 little, below 0 worse.
    Pace,
    /// Fixed band: shares within ± `points` (in [0, 1]), and counts, means, scores and the like within
    /// ± `relative` of the baseline are unchanged.
    Band {
        /// Half-width for shares, such as 0.03.
        points: f64,
        /// Half-width for everything but shares, relative to the baseline, such as 0.10.
        relative: f64,
    },
}

/// The state of an indicator. Under `Pace` and `Band` the same five words are used with that rule's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgressState {
    /// 目標達成: at or beyond the target.
    TargetMet,
    /// 改善: toward the target, beyond noise.
    Improved,
    /// ほぼ変化なし: little or no detectable change.
    LittleChange,
    /// 悪化: away from the target, beyond noise.
    Worse,
    /// 現状値のみ: nothing later than the baseline yet.
    BaselineOnly,
    /// 目標値なし.
    NoTarget,
    /// 現状値なし.
    NoBaseline,
    /// 比較不可: the latest value cannot be compared with the baseline, so nothing is judged.
    NotComparable,
}

/// A value in time. Shares in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// Its fiscal year.
    pub year: FiscalYear,
    /// The value.
    pub value: f64,
    /// Its standard error, where it comes from a random sample.
    pub se: Option<f64>,
    /// Its confidence limits at the plan's level, where they exist.
    pub limits: Option<(f64, f64)>,
    /// Degrees of freedom of `se`.
    pub df: Option<f64>,
    /// Respondents in the base of a share; none of anything else.
    pub n: Option<u64>,
}

/// What a change between two waves was held against.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "evidence", rename_all = "snake_case")]
pub enum ChangeEvidence {
    /// Both values have standard errors: the test of the difference of independent waves, of shares by their
    /// Wilson limits, of others by t with Satterthwaite's df.
    Tested {
        /// Standard error of the change.
        se: f64,
        /// change / se, where that is the test.
        t: Option<f64>,
        /// Degrees of freedom.
        df: f64,
        /// Two-sided p-value.
        p: f64,
    },
    /// No standard errors: relative limits decided.
    Relative {
        /// |change| over the targeted change (or over the baseline, when moving away).
        ratio: f64,
        /// The limit that it was held against.
        limit: f64,
    },
}

/// Why the achievement rate has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Undefined {
    /// No baseline.
    NoBaseline,
    /// No target.
    NoTarget,
    /// Nothing later than the baseline.
    NoLaterValue,
    /// 維持目標: target = baseline, so that there is no targeted change to divide by. So too where the target
    /// says 以上 or 以下: that which was reached is to be kept, not passed.
    Maintain,
    /// 達成済み: the baseline is beyond the target already, so that no change leads to it.
    AlreadyMet,
    /// 比較不可: the latest value answers another question than the baseline, or is of others.
    NotComparable,
}

/// How the latest value stands to the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetClearance {
    /// Not reached.
    NotMet,
    /// Reached; a count, or the whole interval is at or beyond the target.
    Cleared,
    /// The point estimate reaches the target, but its interval does not clear it.
    PointOnly,
}

/// The status with everything it was made from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatusReport {
    /// The rule.
    pub rule: ProgressRule,
    /// The state.
    pub state: ProgressState,
    /// 現状値.
    pub baseline: Option<Point>,
    /// The latest value after the baseline.
    pub latest: Option<Point>,
    /// 目標値 (shares in [0, 1]).
    pub target: Option<f64>,
    /// (latest − baseline)/(target − baseline): 1 is the target reached.
    pub progress: Result<f64, Undefined>,
    /// latest − baseline.
    pub change: Option<f64>,
    /// What the change was held against.
    pub evidence: Option<ChangeEvidence>,
    /// How the latest value stands to the target.
    pub clearance: Option<TargetClearance>,
    /// The plan's own word for the state (a/b/c, S–C, ◎○△×), where it has a ladder.
    pub label: Option<String>,
    /// A manual override: the word that a person chose, and why.
    pub manual: Option<(String, String)>,
}
