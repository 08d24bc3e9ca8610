//! Numbers: those that were just read are known by their bytes, the others are parsed by the standard
//! library.

use super::kinds::HandOver;

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
    /// What stood last beside each key, as far as its lowest bits tell keys apart.
    beside: Vec<Beside>,
    /// Numbers that were not what stood beside their key.
    misses: u32,
}

/// Keys that are told apart.
pub(super) const KEYS: usize = 1 << 8;

/// The number of a column beside a key: rows of a stratum have one size and mostly one weight.
#[derive(Debug, Clone, Copy)]
struct Beside {
    bytes: [u64; 3],
    mask: [u64; 3],
    length: usize,
    value: f64,
}

/// The bytes of a number in front of others, as words.
#[inline]
fn words(window: &[u8; LENGTH]) -> [u64; 3] {
    match window.as_chunks::<8>().0 {
        [a, b, c] => [u64::from_le_bytes(*a), u64::from_le_bytes(*b), u64::from_le_bytes(*c)],
        _ => [0; 3],
    }
}

/// Which bits of the words are those of a number so long.
#[inline]
fn mask(length: usize) -> [u64; 3] {
    [0, 1, 2].map(|i| match length.saturating_sub(i * 8).min(8) {
        8 => u64::MAX,
        kept => (1 << (8 * kept)) - 1,
    })
}

impl Numbers {
    pub(super) fn new(columns: usize) -> Self {
        // Zero bytes are the blank cell, which is no number; no text has a byte of ones.
        let none = Beside { bytes: [u64::MAX; 3], mask: [u64::MAX; 3], length: 0, value: f64::NAN };
        Self {
            known: vec![Known { bytes: [0; 3], value: f64::NAN }; SLOTS],
            beside: vec![none; columns * KEYS],
            misses: 0,
        }
    }

    /// The number in front if it begins with what stood last beside the key (of a column: `place`), and where
    /// that ends.
    #[inline]
    pub(super) fn again(&self, rest: &[u8], place: usize) -> Option<(usize, f64)> {
        let known = self.beside.get(place)?;
        let found = words(rest.first_chunk()?);
        let differ = (0..3).fold(0, |differ, i| differ | (found[i] ^ known.bytes[i]) & known.mask[i]);
        (differ == 0).then_some((known.length, known.value))
    }

    /// The number in front, `length` bytes long, which is kept as what stands beside the key.
    pub(super) fn first(&mut self, rest: &[u8], length: usize, place: usize) -> Result<f64, HandOver> {
        let value = self.read(rest, length)?;
        self.keep(rest, length, place, value);
        Ok(value)
    }

    /// Says that a number in front was not known. One of eight is kept: enough where they are to come again,
    /// and little is lost where they differ in every row.
    #[inline]
    pub(super) fn missed(&mut self, rest: &[u8], length: usize, place: usize, value: f64) {
        self.misses = self.misses.wrapping_add(1);
        if self.misses.is_multiple_of(8) {
            self.keep(rest, length, place, value);
        }
    }

    fn keep(&mut self, rest: &[u8], length: usize, place: usize, value: f64) {
        let window = rest.first_chunk::<LENGTH>();
        if let (Some(window), Some(beside), true) =
            (window, self.beside.get_mut(place), (1..=LENGTH).contains(&length))
        {
            let (found, mask) = (words(window), mask(length));
            *beside = Beside { bytes: [0, 1, 2].map(|i| found[i] & mask[i]), mask, length, value };
        }
    }

    /// The number in front, `length` bytes long; what comes after it goes on for at least `LENGTH` bytes.
    pub(super) fn read(&mut self, rest: &[u8], length: usize) -> Result<f64, HandOver> {
        let Some(window) = rest.first_chunk::<LENGTH>().filter(|_| length <= LENGTH) else {
            return parse(rest.get(..length).unwrap_or_default());
        };
        let (found, mask) = (words(window), mask(length));
        let bytes = [0, 1, 2].map(|i| found[i] & mask[i]);
        let mixed = (bytes[0] ^ bytes[1].rotate_left(21) ^ bytes[2].rotate_left(42))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
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
    text.and_then(|t| t.parse().ok()).filter(|x: &f64| x.is_finite()).ok_or(HandOver::Number)
}

#[cfg(test)]
mod tests {
    use super::super::short::ends;
    use super::Numbers;

    /// What is known of the number in front, where a comma comes after it.
    fn whole(numbers: &Numbers, rest: &[u8]) -> Option<(usize, u64)> {
        numbers
            .again(rest, 7)
            .filter(|(end, _)| ends::<false>(rest, *end).is_ok())
            .map(|(end, value)| (end, value.to_bits()))
    }

    #[test]
    fn numbers_are_those_of_the_standard_library_also_when_known() {
        let mut numbers = Numbers::new(1);
        for text in [
            "1",
            "10.903780068728523",
            "-3.5",
            ".5",
            "5.",
            "0.1",
            "123456789012345678901234567890",
            "1e-5",
            "4.9e-324",
            "00012.50",
            "9007199254740993",
            "9007199254740.993",
            "0.9007199254740993",
            "900719925474099.1",
            ".1234567890123456",
            "3.7",
            "0",
        ] {
            let mut buffer = text.as_bytes().to_vec();
            buffer.extend_from_slice(b",7.25\n");
            buffer.extend_from_slice(&[0; 40]);
            for _ in 0..2 {
                let bits = text.parse::<f64>().unwrap().to_bits();
                assert_eq!(numbers.read(&buffer, text.len()).map(f64::to_bits), Ok(bits), "{text}");
                assert_eq!(numbers.first(&buffer, text.len(), 7).map(f64::to_bits), Ok(bits), "{text}");
                let again = whole(&numbers, &buffer);
                assert_eq!(again, Some((text.len(), bits)).filter(|_| text.len() <= super::LENGTH), "{text}");
            }
            // Neither a longer number nor a shorter one is the same.
            for other in [format!("{text}1,"), format!("{},", &text[1..])] {
                let mut buffer = other.into_bytes();
                buffer.resize(64, 0);
                assert_eq!(whole(&numbers, &buffer), None, "{text}");
            }
        }
        for text in ["", "-", ".", "1a", "inf", "NaN", "1e999", "--1", "1.2.3", "e5"] {
            let mut buffer = text.as_bytes().to_vec();
            buffer.resize(64, 0);
            assert!(text.is_empty() || numbers.read(&buffer, text.len()).is_err(), "{text}");
        }
    }
}
