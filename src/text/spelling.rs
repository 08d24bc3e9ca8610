//! How words of a questionnaire and words of a file are compared: the same text in another width, with other
//! blanks or another dash, is the same word.

use unicode_normalization::UnicodeNormalization;

/// A label or a header as it is compared: NFKC (so full and half width are one), runs of blanks as one space,
/// no blanks around, and one form each of the dashes and waves that encodings confuse (`−` `–` `—`, `〜`
/// `～`).
pub(crate) fn label(text: &str) -> String {
    // ASCII has one form only.
    if text.is_ascii() {
        return spaced(text.chars(), text.len());
    }
    spaced(text.nfkc().filter_map(one_form), text.len())
}

/// Runs of blanks as one space, none around.
fn spaced(text: impl Iterator<Item = char>, length: usize) -> String {
    let mut out = String::with_capacity(length);
    for c in text {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether nothing of `text` is left as a [`label`].
pub(crate) fn is_blank(text: &str) -> bool {
    if text.is_ascii() {
        text.trim().is_empty()
    } else {
        text.nfkc().filter_map(one_form).all(char::is_whitespace)
    }
}

/// A joined cell as it is taken apart: each line as a [`label`], lines kept apart by `\n`.
pub(crate) fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(label).filter(|l| !l.is_empty()).collect();
    lines.join("\n")
}

/// A code as it is compared: a [`label`], and where that is a whole number its plain decimal form (`01`,
/// `１`, `1.0` → `1`).
pub(crate) fn code(text: &str) -> String {
    let folded = label(text);
    whole_number(&folded).map_or(folded, |n| n.to_string())
}

/// The whole number that `folded` spells, if it does: digits, a minus sign before, `.0` behind.
pub(crate) fn whole_number(folded: &str) -> Option<i64> {
    let digits = match folded.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => folded,
    };
    let bare = digits.strip_prefix('-').unwrap_or(digits);
    if bare.is_empty() || !bare.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// The code that stands before an option's words, parted from them by a sign: `1 (None at all)`, `1.はい`,
/// `1: はい`. Not the number of `2 or more`, `1.5 hours`, `9:00`.
pub(crate) fn code_before(folded: &str) -> Option<i64> {
    let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = folded[digits..].trim_start().chars();
    let sign = rest.next().filter(|sign| matches!(sign, '.' | ':' | '、' | ')' | ']' | '(' | '['))?;
    let words = rest.as_str().trim_start();
    let number = !matches!(sign, '(' | '[') && words.starts_with(|c: char| c.is_ascii_digit());
    if words.is_empty() || number { None } else { whole_number(&folded[..digits]) }
}

/// One form of each character that encodings and keyboards confuse; characters that cannot be seen are left
/// out.
fn one_form(c: char) -> Option<char> {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{301c}' => Some('~'),
        '\u{2018}' | '\u{2019}' => Some('\''),
        '\u{201c}' | '\u{201d}' => Some('"'),
        '\u{200b}'..='\u{200d}' | '\u{feff}' => None,
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use crate::text::spelling::*;

    #[test]
    fn width_blanks_and_dashes_make_no_difference() {
        assert_eq!(label(" ＡＢ　ｶﾀｶﾅ \n１２ "), "AB カタカナ 12");
        assert_eq!(label("10〜20"), label("１０～２０"));
        assert_eq!(label("18 – 34"), "18 - 34");
        assert_eq!(lines("a \n\n b\n"), "a\nb");
    }

    #[test]
    fn a_code_that_is_a_whole_number_has_one_spelling() {
        for text in ["1", "01", "１", "1.0", " 1 ", "①"] {
            assert_eq!(code(text), "1", "{text}");
        }
        assert_eq!(code("-9999"), "-9999");
        assert_eq!(code("1.5"), "1.5");
        assert_eq!(code("a1"), "a1");
        assert_eq!(code("1."), "1.");
    }

    #[test]
    fn a_code_stands_before_words_where_a_sign_parts_them() {
        for text in [
            "1 (None at all)",
            "1（まったくない）",
            "1.はい",
            "１．はい",
            "1: はい",
            "1、はい",
            "1) はい",
            "1 (5)",
        ] {
            assert_eq!(code_before(&label(text)), Some(1), "{text}");
        }
        for text in
            ["1", "1 or more", "1回", "1.5 hours", "1:30", "1.", "(1", "その他", "", "1-2日", "-1 (x)"]
        {
            assert_eq!(code_before(&label(text)), None, "{text}");
        }
    }
}
