//! Mistakes of plans with measures: code, place, words in both languages.

use super::{HEAD, indicator, project};

/// What is said of a plan with this indicator: code, words and help.
fn told(body: &str) -> Vec<String> {
    let error = project(&format!("{HEAD}{}", indicator("x", body))).load().expect_err(body);
    let line = |d: &shihyo::error::Diagnostic| {
        let span = d.span.as_ref().unwrap_or_else(|| panic!("no place: {}", d.code));
        let underlined = &span.source.text[span.range.clone()];
        let help = d.help.as_ref().map_or(String::new(), |h| format!("（{}）", h.ja));
        format!("{} [{underlined}] {}{help}", d.code, d.message.ja)
    };
    error.diagnostics().iter().map(line).collect()
}

#[test]
fn mistakes_are_told_in_whole_words() {
    let score = |question: &str, points: &str| {
        format!("score = {{ survey = \"c\", question = \"{question}\", points = {points} }}")
    };
    for (body, expected) in [
        (
            r#"mean = { survey = "c", question = "問1" }"#.to_owned(),
            "plan::question-kind [\"問1\"] 「問1」は数量回答（number）の設問ではありません（選択肢\
             に点数を付けた平均は \
             score = { question = \"問1\", points = { … } } です）",
        ),
        (
            r#"ratio = { survey = "c", numerator = "円", denominator = "活動" }"#.to_owned(),
            "plan::question-kind [\"活動\"] 「活動」は数量回答（number）の設問ではありません（選択\
             肢を選んだ人の割合は \
             share です）",
        ),
        (
            score("円", "{ \"満足\" = 1, \"不満\" = 0 }"),
            "plan::question-kind [\"円\"] 「円」は単数回答ではないので、点数を付けられません（数の\
             平均は mean です）",
        ),
        (
            score("問1", "{ \"満足\" = 1, \"ふつー\" = 0 }"),
            "plan::unknown-option [\"ふつー\"] 「問1」に選択肢「ふつー」はありません（「ふつう」で\
             はありませんか）",
        ),
        (
            score("問1", "{ \"満足\" = 1 }"),
            "plan::points [{ \"満足\" = 1 }] 点数は2つ以上の選択肢に付けてください（points = { \"満足\" = 5, \
             \"やや満足\" = 4, … } のように書きます）",
        ),
        (
            score("問1", "{ \"満足\" = 2, \"やや満足\" = 1, \"ふつう\" = 0 }"),
            "plan::points [{ \"満足\" = 2, \"やや満足\" = 1, \"ふつう\" = 0 }] 点数のない選択肢があります：\
             「やや不満」「不満」（集計の外に置くなら outside = [\"やや不満\", \"不満\"] と書きます）",
        ),
        (
            score("問1", "{ \"満足\" = 1, \"不満\" = 0 }, outside = [\"やや満足\", \"満足\"]"),
            "plan::points [\"満足\"] 「満足」には点数があるので、集計の外（outside）にはできません",
        ),
        (score("問1", "{ \"満足\" = 1, \"不満\" = inf }"), "plan::points [inf] 点数は数で書いてください"),
        (
            r#"quantile = { survey = "c", question = "円", at = 50 }"#.to_owned(),
            "plan::quantile [50] 分位は0から1の数です（50）（中央値は 0.5 です）",
        ),
        (
            "mean = { survey = \"c\", question = \"円\" }\nunit = \"%\"".to_owned(),
            "plan::unit [\"%\"] 「%」は割合（share）の単位です（「点」「分」「円」のような単位を書\
             いてください）",
        ),
        (
            "mean = { survey = \"c\", question = \"円\" }\ntarget = \"40%以上\"".to_owned(),
            "plan::target-unit [\"40%以上\"] 「%」の目標値は割合（share）だけに書けます",
        ),
        (
            "mean = { survey = \"c\", question = \"円\" }\nunit = \"円\"\ntarget = \"40分以上\"".to_owned(),
            "plan::target-unit [\"40分以上\"] 目標値の単位「分」が項目の単位「円」と違います",
        ),
        (
            "mean = { survey = \"c\", question = \"円\" }\ntotal = { survey = \"c\", question = \"円\" }"
                .to_owned(),
            "plan::definition [\"x\"] share・mean・total・ratio・quantile・score（調査の値）と coun\
             t（行政の数値）のうち、\
             どれか1つを書いてください",
        ),
        (
            "published = { R4 = \"3点\" }\ndecimals = 2".to_owned(),
            "plan::decimals [2] decimals は調査の値（share・mean など）だけに書けます（行政の数値\
             と公表値は、書かれている\
             とおりに表示します）",
        ),
        (
            "mean = { survey = \"c\", question = \"円\" }\ndecimals = 9".to_owned(),
            "plan::wrong-type [9] 9 は範囲の外です（0〜6）",
        ),
        (
            r#"total = { survey = "c", question = "円", where = { question = "年令", at_least = 65 } }"#
                .to_owned(),
            "plan::unknown-question [\"年令\"] 設問「年令」はありません（「年齢」ではありませんか）",
        ),
        (
            r#"total = { survey = "c", question = "円", where = { question = "性別", of = ["おとこ"] } }"#
                .to_owned(),
            "plan::unknown-option [\"おとこ\"] 「性別」に選択肢「おとこ」はありません（書けるもの\
             : 男、女）",
        ),
        (
            r#"total = { survey = "c", question = "円", where = { at_least = 65 } }"#.to_owned(),
            "plan::missing-key [{ at_least = 65 }] 条件に「question」がありません（{ question = \"\
             問1\", of = [\"はい\"] }、\
             { all = [ … ] }、{ any = [ … ] }、{ not = { … } } のどれかを書いてください）",
        ),
        (
            r#"total = { survey = "c", question = "円", where = { question = "性別", at_least = 1 } }"#
                .to_owned(),
            "plan::misplaced-key [1] at_least は number（数）と multiple（○の数）の設問だけに書けます",
        ),
    ] {
        assert_eq!(told(&body), [expected], "{body}");
    }
    let mean = indicator("x", r#"mean = { survey = "c", question = "問1" }"#);
    let error = project(&format!("{HEAD}{mean}")).load().unwrap_err();
    let told_in_english = (error.diagnostics()[0].message.en.as_str(), error.diagnostics()[0].help.clone());
    let help = told_in_english.1.unwrap().en;
    assert_eq!(
        (told_in_english.0, help.as_str()),
        (
            "\"問1\" is no question of type number",
            "the mean of points that options have is score = { question = \"問1\", points = { … } }"
        )
    );
    // Both sides of one mistake each: all are told.
    let both =
        "mean = { survey = \"c\", question = \"問1\", where = { question = \"問9\", answered = true } }";
    let codes: Vec<String> = told(both).iter().map(|t| t.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(codes, ["plan::question-kind", "plan::unknown-question"]);
}
