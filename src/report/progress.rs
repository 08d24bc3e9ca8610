//! The progress table (進捗管理表) as a grid of texts, before any markup: what XLSX and HTML share.

use super::cell::{self, CellText};
use super::trend_marks::TrendMarks;
use crate::indicator::{Goal, IndicatorRow, IndicatorTable};

/// The table, in the order in which it is printed.
pub(super) struct Grid<'a> {
    /// The column heads: the name, and a smaller line under it where there is one.
    pub(super) heads: Vec<Head>,
    /// Number of year columns, the target's included.
    pub(super) years: usize,
    /// The goals with their items.
    pub(super) goals: Vec<GoalBlock<'a>>,
}

/// The head of a column.
pub(super) struct Head {
    pub(super) name: String,
    pub(super) under: Option<String>,
}

/// A goal and the items that stand beside it.
pub(super) struct GoalBlock<'a> {
    /// `None` for items whose goal number the plan does not name.
    pub(super) goal: Option<&'a Goal>,
    pub(super) items: Vec<Item<'a>>,
}

impl GoalBlock<'_> {
    /// Number of measured lines.
    pub(super) fn lines(&self) -> usize {
        self.items.iter().map(|i| i.lines.len()).sum()
    }

    /// The directions, each with its dot.
    pub(super) fn directions(&self) -> Vec<String> {
        let directions = self.goal.map_or(&[][..], |g| &g.directions);
        directions.iter().map(|d| format!("・{}", d.trim_start_matches('・'))).collect()
    }
}

/// An item with its measured lines, at least one.
pub(super) struct Item<'a> {
    pub(super) row: &'a IndicatorRow,
    pub(super) lines: Vec<MeasureLine<'a>>,
}

/// One measured line: a cell a year, the target last.
pub(super) struct MeasureLine<'a> {
    pub(super) sub_item: Option<&'a str>,
    pub(super) cells: Vec<CellText>,
}

/// Lays out `table`.
pub(super) fn grid(table: &IndicatorTable) -> Grid<'_> {
    let marks = TrendMarks::of(table);
    let mut goals: Vec<GoalBlock<'_>> = Vec::new();
    let mut current = None;
    for row in &table.rows {
        if current != Some(row.goal) {
            current = Some(row.goal);
            goals.push(GoalBlock {
                goal: table.goals.iter().find(|g| g.number == row.goal),
                items: Vec::new(),
            });
        }
        if let Some(block) = goals.last_mut() {
            block.items.push(item(row, table, &marks));
        }
    }
    Grid { heads: heads(table), years: table.years.len(), goals }
}

fn item<'a>(row: &'a IndicatorRow, table: &IndicatorTable, marks: &TrendMarks<'_>) -> Item<'a> {
    let lines = row.measures.iter().map(|measure| {
        let cells = table.years.iter().map(|year| {
            if *year == table.target_year {
                return cell::target(measure, !table.notes.is_empty());
            }
            // A year that the measure says nothing of is left blank: nothing is known about it.
            measure
                .cells
                .iter()
                .find(|c| c.year == *year)
                .map_or_else(CellText::blank, |c| cell::year(c, &measure.unit, marks))
        });
        MeasureLine { sub_item: measure.sub_item.as_deref(), cells: cells.collect() }
    });
    let mut lines: Vec<_> = lines.collect();
    if lines.is_empty() {
        lines.push(MeasureLine {
            sub_item: None,
            cells: table.years.iter().map(|_| CellText::blank()).collect(),
        });
    }
    Item { row, lines }
}

fn heads(table: &IndicatorTable) -> Vec<Head> {
    let head =
        |name: &str, under: Option<&str>| Head { name: name.to_owned(), under: under.map(str::to_owned) };
    let mut heads = vec![
        head("基本目標・施策の方向", None),
        head("ページ番号", None),
        head("担当部署", None),
        head("項目", None),
    ];
    for year in &table.years {
        let under = if *year == table.baseline_year {
            Some("(現状値)")
        } else if *year == table.target_year {
            Some("(目標値)")
        } else {
            None
        };
        heads.push(head(&year.short(), under));
    }
    heads.push(head("目標設定の考え方", None));
    heads.push(head(
        &format!("{}の取組状況", table.report_year.long()),
        Some("(増減に向けて取り組んだ内容等)"),
    ));
    heads.push(head(
        &format!("{}に向けた今後の展開", table.report_year.next().long()),
        Some("(課題に向けた取組等)"),
    ));
    heads
}
