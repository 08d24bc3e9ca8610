//! A project in a folder of its own: files are put there, changed, loaded and run.
#![allow(dead_code, reason = "each test takes the part that it needs")]

use std::fs;
use std::path::{Path, PathBuf};

use shihyo::error::{Error, Result};
use shihyo::pipeline::{self, Outcome, Plan, Project};
use shihyo::progress::Silent;

/// The folder; it goes when this does.
pub struct Office {
    root: tempfile::TempDir,
}

impl Office {
    /// A project of these files, each with its name from the project's folder.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let office = Self { root: tempfile::tempdir().unwrap() };
        files.iter().for_each(|(name, text)| office.write(name, text));
        office
    }

    /// A project of folders of the repository, as they are.
    pub fn copy(folders: &[&str]) -> Self {
        let office = Self::new(&[]);
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in folders {
            fs::create_dir_all(office.path(folder)).unwrap();
            for entry in fs::read_dir(home.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                fs::copy(&path, office.path(folder).join(path.file_name().unwrap())).unwrap();
            }
        }
        office
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

    /// The project's plan: the one at its top, else the only one under `pipelines/`.
    pub fn project(&self) -> Project {
        let folder = if self.path("plan.toml").exists() {
            self.root().to_path_buf()
        } else {
            let plans = self.names("pipelines");
            assert_eq!(plans.len(), 1, "{plans:?}");
            self.path("pipelines").join(&plans[0])
        };
        Project::of(&folder).unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn load(&self) -> Result<Plan> {
        pipeline::load(&self.project())
    }

    pub fn compute(&self) -> Result<Outcome, Error> {
        let plan = self.load().unwrap_or_else(|e| panic!("{e}"));
        pipeline::compute(&self.project(), &plan, None, &Silent)
    }

    /// The plan and what came of it; nothing is written.
    pub fn run(&self) -> (Plan, Outcome) {
        let outcome = self.compute().unwrap_or_else(|e| panic!("{e}"));
        (self.load().unwrap_or_else(|e| panic!("{e}")), outcome)
    }

    /// As [`Office::run`], with what it writes in `folder`.
    pub fn written(&self, folder: &str) -> (Plan, Outcome) {
        let (plan, outcome) = self.run();
        pipeline::write(&plan, &outcome, &self.path(folder), &Silent).unwrap_or_else(|e| panic!("{e}"));
        (plan, outcome)
    }
}
