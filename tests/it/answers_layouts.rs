//! One small survey written in every layout that comes in: the answers are the same.

use std::sync::Arc;

use crate::support::dice::Dice;
use shihyo::code::Code;
use shihyo::decode::{Answers, ColumnLayout, DecodeOptions, MissingReason, Responses, columns_used, decode};
use shihyo::error::{Error, SourceText};
use shihyo::questionnaire::{Questionnaire, read_questionnaire};
use shihyo::raw::{ReadOptions, Table, read_bytes};

/// Labels with the delimiters in them, a tenth option (code 10 beside code 1), and one that is a part of
/// another.
const LABELS: [&str; 10] = [
    "見守り",
    "買い物、掃除など",
    "配食",
    "送迎, 付き添い",
    "子ども食堂",
    "清掃・草取り",
    "防災 訓練",
    "話し相手",
    "見守り、話し相手（電話）",
    "特になし",
];
const ROWS: usize = 240;

/// One respondent: the option of the single question, those of the multiple one (`None`: blank), the age.
struct Person {
    single: Option<usize>,
    multiple: Option<Vec<usize>>,
    age: Option<u32>,
}

/// The same people in every run.
fn people() -> Vec<Person> {
    let mut dice = Dice::new(20_260_401);
    let mut next = move |below: u64| dice.below(below);
    let person = |_| Person {
        single: (next(10) > 0).then(|| next(10) as usize),
        multiple: (next(8) > 0).then(|| {
            let mut chosen: Vec<usize> = (0..1 + next(4)).map(|_| next(10) as usize).collect();
            chosen.sort_unstable();
            chosen.dedup();
            chosen
        }),
        age: (next(12) > 0).then(|| 15 + next(80) as u32),
    };
    (0..ROWS).map(person).collect()
}

fn questionnaire(extra: &str) -> Questionnaire {
    let options = LABELS.map(|l| format!("\"{l}\"")).join(", ");
    let text = format!(
        "title = \"試験\"\n[[question]]\nid = \"問1\"\ntext = \"いちばん参加したい活動\"\ntype = \"single\"\n\
         options = [{options}]\n\
         [[question]]\nid = \"問2\"\ntext = \"参加したい活動\"\ntype = \"multiple\"\noptions = [{options}]\n\
         {extra}\n\
         [[question]]\nid = \"年齢\"\ntype = \"number\"\nrange = [0, 120]\n"
    );
    read_questionnaire(Arc::new(SourceText { file: "q.toml".into(), text })).unwrap_or_else(|e| panic!("{e}"))
}

/// A CSV as bytes, every cell quoted.
fn csv(header: &[Vec<String>], rows: &[Vec<String>]) -> Vec<u8> {
    let line = |cells: &Vec<String>| {
        cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect::<Vec<_>>().join(",") + "\n"
    };
    header.iter().chain(rows).map(line).collect::<String>().into_bytes()
}

fn table(header: &[Vec<String>], rows: &[Vec<String>]) -> Table {
    let options = ReadOptions { header_rows: Some(header.len()), ..ReadOptions::default() };
    read_bytes(&csv(header, rows), "回答.csv", &options).unwrap_or_else(|e| panic!("{e}"))
}

fn decoded(questionnaire: &Questionnaire, table: Table) -> Answers {
    decode(questionnaire, &[table], &DecodeOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

type Cells = Box<dyn Fn(&Person) -> Vec<String>>;

/// A way to write one question: header texts and the cells of one person.
struct Layout {
    name: &'static str,
    header: Vec<String>,
    cells: Cells,
}

fn layout(
    name: &'static str,
    header: Vec<String>,
    cells: impl Fn(&Person) -> Vec<String> + 'static,
) -> Layout {
    Layout { name, header, cells: Box::new(cells) }
}

fn per_option(write: impl Fn(usize) -> String) -> Vec<String> {
    (0..LABELS.len()).map(write).collect()
}

fn wide(code: usize) -> String {
    code.to_string().chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap_or(c)).collect()
}

fn single_layouts() -> Vec<Layout> {
    let one = |name, write: fn(usize) -> String| {
        layout(name, vec!["問1".into()], move |p: &Person| vec![p.single.map_or(String::new(), write)])
    };
    let headed = |name, header: &str| {
        layout(name, vec![header.into()], |p: &Person| {
            vec![p.single.map_or(String::new(), |k| (k + 1).to_string())]
        })
    };
    let marks = |p: &Person| per_option(|k| if p.single == Some(k) { "○".into() } else { String::new() });
    vec![
        one("code", |k| (k + 1).to_string()),
        one("full-width code", |k| wide(k + 1)),
        one("code with zeros", |k| format!("{:02}", k + 1)),
        one("label", |k| LABELS[k].into()),
        one("label with blanks around", |k| format!(" {}　", LABELS[k])),
        one("code and label", |k| format!("{}. {}", k + 1, LABELS[k])),
        headed("words as header", "いちばん参加したい活動"),
        headed("id and words as header", "問1 いちばん参加したい活動"),
        headed("id and other words, trailing blanks", "問１．いちばん…　"),
        layout("circles", per_option(|k| format!("問1_{}", k + 1)), marks),
    ]
}

fn joined(delimiter: &'static str, write: fn(usize) -> String) -> impl Fn(&Person) -> Vec<String> {
    move |p: &Person| {
        vec![
            p.multiple
                .as_ref()
                .map_or(String::new(), |m| m.iter().map(|&k| write(k)).collect::<Vec<_>>().join(delimiter)),
        ]
    }
}

fn columns(yes: fn(usize) -> String, no: &'static str) -> impl Fn(&Person) -> Vec<String> {
    move |p: &Person| {
        per_option(|k| match &p.multiple {
            None => String::new(),
            Some(m) if m.contains(&k) => yes(k),
            Some(_) => no.into(),
        })
    }
}

fn multiple_layouts() -> Vec<Layout> {
    let code = |k: usize| (k + 1).to_string();
    let label = |k: usize| LABELS[k].to_owned();
    let mentions = |p: &Person| {
        (0..4)
            .map(|at| {
                p.multiple.as_ref().and_then(|m| m.get(at)).map_or(String::new(), |k| (k + 1).to_string())
            })
            .collect()
    };
    let one = || vec!["問2".to_owned()];
    let all = |write: fn(usize) -> String| per_option(write);
    vec![
        layout("0/1 columns by code", all(|k| format!("問2_{}", k + 1)), columns(|_| "1".into(), "0")),
        layout(
            "1/0/blank, dash and zeros",
            all(|k| format!("問2-{:04}", k + 1)),
            columns(|_| "１".into(), "０"),
        ),
        layout("circles, by code with a dot", all(|k| format!("問2.{}", k + 1)), columns(|_| "○".into(), "")),
        layout("circles, by label", all(|k| format!("問2 [{}]", LABELS[k])), columns(|_| "〇".into(), "")),
        layout("1 and blank", all(|k| format!("問2_{}", k + 1)), columns(|_| "1".into(), "")),
        layout("own code and blank", all(|k| format!("問2_{}", k + 1)), columns(|k| (k + 1).to_string(), "")),
        layout("TRUE/FALSE, Kobo", all(|k| format!("問2/{}", k + 1)), columns(|_| "TRUE".into(), "FALSE")),
        layout("matrix row", all(|k| format!("問2c{}", k + 1)), columns(|_| "1".into(), "0")),
        layout("Y/N, LimeSurvey", all(|k| format!("問2[SQ{:03}]", k + 1)), columns(|_| "Y".into(), "N")),
        layout(
            "label or Not selected",
            all(|k| format!("問2_{:04}", k + 1)),
            columns(|k| LABELS[k].into(), "Not selected"),
        ),
        layout(
            "words of the question as head",
            all(|k| format!("参加したい活動 [{}]", LABELS[k])),
            columns(|_| "はい".into(), "いいえ"),
        ),
        layout("codes joined by comma", one(), joined(",", code)),
        layout("codes joined by 、 full width", one(), joined("、", |k| wide(k + 1))),
        layout("codes joined by semicolon", one(), joined(";", code)),
        layout("codes joined by &", one(), joined("&", code)),
        layout("codes joined by blank", one(), joined(" ", code)),
        layout("codes, one a line", one(), joined("\n", code)),
        layout("labels, one a line", one(), joined("\n", label)),
        layout("labels joined by semicolon", one(), joined(";", label)),
        layout("labels joined by comma, Google Forms", one(), joined(", ", label)),
        layout("mentions", (1..=4).map(|n| format!("問2_{n}")).collect(), mentions),
    ]
}

/// The file of one layout of each question; `rows` of header, the question above and the option below in two.
fn file(single: &Layout, multiple: &Layout, people: &[Person]) -> Table {
    let header: Vec<String> =
        single.header.iter().chain(&multiple.header).cloned().chain(["年齢".to_owned()]).collect();
    let row = |p: &Person| {
        let mut cells = (single.cells)(p);
        cells.extend((multiple.cells)(p));
        cells.push(p.age.map_or(String::new(), |a| a.to_string()));
        cells
    };
    table(&[header], &people.iter().map(row).collect::<Vec<_>>())
}

/// What the survey says, made from the people and not from a file.
fn expected(people: &[Person]) -> Vec<Responses> {
    let kept: Vec<&Person> =
        people.iter().filter(|p| p.single.is_some() || p.multiple.is_some() || p.age.is_some()).collect();
    let no_answer = MissingReason::NoAnswer;
    vec![
        Responses::Single(kept.iter().map(|p| p.single.map(|k| k as u16).ok_or(no_answer)).collect()),
        Responses::Multiple(
            kept.iter()
                .map(|p| {
                    p.multiple.as_ref().map(|m| m.iter().fold(0, |b, k| b | 1u128 << k)).ok_or(no_answer)
                })
                .collect(),
        ),
        Responses::Number(kept.iter().map(|p| p.age.map(f64::from).ok_or(no_answer)).collect()),
    ]
}

#[test]
fn every_layout_of_a_single_answer_says_the_same() {
    let (people, questionnaire) = (people(), questionnaire(""));
    let plain = &multiple_layouts()[0];
    for layout in single_layouts() {
        let answers = decoded(&questionnaire, file(&layout, plain, &people));
        assert_eq!(answers.responses, expected(&people), "{}", layout.name);
        assert_eq!(
            answers.findings.iter().filter(|f| f.code != Code::AnswersBlankReturn).count(),
            0,
            "{}: {:?}",
            layout.name,
            answers.findings
        );
    }
}

#[test]
fn every_layout_of_a_multiple_answer_says_the_same() {
    let (people, questionnaire) = (people(), questionnaire(""));
    let plain = &single_layouts()[0];
    for layout in multiple_layouts() {
        let answers = decoded(&questionnaire, file(plain, &layout, &people));
        assert_eq!(answers.responses, expected(&people), "{}", layout.name);
        assert_eq!(
            answers.findings.iter().filter(|f| f.code != Code::AnswersBlankReturn).count(),
            0,
            "{}: {:?}",
            layout.name,
            answers.findings
        );
    }
}

#[test]
fn two_header_rows_say_question_and_option() {
    let (people, questionnaire) = (people(), questionnaire(""));
    for above in ["問1", "問1 いちばん参加したい活動", "いちばん参加したい活動"] {
        let mut first = vec!["あなたのこと".to_owned(), above.to_owned()];
        first.extend(vec![String::new(); 9]);
        first.push("問2".into());
        first.extend(vec![String::new(); 9]);
        let second: Vec<String> =
            ["年齢"].into_iter().chain(LABELS).chain(LABELS).map(str::to_owned).collect();
        let row = |p: &Person| {
            let mut cells = vec![p.age.map_or(String::new(), |a| a.to_string())];
            cells.extend(per_option(|k| if p.single == Some(k) { "○".into() } else { String::new() }));
            cells.extend(columns(|_| "○".into(), "")(p));
            cells
        };
        let answers =
            decoded(&questionnaire, table(&[first, second], &people.iter().map(row).collect::<Vec<_>>()));
        assert_eq!(answers.responses, expected(&people), "{above}");
    }
}

#[test]
fn columns_may_be_named() {
    let people = people();
    let header: Vec<String> =
        per_option(|k| format!("c{k}")).into_iter().chain(["問1".into(), "年齢".into()]).collect();
    let row = |p: &Person| {
        let mut cells = columns(|_| "1".into(), "0")(p);
        cells.push(p.single.map_or(String::new(), |k| (k + 1).to_string()));
        cells.push(p.age.map_or(String::new(), |a| a.to_string()));
        cells
    };
    let rows: Vec<Vec<String>> = people.iter().map(row).collect();
    for names in
        [per_option(|k| format!("\"c{k}\"")), per_option(|k| format!("\"@{}\"", shihyo::raw::letters(k)))]
    {
        let questionnaire = questionnaire(&format!("columns = [{}]", names.join(", ")));
        assert_eq!(
            decoded(&questionnaire, table(std::slice::from_ref(&header), &rows)).responses,
            expected(&people)
        );
    }
}

#[test]
fn a_blank_and_a_no_are_not_the_same() {
    let questionnaire = questionnaire("");
    let header: Vec<String> =
        per_option(|k| format!("問2_{}", k + 1)).into_iter().chain(["問1".into(), "年齢".into()]).collect();
    let row = |cell: &str| {
        let mut cells = vec![cell.to_owned(); 10];
        cells.extend(["1".to_owned(), String::new()]);
        cells
    };
    let answers =
        decoded(&questionnaire, table(&[header], &[row(""), row("0"), row("Not selected"), row("FALSE")]));
    let Responses::Multiple(multiple) = &answers.responses[1] else { panic!() };
    assert_eq!(
        multiple,
        &[Err(MissingReason::NoAnswer), Ok(0), Ok(0), Ok(0)],
        "0 everywhere is an answer: none of these"
    );
    assert_eq!((answers.ledger[1].valid, answers.ledger[1].no_answer), (3, 1));
}

#[test]
fn mistyped_ticks_do_not_turn_ticks_into_mentions() {
    let questionnaire = questionnaire("");
    let people: Vec<Person> = people().into_iter().collect();
    let plain = &single_layouts()[0];
    let ticks = layout("1 and blank", per_option(|k| format!("問2_{}", k + 1)), columns(|_| "1".into(), ""));
    let mut rows: Vec<Vec<String>> = Vec::new();
    let header: Vec<String> =
        plain.header.iter().chain(&ticks.header).cloned().chain(["年齢".to_owned()]).collect();
    for p in &people {
        let mut cells = (plain.cells)(p);
        cells.extend((ticks.cells)(p));
        cells.push("40".into());
        rows.push(cells);
    }
    rows[7][4] = "3".into();
    rows[9][5] = "7".into();
    let answers = decoded(&questionnaire, table(&[header], &rows));
    let Responses::Multiple(multiple) = &answers.responses[1] else { panic!() };
    assert_eq!((multiple[7], multiple[9]), (Err(MissingReason::Invalid), Err(MissingReason::Invalid)));
    for (p, answer) in people
        .iter()
        .zip(multiple)
        .enumerate()
        .filter(|(row, _)| *row != 7 && *row != 9)
        .map(|(_, both)| both)
    {
        assert_eq!(
            *answer,
            p.multiple
                .as_ref()
                .map(|m| m.iter().fold(0, |b, k| b | 1u128 << k))
                .ok_or(MissingReason::NoAnswer)
        );
    }
    assert_eq!(answers.findings.iter().filter(|f| f.code == Code::AnswersOutOfList).count(), 2);
}

#[test]
fn how_the_columns_were_read_can_be_asked() {
    let (people, questionnaire) = (people(), questionnaire(""));
    let read = |multiple: &Layout| {
        columns_used(&questionnaire, &[file(&single_layouts()[0], multiple, &people)])
            .unwrap_or_else(|e| panic!("{e}"))
    };
    let mut kinds: Vec<(&str, ColumnLayout, usize)> = Vec::new();
    for layout in multiple_layouts() {
        let used = read(&layout);
        assert_eq!(
            (used[0][0].question.as_str(), used[0][0].columns.as_slice()),
            ("問1", &["問1".to_owned()][..])
        );
        kinds.push((layout.name, used[0][1].layout, used[0][1].columns.len()));
    }
    for (name, kind, columns) in kinds {
        let expected = match name {
            "mentions" => (ColumnLayout::Mentions, 4),
            joined if joined.contains("joined") || joined.contains("one a line") => (ColumnLayout::Whole, 1),
            _ => (ColumnLayout::Ticks, 10),
        };
        assert_eq!((kind, columns), expected, "{name}");
    }
}

#[test]
fn ten_mentions_of_ten_options_are_told_from_ticks() {
    let questionnaire = questionnaire("");
    let people = people();
    let mentions = layout("ten mentions", per_option(|k| format!("問2_{}", k + 1)), |p: &Person| {
        (0..10)
            .map(|at| {
                p.multiple.as_ref().and_then(|m| m.get(at)).map_or(String::new(), |k| (k + 1).to_string())
            })
            .collect()
    });
    let answers = decoded(&questionnaire, file(&single_layouts()[0], &mentions, &people));
    assert_eq!(answers.responses, expected(&people));
}

fn failure(questionnaire: &Questionnaire, header: &[&str]) -> Error {
    let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
    let rows = vec![vec!["1".to_owned(); header.len()]; 2];
    decode(questionnaire, &[table(&[header], &rows)], &DecodeOptions::default()).unwrap_err()
}

#[test]
fn a_missing_column_is_told_with_what_comes_near() {
    let questionnaire = questionnaire("");
    let mut header = vec!["問l", "年令"];
    let ticks = per_option(|k| format!("問2_{}", k + 1));
    header.extend(ticks.iter().take(9).map(String::as_str));
    let error = failure(&questionnaire, &header);
    let told: Vec<(Code, String)> =
        error.diagnostics().iter().map(|d| (d.code, d.message.en.clone())).collect();
    assert_eq!(
        told,
        [
            (Code::AnswersMissingColumn, "no column for question \"問1\"".to_owned()),
            (Code::AnswersMissingColumn, "no column for option \"特になし\" of question \"問2\"".to_owned()),
            (Code::AnswersMissingColumn, "no column for question \"年齢\"".to_owned()),
        ]
    );
    let help = |i: usize| error.diagnostics()[i].help.as_ref().unwrap().en.clone();
    assert!(help(0).contains("問l"), "{}", help(0));
    assert!(help(2).contains("年令"), "{}", help(2));
    assert_eq!(error.diagnostics()[0].place.file.as_deref(), Some("回答.csv"));
    assert_eq!(error.diagnostics()[0].place.question.as_deref(), Some("問1"));
}

#[test]
fn the_groups_before_a_name_are_passed_over_unless_two_could_be_meant() {
    let text = "title = \"\"\n[[question]]\nid = \"acts\"\ntype = \"multiple\"\n\
                options = [{ code = \"a\", label = \"A\" }, { code = \"other\", label = \"O\" }]\n\
        [[question]]\nid = \"other\"\ntype = \"number\"\n[[question]]\nid = \"age\"\ntype = \"number\"\n";
    let questionnaire =
        read_questionnaire(Arc::new(SourceText { file: "q".into(), text: text.into() })).unwrap();
    let read = |header: &[&str]| -> Result<Vec<Vec<String>>, Error> {
        let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
        let used = columns_used(
            &questionnaire,
            &[table(std::slice::from_ref(&header), &[vec!["1".to_owned(); header.len()]])],
        )?;
        Ok(used[0].iter().map(|u| u.columns.clone()).collect())
    };
    let plain = read(&["acts/a", "acts/other", "other", "age"]).unwrap();
    assert_eq!(plain, [vec!["acts/a", "acts/other"], vec!["other"], vec!["age"]]);
    let grouped = read(&["g/acts/a", "g/acts/other", "g/other", "h/sub/age"]).unwrap();
    assert_eq!(
        grouped,
        [vec!["g/acts/a", "g/acts/other"], vec!["g/other"], vec!["h/sub/age"]],
        "an option of acts is not the question other"
    );
    assert_eq!(read(&["g.acts.a", "g.acts.other", "g.other", "age"]).unwrap()[1], ["g.other"]);
    assert_eq!(read(&["acts", "h/age", "other", "age"]).unwrap()[2], ["age"], "the plain name comes first");
    let told = |header: &[&str]| -> Vec<(Code, String)> {
        read(header).unwrap_err().diagnostics().iter().map(|d| (d.code, d.message.en.clone())).collect()
    };
    let two = "2 columns could be question \"age\": g/age（@C）, h/age（@D）".to_owned();
    assert_eq!(told(&["acts", "other", "g/age", "h/age"]), [(Code::AnswersAmbiguousColumn, two)]);
    let ticks = "2 columns could be question \"acts\": g/acts/a（@C）, h/acts/a（@E）".to_owned();
    assert_eq!(
        told(&["other", "age", "g/acts/a", "g/acts/other", "h/acts/a", "h/acts/other"]),
        [(Code::AnswersAmbiguousColumn, ticks)]
    );
    for lost in [
        "age_group/years",
        "年代/age",
        "g/age_of_child",
        "g/teenage",
        "2024/age",
        "g-age_of_child",
        "age-years",
        "2024-age",
        "other-age",
    ] {
        assert_eq!(told(&["acts", "other", lost])[0].0, Code::AnswersMissingColumn, "{lost}");
    }
    for (header, acts, other) in [
        (["g-acts", "g-other", "h-sub-age"].as_slice(), vec!["g-acts"], vec!["g-other"]),
        (
            &["g-acts/a", "g-acts/other", "other", "h-sub-age"],
            vec!["g-acts/a", "g-acts/other"],
            vec!["other"],
        ),
        (
            &["g-acts_a", "g-acts_other", "other", "h-sub-age"],
            vec!["g-acts_a", "g-acts_other"],
            vec!["other"],
        ),
        // The joined column and those of the options beside it, as a split export has them.
        (
            &["g-acts", "g-acts/a", "g-acts/other", "other", "h-sub-age"],
            vec!["g-acts/a", "g-acts/other"],
            vec!["other"],
        ),
    ] {
        assert_eq!(read(header).unwrap(), [acts, other, vec!["h-sub-age"]], "{header:?}");
    }
    assert_eq!(
        read(&["acts", "other", "age", "h-age", "k-age"]).unwrap()[2],
        ["age"],
        "the plain name comes first"
    );
    let two = "2 columns could be question \"age\": g-age（@C）, h-age（@D）".to_owned();
    assert_eq!(told(&["acts", "other", "g-age", "h-age"]), [(Code::AnswersAmbiguousColumn, two)]);
}

#[test]
fn a_question_with_a_dash_in_its_name_is_in_no_group() {
    let text = "title = \"\"\n[[question]]\nid = \"home-age\"\ntype = \"number\"\n[[question]]\nid = \
                \"age\"\ntype = \"number\"\n";
    let questionnaire =
        read_questionnaire(Arc::new(SourceText { file: "q".into(), text: text.into() })).unwrap();
    let read = |header: &[&str]| {
        let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
        let row = (1..=header.len()).map(|n| n.to_string()).collect();
        columns_used(&questionnaire, &[table(&[header], &[row])])
            .map(|used| used[0].iter().map(|u| u.columns[0].clone()).collect::<Vec<_>>())
    };
    assert_eq!(read(&["home-age", "you-age"]).unwrap(), ["home-age", "you-age"]);
    assert_eq!(read(&["all-home-age", "you-age"]).unwrap(), ["all-home-age", "you-age"]);
    assert_eq!(read(&["home-age"]).unwrap_err().diagnostics()[0].code, Code::AnswersMissingColumn);
    assert_eq!(read(&["all-home-age"]).unwrap_err().diagnostics().len(), 1);
}

#[test]
fn a_column_that_one_file_of_the_wave_lacks_is_an_error() {
    let (people, questionnaire) = (people(), questionnaire(""));
    let good = file(&single_layouts()[0], &multiple_layouts()[0], &people);
    let mut lacking = good.clone();
    lacking.digest.file = "web.csv".into();
    lacking.columns.retain(|c| c.name() != "年齢");
    let error = decode(&questionnaire, &[good, lacking], &DecodeOptions::default()).unwrap_err();
    assert_eq!(error.diagnostics().len(), 1);
    assert_eq!(error.diagnostics()[0].place.file.as_deref(), Some("web.csv"));
}

#[test]
fn a_question_of_its_own_is_not_taken_for_an_option() {
    let text = "title = \"\"\n[[question]]\nid = \"q1\"\ntype = \"multiple\"\noptions = [\"a\", \"b\"]\n\
                [[question]]\nid = \"q1-2\"\ntype = \"single\"\noptions = [\"c\", \"d\"]\n";
    let questionnaire =
        read_questionnaire(Arc::new(SourceText { file: "q".into(), text: text.into() })).unwrap();
    let header: Vec<String> = ["q1_1", "q1_2", "q1-2"].map(str::to_owned).into();
    let rows = vec![["1", "0", "2"].map(str::to_owned).to_vec(), ["1", "1", "1"].map(str::to_owned).to_vec()];
    let answers = decoded(&questionnaire, table(&[header], &rows));
    assert_eq!(answers.responses[0], Responses::Multiple(vec![Ok(0b01), Ok(0b11)]));
    assert_eq!(answers.responses[1], Responses::Single(vec![Ok(1), Ok(0)]));
}
