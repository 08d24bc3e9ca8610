//! One column over all files: distinct values, each looked at once however many respondents gave it.

use std::collections::HashMap;

use compact_str::CompactString;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::source::Source;
use crate::engine::StreamedValue;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::raw::{Cell, Column, Table};
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::number::number;

/// A code that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pipeline) struct Code {
    /// As it was typed.
    pub(in crate::pipeline) typed: String,
    folded: String,
    number: Option<f64>,
}

impl Code {
    pub(in crate::pipeline) fn new(typed: &str) -> Self {
        let folded = fold(typed);
        Self { typed: typed.trim().to_owned(), number: number(&folded), folded }
    }

    /// Whether this is what `folded` says: the same number, or the same text.
    pub(in crate::pipeline) fn is(&self, folded: &str) -> bool {
        self.folded == folded || self.number.is_some_and(|x| number(folded) == Some(x))
    }

    /// The code as it is compared.
    pub(in crate::pipeline) fn folded(&self) -> &str {
        &self.folded
    }
}

/// One distinct value of a column.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pipeline) struct Value {
    /// As the file has it, without blanks around it.
    pub(in crate::pipeline) text: String,
    /// As it is compared.
    pub(in crate::pipeline) folded: String,
    /// The number that it is.
    pub(in crate::pipeline) number: Option<f64>,
    /// Nothing is in the cell, or nothing that could be read.
    pub(in crate::pipeline) blank: bool,
    /// The file itself declares it to be no answer (SPSS user-missing).
    pub(in crate::pipeline) no_answer: bool,
    /// The file's own label of it (SPSS), folded.
    pub(in crate::pipeline) label: Option<String>,
}

impl Value {
    fn of(cell: &Cell, no_answer: bool, label: Option<String>) -> Self {
        let text = cell.text().trim().to_owned();
        let folded = fold(&text);
        let number = match cell {
            Cell::Number(x) => Some(*x).filter(|x| x.is_finite()),
            Cell::Bool(_) | Cell::Empty | Cell::Broken(_) => None,
            Cell::Text(_) | Cell::Date(_) => number(&folded),
        };
        let blank = folded.is_empty() || matches!(cell, Cell::Broken(_));
        Self { text, folded, number, blank, no_answer, label: label.map(|l| fold(&l)) }
    }

    /// Whether the whole value is this code: by number, by text, or by the file's own label.
    pub(in crate::pipeline) fn is(&self, code: &Code) -> bool {
        let same_number = code.number.is_some() && self.number == code.number;
        !self.blank
            && (same_number
                || self.folded == code.folded
                || self.label.as_deref() == Some(code.folded.as_str()))
    }

    /// The one spelling of this value: `1`, `1.0` and `１` are the same.
    pub(in crate::pipeline) fn key(&self) -> String {
        self.number.map_or_else(|| self.folded.clone(), |x| x.to_string())
    }
}

/// One column over all files.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct Stacked {
    /// As it was asked for.
    pub(in crate::pipeline) name: String,
    /// Distinct values in order of first appearance.
    pub(in crate::pipeline) values: Vec<Value>,
    /// For each unit ([`Source::units`]) the index of the value.
    pub(in crate::pipeline) rows: Vec<u32>,
    /// The column's number in the first file: what it is, however it was named.
    pub(in crate::pipeline) position: usize,
    known: HashMap<(CompactString, bool, bool), u32>,
    /// Of a file that was counted as it was read.
    counted: Option<Counts>,
}

/// What is known of the values of a column whose rows are not held.
#[derive(Debug, Clone)]
struct Counts {
    /// The value of each code of the file.
    of_code: Vec<u32>,
    /// Of each value its rows, and the first of them.
    rows: Vec<(u64, u64)>,
}

impl Stacked {
    pub(in crate::pipeline) fn new(name: &str, rows: usize) -> Self {
        Self {
            name: name.to_owned(),
            values: Vec::new(),
            rows: Vec::with_capacity(rows),
            position: usize::MAX,
            known: HashMap::new(),
            counted: None,
        }
    }

    /// A column of a file that was counted: its values, and the value of each unit where it is a
    /// classification.
    pub(in crate::pipeline) fn counted(
        name: &str,
        position: usize,
        values: &[StreamedValue],
        units: impl Iterator<Item = u32>,
    ) -> Self {
        let mut out = Self { position, ..Self::new(name, 0) };
        let mut rows: Vec<(u64, u64)> = Vec::new();
        let mut of_code = Vec::with_capacity(values.len());
        for found in values {
            let cell =
                if found.text.is_empty() { Cell::Empty } else { Cell::Text(found.text.as_str().into()) };
            let at = out.value(Value::of(&cell, false, None));
            match rows.get_mut(at as usize) {
                Some((count, first)) => (*count, *first) = (*count + found.rows, found.first.min(*first)),
                None => rows.push((found.rows, found.first)),
            }
            of_code.push(at);
        }
        out.rows = units.filter_map(|code| of_code.get(code as usize).copied()).collect();
        Self { counted: Some(Counts { of_code, rows }), ..out }
    }

    /// The index of a value, a new one if it has none yet.
    fn value(&mut self, value: Value) -> u32 {
        let next = self.values.len() as u32;
        let key = (value.text.as_str().into(), value.blank, value.no_answer);
        *self.known.entry(key).or_insert_with(|| {
            self.values.push(value);
            next
        })
    }

    /// Adds the rows of one file.
    pub(in crate::pipeline) fn push(&mut self, table: &Table, column: &Column) {
        if self.position == usize::MAX {
            self.position = column.position;
        }
        let about = table.dictionary.as_ref().and_then(|d| d.variables.get(&column.name()));
        let value = |cell: &Cell| {
            let label = about
                .and_then(|v| v.value_labels.iter().find(|(c, _)| c == cell).map(|(_, label)| label.clone()));
            Value::of(cell, about.is_some_and(|v| v.is_missing(cell)), label)
        };
        let values: Vec<Value> = column.values.par_iter().map(value).collect();
        let of_cell: Vec<u32> = values.into_iter().map(|value| self.value(value)).collect();
        self.rows.extend(column.rows.iter().filter_map(|at| of_cell.get(at as usize)));
    }

    /// What `each` says of a value, for every unit.
    pub(in crate::pipeline) fn spread<T: Copy>(&self, each: &[T]) -> Vec<T> {
        self.rows.iter().map(|at| each[*at as usize]).collect()
    }

    /// What `each` says of a value, for every code of a file that was counted.
    pub(in crate::pipeline) fn by_code<T: Copy>(&self, each: &[T]) -> Option<Vec<T>> {
        let counts = self.counted.as_ref()?;
        Some(counts.of_code.iter().map(|at| each[*at as usize]).collect())
    }

    /// The first row that holds a value.
    pub(in crate::pipeline) fn first_row(&self, value: usize) -> usize {
        match &self.counted {
            Some(counts) => counts.rows.get(value).map_or(0, |(_, first)| *first as usize),
            None => self.rows.iter().position(|at| *at as usize == value).unwrap_or(0),
        }
    }

    /// How many respondents gave each value.
    pub(in crate::pipeline) fn counts(&self) -> Vec<u64> {
        if let Some(counts) = &self.counted {
            return counts.rows.iter().map(|(rows, _)| *rows).collect();
        }
        let mut counts = vec![0; self.values.len()];
        self.rows.iter().for_each(|at| counts[*at as usize] += 1);
        counts
    }

    /// The values that `held` holds by their one spelling: numeric codes by size, then the others as they
    /// first appear.
    pub(in crate::pipeline) fn ordered(&self, held: &[bool]) -> Vec<usize> {
        let mut seen = HashMap::new();
        let mut order: Vec<usize> = (0..self.values.len())
            .filter(|at| held[*at] && seen.insert(self.values[*at].key(), ()).is_none())
            .collect();
        // A stable sort: words keep the order of their first appearance.
        order.sort_by(|a, b| match (self.values[*a].number, self.values[*b].number) {
            (Some(x), Some(y)) => x.total_cmp(&y),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => std::cmp::Ordering::Equal,
        });
        order
    }

    /// A number for each unit, NaN where there is none: blank, declared missing (`missing`, by value), or no
    /// number.
    ///
    /// # Errors
    /// Most answers are no numbers.
    pub(in crate::pipeline) fn numbers(
        &self,
        missing: &[bool],
        source: &Source<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<f64>> {
        let counts = self.counts();
        let (mut good, mut bad, mut examples) = (0, 0, Vec::new());
        let mut first = None;
        let values: Vec<f64> = self
            .values
            .iter()
            .enumerate()
            .map(|(at, value)| {
                if missing[at] {
                    return f64::NAN;
                }
                if let Some(x) = value.number {
                    good += counts[at];
                    return x;
                }
                bad += counts[at];
                first.get_or_insert(at);
                if examples.len() < 5 {
                    examples.push(format!("「{}」", value.text));
                }
                f64::NAN
            })
            .collect();
        if let Some(first) = first {
            let place = source.place(self.first_row(first), self);
            if bad > good {
                return Err(not_numeric(&self.name, bad, good + bad, &examples, place));
            }
            let text = Text::new(
                format!(
                    "「{}」に数でない値があります（{}）。回答なしとして集計します",
                    self.name,
                    examples.join("")
                ),
                format!(
                    "\"{}\" holds values that are no numbers ({}): counted as no answer",
                    self.name,
                    examples.join("")
                ),
            );
            let finding = Finding::warning("adhoc::not-numeric", text, place).count(bad);
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        Ok(self.spread(&values))
    }
}

fn not_numeric(name: &str, bad: u64, all: u64, examples: &[String], place: Place) -> Error {
    Diagnostic::new(
        "adhoc::not-numeric",
        Text::new(
            format!("「{name}」は数の列ではありません（{all}件中{bad}件が数でない: {}）", examples.join("")),
            format!("\"{name}\" is no column of numbers ({bad} of {all} are none: {})", examples.join("")),
        ),
    )
    .at(place)
    .help(Text::new(
        "選択肢の割合は --share 'COL=A|B' で求めます",
        "for the share of an option use --share 'COL=A|B'",
    ))
    .into()
}

#[cfg(test)]
mod tests {
    use super::{Code, fold};

    #[test]
    fn codes_are_the_same_by_number_or_by_text() {
        let one = Code::new(" １ ");
        assert!(one.is("1") && one.is("1.0") && one.is("01") && !one.is("10") && !one.is("一"));
        assert!(Code::new("はい").is(&fold("はい　")) && !Code::new("はい").is("はいはい"));
    }
}
