//! What is wrong with cells, gathered: the same mistake in the same question and file is one finding with a
//! count.

use std::collections::BTreeMap;

use crate::code::{Code, Severity};
use crate::decode::locate::shorten;
use crate::decode::personal::may_be_shown;
use crate::finding::Finding;
use crate::provenance::Place;
use crate::questionnaire::model::{ExclusiveWithOthers, NotAskedButAnswered, OverMax, Question, TwoMarks};
use crate::raw::Table;
use crate::text::Text;

/// What can be wrong with an answer or with a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// No option of the question.
    OutOfList,
    /// A number out of range.
    OutOfRange,
    /// Not a number.
    NotANumber,
    /// Two or more marks on a single answer.
    TwoMarks,
    /// More marks than allowed.
    OverMax,
    /// An exclusive option together with others.
    ExclusiveWithOthers,
    /// Can be read in more than one way.
    Ambiguous,
    /// A cell that cannot be read.
    Unreadable,
    /// A date, as which a spreadsheet program took a code.
    DateCode,
    /// Such a date, read back as the code.
    DateReadBack,
    /// Answered, though the skip rule did not ask.
    AnsweredThoughNotAsked,
    /// Answered, and whether the skip rule asked cannot be known.
    AnsweredFilterUnknown,
    /// Not asked according to the file, though the skip rule asks.
    NotAskedThoughAsked,
    /// Blank, though the skip rule asks.
    BlankThoughAsked,
    /// Answers, but no respondent id.
    NoRespondentId,
    /// No answer to any question.
    BlankReturn,
    /// The respondent's id stands more than once.
    DuplicateRespondent,
}

/// A cell, or a row, that somebody should look at: one entry a problem, in the order of files, rows and
/// questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellIssue {
    /// Index of the table.
    pub table: u16,
    /// Row (from 0, data rows) in it.
    pub row: u32,
    /// Index of the question; `None` where the whole return is meant.
    pub question: Option<u32>,
    /// Index of the column; `None` where several columns say the answer together, or no column is meant.
    pub column: Option<u32>,
    /// What is wrong.
    pub problem: Problem,
}

impl CellIssue {
    /// A problem of a whole return.
    pub(crate) fn of_row(table: usize, row: usize, problem: Problem) -> Self {
        Self { table: table as u16, row: row as u32, question: None, column: None, problem }
    }
}

/// Problems of some rows of one table: few distinct ones, many rows.
#[derive(Debug, Default)]
pub(crate) struct Issues {
    kinds: BTreeMap<(Problem, String, usize), u32>,
    rows: Vec<(u32, u32)>,
}

impl Issues {
    /// Notes that row `row` has a problem; `column` is an index into the table's columns.
    pub(crate) fn note(&mut self, row: usize, problem: Problem, value: &str, column: usize) {
        let next = self.kinds.len() as u32;
        let kind = match self.kinds.get(&(problem, value.to_owned(), column)) {
            Some(&kind) => kind,
            None => *self.kinds.entry((problem, value.to_owned(), column)).or_insert(next),
        };
        self.rows.push((row as u32, kind));
    }

    /// Whether nothing was noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How often `problem` was noted of the rows that `keep` keeps.
    pub(crate) fn count(&self, problem: Problem, keep: impl Fn(usize) -> bool) -> u64 {
        let kinds: Vec<u32> =
            self.kinds.iter().filter(|((p, _, _), _)| *p == problem).map(|(_, kind)| *kind).collect();
        if kinds.is_empty() {
            return 0;
        }
        self.rows.iter().filter(|(row, kind)| kinds.contains(kind) && keep(*row as usize)).count() as u64
    }

    /// The issues of the rows that `keep` keeps, one by one, for question `question` of table `table`. Where
    /// several columns are read `together`, the problems of the whole answer belong to no one column.
    pub(crate) fn cells(
        &self,
        table: usize,
        question: usize,
        together: bool,
        keep: impl Fn(usize) -> bool,
    ) -> Vec<CellIssue> {
        let mut kinds: Vec<Option<(Problem, usize)>> = vec![None; self.kinds.len()];
        for (&(problem, _, column), &kind) in &self.kinds {
            if let Some(slot) = kinds.get_mut(kind as usize) {
                *slot = Some((problem, column));
            }
        }
        let kept = self.rows.iter().filter(|(row, _)| keep(*row as usize));
        let of = |&(row, kind): &(u32, u32)| {
            let (problem, column) = kinds.get(kind as usize).copied().flatten()?;
            let column = if together && problem.of_the_whole() { None } else { Some(column as u32) };
            Some(CellIssue { table: table as u16, row, question: Some(question as u32), column, problem })
        };
        kept.filter_map(of).collect()
    }

    /// The issues of the rows that `keep` keeps, as findings: one for each problem and value, whatever the
    /// column.
    pub(crate) fn findings(
        &self,
        question: &Question,
        table: &Table,
        keep: impl Fn(usize) -> bool,
    ) -> Vec<Finding> {
        let mut names: Vec<Option<&(Problem, String, usize)>> = vec![None; self.kinds.len()];
        for (name, &kind) in &self.kinds {
            if let Some(slot) = names.get_mut(kind as usize) {
                *slot = Some(name);
            }
        }
        let mut groups: BTreeMap<(Problem, &str), Vec<(usize, usize)>> = BTreeMap::new();
        for &(row, kind) in &self.rows {
            if let (true, Some(Some((problem, value, column)))) =
                (keep(row as usize), names.get(kind as usize))
            {
                groups.entry((*problem, value)).or_default().push((row as usize, *column));
            }
        }
        let mut findings = Vec::new();
        for ((problem, value), cells) in gathered(groups, question) {
            let Some(&(row, column)) = cells.first() else { continue };
            let place = match table.columns.get(column) {
                Some(column) => table.place(row, column),
                None => Place::file(&table.digest.file),
            };
            let number = |(row, column): &(usize, usize)| match table.columns.get(*column) {
                Some(column) => table.place(*row, column).row,
                None => table.row_numbers.get(*row).copied(),
            };
            let mut rows: Vec<u64> = cells.iter().filter_map(number).collect();
            rows.dedup();
            let message = words(problem, question, &value, &rows);
            findings.push(Finding {
                code: problem.code(),
                severity: problem.severity(),
                message,
                place: place.question(&question.id),
                count: cells.len() as u64,
                count_in_message: false,
            });
        }
        findings
    }
}

/// Rows and columns of a table.
type Cells = Vec<(usize, usize)>;

/// At most this many values of one problem have a finding each; the rarer ones share one, so that a column
/// that was taken for another does not bury everything else.
const VALUES_NAMED: usize = 20;

fn gathered(groups: BTreeMap<(Problem, &str), Cells>, question: &Question) -> Vec<((Problem, Shown), Cells)> {
    let mut by_problem: BTreeMap<Problem, Vec<(&str, Cells)>> = BTreeMap::new();
    let mut words_of_few: BTreeMap<Problem, (usize, Cells)> = BTreeMap::new();
    for ((problem, value), mut cells) in groups {
        if problem.shows_what_was_written(question) && !may_be_shown(value, cells.len()) {
            let (kinds, all) = words_of_few.entry(problem).or_default();
            *kinds += 1;
            all.extend(cells);
            by_problem.entry(problem).or_default();
            continue;
        }
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
        if let Some((kinds, mut cells)) = words_of_few.remove(&problem) {
            cells.sort_unstable();
            out.push(((problem, Shown::Withheld(kinds)), cells));
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
    /// So many values in the respondents' own words, which do not leave the response file.
    Withheld(usize),
}

/// At most this many rows are named in a message.
const ROWS_NAMED: usize = 20;

/// ` (rows 3, 8, 12 …)` in both languages.
pub(crate) fn row_list(rows: &[u64]) -> Text {
    let list: Vec<String> = rows.iter().take(ROWS_NAMED).map(u64::to_string).collect();
    let more = if rows.len() > ROWS_NAMED { " …" } else { "" };
    Text::new(format!("［{}{more} 行目］", list.join("、")), format!("[rows {}{more}]", list.join(", ")))
}

impl Problem {
    /// The stable code of its findings.
    pub fn code(self) -> Code {
        match self {
            Problem::OutOfList => Code::AnswersOutOfList,
            Problem::OutOfRange => Code::AnswersOutOfRange,
            Problem::NotANumber => Code::AnswersNotANumber,
            Problem::TwoMarks => Code::AnswersTwoMarks,
            Problem::OverMax => Code::AnswersOverMax,
            Problem::ExclusiveWithOthers => Code::AnswersExclusiveWithOthers,
            Problem::Ambiguous => Code::AnswersAmbiguous,
            Problem::Unreadable => Code::AnswersUnreadable,
            Problem::DateCode | Problem::DateReadBack => Code::AnswersDateCode,
            Problem::AnsweredThoughNotAsked => Code::AnswersAnsweredThoughNotAsked,
            Problem::AnsweredFilterUnknown => Code::AnswersAnsweredFilterUnknown,
            Problem::NotAskedThoughAsked => Code::AnswersNotAskedThoughAsked,
            Problem::BlankThoughAsked => Code::AnswersBlankThoughAsked,
            Problem::NoRespondentId => Code::AnswersNoRespondentId,
            Problem::BlankReturn => Code::AnswersBlankReturn,
            Problem::DuplicateRespondent => Code::AnswersDuplicateRespondent,
        }
    }

    /// What it is, in words.
    pub fn text(self) -> Text {
        let (ja, en) = match self {
            Problem::OutOfList => ("選択肢にない回答", "not an option"),
            Problem::OutOfRange => ("範囲の外の数", "a number out of range"),
            Problem::NotANumber => ("数でない回答", "not a number"),
            Problem::Ambiguous => ("2通り以上に読める回答", "can be read in more than one way"),
            Problem::Unreadable => ("読めないセル", "a cell that cannot be read"),
            Problem::DateCode | Problem::DateReadBack => (
                "日付になったセル（表計算ソフトが番号を日付に変えたとみられる）。もとの入力の見込み",
                "a cell that became a date (a spreadsheet program took a code for one); probably typed",
            ),
            Problem::TwoMarks => ("単数回答に2つ以上の○", "two or more marks on a single answer"),
            Problem::OverMax => ("○の数が上限を超える回答", "more marks than allowed"),
            Problem::ExclusiveWithOthers => {
                ("他と一緒に選べない選択肢と他の選択肢", "an exclusive option together with others")
            }
            Problem::AnsweredThoughNotAsked => ("非該当なのに回答がある", "answered though not asked"),
            Problem::AnsweredFilterUnknown => (
                "前の設問が無回答・無効で該当か分からないが、回答がある",
                "answered, though an earlier question has no valid answer",
            ),
            Problem::NotAskedThoughAsked => (
                "前の設問では該当するのに、ファイルでは非該当",
                "not asked according to the file, though the skip rule asks",
            ),
            Problem::BlankThoughAsked => ("該当するのに空欄", "blank, though the skip rule asks"),
            Problem::NoRespondentId => ("回答者番号がない", "no respondent id"),
            Problem::BlankReturn => ("どの設問にも回答がない", "no answer to any question"),
            Problem::DuplicateRespondent => ("回答者番号の重複", "the respondent id stands more than once"),
        };
        Text::new(ja, en)
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        if matches!(self, Problem::AnsweredFilterUnknown | Problem::BlankThoughAsked) {
            Severity::Note
        } else {
            Severity::Warning
        }
    }

    /// Whether it is about all marks of the answer, not about one cell of several.
    fn of_the_whole(self) -> bool {
        !matches!(
            self,
            Problem::OutOfList
                | Problem::Ambiguous
                | Problem::Unreadable
                | Problem::DateCode
                | Problem::DateReadBack
        )
    }

    /// Whether its value is what a respondent wrote; else it is put together from the question's own options,
    /// as a cell that can be read in several ways is where no option takes words.
    fn shows_what_was_written(self, question: &Question) -> bool {
        match self {
            Problem::OutOfList
            | Problem::OutOfRange
            | Problem::NotANumber
            | Problem::Unreadable
            | Problem::DateCode
            | Problem::DateReadBack => true,
            Problem::Ambiguous => question.categories().iter().any(|c| c.free_text),
            _ => false,
        }
    }
}

/// What was done about it.
fn done(problem: Problem, question: &Question) -> (&'static str, &'static str) {
    match problem {
        Problem::TwoMarks => match question.policy.two_marks {
            TwoMarks::Invalid => INVALID,
            TwoMarks::First => ("番号の若い方を採った", "the first of them was taken"),
        },
        Problem::OverMax => match question.policy.over_max {
            OverMax::Invalid => INVALID,
            OverMax::First => {
                ("番号の若い方から上限まで採った", "the first of them were taken, as many as allowed")
            }
            OverMax::Keep => ("すべて数えた", "all were counted"),
        },
        Problem::ExclusiveWithOthers => match question.policy.exclusive_with_others {
            ExclusiveWithOthers::Keep => ("すべて数えた", "all were counted"),
            ExclusiveWithOthers::DropExclusive => {
                ("他と一緒に選べない選択肢を除いた", "the exclusive option was dropped")
            }
            ExclusiveWithOthers::DropOthers => ("他の選択肢を除いた", "the others were dropped"),
        },
        Problem::AnsweredThoughNotAsked => match question.policy.not_asked_but_answered {
            NotAskedButAnswered::Drop => ("非該当とした", "counted as not asked"),
            NotAskedButAnswered::Keep => ("回答を数えた", "the answer was counted"),
        },
        Problem::AnsweredFilterUnknown => ("回答を数えた", "the answer was counted"),
        Problem::NotAskedThoughAsked => ("非該当とした", "counted as not asked"),
        Problem::BlankThoughAsked => ("無回答とした", "counted as no answer"),
        Problem::OutOfList
        | Problem::OutOfRange
        | Problem::NotANumber
        | Problem::Ambiguous
        | Problem::Unreadable => INVALID,
        Problem::DateCode => (
            "無効回答とした。元の票で確かめ、列を文字列の書式にして入れ直すか、policy の date_codes を見て\
             ください",
            "counted as invalid; look at the paper, enter it in a column of text, or see policy date_codes",
        ),
        Problem::DateReadBack => ("もとの番号に読み戻した", "read back as that code"),
        Problem::NoRespondentId | Problem::BlankReturn | Problem::DuplicateRespondent => {
            ("無効票とした", "left out as an invalid return")
        }
    }
}

const INVALID: (&str, &str) = ("無効回答とした", "counted as invalid");

/// What was found and what was done about it.
fn words(problem: Problem, question: &Question, value: &Shown, rows: &[u64]) -> Text {
    let what = problem.text();
    let (done_ja, done_en) = done(problem, question);
    let (list, id) = (row_list(rows), &question.id);
    let (shown_ja, shown_en) = match value {
        Shown::Value(empty) if empty.is_empty() => (String::new(), String::new()),
        Shown::Value(value) => (format!("「{value}」"), format!(" \"{value}\"")),
        Shown::Others(kinds) => (format!("（ほか {kinds} 種類の値）"), format!(" ({kinds} other values)")),
        Shown::Withheld(kinds) => (
            format!("（{kinds} 種類。書かれた言葉は出力に書かない）"),
            format!(" ({kinds} values; the words themselves are written to no output)"),
        ),
    };
    Text::new(
        format!("{id}: {}{shown_ja}。{done_ja}。{}", what.ja, list.ja),
        format!("{id}: {}{shown_en}; {done_en}. {}", what.en, list.en),
    )
}
