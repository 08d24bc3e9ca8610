//! A wave with a paper of its own: the same answers give the same numbers, whatever the paper calls the
//! questions, and what differs between two papers reaches the people who read the table.

mod rules;

use std::collections::BTreeMap;

use crate::support::two_waves::{self, City, MAP, REFERENCE, RENAMED};
use shihyo::code::{Code, Severity};
use shihyo::estimate::NotEstimable;
use shihyo::finding::Finding;
use shihyo::indicator::{CellContent, Flag, Measure, Observation, ProgressState, Undefined};
use shihyo::pipeline::RunOutcome;
use shihyo::report::{self, ReportInput};
use shihyo::waves::Comparability;
use shihyo::waves::Comparability::{Caution, NotComparable, Same};

use rules::{INTENT, rule};

fn files(outcome: &RunOutcome) -> BTreeMap<String, Vec<u8>> {
    let input =
        ReportInput { table: &outcome.table, estimates: &outcome.estimates, quality: &outcome.quality };
    report::render(&input).unwrap().into_iter().collect()
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

fn measure<'a>(outcome: &'a RunOutcome, id: &str) -> &'a Measure {
    &outcome.table.rows.iter().find(|r| r.id == id).unwrap().measures[0]
}

/// The observation of R7.
fn observed<'a>(outcome: &'a RunOutcome, id: &str) -> &'a Observation {
    let cell = measure(outcome, id).cells.iter().find(|c| c.year.short() == "R7").unwrap();
    match &cell.content {
        CellContent::Value(observation) => observation,
        other => panic!("{id}: {other:?}"),
    }
}

fn level(outcome: &RunOutcome, id: &str) -> Comparability {
    observed(outcome, id).trend.as_ref().map_or(Comparability::Same, |t| t.level)
}

/// The findings about other waves, of question `question` on the later paper.
fn told<'a>(outcome: &'a RunOutcome, question: &str) -> Vec<&'a Finding> {
    let about =
        [Code::PlanReusedNumber, Code::PlanNotComparable, Code::PlanCompareWithCare, Code::PlanNotOnPaper];
    outcome
        .quality
        .findings
        .iter()
        .filter(|f| about.contains(&f.code) && f.place.question.as_deref() == Some(question))
        .collect()
}

/// The second wave's paper is the reference with this change; its file stays as it is.
fn changed(from: &str, to: &str, map: &str) -> City {
    assert!(REFERENCE.contains(from), "{from}");
    let city = City::new(&format!("questionnaire = \"b.toml\"\n{map}"));
    city.write("pipelines/p/b.toml", REFERENCE.replacen(from, to, 1));
    city
}

#[test]
fn another_paper_gives_the_same_numbers_bit_for_bit() {
    let (_, one) = City::new("").run();
    let (_, other) = City::renamed().run();
    assert_eq!(one.estimates.len(), other.estimates.len());
    assert!(one.estimates.len() >= 18, "three shares, two waves, all and two parts");
    for (a, b) in one.estimates.iter().zip(&other.estimates) {
        assert_eq!((&a.key, &a.variable, &a.values), (&b.key, &b.variable, &b.values));
        assert_eq!(a.estimate, b.estimate, "{}", a.key);
        assert_eq!(
            a.estimate.value.as_ref().map(|v| v.to_bits()),
            b.estimate.value.as_ref().map(|v| v.to_bits())
        );
        assert_eq!((a.n_total, a.n_w_total.to_bits()), (b.n_total, b.n_w_total.to_bits()));
        assert!(
            a.estimate.value.as_ref().is_ok_and(|v| *v > 0.05),
            "{}: an empty share would prove nothing",
            a.key
        );
    }
    for id in ["intent", "against", "activity"] {
        assert_eq!(measure(&one, id).status, measure(&other, id).status, "{id}: judged alike, with a note");
    }
}

#[test]
fn the_ledger_and_the_findings_keep_the_numbers_of_the_paper() {
    let (_, one) = City::new("").run();
    let (_, other) = City::renamed().run();
    let ledgers = |outcome: &RunOutcome| -> BTreeMap<String, shihyo::decode::BaseLedger> {
        outcome
            .quality
            .ledgers
            .iter()
            .filter(|l| l.wave.short() == "R7")
            .map(|l| (l.question.clone(), l.ledger))
            .collect()
    };
    let (a, b) = (ledgers(&one), ledgers(&other));
    for (reference, own) in [("性別", "F1"), ("問1", "問8"), ("問2", "問9"), ("問3", "問5"), ("問4", "問1")]
    {
        assert_eq!(a[reference], b[own], "{reference}");
    }
    assert!(
        b["問5"].dont_know > 0 && b["問5"].no_answer > 0 && b["問5"].invalid > 0 && b["問9"].not_asked > 0,
        "every reason occurs"
    );
    let of_r7 = |outcome: &RunOutcome, question: &str| -> u64 {
        let here = |f: &&Finding| {
            f.place.file.as_deref() == Some("raw/r7.csv") && f.place.question.as_deref() == Some(question)
        };
        outcome.quality.findings.iter().filter(here).map(|f| f.count).sum()
    };
    assert_eq!(of_r7(&one, "問3"), of_r7(&other, "問5"));
    assert!(of_r7(&other, "問5") > 0 && of_r7(&other, "問3") == 0);
    let column = other
        .quality
        .findings
        .iter()
        .find(|f| f.code == Code::AnswersOutOfList && f.place.question.as_deref() == Some("問5"))
        .unwrap();
    assert_eq!(column.place.column.as_deref(), Some("問5"));
}

#[test]
fn one_paper_for_all_waves_says_nothing_of_waves() {
    let (_, plain) = City::new("").run();
    let (_, same) = {
        let city = City::new("questionnaire = \"b.toml\"\n");
        city.write("pipelines/p/b.toml", REFERENCE);
        city.run()
    };
    assert_eq!(files(&plain), files(&same), "a copy of the paper is the same paper");
    assert!(
        plain
            .quality
            .findings
            .iter()
            .all(|f| ![Code::PlanCompareWithCare, Code::PlanNotComparable].contains(&f.code))
    );
    let page = text(&files(&plain), "progress-table.html");
    assert!(!page.contains('‡') && !page.contains("比較に注意"));
}

#[test]
fn a_reworded_question_is_compared_with_care_and_the_note_stands_beside_it() {
    let (_, outcome) = City::renamed().run();
    assert_eq!(level(&outcome, "intent"), Comparability::Caution);
    let note = &observed(&outcome, "intent").trend.as_ref().unwrap().note;
    for words in [
        "問5（令和4年度は問3）",
        "「今後、地域の活動に参加したいとお考えですか。」 → 「今後、地域の活動に参加したいと思いますか。」",
        "「積極的に参加したい」が「ぜひ参加したい」に変わった",
        "「参加したくない」が「まったく参加したくない」「あまり参加したくない」に分かれた",
        "並び順が変わった",
    ] {
        assert!(note.ja.contains(words), "{words}: {}", note.ja);
    }
    assert!(
        note.en.contains("\"今後、地域の活動に参加したいとお考えですか。\" → ")
            && note.en.contains("with care"),
        "{}",
        note.en
    );
    let files = files(&outcome);
    let page = text(&files, "progress-table.html");
    assert!(
        page.contains("%※1") && page.contains(&format!("※1 {}", note.ja)),
        "the value's mark leads to its note"
    );
    assert!(page.contains("（※1 比較注意）"), "the state carries it too");
    let csv = text(&files, "indicators.csv");
    let line = csv.lines().find(|l| l.starts_with("intent") && l.contains(",R7,")).unwrap();
    assert!(line.contains("※比較注意,d,survey"), "{line}");
    assert!(
        text(&files, "estimates.csv")
            .lines()
            .any(|l| l.starts_with("c/R7/intent,") && l.contains("definition-differs"))
    );
    assert!(
        !text(&files, "estimates.csv")
            .lines()
            .any(|l| l.starts_with("c/R4/") && l.contains("definition-differs"))
    );
    let json: serde_json::Value = serde_json::from_slice(&files["indicators.json"]).unwrap();
    let cell = json["indicators"][0]["measures"][0]["cells"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["fiscal_year"] == "R7")
        .unwrap();
    assert_eq!(
        (&cell["comparability"]["level"], &cell["comparability"]["with"]),
        (&"caution".into(), &"R4".into())
    );
    assert_eq!(cell["comparability"]["note"]["ja"], note.ja.as_str());
    let warned = told(&outcome, "問5");
    assert_eq!(warned.len(), 1);
    assert_eq!((warned[0].code, warned[0].severity), (Code::PlanCompareWithCare, Severity::Warning));
    assert!(warned[0].place.file.as_deref().is_some_and(|f| f.ends_with("b.toml")));
}

#[test]
fn a_reused_number_is_not_compared_and_not_judged() {
    let city =
        changed("今後、地域の活動に参加したいとお考えですか。", "災害のとき、一人で避難できますか。", "");
    let (_, outcome) = city.run();
    assert_eq!(level(&outcome, "intent"), Comparability::NotComparable);
    let status = &measure(&outcome, "intent").status;
    assert_eq!(
        (status.state, status.progress, status.change, status.evidence),
        (ProgressState::NotComparable, Err(Undefined::NotComparable), None, None)
    );
    assert!(status.baseline.is_some() && status.latest.is_some(), "both values are still shown");
    let found = told(&outcome, "問3");
    assert_eq!(
        (found.len(), found[0].code, found[0].severity),
        (1, Code::PlanReusedNumber, Severity::Warning)
    );
    assert!(
        found[0].message.ja.contains("番号は同じだが別の質問とみられる（文の一致 ")
            && found[0].message.ja.contains("not_asked"),
        "{}",
        found[0].message.ja
    );
    let files = files(&outcome);
    let page = text(&files, "progress-table.html");
    assert!(
        page.contains("%‡1") && page.contains("‡ 比較不可") && page.contains("―（比較不可のため計算しない）")
    );
    let csv = text(&files, "indicators.csv");
    let line = csv.lines().find(|l| l.starts_with("intent") && l.contains(",R7,")).unwrap();
    assert!(line.contains("‡比較不可,b,survey") && line.contains(",not_comparable,"), "{line}");
    assert!(
        text(&files, "estimates.csv")
            .lines()
            .any(|l| l.starts_with("c/R7/intent,") && l.contains("not-comparable"))
    );
}

#[test]
fn a_question_that_moved_is_found_by_its_words() {
    // 問3 was given to a new question; the old one is 問6 now, and the plan forgot to say so.
    let moved = "[[question]]\nid = \"問6\"\ntext = \"今後、地域の活動に参加したいと思いますか。\"\ntype = \
                 \"single\"\noptions = [\"積極的に参加したい\", \"できるだけ参加したい\", \"参加したくない\
                 \", { label = \"わからない\", dont_know = true }]\ncolumns = [\"問3\"]\n\n[[question]]\n\
                 id = \"問4\"";
    let city = changed("[[question]]\nid = \"問4\"", moved, "");
    let paper = REFERENCE.replacen("[[question]]\nid = \"問4\"", moved, 1).replacen(
        "今後、地域の活動に参加したいとお考えですか。",
        "災害のとき、一人で避難できますか。",
        1,
    );
    city.write("pipelines/p/b.toml", &paper);
    let (_, outcome) = city.run();
    let found = told(&outcome, "問3");
    assert!(
        found[0]
            .message
            .ja
            .contains("「問6」の文がよく似ている（同じ設問なら、map に \"問3\" = \"問6\" と書く）"),
        "{}",
        found[0].message.ja
    );
    // Said so, it is compared.
    city.plan("questionnaire = \"b.toml\"\n[survey.c.wave.R7.map]\n\"問3\" = \"問6\"\n");
    assert_eq!(level(&city.run().1, "intent"), Comparability::Caution);
}

#[test]
fn the_sample_and_the_mode_ask_for_care_of_every_value() {
    let city = City::new("sample = \"open\"\nmode = \"ウェブ\"\n");
    city.change(
        "pipelines/p/plan.toml",
        "responses = [\"raw/r4.csv\"]",
        "responses = [\"raw/r4.csv\"]\nmode = \"郵送\"",
    );
    let (_, outcome) = city.run();
    for id in ["intent", "against", "activity"] {
        assert_eq!(level(&outcome, id), Caution, "{id}");
        let note = &observed(&outcome, id).trend.as_ref().unwrap().note.ja;
        assert!(
            note.contains("抽出方法が変わった（無作為抽出 → 応募型）")
                && note.contains("調査方法が変わった（郵送 → ウェブ）"),
            "{note}"
        );
    }
    let told: Vec<&Finding> =
        outcome.quality.findings.iter().filter(|f| f.code == Code::PlanSampleDiffers).collect();
    assert_eq!(told.len(), 2, "once for the survey, not for every question");
    let mut later =
        outcome.estimates.iter().filter(|r| r.key.wave().is_some_and(|w| w.short() == "R7")).peekable();
    assert!(later.peek().is_some());
    for record in later {
        // Whatever the survey is: this wave chose itself.
        assert_eq!(record.estimate.interval, Err(NotEstimable::NotARandomSample), "{}", record.key);
    }
    assert!(
        outcome
            .estimates
            .iter()
            .filter(|r| r.key.wave().is_some_and(|w| w.short() == "R4"))
            .all(|r| r.estimate.interval.is_ok())
    );
}

#[test]
fn other_weights_ask_for_care_of_every_value() {
    const RAKED: &str =
        "population = \"raw/people.csv\"\nweights = { rake = [\"性別\"] }\nstrata = [\"性別\"]\n";
    let run = |first: &str| {
        let city = City::new("");
        city.write(
            "raw/people.csv",
            "性別,問1,人口\n男性,はい,18000\n男性,いいえ,30000\n女性,はい,20000\n女性,いいえ,32000\n",
        );
        assert_eq!(city.text("pipelines/p/plan.toml").matches(RAKED).count(), 2);
        city.change("pipelines/p/plan.toml", RAKED, first);
        city.run().1
    };
    let changed = |outcome: &RunOutcome| {
        outcome.quality.findings.iter().filter(|f| f.code == Code::PlanWeightingDiffers).count()
    };
    let people = "population = \"raw/people.csv\"\n";
    for (first, words) in [
        (String::new(), "ウエイトなし"),
        (people.to_owned(), "ウエイトなし"),
        ("weights = { column = \"番号\" }\n".to_owned(), "ウエイトの列"),
        (format!("{people}strata = [\"性別\"]\n"), "層（性別）ごとの人口"),
        (format!("{people}weights = {{ rake = [\"性別\"] }}\n"), "性別のレイキング"),
        (
            RAKED.replace("rake = [\"性別\"]", "rake = [\"問1\", \"性別\"]"),
            "層（性別）ごとの人口と性別・問1のレイキング",
        ),
        (
            RAKED.replace("rake = [\"性別\"]", "post_stratify = [\"性別\", \"問1\"]"),
            "層（性別）ごとの人口と性別 × 問1の事後層化",
        ),
    ] {
        let outcome = run(&first);
        for id in ["intent", "against", "activity"] {
            assert_eq!(level(&outcome, id), Caution, "{first} {id}");
            let note = &observed(&outcome, id).trend.as_ref().unwrap().note.ja;
            assert!(
                note.contains(&format!(
                    "ウエイトの付け方が変わった（{words} → 層（性別）ごとの人口と性別のレイキング）"
                )),
                "{note}"
            );
            assert_ne!(
                measure(&outcome, id).status.state,
                ProgressState::NotComparable,
                "judged, with a note"
            );
        }
        assert_eq!(changed(&outcome), 1, "once for the survey, not for every question");
    }
    // One question fitted by itself or crossed with none is the same.
    for same in [RAKED.to_owned(), RAKED.replace("rake", "post_stratify")] {
        let outcome = run(&same);
        assert_eq!((level(&outcome, "intent"), changed(&outcome)), (Same, 0), "{same}");
    }
}

#[test]
fn the_plan_has_the_last_word_and_its_reason_is_printed() {
    let other = "災害のとき、一人で避難できますか。";
    let map =
        "[survey.c.wave.R7.map]\n\"問3\" = { comparable = \"調査票の誤植で、聞き取りは同じ文で行った\" }\n";
    rule(
        "今後、地域の活動に参加したいとお考えですか。",
        other,
        map,
        "intent",
        Caution,
        "計画では比較できるものとしている（理由：調査票の誤植で、聞き取りは同じ文で行った）",
    );
    let map = "[survey.c.wave.R7.map]\n\"問3\" = { not_comparable = \"説明文を付けて聞いた\" }\n";
    let city = City::new(map);
    let (_, outcome) = city.run();
    assert_eq!(level(&outcome, "intent"), NotComparable);
    assert!(
        observed(&outcome, "intent")
            .trend
            .as_ref()
            .unwrap()
            .note
            .ja
            .contains("計画による。理由：説明文を付けて聞いた")
    );
    let found = told(&outcome, "問3");
    assert_eq!(
        (found.len(), found[0].severity),
        (1, Severity::Note),
        "a person has decided: nothing to look at"
    );
}

#[test]
fn a_question_that_was_not_asked_has_no_value() {
    let city = City::new(MAP);
    city.write("pipelines/p/b.toml", RENAMED);
    city.write("raw/r7.csv", two_waves::renamed(400, 7));
    city.plan(&MAP.replace("\"問2\" = \"問9\"", "\"問2\" = { not_asked = true }"));
    let (_, outcome) = city.run();
    assert!(outcome.estimates.iter().all(|r| !r.key.to_string().starts_with("c/R7/activity")));
    let cell = measure(&outcome, "activity").cells.iter().find(|c| c.year.short() == "R7").unwrap();
    assert_eq!(cell.content, CellContent::NotSurveyed);
    assert_eq!(measure(&outcome, "activity").status.state, ProgressState::BaselineOnly);
}

#[test]
fn a_share_without_any_of_its_options_is_not_zero() {
    let others = "options = [{ code = \"1\", label = \"はい\" }, { code = \"2\", label = \"いいえ\" }, \"参\
                  加したくない\", { label = \"わからない\", dont_know = true }]";
    let (_, outcome) = changed(INTENT, others, "").run();
    let cell = measure(&outcome, "intent").cells.iter().find(|c| c.year.short() == "R7").unwrap();
    assert_eq!(cell.content, CellContent::NotAvailable, "never 0 %");
    assert!(outcome.estimates.iter().all(|r| !r.key.to_string().starts_with("c/R7/intent")));
    assert_eq!(told(&outcome, "問3")[0].code, Code::PlanNotComparable);
}

#[test]
fn explain_and_compare_tell_it() {
    let city = City::renamed();
    let (plan, outcome) = city.run();
    let sections = shihyo::pipeline::explain(&plan, &outcome, "c/R7/intent").unwrap();
    let section = sections.iter().find(|s| s.title.ja == "調査回のちがい").expect("a section");
    let lines: Vec<&str> = section.lines.iter().map(|l| l.ja.as_str()).collect();
    assert!(lines[0].contains("この回の調査票では 問5"), "{lines:?}");
    assert!(
        lines.iter().any(|l| l.contains("「ぜひ参加したい」は「積極的に参加したい」に数える")),
        "{lines:?}"
    );
    assert!(lines.last().unwrap().contains("比較には注意を要する"), "{lines:?}");
    let first = shihyo::pipeline::explain(&plan, &outcome, "c/R4/intent").unwrap();
    assert!(first.iter().all(|s| s.title.ja != "調査回のちがい"));
    let what = shihyo::pipeline::CompareRequest {
        indicator: "intent".into(),
        by: vec!["性別".into()],
        wave: None,
        adjust: shihyo::estimate::p_adjust::Adjustment::default(),
    };
    let breakdown = shihyo::pipeline::compare(&plan, &outcome, &what).unwrap();
    assert_eq!(breakdown.trend.as_ref().map(|t| t.level), Some(Caution));
    assert!(breakdown.rows().all(|row| row.flags.contains(&Flag::DefinitionDiffers)));
}

#[test]
fn a_question_that_is_not_on_the_paper_is_noted() {
    let city = City::renamed();
    city.plan(&MAP.replace("\"問4\" = \"問1\"\n", ""));
    let (_, outcome) = city.run();
    let found = told(&outcome, "問4");
    assert_eq!((found.len(), found[0].code, found[0].severity), (1, Code::PlanNotOnPaper, Severity::Note));
}

#[test]
fn each_wave_is_held_against_the_one_before_and_the_first() {
    let changed = "[survey.c.wave.R7.map]\n\"問3\" = { not_comparable = \"説明文を付けた\" }\n\n\
                   [survey.c.wave.R8]\nresponses = [\"raw/r4.csv\"]\nrespondent = \"番号\"\n\
                   [survey.c.wave.R8.map]\n\"問3\" = { not_comparable = \"説明文を付けた\" }\n";
    let (_, outcome) = City::new(changed).run();
    let messages: Vec<&str> = told(&outcome, "問3").iter().map(|f| f.message.ja.as_str()).collect();
    // Both stand apart from R4, not from each other.
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(
        messages[0].starts_with("令和7年度「市民アンケート」問3：令和4年度とは比較できない"),
        "{messages:?}"
    );
    assert!(
        messages[1].starts_with("令和8年度「市民アンケート」問3：令和4年度とは比較できない"),
        "{messages:?}"
    );
    let levels: Vec<Option<Comparability>> = measure(&outcome, "intent")
        .cells
        .iter()
        .filter_map(|c| match &c.content {
            CellContent::Value(o) => Some(o.trend.as_ref().map(|t| t.level)),
            _ => None,
        })
        .collect();
    assert_eq!(levels, [None, Some(NotComparable), Some(NotComparable)]);
    assert_eq!(measure(&outcome, "intent").status.state, ProgressState::NotComparable);
    assert!(measure(&outcome, "activity").status.latest.is_some_and(|p| p.year.short() == "R8"));
    assert_ne!(
        measure(&outcome, "activity").status.state,
        ProgressState::NotComparable,
        "only that question"
    );
}

#[test]
fn a_filter_that_names_an_option_which_is_several_is_the_filter_that_names_them() {
    use shihyo::questionnaire::{Questionnaire, read_questionnaire};
    use shihyo::waves::{AskedAs, Aspect, Counterpart, FoundBy, Mapping, Merged, Paper, compare_papers};
    let paper = |options: &str, of: &str| -> Questionnaire {
        let text = format!(
            "title = \"t\"\n[[question]]\nid = \"問1\"\ntype = \"single\"\noptions = [{options}]\n\
             [[question]]\nid = \"問2\"\ntype = \"text\"\nasked_if = {{ question = \"問1\", of = [{of}] \
             }}\n"
        );
        read_questionnaire(std::sync::Arc::new(shihyo::error::SourceText { file: "t.toml".into(), text }))
            .unwrap()
    };
    let reference = paper("\"よくする\", \"たまにする\", \"しない\"", "\"よくする\", \"たまにする\"");
    let own = paper("\"する\", \"しない\"", "\"する\"");
    let filters = |merged: Vec<Merged>| -> usize {
        let asked = |q: usize, merged| {
            Counterpart::Asked(AskedAs::new(
                &reference.questions[q],
                &own.questions[q],
                q,
                FoundBy::Number,
                &[],
                merged,
            ))
        };
        let mapping = Mapping { counterparts: vec![asked(0, merged), asked(1, Vec::new())] };
        let (first, second) = (
            Paper { questionnaire: &reference, mapping: None },
            Paper { questionnaire: &own, mapping: Some(&mapping) },
        );
        compare_papers(&reference, 1, first, second, None)
            .unwrap()
            .iter()
            .filter(|d| d.aspect == Aspect::Filter)
            .count()
    };
    assert_eq!(filters(vec![Merged { own: 0, of: vec![0, 1] }]), 0);
    assert_eq!(filters(Vec::new()), 1, "nobody said that する is the two");
}
