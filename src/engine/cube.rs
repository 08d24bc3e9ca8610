//! Sums in the crossings that occur, and what rolls up from them.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::exact::{Scale, Weighed};
use super::rank::Ranks;
use super::reduction::Reduction;
use super::tally::{Entry, Sums, Tally, weighted};
use super::totals::{MeasureTotals, Totals};

/// Rows that are counted at once: a column of codes stays in the nearest cache.
const COUNTED: usize = 1 << 14;

/// Codes of most measures: yes, no, outside.
const OUTCOMES: usize = 3;

/// Rows of a block. Blocks of weighted sums grow with the tables, so that merging never costs more than
/// adding.
const BLOCK: usize = 1 << 16;

/// Codes a slot, counts of a measure by slot × code, and its sums where weights differ.
pub(super) type Counted = (usize, Vec<u64>, Vec<(u128, u128)>);

/// Sums of one measure in the slots that occur.
#[derive(Debug, Clone, PartialEq)]
struct Measured {
    code_count: usize,
    n: Vec<u64>,
    sums: WeightSums,
}

/// Σw and Σw² by slot × code.
#[derive(Debug, Clone, PartialEq)]
enum WeightSums {
    /// They follow from n and the key's weight.
    Counts,
    /// In the units of a scale, not rounded.
    Exact(Scale, Vec<(u128, u128)>),
    /// Rounded, for weights that are too far apart for one scale.
    Rounded(Vec<(f64, f64)>),
}

/// What the codes of a measure become in [`Cube::recoded_each`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recoding {
    /// Index of the measure.
    pub measure: usize,
    /// Number of codes that they become.
    pub code_count: usize,
    /// What each code becomes.
    pub becomes: Vec<u8>,
}

/// n, Σw and Σw² by slot × code, a slot being a key and a cell that occur together. The finest crossing that
/// all breakdowns need has few of them, however many there could be.
///
/// Where all rows of a key have one weight w, the sums are counts: Σw = n w, Σw² = n w². Elsewhere they are
/// sums of whole numbers, exact in units of a small power of two. Either way nothing rounds before the last
/// step, and what rolls up is the same however the rows were divided. (Weights more than 2²⁰ times apart,
/// which no survey has, are added in blocks of fixed size that merge as a fixed tree.)
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
/// let again = Cube::from_counts(
///     vec![1.0],
///     3,
///     cube.slots().to_vec(),
///     vec![(3, vec![1, 0, 0, 0, 1, 0, 0, 1, 1])],
/// );
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
        let scale = reduction.weights().and_then(Scale::fitting);
        let (mut measures, rows_of_slot) = match (&weight_of_key, scale) {
            (Some(_), _) => added::<u32>(reduction, slots.len(), &slot_of, None, |_| Some(())),
            (None, Some(scale)) => {
                added::<Weighed>(reduction, slots.len(), &slot_of, Some(scale), |w| scale.addend(w))
            }
            (None, None) => summed(reduction, slots.len(), &slot_of),
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

    /// The cube of counts that were made elsewhere: the weight of each key, and slots (key, cell, rows) by
    /// key, then cell, each with its counts by code, measure after measure. `None` when a key or cell is out
    /// of range, the slots are not in order, or counts are missing.
    pub fn from_counts(
        weight_of_key: Vec<f64>,
        cell_count: usize,
        slots: Vec<(u32, u32, u64)>,
        measures: Vec<(usize, Vec<u64>)>,
    ) -> Option<Self> {
        let inside =
            |s: &(u32, u32, u64)| (s.0 as usize) < weight_of_key.len() && (s.1 as usize) < cell_count;
        let ordered = slots.is_sorted_by_key(|s| (s.0, s.1));
        let whole = measures.iter().all(|(codes, n)| n.len() == slots.len() * codes);
        (slots.iter().all(inside) && ordered && whole).then(|| Self {
            key_count: weight_of_key.len(),
            cell_count,
            rows: slots.iter().map(|s| s.2).sum(),
            slots,
            weight_of_key: Some(weight_of_key),
            measures: measures
                .into_iter()
                .map(|(code_count, n)| Measured { code_count, n, sums: WeightSums::Counts })
                .collect(),
        })
    }

    /// As [`Cube::from_counts`], where each count brings its sums in the units of `scale`.
    pub(super) fn from_sums(
        key_count: usize,
        cell_count: usize,
        slots: Vec<(u32, u32, u64)>,
        scale: Scale,
        measures: Vec<Counted>,
    ) -> Self {
        let measured =
            |(code_count, n, sums)| Measured { code_count, n, sums: WeightSums::Exact(scale, sums) };
        let (rows, measures) =
            (slots.iter().map(|s| s.2).sum(), measures.into_iter().map(measured).collect());
        Self { key_count, cell_count, rows, slots, weight_of_key: None, measures }
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

    /// The cube of other measures made from these: of each the index of a measure, and for each of its codes
    /// what it becomes, below `code_count`. A NET, a complement or a missing rule is no more than that. Codes
    /// that are not listed become the last one.
    #[must_use]
    pub fn recoded(&self, code_count: usize, rules: &[(usize, Vec<u8>)]) -> Self {
        let rule = |(measure, becomes): &(usize, Vec<u8>)| Recoding {
            measure: *measure,
            code_count,
            becomes: becomes.clone(),
        };
        self.recoded_each(&rules.iter().map(rule).collect::<Vec<_>>())
    }

    /// As [`Cube::recoded`], each with a number of codes of its own.
    #[must_use]
    pub fn recoded_each(&self, rules: &[Recoding]) -> Self {
        let recode = |Recoding { measure, code_count, becomes }: &Recoding| {
            let (old, code_count) = (&self.measures[*measure], *code_count);
            let last = code_count - 1;
            let to: Vec<usize> = (0..old.code_count)
                .map(|code| becomes.get(code).map_or(last, |c| usize::from(*c).min(last)))
                .collect();
            let sums = match &old.sums {
                WeightSums::Counts => WeightSums::Counts,
                WeightSums::Exact(scale, old) => WeightSums::Exact(
                    *scale,
                    collected(code_count, &to, old, |to, from| *to = (to.0 + from.0, to.1 + from.1)),
                ),
                WeightSums::Rounded(old) => {
                    WeightSums::Rounded(collected(code_count, &to, old, |to, from| {
                        *to = (to.0 + from.0, to.1 + from.1)
                    }))
                }
            };
            Measured { code_count, n: collected(code_count, &to, &old.n, |to, from| *to += from), sums }
        };
        Self {
            measures: rules.par_iter().map(recode).collect(),
            slots: self.slots.clone(),
            weight_of_key: self.weight_of_key.clone(),
            ..*self
        }
    }

    /// The same sums by so many other keys, given slot by slot. Keys that become one have one weight. Slots
    /// stay in their places.
    pub(crate) fn rekeyed(mut self, key_count: usize, key_of_slot: &[u32]) -> Self {
        let mut weights = self.weight_of_key.as_ref().map(|_| vec![1.0; key_count]);
        for ((key, _, _), new) in self.slots.iter_mut().zip(key_of_slot) {
            if let (Some(weights), Some(old)) = (&mut weights, &self.weight_of_key) {
                weights[*new as usize] = old[*key as usize];
            }
            *key = *new;
        }
        (self.key_count, self.weight_of_key) = (key_count, weights);
        self
    }

    /// The totals of a breakdown: each cell adds to its group, or to none. Costs a look at each slot, not at
    /// rows.
    pub fn roll_up(&self, group_of_cell: &[Option<u32>], group_count: usize) -> Totals {
        let codes = self.measures.iter().map(|m| m.code_count);
        let mut totals = Totals::zeros(self.key_count, group_count, codes);
        totals.one_weight = self.weight_of_key.is_some();
        totals.count_rows(self.rows as usize);
        // Where each slot goes, the same for all measures: its key and group, if it has one.
        let place = |(slot, (key, cell, _)): (usize, &(u32, u32, u64))| {
            let group = group_of_cell.get(*cell as usize).copied().flatten()?;
            Some((slot, *key as usize * group_count + group as usize))
        };
        let places: Vec<(usize, usize)> = self.slots.iter().enumerate().filter_map(place).collect();
        let measures = self.measures.par_iter().zip(&mut totals.measures);
        measures.for_each(|(measure, out)| self.roll_up_one(measure, &places, group_count, out));
        totals
    }

    fn roll_up_one(
        &self,
        measure: &Measured,
        places: &[(usize, usize)],
        group_count: usize,
        out: &mut MeasureTotals,
    ) {
        let codes = measure.code_count;
        added_up(codes, places, &measure.n, &mut out.n, |to, from| *to += from);
        match &measure.sums {
            WeightSums::Counts => {
                let size = (group_count * codes).max(1);
                let weights = self.weight_of_key.as_deref().unwrap_or_default();
                let of_key = out
                    .n
                    .chunks(size)
                    .zip(out.w.chunks_mut(size))
                    .zip(out.w2.chunks_mut(size))
                    .zip(weights.iter().chain(std::iter::repeat(&f64::NAN)));
                for (((n, w), w2), weight) in of_key {
                    for ((n, w), w2) in n.iter().zip(w).zip(w2) {
                        (*w, *w2) = (*n as f64 * weight, *n as f64 * (weight * weight));
                    }
                }
            }
            WeightSums::Exact(scale, sums) => {
                let mut exact = vec![(0_u128, 0_u128); out.n.len()];
                added_up(codes, places, sums, &mut exact, |to, from| *to = (to.0 + from.0, to.1 + from.1));
                for (at, (w, w2)) in exact.into_iter().enumerate() {
                    (out.w[at], out.w2[at]) = (scale.w(w), scale.w2(w2));
                }
            }
            WeightSums::Rounded(sums) => {
                added_up(codes, places, sums, &mut out.w, |to, from| *to += from.0);
                added_up(codes, places, sums, &mut out.w2, |to, from| *to += from.1);
            }
        }
    }

    /// The totals of every cell by itself.
    pub fn totals(&self) -> Totals {
        let each: Vec<Option<u32>> = (0..self.cell_count as u32).map(Some).collect();
        self.roll_up(&each, self.cell_count)
    }
}

/// The slots that occur, in order, and the slot of each row.
fn slots(reduction: &Reduction<'_>) -> (Vec<(u32, u32)>, Vec<u32>) {
    let cells = reduction.cells().count();
    let ranks = Ranks::of(reduction.rows(), reduction.key_count().saturating_mul(cells), |row| {
        reduction.slot(row) as u64
    });
    let pair = |code: &u64| ((*code as usize / cells) as u32, (*code as usize % cells) as u32);
    (ranks.codes.iter().map(pair).collect(), ranks.of_row)
}

/// Adds the codes of slots to those of their places: `(slot, place)`, each with so many codes.
fn added_up<F, T>(
    codes: usize,
    places: &[(usize, usize)],
    from: &[F],
    to: &mut [T],
    add: impl Fn(&mut T, &F),
) {
    if codes == OUTCOMES {
        // As shares have them.
        let (from, to) = (from.as_chunks::<OUTCOMES>().0, to.as_chunks_mut::<OUTCOMES>().0);
        for (slot, place) in places {
            to[*place].iter_mut().zip(&from[*slot]).for_each(|(to, from)| add(to, from));
        }
        return;
    }
    for (slot, place) in places {
        let (from, to) =
            (&from[slot * codes..(slot + 1) * codes], &mut to[place * codes..(place + 1) * codes]);
        to.iter_mut().zip(from).for_each(|(to, from)| add(to, from));
    }
}

/// Sums of each slot's codes at their new places among `code_count`.
fn collected<T: Copy + Default>(
    code_count: usize,
    to: &[usize],
    from: &[T],
    add: impl Fn(&mut T, &T),
) -> Vec<T> {
    let slots = from.chunks_exact(to.len().max(1));
    let mut out = vec![T::default(); slots.len() * code_count];
    for (out, from) in out.chunks_exact_mut(code_count).zip(slots) {
        to.iter().zip(from).for_each(|(to, from)| add(&mut out[*to], from));
    }
    out
}

/// Adds what `addend` makes of each weight. One stretch of rows a thread: the sums do not depend on where it
/// is cut.
fn added<E: Entry + Send + Sync>(
    reduction: &Reduction<'_>,
    slot_count: usize,
    slot_of: &[u32],
    scale: Option<Scale>,
    addend: impl Fn(f64) -> Option<E::Addend> + Sync,
) -> (Vec<Measured>, Vec<u64>) {
    let rows = reduction.rows();
    let empty = || {
        let mut tally: Tally<E> = Tally::new(reduction.measures().iter().map(|m| m.code_count));
        tally.grow(slot_count);
        tally
    };
    let stretch = rows.div_ceil(rayon::current_num_threads()).next_multiple_of(COUNTED);
    let tally = (0..rows.div_ceil(stretch.max(1)))
        .into_par_iter()
        .map(|at| {
            let mut tally = empty();
            let end = rows.min((at + 1) * stretch);
            for first in (at * stretch..end).step_by(COUNTED) {
                let block = first..end.min(first + COUNTED);
                let slots = &slot_of[block.clone()];
                let addends: Vec<E::Addend> =
                    block.clone().filter_map(|row| addend(reduction.weight(row))).collect();
                debug_assert_eq!(addends.len(), block.len(), "the scale fits all weights");
                let added =
                    tally.add(slots, &addends, reduction.measures().iter().map(|m| &m.codes[block.clone()]));
                debug_assert!(added, "a column has fewer than 2^32 rows");
            }
            tally
        })
        .reduce_with(|a, b| a.merge(&b))
        .unwrap_or_else(empty);
    let measured = |(measure, m): (usize, &super::Measure<'_>)| {
        let entries = || (0..slot_count).flat_map(|slot| &tally.counts(measure, slot)[..m.code_count]);
        let sums = scale.map_or(WeightSums::Counts, |scale| {
            WeightSums::Exact(scale, entries().map(Entry::sums).collect())
        });
        Measured { code_count: m.code_count, n: entries().map(|e| u64::from(e.n())).collect(), sums }
    };
    let measures = reduction.measures().iter().enumerate().map(measured).collect();
    (measures, (0..slot_count).map(|slot| tally.rows_of_slot(slot)).collect())
}

fn summed(reduction: &Reduction<'_>, slot_count: usize, slot_of: &[u32]) -> (Vec<Measured>, Vec<u64>) {
    let widest = reduction.measures().iter().map(|m| m.code_count).max().unwrap_or(1);
    let block = BLOCK.max((4 * slot_count).saturating_mul(widest).next_power_of_two());
    let tables = tree(reduction, slot_count, slot_of, 0..reduction.rows(), block);
    let measured = |(measure, table): (&super::Measure<'_>, Vec<Sums>)| Measured {
        code_count: measure.code_count,
        n: table.iter().map(|s| s.n).collect(),
        sums: WeightSums::Rounded(table.iter().map(|s| (s.w, s.w2)).collect()),
    };
    let measures = reduction.measures().iter().zip(tables).map(measured).collect();
    let mut rows_of_slot = vec![0; slot_count];
    slot_of.iter().for_each(|slot| rows_of_slot[*slot as usize] += 1);
    (measures, rows_of_slot)
}

/// Halves the rows at a multiple of the block until one block is left, then adds the halves.
fn tree(
    reduction: &Reduction<'_>,
    slots: usize,
    slot_of: &[u32],
    rows: std::ops::Range<usize>,
    block: usize,
) -> Vec<Vec<Sums>> {
    let blocks = rows.len().div_ceil(block);
    if blocks <= 1 {
        let first = rows.start;
        return weighted(reduction, first, &slot_of[rows], slots);
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
