//! Whatever is typed, and whatever the files hold: rows or a message, never a panic, never a number out of
//! nothing.

use std::cell::Cell;

use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;
use shihyo::code::Code;
use shihyo::error::Error;
use shihyo::pipeline::adhoc::{AdhocOutcome, Inputs, ReplicateType, Request, compute};
use shihyo::raw::{ReadOptions, Table, read_bytes};
use shihyo::report::estimate_tables::tables;
use shihyo::report::long;
use shihyo::text::Lang;

fn table(text: &str) -> Table {
    read_bytes(text.as_bytes(), "t.csv", &ReadOptions::default()).unwrap()
}

fn run(text: &str, request: &Request) -> Result<AdhocOutcome, Error> {
    compute(request, &Inputs { tables: vec![table(text)], ..Inputs::default() })
}

fn of(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn code(result: Result<AdhocOutcome, Error>) -> Vec<Code> {
    match result {
        Ok(_) => Vec::new(),
        Err(error) => error.diagnostics().iter().map(|d| d.code).collect(),
    }
}

const SMALL: &str = "s,q,x,w,h,c\na,1,10,1,p,1\na,2,20,2,p,2\nb,1,,1,q,1\nb,,40,1,q,2\n";

#[test]
fn every_mistake_has_its_code() {
    let mean = |name: &str| Request { means: of(&[name]), ..Request::default() };
    assert_eq!(code(run(SMALL, &mean("y"))), [Code::AdhocNoColumn]);
    assert_eq!(code(run(SMALL, &mean("s"))), [Code::AdhocNotNumeric]);
    assert_eq!(code(run("s\n", &mean("s"))), [Code::AdhocNoRows]);
    assert_eq!(code(run("x,x\n1,2\n", &mean("x"))), [Code::AdhocColumnTwice]);
    assert_eq!(code(run("x,x\n1,2\n", &mean("@B"))), Vec::<Code>::new());
    let unknown = Request { shares: of(&["z"]), ..Request::default() };
    assert_eq!(code(run(SMALL, &unknown)), [Code::AdhocNoColumn], "a name alone is a column");
    for bad in ["=1", "q!=", "q=1|", "q=|1"] {
        let request = Request { shares: of(&[bad]), ..Request::default() };
        assert_eq!(code(run(SMALL, &request)), [Code::AdhocShare], "{bad}");
    }
    for bad in ["x", "x@", "@0.5", "x@2", "x@-0.1", "x@NaN", "x@a"] {
        let request = Request { quantiles: of(&[bad]), ..Request::default() };
        assert_eq!(code(run(SMALL, &request)), [Code::AdhocQuantile], "{bad}");
    }
    let with = |request: Request| code(run(SMALL, &Request { means: of(&["x"]), ..request }));
    assert_eq!(with(Request { conditions: of(&["x>3"]), ..Request::default() }), [Code::AdhocCondition]);
    assert_eq!(with(Request { missing: of(&["x"]), ..Request::default() }), [Code::AdhocMissing]);
    assert_eq!(
        with(Request { differences: of(&["s=a - s=b"]), ..Request::default() }),
        [Code::AdhocDifference]
    );
    assert_eq!(with(Request { level: 1.0, ..Request::default() }), [Code::AdhocLevel]);
    assert_eq!(with(Request { level: f64::NAN, ..Request::default() }), [Code::AdhocLevel]);
    assert_eq!(
        with(Request { weight: Some("x".to_owned()), ..Request::default() }),
        [Code::DesignWeightValue]
    );
    assert_eq!(with(Request { strata: Some("q".to_owned()), ..Request::default() }), [Code::DesignBlank]);
    assert_eq!(
        with(Request { clusters: Some("c".to_owned()), strata: Some("h".to_owned()), ..Request::default() }),
        [Code::DesignNest]
    );
    assert_eq!(
        with(Request {
            replicates: Some("z*".to_owned()),
            weight: Some("w".to_owned()),
            ..Request::default()
        }),
        [Code::DesignReplicates; 2]
    );
    let fay = Request {
        replicates: Some("*".to_owned()),
        replicate_type: Some(ReplicateType::Fay),
        ..Request::default()
    };
    assert_eq!(with(fay), [Code::DesignReplicates]);
}

#[test]
fn a_declared_code_cannot_be_asked_for() {
    let request = Request { shares: of(&["q=1"]), missing: of(&["*=1"]), ..Request::default() };
    assert_eq!(code(run(SMALL, &request)), [Code::AdhocCodeMissing]);
}

#[test]
fn an_empty_domain_has_no_number_but_a_reason() {
    let request = Request {
        shares: of(&["q=1"]),
        means: of(&["x"]),
        totals: of(&["x"]),
        ratios: of(&["x/w"]),
        quantiles: of(&["x@0.5"]),
        tests: of(&["s × q"]),
        differences: of(&["s=a vs rest"]),
        conditions: of(&["x>=1000"]),
        by: of(&["s"]),
        ..Request::default()
    };
    let outcome = run(SMALL, &request).unwrap();
    let text = String::from_utf8(long::json(&outcome.sheet.rows, None).unwrap()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rows = value["rows"].as_array().unwrap();
    // Five numbers, four differences (a quantile has none), one test; no group is left.
    assert_eq!(rows.len(), 10);
    for row in rows.iter().filter(|row| row["analysis_type"] != "total") {
        assert!(row["stat"].is_null() && row["reason"]["stat"] == "empty_base", "{row}");
    }
}

#[test]
fn groups_are_ordered_and_blank_is_none() {
    let request = Request { means: of(&["x"]), by: of(&["g"]), ..Request::default() };
    let outcome = run("g,x\n10,1\nb,2\n2,3\na,4\n,5\n2.0,6\n９,7\n", &request).unwrap();
    let groups: Vec<String> = outcome
        .sheet
        .rows
        .iter()
        .map(|row| row.key.groups.iter().map(|g| g.value.clone()).collect())
        .collect();
    assert_eq!(groups, ["", "2", "９", "10", "b", "a"]);
    assert_eq!(
        outcome.findings.iter().map(|f| (f.code, f.count)).collect::<Vec<_>>(),
        [(Code::AdhocByBlank, 1)]
    );
    assert_eq!(outcome.sheet.rows[1].estimate.n, 2);
}

#[test]
fn cells_taken_whole_in_a_test_are_told() {
    let request = Request { tests: of(&["g × h"]), ..Request::default() };
    let outcome = run("g,h\n1;2,1\n1,2\n2,1\n1;2,2\n", &request).unwrap();
    let found: Vec<_> =
        outcome.findings.iter().map(|f| (f.code, f.count, f.place.column.as_deref())).collect();
    assert_eq!(found, [(Code::AdhocTakenWhole, 2, Some("g"))]);
}

#[test]
fn answers_joined_by_a_bar_are_told_and_counted() {
    let request = Request { shares: of(&["g=1"]), by: of(&["g"]), ..Request::default() };
    let outcome = run("g\n1|2\n1\n2\n３｜１\n", &request).unwrap();
    let found: Vec<_> = outcome.findings.iter().map(|f| (f.code, f.count)).collect();
    assert_eq!(found, [(Code::AdhocTakenWhole, 2)]);
    assert_eq!((outcome.sheet.rows[0].estimate.n_yes, outcome.sheet.rows[0].estimate.n), (Some(3), 4));
}

#[test]
fn the_base_is_who_answered_or_all() {
    let text = "i,q\n1,1\n2,2\n3,\n4,9\n5,NA\n6,1 3\n";
    let share = |base| {
        let request =
            Request { shares: of(&["q=1"]), missing: of(&["q=9", "*=NA"]), base, ..Request::default() };
        let estimate = run(text, &request).unwrap().sheet.rows[0].estimate.clone();
        (estimate.n, estimate.n_yes, estimate.value)
    };
    use shihyo::decode::Base;
    assert_eq!(share(Base::Answered), (3, Some(2), Ok(2.0 / 3.0)));
    assert_eq!(share(Base::All), (6, Some(2), Ok(2.0 / 6.0)));
}

#[test]
fn a_value_that_never_occurs_is_refused() {
    let share = |code: &str| Request { shares: vec![format!("v={code}")], ..Request::default() };
    let text = "v\nYes\nNo\nYes\n";
    assert_eq!(code(run(text, &share("yes"))), [Code::AdhocUnknownCode]);
    assert_eq!(code(run(text, &share("5"))), [Code::AdhocUnknownCode]);
    assert_eq!(run(text, &share("No")).unwrap().sheet.rows[0].estimate.n_yes, Some(1));
}

#[test]
fn population_tables_that_do_not_fit_are_mistakes() {
    let with = |population: &str, linear: bool| {
        let one = Some(table(population));
        let (post_stratify, calibrate) = if linear { (None, one) } else { (one, None) };
        let inputs = Inputs { tables: vec![table(SMALL)], post_stratify, calibrate, ..Inputs::default() };
        let path = Some("p.csv".into());
        let request = Request { shares: of(&["s=a"]), ..Request::default() };
        let request = if linear {
            Request { calibrate: path, ..request }
        } else {
            Request { post_stratify: path, ..request }
        };
        compute(&request, &inputs).map(|o| {
            (o.sheet.rows[0].estimate.value.clone(), o.findings.iter().map(|f| f.code).collect::<Vec<_>>())
        })
    };
    let code = |population: &str, linear: bool| {
        with(population, linear).map_err(|e| e.diagnostics().iter().map(|d| d.code).collect::<Vec<_>>())
    };
    assert_eq!(code("s,人口\na,300\nb,100\n", false), Ok((Ok(0.75), vec![])));
    assert_eq!(code("s,total\na,\"1,500人\"\nb,500\n", false), Ok((Ok(0.75), vec![])));
    assert_eq!(code("s,whatever\nａ,200\na,100\nb,100\n", false), Ok((Ok(0.75), vec![])));
    assert_eq!(code("s,人口\na,300\nb,100\nc,10\n", false), Ok((Ok(0.75), vec![Code::DesignMarginEmpty])));
    assert_eq!(code("s,人口\na,300\n", false), Err(vec![Code::DesignMarginUnknown]));
    assert_eq!(code("s,人口\na,300\nb,many\n", false), Err(vec![Code::DesignPopulationTotal]));
    assert_eq!(code("s,h,x1,x2\na,p,1,2\n", false), Err(vec![Code::DesignPopulationColumn]));
    assert_eq!(code("人口\n300\n", false), Err(vec![Code::DesignPopulationCategory]));
    assert_eq!(code("z,人口\na,300\n", false), Err(vec![Code::AdhocNoColumn]));
    assert_eq!(code("s,h,人口\na,,300\nb,q,100\n", false), Err(vec![Code::DesignPopulationCategory]));
    let rounded =
        |found: (Result<f64, _>, Vec<Code>)| (found.0.map(|p: f64| (p * 1e9).round() / 1e9), found.1);
    assert_eq!(code("s,c,人口\na,,300\nb,,100\n,1,200\n,2,200\n", true).map(rounded), Ok((Ok(0.75), vec![])));
    assert_eq!(code("s,人口\na,300\n", true), Err(vec![Code::DesignPopulationCategory]));
    assert_eq!(code("x,人口\n*,300\n", true), Err(vec![Code::DesignCalibrateMissing]));
    assert_eq!(
        code("s,人口\na,300\nb,100\nc,5\n", true).map(rounded),
        Ok((Ok(0.75), vec![Code::DesignPopulationEmpty]))
    );
}

#[test]
fn a_share_may_be_of_numbers() {
    let text = "age,s\n20,a\n30,b\n,a\n70,a\n65,b\n";
    for (asked, codes, expected) in [
        ("age>=65", [">=65"], 0.5),
        ("age=18..29", ["18..29"], 0.25),
        ("s!=a", ["!=a"], 0.4),
        ("age<=65", ["<=65"], 0.75),
    ] {
        let row =
            run(text, &Request { shares: of(&[asked]), ..Request::default() }).unwrap().sheet.rows.remove(0);
        assert_eq!((row.estimate.value, row.values), (Ok(expected), of(&codes)), "{asked}");
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("NA".to_owned()),
        Just("1,3".to_owned()),
        Just("バス 電車".to_owned()),
        Just("inf".to_owned()),
        (0..4_i32).prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|x| x.to_string()),
        "\\PC{0,6}",
    ]
}

#[test]
fn any_request_ends_in_rows_or_a_message() {
    let compared = Cell::new(0);
    proptest!(Config { cases: 300, ..Config::default() }, |(
        cells in proptest::collection::vec((cell(), cell(), cell()), 0..12),
        share in "(a|b|@A|z)?[=!<>@|/. ]{0,2}(1|NA|\\PC{0,3})",
        condition in "(a|b|@C)?(=|!=|>=|<=|>|)(1|0\\.\\.2|[|]|\\PC{0,3})",
        list in "(a|b|c|a,b|,|@B|\\PC{0,2})",
        pattern in "(\\*|a\\*|\\?|b|\\PC{0,2})",
        kind in 0..4,
        level in any::<f64>(),
    )| {
        let quoted = |t: &str| format!("\"{}\"", t.replace('"', "\"\""));
        let text = cells.iter().fold("a,b,c\n".to_owned(), |text, (a, b, c)| {
            text + &format!("{},{},{}\n", quoted(a), quoted(b), quoted(c))
        });
        let Ok(table) = read_bytes(text.as_bytes(), "t.csv", &ReadOptions::default()) else { return Ok(()) };
        let mut request = Request {
            shares: vec![share.clone()],
            conditions: vec![condition.clone()],
            ..Request::default()
        };
        match kind {
            0 => {
                (request.by, request.differences) = (vec![list.clone()], vec![format!("{condition} vs rest")])
            }
            1 => (request.strata, request.clusters) = (Some(list.clone()), Some("a".to_owned())),
            2 => {
                (request.replicates, request.weight, request.replicate_type) =
                    (Some(pattern), Some(list.clone()), Some(ReplicateType::Jk1))
            }
            _ => {
                (request.quantiles, request.tests) =
                    (vec![share.clone(), format!("a@{level}")], vec![format!("{list} × {share}")])
            }
        }
        for request in [
            Request { shares: of(&["a=1"]), by: vec![list.clone()], ..Request::default() },
            Request { shares: of(&["a=1"]), conditions: vec![condition.clone()], ..Request::default() },
            Request { shares: vec![share.clone()], ..Request::default() },
            Request { conditions: Vec::new(), shares: of(&["a=1"]), ..request.clone() },
            Request { level, ..request.clone() },
            request,
        ] {
            if let Ok(outcome) =
                compute(&request, &Inputs { tables: vec![table.clone()], ..Inputs::default() })
            {
                compared.set(compared.get() + 1);
                let text = String::from_utf8(long::json(&outcome.sheet.rows, None).unwrap()).unwrap();
                assert!(!text.contains("NaN") && !outcome.sheet.rows.is_empty());
                long::csv(&outcome.sheet.rows).unwrap();
                long::parquet(&outcome.sheet.rows).unwrap();
                tables(&outcome.sheet, Lang::Ja);
                for row in &outcome.sheet.rows {
                    let e = &row.estimate;
                    for value in [&e.value, &e.se, &e.n_eff].into_iter().flatten() {
                        assert!(value.is_finite(), "{row:?}");
                    }
                }
            }
        }
    });
    assert!(compared.get() >= 100, "only {} requests compared", compared.get());
}
