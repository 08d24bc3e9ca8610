//! Columns that together are one multiple answer.

use crate::decode::groups::is_group;
use crate::draft::codes::{MOST_VALUES, Missing, absent, is_missing_code};
use crate::raw::{Cell, Column};
use crate::text::spelling;

/// The columns of one multiple answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Family {
    /// What their names have in common.
    pub(crate) stem: String,
    /// For each column what is left of its name: a number, a label.
    pub(crate) parts: Vec<String>,
    /// Indices of the columns.
    pub(crate) members: Vec<usize>,
    /// Whether the cells are codes of any option, first mention to last, and not ticks.
    pub(crate) mentions: bool,
}

/// The stem and the part of a column's name, in the ways that exports write them.
fn parted(column: &Column) -> Option<(String, String)> {
    let last = column.header.last().map_or("", String::as_str).trim();
    let above = column.header.iter().rev().skip(1).map(|h| h.trim()).find(|h| !h.is_empty());
    if let (Some(above), false) = (above, last.is_empty()) {
        return Some((above.to_owned(), last.to_owned()));
    }
    if let Some((stem, rest)) = last.split_once(['[', '［'])
        && let Some(part) = rest.strip_suffix([']', '］'])
    {
        return Some((stem.trim().to_owned(), part.trim().to_owned()));
    }
    // `group/sub/q/option` of Kobo; a label that holds a slash stands behind words, not behind names of
    // groups.
    let in_groups =
        |stem: &str| stem.rsplit_once('/').is_some_and(|(groups, _)| groups.split('/').all(is_group));
    if let Some((stem, part)) =
        last.rsplit_once('/').filter(|(stem, _)| in_groups(stem)).or_else(|| last.split_once('/'))
    {
        return Some((stem.to_owned(), part.to_owned()));
    }
    let digits = last.chars().rev().take_while(char::is_ascii_digit).count();
    let (head, number) = last.split_at(last.len() - digits);
    let stem = head
        .strip_suffix("▲c")
        .or_else(|| head.strip_suffix(['_', '-', '.', '▲']))
        .or_else(|| head.strip_suffix('c').filter(|s| s.ends_with(|c: char| c.is_ascii_digit())))?;
    (digits > 0 && !stem.is_empty()).then(|| (stem.to_owned(), number.to_owned()))
}

/// A cell as a tick: chosen, not chosen, a blank; `None` for anything else.
fn tick(cell: &Cell) -> Option<Option<bool>> {
    let folded = spelling::label(&cell.text()).to_lowercase();
    match folded.as_str() {
        "" => Some(None),
        "1" | "○" | "〇" | "◯" | "●" | "◎" | "✓" | "✔" | "☑" | "レ" | "true" | "yes" | "y" | "はい" | "x"
        | "selected" | "checked" => Some(Some(true)),
        "0" | "false" | "no" | "n" | "いいえ" | "×" | "☐" | "not selected" | "unchecked" => {
            Some(Some(false))
        }
        _ => None,
    }
}

/// Whether the column says 0 or 1, or chosen or not in another way.
pub(crate) fn has_ticks(column: &Column) -> bool {
    column.values.iter().any(|cell| matches!(tick(cell), Some(Some(_))))
}

/// Whether the cell is blank, or a word for no answer in the column of an option.
fn nothing(cell: &Cell, has_ticks: bool) -> bool {
    tick(cell) == Some(None) || absent(&spelling::label(&cell.text()), has_ticks).is_some()
}

/// Whether all cells are ticks, the part's own label or number, no answer, or blank.
fn ticks(column: &Column, part: &str) -> bool {
    let own = spelling::label(part);
    let has_ticks = has_ticks(column);
    column.values.iter().all(|cell| {
        let word = spelling::label(&cell.text());
        tick(cell).is_some()
            || nothing(cell, has_ticks)
            || (has_ticks && is_missing_code(&word))
            || word == own
            || spelling::code(&word) == spelling::code(part)
    })
}

/// Whether the column holds its own label where it was chosen and nothing, or `Not selected`, where not.
pub(crate) fn own_label(column: &Column) -> Option<String> {
    let has_ticks = has_ticks(column);
    let words: Vec<String> = column
        .values
        .iter()
        .filter(|c| tick(c) != Some(Some(false)) && !nothing(c, has_ticks))
        .map(|c| c.text().trim().to_owned())
        .collect();
    match words.as_slice() {
        [one]
            if tick(&Cell::Text(one.as_str().into())).is_none()
                && spelling::whole_number(&spelling::label(one)).is_none() =>
        {
            Some(one.clone())
        }
        _ => None,
    }
}

/// Groups of columns next to each other with one stem, two or more, that hold ticks, or codes of which some
/// row has several.
pub(crate) fn families(columns: &[&Column]) -> Vec<Family> {
    let mut found = Vec::new();
    let names: Vec<Option<(String, String)>> = columns.iter().map(|c| parted(c)).collect();
    let mut at = 0;
    while at < columns.len() {
        let Some((stem, _)) = &names[at] else {
            at += 1;
            continue;
        };
        let same = |name: &Option<(String, String)>| name.as_ref().is_some_and(|(s, _)| s == stem);
        let members: Vec<usize> = (at..columns.len()).take_while(|&i| same(&names[i])).collect();
        let parts: Vec<String> =
            members.iter().filter_map(|&i| names[i].as_ref().map(|(_, part)| part.clone())).collect();
        at += members.len();
        if members.len() < 2 {
            continue;
        }
        let all_ticks = members
            .iter()
            .zip(&parts)
            .all(|(&i, part)| ticks(columns[i], part) || own_label(columns[i]).is_some());
        // Some column must say more than a code 1 does: circles, 0, blanks beside ones.
        let marked = members.iter().any(|&i| {
            let has_ticks = has_ticks(columns[i]);
            own_label(columns[i]).is_some()
                || columns[i].values.iter().any(|c| tick(c) == Some(Some(false)) || nothing(c, has_ticks))
        });
        let mentions = !all_ticks && are_mentions(columns, &members, &parts);
        if (all_ticks && marked) || mentions {
            found.push(Family { stem: stem.clone(), parts, members, mentions });
        }
    }
    found
}

/// The words of mentions, in order of first appearance, column by column; those that are no answer go into
/// `missing`.
pub(crate) fn mentioned(columns: &[&Column], members: &[usize], missing: &mut Missing) -> Vec<String> {
    let mut words: Vec<(String, usize)> = Vec::new();
    for cell in members.iter().filter_map(|&i| columns.get(i)).flat_map(|c| &c.values) {
        let word = spelling::label(&cell.text());
        match words.iter_mut().find(|(known, _)| *known == word) {
            Some((_, columns)) => *columns += 1,
            None if word.is_empty() => {}
            None => words.push((word, 1)),
        }
        // Columns of free words are no mentions; their words need not all be known.
        if words.len() > 4 * MOST_VALUES {
            break;
        }
    }
    *missing = Missing::out_of(&mut words);
    words.into_iter().map(|(word, _)| word).collect()
}

/// First mention, second mention …: numbered columns of whole numbers, or of labels that stand in several of
/// them; each row's different, and never a later one without an earlier one.
fn are_mentions(columns: &[&Column], members: &[usize], parts: &[String]) -> bool {
    let numbered =
        parts.iter().enumerate().all(|(k, part)| spelling::whole_number(part) == Some(k as i64 + 1));
    let words = mentioned(columns, members, &mut Missing::default());
    let numbers = words.iter().all(|w| spelling::whole_number(w).is_some());
    let code =
        |cell: &Cell| -> Option<usize> { words.iter().position(|w| *w == spelling::label(&cell.text())) };
    let codes: Vec<Vec<Option<usize>>> =
        members.iter().map(|&i| columns[i].values.iter().map(code).collect()).collect();
    // Labels are few, and most of them stand in more than one of the columns.
    let shared =
        (0..words.len()).filter(|w| codes.iter().filter(|c| c.contains(&Some(*w))).count() > 1).count();
    if !numbered
        || words.len() > 4 * MOST_VALUES
        || (!numbers && (words.len() > MOST_VALUES || shared * 2 < words.len()))
    {
        return false;
    }
    let rows = members.first().map_or(0, |&i| columns[i].rows.len());
    let mut several = 0;
    for row in 0..rows {
        let said: Vec<Option<usize>> = members
            .iter()
            .zip(&codes)
            .map(|(&i, codes)| {
                columns[i].rows.get(row).and_then(|v| codes.get(v as usize).copied().flatten())
            })
            .collect();
        let given: Vec<usize> = said.iter().map_while(|c| *c).collect();
        let mut sorted = given.clone();
        sorted.sort_unstable();
        sorted.dedup();
        if said.iter().flatten().count() != given.len() || sorted.len() != given.len() {
            return false;
        }
        several += usize::from((2..members.len()).contains(&given.len()));
    }
    several > 0
}
