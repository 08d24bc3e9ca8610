//! What each decision about answers that break the rules does to each estimate: the wave decoded and
//! estimated once more under every other setting. Nothing is computed where nobody's answer called for a
//! decision.

use std::collections::{BTreeMap, BTreeSet};

use super::collect::Collected;
use super::decoded::decode_options;
use super::estimates::overall;
use super::plan::{Plan, Survey};
use super::planned::planned_in;
use super::source::WaveSource;
use super::wave::{DesignFiles, WaveData, design_questions, prepare, redesign};
use crate::edits::depends_on;
use crate::error::{Error, Result};
use crate::estimate::Estimate;
use crate::indicator::{EstimateRecord, NumberKey, PolicyEffect, PolicySetting};
use crate::questionnaire::{DontKnow, ProcessingRule};
use crate::text::Text;

/// A decision that somebody's answer called for.
struct Case {
    /// Index of the question on the wave's own paper; `None` for duplicates.
    question: Option<usize>,
    treatment: ProcessingRule,
    affected: u64,
    /// The estimates that it can change: positions in `planned_in`.
    changes: Vec<usize>,
}

/// The estimates of a case under one of its other settings.
struct Otherwise {
    treatment: ProcessingRule,
    /// One for each that the case changes, in its order.
    estimates: Vec<Result<Estimate, Text>>,
}

/// The effects of all decisions on the estimates of one wave (全体), in the order of the plan, then of the
/// questionnaire. `data` is changed on the way, and as it was at the end.
///
/// # Errors
/// Those of decoding and estimating, which the wave has already passed.
pub(super) fn effects(
    plan: &Plan,
    data: &mut WaveData,
    source: &WaveSource<'_>,
    collected: &Collected,
    records: &[EstimateRecord],
) -> Result<Vec<PolicyEffect>> {
    let survey = &plan.surveys[data.survey];
    let year = survey.waves[data.wave].year;
    let paper = survey.paper(&survey.waves[data.wave]).questionnaire;
    let cases = cases(plan, data);
    // For each case: for each other setting, the estimates that it changes.
    let mut found: Vec<Vec<Otherwise>> = Vec::new();
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let files = collected.design_files(source, survey, &survey.waves[data.wave])?;
    for case in &cases {
        let others = case.treatment.alternatives().into_iter();
        found.push(
            others
                .map(|treatment| {
                    Ok(Otherwise {
                        treatment,
                        estimates: under(plan, data, (source, files), case, treatment)?,
                    })
                })
                .collect::<Result<_>>()?,
        );
    }
    let mut out = Vec::new();
    for (at, planned) in planned_in(plan, data).iter().enumerate() {
        let key = NumberKey::of_survey(&survey.key, year, &planned.id, Vec::new());
        let Some(record) = records.iter().find(|r| r.key == key) else { continue };
        for (case, settings) in cases.iter().zip(&found) {
            let Some(position) = case.changes.iter().position(|s| *s == at) else { continue };
            let setting = |treatment: ProcessingRule, estimate: Result<Estimate, Text>| PolicySetting {
                setting: treatment.setting(),
                words: treatment.words().1,
                estimate,
            };
            let other = |o: &Otherwise| o.estimates.get(position).map(|e| setting(o.treatment, e.clone()));
            out.push(PolicyEffect {
                analysis_key: key.clone(),
                indicator: planned.id.clone(),
                survey: survey.key.clone(),
                wave: year,
                format: record.format.clone(),
                policy: case.treatment.policy(),
                policy_words: case.treatment.words().0,
                question: case.question.and_then(|q| paper.questions.get(q)).map(|q| q.id.clone()),
                affected: case.affected,
                in_force: setting(case.treatment, Ok(record.estimate.clone())),
                alternatives: settings.iter().filter_map(other).collect(),
            });
        }
    }
    Ok(out)
}

/// The decisions that were called for, about questions that an estimate of the wave depends on.
fn cases(plan: &Plan, data: &WaveData) -> Vec<Case> {
    let survey = &plan.surveys[data.survey];
    let of = &survey.waves[data.wave];
    let questionnaire = survey.paper(of).questionnaire;
    // By the numbers of the wave's own paper from here on.
    let own = |question: usize| -> BTreeSet<usize> {
        of.paper.as_ref().map_or(BTreeSet::from([question]), |p| p.mapping.own_of(question))
    };
    let asked_here = |question: usize| {
        of.paper.as_ref().map_or(Some(question), |p| p.mapping.asked(question).map(|asked| asked.question))
    };
    let of_design = design_questions(survey, of).0;
    let weights: BTreeSet<usize> = of_design.iter().copied().flat_map(own).collect();
    let dont_know_missing = decode_options(survey, of).dont_know_missing;
    let with_earlier = |questions: &BTreeSet<usize>| -> BTreeSet<usize> {
        questions
            .iter()
            .flat_map(|q| depends_on(questionnaire, *q))
            .chain(questions.iter().copied())
            .collect()
    };
    let of_weights = with_earlier(&weights);
    // For each question, the estimates that depend on its answers; and those that see its わからない, which
    // skip rules do not.
    let (mut all, mut direct): (BTreeMap<usize, Vec<usize>>, BTreeMap<usize, Vec<usize>>) =
        (BTreeMap::new(), BTreeMap::new());
    let planned = planned_in(plan, data);
    for (at, planned) in planned.iter().enumerate() {
        let questions = planned.definition.all_questions();
        let asked: BTreeSet<usize> = questions.iter().copied().flat_map(own).collect();
        if asked.is_empty() {
            continue;
        }
        with_earlier(&asked).union(&of_weights).for_each(|q| all.entry(*q).or_default().push(at));
        let seen = of_design.iter().copied().chain(questions);
        let seen: BTreeSet<usize> =
            seen.flat_map(|q| seen_dont_know(survey, q)).filter_map(asked_here).collect();
        seen.into_iter().for_each(|q| direct.entry(q).or_default().push(at));
    }
    let mut out = Vec::new();
    for (q, depending) in &all {
        let (Some(question), Some(affected)) = (questionnaire.questions.get(*q), data.affected.get(*q))
        else {
            continue;
        };
        let dont_know =
            if dont_know_missing.contains(&question.id) { DontKnow::Missing } else { DontKnow::Answer };
        for (treatment, affected) in affected.treatments(&question.policy, dont_know) {
            let changes = if matches!(treatment, ProcessingRule::DontKnow(_)) {
                direct.get(q)
            } else {
                Some(depending)
            };
            if let Some(changes) = changes {
                out.push(Case { question: Some(*q), treatment, affected, changes: changes.clone() });
            }
        }
    }
    if data.answers.repeated > 0 && !planned.is_empty() {
        out.push(Case {
            question: None,
            treatment: ProcessingRule::Duplicates(of.duplicates),
            affected: data.answers.repeated,
            changes: (0..planned.len()).collect(),
        });
    }
    out
}

/// The questions whose わからない the answers to `question` see: itself, and what it is made of, unless the
/// plan has decided for itself that わからない of its sources counts as no answer.
fn seen_dont_know(survey: &Survey, question: usize) -> BTreeSet<usize> {
    let mut seen = BTreeSet::from([question]);
    let mut open = vec![question];
    while let Some(next) = open.pop() {
        let Some(of) = survey.questionnaire.questions.get(next) else { continue };
        let decided = survey.dont_know_missing.contains(&of.id);
        for source in of.derivation.iter().flat_map(|derivation| derivation.sources()) {
            let is_derived =
                survey.questionnaire.questions.get(source).is_some_and(|q| q.derivation.is_some());
            if (is_derived || !decided) && seen.insert(source) {
                open.push(source);
            }
        }
    }
    seen
}

/// The estimates of a case under another setting. A design that cannot be made from the answers then is a
/// reason, not an error.
fn under(
    plan: &Plan,
    data: &mut WaveData,
    (source, files): (&WaveSource<'_>, DesignFiles<'_>),
    case: &Case,
    other: ProcessingRule,
) -> Result<Vec<Result<Estimate, Text>>> {
    let nothing = |error: Error| vec![Err(reason(&error)); case.changes.len()];
    let question = match case.question {
        Some(question) if plan.surveys[data.survey].waves[data.wave].paper.is_none() => question,
        _ => {
            let plan = decided(plan, data, case.question, other);
            let survey = &plan.surveys[data.survey];
            let decoded = source.decoded(survey, &survey.waves[data.wave]);
            return Ok(
                match decoded.and_then(|decoded| prepare(&plan, data.survey, data.wave, decoded, files)) {
                    Ok(whole) => overall(&plan, &whole, &case.changes)?.into_iter().map(Ok).collect(),
                    Err(error) => nothing(error),
                },
            );
        }
    };
    let survey = &plan.surveys[data.survey];
    let of = &survey.waves[data.wave];
    let mut changed = source.treated(survey, of, &data.answers, question, other)?;
    let (_, of_design) = design_questions(survey, of);
    let touches = |questions: &[usize]| changed.iter().any(|(q, _)| questions.contains(q));
    let other_design = touches(&of_design);
    exchange(data, &mut changed);
    let design = if other_design { redesign(plan, data, files).map(Some) } else { Ok(None) };
    let estimated = match design {
        Ok(None) => overall(plan, data, &case.changes),
        Ok(Some(mut design)) => {
            std::mem::swap(&mut data.built, &mut design);
            let estimated = overall(plan, data, &case.changes);
            std::mem::swap(&mut data.built, &mut design);
            estimated
        }
        Err(error) => {
            exchange(data, &mut changed);
            return Ok(nothing(error));
        }
    };
    exchange(data, &mut changed);
    Ok(estimated?.into_iter().map(Ok).collect())
}

/// The plan with this decided otherwise, for the wave anew: other rows of a respondent are other answers, and
/// the answers on a paper of the wave's own are brought to the survey's questionnaire after they are decoded.
fn decided(plan: &Plan, data: &WaveData, question: Option<usize>, other: ProcessingRule) -> Plan {
    let mut plan = plan.clone();
    let Some(survey) = plan.surveys.get_mut(data.survey) else { return plan };
    let Some(wave) = survey.waves.get_mut(data.wave) else { return plan };
    if let ProcessingRule::Duplicates(duplicates) = other {
        wave.duplicates = duplicates;
    }
    let (Some(question), Some(paper)) = (question, &mut wave.paper) else { return plan };
    if let Some(of) = paper.questionnaire.questions.get_mut(question) {
        other.set(&mut of.policy);
    }
    if let ProcessingRule::DontKnow(how) = other {
        for (reference, of) in survey.questionnaire.questions.iter().enumerate() {
            if paper.mapping.asked(reference).is_some_and(|asked| asked.question == question) {
                match how {
                    DontKnow::Missing => drop(survey.dont_know_missing.insert(of.id.clone())),
                    DontKnow::Answer => drop(survey.dont_know_missing.remove(&of.id)),
                }
            }
        }
    }
    plan
}

/// Puts `changed` in the place of the wave's answers, and those in its place.
fn exchange(data: &mut WaveData, changed: &mut [(usize, crate::decode::Responses)]) {
    for (question, responses) in changed {
        if let Some(own) = data.answers.responses.get_mut(*question) {
            std::mem::swap(own, responses);
        }
    }
}

fn reason(error: &Error) -> Text {
    error.diagnostics().first().map_or_else(|| Text::same(error.to_string()), |d| d.message.clone())
}
