//! Which number a pair has: a stratum with a cluster, or such a unit with a cell.

/// Numbers pairs as they come: open addressing, as this is asked for every row.
pub(super) struct Crossings {
    /// Number + 1 of what each place holds, 0 where nothing is.
    places: Vec<u32>,
    pub(super) known: Vec<(u64, u64)>,
}

impl Crossings {
    pub(super) fn new() -> Self {
        Self { places: vec![0; 1 << 12], known: Vec::new() }
    }

    fn home(&self, (unit, cell): (u64, u64)) -> usize {
        let folded = cell ^ unit.rotate_left(32);
        // As many places as there are, the highest bits of the product choose one.
        (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - self.places.len().trailing_zeros())) as usize
    }

    /// The number of a pair, and whether it is new.
    #[inline(always)]
    pub(super) fn number(&mut self, pair: (u64, u64)) -> (u32, bool) {
        let mut at = self.home(pair);
        loop {
            match self.places[at] {
                0 => return (self.add(pair, at), true),
                number if self.known[number as usize - 1] == pair => return (number - 1, false),
                _ => at = (at + 1) & (self.places.len() - 1),
            }
        }
    }

    #[cold]
    fn add(&mut self, pair: (u64, u64), at: usize) -> u32 {
        self.known.push(pair);
        self.places[at] = self.known.len() as u32;
        if self.known.len() * 2 > self.places.len() {
            self.double();
        }
        self.known.len() as u32 - 1
    }

    fn double(&mut self) {
        self.places = vec![0; self.places.len() * 2];
        for (number, pair) in (1_u32..).zip(&self.known) {
            let mut at = self.home(*pair);
            while self.places[at] != 0 {
                at = (at + 1) & (self.places.len() - 1);
            }
            self.places[at] = number;
        }
    }
}
