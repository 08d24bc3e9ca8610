//! How high a row must be for its text. Excel does not fit merged cells, so the heights are computed here.

use unicode_width::UnicodeWidthChar;

/// Height of a line over the size of its text. Noto Sans CJK needs 1.45, the faces of Windows less.
const LEADING: f64 = 1.45;
/// Space above and below the text of a cell, in points.
const PADDING: f64 = 4.0;
/// Width of a half-width character over that of a full-width one. Digits and Latin letters of UD faces reach
/// 0.6.
const HALF: f64 = 0.6;
/// The highest row that Excel draws is 409.5 points.
pub(super) const MAX_ROW: f64 = 400.0;

/// What the indent of a text cell and the padding of any cell take from its column, in pixels.
const MARGIN: f64 = 12.0;

/// Lines that `text` takes in a column of `width` characters (Excel's unit: 7 pixels each, and 5 pixels more
/// for the column), written in `size` points.
fn lines(text: &str, width: f64, size: f64) -> usize {
    // One full-width character in ems, less half an em that a line loses when a mark may not begin it.
    let room = (width * 7.0 + 5.0 - MARGIN) / (size * 96.0 / 72.0) - 0.5;
    text.split('\n').map(|paragraph| paragraph_lines(paragraph, room)).sum()
}

fn paragraph_lines(paragraph: &str, room: f64) -> usize {
    let mut lines = 1;
    let mut used = 0.0;
    for c in paragraph.chars() {
        let width = match c.width_cjk() {
            Some(0) | None => 0.0,
            Some(1) => HALF,
            Some(_) => 1.0,
        };
        if used + width > room && used > 0.0 {
            lines += 1;
            used = 0.0;
        }
        used += width;
    }
    lines
}

/// Height in points of a cell whose paragraphs are written in the given sizes.
pub(super) fn height(paragraphs: &[(&str, f64)], width: f64) -> f64 {
    paragraphs.iter().map(|(text, size)| lines(text, width, *size) as f64 * size * LEADING).sum::<f64>()
        + PADDING
}

/// Raises `rows` evenly until together they are at least `needed` high.
pub(super) fn stretch(rows: &mut [f64], needed: f64) {
    let missing = needed - rows.iter().sum::<f64>();
    if missing > 0.0 && !rows.is_empty() {
        let each = missing / rows.len() as f64;
        rows.iter_mut().for_each(|row| *row += each);
    }
}

#[cfg(test)]
mod tests {
    use super::{height, lines, stretch};

    #[test]
    fn full_width_text_takes_twice_the_room() {
        // 30 characters: 203 pixels, 12 pixels an em at 9 points, half an em lost: 16.4 full-width characters
        // a line.
        assert_eq!(lines(&"福".repeat(16), 30.0, 9.0), 1);
        assert_eq!(lines(&"福".repeat(17), 30.0, 9.0), 2);
        assert_eq!(lines(&"1".repeat(27), 30.0, 9.0), 1);
        assert_eq!(lines(&"1".repeat(28), 30.0, 9.0), 2);
        assert_eq!(lines("", 30.0, 9.0), 1);
        assert_eq!(lines("一\n二\n三", 30.0, 9.0), 3);
    }

    #[test]
    fn rows_grow_only_when_they_must_and_then_evenly() {
        let mut rows = [20.0, 40.0];
        stretch(&mut rows, 50.0);
        assert_eq!(rows, [20.0, 40.0]);
        stretch(&mut rows, 80.0);
        assert_eq!(rows, [30.0, 50.0]);
    }

    #[test]
    fn small_lines_are_lower() {
        assert!(
            height(&[("30.6%", 9.0), ("n=1,630", 7.0)], 12.0)
                < height(&[("30.6%", 9.0), ("n=1,630", 9.0)], 12.0)
        );
    }
}
