//! The words that the office's tables use for states, rules, roles and reasons.

use crate::indicator::{
    CellContent, ChangeEvidence, DataKind, Direction, Mark, Operator, ProgressRule, ProgressState, Role,
    TargetClearance, Undefined, ValueSource,
};

use super::round;

/// Stands in the title of everything made from synthetic data.
pub(super) const SYNTHETIC: &str = "合成データ";

/// The title as printed on every sheet and page: synthetic data say so.
pub(super) fn titled(title: &str, data: DataKind) -> String {
    match data {
        DataKind::Real => title.to_owned(),
        DataKind::Synthetic => format!("{title}【{SYNTHETIC}】"),
    }
}

pub(super) fn state(state: ProgressState) -> &'static str {
    match state {
        ProgressState::TargetMet => "目標達成",
        ProgressState::Improved => "改善",
        ProgressState::LittleChange => "ほぼ変化なし",
        ProgressState::Worse => "悪化",
        ProgressState::BaselineOnly => "現状値のみ",
        ProgressState::NoTarget => "目標値なし",
        ProgressState::NoBaseline => "現状値なし",
        ProgressState::NotComparable => "比較不可",
    }
}

/// The name of the state in machine-readable files; the same as its serde name.
pub(super) fn state_key(state: ProgressState) -> &'static str {
    match state {
        ProgressState::TargetMet => "target_met",
        ProgressState::Improved => "improved",
        ProgressState::LittleChange => "little_change",
        ProgressState::Worse => "worse",
        ProgressState::BaselineOnly => "baseline_only",
        ProgressState::NoTarget => "no_target",
        ProgressState::NoBaseline => "no_baseline",
        ProgressState::NotComparable => "not_comparable",
    }
}

/// A sign beside the state's word, so that a black-and-white copy still shows it at a glance.
pub(super) fn state_sign(state: ProgressState) -> &'static str {
    match state {
        ProgressState::TargetMet => "◎",
        ProgressState::Improved => "○",
        ProgressState::LittleChange => "△",
        ProgressState::Worse => "▼",
        ProgressState::BaselineOnly | ProgressState::NoTarget | ProgressState::NoBaseline => "―",
        ProgressState::NotComparable => "‡",
    }
}

pub(super) fn clearance(clearance: Option<TargetClearance>) -> &'static str {
    match clearance {
        None => "―",
        Some(TargetClearance::NotMet) => "未達",
        Some(TargetClearance::Cleared) => "達成",
        Some(TargetClearance::PointOnly) => "値は目標に届くが、信頼区間は目標をまたぐ",
    }
}

pub(super) fn undefined(reason: Undefined) -> &'static str {
    match reason {
        Undefined::NoBaseline => "―（現状値なし）",
        Undefined::NoTarget => "―（目標値なし）",
        Undefined::NoLaterValue => "―（現状値より後の値がない）",
        Undefined::Maintain => "―（維持目標のため計算しない）",
        Undefined::AlreadyMet => "―（現状値で達成済みのため計算しない）",
        Undefined::NotComparable => "―（比較不可のため計算しない）",
    }
}

pub(super) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Increase => "増加",
        Direction::Decrease => "減少",
        Direction::Maintain => "維持",
    }
}

pub(super) fn direction_key(direction: Direction) -> &'static str {
    match direction {
        Direction::Increase => "increase",
        Direction::Decrease => "decrease",
        Direction::Maintain => "maintain",
    }
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Baseline => "現状値",
        Role::Actual => "実績値",
        Role::Target => "目標値",
    }
}

pub(super) fn role_key(role: Role) -> &'static str {
    match role {
        Role::Baseline => "baseline",
        Role::Actual => "actual",
        Role::Target => "target",
    }
}

pub(super) fn operator(operator: Operator) -> &'static str {
    match operator {
        Operator::AtLeast => "以上",
        Operator::AtMost => "以下",
        Operator::Below => "未満",
        Operator::Above => "超",
        Operator::Reach => "",
    }
}

/// The note that a mark prints when the source has no words of its own.
pub(super) fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Provisional => "※速報値",
        Mark::Revised => "※訂正値",
    }
}

/// What stands in a year's cell, in files; a target is a value.
pub(super) fn content_key(content: Option<&CellContent>) -> &'static str {
    match content {
        None | Some(CellContent::Value(_)) => "value",
        Some(CellContent::NotSurveyed) => "not_surveyed",
        Some(CellContent::Pending) => "pending",
        Some(CellContent::NotAvailable) => "not_available",
        Some(CellContent::Suppressed) => "suppressed",
    }
}

pub(super) fn source_key(source: &ValueSource) -> &'static str {
    match source {
        ValueSource::Survey { .. } => "survey",
        ValueSource::Admin { .. } => "admin",
        ValueSource::Published => "published",
    }
}

pub(super) fn source(key: &str) -> &'static str {
    match key {
        "survey" => "アンケート調査",
        "admin" => "行政記録",
        "published" => "公表値",
        _ => "",
    }
}

pub(super) fn data_key(data: DataKind) -> &'static str {
    match data {
        DataKind::Real => "real",
        DataKind::Synthetic => "synthetic",
    }
}

/// 実データ or 合成データ.
pub(super) fn data_label(data: DataKind) -> &'static str {
    match data {
        DataKind::Real => "実データ",
        DataKind::Synthetic => SYNTHETIC,
    }
}

/// What the change was held against, in words.
pub(super) fn evidence(evidence: Option<ChangeEvidence>, rule: ProgressRule, away: bool) -> String {
    match evidence {
        None => "―".to_owned(),
        Some(ChangeEvidence::Tested { t, df, p, .. }) => {
            let p = if p < 0.001 { "p<0.001".to_owned() } else { format!("p={}", round::fixed(p, 3)) };
            match t {
                Some(t) => format!("{p}\n（t={}、自由度{}）", round::fixed(t, 2), round::fixed(df, 1)),
                None => p,
            }
        }
        Some(ChangeEvidence::Relative { ratio, limit }) => {
            let (ratio, limit) = (round::percent(ratio, 1), round::percent(limit, 0));
            match (rule, away) {
                (ProgressRule::NoiseAware { .. }, true) => {
                    format!("現状値の{ratio}%\n（悪化の基準 {limit}%）")
                }
                (ProgressRule::NoiseAware { .. }, false) => {
                    format!("目標までの差の{ratio}%\n（改善の基準 {limit}%）")
                }
                (ProgressRule::Pace, _) => format!("必要な変化の{ratio}%\n（基準 {limit}%）"),
                (ProgressRule::Band { .. }, _) => format!("変化の幅 {ratio}%\n（許容幅 ±{limit}%）"),
            }
        }
    }
}

/// The rule of the statuses, as a note.
pub(super) fn rule(rule: ProgressRule) -> String {
    match rule {
        ProgressRule::NoiseAware { level } => format!(
            "達成状況の判定：アンケートの値は、現状値との差が標本誤差を超えるか（両側検定、有意水準{}%）で\
             「改善」「悪化」を判定し、超えないときは「ほぼ変化なし」とする。標本誤差のない値は、目標までの\
             差の10%以上近づけば「改善」、現状値の10%以上遠ざかれば「悪化」とする。",
            round::percent(1.0 - level, 0)
        ),
        ProgressRule::Pace => "達成状況の判定：目標年度までに必要な変化に対する実際の変化の割合（0.95、\
                               0.60、0を境とする）による。"
            .to_owned(),
        ProgressRule::Band { points, relative } => format!(
            "達成状況の判定：現状値との差が、割合は±{}ポイント、件数等は±{}%以内のとき「ほぼ変化なし」とす\
             る。",
            round::percent(points, 1),
            round::percent(relative, 1)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{evidence, state_key, titled};
    use crate::indicator::{ChangeEvidence, DataKind, ProgressRule, ProgressState};

    #[test]
    fn the_key_of_a_state_is_its_serialised_name() {
        for state in [
            ProgressState::TargetMet,
            ProgressState::Improved,
            ProgressState::LittleChange,
            ProgressState::Worse,
            ProgressState::BaselineOnly,
            ProgressState::NoTarget,
            ProgressState::NoBaseline,
            ProgressState::NotComparable,
        ] {
            assert_eq!(serde_json::to_value(state).unwrap(), state_key(state));
        }
    }

    #[test]
    fn small_p_values_are_bounded_not_zero() {
        let tested = |p| Some(ChangeEvidence::Tested { se: 0.01, t: Some(2.5), df: 1234.56, p });
        let rule = ProgressRule::NoiseAware { level: 0.95 };
        assert_eq!(evidence(tested(0.0004), rule, false), "p<0.001\n（t=2.50、自由度1,234.6）");
        assert_eq!(evidence(tested(0.0125), rule, false), "p=0.013\n（t=2.50、自由度1,234.6）");
    }

    #[test]
    fn synthetic_titles_say_so() {
        assert_eq!(titled("進捗管理表", DataKind::Synthetic), "進捗管理表【合成データ】");
        assert_eq!(titled("進捗管理表", DataKind::Real), "進捗管理表");
    }
}
