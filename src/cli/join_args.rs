//! The flags of `estimate` that join files to the response files.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use shihyo::code::Code;
use shihyo::error::{Diagnostic, Error};
use shihyo::pipeline::adhoc::JoinRequest;
use shihyo::raw::ReadOptions;
use shihyo::text::Text;

#[derive(Debug, Args)]
#[command(next_help_heading = "ファイルの結合 / Joined files")]
pub(super) struct JoinArgs {
    /// 結合するファイル（台帳、世帯のファイルなど）。列を足すだけで、行は増えも減りもしない / file whose
    /// columns are joined to the responses by a key: no row is added or lost
    #[arg(long, value_name = "FILE", requires = "key")]
    join: Vec<PathBuf>,
    /// キーの列。名前が違えば 'ID=受付番号' / columns of the key; 'OURS=THEIRS' where the names differ
    #[arg(long, value_name = "COL[,COL]", requires = "join")]
    key: Vec<String>,
    /// 取る列（省略時はキーのほかのすべて）/ columns to take (default: all but those of the key)
    #[arg(long, value_name = "COL[,COL]", requires = "join")]
    join_columns: Vec<String>,
    /// 列名の前に付ける字 / what is put before the names of its columns
    #[arg(long, value_name = "TEXT", requires = "join")]
    join_prefix: Vec<String>,
    /// 同じ名前の列があるとき、回答ファイルの列を使う / of columns of one name those of the responses count
    #[arg(long, value_enum, requires = "join")]
    join_same: Vec<SameArg>,
    /// 結合するファイルのシート名 / its sheet
    #[arg(long, value_name = "NAME", requires = "join")]
    join_sheet: Vec<String>,
    /// 結合するファイルの、見出しより上で飛ばす行数 / its rows above the headings
    #[arg(long, value_name = "N", requires = "join")]
    join_skip_rows: Vec<usize>,
    /// 結合するファイルの見出しの行数 / its header rows
    #[arg(long, value_name = "N", requires = "join")]
    join_header_rows: Vec<usize>,
    /// 結合するファイルの文字コード / its encoding
    #[arg(long, value_name = "NAME", requires = "join")]
    join_encoding: Vec<String>,
    /// 前回の回答ファイルに結合するファイル / file joined to the responses of the earlier wave
    #[arg(long, value_name = "FILE", requires = "join", requires = "against")]
    against_join: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SameArg {
    /// 回答ファイルの列 / those of the responses
    Answers,
}

impl JoinArgs {
    /// What was typed. A flag that stands once holds for each file, else there is one for each, in order.
    pub(super) fn requests(&self) -> Result<Vec<JoinRequest>, Error> {
        let files = self.join.len();
        let request = |(at, file): (usize, &PathBuf)| {
            let text = |flag: &str, list: &[String]| of_file(flag, list, at, files);
            Ok(JoinRequest {
                file: file.clone(),
                against: self.against_join.get(at).cloned(),
                read: ReadOptions {
                    sheet: text("--join-sheet", &self.join_sheet)?,
                    skip_rows: of_file("--join-skip-rows", &self.join_skip_rows, at, files)?,
                    header_rows: of_file("--join-header-rows", &self.join_header_rows, at, files)?,
                    encoding: text("--join-encoding", &self.join_encoding)?,
                    ..ReadOptions::of_responses()
                },
                key: text("--key", &self.key)?.unwrap_or_default(),
                columns: text("--join-columns", &self.join_columns)?,
                prefix: text("--join-prefix", &self.join_prefix)?.unwrap_or_default(),
                keep_answers: of_file("--join-same", &self.join_same, at, files)?.is_some(),
            })
        };
        self.join.iter().enumerate().map(request).collect()
    }
}

/// What a flag says of one of so many files.
fn of_file<T: Clone>(flag: &str, list: &[T], at: usize, files: usize) -> Result<Option<T>, Error> {
    match list {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several if several.len() == files => Ok(several.get(at).cloned()),
        several => {
            let given = several.len();
            let message = Text::new(
                format!("{flag} が{given}つ、--join が{files}つあります"),
                format!("{flag} stands {given} times, --join {files} times"),
            );
            let help = Text::new(
                format!("{flag} は1つ（すべてのファイルに共通）か、--join と同じ順に同じ数だけ指定します"),
                format!("give {flag} once for all files, or as often as --join and in the same order"),
            );
            Err(Diagnostic::new(Code::JoinRequest, message).help(help).into())
        }
    }
}
