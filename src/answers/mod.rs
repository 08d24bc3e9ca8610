//! Questionnaire and responses → answers: what each respondent said to each question, with the reason where nothing valid
//! was said, and the ledger of who is in the base.

mod answer;
mod questionnaire;
mod resolve;
mod spec;
mod spelling;
pub mod toml_text;

pub use answer::{Answers, BaseLedger, MissingReason, Responses};
pub use questionnaire::{
    AskedIf, Category, ExclusiveWithOthers, NotAskedButAnswered, OverMax, Policy, Question, QuestionKind, Questionnaire, TwoMarks,
};
pub use resolve::{MOST_OPTIONS, questionnaire_schema, read_questionnaire};
