//! Which of several returns of one respondent counts.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::text::Text;
use crate::text::suggest;

/// Which row counts when a respondent's id stands more than once. Files count in the order given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// 最初の行を採る
    #[default]
    First,
    /// 最後の行を採る
    Last,
    /// 重複があれば止める
    Fail,
}

impl fmt::Display for Duplicates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Duplicates::First => "first",
            Duplicates::Last => "last",
            Duplicates::Fail => "fail",
        })
    }
}

impl FromStr for Duplicates {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        let all = [Duplicates::First, Duplicates::Last, Duplicates::Fail];
        all.into_iter().find(|d| d.to_string() == word).ok_or_else(|| {
            let message = Text::new(
                format!("重複の扱いに「{word}」はありません"),
                format!("duplicates cannot be \"{word}\""),
            );
            let mut diagnostic = Diagnostic::new(Code::AnswersUnknownWord, message);
            diagnostic.help = suggest::did_you_mean(word, ["first", "last", "fail"]);
            Error::new(diagnostic)
        })
    }
}
