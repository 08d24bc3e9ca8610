//! Columns that are no question: dates, blanks, codes of persons.

use std::collections::BTreeMap;

use super::personal::{self, Personal, date_year};
use crate::raw::{Cell, Column};
use crate::text::{Text, spelling};

/// What a column holds that is nobody else's business, by its content or by a header that says so.
pub(crate) fn personal_column(column: &Column) -> Option<Personal> {
    personal::personal(column).or_else(|| no_question(column, column.rows.len()).and_then(Result::ok))
}

/// Why a column is no question, if it is none: personal data (`Ok`) or a reason (`Err`).
pub(crate) fn no_question(column: &Column, rows: usize) -> Option<Result<Personal, Text>> {
    let counts = counts(column);
    if counts.is_empty() {
        return Some(Err(Text::new("すべて空欄です", "all blank")));
    }
    let dated: Vec<i32> = column.values.iter().filter_map(|c| date_year(&c.text())).collect();
    // A few dates among codes are codes that a spreadsheet program took for dates.
    let dates =
        column.values.iter().filter(|c| matches!(c, Cell::Date(_)) || date_year(&c.text()).is_some()).count();
    if dates * 10 >= counts.len() * 8 {
        let spread = dated.iter().max().zip(dated.iter().min()).map_or(0, |(most, least)| most - least);
        return Some(if spread >= 15 {
            Ok(Personal::BirthDate)
        } else {
            Err(Text::new("日付・時刻の列です", "dates or times"))
        });
    }
    let code = |t: &str| {
        t.len() >= 4
            && t.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            && t.bytes().any(|b| b.is_ascii_digit())
            && t.parse::<f64>().is_err()
    };
    let identifies = rows >= 10
        && counts.len() == counts.iter().map(|(_, n)| n).sum::<usize>()
        && counts.len() * 10 >= rows * 9
        && counts.iter().all(|(t, _)| code(t));
    identifies.then_some(Ok(Personal::Number))
}

/// The distinct cells that are not blank and can be read, folded, each with how many rows hold it; in order
/// of first appearance.
pub(crate) fn counts(column: &Column) -> Vec<(String, usize)> {
    let mut of_value = vec![0usize; column.values.len()];
    for v in &column.rows {
        if let Some(n) = of_value.get_mut(v as usize) {
            *n += 1;
        }
    }
    let mut out: Vec<(String, usize)> = Vec::new();
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for (cell, n) in column.values.iter().zip(of_value) {
        let folded = spelling::lines(&cell.text());
        if folded.is_empty() || n == 0 || matches!(cell, Cell::Broken(_)) {
            continue;
        }
        match at.get(&folded) {
            Some(&i) => out[i].1 += n,
            None => {
                at.insert(folded.clone(), out.len());
                out.push((folded, n));
            }
        }
    }
    out
}
