//! The folder of public questionnaires that nobody here wrote.

use std::io::Write;
use std::path::{Path, PathBuf};

/// `surveys/` in the folder that `SHIHYO_SHARED` names, else in `../shared`. Where it is missing, a build
/// server fails and anybody else is told.
pub(crate) fn surveys() -> Option<PathBuf> {
    let shared = std::env::var_os("SHIHYO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from)
        .join("surveys");
    if shared.is_dir() {
        return Some(shared);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing, and CI is set", shared.display());
    // Straight to the terminal: the test harness keeps what a passing test prints.
    let _ = writeln!(std::io::stderr(), "left out: {} is missing", shared.display());
    None
}
