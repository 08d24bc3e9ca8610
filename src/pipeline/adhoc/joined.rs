//! Cells that hold several answers of one question (`1,3`, `バス、電車`), and whether one holds a code.
//!
//! A comma, `、`, a semicolon and a line break part answers always. A blank and `&` stand inside labels too ("very good",
//! "R&D"), so they part answers only where every part is seen to be one: it is a number, was asked for, stands alone in
//! some cell, or begins one cell and ends another. A cell that is not parted although a part of it was asked for is found,
//! and so is one that is parted although the rest of it is not seen to be an answer ("はい、たまに").

use std::collections::HashSet;

use super::columns::{Code, Stacked, fold};

const ALWAYS: [char; 4] = [',', '、', ';', '\n'];
const PERHAPS: [char; 4] = [' ', '&', '\t', '\r'];

/// A column whose joined cells are taken apart: for each value its parts, one for a single answer.
pub(super) struct Parts {
    parts: Vec<Vec<String>>,
    /// Values of several parts that are all seen to be answers.
    joined: Vec<bool>,
    /// Values that were parted although not every part is seen to be an answer.
    pub(super) parted: Vec<usize>,
    /// Values that were left whole although a part of them was asked for.
    pub(super) left_whole: Vec<usize>,
}

fn pieces<'t>(text: &'t str, marks: &[char]) -> Vec<&'t str> {
    text.split(|c| marks.contains(&c)).map(str::trim).filter(|p| !p.is_empty()).collect()
}

impl Parts {
    /// Takes the cells of `column` apart, of which `codes` were asked for.
    pub(super) fn new(column: &Stacked, codes: &[Code]) -> Self {
        let all: Vec<char> = ALWAYS.iter().chain(&PERHAPS).copied().collect();
        let folded: Vec<String> = column.values.iter().map(|v| if v.blank { String::new() } else { lines(&v.text) }).collect();
        let known = known(&folded, &all);
        let is_answer = |piece: &str| known.contains(piece) || super::columns::number(piece).is_some() || codes.iter().any(|c| c.is(piece));
        let asked = |piece: &str| codes.iter().any(|c| c.is(piece));
        let (mut left_whole, mut parted) = (Vec::new(), Vec::new());
        let mut joined = vec![false; column.values.len()];
        let parts = column.values.iter().zip(&folded).enumerate().map(|(at, (value, text))| {
            // A cell that is as a whole what was asked for is one answer; so is a number with thousands separators.
            if codes.iter().any(|c| value.is(c)) || value.number.is_some() {
                return vec![value.folded.clone()];
            }
            let mut out = Vec::new();
            for piece in pieces(text, &ALWAYS) {
                let finer = pieces(piece, &PERHAPS);
                let whole = asked(piece);
                if !whole && finer.len() > 1 && finer.iter().all(|p| is_answer(p)) {
                    out.extend(finer.into_iter().map(str::to_owned));
                } else {
                    if !whole && finer.len() > 1 && finer.iter().any(|p| asked(p)) {
                        left_whole.push(at);
                    }
                    out.push(piece.to_owned());
                }
            }
            joined[at] = out.len() > 1 && out.iter().all(|p| is_answer(p));
            if out.len() > 1 && !joined[at] && out.iter().any(|p| asked(p)) {
                parted.push(at);
            }
            out
        });
        let parts = parts.collect();
        Self { parts, joined, parted, left_whole }
    }

    /// Whether value `at` holds `code`: as a part, or, when the code's own label holds a delimiter, as parts in a row.
    pub(super) fn holds(&self, at: usize, code: &Code) -> bool {
        let parts = &self.parts[at];
        if parts.iter().any(|p| code.is(p)) {
            return true;
        }
        let wanted = pieces(code.folded(), &ALWAYS);
        wanted.len() > 1 && parts.windows(wanted.len()).any(|w| w.iter().zip(&wanted).all(|(p, c)| p == c))
    }

    /// The parts of value `at`, when it is seen to be several answers.
    pub(super) fn answers(&self, at: usize) -> Option<&[String]> {
        self.joined[at].then_some(&self.parts[at])
    }
}

/// Folded, with line breaks kept.
fn lines(text: &str) -> String {
    text.lines().map(fold).collect::<Vec<_>>().join("\n")
}

/// Pieces that are seen to be answers by themselves.
fn known(folded: &[String], marks: &[char]) -> HashSet<String> {
    let (mut alone, mut first, mut last) = (HashSet::new(), HashSet::new(), HashSet::new());
    for text in folded {
        for piece in pieces(text, &ALWAYS) {
            let finer = pieces(piece, marks);
            match finer.as_slice() {
                [] => {}
                [one] => drop(alone.insert((*one).to_owned())),
                [head, .., tail] => {
                    first.insert((*head).to_owned());
                    last.insert((*tail).to_owned());
                }
            }
        }
    }
    alone.extend(first.intersection(&last).cloned().collect::<Vec<_>>());
    alone
}

#[cfg(test)]
mod tests {
    use super::Parts;
    use crate::pipeline::adhoc::columns::{Code, Stacked};
    use crate::raw::{ReadOptions, read_bytes};

    /// Which of the cells hold the code.
    fn holding(cells: &[&str], code: &str) -> Vec<bool> {
        let csv = format!("q\n{}", cells.iter().map(|c| format!("\"{c}\"\n")).collect::<String>());
        let table = read_bytes(csv.as_bytes(), "t.csv", &ReadOptions::default()).unwrap();
        let mut column = Stacked::new("q", cells.len());
        column.push(&table, &table.columns[0]);
        let code = Code::new(code);
        let parts = Parts::new(&column, std::slice::from_ref(&code));
        let each: Vec<bool> = (0..column.values.len()).map(|at| parts.holds(at, &code)).collect();
        column.spread(&each)
    }

    #[test]
    fn every_delimiter_parts_codes() {
        let cells = ["1,3", "1、3", "1;3", "1 3", "1&3", "1\n3", "１，３", "3", "13", "2,13", "1.0, 3.0"];
        assert_eq!(holding(&cells, "3"), [true, true, true, true, true, true, true, true, false, false, true]);
        assert_eq!(holding(&cells, "13"), [false, false, false, false, false, false, false, false, true, true, false]);
    }

    #[test]
    fn a_blank_inside_a_label_is_no_delimiter() {
        let cells = ["very good", "good", "bad", "very bad"];
        assert_eq!(holding(&cells, "good"), [false, true, false, false]);
        assert_eq!(holding(&cells, "very good"), [true, false, false, false]);
    }

    #[test]
    fn a_blank_between_answers_is_one() {
        let cells = ["バス 電車", "電車", "バス　自転車", "自転車", "徒歩 バス"];
        assert_eq!(holding(&cells, "バス"), [true, false, true, false, true]);
    }

    #[test]
    fn a_label_with_a_delimiter_is_found_inside_a_joined_cell() {
        let cells = ["はい、できれば", "見学、はい、できれば", "はい"];
        assert_eq!(holding(&cells, "はい、できれば"), [true, true, false]);
    }

    #[test]
    fn a_number_with_separators_is_one_number() {
        assert_eq!(holding(&["10,000", "10", "1,10"], "10"), [false, true, true]);
    }
}
