//! A TOML tree held against the JSON Schema of its mirror type: every unknown key, missing key, wrong type
//! and unknown word.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;
use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use crate::code::Code;
use crate::error::{Diagnostic, SourceText, Span};
use crate::text::Text;
use crate::text::suggest::{did_you_mean, nearest};

/// The stable codes of the mistakes of form, so that each kind of file has its own (`plan::…`, `answers::…`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Codes {
    /// The text is no TOML.
    pub(crate) syntax: Code,
    /// A key that the file does not have.
    pub(crate) unknown_key: Code,
    /// A key that must be there is not.
    pub(crate) missing_key: Code,
    /// A value of another type than the key takes, or outside its bounds.
    pub(crate) wrong_type: Code,
    /// A word that is none of those that the key takes.
    pub(crate) unknown_word: Code,
}

/// Words for keys that people know from elsewhere, with those that stand for them here.
const OTHER_WORDS: [(&str, &str); 4] =
    [("min", "range"), ("max", "range"), ("filter", "where"), ("name", "title")];

/// Holds a TOML tree against a JSON Schema, as far as schemars writes one for plain structs, enums, lists and
/// maps.
pub(crate) struct Checker<'a> {
    pub(crate) source: &'a Arc<SourceText>,
    pub(crate) root: &'a Value,
    pub(crate) codes: &'a Codes,
}

impl<'a> Checker<'a> {
    fn mistake(&self, code: Code, range: Range<usize>, message: Text, help: Option<Text>) -> Diagnostic {
        let mut diagnostic =
            Diagnostic::new(code, message).span(Span { source: Arc::clone(self.source), range });
        diagnostic.help = help;
        diagnostic
    }

    /// `schema`, or what it refers to.
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
        target.and_then(|pointer| self.root.pointer(pointer)).map_or(schema, |found| self.resolve(found))
    }

    /// The forms a value may take: the branches of `anyOf` and `oneOf`, without null (TOML has none).
    fn forms(&self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = self.resolve(schema);
        let branches = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array);
        match branches {
            Some(branches) => branches.iter().flat_map(|b| self.forms(b)).collect(),
            None if schema.get("type").and_then(Value::as_str) == Some("null") => Vec::new(),
            None => vec![schema],
        }
    }

    fn value(&self, value: &Spanned<DeValue<'_>>, schema: &'a Value, found: &mut Vec<Diagnostic>) {
        let forms = self.forms(schema);
        let fitting: Vec<&Value> = forms.iter().copied().filter(|f| fits(value.get_ref(), f)).collect();
        if fitting.is_empty() {
            found.push(self.wrong_type(value, &forms));
            return;
        }
        if let DeValue::String(word) = value.get_ref() {
            if fitting.iter().all(|f| words(f).is_some()) {
                let known: Vec<&str> = fitting.iter().filter_map(|f| words(f)).flatten().collect();
                if !known.contains(&word.as_ref()) {
                    let message = Text::new(
                        format!("「{word}」とは書けません"),
                        format!("\"{word}\" is not known here"),
                    );
                    let help = did_you_mean(word, known.iter().copied());
                    found.push(self.mistake(self.codes.unknown_word, value.span(), message, help));
                }
            }
            return;
        }
        // Several tables or lists may fit by type: speak of the one that the value comes nearest to.
        let mut best: Option<Vec<Diagnostic>> = None;
        for form in fitting {
            let mut here = Vec::new();
            match value.get_ref() {
                DeValue::Table(table) => self.table(table, value.span(), form, &mut here),
                DeValue::Array(items) => self.items(value, items, form, &mut here),
                DeValue::Integer(_) => self.bounds(value, form, &mut here),
                _ => {}
            }
            if best.as_ref().is_none_or(|b| here.len() < b.len()) {
                best = Some(here);
            }
        }
        found.extend(best.into_iter().flatten());
    }

    pub(crate) fn table(
        &self,
        table: &DeTable<'_>,
        range: Range<usize>,
        schema: &'a Value,
        found: &mut Vec<Diagnostic>,
    ) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let known: Vec<&str> = properties.into_iter().flat_map(|p| p.keys()).map(String::as_str).collect();
        let more = schema.get("additionalProperties");
        let (mut seen, mut meant) = (BTreeSet::new(), BTreeSet::new());
        for (key, value) in table {
            seen.insert(key.get_ref().as_ref());
            match (properties.and_then(|p| p.get(key.get_ref().as_ref())), more) {
                (Some(property), _) => self.value(value, property, found),
                (None, Some(Value::Bool(false))) => {
                    let message = Text::new(
                        format!("「{}」という項目はありません", key.get_ref()),
                        format!("unknown key \"{}\"", key.get_ref()),
                    );
                    let unused = known.iter().copied().filter(|k| !table.contains_key(*k));
                    let word = OTHER_WORDS
                        .iter()
                        .find(|(other, right)| other == key.get_ref() && known.contains(right));
                    let word = word.map_or(key.get_ref().as_ref(), |(_, right)| right);
                    meant.extend(nearest(word, unused.clone()));
                    let help = did_you_mean(word, unused);
                    found.push(self.mistake(self.codes.unknown_key, key.span(), message, help));
                }
                (None, Some(of)) if of.is_object() => self.value(value, of, found),
                (None, _) => {}
            }
        }
        for key in
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
        {
            // A key that is misspelt is not missing too.
            if !seen.contains(key) && !meant.contains(key) {
                let message = Text::new(format!("「{key}」がありません"), format!("\"{key}\" is missing"));
                let advice = properties
                    .and_then(|p| p.get(key))
                    .and_then(|p| p.get("description"))
                    .and_then(Value::as_str);
                found.push(self.mistake(
                    self.codes.missing_key,
                    self.first_line(range.clone()),
                    message,
                    advice.map(Text::same),
                ));
            }
        }
    }

    fn items(
        &self,
        value: &Spanned<DeValue<'_>>,
        items: &[Spanned<DeValue<'_>>],
        schema: &'a Value,
        found: &mut Vec<Diagnostic>,
    ) {
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        let count = items.len() as u64;
        if bound("minItems").is_some_and(|least| count < least)
            || bound("maxItems").is_some_and(|most| count > most)
        {
            let (ja, en) = match (bound("minItems"), bound("maxItems")) {
                (Some(least), Some(most)) if least == most => (format!("{least}個"), format!("{least}")),
                (Some(least), None) => (format!("{least}個以上"), format!("{least} or more")),
                (least, most) => (
                    format!("{}〜{}個", least.unwrap_or(0), most.unwrap_or(0)),
                    format!("{} to {}", least.unwrap_or(0), most.unwrap_or(0)),
                ),
            };
            let message = Text::new(
                format!("{ja}書いてください（{count}個あります）"),
                format!("{en} values are needed, {count} given"),
            );
            found.push(self.mistake(self.codes.wrong_type, value.span(), message, None));
        }
        if let Some(of) = schema.get("items").filter(|s| s.is_object()) {
            for item in items {
                self.value(item, of, found);
            }
        }
    }

    fn bounds(&self, value: &Spanned<DeValue<'_>>, schema: &'a Value, found: &mut Vec<Diagnostic>) {
        let DeValue::Integer(integer) = value.get_ref() else { return };
        let Ok(number) = i64::from_str_radix(integer.as_str(), integer.radix()) else { return };
        let limit = |key: &str| schema.get(key).and_then(Value::as_f64);
        let (least, most) = (limit("minimum"), limit("maximum"));
        if least.is_some_and(|l| (number as f64) < l) || most.is_some_and(|m| number as f64 > m) {
            let side = |limit: Option<f64>| limit.map_or(String::new(), |x| format!("{x}"));
            let (low, high) = (side(least), side(most));
            let message = Text::new(
                format!("{number} は範囲の外です（{low}〜{high}）"),
                format!("{number} is out of bounds ({low}..{high})"),
            );
            found.push(self.mistake(self.codes.wrong_type, value.span(), message, None));
        }
    }

    fn wrong_type(&self, value: &Spanned<DeValue<'_>>, forms: &[&Value]) -> Diagnostic {
        let mut names: Vec<Text> = Vec::new();
        for name in forms.iter().flat_map(|f| types(f)).map(type_name) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let ja: Vec<&str> = names.iter().map(|n| n.ja.as_str()).collect();
        let en: Vec<&str> = names.iter().map(|n| n.en.as_str()).collect();
        let message = Text::new(
            format!("ここには{}を書いてください", ja.join("か")),
            format!("expected {}", en.join(" or ")),
        );
        let takes_text = forms.iter().any(|f| types(f).contains(&"string"));
        let quote = takes_text && !matches!(value.get_ref(), DeValue::Array(_) | DeValue::Table(_));
        let written = self.source.text.get(value.span()).unwrap_or("");
        let help = quote.then(|| {
            Text::new(
                format!("引用符で囲んでください: \"{written}\""),
                format!("put it in quotes: \"{written}\""),
            )
        });
        self.mistake(self.codes.wrong_type, value.span(), message, help)
    }

    /// The first line of a table, since the whole of it would underline half the file. The whole file's own
    /// range is empty.
    fn first_line(&self, range: Range<usize>) -> Range<usize> {
        let end = if range.is_empty() { self.source.text.len() } else { range.end };
        let text = self.source.text.get(range.start..end).unwrap_or("");
        let length = text.find('\n').unwrap_or(text.len());
        range.start..range.start + length
    }
}

/// The words of a closed list of words; `None` when any text will do.
fn words(form: &Value) -> Option<Vec<&str>> {
    if let Some(word) = form.get("const").and_then(Value::as_str) {
        return Some(vec![word]);
    }
    form.get("enum").and_then(Value::as_array).map(|list| list.iter().filter_map(Value::as_str).collect())
}

/// The JSON types a form allows; none given means any.
fn types(form: &Value) -> Vec<&str> {
    match form.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).filter(|n| *n != "null").collect()
        }
        _ if words(form).is_some() => vec!["string"],
        _ => Vec::new(),
    }
}

fn fits(value: &DeValue<'_>, form: &Value) -> bool {
    let types = types(form);
    types.is_empty()
        || types.iter().any(|name| match value {
            DeValue::String(_) => *name == "string",
            DeValue::Integer(_) => *name == "integer" || *name == "number",
            DeValue::Float(_) => *name == "number",
            DeValue::Boolean(_) => *name == "boolean",
            DeValue::Array(_) => *name == "array",
            DeValue::Table(_) => *name == "object",
            DeValue::Datetime(_) => false,
        })
}

fn type_name(name: &str) -> Text {
    match name {
        "string" => Text::new("文字列（\"…\"）", "text in quotes"),
        "integer" => Text::new("整数", "a whole number"),
        "number" => Text::new("数", "a number"),
        "boolean" => Text::new("true か false", "true or false"),
        "array" => Text::new("一覧（[ … ]）", "a list in [ ]"),
        _ => Text::new("表（{ … }）", "a table in { }"),
    }
}
