//! The files of a report, made from a table that holds everything.

mod report_sample;

use std::collections::BTreeMap;
use std::path::Path;

use report_sample::{Sample, sample};
use shihyo::indicator::DataKind;
use shihyo::report::{ReportInput, render};

fn files(sample: &Sample) -> BTreeMap<String, Vec<u8>> {
    let input = ReportInput { table: &sample.table, estimates: &sample.estimates, quality: &sample.quality };
    render(&input).unwrap().into_iter().collect()
}

/// Kept under the target directory, to be looked at.
#[test]
fn a_report_can_be_looked_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in files(&sample(DataKind::Synthetic)) {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}
