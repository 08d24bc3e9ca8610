//! What the files and logs of one wave say, before it is brought to the survey's questionnaire: all that a
//! run needs of them.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use unicode_normalization::UnicodeNormalization;

use super::plan::{Survey, Wave, Weighting};
use super::wave::decode_options;
use crate::decode;
use crate::decode::{Answers, DecodeOptions};
use crate::edits::{AppliedChange, Cleaned, Log, clean};
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::raw::{Cell, Table};
use crate::text::Text;

/// The answers to a wave's own paper.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decoded {
    /// The answers; which cells the findings are about is no longer known.
    pub(super) answers: Answers,
    /// The weights of a column of the files, one a respondent, where the plan names one.
    pub(super) weights: Option<Vec<f64>>,
    /// What applying the cleaning logs found.
    pub(super) findings: Vec<Finding>,
    /// What they changed.
    pub(super) changes: Vec<AppliedChange>,
}

/// Applies the cleaning logs and decodes the tables of a wave.
///
/// # Errors
/// Those of `answers::cleaning::clean` and of `answers::decode`; a weight column that is not there, or a
/// weight that is no number.
pub(super) fn decoded(survey: &Survey, of: &Wave, tables: &[Table], logs: &[Log]) -> Result<Decoded> {
    let cleaned = cleaned(survey, of, tables, logs)?;
    let tables = cleaned.as_ref().map_or(tables, |c| &c.tables);
    let options = DecodeOptions {
        removed: cleaned.as_ref().map(|c| c.removed.clone()).unwrap_or_default(),
        ..decode_options(survey, of)
    };
    let mut answers = decode::decode(survey.paper(of).questionnaire, tables, &options)?;
    answers.issues = Vec::new();
    let weights = match &of.weighting {
        Weighting::Column(column) if answers.rows > 0 => Some(weight_column(column, &answers, tables)?),
        _ => None,
    };
    let (findings, changes) = cleaned.map_or_else(Default::default, |c| (c.findings, c.changes));
    Ok(Decoded { answers, weights, findings, changes })
}

/// The files of a wave with its cleaning logs applied; `None` without logs.
///
/// # Errors
/// Those of [`clean`].
pub(super) fn cleaned(survey: &Survey, of: &Wave, tables: &[Table], logs: &[Log]) -> Result<Option<Cleaned>> {
    if logs.is_empty() {
        return Ok(None);
    }
    clean(survey.paper(of).questionnaire, tables, of.respondent.as_deref(), logs, of.old_values).map(Some)
}

/// The weights of a column of the response files.
fn weight_column(column: &str, answers: &Answers, tables: &[Table]) -> Result<Vec<f64>> {
    let mut columns = Vec::new();
    let mut mistakes = Vec::new();
    for table in tables {
        match table.column(column) {
            Some(c) => columns.push(c),
            None => mistakes.push(
                Diagnostic::new(
                    "plan::weight-column",
                    Text::new(
                        format!("ウエイトの列「{column}」がありません"),
                        format!("there is no weight column \"{column}\""),
                    ),
                )
                .at(Place::file(&table.digest.file)),
            ),
        }
    }
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    let text = |cell: &Cell| -> String { cell.text().trim().nfkc().collect() };
    // Sums of squares of weights must stay far from the ends of an f64.
    let weight = |cell: &Cell| text(cell).parse::<f64>().ok().filter(|w| (0.0..1e15).contains(w));
    let known: Vec<Vec<Option<f64>>> =
        columns.iter().map(|c| c.values.par_iter().map(weight).collect()).collect();
    let mut mistakes = Vec::new();
    let mut weights = Vec::with_capacity(answers.rows);
    for (source, row) in answers.source.iter().zip(&answers.source_row) {
        let (source, at) = (usize::from(*source), *row as usize);
        let (table, cell) = (&tables[source], columns[source]);
        match cell.rows.get(at).and_then(|v| known[source].get(v as usize).copied().flatten()) {
            Some(w) => weights.push(w),
            None => {
                let text = text(cell.cell(at));
                let message =
                    Text::new(format!("ウエイト「{text}」は使えません"), format!("\"{text}\" is no weight"));
                mistakes.push(Diagnostic::new("plan::weight-value", message).at(table.place(at, cell)));
            }
        }
    }
    // A column of the wrong kind would give one mistake a row: the first ones say enough.
    mistakes.truncate(10);
    Error::all(mistakes).map_or(Ok(weights), Err)
}
