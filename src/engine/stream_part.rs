//! One thread's part of a stream: chunks of scanned rows → sums by crossing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::crossings::Crossings;
use super::exact::{Scale, Weighed, Wide};
use super::stream::StreamColumns;
use super::tally::{Entry, Tally};
use crate::raw::scan::{BLANK, Chunk, Consumer, HandOver, TEXT_KEY, Value};

/// Bytes that the tables of a crossing may take in a thread: beyond, they leave the caches that are near.
const MOST_BYTES: usize = 1 << 26;

/// The weights of a stratum or cluster are not one.
pub(super) const DIFFER: HandOver = HandOver("weights differ");

/// The tables are too large.
pub(super) const CROSSINGS: HandOver = HandOver("crossings");

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
            Some(Self::Codes(at)) if chunk.codes(at).contains(&BLANK) => Err(HandOver("key")),
            Some(Self::Codes(at)) => Ok(chunk.codes(at).iter().copied().map(u32::from).collect()),
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

/// What a row's weight adds to the tables.
pub(super) trait Weighing: Entry<Addend: Send> + Send + Sync {
    fn addend(scale: Option<Scale>, weight: f64) -> Option<Self::Addend>;
}

impl Weighing for u32 {
    fn addend(_: Option<Scale>, _: f64) -> Option<()> {
        Some(())
    }
}

impl Weighing for Weighed {
    fn addend(scale: Option<Scale>, weight: f64) -> Option<(Wide, Wide)> {
        scale?.addend(weight)
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
pub(super) struct Crossing<E> {
    pub(super) classifications: Vec<usize>,
    pub(super) crossings: Crossings,
    /// Weight and size of each slot.
    of_slot: Vec<(f64, f64)>,
    pub(super) tally: Tally<E>,
}

/// The sums of one thread.
pub(super) struct Part<'a, E> {
    columns: &'a StreamColumns,
    places: &'a Places,
    scale: Option<Scale>,
    /// By stratum and cluster.
    pub(super) facts: BTreeMap<(u32, u32), Facts>,
    pub(super) crossed: Vec<Crossing<E>>,
    slots: Vec<u32>,
}

impl<'a, E: Weighing> Part<'a, E> {
    pub(super) fn new(columns: &'a StreamColumns, places: &'a Places, crossings: &[Vec<usize>], scale: Option<Scale>) -> Self {
        let crossing = |classifications: &Vec<usize>| Crossing {
            classifications: classifications.clone(),
            crossings: Crossings::new(),
            of_slot: Vec::new(),
            tally: Tally::new(columns.measures.iter().map(|_| 4)),
        };
        Self { columns, places, scale, facts: BTreeMap::new(), crossed: crossings.iter().map(crossing).collect(), slots: Vec::new() }
    }
}

impl<E: Weighing> Consumer for Part<'_, E> {
    fn take(&mut self, chunk: &Chunk) -> Result<(), HandOver> {
        let (rows, columns) = (chunk.rows(), self.columns);
        let ones = vec![1.0; rows];
        let weights = if columns.weight.is_some() { chunk.numbers(0) } else { &ones };
        let sizes = if columns.size.is_some() { chunk.numbers(usize::from(columns.weight.is_some())) } else { &ones };
        let (keys, clusters) = (KeyPlace::of(self.places.key, chunk)?, KeyPlace::of(self.places.cluster, chunk)?);
        // NaN, a blank cell, is like nothing and no addend.
        let above = |numbers: &[f64]| numbers.iter().fold(true, |good, x| good & (*x > 0.0));
        let good = above(weights) && above(sizes);
        let addends: Vec<E::Addend> = weights.iter().filter_map(|w| E::addend(self.scale, *w)).collect();
        if !good || addends.len() < rows {
            return Err(HandOver("weights"));
        }
        // Weights that are summed may differ.
        let alike = if self.scale.is_some() { &ones } else { weights };
        for (crossed, is_first) in self.crossed.iter_mut().zip(std::iter::once(true).chain(std::iter::repeat(false))) {
            let cells: Vec<&[u8]> = crossed.classifications.iter().map(|at| chunk.codes(*at)).collect();
            self.slots.clear();
            for (row, (((key, cluster), weight), size)) in keys.iter().zip(clusters.iter()).zip(alike).zip(sizes).enumerate() {
                let unit = u128::from(*key) << 32 | u128::from(*cluster);
                let crossing = cells.iter().fold(unit, |crossing, codes| crossing << 8 | u128::from(codes[row]));
                let (slot, new) = crossed.crossings.number(crossing);
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
            let bytes = crossed.of_slot.len() * columns.measures.len() * 4 * size_of::<E>();
            if bytes.max(crossed.tally.bytes()) > MOST_BYTES {
                return Err(CROSSINGS);
            }
            crossed.tally.grow(crossed.of_slot.len());
            let measures = self.places.measures.iter().map(|at| chunk.codes(*at));
            if !crossed.tally.add(&self.slots, &addends, measures) {
                return Err(HandOver("rows"));
            }
        }
        Ok(())
    }
}
