//! May a share be shown? The presentation standards of NCHS, and the Japanese 参考値 rule.

use serde::Serialize;

use crate::estimate::binomial::{Limits, clopper_pearson};
use crate::estimate::value::{Estimate, NotEstimable};
use crate::stats::dist::{beta_logit_near, normal_upper_quantile, t_upper_quantile, t_upper_quantile_near};
use crate::text::Text;

/// How a share may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presentation {
    /// As it is.
    Present,
    /// After a statistician has looked at it.
    Review,
    /// Not at all.
    Suppress,
}

/// Whether the share's complement, 1 − p, needs a footnote: p may be shown, 1 − p is too imprecise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ComplementFootnote {
    /// The complement may be shown without.
    NotNeeded,
    /// The complement is shown with a footnote only.
    Needed,
}

/// Why a share is suppressed, reviewed or marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReliabilityReason {
    /// n or the effective n is under 30 (suppress).
    SmallSample,
    /// The interval is 0.30 wide or wider (suppress).
    WideInterval,
    /// The interval is wider than 0.05 and than 130 % of the share (suppress).
    WideRelativeInterval,
    /// The share is 0 or 1 (review).
    ZeroOrOne,
    /// Fewer than 8 degrees of freedom (review).
    FewDegreesOfFreedom,
    /// Fewer than 30 respondents: 参考値 (the Japanese rule).
    ReferenceValue,
}

impl ReliabilityReason {
    /// The reason in words.
    pub fn text(self) -> Text {
        match self {
            Self::SmallSample => {
                let limit = LEAST_SIZE;
                Text::new(
                    format!("n または有効標本サイズが{limit}未満"),
                    format!("n or the effective sample size is under {limit}"),
                )
            }
            Self::WideInterval => {
                Text::new("信頼区間の幅が30ポイント以上", "the interval is 30 points wide or wider")
            }
            Self::WideRelativeInterval => {
                Text::new("信頼区間の幅が割合の130%を超える", "the interval is wider than 130 % of the share")
            }
            Self::ZeroOrOne => Text::new("割合が0%または100%", "the share is 0 % or 100 %"),
            Self::FewDegreesOfFreedom => Text::new("自由度が8未満", "fewer than 8 degrees of freedom"),
            Self::ReferenceValue => Text::new(
                format!("n が{REFERENCE_LIMIT}未満のため参考値"),
                format!("n is under {REFERENCE_LIMIT}: for reference only"),
            ),
        }
    }
}

/// What NCHS's standard says of a share, with the numbers that it rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NchsVerdict {
    /// Present, review or suppress.
    pub presentation: Presentation,
    /// Whether 1 − p needs a footnote; only asked when the share itself is presented.
    pub complement: ComplementFootnote,
    /// p(1 − p)/se², not capped; n when p is 0 or 1.
    pub n_eff: f64,
    /// min(n, n_eff (t(.975, n − 1)/t(.975, df))²); n when p is 0 or 1.
    pub n_eff_df: f64,
    /// Lower 95 % Clopper–Pearson (Korn–Graubard) limit on `n_eff_df`.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// high − low.
    pub width: f64,
    /// width/p; none when p = 0.
    pub relative_width: Option<f64>,
    /// width/(1 − p); none when p = 1.
    pub relative_width_complement: Option<f64>,
    /// Every rule that applies, also a review rule of a share that is suppressed.
    pub reasons: Vec<ReliabilityReason>,
}

/// NCHS data presentation standard for a share p with standard error se, of n respondents, with df degrees of
/// freedom.
///
/// Suppress when min(n, n_eff) < 30, when the 95 % interval is 0.30 wide or wider, or when it is wider than
/// 0.05 and wider than 1.30 p. Otherwise review when p is 0 or 1 or df < 8. Otherwise present, with a
/// footnote for the complement when the interval is wider than 0.05 and than 1.30 (1 − p).
///
/// p in [0, 1], se ≥ 0, df > 0 (∞ allowed; not used when p is 0 or 1). When se = 0 inside (0, 1) the
/// effective size is infinite and n stands.
///
/// Source: Parker et al. 2017, Vital and Health Statistics 2(175), as in NCHS's SAS macro
/// calculate_KornGraubard_CIs 2.0 without its rounding.
///
/// ```
/// use shihyo::estimate::reliability::{
///     ComplementFootnote, Presentation, ReliabilityReason, nchs_share,
/// };
/// let verdict = nchs_share(0.05, 0.02, 500, 100.0)?;
/// assert_eq!(
///     (verdict.presentation, verdict.complement),
///     (Presentation::Suppress, ComplementFootnote::NotNeeded)
/// );
/// assert_eq!(verdict.reasons, [ReliabilityReason::WideRelativeInterval]);
/// # Ok::<(), shihyo::estimate::NotEstimable>(())
/// ```
///
/// # Errors
/// [`NotEstimable::EmptyBase`] n = 0; [`NotEstimable::SingleObservation`] n = 1 with p inside (0, 1);
/// [`NotEstimable::NoDegreesOfFreedom`] df ≤ 0 or not a number with p inside (0, 1);
/// [`NotEstimable::NotDefined`] p or se outside its range.
pub fn nchs_share(p: f64, se: f64, n: u64, df: f64) -> Result<NchsVerdict, NotEstimable> {
    let size = Size::new(p, se, n, df, t_upper_quantile)?;
    let Limits { low, high } = clopper_pearson(p, size.n_eff_df, ALPHA);
    let width = high - low;
    let relative = |part: f64| (part > 0.0).then(|| width / part);
    let (relative_width, relative_width_complement) = (relative(p), relative(1.0 - p));
    let reasons = reasons(&size, p, width, df);
    let presentation = presentation(&reasons);
    let complement = if presentation == Presentation::Present && too_wide(width, relative_width_complement) {
        ComplementFootnote::Needed
    } else {
        ComplementFootnote::NotNeeded
    };
    let Size { n_eff, n_eff_df, .. } = size;
    Ok(NchsVerdict {
        presentation,
        complement,
        n_eff,
        n_eff_df,
        low,
        high,
        width,
        relative_width,
        relative_width_complement,
        reasons,
    })
}

/// The presentation of [`nchs_share`] alone. The rule compares the interval's width with a few limits: where
/// an approximate width is more than a tenth away from each of them, the limits of the interval need not be
/// found.
///
/// ```
/// use shihyo::estimate::reliability::{Presentation, nchs_presentation};
/// assert_eq!(nchs_presentation(0.05, 0.02, 500, 100.0)?, Presentation::Suppress);
/// assert_eq!(nchs_presentation(0.4, 0.01, 5000, 7.0)?, Presentation::Review);
/// # Ok::<(), shihyo::estimate::NotEstimable>(())
/// ```
///
/// # Errors
/// As [`nchs_share`].
pub fn nchs_presentation(p: f64, se: f64, n: u64, df: f64) -> Result<Presentation, NotEstimable> {
    let size = Size::new(p, se, n, df, t_upper_quantile_near)?;
    if let Some(width) = width_near(p, size.n_eff_df) {
        let far = |limit: f64| (width - limit).abs() > 0.1 * limit;
        if far(WIDE) && far(NARROW) && (width < NARROW || far(RELATIVE * p)) {
            return Ok(presentation(&reasons(&size, p, width, df)));
        }
    }
    nchs_share(p, se, n, df).map(|verdict| verdict.presentation)
}

const ALPHA: f64 = 0.05;

/// NCHS: a smaller n or effective n is too small. That it is the limit of the Japanese rule too is chance.
const LEAST_SIZE: f64 = 30.0;

/// A width from which an interval is too wide, one up to which it never is, and the width too wide for its
/// share.
const WIDE: f64 = 0.30;
const NARROW: f64 = 0.05;
const RELATIVE: f64 = 1.30;

/// How many respondents a share rests on.
struct Size {
    rows: f64,
    n_eff: f64,
    n_eff_df: f64,
}

impl Size {
    fn new(p: f64, se: f64, n: u64, df: f64, t: fn(f64, f64) -> f64) -> Result<Self, NotEstimable> {
        if n == 0 {
            return Err(NotEstimable::EmptyBase);
        }
        if !(0.0..=1.0).contains(&p) || !(0.0..f64::INFINITY).contains(&se) {
            return Err(NotEstimable::NotDefined);
        }
        let rows = n as f64;
        if p == 0.0 || p == 1.0 {
            return Ok(Self { rows, n_eff: rows, n_eff_df: rows });
        }
        if df.is_nan() || df <= 0.0 {
            return Err(NotEstimable::NoDegreesOfFreedom);
        }
        if n == 1 {
            return Err(NotEstimable::SingleObservation);
        }
        let n_eff = p * (1.0 - p) / (se * se);
        let ratio = t(0.5 * ALPHA, rows - 1.0) / t(0.5 * ALPHA, df);
        Ok(Self { rows, n_eff, n_eff_df: rows.min(n_eff * ratio * ratio) })
    }
}

fn too_wide(width: f64, relative: Option<f64>) -> bool {
    width > NARROW && relative.is_some_and(|r| r > RELATIVE)
}

fn reasons(size: &Size, p: f64, width: f64, df: f64) -> Vec<ReliabilityReason> {
    let mut reasons = Vec::new();
    if size.rows.min(size.n_eff) < LEAST_SIZE {
        reasons.push(ReliabilityReason::SmallSample);
    }
    if width >= WIDE {
        reasons.push(ReliabilityReason::WideInterval);
    }
    if too_wide(width, (p > 0.0).then(|| width / p)) {
        reasons.push(ReliabilityReason::WideRelativeInterval);
    }
    if p == 0.0 || p == 1.0 {
        reasons.push(ReliabilityReason::ZeroOrOne);
    }
    if df.is_nan() || df < 8.0 {
        reasons.push(ReliabilityReason::FewDegreesOfFreedom);
    }
    reasons
}

fn presentation(reasons: &[ReliabilityReason]) -> Presentation {
    let review = |r: &ReliabilityReason| {
        matches!(r, ReliabilityReason::ZeroOrOne | ReliabilityReason::FewDegreesOfFreedom)
    };
    match reasons {
        [] => Presentation::Present,
        reasons if reasons.iter().all(review) => Presentation::Review,
        _ => Presentation::Suppress,
    }
}

/// About the width of the 95 % Clopper–Pearson interval, when it is near: within a few hundredths of it.
fn width_near(p: f64, n: f64) -> Option<f64> {
    let (yes, no) = (n * p, n * (1.0 - p));
    if !(yes >= 3.0 && no >= 3.0 && n.is_finite()) {
        return None;
    }
    let z = normal_upper_quantile(0.5 * ALPHA);
    let inverse = |logit: f64| 1.0 / (1.0 + (-logit).exp());
    Some(inverse(beta_logit_near(z, yes + 1.0, no)) - inverse(-beta_logit_near(z, no + 1.0, yes)))
}

/// What the plan's rule sets say of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reliability {
    /// Nothing against it.
    Reliable,
    /// Shown with `*` as 参考値: fewer respondents than the rule's limit.
    Reference,
    /// To be looked at before it is shown.
    Review,
    /// Not to be shown.
    Suppressed,
}

impl From<Presentation> for Reliability {
    fn from(presentation: Presentation) -> Self {
        match presentation {
            Presentation::Present => Self::Reliable,
            Presentation::Review => Self::Review,
            Presentation::Suppress => Self::Suppressed,
        }
    }
}

/// The limit of the Japanese rule: below it a number is 参考値.
pub const REFERENCE_LIMIT: u64 = 30;

/// The Japanese practice: fewer than [`REFERENCE_LIMIT`] respondents make a number 参考値 (for reference
/// only). n is the rows of its base, unweighted.
///
/// ```
/// use shihyo::estimate::reliability::{
///     REFERENCE_LIMIT, Reliability, ReliabilityReason, reference_rule,
/// };
/// assert_eq!(
///     (reference_rule(REFERENCE_LIMIT - 1), reference_rule(REFERENCE_LIMIT)),
///     (Reliability::Reference, Reliability::Reliable)
/// );
/// assert_eq!(ReliabilityReason::ReferenceValue.text().ja, "n が30未満のため参考値");
/// ```
pub fn reference_rule(n: u64) -> Reliability {
    if n < REFERENCE_LIMIT { Reliability::Reference } else { Reliability::Reliable }
}

/// What the rules have against a number: the one vocabulary of every output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReliabilityFlag {
    /// Fewer than [`REFERENCE_LIMIT`] respondents: 参考値.
    Few,
    /// NCHS: to be looked at by a statistician first.
    Review,
    /// NCHS: not to be shown.
    Suppress,
}

impl ReliabilityFlag {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Few => "n<30",
            Self::Review => "nchs-review",
            Self::Suppress => "nchs-suppress",
        }
    }

    /// What it says, in words.
    pub fn text(self) -> Text {
        match self {
            Self::Few => {
                Text::new(format!("nが{REFERENCE_LIMIT}未満"), format!("n is under {REFERENCE_LIMIT}"))
            }
            Self::Review => Text::new("NCHS基準で要確認", "to be reviewed under the NCHS standard"),
            Self::Suppress => Text::new("NCHS基準に届かない精度", "too imprecise under the NCHS standard"),
        }
    }

    /// Whether a number with this flag bears no verdict: whoever may not rely on it may not call it high or
    /// low.
    pub fn withholds(self) -> bool {
        match self {
            Self::Few | Self::Suppress => true,
            Self::Review => false,
        }
    }
}

/// The flags of a number, in the order of their names: n < [`REFERENCE_LIMIT`] of every number, the NCHS
/// standard of a share that has a standard error. A share whose respondents are too few to tell one is held
/// to the rest of that standard: suppressed under 30 respondents, else to be reviewed.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::reliability::{ReliabilityFlag, flags};
/// use shihyo::estimate::Outcome::{No, Yes};
/// use shihyo::estimate::{Domain, Estimand, Options, estimate};
///
/// let said = [Yes, Yes, Yes, No, No].into();
/// let e = estimate(&Design::simple(5)?, &Estimand::Share(&said), Domain::All, &Options::default())?;
/// assert_eq!(flags(&e, true), [ReliabilityFlag::Few, ReliabilityFlag::Suppress]);
/// assert_eq!(flags(&e, false), [ReliabilityFlag::Few]);
/// # Ok::<(), shihyo::error::Error>(())
/// ```
pub fn flags(estimate: &Estimate, is_share: bool) -> Vec<ReliabilityFlag> {
    let few = (reference_rule(estimate.n) == Reliability::Reference).then_some(ReliabilityFlag::Few);
    let presentation = match (&estimate.value, &estimate.se) {
        (Ok(p), Ok(se)) if is_share => nchs_presentation(*p, *se, estimate.n, estimate.df.domain).ok(),
        (Ok(_), Err(NotEstimable::NoDegreesOfFreedom | NotEstimable::SingleObservation)) if is_share => {
            let few = (estimate.n as f64) < LEAST_SIZE;
            Some(if few { Presentation::Suppress } else { Presentation::Review })
        }
        _ => None,
    };
    let nchs = presentation.and_then(|presentation| match presentation {
        Presentation::Present => None,
        Presentation::Review => Some(ReliabilityFlag::Review),
        Presentation::Suppress => Some(ReliabilityFlag::Suppress),
    });
    few.into_iter().chain(nchs).collect()
}

#[cfg(test)]
mod tests {
    use super::{ALPHA, ComplementFootnote, Presentation, Reliability, ReliabilityReason};
    use super::{nchs_presentation, nchs_share, reference_rule, width_near};
    use crate::estimate::binomial::{Limits, clopper_pearson};
    use crate::estimate::value::NotEstimable;

    /// se of a simple sample of n.
    fn simple(p: f64, n: u64) -> f64 {
        (p * (1.0 - p) / n as f64).sqrt()
    }

    #[test]
    fn the_name_of_the_flag_says_its_limit() {
        assert_eq!(super::ReliabilityFlag::Few.name(), format!("n<{}", super::REFERENCE_LIMIT));
    }

    #[test]
    fn a_large_simple_sample_is_presented() {
        let v = nchs_share(0.4, simple(0.4, 2000), 2000, 1999.0).unwrap();
        assert_eq!((v.presentation, v.complement), (Presentation::Present, ComplementFootnote::NotNeeded));
        assert!(v.reasons.is_empty());
        assert!((v.n_eff - 2000.0).abs() < 1e-9 && (v.n_eff_df - 2000.0).abs() < 1e-9);
        assert_eq!(Reliability::from(v.presentation), Reliability::Reliable);
    }

    #[test]
    fn each_rule_suppresses_by_itself() {
        let reasons = |p, se, n, df| nchs_share(p, se, n, df).unwrap().reasons;
        assert_eq!(reasons(0.97, 0.001, 29, 100.0), [ReliabilityReason::SmallSample]);
        assert_eq!(reasons(0.5, 0.085, 500, 100.0), [ReliabilityReason::WideInterval]);
        assert_eq!(reasons(0.05, 0.02, 500, 100.0), [ReliabilityReason::WideRelativeInterval]);
        for (p, se, n) in [(0.97, 0.001, 29), (0.5, 0.085, 500), (0.05, 0.02, 500)] {
            let v = nchs_share(p, se, n, 100.0).unwrap();
            assert_eq!(
                (v.presentation, v.complement),
                (Presentation::Suppress, ComplementFootnote::NotNeeded)
            );
        }
    }

    #[test]
    fn the_complement_of_an_imprecise_share_gets_the_footnote() {
        let v = nchs_share(0.95, 0.02, 500, 100.0).unwrap();
        assert_eq!((v.presentation, v.complement), (Presentation::Present, ComplementFootnote::Needed));
        // The limits are those of its complement, mirrored.
        let w = nchs_share(0.05, 0.02, 500, 100.0).unwrap();
        assert!((v.low + w.high - 1.0).abs() < 1e-13 && (v.high + w.low - 1.0).abs() < 1e-13);
        assert!((v.relative_width_complement.unwrap() - w.relative_width.unwrap()).abs() < 1e-12);
    }

    #[test]
    fn ends_and_few_degrees_of_freedom_are_reviewed() {
        for (p, df) in [(0.0, 30.0), (1.0, 30.0), (0.0, 0.0)] {
            let v = nchs_share(p, 0.0, 90, df).unwrap();
            assert_eq!(v.presentation, Presentation::Review);
            assert_eq!((v.n_eff, v.n_eff_df), (90.0, 90.0));
            assert_eq!(v.relative_width.is_none(), p == 0.0);
            assert_eq!(v.relative_width_complement.is_none(), p == 1.0);
            assert!(v.reasons.contains(&ReliabilityReason::ZeroOrOne));
        }
        let v = nchs_share(0.4, 0.01, 5000, 7.0).unwrap();
        assert_eq!(
            (v.presentation, v.reasons),
            (Presentation::Review, vec![ReliabilityReason::FewDegreesOfFreedom])
        );
        assert_eq!(nchs_share(0.4, 0.01, 5000, 8.0).unwrap().presentation, Presentation::Present);
    }

    #[test]
    fn the_effective_size_is_capped_at_n() {
        let v = nchs_share(0.4, 0.001, 800, f64::INFINITY).unwrap();
        assert!(v.n_eff > 800.0);
        assert_eq!(v.n_eff_df, 800.0);
        let known = nchs_share(0.4, 0.0, 800, 20.0).unwrap();
        assert_eq!((known.n_eff, known.n_eff_df, known.low), (f64::INFINITY, 800.0, v.low));
    }

    #[test]
    fn what_has_no_verdict_says_why() {
        assert_eq!(nchs_share(0.4, 0.1, 0, 5.0), Err(NotEstimable::EmptyBase));
        assert_eq!(nchs_share(0.4, 0.1, 1, 5.0), Err(NotEstimable::SingleObservation));
        for df in [0.0, -3.0, f64::NAN] {
            assert_eq!(nchs_share(0.4, 0.1, 50, df), Err(NotEstimable::NoDegreesOfFreedom));
        }
        for (p, se) in [(1.1, 0.1), (f64::NAN, 0.1), (0.4, -0.1), (0.4, f64::NAN)] {
            assert_eq!(nchs_share(p, se, 50, 5.0), Err(NotEstimable::NotDefined));
        }
    }

    #[test]
    fn the_presentation_alone_is_that_of_the_whole_verdict() {
        let (mut near, mut all) = (0, 0);
        for n in [2_u64, 12, 31, 40, 75, 150, 400, 1100, 3000, 20_000, 1_000_000] {
            for p in (1..200).map(|k| f64::from(k) / 200.0).chain([0.0, 1.0, 1e-4, 1.0 - 1e-4, 0.001, 0.0023])
            {
                for (inflation, df) in
                    [(0.6, 5.0), (1.0, n as f64 - 1.0), (1.37, 9.0), (2.9, 40.0), (30.0, 700.0)]
                {
                    let se = (inflation * p * (1.0 - p) / n as f64).sqrt();
                    let alone = nchs_presentation(p, se, n, df);
                    assert_eq!(alone, nchs_share(p, se, n, df).map(|v| v.presentation), "{p} {se} {n} {df}");
                    near += u32::from(width_near(p, n as f64 / inflation).is_some());
                    all += 1;
                }
            }
        }
        assert!(near > all / 2, "{near} of {all}");
    }

    #[test]
    fn the_near_width_is_near() {
        for n in [8.0, 31.0, 400.0, 1e5, 3e8] {
            for p in [0.01, 0.1, 0.37, 0.5, 0.9, 0.999] {
                let Some(near) = width_near(p, n) else { continue };
                let Limits { low, high } = clopper_pearson(p, n, ALPHA);
                assert!((near / (high - low) - 1.0).abs() < 0.03, "{p} {n}: {near} {}", high - low);
            }
        }
    }

    #[test]
    fn fewer_than_thirty_are_for_reference() {
        assert_eq!(reference_rule(29), Reliability::Reference);
        assert_eq!(reference_rule(30), Reliability::Reliable);
        assert_eq!(reference_rule(0), Reliability::Reference);
        assert_eq!(serde_json::to_string(&reference_rule(3)).unwrap(), "\"reference\"");
    }
}
