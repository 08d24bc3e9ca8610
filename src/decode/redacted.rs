//! Columns of the response files that hold personal data: found by content on every run, named, and never
//! read.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::no_question::personal_column;
use crate::code::Code;
use crate::decode::locate::Layout;
use crate::decode::personal::{Personal, looks_personal};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::questionnaire::model::{Question, QuestionKind};
use crate::raw::{Cell, Column, Sample, Table, in_sample};
use crate::text::Text;
use crate::text::spelling;

/// A column that goes no further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalColumn {
    /// The file and sheet, and the column by its name (by its letters, `@C`, where the name itself may be
    /// somebody's data: a file without header rows).
    pub place: Place,
    /// What it holds.
    pub kind: Personal,
    /// Cells that hold anything.
    pub cells: u64,
    /// Whether the plan names it as the column of respondents' ids.
    pub respondent: bool,
}

/// The personal columns of one table. Columns that hold the answers to a question with options or to a number
/// are read, so they are none, and so are those of the design; of free text only whether there is any is
/// read, so its columns are looked at.
pub(crate) fn columns(
    questions: &[Question],
    layouts: &[Layout],
    (respondent, design): (Option<&str>, &BTreeSet<String>),
    table: &Table,
) -> Vec<PersonalColumn> {
    let mut answers = vec![false; table.columns.len()];
    let named: Vec<&Column> = design.iter().filter_map(|name| table.column(name)).collect();
    for (answer, column) in answers.iter_mut().zip(&table.columns) {
        *answer = named.iter().any(|named| std::ptr::eq(*named, column));
    }
    for (_, layout) in questions.iter().zip(layouts).filter(|(q, _)| q.kind != QuestionKind::Text) {
        for &column in layout.columns() {
            answers.get_mut(column).into_iter().for_each(|slot| *slot = true);
        }
    }
    let ids = respondent.and_then(|name| table.column(name));
    let mut out = Vec::new();
    for (column, _) in table.columns.iter().zip(&answers).filter(|(_, answer)| !**answer) {
        let is_ids = ids.is_some_and(|c| std::ptr::eq(c, column));
        let kind = if is_ids { Some(Personal::Number) } else { personal_column(&sample(column)) };
        if let Some(kind) = kind {
            out.push(found(table, column, kind, filled(column).count() as u64, is_ids));
        }
    }
    out
}

/// The personal columns of a file whose rows were counted as they were read: that of the respondents' ids,
/// which stand in so many rows, and columns (position and sample) that hold no answers.
pub(crate) fn sampled_columns(
    header: &Table,
    (respondent, rows): (Option<&str>, u64),
    samples: Vec<(usize, &Sample)>,
) -> Vec<PersonalColumn> {
    let ids = respondent.and_then(|name| header.column(name));
    let of_column = |column: &Column| {
        if ids.is_some_and(|c| std::ptr::eq(c, column)) {
            return Some(found(header, column, Personal::Number, rows, true));
        }
        let (_, sample) = samples.iter().find(|(position, _)| *position == column.position)?;
        let texts = (*sample).clone().texts();
        let rows = (0..).zip(&texts).flat_map(|(value, (_, times))| (0..*times).map(move |_| value));
        let sampled = Column {
            header: column.header.clone(),
            position: column.position,
            rows: rows.collect(),
            values: texts.iter().map(|(text, _)| Cell::Text(text.as_str().into())).collect(),
        };
        Some(found(header, column, personal_column(&sampled)?, sample.filled(), false))
    };
    header.columns.iter().filter_map(of_column).collect()
}

fn found(table: &Table, column: &Column, kind: Personal, cells: u64, respondent: bool) -> PersonalColumn {
    let mut place = table.column_place(column);
    if place.column.as_deref().is_some_and(may_be_data) {
        place = place.column(format!("@{}", table.column_letters(column)));
    }
    PersonalColumn { place, kind, cells, respondent }
}

/// Whether a column's name may be what a respondent wrote: the first row of a file without header rows.
pub(crate) fn may_be_data(name: &str) -> bool {
    looks_personal(name) || name.chars().filter(|c| c.is_numeric()).count() >= 4
}

/// Rows that hold anything.
fn filled(column: &Column) -> impl Iterator<Item = usize> {
    let is_blank = |cell: &Cell| match cell {
        Cell::Empty => true,
        Cell::Text(text) | Cell::Date(text) | Cell::Broken(text) => spelling::is_blank(text),
        Cell::Number(_) | Cell::Bool(_) => false,
    };
    let blank: Vec<bool> = column.values.iter().map(is_blank).collect();
    column
        .rows
        .iter()
        .enumerate()
        .filter(move |(_, v)| blank.get(*v as usize) == Some(&false))
        .map(|(row, _)| row)
}

fn text(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) => Cow::Borrowed(text.as_str()),
        other => Cow::Owned(other.text()),
    }
}

/// The column with a sample of its texts, and all rows that hold them.
fn sample(column: &Column) -> Column {
    let texts: Vec<Cow<'_, str>> = column.values.iter().map(text).collect();
    let chosen = in_sample(&texts.iter().map(|text| &**text).collect::<Vec<_>>());
    let mut next = 0;
    let place: Vec<Option<u32>> = chosen
        .iter()
        .map(|chosen| {
            next += u32::from(*chosen);
            chosen.then(|| next - 1)
        })
        .collect();
    let values = column.values.iter().zip(&chosen).filter(|(_, chosen)| **chosen);
    Column {
        header: column.header.clone(),
        position: column.position,
        values: values.map(|(value, _)| value.clone()).collect(),
        rows: column.rows.iter().filter_map(|value| *place.get(value as usize)?).collect(),
    }
}

/// The note about a personal column; none about the ids that the plan itself names.
pub(crate) fn note(found: &PersonalColumn) -> Option<Finding> {
    if found.respondent {
        return None;
    }
    let kind = found.kind.text();
    let message = Text::new(
        format!("{}とみられる列。読まず、どの出力にも書かない", kind.ja),
        format!("looks like {}; not read, and written to no output", kind.en),
    );
    Some(Finding::note(Code::AnswersPersonalData, message, found.place.clone()).count(found.cells.max(1)))
}
