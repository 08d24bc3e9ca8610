//! Measures with few codes apart from those with many: the ones are counted side by side, by comparing all of
//! them with each code, which must be few; the others have tables of their own.

use super::cube::Counted;
use super::exact::Scale;
use super::near_tally::CODES;
use super::stream_tables::Table;
use crate::raw::scan::{Chunk, HandOver};

/// Codes of a column in the first rows, up to which it has few.
const FEW: usize = 8;

/// The sums of one crossing in one thread, in a table for measures with few codes and one for the others.
pub(super) struct Split<T> {
    scale: Option<Scale>,
    measures: Vec<usize>,
    /// Measures by their place in `measures`, and their table. None before the first rows.
    parts: Vec<(Vec<usize>, T)>,
}

impl<T: Table> Split<T> {
    fn split(&self, chunk: &Chunk) -> Vec<(Vec<usize>, T)> {
        let few = |place: &usize| self.measures.get(*place).is_some_and(|c| chunk.met(*c).count() <= FEW);
        let (few, many): (Vec<usize>, Vec<usize>) = (0..self.measures.len()).partition(few);
        let part = |places: Vec<usize>| {
            let measures: Vec<usize> =
                places.iter().filter_map(|place| self.measures.get(*place).copied()).collect();
            (places, T::new(self.scale, &measures))
        };
        match (few.is_empty(), many.is_empty()) {
            (false, false) => vec![part(few), part(many)],
            (true, false) => vec![part(many)],
            (_, true) => vec![part(few)],
        }
    }
}

impl<T: Table> Table for Split<T> {
    fn new(scale: Option<Scale>, measures: &[usize]) -> Self {
        Self { scale, measures: measures.to_vec(), parts: Vec::new() }
    }

    fn add(
        &mut self,
        chunk: &Chunk,
        slots: &[u32],
        slot_count: usize,
        weights: &[f64],
    ) -> Result<(), HandOver> {
        if self.parts.is_empty() {
            self.parts = self.split(chunk);
        }
        self.parts.iter_mut().try_for_each(|(_, table)| table.add(chunk, slots, slot_count, weights))
    }

    fn finish(&mut self) {
        self.parts.iter_mut().for_each(|(_, table)| table.finish());
    }

    fn rows_of_slot(&self, slot: usize) -> u64 {
        self.parts.first().map_or(0, |(_, table)| table.rows_of_slot(slot))
    }

    fn add_to(&self, measure: usize, into: &[u32], of_code: &[u8; CODES], counted: &mut Counted) {
        for (places, table) in &self.parts {
            if let Some(place) = places.iter().position(|place| *place == measure) {
                table.add_to(place, into, of_code, counted);
            }
        }
    }
}
