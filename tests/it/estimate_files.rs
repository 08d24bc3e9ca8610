//! The same answers in every kind of file, stacked files, spreadsheet letters, and real files that nobody
//! here wrote.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::estimate;
use crate::support::estimate::run_json;
use crate::support::shared;
use polars::prelude::{Column, DataFrame, ParquetWriter};
use rust_xlsxwriter::Workbook;
use serde_json::Value;

const HEADER: [&str; 3] = ["性別", "問１", "年齢"];
const ROWS: [[&str; 3]; 7] = [
    ["男", "1", "23"],
    ["女", "1,3", "35"],
    ["女", "2", ""],
    ["男", "3", "61"],
    ["女", "", "48"],
    ["", "1", "70"],
    ["男", "2、3", "52"],
];

fn call(files: &[PathBuf], more: &[&str]) -> Vec<Value> {
    let wanted = [
        "--share",
        "問1=1|2",
        "--mean",
        "年齢",
        "--by",
        "性別",
        "--diff",
        "性別=男 vs rest",
        "--format",
        "json",
        "--quiet",
    ];
    let files = files.iter().map(|f| f.display().to_string());
    let arguments: Vec<String> = ["estimate".to_owned()]
        .into_iter()
        .chain(files)
        .chain(wanted.iter().chain(more).map(|a| (*a).to_owned()))
        .collect();
    run_json(&arguments).unwrap_or_else(|e| panic!("{arguments:?}\n{e}"))
}

fn csv(rows: &[[&str; 3]]) -> String {
    let line = |cells: &[&str; 3]| cells.map(|c| format!("\"{c}\"")).join(",") + "\n";
    line(&HEADER) + &rows.iter().map(line).collect::<String>()
}

#[test]
fn the_same_answers_give_the_same_rows_from_every_kind_of_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("utf8.csv"), csv(&ROWS)).unwrap();
    let expected = call(&[path("utf8.csv")], &[]);
    assert_eq!((expected[0]["n"].as_u64(), expected[0]["n_yes"].as_u64()), (Some(6), Some(5)));

    let text = csv(&ROWS);
    let (cp932, _, lossy) = encoding_rs::SHIFT_JIS.encode(&text);
    assert!(!lossy);
    fs::write(path("cp932.csv"), &cp932).unwrap();
    assert_eq!(call(&[path("cp932.csv")], &[]), expected);
    assert_eq!(call(&[path("cp932.csv")], &["--encoding", "CP932"]), expected);

    fs::write(path("tabs.tsv"), csv(&ROWS).replace("\",\"", "\"\t\"")).unwrap();
    assert_eq!(call(&[path("tabs.tsv")], &[]), expected);

    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "表紙").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("回答").unwrap();
    for (column, name) in HEADER.iter().enumerate() {
        sheet.write_string(0, column as u16, "調査").unwrap();
        sheet.write_string(1, column as u16, *name).unwrap();
        for (row, cells) in ROWS.iter().enumerate() {
            match cells[column].parse::<f64>() {
                Ok(x) => sheet.write_number(row as u32 + 2, column as u16, x).unwrap(),
                Err(_) => sheet.write_string(row as u32 + 2, column as u16, cells[column]).unwrap(),
            };
        }
    }
    book.save(path("two.xlsx")).unwrap();
    assert_eq!(call(&[path("two.xlsx")], &["--sheet", "回答", "--header-rows", "2"]), expected);

    let texts = |at: usize| ROWS.iter().map(|r| Some(r[at]).filter(|c| !c.is_empty())).collect::<Vec<_>>();
    let ages: Vec<Option<f64>> = ROWS.iter().map(|r| r[2].parse().ok()).collect();
    let columns = vec![
        Column::new(HEADER[0].into(), texts(0)),
        Column::new(HEADER[1].into(), texts(1)),
        Column::new(HEADER[2].into(), ages),
    ];
    let mut frame = DataFrame::new(ROWS.len(), columns).unwrap();
    ParquetWriter::new(fs::File::create(path("t.parquet")).unwrap()).finish(&mut frame).unwrap();
    assert_eq!(call(&[path("t.parquet")], &[]), expected);

    // Stacked by name, whatever the order of the columns.
    fs::write(path("first.csv"), csv(&ROWS[..3])).unwrap();
    let turned: String = ROWS[3..].iter().map(|[a, b, c]| format!("\"{c}\",\"{b}\",\"{a}\"\n")).collect();
    fs::write(path("second.csv"), format!("年齢,問1,性別\n{turned}")).unwrap();
    assert_eq!(call(&[path("first.csv"), path("second.csv")], &[]), expected);
}

#[test]
fn spreadsheet_letters_name_the_same_columns() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.csv");
    fs::write(&file, csv(&ROWS)).unwrap();
    let run = |arguments: &[&str]| {
        let all: Vec<String> =
            [&["estimate", &file.display().to_string()][..], arguments, &["--format", "json", "-q"]]
                .concat()
                .into_iter()
                .map(str::to_owned)
                .collect();
        run_json(&all).unwrap()
    };
    let by_name =
        run(&["--share", "問1=3", "--quantile", "年齢@0.5", "--where", "性別=男", "--missing", "年齢=23"]);
    let by_letter =
        run(&["--share", "@B=3", "--quantile", "@C@0.5", "--where", "@a=男", "--missing", "@C=23"]);
    for (name, letter) in by_name.iter().zip(&by_letter) {
        for field in ["n", "n_yes", "stat", "se", "stat_low", "stat_upp"] {
            assert_eq!(name[field], letter[field], "{field}");
        }
    }
    assert_eq!((by_letter[0]["analysis_var"].as_str(), by_letter[1]["n"].as_u64()), (Some("@B"), Some(2)));
}

/// The cells of a CSV by column.
fn columns(path: &Path) -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut out: Vec<(String, Vec<String>)> =
        reader.headers().unwrap().iter().map(|h| (h.to_owned(), Vec::new())).collect();
    for record in reader.records() {
        out.iter_mut().zip(record.unwrap().iter()).for_each(|((_, cells), cell)| cells.push(cell.to_owned()));
    }
    out
}

/// Every option of a joined column is counted as often as cutting its cells at `mark` finds it.
fn compare(file: &Path, joined: &str, cells: &[String], options: &[String], mark: char) -> usize {
    // What nobody chose is refused, since a bare file does not say that it is an option.
    let occurs = |o: &&String| cells.iter().any(|c| c.split(mark).any(|part| part.trim() == o.as_str()));
    let options: Vec<&String> = options.iter().filter(occurs).collect();
    let mut arguments = vec!["estimate".to_owned(), file.display().to_string()];
    options.iter().for_each(|o| arguments.extend(["--share".to_owned(), format!("{joined}={o}")]));
    arguments.extend(["--format", "json", "-q"].map(str::to_owned));
    let rows = run_json(&arguments).unwrap();
    for (option, row) in options.iter().zip(&rows) {
        let expected =
            cells.iter().filter(|c| c.split(mark).any(|part| part.trim() == option.as_str())).count() as u64;
        assert_eq!(row["n_yes"].as_u64(), Some(expected), "{joined}={option}");
    }
    rows.len()
}

#[test]
fn joined_cells_of_real_surveys_are_taken_apart() {
    let Some(folder) = shared::surveys() else { return };
    let file = folder.join("kobo_talafar/clean_data.csv");
    let table = columns(&file);
    let mut compared = 0;
    for (name, cells) in &table {
        let options: Vec<String> = table
            .iter()
            .filter_map(|(n, _)| n.strip_prefix(&format!("{name}.")))
            .map(str::to_owned)
            .collect();
        if !options.is_empty() {
            compared += compare(&file, name, cells, &options, ' ');
        }
    }
    // Of the 188 options, 71 were chosen by nobody.
    assert_eq!(compared, 117);

    let file = folder.join("fukui_kanko_202506/monthly_202506.csv");
    let table = columns(&file);
    let at = |name: &str| table.iter().position(|(n, _)| n == name).unwrap();
    for (joined, next) in [
        ("訪問目的ALL", "福井県までの交通手段ALL"),
        ("福井県内での交通手段ALL", "福井県内での交通手段の満足度"),
    ] {
        let options: Vec<String> = table[at(joined) + 1..at(next)].iter().map(|(n, _)| n.clone()).collect();
        compare(&file, joined, &table[at(joined)].1, &options, '\n');
    }
}

#[test]
fn spss_codes_labels_and_missing_values_are_known() {
    let Some(folder) = shared::surveys() else { return };
    let file = folder.join("spss_japanese/cp932.sav").display().to_string();
    let run = |more: &[&str]| {
        let all = [&["estimate", &file][..], more, &["--format", "json", "-q"]]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        run_json(&all).unwrap()
    };
    // 1, 2, 9 (declared missing), blank; 3, −2 and 99 (declared missing), 5.
    let rows =
        run(&["--share", "teiju=1", "--share", "teiju=住み続けたい", "--share", "kotsu=1", "--mean", "q2"]);
    let counts: Vec<_> = rows.iter().map(|r| (r["n"].as_u64(), r["stat"].as_f64())).collect();
    assert_eq!(
        counts,
        [(Some(2), Some(0.5)), (Some(2), Some(0.5)), (Some(4), Some(0.5)), (Some(2), Some(4.0))]
    );
}

#[test]
fn a_real_survey_in_cp932_gives_the_same_bytes() {
    let Some(folder) = shared::surveys() else { return };
    let file = folder.join("fukui_kanko_202506/monthly_202506.csv");
    let text = fs::read_to_string(&file).unwrap();
    let (bytes, _, lost) = encoding_rs::SHIFT_JIS.encode(text.trim_start_matches('\u{feff}'));
    assert!(!lost, "every character of the file is one of CP932");
    let copy = tempfile::tempdir().unwrap();
    let copied = copy.path().join("monthly_202506.csv");
    fs::write(&copied, &bytes).unwrap();
    let asked = [
        "--share",
        "訪問目的ALL=温泉や露天風呂",
        "--share",
        "満足度=とても満足|満足",
        "--share",
        "温泉や露天風呂=1",
        "--mean",
        "NPS",
        "--by",
        "年代",
        "--by",
        "性別,6分類",
        "--missing",
        "年代=無回答",
        "--diff",
        "性別=女 vs 性別=男",
    ];
    for format in ["csv", "json", "table"] {
        let out = |file: &Path| {
            let mut arguments = vec![
                "estimate".to_owned(),
                file.display().to_string(),
                "--format".to_owned(),
                format.to_owned(),
            ];
            arguments.extend(asked.map(str::to_owned));
            let out = estimate::output(&arguments);
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
            out.stdout
        };
        assert!(out(&file) == out(&copied), "{format}: not the same bytes");
    }
}
