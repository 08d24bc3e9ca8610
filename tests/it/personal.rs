//! Personal data in the raw files reach no byte of what a run writes: not as columns, not as odd cells, not
//! through a cleaning log. Only the names of the columns do.

use shihyo::code::Code;
use std::fs;
use std::path::Path;

use crate::support::project::Project;
use crate::support::unzipped;
use serde_json::Value;

/// What must not be found anywhere.
const PLANTED: [&str; 38] = [
    "大河内",
    "權田原",
    "綾小路",
    "オオコウチ",
    "ヤマオク",
    "ohkouchi",
    "090-1234-5678",
    "080-9876-5432",
    "０７０",
    "0424641311",
    "042-464-9999",
    "@example",
    "南町",
    "5-6-13",
    "188-8666",
    "1985/3/2",
    "昭和60",
    "123456789012",
    "K-000017",
    "id-9041",
    "id-9042",
    "id-9043",
    "id-9044",
    "id-9049",
    "ここだけの話",
    "息子のたかし",
    "となりの権兵衛",
    "四十二歳",
    "怒りの声",
    "090ー1234ー5678",
    "勅使河原",
    "要介護3",
    "うつ病",
    "東海林",
    "薬袋家",
    "佐藤さん宅",
    "calc'!A0",
    "係長と相談",
];

const QUESTIONNAIRE: &str = r#"
title = "試験"
[[question]]
id = "性別"
type = "single"
options = ["男性", "女性"]
[[question]]
id = "問1"
type = "single"
options = ["はい", "いいえ", { label = "その他", free_text = true }]
[[question]]
id = "問2"
type = "single"
options = ["はい", "いいえ"]
[[question]]
id = "問3"
type = "multiple"
options = ["見守り", "配食"]
[[question]]
id = "年齢"
type = "number"
range = [18, 110]
[[question]]
id = "意見"
type = "text"
asked_if = { question = "問2", of = ["はい"] }
"#;

const PLAN: &str = r#"
title = "試験の計画"
fiscal_years = "R4..R10"
report_year = "R4"
breakdowns = [["性別"], ["性別", "問1"]]
[[goal]]
number = 1
title = "目標"
[survey.citizen]
title = "市民アンケート"
sample = "random"
questionnaire = "questionnaire.toml"
[survey.citizen.wave.R4]
responses = ["paper.csv"]
respondent = "整理番号"
duplicates = "first"
cleaning_log = ["log.csv"]
[[indicator]]
id = "known"
goal = 1
department = "課"
title = "知っている人の割合"
target = "40%以上"
share = { survey = "citizen", question = "問2", of = ["はい"], base = "answered" }
"#;

/// Every personal column, and every odd cell that makes a finding: a phone, a name, a mail address and an
/// address where one answer can stand, words for a number, an id twice, no id, an opinion of somebody who was
/// not asked for one.
const PAPER: &str = "整理番号,お名前,フリガナ,連絡先,控え,メモ,送り先,誕生の日,会員,個人,性別,問1,問2,問3_1,\
                     問3_2,年齢,意見\n\
    id-9041,大河内 一郎,オオコウチ イチロウ,090-1234-5678,ohkouchi@example.jp,080-9876-5432,\
        西東京市南町5-6-13,1985/3/2,K-000017,123456789012,1,1,1,1,0,30,ここだけの話\n\
    id-9042,權田原 花子,ヤマオク ハナコ,０７０－１２３４－５６７８,hanako@example.co.jp,0424641311,\
        東京都西東京市南町1-1-1,昭和60年3月2日,K-000018,123456789013,2,大河内 一郎,090-1234-5678,1,大河内,\
        四十二歳,怒りの声\n\
    id-9043,綾小路 次,オオコウチ ジ,042-464-9999,ji@example.com,042-464-9999,西東京市南町2-2,1999/12/31,\
        K-000019,123456789014,1,2,綾小路,0,090-1234-5678,0424641311,\n\
    id-9044,大河内 三,オオコウチ サン,090-1234-5678,san@example.jp,090-1234-1004,西東京市南町3-3,2001/1/1,\
        K-000020,123456789015,2,その他,となりの権兵衛,0,1,9x9,息子のたかし\n\
    id-9044,大河内 三,オオコウチ サン,090-1234-5678,san@example.jp,090-1234-1005,西東京市南町3-3,1950/1/1,\
        K-000021,123456789016,2,2,ohkouchi@example.jp,0,1,40,息子のたかし\n\
    ,綾小路 四,オオコウチ ヨン,090-1234-5678,yon@example.jp,090-1234-1006,西東京市南町3-4,1960/1/1,K-000022,\
        123456789017,2,2,188-8666,0,1,40,\n\
    id-9046,綾小路 五,オオコウチ ゴ,090-1234-5678,go@example.jp,090-1234-1007,西東京市南町3-5,1970/1/1,\
        K-000023,123456789018,1,2,西東京市南町5-6-13,1,1,50,\n\
    id-9047,綾小路 六,オオコウチ ロク,090-1234-5678,roku@example.jp,090-1234-1008,西東京市南町3-6,1980/1/1,\
        K-000024,123456789019,1,1,2,1,1,60,ここだけの話\n\
    id-9048,綾小路 七,オオコウチ ナナ,090-1234-5678,nana@example.jp,090-1234-1009,西東京市南町3-7,1990/1/1,\
        K-000025,123456789020,2,2,大河内,1,1,70,\n\
    id-9050,綾小路 八,オオコウチ ハチ,090-1234-5678,hachi@example.jp,090-1234-1010,西東京市南町3-8,1940/1/1,\
        K-000026,123456789021,2,2,\"1,2\",1,1,70,\n\
    id-9051,綾小路 九,オオコウチ キュウ,090-1234-5678,kyu@example.jp,090-1234-1011,西東京市南町3-9,1941/1/1,\
        K-000027,123456789022,2,2,7,1,1,700,\n";

const LOG: &str = "整理番号,設問,元の値,新しい値,対応,理由\n\
    id-9042,問2,090-1234-5678,1,,大河内さんに042-464-9999で確認\n\
    id-9043,年齢,0424641311,42,,\n\
    id-9041,意見,ここだけの話,怒りの声,,本人の希望\n\
    id-9042,問1,大河内 一郎,となりの権兵衛,,欄を間違えた\n\
    id-9047,整理番号,id-9047,id-9049,,番号の書きまちがい\n\
    id-9041,連絡先,090-1234-5678,080-9876-5432,,\n\
    id-9046,性別,1,2,,id-9046は小字に住む薬袋家\n\
    id-9047,性別,1,2,,民生委員の東海林が訪問、佐藤さん宅\n\
    id-9050,性別,2,1,,母の勅使河原実が代筆 要介護3 うつ病\n\
    id-9051,性別,2,1,,本人（090ー1234ー5678）に確認、係長と相談\n\
    id-9041,性別,1,2,,=cmd|'/C calc'!A0\n\
    id-9048,,,,票を除く,綾小路様のご希望\n";

/// All bytes that can be read out of a file: itself, and for a workbook its parts unpacked.
fn readable(path: &Path) -> Vec<(String, Vec<u8>)> {
    let bytes = fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut out = vec![(name.clone(), bytes.clone())];
    if name.ends_with(".xlsx") {
        out.extend(
            unzipped::parts(&bytes).into_iter().map(|(part, bytes)| (format!("{name}/{part}"), bytes)),
        );
        assert!(out.len() > 8, "the workbook was unpacked");
    }
    out
}

/// Whether `bytes` hold `word`, in UTF-8 or as JSON and XML escape it.
fn holds(bytes: &[u8], word: &str) -> bool {
    let escaped: String = word
        .encode_utf16()
        .map(|u| if u < 128 { char::from(u as u8).to_string() } else { format!("\\u{u:04x}") })
        .collect();
    let entity: String =
        word.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("&#{};", c as u32) }).collect();
    [word.to_owned(), escaped, entity]
        .iter()
        .any(|w| bytes.windows(w.len()).any(|window| window == w.as_bytes()))
}

#[test]
fn nothing_personal_reaches_the_results() {
    let project = Project::new(&[
        ("plan.toml", PLAN),
        ("questionnaire.toml", QUESTIONNAIRE),
        ("paper.csv", PAPER),
        ("log.csv", LOG),
    ]);
    for word in PLANTED {
        assert!(holds(PAPER.as_bytes(), word) || holds(LOG.as_bytes(), word), "「{word}」 is planted");
    }
    let (_, outcome) = project.written("derived");
    // The odd cells are found all the same.
    for code in [
        Code::AnswersOutOfList,
        Code::AnswersOutOfRange,
        Code::AnswersNotANumber,
        Code::AnswersTwoMarks,
        Code::AnswersDuplicateRespondent,
        Code::AnswersNoRespondentId,
        Code::AnswersAnsweredThoughNotAsked,
    ] {
        assert!(
            outcome.quality.findings.iter().any(|f| f.code == code),
            "{code}: {:#?}",
            outcome.quality.findings
        );
    }
    assert_eq!(outcome.cleaned(), [11, 0, 1]);
    let derived = project.path("derived");
    let mut files = 0;
    for entry in fs::read_dir(&derived).unwrap() {
        for (name, bytes) in readable(&entry.unwrap().path()) {
            files += 1;
            let found: Vec<&str> = PLANTED.into_iter().filter(|word| holds(&bytes, word)).collect();
            assert!(found.is_empty(), "{name} holds {found:?}:\n{}", String::from_utf8_lossy(&bytes));
        }
    }
    assert!(files > 16, "{files}");
    // A code that tells of nobody is shown.
    let out_of_list = |word: &str| {
        outcome
            .quality
            .findings
            .iter()
            .any(|f| f.code == Code::AnswersOutOfList && f.message.ja.contains(word))
    };
    assert!(
        out_of_list("「7」") && out_of_list("書かれた言葉は出力に書かない"),
        "{:#?}",
        outcome.quality.findings
    );

    let manifest: Value = serde_json::from_slice(&fs::read(derived.join("manifest.json")).unwrap()).unwrap();
    // Of a change only where and what kind it is: neither the answer before or after, nor the reason.
    let changes = manifest["cleaning_changes"].as_array().unwrap();
    assert_eq!(changes.len(), 12);
    for change in changes {
        let keys: Vec<&String> = change.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["log", "place", "change_type"], "{change}");
    }
    let withheld: Vec<(&str, &str, u64)> = manifest["withheld_columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["column"].as_str().unwrap(), c["kind"].as_str().unwrap(), c["cells"].as_u64().unwrap()))
        .collect();
    let mut expected = [
        ("整理番号", "personal-number", 10),
        ("お名前", "name", 11),
        ("フリガナ", "name", 11),
        ("連絡先", "phone", 11),
        ("控え", "mail", 11),
        ("メモ", "phone", 11),
        ("送り先", "address", 11),
        ("誕生の日", "birth-date", 11),
        ("会員", "personal-number", 11),
        ("個人", "personal-number", 11),
    ];
    expected.sort();
    let mut found = withheld.clone();
    found.sort();
    assert_eq!(found, expected);
    let notes = outcome.quality.findings.iter().filter(|f| f.code == Code::AnswersPersonalData);
    assert_eq!(notes.count(), 9, "the plan itself names the column of ids");
}

/// A file whose header row is missing makes a column's name of the first respondent's data.
#[test]
fn a_name_that_is_data_is_not_told() {
    let columns: Vec<&str> = PAPER.lines().next().unwrap().split(',').collect();
    let at = |name: &str| columns.iter().position(|c| *c == name).unwrap();
    let letters: Vec<String> =
        ["性別", "問1", "問2", "年齢", "意見"].iter().map(|q| shihyo::raw::letters(at(q))).collect();
    let mut questionnaire = QUESTIONNAIRE.replace(
        "id = \"問3\"\ntype = \"multiple\"",
        "id = \"問3\"\ncolumns = [\"@N\", \"@O\"]\ntype = \"multiple\"",
    );
    for (question, letter) in ["性別", "問1", "問2", "年齢", "意見"].iter().zip(letters) {
        questionnaire = questionnaire.replacen(
            &format!("id = \"{question}\"\n"),
            &format!("id = \"{question}\"\ncolumns = [\"@{letter}\"]\n"),
            1,
        );
    }
    let headless: String = PAPER.lines().skip(1).map(|l| format!("{l}\n")).collect();
    let plan =
        PLAN.replace("respondent = \"整理番号\"\nduplicates = \"first\"\ncleaning_log = [\"log.csv\"]\n", "");
    let project = Project::new(&[
        ("plan.toml", &plan),
        ("questionnaire.toml", &questionnaire),
        ("paper.csv", &headless),
    ]);
    project.written("derived");
    let manifest = project.bytes("derived/manifest.json");
    for word in ["大河内", "オオコウチ", "090-1234-5678", "@example", "南町", "1985/3/2", "123456789012"]
    {
        assert!(!holds(&manifest, word), "{word}: {}", String::from_utf8_lossy(&manifest));
    }
}
