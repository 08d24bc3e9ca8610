//! The design of a file whose rows were added up as they were read: from its strata and clusters, with what
//! the rows of each have in common.

use std::collections::{HashMap, HashSet};

use super::build::calibrated;
use super::replication::Replication;
use super::{BuiltDesign, SampleDesign, Step, adjusted, population, words};
use crate::design::{Design, Nesting, StratumSize, Weighed};
use crate::engine::{Crossed, Streamed, StreamedKey};
use crate::error::{Error, Result};
use crate::estimate::DeffReference;
use crate::finding::Finding;
use crate::pipeline::variables::source::Source;
use crate::raw::scan::HandOver;
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::number::number;

/// What stands for the respondents of a file that was added up as it was read.
#[derive(Debug, Clone, Copy)]
pub(in crate::pipeline) struct Units<'a> {
    /// What the file adds up to.
    pub(in crate::pipeline) streamed: &'a Streamed,
    /// The [combinations](Streamed::combined) of the categories that weights are fitted by; each is a unit of
    /// the source.
    pub(in crate::pipeline) combined: Option<(&'a Crossed, &'a Source<'a>)>,
    /// The texts of the strata's cells; the units of the source have them in this order, and may be more.
    pub(in crate::pipeline) strata: (&'a [String], &'a Source<'a>),
}

/// A design that was made of totals.
#[derive(Debug)]
pub(in crate::pipeline) struct DesignOfTotals {
    /// The design.
    pub(in crate::pipeline) built: BuiltDesign,
    /// The weight of each key before weights are fitted, where it is one.
    pub(in crate::pipeline) weight_of_key: Vec<f64>,
    /// The unit of each key: its stratum; where there are clusters, the cluster.
    pub(in crate::pipeline) unit_of_key: Vec<u32>,
}

impl SampleDesign<'_> {
    /// Whether a design like this is a function of totals by stratum or cluster: one stage, and weights as
    /// they stand in the file or fitted to margins in one step.
    pub(in crate::pipeline) fn is_of_totals(&self) -> bool {
        let Self { strata, clusters, fpc, population, nesting, replication, calibration, .. } = self;
        // Replicates of clusters come from their totals; those of rows need the rows.
        let replicated = match replication {
            Replication::None => true,
            Replication::Made(..) => !clusters.is_empty() && calibration.is_empty(),
            Replication::Columns(_) => false,
        };
        let fitted = matches!(&calibration[..], [] | [Step::PostStratify(_)] | [Step::Rake(_)]);
        [strata, clusters, fpc].iter().all(|names| names.len() <= 1)
            && (population.is_none() || fpc.is_empty())
            && fitted
            && (*nesting == Nesting::Unique || !clusters.is_empty())
            && replicated
    }

    /// The variables of the margins that weights are fitted to.
    ///
    /// # Errors
    /// Population tables that cannot be read.
    pub(in crate::pipeline) fn margin_variables(&self, source: &Source<'_>) -> Result<Vec<String>> {
        let mut out = Vec::new();
        for step in &self.calibration {
            let tables = match step {
                Step::PostStratify(of) => std::slice::from_ref(of),
                Step::Rake(all) => all.as_slice(),
                Step::Calibrate(..) | Step::Trim(_) => &[],
            };
            for of in tables {
                out.extend(population::variables(of, source)?);
            }
        }
        Ok(out)
    }

    /// The design as [`SampleDesign::build`] would make it of the rows, for a design that [is of
    /// totals](SampleDesign::is_of_totals).
    ///
    /// # Errors
    /// Why it has to be made of the rows: mistakes are told there.
    pub(in crate::pipeline) fn of_totals(
        &self,
        units: Units<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<DesignOfTotals, HandOver> {
        let (streamed, mut how) = (units.streamed, Vec::new());
        if let Some(clusters) = self.clusters.first() {
            let count = spelled_once(streamed.keys.iter().filter_map(|k| k.cluster.as_deref()))
                .ok_or(HandOver::Clusters)?;
            how.push(words::clusters(clusters.trim(), &count.to_string()));
        }
        if let Some(names) = self.strata.first() {
            let count = spelled_once(streamed.keys.iter().filter_map(|k| k.text.as_deref()))
                .ok_or(HandOver::Strata)?;
            how.push(words::strata(names.trim(), &count.to_string()));
        }
        if let Some(fpc) = self.fpc.first() {
            how.push(words::fpc(fpc.trim(), are_fractions(streamed)));
        }
        let sizes = self.sizes(units, findings, &mut how).map_err(|_| HandOver::Population)?;
        if let Some(weight) = &self.weight {
            how.push(words::weight(weight.trim()));
        }
        let fractions = self.population.is_none() && are_fractions(streamed);
        let (strata, stratum_of_key) =
            strata(self.nesting, streamed, &sizes, fractions).ok_or(HandOver::Design)?;
        let weight = |(key, h): (&StreamedKey, &u32)| {
            let StratumSize { units, population } = strata[*h as usize];
            key.weight.unwrap_or(if population.is_finite() { population / units as f64 } else { 1.0 })
        };
        let weights: Vec<f64> = streamed.keys.iter().zip(&stratum_of_key).map(weight).collect();
        let clusters = self.clusters.first().map(|_| stratum_of_key.clone());
        let design = Design::of_totals(streamed.rows, &strata, clusters, self.lonely);
        let design = design.filter(|_| weights.iter().all(|w| *w > 0.0)).ok_or(HandOver::Design)?;
        let mistake = |_: Error| HandOver::Replicates;
        let replicates = match &self.replication {
            Replication::Made(making, centre) => {
                let sizes = !self.fpc.is_empty() || self.population.is_some();
                Some(making.make(&design, (*centre, sizes), &mut how, findings).map_err(mistake)?)
            }
            _ => None,
        };
        let design = self.fitted(design, units, &weights, findings, &mut how)?;
        let deff = self.deff(&design, streamed, &weights)?;
        if how.is_empty() {
            how.push(words::simple());
        }
        let built = BuiltDesign { design, replicates, how, simple: self.is_simple(), deff };
        let unit_of_key = match self.clusters.is_empty() {
            true => stratum_of_key,
            false => (0..streamed.keys.len() as u32).collect(),
        };
        Ok(DesignOfTotals { built, weight_of_key: weights, unit_of_key })
    }

    /// The population size or sampling fraction of each key.
    fn sizes(
        &self,
        Units { streamed, strata: (texts, source), .. }: Units<'_>,
        findings: &mut Vec<Finding>,
        how: &mut Vec<Text>,
    ) -> Result<Vec<Option<f64>>> {
        let keys = streamed.keys.iter();
        let Some(table) = self.population else { return Ok(keys.map(|key| key.size).collect()) };
        if self.strata.is_empty() {
            let people = population::whole(table, source, streamed.rows)?;
            how.push(words::fpc_of_whole(people));
            return Ok(keys.map(|_| Some(people)).collect());
        }
        how.push(words::fpc_of_table());
        let sizes = population::stratum_sizes(table, &self.strata, source, findings)?;
        let of_text: HashMap<&str, f64> = texts.iter().map(String::as_str).zip(sizes).collect();
        Ok(keys.map(|key| of_text.get(key.text.as_deref()?).copied()).collect())
    }

    /// The design with its weights fitted, where they are.
    fn fitted(
        &self,
        mut design: Design,
        units: Units<'_>,
        weight_of_key: &[f64],
        findings: &mut Vec<Finding>,
        how: &mut Vec<Text>,
    ) -> Result<Design, HandOver> {
        let Some((combined, source)) = units.combined else { return Ok(design) };
        let rows = combined.rows_by_cell();
        let terms = units.streamed.weight_terms(combined, weight_of_key);
        let weighed = Weighed::Together { rows: &rows, terms: &terms };
        let mistake = |_: Error| HandOver::Fit;
        for step in &self.calibration {
            design = calibrated(&design, step, source, &weighed, findings, how).map_err(mistake)?;
        }
        adjusted::check(&design, &weighed, self.negative, findings).map_err(mistake)?;
        Ok(design)
    }

    /// What a design effect compares with.
    fn deff(&self, design: &Design, streamed: &Streamed, weights: &[f64]) -> Result<DeffReference, HandOver> {
        let stated = self.states_population();
        if !self.calibration.is_empty() {
            return Ok(DeffReference::of(stated, design.weight_sum(), streamed.rows));
        }
        let counted = || weights.iter().zip(&streamed.keys).map(|(w, key)| w * key.rows as f64).sum::<f64>();
        let summed = streamed.weight();
        let sum = summed.unwrap_or_else(counted);
        // Whether the weights sum to more than the respondents must not depend on how they were added up.
        let deff = DeffReference::of(stated, sum, streamed.rows);
        if [1.0 - 1e-6, 1.0 + 1e-6]
            .iter()
            .any(|near| DeffReference::of(stated, sum * near, streamed.rows) != deff)
            && (summed.is_some() || weights.iter().any(|w| *w != 1.0))
        {
            return Err(HandOver::Weights);
        }
        Ok(deff)
    }
}

/// The texts of the strata, in the order in which they first occur.
pub(in crate::pipeline) fn strata_texts(streamed: &Streamed) -> Vec<String> {
    let mut known = HashSet::new();
    let texts = streamed.keys.iter().filter_map(|key| key.text.as_ref());
    texts.filter(|text| known.insert(text.as_str())).cloned().collect()
}

/// Whether a key is a whole number in its one spelling.
fn plain(key: &str) -> bool {
    key.parse::<u32>().is_ok_and(|n| n.to_string() == key)
}

/// The distinct keys, when each has one spelling: two spellings of one stratum are one, and numbers that are
/// no keys have several.
fn spelled_once<'a>(keys: impl Iterator<Item = &'a str>) -> Option<usize> {
    let keys: HashSet<&str> = keys.collect();
    let folded: HashSet<String> = keys.iter().map(|k| fold(k)).collect();
    let doubtful = |k: &&str| fold(k).is_empty() || number(&fold(k)).is_some() && !plain(k);
    (folded.len() == keys.len() && !keys.iter().any(doubtful)).then_some(keys.len())
}

/// The strata with their sizes or fractions, in the order in which they first occur, and the stratum of each
/// key; `None` where the columns contradict each other, which the general way tells.
fn strata(
    nesting: Nesting,
    streamed: &Streamed,
    sizes: &[Option<f64>],
    fractions: bool,
) -> Option<(Vec<StratumSize>, Vec<u32>)> {
    let (mut strata, mut of_key): (Vec<(u64, Option<f64>)>, Vec<u32>) = (Vec::new(), Vec::new());
    let (mut at_text, mut stratum_of_cluster) = (HashMap::new(), HashMap::new());
    for (key, own) in streamed.keys.iter().zip(sizes) {
        let at = *at_text.entry(&key.text).or_insert(strata.len());
        if at == strata.len() {
            strata.push((0, *own));
        }
        let (units, size) = &mut strata[at];
        *units += if key.cluster.is_some() { 1 } else { key.rows };
        let unique = key.cluster.is_none()
            || nesting == Nesting::WithinStrata
            || *stratum_of_cluster.entry(&key.cluster).or_insert(at) == at;
        if *size != *own || !unique {
            return None;
        }
        of_key.push(at as u32);
    }
    let size = |(units, size): (u64, Option<f64>)| StratumSize {
        units,
        population: match size {
            None => f64::INFINITY,
            Some(fraction) if fractions => units as f64 / fraction,
            Some(size) => size,
        },
    };
    Some((strata.into_iter().map(size).collect(), of_key))
}

fn are_fractions(streamed: &Streamed) -> bool {
    streamed.keys.iter().all(|k| k.size.is_none_or(|x| x <= 1.0))
}
