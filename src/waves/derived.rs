//! Derived variables of the reference in a wave with a paper of its own: made of the harmonised answers,
//! with the options that only this wave had.

use std::collections::{BTreeMap, BTreeSet};

use crate::questionnaire::derivation::{Derivation, Rest};
use crate::questionnaire::model::{Category, Question, QuestionKind};
use crate::questionnaire::rule::AskedIf;
use crate::waves::{AskedAs, Counterpart, Mapping};

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

    /// Whether the wave can answer question `question` of the reference: it asked it, or all that it is
    /// made of.
    pub fn answers(&self, question: usize) -> bool {
        sources(question, &[], |q| self.derivation(q)).keys().all(|leaf| self.asked(*leaf).is_some())
    }

    /// Whether the wave's paper had one of the options `chosen` of question `question` of the reference, or
    /// what one of them is made of.
    pub fn has_one_of(&self, question: usize, chosen: &[usize]) -> bool {
        let of_options = |d: &Derivation| matches!(d, Derivation::Merge { .. } | Derivation::Cross { .. });
        match self.derivation(question) {
            Some(derivation) if of_options(derivation) => {
                let leaves = sources(question, chosen, |q| self.derivation(q));
                leaves.into_iter().all(|(leaf, options)| {
                    let options: Vec<usize> = options.into_iter().collect();
                    let there = |asked: &AskedAs| options.is_empty() || asked.has_one_of(&options);
                    self.asked(leaf).is_some_and(there)
                })
            }
            Some(_) => self.answers(question),
            None => self.asked(question).is_some_and(|asked| asked.has_one_of(chosen)),
        }
    }

    /// The questions of the wave's paper that the answers to `question` of the reference are made of.
    pub fn own_of(&self, question: usize) -> BTreeSet<usize> {
        let leaves = sources(question, &[], |q| self.derivation(q));
        leaves.keys().filter_map(|leaf| self.asked(*leaf)).map(|asked| asked.question).collect()
    }
}

/// The questions that `question` is made of in the end, each with its categories that decide whether the
/// answer is one of `chosen`: itself, where `derivation` has nothing to say of it. Each is looked at once,
/// however many derived variables lead to it.
pub(crate) fn sources<'d>(
    question: usize,
    chosen: &[usize],
    derivation: impl Fn(usize) -> Option<&'d Derivation>,
) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut found = BTreeMap::new();
    let mut open = BTreeMap::from([(question, chosen.iter().copied().collect::<BTreeSet<usize>>())]);
    // Sources have lower numbers, so that whatever leads to one has been looked at before it.
    while let Some((next, categories)) = open.pop_last() {
        match derivation(next) {
            Some(derivation) => {
                let categories: Vec<usize> = categories.into_iter().collect();
                for (source, deciding) in derivation.deciding(&categories) {
                    open.entry(source).or_default().extend(deciding);
                }
            }
            None => drop(found.insert(next, categories)),
        }
    }
    found
}

/// The derived variable `question` of the reference for a wave whose harmonised questions have these
/// `options`.
///
/// An option that only the wave had stays apart: a valid answer in a category of its own behind those of
/// the reference, unless the variable says what the rest is. One that is several of the reference's in one
/// is in a group where all of those are, and meets a condition that names all of them.
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
