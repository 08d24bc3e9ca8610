//! What the cells of a workbook hold, so that formulas without a stored result can be computed.

use std::collections::{BTreeMap, BTreeSet};

use super::formula::{self, NoValue, Value};
use crate::text::fold::fold;

/// A formula as it is written, for a cell so many rows and columns before the one that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Formula {
    pub(super) text: String,
    pub(super) shift: (usize, usize),
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Held {
    Value(Value),
    /// A formula without a result.
    Formula(Formula),
    /// A spreadsheet error.
    Error,
    /// What cannot be counted with, such as a date as text.
    Other,
}

/// The cells of a sheet.
pub(super) type Cells = BTreeMap<(usize, usize), Held>;

/// A workbook's cells, sheet by sheet, each read when it is first asked for.
pub(super) struct Workbook<'w> {
    names: Vec<String>,
    read: Box<dyn Fn(usize) -> Option<Cells> + 'w>,
    sheets: BTreeMap<usize, Option<Cells>>,
    /// Results, and the cells that are being computed.
    known: BTreeMap<(usize, usize, usize), Result<Value, NoValue>>,
    begun: BTreeSet<(usize, usize, usize)>,
}

impl<'w> Workbook<'w> {
    pub(super) fn new(names: Vec<String>, read: impl Fn(usize) -> Option<Cells> + 'w) -> Self {
        let (sheets, known, begun) = Default::default();
        Self { names, read: Box::new(read), sheets, known, begun }
    }

    /// The value of a cell of a sheet, computed where it is a formula.
    ///
    /// # Errors
    /// A cell without a value: an error, a circle, or a formula that is not computed here.
    pub(super) fn value(&mut self, sheet: usize, row: usize, column: usize) -> Result<Value, NoValue> {
        self.at(0, sheet, row, column)
    }

    fn at(&mut self, level: usize, sheet: usize, row: usize, column: usize) -> Result<Value, NoValue> {
        let key = (sheet, row, column);
        let read = &self.read;
        let cells =
            self.sheets.entry(sheet).or_insert_with(|| read(sheet)).as_ref().ok_or(NoValue::Unknown)?;
        let written = match cells.get(&(row, column)) {
            None => return Ok(Value::Empty),
            Some(Held::Value(value)) => return Ok(value.clone()),
            Some(Held::Error) => return Err(NoValue::Error),
            Some(Held::Other) => return Err(NoValue::Unknown),
            Some(Held::Formula(formula)) => formula.clone(),
        };
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if !self.begun.insert(key) {
            return Err(NoValue::Unknown);
        }
        let found = formula::value(&written.text, written.shift, level, &mut |level, other, row, column| {
            let at = match other {
                None => Some(sheet),
                Some(name) => self.names.iter().position(|known| fold(known) == fold(name)),
            };
            self.at(level, at.ok_or(NoValue::Unknown)?, row, column)
        });
        self.begun.remove(&key);
        self.known.insert(key, found.clone());
        found
    }
}
