//! Whatever stands in the raw files and in the log: no panic; what is applied verifies; a log that says
//! nothing changes nothing; what a person does not fill in is asked again.

use std::cell::Cell;

use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};
use shihyo::code::Severity;
use shihyo::decode::{DecodeOptions, decode};
use shihyo::edits::{Action, Cleaned, Log, OldValues, clean, read_log, review, verify};
use shihyo::error::SourceText;
use shihyo::questionnaire::{Duplicates, Questionnaire, read_questionnaire};
use shihyo::raw::{ReadOptions, Table, read_bytes};

fn questionnaire() -> Questionnaire {
    let text = "title = \"試験\"\n\
        [[question]]\nid = \"問1\"\ntype = \"single\"\n\
        options = [\"はい\", \"いいえ\", { label = \"その他\", free_text = true }]\n\
        [[question]]\nid = \"問2\"\ntype = \"multiple\"\nmax_marks = 2\n\
        options = [\"見守り\", \"配食\", { label = \"特になし\", exclusive = true }]\n\
        [[question]]\nid = \"問3\"\ntype = \"multiple\"\noptions = [\"a, b\", \"a\", \"b\"]\n\
        [[question]]\nid = \"年齢\"\ntype = \"number\"\nrange = [0, 120]\n\
        asked_if = { question = \"問1\", of = [\"はい\"] }\n\
        [[question]]\nid = \"意見\"\ntype = \"text\"\n";
    read_questionnaire(SourceText { file: "q.toml".into(), text: text.into() }.into()).unwrap()
}

fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    rows.iter().for_each(|row| out.write_record(row).unwrap());
    out.into_inner().unwrap()
}

fn table(rows: &[Vec<String>], name: &str) -> Table {
    read_bytes(&csv(rows), name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

const RAW: [&str; 8] = ["整理番号", "問1", "問2_1", "問2_2", "問2_3", "問3", "年齢", "意見"];
const LOG: [&str; 9] = ["整理番号", "ファイル", "行", "設問", "列", "元の値", "新しい値", "対応", "理由"];

fn header(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

/// What stands in cells: codes, labels, joined codes, answers that no option takes.
const CELLS: [&str; 16] = [
    "0",
    "1",
    "2",
    "3",
    "1,2",
    "7",
    "○",
    "はい",
    "a, b",
    "a,b",
    "無回答",
    "99",
    "1e2",
    "１",
    "TRUE",
    "その他",
];

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        8 => proptest::sample::select(CELLS.to_vec()).prop_map(str::to_owned),
        1 => "[ -~あ-ん漢①…\n\"']{0,12}",
    ]
}

fn raw() -> impl Strategy<Value = Vec<Vec<String>>> {
    let id = prop_oneof![8 => (1u8..9).prop_map(|n| n.to_string()), 1 => Just(String::new())];
    let row = (id, proptest::collection::vec(cell(), 7)).prop_map(|(id, rest)| [vec![id], rest].concat());
    proptest::collection::vec(row, 1..8)
}

/// A question of the log with the column it is in, and that column's place in the raw file.
const PLACES: [(&str, &str, usize); 7] = [
    ("問1", "", 1),
    ("問2", "問2_1", 2),
    ("", "問2_3", 4),
    ("問3", "", 5),
    ("年齢", "", 6),
    ("意見", "", 7),
    ("", "整理番号", 0),
];

/// A row of a log, and which return and which place of it the row speaks of; `None` where it says anything.
type LogRow = (Vec<String>, Option<(usize, usize)>);

fn log_row() -> impl Strategy<Value = LogRow> {
    let pick = |of: &[&'static str]| proptest::sample::select(of.to_vec()).prop_map(str::to_owned);
    let row = (
        (
            prop_oneof![(1u8..9).prop_map(|n| n.to_string()), Just(String::new())],
            pick(&["", "", "raw.csv", "x.csv"]),
            pick(&["", "", "2", "3", "4", "999999999999"]),
        ),
        (
            pick(&["問1", "問2", "問3", "年齢", "意見", "", "問9"]),
            pick(&["", "", "", "問2_1", "問2_1～問2_3", "問3", "整理番号", "@C"]),
        ),
        (cell(), cell(), pick(&["", "", "", "修正", "無回答にする", "票を除く", "変更しない", "?"]), cell()),
    )
        .prop_map(|((id, file, row), (question, column), (old, new, kind, reason))| {
            vec![id, file, row, question, column, old, new, kind, reason]
        });
    let of = prop_oneof![1 => Just(None), 3 => (0..8_usize, 0..PLACES.len()).prop_map(Some)];
    (row, of)
}

/// The row of the log as a person writes it, who looks at the return.
fn looked_up((mut row, of): LogRow, raw: &[Vec<String>]) -> Vec<String> {
    if let Some((at, place)) = of {
        let (at, (question, column, field)) = (at % raw.len(), PLACES[place]);
        let place = ["", "raw.csv", &(at + 2).to_string(), question, column].map(str::to_owned);
        row[..5].clone_from_slice(&place);
        row[0] = raw[at][0].clone();
        row[5] = raw[at][field].clone();
    }
    row
}

fn applied(raw: &Table, log: Log) -> Option<Cleaned> {
    clean(&questionnaire(), std::slice::from_ref(raw), Some("整理番号"), &[log], OldValues::Recorded).ok()
}

/// The cleaned table as a file of its own, without the returns that were taken out.
fn clean_file(cleaned: &Cleaned) -> Table {
    let table_of = &cleaned.tables[0];
    let rows = (0..table_of.row_count()).filter(|row| !cleaned.removed.contains(&(0, *row)));
    let rows: Vec<Vec<String>> =
        rows.map(|row| table_of.columns.iter().map(|c| c.cell(row).text()).collect()).collect();
    table(&[vec![header(&RAW)], rows].concat(), "clean.csv")
}

proptest! {

    #[test]
    fn a_log_of_open_rows_changes_nothing_and_is_asked_again(raw in raw()) {
        let questionnaire = questionnaire();
        let raw = table(&[vec![header(&RAW)], raw].concat(), "raw.csv");
        let options = DecodeOptions {
            respondent: Some("整理番号".into()),
            duplicates: Duplicates::First,
            ..DecodeOptions::default()
        };
        let answers = decode(&questionnaire, std::slice::from_ref(&raw), &options).unwrap();
        let ask = |cleaned: Option<&Cleaned>| {
            review(
                &questionnaire,
                std::slice::from_ref(&raw),
                Some("整理番号"),
                &answers.issues,
                &cleaned.map(|c| c.looked_at.clone()).unwrap_or_default(),
            )
        };
        let asked = ask(None);
        // Every warning stands in the row of its cell, and a cell has one row.
        let problems: usize = asked.iter().map(|r| r.problems.len()).sum();
        let mut cells: Vec<_> = asked.iter().map(|r| (r.row, r.question, &r.column)).collect();
        cells.sort();
        cells.dedup();
        prop_assert_eq!(cells.len(), asked.len());
        let mut told: Vec<_> = answers
            .issues
            .iter()
            .map(|i| (i.row, i.question, i.column, i.problem))
            .filter(|(.., p)| p.severity() == Severity::Warning)
            .collect();
        told.sort();
        told.dedup();
        prop_assert_eq!(problems, told.len());
        let as_log = |kind: &str| {
            let row = |r: &shihyo::edits::ReviewRow| {
                let question = r.question.map_or("", |q| questionnaire.questions[q].id.as_str());
                vec![
                    r.respondent.clone(),
                    r.file.clone(),
                    r.row.to_string(),
                    question.to_owned(),
                    r.column.clone(),
                    r.old.clone(),
                    String::new(),
                    kind.to_owned(),
                    String::new(),
                ]
            };
            read_log(
                &table(&[vec![header(&LOG)], asked.iter().map(row).collect()].concat(), "log.csv"),
                Some("整理番号"),
            )
            .unwrap()
        };
        // What was exported reads back: each row finds its place and its old value.
        let open = clean(
            &questionnaire,
            std::slice::from_ref(&raw),
            Some("整理番号"),
            &[as_log("")],
            OldValues::Recorded,
        )
        .unwrap();
        prop_assert_eq!(&open.tables[0], &raw);
        prop_assert_eq!(ask(Some(&open)).len(), asked.len());
        let judged = clean(
            &questionnaire,
            std::slice::from_ref(&raw),
            Some("整理番号"),
            &[as_log("変更しない")],
            OldValues::Recorded,
        )
        .unwrap();
        prop_assert_eq!(&judged.tables[0], &raw);
        prop_assert_eq!(ask(Some(&judged)).len(), 0);
    }
}

#[test]
fn what_a_log_gives_verifies() {
    let compared = Cell::new(0);
    proptest!(|(raw in raw(), rows in proptest::collection::vec(log_row(), 0..6))| {
        let rows: Vec<Vec<String>> = rows.into_iter().map(|row| looked_up(row, &raw)).collect();
        let raw = table(&[vec![header(&RAW)], raw].concat(), "raw.csv");
        // Rows that cannot be read or applied are left out one by one, so that most cases come to something.
        let one = |row: &Vec<String>| {
            read_log(&table(&[header(&LOG), row.clone()], "log.csv"), Some("整理番号"))
                .ok()
                .and_then(|log| applied(&raw, log))
                .is_some()
        };
        let good: Vec<Vec<String>> = rows.into_iter().filter(one).collect();
        let Ok(log) = read_log(&table(&[vec![header(&LOG)], good].concat(), "log.csv"), Some("整理番号"))
        else {
            return Ok(());
        };
        let Some(cleaned) = applied(&raw, log) else { return Ok(()) };
        prop_assert_eq!(cleaned.tables[0].row_count(), raw.row_count());
        let found = verify(&questionnaire(), &cleaned, "整理番号", &clean_file(&cleaned)).unwrap();
        prop_assert_eq!(&found.differences, &[]);
        // Every change that is told was made where it says, and nothing else was.
        let mut untold = cleaned.tables[0].clone();
        compared.set(compared.get() + cleaned.changes.len());
        for change in &cleaned.changes {
            let row = raw.row_numbers.iter().position(|n| Some(*n) == change.place.row).unwrap();
            let name = change.place.column.clone().unwrap_or_default();
            if change.action == Action::Remove {
                prop_assert!(cleaned.removed.contains(&(0, row)));
                continue;
            }
            if let Some(now) = cleaned.tables[0].column(&name).map(|c| c.cell(row).text()) {
                prop_assert!(change.action != Action::Blank || now.is_empty(), "{:?}", change);
            }
            let columns: Vec<&str> = if name == "問2_1～問2_3" {
                vec!["問2_1", "問2_2", "問2_3"]
            } else {
                vec![name.as_str()]
            };
            for name in columns {
                let at = untold.columns.iter().position(|c| c.name() == name).unwrap();
                let before = raw.columns[at].cell(row).clone();
                untold.columns[at].values.push(before);
                let last = untold.columns[at].values.len() as u32 - 1;
                untold.columns[at].rows.set(row, last);
            }
        }
        for (ours, theirs) in untold.columns.iter().zip(&raw.columns) {
            prop_assert!(
                (0..raw.row_count()).all(|row| ours.cell(row) == theirs.cell(row)),
                "{} was changed and not told",
                ours.name()
            );
        }
        for (table, column) in &cleaned.covered {
            prop_assert!(*table == 0 && *column < RAW.len());
        }
    });
    assert!(compared.get() >= 100, "only {} changes compared", compared.get());
}
