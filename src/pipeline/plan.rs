//! A plan with everything resolved: enums and numbers, no name that could still be wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::definition::{Definition, EstimateDefinition};
use super::sample_design::ReplicateRequest;
use crate::design::{CalibrationFunction, LonelyPsu, Nesting};
use crate::edits::OldValues;
use crate::error::SourceText;
use crate::estimate::{DifferenceMethod, IntervalMethod};
use crate::indicator::{
    AdminCell, DataKind, Direction, FiscalYear, Goal, ProgressRule, ProgressState, Target, Unit,
};
use crate::join::Join;
use crate::provenance::Place;
use crate::questionnaire::{Duplicates, Questionnaire};
use crate::raw::ReadOptions;
use crate::waves::{Mapping, Paper};

/// A whole plan.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Name of the plan's folder; the name of its folder under `derived/` too.
    pub name: String,
    /// Title of the progress table.
    pub title: String,
    /// 現状値 … 目標値, at least two.
    pub years: Vec<FiscalYear>,
    /// The year whose 取組状況 is told.
    pub report_year: FiscalYear,
    /// Whether the responses are real.
    pub data: DataKind,
    /// Breakdowns: question ids; a survey without one of them leaves the breakdown out.
    pub breakdowns: Vec<Vec<String>>,
    /// Method of the intervals of shares, and level of all intervals.
    pub interval: (IntervalMethod, f64),
    /// How differences and changes of shares are tested.
    pub difference: DifferenceMethod,
    /// How progress is judged.
    pub rule: ProgressRule,
    /// The plan's own words for the states.
    pub ladder: Vec<(ProgressState, String)>,
    /// Notes of the plan.
    pub notes: Vec<String>,
    /// More warnings than this end the run with exit code 1.
    pub warning_limit: Option<u64>,
    /// The goals.
    pub goals: Vec<Goal>,
    /// The surveys, by key.
    pub surveys: Vec<Survey>,
    /// The indicators, in the order of the table.
    pub indicators: Vec<IndicatorPlan>,
    /// Its file, for findings: from the project's folder, as they name all files.
    pub file: String,
    /// The texts that the plan was read from: `plan.toml` and the questionnaires, for digest and messages.
    pub sources: Vec<Arc<SourceText>>,
}

impl Plan {
    /// The plan in findings.
    pub(super) fn place(&self) -> Place {
        Place::file(&self.file)
    }
}

/// A survey.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Its key in the plan.
    pub key: String,
    /// Its title.
    pub title: String,
    /// How respondents were chosen, where a wave does not say otherwise.
    pub sample: Sample,
    /// What was asked: the reference, where waves have papers of their own.
    pub questionnaire: Questionnaire,
    /// Ids of the questions whose わからない counts as no answer.
    pub dont_know_missing: BTreeSet<String>,
    /// Years whose cells await a survey.
    pub planned: Vec<FiscalYear>,
    /// The waves, by year.
    pub waves: Vec<Wave>,
}

/// How respondents were chosen: decides whether there is a sampling error to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// 無作為抽出.
    Random,
    /// 全数調査: no sampling error.
    Census,
    /// 応募型: self-selected, no sampling error can be stated.
    Open,
    /// モニター: as `Open`.
    Panel,
}

/// One wave of a survey.
#[derive(Debug, Clone)]
pub struct Wave {
    /// Its fiscal year.
    pub year: FiscalYear,
    /// Response files, from the project's folder.
    pub responses: Vec<String>,
    /// Column of the respondent id.
    pub respondent: Option<String>,
    /// Which of several rows of one respondent counts.
    pub duplicates: Duplicates,
    /// Rows of the file above the headings.
    pub skip_rows: Option<usize>,
    /// Header rows.
    pub header_rows: Option<usize>,
    /// Sheet.
    pub sheet: Option<String>,
    /// Encoding.
    pub encoding: Option<String>,
    /// Files whose columns are joined to the responses, in the order of joining.
    pub joins: Vec<WaveJoin>,
    /// How its sample was drawn and weighted.
    pub design: WaveDesign,
    /// Whether the responses are real.
    pub data: DataKind,
    /// Cleaning logs, from the project's folder, in the order applied.
    pub cleaning_logs: Vec<String>,
    /// What a blank old value in them means.
    pub old_values: OldValues,
    /// How respondents were chosen.
    pub sample: Sample,
    /// How they were asked, in the plan's words.
    pub mode: Option<String>,
    /// Its own paper; `None` when it is the survey's.
    pub paper: Option<WavePaper>,
    /// What the plan says of its comparison with the other waves, by question (index in the survey's
    /// questionnaire).
    pub rulings: BTreeMap<usize, Ruling>,
}

/// A file whose columns are joined to the responses of a wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaveJoin {
    /// The file, from the project's folder.
    pub file: String,
    /// How it is read.
    pub read: ReadOptions,
    /// How it is joined.
    pub how: Join,
}

/// A wave's own paper.
#[derive(Debug, Clone)]
pub struct WavePaper {
    /// Its file, for findings.
    pub file: String,
    /// What was asked, with the numbers and codes of the wave's files.
    pub questionnaire: Questionnaire,
    /// Where the questions of the survey's questionnaire stand on it.
    pub mapping: Mapping,
    /// Questions of the survey's questionnaire (indices) that the plan says were not asked.
    pub said_not_asked: BTreeSet<usize>,
}

/// A person's word on whether a question of a wave may be compared with the other waves, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// Although something differs.
    Comparable(String),
    /// It may not.
    NotComparable(String),
}

/// What an estimate finds in a wave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answerable {
    /// Its questions, with at least one of its options where it counts options.
    Yes,
    /// One of the questions was not asked.
    NotAsked,
    /// None of the options that count was on the paper.
    NoOption,
}

impl Survey {
    /// The paper of a wave, beside that of the survey.
    pub fn paper<'a>(&'a self, wave: &'a Wave) -> Paper<'a> {
        match &wave.paper {
            Some(own) => Paper { questionnaire: &own.questionnaire, mapping: Some(&own.mapping) },
            None => Paper { questionnaire: &self.questionnaire, mapping: None },
        }
    }
}

impl Wave {
    /// Whether question `question` of the survey's questionnaire was asked, or all that it is made of.
    pub fn asks(&self, question: usize) -> bool {
        self.paper.as_ref().is_none_or(|p| p.mapping.answers(question))
    }

    /// What the categories `chosen` of a question are in this wave: those, and the wave's options that are
    /// several of them in one; `known` is the number of the question's categories in the survey's
    /// questionnaire.
    pub(super) fn counted(&self, question: usize, chosen: &[usize], known: usize) -> Vec<usize> {
        let asked = self.paper.as_ref().and_then(|p| p.mapping.asked(question));
        asked.map_or_else(|| chosen.to_vec(), |asked| asked.counted(chosen, known))
    }

    /// What the estimate finds.
    pub(super) fn answerable(&self, definition: &EstimateDefinition) -> Answerable {
        let Some(paper) = &self.paper else { return Answerable::Yes };
        if definition.all_questions().iter().any(|question| !paper.mapping.answers(*question)) {
            return Answerable::NotAsked;
        }
        let chosen = definition.categories();
        if chosen.is_empty() || paper.mapping.has_one_of(definition.question(), &chosen) {
            Answerable::Yes
        } else {
            Answerable::NoOption
        }
    }
}

/// How the sample of a wave was drawn and weighted. Variables are questions of the survey's questionnaire or
/// columns of the response files, by name; files are named from the project's folder.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WaveDesign {
    /// Strata: one variable a stage where there are clusters, else the crossing of all.
    pub strata: Vec<String>,
    /// Clusters, one variable a stage.
    pub clusters: Vec<String>,
    /// Whether cluster codes start again in each stratum.
    pub nesting: Nesting,
    /// Population sizes or sampling fractions, one variable a stage.
    pub fpc: Vec<String>,
    /// Population table: people of the strata (of everyone, without strata), and of the margins of weights.
    pub population: Option<String>,
    /// The policy for strata with a single PSU.
    pub lonely: LonelyPsu,
    /// Variable of weights.
    pub weight: Option<String>,
    /// What the weights are fitted to.
    pub fit: Option<Fit>,
    /// Least and greatest weight.
    pub trim: Option<(f64, f64)>,
    /// Replicates: columns of the files, or made of the design.
    pub replicates: Option<PlannedReplicates>,
}

/// What weights are fitted to.
#[derive(Debug, Clone, PartialEq)]
pub enum Fit {
    /// Raked to the margins of these questions in the population table.
    Rake(Vec<String>),
    /// Post-stratified to the crossing of these questions in the population table.
    PostStratify(Vec<String>),
    /// Calibrated to the totals of a table of its own.
    Calibrate(String, CalibrationFunction),
}

/// Replicates that a plan names.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedReplicates {
    /// What is said of them.
    pub(super) request: ReplicateRequest,
    /// File of one scale a replicate.
    pub rscales: Option<String>,
}

impl WaveDesign {
    /// Whether weights make any respondent count more than another.
    pub fn is_weighted(&self) -> bool {
        self.weight.is_some() || self.fit.is_some() || self.trim.is_some()
    }

    /// Every variable that it names: first those of units and weights, then those that weights are fitted to.
    pub fn variables(&self) -> impl Iterator<Item = &String> {
        [&self.strata, &self.clusters, &self.fpc]
            .into_iter()
            .flatten()
            .chain(&self.weight)
            .chain(self.fitted())
    }

    /// The questions that weights are fitted to the population in.
    pub fn fitted(&self) -> &[String] {
        match &self.fit {
            Some(Fit::Rake(names) | Fit::PostStratify(names)) => names,
            Some(Fit::Calibrate(..)) | None => &[],
        }
    }

    /// Whether it needs columns of the response files beside the answers.
    pub fn needs_columns(&self, questionnaire: &Questionnaire) -> bool {
        let calibrated = matches!(self.fit, Some(Fit::Calibrate(..)));
        let replicates = self.replicates.as_ref().is_some_and(|r| r.request.replicates.is_some());
        calibrated || replicates || self.variables().any(|name| questionnaire.question(name).is_none())
    }

    /// The files that it names.
    pub fn files(&self) -> impl Iterator<Item = &String> {
        let table = match &self.fit {
            Some(Fit::Calibrate(table, _)) => Some(table),
            _ => None,
        };
        self.population.iter().chain(table)
    }

    /// The file of scales of replicates.
    pub fn rscales(&self) -> Option<&String> {
        self.replicates.as_ref()?.rscales.as_ref()
    }
}

/// An item of the table.
#[derive(Debug, Clone)]
pub struct IndicatorPlan {
    /// Stable id.
    pub id: String,
    /// Number of its goal.
    pub goal: u32,
    /// 担当部署.
    pub department: String,
    /// 項目.
    pub title: String,
    /// 目標設定の考え方.
    pub rationale: Option<String>,
    /// 取組状況 of the report year.
    pub actions: Option<String>,
    /// 今後の展開 of the year after it.
    pub next_steps: Option<String>,
    /// Its measures, at least one.
    pub measures: Vec<MeasurePlan>,
}

/// A measured line of an item.
#[derive(Debug, Clone)]
pub struct MeasurePlan {
    /// Name of the sub-measure; `None` for an item of one measure.
    pub sub_item: Option<String>,
    /// What is measured; `None` where the plan has published figures only.
    pub definition: Option<Definition>,
    /// Unit, where the plan says it.
    pub unit: Option<Unit>,
    /// Target.
    pub target: Option<Target>,
    /// Which way is good, where the plan says it.
    pub direction: Option<Direction>,
    /// Years that print `…`.
    pub not_available: Vec<FiscalYear>,
    /// Published figures.
    pub published: Vec<(FiscalYear, AdminCell)>,
    /// A person's judgement and its reason.
    pub manual: Option<(String, String)>,
}

impl Plan {
    /// Every response file, joined file, cleaning log, count file and population table that the plan names,
    /// each once, in the plan's order.
    pub fn data_files(&self) -> Vec<&str> {
        let mut files: Vec<&str> = Vec::new();
        let waves = self.surveys.iter().flat_map(|s| &s.waves);
        let of_waves = waves.flat_map(|w| {
            w.responses
                .iter()
                .chain(w.joins.iter().map(|join| &join.file))
                .chain(w.design.files())
                .chain(w.design.rscales())
                .chain(&w.cleaning_logs)
                .map(String::as_str)
        });
        let of_counts = self.indicators.iter().flat_map(|i| &i.measures).flat_map(|m| match &m.definition {
            Some(Definition::Count { files, .. }) => files.as_slice(),
            _ => &[],
        });
        for file in of_waves.chain(of_counts.map(String::as_str)) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }
}
