//! Sums that merge.

/// n, Σw and Σw² of one measure by key × cell × code.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureTotals {
    pub(super) code_count: usize,
    pub(super) n: Vec<u64>,
    pub(super) w: Vec<f64>,
    pub(super) w2: Vec<f64>,
}

impl MeasureTotals {
    fn zeros(slots: usize, code_count: usize) -> Self {
        let size = slots * code_count;
        Self { code_count, n: vec![0; size], w: vec![0.0; size], w2: vec![0.0; size] }
    }

    /// Number of codes.
    pub fn code_count(&self) -> usize {
        self.code_count
    }
}

/// The sums of a [`super::Reduction`]. Totals of two sets of rows add up to the totals of both.
///
/// ```
/// use shihyo::engine::{Cells, Measure, Reduction, Totals, reduce};
///
/// let part = |codes: &[u8]| -> Result<Totals, shihyo::error::Error> {
///     Ok(reduce(&Reduction::new(
///         codes.len(),
///         None,
///         Cells::One,
///         None,
///         vec![Measure { codes, code_count: 3 }],
///     )?))
/// };
/// let (mut all, more) = (part(&[0, 2, 2])?, part(&[1, 2])?);
/// assert!(all.same_shape(&more) && all.merge(&more));
/// assert_eq!((all.rows(), all.n(0, 0, 0)), (5, &[1, 1, 3][..]));
/// assert_eq!(
///     (all.key_count(), all.cell_count(), all.measure_count(), all.code_count(0)),
///     (1, 1, 1, 3)
/// );
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    key_count: usize,
    cell_count: usize,
    rows: u64,
    /// All rows of a key have one weight.
    pub(super) one_weight: bool,
    pub(super) measures: Vec<MeasureTotals>,
}

impl Totals {
    pub(super) fn zeros(
        key_count: usize,
        cell_count: usize,
        code_counts: impl Iterator<Item = usize>,
    ) -> Self {
        let measures = code_counts.map(|codes| MeasureTotals::zeros(key_count * cell_count, codes)).collect();
        Self { key_count, cell_count, rows: 0, one_weight: false, measures }
    }

    pub(super) fn count_rows(&mut self, rows: usize) {
        self.rows += rows as u64;
    }

    /// Rows added up.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether all rows of a key are known to have one weight.
    pub(crate) fn one_weight(&self) -> bool {
        self.one_weight
    }

    /// Number of keys (strata or PSUs).
    pub fn key_count(&self) -> usize {
        self.key_count
    }

    /// Number of cells.
    pub fn cell_count(&self) -> usize {
        self.cell_count
    }

    /// Number of measures.
    pub fn measure_count(&self) -> usize {
        self.measures.len()
    }

    /// Number of codes of a measure.
    pub fn code_count(&self, measure: usize) -> usize {
        self.measures[measure].code_count
    }

    fn at(&self, measure: usize, key: usize, cell: usize) -> (std::ops::Range<usize>, &MeasureTotals) {
        let m = &self.measures[measure];
        let start = (key * self.cell_count + cell) * m.code_count;
        (start..start + m.code_count, m)
    }

    /// Rows by code, of one measure, key and cell.
    pub fn n(&self, measure: usize, key: usize, cell: usize) -> &[u64] {
        let (range, m) = self.at(measure, key, cell);
        &m.n[range]
    }

    /// Σw by code.
    pub fn w(&self, measure: usize, key: usize, cell: usize) -> &[f64] {
        let (range, m) = self.at(measure, key, cell);
        &m.w[range]
    }

    /// Σw² by code.
    pub fn w2(&self, measure: usize, key: usize, cell: usize) -> &[f64] {
        let (range, m) = self.at(measure, key, cell);
        &m.w2[range]
    }

    /// n, Σw and Σw² of a measure key by key, each by cell × code.
    pub(crate) fn by_key(&self, measure: usize) -> impl Iterator<Item = (&[u64], &[f64], &[f64])> {
        let m = &self.measures[measure];
        let size = (self.cell_count * m.code_count).max(1);
        m.n.chunks_exact(size)
            .zip(m.w.chunks_exact(size))
            .zip(m.w2.chunks_exact(size))
            .map(|((n, w), w2)| (n, w, w2))
    }

    /// Whether the two have the same keys, cells, measures and codes.
    pub fn same_shape(&self, other: &Self) -> bool {
        self.key_count == other.key_count
            && self.cell_count == other.cell_count
            && self.measures.len() == other.measures.len()
            && self.measures.iter().zip(&other.measures).all(|(a, b)| a.code_count == b.code_count)
    }

    /// Adds the totals of other rows. Those of another shape are left alone, and `false` comes back.
    #[must_use]
    pub fn merge(&mut self, other: &Self) -> bool {
        if !self.same_shape(other) {
            return false;
        }
        self.rows += other.rows;
        // Each may have another.
        self.one_weight = false;
        for (a, b) in self.measures.iter_mut().zip(&other.measures) {
            a.n.iter_mut().zip(&b.n).for_each(|(a, b)| *a += b);
            a.w.iter_mut().zip(&b.w).for_each(|(a, b)| *a += b);
            a.w2.iter_mut().zip(&b.w2).for_each(|(a, b)| *a += b);
        }
        true
    }
}
