//! Whether the answers of each wave are real, as the progress table tells.

use std::collections::BTreeMap;

use crate::indicator::{CellContent, DataKind, FiscalYear, IndicatorTable, ValueSource};

/// Which waves of which surveys are synthetic, as the table's own cells tell; a wave that no cell shows is
/// what the table is.
pub(super) struct Waves<'a> {
    kinds: BTreeMap<(&'a str, FiscalYear), DataKind>,
    of_table: DataKind,
}

impl<'a> Waves<'a> {
    pub(super) fn of(table: &'a IndicatorTable) -> Self {
        let cells = table.rows.iter().flat_map(|r| &r.measures).flat_map(|m| &m.cells);
        let kinds = cells.filter_map(|c| match &c.content {
            CellContent::Value(o) => match &o.source {
                ValueSource::Survey { survey, wave, data } => Some(((survey.as_str(), *wave), *data)),
                _ => None,
            },
            _ => None,
        });
        Self { kinds: kinds.collect(), of_table: table.data }
    }

    pub(super) fn data(&self, survey: &str, wave: FiscalYear) -> DataKind {
        self.kinds.get(&(survey, wave)).copied().unwrap_or(self.of_table)
    }
}
