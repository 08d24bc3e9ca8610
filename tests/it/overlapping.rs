//! Axes that are multiple answers: each option is a part of its own, and parts overlap.

use crate::support::project::{Project, head};
use shihyo::code::Code;
use shihyo::indicator::{Detail, EstimateRecord, Flag};
use shihyo::pipeline::adhoc::{self, Request};
use shihyo::pipeline::{self, CompareRequest, RunOutcome};

const PAPER: &str = r#"
title = "t"
[[question]]
id = "性別"
type = "single"
options = ["男", "女"]
[[question]]
id = "活動"
type = "multiple"
options = ["見守り", "清掃", "配食", "その他"]
[[question]]
id = "問1"
type = "single"
options = ["はい", "いいえ"]
[[question]]
id = "円"
type = "number"
"#;

/// Eight people; the sixth says nothing of 活動, and nobody chose その他. The last columns say the same one
/// by one, for flags.
const ANSWERS: &str = "\
id,性別,活動,問1,円,層,数,見守り,清掃,配食
1,男,\"1,2\",1,4,東,40,1,1,
2,男,1,2,8,東,40,1,,
3,女,2,1,6,東,40,,1,
4,女,\"1,2,3\",1,10,東,40,1,1,1
5,女,3,2,2,西,20,,,1
6,男,,1,12,西,20,,,
7,男,2,2,3,西,20,,1,
8,女,1,1,7,西,20,1,,
";

fn project(design: &str) -> Project {
    let plan = format!(
        "{}[survey.c]\ntitle = \"c\"\nsample = \"random\"\nquestionnaire = \"c.toml\"\n\
         [survey.c.wave.R4]\nresponses = [\"a.csv\"]\nrespondent = \"id\"\n{design}\
         [[indicator]]\nid = \"yes\"\ngoal = 1\ndepartment = \"課\"\ntitle = \"題\"\n\
         share = {{ survey = \"c\", question = \"問1\", of = [\"はい\"], base = \"answered\" }}\n\
         [[indicator]]\nid = \"yen\"\ngoal = 1\ndepartment = \"課\"\ntitle = \"題\"\nunit = \"円\"\n\
         mean = {{ survey = \"c\", question = \"円\" }}\n",
        head("[[\"活動\"], [\"性別\", \"活動\"]]")
    );
    Project::new(&[("plan.toml", &plan), ("c.toml", PAPER), ("a.csv", ANSWERS)])
}

fn of<'a>(outcome: &'a RunOutcome, key: &str) -> &'a EstimateRecord {
    let found = outcome.estimates.iter().find(|r| r.key.to_string() == format!("c/R4/{key}"));
    found.unwrap_or_else(|| panic!("no {key}"))
}

fn close(got: &Result<f64, shihyo::estimate::NotEstimable>, want: f64) {
    let got = got.as_ref().unwrap();
    assert!((got - want).abs() <= 1e-12, "{got} is not {want}");
}

#[test]
fn each_option_is_a_part_and_who_chose_several_is_in_several() {
    let (_, outcome) = project("").run();
    let keys: Vec<String> = outcome.estimates.iter().map(|r| r.key.to_string()).collect();
    let parts = [
        "",
        "/活動=見守り",
        "/活動=清掃",
        "/活動=配食",
        "/性別=男,活動=見守り",
        "/性別=女,活動=見守り",
        "/性別=男,活動=清掃",
        "/性別=女,活動=清掃",
        "/性別=女,活動=配食",
    ];
    let expected: Vec<String> =
        ["yes", "yen"].iter().flat_map(|id| parts.map(|part| format!("c/R4/{id}{part}"))).collect();
    assert_eq!(keys, expected);
    // はい of 見守り: 1 and 4 and 8 of 1 2 4 8; of 清掃: 1 3 4 of 1 3 4 7; of 配食: 4 of 4 5.
    for (part, yes, n) in [("見守り", 3, 4), ("清掃", 3, 4), ("配食", 1, 2)] {
        let e = &of(&outcome, &format!("yes/活動={part}")).estimate;
        assert_eq!((e.n_yes, e.n), (Some(yes), n), "{part}");
        assert_eq!(e.df.design, 7.0, "nobody left the design");
    }
    // (4 + 8 + 10 + 7)/4; SE = √(8/7 Σ(y − ȳ)²)/4 with Σ = 18.75.
    let e = &of(&outcome, "yen/活動=見守り").estimate;
    assert_eq!((e.n, e.value.clone()), (4, Ok(7.25)));
    close(&e.se, (8.0 / 7.0 * 18.75_f64).sqrt() / 4.0);
    assert_eq!(of(&outcome, "yen/性別=女,活動=見守り").estimate.value, Ok(8.5));
    for record in &outcome.estimates {
        let overlapping = record.flags.contains(&Flag::Overlapping);
        assert_eq!(overlapping, !record.key.groups.is_empty(), "{}", record.key);
        assert_eq!(record.n_total, 8);
    }
    // The plan by its name, wherever it stands and however its folder was typed.
    let told: Vec<(&str, Option<&str>)> = outcome
        .quality
        .findings
        .iter()
        .filter(|f| f.code == Code::PlanOverlappingParts)
        .map(|f| (f.message.ja.as_str(), f.place.file.as_deref()))
        .collect();
    let expected = "軸「活動」は複数回答のため、区分が重なる（区分の合計は全体にならない）";
    assert_eq!(told, [(expected, Some("plan.toml"))]);
}

#[test]
fn a_part_is_held_against_those_who_did_not_choose_it() {
    let (plan, outcome) = project("").run();
    let what = CompareRequest {
        indicator: "yen".into(),
        by: vec!["活動".into()],
        wave: None,
        adjust: shihyo::estimate::p_adjust::Adjustment::default(),
    };
    let found = pipeline::compare(&plan, &outcome, &what).unwrap();
    assert_eq!(found.parts.len(), 3);
    let Detail::AgainstRest(difference) = &found.parts[0].detail else { panic!("no difference") };
    // 7.25 against (6 + 2 + 12 + 3)/4 of 3 5 6 7: Σ(y − ȳ)² is 18.75 and 60.75.
    assert_eq!(difference.value, Ok(1.5));
    let test = difference.test.clone().unwrap();
    close(&Ok(test.se), (8.0 / 7.0 * 79.5_f64).sqrt() / 4.0);
    assert_eq!(test.df, 7.0);
}

#[test]
fn two_overlapping_parts_have_the_covariance_of_those_in_both() {
    let project = project("");
    let request = Request {
        files: vec![project.path("a.csv")],
        means: vec!["円".to_owned()],
        differences: vec!["見守り=1 vs 清掃=1".to_owned()],
        ..Request::default()
    };
    let found = adhoc::compute(&request, &adhoc::read(&request).unwrap()).unwrap().sheet;
    let row = found.rows.iter().find(|r| matches!(r.detail, Detail::Domains(_))).unwrap();
    // 7.25 − 5.75. Those in both, 1 and 4, have (y − 7.25 − y + 5.75)/4 = −1.5/4 each:
    // Σ u² = (2·1.5² + .75² + .25² + .25² + 2.75²)/16. As if nobody were in both it would be 47.5/16.
    assert_eq!(row.estimate.value, Ok(1.5));
    close(&row.estimate.se, (8.0 / 7.0 * 12.75_f64).sqrt() / 4.0);
    assert_eq!(row.estimate.n, 6, "each person once");
}

#[test]
fn a_plan_has_the_parts_that_flags_have_one_by_one_whatever_the_design() {
    for (design, strata, fpc) in [
        ("", None, None),
        ("design = { strata = [\"層\"] }\n", Some("層"), None),
        ("design = { strata = [\"層\"], fpc = [\"数\"] }\n", Some("層"), Some("数")),
    ] {
        let project = project(design);
        let (_, outcome) = project.run();
        let request = Request {
            files: vec![project.path("a.csv")],
            shares: vec!["問1=1".to_owned()],
            means: vec!["円".to_owned()],
            by: ["見守り", "清掃", "配食", "性別,見守り", "性別,清掃", "性別,配食"]
                .map(str::to_owned)
                .to_vec(),
            method: "wilson".to_owned(),
            strata: strata.map(str::to_owned),
            fpc: fpc.map(str::to_owned),
            ..Request::default()
        };
        let sheet = adhoc::compute(&request, &adhoc::read(&request).unwrap()).unwrap().sheet;
        let flags: Vec<_> = sheet.rows.iter().map(|r| &r.estimate).collect();
        let run: Vec<_> = outcome.estimates.iter().map(|r| &r.estimate).collect();
        assert_eq!(run, flags, "{design}");
    }
}

#[test]
fn a_question_of_the_questionnaire_has_the_same_parts_by_flags() {
    let project = project("");
    let (_, outcome) = project.run();
    let request = Request {
        files: vec![project.path("a.csv")],
        questionnaire: Some(project.path("c.toml")),
        shares: vec!["問1=はい".to_owned()],
        means: vec!["円".to_owned()],
        by: vec!["活動".to_owned(), "性別,活動".to_owned()],
        method: "wilson".to_owned(),
        ..Request::default()
    };
    let sheet = adhoc::compute(&request, &adhoc::read(&request).unwrap()).unwrap().sheet;
    assert_eq!(sheet.rows.len(), outcome.estimates.len());
    for (run, flags) in outcome.estimates.iter().zip(&sheet.rows) {
        assert_eq!((&run.key.groups, &run.estimate), (&flags.key.groups, &flags.estimate));
        assert_eq!(run.flags, flags.flags, "{}", run.key);
    }
    let note = "複数回答の軸は区分が重なる（1人がいくつもの区分に入り、区分の合計は全体にならない）";
    assert_eq!(sheet.notes.iter().filter(|t| t.ja == note).count(), 1, "{:?}", sheet.notes);
}

#[test]
fn what_is_printed_says_that_parts_overlap() {
    let project = project("");
    let note = "複数回答の軸は区分が重なる（1人がいくつもの区分に入り、区分の合計は全体にならない）";
    let compare = |by: &str| project.shihyo(&["compare", ".", "--indicator", "yen", "--by", by]);
    let (activity, sex) = (compare("活動"), compare("性別"));
    assert_eq!((activity.status, sex.status), (Some(0), Some(0)), "{}", activity.said());
    assert!(activity.said().contains(note), "{}", activity.said());
    assert!(!sex.said().contains(note), "{}", sex.said());
    assert!(project.shihyo(&["explain", "c/R4/yen/活動=清掃", "--plan", "."]).said().contains(note));
    assert!(!project.shihyo(&["explain", "c/R4/yen", "--plan", "."]).said().contains(note));
}

#[test]
fn a_number_is_no_axis() {
    let project = project("");
    project.change("plan.toml", "[\"活動\"]", "[\"円\"]");
    let error = project.load().unwrap_err();
    let told = &error.diagnostics()[0];
    assert_eq!(
        (told.code, told.message.ja.as_str(), told.message.en.as_str()),
        (
            Code::PlanBreakdownKind,
            "「円」には選択肢がないので軸にできません",
            "\"円\" has no options, so it cannot be a breakdown"
        )
    );
}
