//! Where the answers to a question stand in a table: which columns, and how they are laid out.
//!
//! Columns are found by the question's id, its words, or the id with its words behind it (`問12 今後…`); the
//! columns of its options by what follows (`q_1`, `q-1`, `q.1`, `q/option`, `q[SQ001]`, `設問 [選択肢]`) or
//! by the second header row. Where none is found so, the names of groups before the id are passed over
//! (`group/q`, `group/sub/q/option`, `group.q`, `group-q`). Where a file has a dictionary of its own, a
//! variable's label serves where its name says nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::code::Code;
use crate::decode::code_list::CodeList;
use crate::decode::groups::{Parting, grouped};
use crate::decode::word::Tick;
use crate::error::{Diagnostic, Error, Result};
use crate::provenance::Place;
use crate::questionnaire::model::{Question, QuestionKind};
use crate::raw::{Column, Table};
use crate::text::Text;
use crate::text::spelling;
use crate::text::suggest;

/// The columns of a question (indices into the table's columns).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One column: a single answer, a number, words, or all marks joined.
    Whole(usize),
    /// One column an option: 0/1, ○, TRUE/FALSE, the label.
    Ticks(Vec<usize>),
    /// First mention, second mention …: each holds a code or a label. Also the several columns of a free
    /// text.
    Mentions(Vec<usize>),
}

impl Layout {
    pub(crate) fn columns(&self) -> &[usize] {
        match self {
            Layout::Whole(column) => std::slice::from_ref(column),
            Layout::Ticks(columns) | Layout::Mentions(columns) => columns,
        }
    }
}

/// The folded headers of a table.
pub(crate) struct Heads<'a> {
    table: &'a Table,
    heads: Vec<Head>,
}

struct Head {
    /// The header rows above the last, from the lowest up.
    above: Vec<String>,
    last: String,
    name: String,
    /// The lowest row as an item of the question above it, `質問 [項目]`; empty where there is one row or
    /// nothing below.
    item: String,
    /// What the file's dictionary says of the column.
    label: String,
}

impl<'a> Heads<'a> {
    pub(crate) fn of(table: &'a Table) -> Self {
        let heads = table.columns.iter().map(|column| {
            let above: Vec<String> = column.header.iter().rev().skip(1).map(|h| spelling::label(h)).collect();
            let last = column.header.last().map_or(String::new(), |h| unmarked(spelling::label(h)));
            let item =
                above.first().filter(|_| !last.is_empty()).map_or(String::new(), |a| format!("{a} [{last}]"));
            let label = table.label(column).map_or(String::new(), |l| unmarked(spelling::label(l)));
            Head { above, last, name: unmarked(spelling::label(&column.name())), item, label }
        });
        let heads = heads.collect();
        Self { table, heads }
    }

    fn place(&self, question: &Question) -> Place {
        Place::file(&self.table.digest.file).sheet(self.table.digest.sheet.as_deref()).question(&question.id)
    }

    /// Finds the columns of `question`; `ids` are the folded ids of all questions, so that `問1-2` is not
    /// taken for option 2 of `問1`, nor `問1 付問` for `問1` with its words, when it is a question of its
    /// own.
    pub(crate) fn locate(
        &self,
        question: &Question,
        code_list: &CodeList,
        ids: &BTreeSet<String>,
    ) -> Result<Layout> {
        if !question.columns.is_empty() {
            return self.named(question, code_list);
        }
        let error = match self.found(question, code_list, ids) {
            Ok(layout) => return Ok(layout),
            Err(error) => error,
        };
        // Two columns that could be it are not settled by a third one in a group.
        self.whole(question, ids)?;
        for parting in Parting::ALL {
            if let Some(inside) = self.in_group(question, code_list, ids, parting)? {
                return inside.found(question, code_list, ids);
            }
        }
        Err(error)
    }

    /// The columns that the headers name.
    fn found(&self, question: &Question, code_list: &CodeList, ids: &BTreeSet<String>) -> Result<Layout> {
        let many = matches!(question.kind, QuestionKind::Single(_) | QuestionKind::Multiple { .. });
        let whole = self.whole(question, ids)?;
        if let (Some(column), false) = (whole, matches!(question.kind, QuestionKind::Multiple { .. })) {
            return Ok(Layout::Whole(column));
        }
        if !many {
            return Err(self.missing(question, None).into());
        }
        let (options, numbered) = self.parts(question, code_list, ids);
        let found: Vec<usize> = options.iter().filter_map(|o| *o).collect();
        if !found.is_empty() && found.len() == options.len() {
            return Ok(self.ticks_or_mentions(question, code_list, found));
        }
        if let Some(column) = whole {
            return Ok(Layout::Whole(column));
        }
        let mentions: Vec<usize> = (1..).map_while(|n| numbered.get(&n).copied()).collect();
        if matches!(question.kind, QuestionKind::Multiple { .. })
            && !mentions.is_empty()
            && self.holds_codes(code_list, &mentions)
        {
            return Ok(Layout::Mentions(mentions));
        }
        let lacking = if found.is_empty() { None } else { options.iter().position(Option::is_none) };
        Err(self.missing(question, lacking).into())
    }

    /// The headers of the question where they bear the groups that it stands in, without those groups; all
    /// other headers blank. `None` when there are none.
    ///
    /// # Errors
    /// `answers::ambiguous-column`: the question stands in two groups.
    fn in_group(
        &self,
        question: &Question,
        code_list: &CodeList,
        ids: &BTreeSet<String>,
        parting: Parting,
    ) -> Result<Option<Heads<'a>>> {
        let id = spelling::label(&question.id);
        let find = |head: &str| {
            grouped(head, &id, ids, parting, |word| code_list.of_column(word).is_some())
                .map(|(group, own)| (group.to_owned(), own.to_owned()))
        };
        let mut groups: BTreeMap<String, usize> = BTreeMap::new();
        let mut heads = Vec::new();
        for (index, head) in self.heads.iter().enumerate() {
            let own = find(&head.last).or_else(|| find(&head.label)).map_or(String::new(), |(group, own)| {
                groups.entry(group).or_insert(index);
                own
            });
            heads.push(Head {
                above: Vec::new(),
                last: own.clone(),
                name: own,
                item: String::new(),
                label: String::new(),
            });
        }
        if groups.len() > 1 {
            let mut columns: Vec<usize> = groups.into_values().collect();
            columns.sort_unstable();
            return Err(self.ambiguous(question, &columns).into());
        }
        Ok((groups.len() == 1).then_some(Heads { table: self.table, heads }))
    }

    /// The columns that the questionnaire names.
    fn named(&self, question: &Question, code_list: &CodeList) -> Result<Layout> {
        let mut found = Vec::new();
        for name in &question.columns {
            let column = self.table.column(name).ok_or_else(|| Error::new(self.no_column(question, name)))?;
            found.extend(self.table.columns.iter().position(|c| std::ptr::eq(c, column)));
        }
        let options = question.categories().len();
        match (&question.kind, found.as_slice()) {
            (QuestionKind::Multiple { .. }, [_]) if options == 1 => Ok(Layout::Ticks(found)),
            (_, [one]) => Ok(Layout::Whole(*one)),
            (QuestionKind::Single(_), _) if found.len() == options => Ok(Layout::Ticks(found)),
            (QuestionKind::Multiple { .. }, _) if found.len() == options => {
                Ok(self.ticks_or_mentions(question, code_list, found))
            }
            (QuestionKind::Multiple { .. } | QuestionKind::Text, _) => Ok(Layout::Mentions(found)),
            (QuestionKind::Single(_) | QuestionKind::Number { .. }, _) => {
                let (id, given) = (&question.id, found.len());
                let message = Text::new(
                    format!(
                        "設問「{id}」の columns は1つ（単数回答で選択肢ごとの列なら選択肢の数 {options}）に\
                         してください（{given} あります）"
                    ),
                    format!(
                        "columns of \"{id}\" must name 1 column (or, for a single answer, one an option: \
                         {options}); it names {given}"
                    ),
                );
                Err(Diagnostic::new(Code::AnswersColumnCount, message).at(self.place(question)).into())
            }
        }
    }

    /// The one column that the question's id or words name, if there is one.
    fn whole(&self, question: &Question, ids: &BTreeSet<String>) -> Result<Option<usize>> {
        let own = spelling::label(&question.id);
        let elsewhere = |head: &Head| [&head.name, &head.last].iter().any(|h| **h != own && ids.contains(*h));
        let ranked =
            self.heads.iter().enumerate().filter(|(_, head)| !elsewhere(head)).filter_map(|(index, head)| {
                let rank = question_rank(&head.name, question)
                    .or_else(|| question_rank(&head.last, question))
                    .or_else(|| item_rank(head, question));
                // A two-row header with the question above and nothing below it.
                let above = head.above.iter().find(|a| !a.is_empty()).filter(|_| head.last.is_empty());
                let rank = rank.or_else(|| above.and_then(|a| question_rank(a, question)));
                rank.or_else(|| question_rank(&head.label, question).map(|rank| rank + 3))
                    .map(|rank| (rank, index))
            });
        let ranked: Vec<(u8, usize)> = ranked.collect();
        let best = ranked.iter().map(|(rank, _)| *rank).min();
        let at_best: Vec<usize> =
            ranked.iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, index)| *index).collect();
        match at_best.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            _ if matches!(question.kind, QuestionKind::Single(_) | QuestionKind::Multiple { .. })
                && best != Some(0) =>
            {
                Ok(None)
            }
            several => Err(self.ambiguous(question, several).into()),
        }
    }

    fn ambiguous(&self, question: &Question, several: &[usize]) -> Diagnostic {
        let names: Vec<String> = several
            .iter()
            .filter_map(|&i| self.table.columns.get(i))
            .map(|c| format!("{}（@{}）", c.name(), crate::raw::letters(c.position)))
            .collect();
        let message = Text::new(
            format!(
                "設問「{}」の列とみられるものが {} 列あります: {}",
                question.id,
                several.len(),
                names.join("、")
            ),
            format!("{} columns could be question \"{}\": {}", several.len(), question.id, names.join(", ")),
        );
        let help = Text::new(
            "調査票の columns に列を書いてください（列番号なら @AO の形）",
            "name the column under columns in the questionnaire (@AO for a column by its letters)",
        );
        Diagnostic::new(Code::AnswersAmbiguousColumn, message).at(self.place(question)).help(help)
    }

    /// For each option its column, and the columns that bear a number.
    fn parts(
        &self,
        question: &Question,
        code_list: &CodeList,
        ids: &BTreeSet<String>,
    ) -> (Vec<Option<usize>>, BTreeMap<i64, usize>) {
        let own = spelling::label(&question.id);
        let mut options: Vec<Option<usize>> = vec![None; question.categories().len()];
        let mut numbered = BTreeMap::new();
        for (index, head) in self.heads.iter().enumerate() {
            if [&head.name, &head.last].iter().any(|h| **h != own && ids.contains(*h)) {
                continue;
            }
            let below =
                head.above.iter().any(|a| question_rank(a, question).is_some()).then_some(head.last.as_str());
            let Some(rest) = below
                .or_else(|| [&head.last, &head.name, &head.label].iter().find_map(|h| part_of(h, question)))
            else {
                continue;
            };
            if let Some(n) = spelling::whole_number(rest) {
                numbered.entry(n).or_insert(index);
            }
            // Brackets around the whole part go, unless the label itself has them.
            let within =
                BRACKETS.iter().find_map(|(open, close)| rest.strip_prefix(*open)?.strip_suffix(*close));
            let option = code_list.of_column(rest).or_else(|| code_list.of_column(within?.trim()));
            if let Some(slot) = option.and_then(|k| options.get_mut(usize::from(k))) {
                slot.get_or_insert(index);
            }
        }
        (options, numbered)
    }

    /// `q_1`, `q_2` … as many as options: a column an option, or first mention, second mention …?
    ///
    /// They are mentions when their cells are codes and nothing else, when some code is not the column's own,
    /// and when rows with two marks hold different codes (two equal ones are two ticks).
    fn ticks_or_mentions(&self, question: &Question, code_list: &CodeList, columns: Vec<usize>) -> Layout {
        let is_multiple = matches!(question.kind, QuestionKind::Multiple { .. });
        if is_multiple && self.holds_codes(code_list, &columns) {
            Layout::Mentions(columns)
        } else {
            Layout::Ticks(columns)
        }
    }

    fn holds_codes(&self, code_list: &CodeList, columns: &[usize]) -> bool {
        let columns: Vec<&Column> = columns.iter().filter_map(|&c| self.table.columns.get(c)).collect();
        // For each distinct cell: the option whose code it is.
        let mut codes: Vec<Vec<Option<u16>>> = Vec::new();
        for (own, column) in (0u16..).zip(&columns) {
            let mut here = Vec::new();
            for cell in &column.values {
                let folded = spelling::label(&cell.text());
                let number = spelling::whole_number(&folded).and_then(|_| code_list.option(&folded));
                let word = code_list.forms.get(&folded).copied();
                match code_list.tick(cell, own) {
                    Tick::No => return false,
                    Tick::Yes(_) if number.is_none() && word.is_none() => return false,
                    _ => here.push(number.or(word)),
                }
            }
            codes.push(here);
        }
        let code = |row: usize, k: usize| {
            columns[k].rows.get(row).and_then(|v| codes[k].get(v as usize).copied().flatten())
        };
        let (mut ones, mut foreign, mut equal, mut distinct) = (0u64, 0u64, 0u64, 0u64);
        let one = code_list.option("1");
        for row in 0..self.table.row_count() {
            let here: Vec<(usize, u16)> =
                (0..columns.len()).filter_map(|k| code(row, k).map(|c| (k, c))).collect();
            let mut sorted: Vec<u16> = here.iter().map(|(_, c)| *c).collect();
            sorted.sort_unstable();
            sorted.dedup();
            ones += here.iter().filter(|(_, c)| Some(*c) == one).count() as u64;
            foreign += here.iter().filter(|(k, c)| Some(*c) != one && usize::from(*c) != *k).count() as u64;
            if here.len() >= 2 {
                if sorted.len() < here.len() { equal += 1 } else { distinct += 1 }
            }
        }
        foreign > 0 && (distinct > equal || (distinct == equal && foreign * 20 > ones))
    }

    fn no_column(&self, question: &Question, name: &str) -> Diagnostic {
        let same =
            self.table.columns.iter().filter(|c| spelling::label(&c.name()) == spelling::label(name)).count();
        let (ja, en) = if same > 1 {
            (
                format!("列「{name}」が {same} 列あります（設問「{}」）", question.id),
                format!("{same} columns are called \"{name}\" (question \"{}\")", question.id),
            )
        } else {
            (
                format!("列「{name}」がありません（設問「{}」）", question.id),
                format!("there is no column \"{name}\" (question \"{}\")", question.id),
            )
        };
        Diagnostic::new(Code::AnswersMissingColumn, Text::new(ja, en))
            .at(self.place(question))
            .help(self.near(&[name]))
    }

    fn missing(&self, question: &Question, lacking: Option<usize>) -> Diagnostic {
        let id = &question.id;
        let option = lacking.and_then(|k| question.categories().get(k));
        let message = match option {
            Some(option) => Text::new(
                format!("設問「{id}」の選択肢「{}」の列が見つかりません", option.label),
                format!("no column for option \"{}\" of question \"{id}\"", option.label),
            ),
            None => Text::new(
                format!("設問「{id}」の列が見つかりません"),
                format!("no column for question \"{id}\""),
            ),
        };
        let words: Vec<&str> = option
            .map(|o| o.label.as_str())
            .into_iter()
            .chain([id.as_str(), question.text.as_str()])
            .collect();
        Diagnostic::new(Code::AnswersMissingColumn, message).at(self.place(question)).help(self.near(&words))
    }

    fn near(&self, words: &[&str]) -> Text {
        let names: Vec<String> = self.table.columns.iter().map(|c| shorten(&c.name())).collect();
        let mut near: Vec<&str> = Vec::new();
        for word in words {
            for _ in 0..2 {
                let rest = names.iter().map(String::as_str).filter(|n| !near.contains(n));
                near.extend(suggest::nearest(word, rest));
            }
        }
        if near.is_empty() {
            near = names.iter().map(String::as_str).take(8).collect();
        }
        Text::new(
            format!("近い列名: {}。列名が違うときは調査票の columns に書いてください", near.join("、")),
            format!(
                "columns that come near: {}. Name the right one under columns in the questionnaire",
                near.join(", ")
            ),
        )
    }
}

/// How surely `head` is the head of `question`: 0 its id, 1 its words (with or without the id before), 2 its
/// id and other words behind it. `None` when it is not.
fn question_rank(head: &str, question: &Question) -> Option<u8> {
    let (id, text) = (spelling::label(&question.id), spelling::label(&question.text));
    if head == id {
        return Some(0);
    }
    let packed = |s: &str| s.replace(' ', "");
    let words = packed(head);
    let rest = words
        .strip_prefix(&packed(&id))
        .unwrap_or(&words)
        .trim_start_matches(['.', ':', '、', '_'])
        .to_owned();
    if !text.is_empty() && text != id && (head == text || rest == packed(&text)) {
        return Some(1);
    }
    let behind = head.strip_prefix(&id).filter(|_| !id.is_empty())?;
    let mut next = behind.chars();
    let closed = ends_itself(&id);
    match (next.next()?, next.next()) {
        (' ' | ':' | '、' | '。' | ')' | ']', _) => Some(2),
        ('.', after) if !after.is_some_and(|c| c.is_ascii_digit()) => Some(2),
        _ if closed => Some(2),
        _ => None,
    }
}

/// How surely `head` is the column of one item of a matrix, whose question bears the words `質問 [項目]` or
/// an id such as `問4s1`: question above item in two header rows, or the sub-question of LimeSurvey
/// (`問4[SQ001]`).
fn item_rank(head: &Head, question: &Question) -> Option<u8> {
    let words = question_rank(&head.item, question).filter(|rank| *rank <= 1);
    let id = spelling::label(&question.id);
    let sub_question = |name: &str| -> Option<bool> {
        let (matrix, item) = id.rsplit_once('s')?;
        let code = name.strip_prefix(matrix)?.strip_prefix("[SQ")?.strip_suffix(']')?;
        Some(spelling::whole_number(code)? == spelling::whole_number(item)?)
    };
    words.or_else(|| [&head.last, &head.label].iter().any(|h| sub_question(h) == Some(true)).then_some(0))
}

/// `問4▲s1` is `問4s1`.
fn unmarked(head: String) -> String {
    match head.split_once("▲s") {
        Some((matrix, item)) if item.starts_with(|c: char| c.is_ascii_digit()) => format!("{matrix}s{item}"),
        _ => head,
    }
}

/// What follows the question's id or words in a column's name: `q_1` → `1`, `q/opt` → `opt`, `q[SQ001]` →
/// `SQ001`.
fn part_of<'a>(head: &'a str, question: &Question) -> Option<&'a str> {
    for start in [spelling::label(&question.id), spelling::label(&question.text)] {
        let Some(rest) = head.strip_prefix(&start).filter(|r| !start.is_empty() && !r.is_empty()) else {
            continue;
        };
        let bare = rest.trim_start_matches(['_', '-', '.', '/', ' ', ':', '▲']);
        let part = bare.trim();
        // `q▲s1c2`: a digit, then c and the option's number.
        let numbered = start.ends_with(|c: char| c.is_ascii_digit())
            && rest.strip_prefix('c').is_some_and(|n| spelling::whole_number(n).is_some());
        let marked = numbered || !rest.starts_with(char::is_alphanumeric);
        if !part.is_empty() && (marked || ends_itself(&start)) {
            return Some(part);
        }
    }
    None
}

const BRACKETS: [(char, char); 4] = [('[', ']'), ('(', ')'), ('【', '】'), ('「', '」')];

/// Whether an id such as `[No.8]` shows by itself where it ends.
fn ends_itself(id: &str) -> bool {
    id.ends_with([']', ')', '】', '」', '>', '.', ':'])
}

/// A column's name, cut where it would fill the screen.
pub(crate) fn shorten(name: &str) -> String {
    let flat = spelling::label(name);
    if flat.chars().count() <= 40 { flat } else { flat.chars().take(39).chain(['…']).collect() }
}
