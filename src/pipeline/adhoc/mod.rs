//! Estimates without a plan: what was typed ([`Request`]) → what it means on the columns of the files → rows.
//!
//! [`read`] opens the files that a request names; [`compute`] is values in, values out.

mod columns;
mod condition;
mod design;
mod estimates;
mod joined;
mod levels;
mod measures;
mod missing;
mod population;
mod quick;
mod replication;
mod request;
mod shares;
mod source;

pub use quick::{Quick, quick};
pub use request::{Inputs, ReplicateType, Request, read};

use crate::error::{Error, Result};
use crate::estimate::{IntervalMethod, Options};
use crate::finding::Finding;
use crate::report::adhoc::Sheet;

/// What a request gives.
#[derive(Debug)]
pub struct Outcome {
    /// The rows, with notes.
    pub sheet: Sheet,
    /// What was found in the data.
    pub findings: Vec<Finding>,
}

/// Estimates everything that `request` asks for, on the tables of `inputs`.
///
/// # Errors
/// All mistakes of the request in one go: a column that is not there (with the nearest ones), a code that
/// differs from a value that occurs by capitals only, a condition that cannot be read, a design that its
/// columns contradict.
pub fn compute(request: &Request, inputs: &Inputs) -> Result<Outcome> {
    let method = method(&request.method)?;
    if !(request.level > 0.0 && request.level < 1.0) {
        return Err(request::bad_level(request.level));
    }
    let source = source::Source::new(&inputs.tables)?;
    let mut findings = Vec::new();
    let missing = missing::Missing::parse(&request.missing, &source)?;
    let mut mistakes = Vec::new();
    let wanted = collect(measures::Wanted::resolve(request, &source, &missing, &mut findings), &mut mistakes);
    let made = collect(design::make(request, inputs, &source, &mut findings), &mut mistakes);
    let (Some(wanted), Some(made)) = (wanted, made) else {
        // Without both there is at least one mistake.
        return Err(Error::all(mistakes)
            .unwrap_or_else(|| Error::msg("adhoc::request", "集計できません", "cannot estimate")));
    };
    let deff = request.deff.unwrap_or(made.deff);
    let options =
        Options { method, level: request.level, deff, basis: made.basis(method), ..Options::default() };
    let rows = estimates::rows(&wanted, &made, &options, request.base)?;
    let notes = estimates::notes(&wanted, &made, &options, request.base, &rows);
    Ok(Outcome { sheet: Sheet { rows, notes, level: request.level }, findings })
}

/// The interval's method: as R spells it (`mean`, `beta`) too.
fn method(name: &str) -> Result<IntervalMethod> {
    let spelled = name.trim().to_lowercase().replace('_', "-");
    if spelled == "mean" { Ok(IntervalMethod::Wald) } else { spelled.parse() }
}

/// The value, or its mistakes among the others.
fn collect<T>(result: Result<T>, mistakes: &mut Vec<crate::error::Diagnostic>) -> Option<T> {
    result.map_err(|e| mistakes.extend(e.into_diagnostics())).ok()
}
