//! A first questionnaire out of bare response files: every question a guess, each guess told.
//!
//! | what stands in the file | becomes |
//! |---|---|
//! | few whole numbers | single answer, codes without words |
//! | few texts that repeat | single answer with these options |
//! | few whole numbers beside words (`1` … `4`, `その他`) | single answer, numbers as codes, then the words |
//! | `NA`, `無回答`, `非該当` …; beside numbers also `不明`, `-` … | no answer, not asked |
//! | options joined or alone beside rare words | the same, the rare words その他 in the respondents' words |
//! | texts or codes joined by `,` `、` `;` `|` `&`, a blank or a line break, repeating | multiple answer |
//! | `q_1`, `q_2` …; `q [option]`; question above option; 0/1, ○, TRUE/FALSE … | multiple answer in columns |
//! | other numbers / other texts | number / free text |
//! | dates, all blank | left out |
//! | names, phones, mail, addresses, birth dates, personal numbers | withheld |
//!
//! A skip is likely where a question is blank for everyone who chose certain options of an earlier one.

mod bands;
mod closed;
mod codes;
mod family;
mod guess;
mod inferred;
mod meaning;
mod naming;
mod pieces;
mod remark;
mod skips;

use std::collections::{BTreeMap, BTreeSet};

pub use crate::decode::personal::Personal;
pub(crate) use codes::look_like_no_answer;
pub use inferred::Inferred;
pub use meaning::SampleColumn;
pub(crate) use meaning::{attribute, is_about_form, is_no_substance, sample_column};
pub use remark::{Remark, RemarkKind};

use crate::decode::code_list::CodeList;
use crate::decode::no_question::no_question;
use crate::decode::{decoder, personal};
use crate::questionnaire::form::Draft;
use crate::questionnaire::model::{Question, QuestionKind, Questionnaire};
use crate::raw::{Column, Table};
use crate::text::number::number;
use crate::text::spelling;
use crate::text::{Lang, Text};

/// Guesses a questionnaire from the columns that all `tables` have; the words that it adds are in `lang`.
pub fn infer(tables: &[Table], title: &str, lang: Lang) -> Inferred {
    let mut found = Inferred {
        questionnaire: Questionnaire { title: title.to_owned(), questions: vec![] },
        remarks: vec![],
        respondent: None,
        withheld: vec![],
        sample: vec![],
        left_out: vec![],
    };
    let Some((first, others)) = tables.split_first() else { return found };
    let columns = sorted_out(first, others, &mut found);
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let families = family::families(&columns);
    for (at, column) in columns.iter().enumerate() {
        if taken.contains(&at) {
            continue;
        }
        let guessed = match families.iter().find(|f| f.members.first() == Some(&at)) {
            Some(family) => {
                taken.extend(&family.members);
                guess::multiple(family, &columns, first, lang)
            }
            None => guess::one(column, first),
        };
        match guessed.and_then(|guess| everywhere_at_one_place(guess, first, others)) {
            Ok((question, remarks)) => {
                found.questionnaire.questions.push(question);
                found.remarks.push(remarks);
            }
            Err(reason) => found.left_out.push((column.name(), reason)),
        }
    }
    ids_once(&mut found.questionnaire.questions);
    keep_readable(&mut found, tables);
    skips::guess(&mut found, tables);
    bands::draft(&mut found, tables, lang);
    found
}

/// A guess, unless it names columns by letters that are other columns in another file.
fn everywhere_at_one_place(guess: guess::Guessed, first: &Table, others: &[Table]) -> guess::Guess {
    let same = |name: &String| {
        let header = |table: &Table| table.column(name).map(|c| c.header.clone());
        !name.starts_with('@') || others.iter().all(|other| header(other) == header(first))
    };
    if guess.0.columns.iter().all(same) {
        return Ok(guess);
    }
    Err(Text::new(
        "同じ見出しの列が複数あり、列の位置がファイルによって違います",
        "several columns have this heading, and they stand at other places in other files",
    ))
}

/// Numbers the questions that have one id by their place: `問4-1`, `問4-2`.
fn ids_once(questions: &mut [Question]) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    questions.iter().for_each(|q| *times.entry(spelling::label(&q.id)).or_default() += 1);
    let mut taken: BTreeSet<String> =
        times.iter().filter(|(_, n)| **n == 1).map(|(id, _)| id.clone()).collect();
    for question in questions.iter_mut().filter(|q| times.get(&spelling::label(&q.id)) > Some(&1)) {
        let free = (1..).map(|k| format!("{}-{k}", question.id)).find(|id| taken.insert(spelling::label(id)));
        question.id = free.unwrap_or_default();
    }
    // A column that is called as the question is needs no other name.
    for question in questions {
        let own = spelling::label(&question.id);
        let is_own = |name: &String| !name.starts_with('@') && spelling::label(name) == own;
        if question.columns.len() == 1 && question.columns.iter().all(is_own) {
            question.columns.clear();
        }
    }
}

/// The questionnaire that a file's own dictionary describes: as [`fitted`], and what has no value labels is
/// guessed by its cells.
pub fn labelled(draft: Draft, tables: &[Table]) -> Inferred {
    let mut found = fitted(draft, tables);
    let Some(table) = tables.first() else { return found };
    for (question, remarks) in found.questionnaire.questions.iter_mut().zip(&mut found.remarks) {
        let open = matches!(question.kind, QuestionKind::Text | QuestionKind::Number { .. });
        let column = table.columns.iter().find(|c| open && c.name() == question.id);
        let Some(Ok((guessed, told))) = column.map(|column| guess::one(column, table)) else { continue };
        // Words of the respondents' own are no options, however often they stand.
        let words = guessed.categories().iter().any(|c| c.free_text);
        if matches!(guessed.kind, QuestionKind::Single(_)) && !words {
            question.kind = guessed.kind;
            question.no_answer = guessed.no_answer;
            question.not_asked = guessed.not_asked;
            remarks.extend(told);
        }
    }
    found
}

/// The questionnaire of a form, less the questions that the files have no columns for.
pub fn fitted(draft: Draft, tables: &[Table]) -> Inferred {
    let mut found = Inferred {
        questionnaire: draft.questionnaire,
        remarks: vec![],
        respondent: None,
        withheld: vec![],
        sample: vec![],
        left_out: vec![],
    };
    found.remarks = found
        .questionnaire
        .questions
        .iter()
        .map(|q| {
            draft
                .findings
                .iter()
                .filter(|f| f.place.question.as_ref() == Some(&q.id))
                .map(|f| Remark { kind: RemarkKind::Guess, text: f.message.clone() })
                .collect()
        })
        .collect();
    if let Some((first, others)) = tables.split_first() {
        let mut personal = Inferred {
            questionnaire: Questionnaire { title: String::new(), questions: vec![] },
            remarks: vec![],
            ..found.clone()
        };
        sorted_out(first, others, &mut personal);
        found.respondent = personal.respondent;
        found.withheld = personal.withheld;
        found.sample = personal.sample;
    }
    let withheld: Vec<String> = found.withheld.iter().map(|(name, _)| name.clone()).collect();
    let hidden = |q: &Question| {
        matches!(q.kind, QuestionKind::Text | QuestionKind::Number { .. })
            && withheld.iter().any(|w| w == &q.id || q.columns.contains(w))
    };
    let keep: Vec<bool> = found.questionnaire.questions.iter().map(|q| !hidden(q)).collect();
    retain(&mut found, &keep);
    keep_readable(&mut found, tables);
    found
}

/// The columns that may be questions; ids, personal data and columns that not all files have go where they
/// belong.
fn sorted_out<'a>(first: &'a Table, others: &[Table], found: &mut Inferred) -> Vec<&'a Column> {
    let mut columns = Vec::new();
    for (at, column) in first.columns.iter().enumerate() {
        let name = column.name();
        let folded = spelling::label(&name);
        let everywhere =
            others.iter().all(|t| t.columns.iter().any(|c| spelling::label(&c.name()) == folded));
        if found.respondent.is_none() && guess::is_respondent(column, first.row_count(), at == 0) {
            found.respondent = Some(name.trim().to_owned());
        } else if let Some(kind) = personal::personal(column) {
            found.withheld.push((name, kind));
        } else if let Some((kind, said)) = of_sample(column, first) {
            found.sample.push((name, kind, said));
            if kind != SampleColumn::Weight {
                columns.push(column);
            }
        } else if !everywhere {
            found
                .left_out
                .push((name, Text::new("この列がないファイルがあります", "not all files have this column")));
        } else if let Some(reason) = no_question(column, first.row_count()) {
            match reason {
                Ok(kind) => found.withheld.push((name, kind)),
                Err(reason) => found.left_out.push((name, reason)),
            }
        } else {
            columns.push(column);
        }
    }
    columns
}

/// What a column tells of the sample, and whether the file itself says so. Weights are numbers.
fn of_sample(column: &Column, table: &Table) -> Option<(SampleColumn, bool)> {
    let name = column.name();
    if table.dictionary.as_ref().is_some_and(|d| d.weight.as_deref() == Some(name.as_str())) {
        return Some((SampleColumn::Weight, true));
    }
    let kind = column.header.iter().rev().find_map(|heading| sample_column(heading))?;
    let numeric = column.values.iter().map(|c| spelling::label(&c.text())).filter(|t| !t.is_empty());
    let is_weight = kind != SampleColumn::Weight || numeric.clone().all(|t| number(&t).is_some());
    is_weight.then_some((kind, false))
}

/// Leaves out questions whose columns cannot be found by the rules of decoding.
fn keep_readable(found: &mut Inferred, tables: &[Table]) {
    let questions = &found.questionnaire.questions;
    let readable = |question: &Question| -> bool {
        let code_list = CodeList::of(question);
        tables.iter().all(|table| {
            decoder::locate_some(questions, std::iter::once((question, &code_list)), table).is_ok()
        })
    };
    let keep: Vec<bool> = questions.iter().map(readable).collect();
    for (question, _) in found.questionnaire.questions.iter().zip(&keep).filter(|(_, keep)| !**keep) {
        found.left_out.push((
            question.id.clone(),
            Text::new("回答ファイルに列が見つかりません", "the response files have no column for it"),
        ));
    }
    retain(found, &keep);
}

/// Keeps some of the questions; skip rules follow, and one whose earlier question goes is told of.
fn retain(found: &mut Inferred, keep: &[bool]) {
    let new_place: Vec<Option<usize>> = keep
        .iter()
        .scan(0, |next, keep| {
            let place = keep.then_some(*next);
            *next += usize::from(*keep);
            Some(place)
        })
        .collect();
    let old = std::mem::take(&mut found.questionnaire.questions);
    let remarks = std::mem::take(&mut found.remarks);
    for ((mut question, mut remarks), keep) in old.into_iter().zip(remarks).zip(keep) {
        if !keep {
            continue;
        }
        if let Some(rule) = question.asked_if.take() {
            match rule.renumbered(&|question| new_place.get(question).copied().flatten()) {
                Some(rule) => question.asked_if = Some(rule),
                None => {
                    remarks.push(Remark::new(
                        RemarkKind::SkipRule,
                        "限定条件の設問が回答ファイルにないため、条件を外しました",
                        "the earlier question of its skip rule is not in the files; the rule was taken away",
                    ));
                }
            }
        }
        found.questionnaire.questions.push(question);
        found.remarks.push(remarks);
    }
}
