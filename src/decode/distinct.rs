//! Answers by the distinct cells of a file, each with how often it stands there: for files whose rows are
//! counted as they are read. What they say is what [`super::decode`] says of the rows. Where a question takes
//! more than its own cell to be understood, or a cell calls for a finding, nothing is said here.

use std::collections::BTreeSet;

use super::answer::Responses;
use super::code_list::CodeList;
use super::columns;
use super::decoder::locate_some;
use super::derived;
use super::dont_know::says_dont_know;
use super::locate::Layout;
use super::word::Word;
use crate::questionnaire::{QuestionKind, Questionnaire};
use crate::raw::{Cell, Table};

/// Where the answers to a questionnaire stand, each in one cell.
#[derive(Debug)]
pub(crate) struct CellOfQuestion {
    /// Of each question the column (its position in the file); of a derived variable that of its source.
    pub(crate) column: Vec<usize>,
    /// Of the column of each question that has options, their codes and labels as a file may have them.
    pub(crate) answers: Vec<(usize, Vec<String>)>,
}

/// Where the answers stand in a table with this header; `None` where a question has several columns or a skip
/// rule or is answered in words, or a derived variable several sources.
pub(crate) fn cells(questionnaire: &Questionnaire, table: &Table) -> Option<CellOfQuestion> {
    let asked = questionnaire.asked();
    if asked.iter().any(|question| question.asked_if.is_some() || question.kind == QuestionKind::Text) {
        return None;
    }
    let code_lists: Vec<CodeList> = asked.iter().map(CodeList::of).collect();
    let mut column = columns_of(questionnaire, &code_lists, table)?;
    let answers = asked.iter().zip(&code_lists).zip(&column).map(|((question, code_list), column)| {
        let texts = question.categories().iter().flat_map(|c| [&c.code, &c.label]);
        let is_answer =
            |text: &&String| matches!(code_list.single(&Cell::Text(text.as_str().into())), Word::Option(_));
        (*column, texts.filter(is_answer).cloned().collect())
    });
    let answers = answers.filter(|(_, texts): &(usize, Vec<String>)| !texts.is_empty()).collect();
    for derived in asked.len()..questionnaire.questions.len() {
        let mut sources = questionnaire.made_of(derived).into_iter().filter(|source| *source < asked.len());
        let (Some(source), None) = (sources.next(), sources.next()) else { return None };
        column.push(*column.get(source)?);
    }
    Some(CellOfQuestion { column, answers })
}

/// The position of the column of each question that was asked.
fn columns_of(questionnaire: &Questionnaire, code_lists: &[CodeList], table: &Table) -> Option<Vec<usize>> {
    let asked = questionnaire.asked();
    let layouts = locate_some(asked, asked.iter().zip(code_lists), table).ok()?;
    let position = |layout: &Layout| match layout {
        Layout::Whole(column) => table.columns.get(*column).map(|column| column.position),
        Layout::Ticks(_) | Layout::Mentions(_) => None,
    };
    layouts.iter().map(position).collect()
}

/// The answers that the rows of `table` say, question by question: a row has any distinct cell of each
/// column, so that rows are no returns. `None` where [`super::decode`] would have something to tell, or to
/// decide, about one of the cells.
pub(crate) fn answers(questionnaire: &Questionnaire, table: &Table) -> Option<Vec<Responses>> {
    let asked = questionnaire.asked();
    let code_lists: Vec<CodeList> = asked.iter().map(CodeList::of).collect();
    let layouts = locate_some(asked, asked.iter().zip(&code_lists), table).ok()?;
    let mut out = Vec::with_capacity(questionnaire.questions.len());
    for ((question, code_list), layout) in asked.iter().zip(&code_lists).zip(&layouts) {
        let (said, issues) = columns::read(question, code_list, layout, table);
        let plain = issues.is_empty() && question.asked_if.is_none() && says_dont_know(question, &said) == 0;
        out.push(Some(said).filter(|_| plain)?);
    }
    out.resize(questionnaire.questions.len(), Responses::Text(Vec::new()));
    let behind: BTreeSet<usize> = (asked.len()..questionnaire.questions.len()).collect();
    let made = derived::derive(questionnaire, &mut out, &behind, &BTreeSet::new(), None);
    made.findings.is_empty().then_some(out)
}
