//! `progress-table.xlsx`: the progress table for print, 達成状況, the 1セル1データ copy, 注記, and
//! 取扱い方針の影響 where there is any.

pub mod cleaning;
mod metrics;
mod plain;
mod progress;
mod sheet;
mod style;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::words;
use crate::code::Code;
use crate::error::Error;
use crate::indicator::{IndicatorTable, Quality};
use style::Styles;

/// The workbook.
///
/// # Errors
/// More rows than a sheet holds.
pub(super) fn workbook(table: &IndicatorTable, quality: &Quality) -> Result<Vec<u8>, Error> {
    build(table, quality).map_err(|e| {
        Error::msg(
            Code::ReportXlsx,
            format!("Excelファイルを作れません: {e}"),
            format!("cannot make the workbook: {e}"),
        )
    })
}

fn build(table: &IndicatorTable, quality: &Quality) -> Result<Vec<u8>, XlsxError> {
    let title = words::titled(&table.title, table.data);
    let styles = Styles::new();
    let mut book = Workbook::new();
    // The clock is not asked: the same table gives the same bytes.
    book.set_properties(
        &DocProperties::new().set_title(&title).set_creation_datetime(&ExcelDateTime::from_ymd(2020, 1, 1)?),
    );
    progress::write(book.add_worksheet(), table, &title, &styles)?;
    plain::status(book.add_worksheet(), table, &title, &styles)?;
    plain::data(book.add_worksheet(), table, &title, &styles)?;
    plain::notes(book.add_worksheet(), table, &title, &styles)?;
    if !quality.effects.is_empty() {
        plain::effects(book.add_worksheet(), table, quality, &title, &styles)?;
    }
    book.save_to_buffer()
}
