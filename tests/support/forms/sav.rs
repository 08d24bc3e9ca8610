//! SPSS system files: plain, packed by byte codes, packed by blocks.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::sheet::Sheet;

/// How the cases are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    Plain = 0,
    Codes = 1,
    Zlib = 2,
}

/// The columns of numbers as numbers, all others as texts. A header that is no name in SPSS becomes the
/// variable's label. `None` for headers of several rows, which no system file has.
pub fn sav(sheet: &Sheet, packing: Packing) -> Option<Vec<u8>> {
    if sheet.depth != 1 {
        return None;
    }
    let columns = 0..sheet.rows[0].len();
    // The length of a text variable is that of its longest text, in bytes.
    let width = |c: usize| {
        if sheet.is_numeric(c) { 0 } else { sheet.column(c).map(str::len).max().unwrap_or(0).max(1) }
    };
    let widths: Vec<usize> = columns.clone().map(width).collect();
    assert!(widths.iter().all(|w| *w <= 255), "longer texts stand in pieces");
    let elements = |w: usize| w.div_ceil(8).max(1);

    let mut out = if packing == Packing::Zlib { b"$FL3".to_vec() } else { b"$FL2".to_vec() };
    out.extend(format!("{:60}", "@(#) SPSS DATA FILE").as_bytes());
    for n in [
        2,
        widths.iter().map(|w| elements(*w)).sum::<usize>() as i32,
        packing as i32,
        0,
        (sheet.rows.len() - 1) as i32,
    ] {
        out.extend(n.to_le_bytes());
    }
    out.extend(100f64.to_le_bytes());
    out.extend(format!("{:17}{:64}\0\0\0", "01 Apr 2610:00:00", "").as_bytes());
    let mut long_names = Vec::new();
    for c in columns.clone() {
        let (head, width) = (&sheet.rows[0][c], widths[c]);
        let short = format!("V{}", c + 1);
        let named = is_name(head);
        let format = if width == 0 { 5 << 16 | 8 << 8 } else { 1 << 16 | (width as i32) << 8 };
        for n in [2, width as i32, i32::from(!named), 0, format, format] {
            out.extend(n.to_le_bytes());
        }
        out.extend(format!("{short:8}").as_bytes());
        if named {
            long_names.push(format!("{short}={head}"));
        } else {
            out.extend((head.len() as i32).to_le_bytes());
            out.extend(head.as_bytes());
            out.resize(out.len().next_multiple_of(4), b' ');
        }
        for _ in 1..elements(width) {
            for n in [2, -1, 0, 0, 0, 0i32] {
                out.extend(n.to_le_bytes());
            }
            out.extend(b"        ");
        }
    }
    let machine: Vec<u8> =
        [20, 0, 0, -1, 1, 1, 2, 65001].iter().flat_map(|n: &i32| n.to_le_bytes()).collect();
    extension(&mut out, 3, 4, &machine);
    // SPSS's own "lowest" is the number after the lowest.
    let lowest = f64::from_bits((-f64::MAX).to_bits() - 1);
    extension(
        &mut out,
        4,
        8,
        &[-f64::MAX, f64::MAX, lowest].iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>(),
    );
    extension(&mut out, 13, 1, long_names.join("\t").as_bytes());
    extension(&mut out, 20, 1, b"UTF-8");
    out.extend([999i32, 0].iter().flat_map(|n| n.to_le_bytes()));

    let (mut plain, mut codes) = (Vec::new(), Codes::default());
    for row in &sheet.rows[1..] {
        for (cell, width) in row.iter().zip(&widths) {
            if *width == 0 {
                let number = cell.parse::<f64>().unwrap_or(-f64::MAX);
                plain.extend(number.to_le_bytes());
                codes.number(number);
            } else {
                let mut text = cell.clone().into_bytes();
                text.resize(elements(*width) * 8, b' ');
                text.chunks(8).for_each(|eight| codes.text(eight));
                plain.extend(text);
            }
        }
    }
    match packing {
        Packing::Plain => out.extend(plain),
        Packing::Codes => out.extend(codes.done()),
        Packing::Zlib => blocks(&mut out, &codes.done()),
    }
    Some(out)
}

/// Letters, digits and `_ . $ # @`, beginning with a letter, at most 64 bytes.
fn is_name(head: &str) -> bool {
    head.len() <= 64
        && head.starts_with(char::is_alphabetic)
        && head.chars().all(|c| c.is_alphanumeric() || "_.$#@".contains(c))
}

fn extension(out: &mut Vec<u8>, subtype: i32, size: usize, bytes: &[u8]) {
    for n in [7, subtype, size as i32, (bytes.len() / size) as i32] {
        out.extend(n.to_le_bytes());
    }
    out.extend(bytes);
}

/// Cases packed by byte codes: eight codes, then the eight-byte elements that they announce.
#[derive(Default)]
struct Codes {
    out: Vec<u8>,
    block: Vec<u8>,
    after: Vec<u8>,
}

impl Codes {
    fn number(&mut self, x: f64) {
        if x == -f64::MAX {
            self.code(255, &[]);
        } else if x.fract() == 0.0 && (-99.0..=151.0).contains(&x) {
            self.code((x + 100.0) as u8, &[]);
        } else {
            self.code(253, &x.to_le_bytes());
        }
    }

    fn text(&mut self, eight: &[u8]) {
        if eight == b"        " { self.code(254, &[]) } else { self.code(253, eight) }
    }

    fn code(&mut self, code: u8, element: &[u8]) {
        self.block.push(code);
        self.after.extend(element);
        if self.block.len() == 8 {
            self.out.append(&mut self.block);
            self.out.append(&mut self.after);
        }
    }

    fn done(mut self) -> Vec<u8> {
        self.code(252, &[]);
        while !self.block.is_empty() {
            self.code(0, &[]);
        }
        self.out
    }
}

/// A .zsav's blocks and their directory.
fn blocks(out: &mut Vec<u8>, codes: &[u8]) {
    const BLOCK: usize = 4096;
    let start = out.len() as i64;
    let packed: Vec<(usize, Vec<u8>)> = codes
        .chunks(BLOCK)
        .map(|chunk| {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
            encoder.write_all(chunk).unwrap();
            (chunk.len(), encoder.finish().unwrap())
        })
        .collect();
    let trailer = start + 24 + packed.iter().map(|(_, p)| p.len() as i64).sum::<i64>();
    for n in [start, trailer, 24 + 24 * packed.len() as i64] {
        out.extend(n.to_le_bytes());
    }
    packed.iter().for_each(|(_, p)| out.extend(p));
    out.extend([-100i64, 0].iter().flat_map(|n| n.to_le_bytes()));
    out.extend([BLOCK as i32, packed.len() as i32].iter().flat_map(|n| n.to_le_bytes()));
    let (mut whole, mut at) = (start, start + 24);
    for (length, block) in &packed {
        out.extend([whole, at].iter().flat_map(|n| n.to_le_bytes()));
        out.extend([*length as i32, block.len() as i32].iter().flat_map(|n| n.to_le_bytes()));
        whole += *length as i64;
        at += block.len() as i64;
    }
}
