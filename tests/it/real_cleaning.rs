//! The Tal Afar household survey's own cleaning log: raw data + log = clean data.
//!
//! Where the files are missing the tests say so and leave themselves out; in CI (`CI` is set) that is a
//! failure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::shared::survey;
use shihyo::code::Code;
use shihyo::edits::{Action, Cleaned, Log, Mismatch, OldValues, clean, read_log, verify};
use shihyo::questionnaire::Questionnaire;
use shihyo::questionnaire::form::{Draft, from_xlsform};
use shihyo::raw::{ReadOptions, Table, read};

fn folder() -> Option<PathBuf> {
    survey("kobo_talafar")
}

fn file(folder: &Path, name: &str) -> Table {
    read(&folder.join(name), name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// The survey with its form, its raw tables and its log.
struct Survey {
    questionnaire: Questionnaire,
    raw: Vec<Table>,
    log: Log,
}

const ID: &str = "X_uuid";

impl Survey {
    fn of(folder: &Path) -> Self {
        let Draft { questionnaire, .. } = from_xlsform(
            &file(folder, "xlsform_survey.csv"),
            &file(folder, "xlsform_choices.csv"),
            "Tal Afar",
        )
        .unwrap_or_else(|e| panic!("{e}"));
        let log = read_log(&file(folder, "cleaning_log.csv"), Some(ID)).unwrap_or_else(|e| panic!("{e}"));
        Self { questionnaire, raw: vec![file(folder, "raw_data.csv")], log }
    }

    fn cleaned(&self, old: OldValues) -> shihyo::error::Result<Cleaned> {
        clean(&self.questionnaire, &self.raw, Some(ID), std::slice::from_ref(&self.log), old)
    }
}

#[test]
fn the_log_reads_as_it_is_published() {
    let Some(folder) = folder() else { return };
    let survey = Survey::of(&folder);
    let count = |action: Action| survey.log.rows.iter().filter(|r| r.action == action).count();
    assert_eq!(
        (
            survey.log.rows.len(),
            count(Action::Change),
            count(Action::Blank),
            count(Action::Remove),
            count(Action::Keep)
        ),
        (726, 48, 3, 55, 620)
    );
    assert_eq!(survey.log.rows[0].place.row, Some(2));
}

/// The publisher's log leaves the old value blank in some rows. Read strictly, a blank says that the cell was
/// blank, so each of them is told; every other old value of the 624 rows that name a question is what the raw
/// file holds.
#[test]
fn old_values_that_the_log_does_not_say_are_told() {
    let Some(folder) = folder() else { return };
    let survey = Survey::of(&folder);
    let error = survey.cleaned(OldValues::Recorded).unwrap_err();
    let mut blank = 0;
    for diagnostic in error.diagnostics() {
        assert_eq!(diagnostic.code, Code::AnswersLogOldValue, "{error}");
        let (row, raw) = (diagnostic.place.row.unwrap(), &diagnostic.message.en);
        let of_log = survey.log.rows.iter().find(|r| r.place.row == Some(row)).unwrap();
        assert!(of_log.old.is_empty() && raw.contains("\nresponse file: raw_data.csv › row "), "{raw}");
        blank += usize::from(of_log.action != Action::Keep);
    }
    assert_eq!((error.diagnostics().len(), blank), (41, 38));
}

#[test]
fn raw_and_log_give_the_clean_file() {
    let Some(folder) = folder() else { return };
    let survey = Survey::of(&folder);
    let cleaned = survey.cleaned(OldValues::WhereKnown).unwrap_or_else(|e| panic!("{e}"));
    // 54 pilots and refusals, one of them listed twice.
    assert_eq!(cleaned.removed.len(), 54);
    let notes: BTreeMap<Code, u64> = cleaned
        .findings
        .iter()
        .filter(|f| f.code != Code::AnswersLogChanged)
        .map(|f| (f.code, f.count))
        .collect();
    let expected = [
        (Code::AnswersLogLookedAt, 620),
        (Code::AnswersLogOvertaken, 2),
        (Code::AnswersLogRemoved, 54),
        (Code::AnswersLogRepeated, 3),
        (Code::AnswersLogUnverified, 38),
    ];
    assert_eq!(notes, BTreeMap::from(expected));
    let changed: u64 =
        cleaned.findings.iter().filter(|f| f.code == Code::AnswersLogChanged).map(|f| f.count).sum();
    let by = |action: Action| cleaned.changes.iter().filter(|c| c.action == action).count() as u64;
    assert_eq!((by(Action::Change), by(Action::Blank), by(Action::Remove), changed), (44, 3, 54, 47));

    let found = verify(&survey.questionnaire, &cleaned, ID, &file(&folder, "clean_data.csv"))
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((found.columns.len(), found.returns, found.cells, found.without_id), (40, 578, 40 * 578, 0));
    assert_eq!(found.differences, []);
}

/// The same for all 348 columns, though the log speaks of 40: nothing else was cleaned.
#[test]
fn no_column_was_cleaned_past_the_log() {
    let Some(folder) = folder() else { return };
    let survey = Survey::of(&folder);
    let mut cleaned = survey.cleaned(OldValues::WhereKnown).unwrap_or_else(|e| panic!("{e}"));
    cleaned.covered = (0..cleaned.tables[0].columns.len()).map(|c| (0, c)).collect();
    let found = verify(&survey.questionnaire, &cleaned, ID, &file(&folder, "clean_data.csv"))
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((found.columns.len(), found.cells), (348, 348 * 578));
    assert_eq!(found.differences, []);
}

#[test]
fn a_clean_file_that_was_changed_is_seen() {
    let Some(folder) = folder() else { return };
    let survey = Survey::of(&folder);
    let cleaned = survey.cleaned(OldValues::WhereKnown).unwrap_or_else(|e| panic!("{e}"));
    // Without the log, every one of its changes is a difference.
    let untouched = Cleaned { tables: survey.raw.clone(), removed: Default::default(), ..cleaned };
    let found = verify(&survey.questionnaire, &untouched, ID, &file(&folder, "clean_data.csv"))
        .unwrap_or_else(|e| panic!("{e}"));
    let cells = found.differences.iter().filter(|d| matches!(d, Mismatch::Cell { .. })).count();
    let rows = found.differences.iter().filter(|d| matches!(d, Mismatch::NotInClean(_))).count();
    assert_eq!((cells, rows, found.differences.len()), (47, 54, 101));
}

#[test]
fn a_raw_cell_that_changed_since_the_log_was_written_is_an_error() {
    let Some(folder) = folder() else { return };
    let mut survey = Survey::of(&folder);
    let column = survey.raw[0].columns.iter().position(|c| c.name() == "air_coolers_nb").unwrap();
    let place = survey.raw[0].columns[column].values.iter().position(|v| v.text() == "18").unwrap();
    survey.raw[0].columns[column].values[place] = shihyo::raw::Cell::Text("19".into());
    let error = survey.cleaned(OldValues::WhereKnown).unwrap_err();
    let told: Vec<&str> = error.diagnostics().iter().map(|d| d.message.en.as_str()).collect();
    assert!(
        told.iter().all(|t| t.starts_with(
            "the log's old value is \"18\", but the response file says \"19\"\nresponse file: raw_data.csv \
             › row "
        )),
        "{told:?}"
    );
    let rows = survey.log.rows.iter().filter(|r| r.question == "air_coolers_nb" && r.old == "18").count();
    assert_eq!(told.len(), rows);
}
