//! Indicator table and breakdowns → bytes: CSV, JSON, Parquet, XLSX, HTML. Pure: opens no file. The only room
//! where a share becomes a percentage.

pub mod breakdown;
mod cell;
mod data_copy;
pub mod estimate_tables;
mod html;
mod indicators;
mod lines;
pub mod long;
mod notes;
mod progress;
mod quality;
pub mod round;
mod sensitivity;
mod share;
mod status_table;
mod text_cell;
mod trend_marks;
pub(crate) mod value;
mod wave_data;
pub mod weights;
mod words;
mod xlsx;

pub(crate) use quality::steps as ledger_steps;
pub use quality::{csv as quality_csv, json as quality_json};
pub use sensitivity::explained as policy_lines;
pub use xlsx::cleaning;

use crate::error::Error;
use crate::indicator::{EstimateRecord, IndicatorTable, Quality};

/// What the outputs of a run are made from.
#[derive(Debug, Clone, Copy)]
pub struct ReportInput<'a> {
    /// The progress table.
    pub table: &'a IndicatorTable,
    /// Every estimate, breakdowns included.
    pub estimates: &'a [EstimateRecord],
    /// Ledgers, findings, and what the decisions about answers do.
    pub quality: &'a Quality,
}

/// All files of a run, name and bytes, sorted by name. The same values give the same bytes.
///
/// # Errors
/// A table that does not fit into a workbook.
pub fn render(input: &ReportInput<'_>) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let ReportInput { table, estimates: records, quality: found } = *input;
    Ok(vec![
        ("estimates.csv".to_owned(), long::csv_file(records)?),
        ("estimates.json".to_owned(), long::json(records, Some(table.data))?),
        ("estimates.parquet".to_owned(), long::parquet(records)?),
        ("indicators.csv".to_owned(), indicators::csv(table)?),
        ("indicators.json".to_owned(), indicators::json(table)?),
        ("progress-table.html".to_owned(), html::page(table, found)),
        ("progress-table.xlsx".to_owned(), xlsx::workbook(table, found)?),
        ("quality.csv".to_owned(), quality::csv(found, table)?),
        ("quality.json".to_owned(), quality::json(found, table)?),
        ("sensitivity.csv".to_owned(), sensitivity::csv(found, table)?),
        ("sensitivity.json".to_owned(), sensitivity::json(found, table)?),
    ])
}
