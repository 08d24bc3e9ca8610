//! What a new value writes into which cells, if the question can take it.

use crate::decode::code_list::CodeList;
use crate::decode::columns;
use crate::decode::locate::Layout;
use crate::decode::word::{Tick, Word};
use crate::edits::index::{Index, Target};
use crate::edits::log::is_no_answer;
use crate::edits::same;
use crate::questionnaire::model::{Question, QuestionKind};
use crate::raw::{Cell, Column};
use crate::text::Text;
use crate::text::spelling;

/// What becomes of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Settled {
    /// Its cells are emptied.
    Blank(Vec<usize>),
    /// These cells are written: columns and what stands in them.
    Written(Vec<(usize, Cell)>),
}

/// The cells that `new` writes at `target` in table `t`; else why it cannot stand there.
pub(crate) fn settle(index: &Index<'_>, t: usize, target: &Target, new: &str) -> Result<Settled, Text> {
    let of = |q: usize| index.questions.get(q).zip(index.code_list(q)).zip(index.layout(t, q));
    match target {
        Target::Cell(column, q) => {
            let known = q.and_then(of);
            if is_no_answer(new)
                && known.is_none_or(|((_, code_list), _)| code_list.option(&spelling::label(new)).is_none())
            {
                return Ok(Settled::Blank(vec![*column]));
            }
            let cell = Cell::Text(new.into());
            if let Some(((question, code_list), layout)) = known {
                fits(question, code_list, layout, *column, &cell)?;
            }
            Ok(Settled::Written(vec![(*column, cell)]))
        }
        Target::Answer(q, columns) => {
            let Some(((question, code_list), layout)) = of(*q) else {
                return Ok(Settled::Written(Vec::new()));
            };
            if question.kind == QuestionKind::Text {
                return Err(Text::new(
                    "記述が複数の列にあるので、列を書いてください",
                    "the words stand in several columns: name the column",
                ));
            }
            if is_no_answer(new) && code_list.option(&spelling::label(new)).is_none() {
                return Ok(Settled::Blank(columns.clone()));
            }
            let Some(bits) = same::options(new, code_list) else { return Err(no_option(question, new)) };
            if matches!(question.kind, QuestionKind::Single(_)) && bits.count_ones() > 1 {
                return Err(Text::new(
                    format!("単数回答に2つ以上の値「{new}」は書けません"),
                    format!("a single answer cannot be \"{new}\""),
                ));
            }
            let sources: Vec<Option<&Column>> =
                columns.iter().map(|&c| index.tables.get(t).and_then(|table| table.columns.get(c))).collect();
            let cells = match layout {
                Layout::Ticks(_) => ticks(code_list, &sources, bits),
                Layout::Whole(_) | Layout::Mentions(_) => mentions(question, columns.len(), bits)?,
            };
            Ok(Settled::Written(columns.iter().copied().zip(cells).collect()))
        }
    }
}

/// A mark or its lack, as the column spells it elsewhere.
fn ticks(code_list: &CodeList, sources: &[Option<&Column>], bits: u128) -> Vec<Cell> {
    let spelt = |own: u16, column: Option<&Column>| {
        let marked = bits.checked_shr(u32::from(own)).is_some_and(|b| b & 1 == 1);
        let wanted = |cell: &&Cell| match code_list.tick(cell, own) {
            // Words that an option takes are no spelling of its mark.
            Tick::Yes(k) => {
                marked
                    && k == own
                    && (code_list.free_text != Some(own)
                        || spelling::whole_number(&spelling::label(&cell.text())) == Some(1))
            }
            Tick::No => !marked,
            _ => false,
        };
        let found = column.and_then(|c| c.values.iter().find(wanted)).cloned();
        found.unwrap_or_else(|| if marked { Cell::Text("1".into()) } else { Cell::Empty })
    };
    (0u16..).zip(sources).map(|(own, column)| spelt(own, *column)).collect()
}

/// The codes, first to last, as many as there are columns.
fn mentions(question: &Question, columns: usize, bits: u128) -> Result<Vec<Cell>, Text> {
    let marked =
        (0u32..).zip(question.categories()).filter(|(k, _)| bits.checked_shr(*k).is_some_and(|b| b & 1 == 1));
    let mut cells: Vec<Cell> = marked.map(|(_, c)| Cell::Text(c.code.as_str().into())).collect();
    if cells.len() > columns {
        let many = cells.len();
        return Err(Text::new(
            format!("列が {columns} 列しかないので、{many} 個の値は書けません"),
            format!("{many} values do not fit into {columns} columns"),
        ));
    }
    cells.resize(columns, Cell::Empty);
    Ok(cells)
}

/// Whether the question can take this cell in this column.
fn fits(
    question: &Question,
    code_list: &CodeList,
    layout: &Layout,
    column: usize,
    cell: &Cell,
) -> Result<(), Text> {
    let new = cell.text();
    let good = match (&question.kind, layout) {
        (QuestionKind::Text, _) => true,
        (QuestionKind::Number { range }, _) => {
            let range = range.as_ref().map(|r| (*r.start() as f64, *r.end() as f64));
            if code_list.blank(cell).is_none() && columns::number(cell, range).0.is_err() {
                let (ja, en) = range.map_or((String::new(), String::new()), |(low, high)| {
                    (format!("（{low}～{high}）"), format!(" from {low} to {high}"))
                });
                return Err(Text::new(
                    format!("新しい値「{new}」は、この設問に書ける数{ja}ではありません"),
                    format!("the new value \"{new}\" is no number{en} that the question takes"),
                ));
            }
            true
        }
        (QuestionKind::Multiple { .. }, Layout::Whole(_)) => {
            !matches!(code_list.joined(cell), Word::Ambiguous(_) | Word::Unknown(_) | Word::Unreadable(_))
        }
        (_, Layout::Ticks(columns)) => {
            let own = columns.iter().position(|&c| c == column).and_then(|k| u16::try_from(k).ok());
            own.is_none_or(|own| !matches!(code_list.tick(cell, own), Tick::Unknown(_) | Tick::Unreadable(_)))
        }
        (_, Layout::Whole(_) | Layout::Mentions(_)) => {
            matches!(code_list.single(cell), Word::Option(_) | Word::NoAnswer | Word::NotAsked)
        }
    };
    if good { Ok(()) } else { Err(no_option(question, &new)) }
}

fn no_option(question: &Question, new: &str) -> Text {
    let id = &question.id;
    Text::new(
        format!("新しい値「{new}」は設問「{id}」の選択肢にありません"),
        format!("the new value \"{new}\" is no option of question \"{id}\""),
    )
}
