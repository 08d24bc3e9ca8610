//! Estimates without a plan: what was typed ([`Request`]) → what it means on the columns of the files → rows.
//!
//! [`read`] opens the files that a request names; [`compute`] is values in, values out.

mod breakdowns;
mod change;
mod condition;
mod declared;
mod estimates;
mod file_labels;
mod inputs;
mod joined;
mod joins;
mod levels;
mod measures;
mod missing;
mod no_answer;
mod notes;
mod questions;
mod quick;
mod request;
mod resolver;
mod respondent_weights;
mod sample;
mod shares;
mod sums;
mod typed_shares;
mod unweighted;

pub use super::sample_design::{CalibrationKind, ReplicateType};
pub(super) use breakdowns::{By, breakdown};
pub(super) use estimates::{Reporting, rows, rows_of_estimates};
pub use inputs::{Earlier, Inputs, read};
pub use joins::JoinRequest;
pub(super) use levels::{CountedColumn, Levels, Numbers};
pub(super) use measures::{Measure, Values, Wanted};
pub use quick::{Quick, quick};
pub use request::Request;
pub use respondent_weights::RespondentWeights;
pub(super) use shares::Estimates;
pub(super) use sums::{Sums, in_one};

use sample::{Estimated, estimated};

use crate::error::Result;
use crate::estimate::IntervalMethod;
use crate::finding::Finding;
use crate::raw::Table;
use crate::report::estimate_tables::{FileLabels, Sheet};
use crate::text::Text;

/// What a request gives.
#[derive(Debug)]
pub struct AdhocOutcome {
    /// The rows, with notes.
    pub sheet: Sheet,
    /// What decoding the files by the questionnaire found.
    pub decoding: Vec<Finding>,
    /// What else was found in the data.
    pub findings: Vec<Finding>,
    /// The weights of every respondent, where they are wanted.
    pub weights: Option<RespondentWeights>,
}

/// Estimates everything that `request` asks for, on the tables of `inputs`.
///
/// # Errors
/// All mistakes of the request in one go: a column that is not there (with the nearest ones), a code that
/// never occurs, a condition that cannot be read, a design that its columns contradict. Those that both waves
/// have are told once.
pub fn compute(request: &Request, inputs: &Inputs) -> Result<AdhocOutcome> {
    let method = method(&request.method)?;
    if !(request.level > 0.0 && request.level < 1.0) {
        return Err(request::bad_level(request.level));
    }
    let own = inputs.questionnaire.as_ref();
    let later = estimated(request, method, &inputs.tables, own, inputs).map(|mut later| {
        later.findings.extend(unweighted::finding(request, &inputs.tables));
        later
    });
    let labelled = |mut outcome: AdhocOutcome| {
        outcome.findings.splice(0..0, inputs.of_joins.iter().cloned());
        outcome.sheet.labels = file_labels::of_rows(&outcome.sheet.rows, &inputs.tables, own);
        outcome
    };
    let Some(earlier) = &inputs.against else { return Ok(labelled(outcome(request, later?, None))) };
    // Comparisons inside one sample are those of the later wave.
    let alone = Request { differences: Vec::new(), tests: Vec::new(), weights: false, ..request.clone() };
    let its = earlier.questionnaire.as_ref().or(own);
    let before = estimated(&alone, method, &earlier.tables, its, inputs);
    match (later, before) {
        (Ok(later), Ok(before)) => {
            let (own, its) = (names(&inputs.tables), names(&earlier.tables));
            Ok(labelled(outcome(request, later, Some((before, (&own, &its))))))
        }
        (later, before) => {
            Err(change::told_once((later.err(), &inputs.tables), (before.err(), &earlier.tables)))
        }
    }
}

/// The names of the files of a wave.
fn names(tables: &[Table]) -> String {
    tables.iter().map(|t| t.digest.file.as_str()).collect::<Vec<_>>().join("+")
}

/// The rows of the later wave and the changes from the earlier one, with notes.
fn outcome(request: &Request, later: Estimated, earlier: Option<(Estimated, (&str, &str))>) -> AdhocOutcome {
    let Estimated { mut rows, wanted, built, options, ledgers, mut decoding, mut findings, weights } = later;
    let mut more = Vec::new();
    if let Some((before, (own, its))) = earlier {
        let changes = change::changes(&rows, &before.rows, (own, its), request.difference, &mut findings);
        rows.extend(changes);
        more.push(notes::change(own, its));
        let how = |of: fn(&Text) -> &str, between: &str| {
            before.built.how.iter().map(of).collect::<Vec<_>>().join(between)
        };
        more.push(Text::new(
            format!("前回の標本設計: {}", how(|t| &t.ja, "、")),
            format!("design of the earlier wave: {}", how(|t| &t.en, ", ")),
        ));
        more.extend(before.ledgers.iter().map(|(question, ledger)| {
            let text = questions::ledger(question, ledger);
            Text::new(format!("前回 {}", text.ja), format!("earlier wave, {}", text.en))
        }));
        for mut finding in before.findings.into_iter().filter(|f| !findings.contains(f)).collect::<Vec<_>>() {
            finding.place.file.get_or_insert_with(|| its.to_owned());
            findings.push(finding);
        }
        decoding.extend(before.decoding);
    }
    let mut notes = notes::of(&wanted, &built, &options, request.base, &rows, &ledgers);
    notes.extend(more);
    notes.extend(weights.as_ref().map(RespondentWeights::words));
    AdhocOutcome {
        sheet: Sheet { rows, notes, level: request.level, labels: FileLabels::default() },
        decoding,
        findings,
        weights,
    }
}

/// The interval's method: as R spells it (`mean`, `beta`) too.
fn method(name: &str) -> Result<IntervalMethod> {
    let spelled = name.trim().to_lowercase().replace('_', "-");
    if spelled == "mean" { Ok(IntervalMethod::Wald) } else { spelled.parse() }
}
