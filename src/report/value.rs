//! Numbers from answers in the unit that is printed: a share in percent, everything else as it is.

use super::round;
use super::share::Share;
use crate::estimate::{Estimate, NotEstimable};
use crate::indicator::{Statistic, ValueFormat};
use crate::text::Text;

/// The value for people, without its unit: `30.6`, `3.42`, `12,345`.
pub(crate) fn printed<'e>(format: &ValueFormat, estimate: &'e Estimate) -> Result<String, &'e NotEstimable> {
    match format.statistic {
        Statistic::Share => Share::of(estimate).map(|share| share.printed(usize::from(format.decimals))),
        _ => estimate.value.as_ref().map(|value| rounded(format, *value)),
    }
}

/// The value in the printed unit, unrounded.
pub(super) fn exact<'e>(format: &ValueFormat, estimate: &'e Estimate) -> Result<f64, &'e NotEstimable> {
    match format.statistic {
        Statistic::Share => Share::of(estimate).map(Share::percent),
        _ => estimate.value.as_ref().copied(),
    }
}

/// A limit, a standard error or a difference in the printed unit, for people.
pub(crate) fn rounded(format: &ValueFormat, number: f64) -> String {
    let decimals = usize::from(format.decimals);
    match format.statistic {
        Statistic::Share => round::percent(number, decimals),
        _ => round::fixed(number, decimals),
    }
}

/// The same, unrounded.
pub(super) fn scaled(format: &ValueFormat, number: f64) -> f64 {
    match format.statistic {
        Statistic::Share => 100.0 * number,
        _ => number,
    }
}

/// The unit of differences: points for a share.
pub(crate) fn unit_of_difference(format: &ValueFormat) -> Text {
    match format.statistic {
        Statistic::Share => Text::new("ポイント", "points"),
        _ => Text::same(format.unit.text()),
    }
}

/// Whether a printed number is zero at its decimals.
pub(super) fn is_zero(printed: &str) -> bool {
    printed.bytes().all(|b| matches!(b, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::{rounded, scaled, unit_of_difference};
    use crate::indicator::{Statistic, Unit, ValueFormat};

    #[test]
    fn only_shares_become_percentages() {
        let score =
            |decimals| ValueFormat { statistic: Statistic::Score, unit: Unit::Named("点".into()), decimals };
        assert_eq!([rounded(&score(2), 3.125), rounded(&score(0), -1234.5)], ["3.13", "-1,235"]);
        assert_eq!((scaled(&score(1), 0.5), unit_of_difference(&score(1)).ja), (0.5, "点".to_owned()));
        let share = ValueFormat::share();
        assert_eq!((rounded(&share, 0.0625), scaled(&share, 0.5)), ("6.3".to_owned(), 50.0));
        assert_eq!(unit_of_difference(&share).ja, "ポイント");
    }
}
