//! `check` on a plan of 955 questions: a page, the whole on demand.

use std::fmt::Write as _;

use crate::support::project::{Project, head, indicator, survey};

const QUESTIONS: usize = 955;

/// Ten people; of question q, q mod 7 leave it blank, and one answers question 500 with a code it lacks.
fn project() -> Project {
    let mut paper = "title = \"調査票\"\n".to_owned();
    let mut header = "番号".to_owned();
    for q in 1..=QUESTIONS {
        let options = "options = [\"はい\", \"いいえ\"]";
        write!(paper, "[[question]]\nid = \"問{q}\"\ntype = \"single\"\n{options}\n").unwrap();
        write!(header, ",問{q}").unwrap();
    }
    let mut answers = header;
    for person in 1..=10 {
        write!(answers, "\n{person}").unwrap();
        for q in 1..=QUESTIONS {
            let blank = person <= q % 7;
            let answer = if (person, q) == (10, 500) {
                "9"
            } else if blank {
                ""
            } else {
                "1"
            };
            write!(answers, ",{answer}").unwrap();
        }
    }
    let plan = head("[]") + &survey("") + &indicator("yes", "はい", "s", "問1", "\"はい\"", "\"all\"");
    let files = [("pipelines/p/plan.toml", plan), ("pipelines/p/q.toml", paper), ("answers.csv", answers)];
    let project = Project::new(&[]);
    files.iter().for_each(|(name, text)| project.write(name, text));
    project
}

#[test]
fn a_plan_of_many_columns_is_checked_on_a_page() {
    let project = project();
    let ran = project.shihyo(&["check", "pipelines/p"]);
    assert_eq!(ran.status, Some(0), "{}", ran.said());
    let lines = ran.said().lines().count();
    assert!(lines <= 50, "{lines} lines: {}", ran.said());
    assert!(ran.stdout.contains("調査 R4 ┆      955 ┆   10"), "{}", ran.stdout);
    assert!(ran.stdout.contains("設問 955件のうち"), "{}", ran.stdout);
    // Most blanks first: 6 of 10, in the order of the questionnaire.
    let ranked: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("問")).skip(3).collect();
    assert_eq!(ranked.len(), 15, "{ranked:?}");
    for (line, q) in ranked.iter().zip((6..).step_by(7)) {
        assert!(line.contains(&format!("┆ 問{q} ")) && line.contains("      6 "), "問{q}: {line}");
    }
    assert!(ran.stderr.contains("選択肢にない回答") && ran.stderr.contains("問500"), "{}", ran.stderr);
    let all = project.shihyo(&["check", "pipelines/p", "--all"]);
    assert_eq!(all.stdout.lines().filter(|line| line.contains("┆ 問")).count(), QUESTIONS);
    let english = project.shihyo_in("C.UTF-8", &["check", "pipelines/p", "--lang", "en"]);
    assert!(english.stdout.contains("of 955 questions the 15"), "{}", english.stdout);
}
