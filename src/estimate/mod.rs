//! Share, mean, total, ratio, quantile, contrast, test: estimand, domain, influence, interval.
//!
//! An estimator is a point estimate and its influence values; variances come from [`crate::design`]. What
//! cannot be estimated is a [`NotEstimable`] reason in the place of the number. The same jobs in R `survey`
//! 4.5 and here:
//!
//! | R | here |
//! |---|---|
//! | `svydesign(ids, strata, weights, fpc, nest)` | [`crate::design::declare`] |
//! | `svrepdesign(weights, repweights, scale, rscales, mse)` | [`crate::design::Design::replicated`] |
//! | `postStratify` | [`crate::design::Design::post_stratify`] |
//! | `rake`, `calibrate`, `trimWeights` | `rake`, `calibrate`, `trim` of the same |
//! | `svymean`, `svytotal`, `svyratio` of a `subset` | [`estimate()`] with [`Estimand`] and [`Domain`] |
//! | `svyciprop(method = "beta")` | [`Estimand::Share`] with [`IntervalMethod::KornGraubard`] |
//! | `svyby` | [`estimate_by`], [`by_groups`] with covariances |
//! | `svyquantile(qrule = "math")` | [`quantile()`] |
//! | `svycontrast(svyby(covmat = TRUE), c(1, -1))` | [`difference`], [`Joint::contrast`] |
//! | `svyttest` | [`t_test`] |
//! | `svychisq` | [`independence()`] |
//! | `as.svrepdesign` | [`crate::design::Design::jackknife`], [`crate::design::Design::bootstrap`] |

#[cfg(test)]
mod alike;
pub mod binomial;
mod contrast;
mod estimand;
mod figures;
mod fitted_table;
mod independence;
mod info;
pub mod interval;
pub mod mover;
pub mod p_adjust;
mod quantile;
pub mod reliability;
mod replicate_table;
mod sample;
mod share_table;
mod single;
mod table;
mod value;
mod value_table;

pub use contrast::{
    Comparison, Difference, Joint, Pair, WaveDf, WaveDifference, by_groups, difference, jointly, pairwise,
    t_test, wave_difference, wave_ratio, wave_share_difference,
};
pub use estimand::{
    DfChoice, DifferenceMethod, Domain, Estimand, Groups, IntervalBasis, NO_GROUP, Options, Outcome, Outcomes,
};
pub(crate) use fitted_table::{CodedValues, FittedKeys, FittedTable};
pub use independence::{Independence, IndependenceTest, independence};
pub use info::{DesignInfo, design_info};
pub use quantile::{QuantileInterval, QuantileRule, quantile, quantile_by};
pub use replicate_table::ReplicateTable;
pub(crate) use sample::Shape;
pub use share_table::{ShareOf, ShareTable};
pub use single::{estimate, estimate_all, estimate_by};
pub use table::{CrosstabCell, MultiAnswerBase, Percent, crosstab, frequency, multi_answer};
pub use value::{
    ConfidenceInterval, Deff, DeffReference, DegreesOfFreedom, Estimate, IntervalMethod, NotEstimable,
};
pub(crate) use value_table::ValuesOf;
