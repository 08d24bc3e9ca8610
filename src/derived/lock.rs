//! One run at a time in one directory.

use std::fs::{self, File, TryLockError};
use std::path::PathBuf;

use crate::error::{Diagnostic, Error, Result};
use crate::text::Text;

use super::swap::Target;
use super::{io_error, place};

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
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(|e| io_error(&path, &e))?;
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
fn same_file(file: &File, path: &std::path::Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_: &File, path: &std::path::Path) -> bool {
    path.exists()
}

fn locked(target: &Target) -> Error {
    Error::new(
        Diagnostic::new(
            "derived::locked",
            Text::new(
                "別の実行が同じ結果フォルダに書き込んでいます",
                "another run is writing to the same folder",
            ),
        )
        .at(place(target.dir()))
        .help(Text::new("終わるのを待って、もう一度実行してください", "wait for it to end, then run again")),
    )
}
