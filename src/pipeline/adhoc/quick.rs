//! The quick way for what is asked for most: shares, means, totals, ratios and quantiles of columns with few
//! values, of a coded CSV or of Parquet, of a stratified or clustered sample. The rows are added up as they
//! are read and never held. What it gives is byte for byte what [`super::read`] and [`super::compute`] give;
//! where it could not be, it gives nothing.

use super::condition::Condition;
use super::measures::{Wanted, quantile_parts};
use super::missing::Missing;
use super::request::Request;
use super::shares;
use super::sums::Sums;
use super::{AdhocOutcome, estimates, notes, unweighted};
use crate::design::Nesting;
use crate::engine::{Crossed, StreamColumns, Streamed, stream};
use crate::error::Error;
use crate::finding::Finding;
use crate::pipeline::sample_design::{Replication, SampleDesign};
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
    /// What [`super::compute`] would have given.
    pub outcome: AdhocOutcome,
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
    let mut told = Vec::new();
    let (made, weights) = declared(request)?.of_totals(&streamed, &mut told)?;
    let options = made.options(method, request.level, request.deff);
    let read = Reading { request, table, columns: &columns, streamed: &streamed };
    let sums =
        Sums { columns: &columns, streamed: &streamed, weights: &weights, made: &made, options: &options };
    let (wanted, shares, mut findings) = read.all(&sums)?;
    findings.extend(told);
    findings.extend(unweighted::finding(request, std::slice::from_ref(table)));
    let report =
        estimates::Reporting { n_total: streamed.rows, n_w_total: sums.total_weight(), options: &options };
    let rows = estimates::rows_of_estimates(&wanted, &shares, &report);
    let notes = notes::of(&wanted, &made, &options, request.base, &rows, &[]);
    let sheet = Sheet { rows, notes, level: request.level, labels: FileLabels::default() };
    let outcome = AdhocOutcome { sheet, decoding: Vec::new(), findings, weights: None };
    Ok(Quick { beginning: table.clone(), rows: streamed.rows, outcome })
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
        let mistake = |_: Error| HandOver("mistakes");
        let mut findings = Vec::new();
        let missing = Missing::parse(&request.missing, &source).map_err(mistake)?;
        let wanted = Wanted::resolve(request, &source, &missing, &mut findings).map_err(mistake)?;
        Ok((wanted, findings))
    }

    /// Each breakdown from its crossing; everyone from the first.
    fn all(&self, sums: &Sums<'_>) -> Result<(Wanted, shares::Estimates, Vec<Finding>), HandOver> {
        let mut out: Option<(Wanted, shares::Estimates, Vec<Finding>)> = None;
        for crossed in &self.streamed.crossed {
            let by = self.request.by.get(crossed.breakdowns.clone()).unwrap_or_default().to_vec();
            let (wanted, findings) = self.wanted(crossed, &Request { by, ..self.request.clone() })?;
            let shares = sums.estimates(crossed, &wanted, out.is_none())?;
            match &mut out {
                None => out = Some((wanted, shares, findings)),
                Some((known, estimates, told)) => {
                    estimates.iter_mut().zip(shares).for_each(|(known, more)| known.extend(more));
                    known.by.extend(wanted.by);
                    // What was found of conditions and shares has been told.
                    let without =
                        self.wanted(crossed, &Request { by: Vec::new(), ..self.request.clone() })?.1.len();
                    told.extend(findings.into_iter().skip(without));
                }
            }
        }
        out.ok_or(HandOver("crossings"))
    }
}

/// Whether nothing is asked for but numbers of a stratified or clustered sample.
fn simple(request: &Request) -> bool {
    let Request {
        files: _,
        read,
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
        population,
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
    let tables = [questionnaire, population, post_stratify, calibrate];
    let fitted = function.is_some() || bounds.is_some() || trim.is_some();
    let uncalibrated = tables.iter().all(|t| t.is_none()) && rake.is_empty() && !fitted;
    // Who was asked makes pairs of answers; of numbers there would be too many.
    any && (asked_if.is_empty() || !any_numbers)
        && against.is_empty()
        && !weights
        && differences.is_empty()
        && tests.is_empty()
        && none
        && uncalibrated
        && ReadOptions { piece: None, responses: false, ..read.clone() } == ReadOptions::default()
        && (*nesting == Nesting::Unique || clusters.is_some())
        && *level > 0.0
        && *level < 1.0
}

/// The design that a request without tables declares.
fn declared(request: &Request) -> Result<SampleDesign<'static>, HandOver> {
    let one = |name: &Option<String>| name.iter().map(|name| name.trim().to_owned()).collect();
    Ok(SampleDesign {
        strata: one(&request.strata),
        clusters: one(&request.clusters),
        fpc: one(&request.fpc),
        nesting: request.nesting,
        lonely: request.lonely,
        weight: request.weight.clone(),
        replication: request.replication().map_err(|_| HandOver("replicates"))?,
        ..SampleDesign::default()
    })
}

fn position(name: &str, table: &Table) -> Result<usize, HandOver> {
    table.column(name.trim()).map(|c| c.position).ok_or(HandOver("column"))
}

/// The columns that the request speaks of: those of breakdowns and conditions cross, those of shares are
/// counted.
fn columns(request: &Request, table: &Table) -> Result<StreamColumns, HandOver> {
    let source = Source::new(std::slice::from_ref(table)).map_err(|_| HandOver("rows"))?;
    let optional = |name: &Option<String>| name.as_ref().map(|n| position(n, table)).transpose();
    let of_condition = |typed: &String| {
        let condition =
            Condition::parse(typed, |name| source.has(name)).map_err(|_| HandOver("condition"))?;
        position(&condition.column, table)
    };
    let by = request.by.iter().flat_map(|list| source.split(list)).map(|name| position(name, table));
    let mut cells: Vec<usize> =
        by.chain(request.conditions.iter().map(of_condition)).collect::<Result<_, _>>()?;
    let numbers = request.means.iter().chain(&request.totals).map(String::as_str);
    let quantiles = request.quantiles.iter().map(|typed| quantile_parts(typed).map_or("", |(name, _)| name));
    let ratio = |typed: &String| {
        let (above, below) = source.cut(typed, "/").ok_or(HandOver("ratio"))?;
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
        _ => return Err(HandOver("skip rules")),
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
    let breakdown = |list: &String| -> Result<Vec<usize>, HandOver> {
        let mut places: Vec<usize> = source.split(list).into_iter().map(place).collect::<Result<_, _>>()?;
        places.extend(&conditions);
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
