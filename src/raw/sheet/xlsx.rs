//! XLSX: the parts of the package that say what a cell shows (ECMA-376 Part 1, 18).

use std::collections::BTreeMap;

use super::address::address;
use super::formula::Value;
use super::held::{Cells, Formula, Held, Workbook};
use super::number_format::built_in;
use super::parts::{Named, Parts, choose, other_sheets};
use super::shown::{Piece, Shown, ShownKind};
use super::xml::{Node, Nodes, Tag};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::raw::damaged::damaged;
use crate::raw::format;
use crate::raw::header::Merged;

/// A package, with what belongs to all its sheets.
struct Package<'a> {
    bytes: &'a [u8],
    sheets: Vec<Entry>,
    late: bool,
    strings: Vec<Vec<Piece>>,
    styles: Vec<Style>,
    names: Vec<Named>,
}

/// A cell as the file has it.
struct RawCell {
    style: Option<usize>,
    kind: String,
    value: Option<String>,
    pieces: Option<Vec<Piece>>,
    /// The formula; `None` inside where it is of a kind that is not computed.
    formula: Option<Option<Formula>>,
}

impl RawCell {
    /// Whether it is a formula without a result. The result of a formula may be the empty text.
    fn is_unvalued(&self) -> bool {
        self.formula.is_some() && self.value.is_none() && self.pieces.is_none() && self.kind != "str"
    }
}

/// Where the next cell stands, and the formulas that several cells share.
#[derive(Default)]
struct Cursor {
    row: usize,
    next_row: usize,
    next_column: usize,
    shared: BTreeMap<String, (String, (usize, usize))>,
}

impl Cursor {
    fn row(&mut self, tag: &Tag) -> usize {
        self.row = tag.number("r").map_or(self.next_row, |r| r.saturating_sub(1));
        (self.next_row, self.next_column) = (self.row + 1, 0);
        self.row
    }

    fn cell(&mut self, tag: &Tag) -> (usize, usize) {
        let (row, column) = tag.get("r").and_then(|r| address(&r)).unwrap_or((self.row, self.next_column));
        self.next_column = column + 1;
        (row, column)
    }

    /// The formula of a cell; one that is shared is written in the first of its cells only.
    fn formula(&mut self, tag: &Tag, text: String, at: (usize, usize)) -> Option<Formula> {
        let own = |text: String| Some(Formula { text, shift: (0, 0) }).filter(|f| !f.text.is_empty());
        match tag.get("t").as_deref() {
            None | Some("normal") => own(text),
            Some("shared") => {
                let index = tag.get("si")?;
                if !text.is_empty() {
                    self.shared.insert(index, (text.clone(), at));
                    return own(text);
                }
                let (text, from) = self.shared.get(&index)?;
                let shift = (at.0.checked_sub(from.0)?, at.1.checked_sub(from.1)?);
                Some(Formula { text: text.clone(), shift })
            }
            Some(_) => None,
        }
    }
}

struct Entry {
    name: String,
    path: String,
    hidden: bool,
}

/// What a cell's style says of its looks.
#[derive(Debug, Clone)]
struct Style {
    code: String,
    struck: bool,
    raised: bool,
}

pub(super) fn read(bytes: &[u8], wanted: Option<&str>) -> Result<Parts> {
    let package = Package::open(bytes)?;
    let names: Vec<String> = package.sheets.iter().map(|s| s.name.clone()).collect();
    if let Some(at) = choose(wanted, &names)? {
        return package.sheet(&package.sheets[at]);
    }
    let (hidden, visible): (Vec<&Entry>, Vec<&Entry>) = package.sheets.iter().partition(|s| s.hidden);
    let order: Vec<&Entry> = visible.into_iter().chain(hidden).collect();
    for (at, entry) in order.iter().enumerate() {
        let mut parts = package.sheet(entry)?;
        if !parts.cells.is_empty() {
            let rest = order.iter().skip(at + 1).map(|e| &e.name);
            parts.findings.extend(other_sheets(&entry.name, rest));
            return Ok(parts);
        }
    }
    Err(Error::msg(Code::RawEmpty, "データのあるシートがありません", "no sheet has data"))
}

fn part(bytes: &[u8], path: &str) -> Option<String> {
    let raw = format::part(bytes, path.as_bytes())?;
    let text = String::from_utf8_lossy(&raw).into_owned();
    Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Ids and targets of the relations of a part.
fn relations(bytes: &[u8], path: &str) -> Result<Vec<(String, String, String)>> {
    let Some(text) = part(bytes, path) else { return Ok(Vec::new()) };
    let (mut nodes, mut out) = (Nodes::of(&text), Vec::new());
    while let Some(node) = nodes.next()? {
        if let Node::Open(tag) = node
            && tag.name == "Relationship"
        {
            let of = |name| tag.get(name).unwrap_or_default();
            out.push((of("Id"), of("Type"), of("Target")));
        }
    }
    Ok(out)
}

impl<'a> Package<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self> {
        let main = relations(bytes, "_rels/.rels")?
            .into_iter()
            .find(|(_, kind, _)| kind.ends_with("/officeDocument"))
            .map_or_else(|| "xl/workbook.xml".to_owned(), |(_, _, t)| t.trim_start_matches('/').to_owned());
        let (folder, file) = main.rsplit_once('/').map_or(("", &*main), |(f, n)| (f, n));
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let relations = relations(bytes, &format!("{folder}_rels/{file}.rels"))?;
        let path = |target: &str| match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("{folder}{target}"),
        };
        let of_kind = |end: &str| relations.iter().find(|(_, k, _)| k.ends_with(end)).map(|(.., t)| path(t));
        let workbook = part(bytes, &main)
            .ok_or_else(|| damaged("ブックの中身がありません", "the workbook's part is not there"))?;
        let (mut nodes, mut sheets, mut late) = (Nodes::of(&workbook), Vec::new(), false);
        let mut names = Vec::new();
        while let Some(node) = nodes.next()? {
            let Node::Open(tag) = node else { continue };
            match tag.name.as_str() {
                "definedName" => {
                    let name = tag.get("name").unwrap_or_default();
                    names.push(Named { name, refers: nodes.text("definedName")? });
                }
                "workbookPr" => late = tag.is("date1904", false),
                "sheet" => {
                    let id = tag.get("id").unwrap_or_default();
                    let Some((_, kind, target)) = relations.iter().find(|(known, ..)| *known == id) else {
                        continue;
                    };
                    if kind.ends_with("/worksheet") {
                        sheets.push(Entry {
                            name: tag.get("name").unwrap_or_default(),
                            path: path(target),
                            hidden: tag.get("state").is_some_and(|state| state != "visible"),
                        });
                    }
                }
                _ => {}
            }
        }
        let strings = of_kind("/sharedStrings").and_then(|p| part(bytes, &p));
        let strings = strings.map_or_else(|| Ok(Vec::new()), |text| shared(&text))?;
        let styles = of_kind("/styles").and_then(|p| part(bytes, &p));
        let styles = styles.map_or_else(|| Ok(Vec::new()), |text| self::styles(&text))?;
        Ok(Self { bytes, sheets, late, strings, styles, names })
    }

    fn text(&self, entry: &Entry) -> Result<String> {
        part(self.bytes, &entry.path).ok_or_else(|| {
            damaged(format!("{}がありません", entry.path), format!("{} is not there", entry.path))
        })
    }

    fn sheet(&self, entry: &Entry) -> Result<Parts> {
        let text = self.text(entry)?;
        let mut nodes = Nodes::of(&text);
        let (names, name) = (self.names.clone(), Some(entry.name.clone()));
        let mut parts = Parts { name, names, ..Parts::default() };
        let mut cursor = Cursor::default();
        let mut unvalued = Vec::new();
        while let Some(node) = nodes.next()? {
            let Node::Open(tag) = node else { continue };
            match tag.name.as_str() {
                "col" if tag.is("hidden", false) => {
                    let first = tag.number("min").unwrap_or(1).max(1);
                    let last = tag.number("max").unwrap_or(first).min(first + (1 << 14));
                    parts.hidden_columns.extend(first - 1..last);
                }
                "row" => {
                    let row = cursor.row(&tag);
                    if tag.is("hidden", false) {
                        parts.hidden_rows.insert(row);
                    }
                }
                "c" => {
                    let at = cursor.cell(&tag);
                    let raw = raw_cell(&tag, &mut nodes, &mut cursor, at)?;
                    if raw.is_unvalued() {
                        unvalued.push((at, raw));
                    } else {
                        parts.set(at.0, at.1, self.shown(raw))?;
                    }
                }
                "mergeCell" => {
                    let range = tag.get("ref").unwrap_or_default();
                    if let Some((first, last)) = range.split_once(':')
                        && let (Some(a), Some(b)) = (address(first), address(last))
                    {
                        parts.merged.push(Merged { rows: (a.0, b.0), columns: (a.1, b.1) });
                    }
                }
                _ => {}
            }
        }
        self.compute(entry, unvalued, &mut parts)?;
        Ok(parts)
    }

    /// Computes the formulas of a sheet that the file holds no results of.
    fn compute(
        &self,
        entry: &Entry,
        unvalued: Vec<((usize, usize), RawCell)>,
        parts: &mut Parts,
    ) -> Result<()> {
        let names = self.sheets.iter().map(|s| s.name.clone()).collect();
        let own = self.sheets.iter().position(|s| s.path == entry.path).unwrap_or(0);
        let mut book = Workbook::new(names, |at| self.held(self.sheets.get(at)?).ok());
        for ((row, column), raw) in unvalued {
            let style = raw.style.and_then(|s| self.styles.get(s));
            let (code, struck) = style.map_or(("General", false), |s| (s.code.as_str(), s.struck));
            let mut shown = match book.value(own, row, column) {
                Ok(Value::Number(x)) => Shown::number(x, code, self.late).struck(struck),
                Ok(Value::Text(text)) => Shown::pieces(&[Piece { text, ..Piece::default() }], code, struck),
                _ => Shown::plain("", ShownKind::Unvalued),
            };
            if shown.kind != ShownKind::Unvalued {
                shown.computed = raw.formula.flatten().map_or_else(String::new, |f| f.text);
            }
            parts.set(row, column, shown)?;
        }
        Ok(())
    }

    /// What the cells of a sheet hold.
    fn held(&self, entry: &Entry) -> Result<Cells> {
        let text = self.text(entry)?;
        let (mut nodes, mut cursor, mut out) = (Nodes::of(&text), Cursor::default(), Cells::new());
        while let Some(node) = nodes.next()? {
            match node {
                Node::Open(tag) if tag.name == "row" => drop(cursor.row(&tag)),
                Node::Open(tag) if tag.name == "c" => {
                    let at = cursor.cell(&tag);
                    let raw = raw_cell(&tag, &mut nodes, &mut cursor, at)?;
                    out.extend(self.held_in(raw).map(|held| (at, held)));
                }
                _ => {}
            }
        }
        Ok(out)
    }

    fn held_in(&self, raw: RawCell) -> Option<Held> {
        if raw.is_unvalued() {
            return Some(raw.formula.flatten().map_or(Held::Other, Held::Formula));
        }
        let whole = |pieces: &[Piece]| pieces.iter().map(|p| p.text.as_str()).collect::<String>();
        let text = |text: String| Some(Held::Value(Value::Text(text)));
        match (raw.kind.as_str(), raw.value) {
            ("inlineStr", _) => text(whole(&raw.pieces.unwrap_or_default())),
            ("str", value) => text(unescaped(&value.unwrap_or_default())),
            (_, None) => None,
            ("s", Some(at)) => {
                let pieces = at.trim().parse::<usize>().ok().and_then(|at| self.strings.get(at));
                text(whole(pieces.map_or(&[][..], |pieces| pieces)))
            }
            ("b", Some(value)) => Some(Held::Value(Value::Logical(value.trim() == "1"))),
            ("e", Some(_)) => Some(Held::Error),
            ("n", Some(value)) => {
                let number = value.trim().parse::<f64>().ok().filter(|x| x.is_finite());
                Some(number.map_or(Held::Other, |x| Held::Value(Value::Number(x))))
            }
            _ => Some(Held::Other),
        }
    }

    /// What a cell shows that has a value.
    fn shown(&self, raw: RawCell) -> Shown {
        let RawCell { style, kind, value, pieces, .. } = raw;
        let style = style.and_then(|s| self.styles.get(s));
        let code = style.map_or("General", |s| s.code.as_str());
        let struck = style.is_some_and(|s| s.struck);
        let whole = |text: String| Piece { text, ..Piece::default() };
        let mut shown = match kind.as_str() {
            "s" => {
                let at = value.and_then(|v| v.trim().parse::<usize>().ok());
                let pieces = at.and_then(|at| self.strings.get(at)).cloned().unwrap_or_default();
                Shown::pieces(&pieces, code, struck)
            }
            "inlineStr" => Shown::pieces(&pieces.unwrap_or_default(), code, struck),
            "str" => Shown::pieces(&[whole(unescaped(&value.unwrap_or_default()))], code, struck),
            "b" => {
                let word = if value.as_deref().map(str::trim) == Some("1") { "TRUE" } else { "FALSE" };
                Shown::plain(word, ShownKind::Logical).struck(struck)
            }
            "e" => Shown::plain(value.unwrap_or_default(), ShownKind::Error).struck(struck),
            "d" => Shown::plain(value.unwrap_or_default(), ShownKind::Date).struck(struck),
            _ => match value.as_deref().map(str::trim).map(str::parse::<f64>) {
                Some(Ok(x)) => Shown::number(x, code, self.late).struck(struck),
                Some(Err(_)) => Shown::plain(value.unwrap_or_default(), ShownKind::Text),
                None => Shown::default(),
            },
        };
        if style.is_some_and(|s| s.raised) && shown.kind == ShownKind::Text {
            // A cell of raised text holds nothing but the mark of a note.
            shown.raised = std::mem::take(&mut shown.text);
        }
        shown
    }
}

/// The cell that the tag opens.
fn raw_cell(tag: &Tag, nodes: &mut Nodes<'_>, cursor: &mut Cursor, at: (usize, usize)) -> Result<RawCell> {
    let kind = tag.get("t").unwrap_or_else(|| "n".to_owned());
    let (mut value, mut formula, mut pieces) = (None::<String>, None, None);
    while let Some(node) = nodes.next()? {
        match node {
            Node::Open(tag) if tag.name == "v" => value = Some(nodes.text("v")?),
            Node::Open(tag) if tag.name == "f" => {
                let text = nodes.text("f")?.trim().to_owned();
                formula = Some(cursor.formula(&tag, text, at));
            }
            Node::Open(tag) if tag.name == "is" => pieces = Some(rich(nodes, "is")?),
            Node::Close(name) if name == "c" => break,
            _ => {}
        }
    }
    let value = value.filter(|v| !v.is_empty());
    Ok(RawCell { style: tag.number("s"), kind, value, pieces, formula })
}

/// The shared strings, each in pieces.
fn shared(text: &str) -> Result<Vec<Vec<Piece>>> {
    let (mut nodes, mut out) = (Nodes::of(text), Vec::new());
    while let Some(node) = nodes.next()? {
        if let Node::Open(tag) = node
            && tag.name == "si"
        {
            out.push(rich(&mut nodes, "si")?);
        }
    }
    Ok(out)
}

/// The pieces of a text up to the end of the tag `end`; phonetic guides are no part of it.
fn rich(nodes: &mut Nodes<'_>, end: &str) -> Result<Vec<Piece>> {
    let (mut out, mut now) = (Vec::new(), Piece::default());
    while let Some(node) = nodes.next()? {
        match node {
            Node::Open(tag) => match tag.name.as_str() {
                "r" => now = Piece::default(),
                "rPh" => drop(nodes.text("rPh")?),
                "vertAlign" => now.raised = tag.get("val").is_some_and(|v| v == "superscript"),
                "strike" | "dstrike" => now.struck = tag.is("val", true),
                "t" => {
                    let space = tag.get("space").is_some_and(|s| s == "preserve");
                    let text = unescaped(&nodes.text("t")?);
                    let blank = |c: char| c.is_ascii_whitespace();
                    let text = if space { text } else { text.trim_matches(blank).to_owned() };
                    out.push(Piece { text, ..now.clone() });
                }
                _ => {}
            },
            Node::Close(name) if name == end => break,
            _ => {}
        }
    }
    Ok(out)
}

/// `_x000D_` and its like are characters that XML cannot hold.
fn unescaped(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let whole = rest.get(at + 6..at + 7) == Some("_");
        out.push_str(rest.get(..at).unwrap_or_default());
        match code.filter(|_| whole).and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                rest = rest.get(at + 7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = rest.get(at + 2..).unwrap_or_default();
            }
        }
    }
    out + rest
}

/// The styles of cells: `cellXfs` with their number formats and fonts.
fn styles(text: &str) -> Result<Vec<Style>> {
    let mut nodes = Nodes::of(text);
    let (mut codes, mut fonts, mut out) = (Vec::<(u32, String)>::new(), Vec::new(), Vec::new());
    let (mut in_fonts, mut in_cells) = (false, false);
    while let Some(node) = nodes.next()? {
        match node {
            Node::Open(tag) => match tag.name.as_str() {
                "numFmt" => {
                    let id = tag.number("numFmtId").and_then(|id| u32::try_from(id).ok());
                    codes.extend(id.zip(tag.get("formatCode")));
                }
                "fonts" => in_fonts = true,
                "cellXfs" => in_cells = true,
                "font" if in_fonts => fonts.push((false, false)),
                "strike" if in_fonts => {
                    fonts.last_mut().into_iter().for_each(|f| f.0 = tag.is("val", true));
                }
                "vertAlign" if in_fonts => {
                    let raised = tag.get("val").is_some_and(|v| v == "superscript");
                    fonts.last_mut().into_iter().for_each(|f| f.1 = raised);
                }
                "xf" if in_cells => {
                    let id = tag.number("numFmtId").and_then(|id| u32::try_from(id).ok()).unwrap_or(0);
                    let own = codes.iter().find(|(known, _)| *known == id).map(|(_, code)| code.as_str());
                    let (struck, raised) =
                        tag.number("fontId").and_then(|f| fonts.get(f)).copied().unwrap_or_default();
                    let code = own.or(built_in(id)).unwrap_or("General").to_owned();
                    out.push(Style { code, struck, raised });
                }
                _ => {}
            },
            Node::Close(name) if name == "fonts" => in_fonts = false,
            Node::Close(name) if name == "cellXfs" => in_cells = false,
            Node::Close(_) | Node::Text(_) => {}
        }
    }
    Ok(out)
}
