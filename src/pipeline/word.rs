//! A word of a plan.

use serde_spanned::Spanned;

/// A text with its place in the file.
pub(super) type Word = Spanned<String>;
