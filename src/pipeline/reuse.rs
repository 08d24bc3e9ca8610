//! What a run takes over from an earlier one: the answers of large response files that are slow to read,
//! decoded.
//!
//! An entry is found by the digest of everything that answers depend on: the bytes of the files and how they
//! are read, the cleaning logs, the wave's paper, how it is decoded, the column of weights, and the program
//! itself. What an indicator counts, and of whom, is none of it. The files are read from end to end for their
//! digests, so that a change is never missed.

use std::path::PathBuf;

use super::decoded::Decoded;
use super::decoded::decode_options;
use super::kept::{self, FileSaid};
use super::load::Project;
use super::plan::{Survey, Wave};
use crate::decode::Responses;
use crate::derived::cache::{Cache, Keeping, program};
use crate::edits::Log;
use crate::provenance::sha256_hex;
use crate::questionnaire::ProcessingRule;
use crate::raw::{ReadOptions, slow_to_read};

/// Waves with fewer bytes of workbooks and of statistics programs' files are read anew: that takes no longer.
const LEAST: u64 = 1 << 20;

/// Answers of earlier runs, and a place for those of this one.
#[derive(Debug)]
pub struct Reuse {
    cache: Cache,
    least: u64,
    any_format: bool,
    program: Option<&'static str>,
}

impl Reuse {
    /// Those of the plan of `project`, in `derived/.cache/NAME`.
    pub fn of(project: &Project, keeping: Keeping) -> Self {
        Self::at(project.root.join("derived").join(".cache").join(&project.name), keeping)
    }

    /// Those in a folder.
    pub fn at(folder: impl Into<PathBuf>, keeping: Keeping) -> Self {
        Self { cache: Cache::new(folder, keeping), least: LEAST, any_format: false, program: None }
    }

    /// Those of waves with at least so many bytes of response files, whatever their format.
    #[must_use]
    pub fn from_bytes(self, least: u64) -> Self {
        Self { least, any_format: true, ..self }
    }

    /// Those of another program than the one that runs.
    #[must_use]
    pub fn by(self, program: &'static str) -> Self {
        Self { program: Some(program), ..self }
    }

    /// Takes out what has not been used: after a run, what other files or another program left.
    pub fn sweep(&self) {
        self.cache.sweep();
    }

    /// Whether files of these names and lengths in bytes are worth it: of a format that is slow to read, and
    /// large.
    pub(super) fn worth<'n>(&self, files: impl Iterator<Item = (&'n str, u64)>) -> bool {
        let slow = files.filter(|(name, _)| self.any_format || slow_to_read(name));
        slow.map(|(_, bytes)| bytes).sum::<u64>() >= self.least
    }

    /// The answers under `key`, and what reading the files said.
    pub(super) fn find(&self, key: &str) -> Option<(Decoded, Vec<FileSaid>)> {
        self.cache.find(key).and_then(kept::decoded)
    }

    pub(super) fn keep(
        &self,
        key: &str,
        survey: &Survey,
        wave: &Wave,
        decoded: &Decoded,
        files: &[FileSaid],
    ) {
        if let Some(entry) = kept::entry(survey.paper(wave).questionnaire, decoded, files) {
            self.cache.keep(key, &entry);
        }
    }

    /// The answers to some questions, decided otherwise, under `key`.
    pub(super) fn find_some(&self, key: &str) -> Option<Vec<(usize, Responses)>> {
        self.cache.find(key).and_then(kept::some)
    }

    pub(super) fn keep_some(&self, key: &str, rows: usize, some: &[(usize, Responses)]) {
        if let Some(entry) = kept::entry_of_some(rows, some) {
            self.cache.keep(key, &entry);
        }
    }

    /// The key of a wave's answers; of those to some questions only, under another `treatment` of one of
    /// them. `None` where the program cannot tell what it is.
    pub(super) fn key(
        &self,
        made_from: &Ingredients<'_>,
        treatment: Option<(usize, ProcessingRule)>,
    ) -> Option<String> {
        let Ingredients { files, survey, wave, logs } = made_from;
        let parts = [
            self.program.or_else(program)?.to_owned(),
            format!("{files:?}"),
            format!("{logs:?} {:?} {:?}", wave.old_values, wave.joins),
            format!("{:?}", survey.paper(wave).questionnaire),
            format!("{:?}", decode_options(survey, wave)),
            format!("{treatment:?}"),
        ];
        // Each by its own digest, so that nothing can pass from one to the next.
        Some(sha256_hex(parts.map(|part| sha256_hex(part.as_bytes())).concat().as_bytes()))
    }
}

/// What the answers of a wave are made from.
#[derive(Debug, Clone)]
pub(super) struct Ingredients<'a> {
    /// The response files and those that are joined to them: name, SHA-256 of the bytes, how they are read.
    pub(super) files: Vec<(&'a str, &'a str, &'a ReadOptions)>,
    pub(super) survey: &'a Survey,
    pub(super) wave: &'a Wave,
    pub(super) logs: &'a [Log],
}
