//! Sums rounded once, at the end.

/// Σ x·n of numbers that occur n times, rounded once: neither the order nor how equal numbers are gathered
/// makes a difference. Shewchuk 1997: parts that do not overlap, the product's rounding error among them.
///
/// Infinity and NaN give NaN.
pub(crate) fn exact_sum(terms: impl IntoIterator<Item = (f64, u64)>) -> f64 {
    let mut parts: Vec<f64> = Vec::new();
    terms.into_iter().for_each(|(x, times)| add_times(&mut parts, x, times));
    rounded(&parts)
}

/// As [`exact_sum`], of so many groups: of each term its group, below `groups`.
pub(crate) fn exact_sums(terms: impl IntoIterator<Item = (u32, f64, u64)>, groups: usize) -> Vec<f64> {
    let mut parts: Vec<Vec<f64>> = vec![Vec::new(); groups];
    terms.into_iter().for_each(|(group, x, times)| add_times(&mut parts[group as usize], x, times));
    parts.iter().map(|parts| rounded(parts)).collect()
}

/// Adds a number so many times.
fn add_times(parts: &mut Vec<f64>, x: f64, times: u64) {
    // Both halves are exact as doubles.
    for n in [(times >> 32) as f64 * 4_294_967_296.0, (times & 0xFFFF_FFFF) as f64] {
        if n != 0.0 {
            let product = x * n;
            add(parts, product);
            if n != 1.0 {
                add(parts, x.mul_add(n, -product));
            }
        }
    }
}

/// Adds a number, so that the parts stay apart, from the least on.
fn add(parts: &mut Vec<f64>, mut x: f64) {
    let mut kept = 0;
    for at in 0..parts.len() {
        let (large, small) = if x.abs() < parts[at].abs() { (parts[at], x) } else { (x, parts[at]) };
        x = large + small;
        let error = small - (x - large);
        if error != 0.0 {
            parts[kept] = error;
            kept += 1;
        }
    }
    parts.truncate(kept);
    parts.push(x);
}

/// The parts' sum to the nearest double, ties to even.
fn rounded(parts: &[f64]) -> f64 {
    let Some((mut sum, mut rest)) = parts.split_last().map(|(last, rest)| (*last, rest)) else { return 0.0 };
    while let Some((next, before)) = rest.split_last() {
        rest = before;
        let (high, low) = (sum + next, next - ((sum + next) - sum));
        sum = high;
        if low != 0.0 {
            // A tie is decided by what is left below it.
            if let Some(below) = rest.last()
                && (low < 0.0) == (*below < 0.0)
            {
                let doubled = 2.0 * low;
                if high + doubled - high == doubled {
                    sum = high + doubled;
                }
            }
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::{exact_sum, exact_sums};

    #[test]
    fn order_and_gathering_make_no_difference() {
        let weights: Vec<f64> = (1..2000_u32).map(|k| 1.0 / f64::from(k % 37 + 3)).collect();
        let one_by_one = exact_sum(weights.iter().map(|w| (*w, 1)));
        assert_eq!(exact_sum(weights.iter().rev().map(|w| (*w, 1))), one_by_one);
        let gathered = (0..37_u32).map(|r| {
            let times = (1..2000_u32).filter(|k| k % 37 == r).count() as u64;
            (1.0 / f64::from(r + 3), times)
        });
        assert_eq!(exact_sum(gathered), one_by_one);
        let mut sorted = weights.clone();
        sorted.sort_by(f64::total_cmp);
        assert_eq!(exact_sum(sorted.iter().map(|w| (*w, 1))), one_by_one);
        let groups = exact_sums((0..).zip(&weights).map(|(at, w)| (at % 2, *w, 1)), 3);
        let alone = |of: usize| exact_sum(weights.iter().skip(of).step_by(2).map(|w| (*w, 1)));
        assert_eq!(groups, [alone(0), alone(1), 0.0]);
        // Plain addition does differ, or nothing is shown.
        assert_ne!(weights.iter().sum::<f64>(), sorted.iter().sum::<f64>());
    }

    #[test]
    fn the_sum_is_rounded_once() {
        let tenths = exact_sum([(0.1, 10)]);
        assert_eq!((tenths, exact_sum((0..10).map(|_| (0.1, 1)))), (1.0, 1.0));
        assert_eq!(exact_sum([(1e100, 1), (1.0, 1), (-1e100, 1)]), 1.0);
        // 2⁵³ + 1 is a tie: to even without, upward with a little more.
        let tie = 9_007_199_254_740_992.0;
        assert_eq!(exact_sum([(tie, 1), (1.0, 1)]), tie);
        assert_eq!(exact_sum([(tie, 1), (1.0, 1), (1e-9, 1)]), tie + 2.0);
        assert_eq!(exact_sum([(1.0, u64::MAX)]), 18_446_744_073_709_551_616.0);
        assert_eq!((exact_sum([]), exact_sum([(5.0, 0)])), (0.0, 0.0));
    }
}
