//! What is said of a table that is larger than can be read safely.

use super::grid::{MAX_CELLS, MAX_COLUMNS, MAX_TEXT};
use super::table::letters;
use crate::code::Code;
use crate::error::Error;

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
