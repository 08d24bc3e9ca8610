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

use std::path::Path;

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
/// - `derived::exists`: one of the files stands there already; nothing was written
/// - `derived::io`: there is no permission, the disk is full, …
pub fn write_new(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    let there = |name: &String| std::fs::symlink_metadata(dir.join(name)).is_ok();
    let found = files.iter().filter(|(name, _)| there(name)).map(|(name, _)| {
        let text = Text::new(
            "すでにあるファイルは書き換えません",
            "this file stands there already and is not overwritten",
        );
        let help = Text::new(
            "ほかのフォルダーを --out で指定するか、今あるファイルを移してください",
            "name another folder with --out, or move the file away",
        );
        Diagnostic::new(Code::DerivedExists, text).at(place(&dir.join(name))).help(help)
    });
    if let Some(error) = Error::all(found.collect()) {
        return Err(error);
    }
    std::fs::create_dir_all(dir).map_err(|e| io_error(dir, &e))?;
    for (name, bytes) in files {
        let path = dir.join(name);
        // Made anew, so that a file that came in between is not overwritten either.
        let made =
            std::fs::File::create_new(&path).and_then(|mut file| std::io::Write::write_all(&mut file, bytes));
        made.map_err(|e| io_error(&path, &e))?;
    }
    Ok(())
}
