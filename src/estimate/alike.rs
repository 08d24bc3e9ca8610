//! For tests: whether two ways to an estimate give the same.

use super::Estimate;

/// Asserts that an estimate from sums is the one from rows: counts and degrees of freedom exactly, numbers to
/// the relative `tolerance`, and the same reasons where there is none.
#[track_caller]
pub(super) fn assert_alike(what: &str, table: &Estimate, rows: &Estimate, tolerance: f64) {
    let close =
        |a: f64, b: f64| (a - b).abs() <= tolerance * a.abs().max(b.abs()) || a.is_nan() && b.is_nan();
    assert_eq!((table.n, table.n_yes, table.df), (rows.n, rows.n_yes, rows.df), "{what}");
    assert!(close(table.n_weighted, rows.n_weighted), "{what}");
    let numbers = |e: &Estimate| {
        let interval = e.interval.clone();
        let limits = [interval.clone().map(|i| i.low), interval.map(|i| i.high)];
        let deff = e.deff.clone().map(|d| d.value);
        let [low, high] = limits;
        [e.value.clone(), e.se.clone(), low, high, deff, e.n_eff.clone()]
    };
    for (a, b) in numbers(table).into_iter().zip(numbers(rows)) {
        match (a, b) {
            (Ok(a), Ok(b)) => assert!(close(a, b), "{what}: {a} {b}"),
            (a, b) => assert_eq!(a.err(), b.err(), "{what}"),
        }
    }
}
