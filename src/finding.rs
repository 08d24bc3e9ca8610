//! A finding is a fact about the data that a person should know: collected, never printed in passing.
//!
//! Findings do not stop a run. Each has a stable code, a place, a count and what was done about it, and all
//! of them reach the quality report.

use serde::{Deserialize, Serialize};

use crate::code::{Code, Severity};
use crate::provenance::Place;
use crate::text::Text;

/// A fact about the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code, such as `answers::out-of-range`.
    pub code: Code,
    /// How much it matters: a note or a warning.
    pub severity: Severity,
    /// What was found, and what was done about it.
    pub message: Text,
    /// Where: the first place when there are several.
    pub place: Place,
    /// How many cells or rows it concerns, at least 1.
    pub count: u64,
    /// Whether the message says the count itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub count_in_message: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Finding {
    /// A finding that somebody should look at, about one cell or row.
    pub fn warning(code: Code, message: Text, place: Place) -> Self {
        debug_assert!(code.severity() >= Severity::Warning, "{code} is a note");
        Self { code, severity: Severity::Warning, message, place, count: 1, count_in_message: false }
    }

    /// A finding that is good to know, about one cell or row.
    pub fn note(code: Code, message: Text, place: Place) -> Self {
        Self { code, severity: Severity::Note, message, place, count: 1, count_in_message: false }
    }

    /// This finding, about `count` cells or rows.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = count;
        self
    }

    /// This finding, about `count` cells or rows, as its message says.
    #[must_use]
    pub fn counted_in_message(mut self, count: u64) -> Self {
        self.count_in_message = true;
        self.count(count)
    }
}
