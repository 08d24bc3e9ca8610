//! The paper of a wave: its questionnaire, and where the questions of the reference stand on it.

use std::borrow::Cow;

use crate::questionnaire::derivation::Derivation;
use crate::questionnaire::model::{Question, Questionnaire};
use crate::waves::{AskedAs, Counterpart, FoundBy, Mapping};

/// The paper of a wave.
#[derive(Debug, Clone, Copy)]
pub struct Paper<'a> {
    /// The questionnaire.
    pub questionnaire: &'a Questionnaire,
    /// Where the questions of the reference stand on it; `None` for the reference itself.
    pub mapping: Option<&'a Mapping>,
}

impl<'a> Paper<'a> {
    /// Where question `reference` of the reference stands.
    pub(crate) fn asked(&self, reference: usize) -> Option<Cow<'a, AskedAs>> {
        match self.mapping {
            Some(mapping) => match mapping.counterparts.get(reference)? {
                Counterpart::Asked(asked) => Some(Cow::Borrowed(asked)),
                Counterpart::NotAsked | Counterpart::Derived(_) => None,
            },
            None => {
                let question = self.questionnaire.questions.get(reference)?;
                if question.derivation.is_some() {
                    return None;
                }
                let categories = (0..question.categories().len()).map(Some).collect();
                Some(Cow::Owned(AskedAs {
                    question: reference,
                    found: FoundBy::Plan,
                    categories,
                    merged: Vec::new(),
                }))
            }
        }
    }

    /// What question `reference` of the reference is made of, where it was not asked itself.
    pub(crate) fn derivation(&self, reference: usize) -> Option<&'a Derivation> {
        match self.mapping {
            Some(mapping) => mapping.derivation(reference).filter(|_| mapping.answers(reference)),
            None => self.questionnaire.questions.get(reference)?.derivation.as_ref(),
        }
    }

    /// The question of the reference that question `own` of this paper answers.
    pub(crate) fn reference_of(&self, own: usize) -> Option<usize> {
        self.mapping.map_or(Some(own), |m| m.reference_of(own))
    }
}

/// A question as a paper asks it.
pub(crate) struct Asked<'a> {
    pub(crate) question: &'a Question,
    pub(crate) asked: Cow<'a, AskedAs>,
}
