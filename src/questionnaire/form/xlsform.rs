//! XLSForm (Kobo, ODK): the sheets `survey` and `choices`.

use std::collections::BTreeMap;

use crate::code::Code;
use crate::error::{Error, Result};
use crate::provenance::Place;
use crate::questionnaire::form::relevant::{Shown, skip_rule};
use crate::questionnaire::form::{Draft, Drafting, categories, column, question, said};
use crate::questionnaire::model::{Category, QuestionKind};
use crate::raw::{Column, Table};
use crate::text::spelling;

/// Reads the sheets `survey` and `choices` of an XLSForm.
///
/// `select_one L`, `select_multiple L`, `integer`, `decimal`, `range` and `text` become questions; `relevant`
/// (of the question and the groups around it) becomes a skip rule as far as one can hold it (see `relevant`);
/// `constraint` of a number becomes its range, and `count-selected(.) <= k` the limit of marks. Labels are
/// those in Japanese where there are any, else the first ones.
///
/// # Errors
/// `answers::form`: a sheet without the columns `type`, `name` (`list_name`, `name`).
pub fn from_xlsform(survey: &Table, choices: &Table, title: &str) -> Result<Draft> {
    let needed = |table: &Table, names: &[&str], sheet: &str| -> Result<usize> {
        let found =
            column(table, names).and_then(|c| table.columns.iter().position(|other| std::ptr::eq(c, other)));
        found.ok_or_else(|| {
            let (name, ja) = (
                names.first().copied().unwrap_or(""),
                format!("XLSFormの{sheet}シートに列「{}」がありません", names.first().copied().unwrap_or("")),
            );
            Error::msg(
                Code::AnswersForm,
                ja,
                format!("the sheet {sheet} of the XLSForm has no column \"{name}\""),
            )
            .at(&Place::file(&table.digest.file))
        })
    };
    let (kind, name) = (
        &survey.columns[needed(survey, &["type"], "survey")?],
        &survey.columns[needed(survey, &["name"], "survey")?],
    );
    let lists = lists(
        choices,
        &choices.columns[needed(choices, &["list_name", "list name"], "choices")?],
        &choices.columns[needed(choices, &["name", "value"], "choices")?],
    );
    let (words, relevant, constraint) =
        (labels(survey), column(survey, &["relevant"]), column(survey, &["constraint"]));
    let mut drafting = Drafting::default();
    let required = column(survey, &["required"]);
    let mut shown: Vec<Shown> = Vec::new();
    let mut groups: Vec<String> = Vec::new();
    for row in 0..survey.row_count() {
        let (typed, id) = (said(Some(kind), row), said(Some(name), row));
        let mut parts = typed.split_whitespace();
        let (first, list) = (parts.next().unwrap_or("").to_lowercase(), parts.next().unwrap_or(""));
        let condition = said(relevant, row);
        match (first.as_str(), list) {
            ("begin_group" | "begin_repeat", _) | ("begin", "group" | "repeat") => groups.push(condition),
            ("end_group" | "end_repeat", _) | ("end", "group" | "repeat") => {
                groups.pop();
            }
            _ => {
                let place = survey.place(row, name).question(&id);
                let Some(kind) =
                    kind_of(&first, list, typed.contains("or_other"), &lists, &said(constraint, row))
                else {
                    if !SILENT.contains(&first.as_str()) && !first.is_empty() {
                        drafting.note(
                            Code::AnswersFormType,
                            &place,
                            format!("タイプ「{typed}」の項目は調査票に入れません"),
                            format!("items of type \"{typed}\" are not taken into the questionnaire"),
                        );
                    }
                    continue;
                };
                let mut question = question(&id, &said(words, row), kind);
                let conditions: Vec<&str> = groups
                    .iter()
                    .map(String::as_str)
                    .chain([condition.as_str()])
                    .filter(|c| !c.is_empty())
                    .collect();
                question.asked_if = skip_rule(&conditions, &drafting.questions, &shown);
                if !conditions.is_empty() && question.asked_if.is_none() {
                    let written = conditions.join(" and ");
                    drafting.warn(
                        Code::AnswersFormRule,
                        &place,
                        format!("限定条件を引き継げません: {written}。空欄は非該当でなく無回答と数えます"),
                        format!(
                            "the rule cannot be carried over: {written}. Blanks count as no answer, not as \
                             not asked"
                        ),
                    );
                }
                if !id.is_empty() && drafting.add(question, &place) {
                    let required =
                        ["yes", "true", "true()", "1"].contains(&said(required, row).to_lowercase().as_str());
                    shown.push(Shown { everyone: conditions.is_empty(), required });
                }
            }
        }
    }
    Ok(drafting.done(title))
}

/// Types that hold no answer.
const SILENT: [&str; 14] = [
    "note",
    "calculate",
    "start",
    "end",
    "today",
    "deviceid",
    "subscriberid",
    "simserial",
    "phonenumber",
    "username",
    "email",
    "audit",
    "hidden",
    "acknowledge",
];

fn kind_of(
    first: &str,
    list: &str,
    or_other: bool,
    lists: &BTreeMap<String, Vec<(String, String)>>,
    constraint: &str,
) -> Option<QuestionKind> {
    let options = |multiple: bool| -> Vec<Category> {
        let mut options = categories(lists.get(list).cloned().unwrap_or_default(), multiple);
        if or_other && !options.iter().any(|c| c.code == "other") {
            options.push(Category {
                code: "other".into(),
                label: "other".into(),
                dont_know: false,
                exclusive: false,
                free_text: true,
            });
        }
        options
    };
    match first {
        "select_one" => Some(QuestionKind::Single(options(false))),
        "select_multiple" => {
            Some(QuestionKind::Multiple { categories: options(true), max_marks: most_marks(constraint) })
        }
        "integer" => Some(QuestionKind::Number { range: range(constraint) }),
        "decimal" | "range" => Some(QuestionKind::Number {
            range: range(constraint).filter(|_| constraint.contains(">=") && constraint.contains("<=")),
        }),
        "text" => Some(QuestionKind::Text),
        _ => None,
    }
}

/// The column of labels: Japanese, plain, the first of any language.
fn labels(table: &Table) -> Option<&Column> {
    let head = |c: &&Column| c.header.last().map_or(String::new(), |h| spelling::label(h).to_lowercase());
    let of_a_language = || table.columns.iter().filter(|c| head(c).starts_with("label:"));
    let japanese = of_a_language()
        .find(|c| head(c).contains("(ja)") || head(c).contains("japanese") || head(c).contains("日本語"));
    japanese.or_else(|| column(table, &["label"])).or_else(|| of_a_language().next())
}

fn lists(choices: &Table, list: &Column, name: &Column) -> BTreeMap<String, Vec<(String, String)>> {
    let words = labels(choices);
    let mut lists: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in 0..choices.row_count() {
        lists
            .entry(said(Some(list), row))
            .or_default()
            .push((said(Some(name), row), spelling::label(&said(words, row))));
    }
    lists
}

/// `. >= 0 and . <= 120` as 0 to 120; of a whole number `. > 17` as 18. Both ends must be told.
fn range(constraint: &str) -> Option<std::ops::RangeInclusive<i64>> {
    let packed: String = constraint.chars().filter(|c| !c.is_whitespace()).collect();
    if packed.contains("or") {
        return None;
    }
    let (mut low, mut high) = (None, None);
    for part in packed.split("and") {
        let bare = part.trim_matches(['(', ')']).strip_prefix('.')?;
        let sign_end = bare.find(|c: char| c != '<' && c != '>' && c != '=')?;
        let (sign, number) = bare.split_at(sign_end);
        let number: i64 = number.parse().ok()?;
        match sign {
            ">=" => low = Some(number),
            ">" => low = Some(number.checked_add(1)?),
            "<=" => high = Some(number),
            "<" => high = Some(number.checked_sub(1)?),
            _ => return None,
        }
    }
    let (low, high) = (low?, high?);
    (low <= high).then_some(low..=high)
}

/// `count-selected(.) <= 3` as 3, where it stands by itself or joined by `and`.
fn most_marks(constraint: &str) -> Option<u32> {
    let packed: String = constraint.chars().filter(|c| !c.is_whitespace()).collect();
    if packed.contains(")or") {
        return None;
    }
    let (_, after) = packed.rsplit_once("count-selected(.)")?;
    let (less, number) =
        if let Some(n) = after.strip_prefix("<=") { (0, n) } else { (1, after.strip_prefix('<')?) };
    number.parse::<u32>().ok()?.checked_sub(less).filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use crate::questionnaire::form::xlsform::*;

    #[test]
    fn a_constraint_is_a_range_when_it_tells_both_ends() {
        assert_eq!(range(".>= 0 and .<=120"), Some(0..=120));
        assert_eq!(range(".> 17 and .< 120"), Some(18..=119));
        for text in ["", ".<= ${tot}", ". > 0", ".>0 or .<50", ".='yes'", ".>9 and .<3", "and"] {
            assert_eq!(range(text), None, "{text}");
        }
        assert_eq!(
            most_marks("not(selected(.,'dont_know') and count-selected(.)>1) and count-selected(.)<=3"),
            Some(3)
        );
        assert_eq!(most_marks("count-selected(.) < 3"), Some(2));
        assert_eq!(most_marks("(not(selected(., 'x'))) or count-selected(.) = 1"), None);
        assert_eq!(most_marks("count-selected(.)<=0"), None);
    }
}
