//! Which rows match.

use super::keys::{Index, Keys};

/// Where the rows of a table of answers have their match.
pub(super) struct Matched {
    /// For each row its row in the other file.
    pub(super) rows: Vec<Option<usize>>,
    /// Rows whose key is spelt otherwise there, in zeros only.
    pub(super) zeros: Vec<usize>,
}

impl Matched {
    pub(super) fn of(keys: &Keys, index: &Index) -> Self {
        let mut zeros = Vec::new();
        let rows = (0..keys.len()).map(|row| {
            let found = index.find(keys, row)?;
            if !found.as_spelt {
                zeros.push(row);
            }
            Some(found.row)
        });
        Self { rows: rows.collect(), zeros }
    }
}
