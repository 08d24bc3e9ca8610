//! One wave of a survey: its answers, and the design that they were drawn by.

use std::collections::BTreeMap;

use super::decoded::Decoded;
use super::definition::EstimateDefinition;
use super::plan::{Fit, Plan, Survey, Wave, WaveDesign};
use super::sample_design::{BuiltDesign, Population, Replication, SampleDesign, Step};
use super::variables::source::{self, Source};
use crate::code::Code;
use crate::decode::{Answers, BaseLedger, holds};
use crate::design::{Trim, TrimRule};
use crate::edits::AppliedChange;
use crate::error::{Diagnostic, Error, Result, SourceText};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::questionnaire::{Affected, Questionnaire};
use crate::raw::Table;
use crate::text::Text;
use crate::waves::{self, Harmonised, Mapping};

/// A wave with everything that estimates need.
#[derive(Debug)]
pub(super) struct WaveData {
    /// Index of the survey.
    pub(super) survey: usize,
    /// Index of the wave in it.
    pub(super) wave: usize,
    /// Whether an earlier run left the answers.
    pub(super) reused: bool,
    /// The survey's questionnaire, with the further options that this wave had.
    pub(super) questionnaire: Questionnaire,
    /// The answers to it.
    pub(super) answers: Answers,
    /// The ledgers by the numbers of the wave's own paper, and of the survey's derived variables.
    pub(super) ledgers: Vec<(String, BaseLedger)>,
    /// How many answers called for a decision of the office, by question of the wave's own paper.
    pub(super) affected: Vec<Affected>,
    /// The design.
    pub(super) built: BuiltDesign,
    /// What making the design found.
    pub(super) findings: Vec<Finding>,
    /// What the cleaning logs changed.
    pub(super) changes: Vec<AppliedChange>,
}

impl WaveData {
    /// The questions as variables.
    pub(super) fn variables(&self) -> Source<'_> {
        let decoded = source::Decoded { questionnaire: &self.questionnaire, answers: &self.answers };
        Source::decoded(&[], decoded)
    }
}

/// The files that the design of a wave needs beside its answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct DesignFiles<'a> {
    /// The response files with the cleaning logs applied; empty where no column of theirs is needed.
    pub(super) responses: &'a [Table],
    /// Population tables by file name.
    pub(super) populations: &'a BTreeMap<String, Table>,
    /// Scales of replicates by file name.
    pub(super) scales: &'a BTreeMap<String, SourceText>,
}

/// Brings the answers of a wave to the survey's questionnaire and makes its design.
///
/// # Errors
/// Nobody answered; those of the design: a population table that does not match.
pub(super) fn prepare(
    plan: &Plan,
    survey: usize,
    wave: usize,
    decoded: Decoded,
    files: DesignFiles<'_>,
) -> Result<WaveData> {
    let spec: &Survey = &plan.surveys[survey];
    let of: &Wave = &spec.waves[wave];
    let paper = spec.paper(of).questionnaire;
    let Decoded { answers, findings: notes, changes } = decoded;
    if answers.rows == 0 {
        return Err(nobody(spec, of, &answers));
    }
    let affected = answers.affected.clone();
    let mut ledgers: Vec<(String, BaseLedger)> =
        paper.questions.iter().map(|q| q.id.clone()).zip(answers.ledger.iter().copied()).collect();
    let Harmonised { questionnaire, mut answers } = match &of.paper {
        Some(paper) => waves::harmonise(
            &spec.questionnaire,
            &paper.questionnaire,
            &paper.mapping,
            &spec.dont_know_missing,
            answers,
        )?,
        None => Harmonised { questionnaire: spec.questionnaire.clone(), answers },
    };
    if let Some(paper) = &of.paper {
        derived_ledgers(&paper.mapping, &questionnaire, &answers, &mut ledgers);
        for finding in answers.findings.iter_mut().filter(|f| f.place.file.is_none()) {
            finding.place.file = of.responses.first().cloned();
        }
    }
    let mut findings = Vec::new();
    let built = build(of, &questionnaire, &answers, files, &mut findings)?;
    findings.splice(0..0, notes);
    Ok(WaveData {
        survey,
        wave,
        reused: false,
        questionnaire,
        answers,
        ledgers,
        affected,
        built,
        findings,
        changes,
    })
}

/// The ledgers of the derived variables of the survey's questionnaire, behind those of the wave's own paper;
/// in the place of one that the paper has itself.
fn derived_ledgers(
    mapping: &Mapping,
    questionnaire: &Questionnaire,
    answers: &Answers,
    ledgers: &mut Vec<(String, BaseLedger)>,
) {
    for (at, (question, ledger)) in questionnaire.questions.iter().zip(&answers.ledger).enumerate() {
        if mapping.derivation(at).is_some() && mapping.answers(at) {
            ledgers.retain(|(id, _)| *id != question.id);
            ledgers.push((question.id.clone(), *ledger));
        }
    }
}

/// The design of a wave's answers.
fn build(
    of: &Wave,
    questionnaire: &Questionnaire,
    answers: &Answers,
    files: DesignFiles<'_>,
    findings: &mut Vec<Finding>,
) -> Result<BuiltDesign> {
    let source = Source::decoded(files.responses, source::Decoded { questionnaire, answers });
    let built = declared(&of.design, files).and_then(|design| design.build(&source, findings));
    placed(of, findings);
    built.map_err(|error| advised(error).at(&place_of(of)))
}

/// Gives the findings of a wave's design that have no place the wave's.
pub(super) fn placed(of: &Wave, findings: &mut [Finding]) {
    let place = place_of(of);
    for finding in findings.iter_mut().filter(|f| f.place == Place::default()) {
        finding.place = place.clone();
    }
}

/// The declared design with the files that it names.
pub(super) fn declared<'a>(of: &WaveDesign, files: DesignFiles<'a>) -> Result<SampleDesign<'a>> {
    let population = of.population.as_ref().and_then(|name| files.populations.get(name));
    let by = |names: Vec<String>| population.map(|table| Population { table, by: Some(names) });
    let fit = match &of.fit {
        Some(Fit::Rake(names)) => {
            Some(Step::Rake(names.iter().filter_map(|name| by(vec![name.clone()])).collect()))
        }
        Some(Fit::PostStratify(names)) => by(names.clone()).map(Step::PostStratify),
        Some(Fit::Calibrate(table, function)) => {
            files.populations.get(table).map(|table| Step::Calibrate(table, *function))
        }
        None => None,
    };
    let trim = of.trim.map(|(lower, upper)| Step::Trim(Trim { lower, upper, rule: TrimRule::Strict }));
    // A table that only margins are taken from gives no sizes where columns do, or where replicates are the
    // design.
    let columns =
        of.replicates.as_ref().is_some_and(|r| r.request.replicates.is_some() && of.strata.is_empty());
    Ok(SampleDesign {
        strata: of.strata.clone(),
        clusters: of.clusters.clone(),
        fpc: of.fpc.clone(),
        population: population.filter(|_| of.fpc.is_empty() && !columns),
        nesting: of.nesting,
        lonely: of.lonely,
        weight: of.weight.clone(),
        replication: match &of.replicates {
            Some(replicates) => Replication::of(&replicates.request)?,
            None => Replication::None,
        },
        rscales: of.rscales().and_then(|name| files.scales.get(name)),
        calibration: fit.into_iter().chain(trim).collect(),
        negative: false,
    })
}

/// What the categories `chosen` of a question of the survey's questionnaire are in this wave.
pub(super) fn counted(plan: &Plan, data: &WaveData, question: usize, chosen: &[usize]) -> Vec<usize> {
    let survey = &plan.surveys[data.survey];
    let known = survey.questionnaire.questions.get(question).map_or(0, |q| q.categories().len());
    survey.waves[data.wave].counted(question, chosen, known)
}

/// Who is in the domain of an estimate; `None` for everyone.
pub(super) fn domain(plan: &Plan, data: &WaveData, definition: &EstimateDefinition) -> Option<Vec<bool>> {
    let rule = definition.domain.as_ref()?;
    let rule = rule.with_categories(&|question, chosen| counted(plan, data, question, chosen));
    Some(holds(&rule, &data.answers.responses, data.answers.rows))
}

fn place_of(of: &Wave) -> Place {
    of.design.population.as_ref().or(of.responses.first()).map(Place::file).unwrap_or_default()
}

/// The design of a wave whose answers have become others.
///
/// # Errors
/// Those of the design, as in [`prepare`].
pub(super) fn redesign(plan: &Plan, data: &WaveData, files: DesignFiles<'_>) -> Result<BuiltDesign> {
    let of = &plan.surveys[data.survey].waves[data.wave];
    build(of, &data.questionnaire, &data.answers, files, &mut Vec::new())
}

/// The questions (indices) whose answers make the weights, and those that make the design at all.
pub(super) fn design_questions(survey: &Survey, of: &Wave) -> (Vec<usize>, Vec<usize>) {
    let index = |name: &String| survey.questionnaire.question(name).map(|(index, _)| index);
    let weights = of.design.fitted().iter().chain(&of.design.weight).filter_map(index).collect();
    (weights, of.design.variables().filter_map(index).collect())
}

/// No valid return at all: what became of those that came in.
fn nobody(survey: &Survey, of: &Wave, answers: &Answers) -> Error {
    let (returned, invalid, twice) =
        answers.ledger.first().map_or((0, 0, 0), |l| (l.returned, l.invalid_returns, l.duplicates));
    Diagnostic::new(
        Code::PlanNoRespondents,
        Text::new(
            format!(
                "「{}」（{}）に有効な回答が1件もありません（回収 {returned}、無効票 {invalid}、重複 \
                 {twice}）",
                survey.title,
                of.year.long()
            ),
            format!(
                "\"{}\" ({}) has no valid return (returned {returned}, invalid {invalid}, duplicates \
                 {twice})",
                survey.title, of.year
            ),
        ),
    )
    .at(of.responses.first().map(Place::file).unwrap_or_default())
    .help(Text::new(
        "見出しの行数（header_rows）と回答者番号の列（respondent）を確かめてください",
        "check header_rows and the column of respondent",
    ))
    .into()
}

/// The design's own mistakes, with advice in the words of the plan.
fn advised(error: Error) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == Code::DesignLonelyPsu) {
        diagnostic.message = Text::new(
            format!("回答者が1人しかいない層があり、標本誤差を計算できません（{}）", diagnostic.message.ja),
            format!("a stratum with one respondent has no sampling error ({})", diagnostic.message.en),
        );
        diagnostic.help = Some(Text::new(
            "strata の設問を減らすか、選択肢のまとまった設問にしてください",
            "take fewer or coarser questions as strata",
        ));
    }
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == Code::DesignNegativeWeights) {
        diagnostic.help = Some(Text::new(
            "weights の function を \"raking\" か \"logit\" にするか、bounds を書くか、\
             補助変数を減らしてください",
            "let function in weights be \"raking\" or \"logit\", add bounds, or use fewer auxiliaries",
        ));
    }
    Error::all(diagnostics).unwrap_or_else(|| {
        Error::msg(Code::DesignLonelyPsu, "回答者が1人しかいない層があります", "a stratum has one respondent")
    })
}
