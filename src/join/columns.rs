//! The columns that are taken from the file that is joined.

use std::collections::BTreeMap;

use super::how::Join;
use super::keys;
use crate::error::{Error, Result};
use crate::raw::{Cell, Column, Dictionary, Indices, JoinedColumns, Table};
use crate::text::fold::fold;

/// The columns of a file that are taken, by their index, with the headers that they have then.
pub(super) struct Taken {
    pub(super) columns: Vec<(usize, Vec<String>)>,
}

impl Taken {
    /// # Errors
    /// `join::column` for a name that the file does not have.
    pub(super) fn of(file: &Table, key: &[String], how: &Join) -> Result<Self> {
        let index = |column: &Column| file.columns.iter().position(|c| std::ptr::eq(c, column));
        let of_key: Vec<usize> = key.iter().filter_map(|name| file.column(name)).filter_map(index).collect();
        let mut mistakes = Vec::new();
        let indices: Vec<usize> = match &how.columns {
            None => (0..file.columns.len()).filter(|at| !of_key.contains(at)).collect(),
            Some(names) => names
                .iter()
                .filter_map(|name| match keys::column(file, name) {
                    Ok(column) => index(column),
                    Err(error) => {
                        mistakes.extend(error.into_diagnostics());
                        None
                    }
                })
                .collect(),
        };
        if let Some(error) = Error::all(mistakes) {
            return Err(error);
        }
        let column = |at: usize| Some((at, renamed(&file.columns.get(at)?.header, &how.prefix)));
        let mut columns: Vec<(usize, Vec<String>)> = indices.into_iter().filter_map(column).collect();
        columns.sort_unstable();
        columns.dedup();
        Ok(Self { columns })
    }

    /// Whether two rows say the same in the columns that are taken.
    pub(super) fn are_same(&self, file: &Table, a: usize, b: usize) -> bool {
        let columns = self.columns.iter().filter_map(|(at, _)| file.columns.get(*at));
        columns.into_iter().all(|column| column.cell(a) == column.cell(b))
    }

    /// The column of `table` that has the name of a column that is taken.
    pub(super) fn of_same_name<'t>(table: &'t Table, header: &[String]) -> Option<&'t Column> {
        let name = name(header)?;
        table.columns.iter().find(|column| fold(&column.name()) == fold(&name))
    }

    /// Adds the columns to `table`, whose rows have these rows of `file`; those of which it has one of the
    /// same name stay out.
    pub(super) fn append(&self, table: &mut Table, file: &Table, rows: &[Option<usize>]) {
        let start = table.columns.iter().map(|c| c.position + 1).max().unwrap_or(0);
        let mut added = Vec::new();
        let mut there = Vec::new();
        let mut described = BTreeMap::new();
        for (at, header) in &self.columns {
            let Some(column) = file.columns.get(*at) else { continue };
            if Self::of_same_name(table, header).is_some() {
                continue;
            }
            let (values, of_rows) = cells(column, rows);
            let position = start + added.len();
            let own = Column { header: header.clone(), position, values, rows: of_rows };
            if let Some(variable) = file.dictionary.as_ref().and_then(|d| d.variables.get(&column.name())) {
                described.insert(own.name(), variable.clone());
            }
            there.push((column.name(), column.position));
            added.push(own);
        }
        let row_number = |row: &Option<usize>| row.and_then(|row| file.row_numbers.get(row).copied());
        table.joined.push(JoinedColumns {
            place: file.place_of_all(),
            positions: start..start + added.len(),
            there,
            rows: rows.iter().map(row_number).collect(),
        });
        table.columns.extend(added);
        if !described.is_empty() {
            table.dictionary.get_or_insert_with(Dictionary::default).variables.extend(described);
        }
    }
}

/// The name that a header gives; `None` where it is blank.
fn name(header: &[String]) -> Option<String> {
    let column =
        Column { header: header.to_vec(), position: 0, values: vec![], rows: Indices::with_capacity(0) };
    header.iter().any(|part| !part.trim().is_empty()).then(|| column.name())
}

/// The header with `prefix` before the first of its texts.
fn renamed(header: &[String], prefix: &str) -> Vec<String> {
    let mut header = header.to_vec();
    if let Some(first) = header.iter_mut().find(|part| !part.trim().is_empty()) {
        first.insert_str(0, prefix);
    }
    header
}

/// The cells of a column in these rows of it, blank where there is none: the distinct ones in the order in
/// which they first stand, and which of them each row has.
fn cells(column: &Column, rows: &[Option<usize>]) -> (Vec<Cell>, Indices) {
    let mut values = Vec::new();
    let mut blank = None;
    let mut place: Vec<Option<u32>> = vec![None; column.values.len()];
    let mut next = |cell: Cell| {
        values.push(cell);
        values.len() as u32 - 1
    };
    let mut of_rows = Indices::with_capacity(rows.len());
    for row in rows {
        let value = row.and_then(|row| column.rows.get(row)).map(|value| value as usize);
        let value = value.filter(|value| !matches!(column.values.get(*value), None | Some(Cell::Empty)));
        of_rows.push(
            match value.and_then(|value| Some((place.get_mut(value)?, column.values.get(value)?))) {
                Some((place, cell)) => *place.get_or_insert_with(|| next(cell.clone())),
                None => *blank.get_or_insert_with(|| next(Cell::Empty)),
            },
        );
    }
    (values, of_rows)
}
