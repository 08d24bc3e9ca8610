//! One cell as a person sees it.

use super::decimal::general;
use super::number_format::{Look, look, text_look};

/// What a cell shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// What is read in it: through its number format, without raised marks, furigana and struck-out text.
    pub text: String,
    /// What kind of thing it is.
    pub kind: ShownKind,
    /// Raised text, which marks a note.
    pub raised: String,
    /// Text that is struck out.
    pub struck: String,
    /// The formula that it was computed from, where the file holds no result of it; else empty.
    pub computed: String,
}

/// What kind of thing a cell holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ShownKind {
    /// Text.
    #[default]
    Text,
    /// A number.
    Number,
    /// A date, a time of day or a duration.
    Date,
    /// A logical value.
    Logical,
    /// A spreadsheet error such as `#N/A`, or bytes that are no text.
    Error,
    /// A formula whose result is not stored.
    Unvalued,
    /// A number whose format cannot be followed.
    Unclear,
}

/// A piece of a text in one kind of letters.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) raised: bool,
    pub(super) struck: bool,
}

impl Shown {
    /// A text in one kind of letters.
    pub(super) fn plain(text: impl Into<String>, kind: ShownKind) -> Self {
        Self { text: text.into(), kind, ..Self::default() }
    }

    /// A number under a format.
    pub(super) fn number(x: f64, code: &str, late: bool) -> Self {
        match look(x, code, late) {
            Look::Number(text) => Self::plain(text.trim(), ShownKind::Number),
            Look::Date(text) => Self::plain(text, ShownKind::Date),
            Look::Unclear => Self::plain(general(x), ShownKind::Unclear),
        }
    }

    /// A text in pieces, under a format; `struck` where the whole cell is struck out. A raised 2 or 3 behind
    /// a `m` is part of a unit.
    pub(super) fn pieces(pieces: &[Piece], code: &str, struck: bool) -> Self {
        let mut out = Self::default();
        for piece in pieces {
            let of_unit = out.text.ends_with(['m', 'ｍ']) && matches!(piece.text.trim(), "2" | "3");
            if struck || piece.struck {
                out.struck.push_str(&piece.text);
            } else if piece.raised && !of_unit && !out.text.is_empty() {
                out.raised.push_str(piece.text.trim());
            } else {
                out.text.push_str(&piece.text);
            }
        }
        out.text = text_look(&out.text, code);
        out
    }

    /// This cell, struck out where `struck`.
    pub(super) fn struck(mut self, struck: bool) -> Self {
        if struck {
            self.struck = std::mem::take(&mut self.text);
        }
        self
    }

    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && self.struck.is_empty() && self.kind != ShownKind::Unvalued
    }
}
