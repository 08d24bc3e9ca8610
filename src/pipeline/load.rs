//! From a plan's folder to a resolved plan.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde_json::Value;

use super::plan::Plan;
use super::recover::recover;
use super::resolve::{Surroundings, resolve};
use super::spec::PlanSpec;
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result, SourceText};
use crate::questionnaire::{Questionnaire, read_questionnaire};
use crate::raw;
use crate::text::Text;
use crate::toml::check::Codes;
use crate::toml::text as toml_text;

const CODES: Codes = Codes {
    syntax: Code::PlanSyntax,
    unknown_key: Code::PlanUnknownKey,
    missing_key: Code::PlanMissingKey,
    wrong_type: Code::PlanWrongType,
    unknown_word: Code::PlanUnknownWord,
};

/// Where a plan stands: its own folder, and the project's folder that holds `pipelines/`, `raw/` and
/// `derived/`.
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
    /// The project of the plan in `folder` (or of the `plan.toml` given): the folder above `pipelines/`, or,
    /// for a plan that stands elsewhere, the plan's own folder.
    ///
    /// # Errors
    /// A folder without a name, such as `/`.
    pub fn of(folder: &Path) -> Result<Self> {
        let folder = if folder.file_name().is_some_and(|f| f == "plan.toml") {
            folder.parent().unwrap_or(Path::new(""))
        } else {
            folder
        };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let whole = raw::absolute(folder).map_err(no_folder)?;
        let name = whole.file_name().map(|n| n.to_string_lossy().into_owned()).ok_or_else(|| {
            Error::msg(
                Code::PlanFolder,
                format!("計画のフォルダー「{}」に名前がありません", folder.display()),
                format!("the plan's folder \"{}\" has no name", folder.display()),
            )
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
        // Windows writes \ between folders, and means the same.
        self.root.join(name.replace('\\', "/"))
    }

    /// `plan`, whose own files findings name from the project's folder as they name data: what is written
    /// does not depend on how the plan's folder was typed.
    fn named_from_root(&self, mut plan: Plan) -> Plan {
        let within =
            if self.root == self.folder { String::new() } else { format!("pipelines/{}/", self.name) };
        let from_root = |file: &mut String| {
            if let Ok(name) = Path::new(file.as_str()).strip_prefix(&self.folder) {
                *file = format!("{within}{}", name.to_string_lossy());
            }
        };
        from_root(&mut plan.file);
        let waves = plan.surveys.iter_mut().flat_map(|survey| &mut survey.waves);
        waves.filter_map(|wave| wave.paper.as_mut()).for_each(|paper| from_root(&mut paper.file));
        plan
    }

    /// Where a run of the plan writes: `derived/<name>` in the project's folder.
    pub fn derived(&self) -> PathBuf {
        self.root.join("derived").join(&self.name)
    }
}

fn no_folder(error: Error) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == Code::RawNotFound) {
        diagnostic.message = Text::new("計画のフォルダーがありません", "there is no such folder of a plan");
        diagnostic.help = diagnostic.help.take().or_else(plans_here);
    }
    Error::all(diagnostics).unwrap_or_else(|| {
        Error::msg(Code::RawNotFound, "計画のフォルダーがありません", "there is no such folder of a plan")
    })
}

/// Reads and resolves the plan of `project`.
///
/// # Errors
/// Every mistake of the plan and its questionnaires, in one go and in the order of the text.
pub fn load(project: &Project) -> Result<Plan> {
    let name = project.folder.join("plan.toml");
    let source = Arc::new(raw::read_text(&name, &name.to_string_lossy()).map_err(no_plan)?);
    match toml_text::read::<PlanSpec>(&source, &CODES) {
        Ok(spec) => resolve(&project.name, &source, &spec, &Disk { project })
            .map(|plan| project.named_from_root(plan)),
        Err(form) => Err(with_meaning(project, &source, form)),
    }
}

/// The plans that stand where the command was given.
fn plans_here() -> Option<Text> {
    let plans = raw::folders_with(Path::new("pipelines"), "plan.toml");
    let (shown, more) = (plans.iter().take(MOST_PLANS), plans.len().saturating_sub(MOST_PLANS));
    // As it is typed, on Windows too.
    let names: Vec<String> = shown.map(|plan| plan.to_string_lossy().replace('\\', "/")).collect();
    let (more_ja, more_en) = match more {
        0 => (String::new(), String::new()),
        more => (format!("（ほか{more}件）"), format!(" and {more} more")),
    };
    (!names.is_empty()).then(|| {
        Text::new(
            format!("このフォルダーにある計画: {}{more_ja}", names.join("、")),
            format!("plans in this folder: {}{more_en}", names.join(", ")),
        )
    })
}

/// Plans that are named in advice.
const MOST_PLANS: usize = 8;

/// Advice for a folder without a plan in it, or with something else by that name.
fn no_plan(error: Error) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in
        diagnostics.iter_mut().filter(|d| [Code::RawNotText, Code::RawEncoding].contains(&d.code))
    {
        diagnostic.help = Some(Text::new(
            "テキストファイル（UTF-8）で保存し直してください",
            "save it as a text file in UTF-8",
        ));
    }
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == Code::RawNotFound) {
        diagnostic.message = Text::new("計画がありません", "there is no plan");
        diagnostic.help = plans_here().or_else(|| {
            Some(Text::new(
                "plan.toml のあるフォルダーを指定してください（例: pipelines/nishitokyo）",
                "name the folder that holds plan.toml, such as pipelines/nishitokyo",
            ))
        });
    }
    Error::all(diagnostics)
        .unwrap_or_else(|| Error::msg(Code::RawNotFound, "計画がありません", "there is no plan"))
}

/// The mistakes of form with the mistakes of meaning that can be found beside them.
fn with_meaning(project: &Project, source: &Arc<SourceText>, form: Error) -> Error {
    let Some(recovered) = recover::<PlanSpec>(&source.text) else { return form };
    let Err(meaning) = resolve(&project.name, source, &recovered.value, &Disk { project }) else {
        return form;
    };
    let of_plan =
        |d: &Diagnostic| d.span.as_ref().filter(|s| Arc::ptr_eq(&s.source, source)).map(|s| s.range.clone());
    let mut all = form.into_diagnostics();
    let told: Vec<Option<Range<usize>>> = all.iter().map(of_plan).collect();
    // A name whose definition was taken out is not its user's mistake; an unknown key may have been meant
    // to define it.
    let schema = schema();
    let unknown =
        recovered.affected.iter().any(|k| schema.get("properties").and_then(|p| p.get(k)).is_none());
    let lost = |code: Code| match code {
        Code::PlanUnknownGoal => unknown || recovered.affected.contains("goal"),
        Code::PlanUnknownSurvey | Code::PlanUnknownQuestion => unknown,
        Code::PlanUnmappedQuestion | Code::PlanMapKind => recovered.affected.contains("survey"),
        _ => false,
    };
    all.extend(
        meaning
            .into_diagnostics()
            .into_iter()
            .filter(|d| !lost(d.code) && !told.contains(&of_plan(d)) || of_plan(d).is_none()),
    );
    all.sort_by_key(|d| of_plan(d).map_or((1, 0), |range| (0, range.start)));
    Error::all(all).unwrap_or_else(|| Error::msg(CODES.syntax, "計画が読めません", "cannot read the plan"))
}

/// The JSON Schema of `plan.toml`, for editors.
pub fn schema() -> Value {
    let mut schema = schemars::generate::SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<PlanSpec>()
        .to_value();
    if let Value::Object(map) = &mut schema {
        map.insert("title".to_owned(), Value::from(PlanSpec::schema_name()));
    }
    schema
}

/// A questionnaire's text and what it says.
///
/// # Errors
/// A file that cannot be read; every mistake of the questionnaire, in one go.
pub(super) fn questionnaire(path: &Path) -> Result<(Arc<SourceText>, Questionnaire)> {
    let source = Arc::new(raw::read_text(path, &path.to_string_lossy())?);
    let questionnaire = read_questionnaire(Arc::clone(&source))?;
    Ok((source, questionnaire))
}

/// The folders of the plan, through the door in.
struct Disk<'a> {
    project: &'a Project,
}

impl Surroundings for Disk<'_> {
    fn questionnaire(&self, name: &str) -> Result<(Arc<SourceText>, Questionnaire)> {
        questionnaire(&self.project.folder.join(name))
    }

    fn data_file(&self, name: &str) -> Result<()> {
        raw::locate(&self.project.data(name), name)
    }
}
