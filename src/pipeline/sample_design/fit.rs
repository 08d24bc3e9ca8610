//! How calibration may move weights, and limits of weights: what a plan and flags say of them in the same
//! words.

use crate::design::CalibrationFunction;

/// A function of calibration, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CalibrationKind {
    /// F(u) = 1 + u.
    Linear,
    /// F(u) = exp u.
    Raking,
    /// Logit, within bounds.
    Logit,
}

/// Why a name and bounds make no function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum NoFunction {
    /// Logit has bounds.
    NeedsBounds,
    /// Raking has none.
    HasNoBounds,
}

/// The function of this name (linear when none is given) within these bounds on new/old weight.
pub(in crate::pipeline) fn function(
    kind: Option<CalibrationKind>,
    bounds: Option<(f64, f64)>,
) -> Result<CalibrationFunction, NoFunction> {
    match (kind, bounds) {
        (None | Some(CalibrationKind::Linear), bounds) => Ok(CalibrationFunction::Linear { bounds }),
        (Some(CalibrationKind::Raking), None) => Ok(CalibrationFunction::Raking),
        (Some(CalibrationKind::Raking), Some(_)) => Err(NoFunction::HasNoBounds),
        (Some(CalibrationKind::Logit), Some(bounds)) => Ok(CalibrationFunction::Logit { bounds }),
        (Some(CalibrationKind::Logit), None) => Err(NoFunction::NeedsBounds),
    }
}

/// Whether these are a lower and an upper limit: from 0, the lower one first.
pub(in crate::pipeline) fn are_limits(lower: f64, upper: f64) -> bool {
    lower >= 0.0 && lower < upper
}

#[cfg(test)]
mod tests {
    use super::{CalibrationKind, NoFunction, are_limits, function};
    use crate::design::CalibrationFunction;

    #[test]
    fn bounds_go_with_linear_and_logit() {
        let bounds = (0.5, 2.0);
        assert_eq!(function(None, None), Ok(CalibrationFunction::Linear { bounds: None }));
        assert_eq!(
            function(Some(CalibrationKind::Linear), Some(bounds)),
            Ok(CalibrationFunction::Linear { bounds: Some(bounds) })
        );
        assert_eq!(function(Some(CalibrationKind::Raking), None), Ok(CalibrationFunction::Raking));
        assert_eq!(function(Some(CalibrationKind::Raking), Some(bounds)), Err(NoFunction::HasNoBounds));
        assert_eq!(function(Some(CalibrationKind::Logit), None), Err(NoFunction::NeedsBounds));
    }

    #[test]
    fn limits_are_in_order() {
        assert!(are_limits(0.0, 1.0) && !are_limits(1.0, 1.0) && !are_limits(-1.0, 1.0));
        assert!(!are_limits(f64::NAN, 1.0) && !are_limits(0.0, f64::NAN) && are_limits(0.0, f64::INFINITY));
    }
}
