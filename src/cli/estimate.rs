//! `shihyo estimate`: numbers from files, without a plan.

use shihyo::code::Severity;
use shihyo::error::Result;
use shihyo::finding::Finding;
use shihyo::pipeline::adhoc::{self, Inputs};
use shihyo::raw::Table;
use shihyo::report::{estimate_tables, weights};
use shihyo::text::{Lang, Text};

use super::ending::Ending;
use super::estimate_args::EstimateArgs;
use super::message::Talk;
use super::numbers_args::NumberFormat;
use super::screen;

pub(crate) fn estimate(args: &EstimateArgs, talk: &Talk) -> Result<Ending> {
    args.numbers.check(args.weights_out())?;
    let request = args.request()?;
    let outcome = match adhoc::quick(&request) {
        Ok(quick) => {
            report_table(&quick.beginning, quick.rows, talk);
            quick.populations.iter().for_each(|table| report_table(table, table.row_count() as u64, talk));
            report_warnings(&quick.beginning.findings, talk);
            quick.outcome
        }
        Err(_) => {
            let inputs = adhoc::read(&request)?;
            report_inputs(&inputs, talk);
            adhoc::compute(&request, &inputs)?
        }
    };
    report_decoding(&outcome.decoding, talk);
    report_warnings(&outcome.findings, talk);
    let weights = match (args.weights_out(), &outcome.weights) {
        (Some(file), Some(found)) => Some((file, weights::csv(&found.files, &found.rows)?)),
        _ => None,
    };
    let sheet = &outcome.sheet;
    // Below a table the notes are a part of it.
    let tables = || {
        let mut text = String::new();
        for table in estimate_tables::tables(sheet, talk.lang) {
            let numbers = table.first_number..table.header.len();
            text.push_str(&screen::table(&table.header, &table.rows, numbers));
        }
        for note in &sheet.notes {
            text.push_str(note.get(talk.lang));
            text.push('\n');
        }
        text
    };
    if args.numbers.format != NumberFormat::Table {
        sheet.notes.iter().for_each(|note| talk.say(note));
    }
    args.numbers.write(&sheet.rows, None, tables, weights, talk)
}

/// What was read, and what reading found.
fn report_inputs(inputs: &Inputs, talk: &Talk) {
    let earlier = inputs.against.iter().flat_map(|e| &e.tables);
    let responses = || inputs.tables.iter().chain(earlier.clone());
    responses()
        .chain(&inputs.joined)
        .chain(inputs.populations())
        .for_each(|table| report_table(table, table.row_count() as u64, talk));
    let findings: Vec<Finding> =
        responses().chain(&inputs.joined).flat_map(|t| t.findings.iter().cloned()).collect();
    report_warnings(&findings, talk);
}

/// What decoding found, as a run tells it: one line for each kind and file.
fn report_decoding(findings: &[Finding], talk: &Talk) {
    let warnings: u64 = findings.iter().filter(|f| f.severity == Severity::Warning).map(|f| f.count).sum();
    if warnings > 0 {
        talk.say(&Text::new(
            format!("確認が必要な事項 {warnings}件"),
            format!("{warnings} things to look at"),
        ));
        talk.findings(findings, None);
    }
}

/// A file and its size.
fn report_table(table: &Table, rows: u64, talk: &Talk) {
    let digest = &table.digest;
    let about: Vec<&str> =
        [digest.encoding.as_deref(), digest.sheet.as_deref()].into_iter().flatten().collect();
    let about = if about.is_empty() { String::new() } else { format!(", {}", about.join(", ")) };
    // Joined columns are those of another file.
    let columns = table.columns.len() - table.joined.iter().map(|joined| joined.there.len()).sum::<usize>();
    talk.say(&Text::new(
        format!("{}: {rows}行 {columns}列{about}", digest.file),
        format!("{}: {rows} rows, {columns} columns{about}", digest.file),
    ));
}

/// The warnings in words: these are about what was just typed, and nobody writes a quality report here. Of
/// one kind the first three.
fn report_warnings(findings: &[Finding], talk: &Talk) {
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
        let alone = finding.count == 1 || finding.count_in_message;
        let times = if alone { String::new() } else { format!(" ×{}", finding.count) };
        let severity = finding.severity.text();
        talk.say(&Text::new(
            format!("{}: {}{times} [{}]{}", severity.ja, message.ja, finding.code, place(Lang::Ja)),
            format!("{}: {}{times} [{}]{}", severity.en, message.en, finding.code, place(Lang::En)),
        ));
    }
}
