//! Every estimate of a wave: 全体 first, then each breakdown.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::adhoc::{By, Measure, Values, Wanted, breakdown, rows};
use super::definition::{Definition, EstimateDefinition, StatisticDefinition};
use super::plan::{Answerable, Plan, Sample};
use super::trend::{flag, trend, trend_of_group};
use super::wave::{WaveData, counted, domain};
use crate::decode::{OUTSIDE, share_outcome};
use crate::error::Result;
use crate::estimate::reliability::{Presentation, REFERENCE_LIMIT, nchs_presentation};
use crate::estimate::{Estimate, NotEstimable, Options};
use crate::indicator::{EstimateRecord, Group, Statistic, TrendNote};
use crate::questionnaire::Questionnaire;
use crate::text::Text;
use crate::waves::{Comparability, Paper, rule_words};

/// An estimate of the plan, found by the indicator's position and the measure's position in it.
pub(super) struct PlannedEstimate<'a> {
    pub(super) id: String,
    pub(super) definition: &'a EstimateDefinition,
}

/// The name of a measure: the indicator's id, and `.2` for its second part.
pub(super) fn measure_id(plan: &Plan, indicator: usize, measure: usize) -> String {
    let item = &plan.indicators[indicator];
    if item.measures.len() == 1 { item.id.clone() } else { format!("{}.{}", item.id, measure + 1) }
}

/// The estimates of a survey.
pub(super) fn planned(plan: &Plan, survey: usize) -> Vec<PlannedEstimate<'_>> {
    let mut out = Vec::new();
    for (i, item) in plan.indicators.iter().enumerate() {
        for (m, measure) in item.measures.iter().enumerate() {
            if let Some(Definition::Estimate(definition)) = &measure.definition
                && definition.survey == survey
            {
                out.push(PlannedEstimate { id: measure_id(plan, i, m), definition });
            }
        }
    }
    out
}

/// The estimates that a wave can answer: its paper had their questions, and some of their options.
pub(super) fn planned_in<'a>(plan: &'a Plan, data: &WaveData) -> Vec<PlannedEstimate<'a>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    planned(plan, data.survey)
        .into_iter()
        .filter(|e| wave.answerable(e.definition) == Answerable::Yes)
        .collect()
}

/// How the numbers of this wave are reported.
pub(super) fn options(plan: &Plan, data: &WaveData) -> Options {
    let (method, level) = plan.interval;
    data.built.options(method, level, None)
}

/// What is estimated in this wave, as values of its respondents.
pub(super) fn measure(plan: &Plan, data: &WaveData, definition: &EstimateDefinition) -> Measure {
    let inside = domain(plan, data, definition);
    let inside = |row: usize| inside.as_ref().is_none_or(|inside| inside[row]);
    let rows = data.answers.rows;
    let numbers = |question: &usize| -> Vec<f64> {
        let responses = &data.answers.responses[*question];
        (0..rows).map(|row| responses.number(row).filter(|_| inside(row)).unwrap_or(f64::NAN)).collect()
    };
    let values = match &definition.statistic {
        StatisticDefinition::Share { question, categories, base } => {
            let chosen = counted(plan, data, *question, categories);
            let mut outcomes = share_outcome(&data.answers.responses[*question], &chosen, *base);
            outcomes.iter_mut().enumerate().filter(|(row, _)| !inside(*row)).for_each(|(_, o)| *o = OUTSIDE);
            Values::Share(outcomes)
        }
        StatisticDefinition::Mean(question) => Values::Mean(numbers(question)),
        StatisticDefinition::Total(question) => Values::Total(numbers(question)),
        StatisticDefinition::Ratio { numerator, denominator } => {
            Values::Ratio(numbers(numerator), numbers(denominator))
        }
        StatisticDefinition::Quantile { question, at } => Values::Quantile(numbers(question), *at),
        StatisticDefinition::Score { question, .. } => {
            let worth = worth(plan, data, definition);
            let chosen = |row: usize| data.answers.responses[*question].category(row);
            let points = |row| chosen(row).filter(|_| inside(row)).and_then(|k| *worth.get(k)?);
            Values::Mean((0..rows).map(|row| points(row).unwrap_or(f64::NAN)).collect())
        }
    };
    Measure {
        variable: variable(&data.questionnaire, definition),
        codes: Vec::new(),
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
pub(super) fn variable(questionnaire: &Questionnaire, definition: &EstimateDefinition) -> String {
    let id = |question: &usize| questionnaire.questions[*question].id.as_str();
    match &definition.statistic {
        StatisticDefinition::Ratio { numerator, denominator } => {
            format!("{}/{}", id(numerator), id(denominator))
        }
        _ => id(&definition.question()).to_owned(),
    }
}

/// What is taken of the answers: the options that count, those that have points, the probability of a
/// quantile.
pub(super) fn taken(questionnaire: &Questionnaire, definition: &EstimateDefinition) -> Vec<String> {
    let categories = questionnaire.questions[definition.question()].categories();
    let label = |category: &usize| categories.get(*category).map(|c| c.label.clone());
    match &definition.statistic {
        StatisticDefinition::Share { categories, .. } => categories.iter().filter_map(label).collect(),
        StatisticDefinition::Score { points, .. } => {
            points.iter().filter_map(|(k, points)| Some(format!("{}={points}", label(k)?))).collect()
        }
        StatisticDefinition::Quantile { at, .. } => vec![at.to_string()],
        _ => Vec::new(),
    }
}

/// Of whom an estimate is, in words; `None` for everyone.
pub(super) fn universe(questionnaire: &Questionnaire, definition: &EstimateDefinition) -> Option<Text> {
    let paper = Paper { questionnaire, mapping: None };
    definition.domain.as_ref().map(|rule| rule_words(&paper, rule))
}

/// The plan's breakdowns. One that asks for a question this survey did not have is left out.
fn breakdowns(plan: &Plan, data: &WaveData) -> Result<Vec<By>> {
    let (questionnaire, wave) = (&data.questionnaire, &plan.surveys[data.survey].waves[data.wave]);
    let asked = |id: &String| questionnaire.question(id).is_some_and(|(index, _)| wave.asks(index));
    let variables = data.variables();
    let mut out = Vec::new();
    for names in plan.breakdowns.iter().filter(|names| names.iter().all(asked)) {
        out.extend(breakdown(&variables, names)?);
    }
    Ok(out)
}

/// The estimates at these positions of [`planned_in`], for everyone: the very numbers that [`estimates`] has
/// for 全体.
pub(super) fn overall(plan: &Plan, data: &WaveData, wanted: &[usize]) -> Result<Vec<Estimate>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    let all = planned_in(plan, data);
    let measures =
        wanted.iter().filter_map(|at| all.get(*at)).map(|e| measure(plan, data, e.definition)).collect();
    let rows = rows(&Wanted::of(measures, Vec::new(), data.answers.rows), &data.built, &options(plan, data))?;
    Ok(rows.into_iter().map(|row| suppress_sampling_error(wave.sample, row.estimate)).collect())
}

/// All records of a wave, in the order: estimates as in the plan; for each 全体, then the plan's breakdowns.
pub(super) fn estimates(plan: &Plan, data: &WaveData) -> Result<Vec<EstimateRecord>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    let all = planned_in(plan, data);
    let measures = all.par_iter().map(|e| measure(plan, data, e.definition)).collect();
    let wanted = Wanted::of(measures, breakdowns(plan, data)?, data.answers.rows);
    let rows = rows(&wanted, &data.built, &options(plan, data))?;
    let level = |note: Option<TrendNote>| note.map_or(Comparability::Same, |n| n.level);
    // Each estimate has the same rows: everyone, then the parts of each breakdown.
    let parts: Vec<Vec<Group>> = std::iter::once(Vec::new())
        .chain(wanted.by.iter().flat_map(|by| &by.names).map(|names| names.iter().map(group).collect()))
        .collect();
    let of_part = |groups: &Vec<Group>| {
        groups.iter().map(|g| level(trend_of_group(plan, data, g))).max().unwrap_or(Comparability::Same)
    };
    let of_parts: Vec<Comparability> = parts.iter().map(of_part).collect();
    let mut out = Vec::new();
    for (planned, rows) in all.iter().zip(rows.chunks(parts.len())) {
        let of_whole = level(trend(plan, planned.definition, wave.year));
        for ((row, groups), of_part) in rows.iter().zip(&parts).zip(&of_parts) {
            let estimate = suppress_sampling_error(wave.sample, row.estimate.clone());
            let mut record = record(plan, data, planned, groups.clone(), estimate);
            record.flags.extend(flag(of_whole.max(*of_part)).map(str::to_owned));
            record.flags.sort();
            out.push(record);
        }
    }
    Ok(out)
}

pub(super) fn group((variable, value): &(String, String)) -> Group {
    Group { variable: variable.clone(), value: value.clone() }
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

fn record(
    plan: &Plan,
    data: &WaveData,
    planned: &PlannedEstimate<'_>,
    groups: Vec<Group>,
    estimate: Estimate,
) -> EstimateRecord {
    let survey = &plan.surveys[data.survey];
    let year = survey.waves[data.wave].year;
    let PlannedEstimate { id, definition } = planned;
    let mut key = format!("{}/{year}/{id}", survey.key);
    if !groups.is_empty() {
        key.push('/');
        key.push_str(
            &groups.iter().map(|g| format!("{}={}", g.variable, g.value)).collect::<Vec<_>>().join(","),
        );
    }
    EstimateRecord {
        key,
        indicator: id.clone(),
        survey: survey.key.clone(),
        wave: year,
        question: variable(&survey.questionnaire, definition),
        options: taken(&survey.questionnaire, definition),
        groups,
        base_rule: definition.base().name().to_owned(),
        universe: universe(&survey.questionnaire, definition),
        format: definition.format.clone(),
        flags: flags(definition.format.statistic, &estimate),
        estimate,
        n_total: data.answers.rows as u64,
        n_w_total: data.built.design.weights().iter().sum(),
    }
}

/// Reliability: n < 30, and the NCHS standard for shares (Parker et al. 2017) where there is a standard
/// error.
pub(super) fn flags(statistic: Statistic, estimate: &Estimate) -> Vec<String> {
    let mut flags = Vec::new();
    if estimate.n < REFERENCE_LIMIT {
        flags.push("n<30".to_owned());
    }
    if let (Statistic::Share, Ok(p), Ok(se)) = (statistic, &estimate.value, &estimate.se) {
        match nchs_presentation(*p, *se, estimate.n, estimate.df.domain) {
            Ok(Presentation::Suppress) => flags.push("nchs-suppress".to_owned()),
            Ok(Presentation::Review) => flags.push("nchs-review".to_owned()),
            Ok(Presentation::Present) | Err(_) => {}
        }
    }
    flags.sort();
    flags
}
