//! What a plan asks of its counts.

use std::collections::BTreeMap;

use crate::indicator::fiscal_year::FiscalYear;
use crate::indicator::unit::Unit;

/// What is looked for in the sheets of counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountQuery {
    /// The item, from the outermost heading in: `["市税", "個人"]`, or one word.
    pub item: Vec<String>,
    /// Headings that tell the columns of one year apart: `実績`.
    pub column: Vec<String>,
    /// Addresses or names of cells (`C12`, `総人口`) by year, where the plan names them.
    pub cells: BTreeMap<FiscalYear, String>,
    /// The address or name of the cell in every sheet of a single year.
    pub cell: Option<String>,
    /// Units that a cell may hold alone while its figure is to come.
    pub units: Vec<Unit>,
}

impl CountQuery {
    /// The item in words.
    pub fn words(&self) -> String {
        self.item.join(" › ")
    }
}
