//! Numbers: those that were just read are known by their bytes, the others are parsed by the standard library.

use super::HandOver;

/// Entries of the memory. Weights and sizes repeat, as they are those of a stratum.
const SLOTS: usize = 1 << 10;

/// The longest number that is remembered.
const LENGTH: usize = 24;

#[derive(Debug, Clone, Copy)]
struct Known {
    bytes: [u64; 3],
    value: f64,
}

/// Reads numbers.
#[derive(Debug)]
pub(super) struct Numbers {
    known: Vec<Known>,
}

impl Numbers {
    pub(super) fn new() -> Self {
        // Zero bytes are the blank cell, which is no number.
        Self { known: vec![Known { bytes: [0; 3], value: f64::NAN }; SLOTS] }
    }

    /// The number at `at`, `length` bytes long; `buffer` goes on for at least `LENGTH` bytes after `at`.
    #[inline]
    pub(super) fn read(&mut self, buffer: &[u8], at: usize, length: usize) -> Result<f64, HandOver> {
        let Some(window) = buffer.get(at..at + LENGTH).filter(|_| length <= LENGTH) else {
            return parse(buffer.get(at..at + length).unwrap_or_default());
        };
        let word = |i: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&window[i * 8..i * 8 + 8]);
            let kept = length.saturating_sub(i * 8).min(8) as u32;
            let mask = if kept == 8 { u64::MAX } else { (1 << (8 * kept)) - 1 };
            u64::from_le_bytes(eight) & mask
        };
        let bytes = [word(0), word(1), word(2)];
        let mixed = (bytes[0] ^ bytes[1].rotate_left(21) ^ bytes[2].rotate_left(42)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let slot = &mut self.known[(mixed >> 54) as usize % SLOTS];
        // Word by word: a comparison of the whole would wait for the words to reach memory.
        if (slot.bytes[0] ^ bytes[0]) | (slot.bytes[1] ^ bytes[1]) | (slot.bytes[2] ^ bytes[2]) != 0 {
            *slot = Known { bytes, value: parse(&window[..length])? };
        }
        Ok(slot.value)
    }
}

/// As the general reader's texts are taken for numbers: decimal, finite.
fn parse(bytes: &[u8]) -> Result<f64, HandOver> {
    let digits = |b: &u8| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'e' | b'E');
    let begins = bytes.first().is_some_and(|b| matches!(b, b'0'..=b'9' | b'-' | b'.'));
    let text = std::str::from_utf8(bytes).ok().filter(|_| begins && bytes.iter().all(digits));
    text.and_then(|t| t.parse().ok()).filter(|x: &f64| x.is_finite()).ok_or(HandOver("number"))
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn numbers_are_those_of_the_standard_library_also_when_known() {
        let mut numbers = Numbers::new();
        for text in ["1", "10.903780068728523", "-3.5", ".5", "5.", "0.1", "123456789012345678901234567890", "1e-5", "4.9e-324", "00012.50"] {
            let mut buffer = text.as_bytes().to_vec();
            buffer.extend_from_slice(b",7.25\n");
            buffer.extend_from_slice(&[0; 40]);
            for _ in 0..2 {
                assert_eq!(numbers.read(&buffer, 0, text.len()).map(f64::to_bits), Ok(text.parse::<f64>().unwrap().to_bits()), "{text}");
            }
        }
        for text in ["", "-", ".", "1a", "inf", "NaN", "1e999", "--1", "1.2.3", "e5"] {
            let mut buffer = text.as_bytes().to_vec();
            buffer.resize(64, 0);
            assert!(text.is_empty() || numbers.read(&buffer, 0, text.len()).is_err(), "{text}");
        }
    }
}
