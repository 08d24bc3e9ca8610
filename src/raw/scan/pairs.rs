//! Codes of two columns as one: what is asked of two answers of a row.

use std::collections::HashMap;
use std::sync::Mutex;

use super::kinds::{HandOver, MOST_VALUES};

/// The pairs that occur in two columns of codes, numbered from 1 in the order in which threads happen to meet
/// them.
#[derive(Debug)]
pub(super) struct Pairs {
    /// The columns, as they were asked for.
    pub(super) of: (usize, usize),
    known: Mutex<HashMap<(u8, u8), u8>>,
}

impl Pairs {
    pub(super) fn new(of: (usize, usize)) -> Self {
        Self { of, known: Mutex::new(HashMap::new()) }
    }

    #[cold]
    fn number(&self, pair: (u8, u8)) -> Result<u8, HandOver> {
        let mut known = self.known.lock().map_err(|_| HandOver::Thread)?;
        let next = known.len() as u32 + 1;
        match known.get(&pair) {
            Some(number) => Ok(*number),
            None if next >= MOST_VALUES => Err(HandOver::Pairs),
            None => {
                known.insert(pair, next as u8);
                Ok(next as u8)
            }
        }
    }

    /// The pairs by their number, from 1 on.
    pub(super) fn pairs(self) -> Result<Vec<(u8, u8)>, HandOver> {
        let known = self.known.into_inner().map_err(|_| HandOver::Thread)?;
        let mut pairs: Vec<((u8, u8), u8)> = known.into_iter().collect();
        pairs.sort_unstable_by_key(|(_, number)| *number);
        Ok(pairs.into_iter().map(|(pair, _)| pair).collect())
    }
}

/// What a thread remembers of [`Pairs`].
#[derive(Debug)]
pub(super) struct KnownPairs {
    /// The lanes of the two columns, and the lane of their pair.
    lanes: (usize, usize, usize),
    /// 0 where a pair has not been met.
    numbers: Vec<u8>,
}

impl KnownPairs {
    pub(super) fn new(lanes: (usize, usize, usize)) -> Self {
        Self { lanes, numbers: vec![0; 1 << 16] }
    }

    /// Sets the lane of the pair in rows of so many codes.
    pub(super) fn set(&mut self, shared: &Pairs, codes: &mut [u8], stride: usize) -> Result<(), HandOver> {
        let (a, b, out) = self.lanes;
        for row in codes.chunks_exact_mut(stride) {
            let (first, second) = (row[a], row[b]);
            let number = &mut self.numbers[usize::from(first) << 8 | usize::from(second)];
            if *number == 0 {
                *number = shared.number((first, second))?;
            }
            row[out] = *number;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{KnownPairs, Pairs};

    #[test]
    fn pairs_have_one_number_in_all_threads() {
        let shared = Pairs::new((0, 1));
        let (mut a, mut b) = (KnownPairs::new((0, 1, 2)), KnownPairs::new((0, 1, 2)));
        let mut rows = vec![7, 1, 0, 7, 2, 0, 7, 1, 0];
        assert!(a.set(&shared, &mut rows, 3).is_ok());
        assert_eq!(rows, [7, 1, 1, 7, 2, 2, 7, 1, 1]);
        let mut others = vec![1, 7, 0, 7, 2, 0];
        assert!(b.set(&shared, &mut others, 3).is_ok() && others[5] == 2 && others[2] == 3);
        let mut many: Vec<u8> = (0..=255_u8).flat_map(|code| [code, 9, 0]).collect();
        assert!(b.set(&shared, &mut many, 3).is_err());
        assert_eq!(shared.pairs().unwrap()[..3], [(7, 1), (7, 2), (1, 7)]);
    }
}
