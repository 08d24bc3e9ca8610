//! Workbooks put together by hand: what Excel writes and no library does.

use shihyo::code::Code;
use shihyo::raw::{self, Cell, ReadOptions, Table};

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, &b| {
        (0..8).fold(crc ^ u32::from(b), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 })
    })
}

/// An archive of parts that are stored as they are.
fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    packed(&parts.iter().map(|(name, text)| (*name, 0, text.len(), text.as_bytes())).collect::<Vec<_>>())
}

/// An archive of parts: name, method (0 stored, 8 deflated), the length that it claims to unpack to, bytes.
fn packed(parts: &[(&str, u8, usize, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for &(name, method, claimed, text) in parts {
        let at = out.len() as u32;
        let mut fixed = vec![20, 0, 0, 0, method, 0, 0, 0, 0x21, 0];
        fixed.extend(crc32(text).to_le_bytes());
        fixed.extend((text.len() as u32).to_le_bytes());
        fixed.extend((claimed as u32).to_le_bytes());
        fixed.extend((name.len() as u16).to_le_bytes());
        fixed.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&fixed);
        out.extend(name.bytes().chain(text.iter().copied()));
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fixed);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.bytes());
    }
    let (at, count) = (out.len() as u32, parts.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes().iter().chain(&count.to_le_bytes()));
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// A workbook of one sheet with these rows, with five cell formats: none, and the built-in formats 14, 27, 31
/// and 58.
fn workbook(rows: &str, properties: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let shared = "<si><r><t>東</t></r><r><t>地区</t></r><rPh sb=\"0\" eb=\"1\"><t>ヒガシ</t></rPh></si>";
    zip(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            &format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"a\" \
                 Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\">{properties}<sheets><sheet name=\"回答\" \
                 sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"s\" Type=\"{office}/worksheet\" \
                 Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"t\" Type=\"{office}/sharedStrings\" \
                 Target=\"sharedStrings.xml\"/><Relationship Id=\"f\" Type=\"{office}/styles\" \
                 Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        ("xl/sharedStrings.xml", &format!("<sst xmlns=\"{main}\">{shared}</sst>")),
        (
            "xl/styles.xml",
            &format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs>{}</cellXfs></styleSheet>",
                [0, 14, 27, 31, 58].map(|n| format!("<xf numFmtId=\"{n}\"/>")).concat()
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ])
}

fn read(rows: &str, properties: &str) -> Table {
    raw::read_bytes(&workbook(rows, properties), "a.xlsx", &ReadOptions::default())
        .unwrap_or_else(|e| panic!("{e}"))
}

fn row(table: &Table, row: usize) -> Vec<Cell> {
    table.columns.iter().map(|c| c.cell(row).clone()).collect()
}

const HEAD: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a</t></is></c><c r=\"B1\" \
                    t=\"inlineStr\"><is><t>b </t></is></c><c r=\"C1\" \
                    t=\"inlineStr\"><is><t>c</t></is></c></row>";

#[test]
fn furigana_is_not_part_of_the_text() {
    let table = read(&format!("{HEAD}<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c></row>"), "");
    assert_eq!(row(&table, 0)[0], Cell::Text("東地区".into()));
    assert_eq!(table.columns[1].header, ["b"]);
}

#[test]
fn japanese_built_in_formats_are_dates() {
    for style in 1..5 {
        let table = read(
            &format!(
                "{HEAD}<row r=\"2\"><c r=\"A2\" s=\"{style}\"><v>45383</v></c><c \
                 r=\"B2\"><v>45383</v></c></row>"
            ),
            "",
        );
        assert_eq!(
            row(&table, 0),
            [Cell::Date("2024-04-01".into()), Cell::Number(45383.0), Cell::Empty],
            "format {style}"
        );
    }
}

#[test]
fn days_may_count_from_1904() {
    let table = read(
        &format!("{HEAD}<row r=\"2\"><c r=\"A2\" s=\"1\"><v>43921</v></c></row>"),
        "<workbookPr date1904=\"1\"/>",
    );
    assert_eq!(row(&table, 0)[0], Cell::Date("2024-04-01".into()));
}

#[test]
fn an_error_value_that_nobody_knows_does_not_stop_the_reading() {
    let table = read(
        &format!(
            "{HEAD}<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"e\"><v>#SPILL!</v></c><c \
             r=\"C2\"><v>3</v></c></row><row r=\"3\"><c r=\"B3\"><v>5</v></c></row>"
        ),
        "",
    );
    assert_eq!(row(&table, 0), [Cell::Number(1.0), Cell::Empty, Cell::Number(3.0)]);
    assert_eq!(row(&table, 1), [Cell::Empty, Cell::Number(5.0), Cell::Empty]);
    let found: Vec<_> =
        table.findings.iter().map(|f| (f.code, f.place.row, f.message.en.contains("#SPILL!"))).collect();
    assert_eq!(found, [(Code::RawCellError, Some(2), true)]);
}

#[test]
fn formulas_give_what_was_calculated_last() {
    let table = read(
        &format!(
            "{HEAD}<row r=\"2\"><c r=\"A2\"><f>1+1</f><v>2</v></c><c r=\"B2\" \
             t=\"str\"><f>\"x\"</f><v>x</v></c><c r=\"C2\" t=\"b\"><f>TRUE()</f><v>1</v></c></row>"
        ),
        "",
    );
    assert_eq!(row(&table, 0), [Cell::Number(2.0), Cell::Text("x".into()), Cell::Bool(true)]);
}

#[test]
fn blank_rows_between_stay_and_those_at_the_end_go() {
    let table = read(
        &format!(
            "{HEAD}<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"5\"><c \
             r=\"A5\"><v>2</v></c></row><row r=\"9\"><c r=\"A9\" s=\"1\"/></row>"
        ),
        "",
    );
    assert_eq!(table.row_numbers, [2, 3, 4, 5]);
    assert_eq!(table.columns.len(), 3);
}

#[test]
fn a_zip_bomb_that_lies_about_its_size_is_measured() {
    // 1.2 GiB of zeros, deflated to a few MiB; the directory says 1,000 bytes.
    let mut bomb = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 1200 << 20), &mut bomb).unwrap();
    let bomb = bomb.finish().unwrap();
    let file = packed(&[("xl/workbook.xml", 0, 4, b"<a/>"), ("xl/sharedStrings.xml", 8, 1000, &bomb)]);
    let error = raw::read_bytes(&file, "a.xlsx", &ReadOptions::default()).unwrap_err();
    assert_eq!(error.diagnostics()[0].code, Code::RawTooLarge);
}
