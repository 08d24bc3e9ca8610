//! Which of several files are answers, and which stand beside them: guessed for a first plan.

use std::collections::BTreeSet;

use super::how::{Join, KeyColumn};
use crate::raw::{Column, Table};
use crate::text::fold::fold;
use crate::text::spelling;

/// A file that looks as if it were to be joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The index of the file.
    pub file: usize,
    /// How it is joined.
    pub how: Join,
}

/// The files that look as if they stood beside the answers: those in which a column that they share with the
/// answers has each value once, and finds at least half of the answers. Files that share half of their
/// columns or more are answers to one questionnaire, such as paper and web, and none of these. The first file
/// is one of answers, unless it is itself beside another.
pub fn guess(tables: &[Table]) -> Vec<Guess> {
    let beside = |answers: usize| -> Vec<Guess> {
        let others = (0..tables.len()).filter(|file| *file != answers);
        others
            .filter_map(|file| Some(Guess { file, how: joined(tables.get(answers)?, tables.get(file)?)? }))
            .collect()
    };
    let found = beside(0);
    if !found.is_empty() {
        return found;
    }
    // A file of households before that of their persons.
    let of_first = |answers: usize| beside(answers).into_iter().find(|guess| guess.file == 0);
    (1..tables.len()).find_map(of_first).into_iter().collect()
}

/// How `file` is joined to `answers`, if it looks so.
fn joined(answers: &Table, file: &Table) -> Option<Join> {
    let named = |column: &&Column| answers.column(&column.name()).is_some_and(|own| is_same(own, column));
    let shared: Vec<&Column> = file.columns.iter().filter(named).collect();
    if shared.len() * 2 > file.columns.len().min(answers.columns.len()) {
        return None;
    }
    let is_key = |column: &&Column| {
        let Some(own) = answers.column(&column.name()) else { return false };
        let theirs = codes(column);
        let values: BTreeSet<&String> = theirs.iter().flatten().collect();
        let ours = codes(own);
        let found = ours.iter().flatten().filter(|code| values.contains(code)).count();
        let with_key = ours.iter().flatten().count();
        let once = theirs.iter().flatten().count() == values.len();
        once && values.len() > 1 && found * 2 >= with_key && found > 1
    };
    let key = shared.iter().copied().find(is_key)?.name();
    Some(Join {
        keep_answers: shared.len() > 1,
        key: vec![KeyColumn { answers: key.clone(), file: key }],
        ..Join::default()
    })
}

fn is_same(a: &Column, b: &Column) -> bool {
    fold(&a.name()) == fold(&b.name())
}

/// The code of each row; `None` where it is blank.
fn codes(column: &Column) -> Vec<Option<String>> {
    let values: Vec<String> = column.values.iter().map(|cell| spelling::code(&cell.text())).collect();
    column.rows.map(|value| values.get(value as usize).filter(|code| !code.is_empty()).cloned())
}
