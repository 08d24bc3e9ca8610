//! The flags of `shihyo estimate`, by what they speak of.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use shihyo::code::Code;
use shihyo::decode::Base;
use shihyo::design::{LonelyPsu, Nesting, ReplicateCentre};
use shihyo::error::{Diagnostic, Error};
use shihyo::estimate::{DeffReference, DifferenceMethod};
use shihyo::pipeline::adhoc::{CalibrationKind, ReplicateType, Request};
use shihyo::questionnaire::Duplicates;
use shihyo::raw::ReadOptions;
use shihyo::text::Text;

use super::join_args::JoinArgs;
use super::new_file::NewFile;
use super::numbers_args::NumbersArgs;

#[derive(Debug, Args)]
pub(crate) struct EstimateArgs {
    /// 回答ファイル（複数は列名で縦につなぐ）/ response files (several are stacked by column name)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    joins: JoinArgs,
    #[command(flatten)]
    design: SampleArgs,
    #[command(flatten)]
    weights: WeightArgs,
    #[command(flatten)]
    interval: IntervalArgs,
    #[command(flatten, next_help_heading = "出力 / Output")]
    pub(crate) numbers: NumbersArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "何を / What")]
struct What {
    /// 'COL=A|B': A か B と答えた人の割合。COL だけなら選択肢すべてと無回答、'COL=' は無回答 / share of the
    /// base whose answer is A or B; COL alone: every option and no answer; 'COL=': no answer
    #[arg(long, value_name = "COL=A|B")]
    share: Vec<String>,
    /// 平均 / mean
    #[arg(long, value_name = "COL")]
    mean: Vec<String>,
    /// 総計 / total
    #[arg(long, value_name = "COL")]
    total: Vec<String>,
    /// 2つの総計の比 / ratio of two totals
    #[arg(long, value_name = "NUM/DEN")]
    ratio: Vec<String>,
    /// 分位点 / quantile
    #[arg(long, value_name = "COL@0.5")]
    quantile: Vec<String>,
    /// 内訳の軸（カンマで掛け合わせ）/ breakdown (a comma crosses columns)
    #[arg(long, value_name = "COL[,COL]")]
    by: Vec<String>,
    /// 2つの集団の差 / difference of two domains: 'COND vs COND' or 'COND vs rest'
    #[arg(long, value_name = "COND vs COND")]
    diff: Vec<String>,
    /// 独立性の検定 / test of independence: rao-scott 'COL × COL'
    #[arg(long, num_args = 2, value_names = ["rao-scott", "COL × COL"])]
    test: Vec<String>,
    /// 前回の回答ファイル。前回からの変化（FILE − 前回）を求める / response files of the earlier wave: the
    /// change from it (FILE minus the earlier one)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    against: Vec<PathBuf>,
    /// 前回の調査票（省略時は --questionnaire）/ questionnaire of the earlier wave (default: the same)
    #[arg(long, value_name = "FILE", requires = "against", requires = "questionnaire")]
    against_questionnaire: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "だれの / Whose")]
struct Whose {
    /// 調査票（TOML）。選択肢・限定条件・無効回答の扱いはこれによる / questionnaire (TOML): options, skip
    /// rules, derived variables and processing rules are its own
    #[arg(long, value_name = "FILE")]
    questionnaire: Option<PathBuf>,
    /// 回答者番号の列（重複を見分ける）/ column with the respondents' ids, which tell duplicates
    #[arg(long, value_name = "COL", requires = "questionnaire")]
    respondent: Option<String>,
    /// 回答者番号が重複した行の扱い / rows with the same respondent's id
    #[arg(long, value_enum, default_value = "first", requires = "respondent")]
    duplicates: DuplicatesArg,
    /// 割合の母数 / base of shares
    #[arg(long, value_enum, default_value = "answered")]
    base: BaseArg,
    /// 限定条件: 設問の対象になる人（非該当を分ける）/ skip rule: who was asked, such as '問1=はい'
    #[arg(long, value_name = "COND")]
    asked_if: Vec<String>,
    /// 無回答とする値: 'COL=9|99'、'*=NA' / codes that are no answer
    #[arg(long, value_name = "COL=9|99")]
    missing: Vec<String>,
    /// 対象の条件 / the domain: COL=a|b COL!=a|b COL>=n COL<=n COL=18..29 COL= COL!=
    #[arg(long = "where", value_name = "COND")]
    conditions: Vec<String>,
    /// シート名 / sheet of a workbook
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// 見出しより上で飛ばす行数 / rows of the file above the headings
    #[arg(long, value_name = "N")]
    skip_rows: Option<usize>,
    /// 見出しの行数 / number of header rows
    #[arg(long, value_name = "N")]
    header_rows: Option<usize>,
    /// 文字コード / encoding
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "標本設計 / Sample design")]
struct SampleArgs {
    /// 層の列 / columns of strata, one a stage
    #[arg(long, value_name = "COL[,COL]")]
    strata: Option<String>,
    /// 集落の列 / columns of clusters, one a stage
    #[arg(long, value_name = "COL[,COL]")]
    cluster: Option<String>,
    /// 集落の符号が層ごとに付け直されている / cluster codes start again in each stratum
    #[arg(long)]
    nest: bool,
    /// 母集団の大きさ（1を超える値）か抽出率の列 / columns of population sizes (values above 1) or sampling
    /// fractions
    #[arg(long, value_name = "COL[,COL]")]
    fpc: Option<String>,
    /// 層ごとの人口の表（層がなければ母集団全体）/ population table with the people of each stratum (without
    /// strata: of everyone)
    #[arg(long, value_name = "FILE")]
    population: Option<PathBuf>,
    /// 集落が1つしかない層の扱い / strata with a single cluster
    #[arg(long, visible_alias = "lonely", value_enum, default_value = "fail")]
    lonely_psu: LonelyArg,
    /// 反復ウエイトの列、または作るブートストラップの数 / columns of replicate weights ('rep*'), or how many
    /// bootstrap replicates to make (1000)
    #[arg(long, value_name = "rep*|N")]
    replicates: Option<String>,
    /// 反復の種類。列がなければ標本設計から作る / kind of replicates; without columns they are made of the
    /// design
    #[arg(long, value_enum)]
    replicate_type: Option<ReplicateArg>,
    /// 反復ウエイト全体の倍率 / overall scale of the replicates
    #[arg(long, value_name = "X")]
    scale: Option<f64>,
    /// 反復ごとの倍率のファイル / file of one scale a replicate
    #[arg(long, value_name = "FILE")]
    rscales: Option<PathBuf>,
    /// Fay法の ρ（省略時0.5）/ rho of Fay's method (default 0.5)
    #[arg(long, value_name = "X")]
    rho: Option<f64>,
    /// ブートストラップの乱数の種（省略時1）/ seed of the bootstrap (default 1)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// 反復の平均でなく全標本の推定値からの偏差をとる（sdr はいつもそう）/ deviations from the full-sample
    /// estimate, not from the replicates' mean (always so for sdr)
    #[arg(long)]
    mse: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "ウエイト / Weights")]
struct WeightArgs {
    /// ウエイトの列 / column of weights
    #[arg(long, value_name = "COL")]
    weight: Option<String>,
    /// 事後層化の人口表 / population table to post-stratify to
    #[arg(long, value_name = "FILE")]
    post_stratify: Option<PathBuf>,
    /// レイキングの人口表（1ファイルが1つの周辺分布）/ population table to rake to, one margin a file
    #[arg(long, value_name = "FILE")]
    rake: Vec<PathBuf>,
    /// 較正の人口表（事後層化、レイキングのあと）/ population table to calibrate to, after post-stratifying
    /// and raking
    #[arg(long, value_name = "FILE")]
    calibrate: Option<PathBuf>,
    /// 較正の関数（省略時 linear）/ function of calibration (default linear)
    #[arg(long, value_enum)]
    calfun: Option<CalibrationArg>,
    /// 較正の前後のウエイトの比の下限と上限 / least and greatest ratio of new to old weight in calibration
    #[arg(long, value_name = "LOW,HIGH", value_delimiter = ',')]
    bounds: Option<Vec<f64>>,
    /// ウエイトの下限と上限（最後に切りそろえる）/ least and greatest weight, trimmed to at the end
    #[arg(long, value_name = "LOW,HIGH", value_delimiter = ',')]
    trim: Option<Vec<f64>>,
    /// 較正で負になったウエイトも使う / use weights that calibration made negative
    #[arg(long)]
    allow_negative_weights: bool,
    /// 回答者ごとのウエイトを書き出す（CSV）/ write the weights of every respondent (CSV)
    #[arg(long, value_name = "FILE")]
    weights_out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "区間 / Intervals")]
struct IntervalArgs {
    /// 割合の信頼区間の方法 / interval of shares: wald logit xlogit wilson wilson-cc korn-graubard likelihood
    /// asin agresti-coull jeffreys clopper-pearson
    #[arg(long, value_name = "METHOD", default_value = "wilson")]
    ci: String,
    /// 割合の差の信頼区間と検定の方法 / interval and test of differences of shares: mover wald
    #[arg(long, value_enum, default_value = "mover")]
    diff_ci: DifferenceArg,
    /// 信頼係数 / level of the intervals
    #[arg(long, value_name = "LEVEL", default_value = "0.95")]
    level: f64,
    /// 設計効果の基準: 非復元、復元 / what the design effect compares with (default: wor where the weights
    /// tell a population)
    #[arg(long, value_enum)]
    deff: Option<DeffArg>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DuplicatesArg {
    /// 最初の行 / the first row
    First,
    /// 最後の行 / the last row
    Last,
    /// 止める / stop
    Fail,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DifferenceArg {
    /// 両方のウィルソン区間から。0%や100%の近くでも使える / from both Wilson intervals, near 0 and 100 % too
    Mover,
    /// 差 ± t × 標準誤差（Rの survey と同じ）/ difference ± t × SE, as R survey has it
    Wald,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BaseArg {
    /// 回答した人 / those who answered
    Answered,
    /// 設問の対象者（無回答を含む）/ those who were asked, no answer included
    Asked,
    /// 全員 / everyone
    All,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LonelyArg {
    /// 止める / stop
    Fail,
    /// 全数を調べた層とみなす（分散0）/ as drawn whole: no variance
    Certainty,
    #[value(hide = true)]
    Remove,
    /// 全体の平均からの偏差をとる / its deviation from the mean of all
    Adjust,
    /// ほかの層の分散の平均とする / the mean variance of the other strata
    Average,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ReplicateArg {
    Jk1,
    Jkn,
    Brr,
    Fay,
    /// n_h 個中 n_h 個を復元抽出 / n of n PSUs with replacement (Canty and Davison)
    Bootstrap,
    /// n_h − 1 個を復元抽出 / n − 1 PSUs (Rao and Wu)
    Subbootstrap,
    Sdr,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CalibrationArg {
    /// 1 + u（GREG。--bounds がなければ負になりうる）/ 1 + u (GREG; may be negative without --bounds)
    Linear,
    /// exp u（つねに正）/ exp u, always positive
    Raking,
    /// ロジット（--bounds の間）/ logit, within --bounds
    Logit,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DeffArg {
    Wor,
    Wr,
}

impl EstimateArgs {
    /// Where the weights of every respondent go.
    pub(crate) fn weights_out(&self) -> Option<NewFile<'_>> {
        self.weights.weights_out.as_deref().map(|path| NewFile { flag: "--weights-out", path })
    }

    /// What was typed, in the library's words. Of a test the first value is its kind, the second the columns.
    pub(crate) fn request(&self) -> Result<Request, Error> {
        let Self { files, what, whose, joins, design, weights, interval, numbers: _ } = self;
        let tests = what.test.chunks(2).map(|pair| match pair {
            [kind, columns] if kind == "rao-scott" => Ok(columns.clone()),
            _ => Err(unknown_test(pair.first().map_or("", String::as_str))),
        });
        Ok(Request {
            files: files.clone(),
            read: ReadOptions {
                sheet: whose.sheet.clone(),
                skip_rows: whose.skip_rows,
                header_rows: whose.header_rows,
                encoding: whose.encoding.clone(),
                ..ReadOptions::of_responses()
            },
            joins: joins.requests()?,
            questionnaire: whose.questionnaire.clone(),
            respondent: whose.respondent.clone(),
            duplicates: match whose.duplicates {
                DuplicatesArg::First => Duplicates::First,
                DuplicatesArg::Last => Duplicates::Last,
                DuplicatesArg::Fail => Duplicates::Fail,
            },
            against: what.against.clone(),
            against_questionnaire: what.against_questionnaire.clone(),
            shares: what.share.clone(),
            means: what.mean.clone(),
            totals: what.total.clone(),
            ratios: what.ratio.clone(),
            quantiles: what.quantile.clone(),
            base: match whose.base {
                BaseArg::Answered => Base::Answered,
                BaseArg::Asked => Base::Asked,
                BaseArg::All => Base::All,
            },
            asked_if: whose.asked_if.clone(),
            missing: whose.missing.clone(),
            conditions: whose.conditions.clone(),
            by: what.by.clone(),
            differences: what.diff.clone(),
            tests: tests.collect::<Result<_, Error>>()?,
            weight: weights.weight.clone(),
            strata: design.strata.clone(),
            clusters: design.cluster.clone(),
            fpc: design.fpc.clone(),
            population: design.population.clone(),
            nesting: if design.nest { Nesting::WithinStrata } else { Nesting::Unique },
            lonely: match design.lonely_psu {
                LonelyArg::Fail => LonelyPsu::Fail,
                LonelyArg::Certainty => LonelyPsu::Certainty,
                LonelyArg::Remove => LonelyPsu::Remove,
                LonelyArg::Adjust => LonelyPsu::Adjust,
                LonelyArg::Average => LonelyPsu::Average,
            },
            replicates: design.replicates.clone(),
            replicate_type: design.replicate_type.map(|t| match t {
                ReplicateArg::Jk1 => ReplicateType::Jk1,
                ReplicateArg::Jkn => ReplicateType::Jkn,
                ReplicateArg::Brr => ReplicateType::Brr,
                ReplicateArg::Fay => ReplicateType::Fay,
                ReplicateArg::Bootstrap => ReplicateType::Bootstrap,
                ReplicateArg::Subbootstrap => ReplicateType::Subbootstrap,
                ReplicateArg::Sdr => ReplicateType::Sdr,
            }),
            scale: design.scale,
            rscales: design.rscales.clone(),
            rho: design.rho,
            seed: design.seed,
            centre: if design.mse { ReplicateCentre::FullSample } else { ReplicateCentre::ReplicateMean },
            post_stratify: weights.post_stratify.clone(),
            rake: weights.rake.clone(),
            calibrate: weights.calibrate.clone(),
            function: weights.calfun.map(|f| match f {
                CalibrationArg::Linear => CalibrationKind::Linear,
                CalibrationArg::Raking => CalibrationKind::Raking,
                CalibrationArg::Logit => CalibrationKind::Logit,
            }),
            bounds: weights.bounds.as_deref().map(pair),
            trim: weights.trim.as_deref().map(pair),
            negative_weights: weights.allow_negative_weights,
            weights: weights.weights_out.is_some(),
            method: interval.ci.clone(),
            level: interval.level,
            difference: match interval.diff_ci {
                DifferenceArg::Mover => DifferenceMethod::Mover,
                DifferenceArg::Wald => DifferenceMethod::Wald,
            },
            deff: interval.deff.map(|d| match d {
                DeffArg::Wor => DeffReference::WithoutReplacement,
                DeffArg::Wr => DeffReference::WithReplacement,
            }),
        })
    }
}

/// Two limits. Any other number of them is no pair: the library tells it with limits that are none.
fn pair(limits: &[f64]) -> (f64, f64) {
    match limits {
        [lower, upper] => (*lower, *upper),
        _ => (f64::NAN, f64::NAN),
    }
}

fn unknown_test(kind: &str) -> Error {
    Diagnostic::new(
        Code::AdhocTest,
        Text::new(format!("「{kind}」という検定はありません"), format!("there is no test \"{kind}\"")),
    )
    .help(Text::new("--test rao-scott 'COL × COL' と書きます", "write --test rao-scott 'COL × COL'"))
    .into()
}
