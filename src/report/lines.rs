//! The progress table as one line a number: what `indicators.csv`, `indicators.json` and the データ sheet
//! share.

use super::text_cell::number;
use super::{cell, round, value, words};
use crate::indicator::{
    CellContent, DataKind, Estimated, FiscalYear, IndicatorRow, IndicatorTable, Measure, Observation,
    ObservedValue, Role, Target, ValueSource, YearCell,
};

/// One number of one measure, with all that belongs to it. Percentages in percent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line<'a> {
    pub(super) row: &'a IndicatorRow,
    pub(super) goal_title: &'a str,
    pub(super) measure: &'a Measure,
    pub(super) year: FiscalYear,
    pub(super) role: Role,
    /// What stands in the year's cell; `None` for a target.
    pub(super) content: Option<&'a CellContent>,
    /// Of the target only.
    pub(super) target: Option<&'a Target>,
    /// The number as text: exact for what an office reported, the shortest double for a computed one; empty
    /// for none.
    pub(super) value: String,
    pub(super) display: String,
    pub(super) mark: &'static str,
    pub(super) source: &'static str,
    /// The estimate behind a survey value.
    pub(super) estimate: Option<&'a Estimated>,
    pub(super) data: DataKind,
}

impl Line<'_> {
    /// Lower limit, upper limit (in the printed unit) and method, where an interval exists.
    pub(super) fn interval(&self) -> Option<(f64, f64, &'static str)> {
        let Estimated { format, estimate } = self.estimate?;
        let interval = estimate.interval.as_ref().ok()?;
        let [low, high] = [interval.low, interval.high].map(|limit| value::scaled(format, limit));
        Some((low, high, format.statistic.interval_method(interval.method)))
    }
}

/// All lines in the order of the table: the years of a measure, then its target. A pending cell has no line.
pub(super) fn lines(table: &IndicatorTable) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    for row in &table.rows {
        let goal_title = table.goals.iter().find(|g| g.number == row.goal).map_or("", |g| g.title.as_str());
        for measure in &row.measures {
            let of_measure = measure_data(measure, table.data);
            for year_cell in measure.cells.iter().filter(|c| c.content != CellContent::Pending) {
                out.push(year_line(row, goal_title, measure, year_cell, of_measure));
            }
            if let Some(target) = &measure.target {
                out.push(Line {
                    row,
                    goal_title,
                    measure,
                    year: table.target_year,
                    role: Role::Target,
                    content: None,
                    target: Some(target),
                    value: round::plain(target.quantity.number),
                    display: target.to_string(),
                    mark: "",
                    source: "",
                    estimate: None,
                    data: of_measure,
                });
            }
        }
    }
    out
}

fn year_line<'a>(
    row: &'a IndicatorRow,
    goal_title: &'a str,
    measure: &'a Measure,
    year: &'a YearCell,
    of_measure: DataKind,
) -> Line<'a> {
    let observation = match &year.content {
        CellContent::Value(observation) => Some(observation.as_ref()),
        _ => None,
    };
    let estimate = match observation.map(|o| &o.value) {
        Some(ObservedValue::Estimated(of)) => Some(of.as_ref()),
        _ => None,
    };
    Line {
        row,
        goal_title,
        measure,
        year: year.year,
        role: year.role,
        content: Some(&year.content),
        target: None,
        value: observation.map(value_text).unwrap_or_default(),
        display: cell::display(year, &measure.unit),
        mark: observation.map_or("", status_code),
        source: observation.map_or("", |o| words::source_key(&o.source)),
        estimate,
        data: observation.map_or(of_measure, |o| source_data(&o.source)),
    }
}

/// The observation's status code: `p`, `r`, and where a trend note stands beside the value `d` or `b`.
pub(super) fn status_code(observation: &Observation) -> &'static str {
    match (observation.mark, &observation.trend) {
        (Some(mark), _) => mark.code(),
        (None, Some(trend)) => trend.code(),
        (None, None) => "",
    }
}

/// The value in the unit that is printed (percent for shares), as text; empty when it cannot be estimated.
pub(super) fn value_text(observation: &Observation) -> String {
    match &observation.value {
        ObservedValue::Estimated(of) => number(value::exact(&of.format, &of.estimate).ok()),
        ObservedValue::Reported(quantity) => round::plain(quantity.number),
    }
}

/// Decimals that a change of this measure is printed with: as many as any of its values has, at least one for
/// a percentage.
pub(super) fn decimals(measure: &Measure) -> usize {
    let least = usize::from(measure.unit == crate::indicator::Unit::Percent);
    let of_value = |cell: &YearCell| match &cell.content {
        CellContent::Value(o) => Some(usize::from(match &o.value {
            ObservedValue::Reported(quantity) => quantity.number.scale,
            ObservedValue::Estimated(of) => of.format.decimals,
        })),
        _ => None,
    };
    measure.cells.iter().filter_map(of_value).fold(least, usize::max)
}

/// Whether what a value was made from is real. A published figure is.
pub(super) fn source_data(source: &ValueSource) -> DataKind {
    match source {
        ValueSource::Survey { data, .. } | ValueSource::Admin { data, .. } => *data,
        ValueSource::Published => DataKind::Real,
    }
}

/// A measure is synthetic when any of its values is; without values it is what its table is.
pub(super) fn measure_data(measure: &Measure, of_table: DataKind) -> DataKind {
    let mut kinds = measure.cells.iter().filter_map(|c| match &c.content {
        CellContent::Value(o) => Some(source_data(&o.source)),
        _ => None,
    });
    match kinds.next() {
        None => of_table,
        Some(DataKind::Synthetic) => DataKind::Synthetic,
        Some(DataKind::Real) if kinds.any(|k| k == DataKind::Synthetic) => DataKind::Synthetic,
        Some(DataKind::Real) => DataKind::Real,
    }
}
