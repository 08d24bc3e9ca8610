//! Adds up rows. The only room that sees all of them.
//!
//! A [`Reduction`] says what to add up, as data: the key that the variance needs (stratum, or PSU), the cell of every
//! classification in use, and measures with small answer codes. [`reduce`] gives [`Totals`]: n, Σw and Σw² by key × cell
//! × code. Every share, NET, breakdown, difference and its variance is a function of these sums.
//!
//! Totals of parts merge to the totals of the whole. Rows are added in blocks whose limits depend on the data alone, and
//! blocks are merged as a fixed tree, so that results do not depend on the number of threads.

mod accumulate;
mod cube;
mod reduction;
mod stream;
mod tally;
mod totals;

pub use accumulate::reduce;
pub use cube::Cube;
pub use reduction::{Cells, Measure, Reduction};
pub use stream::{StreamColumns, Streamed, StreamedKey, StreamedValue, stream};
pub use tally::Tally;
pub use totals::{MeasureTotals, Totals};
