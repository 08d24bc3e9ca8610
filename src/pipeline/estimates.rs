//! Every share of a wave: 全体 first, then each breakdown.

use std::collections::HashMap;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::adhoc::{By, Measure, Values, Wanted, breakdown, rows};
use super::plan::{Answerable, Definition, Plan, Sample, ShareDefinition};
use super::trend::{trend, trend_of_group};
use super::wave::{WaveData, counted};
use crate::decode::share_outcome;
use crate::error::Result;
use crate::estimate::{Estimate, NotEstimable, Options, reliability};
use crate::indicator::{EstimateRecord, FiscalYear, Flag, Group, Measured, NumberSource, TrendNote};
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
pub(super) fn measure(plan: &Plan, data: &WaveData, share: &PlannedShare<'_>) -> Measure {
    let ShareDefinition { question, base, categories, .. } = share.definition;
    let answers =
        share_outcome(&data.answers.responses[*question], &counted(plan, data, share.definition), *base);
    let question = &plan.surveys[data.survey].questionnaire.questions[*question];
    let options = question.categories();
    Measure {
        measured: Measured::Indicator(share.id.clone()),
        variable: question.id.clone(),
        codes: categories.iter().filter_map(|c| options.get(*c)).map(|c| c.label.clone()).collect(),
        base: *base,
        values: Values::Share(answers),
    }
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
    let shares = shares_in(plan, data);
    records(plan, data, &shares, breakdowns(plan, data)?)
}

/// The records of these shares: for each 全体, then the parts of the breakdowns.
pub(super) fn records(
    plan: &Plan,
    data: &WaveData,
    shares: &[PlannedShare<'_>],
    by: Vec<By>,
) -> Result<Vec<EstimateRecord>> {
    let measures = shares.par_iter().map(|share| measure(plan, data, share)).collect();
    let rows = rows(&Wanted::of(measures, by, data.answers.rows), &data.built, &options(plan, data))?;
    // Many numbers share a part.
    let mut of_part: HashMap<Vec<Group>, Comparability> = HashMap::new();
    let of_share: HashMap<&str, Comparability> =
        shares.iter().map(|s| (s.id.as_str(), level(trend(plan, s.definition, year(plan, data))))).collect();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let of_part = *of_part.entry(row.key.groups.clone()).or_insert_with_key(|groups| {
            groups.iter().map(|g| level(trend_of_group(plan, data, g))).max().unwrap_or(Comparability::Same)
        });
        let of_share = row.key.indicator().and_then(|id| of_share.get(id)).copied();
        out.push(of_wave(plan, data, row, of_share.unwrap_or(Comparability::Same).max(of_part)));
    }
    Ok(out)
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
    let found = reliability::flags(&record.estimate, true).into_iter().map(Flag::Reliability);
    record.flags = Flag::ordered(found.chain(Flag::of(comparability)));
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
