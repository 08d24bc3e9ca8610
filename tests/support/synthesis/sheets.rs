//! Marks → response files as offices have them: typed-in paper with its dirt, a web form's export, a workbook
//! with two header rows.

use std::error::Error;

use super::bytes::{Cell, Encoding, Heading, csv, workbook};
use super::codebook::{Codebook, Kind, Question};
use super::dice::Dice;
use super::reply::{Mark, Person};

/// Stands in every row of every file of made-up data.
pub(super) const SYNTHETIC: &str = "合成データ";

/// A wave's respondents and their marks: one list a question, one mark a person.
pub(super) struct Returns<'a> {
    pub(super) book: &'a Codebook,
    pub(super) people: &'a [Person],
    pub(super) marks: &'a [Vec<Mark>],
    pub(super) seed: u64,
}

impl Returns<'_> {
    fn row<T>(&self, person: usize, mut cells: impl FnMut(&Question, &Mark) -> Vec<T>) -> Vec<T> {
        self.book
            .question
            .iter()
            .zip(self.marks)
            .flat_map(|(question, marks)| cells(question, &marks[person]))
            .collect()
    }

    /// Indices of those who answered on the web, or on paper.
    fn by_way(&self, web: bool) -> Vec<usize> {
        (0..self.people.len()).filter(|&i| self.people[i].web == web).collect()
    }

    /// An id that was sent out, but from which no answer came.
    fn unused_id(&self, nth: usize) -> usize {
        let last = self.people.iter().map(|p| p.id).max().unwrap_or(0);
        last + 1 + nth
    }
}

/// 問3 was typed in as one 0/1 column an option, the other multiple answers as one joined cell.
fn in_columns(question: &Question) -> bool {
    question.id == "問3"
}

/// The paper questionnaires, typed in as codes. Besides what the marks hold: a sample row without id, one
/// respondent typed in twice, two returns left wholly blank, full-width digits, trailing blanks in the
/// header.
pub(super) fn paper(returns: &Returns<'_>, encoding: Encoding) -> Result<Vec<u8>, Box<dyn Error>> {
    let dice = &mut Dice::of(returns.seed, "typing");
    let mut header = vec!["整理番号".to_owned()];
    for question in &returns.book.question {
        match question.id.as_str() {
            _ if in_columns(question) => {
                header.extend((1..=question.option_count()).map(|k| format!("{}_{k}", question.id)))
            }
            "年代" | "問12" => header.push(format!("{} ", question.id)),
            "問5" => header.push(format!("{}　", question.id)),
            id => header.push(id.to_owned()),
        }
    }
    header.push("データ区分".to_owned());
    let width = header.len();
    let flanked = |id: &str, answers: Vec<String>| -> Vec<String> {
        let mut row = vec![id.to_owned()];
        row.extend(answers);
        row.resize(width - 1, String::new());
        row.push(SYNTHETIC.to_owned());
        row
    };
    let mut rows = vec![header, flanked("", vec!["1".to_owned(); width - 3])];
    for (nth, person) in returns.by_way(false).into_iter().enumerate() {
        let answers = returns.row(person, |question, mark| typed(question, mark, dice));
        let id = returns.people[person].id.to_string();
        rows.push(flanked(&id, answers));
        match nth {
            211 | 904 => rows.push(flanked(&returns.unused_id(nth).to_string(), Vec::new())),
            // Typed in twice, the second time from the wrong questionnaire.
            437 => {
                let wrong = returns.row(person + 1, |question, mark| typed(question, mark, dice));
                rows.push(flanked(&id, wrong));
            }
            _ => {}
        }
    }
    csv(&rows, encoding)
}

fn typed(question: &Question, mark: &Mark, dice: &mut Dice) -> Vec<String> {
    if in_columns(question) {
        return (0..question.option_count())
            .map(|k| match mark {
                Mark::Many(marks) => if marks.contains(&k) { "1" } else { "0" }.to_owned(),
                _ => String::new(),
            })
            .collect();
    }
    let text = match mark {
        Mark::Blank => String::new(),
        Mark::Code99 => "99".to_owned(),
        Mark::One(option) | Mark::Stray(option) => (option + 1).to_string(),
        Mark::Two(first, second) => format!("{},{}", first + 1, second + 1),
        Mark::Many(marks) => {
            let codes: Vec<String> = marks.iter().map(|k| (k + 1).to_string()).collect();
            codes.join(if dice.chance(0.02) { "、" } else { "," })
        }
        Mark::Number(number) => number.to_string(),
        Mark::Words(words) => return vec![words.clone()],
    };
    vec![if dice.chance(0.007) { full_width(&text) } else { text }]
}

fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| c.to_digit(10).and_then(|digit| char::from_u32('０' as u32 + digit)).unwrap_or(c))
        .collect()
}

/// The web form's export: answers as words, multiple answers joined, in the order in which they came in, from
/// the 4th of `month` on. Three people who also sent the paper stand in it again, with other answers.
pub(super) fn web(returns: &Returns<'_>, month: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let dice = &mut Dice::of(returns.seed, "web");
    let paper = returns.by_way(false);
    let answered = returns.by_way(true);
    let mut header: Vec<Cell> = vec!["タイムスタンプ".into(), "整理番号".into()];
    header.extend(returns.book.question.iter().map(|q| Cell::from(q.id.as_str())));
    header.push("データ区分".into());
    let mut arrived: Vec<(usize, usize, usize)> =
        answered.iter().map(|&i| (dice.below(21 * 24 * 3600), returns.people[i].id, i)).collect();
    for (nth, &whose) in [38usize, 702, 1105].iter().zip(&answered) {
        arrived.push((dice.below(21 * 24 * 3600), returns.people[paper[*nth]].id, whose));
    }
    arrived.sort_unstable();
    let mut rows = vec![header];
    for (second, id, person) in arrived {
        let (day, hour, minute, second) =
            (4 + second / 86_400, second / 3600 % 24, second / 60 % 60, second % 60);
        let mut row = vec![
            Cell::Text(format!("{month}/{day:02} {hour}:{minute:02}:{second:02}")),
            Cell::Number(id as f64),
        ];
        row.extend(returns.row(person, |question, mark| vec![in_words(question, mark)]));
        row.push(SYNTHETIC.into());
        rows.push(row);
    }
    workbook("フォームの回答 1", &[], &rows)
}

fn in_words(question: &Question, mark: &Mark) -> Cell {
    match mark {
        Mark::Blank | Mark::Code99 | Mark::Two(..) | Mark::Stray(_) => Cell::Empty,
        Mark::One(option) => question.label(*option).into(),
        Mark::Many(marks) => {
            let labels: Vec<&str> = marks.iter().map(|&k| question.label(k)).collect();
            Cell::Text(labels.join(", "))
        }
        Mark::Number(number) => Cell::Number(*number as f64),
        Mark::Words(words) => Cell::Text(words.replace("\r\n", "\n")),
    }
}

/// The elderly survey's workbook: codes as numbers, two header rows, the multiple answer as ○ in columns; one
/// respondent stands in it twice, two returns are blank.
pub(super) fn elderly(returns: &Returns<'_>) -> Result<Vec<u8>, Box<dyn Error>> {
    const HEADINGS: [Heading; 5] = [
        Heading { first: 1, last: 3, text: "属性" },
        Heading { first: 4, last: 4, text: "家族構成" },
        Heading { first: 5, last: 5, text: "外出の頻度" },
        Heading { first: 6, last: 6, text: "地域包括支援センターの認知" },
        Heading { first: 7, last: 13, text: "相談する相手（○はいくつでも）" },
    ];
    let mut header: Vec<Cell> = vec!["整理番号".into()];
    for question in &returns.book.question {
        match question.kind {
            Kind::Multiple => header
                .extend((1..=question.option_count()).map(|k| Cell::Text(format!("{}_{k}", question.id)))),
            Kind::Single | Kind::Number | Kind::Text => header.push(question.id.as_str().into()),
        }
    }
    header.push("データ区分".into());
    let width = header.len();
    let flanked = |id: usize, answers: Vec<Cell>| {
        let mut row = vec![Cell::Number(id as f64)];
        row.extend(answers);
        row.resize(width - 1, Cell::Empty);
        row.push(SYNTHETIC.into());
        row
    };
    let mut rows = vec![header];
    for person in 0..returns.people.len() {
        let row = flanked(returns.people[person].id, returns.row(person, coded));
        rows.push(row.clone());
        match person {
            318 => rows.push(row),
            77 | 850 => rows.push(flanked(returns.unused_id(person), Vec::new())),
            _ => {}
        }
    }
    workbook("入力データ", &HEADINGS, &rows)
}

fn coded(question: &Question, mark: &Mark) -> Vec<Cell> {
    if question.kind == Kind::Multiple {
        return (0..question.option_count())
            .map(|k| {
                if matches!(mark, Mark::Many(marks) if marks.contains(&k)) {
                    "○".into()
                } else {
                    Cell::Empty
                }
            })
            .collect();
    }
    vec![match mark {
        Mark::One(option) | Mark::Stray(option) => Cell::Number((option + 1) as f64),
        Mark::Code99 => Cell::Number(99.0),
        Mark::Two(first, second) => Cell::Text(format!("{},{}", first + 1, second + 1)),
        Mark::Blank | Mark::Many(_) | Mark::Number(_) | Mark::Words(_) => Cell::Empty,
    }]
}
