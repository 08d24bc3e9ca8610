//! Targets: `506人`, `40%以上`, `30%未満`, `約158,000人`.

use crate::text::fold::fold;
use std::fmt;

use serde::Serialize;

use super::quantity::Quantity;
use super::unit::Unit;
use crate::error::Error;

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More is better.
    Increase,
    /// 減少目標: less is better.
    Decrease,
    /// 維持: keep the baseline.
    Maintain,
}

/// How a value is held against a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Operator {
    /// 以上.
    #[serde(rename = ">=")]
    AtLeast,
    /// 以下.
    #[serde(rename = "<=")]
    AtMost,
    /// 未満: a value equal to it has not reached it.
    #[serde(rename = "<")]
    Below,
    /// 超: a value equal to it has not reached it.
    #[serde(rename = ">")]
    Above,
    /// A bare number: reached in the indicator's direction.
    #[serde(rename = "=")]
    Reach,
}

/// The words behind a target's number, and what they ask; the longest of one end first.
const BEHIND: [(&str, Operator); 10] = [
    ("以上", Operator::AtLeast),
    ("以下", Operator::AtMost),
    ("以内", Operator::AtMost),
    ("未満", Operator::Below),
    ("を下回る", Operator::Below),
    ("を上回る", Operator::Above),
    ("を超える", Operator::Above),
    ("をこえる", Operator::Above),
    ("超過", Operator::Above),
    ("超", Operator::Above),
];

/// Words that call a target's number a rough one. The number itself is the target: 約158,000人 is reached at
/// 158,000, and not one short of it.
const ROUGH: [&str; 6] = ["約", "およそ", "おおよそ", "概ね", "おおむね", "ほぼ"];
const ROUGH_BEHIND: [&str; 5] = ["程度", "前後", "ほど", "くらい", "ぐらい"];

impl Operator {
    /// `>=`, `<=`, `>`, `<` or `=`.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::AtLeast => ">=",
            Operator::AtMost => "<=",
            Operator::Below => "<",
            Operator::Above => ">",
            Operator::Reach => "=",
        }
    }
}

/// A target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// 以上, 以下, 未満, 超 or bare.
    pub operator: Operator,
    /// The number with its unit.
    pub quantity: Quantity,
    /// What stands before and behind the number, as written: 約, 程度以上.
    around: (String, String),
}

impl Target {
    /// Reads `506人`, `40%以上`, `30%未満`, `100人を超える`, `約158,000人`, `850人程度`, `概ね80%以上`.
    ///
    /// # Errors
    /// Text without a number in front, as [`Quantity::parse`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let folded = &*fold(text);
        let found = BEHIND.iter().find_map(|(end, of)| Some((folded.strip_suffix(end)?, *of)));
        let (body, operator) = found.unwrap_or((folded, Operator::Reach));
        let body = body.trim_end();
        let body = ROUGH_BEHIND.iter().find_map(|end| body.strip_suffix(end)).unwrap_or(body).trim_end();
        let number = ROUGH.iter().find_map(|word| body.strip_prefix(word)).unwrap_or(body).trim_start();
        let quantity = Quantity::parse(number)?;
        let before = body.get(..body.len() - number.len()).unwrap_or_default().trim().to_owned();
        let behind = folded.get(body.len()..).unwrap_or_default().trim().to_owned();
        Ok(Self { operator, quantity, around: (before, behind) })
    }

    /// Whether its words call the number a rough one.
    pub(crate) fn is_rough(&self) -> bool {
        let (before, behind) = &self.around;
        !before.is_empty() || ROUGH_BEHIND.iter().any(|word| behind.starts_with(word))
    }

    /// The same target in another scale of its unit; `None` where `unit` is no such.
    pub(crate) fn in_unit(&self, unit: &Unit) -> Option<Self> {
        let ((own, base), (other, of)) = (self.quantity.unit.scale(), unit.scale());
        let number = self.quantity.number.shifted(own - other).filter(|_| base == of)?;
        Some(Self { quantity: Quantity { number, unit: unit.clone() }, ..self.clone() })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, behind) = &self.around;
        write!(f, "{before}{}{behind}", self.quantity)
    }
}

#[cfg(test)]
mod tests {
    use super::{Operator, Target};
    use crate::code::Code;

    #[test]
    fn targets_keep_their_operator() {
        for (text, operator, value, printed) in [
            ("40%以上", Operator::AtLeast, 0.4, "40%以上"),
            ("5 %以下", Operator::AtMost, 0.05, "5%以下"),
            ("506人", Operator::Reach, 506.0, "506人"),
            ("６２．４％以上", Operator::AtLeast, 0.624, "62.4%以上"),
            ("30%未満", Operator::Below, 0.3, "30%未満"),
            ("１００人超", Operator::Above, 100.0, "100人超"),
            ("100人を超える", Operator::Above, 100.0, "100人を超える"),
            ("3日以内", Operator::AtMost, 3.0, "3日以内"),
            ("850人程度", Operator::Reach, 850.0, "850人程度"),
            ("約158,000人", Operator::Reach, 158_000.0, "約158,000人"),
            ("概ね 80 %", Operator::Reach, 0.8, "概ね80%"),
            ("おおむね80%以上", Operator::AtLeast, 0.8, "おおむね80%以上"),
            ("20件程度以下", Operator::AtMost, 20.0, "20件程度以下"),
        ] {
            let t = Target::parse(text).unwrap();
            assert_eq!((t.operator, t.quantity.value(), t.to_string().as_str()), (operator, value, printed));
        }
        for text in ["増やす", "約", "未満", "10～20人", "30%以上50%未満", "100人超増"] {
            let error = Target::parse(text).unwrap_err();
            assert_eq!(error.diagnostics()[0].code, Code::IndicatorQuantity, "{text}");
        }
        let rough = |text: &str| Target::parse(text).unwrap().is_rough();
        assert!(rough("約5人") && rough("5人程度以上") && !rough("5人以上") && !rough("5人未満"));
    }
}
