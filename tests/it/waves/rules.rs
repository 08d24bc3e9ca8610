//! What a change of the paper comes to: nothing, care, or no comparison.

use crate::support::two_waves::{self, City};
use shihyo::indicator::{CellContent, ProgressState};
use shihyo::pipeline::RunOutcome;
use shihyo::waves::Comparability;
use shihyo::waves::Comparability::{Caution, NotComparable, Same};

use super::{changed, level, measure, observed};

/// What a change of the paper comes to for the indicators `intent` and `activity`, and some of the words.
pub(super) fn rule(from: &str, to: &str, map: &str, id: &str, expected: Comparability, words: &str) {
    let (_, outcome) = changed(from, to, map).run();
    assert_eq!(level(&outcome, id), expected, "{from} → {to}");
    let note = observed(&outcome, id).trend.as_ref().map_or(String::new(), |t| t.note.ja.clone());
    assert!(note.contains(words), "{words} is not in: {note}");
    let judged = measure(&outcome, id).status.state != ProgressState::NotComparable;
    assert_eq!(judged, expected != Comparability::NotComparable, "{from} → {to}");
}

pub(super) const INTENT: &str = "options = [\"積極的に参加したい\", \"できるだけ参加したい\", \"参加したく\
                                 ない\", { label = \"わからない\", dont_know = true }]";

#[test]
fn width_blanks_and_punctuation_make_no_difference() {
    rule(
        "今後、地域の活動に参加したいとお考えですか。",
        "今後 地域の活動に　参加したいとお考えですか",
        "",
        "intent",
        Same,
        "",
    );
    rule("\"できるだけ参加したい\"", "\" できるだけ参加したい　\"", "", "intent", Same, "");
}

#[test]
fn an_option_that_counts_and_has_other_words_is_not_comparable_until_it_is_mapped() {
    let other = &INTENT.replace("\"積極的に参加したい\"", "\"ぜひ参加したい\"");
    rule(
        INTENT,
        other,
        "",
        "intent",
        NotComparable,
        "選択肢「積極的に参加したい」がなくなった（指標の値に関わる）",
    );
    // It does not count for the other indicator of the question.
    rule(INTENT, other, "", "against", Caution, "選択肢「ぜひ参加したい」が加わった");
    let map =
        "[survey.c.wave.R7.map]\n\"問3\" = { options = { \"積極的に参加したい\" = \"ぜひ参加したい\" } }\n";
    rule(INTENT, other, map, "intent", Caution, "選択肢「積極的に参加したい」が「ぜひ参加したい」に変わった");
}

#[test]
fn options_that_became_one_count_where_all_of_them_do() {
    let one = "options = [{ code = \"1\", label = \"参加したい\" }, \
               { code = \"3\", label = \"参加したくない\" }, \
               { code = \"4\", label = \"わからない\", dont_know = true }]";
    let map = "[survey.c.wave.R7.map]\n\"問3\" = { merged = \
               { \"参加したい\" = [\"積極的に参加したい\", \"できるだけ参加したい\"] } }\n";
    let city = changed(INTENT, one, map);
    // Who said できるだけ finds 参加したい on this paper.
    let joined = |line: &str| -> String {
        let cells =
            line.split(',').enumerate().map(|(k, cell)| if k == 7 && cell == "2" { "1" } else { cell });
        cells.collect::<Vec<_>>().join(",")
    };
    let file: Vec<String> = two_waves::plain(400, 7).lines().map(joined).collect();
    city.write("raw/r7.csv", file.join("\n"));
    let ((_, plain), (plan, outcome)) = (City::new("").run(), city.run());
    let of = |outcome: &RunOutcome, key: &str| {
        outcome.estimates.iter().find(|r| r.key.to_string() == key).unwrap().estimate.clone()
    };
    for key in ["c/R7/intent", "c/R7/against", "c/R7/intent/性別=女性"] {
        assert_eq!(of(&plain, key), of(&outcome, key), "{key}");
    }
    // What わからない does to it is the same too.
    let effects = |o: &RunOutcome| -> Vec<_> {
        let of_share = o
            .quality
            .effects
            .iter()
            .filter(|e| e.analysis_key.to_string() == "c/R7/intent" && e.policy == "dont_know");
        of_share
            .flat_map(|e| std::iter::once(&e.in_force).chain(&e.alternatives))
            .map(|s| s.estimate.clone())
            .collect()
    };
    assert!(effects(&plain).len() > 1);
    assert_eq!(effects(&plain), effects(&outcome));
    assert_eq!(level(&outcome, "intent"), Caution);
    let note = &observed(&outcome, "intent").trend.as_ref().unwrap().note.ja;
    assert!(
        note.contains("選択肢「積極的に参加したい」「できるだけ参加したい」が「参加したい」にまとめられた。"),
        "{note}"
    );
    let sections = shihyo::pipeline::explain(&plan, &outcome, "c/R7/intent").unwrap();
    let lines: Vec<&str> = sections.iter().flat_map(|s| &s.lines).map(|l| l.ja.as_str()).collect();
    assert!(
        lines
            .iter()
            .any(|l| l
                .contains("「参加したい」は「積極的に参加したい」「できるだけ参加したい」をまとめたもの")),
        "{lines:?}"
    );
    assert!(lines.iter().any(|l| l.starts_with("○ 1 参加したい")), "{lines:?}");
    // An indicator that counts one of the two cannot tell them apart.
    city.change(
        "pipelines/p/plan.toml",
        "of = [\"積極的に参加したい\", \"できるだけ参加したい\"], base",
        "of = [\"できるだけ参加したい\"], base",
    );
    let (_, outcome) = city.run();
    let cell = measure(&outcome, "intent").cells.iter().find(|c| c.year.short() == "R7").unwrap();
    assert_eq!(cell.content, CellContent::NotAvailable);
}

#[test]
fn options_that_became_one_with_others_are_not_comparable() {
    let one = "options = [\"積極的に参加したい\", { code = \"3\", label = \"できれば参加したくない\" }, \
               { code = \"4\", label = \"わからない\", dont_know = true }]";
    let map = "[survey.c.wave.R7.map]\n\"問3\" = { merged = \
               { \"できれば参加したくない\" = [\"できるだけ参加したい\", \"参加したくない\"] } }\n";
    rule(
        INTENT,
        one,
        map,
        "intent",
        NotComparable,
        "「できるだけ参加したい」「参加したくない」が「できれば参加したくない」にまとめられた（指標が数える\
         選択肢と数えない選択肢が一緒になっている）",
    );
}

#[test]
fn a_new_option_asks_for_care() {
    let more = &INTENT
        .replace(
            "\"参加したくない\",",
            "\"参加したくない\", { code = \"9\", label = \"どちらともいえない\" },",
        )
        .replace("{ label = \"わからない\"", "{ code = \"4\", label = \"わからない\"");
    rule(INTENT, more, "", "intent", Caution, "選択肢「どちらともいえない」が加わった");
}

#[test]
fn options_in_another_order_ask_for_care() {
    let order = "options = [{ code = \"2\", label = \"できるだけ参加したい\" }, \
                 { code = \"1\", label = \"積極的に参加したい\" }, \"参加したくない\", \
                 { label = \"わからない\", dont_know = true }]";
    rule(
        INTENT,
        order,
        "",
        "intent",
        Caution,
        "選択肢の並び順が変わった（「積極的に参加したい」「できるだけ参加したい」「参加したくない」「わから\
         ない」 → 「できるだけ参加したい」「積極的に参加したい」",
    );
}

#[test]
fn what_an_option_is_matters_as_far_as_the_base_depends_on_it() {
    let plain = &INTENT.replace("{ label = \"わからない\", dont_know = true }", "\"わからない\"");
    rule(INTENT, plain, "", "intent", Caution, "選択肢「わからない」の扱いが変わった");
    rule(INTENT, plain, "", "against", NotComparable, "基数が変わる");
    rule(
        "{ label = \"特になし\", exclusive = true }",
        "\"特になし\"",
        "",
        "activity",
        Caution,
        "選択肢「特になし」の扱いが変わった",
    );
    let words = "選択肢「防災」の扱いが変わった（選択肢にない言葉は数えない → 選択肢にない言葉も数える）";
    rule("\"防災\",", "{ label = \"防災\", free_text = true },", "", "activity", Caution, words);
}

#[test]
fn another_filter_is_another_base() {
    rule(
        "asked_if = { question = \"問1\", of = [\"はい\"] }",
        "",
        "",
        "activity",
        NotComparable,
        "聞いた相手が変わった（問1で「はい」と答えた人 → 全員）",
    );
    rule(
        "of = [\"はい\"] }",
        "of = [\"いいえ\"] }",
        "",
        "activity",
        NotComparable,
        "聞いた相手が変わった（問1で「はい」と答えた人 → 問1で「いいえ」と答えた人）",
    );
    // The filter's own question asked of others changes it as well.
    rule(
        "text = \"現在、地域活動をしていますか。\"\ntype = \"single\"",
        "text = \"現在、地域活動をしていますか。\"\nasked_if = { question = \"性別\", of = [\"女性\"] }\n\
         type = \"single\"",
        "",
        "activity",
        NotComparable,
        "前の設問の限定条件",
    );
}

#[test]
fn marks_and_policies_ask_for_care() {
    rule(
        "max_marks = 2\n",
        "max_marks = 3\n",
        "",
        "activity",
        Caution,
        "○の数が変わった（2つまで → 3つまで）",
    );
    rule("max_marks = 2\n", "", "", "activity", Caution, "2つまで → いくつでも");
    rule(
        "max_marks = 2\n",
        "max_marks = 2\npolicy = { over_max = \"keep\" }\n",
        "",
        "activity",
        Caution,
        "over_max: invalid → keep",
    );
    // A policy that the question cannot need is none.
    rule("text = \"今後、", "policy = { over_max = \"keep\" }\ntext = \"今後、", "", "intent", Same, "");
}
