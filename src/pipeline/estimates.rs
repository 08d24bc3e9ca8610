//! Every share of a wave: 全体 first, then each breakdown.

use std::ops::Range;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::plan::{Answerable, Definition, Plan, Sample, ShareDefinition};
use super::trend::{flag, trend, trend_of_group};
use super::wave::{CrossedCells, UNKNOWN, WaveData, cells, counted};
use crate::answers::{Responses, share_outcome};
use crate::engine::{Cells, CrossingPlan, Cube, Measure, Reduction};
use crate::error::Result;
use crate::estimate::reliability::{Presentation, nchs_presentation};
use crate::estimate::{
    DeffReference, DfChoice, Estimand, Estimate, Groups, IntervalBasis, NotEstimable, Options, ShareOf,
    ShareTable, estimate_all,
};
use crate::indicator::{Comparability, EstimateRecord, Group, TrendNote};

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

/// How the shares of this wave are estimated: a simple unweighted sample has the classical binomial
/// intervals, any other design its own variance.
pub(super) fn options(plan: &Plan, data: &WaveData) -> Options {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    let simple = wave.strata.is_empty()
        && wave.population.is_none()
        && !data.design.is_calibrated()
        && data.design.weights().iter().all(|w| *w == 1.0);
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

/// One way to divide the respondents: everyone, or the parts of a breakdown.
struct Banner {
    /// Its questions, by their place among those of all breakdowns.
    questions: Vec<usize>,
    /// Group of each respondent.
    of_row: Vec<u32>,
    /// What each group is; a single unnamed one for 全体.
    labels: Vec<Vec<Group>>,
}

/// Everyone.
fn everyone(rows: usize) -> Banner {
    Banner { questions: Vec::new(), of_row: vec![0; rows], labels: vec![Vec::new()] }
}

/// 全体, then the plan's breakdowns. One that asks for a question this survey did not have is left out.
fn banners(plan: &Plan, data: &WaveData) -> (Vec<Banner>, Vec<usize>) {
    let (questionnaire, wave) = (&data.questionnaire, &plan.surveys[data.survey].waves[data.wave]);
    let mut out = vec![everyone(data.answers.rows)];
    let mut all: Vec<usize> = Vec::new();
    for breakdown in &plan.breakdowns {
        let questions: Option<Vec<usize>> = breakdown
            .iter()
            .map(|id| questionnaire.question(id).map(|(index, _)| index).filter(|q| wave.asks(*q)))
            .collect();
        let Some(questions) = questions else { continue };
        let crossed = cells(questionnaire, &data.answers, &questions);
        let label = |parts: &Vec<String>| {
            breakdown
                .iter()
                .zip(parts)
                .map(|(variable, value)| Group { variable: variable.clone(), value: value.clone() })
                .collect()
        };
        let labels = crossed.parts.iter().map(label).collect();
        all.extend(questions.iter().copied().filter(|q| !all.contains(q)).collect::<Vec<usize>>());
        let places = (0..all.len()).filter(|at| questions.contains(&all[*at])).collect();
        out.push(Banner { questions: places, of_row: crossed.of_row, labels });
    }
    (out, all)
}

/// Banners that are added up in one crossing of their questions: which, and those questions.
fn crossings(data: &WaveData, banners: &[Banner], questions: &[usize]) -> Vec<(Range<usize>, Vec<usize>)> {
    let rows = data.answers.rows;
    let keys = ShareTable::keys(&data.design).map(|(keys, _)| keys).unwrap_or_default();
    let sample: Vec<usize> =
        (0..rows as u32).filter(|row| CrossingPlan::samples(*row, rows)).map(|row| row as usize).collect();
    let of_keys: Vec<u32> = sample.iter().map(|row| keys.get(*row).copied().unwrap_or(0)).collect();
    let said = |question: &usize| match &data.answers.responses[*question] {
        Responses::Single(said) => sample.iter().map(|row| said[*row].map_or(u32::MAX, u32::from)).collect(),
        _ => vec![u32::MAX; sample.len()],
    };
    let plan = CrossingPlan::new(rows as u64, &of_keys, questions.iter().map(said));
    let each: Vec<Vec<usize>> = banners.iter().map(|b| b.questions.clone()).collect();
    let questions_of = |range: Range<usize>| {
        let held = |at: &usize| each[range.clone()].iter().any(|of| of.contains(at));
        let questions = (0..questions.len()).filter(held).map(|at| questions[at]).collect();
        (range.clone(), questions)
    };
    plan.crossings(&each).into_iter().map(questions_of).collect()
}

/// Every share in every group of every banner: `[banner][share][group]`.
///
/// Sums come from few passes over the rows, in crossings of the banners' questions; each group is a roll-up
/// of its cells. A design whose variance is no function of such sums (calibrated weights) goes by influence
/// values instead.
fn estimated(
    data: &WaveData,
    codes: &[Vec<u8>],
    banners: &[Banner],
    crossings: &[(Range<usize>, Vec<usize>)],
    options: &Options,
) -> Result<Vec<Vec<Vec<Estimate>>>> {
    if ShareTable::keys(&data.design).is_err() {
        let estimands: Vec<Estimand<'_>> = codes.iter().map(|c| Estimand::Share(c)).collect();
        return banners
            .iter()
            .map(|b| estimate_all(&data.design, &estimands, &Groups::new(&b.of_row, b.labels.len()), options))
            .collect();
    }
    let mut out = Vec::with_capacity(banners.len());
    for (range, questions) in crossings {
        let crossed = cells(&data.questionnaire, &data.answers, questions);
        let banners = banners.get(range.clone()).unwrap_or_default();
        out.extend(estimated_in(data, codes, banners, &crossed, options)?);
    }
    Ok(out)
}

/// As [`estimated`], of banners whose questions are all in one crossing.
fn estimated_in(
    data: &WaveData,
    codes: &[Vec<u8>],
    banners: &[Banner],
    crossed: &CrossedCells,
    options: &Options,
) -> Result<Vec<Vec<Vec<Estimate>>>> {
    let (keys, key_count) = ShareTable::keys(&data.design)?;
    let measures = codes.iter().map(|codes| Measure { codes, code_count: 3 }).collect();
    let cells = Cells::Large { of_row: &crossed.of_row, count: crossed.names.len() };
    let reduction = Reduction::new(
        data.answers.rows,
        Some((&keys, key_count)),
        cells,
        Some(data.design.weights()),
        measures,
    )?;
    let cube = Cube::of(&reduction);
    let (yes, base) = ([false, true, false], [true, true, false]);
    let first_row = first_rows(crossed);
    let of_banner = |banner: &Banner| -> Result<Vec<Vec<Estimate>>> {
        let groups = banner.labels.len();
        // Rows of one cell are in one group: the crossing is finer than any of its banners.
        let group =
            |row: &Option<usize>| row.map(|row| banner.of_row[row]).filter(|g| (*g as usize) < groups);
        let group_of_cell: Vec<Option<u32>> = first_row.iter().map(group).collect();
        let totals = cube.roll_up(&group_of_cell, groups);
        let table = ShareTable::new(&data.design, &totals)?;
        let share = |measure: usize, group: usize| {
            let inside: Vec<bool> = (0..groups).map(|g| g == group).collect();
            table.share(&ShareOf { measure, yes: &yes, base: &base, cells: Some(&inside) }, options)
        };
        Ok((0..codes.len()).map(|measure| (0..groups).map(|group| share(measure, group)).collect()).collect())
    };
    banners.iter().map(of_banner).collect()
}

/// The first row of each cell.
fn first_rows(cells: &CrossedCells) -> Vec<Option<usize>> {
    let mut first = vec![None; cells.names.len()];
    for (row, cell) in cells.of_row.iter().enumerate() {
        let first = &mut first[*cell as usize];
        if first.is_none() {
            *first = Some(row);
        }
    }
    first
}

/// The crossing by which the sums of 全体 are taken.
pub(super) struct Finest {
    crossing: (Range<usize>, Vec<usize>),
    /// The questions (indices) of all breakdowns.
    pub(super) questions: Vec<usize>,
}

impl Finest {
    pub(super) fn of(plan: &Plan, data: &WaveData) -> Self {
        let (banners, questions) = banners(plan, data);
        let first = crossings(data, &banners, &questions).into_iter().next();
        let questions_of_first = first.map(|(_, questions)| questions).unwrap_or_default();
        Self { crossing: (0..1, questions_of_first), questions }
    }
}

/// The shares at these positions of [`shares_in`], for everyone: the very numbers that [`estimates`] has for
/// 全体, from the same sums in the same order.
pub(super) fn overall(
    plan: &Plan,
    data: &WaveData,
    finest: &Finest,
    wanted: &[usize],
) -> Result<Vec<Estimate>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    let shares = shares_in(plan, data);
    let definitions = wanted.iter().filter_map(|at| shares.get(*at)).map(|s| s.definition);
    let codes: Vec<Vec<u8>> = definitions
        .map(|d| share_outcome(&data.answers.responses[d.question], &counted(plan, data, d), d.base))
        .collect();
    let everyone = [everyone(data.answers.rows)];
    let crossings = std::slice::from_ref(&finest.crossing);
    let estimated = estimated(data, &codes, &everyone, crossings, &options(plan, data))?;
    let of_everyone = estimated.into_iter().flatten().filter_map(|groups| groups.into_iter().next());
    Ok(of_everyone.map(|estimate| honest(wave.sample, estimate)).collect())
}

/// All records of a wave, in the order: shares as in the plan; for each 全体, then the plan's breakdowns.
pub(super) fn estimates(plan: &Plan, data: &WaveData) -> Result<Vec<EstimateRecord>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    let shares = shares_in(plan, data);
    let codes: Vec<Vec<u8>> = shares
        .par_iter()
        .map(|s| {
            share_outcome(
                &data.answers.responses[s.definition.question],
                &counted(plan, data, s.definition),
                s.definition.base,
            )
        })
        .collect();
    let (banners, questions) = banners(plan, data);
    let crossings = crossings(data, &banners, &questions);
    let estimated = estimated(data, &codes, &banners, &crossings, &options(plan, data))?;
    let level = |note: Option<TrendNote>| note.map_or(Comparability::Same, |n| n.level);
    let of_part = |groups: &Vec<Group>| {
        groups.iter().map(|g| level(trend_of_group(plan, data, g))).max().unwrap_or(Comparability::Same)
    };
    let of_parts: Vec<Vec<Comparability>> =
        banners.iter().map(|b| b.labels.iter().map(of_part).collect()).collect();
    let mut out = Vec::new();
    for (at, share) in shares.iter().enumerate() {
        let of_share = level(trend(plan, share.definition, wave.year));
        for ((banner, estimates), of_parts) in banners.iter().zip(&estimated).zip(&of_parts) {
            for ((groups, estimate), of_part) in banner.labels.iter().zip(&estimates[at]).zip(of_parts) {
                if groups.iter().any(|g| g.value == UNKNOWN) {
                    continue; // attribute 不明 is left out of the banner, as the notes say
                }
                let mut record =
                    record(plan, data, share, groups.clone(), honest(wave.sample, estimate.clone()));
                record.flags.extend(flag(of_share.max(*of_part)).map(str::to_owned));
                record.flags.sort();
                out.push(record);
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
        n_w_total: data.design.weights().iter().sum(),
    }
}

/// Reliability: n < 30, and the NCHS standard for shares (Parker et al. 2017) where there is a standard
/// error.
pub(super) fn flags(estimate: &Estimate) -> Vec<String> {
    let mut flags = Vec::new();
    if estimate.n < FEW {
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
