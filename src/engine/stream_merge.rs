//! The parts of a stream as one: sums add up, and all orders come from the file.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::cube::Counted;
use super::exact::Scale;
use super::stream::{Crossed, StreamColumns, Streamed, StreamedKey, StreamedValue};
use super::stream_part::{Crossing, Facts, KeyPlace, Part, Places};
use super::stream_tables::Table;
use crate::raw::scan::{HandOver, Scanned, Value};

/// The sums of all threads as one: they add up, and all orders come from the file.
pub(super) fn merged<T: Table>(
    scanned: Scanned<Part<'_, T>>,
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
    fn crossing<T: Table>(&self, parts: &[Part<'_, T>], at: usize) -> Crossed {
        let parts: Vec<&Crossing<T>> = parts.iter().filter_map(|p| p.crossed.get(at)).collect();
        let classifications = parts.first().map(|p| p.classifications.clone()).unwrap_or_default();
        let depth = classifications.len();
        let code = |cell: u64, at: usize| (cell >> (8 * (depth - 1 - at))) as u8;
        let renumbered = |cell: u64| (0..depth).fold(0, |out, at| out << 8 | u64::from(self.of_code[classifications[at]][code(cell, at) as usize]));
        let mut cells: Vec<u64> = parts.iter().flat_map(|p| &p.crossings.known).map(|(_, cell)| renumbered(*cell)).collect();
        cells.sort_unstable();
        cells.dedup();
        let mut places: Vec<Place> = Vec::new();
        for (part, stream) in parts.iter().enumerate() {
            for (slot, (unit, cell)) in stream.crossings.known.iter().enumerate() {
                let key = self.number_of.get(&((unit >> 32) as u32, *unit as u32)).copied().unwrap_or(0);
                places.push((key, cells.binary_search(&renumbered(*cell)).unwrap_or(0) as u32, part, slot));
            }
        }
        places.sort_unstable();
        let slots: Vec<&[Place]> = places.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).collect();
        let measures = (0..self.measures.len()).into_par_iter().map(|measure| self.counted(&parts, &slots, measure)).collect();
        let rows_of = |places: &[Place]| places.iter().map(|(_, _, part, slot)| parts[*part].table.rows_of_slot(*slot)).sum();
        let slots = slots.iter().filter_map(|places| places.first().map(|(key, cell, _, _)| (*key, *cell, rows_of(places)))).collect();
        let cells = cells.iter().map(|cell| (0..depth).map(|at| u32::from(code(*cell, at))).collect()).collect();
        Crossed { classifications, cells, slots, measures }
    }

    fn counted<T: Table>(&self, parts: &[&Crossing<T>], slots: &[&[Place]], measure: usize) -> Counted {
        let column = self.measures[measure];
        let codes = self.values[column].len();
        let mut counts = vec![0; slots.len() * codes];
        let mut sums = vec![(0, 0); if self.scale.is_some() { slots.len() * codes } else { 0 }];
        for (at, (_, _, part, slot)) in slots.iter().enumerate().flat_map(|(at, places)| places.iter().map(move |p| (at, p))) {
            parts[*part].table.each(measure, *slot, |code, n, more| {
                let to = at * codes + self.of_code[column][code as usize] as usize;
                counts[to] += n;
                if let Some((w, w2)) = sums.get_mut(to) {
                    (*w, *w2) = (*w + more.0, *w2 + more.1);
                }
            });
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
