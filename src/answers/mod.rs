//! Questionnaire and responses → answers: what each respondent said to each question, with the reason where nothing valid
//! was said, and the ledger of who is in the base.

mod answer;
mod questionnaire;

pub use answer::{Answers, BaseLedger, MissingReason, Responses};
pub use questionnaire::{AskedIf, Category, Question, QuestionKind, Questionnaire};
