//! What the readers of workbooks hand on, and which sheet is read.

use std::collections::{BTreeMap, BTreeSet};

use super::super::header::Merged;
use super::shown::Shown;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::raw::spreadsheet::no_such_sheet;
use crate::text::Text;
use crate::text::fold::fold;

/// A sheet may hold this many cells; a table for people has a few thousand.
const MOST_CELLS: usize = 1 << 23;

/// A name that a workbook gives to cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// What it refers to, as written: `Sheet1!$B$3`.
    pub refers: String,
}

/// The parts of a sheet before they are one.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) name: Option<String>,
    pub(super) cells: BTreeMap<(usize, usize), Shown>,
    pub(super) merged: Vec<Merged>,
    pub(super) hidden_rows: BTreeSet<usize>,
    pub(super) hidden_columns: BTreeSet<usize>,
    pub(super) findings: Vec<Finding>,
    /// The names of the whole workbook.
    pub(super) names: Vec<Named>,
}

impl Parts {
    /// # Errors
    /// `raw::too-large` for more cells than a table has.
    pub(super) fn set(&mut self, row: usize, column: usize, shown: Shown) -> Result<()> {
        if shown.is_blank() {
            return Ok(());
        }
        if self.cells.len() >= MOST_CELLS {
            return Err(Error::msg(
                Code::RawTooLarge,
                format!("表のセルが多すぎます（{MOST_CELLS}まで読めます）"),
                format!("the sheet has too many cells ({MOST_CELLS} can be read)"),
            ));
        }
        self.cells.insert((row, column), shown);
        Ok(())
    }
}

/// The sheet to read: by its name, else `None`.
///
/// # Errors
/// `raw::sheet` for a name that is not there.
pub(super) fn choose(wanted: Option<&str>, names: &[String]) -> Result<Option<usize>> {
    let Some(wanted) = wanted else { return Ok(None) };
    let same = |name: &String| fold(name) == fold(wanted);
    names
        .iter()
        .position(|n| n == wanted)
        .or_else(|| names.iter().position(same))
        .map(Some)
        .ok_or_else(|| no_such_sheet(wanted, names))
}

/// The note that other sheets were not read.
pub(super) fn other_sheets<'a>(read: &str, others: impl Iterator<Item = &'a String>) -> Option<Finding> {
    let rest: Vec<&str> = others.map(String::as_str).collect();
    if rest.is_empty() {
        return None;
    }
    let rest = rest.join(", ");
    let text = Text::new(
        format!("シートの指定がないので「{read}」を読みました(ほかのシート: {rest})"),
        format!("no sheet was named; \"{read}\" was read (other sheets: {rest})"),
    );
    Some(Finding::note(Code::RawOtherSheets, text, Place::default()))
}
