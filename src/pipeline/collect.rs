//! Reads every file that a plan names: responses, counts, population tables. Of large response files whose
//! answers are known from an earlier run, only the digests are taken.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};

use super::cleaning::logs_of;
use super::decoded::Decoded;
use super::definition::Definition;
use super::kept::FileSaid;
use super::listed::{all, apart, counts, of_count, of_wave};
use super::load::Project;
use super::plan::{Plan, Survey, Wave};
use super::reuse::{Ingredients, Reuse};
use super::source::{Request, WaveFiles, WaveSource};
use super::summed::{Summed, summed};
use super::wave::DesignFiles;
use crate::error::{Error, Result, SourceText, collect as collect_one};
use crate::finding::Finding;
use crate::indicator::Counts;
use crate::join::Join;
use crate::progress::{Progress, Step};
use crate::provenance::FileDigest;
use crate::raw::{self, ReadOptions, Sheet, Table};

/// Everything that was read, by the names that the plan uses.
#[derive(Debug)]
pub(super) struct Collected {
    /// Response files: one entry a survey, one a wave in it.
    pub(super) responses: Vec<Vec<WaveFiles>>,
    /// Waves that were added up as they were read, by survey and wave: their response files are not held.
    pub(super) summed: BTreeMap<(usize, usize), Summed>,
    /// Population tables by file name.
    pub(super) populations: BTreeMap<String, Table>,
    /// Scales of replicates by file name.
    pub(super) scales: BTreeMap<String, SourceText>,
    /// Cleaning logs by file name.
    pub(super) logs: BTreeMap<String, Table>,
    /// Counts by their files and sheet.
    pub(super) counts: BTreeMap<CountKey, Counts>,
    /// Identity of every file, in the order of the plan.
    pub(super) digests: Vec<FileDigest>,
    /// What reading found.
    pub(super) findings: Vec<Finding>,
}

impl Collected {
    /// The files that the design of a wave needs.
    ///
    /// # Errors
    /// Those of reading the response files, where columns of theirs are needed.
    pub(super) fn design_files<'a>(
        &'a self,
        source: &'a WaveSource<'_>,
        survey: &Survey,
        wave: &Wave,
    ) -> Result<DesignFiles<'a>> {
        let needed = wave.design.needs_columns(&survey.questionnaire);
        let responses = if needed { source.cleaned(survey, wave)? } else { &[] };
        Ok(DesignFiles { responses, populations: &self.populations, scales: &self.scales })
    }
}

/// The files and the sheet of a count, as the plan names them.
pub(super) type CountKey = (Vec<String>, Option<String>);

/// What becomes of the rows of response files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// They are held.
    Held,
    /// They are added up as they are read, where the wave's numbers are those of held rows.
    Streamed,
}

/// A file that the plan names.
struct File {
    request: Request,
    /// Only large waves need it, so that it may not have to be read.
    waits: bool,
    /// SHA-256 of its bytes, where it waits.
    digest: Option<String>,
    table: Option<Result<Table>>,
    /// What was said of it without reading it into a table: by an earlier run, or as it was added up.
    said: Option<FileSaid>,
}

impl File {
    fn read(&self) -> Option<&Table> {
        self.table.as_ref()?.as_ref().ok()
    }
}

struct Files(Vec<File>);

impl Files {
    fn of(&self, request: &Request) -> Option<&File> {
        self.0.iter().find(|f| f.request == *request)
    }

    fn of_mut(&mut self, request: &Request) -> Option<&mut File> {
        self.0.iter_mut().find(|f| f.request == *request)
    }

    /// The tables of these names, as far as they have been read.
    fn named<'n>(
        &self,
        project: &Project,
        names: impl Iterator<Item = &'n String>,
    ) -> BTreeMap<String, Table> {
        let table = |name: &String| {
            Some((
                name.clone(),
                self.of(&Request::of(project, name, ReadOptions::default()))?.read()?.clone(),
            ))
        };
        names.filter_map(table).collect()
    }

    /// The answers of a large wave that an earlier run left, with the digests of its files and what was said
    /// of them.
    fn known(&self, reuse: &Reuse, project: &Project, plan: &Plan, (s, w): (usize, usize)) -> Option<Known> {
        let (survey, wave) = (plan.surveys.get(s)?, plan.surveys.get(s)?.waves.get(w)?);
        let logs = logs_of(plan, s, w, &self.named(project, wave.cleaning_logs.iter())).ok()?;
        let requests: Vec<Request> = of_wave(project, wave).collect();
        let digest = |request| {
            self.of(request).and_then(|f| f.digest.clone().or_else(|| Some(f.read()?.digest.sha256.clone())))
        };
        let digests = requests.iter().map(digest).collect::<Option<Vec<String>>>()?;
        let files = requests
            .iter()
            .zip(&digests)
            .map(|(request, digest)| (request.name.as_str(), digest.as_str(), &request.options))
            .collect();
        let (decoded, said) =
            reuse.find(&reuse.key(&Ingredients { files, survey, wave, logs: &logs }, None)?)?;
        Some(Known { requests, digests, decoded, said })
    }
}

/// What an earlier run left of a wave.
struct Known {
    requests: Vec<Request>,
    digests: Vec<String>,
    decoded: Decoded,
    said: Vec<FileSaid>,
}

/// Reads what the plan names; of response files only those whose answers `reuse` does not know.
///
/// # Errors
/// Every file that cannot be read, in one go.
pub(super) fn collect(
    project: &Project,
    plan: &Plan,
    (reuse, rows): (Option<&Reuse>, Rows),
    progress: &dyn Progress,
) -> Result<Collected> {
    let length = |name: &'_ String| raw::length(&project.data(name));
    let large = |wave: &Wave| {
        let files = wave.responses.iter().filter_map(|name| Some((name.as_str(), length(name)?)));
        reuse.filter(|reuse| reuse.worth(files))
    };
    let waves = || {
        plan.surveys
            .iter()
            .enumerate()
            .flat_map(|(s, survey)| survey.waves.iter().enumerate().map(move |(w, wave)| ((s, w), wave)))
    };
    let listed = all(project, plan);
    progress.start(Step::Read, (listed.len() + counts(project, plan).len()) as u64);
    let mut added: BTreeMap<(usize, usize), Summed> = BTreeMap::new();
    for (at, wave) in waves().filter(|_| rows == Rows::Streamed) {
        let requests: Vec<Request> = of_wave(project, wave).collect();
        let table = |name: &String| {
            Some((name.clone(), Request::of(project, name, ReadOptions::default()).read().ok()?))
        };
        let populations = wave.design.files().filter_map(table).collect();
        let found = summed(plan, at, &requests, &populations);
        added.extend(found.ok().map(|summed| (at, summed)));
    }
    let read = |at: &(usize, usize)| !added.contains_key(at);
    let at_once: Vec<Request> = waves()
        .filter(|(at, wave)| read(at) && large(wave).is_none())
        .flat_map(|(_, wave)| of_wave(project, wave))
        .chain(apart(project, plan))
        .collect();
    let file = |request: Request| {
        let summed = waves().find(|(at, wave)| !read(at) && of_wave(project, wave).any(|r| r == request));
        let summed = summed.and_then(|(at, _)| added.get(&at));
        File {
            waits: !at_once.contains(&request),
            digest: summed.map(|summed| summed.digest.sha256.clone()),
            said: summed.map(|summed| FileSaid { digest: summed.digest.clone(), findings: Vec::new() }),
            request,
            table: None,
        }
    };
    let mut files = Files(listed.into_iter().map(file).collect());
    // In the order of the plan, whichever thread reads which.
    files.0.par_iter_mut().for_each(|file| {
        if file.waits {
            if file.digest.is_some() {
                return;
            }
            file.digest = raw::digest(&file.request.path, &file.request.name).ok().map(|d| d.sha256);
        } else {
            file.table = Some(file.request.read());
            progress.advance(1);
        }
    });
    let mut known = BTreeMap::new();
    for (at, wave) in waves().filter(|(at, _)| read(at)) {
        known.extend(
            large(wave).and_then(|reuse| files.known(reuse, project, plan, at)).map(|found| (at, found)),
        );
    }
    let unknown: Vec<Request> = waves()
        .filter(|(at, _)| read(at) && !known.contains_key(at))
        .flat_map(|(_, wave)| of_wave(project, wave))
        .collect();
    files.0.par_iter_mut().filter(|f| f.waits).for_each(|file| {
        if unknown.contains(&file.request) {
            file.table = Some(file.request.read());
        }
        progress.advance(1);
    });
    let of_counts = sheets(project, plan, progress);
    progress.finish();
    let broken = files
        .0
        .iter_mut()
        .filter_map(|file| file.table.take_if(|table| table.is_err()))
        .filter_map(Result::err);
    let mut mistakes: Vec<_> = broken.flat_map(Error::into_diagnostics).collect();
    let of_counts = collect_one(of_counts, &mut mistakes).unwrap_or_default();
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    for (request, said) in known.values().flat_map(|k| k.requests.iter().zip(&k.said)) {
        files.of_mut(request).into_iter().for_each(|file| file.said = Some(said.clone()));
    }
    let populations = files.named(project, waves().flat_map(|(_, w)| w.design.files()));
    let logs = files.named(project, waves().flat_map(|(_, w)| &w.cleaning_logs));
    let scales = scales(project, waves().filter_map(|(_, w)| w.design.rscales()))?;
    let mut said: Vec<FileSaid> =
        files.0.iter().filter_map(|f| f.read().map(FileSaid::of).or_else(|| f.said.clone())).collect();
    let of_sheet =
        |sheet: &Sheet| FileSaid { digest: sheet.digest.clone(), findings: sheet.findings.clone() };
    said.extend(of_counts.iter().map(|(_, sheet)| of_sheet(sheet)));
    let mut mistakes = Vec::new();
    let mut responses: Vec<Vec<WaveFiles>> = plan.surveys.iter().map(|_| Vec::new()).collect();
    let mut left = unknown.as_slice();
    for (at, wave) in waves() {
        let joins: Vec<Join> = wave.joins.iter().map(|join| join.how.clone()).collect();
        let of = match (known.remove(&at), added.get(&at)) {
            (Some(Known { requests, digests, decoded, .. }), _) => {
                WaveFiles::known(requests, digests, joins, decoded)
            }
            (None, Some(summed)) => WaveFiles::summed(of_wave(project, wave).collect(), &summed.digest),
            (None, None) => {
                let (requests, later) = left.split_at(wave.responses.len() + wave.joins.len());
                left = later;
                // Tables are large: the last wave that needs one takes it.
                let table = |(at, request): (usize, &Request)| {
                    let table = &mut files.of_mut(request)?.table;
                    if later.contains(request) || requests[at + 1..].contains(request) {
                        table.as_ref()?.as_ref().ok().cloned()
                    } else {
                        table.take()?.ok()
                    }
                };
                let tables = requests.iter().enumerate().filter_map(table).collect();
                let read = WaveFiles::read(requests.to_vec(), tables, joins, large(wave).is_some());
                let Some(read) = collect_one(read, &mut mistakes) else { continue };
                read
            }
        };
        responses[at.0].push(of);
    }
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    let digests = said.iter().map(|s| s.digest.clone()).collect();
    Ok(Collected {
        responses,
        summed: added,
        populations,
        scales,
        logs,
        counts: counts_of(project, plan, &of_counts),
        digests,
        findings: said.into_iter().flat_map(|s| s.findings).collect(),
    })
}

/// The scales of replicates.
///
/// # Errors
/// Files that cannot be read, in one go.
fn scales<'n>(
    project: &Project,
    names: impl Iterator<Item = &'n String>,
) -> Result<BTreeMap<String, SourceText>> {
    let mut mistakes = Vec::new();
    let mut read = |name: &String| {
        Some((name.clone(), collect_one(raw::read_text(&project.data(name), name), &mut mistakes)?))
    };
    let scales = names.filter_map(&mut read).collect();
    Error::all(mistakes).map_or(Ok(scales), Err)
}

/// The sheets of the counts of the departments, each read once.
type Sheets = Vec<(Request, Sheet)>;

/// # Errors
/// Files that cannot be read, in one go.
fn sheets(project: &Project, plan: &Plan, progress: &dyn Progress) -> Result<Sheets> {
    let mut mistakes = Vec::new();
    let mut out = Vec::new();
    for request in counts(project, plan) {
        let sheets = collect_one(request.read_sheets(), &mut mistakes).unwrap_or_default();
        out.extend(sheets.into_iter().map(|sheet| (request.clone(), sheet)));
        progress.advance(1);
    }
    Error::all(mistakes).map_or(Ok(out), Err)
}

/// The counts by the names that the plan uses.
fn counts_of(project: &Project, plan: &Plan, sheets: &Sheets) -> BTreeMap<CountKey, Counts> {
    let mut out = BTreeMap::new();
    for measure in plan.indicators.iter().flat_map(|i| &i.measures) {
        let Some(Definition::Count { files, sheet, .. }) = &measure.definition else { continue };
        out.entry((files.clone(), sheet.clone())).or_insert_with(|| {
            let requests = of_count(project, &measure.definition);
            let own = requests.iter().flat_map(|request| sheets.iter().filter(move |(r, _)| r == request));
            Counts::of(own.map(|(_, sheet)| sheet.clone()).collect())
        });
    }
    out
}
