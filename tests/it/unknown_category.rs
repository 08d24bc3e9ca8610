//! Who left a question blank is known by that, never by a text: an option that is really called 不明 is a
//! category like any other, in breakdowns, in strata and when weighting to a population.

use crate::support::project::Project;
use shihyo::code::Code;
use shihyo::error::Result;
use shihyo::indicator::EstimateRecord;
use shihyo::pipeline::adhoc::{self, Request};

/// Two people of 東部, two who answered 不明, one who left the question blank.
const ANSWERS: &str = "地区,問1\n東部,はい\n東部,いいえ\n不明,はい\n不明,はい\n,いいえ\n";

const QUESTIONNAIRE: &str = "title = \"t\"\n\
     [[question]]\nid = \"地区\"\ntype = \"single\"\noptions = [\"東部\", \"西部\", \"不明\"]\n\
     [[question]]\nid = \"問1\"\ntype = \"single\"\noptions = [\"はい\", \"いいえ\"]\n";

fn plan(design: &str) -> String {
    format!(
        "title = \"t\"\nfiscal_years = \"R4..R10\"\nreport_year = \"R6\"\nbreakdowns = [[\"地区\"]]\n\
         [[goal]]\nnumber = 1\ntitle = \"g\"\n\
         [survey.s]\ntitle = \"s\"\nsample = \"random\"\nquestionnaire = \"q.toml\"\n\
         [survey.s.wave.R4]\nresponses = [\"raw/a.csv\"]\n{design}\n\
         [[indicator]]\nid = \"yes\"\ngoal = 1\ndepartment = \"d\"\ntitle = \"t\"\n\
         share = {{ survey = \"s\", question = \"問1\", of = [\"はい\"], base = \"answered\" }}\n"
    )
}

/// Those answers, beside a population table.
fn project(answers: &str, table: &str, design: &str) -> Project {
    Project::new(&[
        ("raw/a.csv", answers),
        ("raw/people.csv", table),
        ("pipelines/p/q.toml", QUESTIONNAIRE),
        ("pipelines/p/plan.toml", &plan(design)),
    ])
}

/// The share of はい by `by`, asked by flags.
fn flags(project: &Project, by: &str, of: impl FnOnce(Request) -> Request) -> Result<Vec<EstimateRecord>> {
    let request = of(Request {
        files: vec![project.path("raw/a.csv")],
        shares: vec!["問1=はい".to_owned()],
        by: vec![by.to_owned()],
        ..Request::default()
    });
    Ok(adhoc::compute(&request, &adhoc::read(&request)?)?.sheet.rows)
}

/// Each number: its part, its respondents, its share in thousandths.
fn numbers(records: &[EstimateRecord]) -> Vec<(String, u64, u64)> {
    let part =
        |r: &EstimateRecord| r.key.groups.iter().map(|g| g.value.as_str()).collect::<Vec<_>>().join("/");
    let share = |r: &EstimateRecord| (r.estimate.value.clone().expect("a share") * 1000.0).round() as u64;
    records.iter().map(|r| (part(r), r.estimate.n, share(r))).collect()
}

fn expected(of: &[(&str, u64, u64)]) -> Vec<(String, u64, u64)> {
    of.iter().map(|(part, n, share)| ((*part).to_owned(), *n, *share)).collect()
}

#[test]
fn an_option_called_unknown_is_a_part_of_a_breakdown() {
    let project = project(ANSWERS, "地区,人口\n", "");
    // The blank answer counts in the whole alone.
    let want = expected(&[("", 5, 600), ("東部", 2, 500), ("不明", 2, 1000)]);
    assert_eq!(numbers(&project.run().1.estimates), want);
    // In the order of the file without a questionnaire, of the options with one.
    assert_eq!(numbers(&flags(&project, "地区", |r| r).unwrap()), want);
}

#[test]
fn an_option_called_unknown_is_weighted_to_its_own_people() {
    let project = project(
        ANSWERS,
        "地区,人口\n東部,60\n不明,40\n",
        "design = { population = \"raw/people.csv\", weights = { post_stratify = [\"地区\"] } }",
    );
    // A fifth is blank and keeps its part, 20 of 100; the rest has 60 : 40 of what is left, 48 and 32. By
    // weight はい is 24 of 48 and 32 of 32: 56 of 100.
    let want = expected(&[("", 5, 560), ("東部", 2, 500), ("不明", 2, 1000)]);
    let by_flags =
        flags(&project, "地区", |r| Request { post_stratify: Some(project.path("raw/people.csv")), ..r });
    assert_eq!(numbers(&by_flags.unwrap()), want);
    assert_eq!(numbers(&project.run().1.estimates), want);
}

#[test]
fn an_option_called_unknown_without_people_is_a_mistake() {
    let answers = "地区,問1\n東部,はい\n西部,いいえ\n不明,はい\n,いいえ\n";
    let project = project(answers, "地区,人口\n東部,60\n西部,40\n", "");
    let error =
        flags(&project, "地区", |r| Request { post_stratify: Some(project.path("raw/people.csv")), ..r });
    let error = error.expect_err("nobody of the population is 不明");
    let codes: Vec<Code> = error.diagnostics().iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code::DesignMarginUnknown]);
    assert!(error.to_string().contains("不明"), "{error}");
}

#[test]
fn a_stratum_called_unknown_has_its_own_size() {
    let answers = "地区,問1\n東部,はい\n東部,いいえ\n不明,はい\n不明,はい\n";
    let project = project(answers, "地区,人口\n東部,20\n不明,2\n", "");
    let sized = flags(&project, "地区", |r| Request {
        strata: Some("地区".to_owned()),
        post_stratify: Some(project.path("raw/people.csv")),
        ..r
    });
    // Weights 10 and 1: はい is 10 + 2 of 22.
    assert_eq!(numbers(&sized.unwrap()), expected(&[("", 4, 545), ("東部", 2, 500), ("不明", 2, 1000)]));
}

/// Categories that hold the sign between the names of a crossing are still two.
#[test]
fn a_crossing_is_its_categories_not_their_joined_names() {
    let answers = "甲,乙,問1\nA × B,C,はい\nA × B,C,いいえ\nA,B × C,はい\nA,B × C,はい\n";
    let project = project(answers, "甲,乙,人口\nA × B,C,90\nA,B × C,10\n", "");
    let found =
        flags(&project, "甲", |r| Request { post_stratify: Some(project.path("raw/people.csv")), ..r });
    // Half of 90 and all of 10.
    assert_eq!(numbers(&found.unwrap()), expected(&[("", 4, 550), ("A × B", 2, 500), ("A", 2, 1000)]));
}
