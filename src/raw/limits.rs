//! How large a table can be read safely, and what is said of a larger one.

use super::table::letters;
use crate::code::Code;
use crate::error::Error;

/// A table may have this many cells (rows × columns that hold anything): up to 2 GiB, at four bytes a cell.
pub const MAX_CELLS: usize = 1 << 29;

/// A table may have this many columns; Stata, the widest of the programs, has 120,000.
pub const MAX_COLUMNS: usize = 1 << 17;

/// A cell may hold this many bytes of text. A spreadsheet program ends at 32,767 characters; a longer cell of
/// a CSV is nearly always one whose quote is never closed.
pub const MAX_TEXT: usize = 64 << 20;

pub(super) fn too_large() -> Error {
    Error::msg(
        Code::RawTooLarge,
        format!(
            "表が大きすぎます(行×列が{MAX_CELLS}を超えています)。離れたところに余分なセルがないか確かめてく\
             ださい"
        ),
        format!(
            "the table is too large (more than {MAX_CELLS} rows × columns); see whether a stray cell \
             stands far away"
        ),
    )
}

pub(super) fn too_wide(column: usize) -> Error {
    Error::msg(
        Code::RawTooLarge,
        format!(
            "列が多すぎます({MAX_COLUMNS}列まで読めます。{}列目に値があります)。区切り文字や改行がおかしく\
             なっていないか確かめてください",
            column + 1
        ),
        format!(
            "there are too many columns ({MAX_COLUMNS} can be read; column {} holds a value); see whether \
             delimiters and line ends are right",
            column + 1
        ),
    )
}

pub(super) fn too_long(length: usize, column: usize) -> Error {
    let (most, length) = (MAX_TEXT >> 20, length >> 20);
    Error::msg(
        Code::RawTooLarge,
        format!(
            "1つのセルが{length}MiBあります(列{}。{most}MiBまで読めます)。引用符(\")が閉じられていないおそ\
             れがあります",
            letters(column)
        ),
        format!(
            "one cell holds {length} MiB (column {}; {most} MiB can be read); perhaps a quote is never \
             closed",
            letters(column)
        ),
    )
}
