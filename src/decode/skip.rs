//! Skip rules: who was asked a question, by the answers to earlier ones.
//!
//! What one condition of a rule says, by the earlier answer (its own skip rule applied):
//!
//! | earlier answer | `of` | comparison | `answered` |
//! |---|---|---|---|
//! | valid | yes when an option is among them, else no | yes when the number meets it, else no | yes |
//! | boxes merely not ticked (0, FALSE) | no | of 0 marks | no |
//! | 非該当 | no | no | no |
//! | 無回答 | unknown | unknown | no |
//! | 無効 | unknown | unknown | yes |
//!
//! Conditions join as in Kleene's logic: `all` is no when one is no, else unknown when one is unknown; `any`
//! is yes when one is yes, else unknown when one is unknown; `not` swaps yes and no and leaves unknown. So an
//! earlier question that was not shown counts as empty, as in XLSForm, and `not` holds for those who were not
//! shown it.
//!
//! | the rule | this question's cell | becomes |
//! |---|---|---|
//! | yes | an answer | the answer |
//! | 〃 | blank | 無回答, with a note |
//! | 〃 | a code for 非該当 | 非該当, with a finding |
//! | no | an answer | by policy 非該当 or the answer, with a finding |
//! | 〃 | anything else | 非該当 |
//! | unknown | an answer | the answer (who answers was evidently asked), with a note |
//! | 〃 | an invalid answer | 無効 |
//! | 〃 | anything else | 非該当 |
//!
//! Boxes that are merely not ticked (0, FALSE) are no answer in the last two.

use crate::decode::answer::{MissingReason, Responses};
use crate::decode::issues::Problem;
use crate::questionnaire::model::{NotAskedButAnswered, Question};
use crate::questionnaire::rule::AskedIf;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    No,
    Unknown,
    Yes,
}

/// Whether `rule` brings respondent `row` to its question, given the answers to all earlier questions.
fn asked(rule: &AskedIf, earlier: &[Responses], row: usize) -> Asked {
    let of = |question: usize, holds: &dyn Fn(&Responses) -> bool| match earlier
        .get(question)
        .map(|r| (r, r.missing(row)))
    {
        Some((responses, None)) if holds(responses) => Asked::Yes,
        Some((_, None | Some(MissingReason::NotAsked))) | None => Asked::No,
        Some((_, Some(MissingReason::NoAnswer | MissingReason::Invalid | MissingReason::DontKnow))) => {
            Asked::Unknown
        }
    };
    match rule {
        AskedIf::Chose { question, categories } => {
            of(*question, &|responses| responses.holds(row, categories))
        }
        AskedIf::Number { question, comparisons } => of(*question, &|responses| {
            responses.number(row).is_some_and(|n| comparisons.iter().all(|(how, limit)| how.holds(n, *limit)))
        }),
        AskedIf::Answered(question) => match earlier.get(*question) {
            Some(responses) if responses.says_something(row) => Asked::Yes,
            _ => Asked::No,
        },
        AskedIf::All(rules) => rules.iter().map(|rule| asked(rule, earlier, row)).min().unwrap_or(Asked::Yes),
        AskedIf::Any(rules) => rules.iter().map(|rule| asked(rule, earlier, row)).max().unwrap_or(Asked::No),
        AskedIf::Not(rule) => match asked(rule, earlier, row) {
            Asked::Yes => Asked::No,
            Asked::Unknown => Asked::Unknown,
            Asked::No => Asked::Yes,
        },
    }
}

/// For each respondent whether `rule` holds, given the answers with all skip rules applied. Where that is
/// unknown it does not.
pub(crate) fn holds(rule: &AskedIf, responses: &[Responses], rows: usize) -> Vec<bool> {
    (0..rows).map(|row| asked(rule, responses, row) == Asked::Yes).collect()
}

/// Applies the skip rule of `question` to `own`, given the answers to all earlier questions with their own
/// rules applied. `note(row, problem)` is told of each row that breaks the rule.
pub(crate) fn apply(
    question: &Question,
    earlier: &[Responses],
    own: &mut Responses,
    note: impl FnMut(usize, Problem),
) {
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
    earlier: &[Responses],
    rule: &AskedIf,
    rows: &mut [Result<T, MissingReason>],
    says_something: impl Fn(&T) -> bool,
    mut note: impl FnMut(usize, Problem),
) {
    for (row, answer) in rows.iter_mut().enumerate() {
        let answered = answer.as_ref().is_ok_and(&says_something);
        match asked(rule, earlier, row) {
            Asked::Yes => match answer {
                Err(MissingReason::NotAsked) => note(row, Problem::NotAskedThoughAsked),
                Err(MissingReason::NoAnswer) => note(row, Problem::BlankThoughAsked),
                _ => {}
            },
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
    use crate::decode::skip::*;
    use crate::questionnaire::model::{Policy, QuestionKind};
    use crate::questionnaire::rule::Relation;

    use MissingReason::{Invalid, NoAnswer, NotAsked};

    type Applied = (Vec<Result<u128, MissingReason>>, Vec<(usize, Problem)>);

    fn applied(policy: NotAskedButAnswered) -> Applied {
        let question = Question {
            kind: QuestionKind::Multiple { categories: vec![], max_marks: None },
            asked_if: Some(AskedIf::Chose { question: 0, categories: vec![1] }),
            policy: Policy { not_asked_but_answered: policy, ..Policy::default() },
            ..Question::of_options(&[])
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
        apply(&question, &[Responses::Single(earlier)], &mut own, |row, problem| found.push((row, problem)));
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
        use Problem::{
            AnsweredFilterUnknown as Unknown, AnsweredThoughNotAsked as Broken, BlankThoughAsked,
            NotAskedThoughAsked,
        };
        assert_eq!(
            found,
            [
                (2, BlankThoughAsked),
                (3, NotAskedThoughAsked),
                (5, Broken),
                (10, Broken),
                (15, Unknown),
                (20, Unknown)
            ]
        );
    }

    #[test]
    fn the_policy_may_keep_the_answer() {
        let (own, found) = applied(NotAskedButAnswered::Keep);
        assert_eq!((own[5], own[10], own[6]), (Ok(5), Ok(5), Err(NotAsked)));
        assert_eq!(found.len(), 6);
    }

    #[test]
    fn what_is_unknown_does_not_hold_nor_does_its_opposite() {
        let rule = AskedIf::Chose { question: 0, categories: vec![1] };
        let answers = [Responses::Single(vec![Ok(1), Ok(0), Err(NotAsked), Err(NoAnswer), Err(Invalid)])];
        assert_eq!(holds(&rule, &answers, 5), [true, false, false, false, false]);
        assert_eq!(holds(&rule.negated(), &answers, 5), [false, true, true, false, false]);
    }

    /// One respondent: a single answer, a multiple one, a number.
    fn says(
        rule: &AskedIf,
        single: Result<u16, MissingReason>,
        multiple: Result<u128, MissingReason>,
        number: Result<f64, MissingReason>,
    ) -> Asked {
        asked(
            rule,
            &[
                Responses::Single(vec![single]),
                Responses::Multiple(vec![multiple]),
                Responses::Number(vec![number]),
            ],
            0,
        )
    }

    #[test]
    fn one_condition_is_yes_no_or_unknown() {
        let of = AskedIf::Chose { question: 0, categories: vec![1] };
        let marks = AskedIf::Number { question: 1, comparisons: vec![(Relation::AtLeast, 2.0)] };
        let none = AskedIf::Number { question: 1, comparisons: vec![(Relation::Equals, 0.0)] };
        let age = AskedIf::Number {
            question: 2,
            comparisons: vec![(Relation::AtLeast, 20.0), (Relation::LessThan, 65.0)],
        };
        let answered: Vec<AskedIf> = (0..3).map(AskedIf::Answered).collect();
        use Asked::{No, Unknown, Yes};
        for (single, multiple, number, expected) in [
            (Ok(1), Ok(0b11), Ok(20.0), [Yes, Yes, No, Yes, Yes, Yes, Yes]),
            (Ok(0), Ok(0b01), Ok(65.0), [No, No, No, No, Yes, Yes, Yes]),
            (Ok(0), Ok(0), Ok(64.5), [No, No, Yes, Yes, Yes, No, Yes]),
            (Err(NotAsked), Err(NotAsked), Err(NotAsked), [No, No, No, No, No, No, No]),
            (Err(NoAnswer), Err(NoAnswer), Err(NoAnswer), [Unknown, Unknown, Unknown, Unknown, No, No, No]),
            (Err(Invalid), Err(Invalid), Err(Invalid), [Unknown, Unknown, Unknown, Unknown, Yes, Yes, Yes]),
        ] {
            let rules = [&of, &marks, &none, &age, &answered[0], &answered[1], &answered[2]];
            assert_eq!(
                rules.map(|rule| says(rule, single, multiple, number)),
                expected,
                "{single:?} {multiple:?} {number:?}"
            );
        }
    }

    #[test]
    fn conditions_join_in_three_valued_logic() {
        let left = || AskedIf::Chose { question: 0, categories: vec![1] };
        let right = || AskedIf::Number { question: 2, comparisons: vec![(Relation::MoreThan, 0.0)] };
        let answers = [(Ok(0), Ok(0.0)), (Err(NoAnswer), Err(NoAnswer)), (Ok(1), Ok(1.0))];
        for (l, (single, _)) in answers.iter().enumerate() {
            for (r, (_, number)) in answers.iter().enumerate() {
                let value = |rule: AskedIf| says(&rule, *single, Ok(0), *number);
                let of = |k: usize| [Asked::No, Asked::Unknown, Asked::Yes][k];
                assert_eq!(value(AskedIf::All(vec![left(), right()])), of(l.min(r)));
                assert_eq!(value(AskedIf::Any(vec![left(), right()])), of(l.max(r)));
                // De Morgan.
                let both = AskedIf::All(vec![left().negated(), right().negated()]).negated();
                assert_eq!(value(both), of(l.max(r)));
                assert_eq!(value(left().negated()), of(2 - l));
            }
        }
    }
}
