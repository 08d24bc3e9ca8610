//! Distributions, special functions and linear algebra on plain `f64`; knows no survey.
//!
//! Everything here takes and returns plain numbers. A parameter outside its range gives NaN (distributions)
//! or `None` (linear algebra); the rooms above check first and turn what cannot be computed into a reason.

mod compensated_sum;
pub mod dist;
mod exact_sum;
mod least_squares;
pub mod linalg;
pub mod product;
pub mod quadform;
mod quantile;
pub(crate) mod rank;
pub mod special;

pub(crate) use compensated_sum::CompensatedSum;
pub(crate) use exact_sum::{exact_sum, exact_sums};
