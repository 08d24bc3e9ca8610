//! What cells are read as, and what is left to the general reader.

/// Why the general reader takes the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HandOver(pub &'static str);

/// The code of a blank cell.
pub const BLANK: u8 = 0;

/// Keys from here on are texts: [`super::Scanned::keys`] says which.
pub const TEXT_KEY: u32 = 1 << 31;

/// Distinct values that a column of codes may have, the blank one and all digits counted.
pub(super) const MOST_VALUES: u32 = 255;

/// What is to be read of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Any texts, of which there are few different ones.
    Code,
    /// Whole numbers below 10⁹, or words.
    Key,
    /// Any number; NaN where the cell is blank.
    Number,
    /// Names of respondents: one number for each name, so that two are told apart. No cell may be blank.
    Id,
    /// Any texts, of which a sample is taken.
    Other,
}
