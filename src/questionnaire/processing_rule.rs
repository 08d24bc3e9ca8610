//! What an office decides of answers that break the rules, as one list: each decision, what was decided, and
//! what else could have been.

use serde::{Deserialize, Serialize};

use crate::questionnaire::Duplicates;
use crate::questionnaire::model::{ExclusiveWithOthers, NotAskedButAnswered, OverMax, Policy, TwoMarks};
use crate::text::Text;

/// One decision and what was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessingRule {
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

impl ProcessingRule {
    /// The decision's key, as the questionnaire and the plan have it: `two_marks`.
    pub fn policy(self) -> &'static str {
        match self {
            ProcessingRule::TwoMarks(_) => "two_marks",
            ProcessingRule::OverMax(_) => "over_max",
            ProcessingRule::ExclusiveWithOthers(_) => "exclusive_with_others",
            ProcessingRule::NotAskedButAnswered(_) => "not_asked_but_answered",
            ProcessingRule::DontKnow(_) => "dont_know",
            ProcessingRule::Duplicates(_) => "duplicates",
        }
    }

    /// What was decided, as the questionnaire and the plan have it: `invalid`.
    pub fn setting(self) -> &'static str {
        match self {
            ProcessingRule::TwoMarks(TwoMarks::Invalid) | ProcessingRule::OverMax(OverMax::Invalid) => {
                "invalid"
            }
            ProcessingRule::TwoMarks(TwoMarks::First)
            | ProcessingRule::OverMax(OverMax::First)
            | ProcessingRule::Duplicates(Duplicates::First) => "first",
            ProcessingRule::OverMax(OverMax::Keep)
            | ProcessingRule::ExclusiveWithOthers(ExclusiveWithOthers::Keep)
            | ProcessingRule::NotAskedButAnswered(NotAskedButAnswered::Keep) => "keep",
            ProcessingRule::ExclusiveWithOthers(ExclusiveWithOthers::DropExclusive) => "drop-exclusive",
            ProcessingRule::ExclusiveWithOthers(ExclusiveWithOthers::DropOthers) => "drop-others",
            ProcessingRule::NotAskedButAnswered(NotAskedButAnswered::Drop) => "drop",
            ProcessingRule::DontKnow(DontKnow::Answer) => "answer",
            ProcessingRule::DontKnow(DontKnow::Missing) => "missing",
            ProcessingRule::Duplicates(Duplicates::Last) => "last",
            ProcessingRule::Duplicates(Duplicates::Fail) => "fail",
        }
    }

    /// What else could have been decided. To stop at duplicates gives no numbers, so it is no alternative.
    pub fn alternatives(self) -> Vec<ProcessingRule> {
        let all: Vec<ProcessingRule> = match self {
            ProcessingRule::TwoMarks(_) => {
                [TwoMarks::Invalid, TwoMarks::First].map(ProcessingRule::TwoMarks).into()
            }
            ProcessingRule::OverMax(_) => {
                [OverMax::Invalid, OverMax::First, OverMax::Keep].map(ProcessingRule::OverMax).into()
            }
            ProcessingRule::ExclusiveWithOthers(_) => [
                ExclusiveWithOthers::Keep,
                ExclusiveWithOthers::DropExclusive,
                ExclusiveWithOthers::DropOthers,
            ]
            .map(ProcessingRule::ExclusiveWithOthers)
            .into(),
            ProcessingRule::NotAskedButAnswered(_) => [NotAskedButAnswered::Drop, NotAskedButAnswered::Keep]
                .map(ProcessingRule::NotAskedButAnswered)
                .into(),
            ProcessingRule::DontKnow(_) => {
                [DontKnow::Answer, DontKnow::Missing].map(ProcessingRule::DontKnow).into()
            }
            ProcessingRule::Duplicates(_) => {
                [Duplicates::First, Duplicates::Last].map(ProcessingRule::Duplicates).into()
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
            ProcessingRule::TwoMarks(how) => of(
                ("単数回答に2つ以上の○", "two or more marks on a single answer"),
                match how {
                    TwoMarks::Invalid => invalid,
                    TwoMarks::First => ("番号の若い方を採る", "the first counts"),
                },
            ),
            ProcessingRule::OverMax(how) => of(
                ("○の数が上限を超える回答", "more marks than allowed"),
                match how {
                    OverMax::Invalid => invalid,
                    OverMax::First => ("番号の若い方から上限まで採る", "the first count, as many as allowed"),
                    OverMax::Keep => ("すべて数える", "all count"),
                },
            ),
            ProcessingRule::ExclusiveWithOthers(how) => of(
                ("「特になし」などと他の選択肢", "an exclusive option with others"),
                match how {
                    ExclusiveWithOthers::Keep => ("すべて数える", "all count"),
                    ExclusiveWithOthers::DropExclusive => {
                        ("「特になし」などを除く", "the exclusive option is dropped")
                    }
                    ExclusiveWithOthers::DropOthers => ("他の選択肢を除く", "the others are dropped"),
                },
            ),
            ProcessingRule::NotAskedButAnswered(how) => of(
                ("非該当なのに回答がある", "answered though not asked"),
                match how {
                    NotAskedButAnswered::Drop => ("非該当とする", "not asked"),
                    NotAskedButAnswered::Keep => ("回答を数える", "the answer counts"),
                },
            ),
            ProcessingRule::DontKnow(how) => of(
                ("わからない", "don't know"),
                match how {
                    DontKnow::Answer => ("回答の一つと数える", "an answer"),
                    DontKnow::Missing => ("無回答と同じに扱う", "no answer"),
                },
            ),
            ProcessingRule::Duplicates(how) => of(
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
            ProcessingRule::TwoMarks(how) => policy.two_marks = how,
            ProcessingRule::OverMax(how) => policy.over_max = how,
            ProcessingRule::ExclusiveWithOthers(how) => policy.exclusive_with_others = how,
            ProcessingRule::NotAskedButAnswered(how) => policy.not_asked_but_answered = how,
            ProcessingRule::DontKnow(_) | ProcessingRule::Duplicates(_) => {}
        }
    }
}

/// How many valid respondents' answers to one question each decision was about, whatever was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
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

impl Affected {
    /// The decisions about a question with this `policy` that somebody's answer called for, and how many.
    pub fn treatments(self, policy: &Policy, dont_know: DontKnow) -> Vec<(ProcessingRule, u64)> {
        let all = [
            (ProcessingRule::TwoMarks(policy.two_marks), self.two_marks),
            (ProcessingRule::OverMax(policy.over_max), self.over_max),
            (ProcessingRule::ExclusiveWithOthers(policy.exclusive_with_others), self.exclusive_with_others),
            (ProcessingRule::NotAskedButAnswered(policy.not_asked_but_answered), self.not_asked_but_answered),
            (ProcessingRule::DontKnow(dont_know), self.dont_know),
        ];
        all.into_iter().filter(|(_, affected)| *affected > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::questionnaire::processing_rule::*;

    #[test]
    fn a_decision_is_none_of_its_alternatives_and_each_has_a_key_of_its_own() {
        let of_question = Affected {
            two_marks: 1,
            over_max: 2,
            exclusive_with_others: 3,
            not_asked_but_answered: 4,
            dont_know: 5,
        };
        let mut all: Vec<ProcessingRule> = of_question
            .treatments(&Policy::default(), DontKnow::Answer)
            .into_iter()
            .map(|(t, _)| t)
            .collect();
        assert_eq!(all.len(), 5);
        all.push(ProcessingRule::Duplicates(Duplicates::First));
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
                    decided || matches!(other, ProcessingRule::DontKnow(_) | ProcessingRule::Duplicates(_)),
                    "{other:?}"
                );
            }
        }
        assert_eq!(Affected::default().treatments(&Policy::default(), DontKnow::Answer), []);
    }
}
