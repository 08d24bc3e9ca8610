//! When two spellings are the same value.
//!
//! The same, whatever the question: another width, other blanks, another dash; a number in another spelling
//! (`1` `１` `01` `1.0`; `100000` `1e+05` `100,000.00`); `TRUE` and `1`, `FALSE` and `0`. For a question with
//! options besides: its options by number, label, or both (`1`, `はい`, `1 はい`), several in any order
//! (`1,3` `3、1`); in a column that belongs to one option, any two marks (`○` `1` `TRUE`) and any two
//! spellings of "not marked" (`0` `FALSE`). A blank is the same as a blank only.

use crate::decode::code_list::CodeList;
use crate::decode::multi_select as joined;
use crate::decode::multi_select::Split;
use crate::decode::word::Tick;
use crate::raw::Cell;
use crate::text::number::number;
use crate::text::spelling;

/// How the values of a column are read.
#[derive(Clone, Copy)]
pub(crate) enum Reading<'a> {
    /// As plain text.
    Plain,
    /// As options of a question.
    Options(&'a CodeList),
    /// As the mark of one option.
    Mark(&'a CodeList, u16),
}

/// The longest value that a workbook's cell is given; the rest is cut with a sign that says so.
pub(crate) const LONGEST: usize = 1_000;

/// What stands at the end of a value that was cut.
pub(crate) const CUT: char = '…';

/// Whether the two are the same value.
pub(crate) fn same(one: &str, other: &str, reading: Reading<'_>) -> bool {
    let (a, b) = (spelling::code(one), spelling::code(other));
    if a.is_empty() || b.is_empty() {
        return a == b;
    }
    if a == b
        || number(&a).is_some_and(|x| number(&b) == Some(x))
        || truth(&a).is_some_and(|x| truth(&b) == Some(x))
    {
        return true;
    }
    match reading {
        Reading::Plain => cut(one, &b) || cut(other, &a),
        Reading::Options(code_list) => {
            options(one, code_list).is_some_and(|x| options(other, code_list) == Some(x))
        }
        // Words in the column of an option that takes words are words.
        Reading::Mark(code_list, own) if code_list.free_text != Some(own) => {
            match (mark(one, code_list, own), mark(other, code_list, own)) {
                (Tick::Yes(x), Tick::Yes(y)) => x == y,
                (x, y) => x == Tick::No && y == Tick::No,
            }
        }
        Reading::Mark(..) => false,
    }
}

/// The options that `text` names, as bits; `None` where any part of it is no option.
pub(crate) fn options(text: &str, code_list: &CodeList) -> Option<u128> {
    if let Some(k) = code_list.option(&spelling::label(text)) {
        return 1u128.checked_shl(u32::from(k));
    }
    match joined::split(&spelling::lines(text), code_list, None) {
        Split::Marks(bits) => Some(bits),
        Split::Ambiguous | Split::Unknown => None,
    }
}

fn mark(text: &str, code_list: &CodeList, own: u16) -> Tick {
    code_list.tick(&Cell::Text(text.into()), own)
}

/// Whether `short` is the beginning of `whole` (folded), cut for a spreadsheet: long, and with the sign that
/// says so.
fn cut(short: &str, whole: &str) -> bool {
    let start = short.trim_end().strip_suffix(CUT).filter(|start| start.chars().count() >= LONGEST);
    start.is_some_and(|start| whole.starts_with(spelling::label(start).as_str()))
}

fn truth(folded: &str) -> Option<bool> {
    match folded.to_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::edits::same::*;
    use crate::questionnaire::model::{Question, QuestionKind};

    /// The last option may take words.
    fn code_list(free_text: bool) -> CodeList {
        let mut question = Question::of_options(&[("1", "はい"), ("2", "いいえ"), ("3", "その他")]);
        if let QuestionKind::Single(categories) = &mut question.kind {
            categories[2].free_text = free_text;
        }
        CodeList::of(&question)
    }

    #[test]
    fn plain_values() {
        for (a, b) in [
            ("1", "１"),
            ("1", "01"),
            ("1", "1.0"),
            ("1e+05", "100000"),
            ("9e+05", "900,000.00"),
            ("TRUE", "1"),
            ("0", "false"),
            ("", "　"),
            ("a b", " a\r\nb "),
            ("a b", "a　b"),
        ] {
            assert!(same(a, b, Reading::Plain) && same(b, a, Reading::Plain), "{a} {b}");
        }
        let long = "長い　文章。".repeat(400);
        let short: String = long.chars().take(LONGEST).chain([CUT]).collect();
        assert!(
            same(&short, &long, Reading::Plain)
                && !same("長い…", &long, Reading::Plain)
                && !same(&short, &long.replace('長', "短"), Reading::Plain)
        );
        for (a, b) in [
            ("1", "2"),
            ("", "0"),
            ("", "FALSE"),
            ("はい", "1"),
            ("1,2", "12"),
            ("a", "b"),
            ("…", "a"),
            ("TRUE", "0"),
            ("NaN", "nan "),
        ] {
            assert!(!same(a, b, Reading::Plain), "{a} {b}");
        }
    }

    #[test]
    fn options_and_marks() {
        let code_list = code_list(false);
        let (options, mark) = (Reading::Options(&code_list), Reading::Mark(&code_list, 1));
        for (a, b) in [("1", "はい"), ("1 はい", "１"), ("1,2", "2、1"), ("はい;いいえ", "1 2")] {
            assert!(same(a, b, options), "{a} {b}");
        }
        for (a, b) in [("1", "2"), ("山", "川"), ("1,2", "1"), ("", "1")] {
            assert!(!same(a, b, options), "{a} {b}");
        }
        assert!(same("○", "1", mark) && same("TRUE", "2", mark) && same("0", "×", mark));
        assert!(
            !same("○", "0", mark)
                && !same("", "0", mark)
                && !same("○", "はい", mark)
                && !same("山", "川", mark)
        );
    }

    #[test]
    fn words_of_an_option_that_takes_words_are_not_the_same() {
        let code_list = code_list(true);
        assert!(
            !same("山", "川", Reading::Options(&code_list))
                && !same("山", "川", Reading::Mark(&code_list, 2))
                && !same("山", "その他", Reading::Mark(&code_list, 2))
        );
    }
}
