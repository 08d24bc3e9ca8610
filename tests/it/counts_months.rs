//! Tables by month: the figure of a fiscal year is made of its months from April to March, as the plan says.

use shihyo::code::Code;
use shihyo::indicator::MonthRule;
use shihyo::pipeline::explain;

use crate::support::counts::{mistakes, of, plan, read, shown};
use crate::support::project::Project;

const HEADS: &str = "4月,5月,6月,7月,8月,9月,10月,11月,12月,1月,2月,3月";

fn count(rest: &str) -> String {
    format!("count = {{ file = \"raw/a.csv\", item = \"来館者\", {rest} }}")
}

fn found(csv: &str, rest: &str) -> Vec<String> {
    read(&of("raw/a.csv", csv, &[("来館者", &count(rest))])).concat()
}

/// 1 to 12 from April on: 78 together, 6.5 in the mean, 12 in March.
const NUMBERS: &str = "1,2,3,4,5,6,7,8,9,10,11,12";

#[test]
fn months_across_are_added_up_without_their_total() {
    for head in [HEADS.to_owned(), HEADS.replace("月", "月分"), HEADS.replace("4月", "令和6年4月")] {
        let csv = format!("令和6年度 利用状況,\n区分,{head},合計\n来館者,{NUMBERS},78\n貸出,{NUMBERS},78\n");
        for (rule, figure) in [("sum", "78"), ("mean", "6.5"), ("3", "12"), ("4月", "1"), ("合計", "78")] {
            assert_eq!(found(&csv, &format!("month = \"{rule}\"")), ["…", "…", figure], "{head} {rule}");
        }
    }
    assert_eq!(MonthRule::parse("13"), None);
    assert_eq!(MonthRule::parse("１２月"), Some(MonthRule::Of(12)));
}

#[test]
fn months_run_down_with_their_years() {
    let year = |first: &str, next: &str, from: i32| -> String {
        let of = |at: i32, name: String| format!("{name},{},9\n", from + at);
        (4..=12)
            .map(|m| of(m - 4, if m == 4 { format!("{first}年4月") } else { format!("{m}月") }))
            .chain((1..=3).map(|m| of(m + 8, if m == 1 { format!("{next}年1月") } else { format!("{m}月") })))
            .collect()
    };
    // 1…12, then 101…112.
    let csv = format!(
        "年月,来館者,貸出\n{}計,78,108\n{}計,1278,108\n",
        year("令和5", "令和6", 1),
        year("令和6", "令和7", 101)
    );
    assert_eq!(found(&csv, "month = \"sum\""), ["…", "78", "1,278"]);
    let dates: String =
        (0..12).map(|at| format!("{}/{}/1,{}\n", 2024 + (at + 3) / 12, (at + 3) % 12 + 1, at + 1)).collect();
    for csv in [format!("年月,来館者\n{dates}"), format!("年月,来館者\n{}", dates.replace("/1,", ","))]
    {
        assert_eq!(found(&csv, "month = \"sum\""), ["…", "…", "78"], "{csv}");
    }
}

#[test]
fn a_calendar_year_of_months_is_parted_in_march() {
    // Years down, months from January on: 令和6年度 is April to December of
    // 令和6年 and January to March of the next.
    let head = "1月,2月,3月,4月,5月,6月,7月,8月,9月,10月,11月,12月";
    let rest = "0,".repeat(9);
    let csv = format!("年,区分,{head},年間\n令和6年,来館者,{NUMBERS},78\n7年,来館者,100,200,300,{rest}600\n");
    // 4 + … + 12 = 72, and 600. Of 令和5年度 there are three months, which make no year.
    assert_eq!(found(&csv, "month = \"sum\""), ["…", "", "672"]);
    // The same in files of a calendar year each, months down under 月.
    let project = Project::new(&[(
        "pipelines/p/plan.toml",
        &plan(&[(
            "来館者",
            "count = { file = [\"raw/a_2024.csv\", \"raw/a_2025.csv\"], item = \"来館者\", month = \"sum\" }",
        )]),
    )]);
    let rows = |factor: i32| (1..=12).map(|m| format!("{m},{m},{}\n", m * factor)).collect::<String>();
    project.write("raw/a_2024.csv", format!("#,月,来館者\n{}", rows(1)));
    project.write("raw/a_2025.csv", format!("#,月,来館者\n{}", rows(100)));
    assert_eq!(read(&project), [["…", "", "672"]]);
}

#[test]
fn a_month_without_a_figure_leaves_the_year_without_one_unless_the_plan_says_otherwise() {
    let csv = format!("令和6年度,\n区分,{HEADS},計\n来館者,1,2,3,,5,6,7,-,9,10,11,…,54\n");
    let run = |rest: &str| {
        let (_, outcome) = of("raw/a.csv", &csv, &[("来館者", &count(rest))]).run();
        let told = outcome.quality.findings.iter().filter(|f| f.code == Code::IndicatorCountCell);
        (
            shown(&outcome).concat()[2].clone(),
            told.map(|f| f.message.ja.clone()).collect::<Vec<_>>().join(" "),
        )
    };
    let (figure, told) = run("month = \"sum\"");
    assert_eq!(figure, "");
    assert!(told.contains("7月、3月の値がないので使いませんでした"), "{told}");
    let (figure, told) = run("month = \"sum\", missing_months = \"skip\"");
    assert_eq!(figure, "54");
    assert!(told.contains("7月、3月を除いて") && told.contains("11月の「-」を0として"), "{told}");
    // 54 of ten months, one of them 0: 5.4.
    assert_eq!(run("month = \"mean\", missing_months = \"skip\"").0, "5.4");
}

#[test]
fn each_month_is_explained_with_its_cell() {
    let csv = format!("令和6年度,\n区分,{HEADS},計\n来館者,{NUMBERS},78\n");
    let project = of("raw/a.csv", csv, &[("来館者", &count("month = \"sum\""))]);
    let (plan, outcome) = project.run();
    let told: String = explain(&plan, &outcome, "admin/R6/i0")
        .unwrap()
        .iter()
        .flat_map(|section| section.lines.iter().map(|line| line.ja.clone()))
        .collect::<Vec<_>>()
        .join("\n");
    assert!(told.contains("4月 B3 1、5月 C3 2") && told.contains("3月 M3 12"), "{told}");
}

#[test]
fn months_whose_year_nothing_tells_are_asked_about() {
    let csv = format!("区分,{HEADS}\n来館者,{NUMBERS}\n");
    let told = mistakes(&of("raw/a.csv", csv, &[("来館者", &count("month = \"sum\""))]));
    assert_eq!(told[0].code, Code::IndicatorCountsColumns);
    assert!(told[0].message.ja.contains("月の見出しの年"), "{told:?}");
    let csv = format!("令和6年度,\n区分,{HEADS}\n入館者,{NUMBERS}\n");
    let told = mistakes(&of("raw/a.csv", csv, &[("来館者", &count("month = \"sum\""))]));
    assert_eq!(told[0].code, Code::PlanUnknownItem);
}
