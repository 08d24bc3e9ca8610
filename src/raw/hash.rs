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

/// A text beside a number that tells it from other texts: up to seven bytes with their count, or the hash of
/// a longer one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tagged<'t> {
    pub(super) text: &'t str,
    pub(super) tag: u64,
}

/// The length of a text of one byte.
const ONE: u64 = 1 << 56;

/// Tags with this bit are hashes; the others are the text itself.
const HASHED: u64 = 1 << 63;

impl<'t> Tagged<'t> {
    #[inline]
    pub(super) fn of(text: &'t str) -> Self {
        let length = (text.len() as u64) << 56;
        let tag = match *text.as_bytes() {
            [] => 0,
            [a] => length | u64::from(a),
            [a, b] => length | u64::from(u16::from_le_bytes([a, b])),
            [a, b, c] => length | u64::from(u32::from_le_bytes([a, b, c, 0])),
            [a, b, c, d] => length | u64::from(u32::from_le_bytes([a, b, c, d])),
            [a, b, c, d, e] => length | u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]),
            [a, b, c, d, e, f] => length | u64::from_le_bytes([a, b, c, d, e, f, 0, 0]),
            [a, b, c, d, e, f, g] => length | u64::from_le_bytes([a, b, c, d, e, f, g, 0]),
            ref long => hash(long) | HASHED,
        };
        Self { text, tag }
    }

    /// As [`Tagged::of`], of a text of one byte.
    #[inline]
    pub(super) fn of_byte(text: &'t str, byte: u8) -> Self {
        Self { text, tag: ONE | u64::from(byte) }
    }

    /// The digit that the text is, if it is one.
    #[inline]
    pub(super) fn digit(&self) -> Option<usize> {
        let digit = self.tag.wrapping_sub(ONE | u64::from(b'0'));
        (digit < 10).then_some(digit as usize)
    }

    /// As [`Tagged::of`], where the first eight bytes of the text and of what follows it are known: `word`,
    /// little endian.
    #[inline]
    pub(super) fn beginning(text: &'t str, word: u64) -> Self {
        let length = text.len() as u64;
        match length {
            0..8 => Self { text, tag: word & !(u64::MAX << (8 * length)) | length << 56 },
            _ => Self { text, tag: hash(text.as_bytes()) | HASHED },
        }
    }

    /// Whether texts of this tag are all the same one.
    #[inline]
    pub(super) fn is_text(tag: u64) -> bool {
        tag < HASHED
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::Tagged;

    proptest! {
        #[test]
        fn a_tag_is_the_same_from_the_text_and_from_its_first_word(
            text in "[a-c\0あ]{0,9}",
            behind in "[a-c,\0]{8}",
        ) {
            let long = format!("{text}{behind}");
            let word = long.as_bytes().first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
            prop_assert_eq!(Tagged::beginning(&text, word).tag, Tagged::of(&text).tag);
        }

        #[test]
        fn a_digit_is_told_by_its_tag(text in "[0-9/:a0]{0,2}") {
            let digit = text.parse().ok().filter(|_| text.len() == 1);
            prop_assert_eq!(Tagged::of(&text).digit(), digit);
            prop_assert_eq!(
                digit.map(|_| Tagged::of_byte(&text, text.as_bytes()[0]).tag),
                digit.map(|_| Tagged::of(&text).tag)
            );
        }

        #[test]
        fn short_texts_have_tags_of_their_own(a in "[a\0]{0,7}", b in "[a\0]{0,7}") {
            let (one, other) = (Tagged::of(&a).tag, Tagged::of(&b).tag);
            prop_assert_eq!(one == other, a == b);
            prop_assert_eq!(Tagged::is_text(one), true);
        }
    }
}
