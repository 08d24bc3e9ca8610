//! Intervals, p-values, adjusted p-values and presentation verdicts against R's, from the numbers that the
//! cases state (estimate, standard error, n, df, statistic); nothing is computed from data here.
//!
//! Each test states how many numbers the cases hold for it, so that a case that is passed over is missed.

use std::path::Path;

use serde_json::Value;
use shihyo::estimate::binomial::{BinomialMethod, binomial_interval, binomial_limits};
use shihyo::estimate::interval::{ShareInputs, mean_interval, share_interval};
use shihyo::estimate::p_adjust;
use shihyo::estimate::reliability::{ComplementFootnote, Presentation, ReliabilityReason, nchs_share};
use shihyo::estimate::{IntervalMethod, NotEstimable};
use shihyo::stats::dist;
use shihyo::stats::quadform::{DenominatorDf, TailMethod, rao_scott_p};

fn cases() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/cases.json");
    let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    all["cases"].as_array().unwrap().clone()
}

fn of_kind(kind: &str) -> Vec<Value> {
    cases().into_iter().filter(|c| c["statistic"]["kind"] == kind).collect()
}

/// The harness's rule: |got − expected| ≤ rtol |expected| + 1e-12.
#[derive(Default)]
struct Tally {
    checked: usize,
    misses: Vec<String>,
}

impl Tally {
    fn near(&mut self, what: &str, got: f64, want: &Value) {
        let Some(want) = want.as_f64() else { return };
        self.checked += 1;
        let off = (got - want).abs();
        if off.is_nan() || off > 1e-9 * want.abs() + 1e-12 {
            self.misses.push(format!("{what}: got {got:.17}, want {want:.17}"));
        }
    }

    fn holds(&mut self, what: &str, got: bool, want: &Value) {
        self.checked += 1;
        if Some(got) != want.as_bool() {
            self.misses.push(format!("{what}: got {got}, want {want}"));
        }
    }

    #[track_caller]
    fn end(self, what: &str, expected: usize) {
        assert!(self.misses.is_empty(), "{}", self.misses.join("\n"));
        assert_eq!(self.checked, expected, "{what}: numbers compared");
    }
}

fn id(case: &Value) -> &str {
    case["id"].as_str().unwrap()
}

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("Inf" | "inf") => f64::INFINITY,
        _ => value.as_f64().unwrap_or(f64::NAN),
    }
}

/// A share's method by the name that the cases use; `None` for "mean", which is [`mean_interval`].
fn share_method(name: &str) -> Option<IntervalMethod> {
    (name != "mean").then(|| name.replace('_', "-").parse().unwrap())
}

#[test]
fn binomial_intervals() {
    let mut tally = Tally::default();
    for case in of_kind("binomial_ci") {
        let (x, n) = (case["statistic"]["x"].as_u64().unwrap(), case["statistic"]["n"].as_u64().unwrap());
        let level = number(&case["ci"]["level"]);
        let want = &case["expected"][0];
        let method = match case["ci"]["method"].as_str().unwrap() {
            "wald_cc" => BinomialMethod::WaldCc,
            "jeffreys_bcd" => BinomialMethod::JeffreysBcd,
            other => BinomialMethod::Plain(share_method(other).unwrap()),
        };
        let raw = binomial_limits(method, x, n, level).unwrap();
        let clipped = raw.clipped();
        tally.near(&format!("{} low", id(&case)), clipped.low, &want["ci_low"]);
        tally.near(&format!("{} high", id(&case)), clipped.high, &want["ci_high"]);
        tally.near(&format!("{} low, unclipped", id(&case)), raw.low, &want["ci_low_unclipped"]);
        tally.near(&format!("{} high, unclipped", id(&case)), raw.high, &want["ci_high_unclipped"]);
        if let BinomialMethod::Plain(plain) = method {
            let interval = binomial_interval(plain, x, n, level).unwrap();
            assert_eq!((interval.low, interval.high, interval.method), (clipped.low, clipped.high, plain));
        }
    }
    tally.end("binomial", 304);
}

#[test]
fn intervals_of_shares_and_means() {
    let mut tally = Tally::default();
    for case in cases() {
        let kind = case["statistic"]["kind"].as_str().unwrap().to_owned();
        let share = match kind.as_str() {
            "proportion" | "multi_answer" | "frequency" => true,
            "mean" | "total" | "ratio" | "difference" | "share_difference" => false,
            _ => continue,
        };
        let replicate = case["design"]["kind"] == "replicate";
        let Some(name) = case["ci"]["method"].as_str() else { continue };
        if replicate && name == "logit" {
            continue; // needs the replicates themselves
        }
        let level = number(&case["ci"]["level"]);
        for row in case["expected"].as_array().unwrap() {
            let what = format!("{} {name} {}", id(&case), row["key"]);
            let (estimate, se) = (number(&row["estimate"]), number(&row["se"]));
            if row["ci_low"].is_null() && !(estimate == 0.0 || estimate == 1.0) {
                continue;
            }
            let df = match case["ci"]["df"].as_str() {
                Some("inf") => f64::INFINITY,
                Some("domain" | "design") => number(&row["df"]),
                Some(other) => panic!("{what}: df {other}"),
                None => number(&case["ci"]["df"]),
            };
            let interval = match share_method(name) {
                Some(method) if share && method != IntervalMethod::Wald => {
                    let inputs = ShareInputs {
                        p: estimate,
                        variance: se * se,
                        n: row["n_unweighted"].as_u64().unwrap(),
                        df,
                    };
                    share_interval(method, level, &inputs)
                }
                _ => mean_interval(estimate, se, df, level),
            };
            if row["ci_low"].is_null() {
                // R has nothing here; an interval that exists all the same is inside [0, 1].
                match interval {
                    Ok(given) => {
                        assert!(given.low >= 0.0 && given.high <= 1.0 && given.low <= given.high, "{what}")
                    }
                    Err(reason) => assert!(
                        matches!(
                            reason,
                            NotEstimable::AtBoundary
                                | NotEstimable::NoDegreesOfFreedom
                                | NotEstimable::SingleObservation
                        ),
                        "{what}: {reason:?}"
                    ),
                }
                continue;
            }
            let interval = interval.unwrap_or_else(|reason| panic!("{what}: {reason:?}"));
            tally.near(&format!("{what} low"), interval.low, &row["ci_low"]);
            tally.near(&format!("{what} high"), interval.high, &row["ci_high"]);
        }
    }
    tally.end("shares and means", 668);
}

#[test]
fn presentation_verdicts() {
    let mut tally = Tally::default();
    for case in cases() {
        let numeric = match case["statistic"]["kind"].as_str().unwrap() {
            "nchs_numeric" => true,
            "presentation" => false,
            _ => continue,
        };
        for row in case["expected"].as_array().unwrap() {
            let given = if numeric { &case["statistic"] } else { row };
            let p = number(&given[if numeric { "p" } else { "estimate" }]);
            let n = given[if numeric { "n" } else { "n_unweighted" }].as_u64().unwrap();
            let what = format!("{} {}", id(&case), row["key"]);
            let verdict = nchs_share(p, number(&given["se"]), n, number(&given["df"])).unwrap();
            tally.near(&format!("{what} n_eff"), verdict.n_eff, &row["n_eff"]);
            tally.near(&format!("{what} n_eff_df"), verdict.n_eff_df, &row["n_eff_df"]);
            tally.near(&format!("{what} low"), verdict.low, &row["ci_low"]);
            tally.near(&format!("{what} high"), verdict.high, &row["ci_high"]);
            tally.near(&format!("{what} width"), verdict.width, &row["ci_width"]);
            let none = |v: Option<f64>| v.unwrap_or(f64::NAN);
            tally.near(&format!("{what} relative"), none(verdict.relative_width), &row["rel_ci_width"]);
            tally.near(
                &format!("{what} relative, complement"),
                none(verdict.relative_width_complement),
                &row["rel_ci_width_complement"],
            );
            for (field, reason) in [
                ("suppress_n", ReliabilityReason::SmallSample),
                ("suppress_width", ReliabilityReason::WideInterval),
                ("suppress_relwidth", ReliabilityReason::WideRelativeInterval),
                ("review_zero_one", ReliabilityReason::ZeroOrOne),
                ("review_df", ReliabilityReason::FewDegreesOfFreedom),
            ] {
                tally.holds(&format!("{what} {field}"), verdict.reasons.contains(&reason), &row[field]);
            }
            let flag = match verdict.presentation {
                Presentation::Present => "present",
                Presentation::Review => "review",
                Presentation::Suppress => "suppress",
            };
            assert_eq!(flag, row["flag"], "{what}");
            let needed = verdict.complement == ComplementFootnote::Needed;
            tally.holds(&format!("{what} footnote"), needed, &row["footnote_complement"]);
        }
    }
    tally.end("presentation", 621);
}

#[test]
fn adjusted_p_values() {
    let mut tally = Tally::default();
    for case in of_kind("p_adjust") {
        let p: Vec<f64> = case["statistic"]["p_values"].as_array().unwrap().iter().map(number).collect();
        let want = &case["expected"][0];
        for (name, got) in [
            ("holm", p_adjust::holm(&p)),
            ("bh", p_adjust::benjamini_hochberg(&p)),
            ("hochberg", p_adjust::hochberg(&p)),
            ("bonferroni", p_adjust::bonferroni(&p)),
        ] {
            for (i, value) in got.iter().enumerate() {
                tally.near(&format!("{} {name} {i}", id(&case)), *value, &want[name][i]);
            }
        }
    }
    tally.end("adjusted p-values", 52);
}

#[test]
fn p_values_of_statistics() {
    let mut tally = Tally::default();
    for case in cases() {
        let kind = case["statistic"]["kind"].as_str().unwrap();
        for row in case["expected"].as_array().unwrap() {
            let what = format!("{} {}", id(&case), row["key"]);
            if kind == "ttest" {
                let t = number(&row["estimate"]) / number(&row["se"]);
                tally.near(&what, dist::t_two_sided_p(t, number(&row["df"])), &row["p_value"]);
            }
            if kind == "chisq" && !row["df2"].is_null() {
                let p = dist::f_sf(number(&row["statistic"]), number(&row["df1"]), number(&row["df2"]));
                tally.near(&what, p, &row["p_value"]);
            }
        }
    }
    tally.end("p-values", 13);
}

/// Saddlepoint p-values of Rao–Scott tests. The eigenvalues of Delta: for api_strat there are two, and X²/F
/// and df1 of the F case of the same table give their sum and their sum of squares; for nhanes there are
/// three, computed apart from this crate from the case's data, and held against the same two numbers here.
///
/// R's "lincom" cases are its saddlepoint p-values too (CompQuadForm was not installed), so that the integral
/// is only compared roughly.
#[test]
fn saddlepoint_p_values_of_tables() {
    let chisq = of_kind("chisq");
    assert!(!chisq.is_empty());
    for (data, eigenvalues) in [
        ("api_strat.csv", None),
        ("nhanes.csv", Some(vec![3.683291774285321, 1.0369136697750896, 0.6657117417988221])),
    ] {
        let row = |statistic: &str| {
            let case = chisq
                .iter()
                .find(|c| c["data"] == data && c["statistic"]["statistic"] == statistic)
                .unwrap_or_else(|| panic!("no case {data} {statistic}"));
            (&case["expected"][0], number(&case["rtol"]))
        };
        let ((f, _), (saddle, rtol)) = (row("F"), row("saddlepoint"));
        let x2 = number(&saddle["statistic"]);
        let sum = x2 / number(&f["statistic"]);
        let squares = sum * sum / number(&f["df1"]);
        let root = (2.0 * squares - sum * sum).sqrt();
        let lambda = eigenvalues.unwrap_or_else(|| vec![0.5 * (sum + root), 0.5 * (sum - root)]);
        assert!((lambda.iter().sum::<f64>() / sum - 1.0).abs() < 1e-9);
        assert!((lambda.iter().map(|l| l * l).sum::<f64>() / squares - 1.0).abs() < 1e-9);

        let nu = number(&saddle["design_df"]);
        let p = |method, denominator| rao_scott_p(x2, &lambda, nu, method, denominator);
        let as_r = p(TailMethod::Saddlepoint, DenominatorDf::WholeAsR);
        let want = number(&saddle["p_value"]);
        assert!((as_r / want - 1.0).abs() < rtol, "{data}: got {as_r:e}, want {want:e}");
        assert_eq!(row("lincom").0["p_value"], saddle["p_value"]);
        let exact = p(TailMethod::Exact, DenominatorDf::WholeAsR);
        println!(
            "{data}: saddlepoint {as_r:e} (R {want:e}), exact {exact:e}, exact with all of ddf {:e}",
            p(TailMethod::Exact, DenominatorDf::Fractional)
        );
        assert!((exact / want - 1.0).abs() < 0.15);
    }
}
