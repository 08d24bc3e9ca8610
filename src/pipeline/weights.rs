//! How the answers of a wave are weighted, as far as two waves differ in it.

use std::collections::BTreeSet;

use super::plan::{Survey, Wave, Weighting};
use crate::text::Text;

/// What the weights of a wave come from. Questions are indices in the survey's questionnaire; their order is
/// no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Weights {
    /// A column of the response files, whatever its name.
    column: bool,
    /// The strata whose people in the population table each respondent stands for.
    strata: BTreeSet<usize>,
    /// The questions that the weights are fitted to the population in.
    fitted: BTreeSet<usize>,
    /// Whether that is their crossing, and not each by itself; of one question both are the same.
    crossed: bool,
}

impl Weights {
    pub(super) fn of(wave: &Wave) -> Self {
        let column = matches!(wave.weighting, Weighting::Column(_));
        let fitted: BTreeSet<usize> = match &wave.weighting {
            Weighting::Rake(questions) | Weighting::PostStratify(questions) => {
                questions.iter().copied().collect()
            }
            Weighting::None | Weighting::Column(_) => BTreeSet::new(),
        };
        let crossed = matches!(wave.weighting, Weighting::PostStratify(_)) && fitted.len() > 1;
        let strata = if wave.population.is_some() && !column {
            wave.strata.iter().copied().collect()
        } else {
            BTreeSet::new()
        };
        Self { column, strata, fitted, crossed }
    }

    /// The weights in words, with the questions' ids.
    pub(super) fn words(&self, survey: &Survey) -> Text {
        let names = |questions: &BTreeSet<usize>, between: &str| -> String {
            questions
                .iter()
                .filter_map(|q| survey.questionnaire.questions.get(*q))
                .map(|q| q.id.as_str())
                .collect::<Vec<_>>()
                .join(between)
        };
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
        if parts.is_empty() {
            return Text::new("ウエイトなし", "unweighted");
        }
        let all =
            |of: fn(&Text) -> &str, between: &str| parts.iter().map(of).collect::<Vec<_>>().join(between);
        Text::new(all(|t| &t.ja, "と"), all(|t| &t.en, " and "))
    }
}
