//! Adds up rows. The only room that sees all of them.
//!
//! A [`Reduction`] says what to add up, as data: the key that the variance needs (stratum, or PSU), the cell
//! of every classification in use, and measures with small answer codes. [`reduce`] gives [`Totals`]: n, Σw
//! and Σw² by key × cell × code. Every share, NET, breakdown, difference and its variance is a function of
//! these sums.
//!
//! Totals of parts merge to the totals of the whole. Counts are integers and sums of weights are not rounded
//! before the last step (see [`Cube`]), so that results do not depend on the number of threads, nor on how
//! the rows are divided.

mod accumulate;
mod crossing_plan;
mod crossings;
mod cube;
mod exact;
mod lanes;
mod near_tally;
mod rank;
mod reduction;
mod replicated;
mod stream;
mod stream_merge;
mod stream_part;
mod stream_returns;
mod stream_split;
mod stream_tables;
mod streamed;
mod tally;
mod totals;
mod weight_lanes;

pub use accumulate::reduce;
pub use crossing_plan::CrossingPlan;
pub use cube::{Cube, Recoding};
pub use exact::MOST_WEIGHT;
pub use rank::Ranks;
pub use reduction::{Cells, Measure, Reduction};
pub use replicated::ReplicateTotals;
pub use stream::stream;
pub use streamed::{Crossed, StreamColumns, Streamed, StreamedKey, StreamedValue};
pub use tally::{Entry, Tally};
pub use totals::{MeasureTotals, Totals};
