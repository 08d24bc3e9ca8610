//! What one column, or one family of columns, most likely is.

use std::collections::{BTreeMap, BTreeSet};

use crate::decode::no_question::counts;
use crate::decode::personal::date_year;
use crate::draft::closed::{self, Closed};
use crate::draft::codes::{Missing, Options, Scale, is_missing_code};
use crate::draft::family::{Family, Kind, has_ticks, is_other, mentioned, own_label};
use crate::draft::remark::{Remark, RemarkKind};
use crate::draft::{naming, pieces};
use crate::questionnaire::form::{categories, question};
use crate::questionnaire::model::{Category, Question, QuestionKind};
use crate::questionnaire::resolve::MOST_OPTIONS;
use crate::raw::{Cell, Column, Table, letters};
use crate::text::number::number;
use crate::text::spelling;
use crate::text::{Lang, Text};

/// A question, and what was guessed of it.
pub(crate) type Guessed = (Question, Vec<Remark>);

/// What a column is, or why it is no question.
pub(crate) type Guess = Result<Guessed, Text>;

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

/// A question with the names of its columns; by letters where a name is that of other columns too.
fn with_columns(mut question: Question, columns: &[&Column], table: &Table) -> Question {
    let of = |c: &&Column| {
        let name = c.name().trim().to_owned();
        let is_name = c.header.len() == 1
            && !c.header.iter().all(|h| h.trim().is_empty())
            && !name.contains(['\n', '@'])
            && table.column(&name).is_some_and(|found| std::ptr::eq(found, *c));
        if is_name { name } else { format!("@{}", letters(c.position)) }
    };
    question.columns = columns.iter().map(of).collect();
    question
}

/// The question of one column; `about` is what the file's own dictionary says of it.
pub(crate) fn one(column: &Column, table: &Table) -> Guess {
    let about = table.dictionary.as_ref().and_then(|d| d.variables.get(&column.name()));
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
    let (mut question, mut remarks) = of_words(column, table, &counts, &mut absent)?;
    absent.tell(&mut question, &mut remarks);
    let missing: Vec<String> = missing.into_iter().filter(|code| question.category(code).is_none()).collect();
    question.no_answer.extend(missing);
    if let Some(label) = about.and_then(|a| a.label.as_ref()).filter(|_| question.text == question.id) {
        question.text = spelling::label(label);
    }
    if !dates.is_empty() {
        remarks.push(Remark::new(
            RemarkKind::Guess,
            "日付になったセルがあります。番号（1-2 など）を表計算ソフトが日付に変えたものとみて、選択肢に入\
             れていません",
            "some cells are dates, as which a spreadsheet program takes codes such as 1-2; they are no \
             options",
        ));
    }
    Ok((question, remarks))
}

/// More different words are no options.
const MOST_REPEATED: usize = 40;

/// What is written where the options' codes are known and not their words.
fn words_unknown() -> Remark {
    Remark::new(
        RemarkKind::Labels,
        "選択肢の文が分かりません。label に書いてください",
        "the words of the options are not known; write them as label",
    )
}

/// The question of a column whose cells are these; `missing` takes the codes among them that are no answer.
fn of_words(column: &Column, table: &Table, counts: &[(String, usize)], missing: &mut Missing) -> Guess {
    let pieces = naming::pieces(column);
    let (id, words) = naming::named(&pieces, column.position);
    let make = |kind: QuestionKind| with_columns(question(&id, &words, kind), &[column], table);
    let numbers: Option<BTreeSet<i64>> = counts.iter().map(|(t, _)| spelling::whole_number(t)).collect();
    if let Some(codes) = numbers {
        return Ok(of_codes(&codes, missing, &make));
    }
    if counts.iter().all(|(t, _)| number(t).is_some()) {
        return Ok((
            make(QuestionKind::Number { range: None }),
            vec![Remark::new(RemarkKind::Guess, "数量として読みました", "read as a number")],
        ));
    }
    let heading = pieces.join(" ");
    if let Some(found) = joined(counts, &heading, &make) {
        return Ok(found);
    }
    let Some(Closed { options: labels, others }) = closed::single(counts, &heading) else {
        let rows: usize = counts.iter().map(|(_, n)| n).sum();
        let repeats = counts.len() * 3 <= rows && rows >= 10 && counts.len() <= MOST_REPEATED;
        return Ok((
            make(QuestionKind::Text),
            vec![Remark::new(
                if repeats { RemarkKind::ClosedText } else { RemarkKind::Guess },
                "自由記述として読みました（言葉は集計に出ません）",
                "read as free text; its words go no further",
            )],
        ));
    };
    let labels: Vec<String> = labels.iter().map(|t| t.replace('\n', " ")).collect();
    let mut options = Options::of(labels.iter().map(String::as_str));
    options.as_scale(missing);
    let mut remarks = vec![order_of(&options)];
    if options.unknown_words() {
        remarks.push(words_unknown());
    }
    let pairs = options.pairs();
    if pairs.len() == 1 && others.is_none() {
        remarks.push(Remark::new(
            RemarkKind::OneOption,
            "選択肢が1つしかありません。複数回答の1列か、見出しの行を確かめてください",
            "there is one option only; see whether it is a part of a multiple answer, or the header rows",
        ));
    }
    if let Some((cell, rows)) = pieces::perhaps_several(counts) {
        let cell = cell.replace('\n', " ");
        remarks.push(Remark::new(
            RemarkKind::PerhapsSeveral,
            format!(
                "「{cell}」のように選択肢を並べたセルが{rows}人分あります。複数回答なら type を multiple に\
                 し、options を1つずつにしてください"
            ),
            format!(
                "{rows} respondents have several options in the cell, as in \"{cell}\"; if the question \
                 takes several answers, make its type multiple and write each option once"
            ),
        ));
    }
    let options = with_other(categories(pairs, false), others, &mut remarks);
    Ok((make(QuestionKind::Single(options)), remarks))
}

/// The options with one more for words that are no option's, if some were found in so many rows.
fn with_other(
    mut categories: Vec<Category>,
    others: Option<usize>,
    remarks: &mut Vec<Remark>,
) -> Vec<Category> {
    let Some(rows) = others else { return categories };
    remarks.push(Remark::new(
        RemarkKind::OwnWords,
        format!(
            "少ない言葉（{rows}人）は「その他」の自由記入としました。選択肢にするものがあれば options に書い\
             てください"
        ),
        format!(
            "rare words ({rows} respondents) count as \"other\" in the respondents' own words; write those \
             that are options of the form into options"
        ),
    ));
    let last = categories.iter().filter_map(|c| spelling::whole_number(&c.code)).max().unwrap_or(0);
    let english = categories.iter().all(|c| c.label.is_ascii())
        && categories.iter().any(|c| c.label.contains(|l: char| l.is_ascii_alphabetic()));
    let label = match (categories.iter().any(|c| is_other(&c.label)), english) {
        (false, false) => "その他",
        (true, false) => "その他（自由記入）",
        (false, true) => "Other",
        (true, true) => "Other (own words)",
    };
    let code = (last + 1).to_string();
    categories.push(Category {
        code,
        label: label.to_owned(),
        dont_know: false,
        exclusive: false,
        free_text: true,
    });
    categories
}

/// In which order the options of a single answer stand.
fn order_of(options: &Options) -> Remark {
    if options.mixed() {
        Remark::new(
            RemarkKind::Guess,
            "番号と言葉が混じっています。番号は番号どおりの選択肢、言葉はその後の選択肢としました。誰も選ば\
             なかった選択肢を足してください",
            "numbers and words together: each number is the option of that code, the words are options \
             after them; add those that nobody chose",
        )
    } else if options.numbered() {
        Remark::new(
            RemarkKind::Guess,
            "番号をコードとしました。誰も選ばなかった選択肢を足してください",
            "the numbers are the options' codes; add those that nobody chose",
        )
    } else {
        Remark::new(
            RemarkKind::Guess,
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
) -> Guessed {
    let scale = Scale::of(codes);
    scale.missing.iter().for_each(|code| missing.code(&code.to_string()));
    match scale.codes {
        Some(codes) => {
            let pairs = codes.iter().map(|c| (c.to_string(), c.to_string()));
            let mut remarks = vec![words_unknown()];
            if !scale.doubtful.is_empty() {
                let list = scale.doubtful.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                remarks.push(Remark::new(
                    RemarkKind::NoAnswer,
                    format!(
                        "{list} は無回答の番号かもしれません。無回答なら options から除き、no_answer に書いて\
                         ください"
                    ),
                    format!("{list} may be a code of no answer; if so, move it from options to no_answer"),
                ));
            }
            (make(QuestionKind::Single(categories(pairs, false))), remarks)
        }
        None => (
            make(QuestionKind::Number { range: None }),
            vec![Remark::new(RemarkKind::Guess, "数量として読みました", "read as a number")],
        ),
    }
}

/// A multiple answer in one cell.
fn joined(
    counts: &[(String, usize)],
    heading: &str,
    make: &dyn Fn(QuestionKind) -> Question,
) -> Option<Guessed> {
    let Closed { options, others } = pieces::options(counts, heading)?;
    let mut remarks = vec![Remark::new(
        RemarkKind::TakenApart,
        "1つのセルに複数の回答があるものとして読みました。区切りの文字を含む選択肢がないか確かめてください",
        "read as several answers in one cell; see whether an option itself holds the delimiter",
    )];
    let options = Options::of(options.iter().map(String::as_str));
    if options.unknown_words() {
        remarks.push(words_unknown());
    }
    let categories = with_other(categories(options.pairs(), true), others, &mut remarks);
    Some((make(QuestionKind::Multiple { categories, max_marks: None }), remarks))
}

/// The multiple answer of a family of columns.
pub(crate) fn multiple(family: &Family, columns: &[&Column], table: &Table, lang: Lang) -> Guess {
    let members: Vec<&Column> = family.members.iter().filter_map(|&i| columns.get(i).copied()).collect();
    let position = members.first().map_or(0, |c| c.position);
    let (id, words) = naming::named(&family.name, position);
    let mut remarks = vec![Remark::new(
        RemarkKind::Guess,
        format!("{} 列をまとめて複数回答としました", members.len()),
        format!("{} columns taken for one multiple answer", members.len()),
    )];
    let mut missing = Missing::default();
    let pairs: Vec<(String, String)> = if family.kind == Kind::Mentions {
        let options = mentioned(columns, &family.members, &mut missing);
        let options = Options::of(options.iter().map(String::as_str));
        if options.unknown_words() {
            remarks.push(words_unknown());
        }
        options.pairs()
    } else {
        let own: Vec<&Column> =
            members.iter().enumerate().filter(|(k, _)| Some(*k) != family.other).map(|(_, c)| *c).collect();
        for column in &own {
            let beside_numbers = has_ticks(column);
            for word in column.values.iter().map(|cell| spelling::label(&cell.text())) {
                if !missing.take(&word, beside_numbers) && is_missing_code(&word) {
                    missing.code(&word);
                }
            }
        }
        let parts = family.parts.iter().enumerate().filter(|(k, _)| Some(*k) != family.other);
        let parts: Vec<&String> = parts.map(|(_, part)| part).collect();
        let mut pairs = pairs_of(family, &parts, &own, &mut remarks);
        if let Some(at) = family.other {
            let last = pairs.iter().filter_map(|(code, _)| spelling::whole_number(code)).max();
            let label = family.parts.get(at).map_or("other", String::as_str);
            let other = Text::new("その他", "Other");
            let label = if label.eq_ignore_ascii_case("other") { other.get(lang) } else { label };
            let code = last.map_or_else(|| label.to_owned(), |n| (n + 1).to_string());
            pairs.insert(at.min(pairs.len()), (code, label.to_owned()));
            remarks.push(Remark::new(
                RemarkKind::OwnWords,
                format!("「{label}」の列の言葉は「その他」の自由記入としました"),
                format!("words in the column \"{label}\" count as \"other\""),
            ));
        }
        pairs
    };
    let mut categories = categories(pairs, true);
    if categories.len() > MOST_OPTIONS || (family.kind != Kind::Mentions && categories.len() != members.len())
    {
        return Err(Text::new(
            "列の名前が重なっていて、選択肢に分けられません",
            "the columns' names do not tell the options apart",
        ));
    }
    if let Some(other) = family.other.and_then(|at| categories.get_mut(at)) {
        other.free_text = true;
    }
    let made = question(&id, &words, QuestionKind::Multiple { categories, max_marks: None });
    let mut made = with_columns(made, &members, table);
    missing.tell(&mut made, &mut remarks);
    Ok((made, remarks))
}

/// Code and label of the options that have a column each, which are `parts` of the family; その他 is not
/// among them.
fn pairs_of(
    family: &Family,
    parts: &[&String],
    own: &[&Column],
    remarks: &mut Vec<Remark>,
) -> Vec<(String, String)> {
    let number = |part: &&String| {
        spelling::whole_number(&spelling::label(
            part.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start_matches('0'),
        ))
    };
    let labels: Vec<Option<String>> = own.iter().map(|c| own_label(c)).collect();
    let numbers = match &family.kind {
        Kind::Numbers(numbers) => Some(numbers.clone()),
        Kind::Ticks | Kind::Mentions => parts.iter().map(number).collect::<Option<Vec<i64>>>(),
    };
    let words = |part: &&String| number(part).is_none().then(|| naming::clean(part));
    match numbers {
        Some(codes) => {
            let labels: Vec<Option<String>> = labels
                .into_iter()
                .zip(parts)
                .map(|(label, part)| {
                    label.or_else(|| if matches!(family.kind, Kind::Numbers(_)) { words(part) } else { None })
                })
                .collect();
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
                |(part, label): (&&String, Option<String>)| label.unwrap_or_else(|| naming::clean(part));
            column_pairs(parts.iter().zip(labels).map(label).collect())
        }
    }
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
