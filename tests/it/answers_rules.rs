//! The rules between a cell and an answer: missing kinds, skip rules, paper policies, duplicates, blank
//! returns, the ledger.

use std::collections::BTreeSet;
use std::sync::Arc;

use shihyo::code::{Code, Severity};
use shihyo::decode::{Answers, Base, DecodeOptions, MissingReason, Responses, decode, share_outcome};
use shihyo::error::SourceText;
use shihyo::finding::Finding;
use shihyo::questionnaire::{Duplicates, Questionnaire, read_questionnaire};
use shihyo::raw::{ReadOptions, Table, read_bytes};

use MissingReason::{DontKnow, Invalid, NoAnswer, NotAsked};

const SURVEY: &str = r#"
title = "試験"
[defaults]
no_answer = ["99"]
not_asked = ["NA"]
[[question]]
id = "問1"
type = "single"
options = ["はい", "いいえ", { label = "わからない", dont_know = true }]
[[question]]
id = "問2"
type = "multiple"
options = ["見守り", "配食", "送迎", "清掃", { label = "特になし", exclusive = true }]
asked_if = { question = "問1", of = ["はい"] }
max_marks = 3
[[question]]
id = "年齢"
type = "number"
range = [0, 120]
no_answer = ["999"]
[[question]]
id = "自由"
type = "text"
"#;

fn questionnaire(text: &str) -> Questionnaire {
    read_questionnaire(Arc::new(SourceText { file: "q.toml".into(), text: text.into() }))
        .unwrap_or_else(|e| panic!("{e}"))
}

fn table(name: &str, csv: &str) -> Table {
    read_bytes(csv.as_bytes(), name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn with_ids() -> DecodeOptions {
    DecodeOptions { respondent: Some("整理番号".into()), ..DecodeOptions::default() }
}

fn run(text: &str, csv: &str, options: &DecodeOptions) -> Answers {
    decode(&questionnaire(text), &[table("紙.csv", csv)], options).unwrap_or_else(|e| panic!("{e}"))
}

fn single(answers: &Answers, q: usize) -> &[Result<u16, MissingReason>] {
    let Responses::Single(rows) = &answers.responses[q] else { panic!() };
    rows
}

fn multiple(answers: &Answers, q: usize) -> &[Result<u128, MissingReason>] {
    let Responses::Multiple(rows) = &answers.responses[q] else { panic!() };
    rows
}

fn number(answers: &Answers, q: usize) -> &[Result<f64, MissingReason>] {
    let Responses::Number(rows) = &answers.responses[q] else { panic!() };
    rows
}

fn finding(answers: &Answers, code: Code) -> Vec<&Finding> {
    answers.findings.iter().filter(|f| f.code == code).collect()
}

const DIRTY: &str = "\
整理番号,問1,問2,年齢,自由
1,１,\"1,3\",４５,よい
2,いいえ,,30,
3,2,1,130,
4,1,\"1,2,3,4\",abc,
5,99,,999,無し
6,\"1,2\",,,
7,7,,40,
8,1,\"2,5\",41,
9,1,NA,42,
10,,2,43,
11,3,,44,
12,7,,40,
,,,,
13,,,,
14,1,6,20,
";

#[test]
fn the_missing_kinds_stay_apart() {
    let answers = run(SURVEY, DIRTY, &with_ids());
    let expected: [Result<u16, MissingReason>; 13] = [
        Ok(0),
        Ok(1),
        Ok(1),
        Ok(0),
        Err(NoAnswer),
        Err(Invalid),
        Err(Invalid),
        Ok(0),
        Ok(0),
        Err(NoAnswer),
        Ok(2),
        Err(Invalid),
        Ok(0),
    ];
    assert_eq!(single(&answers, 0), expected);
    let expected: [Result<u128, MissingReason>; 13] = [
        Ok(0b00101),
        Err(NotAsked),
        Err(NotAsked),
        Err(Invalid),
        Err(NotAsked),
        Err(NotAsked),
        Err(NotAsked),
        Ok(0b10010),
        Err(NotAsked),
        Ok(0b00010),
        Err(NotAsked),
        Err(NotAsked),
        Err(Invalid),
    ];
    assert_eq!(multiple(&answers, 1), expected);
    let ages = number(&answers, 2);
    assert_eq!(&ages[..6], &[Ok(45.0), Ok(30.0), Err(Invalid), Err(Invalid), Err(NoAnswer), Err(NoAnswer)]);
    let Responses::Text(words) = &answers.responses[3] else { panic!() };
    assert_eq!((words[0], words[1]), (Ok(()), Err(NoAnswer)));
}

#[test]
fn the_ledger_leads_from_the_returns_to_the_base() {
    let answers = run(SURVEY, DIRTY, &with_ids());
    let ledger = answers.ledger[1];
    assert_eq!((ledger.returned, ledger.invalid_returns, ledger.duplicates), (15, 2, 0));
    assert_eq!(
        (ledger.not_asked, ledger.no_answer, ledger.invalid, ledger.dont_know, ledger.valid),
        (8, 0, 2, 0, 3)
    );
    for ledger in &answers.ledger {
        assert_eq!(ledger.parts(), ledger.returned);
    }
    let valid =
        share_outcome(&answers.responses[1], &[0, 1], Base::Answered).iter().filter(|o| o.in_base()).count();
    assert_eq!(valid as u64, ledger.valid);
    let asked =
        share_outcome(&answers.responses[1], &[0, 1], Base::Asked).iter().filter(|o| o.in_base()).count();
    assert_eq!(asked as u64, ledger.valid + ledger.no_answer + ledger.invalid);
}

#[test]
fn findings_are_gathered_with_their_first_place() {
    let answers = run(SURVEY, DIRTY, &with_ids());
    let seven = finding(&answers, Code::AnswersOutOfList);
    assert_eq!(seven.len(), 2, "7 of 問1 and 6 of 問2: {seven:#?}");
    assert_eq!(
        (seven[0].count, seven[0].place.row, seven[0].place.column.as_deref()),
        (2, Some(8), Some("問1"))
    );
    assert_eq!(seven[0].message.en, "問1: not an option \"7\"; counted as invalid. [rows 8, 13]");
    assert_eq!(seven[0].message.ja, "問1: 選択肢にない回答「7」。無効回答とした。［8、13 行目］");
    for (code, count, row) in [
        (Code::AnswersTwoMarks, 1, 7),
        (Code::AnswersOverMax, 1, 5),
        (Code::AnswersExclusiveWithOthers, 1, 9),
        (Code::AnswersOutOfRange, 1, 4),
        (Code::AnswersNotANumber, 1, 5),
        (Code::AnswersAnsweredThoughNotAsked, 1, 4),
        (Code::AnswersAnsweredFilterUnknown, 1, 11),
        (Code::AnswersNotAskedThoughAsked, 1, 10),
        (Code::AnswersTemplateRows, 1, 14),
        (Code::AnswersBlankReturn, 1, 15),
    ] {
        let found = finding(&answers, code);
        assert_eq!(found.len(), 1, "{code}: {found:#?}");
        assert_eq!((found[0].count, found[0].place.row), (count, Some(row)), "{code}");
        assert_eq!(found[0].place.file.as_deref(), Some("紙.csv"));
    }
    assert_eq!(finding(&answers, Code::AnswersTemplateRows)[0].severity, Severity::Note);
}

#[test]
fn a_bad_code_in_400_rows_is_one_finding() {
    let csv = format!("問1,問2,年齢,自由\n{}", "8,,20,\n".repeat(400));
    let answers = run(SURVEY, &csv, &DecodeOptions::default());
    let found = finding(&answers, Code::AnswersOutOfList);
    assert_eq!((found.len(), found[0].count), (1, 400));
    assert!(found[0].message.en.ends_with("19, 20, 21 …]"), "{}", found[0].message.en);
}

#[test]
fn many_different_bad_values_do_not_bury_the_rest() {
    let rows: String = (0..500)
        .map(|k| format!("{},,20,\n", 1000 + k))
        .chain(std::iter::repeat_n("9,,20,\n".to_owned(), 3))
        .collect();
    let answers = run(SURVEY, &format!("問1,問2,年齢,自由\n{rows}"), &DecodeOptions::default());
    let found = finding(&answers, Code::AnswersOutOfList);
    assert_eq!(found.len(), 21);
    assert_eq!((found[0].count, found[20].count), (3, 481));
    assert!(
        found[20].message.en.starts_with("問1: not an option (481 other values); counted as invalid."),
        "{}",
        found[20].message.en
    );
    assert_eq!(found.iter().map(|f| f.count).sum::<u64>(), answers.ledger[0].invalid);
}

#[test]
fn the_words_of_few_are_not_told_but_counted() {
    let rows: String =
        ["たかし", "ひろし", "なし", "なし", "なし", "12"].map(|value| format!("{value},,20,\n")).concat();
    let answers = run(SURVEY, &format!("問1,問2,年齢,自由\n{rows}"), &DecodeOptions::default());
    let told: Vec<(&str, u64)> =
        finding(&answers, Code::AnswersOutOfList).iter().map(|f| (f.message.ja.as_str(), f.count)).collect();
    assert_eq!(
        told,
        [
            ("問1: 選択肢にない回答「なし」。無効回答とした。［4、5、6 行目］", 3),
            ("問1: 選択肢にない回答「12」。無効回答とした。［7 行目］", 1),
            (
                "問1: 選択肢にない回答（2 種類。書かれた言葉は出力に書かない）。無効回答とした。［2、3 行目\
                 ］",
                2
            ),
        ]
    );
}

#[test]
fn paper_policies_are_named_and_followed() {
    let with = |policy: &str| SURVEY.replace("[defaults]", &format!("[defaults]\npolicy = {{ {policy} }}"));
    let answers = run(
        &with("two_marks = \"first\", over_max = \"first\", exclusive_with_others = \"drop-others\""),
        DIRTY,
        &with_ids(),
    );
    assert_eq!(single(&answers, 0)[5], Ok(0));
    assert_eq!(multiple(&answers, 1)[3], Ok(0b0111));
    assert_eq!(multiple(&answers, 1)[7], Ok(0b10000));
    let answers = run(
        &with(
            "over_max = \"keep\", exclusive_with_others = \"drop-exclusive\", not_asked_but_answered = \
             \"keep\"",
        ),
        DIRTY,
        &with_ids(),
    );
    assert_eq!(multiple(&answers, 1)[3], Ok(0b1111));
    assert_eq!(multiple(&answers, 1)[7], Ok(0b00010));
    assert_eq!(multiple(&answers, 1)[2], Ok(0b00001));
    assert_eq!(
        finding(&answers, Code::AnswersOverMax)[0].message.en,
        "問2: more marks than allowed \"1,2,3,4\"; all were counted. [rows 5]"
    );
}

#[test]
fn dont_know_is_an_answer_unless_the_plan_says_otherwise() {
    let mut options = with_ids();
    options.dont_know_missing = BTreeSet::from(["問1".to_owned()]);
    let answers = run(SURVEY, DIRTY, &options);
    assert_eq!(single(&answers, 0)[10], Err(DontKnow));
    assert_eq!(answers.ledger[0].dont_know, 1);
    assert_eq!(multiple(&answers, 1)[10], Err(NotAsked), "the skip rule still sees what was said");
    options.dont_know_missing = BTreeSet::from(["問１".to_owned()]);
    let error = decode(&questionnaire(SURVEY), &[table("紙.csv", DIRTY)], &options).unwrap_err();
    assert_eq!(error.diagnostics()[0].code, Code::AnswersUnknownQuestion);
    assert_eq!(error.diagnostics()[0].help.as_ref().unwrap().en, "did you mean \"問1\"?");
}

const PAPER: &str = "整理番号,問1,問2,年齢,自由\n1,1,1,20,\n００２,2,,30,\n3,1,2,40,\n3,2,,41,\n,1,1,50,\n";
const WEB: &str = "整理番号,自由,年齢,問2,問1\n2,web,31,1,1\n4,web,60,,2\n5,,,,\n5,x,70,,2\n";

fn wave(duplicates: Duplicates) -> Result<Answers, shihyo::error::Error> {
    let options = DecodeOptions { duplicates, ..with_ids() };
    decode(&questionnaire(SURVEY), &[table("紙.csv", PAPER), table("web.csv", WEB)], &options)
}

#[test]
fn paper_and_web_make_one_wave_and_each_row_knows_its_file() {
    let answers = wave(Duplicates::First).unwrap();
    assert_eq!(answers.rows, 5);
    assert_eq!(answers.source, [0, 0, 0, 1, 1]);
    assert_eq!(answers.source_row, [0, 1, 2, 1, 3]);
    assert_eq!(number(&answers, 2), &[Ok(20.0), Ok(30.0), Ok(40.0), Ok(60.0), Ok(70.0)]);
    let ledger = answers.ledger[0];
    assert_eq!((ledger.returned, ledger.invalid_returns, ledger.duplicates, ledger.valid), (9, 2, 2, 5));
    let found = finding(&answers, Code::AnswersDuplicateRespondent);
    assert_eq!((found.len(), found[0].count, found[0].place.row), (1, 2, Some(5)));
    assert!(found[0].message.en.contains("web.csv › row 2"), "{}", found[0].message.en);
    let unnamed = finding(&answers, Code::AnswersNoRespondentId);
    assert_eq!((unnamed[0].severity, unnamed[0].place.row), (Severity::Warning, Some(6)));
}

#[test]
fn the_duplicate_policy_says_which_row_counts() {
    let answers = wave(Duplicates::Last).unwrap();
    assert_eq!(number(&answers, 2), &[Ok(20.0), Ok(41.0), Ok(31.0), Ok(60.0), Ok(70.0)]);
    let error = wave(Duplicates::Fail).unwrap_err();
    let told: Vec<(Code, &str)> =
        error.diagnostics().iter().map(|d| (d.code, d.message.en.as_str())).collect();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|(code, _)| *code == Code::AnswersDuplicateRespondent));
    assert!(told[0].1.starts_with("respondent id \"2\" stands 2 times: 紙.csv › row 3"), "{}", told[0].1);
    let unknown = "latest".parse::<Duplicates>().unwrap_err();
    assert_eq!(unknown.diagnostics()[0].code, Code::AnswersUnknownWord);
    assert_eq!("last".parse::<Duplicates>(), Ok(Duplicates::Last));
}

#[test]
fn a_respondent_column_that_is_not_there_is_told_with_the_nearest_name() {
    let options = DecodeOptions { respondent: Some("整理番".into()), ..DecodeOptions::default() };
    let error = decode(&questionnaire(SURVEY), &[table("紙.csv", PAPER), table("web.csv", WEB)], &options)
        .unwrap_err();
    assert_eq!(error.diagnostics().len(), 2);
    assert_eq!(error.diagnostics()[1].place.file.as_deref(), Some("web.csv"));
    assert_eq!(error.diagnostics()[1].help.as_ref().unwrap().en, "did you mean \"整理番号\"?");
}

#[test]
fn a_chain_of_skip_rules_follows_through() {
    let text = "title = \"\"\n\
        [[question]]\nid = \"a\"\ntype = \"single\"\noptions = [\"yes\", \"no\"]\n\
        [[question]]\nid = \"b\"\ntype = \"single\"\noptions = [\"yes\", \"no\"]\n\
        asked_if = { question = \"a\", of = [\"yes\"] }\n\
        [[question]]\nid = \"c\"\ntype = \"single\"\noptions = [\"yes\", \"no\"]\n\
        asked_if = { question = \"b\", of = [\"yes\"] }\n";
    // The third person breaks the first rule; what was said to b is dropped, and so what hangs on it is not
    // asked either.
    let answers =
        run(text, "a,b,c\nyes,yes,no\nno,,\nno,yes,no\nyes,,\nyes,no,\n", &DecodeOptions::default());
    assert_eq!(single(&answers, 1), &[Ok(0), Err(NotAsked), Err(NotAsked), Err(NoAnswer), Ok(1)]);
    assert_eq!(single(&answers, 2), &[Ok(1), Err(NotAsked), Err(NotAsked), Err(NotAsked), Err(NotAsked)]);
    let broken = finding(&answers, Code::AnswersAnsweredThoughNotAsked);
    assert_eq!(broken.iter().map(|f| f.place.question.as_deref().unwrap()).collect::<Vec<_>>(), ["b", "c"]);
}

#[test]
fn an_ambiguous_cell_is_a_finding_and_never_a_guess() {
    let text =
        "title = \"\"\n[[question]]\nid = \"q\"\ntype = \"multiple\"\noptions = [\"A\", \"B\", \"A, B\"]\n";
    let answers = run(text, "q\n\"A, B\"\nA\n\"B, A\"\n", &DecodeOptions::default());
    assert_eq!(multiple(&answers, 0), &[Err(Invalid), Ok(1), Ok(3)]);
    assert_eq!(
        finding(&answers, Code::AnswersAmbiguous)[0].message.en,
        "q: can be read in more than one way \"A, B\"; counted as invalid. [rows 2]"
    );
}

#[test]
fn a_long_list_of_options_is_a_single_answer_past_128() {
    let options: Vec<String> = (1..=300).map(|k| format!("\"町{k}\"")).collect();
    let text = format!(
        "title = \"\"\n[[question]]\nid = \"町\"\ntype = \"single\"\noptions = [{}]\n",
        options.join(",")
    );
    let answers = run(&text, "町\n町300\n129\n128\n１\n301\n", &DecodeOptions::default());
    assert_eq!(single(&answers, 0), &[Ok(299), Ok(128), Ok(127), Ok(0), Err(Invalid)]);
}

#[test]
fn a_file_cut_in_two_says_the_same() {
    let whole = run(SURVEY, DIRTY, &with_ids());
    let lines: Vec<&str> = DIRTY.lines().collect();
    // Not right behind the blank line: reading leaves out blank lines at a file's end, so that one would not
    // be returned at all.
    for cut in (2..lines.len() - 1).filter(|&cut| lines[cut - 1] != ",,,,") {
        let (first, second) = (lines[..cut].join("\n"), [&lines[..1], &lines[cut..]].concat().join("\n"));
        let parts = [table("前.csv", &first), table("後.csv", &second)];
        let answers = decode(&questionnaire(SURVEY), &parts, &with_ids()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((&answers.responses, &answers.ledger), (&whole.responses, &whole.ledger), "cut at {cut}");
        let count = |a: &Answers| a.findings.iter().map(|f| f.count).sum::<u64>();
        assert_eq!(count(&answers), count(&whole), "cut at {cut}");
    }
}

#[test]
fn no_file_makes_decoding_panic() {
    let header = "整理番号,問1,問2,年齢,自由\n";
    for csv in [
        "",
        ",,,,\n",
        "1\n",
        "1,2,3,4,5,6,7\n",
        "１,○,;;;,+,\u{0}\n",
        "1,-,\"\n\n,,\",1e400,x\n",
        "9999999999999999999999,99999999999999999999,9,9,9\n",
    ] {
        let text = format!("{header}{csv}");
        if let Ok(table) = read_bytes(text.as_bytes(), "x.csv", &ReadOptions::default()) {
            let answers =
                decode(&questionnaire(SURVEY), &[table], &with_ids()).unwrap_or_else(|e| panic!("{e}"));
            assert!(answers.ledger.iter().all(|l| l.parts() == l.returned));
        }
    }
}
