//! The weights of every respondent, with where they stand in the files.

use crate::design::{Design, WeightDiagnostics};
use crate::pipeline::variables::source::Source;
use crate::report::weights::WeightRow;
use crate::text::Text;

/// The weights of every respondent, and what they are like.
#[derive(Debug, Clone, PartialEq)]
pub struct RespondentWeights {
    /// The files.
    pub files: Vec<String>,
    /// One entry a respondent.
    pub rows: Vec<WeightRow>,
    /// Range, sums and Kish's design effect.
    pub diagnostics: WeightDiagnostics,
}

impl RespondentWeights {
    pub(super) fn of(design: &Design, source: &Source<'_>) -> Self {
        let weights = design.base_weights().iter().zip(design.weights()).enumerate();
        let row = |(at, (base, weight)): (usize, (&f64, &f64))| {
            let (file, row) = source.row(at);
            WeightRow { file, row, base: *base, weight: *weight }
        };
        let rows = weights.map(row).collect();
        Self { files: source.files(), rows, diagnostics: design.weight_diagnostics() }
    }

    /// What they are like, in words.
    pub(super) fn words(&self) -> Text {
        let WeightDiagnostics { n, sum, min, max, g_min, g_max, kish_deff, effective_n, .. } =
            self.diagnostics;
        let [sum, min, max, low, high, deff] =
            [sum, min, max, g_min, g_max, kish_deff].map(|x| format!("{x:.3}"));
        let n_eff = format!("{effective_n:.1}");
        Text::new(
            format!(
                "ウエイト: {n}人、合計 {sum}、{min}～{max}、調整の倍率 g {low}～{high}、\
                 Kishのデザイン効果 {deff}、n_eff {n_eff}"
            ),
            format!(
                "weights: {n} respondents, sum {sum}, {min} to {max}, g {low} to {high}, Kish's deff {deff}, \
                 n_eff {n_eff}"
            ),
        )
    }
}
