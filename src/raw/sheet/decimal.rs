//! A double as the decimal that a spreadsheet program shows of it: 15 significant digits, rounded half away
//! from zero on the decimal digits.

/// The digits of |x| without leading zeros, and how many of them stand before the decimal point (negative:
/// zeros after it). No digits for 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digits {
    digits: Vec<u8>,
    point: i32,
}

impl Digits {
    /// The 15 significant digits of a finite number; spreadsheet programs hold no more.
    pub(super) fn of(x: f64) -> Self {
        let text = format!("{:.14e}", x.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0').collect();
        let mut out = Self { digits, point: exponent.parse::<i32>().unwrap_or(0) + 1 };
        out.trim();
        out
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        let zeros = self.digits.iter().take_while(|d| **d == 0).count();
        self.digits.drain(..zeros);
        self.point = if self.digits.is_empty() { 0 } else { self.point - zeros as i32 };
    }

    /// Times a power of ten.
    pub(super) fn shifted(mut self, power: i32) -> Self {
        if !self.digits.is_empty() {
            self.point += power;
        }
        self
    }

    /// Rounded to so many digits after the decimal point, half away from zero.
    pub(super) fn rounded(mut self, decimals: usize) -> Self {
        let keep = self.point + decimals as i32;
        if keep < 0 {
            return Self { digits: Vec::new(), point: 0 };
        }
        let keep = keep as usize;
        if keep < self.digits.len() {
            let up = self.digits[keep] >= 5;
            self.digits.truncate(keep);
            if up {
                let mut at = keep;
                loop {
                    if at == 0 {
                        self.digits.insert(0, 1);
                        self.point += 1;
                        break;
                    }
                    at -= 1;
                    if self.digits[at] == 9 {
                        self.digits[at] = 0;
                    } else {
                        self.digits[at] += 1;
                        break;
                    }
                }
            }
        }
        self.trim();
        self
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The digits before the decimal point; none for a number below 1.
    pub(super) fn whole(&self) -> String {
        let before = usize::try_from(self.point).unwrap_or(0);
        (0..before).map(|at| char::from(b'0' + self.digits.get(at).copied().unwrap_or(0))).collect()
    }

    /// The digits after it, without zeros at the end.
    pub(super) fn fraction(&self) -> String {
        let zeros = usize::try_from(-self.point).unwrap_or(0).min(400);
        let rest = self.digits.iter().skip(usize::try_from(self.point).unwrap_or(0));
        let digits = rest.map(|d| char::from(b'0' + d));
        if self.is_zero() { String::new() } else { "0".repeat(zeros).chars().chain(digits).collect() }
    }

    /// As digits with a decimal point where it needs one.
    pub(super) fn plain(&self) -> String {
        let (whole, fraction) = (self.whole(), self.fraction());
        let whole = if whole.is_empty() { "0".to_owned() } else { whole };
        if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
    }
}

/// A number as the format `General` shows it: whole numbers in full, others in eleven characters (a decimal
/// point among them), so that 57.59999999999999 is 57.6. A number too small for that keeps its digits.
pub(super) fn general(x: f64) -> String {
    let digits = Digits::of(x);
    let whole = digits.whole().len().max(1);
    let rounded = digits.clone().rounded(10_usize.saturating_sub(whole));
    let shown = if rounded.is_zero() { digits } else { rounded };
    if x < 0.0 && !shown.is_zero() { format!("-{}", shown.plain()) } else { shown.plain() }
}

#[cfg(test)]
mod tests {
    use super::{Digits, general};

    #[test]
    fn numbers_are_shown_as_in_a_cell_without_a_format() {
        for (x, shown) in [
            (57.599_999_999_999_994, "57.6"),
            (0.1 + 0.2, "0.3"),
            (33.333_333_333_333_34, "33.33333333"),
            (35.356_811_862_835_95, "35.35681186"),
            (1_085_112.0, "1085112"),
            (123_456_789_012.0, "123456789012"),
            (-2.5, "-2.5"),
            (0.0, "0"),
            (0.000_000_000_012, "0.000000000012"),
            (99.999_999_999_99, "100"),
        ] {
            assert_eq!(general(x), shown);
        }
    }

    #[test]
    fn rounding_is_on_the_decimal_digits() {
        let rounded = |x: f64, n| Digits::of(x).rounded(n).plain();
        // As doubles, 1.005 and 2.675 lie below the tie.
        assert_eq!((rounded(1.005, 2), rounded(2.675, 2)), ("1.01".into(), "2.68".into()));
        assert_eq!(
            (rounded(0.05, 0), rounded(0.5, 0), rounded(999.95, 1)),
            ("0".into(), "1".into(), "1000".into())
        );
        assert_eq!(Digits::of(0.561 + f64::EPSILON).shifted(2).rounded(1).plain(), "56.1");
    }
}
