//! The new directory beside the old one, and the swap.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::text::Text;

use super::failed::{io_error, place};
use super::manifest::{MANIFEST, OutputDigest, Unusable, outputs};
use super::owned;

/// Files that systems drop into any folder that is looked at; nobody misses them.
const DROPPINGS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// So many names are told; a folder may hold thousands.
const MOST_NAMED: usize = 10;

/// So many directories that may not be cleared can stand beside the results before a run gives up.
const MOST_LEFT: usize = 1_000;

/// How two directories change their names in one step.
pub(super) type Exchange = fn(&Path, &Path) -> io::Result<()>;

/// The directory that results go to.
pub(super) struct Target {
    dir: PathBuf,
    parent: PathBuf,
    name: String,
}

impl Target {
    pub(super) fn new(dir: &Path) -> Result<Self> {
        // A link to a directory stays; what it points at is replaced.
        let dir = match fs::symlink_metadata(dir) {
            Ok(m) if m.is_symlink() => fs::canonicalize(dir).map_err(|e| io_error(dir, &e))?,
            _ => dir.to_path_buf(),
        };
        match split(&dir) {
            Some((parent, name)) => Ok(Self { dir, parent, name }),
            None => Err(io_error(&dir, &ErrorKind::InvalidFilename.into())),
        }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn make_parent(&self) -> Result<()> {
        fs::create_dir_all(&self.parent).map_err(|e| io_error(&self.parent, &e))
    }

    /// The path of a sibling that belongs to this directory: `.NAME.what`.
    pub(super) fn beside(&self, what: &str) -> PathBuf {
        self.parent.join(format!(".{}.{what}", self.name))
    }

    /// Undoes a swap that was killed between its two renames, and clears what killed runs left; `files` are
    /// the names that this run writes. Told is what could not be cleared.
    pub(super) fn recover(&self, files: &[&str]) -> Result<Vec<Finding>> {
        let (mut old, mut new, mut left) = (Vec::new(), Vec::new(), Vec::new());
        let entries = fs::read_dir(&self.parent).map_err(|e| io_error(&self.parent, &e))?;
        for path in entries.filter_map(|e| Some(e.ok()?.path())) {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let Some(rest) = name.strip_prefix(&format!(".{}.", self.name)) else { continue };
            let list = match rest.split_once('-') {
                Some(("old", number)) if is_number(number) => &mut old,
                Some(("new", number)) if is_number(number) => &mut new,
                _ => continue,
            };
            // A link would lead to a folder that no run made.
            if fs::symlink_metadata(&path).is_ok_and(|m| m.is_dir()) {
                list.push(path);
            } else {
                left.push(not_cleared(&path, &[]));
            }
        }
        old.sort();
        if !self.dir.exists()
            && let Some(last) = old.iter().rposition(|path| listing(path).is_ok())
        {
            fs::rename(old.remove(last), &self.dir).map_err(|e| io_error(&self.dir, &e))?;
            flush(&self.parent).map_err(|e| io_error(&self.parent, &e))?;
        }
        left.extend(old.iter().filter_map(|path| clear(path, &[])));
        left.extend(new.iter().filter_map(|path| clear(path, files)));
        Ok(left)
    }

    /// Refuses when the directory holds what no run made.
    pub(super) fn refuse_foreign(&self) -> Result<()> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
            Err(e) if e.kind() == ErrorKind::NotADirectory => {
                let text = Text::new(
                    "結果フォルダーと同じ名前のファイルがあります",
                    "a file stands where the folder of results should be",
                );
                return Err(Error::new(
                    Diagnostic::new(Code::DerivedNotADirectory, text).at(place(&self.dir)),
                ));
            }
            Err(e) => return Err(io_error(&self.dir, &e)),
        };
        let listing = match listing(&self.dir) {
            Ok(listing) => listing,
            Err(Unusable::NoManifest) => Listing::default(),
            Err(Unusable::Names(names)) => return Err(self.foreign_manifest(&names)),
        };
        let (mut foreign, mut changed) = (Vec::new(), Vec::new());
        for entry in entries.filter_map(io::Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            let is_manifest = name == MANIFEST && !listing.outputs.is_empty();
            if is_file && (DROPPINGS.contains(&name.as_str()) || is_manifest) {
                continue;
            }
            match listing.outputs.get(&name).filter(|_| is_file) {
                None => foreign.push(name),
                Some(output) => {
                    if !owned::read(&self.dir, &name).is_ok_and(|bytes| output.is(&bytes)) {
                        changed.push(name);
                    }
                }
            }
        }
        foreign.sort();
        changed.sort();
        let mut diagnostics = Vec::new();
        let help = Text::new(
            "ほかの場所に移してから、もう一度実行してください。結果フォルダーは実行のたびに丸ごと置き換わりま\
             す",
            "move it elsewhere, then run again; a run replaces the whole folder",
        );
        if !foreign.is_empty() {
            let names = listed(&foreign);
            let text = Text::new(
                format!("結果フォルダーに、実行で作られていないファイルがあります: {}", names.ja),
                format!("the folder holds files that no run made: {}", names.en),
            );
            diagnostics.push(
                Diagnostic::new(Code::DerivedForeignFile, text).at(place(&self.dir)).help(help.clone()),
            );
        }
        if !changed.is_empty() {
            let names = listed(&changed);
            let text = Text::new(
                format!("前の実行のあとに書き換えられた結果があります: {}", names.ja),
                format!("results were edited after the run that made them: {}", names.en),
            );
            diagnostics.push(Diagnostic::new(Code::DerivedChangedFile, text).at(place(&self.dir)).help(help));
        }
        Error::all(diagnostics).map_or(Ok(()), Err)
    }

    fn foreign_manifest(&self, names: &[String]) -> Error {
        let names = listed(names);
        let text = Text::new(
            format!("この {MANIFEST} は、実行が書かない名前を挙げています: {}", names.ja),
            format!("this {MANIFEST} lists names that no run writes: {}", names.en),
        );
        let help = Text::new(
            "実行が書いたものではありません。何も消していません。結果フォルダーを確かめ、ほかの場所に移してか\
             ら、もう一度実行してください",
            "no run wrote it, and nothing was removed; look at the folder, move it elsewhere, then run again",
        );
        let place = place(&self.dir.join(MANIFEST));
        Diagnostic::new(Code::DerivedForeignManifest, text).at(place).help(help).into()
    }

    /// Completes the new directory and puts it in place. Told is what of the replaced one could not be
    /// cleared.
    pub(super) fn put(&self, files: &[(String, Vec<u8>)], exchange: Exchange) -> Result<Option<Finding>> {
        let put = || {
            let new = self.unused("new")?;
            self.fill(&new, files).and_then(|()| self.swap(&new, exchange)).inspect_err(|_| {
                let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
                clear(&new, &names);
            })
        };
        put().map_err(|e| io_error(&self.dir, &e))
    }

    /// A sibling that is not there yet: `.NAME.what-N`, from the process's own number on, since what an
    /// earlier run left may stay.
    fn unused(&self, what: &str) -> io::Result<PathBuf> {
        let is_free =
            |path: &PathBuf| fs::symlink_metadata(path).is_err_and(|e| e.kind() == ErrorKind::NotFound);
        let mut paths = (std::process::id()..).map(|number| self.beside(&format!("{what}-{number}")));
        paths.by_ref().take(MOST_LEFT).find(is_free).ok_or_else(|| ErrorKind::AlreadyExists.into())
    }

    fn fill(&self, new: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        fs::create_dir(new)?;
        // The manifest comes last: a directory that has one is complete.
        let (last, first): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| name == MANIFEST);
        let put = |(name, bytes): &(String, Vec<u8>)| {
            let mut file = File::create_new(new.join(name))?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        // Side by side, as a disk takes its time for each.
        first.into_par_iter().with_max_len(1).try_for_each(put)?;
        last.into_iter().try_for_each(put)?;
        flush(new)
    }

    fn swap(&self, new: &Path, exchange: Exchange) -> io::Result<Option<Finding>> {
        if !self.dir.exists() {
            fs::rename(new, &self.dir)?;
            flush(&self.parent)?;
            return Ok(None);
        }
        match exchange(new, &self.dir) {
            Ok(()) => {
                flush(&self.parent)?;
                Ok(clear(new, &[]))
            }
            Err(e) if matches!(e.kind(), ErrorKind::Unsupported | ErrorKind::InvalidInput) => {
                let old = self.unused("old")?;
                fs::rename(&self.dir, &old)?;
                if let Err(e) = fs::rename(new, &self.dir) {
                    fs::rename(&old, &self.dir)?;
                    return Err(e);
                }
                flush(&self.parent)?;
                Ok(clear(&old, &[]))
            }
            Err(e) => Err(e),
        }
    }
}

/// The parent of a path and its last name.
fn split(path: &Path) -> Option<(PathBuf, String)> {
    let name = path.file_name()?.to_str()?.to_owned();
    let parent = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
        _ => PathBuf::from("."),
    };
    Some((parent, name))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// What the manifest in a directory lists.
#[derive(Debug, Default)]
struct Listing {
    outputs: BTreeMap<String, OutputDigest>,
    /// The manifest itself.
    manifest: Vec<u8>,
}

/// What the manifest in `dir` lists: a claim, which is checked file by file.
fn listing(dir: &Path) -> std::result::Result<Listing, Unusable> {
    let manifest = owned::read(dir, MANIFEST).map_err(|_| Unusable::NoManifest)?;
    let outputs = outputs(&manifest)?.into_iter().map(|o| (o.name.clone(), o)).collect();
    Ok(Listing { outputs, manifest })
}

/// Clears a directory that is not, or no longer, in place. What its manifest lists goes where the digest is
/// the one stated, the manifest last. An unfinished directory has no manifest yet and its last file may be
/// cut short: there go the files that this run writes too, by their names (`unfinished`). A person may have
/// put a file into it at the last moment, and a stranger may have made all of it: anything else stays, the
/// directory with it, and is told.
fn clear(dir: &Path, unfinished: &[&str]) -> Option<Finding> {
    match listing(dir) {
        Ok(listing) => {
            for (name, output) in &listing.outputs {
                owned::remove(dir, name, |bytes| output.is(bytes));
            }
            if !listing.outputs.is_empty() {
                owned::remove(dir, MANIFEST, |bytes| bytes == listing.manifest);
            }
        }
        Err(Unusable::NoManifest) => {
            for name in unfinished {
                owned::remove(dir, name, |_| true);
            }
        }
        Err(Unusable::Names(_)) => return Some(not_cleared(dir, &[MANIFEST.to_owned()])),
    }
    for name in DROPPINGS {
        owned::remove(dir, name, |_| true);
    }
    match fs::remove_dir(dir) {
        Err(e) if e.kind() != ErrorKind::NotFound => {
            let entries = fs::read_dir(dir).into_iter().flatten().filter_map(io::Result::ok);
            let mut names: Vec<String> =
                entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            Some(not_cleared(dir, &names))
        }
        _ => None,
    }
}

/// The warning about what stays beside the results, with the names of what it holds.
fn not_cleared(path: &Path, names: &[String]) -> Finding {
    let names = listed(names);
    let with = |text: &str| if text.is_empty() { String::new() } else { format!(": {text}") };
    let message = Text::new(
        format!(
            "結果フォルダーの横に、実行が書いたと確かめられないものがあります。消さずに残しました{}",
            with(&names.ja)
        ),
        format!(
            "beside the folder of results stands what no run is known to have written; it was left there{}",
            with(&names.en)
        ),
    );
    Finding::warning(Code::DerivedLeft, message, place(path))
}

/// The first of the names, and how many more there are; no name moves the terminal's cursor.
fn listed(names: &[String]) -> Text {
    let shown = |between: &str| {
        let of = |name: &String| -> String {
            name.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
        };
        names.iter().take(MOST_NAMED).map(of).collect::<Vec<_>>().join(between)
    };
    match names.len().saturating_sub(MOST_NAMED) {
        0 => Text::new(shown("、"), shown(", ")),
        more => {
            Text::new(format!("{} ほか{more}件", shown("、")), format!("{} and {more} more", shown(", ")))
        }
    }
}

/// Makes the names in a directory last through a loss of power.
#[cfg(unix)]
fn flush(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn flush(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Swaps two names in one step; [`ErrorKind::Unsupported`] or [`ErrorKind::InvalidInput`] where there is no
/// such step.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(|e| match e {
        Errno::NOSYS | Errno::NOTSUP | Errno::INVAL => ErrorKind::Unsupported.into(),
        e => e.into(),
    })
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
pub(super) fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;
    use std::path::Path;

    use crate::code::Code;
    use crate::derived::{Manifest, lock::Lock, write};

    use super::Target;

    fn files(text: &str) -> Vec<(String, Vec<u8>)> {
        let files = ["a.csv", "b.csv"].map(|n| (n.to_owned(), text.as_bytes().to_vec())).to_vec();
        Manifest::new(["plan"], Vec::new()).seal(files)
    }

    fn listing(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir)
            .unwrap()
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_run_replaces_the_run_before_and_leaves_nothing_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("deep/plan");
        for text in ["one", "two"] {
            write(&dir, &files(text)).unwrap();
            assert_eq!(fs::read_to_string(dir.join("b.csv")).unwrap(), text);
            assert_eq!(listing(dir.parent().unwrap()), ["plan"]);
            assert_eq!(listing(&dir), ["a.csv", "b.csv", "manifest.json"]);
        }
    }

    #[test]
    fn files_of_a_person_stop_the_run() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("plan");
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join(".DS_Store"), "x").unwrap();
        write(&dir, &files("one")).unwrap();
        fs::write(dir.join("memo.txt"), "mine").unwrap();
        fs::write(dir.join("a.csv"), "edited").unwrap();
        let error = write(&dir, &files("two")).unwrap_err();
        let codes: Vec<Code> = error.diagnostics().iter().map(|d| d.code).collect();
        assert_eq!(codes, [Code::DerivedForeignFile, Code::DerivedChangedFile]);
        assert!(error.to_string().contains("memo.txt") && error.to_string().contains("a.csv"));
        assert_eq!(fs::read_to_string(dir.join("b.csv")).unwrap(), "one");
        assert_eq!(listing(root.path()), ["plan"]);
    }

    #[test]
    fn a_folder_or_file_that_no_run_made_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("mine")).unwrap();
        fs::write(root.path().join("mine/manifest.json"), "{}").unwrap();
        fs::write(root.path().join("file"), "x").unwrap();
        let code =
            |name: &str| write(&root.path().join(name), &files("x")).unwrap_err().diagnostics()[0].code;
        assert_eq!((code("mine"), code("file")), (Code::DerivedForeignFile, Code::DerivedNotADirectory));
    }

    #[test]
    fn without_an_exchange_two_renames_do() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("plan");
        write(&dir, &files("one")).unwrap();
        let target = Target::new(&dir).unwrap();
        target.put(&files("two"), |_, _| Err(ErrorKind::Unsupported.into())).unwrap();
        assert_eq!(fs::read_to_string(dir.join("a.csv")).unwrap(), "two");
        assert_eq!(listing(root.path()), ["plan"]);
    }

    #[test]
    fn a_kill_between_two_renames_is_undone_by_the_next_run() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("plan");
        write(&dir, &files("one")).unwrap();
        fs::rename(&dir, root.path().join(".plan.old-77")).unwrap();
        fs::create_dir(root.path().join(".plan.new-77")).unwrap();
        fs::write(root.path().join(".plan.new-77/a.csv"), "half").unwrap();
        let target = Target::new(&dir).unwrap();
        assert_eq!(target.recover(&["a.csv", "b.csv", "manifest.json"]).unwrap(), []);
        assert_eq!(fs::read_to_string(dir.join("a.csv")).unwrap(), "one");
        assert_eq!(listing(root.path()), ["plan"]);
    }

    #[test]
    fn leftovers_go_but_a_file_put_into_them_stays() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("plan");
        write(&dir, &files("one")).unwrap();
        write(&root.path().join(".plan.old-5"), &files("zero")).unwrap();
        fs::write(root.path().join(".plan.old-5/memo.txt"), "mine").unwrap();
        fs::create_dir(root.path().join(".plan.new-x")).unwrap();
        write(&dir, &files("two")).unwrap();
        assert_eq!(listing(root.path()), [".plan.new-x", ".plan.old-5", "plan"]);
        assert_eq!(listing(&root.path().join(".plan.old-5")), ["memo.txt"]);
    }

    #[test]
    fn a_second_run_is_told_to_wait() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("plan");
        let held = Lock::take(&Target::new(&dir).unwrap()).unwrap();
        assert_eq!(write(&dir, &files("x")).unwrap_err().diagnostics()[0].code, Code::DerivedLocked);
        drop(held);
        write(&dir, &files("x")).unwrap();
        assert_eq!(listing(root.path()), ["plan"]);
    }
}
