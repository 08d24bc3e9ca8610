//! Which number a crossing of codes has.

/// Numbers the crossings as they come: open addressing, as this is asked for every row.
pub(super) struct Crossings {
    /// Slot + 1 of each place, 0 where none is.
    places: Vec<u32>,
    /// Of each slot its unit and its cell.
    pub(super) known: Vec<(u64, u64)>,
}

impl Crossings {
    pub(super) fn new() -> Self {
        Self { places: vec![0; 1 << 12], known: Vec::new() }
    }

    fn home(&self, unit: u64, cell: u64) -> usize {
        let folded = cell ^ unit.rotate_left(32);
        // As many places as there are, the highest bits of the product choose one.
        (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - self.places.len().trailing_zeros())) as usize
    }

    /// The number of a crossing, and whether it is new.
    #[inline(always)]
    pub(super) fn number(&mut self, unit: u64, cell: u64) -> (u32, bool) {
        let mut at = self.home(unit, cell);
        loop {
            match self.places[at] {
                0 => break,
                slot if self.known[slot as usize - 1] == (unit, cell) => return (slot - 1, false),
                _ => at = (at + 1) & (self.places.len() - 1),
            }
        }
        self.known.push((unit, cell));
        self.places[at] = self.known.len() as u32;
        if self.known.len() * 2 > self.places.len() {
            self.double();
        }
        (self.known.len() as u32 - 1, true)
    }

    fn double(&mut self) {
        self.places = vec![0; self.places.len() * 2];
        for (slot, (unit, cell)) in (1_u32..).zip(&self.known) {
            let mut at = self.home(*unit, *cell);
            while self.places[at] != 0 {
                at = (at + 1) & (self.places.len() - 1);
            }
            self.places[at] = slot;
        }
    }
}
