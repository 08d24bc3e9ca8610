//! The machine-readable files of a report, made from a table that holds everything.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::report_sample::{Sample, sample};
use crate::support::rows::{Row, with_header};
use serde_json::Value;
use shihyo::indicator::DataKind;
use shihyo::report::{ReportInput, render};

fn files(sample: &Sample) -> BTreeMap<String, Vec<u8>> {
    let input = ReportInput { table: &sample.table, estimates: &sample.estimates, quality: &sample.quality };
    render(&input).unwrap().into_iter().collect()
}

/// Header and records of a CSV, after its byte order mark.
fn csv(bytes: &[u8]) -> (Vec<String>, Vec<Row>) {
    assert!(bytes.starts_with(b"\xEF\xBB\xBF"), "a byte order mark");
    with_header(bytes)
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// Kept under the target directory, to be looked at.
#[test]
fn a_report_can_be_looked_at() {
    let mut long = sample(DataKind::Real);
    let rows = long.table.rows.clone();
    for (times, row) in (0..4).flat_map(|i| rows.iter().map(move |r| (i, r))) {
        let actions = row.actions.as_ref().map(|a| a.repeat(1 + times));
        long.table.rows.push(shihyo::indicator::IndicatorRow { actions, ..row.clone() });
    }
    long.table.rows.sort_by_key(|r| r.goal);
    for (folder, sample) in [("report", sample(DataKind::Synthetic)), ("report-long", long)] {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let files = files(&sample);
        let html = std::str::from_utf8(&files["progress-table.html"]).unwrap();
        for row in &sample.table.rows {
            let times = sample.table.rows.iter().filter(|r| r.title == row.title).count();
            assert!(html.matches(&row.title).count() >= times, "{} stands {times} times", row.title);
        }
        for (name, bytes) in files {
            assert!(!bytes.is_empty(), "{name}");
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}

#[test]
fn the_files_come_sorted_and_twice_the_same() {
    let s = sample(DataKind::Synthetic);
    let input = ReportInput { table: &s.table, estimates: &s.estimates, quality: &s.quality };
    let first = render(&input).unwrap();
    let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "estimates.csv",
            "estimates.json",
            "estimates.parquet",
            "indicators.csv",
            "indicators.json",
            "progress-table.html",
            "progress-table.xlsx",
            "quality.csv",
            "quality.json",
            "sensitivity.csv",
            "sensitivity.json"
        ]
    );
    assert!(first == render(&input).unwrap(), "two renderings differ");
}

#[test]
fn an_empty_table_makes_every_file() {
    let mut s = sample(DataKind::Real);
    s.table.rows.clear();
    s.table.goals.clear();
    s.estimates.clear();
    s.quality.ledgers.clear();
    s.quality.findings.clear();
    assert_eq!(files(&s).len(), 11);
    s = sample(DataKind::Real);
    s.table.rows[0].measures.clear();
    assert_eq!(files(&s).len(), 11, "an item without a measure");
}

#[test]
fn columns_stand_in_their_order() {
    let files = files(&sample(DataKind::Synthetic));
    for (name, columns) in [
        (
            "indicators.csv",
            "indicator,goal,title,sub_item,department,unit,direction,fiscal_year,role,operator,value,display,\
             mark,source,n,ci_low,ci_high,ci_method,status,data,year,content",
        ),
        (
            "estimates.csv",
            "analysis_key,analysis_type,analysis_var,analysis_var_value,group_var,group_var_value,stat,\
             stat_low,stat_upp,n,n_total,n_w,n_w_total,wave,base_rule,se,deff,deff_reference,n_eff,df,\
             ci_method,ci_basis,level,flag,reason,schema_version,data,survey,indicator,n_yes,df_design,unit,\
             universe",
        ),
        (
            "quality.csv",
            "kind,code,severity,survey,wave,question,file,sheet,row,column,count,message_ja,message_en,data",
        ),
    ] {
        assert_eq!(csv(&files[name]).0.join(","), columns, "{name}");
        assert!(!files[name].contains(&b'\r'), "{name} ends its lines by LF");
    }
}

#[test]
fn a_survey_value_is_unrounded_in_value_and_rounded_in_display() {
    let (_, rows) = csv(&files(&sample(DataKind::Synthetic))["indicators.csv"]);
    let cell = |id: &str, year: &str| {
        rows.iter().find(|r| r["indicator"] == id && r["fiscal_year"] == year).unwrap()
    };
    let share = cell("intent", "R4");
    assert_eq!(share["value"].parse::<f64>().unwrap(), 49_900.0 / 1630.0);
    assert_eq!(
        (share["display"].as_str(), share["n"].as_str(), share["source"].as_str()),
        ("30.6%", "1630", "survey")
    );
    assert_eq!(
        (share["ci_low"].as_str(), share["ci_high"].as_str(), share["ci_method"].as_str()),
        ("28.42", "32.89", "wilson")
    );
    assert_eq!(
        (share["role"].as_str(), share["status"].as_str(), share["data"].as_str()),
        ("baseline", "target_met", "synthetic")
    );
    // Σw is not n: a weighted share, 0.41 as estimated, although 620 of 1,512 said yes.
    assert_eq!(
        (cell("intent", "R7")["value"].as_str(), cell("intent", "R7")["display"].as_str()),
        ("41", "41.0%")
    );
    let target = cell("intent", "R10");
    assert_eq!(
        (target["role"].as_str(), target["operator"].as_str(), target["value"].as_str()),
        ("target", ">=", "40")
    );
    assert_eq!((target["display"].as_str(), target["source"].as_str()), ("40%以上", ""));
}

#[test]
fn counts_marks_and_blanks_keep_what_the_office_wrote() {
    let (_, rows) = csv(&files(&sample(DataKind::Synthetic))["indicators.csv"]);
    let cell = |id: &str, year: &str| {
        rows.iter().filter(move |r| r["indicator"] == id && r["fiscal_year"] == year).collect::<Vec<_>>()
    };
    let provisional = cell("bus", "R6")[0];
    assert_eq!(
        (provisional["value"].as_str(), provisional["display"].as_str(), provisional["mark"].as_str()),
        ("1085112", "1,085,112人 ※速報値", "p")
    );
    assert_eq!((provisional["source"].as_str(), provisional["data"].as_str()), ("admin", "real"));
    assert_eq!(cell("bus", "R5")[0]["mark"], "r");
    assert!(cell("bus", "R7").is_empty(), "a pending cell has no row");
    assert_eq!(
        (cell("intent", "R5")[0]["value"].as_str(), cell("intent", "R5")[0]["display"].as_str()),
        ("", "-")
    );
    assert_eq!(cell("elderly", "R4")[0]["source"], "published");
    let places: Vec<&str> = cell("places", "R6").iter().map(|r| r["display"].as_str()).collect();
    assert_eq!(places, ["64団体", "7,871人", "x"]);
    assert_eq!(cell("places", "R10").len(), 2, "a missing target has no row");
    assert_eq!(cell("gather", "R10")[0]["operator"], "<=");
}

#[test]
fn csv_and_json_say_the_same() {
    let files = files(&sample(DataKind::Synthetic));
    let (_, rows) = csv(&files["indicators.csv"]);
    let document = json(&files["indicators.json"]);
    assert_eq!(
        (&document["schema_version"], &document["data_label"]),
        (&Value::from("2"), &Value::from("合成データ"))
    );
    let mut in_json = Vec::new();
    for indicator in document["indicators"].as_array().unwrap() {
        for measure in indicator["measures"].as_array().unwrap() {
            for cell in measure["cells"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|c| c["content"] != "pending")
                .chain(measure["target"].is_object().then(|| &measure["target"]))
            {
                let value = cell["value"].as_f64();
                in_json.push((
                    indicator["indicator"].as_str().unwrap(),
                    cell["fiscal_year"].as_str().unwrap(),
                    value,
                    cell["display"].as_str().unwrap(),
                    measure["status"]["state"].as_str().unwrap(),
                ));
            }
        }
    }
    let in_csv: Vec<_> = rows
        .iter()
        .map(|r| {
            (
                r["indicator"].as_str(),
                r["fiscal_year"].as_str(),
                r["value"].parse::<f64>().ok(),
                r["display"].as_str(),
                r["status"].as_str(),
            )
        })
        .collect();
    assert_eq!(in_csv, in_json);
}

#[test]
fn a_status_shows_what_it_was_made_from() {
    let document = json(&files(&sample(DataKind::Synthetic))["indicators.json"]);
    let find = |id: &str| {
        document["indicators"].as_array().unwrap().iter().find(|i| i["indicator"] == id).unwrap()["measures"]
            [0]
        .clone()
    };
    let status = &find("intent")["status"];
    assert_eq!(status["baseline"]["value"].as_f64(), Some(49_900.0 / 1630.0), "the digits of its own cell");
    assert_eq!(
        (&status["evidence"]["kind"], &status["clearance"], &status["target"]),
        (&Value::from("tested"), &Value::from("point_only"), &Value::from(40.0))
    );
    assert_eq!(find("elderly")["status"]["baseline"]["value"].as_f64(), Some(57.6));
    assert_eq!(find("households")["status"]["progress_undefined"], "maintain");
    assert_eq!(find("bus")["status"]["manual"]["reason"], "運行経路の見直しのため");
    let reasons = &find("gather")["cells"][0]["estimate"]["reasons"];
    assert_eq!(reasons["ci"], "not_a_random_sample");
}

#[test]
fn what_cannot_be_estimated_is_empty_with_a_reason() {
    let files = files(&sample(DataKind::Synthetic));
    let (_, rows) = csv(&files["estimates.csv"]);
    assert_eq!((rows[0]["stat"].parse::<f64>().unwrap(), rows[0]["flag"].as_str()), (499.0 / 1630.0, ""));
    assert_eq!(
        (rows[1]["flag"].as_str(), rows[1]["reason"].as_str()),
        (
            "n<30 | nchs-review",
            "se:not_a_random_sample | ci:not_a_random_sample | deff:not_a_random_sample | \
             n_eff:not_a_random_sample"
        )
    );
    assert_eq!((rows[2]["stat"].as_str(), rows[2]["n"].as_str()), ("", "0"));
    assert!(rows[2]["reason"].starts_with("stat:empty_base | "));
    let document = json(&files["estimates.json"]);
    assert_eq!(
        (&document["rows"][2]["stat"], &document["rows"][2]["reason"]["stat"]),
        (&Value::Null, &Value::from("empty_base"))
    );
}

#[test]
fn no_text_cell_of_a_csv_starts_a_formula() {
    let mut s = sample(DataKind::Synthetic);
    s.table.rows[0].title = "=HYPERLINK(\"http://example.com\")".into();
    s.table.rows[0].department = "+81".into();
    s.table.rows[0].measures[0].sub_item = Some("@SUM(A1)".into());
    for (name, bytes) in files(&s).iter().filter(|(name, _)| name.ends_with(".csv")) {
        for cell in csv(bytes).1.iter().flat_map(BTreeMap::values) {
            let is_number = cell.parse::<f64>().is_ok();
            assert!(
                cell == "-"
                    || is_number
                    || !cell.starts_with(['=', '+', '-', '@'])
                    || matches!(cell.as_str(), "="),
                "{name}: {cell}"
            );
        }
    }
}

#[test]
fn a_ledger_is_told_step_by_step_and_adds_up() {
    let files = files(&sample(DataKind::Synthetic));
    let (_, rows) = csv(&files["quality.csv"]);
    let steps: BTreeMap<&str, u64> = rows
        .iter()
        .filter(|r| r["kind"] == "ledger")
        .map(|r| (r["code"].as_str(), r["count"].parse().unwrap()))
        .collect();
    assert_eq!(steps.len(), 8);
    assert_eq!(2 * steps["returned"], steps.values().sum::<u64>());
    let finding = rows.iter().find(|r| r["code"] == "answers::out-of-range").unwrap();
    assert_eq!(
        (
            finding["severity"].as_str(),
            finding["row"].as_str(),
            finding["count"].as_str(),
            finding["question"].as_str()
        ),
        ("warning", "12", "3", "問12")
    );
    let document = json(&files["quality.json"]);
    assert_eq!(document["ledgers"][0]["valid"], 1630);
    assert_eq!(document["findings"][0]["place"]["column"], "問12");
}
