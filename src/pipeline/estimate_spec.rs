//! The mirror of what an indicator takes from a survey; of whom is written as in a questionnaire.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_spanned::Spanned;

use crate::decode::Base;
use crate::questionnaire::AskedIfSpec;
use crate::toml::text::Word;

/// 調査の割合 / a share of a survey.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareSpec {
    /// 調査 / key of the survey
    #[schemars(with = "String")]
    pub survey: Word,
    /// 設問 / the question
    #[schemars(with = "String")]
    pub question: Word,
    /// 数える選択肢 / the options that count (merged by adding their counts)
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub of: Spanned<Vec<Word>>,
    /// 集計母数 / the base: "all" (無回答も分母), "asked" (非該当を除く), "answered" (無回答・無効も除く)
    pub base: Base,
    /// わからないの扱い / わからない as no answer: "answer" (a valid answer) or "missing"
    pub dont_know: Option<DontKnowSpec>,
    /// 対象者（調査票の asked_if と同じ書き方）/ of whom, written as asked_if in a questionnaire
    #[serde(rename = "where")]
    #[schemars(with = "Option<AskedIfSpec>")]
    pub(super) condition: Option<Spanned<AskedIfSpec>>,
}

/// 数量回答の平均・総計 / the mean or total of the numbers answered to a question.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberSpec {
    /// 調査 / key of the survey
    #[schemars(with = "String")]
    pub survey: Word,
    /// 設問（数量回答）/ the question, of type number
    #[schemars(with = "String")]
    pub question: Word,
    /// 対象者（調査票の asked_if と同じ書き方）/ of whom, written as asked_if in a questionnaire
    #[serde(rename = "where")]
    #[schemars(with = "Option<AskedIfSpec>")]
    pub(super) condition: Option<Spanned<AskedIfSpec>>,
}

/// 2つの数量回答の比 / the total of one number question over that of another, of those who answered both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatioSpec {
    /// 調査 / key of the survey
    #[schemars(with = "String")]
    pub survey: Word,
    /// 分子の設問（数量回答）/ question of the numerator
    #[schemars(with = "String")]
    pub numerator: Word,
    /// 分母の設問（数量回答）/ question of the denominator
    #[schemars(with = "String")]
    pub denominator: Word,
    /// 対象者（調査票の asked_if と同じ書き方）/ of whom, written as asked_if in a questionnaire
    #[serde(rename = "where")]
    #[schemars(with = "Option<AskedIfSpec>")]
    pub(super) condition: Option<Spanned<AskedIfSpec>>,
}

/// 数量回答の分位点 / a quantile of the numbers answered to a question.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuantileSpec {
    /// 調査 / key of the survey
    #[schemars(with = "String")]
    pub survey: Word,
    /// 設問（数量回答）/ the question, of type number
    #[schemars(with = "String")]
    pub question: Word,
    /// 分位（0から1。中央値は 0.5）/ the probability, from 0 to 1: 0.5 is the median
    #[schemars(with = "f64")]
    pub at: Spanned<f64>,
    /// 対象者（調査票の asked_if と同じ書き方）/ of whom, written as asked_if in a questionnaire
    #[serde(rename = "where")]
    #[schemars(with = "Option<AskedIfSpec>")]
    pub(super) condition: Option<Spanned<AskedIfSpec>>,
}

/// 選択肢の点数の平均 / the mean of the points that the options of a single answer have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreSpec {
    /// 調査 / key of the survey
    #[schemars(with = "String")]
    pub survey: Word,
    /// 設問（単数回答）/ the question, of type single
    #[schemars(with = "String")]
    pub question: Word,
    /// 選択肢の点数 / points by option, such as { "満足" = 5, "やや満足" = 4 }
    #[schemars(with = "BTreeMap<String, f64>")]
    pub points: Spanned<BTreeMap<Word, Spanned<f64>>>,
    /// 点数を付けず、集計の外に置く選択肢（わからないの選択肢は書かなくてよい）/ options without points,
    /// outside the base; those marked dont_know need not be named
    #[schemars(with = "Vec<String>")]
    #[serde(default)]
    pub outside: Vec<Word>,
    /// 対象者（調査票の asked_if と同じ書き方）/ of whom, written as asked_if in a questionnaire
    #[serde(rename = "where")]
    #[schemars(with = "Option<AskedIfSpec>")]
    pub(super) condition: Option<Spanned<AskedIfSpec>>,
}

/// What わからない counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DontKnowSpec {
    /// 回答の一つ
    Answer,
    /// 無回答と同じ
    Missing,
}
