//! One survey in every layout and every container that offices have: a plan with the questionnaire, and flags
//! that name the columns and the words in them.

use std::collections::BTreeSet;

use super::compare::{Asked, Compared, Flags, compare};
use crate::support::forms::{self, Layout, Place, SINGLES, containers, layouts, people};
use crate::support::project::{Project, head, indicator};
use shihyo::decode::Base;
use shihyo::pipeline::adhoc::Request;
use shihyo::raw::ReadOptions;

/// Question, options that count, base, whether わからない is no answer.
const SHARES: [(&str, &[usize], Base, bool); 13] = [
    ("問1", &[0, 1], Base::All, false),
    ("問1", &[0], Base::Answered, true),
    ("問2", &[0, 2], Base::All, false),
    ("問2", &[3], Base::All, false),
    ("問2", &[5], Base::Answered, false),
    ("問3", &[4], Base::Answered, false),
    ("問3", &[0, 1], Base::All, false),
    ("問4s1", &[0], Base::Answered, false),
    ("問4s2", &[0, 1], Base::All, false),
    ("問4s2", &[2], Base::All, false),
    ("問5", &[1], Base::Asked, false),
    ("問5", &[0], Base::Answered, false),
    ("問5", &[2], Base::All, false),
];

fn id(at: usize) -> String {
    format!("share-{at}")
}

fn plan(file: &str, layout: &Layout) -> String {
    let by = match layout.place("性別") {
        Place::Cell(..) => "[[\"性別\"], [\"性別\", \"問1\"]]",
        Place::Ticks(..) | Place::Mentions => "[]",
    };
    let mut text = head(by);
    text += &format!(
        "[survey.s]\ntitle = \"市民アンケート\"\nsample = \"random\"\n\
         questionnaire = \"questionnaire.toml\"\n[survey.s.wave.R4]\n\
         responses = [\"{file}\"]\nheader_rows = {}\n",
        layout.depth
    );
    for (at, (question, chosen, base, dont_know)) in SHARES.iter().enumerate() {
        let options = options(question);
        let of = chosen.iter().map(|k| format!("\"{}\"", options[*k])).collect::<Vec<_>>().join(", ");
        let more = if *dont_know { ", dont_know = \"missing\"" } else { "" };
        let base = format!("\"{}\"{more}", base.name());
        text += &indicator(&id(at), "指標", "s", question, &of, &base);
    }
    text
}

fn options(question: &str) -> &'static [&'static str] {
    let mut all = SINGLES.iter().chain(&forms::MULTIPLES);
    all.find(|q| q.id == question).unwrap().options
}

/// The share as flags ask for it, where they can.
fn asked(layout: &Layout, at: usize) -> Option<Asked> {
    let (question, chosen, base, dont_know) = SHARES[at];
    let written = |column: &str, words: &[String], of: &[usize]| {
        let words: Vec<&str> = of.iter().map(|k| words[*k].as_str()).collect();
        format!("{column}={}", words.join("|"))
    };
    let mut asked = match layout.place(question) {
        Place::Cell(column, words) => Asked::new(id(at), written(&column, &words, chosen), base),
        // A column is about one option; where nothing stands for no mark, nobody knows who answered.
        Place::Ticks(columns, says_no) => match chosen {
            [k] if (says_no || base == Base::All) && !dont_know => {
                Asked::new(id(at), format!("{}={}", columns[*k].0, columns[*k].1), base)
            }
            _ => return None,
        },
        Place::Mentions => return None,
    };
    if question == "問5" {
        match layout.place("問1") {
            Place::Cell(column, words) => asked.asked_if.push(written(&column, &words, &[0, 1])),
            Place::Ticks(..) | Place::Mentions => return None,
        }
    }
    Some(asked)
}

#[test]
fn every_layout_is_one_way() {
    let project = Project::new(&[]);
    // Flags know neither how many marks are allowed nor which option stands alone.
    let questionnaire = forms::QUESTIONNAIRE.replace("max_marks = 3\n", "").replace(", exclusive = true", "");
    project.write("questionnaire.toml", questionnaire);
    let (layouts, containers) = (layouts(), containers());
    let mut used = BTreeSet::new();
    let mut all = Compared::default();
    for (at, layout) in layouts.iter().enumerate() {
        // Each layout in one of the containers, the next that can hold it.
        let in_turn = (0..containers.len()).map(|k| &containers[(at + k) % containers.len()]);
        let sheet = layout.sheet(&people());
        let (container, bytes) = in_turn.filter_map(|c| Some((c, (c.write)(&sheet)?))).next().unwrap();
        used.insert(container.name);
        let file = format!("answers.{}", container.ending);
        project.write(&file, bytes);
        project.write("plan.toml", plan(&file, layout));
        let (plan, outcome) = project.run();

        let column = |id: &str| match layout.place(id) {
            Place::Cell(column, words) => Some((column, words)),
            Place::Ticks(..) | Place::Mentions => None,
        };
        let by = [column("性別"), column("問1")];
        let named = |variable: &str, value: &str| {
            let which = by.iter().position(|c| c.as_ref().is_some_and(|(column, _)| column == variable));
            let which = which.unwrap();
            let words = &by[which].as_ref().unwrap().1;
            let option = words.iter().position(|word| word == value);
            let id = ["性別", "問1"][which];
            (id.to_owned(), option.map_or(value.to_owned(), |k| options(id)[k].to_owned()))
        };
        // わからない of 問1 is no answer for one share, and so for the survey.
        let mut missing = vec!["*=99".to_owned()];
        if let Some((column, words)) = &by[1] {
            missing.push(format!("{column}={}", words[3]));
        }
        let asked: Vec<Asked> = (0..SHARES.len()).filter_map(|at| asked(layout, at)).collect();
        let least = asked.len();
        let flags = Flags {
            wave: ("s", "R4"),
            request: Request {
                files: vec![project.path(&file)],
                read: ReadOptions { header_rows: Some(layout.depth), ..ReadOptions::default() },
                by: match &by {
                    [Some((sex, _)), Some((intent, _))] => vec![sex.clone(), format!("{sex},{intent}")],
                    _ => Vec::new(),
                },
                missing,
                ..Request::default()
            },
            asked,
            named: &named,
        };
        let compared = compare(&format!("{} in {}", layout.name, container.name), &plan, &outcome, &flags);
        // Flags alone cannot say a single answer that is a column of circles an option; all others they can.
        assert!(least >= 2 && compared.numbers >= least, "{}: {compared:?}", layout.name);
        all += compared;
    }
    assert_eq!(used.len(), containers.len(), "{used:?}");
    println!("{all:?}");
    assert!(all.numbers > 100 * layouts.len() && all.printed > 10 * layouts.len(), "{all:?}");
}
