//! Derived variables of a survey one of whose waves has a paper of its own.

use std::fmt::Write;

use shihyo::code::Code;
use shihyo::indicator::CellContent;
use shihyo::waves::Comparability;

use super::{QUESTIONS, Respondents, SHARES, USED, indicators, plan};
use crate::support::project::Project;

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

fn two_waves(people: &Respondents, paper: &str, festival: bool) -> Project {
    let plan = plan().replace("report_year = \"R4\"", "report_year = \"R7\"").replace(
        "strata = [\"年代\"]\npopulation = \"population.csv\"\nweights = { rake = [\"支援\"] }\n",
        "",
    );
    Project::new(&[
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
        let own = outcome.estimates.iter().filter(|e| e.key.wave().is_some_and(|w| w.short() == wave));
        own.map(|e| (e.key.to_string().replace(wave, ""), e.estimate.clone())).collect()
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
        let found = outcome.estimates.iter().find(|e| e.key.to_string() == key).unwrap();
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
        .filter(|f| f.code == Code::PlanNotComparable && f.place.question.as_deref() == Some("支援"))
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
            .all(|f| f.code != Code::PlanNotComparable || f.place.question.as_deref() != Some("参加意向"))
    );
}

#[test]
fn a_source_that_a_wave_did_not_ask_must_be_said() {
    let people = Respondents::new(50);
    let project = two_waves(&people, OTHER, false);
    project.change("plan.toml", "\"問2\" = \"F2\"\n", "");
    // Axes may be lacking; indicators may not.
    project.load().unwrap_or_else(|e| panic!("{e}"));
    project.change("plan.toml", "\"問6\" = \"Q2\"\n", "");
    let found = project.load().expect_err("問6 is lacking").into_diagnostics();
    assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), [Code::PlanUnmappedQuestion]);
    assert!(found[0].message.ja.contains("「問6」"), "{}", found[0].message.ja);
    let said = |id: &str| format!("\"問7\" = \"Q3\"\n\"{id}\" = {{ not_asked = true }}\n");
    for id in ["問6", "支援"] {
        project.change("plan.toml", "\"問7\" = \"Q3\"\n", &said(id));
        let (_, outcome) = project.run();
        assert!(outcome.estimates.iter().all(|e| !e.key.to_string().starts_with("s/R7/help")), "{id}");
        assert!(outcome.estimates.iter().any(|e| e.key.to_string() == "s/R4/help"));
        project.change("plan.toml", &said(id), "\"問7\" = \"Q3\"\n");
    }
}

#[test]
fn a_wave_may_have_asked_for_it_directly() {
    let people = Respondents::new(200);
    let asked = OTHER.replace(
        "id = \"F2\"\ntype = \"number\"\nrange = [0, 120]",
        "id = \"F2\"\ntype = \"single\"\noptions = [\"18～39\", \"40～69\", \"70以上\"]",
    );
    let project = two_waves(&people, &asked, false);
    project.change("plan.toml", "\"問2\" = \"F2\"\n", "\"年代\" = \"F2\"\n");
    let mut csv = "番号,F1,F2,Q1,Q2,Q3,Q4\n".to_owned();
    for line in other_csv(&people, false).lines().skip(1) {
        let mut cells = line.splitn(4, ',');
        let (id, sex, age) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
        let age: u32 = age.parse().unwrap();
        let band = 1 + usize::from(age >= 40) + usize::from(age >= 70);
        writeln!(csv, "{id},{sex},{band},{}", cells.next().unwrap()).unwrap();
    }
    project.write("r7.csv", csv);
    let outcome = project.run().1;
    let by_age = |wave: &str| -> Vec<shihyo::estimate::Estimate> {
        let of = outcome.estimates.iter().filter(|e| {
            e.key.wave().is_some_and(|w| w.short() == wave) && e.key.indicator() == Some("intent")
        });
        of.filter(|e| e.key.groups.iter().any(|g| g.variable == "年代")).map(|e| e.estimate.clone()).collect()
    };
    assert_eq!(by_age("R4").len(), 3);
    assert_eq!(by_age("R4"), by_age("R7"));
}
