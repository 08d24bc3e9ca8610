//! What a directory of results holds, and what it was made from.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::code::Code;
use crate::error::{Error, Result};
use crate::provenance::{FileDigest, Place, SCHEMA_VERSION, sha256_hex};
use crate::text::Text;

use super::owned::is_plain;

/// The manifest's file name.
pub const MANIFEST: &str = "manifest.json";

/// The manifest of a run. No clock, no user, no path of the machine: the same inputs give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// [`SCHEMA_VERSION`].
    pub schema_version: &'static str,
    /// The program, `shihyo`.
    pub program: &'static str,
    /// Its version.
    pub version: &'static str,
    /// SHA-256 of the plan: of all its texts, in the order in which they were read.
    pub plan_sha256: String,
    /// Said when inputs are synthetic: 合成データ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synthetic: Option<Text>,
    /// The files that were read, by name and sheet.
    pub inputs: Vec<FileDigest>,
    /// Columns of the inputs that are kept out of all outputs, such as a respondent's birthday.
    pub withheld_columns: Vec<WithheldColumn>,
    /// What the cleaning logs among the inputs changed, in their order: where, and what kind of change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cleaning_changes: Vec<CleaningChange>,
    /// The files that were written, by name; the manifest itself is not among them.
    pub outputs: Vec<OutputDigest>,
}

/// The identity of a file that was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OutputDigest {
    /// The file's name in the directory.
    pub name: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// A column that is kept out of all outputs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct WithheldColumn {
    /// The file, as the user named it.
    pub file: String,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The column's name.
    pub column: String,
    /// What it holds: `name`, `phone`, `mail`, `address`, `birth-date`, `personal-number`.
    pub kind: &'static str,
    /// Cells that hold anything.
    pub cells: u64,
}

/// One answer, or one return, that a cleaning log changed. It has no place for an answer, a respondent's id
/// or a clerk's reason: those stand in the log, which the manifest names by row and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CleaningChange {
    /// The row of the log.
    pub log: Place,
    /// The cell, or the row of the return.
    pub place: Place,
    /// `change_response`, `blank_response` or `remove_survey`.
    pub change_type: &'static str,
}

impl Manifest {
    /// A manifest without outputs. `plan` holds the plan's texts in the order in which they were read;
    /// `inputs` may be in any order and hold a file twice.
    pub fn new<'a>(plan: impl IntoIterator<Item = &'a str>, mut inputs: Vec<FileDigest>) -> Self {
        // Lengths between the texts: moving a line from one file to the next changes the digest.
        let mut whole = Vec::new();
        for text in plan {
            whole.extend_from_slice(&(text.len() as u64).to_le_bytes());
            whole.extend_from_slice(text.as_bytes());
        }
        inputs.sort_by(|a, b| {
            (&a.file, &a.sheet, &a.sha256, a.rows).cmp(&(&b.file, &b.sheet, &b.sha256, b.rows))
        });
        inputs.dedup();
        Self {
            schema_version: SCHEMA_VERSION,
            program: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            plan_sha256: sha256_hex(&whole),
            synthetic: None,
            inputs,
            withheld_columns: Vec::new(),
            cleaning_changes: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// The files with their manifest, sorted by name: what [`super::write`] takes.
    #[must_use]
    pub fn seal(mut self, mut files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
        files.retain(|(name, _)| name != MANIFEST);
        files.sort_by(|a, b| a.0.cmp(&b.0));
        self.outputs = files.iter().map(|(name, bytes)| OutputDigest::of(name, bytes)).collect();
        self.withheld_columns.sort();
        self.withheld_columns.dedup();
        files.push((MANIFEST.to_owned(), self.bytes()));
        files
    }

    /// The manifest's file: JSON, two blanks of indent, a line feed at the end.
    pub fn bytes(&self) -> Vec<u8> {
        // Numbers, texts and lists only: serialising cannot fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

impl OutputDigest {
    /// The identity of a file with these bytes.
    pub fn of(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self { name: name.into(), sha256: sha256_hex(bytes), bytes: bytes.len() as u64 }
    }

    /// Whether these are the bytes of the file.
    pub(super) fn is(&self, bytes: &[u8]) -> bool {
        self.bytes == bytes.len() as u64 && self.sha256 == sha256_hex(bytes)
    }
}

/// Why a file is not taken for the manifest of a run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// There is none, or it is something else.
    NoManifest,
    /// It lists names that no run writes.
    Names(Vec<String>),
}

/// The outputs that a manifest file lists.
///
/// # Errors
/// It is no manifest, or lists what is no name of an output, such as a path to another folder.
pub(super) fn outputs(bytes: &[u8]) -> std::result::Result<Vec<OutputDigest>, Unusable> {
    let listed = listed(bytes).ok_or(Unusable::NoManifest)?;
    let strange: Vec<String> =
        listed.iter().map(|o| &o.name).filter(|name| !is_output_name(name)).cloned().collect();
    if strange.is_empty() { Ok(listed) } else { Err(Unusable::Names(strange)) }
}

fn listed(bytes: &[u8]) -> Option<Vec<OutputDigest>> {
    let json: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let output = |v: &serde_json::Value| {
        Some(OutputDigest {
            name: v.get("name")?.as_str()?.to_owned(),
            sha256: v.get("sha256")?.as_str()?.to_owned(),
            bytes: v.get("bytes")?.as_u64()?,
        })
    };
    json.get("outputs")?.as_array()?.iter().map(output).collect()
}

/// Whether a run may write a file of this name.
fn is_output_name(name: &str) -> bool {
    is_plain(name) && !name.starts_with('.')
}

/// Whether the files are such as may be written: plain names, none twice, and a manifest that matches.
pub(super) fn check(files: &[(String, Vec<u8>)]) -> Result<()> {
    let mut names = BTreeSet::new();
    for (name, _) in files {
        // Windows and macOS do not tell capital letters apart.
        if !is_output_name(name) || !names.insert(name.to_lowercase()) {
            return Err(Error::msg(
                Code::DerivedName,
                format!("出力のファイル名「{name}」は使えません(重複、または記号を含みます)"),
                format!(
                    "the output name \"{name}\" cannot be used (it stands twice, or is no plain file name)"
                ),
            ));
        }
    }
    let listed = files.iter().find(|(n, _)| n == MANIFEST).and_then(|(_, bytes)| outputs(bytes).ok());
    let mut real: Vec<OutputDigest> =
        files.iter().filter(|(n, _)| n != MANIFEST).map(|(n, b)| OutputDigest::of(n, b)).collect();
    real.sort();
    let matches = listed.is_some_and(|mut listed| {
        listed.sort();
        listed == real
    });
    if matches {
        return Ok(());
    }
    Err(Error::msg(
        Code::DerivedManifest,
        format!("{MANIFEST}がないか、出力と合いません"),
        format!("{MANIFEST} is missing or does not match the outputs"),
    ))
}

#[cfg(test)]
mod tests {
    use super::{FileDigest, MANIFEST, Manifest, Unusable, check, outputs};
    use crate::code::Code;

    fn files() -> Vec<(String, Vec<u8>)> {
        vec![("b.csv".to_owned(), b"2".to_vec()), ("a.csv".to_owned(), b"1".to_vec())]
    }

    #[test]
    fn the_order_of_files_and_inputs_changes_no_byte() {
        let inputs = || {
            vec![FileDigest::of("x.csv", b"x"), FileDigest::of("w.csv", b"w"), FileDigest::of("x.csv", b"x")]
        };
        let one = Manifest::new(["plan"], inputs()).seal(files());
        let two = Manifest::new(["plan"], inputs().into_iter().rev().collect())
            .seal(files().into_iter().rev().collect());
        assert_eq!(one, two);
        assert_eq!(one.last().and_then(|(_, m)| outputs(m).ok()).map(|o| o.len()), Some(2));
    }

    #[test]
    fn moving_text_between_plan_files_changes_the_digest() {
        let digest = |plan: [&str; 2]| Manifest::new(plan, Vec::new()).plan_sha256;
        assert_ne!(digest(["ab", "c"]), digest(["a", "bc"]));
    }

    #[test]
    fn a_manifest_that_does_not_match_is_refused() {
        let good = Manifest::new(["plan"], Vec::new()).seal(files());
        assert!(check(&good).is_ok());
        let mut other = good.clone();
        other[0].1 = b"changed".to_vec();
        let code = |f: &[(String, Vec<u8>)]| check(f).map_err(|e| e.diagnostics()[0].code);
        assert_eq!(code(&other), Err(Code::DerivedManifest));
        assert_eq!(code(&good[..2]), Err(Code::DerivedManifest));
        for name in ["../a", "a/b", "a\\b", "C:a", "a\0", "", "..", ".hidden", "A.csv", MANIFEST] {
            let mut bad = good.clone();
            bad.push((name.to_owned(), Vec::new()));
            assert_eq!(code(&bad), Err(Code::DerivedName), "{name}");
        }
    }

    #[test]
    fn a_manifest_that_lists_another_folder_is_none_of_a_run() {
        let manifest = |name: &str| {
            let output = serde_json::json!({ "name": name, "sha256": "", "bytes": 0 });
            serde_json::json!({ "outputs": [output] }).to_string().into_bytes()
        };
        assert_eq!(outputs(&manifest("a.csv")).map(|o| o.len()), Ok(1));
        for name in
            ["../a.csv", "/a.csv", "..\\a.csv", "C:a.csv", "C:\\a.csv", "..", ".", "", ".a", "a/b", "a\0"]
        {
            assert_eq!(outputs(&manifest(name)), Err(Unusable::Names(vec![name.to_owned()])));
        }
        assert_eq!(outputs(b"{}"), Err(Unusable::NoManifest));
    }
}
