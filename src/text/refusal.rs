//! Why the system refused a file, in both languages: the one place where errors of input and output get
//! words.

use std::io::{self, ErrorKind};

use super::Text;

/// Numbers by which Windows says that another program holds a file, or a part of it, open:
/// `ERROR_SHARING_VIOLATION` and `ERROR_LOCK_VIOLATION`. The standard library has no kind for them.
const WINDOWS_IN_USE: [i32; 2] = [32, 33];

/// Why the system refused to open, read or write a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing stands there.
    NotFound,
    /// No permission.
    Permission,
    /// A folder stands where a file should be.
    IsFolder,
    /// A file stands where a folder should be.
    NotAFolder,
    /// Something stands where a new file should be.
    Exists,
    /// Another program holds the file open.
    InUse,
    /// No room on the disk, or none that this person may use.
    DiskFull,
    /// The disk takes no changes.
    ReadOnly,
    /// No file can have this name.
    Name,
    /// Too little memory.
    Memory,
    /// Too many files, threads or the like at once.
    Resources,
    /// Anything else, in the system's own words.
    Other(String),
}

impl Refusal {
    /// What an error of input or output means.
    pub fn of(error: &io::Error) -> Self {
        let number = error.raw_os_error().filter(|_| cfg!(windows));
        Self::read(error.kind(), number).unwrap_or_else(|| Self::Other(error.to_string()))
    }

    /// The meaning of a kind, and of the number that Windows gives.
    fn read(kind: ErrorKind, windows: Option<i32>) -> Option<Self> {
        if windows.is_some_and(|number| WINDOWS_IN_USE.contains(&number)) {
            return Some(Self::InUse);
        }
        Some(match kind {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::PermissionDenied => Self::Permission,
            ErrorKind::IsADirectory => Self::IsFolder,
            ErrorKind::NotADirectory => Self::NotAFolder,
            ErrorKind::AlreadyExists => Self::Exists,
            ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => Self::InUse,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull,
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::InvalidFilename => Self::Name,
            ErrorKind::OutOfMemory => Self::Memory,
            ErrorKind::WouldBlock => Self::Resources,
            _ => return None,
        })
    }

    /// The reason, to stand in brackets after what could not be done.
    pub fn text(&self) -> Text {
        let (ja, en) = match self {
            Self::NotFound => ("ありません", "there is no such file or folder"),
            Self::Permission => ("権限がありません", "no permission"),
            Self::IsFolder => ("ファイルではなくフォルダーです", "it is a folder, not a file"),
            Self::NotAFolder => ("フォルダーではなくファイルです", "it is a file, not a folder"),
            Self::Exists => ("同じ名前のものがすでにあります", "something of this name stands there already"),
            Self::InUse => ("ほかのソフトが使っています", "another program is using it"),
            Self::DiskFull => ("ディスクがいっぱいです", "the disk is full"),
            Self::ReadOnly => ("書き込みのできないディスクです", "the disk is read-only"),
            Self::Name => ("ファイルの名前に使えません", "no file can have this name"),
            Self::Memory => ("メモリーが足りません", "too little memory"),
            Self::Resources => ("同時に使える数を超えました", "too many at once"),
            Self::Other(words) => return Text::same(words),
        };
        Text::new(ja, en)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::Refusal;

    #[test]
    fn no_common_refusal_speaks_english_in_japanese() {
        let kinds = [
            ErrorKind::NotFound,
            ErrorKind::PermissionDenied,
            ErrorKind::IsADirectory,
            ErrorKind::NotADirectory,
            ErrorKind::AlreadyExists,
            ErrorKind::ResourceBusy,
            ErrorKind::StorageFull,
            ErrorKind::QuotaExceeded,
            ErrorKind::ReadOnlyFilesystem,
            ErrorKind::InvalidFilename,
            ErrorKind::OutOfMemory,
            ErrorKind::WouldBlock,
        ];
        for kind in kinds {
            let text = Refusal::of(&kind.into()).text();
            assert!(!text.ja.contains(|c: char| c.is_ascii_alphabetic()), "{kind}: {}", text.ja);
            assert!(text.en.is_ascii(), "{kind}: {}", text.en);
        }
    }

    #[test]
    fn a_file_that_windows_says_is_in_use_is_in_use() {
        assert_eq!(Refusal::read(ErrorKind::Other, Some(32)), Some(Refusal::InUse));
        assert_eq!(Refusal::read(ErrorKind::PermissionDenied, Some(33)), Some(Refusal::InUse));
        assert_eq!(Refusal::read(ErrorKind::PermissionDenied, Some(5)), Some(Refusal::Permission));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_has_no_words_of_its_own_keeps_the_system_s() {
        // 5 is EIO on Linux; 32 is a broken pipe there, not a file in use.
        let text = Refusal::of(&Error::from_raw_os_error(5)).text();
        assert_eq!(
            (text.ja.as_str(), text.en.as_str()),
            ("Input/output error (os error 5)", text.ja.as_str())
        );
        assert!(matches!(Refusal::of(&Error::from_raw_os_error(32)), Refusal::Other(_)));
        assert_eq!(Refusal::of(&Error::from_raw_os_error(28)), Refusal::DiskFull);
    }
}
