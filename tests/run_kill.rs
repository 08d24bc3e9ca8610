//! `shihyo run` killed at any moment: the old result or the new one is there, whole.
#![expect(clippy::disallowed_methods, reason = "the test waits for a process")]
#![cfg(unix)]

#[path = "support/dice.rs"]
mod dice;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use dice::Dice;
use shihyo::provenance::sha256_hex;

const KILLS: u32 = 50;
const TITLE: &str = "title = \"西東京市 地域福祉計画 進捗管理表\"";
const TITLES: [&str; 2] = ["第一の表", "第二の表"];

/// Two plans that differ in their title, and one `raw/`.
fn project(root: &Path) {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = |from: &str, to: &str| {
        fs::create_dir_all(root.join(to)).unwrap();
        for entry in fs::read_dir(home.join(from)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, root.join(to).join(path.file_name().unwrap())).unwrap();
        }
    };
    copy("raw/nishitokyo", "raw/nishitokyo");
    for title in TITLES {
        let folder = format!("pipelines/{title}");
        copy("pipelines/nishitokyo", &folder);
        let plan = root.join(&folder).join("plan.toml");
        let text = fs::read_to_string(&plan).unwrap();
        assert!(text.contains(TITLE));
        fs::write(&plan, text.replace(TITLE, &format!("title = \"{title}\""))).unwrap();
    }
}

fn run(root: &Path, title: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shihyo"));
    command.args(["run", &format!("pipelines/{title}"), "--out", "out/table", "--quiet"]).current_dir(root);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The title of the result in `dir`, all of whose files must be those of its manifest; `None` when there is
/// no `dir`.
fn standing(dir: &Path) -> Option<String> {
    if !dir.exists() {
        return None;
    }
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&fs::read(dir.join(name)).unwrap()).unwrap()
    };
    let manifest = json("manifest.json");
    let mut named = vec!["manifest.json".to_owned()];
    for output in manifest["outputs"].as_array().unwrap() {
        let name = output["name"].as_str().unwrap();
        let bytes = fs::read(dir.join(name)).unwrap();
        assert_eq!(sha256_hex(&bytes), output["sha256"].as_str().unwrap(), "{name}");
        named.push(name.to_owned());
    }
    let mut there: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    named.sort();
    assert_eq!(there, named, "no foreign file");
    assert!(named.len() >= 9);
    let title = json("indicators.json")["title"].as_str().unwrap().to_owned();
    assert!(
        fs::read_to_string(dir.join("progress-table.html")).unwrap().contains(&title),
        "one variant wholly"
    );
    Some(title)
}

#[test]
fn a_killed_run_leaves_the_old_table_or_the_new_one() {
    let root = tempfile::tempdir().unwrap();
    project(root.path());
    let dir = root.path().join("out/table");
    let start = Instant::now();
    assert!(run(root.path(), TITLES[0]).status().unwrap().success());
    let usual = start.elapsed();
    fs::remove_dir_all(root.path().join("out")).unwrap();

    let (mut dice, mut killed, mut changed) = (Dice::new(20_260_401), 0, 0);
    for round in 0..KILLS {
        let before = standing(&dir);
        let title = TITLES[round as usize % 2];
        let mut child = run(root.path(), title).spawn().unwrap();
        // Up to a third longer than usual, so that some runs come to their end.
        sleep(usual.mul_f64(dice.unit() * 4.0 / 3.0));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        let after = standing(&dir);
        assert!(
            after == before || after.as_deref() == Some(title),
            "round {round}: {before:?} became {after:?}"
        );
        changed += u32::from(after != before);
    }
    println!(
        "usual {usual:?}; {killed} of {KILLS} runs killed before their end, {changed} changed the table"
    );
    assert!(killed > 0, "no kill met a run");

    // What stands does not hinder the next run, and it clears what the killed ones left.
    sleep(Duration::from_millis(10));
    assert!(run(root.path(), TITLES[1]).status().unwrap().success());
    assert_eq!(standing(&dir).as_deref(), Some(TITLES[1]));
    let beside: Vec<String> = fs::read_dir(root.path().join("out"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(beside, ["table"], "no leftovers");
}
