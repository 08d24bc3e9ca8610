//! A sample known by its strata and clusters alone.

use std::sync::{Arc, OnceLock};

use super::roster::{LonelyPsu, Roster, Stage, StageStratum};
use super::{Design, DomainLonely, Uncertainty};

/// A stratum without its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct StratumSize {
    /// Units drawn: rows, or clusters where there are any.
    pub(crate) units: u64,
    /// Units of the population; infinite without a finite population correction.
    pub(crate) population: f64,
}

impl Design {
    /// A one-stage sample of `rows` elements, or of clusters of them (given by the stratum of each), in the
    /// order in which totals number strata and clusters.
    ///
    /// It holds no rows: [`Design::weights`] is empty, and only what is a function of totals by stratum or
    /// cluster (`estimate::ShareTable`) can be estimated with it. `None` for strata that [`super::declare`]
    /// would refuse.
    pub(crate) fn of_totals(
        rows: u64,
        strata: &[StratumSize],
        stratum_of_cluster: Option<Vec<u32>>,
        lonely: LonelyPsu,
    ) -> Option<Self> {
        let made: Vec<StageStratum> = strata
            .iter()
            .map(|h| StageStratum { units: h.units, population: h.population, carry: 1.0 })
            .collect();
        let good = |h: &StageStratum| {
            let alone = lonely == LonelyPsu::Fail && h.units == 1 && !h.is_complete();
            h.units > 0 && h.population > 0.0 && h.population >= h.units as f64 * (1.0 - 1e-12) && !alone
        };
        if rows < 2 || !made.iter().all(good) {
            return None;
        }
        let (units, count): (u64, usize) = (made.iter().map(|h| h.units).sum(), made.len());
        let stage = Stage {
            unit_of_row: stratum_of_cluster.as_ref().map(|_| Vec::new()),
            unit_count: units as usize,
            stratum_of_unit: stratum_of_cluster.filter(|_| count > 1),
            strata: made,
            groups: vec![(0..count as u32).collect()],
        };
        Some(Self {
            base_weights: Arc::new([]),
            weights: Arc::new([]),
            uncertainty: Uncertainty::Linearised {
                roster: Arc::new(Roster { stages: vec![stage] }),
                lonely,
                domain_lonely: DomainLonely::default(),
            },
            projections: Vec::new(),
            df: OnceLock::from(units as f64 - count as f64),
            row_count: rows,
        })
    }
}
