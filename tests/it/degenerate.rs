//! What cannot be estimated has a reason, and what is wrong with a design has a message in both languages.

use shihyo::code::Code;
use shihyo::design::{
    Calibration, CalibrationFunction, CalibrationTerm, Declaration, Design, DomainLonely, Fpc, LonelyPsu,
    Margin, Nesting, Rake, ReplicateKind, Replicates, Trim, TrimRule, declare,
};
use shihyo::error::Error;
use shihyo::estimate::Outcome::{No, Outside, Yes};
use shihyo::estimate::{
    Domain, Estimand, Estimate, Groups, IndependenceTest, IntervalMethod, NotEstimable, Options, Outcome,
    QuantileInterval, QuantileRule, WaveDf, difference, estimate, estimate_by, independence, pairwise,
    quantile, wave_difference,
};

fn share<const N: usize>(design: &Design, said: [Outcome; N]) -> Estimate {
    estimate(design, &Estimand::Share(&said.into()), Domain::All, &Options::default()).expect("fits")
}

fn code<T>(result: Result<T, Error>) -> Code {
    let error = result.err().expect("must be refused");
    for d in error.diagnostics() {
        assert!(
            !d.message.ja.is_empty() && !d.message.en.is_empty() && d.message.ja != d.message.en,
            "{d:?}"
        );
    }
    error.diagnostics()[0].code
}

#[test]
fn nobody_in_the_base() {
    let e = share(&Design::simple(3).expect("a design"), [Outside, Outside, Outside]);
    assert_eq!((e.n, e.n_yes), (0, Some(0)));
    for number in [&e.value, &e.se, &e.n_eff] {
        assert_eq!(*number, Err(NotEstimable::EmptyBase));
    }
    assert_eq!(e.interval, Err(NotEstimable::EmptyBase));
    assert_eq!(e.deff, Err(NotEstimable::EmptyBase));
}

#[test]
fn weights_of_the_base_that_sum_to_nothing() {
    let design = declare(Declaration::new(3).weights(vec![0.0, 0.0, 1.0])).expect("a design");
    let e = share(&design, [No, Yes, Outside]);
    // Nobody speaks through a row without weight.
    assert_eq!((e.n, e.value), (0, Err(NotEstimable::ZeroDenominator)));
    let ratio = Estimand::Ratio { numerator: &[1.0, 2.0, 3.0], denominator: &[0.0, 0.0, 0.0] };
    let e = estimate(&Design::simple(3).expect("a design"), &ratio, Domain::All, &Options::default())
        .expect("fits");
    assert_eq!(e.value, Err(NotEstimable::ZeroDenominator));
    assert_eq!(e.se, Err(NotEstimable::ZeroDenominator));
}

#[test]
fn a_single_respondent() {
    let design = Design::simple(4).expect("a design");
    let e = estimate(
        &design,
        &Estimand::Mean(&[1.0, f64::NAN, f64::NAN, f64::NAN]),
        Domain::All,
        &Options::default(),
    )
    .expect("fits");
    assert_eq!((e.n, e.value), (1, Ok(1.0)));
    assert_eq!(e.se, Err(NotEstimable::SingleObservation));
    assert_eq!(e.interval, Err(NotEstimable::SingleObservation));
    assert_eq!(e.deff, Err(NotEstimable::SingleObservation));
    let e = share(&design, [Yes, Outside, Outside, Outside]);
    assert_eq!(e.value, Ok(1.0));
    // One row is one PSU in one stratum: no degrees of freedom are left.
    assert_eq!(e.df.domain, 0.0);
    assert_eq!(
        (e.se, e.interval),
        (Err(NotEstimable::SingleObservation), Err(NotEstimable::SingleObservation))
    );
    let reason = NotEstimable::SingleObservation;
    assert_eq!((e.deff, e.n_eff), (Err(reason.clone()), Err(reason)));
    let alone = share(&Design::simple(1).expect("a design"), [Yes]);
    assert_eq!(alone.value, Ok(1.0));
    assert_eq!(alone.se, Err(NotEstimable::LonelyPsu));
    assert_eq!(alone.interval, Err(NotEstimable::LonelyPsu));
}

#[test]
fn a_share_of_none_or_all() {
    let design = Design::simple(10).expect("a design");
    for (codes, p) in [([No; 10], 0.0), ([Yes; 10], 1.0)] {
        let of = |method| {
            let options = Options { method, ..Options::default() };
            estimate(&design, &Estimand::Share(&codes.into()), Domain::All, &options).expect("fits")
        };
        let e = of(IntervalMethod::Logit);
        assert_eq!((e.value.clone(), e.se.clone()), (Ok(p), Ok(0.0)));
        assert_eq!(e.interval, Err(NotEstimable::AtBoundary));
        assert_eq!(e.n_eff, Err(NotEstimable::AtBoundary));
        assert_eq!(e.deff, Err(NotEstimable::NotDefined));
        let limits = of(IntervalMethod::KornGraubard).interval.expect("limits");
        assert!(limits.low >= 0.0 && limits.high <= 1.0 && limits.low < limits.high);
    }
}

#[test]
fn as_many_strata_as_units() {
    let design = declare(Declaration::new(3).strata(vec![vec![0, 1, 2]]).lonely(LonelyPsu::Certainty))
        .expect("a design");
    let e = share(&design, [No, Yes, Yes]);
    assert_eq!(e.df.design, 0.0);
    assert_eq!(e.interval, Err(NotEstimable::NoDegreesOfFreedom));
    let averaged = declare(Declaration::new(3).strata(vec![vec![0, 1, 2]]).lonely(LonelyPsu::Average))
        .expect("a design");
    assert_eq!(share(&averaged, [No, Yes, Yes]).se, Err(NotEstimable::LonelyPsu));
}

#[test]
fn a_group_that_nobody_is_in_does_not_spoil_the_others() {
    let design = Design::simple(8).expect("a design");
    let groups = Groups::new(&[0, 0, 0, 0, 2, 2, 2, 2], 3);
    let y = [1.0, 2.0, 3.0, 5.0, 4.0, 4.5, 6.0, 9.0];
    let by = estimate_by(&design, &Estimand::Mean(&y), &groups, &Options::default()).expect("fits");
    assert_eq!(by[1].value, Err(NotEstimable::EmptyBase));
    assert!(by[0].se.is_ok() && by[2].se.is_ok());
    let pairs = pairwise(&design, &Estimand::Mean(&y), &groups, &Options::default()).expect("fits");
    let known: Vec<_> = pairs.iter().filter(|p| p.comparison.p_value.is_ok()).collect();
    assert_eq!((pairs.len(), known.len()), (3, 1));
    assert_eq!((known[0].a, known[0].b), (0, 2));
    assert_eq!(known[0].p_holm, known[0].comparison.p_value, "nothing to adjust for");
    assert_eq!(pairs[0].p_bh, Err(NotEstimable::EmptyBase));
}

#[test]
fn no_groups_at_all() {
    let design = Design::simple(3).expect("a design");
    let none = Groups::new(&[9, 9, 9], 0);
    let y = Estimand::Mean(&[1.0, 2.0, 3.0]);
    assert!(pairwise(&design, &y, &none, &Options::default()).expect("fits").is_empty());
    assert!(estimate_by(&design, &y, &none, &Options::default()).expect("fits").is_empty());
}

#[test]
fn a_census_has_no_interval() {
    let design = declare(Declaration::new(3).fpc(Fpc::PopulationSize(vec![vec![3.0; 3]]))).expect("a design");
    let e = share(&design, [No, Yes, Yes]);
    assert_eq!((e.se, e.interval), (Ok(0.0), Err(NotEstimable::Census)));
}

#[test]
fn tests_without_a_table_have_a_reason() {
    let design = Design::simple(4).expect("a design");
    let levels = [0_u32, 0, 0, 0];
    let got = independence(&design, (&levels, 1), (&[0, 1, 0, 1], 2), Domain::All, IndependenceTest::F)
        .expect("fits");
    assert_eq!(got.p_value, Err(NotEstimable::NotDefined));
    let got = independence(&design, (&[7; 4], 2), (&[0, 1, 0, 1], 2), Domain::All, IndependenceTest::Wald)
        .expect("fits");
    assert_eq!(got.statistic, Err(NotEstimable::EmptyBase));
}

#[test]
fn waves_of_which_one_is_empty() {
    let design = Design::simple(4).expect("a design");
    let (full, empty) = (share(&design, [No, Yes, Yes, No]), share(&design, [Outside; 4]));
    let got = wave_difference(&full, &empty, WaveDf::Satterthwaite, 0.95);
    assert_eq!(got.comparison.value, Err(NotEstimable::EmptyBase));
    assert_eq!(got.df_satterthwaite, Err(NotEstimable::EmptyBase));
    assert_eq!(got.comparison.interval, Err(NotEstimable::EmptyBase));
    let same = difference(
        &design,
        &Estimand::Share(&[No, Yes, Yes, No].into()),
        Domain::All,
        Domain::All,
        &Options::default(),
    )
    .expect("fits");
    assert_eq!((same.comparison.value, same.comparison.p_value), (Ok(0.0), Ok(1.0)));
}

#[test]
fn quantiles_of_nobody_and_of_a_constant() {
    let design = Design::simple(5).expect("a design");
    let of = |y: &[f64], p| {
        quantile(&design, y, p, QuantileRule::Math, QuantileInterval::Mean, Domain::All, &Options::default())
    };
    assert_eq!(of(&[f64::NAN; 5], 0.5).expect("fits").value, Err(NotEstimable::EmptyBase));
    assert_eq!(of(&[3.0; 5], 0.5).expect("fits").value, Ok(3.0));
    assert_eq!(code(of(&[1.0, 2.0, 3.0, 4.0, 5.0], 1.5)), Code::EstimateQuantile);
    assert_eq!(code(of(&[1.0], 0.5)), Code::EstimateLength);
}

#[test]
fn designs_that_cannot_be() {
    let three = || Declaration::new(3);
    assert_eq!(code(declare(Declaration::new(0))), Code::DesignEmpty);
    assert_eq!(code(declare(three().weights(vec![1.0, -1.0, 1.0]))), Code::DesignWeight);
    assert_eq!(code(declare(three().weights(vec![1.0, f64::NAN, 1.0]))), Code::DesignWeight);
    assert_eq!(code(declare(three().weights(vec![0.0; 3]))), Code::DesignWeight);
    assert_eq!(code(declare(three().weights(vec![1.0; 2]))), Code::DesignLength);
    assert_eq!(code(declare(three().strata(vec![vec![0; 3], vec![0; 3]]))), Code::DesignStages);
    assert_eq!(code(declare(three().fpc(Fpc::PopulationSize(vec![vec![2.0; 3]])))), Code::DesignFpcSmall);
    assert_eq!(code(declare(three().fpc(Fpc::SamplingFraction(vec![vec![1.5; 3]])))), Code::DesignFpcSmall);
    assert_eq!(
        code(declare(three().fpc(Fpc::PopulationSize(vec![vec![9.0, 9.0, 8.0]])))),
        Code::DesignFpcVaries
    );
    assert_eq!(code(declare(three().strata(vec![vec![0, 0, 1]]))), Code::DesignLonelyPsu);
    let clusters = || Declaration::new(4).clusters(vec![vec![1, 2, 1, 2]]).strata(vec![vec![0, 0, 1, 1]]);
    assert_eq!(code(declare(clusters())), Code::DesignNest);
    assert!(declare(clusters().nesting(Nesting::WithinStrata)).is_ok());
    // A stratum that was drawn whole is not lonely.
    let whole = three().strata(vec![vec![0, 0, 1]]).fpc(Fpc::PopulationSize(vec![vec![5.0, 5.0, 1.0]]));
    assert!(declare(whole).is_ok());
}

#[test]
fn all_mistakes_of_a_design_are_told_at_once() {
    let declaration = Declaration::new(4)
        .weights(vec![1.0, 1.0, -2.0, 1.0])
        .strata(vec![vec![0, 0, 0, 1]])
        .stratum_names(vec!["北".to_owned(), "南".to_owned()])
        .fpc(Fpc::PopulationSize(vec![vec![2.0, 2.0, 2.0, 9.0]]));
    let error = declare(declaration).expect_err("three mistakes");
    let codes: Vec<Code> = error.diagnostics().iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code::DesignWeight, Code::DesignFpcSmall, Code::DesignLonelyPsu]);
    assert!(
        error.diagnostics()[1].message.ja.contains("北") && error.diagnostics()[2].message.ja.contains("南")
    );
}

#[test]
fn a_fraction_is_the_population_size_said_otherwise() {
    let y = [1.0, 4.0, 2.0, 8.0];
    let of = |fpc| {
        let design = declare(Declaration::new(4).fpc(fpc)).expect("a design");
        estimate(&design, &Estimand::Total(&y), Domain::All, &Options::default()).expect("fits")
    };
    let (size, fraction) =
        (of(Fpc::PopulationSize(vec![vec![10.0; 4]])), of(Fpc::SamplingFraction(vec![vec![0.4; 4]])));
    assert_eq!(size.value, Ok(37.5));
    assert_eq!(size.value, fraction.value);
    assert!((size.se.expect("se") - fraction.se.expect("se")).abs() < 1e-12);
}

#[test]
fn a_stratum_with_one_unit_in_the_domain_is_lonely_only_when_asked_for() {
    let y = [5.0, 1.0, 3.0, 2.0];
    let inside = [true, false, true, true];
    let of = |lonely, domain_lonely| {
        let d =
            Declaration::new(4).strata(vec![vec![0, 0, 1, 1]]).lonely(lonely).domain_lonely(domain_lonely);
        estimate(
            &declare(d).expect("a design"),
            &Estimand::Total(&y),
            Domain::Rows(&inside),
            &Options::default(),
        )
        .expect("fits")
    };
    // Stratum 1: 2 (0.5² + 0.5²) = 1. Stratum 0 as sampled: 2 (2.5² + 2.5²) = 25.
    assert_eq!(of(LonelyPsu::Average, DomainLonely::AsSampled).se, Ok(26.0_f64.sqrt()));
    // Averaged: stratum 1 stands for both.
    assert_eq!(of(LonelyPsu::Average, DomainLonely::AsLonely).se, Ok(2.0_f64.sqrt()));
    // Adjusted: deviations of 5 and 0 from the grand mean 10/4.
    assert_eq!(of(LonelyPsu::Adjust, DomainLonely::AsLonely).se, Ok((2.0 * 2.0 * 6.25_f64 + 1.0).sqrt()));
}

fn group_margin(cells: Vec<u32>, totals: Vec<f64>) -> Margin {
    let names = (0..totals.len()).map(|i| i.to_string()).collect();
    Margin::new("群", names, cells, totals).expect("a margin")
}

#[test]
fn calibrations_that_cannot_be() {
    let design = Design::simple(4).expect("a design");
    let groups = group_margin(vec![0, 0, 1, 1], vec![6.0, 4.0]);
    assert_eq!(
        code(design.post_stratify(&group_margin(vec![0; 4], vec![6.0, 4.0]))),
        Code::DesignMarginEmpty
    );
    assert_eq!(code(design.rake(&[], &Rake::default())), Code::DesignRakeMargins);
    let off = group_margin(vec![0, 1, 0, 1], vec![6.0, 5.0]);
    assert_eq!(code(design.rake(&[groups.clone(), off], &Rake::default())), Code::DesignRakeTotals);
    // The two margins are the same split with other totals.
    let clash = group_margin(vec![0, 0, 1, 1], vec![5.0, 5.0]);
    assert_eq!(code(design.rake(&[groups.clone(), clash], &Rake::default())), Code::DesignRakeConverge);
    assert_eq!(
        code(design.rake(&[group_margin(vec![0; 3], vec![1.0])], &Rake::default())),
        Code::DesignLength
    );
    let term = |values: Vec<f64>, total| CalibrationTerm { name: "x".to_owned(), values, total };
    let calibrate = |terms, function| design.calibrate(&Calibration { terms, function });
    let linear = CalibrationFunction::Linear { bounds: None };
    assert_eq!(
        code(calibrate(vec![term(vec![1.0, f64::NAN, 1.0, 1.0], 4.0)], linear)),
        Code::DesignCalibrateMissing
    );
    let narrow = CalibrationFunction::Logit { bounds: (0.9, 1.1) };
    assert_eq!(code(calibrate(vec![term(vec![1.0; 4], 8.0)], narrow)), Code::DesignCalibrateConverge);
    let wrong = CalibrationFunction::Logit { bounds: (1.2, 1.1) };
    assert_eq!(code(calibrate(vec![term(vec![1.0; 4], 8.0)], wrong)), Code::DesignCalibrateBounds);
    // The same auxiliary twice with two totals cannot hold; with one total it can.
    let twice = |other| vec![term(vec![1.0, 2.0, 3.0, 4.0], 20.0), term(vec![2.0, 4.0, 6.0, 8.0], other)];
    assert_eq!(code(calibrate(twice(41.0), linear)), Code::DesignCalibrateConverge);
    assert!(calibrate(twice(40.0), linear).is_ok());
    let trim = |lower, upper| design.trim(&Trim { lower, upper, rule: TrimRule::Strict });
    assert_eq!(code(trim(2.0, 1.0)), Code::DesignTrim);
    assert_eq!(code(trim(2.0, 3.0)), Code::DesignTrim);
    assert!(trim(0.5, 3.0).is_ok());
}

#[test]
fn margins_are_matched_by_name() {
    let table = [("男".to_owned(), 40.0), ("女".to_owned(), 60.0), ("その他".to_owned(), 1.0)];
    let (margin, findings) =
        Margin::from_names("性別", &[Some("女"), Some("男"), Some("女")], &table).expect("matches");
    assert_eq!(margin.categories(), ["男", "女"]);
    assert_eq!(margin.population(), 100.0);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, Code::DesignMarginEmpty);
    let error =
        Margin::from_names("性別", &[Some("女"), Some("おんな"), None], &table).expect_err("two mistakes");
    let codes: Vec<Code> = error.diagnostics().iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code::DesignMarginUnknown, Code::DesignMarginMissing]);
    let twice = [("男".to_owned(), 40.0), ("男".to_owned(), 60.0)];
    assert_eq!(code(Margin::from_names("性別", &[Some("男")], &twice)), Code::DesignMarginTwice);
}

#[test]
fn replicates_that_cannot_be() {
    let two = || vec![vec![0.0, 2.0], vec![2.0, 0.0]];
    let made = |kind, columns| code(Replicates::new(kind, columns));
    assert_eq!(made(ReplicateKind::Jk1, vec![vec![1.0; 2]]), Code::DesignReplicates);
    assert_eq!(made(ReplicateKind::Jk1, vec![vec![1.0; 2], vec![1.0; 3]]), Code::DesignReplicates);
    assert_eq!(made(ReplicateKind::Fay { rho: 1.0 }, two()), Code::DesignReplicates);
    let made = Replicates::new(ReplicateKind::Jk1, two()).expect("replicates");
    assert_eq!(code(made.clone().rscales(vec![1.0])), Code::DesignReplicates);
    assert_eq!(code(made.clone().scale(f64::NAN)), Code::DesignReplicates);
    assert_eq!(code(Design::replicated(vec![1.0; 3], made.clone())), Code::DesignLength);
    let design = Design::replicated(vec![1.0; 2], made).expect("a design");
    assert_eq!(code(design.jackknife()), Code::DesignReplicatesAlready);
    // Both replicates lose the base or keep one row: 0 and 1.
    let e = share(&design, [No, Yes]);
    assert_eq!(e.value, Ok(0.5));
    assert!((e.se.expect("se") - 0.5).abs() < 1e-15);
}
