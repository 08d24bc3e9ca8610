//! Which breakdowns are added up in one crossing, in memory and streamed alike.
//!
//! A crossing of several breakdowns takes one visit a row for all of them, but has as many slots as their values
//! multiply to (though no more than rows), each of which is merged and rolled up at the end. So a breakdown joins
//! the crossing before it as long as the slots that it adds cost less than the visits that it saves. Sums are
//! exact, so that the choice makes no difference to the results.

use std::ops::Range;

use super::crossings::Crossings;

/// What a slot costs at the end, as a number of visits.
const SLOT: f64 = 16.0;

/// Classifications of one crossing: streamed, its cell is a number of 64 bits, eight a classification.
pub(super) const MOST_CLASSIFICATIONS: usize = 8;

/// Rows by which crossings are planned.
const SAMPLE: usize = 1 << 11;

/// Rows of which so many are in each slot, on average, have met all slots.
const ENOUGH: usize = 8;

/// What is known of the rows before they are added up.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossingPlan {
    rows: f64,
    keys: f64,
    /// Of each classification the values that occur, in a key.
    levels: Vec<f64>,
}

impl CrossingPlan {
    /// For about so many rows, by a sample of them: the key of each, and of each classification the values in the
    /// same order.
    ///
    /// ```
    /// use shihyo::engine::CrossingPlan;
    ///
    /// // A million rows of 40 keys; values of 0 to 9 in all of them, and a value that is the key's own.
    /// let keys: Vec<u32> = (0..4_000).map(|row| row % 40).collect();
    /// let digits = |each: u32| (0..4_000_u32).map(move |row| row / 40 / each % 10);
    /// let plan = CrossingPlan::new(1_000_000, &keys, [digits(1).collect(), digits(10).collect(), keys.clone()]);
    /// // Breakdowns by the first, by the second within the third, and by the third: few slots for many rows.
    /// assert_eq!(plan.crossings(&[vec![0], vec![1, 2], vec![2]]), [0..3]);
    /// // With fewer rows, slots cost more than a second visit.
    /// let few = CrossingPlan::new(20_000, &keys, [digits(1).collect(), digits(10).collect(), keys.clone()]);
    /// assert_eq!(few.crossings(&[vec![0], vec![1, 2], vec![2]]), [0..1, 1..3]);
    /// ```
    pub fn new(rows: u64, keys: &[u32], classifications: impl IntoIterator<Item = Vec<u32>>) -> Self {
        let keys = &keys[..keys.len().min(SAMPLE)];
        let key_count = distinct(keys.iter().map(|key| (*key, 0)));
        let levels = classifications.into_iter().map(|values| {
            let pairs = distinct(keys.iter().copied().zip(values.iter().copied()));
            if ENOUGH * pairs <= keys.len() {
                pairs as f64 / key_count as f64
            } else {
                distinct(values.iter().take(keys.len()).map(|value| (*value, 0))) as f64
            }
        });
        Self { rows: rows as f64, keys: key_count as f64, levels: levels.collect() }
    }

    /// Whether a row is in the sample of so many: scattered, so that no order of the rows makes a difference.
    pub(crate) fn samples(row: u32, rows: usize) -> bool {
        let place = u64::from(row.wrapping_mul(0x9E37_79B1));
        (place * rows as u64) >> 32 < SAMPLE as u64
    }

    /// Of breakdowns, given by their classifications, those that have a crossing in common: neighbours.
    pub fn crossings(&self, breakdowns: &[Vec<usize>]) -> Vec<Range<usize>> {
        let (mut out, mut crossing): (Vec<Range<usize>>, Vec<usize>) = (Vec::new(), Vec::new());
        for (at, breakdown) in breakdowns.iter().enumerate() {
            let joined = union(&crossing, breakdown);
            match out.last_mut() {
                Some(last)
                    if joined.len() <= MOST_CLASSIFICATIONS
                        && self.cost(&joined) <= self.cost(&crossing) + self.cost(breakdown) =>
                {
                    (last.end, crossing) = (at + 1, joined);
                }
                _ => {
                    out.push(at..at + 1);
                    crossing.clone_from(breakdown);
                }
            }
        }
        out
    }

    fn cost(&self, classifications: &[usize]) -> f64 {
        let levels = classifications.iter().map(|at| self.levels.get(*at).copied().unwrap_or(1.0));
        self.rows + SLOT * self.rows.min(self.keys * levels.product::<f64>())
    }
}

/// Distinct pairs, one at least.
fn distinct(pairs: impl Iterator<Item = (u32, u32)>) -> usize {
    let mut known = Crossings::new();
    pairs.for_each(|(a, b)| {
        known.number((u64::from(a), u64::from(b)));
    });
    known.known.len().max(1)
}

/// The classifications of both, in order.
pub(super) fn union(a: &[usize], b: &[usize]) -> Vec<usize> {
    let mut all = [a, b].concat();
    all.sort_unstable();
    all.dedup();
    all
}
