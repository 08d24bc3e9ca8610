//! Skip rules: who was asked a question, by the answer to an earlier one.
//!
//! | earlier answer | this question's cell | becomes |
//! |---|---|---|
//! | one of the rule's options | an answer | the answer |
//! | 〃 | blank | 無回答 |
//! | 〃 | a code for 非該当 | 非該当, with a finding |
//! | another option, or itself 非該当 | an answer | by policy 非該当 or the answer, with a finding |
//! | 〃 | anything else | 非該当 |
//! | 無回答 or 無効 | an answer | the answer (who answers was evidently asked), with a note |
//! | 〃 | an invalid answer | 無効 |
//! | 〃 | anything else | 非該当 |
//!
//! Boxes that are merely not ticked (0, FALSE) are no answer here.

use super::answer::{MissingReason, Responses};
use super::questionnaire::{AskedIf, NotAskedButAnswered, Question};
use super::tally::Problem;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Yes,
    No,
    Unknown,
}

fn asked(earlier: &Responses, rule: &AskedIf, row: usize) -> Asked {
    match earlier.missing(row) {
        None if earlier.holds(row, &rule.categories) => Asked::Yes,
        None | Some(MissingReason::NotAsked) => Asked::No,
        Some(MissingReason::NoAnswer | MissingReason::Invalid | MissingReason::DontKnow) => Asked::Unknown,
    }
}

/// Applies the skip rule of `question` to `own`, given the answers to the earlier question with its own rule applied.
/// `note(row, problem)` is told of each row that breaks the rule.
pub(super) fn apply(question: &Question, earlier: &Responses, own: &mut Responses, note: impl FnMut(usize, Problem)) {
    let Some(rule) = &question.asked_if else { return };
    match own {
        Responses::Single(rows) => each(question, earlier, rule, rows, |_| true, note),
        Responses::Multiple(rows) => each(question, earlier, rule, rows, |bits| *bits != 0, note),
        Responses::Number(rows) => each(question, earlier, rule, rows, |_| true, note),
        Responses::Text(rows) => each(question, earlier, rule, rows, |()| true, note),
    }
}

fn each<T>(
    question: &Question,
    earlier: &Responses,
    rule: &AskedIf,
    rows: &mut [Result<T, MissingReason>],
    says_something: impl Fn(&T) -> bool,
    mut note: impl FnMut(usize, Problem),
) {
    for (row, answer) in rows.iter_mut().enumerate() {
        let answered = answer.as_ref().is_ok_and(&says_something);
        match asked(earlier, rule, row) {
            Asked::Yes => {
                if matches!(answer, Err(MissingReason::NotAsked)) {
                    note(row, Problem::NotAskedThoughAsked);
                }
            }
            Asked::No if answered => {
                note(row, Problem::AnsweredThoughNotAsked);
                if question.policy.not_asked_but_answered == NotAskedButAnswered::Drop {
                    *answer = Err(MissingReason::NotAsked);
                }
            }
            Asked::No => *answer = Err(MissingReason::NotAsked),
            Asked::Unknown if answered => note(row, Problem::AnsweredFilterUnknown),
            Asked::Unknown => {
                if !matches!(answer, Err(MissingReason::Invalid)) {
                    *answer = Err(MissingReason::NotAsked);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::questionnaire::{Policy, QuestionKind};

    use MissingReason::{Invalid, NoAnswer, NotAsked};

    type Applied = (Vec<Result<u128, MissingReason>>, Vec<(usize, Problem)>);

    fn applied(policy: NotAskedButAnswered) -> Applied {
        let question = Question {
            id: "q2".into(),
            text: "q2".into(),
            kind: QuestionKind::Multiple { categories: vec![], max_marks: None },
            asked_if: Some(AskedIf { question: 0, categories: vec![1] }),
            columns: vec![],
            no_answer: vec![],
            not_asked: vec![],
            policy: Policy { not_asked_but_answered: policy, ..Policy::default() },
        };
        let mut earlier = Vec::new();
        let mut own = Vec::new();
        for filter in [Ok(1), Ok(0), Err(NotAsked), Err(NoAnswer), Err(Invalid)] {
            for answer in [Ok(5), Ok(0), Err(NoAnswer), Err(NotAsked), Err(Invalid)] {
                earlier.push(filter);
                own.push(answer);
            }
        }
        let mut own = Responses::Multiple(own);
        let mut found = Vec::new();
        apply(&question, &Responses::Single(earlier), &mut own, |row, problem| found.push((row, problem)));
        let Responses::Multiple(own) = own else { unreachable!() };
        (own, found)
    }

    #[test]
    fn the_table_of_cases_holds() {
        let (own, found) = applied(NotAskedButAnswered::Drop);
        let skipped = Err(NotAsked);
        #[rustfmt::skip]
        let expected = [
            Ok(5), Ok(0), Err(NoAnswer), skipped, Err(Invalid),
            skipped, skipped, skipped, skipped, skipped,
            skipped, skipped, skipped, skipped, skipped,
            Ok(5), skipped, skipped, skipped, Err(Invalid),
            Ok(5), skipped, skipped, skipped, Err(Invalid),
        ];
        assert_eq!(own, expected);
        use Problem::{AnsweredFilterUnknown as Unknown, AnsweredThoughNotAsked as Broken, NotAskedThoughAsked};
        assert_eq!(found, [(3, NotAskedThoughAsked), (5, Broken), (10, Broken), (15, Unknown), (20, Unknown)]);
    }

    #[test]
    fn the_policy_may_keep_the_answer() {
        let (own, found) = applied(NotAskedButAnswered::Keep);
        assert_eq!((own[5], own[10], own[6]), (Ok(5), Ok(5), Err(NotAsked)));
        assert_eq!(found.len(), 5);
    }
}
