//! Who was asked a question, in the words of the reference, so that two papers can be held against each
//! other.

use std::collections::BTreeSet;

use crate::questionnaire::model::Question;
use crate::questionnaire::rule::{AskedIf, Relation};
use crate::text::Text;
use crate::text::spelling;
use crate::waves::paper::Paper;

/// Whom a question is asked of, whatever its number on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    /// Everyone.
    Everyone,
    /// Those who gave one of these answers to an earlier question, among those whom that one was asked of.
    Answered { question: Named, options: BTreeSet<Named>, among: Box<Filter> },
    /// Those whose number meets the comparisons (limits by their bits), among those whom the question was
    /// asked of; any number, or any answer at all, where there are none.
    Compared { question: Named, comparisons: Vec<(Relation, u64)>, among: Box<Filter> },
    /// Those in all of these.
    All(Vec<Filter>),
    /// Those in one or more of these.
    Any(Vec<Filter>),
    /// All others.
    Not(Box<Filter>),
}

/// A question or an option: by its index in the reference, or, where the reference has none, by its own
/// words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    Reference(usize),
    Own(String),
}

/// So many joined rules behind one another are looked into; rules of one condition as many as there are.
const FURTHEST: usize = 4;

impl Filter {
    /// The filter of `question` on `paper`.
    pub(crate) fn of(paper: &Paper<'_>, question: &Question) -> Self {
        question.asked_if.as_ref().map_or(Self::Everyone, |rule| Self::of_rule(paper, rule, FURTHEST))
    }

    fn of_rule(paper: &Paper<'_>, rule: &AskedIf, left: usize) -> Self {
        let named = |index: usize, earlier: &Question| {
            paper
                .reference_of(index)
                .map_or_else(|| Named::Own(spelling::label(&earlier.id)), Named::Reference)
        };
        let among = |earlier: &Question| {
            Box::new(
                earlier.asked_if.as_ref().map_or(Self::Everyone, |rule| Self::of_rule(paper, rule, left)),
            )
        };
        let list = |rules: &[AskedIf]| match left.checked_sub(1) {
            Some(left) => rules.iter().map(|rule| Self::of_rule(paper, rule, left)).collect(),
            None => Vec::new(),
        };
        match rule {
            AskedIf::Chose { question, categories } => {
                let Some(earlier) = paper.questionnaire.questions.get(*question) else {
                    return Self::Everyone;
                };
                // A derived variable is what it is made of, whether or not the other paper has it.
                if let Some(rule) = earlier.derivation.as_ref().and_then(|d| d.rule(categories)) {
                    return Self::of_rule(paper, &rule, left);
                }
                let reference = paper.reference_of(*question);
                let asked = reference.and_then(|r| paper.asked(r));
                let option = |&k: &usize| -> Vec<Named> {
                    let known = asked.as_ref().and_then(|a| a.categories.get(k).copied().flatten());
                    let merged = asked
                        .as_ref()
                        .and_then(|a| a.merged.iter().find(|m| m.own == k))
                        .map(|m| m.of.iter().map(|t| Named::Reference(*t)).collect());
                    let label = || {
                        earlier.categories().get(k).map_or_else(String::new, |c| spelling::label(&c.label))
                    };
                    known
                        .map(|t| vec![Named::Reference(t)])
                        .or(merged)
                        .unwrap_or_else(|| vec![Named::Own(label())])
                };
                Self::Answered {
                    question: named(*question, earlier),
                    options: categories.iter().flat_map(option).collect(),
                    among: among(earlier),
                }
            }
            AskedIf::Number { question, comparisons } => {
                let Some(earlier) = paper.questionnaire.questions.get(*question) else {
                    return Self::Everyone;
                };
                let comparisons = comparisons.iter().map(|(how, limit)| (*how, limit.to_bits())).collect();
                Self::Compared { question: named(*question, earlier), comparisons, among: among(earlier) }
            }
            AskedIf::Answered(question) => {
                let Some(earlier) = paper.questionnaire.questions.get(*question) else {
                    return Self::Everyone;
                };
                Self::Compared {
                    question: named(*question, earlier),
                    comparisons: Vec::new(),
                    among: among(earlier),
                }
            }
            AskedIf::All(rules) => Self::All(list(rules)),
            AskedIf::Any(rules) => Self::Any(list(rules)),
            AskedIf::Not(rule) => Self::Not(Box::new(Self::of_rule(paper, rule, left))),
        }
    }
}

/// The filter of a question in the words of its own paper.
pub(crate) fn words(paper: &Paper<'_>, question: &Question) -> Text {
    question.asked_if.as_ref().map_or_else(|| Text::new("全員", "everyone"), |rule| rule_words(paper, rule))
}

/// A rule in the words of the paper that it is about: `年齢が65以上の人`.
pub(crate) fn rule_words(paper: &Paper<'_>, rule: &AskedIf) -> Text {
    let id = |question: usize| paper.questionnaire.questions.get(question).map_or("", |q| q.id.as_str());
    let several = |rules: &[AskedIf], (ja, en): (&str, &str)| {
        let (each_ja, each_en): (Vec<String>, Vec<String>) =
            rules.iter().map(|rule| rule_words(paper, rule)).map(|t| (t.ja, t.en)).unzip();
        Text::new(each_ja.join(ja), each_en.join(en))
    };
    match rule {
        AskedIf::Chose { question, categories } => {
            let options =
                paper.questionnaire.questions.get(*question).map(Question::categories).unwrap_or_default();
            let labels: Vec<&str> =
                categories.iter().filter_map(|&k| options.get(k)).map(|c| c.label.as_str()).collect();
            let id = id(*question);
            Text::new(
                format!("{id}で「{}」と答えた人", labels.join("」「")),
                format!("those who said \"{}\" to {id}", labels.join("\", \"")),
            )
        }
        AskedIf::Number { question, comparisons } => {
            let id = id(*question);
            let (ja, en): (Vec<String>, Vec<String>) =
                comparisons.iter().map(|(how, limit)| how.words(*limit)).map(|t| (t.ja, t.en)).unzip();
            Text::new(
                format!("{id}が{}の人", ja.join("・")),
                format!("those whose {id} is {}", en.join(" and ")),
            )
        }
        AskedIf::Answered(question) => {
            Text::new(format!("{}に答えた人", id(*question)), format!("those who answered {}", id(*question)))
        }
        AskedIf::All(rules) => several(rules, ("、かつ", ", and ")),
        AskedIf::Any(rules) => several(rules, ("、または", ", or ")),
        AskedIf::Not(rule) => {
            let inner = rule_words(paper, rule);
            Text::new(format!("「{}」でない人", inner.ja), format!("all but ({})", inner.en))
        }
    }
}
