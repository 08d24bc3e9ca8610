//! The design of a file whose rows were added up as they were read: from its strata and clusters, with what
//! the rows of each have in common.

use std::collections::{HashMap, HashSet};

use super::replication::Replication;
use super::{BuiltDesign, SampleDesign, words};
use crate::design::{Design, Nesting, StratumSize};
use crate::engine::{Streamed, StreamedKey};
use crate::error::Error;
use crate::estimate::DeffReference;
use crate::finding::Finding;
use crate::raw::scan::HandOver;
use crate::text::fold::fold;
use crate::text::number::number;

impl SampleDesign<'_> {
    /// Whether a design like this is a function of totals by stratum or cluster: one stage, and weights as
    /// they stand in the file.
    pub(in crate::pipeline) fn is_of_totals(&self) -> bool {
        let Self { strata, clusters, fpc, population, nesting, replication, calibration, .. } = self;
        // Replicates of clusters come from their totals; those of rows need the rows.
        let replicated = match replication {
            Replication::None => true,
            Replication::Made(..) => !clusters.is_empty(),
            Replication::Columns(_) => false,
        };
        [strata, clusters, fpc].iter().all(|names| names.len() <= 1)
            && population.is_none()
            && calibration.is_empty()
            && (*nesting == Nesting::Unique || !clusters.is_empty())
            && replicated
    }

    /// The design as [`SampleDesign::build`] would make it of the rows, and the weight of each key, for a
    /// design that [is of totals](SampleDesign::is_of_totals).
    ///
    /// # Errors
    /// Why it has to be made of the rows: mistakes are told there.
    pub(in crate::pipeline) fn of_totals(
        &self,
        streamed: &Streamed,
        findings: &mut Vec<Finding>,
    ) -> Result<(BuiltDesign, Vec<f64>), HandOver> {
        let mut how = Vec::new();
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
        if let Some(weight) = &self.weight {
            how.push(words::weight(weight.trim()));
        }
        let (strata, stratum_of_key) = strata(self.nesting, streamed).ok_or(HandOver::Design)?;
        let weight = |(key, h): (&StreamedKey, &u32)| {
            let StratumSize { units, population } = strata[*h as usize];
            key.weight.unwrap_or(if population.is_finite() { population / units as f64 } else { 1.0 })
        };
        let weights: Vec<f64> = streamed.keys.iter().zip(&stratum_of_key).map(weight).collect();
        let counted = || weights.iter().zip(&streamed.keys).map(|(w, key)| w * key.rows as f64).sum::<f64>();
        let summed = streamed.weight();
        let sum = summed.unwrap_or_else(counted);
        // Whether the weights sum to more than the respondents must not depend on how they were added up.
        let stated = self.states_population();
        let deff = DeffReference::of(stated, sum, streamed.rows);
        if [1.0 - 1e-6, 1.0 + 1e-6]
            .iter()
            .any(|near| DeffReference::of(stated, sum * near, streamed.rows) != deff)
            && (summed.is_some() || weights.iter().any(|w| *w != 1.0))
        {
            return Err(HandOver::Weights);
        }
        let clusters = self.clusters.first().map(|_| stratum_of_key);
        let design = Design::of_totals(streamed.rows, &strata, clusters, self.lonely);
        let design = design.filter(|_| weights.iter().all(|w| *w > 0.0)).ok_or(HandOver::Design)?;
        let mistake = |_: Error| HandOver::Replicates;
        let replicates = match &self.replication {
            Replication::Made(making, centre) => {
                let made = making.make(&design, (*centre, !self.fpc.is_empty()), &mut how, findings);
                Some(made.map_err(mistake)?)
            }
            _ => None,
        };
        if how.is_empty() {
            how.push(words::simple());
        }
        Ok((BuiltDesign { design, replicates, how, simple: self.is_simple(), deff }, weights))
    }
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

/// The strata, in the order in which they first occur, and the stratum of each key; `None` where the columns
/// contradict each other, which the general way tells.
fn strata(nesting: Nesting, streamed: &Streamed) -> Option<(Vec<StratumSize>, Vec<u32>)> {
    let (mut strata, mut of_key): (Vec<(u64, Option<f64>)>, Vec<u32>) = (Vec::new(), Vec::new());
    let (mut at_text, mut stratum_of_cluster) = (HashMap::new(), HashMap::new());
    for key in &streamed.keys {
        let at = *at_text.entry(&key.text).or_insert(strata.len());
        if at == strata.len() {
            strata.push((0, key.size));
        }
        let (units, size) = &mut strata[at];
        *units += if key.cluster.is_some() { 1 } else { key.rows };
        let unique = key.cluster.is_none()
            || nesting == Nesting::WithinStrata
            || *stratum_of_cluster.entry(&key.cluster).or_insert(at) == at;
        if *size != key.size || !unique {
            return None;
        }
        of_key.push(at as u32);
    }
    let fractions = are_fractions(streamed);
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
