//! Some answers of a wave once more, as they would be had the office decided otherwise: only the questions
//! concerned are read.

use std::collections::BTreeSet;

use crate::decode::answer::{Answers, Responses};
use crate::decode::code_list::CodeList;
use crate::decode::decoder;
use crate::decode::decoder::DecodeOptions;
use crate::decode::dont_know::leave_dont_know;
use crate::decode::{columns, derived, skip};
use crate::error::Result;
use crate::questionnaire::model::Questionnaire;
use crate::questionnaire::processing_rule::{DontKnow, ProcessingRule};
use crate::raw::Table;

/// The questions and derived variables that the answers to `question` depend on, by its skip rule or
/// because it is made of them, by way of their own rules and sources too; in order.
pub fn depends_on(questionnaire: &Questionnaire, question: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = vec![question];
    while let Some(next) = open.pop() {
        let Some(next) = questionnaire.questions.get(next) else { continue };
        let rule = next.asked_if.iter().flat_map(|rule| rule.questions());
        let sources = next.derivation.iter().flat_map(|derivation| derivation.sources());
        open.extend(rule.chain(sources).filter(|q| found.insert(*q)));
    }
    found
}

/// The answers to `question` and to all questions and derived variables that depend on it, by index, had
/// the decision about `question` been `treatment`: the same as [`decode`](crate::decode::decode()) gives
/// for the questionnaire (or options) changed so, for the same rows. A decision about one question leaves the
/// rows as they are; that about duplicates does not, so it needs `decode`.
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
        // Skip rules see わからない before it becomes a missing reason; derived variables see it afterwards.
        (ProcessingRule::DontKnow(DontKnow::Missing), Some(of)) => drop(missing.insert(of.id.clone())),
        (ProcessingRule::DontKnow(DontKnow::Answer), Some(of)) => drop(missing.remove(&of.id)),
        _ => wanted.extend(
            (question + 1..changed.questions.len()).filter(|q| depends_on(&changed, *q).contains(&question)),
        ),
    }
    if matches!(treatment, ProcessingRule::DontKnow(_)) {
        wanted.extend(
            (question + 1..changed.questions.len()).filter(|q| changed.made_of(*q).contains(&question)),
        );
    }
    let needed: BTreeSet<usize> =
        wanted.iter().flat_map(|q| depends_on(&changed, *q)).chain(wanted.iter().copied()).collect();
    let asked = changed.asked();
    let code_lists: Vec<(usize, CodeList)> =
        needed.iter().filter_map(|q| asked.get(*q).map(|of| (*q, CodeList::of(of)))).collect();
    let layouts = tables
        .iter()
        .map(|table| {
            decoder::locate_some(
                asked,
                code_lists.iter().filter_map(|(q, code_list)| Some((changed.questions.get(*q)?, code_list))),
                table,
            )
        })
        .collect::<Result<Vec<_>>>()?;
    let mut said: Vec<Responses> = changed.questions.iter().map(|_| Responses::Text(Vec::new())).collect();
    for q in changed.in_order().into_iter().filter(|q| needed.contains(q)) {
        let Some(of) = changed.questions.get(q) else { continue };
        let own = if let Some(derivation) = &of.derivation {
            derived::answers(of, derivation, &said)
        } else {
            let at = code_lists.iter().enumerate().find(|(_, (other, _))| *other == q);
            let Some((at, (_, code_list))) = at else { continue };
            let read: Vec<Responses> = tables
                .iter()
                .zip(&layouts)
                .filter_map(|(table, found)| Some(columns::read(of, code_list, found.get(at)?, table).0))
                .collect();
            let parts = read.iter().collect::<Vec<_>>();
            let mut own = decoder::gather(&of.kind, &parts, &answers.source, &answers.source_row);
            skip::apply(of, &said, &mut own, |_, _| {});
            own
        };
        if let Some(slot) = said.get_mut(q) {
            *slot = own;
        }
    }
    for (of, own) in asked.iter().zip(&mut said) {
        if missing.contains(&of.id) {
            leave_dont_know(of, own);
        }
    }
    derived::derive(&changed, &mut said, &needed, &missing, None);
    let mut out = Vec::new();
    for q in wanted {
        if let Some(slot) = said.get_mut(q) {
            out.push((q, std::mem::replace(slot, Responses::Text(Vec::new()))));
        }
    }
    Ok(out)
}
