//! How alike two wordings of a question are.

use std::collections::BTreeSet;

use crate::questionnaire::model::Questionnaire;
use crate::text::spelling;

/// Texts at least this alike ([`similarity`]) are one question in other words: a fifth of the characters may
/// have changed. Below it a number was given to another question.
pub const NEAR: f64 = 0.8;

/// How two wordings stand to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wording {
    /// The same but for width, blanks, punctuation and the numbers of other questions.
    Same,
    /// The same question in other words.
    Near(f64),
    /// Another question.
    Other(f64),
}

/// How the texts of two questions stand to each other: by their [`similarity`], and where both put what they
/// ask about in 「」, by that: 「ゲートキーパー」 is not 「ヤングケアラー」, however alike the rest is.
pub(crate) fn wording(a: &str, b: &str) -> Wording {
    if core(a) == core(b) {
        return Wording::Same;
    }
    let alike = similarity(a, b);
    let (of_a, of_b) = (quoted(a), quoted(b));
    let other_subject = !of_a.is_empty() && !of_b.is_empty() && of_a.is_disjoint(&of_b);
    if alike >= NEAR && !other_subject { Wording::Near(alike) } else { Wording::Other(alike) }
}

/// 1 − d / m, with d the Damerau–Levenshtein distance (letters added, left out, changed, or two neighbours
/// swapped) and m the length of the longer text; in [0, 1], 1 for equal texts. Width, blanks and punctuation,
/// the numbers of other questions and a filter in brackets (`（問10で「はい」と答えた方に）`) do not count.
pub fn similarity(a: &str, b: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(&core(a), &core(b))
}

/// The question of `paper` whose text is most like `text`, when it is at least [`NEAR`].
pub fn most_alike(paper: &Questionnaire, text: &str) -> Option<usize> {
    let near = |(index, alike): (usize, f64)| (alike >= NEAR).then_some((index, alike));
    let all = paper.questions.iter().map(|q| similarity(&q.text, text)).enumerate().filter_map(near);
    // The first of equally like ones.
    all.fold(
        None,
        |best: Option<(usize, f64)>, now| if best.is_none_or(|b| now.1 > b.1) { Some(now) } else { best },
    )
    .map(|(index, _)| index)
}

/// The letters of a text that make its wording.
fn core(text: &str) -> String {
    without_filter(&numberless(&spelling::label(text))).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What stands in 「」 or 『』, outside a filter in brackets.
fn quoted(text: &str) -> BTreeSet<String> {
    let text = without_filter(&numberless(&spelling::label(text)));
    let mut out = BTreeSet::new();
    for (open, close) in [('「', '」'), ('『', '』')] {
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once(open) {
            let Some((inside, after)) = after.split_once(close) else { break };
            out.insert(inside.chars().filter(|c| c.is_alphanumeric()).collect());
            rest = after;
        }
    }
    out
}

/// `問12で` → `問#で`: the number that another question has on this paper.
fn numberless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_number = false;
    for c in text.chars() {
        let digit = c.is_ascii_digit();
        let begins = digit && out.ends_with(['問', 'Q']);
        if begins {
            out.push('#');
            in_number = true;
        } else if !(in_number && (digit || c == '-')) {
            in_number = false;
            out.push(c);
        }
    }
    out
}

/// The text without bracketed parts that speak of another question.
fn without_filter(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        let Some((inside, after)) = after.split_once(')') else { break };
        out.push_str(before);
        if !inside.contains('#') {
            out.push('(');
            out.push_str(inside);
            out.push(')');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use crate::waves::wording::*;

    fn near(a: &str, b: &str) -> bool {
        matches!(wording(a, b), Wording::Near(_))
    }

    #[test]
    fn width_blanks_punctuation_and_renumbering_are_no_change() {
        let of_two = "（問10で「はい」と回答した方に）どのような活動をしていますか。(○はいくつでも)";
        assert_eq!(
            wording(
                of_two,
                "（問１２で「はい」と回答した方に） どのような活動をしていますか （○はいくつでも）"
            ),
            Wording::Same
        );
        assert_eq!(similarity("同じ文", "同じ　文。"), 1.0);
    }

    #[test]
    fn other_words_for_the_same_question_are_near() {
        let asked = "今後、福祉に係るボランティアに参加したいとお考えですか。";
        assert!(near(asked, "今後、福祉に関するボランティアに参加したいとお考えですか。"));
        assert!(near(asked, "あなたは、今後、福祉に係るボランティアに参加したいとお考えですか。"));
        assert!(near(
            "日ごろから地域の防災訓練に参加していますか。",
            "日頃から地域の防災訓練に参加していますか。"
        ));
    }

    #[test]
    fn another_question_is_another_however_alike_its_frame() {
        let other = |a: &str, b: &str| {
            assert!(matches!(wording(a, b), Wording::Other(_)), "{a} / {b}: {}", similarity(a, b))
        };
        other("成年後見制度について知っていますか。", "社会を明るくする運動について知っていますか。");
        other(
            "「ゲートキーパー」という言葉を知っていますか。",
            "「ヤングケアラー」という言葉を知っていますか。",
        );
        other(
            "災害のとき、避難場所まで一人で避難できますか。",
            "現在、地域活動やボランティア活動をしていますか。",
        );
    }

    #[test]
    fn the_likest_question_is_found_and_none_where_none_is_like() {
        let text = "title = \"t\"\n[[question]]\nid = \"問1\"\ntype = \"text\"\ntext = \"成年後見制度につい\
                    て知っていますか。\"\n[[question]]\nid = \"問2\"\ntype = \"text\"\ntext = \"成年後見制\
                    度を知っていますか。\"\n";
        let source = crate::error::SourceText { file: "t.toml".into(), text: text.into() };
        let paper = crate::questionnaire::read_questionnaire(source.into()).unwrap();
        assert_eq!(most_alike(&paper, "成年後見制度を知っていますか"), Some(1));
        assert_eq!(most_alike(&paper, "お住まいの地区をお答えください。"), None);
    }
}
