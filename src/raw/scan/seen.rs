//! Where each value of a column of codes first stands.

use super::kinds::BLANK;

/// A place in the file: the chunk's first byte, and the row within it.
pub(super) type At = (u64, u32);

/// Which codes there are: blank ones, and those from the least other one to the greatest. None at all are 0
/// to 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) blank: bool,
    pub(super) least: u8,
    pub(super) most: u8,
}

/// The codes of one column that a thread has met.
#[derive(Debug)]
pub(super) struct Seen {
    met: [bool; 256],
    firsts: Vec<(u8, At)>,
    /// All codes above the blank cell's from the one to the other have been met; most chunks hold no others.
    run: Option<(u8, u8)>,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self { met: [false; 256], firsts: Vec::new(), run: None }
    }

    /// Looks at the codes of a chunk, which are in this range.
    pub(super) fn look(&mut self, chunk: u64, range: Range, codes: impl Iterator<Item = u8>) {
        let known = range.most == BLANK
            || self.run.is_some_and(|(low, high)| low <= range.least && range.most <= high);
        if known && (!range.blank || self.met[usize::from(BLANK)]) {
            return;
        }
        let before = self.firsts.len();
        for (row, code) in codes.enumerate() {
            if !std::mem::replace(&mut self.met[usize::from(code)], true) {
                self.firsts.push((code, (chunk, row as u32)));
            }
        }
        if self.firsts.len() > before {
            self.run = self.longest_run();
        }
    }

    fn longest_run(&self) -> Option<(u8, u8)> {
        let codes: Vec<u8> = (BLANK + 1..=u8::MAX).filter(|c| self.met[usize::from(*c)]).collect();
        let runs = codes.chunk_by(|a, b| a + 1 == *b).filter_map(|run| Some((*run.first()?, *run.last()?)));
        runs.max_by_key(|(low, high)| high - low)
    }

    /// The codes met, and where first, in the order in which they were met.
    pub(super) fn firsts(&self) -> &[(u8, At)] {
        &self.firsts
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, Seen};

    #[test]
    fn the_first_place_of_each_code_is_kept() {
        let mut seen = Seen::new();
        for (chunk, codes) in [
            (0, &[3_u8, 1, 1][..]),
            (10, &[1, 3]),
            (20, &[]),
            (30, &[2, 1, 255, 0, 2]),
            (40, &[0, 1, 2, 3, 4]),
        ] {
            let above = || codes.iter().filter(|c| **c > 0);
            let range = Range {
                blank: codes.contains(&0),
                least: above().min().copied().unwrap_or(0),
                most: above().max().copied().unwrap_or(0),
            };
            seen.look(chunk, range, codes.iter().copied());
        }
        let mut firsts = seen.firsts().to_vec();
        firsts.sort_unstable();
        assert_eq!(
            firsts,
            [(0, (30, 3)), (1, (0, 1)), (2, (30, 0)), (3, (0, 0)), (4, (40, 4)), (255, (30, 2))]
        );
    }
}
