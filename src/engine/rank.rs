//! Which codes occur, in order: how a large crossing becomes a small one.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

/// A set of codes is a row of bits as long as it takes at most this many a row of the data.
const BITS_A_ROW: usize = 32;

/// A set of so many codes is a row of bits, however few the rows.
const ALWAYS: usize = 1 << 22;

/// The codes that occur in a column, and each row's place among them.
///
/// ```
/// use shihyo::engine::Ranks;
///
/// let codes = [7_u64, 2, 7, 900];
/// let ranks = Ranks::of(codes.len(), 1_000, |row| codes[row]);
/// assert_eq!(ranks.codes, [2, 7, 900]);
/// assert_eq!(ranks.of_row, [1, 0, 1, 2]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranks {
    /// The codes that occur, in ascending order.
    pub codes: Vec<u64>,
    /// For each row the index of its code in `codes`.
    pub of_row: Vec<u32>,
}

impl Ranks {
    /// Ranks `rows` codes (fewer than 2³²), all of them below `bound`.
    pub fn of(rows: usize, bound: usize, code: impl Fn(usize) -> u64 + Sync) -> Self {
        if bound <= ALWAYS.max(BITS_A_ROW * rows) {
            let set = Set::of(rows, bound, &code);
            Self {
                of_row: (0..rows).into_par_iter().map(|row| set.rank(code(row))).collect(),
                codes: set.codes(),
            }
        } else {
            let mut codes: Vec<u64> = (0..rows).into_par_iter().map(&code).collect();
            codes.par_sort_unstable();
            codes.dedup();
            let of_row = (0..rows)
                .into_par_iter()
                .map(|row| codes.partition_point(|c| *c < code(row)) as u32)
                .collect();
            Self { codes, of_row }
        }
    }
}

/// A set of codes as bits, with the number of codes before each word of them.
struct Set {
    words: Vec<u64>,
    before: Vec<u32>,
}

impl Set {
    fn of(rows: usize, bound: usize, code: &(impl Fn(usize) -> u64 + Sync)) -> Self {
        let empty = || vec![0_u64; bound.div_ceil(64)];
        let parts = rayon::current_num_threads();
        let part = |at: usize| {
            let mut words = empty();
            for row in rows * at / parts..rows * (at + 1) / parts {
                let code = code(row) as usize;
                words[code / 64] |= 1 << (code % 64);
            }
            words
        };
        let union = |mut a: Vec<u64>, b: Vec<u64>| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a |= b);
            a
        };
        let words = (0..parts).into_par_iter().map(part).reduce_with(union).unwrap_or_else(empty);
        let before = words.iter().scan(0, |known, word| {
            let before = *known;
            *known += word.count_ones();
            Some(before)
        });
        let before = before.collect();
        Self { words, before }
    }

    /// How many codes of the set are below `code`.
    fn rank(&self, code: u64) -> u32 {
        let (word, below) = (code as usize / 64, (1_u64 << (code % 64)) - 1);
        self.before[word] + (self.words[word] & below).count_ones()
    }

    fn codes(&self) -> Vec<u64> {
        let of_word = |(at, word): (u64, &u64)| {
            let word = *word;
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
        };
        (0..).zip(&self.words).filter(|(_, word)| **word > 0).flat_map(of_word).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{ALWAYS, Ranks};

    proptest! {
        #[test]
        fn the_codes_that_occur_stand_in_order_and_each_row_finds_its_own(
            codes in vec(any::<u32>(), 0..200),
            narrow in any::<bool>(),
        ) {
            let bound = if narrow { 300 } else { u32::MAX as usize + 1 };
            prop_assert_eq!(bound > ALWAYS.max(32 * codes.len()), !narrow);
            let codes: Vec<u64> = codes.iter().map(|c| u64::from(*c) % bound as u64).collect();
            let ranks = Ranks::of(codes.len(), bound, |row| codes[row]);
            prop_assert_eq!(
                &ranks.codes,
                &codes.iter().copied().collect::<BTreeSet<u64>>().into_iter().collect::<Vec<_>>()
            );
            let back: Vec<u64> = ranks.of_row.iter().map(|at| ranks.codes[*at as usize]).collect();
            prop_assert_eq!(back, codes);
        }
    }
}
