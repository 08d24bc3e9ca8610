//! Some answers of a wave once more, as they would be had the office decided otherwise: only the questions
//! concerned are read.

use std::collections::BTreeSet;

use crate::decode::answer::{Answers, Responses};
use crate::decode::code_list::CodeList;
use crate::decode::decoder;
use crate::decode::decoder::DecodeOptions;
use crate::decode::{columns, skip};
use crate::error::Result;
use crate::questionnaire::model::Questionnaire;
use crate::questionnaire::processing_rule::{DontKnow, ProcessingRule};
use crate::raw::Table;

/// The earlier questions that the skip rule of `question` depends on, by way of their own rules too; in
/// order.
pub fn depends_on(questionnaire: &Questionnaire, question: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = vec![question];
    while let Some(next) = open.pop() {
        let rule = questionnaire.questions.get(next).and_then(|q| q.asked_if.as_ref());
        open.extend(rule.map(|r| r.questions()).unwrap_or_default().into_iter().filter(|q| found.insert(*q)));
    }
    found
}

/// The answers to `question` and to all questions whose skip rules depend on it, by index, had the decision
/// about `question` been `treatment`: the same as [`decode`](super::decode()) gives for the questionnaire (or
/// options) changed so, for the same rows. A decision about one question leaves the rows as they are; that
/// about duplicates does not, so it needs `decode`.
///
/// # Errors
/// As `decode`, for columns that cannot be found.
pub fn treated(
    questionnaire: &Questionnaire,
    tables: &[Table],
    options: &DecodeOptions,
    answers: &Answers,
    question: usize,
    treatment: ProcessingRule,
) -> Result<Vec<(usize, Responses)>> {
    let mut changed = questionnaire.clone();
    if let Some(of) = changed.questions.get_mut(question) {
        treatment.set(&mut of.policy);
    }
    let mut missing = options.dont_know_missing.clone();
    let mut wanted = BTreeSet::from([question]);
    match (treatment, questionnaire.questions.get(question)) {
        // Skip rules see わからない before it becomes a missing reason.
        (ProcessingRule::DontKnow(DontKnow::Missing), Some(of)) => drop(missing.insert(of.id.clone())),
        (ProcessingRule::DontKnow(DontKnow::Answer), Some(of)) => drop(missing.remove(&of.id)),
        _ => wanted.extend(
            (question + 1..changed.questions.len()).filter(|q| depends_on(&changed, *q).contains(&question)),
        ),
    }
    let needed: BTreeSet<usize> =
        wanted.iter().flat_map(|q| depends_on(&changed, *q)).chain(wanted.iter().copied()).collect();
    let code_lists: Vec<(usize, CodeList)> =
        needed.iter().filter_map(|q| changed.questions.get(*q).map(|of| (*q, CodeList::of(of)))).collect();
    let layouts = tables
        .iter()
        .map(|table| {
            decoder::locate_some(
                &changed.questions,
                code_lists.iter().filter_map(|(q, code_list)| Some((changed.questions.get(*q)?, code_list))),
                table,
            )
        })
        .collect::<Result<Vec<_>>>()?;
    let mut said: Vec<Responses> = changed.questions.iter().map(|_| Responses::Text(Vec::new())).collect();
    for (at, (q, code_list)) in code_lists.iter().enumerate() {
        let Some(of) = changed.questions.get(*q) else { continue };
        let read: Vec<Responses> = tables
            .iter()
            .zip(&layouts)
            .filter_map(|(table, found)| Some(columns::read(of, code_list, found.get(at)?, table).0))
            .collect();
        let mut own =
            decoder::gather(&of.kind, &read.iter().collect::<Vec<_>>(), &answers.source, &answers.source_row);
        skip::apply(of, &said, &mut own, |_, _| {});
        if let Some(slot) = said.get_mut(*q) {
            *slot = own;
        }
    }
    let mut out = Vec::new();
    for q in wanted {
        let (Some(of), Some(slot)) = (changed.questions.get(q), said.get_mut(q)) else { continue };
        let mut own = std::mem::replace(slot, Responses::Text(Vec::new()));
        if missing.contains(&of.id) {
            decoder::leave_dont_know(of, &mut own);
        }
        out.push((q, own));
    }
    Ok(out)
}
