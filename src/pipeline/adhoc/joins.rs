//! Files that are joined to the response files by a key.

use std::path::{Path, PathBuf};

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result, collect};
use crate::finding::Finding;
use crate::join::{self, Join, KeyColumn};
use crate::raw::{self, ReadOptions, Table};
use crate::text::Text;

/// A file to join to the response files, as it was typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JoinRequest {
    /// The file.
    pub file: PathBuf,
    /// The file that is joined to those of the earlier wave.
    pub against: Option<PathBuf>,
    /// How they are read.
    pub read: ReadOptions,
    /// The key: `COL[,COL]`, or `COL[,COL]=COL[,COL]` where it is called otherwise in the file.
    pub key: String,
    /// `COL[,COL]`: the columns that are taken; `None`: all but those of the key.
    pub columns: Option<String>,
    /// What is put before the names of its columns.
    pub prefix: String,
    /// Whether, of columns of one name, that of the responses counts.
    pub keep_answers: bool,
}

/// The response files of a sample with the files that were joined to them.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// The files that were joined.
    pub(super) files: Vec<Table>,
    /// What joining found.
    pub(super) findings: Vec<Finding>,
}

/// Reads the files that `requests` name and joins them to `tables`; those of the earlier wave `before`.
///
/// # Errors
/// Those of reading and of [`join::join`]; `join::request` for a key that says nothing, and where the earlier
/// wave has no file to join.
pub(super) fn joined(tables: &mut [Table], requests: &[JoinRequest], before: bool) -> Result<Joined> {
    let mut mistakes = Vec::new();
    let mut out = Joined::default();
    for request in requests {
        let path = if before { request.against.as_deref() } else { Some(request.file.as_path()) };
        let table = path.ok_or_else(nothing_earlier).and_then(|path| read(path, &request.read));
        let Some(table) = collect(table, &mut mistakes) else { continue };
        let found = how(request, tables, &table).and_then(|how| join::join(tables, &table, &how));
        out.findings.extend(collect(found.map_err(advised), &mut mistakes).unwrap_or_default());
        out.files.push(table);
    }
    Error::all(mistakes).map_or(Ok(out), Err)
}

fn read(path: &Path, options: &ReadOptions) -> Result<Table> {
    raw::read(path, &path.to_string_lossy(), options)
}

fn nothing_earlier() -> Error {
    Diagnostic::new(
        Code::JoinRequest,
        Text::new(
            "前回の回答ファイル（--against）に結合するファイルがありません",
            "there is no file to join to the responses of the earlier wave (--against)",
        ),
    )
    .help(Text::new(
        "--join の数だけ --against-join FILE を指定します",
        "give one --against-join FILE for each --join",
    ))
    .into()
}

/// What was typed, by the columns that both files have.
fn how(request: &JoinRequest, tables: &[Table], file: &Table) -> Result<Join> {
    let ours = |list: &str| names(list, &|name| tables.iter().all(|table| table.column(name).is_some()));
    let theirs = |list: &str| names(list, &|name| file.column(name).is_some());
    let has = |names: &Option<Vec<String>>| names.is_some();
    let text = request.key.as_str();
    let cuts = || text.match_indices('=').map(|(at, cut)| (&text[..at], &text[at + cut.len()..]));
    let both = |a: &str, b: &str| Some((ours(a)?, theirs(b)?));
    let found = both(text, text).or_else(|| cuts().find_map(|(a, b)| both(a, b)));
    // What is not there is told when it is looked up.
    let typed = |list: &str| split(list).into_iter().map(str::to_owned).collect::<Vec<String>>();
    let (answers, theirs_named) = found.unwrap_or_else(|| match cuts().next() {
        Some((a, b)) => (typed(a), typed(b)),
        None => (typed(text), typed(text)),
    });
    if answers.len() != theirs_named.len() || answers.iter().any(String::is_empty) {
        let message =
            Text::new(format!("キー「{text}」が読めません"), format!("the key \"{text}\" cannot be read"));
        let help = Text::new(
            "--key 整理番号、--key 世帯番号,員番号、--key 'ID=受付番号' のように書きます",
            "write it like --key ID, --key household,person or --key 'ID=NO'",
        );
        return Err(Diagnostic::new(Code::JoinRequest, message).help(help).into());
    }
    let columns = request.columns.as_deref().map(|list| Some(theirs(list)).filter(has).flatten());
    let columns =
        columns.map(|found| found.unwrap_or_else(|| typed(request.columns.as_deref().unwrap_or(""))));
    let pair = |(answers, file): (String, String)| KeyColumn { answers, file };
    Ok(Join {
        key: answers.into_iter().zip(theirs_named).map(pair).collect(),
        columns,
        prefix: request.prefix.clone(),
        keep_answers: request.keep_answers,
    })
}

fn split(list: &str) -> Vec<&str> {
    list.split([',', '、', '，']).map(str::trim).collect()
}

/// The names of a list, where all of them are there. A header may itself hold a comma.
fn names(list: &str, is_there: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let whole = list.trim();
    if is_there(whole) {
        return Some(vec![whole.to_owned()]);
    }
    let parts = split(list);
    parts.iter().all(|name| is_there(name)).then(|| parts.into_iter().map(str::to_owned).collect())
}

/// Mistakes of joining, with advice in the words of the flags.
fn advised(error: Error) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == Code::JoinSameColumn) {
        diagnostic.help = Some(Text::new(
            "列名の前に付ける字 --join-prefix 台帳_、取る列 --join-columns COL,COL、回答ファイルの列を使う \
             --join-same answers のどれかを指定します",
            "give one of --join-prefix list_ to put before the names, --join-columns COL,COL to take those \
             only, --join-same answers to let the responses' count",
        ));
    }
    Error::all(diagnostics)
        .unwrap_or_else(|| Error::msg(Code::JoinRequest, "結合できません", "the files cannot be joined"))
}
