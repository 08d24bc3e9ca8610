//! `shihyo explain`: the whole way of one number; what a code of a message means.

use std::path::{Path, PathBuf};

use shihyo::code::Code;
use shihyo::derived::cache::Keeping;
use shihyo::error::{Diagnostic, Error, Result};
use shihyo::pipeline::{self, HeldOutcome, Plan, Project, Section};
use shihyo::text::refusal::Refusal;
use shihyo::text::{Lang, Text, suggest};

use super::args::ExplainArgs;
use super::bars::Bars;
use super::ending::{Ending, print};
use super::message::Talk;
use super::run::earlier;

pub(crate) fn explain(args: &ExplainArgs, talk: &Talk) -> Result<Ending> {
    if let Ok(code) = args.key.parse() {
        return print(meaning(code, talk.lang));
    }
    // No number's key has this sign in it.
    if args.key.contains("::") {
        return Err(no_such_code(&args.key));
    }
    let bars = Bars::new(talk.lang, talk.bars);
    let plans = match &args.plan {
        Some(plan) => vec![plan.clone()],
        None => plans()?,
    };
    let mut found: Vec<(PathBuf, Vec<Section>)> = Vec::new();
    let (mut broken, mut missed) = (None, None);
    for folder in plans {
        match computed(&folder, args, &bars) {
            Ok((plan, outcome)) => match pipeline::explain(&plan, &outcome, &args.key) {
                Ok(sections) => found.push((folder, sections)),
                Err(error) => missed = Some(error),
            },
            // The key may still be another plan's.
            Err(error) => broken = broken.or(Some(error)),
        }
    }
    match (found.as_slice(), broken.or(missed)) {
        ([(_, sections)], _) => print(words(sections, talk)),
        ([], Some(error)) => Err(error),
        ([], None) => {
            Err(no_plan(Text::new("pipelines/ に計画がありません", "there is no plan in pipelines/")))
        }
        (several, _) => {
            let list: Vec<String> = several.iter().map(|(folder, _)| folder.display().to_string()).collect();
            Err(Diagnostic::new(
                Code::CliSeveralPlans,
                Text::new(
                    format!("「{}」は複数の計画にあります", args.key),
                    format!("\"{}\" is in several plans", args.key),
                ),
            )
            .help(Text::new(
                format!("--plan で1つ選んでください: {}", list.join("、")),
                format!("choose one with --plan: {}", list.join(", ")),
            ))
            .into())
        }
    }
}

fn no_such_code(word: &str) -> Error {
    let text = Text::new(
        format!("「{word}」というメッセージのコードはありません"),
        format!("there is no code of a message \"{word}\""),
    );
    let mistake = Diagnostic::new(Code::CliUnknownValue, text);
    match suggest::nearest(word, Code::ALL.iter().map(|code| code.as_str())) {
        Some(near) => mistake
            .help(Text::new(format!("「{near}」ではありませんか"), format!("did you mean \"{near}\"?")))
            .into(),
        None => mistake.into(),
    }
}

/// A code of a message in words.
fn meaning(code: Code, lang: Lang) -> String {
    let severity = code.severity().text();
    format!("{code}  {}: {}\n  {}\n", severity.get(lang), code.title(lang), code.meaning(lang))
}

fn computed(folder: &Path, args: &ExplainArgs, bars: &Bars) -> Result<(Plan, HeldOutcome)> {
    let project = Project::of(folder)?;
    let plan = pipeline::load(&project)?;
    let outcome =
        pipeline::compute(&project, &plan, earlier(&args.earlier, &project, Keeping::Look).as_ref(), bars)?;
    Ok((plan, outcome))
}

/// The folders in `pipelines/` that hold a plan, by name.
fn plans() -> Result<Vec<PathBuf>> {
    std::fs::read_dir("pipelines").map_err(|error| {
        no_plan(match Refusal::of(&error) {
            Refusal::NotFound => {
                Text::new("このフォルダーに pipelines/ がありません", "there is no pipelines/ in this folder")
            }
            reason => {
                let why = reason.text();
                Text::new(
                    format!("pipelines/ が読めません（{}）", why.ja),
                    format!("cannot read pipelines/ ({})", why.en),
                )
            }
        })
    })?;
    Ok(shihyo::raw::folders_with(Path::new("pipelines"), "plan.toml"))
}

fn no_plan(message: Text) -> Error {
    let help = Text::new(
        "--plan で計画のフォルダーを指定するか、プロジェクトのフォルダーで実行してください",
        "name the folder of a plan with --plan, or run in the project's folder",
    );
    Diagnostic::new(Code::CliNoPlan, message).help(help).into()
}

fn words(sections: &[Section], talk: &Talk) -> String {
    let mut out = String::new();
    for section in sections {
        out.push_str(&format!("■ {}\n", section.title.get(talk.lang)));
        for line in &section.lines {
            out.push_str(&format!("  {}\n", line.get(talk.lang)));
        }
    }
    out
}
