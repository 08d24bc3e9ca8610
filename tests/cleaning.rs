//! The cleaning log from end to end: findings → workbook → filled in → applied, verified, told.

#[path = "support/office.rs"]
mod office;
#[path = "support/unzipped.rs"]
mod unzipped;

use std::fs;

use office::Office;
use serde_json::Value;
use shihyo::answers::cleaning::{Action, Cleaned, Log, OldValues, clean, read_log};
use shihyo::answers::{DecodeOptions, Questionnaire, Responses, decode, read_questionnaire};
use shihyo::error::{Error, SourceText};
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

/// The office with these further lines of the wave.
fn office(log: &str) -> Office {
    let office = Office::new(&[("raw/paper.csv", PAPER), ("questionnaire.toml", QUESTIONNAIRE)]);
    plan(&office, log);
    office
}

fn plan(office: &Office, log: &str) {
    office.write("plan.toml", PLAN.replace("LOG", log));
}

fn export(office: &Office) -> pipeline::Exported {
    let plan = office.load().unwrap_or_else(|e| panic!("{e}"));
    pipeline::export(&office.project(), &plan, &WaveChoice::default(), &Silent)
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
    let office = office("");
    let stopped = office.compute().unwrap_err();
    assert!(
        stopped.diagnostics().iter().all(|d| d.code == "answers::duplicate-respondent"),
        "the plan says fail: {stopped}"
    );

    let exported = export(&office);
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
    assert!(exported.bytes == export(&office).bytes, "the same bytes");

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
    office.write("raw/log.csv", &log);
    plan(&office, "cleaning_log = [\"raw/log.csv\"]");
    let before = office.bytes("raw/paper.csv");
    let outcome = office.compute().unwrap_or_else(|e| panic!("{e}"));
    assert!(office.bytes("raw/paper.csv") == before, "raw files are never written");
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
        .filter(|f| f.code == "answers::log-changed")
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
    let next = export(&office);
    assert_eq!((next.rows, next.looked_at), (1, 1));

    let (project, plan) = (office.project(), office.load().unwrap());
    let files = office.path("out");
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
    let clean_file = office.path("clean.csv");
    let good = "整理番号,問1,問2_1,問2_2,問2_3,年齢,問3\n1,1,1,0,0,30,1\n2,はい,0,1,0,40,\n3,,0,1,0,50,\n\
                4,2,1,1,0,60,\n5,1,0,0,1,99,2\n6,2,0,0,1,70,2\n7,1,1,0,0,35,1\n8,1,1,0,0,36,1\n9,2,0,1,0,四\
                十,\n";
    let verified = |text: &str| {
        fs::write(&clean_file, text).unwrap();
        pipeline::verify(&project, &plan, &WaveChoice::default(), &clean_file, &Silent)
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
    let exported = export(&office(""));
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

fn questionnaire(text: &str) -> Questionnaire {
    read_questionnaire(SourceText { file: "q.toml".into(), text: text.into() }.into())
        .unwrap_or_else(|e| panic!("{e}"))
}

fn table(text: &str, name: &str) -> Table {
    read_bytes(text.as_bytes(), name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn log(text: &str) -> Log {
    read_log(&table(text, "log.csv"), Some("整理番号")).unwrap_or_else(|e| panic!("{e}"))
}

fn cleaned(logs: &[&str]) -> Result<Cleaned, Error> {
    let logs: Vec<Log> = logs.iter().map(|text| log(text)).collect();
    clean(
        &questionnaire(QUESTIONNAIRE),
        &[table(PAPER, "paper.csv")],
        Some("整理番号"),
        &logs,
        OldValues::Recorded,
    )
}

/// The codes of the mistakes with their rows in the log, and the messages.
fn mistakes(error: &Error) -> Vec<(&'static str, u64, String)> {
    error
        .diagnostics()
        .iter()
        .map(|d| (d.code, d.place.row.unwrap_or_default(), d.message.ja.clone()))
        .collect()
}

#[test]
fn every_mistake_of_a_log_is_told_at_its_place() {
    let error = cleaned(&["整理番号,行,設問,列,元の値,新しい値\n\
        2,,問1,,1,1\n\
        77,,問1,,1,2\n\
        8,,問1,,1,2\n\
        3,,問l,,7,1\n\
        3,,,問9,7,1\n\
        3,,問1,,7,5\n\
        5,,年齢,,999,200\n\
        4,,問2,,\"1,2,3\",\"1,4\"\n\
        1,,問1,,はい,1\n\
        1,,問1,,1,2\n\
        ,9,問1,,1,2\n\
        ,,問1,,1,2\n\
        6,,問3,問2_1,0,1\n\
        1,,,,,2\n"])
    .unwrap_err();
    let told = mistakes(&error);
    let expected = [
        (
            "answers::log-old-value",
            2,
            "修正記録の元の値は「1」ですが、回答ファイルは「1,2」です\n回答ファイル: paper.csv › 3行目 › 列\
             「問1」 › 問1",
        ),
        ("answers::log-respondent", 3, "回答者番号「77」はありません"),
        (
            "answers::log-respondent-twice",
            4,
            "回答者番号「8」が 2 回あり、どの票か分かりません: paper.csv › 9行目 › 列「整理番号」 ｜ \
             paper.csv › 10行目 › 列「整理番号」",
        ),
        ("answers::log-question", 5, "「問l」という設問も列もありません"),
        ("answers::log-question", 6, "「問9」という設問も列もありません"),
        (
            "answers::log-new-value",
            7,
            "新しい値「5」は設問「問1」の選択肢にありません\n回答ファイル: paper.csv › 4行目 › 列「問1」 › \
             問1",
        ),
        (
            "answers::log-new-value",
            8,
            "新しい値「200」は、この設問に書ける数（18～110）ではありません\n回答ファイル: paper.csv › 6行\
             目 › 列「年齢」 › 年齢",
        ),
        (
            "answers::log-new-value",
            9,
            "新しい値「1,4」は設問「問2」の選択肢にありません\n回答ファイル: paper.csv › 5行目 › 列「問2_1\
             ～問2_3」 › 問2",
        ),
        (
            "answers::log-conflict",
            11,
            "同じ回答を、修正記録の別の行（log.csv › 10行目）が違う値に直しています\n回答ファイル: \
             paper.csv › 2行目 › 列「問1」 › 問1",
        ),
        ("answers::log-respondent", 12, "回答者番号のない行のはずが、その行は回答者番号「8」です"),
        ("answers::log-respondent", 13, "どの票か分かりません（回答者番号も、ファイルと行もありません）"),
        ("answers::log-question", 14, "列「問2_1」は設問「問3」の列ではありません"),
        ("answers::log-question", 15, "どの設問を直すのか分かりません（設問も列もありません）"),
    ];
    assert_eq!(told, expected.map(|(code, row, words)| (code, row, words.to_owned())));
    assert!(error.to_string().contains("log.csv › row 2"), "{error}");
}

#[test]
fn a_log_that_is_none_is_told() {
    let codes = |text: &str| {
        let error = read_log(&table(text, "log.csv"), None).unwrap_err();
        mistakes(&error).into_iter().map(|(code, row, _)| (code, row)).collect::<Vec<_>>()
    };
    assert_eq!(codes("a,b\n1,2\n"), [("answers::log-header", 0); 4]);
    let head = "uuid,question,old_value,new_value,change_type,row\n";
    assert_eq!(
        codes(&format!(
            "{head}1,q,1,,change_response,\n1,q,1,2,no_action,\n1,q,1,2,なおす,\n1,q,1,2,,三\n\
             1,q,1,2,blank_response,\n"
        )),
        [
            ("answers::log-kind", 2),
            ("answers::log-kind", 3),
            ("answers::log-kind", 4),
            ("answers::log-row", 5),
            ("answers::log-kind", 6)
        ]
    );
    let log = read_log(
        &table(
            &format!(
                "{head}1,q,1,2,修正,\n1,q,1,,無回答にする,\n,,,,,\n1,q,1,無回答,blank_response,\n1,,,,票を\
                 除く,\n1,q,1,,変更しない,\n1,q,1,,,3\n"
            ),
            "log.csv",
        ),
        None,
    )
    .unwrap();
    let actions: Vec<Action> = log.rows.iter().map(|r| r.action).collect();
    assert_eq!(
        actions,
        [Action::Change, Action::Blank, Action::Blank, Action::Remove, Action::Keep, Action::Keep]
    );
    assert_eq!(
        log.rows.iter().map(|r| r.place.row.unwrap()).collect::<Vec<_>>(),
        [2, 3, 5, 6, 7, 8],
        "a blank row is none"
    );
}

#[test]
fn a_second_log_speaks_of_what_the_first_one_left() {
    let first = "回答者番号,設問,元の値,新しい値\n3,問1,7,2\n";
    let second = "回答者番号,設問,元の値,新しい値\n3,問1,いいえ,はい\n";
    let both = cleaned(&[first, second]).unwrap();
    assert_eq!(both.tables[0].column("問1").unwrap().cell(2).text(), "はい");
    assert_eq!(both.changes.len(), 2);
    let error = cleaned(&[first, first]).unwrap_err();
    assert_eq!(mistakes(&error)[0].0, "answers::log-old-value");
}

#[test]
fn a_multiple_answer_in_columns_changes_as_one_or_by_column() {
    let one = cleaned(&[
        "整理番号,設問,列,元の値,新しい値\n4,問2,,\"3,1,2\",見守り\n1,,問2_2,0,1\n2,問2,,2,無回答\n",
    ])
    .unwrap();
    let answers = decode(&questionnaire(QUESTIONNAIRE), &one.tables, &DecodeOptions::default()).unwrap();
    let Responses::Multiple(marks) = &answers.responses[2] else { panic!("問2 is a multiple answer") };
    assert_eq!((marks[3], marks[0], marks[1].is_err()), (Ok(0b010), Ok(0b011), true));
    assert_eq!(texts(&one.tables[0])[4][3..6], ["0", "1", "0"], "spelt as the file spells it");

    let mentions = "整理番号,性別,問1,問2_1,問2_2,問2_3,年齢,問3,意見\n1,1,1,3,,,30,1,\n2,1,1,1,2,,40,1,\n\
                    3,1,1,2,3,,40,1,\n";
    let log = log("整理番号,設問,元の値,新しい値\n1,問2,特になし,\"2,1\"\n2,問2,\"1,2\",3\n");
    let done = clean(
        &questionnaire(QUESTIONNAIRE),
        &[table(mentions, "m.csv")],
        Some("整理番号"),
        &[log],
        OldValues::Recorded,
    )
    .unwrap();
    assert_eq!(texts(&done.tables[0])[1][3..6], ["1", "2", ""]);
    assert_eq!(texts(&done.tables[0])[2][3..6], ["3", "", ""]);
}

#[test]
fn the_words_of_a_free_text_are_changed_and_not_told() {
    let done = cleaned(&["整理番号,設問,元の値,新しい値,理由\n6,意見,バスがほしい,バスを増やしてほし\
                          い,090-1234-5678に電話で確認\n"])
    .unwrap();
    assert_eq!(done.tables[0].column("意見").unwrap().cell(5).text(), "バスを増やしてほしい");
    let told = format!("{:?}{:?}", done.changes, done.findings);
    for words in ["バス", "090", "電話"] {
        assert!(!told.contains(words), "{words}: {told}");
    }
    assert_eq!(
        done.findings[0].message.en,
        "意見: 1 answers changed by the cleaning log (1 to another value, 0 to no answer)"
    );
}

#[test]
fn a_place_serves_where_an_id_stands_twice_or_not_at_all() {
    let done = cleaned(&["整理番号,ファイル,行,設問,元の値,新しい値,対応\n8,paper.csv,10,,,,票を除く\n\
                          ,paper.csv,8,,,,票を除く\n8,somewhere/paper.csv,9,問1,1,2,\n2,,3,問1,\"1,2\",,\n"])
    .unwrap();
    assert_eq!(done.removed.iter().collect::<Vec<_>>(), [&(0, 6), &(0, 8)]);
    assert_eq!(done.tables[0].column("問1").unwrap().cell(7).text(), "2");
    assert!(done.looked_at.is_empty(), "a blank row is asked again");
    let error = cleaned(&["整理番号,ファイル,行,設問,元の値,新しい値\n8,web.csv,10,問1,2,1\n"]).unwrap_err();
    assert_eq!(mistakes(&error)[0].0, "answers::log-file");
}

#[test]
fn one_file_serves_several_waves_that_list_it() {
    let office = office("cleaning_log = [\"raw/log.csv\"]");
    let head = "調査,調査回,整理番号,行,設問,元の値,新しい値,対応\n";
    let remove = "市民アンケート,R4,8,10,,,,票を除く\n";
    let two_waves = |text: &str, listed: bool| {
        office.write("raw/log.csv", text);
        let listed = if listed { "cleaning_log = [\"raw/log.csv\"]\n" } else { "" };
        let second = format!(
            "[survey.citizen.wave.R7]\nresponses = [\"raw/paper.csv\"]\nrespondent = \"整理番号\"\n\
             duplicates = \"first\"\n{listed}[[indicator]]\nid = \"known\""
        );
        office.write(
            "plan.toml",
            PLAN.replace("LOG", "cleaning_log = [\"raw/log.csv\"]")
                .replace("[[indicator]]\nid = \"known\"", &second),
        );
        office.compute()
    };
    let both = format!("{head}{remove}citizen,R7,3,,問1,7,2,\ncitizen,令和7年度,3,,問1,7,2,\n");
    assert_eq!(two_waves(&both, true).unwrap_or_else(|e| panic!("{e}")).cleaned(), [1, 0, 1]);
    for (text, listed) in [
        (both.as_str(), false),
        (&format!("{head}{remove}市民アンケ,R4,3,,問1,7,2,\n"), true),
        (&format!("{head}{remove}citizen,R5,3,,問1,7,2,\n"), true),
    ] {
        let error = two_waves(text, listed).unwrap_err();
        assert!(
            error.diagnostics().iter().all(|d| d.code == "plan::log-wave" && d.place.row.is_some()),
            "{error}"
        );
    }
}

#[test]
fn a_log_without_old_values_is_taken_when_the_plan_says_so_and_is_counted() {
    let office = office("cleaning_log = [\"raw/log.csv\"]");
    office.write(
        "raw/log.csv",
        "uuid,row,question,old_value,new_value,change_type\n8,10,,,,remove_survey\n\
                                 3,,問1,,2,\n2,,問1,\"1,2\",1,\n",
    );
    let error = office.compute().unwrap_err();
    assert_eq!(
        mistakes(&error),
        [(
            "answers::log-old-value",
            3,
            "修正記録の元の値は空欄ですが、回答ファイルは「7」です\n回答ファイル: raw/paper.csv › 4行目 › \
             列「問1」 › 問1"
                .to_owned()
        )]
    );
    plan(&office, "cleaning_log = [\"raw/log.csv\"]\ncleaning_log_old = \"where-known\"");
    let outcome = office.compute().unwrap_or_else(|e| panic!("{e}"));
    let unverified: Vec<u64> = outcome
        .quality
        .findings
        .iter()
        .filter(|f| f.code == "answers::log-unverified")
        .map(|f| f.count)
        .collect();
    assert_eq!((outcome.cleaned(), unverified), ([2, 0, 1], vec![1]));
    assert!(
        outcome
            .table
            .notes
            .iter()
            .any(|n| n.ja.ends_with("修正記録により2件の回答を直し、1票を除きました。")),
        "{:?}",
        outcome.table.notes
    );
}
