//! The cases of an SPSS system file, unpacked to eight-byte elements.

use std::borrow::Cow;
use std::io::Read;

use crate::code::Code;
use crate::error::{Error, Result};

use super::super::bytes::Bytes;
use super::super::damaged::{MAX_PART, damaged};
use super::records::{Packing, Records};

/// The elements of all cases, one after the other.
pub(super) fn elements<'a>(records: &Records<'a>) -> Result<Cow<'a, [u8]>> {
    let little = records.cases.little();
    match records.packing {
        Packing::Plain => Ok(Cow::Borrowed(records.cases.rest())),
        Packing::Codes => codes(records.cases.rest(), records.bias, little).map(Cow::Owned),
        Packing::Zlib => codes(&inflate(records.cases)?, records.bias, little).map(Cow::Owned),
    }
}

/// One byte a number: 1 to 251 is the number plus the bias; 253 means that eight bytes follow, 254 eight
/// blanks, 255 no answer, 252 the end, 0 nothing. Eight such bytes come first, then what they announce.
fn codes(packed: &[u8], bias: f64, little: bool) -> Result<Vec<u8>> {
    let number = |x: f64| if little { x.to_le_bytes() } else { x.to_be_bytes() };
    let mut out = Vec::with_capacity(packed.len().saturating_mul(2).min(MAX_PART as usize));
    let mut bytes = Bytes::new(packed, little);
    loop {
        // A writer that did not close the file leaves a short last block.
        let Ok(block) = bytes.array::<8>() else { return Ok(out) };
        for code in block {
            match code {
                0 => {}
                252 => return Ok(out),
                253 => out.extend_from_slice(bytes.take(8)?),
                254 => out.extend_from_slice(b"        "),
                255 => out.extend_from_slice(&number(-f64::MAX)),
                n => out.extend_from_slice(&number(f64::from(n) - bias)),
            }
            if out.len() as u64 > MAX_PART * 4 {
                return Err(too_large());
            }
        }
    }
}

/// The blocks of a .zsav: each is a zlib stream; the trailer after them says where they are.
fn inflate(mut cases: Bytes<'_>) -> Result<Vec<u8>> {
    let little = cases.little();
    let bad = || damaged("ZSAVの目次が合いません", "its directory of compressed blocks does not fit");
    let (start, trailer) = (cases.i64()?, cases.i64()?);
    cases.i64()?;
    // Offsets count from the file's start; the header that says so is 24 bytes and was just read.
    let within = |offset: i64| usize::try_from(offset.checked_sub(start)?.checked_sub(24)?).ok();
    let mut directory =
        Bytes::new(within(trailer).and_then(|at| cases.rest().get(at..)).ok_or_else(bad)?, little);
    directory.take(20)?;
    let mut out = Vec::new();
    for _ in 0..directory.count()? {
        directory.i64()?;
        let offset = within(directory.i64()?).ok_or_else(bad)?;
        directory.i32()?;
        let length = directory.count()?;
        let packed = cases.rest().get(offset..).and_then(|b| b.get(..length)).ok_or_else(bad)?;
        let room = MAX_PART - (out.len() as u64).min(MAX_PART);
        let read = flate2::read::ZlibDecoder::new(packed).take(room + 1).read_to_end(&mut out);
        read.map_err(|e| damaged(&e, &e))?;
        if out.len() as u64 > MAX_PART {
            return Err(too_large());
        }
    }
    Ok(out)
}

fn too_large() -> Error {
    Error::msg(
        Code::RawTooLarge,
        "展開すると大きすぎます。安全のため読みません",
        "it unpacks to too much; not read, for safety",
    )
}
