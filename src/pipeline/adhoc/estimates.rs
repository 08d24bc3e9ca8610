//! The rows.

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::measures::{Crossing, Measure, PairOfDomains, Values, Wanted};
use super::shares;
use crate::decode::Base;
use crate::design::Design;
use crate::error::Result;
use crate::estimate::reliability::{Presentation, REFERENCE_LIMIT, nchs_presentation};
use crate::estimate::{
    Comparison, DegreesOfFreedom, Difference, Domain, Estimand, Estimate, Groups, IndependenceTest,
    IntervalBasis, NotEstimable, Options, QuantileInterval, QuantileRule, YES, difference, estimate_by,
    independence, quantile_by,
};
use crate::pipeline::sample_design::BuiltDesign;
use crate::report::adhoc::{Flag, More, Row, Statistic};

/// Every row, in the order asked for: each measure for everyone, then by each breakdown; then differences;
/// then tests.
///
/// # Errors
/// Replicates of too many rows.
pub(in crate::pipeline) fn rows(wanted: &Wanted, made: &BuiltDesign, options: &Options) -> Result<Vec<Row>> {
    let mut out = Vec::new();
    let whole = Groups::one(made.design.rows(), Domain::Rows(&wanted.domain));
    let found = shares::in_memory(wanted, &made.design, made.replicates.as_ref(), options)?;
    let shares_only = found.is_some()
        && wanted.pairs.is_empty()
        && wanted.crossings.is_empty()
        && wanted.measures.iter().all(|m| m.values.is_share());
    // Replicate weights of every row are made only where they are needed.
    let replicated = made
        .replicates
        .as_ref()
        .filter(|_| !shares_only)
        .map(|factors| made.design.with_factors(factors))
        .transpose()?;
    let design = replicated.as_ref().unwrap_or(&made.design);
    let mut shares = found.map(Vec::into_iter);
    for measure in &wanted.measures {
        if let (Values::Share(_), Some(estimates)) =
            (&measure.values, shares.as_mut().and_then(Iterator::next))
        {
            out.extend(of_share(measure, estimates, wanted, options));
            continue;
        }
        out.extend(of_groups(measure, &whole, &[Vec::new()], design, options)?);
        for by in &wanted.by {
            out.extend(of_groups(measure, &by.groups, &by.names, design, options)?);
        }
    }
    for pair in &wanted.pairs {
        for measure in &wanted.measures {
            out.extend(of_pair(measure, pair, design, options)?);
        }
    }
    for crossing in &wanted.crossings {
        out.push(of_crossing(crossing, &wanted.domain, design, options)?);
    }
    Ok(out)
}

/// The rows of shares whose estimates are known: `[share][banner][group]`.
pub(in crate::pipeline) fn rows_of_shares(
    wanted: &Wanted,
    shares: &shares::Estimates,
    options: &Options,
) -> Vec<Row> {
    wanted
        .measures
        .par_iter()
        .zip(shares)
        .flat_map_iter(|(measure, e)| of_share(measure, e.clone(), wanted, options))
        .collect()
}

fn of_share(
    measure: &Measure,
    estimates: Vec<Vec<Estimate>>,
    wanted: &Wanted,
    options: &Options,
) -> Vec<Row> {
    let whole = vec![Vec::new()];
    let names = std::iter::once(&whole).chain(wanted.by.iter().map(|by| &by.names));
    estimates
        .into_iter()
        .zip(names)
        .flat_map(|(estimates, names)| rows_of(measure, estimates, names, options))
        .collect()
}

impl Values {
    fn is_share(&self) -> bool {
        matches!(self, Self::Share(_) | Self::CountedShare(..))
    }

    fn statistic(&self) -> Statistic {
        match self {
            Self::Share(_) | Self::CountedShare(..) => Statistic::Share,
            Self::Mean(_) => Statistic::Mean,
            Self::Total(_) => Statistic::Total,
            Self::Ratio(..) => Statistic::Ratio,
            Self::Quantile(..) => Statistic::Quantile,
        }
    }

    /// What is to be estimated; a quantile has a way of its own.
    fn estimand(&self) -> Option<Estimand<'_>> {
        match self {
            Self::Share(y) => Some(Estimand::Share(y)),
            Self::Mean(y) => Some(Estimand::Mean(y)),
            Self::Total(y) => Some(Estimand::Total(y)),
            Self::Ratio(y, x) => Some(Estimand::Ratio { numerator: y, denominator: x }),
            Self::Quantile(..) | Self::CountedShare(..) => None,
        }
    }
}

fn of_groups(
    measure: &Measure,
    groups: &Groups,
    names: &[Vec<(String, String)>],
    design: &Design,
    options: &Options,
) -> Result<Vec<Row>> {
    let estimates = match (&measure.values, measure.values.estimand()) {
        (Values::Quantile(y, p), _) => {
            quantile_by(design, y, *p, QuantileRule::Math, QuantileInterval::Mean, groups, options)?
        }
        (_, Some(estimand)) => estimate_by(design, &estimand, groups, options)?,
        (_, None) => Vec::new(),
    };
    Ok(rows_of(measure, estimates, names, options))
}

fn rows_of(
    measure: &Measure,
    estimates: Vec<Estimate>,
    names: &[Vec<(String, String)>],
    options: &Options,
) -> Vec<Row> {
    let row = |(estimate, by): (Estimate, &Vec<(String, String)>)| Row {
        statistic: measure.values.statistic(),
        variable: measure.variable.clone(),
        codes: measure.codes.clone(),
        by: by.clone(),
        base: measure.base,
        method: Some(method(&measure.values, options)),
        level: options.level,
        flags: flags(&measure.values, &estimate, options),
        estimate,
        more: match &measure.values {
            Values::Quantile(_, p) => vec![("prob", More::Number(Ok(*p)))],
            _ => Vec::new(),
        },
    };
    estimates.into_iter().zip(names).map(row).collect()
}

fn method(values: &Values, options: &Options) -> &'static str {
    match values {
        Values::Share(_) | Values::CountedShare(..) => options.method.name(),
        Values::Quantile(..) => "woodruff",
        Values::Mean(_) | Values::Total(_) | Values::Ratio(..) => "wald",
    }
}

fn flags(values: &Values, e: &Estimate, options: &Options) -> Vec<Flag> {
    let mut out = Vec::new();
    if values.is_share() {
        out.push(if options.basis == IntervalBasis::Binomial { Flag::Binomial } else { Flag::Design });
        if let (Ok(p), Ok(se)) = (&e.value, &e.se)
            && let Ok(presentation) = nchs_presentation(*p, *se, e.n, e.df.domain)
        {
            match presentation {
                Presentation::Present => {}
                Presentation::Review => out.push(Flag::NchsReview),
                Presentation::Suppress => out.push(Flag::NchsSuppress),
            }
        }
    }
    if e.n < REFERENCE_LIMIT {
        out.push(Flag::Small);
    }
    out.sort_unstable();
    out
}

fn of_pair(
    measure: &Measure,
    pair: &PairOfDomains,
    design: &Design,
    options: &Options,
) -> Result<Option<Row>> {
    let Some(estimand) = measure.values.estimand() else { return Ok(None) };
    let found = difference(design, &estimand, Domain::Rows(&pair.a), Domain::Rows(&pair.b), options)?;
    let either: Vec<bool> = pair.a.iter().zip(&pair.b).map(|(a, b)| *a || *b).collect();
    let union = estimate_by(design, &estimand, &Groups::one(design.rows(), Domain::Rows(&either)), options)?;
    let n_yes = match &measure.values {
        Values::Share(y) => Some(y.iter().zip(&either).filter(|(y, e)| **y == YES && **e).count() as u64),
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
    let small = a.n < REFERENCE_LIMIT || b.n < REFERENCE_LIMIT;
    Ok(Some(Row {
        statistic: Statistic::Difference,
        variable: measure.variable.clone(),
        codes: measure.codes.clone(),
        by: Vec::new(),
        base: measure.base,
        estimate,
        method: Some("wald"),
        level: options.level,
        flags: if small { vec![Flag::Small] } else { Vec::new() },
        more: vec![
            ("of", More::Text(measure.values.statistic().name().to_owned())),
            ("a", More::Text(pair.a_name.clone())),
            ("b", More::Text(pair.b_name.clone())),
            ("estimate_a", More::Number(a.value)),
            ("estimate_b", More::Number(b.value)),
            ("n_a", More::Count(a.n)),
            ("n_b", More::Count(b.n)),
            ("t", More::Number(t)),
            ("p_value", More::Number(p_value)),
        ],
    }))
}

fn of_crossing(crossing: &Crossing, domain: &[bool], design: &Design, options: &Options) -> Result<Row> {
    let ((rows, r), (columns, c)) = (&crossing.rows, &crossing.columns);
    let found = independence(design, (rows, *r), (columns, *c), Domain::Rows(domain), IndependenceTest::F)?;
    let reason = found.statistic.clone().err().unwrap_or(NotEstimable::NotDefined);
    let df = |df: Option<f64>| More::Number(df.ok_or_else(|| reason.clone()));
    let more = vec![
        ("F", More::Number(found.statistic.clone())),
        ("ndf", df(found.df1)),
        ("ddf", df(found.df2)),
        ("p_value", More::Number(found.p_value.clone())),
    ];
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
    Ok(Row {
        statistic: Statistic::RaoScott,
        variable: crossing.name.clone(),
        codes: Vec::new(),
        by: Vec::new(),
        base: Base::Answered,
        estimate,
        method: None,
        level: options.level,
        flags: Vec::new(),
        more,
    })
}
