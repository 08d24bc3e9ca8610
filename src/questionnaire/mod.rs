//! The questionnaire (調査票): what was asked, with which options, of whom, and the processing rules for answers that
//! break its rules; read from TOML, XLSForm, a tabulator's sheet or the labels of an SPSS or Stata file.

mod duplicates;
pub mod form;
pub(crate) mod model;
pub(crate) mod processing_rule;
pub(crate) mod resolve;
mod resolve_rule;
pub(crate) mod rule;
mod spec;
mod write;

pub use duplicates::Duplicates;
pub use model::{
    Category, DateCodes, ExclusiveWithOthers, NotAskedButAnswered, OverMax, Policy, Question, QuestionKind,
    Questionnaire, TwoMarks,
};
pub use processing_rule::{Affected, DontKnow, ProcessingRule};
pub use resolve::{MOST_OPTIONS, questionnaire_schema, read_questionnaire};
pub(crate) use resolve_rule::{RuleCodes, resolve_condition};
pub use rule::{AskedIf, Comparison};
pub(crate) use spec::AskedIfSpec;
pub use write::{comment, quoted, write_questionnaire};
