//! The questionnaire (codebook), resolved: what was asked, of whom, with which categories.

use std::ops::RangeInclusive;

/// A whole questionnaire.
#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    /// Its title, such as `市民アンケート`.
    pub title: String,
    /// The questions, in the order asked.
    pub questions: Vec<Question>,
}

impl Questionnaire {
    /// The question with the id `id`.
    pub fn question(&self, id: &str) -> Option<(usize, &Question)> {
        self.questions.iter().enumerate().find(|(_, q)| q.id == id)
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
    /// The response files' columns, where they are not named after `id`: one name for a joined cell or a single answer,
    /// one for each category (in their order) for a multiple answer in columns.
    pub columns: Vec<String>,
    /// Codes that mean 無回答 beside the blank, such as `99`.
    pub no_answer: Vec<String>,
    /// Codes that mean 非該当 (the respondent was not shown the question), such as `NA`.
    pub not_asked: Vec<String>,
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
}

/// A skip rule: the question is asked of those whose answer to `question` is one of `categories`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedIf {
    /// Index of the earlier question in the questionnaire.
    pub question: usize,
    /// Indices of its categories.
    pub categories: Vec<usize>,
}
