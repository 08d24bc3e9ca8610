//! Derived variables as what a measure is of, as axis and as condition.

use super::{ANSWERS, HEAD, PAPER, indicator, record};
use crate::support::project::Project;
use shihyo::estimate::NotEstimable;
use shihyo::pipeline;

const DERIVED: &str = r#"
[[derived]]
id = "年代"
bands = { of = "年齢", from = [20, 65], labels = ["現役", "高齢"], rest = "outside" }
[[derived]]
id = "当てはまる数"
count = [{ question = "活動", of = ["見守り"] }, { question = "円", at_least = 20 }]
[[derived]]
id = "評価"
merge = { of = "問1", into = { "よい" = ["満足", "やや満足"], "わるい" = ["やや不満", "不満"] }, rest = "間" }
"#;

#[test]
fn a_derived_variable_is_a_number_a_scale_an_axis_and_a_condition() {
    let head = HEAD.replace("[[\"性別\"]]", "[[\"年代\"]]");
    let old = r#"where = { question = "年代", of = ["高齢"] }"#;
    let plan = [
        head,
        indicator("number", r#"mean = { survey = "c", question = "当てはまる数" }"#),
        indicator("old", &format!("total = {{ survey = \"c\", question = \"円\", {old} }}")),
        indicator(
            "scale",
            "score = { survey = \"c\", question = \"評価\", points = { \"よい\" = 1, \"わるい\" = -1 }, \
             outside = [\"間\"] }",
        ),
        indicator("median", r#"quantile = { survey = "c", question = "当てはまる数", at = 0.5 }"#),
    ]
    .concat();
    let paper = format!("{PAPER}{DERIVED}");
    let project = Project::new(&[("plan.toml", &plan), ("c.toml", &paper), ("a.csv", ANSWERS)]);
    let (plan, outcome) = project.run();
    let of = |key: &str| record(&outcome, &format!("c/R4/{key}")).estimate.clone();
    // 見守り: 1 3 5 6 7 9 10 12; 20 yen or more: 5 6 7 8 9 10 12. Numbers 1 0 1 0 2 2 2 1 2 2 0 2.
    assert_eq!((of("number").n, of("number").value), (12, Ok(15.0 / 12.0)));
    assert_eq!(of("median").value, Ok(1.0));
    // 65 or older: 1 3 4 8 10 11, of whom 1 3 and 8 10 … count 1 1 0 1 2 0.
    assert_eq!((of("number/年代=高齢").n, of("number/年代=高齢").value), (6, Ok(5.0 / 6.0)));
    assert_eq!((of("number/年代=現役").n, of("number/年代=現役").value), (5, Ok(8.0 / 5.0)));
    // 4 + 11 + 9 + 28 + 35 + 12 yen; nobody who is younger is in that domain.
    assert_eq!((of("old").n, of("old").value), (6, Ok(99.0)));
    assert_eq!(of("old/年代=現役").value, Err(NotEstimable::EmptyBase));
    // よい 1 2 3 7 9 11, わるい 5 6.
    assert_eq!((of("scale").n, of("scale").value), (8, Ok(0.5)));
    let told = pipeline::explain(&plan, &outcome, "c/R4/number").unwrap();
    let lines: Vec<&str> = told.iter().flat_map(|s| &s.lines).map(|t| t.ja.as_str()).collect();
    assert!(lines.iter().any(|line| line.starts_with("派生変数: ")), "{lines:#?}");
    assert!(lines.contains(&"ȳ = Σy / n = 15 / 12 = 1.25 → 1.3"), "{lines:#?}");
}
