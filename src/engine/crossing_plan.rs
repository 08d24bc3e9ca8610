//! Which breakdowns are added up in one crossing, in memory and streamed alike.
//!
//! A crossing of several breakdowns takes one visit a row for all of them, but has as many slots as their
//! values multiply to (though no more than rows), each of which is merged and rolled up at the end. So a
//! breakdown joins the crossing before it as long as the slots that it adds cost less than the visits that it
//! saves. Sums are exact, so that the choice makes no difference to the results.

use std::ops::Range;

use super::crossings::Crossings;

/// What a slot costs at the end, as a number of visits; and a crossing, however small.
const SLOT: f64 = 16.0;
const CROSSING: f64 = 4_096.0;

/// Classifications of one crossing: streamed, its cell is a number of 64 bits, eight a classification.
pub(super) const MOST_CLASSIFICATIONS: usize = 8;

/// Rows by which crossings are planned.
const SAMPLE: usize = 1 << 11;

/// Rows of which so many are in each slot, on average, have met nearly all slots.
const ENOUGH: usize = 4;

/// What is known of the rows before they are added up.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossingPlan {
    rows: f64,
    /// Of a sample of rows the key, numbered from 0, and how many there are.
    keys: (Vec<u32>, usize),
    /// Of each classification the values of these rows.
    values: Vec<Vec<u32>>,
}

/// A crossing of some classifications.
#[derive(Debug, Clone)]
struct Joined {
    classifications: Vec<usize>,
    /// The slots of the sample, and how many there are.
    slots: (Vec<u32>, usize),
    /// How many there may be in all.
    most: f64,
}

impl CrossingPlan {
    /// For about so many rows, by a sample of them: the key of each, and of each classification the values in
    /// the same order.
    ///
    /// ```
    /// use shihyo::engine::CrossingPlan;
    ///
    /// // A million rows of 40 keys; values of 0 to 9 in all of them, and a value that is the key's own.
    /// let keys: Vec<u32> = (0..4_000).map(|row| row % 40).collect();
    /// let digits = |each: u32| (0..4_000_u32).map(move |row| row / 40 / each % 10);
    /// let values = || [digits(1).collect(), digits(10).collect(), keys.clone()];
    /// let plan = CrossingPlan::new(1_000_000, &keys, values());
    /// // Breakdowns by the first, by the second within the third, and by the third: few slots for many rows.
    /// assert_eq!(plan.crossings(&[vec![0], vec![1, 2], vec![2]]), [0..3]);
    /// // With fewer rows, slots cost more than a second visit.
    /// let few = CrossingPlan::new(10_000, &keys, values());
    /// assert_eq!(few.crossings(&[vec![0], vec![1, 2], vec![2]]), [0..1, 1..3]);
    /// ```
    pub fn new(rows: u64, keys: &[u32], classifications: impl IntoIterator<Item = Vec<u32>>) -> Self {
        let keys = numbered(keys.iter().take(SAMPLE).map(|key| (*key, 0)));
        let values = classifications.into_iter().map(|values: Vec<u32>| values[..keys.0.len()].to_vec());
        Self { rows: rows as f64, values: values.collect(), keys }
    }

    /// Whether a row is in the sample of so many: scattered, so that no order of the rows makes a difference.
    pub(crate) fn samples(row: u32, rows: usize) -> bool {
        let place = u64::from(row.wrapping_mul(0x9E37_79B1));
        (place * rows as u64) >> 32 < SAMPLE as u64
    }

    /// Of breakdowns, given by their classifications, those that have a crossing in common: neighbours.
    pub fn crossings(&self, breakdowns: &[Vec<usize>]) -> Vec<Range<usize>> {
        if let [_] = breakdowns {
            return std::iter::once(0..1).collect();
        }
        let none = Joined { classifications: Vec::new(), slots: self.keys.clone(), most: self.keys.1 as f64 };
        let (mut out, mut crossing): (Vec<Range<usize>>, Joined) = (Vec::new(), none.clone());
        for (at, breakdown) in breakdowns.iter().enumerate() {
            let alone = self.join(&none, breakdown);
            let joined = self.join(&crossing, breakdown);
            match out.last_mut() {
                Some(last)
                    if joined.classifications.len() <= MOST_CLASSIFICATIONS
                        && self.cost(&joined) <= self.cost(&crossing) + self.cost(&alone) =>
                {
                    (last.end, crossing) = (at + 1, joined);
                }
                _ => {
                    out.push(at..at + 1);
                    crossing = alone;
                }
            }
        }
        out
    }

    /// A crossing with more classifications.
    fn join(&self, crossing: &Joined, classifications: &[usize]) -> Joined {
        let mut out = crossing.clone();
        for at in classifications.iter().filter(|at| !crossing.classifications.contains(at)) {
            let Some(values) = self.values.get(*at) else { continue };
            let with = |of: &[u32]| numbered(of.iter().copied().zip(values.iter().copied()));
            out.slots = with(&out.slots.0);
            let in_keys = with(&self.keys.0).1;
            // Few rows have not met all values of a key: then all of them are counted for each.
            out.most *= if ENOUGH * in_keys <= values.len() {
                in_keys as f64 / self.keys.1 as f64
            } else {
                numbered(values.iter().map(|value| (*value, 0))).1 as f64
            };
            out.classifications = union(&out.classifications, &[*at]);
        }
        out
    }

    fn cost(&self, crossing: &Joined) -> f64 {
        let (met, rows) = (crossing.slots.1, crossing.slots.0.len());
        let slots = if ENOUGH * met <= rows { met as f64 } else { crossing.most };
        CROSSING + self.rows + SLOT * self.rows.min(slots)
    }
}

/// The number of each pair among the distinct ones, and how many these are: one at least.
fn numbered(pairs: impl Iterator<Item = (u32, u32)>) -> (Vec<u32>, usize) {
    let mut known = Crossings::new();
    let numbers = pairs.map(|(a, b)| known.number((u64::from(a), u64::from(b))).0).collect();
    (numbers, known.known.len().max(1))
}

/// The classifications of both, in order.
pub(super) fn union(a: &[usize], b: &[usize]) -> Vec<usize> {
    let mut all = [a, b].concat();
    all.sort_unstable();
    all.dedup();
    all
}
