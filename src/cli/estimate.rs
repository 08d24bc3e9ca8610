//! `shihyo estimate`: numbers from files, without a plan.

use std::path::Path;

use shihyo::derived;
use shihyo::error::{Diagnostic, Error, Result};
use shihyo::finding::{Finding, Severity};
use shihyo::pipeline::adhoc::{self, Inputs, RespondentWeights};
use shihyo::provenance::Place;
use shihyo::raw::Table;
use shihyo::report::adhoc as report;
use shihyo::text::{Lang, Text};

use super::args::Format;
use super::estimate_args::EstimateArgs;
use super::message::Talk;
use super::{Ending, print, screen};

pub(crate) fn estimate(args: &EstimateArgs, talk: &Talk) -> Result<Ending> {
    let request = args.request()?;
    let outcome = match adhoc::quick(&request) {
        Ok(quick) => {
            read(&quick.beginning, quick.rows, talk);
            warn(&quick.beginning.findings, talk);
            quick.outcome
        }
        Err(_) => {
            let inputs = adhoc::read(&request)?;
            told(&inputs, talk);
            adhoc::compute(&request, &inputs)?
        }
    };
    decoded(&outcome.decoding, talk);
    warn(&outcome.findings, talk);
    if let (Some(file), Some(weights)) = (args.weights_out(), &outcome.weights) {
        write_weights(file, weights, talk)?;
    }
    let sheet = &outcome.sheet;
    match args.output.format {
        Format::Table => {
            let mut text = String::new();
            for table in report::tables(sheet, talk.lang) {
                text.push_str(&screen::table(
                    &table.header,
                    &table.rows,
                    table.first_number..table.header.len(),
                ));
            }
            for note in &sheet.notes {
                text.push_str(note.get(talk.lang));
                text.push('\n');
            }
            print(&text)
        }
        Format::Csv => {
            sheet.notes.iter().for_each(|note| talk.say(note));
            print(report::csv(sheet)?)
        }
        Format::Json => {
            sheet.notes.iter().for_each(|note| talk.say(note));
            print(report::json(sheet)?)
        }
    }
}

/// What was read, and what reading found.
fn told(inputs: &Inputs, talk: &Talk) {
    let earlier = inputs.against.iter().flat_map(|e| &e.tables);
    let population =
        inputs.population.iter().chain(&inputs.post_stratify).chain(&inputs.rake).chain(&inputs.calibrate);
    let responses = || inputs.tables.iter().chain(earlier.clone());
    responses().chain(population).for_each(|table| read(table, table.row_count() as u64, talk));
    let findings: Vec<Finding> = responses().flat_map(|t| t.findings.iter().cloned()).collect();
    warn(&findings, talk);
}

/// What decoding found, as a run tells it: one line for each kind and file.
fn decoded(findings: &[Finding], talk: &Talk) {
    let warnings: u64 = findings.iter().filter(|f| f.severity == Severity::Warning).map(|f| f.count).sum();
    if warnings > 0 {
        talk.say(&Text::new(
            format!("確認が必要な事項 {warnings}件"),
            format!("{warnings} things to look at"),
        ));
        talk.findings(findings);
    }
}

/// Writes the weights of every respondent to a file that does not stand there yet.
fn write_weights(file: &Path, weights: &RespondentWeights, talk: &Talk) -> Result<()> {
    let Some(name) = file.file_name().and_then(|n| n.to_str()) else {
        return Err(Diagnostic::new(
            "cli::file-name",
            Text::new("書き出し先のファイル名がありません", "no file name"),
        )
        .at(Place::file(file.display().to_string()))
        .into());
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let bytes = report::weights_csv(&weights.files, &weights.rows)?;
    derived::write_new(folder, &[(name.to_owned(), bytes)]).map_err(another_name)?;
    talk.say(&Text::new(
        format!("書き出しました: {}", file.display()),
        format!("written: {}", file.display()),
    ));
    Ok(())
}

/// A file that stands there already, with advice that fits the flag.
fn another_name(error: Error) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == "derived::exists") {
        diagnostic.help = Some(Text::new(
            "--weights-out に別の名前を指定するか、今あるファイルを移してください",
            "name another file with --weights-out, or move this one away",
        ));
    }
    Error::all(diagnostics).unwrap_or_else(|| {
        Error::msg("derived::exists", "すでにファイルがあります", "the file stands there already")
    })
}

/// A file and its size.
fn read(table: &Table, rows: u64, talk: &Talk) {
    let digest = &table.digest;
    let about: Vec<&str> =
        [digest.encoding.as_deref(), digest.sheet.as_deref()].into_iter().flatten().collect();
    let about = if about.is_empty() { String::new() } else { format!(", {}", about.join(", ")) };
    let columns = table.columns.len();
    talk.say(&Text::new(
        format!("{}: {rows}行 {columns}列{about}", digest.file),
        format!("{}: {rows} rows, {columns} columns{about}", digest.file),
    ));
}

/// The warnings in words: these are about what was just typed, and nobody writes a quality report here. Of
/// one kind the first three.
fn warn(findings: &[Finding], talk: &Talk) {
    let warnings: Vec<&Finding> = findings.iter().filter(|f| f.severity == Severity::Warning).collect();
    for (at, finding) in warnings.iter().enumerate() {
        let before = warnings[..at].iter().filter(|f| f.code == finding.code).count();
        if before > 3 {
            continue;
        }
        if before == 3 {
            let rest = warnings[at..].iter().filter(|f| f.code == finding.code).count();
            talk.say(&Text::new(
                format!("  ほかに同じ種類が{rest}件 [{}]", finding.code),
                format!("  {rest} more of this kind [{}]", finding.code),
            ));
            continue;
        }
        let place = |lang| {
            Some(finding.place.words(lang))
                .filter(|p| !p.is_empty())
                .map(|p| format!(" → {p}"))
                .unwrap_or_default()
        };
        let message = &finding.message;
        let told = finding.count == 1 || message.ja.contains(&finding.count.to_string());
        let times = if told { String::new() } else { format!(" ×{}", finding.count) };
        talk.say(&Text::new(
            format!("注意: {}{times} [{}]{}", message.ja, finding.code, place(Lang::Ja)),
            format!("note: {}{times} [{}]{}", message.en, finding.code, place(Lang::En)),
        ));
    }
}
