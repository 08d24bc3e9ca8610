//! What several test files need.

pub mod entries;
pub mod estimate;
pub mod forms;
pub mod office;
pub mod report_sample;
pub mod shared;
pub mod synthesis;
pub mod two_waves;
pub mod unzipped;
