//! A condition on earlier answers as it is written: whom a question is asked of, and what a derived
//! variable counts.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_spanned::Spanned;

/// 限定条件: 前の設問の回答で、この設問に進む人。条件は1つ（question）か、組み合わせ（all / any / not）
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedIfSpec {
    /// 前の設問の番号
    #[schemars(with = "Option<String>")]
    pub(crate) question: Option<Spanned<String>>,
    /// この設問に進む選択肢（どれか1つを選んだ人）。例: of = ["はい"]
    #[schemars(with = "Option<Vec<String>>", length(min = 1))]
    pub(crate) of: Option<Vec<Spanned<String>>>,
    /// 数量がこの数以上（複数回答では、○の数が）。例: at_least = 65
    #[schemars(with = "Option<f64>")]
    pub(crate) at_least: Option<Spanned<f64>>,
    /// 数量（○の数）がこの数を超える
    #[schemars(with = "Option<f64>")]
    pub(crate) more_than: Option<Spanned<f64>>,
    /// 数量（○の数）がこの数以下
    #[schemars(with = "Option<f64>")]
    pub(crate) at_most: Option<Spanned<f64>>,
    /// 数量（○の数）がこの数未満
    #[schemars(with = "Option<f64>")]
    pub(crate) less_than: Option<Spanned<f64>>,
    /// 数量（○の数）がちょうどこの数
    #[schemars(with = "Option<f64>")]
    pub(crate) equals: Option<Spanned<f64>>,
    /// true: 前の設問に回答がある人 | false: 空欄か非該当の人
    #[schemars(with = "Option<bool>")]
    pub(crate) answered: Option<Spanned<bool>>,
    /// すべてに当てはまる人。例: all = [{ question = "問1", of = ["はい"] }, { question = "年齢", at_least =
    /// 65 }]
    #[schemars(with = "Option<Vec<AskedIfSpec>>", length(min = 1))]
    pub(crate) all: Option<Vec<Spanned<AskedIfSpec>>>,
    /// どれかに当てはまる人
    #[schemars(with = "Option<Vec<AskedIfSpec>>", length(min = 1))]
    pub(crate) any: Option<Vec<Spanned<AskedIfSpec>>>,
    /// 当てはまらない人（前の設問が非該当の人を含む）。例: not = { question = "問1", of = ["いいえ"] }
    #[schemars(with = "Option<Box<AskedIfSpec>>")]
    pub(crate) not: Option<Box<Spanned<AskedIfSpec>>>,
}
