//! What was typed: the command line as clap parses it. What it means is decided by the commands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// 属性別の内訳を比べる / break an indicator down and compare each part with the rest
    Compare(CompareArgs),
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
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// 計画のフォルダー / the plan's folder
    pub(crate) plan: PathBuf,
    /// 出力の形式 / output format
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// 計画のフォルダー / the plan's folder
    pub(crate) plan: PathBuf,
    /// 項目の識別子 / the indicator's id
    #[arg(long)]
    pub(crate) indicator: String,
    /// 軸にする設問（カンマ区切り、繰り返し可）/ questions to break down by: 性別,年代 gives one breakdown each
    #[arg(long, required = true, value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// 軸を掛け合わせる / cross the questions instead of taking one by one
    #[arg(long)]
    pub(crate) cross: bool,
    /// 調査年度 / the wave (default: the latest)
    #[arg(long)]
    pub(crate) wave: Option<String>,
    /// 出力の形式 / output format
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// 数値のキー（estimates.csv の analysis_key）/ key of the number, such as citizen/R4/volunteer-intent
    pub(crate) key: String,
    /// 計画のフォルダー（省略時は pipelines/ から探す）/ the plan's folder (default: searched in pipelines/)
    #[arg(long)]
    pub(crate) plan: Option<PathBuf>,
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
