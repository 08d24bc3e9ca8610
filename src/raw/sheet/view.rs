//! A sheet whole: its cells, merged blocks and hidden rows.

use std::collections::{BTreeMap, BTreeSet};

use super::super::header::Merged;
use super::super::table::letters;
use super::parts::{Named, Parts};
use super::shown::Shown;
use crate::finding::Finding;
use crate::provenance::{FileDigest, Place};

/// A sheet of a workbook, or a delimited file. Rows and columns count from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The file's identity: name, digest, sheet, rows below the first one that holds anything.
    pub digest: FileDigest,
    /// What reading found.
    pub findings: Vec<Finding>,
    cells: BTreeMap<(usize, usize), Shown>,
    merged: Vec<Merged>,
    /// For each row the blocks that it belongs to; none where there are too many.
    of_rows: Vec<Vec<usize>>,
    hidden_rows: BTreeSet<usize>,
    hidden_columns: BTreeSet<usize>,
    names: Vec<Named>,
    /// For each row its number in the file, where that is not its index plus 1.
    pub(super) numbers: Vec<u64>,
    width: usize,
    height: usize,
}

impl Sheet {
    pub(super) fn of(parts: Parts, digest: FileDigest) -> Self {
        let Parts { name, cells, merged, hidden_rows, hidden_columns, findings, names } = parts;
        let height = cells.keys().map(|(row, _)| row + 1).max().unwrap_or(0);
        let width = cells.keys().map(|(_, column)| column + 1).max().unwrap_or(0);
        let first = cells.keys().map(|(row, _)| *row).min().unwrap_or(0);
        let rows = Some(height.saturating_sub(first + 1) as u64);
        let digest = FileDigest { sheet: name.or(digest.sheet), rows, ..digest };
        let place = Place::file(&digest.file).sheet(digest.sheet.as_deref());
        let at_home = |mut finding: Finding| {
            finding.place.file = place.file.clone();
            finding.place.sheet = place.sheet.clone();
            finding
        };
        let findings = findings.into_iter().map(at_home).collect();
        let of_rows = by_row(&merged, height);
        let numbers = Vec::new();
        Self {
            digest,
            findings,
            cells,
            merged,
            of_rows,
            hidden_rows,
            hidden_columns,
            names,
            numbers,
            width,
            height,
        }
    }

    /// One more than the last row and the last column that hold anything.
    pub fn size(&self) -> (usize, usize) {
        (self.height, self.width)
    }

    /// The cell; `None` where nothing stands.
    pub fn cell(&self, row: usize, column: usize) -> Option<&Shown> {
        self.cells.get(&(row, column))
    }

    /// All cells that hold anything, row by row.
    pub fn cells(&self) -> impl Iterator<Item = ((usize, usize), &Shown)> {
        self.cells.iter().map(|(at, shown)| (*at, shown))
    }

    /// The cells of a row, left to right.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, &Shown)> {
        self.cells.range((row, 0)..(row + 1, 0)).map(|((_, column), shown)| (*column, shown))
    }

    /// The first cell of the merged block that the cell belongs to; itself where there is none.
    pub fn anchor(&self, row: usize, column: usize) -> (usize, usize) {
        self.block(row, column).map_or((row, column), |m| (m.rows.0, m.columns.0))
    }

    /// The last row and column of the merged block that the cell belongs to; its own where there is none.
    pub fn end(&self, row: usize, column: usize) -> (usize, usize) {
        self.block(row, column).map_or((row, column), |m| (m.rows.1, m.columns.1))
    }

    fn block(&self, row: usize, column: usize) -> Option<&Merged> {
        let mut blocks = self.of_rows.get(row)?.iter().filter_map(|at| self.merged.get(*at));
        blocks.find(|m| m.columns.0 <= column && column <= m.columns.1)
    }

    /// Whether the sheet says which of its cells are merged.
    pub fn has_merged(&self) -> bool {
        !self.merged.is_empty()
    }

    /// The text of a cell, that of its merged block for every cell inside; empty where nothing stands.
    pub fn text(&self, row: usize, column: usize) -> &str {
        let (row, column) = self.anchor(row, column);
        self.cell(row, column).map_or("", |shown| shown.text.as_str())
    }

    /// Whether the row or the column is hidden.
    pub fn is_hidden(&self, row: usize, column: usize) -> bool {
        self.hidden_rows.contains(&row) || self.hidden_columns.contains(&column)
    }

    /// The names that the workbook gives to cells, of all its sheets.
    pub fn names(&self) -> &[Named] {
        &self.names
    }

    /// The row's number in the file, from 1.
    pub fn number(&self, row: usize) -> u64 {
        self.numbers.get(row).copied().unwrap_or(row as u64 + 1)
    }

    /// The cell's address, such as `B12`.
    pub fn address(&self, row: usize, column: usize) -> String {
        format!("{}{}", letters(column), self.number(row))
    }

    /// The sheet's place.
    pub fn place(&self) -> Place {
        Place::file(&self.digest.file).sheet(self.digest.sheet.as_deref())
    }
}

/// So many rows may merged blocks span together; a file that claims more is not made for people.
const MOST_MERGED_ROWS: usize = 1 << 22;

/// The blocks of each row.
fn by_row(merged: &[Merged], height: usize) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); if merged.is_empty() { 0 } else { height }];
    let mut left = MOST_MERGED_ROWS;
    for (at, block) in merged.iter().enumerate() {
        for row in block.rows.0..(block.rows.1.saturating_add(1)).min(height) {
            let Some(rest) = left.checked_sub(1) else { return out };
            left = rest;
            out[row].push(at);
        }
    }
    out
}
