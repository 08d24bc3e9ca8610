//! `shihyo clean`: the workbook of what is to be looked at, and whether raw + log = clean.

use std::path::Path;

use shihyo::code::Code;
use shihyo::derived;
use shihyo::error::{Diagnostic, Error, Result};
use shihyo::indicator::DataKind;
use shihyo::pipeline::{self, Plan, Project, WaveChoice};
use shihyo::provenance::Place;
use shihyo::raw;
use shihyo::text::Text;

use super::args::CleanArgs;
use super::bars::Bars;
use super::ending::{Ending, print};
use super::message::{Talk, synthetic};
use super::screen;

pub(crate) fn clean(args: &CleanArgs, talk: &Talk) -> Result<Ending> {
    let bars = Bars::new(talk.lang, talk.bars);
    let project = Project::of(&args.plan)?;
    let plan = pipeline::load(&project)?;
    let choice = WaveChoice { survey: args.survey.clone(), wave: args.wave.clone() };
    match (&args.what.export, &args.what.verify) {
        (Some(file), _) => export(&project, &plan, &choice, file, &bars, talk),
        (None, Some(file)) => verify(&project, &plan, &choice, file, &bars, talk),
        (None, None) => Ok(Ending::Good), // clap asks for one of them
    }
}

fn export(
    project: &Project,
    plan: &Plan,
    choice: &WaveChoice,
    file: &Path,
    bars: &Bars,
    talk: &Talk,
) -> Result<Ending> {
    let (folder, name) = target(project, file)?;
    let made = pipeline::export(project, plan, choice, bars)?;
    talk.say(&Text::same(&plan.title));
    if plan.data == DataKind::Synthetic {
        talk.say(&synthetic());
    }
    for (survey, wave, rows) in &made.waves {
        talk.say(&Text::new(
            format!("  {survey} {wave}　確認事項 {rows}件"),
            format!("  {survey} {wave}  {rows} things to look at"),
        ));
    }
    if made.looked_at > 0 {
        let n = made.looked_at;
        talk.say(&Text::new(
            format!("前の修正記録で「変更しない」とした {n}件は除きました。"),
            format!("{n} that an earlier log leaves as they are were left out."),
        ));
    }
    if made.rows == 0 {
        talk.say(&Text::new(
            "確認の必要な回答はありません。何も書き出していません。",
            "Nothing to look at; nothing was written.",
        ));
        return Ok(Ending::Good);
    }
    derived::write_new(folder, &[(name, made.bytes)]).map_err(another_name)?;
    talk.say(&Text::new(
        format!("書き出しました: {}", file.display()),
        format!("written: {}", file.display()),
    ));
    talk.say(&Text::new(
        "色の付いた列に書いて raw/ に置き、計画の調査回の cleaning_log に加えて、もう一度実行してください。",
        "Fill in the coloured columns, put the file under raw/, list it under cleaning_log of the wave, \
         and run again.",
    ));
    Ok(Ending::Good)
}

/// The folder and name of the workbook, which holds ids and words that must not reach `derived/`.
fn target<'a>(project: &Project, file: &'a Path) -> Result<(&'a Path, String)> {
    let is_xlsx = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
    let (Some(name), true) = (file.file_name().and_then(|n| n.to_str()), is_xlsx) else {
        let message = Text::new(
            "書き出すファイルの名前は .xlsx で終わります",
            "the name of the file to write ends in .xlsx",
        );
        return Err(Diagnostic::new(Code::CliExportName, message)
            .at(Place::file(file.display().to_string()))
            .into());
    };
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let derived = project.root.join("derived");
    let within = folder.starts_with(&derived)
        || raw::absolute(folder).is_ok_and(|f| raw::absolute(&derived).is_ok_and(|d| f.starts_with(d)));
    if within {
        let message = Text::new(
            "derived/ の下には書き出せません（回答者番号と、回答に書かれた言葉が入ります）",
            "not under derived/: the file holds respondents' ids and words",
        );
        return Err(Diagnostic::new(Code::CliExportDerived, message)
            .at(Place::file(file.display().to_string()))
            .into());
    }
    Ok((folder, name.to_owned()))
}

fn another_name(error: Error) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == Code::DerivedExists) {
        diagnostic.help = Some(Text::new(
            "記入したものかもしれません。ほかの名前にしてください",
            "it may have been filled in: choose another name",
        ));
    }
    Error::all(diagnostics).unwrap_or_else(|| {
        Error::msg(Code::DerivedExists, "すでにあるファイルです", "the file stands there already")
    })
}

/// At most so many differences are listed.
const LISTED: usize = 1_000;

fn verify(
    project: &Project,
    plan: &Plan,
    choice: &WaveChoice,
    file: &Path,
    bars: &Bars,
    talk: &Talk,
) -> Result<Ending> {
    let verified = pipeline::verify(project, plan, choice, file, bars)?;
    let found = &verified.found;
    let word = |ja: &str, en: &str| Text::new(ja, en).get(talk.lang).to_owned();
    talk.say(&Text::new(
        format!(
            "{} {}: 修正記録が扱う {}列、{}票、{}セルを比べました。",
            verified.survey,
            verified.wave,
            found.columns.len(),
            found.returns,
            found.cells
        ),
        format!(
            "{} {}: {} columns that the log speaks of, {} returns, {} cells compared.",
            verified.survey,
            verified.wave,
            found.columns.len(),
            found.returns,
            found.cells
        ),
    ));
    if found.without_id > 0 {
        let n = found.without_id;
        talk.say(&Text::new(
            format!("回答者番号のない {n}行は比べていません。"),
            format!("{n} rows without an id were not compared."),
        ));
    }
    if found.differences.is_empty() {
        talk.say(&Text::new(
            "回答ファイル＋修正記録＝整理後のファイル。違いはありません。",
            "raw + log = clean: no difference.",
        ));
        return Ok(Ending::Good);
    }
    let header = [
        word("ファイル", "file"),
        word("行", "row"),
        word("列", "column"),
        word("回答＋修正記録", "raw + log"),
        word("整理後のファイル", "clean file"),
    ];
    let rows: Vec<Vec<String>> = found
        .differences
        .iter()
        .take(LISTED)
        .map(|d| {
            let place = d.place();
            let [ours, theirs] = d.sides().map(|side| side.get(talk.lang).to_owned());
            vec![
                place.file.unwrap_or_default(),
                place.row.map(|r| r.to_string()).unwrap_or_default(),
                place.column.unwrap_or_default(),
                ours,
                theirs,
            ]
        })
        .collect();
    print(screen::table(&header, &rows, 1..2))?;
    let (n, more) = (found.differences.len(), found.differences.len().saturating_sub(LISTED));
    if more > 0 {
        talk.say(&Text::new(format!("ほかに {more}件。"), format!("{more} more.")));
    }
    talk.warn(&Text::new(format!("違いが {n}件あります。"), format!("{n} differences.")));
    Ok(Ending::Differs)
}
