//! When a file is not read: it is damaged, or it unpacks to more than is safe.

use crate::code::Code;
use crate::error::{Diagnostic, Error};
use crate::text::Text;

/// A part of an archive may unpack to this many bytes. A questionnaire of a million people stays far below; a
/// zip bomb does not.
pub(super) const MAX_PART: u64 = 1 << 30;

/// The error for a file that is cut off or overwritten.
pub(super) fn damaged(ja: impl std::fmt::Display, en: impl std::fmt::Display) -> Error {
    Error::new(
        Diagnostic::new(
            Code::RawDamaged,
            Text::new(format!("ファイルが壊れています({ja})"), format!("the file is damaged ({en})")),
        )
        .help(Text::new(
            "元のソフトで開けるか確かめ、もう一度保存するか受け取り直してください",
            "see whether its own program opens it; save it again or ask for it again",
        )),
    )
}
