//! Quantiles with Woodruff's interval (R `svyquantile`, survey ≥ 4.1).

use crate::code::Code;
use crate::design::Design;
use crate::error::{Error, Result};
use crate::estimate::estimand::{Domain, Estimand, Groups, Options, Outcome};
use crate::estimate::interval::{ShareInputs, share_interval};
use crate::estimate::single::{check, check_length, degrees_of_freedom, estimate};
use crate::estimate::value::{ConfidenceInterval, DegreesOfFreedom, Estimate, IntervalMethod, NotEstimable};
use crate::stats::dist::t_quantile;

/// How a quantile is read off the weighted distribution. With values in order, C_k = w_1 + … + w_k and C_n =
/// Σ w:
///
/// Hyndman and Fan 1996, The American Statistician 50, 361–365; R `svyquantile(qrule = …)`, survey 4.5.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, Options, QuantileInterval, QuantileRule, quantile};
///
/// let design = Design::simple(4)?;
/// let median = |rule| {
///     quantile(
///         &design,
///         &[1.0, 2.0, 3.0, 4.0],
///         0.5,
///         rule,
///         QuantileInterval::Mean,
///         Domain::All,
///         &Options::default(),
///     )
/// };
/// assert_eq!(
///     (median(QuantileRule::Math)?.value, median(QuantileRule::School)?.value),
///     (Ok(2.0), Ok(2.5))
/// );
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum QuantileRule {
    /// The least value with C_k ≥ p C_n (Hyndman and Fan 1).
    #[default]
    Math,
    /// As `Math`, but the mean of both neighbours where C_k = p C_n (Hyndman and Fan 2).
    School,
    /// Over distinct values: as `Math`, but the next value where C_k = p C_n and k is odd (nearest even;
    /// Hyndman and Fan 3).
    Hf3,
    /// Between the points (C_k/C_n, x_k).
    Hf4,
    /// Between the points ((C_k − w_k/2)/C_n, x_k).
    Hf5,
    /// Between the points (C_k/(C_n + w_n), x_k).
    Hf6,
    /// Between the points (C_{k−1}/C_{n−1}, x_k).
    Hf7,
    /// Between the points ((C_k − w_k/3)/(C_n + w_n/3), x_k).
    Hf8,
    /// Between the points ((C_k − 3 w_k/8)/(C_n + w_n/4), x_k).
    Hf9,
}

/// Which interval of the distribution function is turned into one of the quantile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum QuantileInterval {
    /// F(q) ± t se (Woodruff 1952).
    #[default]
    Mean,
    /// On the log odds, by the delta method.
    Xlogit,
    /// On arcsin √F.
    Asin,
    /// Korn and Graubard's.
    Beta,
}

/// Values of positive weight in ascending order, and their cumulative weights.
pub(crate) struct Ordered {
    x: Vec<f64>,
    w: Vec<f64>,
    cumulative: Vec<f64>,
}

/// Cumulative weights this near to p C_n count as equal to it: sums of equal weights must not decide by
/// rounding.
const TIE: f64 = 1e-12;

impl Ordered {
    fn new(y: &[f64], weights: &[f64], rows: &[u32]) -> Self {
        let mut pairs: Vec<(f64, f64)> = rows
            .iter()
            .map(|row| (y[*row as usize], weights[*row as usize]))
            .filter(|(y, w)| !y.is_nan() && *w != 0.0)
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self::of(pairs)
    }

    /// Of values in ascending order and their weights.
    pub(crate) fn of(pairs: Vec<(f64, f64)>) -> Self {
        let mut sum = 0.0;
        let cumulative = pairs
            .iter()
            .map(|(_, w)| {
                sum += w;
                sum
            })
            .collect();
        let (x, w) = pairs.into_iter().unzip();
        Self { x, w, cumulative }
    }

    /// The quantile, where there is one.
    pub(crate) fn value(&self, nobody: bool, p: f64, rule: QuantileRule) -> Result<f64, NotEstimable> {
        match (nobody, self.x.is_empty()) {
            (true, _) => Err(NotEstimable::EmptyBase),
            (false, true) => Err(NotEstimable::ZeroDenominator),
            (false, false) => Ok(self.quantile(p, rule)),
        }
    }

    /// The interval of the quantile whose share of answers at or below it has these limits. No answer is
    /// beyond a share below 0 or above 1.
    pub(crate) fn interval(
        &self,
        (low, high): (f64, f64),
        rule: QuantileRule,
        options: &Options,
    ) -> Result<ConfidenceInterval, NotEstimable> {
        if low < 0.0 || high > 1.0 {
            return Err(NotEstimable::BeyondSample);
        }
        Ok(ConfidenceInterval {
            low: self.quantile(low, rule),
            high: self.quantile(high, rule),
            method: IntervalMethod::Wald,
            level: options.level,
        })
    }

    fn total(&self) -> f64 {
        self.cumulative.last().copied().unwrap_or(0.0)
    }

    /// The quantile; `p` outside [0, 1] gives the least or greatest value. The values are not empty.
    fn quantile(&self, p: f64, rule: QuantileRule) -> f64 {
        let n = self.x.len();
        let target = p * self.total();
        let tie = TIE * self.total();
        match rule {
            QuantileRule::Math | QuantileRule::School => {
                let k = self.cumulative.partition_point(|c| *c < target - tie).min(n - 1);
                if rule == QuantileRule::School && (self.cumulative[k] - target).abs() <= tie && k + 1 < n {
                    0.5 * (self.x[k] + self.x[k + 1])
                } else {
                    self.x[k]
                }
            }
            QuantileRule::Hf3 => {
                let k = self.cumulative.partition_point(|c| *c < target - tie).min(n - 1);
                // Rank among the distinct values, from 1.
                let rank = 1 + self.x[..=k].windows(2).filter(|pair| pair[0] != pair[1]).count();
                let tied = (self.cumulative[k] - target).abs() <= tie;
                let next = self.x[k..].iter().find(|x| **x != self.x[k]);
                match next {
                    Some(next) if tied && rank % 2 == 1 => *next,
                    _ => self.x[k],
                }
            }
            _ => self.between(p, rule),
        }
    }

    fn position(&self, k: usize, rule: QuantileRule) -> f64 {
        let (c, w, total) = (self.cumulative[k], self.w[k], self.total());
        let last = self.w.last().copied().unwrap_or(0.0);
        match rule {
            QuantileRule::Hf5 => (c - w / 2.0) / total,
            QuantileRule::Hf6 => c / (total + last),
            QuantileRule::Hf7 => {
                let before = if k == 0 { 0.0 } else { self.cumulative[k - 1] };
                before / (total - last)
            }
            QuantileRule::Hf8 => (c - w / 3.0) / (total + last / 3.0),
            QuantileRule::Hf9 => (c - 3.0 * w / 8.0) / (total + last / 4.0),
            QuantileRule::Hf4 | QuantileRule::Math | QuantileRule::School | QuantileRule::Hf3 => c / total,
        }
    }

    fn between(&self, p: f64, rule: QuantileRule) -> f64 {
        let n = self.x.len();
        let (mut low, mut high) = (0, n - 1);
        if n == 1 || p <= self.position(0, rule) {
            return self.x[0];
        }
        if p >= self.position(high, rule) {
            return self.x[high];
        }
        while high - low > 1 {
            let middle = usize::midpoint(low, high);
            if self.position(middle, rule) <= p { low = middle } else { high = middle }
        }
        let (a, b) = (self.position(low, rule), self.position(high, rule));
        let share = if b > a { (p - a) / (b - a) } else { 0.0 };
        self.x[low] + share * (self.x[high] - self.x[low])
    }
}

/// The quantile of probability `p` of the numbers `y` (NaN: missing) in a domain.
///
/// The interval turns that of the share of answers at or below the quantile into values (Woodruff 1952); the
/// standard error is (high − low)/(2 t). `options.method` has no effect. R `svyquantile`, survey 4.5. A
/// sample too small for the quantile, so that a limit of the share is below 0 or above 1, has neither
/// interval nor standard error ([`NotEstimable::BeyondSample`]; R gives NaN for that limit). At
/// `p` 0 and 1 the value is the least and the greatest one, and the interval is [`NotEstimable::Extreme`]: R
/// prints limits there that say nothing, since no answers lie beyond.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, Options, QuantileInterval, QuantileRule, quantile};
///
/// let y = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
/// let e = quantile(
///     &Design::simple(9)?,
///     &y,
///     0.5,
///     QuantileRule::Math,
///     QuantileInterval::Mean,
///     Domain::All,
///     &Options::default(),
/// )?;
/// assert_eq!(e.value, Ok(5.0));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// `p` outside [0, 1]; columns of another length than the design.
pub fn quantile(
    design: &Design,
    y: &[f64],
    p: f64,
    rule: QuantileRule,
    interval: QuantileInterval,
    domain: Domain<'_>,
    options: &Options,
) -> Result<Estimate> {
    check(design, &Estimand::Mean(y), domain)?;
    let groups = Groups::one(design.rows(), domain);
    one(design, y, p, rule, interval, &groups.rows()[0], options)
}

/// As [`quantile`], in every group.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Groups, Options, QuantileInterval, QuantileRule, quantile_by};
///
/// let (y, groups) = ([1.0, 2.0, 3.0, 10.0, 20.0, 30.0], Groups::new(&[0, 0, 0, 1, 1, 1], 2));
/// let medians = quantile_by(
///     &Design::simple(6)?,
///     &y,
///     0.5,
///     QuantileRule::Math,
///     QuantileInterval::Mean,
///     &groups,
///     &Options::default(),
/// )?;
/// assert_eq!((medians[0].value.clone(), medians[1].value.clone()), (Ok(2.0), Ok(20.0)));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// As [`quantile`].
pub fn quantile_by(
    design: &Design,
    y: &[f64],
    p: f64,
    rule: QuantileRule,
    interval: QuantileInterval,
    groups: &Groups,
    options: &Options,
) -> Result<Vec<Estimate>> {
    check_length(design, groups.length())?;
    groups.rows().iter().map(|rows| one(design, y, p, rule, interval, rows, options)).collect()
}

fn one(
    design: &Design,
    y: &[f64],
    p: f64,
    rule: QuantileRule,
    interval: QuantileInterval,
    rows: &[u32],
    options: &Options,
) -> Result<Estimate> {
    check_length(design, y.len())?;
    if !(0.0..=1.0).contains(&p) {
        return Err(Error::msg(
            Code::EstimateQuantile,
            format!("分位点は0から1です（{p}）"),
            format!("a quantile is from 0 to 1, not {p}"),
        ));
    }
    let base: Vec<u32> = rows.iter().copied().filter(|row| !y[*row as usize].is_nan()).collect();
    let ordered = Ordered::new(y, design.weights(), &base);
    let df = degrees_of_freedom(design, &base);
    let value = ordered.value(base.is_empty(), p, rule);
    let limits = match &value {
        Ok(_) if is_extreme(p) => Err(NotEstimable::Extreme),
        Ok(q) => limits(design, y, &base, *q, interval, options)?
            .and_then(|limits| ordered.interval(limits, rule, options)),
        Err(reason) => Err(reason.clone()),
    };
    let weight = base.iter().map(|row| design.weights()[*row as usize]).sum();
    Ok(of_limits((base.len() as u64, weight), value, limits, df, options))
}

/// Whether a quantile is the least or the greatest value: these have no interval.
pub(crate) fn is_extreme(p: f64) -> bool {
    p <= 0.0 || p >= 1.0
}

/// The estimate of a quantile of so many respondents and weight.
pub(crate) fn of_limits(
    (n, weight): (u64, f64),
    value: Result<f64, NotEstimable>,
    limits: Result<ConfidenceInterval, NotEstimable>,
    df: DegreesOfFreedom,
    options: &Options,
) -> Estimate {
    let t = t_quantile(0.5 + 0.5 * options.level, options.df.of(df));
    Estimate {
        n,
        n_yes: None,
        n_weighted: weight,
        value,
        se: limits.as_ref().map(|l| (l.high - l.low) / (2.0 * t)).map_err(Clone::clone),
        interval: limits,
        deff: Err(NotEstimable::NotDefined),
        n_eff: Err(NotEstimable::NotDefined),
        df,
    }
}

/// Limits of the share of answers at or below `q`.
fn limits(
    design: &Design,
    y: &[f64],
    base: &[u32],
    q: f64,
    interval: QuantileInterval,
    options: &Options,
) -> Result<Result<(f64, f64), NotEstimable>> {
    let mut below = vec![Outcome::Outside; design.rows()];
    for row in base {
        below[*row as usize] = Outcome::from(y[*row as usize] <= q);
    }
    let share = estimate(design, &Estimand::Share(&below.into_iter().collect()), Domain::All, options)?;
    Ok(limits_of(share, interval, options))
}

/// Limits of that share.
pub(crate) fn limits_of(
    share: Estimate,
    interval: QuantileInterval,
    options: &Options,
) -> Result<(f64, f64), NotEstimable> {
    let method = match interval {
        QuantileInterval::Mean => IntervalMethod::Wald,
        QuantileInterval::Xlogit => IntervalMethod::Xlogit,
        QuantileInterval::Asin => IntervalMethod::Asin,
        QuantileInterval::Beta => IntervalMethod::KornGraubard,
    };
    let df = options.df.of(share.df);
    let (p, se) = (share.value?, share.se?);
    // All answers at or below the quantile: the distribution function is 1 there, and does not vary.
    if p == 1.0 && interval == QuantileInterval::Mean {
        return if df > 0.0 { Ok((1.0, 1.0)) } else { Err(NotEstimable::NoDegreesOfFreedom) };
    }
    let inputs = ShareInputs { p, variance: se * se, n: share.n, df };
    share_interval(method, options.level, &inputs).map(|ci| (ci.low, ci.high))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules for equal weights as Hyndman and Fan 1996 write them: j = ⌊n p + m⌋, (1 − γ) x_j + γ
    /// x_{j+1}.
    fn textbook(x: &[f64], p: f64, rule: QuantileRule) -> f64 {
        let n = x.len() as f64;
        let m = match rule {
            QuantileRule::Math | QuantileRule::School | QuantileRule::Hf4 => 0.0,
            QuantileRule::Hf3 => 0.0,
            QuantileRule::Hf5 => 0.5,
            QuantileRule::Hf6 => p,
            QuantileRule::Hf7 => 1.0 - p,
            QuantileRule::Hf8 => (p + 1.0) / 3.0,
            QuantileRule::Hf9 => p / 4.0 + 0.375,
        };
        let at = n * p + m;
        let j = (at + 1e-12).floor();
        let g = (at - j).max(0.0);
        let tied = g < 1e-12;
        let gamma = match rule {
            QuantileRule::Math => f64::from(u8::from(!tied)),
            QuantileRule::School => {
                if tied {
                    0.5
                } else {
                    1.0
                }
            }
            QuantileRule::Hf3 => f64::from(u8::from(!tied || j % 2.0 == 1.0)),
            _ => g,
        };
        let value = |j: f64| x[(j.clamp(1.0, n) - 1.0) as usize];
        (1.0 - gamma) * value(j) + gamma * value(j + 1.0)
    }

    #[test]
    fn equal_weights_give_the_textbook_quantiles() {
        let x = [1.0, 2.0, 4.0, 7.0, 7.5, 11.0, 16.0, 22.0];
        let rows: Vec<u32> = (0..8).collect();
        let ordered = Ordered::new(&x, &[3.7; 8], &rows);
        let rules = [
            QuantileRule::Math,
            QuantileRule::School,
            QuantileRule::Hf3,
            QuantileRule::Hf4,
            QuantileRule::Hf5,
            QuantileRule::Hf6,
            QuantileRule::Hf7,
            QuantileRule::Hf8,
            QuantileRule::Hf9,
        ];
        for rule in rules {
            for p in [0.125, 0.2, 0.375, 0.5, 0.61, 0.75, 0.9] {
                let (got, want) = (ordered.quantile(p, rule), textbook(&x, p, rule));
                assert!((got - want).abs() < 1e-9, "{rule:?} {p}: {got} {want}");
            }
            assert_eq!(ordered.quantile(-0.2, rule), 1.0);
            assert_eq!(ordered.quantile(1.3, rule), 22.0);
        }
    }

    #[test]
    fn the_least_and_the_greatest_value_have_no_interval() {
        let y = [4.0, 9.0, 1.0, 6.0, f64::NAN, 7.0, 3.0];
        let design = Design::simple(7).unwrap();
        let options = Options::default();
        let intervals = [
            QuantileInterval::Mean,
            QuantileInterval::Xlogit,
            QuantileInterval::Asin,
            QuantileInterval::Beta,
        ];
        for (p, want) in [(0.0, 1.0), (1.0, 9.0)] {
            for interval in intervals {
                let e =
                    quantile(&design, &y, p, QuantileRule::Math, interval, Domain::All, &options).unwrap();
                assert_eq!((e.n, e.value), (6, Ok(want)));
                assert_eq!((e.interval, e.se), (Err(NotEstimable::Extreme), Err(NotEstimable::Extreme)));
            }
        }
        let none = [f64::NAN; 7];
        let e =
            quantile(&design, &none, 1.0, QuantileRule::Math, intervals[0], Domain::All, &options).unwrap();
        assert_eq!(e.interval, Err(NotEstimable::EmptyBase));
    }

    #[test]
    fn rows_of_weight_0_are_not_there() {
        let ordered = Ordered::new(&[5.0, 1.0, 3.0], &[0.0, 1.0, 2.0], &[0, 1, 2]);
        assert_eq!(ordered.quantile(1.0, QuantileRule::Math), 3.0);
    }
}
