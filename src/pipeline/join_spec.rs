//! The mirror of a wave's `join`: files beside the response files, and the key that their rows are known by.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde_spanned::Spanned;

use crate::toml::text::Word;

/// 結合するファイル: 1つ、または一覧
#[derive(Debug, Default)]
pub struct JoinsSpec(pub Vec<JoinSpec>);

/// 結合するファイル / a file whose columns are joined to the responses by a key
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinSpec {
    /// ファイル（プロジェクトのフォルダーから）/ the file, from the project's folder
    #[schemars(with = "String")]
    pub file: Word,
    /// キーの列: "整理番号"、2列以上なら一覧、名前が違えば { answers = "ID", file = "受付番号" } / the
    /// columns of the key: a name, a list, or { answers = "ID", file = "NO" } where the names differ
    #[schemars(with = "KeySpec")]
    pub key: Spanned<KeySpec>,
    /// 取る列。書かなければキーのほかのすべて / the columns to take; all but those of the key unless said
    #[schemars(with = "Option<Vec<String>>")]
    pub columns: Option<Vec<Word>>,
    /// 列名の前に付ける字 / what is put before the names of its columns
    #[serde(default)]
    pub prefix: String,
    /// 同じ名前の列があるとき、"answers" なら回答ファイルの列を使う / "answers": of columns of one name those
    /// of the responses count
    pub same_columns: Option<SameColumnsSpec>,
    /// 見出しより上で飛ばす行数 / rows of the file above the headings
    pub skip_rows: Option<u16>,
    /// 見出しの行数 / header rows
    #[schemars(range(min = 1))]
    pub header_rows: Option<u8>,
    /// シート / sheet of a workbook
    pub sheet: Option<String>,
    /// 文字コード / encoding, where it is not detected rightly
    pub encoding: Option<String>,
}

/// Which of two columns of one name counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SameColumnsSpec {
    /// 回答ファイルの列
    Answers,
}

/// キーの列: 名前、一覧、または両方のファイルでの名前
#[derive(Debug)]
pub enum KeySpec {
    /// `"整理番号"`, `["世帯番号", "員番号"]`
    Same(NamesSpec),
    /// `{ answers = "ID", file = "受付番号" }`
    Each(Box<KeyNamesSpec>),
}

/// キーの列の、それぞれのファイルでの名前 / the columns of the key in both files
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyNamesSpec {
    /// 回答ファイルでの名前 / in the response files
    pub answers: NamesSpec,
    /// 結合するファイルでの名前 / in the file that is joined
    pub file: NamesSpec,
}

/// 列: 1つ、または一覧
#[derive(Debug)]
pub struct NamesSpec(pub Vec<String>);

// Written by hand, all three: an untagged enum would read through a buffer that loses the spans.
impl<'de> Deserialize<'de> for JoinsSpec {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = JoinsSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of a file to join, or a list of them")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<JoinsSpec, A::Error> {
                JoinSpec::deserialize(MapAccessDeserializer::new(map)).map(|join| JoinsSpec(vec![join]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<JoinsSpec, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(JoinsSpec)
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl<'de> Deserialize<'de> for KeySpec {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = KeySpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column, a list of columns, or a table of their names in both files")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<KeySpec, E> {
                Ok(KeySpec::Same(NamesSpec(vec![name.to_owned()])))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<KeySpec, A::Error> {
                let names = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(KeySpec::Same(NamesSpec(names)))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<KeySpec, A::Error> {
                KeyNamesSpec::deserialize(MapAccessDeserializer::new(map))
                    .map(|names| KeySpec::Each(Box::new(names)))
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl<'de> Deserialize<'de> for NamesSpec {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = NamesSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column, or a list of columns")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<NamesSpec, E> {
                Ok(NamesSpec(vec![name.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<NamesSpec, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(NamesSpec)
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for JoinsSpec {
    fn schema_name() -> Cow<'static, str> {
        "Joins".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let join = generator.subschema_for::<JoinSpec>();
        json_schema!({
            "description": "結合するファイル、いくつかあれば一覧 / a file to join, or a list of them",
            "anyOf": [join, { "type": "array", "items": join, "minItems": 1 }]
        })
    }
}

impl JsonSchema for KeySpec {
    fn schema_name() -> Cow<'static, str> {
        "Key".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let names = generator.subschema_for::<KeyNamesSpec>();
        json_schema!({
            "description": "キーの列、いくつかあれば一覧、名前が違えば { answers, file } / a column, a \
                            list, or { answers, file } where the names differ",
            "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 },
                names
            ]
        })
    }
}

impl JsonSchema for NamesSpec {
    fn schema_name() -> Cow<'static, str> {
        "Columns".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "列、いくつかあれば一覧 / a column, or a list of columns",
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }]
        })
    }
}
