//! The mirror of a wave's `map`: what the questions and options of the survey's questionnaire are on the
//! wave's own paper.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde_spanned::Spanned;

use crate::toml::text::Word;

/// 設問の対応: この回の設問番号、または表
#[derive(Debug)]
pub enum MapSpec {
    /// `"問14"`
    Question(String),
    /// `{ question = "問14", options = { … } }`
    Table(Box<MapTable>),
}

/// 設問の対応 / what a question of the survey's questionnaire is on this wave's paper
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapTable {
    /// この回の設問番号。書かなければ同じ番号 / its number on this wave's paper; the same number unless said
    #[schemars(with = "Option<String>")]
    pub question: Option<Word>,
    /// 選択肢の対応（調査の調査票の選択肢 = この回の選択肢、いくつかあれば [ … ]）。
    /// 書かない選択肢は同じ文のものに対応する / its options: { "参加したくない" = ["あまり参加したくない",
    /// "参加したくない"] }; options not listed go with those of the same words
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, WordsSpec>")]
    pub options: BTreeMap<Word, Spanned<WordsSpec>>,
    /// まとめられた選択肢（この回の選択肢 = 調査の調査票の選択肢の一覧）/ an option of this wave that is
    /// several in one: { "知っている" = ["よく知っている", "少し知っている"] }; it counts where all of them
    /// count
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub merged: BTreeMap<Word, Vec<Word>>,
    /// この回では聞いていない / this wave did not ask it
    #[schemars(with = "Option<bool>")]
    pub not_asked: Option<Spanned<bool>>,
    /// 比較できない理由 / why this wave's answers cannot be compared with the other waves'
    #[schemars(with = "Option<String>")]
    pub not_comparable: Option<Word>,
    /// ちがいがあっても比較できるとする理由（印刷される）/ why they can be compared although something
    /// differs; printed
    #[schemars(with = "Option<String>")]
    pub comparable: Option<Word>,
}

/// 選択肢: 1つ、または一覧
#[derive(Debug)]
pub enum WordsSpec {
    /// `"ぜひ参加したい"`
    One(String),
    /// `["あまり参加したくない", "参加したくない"]`
    Several(Vec<Word>),
}

// Written by hand, both: an untagged enum would read through a buffer that loses the spans.
impl<'de> Deserialize<'de> for MapSpec {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = MapSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a question: its number, or a table")
            }

            fn visit_str<E: de::Error>(self, question: &str) -> Result<MapSpec, E> {
                Ok(MapSpec::Question(question.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<MapSpec, A::Error> {
                MapTable::deserialize(MapAccessDeserializer::new(map))
                    .map(|table| MapSpec::Table(Box::new(table)))
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl<'de> Deserialize<'de> for WordsSpec {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = WordsSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an option, or a list of options")
            }

            fn visit_str<E: de::Error>(self, option: &str) -> Result<WordsSpec, E> {
                Ok(WordsSpec::One(option.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<WordsSpec, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(WordsSpec::Several)
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for MapSpec {
    fn schema_name() -> Cow<'static, str> {
        "QuestionMap".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<MapTable>();
        json_schema!({ "description": "この回の設問番号、または表 / the question's number on this wave's \
                                       paper, or a table", "anyOf": [{ "type": "string" }, table] })
    }
}

impl JsonSchema for WordsSpec {
    fn schema_name() -> Cow<'static, str> {
        "OptionMap".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "この回の選択肢、いくつかあれば一覧 / the option on this wave's paper, or a \
                            list of options that count as one",
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }]
        })
    }
}
