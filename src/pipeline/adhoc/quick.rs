//! The quick way for what is asked for most: shares of a plain coded CSV or Parquet, of a stratified or clustered sample.
//! The rows are added up as they are read and never held. What it gives is byte for byte what [`super::read`] and [`super::compute`]
//! give; where it could not be, it gives nothing.

use std::collections::{HashMap, HashSet};

use super::design::{Made, cluster_words, fpc_words, strata_words, weight_words};
use super::measures::{By, Measure, Values, Wanted, by_blank};
use super::request::Request;
use super::shares::{self, Banner, OUTCOMES};
use super::{Outcome, estimates};
use crate::design::{Design, Nesting, ReplicateCentre, StratumSize};
use crate::engine::{Crossed, StreamColumns, Streamed, StreamedKey, stream};
use crate::error::{Error, Result};
use crate::estimate::{DeffReference, Groups, IntervalMethod, NO, Options, YES};
use crate::finding::Finding;
use crate::raw::scan::{HandOver, Plain};
use crate::raw::{ReadOptions, Table};
use crate::report::adhoc::{Base, Sheet};

/// What the quick way gives.
#[derive(Debug)]
pub struct Quick {
    /// What was read: the header with the first rows.
    pub beginning: Table,
    /// Rows of the file.
    pub rows: u64,
    /// What [`super::compute`] would have given.
    pub outcome: Outcome,
}

/// Reads and computes in one pass, if the request and the file are plain enough; the reason if not.
///
/// # Errors
/// Why the general way has to do it. Mistakes of the request are among them: it will tell them.
pub fn quick(request: &Request) -> Result<Quick, HandOver> {
    let [path] = &request.files[..] else { return Err(HandOver("files")) };
    if !simple(request) {
        return Err(HandOver("request"));
    }
    let method: IntervalMethod = request.method.parse().map_err(|_: Error| HandOver("method"))?;
    let file = Plain::look(path, &path.to_string_lossy(), &request.read)?;
    let table = file.beginning();
    let asked: Vec<Asked> = request.shares.iter().map(|typed| asked(typed, table)).collect::<Result<_, _>>()?;
    let optional = |name: &Option<String>| name.as_ref().map(|n| position(n, table)).transpose();
    let mut columns = StreamColumns {
        key: optional(&request.strata)?,
        cluster: optional(&request.clusters)?,
        weight: optional(&request.weight)?,
        size: optional(&request.fpc)?,
        cells: request.by.iter().map(|name| position(name, table)).collect::<Result<_, _>>()?,
        measures: asked.iter().map(|a| a.position).collect(),
    };
    columns.measures.sort_unstable();
    columns.measures.dedup();
    let streamed = stream(&file, &columns)?;
    let (made, weights) = design(request, &streamed)?;
    let rules: Vec<(usize, Vec<u8>)> = asked.iter().map(|a| a.rule(&columns, &streamed, request.base)).collect::<Result<_, _>>()?;
    let mut findings = Vec::new();
    let by: Vec<By> = (0..request.by.len()).map(|at| by(request, &streamed, at, &mut findings)).collect();
    let measures = asked.into_iter().map(|a| Measure { variable: a.variable, codes: a.typed, values: Values::Share(Vec::new()) }).collect();
    let wanted = Wanted { domain: Vec::new(), conditions: Vec::new(), measures, by, pairs: Vec::new(), crossings: Vec::new() };
    let deff = request.deff.unwrap_or(made.deff);
    let options = Options { method, level: request.level, deff, basis: made.basis(method), ..Options::default() };
    let shares = shares_of(&streamed, &weights, &rules, &made.design, &options)?;
    let rows = estimates::rows_of_shares(&wanted, &shares, &options, request.base);
    let notes = estimates::notes(&wanted, &made, &options, request.base, &rows);
    let sheet = Sheet { rows, notes, level: request.level };
    Ok(Quick { beginning: table.clone(), rows: streamed.rows, outcome: Outcome { sheet, findings } })
}

/// Whether nothing is asked for but shares, by single columns, of a stratified or clustered sample.
fn simple(request: &Request) -> bool {
    let Request {
        files: _, read, shares, means, totals, ratios, quantiles, base: _, missing, conditions, by: _, differences, tests, weight: _,
        strata: _, clusters: _, fpc: _, nesting, lonely: _, replicates, replicate_type, scale, rscales, rho, centre, post_stratify, rake,
        calibrate, method: _, level, deff: _,
    } = request;
    let others = [means, totals, ratios, quantiles, missing, conditions, differences, tests];
    let none = replicates.is_none() && replicate_type.is_none() && scale.is_none() && rscales.is_none() && rho.is_none();
    let uncalibrated = post_stratify.is_none() && rake.is_empty() && calibrate.is_none();
    !shares.is_empty() && others.iter().all(|o| o.is_empty()) && none && uncalibrated && *read == ReadOptions::default()
        && (*nesting == Nesting::Unique || request.clusters.is_some()) && *centre == ReplicateCentre::ReplicateMean && *level > 0.0 && *level < 1.0
}

fn position(name: &str, table: &Table) -> Result<usize, HandOver> {
    table.column(name.trim()).map(|c| c.position).ok_or(HandOver("column"))
}

/// A share: the column and the codes that count.
struct Asked {
    variable: String,
    position: usize,
    typed: Vec<String>,
    codes: Vec<u8>,
}

/// Reads `COL=A|B` where A and B are small whole numbers in their one spelling.
fn asked(typed: &str, table: &Table) -> Result<Asked, HandOver> {
    let mut cuts = typed.match_indices('=').map(|(at, _)| (typed[..at].trim(), &typed[at + 1..]));
    let (name, codes) = cuts.find(|(name, _)| table.column(name).is_some()).ok_or(HandOver("column"))?;
    let typed: Vec<String> = codes.split('|').map(|c| c.trim().to_owned()).collect();
    let code = |c: &String| c.parse::<u8>().ok().filter(|n| n.to_string() == *c).ok_or(HandOver("code"));
    let codes = typed.iter().map(code).collect::<Result<_, _>>()?;
    Ok(Asked { variable: name.to_owned(), position: position(name, table)?, typed, codes })
}

impl Asked {
    /// Which of the file's codes count, which do not, and whether a blank is outside the base.
    fn rule(&self, columns: &StreamColumns, streamed: &Streamed, base: Base) -> Result<(usize, Vec<u8>), HandOver> {
        let measure = columns.measures.iter().position(|p| *p == self.position).ok_or(HandOver("column"))?;
        let rows = streamed.rows_by_code(measure);
        // A code that never occurs is something to tell.
        if self.codes.iter().any(|code| rows.get(usize::from(*code) + 1).is_none_or(|n| *n == 0)) {
            return Err(HandOver("code"));
        }
        let [_, _, outside] = OUTCOMES;
        let blank = if base == Base::All { NO } else { outside };
        let of_code = |code: usize| if self.codes.iter().any(|c| usize::from(*c) + 1 == code) { YES } else { NO };
        Ok((measure, std::iter::once(blank).chain((1..rows.len()).map(of_code)).collect()))
    }
}

/// The shares of everyone and of each breakdown.
fn shares_of(streamed: &Streamed, weights: &[f64], rules: &[(usize, Vec<u8>)], design: &Design, options: &Options) -> Result<shares::Estimates, HandOver> {
    let mut found: shares::Estimates = Vec::new();
    for (at, crossed) in streamed.crossed.iter().enumerate() {
        let cube = streamed.cube(crossed, weights).ok_or(HandOver("sums"))?.recoded(OUTCOMES.len(), rules);
        let whole = Banner { group_of_cell: vec![Some(0); crossed.cells.len()], groups: 1 };
        let breakdowns = (0..crossed.classifications.len()).map(|place| {
            let (codes, of_cell) = groups(crossed, place);
            Banner { group_of_cell: of_cell, groups: codes.len() }
        });
        let banners: Vec<Banner> = (at == 0).then_some(whole).into_iter().chain(breakdowns).collect();
        let estimates = shares::of_cube(&cube, &banners, design, options).map_err(|_| HandOver("design"))?;
        found.resize_with(estimates.len(), Vec::new);
        found.iter_mut().zip(estimates).for_each(|(found, more)| found.extend(more));
    }
    Ok(found)
}

/// The codes of a crossing's classification, in order, and which of them each cell has.
fn groups(crossed: &Crossed, place: usize) -> (Vec<u8>, Vec<Option<u32>>) {
    let of_cell: Vec<Option<u8>> = crossed.cells.iter().map(|codes| codes[place]).collect();
    let mut codes: Vec<u8> = of_cell.iter().copied().flatten().collect();
    codes.sort_unstable();
    codes.dedup();
    let group = |code: Option<u8>| code.and_then(|c| codes.binary_search(&c).ok()).map(|g| g as u32);
    let of_cell = of_cell.into_iter().map(group).collect();
    (codes, of_cell)
}

/// The strata, in the order in which they first occur, and the stratum of each key; `None` where the columns contradict
/// each other, which the general way tells.
fn strata(request: &Request, streamed: &Streamed) -> Option<(Vec<StratumSize>, Vec<u32>)> {
    let (mut strata, mut of_key): (Vec<(Option<u32>, u64, Option<f64>)>, Vec<u32>) = (Vec::new(), Vec::new());
    let (mut at_code, mut stratum_of_cluster) = (HashMap::new(), HashMap::new());
    for key in &streamed.keys {
        let at = *at_code.entry(key.code).or_insert(strata.len());
        if at == strata.len() {
            strata.push((key.code, 0, key.size));
        }
        let (_, units, size) = &mut strata[at];
        *units += if key.cluster.is_some() { 1 } else { key.rows };
        let unique = key.cluster.is_none() || request.nesting == Nesting::WithinStrata || *stratum_of_cluster.entry(key.cluster).or_insert(at) == at;
        if *size != key.size || !unique {
            return None;
        }
        of_key.push(at as u32);
    }
    let fractions = are_fractions(streamed);
    let size = |(_, units, size): (Option<u32>, u64, Option<f64>)| StratumSize {
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

/// The design as [`super::design::make`] would declare it, and the weight of each key.
fn design(request: &Request, streamed: &Streamed) -> Result<(Made, Vec<f64>), HandOver> {
    let (strata, stratum_of_key) = strata(request, streamed).ok_or(HandOver("design"))?;
    let mut how = Vec::new();
    if let Some(clusters) = &request.clusters {
        let codes: HashSet<Option<u32>> = streamed.keys.iter().map(|k| k.cluster).collect();
        how.push(cluster_words(clusters.trim(), &codes.len().to_string()));
    }
    if let Some(names) = &request.strata {
        how.push(strata_words(names.trim(), &strata.len().to_string()));
    }
    if let Some(fpc) = &request.fpc {
        how.push(fpc_words(fpc.trim(), are_fractions(streamed)));
    }
    if let Some(weight) = &request.weight {
        how.push(weight_words(weight.trim()));
    }
    if how.is_empty() {
        how.push(super::design::simple_words());
    }
    let weight = |(key, h): (&StreamedKey, &u32)| {
        let StratumSize { units, population } = strata[*h as usize];
        key.weight.unwrap_or(if population.is_finite() { population / units as f64 } else { 1.0 })
    };
    let weights: Vec<f64> = streamed.keys.iter().zip(&stratum_of_key).map(weight).collect();
    let counted = || weights.iter().zip(&streamed.keys).map(|(w, key)| w * key.rows as f64).sum::<f64>();
    let (rows, summed) = (streamed.rows as f64, streamed.weight());
    let sum = summed.unwrap_or_else(counted);
    // Whether the weights sum to more than the respondents must not hang on how they were added up.
    if (sum / rows - 1.0).abs() < 1e-6 && (summed.is_some() || weights.iter().any(|w| *w != 1.0)) {
        return Err(HandOver("weights"));
    }
    let deff = if sum > rows { DeffReference::WithoutReplacement } else { DeffReference::WithReplacement };
    let clusters = request.clusters.as_ref().map(|_| stratum_of_key);
    let design = Design::of_totals(streamed.rows, &strata, clusters, request.lonely);
    let design = design.filter(|_| weights.iter().all(|w| *w > 0.0)).ok_or(HandOver("design"))?;
    Ok((Made { design, how, simple: !request.has_design(), deff }, weights))
}

/// One breakdown: its groups in the order of their codes.
fn by(request: &Request, streamed: &Streamed, at: usize, findings: &mut Vec<Finding>) -> By {
    let name = request.by[at].trim();
    let place = |crossed: &Crossed| crossed.classifications.iter().position(|c| *c == at);
    let (codes, blank) = match streamed.crossed.iter().find_map(|crossed| Some((crossed, place(crossed)?))) {
        None => (Vec::new(), 0),
        Some((crossed, place)) => {
            let (codes, of_cell) = groups(crossed, place);
            (codes, crossed.rows_by_cell().iter().zip(&of_cell).filter(|(_, group)| group.is_none()).map(|(n, _)| n).sum())
        }
    };
    findings.extend(by_blank(name, blank));
    let names = codes.iter().map(|code| vec![(name.to_owned(), code.to_string())]).collect();
    By { names, groups: Groups::new(&[], codes.len()) }
}
