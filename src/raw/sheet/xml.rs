//! The tags and texts of a part of a workbook, one after the other.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::damaged::damaged;
use crate::error::Result;

/// A tag opened, a text, a tag closed; names without their prefix. A tag without content is opened and
/// closed.
pub(super) enum Node {
    Open(Tag),
    Text(String),
    Close(String),
}

/// An opening tag.
pub(super) struct Tag {
    pub(super) name: String,
    start: BytesStart<'static>,
}

impl Tag {
    /// The value of the attribute with this name; its prefix does not count.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.start.attributes().with_checks(false).flatten().find_map(|attribute| {
            let found = attribute.key.local_name().as_ref() == name;
            found.then(|| {
                quick_xml::escape::unescape(&attribute.value)
                    .map_or_else(|_| attribute.value.to_string(), |value| value.into_owned())
            })
        })
    }

    /// A number under an attribute.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.trim().parse().ok()
    }

    /// Whether an attribute says yes; `unless_said` where it does not stand.
    pub(super) fn is(&self, name: &str, unless_said: bool) -> bool {
        self.get(name)
            .map_or(unless_said, |v| !matches!(v.as_str(), "0" | "false" | "off" | "none" | "noStrike"))
    }
}

pub(super) struct Nodes<'a> {
    reader: Reader<&'a [u8]>,
    close: Option<String>,
}

impl<'a> Nodes<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = false;
        Self { reader, close: None }
    }

    /// The next one; `None` at the end.
    ///
    /// # Errors
    /// `raw::damaged` for what is no XML.
    pub(super) fn next(&mut self) -> Result<Option<Node>> {
        if let Some(name) = self.close.take() {
            return Ok(Some(Node::Close(name)));
        }
        loop {
            let event = self.reader.read_event().map_err(|e| damaged(&e, &e))?;
            let node = match event {
                Event::Eof => return Ok(None),
                Event::Start(start) => Node::Open(tag(start)),
                Event::Empty(start) => {
                    let opened = tag(start);
                    self.close = Some(opened.name.clone());
                    Node::Open(opened)
                }
                Event::End(end) => Node::Close(end.local_name().as_ref().to_owned()),
                Event::Text(text) => Node::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Node::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(entity) => Node::Text(resolved(&entity)),
                _ => continue,
            };
            return Ok(Some(node));
        }
    }

    /// The text up to the end of the tag `name`, which was opened.
    pub(super) fn text(&mut self, name: &str) -> Result<String> {
        let mut out = String::new();
        let mut depth = 1;
        while let Some(node) = self.next()? {
            match node {
                Node::Text(text) => out.push_str(&text),
                Node::Open(tag) if tag.name == name => depth += 1,
                Node::Close(closed) if closed == name => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        Ok(out)
    }
}

fn tag(start: BytesStart<'_>) -> Tag {
    Tag { name: start.local_name().as_ref().to_owned(), start: start.into_owned() }
}

fn resolved(entity: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return c.to_string();
    }
    match &*entity.xml10_content() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
    .to_owned()
}
