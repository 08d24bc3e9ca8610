//! Runs the binary, and compares numbers.

pub mod flags;

use std::process::Output;

use serde_json::Value;

use super::project::command;

pub fn output(arguments: &[String]) -> Output {
    command().args(arguments).output().unwrap()
}

/// The rows of a call, or what it said on stderr.
pub fn run_json(arguments: &[String]) -> Result<Vec<Value>, String> {
    let out = output(arguments);
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    let value: Value = serde_json::from_slice(&out.stdout).map_err(|e| e.to_string())?;
    value["rows"].as_array().cloned().ok_or_else(|| "no rows".to_owned())
}

pub fn close(got: &Value, want: &Value, rtol: f64) -> bool {
    match (got.as_f64(), want.as_f64()) {
        (Some(g), Some(w)) => (g - w).abs() <= rtol * w.abs() + 1e-12 * w.abs().max(1.0),
        _ => false,
    }
}
