//! The base of a share: who is in the denominator. It is the office's decision, so there is no default.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::decode::answer::{MissingReason, Responses, mask};
use crate::decode::outcome::{Outcome, Outcomes};
use crate::error::{Diagnostic, Error};
use crate::text::Text;
use crate::text::suggest;

/// Whom a share counts in its denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Base {
    /// 全有効票: every valid return; 無回答, 無効 and 非該当 count as "no".
    All,
    /// 非該当を除く: those to whom the question applied; 無回答 and 無効 count as "no".
    Asked,
    /// 回答者: those with a valid answer; 無回答, 無効 and わからない counted as no answer are out too.
    Answered,
}

impl Base {
    /// Its name, as the plan has it.
    pub fn name(self) -> &'static str {
        match self {
            Base::All => "all",
            Base::Asked => "asked",
            Base::Answered => "answered",
        }
    }

    /// Whether a respondent with this missing reason (`None`: a valid answer) is in the base.
    pub fn holds(self, missing: Option<MissingReason>) -> bool {
        match (self, missing) {
            (Base::All, _) | (_, None) => true,
            (Base::Asked, Some(reason)) => reason != MissingReason::NotAsked,
            (Base::Answered, Some(_)) => false,
        }
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Base {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        let bases = [Base::All, Base::Asked, Base::Answered];
        bases.into_iter().find(|b| b.name() == word).ok_or_else(|| {
            let message = Text::new(
                format!("「{word}」という基数はありません"),
                format!("there is no base \"{word}\""),
            );
            let mut diagnostic = Diagnostic::new(Code::AnswersUnknownBase, message);
            diagnostic.help = suggest::did_you_mean(word, bases.map(Base::name));
            Error::new(diagnostic)
        })
    }
}

/// Whether respondent `row` is in the base of the question with these responses; no one is who is not there.
pub fn in_base(responses: &Responses, row: usize, base: Base) -> bool {
    row < responses.len() && base.holds(responses.missing(row))
}

/// For each respondent what a share of the options `chosen` (indices of categories) counts.
///
/// With weights w the share is Σ w·yes / Σ w·(yes + no), in [0, 1]. Several options are a NET: a
/// respondent who chose two of them counts once. A number or a text has no options: every valid answer is a
/// [`Outcome::Yes`].
pub fn share_outcome(responses: &Responses, chosen: &[usize], base: Base) -> Outcomes {
    match responses {
        Responses::Single(rows) => {
            let most = chosen.iter().max().map_or(0, |&k| k + 1);
            let mut is_chosen = vec![false; most];
            chosen.iter().filter_map(|&k| is_chosen.get_mut(k).map(|slot| *slot = true)).for_each(drop);
            outcomes(rows, base, |k| is_chosen.get(usize::from(*k)).copied().unwrap_or(false))
        }
        Responses::Multiple(rows) => {
            let mask = mask(chosen);
            outcomes(rows, base, |bits| bits & mask != 0)
        }
        Responses::Number(rows) => outcomes(rows, base, |_| true),
        Responses::Text(rows) => outcomes(rows, base, |()| true),
    }
}

fn outcomes<T>(rows: &[Result<T, MissingReason>], base: Base, yes: impl Fn(&T) -> bool) -> Outcomes {
    let outcome = |answer: &Result<T, MissingReason>| match answer {
        Ok(value) => Outcome::from(yes(value)),
        Err(reason) if base.holds(Some(*reason)) => Outcome::No,
        Err(_) => Outcome::Outside,
    };
    rows.iter().map(outcome).collect()
}

#[cfg(test)]
mod tests {
    use crate::decode::base::*;

    use MissingReason::{DontKnow, Invalid, NoAnswer, NotAsked};
    use Outcome::{No, Outside, Yes};

    #[test]
    fn the_three_bases_differ_in_who_is_left_out() {
        let responses = Responses::Single(vec![
            Ok(0),
            Ok(1),
            Ok(2),
            Err(NotAsked),
            Err(NoAnswer),
            Err(Invalid),
            Err(DontKnow),
        ]);
        assert_eq!(share_outcome(&responses, &[0, 2], Base::All), [Yes, No, Yes, No, No, No, No].into());
        assert_eq!(
            share_outcome(&responses, &[0, 2], Base::Asked),
            [Yes, No, Yes, Outside, No, No, No].into()
        );
        assert_eq!(
            share_outcome(&responses, &[0, 2], Base::Answered),
            [Yes, No, Yes, Outside, Outside, Outside, Outside].into()
        );
        assert!(in_base(&responses, 4, Base::Asked) && !in_base(&responses, 4, Base::Answered));
        assert!(!in_base(&responses, 7, Base::All), "there is no seventh respondent");
    }

    #[test]
    fn a_net_of_a_multiple_answer_counts_a_respondent_once() {
        let responses = Responses::Multiple(vec![Ok(0b011), Ok(0b100), Ok(0), Err(NoAnswer), Ok(1 << 127)]);
        assert_eq!(share_outcome(&responses, &[0, 1], Base::Answered), [Yes, No, No, Outside, No].into());
        assert_eq!(share_outcome(&responses, &[127, 500], Base::Asked), [No, No, No, No, Yes].into());
    }

    #[test]
    fn a_base_is_named_and_never_guessed() {
        assert_eq!("asked".parse::<Base>().map(Base::name), Ok("asked"));
        let error = "answerd".parse::<Base>().unwrap_err();
        assert!(error.to_string().contains("answered"), "{error}");
        let error = "".parse::<Base>().unwrap_err();
        assert_eq!(error.diagnostics()[0].code, Code::AnswersUnknownBase);
    }
}
