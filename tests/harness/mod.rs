//! Translates the cases of an oracle (`cases.json` and its CSV files) into calls of the library, and its
//! answers back.

pub(crate) mod compare;
pub(crate) mod data;
pub(crate) mod designs;
mod formulas;
pub(crate) mod statistics;
