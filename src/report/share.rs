//! From an estimate in [0, 1] to percent: the exact ratio of counts where there is one, else the double.

use super::round;
use crate::estimate::{Estimate, NotEstimable};

/// A share as exactly as it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Share {
    /// Unweighted: so many of so many.
    Ratio {
        /// Those whose answer counts.
        yes: u64,
        /// The base, at least 1.
        n: u64,
    },
    /// Weighted: only a double.
    Weighted(f64),
}

impl Share {
    /// The share of `estimate`: a ratio when its weights are all one, as Σw = n and value = yes/n tell.
    pub(super) fn of(estimate: &Estimate) -> Result<Self, &NotEstimable> {
        let value = *estimate.value.as_ref()?;
        Ok(match estimate.n_yes {
            Some(yes)
                if estimate.n > 0
                    && estimate.n_weighted == estimate.n as f64
                    && value == yes as f64 / estimate.n as f64 =>
            {
                Self::Ratio { yes, n: estimate.n }
            }
            _ => Self::Weighted(value),
        })
    }

    /// In percent, rounded for people: `30.6`.
    pub(super) fn printed(self, decimals: usize) -> String {
        match self {
            Self::Ratio { yes, n } => round::percent_of(yes, n, decimals),
            Self::Weighted(share) => round::percent_of_weights(share, decimals),
        }
    }

    /// In percent, unrounded: for a ratio the double nearest to 100·yes over n, divided once.
    pub(super) fn percent(self) -> f64 {
        match self {
            Self::Ratio { yes, n } => (100 * u128::from(yes)) as f64 / n as f64,
            Self::Weighted(share) => 100.0 * share,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Share;
    use crate::estimate::{DegreesOfFreedom, Estimate, NotEstimable};

    fn estimate(yes: u64, n: u64, n_weighted: f64, value: f64) -> Estimate {
        Estimate {
            n,
            n_yes: Some(yes),
            n_weighted,
            value: Ok(value),
            se: Err(NotEstimable::NotARandomSample),
            interval: Err(NotEstimable::NotARandomSample),
            deff: Err(NotEstimable::NotARandomSample),
            n_eff: Err(NotEstimable::NotARandomSample),
            df: DegreesOfFreedom { domain: 1.0, design: 1.0 },
        }
    }

    #[test]
    fn shares_with_and_without_weights_are_rounded_as_ratios() {
        let plain = Share::of(&estimate(41, 400, 400.0, 41.0 / 400.0)).unwrap().printed(1);
        let weighted = Share::of(&estimate(41, 400, 400.5, 41.0 / 400.0)).unwrap().printed(1);
        assert_eq!((plain.as_str(), weighted.as_str()), ("10.3", "10.3"));
        // Ties by weight, and what the rounding of sums in tenths makes of them.
        for (yes, all) in [(1_505_u64, 2_000_u64), (10_250, 100_000), (125, 100_000), (999, 2_000)] {
            let tie = yes as f64 / all as f64;
            for off in [0, 1, 3, 20] {
                let share = Share::Weighted(f64::from_bits(tie.to_bits() - off));
                assert_eq!(share.printed(1), super::round::percent_of(yes, all, 1), "{yes}/{all} − {off}");
            }
        }
    }

    #[test]
    fn weights_that_only_sum_to_n_do_not_make_a_ratio() {
        assert_eq!(Share::of(&estimate(50, 100, 100.0, 0.62)).unwrap(), Share::Weighted(0.62));
    }

    #[test]
    fn an_empty_base_keeps_its_reason() {
        let mut empty = estimate(0, 0, 0.0, 0.0);
        empty.value = Err(NotEstimable::EmptyBase);
        assert_eq!(Share::of(&empty), Err(&NotEstimable::EmptyBase));
    }
}
