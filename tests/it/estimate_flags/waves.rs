//! The change from an earlier wave.

use std::fs;

use serde_json::Value;

use super::{QUESTIONNAIRE, check, rows, with, wrong};
use crate::support::project::command;

// The change from an earlier wave.

const WAVES: [&str; 7] =
    ["later.csv", "--questionnaire", "q.toml", "--respondent", "番号", "--against", "earlier.csv"];

#[test]
fn the_change_is_the_later_share_less_the_earlier_one() {
    let found = rows(&with(&WAVES, &["--share", "問1=ある", "--mean", "年齢", "--by", "性別"]));
    let changes: Vec<&Value> = found.iter().filter(|r| r["analysis_type"] == "change").collect();
    let measures: Vec<&Value> = found.iter().filter(|r| r["analysis_type"] != "change").collect();
    assert_eq!(changes.len(), measures.len());
    let alone = |file: &'static str| {
        let first: Vec<&str> = std::iter::once(file).chain(QUESTIONNAIRE[1..].iter().copied()).collect();
        rows(&with(&first, &["--share", "問1=ある", "--mean", "年齢", "--by", "性別"]))
    };
    let (later, earlier) = (alone("later.csv"), alone("earlier.csv"));
    let number = |row: &Value, field: &str| row[field].as_f64().unwrap();
    for (change, measure) in changes.iter().zip(&measures) {
        let same = |r: &&Value| {
            ["analysis_type", "analysis_var", "analysis_var_value", "group_var_value"]
                .iter()
                .all(|f| r[*f] == measure[*f])
        };
        let (a, b) = (later.iter().find(same).unwrap(), earlier.iter().find(same).unwrap());
        assert_eq!(*a, **measure, "the later wave is as it is alone");
        let (va, vb) = (number(a, "se").powi(2), number(b, "se").powi(2));
        let moved = number(a, "stat") - number(b, "stat");
        assert!((number(change, "stat") - moved).abs() < 1e-13, "{moved}");
        assert!((number(change, "se") - (va + vb).sqrt()).abs() < 1e-15);
        let df = (va + vb).powi(2) / (va * va / number(a, "df") + vb * vb / number(b, "df"));
        assert!((number(change, "df") - df).abs() < 1e-9 * df, "{} {df}", change["df"]);
        for (field, of, value) in
            [("stat_a", a, "stat"), ("stat_b", b, "stat"), ("n_a", a, "n"), ("n_b", b, "n")]
        {
            assert_eq!(change[field], of[value], "{field}");
        }
        assert!((0.0..=1.0).contains(&number(change, "p_value")));
        // The p-value of two shares is found by inversion; that of means by t.
        if change["of"] == "share" {
            assert_eq!((&change["t"], &change["ci_method"]), (&Value::Null, &Value::from("mover")));
        } else {
            let t = number(change, "stat") / number(change, "se");
            assert!((number(change, "t") - t).abs() < 1e-12);
        }
        assert_eq!(
            (change["of"].clone(), change["a"].clone(), change["b"].clone()),
            (a["analysis_type"].clone(), "later.csv".into(), "earlier.csv".into())
        );
    }
    // 22/32 and 10/21, counted in the files by hand.
    assert_eq!((number(changes[0], "stat_a"), number(changes[0], "stat_b")), (22.0 / 32.0, 10.0 / 21.0));
}

#[test]
fn a_change_speaks_in_both_languages() {
    let much = ["--share", "問1", "--mean", "年齢", "--by", "性別", "--weight", "重み", "--strata", "地区"];
    check("change-ja", "ja", 0, &with(&WAVES, &much));
    check("change-en", "en", 0, &with(&WAVES, &much));
    check(
        "change-csv",
        "en",
        0,
        &with(&WAVES, &["--share", "問3=学校", "--quantile", "年齢@0.5", "--format", "csv"]),
    );
}

#[test]
fn labels_match_waves_whose_codes_differ() {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    let paper = |options: &str| {
        format!("title = \"t\"\n[[question]]\nid = \"q\"\ntype = \"single\"\noptions = [{options}]\n")
    };
    write("a.toml", &paper("\"はい\", \"いいえ\", \"未定\""));
    write("b.toml", &paper("\"いいえ\", \"はい\""));
    write("a.csv", "q\n1\n1\n2\n3\n");
    write("b.csv", "q\n2\n1\n1\n1\n");
    let out = command()
        .current_dir(home.path())
        .args(["estimate", "a.csv", "--questionnaire", "a.toml", "--against", "b.csv"])
        .args(["--against-questionnaire", "b.toml", "--share", "q", "--lang", "ja", "--format", "json"])
        .output()
        .unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    let value: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{said}"));
    let changes: Vec<(String, f64)> = value["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["analysis_type"] == "change")
        .map(|r| (r["analysis_var_value"][0].as_str().unwrap().to_owned(), r["stat"].as_f64().unwrap()))
        .collect();
    let expected = [("はい", 0.25), ("いいえ", -0.5), ("無回答", 0.0)].map(|(l, c)| (l.to_owned(), c));
    assert_eq!(changes, expected, "the earlier いいえ is code 1");
    assert!(said.contains("「q=未定」は今回にしかないため、変化を求めません"), "{said}");
}

#[test]
fn mistakes_of_both_waves_are_told_once() {
    let said = wrong(&with(&WAVES, &["--share", "問1=はい", "--weight", "重さ"]));
    assert_eq!(said.matches("「はい」という選択肢はありません").count(), 1, "{said}");
    assert_eq!(said.matches("「重さ」という列がありません").count(), 2, "each file lacks it: {said}");
    let said = wrong(&["later.csv", "--against-questionnaire", "q.toml", "--share", "問1=1"]);
    assert!(said.contains("--against <FILE>"), "{said}");
    let said = wrong(&["later.csv", "--share", "問1=1", "--against", "earlier.csv", "areas.csv"]);
    assert!(said.contains("areas.csv"), "{said}");
}
