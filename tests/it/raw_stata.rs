//! Stata files that other programs wrote (pandas: versions 114, 117, 118 in both byte orders, 119; ReadStat:
//! tagged missing values), and what becomes of them as a questionnaire.

use std::path::Path;

use crate::support::entries;
use shihyo::code::Code;
use shihyo::decode::{DecodeOptions, MissingReason, Responses, decode};
use shihyo::questionnaire::QuestionKind;
use shihyo::questionnaire::form::from_dictionary;
use shihyo::raw::{self, Cell, ReadOptions, Table};

const FILES: [&str; 5] =
    ["stata_114.dta", "stata_117.dta", "stata_118.dta", "stata_118_be.dta", "stata_119.dta"];

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/raw").join(name)).unwrap()
}

fn read(name: &str) -> Table {
    raw::read_bytes(&bytes(name), name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn cells(table: &Table, name: &str) -> Vec<Cell> {
    let column = table.column(name).unwrap_or_else(|| panic!("no column {name}"));
    (0..table.row_count()).map(|r| column.cell(r).clone()).collect()
}

fn numbers(values: &[f64]) -> Vec<Cell> {
    values.iter().map(|&x| if x.is_nan() { Cell::Empty } else { Cell::Number(x) }).collect()
}

fn texts(values: &[&str]) -> Vec<Cell> {
    values.iter().map(|t| if t.is_empty() { Cell::Empty } else { Cell::Text((*t).into()) }).collect()
}

#[test]
fn every_version_and_byte_order_reads_the_same() {
    let dates =
        |values: [&str; 6]| values.map(|t| if t.is_empty() { Cell::Empty } else { Cell::Date(t.into()) });
    for file in FILES {
        let table = read(file);
        assert_eq!(table.row_numbers, [1, 2, 3, 4, 5, 6], "{file}");
        let old = ["stata_114.dta", "stata_117.dta"].contains(&file);
        assert_eq!(
            table.digest.encoding.as_deref(),
            Some(if old { "Shift_JIS (CP932)" } else { "UTF-8" }),
            "{file}"
        );
        let findings: Vec<Code> = table.findings.iter().map(|f| f.code).collect();
        assert_eq!(findings, if old { vec![Code::RawEncoding] } else { vec![] }, "{file}");
        assert_eq!(cells(&table, "id"), numbers(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), "{file}");
        assert_eq!(cells(&table, "q1"), numbers(&[1.0, 2.0, 1.0, f64::NAN, 2.0, 1.0]), "{file}");
        assert_eq!(cells(&table, "w"), numbers(&[1.0, 0.5, 1.25, 1.0, f64::NAN, 2.0]), "{file}");
        assert_eq!(cells(&table, "area"), texts(&["東", "髙﨑①㈱", "", "西ｱｲｳ", "東", "西"]), "{file}");
        assert_eq!(
            cells(&table, "day"),
            dates(["2024-04-01", "1959-12-31", "2000-02-29", "", "2024-12-31", "1970-01-01"]),
            "{file}"
        );
        let when = [
            "2024-04-01T09:30:00",
            "1959-12-31T23:59:59",
            "2000-02-29T00:00:00",
            "",
            "2024-12-31T00:00:00",
            "1970-01-01T00:00:00",
        ];
        assert_eq!(cells(&table, "when"), dates(when), "{file}");
        assert_eq!(
            cells(&table, "month"),
            dates(["2024-04-01", "1959-12-01", "2000-02-01", "", "2024-12-01", "1970-01-01"]),
            "{file}"
        );
        if file != "stata_114.dta" {
            let words = if old { ["good", "long"] } else { ["とても良い①㈱", "長い"] };
            let (long, three) = (words[1].repeat(1200), words[0].repeat(3));
            assert_eq!(cells(&table, "free"), texts(&["", words[0], &three, "", &long, "x"]), "{file}");
        }
        let dictionary = table.dictionary.as_ref().unwrap();
        assert_eq!(dictionary.variables["q1"].label.as_deref(), Some("定住意向（問１）"), "{file}");
        let labels =
            vec![(Cell::Number(1.0), "住み続けたい".to_owned()), (Cell::Number(2.0), "移りたい".to_owned())];
        assert_eq!(dictionary.variables["q1"].value_labels, labels, "{file}");
    }
}

#[test]
fn tagged_missing_values_are_no_answer_and_labels_are_options() {
    let table = read("stata_tagged.dta");
    let tag = |t: &str| Cell::Text(t.into());
    let teiju = &table.dictionary.as_ref().unwrap().variables["teiju"];
    assert_eq!(
        cells(&table, "teiju"),
        [Cell::Number(1.0), Cell::Number(2.0), tag(".a"), tag(".b"), Cell::Number(1.0), Cell::Number(2.0)]
    );
    assert_eq!(teiju.missing_values, [tag(".a"), tag(".b")]);
    assert!(teiju.value_labels.contains(&(tag(".a"), "無回答".to_owned())));
    assert_eq!(
        cells(&table, "age"),
        [Cell::Number(34.0), tag(".a"), Cell::Number(56.0), Cell::Number(78.0), tag(".z"), Cell::Empty]
    );

    let draft = from_dictionary(&table, "調査").unwrap();
    let question = draft.questionnaire.questions.iter().find(|q| q.id == "teiju").unwrap();
    assert_eq!(question.text, "定住意向(問1)");
    let labels: Vec<&str> = question.categories().iter().map(|c| c.label.as_str()).collect();
    assert_eq!(labels, ["住み続けたい", "移りたい"]);
    assert_eq!((&question.no_answer, &question.not_asked), (&vec![".a".to_owned()], &vec![".b".to_owned()]));
    let age = draft.questionnaire.questions.iter().find(|q| q.id == "age").unwrap();
    assert!(matches!(age.kind, QuestionKind::Number { .. }));
    let answers = decode(&draft.questionnaire, &[table], &DecodeOptions::default()).unwrap();
    let at =
        |id: &str| &answers.responses[draft.questionnaire.questions.iter().position(|q| q.id == id).unwrap()];
    let none = Err(MissingReason::NoAnswer);
    assert_eq!(
        at("teiju"),
        &Responses::Single(vec![Ok(0), Ok(1), none, Err(MissingReason::NotAsked), Ok(0), Ok(1)])
    );
    assert_eq!(
        at("age"),
        &Responses::Number(vec![
            Ok(34.0),
            Err(MissingReason::NoAnswer),
            Ok(56.0),
            Ok(78.0),
            Err(MissingReason::NoAnswer),
            Err(MissingReason::NoAnswer)
        ])
    );
}

#[test]
fn an_encoding_that_is_asked_for_is_used() {
    let options = ReadOptions { encoding: Some("windows-1252".into()), ..ReadOptions::default() };
    let table = raw::read_bytes(&bytes("stata_114.dta"), "a.dta", &options).unwrap();
    assert_eq!(table.digest.encoding.as_deref(), Some("windows-1252"));
    assert_ne!(cells(&table, "area")[0], Cell::Text("東".into()));
}

#[test]
fn a_file_that_was_cut_off_is_damaged_wherever_it_ends() {
    for file in FILES {
        let whole = bytes(file);
        for cut in (4..whole.len()).step_by(7) {
            let code = raw::read_bytes(&whole[..cut], file, &ReadOptions::default())
                .map_err(|e| e.diagnostics()[0].code);
            // The old layout has no end of its own: whole sets of value labels may be gone without a trace.
            match code {
                Err(code) => assert!(
                    [Code::RawDamaged, Code::RawUnsupported].contains(&code),
                    "{file} cut at {cut}: {code}"
                ),
                Ok(_) => assert!(
                    (file == "stata_114.dta" && cut > 1500) || cut < b"<stata_dta>".len(),
                    "{file} cut at {cut}"
                ),
            }
        }
    }
}

#[test]
fn overwritten_bytes_do_no_harm() {
    for file in ["stata_114.dta", "stata_117.dta", "stata_118_be.dta", "stata_tagged.dta"] {
        let whole = bytes(file);
        for at in (4..whole.len()).step_by(5) {
            for byte in [0x00, 0x7F, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                entries::file(&bytes, file);
            }
        }
    }
}
