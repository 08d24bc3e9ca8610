//! Codes that a spreadsheet program turned into dates: told as such, invalid unless the questionnaire allows
//! to read them back and one reading makes sense.

use std::sync::Arc;

use crate::support::forms::ods;
use rust_xlsxwriter::{Format, Workbook};
use shihyo::code::Code;
use shihyo::decode::{Answers, DecodeOptions, MissingReason, Responses, decode};
use shihyo::draft::infer;
use shihyo::error::SourceText;
use shihyo::questionnaire::{QuestionKind, read_questionnaire};
use shihyo::raw::{self, ReadOptions, Table};
use shihyo::text::Lang;

const INVALID: MissingReason = MissingReason::Invalid;

fn answers(tables: &[Table], policy: &str, more: &str) -> Answers {
    let text = format!(
        "title = \"t\"\n[defaults]\npolicy = {{ date_codes = \"{policy}\" }}\n[[question]]\nid = \"問1\"\n\
         type = \"multiple\"\noptions = [\"a\", \"b\", \"c\"{more}]\n\
         [[question]]\nid = \"問2\"\ntype = \"single\"\noptions = [\"1-2\", \"3-4\", \"5以上\"]\n"
    );
    let questionnaire = read_questionnaire(Arc::new(SourceText { file: "q.toml".into(), text }))
        .unwrap_or_else(|e| panic!("{e}"));
    decode(&questionnaire, tables, &DecodeOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn csv(rows: &str) -> Table {
    raw::read_bytes(format!("問1,問2\n{rows}").as_bytes(), "a.csv", &ReadOptions::default()).unwrap()
}

fn multiple(answers: &Answers) -> Vec<Result<u128, MissingReason>> {
    match &answers.responses[0] {
        Responses::Multiple(rows) => rows.clone(),
        other => panic!("{other:?}"),
    }
}

fn single(answers: &Answers) -> Vec<Result<u16, MissingReason>> {
    match &answers.responses[1] {
        Responses::Single(rows) => rows.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_date_where_a_code_should_stand_is_told_and_counts_as_invalid() {
    let table = csv("1月2日,2-Jan\n\"1,3\",1-2\n2026/1/2,4月3日\n13月2日,x\n");
    let answers = answers(&[table], "invalid", "");
    assert_eq!(multiple(&answers), [Err(INVALID), Ok(0b101), Err(INVALID), Err(INVALID)]);
    assert_eq!(single(&answers), [Err(INVALID), Ok(0), Err(INVALID), Err(INVALID)]);
    let found: Vec<_> = answers
        .findings
        .iter()
        .map(|f| (f.code, f.place.row, f.place.column.as_deref(), f.message.ja.as_str()))
        .collect();
    let codes: Vec<(Code, Option<u64>, Option<&str>)> =
        found.iter().map(|(code, row, column, _)| (*code, *row, *column)).collect();
    let expected = [
        (Code::AnswersOutOfList, Some(5), Some("問1")),
        (Code::AnswersDateCode, Some(2), Some("問1")),
        (Code::AnswersOutOfList, Some(5), Some("問2")),
        (Code::AnswersDateCode, Some(2), Some("問2")),
        (Code::AnswersDateCode, Some(4), Some("問2")),
    ];
    assert_eq!(codes, expected);
    assert!(
        found[1].3.contains("もとの入力の見込み「1-2」") && found[1].3.contains("date_codes"),
        "{}",
        found[1].3
    );
}

#[test]
fn what_only_one_reading_explains_is_read_back_where_that_is_allowed() {
    let table = csv("1月2日,2-Jan\nMar-02,4月3日\n2001/2/3,1月5日\n9月8日,1900/1/3\n");
    let answers = answers(&[table], "read-back", "");
    // 2001-02-03 is 2-3 or 1-2-3; 9-8 are no options.
    assert_eq!(multiple(&answers), [Ok(0b011), Ok(0b110), Err(INVALID), Err(INVALID)]);
    // 2-Jan is the option 1-2, 4月3日 the option 3-4 typed the other way round; 1-5 is none; 1900-01-03 is 3
    // or 4, of which 3 is an option.
    assert_eq!(single(&answers), [Ok(0), Ok(1), Err(INVALID), Ok(2)]);
    assert!(answers.findings.iter().all(|f| f.code == Code::AnswersDateCode), "{:?}", answers.findings);
    let back: u64 =
        answers.findings.iter().filter(|f| f.message.en.contains("read back")).map(|f| f.count).sum();
    assert_eq!(back, 5);
}

#[test]
fn date_cells_of_workbooks_are_told_alike() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let date = Format::new().set_num_format("m\"月\"d\"日\"");
    page.write(0, 0, "問1").unwrap().write(0, 1, "問2").unwrap();
    page.write_with_format(1, 0, 46_024, &date).unwrap().write(1, 1, "3-4").unwrap();
    let xlsx = raw::read_bytes(&book.save_to_buffer().unwrap(), "a.xlsx", &ReadOptions::default()).unwrap();
    let text = |t: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{t}</text:p></table:table-cell>")
    };
    let day = "<table:table-cell office:value-type=\"date\" office:date-value=\"2026-01-02\"><text:p>1月2日\
               </text:p></table:table-cell>";
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let ods = ods::package(&(row(&(text("問1") + &text("問2"))) + &row(&(day.to_owned() + &text("3-4")))));
    let ods = raw::read_bytes(&ods, "a.ods", &ReadOptions::default()).unwrap();
    for table in [xlsx, ods] {
        let file = table.digest.file.clone();
        let tables = [table];
        assert_eq!(multiple(&answers(&tables, "invalid", "")), [Err(INVALID)], "{file}");
        let back = answers(&tables, "read-back", "");
        assert_eq!((multiple(&back), single(&back)), (vec![Ok(0b011)], vec![Ok(1)]), "{file}");
        assert!(
            back.findings[0].message.ja.contains("もとの入力の見込み「1-2」"),
            "{file}: {}",
            back.findings[0].message.ja
        );
    }
}

#[test]
fn free_words_that_look_like_a_date_stay_free_words() {
    let free = ", { label = \"その他\", free_text = true }";
    let answers = answers(&[csv("9月30日,1-2\n1月2日,1-2\n9月30日に休む,1-2\n")], "invalid", free);
    assert_eq!(multiple(&answers), [Ok(0b1000), Err(INVALID), Ok(0b1000)]);
}

#[test]
fn a_date_among_ticks_is_no_tick() {
    let table = raw::read_bytes(
        "問1_1,問1_2,問1_3,問2\n1月2日,1,0,1-2\n0,1,0,1-2\n".as_bytes(),
        "a.csv",
        &ReadOptions::default(),
    )
    .unwrap();
    let answers = answers(&[table], "read-back", "");
    assert_eq!(multiple(&answers), [Err(INVALID), Ok(0b010)]);
    assert_eq!(answers.findings[0].code, Code::AnswersDateCode);
}

#[test]
fn init_takes_a_few_dates_among_codes_for_codes() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy/m/d");
    page.write(0, 0, "番号").unwrap().write(0, 1, "問1").unwrap();
    for row in 1..=30u32 {
        page.write(row, 0, row).unwrap().write(row, 1, 1 + row % 3).unwrap();
    }
    page.write_with_format(31, 1, 46_024, &date).unwrap().write(31, 0, 31).unwrap();
    let table = raw::read_bytes(&book.save_to_buffer().unwrap(), "a.xlsx", &ReadOptions::default()).unwrap();
    let inferred = infer(&[table], "t", Lang::Ja);
    let at = inferred.questionnaire.questions.iter().position(|q| q.id == "問1").unwrap();
    let kind = &inferred.questionnaire.questions[at].kind;
    assert!(matches!(kind, QuestionKind::Single(options) if options.len() == 3));
    assert!(
        inferred.remarks[at].iter().any(|r| r.text.ja.contains("日付になったセル")),
        "{:?}",
        inferred.remarks[at]
    );
}
