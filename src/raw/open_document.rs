//! A look at an OpenDocument spreadsheet before its reader gets it: one cell may say that it stands for
//! sixteen thousand, and its row for a million, and the reader lays all of them out; and it looks for the end
//! of a sheet for ever where there is none.

use crate::code::Code;
use crate::error::{Error, Result};

use super::damaged::damaged;

/// So many cells may a sheet lay out: about a gibibyte.
pub(super) const MAX_LAID_OUT: u64 = 1 << 25;

/// # Errors
/// `raw::too-large` for a sheet that lays out too many cells, `raw::damaged` for one without an end.
pub(super) fn check(content: &[u8]) -> Result<()> {
    let (mut rows, mut width, mut filled, mut blank_rows, mut all) = (1, 0_u64, 0_u64, 0_u64, 0_u64);
    let mut open = false;
    let tags = Tags { rest: content };
    for tag in tags {
        let name = tag.split(|b| b.is_ascii_whitespace()).next().unwrap_or_default();
        if name.strip_suffix(b"/").unwrap_or(name) == b"table:table" {
            (blank_rows, all, open) = (0, 0, !tag.ends_with(b"/"));
        } else if name == b"/table:table" {
            open = false;
        } else if tag.starts_with(b"table:table-row") {
            (rows, width, filled) = (repeated(tag, b"table:number-rows-repeated"), 0, 0);
        } else if tag.starts_with(b"table:table-cell") || tag.starts_with(b"table:covered-table-cell") {
            width = width.saturating_add(repeated(tag, b"table:number-columns-repeated"));
            if !tag.ends_with(b"/") || contains(tag, b"office:") {
                filled = width;
            }
        } else if tag.starts_with(b"/table:table-row") {
            if filled == 0 {
                blank_rows = rows.saturating_add(blank_rows);
                continue;
            }
            // Blank rows between others are laid out too.
            all = filled
                .saturating_mul(rows.saturating_add(std::mem::take(&mut blank_rows)))
                .saturating_add(all);
            filled = 0;
            if all > MAX_LAID_OUT {
                return Err(Error::msg(
                    Code::RawTooLarge,
                    format!(
                        "シートのセルが多すぎます（くり返しを広げて{MAX_LAID_OUT}まで読めます）。安全のため\
                         読みません"
                    ),
                    format!(
                        "the sheet has too many cells ({MAX_LAID_OUT} can be read, repeated ones counted); \
                         not read, for safety"
                    ),
                ));
            }
        }
    }
    if open { Err(damaged("シートの終わりがありません", "a sheet has no end")) } else { Ok(()) }
}

/// The tags of a text in XML, without their brackets.
struct Tags<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Tags<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let at = self.rest.iter().position(|b| *b == b'<')?;
            let inside = self.rest.get(at + 1..)?;
            let skipped: Option<&[u8]> = [
                (&b"!--"[..], &b"-->"[..]),
                (&b"![CDATA["[..], &b"]]>"[..]),
                (&b"?"[..], &b"?>"[..]),
                (&b"!"[..], &b">"[..]),
            ]
            .into_iter()
            .find(|(begin, _)| inside.starts_with(begin))
            .map(|(_, end)| end);
            if let Some(end) = skipped {
                let length = inside.windows(end.len()).position(|w| w == end)?;
                self.rest = inside.get(length + end.len()..)?;
                continue;
            }
            let mut quote = None;
            let length = inside.iter().position(|b| {
                match (quote, b) {
                    (Some(q), b) if q == b => quote = None,
                    (None, b'"' | b'\'') => quote = Some(b),
                    _ => {}
                }
                quote.is_none() && *b == b'>'
            })?;
            let (tag, rest) = inside.split_at_checked(length)?;
            self.rest = rest.get(1..)?;
            return Some(tag);
        }
    }
}

fn contains(tag: &[u8], what: &[u8]) -> bool {
    tag.windows(what.len()).any(|w| w == what)
}

/// The number under an attribute; 1 where it does not stand.
fn repeated(tag: &[u8], attribute: &[u8]) -> u64 {
    let Some(at) = tag.windows(attribute.len()).position(|w| w == attribute) else { return 1 };
    let digits = tag
        .get(at + attribute.len()..)
        .unwrap_or_default()
        .iter()
        .skip_while(|b| !b.is_ascii_digit())
        .take_while(|b| b.is_ascii_digit());
    digits.fold(0, |n: u64, b| n.saturating_mul(10).saturating_add(u64::from(b - b'0'))).max(1)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::code::Code;

    fn sheet(rows: u64, columns: u64, cell: &str) -> Vec<u8> {
        let start =
            format!("<table:table table:name=\"S\"><table:table-row table:number-rows-repeated=\"{rows}\">");
        format!(
            "{start}<table:table-cell \
             table:number-columns-repeated=\"{columns}\"{cell}</table:table-row></table:table>"
        )
        .into_bytes()
    }

    #[test]
    fn blank_cells_cost_nothing_and_repeated_ones_their_number() {
        assert!(check(&sheet(1_048_576, 16_384, "/>")).is_ok());
        assert!(check(&sheet(2_000, 16_384, "><text:p>1</text:p></table:table-cell>")).is_ok());
        let code = |bytes: &[u8]| check(bytes).map_err(|e| e.diagnostics()[0].code);
        let many = sheet(2_049, 16_384, "><text:p>1</text:p></table:table-cell>");
        assert_eq!(code(&many), Err(Code::RawTooLarge));
        let endless = sheet(u64::MAX, u64::MAX, " office:value-type=\"float\" office:value=\"1\"/>");
        assert_eq!(code(&endless), Err(Code::RawTooLarge));
        let gap =
            [sheet(4_000_000, 16_384, "/>"), sheet(1, 16_384, "><text:p>1</text:p></table:table-cell>")]
                .concat();
        assert!(check(&gap).is_ok(), "each sheet by itself");
    }

    #[test]
    fn a_sheet_without_an_end_is_damaged() {
        for (content, whole) in [
            ("<table:table table:name=\"S\"></table:table>", true),
            ("<table:table table:name=\"S\"/>", true),
            ("<table:table table:name=\"S\">", false),
            // The end stands inside another tag, or in a remark.
            ("<table:table table:name=\"S\"><broken </table:table>", false),
            ("<table:table table:name=\"S\"><!-- </table:table> -->", false),
            ("<table:table table:name=\"</table:table>\">", false),
        ] {
            assert_eq!(check(content.as_bytes()).is_ok(), whole, "{content}");
        }
    }
}
