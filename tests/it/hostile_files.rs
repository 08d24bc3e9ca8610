//! Files that were cut off, that bear another's name, that claim what they do not hold, or unpack to more
//! than any machine has: an error or a finding, and memory that stays within a stated bound (measured by the
//! operating system, in a process of its own).

use std::io::Write;
use std::path::Path;

use crate::support::entries::xlsx;
use crate::support::forms;
use crate::support::forms::xls::{record, workbook};
use crate::support::forms::{Container, Merge, Sheet, containers, layouts, ods, people};
use rust_xlsxwriter::{Format, Workbook};
use shihyo::code::Code;
use shihyo::error::Error;
use shihyo::raw::{self, Cell, ReadOptions, Table};

fn read(bytes: &[u8], name: &str) -> Result<Table, Error> {
    raw::read_bytes(bytes, name, &ReadOptions::default())
}

fn code(result: Result<Table, Error>) -> &'static str {
    result.map_or_else(|e| e.diagnostics()[0].code.as_str(), |_| "read")
}

fn name(container: &Container) -> String {
    format!("a.{}", container.ending)
}

/// Each kind of file once, small.
fn small() -> Vec<(Container, Vec<u8>)> {
    let sheet = layouts()[0].sheet(&people()[..4]);
    containers().into_iter().filter_map(|c| (c.write)(&sheet).map(|bytes| (c, bytes))).collect()
}

#[test]
fn every_prefix_of_every_kind_of_file_ends_in_a_word() {
    for (container, whole) in small() {
        // Files with large empty parts are cut at about five thousand places, others everywhere.
        let all = read(&whole, &name(&container)).unwrap();
        for cut in (1..whole.len()).step_by(whole.len().div_ceil(5000)) {
            let text = container.ending == "csv";
            match read(&whole[..cut], &name(&container)) {
                // A text may end anywhere. A few bytes are no mark yet; what is cut off an XLS may be nothing
                // but filling.
                Ok(table) => assert!(
                    text || cut < 11 || table.columns == all.columns,
                    "{} cut at {cut}",
                    container.name
                ),
                Err(error) => {
                    let words: &[&str] = if text {
                        &["raw::empty", "raw::not-text"]
                    } else {
                        &["raw::damaged", "raw::not-text", "raw::unsupported"]
                    };
                    assert!(
                        words.contains(&error.diagnostics()[0].code.as_str()),
                        "{} cut at {cut}: {error}",
                        container.name
                    );
                }
            }
        }
    }
}

#[test]
fn a_file_is_what_its_bytes_are_whatever_its_name() {
    for (container, bytes) in small() {
        let own = read(&bytes, &name(&container)).unwrap();
        for ending in [
            "csv", "tsv", "txt", "xlsx", "xls", "xlsb", "ods", "parquet", "sav", "zsav", "dta", "sas7bdat",
            "xpt",
        ] {
            let named = read(&bytes, &format!("a.{ending}"))
                .unwrap_or_else(|e| panic!("{} as {ending}: {e}", container.name));
            assert!(named.columns == own.columns, "{} as {ending}", container.name);
            let noted = named.findings.iter().any(|f| f.code == Code::RawWrongExtension);
            let sibling = [["csv", "tsv"], ["sav", "zsav"]]
                .iter()
                .any(|pair| pair.contains(&ending) && pair.contains(&container.ending));
            assert_eq!(
                noted,
                ending != container.ending && ending != "txt" && !sibling,
                "{} as {ending}",
                container.name
            );
        }
    }
}

/// The workbook of this one sheet.
fn sheet(rows: &str) -> Vec<u8> {
    let head = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">";
    xlsx(format!("{head}{rows}</worksheet>").as_bytes(), b"<styleSheet/>", b"<sst/>")
}

const ONE_CELL: &str = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>id</v></c></row><row r=\"2\"><c \
                        r=\"A2\"><v>1</v></c></row></sheetData>";

#[test]
fn sizes_that_a_file_claims_are_not_believed() {
    let mut told = Vec::new();
    let mut see = |what: &str, bytes: &[u8], name: &str, expected: &[&str]| {
        let code = code(read(bytes, name));
        told.extend((!expected.contains(&code)).then(|| format!("{what}: {code}")));
    };
    // A sheet's dimension, row numbers and cell names beyond what there can be.
    for dimension in
        ["A1:XFD1048576", "A1:ZZZZZZ4294967295", "", "B2:A1", "A0:A0", "A1:A99999999999999999999"]
    {
        see(
            dimension,
            &sheet(&format!("<dimension ref=\"{dimension}\"/>{ONE_CELL}")),
            "a.xlsx",
            &["read", "raw::damaged"],
        );
    }
    for (row, cell) in [
        ("4294967295", "A4294967295"),
        ("1", "ZZZZZZZZZ1"),
        ("1", "A0"),
        ("0", "A1"),
        ("-1", "A-1"),
        ("99999999999999999999", "A1"),
        ("1", ""),
    ] {
        let rows = format!("<sheetData><row r=\"{row}\"><c r=\"{cell}\"><v>1</v></c></row></sheetData>");
        see(cell, &sheet(&rows), "a.xlsx", &["read", "raw::damaged", "raw::too-large"]);
    }
    for (container, whole) in small() {
        let name = name(&container);
        let mut put = |what: &str, at: usize, bytes: &[u8], expected: &[&str]| {
            let mut file = whole.clone();
            file[at..at + bytes.len()].copy_from_slice(bytes);
            see(&format!("{}: {what}", container.name), &file, &name, expected);
        };
        let huge = i32::MAX.to_le_bytes();
        match container.name {
            "SAV" | "SAV, packed" | "ZSAV" => {
                put("cases", 80, &huge, &["raw::damaged"]);
                put("nominal size", 68, &huge, &["read"]);
                put("weight", 76, &huge, &["read"]);
                // The width of the first variable, and how many missing values it has.
                put("width", 180, &huge, &["raw::damaged"]);
                put("missing values", 188, &huge, &["raw::damaged"]);
                if container.name == "ZSAV" {
                    let end = whole.len();
                    for back in (4..=24).step_by(4) {
                        put("block", end - back, &huge, &["raw::damaged", "read"]);
                    }
                }
            }
            "DTA" => {
                let at = |tag: &[u8]| whole.windows(tag.len()).position(|w| w == tag).unwrap() + tag.len();
                put("variables", at(b"<K>"), &[0xFF, 0xFF], &["raw::damaged"]);
                put("rows", at(b"<N>"), &[0xFF; 8], &["raw::damaged"]);
                put("rows", at(b"<N>"), &(i32::MAX as u64).to_le_bytes(), &["raw::damaged"]);
                put("label", at(b"<N>") + 8 + 11, &[0xFF, 0xFF], &["raw::damaged"]);
            }
            "SAS7BDAT" | "SAS7BDAT, packed" => {
                put("page size", 204, &huge, &["raw::damaged"]);
                put("header", 200, &huge, &["raw::damaged"]);
                put("pages", 208, &[0xFF; 8], &["raw::damaged"]);
                let rows = whole.windows(8).position(|w| w == [0xF7, 0xF7, 0xF7, 0xF7, 0, 0, 0, 0]).unwrap();
                put("row length", rows + 40, &[0xFF; 8], &["raw::damaged", "raw::too-large"]);
                put("row length", rows + 40, &huge, &["raw::damaged", "raw::too-large"]);
                put("rows", rows + 48, &(i32::MAX as u64).to_le_bytes(), &["raw::damaged", "raw::too-large"]);
                put("rows", rows + 48, &[0xFF; 8], &["raw::damaged", "raw::too-large"]);
            }
            "Parquet" => {
                let end = whole.len();
                put("footer", end - 8, &huge, &["raw::damaged"]);
                put("footer", end - 8, &[0xFF; 4], &["raw::damaged"]);
            }
            _ => {}
        }
    }
    let number = |row: u16, column: u16| {
        [&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], &1f64.to_le_bytes()].concat()
    };
    let dimensions = |rows: u32, columns: u16| {
        [&[0; 4], &rows.to_le_bytes()[..], &[0, 0], &columns.to_le_bytes(), &[0, 0]].concat()
    };
    let cells = |places: &[(u16, u16)]| {
        let mut out = Vec::new();
        places.iter().for_each(|&(r, c)| record(&mut out, 0x0203, &number(r, c)));
        out
    };
    let here = cells(&[(0, 0), (1, 0)]);
    see("XLS of 2^31 rows", &workbook(&dimensions(1 << 31, 0xFFFF), &here), "a.xls", &["raw::too-large"]);
    see("XLS of its greatest size", &workbook(&dimensions(65_536, 256), &here), "a.xls", &["read"]);
    see(
        "XLS with far corners",
        &workbook(&dimensions(2, 1), &cells(&[(0, 0), (65_535, 65_535)])),
        "a.xls",
        &["raw::too-large"],
    );
    let mut circle = workbook(&dimensions(2, 1), &here);
    // The directory's sector names itself as the next.
    let table = 512;
    circle[table + 4..table + 8].copy_from_slice(&1u32.to_le_bytes());
    see("XLS in a circle", &circle, "a.xls", &["raw::damaged"]);
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// What a process of its own says, and how much memory it took at most, in MiB.
fn apart(case: &str) -> (String, u64) {
    let own = std::env::current_exe().unwrap();
    let output = std::process::Command::new(own)
        .args(["--exact", "hostile_files::a_case_in_its_own_process", "--nocapture"])
        .env("SHIHYO_CASE", case)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text
        .lines()
        .find_map(|l| l.split_once("CASE "))
        .unwrap_or_else(|| panic!("{case}: {text}{}", String::from_utf8_lossy(&output.stderr)))
        .1
        .to_owned();
    let (code, peak) = line.split_once(' ').unwrap();
    (code.to_owned(), peak.parse::<u64>().unwrap() / 1024)
}

/// Ten million columns; a cell of 200 MB; bombs.
fn case(case: &str) -> (Vec<u8>, &'static str) {
    match case {
        "nothing" => (b"a\n1\n".to_vec(), "a.csv"),
        "columns" => (format!("{0}\n{0}\n", "1,".repeat(10_000_000)).into_bytes(), "a.csv"),
        "cell" => (format!("id,q\n1,\"{}\"\n", "あ".repeat(70_000_000)).into_bytes(), "a.csv"),
        "open quote" => (format!("id,q\n1,\"{}", "2,3\n".repeat(50_000_000)).into_bytes(), "a.csv"),
        "rows" => ("\n".repeat(100_000_000).into_bytes(), "a.csv"),
        // A part that says that it unpacks to 100 bytes, and unpacks to more than a gibibyte.
        "zip" => {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(1));
            let zeros = vec![b' '; 1 << 24];
            (0..65).for_each(|_| encoder.write_all(&zeros).unwrap());
            let packed = encoder.finish().unwrap();
            let mut file = forms::zip::zip(&[("xl/workbook.xml", packed.as_slice())], false);
            for mark in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
                let at = file.windows(4).position(|w| w == mark).unwrap() + if mark[2] == 3 { 8 } else { 10 };
                file[at] = 8;
                file[at + 14..at + 18].copy_from_slice(&100u32.to_le_bytes());
            }
            (file, "a.xlsx")
        }
        "ods" => {
            let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\" \
                        table:number-columns-repeated=\"16384\"><text:p>1</text:p></table:table-cell>";
            (
                ods::package(&format!(
                    "<table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>"
                )),
                "a.ods",
            )
        }
        "xlsx" => {
            let far = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>";
            (sheet(&ONE_CELL.replace("</sheetData>", far)), "a.xlsx")
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_case_in_its_own_process() {
    let Ok(which) = std::env::var("SHIHYO_CASE") else { return };
    let (bytes, name) = case(&which);
    let told = code(read(&bytes, name));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .and_then(|l| l.split_whitespace().next())
        .unwrap_or("0");
    println!("CASE {told} {peak}");
}

#[test]
fn memory_stays_within_a_few_times_the_file() {
    if !std::path::Path::new("/proc/self/status").exists() {
        return;
    }
    let (told, least) = apart("nothing");
    assert!(told == "read" && least > 0);
    // The bound in MiB counts the file itself (columns 38, cell and open quote 200, rows 95) and what made
    // it.
    for (which, expected, bound) in [
        ("columns", "raw::too-large", 700),
        ("cell", "raw::too-large", 1200),
        ("open quote", "raw::too-large", 1200),
        ("rows", "raw::empty", 400),
        ("zip", "raw::too-large", 200),
        ("ods", "raw::too-large", 100),
        ("xlsx", "read", 200),
    ] {
        let (told, peak) = apart(which);
        assert!(told == expected && peak < bound, "{which}: {told}, {peak} MiB of {bound}");
    }
}

#[test]
fn lines_may_end_in_any_way_even_in_one_file() {
    let table = read(b"id,q\r\n1,a\n2,b\r3,c\r\n\r\n4,\"d\r\ne\"\n", "a.csv").unwrap();
    let cells: Vec<String> = (0..table.row_count()).map(|r| table.columns[1].cell(r).text()).collect();
    assert_eq!(cells, ["a", "b", "c", "d\r\ne"]);
    assert_eq!(table.row_numbers, [2, 3, 4, 6]);
}

#[test]
fn formulas_are_their_stored_results_and_one_without_is_told() {
    let rows = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>id</v></c><c r=\"B1\" \
                t=\"str\"><v>q</v></c></row><row r=\"2\"><c r=\"A2\"><f>1+1</f><v>2</v></c><c r=\"B2\" \
                t=\"str\"><f t=\"array\" ref=\"B2:B3\">X</f><v>はい</v></c></row><row r=\"3\"><c \
                r=\"A3\"><f t=\"shared\" ref=\"A3:A4\" si=\"0\">2+1</f><v>3</v></c><c \
                r=\"B3\"><f>A3</f></c></row><row r=\"4\"><c r=\"A4\"><f t=\"shared\" \
                si=\"0\"></f><v>4</v></c><c r=\"B4\"><f>A4</f><v></v></c></row><row r=\"5\"><c r=\"A5\" \
                t=\"e\"><f>#REF!+1</f><v>#REF!</v></c><c r=\"B5\" \
                t=\"e\"><v>#SPILL!</v></c></row></sheetData>";
    let table = read(&sheet(rows), "a.xlsx").unwrap();
    let column = |c: usize| -> Vec<Cell> {
        (0..table.row_count()).map(|r| table.columns[c].cell(r).clone()).collect()
    };
    assert_eq!(
        column(0),
        [Cell::Number(2.0), Cell::Number(3.0), Cell::Number(4.0), Cell::Broken("#REF!".into())]
    );
    assert_eq!(column(1)[..3], [Cell::Text("はい".into()), Cell::Empty, Cell::Empty]);
    let found = |code: Code| table.findings.iter().find(|f| f.code == code).map(|f| (f.count, f.place.row));
    assert_eq!(found(Code::RawFormulaWithoutValue), Some((2, Some(3))));
    assert!(found(Code::RawCellError).is_some());
}

/// Found by fuzzing.
#[test]
fn a_sheet_whose_end_is_swallowed_by_a_broken_tag_is_damaged() {
    let file = ods::package("<table:tab\u{b7}le-row table:nu\u{4}<tablmbe:\u{d5}");
    assert_eq!(code(read(&file, "a.ods")), "raw::damaged");
}

#[test]
fn merged_cells_among_the_answers_are_told() {
    let text = |t: &str| t.to_owned();
    let rows = vec![
        vec![text("id"), text("問1")],
        vec![text("1"), text("はい")],
        vec![text("2"), text("")],
        vec![text("3"), text("いいえ")],
    ];
    let merged = || vec![Merge { rows: (1, 2), columns: (1, 1) }];
    // A large XLSX is looked through for them by another thread.
    let more = (4_u64..30_000)
        .map(|id| vec![id.to_string(), format!("{:x}", id.wrapping_mul(0x9E37_79B9_7F4A_7C15))]);
    let long = rows.iter().cloned().chain(more).collect();
    for (rows, ending) in [(rows.clone(), "xlsx"), (rows, "xls"), (long, "xlsx")] {
        let container = containers().into_iter().find(|c| c.ending == ending).unwrap();
        let large = rows.len() > 4;
        let bytes = (container.write)(&Sheet { rows, depth: 1, merged: merged() }).unwrap();
        assert_eq!(bytes.len() > 1 << 18, large);
        let table = read(&bytes, &name(&container)).unwrap();
        let found: Vec<_> = table
            .findings
            .iter()
            .map(|f| (f.code.as_str(), f.count, f.place.row, f.place.column.as_deref()))
            .collect();
        assert_eq!(found, [("raw::merged-cells", 1, Some(2), Some("問1"))], "{}", container.name);
    }
}

#[test]
fn errors_of_every_kind_of_workbook_are_no_answers() {
    let mut records = Vec::new();
    record(&mut records, 0x0203, &[&[0; 6][..], &1f64.to_le_bytes()].concat());
    record(&mut records, 0x0205, &[1, 0, 0, 0, 0, 0, 0x17, 1]);
    let xls = workbook(&[0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0], &records);
    let cell = |text: &str| {
        format!(
            "<table:table-row><table:table-cell \
             office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell></table:table-row>"
        )
    };
    let ods = ods::package(&(cell("id") + &cell("#REF!")));
    let xlsx = sheet(
        "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\" \
         t=\"e\"><v>#REF!</v></c></row></sheetData>",
    );
    for (bytes, name) in [(xls, "a.xls"), (ods, "a.ods"), (xlsx, "a.xlsx")] {
        let table = read(&bytes, name).unwrap();
        assert_eq!(table.columns[0].cell(0), &Cell::Broken("#REF!".into()), "{name}");
        assert!(
            table.findings.iter().any(|f| f.code == Code::RawCellError && f.place.row == Some(2)),
            "{name}"
        );
    }
}

#[test]
fn a_sheet_with_a_password_says_so() {
    let manifest = "<manifest:manifest \
                    xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
                    <manifest:file-entry \
                    manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\" \
                    manifest:size=\"9\"><manifest:encryption-data manifest:checksum-type=\"SHA1/1K\" \
                    manifest:checksum=\"x\"></manifest:encryption-data></manifest:file-entry>\
                    </manifest:manifest>";
    let file = forms::zip::zip(
        &[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", b"\x01\x02\x03"),
            ("META-INF/manifest.xml", manifest.as_bytes()),
        ],
        false,
    );
    assert_eq!(code(read(&file, "a.ods")), "raw::password");
}

#[test]
fn japanese_date_formats_are_dates_and_others_are_not() {
    let formats = [
        ("[$-411]ge.m.d;@", true),
        ("[$-411]ggge\"年\"m\"月\"d\"日\";@", true),
        ("[$-ja-JP-x-gannen]ggge\"年\"m\"月\"d\"日\";@", true),
        ("[$-411]e.m.d", true),
        ("yyyy\"年\"m\"月\"d\"日\"", true),
        ("m\"月\"d\"日\"", true),
        ("yyyy/m/d(aaa)", true),
        ("m/d", true),
        ("d-mmm", true),
        ("mmm-yy", true),
        ("0\"月\"", false),
        ("0\"日\"", false),
        ("#,##0\"人\"", false),
        ("[Red]0", false),
        ("\"No.\"0", false),
        ("0_ ", false),
    ];
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let built_in: Vec<u8> = (14..=17).chain(27..=31).chain(34..=36).chain(50..=54).chain(57..=58).collect();
    let all: Vec<(Format, bool)> = formats
        .iter()
        .map(|(format, date)| (Format::new().set_num_format(*format), *date))
        .chain(built_in.iter().map(|n| (Format::new().set_num_format_index(*n), true)))
        .collect();
    for (c, (format, _)) in (0u16..).zip(&all) {
        page.write(0, c, format!("c{c}")).unwrap().write_with_format(1, c, 46_024, format).unwrap();
    }
    let table = read(&book.save_to_buffer().unwrap(), "a.xlsx").unwrap();
    for (column, (_, date)) in table.columns.iter().zip(&all) {
        let expected = if *date { Cell::Date("2026-01-02".into()) } else { Cell::Number(46_024.0) };
        assert_eq!(column.cell(0), &expected, "{}", column.name());
    }
}

#[test]
fn a_damaged_workbook_over_which_its_reader_panics_is_told_in_words_only() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/raw/damaged.xls");
    assert_eq!(code(read(&std::fs::read(&path).unwrap(), "damaged.xls")), "raw::damaged");
    let mut shihyo = std::process::Command::new(env!("CARGO_BIN_EXE_shihyo"));
    let done = shihyo
        .args(["--lang", "en", "estimate", "--share", "q=1"])
        .arg(&path)
        .env("RUST_BACKTRACE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(
        said.contains("raw::damaged") && !said.contains("panicked") && !said.contains("backtrace"),
        "{said}"
    );
}
