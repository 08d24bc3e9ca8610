//! What a request gives on one sample: the files of one wave.

use super::estimates;
use super::measures::Wanted;
use super::missing::Missing;
use super::questions;
use super::request::Request;
use super::{Inputs, RespondentWeights};
use crate::code::Code;
use crate::decode::BaseLedger;
use crate::error::{Error, Result, collect};
use crate::estimate::{IntervalMethod, Options};
use crate::finding::Finding;
use crate::indicator::EstimateRecord;
use crate::pipeline::sample_design::BuiltDesign;
use crate::pipeline::variables::source::{Decoded, Source};
use crate::questionnaire::Questionnaire;
use crate::raw::Table;
use crate::text::Text;

/// The numbers of one sample, with what was found on the way.
#[derive(Debug)]
pub(super) struct Estimated {
    /// The rows, in the order asked for.
    pub(super) rows: Vec<EstimateRecord>,
    /// What was wanted.
    pub(super) wanted: Wanted,
    /// The design.
    pub(super) built: BuiltDesign,
    /// How numbers are reported.
    pub(super) options: Options,
    /// The ledgers of the questions that were asked about.
    pub(super) ledgers: Vec<(String, BaseLedger)>,
    /// What decoding found.
    pub(super) decoding: Vec<Finding>,
    /// What else was found.
    pub(super) findings: Vec<Finding>,
    /// The weights of every respondent, where they are wanted.
    pub(super) weights: Option<RespondentWeights>,
}

/// Decodes the tables of a sample and estimates everything that `request` asks for.
///
/// # Errors
/// All mistakes of the request on these tables, in one go.
pub(super) fn estimated(
    request: &Request,
    method: IntervalMethod,
    tables: &[Table],
    questionnaire: Option<&Questionnaire>,
    inputs: &Inputs,
) -> Result<Estimated> {
    let answers = questionnaire.map(|q| questions::answers(request, q, tables)).transpose()?;
    let source = match (questionnaire, &answers) {
        (Some(questionnaire), Some(answers)) => Source::decoded(tables, Decoded { questionnaire, answers }),
        _ => Source::new(tables)?,
    };
    let mut findings = Vec::new();
    let missing = Missing::parse(&request.missing, &source)?;
    let mut mistakes = Vec::new();
    let wanted = collect(Wanted::resolve(request, &source, &missing, &mut findings), &mut mistakes);
    let design = request.sample_design(inputs, &source);
    let built = design.and_then(|d| d.build(&source, &mut findings).map_err(advised));
    let built = collect(built, &mut mistakes);
    let (Some(wanted), Some(built)) = (wanted, built) else {
        // Without both there is at least one mistake.
        return Err(Error::all(mistakes)
            .unwrap_or_else(|| Error::msg(Code::AdhocRequest, "集計できません", "cannot estimate")));
    };
    let options =
        Options { difference: request.difference, ..built.options(method, request.level, request.deff) };
    let rows = estimates::rows(&wanted, &built, &options)?;
    let ledgers = ledgers(&wanted, &source);
    let weights = request.weights.then(|| RespondentWeights::of(&built.design, &source));
    let decoding = answers.map(|a| a.findings).unwrap_or_default();
    Ok(Estimated { rows, wanted, built, options, ledgers, decoding, findings, weights })
}

/// The mistakes of a design, with advice in the words of the flags.
fn advised(error: Error) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == Code::DesignLonelyPsu) {
        diagnostic.help = Some(Text::new(
            "近い層と合わせるか、--lonely certainty・adjust・average のいずれかを指定します",
            "merge them with a neighbour, or give --lonely certainty, adjust or average",
        ));
    }
    Error::all(diagnostics)
        .unwrap_or_else(|| Error::msg(Code::AdhocRequest, "集計できません", "cannot estimate"))
}

/// The ledgers of the questions that the measures are about, each once.
fn ledgers(wanted: &Wanted, source: &Source<'_>) -> Vec<(String, BaseLedger)> {
    let mut out: Vec<(String, BaseLedger)> = Vec::new();
    for measure in &wanted.measures {
        let parts = match source.has(&measure.variable) {
            true => vec![measure.variable.as_str()],
            // A ratio names two.
            false => source.cut(&measure.variable, "/").map(|(a, b)| vec![a, b]).unwrap_or_default(),
        };
        for name in parts {
            if let (Some(ledger), false) = (source.ledger(name), out.iter().any(|(known, _)| known == name)) {
                out.push((name.to_owned(), ledger));
            }
        }
    }
    out
}
