//! From a grid to a table: header rows apart, merged header cells filled, findings at their places.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use crate::code::Code;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::provenance::{FileDigest, Place};
use crate::text::Text;

use super::cell::Cell;
use super::grid::{Grid, Growing};
use super::heading::{self, Heading, LOOKED_AT, is_import_id, says_total};
use super::table::{Column, ReadOptions, Table, letters};

/// A block of merged cells: first and last row, first and last column, all from 0 and all inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) rows: (usize, usize),
    pub(super) columns: (usize, usize),
}

/// Findings of at most this many cells are told one by one; the rest of them as one.
const TOLD_ONE_BY_ONE: usize = 50;

/// What a reader knows besides the cells.
pub(super) struct SheetFacts<'a> {
    /// The file's identity, without the number of rows.
    pub(super) digest: FileDigest,
    /// Where the headings stand: from the first row behind those that are skipped that holds anything; to be
    /// found where `None`.
    pub(super) heading: Option<Heading>,
    /// Whether rows of totals are left out.
    pub(super) responses: bool,
    /// The merged cells of the sheet; `None` where the format has none.
    pub(super) merged: Option<&'a [Merged]>,
    /// For each row of the grid its number in the file; a row beyond it is its index plus 1.
    pub(super) row_numbers: Option<Vec<u64>>,
}

/// Makes the table of a grid.
///
/// # Errors
/// `raw::empty` when the grid holds nothing; `raw::header-rows` when it has fewer rows than header rows.
pub(super) fn table(grid: Grid, source: SheetFacts<'_>) -> Result<Table> {
    let number =
        |row: usize| source.row_numbers.as_ref().and_then(|n| n.get(row).copied()).unwrap_or(row as u64 + 1);
    let heading = source.heading.unwrap_or_else(|| look(&grid, &number));
    let skipped = |row: &usize| heading.skip_rows > 0 && number(*row) <= heading.skip_rows as u64;
    let first = grid.first_row().map(|first| first.max((0..grid.height()).take_while(skipped).count()));
    let Some(first) = first.and_then(|first| (first..grid.height()).find(|&row| grid.holds(row))) else {
        return Err(Error::msg(
            Code::RawEmpty,
            "データがありません(すべて空です)",
            "there is no data (all cells are empty)",
        ));
    };
    let (start, end) = (first + heading.header_rows, grid.height());
    if start > end {
        return Err(Error::msg(
            Code::RawHeaderRows,
            format!("見出し行が{}行と指定されましたが、{}行しかありません", heading.header_rows, end - first),
            format!(
                "{} header rows were asked for, but there are only {} rows",
                heading.header_rows,
                end - first
            ),
        ));
    }
    let totals = if source.responses { totals(&grid, start, end) } else { 0 };
    let end = end - totals;
    let growing: Vec<_> = grid.into_columns().collect();
    let mut headers: Vec<Vec<String>> = growing
        .iter()
        .map(|(_, c)| (first..start).map(|row| c.cell(row).text().trim_end().to_owned()).collect())
        .collect();
    let positions: Vec<usize> = growing.iter().map(|(at, _)| *at).collect();
    fill(&mut headers, &positions, first, source.merged);
    let file = Place::file(&source.digest.file).sheet(source.digest.sheet.as_deref());
    let mut findings = Vec::new();
    for (position, column) in &growing {
        for row in first..start {
            if let Cell::Broken(what) = column.cell(row) {
                let text = Text::new(
                    format!("見出しに読めないところがあります: {what}"),
                    format!("a header cannot be read: {what}"),
                );
                findings.push(Finding::warning(
                    Code::RawUndecodable,
                    text,
                    file.clone().row(number(row)).column(letters(*position)),
                ));
            }
        }
    }

    // What Qualtrics writes for itself is no heading.
    let imported = |row: usize| is_import_id(headers.iter().filter_map(|h| h.get(row)).map(String::as_str));
    let kept: Vec<usize> = (0..heading.header_rows).filter(|&row| !imported(row)).collect();
    if !kept.is_empty() && kept.len() < heading.header_rows {
        let of = |header: &Vec<String>| kept.iter().filter_map(|&row| header.get(row).cloned()).collect();
        headers = headers.iter().map(of).collect();
    }
    if source.heading.is_none() && heading != Heading::FIRST {
        findings.push(found(heading, file.clone().row(number(first))));
    }
    if totals > 0 {
        findings.push(left_out(totals, file.clone().row(number(end))));
    }

    let column = |((position, growing), header): ((usize, Growing), Vec<String>)| {
        let (values, rows) = growing.finish(start, end);
        Column { header, position, values, rows }
    };
    let columns: Vec<Column> = growing.into_par_iter().zip(headers).map(column).collect();
    let mut numbers = source.row_numbers.unwrap_or_default();
    numbers.extend(numbers.len() as u64 + 1..=end as u64);
    numbers.truncate(end);
    numbers.drain(..start);
    let digest = FileDigest { rows: Some(numbers.len() as u64), ..source.digest };
    let mut table = Table {
        digest,
        columns,
        row_numbers: numbers,
        findings: Vec::new(),
        heading,
        dictionary: None,
        joined: Vec::new(),
    };
    table.findings = findings;
    table.findings.extend(broken_cells(&table));
    table.findings.extend(headers_to_know(&table));
    table.findings.extend(merged_data(&table, start, source.merged.unwrap_or_default()));
    Ok(table)
}

/// Where the options say that the headings stand; `None` where they are to be looked for.
pub(super) fn asked_for(options: &ReadOptions) -> Option<Heading> {
    (!options.finds_headings()).then(|| Heading {
        skip_rows: options.skip_rows.unwrap_or(0),
        header_rows: options.header_rows.unwrap_or(1),
    })
}

/// Looks for the headings of a grid.
fn look(grid: &Grid, number: &dyn Fn(usize) -> u64) -> Heading {
    let rows: Vec<Vec<String>> = (0..grid.height().min(LOOKED_AT)).map(|row| grid.row(row)).collect();
    let found = heading::find(&rows);
    // In rows of the file.
    let skip_rows = found.skip_rows.checked_sub(1).map_or(0, |last| number(last) as usize);
    Heading { skip_rows, ..found }
}

/// How many rows at the end add up the others.
fn totals(grid: &Grid, start: usize, end: usize) -> usize {
    let first = |row: usize| -> Option<(usize, String)> {
        grid.row(row).into_iter().enumerate().find(|(_, cell)| !cell.trim().is_empty())
    };
    let says = |row: &usize| first(*row).is_some_and(|(_, cell)| says_total(&cell));
    let count = (start..end).rev().take_while(says).count();
    // An answer that others gave too is one.
    let answered = |row: usize| {
        let Some((column, _)) = first(row) else { return false };
        (start..end - count).any(|row| grid.row(row).get(column).is_some_and(|cell| says_total(cell)))
    };
    if count > 0 && answered(end - 1) { 0 } else { count }
}

/// What is said of headings that were found.
fn found(heading: Heading, place: Place) -> Finding {
    let Heading { skip_rows, header_rows } = heading;
    let (above, above_en) = match skip_rows {
        0 => (String::new(), String::new()),
        n => (format!("上の{n}行を飛ばし、"), format!("the {n} rows above were passed over and ")),
    };
    let text = Text::new(
        format!(
            "見出しの行を推測しました。{above}{header_rows}行を見出しとして読みます。違うときは skip_rows と \
             header_rows（--skip-rows、--header-rows）で指定してください"
        ),
        format!(
            "the headings were guessed: {above_en}{header_rows} header row(s) read. If that is wrong, say it \
             with skip_rows and header_rows (--skip-rows, --header-rows)"
        ),
    );
    Finding::warning(Code::RawHeadingFound, text, place)
}

fn left_out(rows: usize, place: Place) -> Finding {
    let text = Text::new(
        format!("末尾の合計の行（{rows}行）を除きました"),
        format!("{rows} row(s) of totals at the end were left out"),
    );
    Finding::warning(Code::RawTotalRows, text, place).counted_in_message(rows as u64)
}

/// Fills merged header cells rightwards, in all header rows but the last.
///
/// Where the sheet says which cells are merged across the upper rows, that is followed. Elsewhere a blank
/// cell takes the text at its left, as long as the row above has not begun a new group and the column has any
/// header at all.
fn fill(headers: &mut [Vec<String>], positions: &[usize], first: usize, merged: Option<&[Merged]>) {
    let depth = headers.first().map_or(0, Vec::len);
    let blank = |h: &[Vec<String>], c: usize, r: usize| {
        h.get(c).and_then(|h| h.get(r)).is_none_or(|t| t.trim().is_empty())
    };
    let given: Vec<Merged> = merged
        .unwrap_or_default()
        .iter()
        .copied()
        .filter(|m| {
            m.rows.0 < first + depth.saturating_sub(1) && m.rows.1 >= first && m.columns.0 < m.columns.1
        })
        .collect();
    // A filled cell must not look like one that begins a group, so blanks are noted before anything is
    // filled: for each column the number of blank cells from the top.
    let blanks: Vec<usize> =
        (0..headers.len()).map(|c| (0..depth).take_while(|&r| blank(headers, c, r)).count()).collect();
    for row in 0..depth.saturating_sub(1) {
        let mut left: Option<(usize, String)> = None;
        for column in 0..headers.len() {
            let here = positions.get(column).copied().unwrap_or(column);
            if !blank(headers, column, row) {
                left = headers.get(column).and_then(|h| h.get(row)).map(|t| (here, t.clone()));
                continue;
            }
            let leading = blanks.get(column).copied().unwrap_or(0);
            if given.is_empty() && leading == depth {
                continue;
            }
            let take = if given.is_empty() {
                leading > row
            } else {
                let at = first + row;
                let inside = |m: &&Merged| {
                    m.rows.0 <= at && at <= m.rows.1 && m.columns.0 <= here && here <= m.columns.1
                };
                given
                    .iter()
                    .find(inside)
                    .is_some_and(|m| left.as_ref().is_some_and(|(from, _)| *from >= m.columns.0))
            };
            match (&left, take) {
                (Some((_, text)), true) => {
                    if let Some(slot) = headers.get_mut(column).and_then(|h| h.get_mut(row)) {
                        slot.clone_from(text);
                    }
                }
                _ => left = None,
            }
        }
    }
}

/// The broken cells of a table: spreadsheet errors, told once for each column and kind of error; undecodable
/// bytes, told one by one.
fn broken_cells(table: &Table) -> Vec<Finding> {
    let mut errors = Vec::new();
    let mut places: Vec<(usize, usize)> = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        for (value, cell) in column.values.iter().enumerate() {
            let Cell::Broken(what) = cell else { continue };
            let mut rows =
                column.rows.iter().enumerate().filter(|(_, v)| *v as usize == value).map(|(row, _)| row);
            if !is_error(what) {
                places.extend(rows.map(|row| (row, at)));
            } else if let Some(first) = rows.next() {
                let text = Text::new(
                    format!("表計算のエラー値です: {what}"),
                    format!("a spreadsheet error: {what}"),
                );
                let count = 1 + rows.count() as u64;
                errors.push(
                    Finding::warning(Code::RawCellError, text, table.place(first, column)).count(count),
                );
            }
        }
    }
    places.sort_unstable();
    let mut findings = Vec::new();
    for (told, &(row, at)) in places.iter().take(TOLD_ONE_BY_ONE + 1).enumerate() {
        let Some(column) = table.columns.get(at) else { continue };
        let finding = |text| Finding::warning(Code::RawUndecodable, text, table.place(row, column));
        findings.push(if told < TOLD_ONE_BY_ONE {
            let short: String = column.cell(row).text().chars().take(40).collect();
            finding(Text::new(
                format!("文字として読めないバイトがあります: {short}"),
                format!("some bytes are no text: {short}"),
            ))
        } else {
            let rest = places.len() - TOLD_ONE_BY_ONE;
            let text = Text::new(
                format!("ほかにも読めないセルが{rest}個あります"),
                format!("{rest} more cells could not be read"),
            );
            finding(text).counted_in_message(rest as u64)
        });
    }
    findings.append(&mut errors);
    findings
}

/// Whether a broken cell is a spreadsheet error such as `#N/A`, not text with undecodable bytes.
fn is_error(what: &str) -> bool {
    what.starts_with('#') && !what.contains("\\x")
}

/// Merged cells among the answers: what they hold stands in the first row and column only, so that the others
/// look blank.
fn merged_data(table: &Table, start: usize, merged: &[Merged]) -> Option<Finding> {
    let holds = |m: &&Merged| {
        m.rows.1 >= start
            && table.columns.iter().any(|c| m.columns.0 <= c.position && c.position <= m.columns.1)
    };
    let inside: Vec<&Merged> =
        merged.iter().filter(holds).filter(|m| m.rows.0 < start + table.row_count()).collect();
    let first = inside.iter().min_by_key(|m| (m.rows.0, m.columns.0))?;
    let place =
        Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref()).row(first.rows.0 as u64 + 1);
    let name = table
        .columns
        .iter()
        .find(|c| c.position == first.columns.0)
        .map_or_else(|| letters(first.columns.0), Column::name);
    let text = Text::new(
        "回答のところに結合したセルがあります。値は左上のセルだけにあり、ほかは空です。結合を解除して、それ\
         ぞれに値を入れてください",
        "cells are merged among the answers; the value stands in the first of them only, the others are \
         empty. Take them apart and fill each",
    );
    Some(Finding::warning(Code::RawMergedCells, text, place.column(name)).count(inside.len() as u64))
}

/// Columns without a header, broken headers, and headers that stand twice.
fn headers_to_know(table: &Table) -> Vec<Finding> {
    let mut findings = Vec::new();
    let file = Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref());
    let mut seen = std::collections::BTreeMap::<String, (usize, u64)>::new();
    let mut nameless: Option<(&Column, u64)> = None;
    for column in &table.columns {
        let name = column.name();
        if column.header.iter().all(|h| h.trim().is_empty()) {
            nameless = Some(nameless.map_or((column, 1), |(first, n)| (first, n + 1)));
        } else {
            seen.entry(name).or_insert((column.position, 0)).1 += 1;
        }
    }
    if let Some((column, count)) = nameless {
        let row = (0..table.row_count()).find(|&r| *column.cell(r) != Cell::Empty).unwrap_or(0);
        let text = Text::new(
            format!(
                "見出しのない列に値があります({count}列)。列の記号(@{})で指せます",
                letters(column.position)
            ),
            format!(
                "{count} column(s) hold values but have no header; name them by letters (@{})",
                letters(column.position)
            ),
        );
        findings.push(
            Finding::warning(Code::RawNoHeader, text, table.place(row, column)).counted_in_message(count),
        );
    }
    for (name, (position, count)) in seen.into_iter().filter(|(_, (_, n))| *n > 1).take(TOLD_ONE_BY_ONE) {
        let text = Text::new(
            format!(
                "同じ見出しの列が{count}列あります。列の記号(@{}など)で指してください",
                letters(position)
            ),
            format!(
                "{count} columns have this header; name one by its letters (such as @{})",
                letters(position)
            ),
        );
        findings.push(
            Finding::note(Code::RawDuplicateHeader, text, file.clone().column(name))
                .counted_in_message(count),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Merged, fill};

    fn columns(rows: &[&[&str]]) -> Vec<Vec<String>> {
        let width = rows.iter().map(|r| r.len()).max().unwrap_or(0);
        (0..width)
            .map(|c| rows.iter().map(|r| r.get(c).copied().unwrap_or("").to_owned()).collect())
            .collect()
    }

    fn filled(rows: &[&[&str]], merged: Option<&[Merged]>) -> Vec<Vec<String>> {
        let mut headers = columns(rows);
        let positions: Vec<usize> = (0..headers.len()).collect();
        fill(&mut headers, &positions, 0, merged);
        headers
    }

    #[test]
    fn blanks_of_the_upper_row_take_the_text_at_their_left() {
        let headers = filled(&[&["id", "問1", "", "問2", ""], &["", "a", "b", "a", ""]], None);
        assert_eq!(headers, columns(&[&["id", "問1", "問1", "問2", ""], &["", "a", "b", "a", ""]]));
    }

    #[test]
    fn a_new_group_above_ends_the_group_below() {
        let rows: &[&[&str]] = &[&["A", "", "B", ""], &["p", "", "", "q"], &["1", "2", "3", "4"]];
        let expected: &[&[&str]] = &[&["A", "A", "B", "B"], &["p", "p", "", "q"], &["1", "2", "3", "4"]];
        assert_eq!(filled(rows, None), columns(expected));
    }

    #[test]
    fn merged_cells_of_the_sheet_decide_where_there_are_any() {
        let merged = [Merged { rows: (0, 0), columns: (0, 1) }];
        let headers = filled(&[&["問1", "", "", "問2"], &["a", "b", "c", "d"]], Some(&merged));
        assert_eq!(headers, columns(&[&["問1", "問1", "", "問2"], &["a", "b", "c", "d"]]));
    }
}
