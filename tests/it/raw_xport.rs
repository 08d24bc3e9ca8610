//! SAS transport files that ReadStat wrote (pyreadstat 1.3.7, `write_xport`, versions 5 and 8): five people
//! with `ID` 1 to 5; sex 男, 女, blank, 女, 男; age 18, 65.5, missing, 0, −118.625; weight 0.1, 1234567.875,
//! 1e-10, 3e20, 1/3; a day. Version 8 has a name of 26 letters and a label of more than 40 bytes. What they
//! hold is what pyreadstat reads back.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::shared;
use shihyo::code::{Code, Severity};
use shihyo::draft::infer;
use shihyo::join::{Join, KeyColumn, join};
use shihyo::raw::{self, Cell, ReadOptions, Table};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/raw").join(name)).unwrap()
}

fn read(bytes: &[u8]) -> Table {
    raw::read_bytes(bytes, "a.xpt", &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn code(bytes: &[u8], name: &str) -> Code {
    let read = raw::read_bytes(bytes, name, &ReadOptions::default());
    read.map(drop).unwrap_err().diagnostics()[0].code
}

fn cells(table: &Table, at: usize) -> Vec<Cell> {
    (0..table.row_count()).map(|row| table.columns[at].cell(row).clone()).collect()
}

#[test]
fn both_versions_give_what_was_written() {
    for (file, age, label) in [
        ("xport_5.xpt", "AGE", "Age in years"),
        (
            "xport_8.xpt",
            "AGE_IN_YEARS_OF_RESPONDENT",
            "How old were you on your last birthday, in years and parts of years?",
        ),
    ] {
        let table = read(&bytes(file));
        let names: Vec<String> = table.columns.iter().map(|c| c.name()).collect();
        assert_eq!(names, ["ID", "SEX", age, "W", "DAY"], "{file}");
        assert_eq!((table.row_count(), table.row_numbers[0]), (5, 1), "{file}");
        let texts = |values: [&str; 5]| {
            values.map(|t| if t.is_empty() { Cell::Empty } else { Cell::Text(t.into()) }).to_vec()
        };
        assert_eq!(cells(&table, 1), texts(["男", "女", "", "女", "男"]), "{file}");
        let number = Cell::Number;
        let ages = [number(18.0), number(65.5), Cell::Empty, number(0.0), number(-118.625)];
        assert_eq!(cells(&table, 2), ages, "{file}");
        assert_eq!(cells(&table, 0), [1.0, 2.0, 3.0, 4.0, 5.0].map(number));
        // Exact in base 16 where it is exact in base 2; 0.1 within the last bit.
        let weights = cells(&table, 3);
        assert_eq!(weights[1], number(1_234_567.875));
        for (cell, expected) in weights.iter().zip([0.1, 1_234_567.875, 1e-10, 3e20, 1.0 / 3.0]) {
            let Cell::Number(x) = cell else { panic!("{cell:?}") };
            assert!((x - expected).abs() <= f64::EPSILON * expected, "{file}: {x} {expected}");
        }
        let day = |t: &str| Cell::Date(t.into());
        let days = [day("2024-04-01"), day("1959-12-31"), Cell::Empty, day("2000-02-29"), day("1960-01-01")];
        assert_eq!(cells(&table, 4), days, "{file}");
        let variables = &table.dictionary.as_ref().unwrap().variables;
        assert_eq!(variables["SEX"].label.as_deref(), Some("性別"));
        assert_eq!(variables[age].label.as_deref(), Some(label));
        assert_eq!(variables["DAY"].label, None);
        // The encoding stands nowhere in the file: it is told how it was found.
        assert!(table.findings.iter().all(|f| f.code == Code::RawEncoding), "{:?}", table.findings);
        assert_eq!(table.digest.encoding.as_deref(), Some("UTF-8"));
        assert_eq!(infer(&[table], "t", shihyo::text::Lang::Ja).questionnaire.questions[0].text, "性別");
    }
}

#[test]
fn a_transport_file_is_known_by_its_content() {
    let whole = bytes("xport_5.xpt");
    let table = raw::read_bytes(&whole, "a.csv", &ReadOptions::default()).unwrap();
    assert_eq!(table.findings[0].code, Code::RawWrongExtension);
    assert!(table.findings[0].message.ja.contains("SASの移送ファイル(XPORT)"));
    assert_eq!(code(b"**COMPRESSED** **COMPRESSED** **COMPRESSED**", "a.xpt"), Code::RawUnsupported);
    assert_eq!(code(&[b"not one\0", &whole[..]].concat(), "a.xpt"), Code::RawDamaged);
}

/// The file with `more` in the place of the first `what`.
fn with(whole: &[u8], what: &[u8], more: &[u8]) -> Vec<u8> {
    let at = whole.windows(what.len()).position(|w| w == what).unwrap();
    [&whole[..at], more, &whole[at + what.len()..]].concat()
}

#[test]
fn several_data_sets_are_told_and_one_is_named() {
    let whole = bytes("xport_5.xpt");
    let second = with(&whole[240..], b"PEOPLE  ", b"OTHERS  ");
    let both = [&whole[..], &second].concat();
    let table = read(&both);
    let other = table.findings.iter().find(|f| f.code == Code::RawOtherSheets).unwrap();
    assert!(other.message.ja.contains("「PEOPLE」") && other.message.ja.contains("OTHERS"));
    assert_eq!((table.row_count(), table.digest.sheet.as_deref()), (5, Some("PEOPLE")));
    let named = |sheet: &str| {
        let options = ReadOptions { sheet: Some(sheet.to_owned()), ..ReadOptions::default() };
        raw::read_bytes(&both, "a.xpt", &options)
    };
    assert_eq!(named("others").unwrap().columns, table.columns);
    assert_eq!(named("nobody").unwrap_err().diagnostics()[0].code, Code::RawSheet);
}

#[test]
fn the_least_number_is_a_zero_and_told() {
    let whole = bytes("xport_5.xpt");
    let eighteen = [0x42, 0x12, 0, 0, 0, 0, 0, 0];
    let table = read(&with(&whole, &eighteen, &[0, 0x10, 0, 0, 0, 0, 0, 0]));
    assert_eq!(cells(&table, 2)[0], Cell::Number(0.0));
    let told = table.findings.iter().find(|f| f.code == Code::RawLeastNumber).unwrap();
    assert_eq!((told.severity, told.count), (Severity::Note, 1));
    // A letter alone is a missing number of its own kind.
    let table = read(&with(&whole, &eighteen, b"B\0\0\0\0\0\0\0"));
    assert_eq!(cells(&table, 2)[0], Cell::Text(".B".into()));
    let variables = &table.dictionary.as_ref().unwrap().variables;
    assert!(variables["AGE"].is_missing(&Cell::Text(".B".into())));
}

/// The last record is filled with blanks, which may look like rows: those of one letter each.
#[test]
fn blanks_of_the_last_record_are_no_rows() {
    let whole = bytes("xport_5.xpt");
    let start = whole.windows(11).position(|w| w == b"OBS     HEA").unwrap() - 20 + 80;
    let mut names = whole[..start - 80].to_vec();
    // One variable, SEX, of one byte at the beginning of the row.
    let names_at = names.windows(7).position(|w| w == b"NAMESTR").unwrap() - 20;
    names[names_at + 54..names_at + 58].copy_from_slice(b"0001");
    let sex = names[names_at + 80 + 140..names_at + 80 + 280].to_vec();
    names.truncate(names_at + 80);
    let mut sex = sex;
    sex[4..6].copy_from_slice(&[0, 1]);
    sex[84..88].copy_from_slice(&[0; 4]);
    names.extend(sex);
    names.extend([b' '; 20]);
    names.extend(&whole[start - 80..start]);
    let rows = |data: &[u8]| {
        let fill = vec![b' '; data.len().next_multiple_of(80) - data.len()];
        cells(&read(&[&names[..], data, &fill].concat()), 0)
    };
    let texts = |list: &[&str]| -> Vec<Cell> {
        list.iter().map(|t| if t.is_empty() { Cell::Empty } else { Cell::Text((*t).into()) }).collect()
    };
    assert_eq!(rows(b"12 21"), texts(&["1", "2", "", "2", "1"]));
    assert_eq!(rows(&[b'1'; 80]).len(), 80);
    assert_eq!(rows(&[b'1'; 81]).len(), 81);
}

#[test]
fn a_cut_or_overwritten_file_does_no_harm() {
    for file in ["xport_5.xpt", "xport_8.xpt"] {
        let whole = bytes(file);
        for cut in (80..whole.len() - 240).step_by(7) {
            let options = ReadOptions::default();
            // What is cut between two rows of version 5 is a shorter file.
            if let Err(error) = raw::read_bytes(&whole[..cut], "a.xpt", &options) {
                assert_eq!(error.diagnostics()[0].code, Code::RawDamaged, "cut at {cut}");
            }
        }
        for at in 0..whole.len() {
            for byte in [0, b' ', b'9', 0xFF] {
                let mut other = whole.clone();
                other[at] = byte;
                drop(raw::read_bytes(&other, "a.xpt", &ReadOptions::default()));
            }
        }
    }
}

/// Files of NHANES 2015–2016 as the office hands them out, written by SAS: demography and body measures of
/// the same people in two files, joined by `SEQN`, are what R's reader made of them (`n2015.csv`).
#[test]
fn files_of_an_office_are_joined_by_their_key() {
    let Some(folder) = shared::part("official/nhanes") else { return };
    let of = |name: &str| raw::read(&folder.join(name), name, &ReadOptions::default()).unwrap();
    let (people, measures, expected) = (of("DEMO_I.XPT"), of("BMX_I.XPT"), of("n2015.csv"));
    let key = vec![KeyColumn { answers: "SEQN".to_owned(), file: "SEQN".to_owned() }];
    let mut tables = [people];
    let findings = join(&mut tables, &measures, &Join { key, ..Join::default() }).unwrap();
    let [people] = tables;
    // 9,971 people, of whom 9,544 came to be measured.
    assert_eq!((people.row_count(), measures.row_count()), (9_971, 9_544));
    let lost: Vec<(Code, u64)> = findings.iter().map(|f| (f.code, f.count)).collect();
    assert_eq!(lost, [(Code::JoinUnmatched, 9_971 - 9_544)]);
    let number = |table: &Table, name: &str, row: usize| {
        table.column(name).unwrap().cell(row).text().parse::<f64>().ok()
    };
    let rows: BTreeMap<u64, usize> =
        (0..people.row_count()).map(|row| (number(&people, "SEQN", row).unwrap() as u64, row)).collect();
    let mut compared = 0;
    for row in 0..expected.row_count() {
        let here = rows[&(number(&expected, "SEQN", row).unwrap() as u64)];
        for name in ["RIAGENDR", "RIDAGEYR", "RIDRETH3", "WTMEC2YR", "SDMVSTRA", "BMXWT", "BMXHT", "BMXWAIST"]
        {
            let (own, theirs) = (number(&people, name, here), number(&expected, name, row));
            let same = match (own, theirs) {
                (Some(own), Some(theirs)) => (own - theirs).abs() <= 1e-6 * theirs.abs(),
                (own, theirs) => own == theirs,
            };
            assert!(same, "row {row} {name}: {own:?} {theirs:?}");
            compared += u64::from(own.is_some());
        }
    }
    assert!(compared > 40_000, "{compared}");
}
