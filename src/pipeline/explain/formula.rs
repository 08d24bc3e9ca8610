//! How a number was computed: its formula with the sums in it, its standard error, its interval.

use super::super::adhoc::Values;
use super::super::definition::StatisticDefinition;
use super::super::estimates::measure;
use super::super::plan::Plan;
use super::super::planned::PlannedEstimate;
use super::super::wave::WaveData;
use crate::estimate::{ConfidenceInterval, DeffReference, Estimate, IntervalBasis};
use crate::indicator::{EstimateRecord, Statistic};
use crate::report::{round, value};
use crate::text::Text;

/// The lines of one estimate in one part of the respondents.
pub(super) fn formula_lines(
    plan: &Plan,
    data: &WaveData,
    planned: &PlannedEstimate<'_>,
    record: &EstimateRecord,
    part: &[bool],
) -> Vec<Text> {
    let (definition, format, e) = (planned.definition, &record.format, &record.estimate);
    let number = match &e.value {
        Ok(number) => *number,
        Err(reason) => {
            let reason = reason.text();
            return vec![Text::new(
                format!("求められない: {}", reason.ja),
                format!("not estimable: {}", reason.en),
            )];
        }
    };
    let unit = if format.statistic == Statistic::Share { " %" } else { format.unit.text() };
    let shown = value::printed(format, e).unwrap_or_default();
    let mut out = match &definition.statistic {
        StatisticDefinition::Share { .. } => share(data, e, number, &shown),
        statistic => {
            let sums = Sums::of(&measure(plan, data, planned).values, data.built.design.weights(), part);
            vec![of_numbers(statistic, &sums, e, number, &format!("{shown}{unit}"))]
        }
    };
    if let Ok(se) = e.se {
        let df = e.df.domain;
        out.push(if format.statistic == Statistic::Quantile {
            Text::new(
                format!("標準誤差 SE = {se}（区間の幅 ÷ 2t、自由度 {df}）"),
                format!("standard error SE = {se} (width of the interval / 2t, {df} degrees of freedom)"),
            )
        } else {
            Text::new(
                format!("標準誤差 SE = {se}（線形化法、自由度 {df}）"),
                format!("standard error SE = {se} (linearisation, {df} degrees of freedom)"),
            )
        });
    }
    out.extend(design_effect(e));
    out.push(match &e.interval {
        Ok(i) => interval(record, i, unit),
        Err(reason) => Text::new(
            format!("信頼区間: なし（{}）", reason.text().ja),
            format!("interval: none ({})", reason.text().en),
        ),
    });
    out
}

fn unweighted(weights: &[f64]) -> bool {
    weights.iter().all(|w| *w == 1.0)
}

fn share(data: &WaveData, e: &Estimate, p: f64, shown: &str) -> Vec<Text> {
    let yes = e.n_yes.unwrap_or(0);
    if unweighted(data.built.design.weights()) {
        return vec![Text::same(format!("p = {yes} / {} = {p} → {shown} %", e.n))];
    }
    let (sum, weights) = (p * e.n_weighted, e.n_weighted);
    vec![Text::new(
        format!("p = Σw·y / Σw = {sum} / {weights} = {p} → {shown} %（該当 {yes} 人 / n = {} 人）", e.n),
        format!("p = Σw·y / Σw = {sum} / {weights} = {p} → {shown} % ({yes} of n = {} respondents)", e.n),
    )]
}

/// The sums of a number's formula, over those who gave it.
struct Sums {
    /// Σ w y.
    y: f64,
    /// Σ w x, of a ratio.
    x: f64,
    /// Σ w.
    w: f64,
    /// Whether every weight is 1.
    unweighted: bool,
}

impl Sums {
    fn of(values: &Values, weights: &[f64], part: &[bool]) -> Self {
        let mut sums = Self { y: 0.0, x: 0.0, w: 0.0, unweighted: unweighted(weights) };
        let (y, x): (&[f64], Option<&[f64]>) = match values {
            Values::Mean(y) | Values::Total(y) | Values::Quantile(y, _) => (&y.of_row, None),
            Values::Ratio(y, x, _) => (&y.of_row, Some(&x.of_row)),
            Values::Share(_) | Values::CountedShare(..) => return sums,
        };
        for (row, (w, y)) in weights.iter().zip(y).enumerate() {
            let x = x.map_or(1.0, |x| x[row]);
            if part[row] && !y.is_nan() && !x.is_nan() {
                (sums.y, sums.x, sums.w) = (sums.y + w * y, sums.x + w * x, sums.w + w);
            }
        }
        sums
    }
}

/// The formula of a mean, total, ratio, quantile or score, with the sums in it.
fn of_numbers(statistic: &StatisticDefinition, sums: &Sums, e: &Estimate, number: f64, shown: &str) -> Text {
    let Sums { y, x, w, unweighted } = *sums;
    let n = e.n;
    let (ja, en) = if unweighted {
        (String::new(), String::new())
    } else {
        (format!("（n = {n} 人）"), format!(" (n = {n} respondents)"))
    };
    let formula = match (statistic, unweighted) {
        (StatisticDefinition::Total(_), true) => format!("Y = Σy = {number} → {shown}"),
        (StatisticDefinition::Total(_), false) => format!("Y = Σw·y = {number} → {shown}"),
        (StatisticDefinition::Ratio { .. }, true) => format!("R = Σy / Σx = {y} / {x} = {number} → {shown}"),
        (StatisticDefinition::Ratio { .. }, false) => {
            format!("R = Σw·y / Σw·x = {y} / {x} = {number} → {shown}")
        }
        (StatisticDefinition::Quantile { at, .. }, _) => {
            return Text::new(
                format!("q = 小さい順に並べて累積が {at} に初めて達する値 = {number} → {shown}{ja}"),
                format!(
                    "q = the least value at which the cumulative share reaches {at} = {number} → {shown}{en}"
                ),
            );
        }
        (_, true) => format!("ȳ = Σy / n = {y} / {n} = {number} → {shown}"),
        (_, false) => format!("ȳ = Σw·y / Σw = {y} / {w} = {number} → {shown}"),
    };
    Text::new(format!("{formula}{ja}"), format!("{formula}{en}"))
}

fn design_effect(e: &Estimate) -> Vec<Text> {
    let mut out = Vec::new();
    if let Ok(deff) = &e.deff {
        let reference = match deff.reference {
            DeffReference::WithoutReplacement => Text::new(
                "非復元単純無作為抽出に対して",
                "against simple random sampling without replacement",
            ),
            DeffReference::WithReplacement => {
                Text::new("復元単純無作為抽出に対して", "against simple random sampling with replacement")
            }
        };
        out.push(Text::new(
            format!("デザイン効果 {:.4}（{}）", deff.value, reference.ja),
            format!("design effect {:.4} ({})", deff.value, reference.en),
        ));
    }
    if let Ok(n_eff) = e.n_eff {
        out.push(Text::new(
            format!("有効標本数 p(1−p)/SE² = {n_eff:.1}"),
            format!("effective sample size p(1−p)/SE² = {n_eff:.1}"),
        ));
    }
    out
}

fn interval(record: &EstimateRecord, i: &ConfidenceInterval, unit: &str) -> Text {
    let format = &record.format;
    let basis = match (format.statistic, record.basis) {
        (Statistic::Share, IntervalBasis::Binomial) => Text::new(
            "二項分布の古典的な式、nと正規分布による",
            "the classical binomial formula, with n and the normal quantile",
        ),
        (Statistic::Share, IntervalBasis::Design) => {
            Text::new("標本設計による分散と t 分布による", "with the design's variance and the t quantile")
        }
        (Statistic::Quantile, _) => Text::new(
            "分布関数の区間を値に戻す",
            "the interval of the distribution function, turned into values",
        ),
        _ => Text::new("推定値 ± t × SE", "estimate ± t × SE"),
    };
    let (level, method) = (round::percent(i.level, 0), record.method);
    let (low, high) = (value::rounded(format, i.low), value::rounded(format, i.high));
    Text::new(
        format!("{level} %信頼区間（{method}、{}）= {}～{} → {low}～{high}{unit}", basis.ja, i.low, i.high),
        format!(
            "{level} % interval ({method}, {}) = {} to {} → {low} to {high}{unit}",
            basis.en, i.low, i.high
        ),
    )
}
