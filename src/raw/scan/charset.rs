//! The encoding of the lines: UTF-8, or CP932, in which offices save.
//!
//! In CP932 no byte of a letter is a comma, a quote, a digit or a line end, so that cells are cut and numbers
//! are read as they stand; only what is a text in the end is decoded, once. All bytes are looked at
//! nevertheless: the general reader takes a file for CP932 when all of it can be decoded so, and not in
//! another way, and what cannot be decoded it tells with its place.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use encoding_rs::SHIFT_JIS;
use memchr::memmem;

use super::kinds::HandOver;

/// What failed conversions leave, U+FFFD.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// The encoding of a file.
#[derive(Debug)]
pub(super) enum Charset {
    Utf8,
    Cp932(Doubts),
}

/// What has been seen that the file could be beside CP932. Threads add to it.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// At most so many letters are UTF-8, and at least so many places are not.
    letters: AtomicU64,
    broken: AtomicU64,
    /// A byte that EUC-JP does not have.
    not_euc: AtomicBool,
}

/// Which two bytes are a letter of CP932: a bit for each second byte, by the first one.
static PAIRS: LazyLock<Vec<[u64; 4]>> = LazyLock::new(|| {
    let letter = |first: u8, second: u8| {
        SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&[first, second]).is_some()
    };
    let leads = |first: &u8| matches!(first, 0x81..=0x9F | 0xE0..=0xFC);
    let of_first = |first: u8| {
        let mut bits = [0; 4];
        for second in (0x40..=0xFC).filter(|second| leads(&first) && letter(first, *second)) {
            bits[usize::from(second) / 64] |= 1 << (second % 64);
        }
        bits
    };
    (0..=u8::MAX).map(of_first).collect()
});

impl Charset {
    /// That of a file that begins with these lines, and their text.
    ///
    /// # Errors
    /// Another encoding.
    pub(super) fn of(sample: &[u8]) -> Result<(Self, String), HandOver> {
        const MARK: &[u8] = b"\xEF\xBB\xBF";
        if let Ok(text) = std::str::from_utf8(sample) {
            return Ok((Self::Utf8, text.strip_prefix('\u{FEFF}').unwrap_or(text).to_owned()));
        }
        let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(sample);
        match text {
            Some(text) if !sample.starts_with(MARK) => {
                Ok((Self::Cp932(Doubts::default()), text.into_owned()))
            }
            _ => Err(HandOver::Encoding),
        }
    }

    /// A text in this encoding.
    pub(super) fn bytes(&self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Cp932(_) => {
                let (bytes, _, lost) = SHIFT_JIS.encode(text);
                (!lost).then(|| bytes.into_owned())
            }
        }
    }

    /// What the general reader is told of the encoding, where it could guess another one from few lines.
    pub(super) fn name(&self) -> Option<&'static str> {
        match self {
            Self::Utf8 => None,
            Self::Cp932(_) => Some("cp932"),
        }
    }

    /// Whether lines that are not all ASCII are such as the encoding has.
    ///
    /// # Errors
    /// Bytes that cannot be decoded, and the mark of a failed conversion.
    pub(super) fn check(&self, bytes: &[u8]) -> Result<(), HandOver> {
        match self {
            Self::Utf8 => {
                simdutf8::basic::from_utf8(bytes).map_err(|_| HandOver::Encoding)?;
                if memmem::find(bytes, REPLACEMENT).is_some() {
                    return Err(HandOver::ReplacementCharacter);
                }
            }
            Self::Cp932(doubts) => {
                if !is_cp932(bytes) {
                    return Err(HandOver::Encoding);
                }
                doubts.note(bytes);
            }
        }
        Ok(())
    }

    /// Whether all lines that were checked can be in this encoding only.
    ///
    /// # Errors
    /// It is not certain.
    pub(super) fn confirmed(&self) -> Result<(), HandOver> {
        match self {
            Self::Cp932(doubts) if !doubts.resolved() => Err(HandOver::Encoding),
            _ => Ok(()),
        }
    }

    /// A text of these bytes.
    ///
    /// # Errors
    /// What cannot be decoded.
    pub(super) fn text<'b>(&self, bytes: &'b [u8]) -> Result<Cow<'b, str>, HandOver> {
        let found = match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Cp932(_) => SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes),
        };
        found.ok_or(HandOver::Encoding)
    }

    /// The texts of a column.
    ///
    /// # Errors
    /// What cannot be decoded, or two spellings of one text: CP932 has some letters twice.
    pub(super) fn texts(&self, bytes: Vec<Vec<u8>>) -> Result<Vec<String>, HandOver> {
        let bad = HandOver::Encoding;
        match self {
            Self::Utf8 => bytes.into_iter().map(|text| String::from_utf8(text).map_err(|_| bad)).collect(),
            Self::Cp932(_) => {
                let decoded = |text: Vec<u8>| {
                    let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&text);
                    text.map(Cow::into_owned).ok_or(bad)
                };
                let texts: Vec<String> = bytes.into_iter().map(decoded).collect::<Result<_, _>>()?;
                let distinct: HashSet<&String> = texts.iter().collect();
                if distinct.len() == texts.len() { Ok(texts) } else { Err(HandOver::Spellings) }
            }
        }
    }
}

/// Whether all letters are those of CP932.
fn is_cp932(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let pairs = &*PAIRS;
    let mut rest = bytes;
    loop {
        match *rest {
            [] => return true,
            // Half-width katakana.
            [0xA1..=0xDF, ref after @ ..] => rest = after,
            [first @ 0x80..=0xFF, second, ref after @ ..] => {
                let known = pairs.get(usize::from(first)).map_or(0, |bits| bits[usize::from(second) / 64]);
                if known >> (second % 64) & 1 == 0 {
                    return false;
                }
                rest = after;
            }
            [0x80..=0xFF, ..] => return false,
            [_, ref after @ ..] => {
                rest = after;
                while let Some((word, after)) = rest.split_first_chunk::<8>() {
                    let high = u64::from_le_bytes(*word) & HIGH;
                    if high != 0 {
                        rest = rest.get(high.trailing_zeros() as usize / 8..).unwrap_or_default();
                        break;
                    }
                    rest = after;
                }
            }
        }
    }
}

impl Doubts {
    fn note(&self, bytes: &[u8]) {
        // Bytes that begin a letter of UTF-8, and bytes that may go on with one; up to 255 fit a byte.
        let (mut begin, mut go_on, mut not_euc) = (0_u64, 0_u64, false);
        for block in bytes.chunks(128) {
            let (mut begins, mut goes_on, mut other) = (0_u8, 0_u8, false);
            for byte in block {
                begins += u8::from(*byte >= 0xC0);
                goes_on += u8::from(byte & 0xC0 == 0x80);
                other |= matches!(byte, 0x80..=0x8D | 0x90..=0xA0 | 0xFF);
            }
            (begin, go_on, not_euc) =
                (begin + u64::from(begins), go_on + u64::from(goes_on), not_euc | other);
        }
        // No more letters than beginnings; and of what goes on, each beginning has three at most.
        let (mut letters, mut broken) = (begin, go_on.saturating_sub(3 * begin));
        if !is_far_from_utf_8(letters, broken) {
            (letters, broken) = (0, 0);
            for chunk in bytes.utf8_chunks() {
                letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
                broken += u64::from(!chunk.invalid().is_empty());
            }
        }
        self.letters.fetch_add(letters, Ordering::Relaxed);
        self.broken.fetch_add(broken, Ordering::Relaxed);
        if not_euc {
            self.not_euc.store(true, Ordering::Relaxed);
        }
    }

    fn resolved(&self) -> bool {
        let [letters, broken] = [&self.letters, &self.broken].map(|n| n.load(Ordering::Relaxed));
        self.not_euc.load(Ordering::Relaxed) && is_far_from_utf_8(letters, broken)
    }
}

/// Whether this is not UTF-8 with a few broken places, as the general reader has it.
fn is_far_from_utf_8(letters: u64, broken: u64) -> bool {
    letters < 10 * broken
}

#[cfg(test)]
mod tests {
    use encoding_rs::SHIFT_JIS;

    use super::{Charset, Doubts, is_cp932};

    #[test]
    fn letters_of_cp932_are_those_that_can_be_decoded() {
        let mut refused = 0;
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                let bytes = [b'a', first, second, b','];
                // The control character of 80 is left to the general reader.
                let good = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes).is_some()
                    && first != 0x80
                    && (second != 0x80 || (0x81..=0x9F).contains(&first) || first >= 0xE0);
                assert_eq!(is_cp932(&bytes), good, "{first:x} {second:x}");
                refused += u32::from(!good);
            }
        }
        assert!(refused > 10_000);
    }

    #[test]
    fn a_text_that_could_be_utf_8_or_euc_is_no_certain_cp932() {
        let certain = |text: &str| {
            let (bytes, _, _) = SHIFT_JIS.encode(text);
            let charset = Charset::Cp932(Doubts::default());
            charset.check(&bytes).and_then(|()| charset.confirmed()).is_ok()
        };
        assert!(certain("男性,女性,ととととととととととと\n") && certain("漢字ｶﾅ"));
        // Half-width katakana are letters of EUC-JP too; and bytes C6 82 are a letter of UTF-8.
        assert!(!certain("ｱｲｳｴ") && !certain(&"と".repeat(30)));
    }
}
