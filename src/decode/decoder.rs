//! Tables of one wave → answers: columns found, cells read, rows sorted, skip rules applied, the base
//! accounted for.

use std::collections::BTreeSet;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use crate::code::Code;
use crate::decode::answer::{Answers, BaseLedger, MissingReason, Responses};
use crate::decode::code_list::CodeList;
use crate::decode::dont_know::{leave_dont_know, says_dont_know};
use crate::decode::issues::{Issues, Problem};
use crate::decode::locate::{Heads, Layout};
use crate::decode::redacted as withheld;
use crate::decode::redacted::PersonalColumn;
use crate::decode::{columns, derived, returns, skip};
use crate::error::{Diagnostic, Error, Result};
use crate::questionnaire::Duplicates;
use crate::questionnaire::model::{Question, QuestionKind, Questionnaire};
use crate::questionnaire::processing_rule::Affected;
use crate::raw::{Column, Table};
use crate::text::Text;
use crate::text::spelling;
use crate::text::suggest;

/// How the files of a wave are read as answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecodeOptions {
    /// The column with the respondents' ids (整理番号); without it, no row can be told to be a duplicate.
    pub respondent: Option<String>,
    /// Which row counts when an id stands more than once, in one file or in several.
    pub duplicates: Duplicates,
    /// Ids of the questions whose わからない counts as no answer ([`MissingReason::DontKnow`]).
    pub dont_know_missing: BTreeSet<String>,
    /// Rows (index of the table, data row from 0) that a person took out: they count as invalid returns.
    pub removed: BTreeSet<(usize, usize)>,
    /// Columns that the sample's design is made of (weights, strata …): they are read, so that nobody says
    /// of them that they are not.
    pub design: BTreeSet<String>,
}

/// Decodes the files of one wave (paper and web together).
///
/// Rows leave in this order: 無効票 (taken out by a person, no respondent id, or no answer to any question:
/// blanks, missing codes and boxes that are merely not ticked are none, an invalid answer is one), 重複 (the
/// same id again). Of the rows that stay every question has one answer or one [`MissingReason`]; skip rules
/// see the answers to earlier questions with their own rules applied. わからない becomes a missing reason
/// last, so that a skip rule may still name it. Derived variables are made of the answers to their sources;
/// no file is looked at for them.
///
/// # Errors
/// All in one go: `answers::missing-column`, `answers::ambiguous-column`, `answers::column-count` for every
/// question and file where the columns cannot be found (a column that one file has and another lacks is
/// missing); `answers::unknown-question` for a wrong id in `dont_know_missing`;
/// `answers::duplicate-respondent` under [`Duplicates::Fail`]; `answers::ledger` if the parts of a base do
/// not sum to the returns.
pub fn decode(questionnaire: &Questionnaire, tables: &[Table], options: &DecodeOptions) -> Result<Answers> {
    let questions = questionnaire.asked();
    let mut mistakes = unknown_ids(questionnaire, options);
    let code_lists: Vec<CodeList> = questions.iter().map(CodeList::of).collect();
    let mut layouts = Vec::new();
    for table in tables {
        match locate(questions, &code_lists, table) {
            Ok(found) => layouts.push(found),
            Err(error) => mistakes.extend(error.into_diagnostics()),
        }
    }
    let ids = match options.respondent.as_ref().map(|name| returns::respondents(tables, name)).transpose() {
        Ok(ids) => ids,
        Err(error) => {
            mistakes.extend(error.into_diagnostics());
            None
        }
    };
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    let read = tables
        .iter()
        .zip(&layouts)
        .map(|(table, found)| read(questions, &code_lists, found, table).into_iter().unzip());
    let (mut said, wrong): (Vec<Vec<Responses>>, Vec<Vec<Issues>>) = read.unzip();
    let of_table = |(table, found): (&Table, &Vec<Layout>)| {
        withheld::columns(questions, found, (options.respondent.as_deref(), &options.design), table)
    };
    let (sorted, withheld) = rayon::join(
        || returns::sort(tables, &said, ids.as_deref(), &options.removed, options.duplicates),
        || tables.iter().zip(&layouts).flat_map(of_table).collect::<Vec<PersonalColumn>>(),
    );
    let sorted = sorted?;

    let mut findings = sorted.findings;
    let mut issues = sorted.issues;
    findings.extend(withheld.iter().filter_map(withheld::note));
    let kept = |t: usize, row: usize| sorted.keep.get(t).and_then(|k| k.get(row)).copied().unwrap_or(false);
    let rows = sorted.keep.iter().map(Vec::len).sum();
    let (mut source, mut source_row): (Vec<u16>, Vec<u32>) =
        (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for (t, keep) in sorted.keep.iter().enumerate() {
        source_row.extend((0..).zip(keep).filter(|(_, keep)| **keep).map(|(row, _)| row));
        source.resize(source_row.len(), t as u16);
    }
    let count = questionnaire.questions.len();
    let mut responses: Vec<Responses> = (0..count).map(|_| Responses::Text(Vec::new())).collect();
    let mut affected = vec![Affected::default(); count];
    let of_question = |(q, question): (usize, &Question)| {
        let parts: Vec<&Responses> = said.iter().filter_map(|all| all.get(q)).collect();
        gather(&question.kind, &parts, &source, &source_row)
    };
    // All rows of one file are gathered already.
    let all_of_one = said.len() == 1 && sorted.keep.iter().flatten().all(|keep| *keep);
    let gathered =
        if all_of_one { None } else { Some(questions.par_iter().enumerate().map(of_question).collect()) };
    let gathered: Vec<Responses> = gathered.or_else(|| said.pop()).unwrap_or_default();
    let mut gathered = gathered.into_iter();
    let filters = filters(questionnaire);
    for q in questionnaire.in_order() {
        let Some(question) = questionnaire.questions.get(q) else { continue };
        if let Some(derivation) = &question.derivation {
            if filters.contains(&q) {
                let own = derived::answers(question, derivation, &responses);
                if let Some(slot) = responses.get_mut(q) {
                    *slot = own;
                }
            }
            continue;
        }
        let Some(mut own) = gathered.next() else { continue };
        let mut own_touched = Affected::default();
        for (t, table) in tables.iter().enumerate() {
            if let Some(found) = wrong.get(t).and_then(|all| all.get(q)) {
                findings.extend(found.findings(question, table, |row| kept(t, row)));
                issues.extend(found.cells(t, q, together(&layouts, t, q), |row| kept(t, row)));
                own_touched.two_marks += found.count(Problem::TwoMarks, |row| kept(t, row));
                own_touched.over_max += found.count(Problem::OverMax, |row| kept(t, row));
                own_touched.exclusive_with_others +=
                    found.count(Problem::ExclusiveWithOthers, |row| kept(t, row));
            }
        }
        if question.asked_if.is_some() {
            let columns: Vec<usize> = layouts
                .iter()
                .map(|found| found.get(q).and_then(|l| l.columns().first()).copied().unwrap_or_default())
                .collect();
            for (t, (table, found)) in tables
                .iter()
                .zip(skipped(question, &responses, &mut own, tables, &columns, (&source, &source_row)))
                .enumerate()
            {
                findings.extend(found.findings(question, table, |_| true));
                issues.extend(found.cells(t, q, together(&layouts, t, q), |_| true));
                own_touched.not_asked_but_answered += found.count(Problem::AnsweredThoughNotAsked, |_| true);
            }
        }
        own_touched.dont_know = says_dont_know(question, &own);
        affected.get_mut(q).into_iter().for_each(|slot| *slot = own_touched);
        if let Some(slot) = responses.get_mut(q) {
            *slot = own;
        }
    }
    let (returned, invalid, duplicates) = (sorted.returned, sorted.invalid_returns, sorted.duplicates);
    questions.par_iter().zip(&mut responses).for_each(|(question, own)| {
        if options.dont_know_missing.contains(&question.id) {
            leave_dont_know(question, own);
        }
    });
    let behind: BTreeSet<usize> = (questions.len()..count).collect();
    let file = tables.first().map(|table| table.digest.file.as_str());
    let made = derived::derive(questionnaire, &mut responses, &behind, &options.dont_know_missing, file);
    findings.extend(made.findings);
    for (q, said) in made.dont_know {
        affected.get_mut(q).into_iter().for_each(|affected| affected.dont_know = said);
    }
    let last = |(question, own): (&Question, &Responses)| {
        BaseLedger::of(&question.id, own, returned, invalid, duplicates)
    };
    let ledgers: Vec<Result<BaseLedger>> =
        questionnaire.questions.par_iter().zip(&responses).map(last).collect();
    let ledger = ledgers.into_iter().collect::<Result<Vec<BaseLedger>>>()?;
    issues.sort_unstable();
    Ok(Answers {
        rows: source.len(),
        source,
        source_row,
        responses,
        ledger,
        affected,
        repeated: sorted.repeated,
        findings,
        issues,
        withheld,
    })
}

/// The derived variables that skip rules look at, by way of others too.
fn filters(questionnaire: &Questionnaire) -> BTreeSet<usize> {
    let rules = questionnaire.questions.iter().filter_map(|q| q.asked_if.as_ref());
    let named: BTreeSet<usize> = rules.flat_map(|rule| rule.questions()).collect();
    named.iter().flat_map(|q| questionnaire.made_of(*q)).chain(named.iter().copied()).collect()
}

fn unknown_ids(questionnaire: &Questionnaire, options: &DecodeOptions) -> Vec<Diagnostic> {
    let ids = || questionnaire.questions.iter().map(|q| q.id.as_str());
    let unknown = options.dont_know_missing.iter().filter(|id| questionnaire.question(id).is_none());
    unknown
        .map(|id| {
            let message =
                Text::new(format!("設問「{id}」はありません"), format!("there is no question \"{id}\""));
            let mut diagnostic = Diagnostic::new(Code::AnswersUnknownQuestion, message);
            diagnostic.help = suggest::did_you_mean(id, ids().collect::<Vec<_>>());
            diagnostic
        })
        .collect()
}

/// The columns of every question in one table.
fn locate(questions: &[Question], code_lists: &[CodeList], table: &Table) -> Result<Vec<Layout>> {
    locate_some(questions, questions.iter().zip(code_lists), table)
}

/// The columns of `some` of the questions in one table.
pub(crate) fn locate_some<'q>(
    questions: &[Question],
    some: impl Iterator<Item = (&'q Question, &'q CodeList)>,
    table: &Table,
) -> Result<Vec<Layout>> {
    let ids: BTreeSet<String> = questions.iter().map(|q| spelling::label(&q.id)).collect();
    let heads = Heads::of(table);
    let mut found = Vec::new();
    let mut mistakes = Vec::new();
    for (question, code_list) in some {
        match heads.locate(question, code_list, &ids) {
            Ok(layout) => found.push(layout),
            Err(error) => mistakes.extend(error.into_diagnostics()),
        }
    }
    Error::all(mistakes).map_or(Ok(found), Err)
}

/// How the answers to one question stand in one file, in words for people who check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnsUsed {
    /// The question's id.
    pub question: String,
    /// The file, as the user named it.
    pub file: String,
    /// The columns' names, in the file's spelling.
    pub columns: Vec<String>,
    /// How they are read.
    pub layout: ColumnLayout,
}

/// How the columns of a question are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnLayout {
    /// One column: a single answer, a number, words, or all marks joined in one cell.
    Whole,
    /// One column an option: 0/1, ○, TRUE/FALSE, the label.
    Ticks,
    /// First mention, second mention …: each cell holds a code or a label.
    Mentions,
}

/// Which columns [`decode`] reads for each question (outer list: files, inner list: questions).
///
/// # Errors
/// As [`decode`], for columns that cannot be found.
pub fn columns_used(questionnaire: &Questionnaire, tables: &[Table]) -> Result<Vec<Vec<ColumnsUsed>>> {
    let questions = questionnaire.asked();
    let code_lists: Vec<CodeList> = questions.iter().map(CodeList::of).collect();
    let one = |table: &Table| -> Result<Vec<ColumnsUsed>> {
        let layouts = locate(questions, &code_lists, table)?;
        let used = questions.iter().zip(layouts).map(|(question, layout)| ColumnsUsed {
            question: question.id.clone(),
            file: file_of(table, &layout),
            columns: layout
                .columns()
                .iter()
                .filter_map(|&c| table.columns.get(c))
                .map(Column::name)
                .collect(),
            layout: match layout {
                Layout::Whole(_) => ColumnLayout::Whole,
                Layout::Ticks(_) => ColumnLayout::Ticks,
                Layout::Mentions(_) => ColumnLayout::Mentions,
            },
        });
        Ok(used.collect())
    };
    tables.iter().map(one).collect()
}

/// The file that the first column of an answer stands in.
fn file_of(table: &Table, layout: &Layout) -> String {
    let column = layout.columns().first().and_then(|&c| table.columns.get(c));
    column.and_then(|c| table.column_place(c).file).unwrap_or_else(|| table.digest.file.clone())
}

/// The answers of all rows of one table. Questions are independent here, so they are read side by side.
fn read(
    questions: &[Question],
    code_lists: &[CodeList],
    layouts: &[Layout],
    table: &Table,
) -> Vec<(Responses, Issues)> {
    let each = questions.par_iter().zip(code_lists).zip(layouts);
    each.map(|((question, code_list), layout)| columns::read(question, code_list, layout, table)).collect()
}

/// The kept rows of all tables, in one.
pub(crate) fn gather(
    kind: &QuestionKind,
    parts: &[&Responses],
    source: &[u16],
    source_row: &[u32],
) -> Responses {
    fn pick<T: Copy>(
        parts: &[&Responses],
        source: &[u16],
        source_row: &[u32],
        of: impl Fn(&Responses) -> Option<&Vec<Result<T, MissingReason>>>,
    ) -> Vec<Result<T, MissingReason>> {
        let lists: Vec<Option<&Vec<Result<T, MissingReason>>>> = parts.iter().map(|r| of(r)).collect();
        let rows = source.iter().zip(source_row);
        let one = |(&t, &row): (&u16, &u32)| {
            lists.get(usize::from(t)).copied().flatten().and_then(|l| l.get(row as usize)).copied()
        };
        rows.map(|place| one(place).unwrap_or(Err(MissingReason::NoAnswer))).collect()
    }
    match kind {
        QuestionKind::Single(_) => Responses::Single(pick(parts, source, source_row, |r| {
            if let Responses::Single(v) = r { Some(v) } else { None }
        })),
        QuestionKind::Multiple { .. } => Responses::Multiple(pick(parts, source, source_row, |r| {
            if let Responses::Multiple(v) = r { Some(v) } else { None }
        })),
        QuestionKind::Number { .. } => Responses::Number(pick(parts, source, source_row, |r| {
            if let Responses::Number(v) = r { Some(v) } else { None }
        })),
        QuestionKind::Text => Responses::Text(pick(parts, source, source_row, |r| {
            if let Responses::Text(v) = r { Some(v) } else { None }
        })),
    }
}

/// Applies a skip rule; the rows that break it, by file and answer.
fn skipped(
    question: &Question,
    earlier: &[Responses],
    own: &mut Responses,
    tables: &[Table],
    columns: &[usize],
    (source, source_row): (&[u16], &[u32]),
) -> Vec<Issues> {
    let before = own.clone();
    let mut issues: Vec<Issues> = tables.iter().map(|_| Issues::default()).collect();
    skip::apply(question, earlier, own, |row, problem| {
        let place = source.get(row).zip(source_row.get(row));
        if let Some((&t, &at)) = place {
            let t = usize::from(t);
            if let (Some(issues), Some(&column)) = (issues.get_mut(t), columns.get(t)) {
                issues.note(at as usize, problem, &answer_in_words(question, &before, row), column);
            }
        }
    });
    issues
}

/// Whether several columns of table `t` say the answer to question `q` together.
fn together(layouts: &[Vec<Layout>], t: usize, q: usize) -> bool {
    layouts.get(t).and_then(|found| found.get(q)).is_some_and(|layout| layout.columns().len() > 1)
}

/// The labels that a respondent chose; nothing for numbers and free text, which differ from row to row.
fn answer_in_words(question: &Question, responses: &Responses, row: usize) -> String {
    let chosen = (0..question.categories().len()).filter(|&k| responses.holds(row, &[k]));
    let labels = chosen.filter_map(|k| question.categories().get(k)).map(|c| c.label.as_str());
    labels.collect::<Vec<_>>().join("、")
}
