//! A table → the rows of a cleaning log.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::provenance::Place;
use crate::raw::{Column, Table};
use crate::text::Text;
use crate::text::spelling;

/// What a row of the log does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// 修正: the answer becomes another.
    Change,
    /// 無回答にする: the answer becomes a blank.
    Blank,
    /// 票を除く: the whole return leaves.
    Remove,
    /// 変更しない: looked at, not changed.
    Keep,
}

impl Action {
    /// All of them, in the order of the drop-down.
    pub const ALL: [Action; 4] = [Action::Change, Action::Blank, Action::Remove, Action::Keep];

    /// The word that a person chooses.
    pub fn text(self) -> Text {
        match self {
            Action::Change => Text::new("修正", "change"),
            Action::Blank => Text::new("無回答にする", "blank the answer"),
            Action::Remove => Text::new("票を除く", "remove the return"),
            Action::Keep => Text::new("変更しない", "no change"),
        }
    }

    /// The word of IMPACT's cleaning logs.
    pub fn name(self) -> &'static str {
        match self {
            Action::Change => "change_response",
            Action::Blank => "blank_response",
            Action::Remove => "remove_survey",
            Action::Keep => "no_action",
        }
    }

    fn of(word: &str) -> Option<Self> {
        let is = |action: &Action| {
            [action.name(), &action.text().ja, &action.text().en].iter().any(|w| spelling::label(w) == word)
        };
        Action::ALL.into_iter().find(is)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One row of a log, as a person left it; texts without blanks around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Where it stands in the log.
    pub place: Place,
    /// 調査, blank where the log does not say.
    pub survey: String,
    /// 調査回, blank where the log does not say.
    pub wave: String,
    /// 回答者番号
    pub respondent: String,
    /// ファイル
    pub file: String,
    /// シート
    pub sheet: String,
    /// 行
    pub row: Option<u64>,
    /// 設問
    pub question: String,
    /// 列
    pub column: String,
    /// 元の値
    pub old: String,
    /// 新しい値
    pub new: String,
    /// 対応
    pub action: Action,
    /// Whether a person wrote anything into the row: a blank one was looked at, but is asked again.
    pub filled_in: bool,
}

/// A cleaning log: its rows that say anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The file and sheet.
    pub place: Place,
    /// The rows, in the order of the file.
    pub rows: Vec<LogRow>,
}

/// What a column of the log holds, and the headers that say so.
const HEADERS: [(&str, &[&str]); 11] = [
    ("調査", &["調査", "survey"]),
    ("調査回", &["調査回", "wave"]),
    ("回答者番号", &["回答者番号", "整理番号", "x_uuid", "_uuid", "uuid", "respondent", "respondent_id"]),
    ("ファイル", &["ファイル", "file"]),
    ("シート", &["シート", "sheet"]),
    ("行", &["行", "row"]),
    ("設問", &["設問", "question", "questions"]),
    ("列", &["列", "column"]),
    ("元の値", &["元の値", "old_value"]),
    ("新しい値", &["新しい値", "new_value"]),
    ("理由", &["理由", "reason"]),
];

const KIND: [&str; 2] = ["対応", "change_type"];

struct Reader<'a> {
    table: &'a Table,
    respondent: Option<&'a str>,
}

impl<'a> Reader<'a> {
    fn column(&self, name: &str) -> Option<&'a Column> {
        let known: &[&str] = HEADERS.iter().find(|(n, _)| *n == name).map_or(&KIND, |(_, headers)| *headers);
        let head = |c: &Column| spelling::label(c.header.last().map_or("", String::as_str)).to_lowercase();
        let own =
            || self.respondent.filter(|_| name == "回答者番号").map(|r| spelling::label(r).to_lowercase());
        let by_name = known.iter().find_map(|wanted| self.table.columns.iter().find(|c| head(c) == *wanted));
        by_name.or_else(|| own().and_then(|own| self.table.columns.iter().find(|c| head(c) == own)))
    }
}

fn text(column: Option<&Column>, row: usize) -> String {
    column.map_or(String::new(), |c| c.cell(row).text().trim().to_owned())
}

/// Reads a log; `respondent` is the name of the respondents' column in the response files.
///
/// # Errors
/// All in one go: `answers::log-header` for a column that is missing; `answers::log-kind` for an unknown kind
/// of change, a change without a new value, and a new value where nothing is to be changed;
/// `answers::log-row` for a row number that is none.
pub fn read_log(table: &Table, respondent: Option<&str>) -> Result<Log> {
    let reader = Reader { table, respondent };
    let place = Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref());
    let mut mistakes = Vec::new();
    let mut need = |any: &[&str]| {
        if any.iter().all(|name| reader.column(name).is_none()) {
            let names = any.join("」か「");
            let message = Text::new(
                format!("修正記録に「{names}」の列がありません"),
                format!("the cleaning log has no column {}", any.join(" or ")),
            );
            let help = Text::new(
                "shihyo clean 計画 --export で作る表の見出しのままにしてください（英語の見出しなら \
                 respondent、question、old_value、new_value、change_type、reason）",
                "keep the headers that shihyo clean PLAN --export writes, or use respondent, question, \
                 old_value, new_value, change_type, reason",
            );
            mistakes.push(Diagnostic::new(Code::AnswersLogHeader, message).at(place.clone()).help(help));
        }
    };
    need(&["回答者番号", "行"]);
    need(&["設問", "列"]);
    need(&["元の値"]);
    need(&["新しい値", "対応"]);
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    let columns = HEADERS.map(|(name, _)| reader.column(name));
    let [survey, wave, respondent, file, sheet, row_column, question, column, old, new, reason] = columns;
    let kind_column = reader.column("対応");
    let mut rows = Vec::new();
    let mut mistakes = Vec::new();
    for row in 0..table.row_count() {
        let at = |c: Option<&Column>| {
            c.map_or_else(
                || place.clone().row(table.row_numbers.get(row).copied().unwrap_or_default()),
                |c| table.place(row, c),
            )
        };
        let (kind, new_value) = (text(kind_column, row), text(new, row));
        let said = [respondent, file, row_column, question, column, old]
            .iter()
            .any(|c| !spelling::is_blank(&text(*c, row)));
        if !said && spelling::is_blank(&kind) && spelling::is_blank(&new_value) {
            continue;
        }
        let action = match action(&kind, &new_value) {
            Ok(action) => action,
            Err((message, help)) => {
                mistakes.push(
                    Diagnostic::new(Code::AnswersLogKind, message).at(at(kind_column.or(new))).help(help),
                );
                continue;
            }
        };
        let number = text(row_column, row);
        let number = match spelling::whole_number(&spelling::label(&number)) {
            Some(n) if n > 0 => Some(n.unsigned_abs()),
            None if number.is_empty() => None,
            _ => {
                let message = Text::new(
                    format!("行の番号「{number}」が読めません"),
                    format!("\"{number}\" is no row number"),
                );
                mistakes.push(Diagnostic::new(Code::AnswersLogRow, message).at(at(row_column)));
                continue;
            }
        };
        rows.push(LogRow {
            place: at(None),
            survey: text(survey, row),
            wave: text(wave, row),
            respondent: text(respondent, row),
            file: text(file, row),
            sheet: text(sheet, row),
            row: number,
            question: text(question, row),
            column: text(column, row),
            old: text(old, row),
            action,
            filled_in: [&kind, &new_value, &text(reason, row)].iter().any(|t| !spelling::is_blank(t)),
            new: new_value,
        });
    }
    Error::all(mistakes).map_or(Ok(Log { place, rows }), Err)
}

/// What the kind and the new value together ask for; else what is wrong, and what to do.
fn action(kind: &str, new: &str) -> Result<Action, (Text, Text)> {
    let (folded, blank) = (spelling::label(kind).to_lowercase(), spelling::is_blank(new));
    if folded.is_empty() {
        return Ok(if blank { Action::Keep } else { Action::Change });
    }
    let Some(action) = Action::of(&folded) else {
        let words = Action::ALL.map(|a| format!("「{}」", a.text().ja)).join("、");
        let names = Action::ALL.map(Action::name).join(", ");
        return Err((
            Text::new(
                format!("対応「{kind}」はありません"),
                format!("there is no kind of change \"{kind}\""),
            ),
            Text::new(format!("{words} のどれかを選んでください"), format!("choose one of {names}")),
        ));
    };
    match (action, blank) {
        (Action::Change, true) => Err((
            Text::new("対応が「修正」なのに、新しい値がありません", "a change without a new value"),
            Text::new(
                "新しい値を書くか、対応を「無回答にする」か「変更しない」にしてください",
                "give a new value, or choose blank_response or no_action",
            ),
        )),
        (Action::Blank | Action::Remove | Action::Keep, false)
            if !(action == Action::Blank && is_no_answer(new)) =>
        {
            Err((
                Text::new(
                    format!("対応が「{}」なのに、新しい値「{new}」があります", action.text().ja),
                    format!("{} with a new value, \"{new}\"", action.name()),
                ),
                Text::new(
                    "新しい値を消すか、対応を「修正」にしてください",
                    "take the new value away, or choose change_response",
                ),
            ))
        }
        _ => Ok(action),
    }
}

/// The word for a blank in the drop-down of options.
pub(crate) fn is_no_answer(word: &str) -> bool {
    ["無回答", "no answer"].contains(&spelling::label(word).to_lowercase().as_str())
}
