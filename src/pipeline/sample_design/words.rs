//! A declared design in words, for notes and explanations.

use crate::text::Text;

/// Variables of strata, and how many there are at each stage.
pub(in crate::pipeline) fn strata(names: &str, counts: &str) -> Text {
    Text::new(format!("層: {names}（{counts}層）"), format!("strata: {names} ({counts})"))
}

/// Variables of clusters, and how many codes there are at each stage.
pub(in crate::pipeline) fn clusters(names: &str, counts: &str) -> Text {
    Text::new(format!("集落: {names}（符号{counts}）"), format!("clusters: {names} (codes: {counts})"))
}

/// Variables of finite population corrections.
pub(in crate::pipeline) fn fpc(names: &str, fractions: bool) -> Text {
    let kind = if fractions {
        Text::new("抽出率", "sampling fractions")
    } else {
        Text::new("母集団の大きさ", "population sizes")
    };
    Text::new(format!("有限母集団修正: {names}（{}）", kind.ja), format!("fpc: {names} ({})", kind.en))
}

/// The population table that gives strata their sizes.
pub(super) fn fpc_of_table() -> Text {
    Text::new("有限母集団修正: 人口表による", "finite population correction: from the population table")
}

/// The size of the whole population.
pub(super) fn fpc_of_whole(people: f64) -> Text {
    Text::new(format!("有限母集団修正: N = {people}"), format!("finite population correction: N = {people}"))
}

/// Variable of weights.
pub(in crate::pipeline) fn weight(name: &str) -> Text {
    Text::new(format!("ウエイト: {name}"), format!("weights: {name}"))
}

/// A crossing that weights are post-stratified to.
pub(super) fn post_stratified(name: &str) -> Text {
    Text::new(format!("事後層化: {name}"), format!("post-stratified by {name}"))
}

/// Margins that weights are raked to.
pub(super) fn raked(names: &[&str]) -> Text {
    Text::new(format!("レイキング: {}", names.join("、")), format!("raked to {}", names.join(", ")))
}

/// Totals that weights are calibrated to.
pub(super) fn calibrated(function: &str, totals: usize) -> Text {
    Text::new(
        format!("較正（{function}）: 補助変数{totals}個"),
        format!("calibrated ({function}) to {totals} totals"),
    )
}

/// Limits that weights are trimmed to.
pub(super) fn trimmed(lower: f64, upper: f64) -> Text {
    Text::new(format!("ウエイトの上下限: {lower}～{upper}"), format!("weights trimmed to {lower} … {upper}"))
}

/// Nothing was declared.
pub(in crate::pipeline) fn simple() -> Text {
    Text::new("単純無作為標本（標本設計の指定なし）", "simple random sample (no design declared)")
}
