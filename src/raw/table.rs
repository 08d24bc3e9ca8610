//! A table as it stands in a file: named columns of cells, each with its place.

use std::ops::Range;

use crate::text::fold::fold;

use crate::finding::Finding;
use crate::provenance::{FileDigest, Place};

use super::cell::Cell;
use super::dictionary::Dictionary;
use super::heading::Heading;
use super::indices::Indices;

/// One column: every distinct cell once, and for each row the index of its cell. A questionnaire has few
/// distinct answers, so that each is decoded once, however many rows hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The header rows' texts, top to bottom, trailing blanks cut, merged cells filled; at least one entry.
    pub header: Vec<String>,
    /// The column's number in the file, from 0 (`A` = 0).
    pub position: usize,
    /// The distinct cells, in order of first appearance.
    pub values: Vec<Cell>,
    /// For each row the index into `values`.
    pub rows: Indices,
}

impl Column {
    /// The column's name: its header texts that are not blank, joined by ` / `; its spreadsheet letters when
    /// all are blank.
    pub fn name(&self) -> String {
        let parts: Vec<&str> = self.header.iter().map(|h| h.trim()).filter(|h| !h.is_empty()).collect();
        if parts.is_empty() { letters(self.position) } else { parts.join(" / ") }
    }

    /// The cell of row `row` (from 0, data rows only); [`Cell::Empty`] beyond the last.
    pub fn cell(&self, row: usize) -> &Cell {
        self.rows.get(row).and_then(|at| self.values.get(at as usize)).unwrap_or(&Cell::Empty)
    }
}

/// A table of one sheet or file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The file's identity: name, digest, encoding, sheet, rows.
    pub digest: FileDigest,
    /// The columns, in file order; all have the same number of rows.
    pub columns: Vec<Column>,
    /// For each data row its row number in the file, from 1, header rows counted.
    pub row_numbers: Vec<u64>,
    /// What reading found.
    pub findings: Vec<Finding>,
    /// Where the headings stood.
    pub heading: Heading,
    /// The file's own codebook, when it brings one (SPSS, Stata, SAS); `None` for CSV, spreadsheets and
    /// Parquet.
    pub dictionary: Option<Dictionary>,
    /// Which of the columns stand in other files ([`crate::join`]).
    pub joined: Vec<JoinedColumns>,
}

/// Columns that stand in another file, in the rows that were joined to those of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinedColumns {
    /// The other file, with its sheet.
    pub place: Place,
    /// The positions that they have in the table.
    pub positions: Range<usize>,
    /// Their names and positions in the other file, in the order of their positions here.
    pub there: Vec<(String, usize)>,
    /// For each data row of the table the row number of its row in the other file; `None` where it has none.
    pub rows: Vec<Option<u64>>,
}

impl Table {
    /// Number of data rows.
    pub fn row_count(&self) -> usize {
        self.row_numbers.len()
    }

    /// What the file's own dictionary says of a column: its label, if it has one.
    pub fn label(&self, column: &Column) -> Option<&str> {
        self.dictionary.as_ref()?.variables.get(&column.name())?.label.as_deref()
    }

    /// The column that `name` means: `@AO` by spreadsheet letters, else a column whose [`Column::name`], last
    /// header text, other header text or label in the file's dictionary equals `name` after trimming and NFKC
    /// folding. `None`
    /// when there is none, or more than one.
    pub fn column(&self, name: &str) -> Option<&Column> {
        if let Some(at) = name.strip_prefix('@') {
            return self.columns.iter().find(|c| letters(c.position).eq_ignore_ascii_case(at));
        }
        let wanted = fold(name);
        let wanted = &*wanted;
        let mut whole = self.columns.iter().filter(|c| match &c.header[..] {
            [one] if !one.trim().is_empty() => fold(one) == wanted,
            _ => fold(&c.name()) == wanted,
        });
        if let Some(found) = whole.next() {
            return if whole.next().is_none() { Some(found) } else { None };
        }
        let mut last = self.columns.iter().filter(|c| c.header.last().is_some_and(|h| fold(h) == wanted));
        if let Some(found) = last.next() {
            return if last.next().is_none() { Some(found) } else { None };
        }
        let above = |c: &&Column| c.header.iter().rev().skip(1).any(|h| fold(h) == wanted);
        let mut above = self.columns.iter().filter(above);
        if let Some(found) = above.next() {
            return if above.next().is_none() { Some(found) } else { None };
        }
        let mut labelled = self.columns.iter().filter(|c| self.label(c).is_some_and(|l| fold(l) == wanted));
        let found = labelled.next()?;
        if labelled.next().is_none() { Some(found) } else { None }
    }

    /// The columns that `column` was joined with, and its name and position in the file that it stands in;
    /// `None` for a column of the file itself.
    fn joined_with(&self, column: &Column) -> Option<(&JoinedColumns, &(String, usize))> {
        let joined = self.joined.iter().find(|joined| joined.positions.contains(&column.position))?;
        Some((joined, joined.there.get(column.position - joined.positions.start)?))
    }

    /// The place of a column: in the file that it stands in.
    pub fn column_place(&self, column: &Column) -> Place {
        match self.joined_with(column) {
            Some((joined, (name, _))) => joined.place.clone().column(name.clone()),
            None => self.place_of_all().column(column.name()),
        }
    }

    /// The whole table: its file and sheet.
    pub fn place_of_all(&self) -> Place {
        Place::file(&self.digest.file).sheet(self.digest.sheet.as_deref())
    }

    /// The spreadsheet letters of a column in the file that it stands in.
    pub fn column_letters(&self, column: &Column) -> String {
        letters(self.joined_with(column).map_or(column.position, |(_, (_, position))| *position))
    }

    /// The place of a cell; `row` from 0, data rows only. A cell of a column that was joined stands in the
    /// other file; where the row has none there, this says which row that is.
    pub fn place(&self, row: usize, column: &Column) -> Place {
        if let Some((joined, _)) = self.joined_with(column)
            && let Some(number) = joined.rows.get(row).copied().flatten()
        {
            return self.column_place(column).row(number);
        }
        let place = self.place_of_all().column(column.name());
        match self.row_numbers.get(row) {
            Some(&number) => place.row(number),
            None => place,
        }
    }
}

/// How to read a file, where its looks do not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The sheet of a workbook; the first one with data when `None`.
    pub sheet: Option<String>,
    /// Rows of the file above the headings that are passed over.
    pub skip_rows: Option<usize>,
    /// Header rows; when `None`, 1 or as many as `responses` finds.
    pub header_rows: Option<usize>,
    /// Whether the file holds responses: titles above the headings, the number of header rows and rows of
    /// totals are looked for where neither `skip_rows` nor `header_rows` is given, and told of.
    pub responses: bool,
    /// The encoding's name (`CP932`, `UTF-8`, `EUC-JP`, `UTF-16LE` …); detected when `None`.
    pub encoding: Option<String>,
    /// Bytes of lines, or rows of columns, that the quick reader takes at once. No number depends on it,
    /// which tests show; it is no promise.
    #[doc(hidden)]
    pub piece: Option<u64>,
}

impl ReadOptions {
    /// How files of responses are read where nothing is said of them.
    pub fn of_responses() -> Self {
        Self { responses: true, ..Self::default() }
    }

    /// Whether the headings are to be looked for.
    pub(super) fn finds_headings(&self) -> bool {
        self.responses && self.skip_rows.is_none() && self.header_rows.is_none()
    }
}

/// The spreadsheet letters of column `position` (from 0): 0 → `A`, 25 → `Z`, 26 → `AA`.
pub fn letters(position: usize) -> String {
    let mut n = position + 1;
    let mut out = Vec::new();
    while n > 0 {
        out.push(b'A' + ((n - 1) % 26) as u8);
        n = (n - 1) / 26;
    }
    out.iter().rev().map(|&b| b as char).collect()
}
