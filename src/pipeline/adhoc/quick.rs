//! The quick way for what is asked for most: shares of a plain coded CSV, by strata with one weight each. The rows are
//! counted as they are read and never held. What it gives is byte for byte what [`super::read`] and [`super::compute`]
//! give; where it could not be, it gives nothing.

use super::design::{Made, fpc_words, strata_words, weight_words};
use super::measures::{By, Measure, Values, Wanted, by_blank};
use super::request::Request;
use super::shares::{self, Banner, OUTCOMES};
use super::{Outcome, estimates};
use crate::design::{Design, LonelyPsu, Nesting, ReplicateCentre};
use crate::engine::{StreamColumns, Streamed, StreamedKey, stream};
use crate::error::{Error, Result};
use crate::estimate::{DeffReference, Groups, IntervalMethod, NO, Options, YES};
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
    let cube = streamed.cube(weights).ok_or(HandOver("sums"))?.recoded(OUTCOMES.len(), &rules);
    let mut findings = Vec::new();
    let (by, banners): (Vec<By>, Vec<Banner>) = (0..request.by.len()).map(|at| by(request, &streamed, at, &mut findings)).unzip();
    let whole = Banner { group_of_cell: vec![Some(0); streamed.cells.len()], groups: 1 };
    let banners: Vec<Banner> = std::iter::once(whole).chain(banners).collect();
    let measures = asked.into_iter().map(|a| Measure { variable: a.variable, codes: a.typed, values: Values::Share(Vec::new()) }).collect();
    let wanted = Wanted { domain: Vec::new(), conditions: Vec::new(), measures, by, pairs: Vec::new(), crossings: Vec::new() };
    let deff = request.deff.unwrap_or(made.deff);
    let options = Options { method, level: request.level, deff, basis: made.basis(method), ..Options::default() };
    let shares = shares::of_cube(&cube, &banners, &made.design, &options).map_err(|_| HandOver("design"))?;
    let rows = estimates::rows_of_shares(&wanted, &shares, &options, request.base);
    let notes = estimates::notes(&wanted, &made, &options, request.base, &rows);
    let sheet = Sheet { rows, notes, level: request.level };
    Ok(Quick { beginning: table.clone(), rows: streamed.rows, outcome: Outcome { sheet, findings } })
}

/// Whether nothing is asked for but shares, by single columns, of a stratified sample.
fn simple(request: &Request) -> bool {
    let Request {
        files: _, read, shares, means, totals, ratios, quantiles, base: _, missing, conditions, by: _, differences, tests, weight: _,
        strata: _, clusters, fpc: _, nesting, lonely: _, replicates, replicate_type, scale, rscales, rho, centre, post_stratify, rake,
        calibrate, method: _, level, deff: _,
    } = request;
    let others = [means, totals, ratios, quantiles, missing, conditions, differences, tests];
    let none = clusters.is_none() && replicates.is_none() && replicate_type.is_none() && scale.is_none() && rscales.is_none() && rho.is_none();
    let uncalibrated = post_stratify.is_none() && rake.is_empty() && calibrate.is_none();
    !shares.is_empty() && others.iter().all(|o| o.is_empty()) && none && uncalibrated && *read == ReadOptions::default()
        && *nesting == Nesting::Unique && *centre == ReplicateCentre::ReplicateMean && *level > 0.0 && *level < 1.0
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

/// The design as [`super::design::make`] would declare it, and the weight of each stratum.
fn design(request: &Request, streamed: &Streamed) -> Result<(Made, Vec<f64>), HandOver> {
    let mut how = Vec::new();
    if let Some(strata) = &request.strata {
        how.push(strata_words(strata.trim(), &streamed.keys.len().to_string()));
    }
    let fractions = streamed.keys.iter().all(|k| k.size.is_none_or(|x| x <= 1.0));
    if let Some(fpc) = &request.fpc {
        how.push(fpc_words(fpc.trim(), fractions));
    }
    if let Some(weight) = &request.weight {
        how.push(weight_words(weight.trim()));
    }
    if how.is_empty() {
        how.push(super::design::simple_words());
    }
    let population = |key: &StreamedKey| match key.size {
        None => f64::INFINITY,
        Some(fraction) if fractions => key.rows as f64 / fraction,
        Some(size) => size,
    };
    let strata: Vec<(u64, f64)> = streamed.keys.iter().map(|key| (key.rows, population(key))).collect();
    let weight = |(key, (n, size)): (&StreamedKey, &(u64, f64))| {
        key.weight.unwrap_or(if size.is_finite() { size / *n as f64 } else { 1.0 })
    };
    let weights: Vec<f64> = streamed.keys.iter().zip(&strata).map(weight).collect();
    let (rows, sum) = (streamed.rows as f64, weights.iter().zip(&strata).map(|(w, (n, _))| w * *n as f64).sum::<f64>());
    // Whether the weights sum to more than the respondents must not hang on how they were added up.
    if (sum / rows - 1.0).abs() < 1e-6 && weights.iter().any(|w| *w != 1.0) {
        return Err(HandOver("weights"));
    }
    let deff = if sum > rows { DeffReference::WithoutReplacement } else { DeffReference::WithReplacement };
    let lonely: LonelyPsu = request.lonely;
    let design = Design::of_strata(&strata, lonely).filter(|_| weights.iter().all(|w| *w > 0.0)).ok_or(HandOver("design"))?;
    Ok((Made { design, how, simple: !request.has_design(), deff }, weights))
}

/// One breakdown: its groups in the order of their codes, and the group of each cell.
fn by(request: &Request, streamed: &Streamed, at: usize, findings: &mut Vec<crate::finding::Finding>) -> (By, Banner) {
    let name = request.by[at].trim();
    let of_cell: Vec<Option<u8>> = streamed.cells.iter().map(|codes| codes[at]).collect();
    let mut codes: Vec<u8> = of_cell.iter().copied().flatten().collect();
    codes.sort_unstable();
    codes.dedup();
    let group_of_cell = of_cell.iter().map(|code| code.and_then(|c| codes.binary_search(&c).ok()).map(|g| g as u32)).collect();
    let blank = streamed.rows_by_cell().iter().zip(&of_cell).filter(|(_, code)| code.is_none()).map(|(n, _)| n).sum();
    findings.extend(by_blank(name, blank));
    let names = codes.iter().map(|code| vec![(name.to_owned(), code.to_string())]).collect();
    (By { names, groups: Groups::new(&[], codes.len()) }, Banner { group_of_cell, groups: codes.len() })
}
