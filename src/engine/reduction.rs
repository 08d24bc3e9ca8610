//! What to add up.

use crate::code::Code;
use crate::error::{Error, Result};

/// The cell of every row in the crossing of all classifications, or one cell for all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cells<'a> {
    /// No classification.
    One,
    /// At most 65,536 cells.
    Small {
        /// Cell of each row.
        of_row: &'a [u16],
        /// Number of cells.
        count: usize,
    },
    /// Any number of cells.
    Large {
        /// Cell of each row.
        of_row: &'a [u32],
        /// Number of cells.
        count: usize,
    },
}

impl Cells<'_> {
    /// Number of cells.
    pub fn count(&self) -> usize {
        match self {
            Self::One => 1,
            Self::Small { count, .. } | Self::Large { count, .. } => *count,
        }
    }

    /// The cell of a row.
    #[inline]
    pub(super) fn of(&self, row: usize) -> usize {
        match self {
            Self::One => 0,
            Self::Small { of_row, .. } => of_row[row] as usize,
            Self::Large { of_row, .. } => of_row[row] as usize,
        }
    }
}

/// One question, or one option of a multiple answer: a small code for every row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure<'a> {
    /// Code of each row, below `code_count`. Missing answers have codes too: which codes are the base is
    /// decided later.
    pub codes: &'a [u8],
    /// Number of codes, at most 256.
    pub code_count: usize,
}

/// What to add up, as data, so that it can run in memory, over a file or elsewhere.
///
/// ```
/// use shihyo::engine::{Cells, Measure, Reduction, reduce};
///
/// let (keys, cells, weights) = ([0_u32, 0, 1], [0_u16, 1, 1], [2.0, 2.0, 5.0]);
/// let measure = Measure { codes: &[1, 0, 1], code_count: 2 };
/// let cells = Cells::Small { of_row: &cells, count: 2 };
/// let reduction = Reduction::new(3, Some((&keys, 2)), cells, Some(&weights), vec![measure])?;
/// assert_eq!(
///     (
///         reduction.rows(),
///         reduction.key_count(),
///         reduction.cells().count(),
///         reduction.measures().len()
///     ),
///     (3, 2, 2, 1)
/// );
/// let totals = reduce(&reduction);
/// // Key 1, cell 1: one row of code 1 with the weight 5.
/// assert_eq!(
///     (totals.n(0, 1, 1), totals.w(0, 1, 1), totals.w2(0, 1, 1)),
///     (&[0, 1][..], &[0.0, 5.0][..], &[0.0, 25.0][..])
/// );
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Reduction<'a> {
    rows: usize,
    keys: Option<&'a [u32]>,
    key_count: usize,
    cells: Cells<'a>,
    weights: Option<&'a [f64]>,
    measures: Vec<Measure<'a>>,
}

impl<'a> Reduction<'a> {
    /// Checks the columns against each other.
    ///
    /// `keys` is the stratum or the PSU of each row (none: one key), `weights` none means every weight is 1.
    ///
    /// # Errors
    /// Columns of another length than `rows`, or a key, cell or code outside its range.
    pub fn new(
        rows: usize,
        keys: Option<(&'a [u32], usize)>,
        cells: Cells<'a>,
        weights: Option<&'a [f64]>,
        measures: Vec<Measure<'a>>,
    ) -> Result<Self> {
        let cells_fit = match cells {
            Cells::One => true,
            Cells::Small { of_row, count } => {
                of_row.len() == rows && of_row.iter().all(|c| (*c as usize) < count)
            }
            Cells::Large { of_row, count } => {
                of_row.len() == rows && of_row.iter().all(|c| (*c as usize) < count)
            }
        };
        let keys_fit =
            keys.is_none_or(|(k, count)| k.len() == rows && k.iter().all(|k| (*k as usize) < count));
        let weights_fit = weights.is_none_or(|w| w.len() == rows);
        let measures_fit = measures.iter().all(|m| {
            m.codes.len() == rows
                && m.code_count <= 256
                && (m.code_count == 256 || m.codes.iter().all(|c| (*c as usize) < m.code_count))
        });
        if !(cells_fit && keys_fit && weights_fit && measures_fit) {
            return Err(Error::msg(
                Code::EngineReduction,
                "集計する列の長さまたは符号が合いません",
                "the columns to add up differ in length, or hold a code outside its range",
            ));
        }
        let (keys, key_count) = keys.map_or((None, 1), |(k, count)| (Some(k), count));
        Ok(Self { rows, keys, key_count, cells, weights, measures })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of keys.
    pub fn key_count(&self) -> usize {
        self.key_count
    }

    /// The cells.
    pub fn cells(&self) -> &Cells<'a> {
        &self.cells
    }

    /// The measures.
    pub fn measures(&self) -> &[Measure<'a>] {
        &self.measures
    }

    pub(super) fn weights(&self) -> Option<&'a [f64]> {
        self.weights
    }

    #[inline]
    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |w| w[row])
    }

    /// The weight of each key, when all its rows have the same; 1 for a key without rows.
    pub(super) fn weight_of_key(&self) -> Option<Vec<f64>> {
        let mut known: Vec<Option<f64>> = vec![None; self.key_count];
        if let Some(weights) = self.weights {
            for (row, w) in weights.iter().enumerate() {
                let key = self.keys.map_or(0, |k| k[row] as usize);
                if *known[key].get_or_insert(*w) != *w {
                    return None;
                }
            }
        }
        Some(known.into_iter().map(|w| w.unwrap_or(1.0)).collect())
    }

    /// Key and cell of a row as one number.
    #[inline]
    pub(super) fn slot(&self, row: usize) -> usize {
        self.keys.map_or(0, |k| k[row] as usize) * self.cells.count() + self.cells.of(row)
    }
}
