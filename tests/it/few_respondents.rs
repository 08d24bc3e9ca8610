//! Fewer than 30 respondents make a number one for reference only (参考値): 29 are marked and 30 are not, in
//! whatever a person or a program reads.

use crate::support::project::{Project, head, indicator};
use crate::support::rows::rows;

/// 29 men and 30 women; 問1 is answered by all of them, 問2 by 29 of them and 問3 by 30, half of them はい.
fn project() -> Project {
    let mut answers = "番号,性別,問1,問2,問3\n".to_owned();
    for n in 0..59 {
        let answer = |asked: usize| if n < asked { (1 + n % 2).to_string() } else { String::new() };
        let sex = if n < 29 { 1 } else { 2 };
        answers += &format!("{n},{sex},{},{},{}\n", answer(59), answer(29), answer(30));
    }
    let yes_no = |id: &str| {
        format!("[[question]]\nid = \"{id}\"\ntype = \"single\"\noptions = [\"はい\", \"いいえ\"]\n")
    };
    let questionnaire = "title = \"調査票\"\n[[question]]\nid = \"性別\"\ntype = \"single\"\n\
                         options = [\"男\", \"女\"]\n"
        .to_owned()
        + &["問1", "問2", "問3"].map(yes_no).concat();
    let share = |id: &str, question: &str| indicator(id, id, "s", question, "\"はい\"", "\"answered\"");
    let plan = head("[[\"性別\"]]")
        + "[survey.s]\ntitle = \"調査\"\nsample = \"random\"\nquestionnaire = \"q.toml\"\n\
           [survey.s.wave.R4]\nresponses = [\"a.csv\"]\nrespondent = \"番号\"\nduplicates = \"fail\"\n"
        + &share("both", "問1")
        + &share("few", "問2")
        + &share("enough", "問3");
    Project::new(&[("plan.toml", &plan), ("q.toml", &questionnaire), ("a.csv", &answers)])
}

/// The numbers of respondents that are marked, and those that are not, in order and once each.
fn split(mut found: Vec<(u64, bool)>) -> [Vec<u64>; 2] {
    found.sort_unstable();
    found.dedup();
    [true, false].map(|marked| found.iter().filter(|(_, m)| *m == marked).map(|(n, _)| *n).collect())
}

fn flagged(csv: &str, flags: &str) -> [Vec<u64>; 2] {
    let has = |text: &str| text.split([';', ' ']).any(|flag| flag == "n<30");
    split(rows(csv.as_bytes()).iter().map(|row| (row["n"].parse().unwrap(), has(&row[flags]))).collect())
}

#[test]
fn in_the_results_of_a_run() {
    let project = project();
    let ran = project.shihyo(&["run", ".", "--out", "out", "--quiet"]);
    assert_eq!(ran.status, Some(0), "{}", ran.said());
    // The three totals, and the two sexes of each: 問2 is answered by no woman, 問3 by one.
    assert_eq!(flagged(&project.text("out/estimates.csv"), "flag"), [vec![0, 1, 29], vec![30, 59]]);
    let table = project.text("out/progress-table.html");
    let cells = |mark: &str| {
        let inside = table.split("<td").filter_map(|cell| cell.split("</td>").next());
        inside.filter(|cell| cell.contains(mark)).collect::<Vec<_>>()
    };
    let marked: Vec<&str> = cells("*参考値");
    assert!(marked.len() == 1 && marked[0].contains("n=29"), "{marked:?}");
    assert!(!cells("n=30").is_empty() && !cells("n=59").is_empty());
    assert!(table.contains("回答者数が30人未満"));
}

#[test]
fn in_an_estimate_without_a_plan() {
    let project = project();
    let ask = |format: &'static str| {
        let asked = ["estimate", "a.csv", "--share", "問1=1", "--share", "問2=1", "--share", "問3=1"];
        let ran = project.shihyo(&[&asked[..], &["--by", "性別", "--format", format, "--quiet"]].concat());
        assert_eq!(ran.status, Some(0), "{}", ran.said());
        ran.stdout
    };
    assert_eq!(flagged(&ask("csv"), "flag"), [vec![0, 1, 29], vec![30, 59]]);
    let table = ask("table");
    let lines = |n: &str| -> Vec<bool> {
        // The fourth column is n.
        let has = |line: &&str| line.split(['│', '┆']).nth(4).is_some_and(|cell| cell.trim() == n);
        table.lines().filter(has).map(|line| line.contains('*')).collect()
    };
    assert!(!lines("29").is_empty() && lines("29").iter().all(|marked| *marked), "{table}");
    assert!(!lines("30").is_empty() && lines("30").iter().all(|marked| !marked), "{table}");
}

#[test]
fn in_a_comparison() {
    let project = project();
    let ran = project.shihyo(&["compare", ".", "--indicator", "both", "--by", "性別"]);
    assert_eq!(ran.status, Some(0), "{}", ran.said());
    let line = |word: &str| -> &str {
        ran.stdout
            .lines()
            .find(|l| l.split([' ', '│', '|']).any(|cell| cell == word))
            .unwrap_or_else(|| panic!("{}", ran.stdout))
    };
    assert!(line("男").contains("29") && line("男").contains('*'), "{}", ran.stdout);
    assert!(line("女").contains("30") && !line("女").contains('*'), "{}", ran.stdout);
    assert!(ran.said().contains("n<30"), "what the mark says: {}", ran.said());
}
