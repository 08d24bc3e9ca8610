//! Who was asked a question, in the words of the reference, so that two papers can be held against each other.

use std::collections::BTreeSet;

use super::comparison::Paper;
use crate::answers::questionnaire::Question;
use crate::answers::spelling;
use crate::text::Text;

/// Whom a question is asked of, whatever its number on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filter {
    /// Everyone.
    Everyone,
    /// Those who gave one of these answers to an earlier question, among those whom that one was asked of.
    Answered {
        question: Named,
        options: BTreeSet<Named>,
        among: Box<Filter>,
    },
}

/// A question or an option: by its index in the reference, or, where the reference has none, by its own words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    Reference(usize),
    Own(String),
}

impl Filter {
    /// The filter of `question` on `paper`.
    pub(super) fn of(paper: &Paper<'_>, question: &Question) -> Self {
        let Some(rule) = &question.asked_if else { return Self::Everyone };
        let Some(earlier) = paper.questionnaire.questions.get(rule.question) else { return Self::Everyone };
        let reference = paper.reference_of(rule.question);
        let asked = reference.and_then(|r| paper.asked(r));
        let option = |&k: &usize| -> Vec<Named> {
            let known = asked.as_ref().and_then(|a| a.categories.get(k).copied().flatten());
            let merged = asked.as_ref().and_then(|a| a.merged.iter().find(|m| m.own == k)).map(|m| m.of.iter().map(|t| Named::Reference(*t)).collect());
            let label = || earlier.categories().get(k).map_or_else(String::new, |c| spelling::label(&c.label));
            known.map(|t| vec![Named::Reference(t)]).or(merged).unwrap_or_else(|| vec![Named::Own(label())])
        };
        Self::Answered {
            question: reference.map_or_else(|| Named::Own(spelling::label(&earlier.id)), Named::Reference),
            options: rule.categories.iter().flat_map(option).collect(),
            among: Box::new(Self::of(paper, earlier)),
        }
    }
}

/// The filter of a question in the words of its own paper.
pub(super) fn words(paper: &Paper<'_>, question: &Question) -> Text {
    let Some(rule) = &question.asked_if else { return Text::new("全員", "everyone") };
    let Some(earlier) = paper.questionnaire.questions.get(rule.question) else { return Text::new("全員", "everyone") };
    let labels: Vec<&str> = rule.categories.iter().filter_map(|&k| earlier.categories().get(k)).map(|c| c.label.as_str()).collect();
    let id = &earlier.id;
    Text::new(format!("{id}で「{}」と答えた人", labels.join("」「")), format!("those who said \"{}\" to {id}", labels.join("\", \"")))
}
