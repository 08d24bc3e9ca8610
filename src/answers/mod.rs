//! Questionnaire and responses → answers: what each respondent said to each question, with the reason where
//! nothing valid was said, and the ledger of who is in the base.
//!
//! [`read_questionnaire`] reads the questionnaire file; [`decode`] reads the tables of a wave by it, whatever
//! their layout; [`share_outcome`] says for each respondent what a share counts, under the [`Base`] that the
//! plan names. A wave with a paper of its own is decoded by it and [`harmonise`]d.
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
//! use shihyo::answers::{Base, DecodeOptions, YES, decode, read_questionnaire, share_outcome};
//! use shihyo::error::SourceText;
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
//! assert_eq!(outcomes.iter().filter(|&&o| o == YES).count(), 2);
//! # Ok::<(), shihyo::error::Error>(())
//! ```
//!
//! What counts as an answer is said where it is decided: marks and blanks in `columns`, skip rules in `skip`,
//! returns and duplicates in [`decode`], bases at [`Base`].

mod again;
mod answer;
mod base;
pub mod cleaning;
mod columns;
mod dated;
mod decode;
pub mod form;
mod groups;
pub mod infer;
mod joined;
mod lexicon;
mod locate;
mod personal;
mod questionnaire;
mod resolve;
mod resolve_rule;
mod returns;
mod rule;
mod skip;
mod spec;
mod spelling;
mod tally;
mod toml_check;
pub mod toml_text;
mod treatment;
mod waves;
mod withheld;
mod write;

pub use again::{depends_on, treated};
pub use answer::{Answers, BaseLedger, MissingReason, Responses};
pub use base::{Base, NO, OUTSIDE, YES, in_base, share_outcome};
pub use decode::{ColumnLayout, ColumnsUsed, DecodeOptions, Duplicates, columns_used, decode};
pub use questionnaire::{
    Category, DateCodes, ExclusiveWithOthers, NotAskedButAnswered, OverMax, Policy, Question, QuestionKind,
    Questionnaire, TwoMarks,
};
pub use resolve::{MOST_OPTIONS, questionnaire_schema, read_questionnaire};
pub use rule::{AskedIf, Comparison};
pub use tally::{CellIssue, Problem};
pub use treatment::{DontKnow, Touched, Treatment};
pub use waves::{
    AskedAs, Aspect, Comparability, Counted, Counterpart, Difference, FoundBy, Harmonised, Mapping, Merged,
    NEAR, Paper, compare_papers, harmonise, labelled, most_alike, similarity,
};
pub use withheld::PersonalColumn;
pub use write::{comment, quoted, write_questionnaire};
