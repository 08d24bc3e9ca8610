//! SPSS system files: `.sav` and `.zsav`.
//!
//! Read by own code: the crates that read them either lose what Japanese files depend on (long names in
//! CP932, multiple-response sets, user-missing values) or bring a second Arrow, about 300 CPU seconds of a
//! cold build.

mod cases;
mod labels;
mod moment;
mod records;
mod variables;

use std::collections::BTreeMap;

use encoding_rs::Encoding;

use crate::error::Result;
use crate::finding::Finding;

use super::bytes::Bytes;
use super::cell::Cell;
use super::damaged::damaged;
use super::decoder::Decoder;
use super::dictionary::Dictionary;
use super::encoding;
use super::grid::Grid;
use super::table::{ReadOptions, Table};
use records::Records;

/// Reads a system file. Its variables' names are the header; its first case is row 1.
pub(super) fn read(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Table> {
    let records = records::read(bytes)?;
    let elements = cases::elements(&records)?;
    let (encoding, guessed) = encoding_of(&records, &elements, options)?;
    let mut decoder = Decoder::new(encoding);
    let variables = variables::all(&records, &mut decoder)?;

    let size = records.variables.iter().map(|v| v.elements * 8).sum::<usize>();
    if size == 0 {
        return Err(damaged("変数がありません", "it has no variables"));
    }
    let found = elements.len() / size;
    if let Some(promised) = records.promised.filter(|&n| n > found) {
        return Err(damaged(
            format!("{promised}件のはずが{found}件しかありません"),
            format!("it promises {promised} cases and has {found}"),
        ));
    }
    let mut grid = Grid::default();
    grid.at_least(found + 1)?;
    for (at, variable) in variables.iter().enumerate() {
        grid.set_text(0, at, if variable.name.is_empty() { " " } else { &variable.name })?;
        let little = records.cases.little();
        let mut known = BTreeMap::<Vec<u8>, Cell>::new();
        for (row, case) in elements.chunks_exact(size).enumerate() {
            let cell = match variable.text(case) {
                // Texts of a survey repeat; each is decoded once.
                Some(raw) => match known.get(&raw) {
                    Some(cell) => cell.clone(),
                    None => {
                        let cell = decoder.cell(&raw);
                        known.insert(raw, cell.clone());
                        cell
                    }
                },
                None => variable.number(case, little),
            };
            grid.set(row + 1, at, cell)?;
        }
    }

    let dictionary = Dictionary {
        variables: variables::descriptions(&records, &variables, &mut decoder)?,
        weight: variables
            .iter()
            .find(|v| records.weight > 0 && v.element() + 1 == records.weight)
            .map(|v| v.name.clone()),
        multiple_response: labels::sets(&records, &variables, &mut decoder),
    };
    decoder.table(grid, dictionary, (bytes, name), found as u64, guessed)
}

/// The encoding of all texts: the one asked for, the one that the file names, that of its code page; where
/// the file does not say, the one that its bytes look like, with a finding.
fn encoding_of(
    records: &Records<'_>,
    cases: &[u8],
    options: &ReadOptions,
) -> Result<(&'static Encoding, Option<Finding>)> {
    if let Some(wanted) = &options.encoding {
        return Ok((encoding::by_name(wanted)?, None));
    }
    let extension = |subtype: i32| records.extensions.get(&subtype).and_then(|all| all.first().copied());
    let named = extension(20)
        .and_then(|raw| std::str::from_utf8(raw).ok())
        .and_then(|n| encoding::by_name(n.trim_matches(['\0', ' '])).ok());
    if let Some(named) = named {
        return Ok((named, None));
    }
    let page = extension(3).and_then(|raw| {
        let mut bytes = Bytes::new(raw.get(28..)?, records.cases.little());
        bytes.i32().ok()
    });
    let of_page = page.and_then(|page| match page {
        932 => Some("CP932".to_owned()),
        65001 => Some("UTF-8".to_owned()),
        20932 | 51932 => Some("EUC-JP".to_owned()),
        874 | 1250..=1258 => Some(format!("windows-{page}")),
        _ => None,
    });
    if let Some(of_page) = of_page.and_then(|n| encoding::by_name(&n).ok()) {
        return Ok((of_page, None));
    }
    let sample = labels::all_bytes(records, cases);
    let (encoding, uncertain) = encoding::detect(&sample);
    Ok((encoding, Some(encoding::told(encoding, uncertain))))
}
