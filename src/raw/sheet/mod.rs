//! A sheet as a person sees it: every cell with the text that its number format shows, merged blocks, hidden
//! rows, text that is struck out or raised.
//!
//! [`crate::raw::read`] reads data, one value a cell, by header. Counts are kept in tables for people:
//! [`read`] keeps the sheet whole, and leaves it to its reader to find the headings.

mod address;
mod dates;
mod decimal;
mod format_piece;
mod formula;
mod held;
mod number_format;
mod open_document;
mod parts;
mod shown;
mod table;
mod view;
mod xls;
mod xlsx;
mod xml;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use address::address;
pub use parts::Named;
pub use shown::{Shown, ShownKind};
pub(super) use table::sheet as of_table;
pub use view::Sheet;

use super::damaged::damaged;
use super::format::Kind;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::provenance::{FileDigest, Place};

/// Reads a sheet of a workbook: the one asked for, else the first visible one with data.
///
/// # Errors
/// As [`crate::raw::read_bytes`].
pub(super) fn read(bytes: &[u8], name: &str, kind: Kind, wanted: Option<&str>) -> Result<Sheet> {
    let read = || match kind {
        Kind::Xlsx => xlsx::read(bytes, wanted),
        Kind::Ods => open_document::read(bytes, wanted),
        Kind::Xls => xls::read(bytes, wanted),
        // The formats of its cells are not read, so that a percentage would be a hundredth of itself.
        Kind::Xlsb => Err(Error::msg(
            Code::RawUnsupported,
            "行政の数値は、XLSBファイルからは読めません（セルの表示形式が分からないため）。XLSXで保存し直して\
             ください",
            "counts are not read from XLSB (the number formats of its cells are not known); save it as XLSX",
        )),
    };
    let parts = catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(damaged("中身を解釈できません", "its content cannot be understood")))
        .map_err(|e| e.at(&Place::file(name)))?;
    Ok(Sheet::of(parts, FileDigest::of(name, bytes)))
}
