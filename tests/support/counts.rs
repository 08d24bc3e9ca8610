//! Plans of administrative counts, and what they read.

use shihyo::error::Diagnostic;
use shihyo::indicator::{CellContent, ObservedValue, ProgressState};
use shihyo::pipeline::RunOutcome;

use super::project::Project;

/// A plan of R4 to R7 whose items are counts: title and the rest of its TOML, in which `count` stands.
pub fn plan(items: &[(&str, &str)]) -> String {
    let mut out =
        "title = \"t\"\nfiscal_years = \"R4..R7\"\nreport_year = \"R6\"\n[[goal]]\nnumber = 1\ntitle = \
                   \"g\"\n"
            .to_owned();
    for (at, (title, rest)) in items.iter().enumerate() {
        out.push_str(&format!(
            "[[indicator]]\nid = \"i{at}\"\ngoal = 1\ndepartment = \"d\"\ntitle = \"{title}\"\n{rest}\n"
        ));
    }
    out
}

/// A project of one file of counts, and items looked for in it by their titles.
pub fn project(file: &str, content: impl AsRef<[u8]>, items: &[&str]) -> Project {
    let rests: Vec<String> =
        items.iter().map(|item| format!("count = {{ file = \"{file}\", item = \"{item}\" }}")).collect();
    let items: Vec<(&str, &str)> = items.iter().copied().zip(rests.iter().map(String::as_str)).collect();
    of(file, content, &items)
}

/// As [`project`], each item with its own TOML.
pub fn of(file: &str, content: impl AsRef<[u8]>, items: &[(&str, &str)]) -> Project {
    let project = Project::new(&[("pipelines/p/plan.toml", &plan(items))]);
    project.write(file, content);
    project
}

/// What stands in R4, R5 and R6 of each item: the value with its unit (and its mark), `-`, `…`, `x`, or
/// nothing.
pub fn read(project: &Project) -> Vec<Vec<String>> {
    shown(&project.run().1)
}

pub fn shown(outcome: &RunOutcome) -> Vec<Vec<String>> {
    let text = |content: &CellContent| match content {
        CellContent::Value(o) => {
            let ObservedValue::Reported(quantity) = &o.value else { panic!("{o:?}") };
            let mark = o.mark.map(|m| format!(" {}", m.code())).unwrap_or_default();
            format!("{quantity}{mark}")
        }
        CellContent::NotSurveyed => "-".to_owned(),
        CellContent::NotAvailable => "…".to_owned(),
        CellContent::Suppressed => "x".to_owned(),
        CellContent::Pending => String::new(),
    };
    let measures = outcome.table.rows.iter().flat_map(|row| &row.measures);
    measures.map(|m| m.cells.iter().map(|cell| text(&cell.content)).collect()).collect()
}

/// The status of each item.
pub fn states(project: &Project) -> Vec<ProgressState> {
    let outcome = project.run().1;
    outcome.table.rows.iter().flat_map(|row| &row.measures).map(|m| m.status.state).collect()
}

/// The mistakes that stop the run.
pub fn mistakes(project: &Project) -> Vec<Diagnostic> {
    match project.compute() {
        Ok(outcome) => panic!("it ran: {:?}", shown(&outcome)),
        Err(error) => error.diagnostics().to_vec(),
    }
}
