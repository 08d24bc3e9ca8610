//! What the questions of bare columns are called: an id as the form has it (`問15`, `Q3_1`), and the words.
//!
//! A heading of one or more rows may hold a section, a question, an item and words that programs put there
//! (`Response`, HTML). A sentence is no id: where a heading has no number, a short name is its own id, and a
//! sentence has the column's letters.

use crate::raw::{ANSWER_WORDS, Column, letters};
use crate::text::spelling;

/// Words below a question that say no more than that answers stand there, beside [`ANSWER_WORDS`].
const NO_WORDS: [&str; 4] = ["selected choice", "回答", "自由回答", "記述回答"];

/// A heading of more characters is a sentence.
const SHORT: usize = 20;

/// The rows of a column's heading as they are to be read: without markup, words of programs and rows
/// that repeat one above.
pub(crate) fn pieces(column: &Column) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for row in &column.header {
        let text = clean(row);
        let lower = text.to_lowercase();
        let says_nothing =
            !out.is_empty() && (ANSWER_WORDS.contains(&lower.as_str()) || NO_WORDS.contains(&lower.as_str()));
        if !text.is_empty() && !says_nothing && !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

/// A heading or a label without HTML, entities and blanks around.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match after.split_once('>').filter(|_| is_tag) {
            Some((tag, behind)) => {
                if tag.trim_end_matches('/').trim().eq_ignore_ascii_case("br") {
                    out.push(' ');
                }
                rest = behind;
            }
            None => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    for (entity, sign) in
        [("&nbsp;", " "), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'")]
    {
        if out.contains(entity) {
            out = out.replace(entity, sign);
        }
    }
    spelling::label(&out)
}

/// The id and the words of a question whose heading has these rows; `position` is that of its column.
pub(crate) fn named(pieces: &[String], position: usize) -> (String, String) {
    let Some(last) = pieces.last() else {
        let id = format!("@{}", letters(position));
        return (id.clone(), id);
    };
    for (at, piece) in pieces.iter().enumerate() {
        let Some((id, rest)) = numbered(piece) else { continue };
        let words: Vec<&str> =
            [rest.as_str()].into_iter().chain(pieces[at + 1..].iter().map(String::as_str)).collect();
        let words = worded(words.into_iter().filter(|w| !w.is_empty()));
        return if words.is_empty() { (id.clone(), id) } else { (id, words) };
    }
    // A code above the words: `gender` / `What is your gender?`.
    if let [code, rest @ ..] = pieces
        && !rest.is_empty()
        && is_code(code)
    {
        return (code.clone(), worded(rest.iter().map(String::as_str)));
    }
    let words = worded(pieces.iter().map(String::as_str));
    if pieces.len() == 1 && !is_sentence(last) {
        return (last.clone(), words);
    }
    if pieces.len() > 1 && !is_sentence(&words) {
        return (words.clone(), words);
    }
    (format!("@{}", letters(position)), words)
}

/// The words of a question and its item, `質問 [項目]`.
fn worded<'a>(mut words: impl Iterator<Item = &'a str>) -> String {
    let first = words.next().unwrap_or("").to_owned();
    words.fold(first, |text, item| format!("{text} [{item}]"))
}

/// A name as programs write them: ASCII, short, without a blank.
fn is_code(text: &str) -> bool {
    text.len() <= 24
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn is_sentence(text: &str) -> bool {
    let asks = ["ですか", "ますか", "ください", "下さい", "。"];
    text.chars().count() > SHORT && (text.chars().count() > 2 * SHORT || text.contains(' '))
        || text.ends_with(['?', '？'])
        || asks.iter().any(|end| text.contains(end))
}

/// The number that a heading begins with, as an id, and the rest: `問15 あなたの…`, `Q3. …`, `15.あなたの…`.
pub(crate) fn numbered(heading: &str) -> Option<(String, String)> {
    let after_sign = |rest: &str| {
        rest.trim_start_matches([' ', '.', ':', '。', '、', '．', '：', '_', '-', '/']).trim().to_owned()
    };
    // `[No.8]都道府県へ…`, `【問3】…`
    for (open, close) in [('[', ']'), ('【', '】')] {
        let Some((number, rest)) = heading.strip_prefix(open).and_then(|text| text.split_once(close)) else {
            continue;
        };
        let is_id = number.chars().count() <= 8 && number.ends_with(|c: char| c.is_ascii_digit());
        let begins = ["No.", "No", "問", "Q", "設問"].iter().any(|start| number.starts_with(start));
        if is_id && begins && !rest.trim().is_empty() {
            return Some((number.to_owned(), rest.trim().to_owned()));
        }
    }
    for prefix in ["問", "設問", "質問", "SQ", "Q", "q", "F", "f"] {
        let Some(rest) = heading.strip_prefix(prefix) else { continue };
        let number = number_of(rest.trim_start())?;
        let rest_of = rest.trim_start().get(number.len()..)?;
        let ascii = prefix.is_ascii();
        let next = rest_of.chars().next();
        // `Q1a`, `q1_age` and `Q1/opt` are names of their own.
        let ends = match next {
            None => true,
            Some(c) if ascii => !c.is_ascii_alphanumeric() && !matches!(c, '_' | '/' | '[' | '-' | '▲'),
            Some(c) => !matches!(c, '_' | '/' | '[' | '▲') && !c.is_ascii_alphanumeric(),
        };
        if !ends {
            return None;
        }
        let id = format!("{prefix}{number}");
        let rest = after_sign(rest_of);
        // `Q1 2`, `問1. 5` say more of the number than of words.
        return (!rest.starts_with(|c: char| c.is_ascii_digit()) || rest.is_empty()).then_some((id, rest));
    }
    let bare = heading.trim_start_matches('(');
    let number: String = bare.chars().take_while(char::is_ascii_digit).collect();
    let rest = bare.get(number.len()..)?;
    let sign = rest.chars().next().filter(|c| matches!(c, '.' | ')' | ':' | '、'))?;
    let rest = after_sign(rest.get(sign.len_utf8()..)?);
    if number.is_empty()
        || number.len() > 3
        || rest.is_empty()
        || rest.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let prefix = if rest.is_ascii() { "Q" } else { "問" };
    Some((format!("{prefix}{}", number.trim_start_matches('0')), rest))
}

/// `15`, `15-1`, `15(2)`, `3_1`.
fn number_of(text: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(text);
    if end == 0 || end > 4 {
        return None;
    }
    while let Some(rest) = text.get(end..) {
        let Some(sign) = rest.bytes().next().filter(|b| matches!(b, b'-' | b'_' | b'(')) else { break };
        let more = digits(rest.get(1..).unwrap_or(""));
        let close = usize::from(sign == b'(');
        let closed = sign != b'(' || rest.as_bytes().get(1 + more) == Some(&b')');
        if more == 0 || more > 3 || !closed {
            break;
        }
        end += 1 + more + close;
    }
    text.get(..end)
}

#[cfg(test)]
mod tests {
    use super::{clean, named, numbered};

    fn of(rows: &[&str]) -> (String, String) {
        named(&rows.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>(), 3)
    }

    fn pair(id: &str, text: &str) -> (String, String) {
        (id.to_owned(), text.to_owned())
    }

    #[test]
    fn an_id_is_the_number_of_the_form_and_never_a_sentence() {
        for (rows, id, text) in [
            (&["性別"][..], "性別", "性別"),
            (&["問15 あなたは市に住み続けたいですか"], "問15", "あなたは市に住み続けたいですか"),
            (&["問15あなたは市に住み続けたいですか"], "問15", "あなたは市に住み続けたいですか"),
            (&["問3-1"], "問3-1", "問3-1"),
            (&["問3(2) 理由"], "問3(2)", "理由"),
            (&["15. あなたは市に住み続けたいですか"], "問15", "あなたは市に住み続けたいですか"),
            (&["2. Do you own a car?"], "Q2", "Do you own a car?"),
            (&["Q2", "What is your gender?"], "Q2", "What is your gender?"),
            (&["gender", "What is your gender?"], "gender", "What is your gender?"),
            (&["属性", "問1 性別"], "問1", "性別"),
            (&["[No.8]都道府県の支援"], "No.8", "都道府県の支援"),
            (&["【問3】性別"], "問3", "性別"),
            (&["問4 満足度", "道路"], "問4", "満足度 [道路]"),
            (&["Do you own a car?"], "@D", "Do you own a car?"),
            (&["あなたは市に住み続けたいですか"], "@D", "あなたは市に住み続けたいですか"),
            (&["q1_age"], "q1_age", "q1_age"),
            (&["Q1a"], "Q1a", "Q1a"),
            (&[], "@D", "@D"),
        ] {
            assert_eq!(of(rows), pair(id, text), "{rows:?}");
        }
    }

    #[test]
    fn what_is_no_number_of_a_question_stays() {
        for heading in ["2024", "1", "問", "Question 1", "F", "3.5", "1-2", "fax", "Q1_1", "年齢"] {
            let found = numbered(heading);
            assert!(found.as_ref().is_none_or(|(id, rest)| id == heading && rest.is_empty()), "{found:?}");
        }
    }

    #[test]
    fn markup_is_no_part_of_a_heading() {
        assert_eq!(clean("<p>Your <b>age</b>?</p>"), "Your age?");
        assert_eq!(clean("a<br/>b &amp; c"), "a b & c");
        assert_eq!(clean("x < 3, y > 2"), "x < 3, y > 2");
    }
}
