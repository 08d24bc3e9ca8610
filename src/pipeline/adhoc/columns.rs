//! One column over all files: distinct values, each looked at once however many respondents gave it.

use std::collections::HashMap;

use compact_str::CompactString;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use unicode_normalization::UnicodeNormalization;

use super::source::Source;
use crate::engine::StreamedValue;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::raw::{Cell, Column, Table};
use crate::text::Text;

/// Texts are compared without blanks around them and without the difference of full and half width.
pub(super) fn fold(text: &str) -> String {
    // ASCII has one form only.
    if text.is_ascii() {
        text.trim().to_owned()
    } else {
        text.trim().nfkc().collect::<String>().trim().to_owned()
    }
}

/// The number that a text is: full-width digits and thousands separators allowed. `None` for words, `NaN` and
/// `inf`.
pub(super) fn number(folded: &str) -> Option<f64> {
    let plain = |t: &str| {
        t.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
            && !t.contains(['n', 'i', 'N', 'I'])
    };
    let parsed = |t: &str| if plain(t) { t.parse::<f64>().ok().filter(|x| x.is_finite()) } else { None };
    parsed(folded).or_else(|| {
        let (whole, rest) = folded.split_once('.').map_or((folded, None), |(w, r)| (w, Some(r)));
        let mut parts = whole.trim_start_matches(['-', '+']).split(',');
        let head = parts.next().is_some_and(|p| (1..=3).contains(&p.len()));
        let (tail, count) = parts.fold((true, 0), |(ok, n), p| {
            (ok && p.len() == 3 && p.bytes().all(|b| b.is_ascii_digit()), n + 1)
        });
        let joined = || whole.replace(',', "") + &rest.map(|r| format!(".{r}")).unwrap_or_default();
        if head && tail && count > 0 { parsed(&joined()) } else { None }
    })
}

/// A code that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Code {
    /// As it was typed.
    pub(super) typed: String,
    folded: String,
    number: Option<f64>,
}

impl Code {
    pub(super) fn new(typed: &str) -> Self {
        let folded = fold(typed);
        Self { typed: typed.trim().to_owned(), number: number(&folded), folded }
    }

    /// Whether this is what `folded` says: the same number, or the same text.
    pub(super) fn is(&self, folded: &str) -> bool {
        self.folded == folded || self.number.is_some_and(|x| number(folded) == Some(x))
    }

    /// The code as it is compared.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }
}

/// One distinct value of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    /// As the file has it, without blanks around it.
    pub(super) text: String,
    /// As it is compared.
    pub(super) folded: String,
    /// The number that it is.
    pub(super) number: Option<f64>,
    /// Nothing is in the cell, or nothing that could be read.
    pub(super) blank: bool,
    /// The file itself declares it to be no answer (SPSS user-missing).
    pub(super) no_answer: bool,
    /// The file's own label of it (SPSS), folded.
    pub(super) label: Option<String>,
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
    pub(super) fn is(&self, code: &Code) -> bool {
        let same_number = code.number.is_some() && self.number == code.number;
        !self.blank
            && (same_number
                || self.folded == code.folded
                || self.label.as_deref() == Some(code.folded.as_str()))
    }

    /// The one spelling of this value: `1`, `1.0` and `１` are the same.
    pub(super) fn key(&self) -> String {
        self.number.map_or_else(|| self.folded.clone(), |x| x.to_string())
    }
}

/// One column over all files.
#[derive(Debug, Clone)]
pub(super) struct Stacked {
    /// As it was asked for.
    pub(super) name: String,
    /// Distinct values in order of first appearance.
    pub(super) values: Vec<Value>,
    /// For each unit ([`Source::units`]) the index of the value.
    pub(super) rows: Vec<u32>,
    /// The column's number in the first file: what it is, however it was named.
    pub(super) position: usize,
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
    pub(super) fn new(name: &str, rows: usize) -> Self {
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
    pub(super) fn counted(
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
    pub(super) fn push(&mut self, table: &Table, column: &Column) {
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
    pub(super) fn spread<T: Copy>(&self, each: &[T]) -> Vec<T> {
        self.rows.iter().map(|at| each[*at as usize]).collect()
    }

    /// What `each` says of a value, for every code of a file that was counted.
    pub(super) fn by_code<T: Copy>(&self, each: &[T]) -> Option<Vec<T>> {
        let counts = self.counted.as_ref()?;
        Some(counts.of_code.iter().map(|at| each[*at as usize]).collect())
    }

    /// Whether the column is of a file that was counted.
    pub(super) fn is_counted(&self) -> bool {
        self.counted.is_some()
    }

    /// The first row that holds a value.
    pub(super) fn first_row(&self, value: usize) -> usize {
        match &self.counted {
            Some(counts) => counts.rows.get(value).map_or(0, |(_, first)| *first as usize),
            None => self.rows.iter().position(|at| *at as usize == value).unwrap_or(0),
        }
    }

    /// How many respondents gave each value.
    pub(super) fn counts(&self) -> Vec<u64> {
        if let Some(counts) = &self.counted {
            return counts.rows.iter().map(|(rows, _)| *rows).collect();
        }
        let mut counts = vec![0; self.values.len()];
        self.rows.iter().for_each(|at| counts[*at as usize] += 1);
        counts
    }

    /// The values that `held` holds by their one spelling: numeric codes by size, then the others as they
    /// first appear.
    pub(super) fn ordered(&self, held: &[bool]) -> Vec<usize> {
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
    pub(super) fn numbers(
        &self,
        missing: &[bool],
        source: &Source<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<f64>> {
        Ok(self.spread(&self.numbers_of_values(missing, source, findings)?))
    }

    /// As [`Stacked::numbers`], for each distinct value.
    ///
    /// # Errors
    /// As there.
    pub(super) fn numbers_of_values(
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
        Ok(values)
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
    use super::{Code, fold, number};

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = |t: &str| number(&fold(t));
        assert_eq!(read(" １，２３４．５ "), Some(1234.5));
        assert_eq!(
            (read("1.0"), read("-3"), read("1e3"), read("－２")),
            (Some(1.0), Some(-3.0), Some(1000.0), Some(-2.0))
        );
        for no in [
            "", "NaN", "inf", "-inf", "nan", "1,23", "12,3456", "1,2,3", "一", "1人", "0x10", "- 1",
            "infinity", "+", ".",
        ] {
            assert_eq!(read(no), None, "{no}");
        }
    }

    #[test]
    fn codes_are_the_same_by_number_or_by_text() {
        let one = Code::new(" １ ");
        assert!(one.is("1") && one.is("1.0") && one.is("01") && !one.is("10") && !one.is("一"));
        assert!(Code::new("はい").is(&fold("はい　")) && !Code::new("はい").is("はいはい"));
    }
}
