//! The words of one question: how each option, and each reason for a missing answer, can be written.

use std::collections::{BTreeMap, BTreeSet};

use crate::questionnaire::model::{Category, Question};
use crate::text::spelling;

/// The words of one question, folded once.
pub(crate) struct CodeList {
    /// Every way to write an option: its label, its code, `1 はい`, `1.はい`, `1:はい` …
    pub(crate) forms: BTreeMap<String, u16>,
    codes: BTreeMap<String, u16>,
    pub(crate) no_answer: BTreeSet<String>,
    pub(crate) not_asked: BTreeSet<String>,
    /// The option that takes free words.
    pub(crate) free_text: Option<u16>,
}

impl CodeList {
    pub(crate) fn of(question: &Question) -> Self {
        let folded = |codes: &[String]| codes.iter().map(|c| spelling::code(c)).collect();
        let mut code_list = Self {
            forms: BTreeMap::new(),
            codes: BTreeMap::new(),
            no_answer: folded(&question.no_answer),
            not_asked: folded(&question.not_asked),
            free_text: None,
        };
        // What is inserted later replaces what is there: a label another option's "code label", and a code,
        // which is what files hold, a label.
        let numbered = || (0u16..).zip(question.categories());
        for (k, category) in numbered() {
            for form in long_forms(category) {
                code_list.forms.insert(form, k);
            }
        }
        for (k, category) in numbered() {
            code_list.forms.insert(spelling::label(&category.label), k);
        }
        for (k, category) in numbered() {
            code_list.codes.insert(spelling::code(&category.code), k);
            code_list.forms.insert(spelling::label(&category.code), k);
            code_list.forms.insert(spelling::code(&category.code), k);
            if category.free_text {
                code_list.free_text.get_or_insert(k);
            }
        }
        code_list
    }

    /// The option that `folded` (a folded label) names, by label or by code.
    pub(crate) fn option(&self, folded: &str) -> Option<u16> {
        self.forms.get(folded).or_else(|| self.code(folded)).copied()
    }

    /// The option whose code `folded` is, in any spelling of a number.
    pub(crate) fn code(&self, folded: &str) -> Option<&u16> {
        let number = spelling::whole_number(folded)?;
        self.codes.get(&number.to_string())
    }

    /// The option that a column's name, without the question's part of it, belongs to: by label, by code, or
    /// by the number of a sub-question (`SQ001`, `c1`, `s1`).
    pub(crate) fn of_column(&self, rest: &str) -> Option<u16> {
        if let Some(k) = self.option(rest) {
            return Some(k);
        }
        let number = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        if number.len() < rest.len() && rest.len() - number.len() <= 2 {
            self.code(number).copied()
        } else {
            None
        }
    }
}

/// The ways in which exports write code and label together.
fn long_forms(category: &Category) -> Vec<String> {
    let (code, label) = (&category.code, &category.label);
    let behind = [".", " ", ":", ". ", ": ", "、", ")", ") ", "-", " - "]
        .map(|between| format!("{code}{between}{label}"));
    let bracketed = ["", " "].map(|between| format!("{code}{between}({label})"));
    behind.iter().chain(&bracketed).map(|form| spelling::label(form)).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::decode::code_list::*;

    pub(crate) fn code_list() -> CodeList {
        CodeList::of(&Question {
            no_answer: vec!["99".into(), "-1".into()],
            not_asked: vec!["NA".into()],
            ..Question::of_options(&[("1", "はい"), ("2", "いいえ"), ("9", "その他")])
        })
    }

    #[test]
    fn a_column_belongs_to_an_option() {
        let code_list = code_list();
        for (rest, expected) in [
            ("1", Some(0)),
            ("0002", Some(1)),
            ("SQ001", Some(0)),
            ("c9", Some(2)),
            ("その他", Some(2)),
            ("other", None),
            ("total1", None),
        ] {
            assert_eq!(code_list.of_column(rest), expected, "{rest}");
        }
    }
}
