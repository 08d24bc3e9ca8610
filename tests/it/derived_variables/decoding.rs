//! What derived variables come to for each kind of answer and of missing answer, counted by hand; mistakes in
//! the questionnaire.

use std::collections::BTreeSet;
use std::sync::Arc;

use shihyo::code::{Code, Severity};
use shihyo::decode::{Answers, DecodeOptions, MissingReason, Responses, columns_used, decode};
use shihyo::error::{Diagnostic, SourceText};
use shihyo::questionnaire::{Questionnaire, questionnaire_schema, read_questionnaire, write_questionnaire};
use shihyo::raw::{ReadOptions, read_bytes};

use super::QUESTIONS;

use MissingReason::{DontKnow, Invalid, NoAnswer, NotAsked};

/// Asked of those whom a derived variable brings to it.
const FILTERED: &str = r#"
[[question]]
id = "問13"
type = "single"
options = ["はい", "いいえ"]
asked_if = { question = "年代", of = ["70以上"] }
[[question]]
id = "問14"
type = "single"
options = ["はい", "いいえ"]
asked_if = { question = "支援", of = ["いいえ"] }
"#;

const DERIVED: &str = r#"
[[derived]]
id = "年代"
bands = { of = "問2", from = [18, 40, 70], rest = "18歳未満" }
[[derived]]
id = "参加意向"
merge = { of = "問12", into = { "参加したい" = [
    "積極的に参加したい", "できるだけ参加したい",
], "参加したくない" = ["参加したくない"] } }
[[derived]]
id = "活動"
merge = { of = "問7", into = { "地域の団体" = ["自治会", "消防団"], "NPO" = ["NPO"] }, rest = "outside" }
[[derived]]
id = "支援"
any = [{ question = "問5", of = ["はい"] }, { question = "問6", of = ["見守り", "配食"] }]
[[derived]]
id = "両方"
all = [{ question = "問5", of = ["はい"] }, { question = "問6", of = ["見守り", "配食"] }]
[[derived]]
id = "支援なし"
none = [{ question = "問5", of = ["はい"] }, { question = "問6", of = ["見守り", "配食"] }]
not_asked = "no"
labels = ["受けていない", "受けた"]
[[derived]]
id = "活動数"
count = [{ question = "問7", of = ["自治会", "NPO"] }, { question = "問12", of = ["積極的に参加したい"] }]
[[derived]]
id = "活動数の区分"
bands = { of = "活動数", from = [0, 1, 2] }
[[derived]]
id = "性・年代"
cross = ["性別", "年代"]
"#;

fn questionnaire(text: &str) -> Questionnaire {
    read_questionnaire(Arc::new(SourceText { file: "q.toml".into(), text: text.into() }))
        .unwrap_or_else(|e| panic!("{e}"))
}

fn survey() -> Questionnaire {
    questionnaire(&format!("{QUESTIONS}{FILTERED}{DERIVED}"))
}

/// Every kind of answer and of missing answer. The last column has the name of a derived variable and is
/// not read.
const CSV: &str = "性別,問2,問5,問6,問7,問12,問13,問14,年代\n\
    1,17,1,,\"1,2\",1,,,x\n\
    2,18,2,1,3,2,,,x\n\
    1,39,2,,4,3,,,x\n\
    2,70,3,3,,4,1,2,x\n\
    ,130,\"1,2\",,1,,,,x\n\
    1,,,2,2,\"1,2\",,,x\n\
    \"1,2\",99,1,NA,\"1,2,3\",1,,,x\n";

fn run(questionnaire: &Questionnaire, dont_know: &[&str]) -> Answers {
    let table = read_bytes(CSV.as_bytes(), "回答.csv", &ReadOptions::default()).unwrap();
    let dont_know_missing = dont_know.iter().map(|id| (*id).to_owned()).collect();
    let options = DecodeOptions { dont_know_missing, ..DecodeOptions::default() };
    decode(questionnaire, &[table], &options).unwrap_or_else(|e| panic!("{e}"))
}

fn of<'a>(questionnaire: &Questionnaire, answers: &'a Answers, id: &str) -> &'a Responses {
    &answers.responses[questionnaire.question(id).unwrap().0]
}

#[test]
fn each_kind_comes_to_what_was_counted_by_hand() {
    let survey = survey();
    let answers = run(&survey, &[]);
    let of = |id| of(&survey, &answers, id).clone();
    assert_eq!(
        of("年代"),
        Responses::Single(vec![Ok(0), Ok(1), Ok(1), Ok(3), Err(Invalid), Err(NoAnswer), Ok(3)])
    );
    assert_eq!(
        of("参加意向"),
        Responses::Single(vec![Ok(0), Ok(0), Ok(1), Err(NotAsked), Err(NoAnswer), Err(Invalid), Ok(0)])
    );
    // 自治会 and 消防団 are one mark; who marked nothing but 特になし is outside.
    assert_eq!(
        of("活動"),
        Responses::Multiple(vec![
            Ok(0b11),
            Ok(0b01),
            Err(NotAsked),
            Err(NoAnswer),
            Ok(0b01),
            Ok(0b10),
            Ok(0b11)
        ])
    );
    assert_eq!(
        of("支援"),
        Responses::Single(vec![Ok(0), Ok(0), Err(NoAnswer), Ok(1), Err(NotAsked), Ok(0), Ok(0)])
    );
    assert_eq!(
        of("両方"),
        Responses::Single(vec![
            Err(NotAsked),
            Ok(1),
            Ok(1),
            Ok(1),
            Err(NotAsked),
            Err(NoAnswer),
            Err(NotAsked)
        ])
    );
    assert_eq!(
        of("支援なし"),
        Responses::Single(vec![Ok(1), Ok(1), Err(NoAnswer), Ok(0), Err(Invalid), Ok(1), Ok(1)])
    );
    assert_eq!(
        of("活動数"),
        Responses::Number(vec![
            Ok(3.0),
            Ok(0.0),
            Ok(0.0),
            Err(NoAnswer),
            Err(NoAnswer),
            Err(Invalid),
            Ok(3.0)
        ])
    );
    assert_eq!(
        of("活動数の区分"),
        Responses::Single(vec![Ok(2), Ok(0), Ok(0), Err(NoAnswer), Err(NoAnswer), Err(Invalid), Ok(2)])
    );
    // 無効 before 無回答 where both sources are missing.
    assert_eq!(
        of("性・年代"),
        Responses::Single(vec![Ok(0), Ok(5), Ok(1), Ok(7), Err(Invalid), Err(NoAnswer), Err(Invalid)])
    );
    let labels = |id: &str| -> Vec<String> {
        survey.question(id).unwrap().1.categories().iter().map(|c| c.label.clone()).collect()
    };
    assert_eq!(labels("年代"), ["18歳未満", "18～39", "40～69", "70以上"]);
    assert_eq!(labels("活動数の区分"), ["0", "1", "2以上"]);
    assert_eq!(labels("支援なし"), ["受けていない", "受けた"]);
    assert_eq!(labels("性・年代")[5], "女・18～39");
    // The label 1 is no other category's code.
    let (_, bands) = survey.question("活動数の区分").unwrap();
    assert_eq!((bands.category("0"), bands.category("1")), (Some(0), Some(1)));
}

#[test]
fn every_derived_variable_has_a_ledger_and_no_column() {
    let survey = survey();
    let answers = run(&survey, &[]);
    assert_eq!(answers.ledger.len(), survey.questions.len());
    let ledger = answers.ledger[survey.question("支援").unwrap().0];
    assert_eq!((ledger.returned, ledger.not_asked, ledger.no_answer, ledger.valid), (7, 1, 1, 5));
    let table = read_bytes(CSV.as_bytes(), "回答.csv", &ReadOptions::default()).unwrap();
    let used: BTreeSet<String> =
        columns_used(&survey, &[table]).unwrap().into_iter().flatten().map(|c| c.question).collect();
    assert_eq!(used.len(), 8, "{used:?}");
    assert!(!used.contains("年代"));
}

#[test]
fn a_later_question_is_asked_of_those_whom_a_derived_variable_names() {
    let survey = survey();
    let skipped = Err(NotAsked);
    // 問5 as no answer where it is わからない: the skip rule of 問14 still sees what was said.
    for dont_know in [&[][..], &["問5"]] {
        let answers = run(&survey, dont_know);
        assert_eq!(
            *of(&survey, &answers, "問13"),
            Responses::Single(vec![skipped, skipped, skipped, Ok(0), skipped, skipped, Err(NoAnswer)])
        );
        assert_eq!(
            *of(&survey, &answers, "問14"),
            Responses::Single(vec![skipped, skipped, skipped, Ok(1), skipped, skipped, skipped])
        );
    }
}

#[test]
fn dont_know_of_a_source_is_dont_know_here() {
    let survey = survey();
    let answers = run(&survey, &["問12"]);
    let Responses::Single(intent) = of(&survey, &answers, "参加意向") else { panic!() };
    assert_eq!(intent[3], Err(DontKnow));
    // Decided for the derived variable alone, the question itself keeps the answer.
    let answers = run(&survey, &["参加意向"]);
    let Responses::Single(intent) = of(&survey, &answers, "参加意向") else { panic!() };
    assert_eq!(intent[3], Err(DontKnow));
    let Responses::Single(asked) = of(&survey, &answers, "問12") else { panic!() };
    assert_eq!(asked[3], Ok(3));
    assert_eq!(answers.affected[survey.question("参加意向").unwrap().0].dont_know, 1);
    let Responses::Single(support) = of(&survey, &run(&survey, &["問5"]), "支援").clone() else {
        panic!()
    };
    assert_eq!(support[3], Err(DontKnow));
}

#[test]
fn options_that_no_group_names_are_a_finding_until_somebody_says_what_they_are() {
    let told = |answers: &Answers| -> Vec<(Severity, u64, String)> {
        let found = answers.findings.iter().filter(|f| f.code == Code::AnswersNotInAGroup);
        found.map(|f| (f.severity, f.count, f.message.ja.clone())).collect()
    };
    let found = told(&run(&survey(), &[]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, found[0].1), (Severity::Warning, 1));
    assert!(found[0].2.starts_with("参加意向: 問12の選択肢「わからない」が"), "{found:?}");
    for (rest, expected) in [("その他", Ok(2)), ("outside", Err(NotAsked))] {
        let derived = DERIVED.replace(
            "\"参加したくない\" = [\"参加したくない\"] } }",
            &format!("\"参加したくない\" = [\"参加したくない\"] }}, rest = \"{rest}\" }}"),
        );
        let survey = questionnaire(&format!("{QUESTIONS}{FILTERED}{derived}"));
        let answers = run(&survey, &[]);
        assert_eq!(told(&answers), []);
        let Responses::Single(intent) = of(&survey, &answers, "参加意向") else { panic!() };
        assert_eq!(intent[3], expected);
    }
}

#[test]
fn the_questionnaire_is_written_and_described_with_them() {
    let survey = survey();
    let written = write_questionnaire(&survey, &[]);
    assert_eq!(questionnaire(&written), survey, "{written}");
    let schema = questionnaire_schema();
    assert!(schema["properties"]["derived"].is_object());
    for key in ["bands", "merge", "any", "all", "none", "count", "cross"] {
        let described = &schema["$defs"]["DerivedSpec"]["properties"][key]["description"];
        assert!(described.is_string(), "{key}: {described}");
    }
}

/// Where a mistake is: its code and the words underlined.
fn mistakes(text: &str) -> Vec<(Code, String, Diagnostic)> {
    let source = Arc::new(SourceText { file: "q.toml".into(), text: text.into() });
    let error = read_questionnaire(source).expect_err("the questionnaire is broken");
    let place = |d: Diagnostic| {
        let span = d.span.clone().unwrap_or_else(|| panic!("{} has no place", d.code));
        (d.code, text[span.range].to_owned(), d)
    };
    error.into_diagnostics().into_iter().map(place).collect()
}

#[test]
fn every_mistake_is_told_at_its_place() {
    let cases = [
        (
            "id = \"問2\"\nany = [{ question = \"問5\", of = [\"はい\"] }]",
            Code::AnswersDuplicateQuestion,
            "\"問2\"",
        ),
        ("id = \"何\"", Code::AnswersMissingKey, "\"何\""),
        (
            "id = \"何\"\ncross = [\"性別\", \"問5\"]\nbands = { of = \"問2\", from = [0] }",
            Code::AnswersMisplacedKey,
            "\"何\"",
        ),
        ("id = \"何\"\nbands = { of = \"性別\", from = [0] }", Code::AnswersDerivedKind, "\"性別\""),
        ("id = \"何\"\nbands = { of = \"問9\", from = [0] }", Code::AnswersUnknownQuestion, "\"問9\""),
        ("id = \"何\"\nbands = { of = \"問2\", from = [0, 30, 20] }", Code::AnswersBandsOrder, "20"),
        ("id = \"何\"\nbands = { of = \"問2\", from = [0, 30, 30] }", Code::AnswersBandsOrder, "30"),
        ("id = \"何\"\nbands = { of = \"問2\", from = [18, 30] }", Code::AnswersBandsGap, "[18, 30]"),
        (
            "id = \"何\"\nbands = { of = \"問2\", from = [0, 30], labels = [\"若い\"] }",
            Code::AnswersBandsLabels,
            "[\"若い\"]",
        ),
        (
            "id = \"何\"\nbands = { of = \"問2\", from = [0, 30], labels = [\"人\", \"人\"] }",
            Code::AnswersDuplicateOption,
            "\"人\"",
        ),
        (
            "id = \"何\"\nbands = { of = \"問2\", from = [0] }\nlabels = [\"a\"]",
            Code::AnswersMisplacedKey,
            "[\"a\"]",
        ),
        (
            "id = \"何\"\nmerge = { of = \"問12\", into = { \"甲\" = [\"参加したい\"] } }",
            Code::AnswersUnknownOption,
            "\"参加したい\"",
        ),
        (
            "id = \"何\"\nmerge = { of = \"性別\", into = { \"甲\" = [\"男\"], \"乙\" = [\"女\", \"男\"] } }",
            Code::AnswersOptionTwice,
            "\"男\"",
        ),
        ("id = \"何\"\nmerge = { of = \"性別\", into = { \"甲\" = [] } }", Code::AnswersNoOptions, "[]"),
        (
            "id = \"何\"\nmerge = { of = \"問2\", into = { \"甲\" = [\"男\"] } }",
            Code::AnswersDerivedKind,
            "\"問2\"",
        ),
        (
            "id = \"何\"\nany = [{ question = \"問5\", of = [\"はいはい\"] }]",
            Code::AnswersUnknownOption,
            "\"はいはい\"",
        ),
        (
            "id = \"何\"\nany = [{ question = \"問5\", of = [\"はい\"] }]\nlabels = [\"a\"]",
            Code::AnswersDerivedLabels,
            "[\"a\"]",
        ),
        ("id = \"何\"\ncross = [\"性別\", \"問7\"]", Code::AnswersDerivedKind, "\"問7\""),
        ("id = \"何\"\ncross = [\"性別\", \"性別\"]", Code::AnswersCrossTwice, "\"性別\""),
        ("id = \"何\"\ncross = [\"性別\"]", Code::AnswersCrossOne, "[\"性別\"]"),
        ("id = \"何\"\ncross = [\"性別\", \"問5\"]\nnot_asked = \"no\"", Code::AnswersMisplacedKey, "\"no\""),
        ("id = \"何\"\ncross = [\"性別\", \"何\"]", Code::AnswersDerivedCircle, "\"何\""),
        (
            "id = \"何\"\ncross = [\"性別\", \"後\"]\n[[derived]]\nid = \"後\"\ncross = [\"性別\", \"問5\"]",
            Code::AnswersLaterQuestion,
            "\"後\"",
        ),
        (
            "id = \"年代\"\nbands = { of = \"問20\", from = [0] }\n[[question]]\nid = \"問19\"\n\
             type = \"text\"\nasked_if = { question = \"年代\", of = [\"0以上\"] }\n\
             [[question]]\nid = \"問20\"\ntype = \"number\"\nrange = [0, 9]",
            Code::AnswersLaterQuestion,
            "\"年代\"",
        ),
    ];
    for (written, code, underlined) in cases {
        let found = mistakes(&format!("{QUESTIONS}[[derived]]\n{written}\n"));
        let (first, words, diagnostic) = &found[0];
        assert_eq!((*first, words.as_str(), found.len()), (code, underlined, 1), "{written}: {found:?}");
        assert!(!diagnostic.message.ja.is_empty() && !diagnostic.message.en.is_empty());
    }
    let circle = "[[derived]]\nid = \"甲\"\ncross = [\"性別\", \"乙\"]\n\
                  [[derived]]\nid = \"乙\"\ncross = [\"性別\", \"甲\"]\n";
    let found = mistakes(&format!("{QUESTIONS}{circle}"));
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [Code::AnswersDerivedCircle]);
    assert!(found[0].2.message.ja.contains("甲 → 乙 → 甲"), "{found:?}");
    // All at once, whatever is about what.
    let all: String = cases.iter().take(8).map(|(written, ..)| format!("[[derived]]\n{written}\n")).collect();
    let all = all.replacen("id = \"何\"\nbands", "id = \"ほか\"\nbands", 1);
    assert!(mistakes(&format!("{QUESTIONS}{all}")).len() >= 8);
}
