//! 達成状況: how far each measure is, in words, before any markup.

use super::trend_marks::TrendMarks;
use super::{cell, lines, round, words};
use crate::indicator::{
    CellContent, Comparability, Direction, IndicatorRow, IndicatorTable, Measure, Point, ProgressState,
    StatusReport, Unit,
};

/// The column heads.
pub(super) const HEADS: [&str; 13] = [
    "基本目標",
    "項目",
    "小項目",
    "担当部署",
    "方向",
    "現状値",
    "最新値",
    "目標値",
    "達成率",
    "変化",
    "変化の判定",
    "目標との比較",
    "達成状況",
];

/// The share of the page's width that each column takes, in percent.
pub(super) const WIDTHS: [f64; 13] = [4.5, 18.0, 6.5, 7.0, 3.5, 7.0, 7.0, 7.0, 7.5, 7.0, 9.5, 7.5, 8.0];

/// One measure.
pub(super) struct StatusLine {
    /// One text a column of [`HEADS`].
    pub(super) texts: [String; 13],
    /// The state, for those who colour it.
    pub(super) state: ProgressState,
}

/// One line a measure, in the order of the table.
pub(super) fn lines(table: &IndicatorTable) -> Vec<StatusLine> {
    let marks = TrendMarks::of(table);
    table.rows.iter().flat_map(|row| row.measures.iter().map(|measure| line(row, measure, &marks))).collect()
}

/// The signs of the legend that only some tables need.
pub(super) fn further_signs(table: &IndicatorTable) -> &'static str {
    let some =
        table.rows.iter().flat_map(|r| &r.measures).any(|m| m.status.state == ProgressState::NotComparable);
    if some { "　‡比較不可（判定しない）" } else { "" }
}

fn line(row: &IndicatorRow, measure: &Measure, marks: &TrendMarks<'_>) -> StatusLine {
    let s = &measure.status;
    let texts = [
        row.goal.to_string(),
        row.title.clone(),
        measure.sub_item.clone().unwrap_or_default(),
        row.department.clone(),
        words::direction(measure.direction).to_owned(),
        point(measure, s.baseline.as_ref(), marks),
        point(measure, s.latest.as_ref(), marks),
        measure.target.as_ref().map_or_else(|| "…".to_owned(), ToString::to_string),
        s.progress.map_or_else(
            |reason| words::undefined(reason).to_owned(),
            |p| format!("{}%", round::percent(p, 1)),
        ),
        s.change.map_or_else(|| "―".to_owned(), |c| change(measure, c)),
        words::evidence(s.evidence, s.rule, away(measure, s)),
        words::clearance(s.clearance).to_owned(),
        format!("{}{}", state(s), care(measure, marks)),
    ];
    StatusLine { texts, state: s.state }
}

/// The value as its cell prints it, with its year.
fn point(measure: &Measure, point: Option<&Point>, marks: &TrendMarks<'_>) -> String {
    let Some(point) = point else { return "―".to_owned() };
    let printed =
        measure.cells.iter().find(|c| c.year == point.year).map(|c| cell::year(c, &measure.unit, marks).main);
    let printed = printed.unwrap_or_else(|| match &measure.unit {
        Unit::Percent => format!("{}%", round::percent(point.value, lines::decimals(measure))),
        Unit::Named(name) => format!("{}{name}", round::fixed(point.value, lines::decimals(measure))),
    });
    format!("{printed}\n（{}）", point.year.short())
}

/// What stands beside a state that was judged with care.
fn care(measure: &Measure, marks: &TrendMarks<'_>) -> String {
    let latest = measure.status.latest.and_then(|p| measure.cells.iter().find(|c| c.year == p.year));
    match latest.map(|c| &c.content) {
        Some(CellContent::Value(o))
            if o.trend.as_ref().is_some_and(|t| t.level == Comparability::Caution) =>
        {
            format!("\n（{} 比較注意）", marks.mark(o))
        }
        _ => String::new(),
    }
}

/// latest − baseline with its sign, in points for a percentage; what rounds to zero has no sign.
fn change(measure: &Measure, change: f64) -> String {
    let decimals = lines::decimals(measure);
    let (number, unit) = match &measure.unit {
        Unit::Percent => (round::percent(change, decimals), "ポイント"),
        Unit::Named(name) => (round::fixed(change, decimals), name.as_str()),
    };
    let is_zero = number.bytes().all(|b| matches!(b, b'0' | b'.'));
    let sign = if is_zero {
        "±"
    } else if change > 0.0 {
        "+"
    } else {
        ""
    };
    format!("{sign}{number}{unit}")
}

/// Whether the change leads away from the target.
fn away(measure: &Measure, s: &StatusReport) -> bool {
    match (s.progress, s.change, measure.direction) {
        (Ok(progress), _, _) => progress < 0.0,
        (Err(_), Some(change), Direction::Increase) => change < 0.0,
        (Err(_), Some(change), Direction::Decrease) => change > 0.0,
        (Err(_), _, Direction::Maintain) => true,
        (Err(_), None, _) => false,
    }
}

/// The state's sign and word; the plan's own word first where it has one; an override is printed as one.
fn state(s: &StatusReport) -> String {
    let words = words::state(s.state);
    let computed = match &s.label {
        Some(label) => format!("{label}（{words}）"),
        None => format!("{} {words}", words::state_sign(s.state)),
    };
    match &s.manual {
        Some((word, reason)) => format!("{word}\n（手動による変更。理由：{reason}。計算上は{computed}）"),
        None => computed,
    }
}

#[cfg(test)]
mod tests {
    use super::{change, state};
    use crate::indicator::{Direction, Measure, ProgressRule, ProgressState, StatusReport, Undefined, Unit};

    fn report(state: ProgressState) -> StatusReport {
        StatusReport {
            rule: ProgressRule::Pace,
            state,
            baseline: None,
            latest: None,
            target: None,
            progress: Err(Undefined::NoBaseline),
            change: None,
            evidence: None,
            clearance: None,
            label: None,
            manual: None,
        }
    }

    fn measure(unit: &str) -> Measure {
        let status = report(ProgressState::NoBaseline);
        Measure {
            sub_item: None,
            unit: Unit::from_text(unit),
            direction: Direction::Increase,
            cells: Vec::new(),
            target: None,
            status,
        }
    }

    #[test]
    fn changes_carry_their_sign_and_their_unit() {
        assert_eq!(change(&measure("%"), 0.0125), "+1.3ポイント");
        assert_eq!(change(&measure("%"), -0.0125), "-1.3ポイント");
        assert_eq!(change(&measure("%"), 0.0004), "±0.0ポイント");
        assert_eq!(change(&measure("世帯"), -1428.0), "-1,428世帯");
    }

    #[test]
    fn an_override_never_hides_the_computed_state() {
        let mut s = report(ProgressState::Worse);
        assert_eq!(state(&s), "▼ 悪化");
        s.label = Some("c".into());
        assert_eq!(state(&s), "c（悪化）");
        s.manual = Some(("b".into(), "調査方法の変更".into()));
        assert_eq!(state(&s), "b\n（手動による変更。理由：調査方法の変更。計算上はc（悪化））");
    }
}
