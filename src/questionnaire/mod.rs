//! The questionnaire (調査票): what was asked, with which options, of whom, and the processing rules for
//! answers that break its rules; read from TOML, XLSForm, a tabulator's sheet or the labels of an SPSS or
//! Stata file.

pub(crate) mod derivation;
mod derived_labels;
mod derived_spec;
mod duplicates;
pub mod form;
pub(crate) mod model;
pub(crate) mod processing_rule;
pub(crate) mod resolve;
mod resolve_derived;
mod resolve_earlier;
mod resolve_rule;
pub(crate) mod rule;
mod rule_spec;
mod spec;
mod write;
mod write_derived;
mod write_words;

pub use derivation::{Derivation, Joined, Rest};
pub(crate) use derived_labels::band_labels;
pub use duplicates::Duplicates;
pub use model::{
    Category, DateCodes, ExclusiveWithOthers, NotAskedButAnswered, OverMax, Policy, Question, QuestionKind,
    Questionnaire, TwoMarks,
};
pub use processing_rule::{Affected, DontKnow, ProcessingRule};
pub use resolve::{MOST_OPTIONS, questionnaire_schema, read_questionnaire};
pub(crate) use resolve_rule::{RuleCodes, resolve_condition};
pub use rule::{AskedIf, Relation};
pub(crate) use rule_spec::AskedIfSpec;
pub use write::write_questionnaire;
pub use write_words::{comment, quoted};
