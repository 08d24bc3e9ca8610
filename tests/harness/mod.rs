//! Translates the cases of an oracle (`cases.json` and its CSV files) into calls of the library, and its answers back.

pub mod compare;
pub mod data;
pub mod designs;
pub mod statistics;
