//! The response files of one wave: read when they are needed, not before.

use std::path::PathBuf;
use std::sync::OnceLock;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::decoded::decode_options;
use super::decoded::{Decoded, cleaned, decoded};
use super::kept::FileSaid;
use super::load::Project;
use super::plan::{Survey, Wave};
use super::reuse::{Ingredients, Reuse};
use crate::code::Code;
use crate::decode::{Answers, Responses};
use crate::edits::treated;
use crate::edits::{Cleaned, Log};
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::join::{self, Join};
use crate::provenance::{FileDigest, Place};
use crate::questionnaire::ProcessingRule;
use crate::raw::{self, ReadOptions, Sheet, Table};
use crate::text::Text;

/// One file to read, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// Its name in the plan.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// How it is read.
    pub(super) options: ReadOptions,
}

impl Request {
    pub(super) fn of(project: &Project, name: &str, options: ReadOptions) -> Self {
        Self { name: name.to_owned(), path: project.data(name), options }
    }

    pub(super) fn read(&self) -> Result<Table> {
        raw::read(&self.path, &self.name, &self.options)
    }

    /// The file as sheets of cells: one, or all whose names fit a pattern with `*`.
    pub(super) fn read_sheets(&self) -> Result<Vec<Sheet>> {
        match self.options.sheet.as_deref().filter(|sheet| sheet.contains('*')) {
            Some(pattern) => raw::read_sheets(&self.path, &self.name, pattern),
            None => Ok(vec![raw::read_sheet(&self.path, &self.name, &self.options)?]),
        }
    }
}

/// The tables of a wave, with the columns of the files that are joined to them.
#[derive(Debug)]
struct Tables {
    tables: Vec<Table>,
    /// What reading said of each file, those that were joined too.
    said: Vec<FileSaid>,
    /// What joining found.
    findings: Vec<Finding>,
}

impl Tables {
    /// The response files, then those to be joined, each as its `joins` says.
    ///
    /// # Errors
    /// Those of [`join::join`].
    fn of(mut tables: Vec<Table>, joins: &[Join]) -> Result<Self> {
        let said = tables.iter().map(FileSaid::of).collect();
        let joined = tables.split_off(tables.len().saturating_sub(joins.len()));
        let mut findings = Vec::new();
        for (file, how) in joined.iter().zip(joins) {
            findings.extend(join::join(&mut tables, file, how)?);
        }
        Ok(Self { tables, said, findings })
    }
}

/// The response files of a wave, and those that are joined to them.
#[derive(Debug)]
pub(super) struct WaveFiles {
    /// The response files, then those to be joined.
    requests: Vec<Request>,
    /// SHA-256 of the bytes that were read, or would be.
    digests: Vec<String>,
    /// How the last of the files are joined.
    joins: Vec<Join>,
    tables: OnceLock<Tables>,
    /// What an earlier run made of them, until it is taken.
    known: Option<Decoded>,
    /// Whether they are large enough for what they gave to be kept.
    large: bool,
}

impl WaveFiles {
    /// Files that have been read.
    ///
    /// # Errors
    /// Those of joining them.
    pub(super) fn read(
        requests: Vec<Request>,
        tables: Vec<Table>,
        joins: Vec<Join>,
        large: bool,
    ) -> Result<Self> {
        let digests = tables.iter().map(|t| t.digest.sha256.clone()).collect();
        let tables = OnceLock::from(Tables::of(tables, &joins)?);
        Ok(Self { requests, digests, joins, tables, known: None, large })
    }

    /// Files with these digests whose answers are known.
    pub(super) fn known(
        requests: Vec<Request>,
        digests: Vec<String>,
        joins: Vec<Join>,
        decoded: Decoded,
    ) -> Self {
        let tables = OnceLock::new();
        Self { requests, digests, joins, tables, known: Some(decoded), large: true }
    }

    /// A file that was added up as it was read.
    pub(super) fn summed(requests: Vec<Request>, digest: &FileDigest) -> Self {
        let digests = vec![digest.sha256.clone()];
        Self { requests, digests, joins: Vec::new(), tables: OnceLock::new(), known: None, large: false }
    }

    /// The answers of an earlier run, once.
    pub(super) fn take_known(&mut self) -> Option<Decoded> {
        self.known.take()
    }

    /// The tables, read now if they have not been.
    ///
    /// # Errors
    /// Those of reading; `plan::changed-file` when a file is no longer what it was when the run began.
    pub(super) fn tables(&self) -> Result<&[Table]> {
        self.joined().map(|joined| joined.tables.as_slice())
    }

    /// A table of the wave's columns that is read beside its files, with the same files joined to it.
    ///
    /// # Errors
    /// Those of [`WaveFiles::tables`], and of joining.
    pub(super) fn joined_to(&self, table: Table) -> Result<Table> {
        let mut tables = [table];
        let start = self.requests.len().saturating_sub(self.joins.len());
        for (request, how) in self.requests.iter().skip(start).zip(&self.joins) {
            join::join(&mut tables, &request.read()?, how)?;
        }
        let [table] = tables;
        Ok(table)
    }

    fn joined(&self) -> Result<&Tables> {
        if let Some(tables) = self.tables.get() {
            return Ok(tables);
        }
        let same = |(request, digest): (&Request, &String)| {
            request.read().and_then(|table| {
                if table.digest.sha256 == *digest { Ok(table) } else { Err(changed(&request.name)) }
            })
        };
        let tables = self.requests.par_iter().zip(&self.digests).map(same).collect::<Result<Vec<Table>>>()?;
        let tables = Tables::of(tables, &self.joins)?;
        Ok(self.tables.get_or_init(|| tables))
    }
}

fn changed(name: &str) -> Error {
    let message = Text::new(
        "集計しているあいだにファイルが書き換えられました。もう一度実行してください",
        "the file was changed while it was being read; run again",
    );
    Diagnostic::new(Code::PlanChangedFile, message).at(Place::file(name)).into()
}

/// The answers of one wave, from its files or from an earlier run.
pub(super) struct WaveSource<'a> {
    files: &'a WaveFiles,
    logs: &'a [Log],
    reuse: Option<&'a Reuse>,
    cleaned: OnceLock<Option<Cleaned>>,
}

impl<'a> WaveSource<'a> {
    pub(super) fn new(files: &'a WaveFiles, logs: &'a [Log], reuse: Option<&'a Reuse>) -> Self {
        Self { files, logs, reuse: reuse.filter(|_| files.large), cleaned: OnceLock::new() }
    }

    /// The answers of the wave, as `survey` and `wave` have them decoded.
    ///
    /// # Errors
    /// Those of reading, cleaning and decoding.
    pub(super) fn decoded(&self, survey: &Survey, wave: &Wave) -> Result<Decoded> {
        let kept = self.key(survey, wave, None);
        if let Some((decoded, _)) = kept.as_ref().and_then(|(reuse, key)| reuse.find(key)) {
            return Ok(decoded);
        }
        let joined = self.files.joined()?;
        let mut decoded = decoded(survey, wave, &joined.tables, self.logs)?;
        decoded.findings.splice(0..0, joined.findings.iter().cloned());
        if let Some((reuse, key)) = kept {
            reuse.keep(&key, survey, wave, &decoded, &joined.said);
        }
        Ok(decoded)
    }

    /// The answers that another `treatment` of `question` changes, as [`treated`] gives them.
    ///
    /// # Errors
    /// Those of reading, cleaning and decoding.
    pub(super) fn treated(
        &self,
        survey: &Survey,
        wave: &Wave,
        answers: &Answers,
        question: usize,
        treatment: ProcessingRule,
    ) -> Result<Vec<(usize, Responses)>> {
        let kept = self.key(survey, wave, Some((question, treatment)));
        if let Some(found) = kept.as_ref().and_then(|(reuse, key)| reuse.find_some(key)) {
            return Ok(found);
        }
        let changed = treated(
            survey.paper(wave).questionnaire,
            self.cleaned(survey, wave)?,
            &decode_options(survey, wave),
            answers,
            question,
            treatment,
        )?;
        if let Some((reuse, key)) = kept {
            reuse.keep_some(&key, answers.rows, &changed);
        }
        Ok(changed)
    }

    /// The tables with the logs applied.
    pub(super) fn cleaned(&self, survey: &Survey, wave: &Wave) -> Result<&[Table]> {
        let tables = self.files.tables()?;
        if self.cleaned.get().is_none() {
            let cleaned = cleaned(survey, wave, tables, self.logs)?;
            self.cleaned.get_or_init(|| cleaned);
        }
        Ok(self.cleaned.get().and_then(Option::as_ref).map_or(tables, |cleaned| &cleaned.tables))
    }

    fn key(
        &self,
        survey: &Survey,
        wave: &Wave,
        treatment: Option<(usize, ProcessingRule)>,
    ) -> Option<(&'a Reuse, String)> {
        let WaveFiles { requests, digests, .. } = self.files;
        let files = requests
            .iter()
            .zip(digests)
            .map(|(r, digest)| (r.name.as_str(), digest.as_str(), &r.options))
            .collect();
        let reuse = self.reuse?;
        Some((reuse, reuse.key(&Ingredients { files, survey, wave, logs: self.logs }, treatment)?))
    }
}

#[cfg(test)]
mod tests {
    use super::{OnceLock, ReadOptions, Request, WaveFiles};
    use crate::code::Code;

    #[test]
    fn a_file_that_changes_while_it_is_being_read_stops_the_run() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        std::fs::write(&path, "id,q\n1,2\n").unwrap();
        let request =
            Request { name: "a.csv".to_owned(), path: path.clone(), options: ReadOptions::default() };
        let digest = request.read().unwrap().digest.sha256;
        let files = || WaveFiles {
            requests: vec![request.clone()],
            digests: vec![digest.clone()],
            joins: Vec::new(),
            tables: OnceLock::new(),
            known: None,
            large: true,
        };
        assert_eq!(files().tables().unwrap().len(), 1);
        let files = files();
        std::fs::write(&path, "id,q\n1,3\n").unwrap();
        assert_eq!(files.tables().map_err(|e| e.diagnostics()[0].code).err(), Some(Code::PlanChangedFile));
    }
}
