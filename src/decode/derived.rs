//! Derived variables: answers made of answers.
//!
//! | derived variable | answer | where a source is missing |
//! |---|---|---|
//! | `bands` | the band of the number | the source's reason |
//! | `merge` | the group of the option, or of each marked option once | the source's reason |
//! | `any` `all` `none` | yes or no | the answer if it is certain, else the reason |
//! | `count` | how many conditions hold (marks, for options of a multiple answer) | its reason |
//! | `cross` | the combination | its reason |
//!
//! `any`, `all` and `none` follow Kleene's three-valued logic: what is missing matters only where the answer
//! depends on it. Where several sources are missing, the reason is the first of: 非該当 (whoever was not
//! asked one of them is outside the variable, whatever the others say), 無効, 無回答, わからない. With
//! `not_asked = "no"` 非該当 counts as "does not hold". A number below the first band, and an option in no
//! group, are outside (非該当) unless the questionnaire gives them a category.
//!
//! Skip rules see derived variables as they see questions, before わからない becomes a missing reason; all
//! else sees them made of the answers as they are in the end. Where a plan counts わからない of a derived
//! variable as no answer, that of its sources is, for this variable.

use std::collections::{BTreeSet, HashMap};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::code::Code;
use crate::decode::answer::{MissingReason, Responses};
use crate::decode::dont_know::leave_dont_know;
use crate::finding::Finding;
use crate::provenance::Place;
use crate::questionnaire::derivation::{Derivation, Joined, Rest};
use crate::questionnaire::model::{Question, QuestionKind, Questionnaire};
use crate::questionnaire::rule::AskedIf;
use crate::text::Text;

type Answer<T> = Result<T, MissingReason>;

/// The answers to a derived variable: `responses` are those to all questions, as far as `derivation` needs
/// them.
pub(crate) fn answers(question: &Question, derivation: &Derivation, responses: &[Responses]) -> Responses {
    let rows = derivation.sources().first().and_then(|s| responses.get(*s)).map_or(0, Responses::len);
    match (derivation, &question.kind) {
        (Derivation::Merge { of, into, .. }, QuestionKind::Multiple { .. }) => {
            let Some(Responses::Multiple(marks)) = responses.get(*of) else {
                return Responses::Multiple(vec![Err(MissingReason::NoAnswer); rows]);
            };
            Responses::Multiple(marks.iter().map(|row| row.and_then(|bits| merged(bits, into))).collect())
        }
        (Derivation::Count { conditions, not_asked_is_no }, _) => {
            let row = |row| count(conditions, responses, row, *not_asked_is_no);
            Responses::Number((0..rows).into_par_iter().map(row).collect())
        }
        (Derivation::Bands { of, from, below }, _) => {
            let first = usize::from(*below == Rest::Category);
            let band = |row: usize| {
                let number = number(responses, *of, row)?;
                match from.partition_point(|limit| *limit <= number) {
                    0 if first == 1 => Ok(0),
                    0 => Err(MissingReason::NotAsked),
                    above => Ok((above - 1 + first) as u16),
                }
            };
            Responses::Single((0..rows).into_par_iter().map(band).collect())
        }
        (Derivation::Merge { of, into, .. }, _) => {
            let group = |row: usize| {
                let option = option(responses, *of, row)?;
                let to = into.get(usize::from(option)).copied().flatten();
                to.map(|to| to as u16).ok_or(MissingReason::NotAsked)
            };
            Responses::Single((0..rows).into_par_iter().map(group).collect())
        }
        (Derivation::Test { joined, conditions, not_asked_is_no }, _) => {
            let yes = |row: usize| {
                let each = conditions.iter().map(|c| holds(c, responses, row, *not_asked_is_no));
                let yes = match joined {
                    Joined::Any => any(each),
                    Joined::All => all(each),
                    Joined::None => any(each).map(|yes| !yes),
                };
                yes.map(|yes| u16::from(!yes))
            };
            Responses::Single((0..rows).into_par_iter().map(yes).collect())
        }
        (Derivation::Cross { of, cells }, _) => {
            let places: HashMap<&[u16], u16> = cells.iter().map(Vec::as_slice).zip(0..).collect();
            let cell = |row: usize| {
                let each: Vec<Answer<u16>> =
                    of.iter().map(|source| option(responses, *source, row)).collect();
                if let Some(reason) = gravest(each.iter().filter_map(|a| a.err())) {
                    return Err(reason);
                }
                let cell: Vec<u16> = each.into_iter().flatten().collect();
                places.get(cell.as_slice()).copied().ok_or(MissingReason::NotAsked)
            };
            Responses::Single((0..rows).into_par_iter().map(cell).collect())
        }
    }
}

/// The groups of the marked options. No mark at all is an answer; nothing but marks outside is outside.
fn merged(bits: u128, into: &[Option<usize>]) -> Answer<u128> {
    let marked = into.iter().enumerate().filter(|(k, _)| *k < 128 && bits >> *k & 1 == 1);
    let groups =
        marked.filter_map(|(_, to)| *to).filter(|to| *to < 128).fold(0_u128, |out, to| out | 1 << to);
    if groups == 0 && bits != 0 { Err(MissingReason::NotAsked) } else { Ok(groups) }
}

fn option(responses: &[Responses], source: usize, row: usize) -> Answer<u16> {
    match responses.get(source) {
        Some(Responses::Single(rows)) => rows.get(row).copied().unwrap_or(Err(MissingReason::NoAnswer)),
        _ => Err(MissingReason::NoAnswer),
    }
}

fn number(responses: &[Responses], source: usize, row: usize) -> Answer<f64> {
    match responses.get(source) {
        Some(Responses::Number(rows)) => rows.get(row).copied().unwrap_or(Err(MissingReason::NoAnswer)),
        _ => Err(MissingReason::NoAnswer),
    }
}

/// The reason of several: the first in the order 非該当, 無効, 無回答, わからない.
fn gravest(reasons: impl Iterator<Item = MissingReason>) -> Option<MissingReason> {
    reasons.min_by_key(|reason| match reason {
        MissingReason::NotAsked => 0,
        MissingReason::Invalid => 1,
        MissingReason::NoAnswer => 2,
        MissingReason::DontKnow => 3,
    })
}

fn all(each: impl Iterator<Item = Answer<bool>>) -> Answer<bool> {
    let mut reasons = Vec::new();
    for answer in each {
        match answer {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(reason) => reasons.push(reason),
        }
    }
    gravest(reasons.into_iter()).map_or(Ok(true), Err)
}

fn any(each: impl Iterator<Item = Answer<bool>>) -> Answer<bool> {
    all(each.map(|answer| answer.map(|yes| !yes))).map(|none| !none)
}

/// Whether a condition holds for respondent `row`.
fn holds(rule: &AskedIf, responses: &[Responses], row: usize, not_asked_is_no: bool) -> Answer<bool> {
    let of = |question: usize, test: &dyn Fn(&Responses) -> bool| match responses.get(question) {
        None => Err(MissingReason::NoAnswer),
        Some(own) => match own.missing(row) {
            None => Ok(test(own)),
            Some(MissingReason::NotAsked) if not_asked_is_no => Ok(false),
            Some(reason) => Err(reason),
        },
    };
    let each = |rules: &[AskedIf]| -> Vec<Answer<bool>> {
        rules.iter().map(|rule| holds(rule, responses, row, not_asked_is_no)).collect()
    };
    match rule {
        AskedIf::Chose { question, categories } => of(*question, &|own| own.holds(row, categories)),
        AskedIf::Number { question, comparisons } => of(*question, &|own| {
            own.number(row).is_some_and(|n| comparisons.iter().all(|(how, limit)| how.holds(n, *limit)))
        }),
        AskedIf::Answered(question) => Ok(responses.get(*question).is_some_and(|r| r.says_something(row))),
        AskedIf::All(rules) => all(each(rules).into_iter()),
        AskedIf::Any(rules) => any(each(rules).into_iter()),
        AskedIf::Not(rule) => holds(rule, responses, row, not_asked_is_no).map(|yes| !yes),
    }
}

fn count(conditions: &[AskedIf], responses: &[Responses], row: usize, not_asked_is_no: bool) -> Answer<f64> {
    let mut sum = 0.0;
    let mut reasons = Vec::new();
    for condition in conditions {
        let marks = match condition {
            AskedIf::Chose { question, categories } => match responses.get(*question) {
                Some(Responses::Multiple(rows)) => {
                    let mask = super::answer::mask(categories);
                    rows.get(row).copied().map(|bits| bits.map(|bits| f64::from((bits & mask).count_ones())))
                }
                _ => None,
            },
            _ => None,
        };
        match marks.unwrap_or_else(|| holds(condition, responses, row, not_asked_is_no).map(f64::from)) {
            Ok(marks) => sum += marks,
            Err(MissingReason::NotAsked) if not_asked_is_no => {}
            Err(reason) => reasons.push(reason),
        }
    }
    gravest(reasons.into_iter()).map_or(Ok(sum), Err)
}

/// What the derived variables among `wanted` come to in the end.
pub(crate) struct Derived {
    /// How many said わからない to a source and nothing else that decides, by question; only of variables
    /// whose わからない counts as no answer.
    pub(crate) dont_know: Vec<(usize, u64)>,
    /// Options and numbers that the questionnaire does not name.
    pub(crate) findings: Vec<Finding>,
}

/// Puts the answers to the derived variables among `wanted` in their places in `responses`, where those to
/// their sources stand as they are in the end. `dont_know_missing` are the ids of the questions and
/// variables whose わからない counts as no answer.
pub(crate) fn derive(
    questionnaire: &Questionnaire,
    responses: &mut [Responses],
    wanted: &BTreeSet<usize>,
    dont_know_missing: &BTreeSet<String>,
    file: Option<&str>,
) -> Derived {
    let mut out = Derived { dont_know: Vec::new(), findings: Vec::new() };
    for &at in wanted {
        let Some(question) = questionnaire.questions.get(at) else { continue };
        let Some(derivation) = &question.derivation else { continue };
        let own = if dont_know_missing.contains(&question.id) {
            let before = left_by_sources(questionnaire, derivation, responses);
            let own = answers(question, derivation, responses);
            put_back(responses, before);
            let missing = (0..own.len()).filter(|row| own.missing(*row) == Some(MissingReason::DontKnow));
            out.dont_know.push((at, missing.count() as u64));
            own
        } else {
            answers(question, derivation, responses)
        };
        out.findings.extend(unnamed(questionnaire, question, derivation, responses, file));
        if let Some(slot) = responses.get_mut(at) {
            *slot = own;
        }
    }
    out
}

/// Makes わからない of the sources a missing reason; what they were before.
fn left_by_sources(
    questionnaire: &Questionnaire,
    derivation: &Derivation,
    responses: &mut [Responses],
) -> Vec<(usize, Responses)> {
    let mut before = Vec::new();
    for source in derivation.sources() {
        let Some(question) = questionnaire.questions.get(source) else { continue };
        if let (true, Some(own)) =
            (question.categories().iter().any(|c| c.dont_know), responses.get_mut(source))
        {
            before.push((source, own.clone()));
            leave_dont_know(question, own);
        }
    }
    before
}

fn put_back(responses: &mut [Responses], before: Vec<(usize, Responses)>) {
    for (source, own) in before {
        if let Some(slot) = responses.get_mut(source) {
            *slot = own;
        }
    }
}

/// The finding about options in no group and numbers below the first band, of which the questionnaire does
/// not say what they are. Options are told whether or not anybody chose them.
fn unnamed(
    questionnaire: &Questionnaire,
    question: &Question,
    derivation: &Derivation,
    responses: &[Responses],
    file: Option<&str>,
) -> Option<Finding> {
    let id = &question.id;
    let source = |of: usize| Some((questionnaire.questions.get(of)?, responses.get(of)?));
    let (count, message) = match derivation {
        Derivation::Merge { of, into, rest: Rest::Unsaid } => {
            let (source, answers) = source(*of)?;
            let left: Vec<usize> = (0..into.len()).filter(|k| into.get(*k) == Some(&None)).collect();
            let labels: Vec<&str> =
                left.iter().filter_map(|k| source.categories().get(*k)).map(|c| c.label.as_str()).collect();
            if labels.is_empty() {
                return None;
            }
            let count = (0..answers.len()).filter(|row| answers.holds(*row, &left)).count() as u64;
            let message = Text::new(
                format!(
                    "{id}: {}の選択肢「{}」がどの区分にも入っていない（回答 {count}人）。対象外とした。\
                     rest = \"その他\"（区分にする）か rest = \"outside\"（対象外）と書いてください",
                    source.id,
                    labels.join("」「")
                ),
                format!(
                    "{id}: option \"{}\" of {} is in no group ({count} respondents); taken as outside. Write \
                     rest = \"other\" (a group) or rest = \"outside\"",
                    labels.join("\", \""),
                    source.id
                ),
            );
            (count, message)
        }
        Derivation::Bands { of, from, below: Rest::Unsaid } => {
            let (source, Responses::Number(numbers)) = source(*of)? else { return None };
            let first = *from.first()?;
            let count = numbers.iter().filter(|x| x.is_ok_and(|x| x < first)).count() as u64;
            if count == 0 {
                return None;
            }
            let message = Text::new(
                format!(
                    "{id}: {}が {first} より小さい {count}人は、どの区分にも入らない。対象外とした",
                    source.id
                ),
                format!(
                    "{id}: {count} respondents whose {} is below {first} are in no band; outside",
                    source.id
                ),
            );
            (count, message)
        }
        _ => return None,
    };
    let place = file.map_or_else(Place::default, Place::file).question(id);
    Some(Finding::warning(Code::AnswersNotInAGroup, message, place).counted_in_message(count.max(1)))
}
