//! What stands in a cell of the progress table, before any markup.

use super::trend_marks::{TrendMarks, signed_words};
use super::{round, value as number, words};
use crate::estimate::reliability::REFERENCE_LIMIT;
use crate::indicator::{
    CellContent, Comparability, Estimated, Measure, Observation, ObservedValue, Unit, ValueSource, YearCell,
};

/// Fewer respondents than this make a 参考値.
pub(super) const FEW: u64 = REFERENCE_LIMIT;

/// How a cell is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// A value.
    Value,
    /// A symbol that stands for no value: `-`, `…`, `x`.
    Symbol,
    /// The bare unit, waiting for its value.
    Pending,
}

/// The text of a cell: a main line, and smaller lines under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CellText {
    /// `30.6%`, `20,292世帯`, `-`.
    pub(super) main: String,
    /// `(28.4～32.9)`, `n=1,630`, `※速報値`.
    pub(super) small: Vec<String>,
    /// How it is drawn.
    pub(super) tone: Tone,
}

impl CellText {
    /// Nothing at all.
    pub(super) fn blank() -> Self {
        Self::symbol("")
    }

    fn symbol(text: &str) -> Self {
        Self { main: text.to_owned(), small: Vec::new(), tone: Tone::Symbol }
    }
}

/// The text of one year of a measure.
pub(super) fn year(cell: &YearCell, unit: &Unit, marks: &TrendMarks<'_>) -> CellText {
    match &cell.content {
        CellContent::Value(observation) => {
            let mut text = value(observation);
            text.main.push_str(&marks.mark(observation));
            text
        }
        content => blank(content, unit),
    }
}

/// The text of a year without a value.
fn blank(content: &CellContent, unit: &Unit) -> CellText {
    match content {
        CellContent::Value(observation) => value(observation),
        CellContent::NotSurveyed => CellText::symbol("-"),
        CellContent::NotAvailable => CellText::symbol("…"),
        CellContent::Suppressed => CellText::symbol("x"),
        CellContent::Pending => {
            CellText { main: unit.text().to_owned(), small: Vec::new(), tone: Tone::Pending }
        }
    }
}

/// The text of the target; a missing one is `…`, with a pointer to the notes where the plan has some.
pub(super) fn target(measure: &Measure, has_notes: bool) -> CellText {
    match &measure.target {
        Some(target) => CellText { main: target.to_string(), small: Vec::new(), tone: Tone::Value },
        None => CellText {
            small: if has_notes { vec!["※注記参照".to_owned()] } else { Vec::new() },
            ..CellText::symbol("…")
        },
    }
}

/// The value on one line with its note, as CSV and JSON carry it: `30.6%`, `1,085,112人 ※速報値`.
pub(super) fn display(cell: &YearCell, unit: &Unit) -> String {
    let CellContent::Value(observation) = &cell.content else { return blank(&cell.content, unit).main };
    let mut out = value(observation).main;
    for word in
        note(observation).iter().map(String::as_str).chain(observation.trend.as_ref().map(signed_words))
    {
        out.push(' ');
        out.push_str(word);
    }
    out
}

fn value(observation: &Observation) -> CellText {
    let (main, mut small) = match &observation.value {
        ObservedValue::Reported(quantity) => (quantity.to_string(), Vec::new()),
        ObservedValue::Estimated(of) => match number::printed(&of.format, &of.estimate) {
            Ok(value) => (format!("{value}{}", of.format.unit.text()), uncertainty(of)),
            Err(reason) => {
                ("…".to_owned(), vec![reason.text().ja, format!("n={}", round::count(of.estimate.n))])
            }
        },
    };
    small.extend(note(observation));
    if observation.source == ValueSource::Published {
        small.push("公表値".to_owned());
    }
    if observation.trend.as_ref().is_some_and(|t| t.level == Comparability::NotComparable) {
        small.push("比較不可".to_owned());
    }
    CellText { main, small, tone: Tone::Value }
}

/// The interval where it exists, and the number of respondents.
fn uncertainty(of: &Estimated) -> Vec<String> {
    let Estimated { format, estimate } = of;
    let mut lines = Vec::new();
    if let Ok(interval) = &estimate.interval {
        let [low, high] = [interval.low, interval.high].map(|limit| number::rounded(format, limit));
        lines.push(format!("({low}～{high})"));
    }
    lines.push(format!("n={}", round::count(estimate.n)));
    if estimate.n < FEW {
        lines.push("*参考値".to_owned());
    }
    lines
}

/// The note as the source has it, or else the mark's own words.
fn note(observation: &Observation) -> Option<String> {
    observation.note.clone().or_else(|| observation.mark.map(|mark| words::mark(mark).to_owned()))
}
