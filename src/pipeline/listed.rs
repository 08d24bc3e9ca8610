//! The files that a plan lists.

use super::definition::Definition;
use super::load::Project;
use super::plan::{Plan, Wave};
use super::source::Request;
use crate::raw::ReadOptions;

/// The response files of a wave.
fn responses<'a>(project: &'a Project, wave: &'a Wave) -> impl Iterator<Item = Request> + 'a {
    let options = ReadOptions {
        sheet: wave.sheet.clone(),
        skip_rows: wave.skip_rows,
        header_rows: wave.header_rows,
        encoding: wave.encoding.clone(),
        ..ReadOptions::of_responses()
    };
    wave.responses.iter().map(move |name| Request::of(project, name, options.clone()))
}

/// The files that are joined to the responses of a wave.
fn joined<'a>(project: &'a Project, wave: &'a Wave) -> impl Iterator<Item = Request> + 'a {
    wave.joins.iter().map(|join| Request::of(project, &join.file, join.read.clone()))
}

/// The response files of a wave, then those that are joined to them.
pub(super) fn of_wave<'a>(project: &'a Project, wave: &'a Wave) -> impl Iterator<Item = Request> + 'a {
    responses(project, wave).chain(joined(project, wave))
}

/// The files of a count, which are read as whole sheets.
pub(super) fn of_count(project: &Project, definition: &Option<Definition>) -> Vec<Request> {
    match definition {
        Some(Definition::Count { files, sheet, .. }) => {
            let options = ReadOptions { sheet: sheet.clone(), ..ReadOptions::default() };
            files.iter().map(|file| Request::of(project, file, options.clone())).collect()
        }
        _ => Vec::new(),
    }
}

/// Population tables and cleaning logs of a wave. (Scales of replicates are a text, read apart.)
fn beside<'a>(project: &'a Project, wave: &'a Wave) -> impl Iterator<Item = Request> + 'a {
    wave.design
        .files()
        .chain(&wave.cleaning_logs)
        .map(|name| Request::of(project, name, ReadOptions::default()))
}

/// The files of all counts, each once.
pub(super) fn counts(project: &Project, plan: &Plan) -> Vec<Request> {
    let mut out = Vec::new();
    for measure in plan.indicators.iter().flat_map(|i| &i.measures) {
        for request in of_count(project, &measure.definition) {
            if !out.contains(&request) {
                out.push(request);
            }
        }
    }
    out
}

/// All files but responses and counts.
pub(super) fn apart<'a>(project: &'a Project, plan: &'a Plan) -> impl Iterator<Item = Request> + 'a {
    plan.surveys.iter().flat_map(|s| &s.waves).flat_map(|wave| beside(project, wave))
}

/// Every file but those of counts once, in the order of the plan.
pub(super) fn all(project: &Project, plan: &Plan) -> Vec<Request> {
    let waves = plan.surveys.iter().flat_map(|s| &s.waves);
    let mut out = Vec::new();
    for request in waves.flat_map(|wave| of_wave(project, wave).chain(beside(project, wave))) {
        if !out.contains(&request) {
            out.push(request);
        }
    }
    out
}
