//! What one column, or one family of columns, most likely is.

use std::collections::{BTreeMap, BTreeSet};

use crate::decode::no_question::counts;
use crate::decode::personal::date_year;
use crate::draft::codes::{MOST_VALUES, Missing, Options, Scale, is_missing_code};
use crate::draft::family::{Family, has_ticks, mentioned, own_label};
use crate::draft::pieces;
use crate::questionnaire::form::{categories, question};
use crate::questionnaire::model::{Question, QuestionKind};
use crate::questionnaire::resolve::MOST_OPTIONS;
use crate::raw::{Cell, Column, Variable};
use crate::text::Text;
use crate::text::number::number;
use crate::text::spelling;

type Guess = Result<(Question, Vec<Text>), Text>;

/// Whether the column holds the respondents' ids: each once, short codes, under a header that says so or as
/// first column.
pub(crate) fn is_respondent(column: &Column, rows: usize, first: bool) -> bool {
    let head = column.header.last().map_or(String::new(), |h| spelling::label(h).to_lowercase());
    let called = [
        "整理番号",
        "回答者id",
        "回答者番号",
        "回答番号",
        "調査票番号",
        "受付番号",
        "通し番号",
        "番号",
        "id",
        "no",
        "no.",
        "respondent",
        "respondent id",
        "uuid",
        "_uuid",
        "_id",
        "key",
    ];
    let said_so = called.contains(&head.as_str());
    let counts = counts(column);
    let filled: usize = counts.iter().map(|(_, n)| n).sum();
    let code = |t: &str| {
        t.len() <= 40
            && t.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':'))
            && t.bytes().any(|b| b.is_ascii_digit())
            && date_year(t).is_none()
    };
    // Two files, or a respondent who answered twice: some ids may stand more than once.
    rows >= 3
        && filled * 10 >= rows * 9
        && counts.len() * 100 >= filled * 95
        && counts.iter().all(|(t, _)| code(t))
        && (said_so || (first && counts.len() == filled && filled > 20))
}

/// The id and the words of a column: `問1 参加したいですか` has both.
fn named(column: &Column) -> (String, String) {
    let name = spelling::label(
        &column.header.iter().map(|h| h.trim()).filter(|h| !h.is_empty()).collect::<Vec<_>>().join(" / "),
    );
    let name = if name.is_empty() { format!("@{}", crate::raw::letters(column.position)) } else { name };
    split_id(&name)
}

fn split_id(name: &str) -> (String, String) {
    let first = name.split([' ', '.', ':', '。']).next().unwrap_or("");
    let is_id = (first.starts_with('問') || first.starts_with(['Q', 'q', 'F', 'f']))
        && first.contains(|c: char| c.is_ascii_digit())
        && first.chars().count() <= 8;
    let rest = name[first.len()..].trim_start_matches([' ', '.', ':', '。']).trim();
    if is_id && !rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_digit()) {
        (first.to_owned(), rest.to_owned())
    } else {
        (name.to_owned(), name.to_owned())
    }
}

/// A question whose column decoding finds: by its id, its words, or named where neither is the column's name.
fn with_column(mut question: Question, columns: &[&Column]) -> Question {
    let plain = columns.iter().all(|c| spelling::label(&c.name()) == spelling::label(&question.id));
    if !plain {
        let header = |c: &Column| {
            c.name().contains(" / ")
                || c.header.iter().all(|h| h.trim().is_empty())
                || c.name().contains('\n')
        };
        question.columns = columns
            .iter()
            .map(|c| {
                if header(c) {
                    format!("@{}", crate::raw::letters(c.position))
                } else {
                    c.name().trim().to_owned()
                }
            })
            .collect();
    }
    question
}

/// The question of one column; `about` is what the file's own dictionary says of it.
pub(crate) fn one(column: &Column, about: Option<&Variable>) -> Guess {
    let cells = |wanted: &dyn Fn(&Cell) -> bool| -> BTreeSet<String> {
        column.values.iter().filter(|c| wanted(c)).map(|c| spelling::lines(&c.text())).collect()
    };
    let dates = cells(&|c| matches!(c, Cell::Date(_)));
    let missing = cells(&|c| about.is_some_and(|a| a.is_missing(c)));
    let mut counts = counts(column);
    counts.retain(|(text, _)| !dates.contains(text) && !missing.contains(text));
    let mut absent = Missing::out_of(&mut counts);
    if counts.is_empty() && dates.is_empty() && missing.is_empty() {
        return Err(Text::new("無回答・非該当しかありません", "nothing but missing codes"));
    }
    let (mut question, mut remarks) = of_words(column, &counts, &mut absent)?;
    absent.tell(&mut question, &mut remarks);
    let missing: Vec<String> = missing.into_iter().filter(|code| question.category(code).is_none()).collect();
    question.no_answer.extend(missing);
    if let Some(label) = about.and_then(|a| a.label.as_ref()).filter(|_| question.text == question.id) {
        question.text = spelling::label(label);
    }
    if !dates.is_empty() {
        remarks.push(Text::new(
            "日付になったセルがあります。番号（1-2 など）を表計算ソフトが日付に変えたものとみて、選択肢に入\
             れていません",
            "some cells are dates, as which a spreadsheet program takes codes such as 1-2; they are no \
             options",
        ));
    }
    Ok((question, remarks))
}

/// What is written where the options' codes are known and not their words.
fn words_unknown() -> Text {
    Text::new(
        "選択肢の文が分かりません。label に書いてください",
        "the words of the options are not known; write them as label",
    )
}

/// The question of a column whose cells are these; `missing` takes the codes among them that are no answer.
fn of_words(column: &Column, counts: &[(String, usize)], missing: &mut Missing) -> Guess {
    let (id, words) = named(column);
    let filled: usize = counts.iter().map(|(_, n)| n).sum();
    let make = |kind: QuestionKind| with_column(question(&id, &words, kind), &[column]);
    let numbers: Option<BTreeSet<i64>> = counts.iter().map(|(t, _)| spelling::whole_number(t)).collect();
    if let Some(codes) = numbers {
        return Ok(of_codes(&codes, missing, &make));
    }
    if counts.iter().all(|(t, _)| number(t).is_some()) {
        return Ok((
            make(QuestionKind::Number { range: None }),
            vec![Text::new("数量として読みました", "read as a number")],
        ));
    }
    if let Some(found) = joined(counts, &make) {
        return Ok(found);
    }
    let repeats = counts.len() <= MOST_VALUES
        && counts.len() * 2 <= filled
        && counts.iter().all(|(t, _)| t.chars().count() <= 60);
    if !repeats {
        return Ok((
            make(QuestionKind::Text),
            vec![Text::new(
                "自由記述として読みました（言葉は集計に出ません）",
                "read as free text; its words go no further",
            )],
        ));
    }
    let labels: Vec<String> = counts.iter().map(|(t, _)| t.replace('\n', " ")).collect();
    let mut options = Options::of(labels.iter().map(String::as_str));
    options.as_scale(missing);
    let mut remarks = vec![order_of(&options)];
    if options.unknown_words() {
        remarks.push(words_unknown());
    }
    Ok((make(QuestionKind::Single(categories(options.pairs(), false))), remarks))
}

/// In which order the options of a single answer stand.
fn order_of(options: &Options) -> Text {
    if options.mixed() {
        Text::new(
            "番号と言葉が混じっています。番号は番号どおりの選択肢、言葉はその後の選択肢としました。誰も選ば\
             なかった選択肢を足してください",
            "numbers and words together: each number is the option of that code, the words are options \
             after them; add those that nobody chose",
        )
    } else if options.numbered() {
        Text::new(
            "番号をコードとしました。誰も選ばなかった選択肢を足してください",
            "the numbers are the options' codes; add those that nobody chose",
        )
    } else {
        Text::new(
            "選択肢はファイルに出てきた順です。誰も選ばなかった選択肢を足し、調査票の順に直してください",
            "options in the order of the file; add those that nobody chose, and put them in the form's order",
        )
    }
}

/// Whole numbers: options where they are few and small, else a quantity.
fn of_codes(
    codes: &BTreeSet<i64>,
    missing: &mut Missing,
    make: &dyn Fn(QuestionKind) -> Question,
) -> (Question, Vec<Text>) {
    let scale = Scale::of(codes);
    scale.missing.iter().for_each(|code| missing.code(&code.to_string()));
    match scale.codes {
        Some(codes) => {
            let pairs = codes.iter().map(|c| (c.to_string(), c.to_string()));
            (make(QuestionKind::Single(categories(pairs, false))), vec![words_unknown()])
        }
        None => (
            make(QuestionKind::Number { range: None }),
            vec![Text::new("数量として読みました", "read as a number")],
        ),
    }
}

/// A multiple answer in one cell.
fn joined(
    counts: &[(String, usize)],
    make: &dyn Fn(QuestionKind) -> Question,
) -> Option<(Question, Vec<Text>)> {
    let options = pieces::options(counts)?;
    let mut remarks = vec![Text::new(
        "1つのセルに複数の回答があるものとして読みました。区切りの文字を含む選択肢がないか確かめてください",
        "read as several answers in one cell; see whether an option itself holds the delimiter",
    )];
    let options = Options::of(options.iter().map(String::as_str));
    if options.unknown_words() {
        remarks.push(words_unknown());
    }
    let categories = categories(options.pairs(), true);
    Some((make(QuestionKind::Multiple { categories, max_marks: None }), remarks))
}

/// The multiple answer of a family of columns.
pub(crate) fn multiple(family: &Family, columns: &[&Column]) -> Guess {
    let members: Vec<&Column> = family.members.iter().filter_map(|&i| columns.get(i).copied()).collect();
    let (id, words) = split_id(&spelling::label(&family.stem));
    let mut remarks = vec![Text::new(
        format!("{} 列をまとめて複数回答としました", members.len()),
        format!("{} columns taken for one multiple answer", members.len()),
    )];
    let mut missing = Missing::default();
    let pairs: Vec<(String, String)> = if family.mentions {
        let options = mentioned(columns, &family.members, &mut missing);
        let options = Options::of(options.iter().map(String::as_str));
        if options.unknown_words() {
            remarks.push(words_unknown());
        }
        options.pairs()
    } else {
        let number = |part: &str| {
            spelling::whole_number(&spelling::label(
                part.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start_matches('0'),
            ))
        };
        let labels: Vec<Option<String>> = members.iter().map(|c| own_label(c)).collect();
        for column in &members {
            let beside_numbers = has_ticks(column);
            for word in column.values.iter().map(|cell| spelling::label(&cell.text())) {
                if !missing.take(&word, beside_numbers) && is_missing_code(&word) {
                    missing.code(&word);
                }
            }
        }
        match family.parts.iter().map(|part| number(part)).collect::<Option<Vec<i64>>>() {
            Some(codes) => {
                if labels.iter().any(Option::is_none) {
                    remarks.push(words_unknown());
                }
                let pair = |(code, label): (i64, Option<String>)| {
                    (code.to_string(), label.unwrap_or_else(|| code.to_string()))
                };
                codes.into_iter().zip(labels).map(pair).collect()
            }
            None => {
                let label =
                    |(part, label): (&String, Option<String>)| label.unwrap_or_else(|| spelling::label(part));
                column_pairs(family.parts.iter().zip(labels).map(label).collect())
            }
        }
    };
    let categories = categories(pairs, true);
    if categories.len() > MOST_OPTIONS || (!family.mentions && categories.len() != members.len()) {
        return Err(Text::new(
            "列の名前が重なっていて、選択肢に分けられません",
            "the columns' names do not tell the options apart",
        ));
    }
    let mut made = question(&id, &words, QuestionKind::Multiple { categories, max_marks: None });
    let blank = |c: &Column| spelling::label(&c.name()).is_empty();
    made.columns = members
        .iter()
        .map(|c| {
            if blank(c) || c.header.len() > 1 || c.name().contains('\n') {
                format!("@{}", crate::raw::letters(c.position))
            } else {
                c.name().trim().to_owned()
            }
        })
        .collect();
    missing.tell(&mut made, &mut remarks);
    Ok((made, remarks))
}

/// Code and label of the options of columns with these labels, in the columns' order.
fn column_pairs(labels: Vec<String>) -> Vec<(String, String)> {
    let options = Options::of(labels.iter().map(String::as_str));
    if !options.numbered() {
        return (1..).zip(labels).map(|(k, label): (usize, _)| (k.to_string(), label)).collect();
    }
    let codes: BTreeMap<String, String> =
        options.pairs().into_iter().map(|(code, label)| (label, code)).collect();
    labels.into_iter().filter_map(|label| Some((codes.get(&label)?.clone(), label))).collect()
}
