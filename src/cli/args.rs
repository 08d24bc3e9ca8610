//! What was typed: the command line as clap parses it. What it means is decided by the commands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use shihyo::code::Code;
use shihyo::decode::Base;
use shihyo::design::{LonelyPsu, Nesting, ReplicateCentre};
use shihyo::error::{Diagnostic, Error};
use shihyo::estimate::DeffReference;
use shihyo::pipeline::adhoc::{ReplicateType, Request};
use shihyo::raw::ReadOptions;
use shihyo::text::Text;

/// 指標: 調査票の回答ファイルから進捗管理表まで / from questionnaire files to the indicator table
#[derive(Debug, Parser)]
#[command(name = "shihyo", version, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// 表示の言語 / language of messages (default: from the locale)
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<LangArg>,
    /// 途中経過と要約を出さない / no talk on stderr but errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// 進行状況の棒を出さない / no progress bars
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LangArg {
    Ja,
    En,
}

/// How a table is written to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// 画面用の表 / a table for people
    Table,
    /// CSV
    Csv,
    /// JSON
    Json,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NumberFormat {
    /// 画面用の表 / a table for people
    Table,
    /// CSV
    Csv,
    /// JSON
    Json,
    /// Parquet（--out が必要）/ Parquet (needs --out)
    Parquet,
}

/// How numbers are written, and where to.
#[derive(Debug, Args)]
pub(crate) struct NumbersArgs {
    /// 出力の形式 / output format
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: NumberFormat,
    /// 書き出すファイル（省略時は標準出力）/ file to write (default: stdout)
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 計画を実行し、derived/ に進捗管理表を書き出す / run a plan and write its tables to derived/
    Run(RunArgs),
    /// すべてを読み、何も書かずに確認する / read everything, write nothing, tell what is wrong
    Check(CheckArgs),
    /// 確認事項の一覧を書き出し、修正記録を確かめる / write the findings to fill in, and verify cleaning logs
    Clean(CleanArgs),
    /// 属性別の内訳を比べる / break an indicator down and compare each part with the rest
    Compare(CompareArgs),
    /// 回答ファイルから、計画と調査票の下書きを作る / make a first plan and questionnaire out of response
    /// files
    Init(InitArgs),
    /// 計画なしで、ファイルから割合・平均などを求める / shares, means and more from files, without a plan
    Estimate(Box<EstimateArgs>),
    /// 1つの数値の成り立ちを説明する / tell the whole way of one number
    Explain(ExplainArgs),
    /// 計画ファイルの JSON Schema / JSON Schema of plan.toml, for editors
    Schema(SchemaArgs),
    /// シェルの補完 / shell completions
    Completions {
        /// シェル / the shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// 計画のフォルダー / the plan's folder, such as pipelines/nishitokyo
    pub(crate) plan: PathBuf,
    /// 書き出し先 / where to write (default: derived/NAME)
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// 使うスレッドの数 / number of threads (the results do not depend on it)
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    #[command(flatten)]
    pub(crate) earlier: EarlierArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EarlierArgs {
    /// 前回の読み取り結果（derived/.cache）を使わず、すべて読み直す / read everything anew, nothing from
    /// derived/.cache (the results are the same)
    #[arg(long)]
    pub(crate) no_cache: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// 回答ファイル（1回の調査の、紙・ウェブなど）/ response files of one wave
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// 計画のフォルダー / the plan's folder (default: pipelines/NAME of the first file)
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// 調査票（XLSForm、または設問一覧の表）/ the form: an XLSForm, or a tabulator's sheet
    #[arg(long, value_name = "FILE")]
    pub(crate) form: Option<PathBuf>,
    /// XLSForm の choices シートが別のファイルのとき / sheet choices of an XLSForm, where it is a file of its
    /// own
    #[arg(long, value_name = "FILE", requires = "form")]
    pub(crate) choices: Option<PathBuf>,
    /// シート名 / sheet of a workbook
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    /// 見出しの行数 / number of header rows
    #[arg(long, value_name = "N")]
    pub(crate) header_rows: Option<usize>,
    /// 文字コード / encoding
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// 計画のフォルダー / the plan's folder
    pub(crate) plan: PathBuf,
    /// 出力の形式 / output format
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) earlier: EarlierArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CleanArgs {
    /// 計画のフォルダー / the plan's folder
    pub(crate) plan: PathBuf,
    #[command(flatten)]
    pub(crate) what: CleanWhat,
    /// 調査（省略時はすべて）/ key of the survey (default: all)
    #[arg(long, value_name = "KEY")]
    pub(crate) survey: Option<String>,
    /// 調査年度（省略時はすべて）/ the wave, such as R4 (default: all)
    #[arg(long, value_name = "YEAR")]
    pub(crate) wave: Option<String>,
}

/// One of the two.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct CleanWhat {
    /// 確認事項を1行1回答の表に書き出す。記入すると修正記録になる / write a workbook with one row an answer,
    /// to be filled in
    #[arg(long, value_name = "XLSX")]
    pub(crate) export: Option<PathBuf>,
    /// 回答ファイル＋修正記録が、このファイルになるか確かめる / is raw + log this file? exit code 1 when it
    /// is not
    #[arg(long, value_name = "FILE")]
    pub(crate) verify: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// 計画のフォルダー / the plan's folder
    pub(crate) plan: PathBuf,
    #[command(flatten)]
    pub(crate) earlier: EarlierArgs,
    /// 項目の識別子 / the indicator's id
    #[arg(long)]
    pub(crate) indicator: String,
    /// 軸にする設問（カンマ区切り、繰り返し可）/ questions to break down by: 性別,年代 gives one breakdown
    /// each
    #[arg(long, required = true, value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// 軸を掛け合わせる / cross the questions instead of taking one by one
    #[arg(long)]
    pub(crate) cross: bool,
    /// 調査年度 / the wave (default: the latest)
    #[arg(long)]
    pub(crate) wave: Option<String>,
    #[command(flatten)]
    pub(crate) numbers: NumbersArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// 数値のキー（estimates.csv の analysis_key）か、メッセージのコード / key of the number, such as
    /// citizen/R4/volunteer-intent, or code of a message, such as raw::encoding
    pub(crate) key: String,
    /// 計画のフォルダー（省略時は pipelines/ から探す）/ the plan's folder (default: searched in pipelines/)
    #[arg(long)]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) earlier: EarlierArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// どのファイルの / of which file
    #[arg(value_enum, default_value = "plan")]
    pub(crate) of: SchemaOf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SchemaOf {
    /// plan.toml
    Plan,
    /// 調査票 / a questionnaire
    Questionnaire,
}

#[derive(Debug, Args)]
pub(crate) struct EstimateArgs {
    /// 回答ファイル（複数は列名で縦につなぐ）/ response files (several are stacked by column name)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 'COL=A|B': A か B と答えた人の割合 / share of the base whose answer is A or B
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
    /// 母数: 回答した人、設問の対象者、全員 / base: those who answered, those who were asked, everyone
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
    /// 内訳の軸（カンマで掛け合わせ）/ breakdown (a comma crosses columns)
    #[arg(long, value_name = "COL[,COL]")]
    by: Vec<String>,
    /// 2つの集団の差 / difference of two domains: 'COND vs COND' or 'COND vs rest'
    #[arg(long, value_name = "COND vs COND")]
    diff: Vec<String>,
    /// 独立性の検定 / test of independence: rao-scott 'COL × COL'
    #[arg(long, num_args = 2, value_names = ["rao-scott", "COL × COL"])]
    test: Vec<String>,
    /// ウエイトの列 / column of weights
    #[arg(long, value_name = "COL")]
    weight: Option<String>,
    /// 層の列 / columns of strata, one a stage
    #[arg(long, value_name = "COL[,COL]")]
    strata: Option<String>,
    /// 集落の列 / columns of clusters, one a stage
    #[arg(long, value_name = "COL[,COL]")]
    cluster: Option<String>,
    /// 母集団の大きさ（1を超える値）か抽出率の列 / columns of population sizes (values above 1) or sampling
    /// fractions
    #[arg(long, value_name = "COL[,COL]")]
    fpc: Option<String>,
    /// 集落の符号が層ごとに付け直されている / cluster codes start again in each stratum
    #[arg(long)]
    nest: bool,
    /// 集落が1つしかない層の扱い / strata with a single cluster
    #[arg(long, value_enum, default_value = "fail")]
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
    /// 反復の平均でなく全標本の推定値からの偏差をとる / deviations from the full-sample estimate, not from
    /// the replicates' mean
    #[arg(long)]
    mse: bool,
    /// 事後層化の人口表 / population table to post-stratify to
    #[arg(long, value_name = "FILE")]
    post_stratify: Option<PathBuf>,
    /// レイキングの人口表（1ファイルが1つの周辺分布）/ population table to rake to, one margin a file
    #[arg(long, value_name = "FILE")]
    rake: Vec<PathBuf>,
    /// 較正（線形）の人口表 / population table to calibrate to (linear)
    #[arg(long, value_name = "FILE")]
    calibrate: Option<PathBuf>,
    /// 割合の信頼区間の方法 / interval of shares: wald logit xlogit wilson wilson-cc korn-graubard likelihood
    /// asin agresti-coull jeffreys clopper-pearson
    #[arg(long, value_name = "METHOD", default_value = "wilson")]
    ci: String,
    /// 信頼係数 / level of the intervals
    #[arg(long, value_name = "LEVEL", default_value = "0.95")]
    level: f64,
    /// 設計効果の基準: 非復元、復元 / what the design effect compares with (default: wor where the weights
    /// tell a population)
    #[arg(long, value_enum)]
    deff: Option<DeffArg>,
    /// シート名 / sheet of a workbook
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// 見出しの行数 / number of header rows
    #[arg(long, value_name = "N")]
    header_rows: Option<usize>,
    /// 文字コード / encoding
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    #[command(flatten)]
    pub(crate) numbers: NumbersArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BaseArg {
    Answered,
    Asked,
    All,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LonelyArg {
    Fail,
    Certainty,
    #[value(hide = true)]
    Remove,
    Adjust,
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
enum DeffArg {
    Wor,
    Wr,
}

impl EstimateArgs {
    /// What was typed, in the library's words. Of a test the first value is its kind, the second the columns.
    pub(crate) fn request(&self) -> Result<Request, Error> {
        let tests = self.test.chunks(2).map(|pair| match pair {
            [kind, columns] if kind == "rao-scott" => Ok(columns.clone()),
            _ => Err(unknown_test(pair.first().map_or("", String::as_str))),
        });
        Ok(Request {
            files: self.files.clone(),
            read: ReadOptions {
                sheet: self.sheet.clone(),
                header_rows: self.header_rows,
                encoding: self.encoding.clone(),
            },
            shares: self.share.clone(),
            means: self.mean.clone(),
            totals: self.total.clone(),
            ratios: self.ratio.clone(),
            quantiles: self.quantile.clone(),
            base: match self.base {
                BaseArg::Answered => Base::Answered,
                BaseArg::Asked => Base::Asked,
                BaseArg::All => Base::All,
            },
            asked_if: self.asked_if.clone(),
            missing: self.missing.clone(),
            conditions: self.conditions.clone(),
            by: self.by.clone(),
            differences: self.diff.clone(),
            tests: tests.collect::<Result<_, Error>>()?,
            weight: self.weight.clone(),
            strata: self.strata.clone(),
            clusters: self.cluster.clone(),
            fpc: self.fpc.clone(),
            nesting: if self.nest { Nesting::WithinStrata } else { Nesting::Unique },
            lonely: match self.lonely_psu {
                LonelyArg::Fail => LonelyPsu::Fail,
                LonelyArg::Certainty => LonelyPsu::Certainty,
                LonelyArg::Remove => LonelyPsu::Remove,
                LonelyArg::Adjust => LonelyPsu::Adjust,
                LonelyArg::Average => LonelyPsu::Average,
            },
            replicates: self.replicates.clone(),
            replicate_type: self.replicate_type.map(|t| match t {
                ReplicateArg::Jk1 => ReplicateType::Jk1,
                ReplicateArg::Jkn => ReplicateType::Jkn,
                ReplicateArg::Brr => ReplicateType::Brr,
                ReplicateArg::Fay => ReplicateType::Fay,
                ReplicateArg::Bootstrap => ReplicateType::Bootstrap,
                ReplicateArg::Subbootstrap => ReplicateType::Subbootstrap,
                ReplicateArg::Sdr => ReplicateType::Sdr,
            }),
            scale: self.scale,
            rscales: self.rscales.clone(),
            rho: self.rho,
            seed: self.seed,
            centre: if self.mse { ReplicateCentre::FullSample } else { ReplicateCentre::ReplicateMean },
            post_stratify: self.post_stratify.clone(),
            rake: self.rake.clone(),
            calibrate: self.calibrate.clone(),
            method: self.ci.clone(),
            level: self.level,
            deff: self.deff.map(|d| match d {
                DeffArg::Wor => DeffReference::WithoutReplacement,
                DeffArg::Wr => DeffReference::WithReplacement,
            }),
        })
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
