//! Numbers as offices write them: `20,292世帯`, `1,085,112人 ※速報値`, `57.6%`, `△3`.

use crate::text::fold::fold;
use std::fmt;

use serde::{Serialize, Serializer};

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

impl Decimal {
    /// Nearest double.
    pub fn to_f64(self) -> f64 {
        self.mantissa as f64 / 10f64.powi(i32::from(self.scale))
    }

    /// Reads digits with an optional sign (`-`, `△`, `▲`), thousands separators and a decimal point.
    fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix(['-', '−', '△', '▲']) {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let grouped = whole.contains(',');
        if grouped
            && !whole
                .split(',')
                .enumerate()
                .all(|(i, g)| if i == 0 { (1..=3).contains(&g.len()) } else { g.len() == 3 })
        {
            return None;
        }
        let all: String = whole.chars().filter(|&c| c != ',').chain(fraction.chars()).collect();
        let whole_digits = whole.chars().filter(char::is_ascii_digit).count();
        if whole_digits == 0
            || !all.chars().all(|c| c.is_ascii_digit())
            || fraction.len() > 9
            || (digits.contains('.') && fraction.is_empty())
        {
            return None;
        }
        Some(Self { mantissa: sign * all.parse::<i64>().ok()?, scale: fraction.len() as u8 })
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

/// The unit of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Unit {
    /// `%`: a share; values are in [0, 1] everywhere but in reports.
    Percent,
    /// Anything else, as written: `人`, `世帯`, `団体`.
    Named(String),
}

impl Unit {
    /// As printed after a value.
    pub fn text(&self) -> &str {
        match self {
            Unit::Percent => "%",
            Unit::Named(name) => name,
        }
    }

    /// The unit that `text` names.
    pub fn from_text(text: &str) -> Self {
        let folded = fold(text);
        if matches!(folded.as_str(), "%" | "パーセント" | "percent") {
            Unit::Percent
        } else {
            Unit::Named(folded)
        }
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
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

    /// Reads `20,292世帯`, `8175人`, `57.6%`, `5 %`, full width too.
    ///
    /// # Errors
    /// Text without a number in front, a broken thousands separator (`1,08人`), more digits than fit.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let folded = fold(text);
        let end = folded
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '+' | '−' | '△' | '▲')))
            .unwrap_or(folded.len());
        let (number, unit) = folded.split_at(end);
        match Decimal::parse(number) {
            Some(number) => Ok(Self { number, unit: Unit::from_text(unit) }),
            None => Err(Diagnostic::new(
                Code::IndicatorQuantity,
                Text::new(
                    format!("数値「{text}」が読めません"),
                    format!("cannot read the number \"{text}\""),
                ),
            )
            .help(Text::new(
                "20,292世帯、8175人、57.6% のように書きます",
                "write it like 20,292世帯, 8175人 or 57.6%",
            ))
            .into()),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit.text())
    }
}

/// The status of a reported value (SDMX `OBS_STATUS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Mark {
    /// 速報値.
    #[serde(rename = "p")]
    Provisional,
    /// 訂正.
    #[serde(rename = "r")]
    Revised,
}

impl Mark {
    /// `p` or `r`.
    pub fn code(self) -> &'static str {
        match self {
            Mark::Provisional => "p",
            Mark::Revised => "r",
        }
    }
}

/// What a cell of an administrative table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminCell {
    /// A value, with its mark and the note as written (`※速報値`).
    Value {
        /// The number and its unit; the unit may be empty when a column of its own gives it.
        quantity: Quantity,
        /// 速報値, 訂正.
        mark: Option<Mark>,
        /// The note after the value, as written.
        note: Option<String>,
    },
    /// Blank, or the unit alone: not reported yet.
    Pending,
    /// `-`: nil, or not surveyed this year.
    Nil,
    /// `…`: not available.
    NotAvailable,
    /// `x`: suppressed.
    Suppressed,
}

impl AdminCell {
    /// Reads a cell as offices write it.
    ///
    /// # Errors
    /// Text that is none of the known symbols and has no number in front.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let folded = &*fold(text);
        // NFKC turns … into three dots.
        match folded {
            "" => return Ok(Self::Pending),
            "-" | "−" | "ー" | "―" | "–" | "—" | "_" => return Ok(Self::Nil),
            "..." | "…" => return Ok(Self::NotAvailable),
            "x" | "X" | "×" => return Ok(Self::Suppressed),
            _ => {}
        }
        if !folded.chars().any(|c| c.is_ascii_digit()) && folded.chars().count() <= 4 {
            return Ok(Self::Pending);
        }
        let (body, note) = match folded.find('※') {
            Some(at) => (folded[..at].trim(), Some(folded[at..].trim().to_owned())),
            None => (folded, None),
        };
        let by_note = note.as_deref().and_then(|n| {
            if n.contains("速報") {
                Some(Mark::Provisional)
            } else if n.contains("訂正") || n.contains("修正") {
                Some(Mark::Revised)
            } else {
                None
            }
        });
        let (body, mark) = match by_note {
            Some(mark) => (body, Some(mark)),
            None => match body.rsplit_once(' ') {
                Some((rest, "p")) => (rest, Some(Mark::Provisional)),
                Some((rest, "r")) => (rest, Some(Mark::Revised)),
                _ => (body, None),
            },
        };
        Ok(Self::Value { quantity: Quantity::parse(body)?, mark, note })
    }
}

#[cfg(test)]
mod tests {
    use super::{AdminCell, Mark, Quantity, Unit};
    use crate::code::Code;

    #[test]
    fn offices_numbers_are_read_exactly() {
        for (text, value, printed) in [
            ("20,292世帯", 20292.0, "20,292世帯"),
            ("8175人", 8175.0, "8,175人"),
            ("１，０８５，１１２人", 1_085_112.0, "1,085,112人"),
            ("57.6%", 0.576, "57.6%"),
            ("5 %", 0.05, "5%"),
            ("20.60％", 0.206, "20.60%"),
            ("△3人", -3.0, "-3人"),
            ("0.05ha", 0.05, "0.05ha"),
        ] {
            let q = Quantity::parse(text).unwrap();
            assert_eq!(q.value(), value, "{text}");
            assert_eq!(q.to_string(), printed, "{text}");
        }
    }

    #[test]
    fn broken_numbers_are_refused() {
        for text in ["", "人", "1,08人", "1.2.3", "12,3456", "1.人", "--3", "99999999999999999999"] {
            let error = Quantity::parse(text).unwrap_err();
            assert_eq!(error.diagnostics()[0].code, Code::IndicatorQuantity, "{text}");
            assert!(error.to_string().contains(text), "{text}: {error}");
        }
    }

    #[test]
    fn the_blanks_stay_apart() {
        assert_eq!(AdminCell::parse("").unwrap(), AdminCell::Pending);
        assert_eq!(AdminCell::parse("人").unwrap(), AdminCell::Pending);
        assert_eq!(AdminCell::parse("－").unwrap(), AdminCell::Nil);
        assert_eq!(AdminCell::parse("…").unwrap(), AdminCell::NotAvailable);
        assert_eq!(AdminCell::parse("x").unwrap(), AdminCell::Suppressed);
        let error = AdminCell::parse("およそ百人ほど").unwrap_err();
        assert_eq!(error.diagnostics()[0].code, Code::IndicatorQuantity);
    }

    #[test]
    fn provisional_and_revised_values_are_marked() {
        let AdminCell::Value { quantity, mark, note } = AdminCell::parse("1,085,112人 ※速報値").unwrap()
        else {
            panic!()
        };
        assert_eq!((quantity.value(), quantity.unit), (1_085_112.0, Unit::Named("人".into())));
        assert_eq!((mark, note.as_deref()), (Some(Mark::Provisional), Some("※速報値")));
        let AdminCell::Value { mark, .. } = AdminCell::parse("12件 r").unwrap() else { panic!() };
        assert_eq!(mark, Some(Mark::Revised));
    }
}
