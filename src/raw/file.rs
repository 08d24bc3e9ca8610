//! Opening files, and saying kindly why one cannot be opened.

use crate::text::fold::fold;
use std::fs;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;
use sha2::{Digest, Sha256};

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::provenance::Place;
use crate::text::Text;
use crate::text::refusal::Refusal;

/// The whole file.
pub(super) fn bytes(path: &Path, name: &str) -> Result<Vec<u8>> {
    // A directory opens without an error on Unix, so it is asked for first.
    let read = fs::metadata(path)
        .and_then(|m| if m.is_dir() { Err(ErrorKind::IsADirectory.into()) } else { whole(path, m.len()) });
    read.map_err(|e| explain(path, name, &e))
}

/// Files of so many bytes are read by all threads, each so many at once.
const PIECE: usize = 1 << 22;

#[cfg(unix)]
fn whole(path: &Path, length: u64) -> io::Result<Vec<u8>> {
    use std::os::unix::fs::FileExt;

    if length < 2 * PIECE as u64 {
        return fs::read(path);
    }
    let mut file = fs::File::open(path)?;
    let length_here = usize::try_from(length).map_err(|_| ErrorKind::OutOfMemory)?;
    // Too little memory is an error here; where zeros are asked for, it would end the program.
    Vec::<u8>::new().try_reserve_exact(length_here)?;
    let mut bytes = vec![0; length_here];
    let read = bytes
        .par_chunks_mut(PIECE)
        .enumerate()
        .try_for_each(|(at, piece)| file.read_exact_at(piece, (at * PIECE) as u64));
    match read {
        // It has become shorter meanwhile.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return fs::read(path),
        read => read?,
    }
    // What has been added meanwhile.
    file.seek(SeekFrom::Start(length))?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(not(unix))]
fn whole(path: &Path, _: u64) -> io::Result<Vec<u8>> {
    fs::read(path)
}

/// Says whether there is a file at `path` that can be opened, without reading it.
pub(super) fn locate(path: &Path, name: &str) -> Result<()> {
    let found = fs::metadata(path).and_then(|m| {
        if m.is_dir() { Err(ErrorKind::IsADirectory.into()) } else { fs::File::open(path).map(drop) }
    });
    found.map_err(|e| explain(path, name, &e))
}

/// SHA-256 of the file's bytes in lower-case hexadecimal, and how many there are.
pub(super) fn digest(path: &Path, name: &str) -> Result<(String, u64)> {
    let mut sha256 = Sha256::new();
    locate(path, name)?;
    let read = fs::File::open(path)
        .and_then(|file| io::copy(&mut io::BufReader::with_capacity(1 << 18, file), &mut sha256));
    let bytes = read.map_err(|e| explain(path, name, &e))?;
    Ok((sha256.finalize().iter().map(|b| format!("{b:02x}")).collect(), bytes))
}

/// What changes when a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    bytes: u64,
    written: Option<SystemTime>,
}

pub(super) fn stamp(path: &Path) -> Option<Stamp> {
    let about = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some(Stamp { bytes: about.len(), written: about.modified().ok() })
}

pub(super) fn length(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|m| m.len())
}

/// The whole path from the root of the file system.
pub(super) fn absolute(path: &Path) -> Result<PathBuf> {
    let name = path.to_string_lossy();
    fs::canonicalize(path).map_err(|e| explain(path, &name, &e))
}

fn explain(path: &Path, name: &str, error: &io::Error) -> Error {
    let diagnostic = match Refusal::of(error) {
        Refusal::NotFound => return not_found(path, name),
        Refusal::IsFolder => Diagnostic::new(
            Code::RawIsDirectory,
            Text::new("ファイルではなくフォルダーです", "this is a folder, not a file"),
        ),
        Refusal::Permission => Diagnostic::new(
            Code::RawPermission,
            Text::new("ファイルを開く権限がありません", "no permission to open the file"),
        )
        .help(Text::new(
            "ほかのソフトで開いていないか、読み取りの権限があるかを確かめてください",
            "see whether another program holds it open, and who may read it",
        )),
        Refusal::InUse => Diagnostic::new(
            Code::RawPermission,
            Text::new(
                "ほかのソフトが使っているため、ファイルを開けません",
                "the file cannot be opened: another program is using it",
            ),
        )
        .help(Text::new(
            "そのソフトで閉じてから、もう一度実行してください",
            "close it there, then run again",
        )),
        reason => {
            let why = reason.text();
            Diagnostic::new(
                Code::RawIo,
                Text::new(
                    format!("ファイルを読めませんでした({})", why.ja),
                    format!("the file could not be read ({})", why.en),
                ),
            )
        }
    };
    diagnostic.at(Place::file(name)).into()
}

/// The folders in a folder that hold a file of this name, in order; none where there is no such folder.
pub(super) fn folders_with(folder: &Path, file: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    let mut found: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| p.join(file).is_file()).collect();
    found.sort();
    found
}

/// A character of a name as a plan writes it between " ".
fn written_as(c: char) -> String {
    match c {
        '\u{8}' => "\\b".into(),
        '\u{C}' => "\\f".into(),
        '\u{1B}' => "\\e".into(),
        c if c.is_control() => c.escape_default().collect(),
        c => c.into(),
    }
}

fn not_found(path: &Path, name: &str) -> Error {
    let diagnostic =
        Diagnostic::new(Code::RawNotFound, Text::new("ファイルがありません", "there is no such file"))
            .at(Place::file(name));
    // A path of Windows between " " in a plan, of which TOML made line ends and tabs.
    if name.contains(char::is_control) {
        let written = name.chars().map(written_as).collect::<String>();
        let right = written.replace('\\', "/");
        let help = Text::new(
            format!(
                "「{written}」の \\ は、\" \" の中では次の文字と合わせて改行などを表します。\
                 / で書いてください: \"{right}\""
            ),
            format!(
                "between \" \" a \\ and the letter after it stand for a line end or a tab; write \"{right}\""
            ),
        );
        return diagnostic.help(help).into();
    }
    let folder = match path.parent() {
        Some(p) if p.as_os_str().is_empty() => Path::new("."),
        Some(p) => p,
        None => return diagnostic.into(),
    };
    let entries = match fs::read_dir(folder).map_err(|error| Refusal::of(&error)) {
        Ok(entries) => entries,
        Err(reason) => {
            let (folder, why) = (folder.display(), reason.text());
            let help = match reason {
                Refusal::NotFound => Text::new(
                    format!("フォルダー「{folder}」がありません"),
                    format!("there is no folder {folder}"),
                ),
                _ => Text::new(
                    format!("フォルダー「{folder}」の中を見られません({})", why.ja),
                    format!("the folder {folder} cannot be looked into ({})", why.en),
                ),
            };
            return diagnostic.help(help).into();
        }
    };
    let names: Vec<String> = entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    let wanted = path.file_name().map(|f| f.to_string_lossy().into_owned()).unwrap_or_default();
    match nearest(&wanted, names) {
        near if near.is_empty() => diagnostic.into(),
        near => {
            let list = near.join("、");
            let english = near.join(", ");
            diagnostic
                .help(Text::new(format!("もしかして: {list}"), format!("did you mean: {english}")))
                .into()
        }
    }
}

/// Up to three names like `wanted`, the likest first. Full and half width, and the two spellings that macOS
/// and Windows give to が and é, count as the same letter.
fn nearest(wanted: &str, names: Vec<String>) -> Vec<String> {
    let fold = |s: &str| fold(s).to_lowercase();
    let wanted = fold(wanted);
    let mut scored: Vec<(f64, String)> = names
        .into_iter()
        .map(|n| (strsim::jaro_winkler(&wanted, &fold(&n)), n))
        .filter(|(score, _)| *score >= 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored.into_iter().take(3).map(|(_, n)| n).collect()
}

#[cfg(test)]
mod tests {
    use super::{PIECE, bytes, nearest};

    #[test]
    fn the_nearest_name_comes_first_whatever_its_width() {
        let names = ["citizen-r5.csv", "ｃｉｔｉｚｅｎ-r4.csv", "staff.xlsx"].map(str::to_owned).to_vec();
        assert_eq!(nearest("citizen-r4.csv", names), ["ｃｉｔｉｚｅｎ-r4.csv", "citizen-r5.csv"]);
    }

    #[test]
    fn a_file_that_all_threads_read_is_whole_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for length in [0, 1, 2 * PIECE - 1, 2 * PIECE, 2 * PIECE + 77] {
            let written: Vec<u8> = (0..length).map(|at| (at / 7 + at / 2048) as u8).collect();
            std::fs::write(&path, &written).unwrap();
            assert!(bytes(&path, "a").unwrap() == written, "{length}");
        }
    }

    #[test]
    fn decomposed_kana_are_the_same_letters() {
        let names = vec!["が\u{304b}\u{3099}.csv".to_owned()];
        assert_eq!(nearest("がが.csv", names).len(), 1);
    }
}
