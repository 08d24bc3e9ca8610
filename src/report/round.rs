//! The one place that rounds: half away from zero, on the exact number, once.
//!
//! A ratio of counts is rounded as the ratio of integers that it is: 1/8 to no decimals is `13`, although no
//! binary float is consulted. A weighted share exists only as a double; its exact binary value is rounded, so
//! that nothing between the estimate and the page rounds a second time.

use crate::indicator::Decimal;

/// More decimals than this are never printed; larger wishes are cut down to it.
const MAX_DECIMALS: usize = 15;

/// What stands where no number can: a zero denominator, a value that is not finite.
const NO_NUMBER: &str = "…";

/// 100 · `numerator`/`denominator` with `decimals` digits after the point (at most 15), half away from zero
/// on the exact ratio. `…` when the denominator is 0.
///
/// ```
/// use shihyo::report::round::{percent, percent_of};
/// // 41/400 is 10.25 %; the double nearest to it is a little less.
/// assert_eq!(percent_of(41, 400, 1), "10.3");
/// assert_eq!(percent(41.0 / 400.0, 1), "10.2");
/// ```
pub fn percent_of(numerator: u64, denominator: u64, decimals: usize) -> String {
    if denominator == 0 {
        return NO_NUMBER.to_owned();
    }
    let decimals = decimals.min(MAX_DECIMALS);
    let denominator = u128::from(denominator);
    // 2^64 · 10^17 < 2^121: no overflow.
    let scaled = u128::from(numerator) * power(decimals + 2);
    let (quotient, rest) = (scaled / denominator, scaled % denominator);
    place_point(&(quotient + u128::from(2 * rest >= denominator)).to_string(), decimals, false)
}

/// 100 · `share` with `decimals` digits after the point (at most 15), half away from zero on the exact value
/// of the double. `…` when it is not finite.
pub fn percent(share: f64, decimals: usize) -> String {
    shifted(share, 2, decimals)
}

/// As [`percent`] for a ratio of sums of weights. Such a ratio that lies half way between two printed numbers
/// is seldom a double: one that is within the rounding of its sums (64 units of the last place, 7e-15) of a
/// half goes away from zero. No ratio of sums below 7e10 comes as near to a half without being one, with up
/// to one decimal. More than three decimals are printed of the double as it is.
///
/// ```
/// use shihyo::report::round::{percent, percent_of_weights};
/// // 1,505 of 2,000 by weight.
/// assert_eq!((percent(0.7525, 1), percent_of_weights(0.7525, 1)), ("75.2".into(), "75.3".into()));
/// assert_eq!(percent_of_weights(0.752_499_999_9, 1), "75.2");
/// ```
pub fn percent_of_weights(share: f64, decimals: usize) -> String {
    let near = share.is_finite() && share != 0.0 && decimals <= 3;
    let up = if near { f64::from_bits(share.to_bits() + 64) } else { share };
    percent(up, decimals)
}

/// `value` with `decimals` digits after the point (at most 15), half away from zero on the exact value of the
/// double, with thousands separators. `…` when it is not finite.
pub fn fixed(value: f64, decimals: usize) -> String {
    group(&shifted(value, 0, decimals))
}

/// A count with thousands separators: `1,630`.
pub fn count(n: u64) -> String {
    group(&n.to_string())
}

/// A decimal as written, without thousands separators and without zeros that carry nothing: `20.60` is
/// `20.6`.
pub fn plain(number: Decimal) -> String {
    let digits = place_point(
        &number.mantissa.unsigned_abs().to_string(),
        usize::from(number.scale),
        number.mantissa < 0,
    );
    if number.scale == 0 { digits } else { digits.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// `value` · 10^`shift`, rounded on the exact binary value m · 2^e.
fn shifted(value: f64, shift: usize, decimals: usize) -> String {
    if !value.is_finite() {
        return NO_NUMBER.to_owned();
    }
    let decimals = decimals.min(MAX_DECIMALS);
    let bits = value.to_bits();
    let field = (bits >> 52) & 0x7ff;
    let fraction = bits & ((1 << 52) - 1);
    let mantissa = if field == 0 { fraction } else { fraction | (1 << 52) };
    // The double is mantissa / 2^halvings (or an integer, when the exponent is not negative).
    let halvings = 1075 - i64::try_from(field.max(1)).unwrap_or(i64::MAX);
    let digits = match u32::try_from(halvings) {
        Ok(halvings) if halvings > 0 => {
            // 2^53 · 10^17 < 2^110: no overflow, and less than a half when halvings reach 127.
            let scaled = u128::from(mantissa) * power(shift + decimals);
            let rounded =
                if halvings > 126 { 0 } else { (scaled >> halvings) + ((scaled >> (halvings - 1)) & 1) };
            rounded.to_string()
        }
        _ => format!("{:.0}{}", value.abs(), "0".repeat(shift + decimals)),
    };
    place_point(&digits, decimals, value < 0.0)
}

fn power(exponent: usize) -> u128 {
    (0..exponent).fold(1, |p, _| p * 10)
}

/// Puts the decimal point before the last `decimals` digits; a zero has no sign.
fn place_point(digits: &str, decimals: usize, negative: bool) -> String {
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    let sign = if negative && digits.bytes().any(|b| b != b'0') { "-" } else { "" };
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Thousands separators in the whole part.
fn group(number: &str) -> String {
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut out = sign.to_owned();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{count, fixed, percent, percent_of, plain};
    use crate::indicator::Decimal;
    use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

    #[test]
    fn ties_go_away_from_zero() {
        // 1/8 = 12.5 %, 1/16 = 6.25 %, 3/16 = 18.75 %: exact ties at 0 and 1 decimals.
        assert_eq!(percent_of(1, 8, 0), "13");
        assert_eq!(percent_of(1, 16, 1), "6.3");
        assert_eq!(percent_of(3, 16, 1), "18.8");
        assert_eq!(percent(0.125, 0), "13");
        assert_eq!(percent(-0.125, 0), "-13");
        assert_eq!(percent(0.0625, 1), "6.3");
    }

    #[test]
    fn a_ratio_that_no_float_holds_is_still_a_tie() {
        // 41/400 = 10.25 %: the double nearest to .1025 lies below it and gives 10.2.
        assert_eq!(percent(41.0 / 400.0, 1), "10.2");
        assert_eq!(percent_of(41, 400, 1), "10.3");
        assert_eq!(percent_of(3, 400, 1), "0.8");
    }

    #[test]
    fn ends_and_impossible_values_have_an_answer() {
        assert_eq!(percent_of(0, 7, 1), "0.0");
        assert_eq!(percent_of(7, 7, 1), "100.0");
        assert_eq!(percent_of(u64::MAX, 1, 15), "1844674407370955161500.000000000000000");
        assert_eq!(percent_of(1, 0, 1), "…");
        assert_eq!(percent(f64::NAN, 1), "…");
        assert_eq!(percent(-0.0001, 1), "0.0");
        assert_eq!(percent(5e-324, 3), "0.000");
        assert_eq!(percent(1.0, 1), "100.0");
        assert_eq!(percent(9007199254740993.0, 1), "900719925474099200.0");
    }

    #[test]
    fn numbers_for_people_are_grouped_and_for_machines_are_not() {
        assert_eq!(count(1_630), "1,630");
        assert_eq!(count(999), "999");
        assert_eq!(fixed(-1234.5, 0), "-1,235");
        assert_eq!(fixed(0.0449, 2), "0.04");
        assert_eq!(plain(Decimal { mantissa: 1_085_112, scale: 0 }), "1085112");
        assert_eq!(plain(Decimal { mantissa: -2060, scale: 2 }), "-20.6");
        assert_eq!(plain(Decimal { mantissa: 5, scale: 2 }), "0.05");
        assert_eq!(plain(Decimal { mantissa: 500, scale: 0 }), "500");
    }

    /// The printed digits as an integer count of the last place.
    fn units(text: &str) -> i128 {
        text.replace(['.', ','], "").parse().unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// |printed − exact| ≤ half a unit of the last place, the upper half included: 2·|q·d − x| ≤ d, and
        /// at equality q is the larger one.
        #[test]
        fn ratios_are_nearest_and_ties_go_up(
            y in 0u64..1_000_000_000_000,
            extra in 0u64..1_000_000_000_000,
            decimals in 0usize..6,
        ) {
            let n = y + extra.max(1);
            let q = units(&percent_of(y, n, decimals));
            let exact = i128::from(y) * 10i128.pow(decimals as u32 + 2);
            let twice = 2 * (q * i128::from(n) - exact);
            prop_assert!(twice > -i128::from(n) && twice <= i128::from(n), "{y}/{n}: {q}");
        }

        /// The same law on doubles, in exact arithmetic: share = m / 2^k with k ≤ 70 here.
        #[test]
        fn doubles_are_nearest_and_ties_go_away(m in 0u64..(1 << 53), k in 53u32..70, decimals in 0usize..4) {
            let share = m as f64 / 2f64.powi(k as i32);
            let q = units(&percent(share, decimals));
            let exact = i128::from(m) * 10i128.pow(decimals as u32 + 2);
            let one = 1i128 << k;
            let twice = 2 * (q * one - exact);
            prop_assert!(twice > -one && twice <= one, "{m}/2^{k}: {q}");
            let mirrored = percent(-share, decimals);
            prop_assert_eq!(mirrored.trim_start_matches('-'), percent(share, decimals));
        }

        /// Away from ties the standard library's exact formatting is an independent witness.
        #[test]
        fn doubles_agree_with_the_standard_formatter(value in any::<f64>(), decimals in 0usize..4) {
            let ours = super::shifted(value, 0, decimals);
            if value.is_finite() {
                let long = format!("{value:.1080}");
                let at = long.find('.').unwrap_or(long.len()) + 1 + decimals;
                let tie = long
                    .get(at..)
                    .is_some_and(|rest| rest.starts_with('5') && rest[1..].bytes().all(|b| b == b'0'));
                if !tie {
                    let theirs = format!("{value:.decimals$}");
                    let theirs = if theirs.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
                        theirs
                    } else {
                        theirs.replace('-', "")
                    };
                    prop_assert_eq!(ours, theirs);
                }
            }
        }
    }
}
