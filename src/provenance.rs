//! Where a number comes from: places in files, and the identity of files.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{Lang, Text};

/// Version of the shape of every file for machines, the manifest among them; raised when a column changes its
/// name or meaning, or leaves.
pub const SCHEMA_VERSION: &str = "2";

/// A place in a user's file, as far as it is known. Rows and columns count from 1, as a spreadsheet shows
/// them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file, as the user named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row of the file (header rows count), from 1. For a CSV: the record's number, header included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The column: its header text, or its spreadsheet letters where there is no header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The question of the questionnaire, such as `問12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
}

impl Place {
    /// The whole of a file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: Some(file.into()), ..Self::default() }
    }

    /// This place, on sheet `sheet`.
    #[must_use]
    pub fn sheet(mut self, sheet: Option<&str>) -> Self {
        self.sheet = sheet.map(str::to_owned);
        self
    }

    /// This place, in row `row` (from 1, header rows count).
    #[must_use]
    pub fn row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// This place, in column `column`.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// This place, at question `question`.
    #[must_use]
    pub fn question(mut self, question: impl Into<String>) -> Self {
        self.question = Some(question.into());
        self
    }

    /// The place in words: `file › sheet › row 12 › column`.
    pub fn words(&self, lang: Lang) -> String {
        let mut parts = Vec::new();
        parts.extend(self.file.clone());
        parts.extend(
            self.sheet
                .as_ref()
                .map(|s| Text::new(format!("シート「{s}」"), format!("sheet \"{s}\"")).get(lang).to_owned()),
        );
        parts
            .extend(self.row.map(|r| Text::new(format!("{r}行目"), format!("row {r}")).get(lang).to_owned()));
        parts.extend(
            self.column
                .as_ref()
                .map(|c| Text::new(format!("列「{c}」"), format!("column \"{c}\"")).get(lang).to_owned()),
        );
        parts.extend(self.question.clone());
        parts.join(" › ")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(Lang::Ja))
    }
}

/// The identity of a file that was read: what the manifest records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDigest {
    /// The file, as the user named it (with `/` between folders).
    pub file: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Data rows read (header rows do not count); `None` where rows have no meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The encoding that its text was read in, such as `Shift_JIS (CP932)`; `None` for spreadsheets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

impl FileDigest {
    /// The identity of a file with these bytes; rows, encoding and sheet are left open.
    pub fn of(file: impl Into<String>, bytes: &[u8]) -> Self {
        Self {
            file: file.into(),
            sha256: sha256_hex(bytes),
            bytes: bytes.len() as u64,
            rows: None,
            encoding: None,
            sheet: None,
        }
    }
}

/// SHA-256 of `bytes` in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
