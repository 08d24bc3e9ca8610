//! What was typed: the command line as clap parses it. What it means is decided by the commands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use shihyo::estimate::p_adjust::Adjustment;

use super::estimate_args::EstimateArgs;
use super::numbers_args::NumbersArgs;

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
    /// 見出しより上で飛ばす行数 / rows of the file above the headings
    #[arg(long, value_name = "N")]
    pub(crate) skip_rows: Option<usize>,
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
    /// 設問と確認事項を、1画面にしぼらずすべて出す / every question and finding, not only a page of them
    #[arg(long)]
    pub(crate) all: bool,
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
    /// 区分の数に応じた p の補正 / how p is adjusted for the number of parts
    #[arg(long, value_enum, default_value = "holm")]
    pub(crate) adjust: AdjustArg,
    #[command(flatten)]
    pub(crate) numbers: NumbersArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum AdjustArg {
    /// Holm: 誤った判定が1つでも出る確率を抑える / holds the chance of any false verdict
    Holm,
    /// Benjamini-Hochberg: 判定のうち誤りの割合を抑える / holds the part of false verdicts
    Bh,
    /// 補正しない / no adjustment
    None,
}

impl From<AdjustArg> for Adjustment {
    fn from(adjust: AdjustArg) -> Self {
        match adjust {
            AdjustArg::Holm => Self::Holm,
            AdjustArg::Bh => Self::BenjaminiHochberg,
            AdjustArg::None => Self::None,
        }
    }
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
