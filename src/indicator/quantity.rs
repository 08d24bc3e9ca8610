//! Numbers as offices write them: `20,292世帯`, `1 085人`, `57.6%`, `△3`, `1億2,000万円`.

use crate::text::fold::fold;
use std::fmt;

use serde::{Serialize, Serializer};

use super::unit::{Unit, scale_of};
use crate::code::Code;
use crate::error::{Diagnostic, Error};
use crate::text::Text;

/// An exact decimal number: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// All digits, with the sign.
    pub mantissa: i64,
    /// Digits after the decimal point, at most 9.
    pub scale: u8,
}

/// Digits after the decimal point that a [`Decimal`] can hold.
const MOST_DECIMALS: usize = 9;

impl Decimal {
    /// Nearest double.
    pub fn to_f64(self) -> f64 {
        self.mantissa as f64 / 10f64.powi(i32::from(self.scale))
    }

    /// This number times 10 to `power`; `None` where it has too many digits.
    pub(super) fn shifted(self, power: i32) -> Option<Self> {
        let scale = i32::from(self.scale) - power;
        let (mut mantissa, scale) = if scale < 0 {
            (self.mantissa.checked_mul(10_i64.checked_pow(scale.unsigned_abs())?)?, 0)
        } else {
            (self.mantissa, scale)
        };
        let mut scale = u8::try_from(scale).ok()?;
        while scale > self.scale && mantissa % 10 == 0 {
            (mantissa, scale) = (mantissa / 10, scale - 1);
        }
        (usize::from(scale) <= MOST_DECIMALS).then_some(Self { mantissa, scale })
    }

    /// This number and another one together; `None` where it has too many digits.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let raised = |n: Self| n.mantissa.checked_mul(10_i64.checked_pow(u32::from(scale - n.scale))?);
        Some(Self { mantissa: raised(self)?.checked_add(raised(other)?)?, scale })
    }

    /// This number divided by a whole one, to one decimal more than it has, half away from zero; `None` where
    /// it has too many digits.
    pub(super) fn over(self, parts: i64) -> Option<Self> {
        let scale = self.scale.checked_add(1).filter(|s| usize::from(*s) <= MOST_DECIMALS)?;
        let twice = self.mantissa.checked_mul(20)?;
        let half = if twice < 0 { -parts } else { parts };
        let mantissa = twice.checked_add(half)?.checked_div(parts.checked_mul(2)?)?;
        Some(Self { mantissa, scale })
    }

    /// The number of these digits before and after the decimal point. More than nine decimals are what a
    /// program computed, not what an office reports: the number is rounded to nine, which takes away what
    /// doubles add (57.599999999999994 is 57.6).
    fn of(negative: bool, whole: &str, fraction: &str) -> Option<Self> {
        let rounded;
        let (mut whole, mut fraction) = (whole, fraction);
        if fraction.len() > MOST_DECIMALS {
            let x: f64 = format!("{whole}.{fraction}").parse().ok()?;
            rounded = format!("{x:.MOST_DECIMALS$}");
            let (w, f) = rounded.split_once('.')?;
            (whole, fraction) = (w, f.trim_end_matches('0'));
            if x != 0.0 && fraction.is_empty() && whole == "0" {
                return None;
            }
        }
        let magnitude: i64 = format!("{whole}{fraction}").parse().ok()?;
        let mantissa = if negative { -magnitude } else { magnitude };
        Some(Self { mantissa, scale: u8::try_from(fraction.len()).ok()? })
    }
}

impl fmt::Display for Decimal {
    /// With thousands separators, all its own decimals, `-` for minus.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let power = 10u64.pow(u32::from(self.scale));
        let magnitude = self.mantissa.unsigned_abs();
        let mut out = String::new();
        if self.mantissa < 0 {
            out.push('-');
        }
        let whole = (magnitude / power).to_string();
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                out.push(',');
            }
            out.push(c);
        }
        if self.scale > 0 {
            out.push_str(&format!(".{:0width$}", magnitude % power, width = usize::from(self.scale)));
        }
        f.pad(&out)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}

/// A number with its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quantity {
    /// The number as written: 57.6 for `57.6%`.
    pub number: Decimal,
    /// Its unit.
    pub unit: Unit,
}

impl Quantity {
    /// The value that computations use: a share in [0, 1] for a percentage, else the number.
    pub fn value(&self) -> f64 {
        match self.unit {
            // Dividing the integer once gives the double nearest to the true share.
            Unit::Percent => self.number.mantissa as f64 / 10f64.powi(i32::from(self.number.scale) + 2),
            Unit::Named(_) => self.number.to_f64(),
        }
    }

    /// Reads one number and its unit: `20,292世帯`, `1 085人`, `57.6%`, `5 %`, `¥1,200`, `△ 3`, full width
    /// too. A scale in one kanji belongs to the unit (`99万人` is 99 of `万人`); of several, the numbers are
    /// added up in the least of them (`1億2,000万円` is 12,000 of `万円`).
    ///
    /// # Errors
    /// All else, however it begins: a broken thousands separator (`1,08人`), more digits than fit, several
    /// numbers (`10～20`, `3/10`, `45人中30人`), a time, a date, a bound or a rough figure (`30%以上`,
    /// `約5人`).
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.chars().any(|c| is_raised(c) && !matches!(c, '²' | '³')) {
            return Err(Self::refusal(text));
        }
        read(&fold(text)).ok_or_else(|| Self::refusal(text))
    }

    /// Why `text` is not one plain number, and what to write instead.
    pub(super) fn refusal(text: &str) -> Error {
        let message =
            Text::new(format!("数値「{text}」が読めません"), format!("cannot read the number \"{text}\""));
        Diagnostic::new(Code::IndicatorQuantity, message).help(advice(text)).into()
    }
}

/// Whether NFKC makes an ordinary digit of a character that is the mark of a note: `¹`, `①`.
pub(super) fn is_raised(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '\u{2070}'..='\u{208F}' | '\u{2460}'..='\u{249B}' | '\u{24EA}'..='\u{24FF}'
        | '\u{2776}'..='\u{2793}' | '\u{3251}'..='\u{325F}' | '\u{32B1}'..='\u{32BF}')
}

/// What to write instead.
fn advice(text: &str) -> Text {
    let folded = fold(text);
    let has = |words: &[&str]| words.iter().any(|w| folded.contains(w));
    if has(&["約", "およそ", "概ね", "おおむね", "程度", "前後", "ほど", "くらい", "ぐらい"])
    {
        return Text::new(
            "おおよその数は達成の判定に使えません。1つの数（例: 850人）を書いてください",
            "a rough figure cannot be judged; write one number, such as 850人",
        );
    }
    if has(&["~", "〜", "～", "→", "から"]) {
        return Text::new(
            "数が2つあります。1つの数（例: 15人）を書いてください",
            "there are two numbers; write one, such as 15人",
        );
    }
    if has(&[":", "時", "分", "年", "月"]) || folded.matches('/').count() > 0 {
        return Text::new(
            "日付・時刻・分数は数値として読めません。1つの数と単位（例: 12.5時間、0.3）を書いてください",
            "dates, times of day and fractions are no numbers; write one number with its unit, such as 12.5時\
             間",
        );
    }
    Text::new(
        "20,292世帯、8175人、57.6% のように、1つの数と単位を書きます",
        "write one number with its unit, like 20,292世帯, 8175人 or 57.6%",
    )
}

fn read(folded: &str) -> Option<Quantity> {
    let (negative, rest) = sign(folded)?;
    let (currency, rest) = match rest.strip_prefix(['¥', '\\']) {
        Some(rest) => (Some("円"), rest.trim_start()),
        None => (None, rest),
    };
    let (mut number, mut rest) = digits(rest)?;
    let (mut power, mut after) = scale_of(rest.trim_start());
    // Several numbers, each of a smaller scale: they are added up in the last one.
    while power > 0 && after.starts_with(|c: char| c.is_ascii_digit()) {
        let (next, then) = digits(after)?;
        let (smaller, after_next) = scale_of(then);
        let most = 10_i64.checked_pow(u32::try_from(power - smaller).ok()?)?;
        if number.scale > 0 || smaller >= power || next.to_f64() >= most as f64 {
            return None;
        }
        let above = number.mantissa.checked_mul(most)?.checked_mul(10_i64.pow(u32::from(next.scale)))?;
        number = Decimal { mantissa: above.checked_add(next.mantissa)?, scale: next.scale };
        (rest, power, after) = (then, smaller, after_next);
    }
    if negative {
        number.mantissa = -number.mantissa;
    }
    let unit = match (currency, rest.trim_start()) {
        (Some(yen), "" | "-") => yen,
        (Some(yen), unit) if unit.ends_with(yen) => unit,
        (Some(_), _) => return None,
        (None, unit) => unit,
    };
    Some(Quantity { number, unit: Unit::of_number(unit)? })
}

/// The sign; a triangle may stand apart from its number.
fn sign(text: &str) -> Option<(bool, &str)> {
    if let Some(rest) = text.strip_prefix(['△', '▲', '▼']) {
        return Some((true, rest.trim_start()));
    }
    match text.strip_prefix(['-', '−', '‐', '–']) {
        Some(rest) => Some((true, rest)),
        None => Some((false, text.strip_prefix('+').unwrap_or(text))),
    }
    .filter(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '¥' | '\\')))
}

/// The number that a text begins with, and what comes after: digits, groups of three behind commas or blanks
/// (never both), a decimal point. `None` where the digits go on in a way that no number does.
fn digits(text: &str) -> Option<(Decimal, &str)> {
    let run = |t: &str| t.bytes().take_while(u8::is_ascii_digit).count();
    let head = run(text);
    let mut whole = text.get(..head).filter(|d| !d.is_empty())?.to_owned();
    let mut rest = text.get(head..)?;
    if head <= 3 {
        let separator = rest.chars().next().filter(|c| matches!(c, ',' | ' '));
        while let Some(group) = separator.and_then(|s| rest.strip_prefix(s)).filter(|g| run(g) == 3) {
            whole.push_str(group.get(..3)?);
            rest = group.get(3..)?;
        }
    }
    let mut fraction = "";
    if let Some(after) = rest.strip_prefix('.') {
        let length = run(after);
        fraction = after.get(..length).filter(|d| !d.is_empty())?;
        rest = after.get(length..)?;
    }
    let goes_on = rest.starts_with([',', '.']) || rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
    if goes_on { None } else { Some((Decimal::of(false, &whole, fraction)?, rest)) }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit.text())
    }
}

#[cfg(test)]
mod tests {
    use super::Quantity;
    use crate::code::Code;

    #[test]
    fn offices_numbers_are_read_exactly() {
        for (text, value, printed) in [
            ("20,292世帯", 20292.0, "20,292世帯"),
            ("8175人", 8175.0, "8,175人"),
            ("１，０８５，１１２人", 1_085_112.0, "1,085,112人"),
            ("1 085人", 1085.0, "1,085人"),
            ("1\u{3000}085\u{a0}112人", 1_085_112.0, "1,085,112人"),
            ("57.6%", 0.576, "57.6%"),
            ("5 %", 0.05, "5%"),
            ("20.60％", 0.206, "20.60%"),
            ("△3人", -3.0, "-3人"),
            ("△ 1,234", -1234.0, "-1,234"),
            ("▲0.5", -0.5, "-0.5"),
            ("0.05ha", 0.05, "0.05ha"),
            ("12.5km²", 12.5, "12.5km2"),
            ("3m2", 3.0, "3m2"),
            ("120t-CO2", 120.0, "120t-CO2"),
            ("15人/日", 15.0, "15人/日"),
            ("¥1,200", 1200.0, "1,200円"),
            ("99万人", 99.0, "99万人"),
            ("1億2,000万円", 12000.0, "12,000万円"),
            ("12万3,456人", 123_456.0, "123,456人"),
            ("1,320千人", 1320.0, "1,320千人"),
            ("57.599999999999994", 57.6, "57.6"),
            ("0.30000000000000004", 0.3, "0.3"),
            ("2か所", 2.0, "2か所"),
        ] {
            let q = Quantity::parse(text).unwrap();
            assert_eq!(q.value(), value, "{text}");
            assert_eq!(q.to_string(), printed, "{text}");
        }
    }

    #[test]
    fn what_is_not_one_plain_number_is_refused() {
        for text in [
            "",
            "人",
            "1,08人",
            "1.2.3",
            "12,3456",
            "1.人",
            "--3",
            "99999999999999999999",
            "10～20",
            "10~20",
            "10-20人",
            "3/10",
            "100→120",
            "56(12)",
            "12:30",
            "12:30:00",
            "2024/4/1",
            "2024-04-01",
            "1,234 1)",
            "1e3",
            "45人中30人",
            "約5人",
            "850人程度",
            "30%未満",
            "60%以上",
            "5、6人",
            "5か6",
            "4月1日",
            "12月",
            "431①",
            "3%増",
            "1,085 112",
            "1 0850人",
            "10 20",
            "28年度",
            "PT36H0M0S",
            "1億2兆円",
            "5千6万人",
            "5割3分",
            "1/2",
            "- 5",
            "3人（うち女性2人）",
            "10人以上20人未満",
            "$5",
            "5時",
            "第3",
        ] {
            let error = Quantity::parse(text).map(|q| panic!("{text} was read as {q}")).unwrap_err();
            assert_eq!(error.diagnostics()[0].code, Code::IndicatorQuantity, "{text}");
            assert!(error.to_string().contains(text), "{text}: {error}");
        }
    }
}
