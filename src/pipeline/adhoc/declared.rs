//! The sample design that a request declares.

use super::inputs::Inputs;
use super::request::Request;
use crate::code::Code;
use crate::design::{CalibrationFunction, Trim, TrimRule};
use crate::error::{Error, Result, collect};
use crate::pipeline::sample_design::{NoFunction, Population, SampleDesign, Step, are_limits, function};
use crate::pipeline::variables::source::Source;

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
        let wrong = |ja: &str, en: &str| Error::msg(Code::AdhocCalibrate, ja, en);
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
}

fn bounds(flag: &str) -> Error {
    Error::msg(
        Code::AdhocBounds,
        format!("{flag} には、下限、上限の順に0以上の2つの数を書きます（{flag} 0.5,2）"),
        format!("{flag} takes two numbers from 0, the lower one first ({flag} 0.5,2)"),
    )
}
