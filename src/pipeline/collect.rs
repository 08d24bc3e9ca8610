//! Reads every file that a plan names: responses, counts, population tables.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::load::Project;
use super::plan::{Definition, Plan, Wave};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::indicator::AdminTable;
use crate::progress::{Progress, Step};
use crate::provenance::FileDigest;
use crate::raw::{self, ReadOptions, Table};

/// Everything that was read, by the names that the plan uses.
#[derive(Debug)]
pub(super) struct Collected {
    /// Response tables: one entry a survey, one a wave in it, one a file in that.
    pub(super) responses: Vec<Vec<Vec<Table>>>,
    /// Population tables by file name.
    pub(super) populations: BTreeMap<String, Table>,
    /// Cleaning logs by file name.
    pub(super) logs: BTreeMap<String, Table>,
    /// Counts by file name and sheet.
    pub(super) counts: BTreeMap<(String, Option<String>), AdminTable>,
    /// Identity of every file, in the order of the plan.
    pub(super) digests: Vec<FileDigest>,
    /// What reading found.
    pub(super) findings: Vec<Finding>,
}

/// One file to read, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Request {
    name: String,
    options: ReadOptions,
}

/// # Errors
/// Every file that cannot be read, in one go.
pub(super) fn collect(project: &Project, plan: &Plan, progress: &dyn Progress) -> Result<Collected> {
    let requests = requests(plan);
    progress.start(Step::Read, requests.len() as u64);
    // In the order of the plan, whichever thread reads which: collect keeps positions.
    let read: Vec<Result<Table>> = requests
        .par_iter()
        .map(|r| {
            let table = raw::read(&project.data(&r.name), &r.name, &r.options);
            progress.advance(1);
            table
        })
        .collect();
    progress.finish();
    let mut tables = Vec::new();
    let mut mistakes = Vec::new();
    for table in read {
        match table {
            Ok(table) => tables.push(table),
            Err(error) => mistakes.extend(error.into_diagnostics()),
        }
    }
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    sort_out(plan, &requests, &tables)
}

fn of_wave(wave: &Wave) -> impl Iterator<Item = Request> + '_ {
    wave.responses.iter().map(|name| Request {
        name: name.clone(),
        options: ReadOptions { sheet: wave.sheet.clone(), header_rows: wave.header_rows, encoding: wave.encoding.clone() },
    })
}

fn of_count(definition: &Option<Definition>) -> Option<Request> {
    match definition {
        Some(Definition::Count { file, sheet, .. }) => {
            Some(Request { name: file.clone(), options: ReadOptions { sheet: sheet.clone(), ..ReadOptions::default() } })
        }
        _ => None,
    }
}

fn requests(plan: &Plan) -> Vec<Request> {
    let mut out: Vec<Request> = Vec::new();
    let mut add = |r: Request| {
        if !out.contains(&r) {
            out.push(r);
        }
    };
    for wave in plan.surveys.iter().flat_map(|s| &s.waves) {
        of_wave(wave).for_each(&mut add);
        for name in wave.population.iter().chain(&wave.cleaning_logs) {
            add(Request { name: name.clone(), options: ReadOptions::default() });
        }
    }
    plan.indicators.iter().flat_map(|i| &i.measures).filter_map(|m| of_count(&m.definition)).for_each(&mut add);
    out
}

fn sort_out(plan: &Plan, requests: &[Request], tables: &[Table]) -> Result<Collected> {
    let find = |wanted: &Request| requests.iter().position(|r| r == wanted).and_then(|i| tables.get(i));
    let responses = plan
        .surveys
        .iter()
        .map(|s| s.waves.iter().map(|w| of_wave(w).filter_map(|r| find(&r).cloned()).collect()).collect())
        .collect();
    let named = |names: &mut dyn Iterator<Item = &String>| -> BTreeMap<String, Table> {
        let table = |name: &String| Some((name.clone(), find(&Request { name: name.clone(), options: ReadOptions::default() })?.clone()));
        names.filter_map(table).collect()
    };
    let waves = || plan.surveys.iter().flat_map(|s| &s.waves);
    let populations = named(&mut waves().filter_map(|w| w.population.as_ref()));
    let logs = named(&mut waves().flat_map(|w| &w.cleaning_logs));
    let mut counts = BTreeMap::new();
    let mut mistakes = Vec::new();
    for request in plan.indicators.iter().flat_map(|i| &i.measures).filter_map(|m| of_count(&m.definition)) {
        let key = (request.name.clone(), request.options.sheet.clone());
        if let (false, Some(table)) = (counts.contains_key(&key), find(&request)) {
            match AdminTable::read(table) {
                Ok(table) => drop(counts.insert(key, table)),
                Err(error) => mistakes.extend(error.into_diagnostics()),
            }
        }
    }
    match Error::all(mistakes) {
        Some(error) => Err(error),
        None => Ok(Collected {
            responses,
            populations,
            logs,
            counts,
            digests: tables.iter().map(|t| t.digest.clone()).collect(),
            findings: tables.iter().flat_map(|t| t.findings.clone()).collect(),
        }),
    }
}
