//! OpenDocument: the program that wrote the sheet stands what a cell shows beside its value (OpenDocument
//! 1.3 Part 3, 9). Furigana, remarks, raised and struck-out text are told apart from it.

use std::collections::BTreeMap;

use super::decimal::{Digits, general};
use super::parts::{Named, Parts, choose, other_sheets};
use super::shown::{Piece, Shown, ShownKind};
use super::xml::{Node, Nodes, Tag};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::raw::damaged::damaged;
use crate::raw::header::Merged;
use crate::raw::{format, open_document as limits};

/// Raised and struck out, by name of the style.
type Styles = BTreeMap<String, (bool, bool)>;

pub(super) fn read(bytes: &[u8], wanted: Option<&str>) -> Result<Parts> {
    let raw = format::part(bytes, b"content.xml")
        .ok_or_else(|| damaged("中身がありません", "its content is not there"))?;
    limits::check(&raw)?;
    let text = String::from_utf8_lossy(&raw);
    let mut nodes = Nodes::of(&text);
    let mut styles = Styles::new();
    let mut hidden_styles = Vec::new();
    let (mut style, mut sheets, mut named) = (String::new(), Vec::new(), Vec::new());
    while let Some(node) = nodes.next()? {
        let Node::Open(tag) = node else { continue };
        match tag.name.as_str() {
            "style" => style = tag.get("name").unwrap_or_default(),
            "text-properties" => {
                let raised = tag.get("text-position").is_some_and(|p| {
                    let first = p.split_whitespace().next().unwrap_or_default();
                    first == "super" || first.trim_end_matches('%').parse::<f64>().is_ok_and(|n| n > 0.0)
                });
                let struck = ["text-line-through-style", "text-line-through-type"]
                    .iter()
                    .any(|name| tag.get(name).is_some_and(|v| v != "none"));
                styles.insert(style.clone(), (raised, struck));
            }
            "table-properties" if tag.get("display").is_some_and(|d| d == "false") => {
                hidden_styles.push(style.clone());
            }
            "named-range" => {
                let (name, refers) = (tag.get("name"), tag.get("cell-range-address"));
                named.extend(name.zip(refers).map(|(name, refers)| Named { name, refers }));
            }
            "table" => {
                let hidden = tag.get("style-name").is_some_and(|s| hidden_styles.contains(&s));
                sheets.push((hidden, sheet(&tag, &mut nodes, &styles)?));
            }
            _ => {}
        }
    }
    sheets.iter_mut().for_each(|(_, sheet)| sheet.names.clone_from(&named));
    let names: Vec<String> = sheets.iter().map(|(_, s)| s.name.clone().unwrap_or_default()).collect();
    if let Some(at) = choose(wanted, &names)? {
        return Ok(sheets.swap_remove(at).1);
    }
    let (hidden, visible): (Vec<_>, Vec<_>) = sheets.into_iter().partition(|(hidden, _)| *hidden);
    let mut order = visible.into_iter().chain(hidden).map(|(_, parts)| parts);
    let Some(mut found) = order.find(|parts| !parts.cells.is_empty()) else {
        return Err(Error::msg(Code::RawEmpty, "データのあるシートがありません", "no sheet has data"));
    };
    let others: Vec<String> = order.filter_map(|parts| parts.name).collect();
    found.findings.extend(other_sheets(found.name.as_deref().unwrap_or_default(), others.iter()));
    Ok(found)
}

fn is_hidden(tag: &Tag) -> bool {
    tag.get("visibility").is_some_and(|v| v != "visible")
}

/// The sheet that the tag opens.
fn sheet(tag: &Tag, nodes: &mut Nodes<'_>, styles: &Styles) -> Result<Parts> {
    let mut parts = Parts { name: tag.get("name"), ..Parts::default() };
    let (mut row, mut column, mut next_column, mut rows) = (0_usize, 0_usize, 0_usize, 1_usize);
    let mut of_row: Vec<(usize, usize, Shown)> = Vec::new();
    let mut depth = 1;
    while let Some(node) = nodes.next()? {
        match node {
            Node::Open(tag) => match tag.name.as_str() {
                // A table inside a cell is none of the sheet's.
                "table" => depth += 1,
                _ if depth > 1 => {}
                "table-column" => {
                    let count = tag.number("number-columns-repeated").unwrap_or(1).min(1 << 14);
                    if is_hidden(&tag) {
                        parts.hidden_columns.extend(next_column..next_column + count);
                    }
                    next_column += count;
                }
                "table-row" => {
                    column = 0;
                    of_row.clear();
                    rows = tag.number("number-rows-repeated").unwrap_or(1).max(1);
                    if is_hidden(&tag) {
                        parts.hidden_rows.extend(row..row + rows.min(1 << 10));
                    }
                }
                "table-cell" | "covered-table-cell" => {
                    let name = tag.name.clone();
                    let count = tag.number("number-columns-repeated").unwrap_or(1).max(1);
                    let spans = ["number-rows-spanned", "number-columns-spanned"]
                        .map(|of| tag.number(of).unwrap_or(1).max(1));
                    if spans != [1, 1] {
                        parts.merged.push(Merged {
                            rows: (row, row + spans[0] - 1),
                            columns: (column, column + spans[1] - 1),
                        });
                    }
                    let shown = cell(&tag, nodes, &name, styles)?;
                    if !shown.is_blank() {
                        of_row.push((column, count, shown));
                    }
                    column += count;
                }
                _ => {}
            },
            Node::Close(name) if name == "table" => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            Node::Close(name) if name == "table-row" && depth == 1 => {
                if !of_row.is_empty() {
                    for at in row..row + rows {
                        for (column, count, shown) in &of_row {
                            for copy in 0..*count {
                                parts.set(at, column + copy, shown.clone())?;
                            }
                        }
                    }
                }
                row = row.saturating_add(rows);
            }
            _ => {}
        }
    }
    Ok(parts)
}

/// The cell that the tag opens.
fn cell(tag: &Tag, nodes: &mut Nodes<'_>, name: &str, styles: &Styles) -> Result<Shown> {
    let own = tag.get("style-name").and_then(|s| styles.get(&s)).copied().unwrap_or_default();
    let pieces = pieces(nodes, name, styles)?;
    let value = tag.get("value").and_then(|v| v.trim().parse::<f64>().ok());
    let mut shown = Shown::pieces(&pieces, "@", own.1);
    let text = shown.text.trim().to_owned();
    let (number, kind) = match tag.get("value-type").as_deref() {
        Some("float" | "currency") => (value, ShownKind::Number),
        Some("percentage") => (value, ShownKind::Number),
        Some("date" | "time") => (None, ShownKind::Date),
        Some("boolean") => (None, ShownKind::Logical),
        _ if text.starts_with('#') && text.parse::<calamine::CellErrorType>().is_ok() => {
            (None, ShownKind::Error)
        }
        _ => (None, ShownKind::Text),
    };
    shown.kind = kind;
    if let Some(x) = number {
        let percent = tag.get("value-type").as_deref() == Some("percentage");
        // Some programs write the bare value where the text should stand.
        let bare = text.is_empty() || text.parse::<f64>() == Ok(x);
        let struck = !shown.struck.is_empty() && text.is_empty();
        if bare && !struck {
            shown.text = match percent {
                true => {
                    let sign = if x < 0.0 { "-" } else { "" };
                    format!("{sign}{}%", Digits::of(x).shifted(2).rounded(9).plain())
                }
                false => general(x),
            };
        }
    }
    if tag.get("formula").is_some()
        && text.is_empty()
        && number.is_none()
        && kind == ShownKind::Text
        && tag.get("value-type").is_none()
    {
        return Ok(Shown::plain("", ShownKind::Unvalued));
    }
    Ok(shown)
}

/// The text of a cell in pieces, paragraphs in lines; without furigana and remarks.
fn pieces(nodes: &mut Nodes<'_>, end: &str, styles: &Styles) -> Result<Vec<Piece>> {
    let mut out: Vec<Piece> = Vec::new();
    let (mut spans, mut paragraphs, mut inside) = (Vec::<(bool, bool)>::new(), 0, 0);
    while let Some(node) = nodes.next()? {
        match node {
            Node::Open(tag) => match tag.name.as_str() {
                "ruby-text" | "annotation" | "table" => drop(nodes.text(&tag.name)?),
                "p" | "h" => {
                    inside += 1;
                    paragraphs += 1;
                    if paragraphs > 1 {
                        out.push(Piece { text: "\n".into(), ..Piece::default() });
                    }
                }
                "span" => {
                    let before = spans.last().copied().unwrap_or_default();
                    let own = tag.get("style-name").and_then(|s| styles.get(&s)).copied().unwrap_or_default();
                    spans.push((before.0 || own.0, before.1 || own.1));
                }
                "s" => {
                    let text = " ".repeat(tag.number("c").unwrap_or(1).min(1 << 10));
                    out.push(Piece { text, ..Piece::default() });
                }
                "tab" | "line-break" => out.push(Piece { text: " ".into(), ..Piece::default() }),
                _ => {}
            },
            Node::Text(text) if inside > 0 => {
                let (raised, struck) = spans.last().copied().unwrap_or_default();
                out.push(Piece { text, raised, struck });
            }
            Node::Close(name) => match name.as_str() {
                "span" => drop(spans.pop()),
                "p" | "h" => inside -= 1,
                name if name == end => break,
                _ => {}
            },
            Node::Text(_) => {}
        }
    }
    Ok(out)
}
