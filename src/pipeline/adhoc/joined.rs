//! Cells that hold several answers of one question (`1,3`, `バス、電車`), and whether one holds a code.
//!
//! A line break parts answers; in a cell without one a semicolon; in a cell without either `|`; in a cell
//! without any of them `,` and `、`. A blank and `&` stand inside labels too ("very good", "R&D"), so they
//! part answers only where the column shows that they do:
//!
//! - the parts are names as a program writes them (`water_office ngo`): ASCII, one of them with `_`;
//! - or most of the cells in question consist of parts that are seen to be answers (numbers, asked for, alone
//!   in some cell, or first in one cell and last in another), and some part is both first and last: a word
//!   that modifies another stands on one side of it only;
//! - or a code was asked for that occurs as such a part only.
//!
//! Whatever is parted at a blank is told, unless programs write so. What remains doubtful is found: a cell
//! left whole although a part of it was asked for, and one that is parted although the rest of it is not seen
//! to be an answer ("はい、たまに").

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::pipeline::variables::variable::{Marks, Stacked, TypedCode};
use crate::text::fold::fold;
use crate::text::number::number;

const PERHAPS: [char; 4] = [' ', '&', '\t', '\r'];

/// A column whose joined cells are taken apart: for each value its parts, one for a single answer.
pub(in crate::pipeline) struct Parts {
    parts: Vec<Vec<String>>,
    /// Of a question with several answers: for each value the options that it holds.
    marks: Option<Marks>,
    /// Values of several parts that are all seen to be answers.
    joined: Vec<bool>,
    /// Values that were parted although not every part is seen to be an answer.
    pub(in crate::pipeline) parted: Vec<usize>,
    /// Values that were left whole although a part of them was asked for.
    pub(in crate::pipeline) left_whole: Vec<usize>,
    /// Values that were left whole although a part of them is an answer of its own elsewhere.
    perhaps_several: Vec<usize>,
}

/// Cut at the delimiters that part answers always.
fn pieces(text: &str) -> Vec<&str> {
    let marks: &[char] = match text {
        t if t.contains('\n') => &['\n'],
        t if t.contains(';') => &[';'],
        t if t.contains('|') => &['|'],
        _ => &[',', '、'],
    };
    cut(text, marks)
}

fn cut<'t>(text: &'t str, marks: &[char]) -> Vec<&'t str> {
    text.split(|c| marks.contains(&c)).map(str::trim).filter(|p| !p.is_empty()).collect()
}

/// What the cells of a column show of themselves.
struct Evidence<'a> {
    codes: &'a [TypedCode],
    /// Pieces that stand alone in some cell, or are first in one and last in another.
    known: HashSet<String>,
    /// Whether a blank parts answers in this column.
    blank_parts: bool,
    /// Whether it does so as programs write names, which leaves no doubt.
    named: bool,
}

impl<'a> Evidence<'a> {
    fn new(texts: &[String], codes: &'a [TypedCode]) -> Self {
        let (mut alone, mut first, mut last) = (HashSet::new(), HashSet::new(), HashSet::new());
        let mut several: BTreeSet<Vec<&str>> = BTreeSet::new();
        for piece in texts.iter().flat_map(|t| pieces(t)) {
            let finer = cut(piece, &PERHAPS);
            match finer.as_slice() {
                [] => {}
                [one] => drop(alone.insert((*one).to_owned())),
                [head, .., tail] => {
                    first.insert((*head).to_owned());
                    last.insert((*tail).to_owned());
                    if !codes.iter().any(|c| c.is(piece)) {
                        several.insert(finer);
                    }
                }
            }
        }
        let part_only = |code: &TypedCode| {
            !alone.iter().any(|a| code.is(a)) && !texts.iter().any(|t| pieces(t).iter().any(|p| code.is(p)))
        };
        let asked_as_part = codes.iter().any(|c| part_only(c) && several.iter().flatten().any(|p| c.is(p)));
        let mut known = alone;
        known.extend(first.intersection(&last).cloned());
        let mut evidence = Self { codes, known, blank_parts: false, named: false };
        // What modifies another word stands on one side of it only (`North East`, `Medium rare`); an option
        // is first in one cell and last in another.
        let at_both_ends = !first.is_disjoint(&last);
        let names = several.iter().flatten().all(|p| p.bytes().all(|b| b.is_ascii_graphic()))
            && several.iter().flatten().any(|p| p.contains('_'));
        let seen = several.iter().filter(|parts| parts.iter().all(|p| evidence.is_answer(p))).count();
        evidence.named = !several.is_empty() && names;
        evidence.blank_parts =
            !several.is_empty() && (names || (at_both_ends && 2 * seen >= several.len()) || asked_as_part);
        evidence
    }

    fn asked(&self, piece: &str) -> bool {
        self.codes.iter().any(|c| c.is(piece))
    }

    /// Whether a piece is seen to be an answer by itself.
    fn is_answer(&self, piece: &str) -> bool {
        self.known.contains(piece) || number(piece).is_some() || self.asked(piece)
    }
}

impl Parts {
    /// Takes the cells of `column` apart, of which `codes` were asked for.
    pub(in crate::pipeline) fn new(column: &Stacked, codes: &[TypedCode]) -> Self {
        if column.is_question() {
            return Self {
                parts: column.values.iter().map(|v| vec![v.folded.clone()]).collect(),
                marks: column.marks.clone(),
                joined: vec![false; column.values.len()],
                parted: Vec::new(),
                left_whole: Vec::new(),
                perhaps_several: Vec::new(),
            };
        }
        let texts: Vec<String> =
            column.values.iter().map(|v| if v.blank { String::new() } else { lines(&v.text) }).collect();
        let evidence = Evidence::new(&texts, codes);
        let mut out = Self {
            parts: Vec::new(),
            marks: None,
            joined: vec![false; texts.len()],
            parted: Vec::new(),
            left_whole: Vec::new(),
            perhaps_several: Vec::new(),
        };
        for (at, (value, text)) in column.values.iter().zip(&texts).enumerate() {
            // A cell that is as a whole what was asked for is one answer; so is a number with thousands
            // separators.
            if codes.iter().any(|c| value.is(c)) || value.number.is_some() {
                out.parts.push(vec![value.folded.clone()]);
                continue;
            }
            let mut parts = Vec::new();
            let mut at_blank = false;
            for piece in pieces(text) {
                let finer = cut(piece, &PERHAPS);
                if evidence.asked(piece) || finer.len() < 2 {
                    parts.push(piece.to_owned());
                } else if evidence.blank_parts || finer.iter().all(|p| number(p).is_some()) {
                    at_blank |= !evidence.named && finer.iter().any(|p| number(p).is_none());
                    parts.extend(finer.into_iter().map(str::to_owned));
                } else {
                    if finer.iter().any(|p| evidence.asked(p)) {
                        out.left_whole.push(at);
                    }
                    if finer.iter().any(|p| evidence.known.contains(*p)) {
                        out.perhaps_several.push(at);
                    }
                    parts.push(piece.to_owned());
                }
            }
            let seen = evidence.blank_parts || parts.iter().all(|p| evidence.is_answer(p));
            out.joined[at] = parts.len() > 1 && seen;
            if parts.len() > 1 && (!seen || at_blank) && parts.iter().any(|p| evidence.asked(p)) {
                out.parted.push(at);
            }
            out.parts.push(parts);
        }
        out
    }

    /// Whether value `at` holds `code`: as a part, or, when the code's own label holds a delimiter, as parts
    /// in a row.
    pub(in crate::pipeline) fn holds(&self, at: usize, code: &TypedCode) -> bool {
        if let Some(marks) = &self.marks {
            return marks.of_value[at].iter().any(|option| marks.options[*option].is(code));
        }
        let parts = &self.parts[at];
        if parts.iter().any(|p| code.is(p)) {
            return true;
        }
        let wanted = cut(code.folded(), &[',', '、', ';']);
        wanted.len() > 1 && parts.windows(wanted.len()).any(|w| w.iter().zip(&wanted).all(|(p, c)| p == c))
    }

    /// The values that look like several answers to whoever takes each cell whole. A mark that stands in no
    /// label, a number or a part that other cells have too tells them from a label with a comma in it
    /// (はい、できれば); of a blank nothing less than an answer of its own does.
    pub(super) fn look_like_several(&self, column: &Stacked) -> Vec<usize> {
        let mut cells_with: HashMap<&str, usize> = HashMap::new();
        for part in self.parts.iter().flat_map(|parts| parts.iter().collect::<BTreeSet<_>>()) {
            *cells_with.entry(part).or_insert(0) += 1;
        }
        let is_shared = |part: &String| cells_with.get(part.as_str()).is_some_and(|n| *n > 1);
        let has_mark = |at: usize| column.values[at].text.contains([';', '；', '|', '｜', '\n']);
        let seen = |at: &usize| {
            self.joined[*at]
                && (has_mark(*at)
                    || self.parts[*at].iter().any(|part| is_shared(part) || number(part).is_some()))
        };
        let mut out: Vec<usize> = (0..self.parts.len()).filter(seen).collect();
        out.extend(self.perhaps_several());
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The values that were left whole although a part of them is an answer of its own elsewhere.
    pub(super) fn perhaps_several(&self) -> impl Iterator<Item = usize> {
        self.perhaps_several.iter().copied()
    }

    /// The parts of value `at`, when it is seen to be several answers.
    pub(in crate::pipeline) fn answers(&self, at: usize) -> Option<&[String]> {
        self.joined[at].then_some(&self.parts[at])
    }
}

/// Folded, with line breaks kept.
fn lines(text: &str) -> String {
    text.lines().map(fold).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::Parts;
    use crate::pipeline::variables::variable::{Stacked, TypedCode};
    use crate::raw::{ReadOptions, read_bytes};

    /// Which of the cells hold the code.
    fn holding(cells: &[&str], code: &str) -> Vec<bool> {
        let csv = format!("q\n{}", cells.iter().map(|c| format!("\"{c}\"\n")).collect::<String>());
        let table = read_bytes(csv.as_bytes(), "t.csv", &ReadOptions::default()).unwrap();
        let mut column = Stacked::new("q", cells.len());
        column.push(&table, &table.columns[0]);
        let code = TypedCode::new(code);
        let parts = Parts::new(&column, std::slice::from_ref(&code));
        let each: Vec<bool> = (0..column.values.len()).map(|at| parts.holds(at, &code)).collect();
        column.spread(&each)
    }

    #[test]
    fn every_delimiter_parts_codes() {
        for cell in ["1,3", "1、3", "1;3", "1|3", "1 3", "1&3", "1\n3", "１，３", "１｜３", "3", "1.0, 3.0"]
        {
            let cells = [cell, "13", "2,13"];
            assert_eq!(holding(&cells, "3"), [true, false, false], "{cell:?}");
            assert_eq!(holding(&cells, "13"), [false, true, true], "{cell:?}");
        }
    }

    #[test]
    fn a_blank_inside_a_label_is_no_delimiter() {
        let cells = ["very good", "good", "bad", "very bad"];
        assert_eq!(holding(&cells, "good"), [false, true, false, false]);
        assert_eq!(holding(&cells, "very good"), [true, false, false, false]);
    }

    #[test]
    fn a_word_that_modifies_another_is_no_answer() {
        let steak = ["Medium rare", "Medium", "Medium Well", "Rare", "Well"];
        assert_eq!(holding(&steak, "Medium"), [false, true, false, false, false]);
        assert_eq!(holding(&steak, "Well"), [false, false, false, false, true]);
        let wind = ["North", "South", "East", "West", "North East", "South West", "North West"];
        assert_eq!(holding(&wind, "North"), [true, false, false, false, false, false, false]);
        assert_eq!(holding(&["18 - 29", "30 - 44", "-", "60+"], "-"), [false, false, true, false]);
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
    fn names_as_programs_write_them_are_parted_at_blanks() {
        let cells = ["water_office", "water_office ngo", "water_office plumber"];
        assert_eq!(holding(&cells, "water_office"), [true, true, true]);
        assert_eq!(holding(&cells, "ngo"), [false, true, false]);
    }

    #[test]
    fn a_code_that_occurs_as_a_part_only_is_one() {
        assert_eq!(holding(&["tap well", "tap"], "well"), [true, false]);
        assert_eq!(holding(&["Lower Austria", "Vienna"], "Vienna"), [false, true]);
    }

    #[test]
    fn in_a_cell_of_lines_a_comma_belongs_to_the_label() {
        let cells = ["名所、旧跡の観光\n買い物、アウトレット", "買い物"];
        assert_eq!(holding(&cells, "買い物、アウトレット"), [true, false]);
        assert_eq!(holding(&cells, "買い物"), [false, true]);
        let cells = ["はい、できれば|見学", "見学"];
        assert_eq!(holding(&cells, "はい、できれば"), [true, false]);
        assert_eq!(holding(&cells, "見学"), [true, true]);
    }

    #[test]
    fn cells_that_look_like_several_answers_are_seen() {
        let several = |cells: &[&str]| -> Vec<usize> {
            let text = cells.iter().fold("q\n".to_owned(), |text, cell| text + &format!("\"{cell}\"\n"));
            let table = read_bytes(text.as_bytes(), "q.csv", &ReadOptions::default()).unwrap();
            let mut column = Stacked::new("q", table.row_count());
            column.push(&table, &table.columns[0]);
            Parts::new(&column, &[]).look_like_several(&column)
        };
        // Numbers, and marks that stand in no label, from the first cell on.
        assert_eq!(several(&["1,3", "2"]), [0]);
        assert_eq!(several(&["バス;電車", "徒歩"]), [0]);
        assert_eq!(several(&["バス｜電車", "徒歩", "電車|徒歩"]), [0, 2]);
        // A comma, where the parts occur elsewhere too; a blank, where a part is an answer of its own.
        assert_eq!(several(&["バス、電車", "電車、徒歩", "徒歩"]), [0, 1]);
        assert!(several(&["はい、できれば", "いいえ、今は", "わからない"]).is_empty());
        assert_eq!(several(&["tap well", "tap"]), [0]);
        assert!(several(&["Lower Austria", "Upper Austria", "Vienna"]).is_empty());
        // A number with separators is one number.
        assert!(several(&["10,000", "10"]).is_empty());
    }

    #[test]
    fn a_number_with_separators_is_one_number() {
        assert_eq!(holding(&["10,000", "10", "1,10"], "10"), [false, true, true]);
    }
}
