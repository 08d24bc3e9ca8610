//! The sampled units, stage by stage: which unit a row belongs to, which stratum a unit belongs to, how many
//! were drawn out of how many.

/// What to do about a stratum with a single sampled unit, which has no spread of its own (R
/// `survey.lonely.psu`).
///
/// ```
/// use shihyo::code::Code;
/// use shihyo::design::{Declaration, LonelyPsu, declare};
/// use shihyo::estimate::{Domain, Estimand, Options, estimate};
///
/// // 1 and 3 in one stratum, 10 alone in another; the grand mean is 14/3.
/// let declaration = |lonely| Declaration::new(3).strata(vec![vec![0, 0, 1]]).lonely(lonely);
/// let variance = |lonely| {
///     let total = Estimand::Total(&[1.0, 3.0, 10.0]);
///     estimate(&declare(declaration(lonely))?, &total, Domain::All, &Options::default())
///         .map(|e| e.se.unwrap().powi(2))
/// };
/// let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
/// let refused = declare(declaration(LonelyPsu::Fail)).map(|_| ()).unwrap_err();
/// assert_eq!(refused.diagnostics()[0].code, Code::DesignLonelyPsu);
/// assert!(close(variance(LonelyPsu::Certainty)?, 4.0)); // 2/(2 − 1) ((1 − 2)² + (3 − 2)²)
/// assert!(close(variance(LonelyPsu::Average)?, 8.0)); // twice the one known
/// assert!(close(variance(LonelyPsu::Adjust)?, 4.0 + 256.0 / 9.0)); // (10 − 14/3)² more
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LonelyPsu {
    /// An error when the design is declared.
    #[default]
    Fail,
    /// The unit was certain to be drawn: it adds nothing.
    Certainty,
    /// As `Certainty`, under R's other name: the stratum is left out.
    Remove,
    /// Its deviation from the grand mean of the unit totals (Σ of all totals / number of units; survey ≥
    /// 4.2).
    Adjust,
    /// The mean of the other strata's contributions.
    Average,
}

/// What to do about a stratum with several sampled units of which only one holds rows of the domain
/// (R `survey.adjust.domain.lonely`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DomainLonely {
    /// The other units count as zeros: the right variance of a domain.
    #[default]
    AsSampled,
    /// As if the stratum were lonely; has an effect under [`LonelyPsu::Adjust`] and [`LonelyPsu::Average`]
    /// only.
    AsLonely,
}

/// One stratum of one stage.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StageStratum {
    /// n: units drawn.
    pub(crate) units: u64,
    /// N: units to draw from; infinite when drawn with replacement.
    pub(crate) population: f64,
    /// Product of the sampling fractions of the stages above.
    pub(crate) carry: f64,
}

impl StageStratum {
    /// f = n/N.
    pub(crate) fn fraction(&self) -> f64 {
        if self.population.is_infinite() { 0.0 } else { self.units as f64 / self.population }
    }

    /// Everything was drawn: nothing varies (R's bound 1e-7).
    pub(crate) fn is_complete(&self) -> bool {
        1.0 - self.fraction() < 1e-7
    }
}

/// One stage of sampling.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stage {
    /// Unit of each row; `None` when every row is its own unit.
    pub(crate) unit_of_row: Option<Vec<u32>>,
    /// Number of units.
    pub(crate) unit_count: usize,
    /// Stratum of each unit; `None` when there is only one.
    pub(crate) stratum_of_unit: Option<Vec<u32>>,
    /// The strata.
    pub(crate) strata: Vec<StageStratum>,
    /// The strata, grouped by the unit of the stage above that they lie in. One group at the first stage.
    pub(crate) groups: Vec<Vec<u32>>,
}

impl Stage {
    /// The unit that `row` lies in.
    pub(crate) fn unit(&self, row: usize) -> usize {
        self.unit_of_row.as_ref().map_or(row, |u| u[row] as usize)
    }

    /// The stratum that `unit` lies in.
    pub(crate) fn stratum(&self, unit: usize) -> usize {
        self.stratum_of_unit.as_ref().map_or(0, |s| s[unit] as usize)
    }
}

/// All stages that matter for the variance: the first, and those after it that have a population size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Roster {
    pub(crate) stages: Vec<Stage>,
}

impl Roster {
    /// The first stage, as seen from outside.
    pub(crate) fn first_stage(&self) -> PsuRoster<'_> {
        PsuRoster { stage: &self.stages[0], stage_count: self.stages.len() }
    }
}

/// The primary sampling units (PSUs) of a design and their strata.
///
/// ```
/// use shihyo::design::{Declaration, Fpc, declare};
///
/// let sizes = vec![10.0, 10.0, 10.0, 8.0, 8.0];
/// let declaration =
///     Declaration::new(5).strata(vec![vec![0, 0, 0, 1, 1]]).clusters(vec![vec![1, 1, 2, 3, 4]]);
/// let design = declare(declaration.fpc(Fpc::PopulationSize(vec![sizes])))?;
/// let roster = design.roster().unwrap();
/// assert_eq!(
///     (roster.psu_count(), roster.stratum_count(), roster.stage_count(), roster.is_element()),
///     (4, 2, 1, false)
/// );
/// assert_eq!(roster.psu_of_row(), Some(&[0, 0, 1, 2, 3][..]));
/// assert_eq!((roster.stratum_of_psu(2), roster.stratum_of_row(4)), (1, 1));
/// assert_eq!((roster.sampled(0), roster.population(1)), (2, 8.0)); // n_h, N_h
/// assert_eq!(roster.count_present([0, 1, 3].into_iter()), (2, 2)); // PSUs and strata of three rows
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PsuRoster<'a> {
    stage: &'a Stage,
    stage_count: usize,
}

impl<'a> PsuRoster<'a> {
    /// Number of PSUs.
    pub fn psu_count(&self) -> usize {
        self.stage.unit_count
    }

    /// Number of strata.
    pub fn stratum_count(&self) -> usize {
        self.stage.strata.len()
    }

    /// Stages that enter the variance.
    pub fn stage_count(&self) -> usize {
        self.stage_count
    }

    /// Whether every row is its own PSU.
    pub fn is_element(&self) -> bool {
        self.stage.unit_of_row.is_none()
    }

    /// The PSU of each row; `None` when every row is its own.
    pub fn psu_of_row(&self) -> Option<&'a [u32]> {
        self.stage.unit_of_row.as_deref()
    }

    /// The stratum of a PSU.
    pub fn stratum_of_psu(&self, psu: usize) -> usize {
        self.stage.stratum(psu)
    }

    /// The stratum of a row.
    pub fn stratum_of_row(&self, row: usize) -> usize {
        self.stage.stratum(self.stage.unit(row))
    }

    /// PSUs drawn in a stratum.
    pub fn sampled(&self, stratum: usize) -> u64 {
        self.stage.strata[stratum].units
    }

    /// PSUs of the population in a stratum; infinite without a finite population correction.
    pub fn population(&self, stratum: usize) -> f64 {
        self.stage.strata[stratum].population
    }

    /// PSUs and strata that hold at least one of `rows`: what a domain's degrees of freedom are counted from.
    pub fn count_present(&self, rows: impl Iterator<Item = usize>) -> (u64, u64) {
        let mut strata = vec![false; self.stage.strata.len()];
        let psus = match &self.stage.unit_of_row {
            None => {
                let mut n = 0;
                for row in rows {
                    strata[self.stage.stratum(row)] = true;
                    n += 1;
                }
                n
            }
            Some(unit_of_row) => {
                let mut seen = vec![false; self.stage.unit_count];
                let mut n = 0;
                for row in rows {
                    let unit = unit_of_row[row] as usize;
                    if !seen[unit] {
                        seen[unit] = true;
                        strata[self.stage.stratum(unit)] = true;
                        n += 1;
                    }
                }
                n
            }
        };
        (psus, strata.iter().filter(|s| **s).count() as u64)
    }
}
