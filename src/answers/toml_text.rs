//! TOML as an office writes it, read into mirror types with every mistake told at once.
//!
//! Serde stops at the first mistake. So the text is first held against the JSON Schema of its own mirror type: every
//! unknown key, missing key, wrong type and unknown word is found there, each with the bytes to underline and the nearest
//! right spelling. Only a text without such mistakes is handed to serde, which keeps the spans ([`Spanned`]) for mistakes
//! of meaning. Questionnaires and plans are both read this way.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Diagnostic, Error, Result, SourceText, Span};
use crate::text::Text;

/// The stable codes of the mistakes of form, so that each kind of file has its own (`plan::…`, `answers::…`).
#[derive(Debug, Clone, Copy)]
pub struct Codes {
    /// The text is no TOML.
    pub syntax: &'static str,
    /// A key that the file does not have.
    pub unknown_key: &'static str,
    /// A key that must be there is not.
    pub missing_key: &'static str,
    /// A value of another type than the key takes, or outside its bounds.
    pub wrong_type: &'static str,
    /// A word that is none of those that the key takes.
    pub unknown_word: &'static str,
}

/// Reads `source` into its mirror type `T`.
///
/// # Errors
/// All mistakes of form in one go, in the order of the text: TOML syntax; or unknown and missing keys, wrong types,
/// unknown words.
pub fn read<T: DeserializeOwned + JsonSchema>(source: &Arc<SourceText>, codes: &Codes) -> Result<T> {
    let (tree, errors) = DeTable::parse_recoverable(&source.text);
    let syntax = |error: &toml::de::Error| {
        let message = Text::new(format!("TOML の書き方が正しくありません（{}）", error.message()), format!("not valid TOML: {}", error.message()));
        let mut diagnostic = Diagnostic::new(codes.syntax, message);
        let Some(range) = error.span() else { return diagnostic };
        // TOML's bare keys are ASCII: the commonest slip of a Japanese office.
        if source.text.get(range.start..).and_then(|rest| rest.chars().next()).is_some_and(|c| !c.is_ascii()) {
            diagnostic.help = Some(Text::new("日本語の項目名や値は引用符で囲んでください: \"…\"", "put names that are not plain ASCII in quotes: \"…\""));
        }
        diagnostic.span(Span { source: Arc::clone(source), range })
    };
    if let Some(error) = Error::all(errors.iter().map(&syntax).collect()) {
        return Err(error);
    }
    let schema = schemars::schema_for!(T).to_value();
    let checker = Checker { source, root: &schema, codes };
    let mut found = Vec::new();
    checker.table(tree.get_ref(), tree.span(), &schema, &mut found);
    found.sort_by_key(|d| d.span.as_ref().map_or(0, |s| s.range.start));
    if let Some(error) = Error::all(found) {
        return Err(error);
    }
    toml::from_str(&source.text).map_err(|error| Error::new(syntax(&error)))
}

/// The stretch of `source` that `value` was read from.
pub fn span_of<T>(source: &Arc<SourceText>, value: &Spanned<T>) -> Span {
    Span { source: Arc::clone(source), range: value.span() }
}

/// The candidate that `word` was most likely meant to be: the one with the fewest slips of the pen (Damerau-Levenshtein),
/// width and case aside. `None` when more than half of the word would have to change and neither holds the other.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    use unicode_normalization::UnicodeNormalization;
    let fold = |s: &str| s.trim().nfkc().collect::<String>().to_lowercase();
    let wanted = fold(word);
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let folded = fold(candidate);
        let mut score = strsim::normalized_damerau_levenshtein(&wanted, &folded);
        let holds = |a: &str, b: &str| b.chars().count() >= 2 && a.contains(b);
        if holds(&folded, &wanted) || holds(&wanted, &folded) {
            score = score.max(0.5);
        }
        if score >= 0.5 && best.is_none_or(|(s, _)| score > s) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Advice for a wrong word: the nearest right one, else the list of right ones (the first 12).
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Option<Text> {
    if let Some(near) = nearest(word, candidates.clone()) {
        return Some(Text::new(format!("「{near}」ではありませんか"), format!("did you mean \"{near}\"?")));
    }
    let list: Vec<&str> = candidates.into_iter().take(12).collect();
    (!list.is_empty()).then(|| Text::new(format!("書けるもの: {}", list.join("、")), format!("one of: {}", list.join(", "))))
}

/// Holds a TOML tree against a JSON Schema, as far as schemars writes one for plain structs, enums, lists and maps.
struct Checker<'a> {
    source: &'a Arc<SourceText>,
    root: &'a Value,
    codes: &'a Codes,
}

impl<'a> Checker<'a> {
    fn mistake(&self, code: &'static str, range: Range<usize>, message: Text, help: Option<Text>) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(code, message).span(Span { source: Arc::clone(self.source), range });
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
                    let message = Text::new(format!("「{word}」とは書けません"), format!("\"{word}\" is not known here"));
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

    fn table(&self, table: &DeTable<'_>, range: Range<usize>, schema: &'a Value, found: &mut Vec<Diagnostic>) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let known: Vec<&str> = properties.into_iter().flat_map(|p| p.keys()).map(String::as_str).collect();
        let more = schema.get("additionalProperties");
        let mut seen = BTreeSet::new();
        for (key, value) in table {
            seen.insert(key.get_ref().as_ref());
            match (properties.and_then(|p| p.get(key.get_ref().as_ref())), more) {
                (Some(property), _) => self.value(value, property, found),
                (None, Some(Value::Bool(false))) => {
                    let message = Text::new(format!("「{}」という項目はありません", key.get_ref()), format!("unknown key \"{}\"", key.get_ref()));
                    let unused = known.iter().copied().filter(|k| !table.contains_key(*k));
                    found.push(self.mistake(self.codes.unknown_key, key.span(), message, did_you_mean(key.get_ref(), unused)));
                }
                (None, Some(of)) if of.is_object() => self.value(value, of, found),
                (None, _) => {}
            }
        }
        for key in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !seen.contains(key) {
                let message = Text::new(format!("「{key}」がありません"), format!("\"{key}\" is missing"));
                let advice = properties.and_then(|p| p.get(key)).and_then(|p| p.get("description")).and_then(Value::as_str);
                found.push(self.mistake(self.codes.missing_key, self.first_line(range.clone()), message, advice.map(Text::same)));
            }
        }
    }

    fn items(&self, value: &Spanned<DeValue<'_>>, items: &[Spanned<DeValue<'_>>], schema: &'a Value, found: &mut Vec<Diagnostic>) {
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        let count = items.len() as u64;
        if bound("minItems").is_some_and(|least| count < least) || bound("maxItems").is_some_and(|most| count > most) {
            let (ja, en) = match (bound("minItems"), bound("maxItems")) {
                (Some(least), Some(most)) if least == most => (format!("{least}個"), format!("{least}")),
                (Some(least), None) => (format!("{least}個以上"), format!("{least} or more")),
                (least, most) => (format!("{}〜{}個", least.unwrap_or(0), most.unwrap_or(0)), format!("{} to {}", least.unwrap_or(0), most.unwrap_or(0))),
            };
            let message = Text::new(format!("{ja}書いてください（{count}個あります）"), format!("{en} values are needed, {count} given"));
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
            let message = Text::new(format!("{number} は範囲の外です（{low}〜{high}）"), format!("{number} is out of bounds ({low}..{high})"));
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
        let message = Text::new(format!("ここには{}を書いてください", ja.join("か")), format!("expected {}", en.join(" or ")));
        let quote = names.iter().any(|n| n.en.starts_with("text")) && !matches!(value.get_ref(), DeValue::Array(_) | DeValue::Table(_));
        let written = self.source.text.get(value.span()).unwrap_or("");
        let help = quote.then(|| Text::new(format!("引用符で囲んでください: \"{written}\""), format!("put it in quotes: \"{written}\"")));
        self.mistake(self.codes.wrong_type, value.span(), message, help)
    }

    /// The first line of a table, since the whole of it would underline half the file. The whole file's own range is empty.
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
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).filter(|n| *n != "null").collect(),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    const CODES: Codes = Codes {
        syntax: "t::syntax",
        unknown_key: "t::unknown-key",
        missing_key: "t::missing-key",
        wrong_type: "t::wrong-type",
        unknown_word: "t::unknown-word",
    };

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        /// one
        Random,
        Census,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Part {
        #[schemars(with = "String")]
        name: Spanned<String>,
        count: Option<u32>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        title: String,
        kind: Kind,
        #[serde(default)]
        part: Vec<Part>,
        #[serde(default)]
        by_name: BTreeMap<String, Part>,
        range: Option<[i64; 2]>,
    }

    fn source(text: &str) -> Arc<SourceText> {
        Arc::new(SourceText { file: "t.toml".to_owned(), text: text.to_owned() })
    }

    fn found(text: &str) -> Vec<(&'static str, String)> {
        let source = source(text);
        match read::<Whole>(&source, &CODES) {
            Ok(_) => Vec::new(),
            Err(e) => e.diagnostics().iter().map(|d| (d.code, source.text[d.span.clone().unwrap().range].to_owned())).collect(),
        }
    }

    #[test]
    fn a_right_text_keeps_its_spans() {
        let source = source("title = \"表\"\nkind = \"census\"\nrange = [0, 9]\n[[part]]\nname = \"東\"\n[by_name.\"西\"]\nname = \"西\"\ncount = 3\n");
        let whole: Whole = read(&source, &CODES).unwrap();
        assert_eq!(whole.title, "表");
        assert_eq!(&source.text[span_of(&source, &whole.part[0].name).range], "\"東\"");
        assert_eq!(whole.by_name["西"].count, Some(3));
        assert_eq!(whole.range, Some([0, 9]));
        assert!(matches!(whole.kind, Kind::Census));
    }

    #[test]
    fn all_mistakes_come_in_one_go_in_the_order_of_the_text() {
        let text = "titel = \"表\"\nkind = \"randm\"\nrange = [1]\n[[part]]\nname = 3\ncuont = 1\n[by_name.\"西\"]\nname = \"西\"\ncount = -1\n";
        let expected: Vec<(&str, String)> = [
            ("t::unknown-key", "titel"),
            ("t::missing-key", "titel = \"表\""),
            ("t::unknown-word", "\"randm\""),
            ("t::wrong-type", "[1]"),
            ("t::wrong-type", "3"),
            ("t::unknown-key", "cuont"),
            ("t::wrong-type", "-1"),
        ]
        .map(|(code, text)| (code, text.to_owned()))
        .into();
        assert_eq!(found(text), expected);
    }

    #[test]
    fn a_wrong_spelling_is_answered_with_the_right_one() {
        let source = source("title = \"\"\nkind = \"randm\"\n[[part]]\nnaem = \"x\"\n");
        let error = read::<Whole>(&source, &CODES).unwrap_err();
        let helps: Vec<String> = error.diagnostics().iter().filter_map(|d| d.help.as_ref()).map(|h| h.en.clone()).collect();
        assert!(helps.contains(&"did you mean \"random\"?".to_owned()), "{helps:?}");
        assert!(helps.contains(&"did you mean \"name\"?".to_owned()), "{helps:?}");
    }

    #[test]
    fn broken_toml_is_told_with_its_place() {
        let got = found("title = \"表\nkind = \"census\"\n");
        assert!(!got.is_empty() && got.iter().all(|(code, _)| *code == "t::syntax"), "{got:?}");
        let error = read::<Whole>(&source("title = \"表\"\n題名 = \"表\"\n"), &CODES).unwrap_err();
        assert_eq!(error.diagnostics()[0].span.as_ref().unwrap().line_column(), (2, 1));
        assert!(error.diagnostics()[0].help.as_ref().unwrap().en.contains("quotes"));
    }

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(nearest("できれば参加したい", ["参加したくない", "できるだけ参加したい"]), Some("できるだけ参加したい"));
        assert_eq!(nearest("問１２", ["問1", "問12", "問2"]), Some("問12"));
        assert_eq!(nearest("まったく違う", ["はい", "いいえ"]), None);
        assert_eq!(nearest("参加", ["今後も参加したい"]), Some("今後も参加したい"));
    }
}
