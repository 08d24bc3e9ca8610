//! The dictionary of an SPSS system file as it stands in the file: records, texts not yet decoded.
//!
//! The format as the PSPP developers' guide describes it (“System File Format”): a header, one record for
//! every eight bytes of a case, value labels, extension records, a terminator, then the cases.

use std::collections::BTreeMap;

use crate::error::Result;

use super::super::bytes::Bytes;
use super::super::damaged::damaged;

/// How the cases are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Codes,
    Zlib,
}

/// One variable record and its continuations.
#[derive(Debug, Clone)]
pub(super) struct Variable<'a> {
    /// The name of up to eight bytes, without the blanks at its end.
    pub(super) short: &'a [u8],
    /// 0 for a number, else the length of the text, at most 255 bytes.
    pub(super) width: usize,
    /// The number of eight-byte elements in a case.
    pub(super) elements: usize,
    pub(super) label: Option<&'a [u8]>,
    /// The type of the print format: 5 is F (a number), 20 DATE, 22 DATETIME …
    pub(super) format: u8,
    pub(super) missing: Missing,
}

/// Values that the author declared to be no answer, as they stand in the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Missing {
    pub(super) values: Vec<[u8; 8]>,
    pub(super) range: Option<[[u8; 8]; 2]>,
}

/// A set of value labels and the elements (from 0) of the variables that it belongs to.
pub(super) struct Labels<'a> {
    pub(super) labels: Vec<(&'a [u8], &'a [u8])>,
    pub(super) elements: Vec<usize>,
}

/// All that stands before the cases.
pub(super) struct Records<'a> {
    pub(super) packing: Packing,
    pub(super) bias: f64,
    /// The number of cases that the file promises; `None` when its writer did not know.
    pub(super) promised: Option<usize>,
    /// The element (from 1) of the weight variable; 0 when there is none.
    pub(super) weight: usize,
    pub(super) variables: Vec<Variable<'a>>,
    pub(super) labels: Vec<Labels<'a>>,
    /// Extension records by subtype.
    pub(super) extensions: BTreeMap<i32, Vec<&'a [u8]>>,
    /// The cases.
    pub(super) cases: Bytes<'a>,
}

/// Takes a system file apart.
pub(super) fn read(file: &[u8]) -> Result<Records<'_>> {
    let layout: [u8; 4] = Bytes::new(file.get(64..).unwrap_or_default(), true).array()?;
    let little = match (i32::from_le_bytes(layout), i32::from_be_bytes(layout)) {
        (2 | 3, _) => true,
        (_, 2 | 3) => false,
        (n, _) => return Err(damaged(format!("版の印が{n}です"), format!("its layout code is {n}"))),
    };
    let mut bytes = Bytes::new(file, little);
    bytes.take(72)?;
    let packing = match bytes.i32()? {
        0 => Packing::Plain,
        1 => Packing::Codes,
        2 => Packing::Zlib,
        n => return Err(damaged(format!("圧縮の種類が{n}です"), format!("its compression code is {n}"))),
    };
    let weight = bytes.count()?;
    let promised = usize::try_from(bytes.i32()?).ok();
    let bias = bytes.f64()?;
    bytes.take(84)?;

    let (mut variables, mut labels, mut extensions) =
        (Vec::<Variable<'_>>::new(), Vec::new(), BTreeMap::<i32, Vec<&[u8]>>::new());
    loop {
        match bytes.i32()? {
            2 => match (variable(&mut bytes)?, variables.last_mut()) {
                (Some(variable), _) => variables.push(variable),
                (None, Some(last)) => last.elements += 1,
                (None, None) => {
                    return Err(damaged("最初の変数が続きの印です", "its first variable is a continuation"));
                }
            },
            3 => labels.push(value_labels(&mut bytes)?),
            6 => {
                let lines = bytes.count()?;
                bytes.take(lines.saturating_mul(80))?;
            }
            7 => {
                let subtype = bytes.i32()?;
                let (size, count) = (bytes.count()?, bytes.count()?);
                extensions.entry(subtype).or_default().push(bytes.take(size.saturating_mul(count))?);
            }
            999 => {
                bytes.i32()?;
                return Ok(Records {
                    packing,
                    bias,
                    promised,
                    weight,
                    variables,
                    labels,
                    extensions,
                    cases: bytes,
                });
            }
            n => {
                return Err(damaged(
                    format!("知られていない記録({n})があります"),
                    format!("it holds a record of unknown type {n}"),
                ));
            }
        }
    }
}

/// A variable record; `None` for a continuation.
fn variable<'a>(bytes: &mut Bytes<'a>) -> Result<Option<Variable<'a>>> {
    let width = bytes.i32()?;
    let has_label = bytes.i32()? != 0;
    let missing_count = bytes.i32()?;
    let print = bytes.i32()?;
    bytes.i32()?;
    let short = bytes.take(8)?.trim_ascii_end();
    let label = if has_label {
        let length = bytes.count()?;
        let label = bytes.take(length)?;
        bytes.take(length.wrapping_neg() % 4)?;
        Some(label)
    } else {
        None
    };
    let mut missing = Missing::default();
    if missing_count < 0 {
        missing.range = Some([bytes.array()?, bytes.array()?]);
    }
    let discrete = if missing_count < 0 {
        missing_count.unsigned_abs().saturating_sub(2)
    } else {
        missing_count.unsigned_abs()
    };
    for _ in 0..discrete.min(3) {
        missing.values.push(bytes.array()?);
    }
    match usize::try_from(width) {
        Ok(width @ 0..=255) => Ok(Some(Variable {
            short,
            width,
            elements: 1,
            label,
            format: (print >> 16 & 0xFF) as u8,
            missing,
        })),
        Ok(_) => Err(damaged(format!("変数の幅が{width}です"), format!("a variable is {width} bytes wide"))),
        Err(_) => Ok(None),
    }
}

fn value_labels<'a>(bytes: &mut Bytes<'a>) -> Result<Labels<'a>> {
    let mut labels = Vec::new();
    for _ in 0..bytes.count()? {
        let value = bytes.take(8)?;
        let length = usize::from(bytes.array::<1>()?[0]);
        labels.push((value, bytes.take(length)?));
        bytes.take((length + 1).wrapping_neg() % 8)?;
    }
    if bytes.i32()? != 4 {
        return Err(damaged("値ラベルの対象がありません", "value labels without variables"));
    }
    let mut elements = Vec::new();
    for _ in 0..bytes.count()? {
        elements.extend(bytes.count()?.checked_sub(1));
    }
    Ok(Labels { labels, elements })
}
