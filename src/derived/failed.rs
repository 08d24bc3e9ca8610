//! What the system refused: the error, and the place that it names.

use std::io;
use std::path::Path;

use crate::code::Code;
use crate::error::{Diagnostic, Error};
use crate::provenance::Place;
use crate::text::Text;
use crate::text::refusal::Refusal;

/// The error for a failed system call.
pub(super) fn io_error(path: &Path, error: &io::Error) -> Error {
    let text = match Refusal::of(error) {
        Refusal::Permission => Text::new("書き込む権限がありません", "no permission to write"),
        reason @ Refusal::DiskFull => reason.text(),
        reason => {
            let why = reason.text();
            Text::new(format!("書き込めませんでした({})", why.ja), format!("writing failed ({})", why.en))
        }
    };
    // Windows refuses as one or the other what a workbook that is open stands in the way of.
    let help = match Refusal::of(error) {
        Refusal::Permission | Refusal::InUse => Text::new(
            "結果のファイルを Excel などで開いていれば、閉じてからもう一度実行してください。\
             以前の結果はそのまま残っています",
            "if a file of the results is open in Excel or the like, close it and run again; \
             the earlier result stands as it was",
        ),
        _ => Text::new("以前の結果はそのまま残っています", "the earlier result stands as it was"),
    };
    Error::new(Diagnostic::new(Code::DerivedIo, text).at(place(path)).help(help))
}

/// The place that a message names: a file or folder.
pub(super) fn place(path: &Path) -> Place {
    Place::file(path.display().to_string())
}
