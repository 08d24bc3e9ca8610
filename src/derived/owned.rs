//! Which files in a folder of results are a run's own.
//!
//! A project's folder may come from elsewhere, and with it a manifest or a cache that no run on this machine
//! wrote. What such a file says is a claim, not a permission: it could name any file of the person who runs
//! the program. So nothing in this room reads or removes a file that was there before, except through the two
//! functions here. They take a plain name, stay in the one folder, and follow no link.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

/// Whether `name` is the name of something directly in a folder, on every system: one component, without
/// separators, drive letters and control characters.
pub(super) fn is_plain(name: &str) -> bool {
    let is_mark = |c: char| matches!(c, '/' | '\\' | ':') || c.is_control();
    !matches!(name, "" | "." | "..") && !name.contains(is_mark)
}

/// The bytes of the regular file `name` directly in `dir`.
///
/// # Errors
/// [`ErrorKind::NotFound`]; [`ErrorKind::InvalidInput`] where the name is not plain or names a link, a folder
/// or a device; others of the system.
pub(super) fn read(dir: &Path, name: &str) -> io::Result<Vec<u8>> {
    let other = || Err(ErrorKind::InvalidInput.into());
    if !is_plain(name) {
        return other();
    }
    let path = dir.join(name);
    if !fs::symlink_metadata(&path)?.is_file() {
        return other();
    }
    // The path may have become something else since.
    let mut file = not_following(File::options().read(true)).open(&path)?;
    if !file.metadata()?.is_file() {
        return other();
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Removes the regular file `name` directly in `dir` if its bytes are those that a run wrote, as
/// `is_own` tells from them. Whether it is gone.
pub(super) fn remove(dir: &Path, name: &str, is_own: impl FnOnce(&[u8]) -> bool) -> bool {
    match read(dir, name) {
        Ok(bytes) => is_own(&bytes) && fs::remove_file(dir.join(name)).is_ok(),
        Err(e) => e.kind() == ErrorKind::NotFound,
    }
}

/// The options with which a link is not followed and a pipe is not waited for, where the system has such.
pub(super) fn not_following(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
    }
    options
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;

    use super::{is_plain, read, remove};

    const NOT_PLAIN: [&str; 14] = [
        "",
        ".",
        "..",
        "/etc/passwd",
        "../a",
        "a/..",
        "a/b",
        "..\\a",
        "a\\b",
        "\\\\server\\share\\a",
        "C:a",
        "C:\\a",
        "a:stream",
        "a\0b",
    ];

    #[test]
    fn only_names_of_one_component_are_plain() {
        for name in NOT_PLAIN {
            assert!(!is_plain(name), "{name:?}");
        }
        for name in ["a.csv", "manifest.json", ".DS_Store", "進捗管理表.xlsx", "..a", "a b"] {
            assert!(is_plain(name), "{name}");
        }
    }

    #[test]
    fn nothing_outside_the_folder_is_read_or_removed() {
        let root = tempfile::tempdir().unwrap();
        let (dir, file) = (root.path().join("p"), root.path().join("thesis.docx"));
        fs::create_dir(&dir).unwrap();
        fs::write(&file, "precious").unwrap();
        fs::create_dir(dir.join("folder")).unwrap();
        fs::write(dir.join("folder/a.csv"), "precious").unwrap();
        for name in ["../thesis.docx", "folder/a.csv", "folder", file.to_str().unwrap()] {
            assert_eq!(read(&dir, name).map_err(|e| e.kind()), Err(ErrorKind::InvalidInput), "{name}");
            assert!(!remove(&dir, name, |_| true), "{name}");
        }
        assert!(file.exists() && dir.join("folder/a.csv").exists());
    }

    #[test]
    fn only_a_file_with_the_bytes_of_a_run_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.csv"), "mine").unwrap();
        assert!(!remove(dir.path(), "a.csv", |bytes| bytes == b"written"));
        assert!(dir.path().join("a.csv").exists());
        assert!(remove(dir.path(), "a.csv", |bytes| bytes == b"mine"));
        assert!(!dir.path().join("a.csv").exists());
        assert!(remove(dir.path(), "a.csv", |_| false), "not there");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_are_left() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("p");
        fs::create_dir(&dir).unwrap();
        fs::write(root.path().join("thesis.docx"), "precious").unwrap();
        std::os::unix::fs::symlink("../thesis.docx", dir.join("link.csv")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            dir.join("pipe.csv"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        )
        .unwrap();
        for name in ["link.csv", "pipe.csv"] {
            assert_eq!(read(&dir, name).map_err(|e| e.kind()), Err(ErrorKind::InvalidInput), "{name}");
            assert!(!remove(&dir, name, |_| true), "{name}");
            assert!(fs::symlink_metadata(dir.join(name)).is_ok(), "{name}");
        }
    }
}
