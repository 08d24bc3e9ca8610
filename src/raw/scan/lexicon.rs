//! The values of a column: each distinct text once, with one number for all threads.

use std::collections::HashMap;
use std::sync::Mutex;

use super::super::hash::hash;
use super::HandOver;

/// Numbers that are taken: the blank cell, the ten digits, and the hundred texts of two digits.
pub(super) const TAKEN: u32 = 111;

/// The number of a text of one digit.
#[inline]
pub(super) fn of_one(digit: u8) -> u8 {
    1 + (digit - b'0')
}

/// The number of a text of two digits.
#[inline]
pub(super) fn of_two(tens: u8, ones: u8) -> u8 {
    11 + (tens - b'0') * 10 + (ones - b'0')
}

/// The text of a number that is taken.
pub(super) fn text_of_taken(number: u32) -> Option<String> {
    match number {
        0 => Some(String::new()),
        1..=10 => Some((number - 1).to_string()),
        11..TAKEN => Some(format!("{:02}", number - 11)),
        _ => None,
    }
}

/// The texts of a column beyond those whose numbers are taken, numbered in the order in which threads happen to meet them.
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
        let mut known = self.known.lock().map_err(|_| HandOver("thread"))?;
        if let Some(number) = known.get(text) {
            return Ok(*number);
        }
        let next = TAKEN + known.len() as u32;
        if next >= self.most {
            return Err(HandOver("values"));
        }
        known.insert(text.into(), next);
        Ok(next)
    }

    /// The texts by their number, from [`TAKEN`] on.
    pub(super) fn texts(self) -> Result<Vec<String>, HandOver> {
        let known = self.known.into_inner().map_err(|_| HandOver("thread"))?;
        let mut out = vec![String::new(); known.len()];
        for (text, number) in known {
            let text = String::from_utf8(text.into_vec()).map_err(|_| HandOver("encoding"))?;
            let slot = out.get_mut((number - TAKEN) as usize).ok_or(HandOver("values"))?;
            *slot = text;
        }
        Ok(out)
    }
}

/// What a thread remembers of a [`Shared`]: open addressing, as this is asked for every cell that is no digit.
#[derive(Debug)]
pub(super) struct Local {
    places: Vec<Place>,
    texts: Vec<u8>,
    known: usize,
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
        Self { places: vec![Place::default(); 1 << 6], texts: Vec::new(), known: 0 }
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

    fn home(&self, hash: u64) -> usize {
        (hash >> (64 - self.places.len().trailing_zeros())) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{Local, Shared, TAKEN, of_one, of_two, text_of_taken};

    #[test]
    fn threads_agree_on_numbers_and_no_text_is_mistaken() {
        let shared = Shared::new(10_000);
        let (mut a, mut b) = (Local::new(), Local::new());
        let texts: Vec<String> = (0..3000).map(|i| format!("値{}", "x".repeat(i % 23)) + &i.to_string()).collect();
        let of_a: Vec<u32> = texts.iter().map(|t| a.number(t.as_bytes(), &shared).unwrap()).collect();
        let of_b: Vec<u32> = texts.iter().rev().map(|t| b.number(t.as_bytes(), &shared).unwrap()).collect();
        assert!(of_a.iter().eq(of_b.iter().rev()) && of_a.iter().copied().eq(TAKEN..TAKEN + 3000));
        assert!(texts.iter().zip(&of_a).all(|(t, n)| a.number(t.as_bytes(), &shared) == Ok(*n)));
        assert_eq!(shared.texts().unwrap(), texts);
    }

    #[test]
    fn taken_numbers_have_one_text_each() {
        assert_eq!((text_of_taken(0).unwrap(), text_of_taken(TAKEN)), (String::new(), None));
        for digit in b'0'..=b'9' {
            assert_eq!(text_of_taken(of_one(digit).into()).unwrap().as_bytes(), [digit]);
            for ones in b'0'..=b'9' {
                assert_eq!(text_of_taken(of_two(digit, ones).into()).unwrap().as_bytes(), [digit, ones]);
            }
        }
    }

    #[test]
    fn too_many_values_are_refused() {
        let shared = Shared::new(TAKEN + 2);
        let mut local = Local::new();
        assert!(local.number(b"a", &shared).is_ok() && local.number(b"b", &shared).is_ok() && local.number(b"c", &shared).is_err());
        assert!(local.number(b"b", &shared).is_ok());
    }
}
