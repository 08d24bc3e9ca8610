//! The questionnaire file: what is right is read, what is wrong is told, all at once, with its place.

use std::sync::Arc;

use shihyo::code::Code;
use shihyo::error::{Error, SourceText};
use shihyo::questionnaire::{
    AskedIf, ExclusiveWithOthers, NotAskedButAnswered, OverMax, Question, QuestionKind, Questionnaire,
    Relation, TwoMarks, questionnaire_schema, read_questionnaire,
};

fn read(text: &str) -> Result<Questionnaire, Error> {
    read_questionnaire(Arc::new(SourceText { file: "調査票.toml".to_owned(), text: text.to_owned() }))
}

/// Code, underlined text and English advice of each mistake, in order.
fn mistakes(text: &str) -> Vec<(Code, String, String)> {
    let Err(error) = read(text) else { return Vec::new() };
    let underlined = |d: &shihyo::error::Diagnostic| {
        d.span.as_ref().map_or(String::new(), |s| text[s.range.clone()].to_owned())
    };
    let advice = |d: &shihyo::error::Diagnostic| d.help.as_ref().map_or(String::new(), |h| h.en.clone());
    error.diagnostics().iter().map(|d| (d.code, underlined(d), advice(d))).collect()
}

const GOOD: &str = r#"
title = "市民アンケート"

[defaults]
no_answer = ["99"]
policy = { two_marks = "first" }

[[question]]
id = "問11"
text = "ボランティアを知っていますか。"
type = "single"
options = ["はい", "いいえ", { label = "わからない", code = "9", dont_know = true }]

[[question]]
id = "問12"
text = "何に参加したいですか。（○は3つまで）"
type = "multiple"
options = [
    "見守り",
    "配食",
    "送迎",
    { label = "その他", free_text = true },
    { label = "特になし", exclusive = true },
]
asked_if = { question = "問11", of = ["はい", "9"] }
max_marks = 3
no_answer = []
not_asked = ["NA"]
[question.policy]
over_max = "keep"
exclusive_with_others = "drop-exclusive"
not_asked_but_answered = "keep"

[[question]]
id = "年齢"
type = "number"
range = [0, 120]
columns = ["あなたの年齢"]
no_answer = ["999"]

[[question]]
id = "自由"
type = "text"
"#;

fn question<'a>(questionnaire: &'a Questionnaire, id: &str) -> &'a Question {
    questionnaire.question(id).map(|(_, q)| q).unwrap_or_else(|| panic!("no {id}"))
}

#[test]
fn a_questionnaire_is_read_as_it_was_meant() {
    let q = read(GOOD).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(q.title, "市民アンケート");
    assert_eq!(q.questions.len(), 4);

    let filter = question(&q, "問11");
    let QuestionKind::Single(categories) = &filter.kind else { panic!("{:?}", filter.kind) };
    assert_eq!(categories.iter().map(|c| c.code.as_str()).collect::<Vec<_>>(), ["1", "2", "9"]);
    assert!(categories[2].dont_know && !categories[1].dont_know);
    assert_eq!(filter.no_answer, ["99"]);
    assert_eq!(filter.policy.two_marks, TwoMarks::First);
    assert_eq!(filter.policy.over_max, OverMax::Invalid);

    let many = question(&q, "問12");
    let QuestionKind::Multiple { categories, max_marks } = &many.kind else { panic!("{:?}", many.kind) };
    assert_eq!((categories.len(), *max_marks), (5, Some(3)));
    assert!(categories[3].free_text && categories[4].exclusive);
    assert_eq!(many.asked_if, Some(AskedIf::Chose { question: 0, categories: vec![0, 2] }));
    assert_eq!((many.no_answer.len(), many.not_asked[0].as_str()), (0, "NA"));
    assert_eq!(many.policy.two_marks, TwoMarks::First, "defaults hold where the question says nothing");
    assert_eq!(many.policy.over_max, OverMax::Keep);
    assert_eq!(many.policy.exclusive_with_others, ExclusiveWithOthers::DropExclusive);
    assert_eq!(many.policy.not_asked_but_answered, NotAskedButAnswered::Keep);

    let age = question(&q, "年齢");
    assert_eq!(age.kind, QuestionKind::Number { range: Some(0..=120) });
    assert_eq!(
        (age.columns[0].as_str(), age.no_answer[0].as_str(), age.text.as_str()),
        ("あなたの年齢", "999", "年齢")
    );
    assert_eq!(question(&q, "自由").kind, QuestionKind::Text);
}

#[test]
fn mistakes_of_form_come_together() {
    let text = r#"
title = "調査"
[[question]]
id = "問1"
tpye = "single"
type = "singel"
options = ["はい", 2, { lable = "いいえ", label = "いいえ" }]
[[question]]
id = "問2"
type = "number"
range = ["0", 120]
no_answer = [99]
[question.policy]
two_mark = "first"
over_max = "frist"
"#;
    let got = mistakes(text);
    let expected = [
        (Code::AnswersUnknownKey, "tpye", "one of: "),
        (Code::AnswersUnknownWord, "\"singel\"", "did you mean \"single\"?"),
        (Code::AnswersWrongType, "2", "put it in quotes: \"2\""),
        (Code::AnswersUnknownKey, "lable", "one of: "),
        (Code::AnswersWrongType, "\"0\"", ""),
        (Code::AnswersWrongType, "99", "put it in quotes: \"99\""),
        (Code::AnswersUnknownKey, "two_mark", "did you mean \"two_marks\"?"),
        (Code::AnswersUnknownWord, "\"frist\"", "did you mean \"first\"?"),
    ];
    assert_eq!(got.len(), expected.len(), "{got:#?}");
    for ((code, text, help), (wanted_code, wanted_text, wanted_help)) in got.iter().zip(expected) {
        assert_eq!((*code, text.as_str()), (wanted_code, wanted_text));
        assert!(help.starts_with(wanted_help), "{text}: {help}");
    }
}

#[test]
fn mistakes_of_meaning_come_together() {
    let text = r#"
title = "調査"
[defaults]
no_answer = ["3"]
[[question]]
id = "問1"
type = "single"
options = ["はい", "いいえ", "どちらでもない"]
asked_if = { question = "問2", of = ["はい"] }
[[question]]
id = "問2"
type = "single"
options = ["はい", "はい", { label = "別", code = "1" }]
no_answer = []
asked_if = { question = "問１", of = ["はいい", "いいえ"] }
[[question]]
id = "問2"
type = "number"
range = [120, 0]
max_marks = 2
asked_if = { question = "問11", of = ["はい"] }
[[question]]
id = "点数"
type = "single"
options = ["0", "1", "2"]
no_answer = []
[[question]]
id = "空"
type = "multiple"
"#;
    let got = mistakes(text);
    let codes: Vec<Code> = got.iter().map(|(code, _, _)| *code).collect();
    assert_eq!(
        codes,
        [
            Code::AnswersCodeClash,
            Code::AnswersLaterQuestion,
            Code::AnswersDuplicateOption,
            Code::AnswersDuplicateOption,
            Code::AnswersUnknownOption,
            Code::AnswersDuplicateQuestion,
            Code::AnswersBadRange,
            Code::AnswersMisplacedKey,
            Code::AnswersUnknownQuestion,
            Code::AnswersAmbiguousOption,
            Code::AnswersAmbiguousOption,
            Code::AnswersNoOptions,
        ],
        "{got:#?}"
    );
    assert_eq!(got[4].1, "\"はいい\"");
    assert_eq!(got[4].2, "did you mean \"はい\"?");
    assert_eq!(got[6].2, "did you mean range = [0, 120]?");
    assert!(got[8].2.starts_with("did you mean \"問1\""), "{}", got[8].2);
}

#[test]
fn a_multiple_answer_has_128_options_at_most() {
    let with = |count: usize, kind: &str| {
        let options: Vec<String> = (0..count).map(|k| format!("\"選択肢その{k}\"")).collect();
        mistakes(&format!(
            "title = \"\"\n[[question]]\nid = \"q\"\ntype = \"{kind}\"\noptions = [{}]\n",
            options.join(", ")
        ))
    };
    assert_eq!(with(128, "multiple"), []);
    assert_eq!(with(129, "multiple")[0].0, Code::AnswersTooManyOptions);
    assert_eq!(with(1_718, "single"), [], "a list of municipalities is longer");
}

#[test]
fn the_place_is_line_and_column_under_japanese_text() {
    let error = read(
        "title = \"市民アンケート\"\n[[question]]\nid = \"問1\" # 設問\ntype = \"単数\"\n\
                      options = [\"はい\"]\n",
    )
    .unwrap_err();
    let span = error.diagnostics()[0].span.clone().unwrap();
    assert_eq!(span.line_column(), (4, 8));
    assert_eq!(span.source.file, "調査票.toml");
}

#[test]
fn the_schema_names_every_key_with_words_for_editors() {
    let schema = questionnaire_schema();
    let properties = &schema["$defs"]["QuestionSpec"]["properties"];
    for key in [
        "id",
        "text",
        "type",
        "options",
        "asked_if",
        "max_marks",
        "columns",
        "no_answer",
        "not_asked",
        "range",
        "policy",
    ] {
        assert!(
            properties[key]["description"].is_string() || properties[key]["$ref"].is_string(),
            "{key}: {}",
            properties[key]
        );
    }
    assert_eq!(schema["additionalProperties"], false);
}

#[test]
fn no_text_makes_the_reader_panic() {
    for (text, code) in [
        ("", Code::AnswersMissingKey),
        ("title", Code::AnswersToml),
        ("title = ", Code::AnswersToml),
        ("[[question]]", Code::AnswersMissingKey),
        ("question = 3\ntitle = 1", Code::AnswersWrongType),
        ("title = \"x\"\n[[question]]\nid = \"\"\ntype = \"single\"\noptions = []", Code::AnswersMissingKey),
    ] {
        assert_eq!(read(text).unwrap_err().diagnostics()[0].code, code, "{text}");
    }
    let mut good = 0;
    for end in GOOD.char_indices().map(|(at, _)| at) {
        match read(&GOOD[..end]) {
            Ok(read) => good += usize::from(read.questions.len() < 4),
            Err(error) => assert!(error.diagnostics().iter().all(|d| !d.message.ja.is_empty())),
        }
    }
    assert!(good > 0, "a text may end behind a question");
}

const RULES: &str = r#"
title = "調査"
[[question]]
id = "問1"
type = "single"
options = ["はい", "いいえ"]
[[question]]
id = "問2"
type = "multiple"
options = ["a", "b", "c"]
[[question]]
id = "年齢"
type = "number"
[[question]]
id = "意見"
type = "text"
"#;

fn rule(written: &str) -> String {
    format!("{RULES}asked_if = {written}\n")
}

#[test]
fn a_skip_rule_joins_several_questions() {
    let of = |written: &str| {
        read(&rule(written)).unwrap_or_else(|e| panic!("{e}")).questions[3].asked_if.clone().unwrap()
    };
    let chose =
        |question: usize, categories: &[usize]| AskedIf::Chose { question, categories: categories.to_vec() };
    let yes = || chose(0, &[0]);
    let old = AskedIf::Number { question: 2, comparisons: vec![(Relation::AtLeast, 65.0)] };
    assert_eq!(of("{ question = \"問1\", of = [\"はい\"] }"), yes());
    assert_eq!(
        of("{ all = [{ question = \"問1\", of = [\"はい\"] }, { question = \"年齢\", at_least = 65 }] }"),
        AskedIf::All(vec![yes(), old.clone()])
    );
    assert_eq!(
        of("{ any = [{ question = \"問2\", of = [\"3\", \"a\"] }, { not = \
            { question = \"年齢\", at_least = 65 } }] }"),
        AskedIf::Any(vec![chose(1, &[0, 2]), AskedIf::Not(Box::new(old))])
    );
    assert_eq!(of("{ question = \"問2\", answered = false }"), AskedIf::Not(Box::new(AskedIf::Answered(1))));
    let between = vec![(Relation::MoreThan, 0.5), (Relation::AtMost, 2.0)];
    assert_eq!(
        of("{ question = \"問2\", at_most = 2, more_than = 0.5 }"),
        AskedIf::Number { question: 1, comparisons: between }
    );
    assert_eq!(
        of("{ all = [{ any = [{ question = \"問1\", of = [\"はい\"] }] }] }"),
        yes(),
        "one condition needs no list"
    );
}

#[test]
fn mistakes_of_a_skip_rule_are_told_where_they_stand() {
    let all = "{ all = [{ question = \"問1\", of = [\"はいい\"] }, \
               { question = \"問3\", of = [\"はい\"] }, { not = { question = \"意見\", answered = true } \
               }] }";
    for (written, expected) in [
        ("{ question = \"問1\", off = [\"はい\"] }", vec![(Code::AnswersUnknownKey, "off")]),
        ("{ question = \"問1\" }", vec![(Code::AnswersMissingKey, "{ question = \"問1\" }")]),
        ("{ }", vec![(Code::AnswersMissingKey, "{ }")]),
        ("{ of = [\"はい\"] }", vec![(Code::AnswersMissingKey, "{ of = [\"はい\"] }")]),
        ("{ all = [] }", vec![(Code::AnswersWrongType, "[]")]),
        (
            "{ question = \"問1\", of = [\"はい\"], answered = true }",
            vec![(Code::AnswersMissingKey, "{ question = \"問1\", of = [\"はい\"], answered = true }")],
        ),
        (
            "{ question = \"問1\", any = [{ question = \"問1\", of = [\"はい\"] }] }",
            vec![(
                Code::AnswersMisplacedKey,
                "{ question = \"問1\", any = [{ question = \"問1\", of = [\"はい\"] }] }",
            )],
        ),
        (
            "{ not = { of = [\"はい\"] }, at_least = 3 }",
            vec![(Code::AnswersMissingKey, "{ not = { of = [\"はい\"] }, at_least = 3 }")],
        ),
        ("{ question = \"問1\", at_least = 2 }", vec![(Code::AnswersMisplacedKey, "2")]),
        ("{ question = \"年齢\", at_least = \"2\" }", vec![(Code::AnswersWrongType, "\"2\"")]),
        ("{ question = \"年齢\", at_least = nan }", vec![(Code::AnswersWrongType, "nan")]),
        ("{ question = \"年齢\", at_least = 1e300 }", vec![(Code::AnswersWrongType, "1e300")]),
        ("{ question = \"年齢\", of = [\"20\"] }", vec![(Code::AnswersUnknownOption, "\"20\"")]),
        (
            all,
            vec![
                (Code::AnswersUnknownOption, "\"はいい\""),
                (Code::AnswersUnknownQuestion, "\"問3\""),
                (Code::AnswersLaterQuestion, "\"意見\""),
            ],
        ),
    ] {
        let got = mistakes(&rule(written));
        let told: Vec<(Code, &str)> = got.iter().map(|(code, text, _)| (*code, text.as_str())).collect();
        assert_eq!(told, expected, "{written}");
    }
    let deep = format!(
        "{}{{ question = \"問1\", of = [\"はい\"] }}{}",
        "{ not = ".repeat(10_000),
        " }".repeat(10_000)
    );
    let error = read(&rule(&deep)).unwrap_err();
    assert_eq!(error.diagnostics()[0].code, Code::AnswersToml, "nested past reason, but no crash");
}
