//! What is wrong with cells, gathered: the same mistake in the same question and file is one finding with a count.

use std::collections::BTreeMap;

use super::locate::shorten;
use super::questionnaire::{ExclusiveWithOthers, NotAskedButAnswered, OverMax, Question, TwoMarks};
use crate::finding::{Finding, Severity};
use crate::provenance::Place;
use crate::raw::Table;
use crate::text::Text;

/// What can be wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Problem {
    OutOfList,
    OutOfRange,
    NotANumber,
    TwoMarks,
    OverMax,
    ExclusiveWithOthers,
    Ambiguous,
    Unreadable,
    DateCode,
    DateReadBack,
    AnsweredThoughNotAsked,
    AnsweredFilterUnknown,
    NotAskedThoughAsked,
}

/// Problems of some rows of one table: few distinct ones, many rows.
#[derive(Debug, Default)]
pub(super) struct Issues {
    kinds: BTreeMap<(Problem, String, usize), u32>,
    rows: Vec<(u32, u32)>,
}

impl Issues {
    /// Notes that row `row` has a problem; `column` is an index into the table's columns.
    pub(super) fn note(&mut self, row: usize, problem: Problem, value: &str, column: usize) {
        let next = self.kinds.len() as u32;
        let kind = match self.kinds.get(&(problem, value.to_owned(), column)) {
            Some(&kind) => kind,
            None => *self.kinds.entry((problem, value.to_owned(), column)).or_insert(next),
        };
        self.rows.push((row as u32, kind));
    }

    /// The issues of the rows that `keep` keeps, as findings: one for each problem and value, whatever the column.
    pub(super) fn findings(&self, question: &Question, table: &Table, keep: impl Fn(usize) -> bool) -> Vec<Finding> {
        let mut names: Vec<Option<&(Problem, String, usize)>> = vec![None; self.kinds.len()];
        for (name, &kind) in &self.kinds {
            if let Some(slot) = names.get_mut(kind as usize) {
                *slot = Some(name);
            }
        }
        let mut groups: BTreeMap<(Problem, &str), Vec<(usize, usize)>> = BTreeMap::new();
        for &(row, kind) in &self.rows {
            if let (true, Some(Some((problem, value, column)))) = (keep(row as usize), names.get(kind as usize)) {
                groups.entry((*problem, value)).or_default().push((row as usize, *column));
            }
        }
        let mut findings = Vec::new();
        for ((problem, value), cells) in gathered(groups) {
            let Some(&(row, column)) = cells.first() else { continue };
            let place = match table.columns.get(column) {
                Some(column) => table.place(row, column),
                None => Place::file(&table.digest.file),
            };
            let mut rows: Vec<u64> = cells.iter().filter_map(|(row, _)| table.row_numbers.get(*row).copied()).collect();
            rows.dedup();
            let message = words(problem, question, &value, &rows);
            let severity = if problem == Problem::AnsweredFilterUnknown { Severity::Note } else { Severity::Warning };
            findings.push(Finding { code: code(problem), severity, message, place: place.question(&question.id), count: cells.len() as u64 });
        }
        findings
    }
}

/// Rows and columns of a table.
type Cells = Vec<(usize, usize)>;

/// At most this many values of one problem have a finding each; the rarer ones share one, so that a column that was taken
/// for another does not bury everything else.
const VALUES_NAMED: usize = 20;

fn gathered(groups: BTreeMap<(Problem, &str), Cells>) -> Vec<((Problem, Shown), Cells)> {
    let mut by_problem: BTreeMap<Problem, Vec<(&str, Cells)>> = BTreeMap::new();
    for ((problem, value), mut cells) in groups {
        cells.sort_unstable();
        by_problem.entry(problem).or_default().push((value, cells));
    }
    let mut out = Vec::new();
    for (problem, mut values) in by_problem {
        // The most frequent first; a stable sort keeps equal ones in the order of their values.
        values.sort_by_key(|(_, cells)| std::cmp::Reverse(cells.len()));
        let rest = if values.len() > VALUES_NAMED { values.split_off(VALUES_NAMED) } else { Vec::new() };
        out.extend(values.into_iter().map(|(value, cells)| ((problem, Shown::Value(shorten(value))), cells)));
        if !rest.is_empty() {
            let kinds = rest.len();
            let mut cells: Cells = rest.into_iter().flat_map(|(_, cells)| cells).collect();
            cells.sort_unstable();
            out.push(((problem, Shown::Others(kinds)), cells));
        }
    }
    out
}

/// What a finding shows of the value that it is about.
enum Shown {
    /// The value itself; blank where it is not to be shown.
    Value(String),
    /// So many values, each rarer than those that have a finding of their own.
    Others(usize),
}

/// At most this many rows are named in a message.
const ROWS_NAMED: usize = 20;

/// ` (rows 3, 8, 12 …)` in both languages.
pub(super) fn row_list(rows: &[u64]) -> Text {
    let list: Vec<String> = rows.iter().take(ROWS_NAMED).map(u64::to_string).collect();
    let more = if rows.len() > ROWS_NAMED { " …" } else { "" };
    Text::new(format!("［{}{more} 行目］", list.join("、")), format!("[rows {}{more}]", list.join(", ")))
}

fn code(problem: Problem) -> &'static str {
    match problem {
        Problem::OutOfList => "answers::out-of-list",
        Problem::OutOfRange => "answers::out-of-range",
        Problem::NotANumber => "answers::not-a-number",
        Problem::TwoMarks => "answers::two-marks",
        Problem::OverMax => "answers::over-max",
        Problem::ExclusiveWithOthers => "answers::exclusive-with-others",
        Problem::Ambiguous => "answers::ambiguous",
        Problem::Unreadable => "answers::unreadable",
        Problem::DateCode | Problem::DateReadBack => "answers::date-code",
        Problem::AnsweredThoughNotAsked => "answers::answered-though-not-asked",
        Problem::AnsweredFilterUnknown => "answers::answered-filter-unknown",
        Problem::NotAskedThoughAsked => "answers::not-asked-though-asked",
    }
}

/// What was found and what was done about it.
fn words(problem: Problem, question: &Question, value: &Shown, rows: &[u64]) -> Text {
    let invalid = ("無効回答とした", "counted as invalid");
    let ((ja, en), (done_ja, done_en)) = match problem {
        Problem::OutOfList => (("選択肢にない回答", "not an option"), invalid),
        Problem::OutOfRange => (("範囲の外の数", "a number out of range"), invalid),
        Problem::NotANumber => (("数でない回答", "not a number"), invalid),
        Problem::Ambiguous => (("2通り以上に読める回答", "can be read in more than one way"), invalid),
        Problem::Unreadable => (("読めないセル", "a cell that cannot be read"), invalid),
        Problem::DateCode | Problem::DateReadBack => (
            ("日付になったセル（表計算ソフトが番号を日付に変えたとみられる。?の番号が入力のもと）", "a cell that became a date (a spreadsheet program took a code for one; what was probably typed stands before the ?)"),
            if problem == Problem::DateReadBack {
                ("もとの番号に読み戻した", "read back as that code")
            } else {
                ("無効回答とした。元の票で確かめ、列を文字列の書式にして入れ直すか、policy の date_codes を見てください", "counted as invalid; look at the paper, enter it in a column of text, or see policy date_codes")
            },
        ),
        Problem::TwoMarks => (
            ("単数回答に2つ以上の○", "two or more marks on a single answer"),
            match question.policy.two_marks {
                TwoMarks::Invalid => invalid,
                TwoMarks::First => ("番号の若い方を採った", "the first of them was taken"),
            },
        ),
        Problem::OverMax => (
            ("○の数が上限を超える回答", "more marks than allowed"),
            match question.policy.over_max {
                OverMax::Invalid => invalid,
                OverMax::First => ("番号の若い方から上限まで採った", "the first of them were taken, as many as allowed"),
                OverMax::Keep => ("すべて数えた", "all were counted"),
            },
        ),
        Problem::ExclusiveWithOthers => (
            ("他と一緒に選べない選択肢と他の選択肢", "an exclusive option together with others"),
            match question.policy.exclusive_with_others {
                ExclusiveWithOthers::Keep => ("すべて数えた", "all were counted"),
                ExclusiveWithOthers::DropExclusive => ("他と一緒に選べない選択肢を除いた", "the exclusive option was dropped"),
                ExclusiveWithOthers::DropOthers => ("他の選択肢を除いた", "the others were dropped"),
            },
        ),
        Problem::AnsweredThoughNotAsked => (
            ("非該当なのに回答がある", "answered though not asked"),
            match question.policy.not_asked_but_answered {
                NotAskedButAnswered::Drop => ("非該当とした", "counted as not asked"),
                NotAskedButAnswered::Keep => ("回答を数えた", "the answer was counted"),
            },
        ),
        Problem::AnsweredFilterUnknown => {
            (("前の設問が無回答・無効だが回答がある", "answered, though the earlier question has no valid answer"), ("回答を数えた", "the answer was counted"))
        }
        Problem::NotAskedThoughAsked => {
            (("前の設問では該当するのに、ファイルでは非該当", "not asked according to the file, though the skip rule asks"), ("非該当とした", "counted as not asked"))
        }
    };
    let (list, id) = (row_list(rows), &question.id);
    let (shown_ja, shown_en) = match value {
        Shown::Value(empty) if empty.is_empty() => (String::new(), String::new()),
        Shown::Value(value) => (format!("「{value}」"), format!(" \"{value}\"")),
        Shown::Others(kinds) => (format!("（ほか {kinds} 種類の値）"), format!(" ({kinds} other values)")),
    };
    Text::new(format!("{id}: {ja}{shown_ja}。{done_ja}。{}", list.ja), format!("{id}: {en}{shown_en}; {done_en}. {}", list.en))
}
