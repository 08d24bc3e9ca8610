//! A finding is a fact about the data that a person should know: collected, never printed in passing.
//!
//! Findings do not stop a run. Each has a stable code, a place, a count and what was done about it, and all
//! of them reach the quality report.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Deserializer, Serialize};

use crate::provenance::Place;
use crate::text::Text;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know: which encoding was detected, how many template rows were skipped.
    Note,
    /// Somebody should look: a code outside the list, a broken skip, a duplicate.
    Warning,
}

/// A fact about the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code, such as `answers::out-of-range`: `room::what`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What was found, and what was done about it.
    pub message: Text,
    /// Where: the first place when there are several.
    pub place: Place,
    /// How many cells or rows it concerns, at least 1.
    pub count: u64,
}

impl Finding {
    /// A finding that somebody should look at, about one cell or row.
    pub fn warning(code: &'static str, message: Text, place: Place) -> Self {
        Self { code, severity: Severity::Warning, message, place, count: 1 }
    }

    /// A finding that is good to know, about one cell or row.
    pub fn note(code: &'static str, message: Text, place: Place) -> Self {
        Self { code, severity: Severity::Note, message, place, count: 1 }
    }

    /// This finding, about `count` cells or rows.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = count;
        self
    }
}

/// A finding that was written down.
#[derive(Deserialize)]
struct Written {
    code: String,
    severity: Severity,
    message: Text,
    place: Place,
    count: u64,
}

impl<'d> Deserialize<'d> for Finding {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let Written { code, severity, message, place, count } = Written::deserialize(from)?;
        Ok(Self { code: lasting(code), severity, message, place, count })
    }
}

/// The code for as long as the program runs: there are few of them.
fn lasting(code: String) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(code) = known.get(code.as_str()) {
        return code;
    }
    let code: &'static str = Box::leak(code.into_boxed_str());
    known.insert(code);
    code
}
