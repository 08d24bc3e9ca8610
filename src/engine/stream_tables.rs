//! What a stream adds up by slot: counts, or counts with sums of weights.

use super::cube::Counted;
use super::exact::{Scale, Weighed, Wide};
use super::lanes::LaneTally;
use super::near_tally::{CODES, NearTally};
use super::tally::{Entry, Tally};
use super::weight_lanes::WeightLanes;
use crate::raw::scan::{Chunk, HandOver};

/// Bytes that the tables of a crossing may take in a thread: beyond, they leave the caches that are near.
const MOST_BYTES: usize = 1 << 26;

/// Codes that all measures have together, up to which every row is compared with each of them.
const MOST_CODES: usize = 16;

/// The sums of one crossing in one thread.
pub(super) trait Table: Send + Sync + Sized {
    /// No rows yet of these columns of codes; weights are summed in units of the scale, if there is one.
    fn new(scale: Option<Scale>, measures: &[usize]) -> Self;

    /// Adds the rows of a chunk: the slot of each, below `slot_count`, and its weight.
    ///
    /// # Errors
    /// Tables that would be too large, weights that the scale does not fit.
    fn add(
        &mut self,
        chunk: &Chunk,
        slots: &[u32],
        slot_count: usize,
        weights: &[f64],
    ) -> Result<(), HandOver>;

    /// Says that all rows have been added.
    fn finish(&mut self) {}

    /// Rows of a slot.
    fn rows_of_slot(&self, slot: usize) -> u64;

    /// Adds what is known of a measure: of each slot `into` has the slot that it goes to, of each code
    /// `of_code` the value.
    fn add_to(&self, measure: usize, into: &[u32], of_code: &[u8; CODES], counted: &mut Counted);
}

/// Counts.
pub(super) struct Counts {
    measures: Vec<usize>,
    held: Held,
}

enum Held {
    Nothing,
    /// With the lanes of the measures.
    Lanes(LaneTally, Vec<usize>),
    /// Where measures have many codes, or slots are many: counts take less room.
    Columns(NearTally),
}

impl Table for Counts {
    fn new(_: Option<Scale>, measures: &[usize]) -> Self {
        Self { measures: measures.to_vec(), held: Held::Nothing }
    }

    fn add(&mut self, chunk: &Chunk, slots: &[u32], slot_count: usize, _: &[f64]) -> Result<(), HandOver> {
        if let Held::Nothing = self.held {
            let lanes: Vec<usize> = self.measures.iter().map(|column| chunk.lane(*column)).collect();
            self.held = Held::Lanes(LaneTally::new(&lanes), lanes);
        }
        if let Held::Lanes(tally, lanes) = &mut self.held {
            let codes = tally.codes_with(self.measures.iter().flat_map(|column| chunk.met(*column)));
            if codes.len() <= MOST_CODES && tally.bytes(slot_count, codes.len()) <= MOST_BYTES {
                tally.know(&codes);
                tally.grow(slot_count);
                return if tally.add(slots, chunk.rows_of_codes()) { Ok(()) } else { Err(HandOver::Rows) };
            }
            self.held = Held::Columns(columns(tally, lanes));
        }
        let Held::Columns(tally) = &mut self.held else { return Ok(()) };
        if tally.bytes(slot_count) > MOST_BYTES {
            return Err(HandOver::Crossings);
        }
        tally.grow(slot_count);
        let bound = |column: &usize| chunk.met(*column).max().map_or(0, |most| usize::from(most) + 1);
        let bounds: Vec<usize> = self.measures.iter().map(bound).collect();
        let codes = |at: usize| chunk.codes(self.measures[at]);
        if tally.add(slots, &bounds, codes) { Ok(()) } else { Err(HandOver::Rows) }
    }

    fn rows_of_slot(&self, slot: usize) -> u64 {
        match &self.held {
            Held::Nothing => 0,
            Held::Lanes(tally, _) => tally.rows_of_slot(slot),
            Held::Columns(tally) => tally.rows_of_slot(slot),
        }
    }

    fn add_to(&self, measure: usize, into: &[u32], of_code: &[u8; CODES], counted: &mut Counted) {
        match &self.held {
            Held::Nothing => {}
            Held::Lanes(tally, lanes) => {
                tally.add_to(lanes[measure], into, counted.0, of_code, &mut counted.1)
            }
            Held::Columns(tally) => tally.add_to(measure, into, counted.0, of_code, &mut counted.1),
        }
    }
}

/// The same counts by column.
fn columns(tally: &LaneTally, lanes: &[usize]) -> NearTally {
    let mut out = NearTally::new(lanes.len());
    out.grow(tally.slot_count());
    (0..tally.slot_count()).for_each(|slot| out.put_rows(slot, tally.rows_of_slot(slot) as u32));
    let (slots, codes) = ((0..tally.slot_count() as u32).collect::<Vec<_>>(), tally.codes());
    let mut place_of_code = [0; CODES];
    codes.iter().zip(0..).for_each(|(code, place)| place_of_code[usize::from(*code)] = place);
    for (measure, lane) in lanes.iter().enumerate() {
        let mut counts = vec![0; slots.len() * codes.len()];
        tally.add_to(*lane, &slots, codes.len(), &place_of_code, &mut counts);
        for (slot, counts) in counts.chunks_exact(codes.len().max(1)).enumerate() {
            let held = counts.iter().zip(&codes).filter(|(n, _)| **n > 0);
            held.for_each(|(n, code)| out.put(measure, slot, *code, *n as u32));
        }
    }
    out
}

/// Counts and sums of weights.
pub(super) struct Weights {
    scale: Option<Scale>,
    measures: Vec<usize>,
    held: HeldWeights,
}

enum HeldWeights {
    Nothing,
    /// Sums in limbs.
    Lanes(WeightLanes),
    /// Where measures have many codes, slots are many, or a weight is far from the others.
    Columns(Tally<Weighed>),
}

impl Table for Weights {
    fn new(scale: Option<Scale>, measures: &[usize]) -> Self {
        Self { scale, measures: measures.to_vec(), held: HeldWeights::Nothing }
    }

    fn add(
        &mut self,
        chunk: &Chunk,
        slots: &[u32],
        slot_count: usize,
        weights: &[f64],
    ) -> Result<(), HandOver> {
        let scale = self.scale.ok_or(HandOver::Weights)?;
        if let HeldWeights::Nothing = self.held {
            let lanes = self.measures.iter().map(|column| chunk.lane(*column)).collect();
            self.held = HeldWeights::Lanes(WeightLanes::new(scale, lanes));
        }
        if let HeldWeights::Lanes(lanes) = &mut self.held {
            let met = self.measures.iter().flat_map(|column| chunk.met(*column));
            let codes = lanes.codes_with(met, chunk.rows_of_codes());
            if codes.len() <= MOST_CODES
                && lanes.bytes(slot_count, codes.len()) <= MOST_BYTES
                && lanes.fits(weights)
            {
                lanes.know(&codes);
                lanes.grow(slot_count);
                lanes.add(slots, weights, chunk.rows_of_codes());
                return Ok(());
            }
            lanes.finish();
            self.held = HeldWeights::Columns(weighed_columns(lanes, self.measures.len()));
        }
        let HeldWeights::Columns(tally) = &mut self.held else { return Ok(()) };
        let addends: Vec<(Wide, Wide)> =
            weights.iter().map(|w| scale.addend(*w)).collect::<Option<_>>().ok_or(HandOver::Weights)?;
        add(tally, chunk, &self.measures, slots, slot_count, &addends)
    }

    fn finish(&mut self) {
        if let HeldWeights::Lanes(lanes) = &mut self.held {
            lanes.finish();
        }
    }

    fn rows_of_slot(&self, slot: usize) -> u64 {
        match &self.held {
            HeldWeights::Nothing => 0,
            HeldWeights::Lanes(lanes) => lanes.rows_of_slot(slot),
            HeldWeights::Columns(tally) => tally.rows_of_slot(slot),
        }
    }

    fn add_to(&self, measure: usize, into: &[u32], of_code: &[u8; CODES], counted: &mut Counted) {
        match &self.held {
            HeldWeights::Nothing => {}
            HeldWeights::Lanes(lanes) => add_lanes_to(lanes, measure, into, of_code, counted),
            HeldWeights::Columns(tally) => add_columns_to(tally, measure, into, of_code, counted),
        }
    }
}

fn add_lanes_to(
    lanes: &WeightLanes,
    measure: usize,
    into: &[u32],
    of_code: &[u8; CODES],
    (values, counts, sums): &mut Counted,
) {
    for (place, code) in lanes.codes().iter().enumerate() {
        let value = usize::from(of_code[usize::from(*code)]);
        for (sum, into) in lanes.of_code(measure, place).zip(into) {
            let (n, w, w2) = sum.sums();
            // A code that the lane does not hold has no rows, and may stand for any value.
            if n > 0 {
                let to = *into as usize * *values + value;
                counts[to] += n;
                if let Some(sums) = sums.get_mut(to) {
                    *sums = (sums.0 + w, sums.1 + w2);
                }
            }
        }
    }
}

/// The same sums by column.
fn weighed_columns(lanes: &WeightLanes, measures: usize) -> Tally<Weighed> {
    let mut out: Tally<Weighed> = Tally::new((0..measures).map(|_| 4));
    out.grow(lanes.slot_count());
    (0..lanes.slot_count()).for_each(|slot| out.put_rows(slot, lanes.rows_of_slot(slot) as u32));
    for measure in 0..measures {
        for (place, code) in lanes.codes().iter().enumerate() {
            for (slot, sum) in lanes.of_code(measure, place).enumerate() {
                let (n, w, w2) = sum.sums();
                if n > 0 {
                    out.put(measure, slot, *code, Weighed::of(n as u32, w, w2));
                }
            }
        }
    }
    out
}

/// The codes of these columns.
fn columns_of(chunk: &Chunk, measures: &[usize]) -> Vec<Vec<u8>> {
    measures.iter().map(|column| chunk.codes(*column).collect()).collect()
}

/// Adds rows by column.
fn add<E: Entry>(
    tally: &mut Tally<E>,
    chunk: &Chunk,
    measures: &[usize],
    slots: &[u32],
    slot_count: usize,
    addends: &[E::Addend],
) -> Result<(), HandOver> {
    if tally.bytes().max(slot_count * measures.len() * 4 * size_of::<E>()) > MOST_BYTES {
        return Err(HandOver::Crossings);
    }
    tally.grow(slot_count);
    let columns = columns_of(chunk, measures);
    if tally.add(slots, addends, columns.iter().map(Vec::as_slice)) { Ok(()) } else { Err(HandOver::Rows) }
}

fn add_columns_to<E: Entry>(
    tally: &Tally<E>,
    measure: usize,
    into: &[u32],
    of_code: &[u8; CODES],
    (values, counts, sums): &mut Counted,
) {
    for (slot, into) in into.iter().enumerate() {
        for (code, entry) in tally.counts(measure, slot).iter().enumerate().filter(|(_, entry)| entry.n() > 0)
        {
            let to = *into as usize * *values + usize::from(of_code[code]);
            counts[to] += u64::from(entry.n());
            if let Some((w, w2)) = sums.get_mut(to) {
                let more = entry.sums();
                (*w, *w2) = (*w + more.0, *w2 + more.1);
            }
        }
    }
}
