//! Derived variables: the same numbers as a file that holds the column already, whatever they are used for;
//! processing rules and cleaning logs. What they come to stands in `decoding`, waves in `waves`.

mod decoding;
mod waves;

use std::fmt::Write;

use shihyo::code::Code;
use shihyo::indicator::EstimateRecord;
use shihyo::pipeline::{RunOutcome, explain};

use crate::support::dice::Dice;
use crate::support::project::{Project, head, indicator, survey};

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
options = ["積極的に参加したい", "できるだけ参加したい", "参加したくない",
           { label = "わからない", dont_know = true }]
"#;

/// So many respondents with every combination of answers.
struct Respondents(Vec<[String; 6]>);

impl Respondents {
    fn new(count: usize) -> Self {
        let mut dice = Dice::new(20);
        let mut draw = |below: u64| dice.below(below);
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
merge = { of = "問12", into = { "参加したい" = [
    "積極的に参加したい", "できるだけ参加したい",
], "参加したくない" = ["参加したくない"] }, rest = "outside" }
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

/// The plan without its indicators.
fn plan() -> String {
    head("[[\"年代\"], [\"性・年代\"]]")
        + &survey("strata = [\"年代\"]\npopulation = \"population.csv\"\nweights = { rake = [\"支援\"] }")
}

const POPULATION: &str = "年代,支援,人口\n18～39,はい,9000\n18～39,いいえ,6000\n40～69,はい,11000\n\
                          40～69,いいえ,7000\n70以上,はい,8000\n70以上,いいえ,3000\n";

fn indicators(shares: &[(&str, &str, &str, &str)]) -> String {
    let one =
        |(id, question, of, base): &(&str, &str, &str, &str)| indicator(id, id, "s", question, of, base);
    shares.iter().map(one).collect()
}

const SHARES: [(&str, &str, &str, &str); 4] = [
    ("intent", "参加意向", "\"参加したい\"", "\"answered\""),
    ("intent-asked", "参加意向", "\"参加したい\"", "\"asked\""),
    ("group", "活動", "\"地域の団体\"", "\"all\""),
    ("help", "支援", "\"はい\"", "\"answered\""),
];

fn project(questions: &str, answers: &str) -> Project {
    Project::new(&[
        ("plan.toml", &format!("{}{}", plan(), indicators(&SHARES))),
        ("q.toml", questions),
        ("answers.csv", answers),
        ("population.csv", POPULATION),
    ])
}

#[test]
fn indicators_axes_strata_and_margins_are_those_of_a_file_with_the_columns() {
    let people = Respondents::new(400);
    let derived = project(&format!("{QUESTIONS}{USED}"), &people.csv("", |_| String::new())).run().1;
    let names = ",年代,参加意向,活動,支援,性・年代";
    let asked = project(&format!("{QUESTIONS}{ASKED}"), &people.csv(names, columns)).run().1;
    assert_eq!(derived.estimates, asked.estimates);
    assert_eq!(derived.estimates.len(), 4 * (1 + 3 + 6));
    let ledger = |outcome: &RunOutcome| {
        let rows = outcome.quality.ledgers.iter();
        rows.map(|l| (l.question.clone(), l.ledger)).collect::<Vec<_>>()
    };
    assert_eq!(ledger(&derived), ledger(&asked));
    assert!(derived.estimates.iter().any(|e| e.key.groups.iter().any(|g| g.value == "女・70以上")));
}

#[test]
fn a_respondent_counts_once_however_many_of_the_merged_options_were_marked() {
    let people = Respondents::new(400);
    let outcome = project(&format!("{QUESTIONS}{USED}"), &people.csv("", |_| String::new())).run().1;
    let group = outcome.estimates.iter().find(|e| e.key.to_string() == "s/R4/group").unwrap();
    let marked = people.0.iter().filter(|row| row[4].split(',').any(|g| g == "1" || g == "3")).count();
    assert_eq!(group.estimate.n_yes, Some(marked as u64));
}

#[test]
fn a_decision_about_a_source_shows_what_it_does_to_the_derived_variable() {
    let people = Respondents::new(400);
    let csv = people.csv("", |_| String::new());
    let questions = format!("{QUESTIONS}{USED}");
    let (plan, outcome) = project(&questions, &csv).run();
    let estimate = |outcome: &RunOutcome, key: &str| -> EstimateRecord {
        outcome.estimates.iter().find(|e| e.key.to_string() == key).unwrap().clone()
    };
    let effect = |question: &str, policy: &str| {
        let found = outcome.quality.effects.iter().find(|e| {
            e.analysis_key.to_string() == "s/R4/intent"
                && e.question.as_deref() == Some(question)
                && e.policy == policy
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
    let other = estimate(&project(&first, &csv).run().1, "s/R4/intent").estimate;
    assert_eq!(effect("問12", "two_marks"), other);
    assert_ne!(
        outcome.estimates.iter().find(|e| e.key.to_string() == "s/R4/intent").unwrap().estimate,
        other
    );
    // わからない of 問5 makes 支援, which the weights are raked to.
    assert!(outcome.quality.effects.iter().any(|e| {
        e.analysis_key.to_string() == "s/R4/group"
            && e.question.as_deref() == Some("問5")
            && e.policy == "dont_know"
    }));
    let sections = explain(&plan, &outcome, "s/R4/intent").unwrap();
    assert!(sections.iter().flat_map(|s| &s.lines).any(|l| l.ja == "派生変数: 問12の選択肢をまとめる"));
}

#[test]
fn dont_know_of_a_derived_variable_alone_is_a_decision_of_its_own() {
    let people = Respondents::new(200);
    let shares = [("intent", "参加意向", "\"参加したい\"", "\"asked\", dont_know = \"missing\"")];
    let plan = plan().replace("weights = { rake = [\"支援\"] }\n", "");
    let project = Project::new(&[
        ("plan.toml", &format!("{plan}{}", indicators(&shares))),
        ("q.toml", &format!("{QUESTIONS}{USED}")),
        ("answers.csv", &people.csv("", |_| String::new())),
        ("population.csv", POPULATION),
    ]);
    let outcome = project.run().1;
    let unsure = people.0.iter().filter(|row| row[5] == "4").count() as u64;
    let effects: Vec<_> = outcome.quality.effects.iter().filter(|e| e.policy == "dont_know").collect();
    assert_eq!(effects.len(), 1, "{effects:?}");
    assert_eq!((effects[0].question.as_deref(), effects[0].affected), (Some("参加意向"), unsure));
    // As an answer it is outside the variable, so the base loses them.
    let other = effects[0].alternatives[0].estimate.clone().unwrap();
    let own = &outcome.estimates.iter().find(|e| e.key.to_string() == "s/R4/intent").unwrap().estimate;
    assert_eq!(other.n, own.n - unsure);
}

#[test]
fn a_cleaning_log_changes_the_sources_not_the_variable() {
    let people = Respondents::new(50);
    let project = project(&format!("{QUESTIONS}{USED}"), &people.csv("", |_| String::new()));
    project.change("plan.toml", "strata = ", "cleaning_log = [\"log.csv\"]\nstrata = ");
    project.write("log.csv", "整理番号,設問,元の値,新しい値\n1,年代,18～39,40～69\n");
    let found = project.compute().expect_err("a derived variable is in no file").into_diagnostics();
    assert_eq!(found[0].code, Code::AnswersLogQuestion);
    assert!(found[0].help.as_ref().is_some_and(|h| h.ja.contains("問2")), "{found:?}");
}
