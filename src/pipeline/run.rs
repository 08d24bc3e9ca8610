//! A run: a plain list of calls, from files to values, and from values to files.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::cells::{count_cells, estimate_cells, mixed_units, rough_target, told_once, without_definition};
use super::cleaning::{change, logs_of, withheld};
use super::collect::{Collected, Rows, collect};
use super::definition::Definition;
use super::estimates::{estimates, overlaps};
use super::load::Project;
use super::notes::notes;
use super::plan::Plan;
use super::planned::measure_id;
use super::reuse::Reuse;
use super::sensitivity::effects as effects_of;
use super::source::WaveSource;
use super::summed::Summed;
use super::trend;
use super::wave::{WaveData, prepare};
use crate::code::{Code, Severity};
use crate::derived::{self, Manifest};
use crate::edits::Action;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::indicator::{
    DataKind, EstimateRecord, FiscalYear, IndicatorRow, IndicatorTable, Judgement, LedgerRecord,
    MeasureInput, Quality, tabulate,
};
use crate::progress::{Progress, Step};
use crate::provenance::FileDigest;
use crate::report::{self, ReportInput};
use crate::text::Text;

/// Everything that a run computed; nothing is written yet.
#[derive(Debug)]
pub struct RunOutcome {
    /// The progress table.
    pub table: IndicatorTable,
    /// Every estimate, breakdowns included.
    pub estimates: Vec<EstimateRecord>,
    /// Ledgers and findings.
    pub quality: Quality,
    /// Identity of every file that was read, in the order of the plan.
    pub inputs: Vec<FileDigest>,
    /// Surveys (by title) and waves whose answers were taken over from an earlier run.
    pub reused: Vec<(String, FiscalYear)>,
    /// Surveys (by title) and waves whose files were added up as they were read.
    pub streamed: Vec<(String, FiscalYear)>,
    pub(super) waves: Vec<WaveData>,
}

impl RunOutcome {
    /// What the cleaning logs did: answers changed, answers made blank, returns taken out.
    pub fn cleaned(&self) -> [u64; 3] {
        let changes = || self.waves.iter().flat_map(|w| &w.changes);
        [Action::Change, Action::Blank, Action::Remove]
            .map(|action| changes().filter(|c| c.action == action).count() as u64)
    }

    /// Warnings among the findings, each counted as often as it occurs.
    pub fn warnings(&self) -> u64 {
        self.quality.findings.iter().filter(|f| f.severity == Severity::Warning).map(|f| f.count).sum()
    }
}

/// A [`RunOutcome`] that has the answers of every respondent, which [`explain`](super::explain) and
/// [`compare`](super::compare) look at.
///
/// ```no_run
/// use shihyo::pipeline::{Project, compute, explain, load};
/// use shihyo::progress::Silent;
///
/// let project = Project::of("pipelines/plan".as_ref())?;
/// let plan = load(&project)?;
/// let outcome = compute(&project, &plan, None, &Silent)?;
/// explain(&plan, &outcome, "citizen/R4/volunteer-intent")?;
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// What was added up as it was read has none, and is no such outcome:
///
/// ```compile_fail,E0308
/// use shihyo::pipeline::{Project, compute_streamed, explain, load};
/// use shihyo::progress::Silent;
///
/// let project = Project::of("pipelines/plan".as_ref())?;
/// let plan = load(&project)?;
/// let outcome = compute_streamed(&project, &plan, None, &Silent)?;
/// explain(&plan, &outcome, "citizen/R4/volunteer-intent")?;
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug)]
pub struct HeldOutcome(RunOutcome);

impl Deref for HeldOutcome {
    type Target = RunOutcome;

    fn deref(&self) -> &RunOutcome {
        &self.0
    }
}

/// Reads everything and computes everything; writes no result. With `reuse`, answers of large files that an
/// earlier run left are taken over, and those of this one are left to the next. The outcome is the same, but
/// for [`RunOutcome::reused`].
///
/// # Errors
/// A file that cannot be read or does not fit the plan, in one go where they are independent.
pub fn compute(
    project: &Project,
    plan: &Plan,
    reuse: Option<&Reuse>,
    progress: &dyn Progress,
) -> Result<HeldOutcome> {
    computed(project, plan, (reuse, Rows::Held), progress).map(HeldOutcome)
}

/// As [`compute`], but response files that are plain enough are added up as they are read, so that neither
/// their rows nor their answers are held. The outcome is the same and can be written; that single answers are
/// no longer in it, so that it can be neither explained nor compared, is said by its type.
///
/// # Errors
/// Those of [`compute`].
pub fn compute_streamed(
    project: &Project,
    plan: &Plan,
    reuse: Option<&Reuse>,
    progress: &dyn Progress,
) -> Result<RunOutcome> {
    computed(project, plan, (reuse, Rows::Streamed), progress)
}

fn computed(
    project: &Project,
    plan: &Plan,
    (reuse, rows): (Option<&Reuse>, Rows),
    progress: &dyn Progress,
) -> Result<RunOutcome> {
    let mut collected = collect(project, plan, (reuse, rows), progress)?;
    let (mut waves, mut added_up) = decode(plan, &mut collected, reuse, progress)?;
    let name = |wave: &WaveData| {
        (plan.surveys[wave.survey].title.clone(), plan.surveys[wave.survey].waves[wave.wave].year)
    };
    let is_streamed = |wave: &&WaveData| added_up.contains_key(&(wave.survey, wave.wave));
    let streamed = waves.iter().filter(is_streamed).map(name).collect();
    let (mut records, mut effects) = (Vec::new(), Vec::new());
    progress.start(Step::Estimate, waves.len() as u64);
    for wave in &mut waves {
        let (s, w) = (wave.survey, wave.wave);
        let of_wave = added_up.remove(&(s, w)).map_or_else(|| estimates(plan, wave), Ok)?;
        let logs = logs_of(plan, s, w, &collected.logs)?;
        let source = WaveSource::new(&collected.responses[s][w], &logs, reuse);
        effects.extend(effects_of(plan, wave, &source, &collected, &of_wave)?);
        records.extend(of_wave);
        progress.advance(1);
    }
    progress.finish();
    let mut findings = std::mem::take(&mut collected.findings);
    findings.extend(trend::findings(plan));
    findings.extend(overlaps(plan));
    for wave in &waves {
        findings.extend(wave.answers.findings.iter().cloned());
        findings.extend(wave.findings.iter().cloned());
    }
    let table = table(plan, &collected, &waves, &records, &mut findings)?;
    let quality = Quality { ledgers: ledgers(plan, &waves), findings, effects };
    let reused = waves.iter().filter(|wave| wave.reused).map(name).collect();
    Ok(RunOutcome { table, estimates: records, quality, inputs: collected.digests, reused, streamed, waves })
}

/// What a run wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The folder of results.
    pub dir: PathBuf,
    /// Warnings about what stands beside the folder and was left there.
    pub left: Vec<Finding>,
}

/// Writes the outcome of `plan` to `dir`, all or nothing.
///
/// # Errors
/// Those of rendering and of [`derived::write`].
pub fn write(plan: &Plan, outcome: &RunOutcome, dir: &Path, progress: &dyn Progress) -> Result<Written> {
    progress.start(Step::Write, 2);
    let files = report::render(&ReportInput {
        table: &outcome.table,
        estimates: &outcome.estimates,
        quality: &outcome.quality,
    })?;
    progress.advance(1);
    let mut manifest = Manifest::new(plan.sources.iter().map(|s| s.text.as_str()), outcome.inputs.clone());
    if plan.data == DataKind::Synthetic {
        manifest.synthetic = Some(Text::new("合成データ", "synthetic data"));
    }
    for data in &outcome.waves {
        manifest.withheld_columns.extend(data.answers.withheld.iter().map(withheld));
        manifest.cleaning_changes.extend(data.changes.iter().map(change));
    }
    let left = derived::write(dir, &manifest.seal(files))?;
    progress.finish();
    Ok(Written { dir: dir.to_path_buf(), left })
}

/// The records of waves that were added up as they were read, by survey and wave.
type Streamed = BTreeMap<(usize, usize), Vec<EstimateRecord>>;

fn decode(
    plan: &Plan,
    collected: &mut Collected,
    reuse: Option<&Reuse>,
    progress: &dyn Progress,
) -> Result<(Vec<WaveData>, Streamed)> {
    let wanted: Vec<(usize, usize)> = plan
        .surveys
        .iter()
        .enumerate()
        .flat_map(|(s, survey)| (0..survey.waves.len()).map(move |w| (s, w)))
        .collect();
    progress.start(Step::Decode, wanted.len() as u64);
    let mut waves = Vec::new();
    let mut mistakes = Vec::new();
    let mut streamed = Streamed::new();
    for (s, w) in wanted {
        let survey = &plan.surveys[s];
        if let Some(Summed { data, records, .. }) = collected.summed.remove(&(s, w)) {
            waves.push(data);
            streamed.insert((s, w), records);
            progress.advance(1);
            continue;
        }
        let known = collected.responses[s][w].take_known();
        let reused = known.is_some();
        let prepared = || {
            let logs = logs_of(plan, s, w, &collected.logs)?;
            let source = WaveSource::new(&collected.responses[s][w], &logs, reuse);
            let decoded = known.map_or_else(|| source.decoded(survey, &survey.waves[w]), Ok)?;
            prepare(plan, s, w, decoded, collected.design_files(&source, survey, &survey.waves[w])?)
        };
        match prepared() {
            Ok(data) => waves.push(WaveData { reused, ..data }),
            Err(error) => mistakes.extend(error.into_diagnostics()),
        }
        progress.advance(1);
    }
    progress.finish();
    Error::all(mistakes).map_or(Ok((waves, streamed)), Err)
}

fn ledgers(plan: &Plan, waves: &[WaveData]) -> Vec<LedgerRecord> {
    let of_wave = |data: &WaveData| {
        let survey = &plan.surveys[data.survey];
        let wave = survey.waves[data.wave].year;
        let record = move |(question, ledger): &(String, crate::decode::BaseLedger)| LedgerRecord {
            survey: survey.key.clone(),
            wave,
            question: question.clone(),
            ledger: *ledger,
        };
        data.ledgers.iter().map(record).collect::<Vec<_>>()
    };
    waves.iter().flat_map(of_wave).collect()
}

fn table(
    plan: &Plan,
    collected: &Collected,
    waves: &[WaveData],
    records: &[EstimateRecord],
    findings: &mut Vec<Finding>,
) -> Result<IndicatorTable> {
    let judgement = Judgement { rule: plan.rule, ladder: plan.ladder.clone(), difference: plan.difference };
    let (Some(&baseline_year), Some(&target_year)) = (plan.years.first(), plan.years.last()) else {
        return Err(Error::msg(
            Code::PlanFiscalYears,
            "計画年度がありません",
            "the plan has no fiscal years",
        ));
    };
    let mut rows = Vec::new();
    let mut mistakes = Vec::new();
    for (i, item) in plan.indicators.iter().enumerate() {
        let mut measures = Vec::new();
        for (m, measure) in item.measures.iter().enumerate() {
            let cells = match &measure.definition {
                Some(Definition::Count { files, sheet, query, data }) => {
                    let counts = collected.counts.get(&(files.clone(), sheet.clone()));
                    let found =
                        counts.map(|counts| count_cells(plan, measure, counts, query, *data, findings));
                    found.unwrap_or_else(|| Ok(BTreeMap::new())).unwrap_or_else(|e| {
                        mistakes.extend(e.into_diagnostics().into_iter().map(|d| (d, item.title.clone())));
                        BTreeMap::new()
                    })
                }
                Some(Definition::Estimate(definition)) => {
                    estimate_cells(plan, measure, definition, &measure_id(plan, i, m), records)
                }
                None => without_definition(plan, measure),
            };
            let unit = measure.unit.clone().or(match &measure.definition {
                Some(Definition::Estimate(definition)) => Some(definition.format.unit.clone()),
                _ => None,
            });
            findings.extend(measure.target.as_ref().and_then(|t| rough_target(t, &item.title)));
            let mixed = mixed_units(measure, &cells, unit.as_ref());
            mistakes.extend(mixed.map(|d| (d, item.title.clone())));
            let input = MeasureInput {
                sub_item: measure.sub_item.clone(),
                unit,
                direction: measure.direction,
                target: measure.target.clone(),
                cells,
                manual: measure.manual.clone(),
            };
            measures.push(tabulate(input, &plan.years, &judgement));
        }
        rows.push(IndicatorRow {
            id: item.id.clone(),
            goal: item.goal,
            department: item.department.clone(),
            title: item.title.clone(),
            rationale: item.rationale.clone(),
            actions: item.actions.clone(),
            next_steps: item.next_steps.clone(),
            measures,
        });
    }
    if let Some(error) = Error::all(told_once(mistakes)) {
        return Err(error);
    }
    Ok(IndicatorTable {
        title: plan.title.clone(),
        years: plan.years.clone(),
        baseline_year,
        target_year,
        report_year: plan.report_year,
        goals: plan.goals.clone(),
        rows,
        notes: notes(plan, waves),
        data: plan.data,
    })
}
