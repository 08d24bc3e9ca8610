//! Every mistake in the map of a wave is told with its code, the words underlined and the way out of it.

use crate::support::two_waves::{City, MAP, RENAMED};
use shihyo::code::Code;
use shihyo::error::Diagnostic;
use shihyo::text::Lang;

/// The mistakes of the map with this change.
fn mistakes(from: &str, to: &str) -> Vec<Diagnostic> {
    assert!(MAP.contains(from), "{from}");
    let city = City::renamed();
    city.plan(&MAP.replacen(from, to, 1));
    city.load().expect_err("the map is broken").into_diagnostics()
}

/// The map with this change has this one mistake: its code, the words underlined, what it says and what its
/// help says.
fn one(from: &str, to: &str, code: Code, underlined: &str, says: &str, help: &str) {
    let told = mistakes(from, to);
    assert_eq!(told.len(), 1, "{told:#?}");
    let got = &told[0];
    assert_eq!(got.code, code, "{}", got.words(Lang::Ja));
    let span = got.span.as_ref().unwrap_or_else(|| panic!("{code} has no place"));
    assert!(span.source.file.ends_with("plan.toml"));
    assert_eq!(&span.source.text[span.range.clone()], underlined, "{}", got.words(Lang::Ja));
    assert!(got.message.ja.contains(says), "{says} is not in: {}", got.message.ja);
    assert_ne!(got.message.en, got.message.ja);
    let said = got.help.as_ref().map_or("", |h| h.ja.as_str());
    assert!(said.contains(help) && said.is_empty() == help.is_empty(), "{help} is not in: {said}");
}

#[test]
fn the_map_itself_is_right() {
    assert!(City::renamed().load().is_ok());
}

#[test]
fn a_question_that_the_survey_does_not_have() {
    one(
        "\"問2\" = \"問9\"",
        "\"問２\" = \"問9\"\n\"問2\" = { not_asked = true }",
        Code::PlanUnknownQuestion,
        "\"問２\"",
        "「市民アンケート」の調査票に「問２」という設問はありません",
        "「問2」ではありませんか",
    );
}

#[test]
fn a_question_that_the_wave_does_not_have() {
    let says = "「市民アンケート（令和7年度）」の調査票に「問99」という設問はありません";
    one(
        "\"問2\" = \"問9\"",
        "\"問2\" = \"問99\"",
        Code::PlanUnknownQuestion,
        "\"問99\"",
        says,
        "「問9」ではありませんか",
    );
    one(
        "question = \"問5\"",
        "question = \"問55\"",
        Code::PlanUnknownQuestion,
        "\"問55\"",
        "「問55」という設問はありません",
        "「問5」ではありませんか",
    );
}

#[test]
fn an_option_that_the_survey_or_the_wave_does_not_have() {
    one(
        "\"積極的に参加したい\" =",
        "\"積極的に参加する\" =",
        Code::PlanUnknownOption,
        "\"積極的に参加する\"",
        "「問3」に選択肢「積極的に参加する」はありません",
        "「積極的に参加したい」ではありませんか",
    );
    one(
        "\"ぜひ参加したい\"",
        "\"是非参加したい\"",
        Code::PlanUnknownOption,
        "\"是非参加したい\"",
        "「問5」に選択肢「是非参加したい」はありません",
        "「ぜひ参加したい」ではありませんか",
    );
    one(
        "[\"あまり参加したくない\",",
        "[\"あんまり参加したくない\",",
        Code::PlanUnknownOption,
        "\"あんまり参加したくない\"",
        "「問5」に選択肢",
        "「あまり参加したくない」ではありませんか",
    );
}

#[test]
fn an_option_that_would_count_twice() {
    let twice = "\"積極的に参加したい\" = [\"ぜひ参加したい\", \"あまり参加したくない\"]";
    one(
        "\"積極的に参加したい\" = \"ぜひ参加したい\"",
        twice,
        Code::PlanMappedTwice,
        "\"あまり参加したくない\"",
        "この回の選択肢「あまり参加したくない」は、もう「積極的に参加したい」に対応しています",
        "1つの選択肢にだけ対応",
    );
    let same =
        "\"積極的に参加したい\" = \"ぜひ参加したい\", \"積極的に　参加したい \" = \"できるだけ参加したい\"";
    let told = mistakes("\"積極的に参加したい\" = \"ぜひ参加したい\"", same);
    assert_eq!(
        (told.len(), told[0].code),
        (1, Code::PlanUnknownOption),
        "a blank inside a word is another word: {told:#?}"
    );
    let same =
        "\"積極的に参加したい\" = \"ぜひ参加したい\", \"　積極的に参加したい\" = \"できるだけ参加したい\"";
    one(
        "\"積極的に参加したい\" = \"ぜひ参加したい\"",
        same,
        Code::PlanOptionTwice,
        "\"　積極的に参加したい\"",
        "2回あります",
        "",
    );
}

#[test]
fn options_that_became_one() {
    let from = "options = \
                { \"積極的に参加したい\" = \"ぜひ参加したい\", \
                \"参加したくない\" = [\"あまり参加したくない\", \"まったく参加したくない\"] }";
    let with = |merged: &str| {
        format!("options = {{ \"積極的に参加したい\" = \"ぜひ参加したい\" }}, merged = {{ {merged} }}")
    };
    one(
        from,
        &with("\"あまり参加したくない\" = [\"参加したくない\"]"),
        Code::PlanMapMerged,
        "\"あまり参加したくない\"",
        "2つ以上書いてください",
        "options に書きます",
    );
    one(
        from,
        &with("\"あまり参加したくない\" = [\"参加したくない\", \"参加しない\"]"),
        Code::PlanUnknownOption,
        "\"参加しない\"",
        "「問3」に選択肢「参加しない」はありません",
        "「参加したくない」ではありませんか",
    );
    one(
        from,
        &with("\"ぜひ参加したい\" = [\"参加したくない\", \"わからない\"]"),
        Code::PlanMappedTwice,
        "\"ぜひ参加したい\"",
        "この回の選択肢「ぜひ参加したい」が2回あります",
        "options か merged",
    );
    one(
        from,
        &with("\"あまり参加したくない\" = [\"参加したくない\", \"積極的に参加したい\"]"),
        Code::PlanOptionTwice,
        "\"積極的に参加したい\"",
        "2回あります",
        "どちらか1つ",
    );
    let city = City::renamed();
    city.plan(&MAP.replacen(
        from,
        &with("\"あまり参加したくない\" = [\"参加したくない\", \"わからない\"]"),
        1,
    ));
    assert!(city.load().is_ok());
}

#[test]
fn a_question_that_would_answer_two() {
    one(
        "\"性別\" = \"F1\"",
        "\"性別\" = \"問8\"",
        Code::PlanMappedTwice,
        "\"問8\"",
        "この回の同じ設問が「性別」と「問1」の両方に対応しています",
        "not_asked = true",
    );
}

#[test]
fn a_question_answered_in_another_way() {
    one(
        "\"問1\" = \"問8\"\n\"問2\" = \"問9\"",
        "\"問1\" = \"問9\"\n\"問2\" = { not_asked = true }",
        Code::PlanMapKind,
        "\"問9\"",
        "「問1」は単数回答、この回の「問9」は複数回答です",
        "not_asked = true",
    );
}

#[test]
fn a_question_that_the_plan_uses_is_forgotten() {
    // The words lead to it.
    one(
        "\"問1\" = \"問8\"\n\"問2\" = \"問9\"",
        "\"問1\" = \"問8\"",
        Code::PlanUnmappedQuestion,
        "\"b.toml\"",
        "計画が使う設問「問2」に当たるものがありません",
        "「問9」の文がよく似ています。map に \"問2\" = \"問9\" と書いてください",
    );
    one(
        "\"性別\" = \"F1\"\n",
        "",
        Code::PlanUnmappedQuestion,
        "\"b.toml\"",
        "「性別」に当たるものがありません",
        "\"性別\" = \"F1\"",
    );
    one(
        "\"問2\" = \"問9\"",
        "\"問2\" = { comparable = \"同じ\" }",
        Code::PlanUnmappedQuestion,
        "\"問2\"",
        "この回の調査票に「問2」という設問はありません。question = ",
        "「問9」の文がよく似ています",
    );
    one(
        "\"問1\" = \"問8\"",
        "\"問1\" = { comparable = \"同じ\" }",
        Code::PlanUnmappedQuestion,
        "\"問1\"",
        "この回の「問1」は別の設問に対応しています",
        "「問8」の文がよく似ています",
    );
    // A question of the design must be there, whatever is said.
    one(
        "\"性別\" = \"F1\"",
        "\"性別\" = { not_asked = true }",
        Code::PlanUnmappedQuestion,
        "\"b.toml\"",
        "「性別」に当たるものがありません",
        "\"性別\" = \"F1\"",
    );
}

#[test]
fn words_that_contradict_each_other() {
    one(
        "\"問4\" = \"問1\"",
        "\"問4\" = { not_asked = true, question = \"問1\" }",
        Code::PlanMapConflict,
        "true",
        "聞いていない設問に、対応や比較の指定はできません",
        "not_asked を消し",
    );
    one(
        "\"問4\" = \"問1\"",
        "\"問4\" = { question = \"問1\", comparable = \"同じ\", not_comparable = \"ちがう\" }",
        Code::PlanMapConflict,
        "\"ちがう\"",
        "comparable と not_comparable の両方",
        "どちらか1つ",
    );
    one(
        "\"問4\" = \"問1\"",
        "\"問4\" = { question = \"問1\", comparable = \" \" }",
        Code::PlanMapReason,
        "\" \"",
        "理由を書いてください",
        "",
    );
}

#[test]
fn mistakes_of_form() {
    one("\"問4\" = \"問1\"", "\"問4\" = 1", Code::PlanWrongType, "1", "文字列", "引用符で囲んで");
    one(
        "question = \"問5\"",
        "quesion = \"問5\"",
        Code::PlanUnknownKey,
        "quesion",
        "「quesion」という項目はありません",
        "「question」ではありませんか",
    );
    one(
        "[\"あまり参加したくない\", \"まったく参加したくない\"]",
        "[]",
        Code::PlanWrongType,
        "[]",
        "1個以上",
        "",
    );
}

#[test]
fn mistakes_on_the_paper_of_a_wave_have_their_own_place() {
    let city = City::renamed();
    city.write("pipelines/p/b.toml", RENAMED.replace("of = [\"はい\"]", "of = [\"ハイ\"]"));
    let told = city.load().unwrap_err().into_diagnostics();
    assert_eq!((told.len(), told[0].code), (1, Code::AnswersUnknownOption), "{told:#?}");
    assert!(told[0].span.as_ref().is_some_and(|s| s.source.file.ends_with("b.toml")));
    city.plan(&MAP.replace("b.toml", "c.toml"));
    let told = city.load().unwrap_err().into_diagnostics();
    assert_eq!(told[0].code, Code::RawNotFound, "{told:#?}");
    assert!(told[0].span.as_ref().is_some_and(|s| &s.source.text[s.range.clone()] == "\"c.toml\""));
}

#[test]
fn several_mistakes_come_in_one_go_in_the_order_of_the_text() {
    let city = City::renamed();
    city.plan(
        &MAP.replace("\"F1\"", "\"F9\"")
            .replace("\"ぜひ参加したい\"", "\"是非\"")
            .replace("\"問4\" = \"問1\"", "\"問4\" = \"F1\""),
    );
    let codes: Vec<Code> = city.load().unwrap_err().into_diagnostics().iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code::PlanUnknownQuestion, Code::PlanUnknownOption, Code::PlanMapKind]);
}
