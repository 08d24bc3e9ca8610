//! Questionnaire and responses → answers: what each respondent said to each question, with the reason where nothing valid
//! was said, and the ledger of who is in the base.
//!
//! [`read_questionnaire`] reads the questionnaire file; [`decode`] reads the tables of a wave by it, whatever their layout;
//! [`share_outcome`] says for each respondent what a share counts, under the [`Base`] that the plan names.

mod answer;
mod base;
mod columns;
mod decode;
mod joined;
mod lexicon;
mod locate;
mod questionnaire;
mod resolve;
mod returns;
mod skip;
mod spec;
mod spelling;
mod tally;
pub mod toml_text;

pub use answer::{Answers, BaseLedger, MissingReason, Responses};
pub use base::{Base, NO, OUTSIDE, YES, in_base, share_outcome};
pub use decode::{DecodeOptions, Duplicates, decode};
pub use questionnaire::{
    AskedIf, Category, ExclusiveWithOthers, NotAskedButAnswered, OverMax, Policy, Question, QuestionKind, Questionnaire, TwoMarks,
};
pub use resolve::{MOST_OPTIONS, questionnaire_schema, read_questionnaire};
