//! What was asked for, as it was typed, and the files that it names.

use std::path::{Path, PathBuf};

use crate::code::Code;
use crate::decode::Base;
use crate::design::{CalibrationFunction, LonelyPsu, Nesting, ReplicateCentre};
use crate::error::{Diagnostic, Error, Result, SourceText, collect};
use crate::estimate::DeffReference;
use crate::pipeline::sample_design::{
    Population, ReplicateRequest, ReplicateType, Replication, SampleDesign, Step,
};
use crate::pipeline::variables::source::Source;
use crate::raw::{self, ReadOptions, Table};
use crate::text::Text;

/// What was typed. Columns, codes and conditions are still text: their meaning depends on the files.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The response files; several are stacked by column name.
    pub files: Vec<PathBuf>,
    /// How to read them.
    pub read: ReadOptions,
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
    /// Population table to calibrate to (linear).
    pub calibrate: Option<PathBuf>,
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
    /// Flags of replicates that contradict each other.
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
        let linear = CalibrationFunction::Linear { bounds: None };
        let raked = (!inputs.rake.is_empty()).then(|| Step::Rake(inputs.rake.iter().map(whole).collect()));
        let calibration = inputs
            .post_stratify
            .as_ref()
            .map(|table| Step::PostStratify(whole(table)))
            .into_iter()
            .chain(raked)
            .chain(inputs.calibrate.as_ref().map(|table| Step::Calibrate(table, linear)))
            .collect();
        Ok(SampleDesign {
            strata: names(&self.strata),
            clusters: names(&self.clusters),
            fpc: names(&self.fpc),
            population: None,
            nesting: self.nesting,
            lonely: self.lonely,
            weight: self.weight.clone(),
            replication: self.replication()?,
            rscales: inputs.rscales.as_ref(),
            calibration,
        })
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
        columns.iter().any(|c| c.is_some())
            || self.replicate_type.is_some()
            || self.post_stratify.is_some()
            || self.calibrate.is_some()
            || !self.rake.is_empty()
    }
}

/// The files of a request, read.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The response files, at least one.
    pub tables: Vec<Table>,
    /// The population table to post-stratify to.
    pub post_stratify: Option<Table>,
    /// Those to rake to.
    pub rake: Vec<Table>,
    /// The one to calibrate to.
    pub calibrate: Option<Table>,
    /// The scales of the replicates.
    pub rscales: Option<SourceText>,
}

/// Reads the files that `request` names.
///
/// # Errors
/// A request for nothing; files that cannot be read, all of them in one go.
pub fn read(request: &Request) -> Result<Inputs> {
    let wanted = [
        &request.shares,
        &request.means,
        &request.totals,
        &request.ratios,
        &request.quantiles,
        &request.tests,
    ];
    if wanted.iter().all(|w| w.is_empty()) {
        return Err(Diagnostic::new(
            Code::AdhocNothing,
            Text::new("何を集計するかが指定されていません", "nothing to estimate was asked for"),
        )
        .help(Text::new(
            "--share 'COL=A|B'、--mean COL、--total COL、--ratio 'NUM/DEN'、--quantile 'COL@0.5'、--test \
             rao-scott 'COL × COL' のどれかを指定します",
            "give one of --share 'COL=A|B', --mean COL, --total COL, --ratio 'NUM/DEN', --quantile \
             'COL@0.5', --test rao-scott 'COL × COL'",
        ))
        .into());
    }
    let mut mistakes = Vec::new();
    let name = |path: &Path| path.to_string_lossy().into_owned();
    let mut table =
        |path: &PathBuf, options: &ReadOptions| collect(raw::read(path, &name(path), options), &mut mistakes);
    // Population tables are small files made for the purpose: the options speak of the response files.
    let plain = ReadOptions::default();
    let inputs = Inputs {
        tables: request.files.iter().filter_map(|f| table(f, &request.read)).collect(),
        post_stratify: request.post_stratify.as_ref().and_then(|f| table(f, &plain)),
        rake: request.rake.iter().filter_map(|f| table(f, &plain)).collect(),
        calibrate: request.calibrate.as_ref().and_then(|f| table(f, &plain)),
        rscales: None,
    };
    let rscales =
        request.rscales.as_ref().and_then(|path| collect(raw::read_text(path, &name(path)), &mut mistakes));
    match Error::all(mistakes) {
        Some(error) => Err(error),
        None => Ok(Inputs { rscales, ..inputs }),
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
