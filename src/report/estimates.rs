//! `estimates.csv` and `estimates.json`: one row a number, one stable key a number. Shares in [0, 1], all
//! else in its unit, unrounded.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::indicators::{SCHEMA_VERSION, data_label, reasons};
use super::text_cell::{self, guarded, number};
use super::words;
use crate::error::Error;
use crate::indicator::{CellContent, DataKind, EstimateRecord, FiscalYear, Group, IndicatorTable, Source};

/// The columns of `estimates.csv`; the first thirteen are those of the IMPACT and ODK tools.
const COLUMNS: [&str; 25] = [
    "analysis_key",
    "analysis_type",
    "analysis_var",
    "analysis_var_value",
    "group_var",
    "group_var_value",
    "stat",
    "stat_low",
    "stat_upp",
    "n",
    "n_total",
    "n_w",
    "n_w_total",
    "wave",
    "base_rule",
    "se",
    "deff",
    "deff_reference",
    "n_eff",
    "df",
    "ci_method",
    "level",
    "flag",
    "schema_version",
    "data",
];

/// Which waves of which surveys are synthetic, as the table's own cells tell; a wave that no cell shows is
/// what the table is.
pub(super) struct Waves<'a> {
    kinds: BTreeMap<(&'a str, FiscalYear), DataKind>,
    of_table: DataKind,
}

impl<'a> Waves<'a> {
    pub(super) fn of(table: &'a IndicatorTable) -> Self {
        let cells = table.rows.iter().flat_map(|r| &r.measures).flat_map(|m| &m.cells);
        let kinds = cells.filter_map(|c| match &c.content {
            CellContent::Value(o) => match &o.source {
                Source::Survey { survey, wave, data } => Some(((survey.as_str(), *wave), *data)),
                _ => None,
            },
            _ => None,
        });
        Self { kinds: kinds.collect(), of_table: table.data }
    }

    pub(super) fn data(&self, survey: &str, wave: FiscalYear) -> DataKind {
        self.kinds.get(&(survey, wave)).copied().unwrap_or(self.of_table)
    }
}

/// `estimates.csv`. What cannot be estimated is an empty cell, and `flag` says why: `no-se:census`.
pub(super) fn csv(records: &[EstimateRecord], table: &IndicatorTable) -> Result<Vec<u8>, Error> {
    let waves = Waves::of(table);
    text_cell::csv(
        &COLUMNS,
        &records.iter().map(|r| csv_row(r, waves.data(&r.survey, r.wave))).collect::<Vec<_>>(),
    )
}

fn csv_row(record: &EstimateRecord, data: DataKind) -> Vec<String> {
    let e = &record.estimate;
    let interval = e.interval.as_ref().ok();
    let deff = e.deff.as_ref().ok();
    vec![
        guarded(&record.key),
        record.format.statistic.name().to_owned(),
        guarded(&record.question),
        guarded(&record.options.join(" | ")),
        guarded(&joined(&record.groups, |g| &g.variable)),
        guarded(&joined(&record.groups, |g| &g.value)),
        number(e.value.as_ref().ok().copied()),
        number(interval.map(|i| i.low)),
        number(interval.map(|i| i.high)),
        e.n.to_string(),
        record.n_total.to_string(),
        number(Some(e.n_weighted)),
        number(Some(record.n_w_total)),
        record.wave.short(),
        guarded(&base_rule(record)),
        number(e.se.as_ref().ok().copied()),
        number(deff.map(|d| d.value)),
        deff.map(|d| serde_text(&d.reference)).unwrap_or_default(),
        number(e.n_eff.as_ref().ok().copied()),
        number(Some(e.df.domain)),
        interval.map_or("", |i| record.format.statistic.interval_method(i)).to_owned(),
        number(interval.map(|i| i.level)),
        flags(record),
        SCHEMA_VERSION.to_owned(),
        words::data_key(data).to_owned(),
    ]
}

/// The base, and of whom it is where the plan takes part of the respondents only.
fn base_rule(record: &EstimateRecord) -> String {
    let universe = record.universe.iter().map(|words| words.ja.as_str());
    std::iter::once(record.base_rule.as_str()).chain(universe).collect::<Vec<_>>().join(" | ")
}

fn joined<'a>(groups: &'a [Group], part: impl Fn(&'a Group) -> &'a String) -> String {
    groups.iter().map(|g| part(g).as_str()).collect::<Vec<_>>().join(" | ")
}

/// The reliability flags, then the reasons for what is missing, joined by `;`.
fn flags(record: &EstimateRecord) -> String {
    let missing = reasons(&record.estimate);
    let missing = missing
        .as_object()
        .into_iter()
        .flatten()
        .map(|(what, why)| format!("no-{what}:{}", why.as_str().unwrap_or_default()));
    record.flags.iter().cloned().chain(missing).collect::<Vec<_>>().join(";")
}

/// The name that serde gives a unit variant.
fn serde_text(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// `estimates.json`: the same rows, null where nothing can be estimated, with the reasons.
pub(super) fn json(records: &[EstimateRecord], table: &IndicatorTable) -> Result<Vec<u8>, Error> {
    let waves = Waves::of(table);
    text_cell::json(&json!({
        "schema_version": SCHEMA_VERSION,
        "data": words::data_key(table.data),
        "data_label": data_label(table.data),
        "estimates": records.iter().map(|r| json_row(r, waves.data(&r.survey, r.wave))).collect::<Vec<_>>(),
    }))
}

fn json_row(record: &EstimateRecord, data: DataKind) -> Value {
    let e = &record.estimate;
    let interval = e.interval.as_ref().ok();
    let deff = e.deff.as_ref().ok();
    json!({
        "analysis_key": record.key,
        "analysis_type": record.format.statistic,
        "indicator": record.indicator,
        "survey": record.survey,
        "wave": record.wave,
        "analysis_var": record.question,
        "analysis_var_value": record.options,
        "groups": record.groups,
        "base_rule": record.base_rule,
        "universe": record.universe,
        "unit": record.format.unit,
        "stat": e.value.as_ref().ok(),
        "stat_low": interval.map(|i| i.low),
        "stat_upp": interval.map(|i| i.high),
        "n": e.n,
        "n_yes": e.n_yes,
        "n_total": record.n_total,
        "n_w": e.n_weighted,
        "n_w_total": record.n_w_total,
        "se": e.se.as_ref().ok(),
        "deff": deff.map(|d| d.value),
        "deff_reference": deff.map(|d| d.reference),
        "n_eff": e.n_eff.as_ref().ok(),
        "df": e.df.domain,
        "df_design": e.df.design,
        "ci_method": interval.map(|i| record.format.statistic.interval_method(i)),
        "level": interval.map(|i| i.level),
        "flags": record.flags,
        "reasons": reasons(e),
        "data": words::data_key(data),
    })
}
