//! Means, totals, ratios and quantiles straight from totals by value: as shares, without a pass over rows.
//!
//! A code stands for a number (for a ratio, for two), and what lies behind the last of them is outside. The
//! weighted influence is the same for all rows of a code but for their weights, so that sums by code are all
//! that the variance needs; deviations are taken value by value, before anything is squared.

use crate::design::Scatters;
use crate::error::Result;
use crate::estimate::estimand::Options;
use crate::estimate::quantile::{Ordered, QuantileInterval, QuantileRule, is_extreme, limits_of, of_limits};
use crate::estimate::sample::Shape;
use crate::estimate::share_table::{ShareOf, ShareTable};
use crate::estimate::single::Summary;
use crate::estimate::value::{DegreesOfFreedom, Estimate, NotEstimable};

/// A measure whose codes are numbers, in one cell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValuesOf<'a> {
    /// Index of the measure.
    pub(crate) measure: usize,
    /// y and x of each code, y in ascending order; x is 1 but for a ratio. Codes beyond are outside.
    pub(crate) values: &'a [(f64, f64)],
    /// The cell.
    pub(crate) cell: usize,
}

/// n, Σw and Σw² of each code in a key.
type OfKey<'a> = (&'a [u64], &'a [f64], &'a [f64]);

/// Σw of the base by code, and rows, over all keys.
struct Base {
    n: u64,
    weights: Vec<f64>,
    keys_present: Vec<u64>,
}

impl Base {
    fn sum(&self, term: impl Fn(usize) -> f64) -> f64 {
        self.weights.iter().enumerate().map(|(code, w)| w * term(code)).sum()
    }
}

impl ShareTable<'_> {
    /// The sums of each key.
    fn of_keys<'t>(&'t self, what: &'t ValuesOf<'_>) -> impl Iterator<Item = OfKey<'t>> {
        let begin = what.cell * self.totals.code_count(what.measure);
        let range = begin..begin + what.values.len();
        self.totals
            .by_key(what.measure)
            .map(move |(n, w, w2)| (&n[range.clone()], &w[range.clone()], &w2[range.clone()]))
    }

    fn base(&self, what: &ValuesOf<'_>) -> Base {
        let mut base = Base { n: 0, weights: vec![0.0; what.values.len()], keys_present: Vec::new() };
        for (n, w, _) in self.of_keys(what) {
            let present = n.iter().sum();
            base.n += present;
            base.keys_present.push(present);
            base.weights.iter_mut().zip(w).for_each(|(sum, w)| *sum += w);
        }
        base
    }

    fn degrees_of_freedom(&self, base: &Base) -> DegreesOfFreedom {
        let present = self.units_present(&base.keys_present);
        let strata = present.iter().filter(|n| **n > 0).count() as f64;
        DegreesOfFreedom { domain: present.iter().sum::<u64>() as f64 - strata, design: self.design.df() }
    }

    /// A mean, a total or a ratio.
    pub(crate) fn number(&self, shape: Shape, what: &ValuesOf<'_>, options: &Options) -> Estimate {
        let base = self.base(what);
        let (y, x) = (|code: usize| what.values[code].0, |code: usize| what.values[code].1);
        let (weight, numerator) = (base.sum(|_| 1.0), base.sum(y));
        let denominator = match shape {
            Shape::Total => 1.0,
            Shape::Share | Shape::Mean => weight,
            Shape::Ratio => base.sum(x),
        };
        let value = match (base.n, numerator / denominator) {
            (0, _) => Err(NotEstimable::EmptyBase),
            (_, theta) if denominator != 0.0 && theta.is_finite() => Ok(theta),
            _ => Err(NotEstimable::ZeroDenominator),
        };
        let variance = value.clone().and_then(|theta| {
            let influence = |(y, x): &(f64, f64)| match shape {
                Shape::Total => *y,
                Shape::Share | Shape::Mean | Shape::Ratio => (y - theta * x) / denominator,
            };
            let z: Vec<f64> = what.values.iter().map(influence).collect();
            let scatters = self.scatters_of_values(what, &z, &base);
            Ok(self.design.covariance_from_scatters(&scatters)?.get(0, 0))
        });
        let mean = numerator / weight;
        let n = base.n as f64;
        let summary = Summary {
            shape,
            n: base.n,
            n_yes: None,
            weight,
            value,
            unit_variance: (base.n > 1)
                .then(|| n / (n - 1.0) * base.sum(|code| (y(code) - mean) * (y(code) - mean)) / weight),
            df: self.degrees_of_freedom(&base),
            logit_variance: None,
            census: self.design.is_census(),
        };
        summary.report(variance, options)
    }

    /// Sums and centred squares of units, by stratum: Σ (u − ū)², absent units being 0.
    fn scatters_of_values(&self, what: &ValuesOf<'_>, z: &[f64], base: &Base) -> Scatters {
        let strata = self.roster.stratum_count();
        let present = self.units_present(&base.keys_present);
        let mut scatters = Scatters::new(1, strata);
        let unit = |w: &[f64]| w.iter().zip(z).map(|(w, z)| w * z).sum::<f64>();
        let mut put = |h: usize, sum: f64, deviations: &dyn Fn(f64) -> f64| {
            let sampled = self.roster.sampled(h) as f64;
            let mean = sum / sampled;
            let absent = (sampled - present[h] as f64) * mean * mean;
            scatters.set_centred(h, present[h], sum, deviations(mean) + absent);
        };
        if self.roster.is_element() {
            for (h, (n, w, w2)) in self.of_keys(what).enumerate() {
                put(h, unit(w), &|mean| {
                    let codes = n.iter().zip(w.iter().zip(w2)).zip(z).filter(|((n, _), _)| **n > 0);
                    codes.map(|((n, (w, w2)), z)| self.deviations(*n as f64, *w, *w2, *z, mean)).sum()
                });
            }
            return scatters;
        }
        let mut units: Vec<Vec<f64>> = vec![Vec::new(); strata];
        for (psu, (_, w, _)) in self.of_keys(what).enumerate().filter(|(psu, _)| base.keys_present[*psu] > 0)
        {
            units[self.roster.stratum_of_psu(psu)].push(unit(w));
        }
        for (h, units) in units.into_iter().enumerate() {
            let squares = |mean: f64| units.iter().map(|u| (u - mean) * (u - mean)).sum();
            put(h, units.iter().sum(), &squares);
        }
        scatters
    }

    /// Σ (w z − ū)² over n rows of one value, whose weights sum to w and their squares to w2: by the mean of
    /// the weights, and what they vary around it.
    fn deviations(&self, n: f64, w: f64, w2: f64, z: f64, mean: f64) -> f64 {
        let off = w / n * z - mean;
        let spread = if self.totals.one_weight() { 0.0 } else { (w2 - w * w / n).max(0.0) };
        n * off * off + spread * z * z
    }

    /// The quantile of probability `p`, from 0 to 1, with Woodruff's interval.
    pub(crate) fn quantile(&self, p: f64, what: &ValuesOf<'_>, options: &Options) -> Result<Estimate> {
        let base = self.base(what);
        let pairs = what.values.iter().map(|(y, _)| *y).zip(base.weights.iter().copied());
        let ordered = Ordered::of(pairs.filter(|(_, w)| *w != 0.0).collect());
        let value = ordered.value(base.n == 0, p, QuantileRule::Math);
        let codes = self.totals.code_count(what.measure);
        let inside: Vec<bool> = (0..self.totals.cell_count()).map(|cell| cell == what.cell).collect();
        let limits = value.clone().and_then(|q| {
            if is_extreme(p) {
                return Err(NotEstimable::Extreme);
            }
            let yes: Vec<bool> =
                (0..codes).map(|c| what.values.get(c).is_some_and(|(y, _)| *y <= q)).collect();
            let of_base: Vec<bool> = (0..codes).map(|code| code < what.values.len()).collect();
            let below = ShareOf { measure: what.measure, yes: &yes, base: &of_base, cells: Some(&inside) };
            limits_of(self.share(&below, options), QuantileInterval::Mean, options)
        });
        let df = self.degrees_of_freedom(&base);
        let interval = limits.and_then(|limits| ordered.interval(limits, QuantileRule::Math, options));
        Ok(of_limits((base.n, base.sum(|_| 1.0)), value, interval, df, options))
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, ShareTable, ValuesOf};
    use crate::design::{Declaration, Design, LonelyPsu, declare};
    use crate::engine::{Cells, Measure, Reduction, Totals, reduce};
    use crate::estimate::alike::assert_alike;
    use crate::estimate::{
        Estimand, Estimate, Groups, NO_GROUP, Options, QuantileInterval, QuantileRule, estimate_by,
        quantile_by,
    };

    const ROWS: usize = 900;

    fn mixed(row: usize, n: usize) -> usize {
        (row as u32 ^ 0x5bd1).wrapping_mul(2_654_435_761).rotate_left(9) as usize % n
    }

    /// Strata, clusters and weights as asked for; and a lonely stratum.
    fn design(clustered: bool, varying: bool) -> Design {
        let strata: Vec<u32> = (0..ROWS).map(|row| if row == 7 { 9 } else { mixed(row, 4) as u32 }).collect();
        let psus = (0..ROWS).map(|row| 10 * strata[row] + mixed(row + 5, 6) as u32).collect();
        let weights = (0..ROWS)
            .map(|row| {
                let own = if varying { mixed(row + 1, 100) as f64 / 40.0 } else { 0.0 };
                1.5 + f64::from(strata[row]) / 3.0 + own
            })
            .collect();
        let declaration =
            Declaration::new(ROWS).strata(vec![strata]).weights(weights).lonely(LonelyPsu::Adjust);
        declare(if clustered { declaration.clusters(vec![psus]) } else { declaration }).unwrap()
    }

    fn totals(design: &Design, codes: &[u8], code_count: usize, groups: &[u32]) -> Totals {
        let (keys, key_count) = ShareTable::keys(design).unwrap();
        let cells: Vec<u16> = groups.iter().map(|g| (*g).min(3) as u16).collect();
        let reduction = Reduction::new(
            ROWS,
            Some((&keys, key_count)),
            Cells::Small { of_row: &cells, count: 4 },
            Some(design.weights()),
            vec![Measure { codes, code_count }],
        );
        reduce(&reduction.unwrap())
    }

    #[track_caller]
    fn same(what: &str, table: &Estimate, rows: &Estimate) {
        assert_alike(what, table, rows, 1e-12);
    }

    #[test]
    fn sums_by_value_give_what_the_rows_give() {
        // Far from 0 beside their spread, as years are; and below what stands above.
        let values: Vec<(f64, f64)> =
            (0..12).map(|k| (1_950.5 + f64::from(k), f64::from(k % 5) - 1.0)).collect();
        let codes: Vec<u8> = (0..ROWS).map(|row| mixed(row + 3, 13) as u8).collect();
        let of = |pick: fn(&(f64, f64)) -> f64| -> Vec<f64> {
            codes.iter().map(|code| values.get(usize::from(*code)).map_or(f64::NAN, pick)).collect()
        };
        let (y, x) = (of(|v| v.0), of(|v| v.1));
        // The last group has one respondent, and one is of none.
        let groups: Vec<u32> =
            (0..ROWS).map(|row| if row == 11 { 2 } else { [0, 1, NO_GROUP][mixed(row + 9, 3)] }).collect();
        let by = Groups::new(&groups, 3);
        let options = Options::default();
        for (clustered, varying) in [(false, false), (false, true), (true, false), (true, true)] {
            let design = design(clustered, varying);
            let totals = totals(&design, &codes, values.len() + 1, &groups);
            let table = ShareTable::new(&design, &totals).unwrap();
            let ones: Vec<(f64, f64)> = values.iter().map(|v| (v.0, 1.0)).collect();
            for (shape, values, estimand) in [
                (Shape::Mean, &ones, Estimand::Mean(&y)),
                (Shape::Total, &ones, Estimand::Total(&y)),
                (Shape::Ratio, &values, Estimand::Ratio { numerator: &y, denominator: &x }),
            ] {
                let rows = estimate_by(&design, &estimand, &by, &options).unwrap();
                for (cell, rows) in rows.iter().enumerate() {
                    let found = table.number(shape, &ValuesOf { measure: 0, values, cell }, &options);
                    same(&format!("{shape:?} {cell} {clustered} {varying}"), &found, rows);
                }
            }
            for p in [0.0, 0.1, 0.5, 0.75, 1.0] {
                let (rule, interval) = (QuantileRule::Math, QuantileInterval::Mean);
                let rows = quantile_by(&design, &y, p, rule, interval, &by, &options).unwrap();
                for (cell, rows) in rows.iter().enumerate() {
                    let what = ValuesOf { measure: 0, values: &ones, cell };
                    same(&format!("{p} {cell}"), &table.quantile(p, &what, &options).unwrap(), rows);
                }
            }
        }
    }
}
