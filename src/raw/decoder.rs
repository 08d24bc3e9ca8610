//! Texts of the files of statistics programs: one encoding for all of them, blanks or zero bytes behind.

use encoding_rs::Encoding;

use super::encoding::{MARK, decode_marked};
use super::table::Cell;

/// Decodes texts and counts the labels that are broken.
pub(super) struct Decoder {
    encoding: &'static Encoding,
    pub(super) broken_labels: u64,
}

impl Decoder {
    pub(super) fn new(encoding: &'static Encoding) -> Self {
        Self { encoding, broken_labels: 0 }
    }

    /// A name or label, without blanks at its ends. Bytes that are no text stand as `\xNN`; a cut character at the end
    /// is common (labels are limited in bytes).
    pub(super) fn label(&mut self, raw: &[u8]) -> String {
        let (text, broken) = decode_marked(trimmed(raw), self.encoding);
        if broken == 0 {
            return text.into_owned();
        }
        self.broken_labels += 1;
        text.replace(MARK, "")
    }

    /// A short name. It is cut at eight bytes, in the middle of a character too; nobody sees it where there is a long
    /// one, so that this is no finding.
    pub(super) fn short(&self, raw: &[u8]) -> String {
        decode_marked(trimmed(raw), self.encoding).0.replace(MARK, "")
    }

    /// A value.
    pub(super) fn cell(&mut self, raw: &[u8]) -> Cell {
        let (text, broken) = decode_marked(trimmed(raw), self.encoding);
        match (text.is_empty(), broken) {
            (true, _) => Cell::Empty,
            (false, 0) => Cell::Text(text.into_owned()),
            (false, _) => Cell::Broken(text.replace(MARK, "")),
        }
    }
}

/// Values are filled up with blanks, by some writers with zero bytes.
pub(super) fn trimmed(raw: &[u8]) -> &[u8] {
    let end = raw.iter().rposition(|b| !matches!(b, 0 | b' ')).map_or(0, |at| at + 1);
    raw.get(..end).unwrap_or_default()
}
