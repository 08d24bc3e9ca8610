//! `shihyo init`: a plan out of a bare file that checks and gives a first crosstab.

use std::path::Path;

use crate::support;
use crate::support::forms::{MULTIPLES, containers, layouts, people};
use shihyo::pipeline::{CompareRequest, FirstPlan, InitRequest, Project, compare, compute, init, load};
use shihyo::progress::Silent;
use shihyo::questionnaire::{AskedIf, QuestionKind};
use shihyo::raw::ReadOptions;
use shihyo::text::Lang;

fn request(folder: &Path, file: &str, header_rows: usize) -> InitRequest {
    InitRequest {
        files: vec![folder.join(file)],
        read: ReadOptions {
            header_rows: (header_rows > 1).then_some(header_rows),
            ..ReadOptions::of_responses()
        },
        form: None,
        choices: None,
        out: folder.join("pipelines/a"),
        lang: Lang::Ja,
    }
}

/// The written plan, read and run as any other; the first crosstab is there.
fn runs(folder: &Path, first: &FirstPlan) -> Result<usize, String> {
    let out = folder.join("pipelines/a");
    if out.is_dir() {
        std::fs::remove_dir_all(&out).unwrap();
    }
    shihyo::derived::write_new(&out, &first.files).map_err(|e| e.to_string())?;
    let project = Project::of(&out).map_err(|e| e.to_string())?;
    let plan = load(&project).map_err(|e| e.to_string())?;
    let outcome = compute(&project, &plan, None, &Silent).map_err(|e| e.to_string())?;
    let (indicator, by) = first.first_crosstab.clone().ok_or("no first crosstab")?;
    let table = compare(
        &plan,
        &outcome,
        &CompareRequest {
            indicator,
            by: vec![by],
            wave: None,
            adjust: shihyo::estimate::p_adjust::Adjustment::default(),
        },
    )
    .map_err(|e| e.to_string())?;
    Ok(table.rows().count())
}

/// What was inferred: each question's id and a word for its type.
fn types(first: &FirstPlan) -> Vec<String> {
    let word = |kind: &QuestionKind| match kind {
        QuestionKind::Single(c) => format!("single {}", c.len()),
        QuestionKind::Multiple { categories, .. } => format!("multiple {}", categories.len()),
        QuestionKind::Number { .. } => "number".to_owned(),
        QuestionKind::Text => "text".to_owned(),
    };
    first.inferred.questionnaire.questions.iter().map(|q| format!("{} {}", q.id, word(&q.kind))).collect()
}

#[test]
fn every_layout_gives_a_plan_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let people = people();
    let csv = &containers()[0];
    let mut wrong = Vec::new();
    for layout in layouts() {
        let bytes = (csv.write)(&layout.sheet(&people)).unwrap();
        std::fs::write(folder.path().join("answers.csv"), bytes).unwrap();
        let first = init(&request(folder.path(), "answers.csv", layout.depth))
            .unwrap_or_else(|e| panic!("{}: {e}", layout.name));
        match runs(folder.path(), &first) {
            Ok(rows) if rows >= 3 => {}
            other => wrong.push(format!("{}: {other:?}\n{}", layout.name, types(&first).join("\n"))),
        }
        let multiple = first
            .inferred
            .questionnaire
            .questions
            .iter()
            .filter(|q| matches!(q.kind, QuestionKind::Multiple { .. }))
            .count();
        if multiple < 2 || first.inferred.respondent.is_none() {
            wrong.push(format!(
                "{}: {multiple} multiple answers, respondent {:?}\n{}",
                layout.name,
                first.inferred.respondent,
                types(&first).join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The options of the multiple answers, in the order of their words.
fn options_of_multiples(first: &FirstPlan) -> Vec<Vec<String>> {
    let options = |kind: &QuestionKind| match kind {
        QuestionKind::Multiple { categories, .. } => {
            Some(sorted(categories.iter().map(|c| c.label.as_str())))
        }
        _ => None,
    };
    first.inferred.questionnaire.questions.iter().filter_map(|q| options(&q.kind)).collect()
}

fn sorted<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<String> {
    // One width, as words are compared.
    let mut labels: Vec<String> = labels.map(|l| l.replace('（', "(").replace('）', ")")).collect();
    labels.sort();
    labels
}

#[test]
fn labels_joined_in_one_cell_come_apart_into_the_options_of_the_form() {
    let folder = tempfile::tempdir().unwrap();
    let asked: Vec<Vec<String>> = MULTIPLES.iter().map(|q| sorted(q.options.iter().copied())).collect();
    let joined: Vec<_> = layouts()
        .into_iter()
        .filter(|l| l.name.contains("labels joined by") || l.name == "labels, one a line")
        .collect();
    assert_eq!(joined.len(), 7);
    for layout in joined {
        std::fs::write(
            folder.path().join("answers.csv"),
            (containers()[0].write)(&layout.sheet(&people())).unwrap(),
        )
        .unwrap();
        let first = init(&request(folder.path(), "answers.csv", layout.depth))
            .unwrap_or_else(|e| panic!("{}: {e}", layout.name));
        assert_eq!(options_of_multiples(&first), asked, "{}", layout.name);
    }
}

#[test]
fn words_with_a_blank_or_an_ampersand_are_single_answers() {
    let folder = tempfile::tempdir().unwrap();
    let intent =
        ["強く 思う", "思う", "思わない", "強く 思わない", "まったく 思わない", "どちらとも 言えない"];
    let single = [
        ("意向", &intent[..]),
        ("部署", &["R & D", "Sales", "Sales & Support", "Support", "Law"][..]),
        ("住まい", &["New York", "New Orleans", "York", "London"][..]),
    ];
    let mut csv = "整理番号,意向,部署,住まい,利用\n".to_owned();
    let used = [
        "図書館",
        "体育館",
        "図書館 体育館",
        "体育館 公民館",
        "公民館",
        "図書館 体育館 公民館",
        "図書館 公民館",
    ];
    for n in 0..120 {
        let cells: Vec<&str> = single.iter().map(|(_, words)| words[n % words.len()]).collect();
        csv += &format!("{n:05},{},{}\n", cells.join(","), used[n % 7]);
    }
    std::fs::write(folder.path().join("a.csv"), csv).unwrap();
    let first = init(&request(folder.path(), "a.csv", 1)).unwrap();
    assert_eq!(types(&first), ["意向 single 6", "部署 single 5", "住まい single 4", "利用 multiple 3"]);
    assert_eq!(options_of_multiples(&first), [sorted(["図書館", "体育館", "公民館"].into_iter())]);
}

#[test]
fn types_options_and_skips_are_inferred_from_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let layout = &layouts()[0];
    let bytes = (containers()[0].write)(&layout.sheet(&people())).unwrap();
    std::fs::write(folder.path().join("citizen-r6.csv"), bytes).unwrap();
    let first = init(&request(folder.path(), "citizen-r6.csv", 1)).unwrap();
    assert_eq!(
        types(&first),
        [
            "性別 single 3",
            "問1 single 4",
            "問4s1 single 3",
            "問4s2 single 3",
            "問5 single 3",
            "問2 multiple 6",
            "問3 multiple 5",
            "年齢 number",
            "問6 single 2",
            "年代 single 7"
        ]
    );
    let questions = &first.inferred.questionnaire.questions;
    assert_eq!(questions[4].asked_if, Some(AskedIf::Chose { question: 1, categories: vec![0, 1] }));
    assert!(questions.iter().enumerate().all(|(i, q)| i == 4 || q.asked_if.is_none()), "{questions:?}");
    assert_eq!(
        (questions[0].no_answer.as_slice(), first.inferred.respondent.as_deref()),
        (&["99".to_owned()][..], Some("整理番号"))
    );
    let plan = String::from_utf8(first.files[0].1.clone()).unwrap();
    assert!(
        plan.contains("fiscal_years = \"R6..R11\"")
            && plan.contains("responses = [\"citizen-r6.csv\"]")
            && plan.contains("sample = \"open\""),
        "{plan}"
    );
    assert!(plan.matches("# 要確認: ").count() >= 6, "{plan}");
    let text = String::from_utf8(first.files[1].1.clone()).unwrap();
    assert!(text.contains("# 要確認: 限定条件を推測しました"), "{text}");
}

#[test]
fn from_a_bare_file_to_a_crosstab_in_two_commands_without_personal_data() {
    let project = support::project::Project::new(&[]);
    let shihyo = |arguments: &[&str]| project.shihyo_in("en_GB.UTF-8", arguments);
    let names = ["佐藤 花子", "鈴木 一郎", "高橋 健", "田中 実", "伊藤 さくら", "渡辺 誠"];
    let mut csv =
        "整理番号,氏名,連絡先,メール,お住まい,生まれた日,問1 参加したいですか,性別,ご意見\n".to_owned();
    for n in 0..60 {
        let (name, answer) = (names[n % 6], ["はい", "いいえ", "わからない"][n % 3]);
        csv += &format!(
            "{n:05},{name}{n},090-1234-{n:04},user{n}@example.jp,西東京市南町\
             {n}-6-13,19{:02}/3/4,{answer},{},意見その{n}を書きました\n",
            30 + n,
            ["男性", "女性"][n % 2]
        );
    }
    project.write("a.csv", csv.replace("氏名", "回答者のお名前は"));
    let first = shihyo(&["init", "a.csv"]);
    assert_eq!(first.status, Some(0), "{}", first.said());
    let written = project.text("pipelines/a/questionnaire.toml");
    for column in ["連絡先", "メール", "お住まい", "生まれた日"] {
        assert!(written.contains(&format!("): {column}\n")), "{column}: {written}");
        assert!(!written.contains(&format!("id = \"{column}\"")), "{column}: {written}");
    }
    for secret in ["佐藤", "090-1234", "example.jp", "南町", "1941", "意見その"] {
        assert!(!written.contains(secret) && !first.said().contains(secret), "{secret}: {written}");
    }
    let checked = shihyo(&["check", "pipelines/a"]);
    assert_eq!(checked.status, Some(0), "{}", checked.said());
    let crosstab =
        shihyo(&["compare", "pipelines/a", "--indicator", "indicator-1", "--by", "性別", "--format", "csv"]);
    assert_eq!(crosstab.status, Some(0), "{}", crosstab.said());
    assert!(crosstab.stdout.contains("女性"), "{}", crosstab.said());
    project.write("pipelines/a/plan.toml", "edited");
    let again = shihyo(&["init", "a.csv"]);
    assert_eq!(again.status, Some(2));
    assert!(again.said().contains("not overwritten"), "{}", again.said());
    assert_eq!(project.text("pipelines/a/plan.toml"), "edited");
}

#[test]
fn a_form_gives_the_words_and_the_rules() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("form.csv"),
        "設問番号,質問文,タイプ,カテゴリ数,選択肢,限定条件\n問1,性別,SA,2,男性/女性,\n問2,会員ですか,SA,2,\
         はい/いいえ,\n問3,活動,MA,3,見守り/配食/送迎,問2=1\n問9,ない設問,SA,2,a/b,\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("a.csv"), "id,問1,問2,問3\n1,1,1,\"1,3\"\n2,2,2,\n3,2,1,2\n4,1,1,\n")
        .unwrap();
    let form =
        InitRequest { form: Some(folder.path().join("form.csv")), ..request(folder.path(), "a.csv", 1) };
    let first = init(&form).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(types(&first), ["問1 single 2", "問2 single 2", "問3 multiple 3"]);
    assert_eq!(first.inferred.left_out.len(), 1);
    assert_eq!(
        first.inferred.questionnaire.questions[2].asked_if,
        Some(AskedIf::Chose { question: 1, categories: vec![0] })
    );
    assert_eq!(runs(folder.path(), &first), Ok(3));
}

#[test]
fn a_form_finds_its_questions_in_the_groups_of_odk_central() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "survey.csv",
        "type,name,label\nbegin_group,about,\nselect_one s,sex,Sex\nbegin_group,life,\nselect_multiple \
         a,acts,Acts\nend_group,,\nend_group,,\ninteger,home-age,Age of the house\ninteger,age,Age\n",
    );
    write("choices.csv", "list_name,name,label\ns,m,Male\ns,f,Female\na,watch,Watching\na,meals,Meals\n");
    let joined = "KEY,about-sex,about-life-acts,home-age,about-age\nu1,m,watch meals,30,44\n\
                  u2,f,meals,20,50\nu3,f,,10,60\n";
    let split = "KEY,about-sex,about-life-acts,about-life-acts/watch,about-life-acts/meals,home-age,\
                 about-age\n\
                 u1,m,watch meals,1,1,30,44\nu2,f,meals,0,1,20,50\nu3,f,,,,10,60\n";
    for text in [joined, split, &split.replace("acts/", "acts_")] {
        write("a.csv", text);
        let form = InitRequest {
            form: Some(folder.path().join("survey.csv")),
            choices: Some(folder.path().join("choices.csv")),
            ..request(folder.path(), "a.csv", 1)
        };
        let first = init(&form).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            types(&first),
            ["sex single 2", "acts multiple 2", "home-age number", "age number"],
            "{text}"
        );
        assert_eq!(runs(folder.path(), &first), Ok(3), "{text}");
    }
    // The question in the group is gone: the one with the dash in its name does not stand in for it.
    write("a.csv", &joined.replace(",about-age", ",other").replace("home-age", "about-home-age"));
    let form = InitRequest {
        form: Some(folder.path().join("survey.csv")),
        choices: Some(folder.path().join("choices.csv")),
        ..request(folder.path(), "a.csv", 1)
    };
    assert_eq!(types(&init(&form).unwrap()), ["sex single 2", "acts multiple 2", "home-age number"]);
}
