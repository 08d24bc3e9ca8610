//! Tests of independence of two classifications (R `svychisq`).

use crate::design::{Covariance, Design};
use crate::error::Result;
use crate::estimate::estimand::{Domain, Estimand, Outcome, Outcomes};
use crate::estimate::sample::Sample;
use crate::estimate::single::{check, check_length, covariance, degrees_of_freedom};
use crate::estimate::value::NotEstimable;
use crate::stats::dist::{chi2_sf, f_sf};
use crate::stats::linalg::{multiply, ratio_eigenvalues, spd_solve};
use crate::stats::quadform::{DenominatorDf, TailMethod, rao_scott_p};

/// Which test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum IndependenceTest {
    /// Rao and Scott 1984, second order: X²/tr Δ against F(d, d ν), d = (tr Δ)²/tr Δ².
    #[default]
    F,
    /// Rao and Scott 1984, first order: X² against mean(λ) χ²(k).
    ChiSquare,
    /// Wald on the differences from independence, W/k against F(k, ν) (Koch, Freeman and Freeman 1975).
    Wald,
    /// As `Wald`, (ν − k + 1)/(ν k) W against F(k, ν − k + 1).
    AdjustedWald,
    /// X² against the exact distribution of Σ λᵢ χ²(1), over χ²(d ν)/(d ν) for a linearised design, by itself
    /// for replicates.
    LinearCombination,
    /// As `LinearCombination`, by the saddlepoint approximation.
    Saddlepoint,
}

/// The outcome of a test of independence.
#[derive(Debug, Clone, PartialEq)]
pub struct Independence {
    /// The statistic named by the test.
    pub statistic: Result<f64, NotEstimable>,
    /// First degrees of freedom of its reference distribution, where it has one.
    pub df1: Option<f64>,
    /// Second.
    pub df2: Option<f64>,
    /// p-value.
    pub p_value: Result<f64, NotEstimable>,
    /// ν: degrees of freedom of the design, over the rows used.
    pub design_df: f64,
    /// Rows with both answers.
    pub n: u64,
    /// Σ w over them.
    pub n_weighted: f64,
}

/// The table of shares, or of counts, and their covariances.
struct Table {
    rows: usize,
    columns: usize,
    cells: Vec<f64>,
    row_sums: Vec<f64>,
    column_sums: Vec<f64>,
    covariance: Covariance,
    n: f64,
    nu: f64,
    /// Degrees of freedom of λ's estimate, for the tests by Σ λᵢ χ²(1): R takes none for replicates.
    lambda_df: f64,
}

/// Tests whether two classifications are independent, on the rows of the domain that have both. `rows` and
/// `columns` hold each respondent's level and the number of levels; a level of that number or above is
/// missing.
///
/// With p the cell shares, V their covariance, D = diag(p) and C contrasts orthogonal to the margins:
/// Δ = (C'D⁻¹C/n)⁻¹ C'D⁻¹VD⁻¹C; λ are its eigenvalues, the generalised design effects; X² is Pearson's
/// statistic of the table with total n. Rao and Scott 1984; R `svychisq`, survey 4.5.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, IndependenceTest, independence};
///
/// // 2 × 2 table 20 10 / 10 20 of a simple sample: X² = 6.67.
/// let cell = |i: u32| match i {
///     0..20 => (0, 0),
///     20..30 => (0, 1),
///     30..40 => (1, 0),
///     _ => (1, 1),
/// };
/// let (rows, columns): (Vec<u32>, Vec<u32>) = (0..60).map(cell).unzip();
/// let test = independence(
///     &Design::simple(60)?,
///     (&rows, 2),
///     (&columns, 2),
///     Domain::All,
///     IndependenceTest::ChiSquare,
/// )?;
/// assert!((test.statistic.unwrap() - 60.0 / 9.0).abs() < 1e-12);
/// assert_eq!(test.df1, Some(1.0));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// Columns of another length than the design.
pub fn independence(
    design: &Design,
    rows: (&[u32], usize),
    columns: (&[u32], usize),
    domain: Domain<'_>,
    test: IndependenceTest,
) -> Result<Independence> {
    check_length(design, rows.0.len())?;
    check_length(design, columns.0.len())?;
    let all: Outcomes = (0..design.rows()).map(|_| Outcome::Yes).collect();
    check(design, &Estimand::Share(&all), domain)?;
    let used: Vec<u32> = (0..design.rows())
        .filter(|row| {
            (rows.0[*row] as usize) < rows.1
                && (columns.0[*row] as usize) < columns.1
                && domain.contains(*row)
        })
        .map(|row| row as u32)
        .collect();
    let nu = degrees_of_freedom(design, &used).domain;
    let mut result = Independence {
        statistic: Err(NotEstimable::EmptyBase),
        df1: None,
        df2: None,
        p_value: Err(NotEstimable::EmptyBase),
        design_df: nu,
        n: used.len() as u64,
        n_weighted: used.iter().map(|row| design.weights()[*row as usize]).sum(),
    };
    // Wald's test is on counts, whose sum is estimated too; the others are on shares.
    let counts = matches!(test, IndependenceTest::Wald | IndependenceTest::AdjustedWald);
    match table(design, rows.0, columns.0, &used, nu, counts).and_then(|t| t.test(test)) {
        Ok((statistic, df1, df2, p_value)) => {
            (result.statistic, result.df1, result.df2) = (Ok(statistic), df1, df2);
            result.p_value =
                if p_value.is_finite() { Ok(p_value) } else { Err(NotEstimable::NoDegreesOfFreedom) };
        }
        Err(reason) => (result.statistic, result.p_value) = (Err(reason.clone()), Err(reason)),
    }
    Ok(result)
}

/// A variance under this part of that of a simple random sample comes of rounding alone.
const ROUNDING: f64 = 1e-20;

/// Levels that occur, in order.
fn present(levels: &[u32], used: &[u32]) -> Vec<u32> {
    let mut found: Vec<u32> = used.iter().map(|row| levels[*row as usize]).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn table(
    design: &Design,
    rows: &[u32],
    columns: &[u32],
    used: &[u32],
    nu: f64,
    counts: bool,
) -> Result<Table, NotEstimable> {
    let (row_levels, column_levels) = (present(rows, used), present(columns, used));
    if used.is_empty() {
        return Err(NotEstimable::EmptyBase);
    }
    if row_levels.len() < 2 || column_levels.len() < 2 {
        return Err(NotEstimable::NotDefined);
    }
    let mut samples = Vec::new();
    for row in &row_levels {
        for column in &column_levels {
            let mut cell = vec![Outcome::Outside; design.rows()];
            for at in used {
                let at = *at as usize;
                cell[at] = Outcome::from(rows[at] == *row && columns[at] == *column);
            }
            let cell = cell.into_iter().collect();
            let estimand = if counts { Estimand::Count(&cell) } else { Estimand::Share(&cell) };
            samples.push(Sample::new(design, &estimand, used));
        }
    }
    let cells = samples.iter().map(|s| s.value.clone()).collect::<Result<Vec<f64>, _>>()?;
    let covariance = covariance(design, &samples.iter().collect::<Vec<_>>())?;
    let (r, c) = (row_levels.len(), column_levels.len());
    let total: f64 = cells.iter().sum();
    // What the weights are fitted to has no variance but the rounding of its sums.
    let known = |(at, cell): (usize, &f64)| {
        let (share, scale) = (cell / total, if counts { total } else { 1.0 });
        covariance.get(at, at) <= ROUNDING * scale * scale * share * (1.0 - share) / used.len() as f64
    };
    if cells.iter().enumerate().all(known) {
        return Err(NotEstimable::Known);
    }
    Ok(Table {
        rows: r,
        columns: c,
        row_sums: (0..r).map(|i| cells[i * c..(i + 1) * c].iter().sum()).collect(),
        column_sums: (0..c).map(|j| (0..r).map(|i| cells[i * c + j]).sum()).collect(),
        cells,
        covariance,
        n: used.len() as f64,
        nu,
        lambda_df: if design.replicates().is_some() { f64::INFINITY } else { nu },
    })
}

/// F, its degrees of freedom above and below, and the p-value.
type Tested = (f64, Option<f64>, Option<f64>, f64);

impl Table {
    /// Degrees of freedom of independence.
    fn size(&self) -> usize {
        (self.rows - 1) * (self.columns - 1)
    }

    fn test(&self, test: IndependenceTest) -> Result<Tested, NotEstimable> {
        let k = self.size() as f64;
        match test {
            IndependenceTest::Wald => {
                let f = self.wald()? / k;
                Ok((f, Some(k), Some(self.nu), f_sf(f, k, self.nu)))
            }
            IndependenceTest::AdjustedWald => {
                let df2 = self.nu - k + 1.0;
                if df2 <= 0.0 {
                    return Err(NotEstimable::NoDegreesOfFreedom);
                }
                let f = self.wald()? / k * df2 / self.nu;
                Ok((f, Some(k), Some(df2), f_sf(f, k, df2)))
            }
            IndependenceTest::F => {
                let (x2, lambda) = (self.pearson(), self.design_effects()?);
                let trace: f64 = lambda.iter().sum();
                let d = trace * trace / lambda.iter().map(|l| l * l).sum::<f64>();
                let f = x2 / trace;
                Ok((f, Some(d), Some(d * self.nu), f_sf(f, d, d * self.nu)))
            }
            IndependenceTest::ChiSquare => {
                let (x2, lambda) = (self.pearson(), self.design_effects()?);
                let mean = lambda.iter().sum::<f64>() / k;
                Ok((x2, Some(k), None, chi2_sf(x2 / mean, k)))
            }
            IndependenceTest::LinearCombination => {
                let (x2, lambda) = (self.pearson(), self.design_effects()?);
                Ok((
                    x2,
                    None,
                    None,
                    rao_scott_p(x2, &lambda, self.lambda_df, TailMethod::Exact, DenominatorDf::WholeAsR),
                ))
            }
            IndependenceTest::Saddlepoint => {
                let (x2, lambda) = (self.pearson(), self.design_effects()?);
                Ok((
                    x2,
                    None,
                    None,
                    rao_scott_p(
                        x2,
                        &lambda,
                        self.lambda_df,
                        TailMethod::Saddlepoint,
                        DenominatorDf::WholeAsR,
                    ),
                ))
            }
        }
    }

    /// n Σ (p_ij − p_i. p_.j)²/(p_i. p_.j).
    fn pearson(&self) -> f64 {
        let mut sum = 0.0;
        for (i, r) in self.row_sums.iter().enumerate() {
            for (j, c) in self.column_sums.iter().enumerate() {
                let expected = r * c;
                let off = self.cells[i * self.columns + j] - expected;
                sum += if expected > 0.0 { off * off / expected } else { 0.0 };
            }
        }
        self.n * sum
    }

    /// λ, the eigenvalues of Δ. The contrasts are (e_i − e_last) ⊗ (e_j − e_last): they span the interaction,
    /// and Δ's eigenvalues do not depend on the basis.
    fn design_effects(&self) -> Result<Vec<f64>, NotEstimable> {
        let (cells, k) = (self.cells.len(), self.size());
        let mut contrasts = vec![0.0; cells * k];
        let (last_row, last_column) = (self.rows - 1, self.columns - 1);
        for i in 0..last_row {
            for j in 0..last_column {
                let at = i * last_column + j;
                for (row, column, sign) in
                    [(i, j, 1.0), (i, last_column, -1.0), (last_row, j, -1.0), (last_row, last_column, 1.0)]
                {
                    contrasts[(row * self.columns + column) * k + at] += sign;
                }
            }
        }
        // D⁻¹C; an empty cell says nothing.
        let scaled: Vec<f64> = contrasts
            .iter()
            .enumerate()
            .map(|(at, c)| if self.cells[at / k] > 0.0 { c / self.cells[at / k] } else { 0.0 })
            .collect();
        let transposed =
            |m: &[f64]| -> Vec<f64> { (0..cells * k).map(|at| m[(at % cells) * k + at / cells]).collect() };
        let product = || -> Option<Vec<f64>> {
            let below: Vec<f64> =
                multiply(&transposed(&contrasts), &scaled, k, cells, k)?.iter().map(|x| x / self.n).collect();
            let half = multiply(self.covariance.values(), &scaled, cells, cells, k)?;
            let above = multiply(&transposed(&scaled), &half, k, cells, k)?;
            ratio_eigenvalues(&below, &above, k)
        };
        product().ok_or(NotEstimable::NotDefined)
    }

    /// W = d'(G V G')⁻¹ d with d_ij = N_ij − N_i. N_.j/N (all but the last row and column) and G its
    /// derivative.
    fn wald(&self) -> Result<f64, NotEstimable> {
        let (cells, k, last_column) = (self.cells.len(), self.size(), self.columns - 1);
        let total: f64 = self.cells.iter().sum();
        let (mut off, mut derivative) = (vec![0.0; k], vec![0.0; k * cells]);
        for at in 0..k {
            let (i, j) = (at / last_column, at % last_column);
            off[at] = self.cells[i * self.columns + j] - self.row_sums[i] * self.column_sums[j] / total;
            for cell in 0..cells {
                let (row, column) = (cell / self.columns, cell % self.columns);
                let mut d = self.row_sums[i] * self.column_sums[j] / (total * total);
                if row == i {
                    d -= self.column_sums[j] / total;
                }
                if column == j {
                    d -= self.row_sums[i] / total;
                }
                if row == i && column == j {
                    d += 1.0;
                }
                derivative[at * cells + cell] = d;
            }
        }
        let mut variance = vec![0.0; k * k];
        for a in 0..k {
            for b in 0..k {
                variance[a * k + b] = self.covariance.bilinear(
                    &derivative[a * cells..(a + 1) * cells],
                    &derivative[b * cells..(b + 1) * cells],
                );
            }
        }
        let solved = spd_solve(&variance, k, &off, 1).ok_or(NotEstimable::NotDefined)?;
        Ok(off.iter().zip(&solved).map(|(a, b)| a * b).sum())
    }
}
