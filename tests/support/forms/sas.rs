//! A SAS data set of 64-bit SAS in UTF-8, its rows plain or packed by run lengths.

use super::sheet::Sheet;

const PAGE: usize = 1 << 16;
const HEADER: usize = 1024;

/// The columns of numbers as numbers, all others as texts. A header that is no name in SAS becomes the
/// variable's label. `None` for headers of several rows, which no data set has.
pub fn sas7bdat(sheet: &Sheet, packed: bool) -> Option<Vec<u8>> {
    if sheet.depth != 1 {
        return None;
    }
    let columns = 0..sheet.rows[0].len();
    let width = |c: usize| {
        if sheet.is_numeric(c) { 8 } else { sheet.column(c).map(str::len).max().unwrap_or(0).max(1) }
    };
    let widths: Vec<usize> = columns.clone().map(width).collect();
    let row_length: usize = widths.iter().sum();
    let heads = &sheet.rows[0];

    // One block of text: its length, then (where packed) the name of the packing, the names and the labels.
    let mut text = vec![0; 2];
    text.extend([0; 18]);
    text.extend(if packed { b"SASYZCRL" } else { b"        " });
    text.extend([0; 8]);
    let mut places = Vec::new();
    for (c, head) in heads.iter().enumerate() {
        let mut put = |words: &str| {
            let at = text.len();
            text.extend(words.as_bytes());
            (at as u16, words.len() as u16)
        };
        let (name, label) =
            if is_name(head) { (head.clone(), String::new()) } else { (format!("v{}", c + 1), head.clone()) };
        places.push((put(&name), put(&label)));
    }
    // The length leaves the last twelve bytes out.
    text.resize((text.len() + 12).next_multiple_of(8), 0);
    let length = text.len() as u16 - 12;
    text[..2].copy_from_slice(&length.to_le_bytes());

    let count = heads.len();
    let mut subheaders: Vec<Vec<u8>> = Vec::new();
    let mut sized = |signature: u64, length: usize, fields: &[(usize, Vec<u8>)]| {
        let mut body = signature.to_le_bytes().to_vec();
        body.resize(length, 0);
        for (at, bytes) in fields {
            body[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        subheaders.push(body);
    };
    let long = |n: usize| (n as u64).to_le_bytes().to_vec();
    sized(
        0xF7F7_F7F7,
        808,
        &[
            (40, long(row_length)),
            (48, long(sheet.rows.len() - 1)),
            (72, long(count)),
            (104, long(PAGE)),
            (706, vec![8, 0]),
        ],
    );
    sized(0xF6F6_F6F6, 24, &[(8, long(count))]);
    sized(0xFFFF_FFFF_FFFF_FFFD, 8 + text.len(), &[(8, text.clone())]);
    let mut names = Vec::new();
    for ((at, length), _) in &places {
        names.extend([0, *at, *length, 0].iter().flat_map(|n: &u16| n.to_le_bytes()));
    }
    sized(
        0xFFFF_FFFF_FFFF_FFFF,
        28 + 8 * count,
        &[(8, vec![(8 + 8 * count) as u8, ((8 + 8 * count) >> 8) as u8]), (16, names)],
    );
    let (mut attributes, mut begins) = (Vec::new(), 0);
    for (c, width) in widths.iter().enumerate() {
        attributes.extend((begins as u64).to_le_bytes());
        attributes.extend((*width as u32).to_le_bytes());
        attributes.extend([4, 0, if sheet.is_numeric(c) { 1 } else { 2 }, 0]);
        begins += width;
    }
    sized(
        0xFFFF_FFFF_FFFF_FFFC,
        28 + 16 * count,
        &[(8, vec![(8 + 16 * count) as u8, ((8 + 16 * count) >> 8) as u8]), (16, attributes)],
    );
    for (_, (at, length)) in &places {
        let label: Vec<u8> = [0, *at, *length].iter().flat_map(|n: &u16| n.to_le_bytes()).collect();
        sized(0xFFFF_FFFF_FFFF_FBFE, 64, &[(52, label)]);
    }

    let rows: Vec<Vec<u8>> = sheet.rows[1..].iter().map(|row| row_bytes(sheet, row, &widths)).collect();
    let mut pages = vec![page(0, &subheaders.iter().map(|s| (s.clone(), 0, 0)).collect::<Vec<_>>())];
    if packed {
        for some in rows.chunks(100) {
            pages.push(page(0, &some.iter().map(|row| (run_lengths(row), 4, 1)).collect::<Vec<_>>()));
        }
    } else {
        for some in rows.chunks((PAGE - 40) / row_length) {
            let mut page = vec![0; 32];
            page.extend([0x0100, some.len() as u16, 0, 0].iter().flat_map(|n| n.to_le_bytes()));
            some.iter().for_each(|row| page.extend(row));
            page.resize(PAGE, 0);
            pages.push(page);
        }
    }
    let mut out = header(pages.len());
    pages.iter().for_each(|p| out.extend(p));
    Some(out)
}

fn header(pages: usize) -> Vec<u8> {
    let mut out = b"\0\0\0\0\0\0\0\0\0\0\0\0\
        \xC2\xEA\x81\x60\xB3\x14\x11\xCF\xBD\x92\x08\0\x09\xC7\x31\x8C\x18\x1F\x10\x11"
        .to_vec();
    out.resize(HEADER, 0);
    let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
    put(32, b"3\x22\x003\x22\x01\x021");
    put(70, &[20]);
    put(84, b"SAS FILE");
    put(92, format!("{:64}", "ANSWERS").as_bytes());
    put(156, b"DATA    ");
    put(200, &(HEADER as u32).to_le_bytes());
    put(204, &(PAGE as u32).to_le_bytes());
    put(208, &(pages as u64).to_le_bytes());
    put(224, b"9.0401M6");
    put(232, b"Linux");
    out
}

/// A page of subheaders, each with its packing and its kind.
fn page(kind: u16, subheaders: &[(Vec<u8>, u8, u8)]) -> Vec<u8> {
    let mut out = vec![0; 32];
    out.extend(
        [kind, subheaders.len() as u16, subheaders.len() as u16, 0].iter().flat_map(|n| n.to_le_bytes()),
    );
    let mut at = 40 + 24 * subheaders.len();
    for (body, packing, kind) in subheaders {
        out.extend((at as u64).to_le_bytes());
        out.extend((body.len() as u64).to_le_bytes());
        out.extend([*packing, *kind, 0, 0, 0, 0, 0, 0]);
        at += body.len().next_multiple_of(8);
    }
    for (body, _, _) in subheaders {
        out.extend(body);
        out.resize(out.len().next_multiple_of(8), 0);
    }
    assert!(out.len() <= PAGE, "one page must do");
    out.resize(PAGE, 0);
    out
}

fn row_bytes(sheet: &Sheet, row: &[String], widths: &[usize]) -> Vec<u8> {
    let mut out = Vec::new();
    for (c, (cell, width)) in row.iter().zip(widths).enumerate() {
        if sheet.is_numeric(c) {
            // The missing value `.`.
            out.extend(cell.parse::<f64>().unwrap_or(f64::from_bits(0xFFFF_FE00_0000_0000)).to_le_bytes());
        } else {
            let mut text = cell.clone().into_bytes();
            text.resize(*width, b' ');
            out.extend(text);
        }
    }
    out
}

/// Runs of blanks and zeros by their length, all else copied.
fn run_lengths(row: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < row.len() {
        let run = row[at..].iter().take_while(|b| **b == row[at]).count().min(17);
        if run >= 3 && matches!(row[at], 0 | b' ') {
            out.push(if row[at] == 0 { 0xF0 } else { 0xE0 } | (run - 2) as u8);
            at += run;
            continue;
        }
        let copied = (1..=16.min(row.len() - at))
            .take_while(|&n| n == 1 || !matches!(row[at + n - 1..], [0 | b' ', 0 | b' ', 0 | b' ', ..]))
            .last()
            .unwrap_or(1);
        out.push(0x80 | (copied - 1) as u8);
        out.extend(&row[at..at + copied]);
        at += copied;
    }
    out
}

/// Letters, digits and `_`, beginning with a letter, at most 32 bytes.
fn is_name(head: &str) -> bool {
    head.len() <= 32
        && head.starts_with(char::is_alphabetic)
        && head.chars().all(|c| c.is_alphanumeric() || c == '_')
}
