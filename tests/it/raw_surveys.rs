//! Real files that nobody here wrote: read whole, and read the same in every encoding.

use std::path::Path;

use crate::support::shared;
use shihyo::code::Code;
use shihyo::raw::{self, Cell, ReadOptions, Table};

fn read(folder: &Path, file: &str, header_rows: usize) -> Table {
    let options = ReadOptions { header_rows: Some(header_rows), ..ReadOptions::default() };
    raw::read(&folder.join(file), file, &options).unwrap_or_else(|e| panic!("{e}"))
}

fn codes(table: &Table) -> Vec<Code> {
    table.findings.iter().map(|f| f.code).collect()
}

fn filled(table: &Table, column: &str) -> usize {
    let column = table.column(column).unwrap_or_else(|| panic!("no column {column}"));
    (0..table.row_count()).filter(|&r| *column.cell(r) != Cell::Empty).count()
}

#[test]
fn fukui_reads_whole_and_the_same_in_every_encoding() {
    let Some(folder) = shared::surveys() else { return };
    let file = "fukui_kanko_202506/monthly_202506.csv";
    let table = read(&folder, file, 1);
    assert_eq!((table.row_count(), table.columns.len()), (1827, 90));
    assert_eq!(table.digest.encoding.as_deref(), Some("UTF-8 (BOM)"));
    assert!(table.digest.sha256.starts_with("fe0f490f4cea2605"));
    assert_eq!(table.digest.bytes, 1_744_119);
    assert!(table.columns.iter().all(|c| c.rows.len() == 1827 && c.header.len() == 1));
    assert_eq!(table.row_numbers.first().zip(table.row_numbers.last()), Some((&2, &1828)));

    let bytes = std::fs::read(folder.join(file)).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let text = text.trim_start_matches('\u{FEFF}');
    let (cp932, _, lossy) = encoding_rs::SHIFT_JIS.encode(text);
    assert!(!lossy, "every character of the file has a CP932 form");
    let wide = |little: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    };
    for (copy, encoding) in [
        (cp932.into_owned(), "Shift_JIS (CP932)"),
        (wide(true), "UTF-16LE"),
        (wide(false), "UTF-16BE"),
        (text.as_bytes().to_vec(), "UTF-8"),
    ] {
        let other = raw::read_bytes(&copy, file, &ReadOptions::default()).unwrap();
        assert_eq!(other.digest.encoding.as_deref(), Some(encoding));
        assert!(other.columns == table.columns && other.row_numbers == table.row_numbers, "{encoding}");
        assert_eq!(other.findings, table.findings, "{encoding}");
    }
}

#[test]
fn opendata_has_two_header_rows_with_merged_cells() {
    let Some(folder) = shared::surveys() else { return };
    let table = read(&folder, "opendata_survey_r2/r2_survey_answers.csv", 2);
    assert_eq!((table.row_count(), table.columns.len()), (1788, 294));
    assert_eq!(table.column("提出状況").map(|c| c.position), Some(2));
    // The first question: four options and nothing else under one merged header.
    let counts: Vec<usize> = (3..7)
        .map(|at| {
            let column = &table.columns[at];
            assert_eq!(column.header[0], table.columns[3].header[0]);
            (0..table.row_count()).filter(|&r| *column.cell(r) != Cell::Empty).count()
        })
        .collect();
    assert_eq!(counts, [1038, 568, 104, 5]);
    assert_ne!(table.columns[7].header[0], table.columns[3].header[0]);

    let simple = read(&folder, "opendata_survey_r2/r2_survey_answers_simple.csv", 1);
    assert_eq!((simple.row_count(), simple.columns.len()), (1788, 236));
}

#[test]
fn ragged_codebook_keeps_all_rows() {
    let Some(folder) = shared::surveys() else { return };
    let table = read(&folder, "opendata_survey_r2/r2_survey_questions.csv", 1);
    assert!(codes(&table).contains(&Code::RawShortRow));
    assert_eq!(filled(&table, "question"), table.row_count());
}

#[test]
fn masculinity_is_ascii_with_a_nameless_first_column() {
    let Some(folder) = shared::surveys() else { return };
    let table = read(&folder, "masculinity_538/raw-responses.csv", 1);
    assert_eq!((table.row_count(), table.columns.len()), (1615, 98));
    assert_eq!(table.digest.encoding.as_deref(), Some("UTF-8"));
    assert_eq!(table.columns[0].name(), "A");
    assert_eq!(codes(&table), [Code::RawNoHeader]);
}

#[test]
fn wellbeing_begins_at_column_b_and_has_two_header_rows() {
    let Some(folder) = shared::surveys() else { return };
    for file in ["0112_2025-09-12.xlsx", "0112_2024-04-05_arrayformulas.xlsx"] {
        let table = read(&folder.join("takamatsu_wellbeing"), file, 2);
        assert_eq!(table.digest.sheet.as_deref(), Some("回答データ"), "{file}");
        assert_eq!(table.columns.first().map(|c| c.position), Some(1), "{file}");
        let id = table.columns.iter().find(|c| c.name().contains("回答者")).unwrap();
        assert_eq!((0..table.row_count()).filter(|&r| *id.cell(r) != Cell::Empty).count(), 100, "{file}");
        assert_eq!(table.column("@B").map(|c| c.position), Some(1));
        assert_eq!((table.row_count(), table.row_numbers.last()), (100, Some(&102)), "{file}");
        // The rest of the sheet is an empty template; the older version's array formulas have lost what they
        // refer to.
        let count =
            |code: Code| table.findings.iter().filter(|f| f.code == code).map(|f| f.count).sum::<u64>();
        assert_eq!(count(Code::RawEmptyRows), 899, "{file}");
        assert_eq!(count(Code::RawCellError), if file.contains("array") { 246 } else { 0 }, "{file}");
    }
}

#[test]
fn administrative_workbooks_all_open() {
    let Some(folder) = shared::surveys() else { return };
    let mut count = 0;
    for entry in std::fs::read_dir(folder.join("takamatsu_admin")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "xlsx" || e == "csv") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let table = raw::read(&path, &name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"));
            assert!(table.row_count() > 0, "{name}");
            count += 1;
        }
    }
    assert_eq!(count, 16);
}

#[test]
fn every_other_shared_table_reads_without_a_broken_cell() {
    let Some(folder) = shared::surveys() else { return };
    for sub in ["bristol_sdg", "kobo_talafar", "fukui_kanko_202506"] {
        for entry in std::fs::read_dir(folder.join(sub)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "csv") {
                let name = path.display().to_string();
                let table =
                    raw::read(&path, &name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"));
                assert!(!codes(&table).contains(&Code::RawUndecodable), "{name}");
            }
        }
    }
}
