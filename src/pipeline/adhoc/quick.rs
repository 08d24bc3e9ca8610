//! The quick way for what is asked for most: shares, means, totals, ratios and quantiles of columns with few
//! values, of a coded CSV or of Parquet, of a stratified or clustered sample. The rows are added up as they
//! are read and never held. What it gives is byte for byte what [`super::read`] and [`super::compute`] give;
//! where it could not be, it gives nothing.

use std::collections::{HashMap, HashSet};

use super::condition::Condition;
use super::levels::{Codes, CountedColumn};
use super::measures::{Values, Wanted, quantile_parts};
use super::missing::Missing;
use super::request::Request;
use super::shares::{self, Banner, OUTCOMES, What};
use super::{AdhocOutcome, estimates, notes};
use crate::design::{Design, Nesting, StratumSize};
use crate::engine::{Crossed, Recoding, StreamColumns, Streamed, StreamedKey, stream};
use crate::error::Error;
use crate::estimate::{DeffReference, NO, Options, YES};
use crate::finding::Finding;
use crate::pipeline::sample_design::{BuiltDesign, Replication, words};
use crate::pipeline::variables::source::{Counted, Source};
use crate::raw::scan::{HandOver, Plain};
use crate::raw::{ReadOptions, Table};
use crate::report::estimate_tables::{FileLabels, Sheet};
use crate::stats::exact_sum;
use crate::text::fold::fold;
use crate::text::number::number;

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
    let (made, weights, told) = design(request, &streamed)?;
    let options = made.options(method, request.level, request.deff);
    let read = Reading { request, table, columns: &columns, streamed: &streamed };
    let (wanted, shares, mut findings) = read.all(&weights, &made, &options)?;
    findings.extend(told);
    let n_w_total = streamed
        .weight()
        .unwrap_or_else(|| exact_sum(weights.iter().zip(&streamed.keys).map(|(w, key)| (*w, key.rows))));
    let report = estimates::Reporting { n_total: streamed.rows, n_w_total, options: &options };
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

    /// The estimates of these banners.
    fn shares(
        &self,
        crossed: &Crossed,
        wanted: &Wanted,
        banners: &[Banner],
        weights: &[f64],
        made: &BuiltDesign,
        options: &Options,
    ) -> Result<shares::Estimates, HandOver> {
        let cube = self.streamed.cube(crossed, weights).ok_or(HandOver("sums"))?;
        let cube = cube.recoded_each(&rules(wanted, self.columns)?);
        let what: Vec<What<'_>> =
            wanted.measures.iter().map(|m| What::of(&m.values)).collect::<Option<_>>().ok_or(MANY)?;
        shares::of_cube(&cube, &what, banners, &made.design, made.replicates.as_ref(), options)
            .map_err(|_| HandOver("design"))
    }

    /// Each breakdown from its crossing; everyone from the first.
    fn all(
        &self,
        weights: &[f64],
        made: &BuiltDesign,
        options: &Options,
    ) -> Result<(Wanted, shares::Estimates, Vec<Finding>), HandOver> {
        let mut out: Option<(Wanted, shares::Estimates, Vec<Finding>)> = None;
        for crossed in &self.streamed.crossed {
            let by = self.request.by.get(crossed.breakdowns.clone()).unwrap_or_default().to_vec();
            let (wanted, findings) = self.wanted(crossed, &Request { by, ..self.request.clone() })?;
            let banners = banners(&wanted);
            let first = usize::from(out.is_some());
            let banners = banners.get(first..).unwrap_or_default();
            let shares = self.shares(crossed, &wanted, banners, weights, made, options)?;
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

/// Whether nothing is asked for but shares of a stratified or clustered sample.
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
    any && asked_if.is_empty()
        && against.is_empty()
        && !weights
        && differences.is_empty()
        && tests.is_empty()
        && none
        && uncalibrated
        && ReadOptions { piece: None, ..read.clone() } == ReadOptions::default()
        && (*nesting == Nesting::Unique || clusters.is_some())
        && *level > 0.0
        && *level < 1.0
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
    let mut measures: Vec<usize> = request
        .shares
        .iter()
        .map(of_share)
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
    })
}

/// A column of numbers has too many distinct ones.
const MANY: HandOver = HandOver("values");

/// What each code of the measures means for the numbers that are wanted.
fn rules(wanted: &Wanted, columns: &StreamColumns) -> Result<Vec<Recoding>, HandOver> {
    let measure =
        |position: usize| columns.measures.iter().position(|p| *p == position).ok_or(HandOver("column"));
    let rule = |values: &Values| {
        let what = What::of(values).ok_or(MANY)?;
        let code_count = what.code_count();
        let levels = match (values, what) {
            (Values::CountedShare(position, answers), _) => {
                let [_, _, outside] = OUTCOMES;
                let outcome = |answer: &u8| if matches!(*answer, NO | YES) { *answer } else { outside };
                let becomes = answers.iter().map(outcome).collect();
                return Ok(Recoding { measure: measure(*position)?, code_count, becomes });
            }
            (_, What::Number(_, levels) | What::Quantile(_, levels)) => levels,
            _ => return Err(HandOver("request")),
        };
        let Codes::Counted(column, becomes) = &levels.codes else { return Err(HandOver("request")) };
        let measure = match *column {
            CountedColumn::One(position) => measure(position)?,
            CountedColumn::Pair(above, below) => {
                columns.measures.len() + columns.pair(above, below).ok_or(HandOver("column"))?
            }
        };
        Ok(Recoding { measure, code_count, becomes: becomes.clone() })
    };
    wanted.measures.iter().map(|measure| rule(&measure.values)).collect()
}

/// The domain and the breakdowns, by the cells of the crossing.
fn banners(wanted: &Wanted) -> Vec<Banner> {
    let whole =
        Banner { group_of_cell: wanted.domain.iter().map(|inside| inside.then_some(0)).collect(), groups: 1 };
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
fn strata(request: &Request, streamed: &Streamed) -> Option<(Vec<StratumSize>, Vec<u32>)> {
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
            || request.nesting == Nesting::WithinStrata
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

/// The design as [`super::design::make`] would declare it, and the weight of each key.
fn design(request: &Request, streamed: &Streamed) -> Result<(BuiltDesign, Vec<f64>, Vec<Finding>), HandOver> {
    let mut how = Vec::new();
    if let Some(clusters) = &request.clusters {
        let count = spelled_once(streamed.keys.iter().filter_map(|k| k.cluster.as_deref()))
            .ok_or(HandOver("clusters"))?;
        how.push(words::clusters(clusters.trim(), &count.to_string()));
    }
    if let Some(names) = &request.strata {
        let count =
            spelled_once(streamed.keys.iter().filter_map(|k| k.text.as_deref())).ok_or(HandOver("strata"))?;
        how.push(words::strata(names.trim(), &count.to_string()));
    }
    if let Some(fpc) = &request.fpc {
        how.push(words::fpc(fpc.trim(), are_fractions(streamed)));
    }
    if let Some(weight) = &request.weight {
        how.push(words::weight(weight.trim()));
    }
    let (strata, stratum_of_key) = strata(request, streamed).ok_or(HandOver("design"))?;
    let weight = |(key, h): (&StreamedKey, &u32)| {
        let StratumSize { units, population } = strata[*h as usize];
        key.weight.unwrap_or(if population.is_finite() { population / units as f64 } else { 1.0 })
    };
    let weights: Vec<f64> = streamed.keys.iter().zip(&stratum_of_key).map(weight).collect();
    let counted = || weights.iter().zip(&streamed.keys).map(|(w, key)| w * key.rows as f64).sum::<f64>();
    let summed = streamed.weight();
    let sum = summed.unwrap_or_else(counted);
    // Whether the weights sum to more than the respondents must not hang on how they were added up.
    let stated = request.fpc.is_some();
    let deff = DeffReference::of(stated, sum, streamed.rows);
    if [1.0 - 1e-6, 1.0 + 1e-6]
        .iter()
        .any(|near| DeffReference::of(stated, sum * near, streamed.rows) != deff)
        && (summed.is_some() || weights.iter().any(|w| *w != 1.0))
    {
        return Err(HandOver("weights"));
    }
    let clusters = request.clusters.as_ref().map(|_| stratum_of_key);
    let design = Design::of_totals(streamed.rows, &strata, clusters, request.lonely);
    let design = design.filter(|_| weights.iter().all(|w| *w > 0.0)).ok_or(HandOver("design"))?;
    let (mut findings, mistake) = (Vec::new(), |_: Error| HandOver("replicates"));
    let replicates = match request.replication().map_err(mistake)? {
        Replication::Made(making, centre) => Some(
            making
                .make(&design, (centre, request.fpc.is_some()), &mut how, &mut findings)
                .map_err(mistake)?,
        ),
        _ => None,
    };
    if how.is_empty() {
        how.push(words::simple());
    }
    Ok((BuiltDesign { design, replicates, how, simple: !request.has_design(), deff }, weights, findings))
}
