//! All that `init` says and writes, in both languages: what to look at first, the plan, the questionnaire.
//!
//! What is expected stands in `tests/init/`; `SNAPSHOTS=overwrite cargo test --test it init_summary::` writes
//! it anew, to be read line by line in the difference.

use std::path::Path;

use snapbox::Data;

use crate::support::project::Project;

/// A file of 64 people with something of each kind that is told.
fn answers() -> String {
    let head = "id,氏名,ウエイト,性別,年齢,問1 住み続けたいですか,問2 理由,問3 満足度,問4 会員,\
                問5 使う言語,問6 職業,問7 使う乗り物,ご意見,回答日\n";
    (0..64).fold(head.to_owned(), |text, n| {
        let stays = n % 4 != 0;
        let name = ["佐藤花子", "鈴木一郎", "高橋太郎", "田中次郎"][n % 4];
        let reason = if stays { ["近い", "静か", "安い"][n % 3] } else { "" };
        let score = if n == 9 { 9 } else { n % 5 + 1 };
        let languages =
            if n < 2 { "\"日本語, 英語\"" } else { ["日本語", "日本語", "英語"][n % 3] };
        let job = match n {
            3 => "農家の手伝い",
            4 => "塾の先生",
            _ => ["会社員", "自営業", "学生"][n % 3],
        };
        let ways = ["バス", "電車", "バス;電車", "自転車", "バス;自転車"][n % 5];
        text + &format!(
            "{:04},{name},1.{},{},{},{},{reason},{score},{},{languages},{job},{ways},{},2025-07-{:02}\n",
            n + 1,
            n % 7,
            ["男性", "女性"][n % 2],
            18 + n,
            ["住み続けたい", "移りたい"][usize::from(!stays)],
            if n % 3 == 0 { "会員" } else { "" },
            ["特になし", "ない", "よい町", "不便"][n % 4],
            n % 28 + 1,
        )
    })
}

fn written(lang: &str) -> (Project, String) {
    let project = Project::new(&[]);
    project.write("r7市民意識調査.csv", answers());
    let ran = project.shihyo(&["--lang", lang, "init", "r7市民意識調査.csv", "--out", "p"]);
    assert_eq!(ran.status, Some(0), "{}", ran.said());
    let plan = project.text("p/plan.toml").replace(&project.root().display().to_string(), "…");
    let told = format!(
        "--- stdout\n{}--- stderr\n{}--- plan.toml\n{plan}--- questionnaire.toml\n{}",
        ran.stdout,
        ran.stderr,
        project.text("p/questionnaire.toml")
    );
    (project, told)
}

#[test]
fn what_is_said_and_written_in_both_languages() {
    for lang in ["ja", "en"] {
        let (project, told) = written(lang);
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/init").join(format!("{lang}.txt"));
        snapbox::assert_data_eq!(Data::text(told).raw(), Data::read_from(&expected, None).raw());
        for command in ["check", "run"] {
            let ran = project.shihyo(&["--lang", lang, command, "p"]);
            assert_eq!(ran.status, Some(0), "{}", ran.said());
        }
    }
}

#[test]
fn an_english_draft_has_english_words_of_its_own() {
    let project = Project::new(&[]);
    let rows: String = (0..30)
        .map(|n| format!("{n},{},{},{}\n", ["yes", "no"][n % 2], 18 + n * 2, ["", "x"][n % 2]))
        .collect();
    project.write("survey2022.csv", format!("id,q1,age,q2_1\n{rows}"));
    let ran = project.shihyo(&["--lang", "en", "init", "survey2022.csv", "--out", "p"]);
    assert_eq!(ran.status, Some(0), "{}", ran.said());
    let all = project.text("p/plan.toml") + &project.text("p/questionnaire.toml") + &ran.said();
    let japanese =
        |c: char| matches!(c, '\u{3001}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FF60}');
    assert!(!all.contains(japanese), "{all}");
    assert!(all.contains("labels = [\"18 to 29\", \"30 to 39\", "), "{all}");
    assert_eq!(project.shihyo(&["check", "p"]).status, Some(0));
}
