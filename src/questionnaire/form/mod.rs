//! Questionnaires out of what an office already holds: an XLSForm, a tabulator's sheet, an SPSS file's own
//! dictionary.
//!
//! Tables in, [`Draft`] out. What a form says and a questionnaire cannot hold is a finding, never a silent
//! loss.

mod condition;
mod dictionary;
mod expression;
mod relevant;
mod tabulator;
mod xlsform;

use std::collections::BTreeSet;

pub use dictionary::from_dictionary;
pub use tabulator::from_tabulator;
pub use xlsform::from_xlsform;

use crate::code::Code;
use crate::finding::Finding;
use crate::provenance::Place;
use crate::questionnaire::model::{Category, Policy, Question, QuestionKind, Questionnaire};
use crate::questionnaire::resolve::MOST_OPTIONS;
use crate::raw::{Column, Table};
use crate::text::Text;
use crate::text::spelling;

/// A questionnaire read from a form, and what a person should look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The questionnaire.
    pub questionnaire: Questionnaire,
    /// What could not be carried over, or was guessed.
    pub findings: Vec<Finding>,
}

/// The questions as they come, kept such that they read back: each id once, each label and code once.
#[derive(Default)]
struct Drafting {
    questions: Vec<Question>,
    ids: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl Drafting {
    fn warn(&mut self, code: Code, place: &Place, ja: String, en: String) {
        self.findings.push(Finding::warning(code, Text::new(ja, en), place.clone()));
    }

    fn note(&mut self, code: Code, place: &Place, ja: String, en: String) {
        self.findings.push(Finding::note(code, Text::new(ja, en), place.clone()));
    }

    /// Adds a question; one whose id stands already is left out with a finding. Says whether it was added.
    fn add(&mut self, mut question: Question, place: &Place) -> bool {
        if !self.ids.insert(spelling::label(&question.id)) {
            let id = &question.id;
            self.warn(
                Code::AnswersFormDuplicate,
                place,
                format!("設問「{id}」が2回あります。後の方は読みません"),
                format!("question \"{id}\" stands twice; the later one is left out"),
            );
            return false;
        }
        let count = question.categories().len();
        let too_many = matches!(question.kind, QuestionKind::Multiple { .. }) && count > MOST_OPTIONS;
        if too_many
            || (count == 0
                && matches!(question.kind, QuestionKind::Single(_) | QuestionKind::Multiple { .. }))
        {
            let id = &question.id;
            self.warn(
                Code::AnswersFormOptions,
                place,
                format!("設問「{id}」の選択肢が {count} 個のため、自由記述として読みます"),
                format!("question \"{id}\" has {count} options; it is read as free text"),
            );
            question.kind = QuestionKind::Text;
        }
        self.note_codes_as_labels(&question, place);
        self.questions.push(question);
        true
    }

    /// A label that is another option's code: a cell that holds it is read as the code.
    fn note_codes_as_labels(&mut self, question: &Question, place: &Place) {
        for category in question.categories() {
            let (code, label) = (&category.code, &category.label);
            let Some(words) = label.strip_suffix(&format!(" ({code})")) else { continue };
            let folded = spelling::code(words);
            if question.categories().iter().any(|c| c.code != *code && spelling::code(&c.code) == folded) {
                let id = &question.id;
                self.warn(
                    Code::AnswersFormCodes,
                    place,
                    format!(
                        "設問「{id}」の選択肢「{words}」（コード {code}）は、ほかの選択肢のコードでもありま\
                         す。回答ファイルのセル {words} は、コード {words} の選択肢と読みます"
                    ),
                    format!(
                        "option \"{words}\" (code {code}) of question \"{id}\" is also another option's \
                         code; a cell {words} is read as the option with the code {words}"
                    ),
                );
            }
        }
    }

    fn done(self, title: &str) -> Draft {
        Draft {
            questionnaire: Questionnaire { title: title.to_owned(), questions: self.questions },
            findings: self.findings,
        }
    }
}

/// A question without rules.
pub(crate) fn question(id: &str, text: &str, kind: QuestionKind) -> Question {
    let text = spelling::label(text);
    Question {
        id: id.to_owned(),
        text: if text.is_empty() { id.to_owned() } else { text },
        kind,
        asked_if: None,
        columns: Vec::new(),
        no_answer: Vec::new(),
        not_asked: Vec::new(),
        policy: Policy::default(),
        derivation: None,
    }
}

/// Categories of (code, label) pairs, made such that no label stands twice and none is another's code. A code
/// that stands twice is left out.
pub(crate) fn categories(pairs: impl IntoIterator<Item = (String, String)>, multiple: bool) -> Vec<Category> {
    let mut codes = BTreeSet::new();
    let kept: Vec<(String, String)> = pairs
        .into_iter()
        .map(|(code, label)| (code.trim().to_owned(), label.trim().to_owned()))
        .filter(|(code, _)| !code.is_empty() && codes.insert(spelling::code(code)))
        .collect();
    let mut labels = BTreeSet::new();
    let made = kept.into_iter().map(|(code, label)| {
        let mut label = if label.is_empty() { code.clone() } else { label };
        let others_code =
            |l: &str| codes.contains(&spelling::code(l)) && spelling::code(l) != spelling::code(&code);
        // The code is told once only, so what it is added to is told once too.
        while labels.contains(&spelling::label(&label)) || others_code(&label) {
            label = format!("{label} ({code})");
        }
        labels.insert(spelling::label(&label));
        Category {
            dont_know: is_dont_know(&label),
            exclusive: multiple && is_none(&label),
            free_text: false,
            code,
            label,
        }
    });
    made.collect()
}

/// わからない in its usual spellings.
pub(crate) fn is_dont_know(label: &str) -> bool {
    let folded = spelling::label(label).to_lowercase();
    ["わからない", "分からない", "判らない", "don't know", "dont know", "do not know"]
        .contains(&folded.as_str())
}

/// 特になし in its usual spellings.
pub(crate) fn is_none(label: &str) -> bool {
    let folded = spelling::label(label).to_lowercase();
    ["特になし", "とくになし", "特にない", "とくにない", "あてはまるものはない", "none of the above"]
        .contains(&folded.as_str())
}

/// The column with one of these header texts, the first name first; width and case aside.
fn column<'a>(table: &'a Table, names: &[&str]) -> Option<&'a Column> {
    let head = |c: &Column| c.header.last().map_or(String::new(), |h| spelling::label(h).to_lowercase());
    names.iter().find_map(|name| table.columns.iter().find(|c| head(c) == *name))
}

/// The text of a cell in a column that may not be there. `NA` stays: it is the type of a numeric question.
fn said(column: Option<&Column>, row: usize) -> String {
    column.map_or(String::new(), |c| c.cell(row).text().trim().to_owned())
}
