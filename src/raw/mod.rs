//! The door in: files of any encoding and layout → [`Table`]s whose cells know their file, sheet, row and
//! column.
//!
//! Nothing here knows what an answer means; that is the business of [`crate::decode`].
//!
//! [`read`] and [`read_text`] open a file; [`read_bytes`] and [`text_from_bytes`] do the same to bytes in
//! memory and touch no disk. The format is told by the content, not by the name: a `.csv` that is an XLSX is
//! read as one, and a note says so.

mod bytes;
mod calendar;
mod cell;
mod compound;
mod damaged;
mod decoder;
mod delimited;
mod dictionary;
mod encoding;
mod file;
mod format;
mod grid;
mod hash;
mod header;
mod heading;
mod indices;
mod limits;
mod moments;
mod old_key;
mod open_document;
mod parquet;
mod records;
mod sample;
mod sas;
pub mod scan;
mod sheet;
mod spreadsheet;
mod spss;
mod stata;
mod table;
mod tongue;
mod xport;

use std::path::{Path, PathBuf};

pub use cell::Cell;
pub use dictionary::{Dictionary, MultipleResponse, MultipleResponseKind, Variable};
pub use file::Stamp;
pub(crate) use heading::ANSWER_WORDS;
pub use heading::Heading;
pub use indices::Indices;
pub use limits::{MAX_CELLS, MAX_COLUMNS, MAX_TEXT};
pub use sample::{Sample, in_sample};
pub use sheet::{Named, Sheet, Shown, ShownKind, address};
pub use table::{Column, JoinedColumns, ReadOptions, Table, letters};

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result, SourceText};
use crate::finding::Finding;
use crate::provenance::{FileDigest, Place};
use crate::text::Text;
use format::Format;

/// Reads the table of the file at `path`; `name` is how the user named it, and what messages and the manifest
/// say.
///
/// # Errors
/// `raw::not-found` (with the nearest names of that folder), `raw::is-directory`, `raw::permission`,
/// `raw::io`, and all errors of [`read_bytes`].
pub fn read(path: &Path, name: &str, options: &ReadOptions) -> Result<Table> {
    read_bytes(&file::bytes(path, name)?, name, options)
}

/// Reads the file at `path` as the sheet that a person sees.
///
/// # Errors
/// As [`read`].
pub fn read_sheet(path: &Path, name: &str, options: &ReadOptions) -> Result<Sheet> {
    sheet_from_bytes(&file::bytes(path, name)?, name, options)
}

/// Reads the sheet of a file with these bytes: the one asked for, else the first visible one with data.
///
/// # Errors
/// As [`read_bytes`].
pub fn sheet_from_bytes(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Sheet> {
    match format::detect(bytes, name)? {
        Format::Spreadsheet(kind) => sheet::read(bytes, name, kind, options.sheet.as_deref()),
        _ => Ok(sheet::of_table(read_bytes(bytes, name, options)?)),
    }
}

/// Reads the sheets of a workbook whose names fit a pattern, where `*` stands for any text; of any other file
/// the only one there is.
///
/// # Errors
/// As [`read`]; `raw::sheet` where no name fits.
pub fn read_sheets(path: &Path, name: &str, pattern: &str) -> Result<Vec<Sheet>> {
    let bytes = file::bytes(path, name)?;
    let Format::Spreadsheet(kind) = format::detect(&bytes, name)? else {
        return Ok(vec![sheet_from_bytes(&bytes, name, &ReadOptions::default())?]);
    };
    let names = spreadsheet::sheet_names(&bytes, kind).map_err(|e| e.at(&Place::file(name)))?;
    let fitting: Vec<&String> = names.iter().filter(|known| fits(pattern, known)).collect();
    if fitting.is_empty() {
        return Err(spreadsheet::no_such_sheet(pattern, &names).at(&Place::file(name)));
    }
    fitting.into_iter().map(|known| sheet::read(&bytes, name, kind, Some(known))).collect()
}

/// Whether a name fits a pattern in which `*` stands for any text.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, rest)) => name.strip_prefix(before).is_some_and(|left| {
            left.char_indices().map(|(at, _)| at).chain([left.len()]).any(|at| fits(rest, &left[at..]))
        }),
    }
}

/// Whether there is a file at `path` that can be opened; it is not read.
///
/// # Errors
/// As [`read`], as far as they show before reading.
pub fn locate(path: &Path, name: &str) -> Result<()> {
    file::locate(path, name)
}

/// The folders in `folder` that hold a file of this name, in order; none where there is no such folder.
pub fn folders_with(folder: &Path, file: &str) -> Vec<PathBuf> {
    file::folders_with(folder, file)
}

/// The length of the file at `path` in bytes; `None` where there is none.
pub fn length(path: &Path) -> Option<u64> {
    file::length(path)
}

/// What changes when the file at `path` is written: its length and when that was; `None` where there is no
/// file.
pub fn stamp(path: &Path) -> Option<Stamp> {
    file::stamp(path)
}

/// Whether a file of this name takes many times as long to read as what was decoded from it would: a workbook
/// or a file of a statistics program, by the ending. Delimited text and Parquet are read as fast as the
/// answers that could be kept of them (`benches/plan`).
pub fn slow_to_read(name: &str) -> bool {
    let slow = ["xlsx", "xlsm", "xlsb", "xls", "ods", "sav", "zsav", "dta", "sas7bdat", "xpt"];
    format::ending(name).is_some_and(|ending| slow.contains(&ending.as_str()))
}

/// The whole path of a file or folder that is there, with links followed.
///
/// # Errors
/// `raw::not-found` and its like.
pub fn absolute(path: &Path) -> Result<PathBuf> {
    file::absolute(path)
}

/// Reads the table of a file with these bytes. The format is told by the bytes; the ending of `name` only
/// serves to say that it is wrong.
///
/// # Errors
/// - `raw::empty`: no rows at all
/// - `raw::header-rows`: no header row asked for, or more than the file has rows
/// - `raw::encoding`: an encoding's name that nobody knows
/// - `raw::sheet`: a sheet that the workbook does not have
/// - `raw::damaged`, `raw::password`, `raw::unsupported`, `raw::not-text`: a file that cannot be read
/// - `raw::too-large`: more than [`MAX_CELLS`] cells, [`MAX_COLUMNS`] columns or [`MAX_TEXT`] bytes in a
///   cell, or an archive that unpacks to more than 1 GiB a part
pub fn read_bytes(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Table> {
    if options.header_rows == Some(0) {
        return Err(Error::msg(
            Code::RawHeaderRows,
            "見出し行の数は1以上です(0が指定されました)",
            "the number of header rows is 1 or more, not 0",
        )
        .at(&Place::file(name)));
    }
    if format::is_lock_file(name) {
        return Err(format::lock_file(name).at(&Place::file(name)));
    }
    let format = format::detect(bytes, name)?;
    let mut table = match &format {
        Format::Delimited => delimited::read(bytes, name, options),
        Format::Spreadsheet(kind) => spreadsheet::read(bytes, name, *kind, options),
        Format::Parquet => parquet::read(bytes, name),
        Format::Spss => spss::read(bytes, name, options),
        Format::Stata => stata::read(bytes, name, options),
        Format::Sas => sas::read(bytes, name, options),
        Format::Xport => xport::read(bytes, name, options),
    }
    .map_err(|e| e.at(&Place::file(name)))?;
    if let Some(ending) = format::wrong_ending(name, &format) {
        table.findings.insert(
            0,
            Finding::note(
                Code::RawWrongExtension,
                Text::new(
                    format!(
                        "拡張子は「.{ending}」ですが、中身は{}です。中身のとおりに読みました",
                        format.words().ja
                    ),
                    format!(
                        "the name ends in .{ending}, but the content is {}; read as what it is",
                        format.words().en
                    ),
                ),
                Place::file(name),
            ),
        );
    }
    Ok(table)
}

/// Reads a plan or questionnaire: UTF-8 with or without byte-order mark, or another encoding that is
/// detected.
///
/// # Errors
/// As [`read`] for a file that cannot be opened; `raw::encoding` when bytes cannot be decoded.
pub fn read_text(path: &Path, name: &str) -> Result<SourceText> {
    text_from_bytes(&file::bytes(path, name)?, name)
}

/// The text of a plan or questionnaire with these bytes, without its byte-order mark.
///
/// # Errors
/// `raw::encoding` when bytes cannot be decoded, `raw::not-text` when they are no text.
pub fn text_from_bytes(bytes: &[u8], name: &str) -> Result<SourceText> {
    let place = Place::file(name);
    let decoded = encoding::decode(bytes, None).map_err(|e| e.at(&place))?;
    if let Some(at) = decoded.first_broken() {
        let line = decoded.text.get(..at).unwrap_or("").matches('\n').count() as u64 + 1;
        return Err(Error::new(
            Diagnostic::new(
                Code::RawEncoding,
                Text::new(
                    format!("文字として読めないバイトがあります({}として読みました)", decoded.encoding),
                    format!("some bytes are no text (read as {})", decoded.encoding),
                ),
            )
            .at(place.row(line))
            .help(Text::new("UTF-8で保存し直してください", "save the file as UTF-8")),
        ));
    }
    Ok(SourceText { file: name.to_owned(), text: decoded.text.into_owned() })
}

/// The identity of the file at `path`, for the manifest. The file is read, but not held.
///
/// # Errors
/// As [`read`] for a file that cannot be opened.
pub fn digest(path: &Path, name: &str) -> Result<FileDigest> {
    let (sha256, bytes) = file::digest(path, name)?;
    Ok(FileDigest { file: name.to_owned(), sha256, bytes, rows: None, encoding: None, sheet: None })
}
