//! What can be wrong with a declared design.

use std::collections::HashMap;

use super::declaration::{Declaration, Fpc};
use super::roster::StageStratum;
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::text::Text;

/// Weights must be finite, not negative, and not all 0.
pub(super) fn check_weights(weights: &[f64]) -> Result<()> {
    let bad: Vec<usize> =
        (0..weights.len()).filter(|i| !(weights[*i].is_finite() && weights[*i] >= 0.0)).collect();
    if let Some(first) = bad.first() {
        let (row, value, count) = (first + 1, weights[*first], bad.len());
        return Err(Error::msg(
            Code::DesignWeight,
            format!("ウェイトが負または数値でない回答者が{count}人います（最初は{row}人目、値は{value}）"),
            format!(
                "{count} respondents have a weight that is negative or no number (first: respondent {row}, \
                 weight {value})"
            ),
        ));
    }
    if !weights.iter().any(|w| *w > 0.0) {
        return Err(Error::msg(Code::DesignWeight, "ウェイトがすべて0です", "every weight is 0"));
    }
    Ok(())
}

/// All columns must have one value a respondent, and not more stages than there are.
pub(super) fn check_shape(d: &Declaration) -> Result<()> {
    if d.rows == 0 {
        return Err(Error::msg(Code::DesignEmpty, "回答者が1人もいません", "there are no respondents"));
    }
    if d.rows > u32::MAX as usize {
        return Err(Error::msg(Code::DesignSize, "回答者が多すぎます", "too many respondents"));
    }
    let fpc: &[Vec<f64>] = match &d.fpc {
        Fpc::None => &[],
        Fpc::PopulationSize(c) | Fpc::SamplingFraction(c) => c,
    };
    let lengths =
        d.clusters.iter().map(Vec::len).chain(d.strata.iter().map(Vec::len)).chain(fpc.iter().map(Vec::len));
    if let Some(length) = lengths.chain(d.weights.iter().map(Vec::len)).find(|l| *l != d.rows) {
        return Err(Error::msg(
            Code::DesignLength,
            format!("標本設計の列の長さ（{length}）が回答者数（{}）と違います", d.rows),
            format!("a design column has {length} values for {} respondents", d.rows),
        ));
    }
    let stages = d.clusters.len().max(1);
    if d.strata.len() > stages || fpc.len() > stages {
        return Err(Error::msg(
            Code::DesignStages,
            format!(
                "抽出段は{stages}段ですが、層または母集団の大きさの列が{}段分あります",
                d.strata.len().max(fpc.len())
            ),
            format!(
                "there are {stages} stages, but strata or population sizes for {}",
                d.strata.len().max(fpc.len())
            ),
        ));
    }
    Ok(())
}

/// A cluster code must not occur in two strata.
pub(super) fn check_unique(codes: &[u32], stratum_of_row: &[u32], d: &Declaration) -> Option<Diagnostic> {
    let mut stratum_of_code: HashMap<u32, (u32, usize)> = HashMap::new();
    for (row, (code, stratum)) in codes.iter().zip(stratum_of_row).enumerate() {
        let (known, first) = *stratum_of_code.entry(*code).or_insert((*stratum, row));
        if known != *stratum {
            let (a, b) = (d.stratum_name(0, first), d.stratum_name(0, row));
            return Some(
                Diagnostic::new(
                    Code::DesignNest,
                    Text::new(
                        format!(
                            "同じ集落（PSU）番号が二つの層「{a}」「{b}」にあります（{}人目と{}人目）",
                            first + 1,
                            row + 1
                        ),
                        format!(
                            "a cluster code occurs in two strata, \"{a}\" and \"{b}\" (respondents {} and \
                             {})",
                            first + 1,
                            row + 1
                        ),
                    ),
                )
                .help(Text::new(
                    "番号が層ごとに1から始まるなら nest を指定します",
                    "say nest if the codes start again in each stratum",
                )),
            );
        }
    }
    None
}

/// Population sizes must be constant within strata, and at least the number drawn.
pub(super) fn check_populations(
    d: &Declaration,
    stage: usize,
    stratum_of_row: &[u32],
    first_row: &[usize],
    strata: &[StageStratum],
    problems: &mut Vec<Diagnostic>,
) {
    let column = match &d.fpc {
        Fpc::None => return,
        Fpc::PopulationSize(c) | Fpc::SamplingFraction(c) => c.get(stage),
    };
    let Some(column) = column else { return };
    for (row, h) in stratum_of_row.iter().enumerate() {
        let first = first_row[*h as usize];
        if column[row] != column[first] {
            let name = d.stratum_name(stage, row);
            problems.push(Diagnostic::new(
                Code::DesignFpcVaries,
                Text::new(
                    format!(
                        "層「{name}」（第{}段）の母集団の大きさが一つではありません（{}と{}）",
                        stage + 1,
                        column[first],
                        column[row]
                    ),
                    format!(
                        "stratum \"{name}\" (stage {}) has more than one population size ({} and {})",
                        stage + 1,
                        column[first],
                        column[row]
                    ),
                ),
            ));
            return;
        }
    }
    for (stratum, row) in strata.iter().zip(first_row) {
        let (n, size) = (stratum.units, stratum.population);
        // A fraction of exactly n/N may come back a rounding below n.
        if size.is_nan() || size <= 0.0 || size < n as f64 * (1.0 - 1e-12) {
            let name = d.stratum_name(stage, *row);
            problems.push(Diagnostic::new(
                Code::DesignFpcSmall,
                Text::new(
                    format!(
                        "層「{name}」（第{}段）の母集団の大きさ{size}が標本の{n}より小さいか、数値ではあり\
                         ません",
                        stage + 1
                    ),
                    format!(
                        "stratum \"{name}\" (stage {}): the population size {size} is below the sample's \
                         {n}, or no number",
                        stage + 1
                    ),
                ),
            ));
        }
    }
}

/// No stratum may have a single unit, unless it was drawn whole.
pub(super) fn check_lonely(
    d: &Declaration,
    stage: usize,
    first_row: &[usize],
    strata: &[StageStratum],
    problems: &mut Vec<Diagnostic>,
) {
    let lonely = |h: &StageStratum| h.units == 1 && h.carry > 0.0 && !h.is_complete();
    let names: Vec<String> = strata
        .iter()
        .zip(first_row)
        .filter(|(h, _)| lonely(h))
        .map(|(_, row)| d.stratum_name(stage, *row))
        .collect();
    if names.is_empty() || d.rows == 1 {
        return;
    }
    let (count, shown) = (names.len(), names.iter().take(5).cloned().collect::<Vec<_>>().join("、"));
    problems.push(
        Diagnostic::new(
            Code::DesignLonelyPsu,
            Text::new(
                format!("標本単位（PSU）が1つしかない層が{count}あります（第{}段: {shown}）", stage + 1),
                format!(
                    "{count} strata have a single sampled unit (stage {}: {})",
                    stage + 1,
                    shown.replace('、', ", ")
                ),
            ),
        )
        .help(Text::new(
            "近い層と合わせるか、lonely-psu に certainty・adjust・average のいずれかを指定します",
            "merge them with a neighbour, or choose certainty, adjust or average for lonely-psu",
        )),
    );
}
