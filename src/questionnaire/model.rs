//! The questionnaire (codebook), resolved: what was asked, of whom, with which categories.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::questionnaire::derivation::Derivation;
use crate::questionnaire::rule::AskedIf;
use crate::text::spelling;

/// A whole questionnaire.
#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    /// Its title, such as `市民アンケート`.
    pub title: String,
    /// The questions, in the order asked; behind them the derived variables, each behind those that it is
    /// made of.
    pub questions: Vec<Question>,
}

impl Questionnaire {
    /// The question with the id `id`.
    pub fn question(&self, id: &str) -> Option<(usize, &Question)> {
        self.questions.iter().enumerate().find(|(_, q)| q.id == id)
    }

    /// The questions that were asked: those that files have columns for.
    pub fn asked(&self) -> &[Question] {
        let count = self.questions.iter().take_while(|q| q.derivation.is_none()).count();
        self.questions.get(..count).unwrap_or_default()
    }

    /// All questions such that what a skip rule or a derivation looks at comes first: each derived variable
    /// as soon as its sources are there.
    pub(crate) fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = Vec::with_capacity(self.questions.len());
        let mut there = vec![false; self.questions.len()];
        let mut waiting: Vec<(usize, &Derivation)> = Vec::new();
        for (index, question) in self.questions.iter().enumerate() {
            waiting.extend(question.derivation.as_ref().map(|derivation| (index, derivation)));
        }
        let asked = (0..self.questions.len()).filter(|q| waiting.iter().all(|(w, _)| w != q));
        for index in asked.collect::<Vec<_>>() {
            order.push(index);
            there.get_mut(index).into_iter().for_each(|slot| *slot = true);
            waiting.retain(|(derived, derivation)| {
                let ready = derivation.sources().iter().all(|s| there.get(*s).copied().unwrap_or(true));
                if ready {
                    order.push(*derived);
                    there.get_mut(*derived).into_iter().for_each(|slot| *slot = true);
                }
                !ready
            });
        }
        order
    }

    /// What question `question` is made of, by way of other derived variables too: the derived variables
    /// and the questions that were asked, not itself. Nothing for a question that was asked.
    pub fn made_of(&self, question: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open = vec![question];
        while let Some(next) = open.pop() {
            let derivation = self.questions.get(next).and_then(|q| q.derivation.as_ref());
            let sources = derivation.map(Derivation::sources).unwrap_or_default();
            open.extend(sources.into_iter().filter(|source| found.insert(*source)));
        }
        found
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its number or name, such as `問12`; unique in the questionnaire.
    pub id: String,
    /// Its words.
    pub text: String,
    /// How it is answered.
    pub kind: QuestionKind,
    /// Who is asked: everyone when `None`.
    pub asked_if: Option<AskedIf>,
    /// The response files' columns, where they are not named after `id`: one name for a joined cell or a
    /// single answer, one for each category (in their order) for a multiple answer in columns.
    pub columns: Vec<String>,
    /// Codes that mean 無回答 beside the blank, such as `99`.
    pub no_answer: Vec<String>,
    /// Codes that mean 非該当 (the respondent was not shown the question), such as `NA`.
    pub not_asked: Vec<String>,
    /// What is done with answers that break the rules of the paper.
    pub policy: Policy,
    /// What it is made of: `None` for a question that was asked.
    pub derivation: Option<Derivation>,
}

impl Question {
    /// Its categories; none for numbers and free text.
    pub fn categories(&self) -> &[Category] {
        match &self.kind {
            QuestionKind::Single(categories) | QuestionKind::Multiple { categories, .. } => categories,
            QuestionKind::Number { .. } | QuestionKind::Text => &[],
        }
    }

    /// The index of the category whose label or code is `word`, width and blanks aside.
    pub fn category(&self, word: &str) -> Option<usize> {
        let wanted = spelling::label(word);
        let by_label = self.categories().iter().position(|c| spelling::label(&c.label) == wanted);
        by_label.or_else(|| {
            self.categories().iter().position(|c| spelling::code(&c.code) == spelling::code(word))
        })
    }
}

/// What is done with answers that break the rules of the paper. Each case is a finding, whatever is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// Two or more marks on a single answer.
    pub two_marks: TwoMarks,
    /// More marks than `max_marks` allows.
    pub over_max: OverMax,
    /// An exclusive option (特になし) marked with others.
    pub exclusive_with_others: ExclusiveWithOthers,
    /// An answer from a respondent whom the skip rule did not bring to the question.
    pub not_asked_but_answered: NotAskedButAnswered,
    /// A code that a spreadsheet program turned into a date.
    pub date_codes: DateCodes,
}

/// A code that a spreadsheet program turned into a date (`1-2` into the second of January).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateCodes {
    /// 無効回答
    #[default]
    Invalid,
    /// the options that were typed, where only one reading names options; else 無効回答
    ReadBack,
}

/// Two or more marks on a single answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TwoMarks {
    /// 無効回答
    #[default]
    Invalid,
    /// the marked option that stands first in the questionnaire
    First,
}

/// More marks than `max_marks` allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OverMax {
    /// 無効回答
    #[default]
    Invalid,
    /// the first `max_marks` of the marked options, in the order of the questionnaire
    First,
    /// all marks count
    Keep,
}

/// An exclusive option marked with others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExclusiveWithOthers {
    /// all marks count
    #[default]
    Keep,
    /// the exclusive option's mark is dropped
    DropExclusive,
    /// the other options' marks are dropped
    DropOthers,
}

/// An answer from a respondent whom the skip rule did not bring to the question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NotAskedButAnswered {
    /// the answer is dropped: 非該当
    #[default]
    Drop,
    /// the answer counts
    Keep,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum QuestionKind {
    /// 単数回答 (SA): one category.
    Single(Vec<Category>),
    /// 複数回答 (MA): any number of categories, or at most `max_marks`.
    Multiple {
        /// The categories, at most 128.
        categories: Vec<Category>,
        /// ○は3つまで: the greatest number of marks allowed.
        max_marks: Option<u32>,
    },
    /// 数量回答: a number, within `range` when given.
    Number {
        /// The least and the greatest number that is valid.
        range: Option<RangeInclusive<i64>>,
    },
    /// 自由記述: free text.
    Text,
}

/// One option of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its code in the files, such as `1`.
    pub code: String,
    /// Its words, such as `積極的に参加したい`.
    pub label: String,
    /// わからない: a valid answer that a plan may treat as none.
    pub dont_know: bool,
    /// 特になし: excludes the other options of a multiple answer.
    pub exclusive: bool,
    /// その他（　　）: words that are no option's, found where this option could stand, mean that it was
    /// chosen.
    pub free_text: bool,
}

#[cfg(test)]
impl Question {
    /// A question `q` of one answer, with these options (code and label), and nothing else to say of it.
    pub(crate) fn of_options(options: &[(&str, &str)]) -> Self {
        let category = |(code, label): &(&str, &str)| Category {
            code: (*code).to_owned(),
            label: (*label).to_owned(),
            dont_know: false,
            exclusive: false,
            free_text: false,
        };
        Self {
            id: "q".to_owned(),
            text: "q".to_owned(),
            kind: QuestionKind::Single(options.iter().map(category).collect()),
            asked_if: None,
            columns: Vec::new(),
            no_answer: Vec::new(),
            not_asked: Vec::new(),
            policy: Policy::default(),
            derivation: None,
        }
    }
}
