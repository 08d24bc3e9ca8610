//! What kind of file is it: told by its first bytes.

use std::io::Read;

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::provenance::Place;
use crate::text::Text;

use super::damaged::{MAX_PART, damaged};
use super::sas;

/// What a transport file of SAS begins with: version 5, and the later one with long names.
const TRANSPORT: [&[u8]; 2] =
    [b"HEADER RECORD*******LIBRARY HEADER RECORD", b"HEADER RECORD*******LIBV8   HEADER RECORD"];

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Delimited,
    Spreadsheet(Kind),
    Parquet,
    Spss,
    Stata,
    Sas,
    Xport,
}

/// The kinds of workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

impl Format {
    /// The format's name in both languages.
    pub(super) fn words(self) -> Text {
        match self {
            Format::Delimited => Text::new("文字のファイル(CSV/TSV)", "delimited text (CSV/TSV)"),
            Format::Spreadsheet(Kind::Xlsx) => Text::new("Excelブック(XLSX)", "an Excel workbook (XLSX)"),
            Format::Spreadsheet(Kind::Xlsb) => {
                Text::new("Excelバイナリブック(XLSB)", "a binary Excel workbook (XLSB)")
            }
            Format::Spreadsheet(Kind::Xls) => {
                Text::new("旧形式のExcelブック(XLS)", "an old Excel workbook (XLS)")
            }
            Format::Spreadsheet(Kind::Ods) => {
                Text::new("OpenDocument表計算(ODS)", "an OpenDocument spreadsheet (ODS)")
            }
            Format::Parquet => Text::new("Parquet", "Parquet"),
            Format::Spss => Text::new("SPSSファイル", "an SPSS file"),
            Format::Stata => Text::new("Stataのファイル", "a Stata file"),
            Format::Sas => Text::new("SASのファイル", "a SAS data set"),
            Format::Xport => Text::new("SASの移送ファイル(XPORT)", "a SAS transport file (XPORT)"),
        }
    }
}

/// The file name's ending, in lower case.
pub(super) fn ending(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next()?;
    let (stem, ending) = last.rsplit_once('.')?;
    if stem.is_empty() || ending.is_empty() { None } else { Some(ending.to_lowercase()) }
}

/// The ending of `name` when it promises another format than the file has. Endings that promise nothing are
/// right.
pub(super) fn wrong_ending(name: &str, format: &Format) -> Option<String> {
    let ending = ending(name)?;
    let promised: &[Format] = match ending.as_str() {
        "csv" | "tsv" | "tab" => &[Format::Delimited],
        "xlsx" | "xlsm" => &[Format::Spreadsheet(Kind::Xlsx)],
        "xlsb" => &[Format::Spreadsheet(Kind::Xlsb)],
        "xls" => &[Format::Spreadsheet(Kind::Xls)],
        "ods" => &[Format::Spreadsheet(Kind::Ods)],
        "parquet" => &[Format::Parquet],
        "sav" | "zsav" => &[Format::Spss],
        "dta" => &[Format::Stata],
        "sas7bdat" => &[Format::Sas],
        "xpt" | "xport" => &[Format::Xport],
        _ => return None,
    };
    if promised.contains(format) { None } else { Some(ending) }
}

/// The format of a file with these bytes.
///
/// # Errors
/// `raw::empty`, `raw::unsupported` (with what the file is, where that can be told), `raw::damaged` for a
/// file that was a workbook once, `raw::too-large` for a zip bomb.
pub(super) fn detect(bytes: &[u8], name: &str) -> Result<Format> {
    let place = Place::file(name);
    if bytes.is_empty() {
        return Err(
            Error::msg(Code::RawEmpty, "ファイルが空です(0バイト)", "the file is empty (0 bytes)").at(&place)
        );
    }
    let is = |magic: &[u8]| bytes.starts_with(magic);
    if is(b"PK\x03\x04") || is(b"PK\x05\x06") {
        return zipped(bytes).map_err(|e| e.at(&place));
    }
    if is(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Ok(Format::Spreadsheet(Kind::Xls));
    }
    if is(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if is(b"$FL2") || is(b"$FL3") {
        return Ok(Format::Spss);
    }
    // Stata 13 and later, and Stata 8 to 12: version, byte order, 1, 0.
    if is(b"<stata_dta>") || matches!(bytes, [113..=115, 1 | 2, 1, 0, ..]) {
        return Ok(Format::Stata);
    }
    if is(&sas::MAGIC) {
        return Ok(Format::Sas);
    }
    if TRANSPORT.iter().any(|mark| is(mark)) {
        return Ok(Format::Xport);
    }
    if is(b"**COMPRESSED** **COMPRESSED**") {
        return Err(cport().at(&place));
    }
    if let Some(what) = foreign(bytes) {
        return Err(unsupported(what).at(&place));
    }
    // A workbook that lost its head, or an upload that is not what its name says: better said than read as
    // text.
    let wide = is(b"\xFF\xFE") || is(b"\xFE\xFF");
    let binary =
        bytes.iter().take(4096).filter(|b| matches!(b, 0x00..=0x08 | 0x0E..=0x1A | 0x1C..=0x1F)).count();
    let promised = matches!(
        ending(name).as_deref(),
        Some(
            "xlsx"
                | "xlsm"
                | "xlsb"
                | "xls"
                | "ods"
                | "parquet"
                | "sav"
                | "zsav"
                | "dta"
                | "sas7bdat"
                | "xpt"
                | "xport"
        )
    );
    if promised && binary > 0 && !wide {
        return Err(damaged(
            "先頭が形式の印で始まっていません",
            "it does not begin with the mark of its format",
        )
        .at(&place));
    }
    Ok(Format::Delimited)
}

/// Files that people mistake for tables.
fn foreign(bytes: &[u8]) -> Option<Text> {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let head: String = start.iter().take(512).map(|&b| (b as char).to_ascii_lowercase()).collect();
    let head = head.trim_start();
    let words = if start.starts_with(b"%PDF") {
        ("PDF", "a PDF")
    } else if start.starts_with(b"\x1F\x8B") || start.starts_with(b"7z\xBC\xAF") || start.starts_with(b"Rar!")
    {
        ("圧縮ファイル", "a compressed archive")
    } else if start.starts_with(b"\x89PNG")
        || start.starts_with(b"\xFF\xD8\xFF")
        || start.starts_with(b"GIF8")
    {
        ("画像", "an image")
    } else if matches!(bytes, [102..=112, 1 | 2, 1, 0, ..]) {
        ("Stata 7以前のファイル", "a file of Stata 7 or before")
    } else if head.starts_with("<!doctype html") || head.starts_with("<html") || head.starts_with("<table") {
        ("HTML(ウェブページ)", "HTML (a web page)")
    } else if head.starts_with("<?xml") {
        ("XML", "XML")
    } else {
        return None;
    };
    Some(Text::new(words.0, words.1))
}

/// Whether a file of this name is what Excel and Word leave beside a document as long as it is open.
pub(super) fn is_lock_file(name: &str) -> bool {
    base_name(name).starts_with(LOCK)
}

const LOCK: &str = "~$";

fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

pub(super) fn lock_file(name: &str) -> Error {
    let document = base_name(name).trim_start_matches(LOCK);
    Diagnostic::new(
        Code::RawUnsupported,
        Text::new(
            "Excel で開いているあいだにできる作業用のファイルで、回答は入っていません",
            "this is a file that Excel keeps beside an open workbook; there are no answers in it",
        ),
    )
    .help(Text::new(
        format!("Excel を閉じ、「{document}」を指定してください"),
        format!("close Excel, and name \"{document}\""),
    ))
    .into()
}

/// What SAS packs for other machines of SAS: nobody else can read it.
fn cport() -> Error {
    Diagnostic::new(
        Code::RawUnsupported,
        Text::new(
            "SASのCPORTファイル(PROC CPORT)です。SASのほかでは読めません",
            "this is a CPORT file of SAS (PROC CPORT), which only SAS can read",
        ),
    )
    .help(Text::new(
        "SASでXPORT形式(LIBNAME … XPORT)かCSVに書き出してください",
        "let SAS write it as XPORT (LIBNAME … XPORT) or CSV",
    ))
    .into()
}

fn unsupported(what: Text) -> Error {
    Error::new(
        Diagnostic::new(
            Code::RawUnsupported,
            Text::new(
                format!("中身は{}で、表として読めません", what.ja),
                format!("the content is {}; it cannot be read as a table", what.en),
            ),
        )
        .help(Text::new(
            "表計算ソフトで開き、CSVかXLSXで保存し直してください",
            "open it in a spreadsheet program and save it as CSV or XLSX",
        )),
    )
}

/// One part of a zip archive, as its directory lists it.
struct Part<'a> {
    name: &'a [u8],
    unpacked: u64,
    /// The bytes as they stand in the file.
    packed: &'a [u8],
    deflated: bool,
}

impl Part<'_> {
    /// Whether it unpacks to more than [`MAX_PART`]. The directory may lie; a part that is so small that even
    /// the best possible packing (1 : 1032) stays below the limit is believed, any other is unpacked and
    /// measured.
    fn too_large(&self) -> bool {
        let packed = if self.deflated { self.packed } else { &[] };
        if self.unpacked > MAX_PART || (packed.len() as u64).saturating_mul(1032) <= MAX_PART {
            return self.unpacked > MAX_PART;
        }
        let mut unpacked = flate2::read::DeflateDecoder::new(packed).take(MAX_PART + 1);
        // A damaged part is told by whoever reads it.
        std::io::copy(&mut unpacked, &mut std::io::sink()).is_ok_and(|length| length > MAX_PART)
    }
}

fn zipped(bytes: &[u8]) -> Result<Format> {
    let cut_off = || {
        damaged(
            "ZIPの目次がありません。途中で切れているようです",
            "the zip directory is missing; it seems to be cut off",
        )
    };
    let parts = directory(bytes).ok_or_else(cut_off)?;
    if parts.iter().any(Part::too_large) {
        return Err(Error::msg(
            Code::RawTooLarge,
            format!("展開すると{}MiBを超える部分があります。安全のため読みません", MAX_PART >> 20),
            format!("a part of the file unpacks to more than {} MiB; not read, for safety", MAX_PART >> 20),
        ));
    }
    let has = |name: &[u8]| parts.iter().any(|p| p.name.eq_ignore_ascii_case(name));
    let ends = |name: &[u8]| parts.iter().any(|p| p.name.ends_with(name));
    let starts = |name: &[u8]| parts.iter().any(|p| p.name.starts_with(name));
    if ends(b"workbook.bin") {
        Ok(Format::Spreadsheet(Kind::Xlsb))
    } else if ends(b"workbook.xml") || starts(b"xl/") {
        Ok(Format::Spreadsheet(Kind::Xlsx))
    } else if has(b"content.xml") && has(b"mimetype") {
        Ok(Format::Spreadsheet(Kind::Ods))
    } else if starts(b"word/") {
        Err(unsupported(Text::new("Word文書", "a Word document")))
    } else if starts(b"ppt/") {
        Err(unsupported(Text::new("PowerPoint文書", "a PowerPoint document")))
    } else if has(b"[Content_Types].xml") {
        Ok(Format::Spreadsheet(Kind::Xlsx))
    } else {
        Err(unsupported(Text::new("ZIPファイル", "a zip archive")))
    }
}

/// The content of a part, as far as [`MAX_PART`]; `None` where it is not there or cannot be unpacked.
pub(super) fn part(bytes: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let parts = directory(bytes)?;
    let part = parts.iter().find(|p| p.name == name)?;
    if !part.deflated {
        return Some(part.packed.to_vec());
    }
    let mut out = Vec::new();
    flate2::read::DeflateDecoder::new(part.packed).take(MAX_PART).read_to_end(&mut out).ok()?;
    Some(out)
}

/// The archive's directory: found from its end, since only there all sizes are known. `None` when it is not
/// there.
fn directory(bytes: &[u8]) -> Option<Vec<Part<'_>>> {
    let u16_at = |at: usize| Some(u64::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let u32_at = |at: usize| Some(u64::from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)));
    // The end record is 22 bytes and a comment of up to 65,535.
    let last = bytes.len().checked_sub(22)?;
    let end =
        (last.saturating_sub(65_535)..=last).rev().find(|&at| bytes[at..].starts_with(b"PK\x05\x06"))?;
    let mut at = usize::try_from(u32_at(end + 16)?).ok()?;
    let mut parts = Vec::new();
    while bytes.get(at..at + 4) == Some(b"PK\x01\x02") {
        let name_length = usize::try_from(u16_at(at + 28)?).ok()?;
        let rest = usize::try_from(u16_at(at + 30)? + u16_at(at + 32)?).ok()?;
        let unpacked = match u32_at(at + 24)? {
            // The true size stands first in the zip64 field; anything else under this mark counts as too
            // large.
            0xFFFF_FFFF if u16_at(at + 46 + name_length)? == 1 => {
                let field = at + 46 + name_length + 4;
                u32_at(field)? | (u32_at(field + 4)? << 32)
            }
            size => size,
        };
        let (length, local) =
            (usize::try_from(u32_at(at + 20)?).ok()?, usize::try_from(u32_at(at + 42)?).ok()?);
        let lengths =
            u16_at(local + 26).zip(u16_at(local + 28)).map_or(0, |(name, extra)| (name + extra) as usize);
        let body = bytes.get(local + 30 + lengths..).unwrap_or_default();
        let packed = body.get(..length).unwrap_or(body);
        parts.push(Part {
            name: bytes.get(at + 46..at + 46 + name_length)?,
            unpacked,
            packed,
            deflated: u16_at(at + 10)? == 8,
        });
        at += 46 + name_length + rest;
    }
    if parts.is_empty() { None } else { Some(parts) }
}

#[cfg(test)]
mod tests {
    use super::{Format, Kind, detect, ending, wrong_ending};

    #[test]
    fn endings_are_judged_by_what_they_promise() {
        assert_eq!(ending("raw/a.b/C.CSV").as_deref(), Some("csv"));
        assert_eq!(ending("raw/a.b/noending"), None);
        assert_eq!(wrong_ending("a.csv", &Format::Spreadsheet(Kind::Xlsx)).as_deref(), Some("csv"));
        assert_eq!(wrong_ending("a.txt", &Format::Delimited), None);
    }

    #[test]
    fn web_pages_named_xls_are_told_as_such() {
        let error = detect(b"<html><table></table></html>", "a.xls").map_err(|e| e.to_string());
        assert!(error.is_err_and(|e| e.contains("raw::unsupported") && e.contains("HTML")));
    }

    #[test]
    fn a_zip_without_its_end_is_cut_off() {
        let error = detect(b"PK\x03\x04 and then nothing more of it", "a.xlsx").map_err(|e| e.to_string());
        assert!(error.is_err_and(|e| e.contains("raw::damaged")));
    }
}
