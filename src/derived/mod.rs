//! The door out: a run's files are written all or nothing, with a manifest that says what they are made from.
//!
//! ## What holds when a run is killed
//!
//! [`write`](fn@write) completes a new directory `.NAME.new-PID` beside the old one, flushes it to the disk,
//! and then swaps the two names in one system call (`renameat2` with `RENAME_EXCHANGE`; a plain rename when
//! there is no old one). A kill at any moment leaves the old directory or the new one under `NAME`, whole;
//! what is left beside it is removed by the next run.
//!
//! File systems and systems without that call (NFS, some FUSE mounts, Windows) need two renames: the old
//! directory goes to `.NAME.old-PID`, the new one to `NAME`. A kill between the two leaves no `NAME`, but
//! both directories whole beside it; the next run first puts the old one back.
//!
//! ## What is never lost
//!
//! A run replaces only what a run made. When the directory holds a file that its `manifest.json` does not
//! list, or a listed file that was edited since, [`write`](fn@write) refuses and names it. The manifest
//! itself may come from elsewhere and list anything: only regular files directly in the folder that have the
//! digest stated are ever removed, and a manifest that lists a path is refused. What killed runs left beside
//! the folder is cleared by the same rule; what is not cleared is told.

pub mod cache;
mod failed;
mod lock;
mod manifest;
mod owned;
mod swap;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

pub use manifest::{CleaningChange, MANIFEST, Manifest, OutputDigest, WithheldColumn};

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::text::Text;
use failed::{io_error, place};

/// Writes `files` (name, bytes) as the whole content of the directory `dir`, all or nothing. One of them is
/// `manifest.json`, which lists the others: see [`Manifest::seal`]. Returned is a warning for each thing
/// beside the directory that was left there, since no run is known to have written it.
///
/// # Errors
/// - `derived::foreign-file`: the directory holds files that no run made
/// - `derived::changed-file`: an output was edited since the run that made it
/// - `derived::foreign-manifest`: the manifest that stands there lists what no run writes, such as a path
/// - `derived::lock-file`: something else stands where the lock should be
/// - `derived::locked`: another run is writing here
/// - `derived::not-a-directory`: a file stands in the way
/// - `derived::name`: a name that is no plain file name, or stands twice; `derived::manifest`: the manifest
///   is missing or does not match the files
/// - `derived::io`: the disk is full, there is no permission, …
pub fn write(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<Finding>> {
    manifest::check(files)?;
    let target = swap::Target::new(dir)?;
    target.make_parent()?;
    let _lock = lock::Lock::take(&target)?;
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let mut left = target.recover(&names)?;
    target.refuse_foreign()?;
    left.extend(target.put(files, swap::exchange)?);
    Ok(left)
}

/// Writes `files` (name, bytes) into the directory `dir`, which is made when it is not there. Nothing that
/// stands there is affected: these are texts that a person goes on writing.
///
/// # Errors
/// As [`write_all_new`].
pub fn write_new(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    let files: Vec<(PathBuf, &[u8])> =
        files.iter().map(|(name, bytes)| (dir.join(name), bytes.as_slice())).collect();
    write_all_new(&files)
}

/// Whether each of `files` may become a new file: nothing of its name stands there, and no file stands where
/// its folder should be. Told before the work that makes their content.
///
/// # Errors
/// - `derived::exists`: a file stands there already; all that do are named
/// - `derived::io`: the folder is a file
pub fn must_be_new(files: &[&Path]) -> Result<()> {
    let mistakes = files.iter().filter_map(|path| {
        if std::fs::symlink_metadata(path).is_ok() {
            let text = Text::new(
                "すでにあるファイルは書き換えません",
                "this file stands there already and is not overwritten",
            );
            let help = Text::new(
                "ほかのフォルダーを --out で指定するか、今あるファイルを移してください",
                "name another folder with --out, or move the file away",
            );
            return Some(vec![Diagnostic::new(Code::DerivedExists, text).at(place(path)).help(help)]);
        }
        let above = path.ancestors().skip(1).find(|folder| folder.exists())?;
        let no_folder = io::Error::from(io::ErrorKind::NotADirectory);
        (!above.is_dir()).then(|| io_error(above, &no_folder).into_diagnostics())
    });
    Error::all(mistakes.flatten().collect()).map_or(Ok(()), Err)
}

/// Writes new files (path, bytes) wherever they belong, all or none: when one cannot be written, those before
/// it are removed again. Folders are made where there are none.
///
/// # Errors
/// - those of [`must_be_new`]; nothing was written
/// - `derived::io`: there is no permission, the disk is full, …
pub fn write_all_new(files: &[(PathBuf, &[u8])]) -> Result<()> {
    must_be_new(&files.iter().map(|(path, _)| path.as_path()).collect::<Vec<_>>())?;
    let mut written = Vec::new();
    for (path, bytes) in files {
        let dir = path.parent().unwrap_or(Path::new(""));
        let made = fs::create_dir_all(dir).map_err(|e| io_error(dir, &e)).and_then(|()| {
            // Made anew, so that a file that came in between is not overwritten either.
            let mut file = fs::File::create_new(path).map_err(|e| io_error(path, &e))?;
            written.push(path);
            file.write_all(bytes).map_err(|e| io_error(path, &e))
        });
        if let Err(error) = made {
            // What cannot be removed either is beside a disk that has failed, which the error tells.
            written.iter().for_each(|path| drop(fs::remove_file(path)));
            return Err(error);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{must_be_new, write_all_new};
    use crate::code::Code;

    #[test]
    fn of_several_new_files_all_are_written_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second, beyond] =
            ["deep/a.csv", "b.csv", "b.csv/c.csv"].map(|name| folder.path().join(name));
        write_all_new(&[(first.clone(), b"1"), (second.clone(), b"2")]).unwrap();
        assert_eq!((fs::read(&first).unwrap(), fs::read(&second).unwrap()), (b"1".to_vec(), b"2".to_vec()));

        let codes = |files: &[&std::path::Path]| -> Vec<Code> {
            must_be_new(files).unwrap_err().diagnostics().iter().map(|d| d.code).collect()
        };
        assert_eq!(
            codes(&[&first, &beyond, &second]),
            [Code::DerivedExists, Code::DerivedIo, Code::DerivedExists]
        );
        // The last two are one file: the second of them cannot be made, and then the first must not stay.
        let third = folder.path().join("d.csv");
        let error = write_all_new(&[(third.clone(), b"3"), (third.clone(), b"4")]).unwrap_err();
        assert_eq!(error.diagnostics()[0].code, Code::DerivedIo);
        assert!(!third.exists());
        assert_eq!(fs::read(&second).unwrap(), b"2", "what stood there stays as it was");
    }
}
