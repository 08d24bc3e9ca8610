//! Where variables come from: the response files as one, stacked by column name, each column found by its
//! header or its spreadsheet letters; and, where there is a questionnaire, its questions.

use super::variable::Stacked;
use crate::code::Code;
use crate::decode::{Answers, BaseLedger};
use crate::engine::{Crossed, StreamColumns, Streamed};
use crate::error::{Diagnostic, Error, Result, collect};
use crate::provenance::Place;
use crate::questionnaire::{QuestionKind, Questionnaire};
use crate::raw::{Column, Table};
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::suggest::nearest;

/// The tables of all files, one after the other; or one file that was counted as it was read.
#[derive(Debug)]
pub(in crate::pipeline) struct Source<'a> {
    tables: &'a [Table],
    rows: usize,
    counted: Option<Counted<'a>>,
    decoded: Option<Decoded<'a>>,
}

/// Answers to a questionnaire: its questions are variables, before the columns of the files.
#[derive(Debug, Clone, Copy)]
pub(in crate::pipeline) struct Decoded<'a> {
    /// The questionnaire.
    pub(in crate::pipeline) questionnaire: &'a Questionnaire,
    /// The answers to it, and which rows of the files they are.
    pub(in crate::pipeline) answers: &'a Answers,
}

/// A file whose rows are not held: its table has the first of them only.
#[derive(Debug, Clone, Copy)]
pub(in crate::pipeline) struct Counted<'a> {
    pub(in crate::pipeline) columns: &'a StreamColumns,
    pub(in crate::pipeline) streamed: &'a Streamed,
    /// The crossing whose cells are the units.
    pub(in crate::pipeline) crossed: &'a Crossed,
}

impl<'a> Source<'a> {
    /// # Errors
    /// No file, or no rows in any of them.
    pub(in crate::pipeline) fn new(tables: &'a [Table]) -> Result<Self> {
        let rows = tables.iter().map(Table::row_count).sum();
        if rows == 0 {
            let place = tables.first().map(|t| Place::file(&t.digest.file)).unwrap_or_default();
            return Err(Diagnostic::new(
                Code::AdhocNoRows,
                Text::new("回答の行がありません（見出しだけです）", "there are no rows below the header"),
            )
            .at(place)
            .into());
        }
        Ok(Self { tables, rows, counted: None, decoded: None })
    }

    /// A file that was counted: its header, and what it adds up to.
    pub(in crate::pipeline) fn counted(table: &'a Table, counted: Counted<'a>) -> Self {
        Self {
            tables: std::slice::from_ref(table),
            rows: counted.streamed.rows as usize,
            counted: Some(counted),
            decoded: None,
        }
    }

    /// Answers that were decoded from `tables`.
    pub(in crate::pipeline) fn decoded(tables: &'a [Table], decoded: Decoded<'a>) -> Self {
        Self { tables, rows: decoded.answers.rows, counted: None, decoded: Some(decoded) }
    }

    /// The questionnaire, where there is one.
    pub(in crate::pipeline) fn questionnaire(&self) -> Option<&'a Questionnaire> {
        self.decoded.map(|d| d.questionnaire)
    }

    /// How the question `name` is answered; `None` for a column.
    pub(in crate::pipeline) fn kind(&self, name: &str) -> Option<&'a QuestionKind> {
        let (decoded, at) = self.question(name)?;
        decoded.questionnaire.questions.get(at).map(|question| &question.kind)
    }

    /// The question `name`, and its number.
    fn question(&self, name: &str) -> Option<(Decoded<'a>, usize)> {
        let decoded = self.decoded?;
        Some((decoded, decoded.questionnaire.question(name.trim())?.0))
    }

    /// The number of units that columns speak of: respondents, or the cells of the crossing of a file that
    /// was counted.
    pub(in crate::pipeline) fn units(&self) -> usize {
        self.counted.map_or(self.rows, |c| c.crossed.cells.len())
    }

    /// The respondents of the units for which `holds`.
    pub(in crate::pipeline) fn respondents(&self, holds: impl Fn(usize) -> bool) -> u64 {
        match self.counted {
            None => (0..self.rows).filter(|unit| holds(*unit)).count() as u64,
            Some(c) => c
                .crossed
                .rows_by_cell()
                .iter()
                .enumerate()
                .filter(|(unit, _)| holds(*unit))
                .map(|(_, n)| n)
                .sum(),
        }
    }

    /// Respondents of all files.
    pub(in crate::pipeline) fn rows(&self) -> usize {
        self.rows
    }

    /// Whether there is a question `name`, or a column of that name in the first file.
    pub(in crate::pipeline) fn has(&self, name: &str) -> bool {
        self.question(name).is_some() || self.tables.first().is_some_and(|t| t.column(name).is_some())
    }

    /// The column names of the first file, in file order.
    pub(in crate::pipeline) fn names(&self) -> Vec<String> {
        self.tables.first().map(|t| t.columns.iter().map(Column::name).collect()).unwrap_or_default()
    }

    /// The ledger of the question `name`.
    pub(in crate::pipeline) fn ledger(&self, name: &str) -> Option<BaseLedger> {
        let (decoded, at) = self.question(name)?;
        decoded.answers.ledger.get(at).copied()
    }

    /// The names of the files.
    pub(in crate::pipeline) fn files(&self) -> Vec<String> {
        self.tables.iter().map(|table| table.digest.file.clone()).collect()
    }

    /// The file of a respondent (its index), and the row in it as a spreadsheet counts.
    pub(in crate::pipeline) fn row(&self, row: usize) -> (usize, u64) {
        let (mut source, mut at) = (0, row);
        match self.decoded {
            Some(Decoded { answers, .. }) => {
                source = answers.source.get(row).map_or(0, |s| usize::from(*s));
                at = answers.source_row.get(row).map_or(0, |r| *r as usize);
            }
            None => {
                while let Some(table) = self.tables.get(source).filter(|t| at >= t.row_count()) {
                    at -= table.row_count();
                    source += 1;
                }
            }
        }
        let number = self.tables.get(source).and_then(|table| table.row_numbers.get(at).copied());
        (source, number.unwrap_or(0))
    }

    /// The place of a cell; `row` over all files.
    pub(in crate::pipeline) fn place(&self, row: usize, column: &Stacked) -> Place {
        if let Some(Decoded { answers, .. }) = self.decoded {
            let source = answers.source.get(row).map_or(0, |s| usize::from(*s));
            let Some(table) = self.tables.get(source) else { return Place::default() };
            let at = answers.source_row.get(row).map_or(0, |r| *r as usize);
            return match (column.is_question(), table.column(&column.name)) {
                (false, Some(c)) => table.place(at, c),
                _ => Place::file(&table.digest.file).question(&column.name),
            };
        }
        let mut at = row;
        if let (Some(_), [table]) = (self.counted, self.tables) {
            let column = table.columns.iter().find(|c| c.position == column.position);
            // No row of such a file is left out.
            let first = table.row_numbers.first().copied().unwrap_or(1);
            return column.map_or_else(Place::default, |c| table.place(0, c).row(first + row as u64));
        }
        for table in self.tables {
            if at < table.row_count() {
                return match table.column(&column.name) {
                    Some(c) => table.place(at, c),
                    None => Place::file(&table.digest.file),
                };
            }
            at -= table.row_count();
        }
        Place::default()
    }

    /// The column `name` of every file, stacked.
    ///
    /// # Errors
    /// A file without it (the nearest names as help), or with several of that name.
    pub(in crate::pipeline) fn column(&self, name: &str) -> Result<Stacked> {
        let name = name.trim();
        if let Some((Decoded { questionnaire, answers }, at)) = self.question(name) {
            let parts = questionnaire.questions.get(at).zip(answers.responses.get(at));
            return parts.map(|(question, responses)| Stacked::question(question, at, responses)).ok_or_else(
                || Error::msg(Code::AdhocNoColumn, "設問が読めません", "the question cannot be read"),
            );
        }
        if let (Some(counted), [table]) = (self.counted, self.tables) {
            return counted
                .column(name, self.position(name)?)
                .ok_or_else(|| absent(table, name, None).into());
        }
        let mut mistakes = Vec::new();
        let mut stacked = Stacked::new(name, self.rows);
        let mut first_rows = Vec::with_capacity(self.tables.len());
        for table in self.tables {
            first_rows.push(stacked.rows.len());
            match table.column(name) {
                Some(column) => stacked.push(table, column),
                None => mistakes.push(absent(table, name, self.questionnaire())),
            }
        }
        if let Some(error) = Error::all(mistakes) {
            return Err(error);
        }
        if let Some(Decoded { answers, .. }) = self.decoded {
            // Rows that are no valid return have left.
            let all = std::mem::take(&mut stacked.rows);
            let row = |(source, row): (&u16, &u32)| {
                all.get(first_rows.get(usize::from(*source))? + *row as usize).copied()
            };
            stacked.rows = answers.source.iter().zip(&answers.source_row).filter_map(row).collect();
        }
        Ok(stacked)
    }

    /// Which values of two columns of a file that was counted occur together, where that was asked for: by
    /// the codes of their pairs.
    pub(in crate::pipeline) fn pairs(&self, first: usize, second: usize) -> Option<Vec<(u32, u32)>> {
        let Counted { columns, streamed, .. } = self.counted?;
        streamed.pair_values.get(columns.pair(first, second)?).cloned()
    }

    /// The rows of each code of a measured column of a file that was counted.
    pub(in crate::pipeline) fn rows_of_codes(&self, position: usize) -> Vec<u64> {
        let of = |c: &Counted<'_>| {
            let at = c.columns.measures.iter().position(|p| *p == position)?;
            Some(c.streamed.measure_values.get(at)?.iter().map(|value| value.rows).collect())
        };
        self.counted.as_ref().and_then(of).unwrap_or_default()
    }

    /// As [`Source::pairs`], each with its rows.
    pub(in crate::pipeline) fn pairs_with_rows(
        &self,
        first: usize,
        second: usize,
    ) -> Option<Vec<((u32, u32), u64)>> {
        let Counted { columns, streamed, .. } = self.counted?;
        let rows = streamed.rows_of_pair(columns, columns.pair(first, second)?)?;
        Some(self.pairs(first, second)?.into_iter().zip(rows).collect())
    }

    /// The number of the column `name` in the first file.
    ///
    /// # Errors
    /// As [`Source::column`].
    pub(in crate::pipeline) fn position(&self, name: &str) -> Result<usize> {
        let name = name.trim();
        if let Some((_, at)) = self.question(name) {
            return Ok(super::variable::QUESTIONS + at);
        }
        let mut mistakes = Vec::new();
        for table in self.tables {
            if table.column(name).is_none() {
                mistakes.push(absent(table, name, self.questionnaire()));
            }
        }
        let first = self.tables.first().and_then(|t| t.column(name)).map_or(usize::MAX, |c| c.position);
        Error::all(mistakes).map_or(Ok(first), Err)
    }

    /// The columns of a list `COL,COL`. A header may itself hold a comma: a list that is a column's name as a
    /// whole is one.
    ///
    /// # Errors
    /// As [`Source::column`].
    pub(in crate::pipeline) fn columns(&self, list: &str) -> Result<Vec<Stacked>> {
        let mut mistakes = Vec::new();
        let columns =
            self.split(list).iter().filter_map(|name| collect(self.column(name), &mut mistakes)).collect();
        Error::all(mistakes).map_or(Ok(columns), Err)
    }

    /// The names of a list `COL,COL`.
    pub(in crate::pipeline) fn split<'t>(&self, list: &'t str) -> Vec<&'t str> {
        if self.has(list) {
            return vec![list.trim()];
        }
        list.split([',', '、', '，']).map(str::trim).collect()
    }

    /// Cuts `text` at a place where `mark` stands and both sides are columns; else at the first `mark`.
    pub(in crate::pipeline) fn cut<'t>(&self, text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
        let parts =
            || text.match_indices(mark).map(|(at, m)| (text[..at].trim(), text[at + m.len()..].trim()));
        parts()
            .find(|(a, b)| self.has(a) && self.has(b))
            .or_else(|| parts().find(|(a, b)| !a.is_empty() && !b.is_empty()))
    }
}

impl Counted<'_> {
    /// A column that was counted.
    fn column(&self, name: &str, position: usize) -> Option<Stacked> {
        let Counted { columns, streamed, crossed } = self;
        let crosses = |at: &usize| crossed.classifications.iter().position(|c| c == at);
        let at = columns.cells.iter().position(|p| *p == position);
        if let Some((at, place)) = at.and_then(|at| Some((at, crosses(&at)?))) {
            let units = crossed.cells.iter().filter_map(|cell| cell.get(place).copied());
            return streamed
                .cell_values
                .get(at)
                .map(|values| Stacked::counted(name, position, values, units));
        }
        let at = columns.measures.iter().position(|p| *p == position)?;
        streamed
            .measure_values
            .get(at)
            .map(|values| Stacked::counted(name, position, values, std::iter::empty()))
    }
}

/// There is no such column in this file: the nearest ones, or all when there are few.
fn absent(table: &Table, name: &str, questionnaire: Option<&Questionnaire>) -> Diagnostic {
    let place = Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref());
    let names: Vec<String> = table.columns.iter().map(Column::name).collect();
    let folded = fold(name);
    let same = names.iter().filter(|n| fold(n) == folded).count();
    if same > 1 {
        let letters: Vec<String> = table
            .columns
            .iter()
            .filter(|c| fold(&c.name()) == folded)
            .map(|c| format!("@{}", crate::raw::letters(c.position)))
            .collect();
        return Diagnostic::new(
            Code::AdhocColumnTwice,
            Text::new(
                format!("「{name}」という列が{same}つあります"),
                format!("there are {same} columns \"{name}\""),
            ),
        )
        .at(place)
        .help(Text::new(
            format!("列記号で指定します: {}", letters.join("、")),
            format!("name it by its letters: {}", letters.join(", ")),
        ));
    }
    let questions = questionnaire.into_iter().flat_map(|q| q.questions.iter().map(|q| q.id.as_str()));
    let mut left: Vec<&str> = questions.chain(names.iter().map(String::as_str)).collect();
    let mut near = Vec::new();
    while near.len() < 3 {
        let Some(found) = nearest(name, left.iter().copied()) else { break };
        near.push(found);
        left.retain(|n| *n != found);
    }
    let (shown, ja, en) = if near.is_empty() {
        (left.into_iter().take(12).collect(), "列", "columns")
    } else {
        (near, "似た名前", "nearest")
    };
    Diagnostic::new(
        Code::AdhocNoColumn,
        Text::new(format!("「{name}」という列がありません"), format!("there is no column \"{name}\"")),
    )
    .at(place)
    .help(Text::new(format!("{ja}: {}", shown.join("、")), format!("{en}: {}", shown.join(", "))))
}
