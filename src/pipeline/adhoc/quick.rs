//! The quick way for what is asked for most: shares of a CSV of codes or labels, by strata with one weight each. The rows are
//! counted as they are read and never held. What it gives is byte for byte what [`super::read`] and [`super::compute`]
//! give; where it could not be, it gives nothing.

use super::columns::{fold, number};
use super::condition::Condition;
use super::design::{Made, fpc_words, strata_words, weight_words};
use super::measures::{Values, Wanted};
use super::missing::Missing;
use super::request::Request;
use super::shares::{self, Banner, OUTCOMES};
use super::source::{Counted, Source};
use super::{Outcome, estimates};
use crate::design::{Design, LonelyPsu, Nesting, ReplicateCentre};
use crate::engine::{StreamColumns, Streamed, StreamedKey, stream};
use crate::error::Error;
use crate::estimate::{DeffReference, NO, Options, YES};
use crate::raw::scan::{HandOver, Plain};
use crate::raw::{ReadOptions, Table};
use crate::report::adhoc::Sheet;

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
    let method = super::method(&request.method).map_err(|_| HandOver("method"))?;
    let file = Plain::look(path, &path.to_string_lossy(), &request.read)?;
    let table = file.beginning();
    let columns = columns(request, table)?;
    let streamed = stream(&file, &columns)?;
    let source = Source::counted(table, Counted { columns: &columns, streamed: &streamed });
    let mistake = |_: Error| HandOver("mistakes");
    let mut findings = Vec::new();
    let missing = Missing::parse(&request.missing, &source).map_err(mistake)?;
    let wanted = Wanted::resolve(request, &source, &missing, &mut findings).map_err(mistake)?;
    let (made, weights) = design(request, &streamed)?;
    let rules = rules(&wanted, &columns)?;
    let cube = streamed.cube(weights).ok_or(HandOver("sums"))?.recoded(OUTCOMES.len(), &rules);
    let banners = banners(&wanted);
    let deff = request.deff.unwrap_or(made.deff);
    let options = Options { method, level: request.level, deff, basis: made.basis(method), ..Options::default() };
    let shares = shares::of_cube(&cube, &banners, &made.design, &options).map_err(|_| HandOver("design"))?;
    let rows = estimates::rows_of_shares(&wanted, &shares, &options, request.base);
    let notes = estimates::notes(&wanted, &made, &options, request.base, &rows);
    let sheet = Sheet { rows, notes, level: request.level };
    Ok(Quick { beginning: table.clone(), rows: streamed.rows, outcome: Outcome { sheet, findings } })
}

/// Whether nothing is asked for but shares of a stratified sample.
fn simple(request: &Request) -> bool {
    let Request {
        files: _, read, shares, means, totals, ratios, quantiles, base: _, missing: _, conditions: _, by: _, differences, tests, weight: _,
        strata: _, clusters, fpc: _, nesting, lonely: _, replicates, replicate_type, scale, rscales, rho, centre, post_stratify, rake,
        calibrate, method: _, level, deff: _,
    } = request;
    let others = [means, totals, ratios, quantiles, differences, tests];
    let none = clusters.is_none() && replicates.is_none() && replicate_type.is_none() && scale.is_none() && rscales.is_none() && rho.is_none();
    let uncalibrated = post_stratify.is_none() && rake.is_empty() && calibrate.is_none();
    !shares.is_empty() && others.iter().all(|o| o.is_empty()) && none && uncalibrated && *read == ReadOptions::default()
        && *nesting == Nesting::Unique && *centre == ReplicateCentre::ReplicateMean && *level > 0.0 && *level < 1.0
}

fn position(name: &str, table: &Table) -> Result<usize, HandOver> {
    table.column(name.trim()).map(|c| c.position).ok_or(HandOver("column"))
}

/// The columns that the request speaks of: those of breakdowns and conditions cross, those of shares are counted.
fn columns(request: &Request, table: &Table) -> Result<StreamColumns, HandOver> {
    let source = Source::new(std::slice::from_ref(table)).map_err(|_| HandOver("rows"))?;
    let optional = |name: &Option<String>| name.as_ref().map(|n| position(n, table)).transpose();
    let of_condition = |typed: &String| {
        let condition = Condition::parse(typed, |name| source.has(name)).map_err(|_| HandOver("condition"))?;
        position(&condition.column, table)
    };
    let by = request.by.iter().flat_map(|list| source.split(list)).map(|name| position(name, table));
    let mut cells: Vec<usize> = by.chain(request.conditions.iter().map(of_condition)).collect::<Result<_, _>>()?;
    let mut measures: Vec<usize> = request.shares.iter().map(of_condition).collect::<Result<_, _>>()?;
    for positions in [&mut cells, &mut measures] {
        positions.sort_unstable();
        positions.dedup();
    }
    Ok(StreamColumns { key: optional(&request.strata)?, weight: optional(&request.weight)?, size: optional(&request.fpc)?, cells, measures })
}

/// What each code of the measures means for the shares that are wanted.
fn rules(wanted: &Wanted, columns: &StreamColumns) -> Result<Vec<(usize, Vec<u8>)>, HandOver> {
    let rule = |values: &Values| {
        let Values::CountedShare(position, answers) = values else { return Err(HandOver("request")) };
        let measure = columns.measures.iter().position(|p| p == position).ok_or(HandOver("column"))?;
        let [_, _, outside] = OUTCOMES;
        Ok((measure, answers.iter().map(|answer| if matches!(*answer, NO | YES) { *answer } else { outside }).collect()))
    };
    wanted.measures.iter().map(|measure| rule(&measure.values)).collect()
}

/// The domain and the breakdowns, by the cells of the crossing.
fn banners(wanted: &Wanted) -> Vec<Banner> {
    let whole = Banner { group_of_cell: wanted.domain.iter().map(|inside| inside.then_some(0)).collect(), groups: 1 };
    let by = wanted.by.iter().map(|by| {
        let mut group_of_cell = vec![None; wanted.domain.len()];
        for (group, members) in (0..).zip(by.groups.rows()) {
            members.iter().for_each(|cell| group_of_cell[*cell as usize] = Some(group));
        }
        Banner { group_of_cell, groups: by.groups.count() }
    });
    std::iter::once(whole).chain(by).collect()
}

/// Whether a key is a whole number in its one spelling.
fn plain(key: &str) -> bool {
    key.parse::<u32>().is_ok_and(|n| n.to_string() == key)
}

/// The design as [`super::design::make`] would declare it, and the weight of each stratum.
fn design(request: &Request, streamed: &Streamed) -> Result<(Made, Vec<f64>), HandOver> {
    // Two spellings of one stratum are one; numbers that are no keys have several.
    let mut names: Vec<String> = streamed.keys.iter().filter_map(|k| k.text.as_deref()).map(fold).collect();
    names.sort_unstable();
    names.dedup();
    let known = streamed.keys.iter().filter_map(|k| k.text.as_deref());
    if request.strata.is_some() && (names.len() < streamed.keys.len() || known.clone().any(|k| fold(k).is_empty() || number(&fold(k)).is_some() && !plain(k))) {
        return Err(HandOver("strata"));
    }
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
