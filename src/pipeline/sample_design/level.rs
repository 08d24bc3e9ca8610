//! The category that a respondent is in, or that a row of a population table stands for.

use std::fmt;

/// A category of one variable, or of the crossing of several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// The key of each variable's value. A vector, since a name may hold the sign that stands between names.
    Known(Vec<String>),
    /// A variable was left blank. Never a text, since an option may really be called 不明.
    Unknown,
}

/// Between the names of a crossing's categories, for people.
pub(super) const BETWEEN: &str = " × ";

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(parts) => f.write_str(&parts.join(BETWEEN)),
            Self::Unknown => f.write_str("不明"),
        }
    }
}
