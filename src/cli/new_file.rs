//! A file that a flag names, which is not there yet.

use std::path::Path;

use shihyo::code::Code;
use shihyo::derived;
use shihyo::error::{Diagnostic, Error, Result};
use shihyo::provenance::Place;
use shihyo::text::Text;

use super::message::Talk;

/// Writes the file that `flag` names, and says so.
///
/// # Errors
/// A path that names no file; a file that stands there already; one that cannot be written.
pub(super) fn write(flag: &str, file: &Path, bytes: Vec<u8>, talk: &Talk) -> Result<()> {
    let (folder, name) = target(flag, file)?;
    derived::write_new(folder, &[(name, bytes)]).map_err(|error| another_name(error, flag))?;
    talk.say(&Text::new(
        format!("書き出しました: {}", file.display()),
        format!("written: {}", file.display()),
    ));
    Ok(())
}

/// The folder and name of a file.
fn target<'a>(flag: &str, file: &'a Path) -> Result<(&'a Path, String)> {
    let name = file.file_name().and_then(|n| n.to_str()).ok_or_else(|| {
        let text = Text::new(
            format!("{flag} にはファイルの名前が必要です"),
            format!("{flag} needs the name of a file"),
        );
        Error::from(Diagnostic::new(Code::CliOut, text).at(Place::file(file.display().to_string())))
    })?;
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((folder, name.to_owned()))
}

/// A file that stands there already, with advice that fits the flag.
fn another_name(error: Error, flag: &str) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == Code::DerivedExists) {
        diagnostic.help = Some(Text::new(
            format!("{flag} に別の名前を指定するか、今あるファイルを移してください"),
            format!("name another file with {flag}, or move this one away"),
        ));
    }
    Error::all(diagnostics).unwrap_or_else(|| {
        Error::msg(Code::DerivedExists, "すでにファイルがあります", "the file stands there already")
    })
}
