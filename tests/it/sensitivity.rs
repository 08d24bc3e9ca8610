//! What each decision about answers that break the rules does to each share: counted by hand, and held
//! against whole runs with the questionnaire or the plan changed.

use std::collections::BTreeMap;

use crate::support::dice::Dice;
use crate::support::project::{Project, head, indicator};
use crate::support::two_waves::{City, RENAMED};

use shihyo::derived::cache::Keeping;
use shihyo::indicator::{EstimateRecord, PolicyEffect, PolicySetting};
use shihyo::pipeline::{HeldOutcome, Reuse, compute, explain};
use shihyo::progress::Silent;
use shihyo::report::{ReportInput, render};

/// What is decided otherwise than by default: (question or blank, policy) → setting.
type Decided = BTreeMap<(String, &'static str), String>;

/// A questionnaire's questions with their policies, as text.
fn questionnaire(questions: &[(&str, &str)], decided: &Decided) -> String {
    let mut text = "title = \"試験\"\n".to_owned();
    for (id, rest) in questions {
        text += &format!("[[question]]\nid = \"{id}\"\n{rest}\n");
        let policy: Vec<String> = decided
            .iter()
            .filter(|((q, p), _)| q == id && *p != "dont_know")
            .map(|((_, policy), setting)| format!("{policy} = \"{setting}\""))
            .collect();
        if !policy.is_empty() {
            text += &format!("policy = {{ {} }}\n", policy.join(", "));
        }
    }
    text
}

struct Survey {
    questions: Vec<(&'static str, &'static str)>,
    /// Id, question, options, base.
    shares: Vec<(&'static str, &'static str, &'static str, &'static str)>,
    /// Further lines of the plan's wave.
    wave: &'static str,
    answers: String,
    population: Option<String>,
}

impl Survey {
    fn plan(&self, decided: &Decided) -> String {
        let duplicates = decided.get(&(String::new(), "duplicates")).map_or("first", String::as_str);
        let mut text = head("[[\"性別\"]]");
        text += &format!(
            "[survey.s]\ntitle = \"調査\"\nsample = \"random\"\nquestionnaire = \"q.toml\"\n\
             [survey.s.wave.R4]\nresponses = [\"answers.csv\"]\nrespondent = \"番号\"\n\
             duplicates = \"{duplicates}\"\n{}\n",
            self.wave
        );
        for (id, question, of, base) in &self.shares {
            let dont_know = decided
                .get(&((*question).to_owned(), "dont_know"))
                .map_or(String::new(), |setting| format!(", dont_know = \"{setting}\""));
            let base = format!("\"{base}\"{dont_know}");
            text += &indicator(id, &format!("項目 {id}"), "s", question, of, &base);
        }
        text
    }

    fn run(&self, project: &Project, decided: &Decided) -> (shihyo::pipeline::Plan, HeldOutcome) {
        project.write("plan.toml", self.plan(decided));
        project.write("q.toml", questionnaire(&self.questions, decided));
        project.write("answers.csv", &self.answers);
        if let Some(population) = &self.population {
            project.write("population.csv", population);
        }
        let (plan, outcome) = project.run();
        // The same from what the run before left, first kept and then found.
        let cache = tempfile::tempdir().unwrap();
        for found in [0, 1] {
            let reuse = Reuse::at(cache.path(), Keeping::Keep).from_bytes(0).by("program");
            let again =
                compute(&project.opened(), &plan, Some(&reuse), &Silent).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(
                (again.reused.len(), &again.estimates, &again.quality),
                (found, &outcome.estimates, &outcome.quality)
            );
        }
        (plan, outcome)
    }
}

/// Nine respondents, one of them twice; each decision is called for once.
fn small() -> Survey {
    Survey {
        questions: vec![
            ("性別", "type = \"single\"\noptions = [\"男\", \"女\"]"),
            (
                "問1",
                "type = \"single\"\noptions = [\"はい\", \"いいえ\", \
                 { label = \"わからない\", dont_know = true }]",
            ),
            (
                "問2",
                "type = \"multiple\"\nmax_marks = 2\n\
                 options = [\"A\", \"B\", \"C\", { label = \"特になし\", exclusive = true }]\n\
                 asked_if = { question = \"問1\", of = [\"はい\"] }",
            ),
        ],
        shares: vec![
            ("yes", "問1", "\"はい\"", "answered"),
            ("a", "問2", "\"A\"", "asked"),
            ("none", "問2", "\"特になし\"", "answered"),
        ],
        wave: "",
        answers: "番号,性別,問1,問2\n\
            1,1,1,1\n\
            2,2,1,\"1,2,3\"\n\
            3,1,\"1,2\",1\n\
            4,2,2,2\n\
            5,1,3,\n\
            6,2,1,\"3,4\"\n\
            7,1,1,2\n\
            8,2,2,\n\
            9,1,1,\n\
            1,1,2,\n"
            .to_owned(),
        population: None,
    }
}

/// `(yes, n)` of a setting.
fn counts(setting: &PolicySetting) -> (u64, u64) {
    let estimate = setting.estimate.as_ref().unwrap_or_else(|e| panic!("{e}"));
    (estimate.n_yes.unwrap(), estimate.n)
}

/// Policy, question, affected, then each setting with its counts, the one in force first.
type Line<'a> = (&'a str, &'a str, u64, Vec<(&'a str, (u64, u64))>);

fn lines<'a>(outcome: &'a HeldOutcome, indicator: &str) -> Vec<Line<'a>> {
    let of = |e: &'a PolicyEffect| -> Line<'a> {
        let settings =
            std::iter::once(&e.in_force).chain(&e.alternatives).map(|s| (s.setting, counts(s))).collect();
        (e.policy, e.question.as_deref().unwrap_or(""), e.affected, settings)
    };
    outcome.quality.effects.iter().filter(|e| e.indicator == indicator).map(of).collect()
}

#[test]
fn each_decision_changes_the_counts_that_it_should() {
    let project = Project::new(&[]);
    let (_, outcome) = small().run(&project, &Decided::new());
    let expected: Vec<Line> = vec![
        ("two_marks", "問1", 1, vec![("invalid", (5, 8)), ("first", (6, 9))]),
        ("dont_know", "問1", 1, vec![("answer", (5, 8)), ("missing", (5, 7))]),
        ("duplicates", "", 1, vec![("first", (5, 8)), ("last", (4, 8))]),
    ];
    assert_eq!(lines(&outcome, "yes"), expected);
    let expected: Vec<Line> = vec![
        ("two_marks", "問1", 1, vec![("invalid", (2, 6)), ("first", (2, 6))]),
        ("over_max", "問2", 1, vec![("invalid", (2, 6)), ("first", (3, 6)), ("keep", (3, 6))]),
        (
            "exclusive_with_others",
            "問2",
            1,
            vec![("keep", (2, 6)), ("drop-exclusive", (2, 6)), ("drop-others", (2, 6))],
        ),
        ("not_asked_but_answered", "問2", 1, vec![("drop", (2, 6)), ("keep", (2, 7))]),
        ("duplicates", "", 1, vec![("first", (2, 6)), ("last", (1, 5))]),
    ];
    assert_eq!(lines(&outcome, "a"), expected);
    let expected: Vec<Line> = vec![
        ("two_marks", "問1", 1, vec![("invalid", (1, 4)), ("first", (1, 4))]),
        ("over_max", "問2", 1, vec![("invalid", (1, 4)), ("first", (1, 5)), ("keep", (1, 5))]),
        (
            "exclusive_with_others",
            "問2",
            1,
            vec![("keep", (1, 4)), ("drop-exclusive", (0, 4)), ("drop-others", (1, 4))],
        ),
        ("not_asked_but_answered", "問2", 1, vec![("drop", (1, 4)), ("keep", (1, 5))]),
        ("duplicates", "", 1, vec![("first", (1, 4)), ("last", (1, 3))]),
    ];
    assert_eq!(lines(&outcome, "none"), expected);
}

#[test]
fn an_answer_that_breaks_two_rules_calls_for_both_decisions() {
    let project = Project::new(&[]);
    let mut survey = small();
    survey.answers = "番号,性別,問1,問2\n1,1,1,\"1,2,4\"\n2,1,1,1\n3,2,1,4\n".to_owned();
    let (_, outcome) = survey.run(&project, &Decided::new());
    let expected: Vec<Line> = vec![
        ("over_max", "問2", 1, vec![("invalid", (1, 3)), ("first", (2, 3)), ("keep", (2, 3))]),
        (
            "exclusive_with_others",
            "問2",
            1,
            vec![("keep", (1, 3)), ("drop-exclusive", (2, 3)), ("drop-others", (1, 3))],
        ),
    ];
    assert_eq!(lines(&outcome, "a"), expected);
}

#[test]
fn where_no_answer_calls_for_a_decision_there_is_nothing() {
    let project = Project::new(&[]);
    let mut survey = small();
    survey.answers = "番号,性別,問1,問2\n1,1,1,1\n2,2,2,\n3,2,1,\"2,3\"\n".to_owned();
    let (plan, outcome) = survey.run(&project, &Decided::new());
    assert_eq!(outcome.quality.effects, []);
    let files = render(&ReportInput {
        table: &outcome.table,
        estimates: &outcome.estimates,
        quality: &outcome.quality,
    })
    .unwrap();
    let text = |name: &str| {
        files
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap())
            .unwrap()
    };
    assert_eq!(text("sensitivity.csv").lines().count(), 1);
    assert!(!text("progress-table.html").contains("取扱い方針"));
    let sections = explain(&plan, &outcome, "s/R4/yes").unwrap();
    assert!(sections.iter().all(|s| s.title.ja != "取扱い方針の影響"));
}

/// A made-up survey of some size with every kind of slip: the same in every run.
/// Weighted by 性別, which has two marks here and there, in strata by 地区; 問3 hangs on three questions.
fn large() -> Survey {
    let mut dice = Dice::new(20_261_126);
    let mut next = move |below: u64| dice.below(below);
    let mut answers = "番号,地区,性別,問1,問2,年齢,問3\n".to_owned();
    for row in 0..300 {
        let id = if row % 40 == 39 { row - 20 } else { row };
        let one = |next: &mut dyn FnMut(u64) -> u64, of: u64| match next(20) {
            0 => String::new(),
            1 => "\"1,2\"".to_owned(),
            _ => (1 + next(of)).to_string(),
        };
        let (sex, first) = (one(&mut next, 2), one(&mut next, 3));
        let mut marks: Vec<u64> = (0..next(5)).map(|_| 1 + next(4)).collect();
        marks.sort_unstable();
        marks.dedup();
        let marks = marks.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
        let age = if next(15) == 0 { String::new() } else { (15 + next(80)).to_string() };
        let third = if next(3) == 0 { String::new() } else { one(&mut next, 3) };
        answers += &format!("{id},{},{sex},{first},\"{marks}\",{age},{third}\n", 1 + next(3));
    }
    Survey {
        questions: vec![
            ("地区", "type = \"single\"\noptions = [\"東\", \"中\", \"西\"]"),
            ("性別", "type = \"single\"\noptions = [\"男\", \"女\"]"),
            (
                "問1",
                "type = \"single\"\noptions = [\"はい\", \"いいえ\", \
                 { label = \"わからない\", dont_know = true }]",
            ),
            (
                "問2",
                "type = \"multiple\"\nmax_marks = 2\noptions = [\"A\", \"B\", \"C\", \
                 { label = \"特になし\", exclusive = true }]\nasked_if = \
                 { question = \"問1\", of = [\"はい\", \"わからない\"] }",
            ),
            ("年齢", "type = \"number\""),
            (
                "問3",
                "type = \"single\"\n\
                 options = [\"よい\", \"わるい\", { label = \"わからない\", dont_know = true }]\n\
                 asked_if = { any = [\
                 { all = [{ question = \"問2\", of = [\"A\", \"特になし\"] }, \
                 { question = \"年齢\", at_least = 40 }] }, \
                 { not = { question = \"問1\", of = [\"はい\"] } }] }",
            ),
        ],
        shares: vec![
            ("yes", "問1", "\"はい\"", "answered"),
            ("a", "問2", "\"A\", \"B\"", "asked"),
            ("none", "問2", "\"特になし\"", "all"),
            ("good", "問3", "\"よい\"", "answered"),
        ],
        wave: "strata = [\"地区\"]\npopulation = \"population.csv\"\nweights = { rake = [\"性別\"] }",
        answers,
        population: Some(
            "地区,性別,人口\n東,男,4000\n東,女,4300\n中,男,2500\n中,女,2600\n西,男,1900\n西,女,2100\n"
                .to_owned(),
        ),
    }
}

fn whole(outcome: &HeldOutcome, key: &str) -> EstimateRecord {
    outcome.estimates.iter().find(|r| r.key.to_string() == key).unwrap().clone()
}

/// Every alternative is, to the bit, what a whole run gives when the questionnaire or the plan says so; and
/// that run holds the first one's numbers as its own alternatives.
#[test]
fn an_alternative_is_a_whole_run_with_that_setting() {
    let project = Project::new(&[]);
    let survey = large();
    let (_, outcome) = survey.run(&project, &Decided::new());
    let effects = &outcome.quality.effects;
    let told: Vec<(&str, &str, &str)> = effects
        .iter()
        .map(|e| (e.indicator.as_str(), e.policy, e.question.as_deref().unwrap_or("")))
        .collect();
    for expected in [
        ("yes", "two_marks", "性別"),
        ("good", "two_marks", "問1"),
        ("good", "over_max", "問2"),
        ("good", "exclusive_with_others", "問2"),
        ("good", "not_asked_but_answered", "問2"),
        ("good", "not_asked_but_answered", "問3"),
        ("good", "dont_know", "問3"),
        ("none", "duplicates", ""),
    ] {
        assert!(told.contains(&expected), "{expected:?} is not among {told:?}");
    }
    assert!(
        !told.contains(&("yes", "two_marks", "問3")) && !told.contains(&("good", "dont_know", "問1")),
        "what cannot change a share is not told"
    );
    let mut runs: BTreeMap<(String, &str, &str), HeldOutcome> = BTreeMap::new();
    let (mut compared, mut moved) = (0, 0);
    for effect in effects {
        assert_eq!(
            effect.in_force.estimate.as_ref().unwrap(),
            &whole(&outcome, &effect.analysis_key.to_string()).estimate,
            "the number itself"
        );
        for other in &effect.alternatives {
            let question = effect.question.clone().unwrap_or_default();
            let run = runs.entry((question.clone(), effect.policy, other.setting)).or_insert_with(|| {
                survey
                    .run(
                        &project,
                        &Decided::from([((question.clone(), effect.policy), other.setting.to_owned())]),
                    )
                    .1
            });
            let at = format!("{} {} {question} {}", effect.indicator, effect.policy, other.setting);
            assert_eq!(
                other.estimate.as_ref().unwrap(),
                &whole(run, &effect.analysis_key.to_string()).estimate,
                "{at}"
            );
            let back = run.quality.effects.iter().find(|e| {
                e.analysis_key == effect.analysis_key
                    && e.policy == effect.policy
                    && e.question == effect.question
            });
            let back = back.unwrap_or_else(|| panic!("{at}: not told from the other side"));
            let original = back.alternatives.iter().find(|s| s.setting == effect.in_force.setting).unwrap();
            assert_eq!(original.estimate, effect.in_force.estimate, "{at}: and back");
            compared += 1;
            moved += usize::from(effect.difference(other).unwrap() != 0.0);
        }
    }
    assert!(compared > 30 && moved > 20, "{compared} compared, {moved} of them moved");
}

#[test]
fn a_design_that_the_other_answers_do_not_allow_is_a_reason() {
    let project = Project::new(&[]);
    let mut survey = small();
    survey.wave = "strata = [\"性別\"]";
    // Two are in the stratum 不明: one marked both, one left it blank. Had the first mark been taken, one
    // would be left alone.
    survey.answers =
        "番号,性別,問1,問2\n1,1,1,1\n2,2,1,2\n3,1,2,\n4,2,1,1\n5,\"1,2\",1,1\n6,,2,\n".to_owned();
    let (_, outcome) = survey.run(&project, &Decided::new());
    assert_eq!(outcome.quality.effects, [], "strata make no weights: the share is the same");
    survey.wave = "strata = [\"性別\"]\npopulation = \"population.csv\"\nweights = { rake = [\"性別\"] }";
    survey.population = Some("性別,人口\n男,50\n女,60\n".to_owned());
    let (plan, outcome) = survey.run(&project, &Decided::new());
    let effect =
        outcome.quality.effects.iter().find(|e| e.policy == "two_marks" && e.indicator == "yes").unwrap();
    let error = effect.alternatives[0].value().unwrap_err();
    assert!(error.ja.contains("回答者が1人しかいない層"), "{}", error.ja);
    assert_eq!(effect.difference(&effect.alternatives[0]), None);
    let sections = explain(&plan, &outcome, "s/R4/yes").unwrap();
    let told = &sections.iter().find(|s| s.title.en == "Effect of policies").unwrap().lines;
    assert!(told[1].ja.contains("…（回答者が1人しかいない層"), "{}", told[1].ja);
}

#[test]
fn the_files_hold_one_row_a_number_and_stable_keys() {
    let project = Project::new(&[]);
    let (_, outcome) = small().run(&project, &Decided::new());
    let files = render(&ReportInput {
        table: &outcome.table,
        estimates: &outcome.estimates,
        quality: &outcome.quality,
    })
    .unwrap();
    let bytes = |name: &str| files.iter().find(|(n, _)| n == name).map(|(_, bytes)| bytes.clone()).unwrap();
    let csv = bytes("sensitivity.csv");
    let mut reader = csv::Reader::from_reader(csv.strip_prefix(b"\xEF\xBB\xBF").unwrap());
    let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let at =
        |row: &csv::StringRecord, head: &str| row[heads.iter().position(|h| h == head).unwrap()].to_owned();
    let mut keys: Vec<String> = rows.iter().map(|r| at(r, "sensitivity_key")).collect();
    assert_eq!(keys[0], "s/R4/yes/two_marks/問1/invalid");
    assert!(keys.contains(&"s/R4/a/duplicates/last".to_owned()));
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!((count, keys.len()), (6 + 12 + 12, count));
    for row in &rows {
        let own = outcome.estimates.iter().find(|r| r.key.to_string() == at(row, "analysis_key")).unwrap();
        let stat: f64 = at(row, "stat").parse().unwrap();
        match at(row, "in_force").as_str() {
            "yes" => assert_eq!(
                (stat.to_bits(), at(row, "difference")),
                (own.estimate.value.as_ref().unwrap().to_bits(), String::new())
            ),
            _ => assert_eq!(
                at(row, "difference").parse::<f64>().unwrap(),
                stat - own.estimate.value.as_ref().unwrap()
            ),
        }
    }
    let json: serde_json::Value = serde_json::from_slice(&bytes("sensitivity.json")).unwrap();
    let effects = json["effects"].as_array().unwrap();
    assert_eq!(effects.iter().map(|e| e["settings"].as_array().unwrap().len()).sum::<usize>(), count);
    let page = String::from_utf8(bytes("progress-table.html")).unwrap();
    for words in ["取扱い方針の影響", "番号の若い方を採る", "+4.2ポイント", "±0.0ポイント"]
    {
        assert!(page.contains(words), "{words}");
    }
}

/// Share, policy, affected, setting, and the estimate under it.
type Told = (String, &'static str, u64, &'static str, Result<shihyo::estimate::Estimate, shihyo::text::Text>);

/// What is told of the later wave, in an order that no paper changes.
fn of_later_wave(outcome: &HeldOutcome) -> Vec<Told> {
    let later = outcome.quality.effects.iter().filter(|e| e.wave.short() == "R7");
    let mut out: Vec<Told> = later
        .flat_map(|e| {
            std::iter::once(&e.in_force)
                .chain(&e.alternatives)
                .map(|s| (e.analysis_key.to_string(), e.policy, e.affected, s.setting, s.estimate.clone()))
        })
        .collect();
    out.sort_by(|a, b| (&a.0, a.1, a.3).cmp(&(&b.0, b.1, b.3)));
    out
}

#[test]
fn a_wave_with_a_paper_of_its_own_has_the_same_effects() {
    let (_, one) = City::new("").run();
    let (_, other) = City::renamed().run();
    // Which marks are the first ones is a matter of the paper.
    let but_first = |outcome: &HeldOutcome| {
        of_later_wave(outcome).into_iter().filter(|e| (e.1, e.3) != ("over_max", "first")).collect::<Vec<_>>()
    };
    assert_eq!(but_first(&one), but_first(&other));
    let policies: std::collections::BTreeSet<&str> = but_first(&other).iter().map(|e| e.1).collect();
    assert!(
        policies.contains("over_max")
            && policies.contains("dont_know")
            && policies.contains("not_asked_but_answered"),
        "{policies:?}"
    );
    let named: Vec<&str> = other
        .quality
        .effects
        .iter()
        .filter(|e| e.wave.short() == "R7" && e.policy == "over_max")
        .filter_map(|e| e.question.as_deref())
        .collect();
    assert!(!named.is_empty() && named.iter().all(|q| *q == "問9"), "the paper's own number: {named:?}");
    for (policy, setting) in [
        ("over_max", "first"),
        ("over_max", "keep"),
        ("exclusive_with_others", "drop-others"),
        ("not_asked_but_answered", "keep"),
    ] {
        let city = City::renamed();
        let from = "max_marks = 2\n";
        assert_eq!(RENAMED.matches(from).count(), 1);
        city.write(
            "pipelines/p/b.toml",
            RENAMED.replace(from, &format!("max_marks = 2\npolicy = {{ {policy} = \"{setting}\" }}\n")),
        );
        let (_, whole_run) = city.run();
        let told: Vec<Told> =
            of_later_wave(&other).into_iter().filter(|e| (e.1, e.3) == (policy, setting)).collect();
        assert!(!told.is_empty(), "{policy} {setting}");
        for (key, _, _, _, estimate) in told {
            assert_eq!(estimate.unwrap(), whole(&whole_run, &key).estimate, "{key} {policy} {setting}");
        }
    }
}
