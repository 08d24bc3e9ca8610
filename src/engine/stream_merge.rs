//! The parts of a stream as one: sums add up, and all orders come from the file.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::cube::Counted;
use super::exact::Scale;
use super::stream::{Crossed, StreamColumns, Streamed, StreamedKey, StreamedValue};
use super::stream_part::{Crossing, Facts, KeyPlace, Part, Places, Weighing};
use crate::raw::scan::{HandOver, Scanned, Value};

/// The sums of all threads as one: they add up, and all orders come from the file.
pub(super) fn merged<E: Weighing>(
    scanned: Scanned<Part<'_, E>>,
    columns: &StreamColumns,
    places: &Places,
    crossings: &[Vec<usize>],
    scale: Option<Scale>,
) -> Result<Streamed, HandOver> {
    let measures = &places.measures;
    let Scanned { consumers: parts, values, keys: key_texts } = scanned;
    let mut facts: BTreeMap<(u32, u32), Facts> = BTreeMap::new();
    for (key, found) in parts.iter().flat_map(|p| &p.facts) {
        let known = facts.entry(*key).or_insert(*found);
        known.agrees(found)?;
        known.first = known.first.min(found.first);
    }
    if facts.values().any(|f| !(f.weight.is_finite() && f.size.is_finite())) {
        return Err(HandOver("weights"));
    }
    let mut order: Vec<((u32, u32), Facts)> = facts.into_iter().collect();
    order.sort_by_key(|(_, f)| f.first);
    let number_of: BTreeMap<(u32, u32), u32> = order.iter().zip(0..).map(|((key, _), at)| (*key, at)).collect();
    let merging = Merging { of_code: values.iter().map(|values| index_of_code(values)).collect(), values: &values, measures, number_of, scale };
    let crossed: Vec<Crossed> = (0..crossings.len()).map(|at| merging.crossing(&parts, at)).collect();
    let text = |place: Option<KeyPlace>, code: u32| place.and_then(|place| place.text(code, &values, &key_texts));
    let key = |((code, cluster), f): &((u32, u32), Facts)| StreamedKey {
        text: text(places.key, *code),
        cluster: text(places.cluster, *cluster),
        rows: 0,
        weight: columns.weight.filter(|_| scale.is_none()).map(|_| f.weight),
        size: columns.size.map(|_| f.size),
    };
    let mut keys: Vec<StreamedKey> = order.iter().map(key).collect();
    let streamed = |column: usize| -> Vec<StreamedValue> {
        let values = values.get(column).map_or(&[][..], Vec::as_slice);
        values.iter().map(|v| StreamedValue { text: v.text.clone(), first: v.row, rows: 0 }).collect()
    };
    let mut cell_values: Vec<Vec<StreamedValue>> = (0..columns.cells.len()).map(streamed).collect();
    let mut measure_values: Vec<Vec<StreamedValue>> = measures.iter().map(|column| streamed(*column)).collect();
    for (at, values) in cell_values.iter_mut().enumerate() {
        let holds = |c: &&Crossed| c.classifications.contains(&at);
        let Some(crossed) = crossed.iter().find(holds) else { continue };
        let place = crossed.classifications.iter().position(|c| *c == at).unwrap_or(0);
        crossed.slots.iter().for_each(|(_, cell, n)| values[crossed.cells[*cell as usize][place] as usize].rows += n);
    }
    if let Some(crossed) = crossed.first() {
        crossed.slots.iter().for_each(|(key, _, n)| keys[*key as usize].rows += n);
        for (values, (codes, counts, _)) in measure_values.iter_mut().zip(&crossed.measures) {
            counts.iter().enumerate().for_each(|(at, n)| values[at % codes].rows += n);
        }
    }
    Ok(Streamed { rows: keys.iter().map(|k| k.rows).sum(), keys, cell_values, measure_values, crossed, scale })
}

/// What the crossings of several threads need to become one.
struct Merging<'a> {
    /// Codes as threads happened to number them → values in the order of the file.
    of_code: Vec<[u8; 256]>,
    values: &'a [Vec<Value>],
    measures: &'a [usize],
    number_of: BTreeMap<(u32, u32), u32>,
    scale: Option<Scale>,
}

/// Key, cell, and where the sums are: thread and slot.
type Place = (u32, u32, usize, usize);

impl Merging<'_> {
    /// One crossing of all threads.
    fn crossing<E: Weighing>(&self, parts: &[Part<'_, E>], at: usize) -> Crossed {
        let parts: Vec<&Crossing<E>> = parts.iter().filter_map(|p| p.crossed.get(at)).collect();
        let classifications = parts.first().map(|p| p.classifications.clone()).unwrap_or_default();
        let depth = classifications.len();
        let code = |crossing: u128, at: usize| (crossing >> (8 * (depth - 1 - at))) as u8;
        let renumbered = |cell: u128, crossing: u128, at: usize| cell << 8 | u128::from(self.of_code[classifications[at]][code(crossing, at) as usize]);
        let cell_part = |crossing: u128| (0..depth).fold(0, |cell, at| renumbered(cell, crossing, at));
        let mut cells: Vec<u128> = parts.iter().flat_map(|p| &p.crossings.known).map(|c| cell_part(*c)).collect();
        cells.sort_unstable();
        cells.dedup();
        let mut places: Vec<Place> = Vec::new();
        for (part, stream) in parts.iter().enumerate() {
            for (slot, crossing) in stream.crossings.known.iter().enumerate() {
                let unit = crossing >> (8 * depth);
                let key = self.number_of.get(&((unit >> 32) as u32, unit as u32)).copied().unwrap_or(0);
                places.push((key, cells.binary_search(&cell_part(*crossing)).unwrap_or(0) as u32, part, slot));
            }
        }
        places.sort_unstable();
        let slots: Vec<&[Place]> = places.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).collect();
        let measures = (0..self.measures.len()).into_par_iter().map(|measure| self.counted(&parts, &slots, measure)).collect();
        let rows_of = |places: &[Place]| places.iter().map(|(_, _, part, slot)| parts[*part].tally.rows_of_slot(*slot)).sum();
        let slots = slots.iter().filter_map(|places| places.first().map(|(key, cell, _, _)| (*key, *cell, rows_of(places)))).collect();
        let cells = cells.iter().map(|cell| (0..depth).map(|at| u32::from(code(*cell, at))).collect()).collect();
        Crossed { classifications, cells, slots, measures }
    }

    fn counted<E: Weighing>(&self, parts: &[&Crossing<E>], slots: &[&[Place]], measure: usize) -> Counted {
        let column = self.measures[measure];
        let codes = self.values[column].len();
        let mut counts = vec![0; slots.len() * codes];
        let mut sums = vec![(0, 0); if self.scale.is_some() { slots.len() * codes } else { 0 }];
        for (at, (_, _, part, slot)) in slots.iter().enumerate().flat_map(|(at, places)| places.iter().map(move |p| (at, p))) {
            let found = parts[*part].tally.counts(measure, *slot).iter().enumerate().filter(|(_, entry)| entry.n() > 0);
            for (code, entry) in found {
                let to = at * codes + self.of_code[column][code] as usize;
                counts[to] += u64::from(entry.n());
                if let Some((w, w2)) = sums.get_mut(to) {
                    let more = entry.sums();
                    (*w, *w2) = (*w + more.0, *w2 + more.1);
                }
            }
        }
        (codes, counts, sums)
    }
}

/// The place of each code among the values of its column.
fn index_of_code(values: &[Value]) -> [u8; 256] {
    let mut out = [0; 256];
    values.iter().zip(0..).for_each(|(value, at)| out[value.code as usize] = at);
    out
}
