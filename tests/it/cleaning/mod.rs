//! The cleaning log from end to end: findings → workbook → filled in → applied, verified, told.

mod log;

use std::fs;

use crate::support::project::Project;
use crate::support::unzipped;
use serde_json::Value;
use shihyo::code::Code;
use shihyo::pipeline::{self, WaveChoice};
use shihyo::progress::Silent;
use shihyo::raw::{ReadOptions, Table, read_bytes};

const QUESTIONNAIRE: &str = r#"
title = "試験"
[[question]]
id = "性別"
type = "single"
options = ["男性", "女性"]
[[question]]
id = "問1"
text = "知っていますか。"
type = "single"
options = ["はい", "いいえ"]
[[question]]
id = "問2"
text = "困っていること（○は2つまで）"
type = "multiple"
max_marks = 2
options = ["買い物、掃除など", "見守り", { label = "特になし", exclusive = true }]
[[question]]
id = "年齢"
type = "number"
range = [18, 110]
[[question]]
id = "問3"
type = "single"
options = ["毎日", "たまに"]
asked_if = { question = "問1", of = ["はい"] }
[[question]]
id = "意見"
type = "text"
"#;

/// Row 2 is in order; then: two marks, no option, too many marks, a number out of range, an answer though not
/// asked, no id, an id twice (another answer), words for a number.
const PAPER: &str = "整理番号,性別,問1,問2_1,問2_2,問2_3,年齢,問3,意見\n\
    1,1,1,1,0,0,30,1,\n\
    2,1,\"1,2\",0,1,0,40,,\n\
    3,2,7,0,1,0,50,,\n\
    4,2,2,1,1,1,60,,\n\
    5,1,1,0,0,1,999,2,\n\
    6,1,2,0,0,1,70,2,バスがほしい\n\
    ,2,1,1,0,0,35,1,\n\
    8,2,1,1,0,0,36,1,\n\
    8,2,2,0,1,0,36,,\n\
    9,2,2,0,1,0,四十,,\n";

const PLAN: &str = r#"
title = "試験の計画"
fiscal_years = "R4..R10"
report_year = "R4"
[[goal]]
number = 1
title = "目標"
[survey.citizen]
title = "市民アンケート"
sample = "random"
questionnaire = "questionnaire.toml"
[survey.citizen.wave.R4]
responses = ["raw/paper.csv"]
respondent = "整理番号"
duplicates = "fail"
LOG
[[indicator]]
id = "known"
goal = 1
department = "課"
title = "知っている人の割合"
target = "40%以上"
share = { survey = "citizen", question = "問1", of = ["はい"], base = "answered" }
"#;

/// The project with these further lines of the wave.
fn project(log: &str) -> Project {
    let project = Project::new(&[("raw/paper.csv", PAPER), ("questionnaire.toml", QUESTIONNAIRE)]);
    plan(&project, log);
    project
}

fn plan(project: &Project, log: &str) {
    project.write("plan.toml", PLAN.replace("LOG", log));
}

fn export(project: &Project) -> pipeline::Exported {
    let plan = project.load().unwrap_or_else(|e| panic!("{e}"));
    pipeline::export(&project.opened(), &plan, &WaveChoice::default(), &Silent)
        .unwrap_or_else(|e| panic!("{e}"))
}

/// A table's cells as texts, header first.
fn texts(table: &Table) -> Vec<Vec<String>> {
    let header = table.columns.iter().map(|c| c.name()).collect();
    let rows = (0..table.row_count()).map(|r| table.columns.iter().map(|c| c.cell(r).text()).collect());
    std::iter::once(header).chain(rows).collect()
}

fn column(rows: &[Vec<String>], name: &str) -> usize {
    rows[0].iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name}"))
}

/// The workbook as a person would leave it: `fill` sets 新しい値, 対応 and 理由 by row, question and what was
/// found.
fn filled(
    bytes: &[u8],
    fill: impl Fn(&str, &str, &str) -> Option<(&'static str, &'static str, &'static str)>,
) -> String {
    let mut rows = texts(&read_bytes(bytes, "findings.xlsx", &ReadOptions::default()).unwrap());
    let of = |name: &str| column(&rows, name);
    let (row, question, found, new, action, reason) =
        (of("行"), of("設問"), of("コード"), of("新しい値"), of("対応"), of("理由"));
    for line in rows.iter_mut().skip(1) {
        if let Some((value, kind, why)) = fill(&line[row], &line[question], &line[found]) {
            (line[new], line[action], line[reason]) = (value.to_owned(), kind.to_owned(), why.to_owned());
        }
    }
    let mut out = csv::Writer::from_writer(Vec::new());
    rows.iter().for_each(|line| out.write_record(line).unwrap());
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

#[test]
fn the_clerks_way() {
    let project = project("");
    let stopped = project.compute().unwrap_err();
    assert!(
        stopped.diagnostics().iter().all(|d| d.code == Code::AnswersDuplicateRespondent),
        "the plan says fail: {stopped}"
    );

    let exported = export(&project);
    let rows = texts(&read_bytes(&exported.bytes, "findings.xlsx", &ReadOptions::default()).unwrap());
    let told: Vec<String> = rows
        .iter()
        .skip(1)
        .map(|r| {
            ["行", "回答者番号", "設問", "列", "コード", "元の値"]
                .map(|h| r[column(&rows, h)].clone())
                .join("|")
        })
        .collect();
    assert_eq!(
        told,
        [
            "3|2|問1|問1|answers::two-marks|1,2",
            "4|3|問1|問1|answers::out-of-list|7",
            "5|4|問2|問2_1～問2_3|answers::over-max\nanswers::exclusive-with-others|1,2,3",
            "6|5|年齢|年齢|answers::out-of-range|999",
            "7|6|問3|問3|answers::answered-though-not-asked|2",
            "8|||整理番号|answers::no-respondent-id|",
            "9|8||整理番号|answers::duplicate-respondent|8",
            "10|8||整理番号|answers::duplicate-respondent|8",
            "11|9|年齢|年齢|answers::not-a-number|四十",
        ]
    );
    let found = &rows[3][column(&rows, "確認事項")];
    assert_eq!(found, "○の数が上限を超える回答\n他と一緒に選べない選択肢と他の選択肢");
    assert_eq!((exported.rows, exported.looked_at), (9, 0));
    assert!(exported.bytes == export(&project).bytes, "the same bytes");

    let log = filled(&exported.bytes, |row, question, _| match (row, question) {
        ("3", "問1") => Some(("1 はい", "", "調査票を確認")),
        ("4", "問1") => Some(("無回答", "", "判読できない")),
        ("5", "問2") => Some(("1,2", "修正", "3は消し跡")),
        ("6", "年齢") => Some(("99", "修正", "入力の誤り")),
        ("7", "問3") => Some(("", "変更しない", "本人が書いている")),
        ("8", _) => Some(("7", "修正", "封筒の番号を確認")),
        ("10", _) => Some(("", "票を除く", "2回目は別の票")),
        _ => None,
    });
    project.write("raw/log.csv", &log);
    plan(&project, "cleaning_log = [\"raw/log.csv\"]");
    let before = project.bytes("raw/paper.csv");
    let outcome = project.compute().unwrap_or_else(|e| panic!("{e}"));
    assert!(project.bytes("raw/paper.csv") == before, "raw files are never written");
    assert_eq!(outcome.cleaned(), [4, 1, 1]);
    let known = &outcome.estimates[0].estimate;
    // 1 and 2, 5, 7 (the id given), 8 say yes; 3 is blank now; 4, 6 and 9 say no.
    assert_eq!((known.n_yes, known.n), (Some(5), 8));
    let ledger = outcome.quality.ledgers.iter().find(|l| l.question == "問1").unwrap().ledger;
    assert_eq!(
        (
            ledger.returned,
            ledger.invalid_returns,
            ledger.duplicates,
            ledger.no_answer,
            ledger.invalid,
            ledger.valid
        ),
        (10, 1, 0, 1, 0, 8)
    );
    assert!(outcome.inputs.iter().any(|d| d.file == "raw/log.csv" && d.rows == Some(9)));
    let changed: Vec<(String, u64)> = outcome
        .quality
        .findings
        .iter()
        .filter(|f| f.code == Code::AnswersLogChanged)
        .map(|f| (f.message.ja.clone(), f.count))
        .collect();
    assert_eq!(
        changed,
        [
            ("問1: 修正記録により直した回答 2件（修正 1、無回答にした 1）".to_owned(), 2),
            ("問2: 修正記録により直した回答 1件（修正 1、無回答にした 0）".to_owned(), 1),
            ("年齢: 修正記録により直した回答 1件（修正 1、無回答にした 0）".to_owned(), 1),
            ("整理番号: 修正記録により直した回答 1件（修正 1、無回答にした 0）".to_owned(), 1),
        ]
    );

    // What was left open is asked again; what was judged is not.
    let next = export(&project);
    assert_eq!((next.rows, next.looked_at), (1, 1));

    let (opened, plan) = (project.opened(), project.load().unwrap());
    let files = project.path("out");
    pipeline::write(&plan, &outcome, &files, &Silent).unwrap_or_else(|e| panic!("{e}"));
    let manifest: Value = serde_json::from_slice(&fs::read(files.join("manifest.json")).unwrap()).unwrap();
    let changes = manifest["cleaning_changes"].as_array().unwrap();
    assert_eq!(changes.len(), 6);
    assert_eq!(
        changes[0],
        serde_json::json!({
            "log": { "file": "raw/log.csv", "row": 2 },
            "place": { "file": "raw/paper.csv", "row": 3, "column": "問1", "question": "問1" },
            "change_type": "change_response",
        })
    );
    let id_given = changes.iter().find(|c| c["place"]["column"] == "整理番号").unwrap();
    let keys: Vec<&String> = id_given.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["log", "place", "change_type"], "a respondent's id goes no further");
    let gone = changes.iter().find(|c| c["change_type"] == "remove_survey").unwrap();
    assert_eq!(gone["place"], serde_json::json!({ "file": "raw/paper.csv", "row": 10 }));

    let told = pipeline::explain(&plan, &outcome, "citizen/R4/known").unwrap();
    let lines: Vec<&str> = told.iter().flat_map(|s| &s.lines).map(|l| l.ja.as_str()).collect();
    assert!(
        lines.contains(&"raw/log.csv（修正記録）　この設問の回答を直した件数 2、除いた票 1"),
        "{lines:?}"
    );

    // raw + log = clean, and not another file.
    let clean_file = project.path("clean.csv");
    let good = "整理番号,問1,問2_1,問2_2,問2_3,年齢,問3\n1,1,1,0,0,30,1\n2,はい,0,1,0,40,\n3,,0,1,0,50,\n\
                4,2,1,1,0,60,\n5,1,0,0,1,99,2\n6,2,0,0,1,70,2\n7,1,1,0,0,35,1\n8,1,1,0,0,36,1\n9,2,0,1,0,四\
                十,\n";
    let verified = |text: &str| {
        fs::write(&clean_file, text).unwrap();
        pipeline::verify(&opened, &plan, &WaveChoice::default(), &clean_file, &Silent)
            .unwrap_or_else(|e| panic!("{e}"))
            .found
    };
    let found = verified(good);
    assert_eq!((found.differences.as_slice(), found.returns), (&[][..], 9));
    let found = verified(&good.replace("3,,0,1", "3,7,0,1").replace("9,2,0", "19,2,0"));
    let words: Vec<String> = found
        .differences
        .iter()
        .map(|d| format!("{} {}", d.place(), d.sides().map(|side| side.ja).join(" ≠ ")))
        .collect();
    let name = clean_file.to_string_lossy();
    assert_eq!(
        words,
        [
            format!("{name} › 4行目 › 列「問1」 （空欄） ≠ 7"),
            "raw/paper.csv › 11行目 › 列「整理番号」 （票がある） ≠ （票がない）".to_owned(),
            format!("{name} › 10行目 › 列「整理番号」 （票がない） ≠ （票がある）"),
        ]
    );
}

#[test]
fn the_workbook_offers_what_a_question_can_take() {
    let exported = export(&project(""));
    let options = read_bytes(
        &exported.bytes,
        "f.xlsx",
        &ReadOptions { sheet: Some("選択肢".into()), header_rows: Some(2), ..ReadOptions::default() },
    )
    .unwrap();
    let rows = texts(&options);
    assert_eq!(
        rows[0],
        [
            "市民アンケート R4 問1 / 知っていますか。",
            "市民アンケート R4 問2 / 困っていること（○は2つまで）",
            "市民アンケート R4 問3 / 問3"
        ]
    );
    assert_eq!(
        rows[1..].iter().map(|r| r[1].as_str()).collect::<Vec<_>>(),
        ["1 買い物、掃除など", "2 見守り", "3 特になし", "無回答"]
    );
    let parts = unzipped::parts(&exported.bytes);
    let sheet = parts
        .iter()
        .find(|(name, _)| name == "xl/worksheets/sheet1.xml")
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
        .unwrap();
    // The rows of 問1 choose from its list; 対応 has a list of its own; 年齢 says its range.
    for part in [
        "sqref=\"G2:G3\"><formula1>'選択肢'!$A$3:$A$5</formula1>",
        "<formula1>\"修正,無回答にする,票を除く,変更しない\"</formula1>",
        "sqref=\"H2:H10\"",
        "18から110までの数だけ",
        "state=\"frozen\"",
    ] {
        assert!(sheet.contains(part), "{part}: {sheet}");
    }
}
