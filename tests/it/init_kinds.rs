//! Kinds of files that offices and survey programs write, as `init` drafts them: each option counts as often
//! as it stands in the file.

use crate::support::drafted::{drafted, expected, first_plan};

/// Rows of cells as CSV, below a first line.
fn csv(head: &str, rows: usize, row: impl Fn(usize) -> String) -> String {
    (0..rows).fold(format!("{head}\n"), |text, n| text + &row(n) + "\n")
}

#[test]
fn words_beside_joined_options_are_the_other() {
    for mark in [";", ", ", "、", "\n"] {
        // 電車 and バス over and over; two cells hold a word of their own.
        let sets =
            [&["電車"][..], &["電車", "バス"], &["バス"], &["電車", "自転車"], &["自転車", "バス", "電車"]];
        let text = csv("id,通勤手段（複数回答）,性別", 32, |n| {
            let cell = match n {
                30 => ["電車", "徒歩"].join(mark),
                31 => ["バス", "知人の車"].join(mark),
                _ => sets[n % 5].join(mark),
            };
            format!("{n},\"{cell}\",{}", ["男", "女"][n % 2])
        });
        let out = drafted(&text);
        assert_eq!(
            *out.of("通勤手段(複数回答)"),
            expected(&[("電車", 25), ("バス", 19), ("自転車", 12), ("その他", 2)], 32),
            "{mark:?}: {}",
            out.questionnaire()
        );
        assert!(out.questionnaire().contains("# 要確認: 少ない言葉（2人）は「その他」"), "{mark:?}");
        assert!(!out.questionnaire().contains("知人の車"), "words of one person stand in no draft");
        assert_eq!(out.warnings, 0, "{:?}", out.findings);
    }
}

#[test]
fn an_other_column_of_words_is_an_option_of_its_group() {
    let brackets = csv("id,施設 [図書館],施設 [体育館],施設 [その他],性別", 24, |n| {
        let (library, gym) = (if n % 2 == 0 { "図書館" } else { "" }, if n % 3 == 0 { "体育館" } else { "" });
        let other = if n % 4 == 0 { format!("川べりの道{n}") } else { String::new() };
        format!("{n},{library},{gym},{other},{}", ["男", "女"][n % 2])
    });
    // 12 of 図書館 (even), 4 of 体育館 among the odd ones: 16 ticked something.
    let out = drafted(&brackets);
    assert_eq!(*out.of("施設"), expected(&[("図書館", 12), ("体育館", 8), ("その他", 6)], 16));
    assert_eq!(out.warnings, 0, "{:?}", out.findings);

    let limesurvey = brackets
        .replace("施設 [図書館]", "q1[SQ001]")
        .replace("施設 [体育館]", "q1[SQ002]")
        .replace("施設 [その他]", "q1[other]")
        .replace("図書館", "Y")
        .replace("体育館", "Y");
    assert_eq!(drafted(&limesurvey).of("q1").clone(), expected(&[("1", 12), ("2", 8), ("その他", 6)], 16));

    let dashes = brackets.replace(" [", " - ").replace("],", ",");
    assert_eq!(
        drafted(&dashes).of("施設").clone(),
        expected(&[("図書館", 12), ("体育館", 8), ("その他", 6)], 16)
    );

    let numbered = brackets.replace("施設 [", "3. ").replace("],", ",");
    assert_eq!(
        drafted(&numbered).of("問3").clone(),
        expected(&[("図書館", 12), ("体育館", 8), ("その他", 6)], 16)
    );
}

#[test]
fn columns_that_hold_their_own_number_are_one_multiple_answer() {
    let text = csv("問2 図書館,問2 体育館,問2 公民館,性別", 24, |n| {
        let own = |k: usize| if n % (k + 1) == 0 { k.to_string() } else { String::new() };
        format!("{},{},{},{}", own(1), own(2), own(3), ["男", "女"][n % 2])
    });
    // Multiples of 2, 3 and 4 below 24: 12, 8 and 6; 16 of the numbers are any of them.
    let out = drafted(&text);
    assert_eq!(*out.of("問2"), expected(&[("図書館", 12), ("体育館", 8), ("公民館", 6)], 16));
}

#[test]
fn numbered_columns_of_one_name_are_mentions() {
    let shops = ["東店", "西店", "南店", "北店"];
    let text = csv("id,好きな店1,好きな店2,好きな店3,性別", 40, |n| {
        let chosen: Vec<&str> = (0..=n % 3).map(|k| shops[(n + k) % 4]).collect();
        let cell = |k: usize| chosen.get(k).copied().unwrap_or("");
        format!("{n},{},{},{},{}", cell(0), cell(1), cell(2), ["男", "女"][n % 2])
    });
    let count = |shop: usize| (0..40).filter(|n| (0..=n % 3).any(|k| (n + k) % 4 == shop)).count() as u64;
    let out = drafted(&text);
    let of = |shop: usize| (shops[shop], count(shop));
    let mut wanted = expected(&[of(0), of(1), of(2), of(3)], 40);
    let (mut found, n) = out.of("好きな店").clone();
    wanted.0.sort();
    found.sort();
    assert_eq!((found, n), wanted);
}

#[test]
fn long_options_and_many_options_stay_closed() {
    let long = |k: usize| format!("{k}番目の{}", "とても長い選択肢の文".repeat(8));
    let jobs = ["会社員", "自営業", "学生", "無職"];
    let text = csv("id,q1,居住都道府県,職業（その他は自由記入）", 470, |n| {
        let job = if n % 13 == 0 { format!("その他の仕事その{n}") } else { jobs[n % 4].to_owned() };
        format!("{n},{},県{:02},{job}", long(n % 3), n % 47 + 1)
    });
    let out = drafted(&text);
    assert_eq!(*out.of("q1"), expected(&[(&long(0), 157), (&long(1), 157), (&long(2), 156)], 470));
    let (prefectures, answered) = out.of("居住都道府県");
    assert_eq!((prefectures.len(), *answered), (47, 470));
    assert!(prefectures.iter().all(|(_, n)| *n == 10), "{prefectures:?}");
    let count = |job: usize| (0..470).filter(|n| n % 13 != 0 && n % 4 == job).count() as u64;
    // 0, 13, … 468: 37 people with words of their own. 会社員 stands first, in row 4.
    let (mut found, answered) = out.of("職業(その他は自由記入)").clone();
    found.sort();
    let mut wanted = expected(
        &[("会社員", count(0)), ("自営業", count(1)), ("学生", count(2)), ("無職", count(3)), ("その他", 37)],
        470,
    );
    wanted.0.sort();
    assert_eq!((found, answered), wanted);
}

#[test]
fn columns_of_one_heading_are_questions_by_their_place() {
    let text = csv("id,満足度,理由,満足度,理由", 24, |n| {
        let (first, second) = (["高い", "低い"][n % 2], ["高い", "低い", "低い"][n % 3]);
        format!("{n},{first},{},{second},{}", ["近い", "安い"][n % 2], ["遠い", "高価"][n % 2])
    });
    let out = drafted(&text);
    assert_eq!(*out.of("満足度-1"), expected(&[("高い", 12), ("低い", 12)], 24));
    assert_eq!(*out.of("満足度-2"), expected(&[("高い", 8), ("低い", 16)], 24));
    assert_eq!(*out.of("理由-2"), expected(&[("遠い", 12), ("高価", 12)], 24));
    assert!(out.questionnaire().contains("columns = [\"@D\"]"), "{}", out.questionnaire());
    assert!(out.first.inferred.left_out.is_empty(), "{:?}", out.first.inferred.left_out);
}

#[test]
fn a_question_with_one_option_is_marked() {
    let out = drafted(&csv("id,会員,性別", 24, |n| {
        format!("{n},{},{}", if n % 2 == 0 { "会員" } else { "" }, ["男", "女"][n % 2])
    }));
    assert!(out.questionnaire().contains("# 要確認: 選択肢が1つしかありません"), "{}", out.questionnaire());
}

#[test]
fn columns_of_the_sample_are_one_design_that_can_be_switched_on() {
    let text = csv("id,psu,stratum,weight,賛成", 48, |n| {
        format!("{n},{},{},1.{},{}", n / 6 + 1, n / 24 + 1, n % 7, ["はい", "いいえ"][n % 2])
    });
    let plan = drafted(&text).plan();
    let line = "design = { strata = [\"stratum\"], cluster = [\"psu\"], weights = { column = \"weight\" } }";
    assert!(plan.contains(&format!("# {line}\n")), "{plan}");
    // The example is a question that people answered.
    assert!(plan.contains("question = \"賛成\""), "{plan}");
    // As the remark says: without the #, it is the design.
    let folder = tempfile::tempdir().unwrap();
    let first = first_plan(folder.path(), "a.csv", text.as_bytes());
    let mut files = first.files.clone();
    files[0].1 = plan.replace(&format!("# {line}"), line).into_bytes();
    let out = folder.path().join("pipelines/a");
    shihyo::derived::write_new(&out, &files).unwrap();
    let project = shihyo::pipeline::Project::of(&out).unwrap();
    let plan = shihyo::pipeline::load(&project).unwrap_or_else(|e| panic!("{e}"));
    let design = &plan.surveys[0].waves[0].design;
    assert_eq!(
        (&design.strata[..], &design.clusters[..]),
        (&["stratum".to_owned()][..], &["psu".to_owned()][..])
    );
}
