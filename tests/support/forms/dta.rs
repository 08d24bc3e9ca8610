//! A Stata file of version 118.

use super::sheet::Sheet;

/// The columns of numbers as doubles, all others as texts. A header that is no name in Stata becomes the
/// variable's label. `None` for headers of several rows, which no Stata file has.
pub fn dta(sheet: &Sheet) -> Option<Vec<u8>> {
    if sheet.depth != 1 {
        return None;
    }
    let columns = 0..sheet.rows[0].len();
    let width = |c: usize| {
        if sheet.is_numeric(c) { 0 } else { sheet.column(c).map(str::len).max().unwrap_or(0).max(1) }
    };
    let widths: Vec<usize> = columns.clone().map(width).collect();
    assert!(widths.iter().all(|w| *w <= 2045), "longer texts stand behind the data");
    let count = widths.len();

    let mut out = Vec::new();
    out.extend(b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>");
    out.extend((count as u16).to_le_bytes());
    out.extend(b"</K><N>");
    out.extend((sheet.rows.len() as u64 - 1).to_le_bytes());
    out.extend(b"</N><label>\0\0</label><timestamp>\x1101 Apr 2026 10:00</timestamp></header>");
    // Where each part begins: filled in as they are written.
    let map = out.len() + 5;
    let mut places = vec![0, out.len()];
    out.extend(b"<map>");
    out.extend([0; 14 * 8]);
    out.extend(b"</map>");
    let mut part = |out: &mut Vec<u8>, name: &str, body: &[u8]| {
        places.push(out.len());
        out.extend(format!("<{name}>").as_bytes());
        out.extend(body);
        out.extend(format!("</{name}>").as_bytes());
    };
    let fixed = |texts: Vec<String>, length: usize| -> Vec<u8> {
        let each = texts.into_iter().flat_map(|text| {
            let mut bytes = text.into_bytes();
            assert!(bytes.len() < length);
            bytes.resize(length, 0);
            bytes
        });
        each.collect()
    };
    let types: Vec<u8> =
        widths.iter().flat_map(|w| if *w == 0 { 65_526 } else { *w as u16 }.to_le_bytes()).collect();
    part(&mut out, "variable_types", &types);
    let heads = &sheet.rows[0];
    part(
        &mut out,
        "varnames",
        &fixed(
            (1..).zip(heads).map(|(k, h)| if is_name(h) { h.clone() } else { format!("v{k}") }).collect(),
            129,
        ),
    );
    part(&mut out, "sortlist", &vec![0; (count + 1) * 2]);
    part(
        &mut out,
        "formats",
        &fixed(
            widths.iter().map(|w| if *w == 0 { "%10.0g".to_owned() } else { format!("%-{w}s") }).collect(),
            57,
        ),
    );
    part(&mut out, "value_label_names", &vec![0; count * 129]);
    part(
        &mut out,
        "variable_labels",
        &fixed(heads.iter().map(|h| if is_name(h) { String::new() } else { h.clone() }).collect(), 321),
    );
    part(&mut out, "characteristics", b"");
    let mut data = Vec::new();
    for row in &sheet.rows[1..] {
        for (cell, width) in row.iter().zip(&widths) {
            if *width == 0 {
                // `.` is the missing value.
                data.extend(
                    cell.parse::<f64>().unwrap_or(f64::from_bits(0x7FE0_0000_0000_0000)).to_le_bytes(),
                );
            } else {
                let mut bytes = cell.clone().into_bytes();
                bytes.resize(*width, 0);
                data.extend(bytes);
            }
        }
    }
    part(&mut out, "data", &data);
    part(&mut out, "strls", b"");
    part(&mut out, "value_labels", b"");
    places.push(out.len());
    out.extend(b"</stata_dta>");
    places.push(out.len());
    for (k, place) in places.iter().enumerate() {
        out[map + k * 8..map + k * 8 + 8].copy_from_slice(&(*place as u64).to_le_bytes());
    }
    Some(out)
}

/// Letters, digits and `_`, beginning with a letter, at most 32 characters.
fn is_name(head: &str) -> bool {
    head.chars().count() <= 32
        && head.starts_with(char::is_alphabetic)
        && head.chars().all(|c| c.is_alphanumeric() || c == '_')
}
