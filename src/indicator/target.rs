//! Targets: `506人`, `40%以上`, `5 %以下`.

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
    /// A bare number: reached in the indicator's direction.
    #[serde(rename = "=")]
    Reach,
}

impl Operator {
    /// `>=`, `<=` or `=`.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::AtLeast => ">=",
            Operator::AtMost => "<=",
            Operator::Reach => "=",
        }
    }
}

/// A target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// 以上, 以下 or bare.
    pub operator: Operator,
    /// The number with its unit.
    pub quantity: Quantity,
}

impl Target {
    /// Reads `506人`, `40%以上`, `5 %以下`, `1,316,637人`.
    ///
    /// # Errors
    /// Text without a number in front, as [`Quantity::parse`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let folded = &*fold(text);
        let (body, operator) = if let Some(body) = folded.strip_suffix("以上") {
            (body, Operator::AtLeast)
        } else if let Some(body) = folded.strip_suffix("以下") {
            (body, Operator::AtMost)
        } else {
            (folded, Operator::Reach)
        };
        Ok(Self { operator, quantity: Quantity::parse(body)? })
    }

    /// The same target in another scale of its unit; `None` where `unit` is no such.
    pub(crate) fn in_unit(&self, unit: &Unit) -> Option<Self> {
        let ((own, base), (other, of)) = (self.quantity.unit.scale(), unit.scale());
        let number = self.quantity.number.shifted(own - other).filter(|_| base == of)?;
        Some(Self { operator: self.operator, quantity: Quantity { number, unit: unit.clone() } })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after = match self.operator {
            Operator::AtLeast => "以上",
            Operator::AtMost => "以下",
            Operator::Reach => "",
        };
        write!(f, "{}{after}", self.quantity)
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
        ] {
            let t = Target::parse(text).unwrap();
            assert_eq!((t.operator, t.quantity.value(), t.to_string().as_str()), (operator, value, printed));
        }
        let error = Target::parse("増やす").unwrap_err();
        assert_eq!(error.diagnostics()[0].code, Code::IndicatorQuantity);
    }
}
