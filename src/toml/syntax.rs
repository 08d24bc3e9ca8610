//! What is wrong with the form of a TOML text, in the words of who writes it.
//!
//! The parser tells every place at which it could not go on, in its own English. One slip of the pen so
//! becomes several messages, none of which names it. So the tokens are looked at first: for characters that
//! only look like those of TOML, for names and words without quotes, for backslashes, and for what is never
//! closed. What the parser says of the same stretch is left out; the rest of it is said in both languages.

use std::ops::Range;
use std::sync::Arc;

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};
use unicode_normalization::UnicodeNormalization;

use crate::code::Code;
use crate::error::{Diagnostic, SourceText, Span};
use crate::text::Text;

/// A mistake, where it is underlined, and from there on what else is not worth telling.
struct Mistake {
    span: Range<usize>,
    covers: Range<usize>,
    message: Text,
    help: Option<Text>,
}

/// The mistakes of a text that the parser found `errors` in, in the order of the text, one a line; none where
/// it found none.
pub(super) fn mistakes(source: &Arc<SourceText>, errors: &[toml::de::Error], code: Code) -> Vec<Diagnostic> {
    if errors.is_empty() {
        return Vec::new();
    }
    let text = source.text.as_str();
    let mut found = of_tokens(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        if !found.iter().any(|known| known.covers.contains(&span.start)) {
            let nothing = text.get(span.clone()).is_some_and(|value| value.trim().is_empty());
            let what = error.message();
            let (message, help) = match what.starts_with("string values") && nothing {
                true => said("missing value"),
                false => said(what),
            };
            found.push(Mistake { covers: span.start..line_end(text, span.start), span, message, help });
        }
    }
    found.sort_by_key(|mistake| mistake.span.start);
    let diagnostic = |mistake: Mistake| {
        let span = Span { source: Arc::clone(source), range: mistake.span };
        let diagnostic = Diagnostic::new(code, mistake.message).span(span);
        Diagnostic { help: mistake.help, ..diagnostic }
    };
    found.into_iter().map(diagnostic).collect()
}

/// The end of the line that a byte lies in, its line end included.
fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length) + 1
}

/// Mistakes that tokens show.
fn of_tokens(text: &str) -> Vec<Mistake> {
    let tokens = Source::new(text).lex().into_vec();
    let mut found = Vec::new();
    for token in &tokens {
        let range = token.span().start()..token.span().end();
        let Some(raw) = text.get(range.clone()) else { continue };
        let mistake = match token.kind() {
            TokenKind::Atom => of_atom(text, range, raw),
            TokenKind::BasicString => of_string(text, range, raw, '"'),
            TokenKind::LiteralString => of_string(text, range, raw, '\''),
            _ => None,
        };
        // The first one of a line.
        if let Some(mistake) = mistake
            && !found.iter().any(|known: &Mistake| known.covers.contains(&mistake.span.start))
        {
            found.push(mistake);
        }
    }
    let open = unclosed(text, &tokens);
    let told = |open: &Mistake| found.iter().any(|known| known.covers.contains(&open.span.start));
    if let Some(open) = open.filter(|open| !told(open)) {
        found.push(open);
    }
    found
}

/// What a character stands for that only looks like it.
fn meant(c: char) -> Option<char> {
    match c {
        '“' | '”' | '„' | '‟' => Some('"'),
        '‘' | '’' | '‛' => Some('\''),
        '、' => Some(','),
        '。' => Some('.'),
        c if c.is_ascii() => None,
        c => {
            let mut folded = std::iter::once(c).nfkc();
            folded.next().filter(char::is_ascii).filter(|_| folded.next().is_none())
        }
    }
}

/// A bare word: one with characters that only look right, or one that is not ASCII and so needs quotes.
fn of_atom(text: &str, range: Range<usize>, raw: &str) -> Option<Mistake> {
    let covers = range.start..line_end(text, range.start);
    let quote = |c: char| matches!(meant(c), Some('"' | '\''));
    let is_word = raw.chars().any(|c| !c.is_ascii() && meant(c).is_none());
    let wrong = raw.char_indices().find(|(_, c)| if is_word { quote(*c) } else { meant(*c).is_some() });
    if let Some((at, c)) = wrong
        && let Some(right) = meant(c)
    {
        let (ja, en) = match c {
            '\u{3000}' => ("全角の空白".to_owned(), "a full-width space".to_owned()),
            c if c.is_whitespace() => ("ふつうでない空白".to_owned(), "an unusual space".to_owned()),
            c if quote(c) => (format!("「{c}」という引用符"), format!("the quotation mark {c}")),
            c => (format!("全角の「{c}」"), format!("a full-width {c}")),
        };
        let (to_ja, to_en) = match right {
            ' ' => ("半角の空白".to_owned(), "a plain space".to_owned()),
            right => (format!("半角の {right} "), format!("a plain {right}")),
        };
        let message = Text::new(format!("{ja}があります"), format!("there is {en}"));
        let help = Text::new(format!("{to_ja}に書き換えてください"), format!("write {to_en} instead"));
        let span = range.start + at..range.start + at + c.len_utf8();
        return Some(Mistake { span, covers, message, help: Some(help) });
    }
    is_word.then(|| Mistake {
        span: range,
        covers,
        message: Text::new(
            "日本語の項目名や値が引用符で囲まれていません",
            "a word that is not plain ASCII has no quotes",
        ),
        help: Some(Text::new(format!("\"{raw}\" と書いてください"), format!("put it in quotes: \"{raw}\""))),
    })
}

/// A text in quotes: one that its line ends before they are closed, or one with a backslash that means
/// nothing.
fn of_string(text: &str, range: Range<usize>, raw: &str, mark: char) -> Option<Mistake> {
    let inside = raw.strip_prefix(mark)?;
    let Some(inside) = inside.strip_suffix(mark) else {
        let message = Text::new(
            format!("引用符 {mark} が閉じられていません"),
            format!("the quotation mark {mark} is never closed"),
        );
        let help =
            Text::new(format!("値の終わりに {mark} を書いてください"), format!("end the value with {mark}"));
        let covers = range.start..line_end(text, range.start);
        return Some(Mistake { span: range, covers, message, help: Some(help) });
    };
    let mut rest = inside;
    while mark == '"'
        && let Some((_, after)) = rest.split_once('\\')
    {
        let hex = |count: usize| {
            after.get(1..=count).is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
        };
        let good = match after.chars().next() {
            Some('b' | 'e' | 'f' | 'n' | 'r' | 't' | '"' | '\\') => true,
            Some('x') => hex(2),
            Some('u') => hex(4),
            Some('U') => hex(8),
            _ => false,
        };
        if !good {
            let message = Text::new(
                "「\\」は \" \" の中では次の文字と合わせて別の文字を表すので、そのままは書けません",
                "a \\ between \" \" is read together with what follows, and cannot stand for itself",
            );
            let plain = inside.replace('\\', "/");
            let help = Text::new(
                format!(
                    "フォルダーの区切りは / で書いてください: \"{plain}\"（または ' ' で囲む: '{inside}'）"
                ),
                format!("write / between folders: \"{plain}\" (or put it in ' ': '{inside}')"),
            );
            return Some(Mistake { covers: range.clone(), span: range, message, help: Some(help) });
        }
        // What follows the backslash may be one itself.
        rest = after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
    }
    None
}

/// Brackets that are never closed: the one that was opened last before something came that cannot stand in
/// it. What comes after it is not worth telling.
fn unclosed(text: &str, tokens: &[Token]) -> Option<Mistake> {
    let mut open: Vec<(TokenKind, usize)> = Vec::new();
    let (mut header, mut begins) = (false, true);
    let mut last = None;
    for token in tokens {
        let (kind, at) = (token.kind(), token.span().start());
        match kind {
            TokenKind::Newline => header = false,
            TokenKind::LeftSquareBracket if begins && open.is_empty() => header = true,
            _ if header => {}
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => open.push((kind, at)),
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                let closes = match kind {
                    TokenKind::RightSquareBracket => TokenKind::LeftSquareBracket,
                    _ => TokenKind::LeftCurlyBracket,
                };
                match open.last() {
                    Some((known, _)) if *known == closes => {
                        open.pop();
                    }
                    Some(unlike) => {
                        last = Some(*unlike);
                        break;
                    }
                    // One too many: the parser tells it.
                    None => return None,
                }
            }
            // A list has no names.
            TokenKind::Equals if matches!(open.last(), Some((TokenKind::LeftSquareBracket, _))) => {
                last = open.last().copied();
                break;
            }
            _ => {}
        }
        begins = matches!(kind, TokenKind::Newline) || begins && kind == TokenKind::Whitespace;
    }
    let (kind, at) = last.or(open.last().copied())?;
    let (opened, closed) = if kind == TokenKind::LeftSquareBracket { ('[', ']') } else { ('{', '}') };
    let message = Text::new(
        format!("ここから始まる {opened} が {closed} で閉じられていません"),
        format!("the {opened} that opens here is never closed by {closed}"),
    );
    let help = Text::new(
        format!("値の終わりに {closed} を書いてください"),
        format!("write {closed} where the value ends"),
    );
    Some(Mistake { span: at..at + 1, covers: at..text.len() + 1, message, help: Some(help) })
}

/// What the parser says, in both languages.
fn said(message: &str) -> (Text, Option<Text>) {
    let what = message.split(", expected").next().unwrap_or(message);
    let (ja, help) = match what {
        "missing comma between array elements" => ("[ ] の中の値と値のあいだに , がありません", None),
        "missing comma between key-value pairs" => ("{ } の中の項目と項目のあいだに , がありません", None),
        "key with no value" | "missing value for key" | "missing value" => {
            ("項目に値がありません", Some(Text::new("名前 = 値 と書きます", "write name = value")))
        }
        "missing assignment between key-value pairs"
        | "invalid key-value pair"
        | "unexpected key or value" => (
            "名前と値のあいだに = がありません",
            Some(Text::new("名前 = 値 と書きます", "write name = value")),
        ),
        "duplicate key" => ("同じ項目が2回書かれています", None),
        "string values must be quoted" => {
            ("文字の値が引用符で囲まれていません", Some(Text::new("\"…\" と書いてください", "write \"…\"")))
        }
        "invalid unquoted key" | "unquoted keys cannot be empty" => (
            "項目名に使えない文字があります",
            Some(Text::new("\"…\" と引用符で囲んでください", "put the name in quotes: \"…\"")),
        ),
        "extra comma in array" | "extra comma in inline table" => (", が余分です", None),
        "extra `=`" | "extra assignment between key-value pairs" => ("= が余分です", None),
        "unclosed table" | "unclosed array table" => ("見出しが ] で閉じられていません", None),
        "unexpected leading zero" => (
            "数は 0 で始められません",
            Some(Text::new("番号なら \"…\" と引用符で囲んでください", "put a code in quotes: \"…\"")),
        ),
        "`_` may only go between digits" => ("数の中の _ は数字のあいだだけに書けます", None),
        "cannot recurse further; max recursion depth met" => ("括弧が深く重なりすぎています", None),
        _ => ("ここは TOML として読めません", None),
    };
    (Text::new(ja, format!("not valid TOML: {what}")), help)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use toml::de::DeTable;

    use super::mistakes;
    use crate::code::Code;
    use crate::error::SourceText;
    use crate::text::Lang;

    /// What is underlined, with the Japanese message and help.
    fn found(text: &str) -> Vec<(String, String, String)> {
        let source = Arc::new(SourceText { file: "t.toml".to_owned(), text: text.to_owned() });
        let (_, errors) = DeTable::parse_recoverable(text);
        let told = mistakes(&source, &errors, Code::AnswersToml);
        assert!(!errors.is_empty() && !told.is_empty(), "{text}");
        let of = |d: &crate::error::Diagnostic| {
            let range = d.span.clone().unwrap().range;
            let help = d.help.as_ref().map_or("", |help| help.get(Lang::Ja)).to_owned();
            (text[range].to_owned(), d.message.get(Lang::Ja).to_owned(), help)
        };
        told.iter().map(of).collect()
    }

    /// One mistake, that stretch, and a part of its message or help.
    fn one(text: &str, underlined: &str, part: &str) {
        let told = found(text);
        let [(stretch, message, help)] = told.as_slice() else { panic!("{text}: {told:?}") };
        assert_eq!(stretch, underlined, "{text}: {message} {help}");
        assert!(format!("{message} {help}").contains(part), "{text}: {message} {help}");
    }

    #[test]
    fn a_bracket_that_is_never_closed_is_told_once_where_it_opens() {
        one("a = [\"性別\"\n\n[[goal]]\nnumber = 1\ntitle = \"x\"\n", "[", "] で閉じられていません");
        one("s = { of = [\"はい\", base = \"all\" }\nt = 1\n", "[", "] で閉じられていません");
        one("s = { of = [\"はい\"], base = \"all\"\nt = [1]\n", "{", "} で閉じられていません");
        one("a = [[\"x\"]\n", "[", "] で閉じられていません");
        one("s = { a = 1 ]\n", "{", "} で閉じられていません");
    }

    #[test]
    fn a_character_that_looks_right_is_named_with_the_right_one() {
        one("a = “割合”\n", "“", "半角の \" に");
        one("goal ＝ 1\n", "＝", "半角の = に");
        one("goal　= 1\n", "\u{3000}", "半角の空白に");
        one("a = [1、2]\n", "、", "半角の , に");
        one("a = １２\n", "１", "半角の 1 に");
        // Each line has its own.
        assert_eq!(found("a ＝ 1\nb ＝ 2\n").len(), 2);
    }

    #[test]
    fn a_word_without_quotes_is_told_with_its_quotes() {
        one("割合 = 1\n", "割合", "\"割合\" と書いて");
        one("a = 割合（％）\n", "割合（％）", "\"割合（％）\" と書いて");
    }

    #[test]
    fn a_backslash_is_told_once_a_text_with_the_path_that_works() {
        one("a = [\"raw\\r6\\回答.csv\"]\n", "\"raw\\r6\\回答.csv\"", "\"raw/r6/回答.csv\"");
        one("a = \"C:\\Users\\x\\回答.csv\"\n", "\"C:\\Users\\x\\回答.csv\"", "\"C:/Users/x/回答.csv\"");
    }

    #[test]
    fn other_mistakes_are_told_in_japanese_one_a_line() {
        one("a = \"割合\nb = 1\n", "\"割合", "閉じられていません");
        one("a = [\"x\" \"y\"]\n", "", ", がありません");
        one("a = [1 2]\n", "1 2", "引用符");
        one("a = 1\na = 2\n", "a", "2回");
        one("a = はい\n", "はい", "\"はい\" と書いて");
        one("a = yes\n", "yes", "引用符");
        one("a =\n", "", "値がありません");
        one("a = 012\n", "0", "0 で始められません");
    }
}
