//! The mirror of `count = { … }`: where an administrative count stands.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde_spanned::Spanned;

use super::data_spec::DataSpec;
use crate::toml::text::Word;

/// 行政の数値 / an administrative count.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountSpec {
    /// ファイル（年度ごとに分かれていれば一覧）/ the file, from the project's folder; a list where each year
    /// has a file of its own
    #[schemars(with = "NamesSpec")]
    pub file: Spanned<NamesSpec>,
    /// 項目。見出しが何段かあれば ["市税", "個人"] のように大きい見出しから書く / the item as its heading has
    /// it; ["市税", "個人"], from the outermost in, where headings are nested
    #[schemars(with = "NamesSpec")]
    pub item: Spanned<NamesSpec>,
    /// 列の見出し（「目標」と「実績」のように、1つの年度に列がいくつかあるとき）/ headings that tell the
    /// columns of one year apart, such as "実績"
    #[schemars(with = "Option<NamesSpec>")]
    pub column: Option<NamesSpec>,
    /// 年度ごとのセルの番地か名前（見出しで決まらないとき）。年度ごとに表があるときは1つ / addresses or names
    /// of cells by year, where headings do not tell: { R4 = "C12", R5 = "総人口" }; one where each year has a
    /// sheet of its own
    #[serde(default)]
    #[schemars(with = "CellSpec")]
    pub cell: CellSpec,
    /// 月別の表から年度の値を作る方法 / how the months April to March make a year: "sum", "mean", or one of
    /// them, such as "3"
    #[schemars(with = "Option<String>")]
    pub month: Option<Word>,
    /// 値のない月の扱い / what a month without a figure means: "fail" (unless said), or "skip"
    #[serde(default)]
    pub missing_months: MissingMonths,
    /// シート（年度ごとに分かれていれば "*" か "R*"）/ sheet of a workbook; "*" or "R*" where each year has a
    /// sheet of its own
    pub sheet: Option<String>,
    /// データの種別 / "real" or "synthetic", "real" unless said
    #[serde(default)]
    pub data: DataSpec,
}

/// 1つの名前、または一覧 / a name, or a list of names.
#[derive(Debug)]
pub enum NamesSpec {
    /// `"市税"`
    One(String),
    /// `["市税", "個人"]`
    Several(Vec<String>),
}

impl NamesSpec {
    /// The names, in order.
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name.clone()],
            Self::Several(names) => names.clone(),
        }
    }
}

/// 値のない月の扱い / what a month without a figure means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MissingMonths {
    /// The year has no figure.
    #[default]
    Fail,
    /// The year is made of the months that there are.
    Skip,
}

/// Which cell holds the figure.
#[derive(Debug)]
pub enum CellSpec {
    /// `"C12"`, in every sheet of a single year.
    OneEach(String),
    /// `{ R4 = "C12" }`
    ByYear(BTreeMap<Word, String>),
}

impl Default for CellSpec {
    fn default() -> Self {
        Self::ByYear(BTreeMap::new())
    }
}

impl<'de> Deserialize<'de> for CellSpec {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = CellSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an address, or addresses by year")
            }

            fn visit_str<E: de::Error>(self, address: &str) -> Result<CellSpec, E> {
                Ok(CellSpec::OneEach(address.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CellSpec, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(CellSpec::ByYear)
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for CellSpec {
    fn schema_name() -> Cow<'static, str> {
        "Cell".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "セルの番地か名前 / addresses or names of cells",
            "anyOf": [
                { "type": "string" },
                { "type": "object", "additionalProperties": { "type": "string" } }
            ]
        })
    }
}

// Written by hand, so that a wrong type is told with its place.
impl<'de> Deserialize<'de> for NamesSpec {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = NamesSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name, or a list of names")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<NamesSpec, E> {
                Ok(NamesSpec::One(name.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<NamesSpec, A::Error> {
                let names: Vec<String> = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                if names.is_empty() {
                    return Err(de::Error::invalid_length(0, &"at least one name"));
                }
                Ok(NamesSpec::Several(names))
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for NamesSpec {
    fn schema_name() -> Cow<'static, str> {
        "Names".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "1つの名前、または一覧 / a name, or a list of names",
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }]
        })
    }
}
