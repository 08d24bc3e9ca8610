//! The tables of a wave, looked up as a log speaks of them: returns by id and place, answers by question and
//! column.

use std::collections::{BTreeMap, BTreeSet};

use crate::code::Code;
use crate::decode::code_list::CodeList;
use crate::decode::locate::{Heads, Layout};
use crate::decode::word::{Tick, Word};
use crate::edits::log::LogRow;
use crate::edits::same;
use crate::edits::same::Reading;
use crate::error::{Diagnostic, Result};
use crate::questionnaire::model::{Question, Questionnaire};
use crate::raw::{Cell, Column, Table};
use crate::text::spelling;
use crate::text::suggest;
use crate::text::{Lang, Text};

/// A row of a table: index of the table, data row.
pub(crate) type Return = (usize, usize);

/// What a log row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// One cell: its column, and the question that it belongs to.
    Cell(usize, Option<usize>),
    /// The answer to a question that several columns say together.
    Answer(usize, Vec<usize>),
}

pub(crate) struct Index<'a> {
    /// The questions that were asked.
    pub(crate) questions: &'a [Question],
    /// The derived variables, which no log can change.
    derived: &'a [Question],
    pub(crate) tables: &'a [Table],
    code_lists: Vec<CodeList>,
    layouts: Vec<Vec<Option<Layout>>>,
    /// For each column of each table the question that it belongs to.
    owners: Vec<Vec<Option<usize>>>,
    ids: Option<Vec<Option<&'a Column>>>,
    by_id: BTreeMap<String, Vec<Return>>,
}

impl<'a> Index<'a> {
    pub(crate) fn of(
        questionnaire: &'a Questionnaire,
        tables: &'a [Table],
        respondent: Option<&str>,
    ) -> Self {
        let questions = questionnaire.asked();
        let derived = questionnaire.questions.get(questions.len()..).unwrap_or_default();
        let code_lists: Vec<CodeList> = questions.iter().map(CodeList::of).collect();
        let names: BTreeSet<String> = questions.iter().map(|q| spelling::label(&q.id)).collect();
        let located = |table: &Table| -> Vec<Option<Layout>> {
            let heads = Heads::of(table);
            questions
                .iter()
                .zip(&code_lists)
                .map(|(q, code_list)| heads.locate(q, code_list, &names).ok())
                .collect()
        };
        let layouts: Vec<Vec<Option<Layout>>> = tables.iter().map(located).collect();
        let owner = |(table, found): (&Table, &Vec<Option<Layout>>)| {
            let mut owners = vec![None; table.columns.len()];
            for (q, layout) in found.iter().enumerate() {
                for &column in layout.iter().flat_map(|l| l.columns()) {
                    owners.get_mut(column).into_iter().for_each(|slot| *slot = Some(q));
                }
            }
            owners
        };
        let owners = tables.iter().zip(&layouts).map(owner).collect();
        let ids: Option<Vec<Option<&Column>>> =
            respondent.map(|name| tables.iter().map(|t| t.column(name)).collect());
        let mut by_id: BTreeMap<String, Vec<Return>> = BTreeMap::new();
        for (t, column) in ids.iter().flatten().enumerate() {
            let Some(column) = column else { continue };
            let folded: Vec<String> = column.values.iter().map(|c| spelling::code(&c.text())).collect();
            for (row, value) in column.rows.iter().enumerate() {
                if let Some(id) = folded.get(value as usize).filter(|id| !id.is_empty()) {
                    by_id.entry(id.clone()).or_default().push((t, row));
                }
            }
        }
        Self { questions, derived, tables, code_lists, layouts, owners, ids, by_id }
    }

    /// The respondent's id at a place, as it stands there; blank where there is none.
    pub(crate) fn id(&self, (t, row): Return) -> String {
        let column = self.ids.as_ref().and_then(|ids| ids.get(t).copied().flatten());
        column.map_or(String::new(), |c| text(c, row))
    }

    /// The column of respondents' ids of a table.
    pub(crate) fn id_column(&self, t: usize) -> Option<&'a Column> {
        self.ids.as_ref().and_then(|ids| ids.get(t).copied().flatten())
    }

    /// The return that a log row speaks of.
    ///
    /// # Errors
    /// `answers::log-file`, `answers::log-respondent`, `answers::log-respondent-twice`.
    pub(crate) fn find(&self, row: &LogRow) -> Result<Return> {
        let tables: Vec<usize> = (0..self.tables.len()).filter(|&t| self.is_file(t, row)).collect();
        if tables.is_empty() {
            let known: Vec<&str> = self.tables.iter().map(|t| t.digest.file.as_str()).collect();
            let message = Text::new(
                format!("ファイル「{}」はこの調査回の回答ファイルではありません", row.file),
                format!("\"{}\" is no response file of this wave", row.file),
            );
            let help = Text::new(
                format!("回答ファイル: {}", known.join("、")),
                format!("its response files: {}", known.join(", ")),
            );
            return Err(Diagnostic::new(Code::AnswersLogFile, message).help(help).into());
        }
        let id = spelling::code(&row.respondent);
        let at_place: Vec<Return> = tables
            .iter()
            .filter_map(|&t| Some((t, self.tables.get(t)?.row_numbers.binary_search(&row.row?).ok()?)))
            .collect();
        let fits: Vec<Return> = at_place
            .iter()
            .copied()
            .filter(|&place| self.ids.is_none() || spelling::code(&self.id(place)) == id)
            .collect();
        if let [one] = fits.as_slice() {
            return Ok(*one);
        }
        if id.is_empty() || self.ids.is_none() {
            let message = match (row.row, at_place.first()) {
                (Some(_), Some(&place)) if fits.is_empty() => {
                    let id = self.id(place);
                    Text::new(
                        format!("回答者番号のない行のはずが、その行は回答者番号「{id}」です"),
                        format!("the log says a row without an id, but that row has the id \"{id}\""),
                    )
                }
                (Some(number), None) => Text::new(
                    format!("{number}行目は回答ファイルにありません"),
                    format!("the response files have no row {number}"),
                ),
                _ => Text::new(
                    "どの票か分かりません（回答者番号も、ファイルと行もありません）",
                    "which return? There is no respondent id, nor a file and row",
                ),
            };
            let help = Text::new(
                "回答者番号か、ファイルと行を書いてください（回答者番号は計画の respondent の列で探します）",
                "give the respondent's id, or the file and row (ids are looked up in the column that the \
                 plan names as respondent)",
            );
            return Err(Diagnostic::new(Code::AnswersLogRespondent, message).help(help).into());
        }
        let stands: Vec<Return> =
            self.by_id.get(&id).into_iter().flatten().copied().filter(|(t, _)| tables.contains(t)).collect();
        let name = &row.respondent;
        match stands.as_slice() {
            [one] => Ok(*one),
            [] => {
                let mut diagnostic = Diagnostic::new(
                    Code::AnswersLogRespondent,
                    Text::new(
                        format!("回答者番号「{name}」はありません"),
                        format!("there is no respondent \"{name}\""),
                    ),
                );
                diagnostic.help = Some(Text::new(
                    "回答ファイルが差し替えられていないか、番号の書きまちがいがないか確かめてください",
                    "see whether the response file was replaced, or the id mistyped",
                ));
                Err(diagnostic.into())
            }
            several => {
                let places = |lang| {
                    several.iter().map(|&p| self.place_words(p, lang)).collect::<Vec<_>>().join(" ｜ ")
                };
                let message = Text::new(
                    format!(
                        "回答者番号「{name}」が {} 回あり、どの票か分かりません: {}",
                        several.len(),
                        places(Lang::Ja)
                    ),
                    format!(
                        "respondent \"{name}\" stands {} times, so which return is meant? {}",
                        several.len(),
                        places(Lang::En)
                    ),
                );
                let help =
                    Text::new("修正記録にファイルと行を書いてください", "give the file and row in the log");
                Err(Diagnostic::new(Code::AnswersLogRespondentTwice, message).help(help).into())
            }
        }
    }

    fn place_words(&self, (t, row): Return, lang: Lang) -> String {
        let place = self.tables.get(t).zip(self.id_column(t)).map(|(table, column)| table.place(row, column));
        place.map_or(String::new(), |p| p.words(lang))
    }

    /// Whether the log row may mean table `t`: by the file's whole name or its last part, and by the sheet.
    fn is_file(&self, t: usize, row: &LogRow) -> bool {
        let Some(digest) = self.tables.get(t).map(|t| &t.digest) else { return false };
        let last = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or("").to_owned();
        let file = row.file.is_empty() || digest.file == row.file || last(&digest.file) == last(&row.file);
        file && (row.sheet.is_empty()
            || digest.sheet.as_deref().is_none_or(|s| spelling::label(s) == spelling::label(&row.sheet)))
    }

    /// What a log row is about in table `t`; `None` where it names neither question nor column.
    ///
    /// # Errors
    /// `answers::log-question`, with the nearest names.
    pub(crate) fn target(&self, row: &LogRow, t: usize) -> Result<Option<Target>> {
        let Some(table) = self.tables.get(t) else { return Ok(None) };
        let position = |name: &str| {
            table.column(name).and_then(|c| table.columns.iter().position(|other| std::ptr::eq(c, other)))
        };
        let wanted = spelling::label(&row.question);
        let question =
            self.questions.iter().position(|q| !wanted.is_empty() && spelling::label(&q.id) == wanted);
        if !row.column.is_empty() {
            if let Some(q) = question
                && let Some(Target::Answer(q, columns)) = self.answer(t, q)
                && spelling::label(&self.span(t, &columns)) == spelling::label(&row.column)
            {
                return Ok(Some(Target::Answer(q, columns)));
            }
            let Some(column) = position(&row.column) else {
                return Err(self.unknown(&row.column, table).into());
            };
            let owner = self.owner(t, column);
            if let (Some(q), false) = (question, owner == question) {
                let (column, id) = (&row.column, self.questions.get(q).map_or("", |q| &q.id));
                let message = Text::new(
                    format!("列「{column}」は設問「{id}」の列ではありません"),
                    format!("column \"{column}\" does not belong to question \"{id}\""),
                );
                return Err(Diagnostic::new(Code::AnswersLogQuestion, message).into());
            }
            return Ok(Some(Target::Cell(column, owner)));
        }
        if wanted.is_empty() {
            return Ok(None);
        }
        if let Some(derived) = self.derived.iter().find(|q| spelling::label(&q.id) == wanted) {
            return Err(self.not_to_change(derived).into());
        }
        if let Some(target) = question.and_then(|q| self.answer(t, q)) {
            return Ok(Some(target));
        }
        match position(&row.question) {
            Some(column) => Ok(Some(Target::Cell(column, self.owner(t, column)))),
            None => Err(self.unknown(&row.question, table).into()),
        }
    }

    /// A derived variable is changed by changing the answers that it is made of.
    fn not_to_change(&self, derived: &Question) -> Diagnostic {
        let id = &derived.id;
        let sources = derived.derivation.iter().flat_map(|derivation| derivation.sources());
        let names: Vec<&str> = sources
            .filter_map(|q| self.questions.iter().chain(self.derived).nth(q))
            .map(|q| q.id.as_str())
            .collect();
        let message = Text::new(
            format!("「{id}」は派生変数で、回答ファイルにありません"),
            format!("\"{id}\" is a derived variable and stands in no response file"),
        );
        let help = Text::new(
            format!("もとの設問（{}）の回答を直してください", names.join("、")),
            format!("change the answers that it is made of ({})", names.join(", ")),
        );
        Diagnostic::new(Code::AnswersLogQuestion, message).help(help)
    }

    fn unknown(&self, name: &str, table: &Table) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(
            Code::AnswersLogQuestion,
            Text::new(
                format!("「{name}」という設問も列もありません"),
                format!("there is no question or column \"{name}\""),
            ),
        );
        let names: Vec<String> = self
            .questions
            .iter()
            .map(|q| q.id.clone())
            .chain(table.columns.iter().map(Column::name))
            .collect();
        diagnostic.help = suggest::did_you_mean(name, names.iter().map(String::as_str));
        diagnostic
    }

    /// The question that a column belongs to.
    pub(crate) fn owner(&self, t: usize, column: usize) -> Option<usize> {
        self.owners.get(t).and_then(|o| o.get(column)).copied().flatten()
    }

    /// Where the answer to question `q` stands in table `t`.
    pub(crate) fn answer(&self, t: usize, q: usize) -> Option<Target> {
        match self.layout(t, q)?.columns() {
            [] => None,
            [one] => Some(Target::Cell(*one, Some(q))),
            several => Some(Target::Answer(q, several.to_vec())),
        }
    }

    pub(crate) fn layout(&self, t: usize, q: usize) -> Option<&Layout> {
        self.layouts.get(t)?.get(q)?.as_ref()
    }

    pub(crate) fn code_list(&self, q: usize) -> Option<&CodeList> {
        self.code_lists.get(q)
    }

    /// The columns of an answer in words: `問3_1～問3_7`.
    pub(crate) fn span(&self, t: usize, columns: &[usize]) -> String {
        let name = |c: Option<&usize>| {
            c.and_then(|&c| self.tables.get(t)?.columns.get(c))
                .map_or(String::new(), |c| c.name().trim().to_owned())
        };
        format!("{}～{}", name(columns.first()), name(columns.last()))
    }

    /// How the cells of a column are read.
    pub(crate) fn reading(&self, t: usize, column: usize, q: Option<usize>) -> Reading<'_> {
        let Some((layout, code_list)) = q.and_then(|q| Some((self.layout(t, q)?, self.code_list(q)?))) else {
            return Reading::Plain;
        };
        if q.and_then(|q| self.questions.get(q)).is_none_or(|q| q.categories().is_empty()) {
            return Reading::Plain;
        }
        match layout {
            Layout::Whole(_) | Layout::Mentions(_) => Reading::Options(code_list),
            Layout::Ticks(columns) => {
                match columns.iter().position(|&c| c == column).and_then(|k| u16::try_from(k).ok()) {
                    Some(own) => Reading::Mark(code_list, own),
                    None => Reading::Plain,
                }
            }
        }
    }

    /// The options that several columns say together, as bits; `None` where some cell says nothing known.
    pub(crate) fn marks(&self, t: usize, row: usize, q: usize) -> Option<u128> {
        let (layout, code_list, table) = (self.layout(t, q)?, self.code_list(q)?, self.tables.get(t)?);
        let mut bits = 0;
        for (own, &column) in (0u16..).zip(layout.columns()) {
            let cell = table.columns.get(column).map(|c| c.cell(row)).unwrap_or(&Cell::Empty);
            let marked = match layout {
                Layout::Ticks(_) => match code_list.tick(cell, own) {
                    Tick::Yes(k) => Some(k),
                    Tick::Unknown(_) | Tick::Unreadable(_) | Tick::Date(_) => return None,
                    Tick::Blank | Tick::NoAnswer | Tick::NotAsked | Tick::No => None,
                },
                Layout::Whole(_) | Layout::Mentions(_) => match code_list.single(cell) {
                    Word::Option(k) => Some(k),
                    Word::NoAnswer | Word::NotAsked => None,
                    Word::Options(_)
                    | Word::Ambiguous(_)
                    | Word::Unknown(_)
                    | Word::Unreadable(_)
                    | Word::Date { .. } => return None,
                },
            };
            bits |= marked.and_then(|k| 1u128.checked_shl(u32::from(k))).unwrap_or(0);
        }
        Some(bits)
    }

    /// The codes of the options in `bits`: `1,3`.
    pub(crate) fn codes(&self, q: usize, bits: u128) -> String {
        let categories = self.questions.get(q).map_or(&[][..], |q| q.categories());
        let marked =
            (0u32..).zip(categories).filter(|(k, _)| bits.checked_shr(*k).is_some_and(|b| b & 1 == 1));
        marked.map(|(_, c)| c.code.as_str()).collect::<Vec<_>>().join(",")
    }

    /// What stands at a target: one cell's text, or the codes of the marks (the cells' texts where they are
    /// no marks).
    pub(crate) fn value(&self, (t, row): Return, target: &Target) -> String {
        let cell = |c: usize| {
            self.tables.get(t).and_then(|table| table.columns.get(c)).map_or(String::new(), |c| text(c, row))
        };
        match target {
            Target::Cell(column, _) => cell(*column),
            Target::Answer(q, columns) => match self.marks(t, row, *q) {
                Some(bits) => self.codes(*q, bits),
                None => columns
                    .iter()
                    .map(|&c| cell(c))
                    .filter(|t| !spelling::is_blank(t))
                    .collect::<Vec<_>>()
                    .join("、"),
            },
        }
    }

    /// Whether the log's old value is what stands at the target.
    pub(crate) fn is_old(&self, place: Return, target: &Target, old: &str) -> bool {
        let now = self.value(place, target);
        match target {
            Target::Cell(column, q) => same::same(old, &now, self.reading(place.0, *column, *q)),
            Target::Answer(q, _) => {
                self.code_list(*q).is_some_and(|code_list| same::same(old, &now, Reading::Options(code_list)))
            }
        }
    }
}

/// A cell's text without blanks around it.
fn text(column: &Column, row: usize) -> String {
    if row < column.rows.len() { column.cell(row).text().trim().to_owned() } else { String::new() }
}
