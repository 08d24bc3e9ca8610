//! A headed part of an explanation.

use crate::text::Text;

/// A headed part of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its head.
    pub title: Text,
    /// Its lines.
    pub lines: Vec<Text>,
}

/// A section of these lines.
pub(super) fn section(ja: &str, en: &str, lines: Vec<Text>) -> Section {
    Section { title: Text::new(ja, en), lines }
}
