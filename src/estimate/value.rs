//! What an estimate is: a number with its uncertainty, each of which may not exist, with the reason.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::code::Code;
use crate::error::{Diagnostic, Error};
use crate::text::Text;

/// Why a number cannot be given. Never 0, never NaN.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, Estimand, NotEstimable, Options, Outcome, estimate};
///
/// // Nobody answered.
/// let said = [Outcome::Outside; 2].into();
/// let e = estimate(&Design::simple(2)?, &Estimand::Share(&said), Domain::All, &Options::default())?;
/// assert_eq!(e.value, Err(NotEstimable::EmptyBase));
/// assert_eq!(NotEstimable::EmptyBase.text().en, "nobody in the base");
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEstimable {
    /// Nobody is in the base (0/0).
    EmptyBase,
    /// The weights of the base, or the denominator of a ratio, sum to 0.
    ZeroDenominator,
    /// The design leaves no degrees of freedom.
    NoDegreesOfFreedom,
    /// A stratum has a single PSU and the policy gives it no variance.
    LonelyPsu,
    /// The share is exactly 0 or 1, where this method has no limits.
    AtBoundary,
    /// One respondent only.
    SingleObservation,
    /// The respondents chose themselves, or were not drawn at random: there is no sampling error to state.
    NotARandomSample,
    /// Everyone was asked: there is no sampling error.
    Census,
    /// The least or the greatest value (a quantile of probability 0 or 1): no share of answers beyond it says
    /// how far it may be off.
    Extreme,
    /// The sample is too small for this quantile: a limit of its interval would lie beyond the least or the
    /// greatest value.
    BeyondSample,
    /// There is no sampling error: the population table that the weights are fitted to has the number, or
    /// everyone of the part was asked.
    Known,
    /// The method does not apply to this statistic.
    NotDefined,
}

impl NotEstimable {
    /// Its stable name, such as `empty_base`; the same as its serde name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyBase => "empty_base",
            Self::ZeroDenominator => "zero_denominator",
            Self::NoDegreesOfFreedom => "no_degrees_of_freedom",
            Self::LonelyPsu => "lonely_psu",
            Self::AtBoundary => "at_boundary",
            Self::SingleObservation => "single_observation",
            Self::NotARandomSample => "not_a_random_sample",
            Self::Census => "census",
            Self::Extreme => "extreme",
            Self::BeyondSample => "beyond_sample",
            Self::Known => "known",
            Self::NotDefined => "not_defined",
        }
    }

    /// The reason in words.
    pub fn text(&self) -> Text {
        match self {
            Self::EmptyBase => Text::new("集計対象がいない", "nobody in the base"),
            Self::ZeroDenominator => Text::new("分母が0", "the denominator is 0"),
            Self::NoDegreesOfFreedom => Text::new("自由度がない", "no degrees of freedom"),
            Self::LonelyPsu => Text::new("層にPSUが1つしかない", "a stratum has a single PSU"),
            Self::AtBoundary => Text::new("0%または100%では求められない", "not defined at 0 % or 100 %"),
            Self::SingleObservation => Text::new("回答者が1人しかいない", "a single respondent"),
            Self::NotARandomSample => Text::new("無作為抽出ではない", "not a random sample"),
            Self::Census => Text::new("全数調査", "a census"),
            Self::Extreme => {
                Text::new("最小値・最大値では求められない", "not defined for the least or greatest value")
            }
            Self::BeyondSample => Text::new(
                "標本が小さく、限界が最小値・最大値の外にある",
                "a limit lies beyond the least or greatest value: the sample is too small",
            ),
            Self::Known => Text::new(
                "母集団の表などから分かっている数で、標本誤差がない",
                "known from the population table: no sampling error",
            ),
            Self::NotDefined => Text::new("この統計量では定義されない", "not defined for this statistic"),
        }
    }
}

impl fmt::Display for NotEstimable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

/// A method for a confidence interval of a share, spelled as in R and svy.
///
/// ```
/// use shihyo::estimate::IntervalMethod;
///
/// assert!(IntervalMethod::ALL.iter().all(|m| m.name().parse::<IntervalMethod>().unwrap() == *m));
/// // R's name for it.
/// assert_eq!("beta".parse::<IntervalMethod>().unwrap(), IntervalMethod::KornGraubard);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalMethod {
    /// p ± t se, not clipped.
    Wald,
    /// On the log odds, transformed back.
    Logit,
    /// As `Logit` by the delta method for replicate designs too.
    Xlogit,
    /// Wilson score.
    Wilson,
    /// Wilson score with continuity correction (Newcombe 1998, method 4).
    WilsonCc,
    /// Korn and Graubard 1998 (R `svyciprop(method="beta")`).
    KornGraubard,
    /// Profile likelihood on the effective sample size.
    Likelihood,
    /// On arcsin √p, transformed back.
    Asin,
    /// Agresti and Coull 1998.
    AgrestiCoull,
    /// Equal-tailed Beta(x + ½, n − x + ½).
    Jeffreys,
    /// Clopper and Pearson 1934, exact binomial.
    ClopperPearson,
    /// Of a difference of two shares, from their Wilson limits ([`mover`](crate::estimate::mover)); no method
    /// for a share.
    Mover,
}

impl IntervalMethod {
    /// Every method for a share.
    pub const ALL: [Self; 11] = [
        Self::Wald,
        Self::Logit,
        Self::Xlogit,
        Self::Wilson,
        Self::WilsonCc,
        Self::KornGraubard,
        Self::Likelihood,
        Self::Asin,
        Self::AgrestiCoull,
        Self::Jeffreys,
        Self::ClopperPearson,
    ];

    /// The method's name, such as `korn-graubard`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wald => "wald",
            Self::Logit => "logit",
            Self::Xlogit => "xlogit",
            Self::Wilson => "wilson",
            Self::WilsonCc => "wilson-cc",
            Self::KornGraubard => "korn-graubard",
            Self::Likelihood => "likelihood",
            Self::Asin => "asin",
            Self::AgrestiCoull => "agresti-coull",
            Self::Jeffreys => "jeffreys",
            Self::ClopperPearson => "clopper-pearson",
            Self::Mover => "mover",
        }
    }
}

impl fmt::Display for IntervalMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for IntervalMethod {
    type Err = Error;

    /// # Errors
    /// A name that is none of [`IntervalMethod::ALL`] (`beta` is taken for `korn-graubard`, as R calls it).
    fn from_str(s: &str) -> Result<Self, Error> {
        if s == "beta" {
            return Ok(Self::KornGraubard);
        }
        Self::ALL.into_iter().find(|m| m.name() == s).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            Diagnostic::new(
                Code::EstimateIntervalMethod,
                Text::new(
                    format!("信頼区間の方法「{s}」はありません"),
                    format!("there is no interval method \"{s}\""),
                ),
            )
            .help(Text::new(format!("使える方法: {known}"), format!("known methods: {known}")))
            .into()
        })
    }
}

/// Limits of a share, mean, total …, in the unit of the estimate (shares in [0, 1], `wald` may leave it).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ConfidenceInterval {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// How it was made.
    pub method: IntervalMethod,
    /// Its level, such as 0.95.
    pub level: f64,
}

/// Which simple random sample a design effect compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum DeffReference {
    /// Without replacement: the reference variance has the factor 1 − n/N, N the sum of the weights (R
    /// `deff=TRUE`).
    #[serde(rename = "wor")]
    WithoutReplacement,
    /// With replacement (R `deff="replace"`).
    #[serde(rename = "wr")]
    WithReplacement,
}

/// Weights that sum to more than so many times the respondents stand for a population; rounding of weights
/// that were scaled to a mean of 1 stays far below it.
const EVIDENT: f64 = 1.01;

impl DeffReference {
    /// Its name in files, `wor` or `wr`; the same as its serde name.
    pub fn name(self) -> &'static str {
        match self {
            Self::WithoutReplacement => "wor",
            Self::WithReplacement => "wr",
        }
    }

    /// The one rule for what a design effect compares with: sampling without replacement where the weights
    /// sum to a population that is `stated` (by its size, by sampling fractions, by what the weights are
    /// fitted to) or evident (they sum to more than 1.01 times the respondents), else sampling with
    /// replacement.
    ///
    /// ```
    /// use shihyo::estimate::DeffReference;
    ///
    /// assert_eq!(DeffReference::of(false, 1000.0, 1000), DeffReference::WithReplacement);
    /// assert_eq!(DeffReference::of(false, 1000.001, 1000), DeffReference::WithReplacement);
    /// assert_eq!(DeffReference::of(false, 5000.0, 1000), DeffReference::WithoutReplacement);
    /// assert_eq!(DeffReference::of(true, 1005.0, 1000), DeffReference::WithoutReplacement);
    /// // A population no larger than the sample is none.
    /// assert_eq!(DeffReference::of(true, 1000.0, 1000), DeffReference::WithReplacement);
    /// ```
    pub fn of(stated: bool, weights: f64, rows: u64) -> Self {
        let n = rows as f64;
        let population = if stated { weights > n } else { weights > EVIDENT * n };
        if population { Self::WithoutReplacement } else { Self::WithReplacement }
    }
}

/// Design effect, with the reference that it was computed against.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{DeffReference, Domain, Estimand, Options, estimate};
///
/// // A simple sample is its own reference.
/// let options = Options { deff: DeffReference::WithReplacement, ..Options::default() };
/// let e =
///     estimate(&Design::simple(4)?, &Estimand::Mean(&[1.0, 2.0, 4.0, 9.0]), Domain::All, &options)?;
/// assert!((e.deff.unwrap().value - 1.0).abs() < 1e-12);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Deff {
    /// V / V of a simple random sample of the same size.
    pub value: f64,
    /// Which simple random sample.
    pub reference: DeffReference,
}

/// Degrees of freedom of the design: PSUs − strata, or as a replicate design has it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DegreesOfFreedom {
    /// Over PSUs and strata that hold at least one row of the domain.
    pub domain: f64,
    /// Over the whole design.
    pub design: f64,
}

/// An estimate. Shares are in [0, 1]; totals and means in the unit of the variable.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::Outcome::{No, Yes};
/// use shihyo::estimate::{Domain, Estimand, Options, estimate};
///
/// // Three of five: V = p(1 − p)/(n − 1) = .06, so that the effective size is n − 1.
/// let e = estimate(
///     &Design::simple(5)?,
///     &Estimand::Share(&[Yes, Yes, Yes, No, No].into()),
///     Domain::All,
///     &Options::default(),
/// )?;
/// assert_eq!((e.n, e.n_yes, e.n_weighted, e.df.domain), (5, Some(3), 5.0, 4.0));
/// assert!((e.cv().unwrap() - 0.06_f64.sqrt() / 0.6).abs() < 1e-12);
/// assert!((e.n_eff.clone().unwrap() - 4.0).abs() < 1e-12);
/// // n* = n_eff (t(n − 1)/t(df))², and both degrees of freedom are 4.
/// assert!((e.korn_graubard_n(0.95, 4.0).unwrap() - 4.0).abs() < 1e-12);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Rows of the domain with a valid answer (the base).
    pub n: u64,
    /// Rows of these whose answer counts (shares only).
    pub n_yes: Option<u64>,
    /// Σ w over the base.
    pub n_weighted: f64,
    /// The point estimate.
    pub value: Result<f64, NotEstimable>,
    /// Its standard error.
    pub se: Result<f64, NotEstimable>,
    /// Its interval.
    pub interval: Result<ConfidenceInterval, NotEstimable>,
    /// Design effect.
    pub deff: Result<Deff, NotEstimable>,
    /// Effective sample size p(1 − p)/V (shares only), not capped at n.
    pub n_eff: Result<f64, NotEstimable>,
    /// Degrees of freedom.
    pub df: DegreesOfFreedom,
}

#[cfg(test)]
mod tests {
    use super::{DeffReference, NotEstimable};

    #[test]
    fn names_in_files_are_the_serialised_ones() {
        for reason in [
            NotEstimable::EmptyBase,
            NotEstimable::ZeroDenominator,
            NotEstimable::NoDegreesOfFreedom,
            NotEstimable::LonelyPsu,
            NotEstimable::AtBoundary,
            NotEstimable::SingleObservation,
            NotEstimable::NotARandomSample,
            NotEstimable::Census,
            NotEstimable::Extreme,
            NotEstimable::BeyondSample,
            NotEstimable::Known,
            NotEstimable::NotDefined,
        ] {
            assert_eq!(serde_json::to_value(&reason).unwrap(), reason.code());
        }
        for reference in [DeffReference::WithoutReplacement, DeffReference::WithReplacement] {
            assert_eq!(serde_json::to_value(reference).unwrap(), reference.name());
        }
    }
}
