//! Means, totals, ratios, quantiles and scores as indicators of a plan: by the textbook, beside the flags of
//! `estimate`, against targets, and as they are printed.

mod beside_flags;
mod derived;
mod mistakes;
mod printed;
mod waves;

use crate::support::project::Project;
use shihyo::indicator::EstimateRecord;
use shihyo::pipeline::RunOutcome;

const PAPER: &str = r#"
title = "市民アンケート"
[[question]]
id = "性別"
type = "single"
options = ["男", "女"]
[[question]]
id = "地区"
type = "single"
options = ["東", "西"]
[[question]]
id = "年齢"
type = "number"
[[question]]
id = "問1"
text = "くらしに満足していますか。"
type = "single"
options = ["満足", "やや満足", "ふつう", "やや不満", "不満", { label = "わからない", dont_know = true }]
[[question]]
id = "分"
text = "外出した時間（分）"
type = "number"
[[question]]
id = "円"
text = "使った金額（円）"
type = "number"
[[question]]
id = "活動"
type = "multiple"
options = ["見守り", "清掃"]
"#;

/// Twelve people; 点 holds the points of 問1 for the flags, which have no scores.
const ANSWERS: &str = "\
id,性別,地区,年齢,問1,分,円,母数,点,活動
1,男,東,70,満足,10,4,120,5,見守り
2,女,東,64,やや満足,20,6,120,4,清掃
3,男,東,65,やや満足,30,11,120,4,見守り
4,女,東,80,ふつう,40,9,120,3,清掃
5,女,東,33,やや不満,50,20,120,2,見守り
6,男,東,41,不満,60,22,120,1,見守り
7,女,西,,満足,70,31,60,5,見守り
8,男,西,72,わからない,80,28,60,,清掃
9,女,西,28,満足,90,40,60,5,見守り
10,男,西,90,,100,35,60,,見守り
11,女,西,66,やや満足,,12,60,4,清掃
12,男,西,50,ふつう,120,50,60,3,見守り
";

const YEN: [f64; 12] = [4.0, 6.0, 11.0, 9.0, 20.0, 22.0, 31.0, 28.0, 40.0, 35.0, 12.0, 50.0];
/// Nobody knows of the eleventh.
const MINUTES: [f64; 12] = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, f64::NAN, 120.0];
const POINTS: &str = r#"{ "満足" = 5, "やや満足" = 4, "ふつう" = 3, "やや不満" = 2, "不満" = 1 }"#;
const OLD: &str = r#", where = { question = "年齢", at_least = 65 }"#;

const HEAD: &str = r#"
title = "計画"
fiscal_years = "R4..R10"
report_year = "R7"
breakdowns = [["性別"]]
[[goal]]
number = 1
title = "基本目標1"
[survey.c]
title = "市民アンケート"
sample = "random"
questionnaire = "c.toml"
[survey.c.wave.R4]
responses = ["a.csv"]
respondent = "id"
"#;

fn indicator(id: &str, body: &str) -> String {
    format!("[[indicator]]\nid = \"{id}\"\ngoal = 1\ndepartment = \"企画課\"\ntitle = \"{id}の題\"\n{body}\n")
}

/// The indicators, each of everyone or of those who are 65 or older.
fn indicators(domain: &str) -> String {
    let of = |id: &str, table: &str| indicator(id, &table.replace(" }", &format!("{domain} }}")));
    [
        of("mean", r#"mean = { survey = "c", question = "円" }"#),
        of("minutes", r#"mean = { survey = "c", question = "分" }"#),
        of("total", r#"total = { survey = "c", question = "円" }"#),
        of("ratio", r#"ratio = { survey = "c", numerator = "円", denominator = "分" }"#),
        of("median", r#"quantile = { survey = "c", question = "円", at = 0.5 }"#),
        indicator(
            "score",
            &format!("score = {{ survey = \"c\", question = \"問1\", points = {POINTS}{domain} }}"),
        ),
        of(
            "share",
            r#"share = { survey = "c", question = "問1", of = ["満足", "ふつう"], base = "answered" }"#,
        ),
        of("unhappy", r#"share = { survey = "c", question = "問1", of = ["不満"], base = "answered" }"#),
    ]
    .concat()
}

fn project(plan: &str) -> Project {
    Project::new(&[("plan.toml", plan), ("c.toml", PAPER), ("a.csv", ANSWERS)])
}

fn record<'a>(outcome: &'a RunOutcome, key: &str) -> &'a EstimateRecord {
    outcome.estimates.iter().find(|r| r.key.to_string() == key).unwrap_or_else(|| panic!("no {key}"))
}

fn close(got: f64, want: f64) -> bool {
    (got - want).abs() <= 1e-12 * want.abs().max(1.0)
}

fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.sum()
}

#[test]
fn a_simple_sample_has_the_textbooks_values_and_standard_errors() {
    let (_, outcome) = project(&format!("{HEAD}{}", indicators(""))).run();
    let of = |id: &str| record(&outcome, &format!("c/R4/{id}")).estimate.clone();
    let n = 12.0;
    // s²/n of those who all answered, and n²·s²/n of their total.
    let mean = 268.0 / n;
    let s2 = sum(YEN.iter().map(|y| (y - mean).powi(2))) / (n - 1.0);
    let e = of("mean");
    assert_eq!((e.n, e.value.clone(), e.df.domain), (12, Ok(mean), 11.0));
    assert!(close(e.se.clone().unwrap(), (s2 / n).sqrt()));
    // t(.975; 11) = 2.20098516009164.
    let interval = e.interval.unwrap();
    assert!(close(interval.high, mean + 2.200_985_160_091_64 * (s2 / n).sqrt()), "{interval:?}");
    let e = of("total");
    assert_eq!((e.n, e.value), (12, Ok(268.0)));
    assert!(close(e.se.unwrap(), n * (s2 / n).sqrt()));
    // One has no answer: a domain of eleven, 1/(n_d)² · n/(n − 1) · Σ(y − ȳ)².
    let answered = || MINUTES.iter().copied().filter(|y| !y.is_nan());
    let mean = 670.0 / 11.0;
    let e = of("minutes");
    assert_eq!((e.n, e.value, e.df.domain), (11, Ok(mean), 10.0));
    let squares = sum(answered().map(|y| (y - mean).powi(2)));
    assert!(close(e.se.unwrap(), (n / (n - 1.0) * squares).sqrt() / 11.0));
    // R = Σy/Σx of those who have both.
    let both: Vec<(f64, f64)> = YEN.into_iter().zip(MINUTES).filter(|(_, x)| !x.is_nan()).collect();
    let ratio = 256.0 / 670.0;
    let e = of("ratio");
    assert_eq!((e.n, e.value), (11, Ok(ratio)));
    let squares = sum(both.iter().map(|(y, x)| (y - ratio * x).powi(2)));
    assert!(close(e.se.unwrap(), (n / (n - 1.0) * squares).sqrt() / 670.0));
    // Sorted, the sixth of twelve is 20; F(20) ± 2.201·√(¼/11) = .168 … .832: the third and the tenth, 9
    // and 35.
    let e = of("median");
    let interval = e.interval.unwrap();
    assert_eq!((e.value, interval.low, interval.high), (Ok(20.0), 9.0, 35.0));
    assert!(close(e.se.unwrap(), 26.0 / (2.0 * 2.200_985_160_091_64)));
    // Ten have points, 5 5 5 4 4 4 3 3 2 1; わからない and the blank are outside.
    let e = of("score");
    assert_eq!((e.n, e.value), (10, Ok(3.6)));
    assert!(close(e.se.unwrap(), (n / (n - 1.0) * 16.4_f64).sqrt() / 10.0));
    // Shares behind numbers are their own.
    assert_eq!((of("share").value, of("unhappy").value), (Ok(5.0 / 11.0), Ok(1.0 / 11.0)));
}

#[test]
fn points_of_one_and_minus_one_are_top_two_minus_bottom_two() {
    let points = r#"{ "満足" = 1, "やや満足" = 1, "ふつう" = 0, "やや不満" = -1, "不満" = -1 }"#;
    let score = format!("score = {{ survey = \"c\", question = \"問1\", points = {points} }}\ndecimals = 2");
    let (_, outcome) = project(&format!("{HEAD}{}", indicator("balance", &score))).run();
    let found = record(&outcome, "c/R4/balance");
    assert_eq!((found.estimate.n, found.estimate.value.clone()), (10, Ok(0.4)));
    assert_eq!(found.values, ["満足=1", "やや満足=1", "ふつう=0", "やや不満=-1", "不満=-1"]);
}
