//! The values of a column: each distinct text once, with one number for all threads.

use std::collections::HashMap;
use std::sync::Mutex;

use super::super::hash::hash;
use super::kinds::HandOver;
use super::short::PAIRS;
use super::word::Word;

/// Numbers that are taken: the blank cell, and the ten digits.
pub(super) const TAKEN: u32 = 11;

/// What a code is as long as its number is not known: above all numbers of codes.
pub(super) const UNKNOWN: u8 = u8::MAX;

/// Codes of no, one, and two digits are below it.
const SHORT: usize = 128;

/// Where the blank text stands among those that are near.
const BLANK_PLACE: usize = 0;

/// The number of a text of one digit.
#[inline]
pub(super) fn of_digit(digit: u8) -> u8 {
    1 + (digit - b'0')
}

/// The text of a number that is taken.
pub(super) fn text_of_taken(number: u32) -> Option<String> {
    match number {
        0 => Some(String::new()),
        1..TAKEN => Some((number - 1).to_string()),
        _ => None,
    }
}

/// The texts of a column beyond those whose numbers are taken, numbered in the order in which threads happen
/// to meet them.
#[derive(Debug)]
pub(super) struct Shared {
    most: u32,
    known: Mutex<HashMap<Box<[u8]>, u32>>,
}

impl Shared {
    /// At most `most` numbers, those that are taken among them.
    pub(super) fn new(most: u32) -> Self {
        Self { most, known: Mutex::new(HashMap::new()) }
    }

    fn number(&self, text: &[u8]) -> Result<u32, HandOver> {
        let mut known = self.known.lock().map_err(|_| HandOver::Thread)?;
        if let Some(number) = known.get(text) {
            return Ok(*number);
        }
        let next = TAKEN + known.len() as u32;
        if next >= self.most {
            return Err(HandOver::Values);
        }
        known.insert(text.into(), next);
        Ok(next)
    }

    /// The texts by their number, from [`TAKEN`] on, in the bytes of the file.
    pub(super) fn texts(self) -> Result<Vec<Vec<u8>>, HandOver> {
        let known = self.known.into_inner().map_err(|_| HandOver::Thread)?;
        let mut out = vec![Vec::new(); known.len()];
        for (text, number) in known {
            let slot = out.get_mut((number - TAKEN) as usize).ok_or(HandOver::Values)?;
            *slot = text.into_vec();
        }
        Ok(out)
    }
}

/// What a thread remembers of a [`Shared`]: open addressing, as this is asked for every cell that is no
/// digit.
#[derive(Debug)]
pub(super) struct Local {
    places: Vec<Place>,
    texts: Vec<u8>,
    known: usize,
    /// The numbers of codes of no, one, and two digits: what most codes are.
    short: [u8; SHORT],
    /// Some short texts with their numbers, each in one of two places: no text is compared byte by byte then.
    near: Vec<(Word, u8)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    hash: u64,
    /// 0 where the place is free.
    number: u32,
    begin: u32,
    length: u32,
}

impl Local {
    pub(super) fn new() -> Self {
        Self {
            places: vec![Place::default(); 1 << 6],
            texts: Vec::new(),
            known: 0,
            short: std::array::from_fn(|code| if code < usize::from(PAIRS) { code as u8 } else { UNKNOWN }),
            near: vec![<(Word, u8)>::default(); 1 << Word::BITS],
        }
    }

    /// The code of a short text, if it is blank or was [remembered](Local::remember).
    #[inline]
    pub(super) fn near(&self, word: &Word) -> Option<u8> {
        let home = word.home();
        let at = |place: usize| self.near.get(place).filter(|(held, _)| held == word).map(|(_, code)| *code);
        at(home).or_else(|| at(home ^ 1))
    }

    /// Keeps the code of a short text: in the free one of its two places, else instead of
    /// the text that stands in one of them. The blank text keeps its own.
    pub(super) fn remember(&mut self, word: Word, code: u8) {
        let home = word.home();
        let places = [home, home ^ 1].into_iter().filter(|place| *place != BLANK_PLACE);
        let free = |place: &usize| self.near.get(*place).is_some_and(|(held, _)| *held == Word::default());
        let place = places.clone().find(free).or(places.clone().next());
        if let Some(held) = place.and_then(|place| self.near.get_mut(place)) {
            *held = (word, code);
        }
    }

    /// The number of a code of no, one, or two digits, as [`super::short::short`] has it; [`UNKNOWN`] where
    /// it was not met yet.
    #[inline]
    pub(super) fn of_short(&self, code: u8) -> u8 {
        self.short[usize::from(code % SHORT as u8)]
    }

    /// The number of a code of two digits: 0 to 99.
    #[inline]
    pub(super) fn pair(&mut self, value: u8, shared: &Shared) -> Result<u8, HandOver> {
        let at = usize::from(PAIRS + value) % SHORT;
        if self.short[at] == UNKNOWN {
            self.short[at] = self.number(&[b'0' + value / 10, b'0' + value % 10], shared)? as u8;
        }
        Ok(self.short[at])
    }

    /// The number of a text whose number is not taken.
    #[inline]
    pub(super) fn number(&mut self, text: &[u8], shared: &Shared) -> Result<u32, HandOver> {
        let hash = hash(text);
        let mut at = self.home(hash);
        loop {
            let place = self.places[at];
            if place.number == 0 {
                break;
            }
            if place.hash == hash && self.texts[place.begin as usize..][..place.length as usize] == *text {
                return Ok(place.number);
            }
            at = (at + 1) & (self.places.len() - 1);
        }
        let number = shared.number(text)?;
        self.places[at] = Place { hash, number, begin: self.texts.len() as u32, length: text.len() as u32 };
        self.texts.extend_from_slice(text);
        self.known += 1;
        if self.known * 2 > self.places.len() {
            let old = std::mem::take(&mut self.places);
            self.places = vec![Place::default(); old.len() * 2];
            for place in old.into_iter().filter(|p| p.number > 0) {
                let mut at = self.home(place.hash);
                while self.places[at].number > 0 {
                    at = (at + 1) & (self.places.len() - 1);
                }
                self.places[at] = place;
            }
        }
        Ok(number)
    }

    /// All texts with their numbers, in no order.
    pub(super) fn texts(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let text = |place: &Place| {
            let bytes = self.texts.get(place.begin as usize..).and_then(|b| b.get(..place.length as usize));
            (place.number, bytes.unwrap_or_default())
        };
        self.places.iter().filter(|place| place.number > 0).map(text)
    }

    /// How many texts there are.
    pub(super) fn count(&self) -> usize {
        self.known
    }

    fn home(&self, hash: u64) -> usize {
        (hash >> (64 - self.places.len().trailing_zeros())) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{Local, Shared, TAKEN, of_digit, text_of_taken};

    #[test]
    fn threads_agree_on_numbers_and_no_text_is_mistaken() {
        let shared = Shared::new(10_000);
        let (mut a, mut b) = (Local::new(), Local::new());
        let texts: Vec<String> =
            (0..3000).map(|i| format!("値{}", "x".repeat(i % 23)) + &i.to_string()).collect();
        let of_a: Vec<u32> = texts.iter().map(|t| a.number(t.as_bytes(), &shared).unwrap()).collect();
        let of_b: Vec<u32> = texts.iter().rev().map(|t| b.number(t.as_bytes(), &shared).unwrap()).collect();
        assert!(of_a.iter().eq(of_b.iter().rev()) && of_a.iter().copied().eq(TAKEN..TAKEN + 3000));
        assert!(texts.iter().zip(&of_a).all(|(t, n)| a.number(t.as_bytes(), &shared) == Ok(*n)));
        assert!(shared.texts().unwrap().iter().eq(texts.iter().map(String::as_bytes)));
    }

    #[test]
    fn two_digits_are_the_text_of_them() {
        let shared = Shared::new(255);
        let (mut a, mut b) = (Local::new(), Local::new());
        let of_a: Vec<u8> = (0..100).map(|value| a.pair(value, &shared).unwrap()).collect();
        assert!(of_a.iter().copied().eq(TAKEN as u8..TAKEN as u8 + 100));
        for value in 0..100 {
            let text = format!("{value:02}");
            assert_eq!(
                (b.number(text.as_bytes(), &shared), a.pair(value, &shared)),
                (Ok(of_a[usize::from(value)].into()), Ok(of_a[usize::from(value)]))
            );
        }
        assert_eq!((text_of_taken(0).unwrap(), text_of_taken(TAKEN)), (String::new(), None));
        assert!(
            (b'0'..=b'9').all(|digit| text_of_taken(of_digit(digit).into()).unwrap().as_bytes() == [digit])
        );
    }

    #[test]
    fn too_many_values_are_refused() {
        let shared = Shared::new(TAKEN + 2);
        let mut local = Local::new();
        assert!(
            local.number(b"a", &shared).is_ok()
                && local.number(b"b", &shared).is_ok()
                && local.number(b"c", &shared).is_err()
        );
        assert!(local.number(b"b", &shared).is_ok());
    }
}
