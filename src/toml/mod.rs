//! TOML files of the office: plans and questionnaires, with every mistake told at once and in its place.

pub(crate) mod check;
mod syntax;
pub(crate) mod text;
