//! Waves of one survey whose papers differ: questions are renumbered, options reworded, added, merged or dropped.
//!
//! One questionnaire of the survey is the reference. A wave with a paper of its own is decoded by that paper, with the
//! numbers and codes that its files have, and then [`harmonise`]d: its answers become answers to the questions of the
//! reference, so that everything after it goes on with one questionnaire. What may be said about a change between two
//! waves follows from what differs between the papers ([`compare_papers`]), never from the numbers.

mod comparison;
mod filter;
mod harmonise;
mod options;
mod wording;

pub use comparison::{Aspect, Comparability, Counted, Difference, Paper, compare_papers};
pub use harmonise::{Harmonised, harmonise};
pub use wording::{NEAR, most_alike, similarity};

use super::questionnaire::{Category, Question};
use super::spelling;

/// Where the questions of the reference stand on the paper of a wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// One entry a question of the reference, in its order.
    pub counterparts: Vec<Counterpart>,
}

impl Mapping {
    /// Where question `question` of the reference stands; `None` when the wave did not ask it.
    pub fn asked(&self, question: usize) -> Option<&AskedAs> {
        match self.counterparts.get(question)? {
            Counterpart::NotAsked => None,
            Counterpart::Asked(asked) => Some(asked),
        }
    }

    /// The question of the reference that question `own` of the wave's paper answers.
    pub fn reference_of(&self, own: usize) -> Option<usize> {
        self.counterparts.iter().position(|c| matches!(c, Counterpart::Asked(a) if a.question == own))
    }
}

/// Where one question of the reference stands on the paper of a wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counterpart {
    /// Nowhere: the wave did not ask it.
    NotAsked,
    /// There.
    Asked(AskedAs),
}

/// A question of the reference as a wave asked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedAs {
    /// Index of the question on the wave's paper.
    pub question: usize,
    /// How it was found.
    pub found: FoundBy,
    /// For each category of the wave's question the category of the reference that it counts as; several may be one.
    /// `None`: none of the reference's, so it is kept apart.
    pub categories: Vec<Option<usize>>,
}

/// How the counterpart of a question was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundBy {
    /// A person said so.
    Plan,
    /// It has the same number: a guess until the words are looked at.
    Number,
}

impl AskedAs {
    /// The counterpart of `reference` that is `own` (index `question`): the options `listed` (category of the reference,
    /// category of the wave) as said, every other option of the reference with the option of the same words, width and
    /// blanks aside, unless that one is listed elsewhere.
    pub fn new(reference: &Question, own: &Question, question: usize, found: FoundBy, listed: &[(usize, usize)]) -> Self {
        let mut categories: Vec<Option<usize>> = vec![None; own.categories().len()];
        for (target, from) in listed {
            if let Some(slot) = categories.get_mut(*from) {
                *slot = Some(*target);
            }
        }
        for (target, category) in reference.categories().iter().enumerate() {
            if listed.iter().any(|(t, _)| *t == target) {
                continue;
            }
            if let Some(from) = labelled(own, &category.label)
                && let Some(slot) = categories.get_mut(from)
                && slot.is_none()
            {
                *slot = Some(target);
            }
        }
        Self { question, found, categories }
    }

    /// The categories of `own` that count as category `target` of the reference.
    fn counting_as<'q>(&self, own: &'q Question, target: usize) -> Vec<&'q Category> {
        own.categories().iter().zip(&self.categories).filter(|(_, t)| **t == Some(target)).map(|(c, _)| c).collect()
    }
}

/// The index of the category with these words, width and blanks aside; unlike [`Question::category`], never by its code,
/// which another paper gives to another option.
pub fn labelled(question: &Question, words: &str) -> Option<usize> {
    let wanted = spelling::label(words);
    question.categories().iter().position(|c| spelling::label(&c.label) == wanted)
}
