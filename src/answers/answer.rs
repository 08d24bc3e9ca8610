//! Answers: for each question one value or one missing reason a respondent.

use serde::Serialize;

use crate::finding::Finding;

/// Why a respondent has no valid answer. The kinds stay apart to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingReason {
    /// 非該当: the skip rule did not bring the respondent to the question.
    NotAsked,
    /// 無回答: asked, left blank.
    NoAnswer,
    /// 無効: two marks on a single answer, out of range, too many marks.
    Invalid,
    /// わからない, where the plan counts it as no answer.
    DontKnow,
}

/// All respondents' answers to one question.
#[derive(Debug, Clone, PartialEq)]
pub enum Responses {
    /// Single answer: index of the category.
    Single(Vec<Result<u16, MissingReason>>),
    /// Multiple answer: bit k is set when category k was chosen; never 0 (nothing chosen is `NoAnswer`).
    Multiple(Vec<Result<u128, MissingReason>>),
    /// A number.
    Number(Vec<Result<f64, MissingReason>>),
    /// Free text: only whether there is one, since words never travel further.
    Text(Vec<Result<(), MissingReason>>),
}

/// All answers of one wave, after duplicates and invalid returns have left.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// Number of valid respondents.
    pub rows: usize,
    /// For each respondent the index of the table it came from.
    pub source: Vec<u16>,
    /// For each respondent the row (from 0, data rows) in that table.
    pub source_row: Vec<u32>,
    /// One entry a question of the questionnaire, in its order.
    pub responses: Vec<Responses>,
    /// One entry a question: who left the base, and why.
    pub ledger: Vec<BaseLedger>,
    /// What decoding found.
    pub findings: Vec<Finding>,
}

/// 回収 → 無効票 → 重複 → 非該当 → 無回答 → 無効回答 → n: the way from the returns to the base of a question.
/// `returned = invalid_returns + duplicates + not_asked + no_answer + invalid + dont_know + valid`, checked when made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BaseLedger {
    /// 回収: data rows of all files of the wave.
    pub returned: u64,
    /// 無効票: rows without a respondent id, or without any answer.
    pub invalid_returns: u64,
    /// 重複: rows that the duplicate policy left out.
    pub duplicates: u64,
    /// 非該当.
    pub not_asked: u64,
    /// 無回答.
    pub no_answer: u64,
    /// 無効回答.
    pub invalid: u64,
    /// わからない counted as no answer.
    pub dont_know: u64,
    /// n: valid answers.
    pub valid: u64,
}
