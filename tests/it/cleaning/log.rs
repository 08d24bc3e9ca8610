//! What a cleaning log may say, and what is told of one that says something else.

use shihyo::code::Code;
use shihyo::decode::{DecodeOptions, MissingReason, Responses, decode};
use shihyo::edits::{Action, Cleaned, Log, OldValues, clean, read_log};
use shihyo::error::{Error, SourceText};
use shihyo::questionnaire::{Questionnaire, read_questionnaire};
use shihyo::raw::{ReadOptions, Table, read_bytes};

use super::{PAPER, PLAN, QUESTIONNAIRE, plan, project, texts};

fn questionnaire(text: &str) -> Questionnaire {
    read_questionnaire(SourceText { file: "q.toml".into(), text: text.into() }.into())
        .unwrap_or_else(|e| panic!("{e}"))
}

fn table(text: &str, name: &str) -> Table {
    read_bytes(text.as_bytes(), name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn log(text: &str) -> Log {
    read_log(&table(text, "log.csv"), Some("整理番号")).unwrap_or_else(|e| panic!("{e}"))
}

fn cleaned(logs: &[&str]) -> Result<Cleaned, Error> {
    let logs: Vec<Log> = logs.iter().map(|text| log(text)).collect();
    clean(
        &questionnaire(QUESTIONNAIRE),
        &[table(PAPER, "paper.csv")],
        Some("整理番号"),
        &logs,
        OldValues::Recorded,
    )
}

/// The codes of the mistakes with their rows in the log, and the messages.
fn mistakes(error: &Error) -> Vec<(Code, u64, String)> {
    error
        .diagnostics()
        .iter()
        .map(|d| (d.code, d.place.row.unwrap_or_default(), d.message.ja.clone()))
        .collect()
}

#[test]
fn every_mistake_of_a_log_is_told_at_its_place() {
    let error = cleaned(&["整理番号,行,設問,列,元の値,新しい値\n\
        2,,問1,,1,1\n\
        77,,問1,,1,2\n\
        8,,問1,,1,2\n\
        3,,問l,,7,1\n\
        3,,,問9,7,1\n\
        3,,問1,,7,5\n\
        5,,年齢,,999,200\n\
        4,,問2,,\"1,2,3\",\"1,4\"\n\
        1,,問1,,はい,1\n\
        1,,問1,,1,2\n\
        ,9,問1,,1,2\n\
        ,,問1,,1,2\n\
        6,,問3,問2_1,0,1\n\
        1,,,,,2\n"])
    .unwrap_err();
    let told = mistakes(&error);
    let expected = [
        (
            Code::AnswersLogOldValue,
            2,
            "修正記録の元の値は「1」ですが、回答ファイルは「1,2」です\n回答ファイル: paper.csv › 3行目 › 列\
             「問1」 › 問1",
        ),
        (Code::AnswersLogRespondent, 3, "回答者番号「77」はありません"),
        (
            Code::AnswersLogRespondentTwice,
            4,
            "回答者番号「8」が 2 回あり、どの票か分かりません: paper.csv › 9行目 › 列「整理番号」 ｜ \
             paper.csv › 10行目 › 列「整理番号」",
        ),
        (Code::AnswersLogQuestion, 5, "「問l」という設問も列もありません"),
        (Code::AnswersLogQuestion, 6, "「問9」という設問も列もありません"),
        (
            Code::AnswersLogNewValue,
            7,
            "新しい値「5」は設問「問1」の選択肢にありません\n回答ファイル: paper.csv › 4行目 › 列「問1」 › \
             問1",
        ),
        (
            Code::AnswersLogNewValue,
            8,
            "新しい値「200」は、この設問に書ける数（18～110）ではありません\n回答ファイル: paper.csv › 6行\
             目 › 列「年齢」 › 年齢",
        ),
        (
            Code::AnswersLogNewValue,
            9,
            "新しい値「1,4」は設問「問2」の選択肢にありません\n回答ファイル: paper.csv › 5行目 › 列「問2_1\
             ～問2_3」 › 問2",
        ),
        (
            Code::AnswersLogConflict,
            11,
            "同じ回答を、修正記録の別の行（log.csv › 10行目）が違う値に直しています\n回答ファイル: \
             paper.csv › 2行目 › 列「問1」 › 問1",
        ),
        (Code::AnswersLogRespondent, 12, "回答者番号のない行のはずが、その行は回答者番号「8」です"),
        (Code::AnswersLogRespondent, 13, "どの票か分かりません（回答者番号も、ファイルと行もありません）"),
        (Code::AnswersLogQuestion, 14, "列「問2_1」は設問「問3」の列ではありません"),
        (Code::AnswersLogQuestion, 15, "どの設問を直すのか分かりません（設問も列もありません）"),
    ];
    assert_eq!(told, expected.map(|(code, row, words)| (code, row, words.to_owned())));
    assert!(error.to_string().contains("log.csv › row 2"), "{error}");
}

#[test]
fn a_log_that_is_none_is_told() {
    let codes = |text: &str| {
        let error = read_log(&table(text, "log.csv"), None).unwrap_err();
        mistakes(&error).into_iter().map(|(code, row, _)| (code, row)).collect::<Vec<_>>()
    };
    assert_eq!(codes("a,b\n1,2\n"), [(Code::AnswersLogHeader, 0); 4]);
    let head = "uuid,question,old_value,new_value,change_type,row\n";
    assert_eq!(
        codes(&format!(
            "{head}1,q,1,,change_response,\n1,q,1,2,no_action,\n1,q,1,2,なおす,\n1,q,1,2,,三\n\
             1,q,1,2,blank_response,\n"
        )),
        [
            (Code::AnswersLogKind, 2),
            (Code::AnswersLogKind, 3),
            (Code::AnswersLogKind, 4),
            (Code::AnswersLogRow, 5),
            (Code::AnswersLogKind, 6)
        ]
    );
    let log = read_log(
        &table(
            &format!(
                "{head}1,q,1,2,修正,\n1,q,1,,無回答にする,\n,,,,,\n1,q,1,無回答,blank_response,\n1,,,,票を\
                 除く,\n1,q,1,,変更しない,\n1,q,1,,,3\n"
            ),
            "log.csv",
        ),
        None,
    )
    .unwrap();
    let actions: Vec<Action> = log.rows.iter().map(|r| r.action).collect();
    assert_eq!(
        actions,
        [Action::Change, Action::Blank, Action::Blank, Action::Remove, Action::Keep, Action::Keep]
    );
    assert_eq!(
        log.rows.iter().map(|r| r.place.row.unwrap()).collect::<Vec<_>>(),
        [2, 3, 5, 6, 7, 8],
        "a blank row is none"
    );
}

#[test]
fn a_second_log_speaks_of_what_the_first_one_left() {
    let first = "回答者番号,設問,元の値,新しい値\n3,問1,7,2\n";
    let second = "回答者番号,設問,元の値,新しい値\n3,問1,いいえ,はい\n";
    let both = cleaned(&[first, second]).unwrap();
    assert_eq!(both.tables[0].column("問1").unwrap().cell(2).text(), "はい");
    assert_eq!(both.changes.len(), 2);
    let error = cleaned(&[first, first]).unwrap_err();
    assert_eq!(mistakes(&error)[0].0, Code::AnswersLogOldValue);
}

#[test]
fn a_multiple_answer_in_columns_changes_as_one_or_by_column() {
    let one = cleaned(&[
        "整理番号,設問,列,元の値,新しい値\n4,問2,,\"3,1,2\",見守り\n1,,問2_2,0,1\n2,問2,,2,無回答\n",
    ])
    .unwrap();
    let answers = decode(&questionnaire(QUESTIONNAIRE), &one.tables, &DecodeOptions::default()).unwrap();
    let Responses::Multiple(marks) = &answers.responses[2] else { panic!("問2 is a multiple answer") };
    assert_eq!((marks[3], marks[0], marks[1]), (Ok(0b010), Ok(0b011), Err(MissingReason::NoAnswer)));
    assert_eq!(texts(&one.tables[0])[4][3..6], ["0", "1", "0"], "spelt as the file spells it");

    let mentions = "整理番号,性別,問1,問2_1,問2_2,問2_3,年齢,問3,意見\n1,1,1,3,,,30,1,\n2,1,1,1,2,,40,1,\n\
                    3,1,1,2,3,,40,1,\n";
    let log = log("整理番号,設問,元の値,新しい値\n1,問2,特になし,\"2,1\"\n2,問2,\"1,2\",3\n");
    let done = clean(
        &questionnaire(QUESTIONNAIRE),
        &[table(mentions, "m.csv")],
        Some("整理番号"),
        &[log],
        OldValues::Recorded,
    )
    .unwrap();
    assert_eq!(texts(&done.tables[0])[1][3..6], ["1", "2", ""]);
    assert_eq!(texts(&done.tables[0])[2][3..6], ["3", "", ""]);
}

#[test]
fn the_words_of_a_free_text_are_changed_and_not_told() {
    let done = cleaned(&["整理番号,設問,元の値,新しい値,理由\n6,意見,バスがほしい,バスを増やしてほし\
                          い,090-1234-5678に電話で確認\n"])
    .unwrap();
    assert_eq!(done.tables[0].column("意見").unwrap().cell(5).text(), "バスを増やしてほしい");
    let told = format!("{:?}{:?}", done.changes, done.findings);
    for words in ["バス", "090", "電話"] {
        assert!(!told.contains(words), "{words}: {told}");
    }
    assert_eq!(
        done.findings[0].message.en,
        "意見: 1 answers changed by the cleaning log (1 to another value, 0 to no answer)"
    );
}

#[test]
fn a_place_serves_where_an_id_stands_twice_or_not_at_all() {
    let done = cleaned(&["整理番号,ファイル,行,設問,元の値,新しい値,対応\n8,paper.csv,10,,,,票を除く\n\
                          ,paper.csv,8,,,,票を除く\n8,somewhere/paper.csv,9,問1,1,2,\n2,,3,問1,\"1,2\",,\n"])
    .unwrap();
    assert_eq!(done.removed.iter().collect::<Vec<_>>(), [&(0, 6), &(0, 8)]);
    assert_eq!(done.tables[0].column("問1").unwrap().cell(7).text(), "2");
    assert!(done.looked_at.is_empty(), "a blank row is asked again");
    let error = cleaned(&["整理番号,ファイル,行,設問,元の値,新しい値\n8,web.csv,10,問1,2,1\n"]).unwrap_err();
    assert_eq!(mistakes(&error)[0].0, Code::AnswersLogFile);
}

#[test]
fn one_file_serves_several_waves_that_list_it() {
    let project = project("cleaning_log = [\"raw/log.csv\"]");
    let head = "調査,調査回,整理番号,行,設問,元の値,新しい値,対応\n";
    let remove = "市民アンケート,R4,8,10,,,,票を除く\n";
    let two_waves = |text: &str, listed: bool| {
        project.write("raw/log.csv", text);
        let listed = if listed { "cleaning_log = [\"raw/log.csv\"]\n" } else { "" };
        let second = format!(
            "[survey.citizen.wave.R7]\nresponses = [\"raw/paper.csv\"]\nrespondent = \"整理番号\"\n\
             duplicates = \"first\"\n{listed}[[indicator]]\nid = \"known\""
        );
        project.write(
            "plan.toml",
            PLAN.replace("LOG", "cleaning_log = [\"raw/log.csv\"]")
                .replace("[[indicator]]\nid = \"known\"", &second),
        );
        project.compute()
    };
    let both = format!("{head}{remove}citizen,R7,3,,問1,7,2,\ncitizen,令和7年度,3,,問1,7,2,\n");
    assert_eq!(two_waves(&both, true).unwrap_or_else(|e| panic!("{e}")).cleaned(), [1, 0, 1]);
    for (text, listed) in [
        (both.as_str(), false),
        (&format!("{head}{remove}市民アンケ,R4,3,,問1,7,2,\n"), true),
        (&format!("{head}{remove}citizen,R5,3,,問1,7,2,\n"), true),
    ] {
        let error = two_waves(text, listed).unwrap_err();
        assert!(
            error.diagnostics().iter().all(|d| d.code == Code::PlanLogWave && d.place.row.is_some()),
            "{error}"
        );
    }
}

#[test]
fn a_log_without_old_values_is_taken_when_the_plan_says_so_and_is_counted() {
    let project = project("cleaning_log = [\"raw/log.csv\"]");
    project.write(
        "raw/log.csv",
        "uuid,row,question,old_value,new_value,change_type\n8,10,,,,remove_survey\n\
                                 3,,問1,,2,\n2,,問1,\"1,2\",1,\n",
    );
    let error = project.compute().unwrap_err();
    assert_eq!(
        mistakes(&error),
        [(
            Code::AnswersLogOldValue,
            3,
            "修正記録の元の値は空欄ですが、回答ファイルは「7」です\n回答ファイル: raw/paper.csv › 4行目 › \
             列「問1」 › 問1"
                .to_owned()
        )]
    );
    plan(&project, "cleaning_log = [\"raw/log.csv\"]\ncleaning_log_old = \"where-known\"");
    let outcome = project.compute().unwrap_or_else(|e| panic!("{e}"));
    let unverified: Vec<u64> = outcome
        .quality
        .findings
        .iter()
        .filter(|f| f.code == Code::AnswersLogUnverified)
        .map(|f| f.count)
        .collect();
    assert_eq!((outcome.cleaned(), unverified), ([2, 0, 1], vec![1]));
    assert!(
        outcome
            .table
            .notes
            .iter()
            .any(|n| n.ja.ends_with("修正記録により2件の回答を直し、1票を除きました。")),
        "{:?}",
        outcome.table.notes
    );
}
