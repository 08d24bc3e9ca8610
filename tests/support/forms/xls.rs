//! An old Excel workbook (BIFF8 in a compound file) of one sheet.

use super::sheet::{Sheet, Value};

/// The sectors of the compound file.
const SECTOR: usize = 512;
const END: u32 = 0xFFFF_FFFE;
const FREE: u32 = 0xFFFF_FFFF;

/// Numbers and logical values as such, merged cells as such.
pub fn xls(sheet: &Sheet) -> Vec<u8> {
    let mut cells = Vec::new();
    for (r, row) in (0u16..).zip(&sheet.rows) {
        for (c, text) in (0u16..).zip(row) {
            let mut body = [r.to_le_bytes(), c.to_le_bytes(), [0, 0]].concat();
            match Sheet::value(text) {
                Value::Blank => continue,
                Value::Number(x) => {
                    body.extend(x.to_le_bytes());
                    record(&mut cells, 0x0203, &body);
                }
                Value::Logical(b) => {
                    body.extend([u8::from(b), 0]);
                    record(&mut cells, 0x0205, &body);
                }
                Value::Text(text) => {
                    body.extend(words(text));
                    record(&mut cells, 0x0204, &body);
                }
            }
        }
    }
    for merge in &sheet.merged {
        let mut body = 1u16.to_le_bytes().to_vec();
        for n in [merge.rows.0, merge.rows.1, merge.columns.0, merge.columns.1] {
            body.extend((n as u16).to_le_bytes());
        }
        record(&mut cells, 0x00E5, &body);
    }
    let size = [0u32.to_le_bytes(), (sheet.rows.len() as u32).to_le_bytes()].concat();
    let width = [0u16.to_le_bytes(), (sheet.rows[0].len() as u16).to_le_bytes(), [0, 0]].concat();
    workbook(&[size, width].concat(), &cells)
}

/// A workbook whose only sheet has this DIMENSIONS record and these records of cells.
pub fn workbook(dimensions: &[u8], cells: &[u8]) -> Vec<u8> {
    let begin = |kind: u16| {
        let mut out = Vec::new();
        let body: Vec<u8> =
            [0x0600, kind, 0x0DBB, 0x07CC].iter().flat_map(|n: &u16| n.to_le_bytes()).chain([0; 8]).collect();
        record(&mut out, 0x0809, &body);
        out
    };
    let mut globals = begin(0x0005);
    record(&mut globals, 0x0042, &1200u16.to_le_bytes());
    // One font and one format of cells, which other programs want to see.
    record(
        &mut globals,
        0x0031,
        &[&200u16.to_le_bytes()[..], &[0, 0, 0xFF, 0x7F, 0x90, 1, 0, 0, 0, 0, 0, 0], &[5, 0], b"Arial"]
            .concat(),
    );
    record(
        &mut globals,
        0x00E0,
        &[0, 0, 0, 0, 0xF5, 0xFF, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xC0, 0x20],
    );
    let name = "回答";
    let mut body = vec![0; 6];
    body.extend([name.encode_utf16().count() as u8, 1]);
    body.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    let begins = globals.len() + 4 + body.len() + 4;
    body[..4].copy_from_slice(&(begins as u32).to_le_bytes());
    record(&mut globals, 0x0085, &body);
    record(&mut globals, 0x000A, &[]);
    let mut stream = globals;
    stream.extend(begin(0x0010));
    record(&mut stream, 0x0200, dimensions);
    stream.extend(cells);
    record(&mut stream, 0x000A, &[]);
    compound(stream)
}

pub fn record(out: &mut Vec<u8>, kind: u16, body: &[u8]) {
    out.extend(kind.to_le_bytes());
    out.extend((body.len() as u16).to_le_bytes());
    out.extend(body);
}

/// A text in two bytes a character.
fn words(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut out = (units.len() as u16).to_le_bytes().to_vec();
    out.push(1);
    out.extend(units.iter().flat_map(|u| u.to_le_bytes()));
    out
}

/// The compound file of one stream: header, allocation table, directory, stream.
fn compound(mut stream: Vec<u8>) -> Vec<u8> {
    // A stream below 4,096 bytes would be kept in another place.
    stream.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let data = stream.len() / SECTOR;
    let tables = (1..).find(|t| t * (SECTOR / 4) > data + t).unwrap();
    let mut fat: Vec<u32> = vec![0xFFFF_FFFD; tables];
    fat.push(END);
    fat.extend((0..data).map(|k| if k + 1 == data { END } else { (tables + 2 + k) as u32 }));
    fat.resize(tables * (SECTOR / 4), FREE);
    let mut out = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    out.extend([0; 16]);
    out.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    for n in [0, tables as u32, tables as u32, 0, 4096, END, 0, END, 0] {
        out.extend(n.to_le_bytes());
    }
    out.extend((0..109u32).flat_map(|k| if (k as usize) < tables { k } else { FREE }.to_le_bytes()));
    out.extend(fat.iter().flat_map(|n| n.to_le_bytes()));
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: u32| {
        let mut e: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        e.resize(64, 0);
        e.extend(((name.len() as u16 + 1) * 2).to_le_bytes());
        e.extend([kind, 1]);
        for n in [FREE, FREE, child] {
            e.extend(n.to_le_bytes());
        }
        e.extend([0; 36]);
        e.extend(start.to_le_bytes());
        e.extend(u64::from(size).to_le_bytes());
        e
    };
    let mut directory = entry("Root Entry", 5, 1, END, 0);
    directory.extend(entry("Workbook", 2, FREE, tables as u32 + 1, stream.len() as u32));
    directory.resize(SECTOR, 0);
    out.extend(directory);
    out.extend(stream);
    out
}
