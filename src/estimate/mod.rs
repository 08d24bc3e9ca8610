//! Share, mean, total, ratio, quantile, contrast, test: estimand, domain, influence, interval.

mod value;

pub use value::{ConfidenceInterval, Deff, DeffReference, DegreesOfFreedom, Estimate, IntervalMethod, NotEstimable};
