//! What several test files need.

pub mod counts;
pub mod dice;
pub mod drafted;
pub mod entries;
pub mod estimate;
pub mod forms;
pub mod project;
pub mod report_sample;
pub mod rows;
pub mod shared;
pub mod synthesis;
pub mod two_waves;
pub mod unzipped;
