//! What may be said of a change outside the log: no respondent's id, no words that a person wrote.

use super::super::lexicon::Lexicon;
use super::super::personal::{looks_personal, may_be_shown};
use super::super::questionnaire::{Question, QuestionKind};
use super::super::spelling;
use super::same;

/// A value of the question, if it is one of its options, a number or a short code; never the words of a free
/// text, and never the value of a column that is no question's, which may be anything.
pub(super) fn value(text: &str, question: Option<(&Question, &Lexicon)>) -> Option<String> {
    let (question, lexicon) = question?;
    let shown = match question.kind {
        QuestionKind::Text => spelling::is_blank(text),
        QuestionKind::Number { .. } => may_be_shown(text, 1),
        QuestionKind::Single(_) | QuestionKind::Multiple { .. } => {
            spelling::is_blank(text) || same::options(text, lexicon).is_some() || may_be_shown(text, 1)
        }
    };
    shown.then(|| text.to_owned())
}

/// A reason, unless it holds what looks like personal data.
pub(super) fn reason(text: &str) -> Option<String> {
    (!text.is_empty() && !looks_personal(text)).then(|| text.to_owned())
}
