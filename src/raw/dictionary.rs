//! The codebook inside a data file, as SPSS and Stata files carry it; SAS files have a part of it.

use std::collections::BTreeMap;

use super::cell::Cell;

/// What a data file says of its own columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dictionary {
    /// The columns' descriptions, by column name ([`super::Column::name`]).
    pub variables: BTreeMap<String, Variable>,
    /// The name of the column that weights the cases, when the file says that they are weighted.
    pub weight: Option<String>,
    /// The multiple-response sets, in file order.
    pub multiple_response: Vec<MultipleResponse>,
}

impl Dictionary {
    /// Whether it tells the options of any question. A file of SAS, or one that a program wrote without
    /// labels, does not.
    pub fn has_options(&self) -> bool {
        !self.multiple_response.is_empty() || self.variables.values().any(|v| !v.value_labels.is_empty())
    }
}

/// What a data file says of one column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Variable {
    /// The variable's label: most often the question's text.
    pub label: Option<String>,
    /// Codes and their labels, in file order.
    pub value_labels: Vec<(Cell, String)>,
    /// Codes that the file's author declared to be no answer.
    pub missing_values: Vec<Cell>,
    /// Ranges of codes that the file's author declared to be no answer; both ends belong to them.
    pub missing_ranges: Vec<(f64, f64)>,
}

impl Variable {
    /// Whether the file's author declared this cell to be no answer.
    pub fn is_missing(&self, cell: &Cell) -> bool {
        let in_range = |x: &f64| self.missing_ranges.iter().any(|(low, high)| low <= x && x <= high);
        self.missing_values.contains(cell) || matches!(cell, Cell::Number(x) if in_range(x))
    }
}

/// A question with several answers, spread over several columns.
#[derive(Debug, Clone, PartialEq)]
pub struct MultipleResponse {
    /// The set's name, without its leading `$`.
    pub name: String,
    /// The set's label.
    pub label: Option<String>,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// How an answer is marked in them.
    pub kind: MultipleResponseKind,
}

/// How the columns of a multiple-response set hold the answers.
#[derive(Debug, Clone, PartialEq)]
pub enum MultipleResponseKind {
    /// One column an option; it was chosen where the cell equals this value.
    Dichotomies(Cell),
    /// Each column holds the code of one chosen option.
    Categories,
}
