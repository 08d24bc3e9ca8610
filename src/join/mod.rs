//! Files of one survey that stand side by side, joined by a key: several files of one person, a household
//! file beside a file of its persons, the list that the sample was drawn from (台帳) beside the answers.
//!
//! It is a left join from the answers: each of their rows gets the columns of the one row of the other file
//! that has the same key. No row of the answers is lost or doubled, so that the sample design stays as it
//! was drawn; a row without a match has blanks in the joined columns. What did not match is told, with
//! numbers and places; a key that stands twice in the other file is an error, since which of the rows counts
//! would be a guess.
//!
//! Keys are compared as labels are ([`crate::text`]): width and blanks around make no difference. Zeros that
//! lead are kept: `007` and `7` are two keys where a file has both, and one key, told of, where they would
//! find nothing otherwise. A blank key matches nothing.

mod columns;
mod keys;
mod told;

use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::raw::Table;

use columns::Taken;
use keys::{Index, Keys};

/// How a file is joined to the response files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Join {
    /// The columns that together are the key, at least one.
    pub key: Vec<KeyColumn>,
    /// The columns of the file that are taken; `None`: all but those of the key.
    pub columns: Option<Vec<String>>,
    /// What is put before the names of its columns.
    pub prefix: String,
    /// Whether, of columns of one name, that of the answers counts. Otherwise two of a name are an error.
    pub keep_answers: bool,
}

/// A column of the key, by its name in both files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// In the response files.
    pub answers: String,
    /// In the file that is joined.
    pub file: String,
}

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

/// Where the rows of a table of answers have their match.
struct Matched {
    /// For each row its row in the other file.
    rows: Vec<Option<usize>>,
    /// Rows whose key is spelt otherwise there, in zeros only.
    zeros: Vec<usize>,
}

impl Matched {
    fn of(keys: &Keys, index: &Index) -> Self {
        let mut zeros = Vec::new();
        let rows = (0..keys.len()).map(|row| {
            let found = index.find(keys, row)?;
            if !found.as_spelt {
                zeros.push(row);
            }
            Some(found.row)
        });
        Self { rows: rows.collect(), zeros }
    }
}

/// A whole file.
fn place(table: &Table) -> Place {
    Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref())
}
