//! Numbers that look random and are the same in every run and on every machine.
#![allow(dead_code, reason = "each test takes the part that it needs")]

/// A linear congruential generator (Knuth's MMIX constants), of whose state the upper half is given out.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// A whole number in 0..n, n up to 2³¹.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A whole number in 0..n, n up to 2⁶².
    pub fn far_below(&mut self, n: u64) -> u64 {
        (self.next() << 31 | self.next()) % n
    }

    /// An index of a list so long.
    pub fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// One of them.
    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.index(all.len())]
    }

    /// A number in [0, 1) of 24 bits.
    pub fn unit(&mut self) -> f64 {
        self.below(1 << 24) as f64 / f64::from(1 << 24)
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }
}
