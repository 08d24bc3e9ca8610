//! Means, totals, ratios, quantiles and scores as indicators of a plan: by the textbook, beside the flags of
//! `estimate`, against targets, and as they are printed.

#[path = "support/office.rs"]
mod office;

use std::collections::BTreeMap;
use std::path::Path;

use office::Office;
use shihyo::estimate::{Estimate, NotEstimable};
use shihyo::indicator::{EstimateRecord, Measure, ProgressState, Statistic, TargetClearance, Verdict};
use shihyo::pipeline::adhoc::{self, Request};
use shihyo::pipeline::{self, Comparison, Outcome};
use shihyo::report::breakdown;
use shihyo::text::Lang;

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

fn office(plan: &str) -> Office {
    Office::new(&[("plan.toml", plan), ("c.toml", PAPER), ("a.csv", ANSWERS)])
}

fn record<'a>(outcome: &'a Outcome, key: &str) -> &'a EstimateRecord {
    outcome.estimates.iter().find(|r| r.key == key).unwrap_or_else(|| panic!("no {key}"))
}

fn close(got: f64, want: f64) -> bool {
    (got - want).abs() <= 1e-12 * want.abs().max(1.0)
}

fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.sum()
}

#[test]
fn a_simple_sample_has_the_textbooks_values_and_standard_errors() {
    let (_, outcome) = office(&format!("{HEAD}{}", indicators(""))).run();
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
    let (_, outcome) = office(&format!("{HEAD}{}", indicator("balance", &score))).run();
    let found = record(&outcome, "c/R4/balance");
    assert_eq!((found.estimate.n, found.estimate.value.clone()), (10, Ok(0.4)));
    assert_eq!(found.options, ["満足=1", "やや満足=1", "ふつう=0", "やや不満=-1", "不満=-1"]);
}

/// The same by the flags of `estimate`, in the order of [`indicators`].
fn flags(folder: &Path, change: impl Fn(&mut Request)) -> Vec<Estimate> {
    let mut request = Request {
        files: vec![folder.join("a.csv")],
        by: vec!["性別".to_owned()],
        method: "wilson".to_owned(),
        ..Request::default()
    };
    change(&mut request);
    let one = |ask: &dyn Fn(&mut Request)| -> Vec<Estimate> {
        let mut request = request.clone();
        ask(&mut request);
        let inputs = adhoc::read(&request).unwrap();
        let rows = adhoc::compute(&request, &inputs).unwrap_or_else(|e| panic!("{e}")).sheet.rows;
        rows.into_iter().map(|row| row.estimate).collect()
    };
    [
        one(&|r| r.means = vec!["円".to_owned()]),
        one(&|r| r.means = vec!["分".to_owned()]),
        one(&|r| r.totals = vec!["円".to_owned()]),
        one(&|r| r.ratios = vec!["円/分".to_owned()]),
        one(&|r| r.quantiles = vec!["円@0.5".to_owned()]),
        one(&|r| r.means = vec!["点".to_owned()]),
        one(&|r| r.shares = vec!["問1=満足|ふつう".to_owned()]),
        one(&|r| r.shares = vec!["問1=不満".to_owned()]),
    ]
    .concat()
}

/// Estimate, n, standard error, interval and degrees of freedom, bit for bit.
fn assert_same(outcome: &Outcome, wanted: &[Estimate]) {
    assert_eq!(outcome.estimates.len(), wanted.len());
    for (got, want) in outcome.estimates.iter().zip(wanted) {
        let (key, got) = (&got.key, &got.estimate);
        let bits = |x: &Result<f64, NotEstimable>| x.clone().map(f64::to_bits);
        let limits = |e: &Estimate| e.interval.as_ref().map(|i| (i.low.to_bits(), i.high.to_bits())).ok();
        assert_eq!(
            (got.n, bits(&got.value), bits(&got.se)),
            (want.n, bits(&want.value), bits(&want.se)),
            "{key}"
        );
        assert_eq!((limits(got), got.df, got.n_weighted), (limits(want), want.df, want.n_weighted), "{key}");
    }
}

#[test]
fn a_plan_gives_what_the_flags_give_with_each_design_and_domain() {
    let design = "design = { strata = [\"地区\"], fpc = [\"母数\"] }\n";
    for design in ["", design] {
        for domain in ["", OLD] {
            let office = office(&format!("{HEAD}{design}{}", indicators(domain)));
            let (_, outcome) = office.run();
            let wanted = flags(office.root(), |request| {
                if !design.is_empty() {
                    (request.strata, request.fpc) = (Some("地区".to_owned()), Some("母数".to_owned()));
                }
                if !domain.is_empty() {
                    request.conditions = vec!["年齢>=65".to_owned()];
                }
            });
            assert_same(&outcome, &wanted);
            let whole = &record(&outcome, "c/R4/mean").estimate;
            assert_eq!(whole.n, if domain.is_empty() { 12 } else { 6 }, "the seventh gave no age");
            assert_eq!(
                whole.df.design,
                if design.is_empty() { 11.0 } else { 10.0 },
                "nobody left the design"
            );
        }
    }
}

#[test]
fn a_condition_that_is_unknown_leaves_the_respondent_outside_and_so_does_its_opposite() {
    let share = |condition: &str| {
        format!(
            "share = {{ survey = \"c\", question = \"問1\", of = [\"満足\"], base = \"all\", \
             where = {condition} }}"
        )
    };
    let old = r#"{ question = "年齢", at_least = 65 }"#;
    let both = r#"{ any = [{ question = "年齢", at_least = 65 }, { question = "性別", of = ["女"] }] }"#;
    let plan = [
        HEAD.to_owned(),
        indicator("old", &share(old)),
        indicator("young", &share(&format!("{{ not = {old} }}"))),
        indicator("either", &share(both)),
        indicator("none", &share(r#"{ question = "年齢", more_than = 200 }"#)),
    ]
    .concat();
    let (_, outcome) = office(&plan).run();
    let of = |id: &str| record(&outcome, &format!("c/R4/{id}")).clone();
    // Six are 65 or older, five are younger, of the seventh nobody knows: she is in neither, base "all" or
    // not.
    assert_eq!((of("old").estimate.n, of("young").estimate.n), (6, 5));
    assert_eq!((of("old").estimate.n_yes, of("young").estimate.n_yes), (Some(1), Some(1)));
    // A woman is in whatever her age.
    assert_eq!(of("either").estimate.n, 10);
    assert_eq!((of("none").estimate.n, of("none").estimate.value), (0, Err(NotEstimable::EmptyBase)));
    assert_eq!((of("old").n_total, of("old").base_rule.as_str()), (12, "all"));
    let universe = of("young").universe.unwrap();
    assert_eq!(
        (universe.ja.as_str(), universe.en.as_str()),
        ("「年齢が65以上の人」でない人", "all but (those whose 年齢 is at least 65)")
    );
}

/// Two waves of 200 in which the answers go round.
fn two_waves(rule: &str, later: [usize; 5], target: &str) -> (Outcome, Measure) {
    let csv = |codes: [usize; 5]| -> String {
        let rows = (0..200).map(|i| format!("{i},{}\n", codes[i % 5]));
        std::iter::once("id,問1\n".to_owned()).chain(rows).collect()
    };
    let paper = r#"
title = "市民アンケート"
[[question]]
id = "問1"
type = "single"
options = ["満足", "やや満足", "ふつう", "やや不満", "不満"]
"#;
    let head = HEAD.replace("breakdowns = [[\"性別\"]]\n", rule);
    let score =
        format!("score = {{ survey = \"c\", question = \"問1\", points = {POINTS} }}\ntarget = \"{target}\"");
    let second = "[survey.c.wave.R7]\nresponses = [\"b.csv\"]\nrespondent = \"id\"\n";
    let plan = format!("{head}{second}{}", indicator("score", &score));
    let (first, later) = (csv([1, 2, 3, 4, 5]), csv(later));
    let office =
        Office::new(&[("plan.toml", &plan), ("c.toml", paper), ("a.csv", &first), ("b.csv", &later)]);
    let (_, outcome) = office.run();
    let measure = outcome.table.rows[0].measures[0].clone();
    (outcome, measure)
}

#[test]
fn a_score_is_judged_against_its_target_by_its_sampling_error() {
    use ProgressState::{Improved, LittleChange, TargetMet, Worse};
    // From 3.0, of which the standard error is .1.
    for (later, state) in [
        ([1, 1, 2, 2, 3], TargetMet),
        ([1, 2, 2, 3, 4], Improved),
        ([1, 2, 3, 4, 4], LittleChange),
        ([3, 3, 4, 4, 5], Worse),
    ] {
        let (_, measure) = two_waves("", later, "4点以上");
        assert_eq!(measure.status.state, state, "{later:?}");
        assert_eq!((measure.unit.text(), measure.status.target), ("点", Some(4.0)));
        let evidence = serde_json::to_value(measure.status.evidence).unwrap();
        assert_eq!(evidence["evidence"], "tested");
    }
    let (_, met) = two_waves("", [1, 2, 2, 2, 3], "4点以上");
    assert_eq!((met.status.state, met.status.clearance), (TargetMet, Some(TargetClearance::PointOnly)));
    // 3.0 → 3.2 is 6.7 % of the baseline, → 3.6 is 20 %: percent, not points of a share.
    let band = "progress = { rule = \"band\", points = 3, percent = 10 }\n";
    assert_eq!(two_waves(band, [1, 2, 3, 4, 4], "4点以上").1.status.state, LittleChange);
    assert_eq!(two_waves(band, [1, 2, 2, 3, 4], "4点以上").1.status.state, Improved);
}

#[test]
fn every_output_prints_the_unit_and_the_decimals_and_never_a_percentage() {
    let score = format!(
        "score = {{ survey = \"c\", question = \"問1\", points = {POINTS} }}\nunit = \"点\"\ndecimals = 2\n\
         target = \"4.25点以上\"\npublished = {{ R5 = \"3.4\" }}"
    );
    let total = "total = { survey = \"c\", question = \"円\" }\nunit = \"円\"\ntarget = \"1,000円\"";
    let office = office(&format!("{HEAD}{}{}", indicator("score", &score), indicator("total", total)));
    let (plan, outcome) = office.written("out");
    let interval = record(&outcome, "c/R4/score").estimate.interval.clone().unwrap();
    let (low, high) = (interval.low, interval.high);
    let se = record(&outcome, "c/R4/score").estimate.se.clone().unwrap();
    let csv = office.text("out/indicators.csv");
    let row = |id: &str| csv.lines().find(|l| l.starts_with(&format!("{id},"))).unwrap().to_owned();
    assert_eq!(
        row("score"),
        format!(
            "score,1,scoreの題,,企画課,点,increase,R4,baseline,,3.6,3.60点,,survey,10,{low},{high},wald,\
             little_change,real"
        )
    );
    let published = csv.lines().find(|l| l.contains(",R5,")).unwrap();
    assert!(published.contains(",R5,actual,,3.4,3.4点,,published,,,,,"), "{published}");
    assert!(row("total").contains(",円,increase,R4,baseline,,268,268円,,survey,12,"), "{}", row("total"));
    let estimates = office.text("out/estimates.csv");
    let whole = estimates.lines().find(|l| l.starts_with("c/R4/score,")).unwrap();
    assert!(
        whole.starts_with(&format!(
            "c/R4/score,score,問1,満足=5 | やや満足=4 | ふつう=3 | やや不満=2 | 不満=1,,,3.6,{low},{high},10,12,10,12,R4,\
             answered,{se},"
        )),
        "{whole}"
    );
    assert!(whole.contains(",n<30;") && !whole.contains("nchs"), "{whole}");
    let json: serde_json::Value = serde_json::from_slice(&office.bytes("out/indicators.json")).unwrap();
    let cell = &json["indicators"][0]["measures"][0]["cells"][0];
    assert_eq!((&cell["value"], &cell["display"]), (&3.6.into(), &"3.60点".into()));
    assert_eq!((&cell["estimate"]["statistic"], &cell["estimate"]["se"]), (&"score".into(), &se.into()));
    assert_eq!(json["indicators"][0]["measures"][0]["status"]["baseline"]["value"], 3.6);
    let html = office.text("out/progress-table.html");
    let limits = format!("({low:.2}～{high:.2})");
    for text in [
        "3.60点",
        limits.as_str(),
        "268円",
        "「scoreの題」は、点数のある選択肢を選んだ人の点数の平均である。",
    ] {
        assert!(html.contains(text), "{text}");
    }
    for text in ["360", "3.60%", "26800", "小数第2位"] {
        assert!(!html.contains(text), "{text}");
    }
    // The parts, each held against the rest.
    let what = Comparison { indicator: "score".into(), by: vec!["性別".into()], wave: None };
    let parts = pipeline::compare(&plan, &outcome, &what).unwrap();
    let (head, rows) = breakdown::table(&parts, Lang::Ja);
    assert_eq!(head[2..5], ["得点(点)", "95%信頼区間", "差(点)"]);
    // Men 5 4 1 3, women 4 3 2 5 5 4: 3.25 and 23/6.
    assert_eq!([&rows[1][0], &rows[1][1], &rows[1][2], &rows[1][4]], ["男", "4", "3.25*", "-0.58"]);
    assert_eq!([&rows[2][0], &rows[2][2], &rows[2][4]], ["女", "3.83*", "+0.58"]);
    assert_eq!(parts.rows[1].estimate, record(&outcome, "c/R4/score/性別=男").estimate);
    let csv = String::from_utf8(breakdown::csv(&[parts]).unwrap()).unwrap();
    assert!(csv.lines().nth(2).unwrap().starts_with("score,c,R4,問1,満足=5 | "), "{csv}");
    assert!(csv.lines().all(|l| l.ends_with(",score") || l.ends_with(",analysis_type")), "{csv}");
}

#[test]
fn a_quantile_has_parts_but_no_test_of_their_difference() {
    let median = "quantile = { survey = \"c\", question = \"円\", at = 0.5 }\nunit = \"円\"\ndecimals = 0";
    let (plan, outcome) = office(&format!("{HEAD}{}", indicator("median", median))).run();
    let what = Comparison { indicator: "median".into(), by: vec!["性別".into()], wave: None };
    let parts = pipeline::compare(&plan, &outcome, &what).unwrap();
    // Men 4 11 22 28 35 50, women 6 9 12 20 31 40.
    let values: Vec<_> = parts.rows.iter().map(|r| r.estimate.value.clone()).collect();
    assert_eq!(values, [Ok(20.0), Ok(22.0), Ok(12.0)]);
    let difference = parts.rows[1].difference.clone().unwrap();
    assert_eq!((difference.value, difference.verdict), (Err(NotEstimable::NotDefined), Verdict::NotTested));
    assert_eq!(breakdown::table(&parts, Lang::Ja).1[1][7], "判定なし（この統計量では定義されない）");
    let record = record(&outcome, "c/R4/median");
    assert_eq!(
        (record.options.clone(), record.format.statistic),
        (vec!["0.5".to_owned()], Statistic::Quantile)
    );
}

#[test]
fn explain_tells_the_sums_of_each_statistic() {
    let plan = format!("{HEAD}{}", indicators(OLD));
    let (plan, outcome) = office(&plan).run();
    let lines = |id: &str| -> Vec<String> {
        let sections = pipeline::explain(&plan, &outcome, &format!("c/R4/{id}")).unwrap();
        sections.iter().flat_map(|s| &s.lines).map(|line| line.ja.clone()).collect()
    };
    // 65 and older: 70 65 80 72 90 66, with 4 11 9 28 35 12 yen in 10 30 40 80 100 minutes.
    for (id, formula) in [
        ("mean", "ȳ = Σy / n = 99 / 6 = 16.5 → 16.5"),
        ("total", "Y = Σy = 99 → 99"),
        ("ratio", "R = Σy / Σx = 87 / 260 = 0.3346153846153846 → 0.3"),
        ("median", "q = 小さい順に並べて累積が 0.5 に初めて達する値 = 11 → 11.0"),
        ("score", "ȳ = Σy / n = 16 / 4 = 4 → 4.0"),
        ("share", "p = 2 / 5 = 0.4 → 40.0 %"),
    ] {
        let told = lines(id);
        assert!(told.iter().any(|line| line == formula), "{id}: {told:#?}");
        assert!(told.iter().any(|line| line == "対象: 年齢が65以上の人"), "{id}: {told:#?}");
    }
    let told = lines("score");
    for line in [
        "  5 1 満足　1件",
        "  4 2 やや満足　2件",
        "　― 6 わからない　1件",
        "（対象者での件数。―は点数がなく、集計の外）",
    ] {
        assert!(told.iter().any(|t| t == line), "{line}: {told:#?}");
    }
    let told = lines("ratio");
    for line in ["円　6件、最小 4、最大 35", "分　5件、最小 10、最大 100"] {
        assert!(told.iter().any(|t| t == line), "{line}: {told:#?}");
    }
}

#[test]
fn another_processing_rule_changes_a_score_in_its_own_unit() {
    let score = format!("score = {{ survey = \"c\", question = \"問1\", points = {POINTS} }}\nunit = \"点\"");
    let mean = "mean = { survey = \"c\", question = \"円\", where = { question = \"問1\", of = [\"満足\"] } }\n\
                unit = \"円\"";
    let office = office(&format!("{HEAD}{}{}", indicator("score", &score), indicator("mean", mean)));
    // Two marks: invalid, or 満足.
    office.change("a.csv", "12,男,西,50,ふつう,120,50,60,3", "12,男,西,50,\"1,2\",120,50,60,");
    let (_, outcome) = office.written("out");
    let effects: BTreeMap<&str, (f64, f64)> = outcome
        .quality
        .effects
        .iter()
        .filter(|e| e.policy == "two_marks")
        .map(|e| {
            let other = &e.alternatives[0];
            (e.indicator.as_str(), (e.in_force.value().unwrap(), other.value().unwrap()))
        })
        .collect();
    // 33/9, with a tenth of 5 points; yen of those who are 満足: 4 31 40, and then 50.
    assert_eq!(effects["score"], (33.0 / 9.0, 3.8));
    assert_eq!(effects["mean"], (25.0, 31.25));
    let html = office.text("out/progress-table.html");
    for text in ["+0.1点", "+6.3円", "割合のほかで、値に対する差が最も大きいのは「meanの題」（R4）の+6.3円"]
    {
        assert!(html.contains(text), "{text}");
    }
}

#[test]
fn options_merged_on_a_waves_paper_have_points_where_all_of_them_have_the_same() {
    let paper = |options: &str| {
        format!("title = \"t\"\n[[question]]\nid = \"問1\"\ntype = \"single\"\noptions = {options}\n")
    };
    let reference = paper(r#"["よい", "まあよい", "わるい", "わからない"]"#);
    let own = paper(r#"["よい方だ", "わるい", "わからない"]"#);
    let head = HEAD.replace("breakdowns = [[\"性別\"]]\n", "");
    let second = "[survey.c.wave.R7]\nresponses = [\"b.csv\"]\nrespondent = \"id\"\n\
                  questionnaire = \"d.toml\"\n\
                  [survey.c.wave.R7.map]\n\
                  \"問1\" = { question = \"問1\", merged = { \"よい方だ\" = [\"よい\", \"まあよい\"] } }\n";
    let score = |id: &str, points: &str| {
        indicator(id, &format!("score = {{ survey = \"c\", question = \"問1\", points = {points} }}"))
    };
    let plan = [
        head,
        second.to_owned(),
        score("same", r#"{ "よい" = 1, "まあよい" = 1, "わるい" = -1 }"#),
        score("other", r#"{ "よい" = 2, "まあよい" = 1, "わるい" = -1 }"#),
    ]
    .concat();
    let office = Office::new(&[
        ("plan.toml", &plan),
        ("c.toml", &reference),
        ("d.toml", &own),
        ("a.csv", "id,問1\n1,1\n2,2\n3,3\n4,4\n5,1\n"),
        ("b.csv", "id,問1\n1,1\n2,1\n3,2\n4,3\n5,1\n"),
    ]);
    let (_, outcome) = office.run();
    let of = |key: &str| record(&outcome, key).clone();
    assert_eq!((of("c/R4/same").estimate.value, of("c/R7/same").estimate.value), (Ok(0.5), Ok(0.5)));
    assert_eq!(of("c/R7/same").estimate.n, 4);
    assert!(!of("c/R7/same").flags.contains(&"not-comparable".to_owned()), "{:?}", of("c/R7/same").flags);
    // Nobody knows which of the two よい方だ is: those are outside, and the waves are not compared.
    assert_eq!((of("c/R7/other").estimate.n, of("c/R7/other").estimate.value), (1, Ok(-1.0)));
    assert!(of("c/R7/other").flags.contains(&"not-comparable".to_owned()), "{:?}", of("c/R7/other").flags);
}

#[test]
fn a_wave_that_did_not_ask_a_question_of_the_condition_has_no_value() {
    let paper = |age: &str| format!("title = \"t\"\n{age}[[question]]\nid = \"分\"\ntype = \"number\"\n");
    let head = HEAD.replace("breakdowns = [[\"性別\"]]\n", "");
    let second = "[survey.c.wave.R7]\nresponses = [\"b.csv\"]\nrespondent = \"id\"\n\
                  questionnaire = \"d.toml\"\n\
                  [survey.c.wave.R7.map]\n\"年齢\" = { not_asked = true }\n";
    let mean = "mean = { survey = \"c\", question = \"分\", where = { question = \"年齢\", at_least = 65 } }";
    let plan = format!("{head}{second}{}", indicator("mean", mean));
    let office = Office::new(&[
        ("plan.toml", &plan),
        ("c.toml", &paper("[[question]]\nid = \"年齢\"\ntype = \"number\"\n")),
        ("d.toml", &paper("")),
        ("a.csv", "id,年齢,分\n1,70,10\n2,80,20\n3,20,90\n"),
        ("b.csv", "id,分\n1,10\n2,20\n"),
    ]);
    let (_, outcome) = office.run();
    let keys: Vec<&str> = outcome.estimates.iter().map(|r| r.key.as_str()).collect();
    assert_eq!(keys, ["c/R4/mean"]);
    assert_eq!(outcome.estimates[0].estimate.value, Ok(15.0));
    // A plan that forgets to say so is told.
    office.change("plan.toml", "[survey.c.wave.R7.map]\n\"年齢\" = { not_asked = true }\n", "");
    let error = office.load().unwrap_err();
    assert_eq!(error.diagnostics()[0].code, "plan::unmapped-question");
}

/// What is said of a plan with this indicator: code, words and help.
fn told(body: &str) -> Vec<String> {
    let error = office(&format!("{HEAD}{}", indicator("x", body))).load().expect_err(body);
    let line = |d: &shihyo::error::Diagnostic| {
        let span = d.span.as_ref().unwrap_or_else(|| panic!("no place: {}", d.code));
        let underlined = &span.source.text[span.range.clone()];
        let help = d.help.as_ref().map_or(String::new(), |h| format!("（{}）", h.ja));
        format!("{} [{underlined}] {}{help}", d.code, d.message.ja)
    };
    error.diagnostics().iter().map(line).collect()
}

#[test]
fn mistakes_are_told_in_whole_words() {
    let score = |question: &str, points: &str| {
        format!("score = {{ survey = \"c\", question = \"{question}\", points = {points} }}")
    };
    for (body, expected) in [
        (
            r#"mean = { survey = "c", question = "問1" }"#.to_owned(),
            "plan::question-kind [\"問1\"] 「問1」は数量回答（number）の設問ではありません（選択肢に点数を付けた平均は \
             score = { question = \"問1\", points = { … } } です）",
        ),
        (
            r#"ratio = { survey = "c", numerator = "円", denominator = "活動" }"#.to_owned(),
            "plan::question-kind [\"活動\"] 「活動」は数量回答（number）の設問ではありません（選択肢を選んだ人の割合は \
             share です）",
        ),
        (
            score("円", "{ \"満足\" = 1, \"不満\" = 0 }"),
            "plan::question-kind [\"円\"] 「円」は単数回答ではないので、点数を付けられません（数の平均は mean です）",
        ),
        (
            score("問1", "{ \"満足\" = 1, \"ふつー\" = 0 }"),
            "plan::unknown-option [\"ふつー\"] 「問1」に選択肢「ふつー」はありません（「ふつう」ではありませんか）",
        ),
        (
            score("問1", "{ \"満足\" = 1 }"),
            "plan::points [{ \"満足\" = 1 }] 点数は2つ以上の選択肢に付けてください（points = { \"満足\" = 5, \"やや満足\" \
             = 4, … } のように書きます。点数のない選択肢は集計の外です）",
        ),
        (score("問1", "{ \"満足\" = 1, \"不満\" = inf }"), "plan::points [inf] 点数は数で書いてください"),
        (
            r#"quantile = { survey = "c", question = "円", at = 50 }"#.to_owned(),
            "plan::quantile [50] 分位は0から1の数です（50）（中央値は 0.5 です）",
        ),
        (
            "mean = { survey = \"c\", question = \"円\" }\nunit = \"%\"".to_owned(),
            "plan::unit [\"%\"] 「%」は割合（share）の単位です（「点」「分」「円」のような単位を書いてください）",
        ),
        (
            "mean = { survey = \"c\", question = \"円\" }\ntarget = \"40%以上\"".to_owned(),
            "plan::target-unit [\"40%以上\"] 「%」の目標値は割合（share）だけに書けます",
        ),
        (
            "mean = { survey = \"c\", question = \"円\" }\nunit = \"円\"\ntarget = \"40分以上\"".to_owned(),
            "plan::target-unit [\"40分以上\"] 目標値の単位「分」が項目の単位「円」と違います",
        ),
        (
            "mean = { survey = \"c\", question = \"円\" }\ntotal = { survey = \"c\", question = \"円\" }"
                .to_owned(),
            "plan::definition [\"x\"] share・mean・total・ratio・quantile・score（調査の値）と count（行政の数値）のうち、\
             どれか1つを書いてください",
        ),
        (
            "published = { R4 = \"3点\" }\ndecimals = 2".to_owned(),
            "plan::decimals [2] decimals は調査の値（share・mean など）だけに書けます（行政の数値と公表値は、書かれている\
             とおりに表示します）",
        ),
        (
            "mean = { survey = \"c\", question = \"円\" }\ndecimals = 9".to_owned(),
            "plan::wrong-type [9] 9 は範囲の外です（0〜6）",
        ),
        (
            r#"total = { survey = "c", question = "円", where = { question = "年令", at_least = 65 } }"#
                .to_owned(),
            "plan::unknown-question [\"年令\"] 設問「年令」はありません（「年齢」ではありませんか）",
        ),
        (
            r#"total = { survey = "c", question = "円", where = { question = "性別", of = ["おとこ"] } }"#
                .to_owned(),
            "plan::unknown-option [\"おとこ\"] 「性別」に選択肢「おとこ」はありません（書けるもの: 男、女）",
        ),
        (
            r#"total = { survey = "c", question = "円", where = { at_least = 65 } }"#.to_owned(),
            "plan::missing-key [{ at_least = 65 }] 条件に「question」がありません（{ question = \"問1\", of = [\"はい\"] }、\
             { all = [ … ] }、{ any = [ … ] }、{ not = { … } } のどれかを書いてください）",
        ),
        (
            r#"total = { survey = "c", question = "円", where = { question = "性別", at_least = 1 } }"#
                .to_owned(),
            "plan::misplaced-key [1] at_least は number（数）と multiple（○の数）の設問だけに書けます",
        ),
    ] {
        assert_eq!(told(&body), [expected], "{body}");
    }
    let mean = indicator("x", r#"mean = { survey = "c", question = "問1" }"#);
    let error = office(&format!("{HEAD}{mean}")).load().unwrap_err();
    let told_in_english = (error.diagnostics()[0].message.en.as_str(), error.diagnostics()[0].help.clone());
    let help = told_in_english.1.unwrap().en;
    assert_eq!(
        (told_in_english.0, help.as_str()),
        (
            "\"問1\" is no question of type number",
            "the mean of points that options have is score = { question = \"問1\", points = { … } }"
        )
    );
    // Both sides of one mistake each: all are told.
    let both =
        "mean = { survey = \"c\", question = \"問1\", where = { question = \"問9\", answered = true } }";
    let codes: Vec<String> = told(both).iter().map(|t| t.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(codes, ["plan::question-kind", "plan::unknown-question"]);
}
