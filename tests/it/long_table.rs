//! One vocabulary for every long table: `run`, `compare` and `estimate` write the same number into the same
//! columns with the same bytes, as CSV, JSON and Parquet.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::process::{Command, Output};

use crate::support::project::{Project as Office, head, indicator, survey};
use crate::support::rows::with_header;
use polars::prelude::{AnyValue, ParquetReader, SerReader};
use serde_json::Value;
use shihyo::decode::Base;
use shihyo::indicator::{Detail, EstimateRecord, Flag, NoVerdict, NumberKey, Verdict};
use shihyo::pipeline::adhoc::{Inputs, Request, compute};
use shihyo::pipeline::{self, CompareRequest};
use shihyo::raw::{ReadOptions, read_bytes};
use shihyo::report::{breakdown, long};
use shihyo::text::Lang;

fn plan(design: &str) -> String {
    let of = "\"知っている\", \"聞いたことがある\"";
    head("[[\"性別\"], [\"性別\", \"居住\"]]")
        + &survey(&format!("duplicates = \"first\"\n{design}"))
        + &indicator("known", "項目", "s", "問1", of, "\"answered\"")
}

const QUESTIONS: &str = r#"
title = "調査票"
[[question]]
id = "性別"
type = "single"
options = ["男性", "女性", "その他", "答えたくない"]
[[question]]
id = "居住"
type = "single"
options = ["市内", "市外"]
[[question]]
id = "層"
type = "single"
options = ["東", "西"]
[[question]]
id = "問1"
type = "single"
options = ["知っている", "聞いたことがある", "知らない"]
"#;

const PEOPLE: usize = 200;

/// 80 men, most of whom know it; 80 women, most of whom don't; 32 and 5 others; eight live elsewhere.
fn answers() -> String {
    let mut text = "番号,性別,居住,問1,層,w\n".to_owned();
    for i in 0..PEOPLE {
        let (sex, knows) = match i {
            0..80 => ("男性", i % 5 != 0),
            80..160 => ("女性", i % 5 == 0),
            160..192 => ("その他", i < 163),
            192..197 => ("答えたくない", true),
            _ => ("", true),
        };
        let home = if i % 25 == 7 { "市外" } else { "市内" };
        let answer = match (knows, i % 3) {
            _ if i < 160 && i % 13 == 5 => "",
            (false, _) => "知らない",
            (true, 0) => "聞いたことがある",
            (true, _) => "知っている",
        };
        let weight = ["0.7", "1.1", "1.3", "0.9"][i % 4];
        text += &format!("{i},{sex},{home},{answer},{},{weight}\n", if i % 7 < 3 { "東" } else { "西" });
    }
    text
}

fn project(design: &str) -> Office {
    Office::new(&[
        ("pipelines/p/plan.toml", &plan(design)),
        ("pipelines/p/q.toml", QUESTIONS),
        ("answers.csv", &answers()),
    ])
}

fn shihyo(office: &Office, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_shihyo"))
        .args(arguments)
        .args(["--lang", "en", "--quiet"])
        .current_dir(office.root())
        .output()
        .unwrap()
}

fn stdout(office: &Office, arguments: &[&str]) -> Vec<u8> {
    let out = shihyo(office, arguments);
    assert!(out.status.success(), "{arguments:?}\n{}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

fn of_groups<'a>(rows: &'a [BTreeMap<String, String>], groups: [&str; 2]) -> &'a BTreeMap<String, String> {
    let is_it = |row: &&BTreeMap<String, String>| {
        row["analysis_type"] == "share"
            && row["group_var"] == groups[0]
            && row["group_var_value"] == groups[1]
    };
    rows.iter().find(is_it).unwrap_or_else(|| panic!("no row {groups:?}"))
}

/// The columns that every long table has.
const EVERY: usize = 33;

#[test]
fn a_number_has_the_same_cells_whoever_asks_for_it() {
    for (design, flags) in [
        ("", &[][..]),
        ("weights = { column = \"w\" }", &["--weight", "w"]),
        ("strata = [\"層\"]\nweights = { column = \"w\" }", &["--strata", "層", "--weight", "w"]),
    ] {
        let office = project(design);
        stdout(&office, &["run", "pipelines/p", "--out", "out"]);
        let (header, run) = with_header(&office.bytes("out/estimates.csv"));
        let ask = ["--format", "csv"];
        let compare = |by: &[&str]| {
            with_header(&stdout(
                &office,
                &[&["compare", "pipelines/p", "--indicator", "known", "--by", "性別,居住"], by, &ask]
                    .concat(),
            ))
        };
        let ((head, alone), (_, crossed)) = (compare(&[]), compare(&["--cross"]));
        assert_eq!(head[..EVERY], header, "{design}");
        let share = "問1=知っている|聞いたことがある";
        let by = ["--by", "性別", "--by", "性別,居住", "--by", "居住"];
        let (head, estimate) = with_header(&stdout(
            &office,
            &[&["estimate", "answers.csv", "--share", share], flags, &by, &ask].concat(),
        ));
        assert_eq!(head, header, "{design}");
        let mut compared = 0;
        for groups in [
            ["", ""],
            ["性別", "男性"],
            ["性別", "その他"],
            ["性別 | 居住", "女性 | 市内"],
            ["性別 | 居住", "男性 | 市外"],
        ] {
            let (a, c) = (of_groups(&run, groups), of_groups(&estimate, groups));
            let b = of_groups(if groups[0].contains('|') { &crossed } else { &alone }, groups);
            for column in &header {
                assert_eq!(a[column], b[column], "{design} {groups:?}: {column} of run and compare");
                // What a plan has and a file has not.
                if !["analysis_key", "survey", "wave", "indicator", "data"].contains(&column.as_str()) {
                    assert_eq!(a[column], c[column], "{design} {groups:?}: {column} of run and estimate");
                    compared += 1;
                }
            }
            assert_eq!((a["n_total"].as_str(), a["schema_version"].as_str()), ("200", "2"));
            assert!(!c["analysis_key"].is_empty());
            assert_eq!(a["stat"].parse::<f64>().unwrap().to_string(), a["stat"], "as short as it reads back");
        }
        assert_eq!(compared, 5 * (EVERY - 5));
        assert_eq!(
            of_groups(&run, ["", ""])["ci_basis"],
            if flags.is_empty() { "binomial" } else { "design" }
        );
        assert_eq!(of_groups(&run, ["性別", "その他"])["flag"], "nchs-suppress", "{design}");
        assert_eq!(of_groups(&alone, ["居住", "市内"])["analysis_key"], "s/R4/known/居住=市内");
        assert_eq!(
            of_groups(&estimate, ["性別 | 居住", "女性 | 市内"])["analysis_key"],
            "問1=知っている|聞いたことがある/性別=女性,居住=市内"
        );
    }
}

/// Numbers of every kind.
fn everything() -> Vec<EstimateRecord> {
    let list = |items: &[&str]| items.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let table = read_bytes(answers().as_bytes(), "answers.csv", &ReadOptions::default()).unwrap();
    let request = Request {
        shares: list(&["問1", "問1=知っている|知らない", "w>=1"]),
        means: list(&["w"]),
        totals: list(&["w"]),
        ratios: list(&["w/番号"]),
        quantiles: list(&["w@0.5", "w@0.25"]),
        by: list(&["性別", "性別,居住"]),
        differences: list(&["性別=男性 vs rest", "居住=市外 vs 居住=市内"]),
        tests: list(&["性別 × 居住", "居住 × 性別"]),
        weight: Some("w".to_owned()),
        ..Request::default()
    };
    let mut rows =
        compute(&request, &Inputs { tables: vec![table], ..Inputs::default() }).unwrap().sheet.rows;
    let (plan, outcome) = project("").run();
    rows.extend(outcome.estimates.clone());
    let what = CompareRequest {
        indicator: "known".into(),
        by: vec!["居住".into()],
        wave: None,
        adjust: shihyo::estimate::p_adjust::Adjustment::default(),
    };
    rows.extend(pipeline::compare(&plan, &outcome, &what).unwrap().parts);
    rows
}

#[test]
fn parquet_read_back_is_the_csv() {
    let rows = everything();
    let (header, expected) = with_header(&long::csv(&rows).unwrap());
    let frame = ParquetReader::new(Cursor::new(long::parquet(&rows).unwrap())).finish().unwrap();
    let names: Vec<&str> = frame.columns().iter().map(|c| c.name().as_str()).collect();
    assert_eq!(names, header);
    assert_eq!(header.len(), EVERY + 21, "every column that any number has");
    assert_eq!(frame.height(), rows.len());
    for column in frame.columns() {
        for (at, row) in expected.iter().enumerate() {
            let cell = &row[column.name().as_str()];
            match column.get(at).unwrap() {
                AnyValue::Null => assert_eq!(cell, "", "{} of {}", column.name(), row["analysis_key"]),
                AnyValue::Float64(x) => assert_eq!(cell.parse::<f64>().unwrap().to_bits(), x.to_bits()),
                AnyValue::UInt64(n) => assert_eq!(*cell, n.to_string()),
                other => assert_eq!(cell, other.get_str().unwrap()),
            }
        }
    }
}

#[test]
fn json_has_the_columns_of_the_csv_and_keeps_its_lists() {
    let rows = everything();
    let (header, expected) = with_header(&long::csv(&rows).unwrap());
    let document: Value = serde_json::from_slice(&long::json(&rows, None).unwrap()).unwrap();
    assert_eq!(document["schema_version"], "2");
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::Array(list) => list.iter().map(|v| v.as_str().unwrap()).collect::<Vec<_>>().join(" | "),
        Value::Object(reasons) => reasons
            .iter()
            .map(|(column, why)| format!("{column}:{}", why.as_str().unwrap()))
            .collect::<Vec<_>>()
            .join(" | "),
        Value::String(text) => text.clone(),
        number => number.to_string(),
    };
    for (row, expected) in document["rows"].as_array().unwrap().iter().zip(&expected) {
        let row = row.as_object().unwrap();
        let keys: Vec<&String> = row.keys().collect();
        assert_eq!(keys[..EVERY], header.iter().take(EVERY).collect::<Vec<_>>());
        for (column, cell) in expected {
            let found = row.get(column).map(text).unwrap_or_default();
            match (found.parse::<f64>(), cell.parse::<f64>()) {
                // The reader of JSON here may miss the last bit.
                (Ok(a), Ok(b)) => assert!((a - b).abs() <= 1e-15 * b.abs(), "{column}: {a} {b}"),
                _ => assert_eq!(found, *cell, "{column}"),
            }
        }
        for list in ["analysis_var_value", "group_var", "group_var_value", "flag"] {
            assert!(row[list].is_array(), "{list}");
        }
    }
    // Only a quantile has a probability.
    let has = |kind: &str| {
        document["rows"]
            .as_array()
            .unwrap()
            .iter()
            .any(|r| r["analysis_type"] == kind && r.get("prob").is_some())
    };
    assert!(has("quantile") && !has("share"));
}

#[test]
fn keys_are_unique_and_read_back() {
    let mut rows = everything();
    let list = |items: &[&str]| items.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    // Names and codes with the signs of keys in them, a code that says 無回答, and what is asked for twice.
    let text = "a/b,c=d,e:f,q\n1,x,無回答,1\n2,\"x,y\",はい,2\n1,\"x=y\",,2\n2,x/y,無回答,1\n1,x,はい,\n";
    let table = read_bytes(text.as_bytes(), "t.csv", &ReadOptions::default()).unwrap();
    let request = Request {
        shares: list(&["e:f", "a/b=1", "a/b=1", "a/b=1|2", "q=2"]),
        means: list(&["q", "a/b"]),
        totals: list(&["q", "q"]),
        by: list(&["c=d", "c=d", "a/b,c=d"]),
        differences: list(&["q=1 vs rest", "q=1 vs q=2"]),
        base: Base::All,
        ..Request::default()
    };
    let found = compute(&request, &Inputs { tables: vec![table], ..Inputs::default() }).unwrap().sheet.rows;
    let texts: Vec<String> = found.iter().map(|row| row.key.to_string()).collect();
    for key in ["e\\:f=無回答", "e\\:f=", "a\\/b=1|2/c\\=d=x\\,y", "mean:a\\/b/a\\/b=1,c\\=d=x"] {
        assert!(texts.iter().any(|text| text == key), "{key} is not in {texts:#?}");
    }
    rows.extend(found);
    let mut seen = BTreeSet::new();
    for row in &rows {
        let text = row.key.to_string();
        assert_eq!(text.parse::<NumberKey>().as_ref(), Ok(&row.key), "{text}");
        // A part of a comparison is a number of the run.
        let again = matches!(row.detail, Detail::AgainstRest(_));
        assert!(seen.insert(text.clone()) || again, "{text} stands twice");
    }
}

#[test]
fn the_whole_csv_of_a_small_case() {
    let office = Office::new(&[("a.csv", "性別,問1,年齢\n女,はい,20\n女,いいえ,30\n男,はい,40\n男,,50\n")]);
    let arguments = [
        "estimate",
        "a.csv",
        "--share",
        "問1=はい",
        "--by",
        "性別",
        "--mean",
        "年齢",
        "--test",
        "rao-scott",
        "性別 × 問1",
    ];
    let csv = String::from_utf8(stdout(&office, &[&arguments[..], &["--format", "csv"]].concat())).unwrap();
    let expected = include_str!("../long_table/small.csv");
    assert_eq!(csv, expected);
    // A file says how it is encoded; what stands there is not written over.
    let file = [&arguments[..], &["--format", "csv", "--out", "out/a.csv"]].concat();
    stdout(&office, &file);
    assert_eq!(office.text("out/a.csv"), format!("\u{feff}{expected}"));
    let again = shihyo(&office, &file);
    assert_eq!(again.status.code(), Some(2), "{}", String::from_utf8_lossy(&again.stderr));
    let parquet = [&arguments[..], &["--format", "parquet"]].concat();
    let nowhere = shihyo(&office, &parquet);
    assert!(nowhere.stdout.is_empty() && nowhere.status.code() == Some(2));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("--out"));
    stdout(&office, &[&parquet[..], &["--out", "a.parquet"]].concat());
    let frame = ParquetReader::new(Cursor::new(office.bytes("a.parquet"))).finish().unwrap();
    assert_eq!(frame.height() + 1, expected.lines().count());
}

#[test]
fn no_verdict_where_the_reliability_rule_withholds_a_side() {
    let (plan, outcome) = project("").run();
    let by = |by: &str| {
        let what = CompareRequest {
            indicator: "known".into(),
            by: vec![by.into()],
            wave: None,
            adjust: shihyo::estimate::p_adjust::Adjustment::default(),
        };
        pipeline::compare(&plan, &outcome, &what).unwrap()
    };
    let verdicts = |breakdown: &shihyo::indicator::Breakdown| -> Vec<(String, String)> {
        let of = |row: &EstimateRecord| {
            let Detail::AgainstRest(d) = &row.detail else { panic!("no difference") };
            assert!(d.test.is_ok(), "each of them is tested, and the test is significant or not");
            let verdict = d.verdict.as_ref().map_or_else(NoVerdict::code, |v| v.name());
            (row.key.groups[0].value.clone(), verdict.to_owned())
        };
        breakdown.parts.iter().map(of).collect()
    };
    let named = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    let sex = by("性別");
    assert_eq!(
        verdicts(&sex),
        named(&[
            ("男性", "higher"),
            ("女性", "lower"),
            ("その他", "nchs-suppress"),
            ("答えたくない", "n<30")
        ])
    );
    // The part is large, the rest is not.
    let home = by("居住");
    assert_eq!(verdicts(&home), named(&[("市内", "n<30"), ("市外", "n<30")]));
    assert!(home.parts[0].estimate.n > 150 && home.parts[0].flags.is_empty());
    let (_, rows) = breakdown::table(&sex, Lang::Ja);
    let words: Vec<&str> = rows.iter().map(|row| row[8].as_str()).collect();
    assert_eq!(words, ["", "高い", "低い", "判定なし（NCHS基準に届かない精度）", "判定なし（nが30未満）"]);
    let (_, rows) = with_header(&long::csv(&sex.parts).unwrap());
    let verdict = |at: usize| (rows[at]["verdict"].as_str(), rows[at]["verdict_reason"].as_str());
    assert_eq!((verdict(0), verdict(2), verdict(3)), (("higher", ""), ("", "nchs-suppress"), ("", "n<30")));
    assert!(!rows[3]["p_value"].is_empty() && !rows[3]["difference_df"].is_empty());
    assert_eq!(Ok(Verdict::Lower), judged(&sex.parts[1]));
    assert!(sex.rows().all(|row| !row.flags.contains(&Flag::NotComparable)));
}

fn judged(row: &EstimateRecord) -> Result<Verdict, NoVerdict> {
    match &row.detail {
        Detail::AgainstRest(difference) => difference.verdict.clone(),
        _ => panic!("no difference"),
    }
}

#[test]
fn threads_make_no_difference_to_a_byte_of_any_file() {
    let office = project("strata = [\"層\"]\nweights = { column = \"w\" }");
    stdout(&office, &["run", "pipelines/p", "--out", "one", "--threads", "1"]);
    stdout(&office, &["run", "pipelines/p", "--out", "four", "--threads", "4"]);
    let names = office.names("one");
    assert_eq!(names, office.names("four"));
    assert!(names.contains(&"estimates.parquet".to_owned()));
    for name in names {
        assert!(office.bytes(&format!("one/{name}")) == office.bytes(&format!("four/{name}")), "{name}");
    }
    let manifest: Value = serde_json::from_slice(&office.bytes("one/manifest.json")).unwrap();
    let outputs = manifest["outputs"].as_array().unwrap();
    assert!(outputs.iter().any(|o| o["name"] == "estimates.parquet"));
    assert_eq!(manifest["schema_version"], "2");
    for name in ["estimates", "indicators", "quality", "sensitivity"] {
        let json: Value = serde_json::from_slice(&office.bytes(&format!("one/{name}.json"))).unwrap();
        assert_eq!(json["schema_version"], "2", "{name}");
    }
    let key = "s/R4/known/性別=女性,居住=市内";
    let explained = stdout(&office, &["explain", key, "--plan", "pipelines/p"]);
    assert!(String::from_utf8(explained).unwrap().contains("居住"));
    let admin = shihyo(
        &Office::new(&[
            (
                "pipelines/p/plan.toml",
                &plan("").replace("survey.s", "survey.admin").replace("\"s\"", "\"admin\""),
            ),
            ("pipelines/p/q.toml", QUESTIONS),
            ("answers.csv", &answers()),
        ]),
        &["check", "pipelines/p"],
    );
    assert!(String::from_utf8_lossy(&admin.stderr).contains("plan::reserved-key"));
}
