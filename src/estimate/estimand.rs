//! What is estimated, of whom, and how it is to be reported.

use std::str::FromStr;

use crate::code::Code;
pub use crate::decode::{Outcome, Outcomes};
use crate::error::{Diagnostic, Error};
use crate::estimate::value::{DeffReference, IntervalMethod};
use crate::text::Text;

/// The group of a row that is in no group.
pub const NO_GROUP: u32 = u32::MAX;

/// What is estimated. Columns hold one value a respondent; a row without a valid answer leaves the domain,
/// never the design.
///
/// With d 1 inside the domain and 0 outside, the influence values are z = d (y − R x)/Σ w d x for a ratio R,
/// a share or mean being one with x = 1, and z = d y for a total or count (Woodruff 1971; Särndal, Swensson
/// and Wretman 1992, §5.5; R `svyratio`, `svymean`, `svytotal`, survey 4.5).
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::Outcome::{No, Outside, Yes};
/// use shihyo::estimate::{Domain, Estimand, Options, Outcomes, estimate};
///
/// let design = Design::simple(4)?;
/// let said = Outcomes::from([Yes, No, Yes, Outside]);
/// let value = |what: Estimand<'_>| {
///     estimate(&design, &what, Domain::All, &Options::default()).map(|e| e.value)
/// };
/// assert_eq!(value(Estimand::Share(&said))?, Ok(2.0 / 3.0));
/// assert_eq!(value(Estimand::Count(&said))?, Ok(2.0));
/// assert_eq!(value(Estimand::Mean(&[1.0, 2.0, 6.0, f64::NAN]))?, Ok(3.0));
/// assert_eq!(value(Estimand::Total(&[1.0, 2.0, 6.0, f64::NAN]))?, Ok(9.0));
/// let ratio =
///     Estimand::Ratio { numerator: &[1.0, 2.0, 3.0, 4.0], denominator: &[2.0, 4.0, 6.0, 8.0] };
/// assert_eq!((ratio.rows(), value(ratio)?), (4, Ok(0.5)));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Estimand<'a> {
    /// p = Σ w d y / Σ w d of those in the base.
    Share(&'a Outcomes),
    /// Σ w d y / Σ w d; NaN is missing. A score of +1, 0, −1 makes a difference of shares (top box − bottom
    /// box).
    Mean(&'a [f64]),
    /// Σ w d y; NaN is missing.
    Total(&'a [f64]),
    /// Σ w d y of a share's answers: how many people of the population.
    Count(&'a Outcomes),
    /// Σ w d y / Σ w d x; a row with either missing (NaN) is outside.
    Ratio {
        /// y.
        numerator: &'a [f64],
        /// x.
        denominator: &'a [f64],
    },
}

impl Estimand<'_> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Share(c) | Self::Count(c) => c.len(),
            Self::Mean(y) | Self::Total(y) | Self::Ratio { numerator: y, .. } => y.len(),
        }
    }

    /// y and x of a row inside the base.
    pub(crate) fn at(&self, row: usize) -> Option<(f64, f64)> {
        match self {
            Self::Share(c) | Self::Count(c) => Some((c.get(row)?.number()?, 1.0)),
            Self::Mean(y) | Self::Total(y) => (!y[row].is_nan()).then(|| (y[row], 1.0)),
            Self::Ratio { numerator, denominator } => {
                let (y, x) = (numerator[row], denominator[row]);
                (!y.is_nan() && !x.is_nan()).then_some((y, x))
            }
        }
    }
}

/// Who is meant. Rows outside stay in the design.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Domain<'a> {
    /// Everyone.
    All,
    /// Rows that are `true`.
    Rows(&'a [bool]),
}

impl Domain<'_> {
    /// Whether a row is inside.
    pub fn contains(&self, row: usize) -> bool {
        match self {
            Self::All => true,
            Self::Rows(mask) => mask[row],
        }
    }
}

/// A classification: each row is in one group, or in none ([`NO_GROUP`]).
///
/// ```
/// use shihyo::estimate::{Domain, Groups, NO_GROUP};
///
/// let districts = Groups::new(&[0, 1, 1, NO_GROUP], 2);
/// assert_eq!((districts.count(), districts.length()), (2, 4));
/// let adults = Domain::Rows(&[true, false, true]);
/// assert!(adults.contains(2) && !adults.contains(1));
/// assert_eq!(Groups::one(3, adults).count(), 1);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    rows: Vec<Vec<u32>>,
    length: usize,
}

impl Groups {
    /// Groups 0 … `count` − 1 from each row's group; a group of `count` or above is none.
    pub fn new(of_row: &[u32], count: usize) -> Self {
        let mut rows = vec![Vec::new(); count];
        for (row, group) in of_row.iter().enumerate() {
            if let Some(rows) = rows.get_mut(*group as usize) {
                rows.push(row as u32);
            }
        }
        Self { rows, length: of_row.len() }
    }

    /// One group of everyone in the domain.
    pub fn one(rows: usize, domain: Domain<'_>) -> Self {
        Self {
            rows: vec![(0..rows as u32).filter(|row| domain.contains(*row as usize)).collect()],
            length: rows,
        }
    }

    /// Number of groups.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Rows of each group, ascending.
    pub(crate) fn rows(&self) -> &[Vec<u32>] {
        &self.rows
    }

    /// For each respondent whether they are in `group`.
    pub(crate) fn mask(&self, group: usize) -> Vec<bool> {
        let mut mask = vec![false; self.length];
        self.rows.get(group).into_iter().flatten().for_each(|row| mask[*row as usize] = true);
        mask
    }

    /// Respondents, in groups or not.
    pub fn length(&self) -> usize {
        self.length
    }
}

/// Which degrees of freedom an interval or test takes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum DfChoice {
    /// Of the domain: PSUs and strata that hold a row of it (as R `svyciprop`).
    #[default]
    Domain,
    /// Of the whole design.
    Design,
    /// The normal distribution.
    Infinite,
    /// A number.
    Given(f64),
}

/// What an interval of a share rests on.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, Estimand, IntervalBasis, IntervalMethod, Options, Outcome, Outcomes};
/// use shihyo::estimate::estimate;
///
/// // Newcombe 1998, table I: 81 of 263.
/// let said: Outcomes = (0..263).map(|i| Outcome::from(i < 81)).collect();
/// let options = Options {
///     method: IntervalMethod::Wilson,
///     basis: IntervalBasis::Binomial,
///     ..Options::default()
/// };
/// let e = estimate(&Design::simple(263)?, &Estimand::Share(&said), Domain::All, &options)?;
/// assert_eq!(
///     e.interval.map(|i| format!("{:.4} {:.4}", i.low, i.high)),
///     Ok("0.2553 0.3662".to_owned())
/// );
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum IntervalBasis {
    /// The design's variance and degrees of freedom.
    #[default]
    Design,
    /// The classical binomial formula: counts and the normal quantile. For a simple unweighted sample.
    Binomial,
}

impl IntervalBasis {
    /// The one rule: a simple random sample without weights and without finite population correction takes
    /// the classical formula of the method where there is one (counts and the normal quantile); every other
    /// design, and every other method, takes the design's variance and degrees of freedom, as R's `svyciprop`
    /// does.
    ///
    /// | method | simple sample | any other design |
    /// |---|---|---|
    /// | wilson, wilson-cc, agresti-coull, jeffreys, clopper-pearson | counts: n, z | design: n_eff, t |
    /// | wald, logit, xlogit, asin, likelihood, korn-graubard | design | design |
    ///
    /// ```
    /// use shihyo::estimate::{IntervalBasis, IntervalMethod};
    ///
    /// assert_eq!(IntervalBasis::of(IntervalMethod::Wilson, true), IntervalBasis::Binomial);
    /// assert_eq!(IntervalBasis::of(IntervalMethod::Wilson, false), IntervalBasis::Design);
    /// assert_eq!(IntervalBasis::of(IntervalMethod::Logit, true), IntervalBasis::Design);
    /// ```
    pub fn of(method: IntervalMethod, simple: bool) -> Self {
        let classical = match method {
            IntervalMethod::Wilson
            | IntervalMethod::WilsonCc
            | IntervalMethod::AgrestiCoull
            | IntervalMethod::Jeffreys
            | IntervalMethod::ClopperPearson => true,
            IntervalMethod::Wald
            | IntervalMethod::Logit
            | IntervalMethod::Xlogit
            | IntervalMethod::Asin
            | IntervalMethod::Likelihood
            | IntervalMethod::KornGraubard
            | IntervalMethod::Mover => false,
        };
        if simple && classical { Self::Binomial } else { Self::Design }
    }

    /// Its name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Design => "design",
            Self::Binomial => "binomial",
        }
    }
}

/// How the difference of two shares gets its limits and its test. Other differences always have Wald's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DifferenceMethod {
    /// From the Wilson limits of the two ([`SharePair`](crate::estimate::mover::SharePair)).
    #[default]
    Mover,
    /// d ± t se, and a t test (R `svycontrast`, `svyttest`). False near 0 % and 100 %.
    Wald,
}

impl DifferenceMethod {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::Mover, Self::Wald];

    /// Its name in plans, flags and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mover => "mover",
            Self::Wald => "wald",
        }
    }
}

impl FromStr for DifferenceMethod {
    type Err = Error;

    /// # Errors
    /// A name that is none of [`DifferenceMethod::ALL`].
    fn from_str(s: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|m| m.name() == s).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            Diagnostic::new(
                Code::EstimateIntervalMethod,
                Text::new(
                    format!("差の信頼区間の方法「{s}」はありません"),
                    format!("there is no method \"{s}\" for the interval of a difference"),
                ),
            )
            .help(Text::new(format!("使える方法: {known}"), format!("known methods: {known}")))
            .into()
        })
    }
}

/// How an estimate is to be reported.
///
/// ```
/// use shihyo::estimate::{DfChoice, IntervalMethod, Options};
///
/// let options = Options {
///     method: IntervalMethod::KornGraubard,
///     df: DfChoice::Given(38.0),
///     ..Options::default()
/// };
/// assert_eq!((options.method.name(), options.level), ("korn-graubard", 0.95));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Interval of a share; other statistics always have `wald`.
    pub method: IntervalMethod,
    /// Its level, such as 0.95.
    pub level: f64,
    /// Its degrees of freedom.
    pub df: DfChoice,
    /// What a share's interval rests on.
    pub basis: IntervalBasis,
    /// What the design effect compares with.
    pub deff: DeffReference,
    /// Limits and test of the difference of two shares.
    pub difference: DifferenceMethod,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            method: IntervalMethod::Logit,
            level: 0.95,
            df: DfChoice::Domain,
            basis: IntervalBasis::Design,
            deff: DeffReference::WithoutReplacement,
            difference: DifferenceMethod::Mover,
        }
    }
}
