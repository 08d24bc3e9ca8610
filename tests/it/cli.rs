//! Every command as a person sees it: the whole of stdout and stderr, the status and the files.
//!
//! What is expected stands in `tests/cli/`; `SNAPSHOTS=overwrite cargo test --test it cli::` writes it anew,
//! to be read before it is committed.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::path::Path;

use crate::support::project::{Project, Ran, command};
use serde_json::Value;
use shihyo::provenance::sha256_hex;
use snapbox::Data;

/// A project of its own, with the plans and raw files of the repository.
struct Model {
    project: Project,
}

impl Deref for Model {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.project
    }
}

impl Model {
    fn new() -> Self {
        let folders =
            ["pipelines/nishitokyo", "pipelines/nishitokyo-trial", "raw/nishitokyo", "raw/nishitokyo-trial"];
        Self { project: Project::copy(&folders) }
    }

    /// Runs the command and holds all that it said against `tests/cli/NAME.txt`.
    fn shows(&self, name: &str, args: &[&str]) -> Ran {
        let ran = self.shihyo(args);
        let told = format!(
            "$ shihyo {}\nstatus: {}\n--- stdout\n{}--- stderr\n{}",
            args.join(" "),
            ran.status.unwrap_or(-1),
            settled(&ran.stdout),
            settled(&ran.stderr)
        );
        same(&format!("{name}.txt"), &told);
        ran
    }
}

fn same(file: &str, text: &str) {
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli").join(file);
    snapbox::assert_data_eq!(Data::text(text).raw(), Data::read_from(&expected, None).raw());
}

/// Ten decimals are enough here: the last digits of an f64 may differ between machines' mathematics
/// libraries, and other tests look at them.
fn settled(text: &str) -> String {
    let mut out = String::new();
    let mut decimals = None;
    for c in text.chars() {
        decimals = match (c, decimals) {
            ('.', None) if out.ends_with(|p: char| p.is_ascii_digit()) => Some(0),
            (c, Some(seen)) if c.is_ascii_digit() => Some(seen + 1),
            _ => None,
        };
        if decimals.is_none_or(|seen| seen <= 10) {
            out.push(c);
        }
    }
    out
}

const OUTPUTS: [&str; 12] = [
    "estimates.csv",
    "estimates.json",
    "estimates.parquet",
    "indicators.csv",
    "indicators.json",
    "manifest.json",
    "progress-table.html",
    "progress-table.xlsx",
    "quality.csv",
    "quality.json",
    "sensitivity.csv",
    "sensitivity.json",
];

/// The folder holds the twelve files, and they are those of the manifest.
fn assert_whole(project: &Model, folder: &str) {
    assert_eq!(project.names(folder), OUTPUTS);
    let manifest: Value = serde_json::from_slice(&project.bytes(&format!("{folder}/manifest.json"))).unwrap();
    let outputs = manifest["outputs"].as_array().unwrap();
    assert_eq!(outputs.len(), 11);
    for output in outputs {
        let bytes = project.bytes(&format!("{folder}/{}", output["name"].as_str().unwrap()));
        assert_eq!(sha256_hex(&bytes), output["sha256"].as_str().unwrap());
    }
    for input in manifest["inputs"].as_array().unwrap() {
        let bytes = project.bytes(input["file"].as_str().unwrap());
        assert_eq!(sha256_hex(&bytes), input["sha256"].as_str().unwrap());
    }
}

#[test]
fn run_writes_the_table_of_the_model_plan() {
    let project = Model::new();
    project.shows("run", &["run", "pipelines/nishitokyo"]);
    assert_whole(&project, "derived/nishitokyo");
    assert_eq!(project.names("derived"), ["nishitokyo"]);
    same("indicators.csv", &settled(&project.text("derived/nishitokyo/indicators.csv")));
}

#[test]
fn run_writes_the_table_of_the_trial_in_english() {
    let project = Model::new();
    project.shows("run-trial-en", &["run", "pipelines/nishitokyo-trial", "--lang", "en"]);
    assert_whole(&project, "derived/nishitokyo-trial");
}

#[test]
fn run_writes_where_it_is_told_and_can_be_quiet() {
    let project = Model::new();
    let ran =
        project.shihyo(&["run", "pipelines/nishitokyo/plan.toml", "--out", "elsewhere/table", "--quiet"]);
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
    assert_whole(&project, "elsewhere/table");
    assert!(!project.path("derived").exists());
    let first = project.bytes("elsewhere/table/manifest.json");
    let again =
        project.shihyo(&["run", "pipelines/nishitokyo", "--out", "elsewhere/table", "--threads", "1", "-q"]);
    assert_eq!(again.status, Some(0), "{}", again.stderr);
    assert!(project.bytes("elsewhere/table/manifest.json") == first, "the same bytes, however many threads");
}

#[test]
fn check_writes_nothing() {
    let project = Model::new();
    project.shows("check", &["check", "pipelines/nishitokyo"]);
    assert!(!project.path("derived").exists());
}

#[test]
fn check_gives_the_quality_report_that_run_writes() {
    let project = Model::new();
    assert_eq!(project.shihyo(&["run", "pipelines/nishitokyo", "-q"]).status, Some(0));
    for format in ["csv", "json"] {
        let ran = project.shihyo(&["check", "pipelines/nishitokyo", "--format", format, "-q"]);
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
        assert!(ran.stdout == project.text(&format!("derived/nishitokyo/quality.{format}")));
    }
}

#[test]
fn clean_writes_the_findings_and_verifies_a_log() {
    let project = Model::new();
    let of = |more: &[&'static str]| [&["clean", "pipelines/nishitokyo"], more].concat();
    project.shows("clean-export", &of(&["--export", "findings.xlsx", "--survey", "citizen"]));
    let written = project.bytes("findings.xlsx");
    project.shows("clean-export-again", &of(&["--export", "findings.xlsx", "--survey", "citizen"]));
    assert!(project.bytes("findings.xlsx") == written, "what was filled in is not lost");
    project.shows("clean-export-derived", &of(&["--export", "derived/nishitokyo/findings.xlsx"]));
    project.shows("clean-unknown-survey", &of(&["--export", "f.xlsx", "--survey", "citizn"]));
    project.shows("clean-unknown-wave", &of(&["--export", "f.xlsx", "--wave", "R5", "--lang", "en"]));
    project
        .shows("clean-no-log", &of(&["--verify", "raw/nishitokyo/elderly-r4.xlsx", "--survey", "elderly"]));
    // Not the clean file: the workbook itself, before the log.
    let trial = ["clean", "pipelines/nishitokyo-trial", "--verify", "raw/nishitokyo-trial/elderly-r7.xlsx"];
    assert_eq!(project.shows("clean-verify", &trial).status, Some(1));
    assert!(!project.path("derived").exists());

    let log = "raw/nishitokyo-trial/elderly-r7-corrections.csv";
    project.change(log, "\"3,5\",", "\"3,4\",");
    project.change(log, ",修正,", ",直す,");
    project.shows("clean-kind", &["run", "pipelines/nishitokyo-trial"]);
    project.change(log, ",直す,", ",修正,");
    project.shows("clean-mistakes", &["run", "pipelines/nishitokyo-trial"]);
    project.shows("clean-mistakes-en", &["check", "pipelines/nishitokyo-trial", "--lang", "en"]);
    assert!(!project.path("derived").exists());
}

#[test]
fn compare_breaks_an_indicator_down() {
    let project = Model::new();
    let of = |more: &[&'static str]| {
        [&["compare", "pipelines/nishitokyo", "--indicator", "volunteer-intent"], more].concat()
    };
    project.shows("compare", &of(&["--by", "性別,年代"]));
    project.shows("compare-cross", &of(&["--by", "性別,年代", "--cross"]));
    let csv = project.shows("compare-csv", &of(&["--by", "性別", "--format", "csv"]));
    let mut reader = csv::Reader::from_reader(csv.stdout.as_bytes());
    let data = reader.headers().unwrap().iter().position(|name| name == "data").unwrap();
    let kinds: Vec<String> = reader.records().map(|row| row.unwrap()[data].to_owned()).collect();
    assert_eq!(kinds, ["synthetic"; 4]);
    let json = project.shows("compare-json", &of(&["--by", "地区", "--format", "json", "--lang", "en"]));
    assert!(serde_json::from_str::<Value>(&json.stdout).is_ok());
    project.shows(
        "compare-unknown",
        &["compare", "pipelines/nishitokyo", "--indicator", "volunteers-intent", "--by", "性別"],
    );
    project.shows(
        "compare-count",
        &["compare", "pipelines/nishitokyo", "--indicator", "hana-bus", "--by", "性別"],
    );
    project.shows("compare-unknown-question", &of(&["--by", "性"]));
    project.shows("compare-unknown-wave", &of(&["--by", "性別", "--wave", "R5"]));
}

#[test]
fn a_folder_without_plans_is_told_in_the_language_of_the_reader() {
    let key = "citizen/R4/volunteer-intent";
    let project = Model { project: Project::new(&[]) };
    project.shows("explain-no-folder", &["explain", key]);
    project.shows("explain-no-folder-en", &["explain", key, "--lang", "en"]);
    project.write("pipelines/readme.txt", "");
    project.shows("explain-no-plan", &["explain", key]);
    let other = Model { project: Project::new(&[("pipelines", "")]) };
    other.shows("explain-no-folder-file", &["explain", key]);
}

#[test]
fn explain_tells_the_whole_way_of_a_number() {
    let project = Model::new();
    project.shows(
        "explain-share",
        &["explain", "citizen/R4/volunteer-intent", "--plan", "pipelines/nishitokyo"],
    );
    project.shows(
        "explain-part",
        &["explain", "citizen/R4/volunteer-intent/性別=女性,年代=50～59歳", "--plan", "pipelines/nishitokyo"],
    );
    project.shows("explain-raked", &["explain", "citizen/R7/volunteer-intent"]);
    project.shows("explain-raked-en", &["explain", "citizen/R7/volunteer-intent", "--lang", "en"]);
    project.shows(
        "explain-multiple",
        &["explain", "citizen/R4/shopping-difficulty", "--plan", "pipelines/nishitokyo"],
    );
    project.shows("explain-code", &["explain", "raw::not-found"]);
    project.shows("explain-code-en", &["explain", "answers::two-marks", "--lang", "en"]);
    project.shows("explain-code-unknown", &["explain", "plan::targt"]);
    project.shows("explain-admin", &["explain", "admin/R6/hana-bus", "--plan", "pipelines/nishitokyo"]);
    project.shows("explain-published", &["explain", "admin/R4/plan-awareness"]);
    project.shows("explain-unknown", &["explain", "citizen/R4/volunteer-intend"]);
    project.shows("explain-two-plans", &["explain", "citizen/R4/volunteer-intent"]);
    project.change("pipelines/nishitokyo/plan.toml", "sample = \"random\"", "sample = \"ramdom\"");
    assert_eq!(
        project.shihyo(&["explain", "citizen/R7/volunteer-intent"]).status,
        Some(0),
        "a broken plan beside it does no harm"
    );
    let ran = project.shihyo(&["explain", "citizen/R9/volunteer-intent"]);
    assert!(
        ran.status == Some(2) && ran.stderr.contains("「ramdom」"),
        "the broken plan may hold the key: {}",
        ran.stderr
    );
}

#[test]
fn mistakes_of_a_plan_are_drawn() {
    let project = Model::new();
    let plan = "pipelines/nishitokyo/plan.toml";
    for (from, to) in [
        ("sample = \"random\"", "sample = \"ramdom\""),
        ("できるだけ参加したい\"]", "出来るだけ参加したい\"]"),
        ("counts-kotsu.xlsx", "counts-kotu.xlsx"),
        ("rationale = \"地域の力で", "rationaIe = \"地域の力で"),
    ] {
        project.change(plan, from, to);
    }
    project.shows("plan-mistakes", &["run", "pipelines/nishitokyo"]);
    let ran = project.shihyo(&["check", "pipelines/nishitokyo", "--lang", "en", "--quiet"]);
    assert_eq!(ran.status, Some(2), "quiet does not hide mistakes");
    assert!(
        ran.stderr.contains("did you mean \"random\"?") && ran.stderr.contains("4 mistakes."),
        "{}",
        ran.stderr
    );
    assert!(!project.path("derived").exists());
    assert!(
        ran.stderr.lines().all(|l| unicode_width::UnicodeWidthStr::width(l) <= 100),
        "no line for a terminal to break"
    );
}

#[test]
fn a_wave_with_a_paper_of_its_own_is_told() {
    let project = Model::new();
    project.shows("explain-not-comparable", &["explain", "citizen/R7/adult-guardianship"]);
    project.shows("explain-with-care-en", &["explain", "citizen/R7/disaster-drills", "--lang", "en"]);
    project.shows(
        "compare-not-comparable",
        &["compare", "pipelines/nishitokyo-trial", "--indicator", "adult-guardianship", "--by", "性別"],
    );
    let plan = "pipelines/nishitokyo-trial/plan.toml";
    for (from, to) in [
        ("\"問10\" = \"問9\"", "\"問10\" = \"問10\""),
        ("\"問12\" = \"問11\"", "\"問12\" = \"問21\""),
        ("\"問13\" = \"問12\"", "\"問13\" = { question = \"問1\" }"),
        (
            "= \"以前は参加していたが、最近は参加していない\"",
            "= \"以前は参加していたが、今は参加していない\"",
        ),
    ] {
        project.change(plan, from, to);
    }
    project.shows("map-mistakes", &["check", "pipelines/nishitokyo-trial"]);
    project.shows("map-mistakes-en", &["check", "pipelines/nishitokyo-trial", "--lang", "en"]);
}

#[test]
fn a_forgotten_renumbering_is_told_with_the_number_that_has_the_words() {
    let project = Model::new();
    project.change("pipelines/nishitokyo-trial/plan.toml", "\"問12\" = \"問11\"\n", "");
    project.shows("map-forgotten", &["check", "pipelines/nishitokyo-trial"]);
}

#[test]
fn a_plan_that_is_not_there() {
    let project = Model::new();
    project.shows("no-plan", &["run", "pipelines/nishitokio"]);
    project.shows("no-plan-file", &["run", "pipelines"]);
}

#[test]
fn findings_past_the_limit_end_with_one() {
    let project = Model::new();
    project.change(
        "pipelines/nishitokyo/plan.toml",
        "report_year = \"R6\"",
        "report_year = \"R6\"\nwarning_limit = 120",
    );
    let ran = project.shihyo(&["run", "pipelines/nishitokyo", "--quiet"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""));
    assert_eq!(ran.stderr, "確認が必要な事項（121件）が計画の上限 warning_limit = 120 を超えています。\n");
    assert_whole(&project, "derived/nishitokyo");
    project.change("pipelines/nishitokyo/plan.toml", "warning_limit = 120", "warning_limit = 121");
    assert_eq!(project.shihyo(&["check", "pipelines/nishitokyo", "--quiet"]).status, Some(0));
}

#[test]
fn the_locale_chooses_the_language() {
    let project = Model::new();
    let args = ["explain", "admin/R6/hana-bus", "--plan", "pipelines/nishitokyo"];
    for (locale, word) in
        [("ja_JP.UTF-8", "■ 数値"), ("C", "■ 数値"), ("en_GB.UTF-8", "■ Value"), ("", "■ 数値")]
    {
        assert!(project.shihyo_in(locale, &args).stdout.starts_with(word), "{locale}");
    }
    assert!(
        project
            .shihyo_in("en_GB.UTF-8", &[&args[..], &["--lang", "ja"]].concat())
            .stdout
            .starts_with("■ 数値")
    );
}

#[test]
fn nothing_is_coloured_that_should_not_be() {
    let project = Model::new();
    for args in [
        &["run", "pipelines/nishitokyo"][..],
        &["run", "nowhere"],
        &["--help"],
        &["compare", "pipelines/nishitokyo", "--bogus"],
        &["clean", "pipelines/nishitokyo"],
    ] {
        let ran = project.shihyo(args);
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{args:?}");
    }
}

#[test]
fn usage() {
    let project = Model::new();
    let none = project.shihyo(&[]);
    assert_eq!((none.status, none.stdout.as_str()), (Some(2), ""));
    for command in ["run", "check", "clean", "compare", "explain", "schema", "completions"] {
        assert!(
            none.stderr.lines().any(|l| l.trim_start().starts_with(&format!("{command} "))),
            "{command}:\n{}",
            none.stderr
        );
    }
    assert!(none.stderr.starts_with("指標: 調査票の回答ファイルから進捗管理表まで"), "{}", none.stderr);
    project.shows("unknown-flag", &["run", "pipelines/nishitokyo", "--ouy", "x"]);
    project.shows("unknown-command", &["rum", "pipelines/nishitokyo"]);
    project.shows("unknown-command-en", &["rum", "pipelines/nishitokyo", "--lang", "en"]);
    project.shows("clean-nothing", &["clean", "pipelines/nishitokyo"]);
    project.shows("clean-nothing-en", &["clean", "pipelines/nishitokyo", "--lang=en"]);
    project.shows(
        "clean-conflict",
        &["clean", "pipelines/nishitokyo", "--export", "a.xlsx", "--verify", "b.csv"],
    );
    project.shows("unknown-value", &["check", "pipelines/nishitokyo", "--format", "exel"]);
    project.shows("wrong-value", &["run", "pipelines/nishitokyo", "--threads", "-q"]);
    project.shows("missing-argument", &["compare", "pipelines/nishitokyo"]);
}

#[test]
fn completions_for_bash() {
    let ran = Model::new().shihyo(&["completions", "bash"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    for word in ["_shihyo()", "--indicator", "--format", "compare", "explain"] {
        assert!(ran.stdout.contains(word), "{word}");
    }
}

/// The keys of `value` that `schema` does not know, by their path.
fn unknown_keys(value: &toml::Value, schema: &Value, root: &Value, path: &str, out: &mut BTreeSet<String>) {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(target) => root.pointer(target.trim_start_matches('#')).expect("a reference leads somewhere"),
        None => schema,
    };
    if let Some(branches) = schema
        .get("anyOf")
        .or_else(|| schema.get("oneOf"))
        .or_else(|| schema.get("allOf"))
        .and_then(Value::as_array)
    {
        let tried = branches.iter().map(|b| {
            let mut found = BTreeSet::new();
            unknown_keys(value, b, root, path, &mut found);
            found
        });
        out.extend(tried.min_by_key(BTreeSet::len).unwrap_or_default());
        return;
    }
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let of = schema
                    .get("properties")
                    .and_then(|p| p.get(key))
                    .or_else(|| schema.get("additionalProperties").filter(|a| a.is_object()));
                match of {
                    Some(of) => unknown_keys(value, of, root, &format!("{path}.{key}"), out),
                    None => drop(out.insert(format!("{path}.{key}"))),
                }
            }
        }
        toml::Value::Array(items) => {
            let of = schema.get("items").unwrap_or(&Value::Null);
            items.iter().for_each(|item| unknown_keys(item, of, root, path, out));
        }
        _ => {}
    }
}

#[test]
fn the_schemas_know_every_key_of_the_model_plans() {
    let project = Model::new();
    let schema = |of: &str| -> Value {
        let ran = project.shihyo(&["schema", of]);
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
        serde_json::from_str(&ran.stdout).unwrap()
    };
    assert_eq!(project.shihyo(&["schema"]).stdout, project.shihyo(&["schema", "plan"]).stdout);
    let (of_plan, of_questionnaire) = (schema("plan"), schema("questionnaire"));
    for (schema, files) in [
        (&of_plan, &["nishitokyo/plan.toml", "nishitokyo-trial/plan.toml"][..]),
        (
            &of_questionnaire,
            &[
                "nishitokyo/citizen.toml",
                "nishitokyo/elderly.toml",
                "nishitokyo/health.toml",
                "nishitokyo-trial/monitor.toml",
                "nishitokyo-trial/citizen-r7.toml",
            ],
        ),
    ] {
        assert_eq!(schema["additionalProperties"], Value::Bool(false), "an editor marks an unknown key");
        for file in files {
            let text = project.text(&format!("pipelines/{file}"));
            let mut unknown = BTreeSet::new();
            unknown_keys(&toml::Value::Table(text.parse().unwrap()), schema, schema, "", &mut unknown);
            assert!(unknown.is_empty(), "{file}: {unknown:?}");
        }
    }
    let mut unknown = BTreeSet::new();
    let wrong = toml::Value::Table("[[indicator]]\nshare = { bas = \"all\" }".parse().unwrap());
    unknown_keys(&wrong, &of_plan, &of_plan, "", &mut unknown);
    assert_eq!(unknown, BTreeSet::from([".indicator.share.bas".to_owned()]), "the walk can fail");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let project = Model::new();
    let mut child = command()
        .args(["check", "pipelines/nishitokyo-trial", "--format", "json", "-q"])
        .current_dir(project.root())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.len()),
        (Some(0), 0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
