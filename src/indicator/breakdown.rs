//! A breakdown: one number in each part of the respondents, held against the rest.

use super::record::EstimateRecord;
use super::trend::TrendNote;

/// One indicator of one wave by one or more variables.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakdown {
    /// The indicator's title.
    pub title: String,
    /// The number of everyone.
    pub whole: EstimateRecord,
    /// The number in each part, in the order of the categories.
    pub parts: Vec<EstimateRecord>,
    /// What must be said before the wave is compared with the first one.
    pub trend: Option<TrendNote>,
}

impl Breakdown {
    /// Everyone, then the parts.
    pub fn rows(&self) -> impl Iterator<Item = &EstimateRecord> {
        std::iter::once(&self.whole).chain(&self.parts)
    }
}
