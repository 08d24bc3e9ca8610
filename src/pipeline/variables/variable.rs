//! A variable: a column over all files, or a question of a questionnaire. Distinct values, each looked at
//! once however many respondents gave it.

use std::collections::{HashMap, HashSet};

use compact_str::CompactString;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::code::Code;
use crate::decode::{MissingReason, Responses};
use crate::engine::StreamedValue;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::questionnaire::{Category, Question};
use crate::raw::{Cell, Column, Table};
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::number::number;

/// A code that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pipeline) struct TypedCode {
    /// As it was typed.
    pub(in crate::pipeline) typed: String,
    folded: String,
    number: Option<f64>,
}

impl TypedCode {
    pub(in crate::pipeline) fn new(typed: &str) -> Self {
        let folded = fold(typed);
        Self { typed: typed.trim().to_owned(), number: number(&folded), folded }
    }

    /// Whether this is what `folded` says: the same whole number, or the same text. `3.1` and `3.10` are two
    /// items of a list.
    pub(in crate::pipeline) fn is(&self, folded: &str) -> bool {
        self.folded == folded || whole(self.number).is_some_and(|x| number(folded) == Some(x))
    }

    /// The code as it is compared.
    pub(in crate::pipeline) fn folded(&self) -> &str {
        &self.folded
    }
}

/// A number that is whole.
fn whole(number: Option<f64>) -> Option<f64> {
    number.filter(|x| x.fract() == 0.0)
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
    /// Another name of it, folded: the file's own label (SPSS), or the code of a questionnaire's option.
    pub(in crate::pipeline) label: Option<String>,
    /// Why it is no answer, as a questionnaire tells. A blank cell of a file without one is `NoAnswer`.
    pub(in crate::pipeline) reason: Option<MissingReason>,
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
        let reason = blank.then_some(MissingReason::NoAnswer);
        Self { text, folded, number, blank, no_answer, label: label.map(|l| fold(&l)), reason }
    }

    /// An option of a question.
    fn option(category: &Category) -> Self {
        let folded = fold(&category.label);
        let text = category.label.trim().to_owned();
        let label = Some(fold(&category.code)).filter(|code| *code != folded);
        Self { text, folded, number: None, blank: false, no_answer: false, label, reason: None }
    }

    /// A number that was answered.
    fn answered(x: f64) -> Self {
        let text = x.to_string();
        Self {
            folded: text.clone(),
            text,
            number: Some(x),
            blank: false,
            no_answer: false,
            label: None,
            reason: None,
        }
    }

    /// Several options of a question, or none of them.
    fn options(labels: &[&str]) -> Self {
        let text = labels.join("、");
        Self {
            folded: fold(&text),
            text,
            number: None,
            blank: false,
            no_answer: false,
            label: None,
            reason: None,
        }
    }

    /// No answer, for a reason.
    fn missing(reason: MissingReason) -> Self {
        let (text, folded) = (String::new(), String::new());
        Self { text, folded, number: None, blank: true, no_answer: false, label: None, reason: Some(reason) }
    }

    /// Whether the whole value is this code: by number, by text, or by the file's own label.
    pub(in crate::pipeline) fn is(&self, code: &TypedCode) -> bool {
        let same_number = whole(code.number).is_some() && self.number == code.number;
        !self.blank
            && (same_number
                || self.folded == code.folded
                || self.label.as_deref() == Some(code.folded.as_str()))
    }

    /// The one spelling of this value: `1`, `1.0` and `１` are the same.
    pub(in crate::pipeline) fn key(&self) -> String {
        let number = whole(self.number.or_else(|| number(&self.folded)));
        number.map_or_else(|| self.folded.clone(), |x| x.to_string())
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
    /// The column's number in the first file: what it is, however it was named. Questions are numbered from
    /// [`QUESTIONS`].
    pub(in crate::pipeline) position: usize,
    /// Whether the values are the options of a question, in its order.
    declared: bool,
    /// Of a question with several answers: its options, and those that each value holds.
    pub(in crate::pipeline) marks: Option<Marks>,
    known: HashMap<(CompactString, bool, bool), u32>,
    /// Of a file that was counted as it was read.
    counted: Option<Counts>,
}

/// The options of a question with several answers.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct Marks {
    /// All options, in their order.
    pub(in crate::pipeline) options: Vec<MarkedOption>,
    /// For each value the options (indices) that it holds.
    pub(in crate::pipeline) of_value: Vec<Vec<usize>>,
}

/// An option by its names.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct MarkedOption {
    /// Its words.
    pub(in crate::pipeline) label: String,
    names: [String; 2],
}

impl MarkedOption {
    /// Whether `code` names it, by its words or its code.
    pub(in crate::pipeline) fn is(&self, code: &TypedCode) -> bool {
        self.names.iter().any(|name| name == code.folded())
    }
}

/// Where the numbers of questions begin: no file has so many columns.
pub(in crate::pipeline) const QUESTIONS: usize = 1 << 40;

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
            declared: false,
            marks: None,
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

    /// The answers to a question, the `index`th of its questionnaire. Its values are the options in their
    /// order, chosen or not; for several answers and for numbers those that occur; then one for each reason
    /// why there is no answer.
    pub(in crate::pipeline) fn question(question: &Question, index: usize, responses: &Responses) -> Self {
        let mut out = Self { position: QUESTIONS + index, ..Self::new(&question.id, responses.len()) };
        let categories = question.categories();
        match responses {
            Responses::Single(rows) => {
                out.values = categories.iter().map(Value::option).collect();
                out.declared = true;
                out.fill(rows, |k, _| u32::from(*k));
            }
            Responses::Multiple(rows) => {
                let mut of_value: Vec<Vec<usize>> = Vec::new();
                let mut known: HashMap<u128, u32> = HashMap::new();
                out.fill(rows, |bits, values| {
                    *known.entry(*bits).or_insert_with(|| {
                        let chosen: Vec<usize> =
                            (0..categories.len()).filter(|k| bits >> k & 1 == 1).collect();
                        let labels: Vec<&str> =
                            chosen.iter().map(|k| categories[*k].label.as_str()).collect();
                        values.push(Value::options(&labels));
                        of_value.resize(values.len() - 1, Vec::new());
                        of_value.push(chosen);
                        values.len() as u32 - 1
                    })
                });
                of_value.resize(out.values.len(), Vec::new());
                let option = |c: &Category| MarkedOption {
                    label: c.label.trim().to_owned(),
                    names: [fold(&c.label), fold(&c.code)],
                };
                out.marks = Some(Marks { options: categories.iter().map(option).collect(), of_value });
            }
            Responses::Number(rows) => {
                let mut known: HashMap<u64, u32> = HashMap::new();
                out.fill(rows, |x, values| {
                    *known.entry(x.to_bits()).or_insert_with(|| {
                        values.push(Value::answered(*x));
                        values.len() as u32 - 1
                    })
                });
            }
            Responses::Text(rows) => {
                let mut answered = None;
                out.fill(rows, |(), values| {
                    *answered.get_or_insert_with(|| {
                        values.push(Value::options(&["回答あり"]));
                        values.len() as u32 - 1
                    })
                });
            }
        }
        out
    }

    /// The value of each row: what `value` finds or makes for an answer, one value for each reason why there
    /// is none.
    fn fill<T>(
        &mut self,
        rows: &[Result<T, MissingReason>],
        mut value: impl FnMut(&T, &mut Vec<Value>) -> u32,
    ) {
        let mut reasons: Vec<(MissingReason, u32)> = Vec::new();
        for row in rows {
            let at = match row {
                Ok(answer) => value(answer, &mut self.values),
                Err(reason) => match reasons.iter().find(|(r, _)| r == reason) {
                    Some((_, at)) => *at,
                    None => {
                        let at = self.values.len() as u32;
                        self.values.push(Value::missing(*reason));
                        reasons.push((*reason, at));
                        at
                    }
                },
            };
            self.rows.push(at);
        }
    }

    /// Whether it is a question of a questionnaire.
    pub(in crate::pipeline) fn is_question(&self) -> bool {
        (QUESTIONS..usize::MAX).contains(&self.position)
    }

    /// Whether it is a question whose answers are options.
    pub(in crate::pipeline) fn has_options(&self) -> bool {
        self.is_question() && (self.declared || self.marks.is_some())
    }

    /// The label of the option of a question that `code` names.
    pub(in crate::pipeline) fn label(&self, code: &TypedCode) -> Option<&str> {
        match &self.marks {
            Some(marks) => marks.options.iter().find(|option| option.is(code)).map(|o| o.label.as_str()),
            None if self.declared => self.values.iter().find(|v| v.is(code)).map(|v| v.text.as_str()),
            None => None,
        }
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

    /// Whether the column is of a file that was counted.
    pub(in crate::pipeline) fn is_counted(&self) -> bool {
        self.counted.is_some()
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

    /// For each value the first of those that are the same: `1`, `1.0` and `１` are, two options of a
    /// question never.
    pub(in crate::pipeline) fn classes(&self) -> Vec<usize> {
        let mut index = HashMap::new();
        let class = |(at, value): (usize, &Value)| {
            // Whatever the reason, no answer is one class.
            let own = self.declared && !value.blank;
            if own { at } else { *index.entry((value.blank, value.key())).or_insert(at) }
        };
        self.values.iter().enumerate().map(class).collect()
    }

    /// The values that `held` holds by their one spelling: options of a question in their order, else numeric
    /// codes by size, then the others as they first appear.
    pub(in crate::pipeline) fn ordered(&self, held: &[bool]) -> Vec<usize> {
        let mut seen = HashSet::new();
        let classes = self.classes();
        let mut order: Vec<usize> =
            (0..self.values.len()).filter(|at| held[*at] && seen.insert(classes[*at])).collect();
        if self.declared {
            return order;
        }
        // A stable sort: words keep the order of their first appearance.
        order.sort_by(|a, b| match (self.values[*a].number, self.values[*b].number) {
            (Some(x), Some(y)) => x.total_cmp(&y),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => std::cmp::Ordering::Equal,
        });
        order
    }

    /// The number of each distinct value, NaN where there is none: blank, declared missing (`missing`, by
    /// value), or no number.
    ///
    /// # Errors
    /// Most answers are no numbers.
    pub(in crate::pipeline) fn numbers_of_values(
        &self,
        missing: &[bool],
        place: impl Fn(usize) -> Place,
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
            let place = place(self.first_row(first));
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
            let finding = Finding::warning(Code::AdhocNotNumeric, text, place).count(bad);
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        Ok(values)
    }
}

/// The share of a value that the column has, as it is asked for.
fn share_instead(name: &str, examples: &[String]) -> Text {
    let bare = |text: &'_ String| text.trim_start_matches('「').trim_end_matches('」').to_owned();
    // A cell of several answers is no option.
    let value = examples.iter().map(bare).find(|text| !text.contains([',', '、', ';', '|', '\n']));
    let value = value.unwrap_or_else(|| "A|B".to_owned());
    Text::new(
        format!("選択肢の割合は --share '{name}={value}' のように求めます"),
        format!("for the share of an option write --share '{name}={value}'"),
    )
}

fn not_numeric(name: &str, bad: u64, all: u64, examples: &[String], place: Place) -> Error {
    Diagnostic::new(
        Code::AdhocNotNumeric,
        Text::new(
            format!("「{name}」は数の列ではありません（{all}件中{bad}件が数でない: {}）", examples.join("")),
            format!("\"{name}\" is no column of numbers ({bad} of {all} are none: {})", examples.join("")),
        ),
    )
    .at(place)
    .help(share_instead(name, examples))
    .into()
}

#[cfg(test)]
mod tests {
    use super::{TypedCode, fold};

    #[test]
    fn codes_are_the_same_by_number_or_by_text() {
        let one = TypedCode::new(" １ ");
        assert!(one.is("1") && one.is("1.0") && one.is("01") && !one.is("10") && !one.is("一"));
        assert!(!TypedCode::new("3.1").is("3.10") && TypedCode::new("３.10").is(&fold("3.10")));
        assert!(TypedCode::new("はい").is(&fold("はい　")) && !TypedCode::new("はい").is("はいはい"));
    }
}
