//! Questionnaire and responses → answers: what each respondent said to each question, with the reason where
//! nothing valid was said, and the ledger of who is in the base.
//!
//! [`decode`] reads the tables of a wave by its questionnaire, whatever their layout; [`share_outcome`] says
//! for each respondent what a share counts, under the [`Base`] that the plan names. A wave with a paper of
//! its own is decoded by it and harmonised afterwards ([`crate::waves`]).
//!
//! | layout | columns of question `q` | cells |
//! |---|---|---|
//! | single answer | `q`, its words, `q` and words | code or label, in any width; `1.はい` |
//! | single answer in columns | `q_1`, `q_2` …, or question above option | ○ |
//! | multiple answer in columns | see below | 1/0, ○, TRUE/FALSE, Y/N, label/`Not selected`, own code |
//! | multiple answer in one cell | `q` | codes or labels joined by `,` `、` `;` `&` `|`, blank, line break |
//! | mentions | `q_1`, `q_2`, `q_3` | the codes, first to last |
//!
//! The columns of a multiple answer are `q_1`, `q-1`, `q.1`, `q/opt`, `q[SQ001]`, `q▲s1c1`, `質問 [選択肢]`,
//! or the question above the option.
//!
//! ```
//! use std::sync::Arc;
//! use shihyo::decode::{Base, DecodeOptions, Outcome, decode, share_outcome};
//! use shihyo::error::SourceText;
//! use shihyo::questionnaire::read_questionnaire;
//! use shihyo::raw::{ReadOptions, read_bytes};
//!
//! let text = r#"
//! title = "市民アンケート"
//! [[question]]
//! id = "問1"
//! type = "multiple"
//! options = ["見守り", "買い物、掃除など", "送迎"]
//! "#;
//! let source = Arc::new(SourceText { file: "citizen.toml".into(), text: text.into() });
//! let questionnaire = read_questionnaire(source)?;
//! let csv = "問1\n\"見守り, 買い物、掃除など\"\n１\n送迎\n";
//! let table = read_bytes(csv.as_bytes(), "web.csv", &ReadOptions::default())?;
//! let answers = decode(&questionnaire, &[table], &DecodeOptions::default())?;
//! let outcomes = share_outcome(&answers.responses[0], &[0], Base::Answered);
//! assert_eq!(outcomes.iter().filter(|o| *o == Outcome::Yes).count(), 2);
//! # Ok::<(), shihyo::error::Error>(())
//! ```
//!
//! What counts as an answer is said where it is decided: marks and blanks in `columns`, skip rules in `skip`,
//! returns and duplicates in [`decode`], derived variables in `derived`, bases at [`Base`].

pub(crate) mod answer;
pub(crate) mod base;
pub(crate) mod code_list;
pub(crate) mod columns;
pub(crate) mod decoder;
pub(crate) mod derived;
pub(crate) mod distinct;
pub(crate) mod dont_know;
pub(crate) mod excel_dates;
pub(crate) mod groups;
pub(crate) mod issues;
pub(crate) mod locate;
pub(crate) mod multi_select;
pub(crate) mod no_question;
mod outcome;
pub(crate) mod personal;
mod personal_heading;
mod personal_kind;
pub(crate) mod redacted;
mod returns;
pub(crate) mod skip;
pub(crate) mod word;

pub use answer::{Answers, BaseLedger, MissingReason, Responses};
pub use base::{Base, in_base, share_outcome};
pub use decoder::{ColumnLayout, ColumnsUsed, DecodeOptions, columns_used, decode};
pub use issues::{CellIssue, Problem};
pub use outcome::{Outcome, Outcomes};
pub use redacted::PersonalColumn;
pub(crate) use skip::holds;
