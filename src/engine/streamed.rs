//! What is to be added up of a file, and what it adds up to.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::crossing_plan::union;
use super::cube::{Counted, Cube};
use super::exact::Scale;
use crate::raw::Sample;

/// Where a slot first occurs: the chunk's place in the file, and the row in it.
type FirstRow = (u64, usize);

/// First row, rows, Σw and Σw².
type SlotSums = (FirstRow, u64, (u128, u128));

/// The columns of a stratified or clustered sample, by their position in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamColumns {
    /// Stratum; one for all without. It may be a classification too.
    pub key: Option<usize>,
    /// Cluster; without, every row is a unit of its own. It may be a classification too.
    pub cluster: Option<usize>,
    /// Weight.
    pub weight: Option<usize>,
    /// Population size or sampling fraction, one for all rows of a stratum and cluster.
    pub size: Option<usize>,
    /// Classifications.
    pub cells: Vec<usize>,
    /// Of each breakdown the classifications that it needs, by their place among [`StreamColumns::cells`].
    pub breakdowns: Vec<Vec<usize>>,
    /// Answers; a column may be a classification too.
    pub measures: Vec<usize>,
    /// Two answers as one, by the places of both among [`StreamColumns::measures`]: measures behind those.
    pub pairs: Vec<(usize, usize)>,
    /// Names of respondents: nobody may stand in the file twice, or without one.
    pub ids: Option<usize>,
    /// Columns of which nothing but a sample of their texts is wanted.
    pub others: Vec<usize>,
    /// Texts that are an answer, by the position of their column, which is among the codes: each row must
    /// hold one of them. Nothing is asked where there are none.
    pub answers: Vec<(usize, Vec<String>)>,
}

impl StreamColumns {
    /// Crossings of these breakdowns each: with their classifications. Without breakdowns one of all.
    pub(super) fn crossings(&self, together: Vec<Range<usize>>) -> Vec<(Range<usize>, Vec<usize>)> {
        if self.breakdowns.is_empty() {
            return vec![(0..0, (0..self.cells.len()).collect())];
        }
        let classifications = |range: &Range<usize>| {
            let breakdowns = self.breakdowns.get(range.clone()).unwrap_or_default();
            breakdowns.iter().fold(Vec::new(), |all, breakdown| union(&all, breakdown))
        };
        together.into_iter().map(|range| (range.clone(), classifications(&range))).collect()
    }

    /// The place of a pair of columns, given by their positions.
    pub fn pair(&self, first: usize, second: usize) -> Option<usize> {
        let of = |(a, b): &(usize, usize)| Some((*self.measures.get(*a)?, *self.measures.get(*b)?));
        self.pairs.iter().position(|pair| of(pair) == Some((first, second)))
    }

    /// Positions of the columns that are read as codes: the classifications, then what else is measured.
    pub fn codes(&self) -> Vec<usize> {
        let mut out: Vec<usize> = Vec::new();
        for at in self.cells.iter().chain(&self.measures) {
            if !out.contains(at) {
                out.push(*at);
            }
        }
        out
    }
}

/// A key: a stratum, or with clusters a cluster of a stratum; and what its rows have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamedKey {
    /// The text of the stratum's cell.
    pub text: Option<String>,
    /// The text of the cluster's.
    pub cluster: Option<String>,
    /// Rows.
    pub rows: u64,
    /// Their weight, where it is one in every key.
    pub weight: Option<f64>,
    /// Their population size or sampling fraction.
    pub size: Option<f64>,
}

/// A value of a classification or measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamedValue {
    /// The cell's text; blank for the blank cell.
    pub text: String,
    /// The first row that holds it, from 0.
    pub first: u64,
    /// Rows that hold it.
    pub rows: u64,
}

/// One crossing of classifications.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossed {
    /// Which breakdowns it is for, by their place among [`StreamColumns::breakdowns`].
    pub breakdowns: Range<usize>,
    /// Which classifications, in the order of [`StreamColumns::cells`].
    pub classifications: Vec<usize>,
    /// The cells that occur: of each of these classifications the index of its value.
    pub cells: Vec<Vec<u32>>,
    /// Crossings that occur: key, cell, rows.
    pub(super) slots: Vec<(u32, u32, u64)>,
    /// Where each of them first occurs.
    pub(super) first: Vec<FirstRow>,
    /// A code is the index of a value.
    pub(super) measures: Vec<Counted>,
}

impl Crossed {
    /// Rows of each cell.
    pub fn rows_by_cell(&self) -> Vec<u64> {
        let mut rows = vec![0; self.cells.len()];
        self.slots.iter().for_each(|(_, cell, n)| rows[*cell as usize] += n);
        rows
    }

    /// Keys and cells that occur together, in the order in which they first do.
    pub(crate) fn met(&self) -> Vec<(u32, u32)> {
        let mut met: Vec<_> =
            self.first.iter().zip(self.slots.iter().map(|(key, cell, _)| (*key, *cell))).collect();
        met.sort_unstable();
        met.into_iter().map(|(_, pair)| pair).collect()
    }
}

/// What a file adds up to.
#[derive(Debug, Clone)]
pub struct Streamed {
    /// Rows of the file.
    pub rows: u64,
    /// The keys, in the order in which they first occur.
    pub keys: Vec<StreamedKey>,
    /// The values of each classification, in the order in which they first occur.
    pub cell_values: Vec<Vec<StreamedValue>>,
    /// As for the classifications.
    pub measure_values: Vec<Vec<StreamedValue>>,
    /// Of each pair of measures those of their values that occur together, in the same order.
    pub pair_values: Vec<Vec<(u32, u32)>>,
    /// Samples of [`StreamColumns::others`].
    pub samples: Vec<Sample>,
    /// The crossings, in the order of the breakdowns: one or more.
    pub crossed: Vec<Crossed>,
    /// The units of the sums, where weights differ within keys.
    pub(super) scale: Option<Scale>,
}

impl Streamed {
    /// The sums of a crossing. `weight_of_key` counts where the file's weights do not differ within keys.
    pub fn cube(&self, crossed: &Crossed, weight_of_key: &[f64]) -> Option<Cube> {
        let (slots, cells) = (crossed.slots.clone(), crossed.cells.len());
        match self.scale {
            Some(scale) => {
                Some(Cube::from_sums(self.keys.len(), cells, slots, scale, crossed.measures.clone()))
            }
            None => Cube::from_counts(
                weight_of_key.to_vec(),
                cells,
                slots,
                crossed.measures.iter().map(|(codes, n, _)| (*codes, n.clone())).collect(),
            ),
        }
    }

    /// The crossing of some of the classifications of a crossing, with nothing but the rows of each cell, as
    /// the one code of a measure. Its cells stand in the order in which rows first meet them. `None` where
    /// they have no crossing in common, or nothing was measured.
    pub(crate) fn combined(&self, classifications: &[usize]) -> Option<Crossed> {
        let place = |crossed: &Crossed| -> Option<Vec<usize>> {
            let at = |c: &usize| crossed.classifications.iter().position(|known| known == c);
            classifications.iter().map(at).collect()
        };
        let (of, places) = self.crossed.iter().find_map(|crossed| Some((crossed, place(crossed)?)))?;
        let (codes, counts, sums) = of.measures.first()?;
        let combination =
            |cell: u32| -> Vec<u32> { places.iter().map(|at| of.cells[cell as usize][*at]).collect() };
        let mut first_of: BTreeMap<Vec<u32>, FirstRow> = BTreeMap::new();
        for ((_, cell, _), first) in of.slots.iter().zip(&of.first) {
            let known = first_of.entry(combination(*cell)).or_insert(*first);
            *known = (*known).min(*first);
        }
        let mut met: Vec<(FirstRow, Vec<u32>)> = first_of.into_iter().map(|(c, at)| (at, c)).collect();
        met.sort_unstable();
        let cells: Vec<Vec<u32>> = met.into_iter().map(|(_, combination)| combination).collect();
        let number: BTreeMap<&Vec<u32>, u32> = cells.iter().zip(0..).collect();
        let mut slots: BTreeMap<(u32, u32), SlotSums> = BTreeMap::new();
        for (at, ((key, cell, _), first)) in of.slots.iter().zip(&of.first).enumerate() {
            let of_slot = at * codes..(at + 1) * codes;
            let rows: u64 = counts[of_slot.clone()].iter().sum();
            let added = |a: (u128, u128), b: &(u128, u128)| (a.0 + b.0, a.1 + b.1);
            let sum = sums.get(of_slot).unwrap_or_default().iter().fold((0, 0), added);
            let pair = (*key, number[&combination(*cell)]);
            let known = slots.entry(pair).or_insert((*first, 0, (0, 0)));
            *known = (known.0.min(*first), known.1 + rows, added(known.2, &sum));
        }
        let counted = (
            1,
            slots.values().map(|s| s.1).collect(),
            match self.scale {
                Some(_) => slots.values().map(|s| s.2).collect(),
                None => Vec::new(),
            },
        );
        Some(Crossed {
            breakdowns: 0..0,
            classifications: classifications.to_vec(),
            cells,
            first: slots.values().map(|s| s.0).collect(),
            slots: slots.iter().map(|((key, cell), s)| (*key, *cell, s.1)).collect(),
            measures: vec![counted],
        })
    }

    /// The weights of the cells of a [combined](Streamed::combined) crossing: cell, weight, and how often the
    /// cell has it. Where weights were summed, these are parts of sums.
    pub(crate) fn weight_terms(&self, crossed: &Crossed, weight_of_key: &[f64]) -> Vec<(u32, f64, u64)> {
        let Some((_, _, sums)) = crossed.measures.first() else { return Vec::new() };
        match self.scale {
            None => {
                let weight = |key: u32| weight_of_key.get(key as usize).copied().unwrap_or(f64::NAN);
                crossed.slots.iter().map(|(key, cell, rows)| (*cell, weight(*key), *rows)).collect()
            }
            Some(scale) => {
                let parts = |((_, cell, _), (sum, _)): (&(u32, u32, u64), &(u128, u128))| {
                    scale.halves(*sum).map(|(unit, times)| (*cell, unit, times))
                };
                crossed.slots.iter().zip(sums).flat_map(parts).collect()
            }
        }
    }

    /// Rows of each of the values that a pair of measures has together.
    pub fn rows_of_pair(&self, columns: &StreamColumns, pair: usize) -> Option<Vec<u64>> {
        let (codes, counts, _) = self.crossed.first()?.measures.get(columns.measures.len() + pair)?;
        let mut rows = vec![0; *codes];
        for of_slot in counts.chunks_exact((*codes).max(1)) {
            rows.iter_mut().zip(of_slot).for_each(|(sum, n)| *sum += n);
        }
        Some(rows)
    }

    /// Sum of the weights of all rows, where they differ within keys.
    pub fn weight(&self) -> Option<f64> {
        let (_, _, sums) = self.crossed.first()?.measures.first()?;
        self.scale.map(|scale| scale.w(sums.iter().map(|(w, _)| w).sum()))
    }
}

/// Crossings with their breakdowns: planned by the first thread that has rows, the same for all.
pub(super) type Planned = OnceLock<Vec<(Range<usize>, Vec<usize>)>>;
