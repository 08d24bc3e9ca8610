//! The layouts: the header rows and the cells of one person.

use super::people::{AGE, Asked, MULTIPLES, Person, SINGLES, WORDS};
use super::sheet::{Merge, Sheet};

/// How a table is laid out.
pub struct Layout {
    pub name: &'static str,
    /// Header rows.
    pub depth: usize,
    head: fn(&Part) -> Vec<String>,
    single: Single,
    multiple: Multiple,
}

/// What a column holds, for its header.
pub enum Part<'a> {
    Id,
    Single(&'a Asked),
    /// One option's column of a single or multiple question.
    Option(&'a Asked, usize),
    Joined(&'a Asked),
    Mention(&'a Asked, usize),
    Plain((&'static str, &'static str)),
}

enum Single {
    /// One cell: how option `k` is written, and how a blank, and how it is where nobody asked.
    Cell {
        write: fn(&Asked, usize) -> String,
        blank: &'static str,
    },
    Ticks {
        yes: &'static str,
        no: &'static str,
    },
}

enum Multiple {
    Ticks {
        yes: fn(&Asked, usize) -> String,
        no: &'static str,
    },
    Joined {
        write: fn(&Asked, usize) -> String,
        delimiter: &'static str,
        blank: &'static str,
    },
    /// First mention, second mention …, each written like this.
    Mentions {
        write: fn(&Asked, usize) -> String,
    },
}

/// Where the answers to a question stand, and how they are written there.
pub enum Place {
    /// One column, by its letters, and the word of each option; several may be joined.
    Cell(String, Vec<String>),
    /// A column an option, each with the word of a mark; whether another word says that there is no mark.
    Ticks(Vec<(String, String)>, bool),
    /// A column a mention.
    Mentions,
}

impl Layout {
    /// Where the answers to the question `id` stand.
    pub fn place(&self, id: &str) -> Place {
        let mut next = 1;
        let mut take = |columns: usize| {
            next += columns;
            (next - columns..next).map(|at| format!("@{}", shihyo::raw::letters(at))).collect::<Vec<_>>()
        };
        for question in &SINGLES {
            let count = question.options.len();
            let place = match &self.single {
                Single::Cell { write, .. } => {
                    Place::Cell(take(1).remove(0), (0..count).map(|k| write(question, k)).collect())
                }
                Single::Ticks { yes, no } => {
                    let marks = take(count).into_iter().map(|column| (column, (*yes).to_owned()));
                    Place::Ticks(marks.collect(), !no.is_empty())
                }
            };
            if question.id == id {
                return place;
            }
        }
        for question in &MULTIPLES {
            let count = question.options.len();
            let place = match &self.multiple {
                Multiple::Ticks { yes, no } => {
                    let marks = take(count).into_iter().enumerate().map(|(k, c)| (c, yes(question, k)));
                    Place::Ticks(marks.collect(), !no.is_empty())
                }
                Multiple::Joined { write, .. } => {
                    Place::Cell(take(1).remove(0), (0..count).map(|k| write(question, k)).collect())
                }
                Multiple::Mentions { .. } => {
                    take(5);
                    Place::Mentions
                }
            };
            if question.id == id {
                return place;
            }
        }
        panic!("there is no question {id}")
    }

    /// The header rows, then a row for each person.
    pub fn sheet(&self, people: &[Person]) -> Sheet {
        let mut parts = vec![Part::Id];
        for question in &SINGLES {
            match self.single {
                Single::Cell { .. } => parts.push(Part::Single(question)),
                Single::Ticks { .. } => {
                    parts.extend((0..question.options.len()).map(|k| Part::Option(question, k)))
                }
            }
        }
        for question in &MULTIPLES {
            match self.multiple {
                Multiple::Ticks { .. } => {
                    parts.extend((0..question.options.len()).map(|k| Part::Option(question, k)))
                }
                Multiple::Joined { .. } => parts.push(Part::Joined(question)),
                Multiple::Mentions { .. } => parts.extend((0..5).map(|n| Part::Mention(question, n))),
            }
        }
        parts.extend([Part::Plain(AGE), Part::Plain(WORDS)]);
        let heads: Vec<Vec<String>> = parts.iter().map(self.head).collect();
        let mut rows: Vec<Vec<String>> =
            (0..self.depth).map(|row| heads.iter().map(|h| h[row].clone()).collect()).collect();
        // A merged cell is written once, at its left; a head with nothing below it reaches down to the data.
        let mut merged = Vec::new();
        for (at, row) in rows.iter_mut().enumerate().take(self.depth - 1) {
            let whole = row.clone();
            let mut first = 0;
            for column in 1..=whole.len() {
                if let (Some(cell), Some(text)) = (row.get_mut(column), whole.get(column))
                    && text == &whole[first]
                    && !text.is_empty()
                {
                    cell.clear();
                    continue;
                }
                let last = column - 1;
                let below = (at + 1..self.depth)
                    .take_while(|&r| (first..=last).all(|c| heads[c][r].is_empty()))
                    .last()
                    .unwrap_or(at);
                if !whole[first].is_empty() && (last, below) != (first, at) {
                    merged.push(Merge { rows: (at, below), columns: (first, last) });
                }
                first = column;
            }
        }
        rows.extend(people.iter().map(|p| self.row(p)));
        Sheet { rows, depth: self.depth, merged }
    }

    fn row(&self, person: &Person) -> Vec<String> {
        let mut cells = vec![format!("R{:04}", person.id)];
        for (at, (question, said)) in SINGLES.iter().zip(&person.single).enumerate() {
            let asked = at != 4 || person.asked();
            match &self.single {
                Single::Cell { write, blank } => {
                    cells.push(said.map_or(if asked { (*blank).to_owned() } else { String::new() }, |k| {
                        write(question, k)
                    }))
                }
                Single::Ticks { yes, no } => cells.extend((0..question.options.len()).map(|k| match said {
                    None => String::new(),
                    Some(chosen) if *chosen == k => (*yes).to_owned(),
                    Some(_) => (*no).to_owned(),
                })),
            }
        }
        for (question, said) in MULTIPLES.iter().zip(&person.multiple) {
            match &self.multiple {
                Multiple::Ticks { yes, no } => {
                    cells.extend((0..question.options.len()).map(|k| match said {
                        None => String::new(),
                        Some(chosen) if chosen.contains(&k) => yes(question, k),
                        Some(_) => (*no).to_owned(),
                    }))
                }
                Multiple::Joined { write, delimiter, blank } => {
                    cells.push(said.as_ref().map_or((*blank).to_owned(), |chosen| {
                        chosen.iter().map(|&k| write(question, k)).collect::<Vec<_>>().join(delimiter)
                    }))
                }
                Multiple::Mentions { write } => cells.extend((0..5).map(|n| {
                    said.as_ref()
                        .and_then(|chosen| chosen.get(n))
                        .map_or(String::new(), |&k| write(question, k))
                })),
            }
        }
        cells.push(person.age.map_or(String::new(), |a| a.to_string()));
        cells.push(person.words.map_or(String::new(), str::to_owned));
        cells
    }
}

fn code(_: &Asked, k: usize) -> String {
    (k + 1).to_string()
}

fn wide(_: &Asked, k: usize) -> String {
    char::from_u32(0xFF11 + k as u32).map_or(String::new(), String::from)
}

fn label(question: &Asked, k: usize) -> String {
    question.options[k].to_owned()
}

fn numbered(question: &Asked, k: usize) -> String {
    format!("{}.{}", k + 1, question.options[k])
}

/// One header row, by the question's id; the option's part by `option(id, k)`.
fn by_id(part: &Part, option: impl Fn(&str, &Asked, usize) -> String) -> Vec<String> {
    vec![match part {
        Part::Id => "整理番号".to_owned(),
        Part::Single(q) | Part::Joined(q) => q.id.to_owned(),
        Part::Option(q, k) => option(q.id, q, *k),
        Part::Mention(q, n) => format!("{}_{}", q.id, n + 1),
        Part::Plain((id, _)) => (*id).to_owned(),
    }]
}

fn underscore(part: &Part) -> Vec<String> {
    by_id(part, |id, _, k| format!("{id}_{}", k + 1))
}

fn matrix(part: &Part) -> Vec<String> {
    by_id(part, |id, _, k| format!("{id}c{}", k + 1))
}

/// A mark between the question's number and the item's: `問4▲s1`, `問4▲s1c2`, `問2▲c1`.
fn marked(part: &Part) -> Vec<String> {
    let whole =
        by_id(
            part,
            |id, _, k| {
                if id.contains('s') { format!("{id}c{}", k + 1) } else { format!("{id}▲c{}", k + 1) }
            },
        );
    whole.into_iter().map(|h| h.replace("問4s", "問4▲s")).collect()
}

fn kobo_labels(part: &Part) -> Vec<String> {
    by_id(part, |id, question, k| format!("{id}/{}", question.options[k]))
}

/// Blanks behind, as they stay when a sheet is typed by hand.
fn trailing_blanks(part: &Part) -> Vec<String> {
    underscore(part).into_iter().map(|h| h + " 　").collect()
}

fn kobo(part: &Part) -> Vec<String> {
    by_id(part, |id, _, k| format!("{id}/{}", k + 1))
}

/// Kobo with the groups before the name: each question in one, some in two.
fn kobo_groups(part: &Part) -> Vec<String> {
    let group = match part {
        Part::Id => "",
        Part::Single(q) if q.id == "性別" => "about_you/",
        Part::Single(_) | Part::Plain(_) => "life/",
        Part::Option(..) | Part::Joined(_) | Part::Mention(..) => "life/wishes/",
    };
    kobo(part).into_iter().map(|head| format!("{group}{head}")).collect()
}

/// ODK Central: dashes between the groups and the name; an option behind a slash.
fn odk_central(part: &Part) -> Vec<String> {
    let heads = kobo_groups(part).into_iter().map(|head| head.replace('/', "-"));
    let option = |head: String| match (part, head.rsplit_once('-')) {
        (Part::Option(..), Some((question, option))) => format!("{question}/{option}"),
        _ => head,
    };
    heads.map(option).collect()
}

/// The same with an option behind `_`.
fn odk_central_underscores(part: &Part) -> Vec<String> {
    odk_central(part).into_iter().map(|head| head.replace('/', "_")).collect()
}

/// The same with dots.
fn dotted_groups(part: &Part) -> Vec<String> {
    kobo_groups(part).into_iter().map(|head| head.replace('/', ".")).collect()
}

fn lime_survey(part: &Part) -> Vec<String> {
    let whole = by_id(part, |id, _, k| format!("{id}[SQ{:03}]", k + 1));
    // The items of a matrix are sub-questions too.
    whole.into_iter().map(|h| h.strip_prefix("問4s").map_or(h.clone(), |n| format!("問4[SQ00{n}]"))).collect()
}

/// The words of the question as head; an option in brackets, as web forms write it.
fn by_words(part: &Part) -> Vec<String> {
    vec![match part {
        Part::Id => "タイムスタンプ".to_owned(),
        Part::Single(q) | Part::Joined(q) => q.words.to_owned(),
        Part::Option(q, k) => format!("{} [{}]", q.words, q.options[*k]),
        Part::Mention(q, n) => format!("{} {}", q.words, n + 1),
        Part::Plain((_, words)) => (*words).to_owned(),
    }]
}

/// Question above, option below; the items of a matrix below its words.
fn two_rows(part: &Part) -> Vec<String> {
    match part {
        Part::Id => vec!["整理番号".to_owned(), String::new()],
        Part::Single(q) | Part::Joined(q) => match q.words.split_once(" [") {
            Some((above, item)) => vec![above.to_owned(), item.trim_end_matches(']').to_owned()],
            None => vec![format!("{} {}", q.id, q.words), String::new()],
        },
        Part::Option(q, k) => vec![format!("{} {}", q.id, q.words), q.options[*k].to_owned()],
        Part::Mention(q, n) => vec![q.words.to_owned(), format!("{}つ目", n + 1)],
        Part::Plain((id, words)) => vec![format!("{id} {words}"), String::new()],
    }
}

/// A title of the block over two such rows.
fn three_rows(part: &Part) -> Vec<String> {
    let block = match part {
        Part::Id => "",
        Part::Single(q) if q.id == "性別" => "あなたのことについて",
        Part::Option(q, _) if q.id == "性別" => "あなたのことについて",
        Part::Plain(_) => "さいごに",
        _ => "地域の活動について",
    };
    [vec![block.to_owned()], two_rows(part)].concat()
}

/// Every layout, the plainest first.
pub fn layouts() -> Vec<Layout> {
    let cell = |write, blank| Single::Cell { write, blank };
    let ticks = |yes, no| Multiple::Ticks { yes, no };
    let joined = |write, delimiter, blank| Multiple::Joined { write, delimiter, blank };
    let make = |name, depth, head, single, multiple| Layout { name, depth, head, single, multiple };
    let one: fn(&Asked, usize) -> String = |_, _| "1".to_owned();
    let circle: fn(&Asked, usize) -> String = |_, _| "○".to_owned();
    let yes: fn(&Asked, usize) -> String = |_, _| "TRUE".to_owned();
    let y: fn(&Asked, usize) -> String = |_, _| "Y".to_owned();
    let mut all = vec![
        make("numbers, 0/1", 1, underscore as fn(&Part) -> Vec<String>, cell(code, "99"), ticks(one, "0")),
        make("full-width numbers, 1 or blank", 1, underscore, cell(wide, ""), ticks(one, "")),
        make("labels, circles", 1, underscore, cell(label, ""), ticks(circle, "")),
        make("numbers and labels, own number", 1, underscore, cell(numbered, ""), ticks(code, "")),
        make("labels, label or Not selected", 1, underscore, cell(label, ""), ticks(label, "Not selected")),
        make("circles everywhere", 1, underscore, Single::Ticks { yes: "○", no: "" }, ticks(circle, "")),
        make("TRUE/FALSE, Kobo", 1, kobo, cell(code, ""), ticks(yes, "FALSE")),
        make("TRUE/FALSE, Kobo with groups", 1, kobo_groups, cell(code, ""), ticks(yes, "FALSE")),
        make("1/0, groups with dots", 1, dotted_groups, cell(code, ""), ticks(one, "0")),
        make("Kobo with groups, joined by a blank", 1, kobo_groups, cell(code, ""), joined(code, " ", "")),
        make(
            "ODK Central with groups, joined by a blank",
            1,
            odk_central,
            cell(code, ""),
            joined(code, " ", ""),
        ),
        make("1/0, ODK Central with groups", 1, odk_central, cell(code, ""), ticks(one, "0")),
        make(
            "1/0, ODK Central with groups and underscores",
            1,
            odk_central_underscores,
            cell(code, ""),
            ticks(one, "0"),
        ),
        make("Y/N, LimeSurvey", 1, lime_survey, cell(code, ""), ticks(y, "N")),
        make("1/0/blank, matrix names (Surveroid)", 1, matrix, cell(code, "99"), ticks(one, "0")),
        make("1/0/blank, matrix names with a mark", 1, marked, cell(code, ""), ticks(one, "0")),
        make(
            "matrix names with a mark, circles everywhere",
            1,
            marked,
            Single::Ticks { yes: "○", no: "" },
            ticks(circle, ""),
        ),
        make("1/0 everywhere", 1, underscore, Single::Ticks { yes: "1", no: "0" }, ticks(one, "0")),
        make("1/0, Kobo with labels", 1, kobo_labels, cell(label, ""), ticks(one, "0")),
        make("trailing blanks in the header", 1, trailing_blanks, cell(label, ""), ticks(circle, "")),
        make("category columns", 1, underscore, cell(code, ""), Multiple::Mentions { write: code }),
        make(
            "category columns of labels",
            1,
            underscore,
            cell(label, ""),
            Multiple::Mentions { write: label },
        ),
        make("web form: labels joined by a comma", 1, by_words, cell(label, ""), joined(label, ", ", "")),
        make("web form: label in brackets", 1, by_words, cell(label, ""), ticks(circle, "")),
        make("two header rows, circles", 2, two_rows, cell(label, ""), ticks(circle, "")),
        make(
            "two header rows, circles everywhere but the matrix",
            2,
            two_rows,
            cell(code, ""),
            ticks(one, "0"),
        ),
        make("three header rows", 3, three_rows, cell(code, "99"), ticks(circle, "")),
    ];
    for (name, delimiter) in [
        ("numbers joined by ,", ","),
        ("numbers joined by 、", "、"),
        ("numbers joined by ;", ";"),
        ("numbers joined by &", "&"),
        ("numbers joined by a blank", " "),
        ("numbers, one a line", "\n"),
    ] {
        all.push(make(name, 1, underscore, cell(code, "99"), joined(code, delimiter, "99")));
    }
    for (name, delimiter) in [
        ("labels joined by ,", ","),
        ("labels joined by 、", "、"),
        ("labels joined by ;", ";"),
        ("labels joined by &", "&"),
        ("labels joined by a blank", " "),
        ("labels, one a line", "\n"),
    ] {
        all.push(make(name, 1, underscore, cell(label, ""), joined(label, delimiter, "")));
    }
    all
}
