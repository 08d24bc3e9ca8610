//! The data files in `raw/` are what their generator makes, no more and no less.

use crate::support::synthesis;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn the_committed_files_are_the_generated_ones() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in synthesis::artifacts().unwrap() {
        let committed = fs::read(root.join(file.path)).unwrap_or_default();
        assert!(committed == file.bytes, "{} differs: run `cargo run --example synthesize`", file.path);
    }
}

#[test]
fn nothing_else_stands_beside_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made: BTreeSet<String> = synthesis::artifacts().unwrap().iter().map(|f| f.path.to_owned()).collect();
    let mut there = BTreeSet::new();
    for folder in ["raw/nishitokyo", "raw/nishitokyo-trial"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            there.insert(format!("{folder}/{}", entry.unwrap().file_name().into_string().unwrap()));
        }
    }
    assert_eq!(there, made);
}
