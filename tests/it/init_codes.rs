//! `shihyo init` on columns in which words stand beside numbers: a cell that is a number is that code, in
//! whatever order the cells come.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::support::drafted::{Counts, drafted, expected, first_plan, questionnaire_text};
use shihyo::code::Code;
use shihyo::decode::{Answers, DecodeOptions, decode};
use shihyo::error::SourceText;
use shihyo::questionnaire::{QuestionKind, read_questionnaire};
use shihyo::raw::{self, ReadOptions};

/// Columns of cells, each with its head, as a CSV file. A last column is answered by all: no return is blank.
fn csv(columns: &[(&str, Vec<String>)]) -> String {
    let heads: Vec<&str> = columns.iter().map(|(head, _)| *head).collect();
    let mut out = format!("id,{},性別\n", heads.join(","));
    for row in 0..columns[0].1.len() {
        let cells: Vec<String> = columns.iter().map(|(_, cells)| format!("\"{}\"", cells[row])).collect();
        out += &format!("{},{},{}\n", row + 1, cells.join(","), ["男性", "女性"][row % 2]);
    }
    out
}

/// So many cells, these over and over.
fn over_and_over(cells: &[&str], rows: usize) -> Vec<String> {
    (0..rows).map(|row| cells[row % cells.len()].to_owned()).collect()
}

/// As [`drafted`], of a file in which nothing is wrong.
fn run(csv: &str) -> (shihyo::pipeline::FirstPlan, Counts) {
    let out = drafted(csv);
    assert_eq!(out.warnings, 0, "{:?}", out.findings);
    (out.first, out.counts)
}

#[test]
fn each_cell_beside_words_is_counted_as_its_own_code() {
    let (first, counts) = run(&csv(&[
        ("scale_na", over_and_over(&["5", "4", "3", "NA", "2", "1", "5", "5", "4", "3"], 30)),
        ("scale_ends", over_and_over(&["3", "1 (none at all)", "2", "5 (all)", "4", "3"], 30)),
        ("count_na", over_and_over(&["0", "1", "2", "NA", "1"], 30)),
        ("age_words", over_and_over(&["12", "10 or younger", "11", "13", "21 or older", "11"], 30)),
        ("問1", over_and_over(&["4", "2", "1", "3", "4", "無回答"], 30)),
        ("問2", over_and_over(&["2", "その他", "1", "3", "4", "2", "3"], 30)),
    ]));
    assert_eq!(counts["scale_na"], expected(&[("1", 3), ("2", 3), ("3", 6), ("4", 6), ("5", 9)], 27));
    assert_eq!(
        counts["scale_ends"],
        expected(&[("1 (none at all)", 5), ("2", 5), ("3", 10), ("4", 5), ("5 (all)", 5)], 30)
    );
    assert_eq!(counts["count_na"], expected(&[("0", 6), ("1", 12), ("2", 6)], 24));
    assert_eq!(
        counts["age_words"],
        expected(&[("10 or younger", 5), ("11", 10), ("12", 5), ("13", 5), ("21 or older", 5)], 30)
    );
    assert_eq!(counts["問1"], expected(&[("1", 5), ("2", 5), ("3", 5), ("4", 10)], 25));
    assert_eq!(counts["問2"], expected(&[("1", 4), ("2", 9), ("3", 8), ("4", 4), ("その他", 5)], 30));
    let text = questionnaire_text(&first);
    for line in [
        "{ code = \"1\", label = \"1 (none at all)\" }",
        "{ code = \"5\", label = \"5 (all)\" }",
        "{ code = \"0\", label = \"0\" }, { code = \"1\", label = \"1\" }",
        "{ code = \"10\", label = \"10 or younger\" }",
        "{ code = \"4\", label = \"4\" },\n    { code = \"その他\", label = \"その他\" }",
        "# 要確認: NA を無回答とみました",
        "# 要確認: 無回答 を無回答とみました",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn dummies_with_a_word_for_no_answer_are_one_multiple_answer() {
    for missing in ["NA", "N/A", "無回答", "99", "不明"] {
        let of = |chosen: &dyn Fn(usize) -> bool| -> Vec<String> {
            let cell = |row: usize| match (row % 5, chosen(row)) {
                (0, _) => missing.to_owned(),
                (_, yes) => u8::from(yes).to_string(),
            };
            (1..=30).map(cell).collect()
        };
        let (first, counts) = run(&csv(&[
            ("q1_1", of(&|row| row % 2 == 0)),
            ("q1_2", of(&|row| row % 3 == 2)),
            ("q1_3", of(&|row| row % 4 == 0)),
            ("q2", over_and_over(&["1", "2"], 30)),
        ]));
        assert_eq!(counts["q1"], expected(&[("1", 12), ("2", 8), ("3", 6)], 24), "{missing}");
        assert_eq!(counts["q2"], expected(&[("1", 15), ("2", 15)], 30), "{missing}");
        let question = &first.inferred.questionnaire.questions[0];
        assert!(matches!(question.kind, QuestionKind::Multiple { .. }), "{missing}: {question:?}");
        assert_eq!(question.no_answer, [missing.to_owned()]);
    }
}

/// One hundred returns of a scale 1..5, the word at two places.
const RETURNS: &str = "3 1 1 4 2 2 1 1 1 1 _ 3 1 5 5 1 1 3 3 1 _ 5 1 5 1 1 1 1 5 4 5 1 5 1 1 1 1 1 4 5 4 5 \
                       5 1 1 5 3 1 4 2 3 1 1 1 2 1 1 5 5 3 5 1 1 1 3 4 1 5 5 3 1 2 2 3 1 2 2 1 1 1 1 5 5 1 \
                       1 1 2 4 1 3 3 4 2 4 1 1 4 1 1 2";

#[test]
fn one_word_does_not_swap_the_codes() {
    let scale = [("1", 47), ("2", 11), ("3", 12), ("4", 10), ("5", 18)];
    let with = |words: [&str; 2]| {
        let mut words = words.into_iter();
        let cells = RETURNS.split(' ').map(|c| if c == "_" { words.next().unwrap() } else { c }.to_owned());
        run(&csv(&[("問1", cells.collect())])).1.remove("問1").unwrap()
    };
    for word in ["無回答", "NA", "不明", "-"] {
        assert_eq!(with([word, word]), expected(&scale, 98), "{word}");
    }
    for word in ["その他", "場合による"] {
        let options: Vec<(&str, u64)> = scale.into_iter().chain([(word, 2)]).collect();
        assert_eq!(with([word, word]), expected(&options, 100), "{word}");
    }
    let options: Vec<(&str, u64)> = scale.into_iter().chain([("その他", 1), ("場合による", 1)]).collect();
    assert_eq!(with(["その他", "場合による"]), expected(&options, 100));
}

#[test]
fn a_scale_with_words_at_its_ends_is_whole_though_nobody_chose_some_codes() {
    let (_, counts) = run(&csv(&[(
        "hours",
        over_and_over(&["7", "10 (All my time)", "2", "1 (None at all)", "9", "2", "5"], 70),
    )]));
    let options = [
        ("1 (None at all)", 10),
        ("2", 20),
        ("3", 0),
        ("4", 0),
        ("5", 10),
        ("6", 0),
        ("7", 10),
        ("8", 0),
        ("9", 10),
        ("10 (All my time)", 10),
    ];
    assert_eq!(counts["hours"], expected(&options, 70));
}

#[test]
fn codes_and_words_joined_or_in_mentions_keep_their_codes() {
    let joined = ["3", "その他", "3,1", "2", "1,その他", "3,2,その他", "1", "2,1", "NA", "3"];
    let (_, counts) = run(&csv(&[("活動", over_and_over(&joined, 60))]));
    assert_eq!(counts["活動"], expected(&[("1", 24), ("2", 18), ("3", 24), ("その他", 18)], 54));
    let mentions =
        [["3", "1", ""], ["その他", "", ""], ["2", "3", "1"], ["4", "その他", "3"], ["NA", "NA", "NA"]];
    let column = |k: usize| over_and_over(&mentions.map(|row| row[k]), 50);
    let (_, counts) = run(&csv(&[("q_1", column(0)), ("q_2", column(1)), ("q_3", column(2))]));
    assert_eq!(counts["q"], expected(&[("1", 20), ("2", 10), ("3", 30), ("4", 10), ("その他", 20)], 40));
}

#[test]
fn a_later_file_with_bare_codes_is_not_read_by_the_order_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let cells = over_and_over(&["2.いいえ", "3.わからない", "1.はい", "2.いいえ"], 40);
    let text = questionnaire_text(&first_plan(folder.path(), "a.csv", csv(&[("問1", cells)]).as_bytes()));
    let later = csv(&[("問1", over_and_over(&["2", "1", "2", "3.わからない", "2"], 10))]);
    let answers = decoded(&text, &later);
    let counts: Vec<usize> =
        (0..3).map(|k| (0..10).filter(|&row| answers.responses[0].holds(row, &[k])).count()).collect();
    assert_eq!(counts, [2, 6, 2], "{text}");
}

fn decoded(questionnaire: &str, csv: &str) -> Answers {
    let source = SourceText { file: "q.toml".into(), text: questionnaire.to_owned() };
    let questionnaire = read_questionnaire(Arc::new(source)).unwrap_or_else(|e| panic!("{e}"));
    let table = raw::read_bytes(csv.as_bytes(), "a.csv", &ReadOptions::default()).unwrap();
    decode(&questionnaire, &[table], &DecodeOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// xorshift64*
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    fn shuffle<T>(&mut self, of: &mut [T]) {
        for k in (1..of.len()).rev() {
            of.swap(k, self.below(k + 1));
        }
    }
}

const WORDS: [&str; 8] =
    ["その他", "場合による", "わからない", "18歳未満", "5回以上", "depends", "2 or 3 times", "10+"];
const MISSING: [&str; 7] = ["NA", "N/A", "無回答", "不明", "-", "未記入", "非該当"];

#[test]
fn every_cell_counts_as_itself_in_any_order() {
    let mut mixed = 0;
    for seed in 1..=400u64 {
        let random = &mut Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let greatest = [6, 12, 30, 2000][random.below(4)];
        let codes: Vec<String> =
            (0..2 + random.below(7)).map(|_| random.below(greatest).to_string()).collect();
        let mut kinds: Vec<(String, bool)> = codes.into_iter().map(|code| (code, true)).collect();
        for _ in 0..random.below(3) {
            kinds.push((WORDS[random.below(WORDS.len())].to_owned(), true));
        }
        for _ in 0..random.below(3) {
            kinds.push((MISSING[random.below(MISSING.len())].to_owned(), false));
        }
        kinds.sort();
        kinds.dedup();
        let number = |word: &str| word.parse::<u32>().is_ok();
        if kinds.iter().filter(|(_, valid)| *valid).count() < 2 {
            continue;
        }
        let mut cells: Vec<String> = Vec::new();
        let mut raw: BTreeMap<String, usize> = BTreeMap::new();
        for (word, _) in &kinds {
            // Most rows hold numbers, as where words stand beside codes.
            let n = if number(word) { 6 + random.below(9) } else { 1 + random.below(3) };
            raw.insert(word.clone(), n);
            cells.extend(std::iter::repeat_n(word.clone(), n));
        }
        random.shuffle(&mut cells);
        let folder = tempfile::tempdir().unwrap();
        let text = questionnaire_text(&first_plan(
            folder.path(),
            "a.csv",
            csv(&[("問1", cells.clone())]).as_bytes(),
        ));
        let answers = decoded(&text, &csv(&[("問1", cells.clone())]));
        let source = SourceText { file: "q.toml".into(), text: text.clone() };
        let questionnaire = read_questionnaire(Arc::new(source)).unwrap();
        let question = &questionnaire.questions[0];
        let told = || format!("seed {seed}: {cells:?}\n{text}");
        if matches!(question.kind, QuestionKind::Number { .. }) {
            assert!(kinds.iter().all(|(word, valid)| !valid || number(word)), "{}", told());
            continue;
        }
        assert!(matches!(question.kind, QuestionKind::Single(_)), "{}", told());
        mixed += usize::from(kinds.iter().any(|(word, _)| !number(word)));
        for (word, valid) in &kinds {
            let rows: Vec<usize> = (0..cells.len()).filter(|&row| cells[row] == *word).collect();
            let option = question
                .categories()
                .iter()
                .position(|c| if number(word) { c.code == *word } else { c.label == *word });
            assert_eq!(option.is_some(), *valid, "{word}: {}", told());
            let Some(k) = option else {
                assert!(
                    rows.iter().all(|&row| answers.responses[0].missing(row).is_some()),
                    "{word}: {}",
                    told()
                );
                continue;
            };
            let counted = (0..cells.len()).filter(|&row| answers.responses[0].holds(row, &[k])).count();
            assert_eq!((counted, rows.len()), (raw[word], raw[word]), "{word}: {}", told());
            assert!(rows.iter().all(|&row| answers.responses[0].holds(row, &[k])), "{word}: {}", told());
        }
        let numbers: Vec<u32> = question.categories().iter().map_while(|c| c.code.parse().ok()).collect();
        assert!(numbers.is_sorted(), "{}", told());
    }
    assert!(mixed > 200, "{mixed} columns with words");
}

#[test]
fn a_list_whose_labels_are_other_options_places_must_state_its_codes() {
    let read = |options: &str| {
        let text =
            format!("title = \"t\"\n[[question]]\nid = \"問1\"\ntype = \"single\"\noptions = [{options}]\n");
        let source = SourceText { file: "q.toml".into(), text: text.clone() };
        read_questionnaire(Arc::new(source)).map(|_| text).map_err(|e| {
            e.diagnostics()
                .iter()
                .map(|d| (d.code, d.help.clone().map_or(String::new(), |h| h.en)))
                .collect::<Vec<_>>()
        })
    };
    for (options, mistakes, help) in [
        (r#""5 (1)", "4 (2)", "3", "2 (4)", "1 (5)""#, 4, r#"{ code = "5", label = "5 (1)" }"#),
        (r#""5", "4", "3", "2", "1""#, 4, r#"{ code = "5", label = "5" }"#),
        (r#""2.いいえ", "1.はい""#, 2, r#"{ code = "2", label = "2.いいえ" }"#),
        (r#"{ code = "1", label = "2: いいえ" }, "はい""#, 1, r#"{ code = "2", label = "2: いいえ" }"#),
    ] {
        let found = read(options).expect_err(options);
        assert_eq!(found.len(), mistakes, "{options}: {found:?}");
        assert!(found.iter().all(|(code, _)| *code == Code::AnswersAmbiguousOption), "{options}: {found:?}");
        assert!(found[0].1.contains(help), "{options}: {found:?}");
    }
    for options in [
        r#""1.はい", "2.いいえ""#,
        r#""0回", "1回", "2回", "3回以上""#,
        r#""less than 1 year", "1 year", "2 years""#,
    ] {
        assert!(read(options).is_ok(), "{options}");
    }
    // Stated codes say what a cell is, whatever the labels are.
    let turned = read(
        r#"{ code = "1", label = "5" }, { code = "5", label = "1" }, { code = "3", label = "5 (all)" }"#,
    )
    .unwrap();
    let answers = decoded(&turned, "問1\n5\n1\n5\n3\n5 (all)\n");
    let chosen = |k: usize| (0..5).filter(|&row| answers.responses[0].holds(row, &[k])).collect::<Vec<_>>();
    assert_eq!([chosen(0), chosen(1), chosen(2)], [vec![1], vec![0, 2], vec![3, 4]]);
}
