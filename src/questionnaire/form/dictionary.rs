//! The dictionary inside an SPSS file: labels, user-missing values, multiple-response sets.

use std::collections::BTreeSet;

use crate::code::Code;
use crate::error::{Error, Result};
use crate::provenance::Place;
use crate::questionnaire::form::{Draft, Drafting, categories, question};
use crate::questionnaire::model::{Question, QuestionKind};
use crate::raw::{Cell, Column, MultipleResponse, MultipleResponseKind, Table, Variable};
use crate::text::spelling;

/// A scale of so many steps may have labels at its ends only; with more steps it is a number.
const LONGEST_SCALE: usize = 20;

/// The questionnaire that the file's own dictionary describes.
///
/// A variable with value labels is a single answer, a set a multiple answer, other numbers and texts are
/// such. User-missing values (those of ranges, as far as they occur or have a label) are 無回答; a label
/// 非該当 makes its code 非該当. Dates, and the variable that weights the cases, are left out.
///
/// # Errors
/// `answers::form`: a file without a dictionary.
pub fn from_dictionary(table: &Table, title: &str) -> Result<Draft> {
    let Some(dictionary) = &table.dictionary else {
        let error = Error::msg(
            Code::AnswersForm,
            "このファイルには変数の説明(値ラベルなど)がありません",
            "this file has no dictionary of its own",
        );
        return Err(error.at(&Place::file(&table.digest.file)));
    };
    let none = Variable::default();
    let variable = |name: &str| dictionary.variables.get(name).unwrap_or(&none);
    let mut drafting = Drafting::default();
    let mut sets: Vec<(&MultipleResponse, Question)> = Vec::new();
    for set in &dictionary.multiple_response {
        let place = Place::file(&table.digest.file).question(&set.name);
        match of_set(table, set, &variable) {
            Some(question) => sets.push((set, question)),
            None => drafting.warn(
                Code::AnswersFormSet,
                &place,
                format!(
                    "多重回答グループ「{}」の数え方(カウント値)を引き継げません。列ごとの設問として読みます",
                    set.name
                ),
                format!(
                    "the counted value of the multiple-response set \"{}\" cannot be carried over; its \
                     columns are read one by one",
                    set.name
                ),
            ),
        }
    }
    let mut told = BTreeSet::new();
    for column in &table.columns {
        let name = column.name();
        let place = Place::file(&table.digest.file).column(&name);
        if dictionary.weight.as_deref() == Some(name.as_str()) {
            drafting.note(
                Code::AnswersFormWeight,
                &place,
                format!("「{name}」はウエイト変数のため、設問にしません"),
                format!("\"{name}\" weights the cases and is no question"),
            );
            continue;
        }
        if let Some((at, (_, question))) =
            sets.iter().enumerate().find(|(_, (set, _))| set.columns.contains(&name))
        {
            if told.insert(at) {
                drafting.add(question.clone(), &place);
            }
            continue;
        }
        if column.values.iter().any(|c| matches!(c, Cell::Date(_))) {
            drafting.note(
                Code::AnswersFormType,
                &place,
                format!("日付の列「{name}」は設問にしません"),
                format!("the dates of \"{name}\" are no question"),
            );
            continue;
        }
        drafting.add(of_variable(column, &name, variable(&name)), &place);
    }
    Ok(drafting.done(title))
}

/// The set's question; `None` where what it counts cannot be said.
fn of_set<'a>(
    table: &Table,
    set: &MultipleResponse,
    variable: &impl Fn(&str) -> &'a Variable,
) -> Option<Question> {
    let words = set.label.clone().unwrap_or_default();
    let (pairs, counted_one): (Vec<(String, String)>, bool) = match &set.kind {
        MultipleResponseKind::Dichotomies(counted) => {
            let label = |name: &String| variable(name).label.clone().unwrap_or_else(|| name.clone());
            (
                (1..)
                    .zip(&set.columns)
                    .map(|(k, name)| (k.to_string(), spelling::label(&label(name))))
                    .collect(),
                *counted == Cell::Number(1.0),
            )
        }
        MultipleResponseKind::Categories => {
            (labelled(set.columns.iter().flat_map(|name| &variable(name).value_labels)), true)
        }
    };
    if !counted_one || pairs.is_empty() {
        return None;
    }
    let mut missing = Vec::new();
    for name in &set.columns {
        missing.extend(missing_codes(table.columns.iter().find(|c| c.name() == *name), variable(name)));
    }
    missing.sort();
    missing.dedup();
    let pairs = pairs.into_iter().filter(|(code, _)| {
        matches!(set.kind, MultipleResponseKind::Dichotomies(_)) || !missing.contains(code)
    });
    let mut question = question(
        &set.name,
        &words,
        QuestionKind::Multiple { categories: categories(pairs, true), max_marks: None },
    );
    question.columns.clone_from(&set.columns);
    question.no_answer = without_options(missing, &question);
    Some(question)
}

/// A missing code cannot be an option's too: where it is (the options of 0/1 columns are numbered here), the
/// option stays.
fn without_options(missing: Vec<String>, question: &Question) -> Vec<String> {
    missing.into_iter().filter(|code| question.category(code).is_none()).collect()
}

fn of_variable(column: &Column, name: &str, variable: &Variable) -> Question {
    let words = variable.label.as_deref().unwrap_or("");
    let mut pairs = labelled(&variable.value_labels);
    let not_asked: Vec<String> =
        pairs.iter().filter(|(_, label)| label == "非該当").map(|(code, _)| code.clone()).collect();
    let mut missing = missing_codes(Some(column), variable);
    missing.retain(|code| !not_asked.contains(code));
    pairs.retain(|(code, _)| !missing.contains(code));
    pairs.retain(|(code, _)| !not_asked.contains(code));
    let known: BTreeSet<String> = pairs
        .iter()
        .map(|(code, _)| code.clone())
        .chain(missing.iter().cloned())
        .chain(not_asked.iter().cloned())
        .collect();
    let bare: Vec<&Cell> =
        column.values.iter().filter(|c| **c != Cell::Empty && !known.contains(&c.text())).collect();
    let steps = bare.iter().all(|c| matches!(c, Cell::Number(x) if x.fract() == 0.0))
        && bare.len() + pairs.len() <= LONGEST_SCALE;
    let kind = if !pairs.is_empty() && (bare.is_empty() || steps) {
        let mut numbers: Vec<f64> =
            bare.iter().filter_map(|c| if let Cell::Number(x) = c { Some(*x) } else { None }).collect();
        numbers.sort_by(f64::total_cmp);
        pairs.extend(numbers.iter().map(|x| (format!("{x}"), format!("{x}"))));
        QuestionKind::Single(categories(pairs, false))
    } else if bare.iter().any(|c| matches!(c, Cell::Text(_))) {
        QuestionKind::Text
    } else {
        QuestionKind::Number { range: None }
    };
    let mut question = question(name, words, kind);
    question.no_answer = without_options(missing, &question);
    question.not_asked = not_asked;
    question
}

fn labelled<'a>(labels: impl IntoIterator<Item = &'a (Cell, String)>) -> Vec<(String, String)> {
    labels.into_iter().map(|(value, label)| (value.text(), spelling::label(label))).collect()
}

/// The codes that the file's author declared missing: single values, and of the ranges those that occur or
/// have a label.
fn missing_codes(column: Option<&Column>, variable: &Variable) -> Vec<String> {
    let labelled = variable.value_labels.iter().map(|(value, _)| value);
    let met = labelled.chain(column.into_iter().flat_map(|c| &c.values)).filter(|c| variable.is_missing(c));
    let mut codes: Vec<String> = variable.missing_values.iter().chain(met).map(Cell::text).collect();
    codes.sort();
    codes.dedup();
    codes
}
