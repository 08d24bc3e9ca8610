//! Raking: the margins are fitted in turn, again and again, until all of them hold (Deming and Stephan 1940).

use std::sync::Arc;

use super::Design;
use super::joint::JointCells;
use super::margin::Margin;
use super::projection::{AlternatingMargin, Basis, CellBasis, Projection};
use super::weighed::Weighed;
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::text::Text;

/// Which residuals the variance takes after raking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RakeVariance {
    /// The exact regression on the margins with the weights before raking, as R's `calibrate(calfun =
    /// "raking")`.
    #[default]
    Exact,
    /// Ten alternating cycles over unweighted margin means, as R's `rake()`.
    RRake,
}

/// When raking is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RakeStop {
    /// Every margin's sum is within this of its total, relative to the total. Where rounding alone keeps a
    /// sum away, 1e-12 is taken for done once a cycle no longer brings it nearer.
    Margins(f64),
    /// The largest change of a joint cell's sum over a whole cycle is below this, in units of the population
    /// (R `rake()` with `epsilon` ≥ 1: its result depends on this rule).
    TableChange(f64),
}

/// How to rake.
///
/// ```
/// use shihyo::design::{Design, Margin, Rake, RakeStop, RakeVariance};
///
/// // R's rake(): one margin alone is post-stratification.
/// let options =
///     Rake { stop: RakeStop::TableChange(1.0), variance: RakeVariance::RRake, ..Rake::default() };
/// let sex = Margin::new(
///     "性別",
///     vec!["男".to_owned(), "女".to_owned()],
///     vec![0, 0, 0, 1],
///     vec![60.0, 40.0],
/// )?;
/// assert_eq!(Design::simple(4)?.rake(&[sex], &options)?.weights(), [20.0, 20.0, 20.0, 40.0]);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Rake {
    /// When it is done.
    pub stop: RakeStop,
    /// Most cycles over all margins before it counts as not converging.
    pub max_cycles: u32,
    /// Which residuals the variance takes.
    pub variance: RakeVariance,
}

impl Default for Rake {
    fn default() -> Self {
        Self { stop: RakeStop::Margins(1e-14), max_cycles: 1000, variance: RakeVariance::Exact }
    }
}

/// Factors of the joint cells: after the last cycle, and after each margin within it.
struct Fit {
    factors: Vec<f64>,
    after_margin: Vec<Vec<f64>>,
}

/// Fits the joint cells' sums of weights.
fn fit(margins: &[Margin], joint: &JointCells, start: &[f64], options: &Rake) -> Result<Fit> {
    let mut factors = vec![1.0; start.len()];
    let mut table = start.to_vec();
    let mut after_margin = vec![Vec::new(); margins.len()];
    let mut best = f64::INFINITY;
    let mut worst = (0.0, 0, 0);
    for _ in 0..options.max_cycles {
        let old = table.clone();
        for (m, margin) in margins.iter().enumerate() {
            let sums = joint.margin_sums(&table, m, margin.totals.len());
            for (cell, categories) in joint.categories.iter().enumerate() {
                let at = categories[m] as usize;
                factors[cell] *= if sums[at] > 0.0 { margin.totals[at] / sums[at] } else { 1.0 };
                table[cell] = start[cell] * factors[cell];
            }
            after_margin[m].clone_from(&factors);
        }
        worst = (0.0, 0, 0);
        for (m, margin) in margins.iter().enumerate() {
            for (at, sum) in joint.margin_sums(&table, m, margin.totals.len()).into_iter().enumerate() {
                let target = margin.totals[at];
                if sum <= 0.0 && target > 0.0 {
                    return Err(margin.empty_category(at));
                }
                let error = if target > 0.0 { (sum - target).abs() / target } else { sum.abs() };
                if error > worst.0 {
                    worst = (error, m, at);
                }
            }
        }
        let done = match options.stop {
            RakeStop::Margins(epsilon) => worst.0 <= epsilon || (worst.0 <= 1e-12 && worst.0 >= best),
            RakeStop::TableChange(epsilon) => old.iter().zip(&table).all(|(a, b)| (a - b).abs() < epsilon),
        };
        if done {
            return Ok(Fit { factors, after_margin });
        }
        best = best.min(worst.0);
    }
    let (error, m, at) = worst;
    let (name, category) = (&margins[m].name, &margins[m].categories[at]);
    Err(not_converged(name, category, error, options.max_cycles))
}

fn not_converged(name: &str, category: &str, error: f64, cycles: u32) -> Error {
    Diagnostic::new(
        Code::DesignRakeConverge,
        Text::new(
            format!(
                "レイキングが{cycles}回で収束しませんでした。周辺分布「{name}」の区分「{category}」が目標か\
                 ら相対{error:.1e}ずれています"
            ),
            format!(
                "raking did not converge in {cycles} cycles: margin \"{name}\", category \"{category}\" is \
                 off by {error:.1e} (relative)"
            ),
        ),
    )
    .help(Text::new(
        "周辺分布どうしの合計が同じか、回答者の少ない区分がないかを確かめます",
        "check that the margins have the same grand total, and merge categories with few respondents",
    ))
    .into()
}

fn check(margins: &[Margin], rows: usize, stop: RakeStop) -> Result<()> {
    let Some(first) = margins.first() else {
        return Err(Error::msg(
            Code::DesignRakeMargins,
            "レイキングの周辺分布がありません",
            "raking needs at least one margin",
        ));
    };
    for margin in margins {
        margin.check_rows(rows)?;
        let (a, b) = (first.population(), margin.population());
        // Margins that disagree can never all hold.
        if matches!(stop, RakeStop::Margins(_)) && (a - b).abs() > 1e-12 * a.abs().max(b.abs()) {
            let (x, y) = (&first.name, &margin.name);
            return Err(Error::msg(
                Code::DesignRakeTotals,
                format!("周辺分布「{x}」の合計{a}と「{y}」の合計{b}が違うため、レイキングは収束しません"),
                format!("raking cannot converge: margin \"{x}\" sums to {a}, \"{y}\" to {b}"),
            ));
        }
    }
    Ok(())
}

impl Design {
    /// Rakes the weights to the margins, in their order. Replicates are raked one by one.
    ///
    /// ```
    /// use shihyo::design::{Design, Margin, Rake};
    ///
    /// let sex = Margin::from_names(
    ///     "性別",
    ///     &[Some("男"), Some("男"), Some("女"), Some("女")],
    ///     &[("男".to_owned(), 48.0), ("女".to_owned(), 52.0)],
    /// )?.0;
    /// let age = Margin::from_names(
    ///     "年代",
    ///     &[Some("若"), Some("老"), Some("若"), Some("老")],
    ///     &[("若".to_owned(), 25.0), ("老".to_owned(), 75.0)],
    /// )?.0;
    /// let raked = Design::simple(4)?.rake(&[sex, age], &Rake::default())?;
    /// let expected = [12.0, 36.0, 13.0, 39.0]; // 100 × .48 × .25 …: the two are independent here
    /// assert!(raked.weights().iter().zip(expected).all(|(w, e)| (w - e).abs() < 1e-12));
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// Margins with different grand totals, a category without respondents, or no convergence: each names the
    /// margin.
    pub fn rake(&self, margins: &[Margin], options: &Rake) -> Result<Self> {
        self.rake_weighed(margins, &Weighed::Each(&self.weights), options)
    }

    /// As [`Design::rake`], of margins of these units: a design [of totals](Design::of_totals) holds no
    /// respondents.
    pub(crate) fn rake_weighed(
        &self,
        margins: &[Margin],
        weighed: &Weighed<'_>,
        options: &Rake,
    ) -> Result<Self> {
        check(margins, weighed.units(), options.stop)?;
        let joint = JointCells::new(&margins.iter().map(|m| &*m.cells).collect::<Vec<_>>());
        let start = joint.sums(weighed);
        let before = self.weights.clone();
        let full = fit(margins, &joint, &start, options)?;
        let next = self.reweighted(joint.scaled(&before, &full.factors), |weights| {
            let start = joint.sums(&Weighed::Each(weights));
            Ok(joint.scaled(weights, &fit(margins, &joint, &start, options)?.factors))
        })?;
        let after: Arc<[f64]> = next.weights.clone();
        Ok(next.with_projection(|| {
            let basis = match options.variance {
                RakeVariance::Exact => {
                    let sizes: Vec<usize> = margins.iter().map(|m| m.totals.len()).collect();
                    Basis::Cells(CellBasis::new(before.clone(), joint, (start, full.factors), &sizes))
                }
                RakeVariance::RRake => Basis::Alternating(
                    margins
                        .iter()
                        .zip(&full.after_margin)
                        .map(|(m, factors)| AlternatingMargin {
                            cells: m.cells.clone(),
                            cell_count: m.totals.len(),
                            weights: joint.scaled(&before, factors),
                        })
                        .collect(),
                ),
            };
            Projection { after, basis }
        }))
    }
}
