//! What differs between two papers that ask one question, and what may then be said about a change.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::questionnaire::model::{Policy, Question, QuestionKind, Questionnaire};
use crate::text::Text;
use crate::waves::difference::{Aspect, Comparability, Counted, WaveDifference};
use crate::waves::filter;
use crate::waves::filter::Filter;
use crate::waves::options;
use crate::waves::paper::{Asked, Paper};
use crate::waves::wording::{Wording, wording};
use crate::waves::{FoundBy, derived};

use Comparability::{Caution, NotComparable};

/// What differs between `earlier` and `later` in question `question` of the `reference`; empty when nothing
/// does, `None` when one of the two did not ask it.
///
/// Compared are: the words (a number that was given to another question is found by their
/// [`similarity`](super::similarity) where nobody said that it is the same question), the options (words,
/// order, number, わからない and 特になし), ○の数, the filter with those of the questions before it, and the
/// policies that can matter. What an indicator `counted` decides whether an option that came or went is more
/// than a reason for care. A derived variable differs where what it is made of does.
pub fn compare_papers(
    reference: &Questionnaire,
    question: usize,
    earlier: Paper<'_>,
    later: Paper<'_>,
    counted: Option<&Counted<'_>>,
) -> Option<Vec<WaveDifference>> {
    let of_reference = reference.questions.get(question)?;
    match (earlier.derivation(question), later.derivation(question)) {
        (Some(_), Some(_)) => return of_sources(reference, question, earlier, later, counted),
        (None, None) => {}
        (Some(_), None) => return later.asked(question).map(|_| vec![made_otherwise(true)]),
        (None, Some(_)) => return earlier.asked(question).map(|_| vec![made_otherwise(false)]),
    }
    let on = |paper: &Paper<'_>| {
        paper
            .asked(question)
            .and_then(|asked| paper.questionnaire.questions.get(asked.question).map(|_| asked.into_owned()))
    };
    let (a, b) = (on(&earlier)?, on(&later)?);
    let before = Asked { question: earlier.questionnaire.questions.get(a.question)?, asked: Cow::Owned(a) };
    let after = Asked { question: later.questionnaire.questions.get(b.question)?, asked: Cow::Owned(b) };
    let mut out = Vec::new();
    of_words(&before, &after, &mut out);
    options::differences(of_reference, &before, &after, counted, &mut out);
    of_kind(before.question, after.question, &mut out);
    if Filter::of(&earlier, before.question) != Filter::of(&later, after.question) {
        let (was, is) = (filter::words(&earlier, before.question), filter::words(&later, after.question));
        let (ja, en) = if was == is {
            (
                "聞いた相手が変わった（前の設問の限定条件や選択肢がちがう）".to_owned(),
                "others are asked (the filter or the options of an earlier question differ)".to_owned(),
            )
        } else {
            (
                format!("聞いた相手が変わった（{} → {}）", was.ja, is.ja),
                format!("others are asked ({} → {})", was.en, is.en),
            )
        };
        out.push(WaveDifference::new(Aspect::Filter, NotComparable, ja, en));
    }
    of_policy(before.question, after.question, &mut out);
    Some(out)
}

/// One wave asked for what the other one makes of other questions.
fn made_otherwise(asked_later: bool) -> WaveDifference {
    let (ja, en) = if asked_later {
        ("もとの設問から作った → 直接聞いた", "made of other questions → asked")
    } else {
        ("直接聞いた → もとの設問から作った", "asked → made of other questions")
    };
    let (ja, en) = (format!("作り方が変わった（{ja}）"), format!("it came about otherwise ({en})"));
    WaveDifference::new(Aspect::Wording, Caution, ja, en)
}

/// What differs in the questions that a derived variable is made of, each with its number in the reference.
fn of_sources(
    reference: &Questionnaire,
    question: usize,
    earlier: Paper<'_>,
    later: Paper<'_>,
    counted: Option<&Counted<'_>>,
) -> Option<Vec<WaveDifference>> {
    let mut out: Vec<WaveDifference> = Vec::new();
    let chosen = counted.map(|c| c.categories).unwrap_or_default();
    let in_both = |q: usize| earlier.derivation(q).filter(|_| later.derivation(q).is_some());
    for (source, deciding) in derived::sources(question, chosen, in_both) {
        let id = &reference.questions.get(source)?.id;
        let categories: Vec<usize> = deciding.into_iter().collect();
        let counted = counted.map(|c| Counted { categories: &categories, ..*c });
        for mut difference in compare_papers(reference, source, earlier, later, counted.as_ref())? {
            let Text { ja, en } = difference.words;
            difference.words = Text::new(format!("{id}：{ja}"), format!("{id}: {en}"));
            out.push(difference);
        }
    }
    Some(out)
}

fn of_words(before: &Asked<'_>, after: &Asked<'_>, out: &mut Vec<WaveDifference>) {
    // A question without words has its number for a text.
    let worded = |asked: &Asked<'_>| asked.question.text != asked.question.id;
    let (was, is) = (&before.question.text, &after.question.text);
    match (worded(before), worded(after)) {
        (false, false) => return,
        (true, true) => {}
        _ => {
            let (ja, en) = (
                "質問文が一方の調査票にないため、文を比べられない",
                "one of the papers has no words of the question to compare",
            );
            out.push(WaveDifference::new(Aspect::Wording, Caution, ja.to_owned(), en.to_owned()));
            return;
        }
    }
    let guessed = before.asked.found == FoundBy::Number || after.asked.found == FoundBy::Number;
    match wording(was, is) {
        Wording::Same => {}
        Wording::Other(alike) if guessed => out.push(WaveDifference::new(
            Aspect::ReusedNumber,
            NotComparable,
            format!("番号は同じだが別の質問とみられる（文の一致 {}%：「{was}」 → 「{is}」）", percent(alike)),
            format!(
                "the same number, but another question (texts {}% alike: \"{was}\" → \"{is}\")",
                percent(alike)
            ),
        )),
        Wording::Near(alike) | Wording::Other(alike) => out.push(WaveDifference::new(
            Aspect::Wording,
            Caution,
            format!("質問文が変わった（文の一致 {}%：「{was}」 → 「{is}」）", percent(alike)),
            format!("the question has other words ({}% alike: \"{was}\" → \"{is}\")", percent(alike)),
        )),
    }
}

/// Rounded down, so that only equal texts are 100 % alike.
fn percent(share: f64) -> u32 {
    (share * 100.0).floor() as u32
}

fn of_kind(before: &Question, after: &Question, out: &mut Vec<WaveDifference>) {
    match (&before.kind, &after.kind) {
        (QuestionKind::Multiple { max_marks: was, .. }, QuestionKind::Multiple { max_marks: is, .. })
            if was != is =>
        {
            let words = |marks: &Option<u32>| {
                marks.map_or(Text::new("いくつでも", "any number"), |m| {
                    Text::new(format!("{m}つまで"), format!("at most {m}"))
                })
            };
            let (was, is) = (words(was), words(is));
            out.push(WaveDifference::new(
                Aspect::MaxMarks,
                Caution,
                format!("○の数が変わった（{} → {}）", was.ja, is.ja),
                format!("the number of marks allowed differs ({} → {})", was.en, is.en),
            ));
        }
        (QuestionKind::Number { range: was }, QuestionKind::Number { range: is }) if was != is => {
            let words = |range: &Option<std::ops::RangeInclusive<i64>>| {
                range.as_ref().map_or("―".to_owned(), |r| format!("{}～{}", r.start(), r.end()))
            };
            let (was, is) = (words(was), words(is));
            out.push(WaveDifference::new(
                Aspect::Range,
                Caution,
                format!("数の範囲が変わった（{was} → {is}）"),
                format!("the range differs ({was} → {is})"),
            ));
        }
        _ => {}
    }
}

/// Policies, as far as the question can break the rule that they are about.
fn of_policy(before: &Question, after: &Question, out: &mut Vec<WaveDifference>) {
    let (was, is): (&Policy, &Policy) = (&before.policy, &after.policy);
    let both = |test: fn(&Question) -> bool| test(before) && test(after);
    if both(|q| matches!(q.kind, QuestionKind::Single(_))) {
        policy("two_marks", &was.two_marks, &is.two_marks, out);
    }
    if both(|q| matches!(q.kind, QuestionKind::Multiple { max_marks: Some(_), .. })) {
        policy("over_max", &was.over_max, &is.over_max, out);
    }
    if both(|q| q.categories().iter().any(|c| c.exclusive)) {
        policy("exclusive_with_others", &was.exclusive_with_others, &is.exclusive_with_others, out);
    }
    if both(|q| q.asked_if.is_some()) {
        policy("not_asked_but_answered", &was.not_asked_but_answered, &is.not_asked_but_answered, out);
    }
    if both(|q| !q.categories().is_empty()) {
        policy("date_codes", &was.date_codes, &is.date_codes, out);
    }
}

fn policy<T: PartialEq + Serialize + fmt::Debug>(key: &str, was: &T, is: &T, out: &mut Vec<WaveDifference>) {
    if was == is {
        return;
    }
    // As the questionnaire spells it.
    let word = |value: &T| {
        serde_json::to_value(value)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_else(|| format!("{value:?}"))
    };
    let (was, is) = (word(was), word(is));
    out.push(WaveDifference::new(
        Aspect::Policy,
        Caution,
        format!("決まりに反する回答の扱いが変わった（{key}: {was} → {is}）"),
        format!("answers against the rules are treated otherwise ({key}: {was} → {is})"),
    ));
}
