//! Who answered, and what they were asked.

use super::super::dice::Dice;

/// One respondent: what was said, whatever the layout. `None` is a blank.
pub struct Person {
    pub id: usize,
    /// The single questions, in the order of [`SINGLES`].
    pub single: [Option<usize>; 5],
    /// The multiple questions, in the order of [`MULTIPLES`].
    pub multiple: [Option<Vec<usize>>; 2],
    pub age: Option<u32>,
    pub words: Option<&'static str>,
}

impl Person {
    /// Whether the skip rule brings this person to 問5.
    pub fn asked(&self) -> bool {
        matches!(self.single[1], Some(0 | 1))
    }
}

/// A question with options: id, words, options.
pub struct Asked {
    pub id: &'static str,
    pub words: &'static str,
    pub options: &'static [&'static str],
}

pub const SINGLES: [Asked; 5] = [
    Asked { id: "性別", words: "あなたの性別", options: &["男性", "女性", "答えたくない"] },
    Asked {
        id: "問1",
        words: "今後、活動に参加したいですか",
        options: &["積極的に参加したい", "できれば参加したい", "参加したくない", "わからない"],
    },
    Asked {
        id: "問4s1",
        words: "次のことを知っていますか [見守り]",
        options: &["知っている", "名前は知っている", "知らない"],
    },
    Asked {
        id: "問4s2",
        words: "次のことを知っていますか [ほっとネット]",
        options: &["知っている", "名前は知っている", "知らない"],
    },
    Asked {
        id: "問5", words: "いつ参加したいですか", options: &["平日", "土曜・日曜", "いつでも"]
    },
];

pub const MULTIPLES: [Asked; 2] = [
    Asked {
        id: "問2",
        words: "困っていること",
        options: &[
            "買い物、掃除など",
            "通院",
            "送迎, 付き添い",
            "話し相手（電話、訪問）",
            "防災 訓練",
            "特になし",
        ],
    },
    Asked {
        id: "問3",
        words: "力を入れてほしいこと（○は3つまで）",
        options: &["見守り", "配食", "居場所", "相談窓口", "移動の手段"],
    },
];

pub const AGE: (&str, &str) = ("年齢", "あなたの年齢");
pub const WORDS: (&str, &str) = ("問6", "ご意見");

/// The questionnaire of all files.
pub const QUESTIONNAIRE: &str = r#"
title = "市民アンケート"

[defaults]
no_answer = ["99"]

[[question]]
id = "性別"
text = "あなたの性別"
type = "single"
options = ["男性", "女性", "答えたくない"]

[[question]]
id = "問1"
text = "今後、活動に参加したいですか"
type = "single"
options = [
    "積極的に参加したい",
    "できれば参加したい",
    "参加したくない",
    { label = "わからない", dont_know = true },
]

[[question]]
id = "問2"
text = "困っていること"
type = "multiple"
options = [
    "買い物、掃除など",
    "通院",
    "送迎, 付き添い",
    "話し相手（電話、訪問）",
    "防災 訓練",
    { label = "特になし", exclusive = true },
]

[[question]]
id = "問3"
text = "力を入れてほしいこと（○は3つまで）"
type = "multiple"
max_marks = 3
options = ["見守り", "配食", "居場所", "相談窓口", "移動の手段"]

[[question]]
id = "問4s1"
text = "次のことを知っていますか [見守り]"
type = "single"
options = ["知っている", "名前は知っている", "知らない"]

[[question]]
id = "問4s2"
text = "次のことを知っていますか [ほっとネット]"
type = "single"
options = ["知っている", "名前は知っている", "知らない"]

[[question]]
id = "問5"
text = "いつ参加したいですか"
type = "single"
options = ["平日", "土曜・日曜", "いつでも"]
asked_if = { question = "問1", of = ["積極的に参加したい", "できれば参加したい"] }

[[question]]
id = "年齢"
text = "あなたの年齢"
type = "number"
range = [15, 110]

[[question]]
id = "問6"
text = "ご意見"
type = "text"
"#;

const ROWS: usize = 160;

/// The same people in every run.
pub fn people() -> Vec<Person> {
    let mut dice = Dice::new(20_260_402);
    let mut next = move |below: u64| dice.index(below as usize);
    let person = |id: usize| {
        let mut one = |of: usize, blank: u64| (next(blank) > 0).then(|| next(of as u64));
        let mut single = [one(3, 30), one(4, 12), one(3, 9), one(3, 9), one(3, 7)];
        if !matches!(single[1], Some(0 | 1)) {
            single[4] = None;
        }
        let mut some = |of: u64, most: u64, blank: u64| {
            (next(blank) > 0).then(|| {
                let mut chosen: Vec<usize> = (0..1 + next(most)).map(|_| next(of)).collect();
                chosen.sort_unstable();
                chosen.dedup();
                chosen
            })
        };
        // Five draws of five options: some mark more than three.
        let multiple = [some(6, 3, 10), some(5, 5, 10)];
        let age = (next(10) > 0).then(|| 18 + next(80) as u32);
        let words = [None, None, Some("特に困っていません"), Some("バスを増やしてほしい,\n土日も")][next(4)];
        Person { id: id + 1, single, multiple, age, words }
    };
    (0..ROWS).map(person).collect()
}
