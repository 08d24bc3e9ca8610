//! How far calibration moved the weights: negative weights stop, extreme ones are told.

use crate::code::Code;
use crate::design::{Design, Weighed};
use crate::error::{Diagnostic, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::text::Text;

/// An adjustment g (new weight over base weight) above this many times the median is extreme.
const EXTREME: f64 = 20.0;

/// Looks at the adjustments of a calibrated design, with its weights before that: those below 0, and those
/// above [`EXTREME`] times their median.
///
/// # Errors
/// Negative weights that are not allowed.
pub(super) fn check(
    design: &Design,
    weighed: &Weighed<'_>,
    negative: bool,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let mut g = adjustments(design, weighed);
    g.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let (Some((least, _)), Some((greatest, _))) = (g.first().copied(), g.last().copied()) else {
        return Ok(());
    };
    let middle = median(&g);
    let respondents = |holds: &dyn Fn(f64) -> bool| -> u64 {
        g.iter().filter(|(g, _)| holds(*g)).map(|(_, rows)| rows).sum()
    };
    let below = respondents(&|g| g < 0.0);
    if below > 0 {
        let (ja, en) = (
            format!("較正で{below}人のウエイトが負になりました（調整の倍率 g: {least:.3}～{greatest:.3}）"),
            format!(
                "calibration gave {below} respondents a negative weight (g from {least:.3} to {greatest:.3})"
            ),
        );
        if !negative {
            return Err(Diagnostic::new(Code::DesignNegativeWeights, Text::new(ja, en))
                .help(Text::new(
                    "較正の関数を raking か logit にする、linear に上下限を付ける、補助変数を減らす、の\
                     どれかにします（負のまま使うなら --allow-negative-weights）",
                    "calibrate by raking or logit, give linear bounds, or use fewer auxiliaries (to use \
                     them as they are: --allow-negative-weights)",
                ))
                .into());
        }
        let text = Text::new(ja, en);
        findings.push(
            Finding::warning(Code::DesignNegativeWeights, text, Place::default()).counted_in_message(below),
        );
    }
    if middle > 0.0 && greatest > EXTREME * middle {
        let count = respondents(&|g| g > EXTREME * middle);
        let text = Text::new(
            format!(
                "調整の倍率 g が{least:.3}～{greatest:.3}です。中央値{middle:.3}の{EXTREME}倍を超える回答者が\
                 {count}人います"
            ),
            format!(
                "the adjustments g go from {least:.3} to {greatest:.3}: {count} respondents are above \
                 {EXTREME} times the median, {middle:.3}"
            ),
        );
        findings.push(
            Finding::warning(Code::DesignExtremeWeights, text, Place::default()).counted_in_message(count),
        );
    }
    Ok(())
}

/// The adjustments of respondents with a base weight above 0, each with how many have it.
fn adjustments(design: &Design, weighed: &Weighed<'_>) -> Vec<(f64, u64)> {
    if let Some(fit) = design.fitted_cells() {
        let mut rows = vec![0; fit.count()];
        for (unit, cell) in fit.of_row().iter().enumerate() {
            rows[*cell as usize] += weighed.rows_above_0(unit);
        }
        return fit.factors().iter().copied().zip(rows).filter(|(_, rows)| *rows > 0).collect();
    }
    let both = design.weights().iter().zip(design.base_weights());
    both.filter(|(_, base)| **base > 0.0).map(|(weight, base)| (weight / base, 1)).collect()
}

/// The median of sorted numbers that occur so many times, at least one.
fn median(sorted: &[(f64, u64)]) -> f64 {
    let count: u64 = sorted.iter().map(|(_, times)| times).sum();
    let at = |place: u64| {
        let mut before = 0;
        let holds = |(_, times): &&(f64, u64)| {
            before += times;
            place < before
        };
        sorted.iter().find(holds).map_or(f64::NAN, |(x, _)| *x)
    };
    let upper = at(count / 2);
    if count % 2 == 1 { upper } else { (at(count / 2 - 1) + upper) / 2.0 }
}
