//! Measures through waves, against targets, and under other processing rules.

use std::collections::BTreeMap;

use super::{HEAD, POINTS, indicator, project, record};
use crate::support::project::Project;
use shihyo::code::Code;
use shihyo::indicator::{Flag, Measure, ProgressState, TargetClearance};
use shihyo::pipeline::HeldOutcome;

/// Two waves of 200 in which the answers go round.
fn two_waves(rule: &str, later: [usize; 5], target: &str) -> (HeldOutcome, Measure) {
    let csv = |codes: [usize; 5]| -> String {
        let rows = (0..200).map(|i| format!("{i},{}\n", codes[i % 5]));
        std::iter::once("id,問1\n".to_owned()).chain(rows).collect()
    };
    let paper = r#"
title = "市民アンケート"
[[question]]
id = "問1"
type = "single"
options = ["満足", "やや満足", "ふつう", "やや不満", "不満"]
"#;
    let head = HEAD.replace("breakdowns = [[\"性別\"]]\n", rule);
    let score = format!(
        "score = {{ survey = \"c\", question = \"問1\", points = {POINTS} }}\n\
         target = \"{target}\""
    );
    let second = "[survey.c.wave.R7]\nresponses = [\"b.csv\"]\nrespondent = \"id\"\n";
    let plan = format!("{head}{second}{}", indicator("score", &score));
    let (first, later) = (csv([1, 2, 3, 4, 5]), csv(later));
    let project =
        Project::new(&[("plan.toml", &plan), ("c.toml", paper), ("a.csv", &first), ("b.csv", &later)]);
    let (_, outcome) = project.run();
    let measure = outcome.table.rows[0].measures[0].clone();
    (outcome, measure)
}

#[test]
fn a_score_is_judged_against_its_target_by_its_sampling_error() {
    use ProgressState::{Improved, LittleChange, TargetMet, Worse};
    // From 3.0, of which the standard error is .1.
    for (later, state) in [
        ([1, 1, 2, 2, 3], TargetMet),
        ([1, 2, 2, 3, 4], Improved),
        ([1, 2, 3, 4, 4], LittleChange),
        ([3, 3, 4, 4, 5], Worse),
    ] {
        let (_, measure) = two_waves("", later, "4点以上");
        assert_eq!(measure.status.state, state, "{later:?}");
        assert_eq!((measure.unit.text(), measure.status.target), ("点", Some(4.0)));
        let evidence = serde_json::to_value(measure.status.evidence).unwrap();
        assert_eq!(evidence["evidence"], "tested");
    }
    let (_, met) = two_waves("", [1, 2, 2, 2, 3], "4点以上");
    assert_eq!((met.status.state, met.status.clearance), (TargetMet, Some(TargetClearance::PointOnly)));
    // 3.0 → 3.2 is 6.7 % of the baseline, → 3.6 is 20 %: percent, not points of a share.
    let band = "progress = { rule = \"band\", points = 3, percent = 10 }\n";
    assert_eq!(two_waves(band, [1, 2, 3, 4, 4], "4点以上").1.status.state, LittleChange);
    assert_eq!(two_waves(band, [1, 2, 2, 3, 4], "4点以上").1.status.state, Improved);
}

#[test]
fn another_processing_rule_changes_a_score_in_its_own_unit() {
    let score = format!(
        "score = {{ survey = \"c\", question = \"問1\", points = {POINTS} }}\n\
         unit = \"点\""
    );
    let mean = "mean = { survey = \"c\", question = \"円\", where = { question = \"問1\", of = [\"\
    満足\"] } }\n\
                unit = \"円\"";
    let project = project(&format!("{HEAD}{}{}", indicator("score", &score), indicator("mean", mean)));
    // Two marks: invalid, or 満足.
    project.change("a.csv", "12,男,西,50,ふつう,120,50,60,3", "12,男,西,50,\"1,2\",120,50,60,");
    let (_, outcome) = project.written("out");
    let effects: BTreeMap<&str, (f64, f64)> = outcome
        .quality
        .effects
        .iter()
        .filter(|e| e.policy == "two_marks")
        .map(|e| {
            let other = &e.alternatives[0];
            (e.indicator.as_str(), (e.in_force.value().unwrap(), other.value().unwrap()))
        })
        .collect();
    // 33/9, with a tenth of 5 points; yen of those who are 満足: 4 31 40, and then 50.
    assert_eq!(effects["score"], (33.0 / 9.0, 3.8));
    assert_eq!(effects["mean"], (25.0, 31.25));
    let html = project.text("out/progress-table.html");
    for text in ["+0.1点", "+6.3円", "割合のほかで、値に対する差が最も大きいのは「meanの題」（R4）の+6.3円"]
    {
        assert!(html.contains(text), "{text}");
    }
}

#[test]
fn options_merged_on_a_waves_paper_have_points_where_all_of_them_have_the_same() {
    let paper = |options: &str| {
        format!("title = \"t\"\n[[question]]\nid = \"問1\"\ntype = \"single\"\noptions = {options}\n")
    };
    let reference = paper(r#"["よい", "まあよい", "わるい", "わからない"]"#);
    let own = paper(r#"["よい方だ", "わるい", "わからない"]"#);
    let head = HEAD.replace("breakdowns = [[\"性別\"]]\n", "");
    let second = "[survey.c.wave.R7]\nresponses = [\"b.csv\"]\nrespondent = \"id\"\n\
                  questionnaire = \"d.toml\"\n\
                  [survey.c.wave.R7.map]\n\
                  \"問1\" = { question = \"問1\", merged = { \"よい方だ\" = [\"よい\", \"まあよい\"] } }\n";
    let score = |id: &str, points: &str| {
        indicator(
            id,
            &format!(
                "score = {{ survey = \"c\", question = \"問1\", points = {points}, \
                 outside = [\"わからない\"] }}"
            ),
        )
    };
    let plan = [
        head,
        second.to_owned(),
        score("same", r#"{ "よい" = 1, "まあよい" = 1, "わるい" = -1 }"#),
        score("other", r#"{ "よい" = 2, "まあよい" = 1, "わるい" = -1 }"#),
    ]
    .concat();
    let project = Project::new(&[
        ("plan.toml", &plan),
        ("c.toml", &reference),
        ("d.toml", &own),
        ("a.csv", "id,問1\n1,1\n2,2\n3,3\n4,4\n5,1\n"),
        ("b.csv", "id,問1\n1,1\n2,1\n3,2\n4,3\n5,1\n"),
    ]);
    let (_, outcome) = project.run();
    let of = |key: &str| record(&outcome, key).clone();
    assert_eq!((of("c/R4/same").estimate.value, of("c/R7/same").estimate.value), (Ok(0.5), Ok(0.5)));
    assert_eq!(of("c/R7/same").estimate.n, 4);
    assert!(!of("c/R7/same").flags.contains(&Flag::NotComparable), "{:?}", of("c/R7/same").flags);
    // Nobody knows which of the two よい方だ is: those are outside, and the waves are not compared.
    assert_eq!((of("c/R7/other").estimate.n, of("c/R7/other").estimate.value), (1, Ok(-1.0)));
    assert!(of("c/R7/other").flags.contains(&Flag::NotComparable), "{:?}", of("c/R7/other").flags);
}

#[test]
fn a_wave_that_did_not_ask_a_question_of_the_condition_has_no_value() {
    let paper = |age: &str| format!("title = \"t\"\n{age}[[question]]\nid = \"分\"\ntype = \"number\"\n");
    let head = HEAD.replace("breakdowns = [[\"性別\"]]\n", "");
    let second = "[survey.c.wave.R7]\nresponses = [\"b.csv\"]\nrespondent = \"id\"\n\
                  questionnaire = \"d.toml\"\n\
                  [survey.c.wave.R7.map]\n\"年齢\" = { not_asked = true }\n";
    let mean = "mean = { survey = \"c\", question = \"分\", where = { question = \"年齢\", at_leas\
    t = 65 } }";
    let plan = format!("{head}{second}{}", indicator("mean", mean));
    let project = Project::new(&[
        ("plan.toml", &plan),
        ("c.toml", &paper("[[question]]\nid = \"年齢\"\ntype = \"number\"\n")),
        ("d.toml", &paper("")),
        ("a.csv", "id,年齢,分\n1,70,10\n2,80,20\n3,20,90\n"),
        ("b.csv", "id,分\n1,10\n2,20\n"),
    ]);
    let (_, outcome) = project.run();
    let keys: Vec<String> = outcome.estimates.iter().map(|r| r.key.to_string()).collect();
    assert_eq!(keys, ["c/R4/mean"]);
    assert_eq!(outcome.estimates[0].estimate.value, Ok(15.0));
    // A plan that forgets to say so is told.
    project.change("plan.toml", "[survey.c.wave.R7.map]\n\"年齢\" = { not_asked = true }\n", "");
    let error = project.load().unwrap_err();
    assert_eq!(error.diagnostics()[0].code, Code::PlanUnmappedQuestion);
}
