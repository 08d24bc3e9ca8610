//! What was asked for, as it was typed, and the files that it names.

use std::path::PathBuf;

use super::inputs::Inputs;
use crate::decode::Base;
use crate::design::{CalibrationFunction, LonelyPsu, Nesting, ReplicateCentre, Trim, TrimRule};
use crate::error::{Diagnostic, Error, Result, collect};
use crate::estimate::DeffReference;
use crate::pipeline::sample_design::{
    CalibrationKind, NoFunction, Population, ReplicateRequest, ReplicateType, Replication, SampleDesign,
    Step, are_limits, function,
};
use crate::pipeline::variables::source::Source;
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
    /// What the design effect compares with; `None`: without replacement where the weights sum to a
    /// population.
    pub deff: Option<DeffReference>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            read: ReadOptions::default(),
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
            deff: None,
        }
    }
}

impl Request {
    /// The design that is declared, over the files' columns.
    ///
    /// # Errors
    /// Flags of replicates or of calibration that contradict each other, in one go.
    pub(in crate::pipeline) fn sample_design<'a>(
        &self,
        inputs: &'a Inputs,
        source: &Source<'_>,
    ) -> Result<SampleDesign<'a>> {
        let names = |list: &Option<String>| -> Vec<String> {
            let split = list.as_deref().map(|list| source.split(list)).unwrap_or_default();
            split.into_iter().map(str::to_owned).collect()
        };
        let whole = |table| Population { table, by: None };
        let raked = (!inputs.rake.is_empty()).then(|| Step::Rake(inputs.rake.iter().map(whole).collect()));
        let mut mistakes = Vec::new();
        let function = collect(self.calibration_function(), &mut mistakes);
        let replication = collect(self.replication(), &mut mistakes);
        let trim = collect(self.trim(), &mut mistakes);
        let (Some(function), Some(replication), Some(trim)) = (function, replication, trim) else {
            // Without one of them there is at least one mistake.
            return Err(Error::all(mistakes).unwrap_or_else(|| bounds("")));
        };
        let calibration = inputs
            .post_stratify
            .as_ref()
            .map(|table| Step::PostStratify(whole(table)))
            .into_iter()
            .chain(raked)
            .chain(inputs.calibrate.as_ref().map(|table| Step::Calibrate(table, function)))
            .chain(trim.map(Step::Trim))
            .collect();
        Ok(SampleDesign {
            strata: names(&self.strata),
            clusters: names(&self.clusters),
            fpc: names(&self.fpc),
            population: inputs.population.as_ref(),
            nesting: self.nesting,
            lonely: self.lonely,
            weight: self.weight.clone(),
            replication,
            rscales: inputs.rscales.as_ref(),
            calibration,
            negative: self.negative_weights,
        })
    }

    /// How calibration moves the weights.
    ///
    /// # Errors
    /// A function or bounds without a table; bounds that the function does not have, or lacks; bounds that
    /// are none.
    fn calibration_function(&self) -> Result<CalibrationFunction> {
        let wrong = |ja: &str, en: &str| Error::msg("adhoc::calibrate", ja, en);
        if self.calibrate.is_none() && (self.function.is_some() || self.bounds.is_some()) {
            return Err(wrong(
                "--calfun と --bounds は --calibrate と使います",
                "--calfun and --bounds go with --calibrate",
            ));
        }
        if self.bounds.is_some_and(|(low, high)| !are_limits(low, high)) {
            return Err(bounds("--bounds"));
        }
        function(self.function, self.bounds).map_err(|why| match why {
            NoFunction::NeedsBounds => wrong(
                "--calfun logit には --bounds 下限,上限 が必要です",
                "--calfun logit needs --bounds LOW,HIGH",
            ),
            NoFunction::HasNoBounds => wrong(
                "--calfun raking に --bounds はありません（linear か logit と使います）",
                "--calfun raking has no --bounds: they go with linear and logit",
            ),
        })
    }

    fn trim(&self) -> Result<Option<Trim>> {
        match self.trim {
            Some((lower, upper)) if are_limits(lower, upper) => {
                Ok(Some(Trim { lower, upper, rule: TrimRule::Strict }))
            }
            Some(_) => Err(bounds("--trim")),
            None => Ok(None),
        }
    }

    /// Where replicates come from.
    ///
    /// # Errors
    /// As [`Request::sample_design`].
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
        "adhoc::level",
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

fn bounds(flag: &str) -> Error {
    Error::msg(
        "adhoc::bounds",
        format!("{flag} には、下限、上限の順に0以上の2つの数を書きます（{flag} 0.5,2）"),
        format!("{flag} takes two numbers from 0, the lower one first ({flag} 0.5,2)"),
    )
}
