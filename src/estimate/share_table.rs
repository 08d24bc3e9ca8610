//! Shares straight from totals: no pass over rows for a NET, a base, a breakdown or their variances.
//!
//! Within a stratum (element design) or PSU (cluster design) the weighted influence of a share is the same
//! for every row of a cell × code: w (y − p)/N. So Σ u = Σ W c and, for element designs, Σ u u' = Σ W₂ c c',
//! with c the table of (y − p)/N over cells × codes, W = Σ w and W₂ = Σ w². The scatters then go the one way
//! of all variances.

use std::collections::HashMap;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::code::Code;
use crate::design::{Covariance, Design, PsuRoster, ReplicateFactors, Scatters};
use crate::engine::Totals;
use crate::error::{Error, Result};
use crate::estimate::estimand::Options;
use crate::estimate::sample::Shape;
use crate::estimate::single::Summary;
use crate::estimate::value::{DegreesOfFreedom, Estimate, IntervalMethod, NotEstimable};
use crate::stats::product::weighted_rows;

/// A share of a measure: which codes count, which are the base, which cells are the domain.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareOf<'a> {
    /// Index of the measure.
    pub measure: usize,
    /// Codes that count, one flag a code (a NET is several).
    pub yes: &'a [bool],
    /// Codes of the base, one flag a code; codes that count outside the base do not count.
    pub base: &'a [bool],
    /// Cells of the domain, one flag a cell; none: all.
    pub cells: Option<&'a [bool]>,
}

impl ShareOf<'_> {
    fn holds(&self, cell: usize) -> bool {
        self.cells.is_none_or(|c| c.get(cell).copied().unwrap_or(false))
    }

    /// Whether a cell and code is in the base, and whether it counts.
    pub(super) fn at(&self, cell: usize, code: usize) -> Option<f64> {
        let inside = self.holds(cell);
        let based = self.base.get(code).copied().unwrap_or(false);
        (inside && based).then(|| f64::from(u8::from(self.yes.get(code).copied().unwrap_or(false))))
    }
}

/// Totals of a design that has no calibration and one stage.
///
/// ```
/// use shihyo::design::{Declaration, declare};
/// use shihyo::engine::{Cells, Measure, Reduction, reduce};
/// use shihyo::estimate::{Options, ShareOf, ShareTable};
///
/// let design = declare(Declaration::new(6).strata(vec![vec![0, 0, 0, 1, 1, 1]]))?;
/// let (keys, count) = ShareTable::keys(&design)?;
/// // Codes 0 参加したい, 1 できれば, 2 したくない, 3 無回答.
/// let measure = Measure { codes: &[0, 2, 1, 3, 2, 0], code_count: 4 };
/// let totals = reduce(&Reduction::new(
///     6,
///     Some((&keys, count)),
///     Cells::One,
///     Some(design.weights()),
///     vec![measure],
/// )?);
/// let table = ShareTable::new(&design, &totals)?;
/// let net = ShareOf {
///     measure: 0,
///     yes: &[true, true, false, false],
///     base: &[true, true, true, false],
///     cells: None,
/// };
/// let share = table.share(&net, &Options::default());
/// assert_eq!((share.n, share.n_yes, share.value), (5, Some(3), Ok(0.6)));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ShareTable<'a> {
    pub(super) design: &'a Design,
    pub(super) roster: PsuRoster<'a>,
    pub(super) totals: &'a Totals,
}

/// Sums of one share by key.
struct Sums {
    n: u64,
    n_yes: u64,
    weight: f64,
    weight_yes: f64,
    keys_present: Vec<u64>,
    of_key: Vec<OfKey>,
}

/// Sums of one share in a key.
#[derive(Clone, Copy, Default)]
struct OfKey {
    /// Σw of the base.
    base: f64,
    /// Σw and Σw² of what counts, and of the rest of the base.
    yes: [f64; 2],
    no: [f64; 2],
}

impl Sums {
    /// The share, without what the design says of it.
    fn summary(&self) -> Summary {
        let value =
            if self.n == 0 { Err(NotEstimable::EmptyBase) } else { Ok(self.weight_yes / self.weight) };
        let n = self.n as f64;
        Summary {
            shape: Shape::Share,
            n: self.n,
            n_yes: Some(self.n_yes),
            weight: self.weight,
            unit_variance: value.as_ref().ok().filter(|_| self.n > 1).map(|p| n / (n - 1.0) * p * (1.0 - p)),
            value,
            df: DegreesOfFreedom { domain: f64::NAN, design: f64::NAN },
            logit_variance: None,
            census: false,
        }
    }
}

impl<'a> ShareTable<'a> {
    /// The key of every row that the totals must have been made with, and the number of keys: the stratum for
    /// an element design, the PSU for a cluster design.
    ///
    /// # Errors
    /// A design whose variance needs more than these totals: calibrated, of several stages, with replicates,
    /// or with weights of 0.
    pub fn keys(design: &Design) -> Result<(Vec<u32>, usize)> {
        let roster = Self::roster(design)?;
        Ok(match roster.psu_of_row() {
            Some(psus) => (psus.to_vec(), roster.psu_count()),
            None => (
                (0..design.rows()).map(|row| roster.stratum_of_row(row) as u32).collect(),
                roster.stratum_count(),
            ),
        })
    }

    fn roster(design: &Design) -> Result<PsuRoster<'_>> {
        let roster = design.roster().filter(|r| r.stage_count() == 1 && !design.is_calibrated());
        roster.filter(|_| design.weights().iter().all(|w| *w > 0.0)).ok_or_else(|| {
            Error::msg(
                Code::EstimateShareTable,
                "この標本設計の誤差は合計だけからは求められません",
                "the variance of this design is no function of these totals",
            )
        })
    }

    /// Totals with the design that they were made with.
    ///
    /// # Errors
    /// As [`ShareTable::keys`]; totals with another number of keys or rows.
    pub fn new(design: &'a Design, totals: &'a Totals) -> Result<Self> {
        let roster = Self::roster(design)?;
        let keys = if roster.is_element() { roster.stratum_count() } else { roster.psu_count() };
        if totals.key_count() != keys || totals.rows() != design.row_count() {
            return Err(Error::msg(
                Code::EstimateShareTable,
                "合計が標本設計と合いません",
                "the totals were not made with this design",
            ));
        }
        Ok(Self { design, roster, totals })
    }

    /// Cells that are in the domain of any of the shares; the others need no look.
    fn cells_of(&self, shares: &[ShareOf<'_>]) -> Vec<usize> {
        (0..self.totals.cell_count()).filter(|cell| shares.iter().any(|s| s.holds(*cell))).collect()
    }

    fn sums(&self, what: &ShareOf<'_>) -> Sums {
        let keys = self.totals.key_count();
        let mut sums = Sums {
            n: 0,
            n_yes: 0,
            weight: 0.0,
            weight_yes: 0.0,
            keys_present: vec![0; keys],
            of_key: vec![OfKey::default(); keys],
        };
        let cells = self.cells_of(std::slice::from_ref(what));
        // Codes of the base, and whether they count: the same in all cells of the domain.
        let of_cell = |cell: &usize| {
            (0..self.totals.code_count(what.measure))
                .filter_map(|code| Some((code, what.at(*cell, code)? == 1.0)))
                .collect()
        };
        let codes: Vec<(usize, bool)> = cells.first().map(of_cell).unwrap_or_default();
        let code_count = self.totals.code_count(what.measure);
        let by_key = self.totals.by_key(what.measure).zip(sums.keys_present.iter_mut().zip(&mut sums.of_key));
        for ((n, w, w2), (present, of_key)) in by_key {
            for cell in &cells {
                for (code, counts) in &codes {
                    let at = cell * code_count + code;
                    let (n, w, w2) = (n[at], w[at], w2[at]);
                    *present += n;
                    sums.weight += w;
                    of_key.base += w;
                    let part = if *counts { &mut of_key.yes } else { &mut of_key.no };
                    *part = [part[0] + w, part[1] + w2];
                    if *counts {
                        sums.n_yes += n;
                        sums.weight_yes += w;
                    }
                }
            }
            sums.n += *present;
        }
        sums
    }

    /// Units of each stratum that hold rows of the base.
    pub(super) fn units_present(&self, keys_present: &[u64]) -> Vec<u64> {
        if self.roster.is_element() {
            return keys_present.to_vec();
        }
        let mut units = vec![0; self.roster.stratum_count()];
        for (psu, n) in keys_present.iter().enumerate() {
            units[self.roster.stratum_of_psu(psu)] += u64::from(*n > 0);
        }
        units
    }

    /// One share.
    pub fn share(&self, what: &ShareOf<'_>, options: &Options) -> Estimate {
        let sums = self.sums(what);
        let present = self.units_present(&sums.keys_present);
        let strata = present.iter().filter(|n| **n > 0).count() as f64;
        let df = DegreesOfFreedom {
            domain: present.iter().sum::<u64>() as f64 - strata,
            design: self.design.df(),
        };
        let summary = Summary { df, census: self.design.is_census(), ..sums.summary() };
        let variance =
            self.covariance_of(std::slice::from_ref(what), std::slice::from_ref(&sums)).map(|v| v.get(0, 0));
        summary.report(variance, options)
    }

    /// Several shares with the variance of replicates: V = scale Σ_r rscales_r (θ_r − c)², the θ_r from PSU
    /// totals times the factors of the replicate (of all shares at once a matrix product). The design is the
    /// one that the factors were made of.
    ///
    /// ```
    /// use shihyo::design::{Declaration, declare};
    /// use shihyo::engine::{Cells, Measure, Reduction, reduce};
    /// use shihyo::estimate::Outcome::{No, Yes};
    /// use shihyo::estimate::{Domain, Estimand, Options, Outcomes, ShareOf, ShareTable, estimate};
    ///
    /// let design = declare(Declaration::new(6).clusters(vec![vec![0, 0, 1, 1, 2, 2]]))?;
    /// let (keys, count) = ShareTable::keys(&design)?;
    /// let answers = Outcomes::from([Yes, No, No, No, Yes, Yes]);
    /// let measure = Measure { codes: answers.codes(), code_count: 2 };
    /// let totals = reduce(&Reduction::new(6, Some((&keys, count)), Cells::One, None, vec![measure])?);
    /// let yes = ShareOf { measure: 0, yes: &[false, true], base: &[true, true], cells: None };
    /// let factors = design.jackknife_factors()?;
    /// let share =
    ///     ShareTable::new(&design, &totals)?.replicated(&[yes], &factors, &Options::default()).remove(0);
    /// // As from replicate weights by row.
    /// let by_row =
    ///     estimate(&design.jackknife()?, &Estimand::Share(&answers), Domain::All, &Options::default())?;
    /// assert!((share.se.unwrap() - by_row.se.unwrap()).abs() < 1e-15);
    /// assert_eq!((share.n, share.value, share.df), (6, by_row.value, by_row.df));
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    pub fn replicated(
        &self,
        shares: &[ShareOf<'_>],
        factors: &ReplicateFactors,
        options: &Options,
    ) -> Vec<Estimate> {
        let sums: Vec<Sums> = shares.iter().map(|what| self.sums(what)).collect();
        let psus: Vec<usize> = (0..self.totals.key_count())
            .filter(|key| sums.iter().any(|s| s.keys_present[*key] > 0))
            .collect();
        // By PSU, and of each share: the weight that counts, and that of the base.
        let table: Vec<f64> = psus
            .iter()
            .flat_map(|psu| sums.iter().flat_map(|s| [s.of_key[*psu].yes[0], s.of_key[*psu].base]))
            .collect();
        let replicate = |r: usize| {
            let all = factors.replicate(r);
            let factors: Vec<f64> = psus.iter().map(|psu| all.get(*psu).copied().unwrap_or(0.0)).collect();
            weighted_rows(&factors, &table, 2 * shares.len())
        };
        let totals: Vec<Vec<f64>> = (0..factors.len()).into_par_iter().map(replicate).collect();
        let whole = factors.degrees_of_freedom(&vec![true; self.totals.key_count()]);
        // Most shares are of the same PSUs.
        let mut known: HashMap<Vec<bool>, u64> = HashMap::new();
        let mut df = |present: Vec<bool>| {
            *known.entry(present).or_insert_with_key(|present| factors.degrees_of_freedom(present))
        };
        let each = shares.iter().zip(&sums).enumerate().map(|(at, (_, sums))| {
            let df = DegreesOfFreedom {
                domain: df(sums.keys_present.iter().map(|n| *n > 0).collect()) as f64,
                design: whole as f64,
            };
            let thetas: Vec<f64> = totals.iter().map(|t| t[2 * at] / t[2 * at + 1]).collect();
            let summary = sums.summary();
            let variance = |of: &dyn Fn(f64) -> f64| {
                let full = of(summary.value.clone()?);
                let thetas: Vec<f64> = thetas.iter().map(|theta| of(*theta)).collect();
                Ok::<f64, NotEstimable>(factors.scales().variance(full, &thetas)?)
            };
            let logit = |p: f64| (p / (1.0 - p)).ln();
            let logit_variance =
                if options.method == IntervalMethod::Logit { variance(&logit).ok() } else { None };
            let variance = variance(&|theta| theta);
            Summary { df, logit_variance, ..summary }.report(variance, options)
        });
        each.collect()
    }

    /// Variances and covariances of several shares of one measure (that of the first).
    ///
    /// ```
    /// use shihyo::design::Design;
    /// use shihyo::engine::{Cells, Measure, Reduction, reduce};
    /// use shihyo::estimate::{ShareOf, ShareTable};
    ///
    /// // One of four: V = p(1 − p)/(n − 1) = .0625, and a share and its complement covary by −V.
    /// let design = Design::simple(4)?;
    /// let (keys, count) = ShareTable::keys(&design)?;
    /// let measure = Measure { codes: &[1, 0, 0, 0], code_count: 2 };
    /// let totals = reduce(&Reduction::new(4, Some((&keys, count)), Cells::One, None, vec![measure])?);
    /// let share = ShareOf { measure: 0, yes: &[false, true], base: &[true, true], cells: None };
    /// let complement = ShareOf { yes: &[true, false], ..share };
    /// let v = ShareTable::new(&design, &totals)?.covariance(&[share, complement]).unwrap();
    /// assert!((v.get(0, 0) - 0.0625).abs() < 1e-15 && (v.get(0, 1) + 0.0625).abs() < 1e-15);
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// The reason of the first share that does not exist, or why the design gives no variance.
    pub fn covariance(&self, shares: &[ShareOf<'_>]) -> Result<Covariance, NotEstimable> {
        let sums: Vec<Sums> = shares.iter().map(|what| self.sums(what)).collect();
        self.covariance_of(shares, &sums)
    }

    fn covariance_of(&self, shares: &[ShareOf<'_>], sums: &[Sums]) -> Result<Covariance, NotEstimable> {
        let k = shares.len();
        let Some(measure) = shares.first().map(|s| s.measure) else { return Ok(Covariance::zeros(0)) };
        if let [sums] = sums {
            return Ok(self.design.covariance_from_scatters(&self.scatters_of_one(sums)?)?);
        }
        let (cells, codes) = (self.cells_of(shares), self.totals.code_count(measure));
        // c over cells × codes, the k shares side by side.
        let mut table = vec![0.0; cells.len() * codes * k];
        let mut keys_present = vec![0_u64; self.totals.key_count()];
        for (j, (what, sums)) in shares.iter().zip(sums).enumerate() {
            if sums.n == 0 {
                return Err(NotEstimable::EmptyBase);
            }
            let p = sums.weight_yes / sums.weight;
            for (at, cell) in cells.iter().enumerate() {
                for code in 0..codes {
                    if let Some(y) = what.at(*cell, code) {
                        table[(at * codes + code) * k + j] = (y - p) / sums.weight;
                    }
                }
            }
            keys_present.iter_mut().zip(&sums.keys_present).for_each(|(a, b)| *a = (*a).max(*b));
        }
        Ok(self.design.covariance_from_scatters(&self.scatters(measure, &cells, &table, k, &keys_present))?)
    }

    /// The scatters of one share, of which the sums by key tell everything: all that counts has one
    /// coefficient, the rest of the base another.
    fn scatters_of_one(&self, sums: &Sums) -> Result<Scatters, NotEstimable> {
        if sums.n == 0 {
            return Err(NotEstimable::EmptyBase);
        }
        let p = sums.weight_yes / sums.weight;
        let (yes, no) = ((1.0 - p) / sums.weight, (0.0 - p) / sums.weight);
        let mut scatters = Scatters::new(1, self.roster.stratum_count());
        let unit = |key: &OfKey| key.no[0] * no + key.yes[0] * yes;
        let strata = self.roster.stratum_count();
        if self.roster.is_element() {
            for (h, (key, present)) in sums.of_key.iter().zip(&sums.keys_present).enumerate() {
                let within = key.no[1] * no * no + key.yes[1] * yes * yes;
                scatters.set_from_sums(h, *present, self.roster.sampled(h), &[unit(key)], &[within]);
            }
            return Ok(scatters);
        }
        let mut of_stratum = vec![(0.0, 0.0); strata];
        for (psu, key) in sums.of_key.iter().enumerate() {
            let (unit, (sum, cross)) = (unit(key), &mut of_stratum[self.roster.stratum_of_psu(psu)]);
            (*sum, *cross) = (*sum + unit, *cross + unit * unit);
        }
        for (h, ((sum, cross), present)) in
            of_stratum.into_iter().zip(self.units_present(&sums.keys_present)).enumerate()
        {
            scatters.set_from_sums(h, present, self.roster.sampled(h), &[sum], &[cross]);
        }
        Ok(scatters)
    }

    /// The scatters of the coefficients `table` over `cells` × codes.
    fn scatters(
        &self,
        measure: usize,
        cells: &[usize],
        table: &[f64],
        k: usize,
        keys_present: &[u64],
    ) -> Scatters {
        let strata = self.roster.stratum_count();
        let (mut sums, mut cross) = (vec![0.0; strata * k], vec![0.0; strata * k * k]);
        let mut unit = vec![0.0; k];
        let element = self.roster.is_element();
        let codes = self.totals.code_count(measure);
        for (key, (_, of_key, of_key_2)) in self.totals.by_key(measure).enumerate() {
            let h = if element { key } else { self.roster.stratum_of_psu(key) };
            let of_cell = |cell: usize| {
                (&of_key[cell * codes..(cell + 1) * codes], &of_key_2[cell * codes..(cell + 1) * codes])
            };
            unit.fill(0.0);
            for (at, cell) in cells.iter().enumerate() {
                let (w, w2) = of_cell(*cell);
                for code in 0..w.len() {
                    let c = &table[(at * w.len() + code) * k..(at * w.len() + code + 1) * k];
                    unit.iter_mut().zip(c).for_each(|(u, c)| *u += w[code] * c);
                    if element {
                        outer(&mut cross[h * k * k..(h + 1) * k * k], c, w2[code]);
                    }
                }
            }
            sums[h * k..(h + 1) * k].iter_mut().zip(&unit).for_each(|(s, u)| *s += u);
            if !element {
                outer(&mut cross[h * k * k..(h + 1) * k * k], &unit, 1.0);
            }
        }
        let present = self.units_present(keys_present);
        let mut scatters = Scatters::new(k, strata);
        for h in 0..strata {
            let (sum, cross) = (&sums[h * k..(h + 1) * k], &cross[h * k * k..(h + 1) * k * k]);
            scatters.set_from_sums(h, present[h], self.roster.sampled(h), sum, cross);
        }
        scatters
    }
}

fn outer(matrix: &mut [f64], v: &[f64], scale: f64) {
    let k = v.len();
    for (row, a) in matrix.chunks_exact_mut(k).zip(v) {
        row.iter_mut().zip(v).for_each(|(m, b)| *m += scale * a * b);
    }
}
