//! How a command that gives numbers writes them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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
