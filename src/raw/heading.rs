//! Where the headings of a file of responses stand: rows above them (titles, notes), how many rows they have,
//! and rows of totals below the answers.
//!
//! A row is a heading, and no respondent, by what stands below it: words above numbers; names where the row
//! above has none; what export programs write there (`Response`, `{"ImportId":…}`); words that no respondent
//! gave, in columns whose answers repeat. One column that has the row's cell among its answers speaks
//! against it. What is found here is a guess, and told.

use std::collections::BTreeSet;

use crate::text::number::number;
use crate::text::spelling;

/// Where headings stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// Rows of the file above them, blank ones included.
    pub skip_rows: usize,
    /// Rows that they have.
    pub header_rows: usize,
}

impl Default for Heading {
    fn default() -> Self {
        Self::FIRST
    }
}

impl Heading {
    /// One row, the first that holds anything.
    pub(super) const FIRST: Self = Self { skip_rows: 0, header_rows: 1 };
}

/// Rows that are looked at.
pub(super) const LOOKED_AT: usize = 60;

/// The most rows of headings and the most rows above them that are found.
const MOST: usize = 6;
const MOST_ABOVE: usize = 8;

/// So many names below blank headings outweigh a column whose answers speak against them.
const MOST_NAMES_TO_ONE: usize = 8;

/// What programs write below a question that has one column.
pub(crate) const ANSWER_WORDS: [&str; 3] = ["response", "open-ended response", "回答(自由記述)"];

/// What they write below the first column of other words.
const OWN_WORDS: [&str; 2] = ["other (please specify)", "other (please specify below)"];

/// Words that a title has, or a note.
const TITLES: [&str; 24] = [
    "年度",
    "調査",
    "アンケート",
    "集計",
    "データ",
    "一覧",
    "回収",
    "結果",
    "別紙",
    "資料",
    "様式",
    "単位",
    "注",
    "※",
    "出典",
    "抽出",
    "作成",
    "survey",
    "data",
    "report",
    "export",
    "results",
    "source",
    "note",
];

/// Words that a question has.
const QUESTIONS: [&str; 8] =
    ["複数回答", "ですか", "ますか", "?", "選択", "いくつ", "あてはまる", "all that apply"];

/// First cells of a row that adds up the others.
const TOTALS: [&str; 10] =
    ["合計", "計", "総計", "総数", "小計", "合 計", "total", "grand total", "sum", "totals"];

/// Whether a cell says that its row adds up the others.
pub(super) fn says_total(cell: &str) -> bool {
    TOTALS.contains(&spelling::label(cell).to_lowercase().as_str())
}

/// The words of [`says_total`] as they may stand in a file.
pub(super) const fn totals() -> &'static [&'static str] {
    &TOTALS
}

/// Whether a row of headings holds nothing but what Qualtrics needs to read the file again.
pub(super) fn is_import_id<'a>(row: impl Iterator<Item = &'a str>) -> bool {
    let mut any = false;
    for cell in row.map(str::trim).filter(|c| !c.is_empty()) {
        if !cell.starts_with("{\"ImportId\"") {
            return false;
        }
        any = true;
    }
    any
}

/// Where the headings stand in a file that begins with these rows, blank ones among them.
pub(super) fn find(rows: &[Vec<String>]) -> Heading {
    let folded: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|c| spelling::label(c)).collect()).collect();
    let most = folded.iter().map(|row| filled(row)).max().unwrap_or(0);
    let skip_rows = above(&folded, most);
    let rows = folded.get(skip_rows..).unwrap_or_default();
    let mut header_rows = 1;
    let imported = rows.iter().take(MOST).position(|row| is_import_id(row.iter().map(String::as_str)));
    match imported {
        Some(at) => header_rows = at + 1,
        None => {
            while header_rows < MOST && is_heading(rows, header_rows) {
                header_rows += 1;
            }
        }
    }
    Heading { skip_rows, header_rows }
}

fn filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.is_empty()).count()
}

/// Titles and notes above the headings, and blank rows between them.
fn above(rows: &[Vec<String>], most: usize) -> usize {
    let mut skip = 0;
    for (at, row) in rows.iter().enumerate().take(MOST_ABOVE) {
        // Blank rows count when a title stood above them; the reader passes over them anyway.
        match filled(row) {
            0 => continue,
            _ if is_title(row, rows.get(at + 1..).unwrap_or_default(), most) => skip = at + 1,
            _ => break,
        }
    }
    // The blank rows between the last title and the headings.
    if skip > 0 {
        skip += rows.get(skip..).unwrap_or_default().iter().take_while(|row| filled(row) == 0).count();
    }
    if skip >= rows.len() { 0 } else { skip }
}

fn is_title(row: &[String], below: &[Vec<String>], most: usize) -> bool {
    let first = row.first().map_or("", String::as_str);
    let has = |words: &[&str], text: &str| {
        let lower = text.to_lowercase();
        words.iter().any(|word| lower.contains(word))
    };
    // Beside the title may stand a unit or a date.
    let lone = match filled(row) {
        1 => most >= 3,
        2 => most >= 6 && row.iter().skip(1).any(|cell| has(&["単位", "現在", "時点", "作成"], cell)),
        _ => false,
    };
    let next = below.iter().map(|row| filled(row)).find(|n| *n > 0).unwrap_or(0);
    let titled = has(&TITLES, first) || first.starts_with('(') || next * 10 >= most * 9;
    lone && !first.is_empty() && number(first).is_none() && titled && next > 0 && !has(&QUESTIONS, first)
}

/// What the columns say of a row.
#[derive(Debug, Default)]
struct Votes {
    /// What programs write below a question.
    markers: usize,
    /// Words above numbers.
    above_numbers: usize,
    /// Names, or labels of options, below a blank heading.
    names: usize,
    /// Labels of options below a question, in columns that hold their own label where it was chosen.
    own: usize,
    /// Words that no answer is, where answers repeat.
    foreign: usize,
    /// Questions above short answers.
    sentences: usize,
    /// What some answer is too.
    against: usize,
}

/// Whether row `at` belongs to the headings, which the rows above it are.
fn is_heading(rows: &[Vec<String>], at: usize) -> bool {
    let Some(row) = rows.get(at) else { return false };
    let body = rows.get(at + 1..).unwrap_or_default();
    if body.is_empty() || filled(row) == 0 {
        return false;
    }
    if counts_options(rows, at) {
        return true;
    }
    fn cell(row: &[String], column: usize) -> &str {
        row.get(column).map_or("", String::as_str)
    }
    let mut votes = Votes::default();
    for (column, word) in row.iter().enumerate().filter(|(_, word)| !word.is_empty()) {
        let named: Vec<&str> =
            rows.get(..at).unwrap_or_default().iter().map(|above| cell(above, column)).collect();
        let is_named = named.iter().any(|name| !name.is_empty());
        let answers: Vec<&str> = body.iter().map(|row| cell(row, column)).filter(|a| !a.is_empty()).collect();
        vote(&mut votes, word, (&named, is_named), &answers);
    }
    let Votes { markers, above_numbers, names, own, foreign, sentences, against } = votes;
    let all = above_numbers + names + own + foreign + sentences;
    // Labels of many options below blank headings outweigh one that stands in a joined answer too.
    (against == 0 || against * MOST_NAMES_TO_ONE <= names)
        && (markers > 0
            || above_numbers >= 2
            || sentences >= 2
            || (names + above_numbers + sentences > 0 && all >= 2)
            || (foreign >= 3 && body.len() >= 10))
}

fn vote(votes: &mut Votes, word: &str, (named, is_named): (&[&str], bool), answers: &[&str]) {
    let lower = word.to_lowercase();
    if ANSWER_WORDS.contains(&lower.as_str()) || OWN_WORDS.contains(&lower.as_str()) {
        votes.markers += 1;
        return;
    }
    if ["na", "n/a", "無回答", "不明", "非該当", "-"].contains(&lower.as_str()) {
        return;
    }
    let is_number = number(word).is_some();
    // The next row or two may be headings too.
    let numbers = answers.iter().filter(|a| number(a).is_some()).count();
    let numeric = numbers >= 2 && (numbers * 5 >= answers.len() * 4 || numbers + 2 >= answers.len());
    let distinct: BTreeSet<&str> = answers.iter().copied().collect();
    if distinct.len() == 1 && answers.iter().all(|a| *a == word) {
        // A column that holds its own label where it was chosen.
        match (is_named, is_number) {
            (false, false) => votes.names += 1,
            (true, false) => votes.own += 1,
            _ => {}
        }
    } else if answers.contains(&word) {
        votes.against += 1;
    } else if numeric {
        votes.above_numbers += usize::from(!is_number);
    } else if is_number {
    } else if !is_named {
        votes.names += 1;
    } else if asks(word) && answers.iter().all(|a| a.chars().count() * 2 <= word.chars().count() + 8) {
        votes.sentences += usize::from(!named.contains(&word));
    } else if answers.len() >= 6 && distinct.len() * 2 <= answers.len() {
        votes.foreign += 1;
    }
}

fn asks(word: &str) -> bool {
    word.ends_with('?') || word.contains("ですか") || word.contains("ますか") || word.contains("ください")
}

/// Whether the row counts the options 1, 2, 3 … of a question that stands above the first of them, whose
/// columns do not hold these numbers.
fn counts_options(rows: &[Vec<String>], at: usize) -> bool {
    let (Some(row), Some(above)) = (rows.get(at), rows.get(..at)) else { return false };
    let is_named =
        |column: usize| above.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty()));
    let whole = |column: usize| row.get(column).and_then(|cell| spelling::whole_number(cell));
    let holds = |column: usize| {
        let number = row.get(column);
        rows.iter().skip(at + 1).any(|row| row.get(column) == number)
    };
    (0..row.len()).any(|first| {
        let run = (first..row.len())
            .zip(1..)
            .take_while(|(column, k)| whole(*column) == Some(*k) && (is_named(*column) == (*k == 1)))
            .count();
        run >= 3 && !(first + 1..first + run).any(holds)
    })
}

#[cfg(test)]
mod tests {
    use super::{Heading, find};

    /// The rows of a file, and rows of answers below them.
    fn found(head: &[&str], body: impl Fn(usize) -> String) -> (usize, usize) {
        let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> =
            head.iter().map(|line| cells(line)).chain((0..24).map(|n| cells(&body(n)))).collect();
        let Heading { skip_rows, header_rows } = find(&rows);
        (skip_rows, header_rows)
    }

    fn yes(n: usize) -> &'static str {
        ["はい", "いいえ", "わからない"][n % 3]
    }

    #[test]
    fn one_row_is_one_row() {
        let plain = |n: usize| format!("{n},{},{},{}", n % 4 + 1, yes(n), ["男", "女"][n % 2]);
        assert_eq!(found(&["id,問1,問2,性別"], plain), (0, 1));
        // Nobody else gave the first row's words in two of the columns.
        assert_eq!(found(&["id,問1,問2,性別", "0,9,その他,男"], plain), (0, 1));
        // Columns of ticks.
        let ticks = |n: usize| format!("{n},{},{}", ["", "図書館"][n % 2], ["体育館", ""][n % 2]);
        assert_eq!(found(&["id,図書館,体育館"], ticks), (0, 1));
        assert_eq!(found(&["id,利用 [図書館],利用 [体育館]", "99,図書館,体育館"], ticks), (0, 1));
        // A column without a name.
        let names = |n: usize| format!("r{n},{},{}", n, yes(n));
        assert_eq!(found(&[",age,q"], names), (0, 1));
    }

    #[test]
    fn items_below_questions_are_headings() {
        let items = |n: usize| format!("{n},{},{},男", n % 5 + 1, n % 4 + 1);
        assert_eq!(found(&["No,問1,,性別", ",道路,公園,"], items), (0, 2));
        assert_eq!(found(&["No,生活,,属性", ",問1,,問2", ",道路,公園,性別"], items), (0, 3));
        assert_eq!(found(&["Q0,Q1,Q2,Q3", "番号,満足度,重要度,性別"], items), (0, 2));
        let own = |n: usize| format!("{},{},{}", ["図書館", ""][n % 2], ["", "体育館"][n % 2], yes(n));
        assert_eq!(found(&["利用した施設,,性別", "図書館,体育館,"], own), (0, 2));
        let circles = |n: usize| format!("{},{},{},{}", ["○", ""][n % 2], "", "○", yes(n));
        assert_eq!(found(&["問1,,,問2", "1,2,3,"], circles), (0, 2));
    }

    #[test]
    fn what_programs_write_below_is_heading() {
        let monkey = |n: usize| format!("30000{n},{},{},{}", yes(n), ["Bus", ""][n % 2], ["M", "F"][n % 2]);
        assert_eq!(found(&["RespondentID,Car?,Which?,Gender", ",Response,Bus,Response"], monkey), (0, 2));
        // In a form of an office the word stands in brackets of full width.
        let form = |n: usize| format!("{n},{},words {n}", yes(n));
        assert_eq!(found(&["番号,問1,問2", ",,回答（自由記述）"], form), (0, 2));
        let head = ["Date,Q1,Q2", "Date,Do you agree?,Gender", "{\"ImportId\":\"a\"},{\"ImportId\":\"b\"},"];
        assert_eq!(found(&head, |n| format!("2025-03-0{},{},M", n % 9, yes(n))), (0, 3));
        assert_eq!(
            found(&["Q1,Q2,Q3", "Do you agree?,What is your sex?,Why do you think so?"], |n| {
                format!("{},{},words {n}", yes(n), ["M", "F"][n % 2])
            }),
            (0, 2)
        );
    }

    #[test]
    fn titles_stand_above_headings() {
        let plain = |n: usize| format!("{n},{},{},{}", n % 4 + 1, yes(n), ["男", "女"][n % 2]);
        let title = ["令和6年度 市民意識調査,,,", "(抽出 2000人),,,", "番号,問1,問2,性別"];
        assert_eq!(found(&title, plain), (2, 1));
        assert_eq!(found(&["市民意識調査,,,", ",,,", "番号,問1,問2,性別"], plain), (2, 1));
        let items = ["市民意識調査", "No,問1,,性別", ",道路,公園,"];
        assert_eq!(found(&items, |n| format!("{n},{},{},男", n % 5 + 1, n % 4 + 1)), (1, 2));
    }
}
