//! TOML as an office writes it, read into mirror types with every mistake told at once.
//!
//! Serde stops at the first mistake. So the text is first held against the JSON Schema of its own mirror
//! type: every unknown key, missing key, wrong type and unknown word is found there, each with the bytes to
//! underline and the nearest right spelling. Only a text without such mistakes is handed to serde, which
//! keeps the spans ([`Spanned`]) for mistakes of meaning. Questionnaires and plans are both read this way.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_spanned::Spanned;
use toml::de::DeTable;

use crate::error::{Diagnostic, Error, Result, SourceText, Span};
use crate::text::Text;
use crate::toml::check::{Checker, Codes};
use crate::toml::syntax;

/// A text with its place in the file.
pub(crate) type Word = Spanned<String>;

/// Reads `source` into its mirror type `T`.
///
/// # Errors
/// All mistakes of form in one go, in the order of the text: TOML syntax; or unknown and missing keys, wrong
/// types, unknown words.
pub(crate) fn read<T: DeserializeOwned + JsonSchema>(source: &Arc<SourceText>, codes: &Codes) -> Result<T> {
    let (tree, errors) = DeTable::parse_recoverable(&source.text);
    if let Some(error) = Error::all(syntax::mistakes(source, &errors, codes.syntax)) {
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
    // The schema has let everything through that serde knows: what is left has no words of its own.
    toml::from_str(&source.text).map_err(|error| {
        let message = Text::new(
            format!("ここの書き方が正しくありません（{}）", error.message()),
            format!("this cannot be read: {}", error.message()),
        );
        let diagnostic = Diagnostic::new(codes.syntax, message);
        Error::new(match error.span() {
            Some(range) => diagnostic.span(Span { source: Arc::clone(source), range }),
            None => diagnostic,
        })
    })
}

/// The stretch of `source` that `value` was read from.
pub(crate) fn span_of<T>(source: &Arc<SourceText>, value: &Spanned<T>) -> Span {
    Span { source: Arc::clone(source), range: value.span() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use crate::code::Code;
    use crate::toml::text::*;

    const CODES: Codes = Codes {
        syntax: Code::AnswersToml,
        unknown_key: Code::AnswersUnknownKey,
        missing_key: Code::AnswersMissingKey,
        wrong_type: Code::AnswersWrongType,
        unknown_word: Code::AnswersUnknownWord,
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

    fn found(text: &str) -> Vec<(Code, String)> {
        let source = source(text);
        match read::<Whole>(&source, &CODES) {
            Ok(_) => Vec::new(),
            Err(e) => e
                .diagnostics()
                .iter()
                .map(|d| (d.code, source.text[d.span.clone().unwrap().range].to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_right_text_keeps_its_spans() {
        let source = source(
            "title = \"表\"\nkind = \"census\"\nrange = [0, 9]\n[[part]]\nname = \"東\"\n[by_name.\"西\"]\n\
             name = \"西\"\ncount = 3\n",
        );
        let whole: Whole = read(&source, &CODES).unwrap();
        assert_eq!(whole.title, "表");
        assert_eq!(&source.text[span_of(&source, &whole.part[0].name).range], "\"東\"");
        assert_eq!(whole.by_name["西"].count, Some(3));
        assert_eq!(whole.range, Some([0, 9]));
        assert!(matches!(whole.kind, Kind::Census));
    }

    #[test]
    fn all_mistakes_come_in_one_go_in_the_order_of_the_text() {
        let text = "titel = \"表\"\nkind = \"randm\"\nrange = [1]\n[[part]]\nname = 3\ncuont = 1\n\
                    [by_name.\"西\"]\nname = \"西\"\ncount = -1\n";
        let expected: Vec<(Code, String)> = [
            (Code::AnswersUnknownKey, "titel"),
            (Code::AnswersUnknownWord, "\"randm\""),
            (Code::AnswersWrongType, "[1]"),
            (Code::AnswersWrongType, "3"),
            (Code::AnswersUnknownKey, "cuont"),
            (Code::AnswersWrongType, "-1"),
        ]
        .map(|(code, text)| (code, text.to_owned()))
        .into();
        assert_eq!(found(text), expected);
    }

    #[test]
    fn a_wrong_spelling_is_answered_with_the_right_one() {
        let source = source("title = \"\"\nkind = \"randm\"\n[[part]]\nnaem = \"x\"\n");
        let error = read::<Whole>(&source, &CODES).unwrap_err();
        let helps: Vec<String> =
            error.diagnostics().iter().filter_map(|d| d.help.as_ref()).map(|h| h.en.clone()).collect();
        assert!(helps.contains(&"did you mean \"random\"?".to_owned()), "{helps:?}");
        assert!(helps.contains(&"did you mean \"name\"?".to_owned()), "{helps:?}");
    }

    #[test]
    fn broken_toml_is_told_with_its_place() {
        let got = found("title = \"表\nkind = \"census\"\n");
        assert!(!got.is_empty() && got.iter().all(|(code, _)| *code == Code::AnswersToml), "{got:?}");
        let error = read::<Whole>(&source("title = \"表\"\n題名 = \"表\"\n"), &CODES).unwrap_err();
        assert_eq!(error.diagnostics()[0].span.as_ref().unwrap().line_column(), (2, 1));
        assert!(error.diagnostics()[0].help.as_ref().unwrap().en.contains("quotes"));
    }
}
