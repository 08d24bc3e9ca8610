//! What a person should look at, cell by cell: the rows of the workbook that becomes a cleaning log. A cell
//! has one row, however much is wrong with it, for it takes one change.

use std::collections::BTreeSet;

use crate::decode::issues::{CellIssue, Problem};
use crate::decode::locate::Layout;
use crate::edits::index::{Index, Target};
use crate::edits::log::is_no_answer;
use crate::edits::same::{CUT, LONGEST};
use crate::questionnaire::model::{Question, QuestionKind, Questionnaire};
use crate::raw::Table;
use crate::text::spelling;

/// One cell, answer or return to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// The file, as the user named it.
    pub file: String,
    /// The sheet of a workbook; blank for other files.
    pub sheet: String,
    /// The row of the file, from 1, header rows counted.
    pub row: u64,
    /// The respondent's id; blank where there is none.
    pub respondent: String,
    /// Index of the question; `None` where the whole return is meant.
    pub question: Option<usize>,
    /// The column's name, or the first and last one of several; of a whole return the column of ids.
    pub column: String,
    /// What is wrong, one thing or more.
    pub problems: Vec<Problem>,
    /// What stands there: the cell's text, or the codes of the marks of several columns.
    pub old: String,
    /// What may stand there.
    pub accepts: Accepts,
}

/// What a new value may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepts {
    /// One of these: options with code and label, and 無回答.
    One(Vec<String>),
    /// Codes of options, joined by commas, or 無回答.
    Several(Vec<String>),
    /// A mark in the column of one option: 1 or 0.
    Mark,
    /// A number, at least and at most these where there is a range.
    Number(Option<(i64, i64)>),
    /// Any words.
    Words,
}

/// The rows about `issues` that are warnings, less those that `looked_at` names: in the order of files, rows
/// and questions.
pub fn review(
    questionnaire: &Questionnaire,
    tables: &[Table],
    respondent: Option<&str>,
    issues: &[CellIssue],
    looked_at: &BTreeSet<(usize, usize, Option<usize>)>,
) -> Vec<ReviewRow> {
    let index = Index::of(questionnaire, tables, respondent);
    let mut issues: Vec<&CellIssue> =
        issues.iter().filter(|i| i.problem.severity() == crate::code::Severity::Warning).collect();
    issues.sort_unstable();
    let mut rows: Vec<ReviewRow> = Vec::new();
    let mut before = None;
    for issue in issues {
        let about = About::of(&index, issue);
        match rows.last_mut() {
            Some(row) if before.as_ref() == Some(&about) => {
                if !row.problems.contains(&issue.problem) {
                    row.problems.push(issue.problem);
                }
            }
            _ => {
                let Some(row) = one(&index, &about, issue.problem, looked_at) else { continue };
                rows.push(row);
                before = Some(about);
            }
        }
    }
    rows
}

/// What an issue is about.
#[derive(PartialEq, Eq)]
struct About {
    place: (usize, usize),
    question: Option<usize>,
    target: Option<Target>,
}

impl About {
    fn of(index: &Index<'_>, issue: &CellIssue) -> Self {
        let t = usize::from(issue.table);
        let question = issue.question.map(|q| q as usize);
        let ids = || {
            let (table, ids) = (index.tables.get(t)?, index.id_column(t)?);
            table.columns.iter().position(|c| std::ptr::eq(c, ids)).map(|c| Target::Cell(c, None))
        };
        let target = match (issue.column.map(|c| c as usize), question) {
            (Some(column), q) => Some(Target::Cell(column, q)),
            (None, Some(q)) => index.answer(t, q),
            (None, None) => ids(),
        };
        Self { place: (t, issue.row as usize), question, target }
    }
}

fn one(
    index: &Index<'_>,
    about: &About,
    problem: Problem,
    looked_at: &BTreeSet<(usize, usize, Option<usize>)>,
) -> Option<ReviewRow> {
    let About { place: (t, row), question, target } = about;
    let (t, row, question) = (*t, *row, *question);
    let table = index.tables.get(t)?;
    let columns: Vec<Option<usize>> = match target {
        Some(Target::Cell(column, _)) => vec![Some(*column)],
        Some(Target::Answer(_, columns)) => columns.iter().map(|c| Some(*c)).collect(),
        None => vec![None],
    };
    let looked = |column: &Option<usize>| looked_at.contains(&(t, row, *column));
    if columns.iter().all(looked) || (question.is_none() && looked(&None)) {
        return None;
    }
    let column = match target {
        Some(Target::Cell(column, _)) => {
            table.columns.get(*column).map_or(String::new(), |c| c.name().trim().to_owned())
        }
        Some(Target::Answer(_, columns)) => index.span(t, columns),
        None => String::new(),
    };
    let old = target.as_ref().map_or(String::new(), |target| index.value((t, row), target));
    let old = match old.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}{CUT}", old.get(..end).unwrap_or_default()),
        None => old,
    };
    let accepts = match (question.and_then(|q| Some((index.questions.get(q)?, index.layout(t, q)?))), target)
    {
        (Some((_, Layout::Ticks(_))), Some(Target::Cell(..))) => Accepts::Mark,
        (Some((question, _)), _) => accepts(question),
        (None, _) => Accepts::Words,
    };
    Some(ReviewRow {
        file: table.digest.file.clone(),
        sheet: table.digest.sheet.clone().unwrap_or_default(),
        row: table.row_numbers.get(row).copied()?,
        respondent: index.id((t, row)),
        question,
        column,
        problems: vec![problem],
        old,
        accepts,
    })
}

fn accepts(question: &Question) -> Accepts {
    let options = || {
        let named = |c: &super::super::questionnaire::Category| {
            if spelling::label(&c.code) == spelling::label(&c.label) {
                c.code.clone()
            } else {
                format!("{} {}", c.code, c.label)
            }
        };
        let mut options: Vec<String> = question.categories().iter().map(named).collect();
        if !question.categories().iter().any(|c| is_no_answer(&c.label)) {
            options.push("無回答".to_owned());
        }
        options
    };
    match &question.kind {
        QuestionKind::Single(_) => Accepts::One(options()),
        QuestionKind::Multiple { .. } => Accepts::Several(options()),
        QuestionKind::Number { range } => Accepts::Number(range.as_ref().map(|r| (*r.start(), *r.end()))),
        QuestionKind::Text => Accepts::Words,
    }
}
