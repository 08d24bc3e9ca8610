//! The change from an earlier wave: each number of the later one minus the same number of the earlier one.
//!
//! The waves are independent samples, so that their variances add; the degrees of freedom are
//! Satterthwaite's. Shares have limits and p-values by their Wilson limits, unless Wald's are asked for. Rows
//! are matched by what they say: statistic, variable, codes and the labels of
//! breakdowns, numbers by value (`1`, `1.0`).

use std::collections::HashMap;

use crate::code::Code;
use crate::error::{Diagnostic, Error};
use crate::estimate::{
    DegreesOfFreedom, DifferenceMethod, Estimate, IntervalBasis, IntervalMethod, NotEstimable, WaveDf,
    wave_difference, wave_share_difference,
};
use crate::finding::Finding;
use crate::indicator::{Detail, Domains, EstimateRecord, Flag, Measured, NumberKey, Statistic, ValueFormat};
use crate::provenance::Place;
use crate::raw::Table;
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::number::number;

/// What a row says, as it is compared: its statistic, variable and probability; codes; breakdown.
type Key = (String, Vec<String>, Vec<(String, String)>);

fn spelled(text: &str) -> String {
    let folded = fold(text);
    number(&folded).map_or(folded, |x| x.to_string())
}

fn key(row: &EstimateRecord) -> Key {
    let of = &row.key.measured;
    // An option may be called 無回答.
    let kind = match of {
        Measured::NoAnswer(_) => "no-answer",
        Measured::InvalidAnswer(_) => "invalid",
        _ => row.statistic().name(),
    };
    (
        format!("{kind} {} {:?}", fold(&row.variable), of.prob()),
        row.values.iter().map(|code| spelled(code)).collect(),
        row.key.groups.iter().map(|group| (fold(&group.variable), spelled(&group.value))).collect(),
    )
}

/// Whether a row is the number of one measure, and not a comparison.
fn is_measure(row: &EstimateRecord) -> bool {
    use Measured::{Change, Difference, Independence};
    !matches!(row.key.measured, Difference { .. } | Independence { .. } | Change(_))
}

/// The changes of all measures that both waves have, in the order of the later one; what only one of them has
/// is told. `names` are the files of the later wave and of the earlier one.
pub(super) fn changes(
    later: &[EstimateRecord],
    earlier: &[EstimateRecord],
    names: (&str, &str),
    method: DifferenceMethod,
    findings: &mut Vec<Finding>,
) -> Vec<EstimateRecord> {
    let by_key = |rows: &'_ [EstimateRecord]| -> HashMap<Key, usize> {
        let measures = rows.iter().enumerate().filter(|(_, row)| is_measure(row));
        measures.map(|(at, row)| (key(row), at)).collect()
    };
    let (of_later, of_earlier) = (by_key(later), by_key(earlier));
    let mut out = Vec::new();
    let mut alone: Vec<(String, bool)> = Vec::new();
    let mut tell = |row: &EstimateRecord, is_later: bool| {
        let name = (words(row), is_later);
        if !alone.contains(&name) {
            alone.push(name);
        }
    };
    for row in later.iter().filter(|row| is_measure(row)) {
        match of_earlier.get(&key(row)).and_then(|at| earlier.get(*at)) {
            Some(before) => out.push(change(row, before, names, method)),
            None => tell(row, true),
        }
    }
    for row in earlier.iter().filter(|row| is_measure(row) && !of_later.contains_key(&key(row))) {
        tell(row, false);
    }
    findings.extend(alone.iter().map(|(name, is_later)| one_wave(name, *is_later)));
    out
}

/// The mistakes of both waves, those that both have once; the others with the file of their wave.
pub(super) fn told_once(later: (Option<Error>, &[Table]), earlier: (Option<Error>, &[Table])) -> Error {
    let [(later, own), (earlier, its)] = [later, earlier].map(|(error, tables)| {
        let place = tables.first().map(|t| Place::file(&t.digest.file)).unwrap_or_default();
        (error.map(Error::into_diagnostics).unwrap_or_default(), place)
    });
    let placed =
        |mistake: &Diagnostic, place: &Place| Error::new(mistake.clone()).at(place).into_diagnostics();
    let of_later = later.iter().flat_map(|mistake| {
        if earlier.contains(mistake) { vec![mistake.clone()] } else { placed(mistake, &own) }
    });
    let of_earlier = earlier.iter().filter(|m| !later.contains(m)).flat_map(|m| placed(m, &its));
    Error::all(of_later.chain(of_earlier).collect())
        .unwrap_or_else(|| Error::msg(Code::AdhocRequest, "集計できません", "cannot estimate"))
}

/// What sets a row apart: its breakdown, or its codes.
fn words(row: &EstimateRecord) -> String {
    let groups = &row.key.groups;
    if groups.is_empty() {
        return format!("{}={}", row.variable, row.values.join("|"));
    }
    groups.iter().map(|g| format!("{}={}", g.variable, g.value)).collect::<Vec<_>>().join(" × ")
}

fn one_wave(name: &str, is_later: bool) -> Finding {
    let (ja, en) = if is_later { ("今回", "later") } else { ("前回", "earlier") };
    let text = Text::new(
        format!("「{name}」は{ja}にしかないため、変化を求めません"),
        format!("\"{name}\" is in the {en} wave only: no change is given"),
    );
    Finding::warning(Code::AdhocOneWave, text, Place::default())
}

fn change(
    later: &EstimateRecord,
    earlier: &EstimateRecord,
    (now, before): (&str, &str),
    method: DifferenceMethod,
) -> EstimateRecord {
    let (a, b) = (&later.estimate, &earlier.estimate);
    let by_limits = later.statistic() == Statistic::Share && method == DifferenceMethod::Mover;
    let found = if by_limits { wave_share_difference } else { wave_difference };
    let found = found(b, a, WaveDf::Satterthwaite, later.level);
    let comparison = found.comparison;
    let estimate = Estimate {
        n: a.n + b.n,
        n_yes: a.n_yes.zip(b.n_yes).map(|(a, b)| a + b),
        n_weighted: a.n_weighted + b.n_weighted,
        value: comparison.value,
        se: comparison.se,
        interval: comparison.interval,
        deff: Err(NotEstimable::NotDefined),
        n_eff: Err(NotEstimable::NotDefined),
        df: DegreesOfFreedom { domain: comparison.df, design: a.df.design + b.df.design },
    };
    let waves = Domains {
        of: later.statistic(),
        a: now.to_owned(),
        b: before.to_owned(),
        stat_a: a.value.clone(),
        stat_b: b.value.clone(),
        n_a: a.n,
        n_b: b.n,
        t: comparison.t,
        p_value: comparison.p_value,
    };
    let measured = Measured::Change(Box::new(later.key.measured.clone()));
    EstimateRecord {
        key: NumberKey { measured, ..later.key.clone() },
        format: ValueFormat::of(Statistic::Change),
        universe: later.universe.clone(),
        variable: later.variable.clone(),
        values: later.values.clone(),
        base: later.base,
        estimate,
        method: if by_limits {
            method.name()
        } else {
            Statistic::Change.interval_method(IntervalMethod::Wald)
        },
        basis: IntervalBasis::Design,
        level: later.level,
        n_total: later.n_total + earlier.n_total,
        n_w_total: later.n_w_total + earlier.n_w_total,
        flags: Flag::ordered(later.flags.iter().chain(&earlier.flags).copied()),
        data: None,
        detail: Detail::Domains(Box::new(waves)),
    }
}
