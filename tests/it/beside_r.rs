//! `tests/beside_r/README.md`: every command of the page prints the numbers that the page shows, and those of
//! R are the oracle's.

use std::path::{Path, PathBuf};

use crate::support::project::command;
use serde_json::Value;

/// One job of the page.
#[derive(Default)]
struct Job {
    case: String,
    command: String,
    /// Row, field, R's number, ours.
    numbers: Vec<[String; 4]>,
}

fn jobs(page: &str) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for section in page.split("\n## ").skip(1) {
        let mut job = Job::default();
        for line in section.lines() {
            if let Some(case) = line.strip_prefix("Case ") {
                job.case = case.trim_end_matches('.').to_owned();
            } else if line.starts_with("shihyo estimate ") {
                job.command = line.to_owned();
            } else if let Some(cells) = line.strip_prefix("| ").and_then(|l| l.strip_suffix(" |"))
                && let [row, field, r, ours] = cells.split(" | ").collect::<Vec<_>>()[..]
                && field != "field"
            {
                job.numbers.push([row, field, r, ours].map(str::to_owned));
            }
        }
        jobs.push(job);
    }
    jobs
}

/// The words of a shell line with single quotes.
fn words(line: &str) -> Vec<String> {
    let (mut out, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars().chain([' ']) {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => out.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty())),
            c => word.push(c),
        }
    }
    out
}

/// Whether a row of the output, or of the oracle, is the one that the page names: `全体`, `race=1`,
/// `prob=0.25`, `difference`.
fn is_named(name: &str, row: &Value) -> bool {
    let groups = row["group_var"].as_array().map_or(&[][..], Vec::as_slice);
    match name.split_once('=') {
        Some(("prob", p)) => row["prob"].as_f64() == p.parse().ok(),
        Some((column, value)) => {
            groups.iter().position(|g| g == column).is_some_and(|at| row["group_var_value"][at] == value)
        }
        None if name == "全体" => groups.is_empty(),
        None => row["analysis_type"] == name,
    }
}

fn of_oracle<'a>(name: &str, case: &'a Value) -> Option<&'a Value> {
    let is_it = |want: &&Value| match name.split_once('=') {
        Some((key, value)) => want["key"][key].as_f64() == value.parse().ok(),
        None => true,
    };
    case["expected"].as_array()?.iter().find(is_it)
}

/// Ten digits of a number.
fn ten_digits(printed: f64, exact: f64) -> bool {
    (printed - exact).abs() <= 6e-10 * exact.abs()
}

#[test]
fn the_page_shows_what_both_print() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let oracle: Value = serde_json::from_str(&read(&root.join("tests/oracle/cases.json"))).unwrap();
    let jobs = jobs(&read(&root.join("tests/beside_r/README.md")));
    assert!(jobs.len() >= 10, "{} jobs", jobs.len());
    for job in &jobs {
        assert!(!job.numbers.is_empty(), "{} shows no numbers", job.case);
        let case = oracle["cases"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["id"] == job.case.as_str())
            .unwrap_or_else(|| panic!("no case {}", job.case));
        let out = command()
            .current_dir(&root)
            .args(&words(&job.command)[1..])
            .args(["--format", "json", "--quiet"])
            .output()
            .unwrap();
        assert!(out.status.success(), "{}\n{}", job.command, String::from_utf8_lossy(&out.stderr));
        let value: Value = serde_json::from_slice(&out.stdout).unwrap();
        for [name, field, r, ours] in &job.numbers {
            let row = value["rows"]
                .as_array()
                .unwrap()
                .iter()
                .find(|row| is_named(name, row))
                .unwrap_or_else(|| panic!("{}: no row {name}", job.case));
            let theirs = match field.as_str() {
                "F" => "statistic",
                "ndf" => "df1",
                "ddf" => "df2",
                "stat" => "estimate",
                "stat_low" => "ci_low",
                "stat_upp" => "ci_high",
                "stat_a" => "estimate_a",
                "stat_b" => "estimate_b",
                same => same,
            };
            let expected = of_oracle(name, case)
                .and_then(|w| w[theirs].as_f64())
                .unwrap_or_else(|| panic!("{}: R has no {field}", job.case));
            let got = row[field].as_f64().unwrap_or_else(|| panic!("{}: no {field}", job.case));
            assert!(
                ten_digits(r.parse().unwrap(), expected),
                "{} {field}: the page says R prints {r}, it prints {expected}",
                job.case
            );
            assert!(
                ten_digits(ours.parse().unwrap(), got),
                "{} {field}: the page says {ours}, the command {got}",
                job.case
            );
            assert!(
                (got - expected).abs() <= 1e-9 * expected.abs() + 1e-12,
                "{} {field}: {got} and {expected}",
                job.case
            );
        }
    }
}
