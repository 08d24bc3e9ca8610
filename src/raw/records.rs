//! Records of delimited text: where fields begin and end.
//!
//! As the csv crate has it, whose answers the tests compare: a field that begins with a quote ends at the
//! next quote that is not doubled, what follows up to the delimiter still belongs to it, and a quote
//! elsewhere is a letter; a record ends at LF, CR LF or CR; lines without anything are no records. Here the
//! text need not be checked again, fields are not copied, and one may begin anywhere.

use std::borrow::Cow;

use crate::error::Result;

use super::hash::Tagged;

/// Reads records one after the other.
#[derive(Debug)]
pub(super) struct Records<'t> {
    text: &'t str,
    delimiter: u8,
    at: usize,
}

/// A record that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    /// Its first byte.
    pub(super) begins: usize,
    /// Lines without anything before it.
    pub(super) blank: u64,
    /// How many fields it has.
    pub(super) fields: usize,
}

impl<'t> Records<'t> {
    /// Begins at `at`, where a record begins.
    pub(super) fn new(text: &'t str, delimiter: u8, at: usize) -> Self {
        Self { text, delimiter, at }
    }

    /// Where the next record begins, blank lines before it included.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Hands over the fields of the next record, with their numbers from 0; `None` at the end, also when
    /// there are blank lines before it.
    ///
    /// # Errors
    /// Those of `each`.
    #[inline]
    pub(super) fn next(
        &mut self,
        mut each: impl FnMut(usize, Tagged<'_>) -> Result<()>,
    ) -> Result<Option<Record>> {
        let bytes = self.text.as_bytes();
        let (mut at, mut blank) = (self.at, 0);
        while let Some(b'\r' | b'\n') = bytes.get(at) {
            at = line_end(bytes, at);
            blank += 1;
        }
        if at >= bytes.len() {
            return Ok(None);
        }
        let begins = at;
        let mut fields = 0;
        loop {
            // What most cells of a questionnaire are: one digit.
            if let Some(&[digit, end]) = bytes.get(at..at + 2)
                && digit.is_ascii_digit()
                && end == self.delimiter
            {
                each(fields, Tagged::of_byte(self.text.get(at..at + 1).unwrap_or_default(), digit))?;
                fields += 1;
                at += 2;
                continue;
            }
            let end = if bytes.get(at) == Some(&b'"') {
                let (field, end) = self.quoted(at);
                each(fields, Tagged::of(&field))?;
                end
            } else {
                let (end, word) = field_end(bytes, at, self.delimiter);
                let field = self.text.get(at..end).unwrap_or_default();
                each(fields, word.map_or_else(|| Tagged::of(field), |word| Tagged::beginning(field, word)))?;
                end
            };
            fields += 1;
            if bytes.get(end) == Some(&self.delimiter) {
                at = end + 1;
                continue;
            }
            self.at = line_end(bytes, end);
            return Ok(Some(Record { begins, blank, fields }));
        }
    }

    fn quoted(&self, at: usize) -> (Cow<'t, str>, usize) {
        let bytes = self.text.as_bytes();
        let (mut from, mut owned) = (at + 1, String::new());
        loop {
            let quote = find(bytes, from, b'"');
            let part = self.text.get(from..quote).unwrap_or_default();
            match bytes.get(quote + 1) {
                Some(b'"') if quote < bytes.len() => {
                    owned.push_str(part);
                    owned.push('"');
                    from = quote + 2;
                }
                _ => {
                    // Past the closing quote, or at the end of a text that never closes it.
                    let after = (quote + 1).min(bytes.len());
                    let (end, _) = field_end(bytes, after, self.delimiter);
                    let rest = self.text.get(after..end).unwrap_or_default();
                    if owned.is_empty() && rest.is_empty() {
                        return (Cow::Borrowed(part), end);
                    }
                    owned.push_str(part);
                    owned.push_str(rest);
                    return (Cow::Owned(owned), end);
                }
            }
        }
    }
}

/// Past the line end at `at`, if there is one.
fn line_end(bytes: &[u8], at: usize) -> usize {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => at + 2,
        (Some(b'\r' | b'\n'), _) => at + 1,
        _ => at,
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The lowest set high bit marks the first byte of `word` that is `byte`.
#[inline]
fn same(word: u64, byte: u8) -> u64 {
    let x = word ^ (u64::from(byte) * ONES);
    x.wrapping_sub(ONES) & !x & HIGH
}

#[inline]
fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes)
}

/// The first delimiter or line end at or after `at`, or the end; and the eight bytes at `at`, if there are so
/// many.
#[inline]
fn field_end(bytes: &[u8], mut at: usize, delimiter: u8) -> (usize, Option<u64>) {
    let first = eight(bytes, at);
    while let Some(word) = eight(bytes, at) {
        let found = same(word, delimiter) | same(word, b'\n') | same(word, b'\r');
        if found != 0 {
            return (at + found.trailing_zeros() as usize / 8, first);
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    (
        at + rest.iter().position(|b| *b == delimiter || matches!(b, b'\n' | b'\r')).unwrap_or(rest.len()),
        first,
    )
}

/// The first `byte` at or after `at`, or the end.
#[inline]
fn find(bytes: &[u8], mut at: usize, byte: u8) -> usize {
    while let Some(word) = eight(bytes, at) {
        let found = same(word, byte);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|b| *b == byte).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

    use super::{Record, Records, Tagged};

    fn read(text: &str, delimiter: u8) -> Vec<Vec<String>> {
        let mut records = Records::new(text, delimiter, 0);
        let mut out = Vec::new();
        while let Some((_, fields)) = next(&mut records) {
            out.push(fields);
        }
        out
    }

    /// The next record and its fields, each with the right number and tag.
    fn next(records: &mut Records<'_>) -> Option<(Record, Vec<String>)> {
        let mut fields = Vec::new();
        let record = records.next(|at, field| {
            assert_eq!((at, field.tag), (fields.len(), Tagged::of(field.text).tag));
            fields.push(field.text.to_owned());
            Ok(())
        });
        let record = record.unwrap()?;
        assert_eq!(record.fields, fields.len());
        Some((record, fields))
    }

    fn by_the_crate(text: &str, delimiter: u8) -> Vec<Vec<String>> {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        reader.into_records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn any_text_is_cut_as_the_csv_crate_cuts_it(
            text in "([a,\"\r\nあ;]|\"\"|,\"|\",|\r\n\
            |abcdefgh){0,24}",
        ) {
            for delimiter in [b',', b';'] {
                prop_assert_eq!(read(&text, delimiter), by_the_crate(&text, delimiter));
            }
        }
    }

    #[test]
    fn blank_lines_and_places_are_told() {
        let text = "\n\r\na,b\r\n\n\rc\n\n";
        let mut records = Records::new(text, b',', 0);
        let (first, fields) = next(&mut records).unwrap();
        assert_eq!((first.blank, first.begins, records.at(), fields.len()), (2, 3, 8, 2));
        let (second, fields) = next(&mut records).unwrap();
        assert_eq!((second.blank, second.begins, records.at(), &*fields[0]), (2, 10, 12, "c"));
        assert_eq!(next(&mut records), None);
    }

    #[test]
    fn a_field_is_copied_only_where_quotes_are_doubled() {
        let text = "plain,\"quo,ted\",\"a\"\"b\",\"x\"y";
        let mut inside = Vec::new();
        let record = Records::new(text, b',', 0).next(|_, field| {
            inside.push(text.as_bytes().as_ptr_range().contains(&field.text.as_ptr()));
            Ok(())
        });
        assert_eq!((record.unwrap().unwrap().fields, inside), (4, vec![true, true, false, false]));
    }
}
