//! What `shihyo estimate` says with a questionnaire, under a calibrated design and against an earlier wave:
//! numbers by hand, the very numbers of a plan's run on the same file, and whole outputs as files under
//! `tests/cli_flags/`.
//!
//! `SNAPSHOTS=overwrite` writes what was printed as the new expectation; look at it before it is committed.

mod waves;
mod weights;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use shihyo::decode::Base;
use shihyo::estimate::Estimate;
use shihyo::indicator::EstimateRecord;
use shihyo::pipeline::adhoc::{self, AdhocOutcome, CalibrationKind, Request};
use snapbox::{Data, assert_data_eq};

use crate::support::project::{Project, command};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli_flags")
}

/// Status, stdout and stderr of a call in the folder of the files.
fn call(lang: &str, arguments: &[&str]) -> (i32, String, String) {
    let out = command()
        .current_dir(folder())
        .arg("estimate")
        .args(arguments)
        .args(["--lang", lang])
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap_or(-1), text(out.stdout), text(out.stderr))
}

/// The whole output of a call.
fn check(name: &str, lang: &str, status: i32, arguments: &[&str]) {
    let (code, stdout, stderr) = call(lang, arguments);
    let said = format!(
        "$ shihyo estimate {}\n-- status {code}\n-- stdout\n{stdout}-- stderr\n{stderr}",
        arguments.join(" ")
    );
    assert_eq!(code, status, "{said}");
    assert_data_eq!(said, Data::read_from(&folder().join(format!("{name}.txt")), None).raw());
}

fn rows(arguments: &[&str]) -> Vec<Value> {
    let (code, stdout, stderr) = call("en", &[arguments, &["--format", "json"]].concat());
    assert_eq!(code, 0, "{stderr}");
    let value: Value = serde_json::from_str(&stdout).unwrap();
    value["rows"].as_array().unwrap().clone()
}

/// What went wrong.
fn wrong(arguments: &[&str]) -> String {
    let (code, stdout, stderr) = call("ja", arguments);
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    stderr
}

const QUESTIONNAIRE: [&str; 5] = ["later.csv", "--questionnaire", "q.toml", "--respondent", "番号"];

fn with<'a>(first: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [first, more].concat()
}

// A questionnaire.

/// The plan of the folder, with this design of its wave.
fn planned(design: &str) -> Vec<EstimateRecord> {
    let project = Project::new(&[]);
    for name in ["q.toml", "later.csv", "areas.csv", "totals.csv", "sex.csv"] {
        project.write(name, fs::read(folder().join(name)).unwrap());
    }
    let plan = fs::read_to_string(folder().join("plan.toml")).unwrap();
    let begin = plan.find("design = ").unwrap();
    let end = begin + plan[begin..].find('\n').unwrap();
    project.write("plan.toml", format!("{}{design}{}", &plan[..begin], &plan[end..]));
    project.run().1.estimates.clone()
}

fn request(share: &str, base: Base) -> Request {
    Request {
        files: vec![folder().join("later.csv")],
        questionnaire: Some(folder().join("q.toml")),
        respondent: Some("番号".to_owned()),
        shares: vec![share.to_owned()],
        base,
        by: ["性別", "問1", "性別,問1"].map(str::to_owned).to_vec(),
        ..Request::default()
    }
}

fn computed(request: &Request) -> AdhocOutcome {
    adhoc::compute(request, &adhoc::read(request).unwrap()).unwrap()
}

fn bits(e: &Estimate) -> Vec<Option<u64>> {
    let number = |x: &f64| x.to_bits();
    let (low, high) = e.interval.as_ref().map(|i| (number(&i.low), number(&i.high))).unzip_ok();
    vec![
        e.value.as_ref().ok().map(number),
        e.se.as_ref().ok().map(number),
        low,
        high,
        e.deff.as_ref().ok().map(|d| number(&d.value)),
        e.n_eff.as_ref().ok().map(number),
        Some(e.n),
        e.n_yes,
        Some(number(&e.n_weighted)),
        Some(number(&e.df.domain)),
    ]
}

trait UnzipOk {
    fn unzip_ok(self) -> (Option<u64>, Option<u64>);
}

impl<E> UnzipOk for Result<(u64, u64), E> {
    fn unzip_ok(self) -> (Option<u64>, Option<u64>) {
        self.ok().unzip()
    }
}

/// Asserts that each record of the plan's indicator has a row with the same bits, and no row is left.
fn same(records: &[EstimateRecord], indicator: &str, rows: &[EstimateRecord]) {
    let records: Vec<&EstimateRecord> =
        records.iter().filter(|r| r.key.indicator() == Some(indicator)).collect();
    assert_eq!(records.len(), rows.len());
    assert!(records.len() > 5, "breakdowns are among them");
    for (record, row) in records.iter().zip(rows) {
        assert_eq!(record.key.groups, row.key.groups);
        assert_eq!(bits(&record.estimate), bits(&row.estimate), "{}", record.key);
    }
}

/// Both indicators of the plan under a design, by flags and by a run.
fn both(design: &str, declared: impl Fn(Request) -> Request) {
    let records = planned(design);
    let satisfied = computed(&declared(request("問2=満足", Base::Asked)));
    same(&records, "satisfied", &satisfied.sheet.rows);
    let paper = computed(&declared(request("問3=広報紙|学校", Base::Answered)));
    same(&records, "paper", &paper.sheet.rows);
}

fn file(name: &str) -> Option<PathBuf> {
    Some(folder().join(name))
}

#[test]
fn shares_are_those_of_a_plan_to_the_last_bit() {
    both("", |r| r);
    both(
        r#"design = { strata = ["地区"], population = "areas.csv", weights = { column = "重み" } }"#,
        |r| Request {
            strata: Some("地区".to_owned()),
            population: file("areas.csv"),
            weight: Some("重み".to_owned()),
            ..r
        },
    );
    both(r#"design = { strata = ["地区"], cluster = ["調査区"], lonely = "adjust" }"#, |r| Request {
        strata: Some("地区".to_owned()),
        clusters: Some("調査区".to_owned()),
        lonely: shihyo::design::LonelyPsu::Adjust,
        ..r
    });
    both(r#"design = { strata = ["地区"], population = "areas.csv" }"#, |r| Request {
        strata: Some("地区".to_owned()),
        population: file("areas.csv"),
        ..r
    });
}

#[test]
fn calibrated_shares_are_those_of_a_plan_to_the_last_bit() {
    let calibrated =
        |r: Request| Request { calibrate: file("totals.csv"), weight: Some("重み".to_owned()), ..r };
    for (function, kind) in [
        ("linear", CalibrationKind::Linear),
        ("raking", CalibrationKind::Raking),
        ("logit", CalibrationKind::Logit),
    ] {
        let bounds = (kind != CalibrationKind::Raking).then_some((0.05, 40.0));
        let limits = if bounds.is_some() { "bounds = [0.05, 40]," } else { "" };
        both(
            &format!(
                "design = {{ weights = {{ column = \"重み\", calibrate = \"totals.csv\", function = \
                 \"{function}\", {limits} trim = [12, 40] }} }}"
            ),
            |r| Request { function: Some(kind), bounds, trim: Some((12.0, 40.0)), ..calibrated(r) },
        );
    }
    both(r#"design = { population = "sex.csv", weights = { rake = ["性別"], trim = [24, 28] } }"#, |r| {
        Request {
            rake: vec![folder().join("sex.csv")],
            trim: Some((24.0, 28.0)),
            fpc: None,
            population: file("sex.csv"),
            ..r
        }
    });
}

#[test]
fn every_option_has_its_share_and_the_base_adds_up() {
    let found = rows(&with(&QUESTIONNAIRE, &["--share", "問2", "--base", "asked"]));
    let counted: Vec<(&str, u64, u64)> = found
        .iter()
        .map(|r| {
            (
                r["analysis_var_value"][0].as_str().unwrap(),
                r["n_yes"].as_u64().unwrap(),
                r["n"].as_u64().unwrap(),
            )
        })
        .collect();
    // 22 of the 40 valid returns said 1 to 問1; counted in the file by hand.
    let expected =
        [("満足", 13, 22), ("ふつう", 4, 22), ("不満", 0, 22), ("無回答", 4, 22), ("無効回答", 1, 22)];
    assert_eq!(counted, expected);
    assert_eq!(found[0]["stat"].as_f64(), Some(13.0 / 22.0));
    let weighted =
        rows(&with(&QUESTIONNAIRE, &["--share", "問2=満足", "--base", "asked", "--weight", "重み"]));
    assert_eq!(weighted[0]["stat"].as_f64(), Some(19.0 / 32.0), "Σ w by hand");
}

#[test]
fn several_answers_are_shares_and_axes() {
    let found = rows(&with(&QUESTIONNAIRE, &["--share", "問3", "--share", "問1=1", "--by", "問3"]));
    let of = |code: &str, by: &str| {
        let is = |r: &&Value| {
            r["analysis_var_value"][0] == code
                && r["group_var_value"].get(0).map_or("", |v| v.as_str().unwrap()) == by
        };
        let row = found.iter().find(is).unwrap_or_else(|| panic!("{code} {by}"));
        (row["n_yes"].as_u64().unwrap(), row["n"].as_u64().unwrap())
    };
    assert_eq!([of("広報紙", ""), of("学校", ""), of("知人", "")], [(17, 36), (19, 36), (14, 36)]);
    assert_eq!(of("無回答", ""), (4, 40));
    assert_eq!(of("広報紙", "広報紙"), (17, 17));
    // An option's code names it too; the row has its label.
    assert_eq!(of("ある", ""), (22, 32));
}

#[test]
fn numbers_are_those_within_the_range() {
    let found = rows(&with(&QUESTIONNAIRE, &["--mean", "年齢", "--share", "年齢>=65"]));
    assert_eq!((found[0]["n"].as_u64(), found[1]["n"].as_u64()), (Some(39), Some(39)));
    let mean = found.iter().find(|r| r["analysis_type"] == "mean").unwrap();
    assert_eq!(mean["stat"].as_f64(), Some(1909.0 / 39.0), "150 is out of range");
}

#[test]
fn a_questionnaire_speaks_in_both_languages() {
    let much = [
        "--share",
        "問2",
        "--share",
        "問3=広報紙",
        "--mean",
        "年齢",
        "--by",
        "性別",
        "--where",
        "問1=ある",
        "--diff",
        "性別=女 vs 性別=男",
        "--test",
        "rao-scott",
        "性別 × 問2",
        "--base",
        "asked",
        "--weight",
        "重み",
        "--strata",
        "地区",
    ];
    check("questionnaire-ja", "ja", 0, &with(&QUESTIONNAIRE, &much));
    check("questionnaire-en", "en", 0, &with(&QUESTIONNAIRE, &much));
}

#[test]
fn mistakes_about_questions_are_told_together() {
    let mistakes = [
        "--mean",
        "問1",
        "--total",
        "問3",
        "--share",
        "問2=満足した",
        "--test",
        "rao-scott",
        "性別 × 問3",
        "--share",
        "問12",
        "--strata",
        "問3",
    ];
    check("questions-wrong-ja", "ja", 2, &with(&QUESTIONNAIRE, &mistakes));
    check("questions-wrong-en", "en", 2, &with(&QUESTIONNAIRE, &mistakes));
    check("duplicates", "ja", 2, &with(&QUESTIONNAIRE, &["--duplicates", "fail", "--share", "問1"]));
    check("not-the-file", "ja", 2, &["areas.csv", "--questionnaire", "q.toml", "--share", "問1"]);
    check("respondent-alone", "ja", 2, &["later.csv", "--respondent", "番号", "--share", "問1"]);
}

#[test]
fn duplicates_are_left_out_as_a_plan_leaves_them_out() {
    let n = |more: &[&str]| {
        rows(&with(&["later.csv", "--questionnaire", "q.toml", "--share", "問1=ある"], more))[0]["n"].as_u64()
    };
    assert_eq!(n(&[]), Some(33), "without an id nobody is a duplicate");
    assert_eq!(n(&["--respondent", "番号"]), Some(32));
    assert_eq!(n(&["--respondent", "番号", "--duplicates", "last"]), Some(32));
}

#[test]
fn no_answer_is_no_code_and_a_table_is_no_questionnaire() {
    let said = wrong(&with(&QUESTIONNAIRE, &["--share", "問2=無回答"]));
    let words = "設問「問2」に「無回答」という選択肢はありません";
    assert!(said.contains(words) && said.contains("無回答の割合は --share '問2=' で"), "{said}");
    let said = wrong(&["later.csv", "--questionnaire", "areas.csv", "--share", "問2"]);
    assert!(said.contains("--questionnaire は調査票（TOML）") && said.contains("shihyo init"), "{said}");
}

#[test]
fn a_value_that_is_called_no_answer_is_told() {
    let project = Project::new(&[("r.csv", "q\nはい\n無回答\nはい\n\"\"\n")]);
    let call = ["estimate", "r.csv", "--share", "q"];
    let ran = project.shihyo(&call);
    assert!(
        ran.status == Some(0) && ran.stderr.contains("無回答とするには --missing 'q=無回答'"),
        "{}",
        ran.stderr
    );
    let ran = project.shihyo(&[&call[..], &["--missing", "q=無回答", "--format", "csv"]].concat());
    assert!(!ran.stderr.contains("--missing") && !ran.stdout.contains("q=無回答,"), "{}", ran.said());
}

// Derived variables.

/// The questionnaire of the folder with derived variables: by age, by sex and age, by source.
fn derived() -> Project {
    let project = Project::new(&[("age.csv", "年代,人口\n18～39,300\n40～59,400\n60以上,300\n")]);
    for name in ["later.csv", "earlier.csv"] {
        project.write(name, fs::read(folder().join(name)).unwrap());
    }
    let questions = fs::read_to_string(folder().join("q.toml")).unwrap();
    let variables = "
        [[derived]]
        id = \"年代\"
        bands = { of = \"年齢\", from = [18, 40, 60] }
        [[derived]]
        id = \"性・年代\"
        cross = [\"性別\", \"年代\"]
        [[derived]]
        id = \"紙か学校\"
        any = [{ question = \"問3\", of = [\"広報紙\", \"学校\"] }]
        [[derived]]
        id = \"きっかけ数\"
        count = [{ question = \"問3\", of = [\"広報紙\", \"学校\", \"知人\"] }]\n";
    project.write("q.toml", format!("{questions}{variables}"));
    project
}

/// The rows of a call in a project: statistic, variable, what counts, group, n.
fn told(project: &Project, more: &[&str]) -> Vec<(String, Option<u64>, u64)> {
    let call = [&["estimate"][..], &QUESTIONNAIRE, more, &["--format", "json"]].concat();
    let ran = project.shihyo(&call);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let value: Value = serde_json::from_str(&ran.stdout).unwrap();
    let row = |r: &Value| {
        (r["analysis_key"].as_str().unwrap().to_owned(), r["n_yes"].as_u64(), r["n"].as_u64().unwrap())
    };
    value["rows"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn derived_variables_are_shares_means_axes_and_conditions() {
    let project = derived();
    let key = |key: &str, yes, n| (key.to_owned(), yes, n);
    // Counted in the file by hand: ages of 39 valid returns, one is out of range.
    let expected = [
        key("年代=18～39", Some(19), 39),
        key("年代=40～59", Some(6), 39),
        key("年代=60以上", Some(14), 39),
        key("年代=", Some(0), 40),
        key("invalid:年代", Some(1), 40),
    ];
    assert_eq!(told(&project, &["--share", "年代"]), expected);
    // 17 広報紙 + 19 学校 + 14 知人 = 50 marks by 36.
    let call = ["estimate", "later.csv", "--questionnaire", "q.toml", "--respondent", "番号"];
    let mean = project.shihyo(&[&call[..], &["--mean", "きっかけ数", "--format", "json"]].concat());
    let value: Value = serde_json::from_str(&mean.stdout).unwrap();
    assert_eq!(value["rows"][0]["stat"].as_f64(), Some(50.0 / 36.0));
    let found = told(&project, &["--share", "紙か学校", "--by", "性・年代", "--where", "年代=60以上"]);
    // Of the 14 from 60 on 13 said where they heard of it, 12 of them from one of the two.
    assert_eq!(found[0], key("紙か学校=はい", Some(12), 13));
    assert!(found.iter().any(|(key, ..)| key == "紙か学校=はい/性・年代=女・60以上"), "{found:?}");
    assert!(found.iter().all(|(key, ..)| !key.contains("40～59")), "{found:?}");
}

#[test]
fn derived_variables_are_strata_and_margins() {
    let project = derived();
    let share = ["--share", "問1=ある", "--strata", "年代", "--lonely", "adjust"];
    assert_eq!(told(&project, &share)[0].1, Some(22));
    for flag in ["--post-stratify", "--rake"] {
        let call = [&["estimate"][..], &QUESTIONNAIRE, &["--share", "年代", flag, "age.csv"]].concat();
        let ran = project.shihyo(&[&call[..], &["--format", "json"]].concat());
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        let value: Value = serde_json::from_str(&ran.stdout).unwrap();
        let stat = |at: usize| value["rows"][at]["stat"].as_f64().unwrap();
        for (at, share) in [0.3, 0.4, 0.3].into_iter().enumerate() {
            assert!((stat(at) - share).abs() < 1e-9, "{flag} {at}: {} {share}", stat(at));
        }
    }
    let found = told(&project, &["--share", "問1=ある", "--by", "年代", "--against", "earlier.csv"]);
    assert!(found.iter().any(|(key, ..)| key == "change:問1=ある/年代=60以上"), "{found:?}");
}

// Skip rules without a questionnaire.

#[test]
fn skip_rules_by_flags_speak_in_both_languages() {
    let asked = [
        "later.csv",
        "--share",
        "問2",
        "--share",
        "問2=",
        "--asked-if",
        "問1=1",
        "--asked-if",
        "性別=2",
        "--base",
        "asked",
        "--missing",
        "問1=9",
    ];
    check("asked-ja", "ja", 0, &asked);
    check("asked-en", "en", 0, &asked);
    check("options-ja", "ja", 0, &["later.csv", "--share", "問1", "--by", "地区"]);
}

#[test]
fn all_skip_rules_hold() {
    let n = |more: &[&str]| {
        let found = rows(&with(&["later.csv", "--share", "問2=1", "--base", "asked"], more));
        (found[0]["n_yes"].as_u64(), found[0]["n"].as_u64())
    };
    // The file as it is: with the row that stands twice.
    assert_eq!(n(&["--asked-if", "問1=1"]), (Some(14), Some(23)));
    // 13 women said 1 to 問1; the one whose 性別 is blank answered, so that the question was asked.
    assert_eq!(n(&["--asked-if", "問1=1", "--asked-if", "性別=2"]), (Some(11), Some(14)));
    assert_eq!(n(&["--asked-if", "問1=1", "--asked-if", "年齢>=60"]), (Some(6), Some(8)));
    let ages = rows(&["later.csv", "--mean", "年齢", "--asked-if", "問1=2", "--where", "性別=2"]);
    // 4 women said 2 to 問1; 2 whose 問1 is blank gave an age, so that they were asked; 13 said 1.
    assert_eq!(ages[0]["n"].as_u64(), Some(6), "who was not asked has no number");
}

#[test]
fn the_base_of_those_asked_needs_a_rule() {
    let call = ["later.csv", "--share", "問2=1", "--base", "asked"];
    check("base-unknown-ja", "ja", 2, &call);
    check("base-unknown-en", "en", 2, &call);
    check("share-wrong", "ja", 2, &["later.csv", "--share", "問2!=", "--share", "問9", "--asked-if", "問1"]);
}

// Help.

#[test]
fn the_help_is_grouped_by_what_flags_speak_of() {
    let (code, help, _) = call("ja", &["--help"]);
    assert_eq!(code, 0);
    let headings = [
        "引数 / Arguments",
        "何を / What",
        "だれの / Whose",
        "標本設計 / Sample design",
        "ウエイト / Weights",
        "区間 / Intervals",
        "出力 / Output",
    ];
    let places: Vec<usize> = headings.iter().map(|h| help.find(&format!("{h}:")).expect(h)).collect();
    assert!(places.is_sorted(), "{help}");
    let between = |flag: &str, heading: usize| {
        let at = help.find(&format!("      {flag} ")).unwrap_or_else(|| panic!("{flag}\n{help}"));
        let end = places.get(heading + 1).copied().unwrap_or(help.len());
        assert!((places[heading]..end).contains(&at), "{flag} is not under {}", headings[heading]);
    };
    for (flag, heading) in [
        ("--against", 1),
        ("--questionnaire", 2),
        ("--where", 2),
        ("--population", 3),
        ("--lonely-psu", 3),
        ("--calfun", 4),
        ("--weights-out", 4),
        ("--ci", 5),
        ("--format", 6),
    ] {
        between(flag, heading);
    }
}

#[test]
fn lonely_is_short_for_lonely_psu() {
    let call = |flag: &str| rows(&["later.csv", "--share", "問1=1", "--strata", "調査区", flag, "adjust"]);
    assert_eq!(call("--lonely"), call("--lonely-psu"));
}
