//! Files as bad as they come: an error or findings with a place, never a panic and never silence.

use crate::support::dice::Dice;
use crate::support::entries;
use rust_xlsxwriter::{Format, Workbook};
use shihyo::code::Code;
use shihyo::error::Error;
use shihyo::raw::{self, Cell, ReadOptions, Table};

fn read(bytes: &[u8], name: &str) -> Result<Table, Error> {
    raw::read_bytes(bytes, name, &ReadOptions::default())
}

fn code(result: Result<Table, Error>) -> Code {
    result.expect_err("must be refused").diagnostics()[0].code
}

fn found(table: &Table) -> Vec<(Code, u64, Option<u64>, Option<String>)> {
    table.findings.iter().map(|f| (f.code, f.count, f.place.row, f.place.column.clone())).collect()
}

fn cells(table: &Table, column: usize) -> Vec<String> {
    (0..table.row_count()).map(|r| table.columns[column].cell(r).text()).collect()
}

fn noise(length: usize, seed: u64) -> Vec<u8> {
    Dice::new(seed).bytes(length)
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("回答").unwrap();
    let date = Format::new().set_num_format("yyyy/m/d");
    let japanese = Format::new().set_num_format_index(31);
    sheet.merge_range(2, 2, 2, 3, "問1", &Format::new()).unwrap();
    for (column, head) in [(1, "番号"), (2, "はい"), (3, "いいえ"), (4, "日"), (5, "和暦"), (6, "式")]
    {
        sheet.write(3, column, head).unwrap();
    }
    sheet.write(4, 1, 1.0).unwrap().write(4, 2, true).unwrap().write(4, 3, "○ ").unwrap();
    sheet
        .write_with_format(4, 4, 45383.0, &date)
        .unwrap()
        .write_with_format(4, 5, 45383.5, &japanese)
        .unwrap();
    sheet.write_formula(4, 6, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    sheet.write(5, 1, 2.5).unwrap();
    sheet.write_formula(5, 6, rust_xlsxwriter::Formula::new("=1+1").set_result("2")).unwrap();
    for row in 7..500 {
        sheet.write_blank(row, 1, &date).unwrap();
    }
    book.add_worksheet().set_name("メモ").unwrap().write(0, 0, "x").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_keeps_positions_types_and_row_numbers() {
    let options = ReadOptions { header_rows: Some(2), ..ReadOptions::default() };
    let table = raw::read_bytes(&workbook(), "a.xlsx", &options).unwrap();
    assert_eq!(table.digest.sheet.as_deref(), Some("回答"));
    let names: Vec<String> = table.columns.iter().map(|c| c.name()).collect();
    assert_eq!(names, ["番号", "問1 / はい", "問1 / いいえ", "日", "和暦", "式"]);
    assert_eq!(table.row_numbers, [5, 6]);
    assert_eq!(table.column("@D").map(|c| c.name()).as_deref(), Some("問1 / いいえ"));
    let first: Vec<&Cell> = table.columns.iter().map(|c| c.cell(0)).collect();
    let (text, date) = (|t: &str| Cell::Text(t.into()), |t: &str| Cell::Date(t.into()));
    let expected = [
        Cell::Number(1.0),
        Cell::Bool(true),
        text("○ "),
        date("2024-04-01"),
        date("2024-04-01T12:00:00"),
        Cell::Broken("#DIV/0!".into()),
    ];
    assert_eq!(first, expected.iter().collect::<Vec<_>>());
    assert_eq!(
        (cells(&table, 0), cells(&table, 5)),
        (vec!["1".into(), "2.5".into()], vec!["#DIV/0!".into(), "2".into()])
    );
    let expected = [
        (Code::RawCellError, 1, Some(5), Some("式".into())),
        (Code::RawEmptyRows, 494, Some(7), None),
        (Code::RawOtherSheets, 1, None, None),
    ];
    assert_eq!(found(&table), expected);
}

#[test]
fn a_sheet_is_chosen_by_name_and_an_unknown_one_lists_them() {
    let sheet = |name: &str| ReadOptions { sheet: Some(name.into()), ..ReadOptions::default() };
    let memo = raw::read_bytes(&workbook(), "a.xlsx", &sheet("ﾒﾓ")).unwrap();
    assert_eq!((memo.digest.sheet.as_deref(), memo.row_count()), (Some("メモ"), 0));
    let error = raw::read_bytes(&workbook(), "a.xlsx", &sheet("回答表")).unwrap_err().to_string();
    assert!(
        error.contains("raw::sheet") && error.contains("did you mean 回答? (sheets: 回答, メモ)"),
        "{error}"
    );
    assert_eq!(code(raw::read_bytes(b"a\n1\n", "a.csv", &sheet("回答"))), Code::RawSheet);
}

#[test]
fn the_content_decides_and_a_wrong_ending_is_noted() {
    let table = read(&workbook(), "a.csv").unwrap();
    assert_eq!(table.findings[0].code, Code::RawWrongExtension);
    let table = read(b"a,b\n1,2\n", "a.xlsx").unwrap();
    assert_eq!((table.row_count(), table.findings[0].code), (1, Code::RawWrongExtension));
}

#[test]
fn truncated_workbooks_are_damaged_wherever_they_end() {
    let whole = workbook();
    for cut in (4..whole.len()).step_by(97) {
        assert_eq!(code(read(&whole[..cut], "a.xlsx")), Code::RawDamaged, "cut at {cut}");
    }
}

#[test]
fn overwritten_workbooks_are_read_or_refused() {
    let whole = workbook();
    for seed in 1..60 {
        let mut bytes = whole.clone();
        for (at, byte) in noise(8, seed).iter().zip(noise(8, seed + 1000)) {
            let place = (*at as usize * 251 + seed as usize * 37) % bytes.len();
            bytes[place] = byte;
        }
        entries::file(&bytes, "a.xlsx");
    }
}

#[test]
fn random_bytes_are_refused_or_read_under_every_name() {
    for seed in 1..40 {
        for name in ["a.csv", "a.xlsx", "a.xls", "a.ods", "a.parquet", "a.sav", "a"] {
            let bytes = noise(seed as usize * 53, seed);
            entries::file(&bytes, name);
            for magic in [&b"PK\x03\x04"[..], b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"PAR1", b"$FL2", b"$FL3"]
            {
                let error = read(&[magic, &bytes].concat(), name).unwrap_err();
                let code = error.diagnostics()[0].code;
                assert_eq!(code, Code::RawDamaged, "{name} {magic:?}");
            }
        }
    }
    assert_eq!(code(read(&noise(5000, 7), "a.csv")), Code::RawNotText);
    assert_eq!(code(read(&noise(5000, 7), "a.xlsx")), Code::RawDamaged);
}

#[test]
fn empty_files_and_header_only() {
    assert_eq!(code(read(b"", "a.csv")), Code::RawEmpty);
    assert_eq!(code(read(b"\xEF\xBB\xBF", "a.csv")), Code::RawEmpty);
    assert_eq!(code(read(b"\n\n,,\n", "a.csv")), Code::RawEmpty);
    let table = read(b"a,b\n", "a.csv").unwrap();
    assert_eq!((table.row_count(), table.columns.len(), table.digest.rows), (0, 2, Some(0)));
    let options = |n| ReadOptions { header_rows: Some(n), ..ReadOptions::default() };
    for n in [0, 2, 4] {
        assert_eq!(code(raw::read_bytes(b"a,b\n", "a.csv", &options(n))), Code::RawHeaderRows);
    }
}

#[test]
fn ragged_rows_blank_lines_and_row_numbers() {
    let table =
        read("id,問1 ,問2,,\r\n1,\"a\nb\",x,,\r\n\r\n2,c\r\n3,d,y,z\r\n,,,\r\n\r\n".as_bytes(), "a.csv")
            .unwrap();
    assert_eq!(table.columns.iter().map(|c| c.name()).collect::<Vec<_>>(), ["id", "問1", "問2", "D"]);
    assert_eq!(table.row_numbers, [2, 4, 5]);
    assert_eq!(cells(&table, 1), ["a\nb", "c", "d"]);
    assert_eq!(cells(&table, 2), ["x", "", "y"]);
    assert_eq!(
        found(&table),
        [
            (Code::RawNoHeader, 1, Some(5), Some("D".into())),
            (Code::RawShortRow, 1, Some(4), None),
            (Code::RawBlankLines, 1, Some(3), None),
            (Code::RawEmptyRows, 1, None, None),
        ]
    );
}

#[test]
fn undecodable_bytes_are_broken_cells_with_their_places() {
    let (head, _, _) = encoding_rs::SHIFT_JIS.encode("番号,ご意見\n1,とても良い\n2,");
    let bytes = [&head[..], b"\x82\xFF\x85\n3,ok\n"].concat();
    let table = read(&bytes, "a.csv").unwrap();
    assert_eq!(table.digest.encoding.as_deref(), Some("Shift_JIS (CP932)"));
    let broken = (0..3).map(|r| matches!(table.columns[1].cell(r), Cell::Broken(_))).collect::<Vec<_>>();
    assert_eq!(broken, [false, true, false]);
    assert!(table.columns[1].cell(1).text().contains("\\xFF"));
    assert_eq!(found(&table), [(Code::RawUndecodable, 1, Some(3), Some("ご意見".into()))]);
    for column in &table.columns {
        assert!(column.values.iter().all(|v| !v.text().contains(['\u{FFFD}', '\u{FDD0}'])));
    }
}

#[test]
fn nul_replacement_characters_and_open_quotes_are_findings() {
    let mut text = String::from("id,q\n");
    for row in 0..20 {
        text.push_str(&format!("{row},answer number {row}\n"));
    }
    let table = read(format!("{text}20,\0\n21,a\0b\n22,?\u{FFFD}\n").as_bytes(), "a.csv").unwrap();
    assert_eq!(cells(&table, 1)[20..], ["".to_owned(), "ab".into(), "?\u{FFFD}".into()]);
    let q = Some("q".to_owned());
    assert_eq!(
        found(&table),
        [(Code::RawNul, 2, Some(22), q.clone()), (Code::RawReplacementCharacter, 1, Some(24), q)]
    );
    let table = read(format!("{text}20,\"never closed\n21,x\n22,y\n").as_bytes(), "a.csv").unwrap();
    assert_eq!(found(&table), [(Code::RawOpenQuote, 1, Some(22), None)]);
}

#[test]
fn wide_tables_and_huge_cells_read() {
    let wide: String = (0..100_000).map(|i| format!("c{i},")).collect();
    let table = read(format!("{wide}\n{wide}\n").as_bytes(), "a.csv").unwrap();
    assert_eq!((table.columns.len(), table.row_count()), (100_000, 1));
    let huge = "あ".repeat(7_000_000);
    let table = read(format!("id,text\n1,\"{huge}\"\n").as_bytes(), "a.csv").unwrap();
    assert_eq!(cells(&table, 1)[0].len(), 21_000_000);
}

#[test]
fn a_zip_that_claims_to_unpack_to_more_than_a_gibibyte_is_refused() {
    let mut bytes = workbook();
    let directory = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    bytes[directory + 24..directory + 28].copy_from_slice(&0x7FFF_FFFF_u32.to_le_bytes());
    assert_eq!(code(read(&bytes, "a.xlsx")), Code::RawTooLarge);
}

#[test]
fn a_stray_cell_in_the_last_corner_is_no_reason_to_fill_memory() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "id").unwrap().write(1, 0, 1).unwrap().write(1_048_575, 16_383, "stray").unwrap();
    let table = read(&book.save_to_buffer().unwrap(), "a.xlsx").unwrap();
    assert_eq!((table.columns.len(), table.row_count()), (2, 1_048_575));
}

#[test]
fn the_disk_says_why_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("citizen-r4.csv"), "a\n1\n").unwrap();
    let read = |file: &str| raw::read(&folder.path().join(file), file, &ReadOptions::default());
    assert_eq!(read("citizen-r4.csv").map(|t| t.row_count()).unwrap(), 1);
    let error = read("citizen-r５.csv").unwrap_err().to_string();
    assert!(
        error.contains("raw::not-found")
            && error.contains("ファイルがありません")
            && error.contains("citizen-r4.csv"),
        "{error}"
    );
    assert!(read("none/x.csv").unwrap_err().to_string().contains("there is no folder"));
    assert_eq!(code(raw::read(folder.path(), "folder", &ReadOptions::default())), Code::RawIsDirectory);
    let text =
        raw::read_text(&folder.path().join("citizen-r4.cvs"), "citizen-r4.cvs").unwrap_err().to_string();
    assert!(text.contains("citizen-r4.csv"), "{text}");
}

#[test]
fn plans_lose_their_byte_order_mark_and_keep_the_rest() {
    assert_eq!(raw::text_from_bytes(b"\xEF\xBB\xBFa = 1\r\n", "p.toml").unwrap().text, "a = 1\r\n");
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode("title = \"地域福祉計画の進捗管理表\"\n");
    assert!(raw::text_from_bytes(&cp932, "p.toml").unwrap().text.contains("進捗管理表"));
    let error = raw::text_from_bytes(
        "ok = \"とても長い日本語の文\"\nbad = \""
            .as_bytes()
            .iter()
            .chain(b"\xE3\"\n")
            .copied()
            .collect::<Vec<_>>()
            .as_slice(),
        "p.toml",
    );
    let error = error.unwrap_err();
    assert_eq!((error.diagnostics()[0].code, error.diagnostics()[0].place.row), (Code::RawEncoding, Some(2)));
}
