//! What a draft found in the files.

use crate::decode::personal::Personal;
use crate::draft::meaning::SampleColumn;
use crate::draft::remark::Remark;
use crate::questionnaire::model::Questionnaire;
use crate::text::Text;

/// What the files look like.
#[derive(Debug, Clone, PartialEq)]
pub struct Inferred {
    /// The questionnaire.
    pub questionnaire: Questionnaire,
    /// For each question what was guessed.
    pub remarks: Vec<Vec<Remark>>,
    /// The column of respondents' ids.
    pub respondent: Option<String>,
    /// Columns that look like personal data: not read.
    pub withheld: Vec<(String, Personal)>,
    /// Columns that tell of the sample, and whether the file itself says so.
    pub sample: Vec<(String, SampleColumn, bool)>,
    /// Columns that are no question, with the reason.
    pub left_out: Vec<(String, Text)>,
}
