//! Waves of one survey whose papers differ: questions are renumbered, options reworded, added, merged or
//! dropped.
//!
//! One questionnaire of the survey is the reference. A wave with a paper of its own is decoded by that paper,
//! with the numbers and codes that its files have, and then [`harmonise`]d: its answers become answers to the
//! questions of the reference, so that everything after it goes on with one questionnaire. What may be said
//! about a change between two waves follows from what differs between the papers ([`compare_papers`]), never
//! from the numbers.

mod comparison;
mod derived;
mod difference;
mod filter;
mod harmonise;
mod options;
mod paper;
mod wording;

pub use comparison::compare_papers;
pub use difference::{Aspect, Comparability, Counted, WaveDifference};
pub(crate) use filter::rule_words;
pub use harmonise::{Harmonised, harmonise};
pub use paper::Paper;
pub use wording::{NEAR, most_alike, similarity};

use crate::questionnaire::derivation::Derivation;
use crate::questionnaire::model::{Category, Question};
use crate::text::spelling;

/// Where the questions of the reference stand on the paper of a wave.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// One entry a question of the reference, in its order.
    pub counterparts: Vec<Counterpart>,
}

impl Mapping {
    /// Where question `question` of the reference stands; `None` when the wave did not ask it, be it that
    /// it is made of others ([`Mapping::answers`]).
    pub fn asked(&self, question: usize) -> Option<&AskedAs> {
        match self.counterparts.get(question)? {
            Counterpart::NotAsked | Counterpart::Derived(_) => None,
            Counterpart::Asked(asked) => Some(asked),
        }
    }

    /// The question of the reference that question `own` of the wave's paper answers.
    pub fn reference_of(&self, own: usize) -> Option<usize> {
        self.counterparts.iter().position(|c| matches!(c, Counterpart::Asked(a) if a.question == own))
    }
}

/// Where one question of the reference stands on the paper of a wave.
#[derive(Debug, Clone, PartialEq)]
pub enum Counterpart {
    /// Nowhere: the wave did not ask it.
    NotAsked,
    /// Nowhere, since it is made of other questions of the reference, in every wave.
    Derived(Derivation),
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
    /// For each category of the wave's question the category of the reference that it counts as; several may
    /// be one. `None`: none of the reference's, so it is kept apart.
    pub categories: Vec<Option<usize>>,
    /// Categories of the wave's question that are several of the reference's in one, kept apart too: who
    /// marked one of them chose one of those, but nobody knows which.
    pub merged: Vec<Merged>,
}

/// One option of a wave that is several of the reference's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Its index in the wave's question.
    pub own: usize,
    /// The categories of the reference (indices, ascending).
    pub of: Vec<usize>,
}

impl Merged {
    /// Whether an indicator that counts `chosen` (categories of the reference) counts this one: all that it
    /// is counts.
    fn counts(&self, chosen: &[usize]) -> bool {
        self.of.iter().all(|k| chosen.contains(k))
    }
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
    /// The counterpart of `reference` that is `own` (index `question`): the options `listed` (category of the
    /// reference, category of the wave) and those `merged` as said, every other option of the reference with
    /// the option of the same words, width and blanks aside, unless that one is said to be another.
    pub fn new(
        reference: &Question,
        own: &Question,
        question: usize,
        found: FoundBy,
        listed: &[(usize, usize)],
        merged: Vec<Merged>,
    ) -> Self {
        let mut categories: Vec<Option<usize>> = vec![None; own.categories().len()];
        for (target, from) in listed {
            if let Some(slot) = categories.get_mut(*from) {
                *slot = Some(*target);
            }
        }
        for (target, category) in reference.categories().iter().enumerate() {
            if listed.iter().any(|(t, _)| *t == target) || merged.iter().any(|m| m.of.contains(&target)) {
                continue;
            }
            if let Some(from) =
                labelled(own, &category.label).filter(|from| merged.iter().all(|m| m.own != *from))
                && let Some(slot) = categories.get_mut(from)
                && slot.is_none()
            {
                *slot = Some(target);
            }
        }
        Self { question, found, categories, merged }
    }

    /// For each category of the wave's question its index after harmonising: behind the `known` ones of the
    /// reference for those that are kept apart.
    fn harmonised(&self, known: usize) -> Vec<usize> {
        let mut next = known;
        let mut place = |target: &Option<usize>| {
            target.unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        };
        self.categories.iter().map(&mut place).collect()
    }

    /// The categories, after harmonising, that an indicator counts which counts `chosen` of the `known` ones
    /// of the reference: those, and the options of the wave that are several of them in one.
    pub fn counted(&self, chosen: &[usize], known: usize) -> Vec<usize> {
        let places = self.harmonised(known);
        let more = self.merged.iter().filter(|m| m.counts(chosen)).filter_map(|m| places.get(m.own));
        chosen.iter().chain(more).copied().collect()
    }

    /// Whether the wave had one of the options `chosen`, by itself or with others of them in one.
    pub fn has_one_of(&self, chosen: &[usize]) -> bool {
        self.categories.iter().flatten().any(|k| chosen.contains(k))
            || self.merged.iter().any(|m| m.counts(chosen))
    }

    /// The option of the wave that category `target` of the reference went into with others.
    fn merged_with(&self, target: usize) -> Option<&Merged> {
        self.merged.iter().find(|m| m.of.contains(&target))
    }

    /// The categories of `own` that count as category `target` of the reference.
    fn counting_as<'q>(&self, own: &'q Question, target: usize) -> Vec<&'q Category> {
        own.categories()
            .iter()
            .zip(&self.categories)
            .filter(|(_, t)| **t == Some(target))
            .map(|(c, _)| c)
            .collect()
    }
}

/// The index of the category with these words, width and blanks aside; unlike [`Question::category`], never
/// by its code, which another paper gives to another option.
pub fn labelled(question: &Question, words: &str) -> Option<usize> {
    let wanted = spelling::label(words);
    question.categories().iter().position(|c| spelling::label(&c.label) == wanted)
}
