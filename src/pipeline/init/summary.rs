//! What a person should look at in a draft before it is used, what is likelier to make a number wrong first.

use crate::code::{Code, Severity};
use crate::draft::{Remark, RemarkKind};
use crate::pipeline::init::FirstPlan;
use crate::pipeline::init::written::of_sample;
use crate::questionnaire::{Question, QuestionKind};
use crate::text::{Lang, Text};

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftPoint {
    /// What it is.
    pub what: Text,
    /// How many there are, at least as many as places.
    pub count: u64,
    /// The columns or questions that it concerns, in the file's order.
    pub places: Vec<Text>,
    /// What to do.
    pub advice: Text,
}

/// What to look at in the draft, ranked; each with at least one place.
pub fn draft_points(first: &FirstPlan) -> Vec<DraftPoint> {
    let inferred = &first.inferred;
    let mut points = of_reading(first);
    let mut add = |what: Text, places: Vec<Text>, advice: Text| {
        if !places.is_empty() {
            points.push(DraftPoint { what, count: places.len() as u64, places, advice });
        }
    };
    let beside = |name: &str, of: &Text| {
        Text::new(format!("{}（{}）", short(name), of.ja), format!("{} ({})", short(name), of.en))
    };
    add(
        Text::new("設問にしなかった列", "columns that are no question"),
        inferred.left_out.iter().map(|(name, reason)| beside(name, reason)).collect(),
        Text::new(
            "集計に要る列があれば、調査票に [[question]] を書き足してください",
            "if one is needed, add a [[question]] for it to the questionnaire",
        ),
    );
    add(
        Text::new("個人情報とみて読まない列", "columns not read, since they look personal"),
        inferred.withheld.iter().map(|(name, kind)| beside(name, &kind.text())).collect(),
        Text::new(
            "個人情報でない列があれば、調査票に [[question]] を書き足してください",
            "if one is not personal, add a [[question]] for it to the questionnaire",
        ),
    );
    add(
        Text::new("回答者番号とみた列", "taken for the respondents' ids"),
        inferred.respondent.iter().map(|name| Text::same(short(name))).collect(),
        Text::new(
            "同じ番号の2行目からは数えません。番号でなければ計画の respondent を消してください",
            "a second row of one id does not count; if it is no id, take respondent out of the plan",
        ),
    );
    for (kind, what, advice) in kinds() {
        let has = |remarks: &[Remark]| remarks.iter().any(|r| r.kind == kind);
        let questions = inferred.questionnaire.questions.iter().zip(&inferred.remarks);
        let places = questions
            .filter(|(_, remarks)| has(remarks.as_slice()))
            .map(|(q, _)| Text::same(short(&called(q))));
        add(what, places.collect(), advice);
        if kind == RemarkKind::SkipRule {
            let named = inferred.sample.iter().filter(|(.., said)| !said);
            add(
                Text::new(
                    "ウエイト・層・集落とみられる列（使っていません）",
                    "weights, strata, clusters (not used)",
                ),
                named.map(|(name, kind, _)| beside(name, &of_sample(*kind))).collect(),
                Text::new(
                    "使うときは、計画の「# design = …」の行の # を取ってください",
                    "to use them, take the # off the line \"# design = …\" of the plan",
                ),
            );
        }
    }
    points
}

/// What reading the files found, one point for each kind.
fn of_reading(first: &FirstPlan) -> Vec<DraftPoint> {
    let mut points: Vec<(Code, DraftPoint)> = Vec::new();
    for finding in first.findings.iter().filter(|f| f.severity == Severity::Warning) {
        let file = finding.place.file.clone().unwrap_or_default();
        let place = match finding.place.row {
            Some(row) => Text::new(format!("{file} {row}行目"), format!("{file} row {row}")),
            None => Text::same(file),
        };
        match points.iter_mut().find(|(code, _)| *code == finding.code) {
            Some((_, point)) => {
                point.count += finding.count;
                point.places.push(place);
            }
            None => points.push((
                finding.code,
                DraftPoint {
                    what: Text::new(finding.code.title(Lang::Ja), finding.code.title(Lang::En)),
                    count: finding.count,
                    places: vec![place],
                    advice: finding.message.clone(),
                },
            )),
        }
    }
    points.into_iter().map(|(_, point)| point).collect()
}

/// The kinds of remarks that are told, with what they are and what to do.
fn kinds() -> [(RemarkKind, Text, Text); 8] {
    [
        (
            RemarkKind::ClosedText,
            Text::new("自由記述とした設問（同じ言葉が多い）", "taken as free text, though words repeat"),
            Text::new(
                "選択肢の設問なら type を single にし、options を書いてください",
                "if it has options, make its type single and write them",
            ),
        ),
        (
            RemarkKind::OneOption,
            Text::new("選択肢が1つしかない設問", "questions with one option"),
            Text::new(
                "複数回答の1列か、見出しの行かを確かめてください",
                "see whether it is a part of a multiple answer, or a row of headings",
            ),
        ),
        (
            RemarkKind::PerhapsSeveral,
            Text::new("複数回答かもしれない単数回答", "single answers that may be multiple ones"),
            Text::new(
                "複数回答なら type を multiple にし、options を1つずつにしてください",
                "if so, make the type multiple and write each option once",
            ),
        ),
        (
            RemarkKind::SkipRule,
            Text::new("推測した限定条件", "skip rules that were guessed"),
            Text::new(
                "調査票と違えば asked_if を直してください（base = \"asked\" の母数が変わります）",
                "correct asked_if where the form has another (it changes the base \"asked\")",
            ),
        ),
        (
            RemarkKind::NoAnswer,
            Text::new("無回答とみた、または無回答かもしれない値", "values that are, or may be, no answer"),
            Text::new(
                "選択肢なら options に、無回答なら no_answer に書いてください",
                "write them into options if they are answers, into no_answer if not",
            ),
        ),
        (
            RemarkKind::OwnWords,
            Text::new("少ない言葉を「その他」とした設問", "rare words taken for \"other\""),
            Text::new(
                "選択肢である言葉は options に書いてください",
                "write those that are options of the form into options",
            ),
        ),
        (
            RemarkKind::TakenApart,
            Text::new("1つのセルを複数回答に分けた設問", "cells taken apart into several answers"),
            Text::new(
                "区切りの文字を含む選択肢が割れていないか見てください",
                "see that no option that holds the delimiter was taken apart",
            ),
        ),
        (
            RemarkKind::Labels,
            Text::new("選択肢の文が分からない設問", "options whose words are not known"),
            Text::new("番号の意味を label に書いてください", "write the meaning of each code as its label"),
        ),
    ]
}

/// What a question is called among others: its id, and its words where the id is a place.
fn called(question: &Question) -> String {
    if question.id.starts_with('@') && question.text != question.id {
        format!("{} {}", question.id, question.text)
    } else {
        question.id.clone()
    }
}

/// The first words of a name, at most 24 characters.
fn short(name: &str) -> String {
    let flat: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let flat = flat.trim();
    if flat.chars().count() <= LONGEST {
        return flat.to_owned();
    }
    flat.chars().take(LONGEST - 1).chain(['…']).collect()
}

const LONGEST: usize = 24;

/// How many questions of each kind the draft has, in one line.
pub fn question_counts(questions: &[Question]) -> Text {
    let of = |wanted: fn(&QuestionKind) -> bool| questions.iter().filter(|q| wanted(&q.kind)).count();
    let counts = [
        (of(|k| matches!(k, QuestionKind::Single(_))), "単数回答", "single answer"),
        (of(|k| matches!(k, QuestionKind::Multiple { .. })), "複数回答", "multiple answer"),
        (of(|k| matches!(k, QuestionKind::Number { .. })), "数量", "number"),
        (of(|k| matches!(k, QuestionKind::Text)), "自由記述", "free text"),
    ];
    let counts = || counts.iter().filter(|(n, ..)| *n > 0);
    let ja: Vec<String> = counts().map(|(n, ja, _)| format!("{ja} {n}")).collect();
    let en: Vec<String> = counts().map(|(n, _, en)| format!("{en} {n}")).collect();
    Text::new(
        format!("設問 {}件（{}）", questions.len(), ja.join("、")),
        format!("{} questions ({})", questions.len(), en.join(", ")),
    )
}
