//! Derived variables as they are written in the questionnaire file: a mirror of their TOML. The field
//! comments are what an editor shows beside the key, so they are written for the office.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_spanned::Spanned;

use crate::questionnaire::rule_spec::AskedIfSpec;

/// 派生変数: 設問の回答から作る。bands・merge・any・all・none・count・cross のどれか1つを書く
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DerivedSpec {
    /// 変数の名。設問の番号と同じように使える。例: id = "年代"
    #[schemars(with = "String")]
    pub(crate) id: Spanned<String>,
    /// 変数の説明。書かなければ名と同じ
    pub(crate) text: Option<String>,
    /// 数量を区分する。例: bands = { of = "問2", from = [18, 30, 40, 50, 60, 70] }
    #[schemars(with = "Option<BandsSpec>")]
    pub(crate) bands: Option<Spanned<BandsSpec>>,
    /// 選択肢をまとめる（複数回答なら複数回答のまま）。例: merge = { of = "問12", into = { "参加したい" =
    /// ["積極的に参加したい", "できるだけ参加したい"], "参加したくない" = ["参加したくない"] } }
    #[schemars(with = "Option<MergeSpec>")]
    pub(crate) merge: Option<Spanned<MergeSpec>>,
    /// どれかに当てはまる人が「はい」。例: any = [{ question = "問5", of = ["はい"] }, { question = "問6",
    /// of = ["見守り", "配食"] }]
    #[schemars(with = "Option<Vec<AskedIfSpec>>", length(min = 1))]
    pub(crate) any: Option<Spanned<Vec<Spanned<AskedIfSpec>>>>,
    /// すべてに当てはまる人が「はい」
    #[schemars(with = "Option<Vec<AskedIfSpec>>", length(min = 1))]
    pub(crate) all: Option<Spanned<Vec<Spanned<AskedIfSpec>>>>,
    /// どれにも当てはまらない人が「はい」
    #[schemars(with = "Option<Vec<AskedIfSpec>>", length(min = 1))]
    pub(crate) none: Option<Spanned<Vec<Spanned<AskedIfSpec>>>>,
    /// 当てはまる数（数量）。複数回答の of は、その中の○の数を数える。例: count = [{ question = "問7", of =
    /// ["自治会", "NPO"] }, { question = "問8", of = ["はい"] }]
    #[schemars(with = "Option<Vec<AskedIfSpec>>", length(min = 1))]
    pub(crate) count: Option<Spanned<Vec<Spanned<AskedIfSpec>>>>,
    /// 組み合わせた区分。例: cross = ["性別", "年代"]
    #[schemars(with = "Option<Vec<String>>", length(min = 1))]
    pub(crate) cross: Option<Spanned<Vec<Spanned<String>>>>,
    /// any・all・none の2つの区分の呼び名（既定 ["はい", "いいえ"]）。例: labels = ["受けた", "受けていない"]
    #[schemars(with = "Option<Vec<String>>")]
    pub(crate) labels: Option<Spanned<Vec<Spanned<String>>>>,
    /// any・all・none・count で、もとの設問が非該当の人:
    /// "missing" 非該当のまま（既定）| "no" 当てはまらないとする
    #[schemars(with = "Option<NotAskedSpec>")]
    pub(crate) not_asked: Option<Spanned<NotAskedSpec>>,
}

/// A list of words, each with its place.
type Words = Spanned<Vec<Spanned<String>>>;

/// 数量の区分
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BandsSpec {
    /// 数量の設問（または count の派生変数）
    #[schemars(with = "String")]
    pub(crate) of: Spanned<String>,
    /// 各区分の下限。小さい順。例: from = [18, 30, 40]
    #[schemars(with = "Vec<f64>", length(min = 1))]
    pub(crate) from: Spanned<Vec<Spanned<f64>>>,
    /// 各区分の呼び名。書かなければ 18～29、30～39、40以上 のように付ける
    #[schemars(with = "Option<Vec<String>>")]
    pub(crate) labels: Option<Spanned<Vec<Spanned<String>>>>,
    /// 最初の下限より小さい数: 区分の呼び名（例 "18歳未満"）、または "outside"（対象外として非該当にする）
    #[schemars(with = "Option<String>")]
    pub(crate) rest: Option<Spanned<String>>,
}

/// 選択肢のまとめ方
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeSpec {
    /// もとの設問（単数回答か複数回答）
    #[schemars(with = "String")]
    pub(crate) of: Spanned<String>,
    /// まとめた後の区分 = もとの選択肢の一覧。書いた順に並ぶ
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub(crate) into: Spanned<BTreeMap<Spanned<String>, Words>>,
    /// 書かなかった選択肢: 区分の呼び名（例 "その他"）、または "outside"（対象外として非該当にする）
    #[schemars(with = "Option<String>")]
    pub(crate) rest: Option<Spanned<String>>,
}

/// もとの設問が非該当の人
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum NotAskedSpec {
    /// 非該当のまま
    Missing,
    /// 当てはまらない
    No,
}

/// The word of `rest` for what stays outside.
pub(crate) const OUTSIDE: &str = "outside";

impl DerivedSpec {
    /// The keys of the forms that are there; one is right.
    pub(crate) fn forms(&self) -> Vec<&'static str> {
        let all = [
            ("bands", self.bands.is_some()),
            ("merge", self.merge.is_some()),
            ("any", self.any.is_some()),
            ("all", self.all.is_some()),
            ("none", self.none.is_some()),
            ("count", self.count.is_some()),
            ("cross", self.cross.is_some()),
        ];
        all.into_iter().filter(|(_, there)| *there).map(|(key, _)| key).collect()
    }

    /// Every question or derived variable that it names, as often as it does.
    pub(crate) fn named(&self) -> Vec<&Spanned<String>> {
        let mut out: Vec<&Spanned<String>> = Vec::new();
        out.extend(self.bands.iter().map(|b| &b.get_ref().of));
        out.extend(self.merge.iter().map(|m| &m.get_ref().of));
        for conditions in [&self.any, &self.all, &self.none, &self.count].into_iter().flatten() {
            conditions.get_ref().iter().for_each(|c| named_by(c.get_ref(), &mut out));
        }
        out.extend(self.cross.iter().flat_map(|c| c.get_ref()));
        out
    }
}

fn named_by<'s>(rule: &'s AskedIfSpec, out: &mut Vec<&'s Spanned<String>>) {
    out.extend(&rule.question);
    for rules in [&rule.all, &rule.any].into_iter().flatten() {
        rules.iter().for_each(|rule| named_by(rule.get_ref(), out));
    }
    rule.not.iter().for_each(|rule| named_by(rule.get_ref(), out));
}
