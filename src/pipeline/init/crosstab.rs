//! The indicator that a first plan begins with, and what numbers are broken down by.

use crate::draft::{Inferred, attribute, is_about_form};
use crate::questionnaire::{Question, QuestionKind};

/// The id of the first indicator.
pub(super) const INDICATOR: &str = "indicator-1";

/// The question of the first indicator, and one to break it down by: an attribute where there is one.
pub(super) fn first_crosstab(inferred: &Inferred) -> Option<(usize, usize)> {
    let questions = &inferred.questionnaire.questions;
    let single = |q: &Question| matches!(q.kind, QuestionKind::Single(_)) && q.categories().len() > 1;
    let singles: Vec<usize> = (0..questions.len()).filter(|&i| single(&questions[i])).collect();
    let chosen = |q: &Question| single(q) || matches!(q.kind, QuestionKind::Multiple { .. });
    // What tells of the sample is nobody's answer.
    let of_sample =
        |q: &Question| inferred.sample.iter().any(|(name, ..)| *name == q.id || q.columns.contains(name));
    let subject = |q: &Question| {
        chosen(q) && attribute(q).is_none() && !is_about_form(q) && q.derivation.is_none() && !of_sample(q)
    };
    let subject = (0..questions.len()).find(|&i| subject(&questions[i])).or(singles.first().copied())?;
    let axis = axes(inferred).into_iter().find(|&i| i != subject);
    let other = || {
        singles.iter().copied().find(|&i| {
            let q = &questions[i];
            i != subject && !is_about_form(q) && !of_sample(q) && q.categories().len() <= 12
        })
    };
    Some((subject, axis.or_else(other).unwrap_or(subject)))
}

/// The questions that numbers are broken down by: attributes of the respondents, in the usual order.
pub(super) fn axes(inferred: &Inferred) -> Vec<usize> {
    let questions = &inferred.questionnaire.questions;
    let of = |(at, q): (usize, &Question)| {
        let fits = matches!(q.kind, QuestionKind::Single(_)) && (2..=60).contains(&q.categories().len());
        let rank = if q.derivation.is_some() { Some(1) } else { attribute(q) };
        rank.filter(|_| fits).map(|rank| (rank, at))
    };
    let mut ranked: Vec<(usize, usize)> = questions.iter().enumerate().filter_map(of).collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, at)| at).take(4).collect()
}
