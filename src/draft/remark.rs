//! What a draft says of a question, and how much it matters.

use crate::text::Text;

/// What a remark is about. What is the likelier to make a number wrong unless somebody looks stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RemarkKind {
    /// Taken as free text, though few words stand in many rows.
    ClosedText,
    /// A question with one option.
    OneOption,
    /// A single answer of which some cells hold several options.
    PerhapsSeveral,
    /// A skip rule was guessed, or taken away.
    SkipRule,
    /// Codes or words are, or may be, no answer.
    NoAnswer,
    /// Rare words count as その他.
    OwnWords,
    /// Cells were taken apart into several answers.
    TakenApart,
    /// The words of options are not known.
    Labels,
    /// Everything else that was guessed.
    Guess,
}

/// One line above a question of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What it is about.
    pub kind: RemarkKind,
    /// Its words.
    pub text: Text,
}

impl Remark {
    pub(crate) fn new(kind: RemarkKind, ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind, text: Text::new(ja, en) }
    }
}
