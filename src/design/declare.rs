//! From plain columns to a checked design.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::check::{check_lonely, check_populations, check_shape, check_unique, check_weights};
use super::declaration::{Declaration, Fpc, Nesting};
use super::roster::{LonelyPsu, Roster, Stage, StageStratum};
use super::{Design, Uncertainty};
use crate::error::{Diagnostic, Error, Result};

/// Checks a declaration and makes the design. All mistakes are told in one error.
///
/// ```
/// use shihyo::design::{Declaration, Fpc, declare};
///
/// // Four people drawn from two districts of 10 and 20.
/// let design = declare(
///     Declaration::new(4)
///         .strata(vec![vec![0, 0, 1, 1]])
///         .fpc(Fpc::PopulationSize(vec![vec![10.0, 10.0, 20.0, 20.0]])),
/// )?;
/// assert_eq!(design.weights(), [5.0, 5.0, 10.0, 10.0]); // N/n
/// assert_eq!(design.df(), 2.0); // PSUs − strata
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// No rows; columns of different lengths; weights that are negative or not finite, or all 0; a population
/// size below the number drawn, or different ones within a stratum; a cluster code in two strata without
/// [`Nesting::WithinStrata`]; under [`LonelyPsu::Fail`] a stratum with a single PSU.
pub fn declare(declaration: Declaration) -> Result<Design> {
    let d = &declaration;
    check_shape(d)?;
    let mut problems = Vec::new();
    if let Some(weights) = &d.weights {
        problems.extend(check_weights(weights).err().into_iter().flat_map(Error::into_diagnostics));
    }
    let (stages, product) = build_stages(d, &mut problems);
    if let Some(error) = Error::all(problems) {
        return Err(error);
    }
    let weights: Arc<[f64]> = d.weights.clone().unwrap_or(product).into();
    Ok(Design {
        row_count: weights.len() as u64,
        base_weights: weights.clone(),
        weights,
        uncertainty: Uncertainty::Linearised {
            roster: Arc::new(Roster { stages }),
            lonely: d.lonely,
            domain_lonely: d.domain_lonely,
        },
        projections: Vec::new(),
        df: OnceLock::new(),
    })
}

impl Design {
    /// A simple random sample of `rows` respondents, every weight 1, no finite population correction.
    ///
    /// # Errors
    /// No rows.
    pub fn simple(rows: usize) -> Result<Self> {
        declare(Declaration::new(rows))
    }
}

/// Numbers pairs (parent, code) in the order in which they first occur.
fn number_pairs(
    rows: usize,
    parent: impl Fn(usize) -> u32,
    code: impl Fn(usize) -> u32,
) -> (Vec<u32>, Vec<usize>) {
    let mut known: HashMap<(u32, u32), u32> = HashMap::new();
    let (mut numbers, mut first) = (Vec::with_capacity(rows), Vec::new());
    for row in 0..rows {
        let next = first.len() as u32;
        let number = *known.entry((parent(row), code(row))).or_insert_with(|| {
            first.push(row);
            next
        });
        numbers.push(number);
    }
    (numbers, first)
}

/// The stages that matter, and the product of N/n over those with population sizes.
fn build_stages(d: &Declaration, problems: &mut Vec<Diagnostic>) -> (Vec<Stage>, Vec<f64>) {
    let mut product = vec![1.0; d.rows];
    let mut stages: Vec<Stage> = Vec::new();
    let fpc_stages = match &d.fpc {
        Fpc::None => 0,
        Fpc::PopulationSize(c) | Fpc::SamplingFraction(c) => c.len(),
    };
    for s in 0..fpc_stages.max(1) {
        let above = stages.last();
        let parent = |row: usize| above.map_or(0, |a| a.unit(row) as u32);
        let (stratum_of_row, first_row) =
            number_pairs(d.rows, parent, |row| d.strata.get(s).map_or(0, |c| c[row]));
        let (unit_of_row, unit_first) = match d.clusters.get(s) {
            None => (None, Vec::new()),
            Some(codes) => {
                if s == 0 && d.nesting == Nesting::Unique {
                    problems.extend(check_unique(codes, &stratum_of_row, d));
                }
                let (numbers, first) = number_pairs(d.rows, |row| stratum_of_row[row], |row| codes[row]);
                (Some(numbers), first)
            }
        };
        let unit_count = if unit_of_row.is_some() { unit_first.len() } else { d.rows };
        let stratum_of_unit: Vec<u32> = match &unit_of_row {
            Some(_) => unit_first.iter().map(|row| stratum_of_row[*row]).collect(),
            None => stratum_of_row.clone(),
        };
        let mut units = vec![0_u64; first_row.len()];
        for stratum in &stratum_of_unit {
            units[*stratum as usize] += 1;
        }
        let strata: Vec<StageStratum> = first_row
            .iter()
            .zip(&units)
            .map(|(row, n)| StageStratum {
                units: *n,
                population: population(&d.fpc, s, *row, *n),
                carry: above.map_or(1.0, |a| {
                    let h = &a.strata[a.stratum(a.unit(*row))];
                    h.carry * h.fraction()
                }),
            })
            .collect();
        check_populations(d, s, &stratum_of_row, &first_row, &strata, problems);
        if d.lonely == LonelyPsu::Fail {
            check_lonely(d, s, &first_row, &strata, problems);
        }
        if s < fpc_stages {
            for (p, h) in product.iter_mut().zip(&stratum_of_row) {
                let h = &strata[*h as usize];
                if h.population.is_finite() {
                    *p *= h.population / h.units as f64;
                }
            }
        }
        let groups = group_by_parent(above, &first_row);
        let stratum_of_unit = (strata.len() > 1).then_some(stratum_of_unit);
        let elements = unit_of_row.is_none();
        stages.push(Stage { unit_of_row, unit_count, stratum_of_unit, strata, groups });
        if elements {
            break;
        }
    }
    (stages, product)
}

fn group_by_parent(above: Option<&Stage>, first_row: &[usize]) -> Vec<Vec<u32>> {
    let Some(above) = above else {
        return vec![(0..first_row.len() as u32).collect()];
    };
    let mut groups = vec![Vec::new(); above.unit_count];
    for (h, row) in first_row.iter().enumerate() {
        groups[above.unit(*row)].push(h as u32);
    }
    groups
}

fn population(fpc: &Fpc, stage: usize, row: usize, drawn: u64) -> f64 {
    match fpc {
        Fpc::None => f64::INFINITY,
        Fpc::PopulationSize(c) => c.get(stage).map_or(f64::INFINITY, |c| c[row]),
        Fpc::SamplingFraction(c) => c.get(stage).map_or(f64::INFINITY, |c| drawn as f64 / c[row]),
    }
}
