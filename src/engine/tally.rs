//! Counting answers by slot: the innermost loops.

use super::reduction::Reduction;

/// What is kept of a code in a slot: a count, or a count with sums.
pub trait Entry: Copy + Default {
    /// What a row adds.
    type Addend: Copy;

    /// Adds a row.
    fn add(&mut self, addend: &Self::Addend);
    /// Adds what another has added.
    fn merge(&mut self, other: &Self);
    /// Rows.
    fn n(&self) -> u32;
    /// Sums beside the rows, where they are kept.
    fn sums(&self) -> (u128, u128);
}

impl Entry for u32 {
    type Addend = ();

    #[inline]
    fn add(&mut self, (): &()) {
        *self += 1;
    }

    fn merge(&mut self, other: &Self) {
        *self += other;
    }

    fn n(&self) -> u32 {
        *self
    }

    fn sums(&self) -> (u128, u128) {
        (0, 0)
    }
}

/// A table above this size does not stay in the nearest cache: the rows of a block are brought into its order
/// first.
const NEAR: usize = 1 << 14;

/// Rows by slot and code, of several measures. Counts are integers, so that any order of adding gives the
/// same.
///
/// ```
/// use shihyo::engine::Tally;
///
/// let mut tally: Tally = Tally::new([2].into_iter()); // one measure of two codes
/// tally.grow(2);
/// assert!(tally.add(&[0, 1, 1], &[(), (), ()], [&[1_u8, 0, 1][..]].into_iter()));
/// assert_eq!((tally.rows(), tally.slot_count(), tally.rows_of_slot(1)), (3, 2, 2));
/// assert_eq!(tally.counts(0, 1), [1, 1]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally<E = u32> {
    rows: u64,
    rows_of_slot: Vec<u32>,
    /// Of each measure: codes a slot, and the counts, slot by slot.
    tables: Vec<(usize, Vec<E>)>,
}

impl<E: Entry> Tally<E> {
    /// No rows yet; one number of codes a measure, each grown when a greater code comes.
    pub fn new(code_counts: impl Iterator<Item = usize>) -> Self {
        Self {
            rows: 0,
            rows_of_slot: Vec::new(),
            tables: code_counts.map(|codes| (codes.max(1), Vec::new())).collect(),
        }
    }

    /// Rows added.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Slots known.
    pub fn slot_count(&self) -> usize {
        self.rows_of_slot.len()
    }

    /// Rows of a slot, whatever was answered.
    pub fn rows_of_slot(&self, slot: usize) -> u64 {
        self.rows_of_slot.get(slot).copied().map_or(0, u64::from)
    }

    /// Rows of a slot by code.
    pub fn counts(&self, measure: usize, slot: usize) -> &[E] {
        let (codes, table) = &self.tables[measure];
        table.get(slot * codes..(slot + 1) * codes).unwrap_or_default()
    }

    /// Bytes that the tables take.
    pub fn bytes(&self) -> usize {
        self.tables.iter().map(|(_, table)| table.len() * size_of::<E>()).sum()
    }

    /// Makes room for slots below `slots`.
    pub fn grow(&mut self, slots: usize) {
        if slots > self.rows_of_slot.len() {
            self.rows_of_slot.resize(slots, 0);
            self.tables.iter_mut().for_each(|(codes, table)| table.resize(slots * *codes, E::default()));
        }
    }

    /// Adds a block of rows: the slot of each row (below [`Tally::slot_count`]), what each row adds, and of
    /// each measure the codes. Returns `false`, with nothing added, when counts could grow past 32 bits.
    #[must_use]
    pub fn add<'a>(
        &mut self,
        slots: &[u32],
        addends: &[E::Addend],
        measures: impl Iterator<Item = &'a [u8]>,
    ) -> bool {
        if self.rows + slots.len() as u64 > u64::from(u32::MAX) {
            return false;
        }
        self.rows += slots.len() as u64;
        slots.iter().for_each(|slot| self.rows_of_slot[*slot as usize] += 1);
        let mut order = None;
        for ((width, table), codes) in self.tables.iter_mut().zip(measures) {
            let codes = &codes[..slots.len()];
            let needed =
                if codes.is_empty() { 0 } else { codes.iter().copied().fold(0, u8::max) as usize + 1 };
            if needed > *width {
                widen(width, table, needed);
            }
            if table.len() * size_of::<E>() <= NEAR {
                count(
                    table,
                    *width,
                    slots.iter().zip(codes).zip(addends).map(|((slot, code), addend)| (*slot, *code, addend)),
                );
            } else {
                let (order, ordered) = order.get_or_insert_with(|| {
                    let order = order_of(slots, self.rows_of_slot.len());
                    let ordered: Vec<u32> = order.iter().map(|row| slots[*row as usize]).collect();
                    (order, ordered)
                });
                let rows = ordered.iter().zip(order.iter().map(|row| *row as usize));
                count(table, *width, rows.map(|(slot, row)| (*slot, codes[row], &addends[row])));
            }
        }
        true
    }

    /// Sets the rows of a slot that has none yet.
    pub(super) fn put_rows(&mut self, slot: usize, rows: u32) {
        self.rows += u64::from(rows);
        self.rows_of_slot[slot] = rows;
    }

    /// Sets what is kept of a code in a slot whose rows are put.
    pub(super) fn put(&mut self, measure: usize, slot: usize, code: u8, entry: E) {
        let (width, table) = &mut self.tables[measure];
        if usize::from(code) >= *width {
            widen(width, table, usize::from(code) + 1);
        }
        table[slot * *width + usize::from(code)] = entry;
    }

    /// Adds the counts of another tally of the same slots and measures.
    pub(super) fn merge(mut self, other: &Self) -> Self {
        self.rows += other.rows;
        self.rows_of_slot.iter_mut().zip(&other.rows_of_slot).for_each(|(a, b)| *a += b);
        for ((_, a), (_, b)) in self.tables.iter_mut().zip(&other.tables) {
            a.iter_mut().zip(b).for_each(|(a, b)| a.merge(b));
        }
        self
    }
}

/// Counts codes by slot. Widths that are powers of two, as most are, need no multiplication.
#[inline]
fn count<'a, E: Entry + 'a>(
    table: &mut [E],
    width: usize,
    rows: impl Iterator<Item = (u32, u8, &'a E::Addend)>,
) where
    E::Addend: 'a,
{
    match width {
        4 => rows.for_each(|(slot, code, addend)| table[slot as usize * 4 + code as usize].add(addend)),
        _ => rows.for_each(|(slot, code, addend)| table[slot as usize * width + code as usize].add(addend)),
    }
}

fn widen<E: Entry>(width: &mut usize, table: &mut Vec<E>, needed: usize) {
    let wider = needed.next_power_of_two().max(4);
    let mut next = vec![E::default(); table.len() / *width * wider];
    for (old, new) in table.chunks_exact(*width).zip(next.chunks_exact_mut(wider)) {
        new[..*width].copy_from_slice(old);
    }
    (*width, *table) = (wider, next);
}

/// Rows in the order of their slots, rows of one slot in the order in which they came.
pub(super) fn order_of(slots: &[u32], slot_count: usize) -> Vec<u32> {
    if slot_count > 8 * slots.len() {
        let mut pairs: Vec<u64> =
            slots.iter().zip(0_u64..).map(|(slot, row)| (u64::from(*slot) << 32) | row).collect();
        pairs.sort_unstable();
        return pairs.into_iter().map(|pair| pair as u32).collect();
    }
    // Counting sort: how many rows have a lesser slot is where a slot's rows begin.
    let mut begins = vec![0_u32; slot_count];
    slots.iter().for_each(|slot| begins[*slot as usize] += 1);
    let mut sum = 0;
    begins.iter_mut().for_each(|n| sum += std::mem::replace(n, sum));
    let mut order = vec![0; slots.len()];
    for (slot, row) in slots.iter().zip(0..) {
        let at = &mut begins[*slot as usize];
        order[*at as usize] = row;
        *at += 1;
    }
    order
}

/// n, Σw and Σw² of one code in one slot.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Sums {
    pub(super) n: u64,
    pub(super) w: f64,
    pub(super) w2: f64,
}

/// Sums of weights that differ within a key, for rows from `first` on with these slots: of each measure a
/// table of slot × code.
pub(super) fn weighted(
    reduction: &Reduction<'_>,
    first: usize,
    slots: &[u32],
    slot_count: usize,
) -> Vec<Vec<Sums>> {
    let far = |codes: usize| slot_count * codes * size_of::<Sums>() > NEAR;
    let order = reduction.measures().iter().any(|m| far(m.code_count)).then(|| order_of(slots, slot_count));
    reduction
        .measures()
        .iter()
        .map(|measure| {
            let mut table = vec![Sums::default(); slot_count * measure.code_count];
            let mut add = |row: usize| {
                let w = reduction.weight(first + row);
                let at = &mut table
                    [slots[row] as usize * measure.code_count + measure.codes[first + row] as usize];
                at.n += 1;
                at.w += w;
                at.w2 += w * w;
            };
            match &order {
                Some(order) if far(measure.code_count) => order.iter().for_each(|row| add(*row as usize)),
                _ => (0..slots.len()).for_each(&mut add),
            }
            table
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn near_and_far_tables_and_late_codes_count_the_same() {
        let rows = 50_000_u32;
        let slots: Vec<u32> = (0..rows).map(|i| i.wrapping_mul(2_654_435_761) % 40_009).collect();
        let codes: Vec<u8> =
            (0..rows).map(|i| if i > 30_000 { (i % 9) as u8 } else { (i % 3) as u8 }).collect();
        let mut tally: Tally = Tally::new([3].into_iter());
        for (slots, codes) in slots.chunks(7_000).zip(codes.chunks(7_000)) {
            tally.grow(slots.iter().max().map_or(0, |s| *s as usize + 1));
            assert!(tally.add(slots, &vec![(); slots.len()], [codes].into_iter()));
        }
        let mut expected = vec![[0_u32; 9]; 40_009];
        slots.iter().zip(&codes).for_each(|(s, c)| expected[*s as usize][*c as usize] += 1);
        for (slot, expected) in expected.iter().enumerate().take(tally.slot_count()) {
            let counts = tally.counts(0, slot);
            assert_eq!((&counts[..9], counts[9..].iter().sum::<u32>()), (&expected[..], 0));
            assert_eq!(tally.rows_of_slot(slot), expected.iter().map(|n| u64::from(*n)).sum::<u64>());
        }
        assert_eq!(tally.rows(), u64::from(rows));
    }
}
