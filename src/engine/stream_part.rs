//! One thread's part of a stream: chunks of scanned rows → sums by crossing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::crossings::Crossings;
use super::exact::Scale;
use super::stream::StreamColumns;
use super::stream_tables::Table;
use crate::raw::scan::{BLANK, Chunk, Consumer, HandOver, TEXT_KEY, Value};

/// The weights of a stratum or cluster are not one.
pub(super) const DIFFER: HandOver = HandOver("weights differ");

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
            Some(Self::Codes(at)) if chunk.codes(at).any(|code| code == BLANK) => Err(HandOver("key")),
            Some(Self::Codes(at)) => Ok(chunk.codes(at).map(u32::from).collect()),
        }
    }

    /// The text of a key.
    pub(super) fn text(self, key: u32, values: &[Vec<Value>], keys: &[Vec<String>]) -> Option<String> {
        match (self, key.checked_sub(TEXT_KEY)) {
            (Self::Codes(column), _) => values.get(column)?.iter().find(|v| u32::from(v.code) == key).map(|v| v.text.clone()),
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
            (false, _) => Err(DIFFER),
            (true, false) => Err(HandOver("sizes")),
        }
    }
}

/// The sums of one crossing.
pub(super) struct Crossing<T> {
    pub(super) classifications: Vec<usize>,
    pub(super) crossings: Crossings,
    /// Weight and size of each slot.
    of_slot: Vec<(f64, f64)>,
    pub(super) table: T,
}

/// The sums of one thread.
pub(super) struct Part<'a, T> {
    columns: &'a StreamColumns,
    places: &'a Places,
    /// Weights may differ within keys.
    differ: bool,
    /// By stratum and cluster.
    pub(super) facts: BTreeMap<(u32, u32), Facts>,
    pub(super) crossed: Vec<Crossing<T>>,
    slots: Vec<u32>,
}

impl<'a, T: Table> Part<'a, T> {
    pub(super) fn new(columns: &'a StreamColumns, places: &'a Places, crossings: &[Vec<usize>], scale: Option<Scale>) -> Self {
        let crossing = |classifications: &Vec<usize>| Crossing {
            classifications: classifications.clone(),
            crossings: Crossings::new(),
            of_slot: Vec::new(),
            table: T::new(scale, &places.measures),
        };
        let crossed = crossings.iter().map(crossing).collect();
        Self { columns, places, differ: scale.is_some(), facts: BTreeMap::new(), crossed, slots: Vec::new() }
    }
}

impl<T: Table> Consumer for Part<'_, T> {
    fn take(&mut self, chunk: &Chunk) -> Result<(), HandOver> {
        let (rows, columns) = (chunk.rows(), self.columns);
        let ones = vec![1.0; rows];
        let weights = if columns.weight.is_some() { chunk.numbers(0) } else { &ones };
        let sizes = if columns.size.is_some() { chunk.numbers(usize::from(columns.weight.is_some())) } else { &ones };
        let (keys, clusters) = (KeyPlace::of(self.places.key, chunk)?, KeyPlace::of(self.places.cluster, chunk)?);
        // NaN, a blank cell, is like nothing and no addend.
        let above = |numbers: &[f64]| numbers.iter().fold(true, |good, x| good & (*x > 0.0));
        if !above(weights) || !above(sizes) {
            return Err(HandOver("weights"));
        }
        let alike = if self.differ { &ones } else { weights };
        for (crossed, is_first) in self.crossed.iter_mut().zip(std::iter::once(true).chain(std::iter::repeat(false))) {
            let lanes: Vec<usize> = crossed.classifications.iter().map(|at| chunk.lane(*at)).collect();
            self.slots.clear();
            let units = keys.iter().zip(clusters.iter()).zip(alike.iter().zip(sizes));
            for (row, (((key, cluster), (weight, size)), codes)) in units.zip(chunk.rows_of_codes()).enumerate() {
                let unit = u64::from(*key) << 32 | u64::from(*cluster);
                let cell = lanes.iter().fold(0, |cell, lane| cell << 8 | u64::from(codes[*lane]));
                let (slot, new) = crossed.crossings.number(unit, cell);
                if new {
                    crossed.of_slot.push((*weight, *size));
                    if is_first {
                        let facts = Facts { first: (chunk.position(), row), weight: *weight, size: *size };
                        self.facts.entry((*key, *cluster)).or_insert(facts).agrees(&facts)?;
                    }
                }
                let (known_weight, known_size) = crossed.of_slot[slot as usize];
                if known_weight != *weight {
                    return Err(DIFFER);
                }
                if known_size != *size {
                    return Err(HandOver("sizes"));
                }
                self.slots.push(slot);
            }
            crossed.table.add(chunk, &self.slots, crossed.of_slot.len(), weights)?;
        }
        Ok(())
    }
}
