//! Which code each option of a drafted questionnaire has, and which words among the cells are no answer.
//!
//! A cell that is a number is the code of its option, whatever the order of the cells and whatever words
//! stand beside them: an option's place in the list is its code only where no cell holds a number. Words
//! beside numbers have themselves as code, so that no number is ever read as one of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::draft::remark::{Remark, RemarkKind};
use crate::questionnaire::model::Question;
use crate::text::number::number;
use crate::text::spelling;

/// The most distinct values that a single answer has.
pub(super) const MOST_VALUES: usize = 30;

/// Numbers that files write for no answer, where the options are small numbers.
const MISSING: [i64; 8] = [99, 999, 9999, -1, -9, -99, -999, -9999];

/// Numbers far above a scale that may be no answer, or わからない, or その他.
const APART: [i64; 6] = [66, 77, 88, 96, 97, 98];

/// Words for no answer, in lower case, in any column.
const NO_ANSWER: [&str; 7] = ["無回答", "未回答", "無記入", "未記入", "回答なし", "na", "n/a"];

/// Words and signs for no answer in columns of numbers, in lower case. Among words `不明` is an option of the
/// form, and a dash a remark; beside codes whoever keyed the forms wrote them.
const NO_ANSWER_BESIDE_NUMBERS: [&str; 9] =
    ["不明", "欠損", "-", "--", ".", "nan", "null", "missing", "no answer"];

/// Words for a question that was not asked, in any column.
const NOT_ASKED: [&str; 2] = ["非該当", "対象外"];

/// How words that are no answer are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// 無回答
    NoAnswer,
    /// 非該当
    NotAsked,
}

/// What a folded word says that is no answer; `None` for all other words. `NA` says that there is no value,
/// not why: it is no answer until somebody who knows the survey says 非該当.
pub(crate) fn absent(word: &str, beside_numbers: bool) -> Option<Absent> {
    let lower = word.to_lowercase();
    let is = |words: &[&str]| words.contains(&lower.as_str());
    if is(&NOT_ASKED) {
        Some(Absent::NotAsked)
    } else if is(&NO_ANSWER) || (beside_numbers && is(&NO_ANSWER_BESIDE_NUMBERS)) {
        Some(Absent::NoAnswer)
    } else {
        None
    }
}

/// Whether a whole number can be a code for no answer.
pub(crate) fn is_missing_code(word: &str) -> bool {
    spelling::whole_number(word).is_some_and(|n| MISSING.contains(&n))
}

/// The words of a question that are no answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Missing {
    no_answer: Vec<String>,
    not_asked: Vec<String>,
}

impl Missing {
    /// Takes the words that are no answer out of the distinct cells of a question, each with how many rows
    /// hold it.
    pub(crate) fn out_of(counts: &mut Vec<(String, usize)>) -> Self {
        let rows = |wanted: &dyn Fn(&str) -> bool| -> usize {
            counts.iter().filter(|(word, _)| wanted(word)).map(|(_, n)| n).sum()
        };
        let numbers = rows(&|word| number(word).is_some() || spelling::code_before(word).is_some());
        let others = rows(&|word| absent(word, true).is_none());
        let beside_numbers = numbers > 0 && numbers * 2 >= others;
        let mut missing = Self::default();
        counts.retain(|(word, _)| !missing.take(word, beside_numbers));
        missing
    }

    /// Notes a folded word if it is no answer, and says whether it is.
    pub(crate) fn take(&mut self, word: &str, beside_numbers: bool) -> bool {
        let words = match absent(word, beside_numbers) {
            Some(Absent::NoAnswer) => &mut self.no_answer,
            Some(Absent::NotAsked) => &mut self.not_asked,
            None => return false,
        };
        if !words.iter().any(|w| w == word) {
            words.push(word.to_owned());
        }
        true
    }

    /// Notes a number that stands for no answer.
    pub(crate) fn code(&mut self, code: &str) {
        if !self.no_answer.iter().any(|w| w == code) {
            self.no_answer.push(code.to_owned());
        }
    }

    /// Writes into the question what is no answer, unless it is an option, and tells of it.
    pub(crate) fn tell(self, question: &mut Question, remarks: &mut Vec<Remark>) {
        let none_of = |mut words: Vec<String>| {
            words.retain(|word| question.category(word).is_none());
            words
        };
        let (no_answer, not_asked) = (none_of(self.no_answer), none_of(self.not_asked));
        for (words, ja, en) in [(&no_answer, "無回答", "no answer"), (&not_asked, "非該当", "not asked")]
        {
            if !words.is_empty() {
                let list = words.join(", ");
                remarks.push(Remark::new(
                    RemarkKind::NoAnswer,
                    format!("{list} を{ja}とみました"),
                    format!("{list} taken for a code of {en}"),
                ));
            }
        }
        question.no_answer.extend(no_answer);
        question.not_asked.extend(not_asked);
    }
}

/// The options that the distinct words of a question are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// By code: a number is its own; `1 (None at all)` has the number before its words.
    numbered: BTreeMap<i64, String>,
    /// The words without a number, in their order.
    words: Vec<String>,
}

impl Options {
    /// Options out of folded words.
    pub(crate) fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let words: Vec<&str> = words.into_iter().collect();
        let bare: BTreeSet<i64> = words.iter().filter_map(|w| spelling::whole_number(w)).collect();
        let mut options =
            Self { numbered: bare.iter().map(|n| (*n, n.to_string())).collect(), words: Vec::new() };
        let mut told = BTreeSet::new();
        for word in words.into_iter().filter(|w| spelling::whole_number(w).is_none()) {
            // `10 or younger` beside 11, 12, 13; where a 10 stands as well, the two may differ.
            let apart = || number_first(word).filter(|n| !bare.is_empty() && !bare.contains(n));
            match spelling::code_before(word).or_else(apart) {
                Some(code) if told.insert(code) => {
                    options.numbered.insert(code, word.to_owned());
                }
                _ => options.words.push(word.to_owned()),
            }
        }
        options
    }

    /// Whether both numbers and words are among them.
    pub(crate) fn mixed(&self) -> bool {
        !self.numbered.is_empty() && !self.words.is_empty()
    }

    /// Whether numbers are among them.
    pub(crate) fn numbered(&self) -> bool {
        !self.numbered.is_empty()
    }

    /// Whether some option has nothing but its number.
    pub(crate) fn unknown_words(&self) -> bool {
        self.numbered.iter().any(|(code, label)| *label == code.to_string())
    }

    /// Takes out the codes that are no answer, and puts in those of a short scale that nobody chose.
    pub(crate) fn as_scale(&mut self, missing: &mut Missing) {
        let scale = Scale::of(&self.numbered.keys().copied().collect());
        for code in scale.missing.iter().map(i64::to_string) {
            // `99 (don't know)` is an option.
            let before = self.numbered.len();
            self.numbered.retain(|_, label| *label != code);
            if self.numbered.len() < before {
                missing.code(&code);
            }
        }
        for code in scale.codes.into_iter().flatten() {
            self.numbered.entry(code).or_insert_with(|| code.to_string());
        }
    }

    /// Code and label of each: numbers in their order, then words. Where there is no number, an option's
    /// place is its code.
    pub(crate) fn pairs(self) -> Vec<(String, String)> {
        if self.numbered.is_empty() {
            return (1..).zip(self.words).map(|(k, word): (usize, _)| (k.to_string(), word)).collect();
        }
        let numbered = self.numbered.into_iter().map(|(code, label)| (code.to_string(), label));
        numbered.chain(self.words.into_iter().map(|word| (word.clone(), word))).collect()
    }
}

/// The number that stands first in a word, with a blank behind it.
fn number_first(word: &str) -> Option<i64> {
    word.split_once(' ').and_then(|(number, _)| spelling::whole_number(number))
}

/// The distinct cells, each with how many rows hold it, that look like no answer: words for it, and numbers
/// that files write for it.
pub(crate) fn look_like_no_answer(counts: &[(String, usize)]) -> Vec<String> {
    let mut rest = counts.to_vec();
    let words = Missing::out_of(&mut rest);
    let numbers: Option<BTreeSet<i64>> =
        rest.iter().map(|(word, _)| spelling::whole_number(&spelling::label(word))).collect();
    let scale = numbers.filter(|numbers| !numbers.is_empty()).map(|numbers| Scale::of(&numbers));
    let codes = scale.into_iter().flat_map(|scale| [scale.missing, scale.doubtful].concat());
    words.no_answer.into_iter().chain(words.not_asked).chain(codes.map(|code| code.to_string())).collect()
}

/// Whole numbers as the codes of a scale.
pub(crate) struct Scale {
    /// The codes, with those in between that nobody chose; `None` where the numbers are too many or too great
    /// for options.
    pub(crate) codes: Option<BTreeSet<i64>>,
    /// Codes that are no answer.
    pub(crate) missing: Vec<i64>,
    /// Codes that may be no answer: 9, or 8 and 9, or 88, 98 and such, far above the others.
    pub(crate) doubtful: Vec<i64>,
}

impl Scale {
    /// A scale beside codes that forms give to わからない, その他 and no answer: `1` … `5`, `88`, `98`.
    fn with_apart(missing: &[i64], rest: &[i64]) -> Option<Self> {
        let (apart, steps): (Vec<i64>, Vec<i64>) = rest.iter().partition(|n| APART.contains(n));
        if !(1..=3).contains(&apart.len()) || steps.len() < 2 || steps.iter().any(|n| *n > 20) {
            return None;
        }
        let scale = Self::of(&steps.into_iter().chain(missing.iter().copied()).collect());
        Some(Self {
            codes: Some(scale.codes?.into_iter().chain(apart.iter().copied()).collect()),
            missing: scale.missing,
            doubtful: [scale.doubtful, apart].concat(),
        })
    }

    pub(crate) fn of(numbers: &BTreeSet<i64>) -> Self {
        let (missing, rest): (Vec<i64>, Vec<i64>) = numbers.iter().partition(|n| MISSING.contains(n));
        if let Some(scale) = Self::with_apart(&missing, &rest) {
            return scale;
        }
        let (least, most) = (rest.first().copied().unwrap_or(0), rest.last().copied().unwrap_or(0));
        if !rest.is_empty() && least >= 0 && most <= 20 && rest.len() <= 15 {
            let below: Vec<i64> = rest.iter().copied().filter(|n| *n < 8).collect();
            let apart = most == 9 && below.len() >= 2 && below.last().is_some_and(|last| *last <= 5);
            let doubtful: Vec<i64> =
                if apart { rest.iter().copied().filter(|n| *n >= 8).collect() } else { Vec::new() };
            let most = if apart { below.last().copied().unwrap_or(most) } else { most };
            let known = rest.len() - doubtful.len();
            let top = if least == 0 || known as i64 * 2 > most { most } else { 0 };
            let codes = Some(rest.into_iter().chain(least.max(1)..=top).collect());
            return Self { codes, missing, doubtful };
        }
        // Among quantities 99 is one, unless there is nothing else.
        let missing = missing.into_iter().filter(|n| rest.is_empty() || *n < 0 || *n >= 999).collect();
        Self { codes: None, missing, doubtful: Vec::new() }
    }
}
