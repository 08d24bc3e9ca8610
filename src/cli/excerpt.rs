//! The lines of a plan that a message shows: the one with the words to underline and its neighbours, each cut
//! to the width of a page, so that no terminal breaks them and the underline stands below its words.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use shihyo::error::Span;

/// Columns of text in a line of an excerpt; with miette's margin a message stays within 100 columns.
const WIDTH: usize = 88;

/// A few cut lines of a text and where the underline stands in them.
pub(super) struct Excerpt {
    file: String,
    text: String,
    /// Line of the text's first line, from 0.
    first_line: usize,
    /// True line and column of the words, from 0, in characters.
    line: usize,
    column: usize,
    /// Bytes of `text` to underline.
    pub(super) underlined: (usize, usize),
}

impl Excerpt {
    /// The line in which `span` begins, with the line before and the line after it.
    pub(super) fn of(span: &Span) -> Self {
        let source = &span.source.text;
        let (line, column) = span.line_column();
        let (line, column) = (line - 1, column - 1);
        let lines: Vec<&str> = source.split('\n').map(|l| l.trim_end_matches('\r')).collect();
        let first_line = line.saturating_sub(1);
        let mut text = String::new();
        let mut underlined = (0, 0);
        for (at, words) in lines.iter().enumerate().skip(first_line).take(line + 2 - first_line) {
            if at == line {
                let start: usize = words.chars().take(column).map(char::len_utf8).sum();
                let length = span.range.len().min(words.len() - start);
                let (cut, from, length) = cut(words, start, length);
                underlined = (text.len() + from, length);
                text.push_str(&cut);
            } else {
                text.push_str(&cut(words, 0, 0).0);
            }
            text.push('\n');
        }
        Self { file: span.source.file.clone(), text, first_line, line, column, underlined }
    }
}

/// `line` cut to [`WIDTH`] columns around the bytes `start .. start + length`, and where those bytes stand
/// then. Tabs become single spaces, so that a column is a column.
fn cut(line: &str, start: usize, length: usize) -> (String, usize, usize) {
    let line = line.replace('\t', " ");
    if line.width() <= WIDTH {
        return (line, start, length);
    }
    let before = line.get(..start).unwrap_or("");
    let words = line.get(start..start + length).unwrap_or("");
    // As much as fits is shown from the line's beginning; else a third of the width stands before the words.
    let mut from = 0;
    if before.width() + words.width() > WIDTH - 2 {
        let spare = (WIDTH - 2).saturating_sub(words.width()).min(WIDTH / 3);
        let mut kept = 0;
        from = start;
        for (at, c) in before.char_indices().rev() {
            kept += c.width().unwrap_or(0);
            if kept > spare {
                break;
            }
            from = at;
        }
    }
    let mut out = String::new();
    if from > 0 {
        out.push('…');
    }
    let begins = out.len();
    let (mut width, mut ends) = (out.width(), line.len());
    for (at, c) in line.get(from..).unwrap_or("").char_indices() {
        width += c.width().unwrap_or(0);
        if width > WIDTH - 1 {
            ends = from + at;
            break;
        }
    }
    out.push_str(line.get(from..ends).unwrap_or(""));
    let shown = length.min(ends.saturating_sub(start));
    if ends < line.len() {
        out.push('…');
    }
    (out, start - from + begins, shown)
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = SourceSpan::from((0, self.text.len()));
        // Asked without context miette wants the place to print; with context, the lines to draw.
        let (line, column, span) =
            if before + after == 0 { (self.line, self.column, *span) } else { (self.first_line, 0, whole) };
        let data = self
            .text
            .as_bytes()
            .get(span.offset()..span.offset() + span.len())
            .ok_or(MietteError::OutOfBounds)?;
        let count = self.text.matches('\n').count();
        Ok(Box::new(MietteSpanContents::new_named(self.file.clone(), data, span, line, column, count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shihyo::error::SourceText;
    use std::sync::Arc;

    fn excerpt(text: &str, words: &str) -> Excerpt {
        let start = text.find(words).unwrap();
        let source = Arc::new(SourceText { file: "plan.toml".to_owned(), text: text.to_owned() });
        Excerpt::of(&Span { source, range: start..start + words.len() })
    }

    fn underlined(e: &Excerpt) -> &str {
        &e.text[e.underlined.0..e.underlined.0 + e.underlined.1]
    }

    #[test]
    fn a_short_line_stays_as_it_is() {
        let e = excerpt("a = 1\nb = \"問\"\nc = 3\nd = 4\n", "\"問\"");
        assert_eq!(e.text, "a = 1\nb = \"問\"\nc = 3\n");
        assert_eq!((underlined(&e), e.line, e.column, e.first_line), ("\"問\"", 1, 4, 0));
    }

    #[test]
    fn a_long_line_is_cut_around_the_words() {
        let text = format!("x = \"{}\", 目印, \"{}\"", "長".repeat(60), "い".repeat(60));
        let e = excerpt(&text, "目印");
        assert_eq!(underlined(&e), "目印");
        assert!(e.text.starts_with('…') && e.text.ends_with("…\n"), "{}", e.text);
        assert!(e.text.trim_end().width() <= WIDTH);
    }

    #[test]
    fn words_longer_than_a_line_are_cut_themselves() {
        let text = format!("x = \"{}\"\n", "長".repeat(90));
        let e = excerpt(&text, &format!("\"{}\"", "長".repeat(90)));
        assert!(
            e.text.trim_end().width() <= WIDTH
                && underlined(&e).starts_with("\"長")
                && underlined(&e).ends_with('長')
        );
    }

    #[test]
    fn the_end_of_a_text_can_be_pointed_at() {
        let source = Arc::new(SourceText { file: "plan.toml".to_owned(), text: "a = \"x\nb = 1".to_owned() });
        for range in [12..12, 11..40, 6..9] {
            let e = Excerpt::of(&Span { source: Arc::clone(&source), range });
            assert!(e.underlined.0 + e.underlined.1 <= e.text.len());
        }
    }
}
