//! The one reader of numbers in cells: weights, population sizes, answers in numbers.

/// The number that a folded text ([`super::fold::fold`]) is: an optional sign (`-`, `+`, `−`; offices write
/// `△` or `▲` for a minus), digits, thousands separators where they are regular (`1,234`, never `1,2` or
/// `12,3456`), a decimal point, an exponent. `None` for words, `NaN`, `inf`, blanks.
pub(crate) fn number(folded: &str) -> Option<f64> {
    match folded.strip_prefix(['−', '△', '▲']) {
        // One sign only: `△-3` is no number.
        Some(size) if size.starts_with(['-', '+']) => None,
        Some(size) => plain(size).or_else(|| grouped(size)).map(|x| -x),
        None => plain(folded).or_else(|| grouped(folded)),
    }
}

/// A number without separators.
fn plain(text: &str) -> Option<f64> {
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    // Rust reads "nan" and "infinity" as numbers too.
    let words = text.contains(['n', 'i', 'N', 'I']);
    if begins && !words { text.parse().ok().filter(|x: &f64| x.is_finite()) } else { None }
}

/// A number with thousands separators: one to three digits, then groups of three.
fn grouped(text: &str) -> Option<f64> {
    let (whole, rest) = text.split_once('.').map_or((text, None), |(w, r)| (w, Some(r)));
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let mut groups = digits.split(',');
    let is_digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let head = groups.next().is_some_and(|g| (1..=3).contains(&g.len()) && is_digits(g));
    let (tail, count) = groups.fold((true, 0), |(ok, n), g| (ok && g.len() == 3 && is_digits(g), n + 1));
    if !head || !tail || count == 0 {
        return None;
    }
    plain(&(whole.replace(',', "") + &rest.map(|r| format!(".{r}")).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::number;
    use crate::text::fold::fold;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = |t: &str| number(&fold(t));
        assert_eq!(read(" １，２３４．５ "), Some(1234.5));
        assert_eq!(
            (read("1.0"), read("-3"), read("1e3"), read("－２"), read("-1,234")),
            (Some(1.0), Some(-3.0), Some(1000.0), Some(-2.0), Some(-1234.0))
        );
        assert_eq!((read("△3"), read("▲1,234.5"), read("−2")), (Some(-3.0), Some(-1234.5), Some(-2.0)));
        for no in [
            "△-3", "△", "△ 3", "", "NaN", "inf", "-inf", "nan", "1,2", "1,23", "12,3456", "1,2,3",
            "1234,567", ",123", "一", "1人", "0x10", "- 1", "--1,234", "infinity", "+", ".",
        ] {
            assert_eq!(read(no), None, "{no}");
        }
    }
}
