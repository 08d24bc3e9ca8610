//! Sheets of a single year: its name stands in the sheet's name, the file's name or the title.

use std::collections::BTreeSet;

use super::groups::{self, Belonging};
use super::labels::spoken_of;
use super::layout::is_figure;
use super::words::{bracketed, heading, is_target, is_value};
use crate::indicator::FiscalYear;
use crate::raw::{Sheet, Shown};

/// Rows of a sheet in which a title may stand.
const TITLE_ROWS: usize = 5;

/// The year of a whole sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OwnYear {
    pub(super) year: FiscalYear,
    /// Whether nothing but its title says so: a yearbook of one year holds the figures of the year before.
    pub(super) by_title: bool,
}

/// The year that a whole sheet is of; `None` where it says none, or several.
pub(super) fn year_of(sheet: &Sheet) -> Option<OwnYear> {
    let one = |texts: &mut dyn Iterator<Item = String>| {
        let years: BTreeSet<FiscalYear> = texts.flat_map(|t| spoken_of(&t)).collect();
        years.first().copied().filter(|_| years.len() == 1)
    };
    let name = sheet.digest.sheet.clone();
    let file = sheet.digest.file.rsplit(['/', '\\']).next().map(|f| {
        let stem = f.rsplit_once('.').map_or(f, |(stem, _)| stem);
        stem.replace(['_', '-'], " ")
    });
    let mut titles =
        sheet.cells().take_while(|((row, _), _)| *row < TITLE_ROWS).map(|(_, shown)| shown.text.clone());
    let by_name = one(&mut name.into_iter().flat_map(|n| pieces(&n)))
        .or_else(|| one(&mut file.into_iter().flat_map(|n| pieces(&n))));
    match by_name {
        Some(year) => Some(OwnYear { year, by_title: false }),
        None => one(&mut titles).map(|year| OwnYear { year, by_title: true }),
    }
}

/// A name as it stands, and its words.
fn pieces(name: &str) -> Vec<String> {
    name.split([' ', '\u{3000}', '_', '-']).map(str::to_owned).collect()
}

/// A cell that answers, with the headings that were used.
pub(super) struct Found {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) headings: Vec<String>,
    /// Whether nothing but its place tells that it is of its group.
    pub(super) flat_group: bool,
}

/// The figures at the right of the item's cell (or below it), by the headings above.
pub(super) fn find(sheet: &Sheet, item: &[String], columns: &[String]) -> Vec<Found> {
    let Some((last, before)) = item.split_last() else { return Vec::new() };
    let is = |text: &str, word: &str| {
        let key = heading(text);
        key == word || bracketed(&key).is_some_and(|(k, _)| k == word)
    };
    let mut out = Vec::new();
    for ((row, column), shown) in sheet.cells().filter(|(_, shown)| is(&shown.text, last)) {
        let mut flat_group = false;
        let outer = before.iter().all(|word| {
            let above = sheet.cells().take_while(|((r, _), _)| *r <= row);
            let of_word = |((r, c), other): &((usize, usize), &Shown)| {
                *c <= column && (*r, *c) != (row, column) && is(&other.text, word)
            };
            let Some(((group, c), _)) = above.filter(of_word).last() else { return false };
            // In a row above and the same column it is a group in a list; else it stands beside or above all.
            let of_group = if group < row && c == column {
                groups::belonging(sheet, group, row)
            } else {
                Belonging::Part
            };
            flat_group |= of_group == Belonging::Perhaps;
            of_group != Belonging::No
        });
        if !outer {
            continue;
        }
        let right: Vec<usize> =
            sheet.row(row).map(|(c, _)| c).filter(|c| *c > column && is_figure(sheet, row, *c)).collect();
        let head = |c: usize| (0..row).rev().map(move |r| sheet.text(r, c)).filter(|t| !t.trim().is_empty());
        let kept: Vec<usize> = if columns.is_empty() {
            let lowest = |c: &usize| head(*c).next().map(heading).unwrap_or_default();
            let values: Vec<usize> = right.iter().copied().filter(|c| is_value(&lowest(c))).collect();
            let others = right.iter().copied().filter(|c| !is_target(&lowest(c))).collect();
            if values.is_empty() { others } else { values }
        } else {
            let named = |c: &usize| columns.iter().all(|word| head(*c).any(|t| is(t, word)));
            right.iter().copied().filter(named).collect()
        };
        for c in kept {
            let mut headings = vec![shown.text.trim().to_owned()];
            headings.extend(head(c).next().map(|t| t.trim().to_owned()));
            out.push(Found { row, column: c, headings, flat_group });
        }
        if right.is_empty() && columns.is_empty() {
            let (height, _) = sheet.size();
            let below: Vec<usize> = (row + 1..height)
                .take_while(|r| sheet.row(*r).next().is_some())
                .filter(|r| is_figure(sheet, *r, column))
                .collect();
            if let [only] = below.as_slice() {
                let headings = vec![shown.text.trim().to_owned()];
                out.push(Found { row: *only, column, headings, flat_group });
            }
        }
    }
    out
}
