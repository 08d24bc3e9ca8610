//! A sample of the distinct texts of a column: those of the least hashes, each with how often it occurs.
//! Which texts these are depends on the texts alone, not on the order of the rows or on how they are divided.

use super::hash::hash;
use crate::text::spelling;

/// So many distinct texts tell what a column holds.
const ENOUGH: usize = 2_000;

/// Places of a table of at most twice as many texts, with room between them.
const PLACES: usize = (4 * ENOUGH).next_power_of_two();

/// The texts of the least hashes, and how many cells hold any.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// Cells that are not blank.
    filled: u64,
    /// No text of a greater hash is in the sample; `None` as long as all are.
    limit: Option<u64>,
    entries: Vec<Entry>,
    /// UTF-8.
    texts: Vec<u8>,
    /// Open addressing: 1 and the number of an entry, 0 where a place is free.
    places: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u64,
    times: u64,
    begin: usize,
    length: usize,
}

impl Sample {
    /// Adds a cell.
    pub fn add(&mut self, text: &str) {
        // Most texts begin with a letter or a digit.
        let may_be_blank = !text.as_bytes().first().is_some_and(|b| (b'!'..0x7F).contains(b));
        if may_be_blank && spelling::is_blank(text) {
            return;
        }
        self.add_filled(text.as_bytes());
    }

    /// Adds a cell (UTF-8) that is not blank.
    #[inline]
    pub fn add_filled(&mut self, text: &[u8]) {
        self.filled += 1;
        self.add_times(text, hash(text), 1);
    }

    /// Adds the cells of another part of the column.
    pub fn merge(&mut self, other: &Self) {
        self.filled += other.filled;
        other.entries.iter().for_each(|entry| self.add_times(other.text(entry), entry.hash, entry.times));
    }

    /// Cells that are not blank.
    pub fn filled(&self) -> u64 {
        self.filled
    }

    /// The texts of the sample, each with how many cells hold it, in the order of their hashes.
    pub fn texts(mut self) -> Vec<(String, u64)> {
        self.keep_least();
        let text = |entry: &Entry| String::from_utf8_lossy(self.text(entry)).into_owned();
        self.entries.iter().map(|entry| (text(entry), entry.times)).collect()
    }

    fn text(&self, entry: &Entry) -> &[u8] {
        self.texts.get(entry.begin..entry.begin + entry.length).unwrap_or_default()
    }

    #[inline]
    fn add_times(&mut self, text: &[u8], hash: u64, times: u64) {
        if self.limit.is_some_and(|limit| hash > limit) {
            return;
        }
        if self.places.is_empty() {
            self.places = vec![0; PLACES];
        }
        let mut at = Self::home(hash);
        while let Some(known) = self.places[at].checked_sub(1) {
            let entry = self.entries[known as usize];
            if entry.hash == hash && self.text(&entry) == text {
                self.entries[known as usize].times += times;
                return;
            }
            at = (at + 1) & (PLACES - 1);
        }
        self.entries.push(Entry { hash, times, begin: self.texts.len(), length: text.len() });
        self.texts.extend_from_slice(text);
        self.places[at] = self.entries.len() as u32;
        if self.entries.len() > 2 * ENOUGH {
            self.keep_least();
        }
    }

    /// Keeps so many entries as are enough, of the least hashes.
    fn keep_least(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_unstable_by(|a, b| (a.hash, self.text(a)).cmp(&(b.hash, self.text(b))));
        if entries.len() > ENOUGH {
            entries.truncate(ENOUGH);
            self.limit = entries.last().map(|entry| entry.hash);
        }
        let mut texts = Vec::new();
        for entry in &mut entries {
            let begin = texts.len();
            texts.extend_from_slice(self.text(entry));
            entry.begin = begin;
        }
        (self.texts, self.entries) = (texts, entries);
        self.places.fill(0);
        for number in 0..self.entries.len() {
            let mut at = Self::home(self.entries[number].hash);
            while self.places[at] > 0 {
                at = (at + 1) & (PLACES - 1);
            }
            self.places[at] = number as u32 + 1;
        }
    }

    fn home(hash: u64) -> usize {
        (hash >> 32) as usize & (PLACES - 1)
    }
}

/// Which of these distinct texts are in the sample of a column that holds them; blank ones are not.
pub fn in_sample(texts: &[&str]) -> Vec<bool> {
    let mut order: Vec<(u64, &str, usize)> = texts
        .iter()
        .enumerate()
        .filter(|(_, text)| !spelling::is_blank(text))
        .map(|(at, text)| (hash(text.as_bytes()), *text, at))
        .collect();
    if order.len() > ENOUGH {
        order.select_nth_unstable(ENOUGH);
        order.truncate(ENOUGH);
    }
    let mut out = vec![false; texts.len()];
    order.iter().for_each(|(_, _, at)| out[*at] = true);
    out
}

#[cfg(test)]
mod tests {
    use super::{ENOUGH, Sample, in_sample};

    /// Texts of `distinct` kinds, of which the i-th occurs 1 + i mod 3 times.
    fn cells(distinct: usize) -> Vec<String> {
        (0..distinct).flat_map(|i| (0..=i % 3).map(move |_| format!("回答 {}", i * 7919 % 100_003))).collect()
    }

    #[test]
    fn a_sample_depends_on_the_texts_alone() {
        for distinct in [0, 1, 50, ENOUGH, ENOUGH + 1, 9 * ENOUGH] {
            let all = cells(distinct);
            let mut whole = Sample::default();
            all.iter().for_each(|text| whole.add(text));
            let mut parts = [Sample::default(), Sample::default(), Sample::default()];
            all.iter().rev().enumerate().for_each(|(at, text)| parts[at % 3].add(text));
            let mut merged = Sample::default();
            parts.iter().for_each(|part| merged.merge(part));
            assert_eq!((merged.filled(), merged.texts()), (all.len() as u64, whole.clone().texts()));
            let texts = whole.texts();
            assert_eq!(texts.len(), distinct.min(ENOUGH));
            let mut kinds: Vec<&str> = all.iter().map(String::as_str).collect();
            kinds.dedup();
            let chosen = in_sample(&kinds);
            let times = |text: &str| all.iter().filter(|t| *t == text).count() as u64;
            let mut held: Vec<(&str, u64)> =
                kinds.iter().zip(&chosen).filter(|(_, c)| **c).map(|(t, _)| (*t, times(t))).collect();
            let mut found: Vec<(&str, u64)> = texts.iter().map(|(t, n)| (t.as_str(), *n)).collect();
            held.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, held, "{distinct}");
        }
    }

    #[test]
    fn blank_cells_are_none() {
        let mut sample = Sample::default();
        ["", " ", "　", "\u{feff}", "a", "　い"].iter().for_each(|text| sample.add(text));
        assert_eq!((sample.filled(), sample.texts().len()), (2, 2));
        assert_eq!(in_sample(&["", "　", "a"]), [false, false, true]);
    }
}
