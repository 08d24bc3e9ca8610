//! From a declared design to the design: variables looked up, units and weights first, then calibration step
//! by step.

use super::codes::{codes, crossed};
use super::numbers::{weights, whole_numbers};
use super::replication::Replication;
use super::{BuiltDesign, SampleDesign, Step, adjusted, population, replicated, words};
use crate::code::Code;
use crate::design::{self, Declaration, Design, Fpc, Nesting, Rake, Weighed};
use crate::error::{Diagnostic, Error, Result, collect};
use crate::estimate::DeffReference;
use crate::finding::Finding;
use crate::pipeline::variables::source::Source;
use crate::pipeline::variables::variable::Stacked;
use crate::provenance::Place;
use crate::text::Text;

impl SampleDesign<'_> {
    /// Declares and calibrates the design over the variables of `source`.
    ///
    /// # Errors
    /// All mistakes of the variables in one go; those of the design; parts that contradict each other.
    pub(in crate::pipeline) fn build(
        &self,
        source: &Source<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<BuiltDesign> {
        let mut how = Vec::new();
        let mut design = match &self.replication {
            Replication::Columns(request) => replicated::design(self, request, source, &mut how)?,
            Replication::None | Replication::Made(..) => self.linearised(source, findings, &mut how)?,
        };
        let mut replicates = match &self.replication {
            Replication::Made(making, centre) => {
                let sizes = !self.fpc.is_empty() || self.population.is_some();
                Some(making.make(&design, (*centre, sizes), &mut how, findings)?)
            }
            _ => None,
        };
        // Every replicate is calibrated by itself, which takes its weights.
        if let Some(factors) = replicates.take_if(|_| !self.calibration.is_empty()) {
            design = design.with_factors(&factors)?;
        }
        for step in &self.calibration {
            let before = design.clone();
            let weighed = Weighed::Each(before.weights());
            design = calibrated(&before, step, source, &weighed, findings, &mut how)?;
        }
        if !self.calibration.is_empty() {
            adjusted::check(&design, &Weighed::Each(design.base_weights()), self.negative, findings)?;
        }
        let deff = DeffReference::of(self.states_population(), design.weight_sum(), design.rows() as u64);
        if how.is_empty() {
            how.push(words::simple());
        }
        Ok(BuiltDesign { design, replicates, how, simple: self.is_simple(), deff })
    }

    fn linearised(
        &self,
        source: &Source<'_>,
        findings: &mut Vec<Finding>,
        how: &mut Vec<Text>,
    ) -> Result<Design> {
        let mut mistakes = Vec::new();
        let mut columns = |names: &[String]| -> Vec<Stacked> {
            names.iter().filter_map(|name| collect(source.column(name), &mut mistakes)).collect()
        };
        let (strata, clusters, fpc) = (columns(&self.strata), columns(&self.clusters), columns(&self.fpc));
        let weight = self.weight.as_ref().and_then(|name| collect(source.column(name), &mut mistakes));
        let mut declaration = Declaration::new(source.rows()).nesting(self.nesting).lonely(self.lonely);
        let made: Vec<_> = clusters.iter().filter_map(|c| collect(codes(c, source), &mut mistakes)).collect();
        if !made.is_empty() {
            let counts = made.iter().map(|(_, names)| names.len().to_string()).collect::<Vec<_>>().join(", ");
            how.push(words::clusters(&named(&clusters), &counts));
            declaration = declaration.clusters(made.into_iter().map(|(of_row, _)| of_row).collect());
        }
        let made: Vec<_> = strata.iter().filter_map(|c| collect(codes(c, source), &mut mistakes)).collect();
        if !made.is_empty() && mistakes.is_empty() {
            let stages = if clusters.is_empty() { vec![crossed(&made)] } else { made };
            let counts =
                stages.iter().map(|(_, names)| names.len().to_string()).collect::<Vec<_>>().join(", ");
            how.push(words::strata(&named(&strata), &counts));
            let names = stages.first().map(|(_, names)| names.clone()).unwrap_or_default();
            declaration = declaration
                .stratum_names(names)
                .strata(stages.into_iter().map(|(of_row, _)| of_row).collect());
        }
        let sizes: Vec<Vec<f64>> =
            fpc.iter().filter_map(|c| collect(whole_numbers(c, source, true), &mut mistakes)).collect();
        if !sizes.is_empty() {
            let fractions = sizes.iter().flatten().all(|x| *x <= 1.0);
            how.push(words::fpc(&named(&fpc), fractions));
            declaration = declaration.fpc(if fractions {
                Fpc::SamplingFraction(sizes)
            } else {
                Fpc::PopulationSize(sizes)
            });
        }
        if let Some(table) = self.population.filter(|_| sizes_are_free(&fpc, &mut mistakes)) {
            let sizes = if self.strata.is_empty() {
                collect(population::whole(table, source, source.rows() as u64), &mut mistakes).map(|people| {
                    how.push(words::fpc_of_whole(people));
                    vec![people; source.rows()]
                })
            } else {
                how.push(words::fpc_of_table());
                collect(population::stratum_sizes(table, &self.strata, source, findings), &mut mistakes)
            };
            declaration = match sizes {
                Some(sizes) => declaration.fpc(Fpc::PopulationSize(vec![sizes])),
                None => declaration,
            };
        }
        if let Some(weight) = &weight {
            if let Some(weights) = collect(weights(weight, source), &mut mistakes) {
                declaration = declaration.weights(weights);
            }
            how.push(words::weight(&weight.name));
        }
        if self.nesting == Nesting::WithinStrata && clusters.is_empty() {
            let text = Text::new(
                "nest は集落（cluster）がないと意味がありません",
                "nest means nothing without clusters",
            );
            findings.push(Finding::warning(Code::DesignNest, text, Place::default()));
        }
        match Error::all(mistakes) {
            Some(error) => Err(error),
            None => design::declare(declaration),
        }
    }
}

/// Whether no columns give the sizes that a population table gives.
fn sizes_are_free(fpc: &[Stacked], mistakes: &mut Vec<Diagnostic>) -> bool {
    if !fpc.is_empty() {
        let text = Text::new(
            "母集団の大きさは、列（fpc）か人口表（population）のどちらか一方で示してください",
            "give population sizes by columns (fpc) or by a table (population), not by both",
        );
        mistakes.push(Diagnostic::new(Code::DesignFpcTwice, text));
    }
    fpc.is_empty()
}

/// A step of calibration, by the units of the source, whose weights before it are these.
pub(super) fn calibrated(
    design: &Design,
    step: &Step<'_>,
    source: &Source<'_>,
    weighed: &Weighed<'_>,
    findings: &mut Vec<Finding>,
    how: &mut Vec<Text>,
) -> Result<Design> {
    match step {
        Step::PostStratify(of) => {
            let margin = population::margin(of, source, weighed, findings)?;
            how.push(words::post_stratified(margin.name()));
            design.post_stratify_weighed(&margin, weighed)
        }
        Step::Rake(all) => {
            let mut mistakes = Vec::new();
            let margins: Vec<_> = all
                .iter()
                .filter_map(|of| collect(population::margin(of, source, weighed, findings), &mut mistakes))
                .collect();
            if let Some(error) = Error::all(mistakes) {
                return Err(error);
            }
            how.push(words::raked(&margins.iter().map(design::Margin::name).collect::<Vec<_>>()));
            design.rake_weighed(&margins, weighed, &Rake::default())
        }
        Step::Calibrate(table, function) => {
            let calibration = population::calibration(table, *function, source, findings)?;
            how.push(words::calibrated(function.name(), calibration.terms.len()));
            design.calibrate(&calibration)
        }
        Step::Trim(trim) => {
            how.push(words::trimmed(trim.lower, trim.upper));
            design.trim(trim)
        }
    }
}

fn named(columns: &[Stacked]) -> String {
    columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")
}
