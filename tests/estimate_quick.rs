//! The quick way of `estimate` gives, byte for byte, what the general way gives.

use std::path::{Path, PathBuf};

use shihyo::pipeline::adhoc::{self, Request};
use shihyo::report::adhoc::{Base, csv, json};

/// Strata with one weight each, four attributes, three questions with blanks.
fn text(rows: usize) -> String {
    let mut state = 362436069_u32;
    let mut dice = move |n: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % n
    };
    let mut out = "id,層,N,w,fraction,sex,age,q1,q2,q3,noise\n".to_owned();
    for id in 0..rows {
        let h = 40 - dice(13);
        let blank = |n: u32, p: u32| if p == 0 { String::new() } else { n.to_string() };
        let (sex, age) = (blank(1 + dice(2), dice(60)), blank(10 * (1 + dice(7)), dice(90)));
        let (q1, q2, q3) = (blank(1 + dice(2), dice(30)), blank(dice(5), dice(10)), blank(1 + dice(9), dice(7)));
        let n = 10_000_000 + 977 * h;
        out += &format!("{id},{h},{n},{},{},{sex},{age},{q1},{q2},{q3},{}\n", f64::from(n) / 777.0, f64::from(h) / 1000.0, dice(100));
    }
    out
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
        Request { strata: none(), fpc: none(), weight: none(), method: "wilson".to_owned(), by: Vec::new(), ..base.clone() },
        Request { weight: none(), fpc: none(), method: "korn-graubard".to_owned(), level: 0.9, ..base.clone() },
        Request { by: vec!["@F".to_owned()], files: vec![few], ..base.clone() },
    ];
    for (at, request) in variants.iter().enumerate() {
        let quick = adhoc::quick(request).unwrap_or_else(|reason| panic!("variant {at}: {reason:?}"));
        let inputs = adhoc::read(request).unwrap();
        let general = adhoc::compute(request, &inputs).unwrap();
        assert_eq!(quick.rows, inputs.tables[0].row_count() as u64);
        assert_eq!(quick.beginning.columns.len(), inputs.tables[0].columns.len());
        assert_eq!(quick.beginning.digest.encoding, inputs.tables[0].digest.encoding);
        assert_eq!(quick.outcome.findings, general.findings, "variant {at}");
        assert_eq!(quick.outcome.sheet.notes, general.sheet.notes, "variant {at}");
        let both = [&quick.outcome.sheet, &general.sheet];
        let [a, b] = both.map(|s| String::from_utf8(csv(s).unwrap()).unwrap());
        assert_eq!(a, b, "variant {at}");
        assert!(json(both[0]).unwrap() == json(both[1]).unwrap(), "variant {at}");
    }
}

#[test]
fn threads_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let request = request(&file(&folder, &text(60_000)));
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| csv(&adhoc::quick(&request).unwrap().outcome.sheet).unwrap())
    };
    let one = with(1);
    assert!([2, 3, 8].into_iter().all(|threads| with(threads) == one));
}

#[test]
fn what_the_quick_way_does_not_do_is_left_to_the_general_one() {
    let folder = tempfile::tempdir().unwrap();
    let good = text(3_000);
    let path = file(&folder, &good);
    let base = request(&path);
    let list = |s: &str| vec![s.to_owned()];
    for (what, request) in [
        ("a mean", Request { means: list("N"), ..base.clone() }),
        ("a condition", Request { conditions: list("sex=1"), ..base.clone() }),
        ("a missing rule", Request { missing: list("q1=2"), ..base.clone() }),
        ("clusters", Request { clusters: Some("noise".to_owned()), ..base.clone() }),
        ("a crossing", Request { by: list("sex,age"), ..base.clone() }),
        ("a code that nobody chose", Request { shares: list("q1=7"), ..base.clone() }),
        ("another spelling", Request { shares: list("q1=01"), ..base.clone() }),
        ("no column", Request { shares: list("q9=1"), ..base.clone() }),
        ("no method", Request { method: "normal".to_owned(), ..base.clone() }),
        ("no level", Request { level: 95.0, ..base.clone() }),
        ("weights that differ", Request { weight: Some("id".to_owned()), ..base.clone() }),
        ("sizes below the sample", Request { fpc: Some("age".to_owned()), ..base.clone() }),
    ] {
        assert!(adhoc::quick(&request).is_err(), "{what}");
    }
    let last: Vec<&str> = good.trim_end().rsplit('\n').next().unwrap().split(',').collect();
    let heavier: Vec<&str> = last.iter().enumerate().map(|(at, field)| if at == 3 { "1.5" } else { field }).collect();
    for (what, text) in [
        ("a lonely stratum", format!("{good}9,77,10000,5,0.1,1,10,1,1,1,1\n")),
        ("another weight at the end", format!("{good}{}\n", heavier.join(","))),
        ("a quote at the end", format!("{good}9,\"40\",10000,5,0.1,1,10,1,1,1,1\n")),
    ] {
        assert!(adhoc::quick(&request(&file(&folder, &text))).is_err(), "{what}");
    }
    let ordinary = file(&folder, &good);
    assert!(adhoc::quick(&request(&ordinary)).is_ok());
}
