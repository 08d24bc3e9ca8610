//! A project in a folder of its own: files are put there, changed, loaded and run, by the library or by the
//! command.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use shihyo::error::{Error, Result};
use shihyo::pipeline::{self, HeldOutcome, Plan, RunOutcome};
use shihyo::progress::Silent;

/// Its folder goes when this does.
pub struct Project {
    root: tempfile::TempDir,
}

impl Project {
    /// A project of these files, each with its name from the project's folder.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self { root: tempfile::tempdir().unwrap() };
        files.iter().for_each(|(name, text)| project.write(name, text));
        project
    }

    /// A project of folders of the repository, as they are.
    pub fn copy(folders: &[&str]) -> Self {
        let project = Self::new(&[]);
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in folders {
            fs::create_dir_all(project.path(folder)).unwrap();
            for entry in fs::read_dir(home.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                fs::copy(&path, project.path(folder).join(path.file_name().unwrap())).unwrap();
            }
        }
        project
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// Puts `to` in the place of the first `from`, which must be there.
    pub fn change(&self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert!(text.contains(from), "{name} does not hold {from}");
        self.write(name, text.replacen(from, to, 1));
    }

    /// The names in a folder, in order.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path(folder))
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// All files of a folder, by name.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        self.names(folder).into_iter().map(|n| (n.clone(), self.bytes(&format!("{folder}/{n}")))).collect()
    }

    /// As the library sees it: the plan at its top, else the only one under `pipelines/`.
    pub fn opened(&self) -> pipeline::Project {
        let folder = if self.path("plan.toml").exists() {
            self.root().to_path_buf()
        } else {
            let plans = self.names("pipelines");
            assert_eq!(plans.len(), 1, "{plans:?}");
            self.path("pipelines").join(&plans[0])
        };
        pipeline::Project::of(&folder).unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn load(&self) -> Result<Plan> {
        pipeline::load(&self.opened())
    }

    pub fn compute(&self) -> Result<HeldOutcome, Error> {
        let plan = self.load().unwrap_or_else(|e| panic!("{e}"));
        self.computed(&plan)
    }

    /// What comes of the plan, which is the same whether rows are held or added up as they are read.
    fn computed(&self, plan: &Plan) -> Result<HeldOutcome, Error> {
        let held = pipeline::compute(&self.opened(), plan, None, &Silent);
        let streamed = pipeline::compute_streamed(&self.opened(), plan, None, &Silent);
        match (&held, &streamed) {
            (Ok(held), Ok(streamed)) => same(plan, held, streamed, self.root()),
            (Err(held), Err(streamed)) => assert_eq!(held.to_string(), streamed.to_string()),
            _ => panic!("only one of both is an error: {held:?} {streamed:?}"),
        }
        held
    }

    /// The plan and what came of it; nothing is written.
    pub fn run(&self) -> (Plan, HeldOutcome) {
        let plan = self.load().unwrap_or_else(|e| panic!("{e}"));
        let outcome = self.computed(&plan).unwrap_or_else(|e| panic!("{e}"));
        (plan, outcome)
    }

    /// As [`Project::run`], with what it writes in `folder`.
    pub fn written(&self, folder: &str) -> (Plan, HeldOutcome) {
        let (plan, outcome) = self.run();
        pipeline::write(&plan, &outcome, &self.path(folder), &Silent).unwrap_or_else(|e| panic!("{e}"));
        (plan, outcome)
    }

    /// Runs the command here, for somebody who speaks Japanese.
    pub fn shihyo(&self, arguments: &[&str]) -> Ran {
        self.shihyo_in("ja_JP.UTF-8", arguments)
    }

    pub fn shihyo_in(&self, locale: &str, arguments: &[&str]) -> Ran {
        let mut command = command();
        let output = command.env("LANG", locale).args(arguments).current_dir(self.root()).output().unwrap();
        Ran {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// What the command left.
pub struct Ran {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// The command, whatever language and terminal whoever runs the tests has.
/// Both outcomes say the same, to the last digit.
pub fn same(plan: &Plan, held: &RunOutcome, streamed: &RunOutcome, root: &Path) {
    let said = |outcome: &RunOutcome| {
        format!("{:?}\n{:?}\n{:?}", outcome.table.notes, outcome.quality, outcome.inputs)
    };
    assert_eq!(said(held), said(streamed), "{}", root.display());
    // Where the project stands is not in what it writes.
    let files = || held.quality.findings.iter().filter_map(|finding| finding.place.file.as_ref());
    assert!(!files().any(|file| Path::new(file).starts_with(root)), "{:?}", held.quality.findings);
    assert_eq!(held.estimates.len(), streamed.estimates.len());
    for (held, streamed) in held.estimates.iter().zip(&streamed.estimates) {
        assert_eq!(format!("{held:?}"), format!("{streamed:?}"));
    }
    assert_eq!(format!("{:?}", held.table), format!("{:?}", streamed.table), "{}", plan.title);
}

pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shihyo"));
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
    command.env("COLUMNS", "100").env("NO_COLOR", "1").env("RUST_BACKTRACE", "0");
    command
}

/// The head of a small plan: its years, these breakdowns (TOML), one goal.
pub fn head(breakdowns: &str) -> String {
    format!(
        "title = \"試験\"\nfiscal_years = \"R4..R10\"\nreport_year = \"R4\"\nbreakdowns = {breakdowns}\n\
         [[goal]]\nnumber = 1\ntitle = \"目標\"\n"
    )
}

/// The survey of a small plan: `s`, on the paper `q.toml`, answered once, in `answers.csv`, by a random
/// sample with ids. `more` are further lines of the wave.
pub fn survey(more: &str) -> String {
    format!(
        "[survey.s]\ntitle = \"調査\"\nsample = \"random\"\nquestionnaire = \"q.toml\"\n\
         [survey.s.wave.R4]\nresponses = [\"answers.csv\"]\nrespondent = \"番号\"\n{more}\n"
    )
}

/// An indicator of a small plan. `of` is the inside of the list of options; `base` is TOML, and further keys
/// of the share may follow it.
pub fn indicator(id: &str, title: &str, survey: &str, question: &str, of: &str, base: &str) -> String {
    format!(
        "[[indicator]]\nid = \"{id}\"\ngoal = 1\ndepartment = \"課\"\ntitle = \"{title}\"\n\
         target = \"40%以上\"\n\
         share = {{ survey = \"{survey}\", question = \"{question}\", of = [{of}], base = {base} }}\n"
    )
}
