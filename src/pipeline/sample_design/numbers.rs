//! Variables of a design as numbers: sizes, sampling fractions, weights.

use crate::code::Code;
use crate::engine::MOST_WEIGHT;
use crate::error::{Diagnostic, Result};
use crate::pipeline::variables::source::Source;
use crate::pipeline::variables::variable::{Stacked, Value};
use crate::text::Text;

/// A number for each respondent, of which none may be missing. `infinite` lets `Inf` pass.
pub(super) fn whole_numbers(column: &Stacked, source: &Source<'_>, infinite: bool) -> Result<Vec<f64>> {
    let counts = column.counts();
    let (mut first, mut count) = (None, 0);
    let each: Vec<f64> = column
        .values
        .iter()
        .enumerate()
        .map(|(at, v)| match v.number {
            Some(x) => x,
            None if infinite && matches!(v.folded.to_lowercase().as_str(), "inf" | "infinity" | "∞") => {
                f64::INFINITY
            }
            None => {
                if counts[at] > 0 {
                    count += counts[at];
                    first.get_or_insert(at);
                }
                f64::NAN
            }
        })
        .collect();
    let Some(first) = first else { return Ok(column.spread(&each)) };
    let text = &column.values[first].text;
    Err(Diagnostic::new(
        Code::DesignNumber,
        Text::new(
            format!("列「{}」に数でない値が{count}件あります（最初は「{text}」）", column.name),
            format!("{count} values in column \"{}\" are no numbers (first: \"{text}\")", column.name),
        ),
    )
    .at(source.place(column.first_row(first), column))
    .into())
}

/// The weight of each respondent.
///
/// # Errors
/// The first value that is no weight: no number, negative, or so large that sums of squares would leave the
/// range of `f64`.
pub(super) fn weights(column: &Stacked, source: &Source<'_>) -> Result<Vec<f64>> {
    let counts = column.counts();
    let usable = |v: &Value| v.number.is_some_and(|w| (0.0..MOST_WEIGHT).contains(&w));
    let bad = (0..column.values.len()).find(|at| counts[*at] > 0 && !usable(&column.values[*at]));
    let Some(bad) = bad else { return whole_numbers(column, source, false) };
    let text = &column.values[bad].text;
    let message = Text::new(format!("ウエイト「{text}」は使えません"), format!("\"{text}\" is no weight"));
    Err(Diagnostic::new(Code::DesignWeightValue, message)
        .at(source.place(column.first_row(bad), column))
        .into())
}
