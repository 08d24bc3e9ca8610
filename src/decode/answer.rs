//! Answers: for each question one value or one missing reason a respondent.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::decode::issues::CellIssue;
use crate::decode::redacted::PersonalColumn;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::questionnaire::processing_rule::Affected;

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
    /// Multiple answer: bit k is set when category k was chosen. 0 is an answer: the file says of each option
    /// that it was not chosen (0, FALSE, Not selected). Where the file says nothing (all blank, as on paper)
    /// it is `NoAnswer`.
    Multiple(Vec<Result<u128, MissingReason>>),
    /// A number.
    Number(Vec<Result<f64, MissingReason>>),
    /// Free text: only whether there is one, since words never travel further.
    Text(Vec<Result<(), MissingReason>>),
}

impl Responses {
    /// Number of respondents.
    pub fn len(&self) -> usize {
        match self {
            Responses::Single(v) => v.len(),
            Responses::Multiple(v) => v.len(),
            Responses::Number(v) => v.len(),
            Responses::Text(v) => v.len(),
        }
    }

    /// Whether there are no respondents.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Why respondent `row` has no valid answer; `None` when there is one, or no such respondent.
    pub fn missing(&self, row: usize) -> Option<MissingReason> {
        match self {
            Responses::Single(v) => v.get(row)?.err(),
            Responses::Multiple(v) => v.get(row)?.err(),
            Responses::Number(v) => v.get(row)?.err(),
            Responses::Text(v) => v.get(row)?.err(),
        }
    }

    /// Whether respondent `row` chose one of the categories `chosen` (indices).
    pub fn holds(&self, row: usize, chosen: &[usize]) -> bool {
        match self {
            Responses::Single(v) => {
                v.get(row).is_some_and(|a| a.is_ok_and(|k| chosen.contains(&usize::from(k))))
            }
            Responses::Multiple(v) => {
                v.get(row).is_some_and(|a| a.is_ok_and(|bits| bits & mask(chosen) != 0))
            }
            Responses::Number(_) | Responses::Text(_) => false,
        }
    }

    /// The category that respondent `row` chose, of a single answer.
    pub(crate) fn category(&self, row: usize) -> Option<usize> {
        match self {
            Responses::Single(v) => v.get(row)?.ok().map(usize::from),
            Responses::Multiple(_) | Responses::Number(_) | Responses::Text(_) => None,
        }
    }

    /// The number that respondent `row` answered; of a multiple answer, how many options were marked.
    pub(crate) fn number(&self, row: usize) -> Option<f64> {
        match self {
            Responses::Number(v) => v.get(row)?.ok(),
            Responses::Multiple(v) => v.get(row)?.ok().map(|bits| f64::from(bits.count_ones())),
            Responses::Single(_) | Responses::Text(_) => None,
        }
    }

    /// Whether respondent `row` gave an answer, valid or not. Boxes that are merely not ticked say nothing.
    pub(crate) fn says_something(&self, row: usize) -> bool {
        match (self, self.missing(row)) {
            (Responses::Multiple(all), None) => all.get(row).is_some_and(|a| *a != Ok(0)),
            (_, None) => row < self.len(),
            (_, Some(reason)) => reason == MissingReason::Invalid,
        }
    }
}

/// The categories `chosen` (indices below 128) as bits of a multiple answer.
pub(crate) fn mask(chosen: &[usize]) -> u128 {
    chosen.iter().filter(|&&k| k < 128).fold(0, |bits, &k| bits | 1 << k)
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
    /// One entry a question: how many answers called for a decision of the office.
    pub affected: Vec<Affected>,
    /// Respondents with more than one row, of which one counts.
    pub repeated: u64,
    /// What decoding found.
    pub findings: Vec<Finding>,
    /// The cells and rows that the findings are about, one by one, in the order of files, rows and questions.
    pub issues: Vec<CellIssue>,
    /// Columns that hold personal data: they were not read.
    pub withheld: Vec<PersonalColumn>,
}

/// 回収 → 無効票 → 重複 → 非該当 → 無回答 → 無効回答 → n: the way from the returns to the base of a question.
/// `returned = invalid_returns + duplicates + not_asked + no_answer + invalid + dont_know + valid`, checked
/// when made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseLedger {
    /// 回収: data rows of all files of the wave.
    pub returned: u64,
    /// 無効票: rows without a respondent id, or without any answer, or taken out by the cleaning log.
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

impl BaseLedger {
    /// The ledger of one question: `left` are the rows that no question has (invalid returns, duplicates).
    ///
    /// # Errors
    /// `answers::ledger` when the parts do not sum to `returned`: a mistake of this program, never of the
    /// data.
    pub(crate) fn of(
        question: &str,
        responses: &Responses,
        returned: u64,
        invalid_returns: u64,
        duplicates: u64,
    ) -> Result<Self> {
        let mut ledger = Self {
            returned,
            invalid_returns,
            duplicates,
            not_asked: 0,
            no_answer: 0,
            invalid: 0,
            dont_know: 0,
            valid: 0,
        };
        match responses {
            Responses::Single(rows) => ledger.count(rows),
            Responses::Multiple(rows) => ledger.count(rows),
            Responses::Number(rows) => ledger.count(rows),
            Responses::Text(rows) => ledger.count(rows),
        }
        ledger.checked(question)
    }

    fn count<T>(&mut self, rows: &[Result<T, MissingReason>]) {
        // Each reason on its own, over rows that the cache holds: quicker than all of them row by row.
        for rows in rows.chunks(1 << 11) {
            let count =
                |reason| rows.iter().filter(|row| matches!(row, Err(own) if *own == reason)).count() as u64;
            self.valid += rows.iter().filter(|row| row.is_ok()).count() as u64;
            self.not_asked += count(MissingReason::NotAsked);
            self.no_answer += count(MissingReason::NoAnswer);
            self.invalid += count(MissingReason::Invalid);
            self.dont_know += count(MissingReason::DontKnow);
        }
    }

    /// The sum of the parts, which must be `returned`.
    pub fn parts(&self) -> u64 {
        self.invalid_returns
            + self.duplicates
            + self.not_asked
            + self.no_answer
            + self.invalid
            + self.dont_know
            + self.valid
    }

    fn checked(self, question: &str) -> Result<Self> {
        if self.parts() == self.returned {
            return Ok(self);
        }
        Err(Error::msg(
            Code::AnswersLedger,
            format!(
                "{question}: 基数の内訳の合計 {} が回収数 {} と合いません（プログラムの誤りです）",
                self.parts(),
                self.returned
            ),
            format!(
                "{question}: the parts of the base sum to {}, not to {} returned (a mistake of this program)",
                self.parts(),
                self.returned
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use crate::decode::answer::*;

    #[test]
    fn a_ledger_whose_parts_do_not_sum_is_an_error() {
        let responses =
            Responses::Single(vec![Ok(0), Err(MissingReason::NoAnswer), Err(MissingReason::NotAsked)]);
        let ledger = BaseLedger::of("問1", &responses, 6, 2, 1).unwrap();
        assert_eq!((ledger.valid, ledger.no_answer, ledger.not_asked, ledger.parts()), (1, 1, 1, 6));
        let error = BaseLedger::of("問1", &responses, 7, 2, 1).unwrap_err();
        assert_eq!(error.diagnostics()[0].code, Code::AnswersLedger);
    }
}
