//! The quick way of `estimate` gives, byte for byte, what the general way gives.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use crate::support::dice::Dice;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};
use shihyo::decode::Base;
use shihyo::pipeline::adhoc::{self, Request};
use shihyo::raw::scan::HandOver;
use shihyo::report::long::{csv, json};

/// Strata with one weight each, four attributes, three questions with blanks.
fn text(rows: usize) -> String {
    let mut all = Dice::new(362_436_069);
    let mut dice = |n: u64| all.below(n) as u32;
    let mut out = "id,層,N,w,fraction,sex,age,q1,q2,q3,noise\n".to_owned();
    for id in 0..rows {
        let h = 40 - dice(13);
        let blank = |n: u32, p: u32| if p == 0 { String::new() } else { n.to_string() };
        let (sex, age) = (blank(1 + dice(2), dice(60)), blank(10 * (1 + dice(7)), dice(90)));
        let (q1, q2, q3) =
            (blank(1 + dice(2), dice(30)), blank(dice(5), dice(10)), blank(1 + dice(9), dice(7)));
        let n = 10_000_000 + 977 * h;
        out += &format!(
            "{id},{h},{n},{},{},{sex},{age},{q1},{q2},{q3},{}\n",
            f64::from(n) / 777.0,
            f64::from(h) / 1000.0,
            dice(100)
        );
    }
    out
}

/// The same rows with labels in quotes, words for strata, joined answers, codes of no answer, and values in
/// two spellings.
fn labelled(rows: usize) -> String {
    let body = text(rows);
    let lines = body.lines().enumerate().map(|(at, line)| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        if at > 0 {
            cells[1] =
                format!("{}区", ["東", "西", "南", "北"][cells[1].parse::<usize>().unwrap() % 4]) + &cells[1];
            cells[5] = match cells[5].as_str() {
                "1" => "\"男性\"".to_owned(),
                "2" => ["女性", "\"女性\"", "女性　"][at % 3].to_owned(),
                other => other.to_owned(),
            };
            cells[7] = [cells[7].as_str(), "9", "1.0", "NA"][usize::from(at % 7 == 0) * (at % 4)].to_owned();
            cells[8] = match (cells[8].as_str(), at % 11) {
                ("1", 0) => "\"1,3\"".to_owned(),
                ("2", 1) => "\"2、4\"".to_owned(),
                ("3", 2) => "\"はい、\"\"たまに\"\"\"".to_owned(),
                (other, _) => other.to_owned(),
            };
        }
        cells.join(",")
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn request(path: &Path) -> Request {
    let some = |s: &str| Some(s.to_owned());
    Request {
        files: vec![path.to_owned()],
        shares: ["q1=1", "q2=1|3", " q3 =9| 1", "q2=0"].map(str::to_owned).to_vec(),
        by: ["sex", "age"].map(str::to_owned).to_vec(),
        weight: some("w"),
        strata: some("層"),
        fpc: some("N"),
        method: "logit".to_owned(),
        ..Request::default()
    }
}

fn file(folder: &tempfile::TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("a.csv");
    std::fs::write(&path, text).unwrap();
    path
}

/// Compares both ways; false when the quick one leaves the request to the other.
#[track_caller]
fn same(what: &str, request: &Request) -> bool {
    let Ok(quick) = adhoc::quick(request) else { return false };
    let inputs = adhoc::read(request).unwrap();
    let general = adhoc::compute(request, &inputs).unwrap();
    assert_eq!(quick.rows, inputs.tables[0].row_count() as u64);
    assert_eq!(quick.beginning.columns.len(), inputs.tables[0].columns.len());
    assert_eq!(quick.beginning.digest.encoding, inputs.tables[0].digest.encoding);
    assert_eq!(quick.outcome.findings, general.findings, "{what}");
    assert_eq!(quick.outcome.sheet.notes, general.sheet.notes, "{what}");
    let both = [&quick.outcome.sheet, &general.sheet];
    let [a, b] = both.map(|s| String::from_utf8(csv(&s.rows).unwrap()).unwrap());
    assert_eq!(a, b, "{what}");
    assert!(json(&both[0].rows, None).unwrap() == json(&both[1].rows, None).unwrap(), "{what}");
    true
}

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|s| (*s).to_owned()).collect()
}

#[test]
fn both_ways_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, &text(40_000));
    let base = request(&path);
    let none = || None::<String>;
    let other = tempfile::tempdir().unwrap();
    let few = file(&other, &text(300).replace('\n', "\r\n"));
    let variants = [
        base.clone(),
        Request { base: Base::All, ..base.clone() },
        Request { fpc: none(), ..base.clone() },
        Request { weight: none(), ..base.clone() },
        Request { fpc: Some("fraction".to_owned()), ..base.clone() },
        Request { strata: none(), fpc: none(), weight: none(), ..base.clone() },
        Request {
            strata: none(),
            fpc: none(),
            weight: none(),
            method: "wilson".to_owned(),
            by: Vec::new(),
            ..base.clone()
        },
        Request {
            weight: none(),
            fpc: none(),
            method: "korn-graubard".to_owned(),
            level: 0.9,
            ..base.clone()
        },
        Request { by: list(&["@F"]), files: vec![few], ..base.clone() },
        Request { by: list(&["sex,age", "age", "age,sex"]), ..base.clone() },
        Request { missing: list(&["q1=2", "*=4"]), ..base.clone() },
        Request { conditions: list(&["sex=1"]), ..base.clone() },
        Request {
            conditions: list(&["sex=1|2", "age>=30", "q2!="]),
            missing: list(&["sex=2"]),
            ..base.clone()
        },
        Request { conditions: list(&["age>=99"]), ..base.clone() },
        Request {
            shares: list(&["q1=2", "q2=01", "q3=2..4", "q2>=2", "age=10", "q1!=2"]),
            base: Base::All,
            ..base.clone()
        },
        Request { shares: list(&["q1=1", "q1=2", "q1=1|2", "q1=1"]), by: list(&["q1"]), ..base.clone() },
    ];
    for (at, request) in variants.iter().enumerate() {
        assert!(same(&format!("variant {at}"), request), "variant {at} is left to the general way");
    }
}

#[test]
fn both_ways_give_the_same_bytes_of_labels_and_joined_cells() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, &labelled(30_000));
    let shares = list(&["q1=1", "q2=1", "q2=1|3", "q2=4", "q3=9", "sex=女性", "q2=2", "q1=NA"]);
    let base = Request { shares, ..request(&path) };
    let plain = Request { strata: None, weight: None, fpc: None, ..base.clone() };
    for (at, request) in [
        base.clone(),
        plain.clone(),
        Request {
            missing: list(&["*=NA", "q3=9", "sex=男性"]),
            shares: list(&["q1=1|9", "q2=1"]),
            ..base.clone()
        },
        Request { conditions: list(&["sex=男性", "q1!=NA"]), by: list(&["sex,age", "q1"]), ..base.clone() },
        Request { by: list(&["層"]), conditions: list(&["層!=東区28"]), ..base.clone() },
        Request { by: list(&["q2", "sex"]), base: Base::All, ..plain.clone() },
        Request { conditions: list(&["q2=3"]), ..base.clone() },
    ]
    .iter()
    .enumerate()
    {
        assert!(same(&format!("variant {at}"), request), "variant {at} is left to the general way");
    }
    // Ticks: of those who ticked all did, which is said.
    let ticks = file(&tempfile::tempdir().unwrap(), "");
    assert!(!same("no rows", &Request { files: vec![ticks], ..base }));
    let ticks = "id,q,sex\n1,○,1\n2,,2\n3,○,\n4,,1\n";
    assert!(same(
        "ticks",
        &Request {
            shares: list(&["q=○"]),
            by: list(&["sex"]),
            ..Request { files: vec![file(&folder, ticks)], ..Request::default() }
        }
    ));
}

#[test]
fn random_requests_of_random_files_agree() {
    let compared = Cell::new(0);
    proptest!(ProptestConfig::with_cases(150), |(
        rows in vec((0..4_usize, 0..6_usize, 0..6_usize, 0..8_usize), 1..80),
        pick in (0..7_usize, 0..7_usize, 0..6_usize, 0..5_usize),
        quoted in any::<bool>(),
        all in any::<bool>(),
    )| {
        let pool = ["1", "2", "", "3", "男性", "a b", "1,2", " 2", "NA"];
        let cell = |at: usize| {
            let text = pool[at];
            if quoted || text.contains(',') { format!("\"{text}\"") } else { text.to_owned() }
        };
        let body: String = rows
            .iter()
            .enumerate()
            .map(|(id, (h, a, b, c))| {
                format!(
                    "{id},{},{},{},{},{}\n",
                    ["N", "S", "7", "8"][*h],
                    [1.5, 2.0, 2.0, 4.25][*h],
                    cell(*a),
                    cell(*b),
                    cell(*c)
                )
            })
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let path = file(&folder, &("id,h,w,a,b,c\n".to_owned() + &body));
        let shares = [
            list(&["a=1"]),
            list(&["a=1|3", "c=男性"]),
            list(&["b>=2"]),
            list(&["c=a b", "c=b"]),
            list(&["a=2", "a=2", "b!=1"]),
            list(&["c=1..2"]),
            list(&["h=N"]),
        ];
        let by = [
            list(&[]),
            list(&["b"]),
            list(&["b,c", "a"]),
            list(&["c"]),
            list(&["h", "b"]),
            list(&["a,b,c"]),
            list(&["c,h"]),
        ];
        let conditions = [
            list(&[]),
            list(&["b=1|2"]),
            list(&["c!="]),
            list(&["a!=1", "c="]),
            list(&["a<=2"]),
            list(&["c=NA"]),
        ];
        let missing =
            [list(&[]), list(&["*=NA"]), list(&["a=3", "c=1"]), list(&["b=2|男性"]), list(&["id=3"])];
        let request = Request {
            files: vec![path],
            shares: shares[pick.0].clone(),
            by: by[pick.1].clone(),
            conditions: conditions[pick.2].clone(),
            missing: missing[pick.3].clone(),
            base: if all { Base::All } else { Base::Answered },
            strata: Some("h".to_owned()).filter(|_| pick.0 % 2 == 0),
            weight: Some("w".to_owned()).filter(|_| pick.1 % 2 == 0),
            method: if pick.2 % 2 == 0 { "wilson" } else { "beta" }.to_owned(),
            lonely: shihyo::design::LonelyPsu::Certainty,
            ..Request::default()
        };
        compared.set(compared.get() + usize::from(same("random", &request)));
    });
    assert!(compared.get() >= 50, "only {} requests compared", compared.get());
}

/// Twenty more questions, and from the middle of the file on a question of sixty answers.
#[test]
fn many_questions_and_many_answers_that_come_late_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let body = text(40_000);
    let lines = body.lines().enumerate().map(|(at, line)| {
        let more = (0..20).map(|k| match (at, (at * (k + 3) / 7) % 11) {
            (0, _) => format!("c{k}"),
            (_, 0) => String::new(),
            (_, answer) => (answer % (2 + k % 4)).to_string(),
        });
        let late = match at {
            0 => "late".to_owned(),
            1..20_000 => (at % 3).to_string(),
            _ => (at * 7 % 60).to_string(),
        };
        format!("{line},{},{late}", more.collect::<Vec<_>>().join(","))
    });
    let path = file(&folder, &(lines.collect::<Vec<_>>().join("\n") + "\n"));
    let few = Request { shares: (0..20).map(|k| format!("c{k}=1")).collect(), ..request(&path) };
    assert!(same("many questions", &few));
    let many = Request {
        shares: few.shares.iter().cloned().chain(["late=1|41".to_owned(), "late=59".to_owned()]).collect(),
        ..few
    };
    assert!(same("many answers", &many));
}

#[test]
fn threads_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let request = request(&file(&folder, &text(60_000)));
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| csv(&adhoc::quick(&request).unwrap().outcome.sheet.rows).unwrap())
    };
    let one = with(1);
    assert!([2, 3, 8].into_iter().all(|threads| with(threads) == one));
}

#[test]
fn fitted_weights_and_sizes_of_strata_come_from_tables_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, &text(20_000));
    let table = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let sex = table("sex.csv", "sex,population\n1,49000\n2,51000\n");
    let ages: String = (1..=7).map(|k| format!("{}.0,{}\n", 10 * k, 100_000 / 7)).collect();
    let age = table("age.csv", &format!("age,people,note\n{}", ages.replace('\n', ",\n")));
    let short = table("short.csv", "age,people\n10,5000\n");
    let nobody = table("nobody.csv", "sex,population\n1,49000\n2,0\n");
    let sizes: String = (28..=40).map(|h| format!("{h},{}\n", 10_000 + h)).collect();
    let sizes = table("sizes.csv", &format!("層,人口\n{sizes}"));
    let base = Request { fpc: None, ..request(&path) };
    let unweighted = Request { weight: None, ..base.clone() };
    for (what, request) in [
        ("raked", Request { rake: vec![sex.clone()], ..base.clone() }),
        ("no breakdown", Request { rake: vec![sex.clone()], by: Vec::new(), ..base.clone() }),
        ("post-stratified", Request { post_stratify: Some(sex.clone()), ..base.clone() }),
        ("other weights in each row", {
            Request { rake: vec![sex.clone()], weight: Some("noise1".to_owned()), ..base.clone() }
        }),
        ("no strata", Request { rake: vec![sex.clone()], strata: None, ..unweighted.clone() }),
        ("sizes of strata", Request { population: Some(sizes.clone()), ..base.clone() }),
        ("weights by sizes", Request { population: Some(sizes.clone()), ..unweighted.clone() }),
        ("weights by sizes, raked", {
            Request { population: Some(sizes.clone()), rake: vec![sex.clone()], ..unweighted.clone() }
        }),
        ("a whole population", {
            Request { population: Some(sizes.clone()), strata: None, ..unweighted.clone() }
        }),
    ] {
        // A weight of its own for each row, above 0.
        let path = &request.files[0];
        let with = |line: (usize, &str)| match line.0 {
            0 => format!("{},noise1\n", line.1),
            row => format!("{},{}\n", line.1, 1.0 + (row * 37 % 101) as f64 / 7.0),
        };
        let body = std::fs::read_to_string(path).unwrap();
        if !body.starts_with("id,層,N,w,fraction,sex,age,q1,q2,q3,noise,noise1") {
            std::fs::write(path, body.lines().enumerate().map(with).collect::<String>()).unwrap();
        }
        assert!(same(what, &request), "{what} is left to the general way");
    }
    // What only rows tell, or what is a mistake.
    for (what, reason, request) in [
        (
            "two margins of two wholes",
            HandOver::Fit,
            Request { rake: vec![sex.clone(), age.clone()], ..base.clone() },
        ),
        ("a category that is missing", HandOver::Fit, Request { rake: vec![short], ..base.clone() }),
        ("a category of nobody", HandOver::Fit, Request { rake: vec![nobody], ..base.clone() }),
        ("quantiles", HandOver::Request, {
            Request { rake: vec![sex.clone()], quantiles: list(&["q2@0.5"]), ..base.clone() }
        }),
        (
            "limits",
            HandOver::Request,
            Request { rake: vec![sex.clone()], trim: Some((0.5, 9.0)), ..base.clone() },
        ),
        ("two steps", HandOver::Design, {
            Request { rake: vec![sex.clone()], post_stratify: Some(age.clone()), ..base.clone() }
        }),
        (
            "sizes of some strata",
            HandOver::Population,
            Request { population: Some(sex.clone()), ..base.clone() },
        ),
        (
            "no table",
            HandOver::Population,
            Request { rake: vec![folder.path().join("no.csv")], ..base.clone() },
        ),
    ] {
        assert_eq!(refused(&request), reason, "{what}");
    }
}

/// Why the general way has to take a request.
fn refused(request: &Request) -> HandOver {
    adhoc::quick(request).map(|_| ()).unwrap_err()
}

#[test]
fn what_the_quick_way_does_not_do_is_left_to_the_general_one() {
    let folder = tempfile::tempdir().unwrap();
    let good = text(3_000);
    let path = file(&folder, &good);
    let base = request(&path);
    for (what, reason, request) in [
        ("a mean of many numbers", HandOver::Values, Request { means: list(&["id"]), ..base.clone() }),
        ("clusters", HandOver::Design, Request { clusters: Some("noise".to_owned()), ..base.clone() }),
        ("no column", HandOver::Column, Request { shares: list(&["q9=1"]), ..base.clone() }),
        (
            "a condition on no column",
            HandOver::Column,
            Request { conditions: list(&["q9=1"]), ..base.clone() },
        ),
        (
            "a code that is no answer",
            HandOver::Mistakes,
            Request { missing: list(&["q1=1"]), ..base.clone() },
        ),
        ("a breakdown of too many values", HandOver::Values, Request { by: list(&["id"]), ..base.clone() }),
        ("no method", HandOver::Method, Request { method: "normal".to_owned(), ..base.clone() }),
        ("no level", HandOver::Request, Request { level: 95.0, ..base.clone() }),
        (
            "sizes below the sample",
            HandOver::Columns,
            Request { fpc: Some("age".to_owned()), ..base.clone() },
        ),
    ] {
        assert_eq!(refused(&request), reason, "{what}");
    }
    // The first is 0 and they differ: the thread that is first decides which it is.
    let differing = refused(&Request { weight: Some("id".to_owned()), ..base.clone() });
    assert!([HandOver::Weights, HandOver::WeightsDiffer].contains(&differing), "{differing}");
    let last: Vec<&str> = good.trim_end().rsplit('\n').next().unwrap().split(',').collect();
    let heavier: Vec<&str> =
        last.iter().enumerate().map(|(at, field)| if at == 3 { "1.5" } else { field }).collect();
    for (what, reason, text) in [
        ("a lonely stratum", HandOver::Design, format!("{good}9,77,10000,5,0.1,1,10,1,1,1,1\n")),
        ("a stratum in two spellings", HandOver::Strata, format!("{good}9,040,10000,5,0.1,1,10,1,1,1,1\n")),
        ("a short row at the end", HandOver::Row, format!("{good}9,40,10000,5,0.1,1,10,1,1,1\n")),
    ] {
        assert_eq!(refused(&request(&file(&folder, &text))), reason, "{what}");
    }
    let ordinary = file(&folder, &good);
    assert!(adhoc::quick(&request(&ordinary)).is_ok());
    // Weights that differ in one row only are summed, not counted.
    assert!(same(
        "another weight at the end",
        &request(&file(&folder, &format!("{good}{}\n", heavier.join(","))))
    ));
}

#[test]
fn a_weight_that_is_none_is_left_to_the_general_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let asked = |weight: &str| {
        let rows = (1..=5).map(|id| format!("{id},{weight},{}\n", 1 + id % 2)).collect::<String>();
        std::fs::write(&path, format!("id,w,q\n{rows}")).unwrap();
        let request = Request {
            files: vec![path.clone()],
            shares: vec!["q=1".to_owned()],
            weight: Some("w".to_owned()),
            ..Request::default()
        };
        adhoc::quick(&request).map(|quick| quick.rows)
    };
    assert_eq!(asked("999999999999999"), Ok(5));
    for weight in ["1000000000000000", "1e300", "0", "-1", ""] {
        assert_eq!(asked(weight), Err(HandOver::Weights), "{weight}");
    }
}
