//! Which rows of the files are valid returns: template rows, blank returns and duplicates leave here, each
//! with a finding.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use compact_str::CompactString;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::code::Code;
use crate::decode::answer::Responses;
use crate::decode::issues::{CellIssue, Problem, row_list};
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::raw::{Cell, Column, Table};
use crate::text::Text;
use crate::text::spelling;
use crate::text::suggest;

use crate::questionnaire::Duplicates;

/// Which rows stay, by table, and how many left for which reason.
pub(crate) struct Returns {
    pub(crate) keep: Vec<Vec<bool>>,
    pub(crate) returned: u64,
    pub(crate) invalid_returns: u64,
    pub(crate) duplicates: u64,
    /// Respondents with more than one row.
    pub(crate) repeated: u64,
    pub(crate) findings: Vec<Finding>,
    /// The rows that the warnings are about, in no order.
    pub(crate) issues: Vec<CellIssue>,
}

/// The respondent column of each table.
///
/// # Errors
/// `answers::missing-column` for each file without it.
pub(crate) fn respondents<'a>(tables: &'a [Table], name: &str) -> Result<Vec<&'a Column>> {
    let mut columns = Vec::new();
    let mut mistakes = Vec::new();
    for table in tables {
        match table.column(name) {
            Some(column) => columns.push(column),
            None => {
                let names: Vec<String> = table.columns.iter().map(Column::name).collect();
                let message = Text::new(
                    format!("回答者番号の列「{name}」がありません"),
                    format!("there is no column \"{name}\" with the respondents' ids"),
                );
                let mut diagnostic = Diagnostic::new(Code::AnswersMissingColumn, message).at(place(table));
                diagnostic.help = suggest::did_you_mean(name, names.iter().map(String::as_str));
                mistakes.push(diagnostic);
            }
        }
    }
    Error::all(mistakes).map_or(Ok(columns), Err)
}

fn place(table: &Table) -> Place {
    Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref())
}

/// Sorts the rows. `responses[t][q]` are the answers to question q in table t; `ids` the respondent columns,
/// if any; the rows (table, row) of `removed` leave first, as invalid returns.
///
/// # Errors
/// `answers::duplicate-respondent` under [`Duplicates::Fail`], one for each id (the first 20).
pub(crate) fn sort(
    tables: &[Table],
    responses: &[Vec<Responses>],
    ids: Option<&[&Column]>,
    removed: &BTreeSet<(usize, usize)>,
    policy: Duplicates,
) -> Result<Returns> {
    let returned = tables.iter().map(|t| t.row_count() as u64).sum();
    let mut sorted = Returns {
        keep: Vec::new(),
        returned,
        invalid_returns: 0,
        duplicates: 0,
        repeated: 0,
        findings: Vec::new(),
        issues: Vec::new(),
    };
    let column_of = |t: usize| ids.and_then(|ids| ids.get(t).copied());
    // Ids are folded as codes are: `００１２` on paper and 12 in a workbook are one respondent.
    let all_names: Vec<Option<Names<'_>>> = (0..tables.len()).map(|t| column_of(t).map(Names::of)).collect();
    for ((t, table), names) in tables.iter().enumerate().zip(&all_names) {
        let (mut template, mut unnamed, mut blank) = (Vec::new(), Vec::new(), Vec::new());
        let mut keep = vec![false; table.row_count()];
        for (row, kept) in keep.iter_mut().enumerate() {
            if removed.contains(&(t, row)) {
                sorted.invalid_returns += 1;
                continue;
            }
            let said = responses.get(t).is_some_and(|all| all.iter().any(|r| r.says_something(row)));
            let name = names.as_ref().map(|names| names.of_row(row));
            match (name, said) {
                (Some(""), false) => template.push(row),
                (Some(""), true) => unnamed.push(row),
                (_, false) => blank.push(row),
                (_, true) => *kept = true,
            }
        }
        sorted.invalid_returns += (template.len() + unnamed.len() + blank.len()) as u64;
        sorted.note_left_out(
            table,
            &template,
            Code::AnswersTemplateRows,
            (
                "回答者番号も回答もない行。数えない",
                "rows without a respondent id and without answers; left out",
            ),
        );
        sorted.note_left_out(
            table,
            &unnamed,
            Code::AnswersNoRespondentId,
            (
                "回答者番号のない行。回答があるが無効票とした",
                "rows with answers but without a respondent id; left out as invalid returns",
            ),
        );
        sorted.note_left_out(
            table,
            &blank,
            Code::AnswersBlankReturn,
            (
                "どの設問にも回答のない行。無効票とした",
                "rows without any answer; left out as invalid returns",
            ),
        );
        sorted.issues.extend(unnamed.iter().map(|&row| CellIssue::of_row(t, row, Problem::NoRespondentId)));
        sorted.issues.extend(blank.iter().map(|&row| CellIssue::of_row(t, row, Problem::BlankReturn)));
        sorted.keep.push(keep);
    }
    let named = Named { all_names: &all_names, keep: &sorted.keep };
    let mut places: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    let repeated = named.repeated();
    if !repeated.is_empty() {
        named.each(|name, t, row| {
            if repeated.contains(name) {
                places.entry(name.to_owned()).or_default().push((t, row));
            }
        });
    }
    if !places.is_empty() {
        sorted.leave_duplicates(tables, ids, &places, policy)?;
    }
    Ok(sorted)
}

/// The respondents' ids of one table, as they are compared.
struct Names<'a> {
    column: &'a Column,
    /// Of each distinct cell; `None` where every cell is its own spelling.
    folded: Option<Vec<CompactString>>,
}

impl<'a> Names<'a> {
    fn of(column: &'a Column) -> Self {
        let folded = |cell: &Cell| -> CompactString {
            plain(cell).map_or_else(|| spelling::code(&cell.text()).into(), Clone::clone)
        };
        let all_plain = column.values.par_iter().all(|cell| plain(cell).is_some());
        Self { column, folded: (!all_plain).then(|| column.values.par_iter().map(folded).collect()) }
    }

    /// Of a distinct cell; blank where there is none.
    fn of_value(&self, value: u32) -> &str {
        match &self.folded {
            Some(folded) => folded.get(value as usize).map_or("", CompactString::as_str),
            None => self.column.values.get(value as usize).and_then(plain).map_or("", CompactString::as_str),
        }
    }

    fn of_row(&self, row: usize) -> &str {
        self.column.rows.get(row).map_or("", |value| self.of_value(value))
    }
}

/// A whole number in its plain form, which is its own spelling as a code.
fn plain(cell: &Cell) -> Option<&CompactString> {
    match cell {
        Cell::Text(text)
            if text.len() < 19 && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()) =>
        {
            Some(text)
        }
        _ => None,
    }
}

/// The respondents' ids of the rows that are kept.
struct Named<'a> {
    all_names: &'a [Option<Names<'a>>],
    keep: &'a [Vec<bool>],
}

impl<'a> Named<'a> {
    /// Hands over the id, table and row of each row that is kept.
    fn each(&self, mut each: impl FnMut(&'a str, usize, usize)) {
        for (t, (names, keep)) in self.all_names.iter().zip(self.keep).enumerate() {
            let Some(names) = names else { continue };
            keep.iter()
                .enumerate()
                .filter(|(_, keep)| **keep)
                .for_each(|(row, _)| each(names.of_row(row), t, row));
        }
    }

    /// The ids that stand more than once.
    fn repeated(&self) -> HashSet<&'a str> {
        let mut twice = HashSet::new();
        // Cells of one file that differ are different ids, where none was folded.
        if let ([Some(names)], [keep]) = (self.all_names, self.keep)
            && names.folded.is_none()
        {
            let mut times = vec![0_u32; names.column.values.len()];
            names.column.rows.for_each(|row, value| {
                if let (Some(times), Some(true)) = (times.get_mut(value as usize), keep.get(row)) {
                    *times += 1;
                }
            });
            twice.extend(
                (0..).zip(&times).filter(|(_, times)| **times > 1).map(|(value, _)| names.of_value(value)),
            );
            return twice;
        }
        let mut seen = HashSet::new();
        self.each(|name, _, _| {
            if !seen.insert(name) {
                twice.insert(name);
            }
        });
        twice
    }
}

impl Returns {
    fn note_left_out(&mut self, table: &Table, rows: &[usize], code: Code, (ja, en): (&str, &str)) {
        let numbers: Vec<u64> = rows.iter().filter_map(|&r| table.row_numbers.get(r).copied()).collect();
        let Some(&first) = numbers.first() else { return };
        let list = row_list(&numbers);
        let message = Text::new(format!("{ja}。{}", list.ja), format!("{en}. {}", list.en));
        let at = place(table).row(first);
        let template = code == Code::AnswersTemplateRows;
        let finding =
            if template { Finding::note(code, message, at) } else { Finding::warning(code, message, at) };
        self.findings.push(finding.count(numbers.len() as u64));
    }

    fn leave_duplicates(
        &mut self,
        tables: &[Table],
        ids: Option<&[&Column]>,
        places: &BTreeMap<String, Vec<(usize, usize)>>,
        policy: Duplicates,
    ) -> Result<()> {
        let at = |&(t, row): &(usize, usize)| match (tables.get(t), ids.and_then(|ids| ids.get(t))) {
            (Some(table), Some(column)) => table.place(row, column),
            _ => Place::default(),
        };
        let where_ = |rows: &[(usize, usize)]| {
            let words = |lang| rows.iter().map(|r| at(r).words(lang)).collect::<Vec<_>>().join(" ｜ ");
            Text::new(words(crate::text::Lang::Ja), words(crate::text::Lang::En))
        };
        if policy == Duplicates::Fail {
            let mistakes = places.iter().take(20).map(|(id, rows)| {
                let (times, found) = (rows.len(), where_(rows));
                let message = Text::new(
                    format!("回答者番号「{id}」が {times} 回あります: {}", found.ja),
                    format!("respondent id \"{id}\" stands {times} times: {}", found.en),
                );
                let help = Text::new(
                    "どちらを採るかは duplicates = \"first\" か \"last\" で決められます",
                    "duplicates = \"first\" or \"last\" says which one counts",
                );
                Diagnostic::new(Code::AnswersDuplicateRespondent, message)
                    .at(rows.first().map(at).unwrap_or_default())
                    .help(help)
            });
            return Error::all(mistakes.collect()).map_or(Ok(()), Err);
        }
        let (ja, en) = if policy == Duplicates::Last {
            ("最後の行を採り", "the last row counts")
        } else {
            ("最初の行を採り", "the first row counts")
        };
        let mut first_places = BTreeSet::new();
        let mut left = 0;
        for rows in places.values() {
            self.issues
                .extend(rows.iter().map(|&(t, row)| CellIssue::of_row(t, row, Problem::DuplicateRespondent)));
            let stays = if policy == Duplicates::Last { rows.last() } else { rows.first() };
            for place in rows.iter().filter(|r| Some(*r) != stays) {
                if let Some(kept) = self.keep.get_mut(place.0).and_then(|k| k.get_mut(place.1)) {
                    *kept = false;
                    left += 1;
                    first_places.insert(*place);
                }
            }
        }
        let shown: Vec<(usize, usize)> = first_places.iter().copied().take(20).collect();
        let list = where_(&shown);
        let message = Text::new(
            format!(
                "回答者番号が重複する行が {left} 行ある（番号 {} 件）。{ja}、ほかは除いた。除いた行: {}",
                places.len(),
                list.ja
            ),
            format!(
                "{left} rows repeat a respondent id ({} ids); {en}, the others were left out. Left out: {}",
                places.len(),
                list.en
            ),
        );
        let first = shown.first().map(at).unwrap_or_default();
        self.findings.push(
            Finding::warning(Code::AnswersDuplicateRespondent, message, first).counted_in_message(left),
        );
        self.duplicates += left;
        self.repeated += places.len() as u64;
        Ok(())
    }
}
