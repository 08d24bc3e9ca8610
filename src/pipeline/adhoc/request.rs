//! What was asked for, as it was typed, and the files that it names.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::joins::JoinRequest;
use crate::code::Code;
use crate::decode::Base;
use crate::design::{LonelyPsu, Nesting, ReplicateCentre};
use crate::error::{Diagnostic, Error, Result};
use crate::estimate::{DeffReference, DifferenceMethod};
use crate::pipeline::sample_design::{CalibrationKind, ReplicateRequest, ReplicateType, Replication};
use crate::questionnaire::Duplicates;
use crate::raw::ReadOptions;
use crate::text::Text;

/// What was typed. Columns, codes and conditions are still text: their meaning depends on the files.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The response files; several are stacked by column name.
    pub files: Vec<PathBuf>,
    /// How to read them.
    pub read: ReadOptions,
    /// Files whose columns are joined to the response files, in the order of joining.
    pub joins: Vec<JoinRequest>,
    /// The questionnaire that the files are answers to.
    pub questionnaire: Option<PathBuf>,
    /// The column with the respondents' ids, where there is a questionnaire.
    pub respondent: Option<String>,
    /// Which row counts when an id stands more than once.
    pub duplicates: Duplicates,
    /// The response files of an earlier wave, which the numbers are compared with.
    pub against: Vec<PathBuf>,
    /// The questionnaire of the earlier wave; `None`: the same.
    pub against_questionnaire: Option<PathBuf>,
    /// `COL=A|B`.
    pub shares: Vec<String>,
    /// Columns of which the mean is wanted.
    pub means: Vec<String>,
    /// Columns of which the total is wanted.
    pub totals: Vec<String>,
    /// `NUM/DEN`.
    pub ratios: Vec<String>,
    /// `COL@0.5`.
    pub quantiles: Vec<String>,
    /// Who is in the base of a share.
    pub base: Base,
    /// Skip rules: who was asked. All of them must hold.
    pub asked_if: Vec<String>,
    /// `COL=9|99`, `*=NA`.
    pub missing: Vec<String>,
    /// Conditions that all must hold.
    pub conditions: Vec<String>,
    /// Breakdowns, each `COL[,COL]`.
    pub by: Vec<String>,
    /// `COND vs COND` or `COND vs rest`.
    pub differences: Vec<String>,
    /// Rao–Scott tests, each `COL × COL`.
    pub tests: Vec<String>,
    /// Column of weights.
    pub weight: Option<String>,
    /// `COL[,COL]`: one column a stage; without clusters the columns are crossed.
    pub strata: Option<String>,
    /// `COL[,COL]`: one column a stage.
    pub clusters: Option<String>,
    /// `COL[,COL]`: one column a stage.
    pub fpc: Option<String>,
    /// Population table with the people of each stratum; without strata, of the whole population.
    pub population: Option<PathBuf>,
    /// Whether cluster codes start again in each stratum.
    pub nesting: Nesting,
    /// The policy for strata with a single PSU.
    pub lonely: LonelyPsu,
    /// Columns of replicate weights: a pattern with `*` and `?`; or the number of replicates to make.
    pub replicates: Option<String>,
    /// How they were made, or are to be made.
    pub replicate_type: Option<ReplicateType>,
    /// Their overall scale.
    pub scale: Option<f64>,
    /// File of one scale a replicate.
    pub rscales: Option<PathBuf>,
    /// ρ of Fay's method.
    pub rho: Option<f64>,
    /// Where the random numbers of a bootstrap begin.
    pub seed: Option<u64>,
    /// What replicate estimates are compared with.
    pub centre: ReplicateCentre,
    /// Population table to post-stratify to.
    pub post_stratify: Option<PathBuf>,
    /// Population tables to rake to, one margin each.
    pub rake: Vec<PathBuf>,
    /// Population table to calibrate to.
    pub calibrate: Option<PathBuf>,
    /// The function of calibration; `None`: linear.
    pub function: Option<CalibrationKind>,
    /// Least and greatest ratio of new to old weight in calibration.
    pub bounds: Option<(f64, f64)>,
    /// Least and greatest weight.
    pub trim: Option<(f64, f64)>,
    /// Whether calibration may make weights negative.
    pub negative_weights: bool,
    /// Whether the weights of every respondent are wanted.
    pub weights: bool,
    /// The interval's method, by name.
    pub method: String,
    /// The interval's level.
    pub level: f64,
    /// How the difference of two shares gets its limits and its test.
    pub difference: DifferenceMethod,
    /// What the design effect compares with; `None`: without replacement where the weights sum to a
    /// population.
    pub deff: Option<DeffReference>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            read: ReadOptions::of_responses(),
            joins: Vec::new(),
            questionnaire: None,
            respondent: None,
            duplicates: Duplicates::First,
            against: Vec::new(),
            against_questionnaire: None,
            shares: Vec::new(),
            means: Vec::new(),
            totals: Vec::new(),
            ratios: Vec::new(),
            quantiles: Vec::new(),
            base: Base::Answered,
            asked_if: Vec::new(),
            missing: Vec::new(),
            conditions: Vec::new(),
            by: Vec::new(),
            differences: Vec::new(),
            tests: Vec::new(),
            weight: None,
            strata: None,
            clusters: None,
            fpc: None,
            population: None,
            nesting: Nesting::Unique,
            lonely: LonelyPsu::Fail,
            replicates: None,
            replicate_type: None,
            scale: None,
            rscales: None,
            rho: None,
            seed: None,
            centre: ReplicateCentre::ReplicateMean,
            post_stratify: None,
            rake: Vec::new(),
            calibrate: None,
            function: None,
            bounds: None,
            trim: None,
            negative_weights: false,
            weights: false,
            method: "wilson".to_owned(),
            level: 0.95,
            difference: DifferenceMethod::Mover,
            deff: None,
        }
    }
}

impl Request {
    /// Where replicates come from.
    ///
    /// # Errors
    /// Flags of replicates that contradict each other.
    pub(in crate::pipeline) fn replication(&self) -> Result<Replication> {
        Replication::of(&ReplicateRequest {
            replicates: self.replicates.clone(),
            kind: self.replicate_type,
            scale: self.scale,
            rscales: self.rscales.is_some(),
            rho: self.rho,
            seed: self.seed,
            centre: self.centre,
        })
    }

    /// The columns that the design names, as they were typed.
    pub(super) fn design_columns(&self) -> BTreeSet<String> {
        let lists = [&self.weight, &self.strata, &self.clusters, &self.fpc].into_iter().flatten();
        let names = lists.flat_map(|list| list.split([',', '、', '，']).chain([list.as_str()]));
        names.map(|name| name.trim().to_owned()).collect()
    }

    /// Whether anything says how the sample was drawn or weighted. Without, it is a simple one.
    pub fn has_design(&self) -> bool {
        let columns = [&self.weight, &self.strata, &self.clusters, &self.fpc, &self.replicates];
        let tables = [&self.population, &self.post_stratify, &self.calibrate];
        columns.iter().any(|c| c.is_some())
            || tables.iter().any(|t| t.is_some())
            || self.replicate_type.is_some()
            || self.trim.is_some()
            || !self.rake.is_empty()
    }
}

pub(in crate::pipeline) fn bad_level(level: f64) -> Error {
    let mut diagnostic = Diagnostic::new(
        Code::AdhocLevel,
        Text::new(
            format!("信頼係数は0と1の間です（{level}）"),
            format!("the level is between 0 and 1, not {level}"),
        ),
    );
    if level > 1.0 && level < 100.0 {
        let share = level / 100.0;
        diagnostic = diagnostic.help(Text::new(
            format!("--level {share} ではありませんか"),
            format!("did you mean --level {share}?"),
        ));
    }
    diagnostic.into()
}
