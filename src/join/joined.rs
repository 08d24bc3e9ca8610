//! The join itself.

use super::columns::Taken;
use super::how::Join;
use super::keys::{Index, Keys};
use super::matched::Matched;
use super::told;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::raw::Table;

/// Joins the columns of `file` to the rows of each of `tables`, the response files of one sample; says what
/// did not match.
///
/// # Errors
/// All in one go: `join::column` for a column of the key, or one to be taken, that a file does not have;
/// `join::same-column` for columns of one name, unless it is said which counts; `join::key-twice` for a key
/// in rows of `file` that differ.
pub fn join(tables: &mut [Table], file: &Table, how: &Join) -> Result<Vec<Finding>> {
    let mut mistakes = Vec::new();
    let of_answers: Vec<String> = how.key.iter().map(|key| key.answers.clone()).collect();
    let of_file: Vec<String> = how.key.iter().map(|key| key.file.clone()).collect();
    let mut keys_of = |table: &Table, names: &[String]| match Keys::of(table, names) {
        Ok(keys) => Some(keys),
        Err(error) => {
            mistakes.extend(error.into_diagnostics());
            None
        }
    };
    let theirs = keys_of(file, &of_file);
    let ours: Vec<Option<Keys>> = tables.iter().map(|table| keys_of(table, &of_answers)).collect();
    let taken = match Taken::of(file, &of_file, how) {
        Ok(taken) => Some(taken),
        Err(error) => {
            mistakes.extend(error.into_diagnostics());
            None
        }
    };
    let (Some(theirs), Some(ours), Some(taken)) =
        (theirs, ours.into_iter().collect::<Option<Vec<Keys>>>(), taken)
    else {
        return Err(told::all(mistakes));
    };
    let index = Index::of(&theirs, &ours, |a, b| taken.are_same(file, a, b));
    mistakes.extend(told::twice(file, &of_file, &index.twice));
    let matched: Vec<Matched> = ours.iter().map(|keys| Matched::of(keys, &index)).collect();
    let sides = told::Sides { tables, file, of_answers: &of_answers, of_file: &of_file };
    let mut findings = sides.same_rows(&index.same);
    let kept = sides.same_columns(&taken, &matched, how);
    findings.extend(match kept {
        Ok(kept) => kept,
        Err(error) => {
            mistakes.extend(error.into_diagnostics());
            Vec::new()
        }
    });
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    findings.extend(sides.matches(&theirs, &ours, &matched));
    for (table, matched) in tables.iter_mut().zip(&matched) {
        taken.append(table, file, &matched.rows);
    }
    Ok(findings)
}
