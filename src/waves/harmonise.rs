//! The answers of a wave's own paper → answers to the reference.

use std::collections::{BTreeMap, BTreeSet};

use crate::decode::answer::{Answers, BaseLedger, MissingReason, Responses};
use crate::decode::derived as decode;
use crate::error::Result;
use crate::questionnaire::model::{Category, Question, QuestionKind, Questionnaire};
use crate::waves::derived::Options;
use crate::waves::{AskedAs, Mapping, derived, labelled};

/// A wave in the words of the reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Harmonised {
    /// The reference. A question of which the wave had options that are none of the reference's has them
    /// behind its own.
    pub questionnaire: Questionnaire,
    /// The answers to it. The respondents, their places in the files, the findings and issues (with the
    /// question's index on the wave's own paper) are those of the wave.
    pub answers: Answers,
}

/// The answers to the questions of `own`, as answers to those of `reference`.
///
/// An option that counts as one of the reference's becomes it; several may become one, and whoever marked two
/// of them marked one. An option that counts as none stays an option of its own behind the reference's: a
/// valid answer that no indicator counts. Missing reasons stay as they are. A question that was not asked is
/// 非該当 for everybody: nothing may be estimated from it. Derived variables of the reference are made of the
/// harmonised answers; `dont_know_missing` are the ids of those whose わからない counts as no answer.
///
/// # Errors
/// `answers::ledger` if the parts of a base do not sum to the returns.
pub fn harmonise(
    reference: &Questionnaire,
    own: &Questionnaire,
    mapping: &Mapping,
    dont_know_missing: &BTreeSet<String>,
    answers: Answers,
) -> Result<Harmonised> {
    let mut options: BTreeMap<usize, Options> = BTreeMap::new();
    let mut made = BTreeSet::new();
    let mut questions = Vec::with_capacity(reference.questions.len());
    let mut responses = Vec::with_capacity(reference.questions.len());
    let mut ledger = Vec::with_capacity(reference.questions.len());
    let left = answers
        .ledger
        .first()
        .map_or((answers.rows as u64, 0, 0), |l| (l.returned, l.invalid_returns, l.duplicates));
    for (index, question) in reference.questions.iter().enumerate() {
        let found = mapping.asked(index).and_then(|asked| {
            let own = own.questions.get(asked.question)?;
            Some((asked, own, answers.responses.get(asked.question)?, answers.ledger.get(asked.question)?))
        });
        let derivation = mapping.derivation(index).filter(|_| mapping.answers(index));
        if let Some(derivation) = derivation {
            let question = derived::widened(question, derivation, &options);
            options.insert(index, options_of(&question, reference.questions.get(index), &[]));
            made.insert(index);
            ledger.push(None);
            responses.push(Responses::Text(Vec::new()));
            questions.push(question);
            continue;
        }
        let Some((asked, own, said, counted)) = found else {
            let none = nobody(&question.kind, answers.rows);
            ledger.push(Some(BaseLedger::of(&question.id, &none, left.0, left.1, left.2)?));
            responses.push(none);
            questions.push(question.clone());
            continue;
        };
        let (mut question, target) = widened(question, own, asked);
        // Asked here, whatever it is made of elsewhere.
        question.derivation = None;
        let merged: Vec<(usize, Vec<usize>)> =
            asked.merged.iter().filter_map(|m| Some((*target.get(m.own)?, m.of.clone()))).collect();
        options.insert(index, options_of(&question, reference.questions.get(index), &merged));
        responses.push(renamed(said, &target));
        ledger.push(Some(*counted));
        questions.push(question);
    }
    let questionnaire = Questionnaire { title: reference.title.clone(), questions };
    let found = decode::derive(&questionnaire, &mut responses, &made, dont_know_missing, None);
    let ledger = ledger
        .into_iter()
        .zip(&questionnaire.questions)
        .zip(&responses)
        .map(|((known, question), responses)| match known {
            Some(known) => Ok(known),
            None => BaseLedger::of(&question.id, responses, left.0, left.1, left.2),
        })
        .collect::<Result<Vec<BaseLedger>>>()?;
    let of_own = |index: usize| {
        mapping
            .asked(index)
            .and_then(|asked| answers.affected.get(asked.question))
            .copied()
            .unwrap_or_default()
    };
    let affected = (0..reference.questions.len()).map(of_own).collect();
    let Answers { rows, source, source_row, repeated, mut findings, issues, withheld, .. } = answers;
    findings.extend(found.findings);
    let answers = Answers {
        rows,
        source,
        source_row,
        responses,
        ledger,
        affected,
        repeated,
        findings,
        issues,
        withheld,
    };
    Ok(Harmonised { questionnaire, answers })
}

/// The options of a harmonised question, and those of them that the reference has.
fn options_of(question: &Question, reference: Option<&Question>, merged: &[(usize, Vec<usize>)]) -> Options {
    Options {
        known: reference.map_or(0, |q| q.categories().len()),
        labels: question.categories().iter().map(|c| c.label.clone()).collect(),
        merged: merged.to_vec(),
    }
}

/// The question with the wave's further options behind its own, and for each option of the wave its index
/// there.
fn widened(question: &Question, own: &Question, asked: &AskedAs) -> (Question, Vec<usize>) {
    let mut more: Vec<Category> = Vec::new();
    let target = asked.harmonised(question.categories().len());
    for (category, to) in own.categories().iter().zip(&asked.categories) {
        if to.is_none() {
            let mut category = category.clone();
            if labelled(question, &category.label).is_some() {
                category.label = format!("{}（{}）", category.label, own.id);
            }
            more.push(category);
        }
    }
    let mut question = question.clone();
    match &mut question.kind {
        QuestionKind::Single(categories) | QuestionKind::Multiple { categories, .. } => {
            categories.append(&mut more)
        }
        QuestionKind::Number { .. } | QuestionKind::Text => {}
    }
    (question, target)
}

/// The answers with option `k` called `target[k]`.
fn renamed(said: &Responses, target: &[usize]) -> Responses {
    match said {
        Responses::Single(rows) => {
            let target: Vec<u16> = target.iter().map(|&t| t as u16).collect();
            let rename = |answer: &Result<u16, MissingReason>| {
                answer.and_then(|k| target.get(usize::from(k)).copied().ok_or(MissingReason::Invalid))
            };
            Responses::Single(rows.iter().map(rename).collect())
        }
        Responses::Multiple(rows) => {
            let one = |bits: u128| {
                target
                    .iter()
                    .enumerate()
                    .filter(|(k, t)| bits >> *k & 1 == 1 && **t < 128)
                    .fold(0_u128, |out, (_, t)| out | 1 << t)
            };
            Responses::Multiple(rows.iter().map(|answer| answer.map(one)).collect())
        }
        Responses::Number(_) | Responses::Text(_) => said.clone(),
    }
}

/// A question that nobody was asked.
fn nobody(kind: &QuestionKind, rows: usize) -> Responses {
    match kind {
        QuestionKind::Single(_) => Responses::Single(vec![Err(MissingReason::NotAsked); rows]),
        QuestionKind::Multiple { .. } => Responses::Multiple(vec![Err(MissingReason::NotAsked); rows]),
        QuestionKind::Number { .. } => Responses::Number(vec![Err(MissingReason::NotAsked); rows]),
        QuestionKind::Text => Responses::Text(vec![Err(MissingReason::NotAsked); rows]),
    }
}

#[cfg(test)]
mod tests {
    use crate::waves::harmonise::*;
    use crate::waves::{Counterpart, FoundBy, Merged};

    use MissingReason::{NoAnswer, NotAsked};

    fn question(id: &str, multiple: bool, labels: &[&str]) -> Question {
        let category = |(k, l): (usize, &&str)| Category {
            code: (k + 1).to_string(),
            label: (*l).into(),
            dont_know: false,
            exclusive: false,
            free_text: false,
        };
        let categories: Vec<Category> = labels.iter().enumerate().map(category).collect();
        Question {
            id: id.into(),
            text: id.into(),
            kind: if multiple {
                QuestionKind::Multiple { categories, max_marks: None }
            } else {
                QuestionKind::Single(categories)
            },
            asked_if: None,
            columns: vec![],
            no_answer: vec![],
            not_asked: vec![],
            policy: Default::default(),
            derivation: None,
        }
    }

    fn paper(questions: Vec<Question>) -> Questionnaire {
        Questionnaire { title: "t".into(), questions }
    }

    fn answers(own: &Questionnaire, responses: Vec<Responses>) -> Answers {
        let rows = responses[0].len();
        let ledger = own
            .questions
            .iter()
            .zip(&responses)
            .map(|(q, r)| BaseLedger::of(&q.id, r, rows as u64 + 3, 2, 1).unwrap())
            .collect();
        let (source, source_row) = (vec![0; rows], (0..rows as u32).collect());
        Answers {
            rows,
            source,
            source_row,
            responses,
            ledger,
            affected: vec![],
            repeated: 0,
            findings: vec![],
            issues: vec![],
            withheld: vec![],
        }
    }

    #[test]
    fn merged_options_become_one_and_unknown_ones_stay_apart() {
        let reference = paper(vec![
            question("問1", false, &["はい", "いいえ"]),
            question("問2", true, &["甲", "乙"]),
            question("問3", false, &["x"]),
        ]);
        let own = paper(vec![
            question("問8", true, &["丙", "乙ａ", "乙ｂ", "甲"]),
            question("問9", false, &["どちらでもない", "いいえ", "はい"]),
        ]);
        let mapping = Mapping {
            counterparts: vec![
                Counterpart::Asked(AskedAs::new(
                    &reference.questions[0],
                    &own.questions[1],
                    1,
                    FoundBy::Plan,
                    &[],
                    vec![],
                )),
                Counterpart::Asked(AskedAs::new(
                    &reference.questions[1],
                    &own.questions[0],
                    0,
                    FoundBy::Plan,
                    &[(1, 1), (1, 2)],
                    vec![],
                )),
                Counterpart::NotAsked,
            ],
        };
        let said = vec![
            Responses::Multiple(vec![Ok(0b0110), Ok(0b1001), Err(NoAnswer)]),
            Responses::Single(vec![Ok(2), Ok(0), Ok(1)]),
        ];
        let found = harmonise(&reference, &own, &mapping, &BTreeSet::new(), answers(&own, said)).unwrap();
        assert_eq!(found.answers.responses[0], Responses::Single(vec![Ok(0), Ok(2), Ok(1)]));
        assert_eq!(
            found.answers.responses[1],
            Responses::Multiple(vec![Ok(0b010), Ok(0b101), Err(NoAnswer)])
        );
        assert_eq!(found.answers.responses[2], Responses::Single(vec![Err(NotAsked); 3]));
        let labels: Vec<Vec<&str>> = found
            .questionnaire
            .questions
            .iter()
            .map(|q| q.categories().iter().map(|c| c.label.as_str()).collect())
            .collect();
        assert_eq!(labels, [vec!["はい", "いいえ", "どちらでもない"], vec!["甲", "乙", "丙"], vec!["x"]]);
        assert_eq!(found.answers.ledger[1].no_answer, 1);
        assert_eq!(
            (
                found.answers.ledger[2].not_asked,
                found.answers.ledger[2].returned,
                found.answers.ledger[2].parts()
            ),
            (3, 6, 6)
        );
    }

    #[test]
    fn a_listed_option_is_taken_and_its_namesake_kept_apart_under_another_name() {
        let reference = question("問1", false, &["はい", "いいえ"]);
        let own = question("問2", false, &["はい", "いいえ", "とても"]);
        // はい counts as とても; the wave's own はい is then none of the reference's.
        let asked = AskedAs::new(&reference, &own, 0, FoundBy::Plan, &[(0, 2)], vec![]);
        assert_eq!(asked.categories, [None, Some(1), Some(0)]);
        let (question, target) = widened(&reference, &own, &asked);
        assert_eq!(target, [2, 1, 0]);
        assert_eq!(question.categories()[2].label, "はい（問2）");
    }

    #[test]
    fn an_option_that_is_several_counts_where_all_of_them_do() {
        let reference = question("問1", false, &["よく知っている", "知っている", "知らない"]);
        let own = question("問1", false, &["知っている", "知らない"]);
        let asked =
            AskedAs::new(&reference, &own, 0, FoundBy::Number, &[], vec![Merged { own: 0, of: vec![0, 1] }]);
        assert_eq!(asked.categories, [None, Some(2)], "its namesake is another option");
        assert_eq!(asked.counted(&[0, 1], 3), [0, 1, 3]);
        assert_eq!(asked.counted(&[1], 3), [1], "part of it is not it");
        assert!(asked.has_one_of(&[0, 1]) && !asked.has_one_of(&[1]));
        assert_eq!(widened(&reference, &own, &asked).1, [3, 2]);
    }
}
