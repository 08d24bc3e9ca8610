//! Text in the two languages of the office, Japanese and English; how words are compared; what a wrong word
//! was meant to be; why the system refused a file.

pub(crate) mod fold;
pub(crate) mod number;
pub mod refusal;
pub(crate) mod spelling;
pub mod suggest;

use std::fmt;

use serde::{Deserialize, Serialize};

/// The language of messages and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// 日本語
    Ja,
    /// English
    En,
}

/// One message in both languages. `Display` gives `日本語 / English`; choose one with [`Text::get`].
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Text {
    /// 日本語
    pub ja: String,
    /// English
    pub en: String,
}

impl Text {
    /// A message from its Japanese and its English form.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }

    /// A text that is the same in both languages, such as a name out of a user's file.
    pub fn same(text: impl Into<String>) -> Self {
        let ja = text.into();
        Self { en: ja.clone(), ja }
    }

    /// The form in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ja == self.en { f.write_str(&self.ja) } else { write!(f, "{} / {}", self.ja, self.en) }
    }
}
