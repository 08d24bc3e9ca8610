//! Logs × tables → cleaned tables, with every change and every mistake told.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::decode::personal::looks_personal;
use crate::decode::redacted::may_be_data;
use crate::edits::index::{Index, Return, Target};
use crate::edits::log::{Action, Log, LogRow};
use crate::edits::settle::{Settled, settle};
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::questionnaire::model::Questionnaire;
use crate::raw::{Cell, Column, Table, letters};
use crate::text::spelling;
use crate::text::{Lang, Text};

/// What a blank old value in a log means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OldValues {
    /// the cell was blank
    #[default]
    Recorded,
    /// the log does not say what the cell held: such rows cannot be verified, and are counted
    WhereKnown,
}

/// One change that was made, as far as it is told outside the log: where and what kind, but no value before
/// or after, which is one person's answer, and no reason, which is a clerk's own words about that person.
/// Both are found in the log, by its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedChange {
    /// The log's row.
    pub log: Place,
    /// The cell, or the row of a return that was taken out.
    pub place: Place,
    /// What was done.
    pub action: Action,
}

/// The tables of a wave with the logs applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaned {
    /// The tables; all rows are still there.
    pub tables: Vec<Table>,
    /// Rows (table, data row) that were taken out.
    pub removed: BTreeSet<(usize, usize)>,
    /// Every change, in the order of the logs.
    pub changes: Vec<AppliedChange>,
    /// What was looked at and not changed: table, row, column (`None`: the whole return).
    pub looked_at: BTreeSet<(usize, usize, Option<usize>)>,
    /// Columns (table, column) that any row of the logs speaks of.
    pub covered: BTreeSet<(usize, usize)>,
    /// Notes for the quality report: what was changed by question, what could not be verified.
    pub findings: Vec<Finding>,
}

/// At most so many mistakes are told one by one.
const MISTAKES_TOLD: usize = 200;

/// Applies logs, each to what the one before it left. `respondent` names the column of respondents' ids.
///
/// # Errors
/// All in one go, each at its place in the log and naming the place in the response file:
/// `answers::log-file`, `answers::log-respondent`, `answers::log-respondent-twice`, `answers::log-question`,
/// `answers::log-old-value` (what the cell holds is not what the log says it held), `answers::log-new-value`
/// (what the question cannot take), `answers::log-conflict` (two rows want different things for one cell).
pub fn clean(
    questionnaire: &Questionnaire,
    tables: &[Table],
    respondent: Option<&str>,
    logs: &[Log],
    old_values: OldValues,
) -> Result<Cleaned> {
    let mut cleaned = Cleaned {
        tables: tables.to_vec(),
        removed: BTreeSet::new(),
        changes: vec![],
        looked_at: BTreeSet::new(),
        covered: BTreeSet::new(),
        findings: vec![],
    };
    let mut mistakes = Vec::new();
    for log in logs {
        let before = std::mem::take(&mut cleaned.tables);
        let mut pass = Pass::of(Index::of(questionnaire, &before, respondent), old_values);
        for row in &log.rows {
            if let Err(error) = pass.take(row) {
                mistakes.extend(error.into_diagnostics().into_iter().map(|d| at(d, &row.place)));
            }
        }
        let writes = pass.finish(log, &mut cleaned);
        cleaned.tables = before;
        for ((t, column), cells) in writes {
            if let Some(column) = cleaned.tables.get_mut(t).and_then(|table| table.columns.get_mut(column)) {
                write(column, cells);
            }
        }
    }
    if mistakes.len() > MISTAKES_TOLD {
        let more = mistakes.len() - MISTAKES_TOLD;
        mistakes.truncate(MISTAKES_TOLD);
        let help = Text::new(
            "修正記録と回答ファイルの組み合わせが正しいか確かめてください",
            "see whether the log belongs to these response files",
        );
        mistakes.push(
            Diagnostic::new(
                Code::AnswersLogMistakes,
                Text::new(format!("ほかに {more} 件の誤りがあります"), format!("{more} more mistakes")),
            )
            .help(help),
        );
    }
    Error::all(mistakes).map_or(Ok(cleaned), Err)
}

/// The mistake with its place in the log; a place that it has already, in the response file, is said in its
/// message.
fn at(mut diagnostic: Diagnostic, place: &Place) -> Diagnostic {
    if diagnostic.place != Place::default() {
        let (ja, en) = (diagnostic.place.words(Lang::Ja), diagnostic.place.words(Lang::En));
        diagnostic.message = Text::new(
            format!("{}\n回答ファイル: {ja}", diagnostic.message.ja),
            format!("{}\nresponse file: {en}", diagnostic.message.en),
        );
    }
    diagnostic.place = place.clone();
    diagnostic
}

/// One row of the log that changes something, verified.
struct Decided<'a> {
    row: &'a LogRow,
    place: Return,
    target: Option<Target>,
    writes: Vec<(usize, Cell)>,
    action: Action,
}

/// One log on its way.
struct Pass<'a> {
    index: Index<'a>,
    old_values: OldValues,
    decided: Vec<Decided<'a>>,
    /// For each cell the log row that writes it, and what.
    cells: BTreeMap<(usize, usize, usize), (Place, Cell)>,
    removed: BTreeSet<Return>,
    looked_at: BTreeSet<(usize, usize, Option<usize>)>,
    covered: BTreeSet<(usize, usize)>,
    repeated: u64,
    unverified: u64,
    looked: u64,
}

impl<'a> Pass<'a> {
    fn of(index: Index<'a>, old_values: OldValues) -> Self {
        Self {
            index,
            old_values,
            decided: vec![],
            cells: BTreeMap::new(),
            removed: BTreeSet::new(),
            looked_at: BTreeSet::new(),
            covered: BTreeSet::new(),
            repeated: 0,
            unverified: 0,
            looked: 0,
        }
    }

    fn take(&mut self, row: &'a LogRow) -> Result<()> {
        let place = self.index.find(row)?;
        let target = self.index.target(row, place.0)?;
        let columns: Vec<usize> = match &target {
            Some(Target::Cell(column, _)) => vec![*column],
            Some(Target::Answer(_, columns)) => columns.clone(),
            None => vec![],
        };
        self.covered.extend(columns.iter().map(|&c| (place.0, c)));
        if let Some(target) = &target {
            self.verified(row, place, target)?;
        }
        match (row.action, target) {
            (Action::Keep, target) => {
                self.looked += 1;
                match target {
                    _ if !row.filled_in => {}
                    Some(_) => self.looked_at.extend(columns.iter().map(|&c| (place.0, place.1, Some(c)))),
                    None => drop(self.looked_at.insert((place.0, place.1, None))),
                }
            }
            (Action::Remove, target) => {
                if !self.removed.insert(place) {
                    self.repeated += 1;
                } else {
                    self.decided.push(Decided { row, place, target, writes: vec![], action: Action::Remove });
                }
            }
            (Action::Change | Action::Blank, None) => {
                let message = Text::new(
                    "どの設問を直すのか分かりません（設問も列もありません）",
                    "which answer is to be changed? There is no question or column",
                );
                return Err(Diagnostic::new(Code::AnswersLogQuestion, message).into());
            }
            (Action::Blank, Some(target)) => self.write(Decided {
                row,
                place,
                target: Some(target),
                writes: empty(&columns),
                action: Action::Blank,
            })?,
            (Action::Change, Some(target)) => {
                let settled = settle(&self.index, place.0, &target, &row.new).map_err(|message| {
                    let help = Text::new(
                        "選択肢の番号か文を書いてください（無回答にするなら「無回答」）",
                        "give an option's number or words, or 無回答 for no answer",
                    );
                    Error::new(
                        Diagnostic::new(Code::AnswersLogNewValue, message)
                            .at(self.place(place, &target))
                            .help(help),
                    )
                })?;
                let (action, writes) = match settled {
                    Settled::Blank(columns) => (Action::Blank, empty(&columns)),
                    Settled::Written(writes) => (Action::Change, writes),
                };
                self.write(Decided { row, place, target: Some(target), writes, action })?;
            }
        }
        Ok(())
    }

    /// Where a target stands in the response file.
    fn place(&self, (t, row): Return, target: &Target) -> Place {
        let Some(table) = self.index.tables.get(t) else { return Place::default() };
        let (place, q) = match target {
            Target::Cell(column, q) => (
                table
                    .columns
                    .get(*column)
                    .map_or_else(|| Place::file(&table.digest.file), |c| table.place(row, c)),
                *q,
            ),
            Target::Answer(q, columns) => {
                let number = table.row_numbers.get(row).copied().unwrap_or_default();
                (
                    Place::file(&table.digest.file)
                        .sheet(table.digest.sheet.as_deref())
                        .row(number)
                        .column(self.index.span(t, columns)),
                    Some(*q),
                )
            }
        };
        match q.and_then(|q| self.index.questions.get(q)) {
            Some(question) => place.question(&question.id),
            None => place,
        }
    }

    fn verified(&mut self, row: &LogRow, place: Return, target: &Target) -> Result<()> {
        if self.index.is_old(place, target, &row.old) {
            return Ok(());
        }
        if spelling::is_blank(&row.old) && self.old_values == OldValues::WhereKnown {
            self.unverified += u64::from(row.action != Action::Keep);
            return Ok(());
        }
        let now = self.index.value(place, target);
        let quoted = |text: &str| {
            if spelling::is_blank(text) {
                ("空欄".to_owned(), "blank".to_owned())
            } else {
                (format!("「{text}」"), format!("\"{text}\""))
            }
        };
        let ((old_ja, old_en), (now_ja, now_en)) = (quoted(&row.old), quoted(&now));
        let message = Text::new(
            format!("修正記録の元の値は{old_ja}ですが、回答ファイルは{now_ja}です"),
            format!("the log's old value is {old_en}, but the response file says {now_en}"),
        );
        let help = if spelling::is_blank(&row.old) {
            Text::new(
                "元の値を書いていない修正記録なら、計画の調査回に cleaning_log_old = \"where-known\" と書け\
                 ます",
                "a log that does not record old values can be taken with cleaning_log_old = \
                 \"where-known\" in the plan's wave",
            )
        } else {
            Text::new(
                "回答ファイルが差し替えられていないか確かめ、もう一度その票を見て修正記録を直してください",
                "see whether the response file was replaced, look at the return again and correct the log",
            )
        };
        Err(Diagnostic::new(Code::AnswersLogOldValue, message)
            .at(self.place(place, target))
            .help(help)
            .into())
    }

    /// Notes a change, unless another row changes the same cell.
    fn write(&mut self, decided: Decided<'a>) -> Result<()> {
        let key = |column: usize| (decided.place.0, decided.place.1, column);
        let known: Vec<Option<&(Place, Cell)>> =
            decided.writes.iter().map(|(column, _)| self.cells.get(&key(*column))).collect();
        let reading = |column: usize| {
            self.index.reading(decided.place.0, column, self.index.owner(decided.place.0, column))
        };
        let differs = |((column, cell), other): (&(usize, Cell), &&(Place, Cell))| {
            !super::same::same(&cell.text(), &other.1.text(), reading(*column))
        };
        let clash = decided
            .writes
            .iter()
            .zip(&known)
            .filter_map(|(write, other)| other.as_ref().map(|o| (write, o)))
            .find(|pair| differs(*pair));
        if let Some((_, (first, _))) = clash {
            let message = Text::new(
                format!("同じ回答を、修正記録の別の行（{}）が違う値に直しています", first.words(Lang::Ja)),
                format!(
                    "another row of the log ({}) gives the same answer another value",
                    first.words(Lang::En)
                ),
            );
            let help = Text::new(
                "どちらかの行を消すか、対応を「変更しない」にしてください",
                "take one of the rows away, or make it no_action",
            );
            let place = decided
                .target
                .as_ref()
                .map_or_else(Place::default, |target| self.place(decided.place, target));
            return Err(Diagnostic::new(Code::AnswersLogConflict, message).at(place).help(help).into());
        }
        if !known.is_empty() && known.iter().all(Option::is_some) {
            self.repeated += 1;
            return Ok(());
        }
        for (column, cell) in &decided.writes {
            self.cells.insert(key(*column), (decided.row.place.clone(), cell.clone()));
        }
        self.decided.push(decided);
        Ok(())
    }

    /// The cells to write, by column; changes and notes go to `cleaned`.
    fn finish(self, log: &Log, cleaned: &mut Cleaned) -> BTreeMap<(usize, usize), Vec<(usize, Cell)>> {
        let mut writes: BTreeMap<(usize, usize), Vec<(usize, Cell)>> = BTreeMap::new();
        let mut by_question: BTreeMap<Place, (u64, u64)> = BTreeMap::new();
        let (mut removed, mut overtaken) = (0_u64, 0_u64);
        for decided in &self.decided {
            let (t, row) = decided.place;
            let gone = cleaned.removed.contains(&decided.place);
            if gone || (decided.action != Action::Remove && self.removed.contains(&decided.place)) {
                overtaken += 1;
                continue;
            }
            cleaned.changes.push(self.told(decided));
            if decided.action == Action::Remove {
                removed += 1;
                continue;
            }
            for (column, cell) in &decided.writes {
                writes.entry((t, *column)).or_default().push((row, cell.clone()));
            }
            let place = decided
                .target
                .as_ref()
                .map_or_else(Place::default, |target| self.told_place(decided.place, target));
            let about = Place {
                question: place.question.clone(),
                column: place.column.filter(|_| place.question.is_none()),
                ..log.place.clone()
            };
            let (changed, blanked) = by_question.entry(about).or_default();
            *(if decided.action == Action::Blank { blanked } else { changed }) += 1;
        }
        cleaned.removed.extend(&self.removed);
        cleaned.looked_at.extend(&self.looked_at);
        cleaned.covered.extend(&self.covered);
        cleaned.findings.extend(
            by_question.into_iter().map(|(place, (changed, blanked))| changed_note(place, changed, blanked)),
        );
        let notes = [
            (
                removed,
                Code::AnswersLogRemoved,
                "修正記録により除いた票。無効票に数える",
                "returns taken out by the cleaning log; they count as invalid returns",
            ),
            (
                self.looked,
                Code::AnswersLogLookedAt,
                "修正記録で確認し、変更しなかった行",
                "rows of the cleaning log that were looked at and changed nothing",
            ),
            (
                self.repeated,
                Code::AnswersLogRepeated,
                "修正記録に同じ変更が2度書かれている行。1度だけ数える",
                "rows of the cleaning log that repeat a change; it is made once",
            ),
            (
                overtaken,
                Code::AnswersLogOvertaken,
                "票ごと除かれた人への変更。行わない",
                "changes to returns that the cleaning log takes out; they are not made",
            ),
            (
                self.unverified,
                Code::AnswersLogUnverified,
                "修正記録に元の値がなく、確かめられない変更",
                "changes whose old value the cleaning log does not say: they cannot be verified",
            ),
        ];
        for (count, code, ja, en) in notes.into_iter().filter(|(count, ..)| *count > 0) {
            cleaned.findings.push(
                Finding::note(
                    code,
                    Text::new(format!("{ja}: {count}件"), format!("{en}: {count}")),
                    log.place.clone(),
                )
                .counted_in_message(count),
            );
        }
        writes
    }

    fn told(&self, decided: &Decided<'_>) -> AppliedChange {
        let (t, row) = decided.place;
        let place = match decided.target.as_ref().filter(|_| decided.action != Action::Remove) {
            Some(target) => self.told_place(decided.place, target),
            None => self.index.tables.get(t).map_or_else(Place::default, |table| {
                Place::file(&table.digest.file)
                    .sheet(table.digest.sheet.as_deref())
                    .row(table.row_numbers.get(row).copied().unwrap_or_default())
            }),
        };
        AppliedChange { log: decided.row.place.clone(), place, action: decided.action }
    }

    /// Where a target stands; without the column's name where that may be somebody's data, as in a file
    /// without header rows.
    fn told_place(&self, at: Return, target: &Target) -> Place {
        let place = self.place(at, target);
        // Columns of questions often have long numbers in their names.
        let is_data = if place.question.is_some() { looks_personal } else { may_be_data };
        if !place.column.as_deref().is_some_and(is_data) {
            return place;
        }
        let column = match target {
            Target::Cell(column, _) => {
                let column = self.index.tables.get(at.0).and_then(|table| table.columns.get(*column));
                column.map(|c| format!("@{}", letters(c.position)))
            }
            Target::Answer(..) => None,
        };
        Place { column, ..place }
    }
}

fn changed_note(place: Place, changed: u64, blanked: u64) -> Finding {
    let name = place.question.clone().or_else(|| place.column.clone()).unwrap_or_default();
    let message = Text::new(
        format!(
            "{name}: 修正記録により直した回答 {}件（修正 {changed}、無回答にした {blanked}）",
            changed + blanked
        ),
        format!(
            "{name}: {} answers changed by the cleaning log ({changed} to another value, {blanked} to no \
             answer)",
            changed + blanked
        ),
    );
    Finding::note(Code::AnswersLogChanged, message, place).counted_in_message(changed + blanked)
}

fn empty(columns: &[usize]) -> Vec<(usize, Cell)> {
    columns.iter().map(|&c| (c, Cell::Empty)).collect()
}

/// Writes cells into a column; what no row holds any more is forgotten.
fn write(column: &mut Column, cells: Vec<(usize, Cell)>) {
    for (row, cell) in cells {
        let at = column.values.iter().position(|v| *v == cell).unwrap_or_else(|| {
            column.values.push(cell);
            column.values.len() - 1
        });
        column.rows.set(row, at as u32);
    }
    let mut new_place: Vec<Option<u32>> = vec![None; column.values.len()];
    let mut order = Vec::new();
    column.rows.change(column.values.len() as u32, |value| {
        let Some(place) = new_place.get_mut(value as usize) else { return value };
        *place.get_or_insert_with(|| {
            order.push(value as usize);
            order.len() as u32 - 1
        })
    });
    column.values = order.into_iter().filter_map(|at| column.values.get(at).cloned()).collect();
}
