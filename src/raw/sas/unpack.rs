//! The two ways in which SAS packs a row: run lengths (`COMPRESS=CHAR`, SASYZCRL) and Ross data compression
//! (`COMPRESS=BINARY`, SASYZCR2), as M. Shotwell's “SAS7BDAT Database Binary Format” describes them.

use crate::error::{Error, Result};

use super::super::damaged::damaged;

/// How the rows of a file are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    RunLengths,
    Ross,
}

/// A row of `length` bytes. What the packed bytes lack is filled with zeros; what they have too much is an
/// error.
pub(super) fn row(packed: &[u8], packing: Packing, length: usize) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(length.min(1 << 16));
    let mut input = Input { rest: packed };
    match packing {
        Packing::Plain => out.extend_from_slice(packed.get(..length).unwrap_or(packed)),
        Packing::RunLengths => run_lengths(&mut input, &mut out, length)?,
        Packing::Ross => ross(&mut input, &mut out, length)?,
    }
    if out.len() > length {
        return Err(bad());
    }
    out.resize(length, 0);
    Ok(out)
}

fn bad() -> Error {
    damaged("圧縮された行を展開できません", "a packed row cannot be unpacked")
}

struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn byte(&mut self) -> Result<usize> {
        let (first, rest) = self.rest.split_first().ok_or_else(bad)?;
        self.rest = rest;
        Ok(usize::from(*first))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(bad)?;
        self.rest = rest;
        Ok(taken)
    }
}

/// The upper half of a command's byte says what to do, the lower half how often.
fn run_lengths(input: &mut Input<'_>, out: &mut Vec<u8>, length: usize) -> Result<()> {
    while out.len() < length && !input.rest.is_empty() {
        let command = input.byte()?;
        let (what, n) = (command >> 4, command & 0x0F);
        let copied = match what {
            0x0 => Some(input.byte()? + 64 + n * 256),
            0x1 => Some(input.byte()? + 64 + n * 256 + 4096),
            0x2 => Some(n + 96),
            0x8 => Some(n + 1),
            0x9 => Some(n + 17),
            0xA => Some(n + 33),
            0xB => Some(n + 49),
            _ => None,
        };
        if let Some(count) = copied {
            out.extend_from_slice(input.take(count)?);
            continue;
        }
        let (count, byte) = match what {
            0x4 => (input.byte()? + 18 + n * 256, input.byte()? as u8),
            0x5 => (input.byte()? + 17 + n * 256, b'@'),
            0x6 => (input.byte()? + 17 + n * 256, b' '),
            0x7 => (input.byte()? + 17 + n * 256, 0),
            0xC => (n + 3, input.byte()? as u8),
            0xD => (n + 2, b'@'),
            0xE => (n + 2, b' '),
            0xF => (n + 2, 0),
            _ => return Err(bad()),
        };
        out.resize(out.len() + count, byte);
    }
    Ok(())
}

/// Sixteen bits say of each of the next sixteen items whether it is a byte or a command.
fn ross(input: &mut Input<'_>, out: &mut Vec<u8>, length: usize) -> Result<()> {
    let (mut bits, mut mask) = (0, 0);
    while out.len() < length && !input.rest.is_empty() {
        mask >>= 1;
        if mask == 0 {
            bits = input.byte()? << 8 | input.byte()?;
            mask = 0x8000;
        }
        if bits & mask == 0 {
            let byte = input.byte()?;
            out.push(byte as u8);
            continue;
        }
        let command = input.byte()?;
        let (what, n) = (command >> 4, command & 0x0F);
        match what {
            0 | 1 => {
                let count = if what == 0 { n + 3 } else { n + (input.byte()? << 4) + 19 };
                let byte = input.byte()? as u8;
                out.resize(out.len() + count, byte);
            }
            _ => {
                let back = n + 3 + (input.byte()? << 4);
                let count = if what == 2 { input.byte()? + 16 } else { what };
                let from = out.len().checked_sub(back).ok_or_else(bad)?;
                // What is copied may reach into itself.
                for at in from..from + count {
                    let byte = out.get(at).copied().ok_or_else(bad)?;
                    out.push(byte);
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Packing, row};
    use crate::code::Code;

    #[test]
    fn run_lengths_are_copied_and_filled() {
        let packed = [0x82, b'a', b'b', b'c', 0xE1, 0xC0, b'x', 0xF0, 0x60, 0x00];
        let expected = [&b"abc   xxx\0\0"[..], &[b' '; 17]].concat();
        assert_eq!(row(&packed, Packing::RunLengths, 28), Ok(expected));
        let code = |packed: &[u8]| row(packed, Packing::RunLengths, 28).map_err(|e| e.diagnostics()[0].code);
        assert_eq!(code(&[0x8F, b'a']), Err(Code::RawDamaged), "it ends inside a copy");
        assert_eq!(code(&[0x40, 0xFF, b'a']), Err(Code::RawDamaged), "more than a row");
        assert_eq!(code(&[0x30]), Err(Code::RawDamaged), "no such command");
    }

    #[test]
    fn ross_rows_repeat_what_they_had() {
        // a, b, c, then three bytes from three back, then four blanks.
        let packed = [0b0001_1000, 0, b'a', b'b', b'c', 0x30, 0x00, 0x01, b' '];
        assert_eq!(row(&packed, Packing::Ross, 10), Ok(b"abcabc    ".to_vec()));
        let code = row(&[0x80, 0, 0x30, 0x00], Packing::Ross, 10).map_err(|e| e.diagnostics()[0].code);
        assert_eq!(code, Err(Code::RawDamaged), "nothing stands three back");
    }
}
