//! A stratified sample known by its strata alone.

use std::sync::{Arc, OnceLock};

use super::roster::{LonelyPsu, Roster, Stage, StageStratum};
use super::{Design, DomainLonely, Uncertainty};

impl Design {
    /// A one-stage sample of elements: of each stratum the number drawn and the population's size (infinite without a
    /// finite population correction), in the order in which totals number them.
    ///
    /// It holds no rows: [`Design::weights`] is empty, and only what is a function of totals by stratum
    /// (`estimate::ShareTable`) can be estimated with it. `None` for strata that [`super::declare`] would refuse.
    pub(crate) fn of_strata(strata: &[(u64, f64)], lonely: LonelyPsu) -> Option<Self> {
        let rows: u64 = strata.iter().map(|(n, _)| n).sum();
        let made: Vec<StageStratum> =
            strata.iter().map(|(units, population)| StageStratum { units: *units, population: *population, carry: 1.0 }).collect();
        let good = |h: &StageStratum| {
            let alone = lonely == LonelyPsu::Fail && h.units == 1 && !h.is_complete();
            h.units > 0 && h.population > 0.0 && h.population >= h.units as f64 * (1.0 - 1e-12) && !alone
        };
        if rows < 2 || !made.iter().all(good) {
            return None;
        }
        let count = made.len();
        let stage = Stage {
            unit_of_row: None,
            unit_count: rows as usize,
            stratum_of_unit: None,
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
            df: OnceLock::from(rows as f64 - count as f64),
        })
    }
}
