//! What the system refused: the error, and the place that it names.

use std::io;
use std::path::Path;

use crate::code::Code;
use crate::error::{Diagnostic, Error};
use crate::provenance::Place;
use crate::text::Text;

/// The error for a failed system call.
pub(super) fn io_error(path: &Path, error: &io::Error) -> Error {
    let (ja, en) = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            ("書き込む権限がありません".to_owned(), "no permission to write".to_owned())
        }
        io::ErrorKind::StorageFull => ("ディスクがいっぱいです".to_owned(), "the disk is full".to_owned()),
        _ => (format!("書き込めませんでした({error})"), format!("writing failed ({error})")),
    };
    let help = Text::new("以前の結果はそのまま残っています", "the earlier result stands as it was");
    Error::new(Diagnostic::new(Code::DerivedIo, Text::new(ja, en)).at(place(path)).help(help))
}

/// The place that a message names: a file or folder.
pub(super) fn place(path: &Path) -> Place {
    Place::file(path.display().to_string())
}
