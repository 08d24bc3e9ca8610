//! Where a sheet has its years, and the headings of a cell: the lines of years across and down, the texts
//! above a column and at the left of a row.

use std::collections::{BTreeMap, BTreeSet};

use super::labels::{Label, after, along, sure};
use super::words::{heading, is_about, is_item, is_year};
use crate::indicator::AdminCell;
use crate::raw::{Sheet, ShownKind};

/// Rows above a line of years that may hold headings.
const MOST_HEADING_ROWS: usize = 6;

/// Blank rows that may stand between headings and the first year below them.
const MOST_BLANK_ROWS: usize = 2;

/// A line of years.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) across: bool,
    /// The row of years across, or the column of years down.
    pub(super) at: usize,
    /// Years by column, or by row; one entry for each cell that belongs to a year.
    pub(super) years: BTreeMap<usize, Label>,
    /// The first column that may hold headings of the rows.
    pub(super) from: usize,
    /// The rows of headings, and the rows of values.
    pub(super) head: (usize, usize),
    pub(super) body: (usize, usize),
}

/// A text in the path of headings of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heading {
    /// As it is compared.
    pub(super) key: String,
    /// As it stands.
    pub(super) text: String,
    /// Its column, or its row.
    pub(super) at: usize,
    /// Whether it stands in the cell's own row (column), and not above (at the left), going on.
    pub(super) own: bool,
}

/// Whether a cell holds a number or one of the symbols that stand for one.
pub(super) fn is_figure(sheet: &Sheet, row: usize, column: usize) -> bool {
    let Some(shown) = sheet.cell(row, column) else { return false };
    match shown.kind {
        ShownKind::Number | ShownKind::Unvalued | ShownKind::Unclear => true,
        ShownKind::Text => !matches!(AdminCell::parse(&shown.text), Err(_) | Ok(AdminCell::Pending)),
        ShownKind::Date | ShownKind::Logical | ShownKind::Error => false,
    }
}

/// All lines of years of a sheet, across first.
pub(super) fn lines(sheet: &Sheet) -> Vec<Line> {
    let (height, width) = sheet.size();
    let mut down: Vec<(usize, Vec<(usize, Label)>)> = Vec::new();
    let mut columns: Vec<Vec<(usize, &str)>> = vec![Vec::new(); width];
    for ((row, column), shown) in sheet.cells() {
        if !shown.text.trim().is_empty() {
            columns[column].push((row, &shown.text));
        }
    }
    for (column, cells) in columns.iter().enumerate() {
        down.extend(runs(cells).into_iter().map(|run| (column, run)));
    }
    let length = |row: usize, column: usize| {
        let run = down.iter().find(|(c, run)| *c == column && run.iter().any(|(r, _)| *r == row));
        run.map_or(0, |(_, run)| run.len())
    };
    let mut across: Vec<(usize, Vec<(usize, Label)>)> = Vec::new();
    for row in 0..height {
        let cells: Vec<(usize, &str)> =
            sheet.row(row).filter(|(_, s)| !s.text.trim().is_empty()).map(|(c, s)| (c, &*s.text)).collect();
        let texts: Vec<&str> = cells.iter().map(|(_, text)| *text).collect();
        let found: Vec<(usize, Label)> =
            along(&texts).into_iter().map(|(at, label)| (cells[at].0, label)).collect();
        let Some((first, _)) = found.first() else { continue };
        let by_column = found.iter().all(|(column, _)| length(row, *column) > found.len());
        // One year under the heading 年度 is a row of a long table, unless its figure stands below.
        let headed = found.len() == 1 && is_headed(sheet, row, *first) && !is_figure(sheet, row + 1, *first);
        let leads = found.len() == 1
            && cells.first().is_some_and(|(column, _)| column == first)
            && cells.iter().skip(1).any(|(column, _)| is_figure(sheet, row, *column));
        // 平成23年 and 2011 beside each other head one row.
        let one_year = found.len() > 1
            && found.iter().all(|(_, label)| label.year == found[0].1.year)
            && length(row, *first) > 1;
        if !by_column && !leads && !headed && !one_year {
            across.push((row, found));
        }
    }
    let taken = |row: usize, column: usize| {
        across.iter().any(|(r, found)| *r == row && found.iter().any(|(c, _)| *c == column))
    };
    down.retain(|(column, run)| !run.iter().any(|(row, _)| taken(*row, *column)));
    let rows: Vec<usize> = across.iter().map(|(row, _)| *row).collect();
    let mut out: Vec<Line> = Vec::new();
    for (row, found) in across {
        let until = rows.iter().copied().find(|r| *r > row).unwrap_or(height);
        out.extend(
            blocks(sheet, row, found).into_iter().map(|(span, found)| of_row(sheet, row, span, found, until)),
        );
    }
    out.extend(down.into_iter().map(|(column, run)| of_column(sheet, column, run)));
    out
}

/// The columns that a block of a row of years spans, and its years by column.
type Block = ((usize, usize), Vec<(usize, Label)>);

/// Years of a row that stand behind a heading of items of their own, as where a long table is set in two
/// columns: each block by itself.
fn blocks(sheet: &Sheet, row: usize, found: Vec<(usize, Label)>) -> Vec<Block> {
    let (_, width) = sheet.size();
    let mut out: Vec<Block> = Vec::new();
    let mut last = None;
    for (column, label) in found {
        let heads = |c: &usize| sheet.anchor(row, *c) == (row, *c) && is_item(&heading(sheet.text(row, *c)));
        let own = last.and_then(|last: usize| (last + 1..column).find(heads));
        if let Some(((_, end), _)) = out.last_mut()
            && let Some(from) = own
        {
            *end = from;
            out.push(((from, width), Vec::new()));
        } else if out.is_empty() {
            out.push(((0, width), Vec::new()));
        }
        if let Some((_, years)) = out.last_mut() {
            years.push((column, label));
        }
        last = Some(column);
    }
    out
}

/// Whether the nearest text above a cell is the heading of years.
fn is_headed(sheet: &Sheet, row: usize, column: usize) -> bool {
    let above = (0..row).rev().map(|r| sheet.text(r, column)).find(|text| !text.trim().is_empty());
    above.is_some_and(|text| is_year(&heading(text)))
}

/// The years that follow each other down a column.
fn runs(cells: &[(usize, &str)]) -> Vec<Vec<(usize, Label)>> {
    if let Some(steady) = steady(cells) {
        return vec![steady];
    }
    let mut out: Vec<Vec<(usize, Label)>> = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        let (row, text) = cells[at];
        if is_year(&heading(text)) {
            let rest: Vec<&str> = cells[at..].iter().map(|(_, text)| *text).collect();
            let bare = rest.iter().skip(1).take_while(|t| t.trim().chars().count() <= 12).count();
            let found = along(rest.get(..=bare).unwrap_or_default());
            let row_of = |i: usize| cells[at + i].0;
            let run: Vec<(usize, Label)> = found
                .into_iter()
                .enumerate()
                .take_while(|(n, (i, _))| *i == n + 1)
                .map(|(_, (i, label))| (row_of(i), label))
                .collect();
            at += run.len().max(1);
            if !run.is_empty() {
                out.push(run);
                at += 1;
            }
            continue;
        }
        let Some(first) = sure(text).filter(|label| label.sure) else {
            at += 1;
            continue;
        };
        let mut run = vec![(row, first)];
        at += 1;
        while let Some((row, text)) = cells.get(at) {
            let before = run.last().map(|(_, label)| label.year);
            let next =
                sure(text).filter(|l| l.sure).or_else(|| before.and_then(|before| after(before, text)));
            let Some(next) = next else { break };
            run.push((*row, next));
            at += 1;
        }
        out.push(run);
    }
    out
}

/// A column of nothing but western years at even steps, below a word or none, whatever the word is.
fn steady(cells: &[(usize, &str)]) -> Option<Vec<(usize, Label)>> {
    const FEWEST: usize = 3;
    let ((_, head), below) = cells.split_first()?;
    let bare = |text: &str| sure(text).filter(|l| !l.sure && text.trim().len() == 4);
    let is_word = !head.contains(|c: char| c.is_ascii_digit());
    let rest = if bare(head).is_some() { cells } else { below };
    let years: Vec<(usize, Label)> =
        rest.iter().map(|(row, text)| Some((*row, bare(text)?))).collect::<Option<_>>()?;
    let steps: Vec<i32> = years.windows(2).map(|w| w[1].1.year.western() - w[0].1.year.western()).collect();
    let even =
        steps.windows(2).all(|w| w[0] == w[1]) && steps.first().is_some_and(|s| matches!(s.abs(), 1..=10));
    ((is_word || rest.len() == cells.len()) && even && years.len() >= FEWEST).then_some(years)
}

/// The line of years of a row.
pub(super) fn of_row(
    sheet: &Sheet,
    row: usize,
    (from, width): (usize, usize),
    found: Vec<(usize, Label)>,
    until: usize,
) -> Line {
    let first = found.first().map_or(0, |(column, _)| *column);
    // Rows below that say which of several columns of a year is which.
    let mut last = row;
    for below in row + 1..until.min(row + 1 + MOST_HEADING_ROWS) {
        let texts: Vec<usize> = (first..width).filter(|c| sheet.cell(below, *c).is_some()).collect();
        let heads = |column: &usize| {
            let shown = sheet.cell(below, *column);
            let bare = |s: &crate::raw::Shown| s.kind == ShownKind::Text && !is_figure(sheet, below, *column);
            shown.is_some_and(bare)
        };
        let stub = (from..first).all(|c| {
            let (top, _) = sheet.anchor(below, c);
            let text = sheet.text(below, c);
            top < below || text.trim().is_empty() || is_item(&heading(text)) || is_about(&heading(text))
        });
        let words = texts.iter().any(|c| {
            let text = sheet.text(below, *c);
            !matches!(AdminCell::parse(text), Ok(AdminCell::Pending))
        });
        let inside = sheet.end(row, first).0 >= below && sheet.anchor(below, first).0 == row;
        if inside || (!texts.is_empty() && texts.iter().all(heads) && stub && words) {
            last = below;
        } else {
            break;
        }
    }
    let mut years = BTreeMap::new();
    for (at, (column, label)) in found.iter().enumerate() {
        let (_, merged_end) = sheet.end(row, *column);
        let next = found.get(at + 1).map_or(width, |(c, _)| *c);
        let mut end = merged_end + 1;
        if merged_end == *column && last > row && sheet.anchor(row, *column) == (row, *column) {
            // Without merged cells a year goes on over blank cells with a heading below.
            let goes_on = |c: &usize| {
                let below = (row + 1..=last).any(|r| !sheet.text(r, *c).trim().is_empty());
                sheet.text(row, *c).trim().is_empty() && below && !sheet.has_merged()
            };
            end = (column + 1..next).take_while(goes_on).last().map_or(end, |c| c + 1);
        }
        for c in *column..end {
            years.insert(c, label.clone());
        }
    }
    let top = top_of(sheet, row, 0, |above| years.keys().any(|c| is_figure(sheet, above, *c)));
    Line { across: true, at: row, from, years, head: (top, last), body: (last + 1, until) }
}

/// The line of years of a column.
pub(super) fn of_column(sheet: &Sheet, column: usize, run: Vec<(usize, Label)>) -> Line {
    let (height, _) = sheet.size();
    let first = run.first().map_or(0, |(row, _)| *row);
    let last = run.last().map_or(0, |(row, _)| *row);
    let top = top_of(sheet, first, MOST_BLANK_ROWS, |above| {
        sheet.row(above).any(|(c, _)| is_figure(sheet, above, c))
    });
    let mut years: BTreeMap<usize, Label> = run.into_iter().collect();
    // Rows below a year, until the next, are of that year.
    let mut now = None;
    for row in first..height {
        let blank_row = sheet.row(row).next().is_none();
        if let Some(label) = years.get(&row) {
            now = Some(label.clone());
        } else if row > last && (blank_row || !sheet.text(row, column).trim().is_empty()) {
            break;
        } else if blank_row {
            // Blank rows between years are of none of them.
            continue;
        } else if let (Some(label), true) = (&now, sheet.text(row, column).trim().is_empty()) {
            years.insert(row, label.clone());
        } else if let (Some(label), true) = (&now, sheet.anchor(row, column).0 < row) {
            years.insert(row, label.clone());
        }
    }
    let end = years.keys().next_back().map_or(first, |row| row + 1);
    Line { across: false, at: column, from: 0, years, head: (top, first), body: (first, end) }
}

/// The first of the rows of headings that stand above row `row`, at most so many blank rows before it.
fn top_of(sheet: &Sheet, row: usize, blanks: usize, is_data: impl Fn(usize) -> bool) -> usize {
    let mut top = row;
    while top > 0 && row - top < MOST_HEADING_ROWS {
        let above = top - 1;
        let blank = sheet.row(above).next().is_none();
        let gap = (above..row).all(|r| sheet.row(r).next().is_none()) && row - above <= blanks;
        if (blank && !gap) || is_data(above) {
            break;
        }
        top = above;
    }
    top
}

/// The headings above a column, top to bottom, without the years themselves.
pub(super) fn above(sheet: &Sheet, line: &Line, column: usize) -> Vec<Heading> {
    let mut out: Vec<Heading> = Vec::new();
    let end = if line.across { line.head.1 + 1 } else { line.head.1 };
    let first = line.years.keys().next().copied().unwrap_or(0);
    for row in line.head.0..end {
        if line.across && row == line.at {
            let rest = line.years.get(&column).map(|label| label.rest.clone()).unwrap_or_default();
            if !rest.is_empty() {
                out.push(Heading { key: heading(&rest), text: rest, at: row, own: true });
            }
            continue;
        }
        let mut text = sheet.text(row, column);
        let mut own = true;
        let is_last = row + 1 == end;
        if text.trim().is_empty() && !sheet.has_merged() && !is_last {
            // Without merged cells a heading goes on over the blank cells at its right.
            let from = if line.across { first } else { 0 };
            let left = (from..column).rev().map(|c| sheet.text(row, c)).find(|t| !t.trim().is_empty());
            let named = !sheet.text(end - 1, column).trim().is_empty();
            text = left.filter(|_| named).unwrap_or_default();
            own = false;
        }
        if !text.trim().is_empty() && out.last().is_none_or(|h| h.text != text) {
            out.push(Heading { key: heading(text), text: text.trim().to_owned(), at: row, own });
        }
    }
    out
}

/// The headings at the left of each row of a line's values, from the outermost in. `columns` are those that
/// may hold headings.
pub(super) fn beside(sheet: &Sheet, line: &Line, columns: &BTreeSet<usize>) -> BTreeMap<usize, Vec<Heading>> {
    let mut out = BTreeMap::new();
    let mut going_on: BTreeMap<usize, String> = BTreeMap::new();
    let mut indented: BTreeMap<usize, Vec<(usize, String)>> = BTreeMap::new();
    for row in line.body.0..line.body.1 {
        let mut path: Vec<Heading> = Vec::new();
        let inner = columns.iter().rev().find(|c| !sheet.text(row, **c).trim().is_empty()).copied();
        for column in columns {
            let text = sheet.text(row, *column);
            if text.trim().is_empty() {
                let before = going_on.get(column).filter(|_| inner.is_some_and(|inner| inner > *column));
                path.extend(before.map(|text| Heading {
                    key: heading(text),
                    text: text.trim().to_owned(),
                    at: *column,
                    own: false,
                }));
                continue;
            }
            let width = indent(text);
            let groups = indented.entry(*column).or_default();
            groups.retain(|(before, _)| *before < width);
            for (_, text) in groups.iter() {
                let own = false;
                path.push(Heading { key: heading(text), text: text.trim().to_owned(), at: *column, own });
            }
            groups.push((width, text.to_owned()));
            let own = sheet.anchor(row, *column).0 == row;
            path.push(Heading { key: heading(text), text: text.trim().to_owned(), at: *column, own });
            going_on.insert(*column, text.to_owned());
            // What stood in the columns at the right belonged to the group before.
            if own {
                going_on.retain(|c, _| c <= column);
            }
        }
        out.insert(row, path);
    }
    out
}

/// How far a text is moved in, in half-width blanks.
fn indent(text: &str) -> usize {
    text.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\u{3000}' { 2 } else { 1 }).sum()
}
