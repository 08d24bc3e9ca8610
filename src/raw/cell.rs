//! One cell of a file.

use compact_str::CompactString;

/// What a cell holds, as the file says it. Text is kept as it stands (no trimming, no folding).
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text; never empty.
    Text(CompactString),
    /// A number of a spreadsheet, SPSS or Parquet file (a CSV has text only).
    Number(f64),
    /// A logical value of a spreadsheet or Parquet file.
    Bool(bool),
    /// A date or date and time, as ISO 8601 text.
    Date(CompactString),
    /// A spreadsheet error such as `#N/A`, or bytes that could not be decoded (with a finding at its place).
    Broken(CompactString),
}

impl Cell {
    /// The cell as text: numbers without a needless `.0`, logical values as `TRUE`/`FALSE`, empty as `""`.
    pub fn text(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(t) | Cell::Date(t) | Cell::Broken(t) => t.to_string(),
            Cell::Number(x) => format!("{x}"),
            Cell::Bool(true) => "TRUE".to_owned(),
            Cell::Bool(false) => "FALSE".to_owned(),
        }
    }
}
