//! Means, totals, ratios, quantiles and scores of a plan are, bit for bit, those of flags, of everyone and of
//! a domain, whatever the design.

use std::collections::BTreeMap;

use super::compare::exactly;
use super::drawn::{ALL, LAYOUTS, Layout, OPINION, Survey};
use shihyo::decode::Base;
use shihyo::estimate::NotEstimable;
use shihyo::indicator::EstimateRecord;
use shihyo::pipeline::adhoc::{self, Request};

/// What the options of 問1 are worth; わからない is outside.
pub(super) const POINTS: [Option<f64>; 4] = [Some(5.0), Some(3.5), Some(-1.0), None];

fn named(measure: &str, groups: impl Iterator<Item = (String, String)>) -> String {
    let groups = groups.map(|(variable, value)| format!("{variable}={value}"));
    format!("{measure} {}", groups.collect::<Vec<_>>().join(","))
}

fn groups(record: &EstimateRecord) -> impl Iterator<Item = (String, String)> + '_ {
    record.key.groups.iter().map(|g| (g.variable.clone(), g.value.clone()))
}

/// The indicators, in the order in which flags are answered, and two shares between and behind them: each
/// number has its own estimates, whatever stands before it.
fn indicators(domain: &str) -> String {
    let points: Vec<String> = OPINION
        .iter()
        .zip(POINTS)
        .filter_map(|(option, points)| Some(format!("\"{option}\" = {:?}", points?)))
        .collect();
    let points = format!("points = {{ {} }}, outside = [\"わからない\"]", points.join(", "));
    let share =
        |option: &str| format!("share = {{ question = \"問1\", of = [\"{option}\"], base = \"answered\"");
    [
        ("mean-yen", "mean = { question = \"円\"".to_owned()),
        ("share-first", share(OPINION[0])),
        ("mean-minutes", "mean = { question = \"分\"".to_owned()),
        ("score", format!("score = {{ question = \"問1\", {points}")),
        ("total", "total = { question = \"円\"".to_owned()),
        ("ratio", "ratio = { numerator = \"円\", denominator = \"分\"".to_owned()),
        ("median", "quantile = { question = \"円\", at = 0.5".to_owned()),
        ("quartile", "quantile = { question = \"分\", at = 0.25".to_owned()),
        ("share-second", share(OPINION[1])),
    ]
    .map(|(id, definition)| {
        format!(
            "[[indicator]]\nid = \"m-{id}\"\ngoal = 1\ndepartment = \"d\"\ntitle = \"t\"\n\
             {definition}, survey = \"s\"{domain} }}\n"
        )
    })
    .concat()
}

/// The same by flags: the ids in the order of their answers, and the request.
fn request(survey: &Survey, method: &str, conditions: &[&str]) -> ([&'static str; 9], Request) {
    let list = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<String>>();
    let base = Request { base: Base::Answered, ..survey.request(method, 0.95) };
    let option = |k: usize| match survey.layout {
        Layout::Labels => OPINION[k].to_owned(),
        _ => (k + 1).to_string(),
    };
    let ids = [
        "share-first",
        "share-second",
        "mean-yen",
        "mean-minutes",
        "score",
        "total",
        "ratio",
        "median",
        "quartile",
    ];
    let request = Request {
        shares: vec![format!("問1={}", option(0)), format!("問1={}", option(1))],
        means: list(&["円", "分", "点"]),
        totals: list(&["円"]),
        ratios: list(&["円/分"]),
        quantiles: list(&["円@0.5", "分@0.25"]),
        conditions: list(conditions),
        ..base
    };
    (ids, request)
}

fn of_flags(ids: [&str; 9], records: &[EstimateRecord]) -> BTreeMap<String, String> {
    let (mut at, mut out) = (usize::MAX, BTreeMap::new());
    for record in records {
        if record.key.groups.is_empty() {
            at = at.wrapping_add(1);
        }
        out.insert(named(ids[at], groups(record)), exactly(record));
    }
    assert_eq!(at, 8);
    out
}

#[test]
fn measures_of_a_run_are_those_of_flags_for_every_design_and_domain() {
    let mut compared = 0;
    for (at, drawn) in ALL.into_iter().enumerate() {
        let layout = LAYOUTS[at % LAYOUTS.len()];
        let survey = Survey::new(500 + at as u64, drawn, layout, "wilson", 0.95);
        let plan = survey.project.text("pipelines/p/plan.toml");
        for (domain, conditions) in [
            ("", &[][..]),
            (", where = { question = \"地区\", of = [\"東部\"] }", &["地区=東部"][..]),
            (", where = { question = \"分\", at_least = 100 }", &["分>=100"][..]),
        ] {
            survey.project.write("pipelines/p/plan.toml", format!("{plan}{}", indicators(domain)));
            let records: Vec<EstimateRecord> = survey
                .project
                .run()
                .1
                .estimates
                .clone()
                .into_iter()
                .filter(|r| r.key.indicator().is_some_and(|id| id.starts_with("m-")))
                .collect();
            let (ids, request) = request(&survey, "wilson", conditions);
            let inputs = adhoc::read(&request).unwrap_or_else(|e| panic!("{e}"));
            let outcome = adhoc::compute(&request, &inputs).unwrap_or_else(|e| panic!("{drawn:?}: {e}"));
            let mut flags = of_flags(ids, &outcome.sheet.rows);
            for record in &records {
                let id = record.key.indicator().unwrap_or_default().trim_start_matches("m-");
                let key = named(id, groups(record));
                match flags.remove(&key) {
                    Some(number) => {
                        assert_eq!(exactly(record), number, "{key}: {drawn:?} {layout:?} {domain}");
                        compared += 1;
                    }
                    // A part of which nobody is in the domain: flags do not list it.
                    None => assert_eq!(record.estimate.value, Err(NotEstimable::EmptyBase), "{key}"),
                }
                assert_eq!(record.universe.is_some(), !domain.is_empty(), "{key}");
            }
            assert!(flags.is_empty(), "only by flags: {:?}", flags.keys());
        }
    }
    assert!(compared > 3000, "only {compared} numbers were compared");
}
