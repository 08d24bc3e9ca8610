//! A Stata file taken apart: what stands before and after the data, texts not yet decoded.
//!
//! Two layouts, as Stata's manual describes them (`help dta`): 117 to 119 (Stata 13 and later) with tags
//! between the parts, 113 to 115 (Stata 8 to 12) without.

use std::collections::BTreeMap;

use crate::error::Result;

use super::super::bytes::Bytes;
use super::super::damaged::damaged;

/// How a variable is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Byte,
    Int,
    Long,
    Float,
    Double,
    /// So many bytes of text.
    Text(usize),
    /// The place of a long text that stands behind the data.
    LongText,
}

impl Kind {
    pub(super) fn width(self) -> usize {
        match self {
            Kind::Byte => 1,
            Kind::Int => 2,
            Kind::Long | Kind::Float => 4,
            Kind::Double | Kind::LongText => 8,
            Kind::Text(length) => length,
        }
    }
}

/// One variable; its texts end with a zero byte.
pub(super) struct Variable<'a> {
    pub(super) name: &'a [u8],
    pub(super) kind: Kind,
    pub(super) format: &'a [u8],
    /// The name of its set of value labels; empty when it has none.
    pub(super) labels: &'a [u8],
    pub(super) label: &'a [u8],
}

/// Codes and their labels.
pub(super) type Labels<'a> = Vec<(i32, &'a [u8])>;

/// All of a file but its numbers' meaning.
pub(super) struct Records<'a> {
    /// The version of the layout: 113 to 115, or 117 to 119.
    pub(super) release: u8,
    pub(super) little: bool,
    pub(super) variables: Vec<Variable<'a>>,
    /// The rows, each as wide as its variables together.
    pub(super) data: &'a [u8],
    pub(super) rows: usize,
    /// Long texts by the two numbers that the data name them with.
    pub(super) long: BTreeMap<(u64, u64), &'a [u8]>,
    /// Sets of value labels by name.
    pub(super) labels: BTreeMap<&'a [u8], Labels<'a>>,
}

/// A text up to its first zero byte.
pub(super) fn until_zero(raw: &[u8]) -> &[u8] {
    raw.split(|b| *b == 0).next().unwrap_or_default()
}

/// Takes a Stata file apart.
pub(super) fn read(file: &[u8]) -> Result<Records<'_>> {
    if file.starts_with(b"<stata_dta>") { tagged(file) } else { untagged(file) }
}

fn tag(bytes: &mut Bytes<'_>, expected: &str) -> Result<()> {
    if bytes.take(expected.len())? == expected.as_bytes() {
        return Ok(());
    }
    Err(damaged(format!("{expected} がありません"), format!("{expected} is not where it should be")))
}

/// Lengths of a file's texts, all with their zero byte.
struct Widths {
    name: usize,
    format: usize,
    label: usize,
}

/// 117 to 119.
fn tagged(file: &[u8]) -> Result<Records<'_>> {
    let mut bytes = Bytes::new(file, true);
    tag(&mut bytes, "<stata_dta><header><release>")?;
    let release = match bytes.take(3)? {
        b"117" => 117,
        b"118" => 118,
        b"119" => 119,
        other => {
            let other = String::from_utf8_lossy(other).into_owned();
            return Err(damaged(
                format!("版が{other}です。読めるのは113〜115と117〜119です"),
                format!("its version is {other}; 113 to 115 and 117 to 119 can be read"),
            ));
        }
    };
    tag(&mut bytes, "</release><byteorder>")?;
    let little = match bytes.take(3)? {
        b"LSF" => true,
        b"MSF" => false,
        _ => return Err(damaged("バイトの並びが分かりません", "its byte order is not told")),
    };
    let mut bytes = Bytes::new(bytes.rest(), little);
    tag(&mut bytes, "</byteorder><K>")?;
    let count = if release == 119 { bytes.u32()? as usize } else { usize::from(bytes.u16()?) };
    tag(&mut bytes, "</K><N>")?;
    let rows = if release == 117 { u64::from(bytes.u32()?) } else { bytes.u64()? };
    tag(&mut bytes, "</N><label>")?;
    let length = if release == 117 { usize::from(bytes.u8()?) } else { usize::from(bytes.u16()?) };
    bytes.take(length)?;
    tag(&mut bytes, "</label><timestamp>")?;
    let length = usize::from(bytes.u8()?);
    bytes.take(length)?;
    tag(&mut bytes, "</timestamp></header><map>")?;
    bytes.take(14 * 8)?;
    tag(&mut bytes, "</map><variable_types>")?;
    let widths = if release == 117 {
        Widths { name: 33, format: 49, label: 81 }
    } else {
        Widths { name: 129, format: 57, label: 321 }
    };
    let mut types = Bytes::new(bytes.take(count.saturating_mul(2))?, little);
    tag(&mut bytes, "</variable_types><varnames>")?;
    let names = bytes.take(count.saturating_mul(widths.name))?;
    tag(&mut bytes, "</varnames><sortlist>")?;
    bytes.take((count + 1).saturating_mul(if release == 119 { 4 } else { 2 }))?;
    tag(&mut bytes, "</sortlist><formats>")?;
    let formats = bytes.take(count.saturating_mul(widths.format))?;
    tag(&mut bytes, "</formats><value_label_names>")?;
    let sets = bytes.take(count.saturating_mul(widths.name))?;
    tag(&mut bytes, "</value_label_names><variable_labels>")?;
    let described = bytes.take(count.saturating_mul(widths.label))?;
    tag(&mut bytes, "</variable_labels><characteristics>")?;
    while bytes.rest().starts_with(b"<ch>") {
        bytes.take(4)?;
        let length = bytes.u32()? as usize;
        bytes.take(length)?;
        tag(&mut bytes, "</ch>")?;
    }
    tag(&mut bytes, "</characteristics><data>")?;
    let mut kinds = Vec::new();
    for _ in 0..count {
        kinds.push(match types.u16()? {
            length @ 1..=2045 => Kind::Text(usize::from(length)),
            32_768 => Kind::LongText,
            65_526 => Kind::Double,
            65_527 => Kind::Float,
            65_528 => Kind::Long,
            65_529 => Kind::Int,
            65_530 => Kind::Byte,
            n => return Err(unknown_type(n)),
        });
    }
    let variables = variables(&kinds, &widths, [names, formats, sets, described]);
    let (data, rows) = data(&mut bytes, &kinds, rows)?;
    tag(&mut bytes, "</data><strls>")?;
    let mut long = BTreeMap::new();
    while bytes.rest().starts_with(b"GSO") {
        bytes.take(3)?;
        let variable = u64::from(bytes.u32()?);
        let row = if release == 117 { u64::from(bytes.u32()?) } else { bytes.u64()? };
        let binary = bytes.u8()? == 129;
        let length = bytes.u32()? as usize;
        let text = bytes.take(length)?;
        long.insert((variable, row), if binary { text } else { until_zero(text) });
    }
    tag(&mut bytes, "</strls><value_labels>")?;
    let mut labels = BTreeMap::new();
    while bytes.rest().starts_with(b"<lbl>") {
        bytes.take(5)?;
        let (name, set) = value_labels(&mut bytes, widths.name)?;
        labels.insert(name, set);
        tag(&mut bytes, "</lbl>")?;
    }
    tag(&mut bytes, "</value_labels></stata_dta>")?;
    Ok(Records { release, little, variables, data, rows, long, labels })
}

/// 113 to 115.
fn untagged(file: &[u8]) -> Result<Records<'_>> {
    let (release, little) = match file {
        [release, order, ..] => (*release, *order == 2),
        _ => return Err(damaged("途中で切れています", "it is cut off")),
    };
    let mut bytes = Bytes::new(file, little);
    bytes.take(4)?;
    let count = usize::from(bytes.u16()?);
    let rows = u64::from(bytes.u32()?);
    bytes.take(81 + 18)?;
    let widths = Widths { name: 33, format: if release == 113 { 12 } else { 49 }, label: 81 };
    let types = bytes.take(count)?;
    let names = bytes.take(count * widths.name)?;
    bytes.take((count + 1) * 2)?;
    let formats = bytes.take(count * widths.format)?;
    let sets = bytes.take(count * widths.name)?;
    let described = bytes.take(count * widths.label)?;
    loop {
        let (kind, length) = (bytes.u8()?, bytes.u32()? as usize);
        if (kind, length) == (0, 0) {
            break;
        }
        bytes.take(length)?;
    }
    let mut kinds = Vec::new();
    for kind in types {
        kinds.push(match kind {
            length @ 1..=244 => Kind::Text(usize::from(*length)),
            251 => Kind::Byte,
            252 => Kind::Int,
            253 => Kind::Long,
            254 => Kind::Float,
            255 => Kind::Double,
            n => return Err(unknown_type(u16::from(*n))),
        });
    }
    let variables = variables(&kinds, &widths, [names, formats, sets, described]);
    let (data, rows) = data(&mut bytes, &kinds, rows)?;
    let mut labels = BTreeMap::new();
    while !bytes.rest().is_empty() {
        let (name, set) = value_labels(&mut bytes, widths.name)?;
        labels.insert(name, set);
    }
    Ok(Records { release, little, variables, data, rows, long: BTreeMap::new(), labels })
}

fn unknown_type(n: u16) -> crate::error::Error {
    damaged(format!("知られていない型({n})の変数があります"), format!("a variable is of unknown type {n}"))
}

/// Names, formats, names of label sets and labels, cut into pieces of one width each.
fn variables<'a>(
    kinds: &[Kind],
    widths: &Widths,
    [names, formats, sets, described]: [&'a [u8]; 4],
) -> Vec<Variable<'a>> {
    let pieces = names
        .chunks(widths.name)
        .zip(formats.chunks(widths.format))
        .zip(sets.chunks(widths.name))
        .zip(described.chunks(widths.label));
    let all = kinds.iter().zip(pieces).map(|(&kind, (((name, format), labels), label))| Variable {
        name: until_zero(name),
        kind,
        format: until_zero(format),
        labels: until_zero(labels),
        label: until_zero(label),
    });
    all.collect()
}

/// The bytes of all rows.
fn data<'a>(bytes: &mut Bytes<'a>, kinds: &[Kind], rows: u64) -> Result<(&'a [u8], usize)> {
    let width: usize = kinds.iter().map(|k| k.width()).sum();
    let cut_off = || {
        damaged(
            format!("{rows}件のはずが、そこまでありません"),
            format!("it promises {rows} rows and ends before them"),
        )
    };
    let rows = usize::try_from(rows).map_err(|_| cut_off())?;
    if width == 0 {
        return Err(damaged("変数がありません", "it has no variables"));
    }
    Ok((bytes.take(rows.saturating_mul(width)).map_err(|_| cut_off())?, rows))
}

/// A set of value labels: its name, then the places of the texts, the codes, and the texts.
fn value_labels<'a>(bytes: &mut Bytes<'a>, name_width: usize) -> Result<(&'a [u8], Labels<'a>)> {
    let little = bytes.little();
    let length = bytes.u32()? as usize;
    let name = until_zero(bytes.take(name_width)?);
    bytes.take(3)?;
    let mut table = Bytes::new(bytes.take(length)?, little);
    let (count, texts_length) = (table.u32()? as usize, table.u32()? as usize);
    let mut places = Bytes::new(table.take(count.saturating_mul(4))?, little);
    let mut codes = Bytes::new(table.take(count.saturating_mul(4))?, little);
    let texts = table.take(texts_length)?;
    let mut set = Vec::new();
    for _ in 0..count {
        let (at, code) = (places.u32()? as usize, codes.i32()?);
        let text = texts.get(at..).ok_or_else(|| {
            damaged("値ラベルの位置が合いません", "the place of a value label does not fit")
        })?;
        set.push((code, until_zero(text)));
    }
    Ok((name, set))
}
