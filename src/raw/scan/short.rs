//! Cells of no more than two digits, eight at a time.

use wide::{i16x8, u8x16};

use super::kinds::{BLANK, HandOver};

/// Cells that are read together.
pub(super) const EIGHT: usize = 8;

/// What two digits are here: this and their value.
pub(super) const PAIRS: u8 = 11;

const DIGIT: u8x16 = u8x16::new([b'0'; 16]);
const NINE: u8x16 = u8x16::new([9; 16]);
const ONE: u8x16 = u8x16::new([1; 16]);
const TEN: u8x16 = u8x16::new([10; 16]);
const COMMA: u8x16 = u8x16::new([b','; 16]);

/// What comes after the end of a cell, which is a comma, or after the last cell the line's end.
#[inline]
pub(super) fn ends<const LAST: bool>(rest: &[u8], end: usize) -> Result<&[u8], HandOver> {
    match rest.get(end..) {
        Some([b',', after @ ..]) if !LAST => Ok(after),
        Some([b'\n', after @ ..] | [b'\r', b'\n', after @ ..]) if LAST => Ok(after),
        _ => Err(HandOver::Row),
    }
}

/// Eight codes of one digit each, and what comes after them: sixteen bytes, `1,2,1,2,1,1,2,1,`. Most are so.
#[inline]
pub(super) fn single<const LAST: bool>(rest: &[u8]) -> Option<([u8; EIGHT], &[u8])> {
    const LIKE: u8x16 = u8x16::new(*b"0,0,0,0,0,0,0,0,");
    const MOST: u8x16 = u8x16::new([9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0]);
    const MOST_OF_LAST: u8x16 = u8x16::new([9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, u8::MAX]);
    let (bytes, after) = rest.split_first_chunk::<16>()?;
    // A digit is 0 to 9 now, a comma nothing.
    let cells = u8x16::new(*bytes) ^ LIKE;
    let most = if LAST { MOST_OF_LAST } else { MOST };
    if cells.saturating_sub(most).cmp_eq(u8x16::ZERO).move_mask() != 0xFFFF {
        return None;
    }
    Some((packed(cells + ONE), if LAST { ends::<true>(rest, 15).ok()? } else { after }))
}

/// The first byte of each two.
#[inline]
fn packed(bytes: u8x16) -> [u8; EIGHT] {
    let bytes = bytes.to_array();
    let pairs = i16x8::new(std::array::from_fn(|at| i16::from_le_bytes([bytes[2 * at], 0])));
    let [a, b, c, d, e, f, g, h, ..] = u8x16::narrow_i16x8(pairs, pairs).to_array();
    [a, b, c, d, e, f, g, h]
}

/// Up to eight codes, each of no, one, or two digits (see [`PAIRS`]), and what comes after them; `None` when
/// something else is there. No branch asks what a cell is.
#[inline]
pub(super) fn short<const LAST: bool>(rest: &[u8], count: usize) -> Option<([u8; EIGHT], &[u8])> {
    let [(low, low_digits, low_others), (high, high_digits, high_others)] =
        [half(rest)?, half(rest.get(16..)?)?];
    let (digits, others) = (low_digits | high_digits << 16, low_others | high_others << 16);
    // No cell goes on from here: neither a digit nor a comma, or the third digit in a row.
    let wrong = others | digits & digits << 1 & digits << 2;
    let code_at = [low, high];
    let code_at: &[u8; 32] = code_at.as_flattened().try_into().ok()?;
    // What is no digit ends a cell, and the next one begins after it.
    let mut begins = u64::from(!digits) << 1 | 1;
    let mut codes = [BLANK; EIGHT];
    for code in codes.iter_mut().take(count) {
        // Where too few cells begin, the end is not found.
        *code = code_at[begins.trailing_zeros() as usize % 32];
        begins &= begins.wrapping_sub(1);
    }
    let end = begins.trailing_zeros().checked_sub(1).filter(|end| *end < 32)?;
    if wrong & ((1 << end) - 1) == 0 { Some((codes, ends::<LAST>(rest, end as usize).ok()?)) } else { None }
}

/// Of sixteen bytes: the code of the cell that begins at each of them, which are digits, and which are
/// neither digits nor commas. One more
/// byte is looked at.
#[inline]
fn half(rest: &[u8]) -> Option<([u8; 16], u32, u32)> {
    let here = u8x16::new(*rest.first_chunk::<16>()?);
    let (first, second) = (here - DIGIT, u8x16::new(*rest.get(1..)?.first_chunk::<16>()?) - DIGIT);
    let is_digit = |digit: u8x16| digit.min(NINE).cmp_eq(digit);
    let (one, two) = (is_digit(first), is_digit(second));
    let twice = first + first;
    let nine_times = twice + twice + twice + twice + first;
    // 1 + d, or 11 + 10 d + e.
    let code = (first + ONE + ((nine_times + second + TEN) & two)) & one;
    let mask = |bytes: u8x16| bytes.move_mask() as u32 & 0xFFFF;
    Some((code.to_array(), mask(one), mask(!(one | here.cmp_eq(COMMA)))))
}

#[cfg(test)]
mod tests {
    use super::{EIGHT, PAIRS, short, single};

    /// The same cell by cell; where it gives nothing, neither of the two may give something.
    fn one_by_one(text: &str, count: usize, last: bool) -> Option<([u8; EIGHT], usize)> {
        let (mut codes, mut at) = ([0; EIGHT], 0);
        for (cell, code) in codes.iter_mut().take(count).enumerate() {
            let rest = &text[at..];
            let end = rest.find([',', '\n', '\r'])?;
            *code = match &rest.as_bytes()[..end] {
                [] => 0,
                [d] if d.is_ascii_digit() => 1 + d - b'0',
                [d, e] if d.is_ascii_digit() && e.is_ascii_digit() => PAIRS + 10 * (d - b'0') + (e - b'0'),
                _ => return None,
            };
            let mark = match (&rest[end..], last && cell + 1 == count) {
                (after, false) if after.starts_with(',') => 1,
                (after, true) if after.starts_with('\n') => 1,
                (after, true) if after.starts_with("\r\n") => 2,
                _ => return None,
            };
            at += end + mark;
        }
        Some((codes, at))
    }

    #[test]
    fn cells_read_together_are_those_read_one_by_one() {
        let mut state = 2_463_534_242_u32;
        let mut dice = move |n: u32| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state % n
        };
        let (mut found_short, mut found_single, mut refused) = (0, 0, 0);
        for _ in 0..200_000 {
            let odd = dice(4);
            let mut text: String = (0..9 + dice(8)).fold(String::new(), |text, _| {
                let cell = match dice(12) {
                    0 if odd > 0 => String::new(),
                    1 if odd > 1 => format!("{:02}", dice(100)),
                    2 if odd > 2 => {
                        ["123", "a", " ", "1a", "/", ":", "-", "\"", "é", "-1"][dice(10) as usize].to_owned()
                    }
                    _ => dice(10).to_string(),
                };
                text + &cell + [",", ",", ",", ",", ",", ",", ",", "\n", "\r\n", "\r"][dice(10) as usize]
            });
            text.truncate(
                (0..=text.len())
                    .rev()
                    .find(|at| text.is_char_boundary(*at) && *at <= 20 + dice(40) as usize)
                    .unwrap_or(0),
            );
            let rest = [text.as_bytes(), &vec![0; dice(40) as usize]].concat();
            let count = 1 + dice(EIGHT as u32) as usize;
            for last in [false, true] {
                let expected = one_by_one(&text, count, last);
                let found = if last { short::<true>(&rest, count) } else { short::<false>(&rest, count) };
                if let Some((codes, after)) = found {
                    assert_eq!(
                        Some((codes, rest.len() - after.len())),
                        expected,
                        "{text:?}, {count}, {last}"
                    );
                    found_short += 1;
                } else {
                    // It needs 33 bytes, and a cell that ends within 32.
                    assert!(expected.is_none() || rest.len() < 33, "{text:?}, {count}, {last}");
                    refused += 1;
                }
                if let Some((codes, after)) =
                    if last { single::<true>(&rest) } else { single::<false>(&rest) }
                {
                    assert_eq!(
                        Some((codes, rest.len() - after.len())),
                        one_by_one(&text, EIGHT, last),
                        "{text:?}, {last}"
                    );
                    found_single += 1;
                }
            }
        }
        assert!(
            found_short > 10_000 && found_single > 1000 && refused > 10_000,
            "{found_short} {found_single} {refused}"
        );
    }
}
