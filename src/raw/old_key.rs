//! Old Excel workbooks that were encrypted with the key that Excel itself uses where nobody set a password
//! (it does so when the sheets are protected): Office binary document RC4 ([MS-OFFCRYPTO] 2.3.6, [MS-XLS]
//! 2.2.10).

use md5::{Digest, Md5};

/// The password that Excel takes where none was set ([MS-XLS] 2.2.10).
const DEFAULT: &str = "VelvetSweatshop";

const FILE_PASS: u16 = 0x002F;
/// An obsolete record that readers pass over, put in the place of [`FILE_PASS`].
const NOTHING: u16 = 0x0096;
/// Records that are never encrypted: BOF, FilePass, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead.
const PLAIN: [u16; 7] = [0x0809, FILE_PASS, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138];
/// The sheet's place in a BoundSheet8 record is never encrypted.
const BOUND_SHEET: u16 = 0x0085;

/// After so many bytes of the stream another key begins.
const BLOCK: usize = 1024;

/// What a stream of records says of its key.
pub(super) enum Key {
    /// It is not encrypted.
    None,
    /// It was encrypted with the default key; this is the stream in clear.
    Default(Vec<u8>),
    /// It was encrypted with another key, or in another way.
    Other,
}

/// A record: the place of its body in the stream, its kind, its body.
pub(super) type Record<'a> = (usize, u16, &'a [u8]);

/// Reads a stream of records.
pub(super) fn opened(stream: &[u8], records: &[Record<'_>]) -> Key {
    let mut globals = records.iter().take_while(|(_, kind, _)| *kind != 0x000A);
    let Some((_, _, body)) = globals.find(|(_, kind, _)| *kind == FILE_PASS) else { return Key::None };
    match rc4(body) {
        Some(base) => Key::Default(clear(stream, records, &base)),
        None => Key::Other,
    }
}

/// The part of all keys that comes from the default password, where it is the right one.
fn rc4(body: &[u8]) -> Option<[u8; 5]> {
    // Type 1, version 1.1; salt, verifier and its hash.
    if body.get(..6)? != [1, 0, 1, 0, 1, 0] {
        return None;
    }
    let (salt, check) = (body.get(6..22)?, body.get(22..54)?);
    let password: Vec<u8> = DEFAULT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let first = Md5::digest(&password);
    let mut salted = Md5::new();
    for _ in 0..16 {
        salted.update(first.get(..5)?);
        salted.update(salt);
    }
    let base: [u8; 5] = salted.finalize().get(..5)?.try_into().ok()?;
    let mut check = check.to_vec();
    Cipher::new(&base, 0).apply(&mut check);
    let (verifier, hash) = check.split_at(16);
    (Md5::digest(verifier)[..] == *hash).then_some(base)
}

/// The stream with its records in clear.
fn clear(stream: &[u8], records: &[Record<'_>], base: &[u8; 5]) -> Vec<u8> {
    // The key goes on over the heads of records, which it is not applied to.
    let mut all = stream.to_vec();
    for (block, piece) in (0_u32..).zip(all.chunks_mut(BLOCK)) {
        Cipher::new(base, block).apply(piece);
    }
    let mut out = stream.to_vec();
    for (at, kind, body) in records.iter().copied() {
        if kind == FILE_PASS {
            out[at - 4..at - 2].copy_from_slice(&NOTHING.to_le_bytes());
        }
        if !PLAIN.contains(&kind) {
            let from = at + if kind == BOUND_SHEET { body.len().min(4) } else { 0 };
            out[from..at + body.len()].copy_from_slice(&all[from..at + body.len()]);
        }
    }
    out
}

/// RC4 (as described by Schneier 1996, 17.1).
struct Cipher {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Cipher {
    /// With the key of a block.
    fn new(base: &[u8; 5], block: u32) -> Self {
        let key = Md5::new().chain_update(base).chain_update(block.to_le_bytes()).finalize();
        Self::keyed(&key)
    }

    fn keyed(key: &[u8]) -> Self {
        let mut state: [u8; 256] = std::array::from_fn(|n| n as u8);
        let mut j = 0_u8;
        for (i, k) in (0..=255_u8).zip(key.iter().cycle()) {
            j = j.wrapping_add(state[usize::from(i)]).wrapping_add(*k);
            state.swap(usize::from(i), usize::from(j));
        }
        Self { state, i: 0, j: 0 }
    }

    fn apply(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.i = self.i.wrapping_add(1);
            let a = self.state[usize::from(self.i)];
            self.j = self.j.wrapping_add(a);
            self.state.swap(usize::from(self.i), usize::from(self.j));
            let sum = a.wrapping_add(self.state[usize::from(self.i)]);
            *byte ^= self.state[usize::from(sum)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cipher;

    #[test]
    fn the_cipher_has_its_published_values() {
        // Test vectors of the Wikipedia article and of RFC 6229 (key 0102030405, offset 0).
        for (key, text, out) in [
            (&b"Key"[..], &b"Plaintext"[..], &[0xBB, 0xF3, 0x16, 0xE8, 0xD9, 0x40, 0xAF, 0x0A, 0xD3][..]),
            (&[1, 2, 3, 4, 5], &[0; 8], &[0xB2, 0x39, 0x63, 0x05, 0xF0, 0x3D, 0xC0, 0x27]),
        ] {
            let mut bytes = text.to_vec();
            Cipher::keyed(key).apply(&mut bytes);
            assert_eq!(bytes, out);
        }
    }
}
