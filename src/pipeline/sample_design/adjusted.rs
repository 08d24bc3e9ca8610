//! How far calibration moved the weights: negative weights stop, extreme ones are told.

use crate::code::Code;
use crate::design::Design;
use crate::error::{Diagnostic, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::text::Text;

/// An adjustment g (new weight over base weight) above this many times the median is extreme.
const EXTREME: f64 = 20.0;

/// Looks at the adjustments of a calibrated design: those below 0, and those above [`EXTREME`] times their
/// median.
///
/// # Errors
/// Negative weights that are not allowed.
pub(super) fn check(design: &Design, negative: bool, findings: &mut Vec<Finding>) -> Result<()> {
    let mut g: Vec<f64> = design
        .weights()
        .iter()
        .zip(design.base_weights())
        .filter(|(_, base)| **base > 0.0)
        .map(|(weight, base)| weight / base)
        .collect();
    g.sort_by(f64::total_cmp);
    let (Some(least), Some(greatest)) = (g.first().copied(), g.last().copied()) else { return Ok(()) };
    let middle = median(&g);
    let below = g.partition_point(|g| *g < 0.0) as u64;
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
        let count = (g.len() - g.partition_point(|g| *g <= EXTREME * middle)) as u64;
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

/// The median of sorted numbers, at least one.
fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    let upper = sorted[half];
    if sorted.len() % 2 == 1 { upper } else { (sorted[half - 1] + upper) / 2.0 }
}
