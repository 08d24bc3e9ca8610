//! Texts of a system file, and its multiple-response sets.

use super::super::cell::Cell;
use super::super::decoder::{Decoder, trimmed};
use super::super::dictionary::{MultipleResponse, MultipleResponseKind};
use super::records::Records;
use super::variables::Variable;

/// All texts of the file, for detecting their encoding.
pub(super) fn all_bytes(records: &Records<'_>, cases: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut add = |raw: &[u8]| {
        out.extend_from_slice(trimmed(raw));
        out.push(b'\n');
    };
    for variable in &records.variables {
        add(variable.short);
        variable.label.into_iter().for_each(&mut add);
    }
    records.labels.iter().flat_map(|set| &set.labels).for_each(|(_, label)| add(label));
    for subtype in [7, 13, 19] {
        records.extensions.get(&subtype).into_iter().flatten().for_each(|raw| add(raw));
    }
    let size = records.variables.iter().map(|v| v.elements * 8).sum::<usize>();
    if size > 0 {
        for case in cases.chunks_exact(size).take(10_000) {
            let mut at = 0;
            for variable in &records.variables {
                if variable.width > 0 {
                    case.get(at..at + variable.width).into_iter().for_each(&mut add);
                }
                at += variable.elements * 8;
            }
        }
    }
    out
}

/// The multiple-response sets, in file order; a set that stands twice counts once.
pub(super) fn sets(
    records: &Records<'_>,
    variables: &[Variable],
    decoder: &mut Decoder,
) -> Vec<MultipleResponse> {
    let mut out: Vec<MultipleResponse> = Vec::new();
    for subtype in [7, 19] {
        for raw in records.extensions.get(&subtype).into_iter().flatten() {
            for line in raw.split(|b| matches!(b, b'\n' | 0)) {
                if let Some(set) = set(line, variables, decoder)
                    && out.iter().all(|s| s.name != set.name)
                {
                    out.push(set);
                }
            }
        }
    }
    out
}

/// One set: `$name=C LABEL variables`, `$name=DVALUE LABEL variables` or `$name=E 1 VALUE LABEL variables`,
/// where VALUE and LABEL are a length in bytes, a blank, and so many bytes.
fn set(line: &[u8], variables: &[Variable], decoder: &mut Decoder) -> Option<MultipleResponse> {
    let line = line.strip_prefix(b"$")?;
    let at = line.iter().position(|b| *b == b'=')?;
    let (name, rest) = line.split_at(at);
    let (kind, mut rest) = rest.get(1..)?.split_first()?;
    let counted = match kind {
        b'C' => None,
        b'D' => Some(counted_text(&mut rest)?),
        b'E' => {
            // 1 or 11: where the options' names come from, which the variables' labels tell anyway.
            rest = rest.trim_ascii_start();
            let end = rest.iter().position(|b| *b == b' ')?;
            rest = rest.get(end + 1..)?;
            Some(counted_text(&mut rest)?)
        }
        _ => return None,
    };
    rest = rest.trim_ascii_start();
    let label = decoder.label(counted_text(&mut rest)?);
    let named: Vec<&Variable> = rest
        .split(u8::is_ascii_whitespace)
        .filter(|n| !n.is_empty())
        .filter_map(|n| {
            let n = decoder.label(n).to_lowercase();
            variables
                .iter()
                .find(|v| v.name.to_lowercase() == n)
                .or_else(|| variables.iter().find(|v| v.short.to_lowercase() == n))
        })
        .collect();
    let numeric = named.iter().all(|v| v.width == 0);
    let kind = match counted.map(|raw| decoder.label(raw)) {
        None => MultipleResponseKind::Categories,
        Some(text) => match text.trim().parse() {
            Ok(number) if numeric => MultipleResponseKind::Dichotomies(Cell::Number(number)),
            _ => MultipleResponseKind::Dichotomies(Cell::Text(text.into())),
        },
    };
    Some(MultipleResponse {
        name: decoder.label(name),
        label: if label.is_empty() { None } else { Some(label) },
        columns: named.iter().map(|v| v.name.clone()).collect(),
        kind,
    })
}

/// A length in bytes, a blank, and so many bytes.
fn counted_text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|b| !b.is_ascii_digit())?;
    let length: usize = std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()?;
    let text = rest.get(end + 1..)?.get(..length)?;
    *rest = rest.get(end + 1 + length..)?;
    Some(text)
}
