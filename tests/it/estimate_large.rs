//! Large jobs on the quick way of `estimate`: Parquet, weights that vary, clusters, replicates. What it gives
//! is byte for byte what the general way gives, whatever the format, the row groups and the threads.

use std::cell::Cell;
use std::fmt::Write;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::support::dice::Dice;
use polars::prelude::{Categories, Column, DataFrame, DataType, NamedFrom, ParquetWriter, Series};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};
use shihyo::code::Code;
use shihyo::decode::Base;
use shihyo::design::{LonelyPsu, Nesting, ReplicateCentre};
use shihyo::pipeline::adhoc::{self, ReplicateType, Request};
use shihyo::raw::scan::HandOver;
use shihyo::report::long::{csv, json};

fn roll(dice: &mut Dice, n: u32) -> u32 {
    dice.below(u64::from(n)) as u32
}

/// Clusters in strata: `psu` starts again in each stratum, `code` does not; weights of a cluster, and of a
/// row.
fn rows(count: usize) -> Vec<Vec<String>> {
    let mut dice = Dice::new(2_463_534_242);
    let header =
        "id,層,psu,code,pair,N,w,v,sex,age,q1,q2,q3,label,tick".split(',').map(str::to_owned).collect();
    let body = (0..count).map(|id| {
        let h = 1 + roll(&mut dice, 9);
        let psu = 1 + roll(&mut dice, 3 + h);
        let blank = |n: u32, p: u32| if p == 0 { String::new() } else { n.to_string() };
        let weight = f64::from(7 + h) / 3.0 + f64::from(psu) / 8.0;
        let (sex, age) = (
            blank(1 + roll(&mut dice, 2), roll(&mut dice, 50)),
            blank(10 * (1 + roll(&mut dice, 7)), roll(&mut dice, 70)),
        );
        let (q1, q2, q3) = (
            blank(1 + roll(&mut dice, 2), roll(&mut dice, 30)),
            blank(roll(&mut dice, 5), roll(&mut dice, 10)),
            blank(1 + roll(&mut dice, 12), roll(&mut dice, 7)),
        );
        vec![
            id.to_string(),
            h.to_string(),
            psu.to_string(),
            (100 * h + psu).to_string(),
            (1 + id % 2).to_string(),
            (40 + h).to_string(),
            weight.to_string(),
            (weight * f64::from(50 + roll(&mut dice, 100)) / 97.0).to_string(),
            sex,
            age,
            q1,
            q2,
            q3,
            ["はい", "いいえ", "", "わからない"][roll(&mut dice, 4) as usize].to_owned(),
            ["TRUE", "FALSE", ""][roll(&mut dice, 3) as usize].to_owned(),
        ]
    });
    std::iter::once(header).chain(body.collect::<Vec<_>>()).collect()
}

fn text(rows: &[Vec<String>]) -> String {
    rows.iter().fold(String::new(), |mut out, row| {
        let _ = writeln!(out, "{}", row.join(","));
        out
    })
}

/// The same as Parquet: each column in the narrowest type of those given that holds all of it.
fn parquet(path: &Path, rows: &[Vec<String>], types: &[DataType], group: usize) {
    let columns = (0..rows[0].len()).map(|at| {
        let cells: Vec<Option<&str>> =
            rows[1..].iter().map(|row| Some(row[at].as_str()).filter(|c| !c.is_empty())).collect();
        let name = rows[0][at].as_str();
        let typed = types.iter().find_map(|kind| {
            let column = match kind {
                DataType::Boolean => {
                    let flags: Option<Vec<Option<bool>>> = cells
                        .iter()
                        .map(|c| {
                            c.map(|t| match t {
                                "TRUE" => Some(true),
                                "FALSE" => Some(false),
                                _ => None,
                            })
                            .map_or(Some(None), |flag| flag.map(Some))
                        })
                        .collect();
                    Series::new(name.into(), flags?)
                }
                DataType::Float64 | DataType::Float32 => {
                    let numbers: Option<Vec<Option<f64>>> =
                        cells.iter().map(|c| c.map_or(Some(None), |t| t.parse().ok().map(Some))).collect();
                    Series::new(name.into(), numbers?)
                }
                DataType::String => Series::new(name.into(), cells.clone()),
                DataType::Categorical(..) => return Series::new(name.into(), cells.clone()).cast(kind).ok(),
                whole => {
                    let numbers: Option<Vec<Option<i64>>> =
                        cells.iter().map(|c| c.map_or(Some(None), |t| t.parse().ok().map(Some))).collect();
                    let wide = Series::new(name.into(), numbers?);
                    let cast = wide.cast(whole).ok()?;
                    return (cast.null_count() == wide.null_count()).then_some(cast);
                }
            };
            Some(column)
        });
        Column::from(typed.expect("a type that fits"))
    });
    let mut frame = DataFrame::new(rows.len() - 1, columns.collect()).unwrap();
    ParquetWriter::new(File::create(path).unwrap())
        .with_row_group_size(Some(group))
        .finish(&mut frame)
        .unwrap();
}

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|s| (*s).to_owned()).collect()
}

fn some(s: &str) -> Option<String> {
    Some(s.to_owned())
}

fn request(path: &Path) -> Request {
    Request {
        files: vec![path.to_owned()],
        shares: list(&["q1=1", "q2=1|3", "q3=9|12", "label=はい", "q2=0", "tick=TRUE"]),
        by: list(&["sex", "age", "label"]),
        weight: some("w"),
        strata: some("層"),
        method: "logit".to_owned(),
        ..Request::default()
    }
}

fn of_csv(request: &Request, path: &Path) -> Request {
    Request { files: vec![path.to_owned()], ..request.clone() }
}

/// The bytes of an outcome, and what was found.
fn bytes(outcome: &adhoc::AdhocOutcome) -> (String, String, String) {
    let sheet = &outcome.sheet;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let places = outcome
        .findings
        .iter()
        .map(|f| format!("{} {} {}", f.code, f.message.ja, f.count))
        .collect::<Vec<_>>();
    (
        text(csv(&sheet.rows).unwrap()),
        text(json(&sheet.rows, None).unwrap()),
        format!("{:?} {places:?}", sheet.notes),
    )
}

#[track_caller]
fn quick(what: &str, request: &Request) -> (String, String, String) {
    let quick = adhoc::quick(request)
        .unwrap_or_else(|reason| panic!("{what} is left to the general way: {reason:?}"));
    bytes(&quick.outcome)
}

fn general(request: &Request) -> (String, String, String) {
    let inputs = adhoc::read(request).unwrap();
    bytes(&adhoc::compute(request, &inputs).unwrap())
}

#[track_caller]
fn same(what: &str, request: &Request) {
    let (quick, general) = (quick(what, request), general(request));
    assert_eq!(quick.0, general.0, "{what}");
    assert!(quick.1 == general.1, "{what}");
    assert_eq!(quick.2, general.2, "{what}");
}

fn files(folder: &tempfile::TempDir, count: usize, group: usize) -> (PathBuf, PathBuf) {
    let (csv, other) = (folder.path().join("a.csv"), folder.path().join("a.parquet"));
    let rows = rows(count);
    std::fs::write(&csv, text(&rows)).unwrap();
    parquet(&other, &rows, &[DataType::Boolean, DataType::Int64, DataType::Float64, DataType::String], group);
    (csv, other)
}

/// What can be asked of a sample with clusters and weights.
fn variants(path: &Path) -> Vec<(&'static str, Request)> {
    let base = request(path);
    let clustered = Request { clusters: some("code"), ..base.clone() };
    let nested = Request { clusters: some("psu"), nesting: Nesting::WithinStrata, ..base.clone() };
    vec![
        ("weights that vary", base.clone()),
        (
            "weights that vary more, everyone",
            Request { weight: some("v"), base: Base::All, method: "beta".to_owned(), ..base.clone() },
        ),
        ("no strata", Request { strata: None, weight: some("v"), ..base.clone() }),
        (
            "a condition",
            Request {
                weight: some("v"),
                conditions: list(&["sex=1", "q3<=9"]),
                by: list(&["age,label", "q2"]),
                ..base
            },
        ),
        ("clusters", clustered.clone()),
        ("clusters, nested", nested.clone()),
        ("clusters of a finite population", Request { fpc: some("N"), ..clustered.clone() }),
        ("weights of the population", Request { fpc: some("N"), weight: None, ..nested.clone() }),
        ("no weights", Request { weight: None, method: "wilson".to_owned(), ..nested.clone() }),
        (
            "weights that vary in clusters",
            Request { weight: some("v"), conditions: list(&["age>=30"]), ..clustered.clone() },
        ),
        (
            "clusters without strata",
            Request { strata: None, weight: some("v"), missing: list(&["*=2"]), ..clustered.clone() },
        ),
        (
            "few clusters",
            Request { strata: None, clusters: some("sex"), by: list(&["age"]), ..base_of_few(path) },
        ),
        ("strata of words", Request { strata: some("age"), lonely: LonelyPsu::Adjust, ..base_of_few(path) }),
    ]
}

fn base_of_few(path: &Path) -> Request {
    Request { conditions: list(&["sex=1|2"]), weight: None, by: list(&["q1"]), ..request(path) }
}

/// Why the general way has to take a request.
fn refused(request: &Request) -> HandOver {
    adhoc::quick(request).map(|_| ()).unwrap_err()
}

#[test]
fn csv_and_parquet_are_what_the_general_way_gives() {
    let folder = tempfile::tempdir().unwrap();
    let (text, columns) = files(&folder, 12_000, 2_801);
    for (what, request) in variants(&columns) {
        // Blank clusters and strata are a mistake of the request.
        if matches!(what, "few clusters" | "strata of words") {
            assert_eq!(refused(&request), HandOver::Key, "{what}");
            let error = adhoc::compute(&request, &adhoc::read(&request).unwrap()).map(|_| ()).unwrap_err();
            assert_eq!(error.diagnostics()[0].code, Code::DesignBlank, "{what}");
            continue;
        }
        same(what, &request);
        let of_text = of_csv(&request, &text);
        same(what, &of_text);
        let (a, b) = (quick(what, &request), quick(what, &of_text));
        assert_eq!((a.0, a.2), (b.0, b.2), "{what}");
    }
}

#[test]
fn replicates_are_made_alike_on_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let (text, columns) = files(&folder, 6_000, 1_000);
    let nested = Request { clusters: some("psu"), nesting: Nesting::WithinStrata, ..request(&columns) };
    let paired = Request { clusters: some("pair"), nesting: Nesting::WithinStrata, ..request(&columns) };
    let with = |base: &Request, kind, replicates: Option<&str>| Request {
        replicate_type: Some(kind),
        replicates: replicates.map(str::to_owned),
        ..base.clone()
    };
    use ReplicateType::{Bootstrap, Brr, Fay, Jk1, Jkn, Subbootstrap};
    for (what, request) in [
        ("jkn", with(&nested, Jkn, None)),
        ("jkn, finite", Request { fpc: some("N"), ..with(&nested, Jkn, None) }),
        (
            "jk1",
            Request {
                strata: None,
                clusters: some("code"),
                nesting: Nesting::Unique,
                ..with(&nested, Jk1, None)
            },
        ),
        ("bootstrap", Request { fpc: some("N"), ..with(&nested, Bootstrap, Some("50")) }),
        (
            "bootstrap, mse",
            Request {
                seed: Some(7),
                centre: ReplicateCentre::FullSample,
                ..with(&nested, Bootstrap, Some("200"))
            },
        ),
        (
            "subbootstrap",
            Request { fpc: some("N"), weight: some("v"), ..with(&nested, Subbootstrap, Some(" 300 ")) },
        ),
        ("few", with(&paired, Subbootstrap, Some("2"))),
        ("brr", with(&paired, Brr, None)),
        (
            "fay",
            Request {
                rho: Some(0.3),
                method: "beta".to_owned(),
                conditions: list(&["sex=1"]),
                ..with(&paired, Fay, None)
            },
        ),
    ] {
        same(what, &request);
        same(what, &of_csv(&request, &text));
        // Row by row, as where means are asked for: the same but for rounding.
        let by_row = Request { means: list(&["q3"]), ..of_csv(&request, &text) };
        assert_eq!(refused(&by_row), HandOver::Request);
        let inputs = adhoc::read(&by_row).unwrap();
        let shares = adhoc::compute(&of_csv(&request, &text), &inputs).unwrap().sheet.rows;
        let rows = adhoc::compute(
            &Request { shares: Vec::new(), means: list(&["q1", "q3"]), ..by_row.clone() },
            &inputs,
        )
        .unwrap()
        .sheet
        .rows;
        assert!(!shares.is_empty() && !rows.is_empty(), "{what}");
        // q1 is 1 or 2: its mean is 2 less the share of 1.
        let (share, mean) = (&shares[0].estimate, &rows[0].estimate);
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
        assert!(close(2.0 - share.value.clone().unwrap(), mean.value.clone().unwrap()), "{what}");
        assert!(
            close(share.se.clone().unwrap(), mean.se.clone().unwrap()),
            "{what}: {:?} {:?}",
            share.se,
            mean.se
        );
        assert_eq!(share.df, mean.df, "{what}");
    }
}

#[test]
fn a_seed_decides_the_bootstrap() {
    let folder = tempfile::tempdir().unwrap();
    let (_, columns) = files(&folder, 2_000, 500);
    let with = |seed| {
        let bootstrap = Some(ReplicateType::Bootstrap);
        let request = Request {
            clusters: some("code"),
            replicate_type: bootstrap,
            replicates: some("40"),
            seed,
            ..request(&columns)
        };
        quick("seed", &request).0
    };
    assert!(with(None) == with(Some(1)) && with(Some(1)) != with(Some(2)));
}

#[test]
fn flags_of_replicates_that_contradict_each_other_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (text, _) = files(&folder, 500, 500);
    let base = Request { clusters: some("code"), ..request(&text) };
    use ReplicateType::{Bootstrap, Brr, Jk1, Jkn, Sdr};
    for (what, code, request) in [
        ("a number and no kind", Code::DesignReplicates, Request { replicates: some("100"), ..base.clone() }),
        ("no number", Code::DesignReplicates, Request { replicate_type: Some(Bootstrap), ..base.clone() }),
        (
            "one",
            Code::DesignReplicates,
            Request { replicate_type: Some(Bootstrap), replicates: some("1"), ..base.clone() },
        ),
        (
            "a number for jkn",
            Code::DesignReplicates,
            Request { replicate_type: Some(Jkn), replicates: some("100"), ..base.clone() },
        ),
        ("sdr", Code::DesignReplicates, Request { replicate_type: Some(Sdr), ..base.clone() }),
        ("strata for jk1", Code::DesignReplicates, Request { replicate_type: Some(Jk1), ..base.clone() }),
        (
            "more than pairs",
            Code::DesignReplicatesPairs,
            Request { replicate_type: Some(Brr), ..base.clone() },
        ),
        (
            "a scale",
            Code::DesignReplicates,
            Request { replicate_type: Some(Jkn), scale: Some(0.5), ..base.clone() },
        ),
        (
            "a seed for jkn",
            Code::DesignReplicates,
            Request { replicate_type: Some(Jkn), seed: Some(1), ..base.clone() },
        ),
        (
            "rho for jkn",
            Code::DesignReplicates,
            Request { replicate_type: Some(Jkn), rho: Some(0.5), ..base.clone() },
        ),
        ("a seed alone", Code::DesignReplicates, Request { seed: Some(1), ..base.clone() }),
        (
            "a seed for columns",
            Code::DesignReplicates,
            Request { replicates: some("w*"), replicate_type: Some(Jkn), seed: Some(1), ..base.clone() },
        ),
        (
            "far too many",
            Code::DesignReplicatesSize,
            Request { replicate_type: Some(Bootstrap), replicates: some("99999999"), ..base.clone() },
        ),
    ] {
        // What the kind and the number alone contradict is no request for the quick way; the design is not.
        let of_design = ["strata for jk1", "more than pairs", "far too many"].contains(&what);
        assert_eq!(
            refused(&request),
            if of_design { HandOver::Replicates } else { HandOver::Request },
            "{what}"
        );
        let error = adhoc::compute(&request, &adhoc::read(&request).unwrap()).map(|_| ()).unwrap_err();
        assert_eq!(error.diagnostics()[0].code, code, "{what}");
    }
}

#[test]
fn threads_and_row_groups_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let (text, columns) = files(&folder, 12_000, 12_000);
    let small = folder.path().join("small.parquet");
    parquet(
        &small,
        &rows(12_000),
        &[DataType::Boolean, DataType::Int64, DataType::Float64, DataType::String],
        999,
    );
    for (what, request) in variants(&columns)
        .into_iter()
        .filter(|(what, _)| !matches!(*what, "few clusters" | "strata of words"))
    {
        let known = quick(what, &request).0;
        for threads in [1, 3, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for path in [&text, &columns, &small] {
                assert!(
                    pool.install(|| quick(what, &of_csv(&request, path)).0) == known,
                    "{what}, {threads} threads, {}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn columns_of_any_type_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let categories = DataType::from_categories(Categories::global());
    let types: [&[DataType]; 6] = [
        &[DataType::UInt8, DataType::Int16, DataType::Int32, DataType::Float64, categories.clone()],
        &[DataType::Int8, DataType::UInt16, DataType::UInt32, DataType::Float64, DataType::String],
        &[DataType::Boolean, DataType::UInt64, DataType::Float64, categories],
        &[DataType::Float64, DataType::String],
        &[DataType::Boolean, DataType::Int64, DataType::Float64, DataType::String],
        &[DataType::Int64, DataType::Float64, DataType::Boolean, DataType::String],
    ];
    let rows = rows(4_000);
    for (at, types) in types.into_iter().enumerate() {
        parquet(&path, &rows, types, 1_500);
        for (what, request) in variants(&path)
            .into_iter()
            .filter(|(what, _)| !matches!(*what, "few clusters" | "strata of words"))
        {
            same(&format!("{what}, types {at}"), &request);
        }
    }
}

#[test]
fn what_is_no_parquet_or_has_what_is_not_known_is_left_to_the_general_way() {
    let folder = tempfile::tempdir().unwrap();
    let (_, columns) = files(&folder, 2_000, 500);
    let good = std::fs::read(&columns).unwrap();
    assert!(adhoc::quick(&request(&columns)).is_ok());
    for cut in [4, 100, good.len() / 2, good.len() - 1] {
        std::fs::write(&columns, &good[..cut]).unwrap();
        assert_eq!(refused(&request(&columns)), HandOver::Unreadable, "cut at {cut}");
    }
    // Bytes of the pages that say something else: an error or other numbers, never a fall.
    for at in (4..good.len() - 8).step_by(97) {
        let mut broken = good.clone();
        broken[at] ^= 0x55;
        std::fs::write(&columns, &broken).unwrap();
        let _ = adhoc::quick(&request(&columns));
    }
    let mut rows = rows(2_000);
    let types = [DataType::Boolean, DataType::Int64, DataType::Float64, DataType::String];
    for (what, reason, column, cell) in [
        ("a weight of nothing", HandOver::Weights, 6, ""),
        ("a weight of 0", HandOver::Weights, 6, "0"),
        ("a stratum of nothing", HandOver::Key, 1, ""),
        ("a weight far away", HandOver::Weights, 6, "1e300"),
    ] {
        let before = std::mem::replace(&mut rows[1_234][column], cell.to_owned());
        parquet(&columns, &rows, &types, 300);
        assert_eq!(refused(&request(&columns)), reason, "{what}");
        rows[1_234][column] = before;
    }
    parquet(&columns, &rows, &types, 300);
    let wide = folder.path().join("wide.csv");
    std::fs::write(&wide, text(&rows)).unwrap();
    let clusters = Request { clusters: some("psu"), ..request(&columns) };
    assert_eq!(refused(&clusters), HandOver::Design, "a cluster in two strata");
    let sizes = Request { clusters: some("code"), fpc: some("sex"), ..request(&columns) };
    assert_eq!(refused(&sizes), HandOver::Columns, "sizes that differ");
}

#[test]
fn breakdowns_of_too_many_crossings_have_crossings_of_their_own() {
    // Seven columns of 30 values, 25,000 rows: nearly every row is a crossing of its own.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.csv");
    let mut dice = Dice::new(77);
    let mut text = "h,w,c1,c2,c3,c4,c5,c6,c7,q1,q2,q3,q4,q5,q6,q7,q8,q9,q10\n".to_owned();
    for _ in 0..25_000 {
        let _ = write!(text, "{},{}", roll(&mut dice, 3), 1.0 + f64::from(roll(&mut dice, 50)) / 7.0);
        (0..7).for_each(|_| {
            let _ = write!(text, ",{}", roll(&mut dice, 30));
        });
        (0..10).for_each(|_| {
            let _ = write!(text, ",{}", 1 + roll(&mut dice, 5));
        });
        text.push('\n');
    }
    std::fs::write(&path, text).unwrap();
    let shares: Vec<String> = (1..=10).flat_map(|q| [format!("q{q}=1"), format!("q{q}=2|3")]).collect();
    let shares: Vec<String> = shares.iter().chain(&["c1=7".to_owned()]).cloned().collect();
    let by = list(&["c1", "c2", "c3,c4", "c5", "c6", "c7"]);
    let base =
        Request { files: vec![path], shares, by, strata: some("h"), weight: some("w"), ..Request::default() };
    same("apart", &base);
    let by = list(&["c1", "c2", "c7,c4", "c5", "c6"]);
    same(
        "apart, with a condition",
        &Request { by, conditions: list(&["c7=1..20"]), missing: list(&["c4=4", "q1=5"]), ..base },
    );
}

#[test]
fn random_samples_agree() {
    let compared = Cell::new(0);
    proptest!(ProptestConfig::with_cases(60), |(
        rows in vec((0..3_usize, 0..4_usize, 0..6_usize, 0..6_usize, 1..40_u32), 2..120),
        pick in (0..3_usize, 0..4_usize, 0..5_usize),
        vary in any::<bool>(),
        nested in any::<bool>(),
        whole in any::<bool>(),
    )| {
        let header: Vec<String> = "h,psu,w,a,b".split(',').map(str::to_owned).collect();
        let body = rows.iter().map(|(h, psu, a, b, w)| {
            let weight = if vary { f64::from(*w) / 7.0 } else { [1.5, 2.0, 3.25][*h] };
            let psu = if nested { 1 + psu } else { 10 * h + psu };
            vec![
                ["N", "S", "7"][*h].to_owned(),
                psu.to_string(),
                weight.to_string(),
                ["1", "2", "", "3", "x", "1"][*a].to_owned(),
                ["1", "2", "", "11", "250", "2"][*b].to_owned(),
            ]
        });
        let rows: Vec<Vec<String>> = std::iter::once(header).chain(body).collect();
        let folder = tempfile::tempdir().unwrap();
        let (plain, columns) = (folder.path().join("a.csv"), folder.path().join("a.parquet"));
        std::fs::write(&plain, text(&rows)).unwrap();
        parquet(&columns, &rows, &[DataType::Int64, DataType::Float64, DataType::String], 17);
        let request = Request {
            files: vec![columns],
            shares: [list(&["a=1"]), list(&["a=1|x", "b=11"]), list(&["b>=2", "a=3"])][pick.0].clone(),
            by: [list(&[]), list(&["b"]), list(&["a,b", "a"]), list(&["h"])][pick.1].clone(),
            strata: some("h").filter(|_| pick.2 != 1),
            clusters: some("psu").filter(|_| pick.2 > 0),
            nesting: if nested && pick.2 > 0 { Nesting::WithinStrata } else { Nesting::Unique },
            weight: some("w").filter(|_| pick.2 != 3),
            replicate_type: [None, None, None, Some(ReplicateType::Jkn), Some(ReplicateType::Subbootstrap)]
                [pick.2],
            replicates: some("20").filter(|_| pick.2 == 4),
            base: if whole { Base::All } else { Base::Answered },
            lonely: LonelyPsu::Certainty,
            ..Request::default()
        };
        for request in [of_csv(&request, &plain), request] {
            if adhoc::quick(&request).is_ok() {
                same("random", &request);
                compared.set(compared.get() + 1);
            }
        }
    });
    assert!(compared.get() >= 40, "only {} requests compared", compared.get());
}
