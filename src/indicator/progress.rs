//! From baseline, latest value and target to a status.

use super::status::{
    ChangeEvidence, Point, ProgressRule, ProgressState, StatusReport, TargetClearance, Undefined,
};
use super::target::{Direction, Operator, Target};
use crate::estimate::DifferenceMethod;
use crate::estimate::interval::ShareInputs;
use crate::estimate::mover::SharePair;
use crate::stats::dist::t_two_sided_p;
use crate::waves::Comparability;

/// A change under this part of the targeted change is no detectable progress where no standard error exists
/// (Healthy People 2020/2030, NCHS).
const RELATIVE_LIMIT: f64 = 0.10;

/// Achievement ratios of the pace rule (Open SDG, Eurostat): on track, and moderate progress.
const PACE_LIMITS: (f64, f64) = (0.95, 0.60);

/// What the status of one measure is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Course<'a> {
    /// 現状値.
    pub baseline: Option<Point>,
    /// The latest value after the baseline.
    pub latest: Option<Point>,
    /// 目標値.
    pub target: Option<&'a Target>,
    /// The year of the target, which the pace rule needs.
    pub target_year: super::fiscal_year::FiscalYear,
    /// Which way is good.
    pub direction: Direction,
    /// Whether the latest value may be compared with the baseline.
    pub comparability: Comparability,
    /// How the change of a share is tested.
    pub difference: DifferenceMethod,
}

/// The direction of a measure that the plan does not state: 以上 and 超 ask for more, 以下 and 未満 for less,
/// a bare number for what brings the baseline to it; equal to the baseline means 維持. Without a target, more
/// is taken for better.
pub fn direction_of(target: Option<&Target>, baseline: Option<f64>) -> Direction {
    match target {
        None => Direction::Increase,
        Some(t) => match t.operator {
            Operator::AtLeast | Operator::Above => Direction::Increase,
            Operator::AtMost | Operator::Below => Direction::Decrease,
            Operator::Reach => match baseline {
                Some(b) if t.quantity.value() < b => Direction::Decrease,
                Some(b) if t.quantity.value() == b => Direction::Maintain,
                _ => Direction::Increase,
            },
        },
    }
}

/// The status of a measure under `rule`, with every component it was made from.
///
/// progress = (latest − baseline)/(target − baseline); 1 is the target reached. The states and their limits
/// are those of [`ProgressRule`]; an absent target, baseline or later value is a state of its own, and
/// nothing is ever divided by 0. A baseline that meets the target leaves no way to go: there is no rate,
/// and the state says whether the latest value still meets it. A latest value that cannot be compared with
/// the baseline is not judged: no change, no achievement rate, no test. Source: Healthy People 2020 Final
/// Review, technical notes (NCHS), for the noise-aware rule.
pub fn judge(rule: ProgressRule, course: &Course<'_>) -> StatusReport {
    let target = course.target.map(|t| t.quantity.value());
    let broken = course.comparability == Comparability::NotComparable
        && course.baseline.is_some()
        && course.latest.is_some();
    let change = match (course.baseline, course.latest) {
        (Some(b), Some(l)) if !broken => Some(l.value - b.value),
        _ => None,
    };
    let progress = match (course.baseline, target, course.latest) {
        (None, _, _) => Err(Undefined::NoBaseline),
        (_, None, _) => Err(Undefined::NoTarget),
        (_, _, None) => Err(Undefined::NoLaterValue),
        _ if broken => Err(Undefined::NotComparable),
        (Some(b), Some(t), Some(_)) if t == b.value => Err(Undefined::Maintain),
        (Some(b), ..) if course.meets(b.value) => Err(Undefined::AlreadyMet),
        (Some(b), Some(t), Some(l)) => Ok((l.value - b.value) / (t - b.value)),
    };
    let clearance = match (course.latest.or(course.baseline), course.target) {
        (Some(point), Some(_)) if !broken => Some(clearance(&point, course)),
        _ => None,
    };
    let mut report = StatusReport {
        rule,
        state: ProgressState::LittleChange,
        baseline: course.baseline,
        latest: course.latest,
        target,
        progress,
        change,
        evidence: None,
        clearance,
        label: None,
        manual: None,
    };
    report.state = match (course.baseline, target, course.latest) {
        (_, None, _) => ProgressState::NoTarget,
        (None, _, _) => ProgressState::NoBaseline,
        (_, _, None) => ProgressState::BaselineOnly,
        _ if broken => ProgressState::NotComparable,
        (Some(b), Some(t), Some(l)) => {
            let evidence = evidence(&b, &l, t, course);
            report.evidence = Some(evidence);
            if report.clearance.is_some_and(|c| c != TargetClearance::NotMet) {
                ProgressState::TargetMet
            } else {
                match rule {
                    ProgressRule::NoiseAware { level } => {
                        noise_aware(level, &b, &l, course.direction, evidence)
                    }
                    ProgressRule::Pace => pace(&b, &l, t, course),
                    ProgressRule::Band { points, relative } => band(points, relative, &b, &l, course),
                }
            }
        }
    };
    report
}

impl Course<'_> {
    /// Whether `value` is at or beyond the target, and beyond it where the target says 未満 or 超; no value
    /// meets a target that is not there.
    fn meets(&self, value: f64) -> bool {
        let Some(target) = self.target else { return false };
        let limit = target.quantity.value();
        match target.operator {
            Operator::AtLeast => value >= limit,
            Operator::AtMost => value <= limit,
            Operator::Above => value > limit,
            Operator::Below => value < limit,
            Operator::Reach if self.direction == Direction::Decrease => value <= limit,
            Operator::Reach => value >= limit,
        }
    }
}

/// Whether the point, and its interval, are at or beyond the target.
fn clearance(point: &Point, course: &Course<'_>) -> TargetClearance {
    if !course.meets(point.value) {
        return TargetClearance::NotMet;
    }
    match point.limits {
        Some((low, high)) if !course.meets(low) || !course.meets(high) => TargetClearance::PointOnly,
        _ => TargetClearance::Cleared,
    }
}

/// How much the change from `b` to `l` says. With standard errors on both sides: the difference of
/// independent waves, of shares by their Wilson limits, of others (and of shares where the plan asks for
/// Wald's) by a t test, df by Satterthwaite (Welch 1947). Else |change| over the targeted change when it goes
/// toward the target, over the baseline when it goes away or when there is no targeted change.
fn evidence(b: &Point, l: &Point, target: f64, course: &Course<'_>) -> ChangeEvidence {
    let change = l.value - b.value;
    if let (Some(sb), Some(sl)) = (b.se, l.se) {
        let variance = sb * sb + sl * sl;
        let shares = shares(b, l).filter(|_| course.difference == DifferenceMethod::Mover);
        let by_shares = shares.and_then(|pair| pair.p_value().ok());
        if variance > 0.0 || by_shares.is_some() {
            let part = |se: f64, df: Option<f64>| match df {
                Some(df) if df > 0.0 && df.is_finite() => se.powi(4) / df,
                _ => 0.0,
            };
            let denominator = part(sb, b.df) + part(sl, l.df);
            let df = if denominator > 0.0 { variance * variance / denominator } else { f64::INFINITY };
            let se = variance.sqrt();
            if let Some(p) = by_shares {
                return ChangeEvidence::Tested { se, t: None, df, p };
            }
            let t = change / se;
            return ChangeEvidence::Tested { se, t: Some(t), df, p: t_two_sided_p(t, df) };
        }
    }
    let targeted = target - b.value;
    let over = if toward(change, course.direction, targeted) && targeted != 0.0 { targeted } else { b.value };
    let ratio = if change == 0.0 {
        0.0
    } else if over == 0.0 {
        // Any move away from a baseline of 0 is larger than every part of it.
        f64::MAX
    } else {
        (change / over).abs()
    };
    ChangeEvidence::Relative { ratio, limit: RELATIVE_LIMIT }
}

/// The later share beside the earlier one, which no respondent has in common; `None` unless both are shares.
fn shares(b: &Point, l: &Point) -> Option<SharePair> {
    let side = |point: &Point| {
        let (variance, df) = (point.se?.powi(2), point.df.unwrap_or(f64::INFINITY));
        Some(ShareInputs { p: point.value, variance, n: point.n?, df })
    };
    Some(SharePair { first: side(l)?, second: side(b)?, correlation: 0.0 })
}

/// Whether `change` goes the good way.
fn toward(change: f64, direction: Direction, targeted: f64) -> bool {
    match direction {
        Direction::Increase => change > 0.0,
        Direction::Decrease => change < 0.0,
        Direction::Maintain => targeted != 0.0 && change * targeted > 0.0,
    }
}

fn noise_aware(
    level: f64,
    b: &Point,
    l: &Point,
    direction: Direction,
    evidence: ChangeEvidence,
) -> ProgressState {
    let detectable = match evidence {
        ChangeEvidence::Tested { p, .. } => p < 1.0 - level,
        ChangeEvidence::Relative { ratio, limit } => ratio >= limit,
    };
    graded(detectable, b, l, direction)
}

fn band(points: f64, relative: f64, b: &Point, l: &Point, course: &Course<'_>) -> ProgressState {
    let change = (l.value - b.value).abs();
    let share = course.target.is_some_and(|t| t.quantity.unit == super::unit::Unit::Percent);
    let detectable = if share { change > points } else { change > relative * b.value.abs() };
    graded(detectable, b, l, course.direction)
}

fn graded(detectable: bool, b: &Point, l: &Point, direction: Direction) -> ProgressState {
    let change = l.value - b.value;
    if !detectable {
        ProgressState::LittleChange
    } else if toward(change, direction, 0.0) {
        ProgressState::Improved
    } else {
        ProgressState::Worse
    }
}

/// Observed change over the change that a straight line from baseline to target asks for by the latest year;
/// a baseline that meets the target asks for none, and then any change away is worse.
fn pace(b: &Point, l: &Point, target: f64, course: &Course<'_>) -> ProgressState {
    let span = f64::from(course.target_year.western() - b.year.western());
    let gone = f64::from(l.year.western() - b.year.western());
    let required = (target - b.value) * gone / span;
    if span <= 0.0 || required == 0.0 || course.meets(b.value) {
        return graded(l.value != b.value, b, l, course.direction);
    }
    let ratio = (l.value - b.value) / required;
    if ratio >= PACE_LIMITS.1 {
        ProgressState::Improved
    } else if ratio >= 0.0 {
        ProgressState::LittleChange
    } else {
        ProgressState::Worse
    }
}

#[cfg(test)]
mod tests {
    use super::{Course, direction_of, judge};
    use crate::estimate::DifferenceMethod;
    use crate::indicator::{
        ChangeEvidence, Comparability, Direction, FiscalYear, Point, ProgressRule, ProgressState, Target,
        TargetClearance, Undefined,
    };

    const RULE: ProgressRule = ProgressRule::NoiseAware { level: 0.95 };

    fn count(year: i32, value: f64) -> Option<Point> {
        Some(Point { year: FiscalYear::from_western(year), value, se: None, limits: None, df: None, n: None })
    }

    fn share(year: i32, value: f64, se: f64) -> Option<Point> {
        let limits = Some((value - 1.96 * se, value + 1.96 * se));
        Some(Point {
            year: FiscalYear::from_western(year),
            value,
            se: Some(se),
            limits,
            df: Some(f64::INFINITY),
            n: Some(1000),
        })
    }

    fn state(b: Option<Point>, l: Option<Point>, target: Option<&str>) -> crate::indicator::StatusReport {
        let target = target.map(|t| Target::parse(t).unwrap());
        let direction = direction_of(target.as_ref(), b.map(|p| p.value));
        judge(
            RULE,
            &Course {
                baseline: b,
                latest: l,
                target: target.as_ref(),
                target_year: FiscalYear::from_western(2028),
                direction,
                comparability: Comparability::Same,
                difference: DifferenceMethod::Mover,
            },
        )
    }

    #[test]
    fn a_value_equal_to_a_strict_target_has_not_reached_it() {
        for (target, before, latest, met) in [
            ("30%未満", 0.5, 0.3, false),
            ("30%未満", 0.5, 0.299, true),
            ("30%以下", 0.5, 0.3, true),
            ("100人超", 50.0, 100.0, false),
            ("100人超", 50.0, 101.0, true),
            ("100人以上", 50.0, 100.0, true),
            ("850人程度", 800.0, 850.0, true),
            ("850人程度", 800.0, 849.0, false),
            ("約158,000人", 200_000.0, 158_000.0, true),
            ("約158,000人", 200_000.0, 158_001.0, false),
        ] {
            let found = state(count(2022, before), count(2024, latest), Some(target)).state;
            assert_eq!(found == ProgressState::TargetMet, met, "{target} {latest}: {found:?}");
        }
    }

    #[test]
    fn counts_move_by_a_tenth_of_the_targeted_change() {
        // 431 → 506: a tenth of the way is 7.5.
        assert_eq!(
            state(count(2022, 431.0), count(2024, 442.0), Some("506人")).state,
            ProgressState::Improved
        );
        assert_eq!(
            state(count(2022, 431.0), count(2024, 438.0), Some("506人")).state,
            ProgressState::LittleChange
        );
        assert_eq!(
            state(count(2022, 431.0), count(2024, 506.0), Some("506人")).state,
            ProgressState::TargetMet
        );
        // Away: a tenth of the baseline.
        assert_eq!(state(count(2022, 83.0), count(2024, 71.0), Some("98件")).state, ProgressState::Worse);
        assert_eq!(
            state(count(2022, 415.0), count(2024, 410.0), Some("536人")).state,
            ProgressState::LittleChange
        );
    }

    #[test]
    fn shares_move_beyond_their_sampling_error() {
        let up = state(share(2022, 0.30, 0.01), share(2025, 0.36, 0.01), Some("40%以上"));
        assert_eq!(up.state, ProgressState::Improved);
        assert!((up.progress.unwrap() - 0.6).abs() < 1e-12);
        let Some(ChangeEvidence::Tested { se, t: None, p, .. }) = up.evidence else { panic!() };
        assert!((se - 0.0002f64.sqrt()).abs() < 1e-15 && p < 0.001);
        assert_eq!(
            state(share(2022, 0.30, 0.01), share(2025, 0.31, 0.01), Some("40%以上")).state,
            ProgressState::LittleChange
        );
        assert_eq!(
            state(share(2022, 0.30, 0.01), share(2025, 0.25, 0.01), Some("40%以上")).state,
            ProgressState::Worse
        );
    }

    #[test]
    fn a_decrease_goal_is_met_from_above() {
        let met = state(share(2022, 0.081, 0.005), share(2025, 0.049, 0.005), Some("5%以下"));
        assert_eq!((met.state, met.clearance), (ProgressState::TargetMet, Some(TargetClearance::PointOnly)));
        assert_eq!(
            state(share(2022, 0.081, 0.005), share(2025, 0.11, 0.005), Some("5%以下")).state,
            ProgressState::Worse
        );
    }

    #[test]
    fn a_baseline_that_meets_the_target_has_no_way_to_go() {
        // 50 → 56 and 50 → 38 with 以上40: (56 − 50)/(40 − 50) would be −60 %, (38 − 50)/(40 − 50) 120 %.
        let up = state(count(2022, 50.0), count(2024, 56.0), Some("40人以上"));
        assert_eq!((up.state, up.progress), (ProgressState::TargetMet, Err(Undefined::AlreadyMet)));
        let lost = state(count(2022, 50.0), count(2024, 38.0), Some("40人以上"));
        assert_eq!((lost.state, lost.progress), (ProgressState::Worse, Err(Undefined::AlreadyMet)));
        assert_eq!((lost.change, lost.clearance), (Some(-12.0), Some(TargetClearance::NotMet)));
        let fewer = state(count(2022, 3.0), count(2024, 2.0), Some("5件以下"));
        assert_eq!((fewer.state, fewer.progress), (ProgressState::TargetMet, Err(Undefined::AlreadyMet)));
        // At the target from the start it is to be kept, whatever the target calls itself.
        for (target, kept, lost) in [("40人以上", 41.0, 30.0), ("40人以下", 39.0, 50.0), ("40人", 40.0, 30.0)]
        {
            let of = |latest| state(count(2022, 40.0), count(2024, latest), Some(target));
            assert_eq!(
                (of(kept).state, of(kept).progress),
                (ProgressState::TargetMet, Err(Undefined::Maintain)),
                "{target}"
            );
            assert_eq!(
                (of(lost).state, of(lost).progress),
                (ProgressState::Worse, Err(Undefined::Maintain)),
                "{target}"
            );
        }
        // A bare number is to be reached from either side, unless the plan says which way is good.
        let bare = state(count(2022, 50.0), count(2024, 45.0), Some("40人"));
        assert_eq!(bare.progress, Ok(0.5));
        let target = Target::parse("40人").unwrap();
        let stated = |rule, latest| {
            judge(
                rule,
                &Course {
                    baseline: count(2022, 50.0),
                    latest: count(2024, latest),
                    target: Some(&target),
                    target_year: FiscalYear::from_western(2028),
                    direction: Direction::Increase,
                    comparability: Comparability::Same,
                    difference: DifferenceMethod::Mover,
                },
            )
        };
        assert_eq!(stated(RULE, 45.0).progress, Err(Undefined::AlreadyMet));
        // A straight line from 50 to 40 has gone down 3.3 by 2024: twice that pace is no improvement here.
        for rule in [RULE, ProgressRule::Pace, ProgressRule::Band { points: 0.03, relative: 0.1 }] {
            assert_eq!(stated(rule, 45.0).state, ProgressState::TargetMet, "{rule:?}");
            assert_eq!(stated(rule, 38.0).state, ProgressState::Worse, "{rule:?}");
        }
    }

    #[test]
    fn absent_parts_are_states_and_never_divisions_by_zero() {
        let only = state(count(2022, 1.0), None, Some("5人"));
        assert_eq!((only.state, only.progress), (ProgressState::BaselineOnly, Err(Undefined::NoLaterValue)));
        assert_eq!(state(count(2022, 1.0), count(2023, 2.0), None).state, ProgressState::NoTarget);
        let none = state(None, count(2023, 0.3), Some("25%以上"));
        assert_eq!((none.state, none.clearance), (ProgressState::NoBaseline, Some(TargetClearance::Cleared)));
        let keep = state(count(2022, 20292.0), count(2024, 19901.0), Some("20,292世帯"));
        assert_eq!((keep.state, keep.progress), (ProgressState::LittleChange, Err(Undefined::Maintain)));
        assert_eq!(
            state(count(2022, 20292.0), count(2024, 17000.0), Some("20,292世帯")).state,
            ProgressState::Worse
        );
        assert_eq!(state(count(2022, 0.0), count(2024, -1.0), Some("5人")).state, ProgressState::Worse);
    }

    #[test]
    fn what_cannot_be_compared_is_not_judged_under_any_rule() {
        let target = Target::parse("40%以上").unwrap();
        let course = |latest: f64, comparability| Course {
            baseline: share(2022, 0.30, 0.01),
            latest: share(2025, latest, 0.01),
            target: Some(&target),
            target_year: FiscalYear::from_western(2028),
            direction: Direction::Increase,
            comparability,
            difference: DifferenceMethod::Mover,
        };
        for rule in [RULE, ProgressRule::Pace, ProgressRule::Band { points: 0.03, relative: 0.1 }] {
            for latest in [0.1, 0.3, 0.36, 0.5] {
                let report = judge(rule, &course(latest, Comparability::NotComparable));
                assert_eq!(
                    (report.state, report.progress),
                    (ProgressState::NotComparable, Err(Undefined::NotComparable)),
                    "{rule:?} {latest}"
                );
                assert_eq!(
                    (report.change, report.evidence, report.clearance),
                    (None, None, None),
                    "{rule:?} {latest}"
                );
                let judged = judge(rule, &course(latest, Comparability::Caution));
                assert_eq!(
                    judged,
                    judge(rule, &course(latest, Comparability::Same)),
                    "care is a note, no state"
                );
            }
        }
        // Nothing to compare with: the other states come first.
        let alone = Course { latest: None, ..course(0.5, Comparability::NotComparable) };
        assert_eq!(judge(RULE, &alone).state, ProgressState::BaselineOnly);
    }

    #[test]
    fn the_pace_rule_asks_for_a_straight_line() {
        let target = Target::parse("500人").unwrap();
        let at = |value| {
            let course = Course {
                baseline: count(2022, 400.0),
                latest: count(2024, value),
                target: Some(&target),
                target_year: FiscalYear::from_western(2028),
                direction: Direction::Increase,
                comparability: Comparability::Same,
                difference: DifferenceMethod::Mover,
            };
            judge(ProgressRule::Pace, &course).state
        };
        // After two of six years a straight line has gone 33.3.
        assert_eq!(at(433.4), ProgressState::Improved);
        assert_eq!(at(421.0), ProgressState::Improved);
        assert_eq!(at(410.0), ProgressState::LittleChange);
        assert_eq!(at(399.0), ProgressState::Worse);
    }
}
