//! Streamed or in memory, `estimate` gives the same bytes: shares, means, totals, ratios and quantiles of
//! files in several encodings, with lines of any length, for any number of threads. And nearly all that can
//! be streamed is.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use encoding_rs::SHIFT_JIS;
use shihyo::code::Code;
use shihyo::decode::Base;
use shihyo::design::{LonelyPsu, Nesting};
use shihyo::pipeline::adhoc::{self, Request};
use shihyo::report::long::{csv, json};

use crate::support::dice::Dice;

/// What a drawn request may get wrong.
const MISTAKES: [Code; 2] = [Code::AdhocUnknownCode, Code::DesignRakeTotals];

fn chance(dice: &mut Dice, percent: u64) -> bool {
    dice.below(100) < percent
}

/// Some of these, one or more.
fn some_of(dice: &mut Dice, of: &[&str], most: u64) -> Vec<String> {
    let count = 1 + dice.below(most);
    (0..count).map(|_| dice.of(of).to_owned()).collect()
}

const AXES: [&str; 14] =
    ["性別", "age", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12"];
const SHARES: [&str; 9] =
    ["q1=1", "q2=1|2", "q3=2", "q4=1", "q5=3|4", "q6>=2", "満足=満足", "満足=満足|不満", "score=50..80"];
const NUMBERS: [&str; 8] = ["q1", "q5", "age", "score", "half", "below", "year", "q6"];
const RATIOS: [&str; 6] = ["q1/q5", "half/q2", "below/half", "q5/q1", "q3/q3", "below/q6"];
const RULES: [&str; 5] = ["q3=1", "a3=1|2", "満足=満足", "q6>=2", "q1=9"];
const QUANTILES: [&str; 7] =
    ["score@0.5", "score@0.25", "half@0.75", "below@0.5", "year@0.1", "q5@0.5", "q1@1"];

/// Rows of strata and clusters, with weights of a stratum, and of a row with few and with many digits.
fn text(dice: &mut Dice, rows: u64, note: u64) -> String {
    let mut out = "id,h,psu,N,w,v,u,性別,age".to_owned();
    (1..=12).for_each(|k| out += &format!(",a{k}"));
    out += ",q1,q2,q3,q4,q5,q6,満足,score,half,below,year,note\n";
    for id in 0..rows {
        let h = dice.below(6);
        let psu = 10 * h + dice.below(5);
        let w = (7 + h) as f64 / 3.0;
        let v = (w * (0.5 + dice.below(1000) as f64 / 700.0) * 1e4).round() / 1e4;
        let u = w * (0.5 + dice.far_below(1 << 40) as f64 / 1e12);
        let _ = write!(out, "{id},{h},{psu},{},{w},{v},{u}", 100_000 + h);
        let _ = write!(
            out,
            ",{},{}",
            ["男性", "女性", "", "回答しない"][dice.below(4) as usize],
            18 + dice.below(70)
        );
        for k in 0..12 {
            let value = dice.below(3 + k);
            let _ = write!(out, ",{}", if chance(dice, 4) { String::new() } else { value.to_string() });
        }
        for k in 0..6 {
            let answer = 1 + dice.below(2 + k);
            let _ = write!(out, ",{}", if chance(dice, 5) { String::new() } else { answer.to_string() });
        }
        let label = ["満足", "不満", "ととととのった", "どちらともいえない", ""][dice.below(5) as usize];
        let _ = write!(out, ",{label},{}", dice.below(101));
        let half = (dice.below(20) as f64 - 3.0) / 2.0;
        let below = ["-1", "0", "1.5", "2.50", "", "-0"][dice.below(6) as usize];
        let _ = writeln!(
            out,
            ",{half},{below},{},{}",
            1_940 + dice.below(70),
            "n".repeat(dice.below(note + 1) as usize)
        );
    }
    out
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Population tables by some columns: each margin by itself, or their crossing as one. Now and then there
/// are more categories than respondents have.
fn margins(dice: &mut Dice, folder: &Path, crossed: bool) -> Vec<PathBuf> {
    let of = |name: &str| -> Vec<String> {
        match name {
            "性別" => ["男性", "女性", "回答しない"].map(str::to_owned).to_vec(),
            "a1" => (0..4).map(|k| k.to_string()).collect(),
            _ => (0..5).map(|k| format!("{k}.0")).collect(),
        }
    };
    let names: Vec<&str> = ["性別", "a1", "a2"].into_iter().filter(|_| chance(dice, 60)).collect();
    let names = if names.is_empty() { vec!["a1"] } else { names };
    let tables: Vec<Vec<&str>> =
        if crossed { vec![names] } else { names.into_iter().map(|name| vec![name]).collect() };
    let whole = 1_000_000;
    let mut out = Vec::new();
    for names in tables {
        let mut rows: Vec<Vec<String>> = vec![Vec::new()];
        for name in &names {
            let with = |row: &Vec<String>| {
                let row = row.clone();
                of(name).into_iter().map(move |value| [row.clone(), vec![value]].concat())
            };
            rows = rows.iter().flat_map(with).collect();
        }
        if !crossed && chance(dice, 20) {
            rows.push(names.iter().map(|_| "100".to_owned()).collect());
        }
        // All margins have the same whole, but for the categories that are left out.
        let least = if rows.last().is_some_and(|row| row[0] == "100") { rows.len() - 1 } else { rows.len() };
        let mut people: Vec<u64> = (0..least).map(|_| 1_000 + dice.below(9_000)).collect();
        people[0] += whole - people.iter().sum::<u64>();
        people.resize(rows.len(), 7);
        let mut text = format!("{},人口\n", names.join(","));
        rows.iter().zip(people).for_each(|(row, n)| {
            let _ = writeln!(text, "{},{n}", row.join(","));
        });
        let path = folder.join(format!("margin-{}.csv", dice.far_below(1 << 60)));
        std::fs::write(&path, text).unwrap();
        out.push(path);
    }
    out
}

/// A request that can be streamed.
fn request(dice: &mut Dice, path: &Path, rows: u64) -> Request {
    let clusters = chance(dice, 35);
    let list = |dice: &mut Dice, of: &[&str], most: u64, percent: u64| {
        if chance(dice, percent) { some_of(dice, of, most) } else { Vec::new() }
    };
    let mut by = list(dice, &AXES, 3, 80);
    if chance(dice, 20) {
        by.push("性別,a1".to_owned());
    }
    if chance(dice, 10) {
        by = AXES.iter().map(|axis| (*axis).to_owned()).collect();
    }
    let mut out = Request {
        files: vec![path.to_owned()],
        shares: list(dice, &SHARES, 4, 60),
        means: list(dice, &NUMBERS, 3, 60),
        totals: list(dice, &NUMBERS, 2, 40),
        ratios: list(dice, &RATIOS, 2, 40),
        quantiles: list(dice, &QUANTILES, 3, 40),
        by,
        weight: [some("w"), some("v"), some("u"), None][dice.below(4) as usize].clone(),
        strata: some("h").filter(|_| chance(dice, 70)),
        clusters: some("psu").filter(|_| clusters),
        fpc: some("N").filter(|_| chance(dice, 30) && !clusters),
        nesting: if clusters && chance(dice, 30) { Nesting::WithinStrata } else { Nesting::Unique },
        conditions: list(dice, &["性別=男性", "a2>=1", "age=30..59", "score<=90"], 2, 30),
        missing: list(dice, &["q5=6", "score=0", "*=7", "満足=不満"], 1, 20),
        base: if chance(dice, 30) { Base::All } else { Base::Answered },
        asked_if: list(dice, &RULES, 1, 25),
        lonely: LonelyPsu::Adjust,
        method: ["logit", "wilson", "beta"][dice.below(3) as usize].to_owned(),
        ..Request::default()
    };
    if !out.asked_if.is_empty() {
        // Who was asked is counted with the answers of shares only.
        (out.means, out.totals, out.ratios, out.quantiles) = Default::default();
        if chance(dice, 60) {
            out.base = Base::Asked;
        }
    }
    if chance(dice, 30) {
        // Few rows have not all categories, and margins that are left with another whole are none.
        let crossed = rows < 500 || chance(dice, 40);
        let tables = margins(dice, path.parent().unwrap(), crossed);
        if crossed {
            out.post_stratify = tables.into_iter().next();
        } else {
            out.rake = tables;
        }
        // Only rows tell.
        out.quantiles.clear();
    }
    // Sizes of strata are of one stratum.
    out.fpc = out.fpc.filter(|_| out.strata.is_some());
    // What is asked for twice, or declared to be missing, is a mistake.
    out.shares.dedup();
    if out.missing.iter().any(|m| m.starts_with("満足") || m.starts_with("*") || m.starts_with("q5")) {
        out.shares.retain(|s| !s.starts_with("満足") && !s.starts_with("q5"));
    }
    if out.shares.len() + out.means.len() + out.totals.len() + out.ratios.len() + out.quantiles.len() == 0 {
        out.shares.push("q1=1".to_owned());
    }
    out
}

/// The bytes of an outcome, with what was found.
fn bytes(outcome: &adhoc::AdhocOutcome) -> (String, Vec<u8>, String) {
    let sheet = &outcome.sheet;
    let text = String::from_utf8(csv(&sheet.rows).unwrap()).unwrap();
    (text, json(&sheet.rows, None).unwrap(), format!("{:?} {:?}", sheet.notes, outcome.findings))
}

/// Whether a request was streamed; what came was what comes from rows in memory.
#[track_caller]
fn streamed(what: &str, request: &Request, threads: usize) -> bool {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let Ok(quick) = pool.install(|| adhoc::quick(request)) else { return false };
    let inputs = adhoc::read(request).unwrap();
    let general = adhoc::compute(request, &inputs).unwrap_or_else(|e| panic!("{what}: {e:?} {request:?}"));
    let (quick, general) = (bytes(&quick.outcome), bytes(&general));
    assert_eq!(quick.0, general.0, "{what} {request:?}");
    assert!(quick.1 == general.1, "{what} {request:?}");
    assert_eq!(quick.2, general.2, "{what} {request:?}");
    true
}

fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn nearly_all_that_can_be_streamed_is_and_gives_the_same_bytes() {
    let mut dice = Dice::new(0x9E37_79B9_7F4A_7C15);
    let (mut eligible, mut went, mut fitted) = (0, 0, [0; 2]);
    for case in 0..60_u64 {
        let folder = tempfile::tempdir().unwrap();
        let rows = [40, 700, 3_000][case as usize % 3] + dice.below(200);
        let note = [0, 30, 1_500][dice.below(3) as usize];
        let body = text(&mut dice, rows, note);
        let encoded = match case % 4 {
            0 => body.into_bytes(),
            1 => [b"\xEF\xBB\xBF", body.as_bytes()].concat(),
            _ => SHIFT_JIS.encode(&body).0.into_owned(),
        };
        let path = file(&folder, "a.csv", &encoded);
        for _ in 0..4 {
            let request = request(&mut dice, &path, rows);
            let threads = [1, 2, 5][dice.below(3) as usize];
            // A request that is a mistake is told by the general way.
            let inputs = adhoc::read(&request).unwrap();
            if let Err(error) = adhoc::compute(&request, &inputs) {
                assert!(error.diagnostics().iter().all(|d| MISTAKES.contains(&d.code)), "{error}");
                continue;
            }
            let is = usize::from(streamed(&format!("case {case}"), &request, threads));
            eligible += 1;
            went += is;
            if request.post_stratify.is_some() || !request.rake.is_empty() {
                fitted = [fitted[0] + 1, fitted[1] + is];
            }
        }
    }
    assert!(eligible > 180, "{eligible} of 240 requests are none");
    assert!(went * 10 >= eligible * 9, "{went} of {eligible} were streamed");
    let [fitted, went] = fitted;
    assert!(fitted > 40 && went * 10 >= fitted * 9, "{went} of {fitted} with fitted weights were streamed");
}

#[test]
fn threads_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::new(77);
    let path = file(&folder, "a.csv", text(&mut dice, 9_000, 20).as_bytes());
    for weight in ["w", "v", "u"] {
        let all = |of: &[&str]| of.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let request = Request {
            shares: all(&SHARES),
            means: all(&NUMBERS),
            totals: all(&NUMBERS),
            ratios: all(&RATIOS),
            quantiles: all(&QUANTILES),
            by: all(&AXES[..5]),
            weight: some(weight),
            strata: some("h"),
            files: vec![path.clone()],
            method: "logit".to_owned(),
            ..Request::default()
        };
        assert!(streamed(weight, &request, 2));
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| bytes(&adhoc::quick(&request).unwrap().outcome))
        };
        let one = with(1);
        assert!([2, 3, 8].into_iter().all(|threads| with(threads) == one));
    }
}

/// Sixty-five breakdowns: no crossing of all of them has ever been small enough.
#[test]
fn many_breakdowns_are_streamed_and_fit_into_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::new(4242);
    let mut body = "h,w".to_owned();
    (0..65).for_each(|k| body += &format!(",b{k}"));
    body += ",q1,q2\n";
    for _ in 0..2_000 {
        let h = dice.below(5);
        let _ = write!(body, "{h},{}", h + 1);
        (0..65).for_each(|k| body += &format!(",{}", dice.below(2 + k % 6)));
        let _ = writeln!(body, ",{},{}", dice.below(3), dice.below(30));
    }
    let path = file(&folder, "a.csv", body.as_bytes());
    let request = Request {
        files: vec![path],
        shares: vec!["q1=1".to_owned()],
        means: vec!["q2".to_owned()],
        by: (0..65).map(|k| format!("b{k}")).collect(),
        strata: some("h"),
        weight: some("w"),
        method: "logit".to_owned(),
        ..Request::default()
    };
    assert!(streamed("65 breakdowns", &request, 2));
}
