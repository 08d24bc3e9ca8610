//! The questionnaire file as it is written: a mirror of its TOML, with the place of each word.
//!
//! The field comments are what an editor shows beside the key, so they are written for the office.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde_spanned::Spanned;

use crate::questionnaire::derived_spec::DerivedSpec;
use crate::questionnaire::model::{DateCodes, ExclusiveWithOthers, NotAskedButAnswered, OverMax, TwoMarks};
use crate::questionnaire::rule_spec::AskedIfSpec;

/// 調査票 (questionnaire)
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionnaireSpec {
    /// 調査票の題名。例: title = "市民アンケート"
    pub(crate) title: String,
    /// 全問に共通の既定値。各問に書けばそちらが優先
    #[serde(default)]
    pub(crate) defaults: DefaultsSpec,
    /// 設問。聞いた順に [[question]] を並べる
    #[serde(default)]
    pub(crate) question: Vec<QuestionSpec>,
    /// 派生変数。設問の回答から作る区分や数を [[derived]] に並べる（設問と同じように使える）
    #[serde(default)]
    pub(crate) derived: Vec<DerivedSpec>,
}

/// 全問に共通の既定値
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefaultsSpec {
    /// 無回答を表すコード（空欄のほかに）。例: no_answer = ["99"]
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) no_answer: Vec<Spanned<String>>,
    /// 非該当を表すコード。例: not_asked = ["NA"]
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) not_asked: Vec<Spanned<String>>,
    /// 記入の決まりに反する回答の扱い
    #[serde(default)]
    pub(crate) policy: PolicySpec,
}

/// 設問
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionSpec {
    /// 設問の番号。列名もこれで探す。例: id = "問12"
    #[schemars(with = "String")]
    pub(crate) id: Spanned<String>,
    /// 質問文
    pub(crate) text: Option<String>,
    /// 回答の形: single（○は1つ）| multiple（複数回答）| number（数量）| text（自由記述）
    #[serde(rename = "type")]
    pub(crate) kind: KindSpec,
    /// 選択肢。上から順にコード 1, 2, 3 …。例: ["はい", "いいえ", { label = "わからない", dont_know = true }]
    #[schemars(with = "Option<Vec<OptionSpec>>")]
    pub(crate) options: Option<Spanned<Vec<Spanned<OptionSpec>>>>,
    /// 限定条件。例: asked_if = { question = "問11", of = ["はい"] }
    #[schemars(with = "Option<AskedIfSpec>")]
    pub(crate) asked_if: Option<Spanned<AskedIfSpec>>,
    /// ○の数の上限（○は3つまで → 3）
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub(crate) max_marks: Option<Spanned<u32>>,
    /// 回答ファイルの列名。列名が設問の番号と違うときだけ書く
    pub(crate) columns: Option<Vec<String>>,
    /// 無回答を表すコード（空欄のほかに）。例: ["99"]
    #[schemars(with = "Option<Vec<String>>")]
    pub(crate) no_answer: Option<Vec<Spanned<String>>>,
    /// 非該当を表すコード。例: ["NA"]
    #[schemars(with = "Option<Vec<String>>")]
    pub(crate) not_asked: Option<Vec<Spanned<String>>>,
    /// 数量回答の下限と上限。例: range = [0, 120]
    #[schemars(with = "Option<[i64; 2]>")]
    pub(crate) range: Option<Spanned<[i64; 2]>>,
    /// 記入の決まりに反する回答の扱い
    #[serde(default)]
    pub(crate) policy: PolicySpec,
}

/// 回答の形
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KindSpec {
    /// 単数回答（○は1つ）
    Single,
    /// 複数回答
    Multiple,
    /// 数量回答
    Number,
    /// 自由記述
    Text,
}

/// 記入の決まりに反する回答の扱い
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicySpec {
    /// ○は1つの設問に2つ以上: "invalid" 無効（既定）| "first" 番号の若い方
    pub(crate) two_marks: Option<TwoMarks>,
    /// ○の数が上限を超える: "invalid" 無効（既定）| "first" 番号の若い方から上限まで | "keep" すべて数える
    pub(crate) over_max: Option<OverMax>,
    /// 「特になし」と他の選択肢: "keep" すべて数える（既定）| "drop-exclusive" 特になしを除く | "drop-others"
    /// 他を除く
    pub(crate) exclusive_with_others: Option<ExclusiveWithOthers>,
    /// 非該当なのに回答がある: "drop" 非該当とする（既定）| "keep" 回答を数える
    pub(crate) not_asked_but_answered: Option<NotAskedButAnswered>,
    /// 表計算ソフトが番号を日付に変えたセル（1-2 → 1月2日）: "invalid" 無効（既定）| "read-back"
    /// 読み方が1つなら番号に戻す
    pub(crate) date_codes: Option<DateCodes>,
}

/// 選択肢: 文字列、または表
#[derive(Debug)]
pub(crate) enum OptionSpec {
    /// `"はい"`
    Label(String),
    /// `{ code = "9", label = "その他" }`
    Table(OptionTable),
}

/// 選択肢（コードや性質を書くとき）
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptionTable {
    /// 選択肢の文
    pub(crate) label: String,
    /// ファイルの中のコード。書かなければ並び順の番号
    #[schemars(with = "Option<String>")]
    pub(crate) code: Option<Spanned<String>>,
    /// わからない・不明: 集計で無回答として扱うことがある
    #[serde(default)]
    pub(crate) dont_know: bool,
    /// 特になし: 他の選択肢と一緒には選べない
    #[serde(default)]
    pub(crate) exclusive: bool,
    /// その他（　）: 選択肢にない文が書いてあれば、これを選んだとみなす
    #[serde(default)]
    pub(crate) free_text: bool,
}

impl OptionSpec {
    pub(crate) fn label(&self) -> &str {
        match self {
            OptionSpec::Label(label) => label,
            OptionSpec::Table(table) => &table.label,
        }
    }
}

// Written by hand: an untagged enum would read through a buffer that loses the spans.
impl<'de> Deserialize<'de> for OptionSpec {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = OptionSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an option: its words, or a table")
            }

            fn visit_str<E: de::Error>(self, label: &str) -> Result<OptionSpec, E> {
                Ok(OptionSpec::Label(label.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OptionSpec, A::Error> {
                OptionTable::deserialize(MapAccessDeserializer::new(map)).map(OptionSpec::Table)
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for OptionSpec {
    fn schema_name() -> Cow<'static, str> {
        "Option".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<OptionTable>();
        json_schema!({ "description": "選択肢: 文字列、または表", "anyOf": [{ "type": "string" }, table] })
    }
}
