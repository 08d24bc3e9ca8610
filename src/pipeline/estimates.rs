//! Every share of a wave: 全体 first, then each breakdown.

use super::plan::{Definition, Plan, Sample, ShareDefinition};
use super::wave::{UNKNOWN, WaveData, cells};
use crate::answers::share_outcome;
use crate::error::Result;
use crate::estimate::{DeffReference, DfChoice, Domain, Estimand, Estimate, Groups, IntervalBasis, NotEstimable, Options, estimate_all};
use crate::estimate::reliability::{Presentation, nchs_share};
use crate::indicator::{EstimateRecord, Group};

/// Fewer respondents than this make a share a 参考値 (Japanese municipal practice).
const FEW: u64 = 30;

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

/// The shares that the survey answers.
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

/// How the shares of this wave are estimated: a simple unweighted sample has the classical binomial intervals, any other
/// design its own variance.
pub(super) fn options(plan: &Plan, data: &WaveData) -> Options {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    let simple = wave.strata.is_empty() && wave.population.is_none() && !data.design.is_calibrated() && data.design.weights().iter().all(|w| *w == 1.0);
    let (method, level) = plan.interval;
    Options {
        method,
        level,
        df: DfChoice::Domain,
        basis: if simple { IntervalBasis::Binomial } else { IntervalBasis::Design },
        // The weights of a simple sample sum to its respondents, not to a population.
        deff: if simple { DeffReference::WithReplacement } else { DeffReference::WithoutReplacement },
    }
}

/// All records of a wave, in the order: shares as in the plan; for each 全体, then the plan's breakdowns.
pub(super) fn estimates(plan: &Plan, data: &WaveData) -> Result<Vec<EstimateRecord>> {
    let survey = &plan.surveys[data.survey];
    let shares = shares_of(plan, data.survey);
    let codes: Vec<Vec<u8>> =
        shares.iter().map(|s| share_outcome(&data.answers.responses[s.definition.question], &s.definition.categories, s.definition.base)).collect();
    let estimands: Vec<Estimand<'_>> = codes.iter().map(|c| Estimand::Share(c)).collect();
    let options = options(plan, data);
    let mut columns = vec![(Vec::new(), estimate_all(&data.design, &estimands, &Groups::one(data.answers.rows, Domain::All), &options)?)];
    for breakdown in &plan.breakdowns {
        let questions: Option<Vec<usize>> = breakdown.iter().map(|id| survey.questionnaire.question(id).map(|(index, _)| index)).collect();
        // A survey that did not ask it has no such breakdown.
        let Some(questions) = questions else { continue };
        let crossed = cells(&survey.questionnaire, &data.answers, &questions);
        let groups = Groups::new(&crossed.of_row, crossed.names.len());
        let labels: Vec<Vec<Group>> = crossed
            .parts
            .iter()
            .map(|parts| breakdown.iter().zip(parts).map(|(variable, value)| Group { variable: variable.clone(), value: value.clone() }).collect())
            .collect();
        columns.push((labels, estimate_all(&data.design, &estimands, &groups, &options)?));
    }
    let mut out = Vec::new();
    for (at, share) in shares.iter().enumerate() {
        for (labels, estimates) in &columns {
            for (group, estimate) in estimates[at].iter().enumerate() {
                let groups = labels.get(group).cloned().unwrap_or_default();
                if groups.iter().any(|g| g.value == UNKNOWN) {
                    continue; // attribute 不明 is left out of the banner, as the notes say
                }
                out.push(record(plan, data, share, groups, honest(survey.sample, estimate.clone())));
            }
        }
    }
    Ok(out)
}

/// The estimate with what its sample does not allow taken away: only a random sample has a sampling error.
pub(super) fn honest(sample: Sample, mut estimate: Estimate) -> Estimate {
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

fn record(plan: &Plan, data: &WaveData, share: &PlannedShare<'_>, groups: Vec<Group>, estimate: Estimate) -> EstimateRecord {
    let survey = &plan.surveys[data.survey];
    let year = survey.waves[data.wave].year;
    let question = &survey.questionnaire.questions[share.definition.question];
    let mut key = format!("{}/{year}/{}", survey.key, share.id);
    if !groups.is_empty() {
        key.push('/');
        key.push_str(&groups.iter().map(|g| format!("{}={}", g.variable, g.value)).collect::<Vec<_>>().join(","));
    }
    let categories = question.categories();
    EstimateRecord {
        key,
        indicator: share.id.clone(),
        survey: survey.key.clone(),
        wave: year,
        question: question.id.clone(),
        options: share.definition.categories.iter().filter_map(|c| categories.get(*c)).map(|c| c.label.clone()).collect(),
        groups,
        base_rule: share.definition.base.name().to_owned(),
        flags: flags(&estimate),
        estimate,
        n_total: data.answers.rows as u64,
        n_w_total: data.design.weights().iter().sum(),
    }
}

/// Reliability: n < 30, and the NCHS standard for shares (Parker et al. 2017) where there is a standard error.
pub(super) fn flags(estimate: &Estimate) -> Vec<String> {
    let mut flags = Vec::new();
    if estimate.n < FEW {
        flags.push("n<30".to_owned());
    }
    if let (Ok(p), Ok(se)) = (&estimate.value, &estimate.se) {
        match nchs_share(*p, *se, estimate.n, estimate.df.domain).map(|v| v.presentation) {
            Ok(Presentation::Suppress) => flags.push("nchs-suppress".to_owned()),
            Ok(Presentation::Review) => flags.push("nchs-review".to_owned()),
            Ok(Presentation::Present) | Err(_) => {}
        }
    }
    flags.sort();
    flags
}
