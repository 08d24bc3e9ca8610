//! Answers that an earlier run left: found again only when all that they depend on is the same, and then the
//! results are the same to the byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::support::dice::Dice;
use crate::support::project::{Project, head, indicator, survey};
use rust_xlsxwriter::Workbook;
use shihyo::derived::cache::Keeping;
use shihyo::pipeline::{self, Reuse};
use shihyo::progress::Silent;

fn plan() -> String {
    head("[[\"性別\"]]")
        + &survey("duplicates = \"first\"\ncleaning_log = [\"log.csv\"]\nweights = { column = \"w\" }")
        + &indicator("help", "手助け", "s", "問1", "\"はい\"", "\"answered\"")
}

const QUESTIONS: &str = r#"
title = "調査票"
[[question]]
id = "性別"
type = "single"
options = ["男性", "女性"]
[[question]]
id = "問1"
type = "single"
options = ["はい", "いいえ", { label = "わからない", dont_know = true }]
[[question]]
id = "問2"
type = "multiple"
options = ["見守り", "買い物", "送迎"]
max_marks = 2
[[question]]
id = "年齢"
type = "number"
[[question]]
id = "自由"
type = "text"
"#;

const LOG: &str = "回答者番号,設問,元の値,新しい値,対応,理由\nR00002,問1,いいえ,はい,修正,原票を見た\n";

/// A city with 60 respondents: two marks, too many marks, a respondent who answers twice, names and numbers.
fn answers() -> String {
    let mut text = "番号,氏名,性別,問1,問2,年齢,自由,w,w2\n".to_owned();
    let mut add = |i: usize| {
        let q1 = ["はい", "いいえ", "わからない", "はい、いいえ", ""][i % 5];
        let q2 = ["見守り、買い物、送迎", "買い物", "送迎、見守り", ""][i % 4];
        let name = ["山田花子", "佐藤一郎", "鈴木次郎"][i % 3];
        text += &format!(
            "R{i:05},{name},{},{q1},\"{q2}\",{},秘密の意見{i},{},1\n",
            1 + i % 2,
            20 + i % 60,
            1 + i % 3
        );
    };
    (1..=60).for_each(&mut add);
    add(65);
    let text = text.replace("R00065", "R00004");
    text.replace("R00002,佐藤一郎", "R00002,鈴木次郎")
}

/// The texts of a project, by file name.
#[derive(Clone)]
struct Texts {
    files: BTreeMap<&'static str, Vec<u8>>,
}

impl Texts {
    fn new() -> Self {
        let answers = answers().replacen("R00002,鈴木次郎,1,わからない", "R00002,鈴木次郎,1,いいえ", 1);
        let texts =
            [("plan.toml", &*plan()), ("q.toml", QUESTIONS), ("log.csv", LOG), ("answers.csv", &answers)];
        Self { files: texts.map(|(name, text)| (name, text.as_bytes().to_vec())).into() }
    }

    /// With `old` in a file replaced; it must be there.
    fn with(&self, file: &'static str, old: &str, new: &str) -> Self {
        let mut texts = self.clone();
        let text = String::from_utf8(texts.files[file].clone()).unwrap();
        assert!(text.contains(old), "{file}: {old}");
        texts.files.insert(file, text.replacen(old, new, 1).into_bytes());
        texts
    }

    /// All results by file name, and how many waves were taken over.
    fn run(&self, project: &Project, reuse: Option<&Reuse>) -> (BTreeMap<String, Vec<u8>>, usize) {
        self.files.iter().for_each(|(name, bytes)| project.write(name, bytes));
        let plan = project.load().unwrap_or_else(|e| panic!("{e}"));
        let outcome = pipeline::compute(&project.opened(), &plan, reuse, &Silent);
        let outcome = outcome.unwrap_or_else(|e| panic!("{e}"));
        pipeline::write(&plan, &outcome, &project.path("out"), &Silent).unwrap();
        (project.files("out"), outcome.reused.len())
    }
}

/// A project with what a run of the first texts left.
struct Left {
    project: Project,
    cache: PathBuf,
}

impl Left {
    fn new() -> Self {
        let project = Project::new(&[]);
        let left = Self { cache: project.path("cache"), project };
        let (_, reused) = Texts::new().run(&left.project, Some(&left.reuse()));
        assert_eq!(reused, 0, "nothing can be taken over by the first run");
        left
    }

    fn reuse(&self) -> Reuse {
        Reuse::at(&self.cache, Keeping::Keep).from_bytes(0).by("program")
    }

    /// Runs the texts on what is left and on nothing; the results must be the same. How many waves were
    /// taken over.
    fn taken_over(&self, texts: &Texts, reuse: &Reuse) -> usize {
        let (fresh, _) = texts.run(&self.project, None);
        let (files, reused) = texts.run(&self.project, Some(reuse));
        assert_eq!(files.keys().collect::<Vec<_>>(), fresh.keys().collect::<Vec<_>>());
        for (name, bytes) in &files {
            assert!(*bytes == fresh[name], "{name} differs");
        }
        reused
    }

    fn entries(&self) -> Vec<PathBuf> {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&self.cache).unwrap().map(|f| f.unwrap().path()).collect();
        entries.sort();
        entries
    }
}

#[test]
fn what_an_indicator_counts_is_no_ingredient() {
    let left = Left::new();
    let texts = Texts::new();
    assert_eq!(left.taken_over(&texts, &left.reuse()), 1);
    for (old, new) in [
        ("of = [\"はい\"]", "of = [\"はい\", \"いいえ\"]"),
        ("question = \"問1\", of = [\"はい\"]", "question = \"問2\", of = [\"送迎\"]"),
        ("base = \"answered\"", "base = \"asked\""),
        ("target = \"40%以上\"", "target = \"10%以下\""),
        ("breakdowns = [[\"性別\"]]", "breakdowns = []"),
        ("responses =", "strata = [\"性別\"]\nresponses ="),
    ] {
        assert_eq!(left.taken_over(&texts.with("plan.toml", old, new), &left.reuse()), 1, "{new}");
    }
}

#[test]
fn every_ingredient_counts() {
    let left = Left::new();
    let texts = Texts::new();
    let mut renamed = texts.with("plan.toml", "answers.csv", "other.csv");
    renamed.files.insert("other.csv", texts.files["answers.csv"].clone());
    let utf16 = {
        let text = String::from_utf8(texts.files["answers.csv"].clone()).unwrap();
        let mut texts = texts.clone();
        texts.files.insert("answers.csv", text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        texts
    };
    for (what, other) in [
        ("bytes of the file", texts.with("answers.csv", "R00007,佐藤一郎,2", "R00007,佐藤一郎,1")),
        ("name of the file", renamed),
        ("encoding of the file", utf16),
        ("encoding", texts.with("plan.toml", "responses =", "encoding = \"UTF-8\"\nresponses =")),
        ("header rows", texts.with("plan.toml", "responses =", "header_rows = 1\nresponses =")),
        ("column of ids", texts.with("plan.toml", "respondent = \"番号\"", "respondent = \"@A\"")),
        (
            "don't know",
            texts.with("plan.toml", "base = \"answered\"", "base = \"answered\", dont_know = \"missing\""),
        ),
        ("what a log says", texts.with("log.csv", "いいえ,はい,修正", "いいえ,わからない,修正")),
        ("whether there is a log", texts.with("plan.toml", "cleaning_log = [\"log.csv\"]", "")),
        (
            "old values of a log",
            texts.with("plan.toml", "respondent =", "cleaning_log_old = \"where-known\"\nrespondent ="),
        ),
        ("options", texts.with("q.toml", "\"買い物\"", "\"買い物\", \"掃除\"")),
        (
            "policy of a question",
            texts.with("q.toml", "max_marks = 2", "max_marks = 2\npolicy = { over_max = \"first\" }"),
        ),
        ("most marks", texts.with("q.toml", "max_marks = 2", "max_marks = 3")),
        (
            "skip rule",
            texts.with(
                "q.toml",
                "type = \"number\"",
                "type = \"number\"\nasked_if = { question = \"問1\", of = [\"はい\"] }",
            ),
        ),
    ] {
        assert_eq!(left.taken_over(&other, &left.reuse()), 0, "{what}");
        // Now that it has been run, it can be taken over itself; and so can the first.
        assert_eq!(left.taken_over(&other, &left.reuse()), 1, "{what}");
        assert_eq!(left.taken_over(&texts, &left.reuse()), 1, "{what}");
    }
    assert_eq!(left.taken_over(&texts, &left.reuse().by("another program")), 0);
}

#[test]
fn what_was_computed_for_comparison_serves_the_run_that_decides_so() {
    // The effect of counting the last row of a respondent is part of the first run.
    let left = Left::new();
    let last = Texts::new().with("plan.toml", "duplicates = \"first\"", "duplicates = \"last\"");
    assert_eq!(left.taken_over(&last, &left.reuse()), 1);
    let estimates = |texts: &Texts| texts.run(&left.project, Some(&left.reuse())).0.remove("estimates.csv");
    assert_ne!(estimates(&last), estimates(&Texts::new()));
}

#[test]
fn a_broken_entry_is_none() {
    let left = Left::new();
    let whole: Vec<(PathBuf, Vec<u8>)> =
        left.entries().into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    assert!(whole.len() > 2, "answers, and the answers under other decisions");
    for kind in 0..4 {
        for (path, bytes) in &whole {
            let broken = match kind {
                0 => bytes[..bytes.len() / 2].to_vec(),
                1 => [&bytes[..bytes.len() - 9], b"!", &bytes[bytes.len() - 8..]].concat(),
                2 => Vec::new(),
                _ => b"PAR1 is this Parquet? PAR1".to_vec(),
            };
            fs::write(path, broken).unwrap();
        }
        let looking = Reuse::at(&left.cache, Keeping::Look).from_bytes(0).by("program");
        assert_eq!(left.taken_over(&Texts::new(), &looking), 0);
    }
    assert_eq!(left.taken_over(&Texts::new(), &left.reuse()), 0, "made anew");
    assert_eq!(left.taken_over(&Texts::new(), &left.reuse()), 1);
}

#[test]
fn names_numbers_and_opinions_are_not_kept() {
    let left = Left::new();
    let kept: Vec<u8> = left.entries().iter().flat_map(|path| fs::read(path).unwrap()).collect();
    for secret in ["R00002", "R00005", "R00033", "山田花子", "佐藤一郎", "秘密の意見", "原票を見た"]
    {
        assert!(!kept.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
    }
    // The words of the questionnaire are there, so that the search can find words at all.
    assert!(kept.windows("問2".len()).any(|w| w == "問2".as_bytes()));
}

#[test]
fn what_was_not_used_is_swept_out() {
    let left = Left::new();
    let first = left.entries();
    let other = Texts::new().with("q.toml", "max_marks = 2", "max_marks = 3");
    let reuse = left.reuse();
    other.run(&left.project, Some(&reuse));
    assert!(left.entries().len() > first.len());
    reuse.sweep();
    assert!(first.iter().all(|path| !path.exists()));
    assert_eq!(left.taken_over(&other, &left.reuse()), 1);
}

#[test]
fn answers_under_other_decisions_that_are_gone_are_read_again() {
    let left = Left::new();
    let largest = left
        .entries()
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .max_by_key(|p| fs::metadata(p).unwrap().len())
        .unwrap();
    for path in left.entries() {
        if path.file_stem() != largest.file_stem() {
            fs::remove_file(path).unwrap();
        }
    }
    assert_eq!(left.taken_over(&Texts::new(), &left.reuse()), 1);
}

#[test]
fn the_command_says_what_it_took_over() {
    let project = Project::new(&[]);
    let mut texts = Texts::new().with("plan.toml", "cleaning_log = [\"log.csv\"]", "");
    // More than a MiB, with ids that differ, and opinions that no compression makes short.
    let text = String::from_utf8(texts.files["answers.csv"].clone()).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let mut dice = Dice::new(7);
    let mut many = head.to_owned();
    for i in 0..90 {
        for row in rows.lines() {
            let noise: String = (0..300).map(|_| char::from(b'A' + dice.below(58) as u8)).collect();
            many += &format!("\n{i}{}", row.replace("秘密の意見", &noise.replace(['"', ','], "")));
        }
    }
    texts.files.insert("answers.csv", many.clone().into_bytes());
    for (name, bytes) in &texts.files {
        let folder = if name.ends_with(".toml") { "pipelines/plan/" } else { "" };
        project.write(&format!("{folder}{name}"), bytes);
    }
    let said = |arguments: &[&str]| {
        let ran = project.shihyo_in("en_GB.UTF-8", arguments);
        let all = ran.said();
        assert_eq!(ran.status, Some(0), "{all}");
        all.contains("were taken over: 調査 (R4)")
    };
    let cache = project.path("derived/.cache/plan");
    let all = || project.files("derived/plan");
    // Text is read as fast as answers that were left.
    assert!(many.len() > 1 << 20);
    assert!(!said(&["run", "pipelines/plan"]) && !cache.exists());
    let text_as_it_was = all();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in
        (0..).zip(csv::ReaderBuilder::new().has_headers(false).from_reader(many.as_bytes()).records())
    {
        for (column, cell) in (0..).zip(line.unwrap().iter()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let workbook = book.save_to_buffer().unwrap();
    assert!(workbook.len() > 1 << 20, "{}", workbook.len());
    project.write("answers.xlsx", &workbook);
    let plan = String::from_utf8(texts.files["plan.toml"].clone()).unwrap();
    project.write("pipelines/plan/plan.toml", plan.replace("answers.csv", "answers.xlsx").as_bytes());
    assert!(!said(&["check", "pipelines/plan"]) && !cache.exists(), "only a run leaves anything");
    assert!(
        !said(&["run", "pipelines/plan", "--out", "elsewhere"]) && !cache.exists(),
        "and only where it writes to derived/"
    );
    assert!(!said(&["run", "pipelines/plan", "--no-cache"]) && !cache.exists());
    let fresh = all();
    assert_eq!(fresh["estimates.csv"], text_as_it_was["estimates.csv"]);
    assert!(!said(&["run", "pipelines/plan"]) && cache.exists());
    assert!(said(&["run", "pipelines/plan"]) && all() == fresh);
    assert!(said(&["check", "pipelines/plan"]));
    assert!(!said(&["run", "pipelines/plan", "--no-cache"]) && all() == fresh);
}
