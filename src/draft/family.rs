//! Columns that together are one multiple answer.

use crate::decode::groups::is_group;
use crate::draft::codes::{MOST_VALUES, Missing, absent, is_missing_code};
use crate::draft::naming;
use crate::raw::{Cell, Column};
use crate::text::spelling;

/// The columns of one multiple answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Family {
    /// What their headings say of the question, row by row.
    pub(crate) name: Vec<String>,
    /// For each column what is left of its name: a number, a label.
    pub(crate) parts: Vec<String>,
    /// Indices of the columns.
    pub(crate) members: Vec<usize>,
    /// What the cells are.
    pub(crate) kind: Kind,
    /// The member (by its place) that takes words of the respondents' own: その他.
    pub(crate) other: Option<usize>,
}

/// What the cells of the columns of a multiple answer are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Ticks, or the column's own label.
    Ticks,
    /// Of each column but that of その他 its own number.
    Numbers(Vec<i64>),
    /// Codes or labels of any option, first mention to last.
    Mentions,
}

/// A way in which exports write a question and one of its options into a column's heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Rows: the option below its question.
    Below,
    /// Rows: a code with a number (`Q5_2`) above words; the option stands behind the last dash of the words.
    Coded,
    /// `question [option]`
    Bracketed,
    /// `group/question/option`
    Slashed,
    /// `q_1`, `問1▲c1`
    Digits,
    /// `question - option`, parted at the last dash or the first.
    Dashed(bool),
    /// `3. option`: the number of the question.
    Numbered,
    /// `好きな店1`, `好きな店2`
    Counted,
    /// `1. option`, `2. option`: the numbers of the options; the question stands nowhere.
    Listed,
}

impl Way {
    /// The surest first.
    const ALL: [Way; 10] = [
        Way::Below,
        Way::Coded,
        Way::Bracketed,
        Way::Slashed,
        Way::Digits,
        Way::Dashed(true),
        Way::Dashed(false),
        Way::Numbered,
        Way::Counted,
        Way::Listed,
    ];

    /// The question and the option that a column's heading has, read this way.
    fn parted(self, column: &Column) -> Option<(String, String)> {
        let rows = naming::pieces(column);
        let last = column.header.last().map_or("", String::as_str).trim();
        let pair = |stem: &str, part: &str| {
            let (stem, part) = (stem.trim(), part.trim());
            (!stem.is_empty() && !part.is_empty()).then(|| (stem.to_owned(), part.to_owned()))
        };
        match self {
            Way::Below => {
                let (part, above) = rows.split_last()?;
                let below = naming::clean(last);
                if below.is_empty() || (!above.is_empty() && *part != below) {
                    return None;
                }
                pair(&above.join(" "), part)
            }
            Way::Coded => {
                let (code, words) = rows.split_first()?;
                let (stem, _) = digits_behind(code)?;
                let words = words.last()?;
                let option = words.rsplit_once(" - ").map_or(words.as_str(), |(_, option)| option);
                pair(&stem, option)
            }
            Way::Bracketed => {
                let last = naming::clean(last);
                let (stem, rest) = last.split_once(['[', '［'])?;
                pair(stem, rest.strip_suffix([']', '］'])?)
            }
            Way::Slashed => {
                // A label that holds a slash stands behind words, not behind names of groups.
                let in_groups = |stem: &str| {
                    stem.rsplit_once('/').is_some_and(|(groups, _)| groups.split('/').all(is_group))
                };
                let (stem, part) = last
                    .rsplit_once('/')
                    .filter(|(stem, _)| in_groups(stem))
                    .or_else(|| last.split_once('/'))?;
                pair(stem, part)
            }
            Way::Digits => digits_behind(last),
            Way::Dashed(at_last) => {
                let last = naming::clean(last);
                let (stem, part) = if at_last { last.rsplit_once(" - ")? } else { last.split_once(" - ")? };
                pair(stem, part)
            }
            Way::Numbered => {
                let (id, words) = naming::numbered(&naming::clean(last))?;
                pair(&id, &words)
            }
            Way::Counted => {
                let digits = last.chars().rev().take_while(char::is_ascii_digit).count();
                let (stem, number) = last.split_at(last.len() - digits);
                let (_, above) = rows.split_last()?;
                let words = stem.ends_with(|c: char| c.is_alphabetic() || matches!(c, ')' | '）' | ' '));
                // `Q1` is a question, not the first answer to `Q`.
                if !words || !above.is_empty() || stem.chars().count() < 2 {
                    return None;
                }
                pair(stem, number)
            }
            Way::Listed => {
                let text = naming::clean(last);
                let number: String = text.chars().take_while(char::is_ascii_digit).collect();
                let rest = text.get(number.len()..)?.strip_prefix(['.', ')', ':', '、'])?;
                // The number is made a part of the stem by whoever looks for a run of them.
                (number.len() <= 2 && !number.is_empty()).then(|| (String::new(), rest.trim().to_owned()))
            }
        }
    }
}

impl Way {
    /// What the headings say of the question, row by row; `first` is the first of its columns.
    fn question(self, stem: &str, first: &Column) -> Vec<String> {
        let mut rows = naming::pieces(first);
        match self {
            Way::Below => {
                rows.pop();
                rows
            }
            Way::Coded => {
                let words = rows.pop().unwrap_or_default();
                let words = words.rsplit_once(" - ").map_or("", |(question, _)| question);
                let words = words.strip_suffix(" - Selected Choice").unwrap_or(words);
                [stem, words].iter().filter(|w| !w.is_empty()).map(|w| (*w).to_owned()).collect()
            }
            _ => [naming::clean(stem)].into_iter().filter(|w| !w.is_empty()).collect(),
        }
    }
}

/// `q_1`, `q▲c1`, `q1c1`: the stem and the number.
fn digits_behind(name: &str) -> Option<(String, String)> {
    let digits = name.chars().rev().take_while(char::is_ascii_digit).count();
    let (head, number) = name.split_at(name.len() - digits);
    let stem = head
        .strip_suffix("▲c")
        .or_else(|| head.strip_suffix(['_', '-', '.', '▲']))
        .or_else(|| head.strip_suffix('c').filter(|s| s.ends_with(|c: char| c.is_ascii_digit())))?;
    (digits > 0 && !stem.is_empty()).then(|| (stem.to_owned(), number.to_owned()))
}

/// Whether an option is その他, with words of the respondent's own.
pub(crate) fn is_other(part: &str) -> bool {
    let folded = spelling::label(part).to_lowercase();
    let bare = folded.split(['(', '[', ':', '-']).next().unwrap_or("").trim().to_owned();
    ["その他", "そのほか", "other", "others", "other text", "autre", "otro", "sonstiges", "andere"]
        .contains(&bare.trim_end_matches(['.', ',']))
        || folded.starts_with("other (")
        || folded.starts_with("other, ")
        || (folded.starts_with("その他") && folded.contains("具体的"))
}

/// A cell as a tick; one that cannot be read says nothing.
fn tick_of(cell: &Cell) -> Option<Option<bool>> {
    if matches!(cell, Cell::Broken(_)) { Some(None) } else { tick(&cell.text()) }
}

/// The text of a cell as a tick: chosen, not chosen, a blank; `None` for anything else.
pub(crate) fn tick(text: &str) -> Option<Option<bool>> {
    match spelling::label(text).to_lowercase().as_str() {
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
    column.values.iter().any(|cell| matches!(tick_of(cell), Some(Some(_))))
}

/// Whether the cell is blank, or a word for no answer in the column of an option.
fn nothing(cell: &Cell, has_ticks: bool) -> bool {
    tick_of(cell) == Some(None) || absent(&spelling::label(&cell.text()), has_ticks).is_some()
}

/// Whether all cells are ticks, the part's own label or number, no answer, or blank.
fn ticks(column: &Column, part: &str) -> bool {
    let own = spelling::label(part);
    let has_ticks = has_ticks(column);
    column.values.iter().all(|cell| {
        let word = spelling::label(&cell.text());
        tick_of(cell).is_some()
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
        .filter(|c| tick_of(c) != Some(Some(false)) && !nothing(c, has_ticks))
        .map(|c| c.text().trim().to_owned())
        .collect();
    match words.as_slice() {
        [one] if tick(one).is_none() && spelling::whole_number(&spelling::label(one)).is_none() => {
            Some(one.clone())
        }
        _ => None,
    }
}

/// The number that each of these columns holds where it was chosen, if each holds its own and nothing else.
fn own_numbers(columns: &[&Column], members: &[usize]) -> Option<Vec<i64>> {
    let own = |&i: &usize| -> Option<Option<i64>> {
        let mut found = None;
        for cell in columns.get(i)?.values.iter().filter(|c| !nothing(c, true)) {
            let number = spelling::whole_number(&spelling::label(&cell.text()))?;
            if number <= 0 || found.is_some_and(|f| f != number) {
                return None;
            }
            found = Some(number);
        }
        Some(found)
    };
    let numbers: Vec<Option<i64>> = members.iter().map(own).collect::<Option<_>>()?;
    let told: Vec<i64> = numbers.iter().copied().flatten().collect();
    // All the same number, such as 1, is a tick. A column that nobody chose has the number after the last.
    let rises = told.windows(2).all(|w| w[0] < w[1]) && told.len() >= 2;
    let mut next = 0;
    let of_each = numbers.into_iter().map(|number| {
        next = number.unwrap_or(next + 1);
        next
    });
    let all: Vec<i64> = of_each.collect();
    (rises && all.windows(2).all(|w| w[0] < w[1])).then_some(all)
}

/// Groups of columns next to each other with one stem, two or more, that hold ticks, or codes of which some
/// row has several.
pub(crate) fn families(columns: &[&Column]) -> Vec<Family> {
    let mut found = Vec::new();
    let ways = |column: &&Column| Way::ALL.map(|way| way.parted(column));
    let names: Vec<[Option<(String, String)>; Way::ALL.len()]> = columns.iter().map(ways).collect();
    let mut at = 0;
    while at < columns.len() {
        let family = (0..Way::ALL.len()).find_map(|way| {
            let (stem, _) = names[at][way].as_ref()?;
            let of = |i: usize| names[i][way].as_ref().filter(|(s, _)| s == stem);
            let members: Vec<usize> = (at..columns.len()).take_while(|&i| of(i).is_some()).collect();
            let parts: Vec<String> =
                members.iter().filter_map(|&i| of(i).map(|(_, part)| part.clone())).collect();
            family(columns, Way::ALL[way], stem, members, parts)
        });
        match family {
            Some(family) => {
                at = family.members.last().map_or(at, |last| *last) + 1;
                found.push(family);
            }
            None => at += 1,
        }
    }
    found
}

/// The family that these columns are, if they are one.
fn family(
    columns: &[&Column],
    way: Way,
    stem: &str,
    members: Vec<usize>,
    parts: Vec<String>,
) -> Option<Family> {
    if members.len() < 2 {
        return None;
    }
    let counts = || parts.iter().zip(1..).all(|(part, k): (_, i64)| spelling::whole_number(part) == Some(k));
    if way == Way::Counted && !counts() {
        return None;
    }
    if way == Way::Listed && !listed(columns, &members) {
        return None;
    }
    // A column of free words belongs to the others if its heading says その他.
    let is_tick =
        |i: usize, part: &str| columns.get(i).is_some_and(|c| ticks(c, part) || own_label(c).is_some());
    let is_tick: Vec<bool> = members.iter().zip(&parts).map(|(&i, part)| is_tick(i, part)).collect();
    let other = parts.iter().zip(&is_tick).position(|(part, tick)| !tick && is_other(part));
    let rest: Vec<usize> =
        members.iter().enumerate().filter(|(k, _)| Some(*k) != other).map(|(_, &i)| i).collect();
    let all_ticks = is_tick.iter().enumerate().all(|(k, tick)| *tick || Some(k) == other) && rest.len() >= 2;
    // Some column must say more than a code 1 does: circles, 0, blanks beside ones.
    let marked = rest.iter().filter_map(|&i| columns.get(i)).any(|column| {
        let has_ticks = has_ticks(column);
        own_label(column).is_some()
            || column.values.iter().any(|c| tick_of(c) == Some(Some(false)) || nothing(c, has_ticks))
    });
    let name = way.question(stem, columns.get(*members.first()?)?);
    let (kind, other) = if all_ticks && marked {
        (Kind::Ticks, other)
    } else if let Some(numbers) = own_numbers(columns, &rest) {
        (Kind::Numbers(numbers), other)
    } else if are_mentions(columns, &members, &parts) {
        (Kind::Mentions, None)
    } else {
        return None;
    };
    Some(Family { name, parts, members, kind, other })
}

/// Whether the headings of these columns count from 1: `1. バス`, `2. 電車`.
fn listed(columns: &[&Column], members: &[usize]) -> bool {
    let number = |&i: &usize| -> Option<i64> {
        let text = naming::clean(columns.get(i)?.header.last()?);
        text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
    };
    members.len() >= 3 && members.iter().zip(1..).all(|(i, k)| number(i) == Some(k))
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
