//! Every path that a file names, in a `use` or in the middle of an expression, and the file in which what it
//! names is written.

use std::collections::BTreeMap;

use super::scan::Token;

/// A path as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    /// The name that a `use` gives it here.
    pub(super) bound: Option<String>,
    /// A `pub use`: handed on, not needed here.
    pub(super) handed_on: bool,
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// A branch of a `use` tree from `at`; returns the index behind it.
fn tree(tokens: &[Token], mut at: usize, stem: &[String], handed_on: bool, out: &mut Vec<Named>) -> usize {
    let mut path = stem.to_vec();
    let line = tokens[at].line;
    loop {
        match tokens[at].text {
            "{" => {
                at += 1;
                while tokens[at].text != "}" {
                    at = tree(tokens, at, &path, handed_on, out);
                    if tokens[at].text == "," {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "::" => at += 1,
            text => {
                path.push(text.to_owned());
                at += 1;
                if tokens[at].text != "::" {
                    break;
                }
            }
        }
    }
    // `a::{self}` is `a`.
    if path.len() > 1 && path.last().is_some_and(|p| p == "self") {
        path.pop();
    }
    let mut bound = path.last().cloned();
    if tokens[at].text == "as" {
        bound = Some(tokens[at + 1].text.to_owned());
        at += 2;
    }
    out.push(Named { path, line, bound, handed_on });
    at
}

/// Whether the `use` at `at` has a `pub` in front of it.
fn is_public(tokens: &[Token], at: usize) -> bool {
    let before: Vec<&str> = tokens[at.saturating_sub(4)..at].iter().map(|t| t.text).collect();
    before.ends_with(&["pub"]) || matches!(before[..], ["pub", "(", _, ")"])
}

/// Everything that these tokens name, one path a leaf of a `use` tree and one an inline path of two parts or
/// more.
pub(super) fn named(tokens: &[Token]) -> Vec<Named> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let next = tokens.get(at + 1).map_or("", |t| t.text);
        // `impl Trait + use<'a>` imports nothing.
        if tokens[at].text == "use" && next != "<" {
            at = tree(tokens, at + 1, &[], is_public(tokens, at), &mut out);
        } else if is_name(tokens[at].text) && next == "::" {
            let line = tokens[at].line;
            let mut path = vec![tokens[at].text.to_owned()];
            at += 1;
            while let [mark, part, ..] = &tokens[at..]
                && mark.text == "::"
                && is_name(part.text)
            {
                path.push(part.text.to_owned());
                at += 2;
            }
            if path.len() > 1 {
                out.push(Named { path, line, bound: None, handed_on: false });
            }
        } else {
            at += 1;
        }
    }
    out
}

/// The modules of a crate by their paths, and what each file names.
pub(super) struct Map {
    pub(super) modules: BTreeMap<Vec<String>, Vec<Named>>,
    /// What the command's own room calls the crate.
    pub(super) krate: &'static str,
}

/// More names for one thing than anybody writes: a guard against names that lead to each other.
const DEEP: usize = 12;

impl Map {
    fn bound(&self, module: &[String], name: &str) -> Option<&Named> {
        self.modules.get(module)?.iter().find(|n| n.bound.as_deref() == Some(name))
    }

    /// The path from the crate's root; `None` for another crate's and for what stands in the file itself.
    pub(super) fn absolute(&self, module: &[String], path: &[String]) -> Option<Vec<String>> {
        self.absolute_within(module, path, DEEP)
    }

    fn absolute_within(&self, module: &[String], path: &[String], deep: usize) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        let mut stem = module.to_vec();
        match first.as_str() {
            name if name == self.krate || name == "crate" => stem.clear(),
            "self" => {}
            "super" => drop(stem.pop()?),
            name => {
                stem.push(name.to_owned());
                if !self.modules.contains_key(&stem) {
                    let bound = self.bound(module, name).filter(|b| b.path != path)?;
                    stem = self.absolute_within(module, &bound.path, deep.checked_sub(1)?)?;
                }
            }
        }
        let ups = rest.iter().take_while(|p| *p == "super").count();
        stem.truncate(stem.len().checked_sub(ups)?);
        stem.extend(rest[ups..].iter().cloned());
        Some(stem)
    }

    /// The module in whose file the thing at this path from the root is written, through any number of names
    /// that hand it on.
    pub(super) fn home(&self, absolute: &[String]) -> Vec<String> {
        self.home_within(absolute, DEEP)
    }

    fn home_within(&self, absolute: &[String], deep: usize) -> Vec<String> {
        let mut module = Vec::new();
        for (at, part) in absolute.iter().enumerate() {
            module.push(part.clone());
            if self.modules.contains_key(&module) {
                continue;
            }
            module.pop();
            let through = self.bound(&module, part).filter(|_| deep > 0);
            let whole = through.and_then(|b| self.absolute_within(&module, &b.path, deep));
            if let Some(mut whole) = whole.filter(|w| w.as_slice() != &absolute[..=at]) {
                whole.extend_from_slice(&absolute[at + 1..]);
                return self.home_within(&whole, deep - 1);
            }
            break;
        }
        module
    }
}
