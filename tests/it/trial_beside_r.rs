//! The raked wave of the trial plan beside R: strata, finite population correction, raking and breakdown at
//! once.
//!
//! Birth certificate of the numbers: the response files of the R7 wave were decoded to (sex, age, area, y) by
//! a separate program that shares no code with this crate, and estimated by R 4.2.2 with survey 4.1-1 on
//! 2026-11-23:
//!
//! ```r
//! des <- svydesign(~1, strata = ~area, fpc = ~N, data = d)          # N: people of the area in
//! population-r7.csv cal <- calibrate(des, ~sex + age, totals, calfun = "raking", epsilon = 1e-13, maxit =
//! 200) svymean(~y, cal, deff = TRUE); svyby(~y, ~sex, cal, svymean)      # y: 問12 is 積極的に… or
//! できるだけ…, blanks are 0
//! ```

use std::path::Path;

use shihyo::pipeline::{self, Project};
use shihyo::progress::Silent;

fn near(got: f64, wanted: f64) -> bool {
    // R stops raking at 1e-13 of the totals; standard errors carry that further.
    (got - wanted).abs() <= 1e-11 * wanted
}

#[test]
fn a_raked_stratified_wave_gives_the_numbers_of_r() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/nishitokyo-trial");
    let project = Project::of(&folder).unwrap();
    let plan = pipeline::load(&project).unwrap();
    let outcome = pipeline::compute(&project, &plan, None, &Silent).unwrap();
    for (key, share, se) in [
        ("citizen/R7/volunteer-intent", 0.3735925818179733, 0.01170504786659438),
        ("citizen/R7/volunteer-intent/性別=女性", 0.3805534771093672, 0.0156143802336711),
        ("citizen/R7/volunteer-intent/性別=男性", 0.3660276038143838, 0.01812439140684411),
    ] {
        let record = outcome.estimates.iter().find(|r| r.key.to_string() == key).unwrap();
        let (got_share, got_se) =
            (record.estimate.value.clone().unwrap(), record.estimate.se.clone().unwrap());
        assert!(near(got_share, share), "{key}: share {got_share}, R {share}");
        assert!(near(got_se, se), "{key}: standard error {got_se}, R {se}");
        if record.key.groups.is_empty() {
            let deff = record.estimate.deff.clone().unwrap().value;
            assert!(near(deff, 1.068066489532132), "{key}: deff {deff}");
        }
    }
}
