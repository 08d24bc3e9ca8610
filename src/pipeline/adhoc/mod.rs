//! Estimates without a plan: what was typed ([`Request`]) → what it means on the columns of the files → rows.
//!
//! [`read`] opens the files that a request names; [`compute`] is values in, values out.

mod condition;
mod estimates;
mod joined;
mod measures;
mod missing;
mod quick;
mod request;
mod shares;
mod typed_shares;

pub use super::sample_design::ReplicateType;
pub(super) use estimates::rows;
pub(super) use measures::{By, Measure, Values, Wanted, breakdown};
pub use quick::{Quick, quick};
pub use request::{Inputs, Request, read};

use super::variables::source::Source;
use crate::code::Code;
use crate::error::{Error, Result, collect};
use crate::estimate::IntervalMethod;
use crate::finding::Finding;
use crate::report::estimate_tables::Sheet;

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
    let source = Source::new(&inputs.tables)?;
    let mut findings = Vec::new();
    let missing = missing::Missing::parse(&request.missing, &source)?;
    let mut mistakes = Vec::new();
    let wanted = collect(measures::Wanted::resolve(request, &source, &missing, &mut findings), &mut mistakes);
    let design = request.sample_design(inputs, &source);
    let made = collect(design.and_then(|d| d.build(&source, &mut findings)), &mut mistakes);
    let (Some(wanted), Some(made)) = (wanted, made) else {
        // Without both there is at least one mistake.
        return Err(Error::all(mistakes)
            .unwrap_or_else(|| Error::msg(Code::AdhocRequest, "集計できません", "cannot estimate")));
    };
    let options = made.options(method, request.level, request.deff);
    let rows = estimates::rows(&wanted, &made, &options)?;
    let notes = estimates::notes(&wanted, &made, &options, request.base, &rows);
    Ok(Outcome { sheet: Sheet { rows, notes, level: request.level }, findings })
}

/// The interval's method: as R spells it (`mean`, `beta`) too.
fn method(name: &str) -> Result<IntervalMethod> {
    let spelled = name.trim().to_lowercase().replace('_', "-");
    if spelled == "mean" { Ok(IntervalMethod::Wald) } else { spelled.parse() }
}
