//! One survey in every layout and every container: a plan run on any of the files gives the same
//! `estimates.csv`, byte by byte, and the same ledgers.

use std::path::Path;

use crate::support::forms;
use crate::support::forms::{Container, Layout, containers, layouts, people};
use crate::support::project::{Project, head, indicator};
use shihyo::pipeline::compute;
use shihyo::progress::Silent;
use shihyo::report::{ReportInput, render};

fn plan(file: &str, layout: &Layout) -> String {
    let respondent =
        if layout.name.starts_with("web form") { "タイムスタンプ" } else { "整理番号" };
    let mut text = head("[[\"性別\"], [\"性別\", \"問1\"]]");
    text += &format!(
        "[survey.citizen]\ntitle = \"市民アンケート\"\nsample = \"random\"\n\
         questionnaire = \"questionnaire.toml\"\n\
         [survey.citizen.wave.R4]\nresponses = [\"{file}\"]\nrespondent = \"{respondent}\"\n\
         duplicates = \"fail\"\nheader_rows = {}\n",
        layout.depth
    );
    let shares = [
        ("intent", "問1", "\"積極的に参加したい\", \"できれば参加したい\"", "\"all\""),
        ("intent-known", "問1", "\"積極的に参加したい\"", "\"answered\", dont_know = \"missing\""),
        ("trouble", "問2", "\"買い物、掃除など\", \"送迎, 付き添い\"", "\"all\""),
        ("no-trouble", "問2", "\"特になし\"", "\"answered\""),
        ("wish", "問3", "\"移動の手段\"", "\"answered\""),
        ("wish-all", "問3", "\"見守り\", \"配食\"", "\"all\""),
        ("known-1", "問4s1", "\"知っている\"", "\"answered\""),
        ("known-2", "問4s2", "\"知っている\", \"名前は知っている\"", "\"all\""),
        ("weekend", "問5", "\"土曜・日曜\"", "\"asked\""),
        ("weekday", "問5", "\"平日\"", "\"answered\""),
    ];
    for (id, question, of, base) in shares {
        text += &indicator(id, id, "citizen", question, of, base);
    }
    text
}

/// With `SHIHYO_KEEP`, all files stay there, to be opened with other programs.
fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("SHIHYO_KEEP") {
        std::fs::write(Path::new(&folder).join(name), bytes).unwrap();
    }
}

/// What a run says: its estimates, and who was in which base.
#[derive(PartialEq)]
struct Said {
    estimates: String,
    ledgers: String,
}

fn run(project: &Project, layout: &Layout, container: &Container) -> Option<Result<Said, String>> {
    let name = format!("answers.{}", container.ending);
    let bytes = (container.write)(&layout.sheet(&people()))?;
    keep(&format!("{} in {}.{}", layout.name.replace('/', "-"), container.name, container.ending), &bytes);
    project.write(&name, bytes);
    project.write("plan.toml", plan(&name, layout));
    project.write("questionnaire.toml", forms::QUESTIONNAIRE);
    let said = project.load().and_then(|plan| {
        let outcome = compute(&project.opened(), &plan, None, &Silent)?;
        let files = render(&ReportInput {
            table: &outcome.table,
            estimates: &outcome.estimates,
            quality: &outcome.quality,
        })?;
        let estimates =
            files.into_iter().find(|(name, _)| name == "estimates.csv").map(|(_, bytes)| bytes).unwrap();
        let ledgers =
            outcome.quality.ledgers.iter().map(|l| format!("{} {:?}\n", l.question, l.ledger)).collect();
        Ok(Said { estimates: String::from_utf8(estimates).unwrap(), ledgers })
    });
    Some(said.map_err(|e| e.to_string()))
}

#[test]
fn every_layout_in_every_container_gives_the_same_estimates() {
    let project = Project::new(&[]);
    let mut first: Option<Said> = None;
    let (mut same, mut wrong) = (0, Vec::new());
    for layout in layouts() {
        for container in containers() {
            let Some(said) = run(&project, &layout, &container) else { continue };
            let at = format!("{} in {}", layout.name, container.name);
            match (said, &first) {
                (Err(error), _) => wrong.push(format!("{at}: {error}")),
                (Ok(said), None) => first = Some(said),
                (Ok(said), Some(expected)) if said == *expected => same += 1,
                (Ok(said), Some(expected)) => {
                    let pair = |a: &str, b: &str| {
                        a.lines().zip(b.lines()).find(|(a, b)| a != b).map(|(a, b)| format!("\n  {a}\n  {b}"))
                    };
                    let difference = pair(&expected.ledgers, &said.ledgers)
                        .or_else(|| pair(&expected.estimates, &said.estimates));
                    wrong.push(format!("{at}: {}", difference.unwrap_or_default()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), wrong.len() + same + 1, wrong.join("\n"));
    // Parquet, the system files of SPSS (three kinds), of Stata and of SAS (two) have one header row.
    let expected =
        layouts().len() * containers().len() - 7 * layouts().iter().filter(|l| l.depth > 1).count();
    assert_eq!(same + 1, expected, "every pair but those was run");
    let first = first.unwrap();
    assert!(first.estimates.lines().count() > 60, "the breakdowns are there");
    assert!(
        first.ledgers.contains("invalid: 1")
            || first.ledgers.lines().any(|l| l.starts_with("問3") && !l.contains("invalid: 0,")),
        "{}",
        first.ledgers
    );
}
