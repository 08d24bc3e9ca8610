//! Every share of a wave: 全体 first, then each breakdown.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::adhoc::{By, Measure, Values, Wanted, breakdown, rows};
use super::plan::{Answerable, Definition, Plan, Sample, ShareDefinition};
use super::trend::{flag, trend, trend_of_group};
use super::wave::{WaveData, counted};
use crate::decode::share_outcome;
use crate::error::Result;
use crate::estimate::reliability::{Presentation, REFERENCE_LIMIT, nchs_presentation};
use crate::estimate::{Estimate, NotEstimable, Options};
use crate::indicator::{EstimateRecord, Group, TrendNote};
use crate::waves::Comparability;

/// A share of the plan, found by the indicator's position and the measure's position in it.
pub(super) struct PlannedShare<'a> {
    pub(super) id: String,
    pub(super) definition: &'a ShareDefinition,
}

/// The name of a measure: the indicator's id, and `.2` for its second part.
pub(super) fn measure_id(plan: &Plan, indicator: usize, measure: usize) -> String {
    let item = &plan.indicators[indicator];
    if item.measures.len() == 1 { item.id.clone() } else { format!("{}.{}", item.id, measure + 1) }
}

/// The shares of a survey.
pub(super) fn shares_of(plan: &Plan, survey: usize) -> Vec<PlannedShare<'_>> {
    let mut out = Vec::new();
    for (i, item) in plan.indicators.iter().enumerate() {
        for (m, measure) in item.measures.iter().enumerate() {
            if let Some(Definition::Share(definition)) = &measure.definition
                && definition.survey == survey
            {
                out.push(PlannedShare { id: measure_id(plan, i, m), definition });
            }
        }
    }
    out
}

/// The shares that a wave can answer: its paper had their questions, and some of their options.
pub(super) fn shares_in<'a>(plan: &'a Plan, data: &WaveData) -> Vec<PlannedShare<'a>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    shares_of(plan, data.survey)
        .into_iter()
        .filter(|s| wave.answerable(s.definition) == Answerable::Yes)
        .collect()
}

/// How the numbers of this wave are reported.
pub(super) fn options(plan: &Plan, data: &WaveData) -> Options {
    let (method, level) = plan.interval;
    data.built.options(method, level, None)
}

/// What is counted for a share in this wave.
fn measure(plan: &Plan, data: &WaveData, share: &PlannedShare<'_>) -> Measure {
    let ShareDefinition { question, base, .. } = share.definition;
    let codes =
        share_outcome(&data.answers.responses[*question], &counted(plan, data, share.definition), *base);
    let variable = data.questionnaire.questions[*question].id.clone();
    Measure { variable, codes: Vec::new(), base: *base, values: Values::Share(codes) }
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

/// The shares at these positions of [`shares_in`], for everyone: the very numbers that [`estimates`] has for
/// 全体.
pub(super) fn overall(plan: &Plan, data: &WaveData, wanted: &[usize]) -> Result<Vec<Estimate>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    let shares = shares_in(plan, data);
    let measures = wanted.iter().filter_map(|at| shares.get(*at)).map(|s| measure(plan, data, s)).collect();
    let rows = rows(&Wanted::of(measures, Vec::new(), data.answers.rows), &data.built, &options(plan, data))?;
    Ok(rows.into_iter().map(|row| suppress_sampling_error(wave.sample, row.estimate)).collect())
}

/// All records of a wave, in the order: shares as in the plan; for each 全体, then the plan's breakdowns.
pub(super) fn estimates(plan: &Plan, data: &WaveData) -> Result<Vec<EstimateRecord>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    let shares = shares_in(plan, data);
    let measures = shares.par_iter().map(|share| measure(plan, data, share)).collect();
    let wanted = Wanted::of(measures, breakdowns(plan, data)?, data.answers.rows);
    let rows = rows(&wanted, &data.built, &options(plan, data))?;
    let level = |note: Option<TrendNote>| note.map_or(Comparability::Same, |n| n.level);
    // Each share has the same rows: everyone, then the parts of each breakdown.
    let parts: Vec<Vec<Group>> = std::iter::once(Vec::new())
        .chain(wanted.by.iter().flat_map(|by| &by.names).map(|names| names.iter().map(group).collect()))
        .collect();
    let of_part = |groups: &Vec<Group>| {
        groups.iter().map(|g| level(trend_of_group(plan, data, g))).max().unwrap_or(Comparability::Same)
    };
    let of_parts: Vec<Comparability> = parts.iter().map(of_part).collect();
    let mut out = Vec::new();
    for (share, rows) in shares.iter().zip(rows.chunks(parts.len())) {
        let of_share = level(trend(plan, share.definition, wave.year));
        for ((row, groups), of_part) in rows.iter().zip(&parts).zip(&of_parts) {
            let estimate = suppress_sampling_error(wave.sample, row.estimate.clone());
            let mut record = record(plan, data, share, groups.clone(), estimate);
            record.flags.extend(flag(of_share.max(*of_part)).map(str::to_owned));
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
    share: &PlannedShare<'_>,
    groups: Vec<Group>,
    estimate: Estimate,
) -> EstimateRecord {
    let survey = &plan.surveys[data.survey];
    let year = survey.waves[data.wave].year;
    let question = &survey.questionnaire.questions[share.definition.question];
    let mut key = format!("{}/{year}/{}", survey.key, share.id);
    if !groups.is_empty() {
        key.push('/');
        key.push_str(
            &groups.iter().map(|g| format!("{}={}", g.variable, g.value)).collect::<Vec<_>>().join(","),
        );
    }
    let categories = question.categories();
    EstimateRecord {
        key,
        indicator: share.id.clone(),
        survey: survey.key.clone(),
        wave: year,
        question: question.id.clone(),
        options: share
            .definition
            .categories
            .iter()
            .filter_map(|c| categories.get(*c))
            .map(|c| c.label.clone())
            .collect(),
        groups,
        base_rule: share.definition.base.name().to_owned(),
        flags: flags(&estimate),
        estimate,
        n_total: data.answers.rows as u64,
        n_w_total: data.built.design.weights().iter().sum(),
    }
}

/// Reliability: n < 30, and the NCHS standard for shares (Parker et al. 2017) where there is a standard
/// error.
pub(super) fn flags(estimate: &Estimate) -> Vec<String> {
    let mut flags = Vec::new();
    if estimate.n < REFERENCE_LIMIT {
        flags.push("n<30".to_owned());
    }
    if let (Ok(p), Ok(se)) = (&estimate.value, &estimate.se) {
        match nchs_presentation(*p, *se, estimate.n, estimate.df.domain) {
            Ok(Presentation::Suppress) => flags.push("nchs-suppress".to_owned()),
            Ok(Presentation::Review) => flags.push("nchs-review".to_owned()),
            Ok(Presentation::Present) | Err(_) => {}
        }
    }
    flags.sort();
    flags
}
