//! The model plan and its trial, end to end: what is printed is what the city published, and nothing more.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::Path;

use crate::support::rows::{Row, rows};
use crate::support::shared;
use calamine::{Data, Reader};
use polars::prelude::{ParquetReader, SerReader};
use shihyo::pipeline::{self, HeldOutcome, Plan, Project};
use shihyo::progress::Silent;
use shihyo::report::{self, ReportInput};

struct Run {
    plan: Plan,
    outcome: HeldOutcome,
    files: BTreeMap<String, Vec<u8>>,
}

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(name: &str) -> Run {
    let project = Project::of(&home().join("pipelines").join(name)).unwrap();
    let plan = pipeline::load(&project).unwrap();
    let outcome = pipeline::compute(&project, &plan, None, &Silent).unwrap();
    let input =
        ReportInput { table: &outcome.table, estimates: &outcome.estimates, quality: &outcome.quality };
    let files = report::render(&input).unwrap().into_iter().collect();
    Run { plan, outcome, files }
}

/// `published[i]`: id, sub-item, then what the city printed: R4, R5, R6, R10. Typed from the published
/// progress table of 令和6年度; the thousands separators are as this program prints them. `…` is what the
/// scan of that table lost, `` a year or target that has no row, `-` a year without a survey.
const PUBLISHED: [(&str, &str, [&str; 4]); 20] = [
    ("hotnet-promoters", "", ["431人", "439人", "442人", "506人"]),
    ("volunteer-registrations", "", ["415人", "404人", "410人", "536人"]),
    ("welfare-commissioners", "", ["130人", "139人", "140人", "147人"]),
    ("neighbourhood-households", "", ["20,292世帯", "19,864世帯", "19,901世帯", "20,292世帯"]),
    ("volunteer-intent", "", ["30.6%", "-", "-", "40%以上"]),
    ("activity-bases", "地域活動拠点", ["72団体", "64団体", "64団体", "94団体"]),
    ("activity-bases", "延べ利用者数", ["7,306人", "8,175人", "7,871人", "17,196人"]),
    ("activity-bases", "延べ利用回数", ["…", "…", "…", ""]),
    ("network-groups", "", ["187団体", "199団体", "215団体", ""]),
    ("few-gathering-places", "", ["20.6%", "-", "-", ""]),
    ("gatekeeper-awareness", "", ["…", "-", "-", "25%以上"]),
    ("hotnet-station", "", ["47.4%", "-", "-", ""]),
    ("adult-guardianship", "", ["51.8%", "-", "-", "70%以上"]),
    ("third-party-evaluations", "", ["83件", "83件", "71件", "98件"]),
    ("support-centre-awareness", "", ["57.6%", "-", "-", "62.4%以上"]),
    ("disaster-groups", "", ["94組織", "93組織", "97組織", "150組織"]),
    ("disaster-drills", "", ["9.8%", "-", "-", "15%以上"]),
    ("brighter-society", "", ["5.6%", "-", "-", "20%以上"]),
    ("hana-bus", "", ["972,658人", "1,041,486人", "1,085,112人 ※速報値", "1,316,637人"]),
    ("shopping-difficulty", "", ["8.1%", "-", "-", "5%以下"]),
];

fn displayed(rows: &[Row], id: &str, sub_item: &str, year: &str) -> String {
    let found: Vec<&Row> = rows
        .iter()
        .filter(|r| r["indicator"] == id && r["sub_item"] == sub_item && r["fiscal_year"] == year)
        .collect();
    assert!(found.len() <= 1, "{id} {sub_item} {year} stands {} times", found.len());
    found.first().map_or(String::new(), |r| r["display"].clone())
}

#[test]
fn the_table_shows_what_the_city_published_and_nothing_more() {
    let run = run("nishitokyo");
    let rows = rows(&run.files["indicators.csv"]);
    for (id, sub_item, values) in PUBLISHED {
        for (year, expected) in ["R4", "R5", "R6", "R10"].into_iter().zip(values) {
            assert_eq!(displayed(&rows, id, sub_item, year), expected, "{id} {sub_item} {year}");
        }
        for year in ["R7", "R8", "R9"] {
            // The survey of the elderly is planned for these years: its cells await a figure, as those of the
            // offices do.
            let survey = values[1] == "-" && id != "support-centre-awareness";
            assert_eq!(displayed(&rows, id, sub_item, year), if survey { "-" } else { "" }, "{id} {year}");
        }
    }
    let measures: BTreeSet<(String, String)> =
        rows.iter().map(|r| (r["indicator"].clone(), r["sub_item"].clone())).collect();
    assert_eq!(measures.len(), PUBLISHED.len(), "no other row");
    assert_eq!(run.outcome.table.rows.iter().map(|r| r.measures.len()).sum::<usize>(), 20);
    assert_eq!(run.outcome.table.goals.len(), 6);
}

#[test]
fn the_published_facts_are_those_of_the_scan() {
    let Some(scan) = shared::part("seed/progress-table-r6.txt") else { return };
    let scan = std::fs::read_to_string(scan).unwrap();
    let plain = |s: &str| s.replace([',', ' ', '\u{3000}'], "");
    let scan = plain(&scan).replace("20.60%", "20.6%");
    for (id, sub_item, values) in PUBLISHED {
        let shown: Vec<String> =
            values.iter().map(|v| plain(v)).filter(|v| !["-", "…", ""].contains(&v.as_str())).collect();
        for value in shown {
            assert!(scan.contains(&value), "{id} {sub_item}: {value} is not in the scan");
        }
    }
}

#[test]
fn marks_directions_and_operators_are_kept() {
    let rows = rows(&run("nishitokyo").files["indicators.csv"]);
    for row in &rows {
        let provisional = row["indicator"] == "hana-bus" && row["fiscal_year"] == "R6";
        assert_eq!(
            row["mark"],
            if provisional { "p" } else { "" },
            "{} {}",
            row["indicator"],
            row["fiscal_year"]
        );
        let lower = ["few-gathering-places", "shopping-difficulty"].contains(&row["indicator"].as_str());
        let same = row["indicator"] == "neighbourhood-households";
        assert_eq!(
            row["direction"],
            if lower {
                "decrease"
            } else if same {
                "maintain"
            } else {
                "increase"
            }
        );
        let operator =
            match (row["role"].as_str(), row["display"].chars().rev().take(2).collect::<String>().as_str()) {
                ("target", "上以") => ">=",
                ("target", "下以") => "<=",
                ("target", _) => "=",
                _ => "",
            };
        assert_eq!(row["operator"], operator, "{}", row["display"]);
        let blank = ["-", "…"].contains(&row["display"].as_str());
        assert_eq!(row["value"].is_empty(), blank, "{} {}", row["indicator"], row["fiscal_year"]);
        let survey = row["display"].ends_with('%') && row["role"] != "target";
        assert_eq!(row["source"] == "survey", survey, "{} {}", row["indicator"], row["fiscal_year"]);
        assert_eq!(!row["n"].is_empty() && !row["ci_low"].is_empty(), survey);
    }
}

#[test]
fn the_trial_shows_every_status() {
    let trial = run("nishitokyo-trial");
    let states: BTreeSet<String> =
        rows(&trial.files["indicators.csv"]).into_iter().map(|r| r["status"].clone()).collect();
    let all = [
        "baseline_only",
        "improved",
        "little_change",
        "no_baseline",
        "no_target",
        "not_comparable",
        "target_met",
        "worse",
    ];
    assert_eq!(states, all.into_iter().map(str::to_owned).collect());
    let sources: BTreeSet<String> =
        rows(&trial.files["indicators.csv"]).into_iter().map(|r| r["source"].clone()).collect();
    assert!(sources.is_superset(&["survey", "admin", "published"].map(str::to_owned).into()), "{sources:?}");
}

#[test]
fn raked_weights_reproduce_the_population() {
    let population = rows(&std::fs::read(home().join("raw/nishitokyo-trial/population-r7.csv")).unwrap());
    let people = |variable: &str, value: &str| -> f64 {
        population
            .iter()
            .filter(|r| value.is_empty() || r[variable] == value)
            .map(|r| r["人口"].parse::<f64>().unwrap())
            .sum()
    };
    let whole = people("性別", "");
    let trial = run("nishitokyo-trial");
    let estimates = rows(&trial.files["estimates.csv"]);
    let weighted = |variable: &str, value: &str| -> f64 {
        let row = estimates
            .iter()
            .find(|r| {
                r["wave"] == "R7"
                    && r["analysis_key"].starts_with("citizen/R7/volunteer-intent")
                    && r["group_var"] == variable
                    && r["group_var_value"] == value
            })
            .unwrap_or_else(|| panic!("no row for {variable}={value}"));
        row["n_w"].parse().unwrap()
    };
    let total = weighted("", "");
    assert!((total - whole).abs() < 1e-6 * whole, "{total} is not {whole}");
    for variable in ["性別", "年代"] {
        let values: BTreeSet<&String> = population.iter().map(|r| &r[variable]).collect();
        // Who left the attribute blank keeps the sample's part; the others stand in the proportions of the
        // population.
        let known: f64 = values.iter().map(|v| weighted(variable, v)).sum();
        assert!(known <= whole * (1.0 + 1e-9) && known > 0.95 * whole, "{variable}: {known}");
        for value in values {
            let (ours, theirs) = (weighted(variable, value) / known, people(variable, value) / whole);
            assert!((ours - theirs).abs() < 1e-9, "{variable}={value}: {ours} is not {theirs}");
        }
    }
    // In R4 nothing is weighted.
    assert!(estimates.iter().filter(|r| r["wave"] == "R4").all(|r| r["n"] == r["n_w"]));
}

#[test]
fn every_ledger_adds_up_and_leads_to_n() {
    for name in ["nishitokyo", "nishitokyo-trial"] {
        let run = run(name);
        let (records, quality) = (rows(&run.files["estimates.csv"]), rows(&run.files["quality.csv"]));
        let mut ledgers: BTreeMap<(String, String, String), BTreeMap<String, u64>> = BTreeMap::new();
        for row in quality.iter().filter(|r| r["kind"] == "ledger") {
            let key = (row["survey"].clone(), row["wave"].clone(), row["question"].clone());
            ledgers.entry(key).or_default().insert(row["code"].clone(), row["count"].parse().unwrap());
        }
        for (key, l) in &ledgers {
            let parts =
                ["invalid_returns", "duplicates", "not_asked", "no_answer", "invalid", "dont_know", "valid"];
            assert_eq!(parts.iter().map(|p| l[*p]).sum::<u64>(), l["returned"], "{key:?}");
        }
        let mut met = 0;
        for row in records.iter().filter(|r| r["group_var"].is_empty()) {
            let survey = row["analysis_key"].split('/').next().unwrap().to_owned();
            let l = &ledgers[&(survey, row["wave"].clone(), row["analysis_var"].clone())];
            assert_eq!(row["base_rule"], "all");
            let n = l["returned"] - l["invalid_returns"] - l["duplicates"];
            assert_eq!(
                (row["n"].parse().ok(), row["n_total"].parse().ok()),
                (Some(n), Some(n)),
                "{}",
                row["analysis_key"]
            );
            met += 1;
        }
        assert!(met >= 8, "{name}: {met} shares");
        let survey_rows: u64 =
            run.outcome.inputs.iter().filter(|d| d.file.contains("citizen-r4")).filter_map(|d| d.rows).sum();
        assert_eq!(ledgers[&("citizen".into(), "R4".into(), "問12".into())]["returned"], survey_rows);
    }
}

fn sheets(bytes: &[u8]) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes.to_vec())).unwrap();
    let names = book.sheet_names();
    let text = |cell: &Data| cell.to_string();
    names
        .into_iter()
        .map(|n| {
            (
                n.clone(),
                book.worksheet_range(&n).unwrap().rows().map(|r| r.iter().map(text).collect()).collect(),
            )
        })
        .collect()
}

#[test]
fn everything_made_from_synthetic_data_says_so() {
    for name in ["nishitokyo", "nishitokyo-trial"] {
        let run = run(name);
        let mut seen = 0;
        for (file, bytes) in &run.files {
            seen += 1;
            match file.rsplit('.').next().unwrap() {
                "csv" => {
                    let rows = rows(bytes);
                    assert!(!rows.is_empty());
                    for row in rows {
                        let made_up = file != "indicators.csv"
                            || row["source"] == "survey"
                            || (name.ends_with("trial") && row["source"] == "admin");
                        assert!(!made_up || row["data"] == "synthetic", "{name}/{file}: {row:?}");
                        assert!(["synthetic", "real"].contains(&row["data"].as_str()));
                    }
                }
                "json" | "html" => {
                    assert!(String::from_utf8_lossy(bytes).contains("合成データ"), "{name}/{file}")
                }
                "xlsx" => {
                    for (sheet, cells) in sheets(bytes) {
                        assert!(
                            cells.iter().flatten().any(|c| c.contains("合成データ")),
                            "{name}/{file}: sheet {sheet}"
                        );
                    }
                }
                "parquet" => {
                    let frame = ParquetReader::new(Cursor::new(bytes)).finish().unwrap();
                    let data = frame.column("data").unwrap().str().unwrap();
                    assert!(
                        frame.height() > 0 && data.iter().all(|d| d == Some("synthetic")),
                        "{name}/{file}"
                    );
                }
                other => panic!("no rule for {other}"),
            }
        }
        assert_eq!(seen, 11, "{:?}", run.files.keys());
        assert!(run.outcome.table.notes.iter().any(|n| n.ja.contains("合成データ")));
    }
}

#[test]
fn what_the_city_counted_is_not_called_synthetic() {
    let rows = rows(&run("nishitokyo").files["indicators.csv"]);
    assert!(rows.iter().filter(|r| r["source"] == "admin").all(|r| r["data"] == "real"));
    assert_eq!(rows.iter().filter(|r| r["source"] == "admin").count(), 30);
}

/// Full-width digits to ASCII, no blanks around: enough for the code cells of the paper file.
fn folded(cell: &str) -> String {
    cell.trim_matches([' ', '\u{3000}'])
        .chars()
        .map(|c| {
            if ('０'..='９').contains(&c) {
                char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap()
            } else {
                c
            }
        })
        .collect()
}

/// Rows that count: an id, some answer (an unticked box is none), and the first of its id.
fn valid(rows: Vec<Vec<String>>, header: &[String], seen: &mut BTreeSet<String>) -> Vec<Vec<String>> {
    let id = header.iter().position(|h| h == "整理番号").unwrap();
    let answers: Vec<usize> = (0..header.len())
        .filter(|i| header[*i] != "データ区分" && header[*i] != "タイムスタンプ" && *i != id)
        .collect();
    let box_of = |i: usize| header[i].contains('_');
    rows.into_iter()
        .filter(|r| !r[id].is_empty())
        .filter(|r| answers.iter().any(|&i| !matches!((r[i].as_str(), box_of(i)), ("", _) | ("0", true))))
        .filter(|r| seen.insert(r[id].clone()))
        .collect()
}

/// Two shares counted straight from the cells, without the questionnaire or any of the program's rooms.
#[test]
fn two_shares_counted_by_hand_agree() {
    let bytes = std::fs::read(home().join("raw/nishitokyo/citizen-r4-paper.csv")).unwrap();
    let (text, _, broken) = encoding_rs::SHIFT_JIS.decode(&bytes);
    assert!(!broken);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut paper: Vec<Vec<String>> =
        reader.records().map(|r| r.unwrap().iter().map(folded).collect()).collect();
    let header = paper.remove(0);
    let mut seen = BTreeSet::new();
    let paper = valid(paper, &header, &mut seen);
    let at = header.iter().position(|h| h == "問12").unwrap();
    let yes_paper = paper.iter().filter(|r| ["1", "2"].contains(&r[at].as_str())).count();

    let mut web =
        sheets(&std::fs::read(home().join("raw/nishitokyo/citizen-r4-web.xlsx")).unwrap()).remove(0).1;
    let header = web.remove(0);
    let web = valid(web, &header, &mut seen);
    let at = header.iter().position(|h| h == "問12").unwrap();
    let yes_web = web
        .iter()
        .filter(|r| ["積極的に参加したい", "できるだけ参加したい"].contains(&r[at].as_str()))
        .count();

    let mut elderly =
        sheets(&std::fs::read(home().join("raw/nishitokyo/elderly-r4.xlsx")).unwrap()).remove(0).1;
    elderly.remove(0);
    let header = elderly.remove(0);
    let elderly = valid(elderly, &header, &mut BTreeSet::new());
    let at = header.iter().position(|h| h == "問3").unwrap();
    let aware = elderly.iter().filter(|r| ["1", "2"].contains(&r[at].as_str())).count();

    let run = run("nishitokyo");
    let estimates = rows(&run.files["estimates.csv"]);
    for (key, yes, n) in [
        ("citizen/R4/volunteer-intent", yes_paper + yes_web, paper.len() + web.len()),
        ("elderly/R4/support-centre-awareness", aware, elderly.len()),
    ] {
        let row = estimates.iter().find(|r| r["analysis_key"] == key).unwrap();
        assert_eq!(row["n"], n.to_string(), "{key}");
        assert_eq!(row["stat"].parse::<f64>().unwrap(), yes as f64 / n as f64, "{key}");
    }
}

#[test]
fn two_runs_give_the_same_bytes() {
    let (first, second) = (run("nishitokyo-trial"), run("nishitokyo-trial"));
    assert!(first.files == second.files);
    assert_eq!(first.plan.data_files(), second.plan.data_files());
}
