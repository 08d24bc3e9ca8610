//! A cell of up to 31 bytes, looked at as a whole.

use wide::u8x16;

/// Bytes that are looked at.
const LENGTH: usize = 32;

const COMMA: u8x16 = u8x16::new([b','; 16]);
const QUOTE: u8x16 = u8x16::new([b'"'; 16]);
const LINE_FEED: u8x16 = u8x16::new([b'\n'; 16]);
const RETURN: u8x16 = u8x16::new([b'\r'; 16]);

/// From the byte `LENGTH - n` on: n bytes that are kept, the others not.
const KEPT: [u8; 2 * LENGTH] = {
    let mut kept = [0; 2 * LENGTH];
    let mut at = 0;
    while at < LENGTH {
        kept[at] = u8::MAX;
        at += 1;
    }
    kept
};

/// A text of up to 31 bytes, none of which is 0: zeros fill it up. The default is the blank one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Word {
    low: u8x16,
    high: u8x16,
}

impl PartialEq for Word {
    /// In registers: the halves are never put together in memory.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        (self.low.cmp_eq(other.low) & self.high.cmp_eq(other.high)).move_mask() == 0xFFFF
    }
}

impl Word {
    /// [`Word::home`] is below 2 to this power.
    pub(super) const BITS: u32 = 6;

    /// The text of the cell that begins here, in quotes or not, and where the cell ends; `None` where it is
    /// longer, ends with the line inside its quotes, or holds doubled quotes.
    #[inline(always)]
    pub(super) fn of<const QUOTED: bool>(rest: &[u8]) -> Option<(usize, Self)> {
        // A branch, not a number: a file has quotes or not, and the bytes need not wait for it.
        if QUOTED && rest.first() == Some(&b'"') {
            let inside = rest.get(1..)?;
            let (length, word) = Self::until(inside, QUOTE)?;
            let closed = inside.get(length) == Some(&b'"') && inside.get(length + 1) != Some(&b'"');
            closed.then_some((length + 2, word))
        } else {
            Self::until(rest, COMMA)
        }
    }

    /// The text before a mark or the end of the line, and its length.
    #[inline(always)]
    fn until(rest: &[u8], mark: u8x16) -> Option<(usize, Self)> {
        let [low, high] = rest.first_chunk::<LENGTH>()?.as_chunks::<16>().0 else { return None };
        let (low, high) = (u8x16::new(*low), u8x16::new(*high));
        let ends = |half: u8x16| {
            let end = half.cmp_eq(mark) | half.cmp_eq(LINE_FEED) | half.cmp_eq(RETURN);
            end.move_mask() as u32 & 0xFFFF
        };
        let length = (ends(low) | ends(high) << 16).trailing_zeros() as usize;
        if length == LENGTH {
            return None;
        }
        let kept = KEPT.get(LENGTH - length..)?.first_chunk::<LENGTH>()?.as_chunks::<16>().0;
        let [kept_low, kept_high] = kept else { return None };
        Some((length, Self { low: low & u8x16::new(*kept_low), high: high & u8x16::new(*kept_high) }))
    }

    /// A place among 2 to the power [`Word::BITS`]: the first for the blank one.
    #[inline]
    pub(super) fn home(&self) -> usize {
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        let both = u128::from_le_bytes((self.low ^ (self.high + self.high)).to_array());
        let mixed = (both as u64 ^ ((both >> 64) as u64).rotate_left(23)).wrapping_mul(ODD);
        (mixed >> (64 - Self::BITS)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::Word;

    fn padded(line: &str) -> Vec<u8> {
        [line.as_bytes(), &[0; 33]].concat()
    }

    fn word(text: &str) -> Word {
        Word::of::<true>(&padded(&format!("{text}\n"))).unwrap().1
    }

    #[test]
    fn a_cell_ends_at_its_comma_its_quote_or_the_line() {
        for (line, end, text) in [
            ("はい,b\n", 6, "はい"),
            ("はい\n", 6, "はい"),
            ("はい\r\n", 6, "はい"),
            ("\"はい\",b\n", 8, "はい"),
            ("\"は,い\"\n", 9, "は,い"),
            ("は\"い,\n", 7, "は\"い"),
            ("\"\",b\n", 2, ""),
            (",b\n", 0, ""),
        ] {
            let found = Word::of::<true>(&padded(line)).unwrap();
            let mut bytes = [0_u8; 32];
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            assert_eq!(found.0, end, "{line:?}");
            assert_eq!([found.1.low.to_array(), found.1.high.to_array()].as_flattened(), bytes, "{line:?}");
            assert_eq!(found.1 == Word::default(), text.is_empty(), "{line:?}");
        }
    }

    #[test]
    fn what_is_longer_or_needs_a_closer_look_is_no_word() {
        let (most, more) = ("x".repeat(31), "x".repeat(32));
        assert_eq!(Word::of::<false>(&padded(&format!("{most},"))).unwrap().0, 31);
        assert_eq!(Word::of::<true>(&padded(&format!("\"{most}\","))).unwrap().0, 33);
        for line in [&format!("{more},"), &format!("\"{more}\","), "\"a\"\"b\",", "\"a\nb\","] {
            assert_eq!(Word::of::<true>(&padded(line)), None, "{line:?}");
        }
        assert_eq!(Word::of::<true>(b"short"), None);
    }

    #[test]
    fn texts_that_differ_are_different_words() {
        let texts = ["a", "aa", "b", "ab", "ba", &"x".repeat(16), &"x".repeat(17), &"x".repeat(31)];
        for (at, a) in texts.iter().enumerate() {
            for (other, b) in texts.iter().enumerate() {
                assert_eq!(word(a) == word(b), at == other);
            }
        }
        assert_eq!(Word::default().home(), 0);
    }
}
