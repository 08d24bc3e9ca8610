//! Derived variables of the reference in a wave with a paper of its own: made of the harmonised answers, with the
//! options that only this wave had.

use std::collections::{BTreeMap, BTreeSet};

use crate::questionnaire::derivation::{Derivation, Rest};
use crate::questionnaire::model::{Category, Question, QuestionKind};
use crate::questionnaire::rule::AskedIf;
use crate::waves::{Counterpart, Mapping};

/// The options of a harmonised question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// How many the reference has.
    pub(crate) known: usize,
    /// All: those of the reference, then those that only the wave had.
    pub(crate) labels: Vec<String>,
    /// Those that are several of the reference's in one: index, and which ones.
    pub(crate) merged: Vec<(usize, Vec<usize>)>,
}

impl Mapping {
    /// What question `question` of the reference is made of in this wave.
    pub fn derivation(&self, question: usize) -> Option<&Derivation> {
        match self.counterparts.get(question) {
            Some(Counterpart::Derived(derivation)) => Some(derivation),
            _ => None,
        }
    }

    /// Whether the wave can answer question `question` of the reference: it asked it, or all that it is made of.
    pub fn answers(&self, question: usize) -> bool {
        match self.counterparts.get(question) {
            Some(Counterpart::Asked(_)) => true,
            Some(Counterpart::Derived(derivation)) => derivation.sources().iter().all(|q| self.answers(*q)),
            Some(Counterpart::NotAsked) | None => false,
        }
    }

    /// Whether the wave's paper had one of the options `chosen` of question `question` of the reference, or what
    /// one of them is made of.
    pub fn has_one_of(&self, question: usize, chosen: &[usize]) -> bool {
        match self.counterparts.get(question) {
            Some(Counterpart::Asked(asked)) => asked.has_one_of(chosen),
            Some(Counterpart::Derived(derivation)) => match derivation {
                Derivation::Merge { .. } | Derivation::Cross { .. } => {
                    derivation.deciding(chosen).into_iter().all(|(source, options)| {
                        self.has_one_of(source, &options.into_iter().collect::<Vec<_>>())
                    })
                }
                Derivation::Bands { .. } | Derivation::Test { .. } | Derivation::Count { .. } => {
                    self.answers(question)
                }
            },
            Some(Counterpart::NotAsked) | None => false,
        }
    }

    /// The questions of the wave's paper that the answers to `question` of the reference are made of.
    pub fn own_of(&self, question: usize) -> BTreeSet<usize> {
        match self.counterparts.get(question) {
            Some(Counterpart::Asked(asked)) => BTreeSet::from([asked.question]),
            Some(Counterpart::Derived(derivation)) => {
                derivation.sources().into_iter().flat_map(|source| self.own_of(source)).collect()
            }
            Some(Counterpart::NotAsked) | None => BTreeSet::new(),
        }
    }
}

/// The derived variable `question` of the reference for a wave whose harmonised questions have these `options`.
///
/// An option that only the wave had stays apart: a valid answer in a category of its own behind those of the
/// reference, unless the variable says what the rest is. One that is several of the reference's in one is in a
/// group where all of those are, and meets a condition that names all of them.
pub(crate) fn widened(
    question: &Question,
    derivation: &Derivation,
    options: &BTreeMap<usize, Options>,
) -> Question {
    let of_source = |source: &usize| options.get(source).cloned().unwrap_or_default();
    let mut question = question.clone();
    let mut more: Vec<String> = Vec::new();
    let derivation = match derivation {
        Derivation::Bands { .. } => derivation.clone(),
        Derivation::Merge { of, into, rest } => {
            let source = of_source(of);
            let mut into = into.clone();
            let known = question.categories().len();
            for at in source.known..source.labels.len() {
                let groups: Option<BTreeSet<Option<usize>>> = (source.merged.iter())
                    .find(|(own, _)| *own == at)
                    .map(|(_, of)| of.iter().map(|k| into.get(*k).copied().flatten()).collect());
                let one = groups.filter(|groups| groups.len() == 1).and_then(|mut groups| groups.pop_first());
                into.push(match (one, *rest) {
                    (Some(group), _) => group,
                    (None, Rest::Category) => known.checked_sub(1),
                    (None, Rest::Outside) => None,
                    (None, Rest::Unsaid) => {
                        more.extend(source.labels.get(at).cloned());
                        Some(known + more.len() - 1)
                    }
                });
            }
            Derivation::Merge { of: *of, into, rest: *rest }
        }
        Derivation::Test { joined, conditions, not_asked_is_no } => Derivation::Test {
            joined: *joined,
            conditions: conditions.iter().map(|c| with_merged(c, options)).collect(),
            not_asked_is_no: *not_asked_is_no,
        },
        Derivation::Count { conditions, not_asked_is_no } => Derivation::Count {
            conditions: conditions.iter().map(|c| with_merged(c, options)).collect(),
            not_asked_is_no: *not_asked_is_no,
        },
        Derivation::Cross { of, cells } => {
            let sources: Vec<Options> = of.iter().map(of_source).collect();
            let mut cells = cells.clone();
            for cell in all_cells(&sources) {
                let is_new = sources.iter().zip(&cell).any(|(source, k)| usize::from(*k) >= source.known);
                if is_new {
                    let labels: Vec<&str> = sources
                        .iter()
                        .zip(&cell)
                        .filter_map(|(source, k)| source.labels.get(usize::from(*k)))
                        .map(String::as_str)
                        .collect();
                    more.push(labels.join("・"));
                    cells.push(cell);
                }
            }
            Derivation::Cross { of: of.clone(), cells }
        }
    };
    if let QuestionKind::Single(categories) | QuestionKind::Multiple { categories, .. } = &mut question.kind {
        for label in more {
            let code = label.clone();
            categories.push(Category { code, label, dont_know: false, exclusive: false, free_text: false });
        }
    }
    question.derivation = Some(derivation);
    question
}

/// Every combination, the first source slowest.
fn all_cells(sources: &[Options]) -> Vec<Vec<u16>> {
    let mut cells: Vec<Vec<u16>> = vec![Vec::new()];
    for source in sources {
        let longer = |cell: &Vec<u16>| {
            let options = (0_u16..).zip(&source.labels);
            options.map(|(k, _)| cell.iter().copied().chain([k]).collect()).collect::<Vec<Vec<u16>>>()
        };
        cells = cells.iter().flat_map(longer).collect();
    }
    cells
}

/// The condition with the wave's options that are several of those that it names in one.
fn with_merged(rule: &AskedIf, options: &BTreeMap<usize, Options>) -> AskedIf {
    let list = |rules: &[AskedIf]| rules.iter().map(|rule| with_merged(rule, options)).collect();
    match rule {
        AskedIf::Chose { question, categories } => {
            let merged = options.get(question).map(|o| o.merged.as_slice()).unwrap_or_default();
            let also = merged.iter().filter(|(_, of)| of.iter().all(|k| categories.contains(k)));
            let categories = categories.iter().copied().chain(also.map(|(own, _)| *own)).collect();
            AskedIf::Chose { question: *question, categories }
        }
        AskedIf::Number { .. } | AskedIf::Answered(_) => rule.clone(),
        AskedIf::All(rules) => AskedIf::All(list(rules)),
        AskedIf::Any(rules) => AskedIf::Any(list(rules)),
        AskedIf::Not(rule) => AskedIf::Not(Box::new(with_merged(rule, options))),
    }
}
