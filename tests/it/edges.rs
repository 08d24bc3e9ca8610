//! Statistics at the edges: near 0 and 100 %, few respondents, known numbers, ties.

use serde_json::Value;

use crate::support::project::Project;

/// What `estimate` gives of a CSV, as JSON rows.
fn estimates(csv: &str, arguments: &[&str]) -> Vec<Value> {
    let project = Project::new(&[]);
    project.write("a.csv", csv);
    let all: Vec<&str> = ["estimate", "a.csv", "--format", "json"].iter().chain(arguments).copied().collect();
    let ran = project.shihyo_in("en_GB.UTF-8", &all);
    assert_eq!(ran.status, Some(0), "{}", ran.said());
    let value: Value = serde_json::from_str(&ran.stdout).unwrap();
    value["rows"].as_array().cloned().unwrap()
}

fn csv(head: &str, rows: &[(&str, usize)]) -> String {
    let rows = rows.iter().flat_map(|(row, n)| std::iter::repeat_n(*row, *n));
    rows.fold(format!("{head}\n"), |text, row| text + row + "\n")
}

#[track_caller]
fn near(value: &Value, expected: f64) {
    let got = value.as_f64().unwrap_or(f64::NAN);
    assert!((got - expected).abs() < 1e-9 * expected.abs().max(1.0), "{got} {expected}");
}

fn reason(row: &Value, part: &str) -> bool {
    row["reason"].to_string().contains(part)
}

/// 0 of 64 against 15 of 736 of a simple sample. The limits and p by another program's Wilson limits (t of 63
/// and 735, n_eff 64 and p(1 − p)/V), by bisection; Fisher's exact test has p = .62, the score test .249.
#[test]
fn nobody_of_a_few_is_no_evidence() {
    let rows = csv("dom,y", &[("A,0", 64), ("B,1", 15), ("B,0", 721)]);
    let asked = ["--share", "y=1", "--diff", "dom=A vs rest"];
    let found = estimates(&rows, &asked);
    let d = found.iter().find(|r| r["analysis_type"] == "difference").unwrap();
    near(&d["stat_low"], -0.033_388_804_740_865_63);
    near(&d["stat_upp"], 0.038_894_293_800_405_225);
    near(&d["p_value"], 0.260_648_752_936_508_9);
    assert_eq!((&d["ci_method"], &d["t"]), (&Value::from("mover"), &Value::Null));
    // R's Wald is there for those who ask for it.
    let wald = estimates(&rows, &[&asked[..], &["--diff-ci", "wald"]].concat());
    let d = wald.iter().find(|r| r["analysis_type"] == "difference").unwrap();
    assert!(d["p_value"].as_f64().unwrap() < 0.001 && d["ci_method"] == "wald");
}

#[test]
fn one_sampling_unit_has_no_standard_error() {
    let rows = "psu,g,q,y\n1,A,1,3\n1,A,0,5\n1,A,1,4\n1,A,1,8\n2,B,1,2\n2,B,0,4\n3,B,1,5\n3,B,0,6\n\
                4,B,1,5\n5,C,1,9\n";
    let asked = ["--share", "q=1", "--mean", "y", "--by", "g", "--cluster", "psu", "--diff", "g=A vs g=C"];
    let asked = [&asked[..], &["--diff", "g=A vs g=B"]].concat();
    let found = estimates(rows, &asked);
    let of =
        |group: &str| -> Vec<&Value> { found.iter().filter(|r| r["group_var_value"][0] == group).collect() };
    for row in of("A") {
        assert!(row["se"].is_null() && row["deff"].is_null() && row["stat"].is_number(), "{row}");
        assert!(reason(row, "no_degrees_of_freedom"), "{row}");
    }
    // The rule of the offices holds without one: four people are too few.
    assert!(of("A")[0]["flag"].to_string().contains("nchs-suppress"));
    for row in of("C") {
        assert!(row["se"].is_null() && reason(row, "single_observation"), "{row}");
    }
    // B's variance alone is none of the difference.
    for row in found.iter().filter(|r| r["analysis_type"] == "difference") {
        assert!(row["stat"].is_number() && row["se"].is_null() && row["p_value"].is_null(), "{row}");
    }
}

#[test]
fn a_quantile_of_ten_has_no_upper_limit_at_the_ninth() {
    let rows = "x\n1.1\n2.2\n3.1\n4.7\n5\n6.2\n7.9\n8.8\n9.1\n30.5\n";
    let found = estimates(rows, &["--quantile", "x@0.9", "--quantile", "x@0.5"]);
    // F + t se = .9 + 2.262 · .1 > 1.
    assert_eq!((&found[0]["stat"], &found[0]["stat_upp"]), (&Value::from(9.1), &Value::Null));
    assert!(found[0]["se"].is_null() && reason(&found[0], "beyond_sample"));
    assert!(found[1]["stat_upp"].is_number() && found[1]["se"].is_number());
}

/// 25 of 100 have a weight of 1, the others none.
#[test]
fn rows_without_weight_are_no_respondents() {
    let rows = csv("y,w", &[("1,1", 15), ("0,1", 10), ("1,0", 40), ("0,0", 35)]);
    let found = estimates(&rows, &["--share", "y=1", "--weight", "w", "--deff", "wr"]);
    near(&found[0]["stat"], 0.6);
    assert_eq!((&found[0]["n"], &found[0]["n_yes"], &found[0]["df"]), (&25.into(), &15.into(), &24.0.into()));
    // V = 100/99 · Σ(y − p)²/25² against 25/24 · p(1 − p)/25.
    near(&found[0]["deff"], (100.0 / 99.0 * 6.0 / 625.0) / (0.24 / 24.0));
    assert!(found[0]["flag"].to_string().contains("n<30"));
}

#[test]
fn what_the_weights_are_fitted_to_is_known_and_not_tested() {
    let cells = [("M,20", 30), ("M,40", 50), ("M,60", 40), ("F,20", 60), ("F,40", 70), ("F,60", 50)];
    let project = Project::new(&[]);
    project.write("a.csv", csv("sex,age", &cells));
    project
        .write("ps.csv", "sex,age,total\nM,20,1500\nM,40,2000\nM,60,1500\nF,20,1600\nF,40,1900\nF,60,1700\n");
    let ran = project.shihyo(&[
        "estimate",
        "a.csv",
        "--share",
        "age=60",
        "--diff",
        "sex=M vs sex=F",
        "--test",
        "rao-scott",
        "sex × age",
        "--post-stratify",
        "ps.csv",
        "--format",
        "csv",
    ]);
    assert_eq!(ran.status, Some(0), "{}", ran.said());
    let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
    let head = reader.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|h| h == name).unwrap();
    let (reason, p) = (at("reason"), at("p_value"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    // 1,500 of 5,000 and 1,700 of 5,200.
    assert!((rows[1][at("stat")].parse::<f64>().unwrap() - (0.3 - 1700.0 / 5200.0)).abs() < 1e-12);
    assert_eq!((&rows[0][reason], &rows[1][p], &rows[2][p]), ("n_eff:known", "", ""));
    assert!(rows[1][reason].contains("p_value:known") && rows[2][reason].contains("F:known"), "{rows:?}");
}

/// 1,505 of 2,000 by weight: 75.25 %, half away from zero.
#[test]
fn ties_by_weight_are_rounded_as_ties_by_count() {
    let weighted = Project::new(&[]);
    weighted.write("a.csv", "y,w\n1,1000\n1,505\n0,495\n");
    let ran = weighted.shihyo(&["estimate", "a.csv", "--share", "y=1", "--weight", "w"]);
    assert!(ran.stdout.contains("75.3%"), "{}", ran.said());
    weighted.write("b.csv", "y,w\n1,100.0\n1,50.5\n0,49.5\n");
    let ran = weighted.shihyo(&["estimate", "b.csv", "--share", "y=1", "--weight", "w"]);
    assert!(ran.stdout.contains("75.3%"), "{}", ran.said());
}

/// V = 4/R Σ(θ_r − θ)², about the full sample: θ = 1/2, θ_r = 3/5 and 1/3.
#[test]
fn sdr_is_about_the_full_sample() {
    let rows = "y,w,rw1,rw2\n1,1,3,1\n0,1,2,2\n";
    let found = estimates(
        rows,
        &["--share", "y=1", "--weight", "w", "--replicates", "rw*", "--replicate-type", "sdr"],
    );
    let v = 4.0 / 2.0 * ((0.6_f64 - 0.5).powi(2) + (1.0_f64 / 3.0 - 0.5).powi(2));
    near(&found[0]["se"], v.sqrt());
}
