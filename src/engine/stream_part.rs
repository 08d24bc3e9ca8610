//! One thread's part of a stream: chunks of scanned rows → sums by crossing.

use std::borrow::Cow;

use super::crossing_plan::CrossingPlan;
use super::crossings::Crossings;
use super::exact::{MOST_WEIGHT, Scale};
use super::stream_returns::Returns;
use super::stream_tables::Table;
use super::streamed::{Planned, StreamColumns};
use crate::raw::scan::{BLANK, Chunk, Consumer, HandOver, Plain, TEXT_KEY, Value};

/// Where the scanned columns are.
pub(super) struct Places {
    pub(super) key: Option<KeyPlace>,
    pub(super) cluster: Option<KeyPlace>,
    /// Which column of codes each measure is.
    pub(super) measures: Vec<usize>,
}

/// A stratum or cluster is a key, or a code where it is a classification too.
#[derive(Clone, Copy)]
pub(super) enum KeyPlace {
    Keys(usize),
    Codes(usize),
}

impl KeyPlace {
    /// The keys of a chunk.
    ///
    /// # Errors
    /// A blank one.
    fn of(place: Option<Self>, chunk: &Chunk) -> Result<Cow<'_, [u32]>, HandOver> {
        match place {
            None => Ok(vec![0; chunk.rows()].into()),
            Some(Self::Keys(at)) => Ok(chunk.keys(at).into()),
            Some(Self::Codes(at)) if chunk.codes(at).any(|code| code == BLANK) => Err(HandOver::Key),
            Some(Self::Codes(at)) => Ok(chunk.codes(at).map(u32::from).collect()),
        }
    }

    /// The text of a key.
    pub(super) fn text(self, key: u32, values: &[Vec<Value>], keys: &[Vec<String>]) -> Option<String> {
        match (self, key.checked_sub(TEXT_KEY)) {
            (Self::Codes(column), _) => {
                values.get(column)?.iter().find(|v| u32::from(v.code) == key).map(|v| v.text.clone())
            }
            (Self::Keys(column), Some(at)) => keys.get(column)?.get(at as usize).cloned(),
            (Self::Keys(_), None) => Some(key.to_string()),
        }
    }
}

/// Weight, size, and where they first occur.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    pub(super) first: (u64, usize),
    pub(super) weight: f64,
    pub(super) size: f64,
}

impl Facts {
    pub(super) fn agrees(&self, other: &Self) -> Result<(), HandOver> {
        match (self.weight == other.weight, self.size == other.size) {
            (true, true) => Ok(()),
            (false, _) => Err(HandOver::WeightsDiffer),
            (true, false) => Err(HandOver::Sizes),
        }
    }
}

/// The sums of one crossing.
pub(super) struct Crossing<T> {
    pub(super) classifications: Vec<usize>,
    /// Of each slot the number of its unit, and the codes of its cell.
    pub(super) crossings: Crossings,
    /// Where each slot first occurs.
    pub(super) first: Vec<(u64, usize)>,
    /// Where in a cell's number the code of each classification is, in bits.
    pub(super) shifts: Vec<usize>,
    pub(super) table: T,
}

/// Bytes of a cell's number.
const WINDOW: usize = 8;

impl<T: Table> Crossing<T> {
    /// Finds the slots of a chunk's rows, and adds the rows.
    fn take(
        &mut self,
        chunk: &Chunk,
        units: &[u32],
        weights: &[f64],
        slots: &mut Vec<u32>,
    ) -> Result<(), HandOver> {
        let lanes: Vec<usize> = self.classifications.iter().map(|at| chunk.lane(*at)).collect();
        let first = lanes.iter().copied().min().unwrap_or(0).min(chunk.stride() - WINDOW);
        slots.resize(chunk.rows(), 0);
        let rows = slots.iter_mut().zip(units).zip(chunk.rows_of_codes());
        if lanes.iter().all(|lane| *lane < first + WINDOW) {
            // All codes lie in one word of the row, among others.
            self.shifts = lanes.iter().map(|lane| 8 * (lane - first)).collect();
            let mask = self.shifts.iter().fold(0, |mask, shift| mask | 0xFF << shift);
            for ((slot, unit), codes) in rows {
                let word =
                    codes.get(first..).and_then(<[u8]>::first_chunk).copied().map_or(0, u64::from_le_bytes);
                *slot = self.crossings.number((u64::from(*unit), word & mask)).0;
            }
        } else {
            self.shifts = (0..lanes.len()).map(|at| 8 * at).collect();
            for ((slot, unit), codes) in rows {
                let cell = lanes
                    .iter()
                    .zip(&self.shifts)
                    .fold(0, |cell, (lane, shift)| cell | u64::from(codes[*lane]) << shift);
                *slot = self.crossings.number((u64::from(*unit), cell)).0;
            }
        }
        // Slots are numbered as they come.
        if self.first.len() < self.crossings.known.len() {
            for (row, slot) in slots.iter().enumerate() {
                if *slot as usize == self.first.len() {
                    self.first.push((chunk.position(), row));
                }
            }
        }
        self.table.add(chunk, slots, self.crossings.known.len(), weights)
    }
}

/// The sums of one thread.
pub(super) struct Part<'a, T> {
    file: &'a Plain,
    columns: &'a StreamColumns,
    places: &'a Places,
    plan: &'a Planned,
    scale: Option<Scale>,
    /// Strata with their clusters.
    pub(super) units: Crossings,
    pub(super) facts: Vec<Facts>,
    pub(super) crossed: Vec<Crossing<T>>,
    pub(super) returns: Returns,
    unit_of_row: Vec<u32>,
    slot_of_row: Vec<u32>,
}

impl<'a, T: Table> Part<'a, T> {
    pub(super) fn new(
        file: &'a Plain,
        columns: &'a StreamColumns,
        places: &'a Places,
        plan: &'a Planned,
        scale: Option<Scale>,
    ) -> Self {
        Self {
            file,
            columns,
            places,
            plan,
            scale,
            units: Crossings::new(),
            facts: Vec::new(),
            crossed: Vec::new(),
            returns: Returns::new(file, columns),
            unit_of_row: Vec::new(),
            slot_of_row: Vec::new(),
        }
    }

    /// The crossings as they are planned; by the rows of this chunk, where they are not.
    fn crossings(&self, chunk: &Chunk) -> Vec<Crossing<T>> {
        let planned = self.plan.get_or_init(|| {
            let rows = self.file.rows_about(chunk.rows());
            let values = |at: usize| chunk.codes(at).map(u32::from).collect();
            let plan = CrossingPlan::new(rows, &self.unit_of_row, (0..self.columns.cells.len()).map(values));
            self.columns.crossings(plan.crossings(&self.columns.breakdowns))
        });
        let crossing = |classifications: &Vec<usize>| Crossing {
            classifications: classifications.clone(),
            crossings: Crossings::new(),
            first: Vec::new(),
            shifts: Vec::new(),
            table: T::new(self.scale, &self.places.measures),
        };
        planned.iter().map(|(_, classifications)| crossing(classifications)).collect()
    }

    /// Says that all rows have been taken.
    pub(super) fn finish(&mut self) {
        self.crossed.iter_mut().for_each(|crossed| crossed.table.finish());
    }

    /// Finds the unit of each row, whose rows have one weight and one size.
    fn find_units(&mut self, chunk: &Chunk, weights: &[f64], sizes: &[f64]) -> Result<(), HandOver> {
        let (keys, clusters) =
            (KeyPlace::of(self.places.key, chunk)?, KeyPlace::of(self.places.cluster, chunk)?);
        self.unit_of_row.resize(chunk.rows(), 0);
        let rows = keys
            .iter()
            .zip(clusters.iter())
            .zip(weights.iter().zip(sizes))
            .zip(&mut self.unit_of_row)
            .enumerate();
        for (row, (((key, cluster), (weight, size)), unit_of_row)) in rows {
            let (unit, new) = self.units.number((u64::from(*key), u64::from(*cluster)));
            if new {
                self.facts.push(Facts { first: (chunk.position(), row), weight: *weight, size: *size });
            }
            let known = &self.facts[unit as usize];
            if known.weight != *weight {
                return Err(HandOver::WeightsDiffer);
            }
            if known.size != *size {
                return Err(HandOver::Sizes);
            }
            *unit_of_row = unit;
        }
        Ok(())
    }
}

impl<T: Table> Consumer for Part<'_, T> {
    fn take(&mut self, chunk: &Chunk) -> Result<(), HandOver> {
        let (rows, columns) = (chunk.rows(), self.columns);
        self.returns.take(chunk)?;
        let ones = vec![1.0; rows];
        let weights = if columns.weight.is_some() { chunk.numbers(0) } else { &ones };
        let sizes =
            if columns.size.is_some() { chunk.numbers(usize::from(columns.weight.is_some())) } else { &ones };
        // NaN, a blank cell, is like nothing and no addend.
        let above = |numbers: &[f64]| numbers.iter().fold(true, |good, x| good & (*x > 0.0));
        let usable = weights.iter().fold(true, |good, w| good & (*w < MOST_WEIGHT));
        if !above(weights) || !usable || !above(sizes) {
            return Err(HandOver::Weights);
        }
        // Weights that are summed may differ.
        self.find_units(chunk, if self.scale.is_some() { &ones } else { weights }, sizes)?;
        if self.crossed.is_empty() {
            self.crossed = self.crossings(chunk);
        }
        self.crossed
            .iter_mut()
            .try_for_each(|crossed| crossed.take(chunk, &self.unit_of_row, weights, &mut self.slot_of_row))
    }
}
