//! `indicators.csv` and `indicators.json`: every number of the progress table, for machines.
//!
//! Values and limits are in the printed unit (percentages in percent, as `unit` says), unrounded; `display`
//! is what the table for people prints. `fiscal_year` is the era's name of the year (`R4`), `year` the
//! western year; `content` says what stands where there is no value.

use serde_json::{Value, json};

use super::lines::{self, Line};
use super::text_cell::{self, guarded, number};
use super::{cell, value, words};
use crate::error::Error;
use crate::estimate::{Estimate, NotEstimable};
use crate::indicator::{
    CellContent, ChangeEvidence, DataKind, Estimated, IndicatorRow, IndicatorTable, Measure, ObservedValue,
    Point, Unit, ValueSource, YearCell,
};
use crate::provenance::SCHEMA_VERSION;

/// The columns of `indicators.csv`.
const COLUMNS: [&str; 22] = [
    "indicator",
    "goal",
    "title",
    "sub_item",
    "department",
    "unit",
    "direction",
    "fiscal_year",
    "role",
    "operator",
    "value",
    "display",
    "mark",
    "source",
    "n",
    "ci_low",
    "ci_high",
    "ci_method",
    "status",
    "data",
    "year",
    "content",
];

/// `indicators.csv`: a row a year cell that holds something (a value, `-`, `…`, `x`) and a row a target.
pub(super) fn csv(table: &IndicatorTable) -> Result<Vec<u8>, Error> {
    text_cell::csv(&COLUMNS, &lines::lines(table).iter().map(csv_row).collect::<Vec<_>>())
}

fn csv_row(line: &Line<'_>) -> Vec<String> {
    let interval = line.interval();
    let measure = line.measure;
    vec![
        guarded(&line.row.id),
        line.row.goal.to_string(),
        guarded(&line.row.title),
        guarded(measure.sub_item.as_deref().unwrap_or_default()),
        guarded(&line.row.department),
        guarded(measure.unit.text()),
        words::direction_key(measure.direction).to_owned(),
        line.year.short(),
        words::role_key(line.role).to_owned(),
        line.target.map_or("", |t| t.operator.symbol()).to_owned(),
        line.value.clone(),
        guarded(&line.display),
        line.mark.to_owned(),
        line.source.to_owned(),
        line.estimate.map(|e| e.estimate.n.to_string()).unwrap_or_default(),
        number(interval.map(|i| i.0)),
        number(interval.map(|i| i.1)),
        interval.map_or("", |i| i.2).to_owned(),
        words::state_key(measure.status.state).to_owned(),
        words::data_key(line.data).to_owned(),
        line.year.western().to_string(),
        words::content_key(line.content).to_owned(),
    ]
}

/// `indicators.json`: the whole table, with what each status was made from.
pub(super) fn json(table: &IndicatorTable) -> Result<Vec<u8>, Error> {
    text_cell::json(&json!({
        "schema_version": SCHEMA_VERSION,
        "data": words::data_key(table.data),
        "data_label": data_label(table.data),
        "title": table.title,
        "fiscal_years": table.years,
        "baseline_year": table.baseline_year,
        "target_year": table.target_year,
        "report_year": table.report_year,
        "goals": table.goals,
        "indicators": table.rows.iter().map(|row| indicator(row, table)).collect::<Vec<_>>(),
        "notes": table.notes,
    }))
}

/// `合成データ`, or null.
pub(super) fn data_label(data: DataKind) -> Option<&'static str> {
    match data {
        DataKind::Real => None,
        DataKind::Synthetic => Some(words::SYNTHETIC),
    }
}

fn indicator(row: &IndicatorRow, table: &IndicatorTable) -> Value {
    json!({
        "indicator": row.id,
        "goal": row.goal,
        "department": row.department,
        "title": row.title,
        "rationale": row.rationale,
        "actions": row.actions,
        "next_steps": row.next_steps,
        "measures": row.measures.iter().map(|m| measure(m, table)).collect::<Vec<_>>(),
    })
}

fn measure(measure: &Measure, table: &IndicatorTable) -> Value {
    json!({
        "sub_item": measure.sub_item,
        "unit": measure.unit,
        "direction": measure.direction,
        "data": words::data_key(lines::measure_data(measure, table.data)),
        "cells": measure.cells.iter().map(|c| year_cell(c, measure)).collect::<Vec<_>>(),
        "target": measure.target.as_ref().map(|t| json!({
            "fiscal_year": table.target_year,
            "operator": t.operator.symbol(),
            "value": t.quantity.number,
            "display": t.to_string(),
        })),
        "status": status(measure),
    })
}

fn year_cell(year: &YearCell, measure: &Measure) -> Value {
    let mut out = json!({
        "fiscal_year": year.year,
        "year": year.year.western(),
        "role": year.role,
        "content": words::content_key(Some(&year.content)),
        "display": cell::display(year, &measure.unit),
    });
    if let (CellContent::Value(o), Some(object)) = (&year.content, out.as_object_mut()) {
        object.insert("value".into(), lines::value_text(o).parse::<f64>().ok().into());
        object.insert("mark".into(), o.mark.map(|m| m.code()).into());
        object.insert("note".into(), o.note.clone().into());
        object.insert("source".into(), source(&o.source));
        object.extend(o.trend.as_ref().map(|trend| ("comparability".to_owned(), json!(trend))));
        if let ObservedValue::Estimated(of) = &o.value {
            object.insert("estimate".into(), estimate(of));
        }
    }
    out
}

fn source(source: &ValueSource) -> Value {
    let mut out =
        json!({ "kind": words::source_key(source), "data": words::data_key(lines::source_data(source)) });
    if let Some(object) = out.as_object_mut() {
        match source {
            ValueSource::Survey { survey, wave, .. } => {
                object.insert("survey".into(), survey.clone().into());
                object.insert("wave".into(), wave.short().into());
            }
            ValueSource::Admin { place, .. } => {
                object.insert("place".into(), json!(place));
            }
            ValueSource::Published => {}
        }
    }
    out
}

/// The estimate behind a value: standard error and limits in the printed unit (a share's in percent points),
/// reasons for what is null.
fn estimate(of: &Estimated) -> Value {
    let Estimated { format, estimate: e } = of;
    let interval = e.interval.as_ref().ok();
    let deff = e.deff.as_ref().ok();
    json!({
        "statistic": format.statistic,
        "n": e.n,
        "n_yes": e.n_yes,
        "n_weighted": e.n_weighted,
        "se": e.se.as_ref().ok().map(|se| value::scaled(format, *se)),
        "ci_low": interval.map(|i| value::scaled(format, i.low)),
        "ci_high": interval.map(|i| value::scaled(format, i.high)),
        "ci_method": interval.map(|i| format.statistic.interval_method(i.method)),
        "level": interval.map(|i| i.level),
        "deff": deff.map(|d| d.value),
        "deff_reference": deff.map(|d| d.reference),
        "n_eff": e.n_eff.as_ref().ok(),
        "df": e.df.domain,
        "df_design": e.df.design,
        "reasons": reasons(e),
    })
}

/// What of an estimate does not exist, and why: `{"se": "census", …}`.
fn reasons(e: &Estimate) -> Value {
    let all: [(&str, Option<&NotEstimable>); 5] = [
        ("stat", e.value.as_ref().err()),
        ("se", e.se.as_ref().err()),
        ("ci", e.interval.as_ref().err()),
        ("deff", e.deff.as_ref().err()),
        ("n_eff", e.n_eff.as_ref().err()),
    ];
    all.into_iter()
        .filter_map(|(what, why)| why.map(|why| (what.to_owned(), json!(why.code()))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn status(measure: &Measure) -> Value {
    let s = &measure.status;
    let scale = if measure.unit == Unit::Percent { 100.0 } else { 1.0 };
    let point = |p: &Point| {
        json!({
            "fiscal_year": p.year,
            "value": printed_unit(measure, p, scale),
            "se": p.se.map(|v| scale * v),
            "ci_low": p.limits.map(|l| scale * l.0),
            "ci_high": p.limits.map(|l| scale * l.1),
            "df": p.df,
        })
    };
    let evidence = s.evidence.map(|e| match e {
        ChangeEvidence::Tested { se, t, df, p } => {
            json!({ "kind": "tested", "se": scale * se, "t": t, "df": df, "p": p })
        }
        ChangeEvidence::Relative { ratio, limit } => {
            json!({ "kind": "relative", "ratio": ratio, "limit": limit })
        }
    });
    json!({
        "state": s.state,
        "words": words::state(s.state),
        "label": s.label,
        "manual": s.manual.as_ref().map(|(word, reason)| json!({ "label": word, "reason": reason })),
        "rule": s.rule,
        "baseline": s.baseline.as_ref().map(point),
        "latest": s.latest.as_ref().map(point),
        "target": measure.target.as_ref().map(|t| t.quantity.number),
        "progress": s.progress.as_ref().ok(),
        "progress_undefined": s.progress.as_ref().err(),
        "change": s.change.map(|c| scale * c),
        "evidence": evidence,
        "clearance": s.clearance,
    })
}

/// The value of a point as its own cell gives it, so that both print the same digits.
fn printed_unit(measure: &Measure, point: &Point, scale: f64) -> f64 {
    let of_cell = measure.cells.iter().find(|c| c.year == point.year).and_then(|c| match &c.content {
        CellContent::Value(o) => lines::value_text(o).parse::<f64>().ok(),
        _ => None,
    });
    of_cell.unwrap_or(scale * point.value)
}
