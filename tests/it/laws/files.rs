//! The laws of numbers from a file, whatever adds them up: rows in memory, a stream, replicates of the PSUs
//! (over rows and over a stream), replicate weights that the file brings.

use shihyo::design::{Nesting, ReplicateCentre};
use shihyo::estimate::{DeffReference, IntervalMethod};
use shihyo::indicator::EstimateRecord;
use shihyo::pipeline::adhoc::{self, ReplicateType, Request};

use crate::support::dice::Dice;

/// What adds up, and where the variance comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Backend {
    Memory,
    Stream,
    Jackknife,
    JackknifeOfStream,
    ReplicateWeights,
}

const BACKENDS: [Backend; 5] = [
    Backend::Memory,
    Backend::Stream,
    Backend::Jackknife,
    Backend::JackknifeOfStream,
    Backend::ReplicateWeights,
];

impl Backend {
    fn streams(self) -> bool {
        matches!(self, Self::Stream | Self::JackknifeOfStream)
    }
}

/// Strata of equally many PSUs.
const STRATA: usize = 3;
const PSUS: usize = 4;

/// A respondent.
#[derive(Clone)]
struct Row {
    stratum: usize,
    psu: usize,
    weight: f64,
    group: usize,
    answer: Option<usize>,
    number: f64,
    replicates: Vec<f64>,
}

fn sample(seed: u64) -> Vec<Row> {
    let dice = &mut Dice::new(0xA076_1D64_78BD_642F ^ seed);
    let mut rows = Vec::new();
    for stratum in 0..STRATA {
        for psu in 0..PSUS {
            for _ in 0..3 + dice.below(6) {
                let weight = 1.0 + dice.below(40) as f64 / 8.0;
                rows.push(Row {
                    stratum,
                    psu: PSUS * stratum + psu,
                    weight,
                    group: dice.index(3),
                    answer: (dice.below(10) > 0).then(|| 1 + dice.index(3)),
                    number: dice.below(1000) as f64 / 16.0,
                    replicates: (0..8).map(|_| weight * dice.below(3) as f64).collect(),
                });
            }
        }
    }
    rows
}

fn csv(rows: &[Row]) -> String {
    let mut out = "id,h,psu,w,g,q,y,r0,r1,r2,r3,r4,r5,r6,r7\n".to_owned();
    for (id, row) in rows.iter().enumerate() {
        let answer = row.answer.map_or(String::new(), |a| a.to_string());
        let replicates = row.replicates.iter().map(|w| format!(",{w}")).collect::<String>();
        let Row { stratum, psu, weight, group, number, .. } = row;
        out += &format!("{id},S{stratum},{psu},{weight},G{group},{answer},{number}{replicates}\n");
    }
    out
}

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|s| (*s).to_owned()).collect()
}

/// The numbers that `request` asks for of these respondents. A stream has shares only.
fn numbers(backend: Backend, rows: &[Row], request: &Request) -> Vec<EstimateRecord> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, csv(rows)).unwrap();
    let some = |s: &str| Some(s.to_owned());
    let base = Request {
        files: vec![path],
        weight: some("w"),
        centre: ReplicateCentre::FullSample,
        deff: Some(DeffReference::WithReplacement),
        ..request.clone()
    };
    let drawn =
        Request { strata: some("h"), clusters: some("psu"), nesting: Nesting::WithinStrata, ..base.clone() };
    let request = match backend {
        Backend::Memory | Backend::Stream => Request { centre: ReplicateCentre::ReplicateMean, ..drawn },
        Backend::Jackknife | Backend::JackknifeOfStream => {
            Request { replicate_type: Some(ReplicateType::Jkn), ..drawn }
        }
        Backend::ReplicateWeights => {
            Request { replicates: some("r*"), replicate_type: Some(ReplicateType::Brr), ..base }
        }
    };
    if backend.streams() {
        let found = adhoc::quick(&request).unwrap_or_else(|why| panic!("{backend:?}: {why:?}"));
        return found.outcome.sheet.rows;
    }
    let inputs = adhoc::read(&request).unwrap();
    adhoc::compute(&request, &inputs).unwrap_or_else(|e| panic!("{backend:?}: {e}")).sheet.rows
}

/// Shares for everyone and each group; in memory the other estimators too.
fn everything(backend: Backend) -> Request {
    let plain = |all: &[&str]| if backend.streams() { Vec::new() } else { list(all) };
    Request {
        shares: list(&["q=1", "q=2|3"]),
        means: plain(&["y"]),
        totals: plain(&["y"]),
        ratios: plain(&["y/psu"]),
        quantiles: plain(&["y@0.5"]),
        by: list(&["g"]),
        ..Request::default()
    }
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-12
}

#[track_caller]
fn near(what: &str, a: &Result<f64, impl std::fmt::Debug>, b: f64) {
    let a = a.as_ref().unwrap_or_else(|e| panic!("{what}: {e:?}"));
    assert!(is_near(*a, b), "{what}: {a} {b}");
}

/// What else there is to a number is the same; the number and its error so many times as large.
#[track_caller]
fn same(what: &str, one: &EstimateRecord, other: &EstimateRecord, times: f64) {
    let (a, b) = (&one.estimate, &other.estimate);
    assert_eq!((one.key.to_string(), a.n, a.n_yes), (other.key.to_string(), b.n, b.n_yes), "{what}");
    assert_eq!((a.df, &one.flags), (b.df, &other.flags), "{what}");
    for (a, b) in [(&a.value, &b.value), (&a.se, &b.se)] {
        match (a, b) {
            (Ok(a), b) => near(what, b, times * a),
            (a, b) => assert_eq!(a, b, "{what}"),
        }
    }
    match (&a.n_eff, &b.n_eff) {
        (Ok(a), b) => near(what, b, *a),
        (a, b) => assert_eq!(a, b, "{what}"),
    }
    match (&a.deff, &b.deff) {
        (Ok(a), Ok(b)) => assert!(is_near(a.value, b.value), "{what}: {} {}", a.value, b.value),
        (a, b) => assert_eq!(a, b, "{what}"),
    }
    match (&a.interval, &b.interval) {
        (Ok(a), Ok(b)) => {
            assert!(is_near(times * a.low, b.low) && is_near(times * a.high, b.high), "{what}: {a:?} {b:?}")
        }
        (a, b) => assert_eq!(a, b, "{what}"),
    }
}

const SEEDS: u64 = 6;

#[test]
fn the_order_of_rows_does_not_matter() {
    for backend in BACKENDS {
        for seed in 0..SEEDS {
            let mut rows = sample(seed);
            let request = everything(backend);
            let mut one = numbers(backend, &rows, &request);
            let dice = &mut Dice::new(seed);
            (1..rows.len()).rev().for_each(|at| rows.swap(at, dice.index(at + 1)));
            let mut other = numbers(backend, &rows, &request);
            // Groups come in the order of the file.
            for all in [&mut one, &mut other] {
                all.sort_by_key(|r| r.key.to_string());
            }
            assert_eq!((one.len(), other.len()), if backend.streams() { (8, 8) } else { (24, 24) });
            for (a, b) in one.iter().zip(&other) {
                same(&format!("{backend:?} {seed} {}", a.key), a, b, 1.0);
            }
        }
    }
}

#[test]
fn the_scale_of_the_weights_changes_totals_only() {
    for backend in BACKENDS {
        for seed in 0..SEEDS {
            let rows = sample(seed);
            let request = everything(backend);
            let one = numbers(backend, &rows, &request);
            for scale in [4.0, 0.37] {
                let scaled = rows.iter().map(|row| Row {
                    weight: scale * row.weight,
                    replicates: row.replicates.iter().map(|w| scale * w).collect(),
                    ..row.clone()
                });
                let other = numbers(backend, &scaled.collect::<Vec<_>>(), &request);
                for (a, b) in one.iter().zip(&other) {
                    let total = a.statistic() == shihyo::indicator::Statistic::Total;
                    let what = format!("{backend:?} {seed} {} × {scale}", a.key);
                    same(&what, a, b, if total { scale } else { 1.0 });
                    assert!(is_near(scale * a.estimate.n_weighted, b.estimate.n_weighted), "{what}");
                }
            }
        }
    }
}

/// Of m PSUs a stratum V = m/(m − 1) Σ (z − z̄)². With every PSU twice the z of a share are half as large
/// (its weights sum to twice as much), those of a total are what they were: V' = V (m − 1)/(2m − 1) and
/// V' = 4 V (m − 1)/(2m − 1).
#[test]
fn the_variance_of_doubled_psus_shrinks_by_the_formula() {
    let m = PSUS as f64;
    let shrunk = ((m - 1.0) / (2.0 * m - 1.0)).sqrt();
    for backend in [Backend::Memory, Backend::Stream, Backend::Jackknife] {
        for seed in 0..SEEDS {
            let rows = sample(seed);
            let again = rows.iter().cloned().map(|row| Row { psu: row.psu + 100, ..row });
            let doubled: Vec<Row> = rows.iter().cloned().chain(again).collect();
            let request = Request {
                // The jackknife of a share is not the linearised variance; of a total it is.
                shares: if backend == Backend::Jackknife { Vec::new() } else { list(&["q=1"]) },
                totals: if backend.streams() { Vec::new() } else { list(&["y"]) },
                by: list(&["g"]),
                ..Request::default()
            };
            let (one, other) = (numbers(backend, &rows, &request), numbers(backend, &doubled, &request));
            assert_eq!(one.len(), if backend == Backend::Memory { 8 } else { 4 });
            for (a, b) in one.iter().zip(&other) {
                let what = format!("{backend:?} {seed} {}", a.key);
                let total = a.statistic() == shihyo::indicator::Statistic::Total;
                let times = if total { 2.0 } else { 1.0 };
                let (a, b) = (&a.estimate, &b.estimate);
                assert_eq!(2 * a.n, b.n, "{what}");
                near(&what, &b.value, times * a.value.clone().unwrap());
                near(&what, &b.se, times * shrunk * a.se.clone().unwrap());
                // m − 1 a stratum for everyone.
                assert_eq!(a.df.design, (STRATA * (PSUS - 1)) as f64, "{what}");
                assert_eq!(b.df.design, (STRATA * (2 * PSUS - 1)) as f64, "{what}");
            }
        }
    }
}

#[test]
fn the_parts_of_a_partition_are_the_whole() {
    for backend in BACKENDS {
        for seed in 0..SEEDS {
            let found = numbers(backend, &sample(seed), &everything(backend));
            let mut partitions = 0;
            for (at, whole) in found.iter().enumerate().filter(|(_, r)| r.key.groups.is_empty()) {
                let what = format!("{backend:?} {seed} {}", whole.key);
                let parts = &found[at + 1..at + 4];
                assert!(parts.iter().all(|p| p.key.groups.len() == 1), "{what}");
                let sum = |of: &dyn Fn(&EstimateRecord) -> f64| parts.iter().map(of).sum::<f64>();
                let whole_is = &whole.estimate;
                assert_eq!(parts.iter().map(|p| p.estimate.n).sum::<u64>(), whole_is.n, "{what}");
                assert!(is_near(sum(&|p| p.estimate.n_weighted), whole_is.n_weighted), "{what}");
                let value = |r: &EstimateRecord| r.estimate.value.clone().unwrap();
                match whole.statistic() {
                    shihyo::indicator::Statistic::Share => {
                        let yes = parts.iter().map(|p| p.estimate.n_yes.unwrap()).sum::<u64>();
                        assert_eq!(Some(yes), whole_is.n_yes, "{what}");
                        let weighted = sum(&|p| value(p) * p.estimate.n_weighted);
                        assert!(is_near(weighted, value(whole) * whole_is.n_weighted), "{what}");
                    }
                    shihyo::indicator::Statistic::Mean => {
                        let weighted = sum(&|p| value(p) * p.estimate.n_weighted);
                        assert!(is_near(weighted, value(whole) * whole_is.n_weighted), "{what}");
                    }
                    shihyo::indicator::Statistic::Total => {
                        assert!(is_near(sum(&value), value(whole)), "{what}")
                    }
                    _ => {}
                }
                partitions += 1;
            }
            assert_eq!(partitions, if backend.streams() { 2 } else { 6 }, "{backend:?}");
        }
    }
}

#[test]
fn a_share_and_its_complement_mirror_each_other() {
    for backend in BACKENDS {
        for (seed, method) in (0..).zip(IntervalMethod::ALL) {
            let request = Request {
                method: method.name().to_owned(),
                level: [0.95, 0.8][seed % 2],
                ..everything(backend)
            };
            let found = numbers(backend, &sample(seed as u64), &request);
            let mut intervals = 0;
            for (yes, no) in found[..4].iter().zip(&found[4..8]) {
                let what = format!("{backend:?} {method:?} {}", yes.key);
                let (a, b) = (&yes.estimate, &no.estimate);
                assert_eq!((&yes.key.groups, a.n, a.df), (&no.key.groups, b.n, b.df), "{what}");
                assert_eq!(a.n_yes.unwrap() + b.n_yes.unwrap(), a.n, "{what}");
                near(&what, &b.value, 1.0 - a.value.clone().unwrap());
                near(&what, &b.se, a.se.clone().unwrap());
                match (&a.interval, &b.interval) {
                    (Ok(a), Ok(b)) => {
                        intervals += 1;
                        let mirrored = is_near(a.low, 1.0 - b.high) && is_near(a.high, 1.0 - b.low);
                        assert!(mirrored, "{what}: {a:?} {b:?}");
                    }
                    (a, b) => assert_eq!(a.as_ref().err(), b.as_ref().err(), "{what}"),
                }
            }
            assert!(intervals >= 3, "{backend:?} {method:?}: {intervals} intervals");
        }
    }
}
