//! What may differ in a question between two waves, and what follows for a comparison of their values.

use serde::Serialize;

use crate::decode::base::Base;
use crate::text::Text;

/// Whether two waves' values of one question may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparability {
    /// 同じ: nothing that matters differs.
    Same,
    /// 注意: compared, with a note of what differs (other words, another order, options merged, another
    /// policy or mode).
    Caution,
    /// 比較不可: not compared (another question, another filter or base, an option that counts came or went,
    /// or a person says so).
    NotComparable,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// The number was given to another question.
    ReusedNumber,
    /// The words of the question.
    Wording,
    /// Options: their words, new ones, dropped ones, merged or split ones.
    Options,
    /// The order of the options.
    Order,
    /// わからない (with the base that follows from it), 特になし, その他 with words.
    Flags,
    /// ○は3つまで.
    MaxMarks,
    /// The bounds of a number.
    Range,
    /// Who is asked.
    Filter,
    /// What is done with answers that break the rules of the paper.
    Policy,
    /// How the respondents were chosen.
    Sampling,
    /// How they were asked.
    Mode,
    /// How their answers are weighted.
    Weighting,
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaveDifference {
    /// What it is about.
    pub aspect: Aspect,
    /// What follows from it.
    pub level: Comparability,
    /// Both wordings, the earlier wave's first.
    pub words: Text,
}

impl WaveDifference {
    pub(crate) fn new(aspect: Aspect, level: Comparability, ja: String, en: String) -> Self {
        Self { aspect, level, words: Text::new(ja, en) }
    }
}

/// What an indicator takes from a question: what matters for its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a> {
    /// The categories (indices in the reference) that count.
    pub categories: &'a [usize],
    /// The base.
    pub base: Base,
    /// Whether わからない counts as no answer.
    pub dont_know_missing: bool,
}
