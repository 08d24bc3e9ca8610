//! A first plan out of bare response files: everything that could be inferred, each guess marked for a
//! person.

mod crosstab;
mod joins;
mod summary;
mod written;
mod year;

use std::path::{Path, PathBuf};

use crate::draft::{Inferred, fitted, infer, labelled};
use crate::error::Result;
use crate::finding::Finding;
use crate::join::Join;
use crate::pipeline::init::crosstab::{INDICATOR, first_crosstab};
use crate::pipeline::init::joins::{Sorted, sorted};
use crate::questionnaire::form::{Draft, from_dictionary, from_tabulator, from_xlsform};
use crate::raw::{self, Dictionary, Heading, ReadOptions, Table};
use crate::text::Lang;

pub use summary::{DraftPoint, draft_points, question_counts};

/// What to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitRequest {
    /// Response files of one wave, at least one.
    pub files: Vec<PathBuf>,
    /// How to read them.
    pub read: ReadOptions,
    /// A form: an XLSForm workbook, its sheet `survey` as CSV, or a tabulator's sheet.
    pub form: Option<PathBuf>,
    /// The sheet `choices` of an XLSForm, where it is a file of its own.
    pub choices: Option<PathBuf>,
    /// The plan's folder.
    pub out: PathBuf,
    /// The language of the draft's comments, titles and of the labels that it adds.
    pub lang: Lang,
}

/// A first plan; nothing is written yet.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstPlan {
    /// Name and bytes of each file of the plan's folder.
    pub files: Vec<(String, Vec<u8>)>,
    /// What was inferred.
    pub inferred: Inferred,
    /// What reading the files found.
    pub findings: Vec<Finding>,
    /// The id of the indicator that the plan begins with, and a question to break it down by.
    pub first_crosstab: Option<(String, String)>,
}

/// Reads the files and writes a first plan in memory.
///
/// # Errors
/// Files that cannot be read; a form without the columns of one.
pub fn init(request: &InitRequest) -> Result<FirstPlan> {
    let tables = request
        .files
        .iter()
        .map(|file| raw::read(file, &file.to_string_lossy(), &request.read))
        .collect::<Result<Vec<Table>>>()?;
    let Sorted { answers, joined, findings: of_joins } = sorted(tables);
    let (places, tables): (Vec<usize>, Vec<Table>) = answers.into_iter().unzip();
    let stem = request
        .files
        .first()
        .and_then(|f| f.file_stem())
        .map_or_else(|| written::survey(request.lang), |s| s.to_string_lossy().into_owned());
    let inferred = match draft(request, &tables, &stem)? {
        Some(draft) if request.form.is_none() => labelled(draft, &tables),
        Some(draft) => fitted(draft, &tables),
        None => infer(&tables, &stem, request.lang),
    };
    let names: Vec<String> =
        request.files.iter().map(|file| from_root(file, &request.out)).collect::<Result<_>>()?;
    let name = |at: &usize| names.get(*at).cloned().unwrap_or_default();
    let beside: Vec<(String, ReadOptions, &Join)> = joined
        .iter()
        .map(|(at, table, how)| (name(at), headings(&request.read, std::slice::from_ref(table)), how))
        .collect();
    let beside = joins::line(&beside);
    let names: Vec<String> = places.iter().map(name).collect();
    let first_crosstab = first_crosstab(&inferred);
    let read = headings(&request.read, &tables);
    let of_plan = written::PlanWords {
        read: &read,
        inferred: &inferred,
        title: &stem,
        files: &names,
        beside: beside.as_deref(),
        first: first_crosstab.as_ref().map(|(q, _)| *q),
        lang: request.lang,
    };
    let files = vec![
        ("plan.toml".to_owned(), written::plan(&of_plan).into_bytes()),
        ("questionnaire.toml".to_owned(), written::questionnaire(&inferred, request.lang).into_bytes()),
    ];
    let by = |q: usize| inferred.questionnaire.questions.get(q).map_or(String::new(), |q| q.id.clone());
    let first_crosstab = first_crosstab.map(|(_, axis)| (INDICATOR.to_owned(), by(axis)));
    let joined = joined.into_iter().map(|(_, table, _)| table);
    let findings =
        tables.into_iter().chain(joined).flat_map(|table| table.findings).chain(of_joins).collect();
    Ok(FirstPlan { files, inferred, findings, first_crosstab })
}

/// How the files are read, with the headings that were found; these are written only where all files have
/// the same.
fn headings(asked: &ReadOptions, tables: &[Table]) -> ReadOptions {
    let mut read = asked.clone();
    let found: Option<Heading> = tables.first().map(|table| table.heading);
    if let Some(heading) = found.filter(|h| tables.iter().all(|table| table.heading == *h)) {
        read.skip_rows = Some(heading.skip_rows).filter(|n| *n > 0);
        read.header_rows = Some(heading.header_rows).filter(|n| *n > 1 || heading.skip_rows > 0);
    }
    read
}

/// The questionnaire that the form, or an SPSS or Stata file itself, describes.
fn draft(request: &InitRequest, tables: &[Table], title: &str) -> Result<Option<Draft>> {
    let Some(form) = &request.form else {
        return match tables.first() {
            Some(table) if table.dictionary.as_ref().is_some_and(Dictionary::has_options) => {
                from_dictionary(table, title).map(Some)
            }
            _ => Ok(None),
        };
    };
    let read = |path: &Path, sheet: Option<&str>| {
        raw::read(
            path,
            &path.to_string_lossy(),
            &ReadOptions { sheet: sheet.map(str::to_owned), ..ReadOptions::default() },
        )
    };
    if let Some(choices) = &request.choices {
        return from_xlsform(&read(form, None)?, &read(choices, None)?, title).map(Some);
    }
    match (read(form, Some("survey")), read(form, Some("choices"))) {
        (Ok(survey), Ok(choices)) if survey.digest.sheet.is_some() => {
            from_xlsform(&survey, &choices, title).map(Some)
        }
        _ => from_tabulator(&read(form, None)?, title).map(Some),
    }
}

/// How the plan names a response file: from the project's folder where it stands below it, else by its whole
/// path.
fn from_root(file: &Path, out: &Path) -> Result<String> {
    let whole = raw::absolute(file)?;
    let parent = out.parent().filter(|p| p.file_name().is_some_and(|n| n == "pipelines"));
    let root = parent.map(|p| p.parent().filter(|r| !r.as_os_str().is_empty()).unwrap_or(Path::new(".")));
    let below = root
        .and_then(|r| raw::absolute(r).ok())
        .and_then(|r| whole.strip_prefix(r).map(Path::to_path_buf).ok());
    Ok(below.unwrap_or(whole).to_string_lossy().replace('\\', "/"))
}
