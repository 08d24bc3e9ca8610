//! One indicator of one wave by one or more attributes, each part held against the rest.

use super::adhoc::breakdown;
use super::estimates::{measure, options, records, suppress_sampling_error};
use super::plan::{Plan, Sample};
use super::planned::{measure_id, planned, planned_in};
use super::run::{HeldOutcome, RunOutcome};
use super::trend::trend;
use super::wave::WaveData;
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::estimate::p_adjust::Adjustment;
use crate::estimate::{self, Domain, NotEstimable, reliability};
use crate::indicator::{
    Breakdown, Detail, DifferenceFromRest, DifferenceTest, EstimateRecord, FiscalYear, NoVerdict, Statistic,
    Verdict,
};
use crate::text::Text;
use crate::text::suggest::did_you_mean;

/// What to break down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompareRequest {
    /// The indicator's id (`.2` after it for a second part).
    pub indicator: String,
    /// The questions to cross, at least one.
    pub by: Vec<String>,
    /// The wave; the latest one when `None`.
    pub wave: Option<FiscalYear>,
    /// How the p-values of all parts, the family of tests, are adjusted.
    pub adjust: Adjustment,
}

/// The breakdown that `what` asks for: 全体 first, then each part with its difference from the rest. The part
/// and the rest are domains of one sample, so that their covariance is in the test; the whole design stays. A
/// quantile has no such test. Of a multiple answer each option is a part, held against those who did not
/// choose it; such parts overlap, a part and its rest do not.
///
/// # Errors
/// An indicator, wave or question that there is none of (the nearest one as help); an indicator that is not
/// estimated from a survey; a question without options.
pub fn compare(plan: &Plan, outcome: &HeldOutcome, what: &CompareRequest) -> Result<Breakdown> {
    let data = find_wave(plan, outcome, what)?;
    let survey = &plan.surveys[data.survey];
    let wave = &survey.waves[data.wave];
    let planned = planned_in(plan, data)
        .into_iter()
        .find(|e| e.id == what.indicator)
        .ok_or_else(|| no_indicator(plan, what))?;
    let names = what
        .by
        .iter()
        .map(|id| attribute(plan, data, id).map(|q| data.questionnaire.questions[q].id.clone()))
        .collect::<Result<Vec<String>>>()?;
    let by = breakdown(&data.variables(), &names)?;
    let parts: Vec<Vec<bool>> =
        by.iter().flat_map(|by| (0..by.names.len()).map(|at| by.groups.mask(at))).collect();
    let asked = measure(plan, data, &planned);
    let share = planned.definition.format.statistic == Statistic::Share;
    let (options, design) = (options(plan, data), data.built.replicated()?);
    let trend = trend(plan, planned.definition, wave.year);
    let mut records = records(plan, data, &[planned], by)?.into_iter();
    let whole = records.next().ok_or_else(|| no_indicator(plan, what))?;
    let against_rest = |part: &Vec<bool>| {
        let rest: Vec<bool> = part.iter().map(|inside| !inside).collect();
        let of = |estimand| {
            estimate::difference(&design, &estimand, Domain::Rows(part), Domain::Rows(&rest), &options)
        };
        asked.values.estimand().map(of).transpose()
    };
    let found = parts.iter().map(against_rest).collect::<Result<Vec<_>>>()?;
    let adjusted = adjusted(&found, what.adjust);
    let judge = |(found, p): (Option<estimate::Difference>, Option<f64>)| match found {
        Some(found) => judged(wave.sample, share, found, p, options.level),
        None => untested(),
    };
    let differences = found.into_iter().zip(adjusted).map(judge);
    let detailed =
        |(record, difference)| EstimateRecord { detail: Detail::AgainstRest(difference), ..record };
    Ok(Breakdown {
        title: title(plan, &what.indicator),
        whole,
        parts: records.zip(differences).map(detailed).collect(),
        trend,
    })
}

/// The adjusted p-value of each part; the family are all parts that have a test. Two parts that are each
/// other's rest are one test.
fn adjusted(found: &[Option<estimate::Difference>], how: Adjustment) -> Vec<Option<f64>> {
    let p_of =
        |of: &Option<estimate::Difference>| of.as_ref().and_then(|d| d.comparison.p_value.clone().ok());
    let p: Vec<Option<f64>> = found.iter().map(p_of).collect();
    let value = |of: &Option<estimate::Difference>| of.as_ref().and_then(|d| d.comparison.value.clone().ok());
    let tested: Vec<f64> = found.iter().filter(|of| p_of(of).is_some()).filter_map(value).collect();
    if let [a, b] = tested[..]
        && (a + b).abs() < 1e-12
    {
        return p;
    }
    let family: Vec<f64> = p.iter().copied().flatten().collect();
    let mut adjusted = how.of(&family).into_iter();
    p.into_iter().map(|p| p.and_then(|_| adjusted.next())).collect()
}

/// A quantile has no test of a difference.
fn untested() -> DifferenceFromRest {
    let reason = NotEstimable::NotDefined;
    DifferenceFromRest {
        value: Err(reason.clone()),
        test: Err(reason.clone()),
        verdict: Err(NoVerdict::NotTested(reason)),
    }
}

/// What may be said of a difference between a part and the rest. Nothing where the sample has no sampling
/// error, and nothing where the reliability rule withholds the number on either side.
fn judged(
    sample: Sample,
    share: bool,
    found: estimate::Difference,
    adjusted: Option<f64>,
    level: f64,
) -> DifferenceFromRest {
    let estimate::Difference { a, b, comparison: c, .. } = found;
    let test = match sample {
        Sample::Random => c.interval.and_then(|i| {
            let (se, t, p) = (c.se?, c.t.clone().ok(), c.p_value?);
            let p_adjusted = adjusted.unwrap_or(p);
            Ok(DifferenceTest { se, low: i.low, high: i.high, t, df: c.df, p, p_adjusted })
        }),
        Sample::Census => Err(NotEstimable::Census),
        Sample::Open | Sample::Panel => Err(NotEstimable::NotARandomSample),
    };
    let flags = [a, b].map(|side| reliability::flags(&suppress_sampling_error(sample, side), share));
    let withheld = flags.into_iter().flatten().filter(|flag| flag.withholds()).min();
    let verdict = match (&c.value, &test, withheld) {
        (Err(reason), _, _) | (Ok(_), Err(reason), _) => Err(NoVerdict::NotTested(reason.clone())),
        (Ok(_), Ok(_), Some(flag)) => Err(NoVerdict::Withheld(flag)),
        (Ok(value), Ok(test), None) if test.p_adjusted < 1.0 - level => {
            Ok(if *value > 0.0 { Verdict::Higher } else { Verdict::Lower })
        }
        (Ok(_), Ok(_), None) => Ok(Verdict::NoDifference),
    };
    DifferenceFromRest { value: c.value, test, verdict }
}

/// The title of an indicator, or of the one that a part belongs to.
fn title(plan: &Plan, id: &str) -> String {
    let has = |i: &usize| (0..plan.indicators[*i].measures.len()).any(|m| measure_id(plan, *i, m) == id);
    (0..plan.indicators.len()).find(has).map_or(String::new(), |i| plan.indicators[i].title.clone())
}

fn find_wave<'a>(plan: &Plan, outcome: &'a RunOutcome, what: &CompareRequest) -> Result<&'a WaveData> {
    let answering: Vec<&WaveData> =
        outcome.waves.iter().filter(|d| planned_in(plan, d).iter().any(|e| e.id == what.indicator)).collect();
    let year = |d: &WaveData| plan.surveys[d.survey].waves[d.wave].year;
    let Some(latest) = answering.iter().max_by_key(|d| year(d)) else { return Err(no_indicator(plan, what)) };
    match what.wave {
        None => Ok(latest),
        Some(wanted) => answering.iter().find(|d| year(d) == wanted).copied().ok_or_else(|| {
            let years: Vec<String> = answering.iter().map(|d| year(d).to_string()).collect();
            Diagnostic::new(
                Code::PlanUnknownWave,
                Text::new(
                    format!("{}の調査はありません", wanted.long()),
                    format!("there is no wave {wanted}"),
                ),
            )
            .help(Text::new(
                format!("ある調査: {}", years.join("、")),
                format!("waves: {}", years.join(", ")),
            ))
            .into()
        }),
    }
}

fn no_indicator(plan: &Plan, what: &CompareRequest) -> Error {
    let known: Vec<String> = (0..plan.surveys.len()).flat_map(|s| planned(plan, s)).map(|e| e.id).collect();
    let id = &what.indicator;
    let text = if plan.indicators.iter().any(|i| i.id == *id) {
        Text::new(
            format!("項目「{id}」には集計できる回答ファイルがありません"),
            format!("the indicator \"{id}\" has no responses to break down"),
        )
    } else {
        Text::new(format!("項目「{id}」はありません"), format!("there is no indicator \"{id}\""))
    };
    let mut diagnostic = Diagnostic::new(Code::PlanUnknownIndicator, text);
    diagnostic.help = did_you_mean(id, known.iter().map(String::as_str));
    diagnostic.into()
}

fn attribute(plan: &Plan, data: &WaveData, id: &str) -> Result<usize> {
    let (questionnaire, wave) =
        (&plan.surveys[data.survey].questionnaire, &plan.surveys[data.survey].waves[data.wave]);
    if let Some((index, question)) = questionnaire.question(id)
        && !question.categories().is_empty()
        && wave.asks(index)
    {
        return Ok(index);
    }
    let known: Vec<&str> = questionnaire
        .questions
        .iter()
        .enumerate()
        .filter(|(k, q)| !q.categories().is_empty() && wave.asks(*k))
        .map(|(_, q)| q.id.as_str())
        .collect();
    let mut diagnostic = Diagnostic::new(
        Code::PlanUnknownQuestion,
        Text::new(
            format!("「{id}」という、選択肢のある設問はありません"),
            format!("there is no question \"{id}\" with options"),
        ),
    );
    diagnostic.help = did_you_mean(id, known.iter().copied());
    Err(diagnostic.into())
}
