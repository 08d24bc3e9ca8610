//! Counting columns of many codes by slot.

/// All codes that there could be.
pub(super) const CODES: usize = 256;

/// Rows by slot and code, of several columns that have many codes.
///
/// A count takes one byte, so that the counts of a slot and column lie in a line or two of the cache, and
/// moves on when its slot has had so many rows that it might be full.
pub(super) struct NearTally {
    rows: u64,
    rows_of_slot: Vec<u32>,
    /// Rows of a slot that have not moved on.
    near_of_slot: Vec<u8>,
    columns: Vec<Column>,
}

/// The counts of a column: slot by slot, so many codes each.
struct Column {
    width: usize,
    near: Vec<u8>,
    /// As many, or none: nothing has moved on.
    far: Vec<u32>,
}

impl Column {
    fn widen(&mut self, codes: usize) {
        let wider = codes.next_power_of_two();
        self.near = widened(&self.near, self.width, wider);
        self.far = widened(&self.far, self.width, wider);
        self.width = wider;
    }

    /// Adds a code to the counts of each of these slots.
    fn add(&mut self, slots: &[u32], codes: &mut impl Iterator<Item = u8>) {
        for (slot, code) in slots.iter().zip(codes) {
            let count = &mut self.near[*slot as usize * self.width + usize::from(code)];
            *count = count.wrapping_add(1);
        }
    }

    /// Moves the counts of a slot on.
    fn spill(&mut self, slot: usize) {
        let range = slot * self.width..(slot + 1) * self.width;
        self.far();
        for (far, near) in self.far[range.clone()].iter_mut().zip(&mut self.near[range]) {
            *far += u32::from(std::mem::take(near));
        }
    }

    /// The counts that have moved on, with room for all.
    fn far(&mut self) -> &mut [u32] {
        if self.far.len() < self.near.len() {
            self.far.resize(self.near.len(), 0);
        }
        &mut self.far
    }
}

fn widened<T: Copy + Default>(counts: &[T], width: usize, wider: usize) -> Vec<T> {
    let mut out = vec![T::default(); counts.len() / width * wider];
    let slots = out.chunks_exact_mut(wider).zip(counts.chunks_exact(width));
    slots.for_each(|(new, old)| new[..width].copy_from_slice(old));
    out
}

impl NearTally {
    /// No rows yet of so many columns.
    pub(super) fn new(columns: usize) -> Self {
        let column = |_| Column { width: 16, near: Vec::new(), far: Vec::new() };
        Self {
            rows: 0,
            rows_of_slot: Vec::new(),
            near_of_slot: Vec::new(),
            columns: (0..columns).map(column).collect(),
        }
    }

    /// Rows of a slot.
    pub(super) fn rows_of_slot(&self, slot: usize) -> u64 {
        self.rows_of_slot.get(slot).copied().map_or(0, u64::from)
    }

    /// Bytes that so many slots take at most.
    pub(super) fn bytes(&self, slots: usize) -> usize {
        self.columns.iter().map(|c| slots * c.width * (size_of::<u8>() + size_of::<u32>())).sum()
    }

    /// Makes room for slots below `slots`.
    pub(super) fn grow(&mut self, slots: usize) {
        if slots > self.rows_of_slot.len() {
            self.rows_of_slot.resize(slots, 0);
            self.near_of_slot.resize(slots, 0);
            self.columns.iter_mut().for_each(|c| c.near.resize(slots * c.width, 0));
        }
    }

    /// Adds rows: the slot of each, below those that there is room for; of each column the codes, and a bound
    /// above them. Returns `false`, with nothing added, when counts could grow past 32 bits.
    #[must_use]
    pub(super) fn add<I: Iterator<Item = u8>>(
        &mut self,
        slots: &[u32],
        bounds: &[usize],
        codes: impl Fn(usize) -> I,
    ) -> bool {
        if self.rows + slots.len() as u64 > u64::from(u32::MAX) {
            return false;
        }
        self.rows += slots.len() as u64;
        // After which rows the counts of their slot may be full.
        let mut full = Vec::new();
        for (row, slot) in slots.iter().enumerate() {
            if self.count_row(*slot as usize) {
                full.push(row);
            }
        }
        // Columns one by one, so that each has the near caches for itself.
        for (at, (column, bound)) in self.columns.iter_mut().zip(bounds).enumerate() {
            if *bound > column.width {
                column.widen(*bound);
            }
            let (mut codes, mut first) = (codes(at), 0);
            for last in &full {
                column.add(&slots[first..=*last], &mut codes);
                column.spill(slots[*last] as usize);
                first = last + 1;
            }
            column.add(&slots[first..], &mut codes);
        }
        true
    }

    /// Counts a row of a slot; whether it has had as many as a byte holds since its counts moved on, which
    /// they do now.
    #[inline]
    fn count_row(&mut self, slot: usize) -> bool {
        self.rows_of_slot[slot] += 1;
        let near = &mut self.near_of_slot[slot];
        *near = if *near + 1 == u8::MAX { 0 } else { *near + 1 };
        *near == 0
    }

    /// Sets the rows of a slot that has none yet.
    pub(super) fn put_rows(&mut self, slot: usize, rows: u32) {
        self.rows += u64::from(rows);
        self.rows_of_slot[slot] = rows;
    }

    /// Sets the count of a code in a slot whose rows are put.
    pub(super) fn put(&mut self, column: usize, slot: usize, code: u8, n: u32) {
        let column = &mut self.columns[column];
        if usize::from(code) >= column.width {
            column.widen(usize::from(code) + 1);
        }
        let at = slot * column.width + usize::from(code);
        column.far()[at] = n;
    }

    /// Adds what is counted of a column: where `into` says for a slot, of so many values each, as far as
    /// `of_code` says for a code.
    pub(super) fn add_to(
        &self,
        column: usize,
        into: &[u32],
        values: usize,
        of_code: &[u8; CODES],
        counts: &mut [u64],
    ) {
        let Column { width, near, far } = &self.columns[column];
        add_held(near, *width, into, values, of_code, counts);
        add_held(far, *width, into, values, of_code, counts);
    }
}

fn add_held<T: Copy + Into<u64>>(
    held: &[T],
    width: usize,
    into: &[u32],
    values: usize,
    of_code: &[u8; CODES],
    counts: &mut [u64],
) {
    for (held, into) in held.chunks_exact(width).zip(into) {
        let counts = counts.get_mut(*into as usize * values..).unwrap_or_default();
        // A code that does not occur has no rows, and may stand for any value.
        for (n, value) in held.iter().zip(of_code) {
            if let Some(count) = counts.get_mut(usize::from(*value)) {
                *count += (*n).into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{CODES, NearTally};

    #[test]
    fn every_code_is_counted_also_beyond_a_byte_and_when_codes_come_late() {
        let rows = 60_000_u32;
        let random = |row: u32, n: u32| row.wrapping_mul(2_654_435_761).rotate_left(11) % n;
        // Slot 0 has a third of the rows, and one row is put before.
        let slot = |row: u32| if row.is_multiple_of(3) { 0 } else { random(row + 1, 700) };
        let code = |row: u32, column: u32| match column {
            0 => (random(row, 5)) as u8,
            _ => random(row + 7, if row > 40_000 { 251 } else { 13 }) as u8,
        };
        let mut tally = NearTally::new(2);
        tally.grow(1);
        tally.put_rows(0, 1);
        tally.put(0, 0, 3, 1);
        tally.put(1, 0, 77, 1);
        let mut expected = BTreeMap::from([((0, 0, 3), 1), ((1, 0, 77), 1)]);
        for first in (0..rows).step_by(7_001) {
            let block = first..rows.min(first + 7_001);
            let slots: Vec<u32> = block.clone().map(slot).collect();
            let codes = [0, 1].map(|column| block.clone().map(|row| code(row, column)).collect::<Vec<u8>>());
            for (column, codes) in codes.iter().enumerate() {
                for (slot, code) in slots.iter().zip(codes) {
                    *expected.entry((column, *slot as usize, usize::from(*code))).or_default() += 1;
                }
            }
            tally.grow(slots.iter().max().map_or(0, |slot| *slot as usize + 1));
            let bounds =
                codes.each_ref().map(|codes| usize::from(codes.iter().copied().fold(0, u8::max)) + 1);
            assert!(tally.add(&slots, &bounds, |column| codes[column].iter().copied()));
        }
        let slots = 0..700;
        let (into, of_code): (Vec<u32>, _) = ((0..700).collect(), std::array::from_fn(|code| code as u8));
        let of_column = |column: usize| {
            let mut counts = vec![0; 700 * CODES];
            tally.add_to(column, &into, CODES, &of_code, &mut counts);
            let held = counts.into_iter().enumerate().filter(|(_, n)| *n > 0);
            held.map(move |(at, n)| ((column, at / CODES, at % CODES), n)).collect::<Vec<_>>()
        };
        let found: BTreeMap<(usize, usize, usize), u64> = [0, 1].into_iter().flat_map(of_column).collect();
        assert_eq!(found, expected);
        assert_eq!(slots.clone().map(|slot| tally.rows_of_slot(slot)).sum::<u64>(), u64::from(rows) + 1);
    }
}
