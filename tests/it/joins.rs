//! Files joined by a key: a list of the sample beside its answers, households beside persons. The numbers are
//! counted by hand; what does not match is told with numbers and places.

use std::fs;

use crate::support::project::{Project, head, indicator};
use shihyo::code::{Code, Severity};
use shihyo::derived::cache::Keeping;
use shihyo::error::{Error, Result};
use shihyo::finding::Finding;
use shihyo::indicator::EstimateRecord;
use shihyo::pipeline::adhoc::{self, JoinRequest, Request};
use shihyo::pipeline::{self, Reuse, RunOutcome};
use shihyo::progress::Silent;
use shihyo::raw::ReadOptions;
use shihyo::text::Lang;

const PAPER: &str = "title = \"調査票\"\n[[question]]\nid = \"問1\"\ntype = \"single\"\n\
                     options = [\"はい\", \"いいえ\"]\n";

const DISTRICT: &str = "[[question]]\nid = \"地区\"\ntype = \"single\"\noptions = [\"東\", \"西\"]\n";

/// Nine answers: 099 is on no list, one has no number, 4 is written wide, 7 has lost its zeros.
const ANSWERS: &str = "番号,問1\n001,1\n002,2\n003,1\n００４,1\n005,2\n006,2\n7,1\n099,1\n,2\n";

const LIST: &str = "受付番号,氏名,住所,生年月日,地区\n\
                    001,綾小路 一,南町5-6-13,1950/1/2,東\n002,権田原 二,南町5-6-14,1951/1/2,東\n\
                    003,大河内 三,南町5-6-15,1952/1/2,西\n004,勅使河原 四,南町5-6-16,1953/1/2,西\n\
                    005,東海林 五,南町5-6-17,1954/1/2,西\n006,薬袋 六,南町5-6-18,1955/1/2,西\n\
                    007,武者小路 七,南町5-6-19,1956/1/2,東\n008,小鳥遊 八,南町5-6-20,1957/1/2,東\n\
                    009,四月一日 九,南町5-6-21,1958/1/2,西\n";

const BY_LIST: &str = "join = { file = \"list.csv\", key = { answers = \"番号\", file = \"受付番号\" } }";

/// A plan of one survey without ids; `more` are further lines of its wave.
fn plan(by: &str, more: &str) -> String {
    head(by)
        + "[survey.s]\ntitle = \"調査\"\nsample = \"random\"\nquestionnaire = \"q.toml\"\n\
           [survey.s.wave.R4]\nresponses = [\"answers.csv\"]\n"
        + more
        + "\n"
        + &indicator("yes", "はい", "s", "問1", "\"はい\"", "\"answered\"")
}

fn project(by: &str, more: &str, paper: &str, files: &[(&str, &str)]) -> Project {
    let project = Project::new(&[("pipelines/p/plan.toml", &plan(by, more)), ("pipelines/p/q.toml", paper)]);
    files.iter().for_each(|(name, text)| project.write(name, text));
    project
}

fn with_list() -> Project {
    let paper = [PAPER, DISTRICT].concat();
    project("[[\"地区\"]]", BY_LIST, &paper, &[("answers.csv", ANSWERS), ("list.csv", LIST)])
}

/// Yes and n, for everyone and by the values of breakdowns.
fn counts(records: &[EstimateRecord]) -> Vec<(String, u64, u64)> {
    let of = |record: &EstimateRecord| {
        let group = record.key.groups.iter().map(|g| g.value.clone()).collect::<Vec<_>>().join("・");
        (group, record.estimate.n_yes.unwrap(), record.estimate.n)
    };
    records.iter().map(of).collect()
}

fn found(outcome: &RunOutcome, code: Code) -> Vec<Finding> {
    outcome.quality.findings.iter().filter(|f| f.code == code).cloned().collect()
}

/// The severity, count and place of a finding that is the only one of its kind.
fn only(findings: &[Finding]) -> (Severity, u64, String) {
    let [one] = findings else { panic!("{findings:?}") };
    (one.severity, one.count, one.place.words(Lang::Ja))
}

fn codes(error: &Error) -> Vec<Code> {
    error.diagnostics().iter().map(|d| d.code).collect()
}

#[test]
fn a_list_of_the_sample_gives_its_columns_to_the_answers() {
    let project = with_list();
    let (_, outcome) = project.run();
    // 001 and 007 of 001, 002, 007 in the east; 003 and 004 of 003, 004, 005, 006 in the west.
    let expected = [("", 5, 9), ("東", 2, 3), ("西", 2, 4)].map(|(g, yes, n)| (g.to_owned(), yes, n));
    assert_eq!(counts(&outcome.estimates), expected);
    // Who matches nothing stays in the sample, without an answer.
    let ledger = &outcome.quality.ledgers.iter().find(|l| l.question == "地区").unwrap().ledger;
    assert_eq!((ledger.returned, ledger.valid, ledger.no_answer, ledger.invalid), (9, 7, 2, 0));
    let warned = |code| only(&found(&outcome, code));
    let at = |place: &str| (Severity::Warning, 1, place.to_owned());
    assert_eq!(warned(Code::JoinUnmatched), at("answers.csv › 9行目 › 列「番号」"));
    assert_eq!(warned(Code::JoinZeros), at("answers.csv › 8行目 › 列「番号」"));
    assert_eq!(warned(Code::JoinBlankKey), at("answers.csv › 10行目 › 列「番号」"));
    let left = warned(Code::JoinUnused);
    assert_eq!(left, (Severity::Note, 2, "list.csv › 9行目 › 列「受付番号」".to_owned()));
    let [left] = &found(&outcome, Code::JoinUnused)[..] else { panic!() };
    assert!(left.message.ja.contains("9行のうち2行") && left.message.ja.contains("9、10 行目"));
    assert!(left.message.en.contains("2 of 9 rows") && left.message.en.contains("[rows 9, 10]"));
    assert!(found(&outcome, Code::JoinFewMatched).is_empty());
}

#[test]
fn what_a_list_says_of_people_is_written_nowhere() {
    let project = with_list();
    project.written("out");
    let manifest = project.text("out/manifest.json");
    for column in ["氏名", "住所", "生年月日"] {
        let entry = format!("\"column\": \"{column}\"");
        assert!(manifest.contains(&entry), "{column}: {manifest}");
    }
    assert!(manifest.contains("\"file\": \"list.csv\""), "{manifest}");
    let folder = project.path("out");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for personal in ["綾小路", "小鳥遊", "5-6-1", "1950/1/2"] {
            assert!(!text.contains(personal), "{personal} in {}", path.display());
        }
    }
    let said = project.shihyo(&["explain", "s/R4/yes", "--plan", "pipelines/p"]).said();
    assert!(said.contains("list.csv（結合、キー 番号 = 受付番号）　9行"), "{said}");
}

#[test]
fn a_change_of_the_joined_file_changes_the_numbers_whatever_was_kept() {
    let project = with_list();
    let run = || {
        let reuse = Reuse::at(project.path("kept"), Keeping::Keep).from_bytes(0).by("test");
        let plan = project.load().unwrap();
        let outcome = pipeline::compute(&project.opened(), &plan, Some(&reuse), &Silent).unwrap();
        let findings = format!("{:?}", outcome.quality.findings);
        let digests: Vec<String> =
            outcome.inputs.iter().map(|d| format!("{} {}", d.file, d.sha256)).collect();
        (outcome.reused.len(), counts(&outcome.estimates), findings, digests)
    };
    let (first, again) = (run(), run());
    assert_eq!((first.0, again.0), (0, 1));
    assert_eq!((&first.1, &first.2, &first.3), (&again.1, &again.2, &again.3));
    assert!(first.3.iter().any(|d| d.starts_with("list.csv ")), "{:?}", first.3);
    // 007 moves to the west.
    project.change("list.csv", "1956/1/2,東", "1956/1/2,西");
    let changed = run();
    assert_eq!(changed.0, 0);
    assert_eq!(changed.1[1..], [("東".to_owned(), 1, 2), ("西".to_owned(), 3, 5)]);
    // So does another way of joining.
    let key = "{ answers = \"番号\", file = \"受付番号\" }";
    project.change("pipelines/p/plan.toml", key, &format!("{key}, columns = [\"地区\"]"));
    assert_eq!(run().0, 0);
    fs::remove_file(project.path("list.csv")).unwrap();
    assert_eq!(codes(&project.load().unwrap_err()), [Code::RawNotFound]);
}

const PERSONS: &str = "世帯,員,問1\n1,1,1\n1,2,2\n2,1,1\n2,2,1\n3,1,2\n3,2,1\n";
const HOUSEHOLDS: &str = "世帯,ウエイト\n1,1\n2,2\n3,3\n";
const SEXES: &str = "世帯番号,員番号,性別\n1,1,男\n1,2,女\n2,1,男\n2,2,女\n3,1,男\n3,2,女\n";

#[test]
fn households_and_persons_give_the_same_bits_in_a_plan_and_by_flags() {
    let paper =
        [PAPER, "[[question]]\nid = \"性別\"\ntype = \"single\"\noptions = [\"男\", \"女\"]\n"].concat();
    let joins = "join = [{ file = \"households.csv\", key = \"世帯\" }, { file = \"sexes.csv\", \
                 key = { answers = [\"世帯\", \"員\"], file = [\"世帯番号\", \"員番号\"] } }]\n\
                 weights = { column = \"ウエイト\" }";
    let files = [("answers.csv", PERSONS), ("households.csv", HOUSEHOLDS), ("sexes.csv", SEXES)];
    let project = project("[[\"性別\"]]", joins, &paper, &files);
    let (_, outcome) = project.run();
    let values: Vec<f64> = outcome.estimates.iter().map(|r| *r.estimate.value.as_ref().unwrap()).collect();
    // Weights 1, 1, 2, 2, 3, 3: yes 1 + 2 + 2 + 3 of 12; men 1 + 2 of 6; women 2 + 3 of 6.
    assert_eq!(values, [8.0 / 12.0, 3.0 / 6.0, 5.0 / 6.0]);
    let join = |file: &str, key: &str| JoinRequest {
        file: project.path(file),
        key: key.to_owned(),
        read: ReadOptions::of_responses(),
        ..JoinRequest::default()
    };
    let request = Request {
        files: vec![project.path("answers.csv")],
        joins: vec![join("households.csv", "世帯"), join("sexes.csv", "世帯,員=世帯番号,員番号")],
        shares: vec!["問1=1".to_owned()],
        by: vec!["性別".to_owned()],
        weight: Some("ウエイト".to_owned()),
        ..Request::default()
    };
    let same = |request: &Request| {
        let inputs = adhoc::read(request).unwrap();
        let by_flags = adhoc::compute(request, &inputs).unwrap();
        assert!(by_flags.findings.iter().all(|f| f.severity == Severity::Note), "{:?}", by_flags.findings);
        let bits = |records: &[EstimateRecord]| -> Vec<String> {
            records.iter().map(|r| format!("{:?} {:?}", r.estimate, r.n_w_total)).collect()
        };
        let order = |r: &EstimateRecord| r.key.groups.first().map(|g| g.value.clone()).unwrap_or_default();
        let mut rows = by_flags.sheet.rows.clone();
        rows.sort_by_key(|r| std::cmp::Reverse(order(r)));
        let mut planned = outcome.estimates.clone();
        planned.sort_by_key(|r| std::cmp::Reverse(order(r)));
        assert_eq!(bits(&rows), bits(&planned));
        assert!(adhoc::quick(request).is_err());
    };
    same(&request);
    let questionnaire = Some(project.path("pipelines/p/q.toml"));
    same(&Request { questionnaire, shares: vec!["問1=はい".to_owned()], ..request });
}

fn refused(more: &str, answers: &str, list: &str) -> Error {
    let project = project("[]", more, PAPER, &[("answers.csv", answers), ("list.csv", list)]);
    project.compute().map(|_| ()).unwrap_err()
}

const KEY: &str = "join = { file = \"list.csv\", key = \"番号\" }";

#[test]
fn a_key_that_stands_twice_stops_unless_the_rows_agree() {
    let list = "番号,地区\n1,東\n2,西\n1,西\n2,西\n";
    let error = refused(KEY, "番号,問1\n1,1\n2,2\n", list);
    assert_eq!(codes(&error), [Code::JoinKeyTwice]);
    let said = error.diagnostics()[0].words(Lang::Ja);
    assert!(said.contains("1組") && said.contains("2行目と4行目") && said.contains("list.csv"), "{said}");
    let words = error.diagnostics()[0].words(Lang::En);
    assert!(words.contains("rows 2 and 4"), "{words}");
    let list = "番号,地区,備考\n1,東,あ\n2,西,い\n1,東,う\n";
    let only_district = "join = { file = \"list.csv\", key = \"番号\", columns = [\"地区\"] }";
    assert_eq!(codes(&refused(KEY, "番号,問1\n1,1\n2,2\n", list)), [Code::JoinKeyTwice]);
    let files = [("answers.csv", "番号,問1\n1,1\n2,2\n"), ("list.csv", list)];
    let (_, outcome) = project("[]", only_district, PAPER, &files).run();
    let (severity, count, place) = only(&found(&outcome, Code::JoinSameRows));
    assert_eq!((severity, count, place.as_str()), (Severity::Warning, 1, "list.csv › 2行目 › 列「番号」"));
}

#[test]
fn zeros_tell_keys_apart_where_a_file_has_both() {
    let answers = "番号,問1,地区\n7,1,\n07,2,\n";
    let list = "番号,区域\n007,東\n08,西\n8,東\n";
    let paper =
        [PAPER, "[[question]]\nid = \"区域\"\ntype = \"single\"\noptions = [\"東\", \"西\"]\n"].concat();
    let run = |answers: &str| {
        let files = [("answers.csv", answers), ("list.csv", list)];
        let (_, outcome) = project("[[\"区域\"]]", KEY, &paper, &files).run();
        (counts(&outcome.estimates), found(&outcome, Code::JoinZeros).len())
    };
    // 7 and 07 are two people: neither is 007.
    let none = |yes, n| ("".to_owned(), yes, n);
    let (numbers, zeros) = run(answers);
    assert_eq!((numbers[0].clone(), zeros), (none(1, 2), 0));
    assert!(numbers[1..].iter().all(|(_, _, n)| *n == 0), "{numbers:?}");
    // 008 may be 08 or 8: a guess, so neither; 8 is 8.
    let (numbers, zeros) = run("番号,問1\n008,1\n8,2\n7,1\n");
    assert_eq!(zeros, 1);
    assert_eq!(numbers[..2], [none(2, 3), ("東".to_owned(), 1, 2)]);
}

#[test]
fn columns_of_one_name_are_asked_about() {
    let answers = "番号,問1,地区,性別\n1,1,東,男\n2,2,西,女\n3,1,東,男\n";
    let list = "番号,地区,性別\n1,東,男\n2,西,男\n3,東,\n";
    let error = refused(KEY, answers, list);
    assert_eq!(codes(&error), [Code::JoinSameColumn]);
    let said = error.diagnostics()[0].words(Lang::Ja);
    assert!(said.contains("「地区」（照合した3行で同じ内容）"), "{said}");
    assert!(said.contains("「性別」（照合した3行のうち2行で内容が違う）"), "{said}");
    assert!(said.contains("prefix = \"台帳_\"") && said.contains("same_columns = \"answers\""), "{said}");
    let paper = [PAPER, DISTRICT].concat();
    let run = |more: &str, paper: &str| {
        let files = [("answers.csv", answers), ("list.csv", list)];
        let (_, outcome) = project("[[\"地区\"]]", more, paper, &files).run();
        outcome
    };
    let outcome = run(&KEY.replace(" }", ", same_columns = \"answers\" }"), &paper);
    let (severity, count, _) = only(&found(&outcome, Code::JoinSameColumnKept));
    assert_eq!((severity, count), (Severity::Warning, 2));
    assert_eq!(counts(&outcome.estimates)[1].1, 2);
    let own = paper.replace("id = \"地区\"\n", "id = \"地区\"\ncolumns = [\"台帳_地区\"]\n");
    let outcome = run(&KEY.replace(" }", ", prefix = \"台帳_\" }"), &own);
    assert!(outcome.quality.findings.iter().all(|f| f.code != Code::JoinSameColumnKept));
    assert_eq!(counts(&outcome.estimates)[1], ("東".to_owned(), 2, 2));
}

#[test]
fn a_join_by_the_wrong_column_is_a_stronger_warning() {
    let answers = "番号,問1\n1,1\n2,2\n3,1\n4,1\n5,2\n";
    let list = "番号,地区\n1,東\n2,西\n13,東\n14,東\n15,西\n";
    let files = [("answers.csv", answers), ("list.csv", list)];
    let (_, outcome) = project("[]", KEY, PAPER, &files).run();
    let (severity, count, place) = only(&found(&outcome, Code::JoinFewMatched));
    assert_eq!((severity, count, place.as_str()), (Severity::Warning, 3, "answers.csv › 4行目 › 列「番号」"));
    assert!(found(&outcome, Code::JoinUnmatched).is_empty());
    let [few] = &found(&outcome, Code::JoinFewMatched)[..] else { panic!() };
    assert!(few.message.ja.contains("5行のうち3行"), "{}", few.message.ja);
    // Half is no minority.
    let list = "番号,地区\n1,東\n2,西\n3,西\n";
    let files = [("answers.csv", "番号,問1\n1,1\n2,2\n3,1\n4,1\n5,2\n6,2\n"), ("list.csv", list)];
    let (_, outcome) = project("[]", KEY, PAPER, &files).run();
    assert_eq!(only(&found(&outcome, Code::JoinUnmatched)).1, 3);
}

#[test]
fn mistakes_of_a_join_are_told_where_they_stand() {
    let answers = "番号,問1\n1,1\n2,2\n";
    let list = "受付番号,地区\n1,東\n2,西\n";
    let error = refused(KEY, answers, list);
    assert_eq!(codes(&error), [Code::JoinColumn]);
    let said = error.diagnostics()[0].words(Lang::Ja);
    assert!(said.contains("「番号」") && said.contains("list.csv") && said.contains("受付番号"), "{said}");
    let both = "join = { file = \"list.csv\", key = { answers = \"ID\", file = \"受付番号\" }, \
                columns = [\"地区\", \"町\"] }";
    assert_eq!(codes(&refused(both, answers, list)), [Code::JoinColumn, Code::JoinColumn]);
    let load = |more: &str| {
        project("[]", more, PAPER, &[("answers.csv", answers), ("list.csv", list)])
            .load()
            .map(drop)
            .unwrap_err()
    };
    let error = load("join = { file = \"list.csv\", key = { answers = [\"番号\"], file = [\"a\", \"b\"] } }");
    assert_eq!(codes(&error), [Code::JoinRequest]);
    let span = error.diagnostics()[0].span.clone().unwrap();
    assert!(span.source.text[span.range].starts_with("{ answers = [\"番号\"]"));
    assert_eq!(codes(&load("join = { file = \"list.csv\" }")), [Code::PlanMissingKey]);
    assert_eq!(codes(&load("join = { file = \"list.csv\", key = 1 }")), [Code::PlanWrongType]);
    assert_eq!(codes(&load("join = { file = \"list.csv\", key = [] }")), [Code::PlanWrongType]);
    assert_eq!(codes(&load("join = { file = \"none.csv\", key = \"番号\" }")), [Code::RawNotFound]);
    assert_eq!(codes(&load("join = { file = \"list.csv\", keys = \"番号\" }")), [Code::PlanUnknownKey]);
}

/// What is wrong in a cell of the joined file is told with that file and its row; the file is read as the
/// plan says.
#[test]
fn a_joined_file_has_its_own_places_encoding_and_headings() {
    let paper = [PAPER, DISTRICT].concat();
    let more = "join = { file = \"list.csv\", key = \"番号\", encoding = \"CP932\", skip_rows = 1 }";
    let project = project("[]", more, &paper, &[("answers.csv", "番号,問1\n3,1\n2,2\n1,1\n")]);
    let list = "令和4年度 抽出台帳,\n番号,地区\n1,東\n2,西\n3,北\n";
    project.write("list.csv", encoding_rs::SHIFT_JIS.encode(list).0);
    let (_, outcome) = project.run();
    let [wrong] = &found(&outcome, Code::AnswersOutOfList)[..] else { panic!() };
    assert_eq!(wrong.place.words(Lang::Ja), "list.csv › 5行目 › 列「地区」 › 地区");
    assert!(wrong.message.ja.contains("［5 行目］"), "{}", wrong.message.ja);
    // Without skip_rows the title is found, and told.
    project.change("pipelines/p/plan.toml", ", skip_rows = 1", "");
    let (_, outcome) = project.run();
    assert!(found(&outcome, Code::JoinUnmatched).is_empty());
    assert!(outcome.quality.findings.iter().any(|f| f.place.file.as_deref() == Some("list.csv")));
}

#[test]
fn strata_may_stand_in_the_joined_file_only() {
    let answers = "番号,問1\n1,1\n2,2\n3,1\n4,1\n";
    let list = "番号,町丁\n1,甲\n2,甲\n3,乙\n4,乙\n5,乙\n";
    let more = [KEY, "\ndesign = { strata = [\"町丁\"], population = \"people.csv\" }"].concat();
    let files = [("answers.csv", answers), ("list.csv", list), ("people.csv", "町丁,人口\n甲,30\n乙,10\n")];
    let (_, outcome) = project("[]", &more, PAPER, &files).run();
    // 30 people of 甲, of whom half say yes, and 10 of 乙, all of whom do.
    assert_eq!(outcome.estimates[0].estimate.value, Ok(25.0 / 40.0));
}

fn by_flags(project: &Project, more: &[&str]) -> (Option<i32>, String) {
    let call = [&["estimate", "answers.csv", "--share", "問1=1"], more].concat();
    let ran = project.shihyo(&call);
    (ran.status, ran.said())
}

#[test]
fn flags_join_files_and_tell_the_same() {
    let project = with_list();
    let (status, said) =
        by_flags(&project, &["--by", "地区", "--join", "list.csv", "--key", "番号=受付番号"]);
    assert_eq!(status, Some(0), "{said}");
    for part in [
        "answers.csv: 9行 2列",
        "list.csv: 9行 5列",
        "join::unmatched",
        "join::zeros",
        "join::blank-key",
        "東",
        "西",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (status, said) = by_flags(&project, &["--join", "list.csv"]);
    assert!(status == Some(2) && said.contains("--key"), "{said}");
    let (_, said) = by_flags(&project, &["--join", "list.csv", "--key", "番号"]);
    assert!(said.contains("join::column") && said.contains("list.csv"), "{said}");
    project.write("two.csv", "番号,問1\n001,2\n");
    let twice = ["--join", "list.csv", "--join", "two.csv", "--key", "番号=受付番号", "--key", "番号"];
    let (_, said) = by_flags(&project, &twice);
    assert!(said.contains("join::same-column") && said.contains("--join-prefix"), "{said}");
    let (status, said) = by_flags(&project, &[&twice[..], &["--join-same", "answers"]].concat());
    assert!(status == Some(0) && said.contains("join::same-column-kept"), "{said}");
    let three = [&twice[..], &["--key", "番号"]].concat();
    let (_, said) = by_flags(&project, &three);
    assert!(said.contains("join::request") && said.contains("--key が3つ、--join が2つ"), "{said}");
}

#[test]
fn the_earlier_wave_has_a_list_of_its_own() {
    let project = with_list();
    project.write("before.csv", "番号,問1\n1,2\n2,1\n3,2\n");
    project.write("list-before.csv", "受付番号,地区\n1,西\n2,東\n3,東\n");
    let both = ["--by", "地区", "--join", "list.csv", "--key", "番号=受付番号", "--against", "before.csv"];
    let (_, said) = by_flags(&project, &both);
    assert!(said.contains("join::request") && said.contains("--against-join"), "{said}");
    let more = ["--against-join", "list-before.csv", "--format", "csv"];
    let (status, said) = by_flags(&project, &[&both[..], &more].concat());
    assert_eq!(status, Some(0), "{said}");
    // In the east 2 of 3 against 1 of 2: a sixth more.
    let change = 2.0 / 3.0 - 0.5;
    assert!(said.contains(&format!("{change:.10}")[..10]), "{said}");
}

#[test]
fn a_clean_file_is_held_against_answers_with_joined_columns() -> Result<()> {
    let more = [KEY, "\nrespondent = \"番号\"\ncleaning_log = [\"log.csv\"]"].concat();
    let paper = [PAPER, DISTRICT].concat();
    let log = "回答者番号,設問,元の値,新しい値,対応,理由\n2,問1,2,1,修正,原票を見た\n\
               1,地区,東,西,修正,台帳の誤り\n";
    let files = [
        ("answers.csv", "番号,問1\n1,1\n2,2\n"),
        ("list.csv", "番号,地区\n1,東\n2,西\n"),
        ("log.csv", log),
        ("clean.csv", "番号,問1\n1,1\n2,1\n"),
    ];
    let project = project("[[\"地区\"]]", &more, &paper, &files);
    let (plan, outcome) = project.run();
    assert_eq!(counts(&outcome.estimates)[1..], [("西".to_owned(), 2, 2)]);
    let choice = pipeline::WaveChoice::default();
    let clean = project.path("clean.csv");
    let verified = pipeline::verify(&project.opened(), &plan, &choice, &clean, &Silent)?;
    // The clean file has the list's 東 where the log says 西.
    assert_eq!(verified.found.differences.len(), 1, "{:?}", verified.found.differences);
    Ok(())
}

#[test]
fn a_first_plan_joins_a_list_and_asks() {
    let mut answers = "番号,満足度,意見\n".to_owned();
    let mut list = "番号,氏名,地区\n".to_owned();
    for n in 1..=30 {
        let (name, district) = (["佐藤 一郎", "鈴木 花子", "高橋 三郎"][n % 3], ["東", "西"][n % 2]);
        list += &format!("{n:03},{name}{n},{district}\n");
        if n <= 20 {
            answers += &format!("{n:03},{},{}\n", ["満足", "不満"][n % 2], ["よい", "", "ふつう"][n % 3]);
        }
    }
    let project = Project::new(&[("answers.csv", &answers), ("list.csv", &list)]);
    let ran = project.shihyo(&["init", "answers.csv", "list.csv", "--out", "pipelines/p"]);
    assert_eq!(ran.status, Some(0), "{}", ran.said());
    let plan = project.text("pipelines/p/plan.toml");
    assert!(plan.contains("responses = [\"answers.csv\"]"), "{plan}");
    let line = "# 要確認: 番号でつなぐファイル（台帳、世帯のファイルなど）とキーの列\n\
                join = { file = \"list.csv\", key = \"番号\" }\n";
    assert!(plan.contains(line), "{plan}");
    let paper = project.text("pipelines/p/questionnaire.toml");
    assert!(paper.contains("id = \"地区\"") && !paper.contains("佐藤"), "{paper}");
    let (_, outcome) = project.run();
    let district = outcome.quality.ledgers.iter().find(|l| l.question == "地区").unwrap();
    assert_eq!((district.ledger.returned, district.ledger.valid), (20, 20));
    assert_eq!(only(&found(&outcome, Code::JoinUnused)).1, 10);
    // Paper and web are answers, both, whatever their numbers are.
    let project = Project::new(&[("answers.csv", &answers), ("web.csv", &answers)]);
    project.shihyo(&["init", "answers.csv", "web.csv", "--out", "pipelines/p"]);
    let plan = project.text("pipelines/p/plan.toml");
    assert!(
        plan.contains("responses = [\"answers.csv\", \"web.csv\"]") && !plan.contains("join ="),
        "{plan}"
    );
    // Households first, their persons behind.
    let project = Project::new(&[("households.csv", HOUSEHOLDS), ("answers.csv", PERSONS)]);
    project.shihyo(&["init", "households.csv", "answers.csv", "--out", "pipelines/p"]);
    let plan = project.text("pipelines/p/plan.toml");
    assert!(plan.contains("join = { file = \"households.csv\", key = \"世帯\" }"), "{plan}");
}
