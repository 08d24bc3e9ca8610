//! The signs beside values that cannot be compared with earlier ones without more ado: `※1`, `‡2`, and their
//! notes.

use crate::indicator::{CellContent, Comparability, IndicatorTable, Observation, TrendNote};

/// The trend notes of a table, numbered in the order in which the table meets them; equal ones share a
/// number.
pub(super) struct TrendMarks<'a> {
    notes: Vec<&'a TrendNote>,
}

impl<'a> TrendMarks<'a> {
    /// Those of `table`.
    pub(super) fn of(table: &'a IndicatorTable) -> Self {
        let mut notes: Vec<&TrendNote> = Vec::new();
        for cell in table.rows.iter().flat_map(|r| &r.measures).flat_map(|m| &m.cells) {
            if let CellContent::Value(observation) = &cell.content
                && let Some(note) = &observation.trend
                && !notes.contains(&note)
            {
                notes.push(note);
            }
        }
        Self { notes }
    }

    /// `※1`, `‡2`; empty for a value that may be compared.
    pub(super) fn mark(&self, observation: &Observation) -> String {
        let Some(note) = &observation.trend else { return String::new() };
        let number =
            self.notes.iter().position(|n| *n == note).map_or_else(String::new, |k| (k + 1).to_string());
        format!("{}{number}", sign(note.level))
    }

    /// The notes, each behind its mark.
    pub(super) fn notes(&self) -> Vec<String> {
        let line =
            |(k, note): (usize, &&TrendNote)| format!("{}{} {}", sign(note.level), k + 1, note.note.ja);
        self.notes.iter().enumerate().map(line).collect()
    }

    /// Whether some value has this level.
    pub(super) fn has(&self, level: Comparability) -> bool {
        self.notes.iter().any(|n| n.level == level)
    }
}

/// The sign of a level: one for care, another for what cannot be compared.
pub(super) fn sign(level: Comparability) -> &'static str {
    match level {
        Comparability::Same => "",
        Comparability::Caution => "※",
        Comparability::NotComparable => "‡",
    }
}

/// The sign with its meaning, where no note stands near: in CSV and JSON.
pub(super) fn signed_words(note: &TrendNote) -> &'static str {
    match note.level {
        Comparability::Same => "",
        Comparability::Caution => "※比較注意",
        Comparability::NotComparable => "‡比較不可",
    }
}
