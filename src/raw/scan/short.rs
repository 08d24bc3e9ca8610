//! Cells of no more than two digits, eight at a time.

use wide::{i16x8, u8x16};

use super::BLANK;
use super::cell::ends;

/// Cells that are read together.
pub(super) const EIGHT: usize = 8;

/// What two digits are here: this and their value.
pub(super) const PAIRS: u8 = 11;

const DIGIT: u8x16 = u8x16::new([b'0'; 16]);
const NINE: u8x16 = u8x16::new([9; 16]);
const ONE: u8x16 = u8x16::new([1; 16]);
const TEN: u8x16 = u8x16::new([10; 16]);
const COMMA: u8x16 = u8x16::new([b','; 16]);

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

/// Up to eight codes, each of no, one, or two digits (see [`PAIRS`]), and what comes after them; `None` when something else
/// is there. No branch asks what a cell is.
#[inline]
pub(super) fn short<const LAST: bool>(rest: &[u8], count: usize) -> Option<([u8; EIGHT], &[u8])> {
    let [(low, low_digits, low_others), (high, high_digits, high_others)] = [half(rest)?, half(rest.get(16..)?)?];
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
