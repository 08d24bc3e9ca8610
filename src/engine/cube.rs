//! Sums in the crossings that occur, and what rolls up from them.

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::reduction::Reduction;
use super::tally::{Sums, Tally, weighted};
use super::totals::Totals;

/// Rows that are counted at once: a column of codes stays in the nearest cache.
const COUNTED: usize = 1 << 14;

/// Rows of a block. Blocks of weighted sums grow with the tables, so that merging never costs more than adding.
const BLOCK: usize = 1 << 16;

/// Sums of one measure in the slots that occur.
#[derive(Debug, Clone, PartialEq)]
struct Measured {
    code_count: usize,
    n: Vec<u64>,
    /// Σw and Σw²; none where they follow from n and the key's weight.
    sums: Option<(Vec<f64>, Vec<f64>)>,
}

/// n, Σw and Σw² by slot × code, a slot being a key and a cell that occur together. The finest crossing that all
/// breakdowns need has few of them, however many there could be.
///
/// Where all rows of a key have one weight w, the sums are counts: Σw = n w, Σw² = n w². Then nothing rounds before
/// the last step, and what rolls up is the same however the rows were divided.
///
/// ```
/// use shihyo::engine::{Cells, Cube, Measure, Reduction};
///
/// let answers = Measure { codes: &[0, 1, 2, 1], code_count: 3 };
/// let cells = Cells::Small { of_row: &[0, 1, 2, 2], count: 3 };
/// let cube = Cube::of(&Reduction::new(4, None, cells, None, vec![answers])?);
/// assert_eq!((cube.rows(), cube.slots()), (4, &[(0, 0, 1), (0, 1, 1), (0, 2, 2)][..]));
/// assert_eq!(cube.weight_of_key(), Some(&[1.0][..]));
/// // Cells 0 and 1 as one group, cell 2 left out.
/// assert_eq!(cube.roll_up(&[Some(0), Some(0), None], 1).n(0, 0, 0), [1, 1, 0]);
/// // Codes 1 and 2 as a NET.
/// assert_eq!(cube.recoded(2, &[(0, vec![0, 1, 1])]).totals().n(0, 0, 2), [0, 2]);
/// // From counts made elsewhere.
/// let again = Cube::from_counts(vec![1.0], 3, cube.slots().to_vec(), vec![(3, vec![1, 0, 0, 0, 1, 0, 0, 1, 1])]);
/// assert_eq!(again, Some(cube));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Cube {
    key_count: usize,
    cell_count: usize,
    rows: u64,
    /// Key, cell and rows of each slot, by key, then cell.
    slots: Vec<(u32, u32, u64)>,
    weight_of_key: Option<Vec<f64>>,
    measures: Vec<Measured>,
}

impl Cube {
    /// Adds up all rows. The result is the same, bit for bit, for any number of threads.
    pub fn of(reduction: &Reduction<'_>) -> Self {
        let (slots, slot_of) = slots(reduction);
        let weight_of_key = reduction.weight_of_key();
        let (mut measures, rows_of_slot) = match weight_of_key {
            Some(_) => counted(reduction, slots.len(), &slot_of),
            None => (summed(reduction, slots.len(), &slot_of), vec![0; slots.len()]),
        };
        let rows_of_slot = if measures.is_empty() || weight_of_key.is_some() {
            rows_of_slot
        } else {
            let codes = measures[0].code_count;
            measures[0].n.chunks(codes.max(1)).map(|n| n.iter().sum()).collect()
        };
        measures.shrink_to_fit();
        Self {
            key_count: reduction.key_count(),
            cell_count: reduction.cells().count(),
            rows: reduction.rows() as u64,
            slots: slots.into_iter().zip(rows_of_slot).map(|((key, cell), n)| (key, cell, n)).collect(),
            weight_of_key,
            measures,
        }
    }

    /// The cube of counts that were made elsewhere: the weight of each key, and slots (key, cell, rows) by key, then
    /// cell, each with its counts by code, measure after measure. `None` when a key or cell is out of range, the slots
    /// are not in order, or counts are missing.
    pub fn from_counts(weight_of_key: Vec<f64>, cell_count: usize, slots: Vec<(u32, u32, u64)>, measures: Vec<(usize, Vec<u64>)>) -> Option<Self> {
        let inside = |s: &(u32, u32, u64)| (s.0 as usize) < weight_of_key.len() && (s.1 as usize) < cell_count;
        let ordered = slots.is_sorted_by_key(|s| (s.0, s.1));
        let whole = measures.iter().all(|(codes, n)| n.len() == slots.len() * codes);
        (slots.iter().all(inside) && ordered && whole).then(|| Self {
            key_count: weight_of_key.len(),
            cell_count,
            rows: slots.iter().map(|s| s.2).sum(),
            slots,
            weight_of_key: Some(weight_of_key),
            measures: measures.into_iter().map(|(code_count, n)| Measured { code_count, n, sums: None }).collect(),
        })
    }

    /// Rows added up.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Slots that occur: key, cell, rows.
    pub fn slots(&self) -> &[(u32, u32, u64)] {
        &self.slots
    }

    /// The weight of each key, where it is one.
    pub fn weight_of_key(&self) -> Option<&[f64]> {
        self.weight_of_key.as_deref()
    }

    /// The cube of other measures made from these: of each the index of a measure, and for each of its codes what it
    /// becomes, below `code_count`. A NET, a complement or a missing rule is no more than that. Codes that are not
    /// listed become the last one.
    #[must_use]
    pub fn recoded(&self, code_count: usize, rules: &[(usize, Vec<u8>)]) -> Self {
        let slots = self.slots.len();
        let recode = |(measure, becomes): &(usize, Vec<u8>)| {
            let old = &self.measures[*measure];
            let to = |code: usize| becomes.get(code).map_or(code_count - 1, |c| (*c as usize).min(code_count - 1));
            let mut n = vec![0; slots * code_count];
            let mut sums = old.sums.as_ref().map(|_| (vec![0.0; slots * code_count], vec![0.0; slots * code_count]));
            for (slot, code) in (0..slots).flat_map(|slot| (0..old.code_count).map(move |code| (slot, code))) {
                let (from, into) = (slot * old.code_count + code, slot * code_count + to(code));
                n[into] += old.n[from];
                if let (Some((w, w2)), Some((old_w, old_w2))) = (&mut sums, &old.sums) {
                    w[into] += old_w[from];
                    w2[into] += old_w2[from];
                }
            }
            Measured { code_count, n, sums }
        };
        Self { measures: rules.iter().map(recode).collect(), slots: self.slots.clone(), weight_of_key: self.weight_of_key.clone(), ..*self }
    }

    /// The totals of a breakdown: each cell adds to its group, or to none. Costs a look at each slot, not at rows.
    pub fn roll_up(&self, group_of_cell: &[Option<u32>], group_count: usize) -> Totals {
        let codes = self.measures.iter().map(|m| m.code_count);
        let mut totals = Totals::zeros(self.key_count, group_count, codes);
        totals.count_rows(self.rows as usize);
        for (measure, out) in self.measures.iter().zip(&mut totals.measures) {
            let codes = measure.code_count;
            for (slot, (key, cell, _)) in self.slots.iter().enumerate() {
                let Some(group) = group_of_cell.get(*cell as usize).copied().flatten() else { continue };
                let (from, to) = (slot * codes, (*key as usize * group_count + group as usize) * codes);
                for code in 0..codes {
                    out.n[to + code] += measure.n[from + code];
                    if let Some((w, w2)) = &measure.sums {
                        out.w[to + code] += w[from + code];
                        out.w2[to + code] += w2[from + code];
                    }
                }
            }
            if let Some(weights) = &self.weight_of_key {
                let size = group_count * codes;
                for (at, n) in out.n.iter().enumerate() {
                    let w = weights[at / size.max(1)];
                    out.w[at] = *n as f64 * w;
                    out.w2[at] = *n as f64 * (w * w);
                }
            }
        }
        totals
    }

    /// The totals of every cell by itself.
    pub fn totals(&self) -> Totals {
        let each: Vec<Option<u32>> = (0..self.cell_count as u32).map(Some).collect();
        self.roll_up(&each, self.cell_count)
    }
}

/// The slots that occur, in order, and how to find that of a row's key × cell.
fn slots(reduction: &Reduction<'_>) -> (Vec<(u32, u32)>, SlotOf) {
    let cells = reduction.cells().count();
    let bound = reduction.key_count().saturating_mul(cells);
    let pair = |code: usize| ((code / cells) as u32, (code % cells) as u32);
    if bound <= (1 << 22_usize).max(4 * reduction.rows()) {
        let mut table = vec![0_u32; bound];
        (0..reduction.rows()).for_each(|row| table[reduction.slot(row)] = 1);
        let mut found = Vec::new();
        for (code, at) in table.iter_mut().enumerate().filter(|(_, at)| **at > 0) {
            *at = found.len() as u32;
            found.push(pair(code));
        }
        return (found, SlotOf::Table(table));
    }
    let mut codes: Vec<usize> = (0..reduction.rows()).map(|row| reduction.slot(row)).collect();
    codes.sort_unstable();
    codes.dedup();
    (codes.iter().map(|code| pair(*code)).collect(), SlotOf::Sorted(codes))
}

enum SlotOf {
    Table(Vec<u32>),
    Sorted(Vec<usize>),
}

impl SlotOf {
    fn block(&self, reduction: &Reduction<'_>, rows: std::ops::Range<usize>) -> Vec<u32> {
        match self {
            Self::Table(table) => rows.map(|row| table[reduction.slot(row)]).collect(),
            Self::Sorted(codes) => rows.map(|row| codes.partition_point(|c| *c < reduction.slot(row)) as u32).collect(),
        }
    }
}

fn counted(reduction: &Reduction<'_>, slot_count: usize, slot_of: &SlotOf) -> (Vec<Measured>, Vec<u64>) {
    let rows = reduction.rows();
    let empty = || {
        let mut tally = Tally::new(reduction.measures().iter().map(|m| m.code_count));
        tally.grow(slot_count);
        tally
    };
    // One stretch of rows a thread: the counts do not depend on where it is cut.
    let stretch = rows.div_ceil(rayon::current_num_threads()).next_multiple_of(COUNTED);
    let tally = (0..rows.div_ceil(stretch.max(1)))
        .into_par_iter()
        .map(|at| {
            let mut tally = empty();
            let end = rows.min((at + 1) * stretch);
            for first in (at * stretch..end).step_by(COUNTED) {
                let block = first..end.min(first + COUNTED);
                let slots = slot_of.block(reduction, block.clone());
                let added = tally.add(&slots, reduction.measures().iter().map(|m| &m.codes[block.clone()]));
                debug_assert!(added, "a column has fewer than 2^32 rows");
            }
            tally
        })
        .reduce_with(|a, b| a.merge(&b))
        .unwrap_or_else(empty);
    let measured = |(measure, m): (usize, &super::Measure<'_>)| {
        let n = (0..slot_count).flat_map(|slot| tally.counts(measure, slot)[..m.code_count].iter().copied().map(u64::from)).collect();
        Measured { code_count: m.code_count, n, sums: None }
    };
    let measures = reduction.measures().iter().enumerate().map(measured).collect();
    (measures, (0..slot_count).map(|slot| tally.rows_of_slot(slot)).collect())
}

fn summed(reduction: &Reduction<'_>, slot_count: usize, slot_of: &SlotOf) -> Vec<Measured> {
    let widest = reduction.measures().iter().map(|m| m.code_count).max().unwrap_or(1);
    let block = BLOCK.max((4 * slot_count).saturating_mul(widest).next_power_of_two());
    let tables = tree(reduction, slot_count, slot_of, 0..reduction.rows(), block);
    let measured = |(measure, table): (&super::Measure<'_>, Vec<Sums>)| Measured {
        code_count: measure.code_count,
        n: table.iter().map(|s| s.n).collect(),
        sums: Some((table.iter().map(|s| s.w).collect(), table.iter().map(|s| s.w2).collect())),
    };
    reduction.measures().iter().zip(tables).map(measured).collect()
}

/// Halves the rows at a multiple of the block until one block is left, then adds the halves.
fn tree(reduction: &Reduction<'_>, slots: usize, slot_of: &SlotOf, rows: std::ops::Range<usize>, block: usize) -> Vec<Vec<Sums>> {
    let blocks = rows.len().div_ceil(block);
    if blocks <= 1 {
        let first = rows.start;
        return weighted(reduction, first, &slot_of.block(reduction, rows), slots);
    }
    let middle = rows.start + blocks / 2 * block;
    let half = |rows| tree(reduction, slots, slot_of, rows, block);
    let (mut left, right) = rayon::join(|| half(rows.start..middle), || half(middle..rows.end));
    for (a, b) in left.iter_mut().zip(&right) {
        for (a, b) in a.iter_mut().zip(b) {
            (a.n, a.w, a.w2) = (a.n + b.n, a.w + b.w, a.w2 + b.w2);
        }
    }
    left
}
