//! A project's folder that comes from elsewhere: whatever its manifests, leftovers and links say, a run
//! removes no file but those that a run wrote into the folder of results.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::project::Project;
use serde_json::json;
use shihyo::code::Code;
use shihyo::derived::{self, MANIFEST, Manifest};
use shihyo::finding::Finding;
use shihyo::provenance::sha256_hex;

const PRECIOUS: &str = "precious";

fn files(text: &str) -> Vec<(String, Vec<u8>)> {
    let files = ["a.csv", "b.csv"].map(|n| (n.to_owned(), text.as_bytes().to_vec())).to_vec();
    Manifest::new(["plan"], Vec::new()).seal(files)
}

/// A manifest that lists these names, each with the digest of the precious file.
fn manifest(names: &[&str]) -> String {
    let output = |name: &&str| json!({ "name": name, "sha256": sha256_hex(PRECIOUS.as_bytes()), "bytes": 8 });
    json!({ "outputs": names.iter().map(output).collect::<Vec<_>>() }).to_string()
}

/// What a run in `derived/plan` says and what it leaves there.
fn code(project: &Project) -> Result<Vec<Finding>, Code> {
    derived::write(&project.path("derived/plan"), &files("new")).map_err(|e| e.diagnostics()[0].code)
}

/// The names that a warning tells, by the folder it is about.
fn told(found: &[Finding], folder: &str) -> String {
    let of = |f: &&Finding| f.place.file.as_ref().is_some_and(|file| file.ends_with(folder));
    let messages: Vec<&str> = found.iter().filter(of).map(|f| f.message.en.as_str()).collect();
    assert_eq!(messages.len(), 1, "{folder}: {found:?}");
    messages[0].split_once("left there").unwrap().1.trim_start_matches(": ").to_owned()
}

#[test]
fn a_manifest_that_lists_files_elsewhere_stops_the_run() {
    let project = Project::new(&[("thesis.docx", PRECIOUS), ("derived/plan/sub/a.csv", PRECIOUS)]);
    fs::remove_dir_all(project.path("derived/plan/sub")).unwrap();
    let whole = project.path("thesis.docx").to_str().unwrap().to_owned();
    for name in
        ["../../thesis.docx", &whole, "..\\..\\thesis.docx", "C:\\thesis.docx", "C:thesis.docx", ".", ".."]
    {
        project.write("derived/plan/manifest.json", manifest(&["a.csv", name]));
        let error = derived::write(&project.path("derived/plan"), &files("new")).unwrap_err();
        let only = &error.diagnostics()[0];
        assert_eq!(only.code, Code::DerivedForeignManifest, "{name}");
        assert!(only.message.ja.contains(name) && only.message.en.ends_with(name), "{name}: {only:?}");
        assert_eq!(project.text("thesis.docx"), PRECIOUS);
        assert_eq!(project.names("derived"), ["plan"]);
        assert_eq!(project.names("derived/plan"), [MANIFEST]);
    }
}

#[cfg(unix)]
#[test]
fn a_link_among_the_results_stops_the_run() {
    let project =
        Project::new(&[("thesis.docx", PRECIOUS), ("derived/plan/manifest.json", &manifest(&["a.csv"]))]);
    std::os::unix::fs::symlink("../../thesis.docx", project.path("derived/plan/a.csv")).unwrap();
    assert_eq!(code(&project), Err(Code::DerivedForeignFile));
    assert_eq!(project.names("derived/plan"), ["a.csv", MANIFEST]);
    fs::remove_file(project.path("derived/plan/a.csv")).unwrap();
    fs::rename(project.path("derived/plan/manifest.json"), project.path("manifest.json")).unwrap();
    std::os::unix::fs::symlink("../../manifest.json", project.path("derived/plan/manifest.json")).unwrap();
    assert_eq!(code(&project), Err(Code::DerivedForeignFile));
    assert_eq!(project.text("thesis.docx"), PRECIOUS);
}

#[test]
fn leftovers_lose_only_what_a_run_wrote() {
    let project = Project::new(&[("thesis.docx", PRECIOUS)]);
    derived::write(&project.path("derived/plan"), &files("old")).unwrap();
    for (name, text) in [
        // Lists a file elsewhere.
        ("derived/.plan.old-1/manifest.json", manifest(&["../../thesis.docx", "a.csv"]).as_str()),
        ("derived/.plan.old-1/a.csv", PRECIOUS),
        // Lists a file with another digest than it has, one that it has, and one that is gone.
        ("derived/.plan.old-2/manifest.json", manifest(&["memo.txt", "a.csv", "gone.csv"]).as_str()),
        ("derived/.plan.old-2/memo.txt", "mine"),
        ("derived/.plan.old-2/a.csv", PRECIOUS),
        // Has no manifest, so that no run can have put it aside.
        ("derived/.plan.old-3/a.csv", "mine"),
        // Unfinished: has no manifest yet.
        ("derived/.plan.new-4/a.csv", "ha"),
        ("derived/.plan.new-4/memo.txt", "mine"),
        ("derived/.plan.new-4/b.csv/deep.txt", "mine"),
        ("derived/.plan.new-5/a.csv", "ha"),
        // No folder at all.
        ("derived/.plan.new-6", "mine"),
    ] {
        project.write(name, text);
    }
    let left = code(&project).unwrap();
    assert_eq!(project.text("thesis.docx"), PRECIOUS);
    assert_eq!(project.names("derived/.plan.old-1"), ["a.csv", MANIFEST]);
    assert_eq!(project.names("derived/.plan.old-2"), ["memo.txt"]);
    assert_eq!(project.names("derived/.plan.old-3"), ["a.csv"]);
    assert_eq!(project.names("derived/.plan.new-4"), ["b.csv", "memo.txt"]);
    assert_eq!(project.text("derived/.plan.new-6"), "mine");
    assert_eq!(project.text("derived/plan/a.csv"), "new");
    let expected = [
        (".plan.old-1", MANIFEST),
        (".plan.old-2", "memo.txt"),
        (".plan.old-3", "a.csv"),
        (".plan.new-4", "b.csv, memo.txt"),
        (".plan.new-6", ""),
    ];
    for (folder, names) in expected {
        assert_eq!(told(&left, folder), names, "{folder}");
    }
    assert_eq!(left.len(), expected.len(), "{left:?}");
    assert!(!project.path("derived/.plan.new-5").exists());
}

#[cfg(unix)]
#[test]
fn a_link_beside_the_results_is_not_followed() {
    let project = Project::new(&[("derived/.keep", "")]);
    derived::write(&project.path("other/derived/plan"), &files("other")).unwrap();
    std::os::unix::fs::symlink("../other/derived/plan", project.path("derived/.plan.old-1")).unwrap();
    let left = code(&project).unwrap();
    assert_eq!(told(&left, ".plan.old-1"), "");
    assert_eq!(project.names("other/derived/plan"), ["a.csv", "b.csv", MANIFEST]);
    assert_eq!(project.text("derived/plan/a.csv"), "new");
}

#[test]
fn a_leftover_with_the_number_of_this_process_is_in_nobodys_way() {
    let number = std::process::id();
    let memo = format!("derived/.plan.new-{number}/memo.txt");
    let project = Project::new(&[(&memo, "mine")]);
    assert_eq!(told(&code(&project).unwrap(), &format!(".plan.new-{number}")), "memo.txt");
    assert_eq!((project.text(&memo).as_str(), project.text("derived/plan/a.csv").as_str()), ("mine", "new"));
}

#[test]
fn what_stands_where_the_lock_should_be_is_left() {
    let project = Project::new(&[("derived/.plan.lock", "mine")]);
    assert_eq!(code(&project), Err(Code::DerivedLockFile));
    assert_eq!(project.text("derived/.plan.lock"), "mine");
    #[cfg(unix)]
    {
        fs::remove_file(project.path("derived/.plan.lock")).unwrap();
        std::os::unix::fs::symlink("../elsewhere", project.path("derived/.plan.lock")).unwrap();
        assert_eq!(code(&project), Err(Code::DerivedLockFile));
        assert!(!project.path("elsewhere").exists());
    }
}

/// The command in a project with one plan.
fn run(root: &Path, lang: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shihyo"));
    let output =
        command.args(["run", "pipelines/p", "--quiet", "--lang", lang]).current_dir(root).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_command_says_which_names_it_did_not_trust() {
    let plan = "title = \"計画\"\nfiscal_years = \"R4..R10\"\nreport_year = \"R4\"\n\
        [[goal]]\nnumber = 1\ntitle = \"g\"\n\
        [survey.s]\ntitle = \"市民\"\nsample = \"random\"\nquestionnaire = \"q.toml\"\n\
        [survey.s.wave.R4]\nresponses = [\"raw/a.csv\"]\n\
        [[indicator]]\nid = \"i\"\ngoal = 1\ndepartment = \"課\"\ntitle = \"t\"\ntarget = \"60%以上\"\n\
        share = { survey = \"s\", question = \"問1\", of = [\"はい\"], base = \"all\" }\n";
    let project = Project::new(&[
        ("thesis.docx", PRECIOUS),
        ("raw/a.csv", "番号,問1\n1,1\n2,2\n3,1\n"),
        (
            "pipelines/p/q.toml",
            "title = \"q\"\n\
             [[question]]\nid = \"問1\"\ntype = \"single\"\noptions = [\"はい\", \"いいえ\"]\n",
        ),
        ("pipelines/p/plan.toml", plan),
        ("derived/p/manifest.json", &manifest(&["../../thesis.docx"])),
    ]);
    for (lang, words) in [("ja", "実行が書かない名前"), ("en", "lists names that no run writes")] {
        let (code, said) = run(project.root(), lang);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(words) && said.contains("../../thesis.docx"), "{said}");
    }
    fs::remove_file(project.path("derived/p/manifest.json")).unwrap();
    project.write("derived/.p.old-1/memo.txt", "mine");
    for (lang, words) in [
        ("ja", "消さずに残しました: memo.txt（derived/.p.old-1）"),
        ("en", "left there: memo.txt (derived/.p.old-1)"),
    ] {
        let (code, said) = run(project.root(), lang);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(project.text("thesis.docx"), PRECIOUS);
}
