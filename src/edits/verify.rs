//! raw + log = clean: the cleaned tables held against a clean file that somebody else made.

use std::collections::{BTreeMap, BTreeSet};

use crate::code::Code;
use crate::edits::apply::Cleaned;
use crate::edits::index::Index;
use crate::edits::same::{Reading, same};
use crate::error::{Diagnostic, Result};
use crate::provenance::Place;
use crate::questionnaire::model::Questionnaire;
use crate::raw::{Column, Table};
use crate::text::Text;
use crate::text::spelling;

/// Where the clean file and raw + log differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// A return that raw + log keeps, but the clean file does not have; its place in the raw file.
    NotInClean(Place),
    /// A return that the clean file has, but raw + log does not, because no raw file has it or the log takes
    /// it out; its place in the clean file.
    NotInRaw(Place),
    /// A column that the log speaks of, but the clean file does not have.
    NoColumn(String),
    /// A cell.
    Cell {
        /// Its place in the raw file.
        raw: Place,
        /// Its place in the clean file.
        clean: Place,
        /// What raw + log gives.
        expected: String,
        /// What the clean file says.
        found: String,
    },
}

impl Mismatch {
    /// What raw + log gives, and what the clean file has.
    pub fn sides(&self) -> [Text; 2] {
        let there = Text::new("（票がある）", "(the return)");
        let not_there = Text::new("（票がない）", "(no such return)");
        let said = |text: &str| {
            if text.is_empty() { Text::new("（空欄）", "(blank)") } else { Text::same(text) }
        };
        match self {
            Mismatch::NotInClean(_) => [there, not_there],
            Mismatch::NotInRaw(_) => [not_there, there],
            Mismatch::NoColumn(_) => {
                [Text::new("（列がある）", "(the column)"), Text::new("（列がない）", "(no such column)")]
            }
            Mismatch::Cell { expected, found, .. } => [said(expected), said(found)],
        }
    }

    /// Where: in the clean file, or in the raw file for what the clean file lacks.
    pub fn place(&self) -> Place {
        match self {
            Mismatch::NotInClean(place) | Mismatch::NotInRaw(place) | Mismatch::Cell { clean: place, .. } => {
                place.clone()
            }
            Mismatch::NoColumn(name) => Place::default().column(name),
        }
    }
}

/// What a comparison with a clean file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The columns that the log speaks of, by name.
    pub columns: Vec<String>,
    /// Returns compared.
    pub returns: u64,
    /// Cells compared.
    pub cells: u64,
    /// Rows of the raw files that no id names, and which could not be compared.
    pub without_id: u64,
    /// The differences, in the order of the raw files, then of the clean file.
    pub differences: Vec<Mismatch>,
}

/// Compares the columns that the log speaks of, return by return; a respondent who stands more than once is
/// compared in the order of the rows. Values are the same as the module's head says.
///
/// # Errors
/// `answers::missing-column` where the clean file has no column of respondents' ids.
pub fn verify(
    questionnaire: &Questionnaire,
    cleaned: &Cleaned,
    respondent: &str,
    clean: &Table,
) -> Result<Verification> {
    let Some(clean_ids) = clean.column(respondent) else {
        let message = Text::new(
            format!("整理後のファイルに回答者番号の列「{respondent}」がありません"),
            format!("the clean file has no column \"{respondent}\" with the respondents' ids"),
        );
        return Err(Diagnostic::new(Code::AnswersMissingColumn, message)
            .at(Place::file(&clean.digest.file))
            .into());
    };
    let mut rows_of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in 0..clean.row_count() {
        rows_of.entry(spelling::code(&clean_ids.cell(row).text())).or_default().push(row);
    }
    // Rows of the template, without an id, are nobody's.
    rows_of.remove("");
    let index = Index::of(questionnaire, &cleaned.tables, Some(respondent));
    let mut out = Verification { columns: vec![], returns: 0, cells: 0, without_id: 0, differences: vec![] };
    let mut lacking = BTreeSet::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (t, table) in cleaned.tables.iter().enumerate() {
        let mut pairs: Vec<(&Column, &Column, Reading<'_>)> = Vec::new();
        for &(_, at) in cleaned.covered.range((t, 0)..(t + 1, 0)) {
            let Some(column) = table.columns.get(at) else { continue };
            let name = column.name().trim().to_owned();
            match clean.column(&name) {
                Some(other) => pairs.push((column, other, index.reading(t, at, index.owner(t, at)))),
                None => drop(lacking.insert(name.clone())),
            }
            if !out.columns.contains(&name) {
                out.columns.push(name);
            }
        }
        for row in (0..table.row_count()).filter(|&row| !cleaned.removed.contains(&(t, row))) {
            let id = spelling::code(&index.id((t, row)));
            let at = |column: &Column| table.place(row, column);
            if id.is_empty() {
                out.without_id += 1;
                continue;
            }
            let nth = seen.entry(id.clone()).or_default();
            let other = rows_of.get(&id).and_then(|rows| rows.get(*nth)).copied();
            *nth += 1;
            let Some(other) = other else {
                out.differences.push(Mismatch::NotInClean(index.id_column(t).map(at).unwrap_or_default()));
                continue;
            };
            out.returns += 1;
            for (column, theirs, reading) in &pairs {
                let (expected, found) = (column.cell(row).text(), theirs.cell(other).text());
                out.cells += 1;
                if !same(&expected, &found, *reading) {
                    let (raw, clean) = (at(column), clean.place(other, theirs));
                    out.differences.push(Mismatch::Cell {
                        raw,
                        clean,
                        expected: expected.trim().to_owned(),
                        found: found.trim().to_owned(),
                    });
                }
            }
        }
    }
    for (id, rows) in &rows_of {
        let used = seen.get(id).copied().unwrap_or(0);
        out.differences
            .extend(rows.iter().skip(used).map(|&row| Mismatch::NotInRaw(clean.place(row, clean_ids))));
    }
    out.differences.extend(lacking.into_iter().map(Mismatch::NoColumn));
    Ok(out)
}
