//! Mistakes that people make, each with all that they are told, in both languages: one mistake, one message,
//! with its place and what to write instead. `tests/cli/mistakes-ja.txt` and its like hold the words.

use std::path::Path;

use crate::support::project::Project;
use snapbox::Data;

const PLAN: &str = r#"title = "見本"
fiscal_years = "R4..R10"
report_year = "R6"
breakdowns = [["性別"]]

[[goal]]
number = 1
title = "目標"

[survey.s]
title = "市民"
sample = "random"
questionnaire = "form.toml"
[survey.s.wave.R4]
responses = ["raw/r4/回答.csv"]
respondent = "番号"
duplicates = "first"

[[indicator]]
id = "taking-part"
goal = 1
department = "課"
title = "割合"
share = { survey = "s", question = "問18", of = ["はい"], base = "all" }
target = "40%以上"
"#;

const FORM: &str = r#"title = "調査票"
[[question]]
id = "性別"
type = "single"
options = ["男性", "女性"]
[[question]]
id = "問18"
type = "single"
options = ["はい", "いいえ"]
[[question]]
id = "年齢"
type = "number"
range = [0, 120]
"#;

const RESPONSES: &str = "番号,性別,問18,年齢\n1,男性,はい,30\n2,女性,いいえ,41\n3,女性,はい,52\n";

fn project(plan: &str, form: &str) -> Project {
    Project::new(&[
        ("pipelines/福祉/plan.toml", plan),
        ("pipelines/福祉/form.toml", form),
        ("raw/r4/回答.csv", RESPONSES),
    ])
}

/// What is wrong, and what stands in the plan instead of what.
const IN_THE_PLAN: [(&str, &str, &str); 15] = [
    ("a list that is never closed", "[[\"性別\"]]", "[[\"性別\"]"),
    ("a list inside a table that is never closed", "[\"はい\"]", "[\"はい\""),
    ("a table that is never closed", "base = \"all\" }", "base = \"all\""),
    ("quotation marks of a word processor", "\"割合\"", "“割合”"),
    ("a full-width equals sign", "goal = 1", "goal ＝ 1"),
    ("a full-width space", "goal = 1", "goal　= 1"),
    ("a name without quotes", "\"割合\"", "割合"),
    ("a quotation mark that is never closed", "\"割合\"", "\"割合"),
    ("a misspelt name", "title = \"見本\"", "titel = \"見本\""),
    ("no base", ", base = \"all\"", ""),
    ("a path of Windows", "\"raw/r4/回答.csv\"", "\"C:\\Users\\x\\回答.csv\""),
    ("a path of which TOML makes line ends", "\"raw/r4/回答.csv\"", "\"raw\\r4\\table.csv\""),
    ("an id in Japanese", "\"taking-part\"", "\"参加\""),
    ("a breakdown by a number", "[[\"性別\"]]", "[[\"年齢\"]]"),
    ("a misspelt option", "[\"はい\"]", "[\"はひ\"]"),
];

/// As [`IN_THE_PLAN`], in the questionnaire.
const IN_THE_FORM: [(&str, &str, &str); 2] = [
    ("bounds by other names", "range = [0, 120]", "min = 0"),
    ("a misspelt question", "id = \"問18\"", "id = \"問118\""),
];

/// Of each mistake what the command says, without the folder that the test runs in.
fn told(lang: &str) -> String {
    let mut out = String::new();
    let mut tell = |name: &str, project: &Project, arguments: &[&str]| {
        let ran = project.shihyo(&[&["--lang", lang, "--no-progress"], arguments].concat());
        assert_eq!(ran.status, Some(2), "{name}: {}", ran.stderr);
        out.push_str(&format!("# {name}\n$ shihyo {}\n{}\n", arguments.join(" "), ran.stderr));
    };
    let check = ["check", "pipelines/福祉"];
    for (name, from, to) in IN_THE_PLAN {
        assert!(PLAN.contains(from), "{name}");
        tell(name, &project(&PLAN.replacen(from, to, 1), FORM), &check);
    }
    for (name, from, to) in IN_THE_FORM {
        assert!(FORM.contains(from), "{name}");
        tell(name, &project(PLAN, &FORM.replacen(from, to, 1)), &check);
    }
    let twice = &PLAN[PLAN.find("[[indicator]]").unwrap()..];
    tell("an id twice", &project(&format!("{PLAN}\n{twice}"), FORM), &check);
    let good = project(PLAN, FORM);
    good.write("raw/r4/~$回答.xlsx", [5, b'x', 0, 0]);
    tell("a plan without its folder", &good, &["run", "福祉"]);
    tell("a folder that holds no plan", &good, &["run", "raw"]);
    let file = "raw/r4/回答.csv";
    tell("the file of an open workbook", &good, &["estimate", "raw/r4/~$回答.xlsx", "--share", "問18=はい"]);
    tell("a quantile like a share", &good, &["estimate", file, "--quantile", "年齢=0.5"]);
    tell("a mean of words", &good, &["estimate", file, "--mean", "性別"]);
    tell("a misspelt column", &good, &["estimate", file, "--share", "問118=はい"]);
    tell("a misspelt option", &good, &["estimate", file, "--share", "問18=はひ"]);
    out
}

fn same(lang: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cli/mistakes-{lang}.txt"));
    snapbox::assert_data_eq!(Data::text(told(lang)).raw(), Data::read_from(&file, None).raw());
}

#[test]
fn each_mistake_is_told_in_the_words_of_an_office() {
    same("ja");
}

#[test]
fn each_mistake_is_told_in_english() {
    same("en");
}

#[test]
fn a_backslash_between_folders_is_read_as_windows_means_it() {
    let plan = PLAN.replacen("\"raw/r4/回答.csv\"", "'raw\\r4\\回答.csv'", 1);
    let plain = project(PLAN, FORM).shihyo(&["check", "pipelines/福祉"]);
    let ran = project(&plan, FORM).shihyo(&["check", "pipelines/福祉"]);
    assert_eq!((ran.status, ran.stdout), (Some(0), plain.stdout), "{}", ran.stderr);
}
