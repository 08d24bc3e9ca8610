//! What stands in a workbook, part by part.

use std::io::{Cursor, Read};

/// The parts of a ZIP archive, by its central directory.
pub(crate) fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let number = |at: usize, size: usize| {
        bytes[at..at + size].iter().rev().fold(0usize, |n, b| n << 8 | usize::from(*b))
    };
    let end = (0..bytes.len() - 21).rev().find(|&at| bytes[at..].starts_with(b"PK\x05\x06")).unwrap();
    let (count, mut at) = (number(end + 10, 2), number(end + 16, 4));
    let mut out = Vec::new();
    for _ in 0..count {
        assert!(bytes[at..].starts_with(b"PK\x01\x02"));
        let (method, size, name_length) = (number(at + 10, 2), number(at + 20, 4), number(at + 28, 2));
        let (skip, local) = (number(at + 30, 2) + number(at + 32, 2), number(at + 42, 4));
        let name = String::from_utf8_lossy(&bytes[at + 46..at + 46 + name_length]).into_owned();
        let data = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        let packed = &bytes[data..data + size];
        let mut unpacked = Vec::new();
        match method {
            0 => unpacked.extend_from_slice(packed),
            _ => drop(
                flate2::read::DeflateDecoder::new(Cursor::new(packed)).read_to_end(&mut unpacked).unwrap(),
            ),
        }
        out.push((name, unpacked));
        at += 46 + name_length + skip;
    }
    out
}
