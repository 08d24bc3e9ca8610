//! The tables of the page.

use maud::{Markup, html};

use crate::indicator::{IndicatorTable, ProgressState, Quality};
use crate::report::cell::{CellText, Tone};
use crate::report::progress::{GoalBlock, Grid, Item, grid};
use crate::report::{notes, quality, round, sensitivity, status_table};

/// The progress table.
pub(super) fn progress(table: &IndicatorTable) -> Markup {
    let grid = grid(table);
    html! {
        table.progress {
            caption { "進捗管理表" span.legend { (notes::legend(table)) } }
            (columns(&grid))
            thead { tr { @for head in &grid.heads {
                th scope="col" {
                    (head.name) @if let Some(under) = &head.under { br; span.under { (under) } }
                }
            } } }
            @for block in &grid.goals { (goal(block)) }
        }
    }
}

fn columns(grid: &Grid<'_>) -> Markup {
    html! {
        colgroup {
            col.goal; col.page; col.department; col.item;
            @for _ in 0..grid.years { col.year; }
            col.rationale; col.actions; col.next;
        }
    }
}

/// A goal is a `tbody`; its cells stand in its first line and reach over all others.
fn goal(block: &GoalBlock<'_>) -> Markup {
    let span = block.lines();
    html! {
        tbody {
            @for (i, item) in block.items.iter().enumerate() {
                @for k in 0..item.lines.len() {
                    tr.more[k > 0] {
                        @if i == 0 && k == 0 {
                            th.goal scope="rowgroup" rowspan=(span) {
                                strong { (block.goal.map_or("", |g| g.title.as_str())) }
                                @for direction in block.directions() { span.direction { (direction) } }
                            }
                            td.page rowspan=(span) {
                                (block.goal.and_then(|g| g.page.as_deref()).unwrap_or_default())
                            }
                        }
                        (line(item, k))
                    }
                }
            }
        }
    }
}

/// Line `k` of an item; the texts that all lines share stand in its first one.
fn line(item: &Item<'_>, k: usize) -> Markup {
    let span = item.lines.len();
    let row = item.row;
    html! {
        @if k == 0 { td.department rowspan=(span) { (row.department) } }
        @if let Some(line) = item.lines.get(k) {
            th.item scope="row" {
                @if k == 0 { (row.title) }
                @if let Some(name) = line.sub_item { span.sub { (name) } }
            }
            @for (i, cell) in line.cells.iter().enumerate() { (year(cell, i + 1 == line.cells.len())) }
        }
        @if k == 0 {
            @for text in [&row.rationale, &row.actions, &row.next_steps] {
                td.words.centre[text.as_deref() == Some("-")] rowspan=(span) {
                    (text.as_deref().unwrap_or_default())
                }
            }
        }
    }
}

fn year(cell: &CellText, target: bool) -> Markup {
    let class = match (cell.tone, target) {
        (Tone::Pending, _) => "year pending",
        (Tone::Value, true) => "year target",
        (Tone::Symbol, _) => "year symbol",
        (Tone::Value, false) => "year",
    };
    html! {
        td class=(class) { (cell.main) @for small in &cell.small { span.small { (small) } } }
    }
}

/// 達成状況.
pub(super) fn status(table: &IndicatorTable) -> Markup {
    html! {
        section aria-labelledby="status" {
            h2 id="status" { "達成状況" }
            table.status {
                caption { "指標ごとの達成状況" span.legend {
                    "◎目標達成　○改善　△ほぼ変化なし　▼悪化　―判定なし" (status_table::further_signs(table))
                } }
                colgroup { @for (_, width) in status_table::HEADS.iter().zip(status_table::WIDTHS) {
                    col style=(format!("width:{width}%"));
                } }
                thead { tr { @for head in status_table::HEADS { th scope="col" { (head) } } } }
                tbody {
                    @for line in status_table::lines(table) {
                        tr {
                            @for (i, text) in line.texts.iter().enumerate() {
                                @if i == 1 { th.item scope="row" { (text) } }
                                @else if i + 1 == line.texts.len() {
                                    td class=(state_class(line.state)) { (text) }
                                }
                                @else if matches!(i, 5..=9) { td.number { (text) } }
                                @else { td { (text) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn state_class(state: ProgressState) -> &'static str {
    match state {
        ProgressState::TargetMet => "state met",
        ProgressState::Improved => "state improved",
        ProgressState::LittleChange => "state little",
        ProgressState::Worse => "state worse",
        ProgressState::BaselineOnly
        | ProgressState::NoTarget
        | ProgressState::NoBaseline
        | ProgressState::NotComparable => "state none",
    }
}

/// The base ledgers: how the returns of each question became its n. Nothing when there are none.
pub(super) fn ledgers(quality: &Quality) -> Markup {
    html! {
        @if let Some(first) = quality.ledgers.first() {
            section aria-labelledby="ledgers" {
                h2 id="ledgers" { "集計の基数" }
                table.ledgers {
                    caption { "回収数から有効回答数（n）まで" }
                    thead { tr {
                        th scope="col" { "調査" } th scope="col" { "年度" } th scope="col" { "設問" }
                        @for (_, ja, _, _) in quality::steps(&first.ledger) { th scope="col" { (ja) } }
                    } }
                    tbody { @for record in &quality.ledgers {
                        tr {
                            td { (record.survey) } td { (record.wave) } th scope="row" { (record.question) }
                            @for (_, _, _, n) in quality::steps(&record.ledger) {
                                td.number { (round::count(n)) }
                            }
                        }
                    } }
                }
            }
        }
    }
}

/// 取扱い方針の影響. Nothing when no answer called for a decision.
pub(super) fn effects(quality: &Quality, table: &IndicatorTable) -> Markup {
    html! {
        @if !quality.effects.is_empty() {
            section aria-labelledby="effects" {
                h2 id="effects" { "取扱い方針の影響" }
                table.effects {
                    caption { "扱いを変えたときの値" span.legend { (sensitivity::summary(quality, table)) } }
                    colgroup { @for width in sensitivity::WIDTHS { col style=(format!("width:{width}%")); } }
                    thead { tr { @for head in sensitivity::HEADS { th scope="col" { (head) } } } }
                    @let lines = sensitivity::lines(quality, table);
                    @for share in lines.chunk_by(|a, b| a[..2] == b[..2]) { tbody {
                        @for (k, line) in share.iter().enumerate() {
                            tr { @for (i, text) in line.iter().enumerate() {
                                @if i > 1 || k == 0 { (effect_cell(i, text, share.len())) }
                            } }
                        }
                    } }
                }
            }
        }
    }
}

/// Column `i` of 取扱い方針の影響; item and year reach over all `lines` of a share.
fn effect_cell(i: usize, text: &str, lines: usize) -> Markup {
    html! {
        @if i == 0 { th.item scope="rowgroup" rowspan=(lines) { (text) } }
        @else if i == 1 { td rowspan=(lines) { (text) } }
        @else if matches!(i, 4 | 6 | 8 | 9) { td.number { (text) } }
        @else { td { (text) } }
    }
}
