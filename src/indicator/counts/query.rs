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
    /// How the months of a table by month make a year; `None` for a table by year.
    pub month: Option<MonthRule>,
    /// Whether a year is computed from the months that there are.
    pub skips_months: bool,
    /// Units that a cell may hold alone while its figure is to come.
    pub units: Vec<Unit>,
}

impl CountQuery {
    /// The item in words.
    pub fn words(&self) -> String {
        self.item.join(" › ")
    }
}

/// How months make the figure of a fiscal year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthRule {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// That of one month, 1 to 12.
    Of(u32),
}

impl MonthRule {
    /// `sum`, `mean`, `3`, `3月`; in Japanese 合計 and 平均.
    pub fn parse(text: &str) -> Option<Self> {
        let folded = crate::text::fold::fold(text.trim());
        match folded.as_str() {
            "sum" | "合計" => Some(Self::Sum),
            "mean" | "平均" => Some(Self::Mean),
            text => {
                let month = text.strip_suffix('月').unwrap_or(text).parse().ok()?;
                (1..=12).contains(&month).then_some(Self::Of(month))
            }
        }
    }
}
