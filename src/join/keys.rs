//! Keys: what the rows of a file are known by, and which row of the other file a key finds.

use std::collections::HashMap;

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::raw::{Column, Table};
use crate::text::suggest::did_you_mean;
use crate::text::{Text, spelling};

/// What parts the columns of a key: no text of a cell holds it, as a label has no blanks but spaces.
const BETWEEN: char = '\n';

/// The keys of the rows of a table.
pub(super) struct Keys {
    rows: Vec<Key>,
}

/// The key of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// A part of it is blank; whether anything else stands in the row.
    Blank(bool),
    /// As it is spelt, and without zeros that make no difference to a number.
    Spelt(String, String),
}

/// The column that a name means.
///
/// # Errors
/// `join::column` where there is none, or several.
pub(super) fn column<'t>(table: &'t Table, name: &str) -> Result<&'t Column> {
    table.column(name).ok_or_else(|| {
        let message = Text::new(
            format!("結合に使う列「{name}」がないか、2つ以上あります"),
            format!("there is no column \"{name}\" to join by or to take, or there are several"),
        );
        let names: Vec<String> = table.columns.iter().map(Column::name).collect();
        let mut diagnostic = Diagnostic::new(Code::JoinColumn, message).at(table.place_of_all());
        diagnostic.help = did_you_mean(name, names.iter().map(String::as_str));
        diagnostic.into()
    })
}

impl Keys {
    /// # Errors
    /// `join::column`, all in one go.
    pub(super) fn of(table: &Table, names: &[String]) -> Result<Self> {
        let mut mistakes = Vec::new();
        let mut columns = Vec::new();
        for name in names {
            match column(table, name) {
                Ok(found) => columns.push(Part::of(found)),
                Err(error) => mistakes.extend(error.into_diagnostics()),
            }
        }
        if let Some(error) = Error::all(mistakes) {
            return Err(error);
        }
        let key = |row: usize| {
            let (mut spelt, mut folded) = (String::new(), String::new());
            for part in &columns {
                let Some((own, plain)) = part.of_row(row) else {
                    return Key::Blank(holds_anything(table, row));
                };
                spelt.push(BETWEEN);
                spelt.push_str(own);
                folded.push(BETWEEN);
                folded.push_str(plain);
            }
            Key::Spelt(spelt, folded)
        };
        Ok(Self { rows: (0..table.row_count()).map(key).collect() })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows with something in them whose key is blank.
    pub(super) fn blank(&self) -> Vec<usize> {
        (0..self.len()).filter(|&row| self.rows.get(row) == Some(&Key::Blank(true))).collect()
    }

    /// Whether a row has a key.
    pub(super) fn has(&self, row: usize) -> bool {
        matches!(self.rows.get(row), Some(Key::Spelt(..)))
    }

    /// The rows with a key.
    fn spelt(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        self.rows.iter().enumerate().filter_map(|(row, key)| match key {
            Key::Spelt(spelt, folded) => Some((row, spelt.as_str(), folded.as_str())),
            Key::Blank(_) => None,
        })
    }
}

fn holds_anything(table: &Table, row: usize) -> bool {
    table.columns.iter().any(|column| !spelling::is_blank(&column.cell(row).text()))
}

/// A column of a key: of each distinct cell how it is spelt, and its code.
struct Part<'t> {
    column: &'t Column,
    spelt: Vec<(String, String)>,
}

impl<'t> Part<'t> {
    fn of(column: &'t Column) -> Self {
        let spelt = column.values.iter().map(|cell| {
            let text = cell.text();
            (spelling::label(&text), spelling::code(&text))
        });
        Self { column, spelt: spelt.collect() }
    }

    /// `None` where the cell is blank.
    fn of_row(&self, row: usize) -> Option<(&str, &str)> {
        let (spelt, code) = self.spelt.get(self.column.rows.get(row)? as usize)?;
        (!spelt.is_empty()).then_some((spelt.as_str(), code.as_str()))
    }
}

/// The rows of the file that is joined, by their keys.
pub(super) struct Index<'k> {
    by_spelling: HashMap<&'k str, usize>,
    /// The rows of keys by their codes, where one code is one spelling in both files.
    by_code: HashMap<&'k str, Option<usize>>,
    /// Pairs of rows of one key that say the same.
    pub(super) same: Vec<(usize, usize)>,
    /// Pairs of rows of one key that differ.
    pub(super) twice: Vec<(usize, usize)>,
}

/// The row that a key finds.
pub(super) struct Found {
    pub(super) row: usize,
    /// Whether the key is spelt alike in both files.
    pub(super) as_spelt: bool,
}

impl<'k> Index<'k> {
    /// The index of the file whose keys are `theirs`, for the answers whose keys are `ours`; `same` says of
    /// two rows whether they say the same.
    pub(super) fn of(theirs: &'k Keys, ours: &'k [Keys], same: impl Fn(usize, usize) -> bool) -> Self {
        let mut index =
            Self { by_spelling: HashMap::new(), by_code: HashMap::new(), same: vec![], twice: vec![] };
        for (row, spelt, folded) in theirs.spelt() {
            let first = *index.by_spelling.entry(spelt).or_insert(row);
            if first == row {
                // Two keys of one code are two keys: zeros tell them apart.
                index.by_code.entry(folded).and_modify(|found| *found = None).or_insert(Some(row));
            } else if same(first, row) {
                index.same.push((first, row));
            } else {
                index.twice.push((first, row));
            }
        }
        let mut spellings: HashMap<&str, &str> = HashMap::new();
        for (_, spelt, folded) in ours.iter().flat_map(Keys::spelt) {
            if *spellings.entry(folded).or_insert(spelt) != spelt
                && let Some(found) = index.by_code.get_mut(folded)
            {
                *found = None;
            }
        }
        index
    }

    /// The row that the key of a row of the answers finds.
    pub(super) fn find(&self, keys: &Keys, row: usize) -> Option<Found> {
        let Some(Key::Spelt(spelt, folded)) = keys.rows.get(row) else { return None };
        if let Some(&row) = self.by_spelling.get(spelt.as_str()) {
            return Some(Found { row, as_spelt: true });
        }
        let row = self.by_code.get(folded.as_str()).copied().flatten()?;
        Some(Found { row, as_spelt: false })
    }
}
