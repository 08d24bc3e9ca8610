//! Cells on their way into a table: set by row and column, each distinct one kept once.

use std::cmp::Ordering;
use std::collections::HashMap;

use compact_str::CompactString;
use rayon::iter::{
    IndexedParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator,
};

use super::cell::Cell;
use super::hash::{Quick, Tagged};
use super::indices::Indices;
use super::limits::{MAX_CELLS, MAX_COLUMNS, MAX_TEXT, too_large, too_long, too_wide};
use crate::error::Result;

/// No cell was set here; a cell that was is the index of its value + 1.
const NOTHING: u32 = 0;

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
        self.columns.iter_mut().take(columns).flatten().for_each(|column| column.rows.reserve(rows));
    }

    fn new_column(&self, at: usize) -> Box<Growing> {
        let (rows, columns) = self.expected;
        Box::new(Growing {
            rows: Indices::with_capacity(if at < columns { rows } else { 0 }),
            ..Growing::default()
        })
    }

    /// Sets a text cell; an empty text sets nothing.
    #[inline]
    pub(super) fn set_text(&mut self, row: usize, column: usize, text: &str) -> Result<()> {
        self.set_tagged(row, column, Tagged::of(text))
    }

    /// As [`Grid::set_text`], of a text whose tag is known.
    #[inline]
    pub(super) fn set_tagged(&mut self, row: usize, column: usize, tagged: Tagged<'_>) -> Result<()> {
        match self.columns.get_mut(column) {
            Some(Some(known))
                if row < self.height && !tagged.text.is_empty() && tagged.text.len() <= MAX_TEXT =>
            {
                known.set_text(row, tagged)
            }
            _ => return self.set_new_text(row, column, tagged),
        }
        Ok(())
    }

    #[cold]
    fn set_new_text(&mut self, row: usize, column: usize, tagged: Tagged<'_>) -> Result<()> {
        let text = tagged.text;
        if text.is_empty() {
            return Ok(());
        }
        if text.len() > MAX_TEXT {
            return Err(too_long(text.len(), column));
        }
        self.column(row, column)?.set_text(row, tagged);
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

    /// Adds the rows of other grids below row `first` of each: `(first, grid)`, in ascending order and
    /// without overlap.
    pub(super) fn append(&mut self, parts: Vec<(usize, Grid)>) -> Result<()> {
        let width = parts.iter().map(|(_, g)| g.columns.len()).max().unwrap_or(0).max(self.columns.len());
        self.columns.resize_with(width, || None);
        self.height = parts
            .iter()
            .filter(|(_, g)| g.height > 0)
            .map(|(first, g)| first + g.height)
            .max()
            .unwrap_or(0)
            .max(self.height);
        let mut of_column: Vec<Vec<(usize, Box<Growing>)>> = (0..width).map(|_| Vec::new()).collect();
        for (first, grid) in parts {
            for (column, growing) in of_column.iter_mut().zip(grid.columns) {
                column.extend(growing.map(|g| (first, g)));
            }
        }
        let new_columns: Vec<usize> =
            (0..width).filter(|at| self.columns[*at].is_none() && !of_column[*at].is_empty()).collect();
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
        let named = |c: &Option<Box<Growing>>| {
            c.as_ref().is_some_and(|c| c.values.iter().any(|v| !v.text().trim().is_empty()))
        };
        self.columns.iter().rposition(named).map_or(0, |at| at + 1)
    }

    /// Makes the grid at least `rows` high: rows of typed files are rows even when they hold nothing.
    pub(super) fn at_least(&mut self, rows: usize) -> Result<()> {
        self.height = self.height.max(rows);
        self.limit()
    }

    /// The first row that holds anything.
    pub(super) fn first_row(&self) -> Option<usize> {
        self.columns.iter().flatten().filter_map(|c| c.rows.iter().position(|r| r != NOTHING)).min()
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

    /// The cells of a row as texts, from the first column.
    pub(super) fn row(&self, row: usize) -> Vec<String> {
        self.columns.iter().map(|c| c.as_ref().map_or(String::new(), |c| c.cell(row).text())).collect()
    }

    /// Whether a row holds anything.
    pub(super) fn holds(&self, row: usize) -> bool {
        self.columns.iter().flatten().any(|c| *c.cell(row) != Cell::Empty)
    }

    fn limit(&self) -> Result<()> {
        if self.height.saturating_mul(self.used) > MAX_CELLS { Err(too_large()) } else { Ok(()) }
    }
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
    /// For each row the index of its value + 1.
    rows: Indices,
    /// Whether texts hardly repeat, as ids do: they are no longer looked for, and those that stand twice
    /// become one at the end.
    loose: bool,
}

/// So many texts must stand in a column before it is seen that they hardly repeat.
const MANY: usize = 1 << 10;

/// Finds texts among the values: open addressing over a tag of the text and the value's index + 1.
#[derive(Debug, Default)]
struct Texts {
    places: Vec<(u64, u32)>,
    /// The same for the ten digits, which most cells of a questionnaire are.
    digits: [u32; 10],
    known: usize,
}

fn home(tag: u64) -> usize {
    (tag.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}

impl Texts {
    #[inline]
    fn find(&self, values: &[Cell], tagged: Tagged<'_>) -> Option<u32> {
        match tagged.digit().and_then(|digit| self.digits.get(digit)) {
            Some(index) => index.checked_sub(1),
            None => self.look_up(values, tagged),
        }
    }

    #[inline]
    fn look_up(&self, values: &[Cell], Tagged { text, tag }: Tagged<'_>) -> Option<u32> {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = home(tag) & mask;
        loop {
            let (known, index) = self.places.get(at).copied().filter(|(_, index)| *index > 0)?;
            let same = || {
                Tagged::is_text(known)
                    || matches!(values.get(index as usize - 1), Some(Cell::Text(t)) if t == text)
            };
            if known == tag && same() {
                return Some(index - 1);
            }
            at = (at + 1) & mask;
        }
    }

    /// Puts a text that is not there yet.
    fn put(&mut self, tagged: Tagged<'_>, index: u32) {
        if let Some(slot) = tagged.digit().and_then(|digit| self.digits.get_mut(digit)) {
            *slot = index + 1;
        }
        self.reserve_one();
        self.known += 1;
        self.place(tagged.tag, index + 1);
    }

    fn reserve_one(&mut self) {
        if (self.known + 1) * 2 > self.places.len() {
            let old = std::mem::replace(
                &mut self.places,
                vec![(0, 0); (self.known + 1).next_power_of_two().max(4) * 4],
            );
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

/// Which of many places tags fall on.
struct Bits {
    words: Vec<u64>,
    shift: u32,
}

impl Bits {
    /// Some sixteen places for each of so many tags.
    fn of(tags: usize) -> Self {
        let words = (tags / 4).next_power_of_two();
        Self { words: vec![0; words], shift: 64 - 6 - words.trailing_zeros() }
    }

    #[inline]
    fn place(&self, tag: u64) -> (usize, u64) {
        let place = (tag.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize;
        (place / 64, 1 << (place % 64))
    }

    /// Whether the tag's place was taken before; now it is.
    #[inline]
    fn set(&mut self, tag: u64) -> bool {
        let (word, bit) = self.place(tag);
        let taken = self.words[word] & bit > 0;
        self.words[word] |= bit;
        taken
    }

    #[inline]
    fn holds(&self, tag: u64) -> bool {
        let (word, bit) = self.place(tag);
        self.words[word] & bit > 0
    }
}

impl Growing {
    #[inline]
    fn set_text(&mut self, row: usize, tagged: Tagged<'_>) {
        match if self.loose { None } else { self.texts.find(&self.values, tagged) } {
            Some(at) => self.put(row, at),
            None => self.set_new_text(row, tagged),
        }
    }

    fn set_new_text(&mut self, row: usize, tagged: Tagged<'_>) {
        let at = self.new_text(tagged);
        self.put(row, at);
        self.loose = self.loose || self.texts.known > MANY && self.texts.known * 8 > self.rows.len() * 7;
    }

    fn new_text(&mut self, tagged: Tagged<'_>) -> u32 {
        let at = self.values.len() as u32;
        self.values.push(Cell::Text(tagged.text.into()));
        if !self.loose {
            self.texts.put(tagged, at);
        }
        at
    }

    /// As [`Growing::new_text`], of a cell that need not be copied.
    fn moved_text(&mut self, cell: Cell) -> u32 {
        let at = self.values.len() as u32;
        if let (false, Cell::Text(text)) = (self.loose, &cell) {
            self.texts.put(Tagged::of(text), at);
        }
        self.values.push(cell);
        at
    }

    /// Adds the rows of another column, from row `first` on.
    fn append(&mut self, first: usize, other: Self) {
        self.loose |= other.loose;
        self.rows.resize(self.rows.len().max(first), NOTHING);
        let mut renamed = Vec::with_capacity(other.values.len() + 1);
        renamed.push(NOTHING);
        for cell in other.values {
            let known = match &cell {
                Cell::Text(text) if !self.loose => self.texts.find(&self.values, Tagged::of(text)),
                _ => None,
            };
            let at = match (known, cell) {
                (Some(at), _) => Some(at),
                (None, cell @ Cell::Text(_)) => Some(self.moved_text(cell)),
                (None, cell) => self.other(cell),
            };
            renamed.push(at.map_or(NOTHING, |at| at + 1));
        }
        self.rows.extend_through(&other.rows, &renamed);
    }

    /// For each value the first one that is the same, where a text stands twice.
    fn first_of_each(&self) -> Option<Vec<u32>> {
        let tag_of = |cell: &Cell| if let Cell::Text(text) = cell { Tagged::of(text).tag } else { 0 };
        let tags: Vec<u64> = self.values.par_iter().map(tag_of).collect();
        // Most tags are told apart by a few of their bits already; only the others are worth a comparison.
        let (mut once, mut again) = (Bits::of(tags.len()), Bits::of(tags.len()));
        for tag in tags.iter().filter(|tag| **tag > 0) {
            if once.set(*tag) {
                again.set(*tag);
            }
        }
        let mut texts = Texts::default();
        let mut twice = false;
        let first = |(at, (cell, tag)): (u32, (&Cell, &u64))| match cell {
            Cell::Text(text) if again.holds(*tag) => {
                let tagged = Tagged { text, tag: *tag };
                let known = texts.find(&self.values, tagged);
                twice |= known.is_some();
                known.unwrap_or_else(|| {
                    texts.put(tagged, at);
                    at
                })
            }
            _ => at,
        };
        let first: Vec<u32> = (0..).zip(self.values.iter().zip(&tags)).map(first).collect();
        twice.then_some(first)
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
        match row.cmp(&self.rows.len()) {
            Ordering::Less => return self.rows.set(row, at + 1),
            Ordering::Equal => {}
            Ordering::Greater => self.rows.resize(row, NOTHING),
        }
        self.rows.push(at + 1);
    }

    /// The cell of a row.
    pub(super) fn cell(&self, row: usize) -> &Cell {
        self.rows
            .get(row)
            .and_then(|at| self.values.get((at as usize).checked_sub(1)?))
            .unwrap_or(&Cell::Empty)
    }

    /// The distinct cells of rows `first..end` in order of first appearance, and for each of these rows the
    /// index of its cell.
    pub(super) fn finish(self, first: usize, end: usize) -> (Vec<Cell>, Indices) {
        let first_of = if self.loose { self.first_of_each() } else { None };
        let Self { values: mut old, mut rows, .. } = self;
        let most = old.len() as u32;
        if let Some(first_of) = first_of {
            let same = |at: u32| first_of.get((at as usize).checked_sub(1)?).map(|first| first + 1);
            rows.change(most, |at| same(at).unwrap_or(at));
        }
        rows.resize(end, NOTHING);
        rows.drop_first(first.min(end));
        let mut renamed = vec![u32::MAX; old.len() + 1];
        let mut order: Vec<u32> = Vec::new();
        rows.change(most, |at| {
            let Some(new) = renamed.get_mut(at as usize) else { return NOTHING };
            if *new == u32::MAX {
                *new = order.len() as u32;
                order.push(at);
            }
            *new
        });
        if order.first().is_some_and(|at| *at != NOTHING) && order.is_sorted() {
            // What stays is in its order already, as in a column of ids: nothing need be moved elsewhere.
            let mut used = renamed.into_iter().skip(1).map(|new| new < u32::MAX);
            old.retain(|_| used.next().unwrap_or(false));
            return (old, rows);
        }
        let cell = |at: u32| {
            (at as usize)
                .checked_sub(1)
                .and_then(|at| old.get_mut(at))
                .map_or(Cell::Empty, |cell| std::mem::replace(cell, Cell::Empty))
        };
        (order.into_iter().map(cell).collect(), rows)
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
        assert_eq!(
            (at, column),
            (2, Some((vec![text("b"), Cell::Empty, text("a")], [0, 1, 2, 0, 1].into_iter().collect())))
        );
    }

    #[test]
    fn no_text_is_taken_for_another() {
        let texts: Vec<String> =
            (0..5000).map(|i| format!("{}{i}", ["", "a", "\0", "値", "long text "][i % 5])).collect();
        let mut grid = Grid::default();
        for (row, text) in texts.iter().chain(&texts).enumerate() {
            assert!(grid.set_text(row, 0, text).is_ok());
        }
        let Some((_, column)) = grid.into_columns().next() else { panic!() };
        let (values, rows) = column.finish(0, 10_000);
        assert!(
            values.iter().zip(&texts).all(|(v, t)| *v == Cell::Text(t.as_str().into()))
                && values.len() == 5000
        );
        assert!((0..5000).all(|i| rows.get(i) == Some(i as u32) && rows.get(i + 5000) == Some(i as u32)));
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
        assert_eq!(
            grid.into_columns().next().map(|(_, c)| c.finish(0, 4)),
            Some((numbers, [0, 1, 0, 2].into_iter().collect()))
        );
    }

    #[test]
    fn a_stray_cell_far_away_is_refused_before_memory_is_taken() {
        let mut grid = Grid::default();
        for column in 0..1024 {
            assert!(grid.set_text(0, column, "x").is_ok());
        }
        assert!(
            grid.set_text(1_048_575, 16_383, "stray")
                .is_err_and(|e| e.to_string().contains("raw::too-large"))
        );
    }
}
