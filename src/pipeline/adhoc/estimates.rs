//! The rows, and what is said below them.

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::design::Made;
use super::measures::{Crossing, Measure, PairOfDomains, Values, Wanted};
use super::shares;
use crate::design::Design;
use crate::error::Result;
use crate::estimate::reliability::{Presentation, REFERENCE_LIMIT, nchs_presentation};
use crate::estimate::{
    Comparison, DeffReference, DegreesOfFreedom, Difference, Domain, Estimand, Estimate, Groups,
    IndependenceTest, IntervalBasis, NotEstimable, Options, QuantileInterval, QuantileRule, YES, difference,
    estimate_by, independence, quantile_by,
};
use crate::report::adhoc::{Base, Flag, More, Row, Statistic};
use crate::text::Text;

/// Every row, in the order asked for: each measure for everyone, then by each breakdown; then differences;
/// then tests.
///
/// # Errors
/// Replicates of too many rows.
pub(super) fn rows(wanted: &Wanted, made: &Made, options: &Options, base: Base) -> Result<Vec<Row>> {
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
            out.extend(of_table(measure, estimates, wanted, options, base));
            continue;
        }
        out.extend(of_groups(measure, &whole, &[Vec::new()], design, options, base)?);
        for by in &wanted.by {
            out.extend(of_groups(measure, &by.groups, &by.names, design, options, base)?);
        }
    }
    for pair in &wanted.pairs {
        for measure in &wanted.measures {
            out.extend(of_pair(measure, pair, design, options, base)?);
        }
    }
    for crossing in &wanted.crossings {
        out.push(of_crossing(crossing, &wanted.domain, design, options)?);
    }
    Ok(out)
}

/// The rows of measures whose estimates are known: `[measure][banner][group]`.
pub(super) fn rows_of_estimates(
    wanted: &Wanted,
    estimates: &shares::Estimates,
    options: &Options,
    base: Base,
) -> Vec<Row> {
    wanted
        .measures
        .par_iter()
        .zip(estimates)
        .flat_map_iter(|(measure, e)| of_table(measure, e.clone(), wanted, options, base))
        .collect()
}

fn of_table(
    measure: &Measure,
    estimates: Vec<Vec<Estimate>>,
    wanted: &Wanted,
    options: &Options,
    base: Base,
) -> Vec<Row> {
    let whole = vec![Vec::new()];
    let names = std::iter::once(&whole).chain(wanted.by.iter().map(|by| &by.names));
    estimates
        .into_iter()
        .zip(names)
        .flat_map(|(estimates, names)| rows_of(measure, estimates, names, options, base))
        .collect()
}

impl Values {
    pub(super) fn is_share(&self) -> bool {
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
            Self::Mean(y) => Some(Estimand::Mean(&y.of_row)),
            Self::Total(y) => Some(Estimand::Total(&y.of_row)),
            Self::Ratio(y, x, _) => Some(Estimand::Ratio { numerator: &y.of_row, denominator: &x.of_row }),
            Self::Quantile(..) | Self::CountedShare(..) => None,
        }
    }
}

impl Measure {
    /// Numbers have no base but those who gave one.
    fn base(&self, base: Base) -> Base {
        if self.values.is_share() { base } else { Base::Answered }
    }
}

fn of_groups(
    measure: &Measure,
    groups: &Groups,
    names: &[Vec<(String, String)>],
    design: &Design,
    options: &Options,
    base: Base,
) -> Result<Vec<Row>> {
    let estimates = match (&measure.values, measure.values.estimand()) {
        (Values::Quantile(y, p), _) => {
            quantile_by(design, &y.of_row, *p, QuantileRule::Math, QuantileInterval::Mean, groups, options)?
        }
        (_, Some(estimand)) => estimate_by(design, &estimand, groups, options)?,
        (_, None) => Vec::new(),
    };
    Ok(rows_of(measure, estimates, names, options, base))
}

fn rows_of(
    measure: &Measure,
    estimates: Vec<Estimate>,
    names: &[Vec<(String, String)>],
    options: &Options,
    base: Base,
) -> Vec<Row> {
    let row = |(estimate, by): (Estimate, &Vec<(String, String)>)| Row {
        statistic: measure.values.statistic(),
        variable: measure.variable.clone(),
        codes: measure.codes.clone(),
        by: by.clone(),
        base: measure.base(base),
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
    base: Base,
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
        base: measure.base(base),
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

/// Base, domain, design and methods, in words.
pub(super) fn notes(wanted: &Wanted, made: &Made, options: &Options, base: Base, rows: &[Row]) -> Vec<Text> {
    let has = |test: &dyn Fn(&Row) -> bool| rows.iter().any(test);
    let mut out = vec![match base {
        Base::Answered => Text::new(
            "母数: 回答した人（空欄と、無回答と指定した値を除く）",
            "base: those who answered (blank and declared-missing answers left out)",
        ),
        Base::All => Text::new(
            "母数: 全員（空欄と、無回答と指定した値を含む。平均などは数を答えた人）",
            "base: everyone (blank and declared-missing answers included; means and the like: those who \
             gave a number)",
        ),
    }];
    if !wanted.conditions.is_empty() {
        let all = wanted.conditions.join(" & ");
        let n = wanted.domain_rows;
        out.push(Text::new(
            format!("対象: {all}（{n}人。標本設計は全員のまま）"),
            format!("domain: {all} ({n} respondents; the design keeps everyone)"),
        ));
    }
    let join = |lang: fn(&Text) -> &str| made.how.iter().map(lang).collect::<Vec<_>>();
    out.push(Text::new(
        format!("標本設計: {}", join(|t| &t.ja).join("、")),
        format!("design: {}", join(|t| &t.en).join(", ")),
    ));
    if has(&|row| row.statistic == Statistic::Share) {
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
    if has(&|row| {
        matches!(row.statistic, Statistic::Mean | Statistic::Total | Statistic::Ratio | Statistic::Difference)
    }) {
        out.push(Text::new(
            "平均・総計・比・差の信頼区間: 推定値 ± t × 標準誤差",
            "interval of means, totals, ratios, differences: estimate ± t × SE",
        ));
    }
    if has(&|row| row.statistic == Statistic::Quantile) {
        out.push(Text::new("分位点の信頼区間: Woodruff法", "interval of quantiles: Woodruff's"));
    }
    if has(&|row| row.statistic == Statistic::Difference) {
        out.push(Text::new(
            "差は A − B（割合の差はポイント）。共分散を考慮した t 検定",
            "differences are A − B (of shares: in points); t test with their covariance",
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
    if has(&|row| row.flags.contains(&Flag::Small) && row.statistic != Statistic::Difference) {
        out.push(Text::new("* n<30 の参考値", "* n < 30: for reference only"));
    }
    out
}
