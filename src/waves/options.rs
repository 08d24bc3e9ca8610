//! The options of a question on two papers, held against each other.

use crate::decode::base::Base;
use crate::questionnaire::model::{Category, Question};
use crate::text::spelling;
use crate::waves::difference::{Aspect, Comparability, Counted, WaveDifference};
use crate::waves::paper::Asked;

use Comparability::{Caution, NotComparable};

/// What differs between the options of `earlier` and `later`, both counterparts of `reference`.
pub(crate) fn differences(
    reference: &Question,
    earlier: &Asked<'_>,
    later: &Asked<'_>,
    counted: Option<&Counted<'_>>,
    out: &mut Vec<WaveDifference>,
) {
    for target in 0..reference.categories().len() {
        let (before, after) = (
            earlier.asked.counting_as(earlier.question, target),
            later.asked.counting_as(later.question, target),
        );
        if earlier.asked.merged_with(target).is_some() || later.asked.merged_with(target).is_some() {
            continue; // told with the others that it went together with
        }
        let counts = counted.is_some_and(|c| c.categories.contains(&target));
        one(&before, &after, counts, out);
        flags(&before, &after, counted, out);
    }
    merged(earlier, later, counted, out);
    for (side, other, gone) in [(earlier, later, true), (later, earlier, false)] {
        for category in kept_apart(side) {
            if kept_apart(other).any(|c| spelling::label(&c.label) == spelling::label(&category.label)) {
                continue;
            }
            // An option that takes its respondents out of the base changes the base.
            let leaves = category.dont_know
                && counted.is_some_and(|c| c.dont_know_missing && c.base == Base::Answered);
            out.push(come_or_gone(&[category], gone, if leaves { NotComparable } else { Caution }));
        }
    }
    let (before, after) = (order(earlier, later), order(later, earlier));
    if before != after {
        let words = |order: &[usize]| {
            order
                .iter()
                .filter_map(|&k| reference.categories().get(k))
                .map(|c| format!("「{}」", c.label))
                .collect::<String>()
        };
        let (before, after) = (words(&before), words(&after));
        out.push(WaveDifference::new(
            Aspect::Order,
            Caution,
            format!("選択肢の並び順が変わった（{before} → {after}）"),
            format!("the options stand in another order ({before} → {after})"),
        ));
    }
}

/// Options that became one, or that one was taken apart into.
fn merged(
    earlier: &Asked<'_>,
    later: &Asked<'_>,
    counted: Option<&Counted<'_>>,
    out: &mut Vec<WaveDifference>,
) {
    for (side, other, joined) in [(later, earlier, true), (earlier, later, false)] {
        for merged in &side.asked.merged {
            let Some(one) = side.question.categories().get(merged.own) else { continue };
            let twin = other
                .asked
                .merged
                .iter()
                .find(|m| m.of == merged.of)
                .and_then(|m| other.question.categories().get(m.own));
            match twin {
                Some(twin) if joined && spelling::label(&twin.label) != spelling::label(&one.label) => {
                    let (old, new) = (quoted(&[twin]), quoted(&[one]));
                    out.push(WaveDifference::new(
                        Aspect::Options,
                        Caution,
                        format!("選択肢{old}が{new}に変わった"),
                        format!("option {old} became {new}"),
                    ));
                }
                Some(_) => {}
                None => {
                    let parts: Vec<&Category> =
                        merged.of.iter().flat_map(|t| other.asked.counting_as(other.question, *t)).collect();
                    let chosen = |k: &usize| counted.is_some_and(|c| c.categories.contains(k));
                    let partly = merged.of.iter().any(chosen) && !merged.of.iter().all(chosen);
                    let (why_ja, why_en) = if partly {
                        (
                            "（指標が数える選択肢と数えない選択肢が一緒になっている）",
                            " (options that count and others in one)",
                        )
                    } else {
                        ("", "")
                    };
                    let (many, one) = (quoted(&parts), quoted(&[one]));
                    let (ja, en) = if joined {
                        (
                            format!("選択肢{many}が{one}にまとめられた{why_ja}"),
                            format!("options {many} became one, {one}{why_en}"),
                        )
                    } else {
                        (
                            format!("選択肢{one}が{many}に分かれた{why_ja}"),
                            format!("option {one} was split into {many}{why_en}"),
                        )
                    };
                    out.push(WaveDifference::new(
                        Aspect::Options,
                        if partly { NotComparable } else { Caution },
                        ja,
                        en,
                    ));
                }
            }
        }
    }
}

/// One option of the reference on both papers.
fn one(before: &[&Category], after: &[&Category], counts: bool, out: &mut Vec<WaveDifference>) {
    match (before.len(), after.len()) {
        (0, 0) => {}
        (_, 0) => out.push(come_or_gone(before, true, if counts { NotComparable } else { Caution })),
        (0, _) => out.push(come_or_gone(after, false, if counts { NotComparable } else { Caution })),
        (b, a) => {
            let same =
                |x: &&Category| after.iter().any(|y| spelling::label(&x.label) == spelling::label(&y.label));
            if b == a && before.iter().all(same) {
                return;
            }
            let (old, new) = (quoted(before), quoted(after));
            let (ja, en) = match (b, a) {
                (1, 1) => (format!("選択肢{old}が{new}に変わった"), format!("option {old} became {new}")),
                (1, _) => (
                    format!("選択肢{old}が{new}に分かれた（合わせて数える）"),
                    format!("option {old} was split into {new} (counted together)"),
                ),
                (_, 1) => {
                    (format!("選択肢{old}が{new}にまとめられた"), format!("options {old} became one, {new}"))
                }
                _ => (
                    format!("選択肢{old}が{new}に変わった（合わせて数える）"),
                    format!("options {old} became {new} (counted together)"),
                ),
            };
            out.push(WaveDifference::new(Aspect::Options, Caution, ja, en));
        }
    }
}

fn come_or_gone(categories: &[&Category], gone: bool, level: Comparability) -> WaveDifference {
    let labels = quoted(categories);
    let counts = if level == NotComparable {
        ("（指標の値に関わる）", " (the indicator depends on it)")
    } else {
        ("", "")
    };
    let (ja, en) = if gone { ("がなくなった", "is gone") } else { ("が加わった", "is new") };
    WaveDifference::new(
        Aspect::Options,
        level,
        format!("選択肢{labels}{ja}{}", counts.0),
        format!("option {labels} {en}{}", counts.1),
    )
}

/// わからない, 特になし, その他（　）: what an option is, whatever its words.
fn flags(
    before: &[&Category],
    after: &[&Category],
    counted: Option<&Counted<'_>>,
    out: &mut Vec<WaveDifference>,
) {
    if before.is_empty() || after.is_empty() {
        return;
    }
    let (old, new) = (quoted(before), quoted(after));
    let (was, is) = (before.iter().any(|c| c.dont_know), after.iter().any(|c| c.dont_know));
    if was != is {
        let base = counted.is_some_and(|c| c.dont_know_missing && c.base == Base::Answered);
        let level = if base { NotComparable } else { Caution };
        let word = |flag: bool| {
            if flag {
                ("「わからない」として扱う", "taken as don't know")
            } else {
                ("ふつうの選択肢", "a plain option")
            }
        };
        out.push(WaveDifference::new(
            Aspect::Flags,
            level,
            format!(
                "選択肢{old}の扱いが変わった（{} → {}）{}",
                word(was).0,
                word(is).0,
                if base { "。基数が変わる" } else { "" }
            ),
            format!(
                "option {new} is treated otherwise ({} → {}){}",
                word(was).1,
                word(is).1,
                if base { "; the base changes" } else { "" }
            ),
        ));
    }
    let mut plain = |flag: fn(&Category) -> bool, yes: (&str, &str), no: (&str, &str)| {
        let (was, is) = (before.iter().any(|c| flag(c)), after.iter().any(|c| flag(c)));
        if was != is {
            let word = |flag: bool| if flag { yes } else { no };
            out.push(WaveDifference::new(
                Aspect::Flags,
                Caution,
                format!("選択肢{old}の扱いが変わった（{} → {}）", word(was).0, word(is).0),
                format!("option {new} is treated otherwise ({} → {})", word(was).1, word(is).1),
            ));
        }
    };
    plain(
        |c| c.exclusive,
        ("他と一緒に選べない", "excludes the others"),
        ("他と一緒に選べる", "goes with the others"),
    );
    plain(
        |c| c.free_text,
        ("選択肢にない言葉も数える", "takes other words too"),
        ("選択肢にない言葉は数えない", "takes no other words"),
    );
}

/// The options of the paper that are none of the reference's.
fn kept_apart<'q>(side: &Asked<'q>) -> impl Iterator<Item = &'q Category> {
    let question = side.question;
    let merged: Vec<usize> = side.asked.merged.iter().map(|m| m.own).collect();
    let all = side.asked.categories.clone().into_iter().zip(question.categories()).enumerate();
    all.filter(move |(k, (target, _))| target.is_none() && !merged.contains(k))
        .map(|(_, (_, category))| category)
}

/// The options of the reference in the order in which `side` has them, as far as `other` has them too.
fn order(side: &Asked<'_>, other: &Asked<'_>) -> Vec<usize> {
    let mut out = Vec::new();
    for target in side.asked.categories.iter().flatten() {
        if !out.contains(target) && other.asked.categories.contains(&Some(*target)) {
            out.push(*target);
        }
    }
    out
}

fn quoted(categories: &[&Category]) -> String {
    categories.iter().map(|c| format!("「{}」", c.label)).collect()
}
