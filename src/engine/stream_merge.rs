//! The parts of a stream as one: sums add up, and all orders come from the file.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::iter::{IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::cube::Counted;
use super::exact::Scale;
use super::stream_part::{Crossing, Facts, KeyPlace, Part, Places};
use super::stream_returns::Returns;
use super::stream_tables::Table;
use super::streamed::{Crossed, StreamColumns, Streamed, StreamedKey, StreamedValue};
use crate::raw::scan::{HandOver, Scanned, Value};

/// The sums of all threads as one: they add up, and all orders come from the file.
pub(super) fn merged<T: Table>(
    scanned: Scanned<Part<'_, T>>,
    columns: &StreamColumns,
    places: &Places,
    crossings: &[(Range<usize>, Vec<usize>)],
    scale: Option<Scale>,
) -> Result<Streamed, HandOver> {
    let measures = &places.measures;
    let Scanned { consumers: mut parts, mut values, pairs, keys: key_texts, samples } = scanned;
    let column_count = values.len();
    let codes_of_pairs: Vec<Vec<(u8, u8)>> =
        pairs.iter().map(|pairs| pairs.iter().map(|(_, codes)| *codes).collect()).collect();
    values.extend(pairs.into_iter().map(|pairs| pairs.into_iter().map(|(value, _)| value).collect()));
    parts.par_iter_mut().for_each(Part::finish);
    Returns::told_apart(parts.iter().map(|part| &part.returns))?;
    let mut facts: BTreeMap<(u32, u32), Facts> = BTreeMap::new();
    for ((key, cluster), found) in parts.iter().flat_map(|p| p.units.known.iter().zip(&p.facts)) {
        let known = facts.entry((*key as u32, *cluster as u32)).or_insert(*found);
        known.agrees(found)?;
        known.first = known.first.min(found.first);
    }
    if facts.values().any(|f| !(f.weight.is_finite() && f.size.is_finite())) {
        return Err(HandOver::Weights);
    }
    let mut order: Vec<((u32, u32), Facts)> = facts.into_iter().collect();
    order.sort_by_key(|(_, f)| f.first);
    let number_of: BTreeMap<(u32, u32), u32> =
        order.iter().zip(0..).map(|((key, _), at)| (*key, at)).collect();
    let merging = Merging {
        of_code: values.iter().map(|values| index_of_code(values)).collect(),
        values: &values,
        measures,
        number_of,
        scale,
    };
    let crossed: Vec<Crossed> = crossings
        .iter()
        .enumerate()
        .map(|(at, (breakdowns, classifications))| {
            merging.crossing(&parts, at, breakdowns.clone(), classifications.clone())
        })
        .collect();
    let text =
        |place: Option<KeyPlace>, code: u32| place.and_then(|place| place.text(code, &values, &key_texts));
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
    let mut measure_values: Vec<Vec<StreamedValue>> =
        measures.iter().filter(|column| **column < column_count).map(|column| streamed(*column)).collect();
    let of_pair = |((a, b), pairs): (&(usize, usize), Vec<(u8, u8)>)| {
        let value = |measure: &usize, code: u8| {
            let of_code = measures.get(*measure).and_then(|column| merging.of_code.get(*column));
            of_code.map_or(0, |of_code| u32::from(of_code[usize::from(code)]))
        };
        pairs.into_iter().map(|(first, second)| (value(a, first), value(b, second))).collect()
    };
    let pair_values = columns.pairs.iter().zip(codes_of_pairs).map(of_pair).collect();
    for (at, values) in cell_values.iter_mut().enumerate() {
        let holds = |c: &&Crossed| c.classifications.contains(&at);
        let Some(crossed) = crossed.iter().find(holds) else { continue };
        let place = crossed.classifications.iter().position(|c| *c == at).unwrap_or(0);
        crossed
            .slots
            .iter()
            .for_each(|(_, cell, n)| values[crossed.cells[*cell as usize][place] as usize].rows += n);
    }
    if let Some(crossed) = crossed.first() {
        crossed.slots.iter().for_each(|(key, _, n)| keys[*key as usize].rows += n);
        for (values, (codes, counts, _)) in measure_values.iter_mut().zip(&crossed.measures) {
            counts
                .chunks_exact((*codes).max(1))
                .for_each(|counts| values.iter_mut().zip(counts).for_each(|(value, n)| value.rows += n));
        }
    }
    Ok(Streamed {
        rows: keys.iter().map(|k| k.rows).sum(),
        keys,
        cell_values,
        measure_values,
        pair_values,
        samples,
        crossed,
        scale,
    })
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

impl Merging<'_> {
    /// One crossing of all threads.
    fn crossing<T: Table>(
        &self,
        parts: &[Part<'_, T>],
        at: usize,
        breakdowns: Range<usize>,
        classifications: Vec<usize>,
    ) -> Crossed {
        let parts: Vec<(&Part<'_, T>, &Crossing<T>)> =
            parts.iter().filter_map(|p| Some((p, p.crossed.get(at)?))).collect();
        // The codes of a cell, as values in the order of the file, the first classification's first.
        let cells_of = |crossing: &Crossing<T>| -> Vec<u64> {
            let of_classification: Vec<(&[u8; 256], usize)> = classifications
                .iter()
                .map(|c| &self.of_code[*c])
                .zip(crossing.shifts.iter().copied())
                .collect();
            let value = |cell: u64, (of_code, shift): &(&[u8; 256], usize)| {
                u64::from(of_code[(cell >> shift) as u8 as usize])
            };
            let cell = |(_, cell): &(u64, u64)| {
                of_classification
                    .iter()
                    .fold(0, |out, classification| out << 8 | value(*cell, classification))
            };
            crossing.crossings.known.iter().map(cell).collect()
        };
        let cells_of_slots: Vec<Vec<u64>> = parts.iter().map(|(_, crossing)| cells_of(crossing)).collect();
        let cells = distinct(cells_of_slots.iter().flatten().copied());
        // Key and cell of each thread's slots, and their place among those of all.
        let place =
            |((part, crossing), cells_of_slots): (&(&Part<'_, T>, &Crossing<T>), &Vec<u64>)| -> Vec<u64> {
                let number = |(key, cluster): &(u64, u64)| {
                    self.number_of.get(&(*key as u32, *cluster as u32)).copied().unwrap_or(0)
                };
                let keys: Vec<u32> = part.units.known.iter().map(number).collect();
                let slots = crossing.crossings.known.iter().zip(cells_of_slots);
                slots
                    .map(|((unit, _), cell)| {
                        u64::from(keys[*unit as usize]) << 32 | cells.binary_search(cell).unwrap_or(0) as u64
                    })
                    .collect()
            };
        let places: Vec<Vec<u64>> = parts.iter().zip(&cells_of_slots).map(place).collect();
        let slots = distinct(places.iter().flatten().copied());
        let find = |places: &Vec<u64>| -> Vec<u32> {
            places.iter().map(|place| slots.binary_search(place).unwrap_or(0) as u32).collect()
        };
        let into: Vec<Vec<u32>> = places.iter().map(find).collect();
        let tables: Vec<(&T, &[u32])> =
            parts.iter().zip(&into).map(|((_, crossing), into)| (&crossing.table, into.as_slice())).collect();
        let measures = (0..self.measures.len())
            .into_par_iter()
            .map(|measure| self.counted(&tables, slots.len(), measure))
            .collect();
        let mut rows = vec![0; slots.len()];
        for (table, into) in &tables {
            into.iter().enumerate().for_each(|(slot, into)| rows[*into as usize] += table.rows_of_slot(slot));
        }
        let mut first = vec![(u64::MAX, usize::MAX); slots.len()];
        for ((_, crossing), into) in parts.iter().zip(&into) {
            for (at, into) in crossing.first.iter().zip(into) {
                let known = &mut first[*into as usize];
                *known = (*known).min(*at);
            }
        }
        let slots = slots
            .into_iter()
            .zip(rows)
            .map(|(place, rows)| ((place >> 32) as u32, place as u32, rows))
            .collect();
        let depth = classifications.len();
        let value = |cell: u64, at: usize| u32::from((cell >> (8 * (depth - 1 - at))) as u8);
        let cells = cells.into_iter().map(|cell| (0..depth).map(|at| value(cell, at)).collect()).collect();
        Crossed { breakdowns, classifications, cells, slots, first, measures }
    }

    /// The sums of a measure: those of each table's slots are added into these slots.
    fn counted<T: Table>(&self, tables: &[(&T, &[u32])], slots: usize, measure: usize) -> Counted {
        let column = self.measures[measure];
        let codes = self.values[column].len();
        let mut counted = (
            codes,
            vec![0; slots * codes],
            vec![(0, 0); if self.scale.is_some() { slots * codes } else { 0 }],
        );
        tables
            .iter()
            .for_each(|(table, into)| table.add_to(measure, into, &self.of_code[column], &mut counted));
        counted
    }
}

/// The distinct ones, in order.
fn distinct(numbers: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The place of each code among the values of its column.
fn index_of_code(values: &[Value]) -> [u8; 256] {
    let mut out = [0; 256];
    values.iter().zip(0..).for_each(|(value, at)| out[value.code as usize] = at);
    out
}
