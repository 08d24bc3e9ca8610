//! The answers to one question out of its columns of one table: each distinct cell is read once, then rows
//! are mapped.
//!
//! Rules, by layout:
//! * one cell: blank or a missing code is no answer; otherwise it must name an option (or several, joined).
//! * a column an option: any mark makes an answer of the marked options. Without a mark, a code for 非該当 in
//!   any column is 非該当, a code for 無回答 in any column is 無回答; else an explicit 0 (0, FALSE, Not
//!   selected) in any column of a multiple answer is the valid answer "none of these", and blanks throughout
//!   are 無回答. A single answer without a mark is 無回答 either way, for one option must be chosen.
//! * a date where a code should stand (a spreadsheet program took `1-2` for one) is told as such; it is
//!   invalid, unless the policy `date_codes` allows to read it back and there is one way to do so (never in a
//!   column of its own option).
//! * a cell that means nothing known makes the row's answer invalid, whatever stands in the other columns.

use crate::decode::answer::{MissingReason, Responses};
use crate::decode::code_list::CodeList;
use crate::decode::issues::{Issues, Problem};
use crate::decode::locate::Layout;
use crate::decode::word::{Tick, Word};
use crate::questionnaire::model::{
    DateCodes, ExclusiveWithOthers, OverMax, Question, QuestionKind, TwoMarks,
};
use crate::raw::{Cell, Table};
use crate::text::{self, spelling};

use MissingReason::{Invalid, NoAnswer, NotAsked};

/// The responses of all rows of `table` to `question`, before skip rules, and what is wrong with them.
pub(crate) fn read(
    question: &Question,
    code_list: &CodeList,
    layout: &Layout,
    table: &Table,
) -> (Responses, Issues) {
    let reader = Reader { question, code_list, table, layout };
    let mut issues = Issues::default();
    let responses = match &question.kind {
        QuestionKind::Single(_) => Responses::Single(match layout {
            Layout::Whole(column) => reader.each(*column, &mut issues, |cell| {
                reader.read_back(code_list.single(cell), |said| reader.single(said))
            }),
            Layout::Ticks(columns) | Layout::Mentions(columns) => {
                let rows = reader.marks(columns, &mut issues);
                reader.finish(rows, &mut issues, |marks| reader.single(marks.into()))
            }
        }),
        QuestionKind::Multiple { .. } => Responses::Multiple(match layout {
            Layout::Whole(column) => reader.each(*column, &mut issues, |cell| {
                reader.read_back(code_list.joined(cell), |said| reader.multiple(said))
            }),
            Layout::Ticks(columns) | Layout::Mentions(columns) => {
                let rows = reader.marks(columns, &mut issues);
                reader.finish(rows, &mut issues, |marks| reader.multiple(marks.into()))
            }
        }),
        QuestionKind::Number { range } => {
            let column = layout.columns().first().copied().unwrap_or_default();
            Responses::Number(reader.each(column, &mut issues, |cell| match code_list.blank(cell) {
                Some(word) => missing(word),
                None => number(cell, range.as_ref().map(|r| (*r.start() as f64, *r.end() as f64))),
            }))
        }
        QuestionKind::Text => Responses::Text(reader.texts(&mut issues)),
    };
    (responses, issues)
}

/// An answer or the reason why there is none, and all that is wrong.
pub(crate) type Read<T> = (Result<T, MissingReason>, Vec<(Problem, String)>);

struct Reader<'a> {
    question: &'a Question,
    code_list: &'a CodeList,
    table: &'a Table,
    layout: &'a Layout,
}

/// What the columns of one row say together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Marks {
    bits: u128,
    said_no: bool,
    no_answer: bool,
    not_asked: bool,
    bad: bool,
}

/// What is said to a question, before its rules are applied.
enum Said {
    /// One option.
    One(u16),
    /// Options as bits, at least one.
    Marked(u128),
    /// Of every option, that it was not chosen.
    NoneOfThem,
    /// Nothing valid.
    Missing(MissingReason, Option<(Problem, String)>),
}

impl From<Marks> for Said {
    fn from(marks: Marks) -> Self {
        if marks.bad {
            Said::Missing(Invalid, None)
        } else if marks.bits != 0 {
            Said::Marked(marks.bits)
        } else if marks.not_asked {
            Said::Missing(NotAsked, None)
        } else if marks.no_answer || !marks.said_no {
            Said::Missing(NoAnswer, None)
        } else {
            Said::NoneOfThem
        }
    }
}

impl From<Word> for Said {
    fn from(word: Word) -> Self {
        match word {
            Word::Option(k) => Said::One(k),
            Word::Options(0) | Word::NoAnswer => Said::Missing(NoAnswer, None),
            Word::Options(bits) => Said::Marked(bits),
            Word::NotAsked => Said::Missing(NotAsked, None),
            Word::Ambiguous(text) => Said::Missing(Invalid, Some((Problem::Ambiguous, text))),
            Word::Unreadable(text) => Said::Missing(Invalid, Some((Problem::Unreadable, text))),
            Word::Unknown(text) => Said::Missing(Invalid, Some((Problem::OutOfList, text))),
            Word::Date { shown, .. } => Said::Missing(Invalid, Some((Problem::DateCode, shown))),
        }
    }
}

/// Why a cell without options holds no answer.
fn missing<T>(word: Word) -> Read<T> {
    match Said::from(word) {
        Said::Missing(reason, wrong) => (Err(reason), wrong.into_iter().collect()),
        Said::One(_) | Said::Marked(_) | Said::NoneOfThem => (Err(Invalid), Vec::new()),
    }
}

impl Reader<'_> {
    /// Reads each distinct cell of a column once and hands its answer to the rows.
    fn each<T: Copy>(
        &self,
        column: usize,
        issues: &mut Issues,
        read: impl Fn(&Cell) -> Read<T>,
    ) -> Vec<Result<T, MissingReason>> {
        let Some(cells) = self.table.columns.get(column) else {
            return vec![Err(NoAnswer); self.table.row_count()];
        };
        let answers: Vec<Read<T>> = cells.values.iter().map(read).collect();
        // Columns without anything wrong, which most are, need no look at each row's problems.
        if answers.iter().any(|(_, wrong)| !wrong.is_empty()) {
            cells.rows.for_each(|row, value| {
                for (problem, value) in answers.get(value as usize).into_iter().flat_map(|(_, wrong)| wrong) {
                    issues.note(row, *problem, value, column);
                }
            });
        }
        let answers: Vec<Result<T, MissingReason>> = answers.into_iter().map(|(answer, _)| answer).collect();
        cells.rows.map(|value| answers.get(value as usize).copied().unwrap_or(Err(NoAnswer)))
    }

    /// What each row says in columns of marks or of mentions.
    fn marks(&self, columns: &[usize], issues: &mut Issues) -> Vec<Marks> {
        let mut rows = vec![Marks::default(); self.table.row_count()];
        for (own, &index) in (0u16..).zip(columns) {
            let Some(column) = self.table.columns.get(index) else { continue };
            let ticks: Vec<Tick> = column.values.iter().map(|cell| self.tick(cell, own)).collect();
            column.rows.for_each(|row, value| {
                let Some(marks) = rows.get_mut(row) else { return };
                match ticks.get(value as usize) {
                    Some(Tick::Yes(k)) => marks.bits |= 1u128.checked_shl(u32::from(*k)).unwrap_or(0),
                    Some(Tick::No) => marks.said_no = true,
                    Some(Tick::NoAnswer) => marks.no_answer = true,
                    Some(Tick::NotAsked) => marks.not_asked = true,
                    Some(Tick::Unknown(text)) => {
                        marks.bad = true;
                        issues.note(row, Problem::OutOfList, text, index);
                    }
                    Some(Tick::Unreadable(text)) => {
                        marks.bad = true;
                        issues.note(row, Problem::Unreadable, text, index);
                    }
                    Some(Tick::Date(text)) => {
                        marks.bad = true;
                        issues.note(row, Problem::DateCode, text, index);
                    }
                    Some(Tick::Blank) | None => {}
                }
            });
        }
        rows
    }

    fn tick(&self, cell: &Cell, own: u16) -> Tick {
        if matches!(self.layout, Layout::Ticks(_)) {
            return self.code_list.tick(cell, own);
        }
        match self.code_list.single(cell) {
            Word::Option(k) => Tick::Yes(k),
            Word::NotAsked => Tick::NotAsked,
            Word::NoAnswer if matches!(cell, Cell::Empty) || spelling::label(&cell.text()).is_empty() => {
                Tick::Blank
            }
            Word::NoAnswer => Tick::NoAnswer,
            Word::Unreadable(text) => Tick::Unreadable(text),
            Word::Date { shown, .. } => Tick::Date(shown),
            Word::Unknown(text) | Word::Ambiguous(text) => Tick::Unknown(text),
            Word::Options(_) => Tick::Unknown(spelling::label(&cell.text())),
        }
    }

    fn finish<T>(
        &self,
        rows: Vec<Marks>,
        issues: &mut Issues,
        read: impl Fn(Marks) -> Read<T>,
    ) -> Vec<Result<T, MissingReason>> {
        let column = self.layout.columns().first().copied().unwrap_or_default();
        let judged = rows.into_iter().map(read).enumerate().map(|(row, (answer, wrong))| {
            for (problem, value) in wrong {
                issues.note(row, problem, &value, column);
            }
            answer
        });
        judged.collect()
    }

    /// A cell's answer; a date is read back as the code that it was where the questionnaire allows it and
    /// only one reading makes sense.
    fn read_back<T>(&self, word: Word, read: impl Fn(Said) -> Read<T>) -> Read<T> {
        match word {
            Word::Date { shown, meant: Some(bits) }
                if self.question.policy.date_codes == DateCodes::ReadBack =>
            {
                let (answer, mut wrong) = read(Said::Marked(bits));
                wrong.push((Problem::DateReadBack, shown));
                (answer, wrong)
            }
            other => read(other.into()),
        }
    }

    fn single(&self, said: Said) -> Read<u16> {
        let bits = match said {
            Said::One(k) => return (Ok(k), Vec::new()),
            Said::Marked(bits) => bits,
            Said::NoneOfThem => return (Err(NoAnswer), Vec::new()),
            Said::Missing(reason, wrong) => return (Err(reason), wrong.into_iter().collect()),
        };
        let first = bits.trailing_zeros() as u16;
        if bits.count_ones() == 1 {
            return (Ok(first), Vec::new());
        }
        let answer = match self.question.policy.two_marks {
            TwoMarks::Invalid => Err(Invalid),
            TwoMarks::First => Ok(first),
        };
        (answer, vec![(Problem::TwoMarks, self.codes(bits))])
    }

    fn multiple(&self, said: Said) -> Read<u128> {
        let bits = match said {
            Said::One(k) => 1u128.checked_shl(u32::from(k)).unwrap_or(0),
            Said::Marked(bits) => bits,
            Said::NoneOfThem => return (Ok(0), Vec::new()),
            Said::Missing(reason, wrong) => return (Err(reason), wrong.into_iter().collect()),
        };
        let QuestionKind::Multiple { categories, max_marks } = &self.question.kind else {
            return (Ok(bits), Vec::new());
        };
        let exclusive = (0u32..)
            .zip(categories)
            .filter(|(_, c)| c.exclusive)
            .fold(0u128, |all, (k, _)| all | 1u128.checked_shl(k).unwrap_or(0));
        let mut kept = bits;
        let mut wrong = Vec::new();
        if bits & exclusive != 0 && bits & !exclusive != 0 {
            wrong.push((Problem::ExclusiveWithOthers, self.codes(bits)));
            kept = match self.question.policy.exclusive_with_others {
                ExclusiveWithOthers::Keep => bits,
                ExclusiveWithOthers::DropExclusive => bits & !exclusive,
                ExclusiveWithOthers::DropOthers => bits & exclusive,
            };
        }
        match max_marks {
            Some(max) if kept.count_ones() > *max => {
                wrong.push((Problem::OverMax, self.codes(bits)));
                match self.question.policy.over_max {
                    OverMax::Invalid => (Err(Invalid), wrong),
                    OverMax::First => (Ok(lowest(kept, *max)), wrong),
                    OverMax::Keep => (Ok(kept), wrong),
                }
            }
            _ => (Ok(kept), wrong),
        }
    }

    /// The codes of the marked options: `1,3`.
    fn codes(&self, bits: u128) -> String {
        let marked = (0u32..)
            .zip(self.question.categories())
            .filter(|(k, _)| bits.checked_shr(*k).is_some_and(|b| b & 1 == 1));
        marked.map(|(_, c)| c.code.as_str()).collect::<Vec<_>>().join(",")
    }

    /// Whether there are words, in any of the columns; the words themselves go no further.
    fn texts(&self, issues: &mut Issues) -> Vec<Result<(), MissingReason>> {
        let mut rows = vec![Err(NoAnswer); self.table.row_count()];
        for &column in self.layout.columns() {
            let here = self.each(column, issues, |cell| {
                self.code_list.blank(cell).map_or((Ok(()), Vec::new()), missing)
            });
            for (row, answer) in rows.iter_mut().zip(here) {
                if row.is_err() && answer != Err(NoAnswer) {
                    *row = answer;
                }
            }
        }
        rows
    }
}

/// The lowest `count` set bits.
fn lowest(bits: u128, count: u32) -> u128 {
    (0..128).filter(|k| bits >> k & 1 == 1).take(count as usize).fold(0, |all, k| all | 1 << k)
}

/// A number as people write it: full width, with thousands separators; not with a unit behind it
/// ([`text::number`]).
pub(crate) fn number(cell: &Cell, range: Option<(f64, f64)>) -> Read<f64> {
    let folded = spelling::label(&cell.text());
    match text::number::number(&folded) {
        None => (Err(Invalid), vec![(Problem::NotANumber, folded)]),
        Some(x) if range.is_some_and(|(low, high)| x < low || x > high) => {
            (Err(Invalid), vec![(Problem::OutOfRange, folded)])
        }
        Some(x) => (Ok(x), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use crate::decode::columns::*;

    fn said(text: &str) -> Result<f64, Option<Problem>> {
        let (answer, wrong) = number(&Cell::Text(text.into()), Some((0.0, 120_000.0)));
        answer.map_err(|_| wrong.first().map(|(problem, _)| *problem))
    }

    #[test]
    fn a_number_is_written_in_many_ways_and_not_guessed() {
        assert_eq!(said("65"), Ok(65.0));
        assert_eq!(said("６５"), Ok(65.0));
        assert_eq!(said(" 1,234.5 "), Ok(1234.5));
        assert_eq!(said("１２，３４５"), Ok(12_345.0));
        for text in ["65歳", "1,2", "約30", "inf", "NaN", "1e999", "--1", "12,34"] {
            assert_eq!(said(text), Err(Some(Problem::NotANumber)), "{text}");
        }
        for text in ["-1", "△5", "120001"] {
            assert_eq!(said(text), Err(Some(Problem::OutOfRange)), "{text}");
        }
    }

    #[test]
    fn the_lowest_bits_are_the_first_options() {
        assert_eq!(lowest(0b1011_0100, 3), 0b0011_0100);
        assert_eq!(lowest(1 << 127 | 1, 2), 1 << 127 | 1);
    }
}
