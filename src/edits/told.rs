//! What may be said of a change outside the log: no respondent's id, no words that a person wrote.

use crate::decode::code_list::CodeList;
use crate::decode::personal::{looks_personal, may_be_shown};
use crate::edits::same;
use crate::questionnaire::model::{Question, QuestionKind};
use crate::text::spelling;

/// A value of the question, if it is one of its options, a number or a short code; never the words of a free
/// text, and never the value of a column that is no question's, which may be anything.
pub(crate) fn value(text: &str, question: Option<(&Question, &CodeList)>) -> Option<String> {
    let (question, code_list) = question?;
    let shown = match question.kind {
        QuestionKind::Text => spelling::is_blank(text),
        QuestionKind::Number { .. } => may_be_shown(text, 1),
        QuestionKind::Single(_) | QuestionKind::Multiple { .. } => {
            spelling::is_blank(text) || same::options(text, code_list).is_some() || may_be_shown(text, 1)
        }
    };
    shown.then(|| text.to_owned())
}

/// A reason, unless it holds what looks like personal data.
pub(crate) fn reason(text: &str) -> Option<String> {
    (!text.is_empty() && !looks_personal(text)).then(|| text.to_owned())
}
