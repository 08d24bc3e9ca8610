//! One run at a time in one directory.

use std::fs::{self, File, Metadata, TryLockError};
use std::path::{Path, PathBuf};

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::text::Text;

use super::failed::{io_error, place};
use super::owned::not_following;
use super::swap::Target;

/// Holds `.NAME.lock` locked, and removes it at the end. A killed run leaves the file but not the lock: the
/// system lets go of it.
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    pub(super) fn take(target: &Target) -> Result<Self> {
        let path = target.beside("lock");
        loop {
            // A link would lock, and make, a file elsewhere.
            match fs::symlink_metadata(&path) {
                Ok(m) if !is_lock(&m) => return Err(not_a_lock(&path)),
                _ => {}
            }
            let file = not_following(File::options().create(true).truncate(false).write(true))
                .open(&path)
                .map_err(|e| io_error(&path, &e))?;
            if !file.metadata().is_ok_and(|m| is_lock(&m)) {
                return Err(not_a_lock(&path));
            }
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(locked(target)),
                Err(TryLockError::Error(e)) => return Err(io_error(&path, &e)),
            }
            // Between opening and locking, another run may have ended and removed the file; then this lock is
            // on a file without a name, and worth nothing.
            if same_file(&file, &path) {
                return Ok(Self { path, file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while locked, so that nobody else holds it. Windows keeps open files; there it stays.
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_: &File, path: &Path) -> bool {
    path.exists()
}

/// A lock is an empty file.
fn is_lock(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.len() == 0
}

fn not_a_lock(path: &Path) -> Error {
    let text = Text::new(
        "ロックのファイルの場所に、実行が作ったものではないものがあります",
        "what stands where the lock should be was made by no run",
    );
    let help =
        Text::new("確かめて、ほかの場所に移してください", "look at it and move it elsewhere, then run again");
    Diagnostic::new(Code::DerivedLockFile, text).at(place(path)).help(help).into()
}

fn locked(target: &Target) -> Error {
    Error::new(
        Diagnostic::new(
            Code::DerivedLocked,
            Text::new(
                "別の実行が同じ結果フォルダーに書き込んでいます",
                "another run is writing to the same folder",
            ),
        )
        .at(place(target.dir()))
        .help(Text::new("終わるのを待って、もう一度実行してください", "wait for it to end, then run again")),
    )
}
