//! What is printed of measures: their unit, their decimals, their sums.

use super::{HEAD, OLD, POINTS, indicator, indicators, project, record};
use shihyo::estimate::NotEstimable;
use shihyo::indicator::{Detail, EstimateRecord, NoVerdict, Statistic};
use shihyo::pipeline::{self, CompareRequest};
use shihyo::report::{breakdown, long};
use shihyo::text::Lang;

#[test]
fn every_output_prints_the_unit_and_the_decimals_and_never_a_percentage() {
    let score = format!(
        "score = {{ survey = \"c\", question = \"問1\", points = {POINTS} }}\nunit = \"点\"\ndecimals = 2\n\
         target = \"4.25点以上\"\npublished = {{ R5 = \"3.4\" }}"
    );
    let total = "total = { survey = \"c\", question = \"円\" }\nunit = \"円\"\ntarget = \"1,000円\"";
    let project = project(&format!("{HEAD}{}{}", indicator("score", &score), indicator("total", total)));
    let (plan, outcome) = project.written("out");
    let interval = record(&outcome, "c/R4/score").estimate.interval.clone().unwrap();
    let (low, high) = (interval.low, interval.high);
    let se = record(&outcome, "c/R4/score").estimate.se.clone().unwrap();
    let csv = project.text("out/indicators.csv");
    let row = |id: &str| csv.lines().find(|l| l.starts_with(&format!("{id},"))).unwrap().to_owned();
    assert_eq!(
        row("score"),
        format!(
            "score,1,scoreの題,,企画課,点,increase,R4,baseline,,3.6,3.60点,,survey,10,{low},{high},wald,\
             little_change,real,2022,value"
        )
    );
    let published = csv.lines().find(|l| l.contains(",R5,")).unwrap();
    assert!(published.contains(",R5,actual,,3.4,3.4点,,published,,,,,"), "{published}");
    assert!(row("total").contains(",円,increase,R4,baseline,,268,268円,,survey,12,"), "{}", row("total"));
    let estimates = project.text("out/estimates.csv");
    let whole = estimates.lines().find(|l| l.starts_with("c/R4/score,")).unwrap();
    assert!(
        whole.starts_with(&format!(
            "c/R4/score,score,問1,満足=5 | やや満足=4 | ふつう=3 | やや不満=2 | 不満=1,,,3.6,{low},\
             {high},10,12,10,12,R4,\
             answered,{se},"
        )),
        "{whole}"
    );
    assert!(whole.contains(",n<30,") && !whole.contains("nchs"), "{whole}");
    let json: serde_json::Value = serde_json::from_slice(&project.bytes("out/indicators.json")).unwrap();
    let cell = &json["indicators"][0]["measures"][0]["cells"][0];
    assert_eq!((&cell["value"], &cell["display"]), (&3.6.into(), &"3.60点".into()));
    assert_eq!((&cell["estimate"]["statistic"], &cell["estimate"]["se"]), (&"score".into(), &se.into()));
    assert_eq!(json["indicators"][0]["measures"][0]["status"]["baseline"]["value"], 3.6);
    let html = project.text("out/progress-table.html");
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
    let what = CompareRequest {
        indicator: "score".into(),
        by: vec!["性別".into()],
        wave: None,
        adjust: shihyo::estimate::p_adjust::Adjustment::default(),
    };
    let parts = pipeline::compare(&plan, &outcome, &what).unwrap();
    let (head, rows) = breakdown::table(&parts, Lang::Ja);
    assert_eq!(head[2..5], ["得点(点)", "95%信頼区間", "差(点)"]);
    // Men 5 4 1 3, women 4 3 2 5 5 4: 3.25 and 23/6.
    assert_eq!([&rows[1][0], &rows[1][1], &rows[1][2], &rows[1][4]], ["男", "4", "3.25*", "-0.58"]);
    assert_eq!([&rows[2][0], &rows[2][2], &rows[2][4]], ["女", "3.83*", "+0.58"]);
    assert_eq!(parts.parts[0].estimate, record(&outcome, "c/R4/score/性別=男").estimate);
    let rows: Vec<EstimateRecord> = parts.rows().cloned().collect();
    let csv = String::from_utf8(long::csv(&rows).unwrap()).unwrap();
    let man = csv.lines().nth(2).unwrap();
    assert!(man.starts_with("c/R4/score/性別=男,score,問1,満足=5 | やや満足=4 | "), "{csv}");
    assert!(man.contains(",点,"), "{csv}");
}

#[test]
fn a_quantile_has_parts_but_no_test_of_their_difference() {
    let median = "quantile = { survey = \"c\", question = \"円\", at = 0.5 }\nunit = \"円\"\ndecimals = 0";
    let (plan, outcome) = project(&format!("{HEAD}{}", indicator("median", median))).run();
    let what = CompareRequest {
        indicator: "median".into(),
        by: vec!["性別".into()],
        wave: None,
        adjust: shihyo::estimate::p_adjust::Adjustment::default(),
    };
    let parts = pipeline::compare(&plan, &outcome, &what).unwrap();
    // Men 4 11 22 28 35 50, women 6 9 12 20 31 40.
    let values: Vec<_> = parts.rows().map(|r| r.estimate.value.clone()).collect();
    assert_eq!(values, [Ok(20.0), Ok(22.0), Ok(12.0)]);
    let Detail::AgainstRest(difference) = parts.parts[0].detail.clone() else { panic!("no difference") };
    let reason = NotEstimable::NotDefined;
    assert_eq!(
        (difference.value, difference.verdict),
        (Err(reason.clone()), Err(NoVerdict::NotTested(reason)))
    );
    assert_eq!(breakdown::table(&parts, Lang::Ja).1[1][8], "判定なし（この統計量では定義されない）");
    let record = record(&outcome, "c/R4/median");
    assert_eq!((&record.detail, record.statistic()), (&Detail::Quantile(0.5), Statistic::Quantile));
}

#[test]
fn explain_tells_the_sums_of_each_statistic() {
    let plan = format!("{HEAD}{}", indicators(OLD));
    let (plan, outcome) = project(&plan).run();
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

/// 3.6 is past 3.5 already: (3.4 − 3.6)/(3.5 − 3.6) would print 200 % for a step down.
#[test]
fn a_baseline_past_its_target_has_no_achievement_rate() {
    let score = format!(
        "score = {{ survey = \"c\", question = \"問1\", points = {POINTS} }}\nunit = \"点\"\n\
         target = \"3.5点以上\"\npublished = {{ R5 = \"3.4\" }}"
    );
    let project = project(&format!("{HEAD}{}", indicator("score", &score)));
    project.written("out");
    let json: serde_json::Value = serde_json::from_slice(&project.bytes("out/indicators.json")).unwrap();
    let status = &json["indicators"][0]["measures"][0]["status"];
    assert_eq!((&status["progress"], &status["progress_undefined"]), (&().into(), &"already_met".into()));
    assert_eq!(status["clearance"], "not_met");
    let html = project.text("out/progress-table.html");
    assert!(html.contains("―（現状値で達成済みのため計算しない）") && !html.contains("200.0%"));
}

#[test]
fn the_least_value_of_a_plan_has_no_interval() {
    let least = r#"quantile = { survey = "c", question = "分", at = 0 }"#;
    let (_, outcome) = project(&format!("{HEAD}{}", indicator("least", least))).run();
    let found = &record(&outcome, "c/R4/least").estimate;
    assert_eq!((found.n, found.value.clone()), (11, Ok(10.0)));
    assert_eq!((&found.se, &found.interval), (&Err(NotEstimable::Extreme), &Err(NotEstimable::Extreme)));
}
