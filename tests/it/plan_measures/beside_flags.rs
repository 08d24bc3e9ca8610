//! The numbers of a plan beside those of the flags of `estimate`, and of whom they are.

use std::path::Path;

use super::{HEAD, OLD, indicator, indicators, project, record};
use shihyo::decode::Base;
use shihyo::estimate::{Estimate, NotEstimable};
use shihyo::pipeline::RunOutcome;
use shihyo::pipeline::adhoc::{self, Request};

/// The same by the flags of `estimate`, in the order of [`indicators`].
fn flags(folder: &Path, change: impl Fn(&mut Request)) -> Vec<Estimate> {
    let mut request = Request {
        files: vec![folder.join("a.csv")],
        by: vec!["性別".to_owned()],
        method: "wilson".to_owned(),
        ..Request::default()
    };
    change(&mut request);
    let one = |ask: &dyn Fn(&mut Request)| -> Vec<Estimate> {
        let mut request = request.clone();
        ask(&mut request);
        let inputs = adhoc::read(&request).unwrap();
        let rows = adhoc::compute(&request, &inputs).unwrap_or_else(|e| panic!("{e}")).sheet.rows;
        rows.into_iter().map(|row| row.estimate).collect()
    };
    [
        one(&|r| r.means = vec!["円".to_owned()]),
        one(&|r| r.means = vec!["分".to_owned()]),
        one(&|r| r.totals = vec!["円".to_owned()]),
        one(&|r| r.ratios = vec!["円/分".to_owned()]),
        one(&|r| r.quantiles = vec!["円@0.5".to_owned()]),
        one(&|r| r.means = vec!["点".to_owned()]),
        one(&|r| r.shares = vec!["問1=満足|ふつう".to_owned()]),
        one(&|r| r.shares = vec!["問1=不満".to_owned()]),
    ]
    .concat()
}

/// Estimate, n, standard error, interval and degrees of freedom, bit for bit.
fn assert_same(outcome: &RunOutcome, wanted: &[Estimate]) {
    assert_eq!(outcome.estimates.len(), wanted.len());
    for (got, want) in outcome.estimates.iter().zip(wanted) {
        let (key, got) = (&got.key, &got.estimate);
        let bits = |x: &Result<f64, NotEstimable>| x.clone().map(f64::to_bits);
        let limits = |e: &Estimate| e.interval.as_ref().map(|i| (i.low.to_bits(), i.high.to_bits())).ok();
        assert_eq!(
            (got.n, bits(&got.value), bits(&got.se)),
            (want.n, bits(&want.value), bits(&want.se)),
            "{key}"
        );
        assert_eq!((limits(got), got.df, got.n_weighted), (limits(want), want.df, want.n_weighted), "{key}");
    }
}

#[test]
fn a_plan_gives_what_the_flags_give_with_each_design_and_domain() {
    let design = "design = { strata = [\"地区\"], fpc = [\"母数\"] }\n";
    for design in ["", design] {
        for domain in ["", OLD] {
            let project = project(&format!("{HEAD}{design}{}", indicators(domain)));
            let (_, outcome) = project.run();
            let wanted = flags(project.root(), |request| {
                if !design.is_empty() {
                    (request.strata, request.fpc) = (Some("地区".to_owned()), Some("母数".to_owned()));
                }
                if !domain.is_empty() {
                    request.conditions = vec!["年齢>=65".to_owned()];
                }
            });
            assert_same(&outcome, &wanted);
            let whole = &record(&outcome, "c/R4/mean").estimate;
            assert_eq!(whole.n, if domain.is_empty() { 12 } else { 6 }, "the seventh gave no age");
            assert_eq!(
                whole.df.design,
                if design.is_empty() { 11.0 } else { 10.0 },
                "nobody left the design"
            );
        }
    }
}

#[test]
fn a_condition_that_is_unknown_leaves_the_respondent_outside_and_so_does_its_opposite() {
    let share = |condition: &str| {
        format!(
            "share = {{ survey = \"c\", question = \"問1\", of = [\"満足\"], base = \"all\", \
             where = {condition} }}"
        )
    };
    let old = r#"{ question = "年齢", at_least = 65 }"#;
    let both = r#"{ any = [{ question = "年齢", at_least = 65 }, { question = "性別", of = ["女"] }] }"#;
    let plan = [
        HEAD.to_owned(),
        indicator("old", &share(old)),
        indicator("young", &share(&format!("{{ not = {old} }}"))),
        indicator("either", &share(both)),
        indicator("none", &share(r#"{ question = "年齢", more_than = 200 }"#)),
    ]
    .concat();
    let (_, outcome) = project(&plan).run();
    let of = |id: &str| record(&outcome, &format!("c/R4/{id}")).clone();
    // Six are 65 or older, five are younger, of the seventh nobody knows: she is in neither, base "all" or
    // not.
    assert_eq!((of("old").estimate.n, of("young").estimate.n), (6, 5));
    assert_eq!((of("old").estimate.n_yes, of("young").estimate.n_yes), (Some(1), Some(1)));
    // A woman is in whatever her age.
    assert_eq!(of("either").estimate.n, 10);
    assert_eq!((of("none").estimate.n, of("none").estimate.value), (0, Err(NotEstimable::EmptyBase)));
    assert_eq!((of("old").n_total, of("old").base), (12, Base::All));
    let universe = of("young").universe.unwrap();
    assert_eq!(
        (universe.ja.as_str(), universe.en.as_str()),
        ("「年齢が65以上の人」でない人", "all but (those whose 年齢 is at least 65)")
    );
    let noted = |ja: &str| outcome.table.notes.iter().any(|note| note.ja == ja);
    assert!(noted("「youngの題」の対象は、「年齢が65以上の人」でない人です。"), "{:?}", outcome.table.notes);
}
