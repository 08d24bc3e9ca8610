//! Share, mean, total, ratio, quantile, contrast, test: estimand, domain, influence, interval.

pub mod binomial;
mod contrast;
mod estimand;
mod figures;
mod independence;
mod info;
pub mod interval;
pub mod p_adjust;
mod quantile;
pub mod reliability;
mod sample;
mod share_table;
mod single;
mod table;
mod value;

pub use contrast::{
    Comparison, Difference, Joint, Pair, WaveDf, WaveDifference, by_groups, difference, jointly, pairwise, t_test, wave_difference, wave_ratio,
};
pub use estimand::{Domain, DfChoice, Estimand, Groups, IntervalBasis, NO, NO_GROUP, OUTSIDE, Options, YES};
pub use independence::{Independence, IndependenceTest, independence};
pub use info::{DesignInfo, design_info};
pub use quantile::{QuantileInterval, QuantileRule, quantile, quantile_by};
pub use share_table::{ShareOf, ShareTable};
pub use single::{estimate, estimate_all, estimate_by};
pub use table::{CrosstabCell, MultiAnswerBase, Percent, crosstab, frequency, multi_answer};
pub use value::{ConfidenceInterval, Deff, DeffReference, DegreesOfFreedom, Estimate, IntervalMethod, NotEstimable};
