//! The library against R `survey`: every case of every `cases.json` under `tests/oracle/` and under each
//! directory named in `SHIHYO_ORACLE` (a path list).
//!
//! Each miss is printed with both values; the last line is `N passed, N failed`. A kind of case that the
//! harness does not know is a failure. Cases are left out only by [`LEFT_OUT`].

mod harness;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Ids of cases that are not run, each with the reason.
const LEFT_OUT: [(&str, &str); 0] = [];

/// All `cases.json` under a directory, in the order of their paths.
fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            find(&path, found);
        } else if path.file_name().is_some_and(|name| name == "cases.json") {
            found.push(path);
        }
    }
}

/// Runs the cases of one file; passed and failed.
fn run(path: &Path) -> (usize, usize) {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let file: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let folder = path.parent().unwrap_or(Path::new("."));
    let (mut passed, mut failed) = (0, 0);
    for case in file["cases"].as_array().into_iter().flatten() {
        let id = case["id"].as_str().unwrap_or("(no id)");
        if let Some((_, reason)) = LEFT_OUT.iter().find(|(left_out, _)| *left_out == id) {
            println!("{id}: left out: {reason}");
            continue;
        }
        let misses = match harness::statistics::run(folder, case) {
            Ok(rows) => harness::compare::misses(id, case, &rows),
            Err(reason) => vec![format!("{id}: {reason}")],
        };
        if misses.is_empty() {
            passed += 1;
        } else {
            failed += 1;
            misses.iter().for_each(|miss| println!("{miss}"));
        }
    }
    (passed, failed)
}

#[test]
fn every_case_of_every_oracle_holds() {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracle")];
    if let Some(more) = std::env::var_os("SHIHYO_ORACLE") {
        folders.extend(std::env::split_paths(&more).filter(|p| !p.as_os_str().is_empty()));
    }
    let (mut passed, mut failed) = (0, 0);
    for folder in &folders {
        let mut files = Vec::new();
        find(folder, &mut files);
        if files.is_empty() {
            println!("{}: no cases.json", folder.display());
            failed += 1;
        }
        for file in &files {
            let (good, bad) = run(file);
            println!("{}: {good} passed, {bad} failed", file.display());
            passed += good;
            failed += bad;
        }
    }
    println!("{passed} passed, {failed} failed");
    assert!(passed > 0, "no case ran");
    assert_eq!(failed, 0, "{failed} cases failed; each miss is printed above");
}

#[test]
fn what_the_harness_does_not_know_is_a_failure() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
    let text = std::fs::read_to_string(folder.join("cases.json")).expect("the cases");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let good = &file["cases"][0];
    assert!(harness::statistics::run(&folder, good).is_ok());
    for (pointer, key) in [("/statistic", "kind"), ("/design", "kind"), ("/design", "lonely_psu")] {
        let mut case = good.clone();
        case.pointer_mut(pointer).expect("a part")[key] = Value::from("no such thing");
        let error = harness::statistics::run(&folder, &case).err().expect("a failure");
        assert!(error.contains("no such thing"), "{pointer}/{key}: {error}");
    }
    let mut case = good.clone();
    case["calibration"] = serde_json::json!([{"op": "no such thing"}]);
    let error = harness::statistics::run(&folder, &case).err().expect("a failure");
    assert!(error.contains("no such thing"), "{error}");
    // A number that is off by more than the tolerance, a missing row, a row too many, an unknown field.
    let rows = harness::statistics::run(&folder, good).expect("rows");
    assert!(harness::compare::misses("x", good, &rows).is_empty());
    let off = |change: &dyn Fn(&mut Value)| {
        let mut case = good.clone();
        change(&mut case["expected"][0]);
        harness::compare::misses("x", &case, &rows).len()
    };
    assert_eq!(off(&|row| row["n_weighted"] = serde_json::json!(6194.0 * (1.0 + 3e-9))), 1);
    assert_eq!(off(&|row| row["key"] = serde_json::json!({"a": 1})), 2);
    assert_eq!(off(&|row| row["no_such_field"] = serde_json::json!(1)), 1);
}
