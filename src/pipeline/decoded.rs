//! What the files and logs of one wave say, before it is brought to the survey's questionnaire: all that a
//! run needs of them.

use std::collections::BTreeSet;

use super::plan::{Survey, Wave};
use crate::decode;
use crate::decode::{Answers, DecodeOptions};
use crate::edits::{AppliedChange, Cleaned, Log, clean};
use crate::error::Result;
use crate::finding::Finding;
use crate::raw::Table;

/// The answers to a wave's own paper.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decoded {
    /// The answers; which cells the findings are about is no longer known.
    pub(super) answers: Answers,
    /// What joining files and applying the cleaning logs found.
    pub(super) findings: Vec<Finding>,
    /// What they changed.
    pub(super) changes: Vec<AppliedChange>,
}

/// Applies the cleaning logs and decodes the tables of a wave.
///
/// # Errors
/// Those of [`clean`] and of [`decode::decode`].
pub(super) fn decoded(survey: &Survey, of: &Wave, tables: &[Table], logs: &[Log]) -> Result<Decoded> {
    let cleaned = cleaned(survey, of, tables, logs)?;
    let tables = cleaned.as_ref().map_or(tables, |c| &c.tables);
    let options = DecodeOptions {
        removed: cleaned.as_ref().map(|c| c.removed.clone()).unwrap_or_default(),
        ..decode_options(survey, of)
    };
    let mut answers = decode::decode(survey.paper(of).questionnaire, tables, &options)?;
    answers.issues = Vec::new();
    let (findings, changes) = cleaned.map_or_else(Default::default, |c| (c.findings, c.changes));
    Ok(Decoded { answers, findings, changes })
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

/// How the files of a wave are read as answers, but for the returns that a person took out.
pub(super) fn decode_options(survey: &Survey, of: &Wave) -> DecodeOptions {
    DecodeOptions {
        respondent: of.respondent.clone(),
        duplicates: of.duplicates,
        dont_know_missing: dont_know_missing(survey, of),
        removed: BTreeSet::new(),
        design: design_columns(survey, of),
    }
}

/// The columns that the design of a wave is made of, beside answers to questions.
pub(super) fn design_columns(survey: &Survey, of: &Wave) -> BTreeSet<String> {
    let is_column = |name: &&String| survey.questionnaire.question(name).is_none();
    of.design.variables().filter(is_column).cloned().collect()
}

/// The questions whose わからない counts as no answer, by the numbers of the wave's own paper.
pub(super) fn dont_know_missing(survey: &Survey, of: &Wave) -> BTreeSet<String> {
    let Some(paper) = &of.paper else { return survey.dont_know_missing.clone() };
    let own = |id: &String| {
        let (reference, _) = survey.questionnaire.question(id)?;
        paper.questionnaire.questions.get(paper.mapping.asked(reference)?.question).map(|q| q.id.clone())
    };
    survey.dont_know_missing.iter().filter_map(own).collect()
}
