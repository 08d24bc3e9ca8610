//! A zip archive whose parts are stored as they are, or deflated.

use flate2::{Compression, Crc, write::DeflateEncoder};
use std::io::Write;

/// Packs parts by name, in the order given.
pub fn zip(parts: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let packed = if deflated {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        } else {
            bytes.to_vec()
        };
        let mut crc = Crc::new();
        crc.update(bytes);
        // Version, flags (names are UTF-8), method, time, date (1980-01-01), sum, sizes, lengths of name and
        // extra field.
        let mut both = Vec::new();
        for n in [20, 0x0800, if deflated { 8 } else { 0 }, 0, 0x21u16] {
            both.extend(n.to_le_bytes());
        }
        for n in [crc.sum(), packed.len() as u32, bytes.len() as u32] {
            both.extend(n.to_le_bytes());
        }
        both.extend((name.len() as u16).to_le_bytes());
        both.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&both);
        directory.extend([0; 10]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&both);
        out.extend(name.as_bytes());
        out.extend(packed);
    }
    let begins = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((parts.len() as u16).to_le_bytes());
    out.extend((parts.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(begins.to_le_bytes());
    out.extend([0, 0]);
    out
}
