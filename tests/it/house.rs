//! The walls of the house: a room imports only rooms below it, and the terminal stays in its room.

use std::fs;
use std::path::{Path, PathBuf};

/// From the top of the house down; the last ones are shared by all.
const ROOMS: [&str; 15] = [
    "cli",
    "pipeline",
    "report",
    "indicator",
    "estimate",
    "design",
    "engine",
    "answers",
    "raw",
    "derived",
    "stats",
    "finding",
    "error",
    "provenance",
    "progress",
];

/// Crates that only the command's own room may name.
const TERMINAL: [&str; 5] = ["clap", "clap_complete", "indicatif", "miette", "comfy_table"];

/// Below `stats` stand plain values that know each other: finding → provenance → text, error → provenance,
/// text.
const BASE: [&str; 5] = ["finding", "error", "provenance", "progress", "text"];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn all() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files
        .into_iter()
        .map(|path| {
            let below = path.strip_prefix(&src).unwrap();
            let room = below
                .components()
                .next()
                .unwrap()
                .as_os_str()
                .to_string_lossy()
                .trim_end_matches(".rs")
                .to_owned();
            let text = fs::read_to_string(&path).unwrap();
            (room, path, text)
        })
        .collect()
}

/// Code lines without comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(i, l)| (i + 1, l.split("//").next().unwrap_or("")))
        .filter(|(_, l)| !l.trim().is_empty())
}

fn imported(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    for prefix in ["crate::", "shihyo::"] {
        for (at, _) in line.match_indices(prefix) {
            let rest = &line[at + prefix.len()..];
            if let Some(list) = rest.strip_prefix('{') {
                let list = list.split('}').next().unwrap_or("");
                out.extend(list.split(',').map(|p| p.trim().split("::").next().unwrap_or("").to_owned()));
            } else {
                out.push(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect());
            }
        }
    }
    out
}

#[test]
fn every_room_imports_only_rooms_below_it() {
    let mut broken = Vec::new();
    for (room, path, text) in all() {
        if room == "lib" || room == "main" {
            continue;
        }
        let here = ROOMS.iter().position(|r| *r == room);
        for (number, line) in code(&text) {
            for target in imported(line) {
                let there = ROOMS.iter().position(|r| *r == target);
                let up = match (here, there) {
                    _ if target == room || BASE.contains(&target.as_str()) => false,
                    (Some(h), Some(t)) => t < h,
                    (None, Some(_)) => true,
                    (_, None) => false,
                };
                if up {
                    broken.push(format!("{}:{number}: {room} imports {target}", path.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "imports that point up:\n{}", broken.join("\n"));
}

#[test]
fn only_known_rooms_stand_in_the_house() {
    for (room, path, _) in all() {
        assert!(
            ["lib", "main", "text"].contains(&room.as_str()) || ROOMS.contains(&room.as_str()),
            "{} is in no known room",
            path.display()
        );
    }
}

#[test]
fn the_terminal_stays_in_its_room() {
    for (room, path, text) in all() {
        for (number, line) in code(&text) {
            for name in TERMINAL {
                let named = line.contains(&format!("{name}::")) || line.contains(&format!("use {name}"));
                assert!(!named || room == "cli", "{}:{number}: {name} outside cli", path.display());
            }
            let prints = ["println!", "eprintln!", "print!(", "eprint!("].iter().any(|m| line.contains(m));
            assert!(!prints, "{}:{number}: prints past the talk", path.display());
        }
    }
}

#[test]
fn only_the_doors_touch_the_world() {
    const WORLD: [&str; 7] = [
        "std::fs",
        "fs::read",
        "File::open",
        "std::env",
        "SystemTime",
        "Instant::now",
        "std::process::Command",
    ];
    for (room, path, text) in all() {
        let text = text.split("#[cfg(test)]").next().unwrap_or("");
        for (number, line) in code(text) {
            let touches = WORLD.iter().any(|w| line.contains(w));
            let door = ["raw", "derived", "cli", "main"].contains(&room.as_str());
            assert!(!touches || door, "{}:{number}: {room} touches the world", path.display());
        }
    }
}

#[test]
fn nothing_is_imported_by_glob() {
    for (_, path, text) in all() {
        let text = text.split("#[cfg(test)]").next().unwrap_or("");
        for (number, line) in code(text) {
            assert!(
                !(line.trim_start().starts_with("use ") && line.contains("::*")),
                "{}:{number}: glob import",
                path.display()
            );
        }
    }
}
