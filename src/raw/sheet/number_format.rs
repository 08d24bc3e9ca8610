//! What a person reads in a cell with a number format: `0.0%`, `#,##0"人"`, `#,##0,"千円"`,
//! `#,##0;"△ "#,##0;"－"`.
//!
//! The grammar is that of ECMA-376 Part 1, 18.8.31 (numFmts). The lengths of blanks (`_x`, `*x`) and colours
//! are no part of what is read, but a colour or a bracket may be the only sign of a negative number.

use super::dates;
use super::decimal::{Digits, general};
use super::format_piece::Piece;

/// What a number looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// A number, with what stands around it. Empty where the format shows nothing.
    Number(String),
    /// A date, a time of day or a duration.
    Date(String),
    /// The format cannot be followed, or hides the sign.
    Unclear,
}

/// What the number `x` looks like under `code`; `late` counts days from 1904.
pub(super) fn look(x: f64, code: &str, late: bool) -> Look {
    if !x.is_finite() {
        return Look::Unclear;
    }
    let sections: Vec<Section> = split(code).into_iter().map(Section::parse).collect();
    let Some((section, own_sign)) = choose(&sections, x) else { return Look::Unclear };
    if section.pieces.iter().any(|p| matches!(p, Piece::Moment(_))) {
        return dates::show(x, &section.pieces, late).map_or(Look::Unclear, Look::Date);
    }
    if section.pieces.iter().any(|p| matches!(p, Piece::Fraction)) {
        return Look::Unclear;
    }
    // A number in a cell for texts is shown as it is.
    if section.pieces.contains(&Piece::Text) {
        return Look::Number(text_look(&general(x), code));
    }
    let Some((mut text, zero)) = section.number(x.abs()) else { return Look::Unclear };
    if x < 0.0 && !zero && !text.is_empty() {
        if !own_sign {
            text.insert(0, '-');
        } else if !text.contains(['-', '−', '－', '△', '▲']) {
            let inner = text.trim().strip_prefix('(').and_then(|t| t.strip_suffix(')'));
            match (inner, section.coloured) {
                (Some(inner), _) => text = format!("-{}", inner.trim()),
                (None, true) => text = format!("-{}", text.trim()),
                (None, false) => return Look::Unclear,
            }
        }
    }
    Look::Number(text)
}

/// What a text looks like under `code`: the section with `@`, or the text itself.
pub(super) fn text_look(text: &str, code: &str) -> String {
    let sections: Vec<Section> = split(code).into_iter().map(Section::parse).collect();
    let with = |s: &&Section| s.pieces.contains(&Piece::Text);
    let Some(section) = sections.get(3).filter(with).or_else(|| sections.last().filter(with)) else {
        return text.to_owned();
    };
    section
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(literal) => literal.as_str(),
            Piece::Text => text,
            _ => "",
        })
        .collect()
}

struct Section {
    condition: Option<(String, f64)>,
    coloured: bool,
    pieces: Vec<Piece>,
}

/// The sections of a format, at `;` outside quotes.
fn split(code: &str) -> Vec<&str> {
    let (mut out, mut from, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in code.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '"' => quoted = !quoted,
            '\\' | '_' | '*' if !quoted => escaped = true,
            ';' if !quoted => {
                out.push(code.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    out.push(code.get(from..).unwrap_or_default());
    out
}

/// The section that holds for `x`, and whether it brings its own sign.
fn choose(sections: &[Section], x: f64) -> Option<(&Section, bool)> {
    let numeric = sections.get(..sections.len().min(3))?;
    if numeric.iter().any(|s| s.condition.is_some()) {
        let holds = |s: &&Section| match &s.condition {
            None => false,
            Some((operator, limit)) => match operator.as_str() {
                ">" => x > *limit,
                ">=" => x >= *limit,
                "<" => x < *limit,
                "<=" => x <= *limit,
                "=" => x == *limit,
                "<>" => x != *limit,
                _ => false,
            },
        };
        let found = numeric.iter().find(holds);
        return found.or_else(|| numeric.iter().rev().find(|s| s.condition.is_none())).map(|s| (s, false));
    }
    match numeric {
        [one] => Some((one, false)),
        [_, negative] | [_, negative, _] if x < 0.0 => Some((negative, true)),
        [_, _, zero] if x == 0.0 => Some((zero, false)),
        [positive, ..] => Some((positive, false)),
        [] => None,
    }
}

impl Section {
    fn parse(code: &str) -> Self {
        let mut out = Self { condition: None, coloured: false, pieces: Vec::new() };
        let mut rest = code;
        while let Some(c) = rest.chars().next() {
            let mut taken = c.len_utf8();
            let next = rest.chars().nth(1);
            match c {
                '"' => {
                    let inside = rest.get(1..).unwrap_or_default();
                    let end = inside.find('"').unwrap_or(inside.len());
                    out.literal(inside.get(..end).unwrap_or_default());
                    taken = (end + 2).min(rest.len());
                }
                '\\' | '!' => {
                    next.iter().for_each(|n| out.literal(n.encode_utf8(&mut [0; 4])));
                    taken += next.map_or(0, char::len_utf8);
                }
                '_' | '*' => {
                    out.literal(if c == '_' { " " } else { "" });
                    taken += next.map_or(0, char::len_utf8);
                }
                '[' => {
                    let end = rest.find(']').unwrap_or(rest.len() - 1);
                    out.bracket(rest.get(1..end).unwrap_or_default());
                    taken = end + 1;
                }
                '0' | '#' | '?' => out.pieces.push(Piece::Digit(c)),
                '.' if !out.is_moment() => out.pieces.push(Piece::Point),
                ',' => out.pieces.push(Piece::Comma),
                '%' => out.pieces.push(Piece::Percent),
                '@' => out.pieces.push(Piece::Text),
                '/' if out.pieces.iter().any(|p| matches!(p, Piece::Digit(_))) && !out.is_moment() => {
                    out.pieces.push(Piece::Fraction);
                }
                'E' if matches!(next, Some('+' | '-')) => {
                    out.pieces.push(Piece::Exponent);
                    let digits = rest.get(2..).unwrap_or_default();
                    taken = 2 + digits.len() - digits.trim_start_matches(['0', '#', '?']).len();
                }
                'G' if rest.starts_with("General") || rest.starts_with("G/標準") => {
                    out.pieces.push(Piece::General);
                    taken = if rest.starts_with("General") { 7 } else { "G/標準".len() };
                }
                'A' | 'a' if rest.get(..5).is_some_and(|t| t.eq_ignore_ascii_case("AM/PM")) => {
                    out.pieces.push(Piece::Moment("AM/PM".into()));
                    taken = 5;
                }
                'y' | 'm' | 'd' | 'h' | 's' | 'e' | 'g' | 'a' | 'r' | 'Y' | 'M' | 'D' | 'H' | 'S' => {
                    let run: String = rest.chars().take_while(|d| d.eq_ignore_ascii_case(&c)).collect();
                    taken = run.len();
                    out.pieces.push(Piece::Moment(run.to_ascii_lowercase()));
                }
                other => out.literal(other.encode_utf8(&mut [0; 4])),
            }
            rest = rest.get(taken..).unwrap_or_default();
        }
        out
    }

    fn is_moment(&self) -> bool {
        self.pieces.iter().any(|p| matches!(p, Piece::Moment(_)))
    }

    fn literal(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Literal(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Literal(text.to_owned())),
        }
    }

    /// What stands in brackets: a condition, a currency, a duration, a colour, a kind of digits.
    fn bracket(&mut self, inside: &str) {
        let operator: String = inside.chars().take_while(|c| matches!(c, '<' | '>' | '=')).collect();
        let lower = inside.to_ascii_lowercase();
        if !operator.is_empty() {
            let limit = inside.get(operator.len()..).unwrap_or_default().trim().parse();
            self.condition = limit.ok().map(|limit| (operator, limit));
        } else if let Some(currency) = inside.strip_prefix('$') {
            let shown = currency.split('-').next().unwrap_or_default().to_owned();
            self.literal(&shown);
        } else if ['h', 'm', 's'].iter().any(|unit| !lower.is_empty() && lower.trim_matches(*unit).is_empty())
        {
            self.pieces.push(Piece::Moment(format!("[{lower}]")));
        } else if !lower.starts_with("dbnum") && !lower.starts_with("natnum") {
            self.coloured |= !matches!(lower.as_str(), "black" | "黒");
        }
    }

    /// |x| in this section, and whether all its digits are 0; `None` where digits are mixed with what cannot
    /// be followed.
    fn number(&self, x: f64) -> Option<(String, bool)> {
        let is_digit = |p: &Piece| matches!(p, Piece::Digit(_));
        if self.pieces.iter().any(|p| matches!(p, Piece::General | Piece::Exponent)) {
            let around = |pieces: &[Piece]| -> String {
                let text = |p: &Piece| if let Piece::Literal(t) = p { t.clone() } else { String::new() };
                pieces.iter().map(text).collect()
            };
            let mark = |p: &Piece| matches!(p, Piece::General | Piece::Exponent) || is_digit(p);
            let (first, last) = (self.pieces.iter().position(mark)?, self.pieces.iter().rposition(mark)?);
            let (before, after) = (self.pieces.get(..first)?, self.pieces.get(last + 1..)?);
            return Some((format!("{}{}{}", around(before), general(x), around(after)), x == 0.0));
        }
        let percents = self.pieces.iter().filter(|p| **p == Piece::Percent).count() as i32;
        let Some(last) = self.pieces.iter().rposition(is_digit) else {
            // Words alone: `"－"` for 0.
            let words = self.pieces.iter().map(|p| match p {
                Piece::Literal(text) => text.as_str(),
                Piece::Percent => "%",
                Piece::Comma => ",",
                Piece::Point => ".",
                _ => "",
            });
            return Some((words.collect(), true));
        };
        let after_last = self.pieces.get(last + 1..)?;
        let scale = after_last.iter().take_while(|p| **p == Piece::Comma).count() as i32;
        let point = self.pieces.iter().position(|p| *p == Piece::Point);
        let (mut whole_places, mut decimals) = (0_usize, 0_usize);
        for (at, piece) in self.pieces.iter().enumerate() {
            if is_digit(piece) {
                if point.is_some_and(|p| at > p) { decimals += 1 } else { whole_places += 1 }
            }
        }
        let first = self.pieces.iter().position(is_digit)?;
        let inner = self.pieces.get(first..last)?;
        let grouped = inner.iter().take_while(|p| **p != Piece::Point).any(|p| *p == Piece::Comma);
        let digits = Digits::of(x).shifted(2 * percents - 3 * scale).rounded(decimals);
        let (whole, fraction) = (digits.whole(), digits.fraction());
        let mut out = String::new();
        let (mut left, mut after, mut started) = (whole_places, 0_usize, false);
        let emit = |out: &mut String, digit: char, place: usize| {
            out.push(digit);
            if grouped && place > 0 && place.is_multiple_of(3) {
                out.push(',');
            }
        };
        for (at, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Percent => out.push('%'),
                Piece::Digit(kind) if point.is_none_or(|p| at < p) => {
                    left -= 1;
                    if !started {
                        started = true;
                        let extra = whole.len().saturating_sub(whole_places);
                        for (i, digit) in whole.chars().take(extra).enumerate() {
                            emit(&mut out, digit, whole.len() - 1 - i);
                        }
                    }
                    match (whole.len().checked_sub(left + 1).and_then(|i| whole.chars().nth(i)), kind) {
                        (Some(digit), _) => emit(&mut out, digit, left),
                        (None, '0') => emit(&mut out, '0', left),
                        (None, '?') => out.push(' '),
                        _ => {}
                    }
                }
                Piece::Digit(kind) => {
                    match (fraction.chars().nth(after), kind) {
                        (Some(digit), _) => out.push(digit),
                        (None, '0') => out.push('0'),
                        (None, '?') => out.push(' '),
                        _ => {}
                    }
                    after += 1;
                }
                Piece::Point => {
                    if whole_places == 0 {
                        out.push_str(if whole.is_empty() { "0" } else { &whole });
                    }
                    out.push('.');
                }
                _ => {}
            }
        }
        // `0.##` shows `5.` of a whole number.
        if decimals > 0 && fraction.is_empty() {
            out = out.replacen(". ", " ", 1);
            let bare = out.trim_end().strip_suffix('.').map(str::to_owned);
            out = bare.unwrap_or(out);
        }
        Some((out, digits.is_zero()))
    }
}

/// The formats that have a number and no code in the file, as Japanese Excel shows them.
pub(super) fn built_in(id: u32) -> Option<&'static str> {
    Some(match id {
        0 => "General",
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5 | 37 => "#,##0;-#,##0",
        6 | 38 => "#,##0;[Red]-#,##0",
        7 | 39 => "#,##0.00;-#,##0.00",
        8 | 40 => "#,##0.00;[Red]-#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14 => "yyyy/m/d",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18 => "h:mm AM/PM",
        19 => "h:mm:ss AM/PM",
        20 => "h:mm",
        21 => "h:mm:ss",
        22 => "yyyy/m/d h:mm",
        27 | 36 | 50 | 54 | 57 => "[$-411]ge.m.d",
        28 | 29 | 51 | 58 => "[$-411]ggge\"年\"m\"月\"d\"日\"",
        30 => "m/d/yy",
        31 => "yyyy\"年\"m\"月\"d\"日\"",
        32 => "h\"時\"mm\"分\"",
        33 => "h\"時\"mm\"分\"ss\"秒\"",
        34 | 52 | 55 => "yyyy\"年\"m\"月\"",
        35 | 53 | 56 => "m\"月\"d\"日\"",
        41 | 42 => "#,##0;-#,##0;\"-\";@",
        43 | 44 => "#,##0.00;-#,##0.00;\"-\"??;@",
        45 => "mm:ss",
        46 => "[h]:mm:ss",
        47 => "mm:ss.0",
        48 => "##0.0E+0",
        49 => "@",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Look, look, text_look};

    #[test]
    fn numbers_look_as_their_formats_say() {
        for (x, code, shown) in [
            (0.552, "0.0%", "55.2%"),
            (0.561 + f64::EPSILON, "0.0%", "56.1%"),
            (972_658.0, "#,##0\"人\"", "972,658人"),
            (1_234_567.0, "#,##0,\"千円\"", "1,235千円"),
            (1_234_567_890.0, "#,##0,,\"百万円\"", "1,235百万円"),
            (1_250_000.0, "0.0,,\"百万円\"", "1.3百万円"),
            (0.0, "#,##0;\"△ \"#,##0;\"－\"", "－"),
            (-1234.0, "#,##0;\"△ \"#,##0;\"－\"", "△ 1,234"),
            (-5.0, "#,##0;[Red]#,##0", "-5"),
            (-1234.0, "#,##0_);(#,##0)", "-1,234"),
            (-1234.0, "#,##0_);[Red]\\(#,##0\\)", "-1,234"),
            (12.345, "#,##0.0", "12.3"),
            (127_094.745, "#,##0.0", "127,094.7"),
            (100.0, "#,##0.0", "100.0"),
            (-0.004, "0.00", "0.00"),
            (-3.0, "0", "-3"),
            (3.0, "000", "003"),
            (3.0, "#", "3"),
            (0.0, "#", ""),
            (0.0, "0;-0;;@", ""),
            (5.0, "0.##", "5"),
            (5.25, "0.##\"点\"", "5.25点"),
            (0.25, "#.00", ".25"),
            (1200.0, "\"¥\"#,##0", "¥1,200"),
            (1200.0, "[$¥-411]#,##0", "¥1,200"),
            (1_234_567.0, "_ * #,##0_ ;_ * \\-#,##0_ ;_ * \"-\"_ ;_ @_ ", " 1,234,567 "),
            (150.0, "[>=100]#,##0\"件\";0\"件（少）\"", "150件"),
            (50.0, "[>=100]#,##0\"件\";0\"件（少）\"", "50件（少）"),
            (4.0, "\"令和\"0\"年度\"", "令和4年度"),
            (1.5, "General\"倍\"", "1.5倍"),
            (123_456.0, "0.00E+00", "123456"),
            (1_234_567.0, "0\"万\"0000", "123万4567"),
            (1_234_567_890.0, "#,##0", "1,234,567,890"),
            (42.0, "[DBNum3]0", "42"),
        ] {
            assert_eq!(look(x, code, false), Look::Number(shown.into()), "{x} {code}");
        }
    }

    #[test]
    fn what_cannot_be_followed_is_not_guessed() {
        assert_eq!(look(-5.0, "0;0", false), Look::Unclear, "the sign is hidden");
        assert_eq!(look(1.5, "# ?/?", false), Look::Unclear);
    }

    #[test]
    fn a_number_in_a_cell_for_texts_is_that_number() {
        assert_eq!(look(237.0, "@", false), Look::Number("237".into()));
        assert_eq!(look(-2.5, "@\"人\"", false), Look::Number("-2.5人".into()));
    }

    #[test]
    fn texts_have_a_section_of_their_own() {
        assert_eq!(text_look("431", "@\"人\""), "431人");
        assert_eq!(text_look("431", "#,##0"), "431");
        assert_eq!(text_look("x", "0;-0;0;\"（\"@\"）\""), "（x）");
    }

    #[test]
    fn dates_and_times_are_no_numbers() {
        for (x, code, shown) in [
            (0.5, "h:mm", "12:00"),
            (0.8, "h:mm", "19:12"),
            (1.5, "[h]:mm", "36:00"),
            (45383.0, "yyyy/m/d", "2024/4/1"),
            (44652.0, "[$-411]ggge\"年度\"", "令和4年度"),
            (43585.0, "ggge\"年\"m\"月\"d\"日\"", "平成31年4月30日"),
            (43586.0, "ge.mm.dd", "R1.05.01"),
            (45383.25, "yyyy-mm-dd hh:mm:ss", "2024-04-01 06:00:00"),
        ] {
            assert_eq!(look(x, code, false), Look::Date(shown.into()), "{x} {code}");
        }
    }
}
