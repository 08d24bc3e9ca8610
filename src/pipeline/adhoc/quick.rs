//! The quick way for what is asked for most: shares, means, totals, ratios and quantiles of columns with few
//! values, of a coded CSV or of Parquet, of a stratified or clustered sample, whose weights may be fitted to
//! margins. The rows are added up as they
//! are read and never held. What it gives is byte for byte what [`super::read`] and [`super::compute`] give;
//! where it could not be, it gives nothing.

use super::condition::Condition;
use super::inputs;
use super::measures::{Wanted, quantile_parts};
use super::missing::Missing;
use super::request::Request;
use super::shares;
use super::sums::{Sums, in_one};
use super::{AdhocOutcome, estimates, notes, unweighted};
use crate::design::Nesting;
use crate::engine::{Crossed, StreamColumns, Streamed, stream};
use crate::error::Error;
use crate::estimate::Options;
use crate::finding::Finding;
use crate::pipeline::sample_design::totals::{Units, strata_texts};
use crate::pipeline::sample_design::{FittedSums, Replication};
use crate::pipeline::variables::distinct::table_of_distinct;
use crate::pipeline::variables::source::{Counted, Source};
use crate::raw::scan::{HandOver, Plain};
use crate::raw::{ReadOptions, Table};
use crate::report::estimate_tables::{FileLabels, Sheet};

/// What the quick way gives.
#[derive(Debug)]
pub struct Quick {
    /// What was read: the header with the first rows.
    pub beginning: Table,
    /// Rows of the file.
    pub rows: u64,
    /// The population tables.
    pub populations: Vec<Table>,
    /// What [`super::compute`] would have given.
    pub outcome: AdhocOutcome,
}

/// Reads and computes in one pass, if the request and the file are plain enough; the reason if not.
///
/// # Errors
/// Why the general way has to do it. Mistakes of the request are among them: it will tell them.
pub fn quick(request: &Request) -> Result<Quick, HandOver> {
    let [path] = &request.files[..] else { return Err(HandOver::Files) };
    if !simple(request) {
        return Err(HandOver::Request);
    }
    let method = super::method(&request.method).map_err(|_| HandOver::Method)?;
    let file = Plain::look(path, &path.to_string_lossy(), &request.read)?;
    let table = file.beginning();
    let source = Source::new(std::slice::from_ref(table)).map_err(|_| HandOver::Rows)?;
    // The population tables; there is no other file.
    let inputs = inputs::read(&Request { files: Vec::new(), ..request.clone() });
    let inputs = inputs.map_err(|_| HandOver::Population)?;
    let design = request.sample_design(&inputs, &source).map_err(|_| HandOver::Design)?;
    if !design.is_of_totals() {
        return Err(HandOver::Design);
    }
    let margins = design.margin_variables(&source).map_err(|_| HandOver::Population)?;
    let margins: Vec<usize> = margins.iter().map(|name| position(name, table)).collect::<Result<_, _>>()?;
    let columns = columns(request, table, &margins)?;
    let streamed = stream(&file, &columns)?;
    let mut told = Vec::new();
    let combined = match margins.is_empty() {
        true => None,
        false => Some(streamed.combined(&places(&margins, &columns.cells)).ok_or(HandOver::Margins)?),
    };
    let counted = |crossed| Counted { columns: &columns, streamed: &streamed, crossed };
    let combinations = combined.as_ref().map(|crossed| (crossed, Source::counted(table, counted(crossed))));
    let strata = strata_texts(&streamed);
    let distinct = table_of_distinct(table, |position| match columns.key == Some(position) {
        true => strata.clone(),
        false => Vec::new(),
    });
    let of_strata = Source::new(std::slice::from_ref(&distinct)).map_err(|_| HandOver::Rows)?;
    let units = Units {
        streamed: &streamed,
        combined: combinations.as_ref().map(|(crossed, source)| (*crossed, source)),
        strata: (&strata, &of_strata),
    };
    let of_totals = design.of_totals(units, &mut told)?;
    let (made, weights) = (of_totals.built, of_totals.weight_of_key);
    let keys = (weights.as_slice(), of_totals.unit_of_key.as_slice());
    let fitted = combined.as_ref().map(|crossed| FittedSums::of(&made.design, &streamed, crossed, keys));
    let fitted = fitted.transpose()?;
    let options =
        Options { difference: request.difference, ..made.options(method, request.level, request.deff) };
    let read = Reading { request, table, columns: &columns, streamed: &streamed };
    let sums = Sums {
        columns: &columns,
        streamed: &streamed,
        weights: &weights,
        fitted: fitted.as_ref(),
        made: &made,
        options: &options,
    };
    let (wanted, shares, mut findings) = read.all(&sums)?;
    findings.extend(told);
    findings.extend(unweighted::finding(request, std::slice::from_ref(table)));
    let report =
        estimates::Reporting { n_total: streamed.rows, n_w_total: sums.total_weight(), options: &options };
    let rows = estimates::rows_of_estimates(&wanted, &shares, &report);
    let notes = notes::of(&wanted, &made, &options, request.base, &rows, &[]);
    let sheet = Sheet { rows, notes, level: request.level, labels: FileLabels::default() };
    let outcome = AdhocOutcome { sheet, decoding: Vec::new(), findings, weights: None };
    let populations = inputs.populations().cloned().collect();
    Ok(Quick { beginning: table.clone(), rows: streamed.rows, populations, outcome })
}

/// A request and the file that was read for it.
struct Reading<'a> {
    request: &'a Request,
    table: &'a Table,
    columns: &'a StreamColumns,
    streamed: &'a Streamed,
}

impl Reading<'_> {
    /// What `request`, all or a part of it, means on a crossing.
    fn wanted(&self, crossed: &Crossed, request: &Request) -> Result<(Wanted, Vec<Finding>), HandOver> {
        let source =
            Source::counted(self.table, Counted { columns: self.columns, streamed: self.streamed, crossed });
        let mistake = |_: Error| HandOver::Mistakes;
        let mut findings = Vec::new();
        let missing = Missing::parse(&request.missing, &source).map_err(mistake)?;
        let wanted = Wanted::resolve(request, &source, &missing, &mut findings).map_err(mistake)?;
        Ok((wanted, findings))
    }

    /// Each breakdown from its crossing; everyone from the first.
    fn all(&self, sums: &Sums<'_>) -> Result<(Wanted, shares::Estimates, Vec<Finding>), HandOver> {
        let mut told = Vec::new();
        let of_crossing = |(at, crossed): (usize, &Crossed)| {
            let by = self.request.by.get(crossed.breakdowns.clone()).unwrap_or_default().to_vec();
            let (wanted, findings) = self.wanted(crossed, &Request { by, ..self.request.clone() })?;
            // What was found of conditions and shares is told with the first.
            let without = match at {
                0 => 0,
                _ => self.wanted(crossed, &Request { by: Vec::new(), ..self.request.clone() })?.1.len(),
            };
            told.extend(findings.into_iter().skip(without));
            let estimates = sums.estimates(crossed, &wanted, at == 0)?;
            Ok((wanted, estimates))
        };
        let (wanted, estimates) = in_one(self.streamed.crossed.iter().enumerate().map(of_crossing))?;
        Ok((wanted, estimates, told))
    }
}

/// Whether nothing is asked for but numbers of a stratified or clustered sample.
fn simple(request: &Request) -> bool {
    let Request {
        files: _,
        read,
        joins,
        questionnaire,
        respondent: _,
        duplicates: _,
        against,
        against_questionnaire: _,
        shares,
        means,
        totals,
        ratios,
        quantiles,
        base: _,
        asked_if,
        missing: _,
        conditions: _,
        by: _,
        differences,
        tests,
        weight: _,
        strata: _,
        clusters,
        fpc: _,
        population: _,
        nesting,
        lonely: _,
        replicates: _,
        replicate_type: _,
        scale: _,
        rscales: _,
        rho: _,
        seed: _,
        centre: _,
        post_stratify,
        rake,
        calibrate,
        function,
        bounds,
        trim,
        negative_weights: _,
        weights,
        method: _,
        level,
        difference: _,
        deff: _,
    } = request;
    let numbers = [means, totals, ratios, quantiles];
    let any_numbers = numbers.iter().any(|n| !n.is_empty());
    let any = any_numbers || !shares.is_empty();
    // Replicates of clusters come from their totals; those of rows need the rows.
    let none = match request.replication() {
        Ok(Replication::None) => true,
        Ok(Replication::Made(..)) => clusters.is_some() && !any_numbers,
        Ok(Replication::Columns(_)) | Err(_) => false,
    };
    let by_row = function.is_some() || bounds.is_some() || trim.is_some();
    let uncalibrated = questionnaire.is_none() && calibrate.is_none() && !by_row;
    // Quantiles are of weights in an order, which a fit changes.
    let fitted = post_stratify.is_some() || !rake.is_empty();
    // Who was asked makes pairs of answers; of numbers there would be too many.
    any && (asked_if.is_empty() || !any_numbers)
        && joins.is_empty()
        && against.is_empty()
        && !weights
        && differences.is_empty()
        && tests.is_empty()
        && none
        && uncalibrated
        && (!fitted || quantiles.is_empty())
        && ReadOptions { piece: None, responses: false, ..read.clone() } == ReadOptions::default()
        && (*nesting == Nesting::Unique || clusters.is_some())
        && *level > 0.0
        && *level < 1.0
}

fn position(name: &str, table: &Table) -> Result<usize, HandOver> {
    table.column(name.trim()).map(|c| c.position).ok_or(HandOver::Column)
}

/// Of positions their places among those of the classifications, each once.
fn places(positions: &[usize], cells: &[usize]) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::new();
    for place in positions.iter().filter_map(|position| cells.iter().position(|cell| cell == position)) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// The columns that the request speaks of: those of breakdowns, conditions and margins cross, those of shares
/// are counted.
fn columns(request: &Request, table: &Table, margins: &[usize]) -> Result<StreamColumns, HandOver> {
    let source = Source::new(std::slice::from_ref(table)).map_err(|_| HandOver::Rows)?;
    let optional = |name: &Option<String>| name.as_ref().map(|n| position(n, table)).transpose();
    let of_condition = |typed: &String| {
        let condition = Condition::parse(typed, |name| source.has(name)).map_err(|_| HandOver::Condition)?;
        position(&condition.column, table)
    };
    let by = request.by.iter().flat_map(|list| source.split(list)).map(|name| position(name, table));
    let mut cells: Vec<usize> =
        by.chain(request.conditions.iter().map(of_condition)).collect::<Result<_, _>>()?;
    cells.extend(margins);
    let numbers = request.means.iter().chain(&request.totals).map(String::as_str);
    let quantiles = request.quantiles.iter().map(|typed| quantile_parts(typed).map_or("", |(name, _)| name));
    let ratio = |typed: &String| {
        let (above, below) = source.cut(typed, "/").ok_or(HandOver::Ratio)?;
        Ok((position(above, table)?, position(below, table)?))
    };
    let ratios: Vec<(usize, usize)> = request.ratios.iter().map(ratio).collect::<Result<_, HandOver>>()?;
    let of_share =
        |typed: &String| if source.has(typed) { position(typed, table) } else { of_condition(typed) };
    let shares: Vec<usize> = request.shares.iter().map(of_share).collect::<Result<_, _>>()?;
    // Who was asked depends on the answer to one other question: both are one answer.
    let mut rules: Vec<usize> = request.asked_if.iter().map(of_condition).collect::<Result<_, _>>()?;
    rules.dedup();
    let rule = match &rules[..] {
        [] => None,
        [rule] => Some(*rule),
        _ => return Err(HandOver::SkipRules),
    };
    let mut measures: Vec<usize> = shares
        .iter()
        .chain(&rule)
        .map(|position| Ok(*position))
        .chain(numbers.chain(quantiles).map(|name| position(name, table)))
        .chain(ratios.iter().flat_map(|(above, below)| [Ok(*above), Ok(*below)]))
        .collect::<Result<_, _>>()?;
    for positions in [&mut cells, &mut measures] {
        positions.sort_unstable();
        positions.dedup();
    }
    let place = |name: &str| position(name, table).map(|p| cells.iter().position(|c| *c == p).unwrap_or(0));
    let conditions: Vec<usize> = request
        .conditions
        .iter()
        .map(of_condition)
        .map(|p| p.map(|p| cells.iter().position(|c| *c == p).unwrap_or(0)))
        .collect::<Result<_, _>>()?;
    let margins = places(margins, &cells);
    let breakdown = |list: &String| -> Result<Vec<usize>, HandOver> {
        let mut places: Vec<usize> = source.split(list).into_iter().map(place).collect::<Result<_, _>>()?;
        places.extend(conditions.iter().chain(&margins));
        places.sort_unstable();
        places.dedup();
        Ok(places)
    };
    let breakdowns = request.by.iter().map(breakdown).collect::<Result<_, _>>()?;
    let measure = |position: usize| measures.iter().position(|p| *p == position).unwrap_or(0);
    let mut pairs: Vec<(usize, usize)> =
        ratios.into_iter().map(|(above, below)| (measure(above), measure(below))).collect();
    pairs.extend(rule.iter().flat_map(|rule| shares.iter().map(|share| (measure(*share), measure(*rule)))));
    pairs.sort_unstable();
    pairs.dedup();
    Ok(StreamColumns {
        key: optional(&request.strata)?,
        cluster: optional(&request.clusters)?,
        weight: optional(&request.weight)?,
        size: optional(&request.fpc)?,
        cells,
        breakdowns,
        measures,
        pairs,
        ids: None,
        others: Vec::new(),
        answers: Vec::new(),
    })
}
