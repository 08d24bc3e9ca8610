//! From a plan's folder to a resolved plan.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde_json::Value;

use super::plan::Plan;
use super::resolve::{Surroundings, resolve};
use super::spec::PlanSpec;
use crate::answers::toml_text::{self, Codes};
use crate::answers::{Questionnaire, read_questionnaire};
use crate::error::{Error, Result, SourceText};
use crate::raw;

const CODES: Codes = Codes {
    syntax: "plan::syntax",
    unknown_key: "plan::unknown-key",
    missing_key: "plan::missing-key",
    wrong_type: "plan::wrong-type",
    unknown_word: "plan::unknown-word",
};

/// Where a plan stands: its own folder, and the project's folder that holds `pipelines/`, `raw/` and `derived/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The project's folder: what response files and counts are named from.
    pub root: PathBuf,
    /// The plan's folder.
    pub folder: PathBuf,
    /// The plan's name: that of its folder.
    pub name: String,
}

impl Project {
    /// The project of the plan in `folder` (or of the `plan.toml` given): the folder above `pipelines/`, or, for a plan
    /// that stands elsewhere, the plan's own folder.
    ///
    /// # Errors
    /// A folder without a name, such as `/`.
    pub fn of(folder: &Path) -> Result<Self> {
        let folder = if folder.file_name().is_some_and(|f| f == "plan.toml") { folder.parent().unwrap_or(Path::new("")) } else { folder };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let whole = raw::absolute(folder)?;
        let name = whole.file_name().map(|n| n.to_string_lossy().into_owned()).ok_or_else(|| {
            Error::msg("plan::folder", format!("計画のフォルダー「{}」に名前がありません", folder.display()), format!("the plan's folder \"{}\" has no name", folder.display()))
        })?;
        let above = whole.parent().filter(|p| p.file_name().is_some_and(|n| n == "pipelines"));
        let root = match above.and_then(Path::parent) {
            // Kept relative where it was given so, since messages name files from it.
            Some(_) if folder.parent().and_then(Path::parent).is_some() => {
                folder.parent().and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default()
            }
            Some(root) => root.to_path_buf(),
            None => folder.to_path_buf(),
        };
        Ok(Self { root, folder: folder.to_path_buf(), name })
    }

    /// The path of a data file that the plan names.
    pub fn data(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Where a run of the plan writes: `derived/<name>` in the project's folder.
    pub fn derived(&self) -> PathBuf {
        self.root.join("derived").join(&self.name)
    }
}

/// Reads and resolves the plan of `project`.
///
/// # Errors
/// Every mistake of the plan and its questionnaires, in one go.
pub fn load(project: &Project) -> Result<Plan> {
    let name = project.folder.join("plan.toml");
    let source = Arc::new(raw::read_text(&name, &name.to_string_lossy())?);
    let spec: PlanSpec = toml_text::read(&source, &CODES)?;
    resolve(&project.name, &source, &spec, &Disk { project })
}

/// The JSON Schema of `plan.toml`, for editors.
pub fn schema() -> Value {
    let mut schema = schemars::generate::SchemaSettings::draft07().into_generator().into_root_schema_for::<PlanSpec>().to_value();
    if let Value::Object(map) = &mut schema {
        map.insert("title".to_owned(), Value::from(PlanSpec::schema_name()));
    }
    schema
}

/// The folders of the plan, through the door in.
struct Disk<'a> {
    project: &'a Project,
}

impl Surroundings for Disk<'_> {
    fn questionnaire(&self, name: &str) -> Result<(Arc<SourceText>, Questionnaire)> {
        let path = self.project.folder.join(name);
        let source = Arc::new(raw::read_text(&path, &path.to_string_lossy())?);
        let questionnaire = read_questionnaire(Arc::clone(&source))?;
        Ok((source, questionnaire))
    }

    fn data_file(&self, name: &str) -> Result<()> {
        raw::locate(&self.project.data(name), name)
    }
}
