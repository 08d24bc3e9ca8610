//! Columns of the response files that hold personal data: found by content on every run, named, and never
//! read.

use serde::{Deserialize, Serialize};

use super::no_question::personal_column;
use crate::code::Code;
use crate::decode::locate::Layout;
use crate::decode::personal::{Personal, looks_personal};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::questionnaire::model::{Question, QuestionKind};
use crate::raw::{Cell, Column, Table, letters};
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

/// So many cells tell what a column holds.
const ENOUGH: usize = 2_000;

/// The personal columns of one table. Columns that hold the answers to a question with options or to a number
/// are read, so they are none; of free text only whether there is any is read, so its columns are looked at.
pub(crate) fn columns(
    questions: &[Question],
    layouts: &[Layout],
    respondent: Option<&str>,
    table: &Table,
) -> Vec<PersonalColumn> {
    let mut answers = vec![false; table.columns.len()];
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
            let name = column.name();
            let name = if may_be_data(&name) { format!("@{}", letters(column.position)) } else { name };
            let place = Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref()).column(name);
            out.push(PersonalColumn {
                place,
                kind,
                cells: filled(column).count() as u64,
                respondent: is_ids,
            });
        }
    }
    out
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

/// The column itself, or so many of its filled rows as tell what it holds, evenly from top to bottom.
fn sample(column: &Column) -> Column {
    let rows: Vec<usize> = filled(column).collect();
    let step = rows.len().div_ceil(ENOUGH).max(1);
    let mut values: Vec<Cell> = Vec::new();
    let mut new_place: Vec<Option<u32>> = vec![None; column.values.len()];
    let mut picked = Vec::new();
    for row in rows.into_iter().step_by(step) {
        let Some((value, slot)) = column
            .rows
            .get(row)
            .map(|v| v as usize)
            .and_then(|v| Some((column.values.get(v)?, new_place.get_mut(v)?)))
        else {
            continue;
        };
        let place = *slot.get_or_insert_with(|| {
            values.push(value.clone());
            values.len() as u32 - 1
        });
        picked.push(place);
    }
    Column {
        header: column.header.clone(),
        position: column.position,
        values,
        rows: picked.into_iter().collect(),
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
