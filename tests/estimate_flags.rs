//! What `shihyo estimate` says with a questionnaire, under a calibrated design and against an earlier wave:
//! numbers by
//! hand, the very numbers of a plan's run on the same file, and whole outputs as files under
//! `tests/cli_flags/`.
//!
//! `SNAPSHOTS=overwrite` writes what was printed as the new expectation; look at it before it is committed.

mod estimate_support;

use std::fs;
use std::path::{Path, PathBuf};

use estimate_support::shihyo;
use serde_json::Value;
use shihyo::estimate::Estimate;
use shihyo::indicator::EstimateRecord;
use shihyo::pipeline::adhoc::{self, CalibrationKind, Outcome, Request};
use shihyo::pipeline::{self, Project};
use shihyo::progress::Silent;
use shihyo::report::adhoc::{Base, Row};
use snapbox::{Data, assert_data_eq};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli_flags")
}

/// Status, stdout and stderr of a call in the folder of the files.
fn call(lang: &str, arguments: &[&str]) -> (i32, String, String) {
    let out = shihyo()
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
    let home = tempfile::tempdir().unwrap();
    for name in ["q.toml", "later.csv", "areas.csv", "totals.csv", "sex.csv"] {
        fs::copy(folder().join(name), home.path().join(name)).unwrap();
    }
    let plan = fs::read_to_string(folder().join("plan.toml")).unwrap();
    let begin = plan.find("design = ").unwrap();
    let end = begin + plan[begin..].find('\n').unwrap();
    fs::write(home.path().join("plan.toml"), format!("{}{design}{}", &plan[..begin], &plan[end..])).unwrap();
    let project = Project::of(home.path()).unwrap();
    let plan = pipeline::load(&project).unwrap();
    pipeline::compute(&project, &plan, None, &Silent).unwrap().estimates
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

fn computed(request: &Request) -> Outcome {
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
fn same(records: &[EstimateRecord], indicator: &str, rows: &[Row]) {
    let records: Vec<&EstimateRecord> = records.iter().filter(|r| r.indicator == indicator).collect();
    assert_eq!(records.len(), rows.len());
    assert!(records.len() > 5, "breakdowns are among them");
    for (record, row) in records.iter().zip(rows) {
        let groups: Vec<(String, String)> =
            record.groups.iter().map(|g| (g.variable.clone(), g.value.clone())).collect();
        assert_eq!(groups, row.by);
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
        .map(|r| (r["codes"][0].as_str().unwrap(), r["n_yes"].as_u64().unwrap(), r["n"].as_u64().unwrap()))
        .collect();
    // 22 of the 40 valid returns said 1 to 問1; counted in the file by hand.
    let expected =
        [("満足", 13, 22), ("ふつう", 4, 22), ("不満", 0, 22), ("無回答", 4, 22), ("無効回答", 1, 22)];
    assert_eq!(counted, expected);
    assert_eq!(found[0]["estimate"].as_f64(), Some(13.0 / 22.0));
    let weighted =
        rows(&with(&QUESTIONNAIRE, &["--share", "問2=満足", "--base", "asked", "--weight", "重み"]));
    assert_eq!(weighted[0]["estimate"].as_f64(), Some(19.0 / 32.0), "Σ w by hand");
}

#[test]
fn several_answers_are_shares_and_axes() {
    let found = rows(&with(&QUESTIONNAIRE, &["--share", "問3", "--share", "問1=1", "--by", "問3"]));
    let of = |code: &str, by: &str| {
        let is = |r: &&Value| {
            r["codes"][0] == code
                && r["by"].as_object().unwrap().values().next().map_or("", |v| v.as_str().unwrap()) == by
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
    let mean = found.iter().find(|r| r["statistic"] == "mean").unwrap();
    assert_eq!(mean["estimate"].as_f64(), Some(1909.0 / 39.0), "150 is out of range");
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
    assert_eq!(ages[0]["n"].as_u64(), Some(4), "who was not asked has no number");
}

#[test]
fn the_base_of_those_asked_needs_a_rule() {
    let call = ["later.csv", "--share", "問2=1", "--base", "asked"];
    check("base-unknown-ja", "ja", 2, &call);
    check("base-unknown-en", "en", 2, &call);
    check("share-wrong", "ja", 2, &["later.csv", "--share", "問2!=", "--share", "問9", "--asked-if", "問1"]);
}

// Weights.

/// File, row, base weight, g, weight.
type Weight = (String, u64, f64, Option<f64>, f64);

/// The weights that a call writes.
fn weights(arguments: &[&str]) -> (Vec<Weight>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.csv");
    let path = path.to_str().unwrap();
    let (code, stdout, stderr) = call("en", &with(arguments, &["--weights-out", path]));
    assert_eq!(code, 0, "{stderr}");
    let text = fs::read_to_string(path).unwrap();
    assert!(text.starts_with("file,row,base_weight,g,weight\n"), "{text}");
    let read = csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(Result::unwrap).collect();
    (read, stdout)
}

#[test]
fn the_weights_of_every_respondent_are_written() {
    let (read, said) = weights(&["later.csv", "--share", "問1=1", "--post-stratify", "areas.csv"]);
    // 42 rows: 15 in 北 (300 people), 13 in 南 (500), 14 in 東 (200).
    assert_eq!(read.len(), 42);
    assert_eq!(read[0], ("later.csv".to_owned(), 2, 1.0, Some(20.0), 20.0));
    assert_eq!(read[2], ("later.csv".to_owned(), 4, 1.0, Some(200.0 / 14.0), 200.0 / 14.0));
    let (sum, squares) = read.iter().fold((0.0, 0.0), |(sum, squares), (.., w)| (sum + w, squares + w * w));
    let deff = 42.0 * squares / (sum * sum);
    let told = format!("Kish's deff {deff:.3}, n_eff {:.1}", 42.0 / deff);
    assert!(said.contains(&told) && said.contains("weights: 42 respondents, sum 1000.000"), "{told}\n{said}");
}

#[test]
fn rows_that_are_no_valid_return_have_no_weight() {
    let (read, _) = weights(&with(&QUESTIONNAIRE, &["--share", "問1=ある", "--weight", "重み"]));
    assert_eq!(read.iter().map(|(_, row, ..)| *row).collect::<Vec<_>>(), (2..=41).collect::<Vec<u64>>());
    assert!(read.iter().all(|(.., g, _)| *g == Some(1.0)));
    assert_eq!(read[1].4, 2.0);
}

#[test]
fn steps_follow_each_other() {
    let (read, said) = weights(&[
        "later.csv",
        "--share",
        "問1=1",
        "--where",
        "性別!=",
        "--post-stratify",
        "areas.csv",
        "--calibrate",
        "totals.csv",
        "--calfun",
        "logit",
        "--bounds",
        "0.5,2",
        "--trim",
        "15,38",
    ]);
    assert!(read.iter().all(|(.., w)| (15.0..=38.0).contains(w)), "{read:?}");
    let total: f64 = read.iter().map(|(.., w)| w).sum();
    assert!((total - 1000.0).abs() < 1e-9, "{total}");
    let order = ["post-stratified by 地区", "calibrated (logit) to 3 totals", "weights trimmed to 15 … 38"];
    let places: Vec<usize> = order.iter().map(|words| said.find(words).expect(words)).collect();
    assert!(places.is_sorted(), "{said}");
}

#[test]
fn a_file_that_is_there_is_not_overwritten() {
    let said = wrong(&["later.csv", "--share", "問1=1", "--weights-out", "q.toml"]);
    assert!(said.contains("derived::exists") && said.contains("--weights-out に別の名前"), "{said}");
}

#[test]
fn flags_of_calibration_that_contradict_each_other_are_told() {
    let said = |more: &[&str]| wrong(&with(&["later.csv", "--share", "問1=1"], more));
    for (more, words) in [
        (&["--calfun", "raking"][..], "--calfun と --bounds は --calibrate と使います"),
        (&["--bounds", "0.5,2"], "--calfun と --bounds は --calibrate と使います"),
        (&["--calibrate", "totals.csv", "--calfun", "logit"], "--bounds 下限,上限 が必要です"),
        (
            &["--calibrate", "totals.csv", "--calfun", "raking", "--bounds", "0.5,2"],
            "raking に --bounds はありません",
        ),
        (&["--calibrate", "totals.csv", "--bounds", "2,0.5"], "--bounds には、下限、上限の順に"),
        (&["--calibrate", "totals.csv", "--bounds", "2"], "--bounds には、下限、上限の順に"),
        (&["--trim", "1,2,3"], "--trim には、下限、上限の順に"),
        (&["--trim", "a,3"], "--trim <LOW,HIGH> に「a」とは書けません"),
        (&["--trim", "5,6"], "すべてのウェイトを5から6の間に収めることはできません"),
    ] {
        let said = said(more);
        assert!(said.contains(words), "{more:?}\n{said}");
    }
    let two = said(&["--calfun", "raking", "--trim", "2,1"]);
    assert!(two.contains("誤りが2件あります"), "{two}");
}

/// Files in a folder of their own: six respondents whose x is 1 to 6, and a total of x that weights of mean 1
/// are far
/// from.
fn far() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("r.csv"), "q,x\n1,1\n2,2\n1,3\n2,4\n1,5\n2,6\n").unwrap();
    // w = 1 + λ (x − 3.5) with Σ w x = 21 + 17.5 λ = 42: λ = 1.2, so that x = 1 and 2 have w = −2 and −0.8.
    fs::write(home.path().join("t.csv"), "x,total\n,6\n*,42\n").unwrap();
    home
}

fn said_in(home: &Path, lang: &str, more: &[&str]) -> (i32, String) {
    let out = shihyo()
        .current_dir(home)
        .args(["estimate", "r.csv", "--share", "q=1", "--calibrate", "t.csv", "--lang", lang])
        .args(more)
        .output()
        .unwrap();
    let text =
        format!("{}{}", String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
    (out.status.code().unwrap_or(-1), text)
}

#[test]
fn negative_weights_stop_unless_they_are_allowed() {
    let home = far();
    let (code, said) = said_in(home.path(), "ja", &[]);
    let words = "較正で2人のウエイトが負になりました（調整の倍率 g: -2.000～4.000）";
    assert!(code == 2 && said.contains(words) && said.contains("--allow-negative-weights"), "{said}");
    let (code, said) = said_in(home.path(), "en", &["--allow-negative-weights"]);
    let words = "note: calibration gave 2 respondents a negative weight (g from -2.000 to 4.000)";
    assert!(code == 0 && said.contains(words), "{said}");
    // The weights of q = 1 are −2, 0.4 and 2.8, of 6.
    assert!(said.contains("20.0%"), "{said}");
}

#[test]
fn extreme_weights_are_told() {
    let home = tempfile::tempdir().unwrap();
    let rows: String = (0..60).map(|i| format!("{},{}\n", i % 2, if i == 0 { "少" } else { "多" })).collect();
    fs::write(home.path().join("r.csv"), format!("q,区分\n{rows}")).unwrap();
    fs::write(home.path().join("t.csv"), "区分,total\n少,25\n多,59\n").unwrap();
    let (code, said) = said_in(home.path(), "ja", &["--calfun", "raking"]);
    let words = "調整の倍率 g が1.000～25.000です。中央値1.000の20倍を超える回答者が1人います";
    assert!(code == 0 && said.contains(words), "{said}");
    fs::write(home.path().join("t.csv"), "区分,total\n少,19\n多,59\n").unwrap();
    let (_, said) = said_in(home.path(), "ja", &["--calfun", "raking"]);
    assert!(!said.contains("中央値"), "{said}");
}

// Population tables.

#[test]
fn a_column_of_people_has_one_of_its_names() {
    let home = tempfile::tempdir().unwrap();
    let se = |name: &str| {
        let path = home.path().join("p.csv");
        fs::write(&path, format!("地区,{name},備考\n北,300,a\n南,500,b\n東,200,c\n")).unwrap();
        let call =
            ["later.csv", "--share", "問1=1", "--strata", "地区", "--population", path.to_str().unwrap()];
        rows(&call)[0]["se"].as_f64()
    };
    let first = se("人口");
    assert!(first.is_some());
    for name in ["人数", "母集団", "total", "Freq", "population", "N", "総数", "計"] {
        assert_eq!(se(name), first, "{name}");
    }
    let plain = rows(&["later.csv", "--share", "問1=1", "--strata", "地区"])[0]["se"].as_f64();
    assert_ne!(plain, first, "sizes make weights and a finite population correction");
}

#[test]
fn a_population_table_that_does_not_fit_is_told() {
    let said = wrong(&["later.csv", "--share", "問1=1", "--strata", "地区", "--population", "sex.csv"]);
    assert!(said.contains("人口表に「地区」の列がありません"), "{said}");
    let said = wrong(&["later.csv", "--share", "問1=1", "--fpc", "重み", "--population", "areas.csv"]);
    assert!(said.contains("列（fpc）か人口表（population）のどちらか一方"), "{said}");
}

// The change from an earlier wave.

const WAVES: [&str; 7] =
    ["later.csv", "--questionnaire", "q.toml", "--respondent", "番号", "--against", "earlier.csv"];

#[test]
fn the_change_is_the_later_share_less_the_earlier_one() {
    let found = rows(&with(&WAVES, &["--share", "問1=ある", "--mean", "年齢", "--by", "性別"]));
    let changes: Vec<&Value> = found.iter().filter(|r| r["statistic"] == "change").collect();
    let measures: Vec<&Value> = found.iter().filter(|r| r["statistic"] != "change").collect();
    assert_eq!(changes.len(), measures.len());
    let alone = |file: &'static str| {
        let first: Vec<&str> = std::iter::once(file).chain(QUESTIONNAIRE[1..].iter().copied()).collect();
        rows(&with(&first, &["--share", "問1=ある", "--mean", "年齢", "--by", "性別"]))
    };
    let (later, earlier) = (alone("later.csv"), alone("earlier.csv"));
    let number = |row: &Value, field: &str| row[field].as_f64().unwrap();
    for (change, measure) in changes.iter().zip(&measures) {
        let same = |r: &&Value| ["statistic", "variable", "codes", "by"].iter().all(|f| r[*f] == measure[*f]);
        let (a, b) = (later.iter().find(same).unwrap(), earlier.iter().find(same).unwrap());
        assert_eq!(*a, **measure, "the later wave is as it is alone");
        let (va, vb) = (number(a, "se").powi(2), number(b, "se").powi(2));
        let moved = number(a, "estimate") - number(b, "estimate");
        assert!((number(change, "estimate") - moved).abs() < 1e-13, "{moved}");
        assert!((number(change, "se") - (va + vb).sqrt()).abs() < 1e-15);
        let df = (va + vb).powi(2) / (va * va / number(a, "df") + vb * vb / number(b, "df"));
        assert!((number(change, "df") - df).abs() < 1e-9 * df, "{} {df}", change["df"]);
        assert_eq!(change["df_method"], "satterthwaite");
        for (field, of, value) in
            [("estimate_a", a, "estimate"), ("estimate_b", b, "estimate"), ("n_a", a, "n"), ("n_b", b, "n")]
        {
            assert_eq!(change[field], of[value], "{field}");
        }
        let t = number(change, "estimate") / number(change, "se");
        assert!((number(change, "t") - t).abs() < 1e-12 && (0.0..=1.0).contains(&number(change, "p_value")));
        assert_eq!(
            (change["of"].clone(), change["a"].clone(), change["b"].clone()),
            (a["statistic"].clone(), "later.csv".into(), "earlier.csv".into())
        );
    }
    // 22/32 and 10/21, counted in the files by hand.
    assert_eq!(
        (number(changes[0], "estimate_a"), number(changes[0], "estimate_b")),
        (22.0 / 32.0, 10.0 / 21.0)
    );
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
    let out = shihyo()
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
        .filter(|r| r["statistic"] == "change")
        .map(|r| (r["codes"][0].as_str().unwrap().to_owned(), r["estimate"].as_f64().unwrap()))
        .collect();
    let expected = [("はい", 0.25), ("いいえ", -0.5), ("無回答", 0.0)].map(|(l, c)| (l.to_owned(), c));
    assert_eq!(changes, expected, "the earlier いいえ is code 1");
    assert!(said.contains("「q=未定」は今回にしかないため、変化を求めません"), "{said}");
}

#[test]
fn mistakes_of_both_waves_are_told_once() {
    let said = wrong(&with(&WAVES, &["--share", "問1=はい", "--weight", "重さ"]));
    assert_eq!(said.matches("「はい」という値はありません").count(), 1, "{said}");
    assert_eq!(said.matches("「重さ」という列がありません").count(), 2, "each file lacks it: {said}");
    let said = wrong(&["later.csv", "--against-questionnaire", "q.toml", "--share", "問1=1"]);
    assert!(said.contains("--against <FILE>"), "{said}");
    let said = wrong(&["later.csv", "--share", "問1=1", "--against", "earlier.csv", "areas.csv"]);
    assert!(said.contains("areas.csv"), "{said}");
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
