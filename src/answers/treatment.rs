//! What an office decides of answers that break the rules, as one list: each decision, what was decided, and
//! what else could have been.

use serde::{Deserialize, Serialize};

use super::decode::Duplicates;
use super::questionnaire::{ExclusiveWithOthers, NotAskedButAnswered, OverMax, Policy, TwoMarks};
use crate::text::Text;

/// One decision and what was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// Two or more marks on a single answer.
    TwoMarks(TwoMarks),
    /// More marks than the question allows.
    OverMax(OverMax),
    /// An exclusive option (特になし) marked with others.
    ExclusiveWithOthers(ExclusiveWithOthers),
    /// An answer from a respondent whom the skip rule did not bring to the question.
    NotAskedButAnswered(NotAskedButAnswered),
    /// わからない.
    DontKnow(DontKnow),
    /// Several rows of one respondent.
    Duplicates(Duplicates),
}

/// What わからない counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DontKnow {
    /// one of the answers
    Answer,
    /// no answer
    Missing,
}

impl Treatment {
    /// The decision's key, as the questionnaire and the plan have it: `two_marks`.
    pub fn policy(self) -> &'static str {
        match self {
            Treatment::TwoMarks(_) => "two_marks",
            Treatment::OverMax(_) => "over_max",
            Treatment::ExclusiveWithOthers(_) => "exclusive_with_others",
            Treatment::NotAskedButAnswered(_) => "not_asked_but_answered",
            Treatment::DontKnow(_) => "dont_know",
            Treatment::Duplicates(_) => "duplicates",
        }
    }

    /// What was decided, as the questionnaire and the plan have it: `invalid`.
    pub fn setting(self) -> &'static str {
        match self {
            Treatment::TwoMarks(TwoMarks::Invalid) | Treatment::OverMax(OverMax::Invalid) => "invalid",
            Treatment::TwoMarks(TwoMarks::First)
            | Treatment::OverMax(OverMax::First)
            | Treatment::Duplicates(Duplicates::First) => "first",
            Treatment::OverMax(OverMax::Keep)
            | Treatment::ExclusiveWithOthers(ExclusiveWithOthers::Keep)
            | Treatment::NotAskedButAnswered(NotAskedButAnswered::Keep) => "keep",
            Treatment::ExclusiveWithOthers(ExclusiveWithOthers::DropExclusive) => "drop-exclusive",
            Treatment::ExclusiveWithOthers(ExclusiveWithOthers::DropOthers) => "drop-others",
            Treatment::NotAskedButAnswered(NotAskedButAnswered::Drop) => "drop",
            Treatment::DontKnow(DontKnow::Answer) => "answer",
            Treatment::DontKnow(DontKnow::Missing) => "missing",
            Treatment::Duplicates(Duplicates::Last) => "last",
            Treatment::Duplicates(Duplicates::Fail) => "fail",
        }
    }

    /// What else could have been decided. To stop at duplicates gives no numbers, so it is no alternative.
    pub fn alternatives(self) -> Vec<Treatment> {
        let all: Vec<Treatment> = match self {
            Treatment::TwoMarks(_) => [TwoMarks::Invalid, TwoMarks::First].map(Treatment::TwoMarks).into(),
            Treatment::OverMax(_) => {
                [OverMax::Invalid, OverMax::First, OverMax::Keep].map(Treatment::OverMax).into()
            }
            Treatment::ExclusiveWithOthers(_) => [
                ExclusiveWithOthers::Keep,
                ExclusiveWithOthers::DropExclusive,
                ExclusiveWithOthers::DropOthers,
            ]
            .map(Treatment::ExclusiveWithOthers)
            .into(),
            Treatment::NotAskedButAnswered(_) => [NotAskedButAnswered::Drop, NotAskedButAnswered::Keep]
                .map(Treatment::NotAskedButAnswered)
                .into(),
            Treatment::DontKnow(_) => [DontKnow::Answer, DontKnow::Missing].map(Treatment::DontKnow).into(),
            Treatment::Duplicates(_) => {
                [Duplicates::First, Duplicates::Last].map(Treatment::Duplicates).into()
            }
        };
        all.into_iter().filter(|other| *other != self).collect()
    }

    /// The decision, and what was decided, in words.
    pub fn words(self) -> (Text, Text) {
        let of = |(ja, en): (&str, &str), (set_ja, set_en): (&str, &str)| {
            (Text::new(ja, en), Text::new(set_ja, set_en))
        };
        let invalid = ("無効回答とする", "invalid");
        match self {
            Treatment::TwoMarks(how) => of(
                ("単数回答に2つ以上の○", "two or more marks on a single answer"),
                match how {
                    TwoMarks::Invalid => invalid,
                    TwoMarks::First => ("番号の若い方を採る", "the first counts"),
                },
            ),
            Treatment::OverMax(how) => of(
                ("○の数が上限を超える回答", "more marks than allowed"),
                match how {
                    OverMax::Invalid => invalid,
                    OverMax::First => ("番号の若い方から上限まで採る", "the first count, as many as allowed"),
                    OverMax::Keep => ("すべて数える", "all count"),
                },
            ),
            Treatment::ExclusiveWithOthers(how) => of(
                ("「特になし」などと他の選択肢", "an exclusive option with others"),
                match how {
                    ExclusiveWithOthers::Keep => ("すべて数える", "all count"),
                    ExclusiveWithOthers::DropExclusive => {
                        ("「特になし」などを除く", "the exclusive option is dropped")
                    }
                    ExclusiveWithOthers::DropOthers => ("他の選択肢を除く", "the others are dropped"),
                },
            ),
            Treatment::NotAskedButAnswered(how) => of(
                ("非該当なのに回答がある", "answered though not asked"),
                match how {
                    NotAskedButAnswered::Drop => ("非該当とする", "not asked"),
                    NotAskedButAnswered::Keep => ("回答を数える", "the answer counts"),
                },
            ),
            Treatment::DontKnow(how) => of(
                ("わからない", "don't know"),
                match how {
                    DontKnow::Answer => ("回答の一つと数える", "an answer"),
                    DontKnow::Missing => ("無回答と同じに扱う", "no answer"),
                },
            ),
            Treatment::Duplicates(how) => of(
                ("回答者番号の重複", "several rows of one respondent"),
                match how {
                    Duplicates::First => ("最初の行を採る", "the first row counts"),
                    Duplicates::Last => ("最後の行を採る", "the last row counts"),
                    Duplicates::Fail => ("集計を止める", "the run stops"),
                },
            ),
        }
    }

    /// Decides so in the policy of a question; わからない and duplicates are not decided there.
    pub fn set(self, policy: &mut Policy) {
        match self {
            Treatment::TwoMarks(how) => policy.two_marks = how,
            Treatment::OverMax(how) => policy.over_max = how,
            Treatment::ExclusiveWithOthers(how) => policy.exclusive_with_others = how,
            Treatment::NotAskedButAnswered(how) => policy.not_asked_but_answered = how,
            Treatment::DontKnow(_) | Treatment::Duplicates(_) => {}
        }
    }
}

/// How many valid respondents' answers to one question each decision was about, whatever was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Two or more marks on a single answer.
    pub two_marks: u64,
    /// More marks than allowed.
    pub over_max: u64,
    /// An exclusive option with others.
    pub exclusive_with_others: u64,
    /// Answered though not asked.
    pub not_asked_but_answered: u64,
    /// わからない and nothing else.
    pub dont_know: u64,
}

impl Touched {
    /// The decisions about a question with this `policy` that somebody's answer called for, and how many.
    pub fn treatments(self, policy: &Policy, dont_know: DontKnow) -> Vec<(Treatment, u64)> {
        let all = [
            (Treatment::TwoMarks(policy.two_marks), self.two_marks),
            (Treatment::OverMax(policy.over_max), self.over_max),
            (Treatment::ExclusiveWithOthers(policy.exclusive_with_others), self.exclusive_with_others),
            (Treatment::NotAskedButAnswered(policy.not_asked_but_answered), self.not_asked_but_answered),
            (Treatment::DontKnow(dont_know), self.dont_know),
        ];
        all.into_iter().filter(|(_, touched)| *touched > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_none_of_its_alternatives_and_each_has_a_key_of_its_own() {
        let of_question = Touched {
            two_marks: 1,
            over_max: 2,
            exclusive_with_others: 3,
            not_asked_but_answered: 4,
            dont_know: 5,
        };
        let mut all: Vec<Treatment> = of_question
            .treatments(&Policy::default(), DontKnow::Answer)
            .into_iter()
            .map(|(t, _)| t)
            .collect();
        assert_eq!(all.len(), 5);
        all.push(Treatment::Duplicates(Duplicates::First));
        for treatment in all {
            let others = treatment.alternatives();
            assert!(!others.is_empty() && !others.contains(&treatment));
            for other in others {
                assert_eq!(other.policy(), treatment.policy());
                assert_ne!(other.setting(), treatment.setting());
                assert!(other.alternatives().contains(&treatment));
                let mut policy = Policy::default();
                other.set(&mut policy);
                let decided =
                    of_question.treatments(&policy, DontKnow::Answer).into_iter().any(|(t, _)| t == other);
                assert!(
                    decided || matches!(other, Treatment::DontKnow(_) | Treatment::Duplicates(_)),
                    "{other:?}"
                );
            }
        }
        assert_eq!(Touched::default().treatments(&Policy::default(), DontKnow::Answer), []);
    }
}
