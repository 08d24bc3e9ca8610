//! Where each value of a column of codes first stands.

/// A place in the file: the chunk's first byte, and the row within it.
pub(super) type At = (u64, u32);

/// The codes of one column that a thread has met.
#[derive(Debug)]
pub(super) struct Seen {
    first: Vec<Option<At>>,
    /// All codes above 0, the blank cell's, from the one to the other have been met; most chunks hold no others.
    run: Option<(u8, u8)>,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self { first: vec![None; 256], run: None }
    }

    /// Looks at the codes of a chunk.
    pub(super) fn look(&mut self, chunk: u64, codes: &[u8]) {
        // A blank is the greatest here, so that it hides no code.
        let least = codes.iter().fold(u8::MAX, |least, c| least.min(c.wrapping_sub(1)));
        let (blank, most) = codes.iter().fold((false, 0), |(blank, most), c| (blank | (*c == 0), most.max(*c)));
        let known = self.run.is_some_and(|(low, high)| (least == u8::MAX || low <= least + 1) && most <= high);
        if codes.is_empty() || known && (!blank || self.first[0].is_some()) {
            return;
        }
        let mut present = [false; 256];
        codes.iter().for_each(|c| present[*c as usize] = true);
        let mut news = false;
        for (code, first) in self.first.iter_mut().enumerate().filter(|(code, first)| present[*code] && first.is_none()) {
            *first = codes.iter().position(|c| *c as usize == code).map(|row| (chunk, row as u32));
            news = true;
        }
        if news {
            self.run = self.longest_run();
        }
    }

    fn longest_run(&self) -> Option<(u8, u8)> {
        let codes: Vec<u8> = (1..=u8::MAX).filter(|c| self.first[*c as usize].is_some()).collect();
        let runs = codes.chunk_by(|a, b| a + 1 == *b).filter_map(|run| Some((*run.first()?, *run.last()?)));
        runs.max_by_key(|(low, high)| high - low)
    }

    /// The codes met, and where first.
    pub(super) fn firsts(&self) -> impl Iterator<Item = (u8, At)> {
        (0..=u8::MAX).zip(&self.first).filter_map(|(code, first)| Some((code, (*first)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn the_first_place_of_each_code_is_kept() {
        let mut seen = Seen::new();
        for (chunk, codes) in [(0, &[3_u8, 1, 1][..]), (10, &[1, 3]), (20, &[]), (30, &[2, 1, 255, 0, 2]), (40, &[0, 1, 2, 3, 4])] {
            seen.look(chunk, codes);
        }
        let firsts: Vec<_> = seen.firsts().collect();
        assert_eq!(firsts, [(0, (30, 3)), (1, (0, 1)), (2, (30, 0)), (3, (0, 0)), (4, (40, 4)), (255, (30, 2))]);
    }
}
