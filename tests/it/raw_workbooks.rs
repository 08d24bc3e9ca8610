//! The same sheet saved by a spreadsheet program as XLSX, XLS and ODS reads the same.
//!
//! The fixtures: a hidden first sheet, an empty second, the third begins at B3 with two header rows (C3:D3
//! merged), holds dates, formulas with cached values, an error and logical values, and formatted blank rows
//! below.

use std::path::Path;

use crate::support::entries;
use shihyo::code::Code;
use shihyo::raw::{self, Cell, ReadOptions, Table};

fn read(ending: &str) -> Table {
    let name = format!("answers.{ending}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/raw").join(&name);
    let options = ReadOptions { header_rows: Some(2), ..ReadOptions::default() };
    raw::read(&path, &name, &options).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn three_formats_give_one_table() {
    let (t, n, d) = (|s: &str| Cell::Text(s.into()), Cell::Number, |s: &str| Cell::Date(s.into()));
    for ending in ["xlsx", "xls", "ods"] {
        let table = read(ending);
        assert_eq!(table.digest.sheet.as_deref(), Some("回答"), "{ending}");
        assert_eq!(table.row_numbers, [5, 6], "{ending}");
        let names: Vec<(String, usize)> = table.columns.iter().map(|c| (c.name(), c.position)).collect();
        let expected = ["番号", "問1 / はい", "問1 / いいえ", "回答日", "満足度", "式", "エラー", "論理"];
        assert_eq!(
            names,
            expected.iter().zip(1..).map(|(n, p)| ((*n).to_owned(), p)).collect::<Vec<_>>(),
            "{ending}"
        );
        let row = |r: usize| -> Vec<Cell> { table.columns.iter().map(|c| c.cell(r).clone()).collect() };
        let error = Cell::Broken("#DIV/0!".into());
        // The program that saved the ODS wrote logical values as numbers with a format.
        let logical = |b: bool| if ending == "ods" { n(f64::from(u8::from(b))) } else { Cell::Bool(b) };
        assert_eq!(
            row(0),
            [n(1.0), t("○"), Cell::Empty, d("2024-04-01"), n(3.5), n(2.0), error, logical(true)],
            "{ending}"
        );
        let second = [
            n(2.0),
            Cell::Empty,
            t("○ "),
            d("2024-04-02T09:30:00"),
            n(100.0),
            n(4.0),
            t("髙﨑①㈱ｱ"),
            logical(false),
        ];
        assert_eq!(row(1), second, "{ending}");
    }
}

/// The container of a workbook with a password: a compound file whose directory lists `EncryptedPackage`.
fn encrypted() -> Vec<u8> {
    let mut header = vec![0_u8; 512];
    header[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    header[24..34].copy_from_slice(&[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    header[44] = 1; // one FAT sector
    header[48] = 1; // the directory begins in sector 1
    header[56..60].copy_from_slice(&4096_u32.to_le_bytes());
    header[60..64].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    header[68..72].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    header[76..512].fill(0xFF);
    header[76..80].copy_from_slice(&0_u32.to_le_bytes());
    let mut fat = vec![0xFF_u8; 512];
    fat[0..4].copy_from_slice(&0xFFFF_FFFD_u32.to_le_bytes());
    fat[4..8].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    let entry = |name: &str, kind: u8| {
        let mut entry = vec![0_u8; 128];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = (name.len() * 2 + 2) as u8;
        entry[66] = kind;
        entry[68..80].fill(0xFF);
        entry[116..120].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
        entry
    };
    let mut directory = [entry("Root Entry", 5), entry("EncryptedPackage", 2)].concat();
    directory.resize(512, 0);
    [header, fat, directory].concat()
}

#[test]
fn a_password_is_named_as_such() {
    for name in ["a.xlsx", "a.xls"] {
        let error = raw::read_bytes(&encrypted(), name, &ReadOptions::default()).unwrap_err();
        assert_eq!(error.diagnostics()[0].code, Code::RawPassword, "{error}");
    }
}

#[test]
fn damaged_old_workbooks_are_read_or_refused() {
    for ending in ["xls", "ods"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/raw/answers.{ending}"));
        let whole = std::fs::read(path).unwrap();
        let name = format!("a.{ending}");
        for cut in (1..whole.len()).step_by(331) {
            entries::file(&whole[..cut], &name);
            let mut bytes = whole.clone();
            bytes[cut] ^= 0xFF;
            bytes[cut / 2] = 0xFF;
            entries::file(&bytes, &name);
        }
    }
}
