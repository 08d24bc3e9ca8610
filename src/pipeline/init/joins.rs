//! Files beside the answers, as a first plan joins them.

use crate::finding::Finding;
use crate::join::{self, Join};
use crate::questionnaire::quoted;
use crate::raw::{ReadOptions, Table};

/// The files of a first plan.
#[derive(Debug)]
pub(super) struct Sorted {
    /// The response files, with the columns of the others, and their places in the request.
    pub(super) answers: Vec<(usize, Table)>,
    /// The files that were joined, with their places, and how.
    pub(super) joined: Vec<(usize, Table, Join)>,
    /// What joining found.
    pub(super) findings: Vec<Finding>,
}

/// Takes the files that look as if they stood beside the answers out of `tables`, and joins them.
pub(super) fn sorted(tables: Vec<Table>) -> Sorted {
    let guesses = join::guess(&tables);
    let mut out = Sorted { answers: Vec::new(), joined: Vec::new(), findings: Vec::new() };
    for (at, table) in tables.into_iter().enumerate() {
        match guesses.iter().find(|guess| guess.file == at) {
            Some(guess) => out.joined.push((at, table, guess.how.clone())),
            None => out.answers.push((at, table)),
        }
    }
    let (places, mut answers): (Vec<usize>, Vec<Table>) =
        std::mem::take(&mut out.answers).into_iter().unzip();
    let mut apart = Vec::new();
    for (at, file, how) in std::mem::take(&mut out.joined) {
        let mut with = answers.clone();
        match join::join(&mut with, &file, &how) {
            Ok(findings) => {
                answers = with;
                out.findings.extend(findings);
                out.joined.push((at, file, how));
            }
            // It is no such file after all.
            Err(_) => apart.push((at, file)),
        }
    }
    out.answers = places.into_iter().zip(answers).chain(apart).collect();
    out.answers.sort_by_key(|(at, _)| *at);
    out
}

/// The line of a plan that joins these files: the name of each, how it is read and joined.
pub(super) fn line(joins: &[(String, ReadOptions, &Join)]) -> Option<String> {
    let one = |(name, read, how): &(String, ReadOptions, &Join)| {
        let key = how.key.first().map_or(String::new(), |key| quoted(&key.answers));
        let parts = [
            Some(format!("file = {}, key = {key}", quoted(name))),
            how.keep_answers.then(|| "same_columns = \"answers\"".to_owned()),
            read.skip_rows.map(|rows| format!("skip_rows = {rows}")),
            read.header_rows.map(|rows| format!("header_rows = {rows}")),
            read.sheet.as_deref().map(|sheet| format!("sheet = {}", quoted(sheet))),
            read.encoding.as_deref().map(|name| format!("encoding = {}", quoted(name))),
        ];
        format!("{{ {} }}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    };
    let all: Vec<String> = joins.iter().map(one).collect();
    match all.as_slice() {
        [] => None,
        [one] => Some(format!("join = {one}\n")),
        several => Some(format!("join = [{}]\n", several.join(", "))),
    }
}
