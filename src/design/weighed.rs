//! Weights that are to be fitted: of respondents, or of those who have their categories in common.

use crate::stats::exact_sums;

/// What weights are fitted by. Its units are respondents; or, where none is held, the combinations of
/// categories that respondents have, in the order in which these first occur.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Weighed<'a> {
    /// The weight of each respondent.
    Each(&'a [f64]),
    /// Of units that stand for several respondents: how many, and their weights.
    Together {
        /// Respondents of each unit.
        rows: &'a [u64],
        /// Unit, weight, and how often the unit has it. Any numbers whose sum is that of the weights will do.
        terms: &'a [(u32, f64, u64)],
    },
}

impl Weighed<'_> {
    /// Number of units.
    pub(crate) fn units(&self) -> usize {
        match self {
            Self::Each(weights) => weights.len(),
            Self::Together { rows, .. } => rows.len(),
        }
    }

    /// Respondents of a unit.
    pub(crate) fn rows(&self, unit: usize) -> u64 {
        match self {
            Self::Each(_) => 1,
            Self::Together { rows, .. } => rows[unit],
        }
    }

    /// Respondents of a unit with a weight above 0. Those who share a unit all have one.
    pub(crate) fn rows_above_0(&self, unit: usize) -> u64 {
        match self {
            Self::Each(weights) => u64::from(weights[unit] > 0.0),
            Self::Together { rows, .. } => rows[unit],
        }
    }

    /// Σ w of so many groups of units, each rounded once: the same to the last bit for respondents in any
    /// order, and for units in their place.
    pub(crate) fn sums(&self, group_of_unit: &[u32], groups: usize) -> Vec<f64> {
        match self {
            Self::Each(weights) => {
                exact_sums(group_of_unit.iter().zip(*weights).map(|(group, w)| (*group, *w, 1)), groups)
            }
            Self::Together { terms, .. } => {
                let term = |(unit, w, times): &(u32, f64, u64)| (group_of_unit[*unit as usize], *w, *times);
                exact_sums(terms.iter().map(term), groups)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Weighed;

    #[test]
    fn units_weigh_what_their_respondents_do() {
        let weights: Vec<f64> = (0..600_u32).map(|row| 1.0 / f64::from(row % 6 + 3)).collect();
        let unit_of_row = |row: usize| row % 6 / 2;
        let groups: Vec<u32> = (0..600).map(|row| [0, 1, 0][unit_of_row(row)]).collect();
        let each = Weighed::Each(&weights);
        let terms: Vec<(u32, f64, u64)> =
            (0..6_u32).map(|at| (at / 2, 1.0 / f64::from(at + 3), 100)).collect();
        let together = Weighed::Together { rows: &[200; 3], terms: &terms };
        assert_eq!((each.units(), together.units()), (600, 3));
        assert_eq!((each.rows(5), together.rows(2)), (1, 200));
        let sums = together.sums(&[0, 1, 0], 2);
        assert_eq!(each.sums(&groups, 2), sums);
        // 100 × (1/3 + 1/4 + 1/7 + 1/8) and 100 × (1/5 + 1/6).
        assert!((sums[0] - 100.0 * 143.0 / 168.0).abs() < 1e-12 && (sums[1] - 110.0 / 3.0).abs() < 1e-12);
    }
}
