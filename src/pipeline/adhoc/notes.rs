//! What is said below the rows.

use super::measures::Wanted;
use super::questions;
use crate::decode::{Base, BaseLedger};
use crate::estimate::reliability::REFERENCE_LIMIT;
use crate::estimate::reliability::ReliabilityFlag;
use crate::estimate::{DeffReference, DifferenceMethod, IntervalBasis, Options};
use crate::indicator::{Detail, EstimateRecord, Flag, Measured, Statistic};
use crate::pipeline::sample_design::BuiltDesign;
use crate::report::breakdown::overlap_note;
use crate::text::Text;

/// What a change is.
pub(super) fn change(later: &str, earlier: &str) -> Text {
    Text::new(
        format!(
            "変化は今回（{later}）− 前回（{earlier}）（割合の変化はポイント）。独立した2回の標本として\
             分散を足し、自由度は Satterthwaite による t 検定"
        ),
        format!(
            "changes are {later} minus {earlier}, the earlier wave (of shares: in points); \
             independent samples: variances add, t test with Satterthwaite's degrees of freedom"
        ),
    )
}

/// Base, domain, design and methods, in words. `ledgers` are those of the questions that the numbers are of.
pub(super) fn of(
    wanted: &Wanted,
    built: &BuiltDesign,
    options: &Options,
    base: Base,
    rows: &[EstimateRecord],
    ledgers: &[(String, BaseLedger)],
) -> Vec<Text> {
    let has = |test: &dyn Fn(&EstimateRecord) -> bool| rows.iter().any(test);
    let mut out = vec![match base {
        Base::Answered => Text::new(
            "母数: 回答した人（空欄と、無回答と指定した値を除く）",
            "base: those who answered (blank and declared-missing answers left out)",
        ),
        Base::Asked => Text::new(
            "母数: 設問の対象者（非該当を除く。無回答は母数に入れる）",
            "base: those who were asked (no answer counts in the base)",
        ),
        Base::All => Text::new(
            "母数: 全員（空欄と、無回答と指定した値を含む。平均などは数を答えた人）",
            "base: everyone (blank and declared-missing answers included; means and the like: those who \
             gave a number)",
        ),
    }];
    out.extend(of_no_answer(rows, base));
    if !wanted.asked_if.is_empty() {
        let (all, (n, unknown)) = (wanted.asked_if.join(" & "), wanted.asked_rows);
        let (ja, en) = match unknown {
            0 => (String::new(), String::new()),
            unknown => (
                format!("。対象か不明の{unknown}人は、回答があれば対象者とする"),
                format!("; {unknown} of unknown status count as asked where they answered"),
            ),
        };
        out.push(Text::new(
            format!("限定条件: {all}（対象者{n}人{ja}。ほかは非該当）"),
            format!("asked: {all} ({n} respondents{en}; the others were not asked)"),
        ));
    }
    out.extend(ledgers.iter().map(|(question, ledger)| questions::ledger(question, ledger)));
    if !wanted.conditions.is_empty() {
        let all = wanted.conditions.join(" & ");
        let n = wanted.domain_rows;
        out.push(Text::new(
            format!("対象: {all}（{n}人。標本設計は全員のまま）"),
            format!("domain: {all} ({n} respondents; the design keeps everyone)"),
        ));
    }
    let join = |lang: fn(&Text) -> &str| built.how.iter().map(lang).collect::<Vec<_>>();
    out.push(Text::new(
        format!("標本設計: {}", join(|t| &t.ja).join("、")),
        format!("design: {}", join(|t| &t.en).join(", ")),
    ));
    if has(&|row| row.statistic() == Statistic::Share) {
        let name = options.method.name();
        out.push(match options.basis {
            IntervalBasis::Binomial => Text::new(
                format!("割合の信頼区間: {name}（単純無作為標本の二項分布による区間。正規分布の z と n）"),
                format!("interval of shares: {name} (classical binomial, with z and n, for a simple sample)"),
            ),
            IntervalBasis::Design => Text::new(
                format!("割合の信頼区間: {name}（標本設計による分散と自由度の t、実効標本サイズ n_eff）"),
                format!(
                    "interval of shares: {name} (design-based variance, t with its degrees of freedom, n_eff)"
                ),
            ),
        });
    }
    let by_limits = |row: &EstimateRecord| {
        matches!(row.statistic(), Statistic::Difference | Statistic::Change)
            && row.method == DifferenceMethod::Mover.name()
    };
    if has(&by_limits) {
        out.push(Text::new(
            "割合の差の信頼区間と検定: mover（両方のウィルソン区間から。0%や100%の近くでも使える）",
            "interval and test of differences of shares: mover (from both Wilson intervals; holds near 0 and \
             100 %)",
        ));
    }
    if has(&|row| {
        use Statistic::{Change, Difference, Mean, Ratio, Total};
        matches!(row.statistic(), Mean | Total | Ratio | Difference | Change) && !by_limits(row)
    }) {
        out.push(Text::new(
            "平均・総計・比・差の信頼区間: 推定値 ± t × 標準誤差",
            "interval of means, totals, ratios, differences: estimate ± t × SE",
        ));
    }
    if has(&|row| row.statistic() == Statistic::Quantile) {
        out.push(Text::new("分位点の信頼区間: Woodruff法", "interval of quantiles: Woodruff's"));
    }
    if has(&|row| row.statistic() == Statistic::Difference) {
        out.push(Text::new(
            "差は A − B（割合の差はポイント）。両者の共分散を考慮",
            "differences are A − B (of shares: in points), with the covariance of the two",
        ));
    }
    if has(&|row| row.estimate.deff.is_ok()) {
        out.push(match options.deff {
            DeffReference::WithoutReplacement => Text::new(
                "deff: 同じ大きさの非復元単純無作為抽出との比（wor）",
                "deff: against simple random sampling without replacement (wor)",
            ),
            DeffReference::WithReplacement => Text::new(
                "deff: 同じ大きさの復元単純無作為抽出との比（wr）",
                "deff: against simple random sampling with replacement (wr)",
            ),
        });
    }
    out.extend(overlap_note(rows));
    let starred = |row: &EstimateRecord| {
        row.flags.contains(&Flag::Reliability(ReliabilityFlag::Few))
            && !matches!(row.detail, Detail::Test(_) | Detail::AgainstRest(_))
    };
    if has(&starred) {
        let limit = REFERENCE_LIMIT;
        out.push(Text::new(format!("* n<{limit} の参考値"), format!("* n < {limit}: for reference only")));
    }
    out
}

/// The base of the shares of no answer and of invalid answers, where it is not that of the others: those who
/// answered are no base for them.
fn of_no_answer(rows: &[EstimateRecord], base: Base) -> Option<Text> {
    let is = |row: &&EstimateRecord| {
        matches!(row.key.measured, Measured::NoAnswer(_) | Measured::InvalidAnswer(_)) && row.base != base
    };
    let own = rows.iter().find(is)?.base;
    let invalid = rows.iter().filter(is).any(|row| matches!(row.key.measured, Measured::InvalidAnswer(_)));
    let (ja, en) = if invalid {
        ("無回答・無効回答", "shares of no answer and of invalid answers")
    } else {
        ("無回答", "share of no answer")
    };
    Some(match own {
        Base::Asked => Text::new(
            format!("{ja}の割合の母数: 設問の対象者（非該当を除く）"),
            format!("base of the {en}: those who were asked"),
        ),
        _ => Text::new(format!("{ja}の割合の母数: 全員"), format!("base of the {en}: everyone")),
    })
}
