//! The questionnaires of the model plan, read from the plan's own files, so that labels stand in one place.

use serde::Deserialize;

/// A questionnaire: only what making answers needs.
#[derive(Deserialize)]
pub(super) struct Codebook {
    pub(super) question: Vec<Question>,
}

#[derive(Deserialize)]
pub(super) struct Question {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    #[serde(default)]
    options: Vec<OptionText>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Single,
    Multiple,
    Number,
    Text,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OptionText {
    Label(String),
    Table { label: String },
}

impl Codebook {
    pub(super) fn citizen() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../../pipelines/nishitokyo/citizen.toml"))
    }

    /// The same people's answers under the numbers and words of R7.
    pub(super) fn citizen_r7() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../../pipelines/nishitokyo-trial/citizen-r7.toml"))
    }

    pub(super) fn elderly() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../../pipelines/nishitokyo/elderly.toml"))
    }
}

impl Question {
    pub(super) fn option_count(&self) -> usize {
        self.options.len()
    }

    pub(super) fn label(&self, option: usize) -> &str {
        match &self.options[option] {
            OptionText::Label(label) | OptionText::Table { label } => label,
        }
    }
}
