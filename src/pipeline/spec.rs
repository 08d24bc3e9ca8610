//! The mirror of `plan.toml`: what a person typed, word for word, with the place of each word.
//!
//! Nothing is decided here; [`super::plan`] does that. The doc comments of the fields are what editors show.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_spanned::Spanned;

use super::count_spec::CountSpec;
use super::data_spec::DataSpec;
use super::estimate_spec::{NumberSpec, QuantileSpec, RatioSpec, ScoreSpec, ShareSpec};
use super::join_spec::JoinsSpec;
use super::map_spec::MapSpec;
use crate::edits::OldValues;
use crate::questionnaire::Duplicates;
use crate::toml::text::Word;

/// 計画 / a plan: the progress table of one city's plan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanSpec {
    /// 表題 / title of the progress table, such as 西東京市 地域福祉計画 進捗管理表
    pub title: String,
    /// 計画年度 / fiscal years of the plan, "R4..R10": the first is the 現状値, the last the 目標値
    #[schemars(with = "String")]
    pub fiscal_years: Word,
    /// 報告年度 / the year whose 取組状況 is told; the year after it is that of the 今後の展開
    #[schemars(with = "String")]
    pub report_year: Word,
    /// データの種別 / "real" or "synthetic" (合成データ: every output says so)
    #[serde(default)]
    pub data: DataSpec,
    /// クロス集計の軸 / breakdowns by question, each a list: [["性別"], ["性別", "年代"]]
    #[serde(default)]
    #[schemars(with = "Vec<Vec<String>>")]
    pub breakdowns: Vec<Vec<Word>>,
    /// 信頼区間 / confidence interval of shares (the level holds for all other values too)
    pub interval: Option<IntervalSpec>,
    /// 達成状況の判定 / how progress is judged
    pub progress: Option<ProgressSpec>,
    /// 判定の呼び名 / the plan's own words for the states, such as { target_met = "◎", improved = "○" }
    pub ladder: Option<LadderSpec>,
    /// 注記 / notes printed under the table
    #[serde(default)]
    pub notes: Vec<String>,
    /// 確認事項の上限 / more warnings than this and the run ends with exit code 1
    pub warning_limit: Option<u64>,
    /// 基本目標 / the goals, in order
    #[serde(default)]
    pub goal: Vec<GoalSpec>,
    /// 調査 / the surveys, by key
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, SurveySpec>")]
    pub survey: BTreeMap<Word, SurveySpec>,
    /// 項目 / the indicators, in the order of the table
    #[serde(default)]
    pub indicator: Vec<IndicatorSpec>,
}

/// 信頼区間 / confidence interval of shares.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntervalSpec {
    /// 方法 / wald, logit, wilson, korn-graubard …
    #[schemars(with = "String")]
    pub method: Word,
    /// 信頼水準 / level, such as 0.95
    #[schemars(with = "f64")]
    pub level: Spanned<f64>,
    /// 割合の差の区間と検定 / differences of shares: mover (the default), wald
    #[schemars(with = "Option<String>")]
    pub difference: Option<Word>,
}

/// 達成状況の判定 / how progress is judged.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgressSpec {
    /// 規則 / noise-aware (標本誤差を考慮), pace (到達ペース), band (固定幅)
    pub rule: RuleSpec,
    /// 信頼水準 / noise-aware: level of the test of change, 0.95
    #[schemars(with = "Option<f64>")]
    pub level: Option<Spanned<f64>>,
    /// 固定幅（ポイント）/ band: half-width for shares in percentage points, 3
    #[schemars(with = "Option<f64>")]
    pub points: Option<Spanned<f64>>,
    /// 固定幅（%）/ band: half-width for counts, means, scores and the like in percent of the baseline, 10
    #[schemars(with = "Option<f64>")]
    pub percent: Option<Spanned<f64>>,
}

/// The progress rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleSpec {
    /// 標本誤差を考慮
    NoiseAware,
    /// 到達ペース
    Pace,
    /// 固定幅
    Band,
}

/// 判定の呼び名 / the plan's words for the states.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LadderSpec {
    /// 目標達成
    pub target_met: Option<String>,
    /// 改善
    pub improved: Option<String>,
    /// ほぼ変化なし
    pub little_change: Option<String>,
    /// 悪化
    pub worse: Option<String>,
    /// 現状値のみ
    pub baseline_only: Option<String>,
    /// 目標値なし
    pub no_target: Option<String>,
    /// 現状値なし
    pub no_baseline: Option<String>,
    /// 比較不可
    pub not_comparable: Option<String>,
}

/// 基本目標 / a goal.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalSpec {
    /// 番号 / number, which the indicators refer to
    #[schemars(with = "u32")]
    pub number: Spanned<u32>,
    /// 題名 / title as printed, such as 基本目標1 一人一人が活躍する地域づくり
    pub title: String,
    /// 施策の方向 / directions
    #[serde(default)]
    pub directions: Vec<String>,
    /// ページ番号 / page numbers in the plan, such as 45-48
    pub page: Option<String>,
}

/// 調査 / a survey.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveySpec {
    /// 調査名 / title
    pub title: String,
    /// 抽出方法 / "random" (無作為抽出), "census" (全数), "open" (応募型), "panel" (モニター)
    pub sample: SampleSpec,
    /// 調査票 / the questionnaire file, in the plan's folder
    #[schemars(with = "String")]
    pub questionnaire: Word,
    /// 調査予定年度 / years whose cells await a survey: they print the unit, all other years print -
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub planned: Vec<Word>,
    /// 調査回 / the waves, by fiscal year
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, WaveSpec>")]
    pub wave: BTreeMap<Word, WaveSpec>,
}

/// How respondents were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SampleSpec {
    /// 無作為抽出
    Random,
    /// 全数調査
    Census,
    /// 応募型
    Open,
    /// モニター
    Panel,
}

/// 調査回 / one wave of a survey.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaveSpec {
    /// 回答ファイル / response files (paper, web …), from the project's folder
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub responses: Vec<Word>,
    /// 回答者番号の列 / column of the respondent id
    #[schemars(with = "Option<String>")]
    pub respondent: Option<Word>,
    /// 重複の扱い / which of several rows of one respondent counts: "first", "last", or "fail" (unless said)
    pub duplicates: Option<Duplicates>,
    /// 見出しより上で飛ばす行数 / rows of the file above the headings
    pub skip_rows: Option<u16>,
    /// 見出しの行数 / header rows
    #[schemars(range(min = 1))]
    pub header_rows: Option<u8>,
    /// シート / sheet of a workbook
    pub sheet: Option<String>,
    /// 文字コード / encoding, where it is not detected rightly
    pub encoding: Option<String>,
    /// 結合するファイル（台帳、世帯のファイルなど）とキーの列 / files to join by a key: the list of the
    /// sample, a file of households
    #[serde(default)]
    pub join: JoinsSpec,
    /// 層 / strata: questions whose answers are the strata of the sample
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub strata: Vec<Word>,
    /// 人口表 / population table: CSV with the strata's and the raked questions' categories and a column 人口
    #[schemars(with = "Option<String>")]
    pub population: Option<Word>,
    /// ウエイト / weights
    pub weights: Option<WeightsSpec>,
    /// 標本設計（層・集落・母集団の大きさ・反復・ウエイト）/ the sample design as a whole; instead of strata,
    /// population and weights beside it
    #[schemars(with = "Option<DesignSpec>")]
    pub design: Option<Spanned<DesignSpec>>,
    /// データの種別 / "real" or "synthetic", where it differs from the plan's
    pub data: Option<DataSpec>,
    /// この回だけの調査票（調査の調査票とちがうとき）/ this wave's own questionnaire, where its paper differs
    /// from the survey's
    #[schemars(with = "Option<String>")]
    pub questionnaire: Option<Word>,
    /// 設問の対応: 調査の調査票の設問 = この回の設問。書かない設問は同じ番号に対応する / the survey's
    /// questions on this wave's paper: "問12" = "問14", or a table; questions not listed have the same number
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, MapSpec>")]
    pub map: BTreeMap<Word, Spanned<MapSpec>>,
    /// この回の抽出方法（ほかの回とちがうとき）/ how this wave's respondents were chosen, where it differs
    /// from the survey's
    pub sample: Option<SampleSpec>,
    /// 調査方法 / how they were asked, such as "郵送" or "郵送・ウェブ": another one than in the other waves
    /// is noted beside the value
    pub mode: Option<String>,
    /// 修正記録 / cleaning logs (XLSX, CSV …), from the project's folder: verified and applied in this order
    /// before the answers are read
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub cleaning_log: Vec<Word>,
    /// 修正記録の「元の値」の空欄の意味 / what a blank old value in the logs means: "recorded" (the cell was
    /// blank, unless said), "where-known" (not recorded)
    pub cleaning_log_old: Option<OldValues>,
}

/// 標本設計 / how the sample was drawn: variables are questions or columns of the response files.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesignSpec {
    /// 層（集落があれば段ごとに1つ、なければ掛け合わせ）/ strata, one a stage where there are clusters, else
    /// crossed
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub strata: Vec<Word>,
    /// 集落（調査区など。段ごとに1つ）/ clusters, one a stage
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub cluster: Vec<Word>,
    /// 集落の番号が層ごとに付け直されている / cluster codes start again in each stratum
    #[serde(default)]
    pub nest: bool,
    /// 母集団の大きさ（1を超える値）か抽出率の列（段ごとに1つ）/ population sizes (above 1) or sampling
    /// fractions, one a stage
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub fpc: Vec<Word>,
    /// 人口表 / population table: people of the strata, and of the margins of weights
    #[schemars(with = "Option<String>")]
    pub population: Option<Word>,
    /// 集落が1つしかない層 / strata with a single unit: "fail" (unless said), "certainty", "adjust",
    /// "average"
    pub lonely: Option<LonelySpec>,
    /// 反復ウエイト / replicates
    #[schemars(with = "Option<ReplicatesSpec>")]
    pub replicates: Option<Spanned<ReplicatesSpec>>,
    /// ウエイト / weights
    pub weights: Option<WeightsSpec>,
}

/// What is done with a stratum of a single unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LonelySpec {
    /// 止める
    Fail,
    /// 分散に数えない
    Certainty,
    /// 全体の平均からの偏差
    Adjust,
    /// ほかの層の平均
    Average,
}

/// 反復ウエイト / replicates: columns of the files, or made of the design.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplicatesSpec {
    /// 種類 / their type
    #[serde(rename = "type")]
    pub kind: ReplicateTypeSpec,
    /// 反復ウエイトの列 / columns, such as "rep*"; made of the design where not said
    pub columns: Option<String>,
    /// 作る数（bootstrap、subbootstrap）/ how many to make
    pub count: Option<u32>,
    /// 全体の倍率 / overall scale
    pub scale: Option<f64>,
    /// 反復ごとの倍率のファイル / file of one scale a replicate
    #[schemars(with = "Option<String>")]
    pub rscales: Option<Word>,
    /// Fay法の ρ / rho of Fay's method
    pub rho: Option<f64>,
    /// 乱数の種 / seed
    pub seed: Option<u64>,
    /// 反復の平均でなく全標本の推定値からの偏差（sdr はいつもそうする）/ deviations from the full-sample
    /// estimate (always so for sdr)
    #[serde(default)]
    pub mse: bool,
}

/// How replicates were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReplicateTypeSpec {
    /// JK1
    Jk1,
    /// JKn
    Jkn,
    /// BRR
    Brr,
    /// Fay
    Fay,
    /// n of n PSUs
    Bootstrap,
    /// n − 1 PSUs
    Subbootstrap,
    /// SDR
    Sdr,
}

/// ウエイト / weights: a column, what they are fitted to (one of rake, post_stratify, calibrate), limits.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightsSpec {
    /// レイキング / questions whose margins are raked to the population table
    #[schemars(with = "Option<Vec<String>>", length(min = 1))]
    pub rake: Option<Spanned<Vec<Word>>>,
    /// 事後層化 / questions whose crossing is post-stratified to the population table
    #[schemars(with = "Option<Vec<String>>", length(min = 1))]
    pub post_stratify: Option<Spanned<Vec<Word>>>,
    /// 較正の表 / table of totals to calibrate to
    #[schemars(with = "Option<String>")]
    pub calibrate: Option<Word>,
    /// 較正の関数 / calibration function: "linear" (unless said), "raking", "logit"
    pub function: Option<CalibrationSpec>,
    /// 較正後のウエイトの、前のウエイトに対する比の下限と上限 / least and greatest ratio of new to old
    /// weights
    #[schemars(with = "Option<[f64; 2]>")]
    pub bounds: Option<Spanned<[f64; 2]>>,
    /// ウエイトの下限と上限 / least and greatest weight
    #[schemars(with = "Option<[f64; 2]>")]
    pub trim: Option<Spanned<[f64; 2]>>,
    /// ウエイトの列 / column of the response files that holds the weight
    #[schemars(with = "Option<String>")]
    pub column: Option<Word>,
}

/// How weights are calibrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CalibrationSpec {
    /// 線形
    Linear,
    /// レイキング
    Raking,
    /// ロジット
    Logit,
}

/// 項目 / an indicator: one item of the table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorSpec {
    /// 識別子 / stable id in letters, digits and hyphens
    #[schemars(with = "String")]
    pub id: Word,
    /// 基本目標の番号 / number of its goal
    #[schemars(with = "u32")]
    pub goal: Spanned<u32>,
    /// 担当部署 / department
    pub department: String,
    /// 項目名 / title as printed
    pub title: String,
    /// 目標設定の考え方
    pub rationale: Option<String>,
    /// 取組状況（年度ごと）/ what was done, by fiscal year
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub actions: BTreeMap<Word, String>,
    /// 今後の展開（年度ごと）/ what will be done, by fiscal year
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub next_steps: BTreeMap<Word, String>,
    /// 調査の割合 / a share of a survey
    pub share: Option<ShareSpec>,
    /// 数量回答の平均 / the mean of a number question
    pub mean: Option<NumberSpec>,
    /// 数量回答の総計 / the total of a number question
    pub total: Option<NumberSpec>,
    /// 2つの数量回答の比 / the ratio of the totals of two number questions
    pub ratio: Option<RatioSpec>,
    /// 数量回答の分位点（中央値など）/ a quantile of a number question, such as the median
    pub quantile: Option<QuantileSpec>,
    /// 選択肢の点数の平均 / the mean of the points of a single answer's options
    pub score: Option<ScoreSpec>,
    /// 行政の数値 / an administrative count
    pub count: Option<CountSpec>,
    /// 単位 / unit
    #[schemars(with = "Option<String>")]
    pub unit: Option<Word>,
    /// 小数点以下の桁数（調査の値。書かなければ総計は0、ほかは1）/ digits after the decimal point of
    /// values from a survey: 0 for a total and 1 for all others unless said
    #[schemars(with = "Option<u8>", range(max = 6))]
    pub decimals: Option<Spanned<u8>>,
    /// 目標値 / target: "506人", "40%以上", "5%以下"
    #[schemars(with = "Option<String>")]
    pub target: Option<Word>,
    /// 望ましい向き / which way is good; from the target otherwise
    pub direction: Option<DirectionSpec>,
    /// 入手できない年度 / years whose value exists but cannot be had: they print …
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub not_available: Vec<Word>,
    /// 公表値 / published figures for years whose raw files are gone
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub published: BTreeMap<Word, Word>,
    /// 手動の判定 / a judgement by a person, with its reason
    pub manual: Option<ManualSpec>,
    /// 小項目 / parts, where the item has several measures
    #[serde(default)]
    pub part: Vec<PartSpec>,
}

/// 小項目 / a part of an item.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartSpec {
    /// 小項目名 / title as printed
    pub title: String,
    /// 調査の割合 / a share of a survey
    pub share: Option<ShareSpec>,
    /// 数量回答の平均 / the mean of a number question
    pub mean: Option<NumberSpec>,
    /// 数量回答の総計 / the total of a number question
    pub total: Option<NumberSpec>,
    /// 2つの数量回答の比 / the ratio of the totals of two number questions
    pub ratio: Option<RatioSpec>,
    /// 数量回答の分位点（中央値など）/ a quantile of a number question, such as the median
    pub quantile: Option<QuantileSpec>,
    /// 選択肢の点数の平均 / the mean of the points of a single answer's options
    pub score: Option<ScoreSpec>,
    /// 行政の数値 / an administrative count
    pub count: Option<CountSpec>,
    /// 単位 / unit
    #[schemars(with = "Option<String>")]
    pub unit: Option<Word>,
    /// 小数点以下の桁数（調査の値。書かなければ総計は0、ほかは1）/ digits after the decimal point of
    /// values from a survey: 0 for a total and 1 for all others unless said
    #[schemars(with = "Option<u8>", range(max = 6))]
    pub decimals: Option<Spanned<u8>>,
    /// 目標値 / target
    #[schemars(with = "Option<String>")]
    pub target: Option<Word>,
    /// 望ましい向き / which way is good
    pub direction: Option<DirectionSpec>,
    /// 入手できない年度 / years whose value cannot be had
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub not_available: Vec<Word>,
    /// 公表値 / published figures
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub published: BTreeMap<Word, Word>,
    /// 手動の判定 / a judgement by a person
    pub manual: Option<ManualSpec>,
}

/// 手動の判定 / a judgement by a person, printed as one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManualSpec {
    /// 判定 / the word
    pub label: String,
    /// 理由 / the reason
    #[schemars(with = "String")]
    pub reason: Word,
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DirectionSpec {
    /// 増加
    Increase,
    /// 減少目標
    Decrease,
    /// 維持
    Maintain,
}
