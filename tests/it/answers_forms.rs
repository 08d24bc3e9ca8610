//! Questionnaires read from what exists: what is read can be written, edited and read back, and fits the data
//! it belongs to.

use std::path::Path;
use std::sync::Arc;

use crate::support::shared::survey;
use shihyo::code::Code;
use shihyo::decode::{Base, DecodeOptions, MissingReason, Outcome, Responses, decode, share_outcome};
use shihyo::error::SourceText;
use shihyo::questionnaire::form::{Draft, from_dictionary, from_tabulator, from_xlsform};
use shihyo::questionnaire::{AskedIf, QuestionKind, Questionnaire, read_questionnaire, write_questionnaire};
use shihyo::raw::{ReadOptions, Table, read, read_bytes};

fn file(folder: &Path, name: &str) -> Table {
    read(&folder.join(name), name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn table(csv: &str) -> Table {
    read_bytes(csv.as_bytes(), "form.csv", &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// The text of the questionnaire, which reads back as the same.
fn written(questionnaire: &Questionnaire) -> String {
    let text = write_questionnaire(questionnaire, &[]);
    let source = SourceText { file: "questionnaire.toml".into(), text: text.clone() };
    let back = read_questionnaire(Arc::new(source)).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(&back, questionnaire, "{text}");
    text
}

#[test]
fn an_xlsform_becomes_a_text_that_a_person_can_edit() {
    let survey = table(
        "type,name,label::English (en),label::日本語 (ja),relevant,constraint\n\
         start,start,,,,\n\
         note,hello,Hello,こんにちは,,\n\
         begin_group,g,,,,\n\
         select_one yn,member,Are you a member?,会員ですか,,\n\
         select_one yn,paying,Do you pay?,会費を払っていますか,${member} = 'yes',\n\
         end_group,,,,,\n\
         select_multiple acts,acts,Activities,\"参加した活動\n（3つまで）\",\
         \"selected(${member}, 'yes')\",count-selected(.) <= 3\n\
         integer,age,Age,年齢,,. >= 15 and . <= 120\n\
         decimal,hours,Hours,時間,\"selected(${acts}, 'a') or selected(${acts}, 'c')\",. > 0\n\
         text,other,Other,その他,\"selected(${acts}, 'c') and ${age} > ${hours}\",\n\
         geopoint,place,Where?,場所,,\n",
    );
    let choices = table(
        "list_name,name,label::English (en),label::日本語 (ja)\n\
         yn,yes,Yes,はい\nyn,no,No,いいえ\nyn,dk,Don't know,わからない\n\
         acts,a,Watch,見守り\nacts,b,Meals,配食\nacts,c,Meals,配食\nacts,d,a,a\n",
    );
    let Draft { questionnaire, findings } = from_xlsform(&survey, &choices, "会員調査").unwrap();
    let expected = "\
title = \"会員調査\"

[[question]]
id = \"member\"
text = \"会員ですか\"
type = \"single\"
options = [{ code = \"yes\", label = \"はい\" }, { code = \"no\", label = \"いいえ\" }, \
{ code = \"dk\", label = \"わからない\", dont_know = true }]

[[question]]
id = \"paying\"
text = \"会費を払っていますか\"
type = \"single\"
options = [{ code = \"yes\", label = \"はい\" }, { code = \"no\", label = \"いいえ\" }, \
{ code = \"dk\", label = \"わからない\", dont_know = true }]
asked_if = { question = \"member\", of = [\"はい\"] }

[[question]]
id = \"acts\"
text = \"参加した活動 (3つまで)\"
type = \"multiple\"
options = [{ code = \"a\", label = \"見守り\" }, { code = \"b\", label = \"配食\" }, \
{ code = \"c\", label = \"配食 (c)\" }, { code = \"d\", label = \"a (d)\" }]
max_marks = 3
asked_if = { question = \"member\", of = [\"はい\"] }

[[question]]
id = \"age\"
text = \"年齢\"
type = \"number\"
range = [15, 120]

[[question]]
id = \"hours\"
text = \"時間\"
type = \"number\"
asked_if = { question = \"acts\", of = [\"見守り\", \"配食 (c)\"] }

[[question]]
id = \"other\"
text = \"その他\"
type = \"text\"
";
    let short = |text: &str| text.replace("[\n    ", "[").replace(",\n]", "]").replace(",\n    ", ", ");
    assert_eq!(short(&written(&questionnaire)), expected);
    let told: Vec<(Code, Option<&str>)> =
        findings.iter().map(|f| (f.code, f.place.question.as_deref())).collect();
    // The label `a` is another option's code.
    assert_eq!(
        told,
        [
            (Code::AnswersFormCodes, Some("acts")),
            (Code::AnswersFormRule, Some("other")),
            (Code::AnswersFormType, Some("place"))
        ]
    );
    let swapped = from_xlsform(&choices, &survey, "").unwrap_err();
    assert_eq!(swapped.diagnostics()[0].code, Code::AnswersForm, "the sheets were swapped");
}

#[test]
fn the_codebook_of_the_opendata_survey_reads_its_answers() {
    let Some(folder) = survey("opendata_survey_r2") else { return };
    let Draft { questionnaire, findings } =
        from_tabulator(&file(&folder, "r2_survey_questions.csv"), "オープンデータの取組に関するアンケート")
            .unwrap();
    written(&questionnaire);
    let kinds = |wanted: fn(&QuestionKind) -> bool| {
        questionnaire.questions.iter().filter(|q| wanted(&q.kind)).count()
    };
    let counts = (
        kinds(|k| matches!(k, QuestionKind::Single(_))),
        kinds(|k| matches!(k, QuestionKind::Multiple { .. })),
        kinds(|k| *k == QuestionKind::Text),
    );
    assert_eq!(counts, (11, 16, 11), "{findings:?}");
    assert_eq!(findings, []);
    let two_rows = ReadOptions { header_rows: Some(2), ..ReadOptions::default() };
    let circles = read(&folder.join("r2_survey_answers.csv"), "r2_survey_answers.csv", &two_rows).unwrap();
    let simple = file(&folder, "r2_survey_answers_simple.csv");
    for table in [circles, simple] {
        let answers =
            decode(&questionnaire, &[table], &DecodeOptions::default()).unwrap_or_else(|e| panic!("{e}"));
        let (first, question) = questionnaire.question("[No.1]").unwrap();
        let chosen = |k: usize| {
            share_outcome(&answers.responses[first], &[k], Base::Answered)
                .iter()
                .filter(|o| *o == Outcome::Yes)
                .count()
        };
        let found: Vec<usize> = (0..question.categories().len()).map(chosen).collect();
        assert_eq!(found, [1_038, 568, 104, 5], "as counted by the survey's publisher");
    }
}

#[test]
fn an_spss_file_brings_its_questionnaire_along() {
    let Some(folder) = survey("spss_japanese") else { return };
    for name in ["cp932.sav", "mr_utf8.sav", "sjis_name.sav"] {
        let table = file(&folder, name);
        let Draft { questionnaire, findings } = from_dictionary(&table, "調査").unwrap();
        let text = written(&questionnaire);
        assert_eq!(findings, [], "{name}");
        let ids: Vec<&str> = questionnaire.questions.iter().map(|q| q.id.as_str()).collect();
        assert_eq!(ids, ["teiju", "fuben", "地区", "q2"], "{name}: {text}");
        let teiju = &questionnaire.questions[0];
        assert_eq!(
            (teiju.text.as_str(), teiju.no_answer.as_slice()),
            ("定住意向(問1)", &["9".to_owned()][..])
        );
        assert_eq!(
            teiju.categories().iter().map(|c| c.label.as_str()).collect::<Vec<_>>(),
            ["住み続けたい", "移りたい"]
        );
        assert_eq!(questionnaire.questions[3].no_answer, ["-2", "99"]);
        let answers =
            decode(&questionnaire, &[table], &DecodeOptions::default()).unwrap_or_else(|e| panic!("{e}"));
        let no_answer = MissingReason::NoAnswer;
        assert_eq!(
            answers.responses[0],
            Responses::Single(vec![Ok(0), Ok(1), Err(no_answer), Err(no_answer)]),
            "{name}"
        );
        assert_eq!(
            answers.responses[1],
            Responses::Multiple(vec![Ok(0b01), Ok(0), Ok(0b11), Ok(0b10)]),
            "{name}"
        );
        assert_eq!(
            answers.responses[3],
            Responses::Number(vec![Ok(3.0), Err(no_answer), Err(no_answer), Ok(5.0)]),
            "{name}"
        );
    }
    let bare = from_dictionary(&table("a\n1\n"), "").unwrap_err();
    assert_eq!(bare.diagnostics()[0].code, Code::AnswersForm, "a CSV has no dictionary");
}

#[test]
fn the_dictionaries_of_another_readers_tests_read_back() {
    let Some(folder) = survey("spss_fixtures") else { return };
    let mut read_back = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with("sav") {
            continue;
        }
        let table = file(&folder, &name);
        let Draft { questionnaire, .. } = from_dictionary(&table, "調査").unwrap();
        if questionnaire.questions.is_empty() {
            continue;
        }
        written(&questionnaire);
        decode(&questionnaire, &[table], &DecodeOptions::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
        read_back += 1;
    }
    assert!(read_back >= 8, "{read_back}");
}

#[test]
fn a_skip_rule_of_the_form_decides_who_was_asked() {
    let survey = table("type,name,label,relevant\nselect_one yn,a,A,\nselect_one yn,b,B,${a} = 'y'\n");
    let choices = table("list_name,name,label\nyn,y,Yes\nyn,n,No\n");
    let Draft { questionnaire, .. } = from_xlsform(&survey, &choices, "t").unwrap();
    assert_eq!(
        questionnaire.questions[1].asked_if,
        Some(AskedIf::Chose { question: 0, categories: vec![0] })
    );
    let answers = decode(&questionnaire, &[table("a,b\ny,n\ny,\nn,\n")], &DecodeOptions::default()).unwrap();
    assert_eq!(
        answers.responses[1],
        Responses::Single(vec![Ok(1), Err(MissingReason::NoAnswer), Err(MissingReason::NotAsked)])
    );
}

/// What was not shown is empty: `!=` and `not(selected())` hold for it, `selected`, `=` and orders do not; a
/// group's condition is its members'; a blank that the form allows is empty too.
#[test]
fn a_question_that_was_not_shown_counts_as_empty() {
    let survey = table(
        "type,name,label,relevant,required\n\
         select_one yn,a,A,,true\n\
         begin_group,g,G,${a} = 'y',\n\
         select_one yn,b,B,,true\n\
         begin_repeat,r,R,count-selected(${m}) = 0,\n\
         integer,n,N,,\n\
         end_repeat,,,,\n\
         end_group,,,,\n\
         select_multiple ms,m,M,,\n\
         select_one yn,ne,NE,${b} != 'y',\n\
         select_one yn,no,NO,\"not(selected(${m}, 'p'))\",\n\
         select_one yn,few,FEW,count-selected(${m}) < 2,\n\
         select_one yn,old,OLD,${n} >= 18,\n\
         select_one yn,young,YOUNG,not(${n} >= 18),\n",
    );
    let choices = table("list_name,name,label\nyn,y,Yes\nyn,n,No\nms,p,P\nms,q,Q\n");
    let Draft { mut questionnaire, findings } = from_xlsform(&survey, &choices, "t").unwrap();
    // m comes after the repeat that names it.
    assert_eq!(
        findings.iter().map(|f| (f.code, f.place.question.as_deref().unwrap())).collect::<Vec<_>>(),
        [(Code::AnswersFormRule, "n")]
    );
    questionnaire.questions[2].asked_if = questionnaire.questions[1].asked_if.clone();
    written(&questionnaire);
    // b was not shown; b is n; b is y, m and n blank; m is p; all of it.
    let data = table(
        "a,b,n,m,ne,no,few,old,young\nn,,,q,,,,,\ny,n,17,q,,,,,\ny,y,,,,,,,\ny,y,18,p,,,,,\ny,n,40,p \
         q,,,,,\n",
    );
    let answers =
        decode(&questionnaire, &[data], &DecodeOptions::default()).unwrap_or_else(|e| panic!("{e}"));
    let asked = |id: &str| -> Vec<bool> {
        let (q, _) = questionnaire.question(id).unwrap();
        (0..answers.rows)
            .map(|row| answers.responses[q].missing(row) == Some(MissingReason::NoAnswer))
            .collect()
    };
    assert_eq!(asked("ne"), [true, true, false, false, true]);
    assert_eq!(asked("no"), [true, true, true, false, false]);
    assert_eq!(asked("few"), [true, true, true, true, false]);
    assert_eq!(asked("old"), [false, false, false, true, true]);
    assert_eq!(asked("young"), [true, true, true, false, false]);
    let blank: Vec<(&str, u64)> = answers
        .findings
        .iter()
        .filter(|f| f.code == Code::AnswersBlankThoughAsked)
        .map(|f| (f.place.question.as_deref().unwrap(), f.count))
        .collect();
    assert_eq!(blank, [("n", 1), ("ne", 3), ("no", 3), ("few", 4), ("old", 2), ("young", 3)]);
}

#[test]
fn an_option_whose_words_are_another_options_code_is_told() {
    let sheet = table(
        "設問番号,質問文,タイプ,カテゴリ数,選択肢\n問1,満足度,SA,5,5/4/3/2/1\n問2,性別,SA,2,男性/女性\n",
    );
    let Draft { questionnaire, findings } = from_tabulator(&sheet, "t").unwrap();
    let told: Vec<(Code, Option<&str>)> =
        findings.iter().map(|f| (f.code, f.place.question.as_deref())).collect();
    assert_eq!(told, [(Code::AnswersFormCodes, Some("問1")); 4]);
    assert!(findings[0].message.en.contains("option \"5\" (code 1)"), "{}", findings[0].message.en);
    let text = written(&questionnaire);
    assert!(text.contains("{ code = \"1\", label = \"5 (1)\" }"), "{text}");
    let answers = decode(&questionnaire, &[table("問1,問2\n5,1\n1,2\n")], &DecodeOptions::default()).unwrap();
    assert!(answers.responses[0].holds(0, &[4]) && answers.responses[0].holds(1, &[0]));
}
