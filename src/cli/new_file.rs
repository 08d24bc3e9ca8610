//! Files that flags name, which are not there yet.

use std::path::{Path, PathBuf};

use shihyo::code::Code;
use shihyo::error::{Diagnostic, Error, Result};
use shihyo::provenance::Place;
use shihyo::text::Text;
use shihyo::{derived, raw};

use super::message::Talk;

/// A file to write, and the flag that names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewFile<'a> {
    pub(super) flag: &'static str,
    pub(super) path: &'a Path,
}

/// Whether all of `files` can be written; told before anything is read.
///
/// # Errors
/// A path that names no file; a file that stands there already; two flags that name the same one. All that
/// is wrong is told in one go.
pub(super) fn check(files: &[NewFile]) -> Result<()> {
    let mut mistakes = Vec::new();
    let mut seen: Vec<(PathBuf, &str)> = Vec::new();
    for file in files {
        let checked = file.target().and_then(|path| {
            let same = seen.iter().find(|(known, _)| *known == path).map(|(_, flag)| *flag);
            seen.push((path, file.flag));
            match same {
                Some(flag) => Err(same_file(flag, file)),
                None => derived::must_be_new(&[file.path]).map_err(|error| another_name(error, &[*file])),
            }
        });
        mistakes.extend(checked.err().into_iter().flat_map(Error::into_diagnostics));
    }
    Error::all(mistakes).map_or(Ok(()), Err)
}

/// Writes the files, all or none, and says so.
///
/// # Errors
/// Those of [`check`]; a file that cannot be written.
pub(super) fn write(files: &[(NewFile, Vec<u8>)], talk: &Talk) -> Result<()> {
    let named: Vec<NewFile> = files.iter().map(|(file, _)| *file).collect();
    check(&named)?;
    let contents: Vec<(PathBuf, &[u8])> =
        files.iter().map(|(file, bytes)| (file.path.to_path_buf(), bytes.as_slice())).collect();
    derived::write_all_new(&contents).map_err(|error| another_name(error, &named))?;
    for path in named.iter().map(|file| file.path.display()) {
        talk.say(&Text::new(format!("書き出しました: {path}"), format!("written: {path}")));
    }
    Ok(())
}

impl NewFile<'_> {
    /// Where the file is to stand, from the root of the file system where its folder is there already.
    fn target(&self) -> Result<PathBuf> {
        let Some(name) = self.path.file_name().filter(|name| name.to_str().is_some()) else {
            let flag = self.flag;
            let text = Text::new(
                format!("{flag} にはファイルの名前が必要です"),
                format!("{flag} needs the name of a file"),
            );
            return Err(Diagnostic::new(Code::CliOut, text).at(self.place()).into());
        };
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(raw::absolute(folder).unwrap_or_else(|_| folder.to_path_buf()).join(name))
    }

    fn place(&self) -> Place {
        Place::file(self.path.display().to_string())
    }
}

fn same_file(flag: &str, file: &NewFile) -> Error {
    let text = Text::new(
        format!("{flag} と {} に同じファイルは指定できません", file.flag),
        format!("{flag} and {} cannot name the same file", file.flag),
    );
    Diagnostic::new(Code::CliConflict, text).at(file.place()).into()
}

/// A file that stands there already, with advice that fits the flag.
fn another_name(error: Error, files: &[NewFile]) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == Code::DerivedExists) {
        let Some(file) = files.iter().find(|file| file.place() == diagnostic.place) else { continue };
        let flag = file.flag;
        diagnostic.help = Some(Text::new(
            format!("{flag} に別の名前を指定するか、今あるファイルを移してください"),
            format!("name another file with {flag}, or move this one away"),
        ));
    }
    Error::all(diagnostics).unwrap_or_else(|| {
        Error::msg(Code::DerivedExists, "すでにファイルがあります", "the file stands there already")
    })
}
