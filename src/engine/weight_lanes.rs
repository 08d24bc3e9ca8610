//! Sums of weights over many columns of codes at once, exact.
//!
//! For each code a row either adds its weight to a lane or does not. Sixteen rows of a slot wait for each
//! other: the sums of all subsets of four of them are sixteen numbers, and which subset holds a code in a
//! lane are four bits. So a lane takes four additions for sixteen rows, and the tables, which are larger than
//! the near caches, are visited once in sixteen rows. One code has no sums of its own: they are what the
//! other codes leave of the slot's.

use wide::u8x16;

use super::exact::Scale;
use crate::raw::scan::LANES;

/// Rows that wait for each other.
const WAITING: usize = 16;

/// Rows whose subsets are added up beforehand.
const SUBSET: usize = 4;

/// Bits of a limb: 2²⁷ of them fit into 64 bits without a carry.
const LIMB: u32 = 37;

/// Rows that limbs have room for.
const MOST_ROWS: u64 = 1 << (64 - LIMB);

/// n, Σw in two limbs and Σw² in three, in the units of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(align(16))]
pub(super) struct Limbs([u64; 6]);

impl Limbs {
    /// One row of this weight, where it has room.
    #[inline]
    fn of(weight: f64, scale: Scale) -> Option<Self> {
        let [w0, w1, s0, s1, s2] = scale.limbs::<LIMB>(weight)?;
        Some(Self([1, w0, w1, s0, s1, s2]))
    }

    #[inline]
    fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a += b);
    }

    fn subtract(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a -= b);
    }

    /// Rows, and the sums as whole numbers.
    pub(super) fn sums(&self) -> (u64, u128, u128) {
        let [n, w0, w1, s0, s1, s2] = self.0;
        let at = |limb: u64, at: u32| u128::from(limb) << (at * LIMB);
        (n, at(w0, 0) + at(w1, 1), at(s0, 0) + at(s1, 1) + at(s2, 2))
    }
}

/// The sums of all subsets of four rows, by the bits that say which rows are in.
#[inline]
fn subsets(rows: &[Limbs; SUBSET]) -> [Limbs; 1 << SUBSET] {
    let mut out = [Limbs::default(); 1 << SUBSET];
    for (at, row) in rows.iter().enumerate() {
        let (known, next) = out.split_at_mut(1 << at);
        for (next, known) in next.iter_mut().zip(known) {
            *next = *known;
            next.add(row);
        }
    }
    out
}

/// Rows and sums of weights by slot and code, of the measured lanes of a chunk at once.
pub(super) struct WeightLanes {
    scale: Scale,
    rows: u64,
    /// The lanes that are measured.
    lanes: Vec<usize>,
    /// Their groups of [`LANES`], each with the measured ones: the lane in the group, and its place in
    /// `lanes`.
    groups: Vec<(usize, Vec<(usize, usize)>)>,
    /// The codes that occur. The first one is not added up.
    codes: Vec<u8>,
    rows_of_slot: Vec<u32>,
    /// Codes of the rows that wait, by slot, row and group; and their weights.
    waiting_codes: Vec<[u8; LANES]>,
    waiting: Vec<[f64; WAITING]>,
    /// All rows of a slot.
    whole: Vec<Limbs>,
    /// By slot, code after the first, and place among the measured lanes.
    parts: Vec<Limbs>,
}

impl WeightLanes {
    /// No rows yet, of which these lanes are measured.
    pub(super) fn new(scale: Scale, lanes: Vec<usize>) -> Self {
        let mut groups: Vec<(usize, Vec<(usize, usize)>)> = Vec::new();
        for (place, lane) in lanes.iter().enumerate() {
            let group = lane / LANES;
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, members)) => members.push((lane % LANES, place)),
                None => groups.push((group, vec![(lane % LANES, place)])),
            }
        }
        Self {
            scale,
            rows: 0,
            lanes,
            groups,
            codes: Vec::new(),
            rows_of_slot: Vec::new(),
            waiting_codes: Vec::new(),
            waiting: Vec::new(),
            whole: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// The codes that are added up.
    pub(super) fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// Slots known.
    pub(super) fn slot_count(&self) -> usize {
        self.rows_of_slot.len()
    }

    /// Rows of a slot.
    pub(super) fn rows_of_slot(&self, slot: usize) -> u64 {
        self.rows_of_slot.get(slot).copied().map_or(0, u64::from)
    }

    /// The codes that would be added up with these. The most frequent one of the rows comes first, where none
    /// is known yet.
    pub(super) fn codes_with<'a>(
        &self,
        met: impl Iterator<Item = u8>,
        rows: impl Iterator<Item = &'a [u8]>,
    ) -> Vec<u8> {
        let mut all = self.codes.clone();
        if all.is_empty() {
            let mut counts = [0_u32; 256];
            for row in rows.take(1 << 8) {
                self.lanes.iter().for_each(|lane| counts[usize::from(row[*lane])] += 1);
            }
            all.extend((0..=u8::MAX).max_by_key(|code| counts[usize::from(*code)]));
        }
        for code in met {
            if !all.contains(&code) {
                all.push(code);
            }
        }
        all
    }

    /// Bytes that so many slots and codes take.
    pub(super) fn bytes(&self, slots: usize, codes: usize) -> usize {
        let sums = 1 + codes.saturating_sub(1) * self.lanes.len();
        slots * (sums * size_of::<Limbs>() + WAITING * (self.groups.len() * LANES + size_of::<f64>()))
    }

    /// Sums of a slot.
    fn size(&self) -> usize {
        self.codes.len().saturating_sub(1) * self.lanes.len()
    }

    /// Adds up these codes, the first of which are those that are added up now.
    pub(super) fn know(&mut self, codes: &[u8]) {
        if codes.len() > self.codes.len() {
            let before = self.size();
            self.codes = codes.to_vec();
            let mut parts = vec![Limbs::default(); self.slot_count() * self.size()];
            if before > 0 {
                let slots = parts.chunks_exact_mut(self.size()).zip(self.parts.chunks_exact(before));
                slots.for_each(|(new, old)| new[..before].copy_from_slice(old));
            }
            self.parts = parts;
        }
    }

    /// Makes room for slots below `slots`.
    pub(super) fn grow(&mut self, slots: usize) {
        if slots > self.slot_count() {
            self.rows_of_slot.resize(slots, 0);
            self.waiting_codes.resize(slots * WAITING * self.groups.len(), [0; LANES]);
            self.waiting.resize(slots, [0.0; WAITING]);
            self.whole.resize(slots, Limbs::default());
            self.parts.resize(slots * self.size(), Limbs::default());
        }
    }

    /// Whether limbs have room for these weights, too.
    pub(super) fn fits(&self, weights: &[f64]) -> bool {
        let bounds = weights.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), w| (w.min(a), w.max(b)));
        self.rows + weights.len() as u64 <= MOST_ROWS
            && (weights.is_empty()
                || [bounds.0, bounds.1].into_iter().all(|w| Limbs::of(w, self.scale).is_some()))
    }

    /// Adds rows that fit: the slot of each, below [`WeightLanes::slot_count`], its weight, and its codes,
    /// all of which are known.
    pub(super) fn add<'a>(&mut self, slots: &[u32], weights: &[f64], rows: impl Iterator<Item = &'a [u8]>) {
        self.rows += slots.len() as u64;
        for ((slot, weight), row) in slots.iter().zip(weights).zip(rows) {
            let slot = *slot as usize;
            let at = self.rows_of_slot[slot] as usize % WAITING;
            self.rows_of_slot[slot] += 1;
            self.waiting[slot][at] = *weight;
            let row = row.as_chunks::<LANES>().0;
            let begin = (slot * WAITING + at) * self.groups.len();
            let waiting = self.waiting_codes[begin..].iter_mut().zip(&self.groups);
            waiting.for_each(|(waiting, (group, _))| *waiting = row.get(*group).copied().unwrap_or_default());
            if at + 1 == WAITING {
                self.add_waiting(slot, WAITING);
            }
        }
    }

    /// Adds the rows that still wait.
    pub(super) fn finish(&mut self) {
        for slot in 0..self.slot_count() {
            let left = self.rows_of_slot[slot] as usize % WAITING;
            if left > 0 {
                self.add_waiting(slot, left);
            }
        }
    }

    /// Adds the first rows of a slot that wait: so many.
    fn add_waiting(&mut self, slot: usize, count: usize) {
        let mut sums = [Limbs::default(); WAITING];
        for (sum, weight) in sums.iter_mut().zip(&self.waiting[slot]).take(count) {
            *sum = Limbs::of(*weight, self.scale).unwrap_or_default();
        }
        let used = count.div_ceil(SUBSET);
        let mut tables = [[Limbs::default(); 1 << SUBSET]; WAITING / SUBSET];
        for (table, rows) in tables.iter_mut().zip(sums.as_chunks::<SUBSET>().0).take(used) {
            *table = subsets(rows);
            self.whole[slot].add(&table[(1 << SUBSET) - 1]);
        }
        let tables = &tables[..used];
        let size = self.size();
        let groups = self.groups.len();
        let rows = &self.waiting_codes[slot * WAITING * groups..(slot + 1) * WAITING * groups];
        let parts = &mut self.parts[slot * size..(slot + 1) * size];
        let of_codes = self.codes.iter().skip(1).zip(parts.chunks_exact_mut(self.lanes.len().max(1)));
        for (code, parts) in of_codes {
            let code = u8x16::new([*code; LANES]);
            for (group, (_, members)) in self.groups.iter().enumerate() {
                let mut held = [[0; LANES]; WAITING / SUBSET];
                let mut any = u8x16::ZERO;
                for (held, rows) in held.iter_mut().zip(rows.chunks_exact(SUBSET * groups)).take(used) {
                    let mut bits = u8x16::ZERO;
                    for (at, row) in rows.iter().skip(group).step_by(groups).enumerate() {
                        bits |= u8x16::new(*row).cmp_eq(code) & u8x16::new([1 << at; LANES]);
                    }
                    any |= bits;
                    *held = bits.to_array();
                }
                let any = any.to_array();
                for (lane, place) in members.iter().filter(|(lane, _)| any[*lane] != 0) {
                    let mut part = parts[*place];
                    for (table, held) in tables.iter().zip(&held) {
                        part.add(&table[usize::from(held[*lane]) % table.len()]);
                    }
                    parts[*place] = part;
                }
            }
        }
    }

    /// Of each slot the sums of the code at `place`, in the measured lane at `lane`. All rows have been
    /// added.
    pub(super) fn of_code(&self, lane: usize, place: usize) -> impl Iterator<Item = Limbs> {
        let (lanes, size) = (self.lanes.len(), self.size());
        self.whole.iter().enumerate().map(move |(slot, whole)| {
            let parts = &self.parts[slot * size..(slot + 1) * size];
            match place.checked_sub(1) {
                Some(code) => parts.get(code * lanes + lane).copied().unwrap_or_default(),
                None => {
                    let mut rest = *whole;
                    parts.iter().skip(lane).step_by(lanes.max(1)).for_each(|part| rest.subtract(part));
                    rest
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Scale, WeightLanes};

    #[test]
    fn sums_are_those_of_the_plain_loop_when_codes_come_late_too() {
        let (rows, stride, lanes) = (20_003_u32, 32, vec![20, 3, 31]);
        let random = |row: u32, lane: u32| {
            (row.wrapping_mul(2_654_435_761) ^ lane.wrapping_mul(40_503)).wrapping_mul(2_246_822_519) >> 16
        };
        let slot = |row: u32| if row.is_multiple_of(2) { 0 } else { random(row, 99) % 300 };
        let code = |row: u32, lane: u32| match random(row, lane) % 6 {
            5 if row > 15_000 => 200,
            code => (code % 3) as u8,
        };
        let weight = |row: u32| 0.3 + f64::from(random(row, 77)) / 7777.0;
        let scale = Scale::around(weight(0)).unwrap();
        let mut sums = WeightLanes::new(scale, lanes.clone());
        let mut expected: BTreeMap<(u32, usize, u8), (u64, u128, u128)> = BTreeMap::new();
        for first in (0..rows).step_by(1_000) {
            let block = first..rows.min(first + 1_000);
            let slots: Vec<u32> = block.clone().map(slot).collect();
            let weights: Vec<f64> = block.clone().map(weight).collect();
            let codes: Vec<u8> =
                block.clone().flat_map(|row| (0..stride as u32).map(move |lane| code(row, lane))).collect();
            for row in block {
                let (w, w2) = scale.addend(weight(row)).unwrap();
                for (place, lane) in lanes.iter().enumerate() {
                    let sum = expected.entry((slot(row), place, code(row, *lane as u32))).or_default();
                    *sum = (sum.0 + 1, sum.1 + u128::from(w), sum.2 + u128::from(w2));
                }
            }
            let met = lanes.iter().flat_map(|lane| codes.iter().skip(*lane).step_by(stride)).copied();
            let known = sums.codes_with(met, codes.chunks_exact(stride));
            sums.know(&known);
            sums.grow(slots.iter().max().map_or(0, |slot| *slot as usize + 1));
            assert!(sums.fits(&weights));
            sums.add(&slots, &weights, codes.chunks_exact(stride));
        }
        sums.finish();
        let mut found = BTreeMap::new();
        for place in 0..lanes.len() {
            for (at, code) in sums.codes().iter().enumerate() {
                let of_slots = (0..).zip(sums.of_code(place, at).map(|sum| sum.sums()));
                found.extend(
                    of_slots.filter(|(_, sum)| sum.0 > 0).map(|(slot, sum)| ((slot, place, *code), sum)),
                );
            }
        }
        assert_eq!(found, expected);
        assert_eq!((0..sums.slot_count()).map(|slot| sums.rows_of_slot(slot)).sum::<u64>(), u64::from(rows));
        // Far from the others, or more digits below the unit.
        assert!(!sums.fits(&[1.0, 1e9]) && !sums.fits(&[1e-9, 1.0]) && sums.fits(&[]));
    }
}
