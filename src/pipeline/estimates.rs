//! Every estimate of a wave: 全体 first, then each breakdown.

use std::collections::{BTreeSet, HashMap};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::adhoc::{By, Measure, Numbers, Values, Wanted, breakdown, rows};
use super::definition::{EstimateDefinition, StatisticDefinition};
use super::plan::{Plan, Sample, Wave};
use super::planned::{PlannedEstimate, planned_in};
use super::trend::{trend, trend_of_group};
use super::wave::{WaveData, counted, domain};
use crate::code::Code;
use crate::decode::share_outcome;
use crate::error::Result;
use crate::estimate::{Estimate, NotEstimable, Options, reliability};
use crate::finding::Finding;
use crate::indicator::{
    EstimateRecord, FiscalYear, Flag, Group, Measured, NumberSource, Statistic, TrendNote,
};
use crate::questionnaire::{QuestionKind, Questionnaire};
use crate::text::Text;
use crate::waves::{Comparability, Paper, rule_words};

/// How the numbers of this wave are reported.
pub(super) fn options(plan: &Plan, data: &WaveData) -> Options {
    let (method, level) = plan.interval;
    Options { difference: plan.difference, ..data.built.options(method, level, None) }
}

/// What is estimated in this wave, as values of its respondents. Who is not in its domain is outside the
/// base, never outside the design.
pub(super) fn measure(plan: &Plan, data: &WaveData, planned: &PlannedEstimate<'_>) -> Measure {
    let definition = planned.definition;
    let rows = data.answers.rows;
    let numbers = |question: &usize| {
        let responses = &data.answers.responses[*question];
        Numbers::of_rows((0..rows).map(|row| responses.number(row).unwrap_or(f64::NAN)).collect())
    };
    let mut values = match &definition.statistic {
        StatisticDefinition::Share { question, categories, base } => {
            let chosen = counted(plan, data, *question, categories);
            Values::Share(share_outcome(&data.answers.responses[*question], &chosen, *base))
        }
        StatisticDefinition::Mean(question) => Values::Mean(numbers(question)),
        StatisticDefinition::Total(question) => Values::Total(numbers(question)),
        StatisticDefinition::Ratio { numerator, denominator } => {
            Values::ratio(numbers(numerator), numbers(denominator))
        }
        StatisticDefinition::Quantile { question, at } => Values::Quantile(numbers(question), *at),
        StatisticDefinition::Score { question, .. } => {
            let worth = worth(plan, data, definition);
            let chosen = |row: usize| data.answers.responses[*question].category(row);
            let points = |row| chosen(row).and_then(|k| *worth.get(k)?);
            Values::Mean(Numbers::of_rows((0..rows).map(|row| points(row).unwrap_or(f64::NAN)).collect()))
        }
    };
    if let Some(inside) = domain(plan, data, definition) {
        values.leave_out(|row| !inside[row]);
    }
    as_measure(plan, data, planned, values)
}

/// What is estimated, with the values that it is estimated of.
pub(super) fn as_measure(
    plan: &Plan,
    data: &WaveData,
    planned: &PlannedEstimate<'_>,
    values: Values,
) -> Measure {
    let definition = planned.definition;
    let questionnaire = &plan.surveys[data.survey].questionnaire;
    Measure {
        measured: Measured::Indicator(planned.id.clone()),
        format: definition.format.clone(),
        variable: variable(questionnaire, definition),
        codes: taken(questionnaire, definition),
        base: definition.base(),
        values,
    }
}

/// The points of each category of a score's question in this wave. An option of the wave that is several of
/// the survey's in one has points where all of those have the same.
pub(super) fn worth(plan: &Plan, data: &WaveData, definition: &EstimateDefinition) -> Vec<Option<f64>> {
    let question = definition.question();
    let mut worth = vec![None; data.questionnaire.questions[question].categories().len()];
    for (categories, points) in definition.classes() {
        for category in counted(plan, data, question, &categories) {
            worth.get_mut(category).into_iter().for_each(|of| *of = Some(points));
        }
    }
    worth
}

/// The question or questions of an estimate by their ids.
fn variable(questionnaire: &Questionnaire, definition: &EstimateDefinition) -> String {
    let id = |question: &usize| questionnaire.questions[*question].id.as_str();
    match &definition.statistic {
        StatisticDefinition::Ratio { numerator, denominator } => {
            format!("{}/{}", id(numerator), id(denominator))
        }
        _ => id(&definition.question()).to_owned(),
    }
}

/// What is taken of the answers: the options that count, or those that have points.
fn taken(questionnaire: &Questionnaire, definition: &EstimateDefinition) -> Vec<String> {
    let categories = questionnaire.questions[definition.question()].categories();
    let label = |category: &usize| categories.get(*category).map(|c| c.label.clone());
    match &definition.statistic {
        StatisticDefinition::Share { categories, .. } => categories.iter().filter_map(label).collect(),
        StatisticDefinition::Score { points, .. } => {
            points.iter().filter_map(|(k, points)| Some(format!("{}={points}", label(k)?))).collect()
        }
        _ => Vec::new(),
    }
}

/// Of whom an estimate is, in words; `None` for everyone.
pub(super) fn universe(questionnaire: &Questionnaire, definition: &EstimateDefinition) -> Option<Text> {
    let paper = Paper { questionnaire, mapping: None };
    definition.domain.as_ref().map(|rule| rule_words(&paper, rule))
}

/// The plan's breakdowns. One that asks for a question this survey did not have is left out.
pub(super) fn asked_breakdowns<'a>(
    plan: &'a Plan,
    questionnaire: &Questionnaire,
    wave: &Wave,
) -> Vec<&'a Vec<String>> {
    let asked = |id: &String| questionnaire.question(id).is_some_and(|(index, _)| wave.asks(index));
    plan.breakdowns.iter().filter(|names| names.iter().all(asked)).collect()
}

/// Who is in which part of these breakdowns.
fn breakdowns(plan: &Plan, data: &WaveData) -> Result<Vec<By>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    let variables = data.variables();
    let mut out = Vec::new();
    for names in asked_breakdowns(plan, &data.questionnaire, wave) {
        out.extend(breakdown(&variables, names)?);
    }
    Ok(out)
}

/// The breakdowns whose parts overlap: options of a multiple answer.
pub(super) fn overlaps(plan: &Plan) -> Vec<Finding> {
    let place = plan.place();
    let multiple = |id: &&String| {
        let questions = plan.surveys.iter().filter_map(|s| s.questionnaire.question(id));
        questions.into_iter().any(|(_, q)| matches!(q.kind, QuestionKind::Multiple { .. }))
    };
    let ids: BTreeSet<&String> = plan.breakdowns.iter().flatten().filter(multiple).collect();
    let finding = |id: &String| {
        let message = Text::new(
            format!("軸「{id}」は複数回答のため、区分が重なる（区分の合計は全体にならない）"),
            format!("\"{id}\" is a multiple answer: its parts overlap and do not add up to all"),
        );
        Finding::note(Code::PlanOverlappingParts, message, place.clone().question(id))
    };
    ids.into_iter().map(finding).collect()
}

/// The estimates at these positions of [`planned_in`], for everyone: the very numbers that [`estimates`] has
/// for 全体.
pub(super) fn overall(plan: &Plan, data: &WaveData, wanted: &[usize]) -> Result<Vec<Estimate>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    let all = planned_in(plan, data);
    let measures = wanted.iter().filter_map(|at| all.get(*at)).map(|e| measure(plan, data, e)).collect();
    let rows = rows(&Wanted::of(measures, Vec::new(), data.answers.rows), &data.built, &options(plan, data))?;
    Ok(rows.into_iter().map(|row| suppress_sampling_error(wave.sample, row.estimate)).collect())
}

/// All records of a wave, in the order: estimates as in the plan; for each 全体, then the plan's breakdowns.
pub(super) fn estimates(plan: &Plan, data: &WaveData) -> Result<Vec<EstimateRecord>> {
    records(plan, data, &planned_in(plan, data), breakdowns(plan, data)?)
}

/// The records of these estimates: for each 全体, then the parts of the breakdowns.
pub(super) fn records(
    plan: &Plan,
    data: &WaveData,
    planned: &[PlannedEstimate<'_>],
    by: Vec<By>,
) -> Result<Vec<EstimateRecord>> {
    let measures = planned.par_iter().map(|e| measure(plan, data, e)).collect();
    let rows = rows(&Wanted::of(measures, by, data.answers.rows), &data.built, &options(plan, data))?;
    Ok(labelled(plan, data, planned, rows))
}

/// Numbers of a wave with what only the plan knows of them: of whom they are, and how they may be compared.
pub(super) fn labelled(
    plan: &Plan,
    data: &WaveData,
    planned: &[PlannedEstimate<'_>],
    rows: Vec<EstimateRecord>,
) -> Vec<EstimateRecord> {
    let questionnaire = &plan.surveys[data.survey].questionnaire;
    // Many numbers share a part.
    let mut of_part: HashMap<Vec<Group>, Comparability> = HashMap::new();
    let of_estimate: HashMap<&str, (Comparability, Option<Text>)> = planned
        .iter()
        .map(|e| {
            let level = level(trend(plan, e.definition, year(plan, data)));
            (e.id.as_str(), (level, universe(questionnaire, e.definition)))
        })
        .collect();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let of_part = *of_part.entry(row.key.groups.clone()).or_insert_with_key(|groups| {
            groups.iter().map(|g| level(trend_of_group(plan, data, g))).max().unwrap_or(Comparability::Same)
        });
        let found = row.key.indicator().and_then(|id| of_estimate.get(id)).cloned();
        let (of_whole, universe) = found.unwrap_or((Comparability::Same, None));
        out.push(of_wave(plan, data, EstimateRecord { universe, ..row }, of_whole.max(of_part)));
    }
    out
}

fn level(note: Option<TrendNote>) -> Comparability {
    note.map_or(Comparability::Same, |n| n.level)
}

fn year(plan: &Plan, data: &WaveData) -> FiscalYear {
    plan.surveys[data.survey].waves[data.wave].year
}

/// The record as one of its wave: with its key, and with what its sample and its comparability call for.
fn of_wave(
    plan: &Plan,
    data: &WaveData,
    mut record: EstimateRecord,
    comparability: Comparability,
) -> EstimateRecord {
    let survey = &plan.surveys[data.survey];
    let wave = &survey.waves[data.wave];
    record.key.source = NumberSource::Survey { survey: survey.key.clone(), wave: wave.year };
    record.estimate = suppress_sampling_error(wave.sample, record.estimate);
    let share = record.statistic() == Statistic::Share;
    let found = reliability::flags(&record.estimate, share).into_iter().map(Flag::Reliability);
    let overlapping = record.flags.contains(&Flag::Overlapping).then_some(Flag::Overlapping);
    record.flags = Flag::ordered(found.chain(Flag::of(comparability)).chain(overlapping));
    record.data = Some(wave.data);
    record
}

/// The estimate with what its sample does not allow taken away: only a random sample has a sampling error.
pub(super) fn suppress_sampling_error(sample: Sample, mut estimate: Estimate) -> Estimate {
    let reason = match sample {
        Sample::Random => return estimate,
        Sample::Census => NotEstimable::Census,
        Sample::Open | Sample::Panel => NotEstimable::NotARandomSample,
    };
    estimate.se = Err(reason.clone());
    estimate.interval = Err(reason.clone());
    estimate.deff = Err(reason.clone());
    estimate.n_eff = Err(reason);
    estimate
}
