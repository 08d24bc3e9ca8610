//! The whole output of `shihyo estimate`: stdout, stderr and status, as files under `tests/cli_estimate/`.
//!
//! `SNAPSHOTS=overwrite` writes what was printed as the new expectation; look at it before it is committed.

use std::path::Path;

use crate::support::project::command;
use snapbox::{Data, assert_data_eq};

fn check(name: &str, lang: &str, status: i32, arguments: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli_estimate");
    let out = command()
        .current_dir(&folder)
        .arg("estimate")
        .args(arguments)
        .args(["--lang", lang])
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
    let said = format!(
        "$ shihyo estimate {}\n-- status {}\n-- stdout\n{stdout}-- stderr\n{stderr}",
        arguments.join(" "),
        out.status.code().unwrap_or(-1)
    );
    assert_eq!(out.status.code(), Some(status), "{said}");
    assert_data_eq!(said, Data::read_from(&folder.join(format!("{name}.txt")), None).raw());
}

const MUCH: [&str; 20] = [
    "answers.csv",
    "web.csv",
    "--share",
    "参加経験=ある",
    "--share",
    "きっかけ=学校|広報紙",
    "--mean",
    "年齢",
    "--by",
    "性別",
    "--by",
    "地区",
    "--missing",
    "参加経験=無回答",
    "--missing",
    "満足度=9",
    "--diff",
    "性別=女 vs 性別=男",
    "--quantile",
    "満足度@0.5",
];

#[test]
fn a_table_in_japanese() {
    check("table-ja", "ja", 0, &MUCH);
}

#[test]
fn a_table_in_english() {
    check("table-en", "en", 0, &MUCH);
}

#[test]
fn a_design_is_named_below_the_table() {
    let arguments = [
        "answers.csv",
        "--share",
        "参加経験=ある",
        "--base",
        "all",
        "--weight",
        "重み",
        "--strata",
        "地区",
        "--test",
        "rao-scott",
        "地区 x 参加経験",
        "--where",
        "年齢=30..69",
        "--where",
        "年齢!=",
        "--ci",
        "korn-graubard",
        "--level",
        "0.9",
        "--deff",
        "wr",
    ];
    check("table-design", "ja", 0, &arguments);
}

#[test]
fn csv_has_the_fields_of_json() {
    let arguments = [
        "answers.csv",
        "--share",
        "満足度=1|2",
        "--total",
        "満足度",
        "--missing",
        "満足度=9",
        "--by",
        "地区,性別",
        "--diff",
        "地区=1 vs rest",
    ];
    check("csv", "en", 0, &[&arguments[..], &["--format", "csv"]].concat());
}

#[test]
fn json_is_whole() {
    let arguments = [
        "answers.csv",
        "--share",
        "参加経験=ある",
        "--where",
        "年齢>=200",
        "--test",
        "rao-scott",
        "性別 × 地区",
        "--format",
        "json",
    ];
    check("json", "en", 0, &arguments);
}

#[test]
fn a_population_table_is_matched_by_name() {
    let arguments =
        ["answers.csv", "--share", "参加経験=ある", "--where", "性別!=", "--post-stratify", "sex.csv"];
    check("population-blank", "ja", 0, &arguments);
    check("population", "ja", 0, &["web.csv", "--share", "参加経験=ある", "--post-stratify", "sex.csv"]);
}

#[test]
fn mistakes_are_told_together_in_both_languages() {
    let arguments = [
        "answers.csv",
        "--share",
        "参加経検=ある",
        "--share",
        "性別=女性|男",
        "--mean",
        "きっかけ",
        "--where",
        "年齢>20",
        "--quantile",
        "年齢@1.5",
        "--diff",
        "性別=女",
        "--by",
        "地域",
        "--strata",
        "地区",
        "--weight",
        "おもみ",
    ];
    check("mistakes-ja", "ja", 2, &arguments);
    check("mistakes-en", "en", 2, &arguments);
}

#[test]
fn a_wrong_call_is_told() {
    check("nothing", "ja", 2, &["answers.csv"]);
    check("no-file", "ja", 2, &["answer.csv", "--mean", "年齢"]);
    check("level", "ja", 2, &["answers.csv", "--mean", "年齢", "--level", "95"]);
    check("method", "en", 2, &["answers.csv", "--share", "性別=女", "--ci", "wilsn"]);
    check("stacked", "ja", 2, &["answers.csv", "sex.csv", "--mean", "年齢"]);
    check(
        "replicates",
        "en",
        2,
        &["answers.csv", "--mean", "年齢", "--replicates", "rep*", "--strata", "地区", "--rho", "0.3"],
    );
}

#[test]
fn a_share_of_no_answer_says_its_own_base() {
    let ask = |more: &[&'static str]| -> Vec<&'static str> {
        [&["answers.csv", "--share", "満足度", "--missing", "満足度=9"][..], more].concat()
    };
    check("no-answer-ja", "ja", 0, &ask(&[]));
    check("no-answer-en", "en", 0, &ask(&["--base", "all"]));
}

/// 交通 holds several answers, 意向 an option with a comma in it.
#[test]
fn groups_of_whole_cells_are_told() {
    check("joined-ja", "ja", 0, &["joined.csv", "--mean", "満足2", "--by", "交通", "--by", "意向"]);
    check("joined-en", "en", 0, &["joined.csv", "--share", "交通"]);
    check("joined-test", "en", 0, &["joined.csv", "--test", "rao-scott", "交通 × 意向"]);
}

#[test]
fn the_least_and_the_greatest_value_have_no_interval() {
    check(
        "extremes",
        "ja",
        0,
        &["web.csv", "--quantile", "年齢@0", "--quantile", "年齢@1", "--quantile", "年齢@0.5"],
    );
}

#[test]
fn labels_of_the_file_stand_beside_its_codes() {
    let file = "../fixtures/raw/stata_118.dta";
    check(
        "labels-ja",
        "ja",
        0,
        &[file, "--share", "q1", "--share", "q1=移りたい", "--mean", "w", "--by", "q1"],
    );
    check("labels-csv", "ja", 0, &[file, "--share", "q1=1", "--by", "q1", "--format", "csv"]);
}
