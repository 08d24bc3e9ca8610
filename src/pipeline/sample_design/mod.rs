//! How a sample was drawn and weighted, as a plan or flags declare it ([`SampleDesign`]), and the one way in
//! which a design is made of it ([`SampleDesign::build`]).

mod adjusted;
mod build;
mod codes;
mod fit;
mod fitted_sums;
mod level;
mod numbers;
mod population;
mod replicated;
mod replication;
pub(in crate::pipeline) mod totals;
pub(in crate::pipeline) mod words;

use crate::design::{CalibrationFunction, Design, LonelyPsu, Nesting, ReplicateFactors, Trim};
use std::borrow::Cow;

use crate::error::{Result, SourceText};
use crate::estimate::{DeffReference, IntervalBasis, IntervalMethod, Options};
use crate::raw::Table;
use crate::text::Text;

pub use fit::CalibrationKind;
pub(in crate::pipeline) use fit::{NoFunction, are_limits, function};
pub(in crate::pipeline) use fitted_sums::FittedSums;
pub use replication::ReplicateType;
pub(in crate::pipeline) use replication::{ReplicateRequest, Replication};

/// How a sample was drawn and weighted: names of variables, none of them looked up yet.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct SampleDesign<'a> {
    /// Strata: one variable a stage where there are clusters, else the crossing of all.
    pub(in crate::pipeline) strata: Vec<String>,
    /// Clusters, one variable a stage.
    pub(in crate::pipeline) clusters: Vec<String>,
    /// Population sizes (values above 1) or sampling fractions, one variable a stage.
    pub(in crate::pipeline) fpc: Vec<String>,
    /// Table with the people of each stratum; without strata, of the whole population.
    pub(in crate::pipeline) population: Option<&'a Table>,
    /// Whether cluster codes start again in each stratum.
    pub(in crate::pipeline) nesting: Nesting,
    /// The policy for strata with a single PSU.
    pub(in crate::pipeline) lonely: LonelyPsu,
    /// Variable of weights.
    pub(in crate::pipeline) weight: Option<String>,
    /// Where replicates come from.
    pub(in crate::pipeline) replication: Replication,
    /// The scales of the replicates.
    pub(in crate::pipeline) rscales: Option<&'a SourceText>,
    /// What the weights are fitted to, step by step.
    pub(in crate::pipeline) calibration: Vec<Step<'a>>,
    /// Whether calibration may make weights negative.
    pub(in crate::pipeline) negative: bool,
}

/// One step of calibration.
#[derive(Debug)]
pub(in crate::pipeline) enum Step<'a> {
    /// Post-stratified to a crossing.
    PostStratify(Population<'a>),
    /// Raked to several margins.
    Rake(Vec<Population<'a>>),
    /// Calibrated to totals.
    Calibrate(&'a Table, CalibrationFunction),
    /// Trimmed.
    Trim(Trim),
}

/// People of a population table by some of its columns.
#[derive(Debug)]
pub(in crate::pipeline) struct Population<'a> {
    /// The table.
    pub(in crate::pipeline) table: &'a Table,
    /// The variables that it is taken by; `None`: all of its category columns.
    pub(in crate::pipeline) by: Option<Vec<String>>,
}

impl SampleDesign<'_> {
    /// Whether nothing is declared: a simple random sample without weights, of a large population.
    pub(in crate::pipeline) fn is_simple(&self) -> bool {
        let Self {
            strata,
            clusters,
            fpc,
            population,
            nesting: _,
            lonely: _,
            weight,
            replication,
            rscales: _,
            calibration,
            negative: _,
        } = self;
        [strata, clusters, fpc].iter().all(|names| names.is_empty())
            && population.is_none()
            && weight.is_none()
            && matches!(replication, Replication::None)
            && calibration.is_empty()
    }

    /// Whether the size of the population is stated: by sizes or fractions, or by what the weights are fitted
    /// to.
    fn states_population(&self) -> bool {
        let fitted = self.calibration.iter().any(|step| !matches!(step, Step::Trim(_)));
        !self.fpc.is_empty() || self.population.is_some() || fitted
    }
}

/// A design with what must be known to report under it.
#[derive(Debug)]
pub(in crate::pipeline) struct BuiltDesign {
    /// The design.
    pub(in crate::pipeline) design: Design,
    /// The replicates that were made of it, where the variance is theirs.
    pub(in crate::pipeline) replicates: Option<ReplicateFactors>,
    /// What it is, in words.
    pub(in crate::pipeline) how: Vec<Text>,
    /// Whether nothing was declared of it.
    pub(in crate::pipeline) simple: bool,
    /// What a design effect compares with, where nobody says otherwise.
    pub(in crate::pipeline) deff: DeffReference,
}

impl BuiltDesign {
    /// The design with the replicates that were made of it, as weights of every respondent.
    ///
    /// # Errors
    /// Replicates of too many rows.
    pub(in crate::pipeline) fn replicated(&self) -> Result<Cow<'_, Design>> {
        Ok(match &self.replicates {
            Some(factors) => Cow::Owned(self.design.with_factors(factors)?),
            None => Cow::Borrowed(&self.design),
        })
    }

    /// How numbers under this design are reported.
    pub(in crate::pipeline) fn options(
        &self,
        method: IntervalMethod,
        level: f64,
        deff: Option<DeffReference>,
    ) -> Options {
        Options {
            method,
            level,
            deff: deff.unwrap_or(self.deff),
            basis: IntervalBasis::of(method, self.simple),
            ..Options::default()
        }
    }
}
