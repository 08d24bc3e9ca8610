//! The new directory beside the old one, and the swap.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Diagnostic, Error, Result};
use crate::provenance::sha256_hex;
use crate::text::Text;

use super::manifest::{MANIFEST, outputs};
use super::{io_error, place, split};

/// Files that systems drop into any folder that is looked at; nobody misses them.
const DROPPINGS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

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

    /// Clears what killed runs left, and undoes a swap that was killed between its two renames.
    pub(super) fn recover(&self) -> Result<()> {
        let (mut old, mut new) = (Vec::new(), Vec::new());
        let entries = fs::read_dir(&self.parent).map_err(|e| io_error(&self.parent, &e))?;
        for path in entries.filter_map(|e| Some(e.ok()?.path())) {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let Some(rest) = name.strip_prefix(&format!(".{}.", self.name)) else { continue };
            let list = match rest.split_once('-') {
                Some(("old", pid)) if is_number(pid) => &mut old,
                Some(("new", pid)) if is_number(pid) => &mut new,
                _ => continue,
            };
            list.push(path);
        }
        old.sort();
        if !self.dir.exists()
            && let Some(last) = old.pop()
        {
            fs::rename(&last, &self.dir).map_err(|e| io_error(&self.dir, &e))?;
            flush_directory(&self.parent)?;
        }
        old.iter().chain(&new).try_for_each(|path| remove_made(path).map_err(|e| io_error(path, &e)))
    }

    /// Refuses when the directory holds what no run made.
    pub(super) fn refuse_foreign(&self) -> Result<()> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
            Err(e) if e.kind() == ErrorKind::NotADirectory => {
                let text = Text::new(
                    "結果フォルダと同じ名前のファイルがあります",
                    "a file stands where the folder of results should be",
                );
                return Err(Error::new(
                    Diagnostic::new("derived::not-a-directory", text).at(place(&self.dir)),
                ));
            }
            Err(e) => return Err(io_error(&self.dir, &e)),
        };
        let made = made(&self.dir).unwrap_or_default();
        let (mut foreign, mut changed) = (Vec::new(), Vec::new());
        for entry in entries.filter_map(io::Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if DROPPINGS.contains(&name.as_str()) || (name == MANIFEST && !made.is_empty()) {
                continue;
            }
            match made.get(&name) {
                None => foreign.push(name),
                Some(sha256) => {
                    let same = fs::read(entry.path()).is_ok_and(|bytes| sha256_hex(&bytes) == *sha256);
                    if !same {
                        changed.push(name);
                    }
                }
            }
        }
        foreign.sort();
        changed.sort();
        let mut diagnostics = Vec::new();
        let help = Text::new(
            "ほかの場所に移してから、もう一度実行してください。結果フォルダは実行のたびに丸ごと置き換わりま\
             す",
            "move it elsewhere, then run again; a run replaces the whole folder",
        );
        if !foreign.is_empty() {
            let (ja, en) = (foreign.join("、"), foreign.join(", "));
            let text = Text::new(
                format!("結果フォルダに、実行で作られていないファイルがあります: {ja}"),
                format!("the folder holds files that no run made: {en}"),
            );
            diagnostics
                .push(Diagnostic::new("derived::foreign-file", text).at(place(&self.dir)).help(help.clone()));
        }
        if !changed.is_empty() {
            let (ja, en) = (changed.join("、"), changed.join(", "));
            let text = Text::new(
                format!("前の実行のあとに書き換えられた結果があります: {ja}"),
                format!("results were edited after the run that made them: {en}"),
            );
            diagnostics.push(Diagnostic::new("derived::changed-file", text).at(place(&self.dir)).help(help));
        }
        Error::all(diagnostics).map_or(Ok(()), Err)
    }

    /// Completes the new directory and puts it in place.
    pub(super) fn put(&self, files: &[(String, Vec<u8>)], exchange: Exchange) -> Result<()> {
        let new = self.beside(&format!("new-{}", std::process::id()));
        self.fill(&new, files).and_then(|()| self.swap(&new, exchange)).map_err(|e| {
            let _ = remove_made(&new);
            io_error(&self.dir, &e)
        })
    }

    fn fill(&self, new: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        fs::create_dir(new)?;
        // The manifest comes last: a directory that has one is complete.
        let (last, first): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| name == MANIFEST);
        for (name, bytes) in first.into_iter().chain(last) {
            let mut file = File::create_new(new.join(name))?;
            file.write_all(bytes)?;
            file.sync_all()?;
        }
        flush(new)
    }

    fn swap(&self, new: &Path, exchange: Exchange) -> io::Result<()> {
        if !self.dir.exists() {
            fs::rename(new, &self.dir)?;
            return flush(&self.parent);
        }
        match exchange(new, &self.dir) {
            Ok(()) => {
                flush(&self.parent)?;
                remove_replaced(new)
            }
            Err(e) if matches!(e.kind(), ErrorKind::Unsupported | ErrorKind::InvalidInput) => {
                let old = self.beside(&format!("old-{}", std::process::id()));
                fs::rename(&self.dir, &old)?;
                if let Err(e) = fs::rename(new, &self.dir) {
                    fs::rename(&old, &self.dir)?;
                    return Err(e);
                }
                flush(&self.parent)?;
                remove_replaced(&old)
            }
            Err(e) => Err(e),
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Names and digests of what the manifest in `dir` lists; `None` without a manifest.
fn made(dir: &Path) -> Option<BTreeMap<String, String>> {
    let listed = outputs(&fs::read(dir.join(MANIFEST)).ok()?)?;
    Some(listed.into_iter().map(|o| (o.name, o.sha256)).collect())
}

/// Removes what a killed run left: all of an unfinished directory (it has no manifest yet); of a finished one
/// what [`remove_replaced`] removes.
fn remove_made(dir: &Path) -> io::Result<()> {
    if made(dir).is_some() {
        return remove_replaced(dir);
    }
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Removes a directory that stood in place until now. A person may have put a file into it at the last
/// moment: only what is listed goes, the manifest last, and a directory that is not empty then stays where it
/// is.
fn remove_replaced(dir: &Path) -> io::Result<()> {
    let made = made(dir).unwrap_or_default();
    let manifest = if made.is_empty() { None } else { Some(MANIFEST) };
    for name in made.keys().map(String::as_str).chain(DROPPINGS).chain(manifest) {
        match fs::remove_file(dir.join(name)) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    match fs::remove_dir(dir) {
        Err(e) if e.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
        other => other,
    }
}

fn flush_directory(dir: &Path) -> Result<()> {
    flush(dir).map_err(|e| io_error(dir, &e))
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
        let codes: Vec<&str> = error.diagnostics().iter().map(|d| d.code).collect();
        assert_eq!(codes, ["derived::foreign-file", "derived::changed-file"]);
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
        assert_eq!((code("mine"), code("file")), ("derived::foreign-file", "derived::not-a-directory"));
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
        target.recover().unwrap();
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
        assert_eq!(write(&dir, &files("x")).unwrap_err().diagnostics()[0].code, "derived::locked");
        drop(held);
        write(&dir, &files("x")).unwrap();
        assert_eq!(listing(root.path()), ["plan"]);
    }
}
