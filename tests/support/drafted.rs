//! Files as `init` drafts them: the plan that it writes, run as it is, with an indicator for each option.

use std::collections::BTreeMap;
use std::path::Path;

use shihyo::finding::Finding;
use shihyo::pipeline::{FirstPlan, InitRequest, Project, compute, init, load};
use shihyo::progress::Silent;
use shihyo::questionnaire::{Category, Question, quoted};
use shihyo::raw::ReadOptions;
use shihyo::text::Lang;

/// For each question its options, in their order, each with how many chose it, and how many answered.
pub type Counts = BTreeMap<String, (Vec<(String, u64)>, u64)>;

/// A file, drafted and run.
pub struct Drafted {
    pub first: FirstPlan,
    pub counts: Counts,
    /// What the run found in the data.
    pub findings: Vec<Finding>,
    pub warnings: u64,
}

impl Drafted {
    /// The options of a question, each with how many chose it, and how many answered.
    pub fn of(&self, question: &str) -> &(Vec<(String, u64)>, u64) {
        self.counts
            .get(question)
            .unwrap_or_else(|| panic!("no question {question} in\n{}", self.questionnaire()))
    }

    /// The questionnaire as it is written.
    pub fn questionnaire(&self) -> String {
        questionnaire_text(&self.first)
    }

    /// The plan as it is written.
    pub fn plan(&self) -> String {
        String::from_utf8(self.first.files[0].1.clone()).unwrap()
    }
}

/// The first plan of a file with this name and these bytes in `folder`.
pub fn first_plan(folder: &Path, name: &str, bytes: &[u8]) -> FirstPlan {
    std::fs::write(folder.join(name), bytes).unwrap();
    let request = InitRequest {
        files: vec![folder.join(name)],
        read: ReadOptions::of_responses(),
        form: None,
        choices: None,
        out: folder.join("pipelines/a"),
        lang: Lang::Ja,
    };
    init(&request).unwrap_or_else(|e| panic!("{e}\n{}", String::from_utf8_lossy(bytes)))
}

pub fn questionnaire_text(first: &FirstPlan) -> String {
    String::from_utf8(first.files[1].1.clone()).unwrap()
}

/// A CSV file, drafted and run.
pub fn drafted(csv: &str) -> Drafted {
    drafted_of("a.csv", csv.as_bytes())
}

/// A file with this name and these bytes, drafted and run.
pub fn drafted_of(name: &str, bytes: &[u8]) -> Drafted {
    let folder = tempfile::tempdir().unwrap();
    let first = first_plan(folder.path(), name, bytes);
    let questions = &first.inferred.questionnaire.questions;
    let chosen: Vec<&Question> = questions.iter().filter(|q| !q.categories().is_empty()).collect();
    let mut files = first.files.clone();
    for (q, question) in chosen.iter().enumerate() {
        for (k, option) in question.categories().iter().enumerate() {
            files[0].1.extend_from_slice(
                format!(
                    "\n[[indicator]]\nid = \"q{q}-{k}\"\ngoal = 1\ndepartment = \"課\"\ntitle = \"t\"\n\
                     share = {{ survey = \"survey\", question = {}, of = [{}], base = \"answered\" }}\n",
                    quoted(&question.id),
                    quoted(&option.label)
                )
                .as_bytes(),
            );
        }
    }
    let out = folder.path().join("pipelines/a");
    shihyo::derived::write_new(&out, &files).unwrap_or_else(|e| panic!("{e}"));
    let project = Project::of(&out).unwrap_or_else(|e| panic!("{e}"));
    let plan = load(&project).unwrap_or_else(|e| panic!("{e}\n{}", questionnaire_text(&first)));
    let outcome = compute(&project, &plan, None, &Silent).unwrap_or_else(|e| panic!("{e}"));
    let estimate = |q: usize, k: usize| {
        let id = format!("q{q}-{k}");
        let of = |record: &&shihyo::indicator::EstimateRecord| {
            record.key.indicator() == Some(&id) && record.key.groups.is_empty()
        };
        outcome.estimates.iter().find(of).unwrap_or_else(|| panic!("no {id}")).estimate.clone()
    };
    let mut counts = Counts::new();
    for (q, question) in chosen.iter().enumerate() {
        let of_option =
            |(k, option): (usize, &Category)| (option.label.clone(), estimate(q, k).n_yes.unwrap());
        let options = question.categories().iter().enumerate().map(of_option).collect();
        counts.insert(question.id.clone(), (options, estimate(q, 0).n));
    }
    let warnings = outcome.warnings();
    Drafted { first, counts, findings: outcome.quality.findings.clone(), warnings }
}

/// Options with how many chose them, and how many answered.
pub fn expected(options: &[(&str, u64)], answered: u64) -> (Vec<(String, u64)>, u64) {
    (options.iter().map(|(label, n)| ((*label).to_owned(), *n)).collect(), answered)
}
