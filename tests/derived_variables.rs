//! Derived variables: what they come to for each kind of answer and of missing answer, counted by hand;
//! wherever a question may stand; the same numbers as a file that holds the column already; waves,
//! processing rules, mistakes.

#[path = "support/office.rs"]
mod office;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use office::Office;
use shihyo::decode::{Answers, DecodeOptions, MissingReason, Responses, columns_used, decode};
use shihyo::error::{Diagnostic, SourceText};
use shihyo::finding::Severity;
use shihyo::indicator::{CellContent, EstimateRecord};
use shihyo::pipeline::{Outcome, explain};
use shihyo::questionnaire::{Questionnaire, questionnaire_schema, read_questionnaire, write_questionnaire};
use shihyo::raw::{ReadOptions, read_bytes};
use shihyo::waves::Comparability;

use MissingReason::{DontKnow, Invalid, NoAnswer, NotAsked};

const QUESTIONS: &str = r#"
title = "試験"
[defaults]
not_asked = ["NA"]
[[question]]
id = "性別"
type = "single"
options = ["男", "女"]
[[question]]
id = "問2"
type = "number"
range = [0, 120]
[[question]]
id = "問5"
type = "single"
options = ["はい", "いいえ", { label = "わからない", dont_know = true }]
[[question]]
id = "問6"
type = "multiple"
options = ["見守り", "配食", "清掃"]
asked_if = { question = "問5", of = ["いいえ", "わからない"] }
[[question]]
id = "問7"
type = "multiple"
options = ["自治会", "NPO", "消防団", "特になし"]
[[question]]
id = "問12"
type = "single"
options = ["積極的に参加したい", "できるだけ参加したい", "参加したくない", { label = "わからない", dont_know = true }]
"#;

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
merge = { of = "問12", into = { "参加したい" = ["積極的に参加したい", "できるだけ参加したい"], "参加したくない" = ["参加したくない"] } }
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
        let found = answers.findings.iter().filter(|f| f.code == "answers::not-in-a-group");
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
fn mistakes(text: &str) -> Vec<(&'static str, String, Diagnostic)> {
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
            "answers::duplicate-question",
            "\"問2\"",
        ),
        ("id = \"何\"", "answers::missing-key", "\"何\""),
        (
            "id = \"何\"\ncross = [\"性別\", \"問5\"]\nbands = { of = \"問2\", from = [0] }",
            "answers::misplaced-key",
            "\"何\"",
        ),
        ("id = \"何\"\nbands = { of = \"性別\", from = [0] }", "answers::derived-kind", "\"性別\""),
        ("id = \"何\"\nbands = { of = \"問9\", from = [0] }", "answers::unknown-question", "\"問9\""),
        ("id = \"何\"\nbands = { of = \"問2\", from = [0, 30, 20] }", "answers::bands-order", "20"),
        ("id = \"何\"\nbands = { of = \"問2\", from = [0, 30, 30] }", "answers::bands-order", "30"),
        ("id = \"何\"\nbands = { of = \"問2\", from = [18, 30] }", "answers::bands-gap", "[18, 30]"),
        (
            "id = \"何\"\nbands = { of = \"問2\", from = [0, 30], labels = [\"若い\"] }",
            "answers::bands-labels",
            "[\"若い\"]",
        ),
        (
            "id = \"何\"\nbands = { of = \"問2\", from = [0, 30], labels = [\"人\", \"人\"] }",
            "answers::duplicate-option",
            "\"人\"",
        ),
        (
            "id = \"何\"\nbands = { of = \"問2\", from = [0] }\nlabels = [\"a\"]",
            "answers::misplaced-key",
            "[\"a\"]",
        ),
        (
            "id = \"何\"\nmerge = { of = \"問12\", into = { \"甲\" = [\"参加したい\"] } }",
            "answers::unknown-option",
            "\"参加したい\"",
        ),
        (
            "id = \"何\"\nmerge = { of = \"性別\", into = { \"甲\" = [\"男\"], \"乙\" = [\"女\", \"男\"] } }",
            "answers::option-twice",
            "\"男\"",
        ),
        ("id = \"何\"\nmerge = { of = \"性別\", into = { \"甲\" = [] } }", "answers::no-options", "[]"),
        (
            "id = \"何\"\nmerge = { of = \"問2\", into = { \"甲\" = [\"男\"] } }",
            "answers::derived-kind",
            "\"問2\"",
        ),
        (
            "id = \"何\"\nany = [{ question = \"問5\", of = [\"はいはい\"] }]",
            "answers::unknown-option",
            "\"はいはい\"",
        ),
        (
            "id = \"何\"\nany = [{ question = \"問5\", of = [\"はい\"] }]\nlabels = [\"a\"]",
            "answers::derived-labels",
            "[\"a\"]",
        ),
        ("id = \"何\"\ncross = [\"性別\", \"問7\"]", "answers::derived-kind", "\"問7\""),
        ("id = \"何\"\ncross = [\"性別\", \"性別\"]", "answers::cross-twice", "\"性別\""),
        ("id = \"何\"\ncross = [\"性別\"]", "answers::cross-one", "[\"性別\"]"),
        ("id = \"何\"\ncross = [\"性別\", \"問5\"]\nnot_asked = \"no\"", "answers::misplaced-key", "\"no\""),
        ("id = \"何\"\ncross = [\"性別\", \"何\"]", "answers::derived-circle", "\"何\""),
        (
            "id = \"何\"\ncross = [\"性別\", \"後\"]\n[[derived]]\nid = \"後\"\ncross = [\"性別\", \"問5\"]",
            "answers::later-question",
            "\"後\"",
        ),
        (
            "id = \"年代\"\nbands = { of = \"問20\", from = [0] }\n[[question]]\nid = \"問19\"\ntype = \"text\"\n\
             asked_if = { question = \"年代\", of = [\"0以上\"] }\n[[question]]\nid = \"問20\"\n\
             type = \"number\"\nrange = [0, 9]",
            "answers::later-question",
            "\"年代\"",
        ),
    ];
    for (written, code, underlined) in cases {
        let found = mistakes(&format!("{QUESTIONS}[[derived]]\n{written}\n"));
        let (first, words, diagnostic) = &found[0];
        assert_eq!((*first, words.as_str(), found.len()), (code, underlined, 1), "{written}: {found:?}");
        assert!(!diagnostic.message.ja.is_empty() && !diagnostic.message.en.is_empty());
    }
    let circle = "[[derived]]\nid = \"甲\"\ncross = [\"性別\", \"乙\"]\n[[derived]]\nid = \"乙\"\ncross = [\"性別\", \"甲\"]\n";
    let found = mistakes(&format!("{QUESTIONS}{circle}"));
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), ["answers::derived-circle"]);
    assert!(found[0].2.message.ja.contains("甲 → 乙 → 甲"), "{found:?}");
    // All at once, whatever is about what.
    let all: String = cases.iter().take(8).map(|(written, ..)| format!("[[derived]]\n{written}\n")).collect();
    let all = all.replacen("id = \"何\"\nbands", "id = \"ほか\"\nbands", 1);
    assert!(mistakes(&format!("{QUESTIONS}{all}")).len() >= 8);
}

/// So many respondents with every combination of answers, by a plain generator.
struct Respondents(Vec<[String; 6]>);

impl Respondents {
    fn new(count: usize) -> Self {
        let mut state = 20_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let row = |_| {
            let sex = (draw(2) + 1).to_string();
            let age = (18 + draw(73)).to_string();
            let support = draw(3) + 1;
            let kinds =
                if support == 1 { String::new() } else { ["1", "2", "3", "1,3"][draw(4) as usize].into() };
            let groups = ["1", "2", "1,3", "4", "", "1,2,3"][draw(6) as usize].to_owned();
            let intent = ["1", "2", "3", "4", "", "1,2"][draw(6) as usize].to_owned();
            [sex, age, support.to_string(), kinds, groups, intent]
        };
        Self((0..count).map(row).collect())
    }

    /// The file; with `columns`, what `more` says of each respondent too.
    fn csv(&self, columns: &str, more: impl Fn(&[String; 6]) -> String) -> String {
        let mut out = format!("番号,性別,問2,問5,問6,問7,問12{columns}\n");
        for (k, row) in self.0.iter().enumerate() {
            let [sex, age, support, kinds, groups, intent] = row;
            writeln!(out, "{k},{sex},{age},{support},\"{kinds}\",\"{groups}\",\"{intent}\"{}", more(row))
                .unwrap();
        }
        out
    }
}

const USED: &str = r#"
[[derived]]
id = "年代"
bands = { of = "問2", from = [18, 40, 70], rest = "outside" }
[[derived]]
id = "参加意向"
merge = { of = "問12", into = { "参加したい" = ["積極的に参加したい", "できるだけ参加したい"], "参加したくない" = ["参加したくない"] }, rest = "outside" }
[[derived]]
id = "活動"
merge = { of = "問7", into = { "地域の団体" = ["自治会", "消防団"], "NPO" = ["NPO"] }, rest = "ほか" }
[[derived]]
id = "支援"
any = [{ question = "問5", of = ["はい"] }, { question = "問6", of = ["見守り", "配食"] }]
[[derived]]
id = "性・年代"
cross = ["性別", "年代"]
"#;

/// The same variables as questions of the file.
const ASKED: &str = r#"
[[question]]
id = "年代"
type = "single"
options = ["18～39", "40～69", "70以上"]
[[question]]
id = "参加意向"
type = "single"
options = ["参加したい", "参加したくない"]
[[question]]
id = "活動"
type = "multiple"
options = ["地域の団体", "NPO", "ほか"]
[[question]]
id = "支援"
type = "single"
options = ["はい", "いいえ"]
[[question]]
id = "性・年代"
type = "single"
options = ["男・18～39", "男・40～69", "男・70以上", "女・18～39", "女・40～69", "女・70以上"]
"#;

/// What those columns hold.
fn columns([sex, age, support, kinds, groups, intent]: &[String; 6]) -> String {
    let age: u32 = age.parse().unwrap();
    let band = if age < 40 {
        "18～39"
    } else if age < 70 {
        "40～69"
    } else {
        "70以上"
    };
    let merged = match intent.as_str() {
        "1" | "2" => "参加したい",
        "3" => "参加したくない",
        "4" => "NA",
        "" => "",
        _ => "参加したい,参加したくない",
    };
    let of = |codes: &[&str]| groups.split(',').any(|g| codes.contains(&g));
    let mut kept: Vec<&str> = Vec::new();
    kept.extend(of(&["1", "3"]).then_some("地域の団体"));
    kept.extend(of(&["2"]).then_some("NPO"));
    kept.extend(of(&["4"]).then_some("ほか"));
    let helped = support == "1" || kinds.split(',').any(|k| k == "1" || k == "2");
    let sex = if sex == "1" { "男" } else { "女" };
    format!(
        ",{band},\"{merged}\",\"{}\",{},{sex}・{band}",
        kept.join(","),
        if helped { "はい" } else { "いいえ" }
    )
}

const PLAN: &str = r#"
title = "試験"
fiscal_years = "R4..R10"
report_year = "R4"
breakdowns = [["年代"], ["性・年代"]]
[[goal]]
number = 1
title = "目標"
[survey.s]
title = "調査"
sample = "random"
questionnaire = "q.toml"
[survey.s.wave.R4]
responses = ["answers.csv"]
respondent = "番号"
strata = ["年代"]
population = "population.csv"
weights = { rake = ["支援"] }
"#;

const POPULATION: &str = "年代,支援,人口\n18～39,はい,9000\n18～39,いいえ,6000\n40～69,はい,11000\n\
                          40～69,いいえ,7000\n70以上,はい,8000\n70以上,いいえ,3000\n";

fn indicators(shares: &[(&str, &str, &str, &str)]) -> String {
    let one = |(id, question, of, more): &(&str, &str, &str, &str)| {
        format!(
            "[[indicator]]\nid = \"{id}\"\ngoal = 1\ndepartment = \"課\"\ntitle = \"{id}\"\ntarget = \"40%以上\"\n\
             share = {{ survey = \"s\", question = \"{question}\", of = [{of}], {more} }}\n"
        )
    };
    shares.iter().map(one).collect()
}

const SHARES: [(&str, &str, &str, &str); 4] = [
    ("intent", "参加意向", "\"参加したい\"", "base = \"answered\""),
    ("intent-asked", "参加意向", "\"参加したい\"", "base = \"asked\""),
    ("group", "活動", "\"地域の団体\"", "base = \"all\""),
    ("help", "支援", "\"はい\"", "base = \"answered\""),
];

fn office(questions: &str, answers: &str) -> Office {
    Office::new(&[
        ("plan.toml", &format!("{PLAN}{}", indicators(&SHARES))),
        ("q.toml", questions),
        ("answers.csv", answers),
        ("population.csv", POPULATION),
    ])
}

#[test]
fn indicators_axes_strata_and_margins_are_those_of_a_file_with_the_columns() {
    let people = Respondents::new(400);
    let derived = office(&format!("{QUESTIONS}{USED}"), &people.csv("", |_| String::new())).run().1;
    let names = ",年代,参加意向,活動,支援,性・年代";
    let asked = office(&format!("{QUESTIONS}{ASKED}"), &people.csv(names, columns)).run().1;
    assert_eq!(derived.estimates, asked.estimates);
    assert_eq!(derived.estimates.len(), 4 * (1 + 3 + 6));
    let ledger = |outcome: &Outcome| {
        let rows = outcome.quality.ledgers.iter();
        rows.map(|l| (l.question.clone(), l.ledger)).collect::<Vec<_>>()
    };
    assert_eq!(ledger(&derived), ledger(&asked));
    assert!(derived.estimates.iter().any(|e| e.groups.iter().any(|g| g.value == "女・70以上")));
}

#[test]
fn a_respondent_counts_once_however_many_of_the_merged_options_were_marked() {
    let people = Respondents::new(400);
    let outcome = office(&format!("{QUESTIONS}{USED}"), &people.csv("", |_| String::new())).run().1;
    let group = outcome.estimates.iter().find(|e| e.key == "s/R4/group").unwrap();
    let marked = people.0.iter().filter(|row| row[4].split(',').any(|g| g == "1" || g == "3")).count();
    assert_eq!(group.estimate.n_yes, Some(marked as u64));
}

#[test]
fn a_decision_about_a_source_shows_what_it_does_to_the_derived_variable() {
    let people = Respondents::new(400);
    let csv = people.csv("", |_| String::new());
    let questions = format!("{QUESTIONS}{USED}");
    let (plan, outcome) = office(&questions, &csv).run();
    let estimate = |outcome: &Outcome, key: &str| -> EstimateRecord {
        outcome.estimates.iter().find(|e| e.key == key).unwrap().clone()
    };
    let effect = |question: &str, policy: &str| {
        let found = outcome.quality.effects.iter().find(|e| {
            e.analysis_key == "s/R4/intent" && e.question.as_deref() == Some(question) && e.policy == policy
        });
        found.unwrap_or_else(|| panic!("{question} {policy}")).alternatives[0].estimate.clone().unwrap()
    };
    let two_marks = people.0.iter().filter(|row| row[5] == "1,2").count() as u64;
    assert!(outcome.quality.effects.iter().any(|e| e.policy == "two_marks" && e.affected == two_marks));
    let first = questions.replace(
        "type = \"single\"\noptions = [\"積極的に",
        "type = \"single\"\npolicy = { two_marks = \"first\" }\noptions = [\"積極的に",
    );
    assert_ne!(first, questions);
    let other = estimate(&office(&first, &csv).run().1, "s/R4/intent").estimate;
    assert_eq!(effect("問12", "two_marks"), other);
    assert_ne!(outcome.estimates.iter().find(|e| e.key == "s/R4/intent").unwrap().estimate, other);
    // わからない of 問5 makes 支援, which the weights are raked to.
    assert!(outcome.quality.effects.iter().any(|e| {
        e.analysis_key == "s/R4/group" && e.question.as_deref() == Some("問5") && e.policy == "dont_know"
    }));
    let sections = explain(&plan, &outcome, "s/R4/intent").unwrap();
    assert!(sections.iter().flat_map(|s| &s.lines).any(|l| l.ja == "派生変数: 問12の選択肢をまとめる"));
}

#[test]
fn dont_know_of_a_derived_variable_alone_is_a_decision_of_its_own() {
    let people = Respondents::new(200);
    let shares = [("intent", "参加意向", "\"参加したい\"", "base = \"asked\", dont_know = \"missing\"")];
    let plan = PLAN.replace("weights = { rake = [\"支援\"] }\n", "");
    let office = Office::new(&[
        ("plan.toml", &format!("{plan}{}", indicators(&shares))),
        ("q.toml", &format!("{QUESTIONS}{USED}")),
        ("answers.csv", &people.csv("", |_| String::new())),
        ("population.csv", POPULATION),
    ]);
    let outcome = office.run().1;
    let unsure = people.0.iter().filter(|row| row[5] == "4").count() as u64;
    let effects: Vec<_> = outcome.quality.effects.iter().filter(|e| e.policy == "dont_know").collect();
    assert_eq!(effects.len(), 1, "{effects:?}");
    assert_eq!((effects[0].question.as_deref(), effects[0].affected), (Some("参加意向"), unsure));
    // As an answer it is outside the variable, so the base loses them.
    let other = effects[0].alternatives[0].estimate.clone().unwrap();
    let own = &outcome.estimates.iter().find(|e| e.key == "s/R4/intent").unwrap().estimate;
    assert_eq!(other.n, own.n - unsure);
}

/// The paper of another wave: other numbers, other codes, 参加したい in one; no derived variable.
const OTHER: &str = r#"
title = "試験（令和7年度）"
[[question]]
id = "F1"
type = "single"
options = ["女", "男"]
[[question]]
id = "F2"
type = "number"
range = [0, 120]
[[question]]
id = "Q1"
type = "single"
options = ["はい", "いいえ", { label = "わからない", dont_know = true }]
[[question]]
id = "Q2"
type = "multiple"
options = ["見守り", "配食", "清掃"]
asked_if = { question = "Q1", of = ["いいえ", "わからない"] }
[[question]]
id = "Q3"
type = "multiple"
options = ["自治会", "NPO", "消防団", "特になし", "祭り"]
[[question]]
id = "Q4"
type = "single"
options = ["参加したい", "参加したくない", { label = "わからない", dont_know = true }]
"#;

const MAP: &str = r#"
[survey.s.wave.R7]
responses = ["r7.csv"]
respondent = "番号"
questionnaire = "r7.toml"
[survey.s.wave.R7.map]
"性別" = "F1"
"問2" = "F2"
"問5" = "Q1"
"問6" = "Q2"
"問7" = "Q3"
"問12" = { question = "Q4", merged = { "参加したい" = ["積極的に参加したい", "できるだけ参加したい"] } }
"#;

/// The same people on the other paper.
fn other_csv(people: &Respondents, festival: bool) -> String {
    let mut out = "番号,F1,F2,Q1,Q2,Q3,Q4\n".to_owned();
    for (k, [sex, age, support, kinds, groups, intent]) in people.0.iter().enumerate() {
        let sex = if sex == "1" { "2" } else { "1" };
        let groups = if festival && groups == "4" { "5" } else { groups };
        let intent = match intent.as_str() {
            "1" | "2" => "1",
            "3" => "2",
            "4" => "3",
            "" => "",
            // Two marks on this paper too.
            _ => "1,2",
        };
        writeln!(out, "{k},{sex},{age},{support},\"{kinds}\",\"{groups}\",\"{intent}\"").unwrap();
    }
    out
}

fn two_waves(people: &Respondents, paper: &str, festival: bool) -> Office {
    let plan = PLAN.replace("report_year = \"R4\"", "report_year = \"R7\"").replace(
        "strata = [\"年代\"]\npopulation = \"population.csv\"\nweights = { rake = [\"支援\"] }\n",
        "",
    );
    Office::new(&[
        ("plan.toml", &format!("{plan}{MAP}{}", indicators(&SHARES))),
        ("q.toml", &format!("{QUESTIONS}{USED}")),
        ("answers.csv", &people.csv("", |_| String::new())),
        ("r7.toml", paper),
        ("r7.csv", &other_csv(people, festival)),
    ])
}

#[test]
fn a_wave_with_its_own_paper_needs_no_copy() {
    let people = Respondents::new(200);
    let outcome = two_waves(&people, OTHER, false).run().1;
    let of_wave = |wave: &str| -> Vec<(String, shihyo::estimate::Estimate)> {
        let own = outcome.estimates.iter().filter(|e| e.wave.short() == wave);
        own.map(|e| (e.key.replace(wave, ""), e.estimate.clone())).collect()
    };
    assert_eq!(of_wave("R4").len(), 4 * (1 + 3 + 6));
    assert_eq!(of_wave("R4"), of_wave("R7"));
    // Its sources differ (options in one, a new one): so does it, in the words for them.
    let row = outcome.table.rows.iter().find(|r| r.id == "intent").unwrap();
    let note = row.measures[0].cells.iter().find_map(|c| match &c.content {
        CellContent::Value(o) => o.trend.clone(),
        _ => None,
    });
    let note = note.expect("a note");
    assert_eq!(note.level, Comparability::Caution);
    assert!(note.note.ja.contains("参加意向") && note.note.ja.contains("問12："), "{}", note.note.ja);
    let ledgers = outcome.quality.ledgers.iter().filter(|l| l.wave.short() == "R7" && l.question == "年代");
    assert_eq!(ledgers.count(), 1);
}

#[test]
fn an_option_that_only_one_wave_had_is_in_the_rest() {
    let people = Respondents::new(200);
    let outcome = two_waves(&people, OTHER, true).run().1;
    let yes = |wave: &str| {
        let key = format!("s/{wave}/group");
        let found = outcome.estimates.iter().find(|e| e.key == key).unwrap();
        (found.estimate.n, found.estimate.n_yes)
    };
    assert_eq!(yes("R4"), yes("R7"));
}

#[test]
fn the_worst_of_the_sources_decides_whether_waves_compare() {
    let people = Respondents::new(200);
    // Q2, a source of 支援, is asked of others.
    let paper = OTHER.replace("of = [\"いいえ\", \"わからない\"]", "of = [\"いいえ\"]");
    let outcome = two_waves(&people, &paper, false).run().1;
    let found: Vec<&str> = outcome
        .quality
        .findings
        .iter()
        .filter(|f| f.code == "plan::not-comparable" && f.place.question.as_deref() == Some("支援"))
        .map(|f| f.message.ja.as_str())
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("問6：聞いた相手が変わった"), "{found:?}");
    // 参加意向 has nothing to do with it.
    assert!(
        outcome
            .quality
            .findings
            .iter()
            .all(|f| f.code != "plan::not-comparable" || f.place.question.as_deref() != Some("参加意向"))
    );
}

#[test]
fn a_source_that_a_wave_did_not_ask_must_be_said() {
    let people = Respondents::new(50);
    let office = two_waves(&people, OTHER, false);
    office.change("plan.toml", "\"問2\" = \"F2\"\n", "");
    // Axes may be lacking; indicators may not.
    office.load().unwrap_or_else(|e| panic!("{e}"));
    office.change("plan.toml", "\"問6\" = \"Q2\"\n", "");
    let found = office.load().expect_err("問6 is lacking").into_diagnostics();
    assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), ["plan::unmapped-question"]);
    assert!(found[0].message.ja.contains("「問6」"), "{}", found[0].message.ja);
    let said = |id: &str| format!("\"問7\" = \"Q3\"\n\"{id}\" = {{ not_asked = true }}\n");
    for id in ["問6", "支援"] {
        office.change("plan.toml", "\"問7\" = \"Q3\"\n", &said(id));
        let (_, outcome) = office.run();
        assert!(outcome.estimates.iter().all(|e| !e.key.starts_with("s/R7/help")), "{id}");
        assert!(outcome.estimates.iter().any(|e| e.key == "s/R4/help"));
        office.change("plan.toml", &said(id), "\"問7\" = \"Q3\"\n");
    }
}

#[test]
fn a_wave_may_have_asked_for_it_directly() {
    let people = Respondents::new(200);
    let asked = OTHER.replace(
        "id = \"F2\"\ntype = \"number\"\nrange = [0, 120]",
        "id = \"F2\"\ntype = \"single\"\noptions = [\"18～39\", \"40～69\", \"70以上\"]",
    );
    let office = two_waves(&people, &asked, false);
    office.change("plan.toml", "\"問2\" = \"F2\"\n", "\"年代\" = \"F2\"\n");
    let mut csv = "番号,F1,F2,Q1,Q2,Q3,Q4\n".to_owned();
    for line in other_csv(&people, false).lines().skip(1) {
        let mut cells = line.splitn(4, ',');
        let (id, sex, age) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
        let age: u32 = age.parse().unwrap();
        let band = 1 + usize::from(age >= 40) + usize::from(age >= 70);
        writeln!(csv, "{id},{sex},{band},{}", cells.next().unwrap()).unwrap();
    }
    office.write("r7.csv", csv);
    let outcome = office.run().1;
    let by_age = |wave: &str| -> Vec<shihyo::estimate::Estimate> {
        let of = outcome.estimates.iter().filter(|e| e.wave.short() == wave && e.indicator == "intent");
        of.filter(|e| e.groups.iter().any(|g| g.variable == "年代")).map(|e| e.estimate.clone()).collect()
    };
    assert_eq!(by_age("R4").len(), 3);
    assert_eq!(by_age("R4"), by_age("R7"));
}

#[test]
fn a_cleaning_log_changes_the_sources_not_the_variable() {
    let people = Respondents::new(50);
    let office = office(&format!("{QUESTIONS}{USED}"), &people.csv("", |_| String::new()));
    office.change("plan.toml", "strata = ", "cleaning_log = [\"log.csv\"]\nstrata = ");
    office.write("log.csv", "整理番号,設問,元の値,新しい値\n1,年代,18～39,40～69\n");
    let found = office.compute().expect_err("a derived variable is in no file").into_diagnostics();
    assert_eq!(found[0].code, "answers::log-question");
    assert!(found[0].help.as_ref().is_some_and(|h| h.ja.contains("問2")), "{found:?}");
}
