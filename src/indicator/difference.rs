//! A part of the respondents held against the rest of them: the difference, its test, and what may be said.

use crate::estimate::NotEstimable;
use crate::estimate::reliability::ReliabilityFlag;
use crate::text::Text;

/// The number in a part minus that in the rest of the respondents.
#[derive(Debug, Clone, PartialEq)]
pub struct DifferenceFromRest {
    /// Part − rest; of shares in [−1, 1].
    pub value: Result<f64, NotEstimable>,
    /// Its test, with the covariance of part and rest in it.
    pub test: Result<DifferenceTest, NotEstimable>,
    /// What may be said; why nothing may, which is also why there is no difference or no test of it.
    pub verdict: Result<Verdict, NoVerdict>,
}

/// The test of a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DifferenceTest {
    /// Standard error of the difference.
    pub se: f64,
    /// Lower confidence limit of the difference.
    pub low: f64,
    /// Upper confidence limit of the difference.
    pub high: f64,
    /// difference / se, where that is the test; of two shares the p-value is found by inversion.
    pub t: Option<f64>,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// The p-value adjusted for the tests of all parts, on which the verdict rests.
    pub p_adjusted: f64,
}

/// Whether a part differs from the rest beyond sampling error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Higher than the rest.
    Higher,
    /// Lower than the rest.
    Lower,
    /// No difference beyond sampling error.
    NoDifference,
}

impl Verdict {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::NoDifference => "no_difference",
        }
    }
}

/// Why nothing may be said of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoVerdict {
    /// There is no test.
    NotTested(NotEstimable),
    /// The number on one of its sides is one that the reliability rule withholds.
    Withheld(ReliabilityFlag),
}

impl NoVerdict {
    /// The stable name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotTested(reason) => reason.code(),
            Self::Withheld(flag) => flag.name(),
        }
    }

    /// The reason in words.
    pub fn text(&self) -> Text {
        match self {
            Self::NotTested(reason) => reason.text(),
            Self::Withheld(flag) => flag.text(),
        }
    }
}
