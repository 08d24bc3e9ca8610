//! SPSS files: Japanese ones in every way of saying (or not saying) their encoding, and those of two other readers' tests.

use std::path::{Path, PathBuf};

use shihyo::raw::{self, Cell, MultipleResponseKind, ReadOptions, Table, Variable};

/// The folder of shared surveys. Where it is missing, a build server fails and anybody else is told.
fn surveys() -> Option<PathBuf> {
    let shared = std::env::var_os("SHIHYO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from)
        .join("surveys");
    if shared.is_dir() {
        return Some(shared);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing, and CI is set", shared.display());
    println!("left out: {} is missing", shared.display());
    None
}

fn read(folder: &Path, file: &str) -> Table {
    raw::read(&folder.join(file), file, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn cells(table: &Table, name: &str) -> Vec<Cell> {
    let names: Vec<String> = table.columns.iter().map(|c| c.name()).collect();
    let column = table.column(name).unwrap_or_else(|| panic!("no column {name} in {names:?}"));
    (0..table.row_count()).map(|r| column.cell(r).clone()).collect()
}

fn variable<'a>(table: &'a Table, name: &str) -> &'a Variable {
    &table.dictionary.as_ref().unwrap().variables[name]
}

#[test]
fn every_fixture_reads() {
    let Some(folder) = surveys() else { return };
    let mut count = 0;
    for sub in ["spss_japanese", "spss_fixtures"] {
        for entry in std::fs::read_dir(folder.join(sub)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "sav" || e == "zsav") {
                let table = read(&folder, &format!("{sub}/{}", path.file_name().unwrap().to_str().unwrap()));
                println!("{} {:?} {:?}", path.display(), table.digest.encoding, table.findings);
                for column in &table.columns {
                    println!("  {} {:?} {:?}", column.name(), (0..table.row_count().min(6)).map(|r| column.cell(r)).collect::<Vec<_>>(), variable(&table, &column.name()));
                }
                println!("  {:?}", table.dictionary.unwrap().multiple_response);
                count += 1;
            }
        }
    }
    assert_eq!(count, 19);
    let _ = (cells, MultipleResponseKind::Categories, Cell::Empty);
}
