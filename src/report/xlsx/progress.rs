//! The first sheet: the progress table as the office prints it.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::metrics::{self, MAX_ROW};
use super::sheet::{Area, put, put_text, set_up};
use super::style::{SIZE, SMALL, Styles};
use crate::indicator::IndicatorTable;
use crate::report::notes;
use crate::report::progress::{GoalBlock, Grid, Item, MeasureLine, grid};

const HEAD_ROW: u32 = 2;

/// Widths in characters: goal, page, department, item; a year; rationale, actions, next steps.
const BEFORE: [f64; 4] = [21.0, 7.5, 11.0, 30.0];
const YEAR: f64 = 11.5;
const AFTER: [f64; 3] = [25.0, 34.0, 30.0];

/// Where a measured line stands: its rows, and whether it is the first or last of its item.
#[derive(Clone, Copy)]
struct Place {
    top: u32,
    bottom: u32,
    first: bool,
    last: bool,
}

pub(super) fn write(
    sheet: &mut Worksheet,
    table: &IndicatorTable,
    title: &str,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let grid = grid(table);
    sheet.set_name("進捗管理表")?;
    set_up(sheet, title, HEAD_ROW)?;
    for (column, width) in (0..).zip(widths(grid.years)) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_row_height(0, 24)?;
    put_text(sheet, 0, 0, title, &styles.title)?;
    put_text(sheet, 1, 0, &notes::legend(table), &styles.remark)?;
    heads(sheet, &grid, styles)?;
    let mut top = HEAD_ROW + 1;
    for block in &grid.goals {
        top = goal(sheet, block, grid.years, top, styles)?;
    }
    sheet.set_freeze_panes(HEAD_ROW + 1, 4)?;
    Ok(())
}

fn widths(years: usize) -> Vec<f64> {
    BEFORE.into_iter().chain(std::iter::repeat_n(YEAR, years)).chain(AFTER).collect()
}

fn heads(sheet: &mut Worksheet, grid: &Grid<'_>, styles: &Styles) -> Result<(), XlsxError> {
    sheet.set_row_height(HEAD_ROW, 36)?;
    for (column, head) in (0..).zip(&grid.heads) {
        let under = head.under.as_ref().map(|under| format!("\n{under}")).unwrap_or_default();
        put(
            sheet,
            Area::cell(HEAD_ROW, column),
            &[(&styles.head_name, &head.name), (&styles.head_small, &under)],
            &styles.head,
        )?;
    }
    Ok(())
}

/// Writes a goal from row `top` on; returns the row after it.
fn goal(
    sheet: &mut Worksheet,
    block: &GoalBlock<'_>,
    years: usize,
    top: u32,
    styles: &Styles,
) -> Result<u32, XlsxError> {
    let mut next = top;
    let mut heights = heights(block).into_iter();
    for item in &block.items {
        let item_top = next;
        let count = item.lines.len();
        for (i, line) in item.lines.iter().enumerate() {
            // A line higher than Excel can draw a row becomes several rows, merged.
            let height = heights.next().unwrap_or(SIZE);
            let parts = (height / MAX_ROW).ceil().max(1.0);
            let bottom = next + parts as u32 - 1;
            for row in next..=bottom {
                sheet.set_row_height(row, height / parts)?;
            }
            let place = Place { top: next, bottom, first: i == 0, last: i + 1 == count };
            measure_line(sheet, item, line, place, styles)?;
            next = bottom + 1;
        }
        item_texts(sheet, item, years, item_top, next.saturating_sub(1), styles)?;
    }
    if next == top {
        return Ok(next);
    }
    let title = block.goal.map_or("", |g| g.title.as_str());
    let directions = block.directions().iter().map(|d| format!("\n{d}")).collect::<String>();
    put(
        sheet,
        Area::column(top, next - 1, 0),
        &[(&styles.bold, title), (&styles.normal, &directions)],
        &styles.goal,
    )?;
    let page = block.goal.and_then(|g| g.page.as_deref()).unwrap_or_default();
    put(sheet, Area::column(top, next - 1, 1), &[(&styles.normal, page)], &styles.centre)?;
    Ok(next)
}

fn measure_line(
    sheet: &mut Worksheet,
    item: &Item<'_>,
    line: &MeasureLine<'_>,
    place: Place,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let Place { top, bottom, first, last } = place;
    let label = item_label(item, line, first);
    put(sheet, Area::column(top, bottom, 3), &[(&styles.normal, &label)], &styles.item(first, last))?;
    for (i, (column, cell)) in (4..).zip(&line.cells).enumerate() {
        let target = i + 1 == line.cells.len();
        let format = styles.year(cell.tone, target, first, last);
        let face = styles.year_face(cell.tone, target);
        let small =
            if cell.small.is_empty() { String::new() } else { format!("\n{}", cell.small.join("\n")) };
        put(
            sheet,
            Area::column(top, bottom, column),
            &[(&face, &cell.main), (&styles.small, &small)],
            &format,
        )?;
    }
    Ok(())
}

/// The item's title with the line's own name under it, indented; below the first line the name alone.
fn item_label(item: &Item<'_>, line: &MeasureLine<'_>, first: bool) -> String {
    let own = line.sub_item.map(|name| format!("　{name}"));
    match (first, own) {
        (true, None) => item.row.title.clone(),
        (true, Some(own)) => format!("{}\n{own}", item.row.title),
        (false, own) => own.unwrap_or_default(),
    }
}

/// The texts that all measures of an item share.
fn item_texts(
    sheet: &mut Worksheet,
    item: &Item<'_>,
    years: usize,
    top: u32,
    bottom: u32,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let row = item.row;
    put(sheet, Area::column(top, bottom, 2), &[(&styles.normal, &row.department)], &styles.centre)?;
    let after = u16::try_from(4 + years).unwrap_or(u16::MAX);
    for (column, text) in (after..).zip([&row.rationale, &row.actions, &row.next_steps]) {
        let text = text.as_deref().unwrap_or_default();
        let format = if text == "-" { &styles.centre } else { &styles.text };
        put(sheet, Area::column(top, bottom, column), &[(&styles.normal, text)], format)?;
    }
    Ok(())
}

/// Heights of the measured lines of a goal, such that no text of them, their items or the goal is cut.
fn heights(block: &GoalBlock<'_>) -> Vec<f64> {
    let mut all = Vec::new();
    for item in &block.items {
        let mut rows: Vec<f64> =
            item.lines.iter().enumerate().map(|(i, line)| line_height(item, line, i == 0)).collect();
        let row = item.row;
        let texts = [
            (Some(&row.department), BEFORE[2]),
            (row.rationale.as_ref(), AFTER[0]),
            (row.actions.as_ref(), AFTER[1]),
            (row.next_steps.as_ref(), AFTER[2]),
        ];
        let needed = texts
            .into_iter()
            .filter_map(|(text, width)| text.map(|t| metrics::height(&[(t, SIZE)], width)))
            .fold(0.0, f64::max);
        metrics::stretch(&mut rows, needed);
        all.extend(rows);
    }
    let directions = block.directions();
    let mut paragraphs = vec![(block.goal.map_or("", |g| g.title.as_str()), SIZE + 1.0)];
    paragraphs.extend(directions.iter().map(|d| (d.as_str(), SIZE)));
    metrics::stretch(&mut all, metrics::height(&paragraphs, BEFORE[0]));
    all
}

fn line_height(item: &Item<'_>, line: &MeasureLine<'_>, first: bool) -> f64 {
    let label = metrics::height(&[(&item_label(item, line, first), SIZE)], BEFORE[3]);
    let cells = line.cells.iter().map(|cell| {
        let mut paragraphs = vec![(cell.main.as_str(), SIZE)];
        paragraphs.extend(cell.small.iter().map(|s| (s.as_str(), SMALL)));
        metrics::height(&paragraphs, YEAR)
    });
    cells.fold(label, f64::max)
}
