//! Headings of several rows, titles above and totals below, as `init` drafts them and as `estimate` reads
//! them: no row of headings counts as a respondent.

use std::io::Cursor;

use rust_xlsxwriter::{Format, Workbook};
use shihyo::code::Code;
use shihyo::raw::{Cell, ReadOptions, Table, read_bytes};

use crate::support::drafted::{Drafted, drafted, drafted_of, expected};
use crate::support::project::Project;

/// Rows below a head.
fn csv(head: &str, rows: usize, row: impl Fn(usize) -> String) -> String {
    (0..rows).fold(format!("{head}\n"), |text, n| text + &row(n) + "\n")
}

fn says_what_was_read(out: &Drafted, line: &str) {
    assert!(out.plan().contains(line), "{}", out.plan());
    let told = out.first.findings.iter().any(|f| f.code == Code::RawHeadingFound);
    assert!(told, "{:?}", out.first.findings);
}

fn either(n: usize, of: usize, word: &str) -> &str {
    if n.is_multiple_of(of) { word } else { "" }
}

#[test]
fn the_second_row_of_surveymonkey_is_no_person() {
    let head =
        "RespondentID,Do you own a car?,Which do you use?,,,Gender\n,Response,Bus,Train,Bicycle,Response";
    let text = csv(head, 24, |n| {
        let yes = ["Yes", "No"][n % 2];
        let (bus, train, bicycle) = (either(n, 3, "Bus"), either(n, 2, "Train"), either(n, 6, "Bicycle"));
        format!("{},{yes},{bus},{train},{bicycle},{}", 3_000_000 + n, ["Male", "Female", "Female"][n % 3])
    });
    let out = drafted(&text);
    says_what_was_read(&out, "header_rows = 2");
    // Multiples of 3, 2 and 6 below 24.
    assert_eq!(*out.of("@C"), expected(&[("Bus", 8), ("Train", 12), ("Bicycle", 4)], 16));
    assert_eq!(*out.of("@B"), expected(&[("Yes", 12), ("No", 12)], 24));
    assert_eq!(*out.of("Gender"), expected(&[("Male", 8), ("Female", 16)], 24));
    let project = Project::new(&[]);
    project.write("a.csv", text);
    let said =
        project.shihyo_in("en_GB.UTF-8", &["estimate", "a.csv", "--share", "Gender=Male", "--format", "csv"]);
    assert!(said.stdout.contains(",24,"), "{}", said.said());
    assert!(said.stderr.contains("raw::heading-found"), "{}", said.said());
}

#[test]
fn the_three_rows_of_qualtrics_are_no_persons() {
    let head = "StartDate,Finished,Q1,Q2_1,Q2_2,Q2_3\n\
                Start Date,Finished,Do you agree?,Which? - Selected Choice - Bus,Which? - Selected Choice - \
                Train,Which? - Selected Choice - Bicycle\n\
                \"{\"\"ImportId\"\":\"\"startDate\"\"}\",\"{\"\"ImportId\"\":\"\"finished\"\"}\",\
                \"{\"\"ImportId\"\":\"\"QID1\"\"}\",\"{\"\"ImportId\"\":\"\"QID2_1\"\"}\",\
                \"{\"\"ImportId\"\":\"\"QID2_2\"\"}\",\"{\"\"ImportId\"\":\"\"QID2_3\"\"}\"";
    let out = drafted(&csv(head, 24, |n| {
        let (bus, train, bicycle) = (either(n, 3, "Bus"), either(n, 2, "Train"), either(n, 6, "Bicycle"));
        format!("2025-03-01 10:44:18,True,{},{bus},{train},{bicycle}", ["Yes", "No"][n % 2])
    }));
    says_what_was_read(&out, "header_rows = 3");
    assert_eq!(*out.of("Q1"), expected(&[("Yes", 12), ("No", 12)], 24));
    assert_eq!(*out.of("Q2"), expected(&[("Bus", 8), ("Train", 12), ("Bicycle", 4)], 16));
    assert!(!out.questionnaire().contains("ImportId"), "{}", out.questionnaire());
    assert!(out.questionnaire().contains("text = \"Do you agree?\""), "{}", out.questionnaire());
}

#[test]
fn numbered_questions_above_items_keep_their_numbers() {
    let head = "No,問1,問2,問3,,,問4\n,性別,年代,道路,公園,バス,利用した施設";
    let out = drafted(&csv(head, 30, |n| {
        format!("{n},{},{},{},{},{},{}", n % 2 + 1, n % 6 + 1, n % 5 + 1, n % 4 + 1, n % 3 + 1, n % 3 + 1)
    }));
    says_what_was_read(&out, "header_rows = 2");
    assert_eq!(*out.of("問1"), expected(&[("1", 15), ("2", 15)], 30));
    assert_eq!(*out.of("問3-3"), expected(&[("1", 10), ("2", 10), ("3", 10)], 30));
    for line in ["text = \"性別\"", "text = \"道路\"", "text = \"バス\"", "id = \"問4\""] {
        assert!(out.questionnaire().contains(line), "{line}: {}", out.questionnaire());
    }
}

#[test]
fn own_numbers_below_two_rows_are_one_multiple_answer() {
    let out = drafted(&csv(
        "利用した施設（複数回答）,,,性別\n図書館,体育館,公民館,",
        24,
        |n| {
            let cells = (either(n, 2, "1"), either(n, 3, "2"), either(n, 4, "3"));
            format!("{},{},{},{}", cells.0, cells.1, cells.2, ["男", "女"][n % 2])
        },
    ));
    says_what_was_read(&out, "header_rows = 2");
    assert_eq!(
        *out.of("利用した施設(複数回答)"),
        expected(&[("図書館", 12), ("体育館", 8), ("公民館", 6)], 16)
    );
}

#[test]
fn titles_are_passed_over_and_totals_left_out() {
    let head =
        "令和6年度 市民意識調査 回答データ,,,\n\"（抽出 2,000人、回収 24票）\",,,\n整理番号,問1,問2,問3";
    let row = |n: usize| format!("{n},{},{},{}", ["はい", "いいえ"][n % 2], n % 4 + 1, ["男", "女"][n % 2]);
    for total in ["合計,,,", "計,24,24,24", ",Total,,"] {
        let out = drafted(&(csv(head, 24, row) + total + "\n"));
        says_what_was_read(&out, "skip_rows = 2\nheader_rows = 1");
        assert_eq!(*out.of("問1"), expected(&[("はい", 12), ("いいえ", 12)], 24), "{total}");
        assert_eq!(*out.of("問2"), expected(&[("1", 6), ("2", 6), ("3", 6), ("4", 6)], 24), "{total}");
        assert!(out.first.findings.iter().any(|f| f.code == Code::RawTotalRows), "{total}");
        let project = Project::new(&[]);
        project.write("a.csv", csv("整理番号,問1,問2,問3", 24, row) + total + "\n");
        let said =
            project.shihyo_in("en_GB.UTF-8", &["estimate", "a.csv", "--share", "問1=", "--format", "csv"]);
        assert!(said.stdout.contains(",24,"), "{total}: {}", said.said());
        assert!(said.stderr.contains("raw::total-rows"), "{total}: {}", said.said());
    }
}

#[test]
fn a_line_for_excel_says_the_delimiter() {
    let text = csv("sep=;\nid;q1;q2", 24, |n| format!("{n};{};3,5", ["Yes", "No"][n % 2]));
    let out = drafted(&text);
    assert_eq!(*out.of("q1"), expected(&[("Yes", 12), ("No", 12)], 24));
    let table = read_bytes(text.as_bytes(), "a.csv", &ReadOptions::default()).unwrap();
    assert_eq!((table.row_numbers[0], table.row_count()), (3, 24));
}

#[test]
fn merged_rows_of_a_workbook_are_found_and_given_ones_are_taken() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.write_string(0, 0, "市民アンケート 回答一覧").unwrap();
    sheet.merge_range(2, 1, 2, 2, "問1 満足度", &plain).unwrap();
    sheet.merge_range(2, 3, 2, 4, "問2 利用した施設", &plain).unwrap();
    for (column, text) in [(0, "番号"), (1, "道路"), (2, "公園"), (3, "図書館"), (4, "体育館")] {
        sheet.write_string(3, column, text).unwrap();
    }
    for n in 0..24_u32 {
        sheet.write_number(4 + n, 0, n + 1).unwrap();
        sheet.write_number(4 + n, 1, n % 5 + 1).unwrap();
        sheet.write_number(4 + n, 2, n % 3 + 1).unwrap();
        for (column, of) in [(3, 2), (4, 3)] {
            if n % of == 0 {
                sheet.write_string(4 + n, column, "○").unwrap();
            }
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    book.save_to_writer(&mut bytes).unwrap();
    let bytes = bytes.into_inner();
    let out = drafted_of("a.xlsx", &bytes);
    says_what_was_read(&out, "skip_rows = 2\nheader_rows = 2");
    assert_eq!(*out.of("問1-2"), expected(&[("1", 8), ("2", 8), ("3", 8)], 24));
    assert_eq!(*out.of("問2"), expected(&[("図書館", 12), ("体育館", 8)], 16));
    let given = |skip_rows, header_rows| -> Table {
        let options = ReadOptions { skip_rows, header_rows, ..ReadOptions::of_responses() };
        read_bytes(&bytes, "a.xlsx", &options).unwrap()
    };
    let table = given(Some(3), None);
    assert_eq!((table.columns[1].name(), table.row_count()), ("道路".to_owned(), 24));
    // Four rows of headings, though nobody would guess so.
    let table = given(Some(2), Some(4));
    assert_eq!((table.columns[1].header.len(), table.row_count()), (4, 22));
    assert_eq!(*table.columns[0].cell(0), Cell::Number(3.0));
    assert!(table.findings.is_empty(), "{:?}", table.findings);
}

#[test]
fn an_answer_that_is_called_total_is_one() {
    let text =
        csv("使い道,性別", 24, |n| format!("{},{}", ["合計", "一部"][n % 2], ["男", "女"][n % 2]));
    let last = text + "合計,男\n";
    let table = read_bytes(last.as_bytes(), "a.csv", &ReadOptions::of_responses()).unwrap();
    assert_eq!((table.row_count(), table.findings.len()), (25, 0));
}
