//! The cell of an item in a year: by its headings, wherever they stand.

use std::collections::{BTreeMap, BTreeSet};

use super::labels::Month;
use super::layout::{Heading, Line, above, beside, is_figure};
use super::words::{bracketed, is_about, is_note, is_target, is_target_word, is_total, is_unit, is_value};
use crate::indicator::FiscalYear;
use crate::raw::Sheet;

/// What is looked for: the words of the item from the outermost in, and those that tell columns apart.
pub(super) struct Wanted<'a> {
    pub(super) item: &'a [String],
    pub(super) column: &'a [String],
}

/// A cell that answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spot {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) year: FiscalYear,
    pub(super) calendar: bool,
    /// The month, where its line is one of months.
    pub(super) month: Option<Month>,
    /// What the year's heading says besides: `速報値`.
    pub(super) rest: String,
    pub(super) beside: Vec<Heading>,
    pub(super) above: Vec<Heading>,
    /// The columns of the row that say more: its unit and notes.
    pub(super) unit: Option<usize>,
    pub(super) notes: Vec<usize>,
    /// Whether its row is of this year alone.
    pub(super) one_year: bool,
    /// The rows of headings, the last one excluded.
    pub(super) head: (usize, usize),
    /// How well it fits; the best ones are taken.
    fit: Fit,
}

/// How well a cell fits, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The item and nothing more.
    Whole,
    /// The total of its parts.
    Total,
    /// One of its parts.
    Part,
}

fn is_match(key: &str, word: &str) -> bool {
    key == word || bracketed(key).is_some_and(|(before, _)| before == word)
}

/// The place of each word among the headings, in order; `None` where one is not there.
fn places(path: &[Heading], words: &[String]) -> Option<Vec<usize>> {
    let mut from = 0;
    let mut out = Vec::new();
    for word in words {
        let at = path.iter().skip(from).position(|h| is_match(&h.key, word))? + from;
        out.push(at);
        from = at + 1;
    }
    Some(out)
}

/// How much of a heading path comes after the item, or beside it.
fn fit(path: &[Heading], last: usize, wanted: &Wanted<'_>) -> Fit {
    let more: Vec<&Heading> = path
        .iter()
        .skip(last + 1)
        .filter(|h| !is_about(&h.key) && !is_value(&h.key))
        .filter(|h| !wanted.column.iter().any(|w| is_match(&h.key, w)))
        .collect();
    match more.as_slice() {
        [] => Fit::Whole,
        more if more.iter().all(|h| is_total(&h.key)) => Fit::Total,
        _ => Fit::Part,
    }
}

/// What the headings at the left of a value and above it say of it: an actual (1), a target (-1), or neither.
/// At the left only the very words count, since a status such as 目標達成 may stand there.
fn role<'h>(beside: &[Heading], above: impl Iterator<Item = &'h Heading>, wanted: &Wanted<'_>) -> i8 {
    let asked = |h: &Heading| wanted.item.iter().chain(wanted.column).any(|w| is_match(&h.key, w));
    let above: Vec<&Heading> = above.filter(|h| !asked(h)).collect();
    let mut beside = beside.iter().filter(|h| !asked(h));
    if above.iter().any(|h| is_target(&h.key)) || beside.clone().any(|h| is_target_word(&h.key)) {
        return -1;
    }
    i8::from(above.iter().any(|h| is_value(&h.key)) || beside.any(|h| is_value(&h.key)))
}

/// The spots of one line that answer, of every year.
pub(super) fn spots(sheet: &Sheet, line: &Line, wanted: &Wanted<'_>) -> Vec<Spot> {
    if line.across { of_row(sheet, line, wanted) } else { of_column(sheet, line, wanted) }
}

/// The columns whose lowest heading is one of these words.
fn columns_named(sheet: &Sheet, line: &Line, is: impl Fn(&str) -> bool) -> Vec<usize> {
    let (_, width) = sheet.size();
    let named = |column: &usize| {
        let end = if line.across { line.head.1 + 1 } else { line.head.1 };
        let mut rows = (line.head.0..end).rev().map(|row| sheet.text(row, *column));
        let lowest = rows.find(|text| !text.trim().is_empty());
        lowest.is_some_and(|text| is(&super::words::heading(text)))
    };
    (0..width).filter(|c| !line.across || !line.years.contains_key(c)).filter(named).collect()
}

fn of_row(sheet: &Sheet, line: &Line, wanted: &Wanted<'_>) -> Vec<Spot> {
    let first = line.years.keys().next().copied().unwrap_or(0);
    let abouts = columns_named(sheet, line, is_about);
    let (_, width) = sheet.size();
    let stubs: BTreeSet<usize> = (line.from..first).filter(|c| !abouts.contains(c)).collect();
    let heads: BTreeMap<usize, Vec<Heading>> =
        line.years.keys().map(|column| (*column, above(sheet, line, *column))).collect();
    // A heading over all years says nothing of any of them.
    let shared = |h: &Heading| {
        h.at < line.at && line.years.len() > 1 && heads.values().all(|path| path.iter().any(|o| o == h))
    };
    let unit = columns_named(sheet, line, is_unit).first().copied();
    let notes: Vec<usize> = columns_named(sheet, line, is_note);
    let mut out = Vec::new();
    for (row, path) in beside(sheet, line, &stubs) {
        let found = places(&path, wanted.item);
        for (column, label) in &line.years {
            let head = &heads[column];
            let fit = match (&found, places(head, wanted.item)) {
                (Some(at), _) => fit(&path, at.last().copied().unwrap_or(0), wanted),
                (None, Some(at)) => fit(head, at.last().copied().unwrap_or(0), wanted),
                (None, None) => continue,
            };
            let has = |word: &String| path.iter().chain(head).any(|h| is_match(&h.key, word));
            let role = role(&path, head.iter().filter(|h| !shared(h)), wanted);
            if !wanted.column.iter().all(has) || role < 0 {
                continue;
            }
            out.push((
                role,
                Spot {
                    row,
                    column: *column,
                    year: label.year,
                    calendar: label.calendar,
                    month: label.month,
                    rest: label.rest.clone(),
                    beside: path.clone(),
                    above: head.clone(),
                    unit,
                    notes: notes.iter().copied().filter(|c| *c < width).collect(),
                    one_year: false,
                    head: (line.head.0, line.head.1 + 1),
                    fit,
                },
            ));
        }
    }
    best_role(out)
}

fn of_column(sheet: &Sheet, line: &Line, wanted: &Wanted<'_>) -> Vec<Spot> {
    let (_, width) = sheet.size();
    let abouts = columns_named(sheet, line, is_about);
    let unit = columns_named(sheet, line, is_unit).first().copied();
    let notes = columns_named(sheet, line, is_note);
    let heads: BTreeMap<usize, Vec<Heading>> =
        (0..width).map(|column| (column, above(sheet, line, column))).collect();
    let others: BTreeSet<usize> = (0..width)
        .filter(|c| *c != line.at && !notes.contains(c) && Some(*c) != unit)
        .filter(|c| {
            let own = |row: usize| sheet.cell(row, *c).is_some() && !is_figure(sheet, row, *c);
            (line.body.0..line.body.1).any(own)
        })
        .collect();
    // Words go on downwards at the left of the years only: at their right every row speaks for itself.
    let paths = beside(sheet, line, &others);
    let value_columns: Vec<usize> = columns_named(sheet, line, is_value);
    let mut out = Vec::new();
    for (row, label) in &line.years {
        let own: Vec<Heading> = paths.get(row).cloned().unwrap_or_default();
        let own: Vec<Heading> = own.into_iter().filter(|h| h.own || h.at < line.at).collect();
        let spot = |column: usize, fit: Fit, head: &[Heading], path: Vec<Heading>| Spot {
            row: *row,
            column,
            year: label.year,
            calendar: label.calendar,
            month: label.month,
            rest: label.rest.clone(),
            beside: path,
            above: head.to_vec(),
            unit,
            notes: notes.clone(),
            one_year: true,
            head: line.head,
            fit,
        };
        let in_row = places(&own, wanted.item);
        for (column, head) in heads.iter().filter(|(c, _)| **c != line.at) {
            let path: Vec<Heading> = own.iter().filter(|h| h.at != *column).cloned().collect();
            let has = |word: &String| path.iter().chain(head).any(|h| is_match(&h.key, word));
            if !wanted.column.iter().all(has) {
                continue;
            }
            let in_head = places(head, wanted.item);
            let chosen = !wanted.column.is_empty()
                && wanted.column.iter().any(|w| head.iter().any(|h| is_match(&h.key, w)));
            match (&in_row, in_head) {
                (Some(at), _) if !abouts.contains(column) || chosen => {
                    let is_value = if chosen {
                        true
                    } else if value_columns.is_empty() {
                        is_figure(sheet, *row, *column)
                    } else {
                        value_columns.contains(column)
                    };
                    let role = role(&path, std::iter::empty(), wanted);
                    if is_value && role >= 0 {
                        let last = at.last().copied().unwrap_or(0);
                        out.push((role, spot(*column, fit(&own, last, wanted), head, path.clone())));
                    }
                }
                (None, Some(at)) => {
                    let last = at.last().copied().unwrap_or(0);
                    let below: Vec<Heading> = head.iter().skip(last).cloned().collect();
                    let role = role(&path, below.iter(), wanted);
                    if role >= 0 {
                        let words = path.iter().any(|h| h.own && !is_total(&h.key));
                        let fit = fit(head, last, wanted).max(if words { Fit::Part } else { Fit::Whole });
                        out.push((role, spot(*column, fit, head, path)));
                    }
                }
                _ => {}
            }
        }
    }
    best_role(out)
}

/// Actual values, in the years where any are called so.
fn best_role(found: Vec<(i8, Spot)>) -> Vec<Spot> {
    let when = |spot: &Spot| (spot.year, spot.month);
    let mut best: BTreeMap<_, i8> = BTreeMap::new();
    for (role, spot) in &found {
        let of_year = best.entry(when(spot)).or_insert(*role);
        *of_year = (*of_year).max(*role);
    }
    found.into_iter().filter(|(role, spot)| best.get(&when(spot)) == Some(role)).map(|(_, s)| s).collect()
}

/// Those that fit best.
pub(super) fn best(mut spots: Vec<Spot>) -> Vec<Spot> {
    if spots.len() > 1 {
        let fit = spots.iter().map(|s| s.fit).min().unwrap_or(Fit::Whole);
        spots.retain(|s| s.fit == fit);
    }
    spots
}
