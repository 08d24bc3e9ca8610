//! The rows.

use std::collections::HashSet;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::measures::{Crossing, Measure, PairOfDomains, Values, Wanted};
use super::shares;
use crate::decode::Base;
use crate::design::Design;
use crate::error::Result;
use crate::estimate::reliability::{self, ReliabilityFlag};
use crate::estimate::{
    Comparison, DegreesOfFreedom, Difference, Domain, Estimand, Estimate, Groups, IndependenceTest,
    IntervalBasis, NotEstimable, Options, Outcome, QuantileInterval, QuantileRule, difference, estimate_by,
    independence, quantile_by,
};
use crate::indicator::{
    Detail, Domains, EstimateRecord, Flag, Group, Measured, NumberKey, NumberSource, Statistic, Test,
    ValueFormat,
};
use crate::pipeline::sample_design::BuiltDesign;
use crate::text::Text;

/// The sample that numbers are of, and how they are reported.
#[derive(Debug)]
pub(in crate::pipeline) struct Reporting<'a> {
    /// Respondents of the whole sample.
    pub(in crate::pipeline) n_total: u64,
    /// Σ w of these, rounded once.
    pub(in crate::pipeline) n_w_total: f64,
    /// Intervals and design effects.
    pub(in crate::pipeline) options: &'a Options,
}

impl<'a> Reporting<'a> {
    /// Of a design that holds its respondents.
    pub(in crate::pipeline) fn of(design: &Design, options: &'a Options) -> Self {
        Self { n_total: design.rows() as u64, n_w_total: design.weight_sum(), options }
    }
}

/// Every row, in the order asked for: each measure for everyone, then by each breakdown; then differences;
/// then tests.
///
/// # Errors
/// Replicates of too many rows.
pub(in crate::pipeline) fn rows(
    wanted: &Wanted,
    made: &BuiltDesign,
    options: &Options,
) -> Result<Vec<EstimateRecord>> {
    let report = &Reporting::of(&made.design, options);
    let mut out = Vec::new();
    let whole = Groups::one(made.design.rows(), Domain::Rows(&wanted.domain));
    let found = shares::in_memory(wanted, &made.design, made.replicates.as_ref(), options)?;
    let all_found =
        found.iter().all(Option::is_some) && wanted.pairs.is_empty() && wanted.crossings.is_empty();
    // Replicate weights of every row are made only where they are needed.
    let replicated = made
        .replicates
        .as_ref()
        .filter(|_| !all_found)
        .map(|factors| made.design.with_factors(factors))
        .transpose()?;
    let design = replicated.as_ref().unwrap_or(&made.design);
    for (measure, found) in wanted.measures.iter().zip(found) {
        if let Some(estimates) = found {
            out.extend(of_table(measure, estimates, wanted, report));
            continue;
        }
        out.extend(of_groups(measure, (&whole, &[Vec::new()], false), design, report)?);
        for by in &wanted.by {
            out.extend(of_groups(measure, (&by.groups, &by.names, by.overlapping), design, report)?);
        }
    }
    for pair in &wanted.pairs {
        for measure in &wanted.measures {
            out.extend(of_pair(measure, pair, design, report)?);
        }
    }
    for crossing in &wanted.crossings {
        out.push(of_crossing(crossing, &wanted.domain, design, report)?);
    }
    Ok(finished(out, wanted))
}

/// The numbers, of whom they are, without those that were asked for twice: a number has one key, and a key
/// one number.
fn finished(mut rows: Vec<EstimateRecord>, wanted: &Wanted) -> Vec<EstimateRecord> {
    let mut known = HashSet::new();
    rows.retain(|row| known.insert(row.key.to_string()));
    if !wanted.conditions.is_empty() {
        let universe = Text::same(wanted.conditions.join(" & "));
        rows.iter_mut().for_each(|row| row.universe = Some(universe.clone()));
    }
    rows
}

/// The rows of measures whose estimates are known: `[measure][banner][group]`.
pub(in crate::pipeline) fn rows_of_estimates(
    wanted: &Wanted,
    estimates: &shares::Estimates,
    report: &Reporting<'_>,
) -> Vec<EstimateRecord> {
    let rows = wanted
        .measures
        .par_iter()
        .zip(estimates)
        .flat_map_iter(|(measure, e)| of_table(measure, e.clone(), wanted, report))
        .collect();
    finished(rows, wanted)
}

fn of_table(
    measure: &Measure,
    estimates: Vec<Vec<Estimate>>,
    wanted: &Wanted,
    report: &Reporting<'_>,
) -> Vec<EstimateRecord> {
    let whole = vec![Vec::new()];
    let by = wanted.by.iter().map(|by| (by.names.as_slice(), by.overlapping));
    let names = std::iter::once((whole.as_slice(), false)).chain(by);
    estimates
        .into_iter()
        .zip(names)
        .flat_map(|(estimates, names)| rows_of(measure, estimates, names, report))
        .collect()
}

impl Values {
    pub(super) fn is_share(&self) -> bool {
        matches!(self, Self::Share(_) | Self::CountedShare(..))
    }

    /// What is to be estimated; a quantile has a way of its own.
    pub(in crate::pipeline) fn estimand(&self) -> Option<Estimand<'_>> {
        match self {
            Self::Share(y) => Some(Estimand::Share(y)),
            Self::Mean(y) => Some(Estimand::Mean(&y.of_row)),
            Self::Total(y) => Some(Estimand::Total(&y.of_row)),
            Self::Ratio(y, x, _) => Some(Estimand::Ratio { numerator: &y.of_row, denominator: &x.of_row }),
            Self::Quantile(..) | Self::CountedShare(..) => None,
        }
    }
}

fn of_groups(
    measure: &Measure,
    (groups, names, overlapping): (&Groups, &[Vec<(String, String)>], bool),
    design: &Design,
    report: &Reporting<'_>,
) -> Result<Vec<EstimateRecord>> {
    let options = report.options;
    let estimates = match (&measure.values, measure.values.estimand()) {
        (Values::Quantile(y, p), _) => {
            quantile_by(design, &y.of_row, *p, QuantileRule::Math, QuantileInterval::Mean, groups, options)?
        }
        (_, Some(estimand)) => estimate_by(design, &estimand, groups, options)?,
        (_, None) => Vec::new(),
    };
    Ok(rows_of(measure, estimates, (names, overlapping), report))
}

fn rows_of(
    measure: &Measure,
    estimates: Vec<Estimate>,
    (names, overlapping): (&[Vec<(String, String)>], bool),
    report: &Reporting<'_>,
) -> Vec<EstimateRecord> {
    let share = measure.values.is_share();
    let row = |(estimate, by): (Estimate, &Vec<(String, String)>)| EstimateRecord {
        key: key(measure.measured.clone(), by),
        format: measure.format.clone(),
        variable: measure.variable.clone(),
        values: measure.codes.clone(),
        base: measure.base,
        universe: None,
        method: measure.format.statistic.interval_method(report.options.method),
        basis: if share { report.options.basis } else { IntervalBasis::Design },
        level: report.options.level,
        n_total: report.n_total,
        n_w_total: report.n_w_total,
        flags: Flag::ordered(
            reliability::flags(&estimate, share)
                .into_iter()
                .map(Flag::Reliability)
                .chain(overlapping.then_some(Flag::Overlapping)),
        ),
        estimate,
        data: None,
        detail: match &measure.values {
            Values::Quantile(_, p) => Detail::Quantile(*p),
            _ => Detail::None,
        },
    };
    estimates.into_iter().zip(names).map(row).collect()
}

fn key(measured: Measured, by: &[(String, String)]) -> NumberKey {
    NumberKey { source: NumberSource::Files, measured, groups: by.iter().map(group).collect() }
}

fn group((variable, value): &(String, String)) -> Group {
    Group { variable: variable.clone(), value: value.clone() }
}

fn flags(found: Vec<ReliabilityFlag>) -> Vec<Flag> {
    Flag::ordered(found.into_iter().map(Flag::Reliability))
}

fn of_pair(
    measure: &Measure,
    pair: &PairOfDomains,
    design: &Design,
    report: &Reporting<'_>,
) -> Result<Option<EstimateRecord>> {
    let options = report.options;
    let Some(estimand) = measure.values.estimand() else { return Ok(None) };
    let found = difference(design, &estimand, Domain::Rows(&pair.a), Domain::Rows(&pair.b), options)?;
    let either: Vec<bool> = pair.a.iter().zip(&pair.b).map(|(a, b)| *a || *b).collect();
    let union = estimate_by(design, &estimand, &Groups::one(design.rows(), Domain::Rows(&either)), options)?;
    let n_yes = match &measure.values {
        Values::Share(y) => {
            Some(y.iter().zip(&either).filter(|(y, e)| *y == Outcome::Yes && **e).count() as u64)
        }
        _ => None,
    };
    let Difference { a, b, comparison, .. } = found;
    let Comparison { value, se, interval, df, t, p_value } = comparison;
    let (n, n_weighted, design_df) =
        union.first().map_or((0, 0.0, f64::NAN), |u| (u.n, u.n_weighted, u.df.design));
    let estimate = Estimate {
        n,
        n_yes,
        n_weighted,
        value,
        se,
        interval,
        deff: Err(NotEstimable::NotDefined),
        n_eff: Err(NotEstimable::NotDefined),
        df: DegreesOfFreedom { domain: df, design: design_df },
    };
    let share = measure.values.is_share();
    let sides = [&a, &b].into_iter().flat_map(|side| reliability::flags(side, share)).collect();
    let measured = Measured::Difference {
        of: Box::new(measure.measured.clone()),
        a: pair.a_name.clone(),
        b: pair.b_name.clone(),
    };
    let domains = Domains {
        of: measure.format.statistic,
        a: pair.a_name.clone(),
        b: pair.b_name.clone(),
        stat_a: a.value,
        stat_b: b.value,
        n_a: a.n,
        n_b: b.n,
        t,
        p_value,
    };
    Ok(Some(EstimateRecord {
        key: key(measured, &[]),
        format: ValueFormat::of(Statistic::Difference),
        variable: measure.variable.clone(),
        values: measure.codes.clone(),
        base: measure.base,
        universe: None,
        estimate,
        method: if share {
            options.difference.name()
        } else {
            Statistic::Difference.interval_method(options.method)
        },
        basis: IntervalBasis::Design,
        level: options.level,
        n_total: report.n_total,
        n_w_total: report.n_w_total,
        flags: flags(sides),
        data: None,
        detail: Detail::Domains(Box::new(domains)),
    }))
}

fn of_crossing(
    crossing: &Crossing,
    domain: &[bool],
    design: &Design,
    report: &Reporting<'_>,
) -> Result<EstimateRecord> {
    let ((rows, r), (columns, c)) = (&crossing.rows, &crossing.columns);
    let found = independence(design, (rows, *r), (columns, *c), Domain::Rows(domain), IndependenceTest::F)?;
    let reason = found.statistic.clone().err().unwrap_or(NotEstimable::NotDefined);
    let df = |df: Option<f64>| df.ok_or_else(|| reason.clone());
    let test = Test {
        f: found.statistic.clone(),
        ndf: df(found.df1),
        ddf: df(found.df2),
        p_value: found.p_value.clone(),
    };
    let estimate = Estimate {
        n: found.n,
        n_yes: None,
        n_weighted: found.n_weighted,
        value: found.statistic,
        se: Err(NotEstimable::NotDefined),
        interval: Err(NotEstimable::NotDefined),
        deff: Err(NotEstimable::NotDefined),
        n_eff: Err(NotEstimable::NotDefined),
        df: DegreesOfFreedom { domain: found.design_df, design: design.df() },
    };
    Ok(EstimateRecord {
        key: key(crossing.measured.clone(), &[]),
        format: ValueFormat::of(Statistic::RaoScott),
        variable: crossing.name.clone(),
        values: Vec::new(),
        base: Base::Answered,
        universe: None,
        flags: flags(reliability::flags(&estimate, false)),
        estimate,
        method: Statistic::RaoScott.interval_method(report.options.method),
        basis: IntervalBasis::Design,
        level: report.options.level,
        n_total: report.n_total,
        n_w_total: report.n_w_total,
        data: None,
        detail: Detail::Test(test),
    })
}
