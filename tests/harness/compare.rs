//! Expected rows against got rows.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// One row of answers: its key, and its fields.
pub struct Row {
    pub key: Map<String, Value>,
    pub fields: BTreeMap<String, Value>,
}

/// Codes as keys show them: 1, 1.0 and "1" are the same code.
fn key_text(key: &Map<String, Value>) -> String {
    let mut parts: Vec<String> = key
        .iter()
        .map(|(name, value)| match value {
            Value::Number(n) => format!("{name}={}", n.as_f64().unwrap_or(f64::NAN)),
            Value::String(s) => format!("{name}={}", s.parse::<f64>().map_or(s.clone(), |n| n.to_string())),
            other => format!("{name}={other}"),
        })
        .collect();
    parts.sort();
    parts.join(" ")
}

fn close(got: &Value, expected: &Value, rtol: f64, scale: f64) -> bool {
    match (got, expected) {
        (_, Value::Null) => true,
        (Value::Array(g), Value::Array(e)) => {
            g.len() == e.len() && g.iter().zip(e).all(|(g, e)| close(g, e, rtol, scale))
        }
        (Value::Number(g), Value::Number(e)) => match (g.as_f64(), e.as_f64()) {
            (Some(g), Some(e)) => (g - e).abs() <= rtol * e.abs() + 1e-12 * scale,
            _ => false,
        },
        (got, expected) => got == expected,
    }
}

/// Where R prints a number and shihyo none on purpose, with the reason; the fields must then be null.
///
/// - One respondent: R's linearised standard error of a share of 0 or 1 is 0 at any n; nobody knows the
///   spread   of a single answer (R has none for a mean either, whose variance it divides by n − 1 = 0).
/// - A quantile of which one limit is beyond the sample (R: NaN): the other one alone is no interval.
fn none_on_purpose(field: &str, row: &Value, case: &Value) -> bool {
    let (number, null) = (|name: &str| row[name].as_f64(), |name: &str| row[name].is_null());
    let alone = number("n_unweighted") == Some(1.0) && number("se") == Some(0.0);
    let beyond = case["statistic"]["kind"] == "quantile" && null("ci_low") != null("ci_high");
    alone && matches!(field, "se" | "cv" | "deff" | "deff_replace")
        || beyond && matches!(field, "se" | "ci_low" | "ci_high")
}

/// What is wrong with the rows of one case, one line a miss.
pub fn misses(id: &str, case: &Value, rows: &[Row]) -> Vec<String> {
    let rtol = case["rtol"].as_f64().unwrap_or(0.0);
    let mut found: BTreeMap<String, &Row> = rows.iter().map(|row| (key_text(&row.key), row)).collect();
    let mut misses = Vec::new();
    let expected = case["expected"].as_array().map_or(&[][..], Vec::as_slice);
    if expected.is_empty() {
        misses.push(format!("{id}: the case expects nothing"));
    }
    for want in expected {
        let key = want["key"].as_object().map(key_text).unwrap_or_default();
        let Some(row) = found.remove(&key) else {
            misses.push(format!("{id} [{key}]: no such row"));
            continue;
        };
        let scale = want["estimate"].as_f64().map_or(1.0, |e| e.abs().max(1.0));
        let whole = want;
        for (field, want) in want.as_object().into_iter().flatten() {
            // R's raw limits are informative; see the schema.
            if field == "key" || field.starts_with("r_ci_") {
                continue;
            }
            match row.fields.get(field) {
                Some(got) if none_on_purpose(field, whole, case) => {
                    if !got.is_null() {
                        misses.push(format!("{id} [{key}] {field}: got {got}, where there is none"));
                    }
                }
                None => misses.push(format!("{id} [{key}] {field}: the harness does not know this field")),
                Some(got) if close(got, want, rtol, scale) => {}
                Some(got) => misses.push(format!("{id} [{key}] {field}: got {got}, expected {want}")),
            }
        }
    }
    // A row of nobody is no row.
    for (key, row) in found {
        if row.fields.get("n_unweighted").and_then(Value::as_f64) != Some(0.0) {
            misses.push(format!("{id} [{key}]: a row that is not expected"));
        }
    }
    misses
}
