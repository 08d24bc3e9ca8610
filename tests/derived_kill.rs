//! A run that is killed at any moment leaves the old result or the new one, whole.
//!
//! The test starts itself again as a writer of generations 1, 2, 3 … of one directory and kills it at seeded
//! moments.
#![expect(clippy::disallowed_methods, reason = "the test waits for a process")]
#![cfg(unix)]

#[path = "support/dice.rs"]
mod dice;

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use dice::Dice;
use shihyo::derived::{self, MANIFEST, Manifest};

const WRITER: &str = "SHIHYO_TEST_WRITES_TO";
const KILLS: u32 = 50;

fn generation(number: u64) -> Vec<(String, Vec<u8>)> {
    let files = (0..6_usize)
        .map(|i| (format!("{i}.csv"), format!("generation {number}\n").repeat(1 + i * i * 60).into_bytes()));
    Manifest::new([format!("generation {number}").as_str()], Vec::new()).seal(files.collect())
}

/// Writes generations until it is killed, from the one after that which stands there.
fn write_until_killed(dir: &Path) -> ! {
    let mut number = standing(dir).unwrap_or(0);
    loop {
        number += 1;
        derived::write(dir, &generation(number)).unwrap();
    }
}

/// The generation that stands in `dir`, which must be wholly of that generation; `None` when there is no
/// `dir`.
fn standing(dir: &Path) -> Option<u64> {
    if !dir.exists() {
        return None;
    }
    let first = std::fs::read_to_string(dir.join("0.csv")).unwrap();
    let number: u64 = first.trim().trim_start_matches("generation ").parse().unwrap();
    let mut found: Vec<(String, Vec<u8>)> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&p).unwrap()))
        .collect();
    found.sort();
    assert_eq!(found.last().map(|(n, _)| n.as_str()), Some(MANIFEST));
    assert!(found == generation(number), "generation {number} is not whole");
    Some(number)
}

fn start(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed_at_any_moment_the_old_result_or_the_new_one_is_there_whole", "--nocapture"])
        .env(WRITER, dir)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn killed_at_any_moment_the_old_result_or_the_new_one_is_there_whole() {
    if let Some(dir) = std::env::var_os(WRITER) {
        write_until_killed(&PathBuf::from(dir));
    }
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("plan");
    derived::write(&dir, &generation(1)).unwrap();
    let (mut dice, mut progress, mut left_behind) = (Dice::new(20_240_401), 0, 0);
    for kill in 0..KILLS {
        let before = standing(&dir).unwrap();
        let mut writer = start(&dir);
        // Wait until it writes, so that the kill falls into writing and not into starting.
        let patience = Instant::now();
        while standing_number(&dir) == Some(before) && patience.elapsed() < Duration::from_secs(5) {
            sleep(Duration::from_micros(200));
        }
        sleep(Duration::from_micros(dice.below(12_000)));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let after = standing(&dir).unwrap_or_else(|| panic!("kill {kill}: no directory"));
        assert!(after >= before, "kill {kill}: {before} became {after}");
        progress += after - before;
        let beside = std::fs::read_dir(root.path()).unwrap().count();
        assert!(beside <= 3, "kill {kill}: leftovers pile up");
        left_behind += u32::from(beside > 2);
    }
    println!("{KILLS} kills over {progress} generations; {left_behind} left an unfinished directory");
    assert!(progress >= u64::from(KILLS) && left_behind > KILLS / 10, "the kills did not fall into writing");
    derived::write(&dir, &generation(0)).unwrap();
    assert_eq!(
        std::fs::read_dir(root.path()).unwrap().count(),
        1,
        "the next run clears what killed runs left"
    );
}

/// The generation's number alone, while it may change under the reader's hands.
fn standing_number(dir: &Path) -> Option<u64> {
    let first = std::fs::read_to_string(dir.join("0.csv")).ok()?;
    first.trim().trim_start_matches("generation ").parse().ok()
}
