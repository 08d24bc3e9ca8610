//! The door in: files of any encoding and layout → [`Table`]s whose cells know their file, sheet, row and column.
//!
//! Nothing here knows what an answer means; that is the business of `answers`.

mod table;

pub use table::{Cell, Column, ReadOptions, Table};
