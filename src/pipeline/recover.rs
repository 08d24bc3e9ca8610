//! A plan with mistakes of form, recovered as far as it takes to go on and find its mistakes of meaning too,
//! so that all of them are reported in one go. What is recovered is never run.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// A recovered text.
#[derive(Debug)]
pub(super) struct Recovered<T> {
    /// What can be read once the mistakes of form are out of the way. A stand-in for a wrong value has that
    /// value's span, one for a missing key the first line of its table: the span of the mistake that is told
    /// there.
    pub(super) value: T,
    /// The keys of the whole text under which something was changed, unknown ones among them.
    pub(super) affected: BTreeSet<String>,
}

/// Reads `text` into `T` with unknown keys left out, and stand-ins for what is missing or of a wrong type.
/// `None` when that is not enough, as with text that is no TOML.
pub(super) fn recover<T: DeserializeOwned + JsonSchema>(text: &str) -> Option<Recovered<T>> {
    let (mut tree, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return None;
    }
    let schema = schemars::schema_for!(T).to_value();
    let mut recovery = Recovery { text, root: &schema, changes: 0 };
    let mut affected = BTreeSet::new();
    let properties = schema.get("properties");
    let root = tree.get_mut();
    let keys: Vec<String> = root.keys().map(|k| k.get_ref().to_string()).collect();
    for key in keys {
        let before = recovery.changes;
        match properties.and_then(|p| p.get(&key)) {
            Some(property) => {
                root.get_mut(key.as_str()).into_iter().for_each(|v| recovery.value(v, property))
            }
            None => drop((root.remove(key.as_str()), recovery.changes += 1)),
        }
        if recovery.changes > before {
            affected.insert(key);
        }
    }
    let whole = first_line(text, 0..text.len());
    recovery.complete(root, whole, &schema);
    T::deserialize(Deserializer::from(tree)).ok().map(|value| Recovered { value, affected })
}

struct Recovery<'a> {
    text: &'a str,
    root: &'a Value,
    changes: usize,
}

impl<'a> Recovery<'a> {
    /// The forms a value may take, references followed, null left out.
    fn forms(&self, schema: &'a Value) -> Vec<&'a Value> {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
        let schema = target.and_then(|pointer| self.root.pointer(pointer)).unwrap_or(schema);
        match schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array) {
            Some(branches) => branches.iter().flat_map(|b| self.forms(b)).collect(),
            None if schema.get("type").and_then(Value::as_str) == Some("null") => Vec::new(),
            None => vec![schema],
        }
    }

    fn value(&mut self, value: &mut Spanned<DeValue<'_>>, schema: &'a Value) {
        let forms = self.forms(schema);
        let span = value.span();
        let Some(form) = forms.iter().copied().find(|f| fits(value.get_ref(), f)) else {
            if let Some(form) = forms.first() {
                *value.get_mut() = self.stand_in(form, &span);
                self.changes += 1;
            }
            return;
        };
        match value.get_mut() {
            DeValue::Table(table) => self.table(table, span, form),
            DeValue::Array(items) => {
                if let Some(of) = form.get("items") {
                    items.iter_mut().for_each(|item| self.value(item, of));
                }
                let least = form.get("minItems").and_then(Value::as_u64).unwrap_or(0);
                if (items.len() as u64) < least {
                    self.changes += 1;
                    *value.get_mut() = self.stand_in(form, &span);
                }
            }
            _ => {}
        }
    }

    fn table(&mut self, table: &mut DeTable<'_>, span: Range<usize>, schema: &'a Value) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let more = schema.get("additionalProperties").filter(|m| m.is_object());
        let keys: Vec<String> = table.keys().map(|k| k.get_ref().to_string()).collect();
        for key in keys {
            match (properties.and_then(|p| p.get(&key)).or(more), properties.is_some()) {
                (Some(of), _) => table.get_mut(key.as_str()).into_iter().for_each(|v| self.value(v, of)),
                (None, true) => drop((table.remove(key.as_str()), self.changes += 1)),
                (None, false) => {}
            }
        }
        self.complete(table, first_line(self.text, span), schema);
    }

    /// Puts stand-ins for the missing keys of a table.
    fn complete(&mut self, table: &mut DeTable<'_>, span: Range<usize>, schema: &'a Value) {
        for key in
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
        {
            if table.contains_key(key) {
                continue;
            }
            let of =
                schema.get("properties").and_then(|p| p.get(key)).map(|p| self.forms(p)).unwrap_or_default();
            if let Some(form) = of.first() {
                let stand_in = self.stand_in(form, &span);
                table.insert(
                    Spanned::new(span.clone(), Cow::Owned(key.to_owned())),
                    Spanned::new(span.clone(), stand_in),
                );
                self.changes += 1;
            }
        }
    }

    /// The plainest value of a form, all of it at `span`.
    fn stand_in<'v>(&mut self, form: &'a Value, span: &Range<usize>) -> DeValue<'v> {
        let words =
            form.get("const").or_else(|| form.get("enum").and_then(|e| e.get(0))).and_then(Value::as_str);
        if let Some(word) = words {
            return DeValue::String(Cow::Owned(word.to_owned()));
        }
        let parsed =
            |text: &'static str| DeValue::parse(text).map_or(DeValue::Boolean(false), Spanned::into_inner);
        match types(form).first().copied() {
            Some("integer") => parsed("1"),
            Some("number") => parsed("0.5"),
            Some("boolean") => DeValue::Boolean(false),
            Some("array") => {
                let least = form.get("minItems").and_then(Value::as_u64).unwrap_or(0);
                let of = form.get("items").map(|i| self.forms(i)).unwrap_or_default();
                let mut items = parsed("[]");
                if let (DeValue::Array(list), Some(of)) = (&mut items, of.first()) {
                    (0..least).for_each(|_| list.push(Spanned::new(span.clone(), self.stand_in(of, span))));
                }
                items
            }
            Some("object") => {
                let mut table = DeTable::new();
                self.complete(&mut table, span.clone(), form);
                DeValue::Table(table)
            }
            _ => DeValue::String(Cow::Borrowed("")),
        }
    }
}

/// The first line of a stretch: where a missing key is told.
fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let end = if range.is_empty() { text.len() } else { range.end };
    let length = text.get(range.start..end).map_or(0, |t| t.find('\n').unwrap_or(t.len()));
    range.start..range.start + length
}

fn types(form: &Value) -> Vec<&str> {
    match form.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).filter(|n| *n != "null").collect()
        }
        _ => Vec::new(),
    }
}

fn fits(value: &DeValue<'_>, form: &Value) -> bool {
    let word = match value {
        DeValue::String(word) => Some(word.as_ref()),
        _ => None,
    };
    if let Some(only) = form.get("const") {
        return only.as_str() == word && word.is_some();
    }
    if let Some(words) = form.get("enum").and_then(Value::as_array) {
        return word.is_some_and(|w| words.iter().any(|x| x.as_str() == Some(w)));
    }
    let whole =
        |integer: &toml::de::DeInteger<'_>| i64::from_str_radix(integer.as_str(), integer.radix()).ok();
    let types = types(form);
    types.is_empty()
        || types.iter().any(|name| match value {
            DeValue::String(_) => *name == "string",
            DeValue::Integer(integer) => {
                let limit = |key: &str| form.get(key).and_then(Value::as_f64);
                let inside = |n: i64| {
                    limit("minimum").is_none_or(|l| n as f64 >= l)
                        && limit("maximum").is_none_or(|m| n as f64 <= m)
                };
                (*name == "integer" || *name == "number") && whole(integer).is_some_and(inside)
            }
            DeValue::Float(_) => *name == "number",
            DeValue::Boolean(_) => *name == "boolean",
            DeValue::Array(_) => *name == "array",
            DeValue::Table(_) => *name == "object",
            DeValue::Datetime(_) => false,
        })
}
