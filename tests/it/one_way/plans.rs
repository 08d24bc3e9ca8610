//! The model plans: their surveys have two files a wave, returns on paper and on the web, corrections, a
//! second wave with a paper of its own, strata and raked weights. What of that no flag says is done first:
//! each wave's answers are decoded and written down as codes, one row a return, and flags ask that file.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::compare::{Asked, Compared, Flags, compare};
use crate::support::project::Project;
use shihyo::decode::{Answers, Base, DecodeOptions, Responses, decode};
use shihyo::edits::{clean, read_log};
use shihyo::pipeline::adhoc::Request;
use shihyo::pipeline::{self, Definition, Fit, HeldOutcome, Plan, StatisticDefinition, Survey, Wave};
use shihyo::progress::Silent;
use shihyo::questionnaire::{Question, QuestionKind};
use shihyo::raw::{ReadOptions, Table, read};

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn table(file: &str, options: &ReadOptions) -> Table {
    read(&home().join(file), file, options).unwrap_or_else(|e| panic!("{e}"))
}

/// The answers to the wave's own paper, corrections applied.
fn answers(survey: &Survey, wave: &Wave) -> Answers {
    let options = ReadOptions { header_rows: wave.header_rows, ..ReadOptions::default() };
    let tables: Vec<Table> = wave.responses.iter().map(|file| table(file, &options)).collect();
    let paper = survey.paper(wave).questionnaire;
    let respondent = wave.respondent.as_deref();
    let logs: Vec<_> = wave
        .cleaning_logs
        .iter()
        .map(|file| read_log(&table(file, &ReadOptions::default()), respondent).unwrap())
        .collect();
    let cleaned = clean(paper, &tables, respondent, &logs, wave.old_values).unwrap();
    let options = DecodeOptions {
        respondent: wave.respondent.clone(),
        duplicates: wave.duplicates,
        removed: cleaned.removed,
        ..DecodeOptions::default()
    };
    decode(paper, &cleaned.tables, &options).unwrap_or_else(|e| panic!("{e}"))
}

/// The cell of an answer: the numbers of its options, blank where there is none.
fn cell(responses: &Responses, row: usize) -> String {
    match responses {
        Responses::Single(all) => all[row].map_or(String::new(), |k| (k + 1).to_string()),
        Responses::Multiple(all) => all[row].map_or(String::new(), |marks| {
            let marked = (0..128_u16).filter(|k| marks >> k & 1 == 1).map(|k| (k + 1).to_string());
            let marked: Vec<String> = marked.collect();
            // Nothing marked is an answer where the file says so.
            if marked.is_empty() { "0".to_owned() } else { format!("\"{}\"", marked.join(",")) }
        }),
        Responses::Number(_) | Responses::Text(_) => String::new(),
    }
}

fn is_coded(question: &Question) -> bool {
    matches!(question.kind, QuestionKind::Single(_) | QuestionKind::Multiple { .. })
}

/// The number of people in each combination of the values of `by`, by the table's own words.
fn people(population: &Table, by: &[String]) -> BTreeMap<Vec<String>, u64> {
    let column = |name: &str| population.column(name).unwrap();
    let mut out = BTreeMap::new();
    for row in 0..population.row_count() {
        let key = by.iter().map(|name| column(name).cell(row).text().trim().to_owned()).collect();
        *out.entry(key).or_default() += column("人口").cell(row).text().trim().parse::<u64>().unwrap();
    }
    out
}

/// The wave's questions that are of the survey's numbers: there, here.
const RENUMBERED: [(&str, &str); 4] = [("問10", "問9"), ("問11", "問10"), ("問12", "問11"), ("問13", "問12")];

/// A wave asked by flags; `None` when the plan has no numbers of it.
fn wave(plan: &Plan, outcome: &HeldOutcome, survey: &Survey, wave: &Wave) -> Compared {
    let paper = survey.paper(wave).questionnaire;
    let here = |id: &str| match RENUMBERED.iter().find(|(there, _)| *there == id) {
        Some((_, here)) if wave.paper.is_some() => (*here).to_owned(),
        _ => id.to_owned(),
    };
    let answers = answers(survey, wave);
    let population = wave.design.population.as_ref().map(|f| table(f, &ReadOptions::default()));
    let asked: Vec<usize> = (0..paper.questions.len()).filter(|q| is_coded(&paper.questions[*q])).collect();
    let label = |id: &str, row: usize| match paper.question(id) {
        Some((at, question)) => match &answers.responses[at] {
            Responses::Single(all) => {
                all[row].ok().map(|k| question.categories()[usize::from(k)].label.clone())
            }
            _ => None,
        },
        None => None,
    };
    let mut csv: Vec<String> = asked.iter().map(|q| paper.questions[*q].id.clone()).collect();
    csv.push("人口".to_owned());
    let mut csv = csv.join(",") + "\n";
    let strata = &wave.design.strata;
    let sizes = population.as_ref().map(|table| people(table, strata)).unwrap_or_default();
    for row in 0..answers.rows {
        let cells: Vec<String> = asked.iter().map(|q| cell(&answers.responses[*q], row)).collect();
        let stratum: Vec<String> = strata.iter().filter_map(|id| label(id, row)).collect();
        let size = sizes.get(&stratum).map(u64::to_string).unwrap_or_default();
        writeln!(csv, "{},{size}", cells.join(",")).unwrap();
    }
    let project = Project::new(&[("a.csv", &csv)]);

    let number = |id: &str, label: &str| {
        let (_, question) = paper.question(id).unwrap();
        question.category(label).map_or(String::new(), |k| (k + 1).to_string())
    };
    let margins: Vec<String> = match &wave.design.fit {
        Some(Fit::Rake(names)) => names.clone(),
        None => Vec::new(),
        Some(other) => panic!("{other:?}"),
    };
    let rake = margins.iter().map(|name| {
        let mut text = format!("{name},人口\n");
        // In the order of the plan's table.
        let table = population.as_ref().unwrap();
        let mut words: Vec<String> = Vec::new();
        for row in 0..table.row_count() {
            let word = table.column(name).unwrap().cell(row).text().trim().to_owned();
            if !words.contains(&word) {
                words.push(word);
            }
        }
        let sums = people(table, std::slice::from_ref(name));
        words.into_iter().for_each(|word| {
            writeln!(text, "{},{}", number(name, &word), sums[&vec![word.clone()]]).unwrap()
        });
        let file = format!("{name}.csv");
        project.write(&file, text);
        project.path(&file)
    });
    let shares = plan.indicators.iter().flat_map(|i| i.measures.iter().map(move |m| (i, m)));
    let asked: Vec<Asked> = shares
        .filter_map(|(indicator, measure)| {
            let Some(Definition::Estimate(of)) = &measure.definition else { return None };
            let StatisticDefinition::Share { question, categories, base } = &of.statistic else {
                return None;
            };
            let here_only = plan.surveys[of.survey].key == survey.key && of.domain.is_none();
            here_only.then(|| {
                let question = &survey.questionnaire.questions[*question];
                let labels = categories.iter().map(|k| question.categories()[*k].label.clone());
                let id = here(&question.id);
                let words: Vec<String> = labels.map(|label| number(&id, &label)).collect();
                Asked::new(&indicator.id, format!("{id}={}", words.join("|")), *base)
            })
        })
        .collect();
    assert!(asked.iter().all(|a| a.base == Base::All && !a.share.contains("||")), "{asked:?}");
    let named = |variable: &str, value: &str| {
        let (_, question) = paper.question(variable).unwrap();
        let at = value.parse::<usize>().unwrap() - 1;
        (variable.to_owned(), question.categories()[at].label.clone())
    };
    let flags = Flags {
        wave: (&survey.key, &wave.year.short()),
        request: Request {
            files: vec![project.path("a.csv")],
            by: plan.breakdowns.iter().map(|names| names.join(",")).collect(),
            strata: (!strata.is_empty()).then(|| strata.join(",")),
            fpc: population.is_some().then(|| "人口".to_owned()),
            rake: rake.collect(),
            ..Request::default()
        },
        asked,
        named: &named,
    };
    compare(&format!("{} {} {}", plan.name, survey.key, wave.year.short()), plan, outcome, &flags)
}

#[test]
fn the_model_plans_are_one_way() {
    let (mut all, mut waves) = (Compared::default(), 0);
    for name in ["nishitokyo", "nishitokyo-trial"] {
        let project = pipeline::Project::of(&home().join("pipelines").join(name)).unwrap();
        let plan = pipeline::load(&project).unwrap();
        let outcome = pipeline::compute(&project, &plan, None, &Silent).unwrap();
        for survey in &plan.surveys {
            for of in &survey.waves {
                all += wave(&plan, &outcome, survey, of);
                waves += 1;
            }
        }
    }
    println!("{all:?}");
    // Every number of both plans: no share of theirs is left out.
    assert_eq!(waves, 6);
    assert!(all.numbers > 500 && all.intervals > 9 * all.numbers / 10, "{all:?}");
}
