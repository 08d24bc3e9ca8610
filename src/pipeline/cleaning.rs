//! The cleaning logs of a wave, and what the manifest says of what they changed.

use std::collections::BTreeMap;

use super::plan::{Plan, Wave};
use crate::code::Code;
use crate::decode::PersonalColumn;
use crate::derived::{CleaningChange, WithheldColumn};
use crate::edits::{AppliedChange, Log, LogRow, read_log};
use crate::error::{Diagnostic, Error, Result};
use crate::indicator::FiscalYear;
use crate::raw::Table;
use crate::text::Text;

/// The logs of a wave. One file may hold the rows of several waves: each wave that lists it takes its own.
///
/// # Errors
/// Those of `answers::cleaning::read_log`; `plan::log-wave` for a row of a survey or wave that the plan does
/// not have, or that does not list the log.
pub(super) fn logs_of(
    plan: &Plan,
    survey: usize,
    wave: usize,
    tables: &BTreeMap<String, Table>,
) -> Result<Vec<Log>> {
    let of = &plan.surveys[survey].waves[wave];
    let mut logs = Vec::new();
    let mut mistakes = Vec::new();
    for name in &of.cleaning_logs {
        let Some(table) = tables.get(name) else { continue };
        match read_log(table, of.respondent.as_deref()) {
            Ok(mut log) => {
                let mut own = Vec::new();
                for row in log.rows {
                    match whose(plan, &row, name, (survey, wave)) {
                        Ok(true) => own.push(row),
                        Ok(false) => {}
                        Err(error) => mistakes.extend(error.into_diagnostics()),
                    }
                }
                log.rows = own;
                logs.push(log);
            }
            Err(error) => mistakes.extend(error.into_diagnostics()),
        }
    }
    Error::all(mistakes).map_or(Ok(logs), Err)
}

/// Whether the row is about this survey and wave; an error where it is about none that lists the log.
fn whose(plan: &Plan, row: &LogRow, log: &str, this: (usize, usize)) -> Result<bool> {
    let year =
        |wave: &Wave| row.wave.is_empty() || row.wave.parse::<FiscalYear>().is_ok_and(|y| y == wave.year);
    let of_survey =
        |key: &str, title: &str| row.survey.is_empty() || row.survey == key || row.survey == title;
    let mut listed = false;
    for (s, survey) in plan.surveys.iter().enumerate().filter(|(_, s)| of_survey(&s.key, &s.title)) {
        let waves = survey
            .waves
            .iter()
            .enumerate()
            .filter(|(_, w)| year(w) && w.cleaning_logs.iter().any(|l| l == log));
        for (w, _) in waves {
            listed = true;
            if (s, w) == this {
                return Ok(true);
            }
        }
    }
    if listed {
        return Ok(false);
    }
    let name = format!("{} {}", row.survey, row.wave);
    let name = name.trim();
    let message = Text::new(
        format!("この修正記録を使う調査回に「{name}」はありません"),
        format!("no wave that lists this log is called \"{name}\""),
    );
    let help = Text::new(
        "調査と調査回の書きまちがいでなければ、その調査回にも cleaning_log を書いてください",
        "unless it is mistyped, list the log under cleaning_log of that wave too",
    );
    Err(Diagnostic::new(Code::PlanLogWave, message).at(row.place.clone()).help(help).into())
}

pub(super) fn withheld(column: &PersonalColumn) -> WithheldColumn {
    WithheldColumn {
        file: column.place.file.clone().unwrap_or_default(),
        sheet: column.place.sheet.clone(),
        column: column.place.column.clone().unwrap_or_default(),
        kind: column.kind.name(),
        cells: column.cells,
    }
}

pub(super) fn change(change: &AppliedChange) -> CleaningChange {
    CleaningChange { log: change.log.clone(), place: change.place.clone(), change_type: change.action.name() }
}
