//! What is to be known of a number before it is shown.

use crate::estimate::reliability::ReliabilityFlag;
use crate::waves::Comparability;

/// A flag of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flag {
    /// How much it can be relied on.
    Reliability(ReliabilityFlag),
    /// What was asked, or who, differs from the first wave: compare with care.
    DefinitionDiffers,
    /// It cannot be compared with the first wave.
    NotComparable,
    /// Its part is an option of a multiple answer: the parts overlap, and their numbers do not add up to the
    /// whole.
    Overlapping,
}

impl Flag {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reliability(flag) => flag.name(),
            Self::DefinitionDiffers => "definition-differs",
            Self::NotComparable => "not-comparable",
            Self::Overlapping => "overlapping",
        }
    }

    /// The flag of a number at this level of comparability.
    pub fn of(level: Comparability) -> Option<Self> {
        match level {
            Comparability::Same => None,
            Comparability::Caution => Some(Self::DefinitionDiffers),
            Comparability::NotComparable => Some(Self::NotComparable),
        }
    }

    /// Flags in the order in which every output has them: by name.
    pub fn ordered(flags: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut flags: Vec<Self> = flags.into_iter().collect();
        flags.sort_by_key(|flag| flag.name());
        flags.dedup();
        flags
    }
}
