//! Counting many columns of codes at once.

use std::ops::Range;

use crate::raw::scan::LANES;

/// Rows of a slot after which its counts of one byte each are added to those that have room for more.
const FULL: u32 = 128;

/// Rows by slot and code, of all columns of a chunk at once.
///
/// A row of codes is compared with each code that occurs, sixteen columns at a time, and what is equal counts
/// one. A count takes one byte, so that what rows are added to stays in the near caches, and moves on when
/// the slot has had so many rows that it might be full.
pub(super) struct LaneTally {
    /// Groups of lanes that are counted, among all of a row.
    groups: Range<usize>,
    rows: u64,
    /// The codes that are counted, each in all lanes.
    codes: Vec<[u8; LANES]>,
    rows_of_slot: Vec<u32>,
    /// Counts by slot, group of lanes, code, and lane.
    near: Vec<[u8; LANES]>,
    /// As many, or fewer: slots that have not moved anything have none.
    far: Vec<[u32; LANES]>,
}

impl LaneTally {
    /// No rows yet; of these lanes, and those in a group with them, codes will be counted.
    pub(super) fn new(lanes: &[usize]) -> Self {
        let (first, last) = (lanes.iter().min(), lanes.iter().max());
        Self {
            groups: first.map_or(0, |lane| lane / LANES)..last.map_or(0, |lane| lane / LANES + 1),
            rows: 0,
            codes: Vec::new(),
            rows_of_slot: Vec::new(),
            near: Vec::new(),
            far: Vec::new(),
        }
    }

    /// The codes that are counted.
    pub(super) fn codes(&self) -> Vec<u8> {
        self.codes.iter().map(|code| code[0]).collect()
    }

    /// Slots known.
    pub(super) fn slot_count(&self) -> usize {
        self.rows_of_slot.len()
    }

    /// Rows of a slot.
    pub(super) fn rows_of_slot(&self, slot: usize) -> u64 {
        self.rows_of_slot.get(slot).copied().map_or(0, u64::from)
    }

    /// The codes that would be counted with these, those that are counted now first.
    pub(super) fn codes_with(&self, codes: impl Iterator<Item = u8>) -> Vec<u8> {
        let mut all = self.codes();
        for code in codes {
            if !all.contains(&code) {
                all.push(code);
            }
        }
        all
    }

    /// Bytes that the counts of so many slots and codes take at most.
    pub(super) fn bytes(&self, slots: usize, codes: usize) -> usize {
        slots * self.groups.len() * LANES * codes * (size_of::<u8>() + size_of::<u32>())
    }

    /// Counts these codes, the first of which are those that are counted now.
    pub(super) fn know(&mut self, codes: &[u8]) {
        let (before, after) = (self.codes.len(), codes.len());
        if after > before {
            self.codes = codes.iter().map(|code| [*code; LANES]).collect();
            (self.near, self.far) = (wider(&self.near, before, after), wider(&self.far, before, after));
            self.near.resize(self.slot_count() * self.size(), [0; LANES]);
        }
    }

    /// Makes room for slots below `slots`.
    pub(super) fn grow(&mut self, slots: usize) {
        if slots > self.slot_count() {
            self.rows_of_slot.resize(slots, 0);
            self.near.resize(slots * self.size(), [0; LANES]);
        }
    }

    /// Adds rows: the slot of each, below [`LaneTally::slot_count`], and its codes; those that are not
    /// counted are left out. Returns `false`, with nothing added, when counts could grow past 32 bits.
    #[must_use]
    pub(super) fn add<'a>(&mut self, slots: &[u32], rows: impl Iterator<Item = &'a [u8]>) -> bool {
        if self.rows + slots.len() as u64 > u64::from(u32::MAX) {
            return false;
        }
        self.rows += slots.len() as u64;
        match self.codes[..] {
            [a] => self.add_each([a], slots, rows),
            [a, b] => self.add_each([a, b], slots, rows),
            [a, b, c] => self.add_each([a, b, c], slots, rows),
            [a, b, c, d] => self.add_each([a, b, c, d], slots, rows),
            _ => self.add_any(slots, rows),
        }
        true
    }

    /// Of few codes, which stay where they are for all rows.
    fn add_each<'a, const CODES: usize>(
        &mut self,
        codes: [[u8; LANES]; CODES],
        slots: &[u32],
        rows: impl Iterator<Item = &'a [u8]>,
    ) {
        let (groups, first) = (self.groups.len(), self.groups.start);
        for (slot, row) in slots.iter().map(|slot| *slot as usize).zip(rows) {
            let of_slot = self.near.as_chunks_mut::<CODES>().0.get_mut(slot * groups..).unwrap_or_default();
            let row = row.as_chunks::<LANES>().0.get(first..).unwrap_or_default();
            for (counts, row) in of_slot.iter_mut().zip(row).take(groups) {
                for (counts, code) in counts.iter_mut().zip(&codes) {
                    *counts = counted(*counts, *row, *code);
                }
            }
            self.count_row(slot);
        }
    }

    fn add_any<'a>(&mut self, slots: &[u32], rows: impl Iterator<Item = &'a [u8]>) {
        let (codes, size) = (self.codes.len(), self.size());
        for (slot, row) in slots.iter().map(|slot| *slot as usize).zip(rows) {
            let mut counts = &mut self.near[slot * size..(slot + 1) * size];
            for row in row.as_chunks::<LANES>().0.iter().skip(self.groups.start) {
                let Some((of_group, rest)) = counts.split_at_mut_checked(codes) else { break };
                of_group
                    .iter_mut()
                    .zip(&self.codes)
                    .for_each(|(counts, code)| *counts = counted(*counts, *row, *code));
                counts = rest;
            }
            self.count_row(slot);
        }
    }

    #[inline]
    fn count_row(&mut self, slot: usize) {
        let rows = &mut self.rows_of_slot[slot];
        *rows += 1;
        if rows.is_multiple_of(FULL) {
            self.spill(slot);
        }
    }

    /// Groups of counts a slot.
    fn size(&self) -> usize {
        self.groups.len() * self.codes.len()
    }

    #[cold]
    fn spill(&mut self, slot: usize) {
        let range = slot * self.size()..(slot + 1) * self.size();
        if self.far.len() < range.end {
            self.far.resize(self.near.len(), [0; LANES]);
        }
        for (far, near) in self.far[range.clone()].iter_mut().zip(&mut self.near[range]) {
            far.iter_mut().zip(std::mem::take(near)).for_each(|(far, near)| *far += u32::from(near));
        }
    }

    /// Adds what is counted in a lane: where `into` says for a slot, as far as `of_code` says for a code.
    pub(super) fn add_to(
        &self,
        lane: usize,
        into: &[u32],
        width: usize,
        of_code: &[u8; 256],
        counts: &mut [u64],
    ) {
        let values: Vec<usize> =
            self.codes.iter().map(|code| usize::from(of_code[usize::from(code[0])])).collect();
        self.add_held(&self.near, lane, into, width, &values, counts);
        self.add_held(&self.far, lane, into, width, &values, counts);
    }

    fn add_held<T: Copy + Into<u64>>(
        &self,
        held: &[[T; LANES]],
        lane: usize,
        into: &[u32],
        width: usize,
        values: &[usize],
        counts: &mut [u64],
    ) {
        let (group, lane) = ((lane / LANES - self.groups.start) * values.len(), lane % LANES);
        for (held, into) in held.chunks_exact(self.size().max(1)).zip(into) {
            let (Some(held), Some(counts)) = (held.get(group..), counts.get_mut(*into as usize * width..))
            else {
                continue;
            };
            for (held, value) in held.iter().zip(values) {
                // A code that the lane does not hold has no rows, and may stand for any value.
                counts[*value] += held[lane].into();
            }
        }
    }
}

/// One more in each lane that holds the code.
#[inline]
fn counted(counts: [u8; LANES], row: [u8; LANES], code: [u8; LANES]) -> [u8; LANES] {
    let mut out = counts;
    for lane in 0..LANES {
        out[lane] = counts[lane].wrapping_add(u8::from(row[lane] == code[lane]));
    }
    out
}

/// Counts of so many codes with room for more.
fn wider<T: Copy + Default>(counts: &[[T; LANES]], before: usize, after: usize) -> Vec<[T; LANES]> {
    let mut out = vec![[T::default(); LANES]; counts.len() / before.max(1) * after];
    for (new, old) in out.chunks_exact_mut(after.max(1)).zip(counts.chunks_exact(before.max(1))) {
        new[..before].copy_from_slice(old);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::LaneTally;

    #[test]
    fn every_code_of_every_lane_is_counted_also_beyond_a_byte_and_when_codes_come_late() {
        let (rows, stride) = (40_000_u32, 32);
        let random = |row: u32, lane: u32| {
            (row.wrapping_mul(2_654_435_761) ^ lane.wrapping_mul(40_503)).wrapping_mul(2_246_822_519) >> 16
        };
        // Slot 0 has half of the rows; codes 7 and 200 come late; lane 31 holds a code that nobody counts.
        let slot = |row: u32| if row.is_multiple_of(2) { 0 } else { random(row, 99) % 300 };
        let code = |row: u32, lane: u32| match (random(row, lane) % 5, lane) {
            (_, 31) => 90,
            (4, _) if row > 30_000 => {
                if lane == 19 {
                    200
                } else {
                    7
                }
            }
            (code, _) => (code % 4) as u8,
        };
        // Lanes 0 to 15 are in no measure.
        let mut tally = LaneTally::new(&[31, 16]);
        let mut expected: BTreeMap<(u32, u32, u8), u64> = BTreeMap::new();
        for block in (0..rows).step_by(1000) {
            let block = block..block + 1000;
            let slots: Vec<u32> = block.clone().map(slot).collect();
            let codes: Vec<u8> =
                block.clone().flat_map(|row| (0..stride).map(move |lane| code(row, lane))).collect();
            block.for_each(|row| {
                (0..stride)
                    .for_each(|lane| *expected.entry((slot(row), lane, code(row, lane))).or_default() += 1)
            });
            let counted = codes.iter().copied().filter(|c| *c != 90);
            tally.know(&tally.codes_with(counted));
            assert!(tally.codes().len() <= 6);
            tally.grow(slots.iter().max().map_or(0, |s| *s as usize + 1));
            assert!(tally.add(&slots, codes.chunks_exact(stride as usize)));
        }
        expected.retain(|(_, lane, _), _| (16..31).contains(lane));
        let mut found: BTreeMap<(u32, u32, u8), u64> = BTreeMap::new();
        let (slots, of_code) = (tally.slot_count() as u32, std::array::from_fn(|code| code as u8));
        for lane in 16..stride {
            let mut counts = vec![0; 256 * slots as usize];
            tally.add_to(lane as usize, &(0..slots).collect::<Vec<_>>(), 256, &of_code, &mut counts);
            let held = counts.iter().enumerate().filter(|(_, n)| **n > 0);
            found.extend(held.map(|(at, n)| (((at / 256) as u32, lane, (at % 256) as u8), *n)));
        }
        assert_eq!(found, expected);
        assert_eq!(
            (0..tally.slot_count()).map(|slot| tally.rows_of_slot(slot)).sum::<u64>(),
            u64::from(rows)
        );
    }
}
