//! What must be said before a value is compared with an earlier one.

use serde::Serialize;

use super::fiscal_year::FiscalYear;
use crate::text::Text;
use crate::waves::Comparability;

/// How a value stands to the one that it is compared with, where something differs between their surveys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrendNote {
    /// Whether the two may be compared; never [`Comparability::Same`].
    pub level: Comparability,
    /// The year of the earlier value.
    pub with: FiscalYear,
    /// What differs, with both wordings.
    pub note: Text,
}

impl TrendNote {
    /// The status code beside the value, as SDMX and Eurostat have it: `d` definition differs, `b` break in
    /// the series.
    pub fn code(&self) -> &'static str {
        match self.level {
            Comparability::Same => "",
            Comparability::Caution => "d",
            Comparability::NotComparable => "b",
        }
    }
}
