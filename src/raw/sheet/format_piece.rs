//! What a number format is made of.

/// One thing in a section of a format.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Shown as it stands.
    Literal(String),
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// `E+00`.
    Exponent,
    /// `/` among digits.
    Fraction,
    General,
    /// `@`.
    Text,
    /// A run of letters of a date or time: `yyyy`, `ggg`, `[h]`.
    Moment(String),
}
