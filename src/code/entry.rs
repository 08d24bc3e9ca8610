//! What the manual says of one code.

use serde::{Deserialize, Serialize};

use crate::text::{Lang, Text};

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know: which encoding was detected, how many template rows were skipped.
    Note,
    /// Somebody should look: a code outside the list, a broken skip, a duplicate.
    Warning,
    /// The run stops: only an [`Error`](crate::error::Error) says it, never a finding.
    Error,
}

impl Severity {
    /// Its key in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// What it is called.
    pub fn text(self) -> Text {
        match self {
            Self::Note => Text::new("参考", "note"),
            Self::Warning => Text::new("注意", "warning"),
            Self::Error => Text::new("誤り", "error"),
        }
    }
}

/// The entry of a code in the manual.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) severity: Severity,
    pub(super) title: Words,
    pub(super) meaning: Words,
}

/// Words in both languages.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) ja: &'static str,
    pub(super) en: &'static str,
}

impl Words {
    pub(super) fn get(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ja => self.ja,
            Lang::En => self.en,
        }
    }
}

/// Entries: for each a constant with its severity; for each language the title and what it means.
macro_rules! entries {
    ($($name:ident = $severity:ident {
        ja $title_ja:literal : $ja:literal
        en $title_en:literal : $en:literal
    })*) => {
        $(pub(super) const $name: Entry = Entry {
            severity: Severity::$severity,
            title: Words { ja: $title_ja, en: $title_en },
            meaning: Words { ja: $ja, en: $en },
        };)*
    };
}
pub(super) use entries;
