//! A quick hash for texts of a file: they are counted, never trusted to be random.

use std::hash::{BuildHasherDefault, Hasher};

/// Keys are texts or numbers of the file.
pub(super) type Quick = BuildHasherDefault<Mixed>;

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of a text, eight bytes at a time; its highest bits are the best.
#[inline]
pub(super) fn hash(text: &[u8]) -> u64 {
    let (words, rest) = text.as_chunks::<8>();
    let hash = words.iter().fold(text.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let last = rest.iter().fold(0, |sum, b| sum << 8 | u64::from(*b));
    mix(hash, last).wrapping_mul(ODD)
}

#[inline]
fn mix(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(ODD).rotate_left(29)
}

/// [`hash`] for the standard library's maps.
#[derive(Debug, Default)]
pub(super) struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0, hash(bytes));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = mix(self.0, word);
    }

    fn finish(&self) -> u64 {
        self.0.wrapping_mul(ODD)
    }
}
