//! The effects of policies where a cleaning log changes answers and takes returns out: they are those of the
//! cleaned answers, counted anew here by nothing but the rules of the paper.

use std::collections::BTreeSet;

use crate::support::dice::Dice;
use crate::support::project::{Project, head, indicator, survey};
use shihyo::estimate::Estimate;
use shihyo::pipeline::HeldOutcome;
use shihyo::text::Text;

const QUESTIONNAIRE: &str = r#"
title = "試験"
[[question]]
id = "性別"
type = "single"
options = ["男", "女"]
[[question]]
id = "問1"
type = "single"
options = ["はい", "いいえ", { label = "わからない", dont_know = true }]
[[question]]
id = "問2"
type = "multiple"
max_marks = 2
options = ["A", "B", "C", { label = "特になし", exclusive = true }]
asked_if = { question = "問1", of = ["はい"] }
"#;

const SHARES: [(&str, &str, &str, &str); 3] =
    [("yes", "問1", "はい", "answered"), ("a", "問2", "A", "asked"), ("none", "問2", "特になし", "all")];

/// A return as it came: the cells as they are typed.
#[derive(Clone)]
struct Return {
    id: String,
    sex: String,
    q1: String,
    q2: String,
}

/// 240 returns with every kind of slip, some respondents twice; the same in every run.
fn returns() -> Vec<Return> {
    let mut dice = Dice::new(20_261_127);
    let mut next = move |below: u64| dice.below(below);
    let one = |row: u64| {
        let mut single = |of: u64| match next(12) {
            0 => String::new(),
            1 => "1,2".to_owned(),
            _ => (1 + next(of)).to_string(),
        };
        let (sex, q1) = (single(2), single(3));
        let marks: BTreeSet<u64> = (0..next(5)).map(|_| 1 + next(4)).collect();
        let id = if row % 20 == 19 { row - 10 } else { row };
        let sex = if sex.is_empty() { "1".to_owned() } else { sex };
        Return {
            id: format!("N{id:03}"),
            sex,
            q1,
            q2: marks.iter().map(u64::to_string).collect::<Vec<_>>().join(","),
        }
    };
    (0..240).map(one).collect()
}

const HEAD: [&str; 4] = ["番号", "性別", "問1", "問2"];

fn csv(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(head).unwrap();
    rows.for_each(|row| out.write_record(row).unwrap());
    out.into_inner().unwrap()
}

fn file(rows: &[Return]) -> Vec<u8> {
    csv(&HEAD, rows.iter().map(|r| vec![r.id.clone(), r.sex.clone(), r.q1.clone(), r.q2.clone()]))
}

/// The log as a file, and the returns that it leaves: answers changed and blanked, slips mended and made,
/// returns out.
fn logged(rows: &[Return]) -> (Vec<u8>, Vec<Return>) {
    let (mut log, mut left) = (Vec::new(), Vec::new());
    for (at, row) in rows.iter().enumerate() {
        let mut now = row.clone();
        let mut note = |question: &str, old: &str, new: &str, kind: &str| {
            log.push(
                [&row.id, "answers.csv", &(at + 2).to_string(), question, old, new, kind]
                    .map(str::to_owned)
                    .to_vec(),
            );
        };
        if at % 23 == 0 || at % 60 == 39 {
            note("", "", "", "票を除く");
            continue;
        }
        if at % 7 == 0 {
            now.q1 = if row.q1 == "1" { "2" } else { "1" }.to_owned();
            note("問1", &row.q1, &now.q1, "");
        } else if at % 11 == 0 && !row.q1.is_empty() {
            now.q1 = String::new();
            note("問1", &row.q1, "", "無回答にする");
        }
        if at % 13 == 0 {
            now.q2 = if row.q2 == "1,2,3" { "1,4" } else { "1,2,3" }.to_owned();
            note("問2", &row.q2, &now.q2, "修正");
        }
        if at % 5 == 0 {
            now.sex = if row.sex == "1" { "2" } else { "1" }.to_owned();
            note("性別", &row.sex, &now.sex, "");
        }
        left.push(now);
    }
    (csv(&["回答者番号", "ファイル", "行", "設問", "元の値", "新しい値", "対応"], log.into_iter()), left)
}

/// What the plan decides, with one thing otherwise.
struct Rules<'a> {
    otherwise: (&'a str, &'a str),
}

impl Rules<'_> {
    fn are(&self, policy: &str, setting: &str) -> bool {
        let usual = ["invalid", "keep", "drop", "answer", "first"];
        let of_policy = match policy {
            "two_marks" | "over_max" => usual[0],
            "exclusive_with_others" => usual[1],
            "not_asked_but_answered" => usual[2],
            "dont_know" => usual[3],
            _ => usual[4],
        };
        setting == if self.otherwise.0 == policy { self.otherwise.1 } else { of_policy }
    }
}

/// An answer: nothing, nothing valid, not asked, or options.
#[derive(PartialEq)]
enum Said {
    Blank,
    Invalid,
    NotAsked,
    Options(Vec<u32>),
}

fn codes(cell: &str) -> Vec<u32> {
    cell.split(',').filter_map(|c| c.parse().ok()).collect()
}

fn first_question(row: &Return, rules: &Rules<'_>) -> Said {
    match codes(&row.q1).as_slice() {
        [] => Said::Blank,
        [one] => Said::Options(vec![*one]),
        [one, ..] if rules.are("two_marks", "first") => Said::Options(vec![*one]),
        _ => Said::Invalid,
    }
}

/// The marks of the second question, whoever was asked.
fn marks(row: &Return, rules: &Rules<'_>) -> Said {
    let mut marks = codes(&row.q2);
    if marks.len() > 1 && marks.contains(&4) {
        if rules.are("exclusive_with_others", "drop-exclusive") {
            marks.retain(|m| *m != 4);
        } else if rules.are("exclusive_with_others", "drop-others") {
            marks = vec![4];
        }
    }
    match marks.len() {
        0 => Said::Blank,
        3.. if rules.are("over_max", "invalid") => Said::Invalid,
        3.. if rules.are("over_max", "first") => Said::Options(marks[..2].to_vec()),
        _ => Said::Options(marks),
    }
}

fn second_question(row: &Return, rules: &Rules<'_>) -> Said {
    let said = marks(row, rules);
    let answered = matches!(said, Said::Options(_));
    match first_question(row, rules) {
        Said::Options(first) if first == [1] => said,
        Said::Options(_) if answered && rules.are("not_asked_but_answered", "keep") => said,
        Said::Options(_) => Said::NotAsked,
        // Nobody knows whether they were asked; who answered was.
        _ if said == Said::Blank => Said::NotAsked,
        _ => said,
    }
}

/// Each respondent once.
fn counted<'r>(rows: &'r [Return], rules: &Rules<'_>) -> Vec<&'r Return> {
    let stays = |at: usize| {
        let mut others =
            if rules.are("duplicates", "last") { rows[at + 1..].iter() } else { rows[..at].iter() };
        others.all(|other| other.id != rows[at].id)
    };
    (0..rows.len()).filter(|at| stays(*at)).map(|at| &rows[at]).collect()
}

/// `(yes, n)` of a share.
fn share(id: &str, rows: &[Return], rules: &Rules<'_>) -> (u64, u64) {
    let (mut yes, mut n) = (0, 0);
    for row in counted(rows, rules) {
        let said = if id == "yes" { first_question(row, rules) } else { second_question(row, rules) };
        let option = match id {
            "none" => 4,
            _ => 1,
        };
        let in_base = match id {
            "yes" => matches!(&said, Said::Options(o) if !(rules.are("dont_know", "missing") && *o == [3])),
            "a" => said != Said::NotAsked,
            _ => true,
        };
        n += u64::from(in_base);
        yes += u64::from(in_base && matches!(&said, Said::Options(o) if o.contains(&option)));
    }
    (yes, n)
}

/// How many answers call for a decision.
fn affected(policy: &str, rows: &[Return]) -> u64 {
    let usual = Rules { otherwise: ("", "") };
    let kept = counted(rows, &usual);
    let several = |row: &Return| codes(&row.q2).len();
    let calls = |row: &&&Return| match policy {
        "two_marks" => codes(&row.q1).len() > 1,
        "over_max" => several(row) > 2,
        "exclusive_with_others" => several(row) > 1 && codes(&row.q2).contains(&4),
        "not_asked_but_answered" => {
            matches!(first_question(row, &usual), Said::Options(o) if o != [1])
                && matches!(marks(row, &usual), Said::Options(_))
        }
        "dont_know" => codes(&row.q1) == [3],
        _ => rows.iter().filter(|r| r.id == row.id).count() > 1,
    };
    kept.iter().filter(calls).count() as u64
}

/// The plan run on `answers`, with a log or without; `wave` are further lines of the wave.
fn run(answers: &[u8], log: Option<&[u8]>, wave: &str) -> HeldOutcome {
    let project =
        Project::new(&[("q.toml", QUESTIONNAIRE), ("population.csv", "性別,人口\n男,4800\n女,5600\n")]);
    project.write("answers.csv", answers);
    let mut of_wave = format!("duplicates = \"first\"\n{wave}");
    if let Some(log) = log {
        project.write("log.csv", log);
        of_wave += "cleaning_log = [\"log.csv\"]\n";
    }
    let mut plan = head("[]") + &survey(&of_wave);
    for (id, question, of, base) in SHARES {
        plan += &indicator(id, id, "s", question, &format!("\"{of}\""), &format!("\"{base}\""));
    }
    project.write("plan.toml", plan);
    project.run().1
}

#[test]
fn effects_are_counted_in_the_cleaned_answers() {
    let raw = returns();
    let (log, cleaned) = logged(&raw);
    let outcome = run(&file(&raw), Some(&log), "");
    assert!(outcome.cleaned().iter().all(|n| *n > 5), "changed, blanked and out: {:?}", outcome.cleaned());
    let (mut settings, mut moved_by_log) = (0, 0);
    for (id, question, _, _) in SHARES {
        let effects: Vec<_> = outcome.quality.effects.iter().filter(|e| e.indicator == id).collect();
        let policies: Vec<&str> = effects.iter().map(|e| e.policy).collect();
        let expected: &[&str] = match question {
            "問1" => &["two_marks", "dont_know", "duplicates"],
            _ => &["two_marks", "over_max", "exclusive_with_others", "not_asked_but_answered", "duplicates"],
        };
        assert_eq!(policies, expected, "{id}");
        for effect in effects {
            let policy = effect.policy;
            assert_eq!(effect.affected, affected(policy, &cleaned), "{id} {policy}");
            assert!(effect.affected > 2, "{id} {policy}: {} would prove little", effect.affected);
            for setting in std::iter::once(&effect.in_force).chain(&effect.alternatives) {
                let rules = Rules { otherwise: (policy, setting.setting) };
                let (yes, n) = share(id, &cleaned, &rules);
                let estimate = setting.estimate.as_ref().unwrap_or_else(|e| panic!("{id} {policy}: {e}"));
                assert_eq!((estimate.n_yes, estimate.n), (Some(yes), n), "{id} {policy} {}", setting.setting);
                let value = *estimate.value.as_ref().unwrap();
                assert!(
                    (value - yes as f64 / n as f64).abs() < 1e-12,
                    "{id} {policy} {}: {value}",
                    setting.setting
                );
                settings += 1;
                moved_by_log += usize::from(share(id, &raw, &rules) != (yes, n));
            }
        }
    }
    assert!(
        settings == 6 + 2 * 12 && moved_by_log == settings,
        "{moved_by_log} of {settings} would be other numbers without the log"
    );
}

/// Share, policy, question, affected, setting, and the estimate under it.
type Told = (String, &'static str, Option<String>, u64, &'static str, Result<Estimate, Text>);

fn told(outcome: &HeldOutcome) -> Vec<Told> {
    let all = outcome.quality.effects.iter();
    all.flat_map(|e| {
        std::iter::once(&e.in_force).chain(&e.alternatives).map(|s| {
            (
                e.analysis_key.to_string(),
                e.policy,
                e.question.clone(),
                e.affected,
                s.setting,
                s.estimate.clone(),
            )
        })
    })
    .collect()
}

/// With weights that the log changes as well, raw and log are to the bit what a file is that was clean from
/// the start.
#[test]
fn raw_and_log_have_the_effects_of_a_clean_file() {
    let raw = returns();
    let (log, cleaned) = logged(&raw);
    for wave in
        ["", "population = \"population.csv\"\nstrata = [\"性別\"]\nweights = { rake = [\"性別\"] }\n"]
    {
        let with_log = told(&run(&file(&raw), Some(&log), wave));
        let clean_file = told(&run(&file(&cleaned), None, wave));
        let without = told(&run(&file(&raw), None, wave));
        assert!(with_log.len() >= 30, "{}", with_log.len());
        assert_eq!(with_log, clean_file);
        let same = |a: &&Told| without.contains(a);
        assert_eq!(with_log.iter().filter(same).count(), 0, "every one of them is moved by the log");
        if !wave.is_empty() {
            assert!(
                with_log.iter().any(|t| t.1 == "two_marks" && t.2.as_deref() == Some("性別")),
                "the weights call for a decision too"
            );
        }
    }
}
