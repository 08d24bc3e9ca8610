//! Which encoding a text is in, and the text itself, with a mark at every byte that could not be decoded.

use std::borrow::Cow;

use encoding_rs::{
    DecoderResult, EUC_JP, Encoding, ISO_2022_JP, MACINTOSH, REPLACEMENT, SHIFT_JIS, UTF_8, UTF_16BE,
    UTF_16LE,
};

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::text::Text;

use super::tongue;

/// Stands before the hexadecimal form of bytes that could not be decoded. A noncharacter: Unicode promises
/// that no text has it, and it cannot be confused with a U+FFFD that stood in the file.
pub(super) const MARK: char = '\u{FDD0}';

/// A decoded text.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    /// The text without byte-order mark; undecodable bytes stand as [`MARK`] and `\xNN`.
    pub(super) text: Cow<'a, str>,
    /// The encoding's name, as the manifest records it.
    pub(super) encoding: String,
    /// Stretches of bytes that could not be decoded.
    pub(super) broken: u64,
    /// Whether the encoding was told apart by chance only (no candidate for Japanese text fits).
    pub(super) uncertain: bool,
    /// Whether the file has control characters other than those that end lines and fields.
    pub(super) controls: bool,
}

impl Decoded<'_> {
    /// Byte offset in `text` of the first undecodable stretch.
    pub(super) fn first_broken(&self) -> Option<usize> {
        if self.broken == 0 { None } else { self.text.find(MARK) }
    }
}

/// Decodes a text; its encoding is detected when `wanted` is `None`.
///
/// # Errors
/// `raw::encoding` when nobody knows the encoding `wanted`; `raw::not-text` when there are more than five
/// control characters in a hundred bytes.
pub(super) fn decode<'a>(bytes: &'a [u8], wanted: Option<&str>) -> Result<Decoded<'a>> {
    let controls = has_controls(bytes);
    let (with_bom, rest) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (Some(encoding), bytes.get(length..).unwrap_or_default()),
        None => (None, bytes),
    };
    let named = wanted.map(by_name).transpose()?;
    let (encoding, uncertain, found) = match (named, with_bom) {
        (Some(named), _) => (named, false, None),
        (None, Some(marked)) => (marked, false, None),
        (None, None) => detect_text(bytes, controls),
    };
    let body = if with_bom == Some(encoding) { rest } else { bytes };
    let (text, broken) = found.map_or_else(|| decode_marked(body, encoding), |text| (text, 0));
    // Each encoding has the bytes of control characters for these only, and UTF-16 has zeros beside them.
    if controls {
        refuse_binary(&text, body.len())?;
    }
    Ok(Decoded {
        text,
        encoding: label(encoding, with_bom == Some(UTF_8) && encoding == UTF_8),
        broken,
        uncertain,
        controls,
    })
}

/// The name that messages and the manifest use.
pub(super) fn label(encoding: &'static Encoding, bom: bool) -> String {
    match (encoding, bom) {
        (e, _) if e == SHIFT_JIS => "Shift_JIS (CP932)".to_owned(),
        (_, true) => "UTF-8 (BOM)".to_owned(),
        (e, false) => e.name().to_owned(),
    }
}

pub(super) fn by_name(name: &str) -> Result<&'static Encoding> {
    let folded: String =
        name.trim().to_ascii_lowercase().chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect();
    let known = match folded.as_str() {
        "cp932" | "932" | "sjis" | "shiftjis" | "shiftjis(cp932)" | "windows31j" | "ms932" => Some(SHIFT_JIS),
        "utf8" | "utf8bom" | "utf8sig" | "utf8(bom)" | "ascii" => Some(UTF_8),
        "utf16" | "utf16le" | "unicode" => Some(UTF_16LE),
        "utf16be" => Some(UTF_16BE),
        "eucjp" | "ujis" => Some(EUC_JP),
        "jis" | "iso2022jp" => Some(ISO_2022_JP),
        "macroman" | "mac" => Some(MACINTOSH),
        _ => Encoding::for_label_no_replacement(name.trim().as_bytes()).filter(|e| *e != REPLACEMENT),
    };
    known.ok_or_else(|| {
        let names = "UTF-8, CP932 (Shift_JIS), EUC-JP, ISO-2022-JP, UTF-16LE, UTF-16BE, windows-1252, \
                     macintosh, GB18030, Big5, EUC-KR";
        Error::new(
            Diagnostic::new(
                Code::RawEncoding,
                Text::new(
                    format!("文字コード「{name}」は知られていません"),
                    format!("nobody knows the encoding \"{name}\""),
                ),
            )
            .help(Text::new(format!("使える名前: {names}"), format!("names that can be used: {names}"))),
        )
    })
}

/// The encoding of bytes without byte-order mark, and whether it is a guess that nothing confirms.
///
/// The order: valid UTF-8 (ASCII is UTF-8); UTF-16, which gives itself away by its zero bytes; UTF-8 with few
/// broken places; what chardetng says of the lines beyond ASCII, if all of the file decodes without an error;
/// another Japanese encoding that does; the Japanese encoding with the fewest broken places, if few. What is
/// no Japanese text in the end is in a Western, Chinese or Korean encoding, which is told ([`tongue`]).
pub(super) fn detect(bytes: &[u8]) -> (&'static Encoding, bool) {
    let (encoding, uncertain, _) = detect_text(bytes, true);
    (encoding, uncertain)
}

/// A control character that no text needs.
fn control(byte: u8) -> bool {
    (byte < 0x20) & !matches!(byte, 0x09..=0x0D) | (byte == 0x7F)
}

/// Whether any of the bytes is such a control character, NUL and ESC among them.
fn has_controls(bytes: &[u8]) -> bool {
    // To ask that of all bytes of a block at once is quick.
    bytes
        .par_chunks(1 << 20)
        .any(|part| part.chunks(4096).any(|block| block.iter().fold(false, |any, b| any | control(*b))))
}

/// The bytes as UTF-8, if they are.
fn utf_8(bytes: &[u8]) -> Option<&str> {
    simdutf8::basic::from_utf8(bytes).ok()
}

/// As [`detect`], with the text where telling the encoding took decoding all of it; `controls` as
/// [`has_controls`] has it.
fn detect_text(bytes: &[u8], controls: bool) -> (&'static Encoding, bool, Option<Cow<'_, str>>) {
    let zeros = if controls { bytes.iter().filter(|b| **b == 0).count() } else { 0 };
    if let Some(text) = utf_8(bytes) {
        if controls && bytes.windows(2).any(|w| matches!(w, b"\x1b$" | b"\x1b(")) && clean(bytes, ISO_2022_JP)
        {
            return (ISO_2022_JP, false, None);
        }
        // ASCII in UTF-16 is valid UTF-8 too, but every second byte is zero.
        let wide = if zeros * 10 >= bytes.len() * 3 { utf_16(bytes) } else { None };
        return wide.map_or((UTF_8, false, Some(Cow::Borrowed(text))), |wide| (wide, false, None));
    }
    if let Some(wide) = if zeros > 0 { utf_16(bytes) } else { None } {
        return (wide, false, None);
    }
    if nearly_utf_8(bytes) {
        return (UTF_8, false, None);
    }
    let guess = tongue::guessed(bytes, 1 << 20, Some(b"jp"));
    let japanese = [SHIFT_JIS, EUC_JP, UTF_16LE, UTF_16BE];
    let likely = [SHIFT_JIS, EUC_JP, ISO_2022_JP].contains(&guess).then_some(guess);
    for candidate in likely.into_iter().chain([SHIFT_JIS, EUC_JP]) {
        if let (text, 0) = decode_marked(bytes, candidate) {
            return match tongue::instead(bytes, &text, candidate) {
                Some(other) => (other, true, None),
                None => (candidate, false, Some(text)),
            };
        }
    }
    if let Some(wide) = utf_16(bytes) {
        return (wide, false, None);
    }
    let fewest = japanese
        .into_iter()
        .filter_map(|e| {
            let (text, broken) = decode_marked(bytes, e);
            let good = text.chars().filter(|c| !c.is_ascii() && *c != MARK).count() as u64;
            if good >= 5 * broken && plausible(&text) { Some((broken, e)) } else { None }
        })
        .min_by_key(|(broken, _)| *broken);
    let nearest = fewest.map_or(SHIFT_JIS, |(_, encoding)| encoding);
    let whole = decode_marked(bytes, nearest).0;
    match (tongue::instead(bytes, &whole, nearest), fewest) {
        (Some(other), _) => (other, true, None),
        (None, Some((_, encoding))) => (encoding, false, None),
        (None, None) => (guess, true, None),
    }
}

/// What is said when a file of a statistics program does not record its encoding; its place is left to the
/// reader.
pub(super) fn told(encoding: &'static Encoding, uncertain: bool) -> Finding {
    let label = label(encoding, false);
    let text = Text::new(
        format!(
            "ファイルに文字コードの記録がありません。{label}として読みました。違うときは encoding で指定し\
             てください"
        ),
        format!(
            "the file does not say its encoding; read as {label}. If that is wrong, say it with `encoding`"
        ),
    );
    let place = Place::default();
    if uncertain {
        Finding::warning(Code::RawEncoding, text, place)
    } else {
        Finding::note(Code::RawEncoding, text, place)
    }
}

/// Whether at least ten letters beyond ASCII are valid UTF-8 for every place that is not. Text in another
/// encoding has hardly one.
fn nearly_utf_8(bytes: &[u8]) -> bool {
    let (mut good, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
        if broken > 10_000 && good < broken {
            return false;
        }
    }
    good >= 10 * broken
}

fn clean(bytes: &[u8], encoding: &'static Encoding) -> bool {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some()
}

/// UTF-16 without byte-order mark, when the bytes look like it: even length, decodable, and such characters
/// as a Japanese table has.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    [UTF_16LE, UTF_16BE].into_iter().find(|e| {
        e.decode_without_bom_handling_and_without_replacement(bytes)
            .is_some_and(|t| plausible(&t) && t.contains([',', '\t', ';', '\n']))
    })
}

/// Whether nearly all characters are such as Japanese tables have. Bytes read in the wrong byte order or
/// width give characters from all over Unicode.
fn plausible(text: &str) -> bool {
    let (mut all, mut good) = (0_u64, 0_u64);
    for c in text.chars() {
        all += 1;
        let latin = matches!(c, MARK | '\t' | '\n' | '\r' | ' '..='~' | '\u{A0}'..='\u{FF}');
        let signs = matches!(c, '\u{2010}'..='\u{27BF}' | '\u{3200}'..='\u{33FF}' | '\u{FF00}'..='\u{FFEF}');
        let japanese = matches!(c, '\u{3000}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}');
        good += u64::from(latin || signs || japanese);
    }
    good * 100 >= all * 95
}

/// The text, with [`MARK`]s, and how many stretches of bytes could not be decoded.
pub(super) fn decode_marked<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> (Cow<'a, str>, u64) {
    // In these no character but the line feed has its byte, and none depends on what stood before.
    if [SHIFT_JIS, EUC_JP].contains(&encoding) && bytes.len() > 2 * STRETCH {
        let parts: Vec<(Cow<'_, str>, u64)> =
            stretches(bytes).into_par_iter().map(|part| decode_part(part, encoding)).collect();
        let mut text = String::with_capacity(parts.iter().map(|(text, _)| text.len()).sum());
        parts.iter().for_each(|(part, _)| text.push_str(part));
        return (Cow::Owned(text), parts.iter().map(|(_, broken)| broken).sum());
    }
    decode_part(bytes, encoding)
}

/// Bytes that one thread decodes at once.
const STRETCH: usize = 1 << 20;

/// Stretches that end after a line feed.
fn stretches(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut out = Vec::new();
    while bytes.len() > STRETCH {
        let (_, after) = bytes.split_at(STRETCH);
        let Some(end) = after.iter().position(|b| *b == b'\n') else { break };
        let (part, rest) = bytes.split_at(STRETCH + end + 1);
        out.push(part);
        bytes = rest;
    }
    out.push(bytes);
    out
}

fn decode_part<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> (Cow<'a, str>, u64) {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return (text, 0);
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
    let (mut at, mut broken) = (0, 0);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => return (Cow::Owned(text), broken),
            DecoderResult::OutputFull => text.reserve(rest.len() * 2 + 64),
            DecoderResult::Malformed(length, after) => {
                broken += 1;
                text.reserve(16);
                text.push(MARK);
                let end = at.saturating_sub(usize::from(after));
                for byte in bytes.get(end.saturating_sub(usize::from(length))..end).unwrap_or_default() {
                    text.push_str(&format!("\\x{byte:02X}"));
                }
            }
        }
    }
}

fn refuse_binary(text: &str, bytes: usize) -> Result<()> {
    let controls = text.bytes().filter(|b| control(*b) && *b != 0x1B).count();
    if controls >= 8 && controls * 20 > bytes {
        return Err(Error::new(
            Diagnostic::new(
                Code::RawNotText,
                Text::new("文字のファイルではありません", "this is not a text file"),
            )
            .help(Text::new("CSVかXLSXのファイルを指定してください", "give a CSV or XLSX file")),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{EUC_JP, ISO_2022_JP, SHIFT_JIS, decode};

    const TABLE: &str = "整理番号,地区,問1\n1,髙﨑①㈱,とても満足している\n2,西ｱｲｳ,どちらともいえない\n";

    fn wide(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    }

    fn read(bytes: &[u8]) -> (String, String, u64) {
        match decode(bytes, None) {
            Ok(d) => (d.text.into_owned(), d.encoding, d.broken),
            Err(e) => (e.to_string(), String::new(), 0),
        }
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let jis_free = TABLE.replace("髙﨑①㈱", "高崎").replace("ｱｲｳ", "あいう");
        let cases: Vec<(&str, Vec<u8>, &str)> = vec![
            (TABLE, TABLE.into(), "UTF-8"),
            (TABLE, [b"\xEF\xBB\xBF", TABLE.as_bytes()].concat(), "UTF-8 (BOM)"),
            (TABLE, SHIFT_JIS.encode(TABLE).0.into_owned(), "Shift_JIS (CP932)"),
            (&jis_free, EUC_JP.encode(&jis_free).0.into_owned(), "EUC-JP"),
            (&jis_free, ISO_2022_JP.encode(&jis_free).0.into_owned(), "ISO-2022-JP"),
            (TABLE, [vec![0xFF, 0xFE], wide(TABLE, true)].concat(), "UTF-16LE"),
            (TABLE, [vec![0xFE, 0xFF], wide(TABLE, false)].concat(), "UTF-16BE"),
            (TABLE, wide(TABLE, true), "UTF-16LE"),
            (TABLE, wide(TABLE, false), "UTF-16BE"),
            ("id,q1\n1,2\n", wide("id,q1\n1,2\n", true), "UTF-16LE"),
        ];
        for (text, bytes, encoding) in cases {
            assert_eq!(read(&bytes), (text.to_owned(), encoding.to_owned(), 0));
        }
    }

    #[test]
    fn one_broken_byte_does_not_change_the_encoding() {
        let long = TABLE.repeat(5);
        for (encoding, label) in [(SHIFT_JIS, "Shift_JIS (CP932)"), (EUC_JP, "EUC-JP")] {
            let mut bytes =
                encoding.encode(&long.replace("髙﨑①㈱", "高崎").replace("ｱｲｳ", "")).0.into_owned();
            bytes.extend_from_slice(b"3,\xFF,x\n");
            let (text, found, broken) = read(&bytes);
            assert_eq!((found.as_str(), broken), (label, 1));
            assert!(text.ends_with("3,\u{FDD0}\\xFF,x\n"));
        }
        let (text, found, broken) = read(&[long.as_bytes(), b"3,\xE3\x81,x\n"].concat());
        assert_eq!((found.as_str(), broken), ("UTF-8", 1));
        assert!(text.ends_with("3,\u{FDD0}\\xE3\\x81,x\n"));
    }

    #[test]
    fn long_texts_are_decoded_in_parts() {
        for (encoding, label) in [(SHIFT_JIS, "Shift_JIS (CP932)"), (EUC_JP, "EUC-JP")] {
            let text = TABLE.replace("髙﨑①㈱", "高崎").replace("ｱｲｳ", "").repeat(60_000);
            let mut bytes = encoding.encode(&text).0.into_owned();
            assert!(bytes.len() > 3 * super::STRETCH);
            assert_eq!(read(&bytes), (text.clone(), label.to_owned(), 0));
            let middle = bytes.len() / 2;
            bytes.insert(middle, 0xFF);
            let one = super::decode_part(&bytes, encoding);
            assert_eq!(super::decode_marked(&bytes, encoding), one);
            assert!(one.1 > 0);
        }
    }

    #[test]
    fn a_zero_byte_does_not_make_utf_16() {
        assert_eq!(read(b"a,b\n1,\0\n").1, "UTF-8");
    }

    #[test]
    fn names_are_those_that_people_use() {
        let cp932 = SHIFT_JIS.encode(TABLE).0;
        for name in ["CP932", "cp932", "Shift_JIS", "sjis", "Windows-31J", "shift-jis"] {
            assert!(decode(&cp932, Some(name)).is_ok_and(|d| d.text == TABLE && d.broken == 0));
        }
        let error = decode(&cp932, Some("CP9932")).map(|_| ()).map_err(|e| e.to_string());
        assert!(error.is_err_and(|e| e.contains("raw::encoding") && e.contains("EUC-JP")));
    }

    #[test]
    fn the_wrong_name_marks_every_place() {
        let cp932 = SHIFT_JIS.encode(TABLE).0;
        assert!(decode(&cp932, Some("UTF-8")).is_ok_and(|d| d.broken > 10 && d.first_broken() == Some(0)));
    }
}
