//! What must hold for any sample: the order of rows, the number of threads, the scale of the weights, and the
//! identities between estimators that theory demands. Of the estimators here; of numbers from a file,
//! whatever adds them up, in `files`.

mod files;

use std::cell::Cell;

use crate::support::dice::Dice;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;
use shihyo::code::Code;
use shihyo::design::{
    Bootstrap, Calibration, CalibrationFunction, CalibrationTerm, Declaration, Design, Fpc, LonelyPsu,
    Margin, Nesting, Rake, declare,
};
use shihyo::engine::{Cells, Measure, Reduction, Totals, reduce};
use shihyo::estimate::{
    Domain, Estimand, Estimate, Groups, Options, Outcome, Outcomes, ShareOf, ShareTable, difference,
    estimate, estimate_all, estimate_by, jointly,
};

/// A random sample of two to four strata of clusters, from a seed.
#[derive(Clone)]
struct Sample {
    stratum: Vec<u32>,
    cluster: Vec<u32>,
    weight: Vec<f64>,
    population: Vec<f64>,
    answer: Outcomes,
    number: Vec<f64>,
    group: Vec<u32>,
}

impl Sample {
    fn new(seed: u64) -> Self {
        let mut r = Dice::new(seed);
        let mut s = Self {
            stratum: vec![],
            cluster: vec![],
            weight: vec![],
            population: vec![],
            answer: Outcomes::default(),
            number: vec![],
            group: vec![],
        };
        let mut answer = Vec::new();
        for h in 0..2 + r.below(3) {
            let clusters = 2 + r.below(5);
            let population = (clusters + 1 + r.below(40)) as f64;
            for c in 0..clusters {
                for _ in 0..1 + r.below(5) {
                    s.stratum.push(h as u32);
                    s.cluster.push(c as u32);
                    s.weight.push(0.5 + 3.0 * r.unit());
                    s.population.push(population);
                    answer.push(match r.below(8) {
                        0 => Outcome::Outside,
                        k => Outcome::from(k < 4),
                    });
                    s.number.push(if r.below(9) == 0 { f64::NAN } else { 10.0 * r.unit() - 2.0 });
                    s.group.push(r.below(3) as u32);
                }
            }
        }
        s.answer = answer.into_iter().collect();
        // Every group has somebody.
        s.group[..3].copy_from_slice(&[0, 1, 2]);
        s
    }

    fn rows(&self) -> usize {
        self.stratum.len()
    }

    fn pick(&self, order: &[usize]) -> Self {
        fn by<T: Copy>(values: &[T], order: &[usize]) -> Vec<T> {
            order.iter().map(|i| values[*i]).collect()
        }
        Self {
            stratum: by(&self.stratum, order),
            cluster: by(&self.cluster, order),
            weight: by(&self.weight, order),
            population: by(&self.population, order),
            answer: order.iter().filter_map(|row| self.answer.get(*row)).collect(),
            number: by(&self.number, order),
            group: by(&self.group, order),
        }
    }

    fn clusters(&self) -> Design {
        let declaration = Declaration::new(self.rows())
            .clusters(vec![self.cluster.clone()])
            .strata(vec![self.stratum.clone()])
            .weights(self.weight.clone())
            .fpc(Fpc::PopulationSize(vec![self.population.clone()]))
            .nesting(Nesting::WithinStrata);
        declare(declaration).expect("a good design")
    }

    fn elements(&self) -> Design {
        let declaration =
            Declaration::new(self.rows()).strata(vec![self.stratum.clone()]).weights(self.weight.clone());
        declare(declaration.lonely(LonelyPsu::Certainty)).expect("a good design")
    }

    fn known(&self) -> Vec<f64> {
        self.number.iter().map(|x| if x.is_nan() { 0.0 } else { *x }).collect()
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-10 * a.abs().max(b.abs()) + 1e-13
}

fn same(a: &Estimate, b: &Estimate) -> Result<(), TestCaseError> {
    prop_assert!(a.n == b.n && a.n_yes == b.n_yes && a.df == b.df, "{a:?}\n{b:?}");
    for (x, y) in [(&a.value, &b.value), (&a.se, &b.se)] {
        match (x, y) {
            (Ok(x), Ok(y)) => prop_assert!(near(*x, *y), "{x} {y}\n{a:?}\n{b:?}"),
            _ => prop_assert!(x == y, "{a:?}\n{b:?}"),
        }
    }
    Ok(())
}

fn se(e: &Estimate) -> f64 {
    e.se.clone().expect("a standard error")
}

fn cells(codes: &[u32], count: usize) -> Vec<(String, f64)> {
    (0..count).map(|c| (c.to_string(), 100.0 + 37.0 * c as f64 + codes.len() as f64)).collect()
}

fn margin(name: &str, codes: &[u32]) -> Margin {
    let names: Vec<String> = codes.iter().map(u32::to_string).collect();
    let names: Vec<Option<&str>> = names.iter().map(|n| Some(n.as_str())).collect();
    let count = *codes.iter().max().expect("rows") as usize + 1;
    Margin::from_names(name, &names, &cells(codes, count)).expect("a margin").0
}

/// Totals of the design's rows in parts of `step` rows, merged.
fn totals(design: &Design, s: &Sample, codes: &[u8], step: usize) -> Totals {
    let (keys, count) = ShareTable::keys(design).expect("keys");
    let group: Vec<u16> = s.group.iter().map(|g| *g as u16).collect();
    let mut whole: Option<Totals> = None;
    let mut start = 0;
    while start < s.rows() {
        let part = start..(start + step).min(s.rows());
        let reduction = Reduction::new(
            part.len(),
            Some((&keys[part.clone()], count)),
            Cells::Small { of_row: &group[part.clone()], count: 3 },
            Some(&design.weights()[part.clone()]),
            vec![Measure { codes: &codes[part.clone()], code_count: 3 }],
        );
        let sums = reduce(&reduction.expect("a reduction"));
        match &mut whole {
            Some(whole) => assert!(whole.merge(&sums)),
            None => whole = Some(sums),
        }
        start = part.end;
    }
    whole.expect("rows")
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_order_of_rows_does_not_matter(seed in any::<u64>()) {
        let s = Sample::new(seed);
        let mut r = Dice::new(seed ^ 77);
        let mut order: Vec<usize> = (0..s.rows()).collect();
        (1..order.len()).rev().for_each(|i| order.swap(i, r.below(i as u64 + 1) as usize));
        let t = s.pick(&order);
        for (a, b) in [(s.clusters(), t.clusters()), (s.elements(), t.elements())] {
            for estimands in [
                (Estimand::Share(&s.answer), Estimand::Share(&t.answer)),
                (Estimand::Total(&s.number), Estimand::Total(&t.number)),
            ] {
                let x = estimate_by(&a, &estimands.0, &Groups::new(&s.group, 3), &Options::default())
                    .expect("fits");
                let y = estimate_by(&b, &estimands.1, &Groups::new(&t.group, 3), &Options::default())
                    .expect("fits");
                for (x, y) in x.iter().zip(&y) {
                    same(x, y)?;
                }
            }
        }
    }

    #[test]
    fn the_number_of_threads_does_not_matter(seed in any::<u64>()) {
        let s = Sample::new(seed);
        let design = s.clusters();
        let estimands = [Estimand::Share(&s.answer), Estimand::Mean(&s.number), Estimand::Total(&s.number)];
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| estimate_all(&design, &estimands, &Groups::new(&s.group, 3), &Options::default()))
                .expect("fits")
        };
        prop_assert!(run(1) == run(3));
    }

    #[test]
    fn the_scale_of_the_weights_changes_totals_only(seed in any::<u64>(), scale in 0.01..100.0_f64) {
        let s = Sample::new(seed);
        let mut t = s.clone();
        t.weight.iter_mut().for_each(|w| *w *= scale);
        for estimand in [Estimand::Share(&s.answer), Estimand::Mean(&s.number)] {
            let a = estimate(&s.clusters(), &estimand, Domain::All, &Options::default()).expect("fits");
            same(&a, &estimate(&t.clusters(), &estimand, Domain::All, &Options::default()).expect("fits"))?;
        }
        let total = Estimand::Total(&s.number);
        let a = estimate(&s.clusters(), &total, Domain::All, &Options::default()).expect("fits");
        let b = estimate(&t.clusters(), &total, Domain::All, &Options::default()).expect("fits");
        prop_assert!(near(se(&a) * scale, se(&b)));
    }

    #[test]
    fn doubled_rows_with_ids_say_no_more_than_single_ones(seed in any::<u64>()) {
        let s = Sample::new(seed);
        let order: Vec<usize> = (0..s.rows()).flat_map(|i| [i, i]).collect();
        let mut t = s.pick(&order);
        t.weight.iter_mut().for_each(|w| *w /= 2.0);
        let ids: Vec<u32> = order.iter().map(|i| *i as u32).collect();
        let doubled = declare(
            Declaration::new(t.rows())
                .clusters(vec![ids])
                .strata(vec![t.stratum.clone()])
                .weights(t.weight.clone())
                .lonely(LonelyPsu::Certainty),
        )
        .expect("a design");
        for (x, y) in [
            (Estimand::Share(&s.answer), Estimand::Share(&t.answer)),
            (Estimand::Mean(&s.number), Estimand::Mean(&t.number)),
        ] {
            let a = estimate(&s.elements(), &x, Domain::All, &Options::default()).expect("fits");
            let b = estimate(&doubled, &y, Domain::All, &Options::default()).expect("fits");
            prop_assert!(
                a.df == b.df && near(a.value.clone().expect("a value"), b.value.clone().expect("a value"))
            );
            prop_assert!(near(se(&a), se(&b)), "{a:?} {b:?}");
        }
    }

    #[test]
    fn a_domain_mean_is_a_ratio_of_totals(seed in any::<u64>()) {
        let s = Sample::new(seed);
        let design = s.clusters();
        let inside: Vec<bool> = s.group.iter().zip(&s.number).map(|(g, x)| *g == 0 && !x.is_nan()).collect();
        let y: Vec<f64> = s.known().iter().zip(&inside).map(|(y, d)| if *d { *y } else { 0.0 }).collect();
        let x: Vec<f64> = inside.iter().map(|d| f64::from(u8::from(*d))).collect();
        let mean = estimate(&design, &Estimand::Mean(&s.number), Domain::Rows(&inside), &Options::default())
            .expect("fits");
        let ratio = Estimand::Ratio { numerator: &y, denominator: &x };
        let ratio = estimate(&design, &ratio, Domain::All, &Options::default()).expect("fits");
        if mean.n > 1 {
            prop_assert!(near(mean.value.expect("a mean"), ratio.value.expect("a ratio")));
            prop_assert!(near(mean.se.expect("se"), ratio.se.expect("se")));
        }
    }

    #[test]
    fn the_complement_has_the_same_uncertainty(seed in any::<u64>()) {
        let s = Sample::new(seed);
        let turned = |outcome| match outcome {
            Outcome::No => Outcome::Yes,
            Outcome::Yes => Outcome::No,
            Outcome::Outside => Outcome::Outside,
        };
        let other: Outcomes = s.answer.iter().map(turned).collect();
        let design = s.clusters();
        let a =
            estimate(&design, &Estimand::Share(&s.answer), Domain::All, &Options::default()).expect("fits");
        let b = estimate(&design, &Estimand::Share(&other), Domain::All, &Options::default()).expect("fits");
        prop_assert!(
            near(a.value.clone().expect("p") + b.value.clone().expect("p"), 1.0) && near(se(&a), se(&b))
        );
        if let (Ok(x), Ok(y)) = (&a.interval, &b.interval) {
            prop_assert!(near(x.low, 1.0 - y.high) && near(x.high, 1.0 - y.low));
        }
    }

    #[test]
    fn the_jackknife_of_a_total_is_its_linearised_variance(seed in any::<u64>()) {
        let s = Sample::new(seed);
        let design = s.clusters();
        let a =
            estimate(&design, &Estimand::Total(&s.number), Domain::All, &Options::default()).expect("fits");
        let replicated = design.jackknife().expect("replicates");
        let b = estimate(&replicated, &Estimand::Total(&s.number), Domain::All, &Options::default())
            .expect("fits");
        // The jackknife's centre is the mean over all replicates, so that strata of different size mix:
        // measured from the full sample the two agree.
        let centred = replicated
            .replicates()
            .expect("replicates")
            .clone()
            .centre(shihyo::design::ReplicateCentre::FullSample);
        let c = Design::replicated(design.weights().to_vec(), centred).expect("a design");
        let c = estimate(&c, &Estimand::Total(&s.number), Domain::All, &Options::default()).expect("fits");
        prop_assert!(near(se(&a), se(&c)), "{} {}", se(&a), se(&c));
        prop_assert!(near(a.value.expect("a total"), b.value.expect("a total")));
    }

    #[test]
    fn the_jackknife_of_a_simple_mean_is_s_over_root_n(seed in any::<u64>()) {
        let s = Sample::new(seed);
        let y = s.known();
        let design = Design::simple(s.rows()).expect("a design");
        let a = estimate(&design, &Estimand::Mean(&y), Domain::All, &Options::default()).expect("fits");
        let b = estimate(
            &design.jackknife().expect("replicates"),
            &Estimand::Mean(&y),
            Domain::All,
            &Options::default(),
        )
        .expect("fits");
        prop_assert!(near(se(&a), se(&b)) && a.df.design == b.df.design);
    }

    #[test]
    fn totals_in_parts_are_the_whole_and_give_the_same_estimates(seed in any::<u64>(), step in 1_usize..40) {
        let s = Sample::new(seed);
        for design in [s.elements(), s.clusters(), Design::simple(s.rows()).expect("a design")] {
            let sums = totals(&design, &s, s.answer.codes(), step);
            prop_assert!(sums.rows() == s.rows() as u64);
            let table = ShareTable::new(&design, &sums).expect("a table");
            let (yes, base) = ([false, true, false], [true, true, false]);
            for group in 0..3 {
                let inside: Vec<bool> = s.group.iter().map(|g| *g == group).collect();
                let mut flags = [false; 3];
                flags[group as usize] = true;
                let what = ShareOf { measure: 0, yes: &yes, base: &base, cells: Some(&flags) };
                let fast = table.share(&what, &Options::default());
                let slow = estimate(
                    &design,
                    &Estimand::Share(&s.answer),
                    Domain::Rows(&inside),
                    &Options::default(),
                )
                .expect("fits");
                prop_assert!(fast.n == slow.n && fast.n_yes == slow.n_yes && fast.df == slow.df);
                match (&fast.se, &slow.se) {
                    (Ok(a), Ok(b)) => prop_assert!((a - b).abs() <= 1e-12 * b.abs() + 1e-13, "{a} {b}"),
                    (a, b) => prop_assert!(a == b),
                }
            }
            // The first group against everyone: the covariance is in both.
            let first = [true, false, false];
            let shares = [
                ShareOf { measure: 0, yes: &yes, base: &base, cells: Some(&first) },
                ShareOf { measure: 0, yes: &yes, base: &base, cells: None },
            ];
            let inside: Vec<bool> = s.group.iter().map(|g| *g == 0).collect();
            let answer = Estimand::Share(&s.answer);
            let slow = difference(&design, &answer, Domain::Rows(&inside), Domain::All, &Options::default())
                .expect("fits");
            if let (Ok(v), Ok(b)) = (table.covariance(&shares), &slow.comparison.se) {
                let a = v.quadratic(&[1.0, -1.0]).max(0.0).sqrt();
                prop_assert!((a - b).abs() <= 1e-11 * b.abs() + 1e-12, "{a} {b}");
            }
        }
    }

    #[test]
    fn what_the_weights_were_calibrated_to_is_known(seed in any::<u64>()) {
        let s = Sample::new(seed);
        let (groups, strata) = (margin("group", &s.group), margin("stratum", &s.stratum));
        let scale = groups.population() / strata.population();
        let totals: Vec<(String, f64)> =
            cells(&s.stratum, strata.categories().len()).into_iter().map(|(n, t)| (n, t * scale)).collect();
        let names: Vec<String> = s.stratum.iter().map(u32::to_string).collect();
        let names: Vec<Option<&str>> = names.iter().map(|n| Some(n.as_str())).collect();
        let strata = Margin::from_names("stratum", &names, &totals).expect("a margin").0;
        let indicators = |codes: &[u32], m: &Margin| -> Vec<CalibrationTerm> {
            let count = m.categories().len() as u32;
            let values = |c: u32| codes.iter().map(|x| f64::from(u8::from(*x == c))).collect();
            let total = |c: u32| {
                (100.0 + 37.0 * f64::from(c) + codes.len() as f64) * m.population()
                    / margin("", codes).population()
            };
            (0..count)
                .map(|c| CalibrationTerm { name: c.to_string(), values: values(c), total: total(c) })
                .collect()
        };
        let base = s.clusters();
        let terms: Vec<CalibrationTerm> =
            indicators(&s.group, &groups).into_iter().chain(indicators(&s.stratum, &strata)).collect();
        let post = base.post_stratify(&groups).expect("post-strata");
        // Small samples may have empty joint cells, where raking has no solution: an error, not a wrong
        // answer.
        let mut designs = vec![post];
        designs.extend(base.rake(&[groups.clone(), strata], &Rake::default()));
        for function in [CalibrationFunction::Linear { bounds: None }, CalibrationFunction::Raking] {
            designs.extend(base.calibrate(&Calibration { terms: terms.clone(), function }));
        }
        for design in designs {
            for (c, term) in indicators(&s.group, &groups).iter().enumerate() {
                let e = estimate(&design, &Estimand::Total(&term.values), Domain::All, &Options::default())
                    .expect("fits");
                prop_assert!(near(e.value.clone().expect("a total"), term.total), "{c} {e:?}");
                prop_assert!(se(&e) <= 1e-9 * term.total, "{c} {e:?}");
            }
        }
    }

    #[test]
    fn post_strata_are_a_linear_calibration_and_a_rake_of_one_margin(seed in any::<u64>()) {
        let s = Sample::new(seed);
        let groups = margin("group", &s.group);
        let base = s.clusters();
        let terms = (0..groups.categories().len() as u32).map(|c| CalibrationTerm {
            name: c.to_string(),
            values: s.group.iter().map(|g| f64::from(u8::from(*g == c))).collect(),
            total: 100.0 + 37.0 * f64::from(c) + s.rows() as f64,
        });
        let linear =
            Calibration { terms: terms.collect(), function: CalibrationFunction::Linear { bounds: None } };
        let all = [
            base.post_stratify(&groups).expect("post-strata"),
            base.rake(std::slice::from_ref(&groups), &Rake::default()).expect("a rake"),
            base.calibrate(&linear).expect("a calibration"),
        ];
        let of = |d: &Design| {
            estimate(d, &Estimand::Mean(&s.number), Domain::All, &Options::default()).expect("fits")
        };
        same(&of(&all[0]), &of(&all[1]))?;
        same(&of(&all[0]), &of(&all[2]))?;
    }
}

#[test]
fn a_difference_is_the_contrast_of_the_parts() {
    let compared = Cell::new(0);
    proptest!(config(), |(seed in any::<u64>())| {
        let s = Sample::new(seed);
        let design = s.clusters();
        let (a, b): (Vec<bool>, Vec<bool>) = s.group.iter().map(|g| (*g == 0, *g == 1)).unzip();
        let y = Estimand::Mean(&s.number);
        let options = Options::default();
        let d = difference(&design, &y, Domain::Rows(&a), Domain::Rows(&b), &options).expect("fits");
        let back = difference(&design, &y, Domain::Rows(&b), Domain::Rows(&a), &options).expect("fits");
        if let (Ok(x), Ok(z)) = (&d.comparison.se, &back.comparison.se) {
            compared.set(compared.get() + 1);
            prop_assert!(near(*x, *z));
            let joint =
                jointly(&design, &[(y, Domain::Rows(&a)), (y, Domain::Rows(&b))], &options).expect("fits");
            prop_assert!(near(joint.contrast(&[1.0, -1.0], &options).se.expect("se"), *x));
            // V(a) + V(b) − 2 C(a, b).
            let (va, vb) = (se(&joint.estimates[0]).powi(2), se(&joint.estimates[1]).powi(2));
            prop_assert!(near((va + vb - 2.0 * d.covariance.expect("a covariance")).max(0.0).sqrt(), *x));
        }
    });
    assert!(compared.get() >= 10, "only {} differences compared", compared.get());
}

#[test]
fn calibrating_replicates_repeats_the_step_on_each() {
    let compared = Cell::new(0);
    proptest!(config(), |(seed in any::<u64>())| {
        let s = Sample::new(seed);
        let groups = margin("group", &s.group);
        let made = s.clusters().bootstrap(Bootstrap::RaoWu, 20, seed).expect("replicates");
        // A group may be absent from a replicate: then the step is an error that names it.
        match made.post_stratify(&groups) {
            Err(error) => prop_assert_eq!(error.diagnostics()[0].code, Code::DesignMarginEmpty),
            Ok(post) => for weights in post.replicates().expect("replicates").weights() {
                let sum: f64 = weights.iter().zip(&s.group).filter(|(_, g)| **g == 0).map(|(w, _)| w).sum();
                compared.set(compared.get() + 1);
                prop_assert!(near(sum, 100.0 + s.rows() as f64));
            }
        }
    });
    assert!(compared.get() >= 10, "only {} replicates compared", compared.get());
}
