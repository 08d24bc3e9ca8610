//! What a measure is, with everything resolved.

use crate::decode::Base;
use crate::indicator::{CountQuery, DataKind, ValueFormat};
use crate::questionnaire::AskedIf;

/// What is measured.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// An estimate from the answers to a survey.
    Estimate(EstimateDefinition),
    /// An administrative count.
    Count {
        /// The files, from the project's folder; one for each year where there are several.
        files: Vec<String>,
        /// The sheet.
        sheet: Option<String>,
        /// The item, and what tells its cell.
        query: CountQuery,
        /// Whether the count is real.
        data: DataKind,
    },
}

/// An estimate from the answers to a survey.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimateDefinition {
    /// Index of the survey.
    pub survey: usize,
    /// What is estimated.
    pub statistic: StatisticDefinition,
    /// Of whom, by their answers to the survey's questionnaire; everyone when `None`. Those for whom it does
    /// not hold, or for whom that is unknown, are outside the domain, never outside the design.
    pub domain: Option<AskedIf>,
    /// How it is printed.
    pub format: ValueFormat,
}

/// What is estimated from which questions (indices in the survey's questionnaire).
#[derive(Debug, Clone, PartialEq)]
pub enum StatisticDefinition {
    /// The share of those who chose an option.
    Share {
        /// The question.
        question: usize,
        /// Indices of the categories that count.
        categories: Vec<usize>,
        /// The base.
        base: Base,
    },
    /// The mean of the numbers answered to this question.
    Mean(usize),
    /// Their total.
    Total(usize),
    /// A ratio of two totals, of those who answered both.
    Ratio {
        /// The question of the numerator.
        numerator: usize,
        /// The question of the denominator.
        denominator: usize,
    },
    /// A quantile of numbers.
    Quantile {
        /// The question.
        question: usize,
        /// Its probability, in [0, 1].
        at: f64,
    },
    /// The mean of the points of the options chosen.
    Score {
        /// The question.
        question: usize,
        /// Categories that have points (indices, in the plan's order), and their points.
        points: Vec<(usize, f64)>,
    },
}

impl EstimateDefinition {
    /// The question that it is about; of a ratio, that of the numerator.
    pub fn question(&self) -> usize {
        match &self.statistic {
            StatisticDefinition::Share { question, .. }
            | StatisticDefinition::Mean(question)
            | StatisticDefinition::Total(question)
            | StatisticDefinition::Ratio { numerator: question, .. }
            | StatisticDefinition::Quantile { question, .. }
            | StatisticDefinition::Score { question, .. } => *question,
        }
    }

    /// The questions that it is about: one, or both of a ratio.
    pub fn questions(&self) -> Vec<usize> {
        match &self.statistic {
            StatisticDefinition::Ratio { numerator, denominator } if numerator != denominator => {
                vec![*numerator, *denominator]
            }
            _ => vec![self.question()],
        }
    }

    /// Those, and the questions that its domain depends on; each once.
    pub fn all_questions(&self) -> Vec<usize> {
        let mut out = self.questions();
        for question in self.domain.iter().flat_map(AskedIf::questions) {
            if !out.contains(&question) {
                out.push(question);
            }
        }
        out
    }

    /// The base: of a number, and of points, those who gave them.
    pub fn base(&self) -> Base {
        match &self.statistic {
            StatisticDefinition::Share { base, .. } => *base,
            _ => Base::Answered,
        }
    }

    /// The categories of its question that matter: those that count, or that have points; none of a number.
    pub fn categories(&self) -> Vec<usize> {
        self.classes().into_iter().flat_map(|(categories, _)| categories).collect()
    }

    /// The categories of its question by what they are worth: those of a share 1, those of a score their
    /// points, the first one first; none of a number.
    pub(super) fn classes(&self) -> Vec<(Vec<usize>, f64)> {
        match &self.statistic {
            StatisticDefinition::Share { categories, .. } => vec![(categories.clone(), 1.0)],
            StatisticDefinition::Score { points, .. } => {
                let mut classes: Vec<(Vec<usize>, f64)> = Vec::new();
                for (category, worth) in points {
                    match classes.iter_mut().find(|(_, w)| w == worth) {
                        Some((categories, _)) => categories.push(*category),
                        None => classes.push((vec![*category], *worth)),
                    }
                }
                classes
            }
            _ => Vec::new(),
        }
    }
}
