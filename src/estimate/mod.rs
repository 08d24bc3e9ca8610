//! Share, mean, total, ratio, quantile, contrast, test: estimand, domain, influence, interval.

pub mod binomial;
pub mod interval;
pub mod p_adjust;
pub mod reliability;
mod value;

pub use value::{ConfidenceInterval, Deff, DeffReference, DegreesOfFreedom, Estimate, IntervalMethod, NotEstimable};
