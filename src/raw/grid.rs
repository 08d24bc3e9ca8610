//! Cells on their way into a table: set by row and column, each distinct one kept once.

use std::collections::HashMap;

use compact_str::CompactString;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::error::{Error, Result};

use super::hash::{Quick, hash};
use super::table::{Cell, letters};

/// A table may have this many cells (rows × columns that hold anything). At four bytes a cell that is 2 GiB.
pub const MAX_CELLS: usize = 1 << 29;

/// A table may have this many columns; Stata, the widest of the programs, has 120,000.
pub const MAX_COLUMNS: usize = 1 << 17;

/// A cell may hold this many bytes of text. A spreadsheet program ends at 32,767 characters; a longer cell of a CSV is nearly
/// always one whose quote is never closed.
pub const MAX_TEXT: usize = 64 << 20;

/// No cell was set here.
const NOTHING: u32 = u32::MAX;

/// Columns under construction; rows and columns count from 0.
#[derive(Debug, Default)]
pub(super) struct Grid {
    columns: Vec<Option<Box<Growing>>>,
    used: usize,
    height: usize,
    /// Rows that a new column has room for, if it is one of the first so many.
    expected: (usize, usize),
}

impl Grid {
    /// Expects so many rows more and so many columns: these need not grow.
    pub(super) fn expect(&mut self, rows: usize, columns: usize) {
        self.expected = (rows, columns);
        self.columns.iter_mut().take(columns).flatten().for_each(|column| column.rows.reserve_exact(rows));
    }

    fn new_column(&self, at: usize) -> Box<Growing> {
        let (rows, columns) = self.expected;
        Box::new(Growing { rows: Vec::with_capacity(if at < columns { rows } else { 0 }), ..Growing::default() })
    }

    /// Sets a text cell; an empty text sets nothing.
    #[inline]
    pub(super) fn set_text(&mut self, row: usize, column: usize, text: &str) -> Result<()> {
        match self.columns.get_mut(column) {
            Some(Some(known)) if row < self.height && !text.is_empty() && text.len() <= MAX_TEXT => known.set_text(row, text),
            _ => return self.set_new_text(row, column, text),
        }
        Ok(())
    }

    fn set_new_text(&mut self, row: usize, column: usize, text: &str) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        if text.len() > MAX_TEXT {
            return Err(too_long(text.len(), column));
        }
        self.column(row, column)?.set_text(row, text);
        Ok(())
    }

    /// Sets any cell; an empty one sets nothing.
    pub(super) fn set(&mut self, row: usize, column: usize, cell: Cell) -> Result<()> {
        match cell {
            Cell::Empty => Ok(()),
            Cell::Text(text) => self.set_text(row, column, &text),
            other => {
                self.column(row, column)?.set_other(row, other);
                Ok(())
            }
        }
    }

    /// Adds the rows of other grids below row `first` of each: `(first, grid)`, in ascending order and without overlap.
    pub(super) fn append(&mut self, parts: Vec<(usize, Grid)>) -> Result<()> {
        let width = parts.iter().map(|(_, g)| g.columns.len()).max().unwrap_or(0).max(self.columns.len());
        self.columns.resize_with(width, || None);
        self.height = parts.iter().filter(|(_, g)| g.height > 0).map(|(first, g)| first + g.height).max().unwrap_or(0).max(self.height);
        let mut of_column: Vec<Vec<(usize, Box<Growing>)>> = (0..width).map(|_| Vec::new()).collect();
        for (first, grid) in parts {
            for (column, growing) in of_column.iter_mut().zip(grid.columns) {
                column.extend(growing.map(|g| (first, g)));
            }
        }
        let new_columns: Vec<usize> = (0..width).filter(|at| self.columns[*at].is_none() && !of_column[*at].is_empty()).collect();
        for at in new_columns {
            self.columns[at] = Some(self.new_column(at));
        }
        self.columns.par_iter_mut().zip(of_column).for_each(|(column, parts)| {
            if let Some(column) = column {
                parts.into_iter().for_each(|(first, part)| column.append(first, *part));
            }
        });
        self.used = self.columns.iter().flatten().count();
        self.limit()
    }

    /// One more than the last row that holds anything.
    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// One more than the last column that holds more than blanks.
    pub(super) fn named_width(&self) -> usize {
        let named = |c: &Option<Box<Growing>>| c.as_ref().is_some_and(|c| c.values.iter().any(|v| !v.text().trim().is_empty()));
        self.columns.iter().rposition(named).map_or(0, |at| at + 1)
    }

    /// Makes the grid at least `rows` high: rows of typed files are rows even when they hold nothing.
    pub(super) fn at_least(&mut self, rows: usize) -> Result<()> {
        self.height = self.height.max(rows);
        self.limit()
    }

    /// The first row that holds anything.
    pub(super) fn first_row(&self) -> Option<usize> {
        self.columns.iter().flatten().filter_map(|c| c.rows.iter().position(|&r| r != NOTHING)).min()
    }

    /// The columns that hold anything, with their positions, left to right.
    pub(super) fn into_columns(self) -> impl Iterator<Item = (usize, Growing)> {
        self.columns.into_iter().enumerate().filter_map(|(at, c)| Some((at, *c?)))
    }

    fn column(&mut self, row: usize, column: usize) -> Result<&mut Growing> {
        if row >= self.height {
            self.height = row + 1;
            self.limit()?;
        }
        if column >= MAX_COLUMNS {
            return Err(too_wide(column));
        }
        if column >= self.columns.len() {
            self.columns.resize_with(column + 1, || None);
        }
        if self.columns.get(column).is_some_and(Option::is_none) {
            self.used += 1;
            self.limit()?;
            self.columns[column] = Some(self.new_column(column));
        }
        self.columns.get_mut(column).and_then(Option::as_deref_mut).ok_or_else(too_large)
    }

    fn limit(&self) -> Result<()> {
        if self.height.saturating_mul(self.used) > MAX_CELLS { Err(too_large()) } else { Ok(()) }
    }
}

fn too_large() -> Error {
    Error::msg(
        "raw::too-large",
        format!("表が大きすぎます(行×列が{MAX_CELLS}を超えています)。離れたところに余分なセルがないか確かめてください"),
        format!("the table is too large (more than {MAX_CELLS} rows × columns); see whether a stray cell stands far away"),
    )
}

fn too_wide(column: usize) -> Error {
    Error::msg(
        "raw::too-large",
        format!("列が多すぎます({MAX_COLUMNS}列まで読めます。{}列目に値があります)。区切り文字や改行がおかしくなっていないか確かめてください", column + 1),
        format!("there are too many columns ({MAX_COLUMNS} can be read; column {} holds a value); see whether delimiters and line ends are right", column + 1),
    )
}

fn too_long(length: usize, column: usize) -> Error {
    let (most, length) = (MAX_TEXT >> 20, length >> 20);
    Error::msg(
        "raw::too-large",
        format!("1つのセルが{length}MiBあります(列{}。{most}MiBまで読めます)。引用符(\")が閉じられていないおそれがあります", letters(column)),
        format!("one cell holds {length} MiB (column {}; {most} MiB can be read); perhaps a quote is never closed", letters(column)),
    )
}

/// What tells two cells that are no text apart.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Number(u64),
    Bool(bool),
    Date(CompactString),
    Broken(CompactString),
}

/// A column under construction.
#[derive(Debug, Default)]
pub(super) struct Growing {
    values: Vec<Cell>,
    texts: Texts,
    others: HashMap<Key, u32, Quick>,
    rows: Vec<u32>,
    /// Whether texts hardly repeat, as ids do: they are no longer looked for, and those that stand twice become one at the end.
    loose: bool,
}

/// So many texts must stand in a column before it is seen that they hardly repeat.
const MANY: usize = 1 << 10;

/// Finds texts among the values: open addressing over a tag of the text and the value's index + 1.
#[derive(Debug, Default)]
struct Texts {
    places: Vec<(u64, u32)>,
    known: usize,
}

/// Tags with this bit are hashes; the others are the text itself.
const HASHED: u64 = 1 << 63;

/// A text of up to seven bytes with its length, or the hash of a longer one.
#[inline]
fn tag(text: &[u8]) -> u64 {
    if text.len() < 8 {
        text.iter().rev().fold(0, |word, b| word << 8 | u64::from(*b)) | (text.len() as u64) << 56
    } else {
        hash(text) | HASHED
    }
}

fn home(tag: u64) -> usize {
    (tag.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}

impl Texts {
    #[inline]
    fn find(&self, values: &[Cell], text: &str, tag: u64) -> Option<u32> {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = home(tag) & mask;
        loop {
            let (known, index) = self.places.get(at).copied().filter(|(_, index)| *index > 0)?;
            let same = || known < HASHED || matches!(values.get(index as usize - 1), Some(Cell::Text(t)) if t == text);
            if known == tag && same() {
                return Some(index - 1);
            }
            at = (at + 1) & mask;
        }
    }

    /// Puts a text that is not there yet.
    fn put(&mut self, tag: u64, index: u32) {
        self.reserve_one();
        self.known += 1;
        self.place(tag, index + 1);
    }

    fn reserve_one(&mut self) {
        if (self.known + 1) * 2 > self.places.len() {
            let old = std::mem::replace(&mut self.places, vec![(0, 0); (self.known + 1).next_power_of_two().max(4) * 4]);
            for (tag, index) in old.into_iter().filter(|(_, index)| *index > 0) {
                self.place(tag, index);
            }
        }
    }

    fn place(&mut self, tag: u64, index: u32) {
        let mask = self.places.len() - 1;
        let mut at = home(tag) & mask;
        while self.places[at].1 > 0 {
            at = (at + 1) & mask;
        }
        self.places[at] = (tag, index);
    }
}

impl Growing {
    #[inline]
    fn set_text(&mut self, row: usize, text: &str) {
        let tag = tag(text.as_bytes());
        let known = if self.loose { None } else { self.texts.find(&self.values, text, tag) };
        let at = known.unwrap_or_else(|| self.new_text(text.into(), tag));
        self.put(row, at);
        self.loose = self.loose || known.is_none() && self.texts.known > MANY && self.texts.known * 8 > self.rows.len() * 7;
    }

    fn new_text(&mut self, text: CompactString, tag: u64) -> u32 {
        let at = self.values.len() as u32;
        self.values.push(Cell::Text(text));
        if !self.loose {
            self.texts.put(tag, at);
        }
        at
    }

    /// Adds the rows of another column, from row `first` on.
    fn append(&mut self, first: usize, other: Self) {
        self.loose |= other.loose;
        self.rows.resize(self.rows.len().max(first), NOTHING);
        let mut place = |cell| match cell {
            Cell::Text(text) => {
                let tag = if self.loose { 0 } else { tag(text.as_bytes()) };
                let known = if self.loose { None } else { self.texts.find(&self.values, &text, tag) };
                known.unwrap_or_else(|| self.new_text(text, tag))
            }
            cell => self.other(cell).unwrap_or(NOTHING),
        };
        let renamed: Vec<u32> = other.values.into_iter().map(&mut place).collect();
        self.rows.extend(other.rows.iter().map(|at| renamed.get(*at as usize).copied().unwrap_or(NOTHING)));
    }

    /// For each value the first one that is the same, where a text stands twice.
    fn first_of_each(&self) -> Option<Vec<u32>> {
        let mut tags: Vec<u64> = self.values.par_iter().map(|cell| if let Cell::Text(text) = cell { tag(text.as_bytes()) } else { 0 }).collect();
        let of_value = tags.clone();
        tags.par_sort_unstable();
        let twice: Vec<u64> = tags.windows(2).filter(|pair| pair[0] == pair[1] && pair[0] > 0).map(|pair| pair[0]).collect();
        if twice.is_empty() {
            return None;
        }
        let mut texts = Texts::default();
        let first = |(at, (cell, tag)): (u32, (&Cell, &u64))| match cell {
            Cell::Text(text) if twice.binary_search(tag).is_ok() => texts.find(&self.values, text, *tag).unwrap_or_else(|| {
                texts.put(*tag, at);
                at
            }),
            _ => at,
        };
        Some((0..).zip(self.values.iter().zip(&of_value)).map(first).collect())
    }

    fn set_other(&mut self, row: usize, cell: Cell) {
        if let Some(at) = self.other(cell) {
            self.put(row, at);
        }
    }

    /// The index of a cell that is no text.
    fn other(&mut self, cell: Cell) -> Option<u32> {
        let key = match &cell {
            // -0 and 0 are one number.
            Cell::Number(x) => Key::Number(if *x == 0.0 { 0 } else { x.to_bits() }),
            Cell::Bool(b) => Key::Bool(*b),
            Cell::Date(d) => Key::Date(d.clone()),
            Cell::Broken(b) => Key::Broken(b.clone()),
            Cell::Empty | Cell::Text(_) => return None,
        };
        let next = self.values.len() as u32;
        let at = *self.others.entry(key).or_insert(next);
        if at == next {
            self.values.push(if cell == Cell::Number(0.0) { Cell::Number(0.0) } else { cell });
        }
        Some(at)
    }

    fn put(&mut self, row: usize, at: u32) {
        match self.rows.get_mut(row) {
            Some(slot) => *slot = at,
            None => {
                if row > self.rows.len() {
                    self.rows.resize(row, NOTHING);
                }
                self.rows.push(at);
            }
        }
    }

    /// The cell of a row.
    pub(super) fn cell(&self, row: usize) -> &Cell {
        self.rows.get(row).and_then(|&at| self.values.get(at as usize)).unwrap_or(&Cell::Empty)
    }

    /// The distinct cells of rows `first..end` in order of first appearance, and for each of these rows the index of
    /// its cell.
    pub(super) fn finish(self, first: usize, end: usize) -> (Vec<Cell>, Vec<u32>) {
        let first_of = if self.loose { self.first_of_each() } else { None };
        let Self { values: mut old, mut rows, .. } = self;
        if let Some(first_of) = first_of {
            rows.iter_mut().for_each(|row| *row = first_of.get(*row as usize).copied().unwrap_or(*row));
        }
        let nothing = old.len();
        old.push(Cell::Empty);
        rows.resize(end, NOTHING);
        rows.drain(..first.min(end));
        let mut renamed = vec![NOTHING; old.len()];
        let mut order = Vec::new();
        for row in &mut rows {
            if let Some(new) = renamed.get_mut((*row as usize).min(nothing)) {
                if *new == NOTHING {
                    *new = order.len() as u32;
                    order.push((*row as usize).min(nothing));
                }
                *row = *new;
            }
        }
        let values = order.into_iter().filter_map(|at| old.get_mut(at).map(|c| std::mem::replace(c, Cell::Empty))).collect();
        (values, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Grid};

    #[test]
    fn values_stand_in_order_of_first_appearance_after_the_header() {
        let mut grid = Grid::default();
        let texts = ["head", "b", "", "a", "b", ""];
        for (row, text) in texts.iter().enumerate() {
            assert!(grid.set_text(row, 2, text).is_ok());
        }
        let (at, column) = grid.into_columns().next().map_or((0, None), |(at, c)| (at, Some(c.finish(1, 6))));
        let text = |t: &str| Cell::Text(t.into());
        assert_eq!((at, column), (2, Some((vec![text("b"), Cell::Empty, text("a")], vec![0, 1, 2, 0, 1]))));
    }

    #[test]
    fn no_text_is_taken_for_another() {
        let texts: Vec<String> = (0..5000).map(|i| format!("{}{i}", ["", "a", "\0", "値", "long text "][i % 5])).collect();
        let mut grid = Grid::default();
        for (row, text) in texts.iter().chain(&texts).enumerate() {
            assert!(grid.set_text(row, 0, text).is_ok());
        }
        let Some((_, column)) = grid.into_columns().next() else { panic!() };
        let (values, rows) = column.finish(0, 10_000);
        assert!(values.iter().zip(&texts).all(|(v, t)| *v == Cell::Text(t.as_str().into())) && values.len() == 5000);
        assert!((0..5000).all(|i| rows[i] == i as u32 && rows[i + 5000] == i as u32));
    }

    #[test]
    fn only_the_columns_that_are_expected_take_room() {
        let mut grid = Grid::default();
        for column in 0..3 {
            assert!(grid.set_text(0, column, if column == 0 { "named" } else { " " }).is_ok());
        }
        grid.expect(100_000, 1);
        assert!(grid.set_text(1, 3, "stray").is_ok());
        let room: Vec<bool> = grid.into_columns().map(|(_, c)| c.rows.capacity() >= 100_000).collect();
        assert_eq!(room, [true, false, false, false]);
    }

    #[test]
    fn cells_may_come_in_any_order_and_twice() {
        let mut grid = Grid::default();
        for (row, number) in [(3, 4.0), (1, 2.0), (3, 5.0), (2, -0.0), (0, 0.0)] {
            assert!(grid.set(row, 0, Cell::Number(number)).is_ok());
        }
        assert_eq!((grid.first_row(), grid.height()), (Some(0), 4));
        let numbers: Vec<Cell> = [0.0, 2.0, 5.0].map(Cell::Number).to_vec();
        assert_eq!(grid.into_columns().next().map(|(_, c)| c.finish(0, 4)), Some((numbers, vec![0, 1, 0, 2])));
    }

    #[test]
    fn a_stray_cell_far_away_is_refused_before_memory_is_taken() {
        let mut grid = Grid::default();
        for column in 0..1024 {
            assert!(grid.set_text(0, column, "x").is_ok());
        }
        assert!(grid.set_text(1_048_575, 16_383, "stray").is_err_and(|e| e.to_string().contains("raw::too-large")));
    }
}
