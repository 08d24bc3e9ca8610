//! Balanced half samples: replicates of a design of two PSUs a stratum (McCarthy 1969), and Fay's variant of
//! them.

use super::Design;
use super::factors::ReplicateFactors;
use super::replicate_scales::ReplicateKind;
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::text::Text;

impl Design {
    /// Balanced half samples (R `as.svrepdesign(type = "BRR")`): in each replicate one PSU of each stratum
    /// has the factor 2 and the other 0, as the columns of a Hadamard matrix say; with `rho` (Fay, `type =
    /// "Fay"`) 2 − ρ and ρ. There are as many replicates as the matrix has rows: the least order above the
    /// number of strata that is a power of two, or comes from a prime number (Paley 1933), or is twice one of
    /// these. Every column that is used is balanced, so that totals have exactly their linearised variance,
    /// whichever matrix it is. Takes no account of finite populations.
    ///
    /// ```
    /// use shihyo::design::{Declaration, declare};
    /// use shihyo::estimate::{Domain, Estimand, Options, estimate};
    ///
    /// let design = declare(Declaration::new(6).strata(vec![vec![0, 0, 1, 1, 2, 2]]))?;
    /// let of = |d: &_| {
    ///     estimate(d, &Estimand::Total(&[1.0, 4.0, 2.0, 2.5, 7.0, 3.0]), Domain::All, &Options::default())
    /// };
    /// let balanced = design.with_factors(&design.balanced_factors(None)?)?;
    /// assert_eq!(balanced.replicates().unwrap().len(), 4);
    /// let (a, b) = (of(&design)?.se.unwrap(), of(&balanced)?.se.unwrap());
    /// assert!((a - b).abs() < 1e-12);
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// A calibrated or replicated design, ρ outside [0, 1), a stratum that has not two PSUs.
    pub fn balanced_factors(&self, rho: Option<f64>) -> Result<ReplicateFactors> {
        let stage = self.sampled_units()?;
        let others = stage.strata.iter().filter(|h| h.units != 2).count();
        if others > 0 {
            let (all, text) = (stage.strata.len(), Code::DesignReplicatesPairs);
            return Err(Diagnostic::new(
                text,
                Text::new(
                    format!(
                        "均衡半標本（brr、fay）には各層にちょうど2つのPSUが必要です（{all}層のうち{others}\
                         層が違います）"
                    ),
                    format!(
                        "balanced half samples (brr, fay) need exactly two PSUs in every stratum ({others} \
                         of {all} strata differ)"
                    ),
                ),
            )
            .help(Text::new("jkn か bootstrap を使います", "use jkn or bootstrap"))
            .into());
        }
        let matrix = hadamard(stage.strata.len() + 1)
            .ok_or_else(|| Error::msg(Code::DesignReplicates, "層が多すぎます", "too many strata"))?;
        let kept = rho.unwrap_or(0.0);
        // The first PSU of each stratum goes with the matrix, the second against it.
        let mut seen = vec![false; stage.strata.len()];
        let second: Vec<bool> = (0..stage.unit_count)
            .map(|unit| std::mem::replace(&mut seen[stage.stratum(unit)], true))
            .collect();
        let factors = matrix.iter().map(|row| {
            let factor =
                |unit: usize| if row[1 + stage.stratum(unit)] != second[unit] { 2.0 - kept } else { kept };
            (0..stage.unit_count).map(factor).collect()
        });
        let kind = rho.map_or(ReplicateKind::Brr, |rho| ReplicateKind::Fay { rho });
        ReplicateFactors::new(kind, stage, factors.collect())
    }
}

/// The greatest order that is looked for.
const LARGEST: usize = 1 << 14;

/// A Hadamard matrix of the least order of at least `least` that is known here, `true` for +1. Its first
/// column is +1.
fn hadamard(least: usize) -> Option<Vec<Vec<bool>>> {
    let order = (least.max(2)..=LARGEST).find(|n| kind(*n).is_some())?;
    let mut matrix = made(order);
    for row in &mut matrix {
        if !row[0] {
            row.iter_mut().for_each(|x| *x = !*x);
        }
    }
    Some(matrix)
}

enum Kind {
    /// Of order 2.
    Two,
    /// Paley's first, of a prime number q = 3 (mod 4): order q + 1.
    First(usize),
    /// Paley's second, of a prime number q = 1 (mod 4): order 2 (q + 1).
    Second(usize),
    /// Twice another.
    Double,
}

fn kind(order: usize) -> Option<Kind> {
    match order {
        2 => Some(Kind::Two),
        n if !n.is_multiple_of(4) => None,
        n if is_prime(n - 1) => Some(Kind::First(n - 1)),
        n if (n / 2 - 1) % 4 == 1 && is_prime(n / 2 - 1) => Some(Kind::Second(n / 2 - 1)),
        n => kind(n / 2).map(|_| Kind::Double),
    }
}

fn is_prime(n: usize) -> bool {
    n > 1 && (2..).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

/// Whether each number is a square modulo the prime number q.
fn squares(q: usize) -> Vec<bool> {
    let mut squares = vec![false; q];
    (1..q).for_each(|x| squares[x * x % q] = true);
    squares
}

fn made(order: usize) -> Vec<Vec<bool>> {
    match kind(order) {
        None => Vec::new(),
        Some(Kind::Two) => vec![vec![true, true], vec![true, false]],
        Some(Kind::Double) => {
            let half = made(order / 2);
            let with = |row: &Vec<bool>, same: bool| {
                row.iter().copied().chain(row.iter().map(|x| *x == same)).collect()
            };
            half.iter().map(|row| with(row, true)).chain(half.iter().map(|row| with(row, false))).collect()
        }
        Some(Kind::First(q)) => {
            // 1 + S, S with a first row of +1, a first column of −1, and the quadratic characters.
            let squares = squares(q);
            let entry = |i: usize, j: usize| match (i, j) {
                (0, _) => true,
                (_, 0) => false,
                _ if i == j => true,
                _ => squares[(q + j - i) % q],
            };
            (0..order).map(|i| (0..order).map(|j| entry(i, j)).collect()).collect()
        }
        Some(Kind::Second(q)) => {
            // Each entry of a symmetric conference matrix becomes a block: 0 → [+ −; − −], ±1 → ±[+ +; + −].
            let squares = squares(q);
            let sign = |i: usize, j: usize| (i == 0 || j == 0) || squares[(q + j - i) % q];
            let entry = |i: usize, j: usize| {
                let both = !i.is_multiple_of(2) && !j.is_multiple_of(2);
                if i / 2 == j / 2 {
                    i.is_multiple_of(2) && j.is_multiple_of(2)
                } else {
                    sign(i / 2, j / 2) != both
                }
            };
            (0..order).map(|i| (0..order).map(|j| entry(i, j)).collect()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::hadamard;

    #[test]
    fn rows_and_columns_are_orthogonal_and_the_first_column_is_one() {
        let mut orders = Vec::new();
        for least in 1..130 {
            let matrix = hadamard(least).unwrap();
            let n = matrix.len();
            assert!(n >= least && n < least + 12 && (n == 2 || n.is_multiple_of(4)), "{least}: {n}");
            assert!(matrix.iter().all(|row| row.len() == n && row[0]));
            for i in 0..n {
                for j in 0..i {
                    assert_eq!(
                        matrix[i].iter().zip(&matrix[j]).filter(|(a, b)| a == b).count() * 2,
                        n,
                        "{n}: rows {i}, {j}"
                    );
                    assert_eq!(
                        matrix.iter().filter(|row| row[i] == row[j]).count() * 2,
                        n,
                        "{n}: columns {i}, {j}"
                    );
                }
            }
            orders.push(n);
        }
        assert!(
            [4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 60, 64, 84].iter().all(|n| orders.contains(n))
        );
    }
}
