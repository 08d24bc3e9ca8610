//! Whatever a plan or its files hold, a run ends with a result or a message: it never panics, and a run that
//! fails leaves nothing behind.

use crate::support::project::{Project, Ran};

const PLAN: &str = r#"title = "試験"
fiscal_years = "R4..R6"
report_year = "R4"
[[goal]]
number = 1
title = "目標"
[survey.s]
title = "調査"
sample = "random"
questionnaire = "q.toml"
[survey.s.wave.R4]
responses = ["r.csv"]
respondent = "番号"
duplicates = "first"
[[indicator]]
id = "a"
goal = 1
department = "課"
title = "項目"
share = { survey = "s", question = "問1", of = ["はい"], base = "all" }
target = "50%以上"
"#;

const QUESTIONNAIRE: &str = r#"title = "調査"
[[question]]
id = "性別"
text = "性別"
type = "single"
options = ["男", "女"]
[[question]]
id = "問1"
text = "問1"
type = "single"
options = ["はい", "いいえ"]
"#;

const RESPONSES: &str = "番号,性別,問1,重み\n1,1,1,1\n2,1,2,1\n3,2,1,1\n4,2,2,1\n5,2,1,1\n6,1,1,1\n";
const POPULATION: &str = "性別,人口\n男,100\n女,120\n";
const RAKED: &str = "duplicates = \"first\"\npopulation = \"pop.csv\"\nweights = { rake = [\"性別\"] }";
const STRATIFIED: &str = "duplicates = \"first\"\npopulation = \"pop.csv\"\nstrata = [\"性別\"]";
const WEIGHTED: &str = "duplicates = \"first\"\nweights = { column = \"重み\" }";

struct Case {
    files: Vec<(&'static str, Vec<u8>)>,
}

/// The small plan with these texts put in the place of others.
fn plan(changes: &[(&str, &str)]) -> Case {
    let mut text = PLAN.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    Case { files: vec![("plan.toml", text.into())] }
}

fn waved(wave: &str) -> Case {
    plan(&[("duplicates = \"first\"", wave)])
}

impl Case {
    fn with(mut self, name: &'static str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((name, content.into()));
        self
    }

    /// Runs it; the output, and the files that came out.
    fn run(&self) -> (Ran, Vec<String>) {
        let project =
            Project::new(&[("q.toml", QUESTIONNAIRE), ("r.csv", RESPONSES), ("pop.csv", POPULATION)]);
        self.files.iter().for_each(|(name, bytes)| project.write(name, bytes));
        let before = project.names("");
        let ran = project.shihyo(&["run", ".", "--out", "out"]);
        let mut after = project.names("");
        after.retain(|n| !before.contains(n));
        (ran, after)
    }

    fn fails(&self, code: &str, words: &str) {
        let (Ran { status, stdout, stderr: said }, left) = self.run();
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(code) && said.contains(words), "wanted {code} and {words}:\n{said}");
        assert!(stdout.is_empty() && left.is_empty(), "left behind: {left:?}");
    }

    fn works(&self) -> String {
        let (Ran { status, stderr: said, .. }, left) = self.run();
        assert_eq!(status, Some(0), "{said}");
        assert_eq!(left, ["out"]);
        said
    }
}

#[test]
fn the_small_plan_itself_works() {
    plan(&[]).works();
    waved(RAKED).works();
    waved(STRATIFIED).works();
    waved(WEIGHTED).works();
}

#[test]
fn files_that_are_no_plan() {
    let junk: Vec<u8> = (0..=255).cycle().take(4096).collect();
    for bytes in [junk, b"\0\xff\xfe\x80PK\x03\x04".repeat(50)] {
        Case { files: vec![("plan.toml", bytes)] }.fails("raw::not-text", "テキストファイル");
    }
    Case { files: vec![("plan.toml", Vec::new())] }
        .fails("plan::missing-key", "「fiscal_years」がありません");
    let deep = format!("{PLAN}notes = {}{}", "[".repeat(5000), "]".repeat(5000));
    Case { files: vec![("plan.toml", deep.into())] }.fails("plan::syntax", "plan.toml:22");
}

#[test]
fn questionnaires_without_questions() {
    plan(&[]).with("q.toml", "").fails("answers::missing-key", "「title」がありません");
    plan(&[]).with("q.toml", "title = \"空\"\n").fails("answers::missing-key", "設問が1つもありません");
}

#[test]
fn response_files_without_a_valid_return() {
    plan(&[]).with("r.csv", "").fails("raw::empty", "r.csv");
    for (text, told) in [
        ("番号,性別,問1\n", "回収 0、無効票 0"),
        ("番号,性別,問1\n1,,\n2,,\n", "回収 2、無効票 2"),
        ("番号,性別,問1\n,1,1\n,2,2\n", "回収 2、無効票 2"),
    ] {
        plan(&[]).with("r.csv", text).fails("plan::no-respondents", told);
    }
    plan(&[("[\"r.csv\"]", "[]")]).fails("plan::wrong-type", "1個以上");
}

#[test]
fn answers_that_are_all_invalid_are_not_estimable() {
    let said = plan(&[("\"all\"", "\"answered\"")]).with("r.csv", "番号,性別,問1\n1,1,9\n2,2,9\n").works();
    assert!(said.contains("選択肢にない回答  2件"), "{said}");
    assert!(said.contains("現状値なし 1"), "a share of nobody is no baseline: {said}");
}

#[test]
fn one_respondent_has_a_share() {
    plan(&[]).with("r.csv", "番号,性別,問1\n1,1,1\n").works();
}

#[test]
fn population_tables_that_do_not_fit() {
    for (table, code, told) in [
        ("", "raw::empty", "pop.csv"),
        ("性別,人口\n", "design::population-total", "見出しのほかの行がありません"),
        ("性別,人口\n男,0\n女,120\n", "design::population-zero", "「男」（性別）の人口が0"),
        ("性別,人口\n男,0\n女,0\n", "design::population-total", "人口の合計（0人）"),
        ("性別,人口\n男,-5\n女,120\n", "design::population-total", "pop.csv › 2行目 › 列「人口」"),
        ("性別,人口\n女,120\n", "design::margin-unknown", "「男」"),
        ("性,人口\n男,100\n女,100\n", "design::population-column", "「性別」の列がありません"),
        ("性別,人,年\n男,1,7\n", "design::population-column", "「人口」の列がありません"),
    ] {
        waved(RAKED).with("pop.csv", table).fails(code, told);
    }
    waved(STRATIFIED).with("pop.csv", "性別,人口\n男,1\n女,120\n").fails("design::fpc-small", "層「男」");
    waved(&RAKED.replace("[\"性別\"]", "[]")).fails("plan::wrong-type", "1個以上");
}

#[test]
fn a_stratum_of_one_is_told_what_to_do() {
    waved(STRATIFIED)
        .with("r.csv", "番号,性別,問1\n1,1,1\n2,2,1\n3,2,2\n")
        .fails("design::lonely-psu", "strata の設問を減らす");
}

#[test]
fn weights_that_cannot_be_used() {
    let all = |w: &str| RESPONSES.replace(",1\n", &format!(",{w}\n"));
    waved(WEIGHTED).with("r.csv", all("0")).fails("design::weight", "すべて0");
    for (weight, shown) in [
        ("-1", "「-1」"),
        ("重い", "「重い」"),
        ("", "「」"),
        ("1e308", "「1e308」"),
        ("NaN", "「NaN」"),
        ("inf", "「inf」"),
    ] {
        waved(WEIGHTED)
            .with("r.csv", all(weight))
            .fails("design::weight-value", &format!("ウエイト{shown}は使えません"));
    }
    waved("weights = { column = \"無い\" }").fails("adhoc::no-column", "「無い」");
}

#[test]
fn years_that_make_no_plan() {
    for (years, told) in [
        ("R4..R99999", "「R99999」が読めません"),
        ("R4..R99999999999999999999", "が読めません"),
        ("R6..R4", "2年度から30年度まで"),
        ("R4..R4", "2年度から30年度まで"),
        ("2001..2099", "2年度から30年度まで"),
        ("..", "が読めません"),
        ("R4", "範囲が読めません"),
    ] {
        plan(&[("R4..R6", years)]).fails("plan::fiscal-year", told);
    }
}

#[test]
fn ids_are_plain() {
    for id in ["../a", "a/b", "", "項目", "a b", "a\\\\b"] {
        plan(&[("id = \"a\"", &format!("id = \"{id}\""))]).fails("plan::id", "識別子は半角英数字");
    }
}

#[test]
fn numbers_out_of_bounds() {
    plan(&[("[[goal]]", "interval = { method = \"wilson\", level = nan }\n[[goal]]")])
        .fails("plan::level", "NaN");
    plan(&[("goal = 1", "goal = 4294967295")]).fails("plan::unknown-goal", "4294967295");
    plan(&[("goal = 1", "goal = -1")]).fails("plan::wrong-type", "範囲の外");
    plan(&[("50%以上", &format!("{}%以上", "9".repeat(400)))])
        .fails("indicator::quantity", "のように書きます");
    plan(&[("[[goal]]", "interval = { method = \"wilson\", level = 0.9999999999999999 }\n[[goal]]")]).works();
}

#[test]
fn files_named_by_mistake() {
    plan(&[("[\"r.csv\"]", "[\".\"]")]).fails("raw::is-directory", "plan.toml:12:14");
    plan(&[("[\"r.csv\"]", "[\"q.toml\"]")]).fails("answers::missing-column", "q.toml");
    plan(&[("\"q.toml\"", "\"r.csv\"")]).fails("answers::", "r.csv:1");
}

#[test]
fn counts_that_cannot_be_read() {
    let counted = "target = \"50%以上\"\n[[indicator]]\nid = \"b\"\ngoal = 1\ndepartment = \"課\"\ntitle = \
                   \"数\"\ncount = { file = \"c.csv\", item = \"ある\" }";
    let with = |table: &'static str| plan(&[("target = \"50%以上\"", counted)]).with("c.csv", table);
    with("項目,年度,値\nない,R4,5人\n").fails("plan::unknown-item", "「ある」");
    with("項目,年度,値\n").fails("plan::unknown-item", "「ある」");
    with("a,b\n1,2\n").fails("indicator::counts-columns", "c.csv");
    with("項目,年度,値\nある,R4,おおよそ五人ほど\n").fails("indicator::quantity", "c.csv › 2行目");
    assert!(with("項目,年度,値\nある,R4,人\n").works().contains("まだ記入されていない実績値  1件  2行目"));
    assert!(with("項目,年度,値\nある,R5,5人\n").works().contains("実績値のない年度"));
}

#[test]
fn duplicates_stop_a_run_that_says_nothing_about_them() {
    let twice = format!("{RESPONSES}1,1,1,1\n");
    plan(&[("duplicates = \"first\"\n", "")])
        .with("r.csv", twice)
        .fails("answers::duplicate-respondent", "duplicates = \"first\"");
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let project = Project::new(&[
        ("plan.toml", PLAN),
        ("q.toml", QUESTIONNAIRE),
        ("r.csv", RESPONSES),
        ("mine/letter.txt", "大切"),
    ]);
    let ran = project.shihyo(&["run", ".", "--out", "mine"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.stderr.contains("derived::foreign-file"), "{}", ran.stderr);
    assert_eq!(project.names("mine"), ["letter.txt"]);
    assert_eq!(project.text("mine/letter.txt"), "大切");
}
