//! The variables of a system file: names in full, long texts put together, codes described.

use std::collections::BTreeMap;

use crate::error::Result;

use super::super::bytes::{Bytes, number};
use super::super::cell::Cell;
use super::super::decoder::Decoder;
use super::super::dictionary::Variable as Description;
use super::moment;
use super::records::{Missing, Records};

/// A text longer than 255 bytes is kept in pieces; a new one begins for every 252 bytes.
const PIECE: usize = 252;

/// One column.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) short: String,
    /// Where its pieces begin in a case, in elements, and how long each is; length 0 for a number.
    pieces: Vec<(usize, usize)>,
    /// The length of a text, 0 for a number.
    pub(super) width: usize,
    format: u8,
    label: Option<String>,
    missing: Missing,
}

impl Variable {
    /// The element (from 0) that it begins with.
    pub(super) fn element(&self) -> usize {
        self.pieces.first().map_or(0, |p| p.0)
    }

    /// Its text in a case, without the blanks at its end; `None` for a number.
    pub(super) fn text(&self, case: &[u8]) -> Option<Vec<u8>> {
        if self.width == 0 {
            return None;
        }
        let mut text = Vec::with_capacity(self.width.min(1024));
        for &(element, length) in &self.pieces {
            text.extend_from_slice(case.get(element * 8..element * 8 + length).unwrap_or_default());
        }
        text.truncate(self.width);
        Some(text)
    }

    /// Its number in a case.
    pub(super) fn number(&self, case: &[u8], little: bool) -> Cell {
        let at = self.element() * 8;
        match case.get(at..at + 8).and_then(|raw| raw.try_into().ok()) {
            Some(raw) => moment::cell(number(raw, little), self.format),
            None => Cell::Empty,
        }
    }
}

/// All variables, in file order.
pub(super) fn all(records: &Records<'_>, decoder: &mut Decoder) -> Result<Vec<Variable>> {
    let pairs = |subtype: i32| -> BTreeMap<Vec<u8>, Vec<u8>> {
        let raw = records.extensions.get(&subtype).into_iter().flatten();
        let entries = raw.flat_map(|r| r.split(|b| *b == b'\t')).filter_map(|entry| {
            let at = entry.iter().position(|b| *b == b'=')?;
            let (short, rest) = entry.split_at(at);
            let clean =
                |b: &[u8]| b.iter().copied().filter(|b| *b != 0).collect::<Vec<u8>>().trim_ascii().to_vec();
            Some((clean(short), clean(rest.get(1..)?)))
        });
        entries.collect()
    };
    let (long_names, lengths) = (pairs(13), pairs(14));
    let mut out = Vec::new();
    let mut element = 0;
    let mut rest = records.variables.iter();
    while let Some(first) = rest.next() {
        let whole =
            lengths.get(first.short).and_then(|raw| std::str::from_utf8(raw).ok()?.parse::<usize>().ok());
        let width = whole.filter(|_| first.width > 0).unwrap_or(first.width);
        let mut pieces = vec![(element, first.width)];
        element += first.elements;
        if width > 255 {
            for piece in rest.by_ref().take(width.div_ceil(PIECE) - 1) {
                pieces.push((element, piece.width));
                element += piece.elements;
            }
        }
        let name = long_names.get(first.short).map_or(first.short, Vec::as_slice);
        out.push(Variable {
            name: decoder.label(name),
            short: decoder.short(first.short),
            pieces,
            width,
            format: first.format,
            label: first.label.map(|l| decoder.label(l)),
            missing: first.missing.clone(),
        });
    }
    Ok(out)
}

/// What the file says of its variables, by name.
pub(super) fn descriptions(
    records: &Records<'_>,
    variables: &[Variable],
    decoder: &mut Decoder,
) -> Result<BTreeMap<String, Description>> {
    let little = records.cases.little();
    let mut out: BTreeMap<String, Description> = BTreeMap::new();
    for variable in variables {
        let cell = |raw: &[u8; 8], decoder: &mut Decoder| {
            code(raw, variable.width, variable.format, little, decoder)
        };
        let missing_values = variable.missing.values.iter().map(|raw| cell(raw, decoder)).collect();
        let ends =
            variable.missing.range.filter(|_| variable.width == 0).map(|r| r.map(|raw| number(raw, little)));
        // The lowest and the highest number stand for "everything below" and "everything above".
        let ends = ends.map(|[low, high]| {
            (
                if low <= -1.797_693_134_862_315e308 { f64::NEG_INFINITY } else { low },
                if high >= f64::MAX { f64::INFINITY } else { high },
            )
        });
        let value_labels = Vec::new();
        let description = Description {
            label: variable.label.clone(),
            value_labels,
            missing_values,
            missing_ranges: ends.into_iter().collect(),
        };
        out.insert(variable.name.clone(), description);
    }
    for set in &records.labels {
        for variable in variables.iter().filter(|v| set.elements.contains(&v.element())) {
            let Some(description) = out.get_mut(&variable.name) else { continue };
            for (raw, label) in &set.labels {
                let Ok(raw) = <&[u8; 8]>::try_from(*raw) else { continue };
                let value = code(raw, variable.width, variable.format, little, decoder);
                description.value_labels.push((value, decoder.label(label)));
            }
        }
    }
    for raw in records.extensions.get(&21).into_iter().flatten() {
        long_labels(Bytes::new(raw, little), variables, &mut out, decoder)?;
    }
    for raw in records.extensions.get(&22).into_iter().flatten() {
        long_missing(Bytes::new(raw, little), variables, &mut out, decoder)?;
    }
    Ok(out)
}

fn code(raw: &[u8; 8], width: usize, format: u8, little: bool, decoder: &mut Decoder) -> Cell {
    if width == 0 {
        moment::cell(number(*raw, little), format)
    } else {
        decoder.cell(raw.get(..width.min(8)).unwrap_or(raw))
    }
}

/// The description of the variable that a record names, by its name or, as some writers do, by its short
/// name.
fn named<'a>(
    raw: &[u8],
    variables: &[Variable],
    out: &'a mut BTreeMap<String, Description>,
    decoder: &mut Decoder,
) -> Option<&'a mut Description> {
    let name = decoder.short(raw);
    let variable =
        variables.iter().find(|v| v.name == name).or_else(|| variables.iter().find(|v| v.short == name))?;
    out.get_mut(&variable.name)
}

/// Value labels of texts longer than eight bytes.
fn long_labels(
    mut bytes: Bytes<'_>,
    variables: &[Variable],
    out: &mut BTreeMap<String, Description>,
    decoder: &mut Decoder,
) -> Result<()> {
    while !bytes.rest().is_empty() {
        let length = bytes.count()?;
        let mut description = named(bytes.take(length)?, variables, out, decoder);
        bytes.i32()?;
        for _ in 0..bytes.count()? {
            let length = bytes.count()?;
            let value = decoder.cell(bytes.take(length)?);
            let length = bytes.count()?;
            let label = decoder.label(bytes.take(length)?);
            if let Some(description) = &mut description {
                description.value_labels.push((value, label));
            }
        }
    }
    Ok(())
}

/// Missing values of texts longer than eight bytes.
fn long_missing(
    mut bytes: Bytes<'_>,
    variables: &[Variable],
    out: &mut BTreeMap<String, Description>,
    decoder: &mut Decoder,
) -> Result<()> {
    while !bytes.rest().is_empty() {
        let length = bytes.count()?;
        let mut description = named(bytes.take(length)?, variables, out, decoder);
        let [count] = bytes.array()?;
        let length = bytes.count()?;
        for _ in 0..count {
            let value = decoder.cell(bytes.take(length)?);
            if let Some(description) = &mut description {
                description.missing_values.push(value);
            }
        }
    }
    Ok(())
}
