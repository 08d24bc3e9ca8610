//! How the answers of a wave are weighted, as far as two waves differ in it.

use super::plan::{Fit, Survey, Wave};
use crate::text::Text;

/// What the weights of a wave come from. The order of questions is no difference.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Weights {
    /// A column of the response files, whatever its name.
    column: bool,
    /// The strata whose people in the population table each respondent stands for.
    strata: Vec<String>,
    /// The questions that the weights are fitted to the population in.
    fitted: Vec<String>,
    /// Whether that is their crossing, and not each by itself; of one question both are the same.
    crossed: bool,
    /// Whether they are calibrated to totals of a table.
    calibrated: bool,
    /// Limits.
    trim: Option<(f64, f64)>,
}

impl Weights {
    pub(super) fn of(survey: &Survey, wave: &Wave) -> Self {
        // In the order of the questionnaire, whatever the order of the plan.
        let sorted = |names: &[String]| -> Vec<String> {
            let mut names = names.to_vec();
            let place = |name: &String| survey.questionnaire.question(name).map_or(usize::MAX, |(at, _)| at);
            names.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.cmp(b)));
            names.dedup();
            names
        };
        let design = &wave.design;
        let column = design.weight.is_some();
        let fitted = sorted(design.fitted());
        let sized = design.population.is_some() || !design.fpc.is_empty();
        Self {
            column,
            strata: if sized && !column { sorted(&design.strata) } else { Vec::new() },
            crossed: matches!(design.fit, Some(Fit::PostStratify(_))) && fitted.len() > 1,
            fitted,
            calibrated: matches!(design.fit, Some(Fit::Calibrate(..))),
            trim: design.trim,
        }
    }

    /// The weights in words, with the questions' ids.
    pub(super) fn words(&self) -> Text {
        let names = |questions: &[String], between: &str| questions.join(between);
        let mut parts = Vec::new();
        if self.column {
            parts.push(Text::new("ウエイトの列", "a column of weights"));
        }
        if !self.strata.is_empty() {
            let named = names(&self.strata, " × ");
            parts.push(Text::new(
                format!("層（{named}）ごとの人口"),
                format!("people in the strata ({named})"),
            ));
        }
        if self.crossed {
            let named = names(&self.fitted, " × ");
            parts.push(Text::new(format!("{named}の事後層化"), format!("post-stratified by {named}")));
        } else if !self.fitted.is_empty() {
            parts.push(Text::new(
                format!("{}のレイキング", names(&self.fitted, "・")),
                format!("raked to {}", names(&self.fitted, ", ")),
            ));
        }
        if self.calibrated {
            parts.push(Text::new("較正", "calibrated"));
        }
        if let Some((low, high)) = self.trim {
            parts.push(Text::new(format!("上下限 {low}～{high}"), format!("trimmed to {low} … {high}")));
        }
        if parts.is_empty() {
            return Text::new("ウエイトなし", "unweighted");
        }
        let all =
            |of: fn(&Text) -> &str, between: &str| parts.iter().map(of).collect::<Vec<_>>().join(between);
        Text::new(all(|t| &t.ja, "と"), all(|t| &t.en, " and "))
    }
}
