//! One cell: where it ends, and what it holds.

use std::ops::Range;

use super::super::hash::hash;
use super::super::sample::Sample;
use super::charset::Charset;
use super::kinds::{BLANK, HandOver, TEXT_KEY};
use super::lexicon::{Local, Shared, TAKEN, UNKNOWN, of_digit};
use super::number::Numbers;
use super::short::{EIGHT, PAIRS, ends, short, single};
use super::word::Word;
use crate::text::spelling;

/// What lines are made of.
pub(super) enum Looks {
    /// Printable ASCII and line ends, no quotes.
    Plain,
    /// Quotes, or letters beyond ASCII.
    Quoted,
}

/// # Errors
/// Control characters, and what [`Charset::check`] says.
pub(super) fn looks(bytes: &[u8], charset: &Charset) -> Result<Looks, HandOver> {
    // All of a byte's bits where it is so.
    let all_bits = |so: bool| u8::from(so).wrapping_neg();
    let (mut quotes, mut all) = (false, 0);
    for block in bytes.chunks(4096) {
        // The least byte that ends no line, and what is 0 where a delete or a quote stands: quick, of all
        // bytes at once.
        let (mut least, mut delete, mut quote) = (u8::MAX, u8::MAX, u8::MAX);
        for byte in block {
            least = least.min(byte | all_bits(*byte == b'\n') | all_bits(*byte == b'\r'));
            (delete, quote) = (delete.min(byte ^ 0x7F), quote.min(byte ^ b'"'));
            all |= byte;
        }
        if least < 0x20 || delete == 0 {
            return Err(HandOver::ControlCharacter);
        }
        quotes |= quote == 0;
    }
    if all & 0x80 != 0 {
        charset.check(bytes)?;
    }
    Ok(if quotes || all & 0x80 != 0 { Looks::Quoted } else { Looks::Plain })
}

#[inline]
fn eight(rest: &[u8]) -> Option<u64> {
    rest.first_chunk().copied().map(u64::from_le_bytes)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The first byte at or after `at` that is `mark` or below 0x20: a line end, as other controls do not come
/// here.
#[inline]
fn find(rest: &[u8], mut at: usize, mark: u8) -> usize {
    while let Some(word) = rest.get(at..).and_then(eight) {
        let same = word ^ (u64::from(mark) * ONES);
        // A byte below 0x20 loses its high bit, one of 0x20 or above keeps it; those beyond ASCII do not
        // count.
        let found = (same.wrapping_sub(ONES) & !same | !((word | HIGH) - 0x20 * ONES) & !word) & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at
}

/// The first byte at or after `at` that is below `-`: what ends a number, or spoils it.
#[inline]
fn end_of_number(rest: &[u8], mut at: usize) -> usize {
    while let Some(word) = rest.get(at..).and_then(eight) {
        let found = !((word | HIGH) - 0x2D * ONES) & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at
}

/// A cell in quotes.
struct Quoted {
    inside: Range<usize>,
    /// Whether it holds doubled quotes.
    doubled: bool,
    end: usize,
}

/// # Errors
/// A line break in the cell: where a line begins is not known then.
#[inline]
fn quoted(rest: &[u8]) -> Result<Quoted, HandOver> {
    let (mut next, mut doubled) = (1, false);
    loop {
        next = find(rest, next, b'"');
        match (rest.get(next), rest.get(next + 1)) {
            (Some(b'"'), Some(b'"')) => {
                doubled = true;
                next += 2;
            }
            (Some(b'"'), _) => return Ok(Quoted { inside: 1..next, doubled, end: next + 1 }),
            _ => return Err(HandOver::LineBreakInACell),
        }
    }
}

#[inline]
fn opens<const QUOTED: bool>(rest: &[u8]) -> bool {
    QUOTED && rest.first() == Some(&b'"')
}

/// The end of a cell that nobody wants.
#[inline]
pub(super) fn skip<const QUOTED: bool>(rest: &[u8]) -> Result<usize, HandOver> {
    if opens::<QUOTED>(rest) { quoted(rest).map(|q| q.end) } else { Ok(find(rest, 0, b',')) }
}

/// The text of any cell, and where it ends; doubled quotes are made single ones in `scratch`.
#[inline]
fn text<'t, const QUOTED: bool>(
    rest: &'t [u8],
    scratch: &'t mut Vec<u8>,
) -> Result<(usize, &'t [u8]), HandOver> {
    if !opens::<QUOTED>(rest) {
        let end = find(rest, 0, b',');
        return Ok((end, rest.get(..end).unwrap_or_default()));
    }
    let Quoted { inside, doubled, end } = quoted(rest)?;
    let inside = rest.get(inside).unwrap_or_default();
    if !doubled {
        return Ok((end, inside));
    }
    scratch.clear();
    let mut bytes = inside.iter();
    while let Some(byte) = bytes.next() {
        scratch.push(*byte);
        if *byte == b'"' {
            bytes.next();
        }
    }
    Ok((end, scratch))
}

/// One to seven digits in front as a number, and how many they are.
#[inline]
fn digits(rest: &[u8]) -> Option<(usize, u32)> {
    // All at once: all but the digits is shifted out, and neighbours are joined to numbers of two, four,
    // eight.
    let word = eight(rest)?;
    let digits = word ^ (0x30 * ONES);
    // The lowest byte above 9 gets its high bit; those behind it may get any.
    let length = ((digits.wrapping_add(0x76 * ONES) | digits) & HIGH).trailing_zeros() as usize / 8;
    if !(1..8).contains(&length) {
        return None;
    }
    let mut value = digits << (64 - 8 * length);
    value = (value.wrapping_mul(10) + (value >> 8)) & 0x00FF_00FF_00FF_00FF;
    value = (value.wrapping_mul(100) + (value >> 16)) & 0x0000_FFFF_0000_FFFF;
    value = (value.wrapping_mul(10_000) + (value >> 32)) & 0xFFFF_FFFF;
    Some((length, value as u32))
}

/// A whole number below 10⁹ in its one spelling, and where its digits end.
#[inline]
fn whole(rest: &[u8]) -> Option<(usize, u32)> {
    match digits(rest) {
        Some((length, value)) => {
            let zeros = length > 1 && rest.first() == Some(&b'0');
            (!zeros).then_some((length, value))
        }
        None => long(rest),
    }
}

/// A number of up to seven digits before and after its point, and where it ends: its digits as a whole number
/// and the power of ten below them are exact, and their quotient rounds once.
#[inline]
fn decimal(rest: &[u8]) -> Option<(usize, f64)> {
    const TENS: [u32; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
    let (length, whole) = digits(rest)?;
    if rest.get(length) != Some(&b'.') {
        return Some((length, f64::from(whole)));
    }
    let (after, fraction) = digits(rest.get(length + 1..)?)?;
    let tens = TENS.get(after).copied().unwrap_or(1);
    let all = u64::from(whole) * u64::from(tens) + u64::from(fraction);
    Some((length + 1 + after, all as f64 / f64::from(tens)))
}

#[cold]
fn long(rest: &[u8]) -> Option<(usize, u32)> {
    let length = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let zeros = length > 1 && rest.first() == Some(&b'0');
    let digits = rest.get(..length).filter(|_| (1..10).contains(&length) && !zeros)?;
    Some((length, digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))))
}

/// A key, and what comes after it: a whole number in its one spelling, or [`TEXT_KEY`] and the number of its
/// text.
#[inline]
pub(super) fn key<'t, const QUOTED: bool, const LAST: bool>(
    rest: &'t [u8],
    local: &mut Local,
    shared: &Shared,
    scratch: &mut Vec<u8>,
) -> Result<(&'t [u8], u32), HandOver> {
    let open = usize::from(opens::<QUOTED>(rest));
    if let Some((length, value)) = rest.get(open..).and_then(whole)
        && (open == 0 || rest.get(open + length) == Some(&b'"'))
        && let Ok(after) = ends::<LAST>(rest, 2 * open + length)
    {
        return Ok((after, value));
    }
    let (end, key) = text_key::<QUOTED>(rest, local, shared, scratch)?;
    Ok((ends::<LAST>(rest, end)?, key))
}

fn text_key<const QUOTED: bool>(
    rest: &[u8],
    local: &mut Local,
    shared: &Shared,
    scratch: &mut Vec<u8>,
) -> Result<(usize, u32), HandOver> {
    let (end, text) = text::<QUOTED>(rest, scratch)?;
    if text.is_empty() {
        return Err(HandOver::Key);
    }
    Ok((end, TEXT_KEY + local.number(text, shared)? - TAKEN))
}

/// The name of a respondent as a number, and what comes after it: a whole number is itself, any other text a
/// hash of its one spelling, with the highest bit set.
#[inline]
pub(super) fn id<'t, const QUOTED: bool, const LAST: bool>(
    rest: &'t [u8],
    scratch: &mut Vec<u8>,
) -> Result<(&'t [u8], u64), HandOver> {
    if let Some((length, value)) = whole(rest)
        && let Ok(after) = ends::<LAST>(rest, length)
    {
        return Ok((after, value.into()));
    }
    let (end, text) = text::<QUOTED>(rest, scratch)?;
    let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii()).ok_or(HandOver::Id)?;
    let code = spelling::code(text);
    let number = code.parse().ok().filter(|n: &u64| *n < 1_000_000_000_000_000_000);
    let number = match number {
        // A plus sign or zeros before it make another name of the same number.
        Some(number) if number.to_string() == code => number,
        _ if code.is_empty() => return Err(HandOver::Id),
        _ => hash(code.as_bytes()) | 1 << 63,
    };
    Ok((ends::<LAST>(rest, end)?, number))
}

/// Adds any cell to the sample of its column; gives what comes after it.
#[inline]
pub(super) fn other<'t, const QUOTED: bool, const LAST: bool>(
    rest: &'t [u8],
    sample: &mut Sample,
    charset: &Charset,
    scratch: &mut Vec<u8>,
) -> Result<&'t [u8], HandOver> {
    let (end, text) = text::<QUOTED>(rest, scratch)?;
    match text {
        [] => {}
        [b'!'..=b'~', ..] if text.is_ascii() => sample.add_filled(text),
        text => sample.add(&charset.text(text)?),
    }
    ends::<LAST>(rest, end)
}

/// A number, NaN where the cell is blank, and what comes after it; `place` says beside which key of which
/// column.
#[inline]
pub(super) fn number<'t, const QUOTED: bool, const LAST: bool>(
    rest: &'t [u8],
    cache: &mut Numbers,
    place: usize,
) -> Result<(&'t [u8], f64), HandOver> {
    if let Some((end, known)) = cache.again(rest, place)
        && let Ok(after) = ends::<LAST>(rest, end)
    {
        return Ok((after, known));
    }
    if let Some((end, value)) = decimal(rest)
        && let Ok(after) = ends::<LAST>(rest, end)
    {
        cache.missed(rest, end, place, value);
        return Ok((after, value));
    }
    let (end, value) = other_number::<QUOTED>(rest, cache, place)?;
    Ok((ends::<LAST>(rest, end)?, value))
}

fn other_number<const QUOTED: bool>(
    rest: &[u8],
    cache: &mut Numbers,
    place: usize,
) -> Result<(usize, f64), HandOver> {
    let open = usize::from(opens::<QUOTED>(rest));
    let end = end_of_number(rest, open);
    let inside = rest.get(open..).unwrap_or_default();
    let value = match (open, end - open) {
        (_, 0) => f64::NAN,
        (0, length) => cache.first(inside, length, place)?,
        (_, length) => cache.read(inside, length)?,
    };
    match (open, rest.get(end)) {
        (0, _) => Ok((end, value)),
        (_, Some(b'"')) => Ok((end + 1, value)),
        _ => Err(HandOver::Number),
    }
}

/// What the columns of codes know of their values, lane by lane.
pub(super) struct Cells<'a> {
    pub(super) locals: &'a mut [Local],
    pub(super) shared: &'a [Shared],
    pub(super) text: &'a mut Vec<u8>,
}

impl Cells<'_> {
    /// What is known of a lane.
    fn of(&mut self, lane: usize) -> Result<(&mut Local, &Shared), HandOver> {
        self.locals.get_mut(lane).zip(self.shared.get(lane)).ok_or(HandOver::Columns)
    }

    /// The code of a short cell that was met before, and where it ends.
    #[inline(always)]
    fn near<const QUOTED: bool>(&self, rest: &[u8], lane: usize) -> Option<(usize, u8)> {
        let (end, word) = Word::of::<QUOTED>(rest)?;
        Some((end, self.locals.get(lane)?.near(&word)?))
    }

    /// Two digits have the number of their text instead of their value.
    #[inline]
    fn number_short(&mut self, first: usize, codes: &mut [u8; EIGHT], count: usize) -> Result<(), HandOver> {
        let locals = self.locals.get(first..first + count).ok_or(HandOver::Columns)?;
        let (mut numbers, mut unknown) = (*codes, false);
        // All are looked up: no branch asks which of them are two digits.
        for (number, local) in numbers.iter_mut().zip(locals) {
            *number = local.of_short(*number);
            unknown |= *number == UNKNOWN;
        }
        if unknown {
            return self.first_pairs(first, codes, count);
        }
        *codes = numbers;
        Ok(())
    }

    #[cold]
    fn first_pairs(&mut self, first: usize, codes: &mut [u8; EIGHT], count: usize) -> Result<(), HandOver> {
        for (lane, code) in codes.iter_mut().take(count).enumerate() {
            if let Some(value) = code.checked_sub(PAIRS) {
                let (local, shared) = self.of(first + lane)?;
                *code = local.pair(value, shared)?;
            }
        }
        Ok(())
    }
}

/// One code, and where it ends.
fn code<const QUOTED: bool>(
    rest: &[u8],
    lane: usize,
    cells: &mut Cells<'_>,
) -> Result<(usize, u8), HandOver> {
    match *rest {
        [b',' | b'\n' | b'\r', ..] => return Ok((0, BLANK)),
        [digit, b',' | b'\n' | b'\r', ..] if digit.is_ascii_digit() => return Ok((1, of_digit(digit))),
        [tens, ones, b',' | b'\n' | b'\r', ..] if tens.is_ascii_digit() && ones.is_ascii_digit() => {
            let (local, shared) = cells.of(lane)?;
            return Ok((2, local.pair((tens - b'0') * 10 + (ones - b'0'), shared)?));
        }
        _ => {}
    }
    let (Some(local), Some(shared)) = (cells.locals.get_mut(lane), cells.shared.get(lane)) else {
        return Err(HandOver::Columns);
    };
    let (end, text) = text::<QUOTED>(rest, cells.text)?;
    match *text {
        [] => Ok((end, BLANK)),
        [digit] if digit.is_ascii_digit() => Ok((end, of_digit(digit))),
        _ => Ok((end, local.number(text, shared)? as u8)),
    }
}

/// As [`code`]; a short text is [near](Local::near) from now on.
#[cold]
fn first_code<const QUOTED: bool>(
    rest: &[u8],
    lane: usize,
    cells: &mut Cells<'_>,
) -> Result<(usize, u8), HandOver> {
    let found = code::<QUOTED>(rest, lane, cells)?;
    if let (Some((_, word)), Some(local)) = (Word::of::<QUOTED>(rest), cells.locals.get_mut(lane)) {
        local.remember(word, found.1);
    }
    Ok(found)
}

/// Neighbouring codes from the lane `first` on, of which there is one or more; gives what comes after them.
#[inline]
pub(super) fn read_codes<'t, const QUOTED: bool, const LAST: bool>(
    mut rest: &'t [u8],
    first: usize,
    codes: &mut [u8],
    mut cells: Cells<'_>,
) -> Result<&'t [u8], HandOver> {
    let before = codes.len().saturating_sub(1) / EIGHT * EIGHT;
    let (eights, last) = codes.split_at_mut(before);
    for (at, codes) in eights.as_chunks_mut::<EIGHT>().0.iter_mut().enumerate() {
        rest = match single::<false>(rest) {
            Some((found, after)) => {
                *codes = found;
                after
            }
            None => others::<QUOTED, false>(rest, codes, first + at * EIGHT, &mut cells)?,
        };
    }
    if let (Ok(codes), Some((found, after))) =
        (<&mut [u8; EIGHT]>::try_from(&mut *last), single::<LAST>(rest))
    {
        *codes = found;
        return Ok(after);
    }
    others::<QUOTED, LAST>(rest, last, first + before, &mut cells)
}

/// Up to eight codes that are not of one digit each.
fn others<'t, const QUOTED: bool, const LAST: bool>(
    rest: &'t [u8],
    codes: &mut [u8],
    first: usize,
    cells: &mut Cells<'_>,
) -> Result<&'t [u8], HandOver> {
    // Cells of words are not the short ones.
    let words = QUOTED && matches!(rest.first(), Some(b'"' | 0x80..));
    let found = match codes.len() {
        _ if words => None,
        EIGHT => short::<LAST>(rest, EIGHT),
        fewer => short::<LAST>(rest, fewer),
    };
    if let Some((mut found, after)) = found {
        cells.number_short(first, &mut found, codes.len())?;
        codes.iter_mut().zip(found).for_each(|(code, found)| *code = found);
        return Ok(after);
    }
    let last = codes.len().wrapping_sub(1);
    let mut rest = rest;
    for (place, out) in codes.iter_mut().enumerate() {
        let (end, value) = match (QUOTED, if QUOTED { cells.near::<true>(rest, first + place) } else { None })
        {
            (_, Some(found)) => found,
            (true, None) => first_code::<true>(rest, first + place, cells)?,
            (false, None) => code::<false>(rest, first + place, cells)?,
        };
        *out = value;
        rest = if place == last { ends::<LAST>(rest, end)? } else { ends::<false>(rest, end)? };
    }
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::{decimal, ends};

    #[test]
    fn short_decimals_are_those_of_the_standard_library() {
        let mut state = 88_172_645_463_325_252_u64;
        let mut dice = move |n: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % n
        };
        let mut found = 0;
        for _ in 0..100_000 {
            let digits =
                |n: u64, dice: u64| format!("{:0width$}", dice % 10_u64.pow(n as u32), width = n as usize);
            let (before, after) = (1 + dice(9), dice(10));
            let mut text = digits(before, dice(1 << 40));
            if after > 0 {
                text += &format!(".{}", digits(after - 1, dice(1 << 40)));
            }
            let behind = [",", "\n", "e5,", "x", "-", ".1,"][dice(6) as usize];
            // Behind a number without a point it is its fraction.
            let whole = text.len() + if after == 0 && behind == ".1," { 2 } else { 0 };
            text += behind;
            text += &"0".repeat(20);
            let cell =
                decimal(text.as_bytes()).filter(|(end, _)| ends::<false>(text.as_bytes(), *end).is_ok());
            if let Some((end, value)) = cell {
                assert_eq!((end, value.to_bits()), (whole, text[..whole].parse::<f64>().unwrap().to_bits()));
                found += 1;
            } else {
                assert!(before > 7 || after > 8 || after == 1 || !text[whole..].starts_with(','), "{text}");
            }
        }
        assert!(found > 5_000);
    }
}
