//! Shares, means, totals and ratios of a sample whose weights were fitted to margins, straight from totals:
//! as [`super::value_table`], without a pass over rows.
//!
//! Fitting changes all rows of a unit that lie in one joint cell of the margins by one factor, and takes out
//! of their influence values z what the joint cell says (Deville and Särndal 1992): u = v (z − f_c), with v
//! the fitted weights. So the sums of v and v² by unit × joint cell × cell × code, and those of all rows by
//! unit × joint cell, are all that the variance needs. Who is outside of the domain has z = 0 and is in the
//! variance none the less, by −v f_c.

use crate::design::{Design, FittedCells, PsuRoster, Scatters};
use crate::engine::{Cells, Cube, Measure, Ranks, Reduction, Totals};
use crate::estimate::estimand::Options;
use crate::estimate::sample::Shape;
use crate::estimate::single::Summary;
use crate::estimate::value::{DegreesOfFreedom, Estimate, NotEstimable};
use crate::stats::CompensatedSum;

/// Keys that tables by key, cell and code may have.
const MOST_KEYS: usize = 1 << 13;

/// Keys by which base weights are added up, those before the fit: a unit (stratum, or PSU) and a joint cell
/// each. What is added up of the base weights is times the cell's factor that of the fitted ones, whether
/// rows are held or not.
#[derive(Debug)]
pub(crate) struct FittedKeys<'a> {
    /// The key of each row; empty where none is held.
    pub(crate) of_row: Vec<u32>,
    /// Unit and joint cell of each key.
    pub(crate) pairs: Vec<(usize, usize)>,
    /// Of each key the sums of all rows.
    whole: Vec<Sums>,
    /// Whether all rows of a unit have one base weight.
    one_weight: bool,
    fit: FittedCells<'a>,
    roster: PsuRoster<'a>,
}

impl<'a> FittedKeys<'a> {
    /// Of a design of one stage whose weights are all above 0 and were fitted in one step; `None` for
    /// another, and where there are too many keys.
    pub(crate) fn of(design: &'a Design) -> Option<Self> {
        let (fit, roster) = (design.fitted_cells()?, design.roster().filter(|r| r.stage_count() == 1)?);
        if !design.weights().iter().all(|w| *w > 0.0) {
            return None;
        }
        let units = unit_count(roster);
        let unit =
            |row: usize| roster.psu_of_row().map_or_else(|| roster.stratum_of_row(row), |u| u[row] as usize);
        let cells = fit.count();
        let ranks = Ranks::of(design.rows(), units.checked_mul(cells)?, |row| {
            (unit(row) * cells + fit.of_row()[row] as usize) as u64
        });
        // In the order in which rows meet them, which does not depend on how strata and margins number their
        // categories: the same sample gives the same bytes however it was described.
        let mut met: Vec<u32> = Vec::new();
        let mut place = vec![u32::MAX; ranks.codes.len()];
        let mut key = |rank: &u32| {
            let place = &mut place[*rank as usize];
            if *place == u32::MAX {
                *place = met.len() as u32;
                met.push(*rank);
            }
            *place
        };
        let of_row: Vec<u32> = ranks.of_row.iter().map(&mut key).collect();
        let pair = |rank: &u32| {
            let code = ranks.codes[*rank as usize] as usize;
            (code / cells, code % cells)
        };
        let pairs: Vec<(usize, usize)> = met.iter().map(pair).collect();
        if pairs.len() > MOST_KEYS {
            return None;
        }
        let mut known: Vec<Option<f64>> = vec![None; units];
        let one_weight =
            fit.before().iter().enumerate().all(|(row, w)| *known[unit(row)].get_or_insert(*w) == *w);
        // All rows as one code, and not from some measure's sums by code: those round once a code.
        let rows = vec![0; design.rows()];
        let all = Reduction::new(
            design.rows(),
            Some((&of_row, pairs.len())),
            Cells::One,
            Some(fit.before()),
            vec![Measure { codes: &rows, code_count: 1 }],
        );
        let whole = whole(&Cube::of(&all.ok()?).totals());
        Some(Self { of_row, pairs, whole, one_weight, fit, roster })
    }

    /// Of a design that holds no rows: units and joint cells in the order in which rows first meet them, and
    /// the totals of all rows by these keys, as the one code of a measure in one cell. `None` as in
    /// [`FittedKeys::of`].
    pub(crate) fn of_totals(
        design: &'a Design,
        pairs: Vec<(usize, usize)>,
        totals: &Totals,
        one_weight: bool,
    ) -> Option<Self> {
        let (fit, roster) = (design.fitted_cells()?, design.roster().filter(|r| r.stage_count() == 1)?);
        let good = pairs.len() <= MOST_KEYS && fit.factors().iter().all(|factor| *factor > 0.0);
        let whole = whole(totals);
        good.then_some(Self { of_row: Vec::new(), pairs, whole, one_weight, fit, roster })
    }

    /// The base weights of the rows.
    pub(crate) fn base_weights(&self) -> &'a [f64] {
        self.fit.before()
    }

    /// Sums of base weights in a joint cell as those of the fitted ones.
    fn fitted(&self, cell: usize, (n, w, w2): Sums) -> Sums {
        let factor = self.fit.factors()[cell];
        (n, w * factor, w2 * (factor * factor))
    }

    fn stratum(&self, unit: usize) -> usize {
        if self.roster.is_element() { unit } else { self.roster.stratum_of_psu(unit) }
    }
}

fn unit_count(roster: PsuRoster<'_>) -> usize {
    if roster.is_element() { roster.stratum_count() } else { roster.psu_count() }
}

/// Of each key the sums of its one code in its one cell.
fn whole(totals: &Totals) -> Vec<Sums> {
    totals.by_key(0).map(|(n, w, w2)| (n[0], w[0], w2[0])).collect()
}

/// A measure in one cell: of each code y and x (1 but for a ratio), where it is in the base.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodedValues<'a> {
    pub(crate) measure: usize,
    pub(crate) values: &'a [Option<(f64, f64)>],
    pub(crate) cell: usize,
}

/// Rows, Σv and Σv².
type Sums = (u64, f64, f64);

/// Totals of a breakdown.
pub(crate) struct FittedTable<'a> {
    design: &'a Design,
    keys: &'a FittedKeys<'a>,
    totals: &'a Totals,
}

impl<'a> FittedTable<'a> {
    /// `totals` are those of base weights, by these keys.
    pub(crate) fn new(design: &'a Design, keys: &'a FittedKeys<'a>, totals: &'a Totals) -> Self {
        Self { design, keys, totals }
    }

    /// Of each key the sums by code.
    fn of_keys<'t>(
        &'t self,
        what: &'t CodedValues<'_>,
    ) -> impl Iterator<Item = (&'t (usize, usize), Sums, Vec<(usize, Sums)>)> {
        let codes = self.totals.code_count(what.measure);
        let begin = what.cell * codes;
        let of_key = move |cell: usize, (n, w, w2): (&'t [u64], &'t [f64], &'t [f64])| {
            let held = (0..codes).filter(|code| what.values.get(*code).is_some_and(Option::is_some));
            let sums = held.map(|code| (code, (n[begin + code], w[begin + code], w2[begin + code])));
            let sums = sums.filter(|(_, (n, ..))| *n > 0);
            sums.map(|(code, sums)| (code, self.keys.fitted(cell, sums))).collect()
        };
        let keys = self.keys.pairs.iter().zip(&self.keys.whole);
        keys.zip(self.totals.by_key(what.measure))
            .map(move |((pair, whole), sums)| (pair, self.keys.fitted(pair.1, *whole), of_key(pair.1, sums)))
    }

    /// A share (of codes whose y is 1), a mean, a total or a ratio.
    pub(crate) fn number(&self, shape: Shape, what: &CodedValues<'_>, options: &Options) -> Estimate {
        let value_of = |code: usize| what.values.get(code).copied().flatten().unwrap_or((0.0, 0.0));
        let mut by_code = vec![(0, CompensatedSum::default()); what.values.len()];
        let mut rows_of_unit = vec![0; unit_count(self.keys.roster)];
        for ((unit, _), _, sums) in self.of_keys(what) {
            for (code, (n, w, _)) in sums {
                by_code[code].0 += n;
                by_code[code].1.add(w);
                rows_of_unit[*unit] += n;
            }
        }
        let by_code: Vec<(u64, f64)> = by_code.iter().map(|(n, w)| (*n, w.value())).collect();
        let sum = |term: &dyn Fn((f64, f64)) -> f64| -> f64 {
            by_code.iter().enumerate().map(|(code, (_, w))| w * term(value_of(code))).sum()
        };
        let n: u64 = by_code.iter().map(|(n, _)| n).sum();
        let (weight, numerator) = (sum(&|_| 1.0), sum(&|(y, _)| y));
        let denominator = match shape {
            Shape::Total => 1.0,
            Shape::Share | Shape::Mean => weight,
            Shape::Ratio => sum(&|(_, x)| x),
        };
        let value = match (n, numerator / denominator) {
            (0, _) => Err(NotEstimable::EmptyBase),
            (_, theta) if denominator != 0.0 && theta.is_finite() => Ok(theta),
            _ => Err(NotEstimable::ZeroDenominator),
        };
        let variance = value.clone().and_then(|theta| {
            let influence = |(y, x): (f64, f64)| match shape {
                Shape::Total => y,
                Shape::Share | Shape::Mean | Shape::Ratio => (y - theta * x) / denominator,
            };
            let z: Vec<f64> = (0..what.values.len()).map(|code| influence(value_of(code))).collect();
            Ok(self.design.covariance_from_scatters(&self.scatters(what, &z))?.get(0, 0))
        });
        let (rows, mean) = (n as f64, numerator / weight);
        let unit_variance = match shape {
            Shape::Share => rows / (rows - 1.0) * mean * (1.0 - mean),
            _ => rows / (rows - 1.0) * sum(&|(y, _)| (y - mean) * (y - mean)) / weight,
        };
        let yes = by_code.iter().enumerate().filter(|(code, _)| value_of(*code).0 == 1.0);
        let summary = Summary {
            shape,
            n,
            n_yes: (shape == Shape::Share).then(|| yes.map(|(_, (n, _))| n).sum()),
            weight,
            value,
            unit_variance: (n > 1).then_some(unit_variance),
            df: self.degrees_of_freedom(&rows_of_unit),
            logit_variance: None,
            census: self.design.is_census(),
        };
        summary.report(variance, options)
    }

    fn degrees_of_freedom(&self, rows_of_unit: &[u64]) -> DegreesOfFreedom {
        let mut units = vec![0; self.keys.roster.stratum_count()];
        for (unit, rows) in rows_of_unit.iter().enumerate() {
            let own = if self.keys.roster.is_element() { *rows } else { u64::from(*rows > 0) };
            units[self.keys.stratum(unit)] += own;
        }
        let strata = units.iter().filter(|n| **n > 0).count() as f64;
        DegreesOfFreedom { domain: units.iter().sum::<u64>() as f64 - strata, design: self.design.df() }
    }

    /// Sums and centred squares of all units by stratum, for the influence z of each code.
    fn scatters(&self, what: &CodedValues<'_>, z: &[f64]) -> Scatters {
        let mut of_cell = vec![0.0; self.keys.fit.count()];
        for ((_, cell), _, sums) in self.of_keys(what) {
            of_cell[*cell] += sums.iter().map(|(code, (_, w, _))| w * z[*code]).sum::<f64>();
        }
        let mut weights = vec![0.0; self.keys.fit.count()];
        for ((_, cell), whole) in self.keys.pairs.iter().zip(&self.keys.whole) {
            weights[*cell] += self.keys.fitted(*cell, *whole).1;
        }
        let fitted = self.keys.fit.fitted(&of_cell, &weights);
        // Rows, Σv, Σv² of each value of z − f in a key: those of the domain, and the others.
        let parts = |cell: usize, whole: Sums, sums: &[(usize, Sums)]| -> Vec<(f64, Sums)> {
            let rest = sums.iter().fold(whole, |rest, (_, (n, w, w2))| (rest.0 - n, rest.1 - w, rest.2 - w2));
            let inside = sums.iter().map(|(code, sums)| (z[*code] - fitted[cell], *sums));
            inside.chain((rest.0 > 0).then_some((-fitted[cell], rest))).collect()
        };
        let strata = self.keys.roster.stratum_count();
        let mut scatters = Scatters::new(1, strata);
        let mut of_unit = vec![0.0; unit_count(self.keys.roster)];
        let mut rows_of_unit = vec![0; unit_count(self.keys.roster)];
        for ((unit, cell), whole, sums) in self.of_keys(what) {
            of_unit[*unit] += parts(*cell, whole, &sums).iter().map(|(u, (_, w, _))| w * u).sum::<f64>();
            rows_of_unit[*unit] += whole.0;
        }
        let (mut present, mut total, mut centred) = (vec![0; strata], vec![0.0; strata], vec![0.0; strata]);
        for (unit, rows) in rows_of_unit.iter().enumerate() {
            let h = self.keys.stratum(unit);
            present[h] += if self.keys.roster.is_element() { *rows } else { u64::from(*rows > 0) };
            total[h] += of_unit[unit];
        }
        let mean = |h: usize| total[h] / self.keys.roster.sampled(h) as f64;
        if self.keys.roster.is_element() {
            for ((h, cell), whole, sums) in self.of_keys(what) {
                for (u, (n, w, w2)) in parts(*cell, whole, &sums) {
                    let (n, spread) =
                        (n as f64, if self.keys.one_weight { 0.0 } else { w2 - w * w / n as f64 });
                    let off = w / n * u - mean(*h);
                    centred[*h] += n * off * off + spread.max(0.0) * u * u;
                }
            }
        } else {
            for (unit, _) in rows_of_unit.iter().enumerate().filter(|(_, rows)| **rows > 0) {
                let h = self.keys.stratum(unit);
                centred[h] += (of_unit[unit] - mean(h)) * (of_unit[unit] - mean(h));
            }
        }
        for h in 0..strata {
            let absent = (self.keys.roster.sampled(h) - present[h]) as f64 * mean(h) * mean(h);
            scatters.set_centred(h, present[h], total[h], centred[h] + absent);
        }
        scatters
    }
}

#[cfg(test)]
mod tests {
    use super::{CodedValues, FittedKeys, FittedTable, Shape};
    use crate::design::{Declaration, Design, LonelyPsu, Margin, Rake, Trim, TrimRule, declare};
    use crate::engine::{Cells, Cube, Measure, Reduction};
    use crate::estimate::Outcome::{No, Outside, Yes};
    use crate::estimate::alike::assert_alike;
    use crate::estimate::{Estimand, Estimate, Groups, NO_GROUP, Options, Outcomes, estimate_by};

    const ROWS: usize = 900;

    fn mixed(row: usize, n: usize) -> usize {
        (row as u32 ^ 0x5bd1).wrapping_mul(2_654_435_761).rotate_left(9) as usize % n
    }

    /// Strata, one of them with a single unit, clusters and weights as asked for.
    fn design(clustered: bool, varying: bool) -> Design {
        let strata: Vec<u32> = (0..ROWS).map(|row| if row == 7 { 9 } else { mixed(row, 4) as u32 }).collect();
        let psus = (0..ROWS).map(|row| 10 * strata[row] + mixed(row + 5, 6) as u32).collect();
        let own = |row: usize| if varying { mixed(row + 1, 100) as f64 / 40.0 } else { 0.0 };
        let weights = (0..ROWS).map(|row| 1.5 + f64::from(strata[row]) / 3.0 + own(row)).collect();
        let declaration =
            Declaration::new(ROWS).strata(vec![strata]).weights(weights).lonely(LonelyPsu::Adjust);
        declare(if clustered { declaration.clusters(vec![psus]) } else { declaration }).unwrap()
    }

    fn margin(name: &str, from: usize, totals: &[f64]) -> Margin {
        let cells = (0..ROWS).map(|row| mixed(row + from, totals.len()) as u32).collect();
        let names = (0..totals.len()).map(|at| at.to_string()).collect();
        Margin::new(name, names, cells, totals.to_vec()).unwrap()
    }

    #[track_caller]
    fn same(what: &str, table: &Estimate, rows: &Estimate) {
        assert_alike(what, table, rows, 1e-10);
    }

    #[test]
    fn sums_by_joint_cell_give_what_the_rows_give() {
        let codes: Vec<u8> = (0..ROWS).map(|row| mixed(row + 3, 4) as u8).collect();
        let values: Vec<Option<(f64, f64)>> =
            vec![Some((0.0, 2.0)), Some((1.0, 3.0)), Some((4.0, 2.5)), None];
        let of = |pick: fn(&(f64, f64)) -> f64| -> Vec<f64> {
            codes.iter().map(|code| values[usize::from(*code)].as_ref().map_or(f64::NAN, pick)).collect()
        };
        let (y, x) = (of(|v| v.0), of(|v| v.1));
        let outcomes: Outcomes =
            codes.iter().map(|code| [No, Yes, No, Outside][usize::from(*code)]).collect();
        let shares = vec![Some((0.0, 1.0)), Some((1.0, 1.0)), Some((0.0, 1.0)), None];
        let ones: Vec<Option<(f64, f64)>> = values.iter().map(|v| v.map(|(y, _)| (y, 1.0))).collect();
        // The last group has one respondent, and one is of none.
        let groups: Vec<u32> =
            (0..ROWS).map(|row| if row == 11 { 2 } else { [0, 1, NO_GROUP][mixed(row + 9, 3)] }).collect();
        let cells: Vec<u16> = groups.iter().map(|g| (*g).min(3) as u16).collect();
        let (sex, age) = (margin("sex", 21, &[900.0, 1100.0]), margin("age", 33, &[500.0, 700.0, 800.0]));
        for (clustered, varying, fit) in
            [(false, false, 2), (false, true, 2), (true, false, 2), (true, true, 2), (false, true, 1)]
        {
            let base = design(clustered, varying);
            let design = match fit {
                1 => base.post_stratify(&age).unwrap(),
                _ => base.rake(&[sex.clone(), age.clone()], &Rake::default()).unwrap(),
            };
            let keys = FittedKeys::of(&design).unwrap();
            let reduction = Reduction::new(
                ROWS,
                Some((&keys.of_row, keys.pairs.len())),
                Cells::Small { of_row: &cells, count: 4 },
                Some(keys.base_weights()),
                vec![Measure { codes: &codes, code_count: 4 }],
            );
            let cube = Cube::of(&reduction.unwrap());
            let totals = cube.totals();
            let table = FittedTable::new(&design, &keys, &totals);
            let options = Options::default();
            for (shape, values, estimand) in [
                (Shape::Share, &shares, Estimand::Share(&outcomes)),
                (Shape::Mean, &ones, Estimand::Mean(&y)),
                (Shape::Total, &ones, Estimand::Total(&y)),
                (Shape::Ratio, &values, Estimand::Ratio { numerator: &y, denominator: &x }),
            ] {
                let rows = estimate_by(&design, &estimand, &Groups::new(&groups, 3), &options).unwrap();
                for (cell, rows) in rows.iter().enumerate() {
                    let found = table.number(shape, &CodedValues { measure: 0, values, cell }, &options);
                    same(&format!("{shape:?} {cell} {clustered} {varying} {fit}"), &found, rows);
                }
            }
        }
    }

    /// The same margin with its categories in the opposite order.
    fn turned(margin: &Margin, from: usize, totals: &[f64]) -> Margin {
        let last = totals.len() as u32 - 1;
        let cells = (0..ROWS).map(|row| last - mixed(row + from, totals.len()) as u32).collect();
        let names = margin.categories().iter().rev().cloned().collect();
        Margin::new(margin.name(), names, cells, totals.iter().rev().copied().collect()).unwrap()
    }

    /// Bits of the fitted weights, and of shares and their SEs by table and by rows: of ten answers, in this
    /// order, in one cube.
    fn bits(base: &Design, margins: &[Margin], order: &[usize]) -> Vec<u64> {
        let design = base.rake(margins, &Rake::default()).unwrap();
        let keys = FittedKeys::of(&design).unwrap();
        let codes: Vec<Vec<u8>> =
            (0..10).map(|k| (0..ROWS).map(|row| mixed(row + 3 * k, 3) as u8).collect()).collect();
        let reduction = Reduction::new(
            ROWS,
            Some((&keys.of_row, keys.pairs.len())),
            Cells::Small { of_row: &[0_u16; ROWS], count: 1 },
            Some(keys.base_weights()),
            order.iter().map(|k| Measure { codes: &codes[*k], code_count: 3 }).collect(),
        );
        let totals = Cube::of(&reduction.unwrap()).totals();
        let table = FittedTable::new(&design, &keys, &totals);
        let values = [Some((0.0, 1.0)), Some((1.0, 1.0)), None];
        let mut bits: Vec<u64> = design.weights().iter().map(|w| w.to_bits()).collect();
        for (k, codes) in codes.iter().enumerate() {
            let measure = order.iter().position(|at| *at == k).unwrap();
            let what = CodedValues { measure, values: &values, cell: 0 };
            let outcomes: Outcomes =
                codes.iter().map(|code| [No, Yes, Outside][usize::from(*code)]).collect();
            let groups = Groups::new(&[0; ROWS], 1);
            let by_rows =
                estimate_by(&design, &Estimand::Share(&outcomes), &groups, &Options::default()).unwrap();
            for found in [&table.number(Shape::Share, &what, &Options::default()), &by_rows[0]] {
                bits.extend([&found.value, &found.se].map(|number| number.clone().unwrap().to_bits()));
            }
        }
        bits
    }

    #[test]
    fn neither_the_numbers_of_categories_nor_what_else_is_asked_change_a_bit() {
        let (sexes, ages) = ([900.0, 1100.0], [500.0, 300.0, 650.0, 60.0, 400.0, 90.0]);
        let margins = [margin("sex", 21, &sexes), margin("age", 33, &ages)];
        let turned = [turned(&margins[0], 21, &sexes), turned(&margins[1], 33, &ages)];
        let forward: Vec<usize> = (0..10).collect();
        let backward: Vec<usize> = (0..10).rev().collect();
        for (clustered, varying) in [(false, false), (false, true), (true, true)] {
            let base = design(clustered, varying);
            let expected = bits(&base, &margins, &forward);
            assert!(bits(&base, &turned, &forward) == expected, "categories {clustered} {varying}");
            assert!(bits(&base, &margins, &backward) == expected, "measures {clustered} {varying}");
        }
    }

    #[test]
    fn other_designs_are_left_to_the_rows() {
        let base = design(false, true);
        assert!(FittedKeys::of(&base).is_none(), "no margins");
        let once = base.post_stratify(&margin("sex", 21, &[900.0, 1100.0])).unwrap();
        assert!(FittedKeys::of(&once).is_some());
        let twice = once.post_stratify(&margin("age", 33, &[500.0, 700.0, 800.0])).unwrap();
        assert!(FittedKeys::of(&twice).is_none(), "two steps");
        let trimmed = once.trim(&Trim { lower: 1.0, upper: 2.4, rule: TrimRule::Strict }).unwrap();
        assert!(FittedKeys::of(&trimmed).is_none(), "weights that were changed afterwards");
    }
}
