//! A questionnaire as text: the TOML that [`super::read_questionnaire`] reads back into the same
//! questionnaire.

use crate::questionnaire::model::{Category, Question, QuestionKind, Questionnaire};
use crate::questionnaire::write_derived;
use crate::questionnaire::write_words;
use crate::questionnaire::write_words::{comment, list, quoted};
use crate::text::spelling;

/// The questionnaire's TOML. `remarks[i]` stand as comments over question `i`, one line each; there may be
/// fewer than questions.
///
/// What is written reads back the same, as long as the questionnaire is one that could have been read:
/// trimmed labels and codes, no id, code or label twice, a skip rule that names an earlier question and at
/// least one of its options.
pub fn write_questionnaire(questionnaire: &Questionnaire, remarks: &[Vec<String>]) -> String {
    let mut out = format!("title = {}\n", quoted(&questionnaire.title));
    for (index, question) in questionnaire.questions.iter().enumerate() {
        out.push('\n');
        for remark in remarks.get(index).into_iter().flatten() {
            out.push_str(&comment(remark));
        }
        match &question.derivation {
            None => write(&mut out, question, questionnaire),
            Some(derivation) => write_derived::write(&mut out, question, derivation, questionnaire),
        }
    }
    out
}

fn write(out: &mut String, question: &Question, whole: &Questionnaire) {
    let mut line = |key: &str, value: String| out.push_str(&format!("{key} = {value}\n"));
    let kind = match &question.kind {
        QuestionKind::Single(_) => "single",
        QuestionKind::Multiple { .. } => "multiple",
        QuestionKind::Number { .. } => "number",
        QuestionKind::Text => "text",
    };
    line("[[question]]\nid", quoted(&question.id));
    if question.text != question.id {
        line("text", quoted(&question.text));
    }
    line("type", quoted(kind));
    if !question.categories().is_empty() {
        // Where a label could be a code (`5`, `5 (all)`), all codes are stated: none is a place in the list.
        let codes = question.categories().iter().any(|c| {
            let label = spelling::label(&c.label);
            spelling::whole_number(&label).or_else(|| spelling::code_before(&label)).is_some()
        });
        let each: Vec<String> =
            question.categories().iter().enumerate().map(|(k, c)| option(k, c, codes)).collect();
        let short = each.iter().map(|o| o.chars().count()).sum::<usize>() < 90;
        line(
            "options",
            if short {
                format!("[{}]", each.join(", "))
            } else {
                format!("[\n    {},\n]", each.join(",\n    "))
            },
        );
    }
    match &question.kind {
        QuestionKind::Multiple { max_marks: Some(most), .. } => line("max_marks", most.to_string()),
        QuestionKind::Number { range: Some(range) } => {
            line("range", format!("[{}, {}]", range.start(), range.end()))
        }
        _ => {}
    }
    if let Some(rule) = &question.asked_if {
        line("asked_if", write_words::rule(rule, whole, 0));
    }
    for (key, words) in [
        ("columns", &question.columns),
        ("no_answer", &question.no_answer),
        ("not_asked", &question.not_asked),
    ] {
        if !words.is_empty() {
            line(key, list(words));
        }
    }
    let policy = &question.policy;
    let said = [
        word("two_marks", &policy.two_marks),
        word("over_max", &policy.over_max),
        word("exclusive_with_others", &policy.exclusive_with_others),
        word("not_asked_but_answered", &policy.not_asked_but_answered),
        word("date_codes", &policy.date_codes),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    if !said.is_empty() {
        line("policy", format!("{{ {} }}", said.join(", ")));
    }
}

/// `key = "value"` where the value is not the default.
fn word<T: serde::Serialize + Default + PartialEq>(key: &str, value: &T) -> Option<String> {
    let spelled = serde_json::to_value(value).ok().filter(|_| *value != T::default())?;
    Some(format!("{key} = {}", quoted(spelled.as_str()?)))
}

/// The option at `index`; its code is stated where it is not its place in the list, or where `codes` are.
fn option(index: usize, category: &Category, codes: bool) -> String {
    let flags = [
        ("dont_know", category.dont_know),
        ("exclusive", category.exclusive),
        ("free_text", category.free_text),
    ];
    let mut said: Vec<String> = Vec::new();
    if codes || category.code != (index + 1).to_string() {
        said.push(format!("code = {}", quoted(&category.code)));
    }
    said.push(format!("label = {}", quoted(&category.label)));
    said.extend(flags.iter().filter(|(_, set)| *set).map(|(key, _)| format!("{key} = true")));
    if said.len() == 1 { quoted(&category.label) } else { format!("{{ {} }}", said.join(", ")) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::error::SourceText;
    use crate::questionnaire::read_questionnaire;
    use crate::questionnaire::write::*;

    fn read(text: String) -> Questionnaire {
        read_questionnaire(Arc::new(SourceText { file: "q.toml".into(), text }))
            .unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let text = r#"
            title = "調査「\"1\"」\\"
            [defaults]
            no_answer = ["99"]
            policy = { over_max = "keep", two_marks = "first" }
            [[question]]
            id = "問1"
            text = "一行目\n二行目\t\u0007"
            type = "single"
            options = [
                "はい",
                { code = "9", label = "わからない", dont_know = true },
                { label = "その他 #1", free_text = true },
            ]
            [[question]]
            id = "問2"
            type = "multiple"
            max_marks = 3
            options = [
                "a",
                "b",
                { label = "特になし", exclusive = true },
                "とても長い選択肢の文がここに入ります。とても長い選択肢の文がここに入ります。",
                "とても長い選択肢の文がここに入りません。",
            ]
            asked_if = { question = "問1", of = ["その他 #1", "はい"] }
            columns = ["c 1", "@AB", "c3", "c4", "c5"]
            policy.exclusive_with_others = "drop-others"
            policy.not_asked_but_answered = "keep"
            policy.date_codes = "read-back"
            [[question]]
            id = "年齢"
            type = "number"
            range = [-5, 120]
            not_asked = ["NA"]
            [[question]]
            id = "意見"
            type = "text"
            no_answer = []
            asked_if = { all = [
                { question = "年齢", at_least = 18, less_than = 64.5 },
                { not = { any = [
                    { question = "問1", of = ["はい"] },
                    { question = "問2", at_most = -1 },
                    { all = [{ question = "年齢", answered = true }] },
                ] } },
                { question = "問2", answered = false },
                { not = { not = { question = "問2", equals = 0 } } },
            ] }
            [[derived]]
            id = "年代"
            bands = { of = "年齢", from = [18, 30, 64.5], rest = "18歳未満" }
            [[derived]]
            id = "年代2"
            text = "年代（呼び名つき）"
            bands = { of = "年齢", from = [0, 1, 2], labels = ["1", "零", "二つ以上"], rest = "outside" }
            [[derived]]
            id = "複数"
            merge = { of = "問2", into = { "乙" = ["b"], "甲" = ["a", "特になし"] }, rest = "ほか" }
            [[derived]]
            id = "単数"
            merge = { of = "問1", into = { "甲\"" = ["はい"] } }
            [[derived]]
            id = "支援"
            any = [
                { question = "問1", of = ["はい"] },
                { all = [
                    { question = "年代", of = ["30以上64.5未満"] },
                    { question = "問2", answered = false },
                ] },
            ]
            labels = ["受けた", "受けていない"]
            not_asked = "no"
            [[derived]]
            id = "なし"
            none = [{ not = { question = "問1", of = ["はい"] } }]
            [[derived]]
            id = "活動数"
            count = [{ question = "問2", of = ["a", "b"] }, { question = "年齢", at_least = 65 }]
            not_asked = "no"
            [[derived]]
            id = "区分"
            cross = ["支援", "年代"]
        "#;
        let questionnaire = read(text.to_owned());
        let remarks = vec![vec!["要確認: 一行\nに書く\" [[question]]".to_owned()]];
        let written = write_questionnaire(&questionnaire, &remarks);
        assert_eq!(read(written.clone()), questionnaire, "{written}");
        assert!(written.contains("# 要確認: 一行 に書く\" [[question]]\n[[question]]\n"), "{written}");
    }
}
