//! The walls of the house: which room may import which, what only a door may touch, how long a file and a
//! line may be. What the rooms are for stands in `src/lib.rs`.

mod circles;
mod codes;
mod paths;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use circles::CIRCLES;
use paths::{Map, Named, named};
use scan::{Token, shipped, tokens};
use unicode_width::UnicodeWidthChar;

/// From the top of the house down: a room imports only what stands below it here.
const ROOMS: [&str; 23] = [
    "cli",
    "pipeline",
    "report",
    "indicator",
    "estimate",
    "design",
    "engine",
    "draft",
    "waves",
    "edits",
    "join",
    "decode",
    "questionnaire",
    "raw",
    "derived",
    "stats",
    "toml",
    "progress",
    "error",
    "finding",
    "provenance",
    "code",
    "text",
];

/// The only rooms that may touch files, the clock or the environment.
const DOORS: [&str; 3] = ["raw", "derived", "cli"];

/// Crates that only the command's own room may name.
const TERMINAL: [&str; 5] = ["clap", "clap_complete", "indicatif", "miette", "comfy_table"];

/// What touches the world.
const WORLD: [&str; 8] = [
    "std::fs",
    "std::env",
    "std::net",
    "std::process::Command",
    "std::time::SystemTime",
    "std::time::Instant",
    "rustix",
    "tempfile",
];

/// Binaries of their own under `tests/`, since they kill processes, catch panics or run by themselves.
const OWN_BINARIES: [&str; 4] = ["derived_kill.rs", "fuzz_seeds.rs", "oracle.rs", "run_kill.rs"];

const MOST_COLUMNS: usize = 110;
const MOST_LINES: usize = 600;

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder, in order.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    let inside = |path: PathBuf| match path.is_dir() {
        true if path.ends_with("target") => Vec::new(),
        true => sources(&path),
        false => vec![path].into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs")).collect(),
    };
    entries.into_iter().flat_map(inside).collect()
}

/// A file of `src/`: its name from there, the module that it is, and what is shipped of it.
struct File {
    name: String,
    module: Vec<String>,
    source: String,
}

impl File {
    fn of(name: &str, source: String) -> Self {
        let mut module: Vec<String> = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|m| ["mod", "lib", "main"].contains(&m.as_str())) {
            module.pop();
        }
        Self { name: name.to_owned(), module, source }
    }

    fn all() -> Vec<Self> {
        let src = home().join("src");
        let files = sources(&src);
        assert!(files.len() > 100, "{} files", files.len());
        files
            .iter()
            .map(|path| {
                let name = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
                Self::of(&name, fs::read_to_string(path).unwrap())
            })
            .collect()
    }

    fn shipped(&self) -> Vec<Token<'_>> {
        shipped(&tokens(&self.source))
    }

    /// The room that it stands in; `None` for the crate's two roots.
    fn room(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }
}

fn map(files: &[File]) -> Map {
    let mut modules: BTreeMap<Vec<String>, Vec<Named>> = BTreeMap::new();
    for file in files {
        modules.entry(file.module.clone()).or_default().extend(named(&file.shipped()));
    }
    Map { modules, krate: "shihyo" }
}

/// What a file names of this crate, from the root.
fn inward<'a>(map: &'a Map, file: &'a File) -> impl Iterator<Item = (&'a Named, Vec<String>)> {
    map.modules[&file.module].iter().filter_map(|n| Some((n, map.absolute(&file.module, &n.path)?)))
}

/// Imports that point up, each with its place.
fn upward(files: &[File]) -> Vec<String> {
    let map = map(files);
    let height = |room: &str| ROOMS.iter().position(|r| *r == room);
    let mut out = Vec::new();
    for file in files {
        let Some(here) = file.room() else { continue };
        for (name, path) in inward(&map, file) {
            let Some(there) = path.first() else { continue };
            let up = there != here && height(there) < height(here);
            if up && ROOMS.contains(&there.as_str()) {
                out.push(format!("{}:{}: {here} imports {}", file.name, name.line, path.join("::")));
            }
        }
    }
    out
}

/// The circles inside rooms: the files that reach each other, and the imports that make it so.
fn circles(files: &[File]) -> Vec<(Vec<String>, Vec<String>)> {
    let map = map(files);
    let number: BTreeMap<&[String], usize> =
        files.iter().enumerate().map(|(i, f)| (f.module.as_slice(), i)).collect();
    let mut needs: Vec<BTreeMap<usize, String>> = vec![BTreeMap::new(); files.len()];
    for (i, file) in files.iter().enumerate() {
        for (name, path) in inward(&map, file).filter(|(n, _)| !n.handed_on) {
            let target = number[map.home(&path).as_slice()];
            if target != i && files[target].room() == file.room() {
                needs[i]
                    .entry(target)
                    .or_insert_with(|| format!("{}:{}: {}", file.name, name.line, path.join("::")));
            }
        }
    }
    let reached = |from: usize| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(at) = next.pop() {
            next.extend(needs[at].keys().filter(|to| seen.insert(**to)));
        }
        seen
    };
    let reach: Vec<BTreeSet<usize>> = (0..files.len()).map(reached).collect();
    let mut out = Vec::new();
    for i in 0..files.len() {
        let ring: Vec<usize> = reach[i].iter().copied().filter(|j| reach[*j].contains(&i)).collect();
        if ring.first() == Some(&i) {
            let inside = ring.iter().flat_map(|j| needs[*j].iter().filter(|(to, _)| ring.contains(to)));
            let why = inside.map(|(_, why)| why.clone()).collect();
            out.push((ring.iter().map(|j| files[*j].name.clone()).collect(), why));
        }
    }
    out
}

#[test]
fn every_room_imports_only_rooms_below_it() {
    let up = upward(&File::all());
    assert!(up.is_empty(), "imports that point up:\n{}", up.join("\n"));
}

#[test]
fn only_known_rooms_stand_in_the_house() {
    let files = File::all();
    let there: BTreeSet<&str> = files.iter().filter_map(File::room).collect();
    assert_eq!(there, ROOMS.into_iter().collect());
}

#[test]
fn files_of_a_room_need_each_other_in_one_direction() {
    let found: BTreeMap<String, Vec<String>> =
        circles(&File::all()).into_iter().map(|(ring, why)| (ring.join(" "), why)).collect();
    let known: BTreeMap<&str, usize> = CIRCLES.iter().map(|(imports, ring)| (*ring, *imports)).collect();
    assert_eq!(known.len(), CIRCLES.len(), "a circle stands twice in the list");
    let mut told = Vec::new();
    for (ring, why) in &found {
        let listed = known.get(ring.as_str()).copied();
        if listed != Some(why.len()) {
            let why = why.join("\n    ");
            told.push(format!("{ring}\n    now by another number of imports than {listed:?}:\n    {why}"));
        }
    }
    let gone = known.keys().filter(|ring| !found.contains_key(**ring));
    told.extend(gone.map(|ring| format!("{ring}\n    is no circle any more")));
    assert!(told.is_empty(), "tests/it/house/circles.rs may only become shorter:\n{}", told.join("\n"));
}

#[test]
fn the_terminal_stays_in_its_room() {
    for file in File::all() {
        let tokens = file.shipped();
        for name in named(&tokens) {
            let terminal = TERMINAL.contains(&name.path[0].as_str());
            assert!(!terminal || file.room() == Some("cli"), "{}:{}: {name:?}", file.name, name.line);
        }
        for pair in tokens.windows(2) {
            let prints = ["println", "eprintln", "print", "eprint", "dbg"].contains(&pair[0].text);
            assert!(!(prints && pair[1].text == "!"), "{}:{}: prints past `cli`", file.name, pair[0].line);
        }
    }
}

#[test]
fn only_the_doors_touch_the_world() {
    let mut touched = BTreeSet::new();
    for file in File::all() {
        for name in named(&file.shipped()) {
            let path = name.path.join("::");
            if WORLD.iter().any(|w| path == *w || path.starts_with(&format!("{w}::"))) {
                let door = file.room().is_some_and(|room| DOORS.contains(&room));
                assert!(door, "{}:{}: {path}", file.name, name.line);
                touched.extend(file.room().map(str::to_owned));
            }
        }
    }
    assert_eq!(touched.len(), DOORS.len(), "the walls see what the doors do: {touched:?}");
}

#[test]
fn nothing_is_imported_by_glob() {
    for file in File::all() {
        for name in named(&file.shipped()) {
            assert!(name.path.last().is_some_and(|p| p != "*"), "{}:{}: {name:?}", file.name, name.line);
        }
    }
}

/// A module inside a file would have another path than its file, by which `super` is read here.
#[test]
fn a_module_is_a_file() {
    for file in File::all() {
        for three in file.shipped().windows(3) {
            let inline = three[0].text == "mod" && three[2].text == "{";
            assert!(!inline, "{}:{}: mod {}", file.name, three[0].line, three[1].text);
        }
    }
}

fn every_rust_file() -> Vec<(String, String)> {
    let folders = ["src", "tests", "benches"].map(|f| home().join(f));
    let files = folders.iter().flat_map(|f| sources(f));
    let name = |path: &Path| path.strip_prefix(home()).unwrap().display().to_string();
    files.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn lines_and_files_are_short_enough_to_be_read() {
    let mut long = Vec::new();
    for (name, text) in every_rust_file() {
        for (number, line) in text.lines().enumerate() {
            // Japanese takes two columns a character.
            let columns: usize = line.chars().map(|c| c.width().unwrap_or(1)).sum();
            if columns > MOST_COLUMNS {
                long.push(format!("{name}:{}: {columns} columns", number + 1));
            }
        }
        let lines = text.lines().count();
        if lines > MOST_LINES {
            long.push(format!("{name}: {lines} lines"));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// A file that no list names would never run.
#[test]
fn every_test_file_is_run() {
    let tests = home().join("tests");
    let list = fs::read_to_string(tests.join("it/main.rs")).unwrap();
    let listed: BTreeSet<String> = list
        .lines()
        .filter_map(|l| l.strip_prefix("mod ")?.strip_suffix(';'))
        .filter(|m| *m != "support")
        .map(str::to_owned)
        .collect();
    let names = |folder: &Path| -> BTreeSet<String> {
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    };
    let mut there = names(&tests.join("it"));
    assert!(there.remove("main.rs"));
    assert_eq!(there.iter().map(|n| n.trim_end_matches(".rs").to_owned()).collect::<BTreeSet<_>>(), listed);
    let own: BTreeSet<String> = names(&tests).into_iter().filter(|n| n.ends_with(".rs")).collect();
    assert_eq!(own, OWN_BINARIES.map(str::to_owned).into(), "see tests/it/main.rs");
}

/// The walls themselves, on made-up files.
mod seen {
    use super::*;

    fn house(files: &[(&str, &str)]) -> Vec<File> {
        let mut files: Vec<File> = files.iter().map(|(n, s)| File::of(n, (*s).to_owned())).collect();
        files.push(File::of("lib.rs", "pub mod raw; pub mod report; pub mod estimate; pub mod text;".into()));
        for room in ["raw", "report", "estimate", "text"] {
            if !files.iter().any(|f| f.module == [room]) {
                files.push(File::of(&format!("{room}/mod.rs"), String::new()));
            }
        }
        files
    }

    fn up(source: &str) -> usize {
        upward(&house(&[("raw/cells.rs", source)])).len()
    }

    #[test]
    fn imports_however_they_are_written() {
        for source in [
            "use crate::report::Table;",
            "use crate::{\n    text::Text,\n    estimate::{self, share::{Share, Mean}},\n};",
            "use super::super::report::html;",
            "fn f() -> usize { super::super::report::html::WIDTH }",
            "use super::{Cell, super::estimate::Share};",
            "fn f() { let x = crate::report::Table::new(); }",
            "use shihyo::report::Table as T;",
            "fn f() { html! { (crate::report::banner()) } }",
            "fn f() { use crate::report; }",
            "use crate as root; fn f() { root::report::banner() }",
            "pub(crate) use crate::report::Table;",
            "#[cfg(test)] fn g() { let _ = \"}\"; } use crate::report::Table;",
            "const A: char = '\"'; use crate::report::Table; const B: char = '\"';",
            "fn f<'a>(_: &'a str) {} use crate::report::Table; fn g<'b>(_: &'b str) {}",
        ] {
            let expected = if source.contains("share::{") { 3 } else { 1 };
            assert_eq!(up(source), expected, "{source}");
        }
    }

    #[test]
    fn words_that_are_no_code() {
        for source in [
            "// use crate::report::Table;\n/* crate::report::x /* nested */ crate::report::y */",
            "const A: &str = \"use crate::report::Table;\"; const B: &str = r#\"use \" crate::report::x\"#;",
            "const A: &[u8] = b\"\\\" crate::report::x\"; const B: char = '\\'';",
            "#[cfg(test)]\nmod tests {\n    use crate::report::Table;\n}",
            "#[cfg(test)]\n#[expect(dead_code)]\nfn f() { crate::report::x() }",
            "#[cfg(test)] use crate::report::Table;",
            "use crate::text::Text; use super::Cell; fn f() { self::g(); crate::text::fold() }",
            "fn f() -> impl Iterator + use<> { report::x() }",
        ] {
            assert_eq!(up(source), 0, "{source}");
        }
    }

    fn rings(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        circles(&house(files)).into_iter().map(|(ring, _)| ring).collect()
    }

    #[test]
    fn circles_through_what_is_handed_on() {
        let facade = ("raw/mod.rs", "mod a; mod b; pub use a::A; pub use self::b::{B, c};");
        // Through the facade's names, `a` needs `b` and `b` needs `a`.
        let two =
            [("raw/a.rs", "use super::B; pub struct A;"), ("raw/b.rs", "pub struct B; fn f() { super::A }")];
        assert!(rings(&[facade, two[0], ("raw/b.rs", "pub struct B;")]).is_empty());
        let back = ("raw/b.rs", "use crate::raw; pub struct B; fn f() -> raw::A { todo() }");
        assert_eq!(rings(&[facade, two[0], back]), [["raw/a.rs", "raw/b.rs"]]);
        // The facade uses what it hands on, and is used.
        let working = ("raw/mod.rs", "mod a; pub struct Own; fn f() { a::make() }");
        assert_eq!(
            rings(&[working, ("raw/a.rs", "use super::Own; fn make() {}")]),
            [["raw/mod.rs", "raw/a.rs"]]
        );
        // A circle of three.
        let three = [
            ("raw/a.rs", "use super::b::B;"),
            ("raw/b.rs", "use super::c::C;"),
            ("raw/c.rs", "fn f() { super::a::f() }"),
        ];
        assert_eq!(rings(&three), [["raw/a.rs", "raw/b.rs", "raw/c.rs"]]);
        assert!(rings(&three[..2]).is_empty());
    }
}
