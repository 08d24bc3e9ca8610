//! What an answer counts in a share. Not a `Vec<u8>`: a column of codes has bytes too, and one taken for the
//! other would be added up without a word.

/// What an answer counts in a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// In the base, and not one of the chosen options.
    No = 0,
    /// In the base, and one of the chosen options.
    Yes = 1,
    /// Not in the base.
    Outside = 2,
}

impl Outcome {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::No, Self::Yes, Self::Outside];

    /// Its code where outcomes are added up: its place in [`Outcome::ALL`].
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Whether it is in the base.
    pub fn in_base(self) -> bool {
        self != Self::Outside
    }

    /// The share of one: 0 or 1; `None` outside the base.
    pub fn number(self) -> Option<f64> {
        match self {
            Self::No => Some(0.0),
            Self::Yes => Some(1.0),
            Self::Outside => None,
        }
    }

    fn of_code(code: u8) -> Self {
        match code {
            0 => Self::No,
            1 => Self::Yes,
            _ => Self::Outside,
        }
    }
}

/// In the base: chosen or not.
impl From<bool> for Outcome {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// The outcome of every respondent, one byte each.
///
/// ```
/// use shihyo::decode::{Outcome, Outcomes};
///
/// let outcomes = Outcomes::from([Outcome::Yes, Outcome::Outside, Outcome::No]);
/// assert_eq!((outcomes.len(), outcomes.get(1)), (3, Some(Outcome::Outside)));
/// assert_eq!(outcomes.codes(), [1, 2, 0]);
/// assert_eq!(outcomes.iter().filter_map(Outcome::number).sum::<f64>(), 1.0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcomes(Vec<u8>);

impl Outcomes {
    /// Number of respondents.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The outcome of a respondent; `None` beyond the last.
    #[inline]
    pub fn get(&self, row: usize) -> Option<Outcome> {
        self.0.get(row).copied().map(Outcome::of_code)
    }

    /// Each outcome, in the order of the respondents.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Outcome> + '_ {
        self.0.iter().copied().map(Outcome::of_code)
    }

    /// [Codes](Outcome::code) as they are added up.
    pub fn codes(&self) -> &[u8] {
        &self.0
    }

    /// Puts the respondents that `out` names outside the base.
    pub fn leave_out(&mut self, out: impl Fn(usize) -> bool) {
        let left = self.0.iter_mut().enumerate().filter(|(row, _)| out(*row));
        left.for_each(|(_, code)| *code = Outcome::Outside.code());
    }
}

impl FromIterator<Outcome> for Outcomes {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        Self(outcomes.into_iter().map(Outcome::code).collect())
    }
}

impl<const N: usize> From<[Outcome; N]> for Outcomes {
    fn from(outcomes: [Outcome; N]) -> Self {
        outcomes.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome::{No, Outside, Yes};
    use super::{Outcome, Outcomes};

    #[test]
    fn an_outcome_is_a_byte_and_comes_back_as_it_was() {
        assert_eq!(size_of::<Outcome>(), 1);
        let outcomes: Outcomes = [Yes, Outside, No, No].into();
        assert_eq!(outcomes.iter().collect::<Vec<_>>(), [Yes, Outside, No, No]);
        assert_eq!((outcomes.get(0), outcomes.get(4)), (Some(Yes), None));
        for (at, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(outcome.code()), at, "{outcome:?}");
            assert_eq!(outcome.number().is_some(), outcome.in_base(), "{outcome:?}");
        }
    }

    #[test]
    fn who_is_left_out_is_outside_and_stays_in_his_place() {
        let mut outcomes: Outcomes = [Yes, No, Yes].into();
        outcomes.leave_out(|row| row == 2);
        assert_eq!(outcomes, [Yes, No, Outside].into());
    }
}
