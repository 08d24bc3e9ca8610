//! Texts of the files of statistics programs: one encoding for all of them, blanks or zero bytes behind.

use encoding_rs::Encoding;

use super::cell::Cell;
use super::dictionary::Dictionary;
use super::encoding::{self, MARK, decode_marked};
use super::grid::Grid;
use super::header::{self, SheetFacts};
use super::heading::Heading;
use super::table::Table;
use crate::code::Code;
use crate::error::Result;
use crate::finding::Finding;
use crate::provenance::{FileDigest, Place};
use crate::text::Text;

/// Decodes texts and counts the labels that are broken.
pub(super) struct Decoder {
    encoding: &'static Encoding,
    broken_labels: u64,
}

impl Decoder {
    pub(super) fn new(encoding: &'static Encoding) -> Self {
        Self { encoding, broken_labels: 0 }
    }

    /// A name or label, without blanks at its ends. Bytes that are no text stand as `\xNN`; a cut character
    /// at the end is common (labels are limited in bytes).
    pub(super) fn label(&mut self, raw: &[u8]) -> String {
        let (text, broken) = decode_marked(trimmed(raw), self.encoding);
        if broken == 0 {
            return text.into_owned();
        }
        self.broken_labels += 1;
        text.replace(MARK, "")
    }

    /// A short name. It is cut at eight bytes, in the middle of a character too; nobody sees it where there
    /// is a long one, so that this is no finding.
    pub(super) fn short(&self, raw: &[u8]) -> String {
        decode_marked(trimmed(raw), self.encoding).0.replace(MARK, "")
    }

    /// A value.
    pub(super) fn cell(&mut self, raw: &[u8]) -> Cell {
        let (text, broken) = decode_marked(trimmed(raw), self.encoding);
        match (text.is_empty(), broken) {
            (true, _) => Cell::Empty,
            (false, 0) => Cell::Text(text.into()),
            (false, _) => Cell::Broken(text.replace(MARK, "").into()),
        }
    }

    /// The table of the file `name` with these bytes: its variables' names are the grid's first row, its
    /// `rows` cases stand below. `guessed` says how the encoding was found, where the file does not tell.
    ///
    /// # Errors
    /// Those of the header.
    pub(super) fn table(
        self,
        grid: Grid,
        dictionary: Dictionary,
        (bytes, name): (&[u8], &str),
        rows: u64,
        guessed: Option<Finding>,
    ) -> Result<Table> {
        let digest = FileDigest {
            encoding: Some(encoding::label(self.encoding, false)),
            ..FileDigest::of(name, bytes)
        };
        let source = SheetFacts {
            digest,
            heading: Some(Heading::FIRST),
            responses: false,
            merged: None,
            row_numbers: Some((0..=rows).collect()),
        };
        let mut table = header::table(grid, source)?;
        table.dictionary = Some(dictionary);
        table.findings.extend(guessed.map(|mut f| {
            f.place = Place::file(name);
            f
        }));
        if self.broken_labels > 0 {
            let text =
                Text::new("ラベルに文字として読めないバイトがあります", "some bytes of labels are no text");
            table.findings.push(
                Finding::warning(Code::RawUndecodable, text, Place::file(name)).count(self.broken_labels),
            );
        }
        Ok(table)
    }
}

/// Values are filled up with blanks, by some writers with zero bytes.
pub(super) fn trimmed(raw: &[u8]) -> &[u8] {
    let end = raw.iter().rposition(|b| !matches!(b, 0 | b' ')).map_or(0, |at| at + 1);
    raw.get(..end).unwrap_or_default()
}
