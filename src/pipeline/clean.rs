//! The cleaning log's two other ends: the workbook that a person fills in, and the proof that raw + log =
//! clean.

use std::collections::BTreeSet;
use std::path::Path;

use super::cleaning::logs_of;
use super::collect::{Collected, Rows, collect};
use super::decoded::{design_columns, dont_know_missing};
use super::load::Project;
use super::plan::{Plan, Survey, Wave};
use crate::code::Code;
use crate::decode;
use crate::decode::DecodeOptions;
use crate::edits;
use crate::edits::{Cleaned, ReviewRow, Verification, clean, review};
use crate::error::{Diagnostic, Error, Result};
use crate::indicator::{DataKind, FiscalYear};
use crate::progress::Progress;
use crate::questionnaire::{Duplicates, Questionnaire};
use crate::raw::{self, ReadOptions};
use crate::report::cleaning::{self as sheet, Sheet, workbook};
use crate::text::Text;
use crate::text::suggest::did_you_mean;

/// Which surveys and waves: all of the plan where neither is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaveChoice {
    /// Key of the survey.
    pub survey: Option<String>,
    /// Fiscal year of the wave.
    pub wave: Option<String>,
}

/// The workbook of findings.
#[derive(Debug)]
pub struct Exported {
    /// The XLSX file.
    pub bytes: Vec<u8>,
    /// Rows in it.
    pub rows: u64,
    /// Rows that earlier logs have looked at and left as they are: not in it.
    pub looked_at: u64,
    /// The survey's title, the year and the rows of each wave.
    pub waves: Vec<(String, FiscalYear, u64)>,
}

/// Reads everything, applies the logs that the plan lists, and makes the workbook of what is left to look at.
///
/// # Errors
/// `plan::unknown-survey`, `plan::unknown-wave`; those of reading, cleaning and decoding.
pub fn export(
    project: &Project,
    plan: &Plan,
    choice: &WaveChoice,
    progress: &dyn Progress,
) -> Result<Exported> {
    let chosen = chosen(plan, choice)?;
    let collected = collect(project, plan, (None, Rows::Held), progress)?;
    let mut sheets = Vec::new();
    let mut looked_at = 0;
    let mut mistakes = Vec::new();
    for (survey, wave) in chosen {
        match rows(plan, survey, wave, &collected) {
            Ok((sheet, before)) => {
                looked_at += before;
                sheets.push(sheet);
            }
            Err(error) => mistakes.extend(error.into_diagnostics()),
        }
    }
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    let waves: Vec<(String, FiscalYear, u64)> =
        sheets.iter().map(|s| (s.survey.title.clone(), s.wave, s.rows.len() as u64)).collect();
    let synthetic = plan.data == DataKind::Synthetic;
    let described: Vec<sheet::Wave<'_>> = sheets.iter().map(WaveRows::described).collect();
    let bytes = workbook(&Sheet { title: &plan.title, synthetic, waves: &described })?;
    Ok(Exported { bytes, rows: waves.iter().map(|w| w.2).sum(), looked_at, waves })
}

/// The rows of one wave.
struct WaveRows<'a> {
    survey: &'a Survey,
    paper: &'a Questionnaire,
    wave: FiscalYear,
    rows: Vec<ReviewRow>,
}

impl WaveRows<'_> {
    fn described(&self) -> sheet::Wave<'_> {
        sheet::Wave {
            survey: &self.survey.title,
            year: self.wave,
            questions: &self.paper.questions,
            rows: &self.rows,
        }
    }
}

fn rows<'a>(
    plan: &'a Plan,
    survey: usize,
    wave: usize,
    collected: &Collected,
) -> Result<(WaveRows<'a>, u64)> {
    let (of, waves) = (&plan.surveys[survey], &plan.surveys[survey].waves[wave]);
    let cleaned = cleaned(plan, survey, wave, collected)?;
    // Duplicates are what is to be looked at, so they do not stop this.
    let duplicates = if waves.duplicates == Duplicates::Fail { Duplicates::First } else { waves.duplicates };
    let options = DecodeOptions {
        respondent: waves.respondent.clone(),
        duplicates,
        dont_know_missing: dont_know_missing(of, waves),
        removed: cleaned.removed.clone(),
        design: design_columns(of, waves),
    };
    let answers = decode::decode(paper(of, waves), &cleaned.tables, &options)?;
    let all = review(
        paper(of, waves),
        &cleaned.tables,
        waves.respondent.as_deref(),
        &answers.issues,
        &Default::default(),
    )
    .len();
    let rows = review(
        paper(of, waves),
        &cleaned.tables,
        waves.respondent.as_deref(),
        &answers.issues,
        &cleaned.looked_at,
    );
    let before = (all - rows.len()) as u64;
    Ok((WaveRows { survey: of, paper: paper(of, waves), wave: waves.year, rows }, before))
}

/// What was asked in the wave, with the numbers and codes of its files.
fn paper<'a>(survey: &'a Survey, wave: &'a Wave) -> &'a Questionnaire {
    wave.paper.as_ref().map_or(&survey.questionnaire, |p| &p.questionnaire)
}

fn cleaned(plan: &Plan, survey: usize, wave: usize, collected: &Collected) -> Result<Cleaned> {
    let (of, waves) = (&plan.surveys[survey], &plan.surveys[survey].waves[wave]);
    let logs = logs_of(plan, survey, wave, &collected.logs)?;
    clean(
        paper(of, waves),
        collected.responses[survey][wave].tables()?,
        waves.respondent.as_deref(),
        &logs,
        waves.old_values,
    )
}

/// What a comparison of one wave with a clean file found.
#[derive(Debug)]
pub struct Verified {
    /// The survey's title.
    pub survey: String,
    /// The wave.
    pub wave: FiscalYear,
    /// What was found.
    pub found: Verification,
}

/// Whether raw + log = clean for the one wave chosen: `clean` is the file that it should give.
///
/// # Errors
/// `plan::unknown-survey`, `plan::unknown-wave`; `plan::which-wave` where the plan has several and none is
/// named; `plan::no-log`, `plan::no-respondent`; those of reading and cleaning.
pub fn verify(
    project: &Project,
    plan: &Plan,
    choice: &WaveChoice,
    file: &Path,
    progress: &dyn Progress,
) -> Result<Verified> {
    let chosen = chosen(plan, choice)?;
    let with_logs: Vec<(usize, usize)> =
        chosen.iter().copied().filter(|&(s, w)| !plan.surveys[s].waves[w].cleaning_logs.is_empty()).collect();
    let (survey, wave) = match (chosen.as_slice(), with_logs.as_slice()) {
        ([one], _) | (_, [one]) => *one,
        (several, _) => {
            let names = several.iter().map(|&(s, w)| {
                format!("--survey {} --wave {}", plan.surveys[s].key, plan.surveys[s].waves[w].year)
            });
            let names = names.collect::<Vec<_>>().join("\n");
            let help = Text::same(names);
            return Err(Diagnostic::new(
                Code::PlanWhichWave,
                Text::new("どの調査回か、1つ選んでください", "choose one wave"),
            )
            .help(help)
            .into());
        }
    };
    let (of, waves) = (&plan.surveys[survey], &plan.surveys[survey].waves[wave]);
    if waves.cleaning_logs.is_empty() {
        let message = Text::new(
            format!("「{}」（{}）の計画に cleaning_log がありません", of.title, waves.year.long()),
            format!("\"{}\" ({}) has no cleaning_log in the plan", of.title, waves.year),
        );
        return Err(Diagnostic::new(Code::PlanNoLog, message).into());
    }
    let Some(respondent) = &waves.respondent else {
        let message = Text::new(
            "回答者番号の列（respondent）が計画にないので、票ごとに比べられません",
            "without respondent in the plan returns cannot be compared",
        );
        return Err(Diagnostic::new(Code::PlanNoRespondent, message).into());
    };
    let collected = collect(project, plan, (None, Rows::Held), progress)?;
    let name = file.to_string_lossy();
    let options = ReadOptions {
        skip_rows: waves.skip_rows,
        header_rows: waves.header_rows,
        ..ReadOptions::of_responses()
    };
    let table = raw::read(file, &name, &options)?;
    let table = collected.responses[survey][wave].joined_to(table)?;
    let cleaned = cleaned(plan, survey, wave, &collected)?;
    let found = edits::verify(paper(of, waves), &cleaned, respondent, &table)?;
    Ok(Verified { survey: of.title.clone(), wave: waves.year, found })
}

fn chosen(plan: &Plan, choice: &WaveChoice) -> Result<Vec<(usize, usize)>> {
    let surveys: Vec<usize> = (0..plan.surveys.len())
        .filter(|&s| choice.survey.as_ref().is_none_or(|key| plan.surveys[s].key == *key))
        .collect();
    if let (Some(key), true) = (&choice.survey, surveys.is_empty()) {
        let mut diagnostic = Diagnostic::new(
            Code::PlanUnknownSurvey,
            Text::new(format!("調査「{key}」はありません"), format!("there is no survey \"{key}\"")),
        );
        diagnostic.help = did_you_mean(key, plan.surveys.iter().map(|s| s.key.as_str()));
        return Err(diagnostic.into());
    }
    let year: Option<FiscalYear> = choice.wave.as_ref().map(|w| w.parse()).transpose()?;
    let is_chosen = |wave: &Wave| year.is_none_or(|y| wave.year == y);
    let waves = |s: usize| (0..plan.surveys[s].waves.len()).map(move |w| (s, w));
    let chosen: Vec<(usize, usize)> = surveys
        .iter()
        .flat_map(|&s| waves(s))
        .filter(|&(s, w)| is_chosen(&plan.surveys[s].waves[w]))
        .collect();
    if chosen.is_empty() {
        let word = choice.wave.as_deref().unwrap_or_default();
        let known: BTreeSet<FiscalYear> =
            surveys.iter().flat_map(|&s| &plan.surveys[s].waves).map(|w| w.year).collect();
        let known: Vec<String> = known.iter().map(FiscalYear::to_string).collect();
        let help = Text::new(format!("調査回: {}", known.join("、")), format!("waves: {}", known.join(", ")));
        return Err(Diagnostic::new(
            Code::PlanUnknownWave,
            Text::new(format!("調査回「{word}」はありません"), format!("there is no wave \"{word}\"")),
        )
        .help(help)
        .into());
    }
    Ok(chosen)
}
